//! Distributions of uncertain inputs: checks, closed forms, and sampling from a standard normal.
//!
//! Every driver is sampled from one standard normal `z`, as the quantile at `Phi(z)`: so one Gaussian copula serves
//! all of them. Must not know: where the normals come from, which driver this is, the model.
//!
//! Amounts are in the unit of the driver (euro, year, fraction); this module adds none. All functions needed for
//! sampling use IEEE operations and the `libm` crate only, so samples have the same bits on every machine.

use std::f64::consts::{FRAC_1_SQRT_2, LOG2_E, PI};
use std::sync::{Arc, LazyLock};

use crate::risk::random::{normal_ratio, polynomial};

mod pert;

use pert::Beta;
pub(crate) use pert::PertKwantielen;

/// A distribution as the user gives it.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdeling {
    /// PERT: beta on `[laag, hoog]` with `a = 1 + 4 (modus - laag)/(hoog - laag)` and `b = 6 - a` (Malcolm et al., 1959).
    Pert {
        /// Lowest value.
        laag: f64,
        /// Most likely value.
        modus: f64,
        /// Highest value.
        hoog: f64,
    },
    /// Triangular.
    Driehoek {
        /// Lowest value.
        laag: f64,
        /// Most likely value.
        modus: f64,
        /// Highest value.
        hoog: f64,
    },
    /// Normal.
    Normaal {
        /// Mean.
        gemiddelde: f64,
        /// Standard deviation.
        spreiding: f64,
    },
    /// Lognormal, by the mean and standard deviation of the variable itself (not of its logarithm).
    Lognormaal {
        /// Mean.
        gemiddelde: f64,
        /// Standard deviation.
        spreiding: f64,
    },
    /// Uniform.
    Uniform {
        /// Lowest value.
        laag: f64,
        /// Highest value.
        hoog: f64,
    },
    /// A list of (value, chance).
    Discreet(Vec<(f64, f64)>),
    /// By three percentiles, all hit exactly: two halves of a normal, joined at the median, each as wide as its own side
    /// asks. Unbounded; defined for any `p10 <= p50 <= p90`, the density jumps at the median when the sides differ.
    Percentielen {
        /// One in ten draws is below it.
        p10: f64,
        /// Median.
        p50: f64,
        /// One in ten draws is above it.
        p90: f64,
    },
    /// Observed values, in any order: their empirical quantile function, linear between neighbours in rank (type 7 of
    /// Hyndman and Fan, 1996). Never outside the lowest and highest observation.
    Waarnemingen(Vec<f64>),
    /// A list of (value, chance) of which the order is that of the list: the first holds the lowest `z`. For states that
    /// several drivers are in together, whatever their own values.
    Toestanden(Vec<(f64, f64)>),
    /// A continuous distribution on condition that it lies between two bounds; drawn anew as it were, never clipped.
    Begrensd {
        /// The distribution without bounds; not discreet, toestanden or begrensd itself.
        verdeling: Box<Verdeling>,
        /// Lower bound; minus infinity when there is none.
        minimum: f64,
        /// Upper bound; infinity when there is none.
        maximum: f64,
    },
}

/// Smallest chance that bounds may leave: below it they are taken for a mistake.
const KANS_MIN: f64 = 1e-6;
/// 1.5 x 2^52: adding it rounds to a whole number, which then stands in the low bits.
const ROUND: f64 = 6_755_399_441_055_744.0;
/// P90 of the standard normal.
const Z90: f64 = 1.281_551_565_544_600_4;

/// Standard normal distribution function, by the complementary error function: relative precision in the lower tail.
pub fn normal_cdf(z: f64) -> f64 {
    0.5 * libm::erfc(-z * FRAC_1_SQRT_2)
}

fn normal_density(z: f64) -> f64 {
    libm::exp(-0.5 * z * z) * (0.5 * FRAC_1_SQRT_2 * std::f64::consts::FRAC_2_SQRT_PI)
}

/// Inverse of [`normal_cdf`]; infinite at 0 and 1, NaN outside. Relative precision about 1e-15.
pub fn normal_quantile(p: f64) -> f64 {
    if p > 0.5 {
        return -normal_quantile(1.0 - p);
    }
    if p == 0.0 {
        return f64::NEG_INFINITY;
    }
    if p < 0.0 || p.is_nan() {
        return f64::NAN;
    }
    let mut z = if p > 1e-10 {
        (2.0 * p - 1.0) * normal_ratio(-libm::log(4.0 * p * (1.0 - p)))
    } else {
        let r = (-2.0 * libm::log(p)).sqrt();
        (libm::log(r) + 0.5 * libm::log(2.0 * PI)) / r - r
    };
    // Halley on Phi(z) = p: Phi'' = -z Phi'.
    for _ in 0..3 {
        let step = (normal_cdf(z) - p) / normal_density(z);
        z -= step / (1.0 + 0.5 * z * step);
    }
    z
}

/// `exp` for sampling: branch-free, relative error below 1e-15, argument held in [-700, 700].
#[inline(always)]
fn exp_lane(x: f64) -> f64 {
    /// ln 2 in two parts, the first with enough trailing zeros that n times it is exact.
    const LN2_HIGH: f64 = f64::from_bits(0x3fe6_2e42_fee0_0000);
    const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;
    const TAYLOR: [f64; 13] = [
        1.0,
        1.0,
        1.0 / 2.0,
        1.0 / 6.0,
        1.0 / 24.0,
        1.0 / 120.0,
        1.0 / 720.0,
        1.0 / 5_040.0,
        1.0 / 40_320.0,
        1.0 / 362_880.0,
        1.0 / 3_628_800.0,
        1.0 / 39_916_800.0,
        1.0 / 479_001_600.0,
    ];
    let x = held(x, -700.0, 700.0);
    let rounded = x * LOG2_E + ROUND;
    let n = rounded - ROUND;
    let r = (x - n * LN2_HIGH) - n * LN2_LOW;
    let p = polynomial(&TAYLOR, r);
    f64::from_bits(p.to_bits().wrapping_add(rounded.to_bits() << 52))
}

/// `clamp` without the rules for NaN, which stop vectorisation.
#[inline(always)]
fn held(x: f64, low: f64, high: f64) -> f64 {
    let x = if x < low { low } else { x };
    if x > high { high } else { x }
}

/// Edge of the tables in z; beyond it a table holds its last value. The chance beyond is 8e-11, the range of
/// 32-bit normals 6.34.
const EDGE: f64 = 6.5;
/// Intervals per unit of z and in all.
const PER_UNIT: f64 = 16.0;
const INTERVALS: usize = 208;
/// Room for any index of 8 bits and its neighbour, so that the hot loop needs no bounds check.
const ROOM: usize = 257;

/// A smooth rising function of z by cubic Hermite interpolation: per knot its value and its derivative times the step.
#[derive(Debug)]
struct Table {
    knots: [[f64; 2]; ROOM],
}

impl Table {
    /// From value and derivative at a knot.
    fn new(mut f: impl FnMut(f64) -> (f64, f64)) -> Self {
        let mut knots = [[0.0; 2]; ROOM];
        for (i, knot) in knots.iter_mut().enumerate().take(INTERVALS + 1) {
            let (value, slope) = f(i as f64 / PER_UNIT - EDGE);
            *knot = [value, slope / PER_UNIT];
        }
        let last = knots[INTERVALS];
        knots[INTERVALS + 1..].fill([last[0], 0.0]);
        Self { knots }
    }

    /// The quantile of a PERT on [0, 1] as a function of z.
    fn pert(c: f64) -> Self {
        static KNOTS: LazyLock<PertKwantielen<28>> = LazyLock::new(|| {
            let z: Vec<f64> = (0..=INTERVALS)
                .map(|i| i as f64 / PER_UNIT - EDGE)
                .collect();
            PertKwantielen::of_normals(&z)
        });
        let (mut x, mut slope) = ([0.0; INTERVALS + 1], [0.0; INTERVALS + 1]);
        KNOTS.vul_z(c, &mut x, &mut slope);
        let mut i = 0..;
        Self::new(|_| i.next().map_or((1.0, 0.0), |i: usize| (x[i], slope[i])))
    }

    #[inline(always)]
    fn at(&self, z: f64) -> f64 {
        let t = (held(z, -EDGE, EDGE) + EDGE) * PER_UNIT;
        // Rounding t - 1/2 instead of taking the floor: on a knot either neighbour gives the same value.
        let rounded = (t - 0.5) + ROUND;
        let i = (rounded.to_bits() & 0xff) as usize;
        let f = t - (rounded - ROUND);
        let [v0, s0] = self.knots[i];
        let [v1, s1] = self.knots[i + 1];
        let d = v1 - v0;
        let c3 = s0 + s1 - (d + d);
        let c2 = d - s0 - c3;
        v0 + f * (s0 + f * (c2 + f * c3))
    }
}

/// `Phi(z)`, shared by all uniform drivers.
static PHI: LazyLock<Table> = LazyLock::new(|| Table::new(|z| (normal_cdf(z), normal_density(z))));
/// `sqrt(Phi(z))`, shared by all triangular drivers. The triangular quantile itself has a kink in its second
/// derivative at the mode, where a table would be wrong by 1e-5; this root is smooth.
static ROOT_PHI: LazyLock<Table> = LazyLock::new(|| {
    Table::new(|z| {
        let root = normal_cdf(z).sqrt();
        (root, normal_density(z) / (2.0 * root))
    })
});

#[derive(Clone, Debug)]
enum Shape {
    Constant(f64),
    Linear {
        mean: f64,
        sd: f64,
    },
    Exponent {
        mu: f64,
        sigma: f64,
    },
    Uniform {
        table: &'static Table,
        laag: f64,
        hoog: f64,
    },
    /// `laag + rise sqrt(Phi(z))` below the mode at `split`, `hoog - fall sqrt(Phi(-z))` from there.
    Driehoek {
        table: &'static Table,
        laag: f64,
        hoog: f64,
        split: f64,
        rise: f64,
        fall: f64,
    },
    Table {
        table: Arc<Table>,
        laag: f64,
        hoog: f64,
    },
    /// First value, then (threshold in z, value from there on), thresholds rising.
    Steps {
        first: f64,
        steps: Vec<(f64, f64)>,
    },
    /// `midden + onder z` below zero, `midden + boven z` above.
    Halves {
        midden: f64,
        onder: f64,
        boven: f64,
    },
    /// Two or more values, rising.
    Values {
        table: &'static Table,
        values: Arc<[f64]>,
    },
}

/// Bounds: the normal that the distribution gets instead of `z`, so that it stays between them.
#[derive(Debug)]
struct Bounds {
    table: Table,
    minimum: f64,
    maximum: f64,
}

/// A distribution made ready for sampling from standard normals.
#[derive(Clone, Debug)]
pub struct Sampler {
    shape: Shape,
    bounds: Option<Arc<Bounds>>,
}

impl Sampler {
    /// Checks the distribution and prepares it; a PERT costs a few microseconds (the first a millisecond), bounds a few
    /// tens, the others next to nothing.
    pub fn new(verdeling: &Verdeling) -> Result<Self, String> {
        verdeling.validate()?;
        if let Verdeling::Begrensd {
            verdeling,
            minimum,
            maximum,
        } = verdeling
        {
            return Ok(Self::bounded(verdeling, *minimum, *maximum));
        }
        let shape = Shape::new(verdeling);
        Ok(Self {
            shape,
            bounds: None,
        })
    }

    /// Of a distribution and bounds that are in order.
    fn bounded(verdeling: &Verdeling, minimum: f64, maximum: f64) -> Self {
        let free = Self {
            shape: Shape::new(verdeling),
            bounds: None,
        };
        if verdeling.constant().is_some() {
            return free;
        }
        let (from, to) = verdeling.normals_between(minimum, maximum);
        let inside = Inside::new(from, to);
        let table = Table::new(|z| {
            let inner = inside.normal(normal_cdf(z), normal_cdf(-z));
            (
                inner,
                inside.kans * normal_density(z) / normal_density(inner),
            )
        });
        Self {
            bounds: Some(Arc::new(Bounds {
                table,
                minimum,
                maximum,
            })),
            ..free
        }
    }

    /// The value at standard normal `z`: the quantile at `Phi(z)`. Rises with `z`; only that of toestanden follows the
    /// order of its list.
    ///
    /// Error: none for normaal and percentielen beyond rounding, 1e-14 relative for lognormaal, at most 1e-7 of the range
    /// for the others. Bounded distributions stay within their bounds for every z.
    #[inline(always)]
    pub fn sample(&self, z: f64) -> f64 {
        self.sample_lanes(&[z])[0]
    }

    /// [`Self::sample`] for every lane.
    #[inline(always)]
    pub fn sample_lanes<const W: usize>(&self, z: &[f64; W]) -> [f64; W] {
        let Some(bounds) = &self.bounds else {
            return self.shape.lanes(z);
        };
        let mut inner = [0.0; W];
        for l in 0..W {
            inner[l] = bounds.table.at(z[l]);
        }
        let mut x = self.shape.lanes(&inner);
        for l in 0..W {
            x[l] = held(x[l], bounds.minimum, bounds.maximum);
        }
        x
    }
}

impl Shape {
    /// Of a distribution without bounds that is in order.
    fn new(verdeling: &Verdeling) -> Self {
        if let Some(value) = verdeling.constant() {
            return Shape::Constant(value);
        }
        match *verdeling {
            Verdeling::Pert { laag, modus, hoog } => Shape::Table {
                table: Arc::new(Table::pert((modus - laag) / (hoog - laag))),
                laag,
                hoog,
            },
            Verdeling::Driehoek { laag, modus, hoog } => {
                let range = hoog - laag;
                Shape::Driehoek {
                    table: &ROOT_PHI,
                    laag,
                    hoog,
                    split: normal_quantile((modus - laag) / range),
                    rise: (range * (modus - laag)).sqrt(),
                    fall: (range * (hoog - modus)).sqrt(),
                }
            }
            Verdeling::Normaal {
                gemiddelde,
                spreiding,
            } => Shape::Linear {
                mean: gemiddelde,
                sd: spreiding,
            },
            Verdeling::Lognormaal {
                gemiddelde,
                spreiding,
            } => {
                let (mu, sigma) = log_moments(gemiddelde, spreiding);
                Shape::Exponent { mu, sigma }
            }
            Verdeling::Uniform { laag, hoog } => Shape::Uniform {
                table: &PHI,
                laag,
                hoog,
            },
            Verdeling::Discreet(ref list) => steps(&rising(list)),
            Verdeling::Toestanden(ref list) => steps(&possible(list)),
            Verdeling::Percentielen { p10, p50, p90 } => {
                let (onder, boven) = halves(p10, p50, p90);
                Shape::Halves {
                    midden: p50,
                    onder,
                    boven,
                }
            }
            Verdeling::Waarnemingen(ref values) => Shape::Values {
                table: &PHI,
                values: sorted(values).into(),
            },
            Verdeling::Begrensd { ref verdeling, .. } => Shape::new(verdeling),
        }
    }

    #[inline(always)]
    fn lanes<const W: usize>(&self, z: &[f64; W]) -> [f64; W] {
        let mut x = [0.0; W];
        match self {
            Shape::Constant(value) => x = [*value; W],
            Shape::Linear { mean, sd } => {
                for l in 0..W {
                    x[l] = mean + sd * z[l];
                }
            }
            Shape::Exponent { mu, sigma } => {
                for l in 0..W {
                    x[l] = exp_lane(mu + sigma * z[l]);
                }
            }
            Shape::Uniform { table, laag, hoog } => x = spread(table, *laag, *hoog, z),
            Shape::Table { table, laag, hoog } => x = spread(table, *laag, *hoog, z),
            Shape::Driehoek {
                table,
                laag,
                hoog,
                split,
                rise,
                fall,
            } => {
                // Three passes: measured 1.9x faster than one with the table between the two choices.
                let mut near = [0.0; W];
                for l in 0..W {
                    near[l] = if z[l] < *split { z[l] } else { -z[l] };
                }
                let root = spread(table, 0.0, 1.0, &near);
                for l in 0..W {
                    let below = laag + rise * root[l];
                    let above = hoog - fall * root[l];
                    let value = if z[l] < *split { below } else { above };
                    x[l] = held(value, *laag, *hoog);
                }
            }
            Shape::Steps { first, steps } => {
                x = [*first; W];
                for &(threshold, value) in steps {
                    for l in 0..W {
                        x[l] = if z[l] >= threshold { value } else { x[l] };
                    }
                }
            }
            Shape::Halves {
                midden,
                onder,
                boven,
            } => {
                for l in 0..W {
                    let sd = if z[l] < 0.0 { *onder } else { *boven };
                    x[l] = midden + sd * z[l];
                }
            }
            Shape::Values { table, values } => {
                let last = values.len() - 1;
                for l in 0..W {
                    let t = table.at(z[l]) * last as f64;
                    // As in a table: on an observation either neighbour gives the same value. Above the last pair there is none.
                    let rounded = (held(t, 0.0, last as f64 - 0.25) - 0.5) + ROUND;
                    let i = (rounded.to_bits() & 0xffff_ffff) as usize;
                    let (low, high) = (values[i], values[i + 1]);
                    x[l] = held(low + (high - low) * (t - (rounded - ROUND)), low, high);
                }
            }
        }
        x
    }
}

#[inline(always)]
fn spread<const W: usize>(table: &Table, laag: f64, hoog: f64, z: &[f64; W]) -> [f64; W] {
    let range = hoog - laag;
    let mut x = [0.0; W];
    for l in 0..W {
        x[l] = held(laag + range * table.at(z[l]), laag, hoog);
    }
    x
}

/// Thresholds of a list of values with a chance, in the order of the list.
fn steps(list: &[(f64, f64)]) -> Shape {
    let mut cumulative = 0.0;
    let mut steps = Vec::with_capacity(list.len());
    for pair in list.windows(2) {
        cumulative += pair[0].1;
        steps.push((normal_quantile(cumulative.min(1.0)), pair[1].0));
    }
    Shape::Steps {
        first: list[0].0,
        steps,
    }
}

/// What has a chance.
fn possible(list: &[(f64, f64)]) -> Vec<(f64, f64)> {
    list.iter().copied().filter(|pair| pair.1 > 0.0).collect()
}

/// What has a chance in rising order, so that z and the value rise together.
fn rising(list: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut sorted = possible(list);
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    sorted
}

/// The first value at which the chances add up to `p`.
fn reached(list: &[(f64, f64)], p: f64) -> f64 {
    let mut cumulative = 0.0;
    for &(value, chance) in list {
        cumulative += chance;
        // A hair of slack: 0.1 + 0.2 must reach 0.3.
        if cumulative >= p - 1e-12 {
            return value;
        }
    }
    list.last().map_or(f64::NAN, |pair| pair.0)
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// Standard deviations of the normals below and above the median.
fn halves(p10: f64, p50: f64, p90: f64) -> (f64, f64) {
    ((p50 - p10) / Z90, (p90 - p50) / Z90)
}

/// The part of the standard normal between two points, seen from the side that keeps its digits.
struct Inside {
    /// Chances below and above the lower and the upper end.
    below: (f64, f64),
    above: (f64, f64),
    kans: f64,
}

impl Inside {
    fn new(from: f64, to: f64) -> Self {
        let (below, above) = (
            (normal_cdf(from), normal_cdf(to)),
            (normal_cdf(-from), normal_cdf(-to)),
        );
        let kans = if from > 0.0 {
            above.0 - above.1
        } else {
            below.1 - below.0
        };
        Self { below, above, kans }
    }

    /// The normal below which a share `p` of this part lies, and above which a share `q = 1 - p`.
    fn normal(&self, p: f64, q: f64) -> f64 {
        let (low, high) = (self.below.0 + self.kans * p, self.above.1 + self.kans * q);
        if low <= high {
            normal_quantile(low)
        } else {
            -normal_quantile(high)
        }
    }
}

/// Points and weights of the Gauss-Legendre rule of 10 points on `[-1, 1]`, those above zero.
const GAUSS: [[f64; 2]; 5] = [
    [0.148_874_338_981_631_2, 0.295_524_224_714_752_9],
    [0.433_395_394_129_247_2, 0.269_266_719_309_996_35],
    [0.679_409_568_299_024_4, 0.219_086_362_515_982_04],
    [0.865_063_366_688_984_5, 0.149_451_349_150_580_6],
    [0.973_906_528_517_171_7, 0.066_671_344_308_688_14],
];

/// Mean and standard deviation of the logarithm of a lognormal: `sigma^2 = ln(1 + (sd/mean)^2)`, `mu = ln mean - sigma^2/2`.
fn log_moments(mean: f64, sd: f64) -> (f64, f64) {
    let ratio = sd / mean;
    let sigma2 = libm::log1p(ratio * ratio);
    (libm::log(mean) - 0.5 * sigma2, sigma2.sqrt())
}

/// Mean and variance of a risk event: `kans` that it occurs times an independent impact. In a simulation these are
/// two drivers (a [`Verdeling::kans`] and the impact), never their product beforehand.
pub fn event_moments(kans: f64, impact: &Verdeling) -> (f64, f64) {
    let (m, v) = (impact.mean(), impact.variance());
    (kans * m, kans * v + kans * (1.0 - kans) * m * m)
}

impl Verdeling {
    /// 1 with this chance, else 0: whether a risk event occurs.
    pub fn kans(kans: f64) -> Self {
        Self::Discreet(vec![(0.0, 1.0 - kans), (1.0, kans)])
    }

    /// Whether the numbers make a distribution; if not, the reason.
    pub fn validate(&self) -> Result<(), String> {
        let numbers: Vec<f64> = match self {
            Self::Pert { laag, modus, hoog } | Self::Driehoek { laag, modus, hoog } => {
                vec![*laag, *modus, *hoog]
            }
            Self::Normaal {
                gemiddelde,
                spreiding,
            }
            | Self::Lognormaal {
                gemiddelde,
                spreiding,
            } => {
                vec![*gemiddelde, *spreiding]
            }
            Self::Uniform { laag, hoog } => vec![*laag, *hoog],
            Self::Discreet(list) | Self::Toestanden(list) => list
                .iter()
                .flat_map(|&(value, chance)| [value, chance])
                .collect(),
            Self::Percentielen { p10, p50, p90 } => vec![*p10, *p50, *p90],
            Self::Waarnemingen(values) => values.clone(),
            Self::Begrensd {
                verdeling,
                minimum,
                maximum,
            } => return validate_bounds(verdeling, *minimum, *maximum),
        };
        if let Some(number) = numbers.iter().find(|x| !x.is_finite()) {
            return Err(format!("{number} is not a finite number"));
        }
        match self {
            Self::Pert { laag, modus, hoog } | Self::Driehoek { laag, modus, hoog }
                if laag > modus || modus > hoog =>
            {
                return Err(format!(
                    "laag <= modus <= hoog does not hold: {laag}, {modus}, {hoog}"
                ));
            }
            Self::Normaal { spreiding, .. } | Self::Lognormaal { spreiding, .. }
                if *spreiding < 0.0 =>
            {
                return Err(format!("spreiding is negative: {spreiding}"));
            }
            Self::Lognormaal { gemiddelde, .. } if *gemiddelde <= 0.0 => {
                return Err(format!(
                    "gemiddelde of a lognormaal must be above 0: {gemiddelde}"
                ));
            }
            Self::Uniform { laag, hoog } if laag > hoog => {
                return Err(format!("laag is above hoog: {laag}, {hoog}"));
            }
            Self::Percentielen { p10, p50, p90 } if p10 > p50 || p50 > p90 => {
                return Err(format!(
                    "p10 <= p50 <= p90 does not hold: {p10}, {p50}, {p90}"
                ));
            }
            Self::Waarnemingen(values) if values.len() < 2 => {
                return Err(format!(
                    "waarnemingen takes two values or more: {}",
                    values.len()
                ));
            }
            Self::Discreet(list) | Self::Toestanden(list) => {
                if list.is_empty() {
                    return Err("no values".to_owned());
                }
                if let Some((value, chance)) =
                    list.iter().find(|pair| !(0.0..=1.0).contains(&pair.1))
                {
                    return Err(format!(
                        "chance of {value} is not between 0 and 1: {chance}"
                    ));
                }
                let sum: f64 = list.iter().map(|pair| pair.1).sum();
                if (sum - 1.0).abs() > 1e-9 {
                    return Err(format!("chances sum to {sum}, not to 1"));
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// The one value that it always takes, if that is what it does.
    fn constant(&self) -> Option<f64> {
        let (lowest, highest) = match self {
            Self::Pert { laag, hoog, .. }
            | Self::Driehoek { laag, hoog, .. }
            | Self::Uniform { laag, hoog } => (*laag, *hoog),
            Self::Normaal {
                gemiddelde,
                spreiding,
            }
            | Self::Lognormaal {
                gemiddelde,
                spreiding,
            } if *spreiding == 0.0 => (*gemiddelde, *gemiddelde),
            Self::Percentielen { p10, p90, .. } => (*p10, *p90),
            Self::Waarnemingen(values) => (
                values.iter().copied().fold(f64::INFINITY, f64::min),
                values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            ),
            Self::Begrensd { verdeling, .. } => return verdeling.constant(),
            _ => return None,
        };
        (lowest == highest).then_some(lowest)
    }

    /// Share of the distribution without its bounds that lies between them; 1 when it has none.
    pub fn kans_binnen(&self) -> f64 {
        let Self::Begrensd {
            verdeling,
            minimum,
            maximum,
        } = self
        else {
            return 1.0;
        };
        match verdeling.constant() {
            Some(value) if (*minimum..=*maximum).contains(&value) => 1.0,
            Some(_) => 0.0,
            None => {
                let (from, to) = verdeling.normals_between(*minimum, *maximum);
                Inside::new(from, to).kans
            }
        }
    }

    /// The normals at which bounds begin and end; a value that stands on a bound is inside.
    fn normals_between(&self, minimum: f64, maximum: f64) -> (f64, f64) {
        (
            self.normal_at(minimum, false),
            self.normal_at(maximum, true),
        )
    }

    /// The normal of the chance that `x` is not reached, or, with `upto`, not passed; for continuous kinds.
    fn normal_at(&self, x: f64, upto: bool) -> f64 {
        match self {
            Self::Normaal {
                gemiddelde,
                spreiding,
            } => (x - gemiddelde) / spreiding,
            Self::Lognormaal {
                gemiddelde,
                spreiding,
            } => {
                let (mu, sigma) = log_moments(*gemiddelde, *spreiding);
                if x <= 0.0 {
                    f64::NEG_INFINITY
                } else {
                    (libm::log(x) - mu) / sigma
                }
            }
            // Below zero the half of the median does not count, and above zero that of the other side: a side without
            // width puts half of the draws on the median itself.
            Self::Percentielen { p10, p50, p90 } => {
                let (onder, boven) = halves(*p10, *p50, *p90);
                let distance = x - p50;
                let (at, sd) = if distance < 0.0 || (distance == 0.0 && !upto) {
                    (f64::NEG_INFINITY, onder)
                } else {
                    (f64::INFINITY, boven)
                };
                if sd == 0.0 { at } else { distance / sd }
            }
            _ => {
                let (p, q) = self.shares(x, upto);
                if p <= q {
                    normal_quantile(p)
                } else {
                    -normal_quantile(q)
                }
            }
        }
    }

    /// Share of draws below `x` and above it, `x` itself among those above, or with `upto` among those below.
    fn shares(&self, x: f64, upto: bool) -> (f64, f64) {
        match self {
            Self::Pert { laag, modus, hoog } => {
                let range = hoog - laag;
                Beta::pert((modus - laag) / range).shares((x - laag) / range)
            }
            Self::Driehoek { laag, modus, hoog } => {
                let range = hoog - laag;
                let (below, above) = ((x - laag).max(0.0), (hoog - x).max(0.0));
                if x <= *laag {
                    (0.0, 1.0)
                } else if x >= *hoog {
                    (1.0, 0.0)
                } else if x <= *modus {
                    let p = below * below / (range * (modus - laag));
                    (p, 1.0 - p)
                } else {
                    let q = above * above / (range * (hoog - modus));
                    (1.0 - q, q)
                }
            }
            Self::Uniform { laag, hoog } => {
                let p = ((x - laag) / (hoog - laag)).clamp(0.0, 1.0);
                (p, ((hoog - x) / (hoog - laag)).clamp(0.0, 1.0))
            }
            Self::Waarnemingen(values) => {
                let values = sorted(values);
                let i = values.partition_point(|v| if upto { *v <= x } else { *v < x });
                if i == 0 {
                    (0.0, 1.0)
                } else if i == values.len() {
                    (1.0, 0.0)
                } else {
                    let (low, high) = (values[i - 1], values[i]);
                    let rank = (i - 1) as f64 + (x - low) / (high - low);
                    let p = rank / (values.len() - 1) as f64;
                    (p, 1.0 - p)
                }
            }
            Self::Normaal { .. } | Self::Lognormaal { .. } | Self::Percentielen { .. } => {
                let z = self.normal_at(x, upto);
                (normal_cdf(z), normal_cdf(-z))
            }
            Self::Discreet(list) | Self::Toestanden(list) => {
                let p = list
                    .iter()
                    .filter(|pair| pair.0 < x || (upto && pair.0 == x))
                    .map(|pair| pair.1)
                    .sum();
                (p, 1.0 - p)
            }
            Self::Begrensd {
                verdeling,
                minimum,
                maximum,
            } => {
                if x < *minimum || (x == *minimum && !upto) {
                    return (0.0, 1.0);
                }
                if x > *maximum || (x == *maximum && upto) {
                    return (1.0, 0.0);
                }
                let (from, to) = verdeling.normals_between(*minimum, *maximum);
                let at = verdeling.normal_at(x, upto);
                let whole = Inside::new(from, to).kans;
                let part = |from, to| (Inside::new(from, to).kans / whole).clamp(0.0, 1.0);
                (part(from, at), part(at, to))
            }
        }
    }

    /// Integral of `f(x)` over the draws of a distribution between two normals, by Gauss-Legendre between the points
    /// where it is not smooth.
    fn integral(&self, from: f64, to: f64, f: impl Fn(f64) -> f64) -> f64 {
        // The tails of a lognormal weigh most at 2 sigma in the second moment.
        let reach = 9.5
            + match self {
                Self::Lognormaal {
                    gemiddelde,
                    spreiding,
                } => 2.0 * log_moments(*gemiddelde, *spreiding).1,
                _ => 0.0,
            };
        let (from, to) = (from.max(-reach), to.min(reach));
        let mut breaks = vec![from, to];
        match self {
            Self::Driehoek { laag, modus, hoog } => {
                breaks.push(normal_quantile((modus - laag) / (hoog - laag)));
            }
            Self::Percentielen { .. } => breaks.push(0.0),
            Self::Waarnemingen(values) => {
                let last = values.len() - 1;
                breaks.extend((1..last).map(|i| normal_quantile(i as f64 / last as f64)));
            }
            _ => {}
        }
        breaks.retain(|z| (from..=to).contains(z));
        breaks.sort_by(f64::total_cmp);
        let at = |z: f64| f(self.at(normal_cdf(z), normal_cdf(-z))) * normal_density(z);
        let mut sum = 0.0;
        for two in breaks.windows(2) {
            let panels = libm::ceil((two[1] - two[0]) * 2.0).max(1.0);
            let half = 0.5 * (two[1] - two[0]) / panels;
            for panel in 0..panels as usize {
                let middle = two[0] + half * (2 * panel + 1) as f64;
                for [point, weight] in GAUSS {
                    sum += half * weight * (at(middle - half * point) + at(middle + half * point));
                }
            }
        }
        sum
    }

    /// Mean, in closed form; with bounds by integration (1e-9 of the spread or better).
    pub fn mean(&self) -> f64 {
        match self {
            Self::Pert { laag, modus, hoog } => (laag + 4.0 * modus + hoog) / 6.0,
            Self::Driehoek { laag, modus, hoog } => (laag + modus + hoog) / 3.0,
            Self::Normaal { gemiddelde, .. } | Self::Lognormaal { gemiddelde, .. } => *gemiddelde,
            Self::Uniform { laag, hoog } => f64::midpoint(*laag, *hoog),
            Self::Discreet(list) | Self::Toestanden(list) => {
                list.iter().map(|(value, chance)| value * chance).sum()
            }
            Self::Percentielen { p10, p50, p90 } => {
                let (onder, boven) = halves(*p10, *p50, *p90);
                p50 + (boven - onder) / (2.0 * PI).sqrt()
            }
            Self::Waarnemingen(values) => {
                let values = sorted(values);
                let pieces = values.windows(2).map(|two| f64::midpoint(two[0], two[1]));
                pieces.sum::<f64>() / (values.len() - 1) as f64
            }
            Self::Begrensd {
                verdeling,
                minimum,
                maximum,
            } => verdeling.constant().unwrap_or_else(|| {
                let (from, to) = verdeling.normals_between(*minimum, *maximum);
                // From the median, so that a small spread about a large value keeps its digits.
                let middle = self.quantile(0.5);
                let sum = verdeling.integral(from, to, |x| x - middle);
                middle + sum / Inside::new(from, to).kans
            }),
        }
    }

    /// Variance, in closed form (in the square of the driver's unit); with bounds by integration.
    pub fn variance(&self) -> f64 {
        match self {
            // Beta: (hoog - laag)^2 a b / ((a + b)^2 (a + b + 1)) = (mean - laag)(hoog - mean)/7, as a + b = 6.
            Self::Pert { laag, hoog, .. } => (self.mean() - laag) * (hoog - self.mean()) / 7.0,
            // (l^2 + m^2 + h^2 - lm - lh - mh)/18, written in differences so that large values do not cancel.
            Self::Driehoek { laag, modus, hoog } => {
                let (below, above) = (modus - laag, hoog - modus);
                (below * below + below * above + above * above) / 18.0
            }
            Self::Normaal { spreiding, .. } | Self::Lognormaal { spreiding, .. } => {
                spreiding * spreiding
            }
            Self::Uniform { laag, hoog } => (hoog - laag) * (hoog - laag) / 12.0,
            Self::Discreet(list) | Self::Toestanden(list) => {
                let mean = self.mean();
                list.iter()
                    .map(|(value, chance)| chance * (value - mean) * (value - mean))
                    .sum()
            }
            Self::Percentielen { p10, p50, p90 } => {
                let (onder, boven) = halves(*p10, *p50, *p90);
                let shift = self.mean() - p50;
                0.5 * (onder * onder + boven * boven) - shift * shift
            }
            Self::Waarnemingen(values) => {
                let (mean, values) = (self.mean(), sorted(values));
                // The mean square of a line from a to b is (a^2 + ab + b^2)/3.
                let pieces = values.windows(2).map(|two| {
                    let (a, b) = (two[0] - mean, two[1] - mean);
                    (a * a + a * b + b * b) / 3.0
                });
                pieces.sum::<f64>() / (values.len() - 1) as f64
            }
            Self::Begrensd {
                verdeling,
                minimum,
                maximum,
            } => {
                if verdeling.constant().is_some() {
                    return 0.0;
                }
                let (from, to) = verdeling.normals_between(*minimum, *maximum);
                let mean = self.mean();
                let sum = verdeling.integral(from, to, |x| (x - mean) * (x - mean));
                sum / Inside::new(from, to).kans
            }
        }
    }

    /// Value below which a share `p` lies; the bounds (or infinity) at 0 and 1. For `discreet` and `toestanden` the lowest
    /// value whose cumulative chance reaches `p`. Not for the hot path.
    pub fn quantile(&self, p: f64) -> f64 {
        self.at(p, 1.0 - p)
    }

    /// The quantile at `p`, with `q = 1 - p` in all its digits.
    fn at(&self, p: f64, q: f64) -> f64 {
        if let Some(value) = self.constant() {
            return value;
        }
        let normal = || {
            if p <= q {
                normal_quantile(p)
            } else {
                -normal_quantile(q)
            }
        };
        match self {
            Self::Pert { laag, modus, hoog } => {
                let range = hoog - laag;
                laag + range * Beta::pert((modus - laag) / range).quantile(p, q)
            }
            Self::Driehoek { laag, modus, hoog } => {
                let range = hoog - laag;
                if p * range <= modus - laag {
                    laag + (p * range * (modus - laag)).sqrt()
                } else {
                    hoog - (q * range * (hoog - modus)).sqrt()
                }
            }
            Self::Normaal {
                gemiddelde,
                spreiding,
            } => gemiddelde + spreiding * normal(),
            Self::Lognormaal {
                gemiddelde,
                spreiding,
            } => {
                let (mu, sigma) = log_moments(*gemiddelde, *spreiding);
                libm::exp(mu + sigma * normal())
            }
            Self::Uniform { laag, hoog } => laag + (hoog - laag) * p,
            Self::Discreet(list) | Self::Toestanden(list) => reached(&rising(list), p),
            Self::Percentielen { p10, p50, p90 } => {
                let (onder, boven) = halves(*p10, *p50, *p90);
                let sd = if p <= q { onder } else { boven };
                // A side without width has no infinity.
                if sd == 0.0 { *p50 } else { p50 + sd * normal() }
            }
            Self::Waarnemingen(values) => {
                let values = sorted(values);
                let last = values.len() - 1;
                let t = p.clamp(0.0, 1.0) * last as f64;
                let i = (t as usize).min(last - 1);
                let (low, high) = (values[i], values[i + 1]);
                (low + (high - low) * (t - i as f64)).clamp(low, high)
            }
            Self::Begrensd {
                verdeling,
                minimum,
                maximum,
            } => {
                if p <= 0.0 || q <= 0.0 {
                    return verdeling.at(p, q).clamp(*minimum, *maximum);
                }
                let (from, to) = verdeling.normals_between(*minimum, *maximum);
                let z = Inside::new(from, to).normal(p, q);
                let value = verdeling.at(normal_cdf(z), normal_cdf(-z));
                value.clamp(*minimum, *maximum)
            }
        }
    }

    /// Share at or below `x`. Not for the hot path.
    pub fn cdf(&self, x: f64) -> f64 {
        match self.constant() {
            Some(value) => {
                if x >= value {
                    1.0
                } else {
                    0.0
                }
            }
            None => self.shares(x, true).0,
        }
    }
}

/// Whether bounds fit a distribution; if not, the reason.
fn validate_bounds(verdeling: &Verdeling, minimum: f64, maximum: f64) -> Result<(), String> {
    if let Verdeling::Discreet(_) | Verdeling::Toestanden(_) | Verdeling::Begrensd { .. } =
        verdeling
    {
        return Err("minimum and maximum are for continuous distributions".to_owned());
    }
    verdeling.validate()?;
    if minimum.is_nan() || maximum.is_nan() || minimum >= maximum {
        return Err(format!(
            "minimum is not below maximum: {minimum}, {maximum}"
        ));
    }
    let kans = Verdeling::Begrensd {
        verdeling: Box::new(verdeling.clone()),
        minimum,
        maximum,
    }
    .kans_binnen();
    if kans < KANS_MIN {
        return Err(format!(
            "hardly a draw lies between minimum and maximum: the chance is {kans:.1e}"
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::risk::random::{driver_key, normals, uniforms};
    use crate::risk::statistics::summary;
    use serde::Deserialize;
    use statrs::distribution::{Beta as StatrsBeta, ContinuousCDF, Normal};

    #[derive(Deserialize)]
    struct Figures {
        kansen: Vec<f64>,
        verdeling: Vec<Figure>,
    }

    #[derive(Deserialize)]
    struct Figure {
        soort: String,
        getallen: Vec<f64>,
        minimum: Option<f64>,
        maximum: Option<f64>,
        kwantielen: Vec<f64>,
        gemiddelde: f64,
        variantie: f64,
    }

    fn verdeling(soort: &str, g: &[f64]) -> Verdeling {
        match soort {
            "pert" => Verdeling::Pert {
                laag: g[0],
                modus: g[1],
                hoog: g[2],
            },
            "driehoek" => Verdeling::Driehoek {
                laag: g[0],
                modus: g[1],
                hoog: g[2],
            },
            "normaal" => Verdeling::Normaal {
                gemiddelde: g[0],
                spreiding: g[1],
            },
            "lognormaal" => Verdeling::Lognormaal {
                gemiddelde: g[0],
                spreiding: g[1],
            },
            "uniform" => Verdeling::Uniform {
                laag: g[0],
                hoog: g[1],
            },
            "percentielen" => Verdeling::Percentielen {
                p10: g[0],
                p50: g[1],
                p90: g[2],
            },
            "waarnemingen" => Verdeling::Waarnemingen(g.to_vec()),
            other => panic!("{other}"),
        }
    }

    fn begrensd(verdeling: Verdeling, minimum: f64, maximum: f64) -> Verdeling {
        Verdeling::Begrensd {
            verdeling: Box::new(verdeling),
            minimum,
            maximum,
        }
    }

    /// Every kind, skewed and degenerate ones included.
    fn kinds() -> Vec<Verdeling> {
        let mut all = Vec::new();
        for c in [0.0, 0.004, 0.1, 0.25, 0.5, 0.62, 0.9, 0.999, 1.0] {
            all.push(Verdeling::Pert {
                laag: -2.0,
                modus: 5.0 * c - 2.0,
                hoog: 3.0,
            });
            all.push(Verdeling::Driehoek {
                laag: -2.0,
                modus: 5.0 * c - 2.0,
                hoog: 3.0,
            });
        }
        all.push(Verdeling::Normaal {
            gemiddelde: 4.0,
            spreiding: 3.0,
        });
        all.push(Verdeling::Lognormaal {
            gemiddelde: 4.0,
            spreiding: 1.0,
        });
        all.push(Verdeling::Uniform {
            laag: 1.0,
            hoog: 4.0,
        });
        all.push(Verdeling::Discreet(vec![
            (3.0, 0.25),
            (0.0, 0.4),
            (1.0, 0.25),
            (2.0, 0.0),
            (7.0, 0.1),
        ]));
        all.push(Verdeling::kans(0.15));
        let (free, endless) = (all.clone(), f64::INFINITY);
        for v in free {
            if !matches!(v, Verdeling::Discreet(_)) {
                let (low, high) = (v.quantile(0.2), v.quantile(0.85));
                all.push(begrensd(v.clone(), low, high));
                all.push(begrensd(v.clone(), low, endless));
                all.push(begrensd(v, -endless, high));
            }
        }
        for g in [[0.9, 1.0, 1.3], [0.5, 1.0, 1.0], [1.0, 1.0, 1.2]] {
            let v = verdeling("percentielen", &g);
            all.push(v.clone());
            all.push(begrensd(v, 0.8, 1.15));
        }
        for values in [vec![3.0, 1.0], vec![0.9, 1.2, 1.0, 1.0, 1.4, 1.1]] {
            all.push(begrensd(
                Verdeling::Waarnemingen(values.clone()),
                1.05,
                1.35,
            ));
            all.push(Verdeling::Waarnemingen(values));
        }
        all
    }

    #[test]
    fn quantiles_and_moments_equal_scipy() {
        let figures: Figures =
            toml::from_str(include_str!("../../tests/cases/verdelingen/scipy.toml")).unwrap();
        for figure in figures.verdeling {
            let mut v = verdeling(&figure.soort, &figure.getallen);
            let mut precision = 1e-12;
            if let (Some(minimum), Some(maximum)) = (figure.minimum, figure.maximum) {
                v = begrensd(v, minimum, maximum);
                precision = 1e-9;
            }
            let sampler = Sampler::new(&v).unwrap();
            let sd = figure.variantie.sqrt();
            assert!(
                (v.mean() - figure.gemiddelde).abs()
                    < 0.1 * precision * figure.gemiddelde.abs().max(sd),
                "{v:?}: {} {}",
                v.mean(),
                figure.gemiddelde
            );
            assert!(
                (v.variance() / figure.variantie - 1.0).abs() < precision,
                "{v:?}: {} {}",
                v.variance(),
                figure.variantie
            );
            for (&p, &expected) in figures.kansen.iter().zip(&figure.kwantielen) {
                let tolerance = 1e-11 * sd + 1e-14 * expected.abs();
                assert!(
                    (v.quantile(p) - expected).abs() < tolerance,
                    "{v:?} {p}: {} {expected}",
                    v.quantile(p)
                );
                // A value that stands for a share of the draws by itself is passed with all of them.
                let atom = v.quantile(p + 1e-6) == v.quantile(p - 1e-6);
                let passed = v.cdf(expected);
                assert!(
                    (passed - p).abs() < 1e-11 || (atom && passed > p),
                    "{v:?} {p}: {passed}"
                );
                let sampled = sampler.sample(normal_quantile(p));
                assert!(
                    (sampled - expected).abs()
                        < 1e-7 * (figure.kwantielen[8] - figure.kwantielen[0]),
                    "{v:?} {p}: {sampled} {expected}"
                );
            }
        }
    }

    #[test]
    fn normal_quantile_equals_statrs_and_turns_back() {
        let standard = Normal::new(0.0, 1.0).unwrap();
        for j in 1..400 {
            let p = f64::from(j) / 400.0;
            assert!((normal_quantile(p) - standard.inverse_cdf(p)).abs() < 1e-13);
        }
        for j in 1..300 {
            let p = libm::exp10(-f64::from(j));
            assert!(
                (normal_cdf(normal_quantile(p)) / p - 1.0).abs() < 1e-11,
                "{p}"
            );
        }
        assert_eq!(normal_quantile(0.5), 0.0);
        assert_eq!(normal_quantile(0.0), f64::NEG_INFINITY);
        assert_eq!(normal_quantile(1.0), f64::INFINITY);
        assert!(normal_quantile(-0.1).is_nan() && normal_quantile(1.1).is_nan());
    }

    #[test]
    fn lane_exponential_equals_libm() {
        let mut worst = 0.0_f64;
        for j in -7000..7000 {
            let x = f64::from(j) * 0.1;
            worst = worst.max((exp_lane(x) / libm::exp(x) - 1.0).abs());
        }
        println!("largest relative error of exp: {worst:e}");
        assert!(worst < 1e-15, "{worst:e}");
    }

    #[test]
    fn pert_table_equals_statrs_between_the_knots() {
        let mut worst = 0.0_f64;
        for step in 0..=20 {
            let c = f64::from(step) / 20.0;
            let v = Verdeling::Pert {
                laag: 0.0,
                modus: c,
                hoog: 1.0,
            };
            let sampler = Sampler::new(&v).unwrap();
            let (a, b) = (1.0 + 4.0 * c, 5.0 - 4.0 * c);
            let (low, high) = (
                StatrsBeta::new(a, b).unwrap(),
                StatrsBeta::new(b, a).unwrap(),
            );
            for j in -640..=640 {
                let z = f64::from(j) * 0.01 + 0.0013;
                // The mirrored beta for the upper half: there 1 - p would lose its digits.
                let expected = if z < 0.0 {
                    low.inverse_cdf(normal_cdf(z))
                } else {
                    1.0 - high.inverse_cdf(normal_cdf(-z))
                };
                worst = worst.max((sampler.sample(z) - expected).abs());
            }
        }
        println!("largest error of the PERT table: {worst:e} of the range");
        assert!(worst < 1e-7, "{worst:e}");
    }

    #[test]
    fn samples_are_quantiles_rise_and_keep_their_bounds() {
        let mut worst = 0.0_f64;
        for v in kinds() {
            let sampler = Sampler::new(&v).unwrap();
            let (low, high) = (v.quantile(0.0), v.quantile(1.0));
            let mut previous = f64::NEG_INFINITY;
            for j in -20_000..=20_000 {
                let z = f64::from(j) * 0.00037;
                let x = sampler.sample(z);
                assert!(x >= previous, "{v:?} falls at {z}");
                assert!((low..=high).contains(&x), "{v:?} {z}: {x}");
                previous = x;
                // The lower half only: above it Phi(z) loses the digits that the quantile needs.
                if j % 16 == 0 && (-6.4..0.0).contains(&z) && !matches!(v, Verdeling::Discreet(_)) {
                    let expected = v.quantile(normal_cdf(z));
                    worst =
                        worst.max((x - expected).abs() / (v.quantile(0.999) - v.quantile(0.001)));
                }
            }
            for z in [-1e9, 1e9] {
                assert!((low..=high).contains(&sampler.sample(z)), "{v:?} {z}");
            }
        }
        println!("largest error of a sample: {worst:e} of the range P0.1 to P99.9");
        assert!(worst < 1e-7, "{worst:e}");
    }

    #[test]
    fn triangular_keeps_its_precision_at_the_mode_and_above() {
        for c in [0.1, 0.5, 0.8] {
            let v = Verdeling::Driehoek {
                laag: 0.0,
                modus: c,
                hoog: 1.0,
            };
            let sampler = Sampler::new(&v).unwrap();
            for j in -5000..=5000 {
                let z = f64::from(j) * 0.001;
                assert!(
                    (sampler.sample(z) - v.quantile(normal_cdf(z))).abs() < 1e-7,
                    "{c} {z}"
                );
            }
        }
    }

    #[test]
    fn lanes_give_the_bits_of_the_scalar() {
        let z = normals(&uniforms::<16>(5, 0, 1, 0)[0]);
        for v in kinds() {
            let sampler = Sampler::new(&v).unwrap();
            let lanes = sampler.sample_lanes(&z);
            let fast = pulp::Arch::new().dispatch(|| sampler.sample_lanes(&z));
            for l in 0..16 {
                assert_eq!(lanes[l].to_bits(), sampler.sample(z[l]).to_bits());
                assert_eq!(lanes[l].to_bits(), fast[l].to_bits());
            }
        }
    }

    #[test]
    fn moments_of_draws_are_the_closed_forms() {
        const W: usize = 16;
        let n = 200_000;
        for (index, v) in kinds().into_iter().enumerate() {
            let sampler = Sampler::new(&v).unwrap();
            let driver = driver_key(&format!("driver {index}"));
            let mut draws = Vec::with_capacity(n);
            for first in (0..n as u64 / 4).step_by(W) {
                for k in uniforms::<W>(11, first, driver, 0) {
                    draws.extend(sampler.sample_lanes(&normals(&k)));
                }
            }
            let s = summary(&draws).unwrap();
            let error = (s.mean - v.mean()) / s.standard_error;
            assert!(
                error.abs() < 4.5,
                "{v:?}: mean off by {error} standard errors"
            );
            // Standard error of a variance: sqrt((m4 - var^2)/n), m4 from the draws.
            let m4 = draws.iter().map(|x| (x - s.mean).powi(4)).sum::<f64>() / n as f64;
            let se = ((m4 - s.sd.powi(4)) / n as f64).sqrt();
            let error = (s.sd * s.sd - v.variance()) / se;
            assert!(
                error.abs() < 4.5,
                "{v:?}: variance off by {error} standard errors"
            );
        }
    }

    #[test]
    fn chances_of_a_discrete_driver_are_met_and_values_exact() {
        let v = Verdeling::Discreet(vec![
            (3.0, 0.25),
            (0.1, 0.4),
            (1.0, 0.25),
            (2.0, 0.0),
            (7.0, 0.1),
        ]);
        let sampler = Sampler::new(&v).unwrap();
        for (p, value) in [
            (0.39, 0.1),
            (0.41, 1.0),
            (0.64, 1.0),
            (0.66, 3.0),
            (0.89, 3.0),
            (0.91, 7.0),
        ] {
            assert_eq!(sampler.sample(normal_quantile(p)), value);
            assert_eq!(v.quantile(p), value);
        }
        assert_eq!(
            Sampler::new(&Verdeling::kans(0.0)).unwrap().sample(6.3),
            0.0
        );
        assert_eq!(
            Sampler::new(&Verdeling::kans(1.0)).unwrap().sample(-6.3),
            1.0
        );
        let (mean, variance) = event_moments(
            0.2,
            &Verdeling::Normaal {
                gemiddelde: 10.0,
                spreiding: 3.0,
            },
        );
        // E[X^2] - E[X]^2 = 0.2 (9 + 100) - 4.
        assert!((mean - 2.0).abs() < 1e-15 && (variance - 17.8).abs() < 1e-13);
    }

    #[test]
    fn degenerate_distributions_are_constants() {
        for v in [
            Verdeling::Pert {
                laag: 0.1,
                modus: 0.1,
                hoog: 0.1,
            },
            Verdeling::Driehoek {
                laag: 0.1,
                modus: 0.1,
                hoog: 0.1,
            },
            Verdeling::Uniform {
                laag: 0.1,
                hoog: 0.1,
            },
            Verdeling::Normaal {
                gemiddelde: 0.1,
                spreiding: 0.0,
            },
            Verdeling::Lognormaal {
                gemiddelde: 0.1,
                spreiding: 0.0,
            },
            Verdeling::Discreet(vec![(0.1, 1.0)]),
            Verdeling::Toestanden(vec![(0.1, 1.0)]),
            verdeling("percentielen", &[0.1, 0.1, 0.1]),
            Verdeling::Waarnemingen(vec![0.1; 5]),
            begrensd(Verdeling::Waarnemingen(vec![0.1; 5]), 0.0, 0.1),
            begrensd(verdeling("normaal", &[0.1, 0.0]), 0.1, f64::INFINITY),
            // Half of the draws are P50 itself, and the other half is cut off.
            begrensd(verdeling("percentielen", &[0.1, 0.1, 0.3]), 0.0, 0.1),
        ] {
            let sampler = Sampler::new(&v).unwrap();
            for z in [-6.3, -1.0, 0.0, 0.3, 6.3] {
                assert_eq!(sampler.sample(z), 0.1);
            }
            assert_eq!(v.quantile(0.3), 0.1);
            assert_eq!((v.cdf(0.0999), v.cdf(0.1)), (0.0, 1.0), "{v:?}");
            assert!(
                (v.mean() - 0.1).abs() < 1e-15 && v.variance() < 1e-30,
                "{v:?}"
            );
        }
    }

    #[test]
    fn wrong_numbers_are_refused() {
        for v in [
            Verdeling::Pert {
                laag: 2.0,
                modus: 1.0,
                hoog: 3.0,
            },
            Verdeling::Driehoek {
                laag: 0.0,
                modus: 4.0,
                hoog: 3.0,
            },
            Verdeling::Uniform {
                laag: 2.0,
                hoog: 1.0,
            },
            Verdeling::Normaal {
                gemiddelde: 0.0,
                spreiding: -1.0,
            },
            Verdeling::Lognormaal {
                gemiddelde: 0.0,
                spreiding: 1.0,
            },
            Verdeling::Normaal {
                gemiddelde: f64::NAN,
                spreiding: 1.0,
            },
            Verdeling::Discreet(vec![]),
            Verdeling::Discreet(vec![(1.0, 0.5), (2.0, 0.4)]),
            Verdeling::Discreet(vec![(1.0, 1.5), (2.0, -0.5)]),
            Verdeling::Toestanden(vec![(1.0, 0.5), (2.0, 0.4)]),
            verdeling("percentielen", &[1.0, 0.9, 1.1]),
            verdeling("percentielen", &[0.8, 1.2, 1.1]),
            Verdeling::Waarnemingen(vec![1.0]),
            Verdeling::Waarnemingen(vec![1.0, f64::INFINITY]),
            begrensd(verdeling("normaal", &[1.0, 0.1]), 1.0, 1.0),
            begrensd(verdeling("normaal", &[1.0, -0.1]), 0.0, 2.0),
            // Where there is no chance, or next to none.
            begrensd(verdeling("normaal", &[1.0, 0.1]), 1.6, 2.0),
            begrensd(verdeling("uniform", &[1.0, 2.0]), 2.5, 3.0),
            begrensd(verdeling("pert", &[1.0, 2.0, 3.0]), 3.0, f64::INFINITY),
            begrensd(verdeling("normaal", &[1.0, 0.0]), 1.1, 3.0),
            begrensd(Verdeling::Waarnemingen(vec![1.0, 2.0]), 2.0, 3.0),
            begrensd(Verdeling::kans(0.5), 0.0, 0.5),
            begrensd(
                begrensd(verdeling("normaal", &[1.0, 0.1]), 0.9, 1.1),
                0.9,
                1.1,
            ),
            begrensd(verdeling("normaal", &[1.0, 0.1]), f64::NAN, 1.1),
        ] {
            assert!(v.validate().is_err() && Sampler::new(&v).is_err(), "{v:?}");
        }
        assert!(
            Verdeling::Discreet(vec![(1.0, 0.1), (2.0, 0.2), (3.0, 0.7)])
                .validate()
                .is_ok()
        );
    }

    #[test]
    fn bounds_are_a_condition_and_never_clip() {
        let v = begrensd(verdeling("normaal", &[0.0, 1.0]), -1.0, 0.5);
        let sampler = Sampler::new(&v).unwrap();
        // The share of draws in any part is that of the normal, divided by what is left of it.
        let whole = normal_cdf(0.5) - normal_cdf(-1.0);
        assert!((v.kans_binnen() - whole).abs() < 1e-15);
        let (mut at_bound, mut below, n) = (0, 0_u32, 40_000_u32);
        for k in 0..n {
            let x = sampler.sample(normal_quantile((f64::from(k) + 0.5) / f64::from(n)));
            at_bound += u32::from(x == -1.0 || x == 0.5);
            below += u32::from(x < -0.3);
        }
        let share = (normal_cdf(-0.3) - normal_cdf(-1.0)) / whole;
        assert!((f64::from(below) / f64::from(n) - share).abs() < 1.0 / f64::from(n));
        assert_eq!(at_bound, 0);
        // Bounds that cut nothing off change nothing but rounding.
        let wide = begrensd(verdeling("pert", &[0.0, 0.3, 1.0]), -1.0, 2.0);
        let free = Sampler::new(&verdeling("pert", &[0.0, 0.3, 1.0])).unwrap();
        let wide = Sampler::new(&wide).unwrap();
        for j in -60..=60 {
            let z = f64::from(j) * 0.1;
            assert!((wide.sample(z) - free.sample(z)).abs() < 1e-9);
        }
    }

    #[test]
    fn states_are_drawn_in_their_own_order_with_their_own_chances() {
        // Binomial: 200,000 draws of the states 20/60/20, and one without a chance.
        let v = Verdeling::Toestanden(vec![(1.05, 0.2), (9.0, 0.0), (1.0, 0.6), (0.85, 0.2)]);
        let sampler = Sampler::new(&v).unwrap();
        let (n, driver) = (200_000_u64, driver_key("markt"));
        let mut counts = [0_u32; 4];
        for first in (0..n / 4).step_by(16) {
            for k in uniforms::<16>(7, first, driver, 0) {
                for x in sampler.sample_lanes(&normals(&k)) {
                    let which = [1.05, 9.0, 1.0, 0.85].iter().position(|v| *v == x);
                    counts[which.unwrap()] += 1;
                }
            }
        }
        assert_eq!(counts[1], 0);
        for (count, p) in counts.into_iter().zip([0.2, 0.0, 0.6, 0.2]) {
            let se = (n as f64 * p * (1.0 - p)).sqrt();
            assert!(
                (f64::from(count) - n as f64 * p).abs() <= 4.0 * se,
                "{counts:?}"
            );
        }
        // The first state holds the lowest numbers, whatever its value; percentiles go by value.
        assert_eq!((sampler.sample(-2.0), sampler.sample(2.0)), (1.05, 0.85));
        assert_eq!(sampler.sample(0.0), 1.0);
        assert_eq!((v.quantile(0.1), v.quantile(0.9)), (0.85, 1.05));
        assert!((v.cdf(0.99) - 0.2).abs() < 1e-15 && (v.mean() - 0.98).abs() < 1e-15);
    }

    #[test]
    fn percentiles_are_hit_exactly() {
        for g in [
            [0.9, 1.0, 1.3],
            [-5.0, 0.1, 0.2],
            [1.0, 1.0, 2.0],
            [0.0, 1.0, 1.0],
        ] {
            let v = verdeling("percentielen", &g);
            let sampler = Sampler::new(&v).unwrap();
            for (z, value) in [(-Z90, g[0]), (0.0, g[1]), (Z90, g[2])] {
                assert!((sampler.sample(z) - value).abs() < 1e-15 * 8.0);
            }
            for (p, value) in [(0.1, g[0]), (0.5, g[1]), (0.9, g[2])] {
                assert!((v.quantile(p) - value).abs() < 1e-14);
            }
            let (low, high) = (v.quantile(0.0), v.quantile(1.0));
            assert!(!low.is_nan() && !high.is_nan());
        }
    }
}

//! Distributions of uncertain inputs: checks, closed forms, and sampling from a standard normal.
//!
//! Every driver is sampled from one standard normal `z`, as the quantile at `Phi(z)`: so one Gaussian copula serves
//! all of them. Must not know: where the normals come from, which driver this is, the model.
//!
//! Amounts are in the unit of the driver (euro, year, fraction); this module adds none. All functions needed for
//! sampling use IEEE operations and the `libm` crate only, so samples have the same bits on every machine.

use std::f64::consts::{FRAC_1_SQRT_2, LN_2, LOG2_E, PI};
use std::sync::{Arc, LazyLock};

use crate::risk::random::{normal_ratio, polynomial};

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
}

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
    /// 1.5 x 2^52: adding it rounds to a whole number, which then stands in the low bits.
    const ROUND: f64 = 6_755_399_441_055_744.0;
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

/// Beta distribution on `[0, 1]` with `a + b = 6`, seen from 0: the side of 1 is the same with `a` and `b` exchanged.
struct BetaSide {
    a: f64,
    b: f64,
    ln_beta: f64,
    /// `(1 - b)_n / (n! (a + n))`: the power series of the incomplete beta function (DLMF 8.17.7).
    series: [f64; 56],
}

impl BetaSide {
    fn new(a: f64, b: f64) -> Self {
        let mut series = [0.0; 56];
        let mut c = 1.0;
        for (n, term) in series.iter_mut().enumerate() {
            let n = n as f64;
            *term = c / (a + n);
            c *= (n + 1.0 - b) / (n + 1.0);
        }
        Self {
            a,
            b,
            ln_beta: libm::log(libm::tgamma(a) * libm::tgamma(b) / libm::tgamma(a + b)),
            series,
        }
    }

    /// `S(x)` with `F(x) = x^a S(x) / B(a, b)`, for x to 1/2.
    fn sum(&self, x: f64) -> f64 {
        // Terms fall at least as fast as x^n: stop where they no longer count.
        let terms = if x < 1e-3 {
            7
        } else if x < 0.05 {
            14
        } else if x < 0.2 {
            26
        } else {
            56
        };
        let mut sum = 0.0;
        for c in self.series[..terms].iter().rev() {
            sum = sum * x + c;
        }
        sum
    }

    /// `ln F` at `x = e^y`, x to 1/2.
    fn ln_cdf(&self, y: f64) -> f64 {
        self.a * y - self.ln_beta + libm::log(self.sum(libm::exp(y)))
    }

    /// `ln` of the density at `x = e^y`.
    fn ln_density(&self, y: f64) -> f64 {
        (self.a - 1.0) * y + (self.b - 1.0) * libm::log1p(-libm::exp(y)) - self.ln_beta
    }

    /// `y = ln x` with `ln F(x) = ln_p`, for `ln_p` to `ln F(1/2)`, from a start at or left of it.
    ///
    /// Newton in logarithms: `ln F` is concave in `ln x` and nearly a line in the tail, so the steps come from the
    /// left without overshooting.
    fn solve(&self, ln_p: f64, start: f64) -> f64 {
        let mut y = start.min(-LN_2);
        for _ in 0..40 {
            let x = libm::exp(y);
            let sum = self.sum(x);
            let ln_f = self.a * y - self.ln_beta + libm::log(sum);
            let slope = libm::exp((self.b - 1.0) * libm::log1p(-x)) / sum;
            let step = (ln_p - ln_f) / slope;
            y = (y + step).min(-LN_2);
            if step.abs() < 1e-9 {
                // The next step would be of the order of its square.
                break;
            }
        }
        y
    }

    /// The leading term of the tail alone, which is left of the solution as `S` falls.
    fn tail_start(&self, ln_p: f64) -> f64 {
        (ln_p + self.ln_beta + libm::log(self.a)) / self.a
    }
}

/// Beta with `a + b = 6` from both sides.
struct Beta {
    low: BetaSide,
    high: BetaSide,
    /// `F(1/2)`, where the sides meet.
    half: f64,
}

impl Beta {
    /// `c = (modus - laag)/(hoog - laag)`.
    fn pert(c: f64) -> Self {
        let (a, b) = (1.0 + 4.0 * c, 5.0 - 4.0 * c);
        let low = BetaSide::new(a, b);
        let half = libm::exp(low.ln_cdf(-LN_2));
        Self {
            low,
            high: BetaSide::new(b, a),
            half,
        }
    }

    fn cdf(&self, x: f64) -> f64 {
        if x <= 0.0 {
            0.0
        } else if x >= 1.0 {
            1.0
        } else if x <= 0.5 {
            libm::exp(self.low.ln_cdf(libm::log(x)))
        } else {
            1.0 - libm::exp(self.high.ln_cdf(libm::log(1.0 - x)))
        }
    }

    fn quantile(&self, p: f64) -> f64 {
        if p <= 0.0 {
            0.0
        } else if p >= 1.0 {
            1.0
        } else if p <= self.half {
            let ln_p = libm::log(p);
            libm::exp(self.low.solve(ln_p, self.low.tail_start(ln_p)))
        } else {
            let ln_q = libm::log(1.0 - p);
            1.0 - libm::exp(self.high.solve(ln_q, self.high.tail_start(ln_q)))
        }
    }
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

    /// The beta quantile on [0, 1] as a function of z.
    fn beta(beta: &Beta) -> Self {
        let mut start_low = f64::NEG_INFINITY;
        let ln_half = libm::log(beta.half);
        // The low side from the left inwards; every solution starts the next one.
        let at = |side: &BetaSide, z: f64, previous: &mut f64| {
            let ln_p = libm::log(normal_cdf(z));
            let y = side.solve(ln_p, previous.max(side.tail_start(ln_p)));
            let slope = libm::exp(-0.5 * z * z - 0.5 * libm::log(2.0 * PI) - side.ln_density(y));
            *previous = y;
            (libm::exp(y), slope)
        };
        let mut knots = Self::new(|z| {
            let ln_p = libm::log(normal_cdf(z));
            if ln_p <= ln_half {
                at(&beta.low, z, &mut start_low)
            } else {
                (f64::NAN, 0.0)
            }
        });
        // The high side from the right inwards.
        let mut start_high = f64::NEG_INFINITY;
        for i in (0..=INTERVALS).rev() {
            if !knots.knots[i][0].is_nan() {
                break;
            }
            let z = i as f64 / PER_UNIT - EDGE;
            let (rest, slope) = at(&beta.high, -z, &mut start_high);
            knots.knots[i] = [1.0 - rest, slope / PER_UNIT];
        }
        let last = knots.knots[INTERVALS][0];
        knots.knots[INTERVALS + 1..].fill([last, 0.0]);
        knots
    }

    #[inline(always)]
    fn at(&self, z: f64) -> f64 {
        /// 1.5 x 2^52: adding it rounds to a whole number, which then stands in the low bits.
        const ROUND: f64 = 6_755_399_441_055_744.0;
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
    /// First value, then (threshold in z, value from there on), rising.
    Steps {
        first: f64,
        steps: Vec<(f64, f64)>,
    },
}

/// A distribution made ready for sampling from standard normals.
#[derive(Clone, Debug)]
pub struct Sampler {
    shape: Shape,
}

impl Sampler {
    /// Checks the distribution and prepares it; a PERT costs about a tenth of a millisecond, the others next to nothing.
    pub fn new(verdeling: &Verdeling) -> Result<Self, String> {
        verdeling.validate()?;
        let shape = match *verdeling {
            Verdeling::Pert { laag, hoog, .. }
            | Verdeling::Driehoek { laag, hoog, .. }
            | Verdeling::Uniform { laag, hoog }
                if laag == hoog =>
            {
                Shape::Constant(laag)
            }
            Verdeling::Normaal {
                gemiddelde,
                spreiding,
            }
            | Verdeling::Lognormaal {
                gemiddelde,
                spreiding,
            } if spreiding == 0.0 => Shape::Constant(gemiddelde),
            Verdeling::Pert { laag, modus, hoog } => {
                let beta = Beta::pert((modus - laag) / (hoog - laag));
                Shape::Table {
                    table: Arc::new(Table::beta(&beta)),
                    laag,
                    hoog,
                }
            }
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
            Verdeling::Discreet(ref list) => steps(list),
        };
        Ok(Self { shape })
    }

    /// The value at standard normal `z`: the quantile at `Phi(z)`. Rises with `z`.
    ///
    /// Error: none for normaal beyond rounding, 1e-14 relative for lognormaal, at most 1e-7 of the range for the
    /// others. Bounded distributions stay within their bounds for every z.
    #[inline(always)]
    pub fn sample(&self, z: f64) -> f64 {
        self.sample_lanes(&[z])[0]
    }

    /// [`Self::sample`] for every lane.
    #[inline(always)]
    pub fn sample_lanes<const W: usize>(&self, z: &[f64; W]) -> [f64; W] {
        let mut x = [0.0; W];
        match &self.shape {
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

/// Values in rising order, so that z and the value rise together; values without chance are left out.
fn steps(list: &[(f64, f64)]) -> Shape {
    let sorted = rising(list);
    let mut cumulative = 0.0;
    let mut steps = Vec::with_capacity(sorted.len());
    for pair in sorted.windows(2) {
        cumulative += pair[0].1;
        steps.push((normal_quantile(cumulative.min(1.0)), pair[1].0));
    }
    Shape::Steps {
        first: sorted[0].0,
        steps,
    }
}

fn rising(list: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut sorted: Vec<(f64, f64)> = list.iter().copied().filter(|pair| pair.1 > 0.0).collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    sorted
}

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
            Self::Discreet(list) => list
                .iter()
                .flat_map(|&(value, chance)| [value, chance])
                .collect(),
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
            Self::Discreet(list) => {
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

    /// Mean, in closed form.
    pub fn mean(&self) -> f64 {
        match self {
            Self::Pert { laag, modus, hoog } => (laag + 4.0 * modus + hoog) / 6.0,
            Self::Driehoek { laag, modus, hoog } => (laag + modus + hoog) / 3.0,
            Self::Normaal { gemiddelde, .. } | Self::Lognormaal { gemiddelde, .. } => *gemiddelde,
            Self::Uniform { laag, hoog } => f64::midpoint(*laag, *hoog),
            Self::Discreet(list) => list.iter().map(|(value, chance)| value * chance).sum(),
        }
    }

    /// Variance, in closed form (in the square of the driver's unit).
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
            Self::Discreet(list) => {
                let mean = self.mean();
                list.iter()
                    .map(|(value, chance)| chance * (value - mean) * (value - mean))
                    .sum()
            }
        }
    }

    /// Value below which a share `p` lies; the bounds (or infinity) at 0 and 1. For `discreet` the lowest value whose
    /// cumulative chance reaches `p`. Not for the hot path.
    pub fn quantile(&self, p: f64) -> f64 {
        match self {
            Self::Pert { laag, hoog, .. }
            | Self::Driehoek { laag, hoog, .. }
            | Self::Uniform { laag, hoog }
                if laag == hoog =>
            {
                *laag
            }
            Self::Normaal {
                gemiddelde,
                spreiding,
            }
            | Self::Lognormaal {
                gemiddelde,
                spreiding,
            } if *spreiding == 0.0 => *gemiddelde,
            Self::Pert { laag, modus, hoog } => {
                let range = hoog - laag;
                laag + range * Beta::pert((modus - laag) / range).quantile(p)
            }
            Self::Driehoek { laag, modus, hoog } => {
                let range = hoog - laag;
                if p * range <= modus - laag {
                    laag + (p * range * (modus - laag)).sqrt()
                } else {
                    hoog - ((1.0 - p) * range * (hoog - modus)).sqrt()
                }
            }
            Self::Normaal {
                gemiddelde,
                spreiding,
            } => gemiddelde + spreiding * normal_quantile(p),
            Self::Lognormaal {
                gemiddelde,
                spreiding,
            } => {
                let (mu, sigma) = log_moments(*gemiddelde, *spreiding);
                libm::exp(mu + sigma * normal_quantile(p))
            }
            Self::Uniform { laag, hoog } => laag + (hoog - laag) * p,
            Self::Discreet(list) => {
                let sorted = rising(list);
                let mut cumulative = 0.0;
                for &(value, chance) in &sorted {
                    cumulative += chance;
                    // A hair of slack: 0.1 + 0.2 must reach 0.3.
                    if cumulative >= p - 1e-12 {
                        return value;
                    }
                }
                sorted.last().map_or(f64::NAN, |pair| pair.0)
            }
        }
    }

    /// Share at or below `x`. Not for the hot path.
    pub fn cdf(&self, x: f64) -> f64 {
        let step = |at: f64| if x >= at { 1.0 } else { 0.0 };
        match self {
            Self::Pert { laag, hoog, .. }
            | Self::Driehoek { laag, hoog, .. }
            | Self::Uniform { laag, hoog }
                if laag == hoog =>
            {
                step(*laag)
            }
            Self::Normaal {
                gemiddelde,
                spreiding,
            }
            | Self::Lognormaal {
                gemiddelde,
                spreiding,
            } if *spreiding == 0.0 => step(*gemiddelde),
            Self::Pert { laag, modus, hoog } => {
                let range = hoog - laag;
                Beta::pert((modus - laag) / range).cdf((x - laag) / range)
            }
            Self::Driehoek { laag, modus, hoog } => {
                let range = hoog - laag;
                if x <= *laag {
                    0.0
                } else if x >= *hoog {
                    1.0
                } else if x <= *modus {
                    (x - laag) * (x - laag) / (range * (modus - laag))
                } else {
                    1.0 - (hoog - x) * (hoog - x) / (range * (hoog - modus))
                }
            }
            Self::Normaal {
                gemiddelde,
                spreiding,
            } => normal_cdf((x - gemiddelde) / spreiding),
            Self::Lognormaal {
                gemiddelde,
                spreiding,
            } => {
                let (mu, sigma) = log_moments(*gemiddelde, *spreiding);
                if x <= 0.0 {
                    0.0
                } else {
                    normal_cdf((libm::log(x) - mu) / sigma)
                }
            }
            Self::Uniform { laag, hoog } => ((x - laag) / (hoog - laag)).clamp(0.0, 1.0),
            Self::Discreet(list) => list
                .iter()
                .filter(|pair| pair.0 <= x)
                .map(|pair| pair.1)
                .sum(),
        }
    }
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
            other => panic!("{other}"),
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
        all
    }

    #[test]
    fn quantiles_and_moments_equal_scipy() {
        let figures: Figures =
            toml::from_str(include_str!("../../tests/cases/verdelingen/scipy.toml")).unwrap();
        for figure in figures.verdeling {
            let v = verdeling(&figure.soort, &figure.getallen);
            let sampler = Sampler::new(&v).unwrap();
            let sd = figure.variantie.sqrt();
            assert!(
                (v.mean() - figure.gemiddelde).abs() < 1e-13 * figure.gemiddelde.abs().max(sd),
                "{v:?}"
            );
            assert!(
                (v.variance() / figure.variantie - 1.0).abs() < 1e-12,
                "{v:?}"
            );
            for (&p, &expected) in figures.kansen.iter().zip(&figure.kwantielen) {
                let tolerance = 1e-11 * sd + 1e-14 * expected.abs();
                assert!(
                    (v.quantile(p) - expected).abs() < tolerance,
                    "{v:?} {p}: {} {expected}",
                    v.quantile(p)
                );
                assert!((v.cdf(expected) - p).abs() < 1e-11, "{v:?} {p}");
                let sampled = sampler.sample(normal_quantile(p));
                assert!(
                    (sampled - expected).abs() < 3e-7 * sd,
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
                if (-6.4..0.0).contains(&z) && !matches!(v, Verdeling::Discreet(_)) {
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
        ] {
            let sampler = Sampler::new(&v).unwrap();
            for z in [-6.3, -1.0, 0.0, 0.3, 6.3] {
                assert_eq!(sampler.sample(z), 0.1);
            }
            assert_eq!(v.quantile(0.3), 0.1);
            assert_eq!((v.cdf(0.0999), v.cdf(0.1)), (0.0, 1.0));
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
        ] {
            assert!(v.validate().is_err() && Sampler::new(&v).is_err(), "{v:?}");
        }
        assert!(
            Verdeling::Discreet(vec![(1.0, 0.1), (2.0, 0.2), (3.0, 0.7)])
                .validate()
                .is_ok()
        );
    }
}

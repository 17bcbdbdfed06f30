//! Fast sampling: the value of a driver straight from its uniform word, in single precision.
//!
//! A word `k` means `u = (k + 1/2) / 2^32`, and the value is the quantile at `u`: the same as [`Sampler`] gives at the normal
//! quantile of `u`, but without that quantile, so independent drivers cost a third. Values are single precision numbers held in
//! `f64`: exact as decimals too, so a draw can be replayed in the record. Must not know: where the words come from, the model.
//!
//! Only IEEE additions, multiplications, divisions and roots: the same bits on any machine and for any number of lanes.

use super::distribution::{PertKwantielen, Sampler, Verdeling};
use super::random::{normal, normal_ratio};
use std::sync::LazyLock;

/// Octaves of the chance from either end: from 2^-32 to 1/2, in units of 2^-32.
const OCTAVES: usize = 32;
const TWO_32: f64 = 4_294_967_296.0;

/// A quantile function in straight pieces: `N / 64` bins per octave of the chance, counted from the nearer end. Per bin its value
/// at the start (low half) and how much it rises to the end (high half), as bits of singles: one load.
///
/// Every bin keeps its mean, so a sum of many draws is not biased.
#[derive(Debug)]
struct Tabel<const N: usize> {
    stukken: [u64; N],
}

/// PERT and the like: mean within 1e-6, spread within 1e-6, a single value within 2e-4 of the range P0.1 to P99.9 (tests below).
type Grof = Tabel<1024>;
/// Normals: a single value within 2e-5.
type Fijn = Tabel<4096>;

impl<const N: usize> Tabel<N> {
    const HALF: usize = N / 2;
    const PER_OCTAVE: usize = N / 2 / OCTAVES;
    /// Bits of the mantissa that number a bin within its octave.
    const BITS: u32 = Self::PER_OCTAVE.trailing_zeros();
    /// Bits of the mantissa below the number of the bin.
    const REST: u32 = 23 - Self::BITS;
    /// The table starts at a chance of one unit (exponent 127 of a single).
    const BASE: u32 = 127 << Self::BITS;

    /// The chance (in units of 2^-32, from the nearer end) at which a bin starts.
    fn grens(bin: usize) -> f64 {
        let part = 1.0 + (bin % Self::PER_OCTAVE) as f64 / Self::PER_OCTAVE as f64;
        libm::ldexp(part, (bin / Self::PER_OCTAVE) as i32)
    }

    /// Bins up to one half; the last bin holds the one point that rounding can bring there.
    const LAST: usize = 31 * Self::PER_OCTAVE;

    /// Chances at which a table is made, from the nearer end: step `2 bin` is where a bin starts, the next its middle.
    fn kans(step: usize) -> f64 {
        let bin = step / 2;
        let units = if step.is_multiple_of(2) {
            Self::grens(bin)
        } else {
            0.5 * (Self::grens(bin) + Self::grens(bin + 1))
        };
        units / TWO_32
    }

    /// From the quantiles at the steps of [`Self::kans`], from the nearer end, and whether that is the upper one.
    fn new(kwantiel: impl Fn(usize, bool) -> f64) -> Self {
        let mut stukken = [0; N];
        let packed = |from: f64, rise: f64| {
            u64::from((from as f32).to_bits()) | u64::from((rise as f32).to_bits()) << 32
        };
        for (side, upper) in [(0, false), (Self::HALF, true)] {
            let last = Self::LAST;
            let knots: Vec<f64> = (0..=last).map(|bin| kwantiel(2 * bin, upper)).collect();
            // What the mean of a bin lies above its chord: Simpson less the trapezium.
            let above: Vec<f64> = (0..last)
                .map(|bin| {
                    let middle = kwantiel(2 * bin + 1, upper);
                    (knots[bin] + knots[bin + 1] + 4.0 * middle) / 6.0
                        - 0.5 * (knots[bin] + knots[bin + 1])
                })
                .collect();
            let moved = |i: usize| {
                // The ends of both sides meet in the middle and keep their value there.
                let shift = match i {
                    0 => above[0],
                    i if i == last => 0.0,
                    i => 0.5 * (above[i - 1] + above[i]),
                };
                knots[i] + shift
            };
            for bin in 0..last {
                let (from, to) = (moved(bin), moved(bin + 1));
                stukken[side + bin] = packed(from, to - from);
            }
            stukken[side + last..side + Self::HALF].fill(packed(knots[last], 0.0));
        }
        Tabel { stukken }
    }

    #[inline(always)]
    fn op<const W: usize>(&self, k: &[u32; W]) -> [f32; W] {
        let mut out = [0.0; W];
        for l in 0..W {
            // From the nearer end: the sign bit as a mask.
            let upper = ((k[l] as i32) >> 31) as u32;
            let near = k[l] ^ upper;
            let x = near as i32 as f32 + 0.5;
            let x = if x < 1.0 { 1.0 } else { x };
            let bits = x.to_bits();
            let bin = (bits >> Self::REST).wrapping_sub(Self::BASE) + (upper & Self::HALF as u32);
            let rest = (bits & ((1 << Self::REST) - 1)) as i32 as f32;
            let piece = self.stukken[bin as usize & (N - 1)];
            let (from, rise) = (
                f32::from_bits(piece as u32),
                f32::from_bits((piece >> 32) as u32),
            );
            out[l] = from + rest * (1.0 / (1 << Self::REST) as f32) * rise;
        }
        out
    }
}

/// The quantiles of every PERT at the steps of a table, from the lower end to the upper; 16 shapes give 2e-7 of the range.
static PERT: LazyLock<PertKwantielen<16>> = LazyLock::new(|| {
    let lower: Vec<f64> = (0..=2 * Grof::LAST).map(Grof::kans).collect();
    let upper = lower[..2 * Grof::LAST].iter().rev().map(|u| 1.0 - u);
    let all: Vec<f64> = lower.iter().copied().chain(upper).collect();
    PertKwantielen::new(&all)
});

impl Grof {
    fn pert(laag: f64, modus: f64, hoog: f64) -> Self {
        let range = hoog - laag;
        let top = 4 * Self::LAST;
        let mut x = vec![0.0; top + 1];
        PERT.waarden((modus - laag) / range, &mut x);
        Self::new(|step, upper| laag + range * x[if upper { top - step } else { step }])
    }
}

/// The inverse normal distribution, shared by all drivers.
static NORMAAL: LazyLock<Fijn> = LazyLock::new(|| {
    Tabel::new(|step, upper| {
        // The rational function of `random::normal`, within 1e-9: far below what the pieces are off.
        let p = Fijn::kans(step);
        let z = (2.0 * p - 1.0) * normal_ratio(-libm::log(4.0 * p * (1.0 - p)));
        if upper { -z } else { z }
    })
});

/// Standard normal numbers from words: in straight pieces, a single one within 2e-5 of the inverse normal distribution; the opposite
/// word gives the opposite number, to the bit.
///
/// A tenth of the operations of [`normal`], which is the precise one.
#[derive(Debug, Clone, Copy)]
pub struct Normalen(&'static Fijn);

impl Normalen {
    /// The table.
    pub fn new() -> Self {
        Normalen(&NORMAAL)
    }

    /// The numbers at words.
    #[inline(always)]
    pub fn op<const W: usize>(&self, k: &[u32; W]) -> [f32; W] {
        self.0.op(k)
    }
}

impl Default for Normalen {
    fn default() -> Self {
        Self::new()
    }
}

#[derive(Debug)]
enum Vorm {
    Vast(f64),
    Uniform {
        laag: f32,
        breedte: f32,
    },
    Normaal {
        normalen: Normalen,
        gemiddelde: f64,
        spreiding: f64,
    },
    /// `laag + sqrt(u rise)` below the mode, `hoog - sqrt((1 - u) fall)` from there.
    Driehoek {
        laag: f32,
        hoog: f32,
        split: f32,
        rise: f32,
        fall: f32,
    },
    Tabel(Box<Grof>),
    /// First value, then (word, value from there on), rising.
    Stappen(f64, Vec<(u32, f64)>),
    /// By the normal quantile.
    Sampler(Sampler),
}

/// A distribution made ready for sampling from words.
#[derive(Debug)]
pub struct Snel {
    vorm: Vorm,
}

impl Snel {
    /// Prepares a distribution.
    ///
    /// # Errors
    /// Those of [`Sampler::new`].
    pub fn new(verdeling: &Verdeling) -> Result<Self, String> {
        verdeling.validate()?;
        let vorm = match verdeling {
            v if v.quantile(0.0) == v.quantile(1.0) => Vorm::Vast(v.quantile(0.5)),
            Verdeling::Uniform { laag, hoog } => Vorm::Uniform {
                laag: *laag as f32,
                breedte: (hoog - laag) as f32,
            },
            Verdeling::Normaal {
                gemiddelde,
                spreiding,
            } => Vorm::Normaal {
                normalen: Normalen::new(),
                gemiddelde: *gemiddelde,
                spreiding: *spreiding,
            },
            Verdeling::Driehoek { laag, modus, hoog } => {
                let range = hoog - laag;
                Vorm::Driehoek {
                    laag: *laag as f32,
                    hoog: *hoog as f32,
                    split: ((modus - laag) / range) as f32,
                    rise: (range * (modus - laag)) as f32,
                    fall: (range * (hoog - modus)) as f32,
                }
            }
            Verdeling::Discreet(list) => {
                let mut sorted = list.clone();
                sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
                Snel::stappen(&sorted)
            }
            Verdeling::Toestanden(list) => Snel::stappen(list),
            Verdeling::Pert { laag, modus, hoog } => {
                Vorm::Tabel(Box::new(Grof::pert(*laag, *modus, *hoog)))
            }
            other => Vorm::Sampler(Sampler::new(other)?),
        };
        Ok(Snel { vorm })
    }

    /// Values in the order of the list, those without chance left out.
    fn stappen(list: &[(f64, f64)]) -> Vorm {
        let sorted: Vec<(f64, f64)> = list.iter().copied().filter(|p| p.1 > 0.0).collect();
        let mut cumulative = 0.0;
        let mut steps = Vec::new();
        for pair in sorted.windows(2) {
            cumulative += pair[0].1;
            let word = libm::round(cumulative * TWO_32);
            if word < TWO_32 {
                steps.push((word as u32, pair[1].0));
            }
        }
        Vorm::Stappen(sorted[0].0, steps)
    }

    /// Whether the value rises with the word, without steps: then the word tells its rank among all values (the grade method of
    /// the tornado).
    pub fn stijgt(&self) -> bool {
        !matches!(self.vorm, Vorm::Vast(_) | Vorm::Stappen(..))
    }

    /// The values at words.
    #[inline(always)]
    pub fn waarden<const W: usize>(&self, k: &[u32; W]) -> [f64; W] {
        let mut out = [0.0; W];
        match &self.vorm {
            Vorm::Vast(value) => out = [*value; W],
            // Figures in variables and both sides calculated: a load or a root within a choice goes lane by lane.
            &Vorm::Uniform { laag, breedte } => {
                for l in 0..W {
                    out[l] = f64::from(laag + breedte * eenheid(k[l]));
                }
            }
            &Vorm::Normaal {
                normalen,
                gemiddelde,
                spreiding,
            } => {
                let z = normalen.op(k);
                for l in 0..W {
                    out[l] = gemiddelde + spreiding * f64::from(z[l]);
                }
            }
            &Vorm::Driehoek {
                laag,
                hoog,
                split,
                rise,
                fall,
            } => {
                let mut values = [0.0_f32; W];
                for l in 0..W {
                    // From either end by itself: 1 - u would lose the upper tail.
                    let (u, v) = (eenheid(k[l]), eenheid(!k[l]));
                    let (low, high) = (u * rise, v * fall);
                    let root = (if u < split { low } else { high }).sqrt();
                    let (below, above) = (laag + root, hoog - root);
                    values[l] = if u < split { below } else { above };
                }
                for l in 0..W {
                    out[l] = f64::from(values[l]);
                }
            }
            Vorm::Tabel(table) => {
                let values = table.op(k);
                for l in 0..W {
                    out[l] = f64::from(values[l]);
                }
            }
            Vorm::Stappen(first, steps) => {
                out = [*first; W];
                for &(word, value) in steps {
                    for l in 0..W {
                        out[l] = if k[l] >= word { value } else { out[l] };
                    }
                }
            }
            Vorm::Sampler(sampler) => {
                let mut z = [0.0; W];
                for l in 0..W {
                    z[l] = normal(k[l]);
                }
                out = sampler.sample_lanes(&z);
            }
        }
        out
    }
}

/// A word as a number above 0 and below 1, of 24 bits.
#[inline(always)]
fn eenheid(k: u32) -> f32 {
    ((k >> 8) as i32 as f32 + 0.5) * (1.0 / 16_777_216.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::risk::distribution::normal_quantile;
    use statrs::distribution::{ContinuousCDF, Normal};

    /// Words over the whole range, denser at both ends.
    fn words() -> Vec<u32> {
        let mut out: Vec<u32> = (0..1 << 15).map(|j| (j << 17) + 12_345).collect();
        for bit in 0..31 {
            for part in 0..64 {
                let k = (1u32 << bit) + ((1u64 << bit) * part / 64) as u32;
                out.extend([k, !k]);
            }
        }
        out
    }

    #[test]
    fn normals_are_the_inverse_normal_distribution() {
        let standard = Normal::new(0.0, 1.0).unwrap();
        let normalen = Normalen::new();
        let (mut absolute, mut relative) = (0.0_f64, 0.0_f64);
        for k in words() {
            let z = f64::from(normalen.op(&[k])[0]);
            let low = k.min(!k);
            let expected = standard.inverse_cdf((f64::from(low) + 0.5) / TWO_32);
            let expected = if k == low { expected } else { -expected };
            absolute = absolute.max((z - expected).abs());
            relative = relative.max((z - expected).abs() / expected.abs().max(1.0));
            let opposite = normalen.op(&[!k])[0];
            assert_eq!(opposite.to_bits(), (-normalen.op(&[k])[0]).to_bits());
        }
        println!("largest error of a single normal: {absolute:e}, relative {relative:e}");
        assert!(absolute < 2e-5);
    }

    fn kinds() -> Vec<Verdeling> {
        let mut all = Vec::new();
        for c in [0.0, 0.1, 0.25, 0.5, 0.62, 0.9, 1.0] {
            let (laag, modus, hoog) = (0.7, 0.7 + 0.8 * c, 1.5);
            all.push(Verdeling::Pert { laag, modus, hoog });
            all.push(Verdeling::Driehoek { laag, modus, hoog });
        }
        all.push(Verdeling::Uniform {
            laag: -0.015,
            hoog: -0.005,
        });
        all
    }

    #[test]
    fn values_are_quantiles_within_their_bounds() {
        let mut worst = 0.0_f64;
        for v in kinds() {
            let snel = Snel::new(&v).unwrap();
            let (low, high) = (v.quantile(0.0), v.quantile(1.0));
            let range = v.quantile(0.999) - v.quantile(0.001);
            let mut sorted = words();
            sorted.sort_unstable();
            let mut before = f64::NEG_INFINITY;
            for k in sorted {
                let x = snel.waarden(&[k])[0];
                let u = (f64::from(k) + 0.5) / TWO_32;
                let single = f64::from(f32::EPSILON) * high.abs().max(low.abs());
                assert!(x >= low - single && x <= high + single, "{v:?} {k}: {x}");
                assert!(x >= before - single, "{v:?} falls at {k}");
                before = x;
                worst = worst.max((x - v.quantile(u)).abs() / range);
            }
        }
        println!("largest error of a value: {worst:e} of the range P0.1 to P99.9");
        assert!(worst < 2e-4, "{worst:e}");
    }

    #[test]
    fn mean_and_spread_are_the_closed_forms() {
        let (mut worst_mean, mut worst_spread) = (0.0_f64, 0.0_f64);
        for v in kinds() {
            let snel = Snel::new(&v).unwrap();
            // A regular grid of words: no noise, only the error of the function (and of the grid, below 1e-9).
            let n = 1u64 << 20;
            let (mut sum, mut squares) = (0.0, 0.0);
            let centre = v.mean();
            for j in 0..n {
                let x = snel.waarden(&[((j << 12) + 2048) as u32])[0] - centre;
                sum += x;
                squares += x * x;
            }
            let mean = sum / n as f64;
            let spread = (squares / n as f64 - mean * mean).sqrt();
            let range = v.quantile(1.0) - v.quantile(0.0);
            worst_mean = worst_mean.max(mean.abs() / range);
            worst_spread = worst_spread.max((spread / v.variance().sqrt() - 1.0).abs());
        }
        println!("mean off by {worst_mean:e} of the range, spread by {worst_spread:e} of itself");
        assert!(worst_mean < 1e-6 && worst_spread < 1e-4);
    }

    #[test]
    fn discrete_values_have_their_chances_and_lanes_are_scalar() {
        let v = Verdeling::Discreet(vec![(2.0, 0.25), (0.0, 0.5), (1.0, 0.25), (9.0, 0.0)]);
        let snel = Snel::new(&v).unwrap();
        let k = [0, (1 << 31) - 1, 1 << 31, 3 << 30, (3 << 30) - 1, u32::MAX];
        assert_eq!(snel.waarden(&k), [0.0, 0.0, 1.0, 2.0, 1.0, 2.0]);
        assert!(!snel.stijgt());
        let words: [u32; 16] = std::array::from_fn(|l| (l as u32).wrapping_mul(0x9e37_79b9));
        for v in kinds() {
            let snel = Snel::new(&v).unwrap();
            let plain = snel.waarden(&words);
            let fast = pulp::Arch::new().dispatch(|| snel.waarden(&words));
            for l in 0..16 {
                assert_eq!(plain[l].to_bits(), snel.waarden(&[words[l]])[0].to_bits());
                assert_eq!(plain[l].to_bits(), fast[l].to_bits());
            }
        }
        let at = |u: f64| normal_quantile(u);
        assert!((at(0.5)).abs() < 1e-12);
    }
}

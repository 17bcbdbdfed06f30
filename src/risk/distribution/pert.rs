//! The beta distribution of a PERT: one at a time to full precision, or many shapes at fixed chances from a table.
//!
//! A PERT on `[0, 1]` has one shape parameter, `c = (modus - laag)/(hoog - laag)`, as `a + b = 6`. Its quantile at a
//! fixed chance is a smooth function of `c`, so quantiles at many chances for many shapes are interpolated in `c`.
//! Must not know: units, drivers, what the chances are for.

use std::f64::consts::{LN_2, PI};

use super::{exp_lane, normal_cdf, normal_density};

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

    /// `y = ln x` with `ln F(x) = ln_p`, for `ln_p` to `ln F(1/2)`.
    ///
    /// Halley in logarithms: `ln F` is concave in `ln x` and nearly a line in the tail. Gives `dy/d ln p` too, to first
    /// order.
    fn solve(&self, ln_p: f64, start: f64) -> (f64, f64) {
        let (mut y, mut rise) = (start.min(-LN_2), 0.0);
        for _ in 0..40 {
            let x = libm::exp(y);
            let sum = self.sum(x);
            let ln_f = self.a * y - self.ln_beta + libm::log(sum);
            let slope = libm::exp((self.b - 1.0) * libm::log1p(-x)) / sum;
            // The derivative of ln slope, as slope = f x / F.
            let bend = self.a - (self.b - 1.0) * x / (1.0 - x) - slope;
            let newton = (ln_p - ln_f) / slope;
            let step = newton / (1.0 + 0.5 * newton * bend).max(0.5);
            y = (y + step).min(-LN_2);
            rise = (1.0 - bend * step) / slope;
            if step.abs() < 2e-5 {
                // The next step would be of the order of its cube.
                break;
            }
        }
        (y, rise)
    }

    /// The leading term of the tail alone.
    fn tail_start(&self, ln_p: f64) -> f64 {
        (ln_p + self.ln_beta + libm::log(self.a)) / self.a
    }

    /// `ln(f(x) x (1 - x))` at `x = e^y`, with `rest = ln(1 - x)`: the density per unit of the logit.
    fn ln_logit_density(&self, y: f64, rest: f64) -> f64 {
        self.a * y + self.b * rest - self.ln_beta
    }
}

/// Beta with `a + b = 6` from both sides.
pub(super) struct Beta {
    low: BetaSide,
    high: BetaSide,
    /// `F(1/2)`, where the sides meet.
    half: f64,
}

impl Beta {
    /// `c = (modus - laag)/(hoog - laag)`.
    pub(super) fn pert(c: f64) -> Self {
        let (a, b) = (1.0 + 4.0 * c, 5.0 - 4.0 * c);
        let low = BetaSide::new(a, b);
        let half = libm::exp(low.ln_cdf(-LN_2));
        Self {
            low,
            high: BetaSide::new(b, a),
            half,
        }
    }

    /// Share below `x` and share above it; the smaller of the two has relative precision.
    pub(super) fn shares(&self, x: f64) -> (f64, f64) {
        if x <= 0.0 {
            (0.0, 1.0)
        } else if x >= 1.0 {
            (1.0, 0.0)
        } else if x <= 0.5 {
            let p = libm::exp(self.low.ln_cdf(libm::log(x)));
            (p, 1.0 - p)
        } else {
            let q = libm::exp(self.high.ln_cdf(libm::log(1.0 - x)));
            (1.0 - q, q)
        }
    }

    /// Value below which a share `p` lies and above which a share `q = 1 - p`.
    pub(super) fn quantile(&self, p: f64, q: f64) -> f64 {
        if p <= 0.0 {
            0.0
        } else if q <= 0.0 {
            1.0
        } else if p <= self.half {
            let ln_p = libm::log(p);
            libm::exp(self.low.solve(ln_p, self.low.tail_start(ln_p)).0)
        } else {
            let ln_q = libm::log(q);
            1.0 - libm::exp(self.high.solve(ln_q, self.high.tail_start(ln_q)).0)
        }
    }

    /// Logits `w = ln(x/(1 - x))` at rising chances, given as logarithms from below and from above, and the logarithms of
    /// the density per unit of the logit; every solution starts the next one.
    fn logits(&self, ln_p: &[f64], ln_q: &[f64], out: &mut dyn FnMut(usize, f64, f64)) {
        let split = ln_p.partition_point(|ln_p| *ln_p <= libm::log(self.half));
        // Of a side: y, dy/d ln p and its derivative, from the tail inwards.
        let walk = |side: &BetaSide,
                    chances: &mut dyn Iterator<Item = (usize, f64)>,
                    out: &mut dyn FnMut(usize, f64, f64)| {
            let mut last: Option<[f64; 4]> = None;
            for (i, at) in chances {
                let start = last.map_or_else(
                    || side.tail_start(at),
                    |[before, y, rise, bend]| {
                        let d = at - before;
                        y + d * (rise + 0.5 * d * bend)
                    },
                );
                let (y, rise) = side.solve(at, start);
                let bend = last
                    .filter(|last| last[0] < at)
                    .map_or(0.0, |last| (rise - last[2]) / (at - last[0]));
                last = Some([at, y, rise, bend]);
                let rest = libm::log1p(-libm::exp(y));
                out(i, y - rest, side.ln_logit_density(y, rest));
            }
        };
        walk(
            &self.low,
            &mut ln_p[..split].iter().copied().enumerate(),
            out,
        );
        // The logit of the high side is that of 1 - x.
        walk(
            &self.high,
            &mut (split..ln_q.len()).rev().map(|i| (i, ln_q[i])),
            &mut |i, logit, density| out(i, -logit, density),
        );
    }
}

/// Chances worked on together.
const CHUNK: usize = 8;

/// Quantiles of every PERT at one fixed rising list of chances, from those of `NODES` shapes.
///
/// The shapes are Chebyshev points of the second kind on `[0, 1]`. The error of 28 is 2e-12 of the range, of 24 7e-11, of
/// 20 3e-9, of 16 2e-7 (measured against scipy for all chances from 4e-11 to 1 - 4e-11).
///
/// Making it solves the beta quantile `NODES` times per chance (half of that for a list that is symmetric about 1/2);
/// [`Self::waarden`] then takes nanoseconds per chance. The logit of the quantile is interpolated, so what comes out
/// rises, keeps its relative precision in the lower tail, and stays within `[0, 1]`.
#[derive(Debug)]
pub(crate) struct PertKwantielen<const NODES: usize> {
    /// Number of chances, and how many of them are 0 at the start and 1 at the end.
    aantal: usize,
    nul: usize,
    een: usize,
    shapes: [f64; NODES],
    /// Per chunk of chances and per node: logits.
    logits: Vec<[[f64; CHUNK]; NODES]>,
    /// And their slopes to z; empty when they are not asked.
    slopes: Vec<[[f64; CHUNK]; NODES]>,
}

impl<const NODES: usize> PertKwantielen<NODES> {
    /// For a rising list of chances in `[0, 1]`.
    ///
    /// # Panics
    /// If a chance is outside `[0, 1]` or the list falls.
    pub(crate) fn new(kansen: &[f64]) -> Self {
        let chances: Vec<(f64, f64)> = kansen.iter().map(|p| (*p, 1.0 - p)).collect();
        Self::of(&chances, None)
    }

    /// For the chances of a rising list of finite normal quantiles, with slopes.
    pub(crate) fn of_normals(z: &[f64]) -> Self {
        let chances: Vec<(f64, f64)> = z.iter().map(|z| (normal_cdf(*z), normal_cdf(-z))).collect();
        let phi: Vec<f64> = z.iter().map(|z| normal_density(*z)).collect();
        Self::of(&chances, Some(&phi))
    }

    /// From chances below and above, and the normal density at each where slopes are asked.
    fn of(chances: &[(f64, f64)], phi: Option<&[f64]>) -> Self {
        let rises = chances
            .windows(2)
            .all(|two| two[0].0 <= two[1].0 && two[0].1 >= two[1].1);
        let inside = chances.iter().all(|(p, q)| *p >= 0.0 && *q >= 0.0);
        assert!(rises && inside, "chances from 0 to 1 that rise");
        let n = chances.len();
        let nul = chances.partition_point(|chance| chance.0 == 0.0);
        let een = n - chances.partition_point(|chance| chance.1 > 0.0);
        let inner = &chances[nul..n - een];
        let ln_p: Vec<f64> = inner.iter().map(|chance| libm::log(chance.0)).collect();
        let ln_q: Vec<f64> = inner.iter().map(|chance| libm::log(chance.1)).collect();
        let symmetric = inner
            .iter()
            .zip(inner.iter().rev())
            .all(|(a, b)| a.0 == b.1);
        let mut shapes = [0.5; NODES];
        for k in 0..NODES / 2 {
            let angle = PI * k as f64 / (NODES - 1) as f64;
            shapes[k] = 0.5 - 0.5 * libm::cos(angle);
            shapes[NODES - 1 - k] = 1.0 - shapes[k];
        }
        let mut logits = vec![[[0.0; CHUNK]; NODES]; inner.len().div_ceil(CHUNK)];
        let mut slopes = if phi.is_some() {
            logits.clone()
        } else {
            Vec::new()
        };
        let solved = if symmetric { NODES.div_ceil(2) } else { NODES };
        for k in 0..solved {
            Beta::pert(shapes[k]).logits(&ln_p, &ln_q, &mut |i, logit, ln_density| {
                // x(1 - p; 1 - c) = 1 - x(p; c), and the logit of 1 - x is minus that of x.
                let (j, mirror) = (inner.len() - 1 - i, NODES - 1 - k);
                if symmetric {
                    logits[j / CHUNK][mirror][j % CHUNK] = -logit;
                }
                logits[i / CHUNK][k][i % CHUNK] = logit;
                if let Some(phi) = phi {
                    // dw/dz = phi(z) / (f(x) dx/dw), and dx/dw = x (1 - x).
                    let slope = phi[nul + i] * libm::exp(-ln_density);
                    if symmetric {
                        slopes[j / CHUNK][mirror][j % CHUNK] = slope;
                    }
                    slopes[i / CHUNK][k][i % CHUNK] = slope;
                }
            });
        }
        Self {
            aantal: n,
            nul,
            een,
            shapes,
            logits,
            slopes,
        }
    }

    /// Weights of the nodes at shape `c`: the barycentric formula (Berrut and Trefethen, 2004).
    fn weights(&self, c: f64) -> [f64; NODES] {
        let mut weights = [0.0; NODES];
        if let Some(k) = self.shapes.iter().position(|node| *node == c) {
            weights[k] = 1.0;
            return weights;
        }
        let mut sum = 0.0;
        for k in 0..NODES {
            let sign = if k % 2 == 0 { 1.0 } else { -1.0 };
            let end = if k == 0 || k == NODES - 1 { 0.5 } else { 1.0 };
            weights[k] = sign * end / (c - self.shapes[k]);
            sum += weights[k];
        }
        weights.map(|weight| weight / sum)
    }

    /// Fills the quantile `x` in `[0, 1]` of every chance; 0 and 1 at chance 0 and 1.
    ///
    /// `c = (modus - laag)/(hoog - laag)`.
    ///
    /// # Panics
    /// If the target is shorter than the list of chances.
    pub(crate) fn waarden(&self, c: f64, x: &mut [f64]) {
        let weights = self.weights(c);
        let n = self.aantal;
        x[..self.nul].fill(0.0);
        x[n - self.een..n].fill(1.0);
        pulp::Arch::new().dispatch(Waarden {
            weights: &weights,
            logits: &self.logits,
            x: &mut x[self.nul..n - self.een],
        });
    }

    /// Fills the quantile `x` in `[0, 1]` of every chance, and `dx/dz`, with `z` the normal quantile of that chance.
    ///
    /// `c = (modus - laag)/(hoog - laag)`. At chance 0 and 1 the quantile is 0 and 1 and the slope 0.
    ///
    /// # Panics
    /// If a target is shorter than the list of chances, or slopes were not asked when it was made.
    pub(crate) fn vul_z(&self, c: f64, x: &mut [f64], helling: &mut [f64]) {
        assert_eq!(self.slopes.len(), self.logits.len(), "slopes");
        self.waarden(c, x);
        let weights = self.weights(c);
        let n = self.aantal;
        helling[..self.nul].fill(0.0);
        helling[n - self.een..n].fill(0.0);
        let x = &x[self.nul..n - self.een];
        let helling = &mut helling[self.nul..n - self.een];
        let chunks = x.chunks(CHUNK).zip(helling.chunks_mut(CHUNK));
        for ((x, helling), (logits, slopes)) in chunks.zip(self.logits.iter().zip(&self.slopes)) {
            let (w, s) = (weighted(&weights, logits), weighted(&weights, slopes));
            for l in 0..x.len() {
                // x = 1/(1 + r) and 1 - x = r x, with r = e^-w.
                helling[l] = s[l] * x[l] * x[l] * exp_lane(-w[l]);
            }
        }
    }
}

/// The quantiles of the chances that are not 0 or 1, as a struct so that it inlines under the widest instructions.
struct Waarden<'a, const NODES: usize> {
    weights: &'a [f64; NODES],
    logits: &'a [[[f64; CHUNK]; NODES]],
    x: &'a mut [f64],
}

impl<const NODES: usize> pulp::NullaryFnOnce for Waarden<'_, NODES> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        for (x, logits) in self.x.chunks_mut(CHUNK).zip(self.logits) {
            let mut value = weighted(self.weights, logits);
            for l in 0..CHUNK {
                value[l] = 1.0 / (1.0 + exp_lane(-value[l]));
            }
            let count = x.len();
            x.copy_from_slice(&value[..count]);
        }
    }
}

/// Sum over the nodes of weight times value, for every chance of a chunk.
#[inline(always)]
fn weighted<const NODES: usize>(
    weights: &[f64; NODES],
    values: &[[f64; CHUNK]; NODES],
) -> [f64; CHUNK] {
    let mut sum = [0.0; CHUNK];
    for (weight, row) in weights.iter().zip(values) {
        for l in 0..CHUNK {
            sum[l] += weight * row[l];
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use statrs::distribution::{Beta as StatrsBeta, Continuous, ContinuousCDF};

    /// Uneven chances, the ends and deep tails among them.
    fn kansen() -> Vec<f64> {
        let mut list = vec![0.0, 1e-9, 1e-6];
        list.extend((1..300).map(|i| f64::from(i) / 300.0));
        list.extend([1.0 - 1e-5, 1.0]);
        list
    }

    #[test]
    fn tabled_quantiles_equal_statrs() {
        let kansen = kansen();
        let (fine, coarse) = (
            PertKwantielen::<28>::new(&kansen),
            PertKwantielen::<16>::new(&kansen),
        );
        let (mut x, mut y) = (vec![0.0; kansen.len()], vec![0.0; kansen.len()]);
        for step in 0..=40 {
            let c = f64::from(step) / 40.0;
            fine.waarden(c, &mut x);
            coarse.waarden(c, &mut y);
            let beta = Beta::pert(c);
            let theirs = StatrsBeta::new(1.0 + 4.0 * c, 5.0 - 4.0 * c).unwrap();
            for (i, p) in kansen.iter().enumerate() {
                let expected = beta.quantile(*p, 1.0 - p);
                assert!(
                    (x[i] - expected).abs() < 5e-12,
                    "{c} {p}: {} {expected}",
                    x[i]
                );
                assert!(
                    (y[i] - expected).abs() < 5e-7,
                    "{c} {p}: {} {expected}",
                    y[i]
                );
                // Their quantile is found to 1e-12 or so: turned back by their distribution function it is the chance.
                assert!((theirs.cdf(x[i]) - p).abs() < 2e-11, "{c} {p}");
            }
            assert!(x.windows(2).all(|two| two[0] < two[1]));
            assert!(y.windows(2).all(|two| two[0] < two[1]));
        }
    }

    #[test]
    fn slopes_are_the_normal_density_over_that_of_statrs() {
        let z: Vec<f64> = (-60..=60).map(|i| f64::from(i) * 0.1).collect();
        let table = PertKwantielen::<28>::of_normals(&z);
        let (mut x, mut slope) = (vec![0.0; z.len()], vec![0.0; z.len()]);
        for step in 0..=40 {
            let c = f64::from(step) / 40.0;
            table.vul_z(c, &mut x, &mut slope);
            let theirs = StatrsBeta::new(1.0 + 4.0 * c, 5.0 - 4.0 * c).unwrap();
            // In the upper half the distance to 1 has lost digits.
            for (i, z) in z.iter().enumerate().filter(|(_, z)| **z < 3.0) {
                let expected = normal_density(*z) / theirs.pdf(x[i]);
                assert!((slope[i] / expected - 1.0).abs() < 1e-8, "{c} {z}");
            }
        }
    }

    #[test]
    fn a_symmetric_list_gives_what_any_list_gives() {
        let even: Vec<f64> = (1..64).map(|i| f64::from(i) / 64.0).collect();
        let odd: Vec<f64> = even.iter().copied().chain([0.999]).collect();
        let (a, b) = (
            PertKwantielen::<28>::new(&even),
            PertKwantielen::<28>::new(&odd),
        );
        let (mut x, mut y) = ([0.0; 63], [0.0; 64]);
        for c in [0.0, 0.013, 0.4, 0.77, 1.0] {
            a.waarden(c, &mut x);
            b.waarden(c, &mut y);
            for i in 0..63 {
                assert!((x[i] - y[i]).abs() < 1e-13, "{c} {i}");
            }
            // And mirrored: x(p; c) = 1 - x(1 - p; 1 - c).
            a.waarden(1.0 - c, &mut y);
            for i in 0..63 {
                assert!((x[i] - (1.0 - y[62 - i])).abs() < 1e-12, "{c} {i}");
            }
        }
    }

    #[test]
    fn the_ends_are_the_bounds() {
        let table = PertKwantielen::<28>::new(&[0.0, 0.0, 0.5, 1.0]);
        let mut x = [9.0; 4];
        for c in [0.0, 0.3, 1.0] {
            table.waarden(c, &mut x);
            assert_eq!((x[0], x[1], x[3]), (0.0, 0.0, 1.0));
        }
        // Beta(1, 5): 1 - (1/2)^(1/5).
        table.waarden(0.0, &mut x);
        assert!((x[2] - (1.0 - libm::pow(0.5, 0.2))).abs() < 1e-13);
        let empty = PertKwantielen::<28>::new(&[]);
        empty.waarden(0.3, &mut []);
        assert_eq!(empty.aantal, 0);
    }
}

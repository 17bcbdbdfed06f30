//! The beta distribution of a PERT: one at a time to full precision, or many shapes at fixed chances from a table.
//!
//! A PERT on `[0, 1]` has one shape parameter, `c = (modus - laag)/(hoog - laag)`, as `a + b = 6`. Its quantile at a
//! fixed chance is a smooth function of `c`, so quantiles at many chances for many shapes are interpolated in `c`.
//! Must not know: units, drivers, what the chances are for.

use std::f64::consts::{LN_2, PI};

use super::{exp_lane, normal_cdf, normal_density, normal_quantile};

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
    /// Halley in logarithms: `ln F` is concave in `ln x` and nearly a line in the tail.
    fn solve(&self, ln_p: f64, start: f64) -> f64 {
        let mut y = start.min(-LN_2);
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
            if step.abs() < 2e-5 {
                // The next step would be of the order of its cube.
                break;
            }
        }
        y
    }

    /// The leading term of the tail alone.
    fn tail_start(&self, ln_p: f64) -> f64 {
        (ln_p + self.ln_beta + libm::log(self.a)) / self.a
    }

    /// `w = ln(x/(1 - x))` and its derivative to the normal quantile `z` of its chance, at `x = e^y`.
    fn logit(&self, y: f64, z: f64) -> (f64, f64) {
        let rest = libm::log1p(-libm::exp(y));
        // dw/dz = phi(z) / (f(x) x (1 - x)), and f x (1 - x) = x^a (1 - x)^b / B.
        let ln_slope =
            -0.5 * z * z - 0.5 * libm::log(2.0 * PI) + self.ln_beta - self.a * y - self.b * rest;
        (y - rest, libm::exp(ln_slope))
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
            libm::exp(self.low.solve(ln_p, self.low.tail_start(ln_p)))
        } else {
            let ln_q = libm::log(q);
            1.0 - libm::exp(self.high.solve(ln_q, self.high.tail_start(ln_q)))
        }
    }

    /// `w = ln(x/(1 - x))` and `dw/dz` at rising normal quantiles; every solution starts the next one.
    fn logits(&self, z: &[f64], w: &mut [f64], slope: &mut [f64]) {
        // Of a side, its normal quantiles from the tail inwards; the logit of the high side is that of 1 - x.
        let walk = |side: &BetaSide,
                    z: &mut dyn Iterator<Item = (usize, f64)>,
                    out: &mut dyn FnMut(usize, f64, f64)| {
            // z, y, dy/dz and d2y/dz2 of the last solution.
            let mut last: Option<[f64; 4]> = None;
            for (i, z) in z {
                let ln_p = libm::log(normal_cdf(z));
                let start = last.map_or_else(
                    || side.tail_start(ln_p),
                    |[before, y, rise, bend]| {
                        let d = z - before;
                        y + d * (rise + 0.5 * d * bend)
                    },
                );
                let y = side.solve(ln_p, start);
                let (logit, slope) = side.logit(y, z);
                // dy/dz = (1 - x) dw/dz.
                let rise = slope * (1.0 - libm::exp(y));
                let bend = last
                    .filter(|last| last[0] < z)
                    .map_or(0.0, |last| (rise - last[2]) / (z - last[0]));
                last = Some([z, y, rise, bend]);
                out(i, logit, slope);
            }
        };
        let split = z.partition_point(|z| normal_cdf(*z) <= self.half);
        walk(
            &self.low,
            &mut z[..split].iter().copied().enumerate(),
            &mut |i, logit, s| (w[i], slope[i]) = (logit, s),
        );
        walk(
            &self.high,
            &mut (split..z.len()).rev().map(|i| (i, -z[i])),
            &mut |i, logit, s| (w[i], slope[i]) = (-logit, s),
        );
    }
}

/// Shapes at which the quantiles are known: Chebyshev points of the second kind on `[0, 1]`. The error of 28 is 2e-12 of
/// the range, of 24 7e-11 (measured against scipy for all chances from 4e-11 to 1 - 4e-11).
const NODES: usize = 28;
/// Chances worked on together.
const CHUNK: usize = 8;

/// Quantiles and densities of every PERT at one fixed rising list of chances.
///
/// Making it solves the beta quantile `28 n` times (half of that for a list that is symmetric about 1/2), once per list;
/// [`Self::vul`] then takes a few microseconds per shape. The logit of the quantile is interpolated, so what comes out
/// rises, keeps its relative precision in both tails, and stays within `[0, 1]`.
#[derive(Debug)]
pub(crate) struct PertKwantielen {
    /// Number of chances, and how many of them are 0 at the start and 1 at the end.
    aantal: usize,
    nul: usize,
    een: usize,
    shapes: [f64; NODES],
    /// Per chunk of chances and per node: logits, then their slopes to z.
    knots: Vec<[[[f64; CHUNK]; 2]; NODES]>,
    /// Normal density at the normal quantile of every chance.
    phi: Vec<f64>,
}

impl PertKwantielen {
    /// For a rising list of chances in `[0, 1]`.
    ///
    /// # Panics
    /// If a chance is outside `[0, 1]` or the list falls.
    #[cfg_attr(
        not(test),
        allow(dead_code, reason = "for tables over uniform numbers")
    )]
    pub(crate) fn new(kansen: &[f64]) -> Self {
        let z: Vec<f64> = kansen.iter().map(|p| normal_quantile(*p)).collect();
        Self::of_normals(&z)
    }

    /// For the chances of a rising list of normal quantiles; minus infinity is chance 0, infinity chance 1.
    pub(crate) fn of_normals(z: &[f64]) -> Self {
        assert!(
            z.windows(2).all(|two| two[0] <= two[1]) && !z.iter().any(|z| z.is_nan()),
            "chances from 0 to 1 that rise"
        );
        let n = z.len();
        let nul = z.partition_point(|z| *z == f64::NEG_INFINITY);
        let een = n - z.partition_point(|z| *z < f64::INFINITY);
        let inner = &z[nul..n - een];
        let mut shapes = [0.0; NODES];
        for k in 0..NODES / 2 {
            let angle = PI * k as f64 / (NODES - 1) as f64;
            shapes[k] = 0.5 - 0.5 * libm::cos(angle);
            shapes[NODES - 1 - k] = 1.0 - shapes[k];
        }
        let symmetric = inner.iter().zip(inner.iter().rev()).all(|(a, b)| *a == -*b);
        let mut knots = vec![[[[0.0; CHUNK]; 2]; NODES]; inner.len().div_ceil(CHUNK)];
        let (mut w, mut slope) = (vec![0.0; inner.len()], vec![0.0; inner.len()]);
        for k in 0..NODES {
            if symmetric && k >= NODES / 2 {
                break;
            }
            Beta::pert(shapes[k]).logits(inner, &mut w, &mut slope);
            for i in 0..inner.len() {
                knots[i / CHUNK][k][0][i % CHUNK] = w[i];
                knots[i / CHUNK][k][1][i % CHUNK] = slope[i];
                if symmetric {
                    // x(1 - p; 1 - c) = 1 - x(p; c), and the logit of 1 - x is minus that of x.
                    let j = inner.len() - 1 - i;
                    knots[j / CHUNK][NODES - 1 - k][0][j % CHUNK] = -w[i];
                    knots[j / CHUNK][NODES - 1 - k][1][j % CHUNK] = slope[i];
                }
            }
        }
        Self {
            aantal: n,
            nul,
            een,
            shapes,
            knots,
            phi: inner.iter().map(|z| normal_density(*z)).collect(),
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

    /// Fills the quantile `x` in `[0, 1]` of every chance, and `dx/dz`, with `z` the normal quantile of that chance.
    ///
    /// `c = (modus - laag)/(hoog - laag)`. At chance 0 and 1 the quantile is 0 and 1 and the slope 0.
    ///
    /// # Panics
    /// If a target is shorter than the list of chances.
    pub(crate) fn vul_z(&self, c: f64, x: &mut [f64], helling: &mut [f64]) {
        let weights = self.weights(c);
        let n = self.aantal;
        x[..self.nul].fill(0.0);
        x[n - self.een..n].fill(1.0);
        helling[..self.nul].fill(0.0);
        helling[n - self.een..n].fill(0.0);
        let x = &mut x[self.nul..n - self.een];
        let helling = &mut helling[self.nul..n - self.een];
        for ((x, helling), nodes) in x
            .chunks_mut(CHUNK)
            .zip(helling.chunks_mut(CHUNK))
            .zip(&self.knots)
        {
            let (mut w, mut s) = ([0.0; CHUNK], [0.0; CHUNK]);
            for (weight, [logits, slopes]) in weights.iter().zip(nodes) {
                for l in 0..CHUNK {
                    w[l] += weight * logits[l];
                    s[l] += weight * slopes[l];
                }
            }
            for l in 0..CHUNK {
                // x = 1/(1 + r) and 1 - x = r/(1 + r), with r = e^-w.
                let r = exp_lane(-w[l]);
                let value = 1.0 / (1.0 + r);
                s[l] *= value * value * r;
                w[l] = value;
            }
            let count = x.len();
            x.copy_from_slice(&w[..count]);
            helling.copy_from_slice(&s[..count]);
        }
    }

    /// Fills the quantile `x` in `[0, 1]` of every chance, and the density at it (per unit of the range).
    ///
    /// `c = (modus - laag)/(hoog - laag)`. At chance 0 the density is 5 when `c = 0` and else 0; at 1 the other way round.
    ///
    /// # Panics
    /// If a target is shorter than the list of chances.
    #[cfg_attr(
        not(test),
        allow(dead_code, reason = "for tables over uniform numbers")
    )]
    pub(crate) fn vul(&self, c: f64, x: &mut [f64], dichtheid: &mut [f64]) {
        self.vul_z(c, x, dichtheid);
        let n = self.aantal;
        let end = |at: bool| if at { 5.0 } else { 0.0 };
        dichtheid[..self.nul].fill(end(c == 0.0));
        dichtheid[n - self.een..n].fill(end(c == 1.0));
        for (density, phi) in dichtheid[self.nul..n - self.een].iter_mut().zip(&self.phi) {
            // F(x(z)) = Phi(z), so f dx/dz = phi(z).
            *density = phi / *density;
        }
    }
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
    fn tabled_quantiles_and_densities_equal_statrs() {
        let kansen = kansen();
        let table = PertKwantielen::new(&kansen);
        assert_eq!(table.aantal, kansen.len());
        let (mut x, mut f) = (vec![0.0; kansen.len()], vec![0.0; kansen.len()]);
        for step in 0..=40 {
            let c = f64::from(step) / 40.0;
            table.vul(c, &mut x, &mut f);
            let beta = Beta::pert(c);
            let (a, b) = (1.0 + 4.0 * c, 5.0 - 4.0 * c);
            let theirs = StatrsBeta::new(a, b).unwrap();
            for (i, p) in kansen.iter().enumerate() {
                let expected = beta.quantile(*p, 1.0 - p);
                assert!(
                    (x[i] - expected).abs() < 5e-12,
                    "{c} {p}: {} {expected}",
                    x[i]
                );
                // Theirs solves the distribution function to 1e-12 or so: turned back, it is that of the chance.
                assert!((theirs.cdf(x[i]) - p).abs() < 2e-11, "{c} {p}");
                if i > 0 && i + 1 < kansen.len() {
                    let density = theirs.pdf(x[i]);
                    assert!(
                        (f[i] / density - 1.0).abs() < 1e-9,
                        "{c} {p}: {} {density}",
                        f[i]
                    );
                }
            }
            assert!(x.windows(2).all(|two| two[0] < two[1]));
        }
    }

    #[test]
    fn a_symmetric_list_gives_what_any_list_gives() {
        let even: Vec<f64> = (1..64).map(|i| f64::from(i) / 64.0).collect();
        let odd: Vec<f64> = even.iter().copied().chain([0.999]).collect();
        let (a, b) = (PertKwantielen::new(&even), PertKwantielen::new(&odd));
        let (mut x, mut y, mut f) = ([0.0; 63], [0.0; 64], [0.0; 64]);
        for c in [0.0, 0.013, 0.4, 0.77, 1.0] {
            a.vul(c, &mut x, &mut f);
            b.vul(c, &mut y, &mut f);
            for i in 0..63 {
                assert!((x[i] - y[i]).abs() < 1e-13, "{c} {i}");
            }
            // And mirrored: x(p; c) = 1 - x(1 - p; 1 - c).
            a.vul(1.0 - c, &mut y, &mut f);
            for i in 0..63 {
                assert!((x[i] - (1.0 - y[62 - i])).abs() < 1e-12, "{c} {i}");
            }
        }
    }

    #[test]
    fn the_ends_are_the_bounds() {
        let table = PertKwantielen::new(&[0.0, 0.0, 0.5, 1.0]);
        let (mut x, mut f) = ([9.0; 4], [9.0; 4]);
        table.vul(0.0, &mut x, &mut f);
        assert_eq!((x[0], x[1], x[3]), (0.0, 0.0, 1.0));
        // Beta(1, 5): 1 - (1/2)^(1/5), density 5 (1 - x)^4.
        assert!((x[2] - (1.0 - libm::pow(0.5, 0.2))).abs() < 1e-13);
        assert_eq!((f[0], f[3]), (5.0, 0.0));
        assert!((f[2] - 5.0 * libm::pow(0.5, 0.8)).abs() < 1e-11);
        table.vul(1.0, &mut x, &mut f);
        assert_eq!((f[0], f[3]), (0.0, 5.0));
        let empty = PertKwantielen::new(&[]);
        empty.vul(0.3, &mut [], &mut []);
        assert_eq!(empty.aantal, 0);
    }
}

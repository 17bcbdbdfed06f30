//! What a set of draws says: moments, quantiles, shares, rank correlation, each with its standard error where known.
//!
//! All results are in the unit of the draws. Sums run plainly in draw order, so they do not depend on how many threads
//! made the draws. Must not know: where the draws come from. Without draws (or with too few) a function gives `None`
//! or a documented NaN; it does not panic. Draws that are NaN sort last and make moments NaN.

use crate::risk::order;

/// Mean and spread of draws.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// Number of draws.
    pub n: usize,
    /// Mean.
    pub mean: f64,
    /// Standard deviation with n - 1; NaN for one draw.
    pub sd: f64,
    /// Standard error of the mean, `sd / sqrt(n)`; NaN for one draw.
    pub standard_error: f64,
}

/// An estimate with its standard error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// Its standard error; NaN when it cannot be told.
    pub standard_error: f64,
}

/// Plain sum in draw order.
fn sum(values: impl Iterator<Item = f64>) -> f64 {
    let mut total = 0.0;
    for value in values {
        total += value;
    }
    total
}

/// Mean, standard deviation and standard error of the mean, in two passes (no cancellation); `None` without draws.
pub fn summary(draws: &[f64]) -> Option<Summary> {
    if draws.is_empty() {
        return None;
    }
    let n = draws.len() as f64;
    let mean = sum(draws.iter().copied()) / n;
    let squares = sum(draws.iter().map(|x| (x - mean) * (x - mean)));
    let sd = if draws.len() > 1 {
        (squares / (n - 1.0)).sqrt()
    } else {
        f64::NAN
    };
    Some(Summary {
        n: draws.len(),
        mean,
        sd,
        standard_error: sd / n.sqrt(),
    })
}

/// Draws in rising order (NaN last), for any number of quantiles after one sort.
#[derive(Clone, Debug)]
pub struct Sorted(Vec<f64>);

impl Sorted {
    /// Sorts a copy of the draws.
    pub fn new(draws: &[f64]) -> Self {
        Self::from_vec(draws.to_vec())
    }

    /// Sorts the draws themselves (with a buffer of the same size for as long as it takes).
    pub fn from_vec(draws: Vec<f64>) -> Self {
        Self(order::sorted(draws))
    }

    /// The draws, rising.
    pub fn values(&self) -> &[f64] {
        &self.0
    }

    /// Quantile by linear interpolation between order statistics at `(n - 1) p` (numpy's default, type 7 of Hyndman
    /// and Fan, 1996); `None` without draws or with p outside [0, 1].
    pub fn quantile(&self, p: f64) -> Option<f64> {
        let (low, part) = position(self.0.len(), p)?;
        let below = self.0[low];
        let above = self.0[(low + 1).min(self.0.len() - 1)];
        Some(between(below, above, part))
    }

    /// Quantile with its standard error by order statistics: `(x[(p + d) n] - x[(p - d) n]) / 2` with
    /// `d = sqrt(p (1 - p)/n)`, the standard error of the share below the quantile (Woodruff, 1952).
    ///
    /// When the band runs past the outermost draw it is cut off there and the side that remains whole counts twice;
    /// NaN when both sides run past (too few draws for this p).
    pub fn quantile_estimate(&self, p: f64) -> Option<Estimate> {
        let value = self.quantile(p)?;
        let d = (p * (1.0 - p) / self.0.len() as f64).sqrt();
        let low = if p - d > 0.0 {
            self.quantile(p - d)
        } else {
            None
        };
        let high = if p + d < 1.0 {
            self.quantile(p + d)
        } else {
            None
        };
        let standard_error = match (low, high) {
            (Some(low), Some(high)) if d > 0.0 => (high - low) / 2.0,
            (Some(low), None) if d > 0.0 => value - low,
            (None, Some(high)) if d > 0.0 => high - value,
            _ => f64::NAN,
        };
        Some(Estimate {
            value,
            standard_error,
        })
    }

    /// Expected shortfall: the mean of the lowest share `alpha` of the draws (low is bad). A draw on the border counts
    /// for its part. `None` without draws or with alpha outside (0, 1].
    pub fn shortfall(&self, alpha: f64) -> Option<f64> {
        if self.0.is_empty() || !(alpha > 0.0 && alpha <= 1.0) {
            return None;
        }
        let count = alpha * self.0.len() as f64;
        if count <= 1.0 {
            return Some(self.0[0]);
        }
        let whole = (count.floor() as usize).min(self.0.len());
        let mut total = sum(self.0[..whole].iter().copied());
        if let Some(border) = self.0.get(whole) {
            let part = count - whole as f64;
            if part > 0.0 {
                total += part * border;
            }
        }
        Some(total / count)
    }

    /// [`Self::shortfall`] with its standard error for plain draws, the uncertainty of the quantile included:
    /// `sqrt((v + (1 - alpha)(q - s)^2)/(alpha n))` with `v` the variance within the tail, `q` the draw on its border
    /// and `s` the shortfall (the asymptotic variance of Manistre and Hancock, "Variance of the CTE estimator", 2005).
    /// NaN when the tail holds fewer than two draws.
    pub fn shortfall_estimate(&self, alpha: f64) -> Option<Estimate> {
        let value = self.shortfall(alpha)?;
        let count = alpha * self.0.len() as f64;
        let standard_error = if count < 2.0 {
            f64::NAN
        } else {
            let whole = (count.floor() as usize).min(self.0.len());
            let mut squares = sum(self.0[..whole].iter().map(|x| (x - value) * (x - value)));
            let border = self.0[whole.min(self.0.len() - 1)];
            squares += (count - whole as f64) * (border - value) * (border - value);
            let beyond = (1.0 - alpha) * (border - value) * (border - value);
            ((squares / count + beyond) / count).sqrt()
        };
        Some(Estimate {
            value,
            standard_error,
        })
    }
}

/// Order statistic at or before `(n - 1) p`, and the part of the step to the next.
fn position(n: usize, p: f64) -> Option<(usize, f64)> {
    if n == 0 || !(0.0..=1.0).contains(&p) {
        return None;
    }
    let at = (n - 1) as f64 * p;
    let low = (at.floor() as usize).min(n - 1);
    Some((low, at - low as f64))
}

/// Linear interpolation as numpy does it: from the nearer end, so that the ends are exact.
fn between(below: f64, above: f64, part: f64) -> f64 {
    if part <= 0.0 {
        return below;
    }
    let step = above - below;
    if part >= 0.5 {
        above - step * (1.0 - part)
    } else {
        below + step * part
    }
}

/// One quantile as [`Sorted::quantile`], by selection on a copy instead of sorting: cheaper for one to five of them.
pub fn quantile(draws: &[f64], p: f64) -> Option<f64> {
    let (low, part) = position(draws.len(), p)?;
    let mut copy = draws.to_vec();
    let (_, below, rest) = copy.select_nth_unstable_by(low, f64::total_cmp);
    let below = *below;
    let above = rest.iter().copied().min_by(f64::total_cmp).unwrap_or(below);
    Some(between(below, above, part))
}

/// One outcome is better than another from half a cent on; less is rounding.
const BETTER: f64 = 0.005;

/// Share of the draws in which `b` is better than `a` on the same draw, with its standard error; `None` without draws.
pub fn share_better(a: &[f64], b: &[f64]) -> Option<Estimate> {
    let short: Vec<f64> = a.iter().zip(b).map(|(a, b)| a - b + BETTER).collect();
    share_below_zero(&short)
}

/// An estimate from all draws, with the standard error that independent repetitions give: the standard deviation of `f`
/// over the repetitions, divided by the root of their number.
///
/// For draws that are not independent within a repetition (antithetic, Latin hypercube, Sobol), where no closed form
/// holds. The repetitions stand after each other, `per_herhaling` draws each; an incomplete last one counts in the
/// estimate only. With R repetitions the error itself is uncertain: (estimate - truth)/error follows Student's t with
/// R - 1 degrees (R = 16: within one error 67 %, within two 94 %, not 68 % and 95 %). NaN with fewer than two
/// repetitions; `None` when `f` gives `None`.
pub fn herhalingen(
    values: &[f64],
    per_herhaling: usize,
    f: impl Fn(&[f64]) -> Option<f64>,
) -> Option<Estimate> {
    let value = f(values)?;
    let each = values
        .chunks_exact(per_herhaling.max(1))
        .map(f)
        .collect::<Option<Vec<f64>>>()?;
    Some(Estimate {
        value,
        standard_error: summary(&each).map_or(f64::NAN, |s| s.standard_error),
    })
}

/// How many plain draws give the standard error `wanted`, when `n_now` plain draws (or as many as would have) give
/// `se_now`: `n (se_now/wanted)^2`, rounded up. `u64::MAX` when it cannot be told or will never be.
pub fn benodigd(se_now: f64, n_now: u64, wanted: f64) -> u64 {
    let ratio = se_now / wanted;
    let draws = (n_now as f64 * ratio * ratio).ceil();
    if draws >= 0.0 && wanted > 0.0 && se_now >= 0.0 {
        draws as u64
    } else {
        u64::MAX
    }
}

/// Share of the draws below zero, with the binomial standard error `sqrt(p (1 - p)/n)`; `None` without draws.
///
/// When none or all are below zero the standard error is 0, which says too much: then read "less than about 3/n".
pub fn share_below_zero(draws: &[f64]) -> Option<Estimate> {
    if draws.is_empty() {
        return None;
    }
    let n = draws.len() as f64;
    let p = draws.iter().filter(|x| **x < 0.0).count() as f64 / n;
    Some(Estimate {
        value: p,
        standard_error: (p * (1.0 - p) / n).sqrt(),
    })
}

/// Ranks from 1, ties share the average of theirs; 0 and -0 are equal, NaN is equal to nothing.
///
/// Panics with 2^31 values or more.
pub fn ranks(values: &[f64]) -> Vec<f64> {
    order::ranks(values)
}

/// [`ranks`] of a column of `f32`; where a NaN is found the ranks from there on are NaN.
pub fn ranks_f32(values: &[f32]) -> Vec<f64> {
    order::ranks_f32(values)
}

/// Spearman's rank correlation with average ranks: see [`correlation`]. NaN as there.
pub fn spearman(x: &[f64], y: &[f64]) -> f64 {
    correlation(&ranks(x), &ranks(y))
}

/// Pearson correlation; for many drivers against one outcome, give it the [`ranks`] of the outcome once.
///
/// NaN with fewer than two draws, unequal lengths, or when one side does not vary.
pub fn correlation(x: &[f64], y: &[f64]) -> f64 {
    if x.len() != y.len() || x.len() < 2 {
        return f64::NAN;
    }
    let n = x.len() as f64;
    let mean_x = sum(x.iter().copied()) / n;
    let mean_y = sum(y.iter().copied()) / n;
    let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
    for (a, b) in x.iter().zip(y) {
        let (a, b) = (a - mean_x, b - mean_y);
        xx += a * a;
        yy += b * b;
        xy += a * b;
    }
    let product = xx * yy;
    if product > 0.0 {
        (xy / product.sqrt()).clamp(-1.0, 1.0)
    } else {
        f64::NAN
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::risk::random::{normals, uniforms};

    #[test]
    fn summary_of_a_hand_worked_case() {
        let s = summary(&[2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]).unwrap();
        assert_eq!((s.n, s.mean), (8, 5.0));
        assert!((s.sd - (32.0_f64 / 7.0).sqrt()).abs() < 1e-15);
        assert!((s.standard_error - (4.0_f64 / 7.0).sqrt()).abs() < 1e-15);
    }

    #[test]
    fn quantiles_are_those_of_numpy() {
        // numpy.quantile([15, 20, 35, 40, 50], ...)
        let draws = [40.0, 15.0, 50.0, 20.0, 35.0];
        let sorted = Sorted::new(&draws);
        for (p, expected) in [
            (0.0, 15.0),
            (0.05, 16.0),
            (0.3, 23.0),
            (0.4, 29.0),
            (0.5, 35.0),
            (0.95, 48.0),
            (1.0, 50.0),
        ] {
            assert!(
                (sorted.quantile(p).unwrap() - expected).abs() < 1e-12,
                "{p}"
            );
            assert_eq!(sorted.quantile(p), quantile(&draws, p));
        }
        assert_eq!(sorted.quantile(1.1), None);
        assert_eq!(sorted.quantile(f64::NAN), None);
    }

    #[test]
    fn shortfall_counts_the_border_for_its_part() {
        let sorted = Sorted::new(&[10.0, -4.0, 2.0, -2.0]);
        assert_eq!(sorted.shortfall(0.25), Some(-4.0));
        assert_eq!(sorted.shortfall(0.5), Some(-3.0));
        // 1.5 draws: (-4 + 0.5 * -2)/1.5
        assert!((sorted.shortfall(0.375).unwrap() + 5.0 / 1.5).abs() < 1e-15);
        assert_eq!(sorted.shortfall(1.0), Some(1.5));
        assert_eq!(sorted.shortfall(0.0), None);
    }

    #[test]
    fn shares_and_ranks() {
        let share = share_below_zero(&[-1.0, 0.0, -0.0, 3.0]).unwrap();
        assert_eq!(share.value, 0.25);
        assert!((share.standard_error - (0.1875_f64 / 4.0).sqrt()).abs() < 1e-16);
        assert_eq!(
            ranks(&[3.0, 1.0, 3.0, 0.0, -0.0]),
            [4.5, 3.0, 4.5, 1.5, 1.5]
        );
        // d = (0, 1, 1, 2, 0): 1 - 6 * 6/(5 * 24).
        assert!(
            (spearman(&[1.0, 2.0, 3.0, 4.0, 5.0], &[1.0, 3.0, 4.0, 2.0, 5.0]) - 0.7).abs() < 1e-15
        );
        assert_eq!(spearman(&[1.0, 2.0, 9.0], &[5.0, 4.0, -1.0]), -1.0);
        assert!(spearman(&[1.0, 1.0], &[1.0, 2.0]).is_nan());
        assert!(correlation(&[1.0], &[1.0, 2.0]).is_nan());
    }

    #[test]
    fn few_draws_do_not_panic() {
        assert_eq!(summary(&[]), None);
        let one = summary(&[3.0]).unwrap();
        assert!(one.mean == 3.0 && one.sd.is_nan() && one.standard_error.is_nan());
        assert_eq!(quantile(&[], 0.5), None);
        assert_eq!(quantile(&[3.0], 0.5), Some(3.0));
        assert_eq!(Sorted::new(&[]).quantile_estimate(0.5), None);
        assert_eq!(Sorted::new(&[]).shortfall(0.1), None);
        assert_eq!(Sorted::new(&[3.0]).shortfall(0.1), Some(3.0));
        let estimate = Sorted::new(&[3.0]).quantile_estimate(0.5).unwrap();
        assert!(estimate.value == 3.0 && estimate.standard_error.is_nan());
        assert_eq!(share_below_zero(&[]), None);
        assert!(ranks(&[]).is_empty() && spearman(&[], &[]).is_nan());
    }

    fn normal_draws(seed: u64, n: u64) -> Vec<f64> {
        let mut out = Vec::new();
        for first in (0..n / 4).step_by(8) {
            for k in uniforms::<8>(seed, first, 9, 0) {
                out.extend(normals(&k));
            }
        }
        out
    }

    #[test]
    fn standard_errors_cover_what_they_say() {
        let repeats = 1000;
        let (mut mean, mut median, mut tail, mut share, mut width) = (0, 0, 0, 0, 0.0);
        for seed in 0..repeats {
            let draws = normal_draws(seed, 1600);
            let s = summary(&draws).unwrap();
            mean += u32::from(s.mean.abs() < 2.0 * s.standard_error);
            let sorted = Sorted::new(&draws);
            let p50 = sorted.quantile_estimate(0.5).unwrap();
            median += u32::from(p50.value.abs() < 2.0 * p50.standard_error);
            width += p50.standard_error / repeats as f64;
            let p5 = sorted.quantile_estimate(0.05).unwrap();
            tail += u32::from((p5.value + 1.644_853_6).abs() < 2.0 * p5.standard_error);
            let below = share_below_zero(&draws).unwrap();
            share += u32::from((below.value - 0.5).abs() < 2.0 * below.standard_error);
        }
        // 2 standard errors: 95.4 %; the count itself has a standard deviation of 7, the order statistics cost a little.
        for (name, count) in [
            ("mean", mean),
            ("median", median),
            ("P5", tail),
            ("share", share),
        ] {
            println!("{name}: {count} of 1000 within 2 standard errors");
            assert!((915..=980).contains(&count), "{name}: {count}");
        }
        // Closed form for the median of normals: sqrt(pi/(2n)).
        let expected = (std::f64::consts::FRAC_PI_2 / 1600.0).sqrt();
        assert!((width / expected - 1.0).abs() < 0.05, "{width} {expected}");
    }

    #[test]
    fn shortfall_of_normals_is_the_closed_form() {
        // phi(z_0.05)/0.05 = 2.0627; standard error about 0.02 at 20 000 draws.
        let es = Sorted::new(&normal_draws(1, 20_000))
            .shortfall(0.05)
            .unwrap();
        assert!((es + 2.0627).abs() < 0.08, "{es}");
    }

    #[test]
    fn error_of_the_shortfall_is_the_closed_form() {
        // Standard normal, 5 %: q = -1.64485, s = -2.06271, variance within the tail 1 - q s - s^2 + 0 = 0.13812 (with
        // E[X^2 | X < q] = 1 + q s), so n times the variance of the estimate is (0.13812 + 0.95 (q - s)^2)/0.05 = 6.080.
        let (q, s) = (-1.644_853_627, -2.062_712_807);
        let within: f64 = 1.0 + q * s - s * s;
        let expected = ((within + 0.95 * (q - s) * (q - s)) / 0.05 / 4000.0).sqrt();
        let mut told = 0.0;
        for seed in 0..50 {
            let sorted = Sorted::new(&normal_draws(seed, 4000));
            told += sorted.shortfall_estimate(0.05).unwrap().standard_error / 50.0;
        }
        assert!((told / expected - 1.0).abs() < 0.02, "{told} {expected}");
        let sorted = Sorted::new(&[1.0, 2.0, 3.0, 4.0]);
        let e = sorted.shortfall_estimate(0.375).unwrap();
        assert!(e.value == 2.0 / 1.5 && e.standard_error.is_nan());
        // All draws: the standard error of the mean (with n instead of n - 1).
        let e = sorted.shortfall_estimate(1.0).unwrap();
        assert_eq!(e.standard_error, (1.25_f64 / 4.0).sqrt());
        assert_eq!(sorted.shortfall_estimate(1.5), None);
    }

    #[test]
    fn repetitions() {
        let mean = |d: &[f64]| summary(d).map(|s| s.mean);
        // Means 1, 2 and 6 of the repetitions, the last draw outside: sd sqrt 7, over sqrt 3.
        let draws = [0.0, 2.0, 1.0, 3.0, 5.0, 7.0, 10.0];
        let e = herhalingen(&draws, 2, mean).unwrap();
        assert_eq!(e.value, 4.0);
        assert!((e.standard_error - (7.0_f64 / 3.0).sqrt()).abs() < 1e-15);
        assert!(
            herhalingen(&draws, 4, mean)
                .unwrap()
                .standard_error
                .is_nan()
        );
        assert!(
            herhalingen(&draws, 100, mean)
                .unwrap()
                .standard_error
                .is_nan()
        );
        assert_eq!(herhalingen(&[], 2, mean), None);
    }
}

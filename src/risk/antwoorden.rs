//! The answers that a column of draws gives: percentiles, shortfall, buffer, fan, the worst year, and differences, each
//! with its standard error.
//!
//! A column is one figure of every draw, in draw order, higher is better (euro unless said otherwise). Errors are the
//! closed forms for plain draws, or come from independent repetitions (`per_herhaling` draws each, one after the other)
//! for draws that are not independent within a repetition: see [`herhalingen`](super::statistics::herhalingen), also
//! for what such an error is worth. Must not know: what a column is called, how it is shown.

use crate::risk::statistics::{Estimate, Sorted, share_below_zero, share_better, summary};

/// Chances of the percentiles: P1, P5, P10, P25, P50, P75, P90, P95, P99.
pub const KANSEN: [f64; 9] = [0.01, 0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95, 0.99];
/// Shares of the worst draws over which the expected shortfall is taken.
pub const STAARTEN: [f64; 3] = [0.10, 0.05, 0.01];
/// Certainties of the buffer table (design.md section 7).
pub const ZEKERHEDEN: [f64; 6] = [0.70, 0.75, 0.80, 0.85, 0.90, 0.95];
/// Chances of the fan over the years: P5, P25, P50, P75, P95.
pub const WAAIER: [f64; 5] = [0.05, 0.25, 0.50, 0.75, 0.95];

/// What is always told of a column.
#[derive(Clone, Debug, PartialEq)]
pub struct Antwoorden {
    /// Number of draws.
    pub n: usize,
    /// Mean.
    pub mean: Estimate,
    /// Standard deviation (n - 1); NaN for one draw.
    pub sd: Estimate,
    /// Percentiles at [`KANSEN`].
    pub percentielen: [Estimate; 9],
    /// Share of the draws below zero. For plain draws with none or all below zero the error is 0, which says too much:
    /// then read "less than about 3/n".
    pub onder_nul: Estimate,
    /// Expected shortfall: mean of the worst share of the draws, at [`STAARTEN`].
    pub tekort: [Estimate; 3],
}

/// The figures of [`Antwoorden`] in one row: mean, sd, percentiles, below zero, shortfall.
const CIJFERS: usize = 3 + KANSEN.len() + STAARTEN.len();

impl Antwoorden {
    /// All answers of a column; `sorted` must hold the same draws. `None` without draws.
    ///
    /// Error of the sd for plain draws: `sqrt((m4 - sd^4)/n)/(2 sd)` with m4 the fourth central moment (delta method).
    pub fn new(draws: &[f64], sorted: &Sorted, per_herhaling: Option<usize>) -> Option<Self> {
        let mut all = plain(draws, sorted)?;
        if let Some(per) = per_herhaling {
            let errors = errors(draws, per, |part| {
                Some(plain(part, &Sorted::new(part))?.map(|e| e.value))
            })?;
            for (estimate, error) in all.iter_mut().zip(errors) {
                estimate.standard_error = error;
            }
        }
        let nothing = Estimate {
            value: f64::NAN,
            standard_error: f64::NAN,
        };
        let mut out = Self {
            n: draws.len(),
            mean: all[0],
            sd: all[1],
            onder_nul: all[2],
            percentielen: [nothing; 9],
            tekort: [nothing; 3],
        };
        out.percentielen.copy_from_slice(&all[3..12]);
        out.tekort.copy_from_slice(&all[12..]);
        Some(out)
    }
}

/// All figures of a column with their errors for plain draws.
fn plain(draws: &[f64], sorted: &Sorted) -> Option<[Estimate; CIJFERS]> {
    let s = summary(draws)?;
    let (mut m4, n) = (0.0, s.n as f64);
    for x in draws {
        let square = (x - s.mean) * (x - s.mean);
        m4 += square * square;
    }
    let variance = s.sd * s.sd;
    let mut out = [Estimate {
        value: s.mean,
        standard_error: s.standard_error,
    }; CIJFERS];
    out[1] = Estimate {
        value: s.sd,
        // Draws that are all the same have no spread, and no doubt about it.
        standard_error: if s.sd == 0.0 {
            0.0
        } else {
            ((m4 / n - variance * variance).max(0.0) / n).sqrt() / (2.0 * s.sd)
        },
    };
    out[2] = share_below_zero(draws)?;
    for (place, p) in out[3..12].iter_mut().zip(KANSEN) {
        *place = sorted.quantile_estimate(p)?;
    }
    for (place, alpha) in out[12..].iter_mut().zip(STAARTEN) {
        *place = sorted.shortfall_estimate(alpha)?;
    }
    Some(out)
}

/// Standard errors of several figures at once from whole repetitions; NaN with fewer than two.
fn errors<const N: usize>(
    draws: &[f64],
    per_herhaling: usize,
    f: impl Fn(&[f64]) -> Option<[f64; N]>,
) -> Option<[f64; N]> {
    let each = draws
        .chunks_exact(per_herhaling.max(1))
        .map(f)
        .collect::<Option<Vec<_>>>()?;
    let mut out = [f64::NAN; N];
    for (figure, error) in out.iter_mut().enumerate() {
        let column: Vec<f64> = each.iter().map(|row| row[figure]).collect();
        if let Some(s) = summary(&column) {
            *error = s.standard_error;
        }
    }
    Some(out)
}

/// Quantiles at the chances `p` with their errors; `None` without draws or with a p outside [0, 1].
pub fn kwantielen<const N: usize>(
    draws: &[f64],
    sorted: &Sorted,
    p: [f64; N],
    per_herhaling: Option<usize>,
) -> Option<[Estimate; N]> {
    let nothing = Estimate {
        value: f64::NAN,
        standard_error: f64::NAN,
    };
    let mut out = [nothing; N];
    for (place, p) in out.iter_mut().zip(p) {
        *place = sorted.quantile_estimate(p)?;
    }
    if let Some(per) = per_herhaling {
        let errors = errors(draws, per, |part| {
            let part = Sorted::new(part);
            let mut row = [0.0; N];
            for (place, p) in row.iter_mut().zip(p) {
                *place = part.quantile(p)?;
            }
            Some(row)
        })?;
        for (place, error) in out.iter_mut().zip(errors) {
            place.standard_error = error;
        }
    }
    Some(out)
}

/// The buffer that gives a certainty (design.md section 7).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Buffer {
    /// The certainty asked, as a fraction.
    pub zekerheid: f64,
    /// `max(0, vastgesteld - quantile(1 - zekerheid))`: what must be at hand beside the vastgesteld resultaat, so that
    /// in this share of the draws nothing falls short. A provision for an expected loss already covers a vastgesteld
    /// resultaat below zero.
    pub buffer: f64,
    /// `-quantile(1 - zekerheid)`: what must be at hand without any provision; negative when even then money is left.
    pub min_kwantiel: f64,
    /// Standard error of the quantile, and so of both (of the buffer as far as it is not held at 0).
    pub standard_error: f64,
}

impl Buffer {
    /// From the quantile of the result at `1 - zekerheid`.
    pub fn new(zekerheid: f64, vastgesteld: f64, kwantiel: Estimate) -> Self {
        let needed = vastgesteld - kwantiel.value;
        Self {
            zekerheid,
            buffer: if needed < 0.0 { 0.0 } else { needed },
            min_kwantiel: -kwantiel.value,
            standard_error: kwantiel.standard_error,
        }
    }
}

/// The buffer at one certainty, with the error for plain draws; `None` without draws or outside [0, 1].
pub fn buffer(zekerheid: f64, vastgesteld: f64, sorted: &Sorted) -> Option<Buffer> {
    let kwantiel = sorted.quantile_estimate(1.0 - zekerheid)?;
    Some(Buffer::new(zekerheid, vastgesteld, kwantiel))
}

/// The buffer table at [`ZEKERHEDEN`]; `vastgesteld` is the resultaat that is decided on (euro, negative is a loss).
pub fn buffers(
    vastgesteld: f64,
    draws: &[f64],
    sorted: &Sorted,
    per_herhaling: Option<usize>,
) -> Option<[Buffer; 6]> {
    let kwantielen = kwantielen(
        draws,
        sorted,
        ZEKERHEDEN.map(|zekerheid| 1.0 - zekerheid),
        per_herhaling,
    )?;
    Some(std::array::from_fn(|i| {
        Buffer::new(ZEKERHEDEN[i], vastgesteld, kwantielen[i])
    }))
}

/// One period of the fan: the quantiles at [`WAAIER`] of the draws of that period; `None` without draws.
pub fn waaierpunt(draws: &[f64], per_herhaling: Option<usize>) -> Option<[Estimate; 5]> {
    kwantielen(draws, &Sorted::new(draws), WAAIER, per_herhaling)
}

/// The fan: per period (a column of draws each) the quantiles at [`WAAIER`]; `None` when a period has no draws.
///
/// Each period stands alone: the line through the P5's is not the path of any draw.
pub fn waaier<C: AsRef<[f64]>>(
    perioden: &[C],
    per_herhaling: Option<usize>,
) -> Option<Vec<[Estimate; 5]>> {
    perioden
        .iter()
        .map(|p| waaierpunt(p.as_ref(), per_herhaling))
        .collect()
}

/// How often a year was the year of something (the lowest stand).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Jaar {
    /// The year.
    pub jaar: i32,
    /// Number of draws with this year.
    pub aantal: usize,
    /// Share of the draws, with its standard error.
    pub aandeel: Estimate,
}

/// Frequencies of the years in a column of whole years, rising; years that never occur are left out, and so are draws
/// that are NaN (they count in the number of draws).
pub fn jaren(draws: &[f64], per_herhaling: Option<usize>) -> Vec<Jaar> {
    let mut counts: std::collections::BTreeMap<i32, Vec<usize>> = std::collections::BTreeMap::new();
    let per = per_herhaling.unwrap_or(draws.len()).max(1);
    let parts = draws.len().div_ceil(per);
    for (part, chunk) in draws.chunks(per).enumerate() {
        for year in chunk.iter().filter(|x| !x.is_nan()) {
            counts.entry(*year as i32).or_insert_with(|| vec![0; parts])[part] += 1;
        }
    }
    let n = draws.len() as f64;
    counts
        .into_iter()
        .map(|(jaar, counts)| {
            let aantal = counts.iter().sum();
            let p = aantal as f64 / n;
            let standard_error = if per_herhaling.is_some() {
                let whole = &counts[..draws.len() / per];
                let shares: Vec<f64> = whole.iter().map(|&c| c as f64 / per as f64).collect();
                summary(&shares).map_or(f64::NAN, |s| s.standard_error)
            } else {
                (p * (1.0 - p) / n).sqrt()
            };
            Jaar {
                jaar,
                aantal,
                aandeel: Estimate {
                    value: p,
                    standard_error,
                },
            }
        })
        .collect()
}

/// B against A on the same draws.
#[derive(Clone, Debug, PartialEq)]
pub struct Verschil {
    /// Of B minus A per draw: positive is better with B.
    pub verschil: Antwoorden,
    /// Share of the draws in which B is better than A by half a cent or more.
    pub beter: Estimate,
}

/// The distribution of B minus A on the same draws; `None` without draws or with columns of unequal length.
///
/// The errors are of the difference itself: with common draws mostly far smaller than those of A and B apart.
pub fn verschil(a: &[f64], b: &[f64], per_herhaling: Option<usize>) -> Option<Verschil> {
    if a.len() != b.len() {
        return None;
    }
    let difference: Vec<f64> = a.iter().zip(b).map(|(a, b)| b - a).collect();
    let sorted = Sorted::new(&difference);
    Some(Verschil {
        verschil: Antwoorden::new(&difference, &sorted, per_herhaling)?,
        beter: beter(a, b, per_herhaling)?,
    })
}

/// Share of the draws in which B is better than A by half a cent or more; `None` without draws or with columns of unequal length.
pub fn beter(a: &[f64], b: &[f64], per_herhaling: Option<usize>) -> Option<Estimate> {
    let mut beter = share_better(a, b)?;
    if let Some(per) = per_herhaling {
        let shares: Vec<f64> = a
            .chunks_exact(per.max(1))
            .zip(b.chunks_exact(per.max(1)))
            .filter_map(|(a, b)| Some(share_better(a, b)?.value))
            .collect();
        beter.standard_error = summary(&shares).map_or(f64::NAN, |s| s.standard_error);
    }
    Some(beter)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::risk::distribution::{Sampler, Verdeling, normal_cdf, normal_quantile};
    use crate::risk::random::{driver_key, normals, uniforms};
    use crate::risk::statistics::{benodigd, herhalingen};
    use statrs::distribution::{Binomial, Discrete};

    const LANES: usize = 8;

    /// Standard normals of a driver, one per draw.
    fn normal_draws(seed: u64, driver: &str, n: usize) -> Vec<f64> {
        let mut out = Vec::with_capacity(n + LANES);
        let key = driver_key(driver);
        for first in (0..n as u64).step_by(LANES) {
            out.extend(normals(&uniforms::<LANES>(seed, first, key, 0)[0]));
        }
        out.truncate(n);
        out
    }

    fn within(name: &str, estimate: Estimate, truth: f64) {
        let errors = (estimate.value - truth) / estimate.standard_error;
        assert!(
            errors.abs() < 4.0,
            "{name}: {estimate:?}, should be {truth}"
        );
    }

    /// Every answer of a column against closed forms, within 4 of its own standard errors.
    fn closed(
        draws: &[f64],
        mean: f64,
        sd: f64,
        below: f64,
        quantile: impl Fn(f64) -> f64,
        shortfall: impl Fn(f64) -> f64,
    ) {
        let sorted = Sorted::new(draws);
        let a = Antwoorden::new(draws, &sorted, None).unwrap();
        within("mean", a.mean, mean);
        within("sd", a.sd, sd);
        within("below zero", a.onder_nul, below);
        for (p, estimate) in KANSEN.iter().zip(a.percentielen) {
            within(&format!("quantile {p}"), estimate, quantile(*p));
        }
        for (alpha, estimate) in STAARTEN.iter().zip(a.tekort) {
            within(&format!("shortfall {alpha}"), estimate, shortfall(*alpha));
        }
        let table = buffers(mean, draws, &sorted, None).unwrap();
        for (zekerheid, b) in ZEKERHEDEN.iter().zip(table) {
            assert_eq!(Some(b), buffer(*zekerheid, mean, &sorted));
            let estimate = Estimate {
                value: b.buffer,
                standard_error: b.standard_error,
            };
            within(
                &format!("buffer {zekerheid}"),
                estimate,
                mean - quantile(1.0 - zekerheid),
            );
            assert!((b.min_kwantiel - (b.buffer - mean)).abs() < 1e-12);
        }
    }

    fn density(z: f64) -> f64 {
        libm::exp(-0.5 * z * z) / (2.0 * std::f64::consts::PI).sqrt()
    }

    fn closed_normal(draws: &[f64], mean: f64, sd: f64) {
        closed(
            draws,
            mean,
            sd,
            normal_cdf(-mean / sd),
            |p| mean + sd * normal_quantile(p),
            |alpha| mean - sd * density(normal_quantile(alpha)) / alpha,
        );
    }

    const N: usize = 100_000;

    #[test]
    fn sum_of_normals() {
        let mut draws = vec![0.0; N];
        let (mut mean, mut variance) = (0.0, 0.0);
        for j in 0..6 {
            let (m, s) = (3.0 - f64::from(j), 1.0 + 0.5 * f64::from(j));
            let v = Verdeling::Normaal {
                gemiddelde: m,
                spreiding: s,
            };
            let sampler = Sampler::new(&v).unwrap();
            for (x, z) in draws
                .iter_mut()
                .zip(normal_draws(1, &format!("sum {j}"), N))
            {
                *x += sampler.sample(z);
            }
            mean += m;
            variance += s * s;
        }
        closed_normal(&draws, mean, variance.sqrt());
    }

    #[test]
    fn terminal_value_of_an_autoregressive_path() {
        // x_t = mu + phi (x_t-1 - mu) + sigma z_t from x_0 = mu: variance sigma^2 (1 - phi^2T)/(1 - phi^2).
        let (mu, phi, sigma, years) = (0.02, 0.7, 0.015, 12);
        let mut draws = vec![mu; N];
        for year in 0..years {
            for (x, z) in draws
                .iter_mut()
                .zip(normal_draws(2, &format!("path {year}"), N))
            {
                *x = mu + phi * (*x - mu) + sigma * z;
            }
        }
        let mut power = 1.0;
        for _ in 0..2 * years {
            power *= phi;
        }
        let variance = sigma * sigma * (1.0 - power) / (1.0 - phi * phi);
        closed_normal(&draws, mu, f64::sqrt(variance));
    }

    #[test]
    fn product_of_lognormals() {
        // ln X is normal with the sums of the logarithmic means and variances; the outcome is X - 3.
        let mut draws = vec![1.0; N];
        let (mut m, mut v) = (0.0, 0.0);
        for (j, (mean, sd)) in [(1.5, 0.3), (2.0, 0.5), (1.1, 0.2)].into_iter().enumerate() {
            let sampler = Sampler::new(&Verdeling::Lognormaal {
                gemiddelde: mean,
                spreiding: sd,
            })
            .unwrap();
            for (x, z) in draws
                .iter_mut()
                .zip(normal_draws(3, &format!("factor {j}"), N))
            {
                *x *= sampler.sample(z);
            }
            let s2 = libm::log(1.0 + (sd / mean) * (sd / mean));
            m += libm::log(mean) - s2 / 2.0;
            v += s2;
        }
        for x in &mut draws {
            *x -= 3.0;
        }
        let (mean, s) = (libm::exp(m + v / 2.0), f64::sqrt(v));
        closed(
            &draws,
            mean - 3.0,
            mean * (libm::exp(v) - 1.0).sqrt(),
            normal_cdf((libm::log(3.0) - m) / s),
            |p| libm::exp(m + s * normal_quantile(p)) - 3.0,
            |alpha| mean * normal_cdf(normal_quantile(alpha) - s) / alpha - 3.0,
        );
    }

    #[test]
    fn risks_that_happen_or_not_are_binomial() {
        // 12 risks of 20 % and euro 1 each against euro 3: the outcome is 3 - B.
        let mut draws = vec![3.0; N];
        let risk = Sampler::new(&Verdeling::kans(0.2)).unwrap();
        for j in 0..12 {
            for (x, z) in draws
                .iter_mut()
                .zip(normal_draws(4, &format!("risk {j}"), N))
            {
                *x -= risk.sample(z);
            }
        }
        let binomial = Binomial::new(0.2, 12).unwrap();
        let chance = |k: u64| binomial.pmf(k);
        let sorted = Sorted::new(&draws);
        let a = Antwoorden::new(&draws, &sorted, None).unwrap();
        within("mean", a.mean, 3.0 - 12.0 * 0.2);
        within("sd", a.sd, f64::sqrt(12.0 * 0.2 * 0.8));
        within("below", a.onder_nul, (4..=12).map(chance).sum());
        for (p, estimate) in KANSEN.iter().zip(a.percentielen) {
            // Lowest x with P(3 - B <= x) >= p.
            let mut worst = 12;
            let mut below = chance(12);
            while below < *p {
                worst -= 1;
                below += chance(worst);
            }
            assert_eq!(estimate.value, 3.0 - worst as f64, "{p}");
        }
        for (alpha, estimate) in STAARTEN.iter().zip(a.tekort) {
            let (mut left, mut total) = (*alpha, 0.0);
            for k in (0..=12).rev() {
                let part = chance(k).min(left);
                total += part * (3.0 - k as f64);
                left -= part;
            }
            within(&format!("shortfall {alpha}"), estimate, total / alpha);
        }
        // The frequencies as years.
        let years: Vec<f64> = draws.iter().map(|x| 2030.0 - x).collect();
        for year in jaren(&years, None) {
            within("year", year.aandeel, chance((year.jaar - 2027) as u64));
            assert_eq!(year.aandeel.value, year.aantal as f64 / N as f64);
        }
        assert_eq!(
            jaren(&years, None).iter().map(|j| j.aantal).sum::<usize>(),
            N
        );
    }

    #[test]
    fn difference_on_the_same_draws() {
        // A = X + E, B = X + F + 1: the common X falls out, B - A is normal(1, sqrt 5).
        let x = normal_draws(5, "x", N);
        let e = normal_draws(5, "e", N);
        let f = normal_draws(5, "f", N);
        let a: Vec<f64> = x.iter().zip(&e).map(|(x, e)| 100.0 * x + e).collect();
        let b: Vec<f64> = x
            .iter()
            .zip(&f)
            .map(|(x, f)| 100.0 * x + 2.0 * f + 1.0)
            .collect();
        let v = verschil(&a, &b, None).unwrap();
        let sd = f64::sqrt(5.0);
        within("mean", v.verschil.mean, 1.0);
        within("sd", v.verschil.sd, sd);
        for (i, p) in [(1, 0.05), (4, 0.5), (7, 0.95)] {
            within(
                "quantile",
                v.verschil.percentielen[i],
                1.0 + sd * normal_quantile(p),
            );
        }
        within("better", v.beter, normal_cdf((1.0 - 0.005) / sd));
        assert!(verschil(&a, &b[1..], None).is_none() && verschil(&[], &[], None).is_none());
        let repeated = verschil(&a, &b, Some(N / 16)).unwrap();
        assert_eq!(repeated.beter.value, v.beter.value);
        within(
            "better, by repetitions",
            repeated.beter,
            normal_cdf((1.0 - 0.005) / sd),
        );
    }

    #[test]
    fn fan_and_years_by_hand() {
        let rows = [
            vec![5.0, 1.0, 3.0, 2.0, 4.0],
            vec![0.0, 0.0, 10.0, 0.0, 0.0],
        ];
        // numpy.quantile([1, 2, 3, 4, 5], ...) and of [0, 0, 0, 0, 10].
        let fan = waaier(&rows, None).unwrap();
        for (got, expected) in fan[0].iter().zip([1.2, 2.0, 3.0, 4.0, 4.8]) {
            assert!((got.value - expected).abs() < 1e-14);
        }
        for (got, expected) in fan[1].iter().zip([0.0, 0.0, 0.0, 0.0, 8.0]) {
            assert!((got.value - expected).abs() < 1e-14);
        }
        assert_eq!(waaier(&[vec![1.0], vec![]], None), None);
        // Repetitions of two draws: medians 15, 3.5 and 35, so sd 15.96 over root 3.
        let apart = [[10.0, 20.0, 3.0, 4.0, 30.0, 40.0]];
        let fan = waaier(&apart, Some(2)).unwrap();
        let truth = (((15.0 - 53.5 / 3.0_f64).powi(2)
            + (3.5 - 53.5 / 3.0_f64).powi(2)
            + (35.0 - 53.5 / 3.0_f64).powi(2))
            / 6.0)
            .sqrt();
        assert!((fan[0][2].standard_error - truth).abs() < 1e-12);
        let years = jaren(&[2031.0, 2029.0, 2031.0, f64::NAN, 2031.0, 2029.0], Some(2));
        assert_eq!(
            years.iter().map(|j| (j.jaar, j.aantal)).collect::<Vec<_>>(),
            [(2029, 2), (2031, 3)]
        );
        // Shares 1/2, 1/2 and 1/2 of 2031: no spread. Of 2029: 1/2, 0, 1/2: sd sqrt(1/12), over sqrt 3.
        assert_eq!(years[1].aandeel.standard_error, 0.0);
        assert!((years[0].aandeel.standard_error - 1.0 / 6.0).abs() < 1e-15);
        assert!(jaren(&[], None).is_empty());
    }

    #[test]
    fn buffer_by_hand() {
        let draws: Vec<f64> = (0..=100).map(|x| f64::from(x) - 40.0).collect();
        let sorted = Sorted::new(&draws);
        // P20 is -20: with a vastgesteld resultaat of 5 the buffer is 25, of -30 it is 0 (the provision covers it).
        let b = buffer(0.8, 5.0, &sorted).unwrap();
        assert!((b.buffer - 25.0).abs() < 1e-12 && (b.min_kwantiel - 20.0).abs() < 1e-12);
        let b = buffer(0.8, -30.0, &sorted).unwrap();
        assert!(b.buffer == 0.0 && (b.min_kwantiel - 20.0).abs() < 1e-12);
        assert_eq!(buffer(1.2, 0.0, &sorted), None);
        assert_eq!(buffers(0.0, &[], &Sorted::new(&[]), None), None);
    }

    #[test]
    fn edge_cases_answer() {
        for draws in [vec![7.0], vec![7.0; 40]] {
            let sorted = Sorted::new(&draws);
            for per in [None, Some(10), Some(1000), Some(0)] {
                let a = Antwoorden::new(&draws, &sorted, per).unwrap();
                assert!(
                    a.percentielen
                        .iter()
                        .chain(&a.tekort)
                        .all(|e| e.value == 7.0)
                );
                assert_eq!((a.mean.value, a.onder_nul.value), (7.0, 0.0));
            }
            let point = waaierpunt(&draws, None).unwrap();
            assert!(point.iter().all(|e| e.value == 7.0));
        }
        assert_eq!(Antwoorden::new(&[], &Sorted::new(&[]), None), None);
    }

    /// Counts of estimates within one and two standard errors of the truth.
    #[derive(Default)]
    struct Coverage([[u32; 2]; 5]);

    impl Coverage {
        fn add(&mut self, a: &Antwoorden, truths: [f64; 5]) {
            let estimates = [
                a.mean,
                a.percentielen[1],
                a.percentielen[4],
                a.onder_nul,
                a.tekort[1],
            ];
            for (row, (estimate, truth)) in self.0.iter_mut().zip(estimates.iter().zip(truths)) {
                let off = (estimate.value - truth).abs();
                for (k, count) in row.iter_mut().enumerate() {
                    *count += u32::from(off < (k + 1) as f64 * estimate.standard_error);
                }
            }
        }

        /// Within three standard deviations of a binomial count of 200.
        fn check(&self, chances: [f64; 2]) {
            let names = ["mean", "P5", "P50", "below zero", "shortfall 5 %"];
            for (name, counts) in names.iter().zip(self.0) {
                for (k, (count, chance)) in counts.iter().zip(chances).enumerate() {
                    let expected = 200.0 * chance;
                    let sd = (expected * (1.0 - chance)).sqrt();
                    println!(
                        "{name}: {count} of 200 within {} s.e., expected {expected:.1} +- {sd:.1}",
                        k + 1
                    );
                    assert!(
                        (f64::from(*count) - expected).abs() < 3.0 * sd,
                        "{name} {k}"
                    );
                }
            }
        }
    }

    /// The figures checked, for z1 + z2 + 0.5 with standard normals.
    fn truths() -> [f64; 5] {
        let (mean, sd) = (0.5, std::f64::consts::SQRT_2);
        [
            mean,
            mean + sd * normal_quantile(0.05),
            mean,
            normal_cdf(-mean / sd),
            mean - sd * density(normal_quantile(0.05)) / 0.05,
        ]
    }

    #[test]
    fn errors_of_plain_draws_cover_68_and_95_percent() {
        let mut coverage = Coverage::default();
        for seed in 0..200 {
            let (x, y) = (normal_draws(seed, "a", 2000), normal_draws(seed, "b", 2000));
            let draws: Vec<f64> = x.iter().zip(&y).map(|(x, y)| x + y + 0.5).collect();
            let a = Antwoorden::new(&draws, &Sorted::new(&draws), None).unwrap();
            coverage.add(&a, truths());
        }
        coverage.check([0.6827, 0.9545]);
    }

    #[test]
    fn errors_by_repetition_cover_what_student_says() {
        // Latin hypercubes of 128 in two drivers, 16 of them: per driver one draw in each stratum, in random order.
        let stratified = |seed: u64, driver: &str| -> Vec<f64> {
            let shuffled = crate::risk::statistics::ranks(&normal_draws(
                seed,
                &format!("{driver} order"),
                128,
            ));
            let jitter = normal_draws(seed, driver, 128);
            shuffled
                .iter()
                .zip(jitter)
                .map(|(rank, z)| normal_quantile((rank - 1.0 + normal_cdf(z)) / 128.0))
                .collect()
        };
        let mut coverage = Coverage::default();
        let (mut stratified_error, mut plain_error) = (0.0, 0.0);
        for seed in 0..200 {
            let mut draws = Vec::with_capacity(2048);
            for repetition in 0..16 {
                let key = seed * 16 + repetition;
                let (x, y) = (stratified(key, "a"), stratified(key, "b"));
                draws.extend(x.iter().zip(&y).map(|(x, y)| x + y + 0.5));
            }
            let sorted = Sorted::new(&draws);
            let a = Antwoorden::new(&draws, &sorted, Some(128)).unwrap();
            coverage.add(&a, truths());
            let b = Antwoorden::new(&draws, &sorted, None).unwrap();
            stratified_error += a.mean.standard_error;
            plain_error += b.mean.standard_error;
            // The one-figure way gives the same.
            let one = herhalingen(&draws, 128, |d| Sorted::new(d).quantile(0.05)).unwrap();
            assert_eq!(one, a.percentielen[1]);
        }
        // Student's t with 15 degrees (scipy.stats.t): 0.6668 and 0.9361.
        coverage.check([0.6668, 0.9361]);
        // The sum of two stratified drivers has hardly any error left in its mean: the closed form would not see it.
        assert!(
            stratified_error < 0.1 * plain_error,
            "{stratified_error} {plain_error}"
        );
    }

    #[test]
    fn draws_needed() {
        assert_eq!(benodigd(2.0, 1000, 1.0), 4000);
        assert_eq!(benodigd(1.0, 1000, 3.0), 112);
        assert_eq!(benodigd(0.0, 1000, 1.0), 0);
        assert_eq!(benodigd(1.0, 1000, 0.0), u64::MAX);
        assert_eq!(benodigd(f64::NAN, 1000, 1.0), u64::MAX);
        assert_eq!(benodigd(1.0, 1000, -1.0), u64::MAX);
        assert_eq!(benodigd(1e300, 1000, 1e-300), u64::MAX);
    }
}

//! The bad end: what the worst draws have in common, and reverse stress (where must the drivers stand for the outcome to
//! be X).
//!
//! Drivers come as random words (k means `u = (k + 1/2)/2^32`), as standard normal scores, or as stored values. Sums run
//! in draw order over 16 lanes, so the bits do not depend on who adds. Must not know: names of drivers, where draws come
//! from.

use crate::risk::statistics::{ranks_f32, summary};

/// Draws that the accumulators take at a time.
const W: usize = 16;
/// 2^31 and 2^-32.
const HALF: u32 = 0x8000_0000;
const STEP: f64 = 1.0 / 4_294_967_296.0;

fn total(lanes: &[f64; W]) -> f64 {
    lanes.iter().fold(0.0, |sum, x| sum + x)
}

/// Some of the draws, each with a weight from 0 to 1: in or out, in part on the border.
#[derive(Clone, Debug, PartialEq)]
pub struct Staart {
    gewichten: Vec<f64>,
    som: f64,
    kwadraten: f64,
}

impl Staart {
    /// The worst (lowest) share `alpha` of the draws: those that `Sorted::shortfall` averages. Draws equal to the one on
    /// the border share what is left for them. `None` without draws or with alpha outside (0, 1].
    pub fn slechtste(uitkomst: &[f64], alpha: f64) -> Option<Self> {
        if uitkomst.is_empty() || !(alpha > 0.0 && alpha <= 1.0) {
            return None;
        }
        let count = (alpha * uitkomst.len() as f64).max(1.0);
        let mut copy = uitkomst.to_vec();
        let last = (count.ceil() as usize).min(copy.len()) - 1;
        let border = *copy.select_nth_unstable_by(last, f64::total_cmp).1;
        let below = uitkomst.iter().filter(|x| **x < border).count() as f64;
        let equal = uitkomst.iter().filter(|x| **x == border).count() as f64;
        let part = ((count - below) / equal).min(1.0);
        Some(Self::new(
            uitkomst
                .iter()
                .map(|&x| {
                    if x < border {
                        1.0
                    } else if x == border {
                        part
                    } else {
                        0.0
                    }
                })
                .collect(),
        ))
    }

    /// The draws of a band, out of `n`.
    pub fn van(band: &Band, n: usize) -> Self {
        let mut gewichten = vec![0.0; n];
        for &draw in &band.trekkingen {
            if let Some(place) = gewichten.get_mut(draw) {
                *place = 1.0;
            }
        }
        Self::new(gewichten)
    }

    fn new(gewichten: Vec<f64>) -> Self {
        let som = gewichten.iter().fold(0.0, |sum, w| sum + w);
        let kwadraten = gewichten.iter().fold(0.0, |sum, w| sum + w * w);
        Self {
            gewichten,
            som,
            kwadraten,
        }
    }

    /// The weight of every draw, in draw order.
    pub fn gewichten(&self) -> &[f64] {
        &self.gewichten
    }

    /// Number of draws in it, parts counted as parts.
    pub fn aantal(&self) -> f64 {
        self.som
    }

    /// As how many whole draws it counts in a variance.
    fn effective(&self) -> f64 {
        self.som * self.som / self.kwadraten
    }
}

/// How a driver stands in the tail.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rang {
    /// Mean rank of the driver in the tail, from 0 (always lowest) to 1 (always highest); 0.5 says nothing.
    pub gemiddelde: f64,
    /// Its distance from 0.5 in standard errors, that is in the spread it would have if the driver had nothing to do
    /// with the tail. Among hundreds of drivers some pass 2 or 3 by chance.
    pub afwijking: f64,
}

/// Sums for the mean rank of a driver in the tail, from its random words; draws in order, 16 at a time.
///
/// For a driver with a word of its own; for others [`gemeen`]. The standard error is for plain draws, `1/sqrt(12 m)` for
/// m draws in the tail; with stratified draws the true one is at most about that.
#[derive(Clone, Copy, Debug, Default)]
pub struct StaartGraad {
    sum: [f64; W],
}

impl StaartGraad {
    /// Adds 16 draws: the driver's words and the weights of the draws ([`Staart::gewichten`]).
    #[inline(always)]
    pub fn voeg(&mut self, words: &[u32; W], gewichten: &[f64; W]) {
        // One array at a time, as `Graad::voeg`.
        let (mut x, mut sum) = ([0.0; W], [0.0; W]);
        for l in 0..W {
            // By a signed number: for that there is a vector conversion.
            x[l] = f64::from((words[l] ^ HALF) as i32) + 0.5;
        }
        for l in 0..W {
            sum[l] = self.sum[l] + x[l] * gewichten[l];
        }
        self.sum = sum;
    }

    /// Adds the last draws when they are fewer than 16.
    pub fn voeg_rest(&mut self, words: &[u32], gewichten: &[f64]) {
        let mut last = ([HALF; W], [0.0; W]);
        for (l, (&word, &weight)) in words.iter().zip(gewichten).take(W).enumerate() {
            (last.0[l], last.1[l]) = (word, weight);
        }
        self.voeg(&last.0, &last.1);
    }

    /// The sums of two parts of the draws together.
    pub fn samen(&self, other: &Self) -> Self {
        let mut out = *self;
        for l in 0..W {
            out.sum[l] += other.sum[l];
        }
        out
    }

    /// The mean rank, once all draws are added.
    pub fn rang(&self, staart: &Staart) -> Rang {
        let from_middle = total(&self.sum) * STEP / staart.som;
        Rang {
            gemiddelde: 0.5 + from_middle,
            afwijking: from_middle * (12.0 * staart.effective()).sqrt(),
        }
    }
}

/// Sums for the mean value of a driver in the tail and over all draws.
#[derive(Clone, Copy, Debug, Default)]
pub struct StaartWaarde {
    tail: [f64; W],
    all: [f64; W],
}

impl StaartWaarde {
    /// Adds 16 draws: values of the driver and weights of the draws.
    #[inline(always)]
    pub fn voeg(&mut self, waarden: &[f64; W], gewichten: &[f64; W]) {
        for l in 0..W {
            self.tail[l] += waarden[l] * gewichten[l];
            self.all[l] += waarden[l];
        }
    }

    /// Adds the last draws when they are fewer than 16.
    pub fn voeg_rest(&mut self, waarden: &[f64], gewichten: &[f64]) {
        let mut last = ([0.0; W], [0.0; W]);
        for (l, (&value, &weight)) in waarden.iter().zip(gewichten).take(W).enumerate() {
            (last.0[l], last.1[l]) = (value, weight);
        }
        self.voeg(&last.0, &last.1);
    }

    /// The sums of two parts of the draws together.
    pub fn samen(&self, other: &Self) -> Self {
        let mut out = *self;
        for l in 0..W {
            out.tail[l] += other.tail[l];
            out.all[l] += other.all[l];
        }
        out
    }

    /// Mean value in the tail and over all draws, in the unit of the driver.
    pub fn gemiddelden(&self, staart: &Staart) -> (f64, f64) {
        (
            total(&self.tail) / staart.som,
            total(&self.all) / staart.gewichten.len() as f64,
        )
    }
}

/// What the tail has in common in one driver.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gemeen {
    /// Its rank in the tail.
    pub rang: Rang,
    /// Mean value in the tail, in the unit of the driver.
    pub in_staart: f64,
    /// Mean value over all draws.
    pub overal: f64,
}

/// What the tail has in common in a driver of which the values are stored (average ranks, also for drivers that are
/// mostly 0). The spread is that of drawing m of the n ranks without replacement.
///
/// `None` with unequal lengths or fewer than two draws; a driver that does not vary has `afwijking` NaN.
pub fn gemeen(values: &[f32], staart: &Staart) -> Option<Gemeen> {
    let n = values.len();
    if n != staart.gewichten.len() || n < 2 {
        return None;
    }
    let middle = (n + 1) as f64 / 2.0;
    let (mut rank_tail, mut squares, mut in_tail, mut all) = (0.0, 0.0, 0.0, 0.0);
    for ((rank, &x), &w) in ranks_f32(values).iter().zip(values).zip(&staart.gewichten) {
        let r = rank - middle;
        rank_tail += w * r;
        squares += r * r;
        in_tail += w * f64::from(x);
        all += f64::from(x);
    }
    let n = n as f64;
    let m = staart.effective();
    let from_middle = rank_tail / staart.som;
    let variance = squares / (n - 1.0) * (1.0 / m - 1.0 / n);
    Some(Gemeen {
        rang: Rang {
            gemiddelde: 0.5 + from_middle / n,
            afwijking: from_middle / variance.sqrt(),
        },
        in_staart: in_tail / staart.som,
        overal: all / n,
    })
}

/// The outcome as a linear function of the drivers' standard normal scores.
#[derive(Clone, Debug, PartialEq)]
pub struct Lineair {
    /// Outcome with all scores 0, in the unit of the outcome.
    pub snijpunt: f64,
    /// Outcome per unit of each score.
    pub helling: Vec<f64>,
    /// Share of the variance of the outcome that the fit explains, corrected for the number of drivers; NaN when it
    /// cannot be told. Well below 1 the outcome is not linear in the drivers, and the plane says little.
    pub r2: f64,
}

/// Most drivers that [`Lineair::samen`] takes: the work grows with their square times the number of draws.
pub const MAX_SAMEN: usize = 200;
/// A pivot below this share of the driver's own variance means that it adds nothing to the others.
const PIVOT_TOLERANCE: f64 = 1e-9;

impl Lineair {
    /// Least squares on all drivers at once by the normal equations; `z` holds a column of scores per driver.
    ///
    /// `None` with more than [`MAX_SAMEN`] drivers, columns of unequal length, or no more draws than drivers + 1. A
    /// driver that is (nearly) a sum of those before it gets slope 0. Some ten thousands of draws are enough; the work
    /// is `n p^2/2` multiplications.
    pub fn samen(z: &[&[f32]], uitkomst: &[f64]) -> Option<Self> {
        let (p, n) = (z.len(), uitkomst.len());
        if p > MAX_SAMEN || n < p + 2 || z.iter().any(|column| column.len() != n) {
            return None;
        }
        let y = summary(uitkomst)?;
        let columns: Vec<Vec<f64>> = z.iter().map(|column| centered(column)).collect();
        let against: Vec<f64> = uitkomst.iter().map(|x| x - y.mean).collect();
        let matrix: Vec<Vec<f64>> = (0..p)
            .map(|i| (0..=i).map(|j| inner(&columns[i], &columns[j])).collect())
            .collect();
        let right: Vec<f64> = columns.iter().map(|c| inner(c, &against)).collect();
        let helling = solve(&matrix, &right);
        let all = y.sd * y.sd * (n - 1) as f64;
        let explained = helling
            .iter()
            .zip(&right)
            .fold(0.0, |sum, (b, c)| sum + b * c);
        let unexplained = (1.0 - explained / all) * (n - 1) as f64 / (n - p - 1) as f64;
        let mut snijpunt = y.mean;
        for (b, column) in helling.iter().zip(z) {
            snijpunt -= b * mean(column);
        }
        Some(Self {
            snijpunt,
            helling,
            r2: (1.0 - unexplained).clamp(0.0, 1.0),
        })
    }

    /// The most likely point on the plane where the fitted outcome is `x`: `z = S b (x - a)/(b' S b)`, with S the
    /// correlation matrix of the scores (`None`: independent). `None` when the plane is flat or S does not fit.
    pub fn punt(&self, x: f64, correlatie: Option<&[Vec<f64>]>) -> Option<Punt> {
        let p = self.helling.len();
        let direction: Vec<f64> = match correlatie {
            None => self.helling.clone(),
            Some(s) if s.len() == p && s.iter().all(|row| row.len() == p) => {
                s.iter().map(|row| inner(row, &self.helling)).collect()
            }
            Some(_) => return None,
        };
        let variance = inner(&direction, &self.helling);
        if !(variance > 0.0 && variance.is_finite()) {
            return None;
        }
        let along = (x - self.snijpunt) / variance;
        let z: Vec<f64> = direction.iter().map(|d| d * along).collect();
        Some(Punt {
            uitkomst: self.snijpunt + inner(&z, &self.helling),
            z,
            afstand: (x - self.snijpunt).abs() / variance.sqrt(),
        })
    }
}

/// A point on the plane of a fitted linear model.
#[derive(Clone, Debug, PartialEq)]
pub struct Punt {
    /// Standard normal score of every driver; the value of a driver is its quantile at `Phi(z)`.
    pub z: Vec<f64>,
    /// The outcome of the fit there; what the model itself gives there shows how good the fit is.
    pub uitkomst: f64,
    /// Distance from the middle in standard deviations: the fit says that the outcome is beyond x with chance
    /// `Phi(-afstand)`.
    pub afstand: f64,
}

fn mean(column: &[f32]) -> f64 {
    let sum = column.iter().fold(0.0, |sum, &x| sum + f64::from(x));
    sum / column.len() as f64
}

fn centered(column: &[f32]) -> Vec<f64> {
    let mean = mean(column);
    column.iter().map(|&x| f64::from(x) - mean).collect()
}

/// Inner product over 16 lanes, then the rest.
fn inner(a: &[f64], b: &[f64]) -> f64 {
    let (a, a_rest) = a.as_chunks::<W>();
    let (b, b_rest) = b.as_chunks::<W>();
    let mut lanes = [0.0; W];
    for (a, b) in a.iter().zip(b) {
        for l in 0..W {
            lanes[l] += a[l] * b[l];
        }
    }
    for (l, (a, b)) in a_rest.iter().zip(b_rest).enumerate() {
        lanes[l] += a * b;
    }
    total(&lanes)
}

/// Solves `m x = right` for a positive semi-definite matrix (its lower half) by Cholesky; unknowns with a zero pivot
/// are 0.
fn solve(m: &[Vec<f64>], right: &[f64]) -> Vec<f64> {
    let p = right.len();
    let mut factor: Vec<Vec<f64>> = Vec::with_capacity(p);
    for i in 0..p {
        let mut row: Vec<f64> = Vec::with_capacity(i + 1);
        for j in 0..i {
            let pivot = factor[j][j];
            let rest = m[i][j] - inner(&row[..j], &factor[j][..j]);
            row.push(if pivot > 0.0 { rest / pivot } else { 0.0 });
        }
        let pivot = m[i][i] - inner(&row, &row);
        row.push(if pivot > PIVOT_TOLERANCE * m[i][i] {
            pivot.sqrt()
        } else {
            0.0
        });
        factor.push(row);
    }
    let mut x = vec![0.0; p];
    for i in 0..p {
        let rest = right[i] - inner(&factor[i][..i], &x[..i]);
        x[i] = if factor[i][i] > 0.0 {
            rest / factor[i][i]
        } else {
            0.0
        };
    }
    for i in (0..p).rev() {
        let mut rest = x[i];
        for j in i + 1..p {
            rest -= factor[j][i] * x[j];
        }
        x[i] = if factor[i][i] > 0.0 {
            rest / factor[i][i]
        } else {
            0.0
        };
    }
    x
}

/// The draws whose outcome lies nearest to x.
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    /// Their numbers, rising.
    pub trekkingen: Vec<usize>,
    /// Lowest outcome among them.
    pub laag: f64,
    /// Highest outcome among them.
    pub hoog: f64,
}

/// The share `aandeel` of the draws (at least one) with the outcome nearest to `x`; of equally near ones the first.
/// `None` without draws or with a share outside [0, 1]. When x lies outside all draws the band does not hold it: compare
/// `laag` and `hoog`.
pub fn band(uitkomst: &[f64], x: f64, aandeel: f64) -> Option<Band> {
    if uitkomst.is_empty() || !(0.0..=1.0).contains(&aandeel) {
        return None;
    }
    let count = ((aandeel * uitkomst.len() as f64).ceil() as usize).clamp(1, uitkomst.len());
    let mut near: Vec<(f64, usize)> = uitkomst
        .iter()
        .enumerate()
        .map(|(draw, y)| ((y - x).abs(), draw))
        .collect();
    near.select_nth_unstable_by(count - 1, |a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    near.truncate(count);
    let mut trekkingen: Vec<usize> = near.into_iter().map(|(_, draw)| draw).collect();
    trekkingen.sort_unstable();
    let (mut laag, mut hoog) = (f64::INFINITY, f64::NEG_INFINITY);
    for &draw in &trekkingen {
        laag = laag.min(uitkomst[draw]);
        hoog = hoog.max(uitkomst[draw]);
    }
    Some(Band {
        trekkingen,
        laag,
        hoog,
    })
}

/// The draw of highest density in a band.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dichtste {
    /// Number of the draw.
    pub trekking: usize,
    /// Its outcome.
    pub uitkomst: f64,
    /// Its distance from the middle: root of the sum of the squared scores.
    pub afstand: f64,
}

/// The draw of the band where the drivers are most likely: with the smallest sum of squared standard normal scores,
/// that `kwadraten` gives for a draw (independent normals). The first of equals.
///
/// Give it the sum over the drivers that matter (of the top of the tornado). Over hundreds of drivers without influence
/// the sum is mostly theirs, and the draw found is the one in which they happened to stand near the middle.
pub fn dichtste(
    band: &Band,
    uitkomst: &[f64],
    mut kwadraten: impl FnMut(usize) -> f64,
) -> Option<Dichtste> {
    let mut best: Option<(f64, usize)> = None;
    for &draw in &band.trekkingen {
        let squares = kwadraten(draw);
        if best.is_none_or(|(least, _)| squares < least) {
            best = Some((squares, draw));
        }
    }
    let (squares, trekking) = best?;
    Some(Dichtste {
        trekking,
        uitkomst: *uitkomst.get(trekking)?,
        afstand: squares.sqrt(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::risk::distribution::{Sampler, Verdeling, normal_cdf, normal_quantile};
    use crate::risk::random::{normal, words};
    use crate::risk::statistics::Sorted;

    const SLOPES: [f64; 4] = [3.0, -2.0, 1.0, 0.0];

    /// `y = 10 + sum of b_j z_j`.
    fn model(seed: u64, n: usize) -> (Vec<Vec<u32>>, Vec<f64>) {
        let drivers: Vec<Vec<u32>> = (0..SLOPES.len())
            .map(|j| words(seed, &format!("driver {j}"), n))
            .collect();
        let y = (0..n)
            .map(|i| {
                let mut sum = 10.0;
                for (b, driver) in SLOPES.iter().zip(&drivers) {
                    sum += b * normal(driver[i]);
                }
                sum
            })
            .collect();
        (drivers, y)
    }

    fn rang(driver: &[u32], staart: &Staart) -> Rang {
        let mut sums = StaartGraad::default();
        let (blocks, rest) = driver.as_chunks::<W>();
        let (weights, weights_rest) = staart.gewichten().as_chunks::<W>();
        for (words, weights) in blocks.iter().zip(weights) {
            sums.voeg(words, weights);
        }
        sums.voeg_rest(rest, weights_rest);
        sums.rang(staart)
    }

    #[test]
    fn the_tail_is_what_the_shortfall_averages() {
        let (_, y) = model(1, 1003);
        let steps: Vec<f64> = y.iter().map(|y| y.floor()).collect();
        for column in [&y, &steps] {
            for alpha in [1e-6, 0.01, 0.1, 0.5, 1.0] {
                let staart = Staart::slechtste(column, alpha).unwrap();
                let mut sum = 0.0;
                for (w, y) in staart.gewichten().iter().zip(column) {
                    sum += w * y;
                }
                let shortfall = Sorted::new(column).shortfall(alpha).unwrap();
                assert!((sum / staart.aantal() - shortfall).abs() < 1e-12, "{alpha}");
                assert!((staart.aantal() - (alpha * 1003.0).max(1.0)).abs() < 1e-9);
            }
        }
        assert_eq!(Staart::slechtste(&[], 0.1), None);
        assert_eq!(Staart::slechtste(&y, 0.0), None);
    }

    #[test]
    fn worst_draws_of_a_linear_model() {
        let n = 100_003;
        let alpha = 0.1;
        let (drivers, y) = model(2, n);
        let staart = Staart::slechtste(&y, alpha).unwrap();
        let length = f64::sqrt(14.0);
        for (b, driver) in SLOPES.iter().zip(&drivers) {
            let r = b / length;
            // z_j = r Y + sqrt(1 - r^2) e, so E[u_j | Y] = Phi(r Y/sqrt(2 - r^2)), averaged over the tail of Y.
            let mut truth = 0.0;
            for step in 0..4000 {
                let y = normal_quantile(alpha * (f64::from(step) + 0.5) / 4000.0);
                truth += normal_cdf(r * y / (2.0 - r * r).sqrt()) / 4000.0;
            }
            // The spread of u in the tail is at most that of a uniform number.
            let error = 1.0 / (12.0 * alpha * n as f64).sqrt();
            let found = rang(driver, &staart);
            assert!(
                (found.gemiddelde - truth).abs() < 4.0 * error,
                "{b}: {found:?} {truth}"
            );
            assert!((found.afwijking * error - (found.gemiddelde - 0.5)).abs() < 1e-5);
            // By values: E[z_j | tail] = r E[Y | tail], and the same ranks but for the grades.
            let z: Vec<f32> = driver.iter().map(|&k| normal(k) as f32).collect();
            let by_value = gemeen(&z, &staart).unwrap();
            let shortfall = -libm::exp(-0.5 * normal_quantile(alpha) * normal_quantile(alpha))
                / (2.0 * std::f64::consts::PI).sqrt()
                / alpha;
            let se = 1.0 / (alpha * n as f64).sqrt();
            assert!((by_value.in_staart - r * shortfall).abs() < 4.0 * se);
            assert!(by_value.overal.abs() < 4.0 / f64::sqrt(n as f64));
            assert!((by_value.rang.gemiddelde - found.gemiddelde).abs() < 4e-3);
            let mut sums = StaartWaarde::default();
            let (blocks, rest) = z.as_chunks::<W>();
            let (weights, weights_rest) = staart.gewichten().as_chunks::<W>();
            for (z, weights) in blocks.iter().zip(weights) {
                sums.voeg(&z.map(f64::from), weights);
            }
            let rest: Vec<f64> = rest.iter().map(|&z| f64::from(z)).collect();
            sums.voeg_rest(&rest, weights_rest);
            let (in_tail, all) = sums.gemiddelden(&staart);
            assert!((in_tail - by_value.in_staart).abs() < 1e-9);
            assert!((all - by_value.overal).abs() < 1e-9);
        }
    }

    #[test]
    fn a_driver_without_influence_deviates_as_chance_does() {
        let n = 2000;
        let (_, y) = model(3, n);
        let staart = Staart::slechtste(&y, 0.1).unwrap();
        let (mut by_word, mut by_value) = (0.0, 0.0);
        let drivers = 300;
        for j in 0..drivers {
            let driver = words(3, &format!("without {j}"), n);
            let off = rang(&driver, &staart).afwijking;
            by_word += off * off / f64::from(drivers);
            // Mostly 0, with ties.
            let risk = Sampler::new(&Verdeling::kans(0.15)).unwrap();
            let values: Vec<f32> = driver
                .iter()
                .map(|&k| (risk.sample(normal(k)) * f64::from(k)) as f32)
                .collect();
            let off = gemeen(&values, &staart).unwrap().rang.afwijking;
            by_value += off * off / f64::from(drivers);
        }
        // Mean square of a standard normal: 1, with standard error sqrt(2/300) = 0.08.
        println!("{by_word} {by_value}");
        assert!((by_word - 1.0).abs() < 0.33, "{by_word}");
        assert!((by_value - 1.0).abs() < 0.33, "{by_value}");
        assert!(
            gemeen(&vec![1.0; n], &staart)
                .unwrap()
                .rang
                .afwijking
                .is_nan()
        );
        assert_eq!(gemeen(&[1.0], &staart), None);
    }

    fn scores(drivers: &[Vec<u32>]) -> Vec<Vec<f32>> {
        drivers
            .iter()
            .map(|d| d.iter().map(|&k| normal(k) as f32).collect())
            .collect()
    }

    fn samen(z: &[Vec<f32>], y: &[f64]) -> Lineair {
        let columns: Vec<&[f32]> = z.iter().map(Vec::as_slice).collect();
        Lineair::samen(&columns, y).unwrap()
    }

    #[test]
    fn reverse_stress_of_a_linear_model_is_the_closed_form() {
        let n = 50_001;
        let (drivers, y) = model(4, n);
        let fit = samen(&scores(&drivers), &y);
        let tolerance = 1e-5;
        // The outcome -5 lies 15 below the mean: z = b (-15)/14, distance 15/sqrt 14.
        let punt = fit.punt(-5.0, None).unwrap();
        assert!((fit.snijpunt - 10.0).abs() < tolerance && (fit.r2 - 1.0).abs() < tolerance);
        for (j, b) in SLOPES.iter().enumerate() {
            assert!((fit.helling[j] - b).abs() < tolerance, "{fit:?}");
            assert!(
                (punt.z[j] + 15.0 * b / 14.0).abs() < 2.0 * tolerance,
                "{punt:?}"
            );
        }
        assert!((punt.afstand - 15.0 / f64::sqrt(14.0)).abs() < 2.0 * tolerance);
        assert!((punt.uitkomst + 5.0).abs() < 1e-9);
    }

    #[test]
    fn reverse_stress_with_correlated_drivers() {
        // z_1 and z_2 correlated 0.6, y = z_1 + 2 z_2 - z_3: S b = (2.2, 2.6, -1), b' S b = 8.4.
        let n = 20_000;
        let (drivers, _) = model(5, n);
        let mut z = scores(&drivers[..3]);
        for i in 0..n {
            z[1][i] = 0.6 * z[0][i] + 0.8 * z[1][i];
        }
        let y: Vec<f64> = (0..n)
            .map(|i| f64::from(z[0][i]) + 2.0 * f64::from(z[1][i]) - f64::from(z[2][i]))
            .collect();
        let fit = samen(&z, &y);
        let s = [
            vec![1.0, 0.6, 0.0],
            vec![0.6, 1.0, 0.0],
            vec![0.0, 0.0, 1.0],
        ];
        let punt = fit.punt(-8.4, Some(&s)).unwrap();
        for (z, expected) in punt.z.iter().zip([-2.2, -2.6, 1.0]) {
            assert!((z - expected).abs() < 1e-6, "{punt:?}");
        }
        assert!((punt.afstand - f64::sqrt(8.4)).abs() < 1e-6);
        assert_eq!(fit.punt(0.0, Some(&s[..2])), None);
    }

    #[test]
    fn least_squares_is_that_of_numpy() {
        // numpy.linalg.lstsq([1 z], y); adjusted R2 = 1 - (1 - R2) 7/5.
        let z: [&[f32]; 2] = [
            &[0.5, -1.0, 0.25, 2.0, -0.75, 0.0, 1.5, -2.0],
            &[1.0, 0.5, -0.5, 0.25, -1.25, 2.0, -1.0, 0.0],
        ];
        let y = [3.0, -1.0, 0.5, 7.0, -4.0, 2.5, 2.0, -3.0];
        let fit = Lineair::samen(&z, &y).unwrap();
        assert!((fit.snijpunt - 0.544_385_3).abs() < 1e-7);
        assert!((fit.helling[0] - 2.361_021_33).abs() < 1e-8);
        assert!((fit.helling[1] - 1.464_406_92).abs() < 1e-8);
        assert!((fit.r2 - 0.912_361_437_339_597).abs() < 1e-12);
        // A column twice, and one that does not vary: no influence of their own.
        let fit = Lineair::samen(&[z[0], &[3.0; 8], z[0], z[1]], &y).unwrap();
        assert_eq!((fit.helling[1], fit.helling[2]), (0.0, 0.0));
        assert!((fit.helling[0] - 2.361_021_33).abs() < 1e-8);
        assert!(Lineair::samen(&z, &y[..3]).is_none());
        assert!(Lineair::samen(&[&z[0][1..]], &y).is_none());
        assert!(Lineair::samen(&vec![z[0]; 201], &y).is_none());
    }

    #[test]
    fn the_fit_says_when_it_does_not_hold() {
        let n = 20_000;
        let (drivers, _) = model(6, n);
        // A parabola in one driver: nothing linear in it.
        let y: Vec<f64> = drivers[0].iter().map(|&k| normal(k) * normal(k)).collect();
        assert!(samen(&scores(&drivers), &y).r2 < 0.002);
        // Half of the variance from something that is not among the drivers: R2 = 14/28.
        let noise = words(6, "noise", n);
        let (_, y) = model(6, n);
        let y: Vec<f64> = y
            .iter()
            .zip(noise)
            .map(|(y, k)| y + 14.0_f64.sqrt() * normal(k))
            .collect();
        let fit = samen(&scores(&drivers), &y);
        // Standard error of R2: sqrt(4 R2 (1 - R2)^2/n) = 0.005.
        assert!((fit.r2 - 0.5).abs() < 0.02, "{}", fit.r2);
        let flat = samen(&scores(&drivers), &vec![3.0; n]);
        assert!(flat.punt(1.0, None).is_none() && flat.r2.is_nan());
    }

    #[test]
    fn densest_draw_approaches_the_closed_form() {
        let n = 200_000;
        let (drivers, y) = model(7, n);
        let drivers = &drivers[..3];
        // Two standard deviations down: distance 2 at z = -2 b/|b|.
        let x = 10.0 - 2.0 * f64::sqrt(14.0);
        let near = band(&y, x, 0.01).unwrap();
        assert_eq!(near.trekkingen.len(), 2000);
        assert!(near.laag < x && x < near.hoog);
        let squares = |draw: usize| {
            let mut sum = 0.0;
            for d in drivers {
                sum += normal(d[draw]) * normal(d[draw]);
            }
            sum
        };
        let found = dichtste(&near, &y, squares).unwrap();
        assert!((near.laag..=near.hoog).contains(&found.uitkomst));
        // The band is +- 0.09 standard deviations wide, so the distance is at least 1.9; across it the nearest of 2000
        // draws to the line lies within 0.1 or so.
        assert!((1.9..2.1).contains(&found.afstand), "{found:?}");
        for (b, d) in SLOPES.iter().zip(drivers) {
            let closed = -2.0 * b / f64::sqrt(14.0);
            assert!(
                (normal(d[found.trekking]) - closed).abs() < 0.2,
                "{found:?}"
            );
        }
        // The mean over the band is the same point, for any number of drivers.
        let staart = Staart::van(&near, n);
        for (b, d) in SLOPES.iter().zip(drivers) {
            let z: Vec<f32> = d.iter().map(|&k| normal(k) as f32).collect();
            let mean = gemeen(&z, &staart).unwrap().in_staart;
            assert!((mean + 2.0 * b / f64::sqrt(14.0)).abs() < 4.0 / f64::sqrt(2000.0));
        }
    }

    #[test]
    fn band_by_hand() {
        let y = [5.0, 1.0, 3.0, 9.0, 3.0];
        let b = band(&y, 4.0, 0.5).unwrap();
        // Three nearest: all at distance 1.
        assert_eq!(b.trekkingen, [0, 2, 4]);
        assert_eq!((b.laag, b.hoog), (3.0, 5.0));
        assert_eq!(band(&y, -100.0, 0.0).unwrap().trekkingen, [1]);
        assert_eq!(band(&[], 0.0, 0.1), None);
        assert_eq!(band(&y, 0.0, 1.1), None);
        let found = dichtste(&b, &y, |draw| 9.0 - draw as f64).unwrap();
        assert_eq!((found.trekking, found.uitkomst), (4, 3.0));
        assert!((found.afstand - 5.0_f64.sqrt()).abs() < 1e-15);
        assert_eq!(Staart::van(&b, 5).gewichten(), [1.0, 0.0, 1.0, 0.0, 1.0]);
    }
}

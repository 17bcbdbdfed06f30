//! What drives the outcome: rank correlation of every driver with it (the tornado), and one-at-a-time swings.
//!
//! Spearman's rho is had in two ways: exactly, from stored values of the driver; or by grade, from the random words of
//! the driver, that need not be stored as they can be drawn again. Must not know: what a driver is or where it acts.

use crate::risk::order;
use crate::risk::statistics::{Estimate, ranks};

/// Draws that the accumulators take at a time.
const W: usize = 16;
/// From one zero in so many draws on they are kept out of the sort.
const NULLEN: usize = 8;
/// 2^31: half the range of a random word.
const HALF: u32 = 0x8000_0000;

/// Ranks of an outcome minus their mean (`(n + 1)/2`): exact halves, average ranks for equals. Made once, then used for
/// every driver.
#[derive(Clone, Debug)]
pub struct Centered {
    values: Vec<f64>,
    /// Sum of the squares of twice the values.
    squares: i128,
}

impl Centered {
    /// Ranks the outcome. Panics with 2^31 draws or more.
    pub fn new(uitkomst: &[f64]) -> Self {
        let middle = (uitkomst.len() + 1) as f64 / 2.0;
        let mut values = ranks(uitkomst);
        let mut squares = 0;
        for rank in &mut values {
            *rank -= middle;
            let twice = (2.0 * *rank) as i64;
            squares += i128::from(twice * twice);
        }
        Self { values, squares }
    }

    /// The centred ranks, in order of draw.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// Number of draws.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Without draws.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
}

/// Spearman's rank correlation of a driver with an outcome, average ranks on both sides; exact: the sums are whole
/// numbers, only the last division and root are rounded.
///
/// NaN with fewer than two draws, unequal lengths, a driver or outcome that does not vary, or a NaN in the driver.
pub fn spearman_with(uitkomst: &Centered, values: &[f32]) -> f64 {
    spearman_in(uitkomst, values, &mut Ruimte::default())
}

/// Room to work in for [`spearman_in`], kept from column to column.
#[derive(Clone, Debug, Default)]
pub struct Ruimte {
    room: order::Room,
    values: Vec<f32>,
    passengers: Vec<u32>,
}

/// [`spearman_with`] without allocating for every column.
pub fn spearman_in(uitkomst: &Centered, values: &[f32], ruimte: &mut Ruimte) -> f64 {
    let n = values.len();
    if n != uitkomst.len() || n < 2 {
        return f64::NAN;
    }
    // Below 2^20 draws the sums, at most n^3, fit in 64 bits.
    let sums = if n <= 1 << 20 {
        sums::<i64>(uitkomst, values, ruimte)
    } else {
        sums::<i128>(uitkomst, values, ruimte)
    };
    match sums {
        Some((product, squares)) => {
            quotient(product as f64, squares as f64, uitkomst.squares as f64)
        }
        None => f64::NAN,
    }
}

/// Sum of products of twice the centred ranks of both sides, and of squares of those of the values; `None` for a NaN.
fn sums<T>(uitkomst: &Centered, values: &[f32], ruimte: &mut Ruimte) -> Option<(i128, i128)>
where
    T: From<i64> + Into<i128> + Copy + std::ops::AddAssign + std::ops::Mul<Output = T>,
{
    let n = values.len() as i64;
    // The rank of the outcome travels with the driver's value through the sort, so nothing is looked up after it.
    let passengers = uitkomst.values.iter().map(|r| (2.0 * r) as i32 as u32);
    let (mut product, mut squares) = (T::from(0), T::from(0));
    let mut run = |from: i64, to: i64, y: i64| {
        let x = T::from(from + to - n);
        product += x * T::from(y);
        squares += x * x * T::from(to - from);
    };
    let of = |run: &[u64]| {
        run.iter()
            .map(|&k| i64::from(order::passenger(k) as i32))
            .sum::<i64>()
    };
    let zeros = values.iter().filter(|x| **x == 0.0).count();
    if zeros < values.len() / NULLEN {
        let whole = order::runs_f32(values, passengers, &mut ruimte.room, |from, to, items| {
            run(from as i64, to as i64, of(items));
        });
        return whole.then(|| (product.into(), squares.into()));
    }
    // A risk that mostly does not happen: its zeros are one run, and need no sorting.
    ruimte.values.clear();
    ruimte.passengers.clear();
    let (mut below, mut y) = (0, 0);
    for (&x, passenger) in values.iter().zip(passengers) {
        if x == 0.0 {
            y += i64::from(passenger as i32);
        } else {
            below += usize::from(x < 0.0);
            ruimte.values.push(x);
            ruimte.passengers.push(passenger);
        }
    }
    run(below as i64, (below + zeros) as i64, y);
    let others = ruimte.passengers.iter().copied();
    let whole = order::runs_f32(
        &ruimte.values,
        others,
        &mut ruimte.room,
        |from, to, items| {
            let passed = if from < below { 0 } else { zeros };
            run((from + passed) as i64, (to + passed) as i64, of(items));
        },
    );
    whole.then(|| (product.into(), squares.into()))
}

/// `xy / sqrt(xx yy)`, held in [-1, 1]; NaN when a side does not vary.
fn quotient(xy: f64, xx: f64, yy: f64) -> f64 {
    let product = xx * yy;
    if product > 0.0 {
        (xy / product.sqrt()).clamp(-1.0, 1.0)
    } else {
        f64::NAN
    }
}

/// Spearman's rho by grade: the driver's random word k means `u = (k + 1/2)/2^32`, which is its rank in the population,
/// so that no values need be stored or sorted: `sum((u - 1/2) R)/sqrt(sum((u - 1/2)^2) sum(R^2))` with R the centred
/// rank of the outcome.
///
/// The sum of squares of u is that of the draws, not `n/12`: then most of the chance in u cancels. Difference with the
/// exact rho at 100,000 draws (numpy, largest of 60 runs): for a driver with rho 0.66 in a linear model 2e-4 (with
/// `n/12` 1.7e-3), in proportion less for weaker ones; for strong drivers that work in a curve up to 3e-3, the Monte
/// Carlo error of rho itself. So take [`spearman_with`] where |rho| is large, and always for drivers without a word of
/// their own that they rise with: an event that mostly does not happen, a driver correlated with others, a sum over years.
///
/// The draws must be added in the order of the draws, 16 at a time; then the bits are always the same. Sums over parts
/// of the draws may be put together with [`Self::samen`], in a fixed order.
#[derive(Clone, Copy, Debug, Default)]
pub struct Graad {
    product: [f64; W],
    squares: [f64; W],
}

/// `u - 1/2` in steps of 2^-32, exactly; by a signed number, for which there is a vector conversion.
#[inline(always)]
fn grade(word: u32) -> f64 {
    f64::from((word ^ HALF) as i32) + 0.5
}

impl Graad {
    /// Adds 16 draws: the driver's words and the centred ranks of the outcome.
    #[inline(always)]
    pub fn voeg(&mut self, words: &[u32; W], ranks: &[f64; W]) {
        // One array at a time, written back whole: adding in place lane by lane stays scalar, at three times the cost.
        let (mut x, mut product, mut squares) = ([0.0; W], [0.0; W], [0.0; W]);
        for l in 0..W {
            x[l] = grade(words[l]);
        }
        for l in 0..W {
            product[l] = self.product[l] + x[l] * ranks[l];
        }
        for l in 0..W {
            squares[l] = self.squares[l] + x[l] * x[l];
        }
        *self = Self { product, squares };
    }

    /// Adds the last draws when they are fewer than 16.
    pub fn voeg_rest(&mut self, words: &[u32], ranks: &[f64]) {
        for (l, (&word, rank)) in words.iter().zip(ranks).enumerate() {
            let x = grade(word);
            self.product[l % W] += x * rank;
            self.squares[l % W] += x * x;
        }
    }

    /// The sums of two parts of the draws together.
    pub fn samen(&self, other: &Self) -> Self {
        let mut out = *self;
        for l in 0..W {
            out.product[l] += other.product[l];
            out.squares[l] += other.squares[l];
        }
        out
    }

    /// Rho, once all draws of `uitkomst` are added; NaN without draws or when the outcome does not vary.
    pub fn rho(&self, uitkomst: &Centered) -> f64 {
        let total = |lanes: &[f64; W]| lanes.iter().fold(0.0, |sum, x| sum + x);
        // `uitkomst.squares` is of twice the ranks.
        quotient(
            2.0 * total(&self.product),
            total(&self.squares),
            uitkomst.squares as f64,
        )
    }
}

/// Standard error of a Spearman rho over n plain draws: `(1 - rho^2) sqrt((1 + rho^2/2)/(n - 3))`, from the variance of
/// Fisher's z by Bonett and Wright, "Sample size requirements for estimating Pearson, Kendall and Spearman
/// correlations" (2000). NaN for n below 4. Stratified draws do better, so for them it is on the careful side.
pub fn rho_error(rho: f64, n: usize) -> f64 {
    if n < 4 {
        return f64::NAN;
    }
    let square = rho * rho;
    (1.0 - square) * ((1.0 + 0.5 * square) / (n as f64 - 3.0)).sqrt()
}

/// One bar of a tornado.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Invloed {
    /// Position of the driver in the list given.
    pub driver: usize,
    /// Spearman's rho with the outcome, with its standard error.
    pub rho: Estimate,
    /// Share of the variance: `rho^2` over the sum of those of all drivers. An indication: it adds up to 1 whatever the
    /// drivers explain together, and means little for correlated drivers.
    pub aandeel: f64,
}

/// The tornado from the rho of every driver over n draws: largest |rho| first, equals in order of driver; a driver with
/// NaN (it does not vary) comes last with share 0.
pub fn tornado(rhos: &[f64], n: usize) -> Vec<Invloed> {
    let square = |rho: f64| if rho.is_nan() { 0.0 } else { rho * rho };
    let mut total = 0.0;
    for &rho in rhos {
        total += square(rho);
    }
    let mut bars: Vec<Invloed> = rhos
        .iter()
        .enumerate()
        .map(|(driver, &rho)| Invloed {
            driver,
            rho: Estimate {
                value: rho,
                standard_error: rho_error(rho, n),
            },
            aandeel: if total > 0.0 {
                square(rho) / total
            } else {
                0.0
            },
        })
        .collect();
    bars.sort_by(|a, b| largest_first(a.rho.value, b.rho.value));
    bars
}

/// The outcome when one driver is put low and high and all others stay where they are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Zwaai {
    /// Position of the driver in the list of drivers.
    pub driver: usize,
    /// Low value of the driver, in its own unit.
    pub laag: f64,
    /// High value of the driver.
    pub hoog: f64,
    /// Outcome with the low value.
    pub uitkomst_laag: f64,
    /// Outcome with the high value.
    pub uitkomst_hoog: f64,
}

impl Zwaai {
    /// Outcome at the high value minus that at the low value: negative when the outcome falls as the driver rises.
    pub fn zwaai(&self) -> f64 {
        self.uitkomst_hoog - self.uitkomst_laag
    }
}

/// Puts the largest |swing| first, equals in the order they had, NaN last.
pub fn op_zwaai(bars: &mut [Zwaai]) {
    bars.sort_by(|a, b| largest_first(a.zwaai(), b.zwaai()));
}

/// Order by falling absolute value, NaN last.
fn largest_first(a: f64, b: f64) -> std::cmp::Ordering {
    let size = |x: f64| if x.is_nan() { -1.0 } else { x.abs() };
    size(b).total_cmp(&size(a))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::risk::distribution::{Sampler, Verdeling};
    use crate::risk::random::{normal, words};
    use crate::risk::statistics::{spearman, summary};

    /// `y = sum of b_j z_j` with unit variance, so that the correlation with driver j is `b_j`.
    const SLOPES: [f64; 5] = [0.8, -0.5, 0.3, 0.1414, 0.0];

    fn model(seed: u64, n: usize) -> (Vec<Vec<u32>>, Vec<f64>) {
        let drivers: Vec<Vec<u32>> = (0..SLOPES.len())
            .map(|j| words(seed, &format!("driver {j}"), n))
            .collect();
        let y = (0..n)
            .map(|i| {
                let mut sum = 0.0;
                for (b, driver) in SLOPES.iter().zip(&drivers) {
                    sum += b * normal(driver[i]);
                }
                sum
            })
            .collect();
        (drivers, y)
    }

    fn by_grade(uitkomst: &Centered, driver: &[u32]) -> f64 {
        let mut graad = Graad::default();
        let (blocks, rest) = driver.as_chunks::<W>();
        let (ranks, ranks_rest) = uitkomst.values().as_chunks::<W>();
        for (words, ranks) in blocks.iter().zip(ranks) {
            graad.voeg(words, ranks);
        }
        graad.voeg_rest(rest, ranks_rest);
        graad.rho(uitkomst)
    }

    /// Spearman's rho of two normals with correlation r (Pearson, 1907).
    fn spearman_of(r: f64) -> f64 {
        6.0 / std::f64::consts::PI * libm::asin(r / 2.0)
    }

    #[test]
    fn linear_model_of_normals() {
        let n = 100_000;
        let (drivers, y) = model(1, n);
        let uitkomst = Centered::new(&y);
        for (b, driver) in SLOPES.iter().zip(&drivers) {
            let values: Vec<f32> = driver.iter().map(|&k| normal(k) as f32).collect();
            let exact = spearman_with(&uitkomst, &values);
            let grade = by_grade(&uitkomst, driver);
            let truth = spearman_of(*b);
            println!("r {b}: exact {exact}, grade off by {:e}", grade - exact);
            let error = rho_error(truth, n);
            assert!((exact - truth).abs() < 4.0 * error, "{b}: {exact} {truth}");
            assert!((grade - exact).abs() < 2e-4, "{b}: {grade} {exact}");
        }
    }

    #[test]
    fn grade_of_a_latin_hypercube_is_all_but_exact() {
        // One word in each of n strata, in random order: the grade is the rank but for the place within the stratum.
        let n = 20_000;
        let (drivers, _) = model(2, n);
        let mut y = vec![0.0; n];
        let stratified: Vec<Vec<u32>> = drivers
            .iter()
            .map(|driver| {
                let at: Vec<f64> = driver.iter().map(|&k| f64::from(k)).collect();
                let strata = ranks(&at);
                let jitter = words(3, "jitter", n);
                strata
                    .iter()
                    .zip(jitter)
                    .map(|(s, k)| {
                        ((s - 1.0 + f64::from(k) / 4_294_967_296.0) / n as f64 * 4_294_967_296.0)
                            as u32
                    })
                    .collect()
            })
            .collect();
        for (b, driver) in SLOPES.iter().zip(&stratified) {
            for (y, &k) in y.iter_mut().zip(driver) {
                *y += b * normal(k);
            }
        }
        let uitkomst = Centered::new(&y);
        for driver in &stratified {
            let values: Vec<f32> = driver.iter().map(|&k| normal(k) as f32).collect();
            let off = by_grade(&uitkomst, driver) - spearman_with(&uitkomst, &values);
            assert!(off.abs() < 1e-6, "{off:e}");
        }
    }

    #[test]
    fn exact_rho_is_spearman_with_ties() {
        // scipy.stats.spearmanr([3,1,4,1,5,9,2,6,5,3], [2,7,1,8,2,8,1,8,2,8])
        let x = [3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0, 5.0, 3.0];
        let y = [2.0, 7.0, 1.0, 8.0, 2.0, 8.0, 1.0, 8.0, 2.0, 8.0];
        let rho = spearman_with(&Centered::new(&y), &x);
        assert!((rho - 0.134_715_062_810_912_67).abs() < 1e-15, "{rho}");
        // Mostly 0, as the impact of a risk; against the plain way.
        let n = 30_000;
        let (drivers, y) = model(4, n);
        let risk = Sampler::new(&Verdeling::kans(0.2)).unwrap();
        let impact: Vec<f32> = drivers[0]
            .iter()
            .zip(&drivers[1])
            .map(|(&a, &b)| (risk.sample(normal(a)) * normal(b)) as f32)
            .collect();
        let wide: Vec<f64> = impact.iter().map(|&x| f64::from(x)).collect();
        let rho = spearman_with(&Centered::new(&y), &impact);
        assert!((rho - spearman(&wide, &y)).abs() < 1e-12);
        // The wide sums give the same as the narrow ones.
        let uitkomst = Centered::new(&y);
        assert_eq!(
            sums::<i64>(&uitkomst, &impact, &mut Ruimte::default()),
            sums::<i128>(&uitkomst, &impact, &mut Ruimte::default())
        );
        let mut ruimte = Ruimte::default();
        for column in [&impact[..], &x, &impact[..]] {
            let uitkomst = Centered::new(&y[..column.len()]);
            let again = spearman_in(&uitkomst, column, &mut ruimte);
            assert_eq!(again.to_bits(), spearman_with(&uitkomst, column).to_bits());
        }
    }

    #[test]
    fn bounds_and_what_cannot_be_told() {
        let y = Centered::new(&[1.0, 5.0, 2.0, 9.0]);
        assert_eq!(y.values(), [-1.5, 0.5, -0.5, 1.5]);
        assert_eq!(spearman_with(&y, &[-3.0, 0.5, -0.0, 7.0]), 1.0);
        assert_eq!(spearman_with(&y, &[3.0, -0.5, 0.0, -7.0]), -1.0);
        assert!(spearman_with(&y, &[1.0; 4]).is_nan());
        assert!(spearman_with(&y, &[1.0; 3]).is_nan());
        assert!(spearman_with(&y, &[1.0, f32::NAN, 2.0, 3.0]).is_nan());
        assert!(spearman_with(&y, &[1.0, -f32::NAN, 2.0, 3.0]).is_nan());
        let flat = Centered::new(&[2.0; 4]);
        assert!(spearman_with(&flat, &[1.0, 2.0, 3.0, 4.0]).is_nan());
        assert!(by_grade(&flat, &[1, 2, 3, 4]).is_nan());
        assert!(spearman_with(&Centered::new(&[]), &[]).is_nan() && Centered::new(&[]).is_empty());
        assert!(rho_error(0.5, 3).is_nan());
    }

    #[test]
    fn parts_lanes_and_dispatch_give_the_same() {
        struct Call<'a>(&'a [u32], &'a Centered);
        impl pulp::NullaryFnOnce for Call<'_> {
            type Output = f64;
            #[inline(always)]
            fn call(self) -> f64 {
                by_grade(self.1, self.0)
            }
        }
        let (drivers, y) = model(5, 1009);
        let uitkomst = Centered::new(&y);
        let plain = by_grade(&uitkomst, &drivers[0]);
        let fast = pulp::Arch::new().dispatch(Call(&drivers[0], &uitkomst));
        assert_eq!(plain.to_bits(), fast.to_bits());
        let (mut a, mut b) = (Graad::default(), Graad::default());
        a.voeg_rest(&drivers[0][..512], &uitkomst.values()[..512]);
        b.voeg_rest(&drivers[0][512..], &uitkomst.values()[512..]);
        assert!((a.samen(&b).rho(&uitkomst) - plain).abs() < 1e-12);
        // By the formula, in the plainest way.
        let (mut xy, mut xx, mut yy) = (0.0, 0.0, 0.0);
        for (&k, r) in drivers[0].iter().zip(uitkomst.values()) {
            let u = (f64::from(k) + 0.5) / 4_294_967_296.0 - 0.5;
            xy += u * r;
            xx += u * u;
            yy += r * r;
        }
        assert!((plain - xy / (xx * yy).sqrt()).abs() < 1e-12);
    }

    #[test]
    fn standard_error_of_rho_is_its_spread() {
        let n = 500;
        let mut found = vec![Vec::new(); SLOPES.len()];
        for seed in 0..400 {
            let (drivers, y) = model(seed, n);
            let uitkomst = Centered::new(&y);
            for (column, driver) in found.iter_mut().zip(&drivers) {
                column.push(by_grade(&uitkomst, driver));
            }
        }
        for (b, column) in SLOPES.iter().zip(&found) {
            let spread = summary(column).unwrap().sd;
            let told = rho_error(spearman_of(*b), n);
            println!("r {b}: spread {spread}, told {told}");
            // The spread of 400 has a standard error of 3.5 %.
            assert!((spread / told - 1.0).abs() < 0.12, "{b}: {spread} {told}");
        }
    }

    #[test]
    fn order_and_shares_of_the_bars() {
        let bars = tornado(&[0.1, f64::NAN, -0.4, 0.2, -0.2], 103);
        let order: Vec<usize> = bars.iter().map(|b| b.driver).collect();
        assert_eq!(order, [2, 3, 4, 0, 1]);
        assert!((bars[0].aandeel - 0.16 / 0.25).abs() < 1e-15 && bars[4].aandeel == 0.0);
        // 0.84 sqrt(1.08/100)
        assert!((bars[0].rho.standard_error - 0.84 * 0.0108_f64.sqrt()).abs() < 1e-15);
        assert!(tornado(&[f64::NAN], 9)[0].aandeel == 0.0 && tornado(&[], 9).is_empty());
        let bar = |driver, low, high| Zwaai {
            driver,
            laag: 0.9,
            hoog: 1.1,
            uitkomst_laag: low,
            uitkomst_hoog: high,
        };
        let mut swings = [
            bar(0, 1.0, 2.0),
            bar(1, f64::NAN, 2.0),
            bar(2, 5.0, -5.0),
            bar(3, 2.0, 1.0),
        ];
        op_zwaai(&mut swings);
        assert_eq!(swings.map(|b| b.driver), [2, 0, 3, 1]);
        assert_eq!(swings[0].zwaai(), -10.0);
    }
}

//! Dependence between drivers: a Gaussian copula from rank correlations.
//!
//! Drivers are sampled from standard normals; correlating those normals correlates the drivers, whatever their
//! distributions. For drivers per year the same factor is applied in every year. Must not know: distributions, names
//! of drivers, random numbers.

use std::fmt;

/// A pivot within this distance of zero counts as zero: the matrix is semi-definite there.
const PIVOT_TOLERANCE: f64 = 1e-10;
/// What may remain beside a zero pivot: the square root of [`PIVOT_TOLERANCE`], as `|s_ij| <= sqrt(s_ii s_jj)`.
const RESIDUE_TOLERANCE: f64 = 1e-5;

/// Why a list of rank correlations cannot be used.
#[derive(Clone, Debug, PartialEq)]
pub enum DependenceError {
    /// A pair names a driver that is not there.
    NoSuchDriver {
        /// The number given.
        driver: usize,
        /// How many drivers there are.
        drivers: usize,
    },
    /// A driver is correlated with itself.
    Itself {
        /// The driver.
        driver: usize,
    },
    /// A correlation is not a number in [-1, 1].
    OutOfRange {
        /// The two drivers.
        pair: (usize, usize),
        /// The correlation given.
        rho: f64,
    },
    /// A pair is given twice with different correlations.
    Twice {
        /// The two drivers, lowest first.
        pair: (usize, usize),
        /// The two correlations.
        rhos: (f64, f64),
    },
    /// The correlations of a group contradict each other: no drivers can have them together.
    Impossible {
        /// The drivers of the group, rising.
        group: Vec<usize>,
        /// The largest factor (rounded down to 0.001) with which all rank correlations of the group can be multiplied
        /// to become possible.
        shrink: f64,
        /// Per pair of the group that was given (drivers rising), the rank correlation in the nearest set that is
        /// possible, in two or three decimals, checked; pairs not given stay 0. Empty when the group is too large.
        nearest: Vec<(usize, usize, f64)>,
    },
}

impl fmt::Display for DependenceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchDriver { driver, drivers } => {
                write!(f, "driver {driver} does not exist: there are {drivers}")
            }
            Self::Itself { driver } => write!(f, "driver {driver} is correlated with itself"),
            Self::OutOfRange { pair: (i, j), rho } => {
                write!(
                    f,
                    "correlation {rho} of drivers {i} and {j} is not between -1 and 1"
                )
            }
            Self::Twice {
                pair: (i, j),
                rhos: (a, b),
            } => {
                write!(
                    f,
                    "correlation of drivers {i} and {j} is given twice: {a} and {b}"
                )
            }
            Self::Impossible { group, shrink, .. } => {
                let names: Vec<String> = group.iter().map(usize::to_string).collect();
                write!(
                    f,
                    "the correlations of drivers {} contradict each other; multiplied by {shrink} they are possible",
                    names.join(", ")
                )
            }
        }
    }
}

impl std::error::Error for DependenceError {}

/// One row of a Cholesky factor: the target becomes the sum of `entries[from..to]`.
#[derive(Clone, Debug)]
struct Row {
    target: usize,
    from: usize,
    to: usize,
}

/// Cholesky factors of the groups of connected drivers; drivers without correlation do not occur in it.
#[derive(Clone, Debug, Default)]
pub struct Dependence {
    drivers: usize,
    /// Latest driver of a group first, so that a row reads normals that are still independent.
    rows: Vec<Row>,
    /// (driver, weight), zero weights left out.
    entries: Vec<(usize, f64)>,
    groups: Vec<Vec<usize>>,
}

/// Pearson correlation of two normals whose rank correlation is `rho`: `2 sin(pi rho / 6)` (Pearson, 1907), with ±1 exact.
pub fn pearson_of_spearman(rho: f64) -> f64 {
    if rho.abs() >= 1.0 {
        rho.signum()
    } else {
        2.0 * libm::sin(std::f64::consts::PI / 6.0 * rho)
    }
}

/// Rank correlation of two normals whose Pearson correlation is `r`; the inverse of [`pearson_of_spearman`].
pub fn spearman_of_pearson(r: f64) -> f64 {
    6.0 / std::f64::consts::PI * libm::asin(0.5 * r.clamp(-1.0, 1.0))
}

impl Dependence {
    /// From the number of drivers and a list of (driver, driver, Spearman's rho); pairs not listed within a group are 0.
    pub fn new(drivers: usize, pairs: &[(usize, usize, f64)]) -> Result<Self, DependenceError> {
        let pairs = checked(drivers, pairs)?;
        let mut out = Self {
            drivers,
            ..Self::default()
        };
        for group in connected(drivers, &pairs) {
            let Some(factor) = group_factor(&group, &pairs, 1.0) else {
                return Err(DependenceError::Impossible {
                    shrink: largest_shrink(&group, &pairs),
                    nearest: nearest(&group, &pairs),
                    group,
                });
            };
            for (i, weights) in factor.iter().enumerate().rev() {
                // The first row is [1]: nothing to do. The same holds for a driver that got rho 0 with all before it.
                let entries: Vec<(usize, f64)> = group
                    .iter()
                    .copied()
                    .zip(weights.iter().copied())
                    .filter(|entry| entry.1 != 0.0)
                    .collect();
                if entries.len() == 1 && entries[0].0 == group[i] && entries[0].1 == 1.0 {
                    continue;
                }
                let from = out.entries.len();
                out.entries.extend(entries);
                out.rows.push(Row {
                    target: group[i],
                    from,
                    to: out.entries.len(),
                });
            }
            out.groups.push(group);
        }
        Ok(out)
    }

    /// Number of drivers.
    pub fn drivers(&self) -> usize {
        self.drivers
    }

    /// The groups of drivers that are correlated, directly or through others; drivers rise within a group.
    pub fn groups(&self) -> &[Vec<usize>] {
        &self.groups
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Turns independent standard normals, one row of lanes per driver, into correlated ones, in place.
    ///
    /// Drivers without correlation, and the first of every group, keep their bits.
    ///
    /// # Panics
    /// If `z` has fewer rows than there are drivers.
    #[inline(always)]
    pub fn correlate<R: Reeel, const W: usize>(&self, z: &mut [[R; W]]) {
        for row in &self.rows {
            let mut entries = self.entries[row.from..row.to].iter();
            let mut sum = [R::of(0.0); W];
            // The first product starts the sum: adding it to 0 would change the sign of a zero.
            if let Some(&(driver, weight)) = entries.next() {
                let (weight, source) = (R::of(weight), &z[driver]);
                for l in 0..W {
                    sum[l] = weight * source[l];
                }
            }
            for &(driver, weight) in entries {
                let (weight, source) = (R::of(weight), &z[driver]);
                for l in 0..W {
                    sum[l] = sum[l] + weight * source[l];
                }
            }
            z[row.target] = sum;
        }
    }
}

/// A binary number: double, or single where there are many.
pub trait Reeel:
    Copy + std::ops::Add<Output = Self> + std::ops::Mul<Output = Self> + std::fmt::Debug
{
    /// The nearest to a double.
    fn of(value: f64) -> Self;
}

impl Reeel for f64 {
    #[inline(always)]
    fn of(value: f64) -> Self {
        value
    }
}

impl Reeel for f32 {
    #[inline(always)]
    fn of(value: f64) -> Self {
        value as f32
    }
}

/// The pairs with the lowest driver first, sorted, zeros and repetitions left out.
fn checked(
    drivers: usize,
    pairs: &[(usize, usize, f64)],
) -> Result<Vec<(usize, usize, f64)>, DependenceError> {
    let mut out = Vec::with_capacity(pairs.len());
    for &(i, j, rho) in pairs {
        for driver in [i, j] {
            if driver >= drivers {
                return Err(DependenceError::NoSuchDriver { driver, drivers });
            }
        }
        if i == j {
            return Err(DependenceError::Itself { driver: i });
        }
        if !(-1.0..=1.0).contains(&rho) {
            return Err(DependenceError::OutOfRange { pair: (i, j), rho });
        }
        out.push((i.min(j), i.max(j), rho));
    }
    out.sort_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)).then(a.2.total_cmp(&b.2)));
    for two in out.windows(2) {
        let (a, b) = (two[0], two[1]);
        if (a.0, a.1) == (b.0, b.1) && a.2 != b.2 {
            return Err(DependenceError::Twice {
                pair: (a.0, a.1),
                rhos: (a.2, b.2),
            });
        }
    }
    out.dedup_by(|a, b| (a.0, a.1) == (b.0, b.1));
    out.retain(|pair| pair.2 != 0.0);
    Ok(out)
}

/// The connected groups of two or more drivers, in order of their first driver.
fn connected(drivers: usize, pairs: &[(usize, usize, f64)]) -> Vec<Vec<usize>> {
    let mut root: Vec<usize> = (0..drivers).collect();
    // The lowest driver is the root of its group; a chain is followed to its end.
    let find = |root: &[usize], mut i: usize| {
        while root[i] != i {
            i = root[i];
        }
        i
    };
    for &(i, j, _) in pairs {
        let (a, b) = (find(&root, i), find(&root, j));
        root[a.max(b)] = a.min(b);
    }
    let mut members = vec![Vec::new(); drivers];
    for i in 0..drivers {
        members[find(&root, i)].push(i);
    }
    members.retain(|group| group.len() > 1);
    members
}

/// Cholesky factor of a group with all rank correlations times `shrink`; `None` if not positive semi-definite.
fn group_factor(
    group: &[usize],
    pairs: &[(usize, usize, f64)],
    shrink: f64,
) -> Option<Vec<Vec<f64>>> {
    cholesky(&matrix(group, pairs, shrink))
}

/// Pearson correlations of a group with all rank correlations times `shrink`.
fn matrix(group: &[usize], pairs: &[(usize, usize, f64)], shrink: f64) -> Vec<Vec<f64>> {
    let n = group.len();
    let mut matrix = vec![vec![0.0; n]; n];
    for (i, row) in matrix.iter_mut().enumerate() {
        row[i] = 1.0;
    }
    for &(i, j, rho) in pairs {
        if let (Ok(a), Ok(b)) = (group.binary_search(&i), group.binary_search(&j)) {
            let r = pearson_of_spearman(rho * shrink);
            matrix[a][b] = r;
            matrix[b][a] = r;
        }
    }
    matrix
}

/// Lower factor of a positive semi-definite matrix, row by row; a zero pivot gives a zero column.
fn cholesky(matrix: &[Vec<f64>]) -> Option<Vec<Vec<f64>>> {
    let n = matrix.len();
    let mut lower = vec![vec![0.0; n]; n];
    for j in 0..n {
        let mut pivot = matrix[j][j];
        for v in &lower[j][..j] {
            pivot -= v * v;
        }
        if pivot < -PIVOT_TOLERANCE {
            return None;
        }
        let zero = pivot <= PIVOT_TOLERANCE;
        let diagonal = if zero { 0.0 } else { pivot.sqrt() };
        lower[j][j] = diagonal;
        for i in j + 1..n {
            let mut residue = matrix[i][j];
            for (a, b) in lower[i][..j].iter().zip(&lower[j][..j]) {
                residue -= a * b;
            }
            if zero && residue.abs() > RESIDUE_TOLERANCE {
                return None;
            }
            lower[i][j] = if zero { 0.0 } else { residue / diagonal };
        }
    }
    Some(lower)
}

/// Largest factor, in thousandths, at which the group becomes possible (0 always is: then all are independent).
fn largest_shrink(group: &[usize], pairs: &[(usize, usize, f64)]) -> f64 {
    let (mut possible, mut impossible) = (0_u32, 1000_u32);
    while impossible - possible > 1 {
        let middle = u32::midpoint(possible, impossible);
        if group_factor(group, pairs, f64::from(middle) / 1000.0).is_some() {
            possible = middle;
        } else {
            impossible = middle;
        }
    }
    f64::from(possible) / 1000.0
}

/// Largest group for which the nearest correlations are looked for; a step of that costs about `45 n^3` operations.
const NEAREST_MAX: usize = 150;

/// The nearest possible rank correlations of the pairs given in a group; empty when it is too large for that.
fn nearest(group: &[usize], pairs: &[(usize, usize, f64)]) -> Vec<(usize, usize, f64)> {
    if group.len() > NEAREST_MAX {
        return Vec::new();
    }
    let target = matrix(group, pairs, 1.0);
    let found = nearest_pearson(&target, |i, j| target[i][j] == 0.0);
    let given: Vec<(usize, usize, f64)> = pairs
        .iter()
        .filter_map(|&(i, j, _)| {
            let (a, b) = (group.binary_search(&i).ok()?, group.binary_search(&j).ok()?);
            Some((i, j, spearman_of_pearson(found[a][b])))
        })
        .collect();
    // It lies on the edge of what is possible, where rounding may fall off: then a little further in, towards zero.
    for inward in [1.0, 0.9995, 0.999, 0.998, 0.996, 0.99, 0.98, 0.96, 0.93] {
        for scale in [100.0, 1000.0] {
            let rounded: Vec<(usize, usize, f64)> = given
                .iter()
                // Adding zero turns -0 into 0.
                .map(|&(i, j, rho)| (i, j, libm::round(rho * inward * scale) / scale + 0.0))
                .collect();
            if group_factor(group, &rounded, 1.0).is_some() {
                return rounded;
            }
        }
    }
    Vec::new()
}

/// The positive semi-definite matrix with unit diagonal nearest to `target` (in the sum of squares), with the entries
/// for which `fixed` holds kept as they are: alternating projections with Dykstra's correction (Higham, 2002). The
/// number of rounds is bounded, so for a large group it is near, and only nearly semi-definite.
fn nearest_pearson(target: &[Vec<f64>], fixed: impl Fn(usize, usize) -> bool) -> Vec<Vec<f64>> {
    let n = target.len();
    let rounds = (1_000_000_000 / (45 * n * n * n)).clamp(6, 400);
    let mut found = target.to_vec();
    let mut correction = vec![vec![0.0; n]; n];
    for _ in 0..rounds {
        let mut inside = found.clone();
        for (row, c) in inside.iter_mut().zip(&correction) {
            row.iter_mut().zip(c).for_each(|(x, c)| *x -= c);
        }
        let before = inside.clone();
        let (values, vectors) = eigen(inside.clone());
        // Taking out what is negative: adding -value times vector vector' for each negative value.
        for (value, vector) in values
            .iter()
            .zip(&vectors)
            .filter(|(value, _)| **value < 0.0)
        {
            for i in 0..n {
                let scaled = value * vector[i];
                for j in 0..n {
                    inside[i][j] -= scaled * vector[j];
                }
            }
        }
        let mut moved = 0.0_f64;
        for i in 0..n {
            for j in 0..n {
                correction[i][j] = inside[i][j] - before[i][j];
                let next = if i == j {
                    1.0
                } else if fixed(i, j) {
                    target[i][j]
                } else {
                    inside[i][j]
                };
                moved = moved.max((next - inside[i][j]).abs());
                found[i][j] = next;
            }
        }
        if moved < 1e-8 {
            break;
        }
    }
    found
}

/// Eigenvalues and eigenvectors (a row each) of a symmetric matrix: cyclic Jacobi rotations (Golub and Van Loan, 8.5).
/// Additions, multiplications, divisions and roots in a fixed order, so the bits are the same everywhere.
fn eigen(mut a: Vec<Vec<f64>>) -> (Vec<f64>, Vec<Vec<f64>>) {
    let n = a.len();
    let mut vectors = vec![vec![0.0; n]; n];
    for (i, row) in vectors.iter_mut().enumerate() {
        row[i] = 1.0;
    }
    for _ in 0..40 {
        let mut rest = 0.0;
        for i in 0..n {
            for j in i + 1..n {
                rest += a[i][j] * a[i][j];
            }
        }
        if rest < 1e-24 {
            break;
        }
        for p in 0..n {
            for q in p + 1..n {
                if a[p][q] == 0.0 {
                    continue;
                }
                let tau = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
                let root = tau.abs() + (1.0 + tau * tau).sqrt();
                let t = if tau < 0.0 { -1.0 / root } else { 1.0 / root };
                let c = 1.0 / (1.0 + t * t).sqrt();
                let s = t * c;
                for row in &mut a {
                    let (x, y) = (row[p], row[q]);
                    row[p] = c * x - s * y;
                    row[q] = s * x + c * y;
                }
                for rows in [&mut a, &mut vectors] {
                    let (head, tail) = rows.split_at_mut(q);
                    for (x, y) in head[p].iter_mut().zip(&mut tail[0]) {
                        (*x, *y) = (c * *x - s * *y, s * *x + c * *y);
                    }
                }
            }
        }
    }
    ((0..n).map(|i| a[i][i]).collect(), vectors)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::risk::distribution::{Sampler, Verdeling};
    use crate::risk::random::{driver_key, normals, uniforms};
    use crate::risk::statistics::spearman;

    const W: usize = 16;

    fn block(first: u64, drivers: usize) -> Vec<[f64; W]> {
        (0..drivers)
            .map(|d| normals(&uniforms::<W>(3, first, driver_key(&format!("d{d}")), 0)[0]))
            .collect()
    }

    #[test]
    fn reaches_the_rank_correlation_between_mixed_distributions() {
        let kinds = [
            Verdeling::Pert {
                laag: 80.0,
                modus: 90.0,
                hoog: 150.0,
            },
            Verdeling::Lognormaal {
                gemiddelde: 100.0,
                spreiding: 60.0,
            },
            Verdeling::Normaal {
                gemiddelde: 0.02,
                spreiding: 0.01,
            },
            Verdeling::Driehoek {
                laag: 0.0,
                modus: 1.0,
                hoog: 5.0,
            },
            Verdeling::Uniform {
                laag: 0.0,
                hoog: 1.0,
            },
        ];
        let samplers: Vec<Sampler> = kinds.iter().map(|k| Sampler::new(k).unwrap()).collect();
        let pairs = [(0, 1, 0.7), (1, 2, -0.4), (0, 2, -0.2), (2, 3, 0.7)];
        let dependence = Dependence::new(5, &pairs).unwrap();
        let mut x = vec![Vec::new(); 5];
        for first in (0..100_000).step_by(W) {
            let mut z = block(first, 5);
            let before = z[4].map(f64::to_bits);
            dependence.correlate(&mut z);
            assert_eq!(before, z[4].map(f64::to_bits));
            for (column, (sampler, z)) in x.iter_mut().zip(samplers.iter().zip(&z)) {
                column.extend(sampler.sample_lanes(z));
            }
        }
        for (i, j, rho) in pairs.into_iter().chain([(0, 4, 0.0), (0, 3, 0.0)]) {
            let reached = spearman(&x[i], &x[j]);
            assert!(
                (reached - rho).abs() < 0.01,
                "{i} {j}: {reached} instead of {rho}"
            );
        }
    }

    #[test]
    fn drivers_without_correlation_keep_their_bits() {
        let dependence = Dependence::new(6, &[(1, 4, 0.5), (2, 3, 0.0)]).unwrap();
        assert_eq!(dependence.groups(), [vec![1, 4]]);
        let before = block(0, 6);
        let mut z = before.clone();
        dependence.correlate(&mut z);
        for d in [0, 1, 2, 3, 5] {
            assert_eq!(
                before[d].map(f64::to_bits),
                z[d].map(f64::to_bits),
                "driver {d}"
            );
        }
        assert_ne!(before[4], z[4]);
        assert!(Dependence::new(3, &[]).unwrap().is_empty());
    }

    #[test]
    fn full_correlation_copies_or_mirrors() {
        let dependence = Dependence::new(
            4,
            &[
                (0, 1, 1.0),
                (1, 2, -1.0),
                (0, 2, -1.0),
                (0, 3, 0.5),
                (1, 3, 0.5),
                (2, 3, -0.5),
            ],
        )
        .unwrap();
        let mut z = block(0, 4);
        dependence.correlate(&mut z);
        assert_eq!(z[0], z[1]);
        assert_eq!(z[0].map(|v| -v), z[2]);
    }

    #[test]
    fn contradictions_are_named_with_their_group() {
        let error =
            Dependence::new(9, &[(0, 1, 0.5), (3, 5, 0.9), (5, 7, 0.9), (3, 7, -0.9)]).unwrap_err();
        let DependenceError::Impossible {
            group,
            shrink,
            nearest,
        } = error.clone()
        else {
            panic!("{error}")
        };
        assert_eq!(group, [3, 5, 7]);
        // By symmetry the nearest is the same bound: r = 1/2 three times, rho = 0.4826, rounded down.
        assert_eq!(nearest, [(3, 5, 0.48), (3, 7, -0.48), (5, 7, 0.48)]);
        // Equal correlations r, r, -r are possible up to r = 1/2: rho = 6/pi asin(1/4) = 0.4826.
        assert!((shrink * 0.9 - 0.4826).abs() < 0.001, "{shrink}");
        assert!(error.to_string().contains("3, 5, 7"));
        // +1 with two drivers that have different correlations to a third.
        assert!(Dependence::new(3, &[(0, 1, 1.0), (0, 2, 0.5)]).is_err());
        // Exactly semi-definite: r = -1/2 three times.
        let rho = 6.0 / std::f64::consts::PI * libm::asin(-0.25);
        assert!(Dependence::new(3, &[(0, 1, rho), (1, 2, rho), (0, 2, rho)]).is_ok());
    }

    #[test]
    fn nearest_correlations_equal_those_that_were_published() {
        // Higham, "Computing the nearest correlation matrix" (2002), section 4: 0.7607 and 0.1573.
        let target = [[1.0, 1.0, 0.0], [1.0, 1.0, 1.0], [0.0, 1.0, 1.0]].map(|row| row.to_vec());
        let free = nearest_pearson(&target, |_, _| false);
        for (i, j, r) in [(0, 1, 0.7607), (1, 2, 0.7607), (0, 2, 0.1573)] {
            assert!((free[i][j] - r).abs() < 5e-5, "{free:?}");
        }
        // With the zero kept: r^2 + r^2 = 1.
        let kept = nearest_pearson(&target, |i, j| target[i][j] == 0.0);
        assert!((kept[0][1] - 0.5_f64.sqrt()).abs() < 1e-6 && kept[0][2] == 0.0);
        // The rank correlation of r = 0.7071 is 0.6902.
        let pairs = [(0, 1, 1.0), (1, 2, 1.0)];
        assert_eq!(nearest(&[0, 1, 2], &pairs), [(0, 1, 0.69), (1, 2, 0.69)]);
    }

    #[test]
    fn nearest_correlations_are_possible_and_nearer_than_all_of_them_closer_to_zero() {
        let mut numbers = (0..).flat_map(|draw| {
            uniforms::<1>(9, draw, driver_key("nearest"), 0)
                .map(|k| f64::from(k[0]) / 4_294_967_296.0)
        });
        let mut offered = 0;
        for n in [3, 4, 6, 10, 25] {
            for _ in 0..6 {
                let mut pairs = Vec::new();
                for i in 0..n {
                    for j in i + 1..n {
                        if numbers.next().unwrap() < 0.7 {
                            let rho =
                                libm::round((numbers.next().unwrap() * 2.0 - 1.0) * 100.0) / 100.0;
                            pairs.push((i, j, rho));
                        }
                    }
                }
                let Err(DependenceError::Impossible {
                    group,
                    shrink,
                    nearest,
                }) = Dependence::new(n, &pairs)
                else {
                    continue;
                };
                offered += 1;
                assert!(Dependence::new(n, &nearest).is_ok());
                let distance = |list: &[(usize, usize, f64)]| -> f64 {
                    let (a, b) = (matrix(&group, &pairs, 1.0), matrix(&group, list, 1.0));
                    let rows = a.iter().zip(&b);
                    rows.flat_map(|(a, b)| a.iter().zip(b))
                        .map(|(a, b)| (a - b) * (a - b))
                        .sum()
                };
                let shrunk: Vec<_> = pairs
                    .iter()
                    .map(|&(i, j, rho)| (i, j, rho * shrink))
                    .collect();
                assert!(Dependence::new(n, &shrunk).is_ok());
                assert!(
                    distance(&nearest) < distance(&shrunk),
                    "{n}: {} {}",
                    distance(&nearest),
                    distance(&shrunk)
                );
            }
        }
        assert!(offered > 20, "{offered}");
    }

    #[test]
    fn a_group_too_large_for_the_nearest_still_gets_a_factor() {
        let n = NEAREST_MAX + 1;
        let pairs: Vec<_> = (0..n - 1).map(|i| (i, i + 1, 0.9)).collect();
        let Err(DependenceError::Impossible {
            shrink, nearest, ..
        }) = Dependence::new(n, &pairs)
        else {
            panic!("a chain of 0.9 with zeros beside it is not possible")
        };
        assert!(nearest.is_empty());
        // A long chain of r is possible up to r = 1/2 and a little: its least eigenvalue is 1 - 2 r cos(pi/(n + 1)).
        let r = 0.5 / libm::cos(std::f64::consts::PI / (n + 1) as f64);
        assert!((pearson_of_spearman(0.9 * shrink) - r).abs() < 1e-3);
    }

    #[test]
    fn wrong_pairs_are_refused() {
        assert_eq!(
            Dependence::new(2, &[(0, 2, 0.1)]).unwrap_err(),
            DependenceError::NoSuchDriver {
                driver: 2,
                drivers: 2
            }
        );
        assert_eq!(
            Dependence::new(2, &[(1, 1, 0.1)]).unwrap_err(),
            DependenceError::Itself { driver: 1 }
        );
        assert!(matches!(
            Dependence::new(2, &[(0, 1, 1.1)]),
            Err(DependenceError::OutOfRange { .. })
        ));
        assert!(matches!(
            Dependence::new(2, &[(0, 1, f64::NAN)]),
            Err(DependenceError::OutOfRange { .. })
        ));
        assert!(matches!(
            Dependence::new(2, &[(0, 1, 0.1), (1, 0, 0.2)]),
            Err(DependenceError::Twice { .. })
        ));
        assert!(Dependence::new(2, &[(0, 1, 0.1), (1, 0, 0.1)]).is_ok());
    }
}

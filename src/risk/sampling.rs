//! How draws are spread over what can happen: plainly at random, in opposite pairs, one in every stratum, or by Sobol points.
//!
//! A draw of a driver is one 32-bit word, a pure function of (method, seed, draw, driver, block), so any draw can be replayed
//! alone and the number of threads plays no part. Draws come in groups of 64 for speed: one call of Philox gives the words of
//! four draws. Draws that are spread evenly depend on each other, so an error must come from independent repetitions
//! (herhalingen), each spread anew. Must not know: distributions, names of drivers, the model.

use crate::risk::random::{PHILOX_M0, PHILOX_M1, PHILOX_W0, PHILOX_W1, uniform};
use crate::risk::sobol;

/// Draws per group.
pub const GROEP: u64 = 64;
/// How many dimensions [`Methode::Sobol`] has; drivers without one are drawn at random.
pub const SOBOL_DIMENSIES: u32 = sobol::DIMENSIONS as u32;
/// The longest repetition, in draws: strata are counted in 32 bits.
pub const LANGSTE_HERHALING: u64 = 1 << 31;

/// The words of a group of 64 draws: row `j`, lane `l` is draw `64 groep + 16 j + l`. A word `k` means `u = (k + 1/2) / 2^32`.
pub type Woorden = [[u32; 16]; 4];

/// How draws are spread over what can happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Methode {
    /// Every draw by itself.
    Willekeurig,
    /// Draws `2 i` and `2 i + 1` are each other's opposite in every driver: `u` and `1 - u`.
    Antithetisch,
    /// Latin hypercube: in a repetition of `n` draws every driver has one draw in each of `n` strata of equal chance.
    Latijns,
    /// Scrambled Sobol points in the drivers that have a dimension; every 2^k draws lie evenly over several drivers together.
    Sobol,
}

/// The draws of a run.
///
/// Repetition `r` holds draws `r n .. (r + 1) n`, with `n` = `per_herhaling`; repetitions are independent of each other and spread
/// each by itself. [`Methode::Willekeurig`] and [`Methode::Antithetisch`] know no repetitions: there all draws, or all pairs, are
/// independent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Steekproef {
    /// How draws are spread.
    pub methode: Methode,
    /// The seed: another seed, other draws.
    pub seed: u64,
    /// Draws per repetition: a multiple of 64, from 64 to [`LANGSTE_HERHALING`]; other numbers are rounded up to a multiple
    /// or brought within. For Sobol a power of two is best.
    pub per_herhaling: u64,
}

/// Make the keys of permutations and scramblings differ from the words of the draws.
const SEED_LATIJNS: u64 = 0x6c61_7469_6a6e_7301;
const SEED_SOBOL: u64 = 0x736f_626f_6c20_6b02;

impl Steekproef {
    /// The words of one driver for the 64 draws of a group.
    ///
    /// `sleutel`: the key of the driver ([`crate::risk::random::driver_key`]); `blok`: the year for a driver drawn every year, else 0
    /// (16 bits count). `dimensie`: the dimension under [`Methode::Sobol`], which no two drivers or years should share; without
    /// one, or from [`SOBOL_DIMENSIES`] on, the words are those of [`Methode::Willekeurig`]. The other methods don't look at it.
    #[inline(always)]
    pub fn woorden(&self, groep: u64, sleutel: u64, blok: u32, dimensie: Option<u32>) -> Woorden {
        match (self.methode, dimensie) {
            (Methode::Sobol, Some(d)) if d < SOBOL_DIMENSIES => self.sobol(groep, d),
            (Methode::Willekeurig | Methode::Sobol, _) => {
                random::<16>(self.seed, groep, sleutel, blok)
            }
            (Methode::Antithetisch, _) => {
                let words = random::<8>(self.seed, groep, sleutel, blok);
                let mut pairs = [[0; 16]; 4];
                for j in 0..4 {
                    for l in 0..16 {
                        // All ones in the odd lanes: the complement.
                        pairs[j][l] = words[j][l / 2] ^ (l as u32 & 1).wrapping_neg();
                    }
                }
                pairs
            }
            (Methode::Latijns, _) => self.latijns(groep, sleutel, blok),
        }
    }

    /// The word of one draw: the bits that [`Self::woorden`] gives it in its group.
    pub fn woord(&self, trekking: u64, sleutel: u64, blok: u32, dimensie: Option<u32>) -> u32 {
        let place = (trekking % GROEP) as usize;
        self.woorden(trekking / GROEP, sleutel, blok, dimensie)[place / 16][place % 16]
    }

    /// Draws per repetition, its number, and the position of a group's first draw in it.
    #[inline(always)]
    fn herhaling(&self, groep: u64) -> (u32, u64, u32) {
        let groups = self
            .per_herhaling
            .clamp(GROEP, LANGSTE_HERHALING)
            .div_ceil(GROEP);
        (
            (groups * GROEP) as u32,
            groep / groups,
            (groep % groups * GROEP) as u32,
        )
    }

    #[inline(always)]
    fn sobol(&self, groep: u64, dimensie: u32) -> Woorden {
        let (_, herhaling, start) = self.herhaling(groep);
        let keys = uniform(self.seed ^ SEED_SOBOL, herhaling, u64::from(dimensie), 0);
        let mut words = sobol::points_reversed(start / GROEP as u32, dimensie as usize);
        for row in &mut words {
            for l in 0..16 {
                row[l] = sobol::scramble(row[l], [keys[0], keys[1]]);
            }
        }
        words
    }

    #[inline(always)]
    fn latijns(&self, groep: u64, sleutel: u64, blok: u32) -> Woorden {
        let (n, herhaling, start) = self.herhaling(groep);
        let keys = uniform(self.seed ^ SEED_LATIJNS, herhaling, sleutel, blok);
        let strata = Strata::new(n);
        let places = Mixing::new(n, keys).places(start);
        let jitter = random::<16>(self.seed, groep, sleutel, blok);
        let mut words = [[0; 16]; 4];
        for i in 0..places.len() {
            words.as_flattened_mut()[i] = strata.word(places[i], jitter.as_flattened()[i]);
        }
        words
    }
}

/// Rounds of Philox. Seven is the least that passes all of `BigCrush` (Salmon et al., 2011, table 2); ten, as keys of permutations and
/// scramblings are made, adds a margin that a million draws can't see and a third of the time of a word.
const ROUNDS: u32 = 7;

/// The words of Philox4x32-7 for the counters `W block .. W block + W`, as [`crate::risk::random::uniforms`] numbers them.
///
/// With `W` a power of two the counters of a block share their upper bits. One counter per turn of the loop, with its ten
/// rounds in registers, is what vectorises best: half the time of the rounds outside and the counters inside. The words stand in
/// the lower halves of 64 bits; what the upper halves hold is left there, as a product looks at the lower ones only.
#[inline(always)]
fn random<const W: usize>(seed: u64, block: u64, sleutel: u64, blok: u32) -> [[u32; W]; 4] {
    const LOW: u64 = 0xffff_ffff;
    let first = block.wrapping_mul(W as u64);
    let upper = (((first >> 32) as u32) << 16) | (blok & 0xffff);
    let [k0, k1] = [seed as u32, (seed >> 32) as u32];
    let mut words = [[0; W]; 4];
    for l in 0..W {
        let mut c0 = u64::from((first as u32).wrapping_add(l as u32));
        let (mut c1, mut c2, mut c3) = (u64::from(upper), sleutel & LOW, sleutel >> 32);
        for round in 0..ROUNDS {
            let p0 = (c0 & LOW) * PHILOX_M0;
            let p1 = (c2 & LOW) * PHILOX_M1;
            let k0 = k0.wrapping_add(round.wrapping_mul(PHILOX_W0));
            let k1 = k1.wrapping_add(round.wrapping_mul(PHILOX_W1));
            c0 = (p1 >> 32) ^ c1 ^ u64::from(k0);
            c2 = (p0 >> 32) ^ c3 ^ u64::from(k1);
            c1 = p1;
            c3 = p0;
        }
        words[0][l] = c0 as u32;
        words[1][l] = c1 as u32;
        words[2][l] = c2 as u32;
        words[3][l] = c3 as u32;
    }
    words
}

/// The upper half of a product.
#[inline(always)]
fn high(a: u32, b: u32) -> u32 {
    ((u64::from(a) * u64::from(b)) >> 32) as u32
}

/// The words that belong to each of `n` strata of equal chance.
struct Strata {
    n: u32,
    /// `2^64 / n` rounded down (one less when exact), in two halves.
    step: [u32; 2],
}

impl Strata {
    #[inline(always)]
    fn new(n: u32) -> Self {
        let step = u64::MAX / u64::from(n);
        Self {
            n,
            step: [step as u32, (step >> 32) as u32],
        }
    }

    /// The first word of stratum `s` (0 to n): the least `k` with `(k + 1/2) / 2^32 >= s / n`, modulo 2^32.
    #[inline(always)]
    fn first(&self, s: u32) -> u32 {
        // 2^32 s = q n + r; the quotient by multiplication is q or q - 1, and r < 2 n fits in 32 bits.
        let q = s
            .wrapping_mul(self.step[1])
            .wrapping_add(high(s, self.step[0]));
        let r = q.wrapping_mul(self.n).wrapping_neg();
        let (q, r) = if r >= self.n {
            (q.wrapping_add(1), r - self.n)
        } else {
            (q, r)
        };
        // ceil(q + r / n - 1 / 2)
        q.wrapping_add(u32::from(r > self.n - r))
    }

    /// The word in stratum `s` that lies as far as `jitter` lies in 0 to 2^32.
    #[inline(always)]
    fn word(&self, s: u32, jitter: u32) -> u32 {
        let first = self.first(s);
        first.wrapping_add(high(jitter, self.first(s + 1).wrapping_sub(first)))
    }
}

/// A random permutation of `0..n`, `n` from 64 to 2^31: six rounds of a Feistel network on (remainder, quotient).
///
/// A number is `x + width y` with `x < width` and `y < height`; a round adds to one of the two, modulo its size, a random
/// function of the other. With `width` next to the root of `n`, `width height` is `n` or slightly more; a number from `n` on
/// is permuted again until it falls below (Black and Rogaway, "Ciphers with arbitrary finite domains", 2002).
struct Mixing {
    n: u32,
    width: u32,
    height: u32,
    /// `2^32 / width` rounded down (one less when exact).
    inverse: u32,
    /// A word per round.
    keys: [[u32; 2]; 3],
}

impl Mixing {
    #[inline(always)]
    fn new(n: u32, words: [u32; 4]) -> Self {
        // The root is rounded correctly everywhere, and any width does.
        let root = f64::from(n).sqrt() as u32;
        let width = if root * root < n { root + 1 } else { root };
        let [a, b, c, d] = words;
        Self {
            n,
            width,
            height: n.div_ceil(width),
            inverse: u32::MAX / width,
            keys: [
                [a, b],
                [c, d],
                [a ^ c.rotate_left(16), b ^ d.rotate_left(16)],
            ],
        }
    }

    /// Remainder and quotient by `width`.
    #[inline(always)]
    fn split(&self, place: u32) -> (u32, u32) {
        let q = high(place, self.inverse);
        let r = place - q * self.width;
        if r >= self.width {
            (r - self.width, q + 1)
        } else {
            (r, q)
        }
    }

    /// `to` plus a random number below `size` (at most 2^16) that depends on `from`, modulo `size`.
    #[inline(always)]
    fn add(to: u32, from: u32, key: u32, size: u32) -> u32 {
        let mut h = (from ^ key).wrapping_mul(0x21f0_aaad);
        h ^= h >> 15;
        h = h.wrapping_mul(0xd35a_2d97);
        let sum = to + (((h >> 16) * size) >> 16);
        if sum >= size { sum - size } else { sum }
    }

    /// Permutes `start .. start + 64` within `0..n`.
    #[inline(always)]
    fn places(&self, start: u32) -> [u32; 64] {
        // Rounds outside, numbers inside: every number waits for its own last round, the 64 do not wait for each other.
        let (mut x, mut y) = ([0; 64], [0; 64]);
        for i in 0..64 {
            (x[i], y[i]) = self.split(start + i as u32);
        }
        for [key_x, key_y] in self.keys {
            for i in 0..64 {
                x[i] = Self::add(x[i], y[i], key_x, self.width);
            }
            for i in 0..64 {
                y[i] = Self::add(y[i], x[i], key_y, self.height);
            }
        }
        let mut places = [0; 64];
        let mut last = 0;
        for i in 0..64 {
            places[i] = y[i] * self.width + x[i];
            last = last.max(places[i]);
        }
        if last >= self.n {
            for place in &mut places {
                while *place >= self.n {
                    *place = self.step(*place);
                }
            }
        }
        places
    }

    /// Permutes one number within `0 .. width height`.
    fn step(&self, place: u32) -> u32 {
        let (mut x, mut y) = self.split(place);
        for [key_x, key_y] in self.keys {
            x = Self::add(x, y, key_x, self.width);
            y = Self::add(y, x, key_y, self.height);
        }
        y * self.width + x
    }
}

/// The principal directions of outputs that are linear in independent standard normals.
///
/// `gewicht`: a row per output, a column per normal; the outputs are `gewicht` times the normals. Returned: at most `aantal` rows of
/// length one, at right angles to each other, in order of the variance they explain (the right singular vectors of
/// `gewicht`). Their signs make the component that is largest in size positive. Short rows count as zero beyond their end;
/// there are never more rows than normals, and directions that explain nothing complete the list. Figures that are not finite
/// give directions without meaning.
///
/// Subspace iteration with a fixed start and a fixed number of turns, then the eigenvectors within the subspace by Jacobi's
/// method (Golub and Van Loan, "Matrix computations", 8.2 and 8.5): additions, multiplications, divisions and roots in a
/// fixed order, so the same bits everywhere. Directions with nearly equal variance come in any mixture of each other.
pub fn componenten(gewicht: &[Vec<f64>], aantal: usize) -> Vec<Vec<f64>> {
    let columns = gewicht.iter().map(Vec::len).max().unwrap_or(0);
    let count = aantal.min(columns);
    let gram = gram(gewicht, columns);
    let mut basis: Vec<Vec<f64>> = (0..columns.min(count + EXTRA))
        .map(|i| {
            let words = (0..columns).map(|j| uniform(START, j as u64, i as u64, 0)[0]);
            words
                .map(|k| f64::from(k) + 0.5 - f64::from(1_u32 << 31))
                .collect()
        })
        .collect();
    orthonormalise(&mut basis);
    for _ in 0..TURNS {
        basis = basis.iter().map(|b| times(&gram, b)).collect();
        orthonormalise(&mut basis);
    }
    let images: Vec<Vec<f64>> = basis.iter().map(|b| times(&gram, b)).collect();
    let small = basis
        .iter()
        .map(|b| images.iter().map(|image| dot(b, image)).collect())
        .collect();
    let (variances, rotation) = jacobi(small);
    let mut order: Vec<usize> = (0..basis.len()).collect();
    order.sort_by(|&a, &b| variances[b].total_cmp(&variances[a]));
    let mut directions: Vec<Vec<f64>> = order[..count]
        .iter()
        .map(|&i| {
            let mut direction = vec![0.0; columns];
            for (b, turned) in basis.iter().zip(&rotation) {
                add_times(&mut direction, turned[i], b);
            }
            direction
        })
        .collect();
    orthonormalise(&mut directions);
    for direction in &mut directions {
        let largest = direction
            .iter()
            .fold(0.0, |a: f64, &b| if b.abs() > a.abs() { b } else { a });
        if largest < 0.0 {
            for x in direction {
                *x = -*x;
            }
        }
    }
    directions
}

/// Directions carried along so that the last ones asked for converge.
const EXTRA: usize = 8;
/// Turns of the subspace iteration: the error of a direction shrinks by the ratio of variances in each.
const TURNS: usize = 16;
/// Seed of the start of the iteration.
const START: u64 = 0x636f_6d70_6f6e_6503;

/// `W^T W`, scaled so that it neither overflows nor vanishes.
fn gram(rows: &[Vec<f64>], columns: usize) -> Vec<Vec<f64>> {
    let largest = rows
        .iter()
        .flatten()
        .fold(0.0, |a: f64, &b| if b.abs() > a { b.abs() } else { a });
    let scale = if largest > 0.0 { largest } else { 1.0 };
    let mut gram = vec![vec![0.0; columns]; columns];
    for row in rows {
        let mut scaled: Vec<f64> = row.iter().map(|x| x / scale).collect();
        scaled.resize(columns, 0.0);
        for i in 0..columns {
            add_times(&mut gram[i], scaled[i], &scaled);
        }
    }
    gram
}

/// `to += factor from`.
fn add_times(to: &mut [f64], factor: f64, from: &[f64]) {
    for (t, f) in to.iter_mut().zip(from) {
        *t += factor * f;
    }
}

/// Inner product in eight partial sums.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; 8];
    let (a, a_rest) = a.as_chunks::<8>();
    let (b, b_rest) = b.as_chunks::<8>();
    for (x, y) in a.iter().zip(b) {
        for l in 0..8 {
            sums[l] += x[l] * y[l];
        }
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(x, y)| x * y).sum();
    sums.iter().sum::<f64>() + rest
}

/// A symmetric matrix times a vector.
fn times(matrix: &[Vec<f64>], vector: &[f64]) -> Vec<f64> {
    matrix.iter().map(|row| dot(row, vector)).collect()
}

/// Gram-Schmidt, every vector twice; one that depends on those before it becomes a unit vector at right angles to them.
fn orthonormalise(vectors: &mut [Vec<f64>]) {
    for i in 0..vectors.len() {
        let (before, rest) = vectors.split_at_mut(i);
        let vector = &mut rest[0];
        let mut axis = 0;
        loop {
            let length = dot(vector, vector).sqrt();
            for _ in 0..2 {
                for b in before.iter() {
                    let along = dot(vector, b);
                    add_times(vector, -along, b);
                }
            }
            let left = dot(vector, vector).sqrt();
            // Below this what is left is rounding. Some axis always keeps more: there are fewer vectors than components.
            if left > length * 1e-10 || axis >= vector.len() {
                let divisor = if left > 0.0 { left } else { 1.0 };
                for x in vector.iter_mut() {
                    *x /= divisor;
                }
                break;
            }
            vector.fill(0.0);
            vector[axis] = 1.0;
            axis += 1;
        }
    }
}

/// Eigenvalues and eigenvectors (columns) of a symmetric matrix by cyclic Jacobi rotations.
fn jacobi(mut a: Vec<Vec<f64>>) -> (Vec<f64>, Vec<Vec<f64>>) {
    let n = a.len();
    let mut v = vec![vec![0.0; n]; n];
    for (i, row) in v.iter_mut().enumerate() {
        row[i] = 1.0;
    }
    for _ in 0..SWEEPS {
        for p in 0..n {
            for q in p + 1..n {
                if a[p][q] == 0.0 {
                    continue;
                }
                // The smaller root of t^2 + 2 theta t - 1; a large theta gives t = 0 without overflow.
                let theta = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
                let t = 1.0 / (theta.abs() + (theta * theta + 1.0).sqrt());
                let t = if theta < 0.0 { -t } else { t };
                let c = 1.0 / (t * t + 1.0).sqrt();
                let s = t * c;
                for row in a.iter_mut().chain(v.iter_mut()) {
                    let (x, y) = (row[p], row[q]);
                    row[p] = c * x - s * y;
                    row[q] = s * x + c * y;
                }
                for k in 0..n {
                    let (x, y) = (a[p][k], a[q][k]);
                    a[p][k] = c * x - s * y;
                    a[q][k] = s * x + c * y;
                }
            }
        }
    }
    ((0..n).map(|i| a[i][i]).collect(), v)
}

/// Sweeps of Jacobi's method: it converges quadratically, in six to ten for the sizes used.
const SWEEPS: usize = 10;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::risk::random::{driver_key, philox};
    use Methode::{Antithetisch, Latijns, Sobol, Willekeurig};

    const METHODES: [Methode; 4] = [Willekeurig, Antithetisch, Latijns, Sobol];

    fn steekproef(methode: Methode, per_herhaling: u64) -> Steekproef {
        Steekproef {
            methode,
            seed: 2024,
            per_herhaling,
        }
    }

    /// The words of draws `64 first .. 64 (first + groups)`.
    fn words(
        s: Steekproef,
        first: u64,
        groups: u64,
        key: u64,
        blok: u32,
        dimensie: u32,
    ) -> Vec<u32> {
        (first..first + groups)
            .flat_map(|g| {
                s.woorden(g, key, blok, Some(dimensie))
                    .as_flattened()
                    .to_vec()
            })
            .collect()
    }

    fn chance(word: u32) -> f64 {
        (f64::from(word) + 0.5) / 4_294_967_296.0
    }

    fn centred(words: &[u32]) -> Vec<f64> {
        words.iter().map(|&k| chance(k) - 0.5).collect()
    }

    fn mean(xs: impl ExactSizeIterator<Item = f64>) -> f64 {
        let n = xs.len() as f64;
        xs.sum::<f64>() / n
    }

    /// Correlation of two series of centred uniform numbers.
    fn correlation(a: &[f64], b: &[f64]) -> f64 {
        12.0 * mean(a.iter().zip(b).map(|(x, y)| x * y))
    }

    #[test]
    fn random_words_are_those_of_philox() {
        let key = driver_key("prijs/woningen");
        // The counters of `random::uniform`, with seven rounds.
        let word = |seed: u64, counter: u64, j: usize| {
            let upper = (((counter >> 32) as u32) << 16) | 9;
            let counter = [counter as u32, upper, key as u32, (key >> 32) as u32];
            philox::<7>(counter, [seed as u32, (seed >> 32) as u32])[j]
        };
        for block in [0, 5, (1 << 28) - 1, 1 << 28, (1 << 44) - 1] {
            let (found, half) = (
                random::<16>(3, block, key, 9),
                random::<8>(3, block, key, 9),
            );
            for j in 0..4 {
                for l in 0..16 {
                    assert_eq!(found[j][l], word(3, 16 * block + l as u64, j));
                }
                for l in 0..8 {
                    assert_eq!(half[j][l], word(3, 8 * block + l as u64, j));
                }
            }
        }
        let s = steekproef(Willekeurig, 64);
        assert_eq!(s.woorden(12, key, 9, None)[2][5], word(2024, 192 + 5, 2));
        // Without a dimension, or past the last one, Sobol is plainly random.
        for dimensie in [None, Some(SOBOL_DIMENSIES), Some(u32::MAX)] {
            let sobol = steekproef(Sobol, 256).woorden(12, key, 9, dimensie);
            assert_eq!(sobol, s.woorden(12, key, 9, None));
        }
    }

    #[test]
    fn a_draw_has_the_word_of_its_group() {
        for methode in METHODES {
            for per_herhaling in [64, 192, 1024] {
                let s = steekproef(methode, per_herhaling);
                let all = words(s, 0, 50, 77, 3, 11);
                for (trekking, &word) in all.iter().enumerate() {
                    assert_eq!(s.woord(trekking as u64, 77, 3, Some(11)), word);
                }
                let distinct: std::collections::HashSet<u32> = all.iter().copied().collect();
                assert!(distinct.len() >= all.len() - 1, "{methode:?}");
            }
        }
    }

    struct Group(Steekproef, Option<u32>);

    impl pulp::NullaryFnOnce for Group {
        type Output = [Woorden; 2];

        #[inline(always)]
        fn call(self) -> [Woorden; 2] {
            [3, 1 << 30].map(|g| self.0.woorden(g, 0x0123_4567_89ab_cdef, 65_535, self.1))
        }
    }

    #[test]
    fn dispatch_gives_the_same_bits() {
        use pulp::NullaryFnOnce as _;
        for methode in METHODES {
            for (per_herhaling, dimensie) in [(64, Some(0)), (6272, Some(127)), (1 << 31, None)] {
                let s = steekproef(methode, per_herhaling);
                let plain = Group(s, dimensie).call();
                let fast = pulp::Arch::new().dispatch(Group(s, dimensie));
                assert_eq!(plain, fast, "{methode:?} {per_herhaling}");
            }
        }
    }

    #[test]
    fn any_length_of_a_repetition_gives_words() {
        for methode in METHODES {
            for (odd, used) in [(0, 64), (1, 64), (100, 128), (u64::MAX, 1 << 31)] {
                for groep in [0, 1, u64::MAX] {
                    assert_eq!(
                        steekproef(methode, odd).woorden(groep, 1, 0, Some(1)),
                        steekproef(methode, used).woorden(groep, 1, 0, Some(1))
                    );
                }
            }
        }
    }

    #[test]
    fn opposite_draws_are_complements() {
        let s = steekproef(Antithetisch, 64);
        let all = words(s, 0, 20, 8, 2, 0);
        for (i, pair) in all.chunks_exact(2).enumerate() {
            assert_eq!(pair[1], !pair[0]);
            let (group, place) = (i / 32, i % 32);
            let counter = (8 * group + place % 8) as u64;
            let word = philox::<7>([counter as u32, 2, 8, 0], [2024, 0]);
            assert_eq!(pair[0], word[place / 8]);
        }
    }

    #[test]
    fn every_stratum_of_a_latin_hypercube_has_one_draw() {
        for n in [
            64,
            128,
            192,
            6272,
            64 * 997,
            64 * 1000,
            1 << 16,
            64 * 40_009,
        ] {
            for (herhaling, blok) in [(0, 0), (3, 0), (0, 1)] {
                let s = steekproef(Latijns, n);
                let mut seen = vec![false; n as usize];
                for k in words(s, herhaling * n / 64, n / 64, 5, blok, 0) {
                    // u n = (2 k + 1) n / 2^33, without rounding
                    let stratum = ((2 * u128::from(k) + 1) * u128::from(n)) >> 33;
                    let was = std::mem::replace(&mut seen[stratum as usize], true);
                    assert!(!was, "stratum {stratum} of {n} twice");
                }
                assert!(seen.into_iter().all(|s| s));
                if n > 100_000 {
                    break;
                }
            }
        }
    }

    #[test]
    fn strata_have_exact_bounds() {
        for n in [64, 192, 12_345 * 64, (1 << 31) - 64, 1 << 31] {
            let strata = Strata::new(n);
            for i in 0..2000 {
                let s = match i {
                    0 => 0,
                    1 => n,
                    2 => n - 1,
                    _ => high(uniform(1, i, 0, 0)[0], n),
                };
                // ceil(2^32 s / n - 1 / 2)
                let (s, n) = (u128::from(s), u128::from(n));
                let expected = ((s << 33) + n - 1) / (2 * n);
                assert_eq!(strata.first(s as u32), expected as u32, "{s} of {n}");
            }
        }
    }

    /// Chi-square against equal chances, in standard deviations from its mean.
    fn chi_square(counts: &[f64]) -> f64 {
        let expected = mean(counts.iter().copied());
        let terms = counts
            .iter()
            .map(|c| (c - expected) * (c - expected) / expected);
        let degrees = counts.len() as f64 - 1.0;
        (terms.sum::<f64>() - degrees) / (2.0 * degrees).sqrt()
    }

    #[test]
    fn permutations_are_random_in_one_place_and_two() {
        for n in [64_u32, 192] {
            let (mut first, mut between) = (vec![0.0; n as usize], vec![0.0; n as usize]);
            for i in 0..40_000 {
                let places = Mixing::new(n, uniform(5, i, 0, 0)).places(n - 64);
                first[places[0] as usize] += 1.0;
                // Neighbours, and two further apart.
                let (a, b) = (places[3], places[if i % 2 == 0 { 4 } else { 40 }]);
                between[((b + n - a) % n) as usize] += 1.0;
            }
            assert!(chi_square(&first).abs() < 4.5, "{}", chi_square(&first));
            assert_eq!(between[0], 0.0);
            let apart = chi_square(&between[1..]);
            assert!(apart.abs() < 4.5, "{apart}");
        }
    }

    #[test]
    fn latin_hypercube_has_the_variances_of_its_closed_form() {
        const TIMES: u64 = 4000;
        for n in [64_u64, 192] {
            let s = steekproef(Latijns, n);
            let (mut single, mut product) = (0.0, 0.0);
            for r in 0..TIMES {
                let [a, b] = [1, 2].map(|key| centred(&words(s, r * n / 64, n / 64, key, 0, 0)));
                let (m, c) = (mean(a.iter().copied()), correlation(&a, &b) / 12.0);
                single += m * m / TIMES as f64;
                product += c * c / TIMES as f64;
            }
            let n = n as f64;
            let tolerance = 5.0 * (2.0 / TIMES as f64).sqrt();
            // One uniform number per stratum: 1 / (12 n^3).
            let ratio = single * 12.0 * n * n * n;
            assert!((ratio - 1.0).abs() < tolerance, "{ratio}");
            // With v = (n^2 - 1) / (12 n^2), the variance of the middles of the strata, and j = 1 / (12 n^2), that within:
            // Var(mean of products) = v^2 / (n - 1) + (2 v j + j^2) / n.
            let (v, j) = ((n * n - 1.0) / (12.0 * n * n), 1.0 / (12.0 * n * n));
            let ratio = product / (v * v / (n - 1.0) + (2.0 * v * j + j * j) / n);
            assert!((ratio - 1.0).abs() < tolerance, "{ratio}");
        }
    }

    #[test]
    fn words_are_uniform_and_uncorrelated() {
        const N: usize = 1 << 16;
        let root = (N as f64).sqrt();
        for methode in METHODES {
            let s = steekproef(methode, if methode == Sobol { 64 } else { 4096 });
            let groups = N as u64 / 64;
            let a = centred(&words(s, 0, groups, driver_key("a"), 0, 3));
            let others = [
                ("driver", words(s, 0, groups, driver_key("b"), 0, 4)),
                ("year", words(s, 0, groups, driver_key("a"), 1, 5)),
                (
                    "seed",
                    words(
                        Steekproef { seed: 2025, ..s },
                        0,
                        groups,
                        driver_key("a"),
                        0,
                        3,
                    ),
                ),
                (
                    "repetition",
                    words(s, groups, groups, driver_key("a"), 0, 3),
                ),
            ];
            // Five standard errors of independent draws; opposite pairs count as one draw for products.
            assert!(mean(a.iter().copied()).abs() < 5.0 / (12.0_f64.sqrt() * root));
            let variance = mean(a.iter().map(|x| x * x));
            let error = (2.0 / 180.0_f64).sqrt() / root;
            assert!(
                (variance - 1.0 / 12.0).abs() < 5.0 * error,
                "{methode:?} {variance}"
            );
            let plain = 5.0 * 2.0_f64.sqrt() / root;
            for (what, other) in others {
                // Two scramblings of one dimension have the same or the opposite first half throughout a repetition, which is
                // most of a correlation: there a repetition counts as one draw.
                let again = methode == Sobol && matches!(what, "seed" | "repetition");
                let bound = if again {
                    5.0 / (N as f64 / 64.0).sqrt()
                } else {
                    plain
                };
                let rho = correlation(&a, &centred(&other));
                assert!(rho.abs() < bound, "{methode:?} {what}: {rho}");
                let squares =
                    |xs: &[f64]| xs.iter().map(|x| x * x - 1.0 / 12.0).collect::<Vec<_>>();
                // Squares: variance 1/180, so the correlation is 180/12 times that of `correlation`.
                let rho = 15.0 * correlation(&squares(&a), &squares(&centred(&other)));
                assert!(rho.abs() < bound, "{methode:?} {what}, squares: {rho}");
            }
            // A Sobol sequence is anything but random from one point to the next.
            if methode != Sobol {
                for lag in [1, 2, 3, 16, 64] {
                    let rho = correlation(&a[..N - lag], &a[lag..]);
                    // Half of all neighbours are opposites.
                    let expected = if (methode, lag) == (Antithetisch, 1) {
                        -0.5
                    } else {
                        0.0
                    };
                    assert!(
                        (rho - expected).abs() < plain,
                        "{methode:?} lag {lag}: {rho}"
                    );
                }
            }
        }
    }

    #[test]
    fn sobol_blocks_have_one_draw_per_stratum() {
        let s = steekproef(Sobol, 1 << 14);
        for dimensie in 0..SOBOL_DIMENSIES {
            for bits in 6..=12 {
                let groups = 1 << (bits - 6);
                // The first and third block of the third repetition.
                for first in [2 * 256, 2 * 256 + 2 * groups] {
                    let mut seen = vec![false; 1 << bits];
                    for k in words(s, first, groups, 0, 0, dimensie) {
                        seen[(k >> (32 - bits)) as usize] = true;
                    }
                    assert!(seen.into_iter().all(|s| s), "{dimensie} {bits}");
                }
            }
        }
    }

    #[test]
    fn sobol_blocks_fill_every_rectangle_of_the_first_two_dimensions() {
        let s = steekproef(Sobol, 1 << 12);
        for bits in 6..=12 {
            let [a, b] = [0, 1].map(|d| words(s, 3 * 64, 1 << (bits - 6), 0, 0, d));
            for across in 1..bits {
                let mut seen = vec![false; 1 << bits];
                for (x, y) in a.iter().zip(&b) {
                    let box_ =
                        ((x >> (32 - across)) << (bits - across)) | (y >> (32 - bits + across));
                    seen[box_ as usize] = true;
                }
                assert!(
                    seen.into_iter().all(|s| s),
                    "2^{across} by 2^{}",
                    bits - across
                );
            }
        }
    }

    #[test]
    fn sobol_repetitions_are_scrambled_anew_and_more_than_shifted() {
        let s = steekproef(Sobol, 256);
        for dimensie in [0, 1, 40, 127] {
            let [a, b] = [0, 4].map(|first| words(s, first, 4, 0, 0, dimensie));
            let shifts: std::collections::HashSet<u32> =
                a.iter().zip(&b).map(|(x, y)| (x ^ y) >> 24).collect();
            assert!(shifts.len() > 8, "{}", shifts.len());
        }
        // Dimensions are scrambled differently: 0 and 1 begin with the same points.
        assert_ne!(words(s, 0, 1, 0, 0, 0)[..2], words(s, 0, 1, 0, 0, 1)[..2]);
    }

    /// Root mean square error of the mean of `prod (1 + (u_d - 1/2))` over six dimensions, of which the mean is 1.
    fn error_of_a_product(methode: Methode, n: u64) -> f64 {
        const TIMES: u64 = 64;
        let s = steekproef(methode, n);
        let mut squares = 0.0;
        for r in 0..TIMES {
            let mut product = vec![1.0; n as usize];
            for d in 0..6 {
                for (p, k) in
                    product
                        .iter_mut()
                        .zip(words(s, r * n / 64, n / 64, u64::from(d), 0, d))
                {
                    *p *= 0.5 + chance(k);
                }
            }
            let error = mean(product.into_iter()) - 1.0;
            squares += error * error / TIMES as f64;
        }
        squares.sqrt()
    }

    #[test]
    fn sobol_errors_fall_faster_than_plain_ones() {
        let [plain, sobol] =
            [Willekeurig, Sobol].map(|m| [128, 2048].map(|n| error_of_a_product(m, n)));
        // Sixteen times the draws: four times as good plainly, about n^-1.5 (64 times) at best by Sobol.
        assert!(sobol[1] < sobol[0] / 16.0, "{sobol:?}");
        assert!(sobol[1] < plain[1] / 16.0, "{sobol:?} {plain:?}");
    }

    #[test]
    fn errors_are_those_of_the_parts_that_a_method_leaves() {
        // The product has parts of every degree k, of variance C(6, k) / 12^k: all of them remain plainly; the even ones in
        // half as many independent draws by opposite pairs; those above 1 in a Latin hypercube of many draws.
        let part = |k: i32, choices: f64| choices / libm::pow(12.0, f64::from(k));
        let odd = part(1, 6.0) + part(3, 20.0) + part(5, 6.0);
        let even = part(2, 15.0) + part(4, 15.0) + part(6, 1.0);
        for (methode, variance) in [
            (Willekeurig, odd + even),
            (Antithetisch, 2.0 * even),
            (Latijns, odd + even - part(1, 6.0)),
        ] {
            for n in [128, 2048] {
                let ratio = error_of_a_product(methode, n) / (variance / n as f64).sqrt();
                // Of 64 repetitions, so 9 % sure.
                assert!((ratio - 1.0).abs() < 0.3, "{methode:?} {n}: {ratio}");
            }
        }
    }

    fn assert_orthonormal(rows: &[Vec<f64>]) {
        for (i, a) in rows.iter().enumerate() {
            for (j, b) in rows.iter().enumerate() {
                let expected = if i == j { 1.0 } else { 0.0 };
                let found: f64 = a.iter().zip(b).map(|(x, y)| x * y).sum();
                assert!((found - expected).abs() < 1e-13, "{i} {j}: {found}");
            }
        }
    }

    /// Right singular vectors by numpy 2.4.6 (`numpy.linalg.svd`), largest component made positive. Singular values 8.40,
    /// 6.43, 5.50, 3.95, 2.37.
    #[test]
    fn directions_equal_the_singular_vectors_of_numpy() {
        let rows: Vec<Vec<f64>> = vec![
            vec![3.0, 1.0, -2.0, 0.5, 4.0, 1.0],
            vec![1.0, 2.0, 2.0, -1.0, 0.0, 3.0],
            vec![0.0, -1.0, 5.0, 2.0, 1.0, -2.0],
            vec![2.0, 2.0, 1.0, 0.0, -3.0, 1.0],
            vec![1.0, 0.0, 1.0, 7.0, 2.0, 2.0],
        ];
        let expected = [
            [
                0.193_433_390_516_951_35,
                -0.014_069_752_018_103_739,
                0.267_359_455_663_603_6,
                0.839_778_612_399_002,
                0.398_273_910_775_475_4,
                0.164_481_795_744_521_38,
            ],
            [
                -0.339_013_261_967_163_14,
                -0.228_921_279_179_597_7,
                0.729_304_285_800_197_8,
                0.097_879_568_170_137_43,
                -0.381_978_365_249_396_2,
                -0.381_172_445_854_694_6,
            ],
            [
                0.346_121_681_150_901_1,
                0.504_159_022_017_502_8,
                0.371_977_852_039_317_5,
                -0.080_860_651_460_472_17,
                -0.448_145_057_417_242_75,
                0.529_418_079_126_250_8,
            ],
            [
                0.291_533_961_526_167_3,
                0.075_146_837_475_868_21,
                0.486_680_910_091_524_1,
                -0.495_980_588_032_683_47,
                0.637_919_475_419_488_2,
                -0.139_873_489_346_618_95,
            ],
            [
                0.689_384_138_009_481_8,
                0.095_619_417_714_321_88,
                -0.137_934_048_127_273_92,
                0.134_511_050_926_398_78,
                -0.257_292_551_887_323_64,
                -0.642_096_531_298_920_9,
            ],
        ];
        let found = componenten(&rows, 5);
        assert_orthonormal(&found);
        for (i, (a, b)) in found.iter().zip(&expected).enumerate() {
            for (x, y) in a.iter().zip(b) {
                assert!((x - y).abs() < 1e-12, "{i}: {a:?} {b:?}");
            }
        }
        // Fewer directions are the first of more; the size of the weights plays no part, however large or small.
        for scale in [1.0, 1e200, 1e-200] {
            let scaled: Vec<Vec<f64>> = rows
                .iter()
                .map(|r| r.iter().map(|x| x * scale).collect())
                .collect();
            for (a, b) in componenten(&scaled, 2).iter().zip(&found) {
                for (x, y) in a.iter().zip(b) {
                    assert!((x - y).abs() < 1e-12);
                }
            }
        }
    }

    /// `W = S Q` with `Q = 1 - 2 v v^T / v^T v`, a reflection, and falling `S`: the directions are the rows of `Q`.
    #[test]
    fn directions_of_a_large_matrix_are_found_by_iteration() {
        let n = 60;
        let v: Vec<f64> = (0..n).map(|i| 1.0 + f64::from(i % 7)).collect();
        let square = dot(&v, &v);
        let q: Vec<Vec<f64>> = (0..n as usize)
            .map(|i| {
                (0..n as usize)
                    .map(|j| f64::from(u8::from(i == j)) - 2.0 * v[i] * v[j] / square)
                    .collect()
            })
            .collect();
        let mut size = 1.0;
        let rows: Vec<Vec<f64>> = q
            .iter()
            .map(|row| {
                size *= 0.8;
                row.iter().map(|x| x * size).collect()
            })
            .collect();
        let found = componenten(&rows, 6);
        assert_eq!(found.len(), 6);
        assert_orthonormal(&found);
        for (a, b) in found.iter().zip(&q) {
            assert!((dot(a, b).abs() - 1.0).abs() < 1e-12);
            let largest = a.iter().fold(0.0_f64, |m, x| m.max(x.abs()));
            assert!(a.contains(&largest), "the largest component is positive");
        }
    }

    #[test]
    fn directions_without_variance_complete_the_list() {
        // One output on three normals, of which it uses two; a short row.
        let found = componenten(&[vec![3.0, 4.0], vec![0.0; 3]], 5);
        assert_eq!(found.len(), 3);
        assert_orthonormal(&found);
        for (x, y) in found[0].iter().zip([0.6, 0.8, 0.0]) {
            assert!((x - y).abs() < 1e-15, "{found:?}");
        }
        for nothing in [vec![vec![0.0; 4]; 2], vec![vec![0.0; 4]]] {
            let found = componenten(&nothing, 2);
            assert_eq!(found.len(), 2);
            assert_orthonormal(&found);
        }
        assert!(componenten(&[], 3).is_empty());
        assert!(componenten(&[vec![], vec![]], 3).is_empty());
        assert!(componenten(&[vec![1.0]], 0).is_empty());
        // Without meaning, but with an end.
        assert_eq!(
            componenten(&[vec![f64::NAN, 1.0, f64::INFINITY]], 2).len(),
            2
        );
    }
}

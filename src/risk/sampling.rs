//! How draws are spread over what can happen: plainly at random, in opposite pairs, one in every stratum, or by Sobol points.
//!
//! A draw of a driver is one 32-bit word, a pure function of (method, seed, draw, driver, block), so any draw can be replayed
//! alone and the number of threads plays no part. Draws come in groups of 64 for speed: one call of Philox gives the words of
//! four draws. Draws that are spread evenly depend on each other, so an error must come from independent repetitions
//! (herhalingen), each spread anew. Must not know: distributions, names of drivers, the model.

use crate::risk::random::{philox, uniform};
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

/// The words of Philox for the counters `W block .. W block + W` ([`crate::risk::random::uniforms`] gives the same).
///
/// With `W` a power of two the counters of a block share their upper bits. One counter per turn of the loop, with its ten
/// rounds in registers, is what vectorises best: half the time of the rounds outside and the counters inside.
#[inline(always)]
fn random<const W: usize>(seed: u64, block: u64, sleutel: u64, blok: u32) -> [[u32; W]; 4] {
    let first = block.wrapping_mul(W as u64);
    let upper = (((first >> 32) as u32) << 16) | (blok & 0xffff);
    let key = [seed as u32, (seed >> 32) as u32];
    let mut words = [[0; W]; 4];
    for l in 0..W {
        let counter = [
            first as u32 + l as u32,
            upper,
            sleutel as u32,
            (sleutel >> 32) as u32,
        ];
        [words[0][l], words[1][l], words[2][l], words[3][l]] = philox(counter, key);
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
            direction.iter_mut().for_each(|x| *x = -*x);
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
                vector.iter_mut().for_each(|x| *x /= divisor);
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

//! Sobol points: a sequence of which every aligned block of 2^k points lies evenly over [0, 1)^s, and its scrambling.
//!
//! Points are 32-bit words (`k` means `k / 2^32`), kept with their bits reversed until the end: the scrambling works from the
//! first bit of a number to the last, and multiplication carries from low to high. Must not know: drivers, draws, seeds.
//!
//! Direction numbers: S. Joe and F. Y. Kuo, "Constructing Sobol sequences with better two-dimensional projections", SIAM J.
//! Sci. Comput. 30 (2008) 2635-2654, set new-joe-kuo-6; BSD licence in `sobol-licence.txt`, taken from the copy in scipy 1.17.1.
//! The crate `sobol_burley` has the same numbers but stops at 2^16 points and hands out 23 bits: one repetition may be longer,
//! and a word here has 32.

/// How many dimensions there are.
pub(super) const DIMENSIONS: usize = 128;
/// The bits of a word.
const BITS: usize = 32;

/// Per dimension the primitive polynomial over the field of two elements, highest power first as bits, and the first numbers m
/// (odd, `m_j < 2^j`). The first dimension has none: it is the van der Corput sequence.
#[rustfmt::skip]
const JOE_KUO: [(u32, &[u32]); DIMENSIONS] = [
    (1, &[1]),
    (3, &[1]),
    (7, &[1, 3]),
    (11, &[1, 3, 1]),
    (13, &[1, 1, 1]),
    (19, &[1, 1, 3, 3]),
    (25, &[1, 3, 5, 13]),
    (37, &[1, 1, 5, 5, 17]),
    (41, &[1, 1, 5, 5, 5]),
    (47, &[1, 1, 7, 11, 19]),
    (55, &[1, 1, 5, 1, 1]),
    (59, &[1, 1, 1, 3, 11]),
    (61, &[1, 3, 5, 5, 31]),
    (67, &[1, 3, 3, 9, 7, 49]),
    (91, &[1, 1, 1, 15, 21, 21]),
    (97, &[1, 3, 1, 13, 27, 49]),
    (103, &[1, 1, 1, 15, 7, 5]),
    (109, &[1, 3, 1, 15, 13, 25]),
    (115, &[1, 1, 5, 5, 19, 61]),
    (131, &[1, 3, 7, 11, 23, 15, 103]),
    (137, &[1, 3, 7, 13, 13, 15, 69]),
    (143, &[1, 1, 3, 13, 7, 35, 63]),
    (145, &[1, 3, 5, 9, 1, 25, 53]),
    (157, &[1, 3, 1, 13, 9, 35, 107]),
    (167, &[1, 3, 1, 5, 27, 61, 31]),
    (171, &[1, 1, 5, 11, 19, 41, 61]),
    (185, &[1, 3, 5, 3, 3, 13, 69]),
    (191, &[1, 1, 7, 13, 1, 19, 1]),
    (193, &[1, 3, 7, 5, 13, 19, 59]),
    (203, &[1, 1, 3, 9, 25, 29, 41]),
    (211, &[1, 3, 5, 13, 23, 1, 55]),
    (213, &[1, 3, 7, 3, 13, 59, 17]),
    (229, &[1, 3, 1, 3, 5, 53, 69]),
    (239, &[1, 1, 5, 5, 23, 33, 13]),
    (241, &[1, 1, 7, 7, 1, 61, 123]),
    (247, &[1, 1, 7, 9, 13, 61, 49]),
    (253, &[1, 3, 3, 5, 3, 55, 33]),
    (285, &[1, 3, 1, 15, 31, 13, 49, 245]),
    (299, &[1, 3, 5, 15, 31, 59, 63, 97]),
    (301, &[1, 3, 1, 11, 11, 11, 77, 249]),
    (333, &[1, 3, 1, 11, 27, 43, 71, 9]),
    (351, &[1, 1, 7, 15, 21, 11, 81, 45]),
    (355, &[1, 3, 7, 3, 25, 31, 65, 79]),
    (357, &[1, 3, 1, 1, 19, 11, 3, 205]),
    (361, &[1, 1, 5, 9, 19, 21, 29, 157]),
    (369, &[1, 3, 7, 11, 1, 33, 89, 185]),
    (391, &[1, 3, 3, 3, 15, 9, 79, 71]),
    (397, &[1, 3, 7, 11, 15, 39, 119, 27]),
    (425, &[1, 1, 3, 1, 11, 31, 97, 225]),
    (451, &[1, 1, 1, 3, 23, 43, 57, 177]),
    (463, &[1, 3, 7, 7, 17, 17, 37, 71]),
    (487, &[1, 3, 1, 5, 27, 63, 123, 213]),
    (501, &[1, 1, 3, 5, 11, 43, 53, 133]),
    (529, &[1, 3, 5, 5, 29, 17, 47, 173, 479]),
    (539, &[1, 3, 3, 11, 3, 1, 109, 9, 69]),
    (545, &[1, 1, 1, 5, 17, 39, 23, 5, 343]),
    (557, &[1, 3, 1, 5, 25, 15, 31, 103, 499]),
    (563, &[1, 1, 1, 11, 11, 17, 63, 105, 183]),
    (601, &[1, 1, 5, 11, 9, 29, 97, 231, 363]),
    (607, &[1, 1, 5, 15, 19, 45, 41, 7, 383]),
    (617, &[1, 3, 7, 7, 31, 19, 83, 137, 221]),
    (623, &[1, 1, 1, 3, 23, 15, 111, 223, 83]),
    (631, &[1, 1, 5, 13, 31, 15, 55, 25, 161]),
    (637, &[1, 1, 3, 13, 25, 47, 39, 87, 257]),
    (647, &[1, 1, 1, 11, 21, 53, 125, 249, 293]),
    (661, &[1, 1, 7, 11, 11, 7, 57, 79, 323]),
    (675, &[1, 1, 5, 5, 17, 13, 81, 3, 131]),
    (677, &[1, 1, 7, 13, 23, 7, 65, 251, 475]),
    (687, &[1, 3, 5, 1, 9, 43, 3, 149, 11]),
    (695, &[1, 1, 3, 13, 31, 13, 13, 255, 487]),
    (701, &[1, 3, 3, 1, 5, 63, 89, 91, 127]),
    (719, &[1, 1, 3, 3, 1, 19, 123, 127, 237]),
    (721, &[1, 1, 5, 7, 23, 31, 37, 243, 289]),
    (731, &[1, 1, 5, 11, 17, 53, 117, 183, 491]),
    (757, &[1, 1, 1, 5, 1, 13, 13, 209, 345]),
    (761, &[1, 1, 3, 15, 1, 57, 115, 7, 33]),
    (787, &[1, 3, 1, 11, 7, 43, 81, 207, 175]),
    (789, &[1, 3, 1, 1, 15, 27, 63, 255, 49]),
    (799, &[1, 3, 5, 3, 27, 61, 105, 171, 305]),
    (803, &[1, 1, 5, 3, 1, 3, 57, 249, 149]),
    (817, &[1, 1, 3, 5, 5, 57, 15, 13, 159]),
    (827, &[1, 1, 1, 11, 7, 11, 105, 141, 225]),
    (847, &[1, 3, 3, 5, 27, 59, 121, 101, 271]),
    (859, &[1, 3, 5, 9, 11, 49, 51, 59, 115]),
    (865, &[1, 1, 7, 1, 23, 45, 125, 71, 419]),
    (875, &[1, 1, 3, 5, 23, 5, 105, 109, 75]),
    (877, &[1, 1, 7, 15, 7, 11, 67, 121, 453]),
    (883, &[1, 3, 7, 3, 9, 13, 31, 27, 449]),
    (895, &[1, 3, 1, 15, 19, 39, 39, 89, 15]),
    (901, &[1, 1, 1, 1, 1, 33, 73, 145, 379]),
    (911, &[1, 3, 1, 15, 15, 43, 29, 13, 483]),
    (949, &[1, 1, 7, 3, 19, 27, 85, 131, 431]),
    (953, &[1, 3, 3, 3, 5, 35, 23, 195, 349]),
    (967, &[1, 3, 3, 7, 9, 27, 39, 59, 297]),
    (971, &[1, 1, 3, 9, 11, 17, 13, 241, 157]),
    (973, &[1, 3, 7, 15, 25, 57, 33, 189, 213]),
    (981, &[1, 1, 7, 1, 9, 55, 73, 83, 217]),
    (985, &[1, 3, 3, 13, 19, 27, 23, 113, 249]),
    (995, &[1, 3, 5, 3, 23, 43, 3, 253, 479]),
    (1001, &[1, 1, 5, 5, 11, 5, 45, 117, 217]),
    (1019, &[1, 3, 3, 7, 29, 37, 33, 123, 147]),
    (1033, &[1, 3, 1, 15, 5, 5, 37, 227, 223, 459]),
    (1051, &[1, 1, 7, 5, 5, 39, 63, 255, 135, 487]),
    (1063, &[1, 3, 1, 7, 9, 7, 87, 249, 217, 599]),
    (1069, &[1, 1, 3, 13, 9, 47, 7, 225, 363, 247]),
    (1125, &[1, 3, 7, 13, 19, 13, 9, 67, 9, 737]),
    (1135, &[1, 3, 5, 5, 19, 59, 7, 41, 319, 677]),
    (1153, &[1, 1, 5, 3, 31, 63, 15, 43, 207, 789]),
    (1163, &[1, 1, 7, 9, 13, 39, 3, 47, 497, 169]),
    (1221, &[1, 3, 1, 7, 21, 17, 97, 19, 415, 905]),
    (1239, &[1, 3, 7, 1, 3, 31, 71, 111, 165, 127]),
    (1255, &[1, 1, 5, 11, 1, 61, 83, 119, 203, 847]),
    (1267, &[1, 3, 3, 13, 9, 61, 19, 97, 47, 35]),
    (1279, &[1, 1, 7, 7, 15, 29, 63, 95, 417, 469]),
    (1293, &[1, 3, 1, 9, 25, 9, 71, 57, 213, 385]),
    (1305, &[1, 3, 5, 13, 31, 47, 101, 57, 39, 341]),
    (1315, &[1, 1, 3, 3, 31, 57, 125, 173, 365, 551]),
    (1329, &[1, 3, 7, 1, 13, 57, 67, 157, 451, 707]),
    (1341, &[1, 1, 1, 7, 21, 13, 105, 89, 429, 965]),
    (1347, &[1, 1, 5, 9, 17, 51, 45, 119, 157, 141]),
    (1367, &[1, 3, 7, 7, 13, 45, 91, 9, 129, 741]),
    (1387, &[1, 3, 7, 1, 23, 57, 67, 141, 151, 571]),
    (1413, &[1, 1, 3, 11, 17, 47, 93, 107, 375, 157]),
    (1423, &[1, 3, 3, 5, 11, 21, 43, 51, 169, 915]),
    (1431, &[1, 1, 5, 3, 15, 55, 101, 67, 455, 625]),
    (1441, &[1, 3, 5, 9, 1, 23, 29, 47, 345, 595]),
    (1479, &[1, 3, 7, 7, 5, 49, 29, 155, 323, 589]),
    (1509, &[1, 3, 3, 7, 5, 41, 127, 61, 261, 717]),
];

/// The direction numbers of all dimensions, bits reversed: bit `b` of an index adds (exclusive or) number `b`.
static DIRECTIONS: [[u32; BITS]; DIMENSIONS] = directions();
/// The first 16 points of all dimensions, bits reversed.
static FIRST: [[u32; 16]; DIMENSIONS] = first_points();

const fn directions() -> [[u32; BITS]; DIMENSIONS] {
    let mut all = [[0; BITS]; DIMENSIONS];
    let mut d = 0;
    while d < DIMENSIONS {
        let (polynomial, first) = JOE_KUO[d];
        let degree = polynomial.ilog2() as usize;
        let mut v = [0_u32; BITS];
        let mut j = 0;
        while j < BITS {
            if degree == 0 {
                v[j] = 1 << (31 - j);
            } else if j < degree {
                v[j] = first[j] << (31 - j);
            } else {
                // v_j = a_1 v_{j-1} + ... + a_{s-1} v_{j-s+1} + v_{j-s} + v_{j-s} / 2^s, without carry.
                let mut sum = v[j - degree] ^ (v[j - degree] >> degree);
                let mut i = 1;
                while i < degree {
                    if (polynomial >> (degree - i)) & 1 == 1 {
                        sum ^= v[j - i];
                    }
                    i += 1;
                }
                v[j] = sum;
            }
            j += 1;
        }
        j = 0;
        while j < BITS {
            all[d][j] = v[j].reverse_bits();
            j += 1;
        }
        d += 1;
    }
    all
}

const fn first_points() -> [[u32; 16]; DIMENSIONS] {
    let v = directions();
    let mut all = [[0; 16]; DIMENSIONS];
    let mut d = 0;
    while d < DIMENSIONS {
        let mut l = 1_usize;
        while l < 16 {
            let top = l.ilog2();
            all[d][l] = all[d][l ^ (1 << top)] ^ v[d][top as usize];
            l += 1;
        }
        d += 1;
    }
    all
}

/// The points `64 block .. 64 block + 64` of a dimension, bits reversed: point `64 block + 16 j + l` at `[j][l]`.
///
/// `dimension` counts from 0 and must be below [`DIMENSIONS`]; the sequence has 2^32 points, so `block` stays below 2^26.
#[inline(always)]
pub(super) fn points_reversed(block: u32, dimension: usize) -> [[u32; 16]; 4] {
    let v = &DIRECTIONS[dimension];
    let mut start = 0;
    for b in 6..BITS {
        start ^= v[b] & ((block >> (b - 6)) & 1).wrapping_neg();
    }
    let starts = [start, start ^ v[4], start ^ v[5], start ^ v[4] ^ v[5]];
    let mut points = [[0; 16]; 4];
    for j in 0..4 {
        for l in 0..16 {
            points[j][l] = FIRST[dimension][l] ^ starts[j];
        }
    }
    points
}

/// A number of which the bits are reversed, scrambled by two random words, and put back in the usual order of bits.
///
/// Every bit is flipped depending on the bits before it (a nested uniform or Owen scrambling, approximately): numbers that
/// share their first k bits share them afterwards, so the spread of a block stays; every single number becomes uniform. Source:
/// Laine and Karras (2011) and Burley, "Practical hash-based Owen scrambling" (2020), with the constants of Vegdahl, "Building
/// a better LK hash" (2021). Its addition and multiplication have a random word each instead of sharing one.
#[inline(always)]
pub(super) fn scramble(reversed: u32, keys: [u32; 2]) -> u32 {
    let mut x = reversed;
    x ^= x.wrapping_mul(0x3d20_adea);
    x = x.wrapping_add(keys[0]);
    x = x.wrapping_mul(keys[1] | 1);
    x ^= x.wrapping_mul(0x0552_6c56);
    x ^= x.wrapping_mul(0x53a2_2864);
    x.reverse_bits()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::risk::random::uniform;

    #[derive(serde::Deserialize)]
    struct Figures {
        reeks: Vec<Series>,
    }

    #[derive(serde::Deserialize)]
    struct Series {
        eerste: u32,
        dimensies: Vec<usize>,
        punten: Vec<Vec<u32>>,
    }

    fn point(index: u32, dimension: usize) -> u32 {
        let place = (index % 64) as usize;
        points_reversed(index / 64, dimension)[place / 16][place % 16].reverse_bits()
    }

    #[test]
    fn points_equal_scipy() {
        let figures: Figures =
            toml::from_str(include_str!("../../tests/cases/verdelingen/sobol.toml")).unwrap();
        let mut compared = 0;
        for series in figures.reeks {
            for (i, row) in (series.eerste..).zip(series.punten) {
                assert_eq!(row.len(), series.dimensies.len());
                for (&dimension, expected) in series.dimensies.iter().zip(row) {
                    let found = point(i ^ (i >> 1), dimension);
                    assert_eq!(found, expected, "point {i}, dimension {dimension}");
                    compared += 1;
                }
            }
        }
        assert_eq!(compared, 24 * 10 + 4 * 43 + 6 * 10);
    }

    #[test]
    fn numbers_that_share_bits_share_them_after_scrambling() {
        for i in 0..2000 {
            let [a, low, k0, k1] = uniform(1, i, 0, 0);
            let shared = i as u32 % 32;
            // The same first bits, then a different one, then anything.
            let b = (a ^ (1 << (31 - shared))) ^ ((low >> 1) >> shared);
            let found = [a, b].map(|k| scramble(k.reverse_bits(), [k0, k1]));
            assert_eq!((found[0] ^ found[1]).leading_zeros(), shared, "{a:x} {b:x}");
        }
    }

    /// Numbers that are scrambled independently within their strata give a mean with a known variance: for every stratum
    /// that of the function in it. It is that of true nested scrambling in one dimension.
    #[test]
    fn scrambling_spreads_as_nested_uniform_scrambling() {
        const N: f64 = 64.0;
        const TIMES: u64 = 4000;
        let power = |x: f64, n: i32| libm::pow(x, f64::from(n));
        for (dimension, exponent) in [(0, 1), (1, 1), (5, 3), (127, 2)] {
            // Var(u^e) in [s, s + 1) / N from its integrals.
            let mut expected = 0.0;
            for s in 0..64 {
                let (a, b) = (f64::from(s) / N, f64::from(s + 1) / N);
                let moment = |m: i32| N * (power(b, m + 1) - power(a, m + 1)) / f64::from(m + 1);
                expected += (moment(2 * exponent) - power(moment(exponent), 2)) / (N * N);
            }
            let mut sum = 0.0;
            let truth = 1.0 / f64::from(exponent + 1);
            for time in 0..TIMES {
                let [k0, k1, ..] = uniform(7, time, dimension as u64, 0);
                let mut mean = 0.0;
                for reversed in points_reversed(0, dimension).as_flattened() {
                    let u = (f64::from(scramble(*reversed, [k0, k1])) + 0.5) / 4_294_967_296.0;
                    mean += power(u, exponent) / N;
                }
                sum += power(mean - truth, 2);
            }
            let ratio = sum / TIMES as f64 / expected;
            // Five standard errors of a variance.
            let tolerance = 5.0 * (2.0 / TIMES as f64).sqrt();
            assert!((ratio - 1.0).abs() < tolerance, "{dimension}: {ratio}");
        }
    }
}

//! Random numbers by counter: a number is a pure function of (seed, draw, driver, block).
//!
//! So a draw can be recomputed alone, in any order and on any number of threads, and adding a driver leaves the
//! others as they were. Must not know: distributions, the model, threads.
//!
//! Only IEEE additions, multiplications and divisions are used (no library logarithm, no fused multiply-add), so the
//! bits are equal on every machine. The functions are branch-free and always inlined: called inside
//! `pulp::Arch::dispatch` they become vector code (the caller's own body must be a method marked always inline, not a
//! closure: a closure left out of line falls back to SSE2).

/// Multipliers and key increments of Philox4x32 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011).
pub(super) const PHILOX_M0: u64 = 0xd251_1f53;
pub(super) const PHILOX_M1: u64 = 0xcd9e_8d57;
pub(super) const PHILOX_W0: u32 = 0x9e37_79b9;
pub(super) const PHILOX_W1: u32 = 0xbb67_ae85;

/// Philox4x32: the four 32-bit words for one counter and key; ten rounds by default in the literature, seven the least that
/// passes all of `BigCrush`.
///
/// Source: Salmon et al. (2011); tested with the known answers of Random123.
#[inline(always)]
pub fn philox<const ROUNDS: usize>(counter: [u32; 4], key: [u32; 2]) -> [u32; 4] {
    let [mut c0, mut c1, mut c2, mut c3] = counter;
    let [mut k0, mut k1] = key;
    for _ in 0..ROUNDS {
        let p0 = u64::from(c0) * PHILOX_M0;
        let p1 = u64::from(c2) * PHILOX_M1;
        c0 = (p1 >> 32) as u32 ^ c1 ^ k0;
        c2 = (p0 >> 32) as u32 ^ c3 ^ k1;
        c1 = p1 as u32;
        c3 = p0 as u32;
        k0 = k0.wrapping_add(PHILOX_W0);
        k1 = k1.wrapping_add(PHILOX_W1);
    }
    [c0, c1, c2, c3]
}

/// The key of a driver: FNV-1a (64 bits) of its name in UTF-8, then the 64-bit finaliser of `MurmurHash3`.
///
/// FNV alone leaves names that differ only in their last letter close together; the finaliser spreads them. It is a
/// bijection, so it adds no collisions.
pub fn driver_key(name: &str) -> u64 {
    let mut h: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in name.bytes() {
        h = (h ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    h = (h ^ (h >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    h = (h ^ (h >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    h ^ (h >> 33)
}

/// Four uniform 32-bit numbers for one draw: a number `k` means `u = (k + 1/2) / 2^32`.
///
/// The counter is (draw bits 0..32, draw bits 32..48 and block, driver low, driver high); the key is the seed. So
/// draws run to 2^48 and blocks of four numbers to 2^16; higher bits of either are dropped.
#[inline(always)]
pub fn uniform(seed: u64, draw: u64, driver: u64, block: u32) -> [u32; 4] {
    let high = (((draw >> 32) as u32) << 16) | (block & 0xffff);
    philox::<10>(
        [draw as u32, high, driver as u32, (driver >> 32) as u32],
        [seed as u32, (seed >> 32) as u32],
    )
}

/// [`uniform`] for the draws `first_draw..first_draw + W`: word `j` of lane `l` is at `[j][l]`.
#[inline(always)]
pub fn uniforms<const W: usize>(
    seed: u64,
    first_draw: u64,
    driver: u64,
    block: u32,
) -> [[u32; W]; 4] {
    // The rounds of `philox` with the lanes inside and 32-bit words, the one form tried that became vector code: with
    // 64-bit words the products stayed scalar (measured 5x slower with the lanes outside, 2.5x with them inside).
    let mut c0 = [0_u32; W];
    let mut c1 = [0_u32; W];
    for l in 0..W {
        let draw = first_draw.wrapping_add(l as u64);
        c0[l] = draw as u32;
        c1[l] = (((draw >> 32) as u32) << 16) | (block & 0xffff);
    }
    let mut c2 = [driver as u32; W];
    let mut c3 = [(driver >> 32) as u32; W];
    let (mut k0, mut k1) = (seed as u32, (seed >> 32) as u32);
    for _ in 0..10 {
        for l in 0..W {
            let p0 = u64::from(c0[l]) * PHILOX_M0;
            let p1 = u64::from(c2[l]) * PHILOX_M1;
            c0[l] = (p1 >> 32) as u32 ^ c1[l] ^ k0;
            c2[l] = (p0 >> 32) as u32 ^ c3[l] ^ k1;
            c1[l] = p1 as u32;
            c3[l] = p0 as u32;
        }
        k0 = k0.wrapping_add(PHILOX_W0);
        k1 = k1.wrapping_add(PHILOX_W1);
    }
    [c0, c1, c2, c3]
}

/// `z = x P(w) / Q(w)` with `x = 2u - 1` and `w = -ln(4u(1 - u))`: minimax on `w` in 0..21.5 (all 32-bit `u`), largest
/// error in `z` 1.2e-9. Own fit (Lawson iteration); the variables are those of Giles, "Approximating the erfinv
/// function" (2010). All coefficients are positive, so nothing cancels.
const NORMAL_P: [f64; 8] = [
    1.253_314_147_302_906,
    0.410_274_118_903_645_4,
    0.078_279_360_099_105_77,
    0.010_140_227_643_837_55,
    0.000_846_515_489_768_508_4,
    3.675_048_917_567_927e-5,
    4.757_606_647_214_735_4e-7,
    3.050_023_680_781_296_4e-8,
];
const NORMAL_Q: [f64; 8] = [
    1.0,
    0.065_552_100_974_683_4,
    0.032_263_970_262_903_195,
    0.001_425_286_629_707_448_5,
    0.000_198_455_903_732_305_04,
    9.609_347_486_607_658e-7,
    1.572_733_802_701_640_5e-7,
    1.007_306_448_362_698_4e-9,
];
/// `ln((1 + s)/(1 - s)) = 2s + s^3 R(s^2)` for `|s| <= 0.1716`: minimax, error below 6e-12.
const LN_R: [f64; 4] = [
    0.666_666_665_677_546_5,
    0.400_001_185_058_644_07,
    0.285_510_356_316_469_65,
    0.233_264_600_199_264_87,
];
/// Bits of the square root of one half and of one, to split a number in a power of two and `m` in `[0.707, 1.414)`.
const HALF_ROOT_BITS: u64 = 0x3fe6_a09e_667f_3bcd;
const ONE_BITS: u64 = 0x3ff0_0000_0000_0000;
const TWO_52: f64 = 4_503_599_627_370_496.0;
const TWO_32: f64 = 4_294_967_296.0;

/// Polynomial with rising powers by Horner's rule.
#[inline(always)]
pub(crate) fn polynomial<const N: usize>(c: &[f64; N], x: f64) -> f64 {
    let mut sum = c[N - 1];
    for j in (0..N - 1).rev() {
        sum = sum * x + c[j];
    }
    sum
}

/// The rational part of the normal quantile, `z / (2u - 1)`, as a function of `w = -ln(4u(1 - u))`.
#[inline(always)]
pub(crate) fn normal_ratio(w: f64) -> f64 {
    polynomial(&NORMAL_P, w) / polynomial(&NORMAL_Q, w)
}

/// Standard normal number of a uniform `k`: the inverse normal distribution function at `(k + 1/2) / 2^32`.
///
/// Largest error over all `k` 1.2e-9; range -6.34 to 6.34; `normal(!k) == -normal(k)` to the bit.
#[inline(always)]
pub fn normal(k: u32) -> f64 {
    // a = 2^33 u and b = 2^33 (1 - u) are exact; swapping k for !k swaps them, which is what makes z odd.
    let a = 2.0 * f64::from(k) + 1.0;
    let b = 2.0 * TWO_32 - a;
    let x = (a - TWO_32) * (1.0 / TWO_32);
    let y = a * b * (1.0 / (TWO_32 * TWO_32));
    // y = 2^e m. The exponent goes to f64 through the mantissa of 2^52: there is no vector conversion before AVX-512.
    let t = y.to_bits() + (ONE_BITS - HALF_ROOT_BITS);
    let e = f64::from_bits((t >> 52) | 0x4330_0000_0000_0000) - (TWO_52 + 1023.0);
    let m = f64::from_bits((t & 0x000f_ffff_ffff_ffff) + HALF_ROOT_BITS);
    let s = (m - 1.0) / (m + 1.0);
    let s2 = s * s;
    let ln_m = s * (2.0 + s2 * polynomial(&LN_R, s2));
    let w = -(e * std::f64::consts::LN_2 + ln_m);
    x * normal_ratio(w)
}

/// [`normal`] for every lane.
#[inline(always)]
pub fn normals<const W: usize>(k: &[u32; W]) -> [f64; W] {
    let mut z = [0.0; W];
    for l in 0..W {
        z[l] = normal(k[l]);
    }
    z
}

/// Words of so many plain draws of a driver, for tests.
#[cfg(test)]
pub(super) fn words(seed: u64, driver: &str, n: usize) -> Vec<u32> {
    let mut out = Vec::with_capacity(n + 16);
    let key = driver_key(driver);
    for first in (0..n as u64).step_by(16) {
        out.extend(uniforms::<16>(seed, first, key, 0)[0]);
    }
    out.truncate(n);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use statrs::distribution::{ContinuousCDF, Normal};

    #[test]
    fn philox_gives_the_known_answers() {
        let ones = u32::MAX;
        assert_eq!(
            philox::<10>([0; 4], [0; 2]),
            [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]
        );
        assert_eq!(
            philox::<10>([ones; 4], [ones; 2]),
            [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
        );
        assert_eq!(
            philox::<10>(
                [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344],
                [0xa409_3822, 0x299f_31d0]
            ),
            [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
        );
        assert_eq!(
            philox::<7>([0; 4], [0; 2]),
            [0x5f6f_b709, 0x0d89_3f64, 0x4f12_1f81, 0x4f73_0a48]
        );
        assert_eq!(
            philox::<7>([ones; 4], [ones; 2]),
            [0x5207_ddc2, 0x4516_5e59, 0x4d8e_e751, 0x8c52_f662]
        );
    }

    fn lanes_are_scalar<const W: usize>() {
        let driver = driver_key("prijs/woningen");
        for (first, block) in [
            (0, 0),
            (u64::from(u32::MAX) - 3, 1),
            ((1 << 48) - 2, 65_535),
        ] {
            let words = uniforms::<W>(7, first, driver, block);
            for (j, row) in words.iter().enumerate() {
                let z = normals(row);
                for l in 0..W {
                    assert_eq!(row[l], uniform(7, first + l as u64, driver, block)[j]);
                    assert_eq!(z[l].to_bits(), normal(row[l]).to_bits());
                }
            }
        }
    }

    #[test]
    fn lanes_give_the_bits_of_the_scalar() {
        lanes_are_scalar::<1>();
        lanes_are_scalar::<3>();
        lanes_are_scalar::<8>();
        lanes_are_scalar::<16>();
    }

    #[test]
    fn lanes_give_the_same_bits_under_dispatch() {
        let plain = normals(&uniforms::<16>(1, 0, 2, 3)[0]).map(f64::to_bits);
        let fast = pulp::Arch::new()
            .dispatch(|| normals(&uniforms::<16>(1, 0, 2, 3)[0]))
            .map(f64::to_bits);
        assert_eq!(plain, fast);
    }

    /// Both ends, the middle, a coarse grid, and around every power of two (where the logarithm changes piece).
    fn grid() -> Vec<u32> {
        let mut ks: Vec<u32> = (0..1_u32 << 15).map(|j| j << 17).collect();
        for bit in 0..32 {
            let k = 1_u32 << bit;
            ks.extend([k - 1, k, k + 1, !k, !(k - 1)]);
        }
        ks.extend(0..2000);
        ks.extend((0..2000).map(|k: u32| !k));
        ks
    }

    #[test]
    fn normal_is_the_inverse_normal_distribution() {
        let standard = Normal::new(0.0, 1.0).unwrap();
        let mut worst = 0.0_f64;
        for k in grid() {
            // The small half only: there the chance is exact in f64 and no digits are lost in 1 - p.
            let low = k.min(!k);
            let expected = standard.inverse_cdf((f64::from(low) + 0.5) / TWO_32);
            worst = worst.max((normal(low) - expected).abs());
        }
        println!("largest error of normal: {worst:e}");
        assert!(worst < 2e-9, "{worst:e}");
    }

    #[test]
    fn normal_is_odd_and_strictly_increasing() {
        let mut ks = grid();
        ks.sort_unstable();
        ks.dedup();
        for pair in ks.windows(2) {
            assert!(normal(pair[0]) < normal(pair[1]), "{pair:?}");
        }
        for k in ks {
            assert_eq!(normal(!k).to_bits(), (-normal(k)).to_bits());
        }
        // Neighbours over the seams of the logarithm: 4u(1 - u) = 2^-j sqrt(1/2).
        for j in 0..30 {
            let y = libm::exp2(-f64::from(j) - 0.5);
            let centre = ((1.0 - (1.0 - y).sqrt()) / 2.0 * TWO_32) as u32;
            for k in centre.saturating_sub(200)..centre + 200 {
                assert!(normal(k) < normal(k + 1), "{k}");
            }
        }
    }

    #[test]
    fn driver_keys_differ_in_many_bits() {
        assert_ne!(driver_key(""), driver_key("a"));
        let distance = (driver_key("kosten/1") ^ driver_key("kosten/2")).count_ones();
        assert!((16..=48).contains(&distance), "{distance}");
    }
}

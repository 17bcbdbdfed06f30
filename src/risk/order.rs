//! Sorting and ranking draws by radix: the order of `total_cmp`, several times faster than by comparison.
//!
//! A float becomes a whole number with the same order; the highest bits in which the draws differ are sorted in three
//! passes, and what is still equal after that (few draws, unless they are the same) by comparison. So the result never
//! depends on the method. Must not know: what the numbers mean.

/// Most bits per pass: the counts of one digit fit in the first cache.
const BITS: u32 = 11;
const BUCKETS: usize = 1 << BITS;
const PASSES: u32 = 3;
/// Most bits that the passes sort.
const SORTED: u32 = BITS * PASSES;
/// Below this many draws comparing is faster.
const FEW: usize = 512;
/// Bits left for the position of a draw beside the sorted bits.
const POSITION: u32 = 64 - SORTED;

/// A whole number in the order of `f64::total_cmp`.
#[inline(always)]
fn key(x: f64) -> u64 {
    let bits = x.to_bits();
    bits ^ (((bits as i64) >> 63) as u64 | 1 << 63)
}

/// A whole number in the order of `f32::total_cmp`, with -0 as 0.
#[inline(always)]
fn key_f32(x: f32) -> u32 {
    let bits = (x + 0.0).to_bits();
    bits ^ (((bits as i32) >> 31) as u32 | 1 << 31)
}

/// Keys of minus and plus infinity; those outside are NaN.
const NUMBERS_F32: std::ops::RangeInclusive<u64> = 0x007f_ffff..=0xff80_0000;

/// From the lowest to the highest bit in which keys differ; 0 when all are equal.
fn height(keys: impl Iterator<Item = u64>) -> u32 {
    let (mut all, mut any) = (u64::MAX, 0);
    for k in keys {
        all &= k;
        any |= k;
    }
    64 - (any & !all).leading_zeros()
}

/// Stable sort of `items` by the lowest `height` bits of what `number` gives, at most [`SORTED`]; `other` is room to
/// work in.
fn passes<T: Copy + Default>(
    items: &mut Vec<T>,
    other: &mut Vec<T>,
    height: u32,
    number: impl Fn(T) -> u64,
) {
    if height == 0 || items.is_empty() {
        return;
    }
    let n = items.len();
    let width = height.min(SORTED).div_ceil(PASSES);
    let mask = (1_usize << width) - 1;
    let digit =
        |item: T, pass: u32| (number(item) >> (width * pass)) as usize & mask & (BUCKETS - 1);
    let mut low = [0_u32; BUCKETS];
    let mut middle = [0_u32; BUCKETS];
    let mut high = [0_u32; BUCKETS];
    for &item in items.iter() {
        low[digit(item, 0)] += 1;
        middle[digit(item, 1)] += 1;
        high[digit(item, 2)] += 1;
    }
    // What lies in it does not matter: every place is written.
    other.resize(n, T::default());
    for (pass, row) in (0..PASSES).zip([&mut low, &mut middle, &mut high]) {
        // All in one bucket: nothing would move.
        if row[digit(items[0], pass)] as usize == n {
            continue;
        }
        let mut from = 0;
        for count in row.iter_mut() {
            let many = *count;
            *count = from;
            from += many;
        }
        for &item in items.iter() {
            let place = &mut row[digit(item, pass)];
            other[*place as usize] = item;
            *place += 1;
        }
        std::mem::swap(items, other);
    }
}

/// Calls `mend` for every run of neighbours with equal `number`, with its place.
fn runs<T: Copy>(
    items: &mut [T],
    number: impl Fn(T) -> u64,
    mut mend: impl FnMut(usize, &mut [T]),
) {
    let mut from = 0;
    while from + 1 < items.len() {
        let k = number(items[from]);
        if number(items[from + 1]) != k {
            from += 1;
            continue;
        }
        let mut to = from + 2;
        while to < items.len() && number(items[to]) == k {
            to += 1;
        }
        mend(from, &mut items[from..to]);
        from = to;
    }
}

/// The values in the order of `total_cmp`.
pub(crate) fn sorted(mut values: Vec<f64>) -> Vec<f64> {
    if values.len() < FEW || u32::try_from(values.len()).is_err() {
        values.sort_unstable_by(f64::total_cmp);
        return values;
    }
    let height = height(values.iter().map(|&x| key(x)));
    let s = height.saturating_sub(SORTED);
    passes(&mut values, &mut Vec::new(), height, |x| key(x) >> s);
    if s > 0 {
        runs(
            &mut values,
            |x| key(x) >> s,
            |_, run| run.sort_unstable_by(f64::total_cmp),
        );
    }
    values
}

/// Positions of the values in rising order, and the runs of equals in it (from, to), rising.
///
/// -0 equals 0; NaN equals nothing and stands at the ends by its sign, as in `total_cmp`. Equals are in order of
/// position. Panics with 2^31 values or more.
pub(crate) fn order(values: &[f64]) -> (Vec<u32>, Vec<(usize, usize)>) {
    assert!(values.len() < 1 << POSITION, "too many draws to rank");
    let plain = |x: f64| key(x + 0.0);
    let height = height(values.iter().map(|&x| plain(x)));
    let s = height.saturating_sub(SORTED);
    let mut packed: Vec<u64> = values
        .iter()
        .enumerate()
        .map(|(i, &x)| plain(x) >> s << POSITION | i as u64)
        .collect();
    passes(&mut packed, &mut Vec::new(), height, |k| k >> POSITION);
    let place = |k: u64| (k & ((1 << POSITION) - 1)) as usize;
    let mut ties = Vec::new();
    runs(
        &mut packed,
        |k| k >> POSITION,
        |from, run| {
            // Equal in the bits sorted: by the rest, then by position.
            if s > 0 {
                run.sort_unstable_by(|&a, &b| {
                    let (a, b) = (place(a), place(b));
                    plain(values[a]).cmp(&plain(values[b])).then(a.cmp(&b))
                });
            }
            let mut a = 0;
            while a < run.len() {
                let value = values[place(run[a])];
                let mut b = a + 1;
                while b < run.len() && values[place(run[b])] == value {
                    b += 1;
                }
                if b > a + 1 {
                    ties.push((from + a, from + b));
                }
                a = b;
            }
        },
    );
    (packed.into_iter().map(|k| place(k) as u32).collect(), ties)
}

/// Ranks from 1 at the position of each value; equals share the average of theirs.
pub(crate) fn ranks(values: &[f64]) -> Vec<f64> {
    let (order, ties) = order(values);
    let mut out = vec![0.0; values.len()];
    for (rank, &i) in order.iter().enumerate() {
        out[i as usize] = rank as f64 + 1.0;
    }
    for (from, to) in ties {
        for &i in &order[from..to] {
            out[i as usize] = (from + 1 + to) as f64 / 2.0;
        }
    }
    out
}

/// For every run of equals (of one and more) in rising order: `run(from, to, their passengers)`, a passenger being the
/// number that travels with a value. -0 equals 0. Gives false, and calls nothing more, from the first NaN on.
pub(crate) fn runs_f32(
    values: &[f32],
    passengers: impl Iterator<Item = u32>,
    room: &mut Room,
    mut run: impl FnMut(usize, usize, &[u64]),
) -> bool {
    let Room { packed, other } = room;
    packed.clear();
    packed.extend(
        values
            .iter()
            .zip(passengers)
            .map(|(&x, p)| u64::from(key_f32(x)) << 32 | u64::from(p)),
    );
    let height = height(packed.iter().map(|k| k >> 32));
    passes(packed, other, height, |k| k >> 32);
    let mut from = 0;
    while from < packed.len() {
        let k = packed[from] >> 32;
        if !NUMBERS_F32.contains(&k) {
            return false;
        }
        let mut to = from + 1;
        while to < packed.len() && packed[to] >> 32 == k {
            to += 1;
        }
        run(from, to, &packed[from..to]);
        from = to;
    }
    true
}

/// Room to work in, kept for a next column: fresh memory costs a quarter of the time.
#[derive(Clone, Debug, Default)]
pub(crate) struct Room {
    packed: Vec<u64>,
    other: Vec<u64>,
}

/// The passenger in what [`runs_f32`] gives.
#[inline(always)]
pub(crate) fn passenger(packed: u64) -> u32 {
    packed as u32
}

/// [`ranks`] of `f32`; a NaN makes all ranks from there on NaN.
pub(crate) fn ranks_f32(values: &[f32]) -> Vec<f64> {
    let mut out = vec![f64::NAN; values.len()];
    runs_f32(
        values,
        0..values.len() as u32,
        &mut Room::default(),
        |from, to, run| {
            let rank = (from + 1 + to) as f64 / 2.0;
            for &k in run {
                out[passenger(k) as usize] = rank;
            }
        },
    );
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::risk::random::{normal, uniform};

    /// Columns that make a radix sort stumble: all kinds of bits, equals, zeros of both signs, values that differ only
    /// in their last bits, constants.
    fn columns(n: usize) -> Vec<Vec<f64>> {
        let word = |i: usize, j: usize| uniform(3, i as u64, 5, 0)[j];
        let bits = |i: usize| u64::from(word(i, 0)) << 32 | u64::from(word(i, 1));
        let column = |f: &dyn Fn(usize) -> f64| (0..n).map(f).collect::<Vec<f64>>();
        vec![
            column(&|i| 4e6 + 1e7 * normal(word(i, 0))),
            column(&|i| f64::from_bits(bits(i))),
            column(&|i| f64::from_bits(1.0_f64.to_bits() + bits(i) % 50)),
            column(&|i| f64::from_bits(1.0_f64.to_bits() + (bits(i) >> 20))),
            column(&|i| (f64::from(word(i, 0) % 7) - 3.0) * 0.0),
            column(&|i| f64::from(word(i, 0) % 9) - 4.0),
            column(&|i| {
                if word(i, 0) % 3 == 0 {
                    normal(word(i, 1))
                } else {
                    0.0
                }
            }),
            column(&|_| -2.5),
            column(&|i| i as f64),
            column(&|i| -(i as f64)),
            column(&|i| {
                [
                    f64::INFINITY,
                    f64::NEG_INFINITY,
                    f64::NAN,
                    -f64::NAN,
                    0.0,
                    -0.0,
                ][word(i, 2) as usize % 6]
            }),
        ]
    }

    #[test]
    fn radix_gives_the_order_of_total_cmp_to_the_bit() {
        for n in [0, 1, 2, FEW - 1, FEW, 3000, 40_000] {
            for (which, column) in columns(n).into_iter().enumerate() {
                let mut expected = column.clone();
                expected.sort_by(f64::total_cmp);
                let got = sorted(column);
                assert!(
                    got.iter()
                        .map(|x| x.to_bits())
                        .eq(expected.iter().map(|x| x.to_bits())),
                    "column {which} of {n}"
                );
            }
        }
    }

    /// The plain way: a stable comparison sort, then runs of `==`.
    fn plain_ranks(values: &[f64]) -> (Vec<u32>, Vec<f64>) {
        let mut order: Vec<u32> = (0..values.len() as u32).collect();
        order.sort_by(|&a, &b| (values[a as usize] + 0.0).total_cmp(&(values[b as usize] + 0.0)));
        let mut ranks = vec![0.0; values.len()];
        let mut from = 0;
        while from < order.len() {
            let value = values[order[from] as usize];
            let mut to = from + 1;
            while to < order.len() && values[order[to] as usize] == value {
                to += 1;
            }
            for &i in &order[from..to] {
                ranks[i as usize] = (from + 1 + to) as f64 / 2.0;
            }
            from = to;
        }
        (order, ranks)
    }

    #[test]
    fn ranks_are_those_of_a_stable_comparison_sort() {
        for n in [0, 1, 2, 700, 20_000] {
            for (which, column) in columns(n).into_iter().enumerate() {
                let (expected_order, expected) = plain_ranks(&column);
                assert_eq!(order(&column).0, expected_order, "column {which} of {n}");
                assert_eq!(ranks(&column), expected, "column {which} of {n}");
                let narrow: Vec<f32> = column.iter().map(|&x| x as f32).collect();
                if narrow.iter().any(|x| x.is_nan()) {
                    assert!(ranks_f32(&narrow).iter().any(|r| r.is_nan()));
                    continue;
                }
                let wide: Vec<f64> = narrow.iter().map(|&x| f64::from(x)).collect();
                assert_eq!(
                    ranks_f32(&narrow),
                    plain_ranks(&wide).1,
                    "column {which} of {n}"
                );
            }
        }
    }
}

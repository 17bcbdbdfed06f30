//! The arithmetic that rules are written in: one small trait, read exact ([`Exact`]), fast ([`Lanes`]) and explained
//! (`expression::Expr`).
//!
//! A rule is one function, generic over [`Number`]; there is no other text of it. Nothing here knows time, models or money
//! for people.

use crate::problem::Place;
use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, MathematicalOps, RoundingStrategy};
use std::fmt::Debug;
use std::ops::{Add, Mul, Neg, Sub};

/// An input value with the place it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantity {
    /// The value.
    pub value: Decimal,
    /// Where it was read; nothing for a value that a rule makes (equal parts of a range, say).
    pub place: Option<Place>,
}

impl Quantity {
    /// A value from a place.
    pub fn new(value: Decimal, place: &Place) -> Self {
        Quantity {
            value,
            place: Some(place.clone()),
        }
    }

    /// A value that comes from no input.
    pub fn made(value: Decimal) -> Self {
        Quantity { value, place: None }
    }
}

/// How a number is rounded; always named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounding {
    /// To the nearest, a half away from zero: ROUND in a sheet, and what accountants expect.
    HalfAwayFromZero,
    /// Away from zero: ROUNDUP.
    Up,
    /// Towards zero: ROUNDDOWN.
    Down,
}

/// Whose number it is; the words are looked up later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Of {
    /// The whole area.
    Geheel,
    /// An index group.
    Index(u16),
    /// A line.
    Lijn(u16),
    /// An account.
    Rekening(u16),
    /// A party.
    Partij(u16),
    /// A maatregel.
    Maatregel(u16),
    /// A part of the main account: a deelgebied, or what lies in none.
    Deel(u16),
    /// A thing that is kept up.
    Object(u16),
    /// A cell of the matrix: opgave, then party, the outside world after the last.
    Cel(u16, u16),
    /// An area of kostenverhaal.
    Verhaal(u16),
    /// What a party holds of a perceel.
    Eigendom(u16),
    /// What a line counts for in an area of kostenverhaal.
    Post(u16),
    /// A rule of verevening.
    Regel(u16),
    /// Who takes part in one.
    Deelnemer(u16),
    /// A financiële bijdrage.
    Bijdrage(u16),
    /// A norm for the programme: norm, then row, the whole after the last.
    Norm(u16, u16),
    /// A kostensoort in an area of kostenverhaal.
    Kostensoort(u16, u16),
}

/// When.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum At {
    /// Not in time.
    Once,
    /// Before the first period.
    Opening,
    /// In a period of the timeline.
    Period(u16),
}

/// At a period.
pub fn at(period: usize) -> At {
    At::Period(u16::try_from(period).unwrap_or(u16::MAX))
}

/// About a dozen operations, enough for every rule.
///
/// Both sides of a choice are always calculated. There is no `/`: a divisor is either known not to be zero ([`Number::per`])
/// or the rule says what comes instead ([`Number::div_or`]).
pub trait Number:
    Copy + Debug + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Neg<Output = Self>
{
    /// A value that is the same in every draw. Plans hold these.
    type Fixed: Copy + Debug;
    /// A small whole number of periods that may differ per draw: a delay.
    type Whole: Copy + Debug;

    /// An input value, with where it came from.
    fn fixed(value: Decimal, place: Option<&Place>) -> Self::Fixed;
    /// A fixed value as a number.
    fn of(fixed: Self::Fixed) -> Self;
    /// A constant of a rule.
    fn constant(value: Decimal) -> Self;
    /// A whole constant of a rule.
    fn number(value: i64) -> Self {
        Self::constant(Decimal::from(value))
    }
    /// One half.
    fn half() -> Self {
        Self::constant(Decimal::from_parts(5, 0, 0, false, 1))
    }
    /// A delay that is the same in every draw.
    fn whole(steps: u32) -> Self::Whole;
    /// A delay as a number.
    fn steps(whole: Self::Whole) -> Self;

    /// Quotient by a number that validation has proved not to be zero.
    fn per(self, by: Self) -> Self;
    /// Quotient, or `otherwise` where the divisor is zero.
    fn div_or(self, by: Self, otherwise: Self) -> Self;
    /// The lesser.
    fn min(self, other: Self) -> Self;
    /// The greater.
    fn max(self, other: Self) -> Self;
    /// `then` where self < limit, else `otherwise`.
    fn if_less(self, limit: Self, then: Self, otherwise: Self) -> Self;
    /// Power of a base above zero; the exponent is the same in every draw.
    fn power(self, exponent: Decimal) -> Self;
    /// [`Number::power`] with the exponent also as the number that it was made as, an input say; only the recorder keeps that.
    #[must_use]
    fn power_by(self, exponent: Decimal, _made_as: Self) -> Self {
        self.power(exponent)
    }
    /// Rounded to decimals.
    fn round(self, digits: u32, how: Rounding) -> Self;

    /// Sum in the order given.
    fn sum(parts: &[Self]) -> Self;
    /// The lowest of a series and the first of `when` that goes with it.
    fn lowest(series: &[Self], when: &[Self]) -> (Self, Self);
    /// Moves everything in the series `delay` periods later; what comes in front is zero. The caller sees to it that nothing
    /// is shifted past the end.
    fn shift(series: &mut [Self], delay: Self::Whole);
    /// `into[i] += fixed[i] * by`: the gathering of cash flows.
    fn add_scaled(into: &mut [Self], fixed: &[Self::Fixed], by: Self);

    /// Between one period of a series and the next. Lanes keep the compiler from taking several periods together there, lane by
    /// lane: it would gather and scatter what already lies side by side (measured: docs/benchmarks.md).
    #[inline(always)]
    fn volgende() {}

    /// Gives the number a name; only the recorder listens.
    #[inline(always)]
    #[must_use]
    fn named(self, _name: &'static str, _of: Of, _at: At) -> Self {
        self
    }
}

// ------------------------------------------------------------------------------------------------------------ exact

/// Exact decimal. "No number" (overflow, division by zero) spreads through a calculation and is reported once, so that no
/// input can make a rule panic.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Exact(pub Option<Decimal>);

impl Exact {
    /// Zero.
    pub const ZERO: Exact = Exact(Some(Decimal::ZERO));

    #[inline]
    fn both(self, other: Self, f: impl FnOnce(Decimal, Decimal) -> Option<Decimal>) -> Self {
        match (self.0, other.0) {
            (Some(a), Some(b)) => Exact(f(a, b)),
            _ => Exact(None),
        }
    }
}

impl From<Decimal> for Exact {
    fn from(value: Decimal) -> Self {
        Exact(Some(value))
    }
}

impl Add for Exact {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        self.both(other, Decimal::checked_add)
    }
}

impl Sub for Exact {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self.both(other, Decimal::checked_sub)
    }
}

impl Mul for Exact {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        self.both(other, Decimal::checked_mul)
    }
}

impl Neg for Exact {
    type Output = Self;
    fn neg(self) -> Self {
        Exact(self.0.map(|v| -v))
    }
}

/// Splits an exponent into whole, number of quarters, and the rest.
fn parts_of_exponent(exponent: Decimal) -> (i64, u32, Decimal) {
    let whole = exponent.floor();
    let rest = exponent - whole;
    let quarters = (rest * Decimal::from(4)).floor();
    let rest = rest - quarters / Decimal::from(4);
    (
        whole.to_i64().unwrap_or(i64::MAX),
        quarters.to_u32().unwrap_or(0),
        rest,
    )
}

/// Power in Decimal: whole by squaring, quarters by square roots, the rest by `powd`.
fn decimal_power(base: Decimal, exponent: Decimal) -> Option<Decimal> {
    if base <= Decimal::ZERO {
        return None;
    }
    let (whole, quarters, rest) = parts_of_exponent(exponent);
    if whole.unsigned_abs() > 100_000 {
        return None;
    }
    let mut result = Decimal::ONE;
    let mut square = base;
    let mut n = whole.unsigned_abs();
    while n > 0 {
        if n & 1 == 1 {
            result = result.checked_mul(square)?;
        }
        n >>= 1;
        if n > 0 {
            square = square.checked_mul(square)?;
        }
    }
    if whole < 0 {
        result = Decimal::ONE.checked_div(result)?;
    }
    if quarters & 2 != 0 {
        result = result.checked_mul(base.sqrt()?)?;
    }
    if quarters & 1 != 0 {
        result = result.checked_mul(base.sqrt()?.sqrt()?)?;
    }
    if rest > Decimal::ZERO {
        result = result.checked_mul(base.checked_powd(rest)?)?;
    }
    Some(result)
}

impl Number for Exact {
    type Fixed = Exact;
    type Whole = u32;

    fn fixed(value: Decimal, _place: Option<&Place>) -> Exact {
        Exact(Some(value))
    }
    fn of(fixed: Exact) -> Self {
        fixed
    }
    fn constant(value: Decimal) -> Self {
        Exact(Some(value))
    }
    fn whole(steps: u32) -> u32 {
        steps
    }
    fn steps(whole: u32) -> Self {
        Exact(Some(Decimal::from(whole)))
    }
    fn per(self, by: Self) -> Self {
        self.both(by, Decimal::checked_div)
    }
    fn div_or(self, by: Self, otherwise: Self) -> Self {
        if by.0 == Some(Decimal::ZERO) {
            otherwise
        } else {
            self.per(by)
        }
    }
    fn min(self, other: Self) -> Self {
        self.both(other, |a, b| Some(if b < a { b } else { a }))
    }
    fn max(self, other: Self) -> Self {
        self.both(other, |a, b| Some(if a < b { b } else { a }))
    }
    fn if_less(self, limit: Self, then: Self, otherwise: Self) -> Self {
        match (self.0, limit.0) {
            (Some(a), Some(b)) => {
                if a < b {
                    then
                } else {
                    otherwise
                }
            }
            _ => Exact(None),
        }
    }
    fn power(self, exponent: Decimal) -> Self {
        Exact(self.0.and_then(|b| decimal_power(b, exponent)))
    }
    fn round(self, digits: u32, how: Rounding) -> Self {
        let strategy = match how {
            Rounding::HalfAwayFromZero => RoundingStrategy::MidpointAwayFromZero,
            Rounding::Up => RoundingStrategy::AwayFromZero,
            Rounding::Down => RoundingStrategy::ToZero,
        };
        Exact(self.0.map(|v| v.round_dp_with_strategy(digits, strategy)))
    }
    fn sum(parts: &[Self]) -> Self {
        parts.iter().fold(Exact::ZERO, |a, b| a + *b)
    }
    fn lowest(series: &[Self], when: &[Self]) -> (Self, Self) {
        lowest_by_choice(series, when)
    }
    fn shift(series: &mut [Self], delay: u32) {
        shift_plainly(series, delay, Exact::ZERO);
    }
    fn add_scaled(into: &mut [Self], fixed: &[Exact], by: Self) {
        for (a, b) in into.iter_mut().zip(fixed) {
            *a = *a + *b * by;
        }
    }
}

/// The first lowest, by one choice per element: no branch differs per draw.
#[inline(always)]
fn lowest_by_choice<N: Number>(series: &[N], when: &[N]) -> (N, N) {
    let mut low = series.first().copied().unwrap_or_else(|| N::number(0));
    let mut moment = when.first().copied().unwrap_or_else(|| N::number(0));
    for (value, period) in series.iter().zip(when).skip(1) {
        moment = value.if_less(low, *period, moment);
        low = value.if_less(low, *value, low);
        N::volgende();
    }
    (low, moment)
}

/// Shifts by a delay known to all draws.
pub(crate) fn shift_plainly<T: Copy>(series: &mut [T], delay: u32, zero: T) {
    let delay = (delay as usize).min(series.len());
    if delay > 0 {
        series.copy_within(..series.len() - delay, delay);
        series[..delay].fill(zero);
    }
}

// ------------------------------------------------------------------------------------------------------------- fast

/// `W` draws side by side in `f64`. Every operation does the same for every lane, so a draw's result does not depend on `W`
/// or on its neighbours.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(align(64))]
pub struct Lanes<const W: usize>(pub [f64; W]);

/// A delay per lane, as one mask of all ones or zeros per bit of the delay.
#[derive(Debug, Clone, Copy)]
pub struct LaneDelay<const W: usize> {
    masks: [[u64; W]; LaneDelay::<0>::BITS],
    bits: usize,
}

impl<const W: usize> LaneDelay<W> {
    /// Bits of the largest delay: 0 to 255 periods.
    pub const BITS: usize = 8;

    /// A delay per lane, each at most 255 periods.
    #[inline(always)]
    pub fn new(steps: [u32; W]) -> Self {
        let mut masks = [[0u64; W]; LaneDelay::<0>::BITS];
        let mut all = 0;
        for steps in steps {
            all |= steps;
        }
        for (bit, mask) in masks.iter_mut().enumerate() {
            for lane in 0..W {
                mask[lane] = u64::from(steps[lane] >> bit & 1).wrapping_neg();
            }
        }
        LaneDelay {
            masks,
            bits: (u32::BITS - all.leading_zeros()) as usize,
        }
    }
}

impl<const W: usize> Lanes<W> {
    /// The same value in every lane.
    #[inline(always)]
    pub fn all(value: f64) -> Self {
        Lanes([value; W])
    }

    #[inline(always)]
    fn map2(self, other: Self, f: impl Fn(f64, f64) -> f64) -> Self {
        let mut out = self.0;
        for (a, b) in out.iter_mut().zip(other.0) {
            *a = f(*a, b);
        }
        Lanes(out)
    }

    #[inline(always)]
    fn map(self, f: impl Fn(f64) -> f64) -> Self {
        let mut out = self.0;
        for a in &mut out {
            *a = f(*a);
        }
        Lanes(out)
    }
}

impl<const W: usize> Add for Lanes<W> {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        self.map2(other, |a, b| a + b)
    }
}

impl<const W: usize> Sub for Lanes<W> {
    type Output = Self;
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        self.map2(other, |a, b| a - b)
    }
}

impl<const W: usize> Mul for Lanes<W> {
    type Output = Self;
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        self.map2(other, |a, b| a * b)
    }
}

impl<const W: usize> Neg for Lanes<W> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        self.map(|a| -a)
    }
}

/// A decimal as f64, the nearest there is. The only way from the record to the fast arithmetic.
pub fn to_f64(value: Decimal) -> f64 {
    value.to_f64().unwrap_or(f64::NAN)
}

/// Powers of f64 above zero, with the same bits on any machine: squaring, square roots, and `libm` for the rest. Lane by lane
/// the same; the exponent is taken apart once for all of them.
#[inline(always)]
fn powers<const W: usize>(base: [f64; W], exponent: Decimal) -> [f64; W] {
    let (whole, quarters, rest) = parts_of_exponent(exponent);
    let mut result = Lanes([1.0; W]);
    let mut square = Lanes(base);
    let mut n = whole.unsigned_abs();
    while n > 0 {
        if n & 1 == 1 {
            result = result * square;
        }
        square = square * square;
        n >>= 1;
    }
    if whole < 0 {
        result = Lanes([1.0; W]).per(result);
    }
    let root = |x: Lanes<W>| x.map(f64::sqrt);
    if quarters & 2 != 0 {
        result = result * root(Lanes(base));
    }
    if quarters & 1 != 0 {
        result = result * root(root(Lanes(base)));
    }
    if rest > Decimal::ZERO {
        let rest = to_f64(rest);
        result = result * Lanes(base).map(|b| libm::pow(b, rest));
    }
    result.0
}

impl<const W: usize> Number for Lanes<W> {
    type Fixed = f64;
    type Whole = LaneDelay<W>;

    #[inline(always)]
    fn fixed(value: Decimal, _place: Option<&Place>) -> f64 {
        to_f64(value)
    }
    #[inline(always)]
    fn of(fixed: f64) -> Self {
        Lanes([fixed; W])
    }
    #[inline(always)]
    fn constant(value: Decimal) -> Self {
        Lanes([to_f64(value); W])
    }
    #[inline(always)]
    fn number(value: i64) -> Self {
        Lanes([value as f64; W])
    }
    #[inline(always)]
    fn volgende() {
        std::sync::atomic::compiler_fence(std::sync::atomic::Ordering::SeqCst);
    }
    /// Without a decimal on the way: rules ask for it in every draw.
    #[inline(always)]
    fn half() -> Self {
        Lanes([0.5; W])
    }
    #[inline(always)]
    fn whole(steps: u32) -> LaneDelay<W> {
        LaneDelay::new([steps; W])
    }
    #[inline(always)]
    fn steps(whole: LaneDelay<W>) -> Self {
        let mut out = [0.0; W];
        for (bit, mask) in whole.masks[..whole.bits].iter().enumerate() {
            let step = f64::from(1u32 << bit);
            for (value, lane) in out.iter_mut().zip(mask) {
                *value += if (*lane as i64) < 0 { step } else { 0.0 };
            }
        }
        Lanes(out)
    }
    #[inline(always)]
    fn per(self, by: Self) -> Self {
        self.map2(by, |a, b| a / b)
    }
    #[inline(always)]
    fn div_or(self, by: Self, otherwise: Self) -> Self {
        let mut out = self.per(by).0;
        for ((quotient, divisor), instead) in out.iter_mut().zip(by.0).zip(otherwise.0) {
            *quotient = if divisor == 0.0 { instead } else { *quotient };
        }
        Lanes(out)
    }
    #[inline(always)]
    fn min(self, other: Self) -> Self {
        self.map2(other, |a, b| if b < a { b } else { a })
    }
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        self.map2(other, |a, b| if a < b { b } else { a })
    }
    #[inline(always)]
    fn if_less(self, limit: Self, then: Self, otherwise: Self) -> Self {
        let mut out = [0.0; W];
        for i in 0..W {
            out[i] = if self.0[i] < limit.0[i] {
                then.0[i]
            } else {
                otherwise.0[i]
            };
        }
        Lanes(out)
    }
    #[inline(always)]
    fn power(self, exponent: Decimal) -> Self {
        Lanes(powers(self.0, exponent))
    }
    fn round(self, digits: u32, how: Rounding) -> Self {
        // A nudge of 1e-9 of the unit brings back halves that binary fractions miss. Rules round outside the draws where
        // they can; see docs/DECISIONS.md.
        let unit = powers([10.0], Decimal::from(digits))[0];
        self.map(|v| {
            let scaled = libm::fabs(v) * unit;
            let nudge = 1e-9 + scaled * 1e-14;
            let whole = match how {
                Rounding::HalfAwayFromZero => libm::floor(scaled + 0.5 + nudge),
                Rounding::Up => libm::ceil(scaled - nudge),
                Rounding::Down => libm::floor(scaled + nudge),
            };
            libm::copysign(whole / unit, v)
        })
    }
    #[inline(always)]
    fn sum(parts: &[Self]) -> Self {
        let mut total = Lanes([0.0; W]);
        for part in parts {
            total = total + *part;
            Self::volgende();
        }
        total
    }
    #[inline(always)]
    fn lowest(series: &[Self], when: &[Self]) -> (Self, Self) {
        lowest_by_choice(series, when)
    }
    #[inline(always)]
    fn shift(series: &mut [Self], delay: LaneDelay<W>) {
        // One pass per bit of the largest delay, from the end, so that it works in place.
        for bit in 0..delay.bits {
            let step = 1usize << bit;
            let mask = &delay.masks[bit];
            for t in (0..series.len()).rev() {
                let earlier = if t >= step {
                    series[t - step].0
                } else {
                    [0.0; W]
                };
                // By bits: a choice between what stands there and another value becomes a masked store, five times as slow.
                let mut now = series[t].0;
                for lane in 0..W {
                    let (a, b) = (now[lane].to_bits(), earlier[lane].to_bits());
                    now[lane] = f64::from_bits(a ^ ((a ^ b) & mask[lane]));
                }
                series[t].0 = now;
                Self::volgende();
            }
        }
    }
    #[inline(always)]
    fn add_scaled(into: &mut [Self], fixed: &[f64], by: Self) {
        for (a, f) in into.iter_mut().zip(fixed) {
            // In variables: written in place, the compiler fears that a sum overwrites the weight, and goes lane by lane.
            let (weight, mut sum) = (*f, a.0);
            for i in 0..W {
                sum[i] += weight * by.0[i];
            }
            a.0 = sum;
            Self::volgende();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;

    #[test]
    fn powers_agree_in_exact_and_fast() {
        for (base, exponent) in [
            (dec!(1.0475), dec!(99.5)),
            (dec!(1.02), dec!(12)),
            (dec!(1.02), dec!(11.997262)),
            (dec!(0.9), dec!(-3.25)),
        ] {
            let exact = Exact::from(base)
                .power(exponent)
                .0
                .map(to_f64)
                .unwrap_or_default();
            let fast = Lanes::<4>::of(to_f64(base)).power(exponent).0[2];
            approx::assert_relative_eq!(exact, fast, max_relative = 1e-13);
        }
    }

    #[test]
    fn no_number_spreads() {
        let huge = Exact::from(Decimal::MAX);
        assert_eq!(huge * huge, Exact(None));
        assert_eq!((huge * huge).max(Exact::ZERO), Exact(None));
        assert_eq!(Exact::ZERO.per(Exact::ZERO), Exact(None));
        assert_eq!(Exact::ZERO.div_or(Exact::ZERO, huge), huge);
    }

    #[test]
    fn lanes_shift_each_by_its_own_delay() {
        let delays = [0u32, 1, 2, 3, 5, 7, 4, 6];
        let mut lanes: Vec<Lanes<8>> = (0..16)
            .map(|t| Lanes([if t < 9 { f64::from(t) + 1.0 } else { 0.0 }; 8]))
            .collect();
        Lanes::shift(&mut lanes, LaneDelay::new(delays));
        for (lane, delay) in delays.iter().enumerate() {
            let mut plain: Vec<f64> = (0..16)
                .map(|t| if t < 9 { f64::from(t) + 1.0 } else { 0.0 })
                .collect();
            shift_plainly(&mut plain, *delay, 0.0);
            let shifted: Vec<f64> = lanes.iter().map(|l| l.0[lane]).collect();
            assert_eq!(shifted, plain, "delay {delay}");
        }
        assert_eq!(
            Lanes::<8>::steps(LaneDelay::new(delays))
                .0
                .map(|steps| steps as u32),
            delays
        );
    }

    #[test]
    fn the_first_lowest_is_found() {
        let series = [3, 1, 2, 1].map(|v| Exact::from(Decimal::from(v)));
        let when = [2026, 2027, 2028, 2029].map(|v| Exact::from(Decimal::from(v)));
        assert_eq!(
            Exact::lowest(&series, &when),
            (Exact::from(dec!(1)), Exact::from(dec!(2027)))
        );
    }

    #[test]
    fn rounding_is_named() {
        for (value, how, rounded) in [
            (dec!(2.345), Rounding::HalfAwayFromZero, dec!(2.35)),
            (dec!(-2.345), Rounding::HalfAwayFromZero, dec!(-2.35)),
            (dec!(2.341), Rounding::Up, dec!(2.35)),
            (dec!(2.349), Rounding::Down, dec!(2.34)),
            (dec!(1.005), Rounding::HalfAwayFromZero, dec!(1.01)),
        ] {
            assert_eq!(Exact::from(value).round(2, how).0, Some(rounded));
            approx::assert_abs_diff_eq!(
                Lanes::<4>::of(to_f64(value)).round(2, how).0[0],
                to_f64(rounded),
                epsilon = 1e-12
            );
        }
    }
}

//! Periods, index factors, discount factors and exponents. Knows nothing of costs, parties or files.

use crate::number::{At, Number, Of, at};
use jiff::civil::Date;
use rust_decimal::{Decimal, dec};

/// Largest number of periods a model can span; a bound on memory for any input.
pub const PERIODS_MAX: usize = 1_000;

/// The length of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tijdstap {
    /// A year.
    Jaar,
    /// A half-year.
    Halfjaar,
    /// A quarter.
    Kwartaal,
}

impl Tijdstap {
    /// Periods in a year: 1, 2 or 4.
    pub fn per_year(self) -> i32 {
        match self {
            Tijdstap::Jaar => 1,
            Tijdstap::Halfjaar => 2,
            Tijdstap::Kwartaal => 4,
        }
    }
}

/// A period counted from the year 0: year × periods per year + position in the year. It needs no timeline to be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Periode(pub i32);

impl Periode {
    /// Reads `2030`, `2030-H1` or `2030-K3`. A bare year gives its first period, and says that it was a whole year.
    pub fn parse(text: &str, stap: Tijdstap) -> Result<(Self, bool), String> {
        let (year, part) = text
            .split_once('-')
            .map_or((text, None), |(y, p)| (y, Some(p)));
        let year: i32 = year
            .trim()
            .parse()
            .map_err(|_| format!("\"{text}\" is not a period"))?;
        if !(1900..=2200).contains(&year) {
            return Err(format!("year {year} is not between 1900 and 2200"));
        }
        let per_year = stap.per_year();
        let Some(part) = part else {
            return Ok((Periode(year * per_year), per_year > 1));
        };
        let letter = match stap {
            Tijdstap::Jaar => {
                return Err(format!(
                    "\"{text}\": the tijdstap is jaar, so a period is a year"
                ));
            }
            Tijdstap::Halfjaar => 'H',
            Tijdstap::Kwartaal => 'K',
        };
        let number = part
            .trim()
            .strip_prefix([letter, letter.to_ascii_lowercase()])
            .and_then(|n| n.parse::<i32>().ok());
        match number {
            Some(n) if (1..=per_year).contains(&n) => Ok((Periode(year * per_year + n - 1), false)),
            _ => Err(format!(
                "\"{text}\" is not a period: write {year}-{letter}1 to {year}-{letter}{per_year}"
            )),
        }
    }

    /// As a user writes it.
    pub fn label(self, stap: Tijdstap) -> String {
        let per_year = stap.per_year();
        let (year, part) = (self.0.div_euclid(per_year), self.0.rem_euclid(per_year) + 1);
        match stap {
            Tijdstap::Jaar => format!("{year}"),
            Tijdstap::Halfjaar => format!("{year}-H{part}"),
            Tijdstap::Kwartaal => format!("{year}-K{part}"),
        }
    }

    /// The first period of a year.
    pub fn of_year(year: i32, stap: Tijdstap) -> Self {
        Periode(year * stap.per_year())
    }

    /// The year it lies in.
    pub fn year(self, stap: Tijdstap) -> i32 {
        self.0.div_euclid(stap.per_year())
    }

    /// The period that begins on a date, if one does.
    pub fn beginning(date: Date, stap: Tijdstap) -> Option<Self> {
        let months = 12 / stap.per_year();
        let month = i32::from(date.month()) - 1;
        (date.day() == 1 && month % months == 0)
            .then(|| Periode(i32::from(date.year()) * stap.per_year() + month / months))
    }
}

/// The periods of a calculation.
///
/// `first` ≤ `peil` ≤ `grex_end` ≤ `horizon_end` ≤ `end`; the last two differ by the largest delay that can occur, so that no
/// flow is ever dropped past the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeline {
    /// Length of a period.
    pub stap: Tijdstap,
    /// First period: the first realised one, or peildatum.
    pub first: Periode,
    /// Number of realised periods, which is the position of the first forecast period.
    pub peil: usize,
    /// Position just after the last period of eindjaar.
    pub grex_end: usize,
    /// Position just after the last period of the horizon.
    pub horizon_end: usize,
    /// Number of periods in all.
    pub len: usize,
}

impl Timeline {
    /// Position of a period, if it lies on the timeline.
    pub fn position(&self, period: Periode) -> Option<usize> {
        usize::try_from(period.0 - self.first.0)
            .ok()
            .filter(|p| *p < self.len)
    }

    /// The period at a position.
    pub fn periode(&self, position: usize) -> Periode {
        Periode(self.first.0 + position as i32)
    }

    /// The label of a position.
    pub fn label(&self, position: usize) -> String {
        self.periode(position).label(self.stap)
    }

    /// The year of a position.
    pub fn year(&self, position: usize) -> i32 {
        self.periode(position).year(self.stap)
    }
}

/// How a yearly rate becomes one per period (rules 0.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Periodevoet {
    /// (1+i)^(1/m) − 1.
    Effectief,
    /// i/m.
    Nominaal,
}

/// A yearly rate per period.
#[inline(always)]
pub fn rate_per_period<N: Number>(rate: N, stap: Tijdstap, voet: Periodevoet) -> N {
    let m = stap.per_year();
    match (m, voet) {
        (1, _) => rate,
        (_, Periodevoet::Effectief) => {
            (N::number(1) + rate).power(Decimal::ONE / Decimal::from(m)) - N::number(1)
        }
        (_, Periodevoet::Nominaal) => rate.per(N::number(i64::from(m))),
    }
}

/// At what moment of its period a flow has its price level (rules 0.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Indexmoment {
    /// The start of the period.
    Begin,
    /// The middle: × (1 + growth per period)^½.
    Midden,
}

/// The growth of a price level per year. A trait instead of a closure: only a method can be marked as always inlined, and a
/// body left out of line falls back to the oldest vector unit.
pub trait Growth<N> {
    /// Growth from 1 January of the year before to 1 January of `year`.
    fn growth(&self, year: i32) -> N;
}

impl<N, F: Fn(i32) -> N> Growth<N> for F {
    #[inline(always)]
    fn growth(&self, year: i32) -> N {
        self(year)
    }
}

/// Growth from the period before into this one.
#[inline(always)]
fn step<N: Number>(into: Periode, stap: Tijdstap, voet: Periodevoet, growth: &impl Growth<N>) -> N {
    // The step into a period lies in the year that it starts in, unless it is the first period of that year.
    let year = if into.0.rem_euclid(stap.per_year()) == 0 {
        into.year(stap)
    } else {
        into.year(stap) + 1
    };
    rate_per_period(growth.growth(year), stap, voet)
}

/// Index factors of one group over the timeline, as far as `out` is long (rules 0.1, T-0.1).
///
/// `growth(year)` is the growth from 1 January of the year before to 1 January of `year`. The factor is 1 at the prijspeil
/// and, in realised periods, everywhere: history is not indexed.
#[inline(always)]
pub fn index_factors<N: Number>(
    timeline: &Timeline,
    prijspeil: Periode,
    voet: Periodevoet,
    moment: Indexmoment,
    of: Of,
    growth: &impl Growth<N>,
    out: &mut [N],
) {
    let stap = timeline.stap;
    let one = N::number(1);
    let peil = timeline.periode(timeline.peil);
    let mut factor = one;
    // From the prijspeil to peildatum, forward or back.
    let mut p = prijspeil.0;
    while p < peil.0 {
        p += 1;
        factor = factor * (one + step(Periode(p), stap, voet, growth));
    }
    while p > peil.0 {
        factor = factor.per(one + step(Periode(p), stap, voet, growth));
        p -= 1;
    }
    for t in 0..timeline.len.min(out.len()) {
        if t < timeline.peil {
            out[t] = one.named("indexfactor", of, at(t));
            continue;
        }
        if t > timeline.peil {
            let g =
                step(timeline.periode(t), stap, voet, growth).named("groei per periode", of, at(t));
            factor = factor * (one + g);
        }
        out[t] = match moment {
            Indexmoment::Begin => factor,
            Indexmoment::Midden => {
                factor
                    * (one + step(Periode(timeline.periode(t).0 + 1), stap, voet, growth))
                        .power(dec!(0.5))
            }
        }
        .named("indexfactor", of, at(t));
        if moment == Indexmoment::Begin {
            factor = out[t];
        }
        N::volgende();
    }
}

/// At what moment of its period `ncw_kasstroom` discounts a flow (rules 0.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kasstroommoment {
    /// First day.
    Begin,
    /// Middle.
    Midden,
    /// Last day.
    Eind,
}

/// What the rate, the factor of one period and the factors are recorded as.
pub type Discontowoorden = [&'static str; 3];
/// At a discount rate.
pub const DISCONTO: Discontowoorden = ["discontovoet", "disconto per periode", "discontofactor"];
/// At the interest rate.
pub const RENTE: Discontowoorden = [
    "discontovoet rente",
    "disconto per periode rente",
    "discontofactor rente",
];

/// Of kostenverhaal.
pub const KOSTENVERHAAL: Discontowoorden = [
    "discontovoet kostenverhaal",
    "disconto per periode kostenverhaal",
    "discontofactor kostenverhaal",
];

/// Of verevening.
pub const VEREVENING: Discontowoorden = [
    "discontovoet verevening",
    "disconto per periode verevening",
    "discontofactor verevening",
];

/// A number by one of the words, where they are given.
#[inline(always)]
fn called<N: Number>(
    number: N,
    words: Option<&Discontowoorden>,
    word: usize,
    of: Of,
    when: At,
) -> N {
    match words {
        Some(words) => number.named(words[word], of, when),
        None => number,
    }
}

/// Discount factors at a yearly rate per period from position `vanaf` on, as far as `out` is long: a chain, one power in front
/// (rules 0.2). Before it they are zero.
#[inline(always)]
pub fn discount_factors<N: Number>(
    timeline: &Timeline,
    rate: N,
    moment: Kasstroommoment,
    vanaf: usize,
    of: Of,
    words: Option<&Discontowoorden>,
    out: &mut [N],
) {
    let one = N::number(1);
    let rate = called(rate, words, 0, of, At::Once);
    let per_period =
        one.per((one + rate).power(Decimal::ONE / Decimal::from(timeline.stap.per_year())));
    let per_period = called(per_period, words, 1, of, At::Once);
    let mut factor = match moment {
        Kasstroommoment::Begin => one,
        Kasstroommoment::Midden => per_period.power(dec!(0.5)),
        Kasstroommoment::Eind => per_period,
    };
    for t in 0..timeline.len.min(out.len()) {
        if t < vanaf {
            out[t] = N::number(0);
            continue;
        }
        if t > vanaf {
            factor = factor * per_period;
        }
        factor = called(factor, words, 2, of, at(t));
        out[t] = factor;
        N::volgende();
    }
}

/// How the exponent from peildatum to the end is counted (rules 0.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dagtelling {
    /// year(E) + 1 − year(peildatum); in half-years or quarters, the number of periods over m.
    Jaren,
    /// days(peildatum, 31-12-E) / 365,25.
    Dagen36525,
    /// days(peildatum, 31-12-E) / 365.
    Dagen365,
}

/// The exponent n from peildatum to 31 December of the end year (rules 0.4, T-0.4).
pub fn exponent(peildatum: Date, eindjaar: i32, stap: Tijdstap, telling: Dagtelling) -> Decimal {
    let days = || {
        let end = i16::try_from(eindjaar)
            .ok()
            .and_then(|y| Date::new(y, 12, 31).ok())
            .unwrap_or(peildatum);
        Decimal::from((end - peildatum).get_days())
    };
    match telling {
        Dagtelling::Jaren => {
            let start = Periode::beginning(peildatum, stap)
                .unwrap_or(Periode::of_year(i32::from(peildatum.year()), stap));
            Decimal::from(Periode::of_year(eindjaar + 1, stap).0 - start.0)
                / Decimal::from(stap.per_year())
        }
        Dagtelling::Dagen36525 => days() / dec!(365.25),
        Dagtelling::Dagen365 => days() / dec!(365),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::Exact;
    use jiff::civil::date;

    fn timeline(first: i32, peil: usize, len: usize) -> Timeline {
        Timeline {
            stap: Tijdstap::Jaar,
            first: Periode(first),
            peil,
            grex_end: len,
            horizon_end: len,
            len,
        }
    }

    #[test]
    fn a_prijspeil_after_peildatum_divides() {
        let timeline = timeline(2026, 0, 3);
        let mut out = vec![Exact::ZERO; 3];
        index_factors(
            &timeline,
            Periode(2027),
            Periodevoet::Effectief,
            Indexmoment::Begin,
            Of::Index(0),
            &|_| Exact::from(dec!(0.25)),
            &mut out,
        );
        assert_eq!(out, [dec!(0.8), dec!(1), dec!(1.25)].map(Exact::from));
    }

    #[test]
    fn history_is_not_indexed() {
        let timeline = timeline(2024, 2, 4);
        let mut out = vec![Exact::ZERO; 4];
        index_factors(
            &timeline,
            Periode(2025),
            Periodevoet::Effectief,
            Indexmoment::Begin,
            Of::Index(0),
            &|_| Exact::from(dec!(0.1)),
            &mut out,
        );
        assert_eq!(
            out,
            [dec!(1), dec!(1), dec!(1.1), dec!(1.21)].map(Exact::from)
        );
    }

    #[test]
    fn quarters_make_a_year() {
        let mut timeline = timeline(2026 * 4, 0, 9);
        timeline.stap = Tijdstap::Kwartaal;
        let mut out = vec![Exact::ZERO; 9];
        index_factors(
            &timeline,
            Periode(2026 * 4),
            Periodevoet::Effectief,
            Indexmoment::Begin,
            Of::Index(0),
            &|y| Exact::from(Decimal::from(y - 2025) / dec!(100)),
            &mut out,
        );
        let close = |a: Exact, b: Decimal| (a.0.unwrap() - b).abs() < dec!(1e-24);
        assert!(
            close(out[4], dec!(1.02)),
            "1 January 2027 has grown by the growth of 2027"
        );
        assert!(close(out[8], dec!(1.02) * dec!(1.03)));
    }

    #[test]
    fn exponents() {
        let n = |t| exponent(date(2026, 1, 1), 2037, Tijdstap::Jaar, t);
        assert_eq!(n(Dagtelling::Jaren), dec!(12));
        assert_eq!(n(Dagtelling::Dagen36525), dec!(4382) / dec!(365.25));
    }

    #[test]
    fn periods_are_read_strictly() {
        assert_eq!(
            Periode::parse("2030", Tijdstap::Jaar),
            Ok((Periode(2030), false))
        );
        assert_eq!(
            Periode::parse("2030-K3", Tijdstap::Kwartaal),
            Ok((Periode(8122), false))
        );
        assert_eq!(
            Periode::parse("2030", Tijdstap::Halfjaar),
            Ok((Periode(4060), true))
        );
        for text in ["2030-K5", "x", "203", "45000", "2030-H1"] {
            assert!(Periode::parse(text, Tijdstap::Kwartaal).is_err(), "{text}");
        }
    }
}

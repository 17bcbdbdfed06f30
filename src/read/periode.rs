//! Periods as people write them over a column: 2026, "jr 2026", "2026 Q1", "1e kwartaal 2026", "31-12-2026", "t/m 2025".
//!
//! Knows no table and no workbook. What could mean something else is no period.

use crate::model::table::{Scalar, date_from_text, fold};
use jiff::civil::Date;
use rust_decimal::prelude::ToPrimitive;

/// What a heading says of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kop {
    /// The year.
    pub jaar: i32,
    /// Parts of the year: 1, 2, 4 or 12.
    pub delen: u8,
    /// Which part, from zero.
    pub deel: u8,
    /// Whether it stands for all time up to and including this period.
    pub tot: bool,
    /// Whether it was a date, whose part of the year follows from the step.
    pub datum: Option<u8>,
}

impl Kop {
    /// A whole year.
    pub fn jaar(jaar: i32) -> Self {
        Kop {
            jaar,
            delen: 1,
            deel: 0,
            tot: false,
            datum: None,
        }
    }

    /// The period as the tables of a model write it: 2030, 2030-H1, 2030-K3.
    pub fn woord(self) -> String {
        match self.delen {
            2 => format!("{}-H{}", self.jaar, self.deel + 1),
            4 => format!("{}-K{}", self.jaar, self.deel + 1),
            12 => format!("{}-{:02}", self.jaar, self.deel + 1),
            _ => self.jaar.to_string(),
        }
    }

    /// The same moment where a year has so many parts; a date and a month fall in the part of their month.
    pub fn in_delen(self, delen: u8) -> Self {
        match self.datum {
            Some(maand) if delen > 1 => Kop {
                delen,
                deel: (maand - 1) / (12 / delen),
                ..self
            },
            None if self.delen == 12 && delen < 12 => Kop {
                delen,
                deel: self.deel / (12 / delen),
                ..self
            },
            _ => self,
        }
    }

    /// The longer period that it lies in, of which a year has so many; itself when it is no shorter.
    pub fn grover(self, delen: u8) -> Self {
        if delen == 0 || self.delen <= delen {
            return self;
        }
        Kop {
            delen,
            deel: self.deel / (self.delen / delen),
            ..self
        }
    }

    /// So many periods later.
    pub fn verder(self, perioden: u16) -> Self {
        let delen = i32::from(self.delen.max(1));
        let all = self.jaar * delen + i32::from(self.deel) + i32::from(perioden);
        Kop {
            jaar: all.div_euclid(delen),
            deel: all.rem_euclid(delen) as u8,
            datum: None,
            ..self
        }
    }

    /// Place in a count of periods, to see whether headings follow on each other.
    pub fn volgnummer(self) -> i64 {
        i64::from(self.jaar) * i64::from(self.delen) + i64::from(self.deel)
    }
}

const YEARS: std::ops::RangeInclusive<i32> = 1900..=2400;

/// Words that may stand beside a year and say nothing of time.
const BESIDE: &[&str] = &[
    "jaar",
    "jr",
    "raming",
    "ramingen",
    "prognose",
    "realisatie",
    "gerealiseerd",
    "begroting",
    "begroot",
    "werkelijk",
    "boekjaar",
    "fasering",
    "bedrag",
    "per",
];

/// Marks of a last column that also holds what comes later.
pub const VERDER: &[&str] = &[
    "e.v.",
    "en verder",
    "en later",
    "en daarna",
    "en volgende",
    " ev",
];

/// Words that make a heading stand for all time up to its year.
const UPTO: &[&str] = &["tm", "totenmet", "tot", "voor", "tem"];

/// The months by the letters that they begin with; what is longer must go on as the whole word.
const MONTHS: [&[&str]; 12] = [
    &["jan", "januari", "january"],
    &["feb", "februari", "february"],
    &["mrt", "maart", "mar", "march"],
    &["apr", "april"],
    &["mei", "may"],
    &["jun", "juni", "june"],
    &["jul", "juli", "july"],
    &["aug", "augustus", "august"],
    &["sep", "sept", "september"],
    &["okt", "oktober", "oct", "october"],
    &["nov", "november"],
    &["dec", "december"],
];

/// What a heading says of time, when it says that and nothing else.
pub fn kop(scalar: &Scalar) -> Option<Kop> {
    match scalar {
        Scalar::Number(number) if number.is_integer() => {
            number.to_i32().filter(|y| YEARS.contains(y)).map(Kop::jaar)
        }
        Scalar::Date(date) => {
            let jaar = i32::from(date.year());
            YEARS.contains(&jaar).then(|| Kop {
                datum: Some(date.month() as u8),
                ..Kop::jaar(jaar)
            })
        }
        Scalar::Text(text) => kop_uit_tekst(text),
        _ => None,
    }
}

/// A number of periods as people write it: 3, "3", "3 jaar", "3 jr".
pub fn duur(scalar: &Scalar) -> Option<u16> {
    const MOST: u16 = 200;
    let number = match scalar {
        Scalar::Number(number) if number.is_integer() => number.to_u16()?,
        Scalar::Text(text) => {
            let mut words = text.split_whitespace();
            let number = words.next()?.parse().ok()?;
            let unit = words.next().map(fold);
            let known = unit.is_none_or(|u| ["jaar", "jr", "jaren", "j"].contains(&u.as_str()));
            (known && words.next().is_none()).then_some(number)?
        }
        _ => return None,
    };
    (1..=MOST).contains(&number).then_some(number)
}

/// A date as people write it: 2026-01-31, 31-1-2026, 31/01/2026, 31.1.2026.
pub fn datum(text: &str) -> Option<Date> {
    let text = text.trim();
    if text.len() > 10 {
        return None;
    }
    if let Some(date) = date_from_text(text) {
        return Some(date);
    }
    let mark = ['-', '/', '.'].into_iter().find(|m| text.contains(*m))?;
    let mut parts = text.split(mark);
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let digits = |t: &str, most: usize| {
        (!t.is_empty() && t.len() <= most && t.bytes().all(|b| b.is_ascii_digit()))
            .then(|| t.parse::<i16>().ok())
            .flatten()
    };
    let year = digits(year, 4).filter(|y| YEARS.contains(&i32::from(*y)))?;
    let day = i8::try_from(digits(day, 2)?).ok()?;
    let month = i8::try_from(digits(month, 2)?).ok()?;
    Date::new(year, month, day)
        .ok()
        .filter(|_| parts.next().is_none())
}

/// What a text says of time.
pub fn kop_uit_tekst(text: &str) -> Option<Kop> {
    if text.len() > 60 {
        return None;
    }
    if let Some(date) = datum(text) {
        return kop(&Scalar::Date(date));
    }
    let mut jaar = None;
    let mut deel: Option<(u8, u8)> = None;
    let mut rang = None;
    let mut tot = false;
    let mut kort = None;
    // "t/m" is one word; all else that is no letter or digit divides words.
    let lower = text
        .to_lowercase()
        .replace("t/m", " tm ")
        .replace("tot en met", " tm ")
        .replace("t.e.m.", " tm ");
    // What comes after the last period is counted in it.
    let lower = VERDER
        .iter()
        .fold(lower, |text, mark| text.replace(mark, " "));
    for word in lower.split(|c: char| !c.is_alphanumeric()) {
        let word = fold(word);
        if word.is_empty() {
            continue;
        }
        if let Ok(number) = word.parse::<i32>() {
            if YEARS.contains(&number) && word.len() == 4 {
                if jaar.replace(number).is_some() {
                    return None;
                }
            } else if (1..=12).contains(&number) && rang.is_none() {
                rang = Some(number as u8);
            } else if (20..=99).contains(&number) && word.len() == 2 && deel.is_some() {
                // "jan-26", "Q1-26"; in front of a month it may be a day.
                kort = Some(2000 + number);
            } else {
                return None;
            }
            continue;
        }
        if UPTO.contains(&word.as_str()) {
            tot = true;
            continue;
        }
        if BESIDE.contains(&word.as_str()) {
            continue;
        }
        // An ordinal: 1e, 2de, 3ste.
        let digits: String = word.chars().take_while(char::is_ascii_digit).collect();
        let rest = &word[digits.len()..];
        if !digits.is_empty() && ["e", "de", "ste"].contains(&rest) {
            rang = digits.parse().ok();
            continue;
        }
        if let Some(maand) = MONTHS.iter().position(|m| m.contains(&word.as_str())) {
            if deel.is_some() {
                return None;
            }
            deel = Some((12, maand as u8 + 1));
            continue;
        }
        // A part of a year, with its number behind it, in front, or apart.
        let letters: String = word.chars().take_while(|c| c.is_alphabetic()).collect();
        let number = &word[letters.len()..];
        let delen = match letters.as_str() {
            "k" | "q" | "kw" | "kwartaal" | "kwart" | "kwrt" => 4,
            "h" | "hj" | "halfjaar" | "half" | "helft" | "semester" | "s" => 2,
            "mnd" | "maand" => 12,
            "" if rest.len() < word.len() => match rest {
                "k" | "q" | "kw" | "kwartaal" => 4,
                "h" | "hj" => 2,
                _ => return None,
            },
            _ => return None,
        };
        let which = if letters.is_empty() { &digits } else { number };
        if which.is_empty() {
            deel = deel.or(Some((delen, 0)));
        } else {
            deel = Some((delen, which.parse().ok()?));
        }
    }
    let jaar = match (jaar, kort, deel) {
        (Some(jaar), None, _) | (None, Some(jaar), Some(_)) => Some(jaar),
        _ => None,
    }?;
    let (delen, deel) = match (deel, rang) {
        (None, None) => (1, 1),
        (Some((delen, 0)), Some(rang)) => (delen, rang),
        (Some((delen, which)), None) if which > 0 => (delen, which),
        _ => return None,
    };
    (1..=delen).contains(&deel).then_some(Kop {
        jaar,
        delen,
        deel: deel - 1,
        tot,
        datum: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings() {
        for (text, found) in [
            ("2026", Some("2026")),
            ("jr 2026", Some("2026")),
            ("2026 (raming)", Some("2026")),
            ("2026 Q1", Some("2026-K1")),
            ("2026-K4", Some("2026-K4")),
            ("Q1 2026", Some("2026-K1")),
            ("1e kwartaal 2026", Some("2026-K1")),
            ("3de kw. 2026", Some("2026-K3")),
            ("kw 2 2026", Some("2026-K2")),
            ("2026-H2", Some("2026-H2")),
            ("2e halfjaar 2027", Some("2027-H2")),
            ("2026 4K", Some("2026-K4")),
            ("1-1-2026", Some("2026")),
            ("2026-07-01", Some("2026")),
            ("jan 2026", Some("2026-01")),
            ("dec-27", Some("2027-12")),
            ("27-dec", None),
            ("Q3-27", Some("2027-K3")),
            ("maart 2027", Some("2027-03")),
            ("maand 11 2027", Some("2027-11")),
            ("2030 e.v.", Some("2030")),
            ("2030 en later", Some("2030")),
            ("Totaal 2026", None),
            ("2026-2027", None),
            ("2026 K5", None),
            ("Prijs 2026", None),
            ("K1", None),
            ("1", None),
            ("2026 1", None),
            ("2026 12", None),
            ("12-26", None),
            ("26", None),
            ("mei 26 jun", None),
            ("", None),
        ] {
            assert_eq!(
                kop_uit_tekst(text).map(Kop::woord).as_deref(),
                found,
                "{text}"
            );
        }
        let upto = kop_uit_tekst("realisatie t/m 2025").unwrap();
        assert!(upto.tot && upto.jaar == 2025);
        assert!(kop_uit_tekst("tot en met 2025").unwrap().tot);
        assert!(!kop_uit_tekst("2025").unwrap().tot);
    }
}

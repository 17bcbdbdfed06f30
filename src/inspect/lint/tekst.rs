//! Numbers and dates that are text.

use super::{DATUM, GETAL, Lint, groups};
use crate::inspect::formule::{Bewerking, Formule, Verwijzing};
use crate::model::table::{Scalar, as_text, clip};
use crate::read::werkmap::{Bereik, Blad};
use jiff::civil::Date;
use std::collections::{BTreeSet, HashMap, HashSet};

/// Headings of columns of amounts.
const BEDRAGEN: &[&str] = &[
    "bedrag",
    "kosten",
    "prijs",
    "opbrengst",
    "aantal",
    "hoeveelheid",
    "totaal",
    "raming",
    "budget",
    "begroot",
    "m2",
    "m²",
    "€",
    "euro",
    "saldo",
];
/// Labels of dates.
const DATUMS: &[&str] = &[
    "datum", "start", "begin", "eind", "gereed", "oplever", "peil", "vanaf", "t/m", "tot",
];
/// Most cells that are passed over above and below a text to find a number.
const FAR: u32 = 40;

impl Lint<'_> {
    /// Numbers and dates that are text.
    pub(super) fn texts(&mut self) {
        let counted = self.counted();
        for sheet in 0..self.map.bladen.len() {
            let blad = &self.map.bladen[sheet];
            let (mut numbers, mut dates, mut wrong) = (Vec::new(), Vec::new(), Vec::new());
            let before = self.steps;
            let mut left = before;
            for (place, cell) in &blad.cellen {
                let Scalar::Text(text) = &cell.waarde else {
                    continue;
                };
                if cell.formule.is_some() || text.len() > 40 || self.is_heading(sheet, *place) {
                    continue;
                }
                match as_date(text) {
                    Some(Datum::Heel) => dates.push(*place),
                    // Programs write this form as text on purpose; it is a slip where dates stand around it or a formula
                    // calculates with it.
                    Some(Datum::Iso)
                        if counted.get(&sheet).is_some_and(|all| {
                            all.len() <= 1_000 && all.iter().any(|r| r.bevat(*place))
                        }) || beside_date(blad, *place) =>
                    {
                        dates.push(*place);
                    }
                    Some(Datum::Kort) if self.dated(sheet, *place) => dates.push(*place),
                    Some(Datum::Geen) => wrong.push(*place),
                    None if is_number(text) => {
                        let ranges = counted.get(&sheet).map_or(&[][..], Vec::as_slice);
                        // Four looks along the column, and one at all ranges.
                        left = left.saturating_sub(u64::from(4 * FAR) + ranges.len() as u64 / 4);
                        let used = left > 0 && ranges.iter().any(|r| r.bevat(*place));
                        if used || left > 0 && in_column(blad, *place, text) {
                            numbers.push(*place);
                        }
                    }
                    Some(Datum::Kort | Datum::Iso) | None => {}
                }
            }
            self.step(before - left);
            for range in groups(&numbers) {
                let shown = shown_texts(blad, range);
                let text = if range.van == range.tot {
                    format!("the number {shown} is stored as text: sums pass it over")
                } else {
                    format!("the numbers {shown} are stored as text: sums pass them over")
                };
                self.add(
                    GETAL,
                    Some(sheet),
                    Some(range),
                    text,
                    "make it a number (in Excel: Gegevens, Tekst naar kolommen, Voltooien)",
                );
            }
            for range in groups(&dates) {
                let shown = shown_texts(blad, range);
                let text = if range.van == range.tot {
                    format!("the date {shown} is stored as text")
                } else {
                    format!("the dates {shown} are stored as text")
                };
                self.add(
                    DATUM,
                    Some(sheet),
                    Some(range),
                    text,
                    "make it a date (in Excel: Gegevens, Tekst naar kolommen, Voltooien, kolomtype Datum)",
                );
            }
            for place in wrong {
                let text = as_text(&blad.cellen[&place].waarde);
                self.add(
                    DATUM,
                    Some(sheet),
                    Some(super::one(place)),
                    format!(
                        "\"{}\" looks like a date, but there is no such day",
                        clip(&text)
                    ),
                    "type the date that is meant",
                );
            }
        }
    }

    /// Whether something near a text such as 01-07-26 says that it is a date and no code.
    fn dated(&self, sheet: usize, (row, column): (u32, u32)) -> bool {
        let blad = &self.map.bladen[sheet];
        let word = |row: u32, column: u32| match blad.cellen.get(&(row, column)).map(|c| &c.waarde)
        {
            Some(Scalar::Text(t)) => {
                let t = t.to_lowercase();
                DATUMS.iter().any(|w| t.contains(w))
            }
            _ => false,
        };
        let date = |row: u32| match blad.cellen.get(&(row, column)).map(|c| &c.waarde) {
            Some(Scalar::Date(_)) => true,
            Some(Scalar::Text(t)) => t.len() <= 40 && matches!(as_date(t), Some(Datum::Heel)),
            _ => false,
        };
        let up = (1..=20).filter_map(|n| row.checked_sub(n));
        column.checked_sub(1).is_some_and(|c| word(row, c))
            || up.clone().any(|r| word(r, column))
            || row.checked_sub(1).is_some_and(date)
            || row.checked_add(1).is_some_and(date)
    }

    /// What formulas add up or calculate with, by sheet.
    fn counted(&self) -> HashMap<usize, Vec<Bereik>> {
        let mut found: HashMap<usize, BTreeSet<Bereik>> = HashMap::new();
        let mut note = |reference: &Verwijzing, own: usize| {
            if let Some((sheet, range)) = self.reckoner.plaats(reference, own) {
                let all = found.entry(sheet).or_default();
                if all.len() < 20_000 {
                    all.insert(range);
                }
            }
        };
        for field in &self.fields {
            let Some(tree) = &field.tree else { continue };
            tree.visit(&mut |part| {
                for operand in calculated(part) {
                    if let Formule::Verwijzing(reference) = operand {
                        note(reference, field.sheet);
                    }
                }
            });
        }
        // A cell that only shows another, and is calculated with itself, takes its text along.
        let calculated: HashSet<(usize, Bereik)> = found
            .iter()
            .flat_map(|(sheet, all)| all.iter().map(|r| (*sheet, *r)))
            .collect();
        for field in &self.fields {
            if let Some(Formule::Verwijzing(reference)) = &field.tree
                && calculated.contains(&(field.sheet, super::one(field.place)))
                && let Some((sheet, range)) = self.reckoner.plaats(reference, field.sheet)
            {
                found.entry(sheet).or_default().insert(range);
            }
        }
        found
            .into_iter()
            .map(|(sheet, ranges)| (sheet, ranges.into_iter().collect()))
            .collect()
    }
}

/// The parts of a formula that it takes as numbers.
fn calculated(part: &Formule) -> Vec<&Formule> {
    match part {
        Formule::Tweeledig(
            Bewerking::Plus
            | Bewerking::Min
            | Bewerking::Maal
            | Bewerking::Delen
            | Bewerking::Macht,
            a,
            b,
        ) => vec![a, b],
        // Text is more than any number: a comparison with a number is always the same.
        Formule::Tweeledig(
            Bewerking::Kleiner
            | Bewerking::KleinerGelijk
            | Bewerking::Groter
            | Bewerking::GroterGelijk,
            a,
            b,
        ) => match (&**a, &**b) {
            (Formule::Getal(_), b) => vec![b],
            (a, Formule::Getal(_)) => vec![a],
            _ => Vec::new(),
        },
        Formule::Min(a) | Formule::Procent(a) => vec![a],
        Formule::Functie(name, arguments)
            if matches!(
                name.as_str(),
                "SUM"
                    | "SUMPRODUCT"
                    | "AVERAGE"
                    | "MIN"
                    | "MAX"
                    | "ROUND"
                    | "ROUNDUP"
                    | "ROUNDDOWN"
                    | "TRUNC"
                    | "INT"
                    | "ABS"
                    | "POWER"
                    | "MOD"
                    | "SQRT"
                    | "PMT"
                    | "PV"
                    | "FV"
                    | "NPV"
                    | "IRR"
            ) =>
        {
            arguments.iter().collect()
        }
        _ => Vec::new(),
    }
}

/// Whether a date stands above or below a cell.
fn beside_date(blad: &Blad, (row, column): (u32, u32)) -> bool {
    [row.checked_sub(1), row.checked_add(1)]
        .into_iter()
        .flatten()
        .any(|r| {
            let cell = blad.cellen.get(&(r, column));
            matches!(cell.map(|c| &c.waarde), Some(Scalar::Date(_)))
        })
}

/// The texts of a range between quotation marks, the first five.
fn shown_texts(blad: &Blad, range: Bereik) -> String {
    let mut texts = blad
        .in_bereik(range)
        .map(|(_, cell)| format!("\"{}\"", clip(&as_text(&cell.waarde))));
    let mut shown: Vec<String> = texts.by_ref().take(5).collect();
    if texts.next().is_some() {
        shown.push("...".into());
    }
    shown.join(", ")
}

/// What stands above or below a cell, past other numbers that are text: how many numbers in a row, and whether a text with
/// letters comes first.
fn beyond(blad: &Blad, (row, column): (u32, u32), up: bool) -> (u32, Option<&str>) {
    let mut numbers = 0;
    for n in 1..=FAR {
        let at = if up {
            row.checked_sub(n)
        } else {
            row.checked_add(n)
        };
        match at
            .and_then(|r| blad.cellen.get(&(r, column)))
            .map(|c| &c.waarde)
        {
            Some(Scalar::Number(_)) => {
                numbers += 1;
                if numbers == 2 {
                    break;
                }
            }
            Some(Scalar::Text(t)) if numbers == 0 && t.len() <= 40 && is_number(t) => {}
            Some(Scalar::Text(t)) if numbers == 0 => return (0, Some(t)),
            _ => break,
        }
    }
    (numbers, None)
}

/// Whether a number that is text stands among the figures of its column.
fn in_column(blad: &Blad, (row, column): (u32, u32), text: &str) -> bool {
    let (above, heading) = beyond(blad, (row, column), true);
    let (below, _) = beyond(blad, (row, column), false);
    let next = row
        .checked_add(1)
        .and_then(|r| blad.cellen.get(&(r, column)));
    if above >= 2 || above == 1 && (below > 0 || next.is_none()) {
        return true;
    }
    let Some(heading) = heading.filter(|h| h.chars().any(char::is_alphabetic)) else {
        return false;
    };
    // Under a heading: the first of a column of numbers, or a column of amounts that are all text.
    let digits = text.trim();
    let short = digits.len() <= 4 && digits.bytes().all(|b| b.is_ascii_digit());
    let beside = |column: Option<u32>| {
        let cell = column.and_then(|c| blad.cellen.get(&(row, c)));
        matches!(cell.map(|c| &c.waarde), Some(Scalar::Text(t)) if t.len() <= 4 && is_number(t))
    };
    // Short numbers beside each other are headings themselves, or codes.
    let numbered = short && (beside(column.checked_sub(1)) || beside(column.checked_add(1)));
    if below >= 2 {
        return !numbered;
    }
    let amount = heading.to_lowercase();
    let texts = (1..=FAR)
        .take_while(|n| {
            let cell = row
                .checked_add(*n)
                .and_then(|r| blad.cellen.get(&(r, column)));
            matches!(cell.map(|c| &c.waarde), Some(Scalar::Text(t)) if t.len() <= 40 && is_number(t))
        })
        .count();
    let before = (1..=FAR)
        .take_while(|n| {
            let cell = row
                .checked_sub(*n)
                .and_then(|r| blad.cellen.get(&(r, column)));
            matches!(cell.map(|c| &c.waarde), Some(Scalar::Text(t)) if t.len() <= 40 && is_number(t))
        })
        .count();
    // 5.1 and 12 under a heading of amounts may be the codes of its rows.
    let short = |piece: &str| piece.len() <= 2 && piece.bytes().all(|b| b.is_ascii_digit());
    let code = digits.split('.').all(short);
    BEDRAGEN.iter().any(|w| amount.contains(w)) && texts + before >= 2 && !code
}

/// Whether a text is a number as people type it: `1.234,50`, `€ 12 500`, `-3`, `50%`, `(900)`, `4.000-`, `6000 euro`. Codes
/// such as 012 or 1.2.3 are not.
fn is_number(text: &str) -> bool {
    let mut text = text.trim();
    if let Some(inner) = text.strip_prefix('(').and_then(|t| t.strip_suffix(')')) {
        text = inner.trim();
    }
    for sign in ["€", "EUR", "-", "+"] {
        text = text.strip_prefix(sign).unwrap_or(text).trim_start();
    }
    for unit in ["€", "EUR", "euro", "Euro"] {
        text = text.strip_suffix(unit).unwrap_or(text).trim_end();
    }
    let (text, minus) = match text.strip_suffix('%').or_else(|| text.strip_suffix(",-")) {
        Some(rest) => (rest, false),
        None => match text.strip_suffix('-') {
            Some(rest) => (rest, true),
            None => (text, false),
        },
    };
    let text = text.trim_end();
    let clean: String = text
        .chars()
        .map(|c| {
            if matches!(c, '\u{a0}' | '\u{202f}') {
                ' '
            } else {
                c
            }
        })
        .collect();
    if clean.is_empty() || clean.len() > 20 || !clean.starts_with(|c: char| c.is_ascii_digit()) {
        return false;
    }
    // 2026- is a year and later ones.
    if minus && clean.len() == 4 && clean.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    let pieces: Vec<&str> = clean.split([' ', '.', ',']).collect();
    if pieces
        .iter()
        .any(|p| p.is_empty() || !p.bytes().all(|b| b.is_ascii_digit()))
    {
        return false;
    }
    let signs: Vec<char> = clean.chars().filter(|c| !c.is_ascii_digit()).collect();
    let first = pieces[0];
    let padded = first.len() > 1 && first.starts_with('0');
    match signs.as_slice() {
        [' '] => pieces[1].len() == 3 && first.len() <= 3 && !padded,
        [] | [_] => !padded,
        [thousands @ .., last] => {
            let sign = thousands[0];
            let groups = &pieces[1..pieces.len() - 1];
            let even = thousands.iter().all(|c| *c == sign) && groups.iter().all(|p| p.len() == 3);
            even && first.len() <= 3
                && !padded
                && if *last == sign {
                    pieces[pieces.len() - 1].len() == 3
                } else {
                    *last != ' '
                }
        }
    }
}

/// What a text that looks like a date is.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Datum {
    /// A date with its whole year.
    Heel,
    /// A date as programs write it: 2026-07-01.
    Iso,
    /// A date with two digits of its year; it may be a code.
    Kort,
    /// A day that does not exist.
    Geen,
}

/// Whether a text is a date as people type it: `1-7-2026`, `01/07/26`, `2026-07-01`, `1 juli 2026`, `1-jul-2026`.
fn as_date(text: &str) -> Option<Datum> {
    const MONTHS: &[(&str, i8)] = &[
        ("jan", 1),
        ("feb", 2),
        ("mrt", 3),
        ("maart", 3),
        ("apr", 4),
        ("mei", 5),
        ("jun", 6),
        ("jul", 7),
        ("aug", 8),
        ("sep", 9),
        ("okt", 10),
        ("nov", 11),
        ("dec", 12),
    ];
    const NAMES: &[&str] = &[
        "januari",
        "februari",
        "maart",
        "april",
        "juni",
        "juli",
        "augustus",
        "september",
        "sept",
        "oktober",
        "november",
        "december",
    ];
    let text = text.trim().to_lowercase();
    let number = |t: &str| {
        let digits = (1..=4).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| t.parse::<i16>().ok()).flatten()
    };
    let month = |t: &str| {
        let t = t.trim_end_matches('.');
        let short = |m: &&(&str, i8)| m.0 == t || NAMES.contains(&t) && t.starts_with(m.0);
        MONTHS.iter().find(short).map(|m| m.1)
    };
    // The year, and whether it is written in full.
    let year = |t: &str| match (number(t)?, t.len()) {
        (y @ 1900..=2200, 4) => Some((y, true)),
        (y @ 0..=99, 2) => Some((2000 + y, false)),
        _ => None,
    };
    let day_of = |day: &str| {
        number(day)
            .filter(|d| (1..=31).contains(d))
            .map(|d| d as i8)
    };
    let settle = |(year, whole): (i16, bool), month: i8, day: i8| {
        let exists = Date::new(year, month, day).is_ok();
        match (whole, exists) {
            (true, true) => Some(Datum::Heel),
            (true, false) => Some(Datum::Geen),
            (false, true) => Some(Datum::Kort),
            // With two digits and no such day it is a code.
            (false, false) => None,
        }
    };
    let words: Vec<&str> = text.split_whitespace().collect();
    if let [day, name, at] = words.as_slice() {
        return settle(year(at)?, month(name)?, day_of(day)?);
    }
    ['-', '/', '.'].iter().find_map(|sign| {
        let parts: Vec<&str> = text.split(*sign).collect();
        let [a, b, c] = parts.as_slice() else {
            return None;
        };
        if a.len() == 4 {
            let month = number(b).filter(|m| (1..=12).contains(m))?;
            let found = settle(year(a)?, month as i8, day_of(c)?)?;
            let iso = found == Datum::Heel && *sign == '-';
            return Some(if iso { Datum::Iso } else { found });
        }
        let year = year(c)?;
        // With dots and two digits it is a code: 1.2.26
        if !year.1 && *sign == '.' {
            return None;
        }
        if let Some(name) = month(b) {
            let found = settle(year, name, day_of(a)?)?;
            // The name of a month makes it a date, whatever its year looks like.
            return Some(if found == Datum::Kort {
                Datum::Heel
            } else {
                found
            });
        }
        match number(b)? {
            m @ 1..=12 => settle(year, m as i8, day_of(a)?),
            // As Americans write it.
            d @ 13..=31 if year.1 => {
                let month = number(a).filter(|m| (1..=12).contains(m))?;
                settle(year, month as i8, d as i8)
            }
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_are_numbers_or_dates() {
        for text in [
            "1.234,50",
            "€ 12 500",
            "-3",
            "50%",
            "1250",
            "0,5",
            "1.250.000",
            "2,5",
            "€ 500,-",
            "12\u{a0}500",
            "(900)",
            "4.000-",
            "12,5-",
            "5000 €",
            "6000 euro",
            "€ 5.000,-",
        ] {
            assert!(is_number(text), "{text}");
            assert_eq!(as_date(text), None, "{text}");
        }
        for text in [
            "012",
            "1.2.3",
            "a1",
            "",
            "-",
            "12 34",
            "1..2",
            "€",
            "2026-2030",
            "1.234.56",
            "1234 AB",
            "2026-",
            "(a)",
            "1.2.26",
            "32-13-26",
            "11-02",
        ] {
            assert!(!is_number(text), "{text}");
            assert_eq!(as_date(text), None, "{text}");
        }
        for (text, expected) in [
            ("1-7-2026", Datum::Heel),
            ("01/07/2026", Datum::Heel),
            ("7/31/2026", Datum::Heel),
            ("2026-07-01", Datum::Iso),
            ("2026/07/01", Datum::Heel),
            ("1 juli 2026", Datum::Heel),
            ("1 jul. 2026", Datum::Heel),
            ("1.7.2026", Datum::Heel),
            ("1-jul-2026", Datum::Heel),
            ("1-jul-26", Datum::Heel),
            ("01-07-26", Datum::Kort),
            ("1/1/26", Datum::Kort),
            ("31-02-2026", Datum::Geen),
            ("31 juni 2026", Datum::Geen),
        ] {
            assert_eq!(as_date(text), Some(expected), "{text}");
        }
    }
}

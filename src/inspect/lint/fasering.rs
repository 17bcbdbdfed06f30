//! Rows of periods, and the shares under them that are not 100 % together.

use super::{FASERING, Kop, Lint, WHOLE, percent};
use crate::model::table::Scalar;
use crate::read::werkmap::{Bereik, Blad, Cel, Opmaaksoort};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use std::collections::BTreeMap;

/// Most rows of periods in a sheet, and most columns.
const MAX_HEADINGS: usize = 500;
/// Columns beside a column of periods that are looked at.
const MAX_BESIDE: u32 = 500;
/// What phasing is called.
const FASEREN: &[&str] = &["faser", "phasing", "spreiding", "uitgiftetempo"];
/// What is a percentage in every year, and no share of a whole.
const TARIEVEN: &[&str] = &[
    "index",
    "indices",
    "stijging",
    "groei",
    "inflatie",
    "rente",
    "disconto",
    "rendement",
    "leegstand",
    "bezetting",
    "aandeel",
    "kans",
    "tarief",
    "opslag",
    "btw",
    "factor",
    "graad",
];
/// What is no phasing of its own, but comes from that of other rows.
const AFGELEID: &[&str] = &["cumul", "gemiddeld", "totaal", "controle"];
/// What says that figures are numbers of something, and no percentages.
const AANTALLEN: &[&str] = &[
    "aantal",
    "woning",
    "m2",
    "m²",
    "stuks",
    "bvo",
    "gbo",
    "kavel",
    "opperv",
    "programma",
    "€",
    "euro",
    "bedrag",
];

fn names(text: &str, words: &[&str]) -> bool {
    words.iter().any(|w| text.contains(w))
}

/// A cell with its period: the kind, and its number among them.
type Periode = ((u32, u32), (char, i64));

/// A period by its kind and number.
fn period(cell: &Cel) -> Option<(char, i64)> {
    let year = |y: i64| (1990..=2150).contains(&y);
    match &cell.waarde {
        Scalar::Number(n) if n.is_integer() => n.to_i64().filter(|y| year(*y)).map(|y| ('j', y)),
        Scalar::Date(d) if year(i64::from(d.year())) => {
            Some(('d', i64::from(d.year()) * 12 + i64::from(d.month()) - 1))
        }
        Scalar::Text(t) if t.len() <= 24 => period_of_text(t),
        _ => None,
    }
}

/// `2026`, `jaar 2026`, `2026-K1`, `Q1 2026`, `1e kwartaal 2026`, `2026-H2`.
fn period_of_text(text: &str) -> Option<(char, i64)> {
    let lower = text.to_lowercase();
    // Runs of digits and of letters, whatever stands between them.
    let mut pieces: Vec<String> = Vec::new();
    let mut last = ' ';
    for c in lower.chars() {
        if c.is_alphanumeric() {
            if last.is_alphanumeric() && last.is_ascii_digit() == c.is_ascii_digit() {
                pieces.last_mut()?.push(c);
            } else {
                pieces.push(c.to_string());
            }
        }
        last = c;
    }
    let at = pieces
        .iter()
        .position(|p| p.len() == 4 && p.parse::<i64>().is_ok())?;
    let year: i64 = pieces.remove(at).parse().ok()?;
    if !(1990..=2150).contains(&year) {
        return None;
    }
    let number = |most: i64| {
        let mut numbers = pieces.iter().filter_map(|p| p.parse::<i64>().ok());
        let first = numbers.next().filter(|n| (1..=most).contains(n))?;
        numbers.next().is_none().then_some(first)
    };
    let words: Vec<&str> = pieces
        .iter()
        .map(String::as_str)
        .filter(|p| {
            !p.starts_with(|c: char| c.is_ascii_digit()) && !matches!(*p, "e" | "ste" | "de")
        })
        .collect();
    match words.as_slice() {
        [] if pieces.is_empty() => Some(('j', year)),
        ["jaar" | "boekjaar"] if pieces.len() == 1 => Some(('j', year)),
        ["k" | "q" | "kw" | "kwartaal"] => Some(('k', year * 4 + number(4)? - 1)),
        ["h" | "hj" | "halfjaar"] => Some(('h', year * 2 + number(2)? - 1)),
        _ => None,
    }
}

/// The rows of a sheet in which three or more periods stand side by side, and the columns in which they stand below each other.
pub(super) fn period_headings(sheet: &Blad) -> Vec<Kop> {
    let mut periods: Vec<Periode> = sheet
        .cellen
        .iter()
        .filter_map(|(place, cell)| Some((*place, period(cell)?)))
        .collect();
    let mut found = runs(sheet, &periods, false);
    periods.sort_unstable_by_key(|((row, column), _)| (*column, *row));
    found.extend(runs(sheet, &periods, true));
    found
}

fn runs(sheet: &Blad, periods: &[Periode], turned: bool) -> Vec<Kop> {
    let mut found: Vec<Kop> = Vec::new();
    let mut at = 0;
    while at < periods.len() && found.len() < MAX_HEADINGS {
        let flip = |(a, b): (u32, u32)| if turned { (b, a) } else { (a, b) };
        let (line, from) = flip(periods[at].0);
        let (kind, mut number) = periods[at].1;
        let mut places = vec![from];
        let mut step = None;
        let mut last = from;
        at += 1;
        while let Some((place, (its, n))) = periods.get(at) {
            let (its_line, pos) = flip(*place);
            let apart = pos.saturating_sub(last);
            // One empty column may stand between two years.
            let near = its_line == line
                && (apart == 1
                    || apart == 2 && !sheet.cellen.contains_key(&flip((line, last + 1))));
            let next = n - number;
            let allowed: &[i64] = if kind == 'd' { &[1, 3, 6, 12] } else { &[1] };
            let on = *its == kind && step.map_or(allowed.contains(&next), |s| next == s);
            if !near || !on {
                break;
            }
            step = Some(next);
            number = *n;
            last = pos;
            places.push(pos);
            at += 1;
        }
        if places.len() >= 3 {
            found.push(Kop {
                lijn: line,
                plaatsen: places,
                gekanteld: turned,
            });
        }
    }
    found
}

/// A row of figures under periods; in a turned block a column.
#[derive(Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a thing that was seen in the row, apart from the others"
)]
struct Rij {
    total: Decimal,
    filled: usize,
    /// Only noughts and ones: counts, or switches.
    whole: bool,
    /// Shown as percentages.
    percent: bool,
    /// One and the same share in every period.
    equal: bool,
    value: Option<Decimal>,
    least: Decimal,
    most: Decimal,
    /// Something else than figures stands in it.
    other: bool,
    /// Its figures come from other rows of the block.
    derived: bool,
}

impl Rij {
    fn add(&mut self, n: Decimal, percent: bool) {
        if self.filled == 0 && self.value.is_none() {
            (self.whole, self.equal) = (true, true);
        }
        // Ten thousand periods of the largest decimal do not fit.
        self.total = self.total.checked_add(n).unwrap_or(Decimal::MAX);
        self.percent |= percent;
        self.whole &= n.is_zero() || n == Decimal::ONE;
        self.least = self.least.min(n);
        self.most = self.most.max(n);
        if !n.is_zero() {
            self.filled += 1;
            self.equal &= self.value.is_none_or(|v| v == n);
            self.value = Some(n);
        }
    }

    fn is(&self, whole: Decimal) -> bool {
        let off = (self.total / whole - Decimal::ONE).abs();
        off.to_f64().is_some_and(|off| off <= WHOLE)
    }

    /// Shares of one: noughts to ones, or percentages that may be more or less.
    fn is_share(&self) -> bool {
        let (least, most) = if self.percent {
            (-Decimal::ONE, Decimal::TWO)
        } else {
            (Decimal::ZERO, Decimal::ONE)
        };
        !self.other && self.filled > 0 && self.least >= least && self.most <= most
    }

    /// Figures that may be percentages without their sign.
    fn is_hundred(&self) -> bool {
        !self.other
            && !self.percent
            && self.filled > 0
            && self.least >= Decimal::ZERO
            && self.most > Decimal::TWO
            && self.most <= Decimal::ONE_HUNDRED
    }
}

impl Lint<'_> {
    /// Rows of shares under years that are not 100 % together.
    pub(super) fn phasing(&mut self) {
        for sheet in 0..self.map.bladen.len() {
            let mut found = Vec::new();
            let cost = self.map.bladen[sheet].cellen.len() as u64 / 8;
            let mut left = self.steps;
            for (position, heading) in self.headings[sheet].iter().enumerate() {
                left = left.saturating_sub(1 + cost);
                if left == 0 {
                    self.result.onvolledig = true;
                    break;
                }
                let overlaps = |h: &&Kop| {
                    h.gekanteld == heading.gekanteld
                        && h.lijn > heading.lijn
                        && h.van() <= heading.tot()
                        && h.tot() >= heading.van()
                };
                let end = self.headings[sheet][position + 1..]
                    .iter()
                    .find(overlaps)
                    .map_or(u32::MAX, |h| h.lijn);
                found.extend(self.phasing_under(sheet, heading, end));
            }
            found.sort_unstable_by_key(|f| f.0);
            found.dedup_by_key(|f| f.0);
            for (range, total, turned) in found {
                let (what, label) = if turned {
                    let column = crate::problem::column_letters(range.van.1);
                    let label = self.column_label(sheet, range.van.1, range.van.0);
                    (format!("column {column}"), label)
                } else {
                    let label = self.label(sheet, range.van.0, range.van.1);
                    (format!("row {}", range.van.0 + 1), label)
                };
                self.add(
                    FASERING,
                    Some(sheet),
                    Some(range),
                    format!(
                        "the phasing of {what}{label} is {} % together, not 100 %",
                        percent(total)
                    ),
                    "make the shares of the years 100 % together",
                );
            }
        }
    }

    /// The texts of a range, in small letters.
    fn words(&self, sheet: usize, range: Bereik) -> String {
        let mut words = String::new();
        for (_, cell) in self.map.bladen[sheet].in_bereik(range).take(200) {
            if let Scalar::Text(text) = &cell.waarde
                && text.chars().any(char::is_alphabetic)
                && words.len() < 4_000
            {
                words.push_str(&text.to_lowercase());
                words.push(' ');
            }
        }
        words
    }

    /// What stands before the figures of a row, or above those of a column.
    fn line_words(&self, sheet: usize, heading: &Kop, line: u32) -> String {
        let before = heading.van();
        if before == 0 {
            return String::new();
        }
        let range = if heading.gekanteld {
            Bereik {
                van: (before.saturating_sub(3), line),
                tot: (before - 1, line),
            }
        } else {
            Bereik {
                van: (line, 0),
                tot: (line, before - 1),
            }
        };
        self.words(sheet, range)
    }

    fn phasing_under(&self, sheet: usize, heading: &Kop, end: u32) -> Vec<(Bereik, Decimal, bool)> {
        let turned = heading.gekanteld;
        let flip = |(a, b): (u32, u32)| if turned { (b, a) } else { (a, b) };
        let mut to = end.saturating_sub(1);
        if turned {
            to = to.min(heading.lijn.saturating_add(MAX_BESIDE));
        }
        if to <= heading.lijn {
            return Vec::new();
        }
        let block = Bereik {
            van: flip((heading.lijn + 1, heading.van())),
            tot: flip((to, heading.tot())),
        };
        let mut rows: BTreeMap<u32, Rij> = BTreeMap::new();
        for (place, cell) in self.map.bladen[sheet].in_bereik(block) {
            let (line, position) = flip(place);
            if heading.plaatsen.binary_search(&position).is_err() {
                continue;
            }
            let row = rows.entry(line).or_default();
            match cell.waarde {
                Scalar::Number(n) => {
                    row.add(n, cell.opmaak.soort == Opmaaksoort::Procent);
                    row.derived |= cell.formule.is_some()
                        && !row.derived
                        && self.derives(sheet, place, block, line, turned);
                }
                Scalar::Text(ref t) if t.is_empty() => {}
                _ => row.other = true,
            }
        }
        let name = self.map.bladen[sheet].naam.to_lowercase();
        let before = heading.van();
        let above = if turned {
            Bereik {
                van: (before.saturating_sub(3), 0),
                tot: (before, heading.lijn),
            }
        } else {
            Bereik {
                van: (heading.lijn.saturating_sub(3), 0),
                tot: (heading.lijn, heading.tot()),
            }
        };
        let title = format!("{name} {}", self.words(sheet, above));
        let mut found = Vec::new();
        for (whole, shares) in [(Decimal::ONE, true), (Decimal::ONE_HUNDRED, false)] {
            let fits = |row: &Rij| {
                if shares {
                    row.is_share()
                } else {
                    row.is_hundred()
                }
            };
            let mut group: Vec<(u32, &Rij)> = Vec::new();
            let mut lines = rows.iter().peekable();
            while let Some((line, row)) = lines.next() {
                if fits(row) {
                    group.push((*line, row));
                }
                let goes_on = fits(row)
                    && lines
                        .peek()
                        .is_some_and(|(next, row)| **next == line + 1 && fits(row));
                if goes_on || group.is_empty() {
                    continue;
                }
                for line in self.unequal(sheet, heading, &title, &group, whole) {
                    let total = rows.get(&line).map_or(Decimal::ZERO, |r| r.total) / whole;
                    let range = Bereik {
                        van: flip((line, heading.van())),
                        tot: flip((line, heading.tot())),
                    };
                    found.push((range, total, turned));
                }
                group.clear();
            }
        }
        found
    }

    /// Whether a formula in a block gets its figure from other rows of the block: a total or a mean of them.
    fn derives(
        &self,
        sheet: usize,
        place: (u32, u32),
        block: Bereik,
        line: u32,
        turned: bool,
    ) -> bool {
        let Some(index) = self.index[sheet].get(&place) else {
            return false;
        };
        self.fields[*index]
            .references
            .iter()
            .take(100)
            .any(|(s, range)| {
                let overlap = *s == sheet
                    && range.van.0 <= block.tot.0
                    && range.tot.0 >= block.van.0
                    && range.van.1 <= block.tot.1
                    && range.tot.1 >= block.van.1;
                let own = if turned {
                    (range.van.1, range.tot.1) == (line, line)
                } else {
                    (range.van.0, range.tot.0) == (line, line)
                };
                overlap && !own
            })
    }

    /// The rows of a group of rows below each other that are phasing and not 100 % together.
    fn unequal(
        &self,
        sheet: usize,
        heading: &Kop,
        title: &str,
        group: &[(u32, &Rij)],
        whole: Decimal,
    ) -> Vec<u32> {
        let exact = group
            .iter()
            .filter(|(_, r)| r.is(whole) && r.filled > 1 && !r.whole)
            .count();
        let (phased, rated) = (names(title, FASEREN), names(title, TARIEVEN));
        let hundred = whole != Decimal::ONE;
        let mut found = Vec::new();
        for (line, row) in group {
            if row.is(whole) || row.derived || row.whole && !row.percent {
                continue;
            }
            let label = self.line_words(sheet, heading, *line);
            let word = phased || names(&label, FASEREN);
            let rate = names(&label, TARIEVEN) && !names(&label, FASEREN);
            if rate || names(&label, AFGELEID) || rated && !word && exact == 0 {
                continue;
            }
            let strong = exact >= 2 || word && exact >= 1;
            let total = row.total / whole;
            let all = row.filled == heading.plaatsen.len();
            let told = if hundred {
                // Homes in a year may be a hundred together by chance: only where nearly all rows are, and nothing is counted.
                let counts = names(title, AANTALLEN)
                    || group
                        .iter()
                        .take(200)
                        .any(|(l, _)| names(&self.line_words(sheet, heading, *l), AANTALLEN));
                let near = (Decimal::new(5, 1)..=Decimal::new(15, 1)).contains(&total);
                word && exact >= 2 && 2 * (group.len() - exact) <= exact && near && !counts
            } else if (Decimal::new(8, 1)..=Decimal::new(12, 1)).contains(&total) && row.filled > 1
            {
                // One and the same figure in all years is a rate, also where it happens to be about 1 together.
                (word || exact > 0) && !(row.equal && all && exact == 0)
            } else {
                let single = row.filled > 1 || total >= Decimal::new(5, 1) && row.percent;
                strong && single && !(row.equal && all)
            };
            if told {
                found.push(*line);
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_read_as_people_write_them() {
        for (text, expected) in [
            ("2026", Some(('j', 2026))),
            ("jaar 2026", Some(('j', 2026))),
            ("2026-K1", Some(('k', 8104))),
            ("Q2 2026", Some(('k', 8105))),
            ("1e kwartaal 2026", Some(('k', 8104))),
            ("2026-H2", Some(('h', 4053))),
            ("K5 2026", None),
            ("prijspeil 2026", None),
            ("2026-2030", None),
            ("1-7-2026", None),
            ("12345", None),
            ("", None),
        ] {
            assert_eq!(period_of_text(text), expected, "{text}");
        }
    }
}

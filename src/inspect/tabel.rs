//! Blocks of a sheet: what stands below one heading, row by row: lines, headings of groups, totals, results, notes.

use super::koppen::{Kopregel, koppen};
use super::raster::Raster;
use super::woorden::woordenboek;
use crate::model::table::{Scalar, as_text};
use rust_decimal::Decimal;

/// What a row of a block is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Rijsoort {
    /// A line with numbers.
    Regel,
    /// Text over the rows below it.
    Groepskop,
    /// A sum of other rows, and how that is known.
    Totaal(&'static str),
    /// A result per period.
    Resultaat,
    /// A single figure with a label.
    Los,
    /// A note.
    Opmerking,
}

/// A row of a block.
#[derive(Debug, Clone)]
#[allow(clippy::struct_field_names, reason = "the number of a row is its row")]
pub(super) struct Rij {
    pub(super) rij: u32,
    pub(super) soort: Rijsoort,
    pub(super) label: String,
    /// Where the label stands.
    pub(super) kolom: u32,
}

/// What stands below one heading.
#[derive(Debug, Clone)]
pub(super) struct Blok {
    pub(super) kop: Kopregel,
    pub(super) rijen: Vec<Rij>,
    /// Texts over the heading, nearest first.
    pub(super) titels: Vec<String>,
    /// The column with names of rows, when no heading says so.
    pub(super) labelkolom: Option<u32>,
    /// The last row of the sheet that belongs to it.
    pub(super) einde: u32,
    /// Whether it has more rows than are looked at.
    pub(super) te_lang: bool,
}

/// Columns that hold numbers of a line, other than periods.
pub(super) const GETALROLLEN: &[&str] =
    &["hoeveelheid", "prijs", "grondprijs", "bedrag", "percentage"];

impl Blok {
    /// Columns of lines with a role for numbers.
    fn getalkolommen(&self) -> Vec<u32> {
        let roles = &self.kop.rollen;
        roles
            .iter()
            .filter(|(_, r)| GETALROLLEN.contains(&r.naam))
            .map(|(c, _)| *c)
            .collect()
    }

    pub(super) fn van_soort(&self, soort: &Rijsoort) -> impl Iterator<Item = &Rij> {
        self.rijen.iter().filter(move |r| r.soort == *soort)
    }

    /// Whether it has columns for numbers besides periods.
    pub(super) fn heeft_getalrollen(&self) -> bool {
        self.kop
            .rollen
            .values()
            .any(|r| GETALROLLEN.contains(&r.naam))
    }
}

/// Most rows of a block; a grondexploitatie has fewer lines, and what a row is depends on those before it.
const MAX_RIJEN: usize = 5_000;

/// Finds the blocks of a sheet.
pub(super) fn blokken(raster: &Raster) -> Vec<Blok> {
    let headers = koppen(raster);
    let rows = raster.rijen();
    let mut out = Vec::new();
    for (at, kop) in headers.iter().enumerate() {
        let end = headers
            .get(at + 1)
            .map_or(u32::MAX, |next| next.van.saturating_sub(1));
        let above = if at == 0 { 0 } else { headers[at - 1].tot + 1 };
        let titels = titels(raster, &rows, above, kop.van);
        let mut blok = Blok {
            kop: kop.clone(),
            rijen: Vec::new(),
            titels,
            labelkolom: None,
            einde: kop.tot,
            te_lang: false,
        };
        let body: Vec<u32> = rows
            .iter()
            .copied()
            .skip(rows.partition_point(|r| *r <= kop.tot))
            .take_while(|r| *r <= end)
            .take(MAX_RIJEN + 1)
            .collect();
        namen(raster, &mut blok, &body);
        codes(raster, &mut blok, &body);
        blok.labelkolom = labelkolom(raster, &blok, &body);
        for row in body {
            if let Some(rij) = rij(raster, &blok, row) {
                blok.einde = row;
                blok.rijen.push(rij);
            }
        }
        // Texts right above the next heading are its title.
        while let Some(last) = blok.rijen.last()
            && matches!(last.soort, Rijsoort::Groepskop | Rijsoort::Opmerking)
        {
            blok.rijen.pop();
        }
        blok.te_lang = blok.rijen.len() > MAX_RIJEN;
        if !blok.te_lang {
            totalen(raster, &mut blok);
        }
        out.push(blok);
    }
    out
}

/// Columns whose cells say more of them than their headings: under "Kosten" stand names when no number does, and of two columns
/// with names the one that few rows fill names groups.
fn namen(raster: &Raster, blok: &mut Blok, body: &[u32]) {
    let texts = |column: u32| {
        body.iter()
            .filter(|r| raster.tekst(**r, column).is_some())
            .count()
    };
    let numbers = |column: u32| {
        body.iter()
            .filter(|r| raster.getal(**r, column).is_some())
            .count()
    };
    let named = blok.kop.kolom("omschrijving").is_some();
    if !named
        && let Some(column) = blok
            .kop
            .rollen
            .iter()
            .filter(|(_, r)| r.naam == "bedrag")
            .map(|(c, _)| *c)
            .find(|c| texts(*c) >= 2 && numbers(*c) == 0)
        && let Some(role) = blok.kop.rollen.get_mut(&column)
    {
        role.naam = "omschrijving";
        return;
    }
    let columns: Vec<u32> = blok
        .kop
        .rollen
        .iter()
        .filter(|(_, r)| r.naam == "omschrijving")
        .map(|(c, _)| *c)
        .collect();
    let Some(most) = columns
        .iter()
        .map(|c| texts(*c))
        .max()
        .filter(|_| columns.len() > 1)
    else {
        return;
    };
    let grouped = blok.kop.kolom("groep").is_some();
    for column in columns {
        if !grouped
            && texts(column) * 10 < most * 7
            && texts(column) > 0
            && let Some(role) = blok.kop.rollen.get_mut(&column)
        {
            role.naam = "groep";
            return;
        }
    }
}

/// Of two columns that may name lines ("Post" and "Werkzaamheden") the one with codes is the code.
fn codes(raster: &Raster, blok: &mut Blok, body: &[u32]) {
    if blok.kop.kolom("id").is_some() {
        return;
    }
    let named: Vec<u32> = blok
        .kop
        .rollen
        .iter()
        .filter(|(_, r)| r.naam == "omschrijving")
        .map(|(c, _)| *c)
        .collect();
    if named.len() < 2 {
        return;
    }
    let is_code = |s: &Scalar| {
        let text = as_text(s);
        text.len() <= 8 && !text.contains(' ') && text.contains(|c: char| c.is_ascii_digit())
    };
    for column in named {
        let cells: Vec<&Scalar> = body
            .iter()
            .filter_map(|row| raster.cel(*row, column))
            .collect();
        let coded = cells.iter().filter(|s| is_code(s)).count();
        if !cells.is_empty()
            && coded * 10 >= cells.len() * 8
            && let Some(role) = blok.kop.rollen.get_mut(&column)
        {
            role.naam = "id";
            return;
        }
    }
}

/// Texts in rows over a heading that hold nothing else, nearest first.
fn titels(raster: &Raster, rows: &[u32], from: u32, to: u32) -> Vec<String> {
    let mut out = Vec::new();
    let before = &rows[..rows.partition_point(|r| *r < to)];
    for row in before
        .iter()
        .copied()
        .rev()
        .take_while(|r| *r >= from)
        .take(4)
    {
        let cells: Vec<&Scalar> = raster.rij(row).map(|(_, s)| s).collect();
        if cells.iter().any(|s| !matches!(s, Scalar::Text(_))) {
            break;
        }
        out.extend(cells.iter().take(2).map(|s| as_text(s)));
    }
    out
}

/// The leftmost column of texts, when no heading names one.
fn labelkolom(raster: &Raster, blok: &Blok, body: &[u32]) -> Option<u32> {
    if let Some(column) = blok.kop.kolom("omschrijving") {
        return Some(column);
    }
    let mut best: Option<(usize, u32)> = None;
    let first = blok.kop.periodekolommen().map_or(u32::MAX, |(f, _)| f);
    for column in 0..first.min(40) {
        // A column that says something else of lines is no name of them, unless there is no other.
        let other = blok.kop.rollen.get(&column).is_some_and(|r| {
            ["eenheid", "index", "betaler", "kostensoort", "deelgebied"].contains(&r.naam)
        });
        if other && blok.kop.rollen.len() > 1 {
            continue;
        }
        let texts = body
            .iter()
            .filter(|row| raster.tekst(**row, column).is_some())
            .count();
        if texts > 0 && best.is_none_or(|(most, _)| texts > most) {
            best = Some((texts, column));
        }
    }
    best.map(|(_, column)| column)
}

/// What a row is, before totals are known.
fn rij(raster: &Raster, blok: &Blok, row: u32) -> Option<Rij> {
    let words = woordenboek();
    let kop = &blok.kop;
    let mut label = None;
    let mut numbers = 0;
    let mut own = 0;
    let mut in_periods = 0;
    let numeric = blok.getalkolommen();
    for (column, scalar) in raster.rij(row) {
        match scalar {
            Scalar::Text(t) if !t.trim().is_empty() => {
                let named =
                    kop.kolom("omschrijving") == Some(column) || blok.labelkolom == Some(column);
                if label.is_none() || named {
                    label = Some((column, t.trim().to_owned()));
                }
            }
            Scalar::Number(_) => {
                if kop.is_periode(column) || kop.eerder.is_some_and(|(c, _)| c == column) {
                    in_periods += 1;
                } else if numeric.contains(&column) {
                    own += 1;
                }
                numbers += 1;
            }
            Scalar::Date(_) => numbers += 1,
            _ => {}
        }
    }
    let (kolom, label) = label.unwrap_or((0, String::new()));
    let made = |soort| {
        Some(Rij {
            rij: row,
            soort,
            label: label.clone(),
            kolom,
        })
    };
    if numbers == 0 {
        if label.is_empty() {
            return None;
        }
        let note = label.chars().count() > 70
            || label.starts_with(['*', '('])
            || words.rij.zekerheid("opmerking", &label) >= 0.9;
        return made(if note {
            Rijsoort::Opmerking
        } else {
            Rijsoort::Groepskop
        });
    }
    // Under a title that names an index, "Kosten" is an index group.
    let result = if over_index(blok) {
        0.0
    } else {
        words.resultaat(&label).map_or(0.0, |(_, sure)| sure)
    };
    let values = in_periods + own;
    if result >= 0.8 && in_periods >= 2 && own <= 1 {
        let has_hp = ["hoeveelheid", "prijs", "grondprijs"]
            .iter()
            .filter_map(|r| kop.kolom(r))
            .any(|c| raster.getal(row, c).is_some());
        if !has_hp {
            return made(Rijsoort::Resultaat);
        }
    }
    let total = words.rij.zekerheid("totaal", &label) >= 0.9;
    // A rate with a label below a row of years stands in the first of them by chance.
    if numbers == 1 && own == 0 && in_periods == 1 {
        let rate = raster
            .rij(row)
            .any(|(_, s)| matches!(s, Scalar::Number(n) if n.abs() <= Decimal::from(25)));
        let named = words.parameter.beste(&label).map_or(0.0, |t| t.zekerheid);
        if rate && named >= 0.9 {
            return made(Rijsoort::Los);
        }
    }
    if numbers == 1 && in_periods == 1 && result >= 0.8 {
        // A figure below the periods: "Eindwaarde", in the first of them.
        return made(Rijsoort::Los);
    }
    if in_periods == 0 && numbers == 1 && !(total && own == 1) {
        // One figure beside a label: a line has it in a column of its own.
        let in_amount = kop
            .kolom("bedrag")
            .is_some_and(|c| raster.getal(row, c).is_some());
        let parameter = words.parameter.beste(&label).map_or(0.0, |t| t.zekerheid);
        if result >= 0.8 || !in_amount && (parameter >= 0.9 || own == 0) {
            return made(Rijsoort::Los);
        }
    }
    if values == 0 && kop.kolom("van").is_none() {
        return made(Rijsoort::Los);
    }
    made(Rijsoort::Regel)
}

/// Whether the headings of a block say that it is about an index.
fn over_index(blok: &Blok) -> bool {
    let words = woordenboek();
    let kop = &blok.kop;
    !kop.perioden.is_empty()
        && !blok.heeft_getalrollen()
        && kop
            .onbekend
            .values()
            .chain(kop.rollen.values().map(|r| &r.kop))
            .chain(blok.titels.first())
            .chain(&kop.boven)
            .any(|t| {
                words.inhoud.zekerheid("groei", t) >= 0.8
                    || words.inhoud.zekerheid("factor", t) >= 0.8
            })
}

/// The columns by which sums are known: amounts, else the first periods.
fn somkolommen(raster: &Raster, blok: &Blok) -> Vec<u32> {
    let amounts: Vec<u32> = blok
        .kop
        .rollen
        .iter()
        .filter(|(_, r)| r.naam == "bedrag")
        .map(|(c, _)| *c)
        .collect();
    let mut out = amounts;
    out.extend(blok.kop.eerder.map(|(c, _)| c));
    for (column, _) in &blok.kop.perioden {
        let filled = blok
            .rijen
            .iter()
            .any(|r| raster.getal(r.rij, *column).is_some_and(|n| !n.is_zero()));
        if filled {
            out.push(*column);
        }
    }
    out
}

/// Tells sums from lines: by label, by formula, by arithmetic.
fn totalen(raster: &Raster, blok: &mut Blok) {
    let words = woordenboek();
    let columns = somkolommen(raster, blok);
    let hp: Vec<u32> = ["hoeveelheid", "prijs", "grondprijs", "percentage"]
        .iter()
        .filter_map(|r| blok.kop.kolom(r))
        .collect();
    let code = blok.kop.kolom("id");
    let rows: Vec<u32> = blok.rijen.iter().map(|r| r.rij).collect();
    for at in 0..blok.rijen.len() {
        if blok.rijen[at].soort != Rijsoort::Regel {
            continue;
        }
        let row = blok.rijen[at].rij;
        let label = blok.rijen[at].label.clone();
        let by_label = words.rij.zekerheid("totaal", &label) >= 0.9;
        let priced = hp
            .iter()
            .filter(|c| raster.getal(row, **c).is_some() && raster.formule(row, **c).is_none())
            .count();
        let in_sum: Vec<u32> = columns
            .iter()
            .copied()
            .filter(|c| raster.getal(row, *c).is_some())
            .collect();
        let formulas = in_sum
            .iter()
            .filter(|c| {
                raster
                    .formule(row, **c)
                    .is_some_and(|f| is_som(f, raster, row, **c, &rows))
            })
            .count();
        let by_formula = !in_sum.is_empty() && formulas * 2 > in_sum.len();
        let by_sum = priced == 0
            && (by_label || code.is_none_or(|c| raster.cel(row, c).is_none()))
            && !in_sum.is_empty()
            && som_van_boven(raster, blok, at, &in_sum);
        if !by_label
            && !by_formula
            && !by_sum
            && priced == 0
            && som_van_onder(raster, blok, at, &hp)
        {
            blok.rijen[at].soort = Rijsoort::Groepskop;
            continue;
        }
        let how = match (by_label, by_formula, by_sum) {
            (true, true, _) => "label and formula",
            (true, _, true) => "label and arithmetic",
            (_, true, _) => "formula",
            (_, _, true) => "arithmetic",
            // A label alone, when nothing says that it has a quantity and a price of its own.
            (true, ..) if priced < 2 => "label",
            _ => continue,
        };
        // A sum over the rows below it is the heading of a group that shows its total.
        let below = by_formula
            && in_sum.iter().any(|c| {
                raster
                    .formule(row, *c)
                    .is_some_and(|f| alleen_onder(f, raster, row))
            });
        blok.rijen[at].soort = if below {
            Rijsoort::Groepskop
        } else {
            Rijsoort::Totaal(how)
        };
    }
    // Headings without a line below them are notes.
    let mut useful = false;
    for at in (0..blok.rijen.len()).rev() {
        match blok.rijen[at].soort {
            Rijsoort::Regel | Rijsoort::Resultaat => useful = true,
            Rijsoort::Totaal(_) | Rijsoort::Los => useful = false,
            Rijsoort::Groepskop if !useful => blok.rijen[at].soort = Rijsoort::Opmerking,
            _ => {}
        }
    }
}

/// Whether the numbers of a row are, in all its columns, the sum of the lines since the last total or heading, or of all totals.
fn som_van_boven(raster: &Raster, blok: &Blok, at: usize, columns: &[u32]) -> bool {
    let row = blok.rijen[at].rij;
    let value = |row: u32, c: u32| raster.getal(row, c).unwrap_or_default();
    let cent = Decimal::new(1, 2);
    let equal = |rows: &[u32]| {
        rows.len() >= 2
            && columns.iter().any(|c| !value(row, *c).is_zero())
            && columns.iter().all(|c| {
                let sum = rows
                    .iter()
                    .try_fold(Decimal::ZERO, |s, r| s.checked_add(value(*r, *c)));
                sum.and_then(|s| s.checked_sub(value(row, *c)))
                    .is_some_and(|d| d.abs() <= cent)
            })
    };
    let before = &blok.rijen[..at];
    let since = before
        .iter()
        .rposition(|r| r.soort != Rijsoort::Regel)
        .map_or(0, |p| p + 1);
    let lines: Vec<u32> = before[since..].iter().map(|r| r.rij).collect();
    let all: Vec<u32> = before
        .iter()
        .filter(|r| r.soort == Rijsoort::Regel)
        .map(|r| r.rij)
        .collect();
    // Lines that are all zero, or one value, would make anything a sum.
    let few = columns.len() == 1 && lines.len() < 3 && all.len() < 3;
    !few && (equal(&lines) || equal(&all))
}

/// Whether the amounts of a row without quantity and price are in all columns the sum of the lines below it, up to the next such row.
fn som_van_onder(raster: &Raster, blok: &Blok, at: usize, hp: &[u32]) -> bool {
    let Some(column) = blok.kop.kolom("bedrag") else {
        return false;
    };
    let bare = |row: u32| !hp.is_empty() && hp.iter().all(|c| raster.getal(row, *c).is_none());
    let row = blok.rijen[at].rij;
    if raster.getal(row, column).is_none_or(|v| v.is_zero()) || !bare(row) {
        return false;
    }
    let below: Vec<u32> = blok.rijen[at + 1..]
        .iter()
        .map(|r| r.rij)
        .take_while(|r| !bare(*r))
        .collect();
    let periods = blok.kop.perioden.iter().map(|(c, _)| *c);
    // A heading with its total shows it in the amount, and in the periods or in none of these.
    let mut columns = periods.filter(|c| raster.getal(row, *c).is_some());
    let adds_up = |column: u32| {
        let sum = below.iter().try_fold(Decimal::ZERO, |s, r| {
            s.checked_add(raster.getal(*r, column).unwrap_or_default())
        });
        sum.zip(raster.getal(row, column))
            .and_then(|(sum, value)| sum.checked_sub(value))
            .is_some_and(|d| d.abs() <= Decimal::new(1, 2))
    };
    !below.is_empty() && adds_up(column) && columns.all(adds_up)
}

/// A part of a sum: its sheet when it names one, its first and last cell.
type Deel = (String, (u32, u32), (u32, u32));

/// The parts of a formula that only adds: references and ranges as (first, last) cells; nothing when it does more than that.
pub(super) fn optelling(formula: &str) -> Option<Vec<Deel>> {
    /// A formula with more parts than this is not worth taking apart.
    const MOST: usize = 4_000;
    if formula.len() > MOST {
        return None;
    }
    let text: String = formula
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '$' && *c != '[' && *c != ']')
        .collect();
    let text = text.trim_start_matches('=').trim_start_matches("of:=");
    let mut parts = Vec::new();
    for part in text.split('+') {
        if part.is_empty() {
            continue;
        }
        let upper = part.to_uppercase();
        let inner = [
            "SUM(",
            "SOM(",
            "SUBTOTAL(9,",
            "SUBTOTAL(9;",
            "SUBTOTAAL(9;",
            "SUBTOTAL(109,",
            "SUBTOTAL(109;",
        ]
        .iter()
        .find_map(|f| upper.strip_prefix(f))
        .and_then(|rest| rest.strip_suffix(')'));
        let list = inner.map_or(upper.clone(), str::to_owned);
        for item in list.split([',', ';']) {
            let (first, last) = item.split_once(':').unwrap_or((item, item));
            let (sheet, first) = first
                .rsplit_once(['!', '.'])
                .map_or(("", first), |(s, f)| (s, f));
            let (_, last) = last
                .rsplit_once(['!', '.'])
                .map_or(("", last), |(s, f)| (s, f));
            let sheet = sheet.trim_matches('\'').trim_end_matches('.').to_owned();
            parts.push((sheet, cel(first)?, cel(last)?));
        }
    }
    (!parts.is_empty()).then_some(parts)
}

/// A cell such as B7, to row and column from zero.
pub(super) fn cel(text: &str) -> Option<(u32, u32)> {
    let digits = text.find(|c: char| c.is_ascii_digit())?;
    let (letters, row) = text.split_at(digits);
    if letters.is_empty() || letters.len() > 3 {
        return None;
    }
    let mut column = 0u32;
    for c in letters.chars() {
        let c = c.to_ascii_uppercase();
        if !c.is_ascii_uppercase() {
            return None;
        }
        column = column * 26 + (c as u32 - 'A' as u32) + 1;
    }
    let row: u32 = row.parse().ok().filter(|r| *r > 0)?;
    Some((row - 1, column - 1))
}

/// Whether a formula only adds cells of its own column, of rows of the block.
fn is_som(formula: &str, raster: &Raster, row: u32, column: u32, rows: &[u32]) -> bool {
    let Some(parts) = optelling(formula) else {
        return false;
    };
    let mut cells = 0;
    for (sheet, first, last) in parts {
        if !sheet.is_empty() && sheet != raster.naam.to_uppercase() {
            return false;
        }
        let (first, last) = if raster.gekanteld {
            ((first.1, first.0), (last.1, last.0))
        } else {
            (first, last)
        };
        if first.1 != column || last.1 != column || (first.0..=last.0).contains(&row) {
            return false;
        }
        cells += rows
            .iter()
            .filter(|r| (first.0..=last.0).contains(*r))
            .count();
    }
    cells >= 1
}

/// Whether a sum reaches only below its own row.
pub(super) fn alleen_onder(formula: &str, raster: &Raster, row: u32) -> bool {
    optelling(formula).is_some_and(|parts| {
        parts.iter().all(|(_, first, _)| {
            let first = if raster.gekanteld { first.1 } else { first.0 };
            first > row
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums() {
        for (formula, parts) in [
            ("SUM(H6:H9)", Some(1)),
            ("H10+H17+$H$24", Some(3)),
            ("SUM([.H6:.H9])", Some(1)),
            ("SUM(H6:H9,H12)", Some(2)),
            ("E39*(H17+H24)", None),
            ("H10-H17", None),
            ("IF(A1,B1,C1)", None),
            ("1.02", None),
        ] {
            assert_eq!(optelling(formula).map(|p| p.len()), parts, "{formula}");
        }
    }
}

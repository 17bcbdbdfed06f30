//! Reads a foreign workbook, as somebody made it, through a mapping file into raw tables.
//!
//! Every value keeps the place of the cell it came from. Rows, columns and sheets that are passed over are listed; nothing
//! disappears unseen. This module must not know what a table means: it moves cells, and calculates only factor and sign.

mod language;

use super::periode::{duur, kop, kop_uit_tekst};
use super::workbook::{Sheet, Workbook};
use super::{IoFailure, Read, Skipped, SourceFile, read_bytes};
use crate::model::schema::{Column, Kind, TableSchema, setting, table_schema};
use crate::model::table::{Notation, Row, Scalar, Value, fold, parse_number, scalar_from_text};
use crate::problem::{Place, Problem, column_letters, has_errors, nearest};
use language::{
    CellRef, CheckEntry, CheckFrom, Mapping, Named, Origin, Periods, RowEntry, Source, TableEntry,
    Years, YearsAs, across, fits,
};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;
use std::sync::Arc;

const MAX_MAPPING: u64 = 1024 * 1024;
const MAX_PROBLEMS: usize = 1_000;

/// Reads the workbook `bestand` through the file `mapping`, both in `folder`, and adds what it holds to `read`.
pub fn read_foreign(
    folder: &Path,
    bestand: &str,
    mapping: &str,
    read: &mut Read,
) -> Result<(), IoFailure> {
    let workbook = read_bytes(&folder.join(bestand), super::workbook::MAX_FILE)?;
    let language = read_bytes(&folder.join(mapping), MAX_MAPPING)?;
    let book = if let Some(bytes) = &workbook {
        read.sources.push(SourceFile::of(bestand, bytes));
        Workbook::from_bytes(bytes, bestand, &mut read.problems)
    } else {
        Workbook::read(&folder.join(bestand), bestand, &mut read.problems)?
    };
    let place = Place::file(mapping);
    let Some(bytes) = language else {
        let problem = Problem::error(
            "mapping-too-large",
            format!("the mapping has more than {MAX_MAPPING} bytes"),
        );
        read.problems.push(
            problem
                .at(&place)
                .fix("name the mapping file, not another file"),
        );
        return Ok(());
    };
    read.sources.push(SourceFile::of(mapping, &bytes));
    let Ok(text) = std::str::from_utf8(&bytes) else {
        let problem = Problem::error("not-utf8", "the mapping is not UTF-8 text");
        read.problems
            .push(problem.at(&place).fix("save it as UTF-8 in a text editor"));
        return Ok(());
    };
    let before = read.problems.len();
    let wishes = language::parse(
        &place.file,
        text.strip_prefix('\u{feff}').unwrap_or(text),
        &mut read.problems,
    );
    read.incomplete |= has_errors(&read.problems[before..]);
    if let Some(book) = &book {
        read_wishes(book, &wishes, read);
    }
    let mut seen = HashSet::new();
    let mut kept: Vec<Problem> = read.problems.split_off(before);
    kept.retain(|p| seen.insert(p.to_string()));
    kept.truncate(MAX_PROBLEMS);
    read.problems.append(&mut kept);
    Ok(())
}

/// Reads a workbook that is in memory through the text of a mapping, called `file` in places, and adds what it holds to `read`.
pub fn read_mapped(book: &Workbook, file: &str, text: &str, read: &mut Read) {
    let before = read.problems.len();
    let wishes = language::parse(&Arc::from(file), text, &mut read.problems);
    read.incomplete |= has_errors(&read.problems[before..]);
    read_wishes(book, &wishes, read);
    read.problems.truncate(before + MAX_PROBLEMS);
}

fn read_wishes(book: &Workbook, wishes: &Mapping, read: &mut Read) {
    let tables = wishes
        .tables
        .iter()
        .filter(|t| t.turned)
        .map(|t| &t.sheet.text);
    let checks = wishes.checks.iter().filter_map(|c| match &c.from {
        CheckFrom::Series {
            sheet,
            turned: true,
            ..
        } => Some(&sheet.text),
        _ => None,
    });
    let turned: BTreeMap<Arc<str>, Sheet> = tables
        .chain(checks)
        .filter_map(|name| book.sheet(name))
        .map(|sheet| (Arc::clone(&sheet.name), turn(sheet)))
        .collect();
    Reader {
        book,
        turned: &turned,
        is_turned: false,
        wishes,
        read,
        named: BTreeSet::new(),
        rows: BTreeMap::new(),
        headings: BTreeMap::new(),
        ids: HashSet::new(),
    }
    .all();
}

/// A sheet with rows and columns in each other's place.
fn turn(sheet: &Sheet) -> Sheet {
    let mut without: Vec<(u32, u32)> = sheet
        .formulas_without_value
        .iter()
        .map(|&(row, column)| (column, row))
        .collect();
    without.sort_unstable();
    Sheet {
        cells: sheet
            .cells
            .iter()
            .map(|(&(row, column), scalar)| ((column, row), scalar.clone()))
            .collect(),
        formulas_without_value: without,
        ..sheet.clone()
    }
}

/// What became of a row of a mapped sheet.
enum Fate {
    Used,
    Skipped(Skipped),
}

/// The headings of a sheet's heading row, by column.
type Headings = BTreeMap<u32, (String, Place)>;
/// A table's own values of a row that is being read: column and value.
type Filled = Vec<(&'static Column, Value)>;

struct Reader<'a> {
    book: &'a Workbook,
    /// Sheets with rows and columns in each other's place.
    turned: &'a BTreeMap<Arc<str>, Sheet>,
    /// Whether the entry that is being read is about such a sheet.
    is_turned: bool,
    wishes: &'a Mapping,
    read: &'a mut Read,
    /// Sheets that the mapping names.
    named: BTreeSet<Arc<str>>,
    rows: BTreeMap<(Arc<str>, u32), Fate>,
    /// Columns in use, per sheet and heading row.
    headings: BTreeMap<(Arc<str>, u32), BTreeSet<u32>>,
    ids: HashSet<String>,
}

impl<'a> Reader<'a> {
    fn all(&mut self) {
        let wishes = self.wishes;
        for (name, source) in &wishes.settings {
            self.setting(name, source);
        }
        for entry in &wishes.rows {
            self.row(entry);
        }
        for entry in &wishes.tables {
            self.table(entry);
        }
        for entry in &wishes.checks {
            self.check(entry);
        }
        self.passed_over();
    }

    fn problem(&mut self, problem: Problem) {
        if self.read.problems.len() < MAX_PROBLEMS * 10 {
            self.read.problems.push(problem);
        }
    }

    fn place(&self, sheet: &Sheet, row: u32, column: u32) -> Place {
        if self.is_turned {
            Place::cell(&self.book.file, &sheet.name, column, row)
        } else {
            Place::cell(&self.book.file, &sheet.name, row, column)
        }
    }

    /// Remembers that a row was read; of a turned sheet that is a column, which the list of rows does not know.
    fn used(&mut self, sheet: &Sheet, row: u32) {
        if !self.is_turned {
            self.rows.insert((Arc::clone(&sheet.name), row), Fate::Used);
        }
    }

    /// The sheet that the mapping names.
    fn sheet(&mut self, name: &Named) -> Option<&'a Sheet> {
        let mut found = self.book.sheet(&name.text);
        if let Some(sheet) = found {
            self.named.insert(Arc::clone(&sheet.name));
            if self.is_turned {
                found = self.turned.get(&sheet.name);
            }
        } else {
            let names = || self.book.sheets.iter().map(|s| &*s.name);
            let fix = nearest(&name.text, names()).map_or_else(
                || "write the name of a sheet".into(),
                |n| format!("did you mean \"{n}\"?"),
            );
            let problem = Problem::error(
                "unknown-sheet",
                format!("{} has no sheet \"{}\"", self.book.file, name.text),
            );
            let problem = problem
                .at(&name.place)
                .allowed(names().collect::<Vec<_>>().join(", "))
                .fix(fix);
            self.problem(problem);
        }
        found
    }

    /// What stands in a cell. A spreadsheet error and a formula without a value are problems, and what is left is an error that was told.
    fn cell(&mut self, sheet: &Sheet, row: u32, column: u32) -> Value {
        let place = self.place(sheet, row, column);
        let scalar = match sheet.cells.get(&(row, column)) {
            Some(Scalar::Error(error)) => {
                let problem = Problem::error(
                    "spreadsheet-error",
                    format!("the cell holds the spreadsheet error {error}"),
                );
                self.problem(
                    problem
                        .at(&place)
                        .fix("mend the formula in the workbook and save it"),
                );
                told()
            }
            Some(Scalar::Text(text)) if self.wishes.empty.iter().any(|e| e == text) => {
                Scalar::Empty
            }
            Some(scalar) => scalar.clone(),
            None => {
                if sheet
                    .formulas_without_value
                    .binary_search(&(row, column))
                    .is_ok()
                {
                    let problem = Problem::error(
                        "formula-without-value",
                        "the formula in this cell has no stored value",
                    );
                    self.problem(problem.at(&place).fix("open the workbook in the spreadsheet program, let it calculate, and save it"));
                    return Value::new(told(), place);
                }
                Scalar::Empty
            }
        };
        Value::new(scalar, place)
    }

    /// Whether a cell holds anything, without looking at what.
    fn filled(&self, sheet: &Sheet, row: u32, column: u32) -> bool {
        match sheet.cells.get(&(row, column)) {
            Some(Scalar::Text(text)) => !self.wishes.empty.iter().any(|e| e == text),
            Some(_) => true,
            None => sheet
                .formulas_without_value
                .binary_search(&(row, column))
                .is_ok(),
        }
    }

    /// The value that a column wants, made of what was found: translated, as text or number, with factor and sign.
    fn fit(
        &mut self,
        column: &Column,
        mut value: Value,
        source: &Source,
        factor: Option<Decimal>,
        sign: Option<Decimal>,
    ) -> Value {
        if let Scalar::Error(_) = value.scalar {
            return value;
        }
        if !source.translate.is_empty() {
            value = self.translated(value, source);
        }
        if source.year
            && let Scalar::Date(date) = value.scalar
        {
            value.scalar = Scalar::Number(Decimal::from(date.year()));
        }
        let fixed = matches!(source.origin, Origin::Fixed(_));
        let amount = column.kind == Kind::Amount && !fixed;
        let factor = source.factor.or(factor.filter(|_| amount));
        let sign = source.sign.or(sign.filter(|_| amount));
        match (column.kind, &value.scalar) {
            (_, Scalar::Empty | Scalar::Error(_)) => value,
            // What the mapping itself says is written plainly, whatever the workbook's notation.
            (Kind::Amount | Kind::Number | Kind::Rate | Kind::Whole, Scalar::Text(text))
                if fixed || !source.translate.is_empty() =>
            {
                let text = text.clone();
                value.scalar = scalar_from_text(
                    &text,
                    column,
                    Notation::Plain,
                    &value.place,
                    &mut self.read.problems,
                );
                value
            }
            (Kind::Amount | Kind::Number | Kind::Rate | Kind::Whole, _) => {
                self.scaled(column.name, value, factor, sign)
            }
            (Kind::Year, Scalar::Date(_)) => {
                let problem = Problem::error(
                    "not-a-year",
                    format!(
                        "expected a year for {}, found {}",
                        column.name,
                        value.shown()
                    ),
                );
                self.problem(
                    problem
                        .at(&value.place)
                        .fix("add deel = \"jaar\" in the mapping to take the year of the date"),
                );
                Value::new(told(), value.place)
            }
            (
                Kind::Key
                | Kind::Text
                | Kind::Ref(_)
                | Kind::Account
                | Kind::List
                | Kind::Choice(_)
                | Kind::Address,
                _,
            ) => {
                value.scalar = text_of(&value.scalar).map_or(Scalar::Empty, Scalar::Text);
                value
            }
            (_, Scalar::Number(_)) if factor.is_some() || sign.is_some() => {
                self.scaled(column.name, value, factor, sign)
            }
            _ => value,
        }
    }

    /// A number times factor and sign; anything else is a problem.
    fn scaled(
        &mut self,
        name: &str,
        mut value: Value,
        factor: Option<Decimal>,
        sign: Option<Decimal>,
    ) -> Value {
        let problem = match &value.scalar {
            Scalar::Empty | Scalar::Error(_) => return value,
            Scalar::Number(number) => {
                let scale = factor
                    .unwrap_or(Decimal::ONE)
                    .checked_mul(sign.unwrap_or(Decimal::ONE));
                if let Some(number) = scale.and_then(|s| number.checked_mul(s)) {
                    // A zero has no sign: -0 is not a different figure.
                    value.scalar = Scalar::Number(if number.is_zero() {
                        Decimal::ZERO
                    } else {
                        number
                    });
                    return value;
                }
                Problem::error(
                    "number-too-large",
                    format!("{} in {name} is too large", value.shown()),
                )
                .fix("check the number and the factor")
            }
            other => {
                let fix = match other {
                    Scalar::Text(text) if parse_number(text, Notation::Dutch).is_ok() => {
                        "the cell holds text that looks like a number: set its format to number and type it again"
                    }
                    Scalar::Text(_) => {
                        "write a number, or name the text under overslaan or leeg in the mapping"
                    }
                    _ => "write a number in the cell, or map another column",
                };
                Problem::error(
                    "not-a-number",
                    format!("expected a number for {name}, found {}", value.shown()),
                )
                .fix(fix)
            }
        };
        self.problem(problem.at(&value.place));
        Value::new(told(), value.place)
    }

    fn too_large(&mut self, value: &Value) {
        let problem = Problem::error(
            "number-too-large",
            format!("with {} the sum is too large", value.shown()),
        );
        self.problem(problem.at(&value.place).fix("check the number"));
    }

    fn translated(&mut self, value: Value, source: &Source) -> Value {
        let text = text_of(&value.scalar).unwrap_or_default();
        if let Some((_, to)) = source
            .translate
            .iter()
            .find(|(from, _)| (!text.is_empty() || from.is_empty()) && fits(from, &text))
        {
            return Value::new(
                if to.is_empty() {
                    Scalar::Empty
                } else {
                    Scalar::Text(to.clone())
                },
                value.place,
            );
        }
        if !value.is_empty() {
            let words = source
                .translate
                .iter()
                .map(|(from, _)| from.as_str())
                .collect::<Vec<_>>()
                .join(", ");
            let problem = Problem::error(
                "untranslated",
                format!("vertaal has no word for {}", value.shown()),
            );
            self.problem(
                problem
                    .at(&value.place)
                    .and(&source.place)
                    .allowed(words)
                    .fix("add the word to vertaal, or \"*\" for all others"),
            );
            return Value::new(told(), value.place);
        }
        Value::new(Scalar::Empty, value.place)
    }

    /// A value of the mapping itself, or of one cell; with the cell's name.
    fn single(&mut self, column: &Column, source: &Source) -> Option<(Value, Option<String>)> {
        match &source.origin {
            Origin::Fixed(scalar) => {
                let value = Value::new(scalar.clone(), source.place.clone());
                Some((self.fit(column, value, source, None, None), None))
            }
            Origin::Cell(cell) => {
                let (value, name) = self.named_cell(cell, column.name, &source.place)?;
                Some((self.fit(column, value, source, None, None), Some(name)))
            }
            Origin::Column(_)
            | Origin::Template(_)
            | Origin::Span(..)
            | Origin::Duration(..)
            | Origin::Sum(..) => None,
        }
    }

    /// The cell that the mapping names, and how it is called.
    fn named_cell(&mut self, cell: &CellRef, what: &str, by: &Place) -> Option<(Value, String)> {
        let sheet = self.sheet(&cell.sheet)?;
        self.used(sheet, cell.row);
        Some(self.required(sheet, cell.row, cell.column, what, by))
    }

    /// A cell that must hold something, and how it is called.
    fn required(
        &mut self,
        sheet: &Sheet,
        row: u32,
        column: u32,
        what: &str,
        by: &Place,
    ) -> (Value, String) {
        let (r, c) = if self.is_turned {
            (column, row)
        } else {
            (row, column)
        };
        let name = format!("{}!{}{}", sheet.name, column_letters(c), r + 1);
        let value = self.cell(sheet, row, column);
        if !self.filled(sheet, row, column) {
            let problem = Problem::error("empty-cell", format!("cell {name} for {what} is empty"));
            self.problem(
                problem
                    .at(&value.place)
                    .and(by)
                    .fix("fill the cell, or name another in the mapping"),
            );
        }
        (value, name)
    }

    fn setting(&mut self, name: &Named, source: &Source) {
        let Some(known) = setting(&name.text) else {
            return;
        };
        let column = Column {
            name: known.name,
            kind: known.kind,
            required: false,
            meaning: known.meaning,
        };
        if let Some((value, bron)) = self.single(&column, source) {
            let key = Value::new(Scalar::Text(name.text.clone()), name.place.clone());
            let bron = Value::new(
                bron.map_or(Scalar::Empty, Scalar::Text),
                value.place.clone(),
            );
            let place = value.place.clone();
            self.push(
                "gebied",
                place,
                vec![("instelling", key), ("waarde", value), ("bron", bron)],
            );
        }
    }

    fn row(&mut self, entry: &RowEntry) {
        let mut filled = Vec::new();
        let mut from = None;
        for (column, source) in &entry.columns {
            if let Some((value, bron)) = self.single(column, source) {
                from =
                    from.or(bron.map(|bron| Value::new(Scalar::Text(bron), value.place.clone())));
                filled.push((column.name, value));
            }
        }
        if let Some(bron) = from
            && entry.target.column("bron").is_some()
            && !entry.columns.iter().any(|(c, _)| c.name == "bron")
        {
            filled.push(("bron", bron));
        }
        self.push(entry.target.name, entry.place.clone(), filled);
    }

    /// Adds a row to a table of ours.
    fn push(&mut self, table: &'static str, place: Place, filled: Vec<(&'static str, Value)>) {
        let Some(schema) = table_schema(table) else {
            return;
        };
        let row = blank_row(schema, place, filled);
        self.read.tables.table_mut(table).rows.push(row);
    }

    /// Headings by column; those of several rows joined, from top to bottom.
    fn headings(&mut self, sheet: &Sheet, rows: Option<(u32, u32)>) -> Headings {
        let mut headings = Headings::new();
        let Some((first, last)) = rows else {
            return headings;
        };
        for row in first..=last {
            self.used(sheet, row);
            for (&(_, column), scalar) in sheet.cells.range((row, 0)..=(row, u32::MAX)) {
                let Some(text) = text_of(scalar) else {
                    continue;
                };
                let place = self.place(sheet, row, column);
                match headings.entry(column) {
                    std::collections::btree_map::Entry::Vacant(entry) => {
                        entry.insert((text, place));
                    }
                    std::collections::btree_map::Entry::Occupied(mut entry) => {
                        let joined = &mut entry.get_mut().0;
                        // A word that was broken off at the end of a line becomes whole.
                        if joined.ends_with('-') && text.starts_with(char::is_lowercase) {
                            joined.pop();
                        } else {
                            joined.push(' ');
                        }
                        joined.push_str(&text);
                    }
                }
            }
        }
        headings
    }

    /// The column that a heading or a letter names.
    fn column(&mut self, sheet: &Sheet, headings: &Headings, name: &Named) -> Option<u32> {
        let folded = fold(&name.text);
        let found: Vec<u32> = headings
            .iter()
            .filter(|(_, (text, _))| {
                text == &name.text || (!folded.is_empty() && fold(text) == folded)
            })
            .map(|(column, _)| *column)
            .collect();
        if let [first, second, ..] = found[..] {
            let problem = Problem::error(
                "double-heading",
                format!(
                    "sheet \"{}\" has heading \"{}\" more than once",
                    sheet.name, name.text
                ),
            );
            let fix = format!(
                "write the letter instead: {} or {}",
                column_letters(first),
                column_letters(second)
            );
            self.problem(problem.at(&name.place).and(&headings[&second].1).fix(fix));
            return None;
        }
        let last = sheet
            .cells
            .keys()
            .map(|(_, column)| *column)
            .max()
            .unwrap_or(0);
        let letter = || across(&name.text, self.is_turned).filter(|column| *column <= last);
        let column = found.first().copied().or_else(letter);
        if column.is_none() {
            let names = || headings.values().map(|(text, _)| text.as_str());
            let fix = nearest(&name.text, names()).map_or_else(
                || "write a heading, or the letter of the column".into(),
                |n| format!("did you mean \"{n}\"?"),
            );
            let problem = Problem::error(
                "unknown-heading",
                format!("sheet \"{}\" has no column \"{}\"", sheet.name, name.text),
            );
            self.problem(
                problem
                    .at(&name.place)
                    .allowed(names().collect::<Vec<_>>().join(", "))
                    .fix(fix),
            );
        }
        column
    }

    /// The columns whose headings are periods, with the period.
    fn periods(
        &mut self,
        sheet: &Sheet,
        (above, row): (u32, u32),
        asked: &Periods,
        mapped: &BTreeSet<u32>,
        add_up: bool,
        place: &Place,
    ) -> Vec<(u32, Value)> {
        let (from, to) = asked.columns.unwrap_or((0, u32::MAX));
        let heading = |column: u32, line: u32, scalar: &Scalar| {
            let mut period = period(scalar, asked.per_year)
                .or_else(|| two_lines(sheet, (above, row), column, asked.per_year))?;
            if add_up {
                period = coarser(period, asked.per_year);
            }
            Some((column, Value::new(period, self.place(sheet, line, column))))
        };
        // Of a heading of several rows the lowest cell that is filled counts: the years may stand above other headings.
        let mut lowest: BTreeMap<u32, (u32, &Scalar)> = BTreeMap::new();
        for line in above..=row {
            let cells = sheet.cells.range((line, from)..=(line, to));
            lowest.extend(cells.map(|(&(_, column), scalar)| (column, (line, scalar))));
        }
        let cells = || {
            lowest
                .iter()
                .filter(|(column, _)| !mapped.contains(column))
                .map(|(column, (line, scalar))| (*column, *line, *scalar))
        };
        let found: Vec<(u32, Value)> = cells()
            .filter_map(|(column, line, scalar)| heading(column, line, scalar))
            .collect();
        let (Some((first, _)), Some((last, _))) = (found.first(), found.last()) else {
            let problem = Problem::error(
                "no-year-columns",
                format!(
                    "row {} of sheet \"{}\" has no heading that is a year",
                    row + 1,
                    sheet.name
                ),
            );
            self.problem(
                problem
                    .at(place)
                    .fix("write in kopregel the row with the years"),
            );
            return found;
        };
        let (first, last) = if asked.columns.is_some() {
            (from, to)
        } else {
            (*first, *last)
        };
        let strange: Vec<Problem> = cells()
            .filter(|(column, line, scalar)| {
                (first..=last).contains(column)
                    // What stands above alone is no heading of this column.
                    && *line == row
                    && period(scalar, asked.per_year).is_none()
                    && two_lines(sheet, (above, row), *column, asked.per_year).is_none()
            })
            .map(|(column, line, scalar)| {
                let place = self.place(sheet, line, column);
                let shown = Value::new(scalar.clone(), place.clone()).shown();
                Problem::error("heading-not-a-year", format!("expected a year above the year columns, found {shown}"))
                    .at(&place)
                    .allowed("a year, a date, or a period such as 2030-H1")
                    .fix("mend the heading, or write the year columns in the mapping: kolommen = \"J:U\"")
            })
            .collect();
        self.read.problems.extend(strange);
        for (at, (_, value)) in found.iter().enumerate() {
            let same = |(_, v): &&(u32, Value)| v.scalar == value.scalar;
            if let Some((_, before)) = found[..at].iter().find(same).filter(|_| !add_up) {
                let problem = Problem::error(
                    "double-year",
                    format!(
                        "{} stands above two columns",
                        text_of(&value.scalar).unwrap_or_default()
                    ),
                );
                let problem = problem
                    .at(&value.place)
                    .and(&before.place)
                    .fix("mend the heading, map one of the two with kolommen or periode, or add both up with optellen = true");
                self.problem(problem);
            }
        }
        found
    }

    fn table(&mut self, entry: &TableEntry) {
        self.is_turned = entry.turned;
        self.table_as_it_lies(entry);
        self.is_turned = false;
    }

    fn table_as_it_lies(&mut self, entry: &TableEntry) {
        let Some(sheet) = self.sheet(&entry.sheet) else {
            return;
        };
        let heading_rows = entry.heading_from.zip(entry.heading_row);
        let headings = self.headings(sheet, heading_rows);
        let before = self.read.problems.len();
        let mut used = BTreeSet::new();
        let mut named = BTreeMap::new();
        for name in entry.all_columns() {
            if let Some(column) = self.column(sheet, &headings, name) {
                used.insert(column);
                named.insert(name.text.clone(), column);
            }
        }
        for (_, source) in &entry.columns {
            if let Origin::Template(template) = &source.origin {
                self.template_columns(entry, sheet, &headings, template, &mut named, &mut used);
            }
        }
        let years = match (&entry.years, heading_rows) {
            (Some(years), Some(rows)) => {
                let mut found = self.periods(
                    sheet,
                    rows,
                    &years.periods,
                    &used,
                    years.add_up,
                    &years.place,
                );
                if let Some((name, year)) = &years.earlier
                    && let Some(column) = self.column(sheet, &headings, name)
                {
                    used.insert(column);
                    found.retain(|(c, _)| *c != column);
                    let year = Scalar::Number(Decimal::from(*year));
                    found.insert(0, (column, Value::new(year, name.place.clone())));
                }
                Some((years, found))
            }
            (Some(years), None) => {
                let problem = Problem::error(
                    "mapping-key-missing",
                    "[[tabel]] with [tabel.jaren] lacks the key \"kopregel\"",
                );
                self.problem(
                    problem
                        .at(&years.place)
                        .fix("add kopregel = the row that holds the years"),
                );
                None
            }
            (None, _) => None,
        };
        used.extend(
            years
                .iter()
                .flat_map(|(_, columns)| columns.iter().map(|(column, _)| *column)),
        );
        if entry.turned {
            // What lies across a turned table are rows of the sheet.
            for row in &used {
                self.rows
                    .insert((Arc::clone(&sheet.name), *row), Fate::Used);
            }
        } else if let Some(row) = entry.heading_row {
            self.headings
                .entry((Arc::clone(&sheet.name), row))
                .or_default()
                .extend(&used);
        }
        // With a column missing every row would be wrong in the same way.
        if self.read.problems.len() > before {
            return;
        }
        Rows {
            entry,
            sheet,
            named,
            years,
            groups: BTreeMap::new(),
            number: 0,
            surcharged: vec![false; entry.surcharges.len()],
        }
        .read(self);
    }

    /// Finds the columns between braces in a template.
    fn template_columns(
        &mut self,
        entry: &TableEntry,
        sheet: &Sheet,
        headings: &Headings,
        template: &Named,
        named: &mut BTreeMap<String, u32>,
        used: &mut BTreeSet<u32>,
    ) {
        for piece in pieces(&template.text) {
            match piece {
                Ok(_) => {}
                Err(name)
                    if name == "nr"
                        || name == "blad"
                        || entry.groups.iter().any(|g| fold(g.to.name) == fold(name)) => {}
                Err(name) => {
                    let name = Named {
                        text: name.to_owned(),
                        place: template.place.clone(),
                    };
                    if let Some(column) = self.column(sheet, headings, &name) {
                        used.insert(column);
                        named.insert(name.text, column);
                    }
                }
            }
        }
    }

    fn skip(&mut self, sheet: &Sheet, row: u32, why: String) {
        let cells = sheet.cells.range((row, 0)..=(row, u32::MAX));
        let what = cells
            .filter_map(|(_, scalar)| text_of(scalar))
            .take(2)
            .collect::<Vec<_>>()
            .join(" | ");
        let first = sheet
            .cells
            .range((row, 0)..=(row, u32::MAX))
            .next()
            .map_or(0, |(&(_, column), _)| column);
        let skipped = Skipped {
            place: self.place(sheet, row, first),
            what: short(&what),
            why,
        };
        if self.is_turned {
            self.read.skipped.push(skipped);
            return;
        }
        self.rows
            .entry((Arc::clone(&sheet.name), row))
            .or_insert(Fate::Skipped(skipped));
    }

    fn check(&mut self, entry: &CheckEntry) {
        match &entry.from {
            CheckFrom::Cell(cell) => {
                if let Some((value, name)) = self.named_cell(cell, &entry.result.text, &entry.place)
                {
                    self.figure(entry, entry.result.text.clone(), value, name);
                }
            }
            CheckFrom::Series {
                sheet,
                row,
                heading_row,
                heading_from,
                periods,
                turned,
            } => {
                self.is_turned = *turned;
                self.series(entry, sheet, *row, (*heading_from, *heading_row), periods);
                self.is_turned = false;
            }
        }
    }

    /// A row of figures, one per period.
    fn series(
        &mut self,
        entry: &CheckEntry,
        sheet: &Named,
        row: u32,
        heading_rows: (u32, u32),
        periods: &Periods,
    ) {
        let Some(sheet) = self.sheet(sheet) else {
            return;
        };
        self.used(sheet, row);
        for used in heading_rows.0..=heading_rows.1 {
            self.used(sheet, used);
        }
        let columns = self.periods(
            sheet,
            heading_rows,
            periods,
            &BTreeSet::new(),
            false,
            &entry.place,
        );
        if self.is_turned {
            for (used, _) in &columns {
                self.rows
                    .insert((Arc::clone(&sheet.name), *used), Fate::Used);
            }
        } else {
            self.headings
                .entry((Arc::clone(&sheet.name), heading_rows.1))
                .or_default()
                .extend(columns.iter().map(|(column, _)| *column));
        }
        for (column, period) in columns {
            let result = format!(
                "{}.{}",
                entry.result.text,
                text_of(&period.scalar).unwrap_or_default()
            );
            let (value, name) = self.required(sheet, row, column, &result, &entry.place);
            self.figure(entry, result, value, name);
        }
    }

    fn figure(&mut self, entry: &CheckEntry, result: String, value: Value, name: String) {
        let place = value.place.clone();
        if matches!(value.scalar, Scalar::Empty | Scalar::Error(_)) {
            return;
        }
        let value = self.scaled(&result, value, Some(entry.scale), None);
        let mut filled = vec![
            ("doel", Value::new(Scalar::Text(result), place.clone())),
            ("waarde", value),
            ("bron", Value::new(Scalar::Text(name), place.clone())),
        ];
        if let Some((tolerance, at)) = &entry.tolerance {
            filled.push((
                "tolerantie",
                Value::new(Scalar::Number(*tolerance), at.clone()),
            ));
        }
        self.push("controles", place, filled);
    }

    /// Lists the rows, columns and sheets that nothing was read from.
    fn passed_over(&mut self) {
        for sheet in &self.book.sheets {
            if !self.named.contains(&sheet.name) {
                let hidden = if sheet.visible { "" } else { "hidden sheet; " };
                self.read.skipped.push(Skipped {
                    place: Place::sheet(&self.book.file, &sheet.name),
                    what: format!("{} cells", sheet.cells.len()),
                    why: format!("{hidden}no entry of the mapping names this sheet"),
                });
                continue;
            }
            let rows: BTreeSet<u32> = sheet.cells.keys().map(|(row, _)| *row).collect();
            for row in rows {
                if !self.rows.contains_key(&(Arc::clone(&sheet.name), row)) {
                    let mut cells = sheet.cells.range((row, 0)..=(row, u32::MAX));
                    let figures = cells.any(|(_, value)| matches!(value, Scalar::Number(_)));
                    let why = if figures {
                        super::FIGURES_UNREAD
                    } else {
                        "no entry of the mapping names this row"
                    };
                    self.skip(sheet, row, why.into());
                }
            }
        }
        for (_, fate) in std::mem::take(&mut self.rows) {
            if let Fate::Skipped(skipped) = fate {
                self.read.skipped.push(skipped);
            }
        }
        for ((name, row), used) in std::mem::take(&mut self.headings) {
            let Some(sheet) = self.book.sheet(&name) else {
                continue;
            };
            let mut run: Option<(u32, u32, Vec<String>)> = None;
            let mut runs = Vec::new();
            for (&(_, column), scalar) in sheet
                .cells
                .range((row, 0)..=(row, u32::MAX))
                .filter(|((_, column), _)| !used.contains(column))
            {
                let text = text_of(scalar).unwrap_or_default();
                match &mut run {
                    Some((_, last, texts)) if *last + 1 == column => {
                        *last = column;
                        texts.push(text);
                    }
                    _ => runs.extend(run.replace((column, column, vec![text]))),
                }
            }
            for (first, last, texts) in runs.into_iter().chain(run) {
                let columns = if first == last {
                    column_letters(first)
                } else {
                    format!("{}:{}", column_letters(first), column_letters(last))
                };
                self.read.skipped.push(Skipped {
                    place: self.place(sheet, row, first),
                    what: short(&texts.join(" | ")),
                    why: format!("no entry of the mapping names column {columns}"),
                });
            }
        }
    }
}

impl TableEntry {
    /// Every column that the entry names outside templates.
    fn all_columns(&self) -> Vec<&Named> {
        let filled = self
            .columns
            .iter()
            .flat_map(|(_, source)| match &source.origin {
                Origin::Column(name) => vec![name],
                Origin::Span(from, to) | Origin::Duration(from, to) => vec![from, to],
                Origin::Fixed(_) | Origin::Cell(_) | Origin::Template(_) | Origin::Sum(..) => {
                    Vec::new()
                }
            });
        let groups = self
            .groups
            .iter()
            .flat_map(|g| std::iter::once(&g.column).chain(&g.empty));
        filled
            .chain(groups)
            .chain(self.filters.iter().map(|f| &f.column))
            .collect()
    }
}

/// The rows of one table entry, with its columns found.
struct Rows<'a, 'e> {
    entry: &'e TableEntry,
    sheet: &'a Sheet,
    named: BTreeMap<String, u32>,
    years: Option<(&'e Years, Vec<(u32, Value)>)>,
    /// The latest heading row's text, by the column of ours that it fills.
    groups: BTreeMap<&'static str, Value>,
    number: u32,
    surcharged: Vec<bool>,
}

impl Rows<'_, '_> {
    fn read(mut self, reader: &mut Reader<'_>) {
        let filled = self
            .sheet
            .cells
            .keys()
            .chain(&self.sheet.formulas_without_value)
            .map(|(row, _)| *row);
        let first = self.entry.heading_row.map_or(0, |row| row + 1);
        let all = [(first, u32::MAX)];
        let ranges = self.entry.rows.as_deref().unwrap_or(&all);
        let heading = self.entry.heading_from.zip(self.entry.heading_row);
        let rows: BTreeSet<u32> = filled
            .filter(|row| {
                ranges
                    .iter()
                    .any(|(first, last)| (first..=last).contains(&row))
                    && heading.is_none_or(|(first, last)| !(first..=last).contains(row))
            })
            .collect();
        for row in rows {
            let labels: Vec<String> = self
                .sheet
                .cells
                .range((row, 0)..=(row, u32::MAX))
                .take(2)
                .filter_map(|(_, scalar)| text_of(scalar))
                .collect();
            let fitting = |patterns: &'_ [String]| {
                patterns
                    .iter()
                    .find(|p| labels.iter().any(|l| fits(p, l)))
                    .cloned()
            };
            if let Some(pattern) = fitting(&self.entry.until) {
                reader.skip(self.sheet, row, format!("end of the table: \"{pattern}\""));
                break;
            }
            if let Some(pattern) = fitting(&self.entry.skip) {
                reader.skip(self.sheet, row, format!("to be passed over: \"{pattern}\""));
            } else if let Some(why) = self
                .heading(reader, row)
                .or_else(|| self.outside(reader, row))
                .or_else(|| self.without_amount(reader, row))
            {
                reader.skip(self.sheet, row, why);
            } else {
                self.line(reader, row);
            }
        }
        for (surcharge, met) in self.entry.surcharges.iter().zip(&self.surcharged) {
            if !met {
                let problem = Problem::error(
                    "unknown-line",
                    format!(
                        "opslag names line \"{}\", which is not there",
                        surcharge.id.text
                    ),
                );
                reader.problem(
                    problem
                        .at(&surcharge.id.place)
                        .fix("write the id of a row of this table"),
                );
            }
        }
        if self.number == 0 {
            let problem = Problem::warning(
                "empty-table",
                format!("this entry reads no row from sheet \"{}\"", self.sheet.name),
            );
            reader.problem(
                problem
                    .at(&self.entry.place)
                    .fix("check kopregel, rijen, waar and overslaan"),
            );
        }
    }

    fn at(&self, name: &Named) -> Option<u32> {
        self.named.get(&name.text).copied()
    }

    fn text(&self, row: u32, name: &Named) -> Option<String> {
        self.sheet
            .cells
            .get(&(row, self.at(name)?))
            .and_then(text_of)
    }

    /// Takes a row as the heading of a group, when it is one.
    fn heading(&mut self, reader: &Reader<'_>, row: u32) -> Option<String> {
        for group in &self.entry.groups {
            let empty = group.empty.iter().all(|name| {
                self.at(name)
                    .is_none_or(|column| !reader.filled(self.sheet, row, column))
            });
            if let (true, Some(text), Some(column)) =
                (empty, self.text(row, &group.column), self.at(&group.column))
            {
                self.groups.insert(
                    group.to.name,
                    Value::new(Scalar::Text(text), reader.place(self.sheet, row, column)),
                );
                return Some(format!(
                    "heading of a group: fills {} of the rows below",
                    group.to.name
                ));
            }
        }
        None
    }

    /// Why a row is not one of this table, when it is not.
    fn outside(&self, reader: &mut Reader<'_>, row: u32) -> Option<String> {
        self.entry.filters.iter().find_map(|filter| {
            let text = self
                .at(&filter.column)
                .and_then(|at| text_of(&reader.cell(self.sheet, row, at).scalar))
                .unwrap_or_default();
            let wanted = filter.is.is_empty() || filter.is.iter().any(|p| fits(p, &text));
            let refused = filter.not.iter().any(|p| fits(p, &text));
            (!wanted || refused)
                .then(|| format!("column {} holds \"{}\"", filter.column.text, short(&text)))
        })
    }

    /// Says so when a row fills none of the columns that hold numbers.
    fn without_amount(&self, reader: &Reader<'_>, row: u32) -> Option<String> {
        let mut columns: Vec<u32> = self
            .years
            .iter()
            .flat_map(|(_, columns)| columns.iter().map(|(column, _)| *column))
            .collect();
        for (column, source) in &self.entry.columns {
            match (column.kind, &source.origin) {
                (Kind::Amount | Kind::Number | Kind::Rate | Kind::Whole, Origin::Column(name)) => {
                    columns.extend(self.at(name));
                }
                (_, Origin::Sum(first, last)) => columns.extend(*first..=*last),
                _ => {}
            }
        }
        let empty = columns
            .iter()
            .all(|column| !reader.filled(self.sheet, row, *column));
        (!columns.is_empty() && empty).then(|| "no amount in this row".into())
    }

    fn line(&mut self, reader: &mut Reader<'_>, row: u32) {
        reader.used(self.sheet, row);
        self.number += 1;
        let first = self
            .sheet
            .cells
            .range((row, 0)..=(row, u32::MAX))
            .next()
            .map_or(0, |(&(_, column), _)| column);
        let place = reader.place(self.sheet, row, first);
        let mut filled: Filled = Vec::new();
        for (column, source) in &self.entry.columns {
            let value = match &source.origin {
                Origin::Fixed(_) | Origin::Cell(_) => {
                    reader.single(column, source).map(|(value, _)| value)
                }
                Origin::Column(name) => self.at(name).map(|at| {
                    let mut value = reader.cell(self.sheet, row, at);
                    if source.repeat && value.is_empty() {
                        value = self.above(reader, row, at).unwrap_or(value);
                    }
                    reader.fit(column, value, source, self.entry.factor, self.entry.sign)
                }),
                Origin::Template(template) => {
                    let value = self.template(row, template, &place);
                    Some(reader.fit(column, value, source, None, None))
                }
                Origin::Span(from, to) => self.span(reader, row, from, to),
                Origin::Duration(from, years) => self.duration(reader, row, from, years),
                Origin::Sum(first, last) => {
                    let value = self.sum(reader, row, (*first, *last), &place);
                    Some(reader.fit(column, value, source, self.entry.factor, self.entry.sign))
                }
            };
            if let Some(mut value) = value {
                if source.unique
                    || (column.kind == Kind::Key && matches!(source.origin, Origin::Template(_)))
                {
                    self.make_unique(reader, &mut value);
                }
                filled.push((column, value));
            }
        }
        for group in &self.entry.groups {
            if let Some(value) = self.groups.get(group.to.name) {
                filled.push((group.to, value.clone()));
            }
        }
        if let Some(column) = self.entry.by_sheet {
            let name = Scalar::Text(self.sheet.name.trim().to_owned());
            filled.push((column, Value::new(name, place.clone())));
        }
        self.surcharge(reader, &mut filled, &place);
        let id = self
            .entry
            .target
            .columns
            .first()
            .and_then(|key| filled.iter().find(|(c, _)| c.name == key.name))
            .map(|(_, v)| v.clone());
        if let Some(Scalar::Text(text)) = id.as_ref().map(|v| &v.scalar) {
            reader.ids.insert(text.clone());
        }
        self.year_rows(reader, row, id.as_ref());
        // Growth and profiles are rows per year, and none of their own.
        let by_year = ["indexen", "fasering"].contains(&self.entry.target.name);
        if !(by_year && self.years.is_some()) {
            let filled = filled
                .into_iter()
                .map(|(column, value)| (column.name, value))
                .collect();
            reader.push(self.entry.target.name, place, filled);
        }
    }

    /// Turns the year columns of a row into rows of their own.
    fn year_rows(&self, reader: &mut Reader<'_>, row: u32, id: Option<&Value>) {
        let Some((years, columns)) = &self.years else {
            return;
        };
        let filled = columns
            .iter()
            .any(|(column, _)| reader.filled(self.sheet, row, *column));
        let Some(id) = id.filter(|v| !v.is_empty()) else {
            if filled {
                let problem = Problem::error(
                    "no-id",
                    "this row has year columns, and no name to phase it by",
                );
                let place = reader.place(self.sheet, row, 0);
                reader.problem(problem.at(&place).and(&self.entry.place).fix("fill the column that is mapped to id, or make an id: id = { tekst = \"R{nr}\" }"));
            }
            return;
        };
        let mut before: Option<Decimal> = None;
        let parts: Vec<(&Value, Value)> = if years.add_up {
            self.added_up(reader, row, columns)
        } else {
            columns
                .iter()
                .map(|(column, period)| (period, reader.cell(self.sheet, row, *column)))
                .collect()
        };
        if years.hold == YearsAs::Ratio {
            self.ratios(reader, id, parts);
            return;
        }
        for (period, value) in parts {
            if value.is_empty() {
                continue;
            }
            let money = years.hold == YearsAs::Phasing("bedrag");
            let factor = years.factor.or(self.entry.factor.filter(|_| money));
            let sign = years.sign.or(self.entry.sign.filter(|_| money));
            let place = value.place.clone();
            let value = reader.scaled("the year column", value, factor, sign);
            match years.hold {
                YearsAs::Growth if !value.is_empty() => {
                    reader.push(
                        "indexen",
                        place,
                        vec![
                            ("index", id.clone()),
                            ("vanaf", period.clone()),
                            ("groei", value),
                        ],
                    );
                }
                YearsAs::Factor => {
                    let Scalar::Number(factor) = value.scalar else {
                        continue;
                    };
                    let growth = factor
                        .checked_div(before.unwrap_or(Decimal::ONE))
                        .and_then(|ratio| ratio.checked_sub(Decimal::ONE))
                        .filter(|_| factor > Decimal::ZERO);
                    let Some(growth) = growth else {
                        let problem = Problem::error(
                            "not-a-factor",
                            format!(
                                "expected an index factor above zero, found {}",
                                value.shown()
                            ),
                        );
                        reader.problem(
                            problem
                                .at(&place)
                                .fix("correct the factor, or leave the column out with kolommen"),
                        );
                        continue;
                    };
                    before = Some(factor);
                    let growth = Value::new(Scalar::Number(growth), place.clone());
                    reader.push(
                        "indexen",
                        place,
                        vec![
                            ("index", id.clone()),
                            ("vanaf", period.clone()),
                            ("groei", growth),
                        ],
                    );
                }
                YearsAs::Phasing(column)
                    if !matches!(value.scalar, Scalar::Number(n) if n.is_zero())
                        && !value.is_empty() =>
                {
                    reader.push(
                        "fasering",
                        place,
                        vec![
                            ("fasering", id.clone()),
                            ("periode", period.clone()),
                            (column, value),
                        ],
                    );
                }
                YearsAs::Growth | YearsAs::Phasing(_) | YearsAs::Ratio => {}
            }
        }
    }

    /// The numbers of a row as shares of their sum.
    fn ratios(&self, reader: &mut Reader<'_>, id: &Value, parts: Vec<(&Value, Value)>) {
        let parts: Vec<(&Value, Value)> = parts
            .into_iter()
            .map(|(period, value)| (period, reader.scaled("the year column", value, None, None)))
            .filter(|(_, value)| !value.is_empty())
            .collect();
        let number = |value: &Value| match value.scalar {
            Scalar::Number(n) => n,
            _ => Decimal::ZERO,
        };
        let sum = parts
            .iter()
            .try_fold(Decimal::ZERO, |s, (_, v)| s.checked_add(number(v)));
        for (period, value) in parts {
            let own = number(&value);
            // What could not be read was told.
            if own.is_zero() {
                continue;
            }
            let Some(share) = sum.and_then(|sum| own.checked_div(sum)) else {
                let problem = Problem::error(
                    "not-a-ratio",
                    "the numbers of this row do not add up to an amount that they can be shares of",
                );
                reader.problem(
                    problem
                        .at(&value.place)
                        .and(&self.entry.place)
                        .fix("correct the numbers, or read them with als = \"bedrag\""),
                );
                return;
            };
            let share = Value::new(Scalar::Number(share), value.place);
            reader.push(
                "fasering",
                share.place.clone(),
                vec![
                    ("fasering", id.clone()),
                    ("periode", period.clone()),
                    ("aandeel", share),
                ],
            );
        }
    }

    /// The nearest filled cell above, below the headings: what an empty cell means where a text counts for the rows below it.
    fn above(&self, reader: &mut Reader<'_>, row: u32, column: u32) -> Option<Value> {
        /// A text that stands farther above was not meant for this row.
        const MOST: u32 = 1_000;
        let first = self.entry.heading_row.map_or(0, |heading| heading + 1);
        let at = (first.max(row.saturating_sub(MOST))..row)
            .rev()
            .find(|r| reader.filled(self.sheet, *r, column))?;
        Some(reader.cell(self.sheet, at, column))
    }

    /// The columns of a row, those of one period added up.
    fn added_up<'v>(
        &self,
        reader: &mut Reader<'_>,
        row: u32,
        columns: &'v [(u32, Value)],
    ) -> Vec<(&'v Value, Value)> {
        let mut parts: Vec<(&Value, Value)> = Vec::new();
        for (column, period) in columns {
            let value = reader.cell(self.sheet, row, *column);
            if value.is_empty() {
                continue;
            }
            let Some((_, sum)) = parts.iter_mut().find(|(p, _)| p.scalar == period.scalar) else {
                parts.push((period, value));
                continue;
            };
            match (&sum.scalar, &value.scalar) {
                (Scalar::Number(a), Scalar::Number(b)) => {
                    if let Some(total) = a.checked_add(*b) {
                        sum.scalar = Scalar::Number(total);
                    } else {
                        reader.too_large(&value);
                        sum.scalar = told();
                    }
                }
                // What is no number is told where it stands, once.
                (Scalar::Number(_), _) => *sum = value,
                _ => {}
            }
        }
        parts
    }

    /// The sum of the numbers in a range of columns of a row; empty when all are.
    fn sum(
        &self,
        reader: &mut Reader<'_>,
        row: u32,
        (first, last): (u32, u32),
        place: &Place,
    ) -> Value {
        let filled: Vec<u32> = self
            .sheet
            .cells
            .range((row, first)..=(row, last))
            .map(|(&(_, column), _)| column)
            .collect();
        let mut out = Value::new(Scalar::Empty, place.clone());
        for column in filled {
            let value = reader.cell(self.sheet, row, column);
            match (&out.scalar, &value.scalar) {
                (_, Scalar::Empty) => {}
                (Scalar::Empty, _) => out = value,
                (Scalar::Number(a), Scalar::Number(b)) => {
                    if let Some(total) = a.checked_add(*b) {
                        out.scalar = Scalar::Number(total);
                    } else {
                        reader.too_large(&value);
                        out.scalar = told();
                    }
                }
                // What is no number is told where it stands.
                (Scalar::Number(_), _) => return value,
                _ => return out,
            }
        }
        out
    }

    /// A line that is a percentage of others: its quantity is the percentage.
    fn surcharge(&mut self, reader: &mut Reader<'_>, filled: &mut Filled, place: &Place) {
        let of = |filled: &Filled, name: &str| {
            filled
                .iter()
                .find(|(c, _)| c.name == name)
                .map(|(_, v)| v.clone())
        };
        let Some(percentage) = self
            .entry
            .target
            .columns
            .iter()
            .find(|c| c.name == "percentage")
        else {
            return;
        };
        let text =
            |value: Option<Value>| value.and_then(|v| text_of(&v.scalar)).unwrap_or_default();
        let id = text(of(filled, "id"));
        let found = self.entry.surcharges.iter().position(|s| s.id.text == id);
        let (Some(found), Some(over)) = (
            found,
            self.entry.target.columns.iter().find(|c| c.name == "over"),
        ) else {
            if text(of(filled, "eenheid")) == "%" && of(filled, "percentage").is_none() {
                let problem = Problem::error(
                    "percentage-without-base",
                    format!("line \"{id}\" is a percentage, and the mapping does not say of what"),
                );
                let fix = format!(
                    "add to the mapping: [[tabel.opslag]] id = \"{id}\" over = \"2.*; 3.*\""
                );
                reader.problem(problem.at(place).and(&self.entry.place).fix(fix));
            }
            return;
        };
        self.surcharged[found] = true;
        let base = &self.entry.surcharges[found].over;
        let share = of(filled, "percentage").or_else(|| of(filled, "hoeveelheid"));
        filled.retain(|(c, _)| {
            !["hoeveelheid", "prijs", "bedrag", "percentage", "over"].contains(&c.name)
        });
        filled.extend(share.map(|value| (percentage, value)));
        filled.push((
            over,
            Value::new(Scalar::Text(base.text.clone()), base.place.clone()),
        ));
    }

    fn template(&self, row: u32, template: &Named, place: &Place) -> Value {
        let mut text = String::new();
        for piece in pieces(&template.text) {
            match piece {
                Ok(literal) => text.push_str(literal),
                Err("nr") => text.push_str(&self.number.to_string()),
                Err("blad") => text.push_str(self.sheet.name.trim()),
                Err(name) => {
                    let group = self
                        .entry
                        .groups
                        .iter()
                        .find(|g| fold(g.to.name) == fold(name));
                    let group = group
                        .and_then(|g| self.groups.get(g.to.name))
                        .and_then(|v| text_of(&v.scalar));
                    let cell = self
                        .named
                        .get(name)
                        .and_then(|column| self.sheet.cells.get(&(row, *column)))
                        .and_then(text_of);
                    text.push_str(&cell.or(group).unwrap_or_default());
                }
            }
        }
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        Value::new(
            if text.is_empty() {
                Scalar::Empty
            } else {
                Scalar::Text(text)
            },
            place.clone(),
        )
    }

    /// A phasing from a first and a last year: `2024-2027`.
    fn span(&self, reader: &mut Reader<'_>, row: u32, from: &Named, to: &Named) -> Option<Value> {
        let mut ends = Vec::new();
        let mut wrong = false;
        let mut place = None;
        for name in [from, to] {
            let value = reader.cell(self.sheet, row, self.at(name)?);
            match period(&value.scalar, 1) {
                Some(scalar) => ends.push(text_of(&scalar)?),
                None if value.is_empty() => {}
                None if matches!(value.scalar, Scalar::Error(_)) => wrong = true,
                None => {
                    wrong = true;
                    let problem = Problem::error(
                        "not-a-year",
                        format!(
                            "expected a year in column {}, found {}",
                            name.text,
                            value.shown()
                        ),
                    );
                    reader.problem(
                        problem
                            .at(&value.place)
                            .allowed("a year or a date")
                            .fix("write the year in the cell"),
                    );
                }
            }
            place.get_or_insert(value.place);
        }
        ends.dedup();
        if wrong {
            return Some(Value::new(told(), place?));
        }
        Some(Value::new(
            if ends.is_empty() {
                Scalar::Empty
            } else {
                Scalar::Text(ends.join("-"))
            },
            place?,
        ))
    }

    /// A phasing from a first period and a number of these: `2024-2026` for three years from 2024.
    fn duration(
        &self,
        reader: &mut Reader<'_>,
        row: u32,
        from: &Named,
        years: &Named,
    ) -> Option<Value> {
        let start = reader.cell(self.sheet, row, self.at(from)?);
        let length = reader.cell(self.sheet, row, self.at(years)?);
        if matches!(start.scalar, Scalar::Error(_)) || matches!(length.scalar, Scalar::Error(_)) {
            return Some(Value::new(told(), start.place));
        }
        if start.is_empty() && length.is_empty() {
            return Some(start);
        }
        let Some(first) = kop(&start.scalar).filter(|k| !k.tot && k.delen != 12) else {
            let problem = Problem::error(
                "not-a-year",
                format!(
                    "expected a year in column {}, found {}",
                    from.text,
                    start.shown()
                ),
            );
            reader.problem(
                problem
                    .at(&start.place)
                    .allowed("a year or a date")
                    .fix("write the year in the cell"),
            );
            return Some(Value::new(told(), start.place));
        };
        let Some(length) = duur(&length.scalar) else {
            let problem = Problem::error(
                "not-a-duration",
                format!(
                    "expected a number of years in column {}, found {}",
                    years.text,
                    length.shown()
                ),
            );
            reader.problem(
                problem
                    .at(&length.place)
                    .allowed("a whole number of periods from 1: 3, or 3 jaar")
                    .fix("write the number of years in the cell"),
            );
            return Some(Value::new(told(), length.place));
        };
        let last = first.verder(length - 1);
        let text = if last == first {
            first.woord()
        } else {
            format!("{}-{}", first.woord(), last.woord())
        };
        Some(Value::new(Scalar::Text(text), start.place))
    }

    fn make_unique(&self, reader: &mut Reader<'_>, value: &mut Value) {
        let Scalar::Text(text) = &value.scalar else {
            return;
        };
        let mut unique = text.clone();
        let mut number = 1;
        while reader.ids.contains(&unique) {
            number += 1;
            unique = format!("{text} ({number})");
        }
        if number > 1 {
            let problem = Problem::warning(
                "made-unique",
                format!("\"{text}\" stands in more than one row; this one is called \"{unique}\""),
            );
            let problem = problem
                .at(&value.place)
                .and(&self.entry.place)
                .fix("give the rows different names, or make the id of more columns");
            reader.problem(problem);
        }
        value.scalar = Scalar::Text(unique);
    }
}

/// What stands for a value that could not be read and that was told.
fn told() -> Scalar {
    Scalar::Error(String::new())
}

/// A row of a table with these columns filled and the rest empty.
fn blank_row(
    schema: &'static TableSchema,
    place: Place,
    filled: Vec<(&'static str, Value)>,
) -> Row {
    let mut values: Vec<Value> = schema
        .columns
        .iter()
        .map(|_| Value::new(Scalar::Empty, place.clone()))
        .collect();
    for (name, value) in filled {
        if let Some(index) = schema.column(name) {
            values[index] = value;
        }
    }
    Row { place, values }
}

/// A scalar as the text that names something: 3.1 for the number, an ISO date, ja or nee.
fn text_of(scalar: &Scalar) -> Option<String> {
    match scalar {
        Scalar::Empty => None,
        Scalar::Text(t) | Scalar::Error(t) => Some(t.clone()),
        Scalar::Number(n) => Some(n.normalize().to_string()),
        Scalar::Date(d) => Some(d.to_string()),
        Scalar::Bool(b) => Some((if *b { "ja" } else { "nee" }).into()),
    }
}

/// A heading as a period: a year, the period that a date falls in, or a text such as 2030-H1.
fn period(scalar: &Scalar, per_year: i8) -> Option<Scalar> {
    let year = |number: Decimal| {
        let whole =
            number.is_integer() && number >= Decimal::from(1900) && number <= Decimal::from(2400);
        whole.then(|| Scalar::Number(number.normalize()))
    };
    match scalar {
        Scalar::Number(number) => year(*number),
        Scalar::Date(date) => match per_year {
            2 => Some(Scalar::Text(format!(
                "{}-H{}",
                date.year(),
                (date.month() - 1) / 6 + 1
            ))),
            4 => Some(Scalar::Text(format!(
                "{}-K{}",
                date.year(),
                (date.month() - 1) / 3 + 1
            ))),
            _ => year(Decimal::from(date.year())),
        },
        Scalar::Text(text) => {
            let kop = kop_uit_tekst(text)
                .filter(|k| !k.tot)?
                .in_delen(per_year as u8);
            if kop.delen == 1 {
                year(Decimal::from(kop.jaar))
            } else {
                Some(Scalar::Text(kop.woord()))
            }
        }
        Scalar::Empty | Scalar::Bool(_) | Scalar::Error(_) => None,
    }
}

/// The longer period that a period lies in, where the periods of a year are added up.
fn coarser(period: Scalar, per_year: i8) -> Scalar {
    let Scalar::Text(text) = &period else {
        return period;
    };
    match kop_uit_tekst(text).map(|k| k.grover(per_year as u8)) {
        Some(k) if k.delen == 1 => Scalar::Number(Decimal::from(k.jaar)),
        Some(k) => Scalar::Text(k.woord()),
        None => period,
    }
}

/// A heading of several rows as a period: the year above the first of its parts, say.
fn two_lines(sheet: &Sheet, (above, row): (u32, u32), column: u32, per_year: i8) -> Option<Scalar> {
    if above >= row {
        return None;
    }
    let own = text_of(sheet.cells.get(&(row, column))?)?;
    (above..row).rev().find_map(|above| {
        // A heading over several columns stands in the first of them.
        let (_, over) = sheet
            .cells
            .range((above, column.saturating_sub(12))..=(above, column))
            .next_back()?;
        period(&Scalar::Text(format!("{} {own}", text_of(over)?)), per_year)
    })
}

/// The pieces of a template: literal text, and names between braces as an error.
fn pieces(template: &str) -> impl Iterator<Item = Result<&str, &str>> {
    template
        .split('{')
        .enumerate()
        .flat_map(|(at, piece)| match piece.split_once('}') {
            Some((name, rest)) if at > 0 => vec![Err(name.trim()), Ok(rest)],
            _ => vec![Ok(piece)],
        })
}

fn short(text: &str) -> String {
    if text.chars().count() > 80 {
        text.chars().take(77).chain("...".chars()).collect()
    } else {
        text.to_owned()
    }
}

//! The mapping language: a toml file, read into what it asks for, each wish with its place. Opens no workbook.
//!
//! `docs/mapping.md` describes the language for those who write a mapping.

use crate::model::schema::{Column, SCHEMA, SETTINGS, TableSchema, table_schema};
use crate::model::table::{Notation, Scalar, fold, parse_number};
use crate::problem::{Place, Problem, nearest};
use rust_decimal::Decimal;
use std::ops::Range;
use std::sync::Arc;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A word of the mapping and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Named {
    pub(super) text: String,
    pub(super) place: Place,
}

/// A cell that the mapping names.
#[derive(Debug, Clone)]
pub(super) struct CellRef {
    pub(super) sheet: Named,
    pub(super) row: u32,
    pub(super) column: u32,
}

/// Where a value comes from.
#[derive(Debug, Clone)]
pub(super) enum Origin {
    /// The mapping itself.
    Fixed(Scalar),
    /// One cell.
    Cell(CellRef),
    /// A column of the table, by heading or letter.
    Column(Named),
    /// A text with `{headings}` in it.
    Template(Named),
    /// Two columns with a first and a last year.
    Span(Named, Named),
    /// Two columns with a first year and a number of years.
    Duration(Named, Named),
    /// The sum of the numbers in a range of columns.
    Sum(u32, u32),
}

/// A value that the mapping asks for.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) place: Place,
    pub(super) origin: Origin,
    pub(super) factor: Option<Decimal>,
    pub(super) sign: Option<Decimal>,
    /// Only the year of a date.
    pub(super) year: bool,
    /// Pattern and replacement; exact words first.
    pub(super) translate: Vec<(String, String)>,
    /// Made unique with a number behind it; a template for a key always is.
    pub(super) unique: bool,
    /// An empty cell means the same as the cell above it.
    pub(super) repeat: bool,
}

/// Which rows of a sheet belong to a table.
#[derive(Debug)]
pub(super) struct Filter {
    pub(super) column: Named,
    pub(super) is: Vec<String>,
    pub(super) not: Vec<String>,
}

/// Rows that are a heading over the rows below them.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) column: Named,
    pub(super) empty: Vec<Named>,
    pub(super) to: &'static Column,
}

/// What the year columns hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum YearsAs {
    Phasing(&'static str),
    /// Shares of what they add up to themselves.
    Ratio,
    Growth,
    /// Index factors; growth is a factor divided by the one before it.
    Factor,
}

/// The year columns of a table.
#[derive(Debug)]
pub(super) struct Years {
    pub(super) place: Place,
    pub(super) hold: YearsAs,
    pub(super) periods: Periods,
    pub(super) factor: Option<Decimal>,
    pub(super) sign: Option<Decimal>,
    /// A column that holds all years up to one together: the column, and the year its amounts are put in.
    pub(super) earlier: Option<(Named, i32)>,
    /// Columns of one period are added up: months in a quarter or a year.
    pub(super) add_up: bool,
}

/// Which columns are periods.
#[derive(Debug)]
pub(super) struct Periods {
    pub(super) columns: Option<(u32, u32)>,
    pub(super) per_year: i8,
}

/// A line that is a percentage of others.
#[derive(Debug)]
pub(super) struct Surcharge {
    pub(super) id: Named,
    pub(super) over: Named,
}

/// Rows of a sheet that become rows of a table.
#[derive(Debug)]
pub(super) struct TableEntry {
    pub(super) place: Place,
    pub(super) target: &'static TableSchema,
    pub(super) sheet: Named,
    /// The column that the name of the sheet fills, when there is an entry per sheet.
    pub(super) by_sheet: Option<&'static Column>,
    /// The last row of the headings.
    pub(super) heading_row: Option<u32>,
    /// The first row of the headings, when they take several.
    pub(super) heading_from: Option<u32>,
    /// Ranges of rows, both ends included.
    pub(super) rows: Option<Vec<(u32, u32)>>,
    /// Rows and columns change places: a line is a column of the sheet.
    pub(super) turned: bool,
    pub(super) until: Vec<String>,
    pub(super) skip: Vec<String>,
    pub(super) filters: Vec<Filter>,
    pub(super) groups: Vec<Group>,
    pub(super) columns: Vec<(&'static Column, Source)>,
    pub(super) years: Option<Years>,
    pub(super) surcharges: Vec<Surcharge>,
    pub(super) factor: Option<Decimal>,
    pub(super) sign: Option<Decimal>,
}

/// One row of a table, value by value.
#[derive(Debug)]
pub(super) struct RowEntry {
    pub(super) place: Place,
    pub(super) target: &'static TableSchema,
    pub(super) columns: Vec<(&'static Column, Source)>,
}

/// Figures of the workbook that the calculation must give too.
#[derive(Debug)]
pub(super) struct CheckEntry {
    pub(super) place: Place,
    pub(super) result: Named,
    pub(super) from: CheckFrom,
    pub(super) scale: Decimal,
    pub(super) tolerance: Option<(Decimal, Place)>,
}

/// Where the figures of a check stand.
#[derive(Debug)]
pub(super) enum CheckFrom {
    Cell(CellRef),
    Series {
        sheet: Named,
        row: u32,
        heading_row: u32,
        heading_from: u32,
        periods: Periods,
        turned: bool,
    },
}

/// All that a mapping asks for.
#[derive(Debug, Default)]
pub(super) struct Mapping {
    /// Texts that stand for an empty cell.
    pub(super) empty: Vec<String>,
    pub(super) settings: Vec<(Named, Source)>,
    pub(super) rows: Vec<RowEntry>,
    pub(super) tables: Vec<TableEntry>,
    pub(super) checks: Vec<CheckEntry>,
}

/// Reads a mapping. What is wrong goes to `problems`; what could be read is returned.
pub(super) fn parse(file: &Arc<str>, text: &str, problems: &mut Vec<Problem>) -> Mapping {
    let (document, errors) = DeTable::parse_recoverable(text);
    let starts = std::iter::once(0)
        .chain(text.match_indices('\n').map(|(at, _)| at + 1))
        .collect();
    let mut parser = Parser {
        file,
        text,
        starts,
        problems,
    };
    parser.problems.extend(crate::read::toml::syntax_problems(
        &errors,
        &crate::read::Lines::new(text),
        file,
    ));
    parser.mapping(document.get_ref())
}

/// A reference such as `Kosten!B7` or `'Overige opbrengsten'!$B$7`: sheet, row and column from zero.
fn cell_reference(text: &str) -> Option<(String, u32, u32)> {
    let (sheet, cell) = text.rsplit_once('!')?;
    let sheet = sheet
        .strip_prefix('\'')
        .and_then(|s| s.strip_suffix('\''))
        .map_or_else(|| sheet.to_owned(), |s| s.replace("''", "'"));
    let cell = cell.trim().replace('$', "");
    let digits = cell.find(|c: char| c.is_ascii_digit())?;
    let column = column_number(&cell[..digits])?;
    let row = cell[digits..]
        .parse::<u32>()
        .ok()
        .filter(|r| (1..=1_048_576).contains(r))?;
    (!sheet.trim().is_empty()).then_some((sheet, row - 1, column))
}

/// Column letters to a number from zero: A is 0, XFD the last. Capitals only, so that a heading is no letter by accident.
pub(super) fn column_number(letters: &str) -> Option<u32> {
    if letters.is_empty() || letters.len() > 3 || !letters.bytes().all(|b| b.is_ascii_uppercase()) {
        return None;
    }
    let number = letters
        .bytes()
        .fold(0, |n, b| n * 26 + u32::from(b - b'A') + 1);
    (number <= 16_384).then_some(number - 1)
}

/// A row number as the spreadsheet shows it, to one from zero.
fn row_number(number: Decimal) -> Option<u32> {
    u32::try_from(number)
        .ok()
        .filter(|r| number.is_integer() && (1..=1_048_576).contains(r))
        .map(|r| r - 1)
}

/// The number of a row, or in a turned table of a column.
fn along(text: &str, turned: bool) -> Option<u32> {
    if turned {
        column_number(text.trim())
    } else {
        text.trim()
            .parse::<u32>()
            .ok()
            .map(Decimal::from)
            .and_then(|n: Decimal| row_number(n))
    }
}

/// The number of a column, or in a turned table of a row.
pub(super) fn across(text: &str, turned: bool) -> Option<u32> {
    along(text, !turned)
}

const ENTRIES: &[&str] = &["leeg", "gebied", "rij", "tabel", "controle"];
const CELL: &[&str] = &["cel", "factor", "teken", "deel", "vertaal"];
const COLUMN: &[&str] = &[
    "kolom", "tekst", "van", "tm", "duur", "som", "factor", "teken", "deel", "vertaal", "uniek",
    "herhaal",
];
const TABLE: &[&str] = &[
    "naar",
    "blad",
    "bladnaam",
    "kopregel",
    "gekanteld",
    "rijen",
    "tot",
    "overslaan",
    "factor",
    "teken",
    "waar",
    "groep",
    "kolommen",
    "vast",
    "jaren",
    "opslag",
];
const CHECK: &[&str] = &[
    "doel",
    "cel",
    "blad",
    "rij",
    "kopregel",
    "gekanteld",
    "kolommen",
    "periode",
    "factor",
    "teken",
    "tolerantie",
];
const YEARS: &[&str] = &[
    "als", "kolommen", "periode", "factor", "teken", "eerder", "optellen",
];

type Table<'a> = &'a DeTable<'a>;
type Node<'a> = &'a Spanned<DeValue<'a>>;

struct Parser<'p> {
    file: &'p Arc<str>,
    text: &'p str,
    starts: Vec<usize>,
    problems: &'p mut Vec<Problem>,
}

impl Parser<'_> {
    fn place(&self, span: &Range<usize>) -> Place {
        let line = self.starts.partition_point(|s| *s <= span.start).max(1);
        let column = self
            .text
            .get(self.starts[line - 1]..span.start)
            .map_or(0, |t| t.chars().count());
        Place::text(self.file, line as u32, column as u32 + 1)
    }

    fn problem(
        &mut self,
        node: Node<'_>,
        code: &'static str,
        message: String,
        allowed: impl Into<String>,
    ) {
        let place = self.place(&node.span());
        self.problems.push(
            Problem::error(code, message)
                .at(&place)
                .allowed(allowed)
                .fix("see docs/mapping.md"),
        );
    }

    fn wrong(&mut self, node: Node<'_>, key: &str, allowed: impl Into<String>) {
        let found = self
            .text
            .get(node.span())
            .unwrap_or_default()
            .lines()
            .next()
            .unwrap_or_default();
        let found: String = found.chars().take(60).collect();
        self.problem(
            node,
            "mapping-value",
            format!("\"{key}\" cannot be {found}"),
            allowed,
        );
    }

    fn missing(&mut self, place: &Place, key: &str, what: &str, allowed: impl Into<String>) {
        // A key that was misspelt was told.
        let meant = format!("did you mean \"{key}\"?");
        if self.problems.iter().any(|p| {
            p.code == "mapping-key"
                && p.fix.as_ref() == Some(&meant)
                && p.place > Some(place.clone())
        }) {
            return;
        }
        let problem = Problem::error(
            "mapping-key-missing",
            format!("{what} lacks the key \"{key}\""),
        );
        self.problems.push(
            problem
                .at(place)
                .allowed(allowed)
                .fix(format!("add the key {key}")),
        );
    }

    /// Reports the keys that mean nothing here.
    fn keys(&mut self, table: Table<'_>, allowed: &[&str], what: &str) {
        for key in table.keys() {
            if !allowed.contains(&key.get_ref().as_ref()) {
                let place = self.place(&key.span());
                let fix = nearest(key.get_ref(), allowed.iter().copied()).map_or_else(
                    || "remove it".into(),
                    |name| format!("did you mean \"{name}\"?"),
                );
                let problem = Problem::error(
                    "mapping-key",
                    format!("unknown key \"{}\" in {what}", key.get_ref()),
                );
                self.problems
                    .push(problem.at(&place).allowed(allowed.join(", ")).fix(fix));
            }
        }
    }

    fn named(&self, node: Node<'_>, text: &str) -> Named {
        Named {
            text: text.trim().to_owned(),
            place: self.place(&node.span()),
        }
    }

    fn text(&mut self, table: Table<'_>, key: &str) -> Option<Named> {
        let node = table.get(key)?;
        match node.get_ref() {
            DeValue::String(t) if !t.trim().is_empty() => Some(self.named(node, t)),
            _ => {
                self.wrong(node, key, "a text between quotes");
                None
            }
        }
    }

    /// A text, or a list of them.
    fn texts(&mut self, table: Table<'_>, key: &str) -> Vec<Named> {
        let Some(node) = table.get(key) else {
            return Vec::new();
        };
        let items: Vec<Node<'_>> = match node.get_ref() {
            DeValue::Array(items) => items.iter().collect(),
            _ => vec![node],
        };
        let mut texts = Vec::new();
        for item in items {
            match item.get_ref() {
                DeValue::String(t) => texts.push(self.named(item, t)),
                DeValue::Integer(_) | DeValue::Float(_) => match Self::decimal(item) {
                    Some(n) => texts.push(self.named(item, &n.normalize().to_string())),
                    None => self.wrong(item, key, "a text, or a list of texts"),
                },
                _ => self.wrong(item, key, "a text, or a list of texts"),
            }
        }
        texts
    }

    fn patterns(&mut self, table: Table<'_>, key: &str) -> Vec<String> {
        self.texts(table, key).into_iter().map(|n| n.text).collect()
    }

    /// The number of a node, exact from its text; a text between quotes is read too.
    fn decimal(node: Node<'_>) -> Option<Decimal> {
        let text = match node.get_ref() {
            DeValue::Integer(n) if n.radix() == 10 => n.as_str(),
            DeValue::Float(n) => n.as_str(),
            DeValue::String(t) => t.as_ref(),
            _ => return None,
        };
        parse_number(text.strip_prefix('+').unwrap_or(text), Notation::Plain).ok()
    }

    fn number(&mut self, table: Table<'_>, key: &str) -> Option<(Decimal, Place)> {
        let node = table.get(key)?;
        let number = Self::decimal(node);
        if number.is_none() {
            self.wrong(node, key, "a number: 1000 or 0.01");
        }
        number.map(|n| (n, self.place(&node.span())))
    }

    fn factor(&mut self, table: Table<'_>) -> Option<Decimal> {
        let (factor, place) = self.number(table, "factor")?;
        if factor.is_zero() {
            self.problems.push(
                Problem::error("mapping-value", "\"factor\" cannot be 0")
                    .at(&place)
                    .fix("write the number to multiply by: 1000"),
            );
        }
        Some(factor)
    }

    fn sign(&mut self, table: Table<'_>) -> Option<Decimal> {
        let node = table.get("teken")?;
        let sign = Self::decimal(node).filter(|n| n.abs() == Decimal::ONE);
        if sign.is_none() {
            self.wrong(node, "teken", "1 or -1");
        }
        sign
    }

    /// A row number as the spreadsheet shows it, to one from zero; in a turned table the letter of a column.
    fn row(&mut self, table: Table<'_>, key: &str, turned: bool) -> Option<u32> {
        let node = table.get(key)?;
        let row = match node.get_ref() {
            DeValue::String(t) if turned => column_number(t.trim()),
            _ if turned => None,
            _ => Self::decimal(node).and_then(row_number),
        };
        if row.is_none() {
            self.wrong(
                node,
                key,
                if turned {
                    "the letter of a column, as the table is turned: \"A\""
                } else {
                    "a row number as the spreadsheet shows it: 4"
                },
            );
        }
        row
    }

    /// One row, or the first and the last of several: 4, "3:4".
    fn heading_rows(&mut self, table: Table<'_>, turned: bool) -> (Option<u32>, Option<u32>) {
        let range = table
            .get("kopregel")
            .is_some_and(|n| n.get_ref().as_str().is_some_and(|t| t.contains(':')));
        if range {
            let form = "the first and the last row of the headings, at most ten: \"3:4\"";
            let found = self.range(table, "kopregel", form, |t| along(t, turned));
            let found = found.filter(|(first, last)| {
                let few = last - first < 10;
                if !few && let Some(node) = table.get("kopregel") {
                    self.wrong(node, "kopregel", form);
                }
                few
            });
            (found.map(|(first, _)| first), found.map(|(_, last)| last))
        } else {
            let row = self.row(table, "kopregel", turned);
            (row, row)
        }
    }

    /// One or more ranges of rows: "5:9, 13:17", where a single row is a range too.
    fn row_ranges(&mut self, table: Table<'_>, turned: bool) -> Option<Vec<(u32, u32)>> {
        /// Most ranges of an entry.
        const MOST: usize = 1_000;
        let node = table.get("rijen")?;
        let text = match node.get_ref() {
            DeValue::String(t) => t.to_string(),
            _ => Self::decimal(node).map_or_else(String::new, |n| n.normalize().to_string()),
        };
        let mut ranges: Vec<(u32, u32)> = Vec::new();
        let mut good = text.split(',').count() <= MOST;
        for part in text.split(',').take(MOST) {
            let (first, last) = part.split_once(':').unwrap_or((part, part));
            match (along(first, turned), along(last, turned)) {
                (Some(first), Some(last))
                    if first <= last && ranges.last().is_none_or(|r| r.1 < first) =>
                {
                    ranges.push((first, last));
                }
                _ => good = false,
            }
        }
        if !good {
            self.wrong(
                node,
                "rijen",
                if turned {
                    "the first and the last column of a turned table: \"B:F\", or more of these in order: \"B:F, H\""
                } else {
                    "the first and the last row: \"5:43\", or more of these in order: \"5:9, 13:17\""
                },
            );
        }
        good.then_some(ranges)
    }

    fn flag(&mut self, table: Table<'_>, key: &str) -> bool {
        let Some(node) = table.get(key) else {
            return false;
        };
        if !node.get_ref().is_bool() {
            self.wrong(node, key, "true or false");
        }
        node.get_ref().as_bool().unwrap_or(false)
    }

    fn range<T>(
        &mut self,
        table: Table<'_>,
        key: &str,
        form: &str,
        bound: impl Fn(&str) -> Option<T>,
    ) -> Option<(T, T)>
    where
        T: PartialOrd,
    {
        let node = table.get(key)?;
        let ends = node
            .get_ref()
            .as_str()
            .and_then(|t| t.split_once(':'))
            .and_then(|(a, b)| Some((bound(a.trim())?, bound(b.trim())?)));
        let range = ends.filter(|(first, last)| first <= last);
        if range.is_none() {
            self.wrong(node, key, form);
        }
        range
    }

    fn table<'a>(&mut self, table: Table<'a>, key: &str) -> Option<(Table<'a>, Place)> {
        let node = table.get(key)?;
        if let DeValue::Table(t) = node.get_ref() {
            return Some((t, self.place(&node.span())));
        }
        self.wrong(node, key, format!("a table: [{key}], or {key} = {{ ... }}"));
        None
    }

    /// A table, or a list of them.
    fn tables<'a>(&mut self, table: Table<'a>, key: &str) -> Vec<(Table<'a>, Place)> {
        let Some(node) = table.get(key) else {
            return Vec::new();
        };
        let items: Vec<Node<'a>> = match node.get_ref() {
            DeValue::Array(items) => items.iter().collect(),
            _ => vec![node],
        };
        let mut tables = Vec::new();
        for item in items {
            match item.get_ref() {
                DeValue::Table(t) => tables.push((t, self.place(&item.span()))),
                _ => self.wrong(item, key, format!("tables: [[{key}]]")),
            }
        }
        tables
    }

    fn mapping(&mut self, document: Table<'_>) -> Mapping {
        self.keys(document, ENTRIES, "the mapping");
        let mut mapping = Mapping {
            empty: self.patterns(document, "leeg"),
            ..Mapping::default()
        };
        if let Some((gebied, _)) = self.table(document, "gebied") {
            for (key, node) in gebied {
                let name = Named {
                    text: key.get_ref().to_string(),
                    place: self.place(&key.span()),
                };
                if SETTINGS.iter().any(|s| s.name == name.text) {
                    mapping.settings.extend(
                        self.fixed_or_cell(node, &name.text)
                            .map(|source| (name, source)),
                    );
                } else {
                    let names = || SETTINGS.iter().map(|s| s.name);
                    let problem = Problem::error(
                        "unknown-setting",
                        format!("unknown setting \"{}\" in gebied", name.text),
                    );
                    let fix = nearest(&name.text, names())
                        .map_or_else(|| "remove it".into(), |n| format!("did you mean \"{n}\"?"));
                    self.problems.push(
                        problem
                            .at(&name.place)
                            .allowed(names().collect::<Vec<_>>().join(", "))
                            .fix(fix),
                    );
                }
            }
        }
        for (table, place) in self.tables(document, "rij") {
            mapping.rows.extend(self.row_entry(table, place));
        }
        for (table, place) in self.tables(document, "tabel") {
            self.table_entries(table, &place, &mut mapping.tables);
        }
        for (table, place) in self.tables(document, "controle") {
            mapping.checks.extend(self.check_entry(table, place));
        }
        mapping
    }

    /// A value of the mapping itself, or a cell.
    fn fixed_or_cell(&mut self, node: Node<'_>, key: &str) -> Option<Source> {
        let place = self.place(&node.span());
        let fixed = |scalar| Source {
            place: place.clone(),
            origin: Origin::Fixed(scalar),
            factor: None,
            sign: None,
            year: false,
            translate: Vec::new(),
            unique: false,
            repeat: false,
        };
        match node.get_ref() {
            DeValue::Table(table) => {
                self.keys(table, CELL, &format!("\"{key}\""));
                let Some(cell) = self.cell(table) else {
                    if !table.contains_key("cel") {
                        self.missing(
                            &place,
                            "cel",
                            &format!("\"{key}\""),
                            "a cell: { cel = \"Uitgangspunten!B7\" }",
                        );
                    }
                    return None;
                };
                Some(self.options(table, place.clone(), Origin::Cell(cell)))
            }
            DeValue::String(text) => Some(fixed(if text.trim().is_empty() {
                Scalar::Empty
            } else {
                Scalar::Text(text.trim().to_owned())
            })),
            DeValue::Boolean(b) => Some(fixed(Scalar::Bool(*b))),
            DeValue::Datetime(d) => {
                let date = d.to_string().get(..10).and_then(|t| t.parse().ok());
                if date.is_none() {
                    self.wrong(node, key, "a date: 2026-01-01");
                }
                date.map(|date| fixed(Scalar::Date(date)))
            }
            _ => {
                let number = Self::decimal(node);
                if number.is_none() {
                    self.wrong(
                        node,
                        key,
                        "a number, text or date, or { cel = \"Blad!B7\" }",
                    );
                }
                number.map(|number| fixed(Scalar::Number(number)))
            }
        }
    }

    fn cell(&mut self, table: Table<'_>) -> Option<CellRef> {
        let cell = self.text(table, "cel")?;
        let Some((sheet, row, column)) = cell_reference(&cell.text) else {
            let problem =
                Problem::error("mapping-cell", format!("\"{}\" is not a cell", cell.text));
            self.problems.push(
                problem
                    .at(&cell.place)
                    .allowed("a sheet, ! and a cell: Uitgangspunten!B7")
                    .fix("write the sheet's name and the cell"),
            );
            return None;
        };
        Some(CellRef {
            sheet: Named {
                text: sheet,
                place: cell.place,
            },
            row,
            column,
        })
    }

    /// What can be done with a value on its way in.
    fn options(&mut self, table: Table<'_>, place: Place, origin: Origin) -> Source {
        let year = match table.get("deel") {
            None => false,
            Some(node) if node.get_ref().as_str() == Some("jaar") => true,
            Some(node) => {
                self.wrong(node, "deel", "\"jaar\"");
                false
            }
        };
        let unique = self.flag(table, "uniek");
        let repeat = self.flag(table, "herhaal");
        let mut translate = Vec::new();
        if let Some((words, _)) = self.table(table, "vertaal") {
            for (from, to) in words {
                match to.get_ref() {
                    DeValue::String(t) => {
                        translate.push((from.get_ref().to_string(), t.trim().to_owned()));
                    }
                    _ => self.wrong(to, "vertaal", "a text for each word: { Rijk = \"rijk\" }"),
                }
            }
        }
        // Words without a star first, then the longest pattern.
        translate.sort_by_key(|(from, _)| (from.contains('*'), std::cmp::Reverse(from.len())));
        Source {
            place,
            origin,
            factor: self.factor(table),
            sign: self.sign(table),
            year,
            translate,
            unique,
            repeat,
        }
    }

    /// How a column of a table is filled.
    fn column_source(&mut self, node: Node<'_>, key: &str, turned: bool) -> Option<Source> {
        let place = self.place(&node.span());
        match node.get_ref() {
            DeValue::String(heading) if !heading.trim().is_empty() => {
                let origin = Origin::Column(self.named(node, heading));
                Some(Source {
                    place,
                    origin,
                    factor: None,
                    sign: None,
                    year: false,
                    translate: Vec::new(),
                    unique: false,
                    repeat: false,
                })
            }
            DeValue::Table(table) => {
                self.keys(table, COLUMN, &format!("column \"{key}\""));
                let form = if turned {
                    "the first and the last row, as the table is turned: \"5:16\""
                } else {
                    "the first and the last column: \"J:U\""
                };
                let sum = self.range(table, "som", form, |t| across(t, turned));
                if sum.is_none() && table.contains_key("som") {
                    return None;
                }
                let origin = match (
                    self.text(table, "kolom"),
                    self.text(table, "tekst"),
                    self.text(table, "van"),
                    self.text(table, "tm"),
                    self.text(table, "duur"),
                    sum,
                ) {
                    (Some(column), None, None, None, None, None) => Origin::Column(column),
                    (None, Some(template), None, None, None, None) => Origin::Template(template),
                    (None, None, Some(from), Some(to), None, None) => Origin::Span(from, to),
                    (None, None, Some(from), None, Some(years), None) => {
                        Origin::Duration(from, years)
                    }
                    (None, None, None, None, None, Some((first, last))) => Origin::Sum(first, last),
                    _ => {
                        self.wrong(node, key, "one of { kolom = \"Code\" }, { tekst = \"{Code} {nr}\" }, { van = \"van\", tm = \"t/m\" }, { van = \"start\", duur = \"duur\" }, { som = \"J:U\" }");
                        return None;
                    }
                };
                Some(self.options(table, place, origin))
            }
            _ => {
                self.wrong(node, key, "a heading between quotes, or { kolom = \"C\" }; what is the same for all rows goes under \"vast\"");
                None
            }
        }
    }

    fn target(
        &mut self,
        table: Table<'_>,
        key: &str,
        place: &Place,
    ) -> Option<&'static TableSchema> {
        let names = || {
            SCHEMA
                .iter()
                .map(|t| t.name)
                .filter(|n| *n != "gebied")
                .collect::<Vec<_>>()
        };
        if !table.contains_key(key) {
            self.missing(place, key, "this entry", names().join(", "));
        }
        let name = self.text(table, key)?;
        let found = table_schema(&name.text).filter(|t| t.name != "gebied");
        if found.is_none() {
            let fix = nearest(&name.text, names()).map_or_else(
                || "choose one of these tables".into(),
                |n| format!("did you mean \"{n}\"?"),
            );
            let fix = if name.text == "gebied" {
                "settings go under [gebied]".into()
            } else {
                fix
            };
            let problem =
                Problem::error("unknown-table", format!("unknown table \"{}\"", name.text));
            self.problems
                .push(problem.at(&name.place).allowed(names().join(", ")).fix(fix));
        }
        found
    }

    /// The column of a table that a key names, filled once.
    fn target_column(
        &mut self,
        schema: &'static TableSchema,
        key: &str,
        place: &Place,
        taken: &mut Vec<(&'static Column, Place)>,
    ) -> Option<&'static Column> {
        let Some(column) = schema.columns.iter().find(|c| fold(c.name) == fold(key)) else {
            let names = || schema.columns.iter().map(|c| c.name);
            let fix = nearest(key, names())
                .map_or_else(|| "remove it".into(), |n| format!("did you mean \"{n}\"?"));
            let problem = Problem::error(
                "unknown-column",
                format!("unknown column \"{key}\" in table {}", schema.name),
            );
            self.problems.push(
                problem
                    .at(place)
                    .allowed(names().collect::<Vec<_>>().join(", "))
                    .fix(fix),
            );
            return None;
        };
        if let Some((_, first)) = taken.iter().find(|(c, _)| c.name == column.name) {
            let problem = Problem::error(
                "double-column",
                format!(
                    "column \"{}\" of table {} is filled twice",
                    column.name, schema.name
                ),
            );
            self.problems
                .push(problem.at(place).and(first).fix("remove one of the two"));
            return None;
        }
        taken.push((column, place.clone()));
        Some(column)
    }

    fn row_entry(&mut self, table: Table<'_>, place: Place) -> Option<RowEntry> {
        let target = self.target(table, "tabel", &place)?;
        let (mut columns, mut taken) = (Vec::new(), Vec::new());
        for (key, node) in table {
            if key.get_ref() == "tabel" {
                continue;
            }
            let at = self.place(&key.span());
            if let Some(column) = self.target_column(target, key.get_ref(), &at, &mut taken) {
                columns.extend(
                    self.fixed_or_cell(node, key.get_ref())
                        .map(|source| (column, source)),
                );
            }
        }
        Some(RowEntry {
            place,
            target,
            columns,
        })
    }

    /// An entry, or one for every sheet that it names.
    fn table_entries(&mut self, table: Table<'_>, place: &Place, entries: &mut Vec<TableEntry>) {
        /// Most sheets of an entry.
        const MOST: usize = 1_000;
        self.keys(table, TABLE, "[[tabel]]");
        if !table.contains_key("blad") {
            self.target(table, "naar", place);
            self.missing(
                place,
                "blad",
                "[[tabel]]",
                "the name of a sheet, or a list of names",
            );
            return;
        }
        let mut sheets = self.texts(table, "blad");
        sheets.retain(|s| !s.text.is_empty());
        if sheets.is_empty()
            && let Some(node) = table.get("blad")
        {
            self.wrong(node, "blad", "a text between quotes, or a list of these");
        }
        sheets.truncate(MOST);
        if sheets.is_empty() {
            self.target(table, "naar", place);
        }
        // What is wrong with the entry is wrong for every sheet, and told once.
        let before = self.problems.len();
        for (at, sheet) in sheets.into_iter().enumerate() {
            let Some(entry) = self.table_entry(table, sheet, place.clone()) else {
                break;
            };
            entries.push(entry);
            if at == 0 && self.problems.len() > before {
                break;
            }
        }
    }

    fn table_entry(&mut self, table: Table<'_>, sheet: Named, place: Place) -> Option<TableEntry> {
        let target = self.target(table, "naar", &place)?;
        let turned = self.flag(table, "gekanteld");
        let mut taken = Vec::new();
        let by_sheet = self
            .text(table, "bladnaam")
            .and_then(|to| self.target_column(target, &to.text, &to.place, &mut taken));
        let mut groups = Vec::new();
        for (group, at) in self.tables(table, "groep") {
            self.keys(group, &["kolom", "leeg", "naar"], "[[tabel.groep]]");
            for key in ["kolom", "leeg", "naar"] {
                if !group.contains_key(key) {
                    self.missing(&at, key, "[[tabel.groep]]", "kolom: where the heading stands; leeg: what is empty in such a row; naar: the column it fills");
                }
            }
            let empty = self.texts(group, "leeg");
            if let (Some(column), Some(to)) = (self.text(group, "kolom"), self.text(group, "naar"))
            {
                groups.extend(
                    self.target_column(target, &to.text, &to.place, &mut taken)
                        .map(|to| Group { column, empty, to }),
                );
            }
        }
        let mut columns = Vec::new();
        if let Some((entries, _)) = self.table(table, "kolommen") {
            for (key, node) in entries {
                let at = self.place(&key.span());
                if let Some(column) = self.target_column(target, key.get_ref(), &at, &mut taken) {
                    columns.extend(
                        self.column_source(node, key.get_ref(), turned)
                            .map(|source| (column, source)),
                    );
                }
            }
        }
        if let Some((entries, _)) = self.table(table, "vast") {
            for (key, node) in entries {
                let at = self.place(&key.span());
                if let Some(column) = self.target_column(target, key.get_ref(), &at, &mut taken) {
                    columns.extend(
                        self.fixed_or_cell(node, key.get_ref())
                            .map(|source| (column, source)),
                    );
                }
            }
        }
        let mut filters = Vec::new();
        for (filter, at) in self.tables(table, "waar") {
            self.keys(filter, &["kolom", "is", "niet"], "\"waar\"");
            if !filter.contains_key("kolom") {
                self.missing(&at, "kolom", "\"waar\"", "the heading of a column");
            }
            let (is, not) = (self.patterns(filter, "is"), self.patterns(filter, "niet"));
            filters.extend(
                self.text(filter, "kolom")
                    .map(|column| Filter { column, is, not }),
            );
        }
        let mut surcharges = Vec::new();
        for (surcharge, at) in self.tables(table, "opslag") {
            self.keys(surcharge, &["id", "over"], "[[tabel.opslag]]");
            for key in ["id", "over"] {
                if !surcharge.contains_key(key) {
                    self.missing(
                        &at,
                        key,
                        "[[tabel.opslag]]",
                        "id: the line; over: the lines it is a percentage of, divided by ;",
                    );
                }
            }
            if let (Some(id), Some(over)) = (
                self.texts(surcharge, "id").into_iter().next(),
                self.text(surcharge, "over"),
            ) {
                surcharges.push(Surcharge { id, over });
            }
        }
        let (heading_from, heading_row) = self.heading_rows(table, turned);
        let entry = TableEntry {
            target,
            sheet,
            by_sheet,
            heading_row,
            heading_from,
            rows: self.row_ranges(table, turned),
            turned,
            until: self.patterns(table, "tot"),
            skip: self.patterns(table, "overslaan"),
            filters,
            groups,
            columns,
            years: self.years(table, target, turned),
            surcharges,
            factor: self.factor(table),
            sign: self.sign(table),
            place,
        };
        if entry.heading_row.is_none() && entry.rows.is_none() {
            if table.contains_key("kopregel") || table.contains_key("rijen") {
                return None;
            }
            self.missing(
                &entry.place,
                "kopregel",
                "[[tabel]]",
                "kopregel: the row of the headings; or rijen: \"5:43\" with columns by letter",
            );
            return None;
        }
        Some(entry)
    }

    fn years(
        &mut self,
        table: Table<'_>,
        target: &'static TableSchema,
        turned: bool,
    ) -> Option<Years> {
        let (years, place) = self.table(table, "jaren")?;
        self.keys(years, YEARS, "[tabel.jaren]");
        let allowed = if target.name == "indexen" {
            "\"groei\", \"factor\""
        } else {
            "\"aandeel\", \"hoeveelheid\", \"bedrag\", \"verhouding\""
        };
        if !years.contains_key("als") {
            self.missing(&place, "als", "[tabel.jaren]", allowed);
        }
        let hold = match (self.text(years, "als")?.text.as_str(), target.name) {
            ("groei", "indexen") => YearsAs::Growth,
            ("factor", "indexen") => YearsAs::Factor,
            ("aandeel", "programma" | "kosten" | "opbrengsten" | "fasering") => {
                YearsAs::Phasing("aandeel")
            }
            ("hoeveelheid", "programma" | "kosten" | "opbrengsten" | "fasering") => {
                YearsAs::Phasing("hoeveelheid")
            }
            ("bedrag", "programma" | "kosten" | "opbrengsten" | "fasering") => {
                YearsAs::Phasing("bedrag")
            }
            ("verhouding", "programma" | "kosten" | "opbrengsten" | "fasering") => YearsAs::Ratio,
            _ => {
                if let Some(node) = years.get("als") {
                    self.wrong(node, "als", format!("{allowed} for table {}; only programma, kosten, opbrengsten, fasering and indexen have year columns", target.name));
                }
                return None;
            }
        };
        if self.flag(years, "optellen")
            && target.name == "indexen"
            && let Some(node) = years.get("optellen")
        {
            self.wrong(
                node,
                "optellen",
                "nothing: growth and factors cannot be added up",
            );
        }
        Some(Years {
            place,
            hold,
            periods: self.periods(years, turned),
            factor: self.factor(years),
            sign: self.sign(years),
            earlier: self.earlier(years),
            add_up: self.flag(years, "optellen"),
        })
    }

    /// The column that holds all years up to one.
    fn earlier(&mut self, years: Table<'_>) -> Option<(Named, i32)> {
        let (earlier, at) = self.table(years, "eerder")?;
        self.keys(earlier, &["kolom", "jaar"], "\"eerder\"");
        for key in ["kolom", "jaar"] {
            if !earlier.contains_key(key) {
                self.missing(&at, key, "\"eerder\"", "kolom: the column with all years up to one together; jaar: the year its amounts are put in");
            }
        }
        let column = self.text(earlier, "kolom");
        let node = earlier.get("jaar")?;
        let year = Self::decimal(node)
            .and_then(|n| i32::try_from(n).ok())
            .filter(|y| (1900..=2400).contains(y));
        if year.is_none() {
            self.wrong(node, "jaar", "a year: 2025");
        }
        column.zip(year)
    }

    fn periods(&mut self, table: Table<'_>, turned: bool) -> Periods {
        let per_year = match self
            .text(table, "periode")
            .as_ref()
            .map(|p| p.text.as_str())
        {
            None | Some("jaar") => 1,
            Some("halfjaar") => 2,
            Some("kwartaal") => 4,
            Some(_) => {
                if let Some(node) = table.get("periode") {
                    self.wrong(node, "periode", "\"jaar\", \"halfjaar\", \"kwartaal\"");
                }
                1
            }
        };
        Periods {
            columns: self.range(
                table,
                "kolommen",
                if turned {
                    "the first and the last row, as the table is turned: \"5:16\""
                } else {
                    "the first and the last column: \"J:U\""
                },
                |t| across(t, turned),
            ),
            per_year,
        }
    }

    fn check_entry(&mut self, table: Table<'_>, place: Place) -> Option<CheckEntry> {
        self.keys(table, CHECK, "[[controle]]");
        if !table.contains_key("doel") {
            self.missing(
                &place,
                "doel",
                "[[controle]]",
                "a result: eindwaarde, boekwaarde",
            );
        }
        let result = self.text(table, "doel")?;
        let from = if table.contains_key("cel") {
            CheckFrom::Cell(self.cell(table)?)
        } else {
            for key in ["blad", "rij", "kopregel"] {
                if !table.contains_key(key) {
                    self.missing(&place, key, "[[controle]]", "cel = \"Blad!B7\" for one figure; blad, rij and kopregel for a row of years");
                }
            }
            let turned = self.flag(table, "gekanteld");
            let (sheet, row, (heading_from, heading_row)) = (
                self.text(table, "blad"),
                self.row(table, "rij", turned),
                self.heading_rows(table, turned),
            );
            CheckFrom::Series {
                sheet: sheet?,
                row: row?,
                heading_row: heading_row?,
                heading_from: heading_from?,
                periods: self.periods(table, turned),
                turned,
            }
        };
        let scale = self
            .factor(table)
            .unwrap_or(Decimal::ONE)
            .checked_mul(self.sign(table).unwrap_or(Decimal::ONE))?;
        Some(CheckEntry {
            place,
            result,
            from,
            scale,
            tolerance: self.number(table, "tolerantie"),
        })
    }
}

/// Whether a text fits a pattern, without regard to case. A star stands for anything; `\*` is the star itself.
pub(super) fn fits(pattern: &str, text: &str) -> bool {
    let mut pieces = vec![String::new()];
    let mut chars = pattern.chars().flat_map(char::to_lowercase).peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek(), pieces.last_mut()) {
            ('\\', Some('*'), Some(piece)) => {
                piece.push('*');
                chars.next();
            }
            ('*', ..) => pieces.push(String::new()),
            (c, _, Some(piece)) => piece.push(c),
            _ => {}
        }
    }
    let text = text.trim().to_lowercase();
    let (Some(first), Some(last)) = (pieces.first(), pieces.last()) else {
        return false;
    };
    if pieces.len() == 1 {
        return *first == text;
    }
    let Some(mut rest) = text
        .strip_prefix(first.as_str())
        .and_then(|r| r.strip_suffix(last.as_str()))
    else {
        return false;
    };
    for piece in &pieces[1..pieces.len() - 1] {
        let Some(at) = rest.find(piece.as_str()) else {
            return false;
        };
        rest = &rest[at + piece.len()..];
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (pattern, text, answer) in [
            ("Subtotaal*", "subtotaal Kade", true),
            ("Subtotaal*", "Geen subtotaal", false),
            (r"\**", "* grondprijzen", true),
            (r"\**", "grondprijzen *", false),
            ("*huur*", "sociale huur", true),
            ("a*a", "a", false),
            ("*", "", true),
            ("", "", true),
            ("x*y*z", "x1y2z", true),
        ] {
            assert_eq!(fits(pattern, text), answer, "{pattern} {text}");
        }
    }

    #[test]
    fn cells() {
        assert_eq!(cell_reference("Kosten!B7"), Some(("Kosten".into(), 6, 1)));
        assert_eq!(
            cell_reference("'Overige opbrengsten'!$XFD$1048576"),
            Some(("Overige opbrengsten".into(), 1_048_575, 16_383))
        );
        for wrong in [
            "B7",
            "Kosten!7B",
            "Kosten!XFE1",
            "Kosten!A0",
            "Kosten!A1048577",
            "!A1",
            "Kosten!",
            "Kosten!é1",
        ] {
            assert_eq!(cell_reference(wrong), None, "{wrong}");
        }
    }
}

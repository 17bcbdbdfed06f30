//! Raw tables: what every carrier (workbook, csv, toml, mapping) delivers, each value with its place.
//!
//! A value is not yet checked against its column here, except that headings are known. `model.rs` turns tables into a
//! validated model. This module must not know any file format.

use super::schema::{Column, Kind, TableSchema, SCHEMA};
use crate::problem::{nearest, Place, Problem};
use jiff::civil::Date;
use rust_decimal::Decimal;

/// A value as it stood in the carrier.
#[derive(Debug, Clone, PartialEq)]
pub enum Scalar {
    /// Nothing there.
    Empty,
    /// Text, trimmed.
    Text(String),
    /// A number: exact from text, shortest decimal from a workbook's f64.
    Number(Decimal),
    /// A date.
    Date(Date),
    /// True or false.
    Bool(bool),
    /// A spreadsheet error such as `#REF!`.
    Error(String),
}

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Value {
    /// What was found.
    pub scalar: Scalar,
    /// Where.
    pub place: Place,
    /// The number before a scenario changed it. History (realised periods) is calculated from this.
    pub base: Option<Decimal>,
}

impl Value {
    /// A value at a place.
    pub fn new(scalar: Scalar, place: Place) -> Self {
        Value { scalar, place, base: None }
    }

    /// Whether nothing is there.
    pub fn is_empty(&self) -> bool {
        matches!(self.scalar, Scalar::Empty)
    }

    /// The value as a person would read it in a message.
    pub fn shown(&self) -> String {
        match &self.scalar {
            Scalar::Empty => "nothing".into(),
            Scalar::Text(t) => format!("text \"{}\"", clip(t)),
            Scalar::Number(n) => format!("number {}", n.normalize()),
            Scalar::Date(d) => format!("date {d}"),
            Scalar::Bool(b) => (if *b { "ja" } else { "nee" }).into(),
            Scalar::Error(e) => format!("spreadsheet error {e}"),
        }
    }
}

/// Cuts a text to what fits in a message.
fn clip(text: &str) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if clean.chars().count() > 60 { clean.chars().take(57).chain("...".chars()).collect() } else { clean }
}

/// One row: a value for every column of the schema, in the schema's order.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Where the row stands.
    pub place: Place,
    /// A value per column of the schema.
    pub values: Vec<Value>,
}

/// A table of one schema, joined from one or more sources.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Its columns.
    pub schema: &'static TableSchema,
    /// Its rows.
    pub rows: Vec<Row>,
}

impl Table {
    /// An empty table.
    pub fn new(schema: &'static TableSchema) -> Self {
        Table { schema, rows: Vec::new() }
    }

    /// The value of a column in a row. The column must exist in the schema: its name is a literal of ours.
    pub fn get<'a>(&self, row: &'a Row, column: &str) -> &'a Value {
        let index = self.schema.column(column).unwrap_or_else(|| panic!("no column {column} in schema {}", self.schema.name));
        &row.values[index]
    }
}

/// All tables of a model, in the order of the schema.
#[derive(Debug, Clone, PartialEq)]
pub struct Tables {
    /// One table per schema entry, in schema order, possibly empty.
    pub tables: Vec<Table>,
}

impl Default for Tables {
    fn default() -> Self {
        Tables { tables: SCHEMA.iter().map(Table::new).collect() }
    }
}

impl Tables {
    /// The table of a name. The name must exist in the schema: it is a literal of ours.
    pub fn table(&self, name: &str) -> &Table {
        self.tables.iter().find(|t| t.schema.name == name).unwrap_or_else(|| panic!("no table {name} in the schema"))
    }

    /// The table of a name, to change.
    pub fn table_mut(&mut self, name: &str) -> &mut Table {
        self.tables.iter_mut().find(|t| t.schema.name == name).unwrap_or_else(|| panic!("no table {name} in the schema"))
    }

    /// Joins the rows of another set of tables behind these.
    pub fn join(&mut self, other: Tables) {
        for (mine, theirs) in self.tables.iter_mut().zip(other.tables) {
            mine.rows.extend(theirs.rows);
        }
    }
}

/// Folds a heading to what it is compared by: no case, spaces, accents, underscores or hyphens.
pub fn fold(heading: &str) -> String {
    heading
        .chars()
        .flat_map(char::to_lowercase)
        .filter_map(|c| match c {
            'à'..='å' => Some('a'),
            'è'..='ë' => Some('e'),
            'ì'..='ï' => Some('i'),
            'ò'..='ö' => Some('o'),
            'ù'..='ü' => Some('u'),
            'ç' => Some('c'),
            'ñ' => Some('n'),
            '²' => Some('2'),
            '³' => Some('3'),
            c if c.is_alphanumeric() => Some(c),
            '%' => Some('%'),
            _ => None,
        })
        .collect()
}

/// A name as names are compared: no case, single spaces. Dots and hyphens count, so that 1.12 is not 11.2.
pub fn name_key(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Which schema column each heading of a carrier fills.
#[derive(Debug, Clone)]
pub struct Binding {
    schema: &'static TableSchema,
    columns: Vec<Option<usize>>,
}

impl Binding {
    /// Matches headings with the columns of a schema. Unknown and double headings are problems; empty headings are passed over.
    pub fn new(schema: &'static TableSchema, headings: &[(String, Place)], problems: &mut Vec<Problem>) -> Self {
        let mut columns = Vec::with_capacity(headings.len());
        let mut seen: Vec<Option<&Place>> = vec![None; schema.columns.len()];
        for (heading, place) in headings {
            let folded = fold(heading);
            let found = schema.columns.iter().position(|c| fold(c.name) == folded);
            columns.push(found);
            match found {
                Some(index) => {
                    if let Some(first) = seen[index] {
                        problems.push(
                            Problem::error("double-column", format!("column \"{heading}\" stands twice in table {}", schema.name))
                                .at(place)
                                .and(first)
                                .fix("remove or rename one of the two"),
                        );
                    }
                    seen[index] = Some(place);
                }
                None if folded.is_empty() => {}
                None => {
                    let names = || schema.columns.iter().map(|c| c.name);
                    let fix = match nearest(heading, names()) {
                        Some(name) => format!("did you mean \"{name}\"?"),
                        None => "remove the column, or put its heading in the mapping's list to skip".into(),
                    };
                    problems.push(
                        Problem::error("unknown-column", format!("unknown column \"{}\" in table {}", clip(heading), schema.name))
                            .at(place)
                            .allowed(names().collect::<Vec<_>>().join(", "))
                            .fix(fix),
                    );
                }
            }
        }
        Binding { schema, columns }
    }

    /// The schema column that the carrier's column fills, if any.
    pub fn column(&self, carrier_column: usize) -> Option<&'static Column> {
        self.columns.get(carrier_column).copied().flatten().map(|i| &self.schema.columns[i])
    }

    /// Makes a row of a carrier's values (by carrier column). Returns nothing when every bound value is empty.
    pub fn row(&self, place: &Place, values: impl IntoIterator<Item = (usize, Value)>) -> Option<Row> {
        let mut row: Vec<Value> = self.schema.columns.iter().map(|_| Value::new(Scalar::Empty, place.clone())).collect();
        let mut any = false;
        for (carrier_column, value) in values {
            if let Some(index) = self.columns.get(carrier_column).copied().flatten() {
                any |= !value.is_empty();
                row[index] = value;
            }
        }
        any.then(|| Row { place: place.clone(), values: row })
    }
}

/// How numbers are written in a text carrier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notation {
    /// `1.234.567,89`, `€ 1.234,50`, `(1.000,00)`, `2,5%`.
    Dutch,
    /// `1234567.89`, `2.5%`; no thousands marks.
    Plain,
}

/// Reads a number from text, strictly: what could mean two things is refused, with the reason.
pub fn parse_number(text: &str, notation: Notation) -> Result<Decimal, String> {
    let mut rest: String = text.chars().filter(|c| !c.is_whitespace() && *c != '\u{a0}' && *c != '\u{202f}').collect();
    let mut sign = Decimal::ONE;
    if let Some(inner) = rest.strip_prefix('(').and_then(|r| r.strip_suffix(')')) {
        sign = -sign;
        rest = inner.to_owned();
    }
    if let Some(r) = rest.strip_prefix('€') {
        rest = r.to_owned();
    }
    if let Some(r) = rest.strip_prefix(['-', '−', '–']) {
        sign = -sign;
        rest = r.to_owned();
    }
    if let Some(r) = rest.strip_prefix('€') {
        rest = r.to_owned();
    }
    let mut scale = Decimal::ONE;
    if let Some(r) = rest.strip_suffix('%') {
        scale = Decimal::new(1, 2);
        rest = r.to_owned();
    }
    if let Some(r) = rest.strip_suffix(",-") {
        rest = r.to_owned();
    }
    let plain = match notation {
        Notation::Plain => {
            if rest.contains(',') {
                return Err("a comma is not read here: write 1234.56".into());
            }
            rest.replace('_', "")
        }
        Notation::Dutch => {
            let (whole, fraction) = rest.split_once(',').map_or((rest.as_str(), None), |(w, f)| (w, Some(f)));
            if whole.contains('.') {
                let groups: Vec<&str> = whole.split('.').collect();
                let grouped = groups[0].len() <= 3 && !groups[0].is_empty() && groups[1..].iter().all(|g| g.len() == 3);
                if !grouped {
                    return Err("write a comma before the decimals: 1234,56".into());
                }
                if groups.len() == 2 && fraction.is_none() {
                    return Err(format!("\"{text}\" can mean two numbers: write {},{} or {}", groups[0], groups[1], groups.concat()));
                }
            }
            let digits = whole.replace('.', "");
            fraction.map_or(digits.clone(), |f| format!("{digits}.{f}"))
        }
    };
    if plain.is_empty() || !plain.chars().all(|c| c.is_ascii_digit() || c == '.') || plain.matches('.').count() > 1 {
        return Err("not a number".into());
    }
    let number = Decimal::from_str_exact(&plain).map_err(|_| "too large, or more than 28 digits".to_string())?;
    sign.checked_mul(number).and_then(|n| n.checked_mul(scale)).ok_or_else(|| "too large".into())
}

/// How spreadsheet programs write an error, in English and Dutch.
pub const SPREADSHEET_ERRORS: &[&str] = &[
    "#REF!", "#VERW!", "#N/A", "#N/B", "#DIV/0!", "#DEEL/0!", "#VALUE!", "#WAARDE!", "#NAME?", "#NAAM?", "#NUM!", "#GETAL!", "#NULL!", "#LEEG!",
];

/// Turns the text of a text carrier into a scalar for a column: numbers where the column wants them, text otherwise.
pub fn scalar_from_text(text: &str, column: &Column, notation: Notation, place: &Place, problems: &mut Vec<Problem>) -> Scalar {
    let text = text.trim();
    if text.is_empty() {
        return Scalar::Empty;
    }
    if SPREADSHEET_ERRORS.contains(&text) {
        return Scalar::Error(text.into());
    }
    match column.kind {
        Kind::Amount | Kind::Number | Kind::Rate | Kind::Whole => match parse_number(text, notation) {
            Ok(number) => Scalar::Number(number),
            Err(reason) => {
                problems.push(
                    Problem::error("not-a-number", format!("expected a number in column {}, found text \"{}\"", column.name, clip(text)))
                        .at(place)
                        .fix(reason),
                );
                Scalar::Empty
            }
        },
        _ => Scalar::Text(text.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;

    #[test]
    fn dutch_numbers() {
        for (text, number) in [
            ("1.234.567,89", dec!(1234567.89)),
            ("€ 1.234,50", dec!(1234.50)),
            ("(1.000,00)", dec!(-1000)),
            ("-€ 5", dec!(-5)),
            ("€ -5", dec!(-5)),
            ("2,5%", dec!(0.025)),
            ("€ 500,-", dec!(500)),
            ("1\u{a0}234,5", dec!(1234.5)),
            ("12", dec!(12)),
        ] {
            assert_eq!(parse_number(text, Notation::Dutch), Ok(number), "{text}");
        }
        for text in ["1.234", "1234.56", "1,234,567.89", "12a", "", "-", "1.2345,6", ".5"] {
            assert!(parse_number(text, Notation::Dutch).is_err(), "{text}");
        }
    }

    #[test]
    fn headings_are_folded() {
        assert_eq!(fold("Grond prijs_per-eenheid "), "grondprijspereenheid");
        assert_eq!(fold("Reëel"), "reeel");
    }
}

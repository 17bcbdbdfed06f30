//! Raw tables: what every carrier (workbook, csv, toml, mapping) delivers, each value with its place.
//!
//! A value is not yet checked against its column here, except that headings are known. `model.rs` turns tables into a
//! validated model. This module must not know any file format.

use super::schema::{Column, Kind, SCHEMA, SETTINGS, Setting, TableSchema};
use crate::problem::{Place, Problem, nearest};
use jiff::civil::Date;
use rust_decimal::{Decimal, RoundingStrategy};
use std::fmt::Write as _;

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
    /// What could not be read: a spreadsheet error such as `#REF!`, or what was no number. The reader tells of it, and no
    /// later step does; an empty text was told before the value is settled.
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
        Value {
            scalar,
            place,
            base: None,
        }
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
pub(crate) fn clip(text: &str) -> String {
    let clean: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if clean.chars().count() > 60 {
        clean.chars().take(57).chain("...".chars()).collect()
    } else {
        clean
    }
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
        Table {
            schema,
            rows: Vec::new(),
        }
    }

    /// The value of a column in a row. The column must exist in the schema: its name is a literal of ours.
    pub fn get<'a>(&self, row: &'a Row, column: &str) -> &'a Value {
        let index = self
            .schema
            .column(column)
            .unwrap_or_else(|| panic!("no column {column} in schema {}", self.schema.name));
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
        Tables {
            tables: SCHEMA.iter().map(Table::new).collect(),
        }
    }
}

impl Tables {
    /// The table of a name. The name must exist in the schema: it is a literal of ours.
    pub fn table(&self, name: &str) -> &Table {
        self.tables
            .iter()
            .find(|t| t.schema.name == name)
            .unwrap_or_else(|| panic!("no table {name} in the schema"))
    }

    /// The table of a name, to change.
    pub fn table_mut(&mut self, name: &str) -> &mut Table {
        self.tables
            .iter_mut()
            .find(|t| t.schema.name == name)
            .unwrap_or_else(|| panic!("no table {name} in the schema"))
    }

    /// Joins the rows of another set of tables behind these.
    pub fn join(&mut self, other: Tables) {
        for (mine, theirs) in self.tables.iter_mut().zip(other.tables) {
            mine.rows.extend(theirs.rows);
        }
    }
}

/// The text of a value that is one.
pub(crate) fn text_of(value: &Value) -> Option<&str> {
    match &value.scalar {
        Scalar::Text(text) => Some(text),
        _ => None,
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
    name.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase()
}

/// Whether a unit is one of area, such as m2 bvo.
pub(crate) fn is_m2(unit: &str) -> bool {
    fold(unit).starts_with("m2")
}

/// Which schema column each heading of a carrier fills.
#[derive(Debug, Clone)]
pub struct Binding {
    schema: &'static TableSchema,
    columns: Vec<Option<usize>>,
    /// The column that an unknown heading probably means, when no other heading fills it.
    meant: Vec<Option<usize>>,
}

impl Binding {
    /// Matches headings with the columns of a schema. Unknown and double headings are problems; empty headings are passed over.
    pub fn new(
        schema: &'static TableSchema,
        headings: &[(String, Place)],
        problems: &mut Vec<Problem>,
    ) -> Self {
        let mut columns = Vec::with_capacity(headings.len());
        let mut meant = Vec::with_capacity(headings.len());
        let mut seen: Vec<Option<&Place>> = vec![None; schema.columns.len()];
        for (heading, place) in headings {
            let folded = fold(heading);
            let found = schema.columns.iter().position(|c| fold(c.name) == folded);
            columns.push(found);
            let near = if found.is_none() {
                nearest(heading, schema.columns.iter().map(|c| c.name))
            } else {
                None
            };
            meant.push(near.and_then(|name| schema.column(name)));
            match found {
                Some(index) => {
                    if let Some(first) = seen[index] {
                        problems.push(
                            Problem::error(
                                "double-column",
                                format!(
                                    "column \"{heading}\" stands twice in table {}",
                                    schema.name
                                ),
                            )
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
                    let fix = near.map_or_else(
                        || "remove the column, or give it one of these names".into(),
                        |name| format!("did you mean \"{name}\"?"),
                    );
                    problems.push(
                        Problem::error(
                            "unknown-column",
                            format!(
                                "unknown column \"{}\" in table {}",
                                clip(heading),
                                schema.name
                            ),
                        )
                        .at(place)
                        .allowed(names().collect::<Vec<_>>().join(", "))
                        .fix(fix),
                    );
                }
            }
        }
        for column in &mut meant {
            *column = column.filter(|c| seen[*c].is_none());
        }
        Binding {
            schema,
            columns,
            meant,
        }
    }

    /// The schema column that the carrier's column fills, if any.
    pub fn column(&self, carrier_column: usize) -> Option<&'static Column> {
        self.columns
            .get(carrier_column)
            .copied()
            .flatten()
            .map(|i| &self.schema.columns[i])
    }

    /// Makes a row of a carrier's values (by carrier column). Returns nothing when every bound value is empty.
    pub fn row(
        &self,
        place: &Place,
        values: impl IntoIterator<Item = (usize, Value)>,
    ) -> Option<Row> {
        let mut row: Vec<Value> = self
            .schema
            .columns
            .iter()
            .map(|_| Value::new(Scalar::Empty, place.clone()))
            .collect();
        let mut any = false;
        for (carrier_column, value) in values {
            if let Some(index) = self.columns.get(carrier_column).copied().flatten() {
                any |= !value.is_empty();
                row[index] = value;
            }
        }
        any.then(|| Row {
            place: place.clone(),
            values: row,
        })
    }

    /// Makes a row of what a carrier found (by carrier column), each value settled for its column.
    pub fn settled_row(
        &self,
        place: &Place,
        found: Vec<(usize, Scalar, Place)>,
        typing: Typing,
        problems: &mut Vec<Problem>,
    ) -> Option<Row> {
        let instelling = found
            .iter()
            .find(|f| self.column(f.0).is_some_and(|c| c.name == "instelling"))
            .map(|f| f.1.clone());
        let mut values = Vec::with_capacity(found.len());
        let mut misread = Vec::new();
        for (carrier_column, scalar, at) in found {
            if let Some(column) = self.column(carrier_column) {
                // Messages call a setting by its own name.
                let setting = setting_of(self.schema, column, instelling.as_ref());
                let (name, kind) = setting.map_or((column.name, column.kind), |s| (s.name, s.kind));
                let column = Column {
                    name,
                    kind,
                    ..*column
                };
                values.push((
                    carrier_column,
                    Value::new(settle(scalar, &column, typing, &at, problems), at),
                ));
            } else if let Some(index) = self.meant.get(carrier_column).copied().flatten()
                && !as_text(&scalar).trim().is_empty()
            {
                misread.push((index, Value::new(Scalar::Error(as_text(&scalar)), at)));
            }
        }
        // A value below a misspelt heading is not missing: its heading was told.
        let mut row = self.row(place, values)?;
        for (index, value) in misread {
            row.values[index] = value;
        }
        Some(row)
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

/// A number as the Dutch write it: `1.234.567,89`, rounded half away from zero.
pub fn dutch(number: Decimal, decimals: u32) -> String {
    let decimals = decimals.min(Decimal::MAX_SCALE);
    let rounded = number.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero);
    let digits = rounded.abs().to_string();
    let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
    let mut text = String::new();
    if rounded.is_sign_negative() && !rounded.is_zero() {
        text.push('-');
    }
    text.push_str(&thousands(whole));
    if decimals > 0 {
        let _ = write!(text, ",{fraction:0<width$}", width = decimals as usize);
    }
    text
}

/// Marks the thousands in a row of digits.
pub(crate) fn thousands(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() * 4 / 3 + 1);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('.');
        }
        text.push(digit);
    }
    text
}

/// Whether every point in a number is followed by three digits, as thousands are marked in Dutch.
fn thousands_point(text: &str) -> bool {
    let text = text.trim().trim_end_matches(['-', ',', '%']);
    let mut groups = text.split('.').skip(1).peekable();
    groups.peek().is_some()
        && !text.contains(',')
        && groups.all(|g| g.len() == 3 && g.bytes().all(|b| b.is_ascii_digit()))
}

/// Reads a number from text, strictly: what could mean two things is refused, with the reason.
pub fn parse_number(text: &str, notation: Notation) -> Result<Decimal, String> {
    let mut rest: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '\u{a0}' && *c != '\u{202f}')
        .collect();
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
                let meant = parse_number(text, Notation::Dutch).map(|n| n.normalize().to_string());
                return Err(format!(
                    "a comma is not read here: write {}",
                    meant.unwrap_or_else(|_| "1234.56".into())
                ));
            }
            rest.replace('_', "")
        }
        Notation::Dutch => {
            let (whole, fraction) = rest
                .split_once(',')
                .map_or((rest.as_str(), None), |(w, f)| (w, Some(f)));
            if whole.contains('.') {
                let groups: Vec<&str> = whole.split('.').collect();
                let grouped = groups[0].len() <= 3
                    && !groups[0].is_empty()
                    && groups[1..].iter().all(|g| g.len() == 3);
                if !grouped {
                    return Err("write a comma before the decimals: 1234,56".into());
                }
                if groups.len() == 2 && fraction.is_none() {
                    return Err(format!(
                        "\"{text}\" can mean two numbers: write {},{} or {}",
                        groups[0],
                        groups[1],
                        groups.concat()
                    ));
                }
            }
            let digits = whole.replace('.', "");
            fraction.map_or(digits.clone(), |f| format!("{digits}.{f}"))
        }
    };
    if plain.is_empty()
        || !plain.chars().all(|c| c.is_ascii_digit() || c == '.')
        || plain.matches('.').count() > 1
    {
        return Err(format!(
            "write a number: {}",
            if notation == Notation::Dutch {
                "1234,56"
            } else {
                "1234.56"
            }
        ));
    }
    let number = Decimal::from_str_exact(&plain)
        .map_err(|_| "write a number of at most 28 digits".to_string())?;
    sign.checked_mul(number)
        .and_then(|n| n.checked_mul(scale))
        .ok_or_else(|| "write a smaller number".into())
}

/// How spreadsheet programs write an error, in English and Dutch.
pub const SPREADSHEET_ERRORS: &[&str] = &[
    "#REF!", "#VERW!", "#N/A", "#N/B", "#DIV/0!", "#DEEL/0!", "#VALUE!", "#WAARDE!", "#NAME?",
    "#NAAM?", "#NUM!", "#GETAL!", "#NULL!", "#LEEG!",
];

/// Turns the text of a text carrier into a scalar for a column: numbers where the column wants them, text otherwise.
pub fn scalar_from_text(
    text: &str,
    column: &Column,
    notation: Notation,
    place: &Place,
    problems: &mut Vec<Problem>,
) -> Scalar {
    let text = text.trim();
    if text.is_empty() {
        return Scalar::Empty;
    }
    if SPREADSHEET_ERRORS.contains(&text) {
        return Scalar::Error(text.into());
    }
    match column.kind {
        Kind::Amount | Kind::Number | Kind::Rate | Kind::Whole => {
            match parse_number(text, notation) {
                Ok(number) => Scalar::Number(number),
                Err(reason) => {
                    problems.push(
                        Problem::error(
                            "not-a-number",
                            format!(
                                "expected a number in column {}, found text \"{}\"",
                                column.name,
                                clip(text)
                            ),
                        )
                        .at(place)
                        .fix(reason),
                    );
                    Scalar::Error(text.into())
                }
            }
        }
        _ => Scalar::Text(text.into()),
    }
}

/// Whether a column of this kind holds text, so that a number or date found in it is taken as its text.
pub fn holds_text(kind: Kind) -> bool {
    match kind {
        Kind::Key
        | Kind::Text
        | Kind::Ref(_)
        | Kind::Account
        | Kind::Period
        | Kind::Choice(_)
        | Kind::Address
        | Kind::List
        | Kind::Phasing => true,
        Kind::Amount
        | Kind::Number
        | Kind::Whole
        | Kind::Rate
        | Kind::Date
        | Kind::Year
        | Kind::Any => false,
    }
}

/// A scalar as text: a code 3.2 that was stored as a number is "3.2", a truth value is ja or nee.
pub fn as_text(scalar: &Scalar) -> String {
    match scalar {
        Scalar::Empty => String::new(),
        Scalar::Text(text) | Scalar::Error(text) => text.clone(),
        Scalar::Number(number) => number.normalize().to_string(),
        Scalar::Date(date) => date.to_string(),
        Scalar::Bool(yes) => (if *yes { "ja" } else { "nee" }).into(),
    }
}

/// The column as a row uses it: `waarde` of table gebied has the kind of the setting that the row's `instelling` names.
pub fn column_in_row(schema: &TableSchema, column: &Column, instelling: Option<&Scalar>) -> Column {
    let setting = setting_of(schema, column, instelling);
    Column {
        kind: setting.map_or(column.kind, |s| s.kind),
        ..*column
    }
}

/// The setting that a row of table gebied names, for its `waarde`.
fn setting_of(
    schema: &TableSchema,
    column: &Column,
    instelling: Option<&Scalar>,
) -> Option<&'static Setting> {
    match (column.kind, instelling) {
        (Kind::Any, Some(Scalar::Text(name))) if schema.name == "gebied" => {
            let folded = fold(name);
            SETTINGS.iter().find(|s| fold(s.name) == folded)
        }
        _ => None,
    }
}

/// What a carrier knows of the type of its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Typing {
    /// Every value has its own type: text is not a number, even when it looks like one.
    Typed,
    /// Values have a type, but text in a column of numbers is read as one.
    Quoted(Notation),
    /// Everything is text. An apostrophe in front marks text that could be taken for something else.
    Bare(Notation),
}

/// Turns what a carrier found into what the column holds, the same for every carrier; what cannot be is a problem.
pub fn settle(
    scalar: Scalar,
    column: &Column,
    typing: Typing,
    place: &Place,
    problems: &mut Vec<Problem>,
) -> Scalar {
    let scalar = match scalar {
        Scalar::Text(text) => {
            let text = tidy(&text);
            match (typing, text.strip_prefix('\'')) {
                _ if text.is_empty() => Scalar::Empty,
                (Typing::Bare(notation), Some(rest))
                    if needs_apostrophe(rest, column.kind, notation) =>
                {
                    Scalar::Text(tidy(rest))
                }
                _ if SPREADSHEET_ERRORS.contains(&text.as_str()) => Scalar::Error(text),
                (Typing::Bare(notation), _) if column.kind == Kind::Any => {
                    any_from_text(text, notation)
                }
                _ => Scalar::Text(text),
            }
        }
        other => other,
    };
    match (column.kind, scalar) {
        (_, Scalar::Empty) => Scalar::Empty,
        (_, Scalar::Error(told)) if told.is_empty() => Scalar::Error(told),
        (_, Scalar::Error(error)) => {
            problems.push(
                Problem::error(
                    "spreadsheet-error",
                    format!(
                        "column {} holds the spreadsheet error {}",
                        column.name,
                        clip(&error)
                    ),
                )
                .at(place)
                .allowed(column.kind.words())
                .fix("mend the formula, save the file and read it again"),
            );
            Scalar::Error(error)
        }
        (Kind::Amount | Kind::Number | Kind::Whole | Kind::Rate, found) => {
            match (found, typing) {
                (Scalar::Number(number), typing) => {
                    if column.kind == Kind::Amount
                        && number.scale() == 3
                        && number.fract().is_zero()
                        && !number.is_zero()
                        && matches!(typing, Typing::Quoted(_))
                    {
                        problems.push(
                            Problem::warning(
                                "thousands-point",
                                format!(
                                    "{number} in column {} is read as {} euro",
                                    column.name,
                                    number.normalize()
                                ),
                            )
                            .at(place)
                            .fix(format!(
                                "if thousands were meant, write {}",
                                number.mantissa()
                            )),
                        );
                    }
                    Scalar::Number(number)
                }
                (Scalar::Text(text), Typing::Quoted(Notation::Plain))
                    if column.kind == Kind::Amount && thousands_point(&text) =>
                {
                    let digits: String = text
                        .chars()
                        .filter(|c| c.is_ascii_digit() || *c == '-')
                        .collect();
                    problems.push(
                    Problem::error("not-a-number", format!("\"{}\" in column {} can mean two amounts", clip(&text), column.name))
                        .at(place)
                        .allowed(column.kind.words())
                        .fix(format!("write {digits} without points, or decimals in another number than three")),
                );
                    Scalar::Error(text)
                }
                (Scalar::Text(text), Typing::Quoted(notation) | Typing::Bare(notation)) => {
                    scalar_from_text(&text, column, notation, place, problems)
                }
                (found, _) => {
                    let shown = Value::new(found.clone(), place.clone()).shown();
                    problems.push(
                        Problem::error(
                            "not-a-number",
                            format!("expected a number in column {}, found {shown}", column.name),
                        )
                        .at(place)
                        .allowed(column.kind.words())
                        .fix(if typing == Typing::Typed {
                            "make the cell a number"
                        } else {
                            "write a number"
                        }),
                    );
                    Scalar::Error(as_text(&found))
                }
            }
        }
        (Kind::Year, Scalar::Text(text))
            if text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit()) =>
        {
            text.parse().map_or(Scalar::Text(text), Scalar::Number)
        }
        (Kind::Date, Scalar::Text(text)) => {
            date_from_text(&text).map_or(Scalar::Text(text), Scalar::Date)
        }
        (_, found @ Scalar::Bool(_)) => Scalar::Text(as_text(&found)),
        (kind, found) if holds_text(kind) => Scalar::Text(as_text(&found)),
        (_, found) => found,
    }
}

/// Whether text has to carry an apostrophe to be read back as this text from a carrier that has only text, and to be no
/// formula in a spreadsheet that opens it.
pub fn needs_apostrophe(text: &str, kind: Kind, notation: Notation) -> bool {
    let text = text.trim_start_matches('\'');
    text.starts_with(['=', '+', '-', '@'])
        || kind == Kind::Any && !matches!(any_from_text(text.to_owned(), notation), Scalar::Text(_))
}

/// Text as every carrier can hold it: trimmed, line ends as one newline, other control characters as a space.
pub fn tidy(text: &str) -> String {
    let lines = text.replace("\r\n", "\n");
    let clean: String = lines
        .chars()
        .map(|c| match c {
            '\n' | '\t' => c,
            '\r' => '\n',
            '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
            c if c.is_control() => ' ',
            c => c,
        })
        .collect();
    clean.trim().to_owned()
}

/// A date written as yyyy-mm-dd and nothing else.
pub fn date_from_text(text: &str) -> Option<Date> {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts[..] else {
        return None;
    };
    let digits =
        |part: &str, count: usize| part.len() == count && part.bytes().all(|b| b.is_ascii_digit());
    if !(digits(year, 4) && digits(month, 2) && digits(day, 2)) {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// Text of a column that can hold anything: a number, else a date, else text. A code such as 007 stays text.
fn any_from_text(text: String, notation: Notation) -> Scalar {
    let amount = text
        .strip_prefix('€')
        .map_or(text.as_str(), str::trim_start);
    let code = amount.len() > 1 && amount.starts_with('0') && amount.as_bytes()[1].is_ascii_digit();
    if !code
        && !amount.contains(char::is_whitespace)
        && let Ok(number) = parse_number(amount, notation)
    {
        return Scalar::Number(number);
    }
    date_from_text(&text).map_or(Scalar::Text(text), Scalar::Date)
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
        for text in [
            "1.234",
            "1234.56",
            "1,234,567.89",
            "12a",
            "",
            "-",
            "1.2345,6",
            ".5",
        ] {
            assert!(parse_number(text, Notation::Dutch).is_err(), "{text}");
        }
    }

    #[test]
    fn values_are_settled_by_their_column() {
        let place = Place::file("x.csv");
        let column = |kind| Column {
            name: "k",
            kind,
            required: false,
            meaning: "",
        };
        let settle = |scalar: Scalar, kind, typing| {
            let mut problems = Vec::new();
            let settled = settle(scalar, &column(kind), typing, &place, &mut problems);
            (settled, problems.first().map(|p| p.code))
        };
        let text = |t: &str| Scalar::Text(t.into());
        let bare = Typing::Bare(Notation::Dutch);
        assert_eq!(
            settle(Scalar::Number(dec!(3.20)), Kind::Key, Typing::Typed).0,
            text("3.2")
        );
        assert_eq!(
            settle(
                Scalar::Bool(true),
                Kind::Choice(&["ja", "nee"]),
                Typing::Typed
            )
            .0,
            text("ja")
        );
        assert_eq!(
            settle(text("5"), Kind::Amount, Typing::Typed),
            (Scalar::Error("5".into()), Some("not-a-number"))
        );
        assert_eq!(
            settle(text("#REF!"), Kind::Text, Typing::Typed),
            (Scalar::Error("#REF!".into()), Some("spreadsheet-error"))
        );
        assert_eq!(
            settle(
                text("€ 85.000"),
                Kind::Amount,
                Typing::Quoted(Notation::Plain)
            )
            .1,
            Some("not-a-number")
        );
        assert_eq!(
            settle(text("85.00"), Kind::Amount, Typing::Quoted(Notation::Plain)).0,
            Scalar::Number(dec!(85))
        );
        assert_eq!(
            settle(
                Scalar::Number(dec!(85.000)),
                Kind::Amount,
                Typing::Quoted(Notation::Plain)
            )
            .1,
            Some("thousands-point")
        );
        assert_eq!(
            settle(text("5,5"), Kind::Any, bare).0,
            Scalar::Number(dec!(5.5))
        );
        assert_eq!(settle(text("'5,5"), Kind::Any, bare).0, text("5,5"));
        assert_eq!(settle(text("007"), Kind::Any, bare).0, text("007"));
        assert_eq!(settle(text("'=1+1"), Kind::Text, bare).0, text("=1+1"));
        assert_eq!(
            settle(text("'s-Gravenhage"), Kind::Text, bare).0,
            text("'s-Gravenhage")
        );
        assert_eq!(
            settle(text("2030"), Kind::Year, bare).0,
            Scalar::Number(dec!(2030))
        );
        assert_eq!(
            settle(text("2026-02-30"), Kind::Date, bare).0,
            text("2026-02-30")
        );
    }

    #[test]
    fn headings_are_folded() {
        assert_eq!(fold("Grond prijs_per-eenheid "), "grondprijspereenheid");
        assert_eq!(fold("Reëel"), "reeel");
    }
}

//! Tables from toml text, every value with its line and column, every number exact.
//!
//! Rows are `[[kosten]]`; `[gebied]` takes its settings as keys. Opens no files: the manifest's sources are handed back.

use super::{Bron, Lines, MAX_COLUMNS, Read, Skipped, add_row, find_table, too_many_columns};
use crate::model::schema::TableSchema;
use crate::model::table::{
    Binding, Notation, Scalar, Typing, clip, date_from_text, fold, parse_number,
};
use crate::problem::{Place, Problem, nearest};
use ::toml::Spanned;
use ::toml::de::{DeTable, DeValue};
use rust_decimal::Decimal;
use std::collections::HashMap;
use std::sync::Arc;

/// A key or heading, its value and where it stands.
pub(super) type Field<'a> = (&'a str, usize, &'a Spanned<DeValue<'a>>);

/// Reads the tables of a toml file. Only a manifest (where `bronnen` is given) may name further sources.
pub(super) fn read(
    bytes: &[u8],
    file: &Arc<str>,
    bronnen: Option<&mut Vec<Bron>>,
    read: &mut Read,
) {
    let Some(Parsed { lines, root }) = parse(bytes, file, read) else {
        return;
    };
    let mut reader = Reader { lines, file, read };
    let mut named = Vec::new();
    let manifest = bronnen.is_some();
    for (key, at, value) in fields(root.get_ref()) {
        if reader.read.is_full() {
            break;
        }
        if fold(key) == "bron" {
            if manifest {
                reader.sources(at, value, &mut named);
            } else {
                let place = reader.place(at);
                let problem = Problem::error(
                    "bron-outside-manifest",
                    "only model.toml names further sources",
                )
                .at(&place);
                reader
                    .read
                    .problems
                    .push(problem.fix("move [[bron]] to model.toml"));
            }
            continue;
        }
        let place = reader.place(at);
        if let Some(schema) = find_table(key, &place, &mut reader.read.problems) {
            reader.table(schema, at, value);
        }
    }
    if let Some(bronnen) = bronnen {
        bronnen.extend(named);
    }
}

/// A toml text that holds no errors of syntax.
pub(super) struct Parsed<'a> {
    pub(super) lines: Lines<'a>,
    pub(super) root: Spanned<DeTable<'a>>,
}

/// Parses toml text; what is not text or not toml is a problem.
pub(super) fn parse<'a>(bytes: &'a [u8], file: &Arc<str>, read: &mut Read) -> Option<Parsed<'a>> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(e) => {
            let valid = String::from_utf8_lossy(&bytes[..e.valid_up_to()]);
            read.problems.push(
                Problem::error("not-utf8", "the file is not UTF-8 from here on")
                    .at(&Lines::new(&valid).place(file, valid.len()))
                    .fix("save it as UTF-8"),
            );
            return None;
        }
    };
    let lines = Lines::new(text);
    let (root, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        read.problems.extend(syntax_problems(&errors, &lines, file));
        read.skipped.push(Skipped {
            place: Place::file(file),
            what: "the file's tables".into(),
            why: "its toml must be mended first".into(),
        });
        return None;
    }
    Some(Parsed { lines, root })
}

/// The fields of a table in the order of the text.
pub(super) fn fields<'a>(table: &'a DeTable<'a>) -> Vec<Field<'a>> {
    let mut fields: Vec<Field<'a>> = table
        .iter()
        .map(|(k, v)| (k.get_ref().as_ref(), k.span().start, v))
        .collect();
    fields.sort_by_key(|f| f.1);
    fields
}

/// Reads parts of a toml text, problems collected in `read`.
pub(super) struct Reader<'a, 'r> {
    pub(super) lines: Lines<'a>,
    pub(super) file: &'a Arc<str>,
    pub(super) read: &'r mut Read,
}

impl Reader<'_, '_> {
    pub(super) fn place(&self, byte: usize) -> Place {
        self.lines.place(self.file, byte)
    }

    /// The tables of an array of tables, or the one table; anything else is a problem.
    pub(super) fn rows<'v>(
        &mut self,
        name: &str,
        at: usize,
        value: &'v Spanned<DeValue<'v>>,
    ) -> Vec<(Place, &'v DeTable<'v>)> {
        let mut rows = Vec::new();
        let items: Vec<&Spanned<DeValue<'_>>> = match value.get_ref() {
            DeValue::Array(items) => items.iter().collect(),
            _ => vec![value],
        };
        for item in items {
            if self.read.is_full() {
                break;
            }
            if let DeValue::Table(table) = item.get_ref() {
                let first = table.iter().map(|(k, _)| k.span().start).min();
                rows.push((self.place(first.unwrap_or(item.span().start)), table));
            } else {
                let found = item.get_ref().type_str();
                let place = self.place(if item.span().is_empty() {
                    at
                } else {
                    item.span().start
                });
                self.read.problems.push(
                    Problem::error(
                        "not-a-table",
                        format!("\"{name}\" must hold rows, found a toml {found}"),
                    )
                    .at(&place)
                    .fix(format!("write each row below a line [[{name}]]")),
                );
            }
        }
        rows
    }

    fn table(&mut self, schema: &'static TableSchema, at: usize, value: &Spanned<DeValue<'_>>) {
        if let (DeValue::Table(table), "gebied") = (value.get_ref(), schema.name)
            && !table.keys().any(|k| fold(k.get_ref()) == "instelling")
        {
            self.settings(schema, table);
            return;
        }
        let rows = self.rows(schema.name, at, value);
        let all = rows.iter().flat_map(|r| fields(r.1));
        let Some((binding, columns)) = self.bind(schema, all) else {
            return;
        };
        for (place, table) in rows {
            let found = self.values(fields(table), &columns);
            if !add_row(
                self.read,
                schema,
                &binding,
                &place,
                found,
                Typing::Quoted(Notation::Plain),
            ) {
                return;
            }
        }
    }

    /// `[gebied]` with its settings as keys: `rente = 0.02`, or `rente = { waarde = 0.02, bron = "..." }`.
    fn settings(&mut self, schema: &'static TableSchema, table: &DeTable<'_>) {
        for (key, at, value) in fields(table) {
            let place = self.place(at);
            let mut headings = vec![("instelling".to_owned(), place.clone())];
            let mut found = vec![(0, Scalar::Text(key.to_owned()), place.clone())];
            let inner = if let DeValue::Table(inner) = value.get_ref() {
                fields(inner)
            } else {
                vec![("waarde", at, value)]
            };
            if inner.len() > MAX_COLUMNS {
                self.read.problems.push(too_many_columns(schema, &place));
                return;
            }
            for (heading, at, value) in inner {
                let spot = self.place(value.span().start);
                found.push((headings.len(), self.scalar(value), spot));
                headings.push((heading.to_owned(), self.place(at)));
            }
            let binding = Binding::new(schema, &headings, &mut self.read.problems);
            if !add_row(
                self.read,
                schema,
                &binding,
                &place,
                found,
                Typing::Quoted(Notation::Plain),
            ) {
                return;
            }
        }
    }

    /// Binds every heading that occurs in the rows once, and says which carrier column a folded heading has. Too many
    /// headings are a problem, and nothing is bound.
    fn bind<'v>(
        &mut self,
        schema: &'static TableSchema,
        all: impl Iterator<Item = Field<'v>>,
    ) -> Option<(Binding, HashMap<String, usize>)> {
        let mut columns = HashMap::new();
        let mut headings = Vec::new();
        for (heading, at, _) in all {
            if columns.len() > MAX_COLUMNS {
                self.read
                    .problems
                    .push(too_many_columns(schema, &self.place(at)));
                return None;
            }
            columns.entry(fold(heading)).or_insert_with(|| {
                headings.push((heading.to_owned(), self.lines.place(self.file, at)));
                headings.len() - 1
            });
        }
        Some((
            Binding::new(schema, &headings, &mut self.read.problems),
            columns,
        ))
    }

    fn values(
        &mut self,
        fields: Vec<Field<'_>>,
        columns: &HashMap<String, usize>,
    ) -> Vec<(usize, Scalar, Place)> {
        let mut found: Vec<(usize, Scalar, Place)> = Vec::with_capacity(fields.len());
        for (heading, at, value) in fields {
            let Some(column) = columns.get(&fold(heading)) else {
                continue;
            };
            let place = self.place(value.span().start);
            if let Some(first) = found.iter().find(|f| f.0 == *column) {
                let problem = Problem::error(
                    "double-column",
                    format!("column \"{}\" stands twice in this row", clip(heading)),
                );
                self.read.problems.push(
                    problem
                        .at(&self.lines.place(self.file, at))
                        .and(&first.2)
                        .fix("remove or rename one of the two"),
                );
                continue;
            }
            found.push((*column, self.scalar(value), place));
        }
        found
    }

    /// A toml value as a scalar; what no column can hold is a problem.
    pub(super) fn scalar(&mut self, value: &Spanned<DeValue<'_>>) -> Scalar {
        let (what, fix) = match value.get_ref() {
            DeValue::String(text) => return Scalar::Text(text.to_string()),
            DeValue::Boolean(yes) => return Scalar::Bool(*yes),
            DeValue::Integer(number) if number.radix() == 10 => match decimal(number.as_str()) {
                Ok(number) => return Scalar::Number(number),
                Err(reason) => (format!("number {}", clip(number.as_str())), reason),
            },
            DeValue::Integer(number) => {
                (format!("number {number}"), "write it with decimal digits")
            }
            DeValue::Float(number) => match decimal(number.as_str()) {
                Ok(number) => return Scalar::Number(number),
                Err(reason) => (format!("number {}", clip(number.as_str())), reason),
            },
            DeValue::Datetime(moment) => {
                let date = moment
                    .date
                    .filter(|_| moment.time.is_none() && moment.offset.is_none());
                let date = date.and_then(|d| date_from_text(&d.to_string()));
                if let Some(date) = date {
                    return Scalar::Date(date);
                }
                (format!("moment {moment}"), "write a date only: 2026-01-01")
            }
            DeValue::Array(_) => (
                "an array".into(),
                "write one value; names in one text with ; between them",
            ),
            DeValue::Table(_) => ("a table".into(), "write one value"),
        };
        let place = self.place(value.span().start);
        self.read.problems.push(
            Problem::error("not-a-value", format!("{what} cannot be used here"))
                .at(&place)
                .fix(fix),
        );
        Scalar::Error(String::new())
    }

    /// The fields of a table that may hold these keys only, in the order of the keys. Other keys are problems, and so is a key
    /// that stands twice.
    pub(super) fn known<'v, const N: usize>(
        &mut self,
        what: &str,
        table: &'v DeTable<'v>,
        keys: [&str; N],
    ) -> [Option<Field<'v>>; N] {
        let mut found = [None; N];
        for (key, at, value) in fields(table) {
            if self.read.is_full() {
                break;
            }
            let folded = fold(key);
            let place = self.place(at);
            let Some(k) = keys.iter().position(|k| *k == folded) else {
                let problem = Problem::error(
                    "unknown-key",
                    format!("unknown key \"{}\" in {what}", clip(key)),
                );
                let problem = match nearest(key, keys) {
                    Some(near) => problem.fix(format!("did you mean \"{near}\"?")),
                    None => problem,
                };
                self.read
                    .problems
                    .push(problem.at(&place).allowed(keys.join(", ")));
                continue;
            };
            if let Some((_, first, _)) = found[k] {
                let problem = Problem::error(
                    "duplicate-key",
                    format!("key \"{}\" stands twice in {what}", keys[k]),
                );
                self.read.problems.push(
                    problem
                        .at(&place)
                        .and(&self.place(first))
                        .fix("remove one of the two"),
                );
                continue;
            }
            found[k] = Some((key, at, value));
        }
        found
    }

    /// The sources that a manifest names.
    fn sources(&mut self, at: usize, value: &Spanned<DeValue<'_>>, bronnen: &mut Vec<Bron>) {
        const KEYS: [&str; 2] = ["bestand", "mapping"];
        for (row_place, table) in self.rows("bron", at, value) {
            let before = self.read.problems.len();
            let given = self.known("bron", table, KEYS);
            let [bestand, mapping] = [0, 1].map(|k| {
                let (_, at, value) = given[k]?;
                let text = value
                    .get_ref()
                    .as_str()
                    .map(|t| (t.to_owned(), self.place(value.span().start)));
                if text.is_none() {
                    self.read.problems.push(
                        Problem::error(
                            "not-a-path",
                            format!("\"{}\" must be the name of a file, in quotes", KEYS[k]),
                        )
                        .at(&self.place(at))
                        .allowed("bestand = \"...\", mapping = \"...\"")
                        .fix(format!("write {} = \"...\"", KEYS[k])),
                    );
                }
                text
            });
            if self.read.is_full() {
                return;
            }
            match bestand {
                Some((bestand, place)) => bronnen.push(Bron {
                    bestand,
                    mapping,
                    place,
                }),
                // A misspelt or misfilled key is told once: then bestand is not missing too.
                None if self.read.problems[before..].iter().any(|p| {
                    p.message.contains("bestand")
                        || p.fix.as_ref().is_some_and(|f| f.contains("bestand"))
                }) => {}
                None => self.read.problems.push(
                    Problem::error("no-bestand", "a bron needs bestand, the file that it reads")
                        .at(&row_place)
                        .fix("write bestand = \"tabellen.xlsx\""),
                ),
            }
        }
    }
}

/// The exact number of a toml integer or float.
fn decimal(raw: &str) -> Result<Decimal, &'static str> {
    const LIMIT: &str = "write a number of at most 28 digits";
    let raw = raw.replace('_', "");
    let raw = raw.strip_prefix('+').unwrap_or(&raw);
    let (mantissa, exponent) = match raw.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().map_err(|_| LIMIT)?),
        None => (raw, 0),
    };
    // 85.000 keeps its zeros, so that a point meant for thousands can be doubted where it is used.
    let thousands = mantissa.split_once('.').is_some_and(|(whole, rest)| {
        rest == "000" && (1..=3).contains(&whole.trim_start_matches('-').len())
    });
    let mantissa = if thousands {
        mantissa
    } else if mantissa.contains('.') {
        mantissa.trim_end_matches('0').trim_end_matches('.')
    } else {
        mantissa
    };
    let mut number = Decimal::from_str_exact(mantissa).map_err(|_| LIMIT)?;
    if exponent.unsigned_abs() > 28 {
        return if number.is_zero() {
            Ok(number)
        } else {
            Err(LIMIT)
        };
    }
    if exponent < 0 {
        let scale = number.scale() + exponent.unsigned_abs();
        return number.set_scale(scale).map(|()| number).map_err(|_| LIMIT);
    }
    for _ in 0..exponent {
        number = if number.scale() > 0 {
            number.set_scale(number.scale() - 1).map_err(|_| LIMIT)?;
            number
        } else {
            number.checked_mul(Decimal::TEN).ok_or(LIMIT)?
        };
    }
    Ok(number)
}

/// Syntax errors as problems, the first of each line, with help for numbers that were written the Dutch way.
pub(super) fn syntax_problems(
    errors: &[::toml::de::Error],
    lines: &Lines<'_>,
    file: &Arc<str>,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut last_line = 0;
    let mut errors: Vec<_> = errors
        .iter()
        .take(super::MAX_PROBLEMS)
        .map(|e| (e.span().map_or(0, |s| s.start), e))
        .collect();
    errors.sort_by_key(|e| e.0);
    for (byte, error) in errors {
        let (line, column) = lines.spot(byte);
        if line == last_line {
            continue;
        }
        last_line = line;
        let place = Place::text(file, line, column);
        let message = clip(error.message());
        let duplicate = message.contains("duplicate key");
        let problem = if let Some((found, number)) = dutch_number(lines.line(byte)) {
            Problem::error(
                "toml-number",
                format!("\"{}\" is not a number in toml", clip(&found)),
            )
            .allowed("digits with a point before the decimals, no thousands marks")
            .fix(format!("write {number}; if it is text, put it in quotes"))
        } else if duplicate {
            let key = lines
                .line(byte)
                .split('=')
                .next()
                .unwrap_or_default()
                .trim();
            Problem::error(
                "duplicate-key",
                format!("\"{}\" stands twice in one row or table", clip(key)),
            )
            .fix("remove or rename one of the two")
        } else {
            Problem::error("toml-syntax", format!("not valid toml: {message}")).fix(
                "text goes in double quotes; a row begins with [[table]]; a value is name = value",
            )
        };
        problems.push(problem.at(&place));
    }
    problems
}

/// A value on a line that is a number as the Dutch write it, and the same number for toml.
fn dutch_number(line: &str) -> Option<(String, Decimal)> {
    let value = line.split_once('=')?.1;
    let value = value.split('#').next().unwrap_or(value);
    let value = value
        .trim()
        .trim_start_matches('{')
        .trim_end_matches(['}', ','])
        .trim();
    let dutch = value.contains([',', '%', '€']) || value.matches('.').count() > 1;
    let number = dutch.then(|| parse_number(value, Notation::Dutch).ok())??;
    Some((value.to_owned(), number.normalize()))
}

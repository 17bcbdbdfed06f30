//! Writes tables to the three carriers: toml, csv files, a workbook. What is written reads back as the same tables.
//!
//! Knows no files and calculates nothing: it returns texts and bytes.

use crate::model::schema::{Column, Kind, TableSchema};
use crate::model::table::{
    Notation, Row, Scalar, Table, Tables, Value, as_text, clip, column_in_row, fold, holds_text,
    needs_apostrophe, tidy,
};
use crate::problem::{Place, Problem};
use jiff::civil::Date;
use rust_decimal::Decimal;
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet,
    XlsxError,
};
use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::sync::Arc;

/// The tables as one toml text. Empty tables and values are left out.
pub fn to_toml(tables: &Tables) -> String {
    let mut text = String::new();
    for table in filled(tables) {
        if settings_as_keys(table) {
            let _ = writeln!(text, "[{}]", table.schema.name);
            for row in &table.rows {
                let cells: Vec<(Column, Scalar)> = cells(table.schema, row)
                    .skip(1)
                    .filter(|c| c.1 != Scalar::Empty)
                    .collect();
                let key = toml_key(&as_text(&row.values[0].scalar));
                let value = match &cells[..] {
                    [(column, scalar)] if column.name == "waarde" => toml_value(scalar),
                    cells => {
                        let fields: Vec<String> = cells
                            .iter()
                            .map(|(c, s)| format!("{} = {}", c.name, toml_value(s)))
                            .collect();
                        format!("{{ {} }}", fields.join(", "))
                    }
                };
                let _ = writeln!(text, "{key} = {value}");
            }
            text.push('\n');
            continue;
        }
        for row in &table.rows {
            let _ = writeln!(text, "[[{}]]", table.schema.name);
            for (column, scalar) in cells(table.schema, row).filter(|c| c.1 != Scalar::Empty) {
                let _ = writeln!(text, "{} = {}", column.name, toml_value(&scalar));
            }
            text.push('\n');
        }
    }
    text.truncate(text.trim_end().len());
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

/// A csv file per table that has rows: its name and bytes.
///
/// With `nl` as Excel in Dutch opens it: semicolons, a decimal comma, a byte order mark and CRLF; else commas and a
/// decimal point. Dates are yyyy-mm-dd. Text that a spreadsheet would take for a formula gets an apostrophe in front,
/// which is removed on reading.
pub fn to_csv(tables: &Tables, nl: bool) -> Vec<(String, Vec<u8>)> {
    let notation = if nl { Notation::Dutch } else { Notation::Plain };
    filled(tables)
        .map(|table| {
            let bytes = if nl {
                b"\xef\xbb\xbf".to_vec()
            } else {
                Vec::new()
            };
            let mut writer = csv::WriterBuilder::new()
                .delimiter(if nl { b';' } else { b',' })
                .terminator(if nl {
                    csv::Terminator::CRLF
                } else {
                    csv::Terminator::Any(b'\n')
                })
                .from_writer(bytes);
            // Writing to memory does not fail, and every record has the width of the schema.
            let _ = writer.write_record(table.schema.columns.iter().map(|c| c.name));
            for row in &table.rows {
                let _ = writer.write_record(
                    cells(table.schema, row)
                        .map(|(column, scalar)| csv_field(&scalar, column.kind, notation)),
                );
            }
            (
                format!("{}.csv", table.schema.name),
                writer.into_inner().unwrap_or_default(),
            )
        })
        .collect()
}

/// A workbook (xlsx) with a sheet per table that has rows. The same tables give the same bytes.
///
/// A workbook keeps about 15 digits of a number: where more would be lost, a warning `digits-lost` says so. Fails with the
/// reason when a table does not fit in a sheet (rows, or a text above 32,767 characters).
pub fn to_workbook(tables: &Tables) -> Result<(Vec<u8>, Vec<Problem>), String> {
    let mut warnings = Vec::new();
    let mut book = Workbook::new();
    let created = ExcelDateTime::from_ymd(2026, 1, 1).map_err(|e| e.to_string())?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&created));
    for table in filled(tables) {
        write_sheet(
            book.add_worksheet(),
            table,
            table.schema.name,
            None,
            &mut warnings,
        )
        .map_err(|e| format!("table {}: {e}", table.schema.name))?;
    }
    let bytes = book.save_to_buffer().map_err(|e| e.to_string())?;
    Ok((bytes, warnings))
}

/// The tables as they stand in the workbook that [`to_workbook`] makes: values as a cell holds them, each with its cell as its
/// place. A model of these names the cells of that workbook. `sheet` names the sheet of a table.
pub fn placed(tables: &Tables, file: &str, sheet: impl Fn(&TableSchema) -> String) -> Tables {
    let file: Arc<str> = Arc::from(file);
    let mut out = Tables::default();
    for (into, table) in out.tables.iter_mut().zip(&tables.tables) {
        let sheet: Arc<str> = Arc::from(sheet(table.schema));
        for (index, row) in table.rows.iter().enumerate() {
            let at = |column: usize| Place::cell(&file, &sheet, index as u32 + 1, column as u32);
            let values: Vec<Value> = cells(table.schema, row)
                .enumerate()
                .map(|(column, (_, scalar))| Value::new(scalar, at(column)))
                .collect();
            let first = values.iter().position(|v| !v.is_empty()).unwrap_or(0);
            into.rows.push(Row {
                place: at(first),
                values,
            });
        }
    }
    out
}

pub(super) fn filled(tables: &Tables) -> impl Iterator<Item = &Table> {
    tables.tables.iter().filter(|t| !t.rows.is_empty())
}

/// The cells of a row, each with its column as this row uses it, and its scalar as every carrier can hold it.
fn cells<'a>(schema: &'a TableSchema, row: &'a Row) -> impl Iterator<Item = (Column, Scalar)> + 'a {
    let instelling = row.values.first().map(|v| &v.scalar);
    schema
        .columns
        .iter()
        .zip(&row.values)
        .map(move |(column, value)| {
            let column = column_in_row(schema, column, instelling);
            let scalar = plain(value, column.kind);
            (column, scalar)
        })
}

fn plain(value: &Value, kind: Kind) -> Scalar {
    match &value.scalar {
        Scalar::Empty => Scalar::Empty,
        Scalar::Number(number) if !holds_text(kind) => Scalar::Number(number.normalize()),
        Scalar::Date(date) if !holds_text(kind) => Scalar::Date(*date),
        other => {
            let text = tidy(&as_text(other));
            if text.is_empty() {
                Scalar::Empty
            } else {
                Scalar::Text(text)
            }
        }
    }
}

/// Whether table gebied can be written with its settings as keys: every setting named, and once.
fn settings_as_keys(table: &Table) -> bool {
    let mut seen = HashSet::new();
    table.schema.name == "gebied"
        && table.rows.iter().all(|row| {
            let name = as_text(&row.values[0].scalar);
            !name.trim().is_empty() && fold(&name) != "instelling" && seen.insert(tidy(&name))
        })
}

fn toml_key(key: &str) -> String {
    let key = tidy(key);
    if key
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
    {
        key
    } else {
        toml_string(&key)
    }
}

fn toml_value(scalar: &Scalar) -> String {
    match scalar {
        Scalar::Number(number) => {
            let text = number.to_string();
            // A toml integer has 64 bits; a longer one is written as a float, whose digits are all read.
            let long = text.parse::<i64>().is_err() && !text.contains('.');
            if long { text + ".0" } else { text }
        }
        Scalar::Date(date) => date.to_string(),
        other => toml_string(&as_text(other)),
    }
}

fn toml_string(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            c if c.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

fn csv_field(scalar: &Scalar, kind: Kind, notation: Notation) -> String {
    let text = as_text(scalar);
    match scalar {
        Scalar::Number(_) if notation == Notation::Dutch => text.replace('.', ","),
        Scalar::Text(_) if needs_apostrophe(&text, kind, notation) => format!("'{text}"),
        _ => text,
    }
}

/// Writes a table as a sheet of this name; `fill` colours its cells.
pub(super) fn write_sheet(
    sheet: &mut Worksheet,
    table: &Table,
    name: &str,
    fill: Option<Color>,
    warnings: &mut Vec<Problem>,
) -> Result<Vec<f64>, XlsxError> {
    const WIDEST: usize = 60;
    const MARKS: [&str; 6] = ["@", "General", "#,##0.00", "0.00##%", "0", "yyyy-mm-dd"];
    let formats: HashMap<&str, Format> = MARKS
        .iter()
        .map(|m| {
            let format = Format::new().set_num_format(*m);
            let coloured = fill.map(|c| {
                let edge = Color::RGB(0x00D9_D9D9);
                let format = if *m == "@" {
                    format.clone().set_text_wrap()
                } else {
                    format.clone()
                };
                format
                    .set_align(FormatAlign::Top)
                    .set_background_color(c)
                    .set_border(FormatBorder::Thin)
                    .set_border_color(edge)
            });
            (*m, coloured.unwrap_or(format))
        })
        .collect();
    let bold = Format::new().set_bold();
    sheet.set_name(name)?;
    sheet.set_freeze_panes(1, 0)?;
    let mut widths: Vec<usize> = Vec::new();
    for (index, column) in table.schema.columns.iter().enumerate() {
        if fill.is_none() {
            sheet.set_column_format(index as u16, &formats[mark(column.kind)])?;
        }
        sheet.write_string_with_format(0, index as u16, column.name, &bold)?;
        widths.push(column.name.chars().count());
    }
    for (row_index, row) in table.rows.iter().enumerate() {
        let at = row_index as u32 + 1;
        let mut lines = 1;
        for (index, (column, scalar)) in cells(table.schema, row).enumerate() {
            let column_index = index as u16;
            let format = &formats[mark(column.kind)];
            let date = if let Scalar::Date(date) = &scalar {
                excel_date(*date)
            } else {
                None
            };
            match (&scalar, date) {
                (Scalar::Empty, _) => {
                    if fill.is_some() {
                        sheet.write_blank(at, column_index, format)?;
                    }
                    continue;
                }
                (Scalar::Number(number), _) => {
                    let float: f64 = number.to_string().parse().unwrap_or(f64::NAN);
                    if shortest(float) != Some(*number) {
                        let shown = Value::new(scalar.clone(), row.place.clone()).shown();
                        warnings.push(
                            Problem::warning(
                                "digits-lost",
                                format!("{shown} has more digits than a workbook keeps"),
                            )
                            .at(&row.values[index].place)
                            .allowed("about 15 digits")
                            .fix("keep this table in csv or toml"),
                        );
                    }
                    sheet.write_number_with_format(at, column_index, float, format)?;
                }
                (_, Some(date)) => {
                    sheet.write_datetime_with_format(
                        at,
                        column_index,
                        &date,
                        &formats["yyyy-mm-dd"],
                    )?;
                }
                (other, None) => {
                    let text = as_text(other);
                    if text.chars().count() > 32_767 {
                        return Err(XlsxError::ParameterError(format!(
                            "row {at}, column {}: text of more than 32,767 characters does not fit in a cell: {}",
                            column.name,
                            clip(&text)
                        )));
                    }
                    sheet.write_string_with_format(at, column_index, &text, &formats["@"])?;
                }
            }
            let width = shown_width(&scalar, column.kind);
            widths[index] = widths[index].max(width);
            lines = lines.max(width.div_ceil(WIDEST - 6));
        }
        if fill.is_some() && lines > 1 {
            sheet.set_row_height(at, 15.0 * lines.min(20) as f64)?;
        }
    }
    let widths: Vec<f64> = widths
        .iter()
        .map(|width| (*width).clamp(6, WIDEST) as f64 + 2.0)
        .collect();
    for (index, width) in widths.iter().enumerate() {
        sheet.set_column_width(index as u16, *width)?;
    }
    Ok(widths)
}

/// Characters that a cell takes in its number format.
fn shown_width(scalar: &Scalar, kind: Kind) -> usize {
    let text = as_text(scalar);
    match scalar {
        // Marks between thousands and two decimals.
        Scalar::Number(_) if kind == Kind::Amount => {
            let whole = text.split(['.', ',']).next().unwrap_or("");
            let digits = whole.trim_start_matches('-').len();
            (whole.len() + digits.saturating_sub(1) / 3 + 3).max(text.len())
        }
        // A share is shown as a percentage.
        Scalar::Number(_) if kind == Kind::Rate => text.len() + 2,
        _ => text.chars().count(),
    }
}

/// The number format of a kind.
fn mark(kind: Kind) -> &'static str {
    match kind {
        Kind::Amount => "#,##0.00",
        Kind::Rate => "0.00##%",
        Kind::Whole | Kind::Year => "0",
        Kind::Date => "yyyy-mm-dd",
        Kind::Number | Kind::Any => "General",
        _ => "@",
    }
}

/// A date as a cell holds it. Before March 1900 spreadsheets disagree on the number of a day: such a date is written as text.
fn excel_date(date: Date) -> Option<ExcelDateTime> {
    if date < jiff::civil::date(1900, 3, 1) {
        return None;
    }
    ExcelDateTime::from_ymd(
        u16::try_from(date.year()).ok()?,
        date.month() as u8,
        date.day() as u8,
    )
    .ok()
}

/// The shortest decimal that is this float, which is what a reader makes of it.
pub(super) fn shortest(float: f64) -> Option<Decimal> {
    Decimal::from_str_exact(&float.to_string()).ok()
}

//! A csv file as a workbook of one sheet, called after the file. The delimiter says how numbers are written.

use super::{
    Bestandssoort, Blad, Cel, MAX_CELLS, MAX_COLUMN, MAX_ROW, MAX_TEXT, Opmaak, Refusal, Werkmap,
};
use crate::model::table::{Notation, SPREADSHEET_ERRORS, Scalar, parse_number};
use crate::problem::{Place, Problem};
use std::path::Path;
use std::sync::Arc;

/// Whether a file is taken as csv: by its name, unless its content is that of a workbook.
pub(super) fn is_csv(bytes: &[u8], name: &str) -> bool {
    let named = Path::new(name)
        .extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("csv"));
    named && !bytes.starts_with(b"PK") && !bytes.contains(&0)
}

pub(super) fn read(bytes: &[u8], name: &str, problems: &mut Vec<Problem>) -> Option<Werkmap> {
    let whole = Place::file(name);
    let text = crate::read::csv::decode(bytes, &whole, problems);
    let (delimiter, notation) = crate::read::csv::delimiter(&text);
    let mut reader = ::csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let stem = Path::new(name)
        .file_stem()
        .map_or_else(|| "csv".into(), |s| s.to_string_lossy().into_owned());
    let mut sheet = Blad::new(&stem, true);
    let mut row = 0u32;
    let mut cells = 0u64;
    let mut counted = 0;
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(e) => {
                problems.push(
                    Problem::error("bad-csv", format!("the file cannot be read as csv: {e}"))
                        .at(&whole)
                        .fix("save it again as CSV UTF-8"),
                );
                return None;
            }
        };
        // Blank lines are rows of a sheet too, and the reader passes over them.
        let start = record.position().map_or(counted, |p| p.byte() as usize);
        let start = start.clamp(counted, text.len());
        let blank = text.as_bytes()[start..]
            .iter()
            .take_while(|b| matches!(b, b'\r' | b'\n'))
            .count();
        let begin = start + blank;
        let lines = text.as_bytes()[counted..begin]
            .iter()
            .filter(|b| **b == b'\n')
            .count();
        row = row.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
        counted = begin;
        if row >= MAX_ROW {
            problems.push(
                Refusal::TooLarge(format!("it has more than {MAX_ROW} rows")).problem(&whole),
            );
            return None;
        }
        for (column, field) in record.iter().enumerate().take(MAX_COLUMN as usize) {
            let field = field.trim();
            if field.is_empty() {
                continue;
            }
            cells += 1;
            if cells > MAX_CELLS {
                problems.push(
                    Refusal::TooLarge(format!("it has more than {MAX_CELLS} filled fields"))
                        .problem(&whole),
                );
                return None;
            }
            let cell = Cel {
                waarde: scalar(field, notation),
                formule: None,
                opmaak: Opmaak::default(),
            };
            sheet.cellen.insert((row, column as u32), cell);
        }
    }
    Some(Werkmap {
        bestand: Arc::from(name),
        soort: Bestandssoort::Csv,
        bladen: vec![sheet],
        namen: Vec::new(),
        tabellen: Vec::new(),
        koppelingen: Vec::new(),
    })
}

/// What a field holds. What could be two numbers stays text, so that nothing is read wrong by a factor of a thousand.
fn scalar(field: &str, notation: Notation) -> Scalar {
    if SPREADSHEET_ERRORS.contains(&field) {
        return Scalar::Error(field.to_owned());
    }
    if let Some(date) = crate::read::periode::datum(field) {
        return Scalar::Date(date);
    }
    match parse_number(field, notation) {
        Ok(number) => Scalar::Number(number),
        Err(_) => Scalar::Text(field.chars().take(MAX_TEXT).collect()),
    }
}

//! csv as a workbook of one sheet. Semicolons mean Dutch numbers, commas and tabs plain ones.

use super::{Bestandssoort, Blad, Gathered, Refusal, Werkmap};
use crate::model::table::{Notation, Scalar, parse_number};
use calamine::DataRef;
use jiff::civil::Date;
use std::path::Path;
use std::sync::Arc;

pub(super) fn read(bytes: &[u8], gathered: &mut Gathered) -> Result<Werkmap, Refusal> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.contains(&0) {
        return Err(Refusal::NotAWorkbook(
            "a csv file holds text, and this does not".into(),
        ));
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => {
            encoding_rs::WINDOWS_1252
                .decode_without_bom_handling(bytes)
                .0
        }
    };
    let (delimiter, notation) = delimiter(&text);
    let file = Arc::clone(&gathered.file);
    let name = Path::new(&*file)
        .file_stem()
        .map_or_else(|| "csv".into(), |s| s.to_string_lossy());
    let mut sheet = Blad::new(&name, true);
    let mut reader = ::csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut row = 0_u32;
    let mut record = ::csv::StringRecord::new();
    loop {
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(e) => return Err(Refusal::damaged(format!("line {}: {e}", row + 1))),
        }
        // Empty lines count: rows are lines, as a spreadsheet program numbers them.
        if let Some(position) = record.position() {
            row = row.max(
                u32::try_from(position.line())
                    .unwrap_or(u32::MAX)
                    .saturating_sub(1),
            );
        }
        for (column, field) in record.iter().enumerate() {
            let place = (row, u32::try_from(column).unwrap_or(u32::MAX));
            let field = field.trim();
            gathered.take(&mut sheet, place, &DataRef::SharedString(field), None)?;
            let exact = if let Ok(date) = field.parse::<Date>() {
                Scalar::Date(date)
            } else if starts_as_number(field)
                && let Ok(number) = parse_number(field, notation)
            {
                Scalar::Number(number)
            } else {
                continue;
            };
            if let Some(cell) = sheet.cellen.get_mut(&place) {
                cell.waarde = exact;
            }
        }
        row = row.saturating_add(1);
    }
    Ok(Werkmap {
        bestand: file,
        soort: Bestandssoort::Csv,
        bladen: vec![sheet],
        namen: Vec::new(),
        tabellen: Vec::new(),
        koppelingen: Vec::new(),
    })
}

/// Numbers with more in front than a sign are codes; so are those that begin with a nought.
fn starts_as_number(text: &str) -> bool {
    let digits = text.trim_start_matches(['-', '+', '(', '€', ' ']);
    let padded = digits.len() > 1
        && digits.starts_with('0')
        && digits[1..].starts_with(|c: char| c.is_ascii_digit());
    digits.starts_with(|c: char| c.is_ascii_digit()) && !padded
}

fn delimiter(text: &str) -> (u8, Notation) {
    let (mut semicolons, mut commas, mut tabs) = (0_usize, 0_usize, 0_usize);
    let mut quoted = false;
    for c in text.lines().take(20).flat_map(str::chars) {
        match c {
            '"' => quoted = !quoted,
            ';' if !quoted => semicolons += 1,
            ',' if !quoted => commas += 1,
            '\t' if !quoted => tabs += 1,
            _ => {}
        }
    }
    // Decimal commas are commas too: a file with semicolons is divided by them.
    if semicolons > 0 {
        (b';', Notation::Dutch)
    } else if tabs > 0 {
        (b'\t', Notation::Dutch)
    } else if commas > 0 {
        (b',', Notation::Plain)
    } else {
        (b';', Notation::Dutch)
    }
}

//! csv as a workbook of one sheet. Semicolons mean Dutch numbers, commas and tabs plain ones.

use super::{
    Bestandssoort, Blad, Gathered, MAX_CELLS, MAX_COLUMN, Refusal, Rekenwijze, UTF_16, Werkmap,
};
use crate::model::table::{Notation, Scalar, parse_number};
use calamine::DataRef;
use jiff::civil::Date;
use std::path::Path;
use std::sync::Arc;

pub(super) fn read(bytes: &[u8], gathered: &mut Gathered) -> Result<Werkmap, Refusal> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(Refusal::DamagedText(
            UTF_16.into(),
            "open it in the spreadsheet program and save it as \"CSV UTF-8\" or .xlsx",
        ));
    }
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
    // Before a cell is made: a file of a few bytes per cell would take many times its size first.
    let (filled, open) = survey(text.as_bytes(), delimiter);
    if let Some(line) = open {
        return Err(Refusal::DamagedText(
            format!("the quotation mark (\") on line {line} is not closed"),
            "close the quotation mark, or write it twice where it belongs to the text",
        ));
    }
    if filled > MAX_CELLS {
        return Err(Refusal::TooLarge(format!(
            "it holds more than {MAX_CELLS} cells"
        )));
    }
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
            Err(e) => {
                let line = u64::from(row) + 1;
                return Err(Refusal::DamagedText(
                    format!("line {line}: {e}"),
                    "mend the line in a text editor, or take the file from a backup",
                ));
            }
        }
        // Empty lines count: rows are lines, as a spreadsheet program numbers them.
        if let Some(position) = record.position() {
            row = row.max(
                u32::try_from(position.line())
                    .unwrap_or(u32::MAX)
                    .saturating_sub(1),
            );
        }
        if record.len() > MAX_COLUMN as usize {
            return Err(Refusal::DamagedText(
                format!(
                    "line {} has {} columns, a sheet at most {MAX_COLUMN}",
                    u64::from(row) + 1,
                    record.len()
                ),
                "divide the line over more lines, or write the file with another delimiter",
            ));
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
        rekenwijze: Rekenwijze::default(),
    })
}

/// How many fields hold something, and on which line a quotation mark stands that is never closed.
fn survey(text: &[u8], delimiter: u8) -> (u64, Option<u64>) {
    let (mut filled, mut line) = (0_u64, 1_u64);
    let (mut at_start, mut something) = (true, false);
    let mut open: Option<u64> = None;
    let mut bytes = text.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        line += u64::from(byte == b'\n');
        if open.is_some() {
            if byte != b'"' {
                something |= !byte.is_ascii_whitespace();
            } else if bytes.peek() == Some(&b'"') {
                bytes.next();
            } else {
                open = None;
            }
        } else if byte == delimiter || matches!(byte, b'\n' | b'\r') {
            filled += u64::from(something);
            (at_start, something) = (true, false);
        } else if byte == b'"' && at_start {
            open = Some(line);
            at_start = false;
        } else {
            at_start = false;
            something |= !byte.is_ascii_whitespace();
        }
    }
    (filled + u64::from(something), open)
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

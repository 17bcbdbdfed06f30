//! Cells of a workbook (xlsx, xlsm, ods), read with bounded memory and time. Knows no table of ours.
//!
//! The kind of file follows from its content, never from its name. Before the spreadsheet reader sees a file, every part
//! of the zip container is inflated once into nothing, so that what is too large stops early. The older .xls and .xlsb are
//! refused: for these the reader takes its memory from counts that the file itself states.

use super::{IoFailure, read_bytes};
use crate::model::table::{SPREADSHEET_ERRORS, Scalar};
use crate::problem::{Place, Problem};
use calamine::{Data, DataRef, ExcelDateTime, Ods, Reader, SheetType, SheetVisible, Xlsx};
use jiff::civil::Date;
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

/// A sheet's cells.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// Its name.
    pub name: Arc<str>,
    /// Whether a user sees it.
    pub visible: bool,
    /// Cells that hold something, by row and column from zero. Cached values; a formula without one is in `formulas_without_value`.
    pub cells: BTreeMap<(u32, u32), Scalar>,
    /// Cells whose formula has no cached value, in order.
    pub formulas_without_value: Vec<(u32, u32)>,
}

/// A workbook's sheets.
#[derive(Debug, Clone)]
pub struct Workbook {
    /// The file's name in places.
    pub file: Arc<str>,
    /// Its sheets, in order.
    pub sheets: Vec<Sheet>,
}

const MIB: u64 = 1024 * 1024;
/// Largest file, in bytes.
pub const MAX_FILE: u64 = 64 * MIB;
/// Most parts in the zip container.
const MAX_PARTS: usize = 10_000;
/// Most bytes of one part, inflated. Sheets are streamed, so a part is never in memory as a whole.
const MAX_PART: u64 = 256 * MIB;
/// Most bytes of a part that the reader keeps in memory: texts, formats, and the content of an ods.
const MAX_KEPT_PART: u64 = 32 * MIB;
/// Most bytes of all parts together, inflated.
const MAX_TOTAL: u64 = 512 * MIB;
/// Most cells that hold something, over all sheets.
const MAX_CELLS: u64 = 2_000_000;
/// Most characters in a cell, as in Excel.
const MAX_TEXT: usize = 32_767;
/// Most bytes of text in all cells; one shared text can stand in a million cells.
const MAX_ALL_TEXT: usize = 128 * 1024 * 1024;
/// Most texts that a workbook may announce: the reader makes room for them before it reads one.
const MAX_ANNOUNCED: u64 = 4_000_000;
/// Most problems that are worth telling about single cells of one workbook.
const MAX_PROBLEMS: usize = 100;
const MAX_ROW: u32 = 1_048_576;
const MAX_COLUMN: u32 = 16_384;
const MAX_SHEETS: usize = 1_000;

/// Why a workbook cannot be read. Kept small; `problem` says it in full.
#[derive(Debug)]
enum Refusal {
    TooLarge(String),
    Damaged(String),
    Encrypted,
    NotAWorkbook(String),
    OldFormat(&'static str),
}

impl Refusal {
    fn damaged(reason: impl std::fmt::Display) -> Self {
        let reason: String = reason
            .to_string()
            .chars()
            .filter(|c| !c.is_control())
            .take(200)
            .collect();
        Refusal::Damaged(reason)
    }

    fn problem(self, place: &Place) -> Problem {
        match self {
            Refusal::TooLarge(what) => Problem::error("workbook-too-large", format!("the workbook is too large to read: {what}"))
                .allowed(format!(
                    "a file up to {} MiB that holds at most {MAX_CELLS} filled cells, {} MiB per part and {} MiB in total when unpacked",
                    MAX_FILE / MIB,
                    MAX_PART / MIB,
                    MAX_TOTAL / MIB
                ))
                .fix("copy the sheets that are needed into a new workbook, or clear stray cells far below and to the right of the data"),
            Refusal::Damaged(reason) => Problem::error("workbook-damaged", format!("the workbook is damaged: {reason}"))
                .fix("open it in the spreadsheet program, save it again as .xlsx, or take it from a backup"),
            Refusal::Encrypted => Problem::error("workbook-encrypted", "the workbook is protected with a password")
                .fix("open it with the password and save a copy without (in Excel: Bestand, Info, Werkmap beveiligen)"),
            Refusal::NotAWorkbook(what) => Problem::error("not-a-workbook", format!("this is not a workbook: {what}"))
                .allowed("a workbook saved as .xlsx, .xlsm or .ods")
                .fix("name a workbook, or open the file in the spreadsheet program and save it as .xlsx"),
            Refusal::OldFormat(what) => Problem::error("workbook-old-format", format!("workbooks of the kind {what} are not read"))
                .allowed("a workbook saved as .xlsx, .xlsm or .ods")
                .fix("open it in the spreadsheet program and save it as .xlsx"),
        }
        .at(place)
    }
}

impl Workbook {
    /// Reads a workbook from a file; `name` is how places call it. What is wrong with its content goes to `problems`, and
    /// nothing is returned when no cell can be trusted.
    pub fn read(
        path: &Path,
        name: &str,
        problems: &mut Vec<Problem>,
    ) -> Result<Option<Workbook>, IoFailure> {
        let Some(bytes) = read_bytes(path, MAX_FILE)? else {
            problems.push(
                Refusal::TooLarge(format!("it has more than {} MiB", MAX_FILE / MIB))
                    .problem(&Place::file(name)),
            );
            return Ok(None);
        };
        Ok(Workbook::from_bytes(&bytes, name, problems))
    }

    /// Reads a workbook from its bytes.
    pub fn from_bytes(bytes: &[u8], name: &str, problems: &mut Vec<Problem>) -> Option<Workbook> {
        let mut gathered = Gathered {
            file: Arc::from(name),
            problems: Vec::new(),
            cells: 0,
            text: 0,
        };
        // The reader is not ours: a panic in it is a damaged file, not the end of the program.
        let sheets = catch_unwind(AssertUnwindSafe(|| read_sheets(bytes, &mut gathered)))
            .unwrap_or_else(|_| {
                Err(Refusal::damaged(
                    "its content breaks the rules of the format",
                ))
            });
        problems.append(&mut gathered.problems);
        match sheets {
            Ok(sheets) => Some(Workbook {
                file: gathered.file,
                sheets,
            }),
            Err(refusal) => {
                problems.push(refusal.problem(&Place::file(name)));
                None
            }
        }
    }

    /// The sheet of a name, exact or else without regard to case and spaces.
    pub fn sheet(&self, name: &str) -> Option<&Sheet> {
        let folded = crate::model::table::fold(name);
        self.sheets.iter().find(|s| &*s.name == name).or_else(|| {
            self.sheets
                .iter()
                .find(|s| crate::model::table::fold(&s.name) == folded)
        })
    }
}

/// What is gathered while the cells go by, with the budgets.
struct Gathered {
    file: Arc<str>,
    problems: Vec<Problem>,
    cells: u64,
    text: usize,
}

fn read_sheets(bytes: &[u8], gathered: &mut Gathered) -> Result<Vec<Sheet>, Refusal> {
    if bytes.is_empty() {
        return Err(Refusal::NotAWorkbook("the file is empty".into()));
    }
    if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
        let encrypted: Vec<u8> = "EncryptedPackage"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let locked = bytes.windows(encrypted.len()).any(|w| w == encrypted);
        return Err(if locked {
            Refusal::Encrypted
        } else {
            Refusal::OldFormat(".xls (Excel 97-2003)")
        });
    }
    if !bytes.starts_with(b"PK") {
        return Err(Refusal::NotAWorkbook(
            "its content is not that of a spreadsheet".into(),
        ));
    }
    match preflight(bytes)? {
        Container::Xlsx => read_xlsx(bytes, gathered),
        Container::Ods => read_ods(bytes, gathered),
    }
}

/// What a zip container holds.
enum Container {
    Xlsx,
    Ods,
}

/// Inflates every part once, within limits, and says what kind of workbook it is.
fn preflight(bytes: &[u8]) -> Result<Container, Refusal> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|e| match e {
        zip::result::ZipError::InvalidArchive(_) => Refusal::damaged(
            "a part of the file is missing, as after a download that stopped halfway",
        ),
        e => Refusal::damaged(e),
    })?;
    if zip.len() > MAX_PARTS {
        return Err(Refusal::TooLarge(format!("it has {} parts", zip.len())));
    }
    let mut total = 0;
    let mut container = None;
    for index in 0..zip.len() {
        let part = zip.by_index(index).map_err(|e| match e {
            zip::result::ZipError::UnsupportedArchive(reason)
                if reason == zip::result::ZipError::PASSWORD_REQUIRED =>
            {
                Refusal::Encrypted
            }
            e => Refusal::damaged(e),
        })?;
        let name = part.name().map_err(Refusal::damaged)?.to_lowercase();
        let kept = is_kept(&name);
        let limit = if kept { MAX_KEPT_PART } else { MAX_PART };
        let mut part = part.take(limit + 1);
        let mut content = Vec::new();
        let size = if kept {
            part.read_to_end(&mut content).map(|n| n as u64)
        } else {
            std::io::copy(&mut part, &mut std::io::sink())
        }
        .map_err(Refusal::damaged)?;
        if size > limit {
            return Err(Refusal::TooLarge(format!(
                "part {} unpacks to more than {} MiB",
                clean(&name),
                limit / MIB
            )));
        }
        total += size;
        if total > MAX_TOTAL {
            return Err(Refusal::TooLarge(format!(
                "it unpacks to more than {} MiB",
                MAX_TOTAL / MIB
            )));
        }
        match name.as_str() {
            "content.xml" => {
                ods_extent(&content)?;
                container.get_or_insert(Container::Ods);
            }
            "meta-inf/manifest.xml" if find(&content, b"encryption-data").is_some() => {
                return Err(Refusal::Encrypted);
            }
            "xl/workbook.bin" => return Err(Refusal::OldFormat(".xlsb")),
            "[content_types].xml" if find(&content, b"spreadsheetml").is_some() => {
                container = Some(Container::Xlsx);
            }
            _ => {}
        }
        if name.ends_with("sharedstrings.xml") && announced(&content) > MAX_ANNOUNCED {
            return Err(Refusal::TooLarge(format!(
                "it announces more than {MAX_ANNOUNCED} texts"
            )));
        }
    }
    container.ok_or_else(|| Refusal::NotAWorkbook("a zip file without a spreadsheet in it".into()))
}

/// Whether the spreadsheet reader keeps what it reads from this part: everything in xml but the sheets themselves.
fn is_kept(name: &str) -> bool {
    let ends = |end: &[&str]| end.iter().any(|end| name.ends_with(end));
    let streamed = name.starts_with("xl/worksheets/") && !ends(&[".rels", "sharedstrings.xml"]);
    ends(&[".xml", ".rels"]) && !streamed
}

fn find(content: &[u8], word: &[u8]) -> Option<usize> {
    content.windows(word.len()).position(|w| w == word)
}

/// The largest number that an attribute `uniqueCount` states.
fn announced(content: &[u8]) -> u64 {
    let word = b"uniqueCount";
    let mut largest = 0;
    let mut rest = content;
    while let Some(at) = find(rest, word) {
        rest = &rest[at + word.len()..];
        let digits = rest
            .iter()
            .skip_while(|b| !b.is_ascii_digit() && **b != b'>')
            .take_while(|b| b.is_ascii_digit());
        largest = largest.max(digits.fold(0u64, |n, b| {
            n.saturating_mul(10).saturating_add(u64::from(b - b'0'))
        }));
    }
    largest
}

/// Refuses an ods whose sheets, with all repetitions written out, would not fit: its reader writes them out.
fn ods_extent(content: &[u8]) -> Result<(), Refusal> {
    let too_large = || Refusal::TooLarge(format!("a sheet spans more than {MAX_CELLS} cells"));
    let (mut sum, mut rows, mut filled_rows, mut width, mut at, mut filled_at, mut repeat) =
        (0u64, 0u64, 0u64, 0u64, 0u64, 0u64, 1u64);
    for tag in Tags(content) {
        let is = |name: &[u8]| {
            tag.strip_prefix(name).is_some_and(|r| {
                r.first()
                    .is_none_or(|b| b.is_ascii_whitespace() || *b == b'/')
            })
        };
        if is(b"table:table") {
            (rows, filled_rows, width) = (0, 0, 0);
        } else if is(b"table:table-row") {
            repeat = attribute(tag, b"table:number-rows-repeated").min(u64::from(MAX_ROW));
            (at, filled_at) = (0, 0);
            if tag.ends_with(b"/") {
                rows = (rows + repeat).min(u64::from(MAX_ROW));
            }
        } else if is(b"table:table-cell") || is(b"table:covered-table-cell") {
            at = (at + attribute(tag, b"table:number-columns-repeated")).min(u64::from(MAX_COLUMN));
            if !tag.ends_with(b"/")
                || find(tag, b"office:").is_some()
                || find(tag, b"formula").is_some()
            {
                filled_at = at;
            }
        } else if is(b"/table:table-row") {
            rows = (rows + repeat).min(u64::from(MAX_ROW));
            // Cells are first written out per row element, then as one rectangle.
            sum += at.min(filled_at);
            if filled_at > 0 {
                filled_rows = rows;
                width = width.max(filled_at);
            }
            if filled_rows * width > MAX_CELLS || sum > MAX_CELLS {
                return Err(too_large());
            }
        } else if is(b"/table:table") {
            sum += filled_rows * width;
            if sum > 2 * MAX_CELLS {
                return Err(too_large());
            }
        }
    }
    Ok(())
}

/// The number in an attribute, 1 when it is not there, and very large when it is no number.
fn attribute(tag: &[u8], name: &[u8]) -> u64 {
    let Some(at) = find(tag, name) else { return 1 };
    let value = tag[at + name.len()..]
        .iter()
        .skip_while(|b| **b != b'"' && **b != b'\'')
        .skip(1);
    let digits: Vec<u8> = value
        .take_while(|b| **b != b'"' && **b != b'\'')
        .copied()
        .collect();
    std::str::from_utf8(&digits)
        .ok()
        .and_then(|t| t.parse().ok())
        .unwrap_or(u64::from(u32::MAX))
}

/// The tags of an xml text, without their angle brackets; comments and literal text are passed over.
struct Tags<'a>(&'a [u8]);

impl<'a> Iterator for Tags<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        loop {
            let start = self.0.iter().position(|b| *b == b'<')? + 1;
            self.0 = &self.0[start..];
            let literal: Option<&[u8]> = if self.0.starts_with(b"!--") {
                Some(b"-->")
            } else {
                self.0.starts_with(b"![CDATA[").then_some(b"]]>")
            };
            if let Some(end) = literal {
                let at = find(self.0, end)?;
                self.0 = &self.0[at + end.len()..];
                continue;
            }
            let mut quote = None;
            let end = self.0.iter().position(|b| {
                match quote {
                    Some(q) if q == *b => quote = None,
                    None if *b == b'"' || *b == b'\'' => quote = Some(*b),
                    _ => {}
                }
                quote.is_none() && *b == b'>'
            })?;
            let tag = &self.0[..end];
            self.0 = &self.0[end + 1..];
            return Some(tag);
        }
    }
}

/// Text without characters that do not belong in a message or a value; line ends become spaces.
fn clean(text: &str) -> String {
    text.trim()
        .chars()
        .map(|c| if matches!(c, '\n' | '\t') { ' ' } else { c })
        .filter(|c| !c.is_control())
        .collect()
}

fn read_xlsx(bytes: &[u8], gathered: &mut Gathered) -> Result<Vec<Sheet>, Refusal> {
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(|e| match e {
        calamine::XlsxError::Password => Refusal::Encrypted,
        e => Refusal::damaged(e),
    })?;
    let mut sheets = Vec::new();
    for (name, visible) in worksheets(book.sheets_metadata())? {
        let mut sheet = Sheet {
            name,
            visible,
            cells: BTreeMap::new(),
            formulas_without_value: Vec::new(),
        };
        let mut cells = book
            .worksheet_cells_reader(&sheet.name)
            .map_err(|e| in_sheet(&sheet, None, e))?;
        let mut last = None;
        while let Some(cell) = cells
            .next_cell_with_formula_metadata()
            .map_err(|e| in_sheet(&sheet, last, e))?
        {
            last = Some(cell.pos);
            if matches!(cell.value, DataRef::Empty) && cell.formula.is_some() {
                gathered.count(1, 0)?;
                sheet.formulas_without_value.push(cell.pos);
            } else {
                gathered.take(&mut sheet, cell.pos, &cell.value)?;
            }
        }
        sheet.formulas_without_value.sort_unstable();
        sheets.push(sheet);
    }
    Ok(sheets)
}

// The extent of the sheets was bounded by `ods_extent`; the reader has no other way in for an ods.
#[expect(clippy::disallowed_methods)]
fn read_ods(bytes: &[u8], gathered: &mut Gathered) -> Result<Vec<Sheet>, Refusal> {
    let mut book = Ods::new(Cursor::new(bytes)).map_err(Refusal::damaged)?;
    let mut sheets = Vec::new();
    for (name, visible) in worksheets(book.sheets_metadata())? {
        let mut sheet = Sheet {
            name,
            visible,
            cells: BTreeMap::new(),
            formulas_without_value: Vec::new(),
        };
        let range = book
            .worksheet_range(&sheet.name)
            .map_err(|e| in_sheet(&sheet, None, e))?;
        let (top, left) = range.start().unwrap_or_default();
        for (row, column, value) in range.used_cells() {
            let place = (
                top.saturating_add(row as u32),
                left.saturating_add(column as u32),
            );
            gathered.take(&mut sheet, place, &borrowed(value))?;
        }
        let range = book
            .worksheet_formula(&sheet.name)
            .map_err(|e| in_sheet(&sheet, None, e))?;
        let (top, left) = range.start().unwrap_or_default();
        for (row, column, _) in range.used_cells() {
            let place = (
                top.saturating_add(row as u32),
                left.saturating_add(column as u32),
            );
            if !sheet.cells.contains_key(&place) {
                sheet.formulas_without_value.push(place);
            }
        }
        sheets.push(sheet);
    }
    Ok(sheets)
}

fn borrowed(value: &Data) -> DataRef<'_> {
    match value {
        Data::Int(n) => DataRef::Int(*n),
        Data::Float(n) => DataRef::Float(*n),
        Data::String(t) | Data::DurationIso(t) => DataRef::SharedString(t),
        Data::Bool(b) => DataRef::Bool(*b),
        Data::DateTime(d) => DataRef::DateTime(*d),
        Data::DateTimeIso(t) => DataRef::DateTimeIso(t.clone()),
        Data::Error(e) => DataRef::Error(e.clone()),
        Data::Empty => DataRef::Empty,
    }
}

/// Names of the sheets that have cells, and whether a user sees them.
fn worksheets(sheets: &[calamine::Sheet]) -> Result<Vec<(Arc<str>, bool)>, Refusal> {
    if sheets.len() > MAX_SHEETS {
        return Err(Refusal::TooLarge(format!("it has {} sheets", sheets.len())));
    }
    let cells = sheets.iter().filter(|s| s.typ == SheetType::WorkSheet);
    Ok(cells
        .map(|s| {
            (
                Arc::from(s.name.as_str()),
                s.visible == SheetVisible::Visible,
            )
        })
        .collect())
}

fn in_sheet(sheet: &Sheet, last: Option<(u32, u32)>, error: impl std::fmt::Display) -> Refusal {
    let after = last.map(|(row, column)| {
        format!(
            " after cell {}{}",
            crate::problem::column_letters(column),
            u64::from(row) + 1
        )
    });
    Refusal::damaged(format!(
        "sheet '{}'{}: {error}",
        clean(&sheet.name),
        after.unwrap_or_default()
    ))
}

impl Gathered {
    /// Counts against the budgets of the whole workbook.
    fn count(&mut self, cells: u64, text: usize) -> Result<(), Refusal> {
        self.cells += cells;
        self.text += text;
        if self.cells > MAX_CELLS {
            return Err(Refusal::TooLarge(format!(
                "it holds more than {MAX_CELLS} cells"
            )));
        }
        if self.text > MAX_ALL_TEXT {
            return Err(Refusal::TooLarge(format!(
                "its cells hold more than {} MiB of text",
                MAX_ALL_TEXT as u64 / MIB
            )));
        }
        Ok(())
    }

    /// Adds a cell to a sheet, when it holds something.
    fn take(
        &mut self,
        sheet: &mut Sheet,
        (row, column): (u32, u32),
        value: &DataRef<'_>,
    ) -> Result<(), Refusal> {
        if row >= MAX_ROW || column >= MAX_COLUMN {
            return Err(Refusal::damaged(format!(
                "sheet '{}' has a cell outside the sheet",
                clean(&sheet.name)
            )));
        }
        let scalar = match value {
            DataRef::Empty => Scalar::Empty,
            DataRef::Int(n) => Scalar::Number(Decimal::from(*n)),
            DataRef::Float(n) => number(*n),
            DataRef::SharedString(t) => self.text(sheet, row, column, t),
            DataRef::String(t) | DataRef::DurationIso(t) => self.text(sheet, row, column, t),
            DataRef::Bool(b) => Scalar::Bool(*b),
            DataRef::DateTime(d) => date(d),
            DataRef::DateTimeIso(t) => match t.get(..10).and_then(|d| d.parse::<Date>().ok()) {
                Some(date) => Scalar::Date(date),
                None => self.text(sheet, row, column, t),
            },
            DataRef::Error(e) => Scalar::Error(e.to_string()),
        };
        if scalar != Scalar::Empty {
            self.count(
                1,
                if let Scalar::Text(t) = &scalar {
                    t.len()
                } else {
                    0
                },
            )?;
            sheet.cells.insert((row, column), scalar);
        }
        Ok(())
    }

    fn text(&mut self, sheet: &Sheet, row: u32, column: u32, text: &str) -> Scalar {
        if text.len() > MAX_TEXT && text.chars().nth(MAX_TEXT).is_some() {
            if self.problems.len() < MAX_PROBLEMS {
                self.problems.push(
                    Problem::error("text-too-long", "the text in this cell is too long")
                        .at(&Place::cell(&self.file, &sheet.name, row, column))
                        .allowed(format!("at most {MAX_TEXT} characters"))
                        .fix("shorten the text, or divide it over more cells"),
                );
            }
            return Scalar::Empty;
        }
        let text = crate::model::table::tidy(text);
        if text.is_empty() {
            Scalar::Empty
        } else if SPREADSHEET_ERRORS.contains(&text.as_str())
            || text.strip_prefix("Err:").is_some_and(|n| n.len() == 3)
        {
            Scalar::Error(text)
        } else {
            Scalar::Text(text)
        }
    }
}

/// The shortest decimal that is this number. What a decimal cannot hold is an error, as it is in a spreadsheet.
fn number(value: f64) -> Scalar {
    let shortest = value.to_string();
    match shortest.parse::<Decimal>() {
        Ok(number) if value.is_finite() => Scalar::Number(number),
        _ => Scalar::Error("#NUM!".into()),
    }
}

fn date(value: &ExcelDateTime) -> Scalar {
    let serial = value.as_f64();
    if value.is_duration() || (0.0..1.0).contains(&serial) {
        return number(serial);
    }
    if !(1.0..2_958_466.0).contains(&serial) {
        return Scalar::Error("#NUM!".into());
    }
    let (year, month, day, ..) = value.to_ymd_hms_milli();
    let date = i16::try_from(year)
        .ok()
        .zip(i8::try_from(month).ok())
        .zip(i8::try_from(day).ok());
    match date.and_then(|((y, m), d)| Date::new(y, m, d).ok()) {
        Some(date) => Scalar::Date(date),
        None => Scalar::Error("#NUM!".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Write as _;
    use std::time::{Duration, Instant};
    use zip::write::{SimpleFileOptions, ZipWriter};

    const TYPES: &str = r#"<Types><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>"#;
    const RELS: &str = r#"<Relationships><Relationship Id="a" Type="http://x/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
    const BOOK: &str = r#"<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Blad 1" sheetId="1" r:id="b"/></sheets></workbook>"#;
    const BOOK_RELS: &str = r#"<Relationships><Relationship Id="b" Type="http://x/relationships/worksheet" Target="worksheets/s.xml"/></Relationships>"#;
    const STYLES: &str = r#"<styleSheet><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>"#;

    fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in parts {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(content).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn xlsx_with(sheet_data: &str, more: &[(&str, &[u8])]) -> Vec<u8> {
        let sheet = format!("<worksheet><sheetData>{sheet_data}</sheetData></worksheet>");
        let mut parts: Vec<(&str, &[u8])> = vec![
            ("[Content_Types].xml", TYPES.as_bytes()),
            ("_rels/.rels", RELS.as_bytes()),
            ("xl/workbook.xml", BOOK.as_bytes()),
            ("xl/_rels/workbook.xml.rels", BOOK_RELS.as_bytes()),
            ("xl/styles.xml", STYLES.as_bytes()),
            ("xl/worksheets/s.xml", sheet.as_bytes()),
        ];
        parts.extend(more);
        zipped(&parts)
    }

    fn ods_with(rows: &str) -> Vec<u8> {
        let content = format!(
            "<office:document-content><office:body><office:spreadsheet><table:table table:name=\"Blad 1\">{rows}</table:table>\
             </office:spreadsheet></office:body></office:document-content>"
        );
        let manifest = "<manifest:manifest></manifest:manifest>";
        let mimetype: &[u8] = b"application/vnd.oasis.opendocument.spreadsheet";
        zipped(&[
            ("mimetype", mimetype),
            ("META-INF/manifest.xml", manifest.as_bytes()),
            ("content.xml", content.as_bytes()),
        ])
    }

    fn read(bytes: &[u8]) -> (Option<Workbook>, Vec<Problem>) {
        let mut problems = Vec::new();
        let book = Workbook::from_bytes(bytes, "w.xlsx", &mut problems);
        for problem in &problems {
            assert!(
                problem.place.is_some() && problem.fix.is_some() && !problem.message.ends_with('.'),
                "{problem}"
            );
        }
        (book, problems)
    }

    fn sheet(bytes: &[u8]) -> Sheet {
        let (book, problems) = read(bytes);
        assert_eq!(problems, []);
        book.and_then(|b| b.sheets.into_iter().next())
            .expect("a workbook with a sheet")
    }

    fn refused(bytes: &[u8]) -> &'static str {
        let (book, problems) = read(bytes);
        assert!(book.is_none());
        assert_eq!(problems.len(), 1);
        problems[0].code
    }

    #[test]
    fn numbers_are_the_shortest_decimal() {
        for (value, text) in [
            (0.1, "0.1"),
            (4262.42, "4262.42"),
            (0.57, "0.57"),
            (28_500_000.0, "28500000"),
            (-1e-7, "-0.0000001"),
            (1e28, "10000000000000000000000000000"),
        ] {
            assert_eq!(
                number(value),
                Scalar::Number(text.parse().unwrap()),
                "{value}"
            );
        }
        for value in [f64::NAN, f64::INFINITY, 1e300] {
            assert_eq!(number(value), Scalar::Error("#NUM!".into()), "{value}");
        }
    }

    #[test]
    fn values_of_every_kind() {
        let sheet = sheet(&xlsx_with(
            "<row r=\"1\"><c r=\"A1\"><v>0.1</v></c><c r=\"B1\" s=\"1\"><v>46023</v></c><c r=\"C1\" t=\"b\"><v>1</v></c>\
             <c r=\"D1\" t=\"e\"><v>#REF!</v></c><c r=\"E1\" t=\"inlineStr\"><is><t>  Kade\u{85} </t></is></c>\
             <c r=\"F1\" t=\"str\"><f>\"\"</f><v></v></c><c r=\"G1\"><f>A1*2</f></c><c r=\"H1\" s=\"1\"/>\
             <c r=\"I1\" s=\"1\"><v>60</v></c><c r=\"J1\" s=\"1\"><v>-5</v></c><c r=\"K1\"><v>abc</v></c></row>",
            &[],
        ));
        let expected: BTreeMap<(u32, u32), Scalar> = [
            (0, Scalar::Number("0.1".parse().unwrap())),
            (1, Scalar::Date(Date::new(2026, 1, 1).unwrap())),
            (2, Scalar::Bool(true)),
            (3, Scalar::Error("#REF!".into())),
            (4, Scalar::Text("Kade".into())),
            (8, Scalar::Error("#NUM!".into())),
            (9, Scalar::Error("#NUM!".into())),
            (10, Scalar::Text("abc".into())),
        ]
        .into_iter()
        .map(|(column, scalar)| ((0, column), scalar))
        .collect();
        assert_eq!(sheet.cells, expected);
        assert_eq!(sheet.formulas_without_value, [(0, 6)]);
    }

    #[test]
    fn two_far_corners_are_two_cells() {
        let sheet = sheet(&xlsx_with(
            r#"<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>"#,
            &[],
        ));
        assert_eq!(sheet.cells.len(), 2);
        assert!(sheet.cells.contains_key(&(1_048_575, 16_383)));
    }

    #[test]
    fn a_sheet_of_a_million_empty_rows_is_fine() {
        let rows: String = (1..=1_048_576).fold(String::new(), |mut rows, row| {
            use std::fmt::Write as _;
            let _ = write!(rows, "<row r=\"{row}\"><c r=\"A{row}\" s=\"1\"/></row>");
            rows
        });
        let bytes = xlsx_with(&rows, &[]);
        let start = Instant::now();
        assert!(sheet(&bytes).cells.is_empty());
        assert!(
            start.elapsed() < Duration::from_secs(10),
            "{:?}",
            start.elapsed()
        );
    }

    #[test]
    fn a_bomb_of_two_gigabytes_stops_early() {
        for part in ["xl/worksheets/s2.xml", "xl/sharedStrings.xml"] {
            let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
            zip.start_file("[Content_Types].xml", SimpleFileOptions::default())
                .unwrap();
            zip.write_all(TYPES.as_bytes()).unwrap();
            zip.start_file(
                part,
                SimpleFileOptions::default().compression_level(Some(1)),
            )
            .unwrap();
            let zeros = vec![0; 1 << 20];
            for _ in 0..2048 {
                zip.write_all(&zeros).unwrap();
            }
            let bytes = zip.finish().unwrap().into_inner();
            let start = Instant::now();
            assert_eq!(refused(&bytes), "workbook-too-large");
            assert!(
                start.elapsed() < Duration::from_secs(5),
                "{part}: {:?}",
                start.elapsed()
            );
        }
    }

    #[test]
    fn what_a_file_announces_is_not_believed() {
        let strings = br#"<sst uniqueCount="99999999999"><si><t>a</t></si></sst>"#;
        assert_eq!(
            refused(&xlsx_with("", &[("xl/sharedStrings.xml", strings)])),
            "workbook-too-large"
        );
        let shared = r#"<row r="1"><c r="A1"><f t="shared" si="99999999999" ref="A1:A2">B1</f><v>3</v></c></row>"#;
        assert_eq!(sheet(&xlsx_with(shared, &[])).cells.len(), 1);
        assert_eq!(
            refused(&xlsx_with(
                r#"<row r="1"><c r="XFE1"><v>1</v></c></row>"#,
                &[]
            )),
            "workbook-damaged"
        );
        assert_eq!(
            refused(&xlsx_with(
                r#"<row r="1"><c r="A99999999999999"><v>1</v></c></row>"#,
                &[]
            )),
            "workbook-damaged"
        );
    }

    #[test]
    fn one_text_in_very_many_cells_is_refused() {
        let strings = format!("<sst><si><t>{}</t></si></sst>", "x".repeat(30_000));
        let cell = r#"<row><c t="s"><v>0</v></c></row>"#;
        assert_eq!(
            refused(&xlsx_with(
                &cell.repeat(10_000),
                &[("xl/sharedStrings.xml", strings.as_bytes())]
            )),
            "workbook-too-large"
        );
    }

    #[test]
    fn a_text_that_is_too_long_is_told() {
        let cell = format!(
            r#"<row r="7"><c r="C7" t="inlineStr"><is><t>{}</t></is></c></row>"#,
            "x".repeat(MAX_TEXT + 1)
        );
        let (_, problems) = read(&xlsx_with(&cell, &[]));
        assert_eq!(problems[0].code, "text-too-long");
        assert_eq!(
            problems[0].place.as_ref().unwrap().to_string(),
            "w.xlsx 'Blad 1'!C7"
        );
    }

    #[test]
    fn what_is_no_workbook_is_told_by_its_content() {
        let ole = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
        let locked: Vec<u8> = ole
            .into_iter()
            .chain(
                "..EncryptedPackage.."
                    .encode_utf16()
                    .flat_map(u16::to_le_bytes),
            )
            .collect();
        let good = xlsx_with("", &[]);
        assert_eq!(refused(b""), "not-a-workbook");
        assert_eq!(refused(b"Code;Omschrijving\n1;x\n"), "not-a-workbook");
        assert_eq!(
            refused(&zipped(&[("leesmij.txt", b"hallo")])),
            "not-a-workbook"
        );
        assert_eq!(refused(&good[..good.len() / 2]), "workbook-damaged");
        assert_eq!(refused(b"PK\x03\x04garbage"), "workbook-damaged");
        assert_eq!(refused(&locked), "workbook-encrypted");
        assert_eq!(refused(&ole), "workbook-old-format");
        assert_eq!(
            refused(&zipped(&[("xl/workbook.bin", b"")])),
            "workbook-old-format"
        );
        assert_eq!(
            refused(&xlsx_with("<row><c><v>1</c></row>", &[])),
            "workbook-damaged"
        );
        let names: Vec<String> = (0..=MAX_PARTS).map(|n| format!("p{n}")).collect();
        assert_eq!(
            refused(&zipped(
                &names
                    .iter()
                    .map(|n| (n.as_str(), &b""[..]))
                    .collect::<Vec<_>>()
            )),
            "workbook-too-large"
        );
    }

    #[test]
    fn a_file_is_read_by_content_and_a_missing_file_fails() {
        let path = std::env::temp_dir().join(format!("polder-workbook-{}.csv", std::process::id()));
        std::fs::write(&path, ods_with("<table:table-row><table:table-cell office:value-type=\"float\" office:value=\"0.1\"/></table:table-row>"))
            .unwrap();
        let mut problems = Vec::new();
        let book = Workbook::read(&path, "w.csv", &mut problems);
        std::fs::remove_file(&path).unwrap();
        assert_eq!(
            book.unwrap().unwrap().sheets[0].cells[&(0, 0)],
            Scalar::Number("0.1".parse().unwrap())
        );
        assert!(Workbook::read(&path, "w.csv", &mut problems).is_err());
    }

    #[test]
    fn ods_is_read_and_bounded() {
        let sheet = sheet(&ods_with(
            "<table:table-row table:number-rows-repeated=\"3\"><table:table-cell/></table:table-row>\
             <table:table-row><table:table-cell table:number-columns-repeated=\"2\"/>\
             <table:table-cell office:value-type=\"date\" office:date-value=\"2026-01-01\"/>\
             <table:table-cell office:value-type=\"string\"><text:p>#DIV/0!</text:p></table:table-cell></table:table-row>\
             <table:table-row table:number-rows-repeated=\"1048572\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>",
        ));
        let expected = [
            ((3, 2), Scalar::Date(Date::new(2026, 1, 1).unwrap())),
            ((3, 3), Scalar::Error("#DIV/0!".into())),
        ];
        assert_eq!(sheet.cells, BTreeMap::from(expected));
        let cell = "<table:table-cell a='>' table:number-columns-repeated=\"16384\" office:value-type=\"float\" office:value=\"1\"/>";
        for bomb in [
            format!(
                "<table:table-row table:number-rows-repeated=\"1048576\">{cell}</table:table-row>"
            ),
            format!("<table:table-row>{cell}</table:table-row>").repeat(200),
            format!(
                "<table:table-row>{}</table:table-row><table:table-row table:number-rows-repeated=\"900000\"/><table:table-row>{cell}</table:table-row>",
                cell.replace("16384", "1")
            ),
            format!(
                "<!-- ' --><table:table-row table:number-rows-repeated='9999999999999'>{cell}</table:table-row>"
            ),
        ] {
            assert_eq!(refused(&ods_with(&bomb)), "workbook-too-large");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]

        #[test]
        fn no_bytes_make_it_panic(flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12), cut in any::<prop::sample::Index>(), whole in any::<bool>()) {
            let mut bytes = include_bytes!("../../models/havenkwartier/havenkwartier.xlsx").to_vec();
            for (at, byte) in flips {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            if !whole {
                bytes.truncate(cut.index(bytes.len()));
            }
            let _ = read(&bytes);
        }

        #[test]
        fn no_cell_text_makes_it_panic(text in "[ -~]{0,200}") {
            let _ = read(&xlsx_with(&format!("<row r=\"1\"><c r=\"A1\"><v>1</v></c>{text}</row>"), &[]));
            let _ = read(&ods_with(&format!("<table:table-row>{text}</table:table-row>")));
        }
    }
}

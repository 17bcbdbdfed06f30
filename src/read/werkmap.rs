//! A workbook as it stands in a file (xlsx, xlsm, xlsb, xls, ods, csv), read with bounded memory and time: the values and formulas of all
//! cells, and what surrounds them: hidden rows, merged cells, defined names, tables, links to other files. Knows no table of
//! ours.
//!
//! The kind of file follows from its content, never from its name; but a csv, which is only text, is known by its name alone.
//! Before a reader sees a file, every part of the zip container is inflated once into nothing, so that what is too large stops
//! early.

use super::{IoFailure, read_bytes};
use crate::model::table::{SPREADSHEET_ERRORS, Scalar};
use crate::problem::{Place, Problem};
use calamine::{DataRef, ExcelDateTime};
use jiff::civil::Date;
use rust_decimal::Decimal;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Arc, Once};

mod csv;
mod ods;
mod opmaak;
mod ptg;
mod xls;
mod xlsb;
mod xlsx;
mod xml;

pub use opmaak::{Opmaak, Opmaaksoort};

/// A workbook as it stands in a file.
#[derive(Debug, Clone)]
pub struct Werkmap {
    /// The file's name in places.
    pub bestand: Arc<str>,
    /// What kind of file it is, by its content.
    pub soort: Bestandssoort,
    /// Its sheets, in order.
    pub bladen: Vec<Blad>,
    /// Its defined names, in the order of the file.
    pub namen: Vec<Naam>,
    /// The tables that its maker declared as such (Excel: "Opmaken als tabel"; ods: database ranges).
    pub tabellen: Vec<Lijst>,
    /// The other files that it links to; in xlsx a formula refers to the first as `[1]`.
    pub koppelingen: Vec<String>,
    /// How the spreadsheet program calculates it.
    pub rekenwijze: Rekenwijze,
}

/// How a spreadsheet program calculates a workbook, where its maker chose something else than usual.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rekenwijze {
    /// Values are rounded to what their cells show (Excel: "Precisie instellen zoals weergegeven").
    pub als_getoond: bool,
    /// Circles are calculated by repetition (Excel: "Iteratieve berekening inschakelen").
    pub herhaald: bool,
}

/// Kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bestandssoort {
    /// .xlsx and .xlsm.
    Xlsx,
    /// .xlsb.
    Xlsb,
    /// .xls of Excel 97 to 2003.
    Xls,
    /// .ods; formulas are in `OpenFormula` (`SUM([.A1:.B2];1)`).
    Ods,
    /// .csv: one sheet, without formulas.
    Csv,
}

/// A sheet with cells.
#[derive(Debug, Clone)]
pub struct Blad {
    /// Its name.
    pub naam: Arc<str>,
    /// Whether a user sees it.
    pub zichtbaar: bool,
    /// Cells that hold a value or a formula, by row and column from zero.
    pub cellen: BTreeMap<(u32, u32), Cel>,
    /// Merged cells.
    pub samengevoegd: Vec<Bereik>,
    /// Cells that one array formula fills together; the formula stands in the first.
    pub matrices: Vec<Bereik>,
    /// Hidden rows, as ranges from-to, both included, in order.
    pub verborgen_rijen: Vec<(u32, u32)>,
    /// Hidden columns, as ranges from-to, both included, in order.
    pub verborgen_kolommen: Vec<(u32, u32)>,
}

/// A cell that holds something.
#[derive(Debug, Clone, PartialEq)]
pub struct Cel {
    /// Its value; of a formula the one that the spreadsheet program stored. Empty: a formula without a stored value.
    pub waarde: Scalar,
    /// Its formula, without the leading `=`.
    pub formule: Option<Arc<str>>,
    /// How it is shown.
    pub opmaak: Opmaak,
}

/// A rectangle of cells; rows and columns count from zero, the last included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Bereik {
    /// First row and column.
    pub van: (u32, u32),
    /// Last row and column.
    pub tot: (u32, u32),
}

/// A defined name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Naam {
    /// The name.
    pub naam: String,
    /// The sheet that it belongs to, by its position in `bladen`; none when it holds in the whole workbook.
    pub blad: Option<usize>,
    /// What it stands for, as it is written in the file, without the leading `=`.
    pub tekst: String,
}

/// A table that the maker of the workbook declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lijst {
    /// Its name.
    pub naam: String,
    /// The sheet that it stands on, by its position in `bladen`.
    pub blad: usize,
    /// The cells that it takes, headings and totals included.
    pub bereik: Bereik,
    /// Rows with headings.
    pub kopregels: u32,
    /// Rows with totals.
    pub totaalregels: u32,
    /// Its headings, where the file lists them.
    pub kolommen: Vec<String>,
}

impl Blad {
    fn new(naam: &str, zichtbaar: bool) -> Self {
        Blad {
            naam: Arc::from(naam),
            zichtbaar,
            cellen: BTreeMap::new(),
            samengevoegd: Vec::new(),
            matrices: Vec::new(),
            verborgen_rijen: Vec::new(),
            verborgen_kolommen: Vec::new(),
        }
    }

    /// Whether a row is hidden.
    pub fn rij_verborgen(&self, row: u32) -> bool {
        within(&self.verborgen_rijen, row)
    }

    /// The cells of a range that hold something, row by row. What is empty costs nothing but a step per row.
    pub fn in_bereik(&self, range: Bereik) -> impl Iterator<Item = ((u32, u32), &Cel)> {
        // Cells come in a run as long as they stand in the columns; only outside them a new place is looked up.
        let mut run = (range.van <= range.tot).then(|| self.cellen.range(range.van..=range.tot));
        std::iter::from_fn(move || {
            loop {
                let (place, cell) = run.as_mut()?.next()?;
                let row = if place.1 < range.van.1 {
                    place.0
                } else if place.1 > range.tot.1 {
                    place.0.checked_add(1)?
                } else {
                    return Some((*place, cell));
                };
                let from = (row, range.van.1);
                if from > range.tot {
                    return None;
                }
                run = Some(self.cellen.range(from..=range.tot));
            }
        })
    }

    /// Whether a column is hidden.
    pub fn kolom_verborgen(&self, column: u32) -> bool {
        within(&self.verborgen_kolommen, column)
    }
}

fn within(ranges: &[(u32, u32)], at: u32) -> bool {
    let next = ranges.partition_point(|r| r.0 <= at);
    next > 0 && ranges[next - 1].1 >= at
}

/// Adds a range to ranges that come in order, joined with the last where they touch.
fn add_range(ranges: &mut Vec<(u32, u32)>, (from, to): (u32, u32)) {
    match ranges.last_mut() {
        Some(last) if from <= last.1.saturating_add(1) && from >= last.0 => last.1 = last.1.max(to),
        _ => ranges.push((from, to)),
    }
}

impl Bereik {
    /// Whether a cell lies in it.
    pub fn bevat(&self, (row, column): (u32, u32)) -> bool {
        (self.van.0..=self.tot.0).contains(&row) && (self.van.1..=self.tot.1).contains(&column)
    }
}

/// As in a spreadsheet: `A1:C7`, or `A1` when it is one cell.
impl std::fmt::Display for Bereik {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&cell_name(self.van))?;
        if self.van != self.tot {
            write!(f, ":{}", cell_name(self.tot))?;
        }
        Ok(())
    }
}

/// A cell's name: (0, 0) is `A1`.
pub fn cell_name((row, column): (u32, u32)) -> String {
    format!(
        "{}{}",
        crate::problem::column_letters(column),
        u64::from(row) + 1
    )
}

const MIB: u64 = 1024 * 1024;
/// Largest file, in bytes.
pub const MAX_FILE: u64 = 64 * MIB;
/// Most parts in the zip container.
pub(super) const MAX_PARTS: usize = 10_000;
/// Most bytes of one part, inflated. Sheets are streamed, so a part is never in memory as a whole.
const MAX_PART: u64 = 256 * MIB;
/// Most bytes of a part that the reader keeps in memory: texts, formats, and the content of an ods.
const MAX_KEPT_PART: u64 = 32 * MIB;
/// Most bytes of all parts together, inflated.
const MAX_TOTAL: u64 = 512 * MIB;
/// Most cells that hold something, over all sheets.
const MAX_CELLS: u64 = 2_000_000;
/// Most characters in a cell, as in Excel.
pub(super) const MAX_TEXT: usize = 32_767;
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
    /// What is wrong with a csv, and what to do about it.
    DamagedText(String, &'static str),
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
            Refusal::DamagedText(what, fix) => {
                Problem::error("workbook-damaged", format!("the csv file cannot be read: {what}"))
                    .fix(fix)
            }
            Refusal::Encrypted => Problem::error("workbook-encrypted", "the workbook is protected with a password")
                .fix("open it with the password and save a copy without (in Excel: Bestand, Info, Werkmap beveiligen)"),
            Refusal::NotAWorkbook(what) => Problem::error("not-a-workbook", format!("this is not a workbook: {what}"))
                .allowed("a workbook saved as .xlsx, .xlsm, .xlsb, .xls or .ods")
                .fix("name a workbook, or open the file in the spreadsheet program and save it as .xlsx"),
            Refusal::OldFormat(what) => Problem::error("workbook-old-format", format!("workbooks of the kind {what} are not read"))
                .allowed("a workbook saved as .xlsx, .xlsm, .xlsb, .xls or .ods")
                .fix("open it in the spreadsheet program and save it as .xlsx"),
        }
        .at(place)
    }
}

impl Werkmap {
    /// Reads a workbook from a file; `name` is how places call it. What is wrong with its content goes to `problems`, and
    /// nothing is returned when no cell can be trusted.
    pub fn read(
        path: &Path,
        name: &str,
        problems: &mut Vec<Problem>,
    ) -> Result<Option<Werkmap>, IoFailure> {
        if path.is_dir() {
            problems.push(folder(path).problem(&Place::file(name)));
            return Ok(None);
        }
        let Some(bytes) = read_bytes(path, MAX_FILE)? else {
            problems.push(
                Refusal::TooLarge(format!("it has more than {} MiB", MAX_FILE / MIB))
                    .problem(&Place::file(name)),
            );
            return Ok(None);
        };
        Ok(Werkmap::from_bytes(&bytes, name, problems))
    }

    /// Reads a workbook from its bytes.
    pub fn from_bytes(bytes: &[u8], name: &str, problems: &mut Vec<Problem>) -> Option<Werkmap> {
        let mut gathered = Gathered {
            file: Arc::from(name),
            problems: Vec::new(),
            cells: 0,
            text: 0,
            last: None,
        };
        // The spreadsheet reader is not ours: a panic in it is a damaged file, not the end of the program.
        let map = quietly(|| read_map(bytes, &mut gathered)).unwrap_or_else(|_| {
            let after = gathered
                .last
                .as_ref()
                .map_or_else(String::new, |(sheet, cell)| {
                    format!("sheet '{}' after cell {}: ", clean(sheet), cell_name(*cell))
                });
            Err(Refusal::damaged(format!(
                "{after}its content breaks the rules of the format"
            )))
        });
        // What only asks which sheet is first may count on there being one.
        let map = map.and_then(|map| {
            if map.bladen.is_empty() {
                Err(Refusal::damaged("it has no sheets"))
            } else {
                Ok(map)
            }
        });
        problems.append(&mut gathered.problems);
        map.map_err(|refusal| problems.push(refusal.problem(&Place::file(name))))
            .ok()
    }

    /// The position of the sheet of a name, without regard to case.
    pub fn blad(&self, name: &str) -> Option<usize> {
        let same = |blad: &Blad| *blad.naam == *name;
        let folded = name.to_lowercase();
        self.bladen.iter().position(same).or_else(|| {
            self.bladen
                .iter()
                .position(|b| b.naam.to_lowercase() == folded)
        })
    }
}

/// What is gathered while the cells go by, with the budgets.
struct Gathered {
    file: Arc<str>,
    problems: Vec<Problem>,
    cells: u64,
    text: usize,
    /// The sheet and cell that was taken last.
    last: Option<(Arc<str>, (u32, u32))>,
}

thread_local! {
    /// Whether this thread is reading a workbook.
    static READING: Cell<bool> = const { Cell::new(false) };
}

/// Calls a reader. A panic in it is told as a problem of the file; its own text says nothing to a user and is not shown.
fn quietly<T>(read: impl FnOnce() -> T) -> std::thread::Result<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !READING.get() {
                before(panic);
            }
        }));
    });
    READING.set(true);
    let result = catch_unwind(AssertUnwindSafe(read));
    READING.set(false);
    result
}

/// A folder where a workbook was asked for, with the workbooks in it.
fn folder(path: &Path) -> Refusal {
    let mut names: Vec<String> = std::fs::read_dir(path)
        .into_iter()
        .flatten()
        .take(10_000)
        .filter_map(Result::ok)
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| {
            let kinds = ["xlsx", "xlsm", "xlsb", "xls", "ods"];
            let extension = Path::new(name).extension().and_then(|e| e.to_str());
            !name.starts_with(['~', '.'])
                && extension.is_some_and(|e| kinds.contains(&e.to_lowercase().as_str()))
        })
        .collect();
    names.sort();
    let shown = names.iter().take(3).map(|n| clean(n));
    let shown = shown.collect::<Vec<_>>().join(", ");
    Refusal::NotAWorkbook(match names.len() {
        0 => "it is a folder without a workbook in it".into(),
        1..=3 => format!("it is a folder; name the workbook in it: {shown}"),
        n => format!("it is a folder; name one of the {n} workbooks in it: {shown}, ..."),
    })
}

fn read_map(bytes: &[u8], gathered: &mut Gathered) -> Result<Werkmap, Refusal> {
    if bytes.is_empty() {
        return Err(Refusal::NotAWorkbook("the file is empty".into()));
    }
    if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
        let encrypted: Vec<u8> = "EncryptedPackage"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let locked = bytes.windows(encrypted.len()).any(|w| w == encrypted);
        return if locked {
            Err(Refusal::Encrypted)
        } else {
            xls::read(bytes, gathered)
        };
    }
    if !bytes.starts_with(b"PK") {
        // Only a csv says by its name alone what it is.
        let extension = Path::new(&*gathered.file).extension();
        if extension.is_some_and(|e| e.eq_ignore_ascii_case("csv")) {
            return csv::read(bytes, gathered);
        }
        return Err(no_workbook(bytes));
    }
    match preflight(bytes)? {
        Container::Xlsx => xlsx::read(bytes, gathered),
        Container::Xlsb => xlsb::read(bytes, gathered),
        Container::Ods => ods::read(bytes, gathered),
    }
}

/// What a file that is no workbook looks like.
fn no_workbook(bytes: &[u8]) -> Refusal {
    let start = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let start = &start[..start.len().min(4096)];
    let text = String::from_utf8_lossy(start).trim_start().to_lowercase();
    if text.contains("urn:schemas-microsoft-com:office:spreadsheet") {
        return Refusal::OldFormat("XML-spreadsheet 2003");
    }
    let what = if text.starts_with("<!doctype html")
        || text.starts_with("<html")
        || text.contains("<table")
    {
        "it is a web page (HTML) with the name of a workbook, as some programs export"
    } else if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        UTF_16
    } else {
        "its content is not that of a spreadsheet"
    };
    Refusal::NotAWorkbook(what.into())
}

/// What is said of text in UTF-16.
const UTF_16: &str = "it is text in UTF-16 (\"Unicode-tekst\" of Excel)";

/// What a zip container holds.
enum Container {
    Xlsx,
    Xlsb,
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
        .map_err(|e| Refusal::damaged(format!("part {}: {e}", clean(&name))))?;
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
                container.get_or_insert(Container::Ods);
            }
            "meta-inf/manifest.xml" if find(&content, b"encryption-data").is_some() => {
                return Err(Refusal::Encrypted);
            }
            "xl/workbook.bin" => container = Some(Container::Xlsb),
            // An .xlsb says this as well, of its printers.
            "[content_types].xml"
                if find(&content, b"spreadsheetml").is_some()
                    && !matches!(container, Some(Container::Xlsb)) =>
            {
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
    let sheet = name.starts_with("xl/worksheets/") && !ends(&[".rels", "sharedstrings.xml"]);
    let streamed = sheet || name == "content.xml";
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

/// Text without characters that do not belong in a message or a value; line ends become spaces.
fn clean(text: &str) -> String {
    text.trim()
        .chars()
        .map(|c| if matches!(c, '\n' | '\t') { ' ' } else { c })
        .filter(|c| !c.is_control())
        .collect()
}

fn in_sheet(sheet: &Blad, last: Option<(u32, u32)>, error: impl std::fmt::Display) -> Refusal {
    let after = last.map(|cell| format!(" after cell {}", cell_name(cell)));
    Refusal::damaged(format!(
        "sheet '{}'{}: {error}",
        clean(&sheet.naam),
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

    /// Adds a cell to a sheet, when it holds a value or a formula.
    fn take(
        &mut self,
        sheet: &mut Blad,
        (row, column): (u32, u32),
        value: &DataRef<'_>,
        formula: Option<Arc<str>>,
    ) -> Result<(), Refusal> {
        if row >= MAX_ROW || column >= MAX_COLUMN {
            return Err(Refusal::damaged(format!(
                "sheet '{}': cell {} lies outside the sheet",
                clean(&sheet.naam),
                cell_name((row, column))
            )));
        }
        self.last = Some((Arc::clone(&sheet.naam), (row, column)));
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
        if scalar == Scalar::Empty && formula.is_none() {
            return Ok(());
        }
        let text = if let Scalar::Text(t) = &scalar {
            t.len()
        } else {
            0
        };
        self.count(1, text + formula.as_ref().map_or(0, |f| f.len()))?;
        // A formula whose stored value is the empty text has a value: it only shows nothing.
        let stored = !matches!(value, DataRef::Empty);
        let waarde = if scalar == Scalar::Empty && stored && formula.is_some() {
            Scalar::Text(String::new())
        } else {
            scalar
        };
        sheet.cellen.insert(
            (row, column),
            Cel {
                waarde,
                formule: formula,
                opmaak: Opmaak::default(),
            },
        );
        Ok(())
    }

    fn text(&mut self, sheet: &Blad, row: u32, column: u32, text: &str) -> Scalar {
        if text.len() > MAX_TEXT && text.chars().nth(MAX_TEXT).is_some() {
            if self.problems.len() < MAX_PROBLEMS {
                self.problems.push(
                    Problem::error("text-too-long", "the text in this cell is too long")
                        .at(&Place::cell(&self.file, &sheet.naam, row, column))
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
pub(super) fn number(value: f64) -> Scalar {
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

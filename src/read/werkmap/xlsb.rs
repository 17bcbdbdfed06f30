//! .xlsb (BIFF12): the parts of the zip container are rows of records. Layouts: [MS-XLSB].
//!
//! The spreadsheet reader gives up on all formulas when it does not know one, and believes lengths in records; this takes a
//! record at a time, as far as the part goes.

use super::ptg::{self, Bytes, Gelezen, Omgeving, Soort, Wachtend};
use super::xls::dated;
use super::xml::Parts;
use super::{
    Bereik, Bestandssoort, Blad, Gathered, Lijst, MAX_ALL_TEXT, MAX_ANNOUNCED, MAX_COLUMN,
    MAX_KEPT_PART, MAX_PART, MAX_ROW, MAX_SHEETS, Naam, Opmaak, Refusal, Rekenwijze, Werkmap,
    add_range, in_sheet,
};
use calamine::DataRef;
use std::collections::HashMap;
use std::io::{BufRead, Read as _};
use std::sync::Arc;

/// Largest record: the longest text of a cell with all that can be said of it.
const MAX_RECORD: u64 = 4 * 1024 * 1024;
/// Most merged ranges, hidden ranges, styles and names together.
const MAX_EXTRAS: u64 = 200_000;

pub(super) fn read(bytes: &[u8], gathered: &mut Gathered) -> Result<Werkmap, Refusal> {
    let mut parts = Parts::new(bytes)?;
    let relations = parts.relations("xl/workbook.bin")?;
    let texts = read_texts(&mut parts)?;
    let formats = read_formats(&mut parts)?;
    let book = Book::read(&mut parts, &relations)?;
    let around = Omgeving {
        soort: Soort::Biff12,
        sheets: &book.references,
        names: &book.name_list,
    };
    let mut map = Werkmap {
        bestand: Arc::clone(&gathered.file),
        soort: Bestandssoort::Xlsb,
        bladen: Vec::new(),
        namen: Vec::new(),
        tabellen: Vec::new(),
        koppelingen: Vec::new(),
        rekenwijze: book.rekenwijze,
    };
    for part in &book.links {
        let mut targets: Vec<String> = parts
            .relations(part)?
            .into_values()
            .map(|r| r.target)
            .collect();
        targets.sort();
        map.koppelingen.push(
            targets
                .into_iter()
                .next()
                .unwrap_or_else(|| "an unnamed file".into()),
        );
    }
    let mut positions = Vec::new();
    for (name, visible, relation) in &book.sheets {
        let Some(target) = relations.get(relation).filter(|r| r.kind == "worksheet") else {
            positions.push(None);
            continue;
        };
        let mut sheet = Blad::new(name, *visible);
        let position = map.bladen.len();
        positions.push(Some(position));
        let mut last = None;
        if let Some(part) = parts.raw(&target.target, MAX_PART)? {
            let mut reading = Reading {
                texts: &texts,
                formats: &formats,
                around: &around,
                is_1904: book.is_1904,
                gathered,
                last: &mut last,
                extras: 0,
            };
            let result = reading.sheet(part, &mut sheet);
            result.map_err(|e| match e {
                Refusal::Damaged(reason) if !reason.starts_with("sheet ") => {
                    in_sheet(&sheet, last, reason)
                }
                other => other,
            })?;
        }
        map.bladen.push(sheet);
        let mut tables: Vec<String> = parts
            .relations(&target.target)?
            .into_values()
            .filter(|r| r.kind == "table")
            .map(|r| r.target)
            .collect();
        tables.sort();
        for table in tables.iter().take(1_000) {
            if let Some(part) = parts.raw(table, MAX_KEPT_PART)? {
                map.tabellen.extend(read_table(part, position)?);
            }
        }
    }
    for (naam, sheet, tokens) in &book.names {
        let tekst = match ptg::read(tokens, (0, 0), &around) {
            Gelezen::Tekst(text) => text,
            _ => String::new(),
        };
        map.namen.push(Naam {
            naam: naam.clone(),
            blad: sheet.and_then(|s| positions.get(s).copied().flatten()),
            tekst,
        });
    }
    Ok(map)
}

/// The records of a part.
struct Records<'a> {
    part: Box<dyn BufRead + 'a>,
    data: Vec<u8>,
}

impl<'a> Records<'a> {
    fn new(part: Box<dyn BufRead + 'a>) -> Self {
        Records {
            part,
            data: Vec::new(),
        }
    }

    fn byte(&mut self) -> Result<Option<u8>, Refusal> {
        let mut byte = [0];
        match self.part.read(&mut byte).map_err(Refusal::damaged)? {
            0 => Ok(None),
            _ => Ok(Some(byte[0])),
        }
    }

    /// The kind of the next record, whose content is then in `data`.
    fn next(&mut self) -> Result<Option<u16>, Refusal> {
        let Some(first) = self.byte()? else {
            return Ok(None);
        };
        let halfway = || Refusal::damaged("a record stops halfway");
        let mut kind = u16::from(first & 0x7f);
        if first & 0x80 != 0 {
            kind |= u16::from(self.byte()?.ok_or_else(halfway)? & 0x7f) << 7;
        }
        let mut size = 0_u64;
        for shift in [0, 7, 14, 21] {
            let byte = self.byte()?.ok_or_else(halfway)?;
            size |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                break;
            }
        }
        if size > MAX_RECORD {
            return Err(Refusal::damaged("a record is far too long"));
        }
        self.data.clear();
        let read = (&mut self.part)
            .take(size)
            .read_to_end(&mut self.data)
            .map_err(Refusal::damaged)?;
        if read as u64 == size {
            Ok(Some(kind))
        } else {
            Err(halfway())
        }
    }
}

fn short(what: &str) -> impl Fn() -> Refusal + '_ {
    move || Refusal::damaged(format!("a record ({what}) is too short"))
}

fn read_texts(parts: &mut Parts<'_>) -> Result<Vec<String>, Refusal> {
    let mut found = Vec::new();
    let Some(part) = parts.raw("xl/sharedStrings.bin", MAX_KEPT_PART)? else {
        return Ok(found);
    };
    let mut records = Records::new(part);
    let mut size = 0;
    while let Some(kind) = records.next()? {
        if kind == 19 {
            let mut bytes = Bytes(&records.data);
            bytes.skip(1).ok_or_else(short("text"))?;
            let text = bytes.wide_text().ok_or_else(short("text"))?;
            size += text.len();
            if size > MAX_ALL_TEXT || found.len() as u64 >= MAX_ANNOUNCED {
                return Err(Refusal::TooLarge("its texts are too many".into()));
            }
            found.push(text);
        }
    }
    Ok(found)
}

fn read_formats(parts: &mut Parts<'_>) -> Result<Vec<Opmaak>, Refusal> {
    let mut formats = Vec::new();
    let Some(part) = parts.raw("xl/styles.bin", MAX_KEPT_PART)? else {
        return Ok(formats);
    };
    let mut records = Records::new(part);
    let mut codes: HashMap<u16, Opmaak> = HashMap::new();
    let mut in_cells = false;
    while let Some(kind) = records.next()? {
        let mut bytes = Bytes(&records.data);
        match kind {
            44 => {
                if let Some((number, code)) = bytes.u16().zip(bytes.wide_text()) {
                    codes.insert(number, Opmaak::of_code(&code));
                }
            }
            617 => in_cells = true,
            618 => in_cells = false,
            47 if in_cells => {
                bytes.skip(2).ok_or_else(short("style"))?;
                let number = bytes.u16().ok_or_else(short("style"))?;
                formats.push(
                    codes
                        .get(&number)
                        .copied()
                        .unwrap_or_else(|| Opmaak::of_builtin(u32::from(number))),
                );
            }
            _ => {}
        }
    }
    Ok(formats)
}

/// What the workbook's own part says.
#[derive(Default)]
struct Book {
    /// Name, whether a user sees it, and its relation.
    sheets: Vec<(String, bool, String)>,
    /// Name, sheet, tokens.
    names: Vec<(String, Option<usize>, Vec<u8>)>,
    name_list: Vec<String>,
    references: Vec<Option<String>>,
    /// Parts that tell of other files.
    links: Vec<String>,
    is_1904: bool,
    rekenwijze: Rekenwijze,
}

impl Book {
    fn read(
        parts: &mut Parts<'_>,
        relations: &HashMap<String, super::xml::Relation>,
    ) -> Result<Book, Refusal> {
        let mut found = Book::default();
        let Some(part) = parts.raw("xl/workbook.bin", MAX_KEPT_PART)? else {
            return Err(Refusal::damaged("its list of sheets is missing"));
        };
        let mut records = Records::new(part);
        // What references count from: this workbook, or the number of another.
        let mut books: Vec<Option<usize>> = Vec::new();
        let mut externs: Vec<(u32, i32)> = Vec::new();
        while let Some(kind) = records.next()? {
            let mut bytes = Bytes(&records.data);
            match kind {
                153 => found.is_1904 = bytes.u32().is_some_and(|f| f & 1 != 0),
                157 => {
                    if let Some(flags) = bytes.skip(24).and_then(|()| bytes.u16()) {
                        found.rekenwijze = Rekenwijze {
                            herhaald: flags & 4 != 0,
                            als_getoond: flags & 8 == 0,
                        };
                    }
                }
                156 => {
                    let state = bytes.u32().ok_or_else(short("sheet"))?;
                    bytes.skip(4).ok_or_else(short("sheet"))?;
                    let relation = bytes.wide_text().ok_or_else(short("sheet"))?;
                    let name = bytes.wide_text().ok_or_else(short("sheet"))?;
                    found.sheets.push((name, state == 0, relation));
                    if found.sheets.len() > MAX_SHEETS {
                        return Err(Refusal::TooLarge(format!(
                            "it has more than {MAX_SHEETS} sheets"
                        )));
                    }
                }
                357 | 358 => books.push(Some(0)),
                355 => {
                    let relation = bytes.wide_text().unwrap_or_default();
                    let target = relations.get(&relation).map(|r| r.target.clone());
                    found.links.push(target.unwrap_or_default());
                    books.push(Some(found.links.len()));
                }
                667 => books.push(None),
                362 => {
                    let count = bytes.u32().unwrap_or(0);
                    for _ in 0..count {
                        let entry = (|| Some((bytes.u32()?, bytes.u32()? as i32, bytes.u32()?)))();
                        let Some((book, sheet, _)) = entry else { break };
                        externs.push((book, sheet));
                    }
                }
                39 => {
                    let name = (|| {
                        bytes.skip(5)?;
                        let sheet = bytes.u32()?;
                        let name = bytes.wide_text()?;
                        let size = bytes.u32()? as usize;
                        let tokens = bytes.take(size)?.to_vec();
                        Some((name, (sheet != u32::MAX).then_some(sheet as usize), tokens))
                    })();
                    let name = name.ok_or_else(short("name"))?;
                    found.name_list.push(name.0.clone());
                    found.names.push(name);
                }
                _ => {}
            }
            if (found.names.len() + books.len() + externs.len()) as u64 > MAX_EXTRAS {
                return Err(Refusal::TooLarge(format!(
                    "it holds more than {MAX_EXTRAS} names and references"
                )));
            }
        }
        if found.sheets.is_empty() {
            return Err(Refusal::damaged("it lists no sheets"));
        }
        found.references = externs
            .into_iter()
            .map(|(book, sheet)| {
                let book = books.get(book as usize).copied().flatten()?;
                if book > 0 {
                    // The names of its sheets stand in another part; which one it is does not matter here.
                    return Some(ptg::quoted(&format!("[{book}]{sheet}")));
                }
                let sheet = usize::try_from(sheet).ok()?;
                found.sheets.get(sheet).map(|s| ptg::quoted(&s.0))
            })
            .collect();
        Ok(found)
    }
}

/// A declared table.
fn read_table<'a>(part: Box<dyn BufRead + 'a>, blad: usize) -> Result<Option<Lijst>, Refusal> {
    let mut records = Records::new(part);
    let mut table: Option<Lijst> = None;
    while let Some(kind) = records.next()? {
        let mut bytes = Bytes(&records.data);
        match kind {
            343 => {
                table = (|| {
                    let bereik = range(&mut bytes)?;
                    bytes.skip(8)?;
                    let (kopregels, totaalregels) = (bytes.u32()?, bytes.u32()?);
                    bytes.skip(32)?;
                    let name = bytes.wide_text()?;
                    let shown = bytes.wide_text().unwrap_or_default();
                    Some(Lijst {
                        naam: if shown.is_empty() { name } else { shown },
                        blad,
                        bereik,
                        kopregels,
                        totaalregels,
                        kolommen: Vec::new(),
                    })
                })();
            }
            347 => {
                let caption = (|| {
                    bytes.skip(24)?;
                    let name = bytes.wide_text()?;
                    let shown = bytes.wide_text().unwrap_or_default();
                    Some(if shown.is_empty() { name } else { shown })
                })();
                if let Some(table) = &mut table
                    && table.kolommen.len() < MAX_COLUMN as usize
                {
                    table.kolommen.push(caption.unwrap_or_default());
                }
            }
            _ => {}
        }
    }
    Ok(table)
}

/// First and last row, first and last column.
fn range(bytes: &mut Bytes<'_>) -> Option<Bereik> {
    let (top, bottom) = (bytes.u32()?, bytes.u32()?);
    let (left, right) = (bytes.u32()?, bytes.u32()?);
    let inside = top <= bottom && bottom < MAX_ROW && left <= right && right < MAX_COLUMN;
    inside.then_some(Bereik {
        van: (top, left),
        tot: (bottom, right),
    })
}

struct Reading<'a> {
    texts: &'a [String],
    formats: &'a [Opmaak],
    around: &'a Omgeving<'a>,
    is_1904: bool,
    gathered: &'a mut Gathered,
    last: &'a mut Option<(u32, u32)>,
    extras: u64,
}

impl Reading<'_> {
    fn sheet<'p>(&mut self, part: Box<dyn BufRead + 'p>, sheet: &mut Blad) -> Result<(), Refusal> {
        let mut records = Records::new(part);
        let mut row = 0;
        // Formulas that more cells share: their first cell, and their tokens.
        let mut shared: HashMap<(u32, u32), Vec<u8>> = HashMap::new();
        let mut waiting: Wachtend = Vec::new();
        let mut formula_at = None;
        let mut columns = Vec::new();
        while let Some(kind) = records.next()? {
            let mut bytes = Bytes(&records.data);
            match kind {
                0 => {
                    row = bytes.u32().ok_or_else(short("row"))?;
                    if row >= MAX_ROW {
                        return Err(Refusal::damaged("a row stands outside the sheet"));
                    }
                    if records.data.get(11).is_some_and(|flags| flags & 0x10 != 0) {
                        self.extras += 1;
                        add_range(&mut sheet.verborgen_rijen, (row, row));
                    }
                }
                1..=11 => {
                    let taken = self.cell(kind, &mut bytes, row, sheet, &mut waiting);
                    formula_at = taken.ok_or_else(short("cell"))??;
                }
                60 => {
                    let column = (|| {
                        let (from, to) = (bytes.u32()?, bytes.u32()?);
                        bytes.skip(8)?;
                        Some((from, to, bytes.u16()? & 1 != 0))
                    })();
                    let (from, to, hidden) = column.ok_or_else(short("column"))?;
                    if hidden && from <= to && from < MAX_COLUMN {
                        self.extras += 1;
                        columns.push((from, to.min(MAX_COLUMN - 1)));
                    }
                }
                176 => {
                    self.extras += 1;
                    sheet.samengevoegd.extend(range(&mut bytes));
                }
                426 | 427 => {
                    let formula = (|| {
                        let range = range(&mut bytes)?;
                        bytes.skip(usize::from(kind == 426))?;
                        let size = bytes.u32()? as usize;
                        Some((range, bytes.take(size)?.to_vec()))
                    })();
                    let (range, tokens) = formula.ok_or_else(short("formula"))?;
                    self.extras += 1;
                    self.gathered.count(0, tokens.len())?;
                    if kind == 426 {
                        sheet.matrices.push(range);
                    }
                    if let Some(at) = formula_at {
                        shared.insert(at, tokens.clone());
                    }
                    shared.insert(range.van, tokens);
                }
                _ => {}
            }
            if self.extras > MAX_EXTRAS {
                return Err(Refusal::TooLarge(format!(
                    "it holds more than {MAX_EXTRAS} merged and hidden ranges"
                )));
            }
        }
        for (cell, anchor) in waiting {
            let text =
                shared
                    .get(&anchor)
                    .and_then(|tokens| match ptg::read(tokens, cell, self.around) {
                        Gelezen::Tekst(text) => Some(text),
                        _ => None,
                    });
            if let (Some(text), Some(cell)) = (text, sheet.cellen.get_mut(&cell)) {
                self.gathered.count(0, text.len())?;
                cell.formule = Some(Arc::from(text));
            }
        }
        columns.sort_unstable();
        for range in columns {
            add_range(&mut sheet.verborgen_kolommen, range);
        }
        Ok(())
    }

    /// A cell; where it stands when it holds a formula. None when its record is too short.
    fn cell(
        &mut self,
        kind: u16,
        bytes: &mut Bytes<'_>,
        row: u32,
        sheet: &mut Blad,
        waiting: &mut Wachtend,
    ) -> Option<Result<Option<(u32, u32)>, Refusal>> {
        let at = (row, bytes.u32()?);
        *self.last = Some(at);
        let style = (bytes.u32()? & 0x00ff_ffff) as usize;
        let format = self.formats.get(style).copied().unwrap_or_default();
        let text;
        let value = match kind {
            1 => return Some(Ok(None)),
            2 => dated(bytes.rk()?, format, self.is_1904),
            5 | 9 => dated(bytes.f64()?, format, self.is_1904),
            3 | 11 => DataRef::SharedString(ptg::error_text(bytes.u8()?).unwrap_or("#N/A")),
            4 | 10 => DataRef::Bool(bytes.u8()? != 0),
            6 | 8 => {
                text = bytes.wide_text()?;
                DataRef::SharedString(&text)
            }
            _ => match self.texts.get(bytes.u32()? as usize) {
                Some(text) => DataRef::SharedString(text),
                None => return Some(Err(Refusal::damaged("a text is missing"))),
            },
        };
        let mut formula: Option<Arc<str>> = None;
        if kind >= 8 {
            bytes.skip(2)?;
            let size = bytes.u32()? as usize;
            let tokens = bytes.take(size)?;
            formula = Some(match ptg::read(tokens, at, self.around) {
                Gelezen::Tekst(text) => Arc::from(text),
                Gelezen::Onbekend => Arc::from(""),
                Gelezen::Gedeeld(anchor) => {
                    bytes.skip(4)?;
                    let column = bytes.u32()?;
                    waiting.push((at, (anchor, column)));
                    Arc::from("")
                }
            });
        }
        let is_formula = formula.is_some();
        if let Err(e) = self.gathered.take(sheet, at, &value, formula) {
            return Some(Err(e));
        }
        if let Some(cell) = sheet.cellen.get_mut(&at) {
            cell.opmaak = format;
        }
        Some(Ok(is_formula.then_some(at)))
    }
}

//! .xls of Excel 97 to 2003 (BIFF8): one pass over the records. Layouts: [MS-XLS].
//!
//! The spreadsheet reader takes its memory from counts that the file states, and writes every sheet out as a rectangle; this
//! takes a cell when it comes, and believes no count.

use super::ptg::{self, Bytes, Gelezen, Omgeving, Soort, Wachtend};
use super::{
    Bereik, Bestandssoort, Blad, Gathered, MAX_ALL_TEXT, MAX_ANNOUNCED, MAX_COLUMN, MAX_FILE,
    MAX_SHEETS, MAX_TEXT, Naam, Opmaak, Opmaaksoort, Refusal, Rekenwijze, Werkmap, add_range,
    in_sheet,
};
use calamine::{DataRef, ExcelDateTime, ExcelDateTimeType};
use std::collections::HashMap;
use std::io::{Cursor, Read as _};
use std::sync::Arc;

const CONTINUE: u16 = 0x3c;
/// Most merged ranges, hidden ranges, styles and names together.
const MAX_EXTRAS: u64 = 200_000;
/// A sheet of the BIFF8 format has no more columns; more in a record is damage.
const COLUMNS: u32 = 256;

pub(super) fn read(bytes: &[u8], gathered: &mut Gathered) -> Result<Werkmap, Refusal> {
    let stream = workbook_stream(bytes)?;
    let globals = Globals::read(&stream)?;
    let around = Omgeving {
        soort: Soort::Biff8,
        sheets: &globals.references,
        names: &globals.name_list,
    };
    let mut map = Werkmap {
        bestand: Arc::clone(&gathered.file),
        soort: Bestandssoort::Xls,
        bladen: Vec::new(),
        namen: Vec::new(),
        tabellen: Vec::new(),
        koppelingen: globals.links.clone(),
        rekenwijze: globals.rekenwijze,
    };
    // Sheets that all point at the same records would be read as often as there are sheets.
    let mut bytes_left = 2 * stream.len();
    let mut positions = Vec::new();
    for about in &globals.sheets {
        if about.kind != 0 {
            positions.push(None);
            continue;
        }
        positions.push(Some(map.bladen.len()));
        let mut sheet = Blad::new(&about.name, about.visible);
        let records = stream
            .get(about.position as usize..)
            .ok_or_else(|| in_sheet(&sheet, None, "it starts beyond the end of the file"))?;
        let mut last = None;
        let mut reading = Reading {
            globals: &globals,
            around: &around,
            gathered,
            last: &mut last,
            bytes_left: &mut bytes_left,
            rekenwijze: &mut map.rekenwijze,
        };
        let result = reading.sheet(records, &mut sheet);
        result.map_err(|e| match e {
            Refusal::Damaged(reason) if !reason.starts_with("sheet ") => {
                in_sheet(&sheet, last, reason)
            }
            other => other,
        })?;
        map.bladen.push(sheet);
    }
    for name in &globals.names {
        let tekst = match ptg::read(&name.tokens, (0, 0), &around) {
            Gelezen::Tekst(text) => text,
            _ => String::new(),
        };
        map.namen.push(Naam {
            naam: name.name.clone(),
            blad: name
                .sheet
                .checked_sub(1)
                .and_then(|s| positions.get(s).copied().flatten()),
            tekst,
        });
    }
    Ok(map)
}

/// The stream of the container that holds the workbook.
fn workbook_stream(bytes: &[u8]) -> Result<Vec<u8>, Refusal> {
    // What the container's own reader says of its inside means nothing to who made the workbook.
    let broken = |_| {
        Refusal::damaged(
            "its container (OLE) is broken off or damaged, as after a download that stopped halfway",
        )
    };
    let mut container = cfb::CompoundFile::open(Cursor::new(bytes)).map_err(broken)?;
    let name = ["/Workbook", "/WORKBOOK", "/Book", "/BOOK"]
        .into_iter()
        .find(|name| container.is_stream(name));
    let Some(name) = name else {
        return Err(Refusal::NotAWorkbook(
            "it is an older Office file without a workbook in it".into(),
        ));
    };
    let mut stream = Vec::new();
    let opened = container.open_stream(name).map_err(broken)?;
    opened
        .take(MAX_FILE)
        .read_to_end(&mut stream)
        .map_err(broken)?;
    Ok(stream)
}

/// A record: its kind, and its content.
struct Records<'a>(&'a [u8]);

impl<'a> Iterator for Records<'a> {
    type Item = Result<(u16, &'a [u8]), Refusal>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let mut bytes = Bytes(self.0);
        let record = (|| {
            let kind = bytes.u16()?;
            let length = usize::from(bytes.u16()?);
            Some((kind, bytes.take(length)?))
        })();
        self.0 = bytes.0;
        if record.is_none() {
            self.0 = &[];
        }
        Some(record.ok_or_else(|| Refusal::damaged("a record stops halfway")))
    }
}

impl<'a> Records<'a> {
    /// The continuations that follow here.
    fn continued(&mut self, first: &'a [u8]) -> Result<Vec<&'a [u8]>, Refusal> {
        let mut pieces = vec![first];
        while self.0.starts_with(&CONTINUE.to_le_bytes()) {
            match self.next() {
                Some(piece) => pieces.push(piece?.1),
                None => break,
            }
        }
        Ok(pieces)
    }
}

fn short(what: &str) -> impl Fn() -> Refusal + '_ {
    move || Refusal::damaged(format!("a record ({what}) is too short"))
}

struct AboutSheet {
    name: String,
    visible: bool,
    kind: u8,
    position: u32,
}

struct AboutName {
    name: String,
    sheet: usize,
    tokens: Vec<u8>,
}

/// What holds for all sheets.
#[derive(Default)]
struct Globals {
    sheets: Vec<AboutSheet>,
    names: Vec<AboutName>,
    name_list: Vec<String>,
    texts: Vec<String>,
    formats: Vec<Opmaak>,
    links: Vec<String>,
    references: Vec<Option<String>>,
    is_1904: bool,
    rekenwijze: Rekenwijze,
}

/// Another workbook, or this one.
enum Boek {
    Dit,
    Ander(usize, Vec<String>),
    Anders,
}

impl Globals {
    fn read(stream: &[u8]) -> Result<Globals, Refusal> {
        let mut found = Globals::default();
        let mut records = Records(stream);
        let (mut codes, mut styles): (HashMap<u16, Opmaak>, Vec<u16>) =
            (HashMap::new(), Vec::new());
        let (mut books, mut externs): (Vec<Boek>, Vec<(u16, i16)>) = (Vec::new(), Vec::new());
        let mut extras = 0_u64;
        let mut first = true;
        while let Some(record) = records.next() {
            let (kind, data) = record?;
            let mut bytes = Bytes(data);
            if first {
                first = false;
                if kind & 0xff != 0x09 {
                    return Err(Refusal::damaged("it does not begin as a workbook does"));
                }
                if kind != 0x0809 || bytes.u16() != Some(0x0600) {
                    return Err(Refusal::OldFormat(".xls of Excel 95 or older"));
                }
                continue;
            }
            extras += 1;
            match kind {
                0x000a => break,
                0x002f => return Err(Refusal::Encrypted),
                0x0022 => found.is_1904 = bytes.u16() == Some(1),
                0x000e => found.rekenwijze.als_getoond = bytes.u16() == Some(0),
                0x0085 => {
                    let about = sheet_record(&mut bytes).ok_or_else(short("sheet"))?;
                    found.sheets.push(about);
                    if found.sheets.len() > MAX_SHEETS {
                        return Err(Refusal::TooLarge(format!(
                            "it has more than {MAX_SHEETS} sheets"
                        )));
                    }
                }
                0x041e => {
                    if let Some((number, code)) = format_record(&mut bytes) {
                        codes.insert(number, Opmaak::of_code(&code));
                    }
                }
                0x00e0 => {
                    bytes.skip(2).ok_or_else(short("style"))?;
                    styles.push(bytes.u16().ok_or_else(short("style"))?);
                }
                0x0018 => {
                    let name = name_record(&mut bytes).ok_or_else(short("name"))?;
                    found.name_list.push(name.name.clone());
                    found.names.push(name);
                }
                0x01ae => {
                    books.push(book_record(&mut bytes, &mut found.links).unwrap_or(Boek::Anders));
                }
                0x0017 => {
                    let count = bytes.u16().unwrap_or(0);
                    for _ in 0..count {
                        let Some((book, sheet)) = bytes
                            .u16()
                            .zip(bytes.u16())
                            .filter(|_| bytes.u16().is_some())
                        else {
                            break;
                        };
                        externs.push((book, sheet as i16));
                    }
                }
                0x00fc => {
                    let pieces = records.continued(data)?;
                    found.texts = texts(&pieces)?;
                }
                _ => extras -= 1,
            }
            if extras > MAX_EXTRAS {
                return Err(Refusal::TooLarge(format!(
                    "it holds more than {MAX_EXTRAS} styles and names"
                )));
            }
        }
        if found.sheets.is_empty() {
            return Err(Refusal::damaged("it lists no sheets"));
        }
        found.formats = styles
            .iter()
            .map(|s| {
                codes
                    .get(s)
                    .copied()
                    .unwrap_or_else(|| Opmaak::of_builtin(u32::from(*s)))
            })
            .collect();
        found.references = externs
            .into_iter()
            .map(|(book, sheet)| {
                let sheet = usize::try_from(sheet).ok()?;
                match books.get(usize::from(book))? {
                    Boek::Dit => found.sheets.get(sheet).map(|s| ptg::quoted(&s.name)),
                    Boek::Ander(number, sheets) => {
                        let name = sheets.get(sheet).map_or("", String::as_str);
                        Some(ptg::quoted(&format!("[{number}]{name}")))
                    }
                    Boek::Anders => None,
                }
            })
            .collect();
        Ok(found)
    }
}

fn sheet_record(bytes: &mut Bytes<'_>) -> Option<AboutSheet> {
    let position = bytes.u32()?;
    let visible = matches!(bytes.u8()? & 3, 0);
    let kind = bytes.u8()?;
    let length = usize::from(bytes.u8()?);
    let wide = bytes.u8()? & 1 != 0;
    let name = bytes.text(length, wide)?;
    Some(AboutSheet {
        name,
        visible,
        kind,
        position,
    })
}

fn format_record(bytes: &mut Bytes<'_>) -> Option<(u16, String)> {
    let number = bytes.u16()?;
    let length = usize::from(bytes.u16()?);
    let wide = bytes.u8()? & 1 != 0;
    Some((number, bytes.text(length, wide)?))
}

fn name_record(bytes: &mut Bytes<'_>) -> Option<AboutName> {
    let builtin = bytes.u16()? & 0x20 != 0;
    bytes.skip(1)?;
    let length = usize::from(bytes.u8()?);
    let size = usize::from(bytes.u16()?);
    bytes.skip(2)?;
    let sheet = usize::from(bytes.u16()?);
    bytes.skip(4)?;
    let wide = bytes.u8()? & 1 != 0;
    let name = bytes.text(length, wide)?;
    let name = if builtin {
        let number = name.chars().next().map_or(0, u32::from);
        match number {
            6 => "_xlnm.Print_Area".to_owned(),
            7 => "_xlnm.Print_Titles".to_owned(),
            13 => "_xlnm._FilterDatabase".to_owned(),
            n => format!("_xlnm.{n}"),
        }
    } else {
        name
    };
    let tokens = bytes.take(size)?.to_vec();
    Some(AboutName {
        name,
        sheet,
        tokens,
    })
}

fn book_record(bytes: &mut Bytes<'_>, links: &mut Vec<String>) -> Option<Boek> {
    let sheets = bytes.u16()?;
    let length = bytes.u16()?;
    match length {
        0x0401 => return Some(Boek::Dit),
        0x3a01 => return Some(Boek::Anders),
        _ => {}
    }
    let wide = bytes.u8()? & 1 != 0;
    let path = bytes.text(usize::from(length), wide)?;
    // Marks in the path stand for drives and folders.
    let path: String = path
        .chars()
        .map(|c| if c.is_control() { '/' } else { c })
        .collect();
    links.push(path.trim_start_matches('/').to_owned());
    let number = links.len();
    let mut names = Vec::new();
    for _ in 0..sheets {
        let Some(name) = (|| {
            let length = usize::from(bytes.u16()?);
            let wide = bytes.u8()? & 1 != 0;
            bytes.text(length, wide)
        })() else {
            break;
        };
        names.push(name);
    }
    Some(Boek::Ander(number, names))
}

/// The texts that cells share, from a record and its continuations.
fn texts(pieces: &[&[u8]]) -> Result<Vec<String>, Refusal> {
    let mut reader = Pieces {
        pieces,
        current: Bytes(&[]),
    };
    let mut found = Vec::new();
    let mut size = 0;
    reader.next_piece();
    // The counts at its head are not believed.
    reader.skip(8).ok_or_else(short("texts"))?;
    while reader.more() {
        let text = reader.text().ok_or_else(short("texts"))?;
        size += text.len();
        if size > MAX_ALL_TEXT || found.len() as u64 >= MAX_ANNOUNCED {
            return Err(Refusal::TooLarge("its texts are too many".into()));
        }
        found.push(text);
    }
    Ok(found)
}

/// Bytes that are divided over records.
struct Pieces<'a, 'b> {
    pieces: &'b [&'a [u8]],
    current: Bytes<'a>,
}

impl Pieces<'_, '_> {
    fn next_piece(&mut self) -> bool {
        let Some((first, rest)) = self.pieces.split_first() else {
            return false;
        };
        self.current = Bytes(first);
        self.pieces = rest;
        true
    }

    fn more(&mut self) -> bool {
        while self.current.0.is_empty() {
            if !self.next_piece() {
                return false;
            }
        }
        true
    }

    fn skip(&mut self, mut count: usize) -> Option<()> {
        while count > 0 {
            if !self.more() {
                return None;
            }
            let now = count.min(self.current.0.len());
            self.current.skip(now)?;
            count -= now;
        }
        Some(())
    }

    fn text(&mut self) -> Option<String> {
        let length = usize::from(self.current.u16()?);
        let flags = self.current.u8()?;
        let runs = if flags & 8 != 0 {
            usize::from(self.current.u16()?)
        } else {
            0
        };
        let extra = if flags & 4 != 0 {
            self.current.u32()? as usize
        } else {
            0
        };
        let text = self.characters(length, flags & 1 != 0)?;
        self.skip(4 * runs)?;
        self.skip(extra)?;
        Some(text)
    }

    /// Characters, over more records if need be; each next record says anew how wide they are.
    fn characters(&mut self, mut length: usize, mut wide: bool) -> Option<String> {
        let mut text = String::new();
        loop {
            let fits = self.current.0.len() / if wide { 2 } else { 1 };
            let now = length.min(fits);
            text.push_str(&self.current.text(now, wide)?);
            length -= now;
            if length == 0 {
                return Some(text);
            }
            if !self.next_piece() {
                return None;
            }
            wide = self.current.u8()? & 1 != 0;
        }
    }
}

struct Reading<'a> {
    globals: &'a Globals,
    around: &'a Omgeving<'a>,
    gathered: &'a mut Gathered,
    last: &'a mut Option<(u32, u32)>,
    bytes_left: &'a mut usize,
    rekenwijze: &'a mut Rekenwijze,
}

impl Reading<'_> {
    fn sheet(&mut self, stream: &[u8], sheet: &mut Blad) -> Result<(), Refusal> {
        let mut records = Records(stream);
        let mut depth = 0_u32;
        // Formulas that stand with another cell, and the formulas that others share, by their first cell.
        let mut shared: HashMap<(u32, u32), Vec<u8>> = HashMap::new();
        let mut waiting: Wachtend = Vec::new();
        let mut formula_at = None;
        let mut extras = 0_u64;
        let mut columns = Vec::new();
        let mut rows = Vec::new();
        while let Some(record) = records.next() {
            let (kind, data) = record?;
            *self.bytes_left = self
                .bytes_left
                .checked_sub(data.len() + 4)
                .ok_or_else(|| Refusal::TooLarge("its sheets overlap".into()))?;
            match kind {
                0x0809 => depth += 1,
                0x000a => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        break;
                    }
                }
                // Inside a chart in the sheet.
                _ if depth > 1 => {}
                0x0011 => self.rekenwijze.herhaald |= Bytes(data).u16() == Some(1),
                0x000e => self.rekenwijze.als_getoond |= Bytes(data).u16() == Some(0),
                _ => {
                    extras += self
                        .record(
                            kind,
                            data,
                            sheet,
                            &mut records,
                            &mut formula_at,
                            &mut shared,
                            &mut waiting,
                            &mut rows,
                            &mut columns,
                        )
                        .ok_or_else(short("cell"))??;
                }
            }
            if extras > MAX_EXTRAS {
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
        for (found, to) in [
            (rows, &mut sheet.verborgen_rijen),
            (columns, &mut sheet.verborgen_kolommen),
        ] {
            let mut found: Vec<(u32, u32)> = found;
            found.sort_unstable();
            for range in found {
                add_range(to, range);
            }
        }
        Ok(())
    }

    /// One record; how many ranges it held. None when it is too short.
    fn record<'s>(
        &mut self,
        kind: u16,
        data: &'s [u8],
        sheet: &mut Blad,
        records: &mut Records<'s>,
        formula_at: &mut Option<(u32, u32)>,
        shared: &mut HashMap<(u32, u32), Vec<u8>>,
        waiting: &mut Wachtend,
        rows: &mut Vec<(u32, u32)>,
        columns: &mut Vec<(u32, u32)>,
    ) -> Option<Result<u64, Refusal>> {
        let mut bytes = Bytes(data);
        let mut place = |bytes: &mut Bytes<'_>| {
            let at = (u32::from(bytes.u16()?), u32::from(bytes.u16()?));
            *self.last = Some(at);
            Some((at, bytes.u16()?))
        };
        let outcome = match kind {
            // NUMBER, RK
            0x0203 | 0x027e => {
                let (at, style) = place(&mut bytes)?;
                let value = if kind == 0x0203 {
                    bytes.f64()?
                } else {
                    bytes.rk()?
                };
                self.number(sheet, at, style, value, None)
            }
            // MULRK
            0x00bd => {
                let row = u32::from(bytes.u16()?);
                let first = u32::from(bytes.u16()?);
                let mut outcome = Ok(());
                let mut column = first;
                while bytes.0.len() >= 8 && outcome.is_ok() {
                    let style = bytes.u16()?;
                    let value = bytes.rk()?;
                    *self.last = Some((row, column));
                    outcome = self.number(sheet, (row, column), style, value, None);
                    column += 1;
                }
                outcome
            }
            // LABELSST
            0x00fd => {
                let (at, style) = place(&mut bytes)?;
                let number = bytes.u32()? as usize;
                match self.globals.texts.get(number) {
                    Some(text) => self.put(sheet, at, style, &DataRef::SharedString(text), None),
                    None => Err(Refusal::damaged("a text is missing")),
                }
            }
            // LABEL
            0x0204 => {
                let (at, style) = place(&mut bytes)?;
                let length = usize::from(bytes.u16()?);
                let wide = bytes.u8()? & 1 != 0;
                let text = bytes.text(length, wide)?;
                self.put(sheet, at, style, &DataRef::String(text), None)
            }
            // BOOLERR
            0x0205 => {
                let (at, style) = place(&mut bytes)?;
                let value = bytes.u8()?;
                if bytes.u8()? == 0 {
                    self.put(sheet, at, style, &DataRef::Bool(value != 0), None)
                } else {
                    self.error(sheet, at, style, value, None)
                }
            }
            // FORMULA
            0x0006 => {
                let (at, style) = place(&mut bytes)?;
                let value = bytes.take(8)?;
                bytes.skip(6)?;
                let size = usize::from(bytes.u16()?);
                let tokens = bytes.take(size)?;
                let formula: Option<Arc<str>> = match ptg::read(tokens, at, self.around) {
                    Gelezen::Tekst(text) => Some(Arc::from(text)),
                    Gelezen::Onbekend => Some(Arc::from("")),
                    Gelezen::Gedeeld(row) => {
                        let column = tokens
                            .get(3..5)
                            .map_or(0, |b| u32::from(b[0]) | u32::from(b[1]) << 8);
                        waiting.push((at, (row, column)));
                        Some(Arc::from(""))
                    }
                };
                *formula_at = Some(at);
                if value[6..] == [0xff, 0xff] {
                    match value[0] {
                        // The text follows in a record of its own; until then it is empty.
                        0 | 3 => {
                            self.put(sheet, at, style, &DataRef::String(String::new()), formula)
                        }
                        1 => self.put(sheet, at, style, &DataRef::Bool(value[2] != 0), formula),
                        2 => self.error(sheet, at, style, value[2], formula),
                        _ => self.put(sheet, at, style, &DataRef::Empty, formula),
                    }
                } else {
                    let value = Bytes(value).f64()?;
                    self.number(sheet, at, style, value, formula)
                }
            }
            // STRING: the text of the formula before it.
            0x0207 => {
                let pieces = match records.continued(data) {
                    Ok(pieces) => pieces,
                    Err(e) => return Some(Err(e)),
                };
                let mut reader = Pieces {
                    pieces: &pieces[1..],
                    current: Bytes(data),
                };
                let length = usize::from(reader.current.u16()?);
                let text = if length == 0 {
                    String::new()
                } else {
                    let wide = reader.current.u8()? & 1 != 0;
                    reader.characters(length, wide)?
                };
                match *formula_at {
                    Some(at) if text.len() <= 4 * MAX_TEXT => {
                        let formula = sheet.cellen.get(&at).and_then(|c| c.formule.clone());
                        let format = sheet.cellen.get(&at).map(|c| c.opmaak);
                        let put = self
                            .gathered
                            .take(sheet, at, &DataRef::String(text), formula);
                        if let (Some(cell), Some(format)) = (sheet.cellen.get_mut(&at), format) {
                            cell.opmaak = format;
                        }
                        put
                    }
                    _ => Ok(()),
                }
            }
            // SHRFMLA, ARRAY
            0x04bc | 0x0221 => {
                let (top, bottom) = (u32::from(bytes.u16()?), u32::from(bytes.u16()?));
                let (left, right) = (u32::from(bytes.u8()?), u32::from(bytes.u8()?));
                bytes.skip(if kind == 0x04bc { 2 } else { 6 })?;
                let size = usize::from(bytes.u16()?);
                let tokens = bytes.take(size)?.to_vec();
                // The cell before it says where the formulas that share it look for it.
                if let Some(at) = *formula_at {
                    shared.insert(at, tokens.clone());
                }
                shared.insert((top, left), tokens);
                if kind == 0x0221 && top <= bottom && left <= right {
                    sheet.matrices.push(Bereik {
                        van: (top, left),
                        tot: (bottom, right),
                    });
                }
                return Some(self.gathered.count(0, size).map(|()| 1));
            }
            // ROW
            0x0208 => {
                let row = u32::from(bytes.u16()?);
                bytes.skip(10)?;
                if bytes.u16()? & 0x20 != 0 {
                    rows.push((row, row));
                    return Some(Ok(1));
                }
                Ok(())
            }
            // COLINFO
            0x007d => {
                let (from, to) = (u32::from(bytes.u16()?), u32::from(bytes.u16()?));
                bytes.skip(4)?;
                if bytes.u16()? & 1 != 0 && from <= to && from < MAX_COLUMN {
                    columns.push((from, to.min(COLUMNS - 1).max(from)));
                    return Some(Ok(1));
                }
                Ok(())
            }
            // MERGECELLS
            0x00e5 => {
                let count = u64::from(bytes.u16()?);
                for _ in 0..count {
                    let (top, bottom) = (u32::from(bytes.u16()?), u32::from(bytes.u16()?));
                    let (left, right) = (u32::from(bytes.u16()?), u32::from(bytes.u16()?));
                    if top <= bottom && left <= right {
                        sheet.samengevoegd.push(Bereik {
                            van: (top, left),
                            tot: (bottom, right),
                        });
                    }
                }
                return Some(Ok(count));
            }
            _ => Ok(()),
        };
        Some(outcome.map(|()| 0))
    }

    fn error(
        &mut self,
        sheet: &mut Blad,
        at: (u32, u32),
        style: u16,
        number: u8,
        formula: Option<Arc<str>>,
    ) -> Result<(), Refusal> {
        let text = ptg::error_text(number).unwrap_or("#N/A");
        self.put(sheet, at, style, &DataRef::SharedString(text), formula)
    }

    fn number(
        &mut self,
        sheet: &mut Blad,
        at: (u32, u32),
        style: u16,
        value: f64,
        formula: Option<Arc<str>>,
    ) -> Result<(), Refusal> {
        let format = self.globals.formats.get(usize::from(style)).copied();
        let data = dated(value, format.unwrap_or_default(), self.globals.is_1904);
        self.put(sheet, at, style, &data, formula)
    }

    fn put(
        &mut self,
        sheet: &mut Blad,
        at: (u32, u32),
        style: u16,
        value: &DataRef<'_>,
        formula: Option<Arc<str>>,
    ) -> Result<(), Refusal> {
        if at.1 >= COLUMNS {
            return Err(Refusal::damaged("a cell stands outside the sheet"));
        }
        self.gathered.take(sheet, at, value, formula)?;
        if let (Some(cell), Some(format)) = (
            sheet.cellen.get_mut(&at),
            self.globals.formats.get(usize::from(style)),
        ) {
            cell.opmaak = *format;
        }
        Ok(())
    }
}

/// A number as its format means it: a date, or a number.
pub(super) fn dated(value: f64, format: Opmaak, is_1904: bool) -> DataRef<'static> {
    if format.soort == Opmaaksoort::Datum {
        DataRef::DateTime(ExcelDateTime::new(
            value,
            ExcelDateTimeType::DateTime,
            is_1904,
        ))
    } else {
        DataRef::Float(value)
    }
}

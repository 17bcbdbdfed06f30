//! xlsx and xlsm: cells by the spreadsheet reader, and from the parts themselves what that does not tell.

use super::xml::{self, Parts, Xml};
use super::{
    Bereik, Bestandssoort, Blad, Gathered, Lijst, MAX_CELLS, MAX_COLUMN, MAX_KEPT_PART, MAX_PART,
    MAX_ROW, MAX_SHEETS, MAX_TEXT, Naam, Opmaak, Refusal, Rekenwijze, Werkmap, add_range, clean,
    in_sheet,
};
use calamine::{Reader as _, SheetType, SheetVisible, Xlsx, XlsxFormulaMetadata};
use quick_xml::events::Event;
use std::collections::HashMap;
use std::io::Cursor;
use std::sync::Arc;

/// Most merged ranges, hidden ranges, names, tables and columns of tables together: none is worth a memory of its own.
const MAX_EXTRAS: u64 = 200_000;

pub(super) fn read(bytes: &[u8], gathered: &mut Gathered) -> Result<Werkmap, Refusal> {
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(|e| match e {
        calamine::XlsxError::Password => Refusal::Encrypted,
        e => Refusal::damaged(reason(&e)),
    })?;
    let mut map = Werkmap {
        bestand: Arc::clone(&gathered.file),
        soort: Bestandssoort::Xlsx,
        bladen: Vec::new(),
        namen: Vec::new(),
        tabellen: Vec::new(),
        koppelingen: Vec::new(),
        rekenwijze: Rekenwijze::default(),
    };
    let sheets = book.sheets_metadata().to_vec();
    if sheets.len() > MAX_SHEETS {
        return Err(Refusal::TooLarge(format!("it has {} sheets", sheets.len())));
    }
    let mut extras = Extras {
        parts: Parts::new(bytes)?,
        count: 0,
    };
    let surroundings = extras.workbook()?;
    let formats = extras.formats()?;
    map.koppelingen.clone_from(&surroundings.links);
    map.rekenwijze = surroundings.rekenwijze;
    // The position in `bladen` of every sheet of the file, charts included.
    let mut positions = Vec::new();
    for (index, about) in sheets.iter().enumerate() {
        if about.typ != SheetType::WorkSheet {
            positions.push(None);
            continue;
        }
        let mut sheet = Blad::new(&about.name, about.visible == SheetVisible::Visible);
        let path = surroundings.sheets.get(index);
        // First what is read here: it sees to it that no place is out of bounds for the spreadsheet reader.
        let styles = match path {
            Some(path) => extras.sheet(path, &mut sheet)?,
            None => Vec::new(),
        };
        read_cells(&mut book, &mut sheet, gathered)?;
        if let Some(first) = formats.first().filter(|f| **f != Opmaak::default()) {
            for cell in sheet.cellen.values_mut() {
                cell.opmaak = *first;
            }
        }
        for (place, style) in styles {
            if let (Some(format), Some(cell)) =
                (formats.get(style as usize), sheet.cellen.get_mut(&place))
            {
                cell.opmaak = *format;
            }
        }
        let position = map.bladen.len();
        positions.push(Some(position));
        if let Some(path) = path {
            extras.tables(path, position, &mut map.tabellen)?;
        }
        map.bladen.push(sheet);
    }
    map.namen = surroundings
        .names
        .into_iter()
        .map(|(naam, sheet, tekst)| Naam {
            naam,
            blad: sheet.and_then(|s| positions.get(s).copied().flatten()),
            tekst,
        })
        .collect();
    Ok(map)
}

fn read_cells(
    book: &mut Xlsx<Cursor<&[u8]>>,
    sheet: &mut Blad,
    gathered: &mut Gathered,
) -> Result<(), Refusal> {
    let mut cells = book
        .worksheet_cells_reader(&sheet.naam)
        .map_err(|e| in_sheet(sheet, None, reason(&e)))?;
    let mut last = None;
    // A formula that is there, but nobody knows which.
    let unknown = || Some(Arc::from(""));
    // Formulas that more cells share: the text of the first, and where that stands.
    let mut shared: HashMap<usize, (Arc<str>, (u32, u32))> = HashMap::new();
    while let Some(cell) = cells
        .next_cell_with_formula_metadata()
        .map_err(|e| in_sheet(sheet, last, reason(&e)))?
    {
        last = Some(cell.pos);
        let formula: Option<Arc<str>> = match cell.formula {
            None => None,
            Some(XlsxFormulaMetadata::Normal { formula }) => Some(Arc::from(formula)),
            Some(XlsxFormulaMetadata::Shared {
                shared_index,
                formula,
                ..
            }) => {
                let formula: Arc<str> = Arc::from(formula);
                gathered.count(0, formula.len())?;
                shared.insert(shared_index, (Arc::clone(&formula), cell.pos));
                Some(formula)
            }
            Some(XlsxFormulaMetadata::SharedDerived { shared_index }) => shared
                .get(&shared_index)
                .map(|(formula, start)| Arc::from(shifted(formula, *start, cell.pos)))
                .or_else(unknown),
            Some(_) => unknown(),
        };
        if formula.as_ref().is_some_and(|f| f.len() > MAX_TEXT) {
            return Err(in_sheet(sheet, last, "a formula is far too long"));
        }
        gathered.take(sheet, cell.pos, &cell.value, formula)?;
    }
    Ok(())
}

/// What the spreadsheet reader says, without what only its maker knows.
fn reason(error: &calamine::XlsxError) -> String {
    use calamine::XlsxError;
    match error {
        XlsxError::WorksheetNotFound(_) => "its part is missing from the file".into(),
        XlsxError::FileNotFound(part) => format!("the part {} is missing", clean(part)),
        XlsxError::XmlEof(_) => "its part stops halfway".into(),
        error => {
            let text = error.to_string();
            let text = text.strip_prefix("Xml error: ").unwrap_or(&text);
            // A position in bytes of an unpacked part helps nobody.
            match text.strip_prefix("at ").and_then(|t| t.split_once(": ")) {
                Some((_, rest)) => rest.to_owned(),
                None => text.to_owned(),
            }
        }
    }
}

/// A shared formula as it reads in another cell. Texts, names of sheets and columns of tables do not shift, also where they
/// look like cells.
fn shifted(formula: &str, from: (u32, u32), to: (u32, u32)) -> String {
    let mut out = String::with_capacity(formula.len());
    let mut moved = String::new();
    let mut rest = formula;
    while !rest.is_empty() {
        let end = rest.find(['"', '\'', '[']).unwrap_or(rest.len());
        let (plain, after) = rest.split_at(end);
        match calamine::expand_shared_formula_into(plain, from, to, &mut moved) {
            Ok(()) => out.push_str(&moved),
            Err(_) => out.push_str(plain),
        }
        let literal = literal_length(after);
        out.push_str(&after[..literal]);
        rest = &after[literal..];
    }
    out
}

/// The length of the quoted or bracketed piece that a text begins with.
fn literal_length(text: &str) -> usize {
    let mut depth = 0_u32;
    let quote = text.chars().next();
    for (at, c) in text.char_indices() {
        match quote {
            Some('[') => {
                depth = match c {
                    '[' => depth + 1,
                    ']' => depth.saturating_sub(1),
                    _ => depth,
                };
                if depth == 0 {
                    return at + 1;
                }
            }
            // A doubled quote inside begins a next literal, which comes to the same.
            Some(q) if at > 0 && c == q => return at + c.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

/// What the workbook's own part says.
struct Surroundings {
    /// The part of every sheet, in the order of the sheets.
    sheets: Vec<String>,
    /// Names: the name, the sheet that it belongs to, its text.
    names: Vec<(String, Option<usize>, String)>,
    /// Files that it links to.
    links: Vec<String>,
    rekenwijze: Rekenwijze,
}

/// What stands around the cells, read from the parts themselves.
struct Extras<'a> {
    parts: Parts<'a>,
    count: u64,
}

impl Extras<'_> {
    fn count(&mut self) -> Result<(), Refusal> {
        self.count += 1;
        if self.count > MAX_EXTRAS {
            return Err(Refusal::TooLarge(format!(
                "it holds more than {MAX_EXTRAS} merged and hidden ranges, names and tables"
            )));
        }
        Ok(())
    }

    fn workbook(&mut self) -> Result<Surroundings, Refusal> {
        let part = self
            .parts
            .relations("")?
            .into_values()
            .find(|r| r.kind == "officeDocument")
            .map_or_else(|| "xl/workbook.xml".to_owned(), |r| r.target);
        let relations = self.parts.relations(&part)?;
        let target = |id: Option<String>| {
            id.and_then(|id| relations.get(&id))
                .map(|r| r.target.clone())
        };
        let mut found = Surroundings {
            sheets: Vec::new(),
            names: Vec::new(),
            links: Vec::new(),
            rekenwijze: Rekenwijze::default(),
        };
        let mut link_parts = Vec::new();
        if let Some(mut events) = self.parts.xml(&part, MAX_KEPT_PART)? {
            loop {
                match events.next()? {
                    Event::Start(e) if e.local_name().as_ref() == "sheet" => {
                        found
                            .sheets
                            .push(target(xml::attribute(&e, "id")).unwrap_or_default());
                    }
                    Event::Start(e) if e.local_name().as_ref() == "calcPr" => {
                        found.rekenwijze = Rekenwijze {
                            als_getoond: xml::attribute(&e, "fullPrecision")
                                .is_some_and(|v| v == "0" || v == "false"),
                            herhaald: xml::flag(&e, "iterate"),
                        };
                    }
                    Event::Start(e) if e.local_name().as_ref() == "externalReference" => {
                        link_parts.push(target(xml::attribute(&e, "id")).unwrap_or_default());
                    }
                    Event::Start(e) if e.local_name().as_ref() == "definedName" => {
                        let name = xml::attribute(&e, "name").unwrap_or_default();
                        let sheet = xml::number(&e, "localSheetId").map(|n| n as usize);
                        let text = events.text(MAX_TEXT)?;
                        found.names.push((name, sheet, text));
                    }
                    Event::Eof => break,
                    _ => {}
                }
                if (found.sheets.len() + link_parts.len() + found.names.len()) as u64 > MAX_EXTRAS {
                    return Err(Refusal::TooLarge(format!(
                        "it holds more than {MAX_EXTRAS} names"
                    )));
                }
            }
        }
        self.count += found.names.len() as u64;
        for part in link_parts {
            let relations = self.parts.relations(&part)?;
            let mut targets: Vec<String> = relations.into_values().map(|r| r.target).collect();
            targets.sort();
            found.links.push(
                targets
                    .into_iter()
                    .next()
                    .unwrap_or_else(|| "an unnamed file".into()),
            );
        }
        Ok(found)
    }

    /// How cells of each style are shown.
    fn formats(&mut self) -> Result<Vec<Opmaak>, Refusal> {
        let mut formats = Vec::new();
        let mut codes: HashMap<u32, Opmaak> = HashMap::new();
        let part = "xl/styles.xml";
        let Some(mut events) = self.parts.xml(part, MAX_KEPT_PART)? else {
            return Ok(formats);
        };
        let mut in_cells = false;
        loop {
            match events.next()? {
                Event::Start(e) => match e.local_name().as_ref() {
                    "numFmt" => {
                        if let (Some(id), Some(code)) = (
                            xml::number(&e, "numFmtId"),
                            xml::attribute(&e, "formatCode"),
                        ) {
                            codes.insert(id, Opmaak::of_code(&code));
                        }
                    }
                    "cellXfs" => in_cells = true,
                    "xf" if in_cells => {
                        let id = xml::number(&e, "numFmtId").unwrap_or(0);
                        formats.push(
                            codes
                                .get(&id)
                                .copied()
                                .unwrap_or_else(|| Opmaak::of_builtin(id)),
                        );
                    }
                    _ => {}
                },
                Event::End(e) if e.local_name().as_ref() == "cellXfs" => in_cells = false,
                Event::Eof => return Ok(formats),
                _ => {}
            }
        }
    }

    /// What a sheet's part says besides the values of its cells; and the style of every cell that holds something.
    fn sheet(&mut self, part: &str, sheet: &mut Blad) -> Result<Stijlen, Refusal> {
        let mut count = self.count;
        let Some(mut events) = self.parts.xml(part, MAX_PART)? else {
            return Ok(Vec::new());
        };
        let found = sheet_extras(&mut events, sheet, &mut count);
        drop(events);
        self.count = count;
        found
    }

    /// The declared tables of a sheet.
    fn tables(
        &mut self,
        part: &str,
        position: usize,
        tables: &mut Vec<Lijst>,
    ) -> Result<(), Refusal> {
        let mut parts: Vec<String> = self
            .parts
            .relations(part)?
            .into_values()
            .filter(|r| r.kind == "table")
            .map(|r| r.target)
            .collect();
        parts.sort();
        for part in parts {
            self.count()?;
            let mut count = self.count;
            let Some(mut events) = self.parts.xml(&part, MAX_KEPT_PART)? else {
                continue;
            };
            let mut table: Option<Lijst> = None;
            loop {
                match events.next()? {
                    Event::Start(e) if e.local_name().as_ref() == "table" => {
                        let range = xml::attribute(&e, "ref").and_then(|r| parse_range(&r));
                        let name = xml::attribute(&e, "displayName")
                            .or_else(|| xml::attribute(&e, "name"));
                        if let (Some(bereik), Some(naam)) = (range, name) {
                            table = Some(Lijst {
                                naam,
                                blad: position,
                                bereik,
                                kopregels: xml::number(&e, "headerRowCount").unwrap_or(1),
                                totaalregels: xml::number(&e, "totalsRowCount").unwrap_or(0),
                                kolommen: Vec::new(),
                            });
                        }
                    }
                    Event::Start(e) if e.local_name().as_ref() == "tableColumn" => {
                        count += 1;
                        if count > MAX_EXTRAS {
                            return Err(Refusal::TooLarge(format!(
                                "its tables have more than {MAX_EXTRAS} columns"
                            )));
                        }
                        if let Some(table) = &mut table {
                            table
                                .kolommen
                                .push(xml::attribute(&e, "name").unwrap_or_default());
                        }
                    }
                    Event::Eof => break,
                    _ => {}
                }
            }
            drop(events);
            self.count = count;
            tables.extend(table);
        }
        Ok(())
    }
}

/// Cells that hold something, with the position of their style; the first style is that of every cell without one.
type Stijlen = Vec<((u32, u32), u32)>;

/// Whether a cell or range as it is written has no more letters and digits than any reader can count to.
fn sane(text: &str) -> bool {
    let (mut letters, mut digits) = (0, 0);
    text.bytes().all(|byte| {
        letters = if byte.is_ascii_alphabetic() {
            letters + 1
        } else {
            0
        };
        digits = if byte.is_ascii_digit() { digits + 1 } else { 0 };
        letters <= 6 && digits <= 9
    })
}

fn sheet_extras(
    events: &mut Xml<'_>,
    sheet: &mut Blad,
    count: &mut u64,
) -> Result<Stijlen, Refusal> {
    let (mut row, mut column) = (0_u32, 0_u32);
    let mut hidden_columns = Vec::new();
    let mut styles: Stijlen = Vec::new();
    let mut style = 0;
    let mut current = (0, 0);
    let mut last = None;
    loop {
        let event = events.next().map_err(|e| match e {
            Refusal::Damaged(reason) => in_sheet(sheet, last, reason),
            other => other,
        })?;
        match event {
            Event::Start(e) => match e.local_name().as_ref() {
                kind @ ("row" | "c" | "f" | "dimension") => {
                    let [place, second, third] = match kind {
                        "row" => xml::attributes(&e, ["r", "hidden", "ht"]),
                        "c" => xml::attributes(&e, ["r", "s", "t"]),
                        _ => xml::attributes(&e, ["ref", "t", "si"]),
                    };
                    if let Some(text) = place.as_deref().filter(|p| !sane(p)) {
                        let text: String = clean(text).chars().take(40).collect();
                        let what = if kind == "row" { "row" } else { "cell" };
                        return Err(in_sheet(
                            sheet,
                            last,
                            format!("\"{text}\" is no {what} of a sheet"),
                        ));
                    }
                    match kind {
                        "row" => {
                            if let Some(n) = place.and_then(|p| p.trim().parse::<u32>().ok()) {
                                row = n.saturating_sub(1);
                            }
                            let hidden = second.is_some_and(|v| v == "1" || v == "true")
                                || is_zero(third.as_deref());
                            if hidden && row < MAX_ROW {
                                add_range(&mut sheet.verborgen_rijen, (row, row));
                                *count += 1;
                            }
                        }
                        "c" => {
                            if let Some(cell) = place.and_then(|p| parse_cell(&p)) {
                                (row, column) = cell;
                            }
                            current = (row, column);
                            last = Some(current);
                            style = second.and_then(|s| s.trim().parse().ok()).unwrap_or(0);
                            column = column.saturating_add(1);
                        }
                        "f" => {
                            note(&mut styles, current, style);
                            let range = place.and_then(|r| parse_range(&r));
                            if let (Some("array" | "dataTable"), Some(range)) =
                                (second.as_deref(), range)
                            {
                                sheet.matrices.push(range);
                                *count += 1;
                            }
                        }
                        _ => {}
                    }
                }
                "v" | "is" => note(&mut styles, current, style),
                "col"
                    if xml::flag(&e, "hidden")
                        || is_zero(xml::attribute(&e, "width").as_deref()) =>
                {
                    let (from, to) = (xml::number(&e, "min"), xml::number(&e, "max"));
                    if let (Some(from @ 1..), Some(to)) = (from, to) {
                        let to = to.min(MAX_COLUMN);
                        if from <= to {
                            hidden_columns.push((from - 1, to - 1));
                        }
                        *count += 1;
                    }
                }
                "mergeCell" => {
                    if let Some(range) = xml::attribute(&e, "ref").and_then(|r| parse_range(&r)) {
                        sheet.samengevoegd.push(range);
                        *count += 1;
                    }
                }
                _ => {}
            },
            Event::End(e) if e.local_name().as_ref() == "row" => {
                row = row.saturating_add(1);
                column = 0;
            }
            Event::Eof => break,
            _ => {}
        }
        if styles.len() as u64 > MAX_CELLS {
            return Err(Refusal::TooLarge(format!(
                "it holds more than {MAX_CELLS} cells"
            )));
        }
        if *count > MAX_EXTRAS {
            return Err(in_sheet(
                sheet,
                Some(current),
                format!("the workbook has more than {MAX_EXTRAS} merged and hidden ranges"),
            ));
        }
    }
    hidden_columns.sort_unstable();
    for range in hidden_columns {
        add_range(&mut sheet.verborgen_kolommen, range);
    }
    Ok(styles)
}

/// Keeps the style of a cell that holds something.
fn note(styles: &mut Stijlen, cell: (u32, u32), style: u32) {
    if style != 0 && styles.last().is_none_or(|s| s.0 != cell) {
        styles.push((cell, style));
    }
}

/// Whether a height or width is nought: what has none is not seen, whatever else the file says.
fn is_zero(size: Option<&str>) -> bool {
    size.and_then(|v| v.trim().parse::<f64>().ok())
        .is_some_and(|v| v == 0.0)
}

/// A range as it is written in a file: `A1:C7` or `A1`.
pub(super) fn parse_range(text: &str) -> Option<Bereik> {
    let (from, to) = text.split_once(':').unwrap_or((text, text));
    let (a, b) = (parse_cell(from)?, parse_cell(to)?);
    Some(Bereik {
        van: (a.0.min(b.0), a.1.min(b.1)),
        tot: (a.0.max(b.0), a.1.max(b.1)),
    })
}

/// A cell as it is written in a file: `$A$1` or `A1`.
pub(super) fn parse_cell(text: &str) -> Option<(u32, u32)> {
    let mut column = 0_u32;
    let mut row = 0_u32;
    let mut digits = false;
    for byte in text.bytes().filter(|b| *b != b'$') {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' if !digits => {
                let letter = u32::from(byte.to_ascii_uppercase() - b'A') + 1;
                column = column.checked_mul(26)?.checked_add(letter)?;
            }
            b'0'..=b'9' => {
                digits = true;
                row = row.checked_mul(10)?.checked_add(u32::from(byte - b'0'))?;
            }
            _ => return None,
        }
    }
    let inside = (1..=MAX_ROW).contains(&row) && (1..=MAX_COLUMN).contains(&column);
    inside.then(|| (row - 1, column - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_formulas_shift_cells_and_nothing_else() {
        for (formula, expected) in [
            ("A1+$B$1", "B3+$B$1"),
            ("'Q1 \"A1\"'!A1&\"A1\"", "'Q1 \"A1\"'!B3&\"A1\""),
            ("'It''s A1'!A1", "'It''s A1'!B3"),
            ("Tabel[[A1]:[B2]]+LOG10(A1)", "Tabel[[A1]:[B2]]+LOG10(B3)"),
            ("[1]Blad1!A1", "[1]Blad1!B3"),
            ("SUM(A1:A9)", "SUM(B3:B11)"),
            ("\"open A1", "\"open A1"),
        ] {
            assert_eq!(shifted(formula, (0, 0), (2, 1)), expected);
        }
    }
}

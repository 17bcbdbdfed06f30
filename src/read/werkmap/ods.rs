//! ods: one pass over its content. The spreadsheet reader writes out all repetitions before it hands over a cell; this
//! counts them first.

use super::xml::{self, Parts, Xml};
use super::{
    Bereik, Bestandssoort, Blad, Gathered, Lijst, MAX_COLUMN, MAX_PART, MAX_ROW, MAX_SHEETS,
    MAX_TEXT, Naam, Opmaak, Opmaaksoort, Refusal, Rekenwijze, Werkmap, add_range, in_sheet,
};
use calamine::DataRef;
use quick_xml::events::{BytesStart, Event};
use std::collections::HashMap;
use std::sync::Arc;

/// Most styles, names, merged and hidden ranges together.
const MAX_EXTRAS: usize = 200_000;

pub(super) fn read(bytes: &[u8], gathered: &mut Gathered) -> Result<Werkmap, Refusal> {
    let mut parts = Parts::new(bytes)?;
    let mut reading = Reading {
        map: Werkmap {
            bestand: Arc::clone(&gathered.file),
            soort: Bestandssoort::Ods,
            bladen: Vec::new(),
            namen: Vec::new(),
            tabellen: Vec::new(),
            koppelingen: Vec::new(),
            rekenwijze: Rekenwijze::default(),
        },
        gathered,
        numbers: HashMap::new(),
        styles: HashMap::new(),
        hidden_styles: HashMap::new(),
        ranges: Vec::new(),
        extras: 0,
    };
    let Some(mut events) = parts.xml("content.xml", MAX_PART)? else {
        return Err(Refusal::damaged("its content is missing"));
    };
    reading.content(&mut events)?;
    drop(events);
    Ok(reading.finish())
}

struct Reading<'a> {
    map: Werkmap,
    gathered: &'a mut Gathered,
    /// Formats of numbers, by name.
    numbers: HashMap<String, Opmaak>,
    /// Styles of cells: the name of their format of numbers.
    styles: HashMap<String, String>,
    /// Styles of sheets that hide them.
    hidden_styles: HashMap<String, bool>,
    /// Database ranges: name, address, whether it has headings.
    ranges: Vec<(String, String, bool)>,
    extras: usize,
}

/// A cell of a row, before the row is repeated.
struct Gelezen {
    column: u32,
    repeat: u32,
    value: Inhoud,
    formula: Option<Arc<str>>,
    format: Opmaak,
    span: (u32, u32),
    matrix: Option<(u32, u32)>,
}

/// What a cell holds.
enum Inhoud {
    Niets,
    Getal(f64),
    Datum(String),
    Tekst(String),
    Bool(bool),
}

impl Inhoud {
    fn data(&self) -> DataRef<'_> {
        match self {
            Inhoud::Niets => DataRef::Empty,
            Inhoud::Getal(n) => DataRef::Float(*n),
            Inhoud::Datum(t) => DataRef::DateTimeIso(t.clone()),
            Inhoud::Tekst(t) => DataRef::SharedString(t),
            Inhoud::Bool(b) => DataRef::Bool(*b),
        }
    }
}

impl Reading<'_> {
    fn count(&mut self) -> Result<(), Refusal> {
        self.extras += 1;
        if self.extras > MAX_EXTRAS {
            return Err(Refusal::TooLarge(format!(
                "it holds more than {MAX_EXTRAS} styles, names, merged and hidden ranges"
            )));
        }
        Ok(())
    }

    fn content(&mut self, events: &mut Xml<'_>) -> Result<(), Refusal> {
        let mut style = None;
        let mut format: Option<(String, Opmaak)> = None;
        loop {
            match events.next()? {
                Event::Start(e) => match e.name().as_ref() {
                    "style:style" => {
                        self.count()?;
                        let name = xml::attribute(&e, "name").unwrap_or_default();
                        if let Some(data) = xml::attribute(&e, "data-style-name") {
                            self.styles.insert(name.clone(), data);
                        }
                        style = Some(name);
                    }
                    "style:table-properties" => {
                        if let Some(name) = &style {
                            let shown = xml::attribute(&e, "display").is_none_or(|d| d == "true");
                            self.hidden_styles.insert(name.clone(), !shown);
                        }
                    }
                    "number:number-style"
                    | "number:currency-style"
                    | "number:percentage-style"
                    | "number:date-style"
                    | "number:time-style"
                    | "number:text-style" => {
                        self.count()?;
                        let kind = match e.local_name().as_ref() {
                            "percentage-style" => Opmaaksoort::Procent,
                            "date-style" | "time-style" => Opmaaksoort::Datum,
                            "text-style" => Opmaaksoort::Tekst,
                            _ => Opmaaksoort::Standaard,
                        };
                        let shown = Opmaak {
                            soort: kind,
                            valuta: e.local_name().as_ref() == "currency-style",
                            duizendtallen: 0,
                        };
                        format = Some((xml::attribute(&e, "name").unwrap_or_default(), shown));
                    }
                    "number:number" => {
                        if let Some((_, shown)) = &mut format {
                            // The plain format of a number states no number of decimals.
                            let plain = xml::attribute(&e, "decimal-places").is_none()
                                && !xml::flag(&e, "grouping");
                            if shown.soort == Opmaaksoort::Standaard && !plain {
                                shown.soort = Opmaaksoort::Getal;
                            }
                            shown.duizendtallen =
                                match xml::attribute(&e, "display-factor").as_deref() {
                                    Some("1000") => 1,
                                    Some("1000000") => 2,
                                    Some("1000000000") => 3,
                                    _ => 0,
                                };
                        }
                    }
                    "number:currency-symbol" => {
                        if let Some((_, shown)) = &mut format {
                            shown.valuta = true;
                        }
                    }
                    "table:table" => {
                        let name = xml::attribute(&e, "name").unwrap_or_default();
                        let hidden = xml::attribute(&e, "style-name")
                            .and_then(|s| self.hidden_styles.get(&s).copied())
                            .unwrap_or(false);
                        self.table(events, &name, !hidden)?;
                    }
                    "table:calculation-settings" => {
                        self.map.rekenwijze.als_getoond |= xml::flag(&e, "precision-as-shown");
                    }
                    "table:iteration" => {
                        self.map.rekenwijze.herhaald |=
                            xml::attribute(&e, "status").as_deref() == Some("enable");
                    }
                    "table:named-range" | "table:named-expression" => self.name(&e, None)?,
                    "table:database-range" => {
                        self.count()?;
                        let name = xml::attribute(&e, "name").unwrap_or_default();
                        let address = xml::attribute(&e, "target-range-address");
                        let headings =
                            xml::attribute(&e, "contains-header").is_none_or(|v| v != "false");
                        // Those without a name of their own only serve a filter.
                        if let Some(address) = address
                            && !name.starts_with("__Anonymous")
                        {
                            self.ranges.push((name, address, headings));
                        }
                    }
                    "table:tracked-changes" | "office:forms" => events.skip()?,
                    _ => {}
                },
                Event::End(e) => match e.local_name().as_ref() {
                    "style" => style = None,
                    "number-style" | "currency-style" | "percentage-style" | "date-style"
                    | "time-style" | "text-style" => {
                        if let Some((name, shown)) = format.take() {
                            self.numbers.insert(name, shown);
                        }
                    }
                    _ => {}
                },
                Event::Eof => return Ok(()),
                _ => {}
            }
        }
    }

    fn name(&mut self, e: &BytesStart<'_>, sheet: Option<usize>) -> Result<(), Refusal> {
        self.count()?;
        let text =
            xml::attribute(e, "cell-range-address").or_else(|| xml::attribute(e, "expression"));
        self.map.namen.push(Naam {
            naam: xml::attribute(e, "name").unwrap_or_default(),
            blad: sheet,
            tekst: formula(&text.unwrap_or_default()).to_owned(),
        });
        Ok(())
    }

    /// A sheet, from its start to its end.
    fn table(&mut self, events: &mut Xml<'_>, name: &str, visible: bool) -> Result<(), Refusal> {
        let mut sheet = Blad::new(name, visible);
        let position = self.map.bladen.len();
        if position >= MAX_SHEETS {
            return Err(Refusal::TooLarge(format!(
                "it has more than {MAX_SHEETS} sheets"
            )));
        }
        let mut last = None;
        let result = self.rows(events, &mut sheet, position, &mut last);
        let own = result.map_err(|e| match e {
            Refusal::Damaged(reason) if !reason.starts_with("sheet ") => {
                in_sheet(&sheet, last, reason)
            }
            other => other,
        })?;
        if own {
            sheet.verborgen_kolommen.sort_unstable();
            self.map.bladen.push(sheet);
        }
        Ok(())
    }

    /// The rows of a sheet; false when it is only a memory of a sheet in another file.
    fn rows(
        &mut self,
        events: &mut Xml<'_>,
        sheet: &mut Blad,
        position: usize,
        last: &mut Option<(u32, u32)>,
    ) -> Result<bool, Refusal> {
        let (mut row, mut column) = (0_u32, 0_u32);
        // Formats of columns: the first column that no longer has it, and its name.
        let mut defaults: Vec<(u32, Option<String>)> = Vec::new();
        let mut own = true;
        loop {
            match events.next()? {
                Event::Start(e) => match e.name().as_ref() {
                    "table:table-source" => {
                        own = false;
                        self.count()?;
                        let link = xml::attribute(&e, "href").unwrap_or_default();
                        if !self.map.koppelingen.contains(&link)
                            && self.map.koppelingen.len() < 1000
                        {
                            self.map.koppelingen.push(link);
                        }
                    }
                    "table:table-column" => {
                        let repeat = repeated(&e, "number-columns-repeated").min(MAX_COLUMN);
                        let end = column.saturating_add(repeat).min(MAX_COLUMN);
                        if is_hidden(&e) && column < end {
                            self.count()?;
                            add_range(&mut sheet.verborgen_kolommen, (column, end - 1));
                        }
                        self.count()?;
                        defaults.push((end, xml::attribute(&e, "default-cell-style-name")));
                        column = end;
                    }
                    "table:table-row" => {
                        let repeat = repeated(&e, "number-rows-repeated");
                        if is_hidden(&e) && row < MAX_ROW {
                            self.count()?;
                            let end = row.saturating_add(repeat).min(MAX_ROW);
                            add_range(&mut sheet.verborgen_rijen, (row, end - 1));
                        }
                        let cells = self.row(events, row, &defaults, last)?;
                        self.place(sheet, row, repeat, &cells)?;
                        row = row.saturating_add(repeat);
                    }
                    "table:named-range" | "table:named-expression" => {
                        self.name(&e, Some(position))?;
                    }
                    "table:shapes" | "office:forms" | "table:tracked-changes" => events.skip()?,
                    _ => {}
                },
                Event::End(e) if e.name().as_ref() == "table:table" => return Ok(own),
                Event::Eof => return Err(Refusal::damaged("the content stops halfway")),
                _ => {}
            }
        }
    }

    /// The cells of a row that hold something, up to the end of the row.
    fn row(
        &mut self,
        events: &mut Xml<'_>,
        row: u32,
        defaults: &[(u32, Option<String>)],
        last: &mut Option<(u32, u32)>,
    ) -> Result<Vec<Gelezen>, Refusal> {
        let mut column = 0_u32;
        let mut cells = Vec::new();
        loop {
            match events.next()? {
                Event::Start(e)
                    if matches!(
                        e.name().as_ref(),
                        "table:table-cell" | "table:covered-table-cell"
                    ) =>
                {
                    let repeat = repeated(&e, "number-columns-repeated");
                    let about = Cell::of(&e);
                    let (text, paragraphs) = cell_text(events, about.needs_text)?;
                    let value = match about.value(text)? {
                        // A formula that gives the empty text has a paragraph with nothing in it, and no kind.
                        Inhoud::Niets if about.formula.is_some() && paragraphs => {
                            Inhoud::Tekst(String::new())
                        }
                        value => value,
                    };
                    let filled = !matches!(value, Inhoud::Niets) || about.formula.is_some();
                    if filled || about.span != (1, 1) {
                        *last = Some((row, column));
                        let column_style = || {
                            let at = defaults.partition_point(|d| d.0 <= column);
                            defaults.get(at).and_then(|d| d.1.clone())
                        };
                        let style = about.style.clone().or_else(column_style);
                        let named = style
                            .and_then(|s| self.styles.get(&s))
                            .and_then(|n| self.numbers.get(n));
                        let format = about.format(named.copied());
                        cells.push(Gelezen {
                            column,
                            repeat,
                            value,
                            formula: about.formula,
                            format,
                            span: about.span,
                            matrix: about.matrix,
                        });
                        self.gathered.count(1, 0)?;
                    }
                    column = column.saturating_add(repeat);
                }
                Event::End(e) if e.name().as_ref() == "table:table-row" => {
                    // They were counted one by one as they came; `place` counts them once more, as often as they are repeated.
                    self.gathered.cells -= cells.len() as u64;
                    return Ok(cells);
                }
                Event::Eof => return Err(Refusal::damaged("the content stops halfway")),
                _ => {}
            }
        }
    }

    /// Puts the cells of a row, as often as it is repeated, into the sheet.
    fn place(
        &mut self,
        sheet: &mut Blad,
        row: u32,
        repeat: u32,
        cells: &[Gelezen],
    ) -> Result<(), Refusal> {
        // Before one is written out: a file of a few bytes can ask for 17 thousand million cells.
        let all: u64 = cells
            .iter()
            .filter(|c| !matches!(c.value, Inhoud::Niets) || c.formula.is_some())
            .map(|c| u64::from(c.repeat) * u64::from(repeat))
            .fold(0, u64::saturating_add);
        self.gathered.count(all, 0)?;
        self.gathered.cells -= all;
        for down in 0..if cells.is_empty() { 0 } else { repeat } {
            let at = row.saturating_add(down);
            for cell in cells {
                if cell.span != (1, 1) || cell.matrix.is_some() {
                    self.count()?;
                }
                let to = |(rows, columns): (u32, u32)| Bereik {
                    van: (at, cell.column),
                    tot: (
                        at.saturating_add(rows.max(1) - 1).min(MAX_ROW - 1),
                        cell.column
                            .saturating_add(columns.max(1) - 1)
                            .min(MAX_COLUMN - 1),
                    ),
                };
                if cell.span != (1, 1) {
                    sheet.samengevoegd.push(to(cell.span));
                }
                if let Some(size) = cell.matrix {
                    sheet.matrices.push(to(size));
                }
                if matches!(cell.value, Inhoud::Niets) && cell.formula.is_none() {
                    continue;
                }
                for right in 0..cell.repeat {
                    let place = (at, cell.column.saturating_add(right));
                    self.gathered
                        .take(sheet, place, &cell.value.data(), cell.formula.clone())?;
                    if let Some(taken) = sheet.cellen.get_mut(&place) {
                        taken.opmaak = cell.format;
                    }
                }
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Werkmap {
        for (naam, address, headings) in std::mem::take(&mut self.ranges) {
            let Some((sheet, bereik)) = parse_address(&address) else {
                continue;
            };
            if let Some(blad) = self.map.blad(&sheet) {
                self.map.tabellen.push(Lijst {
                    naam,
                    blad,
                    bereik,
                    kopregels: u32::from(headings),
                    totaalregels: 0,
                    kolommen: Vec::new(),
                });
            }
        }
        self.map
    }
}

/// `Blad1.A1:Blad1.C7` or `'Kas stroom'.A1:.C7`.
fn parse_address(text: &str) -> Option<(String, Bereik)> {
    let (from, to) = text.rsplit_once(':').unwrap_or((text, text));
    let (sheet, from) = from.rsplit_once('.')?;
    let to = to.rsplit_once('.').map_or(to, |t| t.1);
    let range = super::xlsx::parse_range(&format!("{from}:{to}"))?;
    let sheet = sheet.trim_start_matches('$');
    let sheet = sheet
        .strip_prefix('\'')
        .and_then(|s| s.strip_suffix('\''))
        .map_or_else(|| sheet.to_owned(), |s| s.replace("''", "'"));
    Some((sheet, range))
}

/// The text of a formula without what says in which language it is.
fn formula(text: &str) -> &str {
    let text = text
        .strip_prefix("of:")
        .or_else(|| text.strip_prefix("oooc:"))
        .unwrap_or(text);
    text.strip_prefix('=').unwrap_or(text)
}

fn is_hidden(e: &BytesStart<'_>) -> bool {
    xml::attribute(e, "visibility").is_some_and(|v| v != "visible")
}

/// A number of repetitions: 1 when none is given, and very large when it is no number.
fn repeated(e: &BytesStart<'_>, name: &str) -> u32 {
    match xml::attribute(e, name) {
        None => 1,
        Some(text) => text.trim().parse().unwrap_or(u32::MAX),
    }
}

/// What the attributes of a cell say.
struct Cell {
    kind: String,
    number: Option<String>,
    text: Option<String>,
    date: Option<String>,
    duration: Option<String>,
    truth: Option<String>,
    is_error: bool,
    formula: Option<Arc<str>>,
    style: Option<String>,
    span: (u32, u32),
    matrix: Option<(u32, u32)>,
    needs_text: bool,
}

impl Cell {
    fn of(e: &BytesStart<'_>) -> Self {
        let own = |name: &str| xml::attribute(e, name);
        let kinds = |prefix: &str| {
            let mut attributes = e.attributes();
            attributes.with_checks(false);
            attributes
                .filter_map(Result::ok)
                .find(|a| a.key.as_ref() == format!("{prefix}:value-type"))
                .map(|a| a.value.into_owned())
        };
        let kind = kinds("office").unwrap_or_default();
        let is_error = kinds("calcext").as_deref() == Some("error");
        let text = own("string-value");
        let size = |rows: &str, columns: &str| {
            let n = |name: &str| xml::number(e, name).unwrap_or(1).max(1);
            (n(rows), n(columns))
        };
        let needs_text = kind == "string" && text.is_none() || is_error;
        Cell {
            number: own("value"),
            date: own("date-value"),
            duration: own("time-value"),
            truth: own("boolean-value"),
            formula: own("formula").map(|f| Arc::from(formula(&f))),
            style: own("style-name"),
            span: size("number-rows-spanned", "number-columns-spanned"),
            matrix: own("number-matrix-rows-spanned").map(|_| {
                size(
                    "number-matrix-rows-spanned",
                    "number-matrix-columns-spanned",
                )
            }),
            kind,
            text,
            is_error,
            needs_text,
        }
    }

    fn value(&self, shown: String) -> Result<Inhoud, Refusal> {
        if self.is_error {
            let text = self.text.clone().filter(|t| !t.is_empty());
            return Ok(Inhoud::Tekst(text.unwrap_or(shown)));
        }
        Ok(match self.kind.as_str() {
            "float" | "percentage" | "currency" => match &self.number {
                Some(text) => Inhoud::Getal(
                    text.trim()
                        .parse()
                        .map_err(|_| Refusal::damaged(format!("\"{text}\" is no number")))?,
                ),
                None => Inhoud::Niets,
            },
            "date" => self.date.clone().map_or(Inhoud::Niets, Inhoud::Datum),
            "time" => self.duration.clone().map_or(Inhoud::Niets, Inhoud::Tekst),
            "boolean" => self.truth.as_ref().map_or(Inhoud::Niets, |t| {
                Inhoud::Bool(t.eq_ignore_ascii_case("true"))
            }),
            "string" => Inhoud::Tekst(self.text.clone().unwrap_or(shown)),
            _ => Inhoud::Niets,
        })
    }

    fn format(&self, named: Option<Opmaak>) -> Opmaak {
        let mut format = named.unwrap_or_default();
        match self.kind.as_str() {
            "percentage" => format.soort = Opmaaksoort::Procent,
            "date" | "time" => format.soort = Opmaaksoort::Datum,
            "currency" => {
                format.valuta = true;
                format.soort = Opmaaksoort::Getal;
            }
            _ => {}
        }
        format
    }
}

/// What a cell shows, to its end, only kept when it is `wanted`; and whether it shows something, be it nothing.
fn cell_text(events: &mut Xml<'_>, wanted: bool) -> Result<(String, bool), Refusal> {
    let mut text = String::new();
    let mut depth = 0_u32;
    let mut paragraphs = 0_u32;
    loop {
        match events.next()? {
            Event::Text(t) if wanted && depth > 0 => text.push_str(&t.xml10_content()),
            Event::CData(t) if wanted && depth > 0 => text.push_str(&t.xml10_content()),
            Event::GeneralRef(e) if wanted && depth > 0 => xml::push_reference(&e, &mut text),
            Event::Start(e) => {
                match e.name().as_ref() {
                    // Notes, and drawings with text in them, are not what the cell holds.
                    "office:annotation" | "draw:frame" | "draw:custom-shape" | "draw:control"
                    | "table:detective" => {
                        events.skip()?;
                        continue;
                    }
                    "text:p" => {
                        paragraphs += 1;
                        if paragraphs > 1 && wanted {
                            text.push('\n');
                        }
                    }
                    "text:s" if wanted => {
                        let spaces = xml::number(&e, "c").unwrap_or(1).min(MAX_TEXT as u32);
                        text.extend(std::iter::repeat_n(' ', spaces as usize));
                    }
                    "text:tab" if wanted => text.push('\t'),
                    "text:line-break" if wanted => text.push('\n'),
                    _ => {}
                }
                depth += 1;
            }
            Event::End(_) if depth == 0 => return Ok((text, paragraphs > 0)),
            Event::End(_) => depth -= 1,
            Event::Eof => return Err(Refusal::damaged("the content stops halfway")),
            _ => {}
        }
        // `take` tells of a text that is too long; what is far beyond that need not be kept to say so.
        if text.len() > 8 * MAX_TEXT {
            return Err(Refusal::TooLarge("a cell holds far too much text".into()));
        }
    }
}

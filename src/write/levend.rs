//! The living workbook: input sheets, sheets of formulas, checks and charts. Writes what `levend` laid out; calculates nothing.
//!
//! Every formula gets the engine's own value as its cached result, so that a reader that does not recalculate shows it too.

use super::carriers::{filled, shortest, write_sheet};
use super::xlsx::{Properties, page, report_sheet, shortened, title_format, write_text};
use crate::expression::Unit;
use crate::levend::{
    Blad, Inhoud, KOLOM_BEGIN, KOLOM_EENS, KOLOM_EERSTE, KOLOM_VERWIJZING, RIJ_EERSTE, RIJ_KOP,
    RIJ_POSITIE, Rij, Uitkomst, VERWIJZINGEN, Verwijzing, Werkmap, aangehaald,
};
use crate::model::schema::{Kind, TableSchema};
use crate::model::table::{Scalar, Table, Tables, as_text, column_in_row};
use crate::problem::column_letters;
use crate::read::BLAD_MERK;
use crate::report::Report;
use rust_decimal::Decimal;
use rust_xlsxwriter::{
    Chart, ChartAxisLabelPosition, ChartFont, ChartFormat, ChartLegendPosition, ChartLine,
    ChartSolidFill, ChartType, Color, ConditionalFormatText, ConditionalFormatTextRule,
    DataValidation, DataValidationRule, DocProperties, ExcelDateTime, Format, FormatAlign,
    FormatBorder, FormatUnderline, Formula, Url, Workbook, Worksheet, XlsxError,
};

const INVOER: Color = Color::RGB(0x00FF_F2CC);
const VAST: Color = Color::RGB(0x00ED_EDED);
const KOP: Color = Color::RGB(0x00D9_E2EC);
/// Width between the margins of a landscape page, in pixels at full size.
const A4: f64 = 1047.0;
const A3: f64 = 1512.0;
/// Smallest scale that is read with ease, as a share; a wider sheet goes over more pages.
const LEESBAAR: f64 = 0.65;

/// What the workbook says about itself.
#[derive(Debug, Clone, Default)]
pub struct Gegevens {
    /// Its title.
    pub titel: String,
    /// Names with their values: model, route, command, version.
    pub regels: Vec<(String, String)>,
    /// Where input came from: table, row, column, place in the source.
    pub bronnen: Vec<[String; 4]>,
    /// Figures of law and policy: name, value, source.
    pub parameters: Vec<[String; 3]>,
    /// Settings and conventions: name, value, meaning.
    pub instellingen: Vec<[String; 3]>,
    /// What was drawn: written as values.
    pub simulatie: Vec<Report>,
}

/// The sheet of a table: its own name, but for one that a sheet of checks has.
pub fn bladnaam(table: &TableSchema) -> String {
    if table.name == "controles" {
        format!("{} (invoer)", table.name)
    } else {
        table.name.to_owned()
    }
}

/// The workbook, with warnings about numbers that lose digits in a cell (they are kept beside it).
///
/// # Errors
/// In words, when something does not fit in a workbook.
pub fn workbook(
    tables: &Tables,
    werkmap: &Werkmap,
    gegevens: &Gegevens,
) -> Result<Vec<u8>, String> {
    schrijf(tables, werkmap, gegevens).map_err(|e| e.to_string())
}

/// The sheet names in order, by position in formulas: those of calculation first, then the tables.
struct Namen(Vec<String>);

impl Namen {
    /// A sheet as a reader calls it.
    fn blad(&self, blad: u16) -> &str {
        self.0[usize::from(blad)]
            .trim_end_matches('!')
            .trim_matches('\'')
    }

    /// Where a link to a cell goes.
    fn doel(&self, blad: u16, rij: u32, kolom: u32) -> String {
        format!("internal:{}", self.cel(blad, rij, kolom).replace('$', ""))
    }

    fn cel(&self, blad: u16, rij: u32, kolom: u32) -> String {
        format!(
            "{}${}${}",
            self.0[usize::from(blad)],
            column_letters(kolom),
            rij + 1
        )
    }
}

fn schrijf(tables: &Tables, w: &Werkmap, g: &Gegevens) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    book.set_properties(
        &DocProperties::new()
            .set_title(shortened(&g.titel, 250))
            .set_creation_datetime(&ExcelDateTime::from_ymd(2026, 1, 1)?),
    );
    let namen = Namen(
        w.bladen
            .iter()
            .map(|b| aangehaald(b.naam))
            .chain(
                tables
                    .tables
                    .iter()
                    .map(|t| aangehaald(&bladnaam(t.schema))),
            )
            .collect(),
    );
    let properties = Properties {
        title: g.titel.clone(),
        lines: Vec::new(),
    };
    let shown: Vec<&Blad> = w.bladen.iter().filter(|b| !b.rijen.is_empty()).collect();
    let drawn: Vec<String> = g
        .simulatie
        .iter()
        .map(|r| {
            shortened(
                &format!(
                    "MC {}",
                    r.name.replace(['/', '\\', ':', '*', '?', '[', ']'], "-")
                ),
                31,
            )
        })
        .collect();
    leeswijzer(
        book.add_worksheet(),
        tables,
        &Bladen {
            spoor: !spoor(w, &namen).is_empty(),
            reken: &shown,
            getrokken: &drawn,
        },
        g,
        &properties,
    )?;
    uitkomsten(book.add_worksheet(), w, &namen, &properties)?;
    let stappen = spoor(w, &namen);
    if !stappen.is_empty() {
        spoorblad(book.add_worksheet(), &stappen, &properties)?;
    }
    controles(book.add_worksheet(), w, &namen, &properties)?;
    let mut lost = Vec::new();
    for table in filled(tables) {
        let name = bladnaam(table.schema);
        let sheet = book.add_worksheet();
        let widths = write_sheet(sheet, table, &name, Some(INVOER), &mut lost)?;
        keuring(sheet, table)?;
        sheet.set_freeze_panes(1, 1)?;
        sheet.set_repeat_rows(0, 0)?;
        pagina(sheet, &name, &properties, &widths, 1)?;
        sheet.set_tab_color(Color::RGB(0x00FF_C000));
    }
    for blad in &shown {
        rekenblad(book.add_worksheet(), blad, w, &namen, &properties)?;
    }
    herkomst(book.add_worksheet(), w, g, &properties)?;
    for (report, name) in g.simulatie.iter().zip(&drawn) {
        report_sheet(book.add_worksheet(), report, name, &properties)?;
    }
    let mut own: Vec<&str> = vec!["Leeswijzer", "Uitkomsten", "Controles", "Herkomst"];
    if !stappen.is_empty() {
        own.push(SPOOR);
    }
    own.extend(shown.iter().map(|b| b.naam));
    own.extend(drawn.iter().map(String::as_str));
    merk(book.add_worksheet(), tables, &own)?;
    // Names of settings, for who writes a formula beside ours.
    if let Some(table) = filled(tables).find(|t| t.schema.name == "gebied") {
        let mut seen = std::collections::HashSet::new();
        for (i, row) in table.rows.iter().enumerate() {
            let name = as_text(&row.values[0].scalar);
            let plain = name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_') && name.len() > 3;
            if plain && seen.insert(name.clone()) {
                book.define_name(name, &format!("=gebied!$B${}", i + 2))?;
            }
        }
    }
    book.save_to_buffer()
}

fn kop() -> Format {
    Format::new()
        .set_bold()
        .set_text_wrap()
        .set_align(FormatAlign::Bottom)
        .set_background_color(KOP)
        .set_border_bottom(FormatBorder::Medium)
}

fn getal(value: Decimal) -> f64 {
    value.to_string().parse().unwrap_or(f64::NAN)
}

/// A formula with the value that it must give.
fn formule(text: &str, value: Decimal) -> Formula {
    Formula::new(format!("={text}")).set_result(getal(value).to_string())
}

fn getalvorm(unit: Unit, word: &str) -> &'static str {
    match unit {
        Unit::Eur => "#,##0.00;[Red]-#,##0.00",
        Unit::Rate => "0.00##%;[Red]-0.00##%",
        Unit::Number if word.contains("factor") || word.contains("disconto") => "0.000000",
        Unit::Number => "#,##0.00####;[Red]-#,##0.00####",
        Unit::Plain => "0",
    }
}

fn eenheid(unit: Unit, word: &str) -> &'static str {
    match unit {
        Unit::Eur => "euro",
        Unit::Rate => "%",
        Unit::Number if word.contains("factor") || word.contains("disconto") => "factor",
        Unit::Number if word.contains("gewicht") => "gewicht",
        Unit::Number if word.contains("jaren") => "jaar",
        Unit::Number => "getal",
        Unit::Plain if word.starts_with("perioden") => "aantal",
        Unit::Plain => "positie",
    }
}

/// How many characters a figure takes in its format.
fn lengte(unit: Unit, word: &str, value: Decimal) -> usize {
    let text = match getalvorm(unit, word) {
        "0" => format!("{value:.0}"),
        "0.000000" => format!("{value:.6}"),
        f if f.contains('%') => format!("{value:.6}"),
        f if f.contains("####") => {
            format!(
                "{:.2}",
                value.round_dp(6).normalize().max(value.round_dp(2))
            )
        }
        _ => format!("{value:.2}"),
    };
    let whole = text.split('.').next().unwrap_or("").trim_start_matches('-');
    text.len() + whole.len().saturating_sub(1) / 3
}

/// A width for figures of so many characters, with some room for the program's own font.
fn breedte(most: usize, least: usize) -> f64 {
    most.max(least) as f64 + 1.5
}

fn grijs() -> Format {
    Format::new()
        .set_font_size(9)
        .set_font_color(Color::RGB(0x0059_5959))
}

fn schakel() -> Format {
    Format::new()
        .set_font_size(9)
        .set_font_color(Color::RGB(0x0005_63C1))
        .set_underline(FormatUnderline::Single)
}

/// Width in pixels. A character is seven wide in Excel's own font and over nine in what a program takes that lacks it.
fn pixels(widths: &[f64]) -> f64 {
    widths.iter().map(|w| 9.5 * w + 5.0).sum()
}

/// Lays out pages that can be read: A4 or A3 where the sheet fits on its width, else over several with the first columns again.
fn pagina(
    sheet: &mut Worksheet,
    name: &str,
    properties: &Properties,
    widths: &[f64],
    labels: u16,
) -> Result<(), XlsxError> {
    let total = pixels(widths);
    page(sheet, name, properties, total * 0.75 > A4);
    let literal = shortened(name, 31).replace('&', "&&");
    sheet.set_footer(format!("&L{literal}&RPagina &P van &N"));
    if total * LEESBAAR <= A3 {
        sheet.set_print_fit_to_pages(1, 0);
    } else {
        sheet.set_print_scale((LEESBAAR * 100.0) as u16);
        sheet.set_repeat_columns(0, labels.max(1) - 1)?;
        // Periods go on to the right before the next rows do.
        sheet.set_page_order(true);
    }
    Ok(())
}

/// What a link to rows says: the rows and, of one row of calculation, what it is.
fn verwijzing(w: &Werkmap, namen: &Namen, eigen: &str, v: &Verwijzing) -> String {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for rij in &v.rijen {
        match runs.last_mut() {
            Some((_, end)) if *end + 1 == *rij => *end = *rij,
            _ => runs.push((*rij, *rij)),
        }
    }
    let shown: Vec<String> = runs
        .iter()
        .take(2)
        .map(|(from, to)| {
            if from == to {
                (from + 1).to_string()
            } else {
                format!("{}-{}", from + 1, to + 1)
            }
        })
        .collect();
    let more = if runs.len() > 2 { ", ..." } else { "" };
    let rows = format!("rij {}{more}", shown.join(", "));
    let name = namen.blad(v.plek.blad);
    if usize::from(v.plek.blad) >= w.bladen.len() {
        return format!("invoer {name}, {rows}");
    }
    // On a list many rows of its own are meant at once.
    if name != eigen || v.rijen.len() > 1 {
        return format!("{name}, {rows}");
    }
    let row = w
        .bladen
        .get(usize::from(v.plek.blad))
        .and_then(|b| b.rijen.get((v.plek.rij - RIJ_EERSTE) as usize));
    match row {
        Some(row) => format!("{rows}: {}", row.label),
        None => rows,
    }
}

/// Links to the rows that a row is made of.
fn verwijzen(
    sheet: &mut Worksheet,
    at: u32,
    (w, namen, eigen): (&Werkmap, &Namen, &str),
    (rij, most): (&Rij, usize),
) -> Result<(), XlsxError> {
    let link = schakel();
    let left = rij.verwijzingen.len().saturating_sub(most);
    for (i, v) in rij.verwijzingen.iter().take(most).enumerate() {
        let mut text = verwijzing(w, namen, eigen, v);
        if i + 1 == most && left > 0 {
            text = format!("{text} (en nog {left})");
        }
        let url = Url::new(namen.doel(v.plek.blad, v.plek.rij, v.plek.kolom)).set_text(text);
        let column = (KOLOM_VERWIJZING as usize + i) as u16;
        sheet.write_url_with_format(at, column, &url, &link)?;
    }
    Ok(())
}

/// Widths of the columns of a sheet of formulas.
fn breedten(blad: &Blad, w: &Werkmap) -> Vec<f64> {
    let mut longest: Vec<usize> = Vec::new();
    for rij in &blad.rijen {
        for (kolom, inhoud) in &rij.cellen {
            let at = *kolom as usize;
            if longest.len() <= at {
                longest.resize(at + 1, 0);
            }
            let (unit, word) = maat(blad, rij, *kolom);
            let (Inhoud::Formule(_, v) | Inhoud::Getal(v)) = inhoud;
            longest[at] = longest[at].max(lengte(unit, word, *v));
        }
    }
    let of = |at: u32| longest.get(at as usize).copied().unwrap_or(0);
    let text = |part: fn(&Rij) -> &str, least: usize, most: usize| {
        let longest = blad.rijen.iter().map(|r| part(r).chars().count()).max();
        longest.unwrap_or(0).clamp(least, most) as f64 + 2.0
    };
    let label = text(|r| r.label.as_str(), 16, 40);
    let van = text(|r| r.van.as_str(), 8, 38);
    if blad.reeksen {
        let mut widths = vec![label, van, 8.0, text(|r| r.regel.as_str(), 30, 56)];
        widths.extend([26.0; VERWIJZINGEN]);
        widths.extend([breedte(of(KOLOM_EENS), 9), breedte(of(KOLOM_BEGIN), 9)]);
        // All periods alike: the eye compares along the row.
        let most = (KOLOM_EERSTE..KOLOM_EERSTE + w.perioden.len() as u32).map(of);
        let width = breedte(most.max().unwrap_or(0), 9);
        widths.extend(vec![width; w.perioden.len()]);
        widths
    } else if blad.woorden.is_empty() {
        let why = text(|r| r.van.as_str(), 20, 96);
        vec![text(|r| r.label.as_str(), 16, 56), why, breedte(of(2), 10)]
    } else {
        let maat = text(|r| r.maat.as_str(), 12, 24);
        let aan = text(|r| r.regel.as_str(), 16, 36);
        let mut widths = vec![label, van + 8.0, maat, aan, 26.0, 26.0];
        let first = widths.len() as u32;
        let words = (first..first + blad.woorden.len() as u32).map(|k| breedte(of(k), 10));
        widths.extend(words);
        widths
    }
}

/// The unit and the word of a cell: on a list the column says what it is.
fn maat<'b>(blad: &'b Blad, rij: &'b Rij, kolom: u32) -> (Unit, &'b str) {
    if blad.reeksen {
        return (rij.eenheid, rij.woord);
    }
    let first = blad.koppen.len() - blad.woorden.len();
    let word = (kolom as usize)
        .checked_sub(first)
        .and_then(|k| blad.woorden.get(k));
    match word {
        Some(word) => (eenheid_van(word), word),
        None => (Unit::Number, ""),
    }
}

/// A sheet of formulas.
fn rekenblad(
    sheet: &mut Worksheet,
    blad: &Blad,
    w: &Werkmap,
    namen: &Namen,
    properties: &Properties,
) -> Result<(), XlsxError> {
    sheet.set_name(blad.naam)?.set_screen_gridlines(false);
    write_text(sheet, 0, 0, blad.naam, &title_format())?;
    let grey = grijs();
    write_text(sheet, 1, 0, blad.titel, &grey.clone().set_italic())?;
    let widths = breedten(blad, w);
    for (i, width) in widths.iter().enumerate() {
        sheet.set_column_width(i as u16, *width)?;
    }
    let right = kop().set_align(FormatAlign::Right);
    for (i, text) in blad.koppen.iter().enumerate() {
        let figures = if blad.reeksen {
            KOLOM_EENS as usize
        } else {
            blad.koppen.len() - blad.woorden.len().max(1)
        };
        let format = if i >= figures { right.clone() } else { kop() };
        write_text(sheet, RIJ_KOP, i as u16, text, &format)?;
    }
    if blad.reeksen {
        write_text(
            sheet,
            RIJ_POSITIE,
            0,
            "positie van de periode, vanaf 0",
            &grey.clone().set_italic(),
        )?;
        for (t, period) in w.perioden.iter().enumerate() {
            let column = KOLOM_EERSTE as u16 + t as u16;
            sheet.write_number_with_format(RIJ_POSITIE, column, t as f64, &grey)?;
            match period.parse::<f64>() {
                Ok(year) => sheet.write_number_with_format(RIJ_KOP, column, year, &right)?,
                Err(_) => sheet.write_string_with_format(RIJ_KOP, column, period, &right)?,
            };
        }
        sheet.set_freeze_panes(RIJ_EERSTE, 3)?;
    } else {
        sheet.set_freeze_panes(RIJ_EERSTE, 1)?;
    }
    sheet.set_repeat_rows(0, RIJ_KOP)?;
    let plain = Format::new();
    let mut formats: std::collections::HashMap<(&str, bool, bool), Format> =
        std::collections::HashMap::new();
    for (i, rij) in blad.rijen.iter().enumerate() {
        let at = RIJ_EERSTE + i as u32;
        if rij.label.is_empty() && rij.cellen.is_empty() {
            continue;
        }
        let total = TOTALEN.contains(&rij.woord);
        let label = if total {
            plain.clone().set_bold()
        } else {
            plain.clone()
        };
        write_text(sheet, at, 0, &rij.label, &label)?;
        write_text(sheet, at, 1, &rij.van, &plain)?;
        if blad.reeksen {
            write_text(sheet, at, 2, eenheid(rij.eenheid, rij.woord), &grey)?;
            write_text(sheet, at, 3, &rij.regel, &grey)?;
            verwijzen(sheet, at, (w, namen, blad.naam), (rij, VERWIJZINGEN))?;
        } else if !blad.woorden.is_empty() {
            write_text(sheet, at, 2, &rij.maat, &plain)?;
            write_text(sheet, at, 3, &rij.regel, &grey)?;
            verwijzen(sheet, at, (w, namen, blad.naam), (rij, 2))?;
        }
        for (kolom, inhoud) in &rij.cellen {
            let (unit, word) = maat(blad, rij, *kolom);
            let fixed = matches!(inhoud, Inhoud::Getal(_));
            let bold = total && blad.reeksen;
            let number = getalvorm(unit, word);
            let format = formats.entry((number, fixed, bold)).or_insert_with(|| {
                let format = Format::new().set_num_format(number);
                let format = if fixed {
                    format.set_background_color(VAST)
                } else {
                    format
                };
                if bold { format.set_bold() } else { format }
            });
            match inhoud {
                Inhoud::Formule(text, value) => {
                    let formula = formule(text, *value);
                    sheet.write_formula_with_format(at, *kolom as u16, formula, format)?;
                }
                Inhoud::Getal(value) => {
                    sheet.write_number_with_format(at, *kolom as u16, getal(*value), format)?;
                }
            }
        }
    }
    if blad.reeksen && pixels(&widths) * LEESBAAR > A3 {
        // What a row is and its single figures on a page, the periods on those that follow.
        sheet.set_vertical_page_breaks(&[KOLOM_EERSTE])?;
    }
    let first = blad.koppen.len() - blad.woorden.len();
    if !blad.woorden.is_empty() && pixels(&widths) * LEESBAAR > A3 {
        // What a line is on a page, its figures together on the next.
        sheet.set_vertical_page_breaks(&[first as u32])?;
    }
    let labels = 3;
    pagina(sheet, blad.naam, properties, &widths, labels)
}

/// Words of rows that a reader looks for first.
const TOTALEN: [&str; 8] = [
    "boekwaarde",
    "eindwaarde",
    "kasstroom",
    "ncw_bbv",
    "ncw_rente",
    "ncw_kasstroom",
    "ncw_kasstroom_rente",
    "netto baat",
];

/// The formula and value that a result is shown by: of a period, the year that stands above it.
fn getoond(w: &Werkmap, namen: &Namen, u: &Uitkomst) -> (String, Decimal) {
    let cell = namen.cel(u.plek.blad, u.plek.rij, u.plek.kolom);
    let position = usize::try_from(u.waarde.trunc().mantissa()).unwrap_or(usize::MAX);
    let year = w
        .perioden
        .get(position)
        .and_then(|p| p.parse::<Decimal>().ok());
    match year {
        Some(year) if u.adres == "laagste_stand_jaar" && u.waarde.scale() == 0 => {
            let last = KOLOM_EERSTE + w.perioden.len() as u32 - 1;
            let years = format!(
                "{}:${}${}",
                namen.cel(u.plek.blad, RIJ_KOP, KOLOM_EERSTE),
                column_letters(last),
                RIJ_KOP + 1
            );
            (format!("INDEX({years},{cell}+1)"), year)
        }
        _ => (cell, u.waarde),
    }
}

/// The unit of a word.
fn eenheid_van(word: &str) -> Unit {
    crate::expression::NAMES
        .iter()
        .find(|(w, ..)| *w == word)
        .map_or(Unit::Number, |(_, unit, _)| *unit)
}

/// The word of the row or column that a result stands in.
fn woord_van<'w>(w: &'w Werkmap, u: &Uitkomst) -> &'w str {
    w.bladen
        .get(usize::from(u.plek.blad))
        .and_then(|b| b.rijen.get((u.plek.rij - RIJ_EERSTE) as usize))
        .map_or("", |r| r.woord)
}

/// The unit that a result is shown in.
fn getoonde_eenheid(w: &Werkmap, namen: &Namen, u: &Uitkomst) -> &'static str {
    let (_, shown) = getoond(w, namen, u);
    if u.adres == "laagste_stand_jaar" && shown != u.waarde {
        "jaar"
    } else {
        eenheid(u.eenheid, woord_van(w, u))
    }
}

/// The heading of a group of results.
fn groepskop(groep: &str) -> String {
    let (soort, wie) = groep.split_once(' ').unwrap_or((groep, ""));
    match soort {
        "" => "Gebied als geheel".to_owned(),
        "deelgebied" => format!("Deelgebied {wie}"),
        "partij" => format!("Partij {wie}"),
        other => format!("{other} {wie}"),
    }
}

/// The row of every result, and those of the headings of their groups.
fn rijen_van(w: &Werkmap) -> (Vec<u32>, Vec<(u32, String)>) {
    let mut rows = Vec::new();
    let mut groups: Vec<(u32, String)> = Vec::new();
    let mut at = RIJ_EERSTE;
    let mut last: Option<&str> = None;
    for u in &w.uitkomsten {
        if last != Some(&u.groep) {
            at += u32::from(last.is_some());
            groups.push((at, groepskop(&u.groep)));
            at += 1;
            last = Some(&u.groep);
        }
        rows.push(at);
        at += 1;
    }
    (rows, groups)
}

/// The results, with charts.
fn uitkomsten(
    sheet: &mut Worksheet,
    w: &Werkmap,
    namen: &Namen,
    properties: &Properties,
) -> Result<(), XlsxError> {
    sheet.set_name("Uitkomsten")?.set_screen_gridlines(false);
    write_text(sheet, 0, 0, "Uitkomsten", &title_format())?;
    let grey = grijs();
    write_text(
        sheet,
        1,
        0,
        "Elke waarde is een formule. Kolom E springt naar de cel die haar berekent; daar staat achter elke regel waar hij mee rekent, tot aan de gele cel van de invoer.",
        &grey.clone().set_italic(),
    )?;
    for (i, text) in [
        "Uitkomst",
        "Waarde",
        "Eenheid",
        "Wat het is",
        "Staat in",
        "Adres voor polder explain",
    ]
    .iter()
    .enumerate()
    {
        let format = match i {
            1 => kop().set_align(FormatAlign::Right),
            2 => kop().set_align(FormatAlign::Left).set_indent(1),
            _ => kop(),
        };
        write_text(sheet, RIJ_KOP, i as u16, text, &format)?;
    }
    let widths = [34.0, 20.0, 10.0, 70.0, 28.0, 36.0];
    for (column, width) in widths.iter().enumerate() {
        sheet.set_column_width(column as u16, *width)?;
    }
    let plain = Format::new().set_align(FormatAlign::Top);
    let wrapped = grey.clone().set_text_wrap().set_align(FormatAlign::Top);
    let top = grey.set_align(FormatAlign::Top);
    let link = schakel().set_align(FormatAlign::Top);
    let unit = top.clone().set_align(FormatAlign::Left).set_indent(1);
    let (rows, groups) = rijen_van(w);
    for (at, naam) in &groups {
        for column in 0..widths.len() as u16 {
            let text = if column == 0 { naam.as_str() } else { "" };
            let format = Format::new().set_bold().set_background_color(VAST);
            write_text(sheet, *at, column, text, &format)?;
        }
    }
    for (u, at) in w.uitkomsten.iter().zip(&rows) {
        let main = u.adres == "ncw";
        let name = if main {
            plain.clone().set_bold()
        } else {
            plain.clone()
        };
        write_text(sheet, *at, 0, &u.naam, &name)?;
        let format = name.set_num_format(getalvorm(u.eenheid, woord_van(w, u)));
        let (text, value) = getoond(w, namen, u);
        sheet.write_formula_with_format(*at, 1, formule(&text, value), &format)?;
        write_text(sheet, *at, 2, getoonde_eenheid(w, namen, u), &unit)?;
        write_text(sheet, *at, 3, u.uitleg, &wrapped)?;
        if u.uitleg.chars().count() > 84 {
            sheet.set_row_height(*at, 26.0)?;
        }
        let text = format!(
            "{}, cel {}{}",
            namen.blad(u.plek.blad),
            column_letters(u.plek.kolom),
            u.plek.rij + 1
        );
        let url = Url::new(namen.doel(u.plek.blad, u.plek.rij, u.plek.kolom)).set_text(text);
        sheet.write_url_with_format(*at, 4, &url, &link)?;
        write_text(sheet, *at, 5, &u.adres, &top)?;
    }
    sheet.set_freeze_panes(RIJ_EERSTE, 1)?;
    sheet.set_repeat_rows(RIJ_KOP, RIJ_KOP)?;
    let below = rows.last().map_or(RIJ_EERSTE, |r| r + 1) + 2;
    // The charts on a page of their own, so that none is cut.
    sheet.set_page_breaks(&[below])?;
    write_text(sheet, below + 1, 0, "Grafieken", &title_format())?;
    grafieken(sheet, w, below + 3)?;
    pagina(sheet, "Uitkomsten", properties, &widths, 1)
}

/// Charts of the main account, from a row on.
fn grafieken(sheet: &mut Worksheet, w: &Werkmap, mut below: u32) -> Result<(), XlsxError> {
    let whole = (KOLOM_EERSTE as usize + w.perioden.len()).saturating_sub(1) as u32;
    // As far as the account runs: years after it have no figures.
    let last = w
        .reeksen
        .get("boekwaarde")
        .and_then(|(blad, rij)| {
            let row = w.bladen[usize::from(*blad)]
                .rijen
                .get((*rij - RIJ_EERSTE) as usize)?;
            row.cellen.keys().next_back().copied()
        })
        .filter(|k| (KOLOM_EERSTE..whole).contains(k))
        .unwrap_or(whole) as u16;
    for (title, words, kind) in [
        (
            "Kosten en opbrengsten per periode (lopende prijzen)",
            &[
                ("kosten", "Kosten", 0x001F_4E79),
                ("opbrengsten", "Opbrengsten", 0x00ED_7D31),
            ][..],
            ChartType::Column,
        ),
        (
            "Boekwaarde per periode (+ is geïnvesteerd)",
            &[("boekwaarde", "Boekwaarde", 0x001F_4E79)][..],
            ChartType::Line,
        ),
    ] {
        let mut chart = Chart::new(kind);
        let mut any = false;
        for (word, naam, color) in words {
            if let Some((blad, rij)) = w.reeksen.get(word) {
                let name = w.bladen[usize::from(*blad)].naam;
                any = true;
                let color = Color::RGB(*color);
                let mut format = if kind == ChartType::Line {
                    ChartFormat::new()
                        .set_line(ChartLine::new().set_color(color).set_width(2.5))
                        .clone()
                } else {
                    ChartFormat::new()
                        .set_solid_fill(ChartSolidFill::new().set_color(color))
                        .clone()
                };
                chart
                    .add_series()
                    .set_name(*naam)
                    .set_categories((name, RIJ_KOP, KOLOM_EERSTE as u16, RIJ_KOP, last))
                    .set_values((name, *rij, KOLOM_EERSTE as u16, *rij, last))
                    .set_format(&mut format)
                    .set_gap(60);
            }
        }
        if !any || w.perioden.is_empty() {
            continue;
        }
        let small = ChartFont::new().unset_bold().set_size(9).clone();
        chart
            .title()
            .set_name(title)
            .set_font(ChartFont::new().set_bold().set_size(12));
        chart.legend().set_position(ChartLegendPosition::Bottom);
        chart
            .x_axis()
            .set_name("periode")
            .set_name_font(&small)
            .set_label_position(ChartAxisLabelPosition::Low)
            .set_label_interval((last - KOLOM_EERSTE as u16) / 24 + 1);
        chart
            .y_axis()
            .set_name("euro")
            .set_name_font(&small)
            .set_num_format("#,##0")
            .set_major_gridlines_line(ChartLine::new().set_color(VAST));
        chart.set_width(1100).set_height(360);
        sheet.insert_chart(below, 0, &chart)?;
        below += 20;
    }
    Ok(())
}

/// Name of the sheet that follows one result to the input.
const SPOOR: &str = "Spoor";

/// A step from the NCW to the input.
struct Stap {
    /// What is looked at.
    wat: String,
    /// Its formula and value.
    formule: String,
    waarde: Decimal,
    vorm: &'static str,
    eenheid: String,
    /// How it is made.
    hoe: String,
    /// Link with its text.
    doel: String,
    staat: String,
}

/// The way of the NCW to the price of one line: the largest amount that the main account gets in a period.
fn spoor(w: &Werkmap, namen: &Namen) -> Vec<Stap> {
    lopen(w, namen).unwrap_or_default()
}

fn lopen(w: &Werkmap, namen: &Namen) -> Option<Vec<Stap>> {
    let mut steps = Vec::new();
    let row = |blad: u16, rij: u32| {
        w.bladen
            .get(usize::from(blad))?
            .rijen
            .get(rij.checked_sub(RIJ_EERSTE)? as usize)
    };
    let step = |steps: &mut Vec<Stap>, (blad, rij, kolom): (u16, u32, u32)| -> Option<()> {
        let found = row(blad, rij)?;
        let sheet = &w.bladen[usize::from(blad)];
        let (Inhoud::Formule(_, waarde) | Inhoud::Getal(waarde)) = found.cellen.get(&kolom)?;
        let (unit, word) = maat(sheet, found, kolom);
        let period = kolom
            .checked_sub(KOLOM_EERSTE)
            .filter(|_| sheet.reeksen)
            .and_then(|t| w.perioden.get(t as usize));
        let what = if sheet.reeksen {
            format!("{} {}", found.label, found.van)
        } else {
            let heading = sheet.koppen.get(kolom as usize)?;
            format!("{heading} {}", found.label)
        };
        let list = !sheet.reeksen;
        let shown = match (unit, word) {
            (Unit::Eur, "prijs") if !found.maat.is_empty() => format!("euro per {}", found.maat),
            (_, "hoeveelheid") if !found.maat.is_empty() => found.maat.clone(),
            (unit, word) => eenheid(unit, word).to_owned(),
        };
        steps.push(Stap {
            wat: match period {
                Some(period) => format!("{} in {period}", what.trim()),
                None => what.trim().to_owned(),
            },
            formule: namen.cel(blad, rij, kolom),
            waarde: *waarde,
            vorm: getalvorm(unit, word),
            eenheid: shown,
            hoe: if list {
                crate::levend::rekenwijze(word)
            } else {
                found.regel.clone()
            },
            doel: namen.doel(blad, rij, kolom),
            staat: format!(
                "{}, cel {}{}",
                namen.blad(blad),
                column_letters(kolom),
                rij + 1
            ),
        });
        Some(())
    };
    let ncw = w.uitkomsten.iter().find(|u| u.adres == "ncw")?;
    let series = |word: &str| w.reeksen.get(word).copied();
    let (grex, income) = series("opbrengsten")?;
    // The largest amount of a line and its column, among the rows that the income adds up.
    let lines = row(grex, income)?.verwijzingen.iter().find(|v| {
        w.bladen
            .get(usize::from(v.plek.blad))
            .is_some_and(|b| b.naam == "Stromen")
    })?;
    let (stromen, rij, kolom) = lines
        .rijen
        .iter()
        .filter_map(|rij| Some((*rij, row(lines.plek.blad, *rij)?)))
        .flat_map(|(rij, r)| r.cellen.iter().map(move |(k, c)| (rij, *k, c)))
        .filter_map(|(rij, k, c)| match c {
            Inhoud::Formule(_, v) => Some((*v, rij, k)),
            Inhoud::Getal(_) => None,
        })
        .max_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)).then(b.2.cmp(&a.2)))
        .map(|(_, rij, k)| (lines.plek.blad, rij, k))?;
    step(&mut steps, (ncw.plek.blad, ncw.plek.rij, ncw.plek.kolom))?;
    let kasstromen = woord_van(w, ncw).starts_with("ncw_kasstroom");
    if !kasstromen {
        let (blad, end) = series("eindwaarde")?;
        for word in ["verdisconteringsfactor", "verdisconteringsfactor rente"] {
            let wanted = (word == "verdisconteringsfactor") == (woord_van(w, ncw) != "ncw_rente");
            if let (true, Some((blad, rij))) = (wanted, series(word)) {
                step(&mut steps, (blad, rij, KOLOM_EENS));
            }
        }
        step(&mut steps, (blad, end, KOLOM_EENS))?;
        let (blad, book) = series("boekwaarde")?;
        let final_column = *row(blad, book)?.cellen.keys().next_back()?;
        step(&mut steps, (blad, book, final_column));
        if final_column != kolom {
            step(&mut steps, (blad, book, kolom));
        }
    }
    for word in ["rente", "mutatie", "kasstroom"] {
        let wanted = (word == "kasstroom") == kasstromen;
        if let (true, Some((blad, rij))) = (wanted, series(word)) {
            step(&mut steps, (blad, rij, kolom));
        }
    }
    if !kasstromen && let Some((blad, rij)) = series("kosten") {
        step(&mut steps, (blad, rij, kolom));
    }
    step(&mut steps, (grex, income, kolom))?;
    step(&mut steps, (stromen, rij, kolom))?;
    // What the line's own row is made of, as far as the input.
    let line = row(stromen, rij)?;
    for v in &line.verwijzingen {
        let column = if w.bladen[usize::from(v.plek.blad)].reeksen {
            kolom
        } else {
            v.plek.kolom
        };
        step(&mut steps, (v.plek.blad, v.plek.rij, column));
    }
    let of = |naam: &str| {
        let at = w.bladen.iter().position(|b| b.naam == naam)?;
        Some(at as u16)
    };
    step(&mut steps, (of("Gewichten")?, rij, kolom));
    // The amount, and what it is reckoned from: from row to row, as far as a row of input alone.
    let list = of("Bedragen")?;
    let mut next = Some(rij);
    let mut seen = Vec::new();
    while let Some(rij) = next {
        seen.push(rij);
        let amounts = row(list, rij)?;
        let mut columns: Vec<u32> = amounts.cellen.keys().copied().collect();
        // The amount goes before what it is made of.
        columns.sort_by_key(
            |k| match maat(&w.bladen[usize::from(list)], amounts, *k).1 {
                "totaal gewicht" => 0,
                "bedrag" => 1,
                _ => 2,
            },
        );
        for column in columns {
            step(&mut steps, (list, rij, column));
            if let Some(Inhoud::Formule(text, value)) = amounts.cellen.get(&column)
                && let Some(cell) = invoercel(text)
            {
                let last = steps.last()?;
                steps.push(Stap {
                    wat: format!("invoer van {}", last.wat),
                    formule: text.clone(),
                    waarde: *value,
                    vorm: last.vorm,
                    eenheid: last.eenheid.clone(),
                    hoe: "de gele cel: hier eindigt het spoor".into(),
                    doel: format!("internal:{}", text.replace('$', "")),
                    staat: cell,
                });
            }
        }
        let others = amounts.verwijzingen.iter();
        next = others
            .filter(|v| v.plek.blad == list)
            .flat_map(|v| v.rijen.iter().copied())
            .find(|other| !seen.contains(other));
    }
    Some(steps)
}

/// The cell of another sheet that a formula is, as a reader calls it; nothing when it is more than that.
fn invoercel(text: &str) -> Option<String> {
    let (sheet, cell) = text.rsplit_once('!')?;
    let plain = cell.bytes().all(|b| b == b'$' || b.is_ascii_alphanumeric());
    plain.then(|| {
        format!(
            "{}, cel {}",
            sheet.trim_matches('\''),
            cell.replace('$', "")
        )
    })
}

/// The sheet that follows the NCW to a price.
fn spoorblad(
    sheet: &mut Worksheet,
    steps: &[Stap],
    properties: &Properties,
) -> Result<(), XlsxError> {
    sheet.set_name(SPOOR)?.set_screen_gridlines(false);
    write_text(
        sheet,
        0,
        0,
        "Spoor van de NCW naar een prijs",
        &title_format(),
    )?;
    let grey = grijs();
    write_text(
        sheet,
        1,
        0,
        "Langs de grootste opbrengst in één periode. Elke andere regel loopt net zo: op Bedragen, Gewichten, Stromen prijspeil en Stromen staat hij op dezelfde rij.",
        &grey.clone().set_italic(),
    )?;
    let widths = [6.0, 66.0, 20.0, 18.0, 64.0, 30.0];
    for (column, width) in widths.iter().enumerate() {
        sheet.set_column_width(column as u16, *width)?;
    }
    for (i, text) in ["Stap", "Wat", "Waarde", "Eenheid", "Rekenwijze", "Staat in"]
        .iter()
        .enumerate()
    {
        let format = match i {
            2 => kop().set_align(FormatAlign::Right),
            3 => kop().set_align(FormatAlign::Left).set_indent(1),
            _ => kop(),
        };
        write_text(sheet, RIJ_KOP, i as u16, text, &format)?;
    }
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let top = Format::new().set_align(FormatAlign::Top);
    let number = top.clone().set_align(FormatAlign::Left);
    let unit = top.clone().set_align(FormatAlign::Left).set_indent(1);
    let how = grey.set_text_wrap().set_align(FormatAlign::Top);
    let link = schakel().set_align(FormatAlign::Top);
    for (i, s) in steps.iter().enumerate() {
        let at = RIJ_EERSTE + i as u32;
        sheet.write_number_with_format(at, 0, (i + 1) as f64, &number)?;
        if s.wat.chars().count() > 70 {
            sheet.set_row_height(at, 30)?;
        }
        write_text(sheet, at, 1, &s.wat, &wrapped)?;
        let format = top.clone().set_num_format(s.vorm);
        sheet.write_formula_with_format(at, 2, formule(&s.formule, s.waarde), &format)?;
        write_text(sheet, at, 3, &s.eenheid, &unit)?;
        write_text(sheet, at, 4, &s.hoe, &how)?;
        let url = Url::new(s.doel.clone()).set_text(s.staat.clone());
        sheet.write_url_with_format(at, 5, &url, &link)?;
    }
    sheet.set_freeze_panes(RIJ_EERSTE, 0)?;
    sheet.set_repeat_rows(RIJ_KOP, RIJ_KOP)?;
    pagina(sheet, SPOOR, properties, &widths, 2)
}

/// Live checks under one light.
fn controles(
    sheet: &mut Worksheet,
    w: &Werkmap,
    namen: &Namen,
    properties: &Properties,
) -> Result<(), XlsxError> {
    sheet.set_name("Controles")?.set_screen_gridlines(false);
    write_text(sheet, 0, 0, "Controles", &title_format())?;
    let plain = Format::new();
    let bold = Format::new().set_bold();
    let euro = Format::new().set_num_format(getalvorm(Unit::Eur, ""));
    let factor = Format::new().set_num_format("0.000000");
    let text_result = |formula: String, result: &str| Formula::new(formula).set_result(result);
    let widths = [52.0, 20.0, 20.0, 20.0, 30.0];
    for (column, width) in widths.iter().enumerate() {
        sheet.set_column_width(column as u16, *width)?;
    }
    // Rows: light 2, tolerance 3, counts 4 to 6; the tables below.
    let first = 9_u32;
    let (rows, _) = rijen_van(w);
    let n = w.uitkomsten.len() as u32;
    let ledger = first + n + 3;
    let p = w.perioden.len() as u32;
    let phasing = ledger + p + 3;
    let f = w.faseringen.len() as u32;
    write_text(sheet, 2, 0, "Stoplicht", &bold)?;
    let large = Format::new()
        .set_bold()
        .set_font_size(14)
        .set_align(FormatAlign::Center);
    sheet.write_formula_with_format(
        2,
        1,
        text_result(
            "=IF(B5+B6>0,\"ROOD\",IF(B7>0,\"ORANJE\",\"GROEN\"))".into(),
            "GROEN",
        ),
        &large,
    )?;
    let small = grijs()
        .set_text_wrap()
        .set_align(FormatAlign::VerticalCenter);
    sheet.merge_range(
        2,
        2,
        2,
        4,
        "GROEN: alles klopt. ORANJE: een uitkomst wijkt af van die van polder (invoer gewijzigd: laat polder opnieuw rekenen). ROOD: het werkboek sluit niet.",
        &small,
    )?;
    sheet.set_row_height(2, 40)?;
    write_text(
        sheet,
        3,
        0,
        "Tolerantie: euro, en aandeel van een fasering",
        &plain,
    )?;
    sheet.write_number_with_format(3, 1, 0.005, &factor)?;
    sheet.write_number_with_format(3, 2, 0.000_001, &factor)?;
    let count = |from: u32, rows: u32, column: &str| {
        if rows == 0 {
            "=0".to_owned()
        } else {
            format!(
                "=COUNTIF({column}{}:{column}{},\"*niet*\")",
                from + 1,
                from + rows
            )
        }
    };
    for (row, label, formula) in [
        (
            4,
            "Perioden waarin het grootboek niet op nul uitkomt",
            count(ledger, p, "C"),
        ),
        (
            5,
            "Regels waarvan de fasering niet op 100% uitkomt",
            count(phasing, f, "D"),
        ),
        (
            6,
            "Uitkomsten die afwijken van die van polder",
            count(first, n, "E"),
        ),
    ] {
        write_text(sheet, row, 0, label, &plain)?;
        sheet.write_formula(row, 1, Formula::new(formula).set_result("0"))?;
    }
    let rechts = kop().set_align(FormatAlign::Right);
    let ingesprongen = Format::new().set_align(FormatAlign::Left).set_indent(1);
    let figures = |i: usize, verdict: usize| {
        if i == 0 {
            kop()
        } else if i < verdict {
            rechts.clone()
        } else {
            kop().set_align(FormatAlign::Left).set_indent(1)
        }
    };
    for (i, text) in [
        "Uitkomst",
        "Werkboek",
        "Polder (waarde)",
        "Verschil",
        "Oordeel",
    ]
    .iter()
    .enumerate()
    {
        write_text(sheet, first - 1, i as u16, text, &figures(i, 4))?;
    }
    for (i, u) in w.uitkomsten.iter().enumerate() {
        let at = first + i as u32;
        let row = at + 1;
        let naam = format!("{} {}", u.naam, u.groep);
        write_text(sheet, at, 0, naam.trim(), &plain)?;
        let format = Format::new().set_num_format(getalvorm(u.eenheid, woord_van(w, u)));
        let cell = format!("Uitkomsten!$B${}", rows[i] + 1);
        let (_, value) = getoond(w, namen, u);
        sheet.write_formula_with_format(at, 1, formule(&cell, value), &format)?;
        sheet.write_number_with_format(at, 2, getal(value), &format)?;
        sheet.write_formula_with_format(
            at,
            3,
            formule(&format!("B{row}-C{row}"), Decimal::ZERO),
            &euro,
        )?;
        sheet.write_formula_with_format(
            at,
            4,
            text_result(
                format!("=IF(ABS(D{row})<=$B$4,\"gelijk\",\"niet gelijk\")"),
                "gelijk",
            ),
            &ingesprongen,
        )?;
    }
    for (i, text) in ["Periode", "Som van alle rekeningen", "Oordeel"]
        .iter()
        .enumerate()
    {
        write_text(sheet, ledger - 1, i as u16, text, &figures(i, 2))?;
    }
    for (t, period) in w.perioden.iter().enumerate() {
        let at = ledger + t as u32;
        let column = KOLOM_EERSTE + t as u32;
        write_text(sheet, at, 0, period, &plain)?;
        let parts: Vec<String> = w
            .kasstromen
            .iter()
            .map(|(blad, rij)| namen.cel(*blad, *rij, column))
            .collect();
        let sum: Vec<String> = parts
            .chunks(100)
            .map(|c| format!("SUM({})", c.join(",")))
            .collect();
        let sum = if sum.is_empty() {
            "0".to_owned()
        } else {
            sum.join("+")
        };
        sheet.write_formula_with_format(at, 1, formule(&sum, Decimal::ZERO), &euro)?;
        sheet.write_formula_with_format(
            at,
            2,
            text_result(
                format!("=IF(ABS(B{})<=$B$4,\"nul\",\"niet nul\")", at + 1),
                "nul",
            ),
            &ingesprongen,
        )?;
    }
    for (i, text) in [
        "Fasering van",
        "Som van de gewichten",
        "Moet zijn",
        "Oordeel",
    ]
    .iter()
    .enumerate()
    {
        write_text(sheet, phasing - 1, i as u16, text, &figures(i, 3))?;
    }
    for (i, x) in w.faseringen.iter().enumerate() {
        let at = phasing + i as u32;
        write_text(sheet, at, 0, &x.id, &plain)?;
        let (blad, rij) = x.rij;
        let last = KOLOM_EERSTE + p.max(1) - 1;
        let range = format!(
            "SUM({}:${}${})",
            namen.cel(blad, rij, KOLOM_EERSTE),
            column_letters(last),
            rij + 1
        );
        let (sum, total) = som_van(w, x);
        sheet.write_formula_with_format(at, 1, formule(&range, sum), &factor)?;
        if let Some(plek) = x.totaal {
            let cell = namen.cel(plek.blad, plek.rij, plek.kolom);
            sheet.write_formula_with_format(at, 2, formule(&cell, total), &factor)?;
        } else {
            sheet.write_number_with_format(at, 2, 1.0, &factor)?;
        }
        if (sum - total).abs() > Decimal::new(1, 6) * total.abs() {
            // What comes every year, or happened in part, has no whole to be a part of.
            write_text(
                sheet,
                at,
                3,
                "n.v.t. (per periode, of deels gerealiseerd)",
                &ingesprongen,
            )?;
            continue;
        }
        sheet.write_formula_with_format(
            at,
            3,
            text_result(
                format!(
                    "=IF(ABS(B{0}-C{0})<=$C$4*ABS(C{0}),\"100%\",\"niet 100%\")",
                    at + 1
                ),
                "100%",
            ),
            &ingesprongen,
        )?;
    }
    for (word, color) in [
        ("GROEN", 0x00C6_EFCE),
        ("ORANJE", 0x00FF_EB9C),
        ("ROOD", 0x00FF_C7CE),
    ] {
        let rule = ConditionalFormatText::new()
            .set_rule(ConditionalFormatTextRule::Contains(word.into()))
            .set_format(Format::new().set_background_color(Color::RGB(color)));
        sheet.add_conditional_format(2, 1, 2, 1, &rule)?;
    }
    sheet.set_freeze_panes(4, 1)?;
    // Every table of checks begins on a page of its own, under its own heading.
    sheet.set_page_breaks(&[ledger - 1, phasing - 1])?;
    pagina(sheet, "Controles", properties, &widths, 1)
}

/// What the weights of a line add up to, and what they must.
fn som_van(w: &Werkmap, f: &crate::levend::Fasering) -> (Decimal, Decimal) {
    let value = |inhoud: &Inhoud| match inhoud {
        Inhoud::Formule(_, v) | Inhoud::Getal(v) => *v,
    };
    let row =
        |(blad, rij): (u16, u32)| &w.bladen[usize::from(blad)].rijen[(rij - RIJ_EERSTE) as usize];
    let sum = row(f.rij)
        .cellen
        .iter()
        .filter(|(k, _)| **k >= KOLOM_EERSTE)
        .fold(Decimal::ZERO, |s, (_, v)| s.saturating_add(value(v)));
    let total = f
        .totaal
        .and_then(|p| row((p.blad, p.rij)).cellen.get(&p.kolom));
    (sum, total.map_or(Decimal::ONE, value))
}

/// What may be typed in an input cell, by its column.
fn keuring(sheet: &mut Worksheet, table: &Table) -> Result<(), XlsxError> {
    let rows = table.rows.len() as u32;
    let check = |kind: Kind| -> Option<DataValidation> {
        let rule =
            match kind {
                Kind::Choice(list) if list.iter().map(|t| t.len() + 1).sum::<usize>() < 255 => {
                    DataValidation::new().allow_list_strings(list).ok()?
                }
                Kind::Rate => DataValidation::new()
                    .allow_decimal_number(DataValidationRule::Between(-1.0, 10.0)),
                Kind::Amount | Kind::Number => DataValidation::new()
                    .allow_decimal_number(DataValidationRule::Between(-1e12, 1e12)),
                Kind::Whole => DataValidation::new()
                    .allow_whole_number(DataValidationRule::Between(-1_000_000, 1_000_000)),
                Kind::Year => DataValidation::new()
                    .allow_whole_number(DataValidationRule::Between(1900, 2300)),
                _ => return None,
            };
        rule.set_error_title("Niet toegestaan")
            .and_then(|r| {
                r.set_error_message(
                    "Deze waarde past niet in deze kolom; zie docs/schema.md van polder",
                )
            })
            .ok()
    };
    for (index, column) in table.schema.columns.iter().enumerate() {
        if column.kind == Kind::Any {
            for (i, row) in table.rows.iter().enumerate() {
                let own =
                    column_in_row(table.schema, column, row.values.first().map(|v| &v.scalar));
                if let Some(rule) = check(own.kind) {
                    let at = i as u32 + 1;
                    sheet.add_data_validation(at, index as u16, at, index as u16, &rule)?;
                }
            }
        } else if let Some(rule) = check(column.kind) {
            sheet.add_data_validation(1, index as u16, rows, index as u16, &rule)?;
        }
    }
    Ok(())
}

/// The sheets that are not input.
struct Bladen<'b> {
    spoor: bool,
    reken: &'b [&'b Blad],
    getrokken: &'b [String],
}

/// What is where.
fn leeswijzer(
    sheet: &mut Worksheet,
    tables: &Tables,
    bladen: &Bladen<'_>,
    g: &Gegevens,
    properties: &Properties,
) -> Result<(), XlsxError> {
    sheet.set_name("Leeswijzer")?.set_screen_gridlines(false);
    sheet.set_column_width(0, 26)?;
    sheet.set_column_width(1, 100)?;
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let top = Format::new().set_align(FormatAlign::Top);
    write_text(sheet, 0, 0, &g.titel, &title_format())?;
    let mut at = 2;
    for (name, value) in &g.regels {
        write_text(sheet, at, 0, name, &top)?;
        write_text(sheet, at, 1, value, &wrapped)?;
        at += 1;
    }
    at += 1;
    write_text(sheet, at, 0, "Blad", &kop())?;
    write_text(sheet, at, 1, "Wat het toont", &kop())?;
    at += 1;
    let mut line = |sheet: &mut Worksheet, name: &str, what: &str| -> Result<(), XlsxError> {
        let link = format!("internal:{}A1", aangehaald(name));
        sheet.write_url_with_text(at, 0, link.as_str(), name)?;
        write_text(sheet, at, 1, what, &wrapped)?;
        at += 1;
        Ok(())
    };
    line(
        sheet,
        "Uitkomsten",
        "Alle uitkomsten, elk met een verwijzing naar de cel waar het wordt berekend; grafieken",
    )?;
    if bladen.spoor {
        line(
            sheet,
            SPOOR,
            "De NCW stap voor stap gevolgd tot een prijs in de invoer, met verwijzingen",
        )?;
    }
    line(
        sheet,
        "Controles",
        "Levende controles onder één stoplicht: grootboek, fasering, en gelijk aan polder",
    )?;
    for table in filled(tables) {
        line(
            sheet,
            &bladnaam(table.schema),
            &format!(
                "INVOER (geel): {}; hier wijzigt u getallen, alles rekent mee",
                inhoud_van(table.schema.name)
            ),
        )?;
    }
    for blad in bladen.reken {
        line(sheet, blad.naam, blad.titel)?;
    }
    line(
        sheet,
        "Herkomst",
        "Bronnen van de invoer per rij, parameters met hun bron, instellingen en hun betekenis",
    )?;
    for name in bladen.getrokken {
        line(
            sheet,
            name,
            "Uitkomst van de simulatie: waarden, die niet meerekenen",
        )?;
    }
    at += 1;
    for text in [
        "Kleuren: geel is invoer; grijs is een getal dat polder uit de opzet van het model maakt (een gelijk deel van een reeks jaren, een exponent); wit is een formule.",
        "Spoor van een uitkomst: Uitkomsten → Grondexploitatie (NCW, eindwaarde, boekwaarde, mutatie, opbrengsten) → Stromen (per regel, lopende prijzen) → Stromen prijspeil en Tijd en index (indexfactor) → Bedragen (hoeveelheid × prijs) en Gewichten (fasering) → invoerblad. In de kolommen \"Rekent met\" staat bij elke regel waar hij uit volgt; klik om daarheen te gaan. Het blad Spoor loopt het een keer voor.",
        "Rekenwijze noemt de paragraaf van de rekenregels: docs/rules.md van polder. + is ontvangen of een overschot, behalve bij boekwaarde, kosten en mutatie: daar is + geld dat is uitgegeven.",
        "Een regel staat op Bedragen, Gewichten, Stromen prijspeil en Stromen op dezelfde rij.",
        "Getallen op de invoerbladen mag u wijzigen: bedragen, hoeveelheden, prijzen, percentages, rente, groei en gewichten. Teksten die de opzet bepalen (jaren, reeksen als 2027-2031, volgt, datums, partijen, methoden, codes) en nieuwe rijen rekenen in de formules niet mee: bewaar het werkboek en laat polder het opnieuw lezen (polder run WERKBOEK.xlsx --formulas).",
        "Polder leest dit werkboek zonder mapping: de invoerbladen zijn het model, de rekenbladen worden overgeslagen.",
    ] {
        sheet.merge_range(at, 0, at, 1, text, &wrapped)?;
        sheet.set_row_height(
            at,
            15.0 * f64::from((text.chars().count() / 110 + 1) as u32),
        )?;
        at += 1;
    }
    pagina(sheet, "Leeswijzer", properties, &[26.0, 100.0], 1)
}

/// Where everything comes from.
fn herkomst(
    sheet: &mut Worksheet,
    w: &Werkmap,
    g: &Gegevens,
    properties: &Properties,
) -> Result<(), XlsxError> {
    let afwijkend: Vec<[String; 4]> = w
        .afwijkingen
        .iter()
        .map(|a| {
            [
                a.blad.to_owned(),
                (a.rij + 1).to_string(),
                a.label.clone(),
                a.vormen.to_string(),
            ]
        })
        .collect();
    let geteld = match w.afwijkingen.len() {
        0 => format!(
            "alle {} rijen hebben in elke periode dezelfde formule",
            w.gelijk
        ),
        n => format!(
            "{} rijen hebben in elke periode dezelfde formule, {n} niet (hieronder)",
            w.gelijk
        ),
    };
    sheet.set_name("Herkomst")?.set_screen_gridlines(false);
    let widths = [40.0, 76.0, 76.0, 40.0];
    for (column, width) in widths.iter().enumerate() {
        sheet.set_column_width(column as u16, *width)?;
    }
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    write_text(sheet, 0, 0, "Herkomst", &title_format())?;
    let mut at = 2;
    let mut table = |headings: &[&str], rows: Vec<Vec<&str>>| -> Result<(), XlsxError> {
        if rows.is_empty() {
            return Ok(());
        }
        for (i, text) in headings.iter().enumerate() {
            write_text(sheet, at, i as u16, text, &kop())?;
        }
        at += 1;
        for row in rows {
            let mut lines = 1;
            for (i, text) in row.iter().enumerate() {
                write_text(sheet, at, i as u16, text, &wrapped)?;
                // Words break before the edge, and a program's own font may be wide.
                let fit = widths[i] * 0.88;
                lines = lines.max((text.chars().count() as f64 / fit).ceil() as u32);
            }
            if lines > 1 {
                sheet.set_row_height(at, 15.0 * f64::from(lines))?;
            }
            at += 1;
        }
        at += 1;
        Ok(())
    };
    table(
        &["Gegeven", "Waarde"],
        g.regels
            .iter()
            .map(|(a, b)| vec![a.as_str(), b.as_str()])
            .chain([vec!["Formules", geteld.as_str()]])
            .collect(),
    )?;
    table(
        &["Parameter", "Waarde", "Bron"],
        g.parameters
            .iter()
            .map(|r| r.iter().map(String::as_str).collect())
            .collect(),
    )?;
    table(
        &["Instelling", "Waarde", "Betekenis"],
        g.instellingen
            .iter()
            .map(|r| r.iter().map(String::as_str).collect())
            .collect(),
    )?;
    table(
        &["Blad", "Rij", "Grootheid", "Verschillende formules"],
        afwijkend
            .iter()
            .map(|r| r.iter().map(String::as_str).collect())
            .collect(),
    )?;
    table(
        &["Invoer", "Rij", "Waarden uit", "Bron volgens het model"],
        g.bronnen
            .iter()
            .map(|r| r.iter().map(String::as_str).collect())
            .collect(),
    )?;
    pagina(sheet, "Herkomst", properties, &widths, 1)
}

/// What a table of the input holds.
fn inhoud_van(table: &str) -> &'static str {
    match table {
        "gebied" => "instellingen: data, rente, discontovoeten, methoden",
        "indexen" => "groei per indexgroep en jaar",
        "partijen" => "partijen met hun discontovoet",
        "deelgebieden" => "delen van het gebied en hun uitstel",
        "programma" => "wat er gebouwd wordt: aantallen, grondprijzen, jaar van uitgifte",
        "kosten" => "kostenregels",
        "opbrengsten" => "opbrengstregels",
        "fasering" => "profielen: welk deel in welke periode",
        "boekwaarde" => "wat tot de peildatum is uitgegeven en ontvangen",
        "maatregelen" => "maatregelen, hun drager en hun dekking",
        "baten" => "wie baat heeft bij een maatregel, en wat die bijdraagt",
        "exploitatie" => "jaarlijkse kosten en opbrengsten na oplevering",
        "objecten" => "objecten met investering, onderhoud en levensduur",
        "fonds" => "voorwaarden van het gebiedsfonds",
        "onzekerheden" => "verdelingen voor de simulatie",
        "correlaties" => "samenhang tussen onzekerheden",
        "regimes" => "toestanden met hun kans, voor de simulatie",
        "risicos" => "gebeurtenissen met kans en gevolg, voor de simulatie",
        "scenarios" => "wijzigingen per scenario",
        "controles" => "verwachte uitkomsten, die polder controleert",
        _ => "tabel van het model",
    }
}

/// What tells a reader that the workbook is ours: which sheets calculate, and the digits that cells do not keep.
fn merk(sheet: &mut Worksheet, tables: &Tables, own: &[&str]) -> Result<(), XlsxError> {
    sheet.set_name(BLAD_MERK)?.set_hidden(true);
    sheet.write_string(0, 0, BLAD_MERK)?;
    let mut at = 1;
    for name in own {
        sheet.write_string(at, 0, "blad")?;
        sheet.write_string(at, 1, *name)?;
        at += 1;
    }
    for table in filled(tables) {
        for (i, row) in table.rows.iter().enumerate() {
            for (k, value) in row.values.iter().enumerate() {
                let Scalar::Number(number) = &value.scalar else {
                    continue;
                };
                let number = number.normalize();
                let long = number.mantissa().unsigned_abs() >= 10_u128.pow(15);
                if long || shortest(getal(number)) != Some(number) {
                    sheet.write_string(at, 0, "cijfers")?;
                    sheet.write_string(at, 1, bladnaam(table.schema))?;
                    sheet.write_string(at, 2, format!("{}{}", column_letters(k as u32), i + 2))?;
                    sheet.write_string(at, 3, number.to_string())?;
                    at += 1;
                }
            }
        }
    }
    Ok(())
}

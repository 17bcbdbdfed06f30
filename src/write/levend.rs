//! The living workbook: input sheets, sheets of formulas, checks and charts. Writes what `levend` laid out; calculates nothing.
//!
//! Every formula gets the engine's own value as its cached result, so that a reader that does not recalculate shows it too.

use super::carriers::{filled, shortest, write_sheet};
use super::xlsx::{Properties, page, report_sheet, shortened, title_format, write_text};
use crate::expression::Unit;
use crate::levend::{
    Blad, Inhoud, KOLOM_BEGIN, KOLOM_EENS, KOLOM_EERSTE, RIJ_EERSTE, RIJ_KOP, RIJ_POSITIE,
    Uitkomst, Werkmap, aangehaald,
};
use crate::model::schema::{Kind, TableSchema};
use crate::model::table::{Scalar, Table, Tables, as_text, column_in_row};
use crate::problem::column_letters;
use crate::read::BLAD_MERK;
use crate::report::Report;
use rust_decimal::Decimal;
use rust_xlsxwriter::{
    Chart, ChartAxisLabelPosition, ChartLegendPosition, ChartType, Color, ConditionalFormatText,
    ConditionalFormatTextRule, DataValidation, DataValidationRule, DocProperties, ExcelDateTime,
    Format, FormatAlign, FormatBorder, Formula, Workbook, Worksheet, XlsxError,
};

const INVOER: Color = Color::RGB(0x00FF_F2CC);
const VAST: Color = Color::RGB(0x00ED_EDED);
const KOP: Color = Color::RGB(0x00D9_E2EC);

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
    leeswijzer(book.add_worksheet(), tables, &shown, &drawn, g, &properties)?;
    uitkomsten(book.add_worksheet(), w, &namen, &properties)?;
    controles(book.add_worksheet(), w, &namen, &properties)?;
    let mut lost = Vec::new();
    for table in filled(tables) {
        let name = bladnaam(table.schema);
        let sheet = book.add_worksheet();
        write_sheet(sheet, table, &name, Some(INVOER), &mut lost)?;
        keuring(sheet, table)?;
        page(sheet, &name, &properties, table.schema.columns.len() > 8);
        sheet.set_repeat_rows(0, 0)?;
        sheet.set_print_fit_to_pages(1, 0);
        sheet.set_tab_color(Color::RGB(0x00FF_C000));
    }
    for blad in &shown {
        rekenblad(book.add_worksheet(), blad, w, &properties)?;
    }
    herkomst(book.add_worksheet(), w, g, &properties)?;
    for (report, name) in g.simulatie.iter().zip(&drawn) {
        report_sheet(book.add_worksheet(), report, name, &properties)?;
    }
    let mut own: Vec<&str> = vec!["Leeswijzer", "Uitkomsten", "Controles", "Herkomst"];
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

fn getalvorm(unit: Unit, label: &str) -> &'static str {
    match unit {
        Unit::Eur => "#,##0.00;[Red]-#,##0.00",
        Unit::Rate => "0.00##%",
        Unit::Number if label.contains("factor") || label.contains("disconto") => "0.000000",
        Unit::Number => "#,##0.00####",
        Unit::Plain => "0",
    }
}

fn eenheid(unit: Unit) -> &'static str {
    match unit {
        Unit::Eur => "euro",
        Unit::Rate => "aandeel",
        Unit::Number => "getal",
        Unit::Plain => "periode",
    }
}

/// What a rule's reference is called in Dutch.
fn regel(text: &str) -> String {
    text.replace("rules ", "rekenregel ")
        .replace("design ", "ontwerp ")
        .replace("input", "invoer")
        .replace("phasing", "fasering")
        .replace("present value at own rate", "contant tegen eigen voet")
        .replace("cash and in natura, ", "geld en natura, ")
        .replace("still to be paid", "nog te betalen")
        .replace("money saved", "bespaard geld")
        .replace("social value gained", "maatschappelijke waarde")
        .replace("amount at prijspeil", "bedrag op prijspeil")
        .replace("at prijspeil", "op prijspeil")
        .replace("end of the account", "einde van de rekening")
}

/// A sheet of formulas.
fn rekenblad(
    sheet: &mut Worksheet,
    blad: &Blad,
    w: &Werkmap,
    properties: &Properties,
) -> Result<(), XlsxError> {
    sheet.set_name(blad.naam)?.set_screen_gridlines(false);
    write_text(sheet, 0, 0, blad.naam, &title_format())?;
    let grey = Format::new()
        .set_italic()
        .set_font_color(Color::RGB(0x0059_5959));
    write_text(sheet, 1, 0, blad.titel, &grey)?;
    for (i, text) in blad.koppen.iter().enumerate() {
        write_text(sheet, RIJ_KOP, i as u16, text, &kop())?;
    }
    if blad.reeksen {
        write_text(sheet, RIJ_POSITIE, 0, "positie van de periode", &grey)?;
        for (t, period) in w.perioden.iter().enumerate() {
            let column = KOLOM_EERSTE as u16 + t as u16;
            sheet.write_number_with_format(RIJ_POSITIE, column, t as f64, &grey)?;
            let right = kop().set_align(FormatAlign::Right);
            match period.parse::<f64>() {
                Ok(year) => sheet.write_number_with_format(RIJ_KOP, column, year, &right)?,
                Err(_) => sheet.write_string_with_format(RIJ_KOP, column, period, &right)?,
            };
        }
        sheet.set_column_width(0, 30)?;
        sheet.set_column_width(1, 22)?;
        sheet.set_column_width(2, 9)?;
        sheet.set_column_width(3, 30)?;
        sheet.set_column_range_width(KOLOM_EENS as u16, KOLOM_BEGIN as u16, 16)?;
        if !w.perioden.is_empty() {
            let last = KOLOM_EERSTE as u16 + w.perioden.len() as u16 - 1;
            sheet.set_column_range_width(KOLOM_EERSTE as u16, last, 15)?;
        }
        sheet.set_freeze_panes(RIJ_EERSTE, KOLOM_EENS as u16)?;
        sheet.set_repeat_columns(0, 1)?;
    } else {
        sheet.set_column_width(0, 28)?;
        sheet.set_column_width(1, 34)?;
        sheet.set_column_range_width(2, 3, 20)?;
        sheet.set_column_range_width(4, 4 + blad.koppen.len() as u16, 16)?;
        sheet.set_freeze_panes(RIJ_EERSTE, 1)?;
    }
    sheet.set_repeat_rows(RIJ_KOP, RIJ_KOP)?;
    let plain = Format::new();
    for (i, rij) in blad.rijen.iter().enumerate() {
        let at = RIJ_EERSTE + i as u32;
        if rij.label.is_empty() && rij.cellen.is_empty() {
            continue;
        }
        write_text(sheet, at, 0, &rij.label, &plain)?;
        write_text(sheet, at, 1, &rij.van, &plain)?;
        if blad.reeksen {
            write_text(sheet, at, 2, eenheid(rij.eenheid), &grey)?;
            write_text(sheet, at, 3, &regel(&rij.regel), &grey)?;
        } else {
            write_text(sheet, at, 3, &regel(&rij.regel), &plain)?;
        }
        for (kolom, inhoud) in &rij.cellen {
            // On a list the column says what it is.
            let (unit, label) = if blad.reeksen {
                (rij.eenheid, rij.label.as_str())
            } else {
                let heading = blad.koppen.get(*kolom as usize).map_or("", String::as_str);
                (eenheid_van(heading), heading)
            };
            let format = Format::new().set_num_format(getalvorm(unit, label));
            let total = blad.reeksen && ["boekwaarde", "eindwaarde", "kasstroom"].contains(&label);
            let format = if total { format.set_bold() } else { format };
            match inhoud {
                Inhoud::Formule(text, value) => {
                    let formula = formule(text, *value);
                    sheet.write_formula_with_format(at, *kolom as u16, formula, &format)?;
                }
                Inhoud::Getal(value) => {
                    let format = format.set_background_color(VAST);
                    sheet.write_number_with_format(at, *kolom as u16, getal(*value), &format)?;
                }
            }
        }
    }
    page(sheet, blad.naam, properties, true);
    sheet.set_print_fit_to_pages(if w.perioden.len() > 24 { 2 } else { 1 }, 0);
    Ok(())
}

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
fn eenheid_van(heading: &str) -> Unit {
    crate::expression::NAMES
        .iter()
        .find(|(word, ..)| word.replace('_', " ") == heading)
        .map_or(Unit::Number, |(_, unit, _)| *unit)
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
    for (i, text) in [
        "Uitkomst",
        "Waarde",
        "Eenheid",
        "Staat in",
        "Adres voor polder explain",
    ]
    .iter()
    .enumerate()
    {
        write_text(sheet, RIJ_KOP, i as u16, text, &kop())?;
    }
    sheet.set_column_width(0, 38)?;
    sheet.set_column_width(1, 20)?;
    sheet.set_column_width(2, 10)?;
    sheet.set_column_width(3, 28)?;
    sheet.set_column_width(4, 36)?;
    let plain = Format::new();
    for (i, u) in w.uitkomsten.iter().enumerate() {
        let at = RIJ_EERSTE + i as u32;
        write_text(sheet, at, 0, &u.naam, &plain)?;
        let cell = namen.cel(u.plek.blad, u.plek.rij, u.plek.kolom);
        let format = Format::new().set_num_format(getalvorm(u.eenheid, &u.naam));
        let (text, value) = getoond(w, namen, u);
        sheet.write_formula_with_format(at, 1, formule(&text, value), &format)?;
        write_text(sheet, at, 2, eenheid(u.eenheid), &plain)?;
        let link = cell.replace('$', "");
        let target = format!("internal:{link}");
        sheet.write_url_with_text(at, 3, target.as_str(), link.as_str())?;
        write_text(sheet, at, 4, &u.adres, &plain)?;
    }
    sheet.set_freeze_panes(RIJ_EERSTE, 1)?;
    let mut below = RIJ_EERSTE + w.uitkomsten.len() as u32 + 2;
    // The charts on a page of their own, so that none is cut.
    sheet.set_page_breaks(&[below])?;
    let last = (KOLOM_EERSTE as usize + w.perioden.len()).saturating_sub(1) as u16;
    for (title, words, kind) in [
        (
            "Kosten en opbrengsten per periode (lopende prijzen)",
            &["kosten", "opbrengsten"][..],
            ChartType::Column,
        ),
        (
            "Boekwaarde per periode (+ is geïnvesteerd)",
            &["boekwaarde"][..],
            ChartType::Line,
        ),
    ] {
        let mut chart = Chart::new(kind);
        let mut any = false;
        for word in words {
            if let Some((blad, rij)) = w.reeksen.get(word) {
                let name = w.bladen[usize::from(*blad)].naam;
                any = true;
                chart
                    .add_series()
                    .set_name(*word)
                    .set_categories((name, RIJ_KOP, KOLOM_EERSTE as u16, RIJ_KOP, last))
                    .set_values((name, *rij, KOLOM_EERSTE as u16, *rij, last));
            }
        }
        if any && !w.perioden.is_empty() {
            chart.title().set_name(title);
            chart.legend().set_position(ChartLegendPosition::Bottom);
            chart
                .x_axis()
                .set_label_position(ChartAxisLabelPosition::Low);
            chart.y_axis().set_num_format("#,##0");
            chart.set_width(900).set_height(360);
            sheet.insert_chart(below, 0, &chart)?;
            below += 20;
        }
    }
    page(sheet, "Uitkomsten", properties, false);
    sheet.set_print_fit_to_pages(1, 0);
    Ok(())
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
    for (column, width) in [(0, 40), (1, 20), (2, 20), (3, 18), (4, 26)] {
        sheet.set_column_width(column, width)?;
    }
    // Rows: light 2, tolerance 3, counts 4 to 6; the tables below.
    let first = 9_u32;
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
    write_text(
        sheet,
        2,
        2,
        "GROEN: alles klopt. ORANJE: een uitkomst wijkt af van die van polder (invoer gewijzigd: laat polder opnieuw rekenen). ROOD: het werkboek sluit niet.",
        &plain,
    )?;
    write_text(
        sheet,
        3,
        0,
        "Tolerantie (euro, en aandeel van een fasering)",
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
        write_text(sheet, first - 1, i as u16, text, &kop())?;
    }
    for (i, u) in w.uitkomsten.iter().enumerate() {
        let at = first + i as u32;
        let row = at + 1;
        write_text(sheet, at, 0, &u.naam, &plain)?;
        let format = Format::new().set_num_format(getalvorm(u.eenheid, &u.naam));
        let cell = format!("Uitkomsten!$B${}", RIJ_EERSTE + i as u32 + 1);
        let (_, value) = getoond(w, namen, u);
        sheet.write_formula_with_format(at, 1, formule(&cell, value), &format)?;
        sheet.write_number_with_format(at, 2, getal(value), &format)?;
        sheet.write_formula_with_format(
            at,
            3,
            formule(&format!("B{row}-C{row}"), Decimal::ZERO),
            &euro,
        )?;
        sheet.write_formula(
            at,
            4,
            text_result(
                format!("=IF(ABS(D{row})<=$B$4,\"gelijk\",\"niet gelijk\")"),
                "gelijk",
            ),
        )?;
    }
    for (i, text) in ["Periode", "Som van alle rekeningen", "Oordeel"]
        .iter()
        .enumerate()
    {
        write_text(sheet, ledger - 1, i as u16, text, &kop())?;
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
        sheet.write_formula(
            at,
            2,
            text_result(
                format!("=IF(ABS(B{})<=$B$4,\"nul\",\"niet nul\")", at + 1),
                "nul",
            ),
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
        write_text(sheet, phasing - 1, i as u16, text, &kop())?;
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
                &plain,
            )?;
            continue;
        }
        sheet.write_formula(
            at,
            3,
            text_result(
                format!(
                    "=IF(ABS(B{0}-C{0})<=$C$4*ABS(C{0}),\"100%\",\"niet 100%\")",
                    at + 1
                ),
                "100%",
            ),
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
    sheet.set_freeze_panes(first, 1)?;
    page(sheet, "Controles", properties, false);
    sheet.set_print_fit_to_pages(1, 0);
    Ok(())
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

/// What is where.
fn leeswijzer(
    sheet: &mut Worksheet,
    tables: &Tables,
    shown: &[&Blad],
    drawn: &[String],
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
    line(
        sheet,
        "Controles",
        "Levende controles onder één stoplicht: grootboek, fasering, en gelijk aan polder",
    )?;
    for table in filled(tables) {
        line(
            sheet,
            &bladnaam(table.schema),
            "INVOER (geel): hier wijzigt u getallen; alles rekent mee",
        )?;
    }
    for blad in shown {
        line(sheet, blad.naam, blad.titel)?;
    }
    line(
        sheet,
        "Herkomst",
        "Bronnen van de invoer per rij, parameters met hun bron, instellingen en hun betekenis",
    )?;
    for name in drawn {
        line(
            sheet,
            name,
            "Uitkomst van de simulatie: waarden, die niet meerekenen",
        )?;
    }
    at += 1;
    for text in [
        "Kleuren: geel is invoer; grijs is een getal dat polder uit de opzet van het model maakt (een gelijk deel van een reeks jaren, een exponent); wit is een formule.",
        "Spoor van een uitkomst: Uitkomsten → Grondexploitatie (eindwaarde, boekwaarde, kasstroom) → Stromen (per regel, lopende prijzen) → Stromen prijspeil → Bedragen (hoeveelheid × prijs) en Gewichten (fasering) → invoerblad.",
        "Een regel staat op Bedragen, Gewichten, Stromen prijspeil en Stromen op dezelfde rij.",
        "Getallen op de invoerbladen mag u wijzigen: bedragen, hoeveelheden, prijzen, percentages, rente, groei en gewichten. Teksten die de opzet bepalen (jaren, reeksen als 2027-2031, volgt, datums, partijen, methoden, codes) en nieuwe rijen rekenen in de formules niet mee: bewaar het werkboek en laat polder het opnieuw lezen (polder run WERKBOEK.xlsx --formulas).",
        "Polder leest dit werkboek zonder mapping: de invoerbladen zijn het model, de rekenbladen worden overgeslagen.",
    ] {
        sheet.merge_range(at, 0, at, 1, text, &wrapped)?;
        sheet.set_row_height(
            at,
            15.0 * f64::from((text.chars().count() / 115 + 1) as u32),
        )?;
        at += 1;
    }
    page(sheet, "Leeswijzer", properties, false);
    sheet.set_print_fit_to_pages(1, 0);
    Ok(())
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
    let geteld = format!(
        "{} rijen hebben in alle perioden dezelfde formule, {} niet (hieronder)",
        w.gelijk,
        w.afwijkingen.len()
    );
    sheet.set_name("Herkomst")?.set_screen_gridlines(false);
    for (column, width) in [(0, 30), (1, 40), (2, 40), (3, 60)] {
        sheet.set_column_width(column, width)?;
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
            for (i, text) in row.iter().enumerate() {
                write_text(sheet, at, i as u16, text, &wrapped)?;
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
    page(sheet, "Herkomst", properties, false);
    sheet.set_print_fit_to_pages(1, 0);
    Ok(())
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

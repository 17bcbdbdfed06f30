//! Report tables as an Excel workbook: a sheet each, with charts and print set-up, and a sheet that lists them. Knows no
//! model; the same reports give the same bytes.

use crate::report::{Cell, Chart, Drawn, Format, Report, ReportRow, RowKind};
use crate::write::terminal::{cells, cut, format_cell, heading_text, length, shown_as, wrap};
use rust_xlsxwriter as xlsx;
use rust_xlsxwriter::{
    ChartAxisLabelPosition, ChartFont, ChartFormat, ChartLegendPosition, ChartLine, ChartSolidFill,
    ChartType, Color, DocProperties, ExcelDateTime, FormatAlign, FormatBorder, Workbook, Worksheet,
    XlsxError,
};
use std::collections::HashMap;

/// The first sheet's name.
const FIRST_SHEET: &str = "Leeswijzer";
/// The longest text Excel takes in a cell is 32.767 UTF-16 units.
const LONGEST_TEXT: usize = 16_000;
/// More columns than this are printed on A3.
const COLUMNS_ON_A4: usize = 14;
/// More notes than this stand under the table, so that the frozen heading leaves room for rows.
const NOTES_ABOVE: usize = 4;
/// Column widths in characters.
const NARROWEST: usize = 7;
const WIDEST: usize = 60;
/// Height of a row and width of a character, in pixels. The height is set on every row: programs differ in their own,
/// and the pages of the charts are reckoned from it.
const ROW_PIXELS: u32 = 21;
const CHARACTER_PIXELS: u32 = 7;
const HEADING_FILL: Color = Color::RGB(0x00DD_E6F0);
const GROUP_FILL: Color = Color::RGB(0x00F2_F2F2);
const DARK: Color = Color::RGB(0x001F_3864);
const GRID: Color = Color::RGB(0x00D9_D9D9);
/// Colours of series that differ in lightness too, for black and white prints.
const SERIES: [u32; 6] = [
    0x001F_4E79,
    0x00ED_7D31,
    0x0070_AD47,
    0x007F_7F7F,
    0x00FF_C000,
    0x0070_30A0,
];

/// What a workbook says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Properties {
    /// Dutch title, on the first sheet and in every page's header.
    pub title: String,
    /// Names and values for the first sheet: model, version, seed, date.
    pub lines: Vec<(String, String)>,
}

/// A workbook's bytes: a sheet "Leeswijzer" and a sheet per report, in order.
///
/// Texts are written as texts, whatever they begin with. The error is the writer's: a table beyond Excel's size.
///
/// # Panics
///
/// When a row has more cells than the report has columns, or a chart points outside its table: our own mistake.
pub fn workbook(reports: &[Report], properties: &Properties) -> Result<Vec<u8>, String> {
    build(reports, properties).map_err(|error| error.to_string())
}

fn build(reports: &[Report], properties: &Properties) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    workbook.set_properties(
        &DocProperties::new()
            .set_title(cut(&properties.title, 255))
            .set_creation_datetime(&ExcelDateTime::from_ymd(2020, 1, 1)?),
    );
    let names = sheet_names(reports);
    first_sheet(workbook.add_worksheet(), reports, &names, properties)?;
    for (report, name) in reports.iter().zip(&names) {
        report_sheet(workbook.add_worksheet(), report, name, properties)?;
    }
    workbook.save_to_buffer()
}

/// Legal and distinct sheet names: at most 31 units, none of `[]:*?/\`, no apostrophe at either end.
fn sheet_names(reports: &[Report]) -> Vec<String> {
    let mut taken = vec![FIRST_SHEET.to_lowercase(), "history".to_owned()];
    reports
        .iter()
        .map(|report| {
            let clean: String = report
                .name
                .chars()
                .map(|c| {
                    if c.is_control() || "[]:*?/\\".contains(c) {
                        '-'
                    } else {
                        c
                    }
                })
                .collect();
            let clean = clean.trim_matches(|c: char| c == '\'' || c.is_whitespace());
            let clean = if clean.is_empty() { "Blad" } else { clean };
            let mut name = shortened(clean, 31);
            let mut count = 1;
            while taken.contains(&name.to_lowercase()) {
                count += 1;
                let tail = format!(" ({count})");
                name = format!("{}{tail}", shortened(clean, 31 - tail.len()));
            }
            taken.push(name.to_lowercase());
            name
        })
        .collect()
}

/// The beginning of a text that fits in so many UTF-16 units.
pub(super) fn shortened(text: &str, units: usize) -> String {
    let mut used = 0;
    let short: String = text
        .chars()
        .take_while(|c| {
            used += c.len_utf16();
            used <= units
        })
        .collect();
    short
        .trim_end_matches(|c: char| c == '\'' || c.is_whitespace())
        .to_owned()
}

fn first_sheet(
    sheet: &mut Worksheet,
    reports: &[Report],
    names: &[String],
    properties: &Properties,
) -> Result<(), XlsxError> {
    let heading = xlsx::Format::new()
        .set_bold()
        .set_border_bottom(FormatBorder::Thin);
    let top = xlsx::Format::new().set_align(FormatAlign::Top);
    let wrapped = xlsx::Format::new()
        .set_align(FormatAlign::Top)
        .set_text_wrap();
    sheet.set_name(FIRST_SHEET)?.set_screen_gridlines(false);
    let widest = names.iter().map(|name| length(name));
    let widest = widest
        .chain(properties.lines.iter().map(|(name, _)| length(name)))
        .max()
        .unwrap_or(0);
    sheet.set_column_width(0, (widest + 3).clamp(18, 40) as f64)?;
    sheet.set_column_width(1, 90)?;
    write_text(sheet, 0, 0, &properties.title, &title_format())?;
    let mut row = 2;
    write_text(sheet, row, 0, "Blad", &heading)?;
    write_text(sheet, row, 1, "Inhoud", &heading)?;
    for (report, name) in reports.iter().zip(names) {
        row += 1;
        let link = format!("internal:'{}'!A1", name.replace('\'', "''"));
        sheet.write_url_with_text(row, 0, link.as_str(), name.as_str())?;
        write_text(sheet, row, 1, &report.title, &wrapped)?;
    }
    row += 2;
    if !properties.lines.is_empty() {
        write_text(sheet, row, 0, "Gegevens", &heading)?;
        write_text(sheet, row, 1, "", &heading)?;
        for (name, value) in &properties.lines {
            row += 1;
            write_text(sheet, row, 0, name, &top)?;
            write_text(sheet, row, 1, value, &wrapped)?;
        }
    }
    page(sheet, FIRST_SHEET, properties, false);
    sheet.set_print_fit_to_pages(1, 0);
    Ok(())
}

pub(super) fn report_sheet(
    sheet: &mut Worksheet,
    report: &Report,
    name: &str,
    properties: &Properties,
) -> Result<(), XlsxError> {
    sheet.set_name(name)?;
    let widths = column_widths(report);
    let table_characters: usize = widths.iter().map(|width| width + 1).sum();
    let notes: Vec<String> = report
        .notes
        .iter()
        .flat_map(|note| wrap(note, table_characters.clamp(100, 130)))
        .collect();
    let notes_format = xlsx::Format::new()
        .set_italic()
        .set_font_color(Color::RGB(0x0059_5959));
    let above = notes.len() <= NOTES_ABOVE;

    write_text(sheet, 0, 0, &report.title, &title_format())?;
    sheet.set_row_height_pixels(0, 28)?;
    let mut row: u32 = 1;
    if above {
        for note in &notes {
            write_text(sheet, row, 0, note, &notes_format)?;
            row += 1;
        }
    }
    let heading_row = row + 1;

    let mut heading_lines = 1;
    for (index, (column, &width)) in report.columns.iter().zip(&widths).enumerate() {
        sheet.set_column_width(index as u16, (width + 1) as f64)?;
        heading_lines = heading_lines.max(wrap(&column.heading, width).len());
        let align = if column.format == Format::Text {
            FormatAlign::Left
        } else {
            FormatAlign::Right
        };
        let format = xlsx::Format::new()
            .set_bold()
            .set_text_wrap()
            .set_align(align)
            .set_align(FormatAlign::Bottom)
            .set_background_color(HEADING_FILL)
            .set_border_bottom(FormatBorder::Medium)
            .set_border_bottom_color(DARK)
            .set_indent(u8::from(na_getal(report, index)));
        write_text(sheet, heading_row, index as u16, &column.heading, &format)?;
    }
    let heading_pixels = heading_lines as u32 * ROW_PIXELS + 4;
    sheet.set_row_height_pixels(heading_row, heading_pixels)?;

    let first_row = heading_row + 1;
    let mut formats = Formats::default();
    let mut body_pixels = 0;
    for (index, row) in report.rows.iter().enumerate() {
        let at = first_row + index as u32;
        let lines = write_row(sheet, at, report, row, &widths, &mut formats)?;
        sheet.set_row_height_pixels(at, lines * ROW_PIXELS)?;
        body_pixels += lines * ROW_PIXELS;
    }
    let mut after = first_row + report.rows.len() as u32;
    let mut pixels = 28 + heading_row.saturating_sub(1) * ROW_PIXELS + heading_pixels + body_pixels;
    if !above {
        after += 1;
        pixels += ROW_PIXELS;
        for note in &notes {
            write_text(sheet, after, 0, note, &notes_format)?;
            after += 1;
            pixels += ROW_PIXELS;
        }
    }

    if !report.columns.is_empty() && !report.rows.is_empty() {
        sheet.set_freeze_panes(first_row, 1)?;
        sheet.set_repeat_rows(heading_row, heading_row)?;
    }
    let large = report.columns.len() > COLUMNS_ON_A4;
    page(sheet, name, properties, large);
    let widths: Vec<u32> = widths
        .iter()
        .map(|&width| (width as u32 + 1) * CHARACTER_PIXELS + 5)
        .collect();
    let shape = Shape {
        large,
        table: widths.iter().sum(),
        heading_pixels,
    };
    shape.place_charts(sheet, report, name, first_row, after, pixels)
}

/// Sizes of a sheet in pixels, for charts and pages.
struct Shape {
    large: bool,
    table: u32,
    heading_pixels: u32,
}

impl Shape {
    /// Puts the charts under the table, none across a page's end, and chooses how many pages it takes.
    fn place_charts(
        &self,
        sheet: &mut Worksheet,
        report: &Report,
        name: &str,
        first_row: u32,
        after: u32,
        pixels: u32,
    ) -> Result<(), XlsxError> {
        let chart_width = self.table.clamp(720, 1040);
        let chart_height = 400;
        // What is printed at full size on a page within the margins.
        let (page_width, page_height) = if self.large { (1500, 990) } else { (1040, 665) };
        let width = if report.charts.is_empty() {
            self.table
        } else {
            self.table.max(chart_width)
        };
        let needed = pixels + report.charts.len() as u32 * (chart_height + 2 * ROW_PIXELS);
        let scale = |pixels: u32, room: u32| f64::from(room) / f64::from(pixels.max(room));
        let by_width = scale(width, page_width);
        let one_page = by_width.min(scale(needed, page_height));
        if one_page >= 0.6 * by_width {
            sheet.set_print_fit_to_pages(1, 1);
        } else {
            sheet.set_print_fit_to_pages(1, 0);
        }
        let first_page = (f64::from(page_height) / by_width) as u32;
        let next_page = first_page
            .saturating_sub(self.heading_pixels)
            .max(chart_height + 4 * ROW_PIXELS);

        let (mut row, mut at) = (after + 1, pixels + ROW_PIXELS);
        for chart in &report.charts {
            if one_page < 0.6 * by_width {
                let mut end = first_page;
                while end <= at {
                    end += next_page;
                }
                if at + chart_height > end {
                    // Two rows beyond the estimated end, so that a small error leaves the chart whole.
                    let rows = (end - at).div_ceil(ROW_PIXELS) + 2;
                    row += rows;
                    at += rows * ROW_PIXELS;
                }
            }
            let drawn = draw_chart(report, chart, name, first_row, (chart_width, chart_height));
            sheet.insert_chart_with_offset(row, 0, &drawn, 4, 4)?;
            let rows = chart_height / ROW_PIXELS + 2;
            row += rows;
            at += rows * ROW_PIXELS;
        }
        let last = if report.charts.is_empty() { after } else { row };
        for plain in (1..first_row - 1).chain(first_row + report.rows.len() as u32..last) {
            sheet.set_row_height_pixels(plain, ROW_PIXELS)?;
        }
        Ok(())
    }
}

/// Paper, margins, header and footer.
pub(super) fn page(sheet: &mut Worksheet, name: &str, properties: &Properties, large: bool) {
    let literal = |text: &str, most: usize| cut(text, most).replace('&', "&&");
    sheet
        .set_landscape()
        .set_paper_size(if large { 8 } else { 9 })
        .set_margins(0.4, 0.4, 0.7, 0.6, 0.3, 0.3)
        .set_header(format!(
            "&L{}&R{}",
            literal(&properties.title, 80),
            literal(name, 31)
        ))
        .set_footer("&RPagina &P van &N");
}

pub(super) fn title_format() -> xlsx::Format {
    xlsx::Format::new()
        .set_bold()
        .set_font_size(14)
        .set_font_color(DARK)
}

/// Writes a text as a text, never as a formula, link or number.
pub(super) fn write_text(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    text: &str,
    format: &xlsx::Format,
) -> Result<(), XlsxError> {
    if text.is_empty() {
        sheet.write_blank(row, column, format)?;
    } else {
        sheet.write_string_with_format(row, column, cut(text, LONGEST_TEXT), format)?;
    }
    Ok(())
}

/// Cell formats, made once each: (kind of row, format of the figure, whether it is a text).
#[derive(Default)]
struct Formats(HashMap<(u8, Option<(u8, u8)>), xlsx::Format>);

impl Formats {
    fn get(&mut self, kind: RowKind, figure: Option<Format>) -> &xlsx::Format {
        let code = figure.map(|figure| match figure {
            Format::Eur(decimals) => (0, decimals),
            Format::Percent(decimals) => (1, decimals),
            Format::Number(decimals) => (2, decimals),
            Format::Plain | Format::Text => (3, 0),
        });
        self.0.entry((kind as u8, code)).or_insert_with(|| {
            let format = match figure {
                Some(figure) => xlsx::Format::new()
                    .set_num_format(number_format(figure))
                    .set_align(FormatAlign::Right),
                None => xlsx::Format::new().set_text_wrap(),
            };
            let format = format.set_align(FormatAlign::Top);
            match kind {
                RowKind::Plain => format,
                RowKind::Total => format
                    .set_bold()
                    .set_border_top(FormatBorder::Thin)
                    .set_border_top_color(DARK),
                RowKind::Heading => {
                    let format = xlsx::Format::new().set_bold().set_font_color(DARK);
                    format.set_background_color(GROUP_FILL)
                }
            }
        })
    }
}

/// Excel's code for a format; a Dutch Excel shows it with its own marks.
fn number_format(format: Format) -> String {
    let zeros = |decimals: u8| match decimals.min(30) {
        0 => String::new(),
        decimals => format!(".{}", "0".repeat(usize::from(decimals))),
    };
    match format {
        Format::Eur(decimals) => format!("#,##0{0};[Red]-#,##0{0}", zeros(decimals)),
        Format::Number(decimals) => format!("#,##0{}", zeros(decimals)),
        Format::Percent(decimals) => format!("0{}%", zeros(decimals)),
        Format::Plain | Format::Text => "General".to_owned(),
    }
}

/// Writes a row; gives the lines of text it takes.
fn write_row(
    sheet: &mut Worksheet,
    at: u32,
    report: &Report,
    row: &ReportRow,
    widths: &[usize],
    formats: &mut Formats,
) -> Result<u32, XlsxError> {
    if row.kind == RowKind::Heading {
        for index in 0..report.columns.len() {
            let text = if index == 0 {
                heading_text(report, row)
            } else {
                String::new()
            };
            write_text(sheet, at, index as u16, &text, formats.get(row.kind, None))?;
        }
        return Ok(1);
    }
    let mut lines = 1;
    for (index, (cell, column)) in cells(report, row).zip(&report.columns).enumerate() {
        let at_column = index as u16;
        let shown = shown_as(cell, row, column);
        match (figure(cell), cell) {
            (Some(number), _) => {
                sheet.write_number_with_format(
                    at,
                    at_column,
                    number,
                    formats.get(row.kind, Some(shown)),
                )?;
            }
            (None, Cell::Text(text)) => {
                lines = lines.max(
                    text.lines()
                        .map(|line| wrap(line, widths[index]).len())
                        .sum(),
                );
                let format = formats.get(row.kind, None);
                if na_getal(report, index) {
                    let apart = format.clone().set_align(FormatAlign::Left).set_indent(1);
                    write_text(sheet, at, at_column, text, &apart)?;
                } else if column.format == Format::Text {
                    write_text(sheet, at, at_column, text, format)?;
                } else {
                    let right = format.clone().set_align(FormatAlign::Right);
                    write_text(sheet, at, at_column, text, &right)?;
                }
            }
            _ => {
                sheet.write_blank(at, at_column, formats.get(row.kind, None))?;
            }
        }
    }
    // Excel's tallest row is 409 points.
    Ok((lines as u32).clamp(1, 25))
}

/// Whether a column of texts stands behind one of figures: its texts then keep off them.
fn na_getal(report: &Report, column: usize) -> bool {
    let is_text = |c: usize| report.columns[c].format == Format::Text;
    column > 0 && is_text(column) && !is_text(column - 1)
}

/// Column widths in characters, so that every figure shows and texts wrap at a readable width.
fn column_widths(report: &Report) -> Vec<usize> {
    let mut widths: Vec<usize> = report
        .columns
        .iter()
        .map(|column| {
            let word = column
                .heading
                .split_whitespace()
                .map(length)
                .max()
                .unwrap_or(0);
            let third = length(&column.heading).div_ceil(3);
            // Bold is wider.
            (word.max(third) + 1 + word / 10).clamp(NARROWEST, WIDEST)
        })
        .collect();
    for row in report
        .rows
        .iter()
        .filter(|row| row.kind != RowKind::Heading)
    {
        for ((cell, column), width) in cells(report, row).zip(&report.columns).zip(&mut widths) {
            let text = format_cell(cell, shown_as(cell, row, column));
            let bold = usize::from(row.kind == RowKind::Total) * (1 + length(&text) / 12);
            *width = (*width).max(length(&text).min(WIDEST) + bold);
        }
    }
    for (column, width) in widths.iter_mut().enumerate() {
        *width += usize::from(na_getal(report, column)) * 2;
    }
    widths
}

/// A chart over a sheet's rows: columns and lines in one picture.
fn draw_chart(
    report: &Report,
    chart: &Chart,
    sheet: &str,
    first_row: u32,
    size: (u32, u32),
) -> xlsx::Chart {
    let (first, last) = chart.rows;
    assert!(
        first <= last && last < report.rows.len(),
        "chart {:?} points outside its table",
        chart.title
    );
    let rows = (first_row + first as u32, first_row + last as u32);
    let heading_row = first_row - 1;

    let kinds = |drawn: Drawn| {
        let series = chart
            .series
            .iter()
            .enumerate()
            .filter(move |(_, (_, kind))| *kind == drawn);
        series
            .map(|(place, (column, _))| (place, *column))
            .collect::<Vec<_>>()
    };
    let (columns, lines) = (kinds(Drawn::Column), kinds(Drawn::Line));
    // Columns that never stand on the same side of the axis share their place above the year.
    let overlap = if opposed(report, chart, &columns) {
        100
    } else {
        0
    };
    let part = |kind: ChartType, of: &[(usize, usize)]| {
        let mut part = xlsx::Chart::new(kind);
        for &(place, column) in of {
            let color = Color::RGB(SERIES[place % SERIES.len()]);
            let mut format = match kind {
                ChartType::Line => ChartFormat::new()
                    .set_line(ChartLine::new().set_color(color).set_width(2.5))
                    .clone(),
                _ => ChartFormat::new()
                    .set_solid_fill(ChartSolidFill::new().set_color(color))
                    .clone(),
            };
            let series = part.add_series();
            series
                .set_name((sheet, heading_row, column as u16))
                .set_categories((
                    sheet,
                    rows.0,
                    chart.category as u16,
                    rows.1,
                    chart.category as u16,
                ))
                .set_values((sheet, rows.0, column as u16, rows.1, column as u16))
                .set_format(&mut format);
            if kind == ChartType::Column {
                series.set_gap(60).set_overlap(overlap);
            }
        }
        part
    };

    let mut drawn = if columns.is_empty() {
        part(ChartType::Line, &lines)
    } else {
        let mut drawn = part(ChartType::Column, &columns);
        if !lines.is_empty() {
            drawn.combine(&part(ChartType::Line, &lines));
        }
        drawn
    };
    let (axis_format, axis_name) = axis(report, chart);
    drawn.set_width(size.0).set_height(size.1);
    drawn
        .title()
        .set_name(&chart_text(&chart.title))
        .set_font(ChartFont::new().set_bold().set_size(12));
    drawn.legend().set_position(ChartLegendPosition::Bottom);
    drawn
        .x_axis()
        .set_label_position(ChartAxisLabelPosition::Low);
    drawn
        .y_axis()
        .set_num_format(axis_format)
        .set_major_gridlines_line(ChartLine::new().set_color(GRID));
    if let Some(name) = axis_name {
        drawn
            .y_axis()
            .set_name(name)
            .set_name_font(ChartFont::new().unset_bold().set_size(9));
    }
    drawn
}

/// A chart's title: the writer takes what begins with `=` or reads like `sheet!A1` for a range, so it gets a space at
/// both ends then.
fn chart_text(title: &str) -> String {
    let title = cut(title, 200);
    if title.starts_with('=') || title.contains('!') {
        format!(" {title} ")
    } else {
        title
    }
}

/// Whether in every row at most one of the columns is above zero and at most one below.
fn opposed(report: &Report, chart: &Chart, columns: &[(usize, usize)]) -> bool {
    report.rows[chart.rows.0..=chart.rows.1].iter().all(|row| {
        let figures = || {
            columns
                .iter()
                .filter_map(|&(_, column)| row.cells.get(column).and_then(figure))
        };
        figures().filter(|&figure| figure > 0.0).count() <= 1
            && figures().filter(|&figure| figure < 0.0).count() <= 1
    })
}

/// A cell's figure as Excel keeps it.
fn figure(cell: &Cell) -> Option<f64> {
    let figure = match cell {
        Cell::Empty | Cell::Text(_) => None,
        // By way of its digits: the nearest double, which a division of the mantissa does not give.
        Cell::Exact(figure) => figure.to_string().parse().ok(),
        Cell::Fast(figure) => Some(*figure),
        Cell::Whole(figure) => Some(*figure as f64),
    };
    figure.filter(|figure| figure.is_finite())
}

/// The value axis of a chart: its number format and its unit.
fn axis(report: &Report, chart: &Chart) -> (&'static str, Option<&'static str>) {
    let formats: Vec<Format> = chart
        .series
        .iter()
        .map(|&(column, _)| report.columns[column].format)
        .collect();
    if !formats.is_empty()
        && formats
            .iter()
            .all(|format| matches!(format, Format::Percent(_)))
    {
        return ("0%", None);
    }
    let mut largest = 0.0_f64;
    for row in &report.rows[chart.rows.0..=chart.rows.1] {
        for &(column, _) in &chart.series {
            largest = largest.max(row.cells.get(column).and_then(figure).map_or(0.0, f64::abs));
        }
    }
    let euros = formats
        .iter()
        .all(|format| matches!(format, Format::Eur(_)));
    match (largest, euros) {
        (20_000_000.0.., true) => ("#,##0,,", Some("€ miljoen")),
        (2_000_000.0.., true) => ("#,##0.0,,", Some("€ miljoen")),
        (20_000.0.., true) => ("#,##0,", Some("x € 1.000")),
        (_, true) => ("#,##0", Some("€")),
        (20.0.., false) => ("#,##0", None),
        _ => ("General", None),
    }
}

#[cfg(test)]
mod tests {
    use super::{Properties, sheet_names, workbook};
    use crate::report::{Cell, Chart, Drawn, Format, Report, ReportColumn, ReportRow, RowKind};
    use calamine::{DataRef, Reader as _, Xlsx};
    use rust_decimal::Decimal;
    use std::io::Cursor;

    fn text(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }

    fn row(kind: RowKind, cells: Vec<Cell>) -> ReportRow {
        ReportRow {
            kind,
            cells,
            format: None,
        }
    }

    fn column(heading: &str, format: Format) -> ReportColumn {
        ReportColumn {
            heading: heading.to_owned(),
            format,
        }
    }

    /// Years down the rows: cash flow and boekwaarde, with a chart.
    fn years() -> Report {
        let mut rows = Vec::new();
        let mut boekwaarde = Decimal::ZERO;
        for year in 0..15_i64 {
            let kosten = Decimal::new(-(4_250_000 - 270_000 * year).max(125_000) * 100 - 37, 2);
            let baten = Decimal::new(
                if year < 3 {
                    0
                } else {
                    3_900_000 - 60_000 * year
                },
                0,
            );
            let rente = boekwaarde * Decimal::new(2, 2);
            boekwaarde += kosten + baten + rente;
            rows.push(row(
                RowKind::Plain,
                vec![
                    Cell::Whole(2026 + year),
                    Cell::Exact(kosten),
                    Cell::Exact(baten),
                    Cell::Exact(rente),
                    Cell::Exact(boekwaarde),
                    Cell::Fast(year as f64 / 14.0),
                ],
            ));
        }
        rows.push(row(
            RowKind::Total,
            vec![
                text("Totaal"),
                Cell::Exact(Decimal::new(-39_123_456, 0)),
                Cell::Exact(Decimal::new(41_789_012, 0)),
                Cell::Empty,
                Cell::Exact(boekwaarde),
                Cell::Fast(f64::NAN),
            ],
        ));
        Report {
            name: "Kasstroom".into(),
            title: "Kasstroom en boekwaarde Gemeente, grondexploitatie Havenkwartier".into(),
            notes: vec![
                "Bedragen in euro, nominaal, exclusief btw. Kosten zijn negatief, opbrengsten positief.".into(),
                "Boekwaarde per 31 december, na rente over de stand van 1 januari; een negatieve boekwaarde is geld dat \
                 nog terugverdiend moet worden. Rente 2,0%."
                    .into(),
            ],
            columns: vec![
                column("Jaar", Format::Plain),
                column("Kosten", Format::Eur(0)),
                column("Opbrengsten", Format::Eur(0)),
                column("Rente over de boekwaarde", Format::Eur(2)),
                column("Boekwaarde per 31 december", Format::Eur(0)),
                column("Aandeel gerealiseerd", Format::Percent(1)),
            ],
            rows,
            charts: vec![Chart {
                title: "Kasstroom per jaar en boekwaarde".into(),
                category: 0,
                series: vec![(1, Drawn::Column), (2, Drawn::Column), (4, Drawn::Line)],
                rows: (0, 14),
            }],
        }
    }

    /// Years across the columns.
    fn across() -> Report {
        let years = 2026..2046_i64;
        let mut columns = vec![
            column("Post", Format::Text),
            column("Totaal", Format::Eur(0)),
        ];
        columns.extend(
            years
                .clone()
                .map(|year| column(&year.to_string(), Format::Eur(0))),
        );
        let figures = |name: &str, base: i64| {
            let mut cells = vec![text(name), Cell::Exact(Decimal::from(base * 20))];
            cells.extend(
                years
                    .clone()
                    .map(|year| Cell::Exact(Decimal::from(base + (year - 2026) * 1_234))),
            );
            cells
        };
        Report {
            name: "Fasering: kosten/opbrengsten per jaar en deelgebied".into(),
            title: "Fasering van kosten en opbrengsten".into(),
            notes: (1..=6)
                .map(|n| format!("Toelichting {n}: bedragen in euro op prijspeil 1 januari 2026."))
                .collect(),
            columns,
            rows: vec![
                row(RowKind::Heading, vec![text("Kosten")]),
                row(RowKind::Plain, figures("Verwerving", -1_250_000)),
                row(
                    RowKind::Plain,
                    figures("Bouw- en woonrijp maken, openbaar gebied", -850_000),
                ),
                row(RowKind::Total, figures("Totaal kosten", -2_100_000)),
                row(RowKind::Heading, vec![text("Opbrengsten")]),
                row(RowKind::Plain, figures("=Woningen", 3_250_000)),
                row(RowKind::Total, figures("Resultaat", 12_150_000)),
            ],
            charts: Vec::new(),
        }
    }

    /// More than a page of rows with long texts, and two charts.
    fn long() -> Report {
        let what = "Bouwrijp maken van het oostelijke deelgebied, inclusief sanering en het verleggen van de hoofdriolering";
        let rows = (0..45)
            .map(|n| {
                let name = if n % 9 == 0 {
                    what.to_owned()
                } else {
                    format!("Post {n}")
                };
                let cells = vec![
                    text(&name),
                    Cell::Fast(f64::from(n) * 1e4),
                    Cell::Fast(f64::from(n).sqrt() * -9e4),
                ];
                row(RowKind::Plain, cells)
            })
            .collect();
        let chart = |title: &str, series| Chart {
            title: title.to_owned(),
            category: 0,
            series,
            rows: (1, 8),
        };
        Report {
            name: "Posten".into(),
            title: "Alle posten".into(),
            notes: vec!["Bedragen in euro.".into()],
            columns: vec![
                column("Omschrijving", Format::Text),
                column("Raming", Format::Eur(0)),
                column("Afwijking", Format::Eur(0)),
            ],
            rows,
            charts: vec![
                chart("Raming", vec![(1, Drawn::Column)]),
                chart("Afwijking", vec![(2, Drawn::Line), (1, Drawn::Line)]),
            ],
        }
    }

    fn small() -> Report {
        let mut percent = row(
            RowKind::Plain,
            vec![text("Kans op tekort"), Cell::Fast(0.125)],
        );
        percent.format = Some(Format::Percent(1));
        Report {
            name: "Kerncijfers".into(),
            title: "Kerncijfers & uitkomst".into(),
            notes: Vec::new(),
            columns: vec![
                column("Kerncijfer", Format::Text),
                column("Waarde", Format::Eur(0)),
            ],
            rows: vec![
                row(
                    RowKind::Plain,
                    vec![
                        text("+Netto contante waarde"),
                        Cell::Exact(Decimal::new(-123_456_789, 2)),
                    ],
                ),
                percent,
                row(
                    RowKind::Plain,
                    vec![text("Looptijd van de grondexploitatie"), text("n.v.t.")],
                ),
                row(
                    RowKind::Plain,
                    vec![text("http://voorbeeld.nl"), Cell::Fast(f64::NAN)],
                ),
            ],
            charts: Vec::new(),
        }
    }

    fn properties() -> Properties {
        Properties {
            title: "Havenkwartier & Dok, 1e herziening".into(),
            lines: vec![
                ("Model".into(), "=havenkwartier".into()),
                ("Toevalsgetal".into(), "20260101".into()),
            ],
        }
    }

    fn all() -> Vec<Report> {
        vec![small(), years(), across(), long()]
    }

    #[test]
    fn the_same_reports_give_the_same_bytes() {
        let first = workbook(&all(), &properties()).unwrap();
        std::thread::sleep(std::time::Duration::from_millis(2100));
        assert!(first == workbook(&all(), &properties()).unwrap());
        if let Some(path) = std::env::var_os("POLDER_DEMO_WORKBOOK") {
            std::fs::write(path, &first).unwrap();
        }
    }

    /// A sheet's cells as (row, column, what stands there).
    fn read(bytes: &[u8], sheet: &str) -> Vec<(u32, u32, String)> {
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes.to_vec())).unwrap();
        let mut reader = book.worksheet_cells_reader(sheet).unwrap();
        let mut found = Vec::new();
        while let Some(cell) = reader.next_cell().unwrap() {
            let (row, column) = cell.get_position();
            let value = match cell.get_value() {
                DataRef::Empty => continue,
                DataRef::SharedString(text) => format!("text {text}"),
                DataRef::Float(number) => format!("number {number}"),
                other => format!("{other:?}"),
            };
            found.push((row, column, value));
        }
        found
    }

    #[test]
    fn what_is_read_back_is_what_was_reported() {
        let bytes = workbook(&all(), &properties()).unwrap();
        let expected = [
            (0, 0, "text Kerncijfers & uitkomst"),
            (2, 0, "text Kerncijfer"),
            (2, 1, "text Waarde"),
            (3, 0, "text +Netto contante waarde"),
            (3, 1, "number -1234567.89"),
            (4, 0, "text Kans op tekort"),
            (4, 1, "number 0.125"),
            (5, 0, "text Looptijd van de grondexploitatie"),
            (5, 1, "text n.v.t."),
            (6, 0, "text http://voorbeeld.nl"),
        ];
        let expected: Vec<_> = expected
            .map(|(row, column, text)| (row, column, text.to_owned()))
            .to_vec();
        assert_eq!(read(&bytes, "Kerncijfers"), expected);
    }

    #[test]
    fn no_text_becomes_a_formula() {
        let mut reports = all();
        reports[1].charts[0].title = "=Kasstroom!A1".into();
        reports[1].columns[1].heading = "=Kosten".into();
        let bytes = workbook(&reports, &properties()).unwrap();
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        for index in 0..archive.len() {
            let mut file = archive.by_index(index).unwrap();
            let mut xml = String::new();
            let name = file.name().unwrap().into_owned();
            std::io::Read::read_to_string(&mut file, &mut xml).unwrap();
            if name.starts_with("xl/worksheets/sheet") {
                assert!(!xml.contains("<f>"), "{name}");
            }
            if name == "xl/charts/chart1.xml" {
                assert!(xml.contains("<a:t> =Kasstroom!A1 </a:t>"), "{xml}");
            }
        }
    }

    #[test]
    fn sheet_names_are_legal_and_distinct() {
        let names = [
            "Fasering: kosten/opbrengsten per jaar",
            "fasering- kosten-opbrengsten per jaar",
            "'",
            "leeswijzer",
        ];
        let reports: Vec<Report> = names
            .iter()
            .map(|name| Report {
                name: (*name).to_owned(),
                ..small()
            })
            .collect();
        assert_eq!(
            sheet_names(&reports),
            [
                "Fasering- kosten-opbrengsten pe",
                "fasering- kosten-opbrengste (2)",
                "Blad",
                "leeswijzer (2)"
            ]
        );
        assert!(workbook(&reports, &properties()).is_ok());
    }

    #[test]
    fn an_empty_report_is_a_sheet_too() {
        let empty = Report {
            columns: Vec::new(),
            rows: Vec::new(),
            ..small()
        };
        assert!(workbook(&[empty], &Properties::default()).is_ok());
    }
}

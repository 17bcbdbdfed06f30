//! Report tables as text for a terminal, and the Dutch way to write a figure. Knows no model, no file and no colour.

use crate::model::table::{dutch, thousands};
use crate::report::{Cell, Format, Report, ReportColumn, ReportRow, RowKind};
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use rust_decimal::Decimal;
use std::fmt::Write as _;
use std::str::FromStr as _;

/// Shown for a figure that is not a number.
const NO_FIGURE: &str = "-";
/// Between two columns.
const GAP: usize = 2;
/// A text column is never made narrower than this to make a table fit.
const NARROWEST_TEXT: usize = 16;
/// Amounts are shown in thousands only when the largest is at least this.
const LARGE: f64 = 100_000.0;
/// A column whose largest amount is below this would be lost in thousands.
const LOST: f64 = 1_000.0;

/// A cell as the Dutch read it: `1.234.567`, `-12,50`, `2,0%`; `-` for what is not a number.
pub fn format_cell(cell: &Cell, format: Format) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => printable(text),
        Cell::Exact(figure) => format_figure(*figure, format),
        Cell::Whole(figure) => format_figure(Decimal::from(*figure), format),
        Cell::Fast(figure) => match decimal(*figure) {
            Some(figure) => format_figure(figure, format),
            None if figure.is_finite() => huge(*figure, format),
            None => NO_FIGURE.to_owned(),
        },
    }
}

/// A report as a table of at most `width` characters wide, with its title and notes.
///
/// What does not fit is shown in thousands of euros if the amounts are large, and else in blocks of columns that repeat
/// the first column. Numbers are never broken; long texts end in `…`.
///
/// # Panics
///
/// When a row has more cells than the report has columns: our own mistake.
pub fn table(report: &Report, width: usize) -> String {
    let width = width.max(NARROWEST_TEXT);
    let mut grid = Grid::new(report, width, false);
    if grid.blocks.len() > 1 && large_amounts(report) {
        let scaled = Grid::new(report, width, true);
        if scaled.blocks.len() < grid.blocks.len() {
            grid = scaled;
        }
    }

    let mut out = String::new();
    let count = grid.blocks.len();
    for (index, block) in grid.blocks.iter().enumerate() {
        let mut title = printable(&report.title);
        if grid.in_thousands {
            title.push_str(" (x € 1.000)");
        }
        if count > 1 {
            let _ = write!(title, " ({}/{count})", index + 1);
        }
        if index > 0 {
            out.push('\n');
        }
        for line in wrap(&title, width) {
            out.push_str(&line);
            out.push('\n');
        }
        if index == 0 {
            for line in report
                .notes
                .iter()
                .flat_map(|note| wrap(&printable(note), width))
            {
                out.push_str(&line);
                out.push('\n');
            }
        }
        out.push('\n');
        grid.draw(report, block, width, &mut out);
    }
    out
}

/// The format a cell is shown in: its row's, where that has one, but a year in a plain column stays a year, and what can be no amount
/// stays what it is.
pub(crate) fn shown_as(cell: &Cell, row: &ReportRow, column: &ReportColumn) -> Format {
    match row.format {
        Some(_) if column.format == Format::Plain && matches!(cell, Cell::Whole(_)) => {
            Format::Plain
        }
        // A row of amounts has its shares, chances and deviations beside them.
        Some(Format::Eur(_))
            if matches!(column.format, Format::Percent(_) | Format::Number(0..=3)) =>
        {
            column.format
        }
        Some(format) => format,
        None => column.format,
    }
}

/// A row's cells, one per column.
///
/// # Panics
///
/// When a row has more cells than the report has columns: our own mistake.
pub(crate) fn cells<'a>(report: &'a Report, row: &'a ReportRow) -> impl Iterator<Item = &'a Cell> {
    assert!(
        row.cells.len() <= report.columns.len(),
        "report {}: a row has more cells than columns",
        report.name
    );
    let missing = report.columns.len() - row.cells.len();
    row.cells
        .iter()
        .chain(std::iter::repeat_n(&Cell::Empty, missing))
}

/// A heading row's words: all that stands in it.
pub(crate) fn heading_text(report: &Report, row: &ReportRow) -> String {
    let parts: Vec<String> = cells(report, row)
        .zip(&report.columns)
        .map(|(cell, column)| format_cell(cell, shown_as(cell, row, column)))
        .filter(|text| !text.is_empty())
        .collect();
    parts.join("  ")
}

/// Breaks text between words into lines of at most `width` characters; a longer word stands alone.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && length(&line) + 1 + length(word) > width {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

/// Characters in a text.
pub(crate) fn length(text: &str) -> usize {
    text.chars().count()
}

/// A text of at most `width` characters, with `…` for what is left out.
pub(crate) fn cut(text: &str, width: usize) -> String {
    if length(text) <= width {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(width.saturating_sub(1)).collect();
    short.truncate(short.trim_end().len());
    short.push('…');
    short
}

/// A double as the decimal number a person would write for it: its shortest form that reads back the same.
fn decimal(figure: f64) -> Option<Decimal> {
    if !figure.is_finite() {
        return None;
    }
    Decimal::from_str(&figure.to_string()).ok()
}

/// Text without control characters: a name from a file must not move a terminal's cursor.
fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

fn format_figure(figure: Decimal, format: Format) -> String {
    match format {
        Format::Eur(decimals) | Format::Number(decimals) => dutch(figure, u32::from(decimals)),
        Format::Percent(decimals) => match figure.checked_mul(Decimal::ONE_HUNDRED) {
            Some(percentage) => format!("{}%", dutch(percentage, u32::from(decimals))),
            None => format!("{}00%", dutch(figure, 0)),
        },
        Format::Plain | Format::Text => figure.normalize().to_string().replace('.', ","),
    }
}

/// A double beyond the range of `Decimal`: its whole digits.
fn huge(figure: f64, format: Format) -> String {
    let sign = if figure < 0.0 { "-" } else { "" };
    let digits = figure.abs().to_string();
    let whole = digits
        .split_once('.')
        .map_or(digits.as_str(), |(whole, _)| whole);
    match format {
        Format::Percent(_) => format!("{sign}{}%", thousands(&format!("{whole}00"))),
        _ => format!("{sign}{}", thousands(whole)),
    }
}

/// A figure's size, for choices of layout only.
fn size(cell: &Cell) -> Option<f64> {
    match cell {
        Cell::Exact(figure) => figure.abs().to_string().parse().ok(),
        Cell::Fast(figure) => figure.is_finite().then_some(figure.abs()),
        Cell::Whole(figure) => Some(figure.unsigned_abs() as f64),
        Cell::Empty | Cell::Text(_) => None,
    }
}

/// Whether a report in thousands of euros still says something: large amounts, no cents, no column of small amounts.
fn large_amounts(report: &Report) -> bool {
    let mut largest = vec![0.0_f64; report.columns.len()];
    for row in &report.rows {
        for ((cell, column), largest) in cells(report, row).zip(&report.columns).zip(&mut largest) {
            match (shown_as(cell, row, column), size(cell)) {
                (Format::Eur(0), Some(size)) => *largest = largest.max(size),
                (Format::Eur(_), Some(_)) => return false,
                _ => {}
            }
        }
    }
    largest.iter().any(|&size| size >= LARGE)
        && largest.iter().all(|&size| size == 0.0 || size >= LOST)
}

/// A cell's text, in thousands of euros if asked.
fn cell_text(cell: &Cell, format: Format, in_thousands: bool) -> String {
    if !in_thousands || !matches!(format, Format::Eur(_)) {
        return format_cell(cell, format);
    }
    let scaled = match cell {
        Cell::Exact(figure) => Cell::Exact(figure / Decimal::ONE_THOUSAND),
        Cell::Whole(figure) => Cell::Exact(Decimal::from(*figure) / Decimal::ONE_THOUSAND),
        Cell::Fast(figure) => match decimal(*figure) {
            Some(figure) => Cell::Exact(figure / Decimal::ONE_THOUSAND),
            None => Cell::Fast(figure / 1000.0),
        },
        Cell::Empty | Cell::Text(_) => cell.clone(),
    };
    format_cell(&scaled, format)
}

/// A column laid out.
struct Column {
    heading: String,
    /// A text per row; empty for heading rows.
    texts: Vec<String>,
    /// Whether the text of a row is a figure.
    figures: Vec<bool>,
    /// Whether the column holds figures by its format.
    numeric: bool,
    width: usize,
}

/// A report laid out for a width.
struct Grid {
    columns: Vec<Column>,
    /// The columns of each block; each begins with the first column.
    blocks: Vec<Vec<usize>>,
    in_thousands: bool,
}

impl Grid {
    fn new(report: &Report, width: usize, in_thousands: bool) -> Self {
        let mut columns: Vec<Column> = report
            .columns
            .iter()
            .map(|column| Column {
                heading: printable(&column.heading),
                texts: Vec::with_capacity(report.rows.len()),
                figures: Vec::with_capacity(report.rows.len()),
                numeric: column.format != Format::Text,
                width: 0,
            })
            .collect();
        for row in &report.rows {
            for ((cell, shape), column) in cells(report, row).zip(&report.columns).zip(&mut columns)
            {
                let heading = row.kind == RowKind::Heading;
                let text = if heading {
                    String::new()
                } else {
                    cell_text(cell, shown_as(cell, row, shape), in_thousands)
                };
                column.figures.push(
                    !heading && matches!(cell, Cell::Exact(_) | Cell::Fast(_) | Cell::Whole(_)),
                );
                column.texts.push(text);
            }
        }
        for column in &mut columns {
            let word = column
                .heading
                .split_whitespace()
                .map(length)
                .max()
                .unwrap_or(0);
            let text = column
                .texts
                .iter()
                .map(|text| length(text))
                .max()
                .unwrap_or(0);
            column.width = word.max(text).max(1);
        }
        let blocks = fit(&mut columns, width);
        Self {
            columns,
            blocks,
            in_thousands,
        }
    }

    fn draw(&self, report: &Report, block: &[usize], width: usize, out: &mut String) {
        if block.is_empty() {
            return;
        }
        let headings: Vec<Vec<String>> = block
            .iter()
            .map(|&index| wrap(&self.columns[index].heading, self.columns[index].width))
            .collect();
        let heading_lines = headings.iter().map(Vec::len).max().unwrap_or(1);

        let mut table = Table::new();
        table
            .load_style(presets::NOTHING)
            .set_content_arrangement(ContentArrangement::Disabled);
        table.set_header(headings.iter().zip(block).map(|(lines, &index)| {
            let column = &self.columns[index];
            let above = "\n".repeat(heading_lines - lines.len());
            let lines: Vec<String> = lines.iter().map(|line| cut(line, column.width)).collect();
            aligned(format!("{above}{}", lines.join("\n")), column.numeric)
        }));
        for row in (0..report.rows.len()).filter(|&row| report.rows[row].kind != RowKind::Heading) {
            table.add_row(block.iter().map(|&index| {
                let column = &self.columns[index];
                let figure = column.figures[row];
                let text = if figure {
                    column.texts[row].clone()
                } else {
                    cut(&column.texts[row], column.width)
                };
                aligned(text, column.numeric || figure)
            }));
        }
        for (place, column) in table.column_iter_mut().enumerate() {
            column.set_padding((
                0,
                if place + 1 < block.len() {
                    GAP as u16
                } else {
                    0
                },
            ));
        }

        let mut lines = table.lines();
        let drawn: Vec<String> = lines.by_ref().take(heading_lines).collect();
        let rule = "─".repeat(
            drawn
                .iter()
                .map(|line| length(line))
                .max()
                .unwrap_or(0)
                .min(width),
        );
        for line in drawn {
            end_line(out, &line);
        }
        end_line(out, &rule);
        let mut before = None;
        for row in &report.rows {
            match (before, row.kind) {
                (Some(RowKind::Plain), RowKind::Total) | (Some(RowKind::Total), RowKind::Plain) => {
                    end_line(out, &rule);
                }
                (Some(RowKind::Plain | RowKind::Total), RowKind::Heading) => end_line(out, ""),
                _ => {}
            }
            if row.kind == RowKind::Heading {
                end_line(out, &cut(&heading_text(report, row), width));
            } else if let Some(line) = lines.next() {
                end_line(out, &line);
            }
            before = Some(row.kind);
        }
    }
}

fn end_line(out: &mut String, line: &str) {
    out.push_str(line.trim_end());
    out.push('\n');
}

fn aligned(text: String, right: bool) -> comfy_table::Cell {
    comfy_table::Cell::new(text).set_alignment(if right {
        CellAlignment::Right
    } else {
        CellAlignment::Left
    })
}

/// Narrows text columns where that makes a table fit, and else divides the columns into blocks.
fn fit(columns: &mut [Column], width: usize) -> Vec<Vec<usize>> {
    let total = |columns: &[Column]| {
        columns
            .iter()
            .map(|c| c.width + GAP)
            .sum::<usize>()
            .saturating_sub(GAP)
    };
    let too_wide = total(columns).saturating_sub(width);
    if too_wide == 0 {
        return vec![(0..columns.len()).collect()];
    }
    let narrowest = |column: &Column| {
        if column.numeric {
            return column.width;
        }
        let figure = column
            .texts
            .iter()
            .zip(&column.figures)
            .filter(|(_, figure)| **figure);
        let figure = figure.map(|(text, _)| length(text)).max().unwrap_or(0);
        column.width.min(figure.max(NARROWEST_TEXT))
    };
    let slack: usize = columns
        .iter()
        .map(|column| column.width - narrowest(column))
        .sum();
    if slack >= too_wide {
        for _ in 0..too_wide {
            let widest = columns
                .iter_mut()
                .filter(|c| c.width > narrowest(c))
                .max_by_key(|column| column.width);
            if let Some(column) = widest {
                column.width -= 1;
            }
        }
        return vec![(0..columns.len()).collect()];
    }

    let natural = columns[0].width;
    let first = natural.min(narrowest(&columns[0]).max(width / 3));
    columns[0].width = first;
    let mut blocks: Vec<Vec<usize>> = Vec::new();
    let mut used = usize::MAX;
    let room = width.saturating_sub(first + GAP);
    for (index, column) in columns.iter_mut().enumerate().skip(1) {
        column.width = column.width.min(narrowest(column).max(room));
        let more = column.width + GAP;
        if used.saturating_add(more) > width {
            blocks.push(vec![0]);
            used = first;
        }
        used += more;
        if let Some(block) = blocks.last_mut() {
            block.push(index);
        }
    }
    if blocks.is_empty() {
        blocks.push((0..columns.len()).collect());
    }
    // The first column takes what every block leaves.
    let widest = blocks.iter().map(|block| {
        block
            .iter()
            .map(|&index| columns[index].width + GAP)
            .sum::<usize>()
            .saturating_sub(GAP)
    });
    let left = width.saturating_sub(widest.max().unwrap_or(width));
    columns[0].width = natural.min(first + left);
    blocks
}

#[cfg(test)]
mod tests {
    use super::{dutch, format_cell, table};
    use crate::report::{Cell, Format, Report, ReportColumn, ReportRow, RowKind};
    use rust_decimal::Decimal;
    use std::str::FromStr as _;

    fn exact(text: &str) -> Decimal {
        Decimal::from_str(text).unwrap()
    }

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

    fn report(columns: &[(&str, Format)], rows: Vec<ReportRow>) -> Report {
        Report {
            name: "proef".into(),
            title: "Resultaat per partij".into(),
            notes: vec!["Bedragen in euro, nominaal, exclusief btw.".into()],
            columns: columns
                .iter()
                .map(|(heading, format)| ReportColumn {
                    heading: (*heading).to_owned(),
                    format: *format,
                })
                .collect(),
            rows,
            charts: Vec::new(),
        }
    }

    #[test]
    fn figures_are_dutch_and_rounded_half_away_from_zero() {
        for (number, decimals, expected) in [
            ("1234567.5", 0, "1.234.568"),
            ("-1234567.5", 0, "-1.234.568"),
            ("-0.004", 2, "0,00"),
            ("0.005", 2, "0,01"),
            ("999.995", 2, "1.000,00"),
            ("12.5", 3, "12,500"),
            ("123", 0, "123"),
            ("-123456", 1, "-123.456,0"),
            (
                "79228162514264337593543950335",
                2,
                "79.228.162.514.264.337.593.543.950.335,00",
            ),
        ] {
            assert_eq!(dutch(exact(number), decimals), expected);
        }
    }

    #[test]
    fn every_format_of_a_cell() {
        for (cell, format, expected) in [
            (Cell::Fast(1.005), Format::Eur(2), "1,01"),
            (Cell::Fast(-2.5), Format::Number(0), "-3"),
            (Cell::Fast(f64::NAN), Format::Eur(0), "-"),
            (Cell::Fast(f64::NEG_INFINITY), Format::Percent(0), "-"),
            (
                Cell::Fast(-1e30),
                Format::Eur(0),
                "-1.000.000.000.000.000.000.000.000.000.000",
            ),
            (Cell::Fast(1e-300), Format::Eur(2), "0,00"),
            (Cell::Exact(exact("0.02")), Format::Percent(1), "2,0%"),
            (
                Cell::Exact(exact("79228162514264337593543950335")),
                Format::Percent(1),
                "79.228.162.514.264.337.593.543.950.33500%",
            ),
            (Cell::Exact(exact("2.50")), Format::Text, "2,5"),
            (Cell::Whole(2026), Format::Plain, "2026"),
            (Cell::Whole(2026), Format::Number(0), "2.026"),
            (Cell::Empty, Format::Eur(0), ""),
            (text("a\u{1b}[31m\nb"), Format::Text, "a [31m b"),
        ] {
            assert_eq!(format_cell(&cell, format), expected);
        }
    }

    #[test]
    fn a_small_table() {
        let mut share = row(
            RowKind::Plain,
            vec![text("Aandeel"), Cell::Fast(0.125), Cell::Empty],
        );
        share.format = Some(Format::Percent(1));
        let report = report(
            &[
                ("Post", Format::Text),
                ("Nominaal", Format::Eur(0)),
                ("Netto contante waarde", Format::Eur(2)),
            ],
            vec![
                row(RowKind::Heading, vec![text("Kosten")]),
                row(
                    RowKind::Plain,
                    vec![
                        text("Verwerving"),
                        Cell::Exact(exact("-1250000.5")),
                        Cell::Fast(-1e6),
                    ],
                ),
                row(
                    RowKind::Total,
                    vec![
                        text("Totaal kosten"),
                        Cell::Whole(-1_250_001),
                        Cell::Fast(f64::NAN),
                    ],
                ),
                row(RowKind::Heading, vec![text("Opbrengsten")]),
                row(
                    RowKind::Plain,
                    vec![text("Woningen"), Cell::Whole(12), text("n.v.t.")],
                ),
                row(RowKind::Total, vec![text("Saldo"), Cell::Whole(0)]),
                share,
            ],
        );
        assert_eq!(
            table(&report, 80),
            "\
Resultaat per partij
Bedragen in euro, nominaal, exclusief btw.

                                   Netto
                                contante
Post             Nominaal         waarde
────────────────────────────────────────
Kosten
Verwerving     -1.250.001  -1.000.000,00
────────────────────────────────────────
Totaal kosten  -1.250.001              -

Opbrengsten
Woningen               12         n.v.t.
────────────────────────────────────────
Saldo                   0
────────────────────────────────────────
Aandeel             12,5%
"
        );
    }

    #[test]
    fn large_amounts_that_do_not_fit_are_shown_in_thousands() {
        let mut columns = vec![("Post", Format::Text)];
        let years: Vec<String> = (2026..2033).map(|year: i32| year.to_string()).collect();
        columns.extend(years.iter().map(|year| (year.as_str(), Format::Eur(0))));
        let figures = |name: &str, first: i64| {
            let mut cells = vec![text(name)];
            cells
                .extend((0..7).map(|year| Cell::Exact(Decimal::new(first * 10 + year * 5_000, 1))));
            row(RowKind::Plain, cells)
        };
        let mut rows = vec![
            figures("Verwerving", -12_345_600),
            figures("Opbrengsten", 9_999_500),
        ];
        rows[1].kind = RowKind::Total;
        let wide = report(&columns, rows);
        assert_eq!(
            table(&wide, 80),
            "\
Resultaat per partij (x € 1.000)
Bedragen in euro, nominaal, exclusief btw.

Post            2026     2027     2028     2029     2030     2031     2032
──────────────────────────────────────────────────────────────────────────
Verwerving   -12.346  -12.345  -12.345  -12.344  -12.344  -12.343  -12.343
──────────────────────────────────────────────────────────────────────────
Opbrengsten   10.000   10.000   10.001   10.001   10.002   10.002   10.003
"
        );
        assert_eq!(
            table(&wide, 40),
            "\
Resultaat per partij (x € 1.000) (1/3)
Bedragen in euro, nominaal, exclusief
btw.

Post            2026     2027     2028
──────────────────────────────────────
Verwerving   -12.346  -12.345  -12.345
──────────────────────────────────────
Opbrengsten   10.000   10.000   10.001

Resultaat per partij (x € 1.000) (2/3)

Post            2029     2030     2031
──────────────────────────────────────
Verwerving   -12.344  -12.344  -12.343
──────────────────────────────────────
Opbrengsten   10.001   10.002   10.002

Resultaat per partij (x € 1.000) (3/3)

Post            2032
────────────────────
Verwerving   -12.343
────────────────────
Opbrengsten   10.003
"
        );
    }

    #[test]
    fn a_long_text_is_cut_and_a_wide_table_divided() {
        let long = "Bouwrijp maken van het oostelijke deelgebied inclusief sanering van de voormalige gasfabriek";
        let cells = |name: &str| {
            let mut cells = vec![text(name)];
            cells.extend((0..5).map(|n| Cell::Exact(Decimal::new(123_456 + n, 2))));
            cells
        };
        let columns: Vec<(&str, Format)> = ["Post", "Een", "Twee", "Drie", "Vier", "Vijf"]
            .into_iter()
            .enumerate()
            .map(|(index, heading)| {
                (
                    heading,
                    if index == 0 {
                        Format::Text
                    } else {
                        Format::Eur(2)
                    },
                )
            })
            .collect();
        let report = report(
            &columns,
            vec![
                row(RowKind::Plain, cells(long)),
                row(RowKind::Plain, cells("Kort")),
            ],
        );
        assert_eq!(
            table(&report, 80),
            "\
Resultaat per partij
Bedragen in euro, nominaal, exclusief btw.

Post                                 Een      Twee      Drie      Vier      Vijf
────────────────────────────────────────────────────────────────────────────────
Bouwrijp maken van het oostel…  1.234,56  1.234,57  1.234,58  1.234,59  1.234,60
Kort                            1.234,56  1.234,57  1.234,58  1.234,59  1.234,60
"
        );
        assert_eq!(
            table(&report, 50),
            "\
Resultaat per partij (1/2)
Bedragen in euro, nominaal, exclusief btw.

Post                      Een      Twee      Drie
─────────────────────────────────────────────────
Bouwrijp maken van…  1.234,56  1.234,57  1.234,58
Kort                 1.234,56  1.234,57  1.234,58

Resultaat per partij (2/2)

Post                     Vier      Vijf
───────────────────────────────────────
Bouwrijp maken van…  1.234,59  1.234,60
Kort                 1.234,59  1.234,60
"
        );
        for width in [0, 1, 20, 33, 64, 200] {
            assert!(
                table(&report, width)
                    .lines()
                    .all(|line| line.chars().count() <= width.max(28)),
                "{width}"
            );
        }
    }

    #[test]
    fn a_table_without_columns_or_rows_has_a_title() {
        assert_eq!(
            table(&report(&[], Vec::new()), 80),
            "\
Resultaat per partij
Bedragen in euro, nominaal, exclusief btw.

"
        );
    }
}

//! Reports as declared tables: title, columns, rows, charts. No arithmetic beyond totals, and no file format.

use rust_decimal::Decimal;

pub mod sweep;

/// How the figures of a column are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Text, left.
    Text,
    /// Euro with this many decimals, thousands marked.
    Eur(u8),
    /// A share shown as a percentage with this many decimals.
    Percent(u8),
    /// A number with this many decimals, thousands marked.
    Number(u8),
    /// A year or a plain whole number, no thousands mark.
    Plain,
}

/// A cell of a report.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Text.
    Text(String),
    /// An exact figure.
    Exact(Decimal),
    /// A figure from the fast arithmetic or statistics.
    Fast(f64),
    /// A year or count.
    Whole(i64),
}

/// What a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowKind {
    /// A row of figures.
    Plain,
    /// A heading over the rows that follow.
    Heading,
    /// A total or result.
    Total,
}

/// A row of a report.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportRow {
    /// What it is.
    pub kind: RowKind,
    /// A cell per column; a heading row may have fewer.
    pub cells: Vec<Cell>,
    /// The format of this row's figures, where it differs from its column's.
    pub format: Option<Format>,
}

/// A column of a report.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportColumn {
    /// Dutch heading.
    pub heading: String,
    /// How its figures are shown.
    pub format: Format,
}

/// How a series is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drawn {
    /// Columns.
    Column,
    /// A line.
    Line,
}

/// A chart over the rows of a report.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// Dutch title.
    pub title: String,
    /// Column with the categories (years).
    pub category: usize,
    /// Columns with the series.
    pub series: Vec<(usize, Drawn)>,
    /// First and last row (from zero, both included) that are drawn.
    pub rows: (usize, usize),
}

/// One table of a report: a sheet, a csv file, or a table on the terminal.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Sheet and file name: short, Dutch, no spaces needed.
    pub name: String,
    /// Dutch title.
    pub title: String,
    /// Lines under the title: conventions, units.
    pub notes: Vec<String>,
    /// Its columns.
    pub columns: Vec<ReportColumn>,
    /// Its rows.
    pub rows: Vec<ReportRow>,
    /// Charts over its rows.
    pub charts: Vec<Chart>,
}

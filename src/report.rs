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

pub mod grex;
pub mod grondwaarde;
pub mod invoer;
pub mod oorzaken;
pub mod risico;
pub mod routes;
pub mod verevening;
pub mod verhaal;
pub mod verschil;

impl Report {
    /// An empty report.
    pub fn new(name: &str, title: impl Into<String>, columns: &[(&str, Format)]) -> Self {
        Report {
            name: name.to_owned(),
            title: title.into(),
            notes: Vec::new(),
            columns: columns
                .iter()
                .map(|(heading, format)| ReportColumn {
                    heading: (*heading).to_owned(),
                    format: *format,
                })
                .collect(),
            rows: Vec::new(),
            charts: Vec::new(),
        }
    }

    /// Adds a line under the title.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Adds a row of figures.
    pub fn row(&mut self, cells: Vec<Cell>) {
        self.rows.push(ReportRow {
            kind: RowKind::Plain,
            cells,
            format: None,
        });
    }

    /// Adds a row whose figures have a format of their own.
    pub fn row_as(&mut self, format: Format, cells: Vec<Cell>) {
        self.rows.push(ReportRow {
            kind: RowKind::Plain,
            cells,
            format: Some(format),
        });
    }

    /// Adds a total or result.
    pub fn total(&mut self, cells: Vec<Cell>) {
        self.rows.push(ReportRow {
            kind: RowKind::Total,
            cells,
            format: None,
        });
    }

    /// Adds a heading over the rows that follow.
    pub fn heading(&mut self, text: impl Into<String>) {
        self.rows.push(ReportRow {
            kind: RowKind::Heading,
            cells: vec![Cell::Text(text.into())],
            format: None,
        });
    }
}

/// Text as a cell.
pub(crate) fn text(text: impl Into<String>) -> Cell {
    Cell::Text(text.into())
}

/// An exact figure as a cell; nothing has no sign.
pub(crate) fn exact(value: Decimal) -> Cell {
    Cell::Exact(if value.is_zero() { value.abs() } else { value })
}

/// A year as a cell, or nothing.
pub(crate) fn year(year: Option<i32>) -> Cell {
    year.map_or(Cell::Empty, |y| Cell::Whole(i64::from(y)))
}

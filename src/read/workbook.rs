//! Cells of a workbook (xlsx, xlsm, xlsb, xls, ods), read with bounded memory and time. Knows no table of ours.

use crate::model::table::Scalar;
use crate::problem::{Place, Problem};
use calamine::{DataRef, Reader, Xlsx};
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::Arc;

/// A sheet's cells.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// Its name.
    pub name: Arc<str>,
    /// Whether a user sees it.
    pub visible: bool,
    /// Cells that hold something, by row and column from zero. Cached values; a formula without one is in `formulas_without_value`.
    pub cells: BTreeMap<(u32, u32), Scalar>,
    /// Cells whose formula has no cached value.
    pub formulas_without_value: Vec<(u32, u32)>,
}

/// A workbook's sheets.
#[derive(Debug, Clone)]
pub struct Workbook {
    /// The file's name in places.
    pub file: Arc<str>,
    /// Its sheets, in order.
    pub sheets: Vec<Sheet>,
}

impl Workbook {
    /// Stand-in: reads an xlsx without any guard.
    pub fn from_bytes(bytes: &[u8], name: &str, problems: &mut Vec<Problem>) -> Option<Workbook> {
        let read = || -> Result<Workbook, calamine::XlsxError> {
            let mut book = Xlsx::new(Cursor::new(bytes))?;
            let mut sheets = Vec::new();
            for sheet in book.sheet_names() {
                let mut cells = BTreeMap::new();
                let mut formulas_without_value = Vec::new();
                let mut reader = book.worksheet_cells_reader(&sheet)?;
                while let Some(cell) = reader.next_cell_with_formula_metadata()? {
                    let text = |t: &str| if t.trim().is_empty() { Scalar::Empty } else { Scalar::Text(t.trim().to_owned()) };
                    let number = |n: f64| n.to_string().parse::<Decimal>().map_or(Scalar::Empty, Scalar::Number);
                    let scalar = match &cell.value {
                        DataRef::Empty => Scalar::Empty,
                        DataRef::Int(n) => Scalar::Number(Decimal::from(*n)),
                        DataRef::Float(n) => number(*n),
                        DataRef::String(t) | DataRef::DurationIso(t) | DataRef::DateTimeIso(t) => text(t),
                        DataRef::SharedString(t) => text(t),
                        DataRef::Bool(b) => Scalar::Bool(*b),
                        DataRef::DateTime(d) => {
                            let (y, m, d, ..) = d.to_ymd_hms_milli();
                            let date = jiff::civil::Date::new(y.cast_signed(), m.cast_signed(), d.cast_signed());
                            date.map_or(Scalar::Empty, Scalar::Date)
                        }
                        DataRef::Error(e) => Scalar::Error(e.to_string()),
                    };
                    if scalar != Scalar::Empty {
                        cells.insert(cell.pos, scalar);
                    } else if cell.formula.is_some() {
                        formulas_without_value.push(cell.pos);
                    }
                }
                sheets.push(Sheet { name: Arc::from(sheet), visible: true, cells, formulas_without_value });
            }
            Ok(Workbook { file: Arc::from(name), sheets })
        };
        match read() {
            Ok(workbook) => Some(workbook),
            Err(e) => {
                problems.push(Problem::error("workbook-damaged", e.to_string()).at(&Place::file(name)));
                None
            }
        }
    }
}

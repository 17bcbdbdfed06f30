//! Cells of a workbook (xlsx, xlsm, xlsb, xls, ods), read with bounded memory and time. Knows no table of ours.

use crate::model::table::Scalar;
use std::collections::BTreeMap;
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

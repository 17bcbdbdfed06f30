//! A sheet as a grid of cells, upright or turned, with its formulas. Knows nothing of what cells mean.

use crate::model::table::Scalar;
use crate::problem::column_letters;
use crate::read::workbook::Sheet;
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A cell by row and column, from zero.
pub(super) type Cel = (u32, u32);
/// The formulas of a sheet, without the leading `=`.
pub(super) type Formules = BTreeMap<Cel, Arc<str>>;

/// A sheet as a grid.
#[derive(Debug, Clone)]
pub(super) struct Raster {
    pub(super) naam: Arc<str>,
    pub(super) zichtbaar: bool,
    /// Whether rows and columns stand in each other's place.
    pub(super) gekanteld: bool,
    /// Whether it is a part of a sheet whose headings also stand beside it, so that only letters tell columns apart.
    pub(super) deel: bool,
    pub(super) cellen: BTreeMap<Cel, Scalar>,
    pub(super) formules: Formules,
}

impl Raster {
    pub(super) fn new(sheet: &Sheet, formules: &Formules) -> Self {
        Raster {
            naam: Arc::clone(&sheet.name),
            zichtbaar: sheet.visible,
            gekanteld: false,
            deel: false,
            cellen: sheet.cells.clone(),
            formules: formules.clone(),
        }
    }

    /// The same sheet with rows and columns in each other's place.
    pub(super) fn kantel(&self) -> Self {
        let turn = |&(row, column): &Cel| (column, row);
        Raster {
            naam: Arc::clone(&self.naam),
            zichtbaar: self.zichtbaar,
            gekanteld: !self.gekanteld,
            deel: self.deel,
            cellen: self
                .cellen
                .iter()
                .map(|(at, s)| (turn(at), s.clone()))
                .collect(),
            formules: self
                .formules
                .iter()
                .map(|(at, f)| (turn(at), Arc::clone(f)))
                .collect(),
        }
    }

    /// Takes the cells of some rows out, from a column on, as a grid of their own; it gets a copy of the columns `samen`.
    pub(super) fn neem(&mut self, (first, last): (u32, u32), from: u32, samen: &[u32]) -> Self {
        let inside = |&(row, column): &Cel| (first..=last).contains(&row) && column >= from;
        let mut part = Raster {
            deel: true,
            cellen: BTreeMap::new(),
            formules: BTreeMap::new(),
            ..self.clone()
        };
        (part.cellen, self.cellen) = std::mem::take(&mut self.cellen)
            .into_iter()
            .partition(|(at, _)| inside(at));
        (part.formules, self.formules) = std::mem::take(&mut self.formules)
            .into_iter()
            .partition(|(at, _)| inside(at));
        self.deel = true;
        let names = |row: u32, column: u32| {
            (first..=last).contains(&row) && column < from && samen.contains(&column)
        };
        let copied = self.cellen.iter().filter(|((r, c), _)| names(*r, *c));
        part.cellen
            .extend(copied.map(|(at, scalar)| (*at, scalar.clone())));
        part
    }

    /// The nearest text in a column at or above a row, below another: a text that counts for the rows below it.
    pub(super) fn tekst_boven(&self, row: u32, after: u32, column: u32) -> Option<&str> {
        /// What stands farther above was not meant for this row.
        const MOST: u32 = 1_000;
        (after.max(row.saturating_sub(MOST))..=row)
            .rev()
            .take_while(|r| *r > after)
            .find_map(|r| self.tekst(r, column))
    }

    pub(super) fn cel(&self, row: u32, column: u32) -> Option<&Scalar> {
        self.cellen.get(&(row, column))
    }

    pub(super) fn tekst(&self, row: u32, column: u32) -> Option<&str> {
        match self.cel(row, column)? {
            Scalar::Text(t) if !t.trim().is_empty() => Some(t.trim()),
            _ => None,
        }
    }

    pub(super) fn getal(&self, row: u32, column: u32) -> Option<Decimal> {
        match self.cel(row, column)? {
            Scalar::Number(n) => Some(*n),
            _ => None,
        }
    }

    pub(super) fn formule(&self, row: u32, column: u32) -> Option<&str> {
        self.formules.get(&(row, column)).map(AsRef::as_ref)
    }

    /// The filled cells of a row.
    pub(super) fn rij(&self, row: u32) -> impl Iterator<Item = (u32, &Scalar)> {
        self.cellen
            .range((row, 0)..=(row, u32::MAX))
            .map(|(&(_, column), scalar)| (column, scalar))
    }

    /// The rows that hold something.
    pub(super) fn rijen(&self) -> Vec<u32> {
        let mut rows: Vec<u32> = self.cellen.keys().map(|(row, _)| *row).collect();
        rows.dedup();
        rows
    }

    /// The cell as the spreadsheet calls it.
    pub(super) fn adres(&self, row: u32, column: u32) -> String {
        let (row, column) = self.recht(row, column);
        format!("{}{}", column_letters(column), row + 1)
    }

    /// The cell with its sheet, as a mapping names it.
    pub(super) fn verwijzing(&self, row: u32, column: u32) -> String {
        let plain = self.naam.chars().all(|c| c.is_alphanumeric() || c == '_');
        let sheet = if plain {
            self.naam.to_string()
        } else {
            format!("'{}'", self.naam.replace('\'', "''"))
        };
        format!("{sheet}!{}", self.adres(row, column))
    }

    /// Row and column as they are in the file.
    pub(super) fn recht(&self, row: u32, column: u32) -> Cel {
        if self.gekanteld {
            (column, row)
        } else {
            (row, column)
        }
    }

    /// What a row is called in a mapping: a number, in a turned sheet a letter.
    pub(super) fn rijnaam(&self, row: u32) -> String {
        if self.gekanteld {
            column_letters(row)
        } else {
            (row + 1).to_string()
        }
    }

    /// What a column is called in a mapping: a letter, in a turned sheet a number.
    pub(super) fn kolomnaam(&self, column: u32) -> String {
        if self.gekanteld {
            (column + 1).to_string()
        } else {
            column_letters(column)
        }
    }
}

//! What an input is called that no rule names: by the column and the row that it stands in, or as the figure of law that it is.

use super::Unit;
use crate::expression::{Book, Op};
use crate::model::Model;
use crate::model::schema::{Kind, TableSchema};
use crate::model::table::as_text;
use crate::parameters;
use crate::problem::Place;
use std::collections::{HashMap, HashSet};

/// The column that says whose a row is.
fn wiens(schema: &TableSchema) -> Option<usize> {
    let named = |column: &str| schema.columns.iter().position(|c| c.name == column);
    let key = schema.columns.iter().position(|c| c.kind == Kind::Key);
    key.or_else(|| named("begunstigde")).or_else(|| named("id"))
}

/// Words and unit of a figure of law or policy at a place.
fn parameter(place: &Place) -> Option<(String, Unit)> {
    let found = parameters::op_plaats(&place.file)?;
    let word = found.sleutel.rsplit('.').next().unwrap_or(&found.sleutel);
    let unit = if found.eenheid.starts_with("aandeel") {
        Unit::Rate
    } else if found.eenheid.starts_with("euro") {
        Unit::Eur
    } else {
        Unit::Number
    };
    Some((word.replace('_', " "), unit))
}

/// Words for the inputs of a record that have none.
pub(super) fn ongenoemd(
    model: &Model,
    book: &Book,
    genoemd: &HashMap<u32, (String, Unit)>,
) -> HashMap<u32, (String, Unit)> {
    let inputs = || {
        book.nodes.iter().enumerate().filter_map(|(node, made)| {
            let place = made.place.as_ref().filter(|_| made.op == Op::Input)?;
            let node = node as u32;
            (!genoemd.contains_key(&node)).then_some((node, place))
        })
    };
    let wanted: HashSet<&Place> = inputs().map(|(_, place)| place).collect();
    let mut cells: HashMap<&Place, (String, Unit)> = HashMap::new();
    for table in model.tables.tables.iter().filter(|_| !wanted.is_empty()) {
        let whose = wiens(table.schema);
        for row in &table.rows {
            let filled = row.values.iter().zip(table.schema.columns);
            for (value, column) in filled.filter(|(v, _)| !v.is_empty()) {
                if !wanted.contains(&value.place) {
                    continue;
                }
                let of = whose.map_or_else(String::new, |c| as_text(&row.values[c].scalar));
                let unit = match column.kind {
                    Kind::Amount => Unit::Eur,
                    Kind::Rate => Unit::Rate,
                    _ => Unit::Number,
                };
                // Of profijt a row has one number, and its table says what that is.
                let word = match (table.schema.name, column.name) {
                    ("profijt", "waarde") => "profijt",
                    (_, name) => name,
                };
                cells
                    .entry(&value.place)
                    .or_insert_with(|| (format!("{word} {of} (invoer)"), unit));
            }
        }
    }
    let found = |place: &Place| cells.get(place).cloned().or_else(|| parameter(place));
    inputs()
        .filter_map(|(node, place)| Some((node, found(place)?)))
        .collect()
}

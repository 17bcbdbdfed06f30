//! Tables from a workbook of our own form: a sheet per table, headings in the first row that has one. Knows no file format.

use super::workbook::{Sheet, Workbook};
use super::{
    BLAD_MERK, BLAD_TREKKINGEN, BLADEN_ALTIJD, REKENBLADEN, Read, Skipped, add_row, find_table,
    has_headings, not_own_form,
};
use crate::model::schema::{SCHEMA, TableSchema};
use crate::model::table::{Binding, Scalar, Typing, as_text, clip, fold};
use crate::problem::{Place, Problem, Severity, column_letters, nearest};
use rust_decimal::Decimal;
use std::collections::{HashMap, HashSet};

/// Reads every sheet that names a table; other sheets are problems, but for notes and empty ones.
pub(super) fn read(workbook: &Workbook, read: &mut Read) {
    let merk = Merk::of(workbook);
    if merk.bladen.is_empty() && is_foreign(workbook) {
        read.problems.push(not_own_form(&workbook.file));
        return;
    }
    if merk.verloren {
        read.problems.push(
            Problem::warning(
                "mark-missing",
                format!("the hidden sheet {BLAD_MERK} is gone: numbers have the digits that their cells keep"),
            )
            .at(&Place::file(&workbook.file))
            .allowed("about 15 digits")
            .fix("nothing to mend, unless a number of the model has more digits: then take an older copy of the workbook"),
        );
    }
    for sheet in &workbook.sheets {
        let place = Place::sheet(&workbook.file, &sheet.name);
        let why = if merk.bladen.contains(&fold(&sheet.name)) {
            "a sheet of formulas that polder wrote"
        } else if is_note(sheet) {
            "a sheet of notes"
        } else if is_empty(sheet) {
            "an empty sheet"
        } else if !merk.bladen.is_empty() && !is_table(sheet) {
            // Somebody's own sheet beside ours: it is no input, and not taken for one by accident.
            read.problems.push(
                Problem::warning(
                    "own-sheet",
                    format!("sheet \"{}\" is no table and is not read", clip(&sheet.name)),
                )
                .at(&place)
                .fix("nothing, when it holds notes or a calculation of your own; else call it as its table"),
            );
            "a sheet of your own"
        } else {
            if let Some(schema) = find_table(table_name(sheet), &place, &mut read.problems) {
                read_sheet(workbook, sheet, schema, &merk, read);
            }
            continue;
        };
        read.skipped.push(Skipped {
            place,
            what: clip(&sheet.name),
            why: why.into(),
        });
    }
}

/// The table that a sheet is called after: one whose name a sheet of formulas has stands beside it under a longer one.
fn table_name(sheet: &Sheet) -> &str {
    sheet.name.strip_suffix(" (invoer)").unwrap_or(&sheet.name)
}

fn is_note(sheet: &Sheet) -> bool {
    sheet.name.starts_with('_') || fold(&sheet.name).starts_with("toelichting")
}

fn is_empty(sheet: &Sheet) -> bool {
    sheet.cells.is_empty() && sheet.formulas_without_value.is_empty()
}

/// The table that a sheet's name says.
fn named_table(sheet: &Sheet) -> Option<&'static TableSchema> {
    let name = fold(table_name(sheet));
    SCHEMA.iter().find(|t| fold(t.name) == name)
}

/// Whether a row near the top of a sheet holds the headings of a table.
fn is_headed(sheet: &Sheet, schema: &TableSchema) -> bool {
    const MOST: u32 = 50;
    let mut rows: Vec<u32> = sheet.cells.range(..(MOST, 0)).map(|c| c.0.0).collect();
    rows.dedup();
    rows.into_iter().any(|row| {
        let cells = sheet.cells.range((row, 0)..(row + 1, 0));
        let texts = cells.filter_map(|(_, scalar)| match scalar {
            Scalar::Text(text) => Some(text.as_ref()),
            _ => None,
        });
        has_headings(schema, texts)
    })
}

/// Whether a sheet is a table by its name, or by its headings under a name that looks like one.
fn is_table(sheet: &Sheet) -> bool {
    let near = || {
        let near = nearest(table_name(sheet), SCHEMA.iter().map(|t| t.name))?;
        SCHEMA.iter().find(|t| t.name == near)
    };
    named_table(sheet).is_some() || near().is_some_and(|schema| is_headed(sheet, schema))
}

/// Whether a workbook is of another form than ours: no sheet has the headings of a table, and some are called otherwise.
fn is_foreign(workbook: &Workbook) -> bool {
    let filled = || {
        workbook
            .sheets
            .iter()
            .filter(|s| !is_note(s) && !is_empty(s))
    };
    filled().any(|s| !is_table(s))
        && !filled()
            .any(|s| is_table(s) && named_table(s).is_none_or(|schema| is_headed(s, schema)))
}

/// The cells of a row whose formula has no value.
fn formulas_of(sheet: &Sheet, row: u32) -> &[(u32, u32)] {
    let all = &sheet.formulas_without_value;
    &all[all.partition_point(|c| c.0 < row)..all.partition_point(|c| c.0 <= row)]
}

/// What a workbook that polder wrote says of itself: which of its sheets calculate, and the digits that its cells do not keep.
#[derive(Default)]
struct Merk {
    bladen: HashSet<String>,
    /// Whether the sheet that says so is gone: the sheets are known by their names.
    verloren: bool,
    cijfers: HashMap<(String, String), Decimal>,
}

impl Merk {
    fn of(workbook: &Workbook) -> Self {
        let mut merk = Merk::default();
        let Some(sheet) = workbook.sheets.iter().find(|s| &*s.name == BLAD_MERK) else {
            let names: HashSet<String> = workbook.sheets.iter().map(|s| fold(&s.name)).collect();
            let found = BLADEN_ALTIJD.iter().filter(|n| names.contains(&fold(n)));
            // Somebody may have taken out one of them; a workbook of another hand does not have them beside our settings.
            if found.count() + 1 >= BLADEN_ALTIJD.len() && names.contains("gebied") {
                let known = BLADEN_ALTIJD.iter().chain(&REKENBLADEN);
                merk.bladen.extend(known.map(|name| fold(name)));
                let drawn = workbook
                    .sheets
                    .iter()
                    .filter(|s| s.name.starts_with(BLAD_TREKKINGEN));
                merk.bladen.extend(drawn.map(|s| fold(&s.name)));
                merk.verloren = true;
            }
            return merk;
        };
        let text = |row: u32, column: u32| sheet.cells.get(&(row, column)).map(as_text);
        if text(0, 0).as_deref() != Some(BLAD_MERK) {
            return merk;
        }
        for ((row, _), what) in sheet.cells.iter().filter(|((_, column), _)| *column == 0) {
            let Some(name) = text(*row, 1) else { continue };
            match as_text(what).as_str() {
                "blad" => {
                    merk.bladen.insert(fold(&name));
                }
                "cijfers" => {
                    if let Some((cell, digits)) = text(*row, 2).zip(text(*row, 3))
                        && let Ok(exact) = Decimal::from_str_exact(&digits)
                    {
                        merk.cijfers.insert((name, cell), exact);
                    }
                }
                _ => {}
            }
        }
        merk
    }

    /// A number with all its digits, when the cell still holds it as well as a cell can.
    fn heel(&self, sheet: &str, row: u32, column: u32, held: Decimal) -> Option<Decimal> {
        if self.cijfers.is_empty() {
            return None;
        }
        let cell = format!("{}{}", column_letters(column), row + 1);
        let exact = self.cijfers.get(&(sheet.to_owned(), cell))?;
        let apart = exact.checked_sub(held)?.abs();
        // Spreadsheets keep 15 digits.
        let crumb = exact.abs().checked_mul(Decimal::new(2, 15))?;
        (apart <= crumb).then_some(*exact)
    }
}

fn read_sheet(
    workbook: &Workbook,
    sheet: &Sheet,
    schema: &'static TableSchema,
    merk: &Merk,
    read: &mut Read,
) {
    let place = |row, column| Place::cell(&workbook.file, &sheet.name, row, column);
    let names: HashSet<String> = schema.columns.iter().map(|c| fold(c.name)).collect();
    let heading_row = sheet
        .cells
        .iter()
        .find(|(_, s)| matches!(s, Scalar::Text(t) if names.contains(&fold(t))))
        .map(|c| c.0.0);
    let Some(heading_row) = heading_row else {
        let allowed = schema
            .columns
            .iter()
            .map(|c| c.name)
            .collect::<Vec<_>>()
            .join(", ");
        let problem =
            Problem::error("no-headings", format!("sheet \"{}\" has no row with headings", clip(&sheet.name)))
                .fix("write the names of the columns in the first row; or call the sheet \"toelichting\" when it holds notes");
        read.problems.push(
            problem
                .at(&Place::sheet(&workbook.file, &sheet.name))
                .allowed(allowed),
        );
        return;
    };
    let mut headings: Vec<(String, Place)> = Vec::new();
    let mut skipped_row = None;
    for ((row, column), scalar) in sheet.cells.range(..(heading_row + 1, 0)) {
        if *row < heading_row {
            if skipped_row == Some(*row) {
                continue;
            }
            skipped_row = Some(*row);
            read.skipped.push(Skipped {
                place: place(*row, *column),
                what: clip(&as_text(scalar)),
                why: "above the headings".into(),
            });
            continue;
        }
        while headings.len() < *column as usize {
            headings.push((String::new(), place(heading_row, headings.len() as u32)));
        }
        headings.push((as_text(scalar), place(*row, *column)));
    }
    let mut found = Vec::new();
    let binding = Binding::new(schema, &headings, &mut found);
    if !merk.bladen.is_empty() {
        // In a workbook that is calculated in, a column of one's own beside ours is no mistake.
        for problem in found.iter_mut().filter(|p| p.code == "unknown-column") {
            problem.severity = Severity::Warning;
            problem.message.push_str("; it is not read");
        }
    }
    read.problems.extend(found);
    for (row, column) in &sheet.formulas_without_value {
        if *row > heading_row && binding.column(*column as usize).is_some() {
            read.problems.push(
                Problem::error(
                    "formula-without-value",
                    "the cell holds a formula that was never calculated",
                )
                .at(&place(*row, *column))
                .fix("open the file in a spreadsheet, recalculate and save it"),
            );
        }
    }
    let mut without_heading = HashSet::new();
    let mut cells = sheet.cells.range((heading_row + 1, 0)..).peekable();
    while let Some(((row, _), _)) = cells.peek() {
        let row = *row;
        let mut found = Vec::new();
        while let Some(((_, column), scalar)) = cells.next_if(|c| c.0.0 == row) {
            if binding.column(*column as usize).is_some() {
                let whole = match scalar {
                    Scalar::Number(held) => merk.heel(&sheet.name, row, *column, *held),
                    _ => None,
                };
                let scalar = whole.map_or_else(|| scalar.clone(), Scalar::Number);
                found.push((*column as usize, scalar, place(row, *column)));
            } else if *scalar != Scalar::Empty && without_heading.insert(*column) {
                let what = clip(&as_text(scalar));
                read.skipped.push(Skipped {
                    place: place(row, *column),
                    what,
                    why: "no known heading above it".into(),
                });
            }
        }
        let first = found.first().map_or(0, |f| f.0 as u32);
        for (_, column) in formulas_of(sheet, row)
            .iter()
            .filter(|c| binding.column(c.1 as usize).is_some())
        {
            found.push((
                *column as usize,
                Scalar::Error(String::new()),
                place(row, *column),
            ));
        }
        if !add_row(
            read,
            schema,
            &binding,
            &place(row, first),
            found,
            Typing::Typed,
        ) {
            return;
        }
    }
}

//! What is wrong with a workbook itself, each with its sheet and cell: errors, formulas without a value or with an old one,
//! figures typed over formulas, phasing that is not 100 %, sums that miss a row, hidden amounts, numbers and dates that are
//! text, links to other files, formulas that refer to themselves.
//!
//! A finding is only made where the workbook itself shows what was meant: false alarms teach people not to look.

use super::formule::{Formule, Rekenaar, Waarde};
use crate::model::table::{Scalar, as_text, clip};
use crate::read::werkmap::{Bereik, Cel, Opmaaksoort, Werkmap, cell_name};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt::Write as _;
use std::hash::{Hash as _, Hasher as _};
use std::sync::Arc;

mod fasering;
mod optellen;
mod overschrijven;
mod tekst;

/// Something in a workbook that a person must look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bevinding {
    /// What kind of finding: one of [`SOORTEN`].
    pub soort: &'static str,
    /// The sheet; none when it concerns the workbook as a whole.
    pub blad: Option<Arc<str>>,
    /// The cells; none when it concerns the sheet or workbook as a whole.
    pub bereik: Option<Bereik>,
    /// What is wrong.
    pub melding: String,
    /// What to do.
    pub doen: &'static str,
}

impl Bevinding {
    /// Its first cell, row and column from zero.
    pub fn cel(&self) -> Option<(u32, u32)> {
        self.bereik.map(|b| b.van)
    }

    /// Where it stands: `'Kas stroom'!C7:D7`.
    pub fn plaats(&self) -> String {
        match (&self.blad, &self.bereik) {
            (Some(sheet), Some(range)) => format!("'{sheet}'!{range}"),
            (Some(sheet), None) => format!("'{sheet}'"),
            _ => "the workbook".into(),
        }
    }
}

/// The kinds of findings, in the order in which they are listed for one cell.
pub const SOORTEN: &[&str] = &[
    FOUT,
    KRING,
    ZONDER,
    VEROUDERD,
    OVERSCHREVEN,
    SUBTOTAAL,
    FASERING,
    VERBORGEN,
    GETAL,
    DATUM,
    KOPPELING,
];

const FOUT: &str = "fout";
const KRING: &str = "kring";
const ZONDER: &str = "zonder-waarde";
const VEROUDERD: &str = "verouderd";
const OVERSCHREVEN: &str = "overschreven";
const SUBTOTAAL: &str = "subtotaal";
const FASERING: &str = "fasering";
const VERBORGEN: &str = "verborgen";
const GETAL: &str = "getal-als-tekst";
const DATUM: &str = "datum-als-tekst";
const KOPPELING: &str = "koppeling";

/// What was found, and how much was looked at.
#[derive(Debug, Clone, Default)]
pub struct Uitslag {
    /// The findings, by sheet and cell.
    pub bevindingen: Vec<Bevinding>,
    /// Formulas in the workbook.
    pub formules: usize,
    /// Formulas that were calculated again and compared with their stored value.
    pub nagerekend: usize,
    /// Formulas that were not: a function that is not known here, or a value that is not stored.
    pub niet_nagerekend: usize,
    /// Whether the workbook is so large that not all of it was looked at.
    pub onvolledig: bool,
}

/// Most formulas that are taken apart.
const MAX_FORMULAS: usize = 300_000;
/// Most references in all formulas.
const MAX_REFERENCES: usize = 2_000_000;
/// Most cells that all searches together look at.
const MAX_STEPS: u64 = 20_000_000;
/// Most characters of formulas that are taken apart: a tree takes many times its text.
const MAX_FORMULA_TEXT: usize = 8 * 1024 * 1024;
/// Most references from formula to formula.
const MAX_EDGES: usize = 5_000_000;
/// Most findings; what is wrong in more places than this has one cause.
const MAX_FINDINGS: usize = 1_000;
/// A stored value differs when it differs by more than this, relative and absolute.
const DIFFERS: f64 = 1e-6;
/// Shares add up to 1 when they differ by no more than this: a third is often written as 33,3 %.
const WHOLE: f64 = 5e-5;

/// The findings of a workbook.
pub fn lint(map: &Werkmap) -> Vec<Bevinding> {
    onderzoek(map).bevindingen
}

/// The findings of a workbook, with what was looked at.
pub fn onderzoek(map: &Werkmap) -> Uitslag {
    let mut lint = Lint::new(map);
    lint.circles();
    lint.errors();
    lint.missing_sheets();
    lint.without_value();
    lint.stale();
    lint.typed_over();
    lint.subtotals();
    lint.phasing();
    lint.hidden();
    lint.texts();
    lint.links();
    lint.finish()
}

/// A formula of the workbook, taken apart.
struct Veld {
    sheet: usize,
    place: (u32, u32),
    /// None when it is not understood.
    tree: Option<Formule>,
    /// What it refers to.
    references: Vec<(usize, Bereik)>,
    /// Its relative form, as a number; 0 when it is not understood.
    form: u64,
}

struct Lint<'a> {
    map: &'a Werkmap,
    reckoner: Rekenaar<'a>,
    fields: Vec<Veld>,
    /// Positions in `fields`, by sheet and cell.
    index: Vec<BTreeMap<(u32, u32), usize>>,
    /// Runs of years in each sheet.
    headings: Vec<Vec<Kop>>,
    /// The cells that hold them.
    heading_cells: Vec<HashSet<(u32, u32)>>,
    /// Formulas that are part of a circle.
    in_circle: HashSet<usize>,
    steps: u64,
    result: Uitslag,
}

/// A row in which periods stand side by side; when it is turned, a column in which they stand below each other.
struct Kop {
    lijn: u32,
    /// Where they stand in it, in order; never empty.
    plaatsen: Vec<u32>,
    gekanteld: bool,
}

impl Kop {
    fn van(&self) -> u32 {
        self.plaatsen.first().copied().unwrap_or(0)
    }

    fn tot(&self) -> u32 {
        self.plaatsen.last().copied().unwrap_or(0)
    }

    fn bevat(&self, position: u32) -> bool {
        self.plaatsen.binary_search(&position).is_ok()
    }

    fn cellen(&self) -> impl Iterator<Item = (u32, u32)> {
        self.plaatsen.iter().map(|p| {
            if self.gekanteld {
                (*p, self.lijn)
            } else {
                (self.lijn, *p)
            }
        })
    }
}

impl<'a> Lint<'a> {
    fn new(map: &'a Werkmap) -> Self {
        let reckoner = Rekenaar::new(map, MAX_STEPS);
        let headings: Vec<Vec<Kop>> = map.bladen.iter().map(fasering::period_headings).collect();
        let mut lint = Lint {
            fields: Vec::new(),
            index: vec![BTreeMap::new(); map.bladen.len()],
            heading_cells: headings
                .iter()
                .map(|all| all.iter().flat_map(Kop::cellen).collect())
                .collect(),
            headings,
            in_circle: HashSet::new(),
            steps: MAX_STEPS,
            result: Uitslag::default(),
            reckoner,
            map,
        };
        let (mut references, mut length) = (0, 0);
        for (sheet, blad) in map.bladen.iter().enumerate() {
            for (place, cell) in &blad.cellen {
                let Some(text) = &cell.formule else { continue };
                lint.result.formules += 1;
                length += text.len();
                if lint.fields.len() >= MAX_FORMULAS
                    || references >= MAX_REFERENCES
                    || length > MAX_FORMULA_TEXT
                {
                    lint.result.onvolledig = true;
                    continue;
                }
                let tree = Formule::parse(text);
                let mut found = tree
                    .as_ref()
                    .map_or_else(Vec::new, |t| lint.reckoner.verwijzingen(t, sheet));
                found.shrink_to_fit();
                references += found.len();
                let form = tree.as_ref().map_or(0, |t| form_of(t, *place));
                lint.index[sheet].insert(*place, lint.fields.len());
                lint.fields.push(Veld {
                    sheet,
                    place: *place,
                    tree,
                    references: found,
                    form,
                });
            }
        }
        lint
    }

    fn add(
        &mut self,
        soort: &'static str,
        sheet: Option<usize>,
        bereik: Option<Bereik>,
        melding: String,
        doen: &'static str,
    ) {
        if self.result.bevindingen.len() >= MAX_FINDINGS {
            self.result.onvolledig = true;
            return;
        }
        self.result.bevindingen.push(Bevinding {
            soort,
            blad: sheet.map(|s| Arc::clone(&self.map.bladen[s].naam)),
            bereik,
            melding,
            doen,
        });
    }

    /// Whether there is still room for looking at this many cells more.
    fn step(&mut self, cells: u64) -> bool {
        self.steps = self.steps.saturating_sub(cells);
        if self.steps == 0 {
            self.result.onvolledig = true;
        }
        self.steps > 0
    }

    fn cell(&self, sheet: usize, place: (u32, u32)) -> Option<&'a Cel> {
        self.map.bladen[sheet].cellen.get(&place)
    }

    fn number(&self, sheet: usize, place: (u32, u32)) -> Option<Decimal> {
        match self.cell(sheet, place)?.waarde {
            Scalar::Number(n) => Some(n),
            _ => None,
        }
    }

    fn form(&self, sheet: usize, place: (u32, u32)) -> Option<u64> {
        self.index[sheet].get(&place).map(|i| self.fields[*i].form)
    }

    /// The text that names a row: the first to the left of a column.
    fn label(&self, sheet: usize, row: u32, column: u32) -> String {
        let blad = &self.map.bladen[sheet];
        let range = Bereik {
            van: (row, 0),
            tot: (row, column),
        };
        blad.in_bereik(range)
            .find_map(|(_, c)| match &c.waarde {
                Scalar::Text(t) if t.chars().any(char::is_alphabetic) => Some(clip(t)),
                _ => None,
            })
            .map_or_else(String::new, |t| format!(" (\"{t}\")"))
    }

    /// The text that names a column: the first above a row.
    fn column_label(&self, sheet: usize, column: u32, row: u32) -> String {
        let blad = &self.map.bladen[sheet];
        let mut above = blad.cellen.range(..(row, column)).rev().take(10_000);
        above
            .find_map(|(place, c)| match &c.waarde {
                Scalar::Text(t) if place.1 == column && t.chars().any(char::is_alphabetic) => {
                    Some(clip(t))
                }
                _ => None,
            })
            .map_or_else(String::new, |t| format!(" (\"{t}\")"))
    }

    /// A formula's cell as it is written from another sheet.
    fn name(&self, index: usize) -> String {
        let field = &self.fields[index];
        format!(
            "'{}'!{}",
            self.map.bladen[field.sheet].naam,
            cell_name(field.place)
        )
    }

    /// Error cells that do not get their error from another cell, with the formulas that depend on them.
    fn errors(&mut self) {
        let errors: Vec<BTreeSet<(u32, u32)>> = self
            .map
            .bladen
            .iter()
            .map(|b| {
                let wrong = |c: &Cel| matches!(c.waarde, Scalar::Error(_));
                b.cellen
                    .iter()
                    .filter(|c| wrong(c.1))
                    .map(|c| *c.0)
                    .collect()
            })
            .collect();
        if errors.iter().all(BTreeSet::is_empty) {
            return;
        }
        // Roots, by sheet and kind of error.
        let mut roots: BTreeMap<(usize, String), Vec<(u32, u32)>> = BTreeMap::new();
        for (sheet, cells) in errors.iter().enumerate() {
            for place in cells {
                let references = self.index[sheet]
                    .get(place)
                    .map_or_else(Vec::new, |i| self.fields[*i].references.clone());
                let own = (sheet, *place);
                let member = self.index[sheet]
                    .get(place)
                    .is_some_and(|i| self.in_circle.contains(i));
                if member {
                    // The circle is told, and its cells with it.
                    continue;
                }
                let mut inherited = false;
                for (other, range) in &references {
                    let among = &errors[*other];
                    let cost = among.len().min(10_000) as u64 / 8;
                    if !self.step(1 + cost) {
                        break;
                    }
                    inherited |= among
                        .range(range.van..=range.tot)
                        .take(10_000)
                        .any(|c| range.bevat(*c) && (*other, *c) != own);
                }
                if !inherited
                    && let Some(Scalar::Error(e)) = self.cell(sheet, *place).map(|c| &c.waarde)
                {
                    roots.entry((sheet, e.clone())).or_default().push(*place);
                }
            }
        }
        let dependents = self.dependents_index();
        let mut explained: HashSet<usize> = self.in_circle.clone();
        let members: Vec<usize> = self.in_circle.iter().copied().collect();
        explained.extend(
            self.dependents_of(
                &dependents,
                members
                    .iter()
                    .map(|i| (self.fields[*i].sheet, self.fields[*i].place))
                    .collect(),
            ),
        );
        for ((sheet, error), places) in roots {
            for range in groups(&places) {
                let reached = self.dependents(&dependents, sheet, range);
                let count = reached.len();
                explained.extend(&reached);
                let mut first: Vec<usize> = reached;
                first.sort_unstable();
                let depends = match count {
                    0 => "nothing depends on it".to_owned(),
                    1 => format!("1 formula depends on it: {}", self.name(first[0])),
                    n => format!("{n} formulas depend on it: {}", self.names(&first, 5)),
                };
                let shows = if range.van == range.tot {
                    format!("the cell shows {error}")
                } else {
                    format!("the cells show {error}")
                };
                self.add(
                    FOUT,
                    Some(sheet),
                    Some(range),
                    format!("{shows}; {depends}"),
                    "mend this cell first: what depends on it follows",
                );
            }
        }
        // Errors that come from a circle, or from a reference that is not understood, belong to no root.
        for (sheet, cells) in errors.iter().enumerate() {
            let own_roots: Vec<(u32, u32)> = cells
                .iter()
                .filter(|c| {
                    self.index[sheet]
                        .get(*c)
                        .is_some_and(|i| !explained.contains(i))
                        && !self.result.bevindingen.iter().any(|b| {
                            b.soort == FOUT
                                && b.blad.as_ref() == Some(&self.map.bladen[sheet].naam)
                                && b.bereik.is_some_and(|r| r.bevat(**c))
                        })
                })
                .copied()
                .take(MAX_FINDINGS)
                .collect();
            for range in groups(&own_roots) {
                self.add(
                    FOUT,
                    Some(sheet),
                    Some(range),
                    "an error that comes from no other cell that is read".to_owned(),
                    "mend the formula",
                );
            }
        }
    }

    fn names(&self, fields: &[usize], most: usize) -> String {
        let mut names: Vec<String> = fields.iter().take(most).map(|i| self.name(*i)).collect();
        if fields.len() > most {
            names.push("...".into());
        }
        names.join(", ")
    }

    /// Who refers to a single cell, and who to ranges.
    fn dependents_index(&self) -> Dependents {
        let mut found = Dependents {
            single: HashMap::new(),
            ranges: vec![Vec::new(); self.map.bladen.len()],
        };
        for (index, field) in self.fields.iter().enumerate() {
            for (sheet, range) in &field.references {
                if range.van == range.tot {
                    found
                        .single
                        .entry((*sheet, range.van))
                        .or_default()
                        .push(index);
                } else {
                    found.ranges[*sheet].push((*range, index));
                }
            }
        }
        found
    }

    /// The formulas that depend on the cells of a range, directly or by way of others.
    fn dependents(&mut self, index: &Dependents, sheet: usize, range: Bereik) -> Vec<usize> {
        let todo = self.map.bladen[sheet]
            .in_bereik(range)
            .map(|(place, _)| (sheet, place))
            .collect();
        let mut reached = self.dependents_of(index, todo);
        // A cell of the range itself is no consequence.
        reached.retain(|i| self.fields[*i].sheet != sheet || !range.bevat(self.fields[*i].place));
        reached.into_iter().collect()
    }

    fn dependents_of(
        &mut self,
        index: &Dependents,
        mut todo: Vec<(usize, (u32, u32))>,
    ) -> BTreeSet<usize> {
        let mut reached: BTreeSet<usize> = BTreeSet::new();
        while let Some((sheet, place)) = todo.pop() {
            if !self.step(1 + index.ranges[sheet].len() as u64 / 16) {
                break;
            }
            let direct = index
                .single
                .get(&(sheet, place))
                .into_iter()
                .flatten()
                .copied();
            let wide = index.ranges[sheet]
                .iter()
                .filter(|(r, _)| r.bevat(place))
                .map(|(_, i)| *i);
            for next in direct.chain(wide) {
                if reached.insert(next) {
                    todo.push((self.fields[next].sheet, self.fields[next].place));
                }
            }
        }
        reached
    }

    /// Formulas that depend on themselves: strongly connected parts of what refers to what.
    fn circles(&mut self) {
        let mut edges: Vec<u32> = Vec::new();
        let mut starts: Vec<usize> = Vec::with_capacity(self.fields.len() + 1);
        let mut steps = self.steps;
        'all: for field in &self.fields {
            starts.push(edges.len());
            for (sheet, range) in &field.references {
                let index = &self.index[*sheet];
                // Every row of the range that holds a formula may have to be looked at.
                let rows = u64::from(range.tot.0 - range.van.0) + 1;
                steps = steps.saturating_sub(rows.min(index.len() as u64));
                let mut from = range.van;
                while from <= range.tot {
                    if edges.len() >= MAX_EDGES || steps == 0 {
                        self.result.onvolledig = true;
                        break 'all;
                    }
                    let Some((place, to)) = index.range(from..=range.tot).next() else {
                        break;
                    };
                    if place.1 < range.van.1 {
                        from = (place.0, range.van.1);
                    } else if place.1 > range.tot.1 {
                        from = (place.0 + 1, range.van.1);
                    } else {
                        steps = steps.saturating_sub(1);
                        edges.push(*to as u32);
                        from = (place.0, place.1 + 1);
                    }
                }
            }
        }
        self.steps = steps;
        while starts.len() <= self.fields.len() {
            starts.push(edges.len());
        }
        for mut circle in components(&starts, &edges) {
            circle.sort_unstable();
            let first = circle[0];
            let field = &self.fields[first];
            let (sheet, place) = (field.sheet, field.place);
            let mut text = if circle.len() == 1 {
                "the formula refers to its own cell".to_owned()
            } else {
                format!(
                    "{} formulas refer to each other in a circle: {}",
                    circle.len(),
                    self.names(&circle, 6)
                )
            };
            let wrong = circle.iter().find_map(|i| {
                let member = &self.fields[*i];
                match self.cell(member.sheet, member.place).map(|c| &c.waarde) {
                    Some(Scalar::Error(e)) => Some(e.clone()),
                    _ => None,
                }
            });
            if let Some(error) = wrong {
                let _ = write!(text, "; it shows {error}");
            }
            self.in_circle.extend(&circle);
            let advice = if self.map.rekenwijze.herhaald {
                text.push_str("; the workbook repeats its calculation (iteratieve berekening), so it may be meant");
                "see whether the circle is meant: a circle by mistake gives no warning in this workbook"
            } else {
                "break the circle: let one of them refer to an input, or calculate the figure on its own"
            };
            self.add(KRING, Some(sheet), Some(one(place)), text, advice);
        }
    }

    /// Formulas that refer to a sheet that is not there.
    fn missing_sheets(&mut self) {
        let mut found: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, field) in self.fields.iter().enumerate() {
            let Some(tree) = &field.tree else { continue };
            tree.visit(&mut |part| {
                if let Formule::Verwijzing(reference) = part
                    && let Some(name) = &reference.blad
                    && !self.reckoner.kent_blad(name)
                {
                    let all = found.entry(name.clone()).or_default();
                    if all.last() != Some(&index) {
                        all.push(index);
                    }
                }
            });
        }
        for (name, fields) in found {
            let (sheet, place) = (self.fields[fields[0]].sheet, self.fields[fields[0]].place);
            let name = clip(&name);
            let text = match fields.len() {
                1 => format!("the formula refers to a sheet that is not in the workbook: '{name}'"),
                n => format!(
                    "{n} formulas refer to a sheet that is not in the workbook, '{name}': {}",
                    self.names(&fields, 5)
                ),
            };
            self.add(
                FOUT,
                Some(sheet),
                Some(one(place)),
                text,
                "let it refer to a sheet of this workbook; its value is that of before the sheet was gone",
            );
        }
    }

    fn without_value(&mut self) {
        for sheet in 0..self.map.bladen.len() {
            let empty = |c: &Cel| c.formule.is_some() && c.waarde == Scalar::Empty;
            let places: Vec<(u32, u32)> = self.map.bladen[sheet]
                .cellen
                .iter()
                .filter(|c| empty(c.1))
                .map(|c| *c.0)
                .collect();
            let Some(first) = places.first() else {
                continue;
            };
            let text = match places.len() {
                1 => "the formula has no stored value".to_owned(),
                n => format!(
                    "{n} formulas of this sheet have no stored value, from {} to {}",
                    cell_name(*first),
                    cell_name(places[n - 1])
                ),
            };
            self.add(
                ZONDER,
                Some(sheet),
                Some(one(*first)),
                text,
                "open the file in a spreadsheet program, recalculate (F9) and save it",
            );
        }
    }

    /// Formulas whose stored value is not what they give with the stored values that they refer to.
    fn stale(&mut self) {
        let mut wrong: BTreeMap<usize, Verouderd> = BTreeMap::new();
        for (index, field) in self.fields.iter().enumerate() {
            let blad = &self.map.bladen[field.sheet];
            let in_array = blad
                .matrices
                .iter()
                .take(1_000)
                .any(|m| m.bevat(field.place));
            let stored = &blad.cellen[&field.place].waarde;
            let value = match &field.tree {
                // A value that was rounded to what its cell shows, and one that a circle came to, can't be told from others.
                Some(tree)
                    if !in_array
                        && *stored != Scalar::Empty
                        && !self.map.rekenwijze.als_getoond
                        && !self.in_circle.contains(&index) =>
                {
                    self.reckoner.waarde(tree, field.sheet)
                }
                _ => None,
            };
            match compare(stored, value) {
                Vergelijking::Onbekend => self.result.niet_nagerekend += 1,
                Vergelijking::Gelijk => self.result.nagerekend += 1,
                Vergelijking::Anders(value) => {
                    self.result.nagerekend += 1;
                    let cells: &mut Verouderd = wrong.entry(field.sheet).or_default();
                    let stored = match stored {
                        Scalar::Number(_) => dutch(&as_text(stored)),
                        // As the formula's own value is written.
                        Scalar::Bool(b) => if *b { "WAAR" } else { "ONWAAR" }.into(),
                        _ => as_text(stored),
                    };
                    cells.insert(field.place, (stored, value));
                }
            }
        }
        if self.reckoner.uitgeput() {
            self.result.onvolledig = true;
        }
        for (sheet, cells) in wrong {
            let places: Vec<(u32, u32)> = cells.keys().copied().collect();
            for range in groups(&places) {
                let (stored, value) = &cells[&range.van];
                let text = if range.van == range.tot {
                    format!("the stored value is {stored}, the formula gives {value}")
                } else {
                    format!(
                        "the stored values are not what the formulas give: in {} {stored} is stored, the formula gives {value}",
                        cell_name(range.van)
                    )
                };
                self.add(
                    VEROUDERD,
                    Some(sheet),
                    Some(range),
                    text,
                    "recalculate the workbook (in Excel: Ctrl+Alt+F9) and save it",
                );
            }
        }
    }

    fn is_heading(&self, sheet: usize, place: (u32, u32)) -> bool {
        self.heading_cells[sheet].contains(&place)
    }

    /// Whether a number that may be a year is an amount after all: the figures above and below it are, and nothing says year.
    fn is_amount_by_place(&self, sheet: usize, (row, column): (u32, u32)) -> bool {
        const NO_AMOUNT: &[&str] = &[
            "jaar", "datum", "peil", "start", "begin", "eind", "tot", "vanaf", "t/m",
        ];
        let blad = &self.map.bladen[sheet];
        let place = (row, column);
        let Some(cell) = blad.cellen.get(&place).filter(|c| is_year(c)) else {
            return false;
        };
        let beside = |row: Option<u32>| {
            row.and_then(|r| blad.cellen.get(&(r, column)))
                .is_some_and(|c| is_amount(c) && c.opmaak == cell.opmaak)
        };
        let label = self.label(sheet, row, column).to_lowercase();
        beside(row.checked_sub(1))
            && beside(row.checked_add(1))
            && !NO_AMOUNT.iter().any(|w| label.contains(w))
    }

    /// Amounts in hidden rows, columns and sheets.
    fn hidden(&mut self) {
        const DO: &str = "make it visible, and see whether the amounts count";
        for sheet in 0..self.map.bladen.len() {
            let blad = &self.map.bladen[sheet];
            // The first amount of a range, and how many there are.
            let amounts = |range: Bereik| {
                let mut found = blad.in_bereik(range).filter(|(place, cell)| {
                    (is_amount(cell) || self.is_amount_by_place(sheet, *place))
                        && !self.is_heading(sheet, *place)
                });
                let first = found.next()?.0;
                Some((first, 1 + found.take(100_000).count()))
            };
            let all = Bereik {
                van: (0, 0),
                tot: (u32::MAX - 1, u32::MAX - 1),
            };
            if !blad.zichtbaar {
                if let Some((_, count)) = amounts(all) {
                    self.add(
                        VERBORGEN,
                        Some(sheet),
                        None,
                        format!("the sheet is hidden and holds {}", numbers(count)),
                        DO,
                    );
                }
                continue;
            }
            // Looking through a column may take a step for every row of the sheet.
            let most = (MAX_STEPS as usize / blad.cellen.len().max(1)).min(MAX_FINDINGS);
            let rows = blad.verborgen_rijen.iter().map(|&(from, to)| {
                let text = if from == to {
                    format!("row {} is hidden and holds", from + 1)
                } else {
                    format!("rows {} to {} are hidden and hold", from + 1, to + 1)
                };
                (
                    text,
                    Bereik {
                        van: (from, 0),
                        tot: (to, u32::MAX - 1),
                    },
                )
            });
            let columns = blad.verborgen_kolommen.iter().map(|&(from, to)| {
                let letters = crate::problem::column_letters;
                let text = if from == to {
                    format!("column {} is hidden and holds", letters(from))
                } else {
                    format!(
                        "columns {} to {} are hidden and hold",
                        letters(from),
                        letters(to)
                    )
                };
                (
                    text,
                    Bereik {
                        van: (0, from),
                        tot: (u32::MAX - 1, to),
                    },
                )
            });
            let found: Vec<(String, (u32, u32))> = rows
                .chain(columns)
                .take(most)
                .filter_map(|(text, range)| {
                    let (first, count) = amounts(range)?;
                    Some((format!("{text} {}", numbers(count)), first))
                })
                .collect();
            for (text, first) in found {
                self.add(VERBORGEN, Some(sheet), Some(one(first)), text, DO);
            }
        }
    }

    /// Links to other files.
    fn links(&mut self) {
        let mut used: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, field) in self.fields.iter().enumerate() {
            let Some(tree) = &field.tree else { continue };
            for file in self.reckoner.bestanden(tree, field.sheet) {
                let all = used.entry(file).or_default();
                if all.last() != Some(&index) {
                    all.push(index);
                }
            }
        }
        let mut told: HashSet<String> = HashSet::new();
        for (file, fields) in used {
            let numbered = file.parse::<usize>().ok().and_then(|n| n.checked_sub(1));
            let name = numbered
                .and_then(|n| self.map.koppelingen.get(n))
                .cloned()
                .unwrap_or(match numbered {
                    Some(_) => format!("number {file} of its links"),
                    None => file,
                });
            told.insert(name.clone());
            let (sheet, place) = (self.fields[fields[0]].sheet, self.fields[fields[0]].place);
            let text = match fields.len() {
                1 => format!("the formula refers to another file: {}", clip(&name)),
                n => format!(
                    "{n} formulas refer to another file, {}: {}",
                    clip(&name),
                    self.names(&fields, 5)
                ),
            };
            self.add(
                KOPPELING,
                Some(sheet),
                Some(one(place)),
                text,
                "put the values that are needed into this workbook, or send the other file along",
            );
        }
        for name in &self.map.koppelingen {
            if told.insert(name.clone()) {
                self.add(
                    KOPPELING,
                    None,
                    None,
                    format!("the workbook has a link to another file that no formula uses: {}", clip(name)),
                    "break the link (in Excel: Gegevens, Koppelingen bewerken), or look for it in names and charts",
                );
            }
        }
    }

    fn finish(mut self) -> Uitslag {
        let order: HashMap<Arc<str>, usize> = self
            .map
            .bladen
            .iter()
            .enumerate()
            .map(|(i, b)| (Arc::clone(&b.naam), i))
            .collect();
        self.result.bevindingen.sort_by_key(|b| {
            let sheet = b.blad.as_ref().and_then(|n| order.get(n)).copied();
            let kind = SOORTEN.iter().position(|s| *s == b.soort);
            (sheet.map_or(usize::MAX, |s| s), b.cel(), kind)
        });
        self.result
    }
}

/// Per cell what is stored and what the formula gives.
type Verouderd = BTreeMap<(u32, u32), (String, String)>;

struct Dependents {
    single: HashMap<(usize, (u32, u32)), Vec<usize>>,
    ranges: Vec<Vec<(Bereik, usize)>>,
}

/// The relative form of a formula in a cell, as a number that is never 0.
fn form_of(tree: &Formule, place: (u32, u32)) -> u64 {
    let mut hasher = DefaultHasher::new();
    tree.r1c1(place).hash(&mut hasher);
    hasher.finish().max(1)
}

/// A number that is written with a point, as the planner reads it: with a comma.
fn dutch(number: &str) -> String {
    number.replace('.', ",")
}

fn one(place: (u32, u32)) -> Bereik {
    Bereik {
        van: place,
        tot: place,
    }
}

fn numbers(count: usize) -> String {
    if count == 1 {
        "1 amount".into()
    } else {
        format!("{count} amounts")
    }
}

fn percent(share: Decimal) -> String {
    (share * Decimal::ONE_HUNDRED)
        .round_dp(4)
        .normalize()
        .to_string()
        .replace('.', ",")
}

/// A whole number that is as likely a year as an amount.
fn is_year(cell: &Cel) -> bool {
    let years = Decimal::from(1990)..=Decimal::from(2150);
    matches!(cell.waarde, Scalar::Number(n) if n.is_integer() && years.contains(&n))
        && !cell.opmaak.valuta
}

/// A number that may be an amount: no percentage, no date, no year.
fn is_amount(cell: &Cel) -> bool {
    let Scalar::Number(n) = cell.waarde else {
        return false;
    };
    !matches!(cell.opmaak.soort, Opmaaksoort::Procent | Opmaaksoort::Datum)
        && !n.is_zero()
        && !is_year(cell)
}

/// Cells as ranges: runs in a row, and equal runs in rows below each other together.
fn groups(places: &[(u32, u32)]) -> Vec<Bereik> {
    let mut runs: Vec<Bereik> = Vec::new();
    let mut sorted = places.to_vec();
    sorted.sort_unstable();
    for place in sorted {
        match runs.last_mut() {
            Some(run) if run.tot.0 == place.0 && run.tot.1 + 1 == place.1 => run.tot = place,
            _ => runs.push(one(place)),
        }
    }
    let mut joined: Vec<Bereik> = Vec::new();
    // By its columns: where the last run with these columns stands in `joined`.
    let mut last: HashMap<(u32, u32), usize> = HashMap::new();
    for run in runs {
        let columns = (run.van.1, run.tot.1);
        match last.get(&columns).map(|at| &mut joined[*at]) {
            Some(above) if above.tot.0 + 1 == run.van.0 => above.tot.0 = run.van.0,
            _ => {
                last.insert(columns, joined.len());
                joined.push(run);
            }
        }
    }
    joined
}

/// A stored value against what its formula gives.
enum Vergelijking {
    Gelijk,
    /// What the formula gives instead.
    Anders(String),
    /// It can't be said.
    Onbekend,
}

fn compare(stored: &Scalar, value: Option<Waarde>) -> Vergelijking {
    let told = |same: bool, text: String| {
        if same {
            Vergelijking::Gelijk
        } else {
            Vergelijking::Anders(text)
        }
    };
    match (stored, value) {
        (Scalar::Number(stored), Some(value @ (Waarde::Getal(_) | Waarde::Leeg))) => {
            let value = if let Waarde::Getal(n) = value { n } else { 0.0 };
            let Some(stored) = stored.to_f64() else {
                return Vergelijking::Onbekend;
            };
            let off = (stored - value).abs();
            let same = off <= DIFFERS * stored.abs().max(value.abs()) || off <= DIFFERS;
            told(same, shown(value))
        }
        (Scalar::Bool(stored), Some(Waarde::Waarheid(value))) => told(
            *stored == value,
            if value { "WAAR" } else { "ONWAAR" }.into(),
        ),
        (Scalar::Text(stored), Some(Waarde::Tekst(value))) => {
            let value = crate::model::table::tidy(&value);
            told(*stored == value, format!("\"{}\"", clip(&value)))
        }
        // Programs name errors differently, and keep one of several.
        (Scalar::Error(_), Some(Waarde::Fout(_))) => Vergelijking::Gelijk,
        (Scalar::Number(_) | Scalar::Bool(_) | Scalar::Text(_), Some(Waarde::Fout(error))) => {
            Vergelijking::Anders(error)
        }
        (Scalar::Error(_) | Scalar::Text(_), Some(Waarde::Getal(value))) => {
            Vergelijking::Anders(shown(value))
        }
        _ => Vergelijking::Onbekend,
    }
}

/// A number as a person would write it, without the noise of binary numbers.
fn shown(value: f64) -> String {
    let decimal: Option<Decimal> = value.to_string().parse().ok();
    let text = decimal.map_or_else(
        || value.to_string(),
        |d| d.round_sf(12).unwrap_or(d).normalize().to_string(),
    );
    dutch(&text)
}

/// The strongly connected parts of a graph that hold a circle (Tarjan, without recursion). `starts` has one more than there
/// are points.
fn components(starts: &[usize], edges: &[u32]) -> Vec<Vec<usize>> {
    const NEW: u32 = u32::MAX;
    let count = starts.len() - 1;
    let mut number = vec![NEW; count];
    let mut low = vec![0_u32; count];
    let mut on_stack = vec![false; count];
    let mut stack: Vec<usize> = Vec::new();
    let mut next = 0_u32;
    let mut found = Vec::new();
    for root in 0..count {
        if number[root] != NEW {
            continue;
        }
        // A point and the edge that is looked at next.
        let mut path: Vec<(usize, usize)> = vec![(root, starts[root])];
        while let Some((point, edge)) = path.last_mut() {
            let point = *point;
            if number[point] == NEW {
                number[point] = next;
                low[point] = next;
                next += 1;
                stack.push(point);
                on_stack[point] = true;
            }
            if *edge < starts[point + 1] {
                let to = edges[*edge] as usize;
                *edge += 1;
                if number[to] == NEW {
                    path.push((to, starts[to]));
                } else if on_stack[to] {
                    low[point] = low[point].min(number[to]);
                }
                continue;
            }
            path.pop();
            if let Some((before, _)) = path.last() {
                low[*before] = low[*before].min(low[point]);
            }
            if low[point] == number[point] {
                let at = stack.iter().rposition(|p| *p == point).unwrap_or(0);
                let part = stack.split_off(at);
                for member in &part {
                    on_stack[*member] = false;
                }
                let own = edges[starts[point]..starts[point + 1]].contains(&(point as u32));
                if part.len() > 1 || own {
                    found.push(part);
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn circles_are_found_without_recursion() {
        // 0 -> 1 -> 2 -> 0; 3 -> 3; 4 -> 0; and a long line after it.
        let mut edges = vec![1, 2, 0, 3, 0];
        let mut starts = vec![0, 1, 2, 3, 4, 5];
        for point in 5..100_000_u32 {
            edges.push(point + 1);
            starts.push(edges.len());
        }
        starts.push(edges.len());
        let mut found = components(&starts, &edges);
        for part in &mut found {
            part.sort_unstable();
        }
        assert_eq!(found, [vec![0, 1, 2], vec![3]]);
    }

    #[test]
    fn cells_become_ranges() {
        let shown = |places: &[(u32, u32)]| {
            groups(places)
                .iter()
                .map(Bereik::to_string)
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(shown(&[(0, 0), (0, 1), (1, 0), (1, 1), (3, 0)]), "A1:B2 A4");
        assert_eq!(shown(&[(2, 2), (0, 2), (1, 2), (1, 4)]), "C1:C3 E2");
    }
}

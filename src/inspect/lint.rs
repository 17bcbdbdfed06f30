//! What is wrong with a workbook itself, each with its sheet and cell: errors, formulas without a value or with an old one,
//! figures typed over formulas, phasing that is not 100 %, sums that miss a row, hidden amounts, numbers and dates that are
//! text, links to other files, formulas that refer to themselves.
//!
//! A finding is only made where the workbook itself shows what was meant: false alarms teach people not to look.

use super::formule::{Bewerking, Formule, Rekenaar, Verwijzing, Waarde};
use crate::model::table::{Scalar, as_text, clip};
use crate::read::werkmap::{Bereik, Blad, Cel, Opmaaksoort, Werkmap, cell_name};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::{Hash as _, Hasher as _};
use std::sync::Arc;

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
/// Most rows of years in a sheet.
const MAX_HEADINGS: usize = 500;
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
    lint.errors();
    lint.circles();
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
    steps: u64,
    result: Uitslag,
}

/// A row in which years stand side by side.
struct Kop {
    row: u32,
    from: u32,
    to: u32,
}

impl<'a> Lint<'a> {
    fn new(map: &'a Werkmap) -> Self {
        let reckoner = Rekenaar::new(map, MAX_STEPS);
        let mut lint = Lint {
            fields: Vec::new(),
            index: vec![BTreeMap::new(); map.bladen.len()],
            headings: map.bladen.iter().map(year_headings).collect(),
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
                let form = tree.as_ref().map_or(0, |t| {
                    let mut hasher = DefaultHasher::new();
                    t.r1c1(*place).hash(&mut hasher);
                    hasher.finish().max(1)
                });
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
        let mut explained: HashSet<usize> = HashSet::new();
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
        let mut reached: BTreeSet<usize> = BTreeSet::new();
        let mut todo: Vec<(usize, (u32, u32))> = self.map.bladen[sheet]
            .in_bereik(range)
            .map(|(place, _)| (sheet, place))
            .collect();
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
        // A cell of the range itself is no consequence.
        reached.retain(|i| self.fields[*i].sheet != sheet || !range.bevat(self.fields[*i].place));
        reached.into_iter().collect()
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
            let text = if circle.len() == 1 {
                "the formula refers to its own cell".to_owned()
            } else {
                format!(
                    "{} formulas refer to each other in a circle: {}",
                    circle.len(),
                    self.names(&circle, 6)
                )
            };
            self.add(
                KRING,
                Some(sheet),
                Some(one(place)),
                text,
                "break the circle: let one of them refer to an input, or calculate the figure on its own",
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
        for field in &self.fields {
            let blad = &self.map.bladen[field.sheet];
            let in_array = blad
                .matrices
                .iter()
                .take(1_000)
                .any(|m| m.bevat(field.place));
            let stored = &blad.cellen[&field.place].waarde;
            let value = match &field.tree {
                Some(tree) if !in_array && *stored != Scalar::Empty => {
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
                    cells.insert(field.place, (as_text(stored), value));
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

    /// Numbers between formulas that were copied from each other.
    fn typed_over(&mut self) {
        for sheet in 0..self.map.bladen.len() {
            let blad = &self.map.bladen[sheet];
            let mut found: BTreeSet<(u32, u32)> = BTreeSet::new();
            for turned in [false, true] {
                let flip = |(a, b): (u32, u32)| if turned { (b, a) } else { (a, b) };
                let mut cells: Vec<((u32, u32), Soort)> = blad
                    .cellen
                    .iter()
                    .map(|(place, cell)| {
                        let kind = match self.form(sheet, *place) {
                            Some(form) if form != 0 => Soort::Formule(form),
                            None if matches!(cell.waarde, Scalar::Number(_))
                                && !self.is_heading(sheet, *place) =>
                            {
                                Soort::Constante
                            }
                            _ => Soort::Anders,
                        };
                        (flip(*place), kind)
                    })
                    .collect();
                cells.sort_unstable_by_key(|c| c.0);
                let flagged = between_copies(&cells);
                // A whole block of numbers across the lines is a column of its own, not a slip.
                let across: HashSet<(u32, u32)> = flagged.iter().copied().collect();
                let slip = |&(line, at): &(u32, u32)| {
                    let run = |step: i64| {
                        (1..3)
                            .take_while(|n| {
                                u32::try_from(i64::from(line) + step * n)
                                    .is_ok_and(|l| across.contains(&(l, at)))
                            })
                            .count()
                    };
                    run(1) + run(-1) < 2
                };
                found.extend(flagged.iter().filter(|p| slip(p)).map(|p| flip(*p)));
            }
            let places: Vec<(u32, u32)> = found
                .into_iter()
                .filter(|p| !blad.matrices.iter().take(1_000).any(|m| m.bevat(*p)))
                .collect();
            for range in groups(&places) {
                let value = self
                    .number(sheet, range.van)
                    .unwrap_or_default()
                    .normalize();
                let text = if range.van == range.tot {
                    format!(
                        "the number {value} stands where the cells beside it hold one and the same formula"
                    )
                } else {
                    format!(
                        "numbers ({value}, ...) stand where the cells beside them hold one and the same formula"
                    )
                };
                self.add(
                    OVERSCHREVEN,
                    Some(sheet),
                    Some(range),
                    text,
                    "copy the formula over it; or, when the number is meant, say why in a note on the cell",
                );
            }
        }
    }

    fn is_heading(&self, sheet: usize, (row, column): (u32, u32)) -> bool {
        self.headings[sheet]
            .iter()
            .any(|h| h.row == row && (h.from..=h.to).contains(&column))
    }

    /// Sums over a column that leave out a row of the block that they sum.
    fn subtotals(&mut self) {
        // The ranges in columns that formulas sum, by sheet and column of the range: range, formula.
        let mut sums: HashMap<(usize, u32), Vec<(Bereik, usize)>> = HashMap::new();
        let mut summing: Vec<usize> = Vec::new();
        let mut entries = 0;
        for (index, field) in self.fields.iter().enumerate() {
            let Some(parts) = field.tree.as_ref().and_then(Formule::opgeteld) else {
                continue;
            };
            let mut ranges = false;
            for (reference, _) in parts {
                let Some((sheet, range)) = self.reckoner.plaats(reference, field.sheet) else {
                    continue;
                };
                ranges |= range.van != range.tot;
                // A sum over very many columns is no total of a column.
                for column in range.van.1..=range.tot.1.min(range.van.1.saturating_add(100)) {
                    if entries >= MAX_REFERENCES {
                        break;
                    }
                    entries += 1;
                    sums.entry((sheet, column))
                        .or_default()
                        .push((range, index));
                }
            }
            if ranges {
                summing.push(index);
            }
        }
        let is_sum: HashSet<usize> = summing.iter().copied().collect();
        for index in summing {
            let field = &self.fields[index];
            let (sheet, place) = (field.sheet, field.place);
            let column_ranges: Vec<Bereik> = field
                .references
                .iter()
                .filter(|(s, r)| *s == sheet && r.van.1 == place.1 && r.tot.1 == place.1)
                .map(|(_, r)| *r)
                .collect();
            let Some(range) = column_ranges.iter().find(|r| r.tot.0 > r.van.0).copied() else {
                continue;
            };
            let covered = |at: (u32, u32)| column_ranges.iter().any(|r| r.bevat(at));
            // A row that another formula sums as well was left out on purpose.
            let elsewhere = |at: (u32, u32)| {
                sums.get(&(sheet, at.1)).is_some_and(|all| {
                    all.iter()
                        .take(200)
                        .any(|(r, i)| *i != index && r.bevat(at))
                })
            };
            let like = |row: u32, beside: u32| {
                let (at, beside) = ((row, place.1), (beside, place.1));
                let (Some(_), Some(_)) = (self.number(sheet, at), self.number(sheet, beside))
                else {
                    return false;
                };
                let of_sum = self.index[sheet]
                    .get(&at)
                    .is_some_and(|i| is_sum.contains(i));
                let percent = |p| {
                    self.cell(sheet, p)
                        .is_some_and(|c| c.opmaak.soort == Opmaaksoort::Procent)
                };
                !of_sum
                    && at != place
                    && self.form(sheet, at) == self.form(sheet, beside)
                    && percent(at) == percent(beside)
                    && !self.is_heading(sheet, at)
                    && !covered(at)
                    && !elsewhere(at)
            };
            let mut missing: Vec<u32> = Vec::new();
            // Away from the range on both sides, as long as rows look like the last row in it.
            let mut row = range.tot.0;
            while missing.len() < 4 && like(row + 1, range.tot.0) {
                row += 1;
                missing.push(row);
            }
            let below = missing.len();
            let mut row = range.van.0;
            while missing.len() - below < 4 && row > 0 && like(row - 1, range.van.0) {
                row -= 1;
                missing.push(row);
            }
            // Many rows left out are another block; so are rows on the far side of the sum itself.
            let few =
                missing.len() <= 2 && missing.len() < (range.tot.0 - range.van.0 + 1) as usize;
            let same_side = missing
                .iter()
                .all(|r| (*r > place.0) == (range.tot.0 > place.0));
            if missing.is_empty() || !few || !same_side {
                continue;
            }
            missing.sort_unstable();
            let rows: Vec<String> = missing
                .iter()
                .map(|row| {
                    let amount = self.number(sheet, (*row, place.1)).unwrap_or_default();
                    format!(
                        "row {}{}, {}",
                        row + 1,
                        self.label(sheet, *row, place.1.saturating_sub(1)),
                        amount.normalize()
                    )
                })
                .collect();
            self.add(
                SUBTOTAAL,
                Some(sheet),
                Some(one(place)),
                format!("the sum of {range} leaves out {}", rows.join(" and ")),
                "let the sum run over all rows of the block, or set the row apart with an empty row",
            );
        }
    }

    /// Rows of shares under years that are not 100 % together.
    fn phasing(&mut self) {
        for sheet in 0..self.map.bladen.len() {
            let mut found = Vec::new();
            let cost = self.map.bladen[sheet].cellen.len() as u64 / 8;
            let mut left = self.steps;
            for (position, heading) in self.headings[sheet].iter().enumerate() {
                left = left.saturating_sub(1 + cost);
                if left == 0 {
                    self.result.onvolledig = true;
                    break;
                }
                let overlaps =
                    |h: &&Kop| h.row > heading.row && h.from <= heading.to && h.to >= heading.from;
                let end = self.headings[sheet][position + 1..]
                    .iter()
                    .find(overlaps)
                    .map_or(u32::MAX, |h| h.row);
                found.extend(self.phasing_under(sheet, heading, end));
            }
            for (range, total) in found {
                let label = self.label(sheet, range.van.0, range.van.1);
                self.add(
                    FASERING,
                    Some(sheet),
                    Some(range),
                    format!(
                        "the phasing of row {}{label} is {} % together, not 100 %",
                        range.van.0 + 1,
                        percent(total)
                    ),
                    "make the shares of the years 100 % together",
                );
            }
        }
    }

    fn phasing_under(&self, sheet: usize, heading: &Kop, end: u32) -> Vec<(Bereik, Decimal)> {
        let blad = &self.map.bladen[sheet];
        let width = heading.from..=heading.to;
        // Rows of which every figure is a share, with their sum.
        let mut rows: BTreeMap<u32, Deel> = BTreeMap::new();
        let block = Bereik {
            van: (heading.row + 1, heading.from),
            tot: (end.saturating_sub(1).max(heading.row + 1), heading.to),
        };
        if end <= heading.row + 1 {
            return Vec::new();
        }
        let mut other: HashSet<u32> = HashSet::new();
        for ((row, _), cell) in blad.in_bereik(block) {
            match cell.waarde {
                Scalar::Number(n) if (Decimal::ZERO..=Decimal::ONE).contains(&n) => {
                    let share = rows.entry(row).or_default();
                    share.total += n;
                    share.filled += u32::from(!n.is_zero());
                    share.whole &= n.is_zero() || n == Decimal::ONE;
                    share.percent |= cell.opmaak.soort == Opmaaksoort::Procent;
                    if !n.is_zero() {
                        share.equal &= share.value.is_none_or(|v| v == n);
                        share.value = Some(n);
                    }
                }
                Scalar::Text(ref t) if t.is_empty() => {}
                _ => {
                    other.insert(row);
                }
            }
        }
        rows.retain(|row, share| !other.contains(row) && share.filled > 0);
        let sums = |share: &Deel| {
            let off = (share.total - Decimal::ONE).abs();
            off.to_f64().is_some_and(|off| off <= WHOLE)
        };
        let exact: BTreeSet<u32> = rows
            .iter()
            .filter(|(_, s)| sums(s) && s.filled > 1 && !s.whole)
            .map(|(r, _)| *r)
            .collect();
        let near = Decimal::new(8, 1)..=Decimal::new(12, 1);
        let mut found = Vec::new();
        for (row, share) in &rows {
            if sums(share) || share.filled < 2 || share.whole {
                continue;
            }
            let neighbour = exact.contains(&(row + 1))
                || row.checked_sub(1).is_some_and(|r| exact.contains(&r));
            let close = near.contains(&share.total) && (share.percent || !exact.is_empty());
            // Indices and rates are shares as well; only beside rows of phasing is a sum far from 1 a slip.
            let far = share.percent && neighbour && exact.len() >= 2 && !share.equal;
            // Rates that happen to add up to about 1 are one and the same figure, and no phasing stands near.
            let rates =
                share.equal && exact.is_empty() && share.filled as usize == width.clone().count();
            if (close || far) && !rates {
                found.push((
                    Bereik {
                        van: (*row, heading.from),
                        tot: (*row, heading.to),
                    },
                    share.total,
                ));
            }
        }
        found
    }

    /// Amounts in hidden rows, columns and sheets.
    fn hidden(&mut self) {
        const DO: &str = "make it visible, and see whether the amounts count";
        for sheet in 0..self.map.bladen.len() {
            let blad = &self.map.bladen[sheet];
            // The first amount of a range, and how many there are.
            let amounts = |range: Bereik| {
                let mut found = blad
                    .in_bereik(range)
                    .filter(|(place, cell)| is_amount(cell) && !self.is_heading(sheet, *place));
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

    /// Numbers and dates that are text.
    fn texts(&mut self) {
        let counted = self.counted();
        for sheet in 0..self.map.bladen.len() {
            let blad = &self.map.bladen[sheet];
            let (mut numbers, mut dates) = (Vec::new(), Vec::new());
            let mut left = 50 * MAX_STEPS;
            for (place, cell) in &blad.cellen {
                let Scalar::Text(text) = &cell.waarde else {
                    continue;
                };
                if cell.formule.is_some() || text.len() > 40 {
                    continue;
                }
                if is_date(text) {
                    dates.push(*place);
                } else if is_number(text) {
                    let number = |row: Option<u32>| {
                        let cell = row.and_then(|r| blad.cellen.get(&(r, place.1)));
                        cell.map(|c| matches!(c.waarde, Scalar::Number(_)))
                    };
                    let above = number(place.0.checked_sub(1));
                    let below = number(place.0.checked_add(1));
                    let in_column = above == Some(true) && below != Some(false);
                    let ranges = counted.get(&sheet).map_or(&[][..], Vec::as_slice);
                    left = left.saturating_sub(1 + ranges.len() as u64);
                    let summed = left > 0 && ranges.iter().any(|r| r.bevat(*place));
                    // The numbers of years over a table may be text: no figure is lost by it.
                    let year = self.is_heading(sheet, *place);
                    if (in_column || summed) && !year {
                        numbers.push(*place);
                    }
                }
            }
            for range in groups(&numbers) {
                let text = as_text(&blad.cellen[&range.van].waarde);
                self.add(
                    GETAL,
                    Some(sheet),
                    Some(range),
                    format!(
                        "the number \"{}\" is stored as text: sums pass it over",
                        clip(&text)
                    ),
                    "make it a number (in Excel: Gegevens, Tekst naar kolommen, Voltooien)",
                );
            }
            for range in groups(&dates) {
                let text = as_text(&blad.cellen[&range.van].waarde);
                self.add(
                    DATUM,
                    Some(sheet),
                    Some(range),
                    format!("the date \"{}\" is stored as text", clip(&text)),
                    "make it a date (in Excel: Gegevens, Tekst naar kolommen, Voltooien, kolomtype Datum)",
                );
            }
        }
    }

    /// What formulas add up or calculate with, by sheet.
    fn counted(&self) -> HashMap<usize, Vec<Bereik>> {
        let mut found: HashMap<usize, BTreeSet<Bereik>> = HashMap::new();
        let mut note = |reference: &Verwijzing, own: usize| {
            if let Some((sheet, range)) = self.reckoner.plaats(reference, own) {
                let all = found.entry(sheet).or_default();
                if all.len() < 20_000 {
                    all.insert(range);
                }
            }
        };
        for field in &self.fields {
            let Some(tree) = &field.tree else { continue };
            tree.visit(&mut |part| {
                let operands: Vec<&Formule> = match part {
                    Formule::Tweeledig(
                        Bewerking::Plus
                        | Bewerking::Min
                        | Bewerking::Maal
                        | Bewerking::Delen
                        | Bewerking::Macht,
                        a,
                        b,
                    ) => vec![a, b],
                    Formule::Min(a) | Formule::Procent(a) => vec![a],
                    Formule::Functie(name, arguments)
                        if matches!(name.as_str(), "SUM" | "SUMPRODUCT" | "AVERAGE") =>
                    {
                        arguments.iter().collect()
                    }
                    _ => Vec::new(),
                };
                for operand in operands {
                    if let Formule::Verwijzing(reference) = operand {
                        note(reference, field.sheet);
                    }
                }
            });
        }
        found
            .into_iter()
            .map(|(sheet, ranges)| (sheet, ranges.into_iter().collect()))
            .collect()
    }

    /// Links to other files.
    fn links(&mut self) {
        let mut used: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, field) in self.fields.iter().enumerate() {
            let Some(tree) = &field.tree else { continue };
            tree.visit(&mut |part| {
                if let Formule::Extern(file) = part {
                    let all = used.entry(file.clone()).or_default();
                    if all.last() != Some(&index) {
                        all.push(index);
                    }
                }
            });
        }
        let mut told: HashSet<String> = HashSet::new();
        for (file, fields) in used {
            let numbered = file.parse::<usize>().ok().and_then(|n| n.checked_sub(1));
            let name = numbered
                .and_then(|n| self.map.koppelingen.get(n))
                .cloned()
                .unwrap_or(file);
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

/// What a cell is to a line of formulas.
#[derive(Clone, Copy, PartialEq)]
enum Soort {
    Formule(u64),
    Constante,
    Anders,
}

/// A row of shares.
struct Deel {
    total: Decimal,
    filled: u32,
    /// Only noughts and ones: counts, or switches.
    whole: bool,
    /// Shown as percentages.
    percent: bool,
    /// One and the same share in every year.
    equal: bool,
    value: Option<Decimal>,
}

impl Default for Deel {
    fn default() -> Self {
        Deel {
            total: Decimal::ZERO,
            filled: 0,
            whole: true,
            percent: false,
            equal: true,
            value: None,
        }
    }
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

/// A number that may be an amount: no percentage, no date, no year.
fn is_amount(cell: &Cel) -> bool {
    let Scalar::Number(n) = cell.waarde else {
        return false;
    };
    let year = n.is_integer() && (Decimal::from(1990)..=Decimal::from(2150)).contains(&n);
    !matches!(cell.opmaak.soort, Opmaaksoort::Procent | Opmaaksoort::Datum)
        && !n.is_zero()
        && (!year || cell.opmaak.valuta)
}

/// The rows of a sheet in which three or more years stand side by side, in order.
fn year_headings(sheet: &Blad) -> Vec<Kop> {
    let mut found: Vec<Kop> = Vec::new();
    let mut run: Option<(Kop, i64)> = None;
    let mut close = |run: Option<(Kop, i64)>| {
        if let Some((heading, _)) = run
            && heading.to - heading.from >= 2
            && found.len() < MAX_HEADINGS
        {
            found.push(heading);
        }
    };
    for ((row, column), cell) in &sheet.cellen {
        let year = match &cell.waarde {
            Scalar::Number(n) if n.is_integer() => n.to_i64(),
            Scalar::Date(d) => Some(i64::from(d.year())),
            Scalar::Text(t) if t.len() == 4 => t.parse().ok(),
            _ => None,
        }
        .filter(|y| (1990..=2150).contains(y));
        let Some(year) = year else { continue };
        match &mut run {
            Some((heading, last))
                if heading.row == *row && heading.to + 1 == *column && *last + 1 == year =>
            {
                heading.to = *column;
                *last = year;
            }
            _ => {
                close(run.take());
                let heading = Kop {
                    row: *row,
                    from: *column,
                    to: *column,
                };
                run = Some((heading, year));
            }
        }
    }
    close(run);
    found
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

/// Constants in lines of cells that stand between formulas of one form. The cells come by line and position.
fn between_copies(cells: &[((u32, u32), Soort)]) -> Vec<(u32, u32)> {
    const MOST: usize = 3;
    let mut found = Vec::new();
    let mut at = 0;
    while at < cells.len() {
        // A stretch without gaps of one form and constants.
        let Soort::Formule(form) = cells[at].1 else {
            at += 1;
            continue;
        };
        let mut end = at;
        let (mut formulas, mut constants) = (1_usize, Vec::new());
        let mut waiting: Vec<(u32, u32)> = Vec::new();
        while let Some((place, kind)) = cells.get(end + 1) {
            let before = cells[end].0;
            if place.0 != before.0 || place.1 != before.1 + 1 {
                break;
            }
            match kind {
                Soort::Formule(f) if *f == form => {
                    formulas += 1;
                    constants.append(&mut waiting);
                }
                Soort::Constante if waiting.len() < MOST => waiting.push(*place),
                _ => break,
            }
            end += 1;
        }
        if formulas >= 3 && formulas > constants.len() {
            found.extend(constants);
        }
        // Constants at the end of the stretch stand between nothing.
        at = end + 1;
    }
    found
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
    decimal.map_or_else(
        || value.to_string(),
        |d| d.round_sf(12).unwrap_or(d).normalize().to_string(),
    )
}

/// Whether a text is a number as people type it: `1.234,50`, `€ 12 500`, `-3`, `50%`. Codes such as 012 or 1.2.3 are not.
fn is_number(text: &str) -> bool {
    let mut text = text.trim();
    for sign in ["€", "EUR", "-", "+"] {
        text = text.strip_prefix(sign).unwrap_or(text).trim_start();
    }
    let text = text
        .strip_suffix('%')
        .or_else(|| text.strip_suffix(",-"))
        .unwrap_or(text)
        .trim_end();
    let clean: String = text
        .chars()
        .map(|c| {
            if matches!(c, '\u{a0}' | '\u{202f}') {
                ' '
            } else {
                c
            }
        })
        .collect();
    if clean.is_empty() || clean.len() > 20 || !clean.starts_with(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let pieces: Vec<&str> = clean.split([' ', '.', ',']).collect();
    if pieces
        .iter()
        .any(|p| p.is_empty() || !p.bytes().all(|b| b.is_ascii_digit()))
    {
        return false;
    }
    let signs: Vec<char> = clean.chars().filter(|c| !c.is_ascii_digit()).collect();
    let first = pieces[0];
    let padded = first.len() > 1 && first.starts_with('0');
    match signs.as_slice() {
        [' '] => pieces[1].len() == 3 && first.len() <= 3 && !padded,
        [] | [_] => !padded,
        [thousands @ .., last] => {
            let sign = thousands[0];
            let groups = &pieces[1..pieces.len() - 1];
            let even = thousands.iter().all(|c| *c == sign) && groups.iter().all(|p| p.len() == 3);
            even && first.len() <= 3
                && !padded
                && if *last == sign {
                    pieces[pieces.len() - 1].len() == 3
                } else {
                    *last != ' '
                }
        }
    }
}

/// Whether a text is a date as people type it: `1-7-2026`, `01/07/2026`, `2026-07-01`, `1 juli 2026`.
fn is_date(text: &str) -> bool {
    const MONTHS: &[&str] = &[
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
        "jan",
        "feb",
        "mrt",
        "apr",
        "jun",
        "jul",
        "aug",
        "sep",
        "sept",
        "okt",
        "nov",
        "dec",
    ];
    let text = text.trim().to_lowercase();
    let number = |t: &str, most: u32| {
        !t.is_empty() && t.len() <= 4 && t.parse::<u32>().is_ok_and(|n| (1..=most).contains(&n))
    };
    let year = |t: &str| t.len() == 4 && t.parse::<u32>().is_ok_and(|n| (1900..=2200).contains(&n));
    let words: Vec<&str> = text.split_whitespace().collect();
    if let [day, month, at] = words.as_slice() {
        return number(day, 31) && MONTHS.contains(&month.trim_end_matches('.')) && year(at);
    }
    ['-', '/', '.'].iter().any(|sign| {
        let parts: Vec<&str> = text.split(*sign).collect();
        match parts.as_slice() {
            [a, b, c] if year(c) => {
                number(a, 31) && number(b, 12) || number(a, 12) && number(b, 31)
            }
            [a, b, c] if year(a) => number(b, 12) && number(c, 31),
            _ => false,
        }
    })
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
    fn texts_that_are_numbers_or_dates() {
        for text in [
            "1.234,50",
            "€ 12 500",
            "-3",
            "50%",
            "1250",
            "0,5",
            "1.250.000",
            "2,5",
            "€ 500,-",
            "12\u{a0}500",
        ] {
            assert!(is_number(text), "{text}");
            assert!(!is_date(text), "{text}");
        }
        for text in [
            "012",
            "1.2.3",
            "a1",
            "",
            "-",
            "12 34",
            "1..2",
            "€",
            "2026-2030",
            "1.234.56",
            "1234 AB",
        ] {
            assert!(!is_number(text), "{text}");
            assert!(!is_date(text), "{text}");
        }
        for text in [
            "1-7-2026",
            "01/07/2026",
            "2026-07-01",
            "1 juli 2026",
            "1.7.2026",
        ] {
            assert!(is_date(text), "{text}");
        }
    }

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

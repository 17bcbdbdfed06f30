//! Numbers typed over formulas: between formulas that were copied from each other, or at the end of them.

use super::{Lint, OVERSCHREVEN, groups};
use crate::inspect::formule::{Bewerking, Formule, Punt};
use crate::model::table::Scalar;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Most numbers beside each other that are taken for typed over.
const MOST: usize = 3;
/// Most of them under years, where a row is one figure.
const MOST_UNDER_YEARS: usize = 6;

/// What a cell is to a line of formulas.
#[derive(Clone, Copy, PartialEq)]
enum Soort {
    /// A formula by its form; and of a formula with a number added to it, the form of what is before that.
    Formule(u64, Option<u64>),
    Constante,
    Anders,
}

/// A cell that stands out in a line of copied formulas.
struct Vondst {
    place: (u32, u32),
    /// The last formula before it.
    before: (u32, u32),
    /// How many stand beside each other there.
    run: usize,
    /// Formulas in the line, and cells that stand out.
    formulas: usize,
    constants: usize,
    /// Whether the line ends with it.
    at_end: bool,
}

/// Whether a formula is only a number, written as a calculation: `=250+250`.
fn is_number_only(tree: &Formule) -> bool {
    match tree {
        Formule::Getal(_) => true,
        Formule::Min(a) | Formule::Procent(a) => is_number_only(a),
        Formule::Tweeledig(operator, a, b) => {
            !matches!(operator, Bewerking::Samen) && is_number_only(a) && is_number_only(b)
        }
        _ => false,
    }
}

/// What stands before a number that is added or taken away at the end of a formula.
fn before_plug(tree: &Formule) -> Option<&Formule> {
    match tree {
        Formule::Tweeledig(Bewerking::Plus | Bewerking::Min, a, b)
            if is_number_only(b) && !is_number_only(a) =>
        {
            Some(a)
        }
        _ => None,
    }
}

impl Lint<'_> {
    /// Numbers where formulas beside them were copied from each other.
    pub(super) fn typed_over(&mut self) {
        for sheet in 0..self.map.bladen.len() {
            let blad = &self.map.bladen[sheet];
            let mut forms: HashMap<u64, u32> = HashMap::new();
            for index in self.index[sheet].values() {
                *forms.entry(self.fields[*index].form).or_default() += 1;
            }
            let kinds: Vec<((u32, u32), Soort)> = blad
                .cellen
                .iter()
                .map(|(place, cell)| (*place, self.kind(sheet, *place, &cell.waarde)))
                .collect();
            let mut found: BTreeMap<(u32, u32), bool> = BTreeMap::new();
            for turned in [false, true] {
                let flip = |(a, b): (u32, u32)| if turned { (b, a) } else { (a, b) };
                let mut cells: Vec<((u32, u32), Soort)> = kinds
                    .iter()
                    .map(|(place, kind)| (flip(*place), *kind))
                    .collect();
                cells.sort_unstable_by_key(|c| c.0);
                let all = in_copies(&cells);
                // A whole block of numbers across the lines is a column of its own, not a slip.
                let across: HashSet<(u32, u32)> = all.iter().map(|f| f.place).collect();
                let slip = |(line, at): (u32, u32)| {
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
                for one in all.iter().filter(|f| slip(f.place)) {
                    let (place, before) = (flip(one.place), flip(one.before));
                    if self.stands_out(sheet, one, place, before, turned, &forms) {
                        found.insert(place, self.index[sheet].contains_key(&place));
                    }
                }
            }
            found.retain(|p, _| !blad.matrices.iter().take(1_000).any(|m| m.bevat(*p)));
            self.tell(sheet, &found);
        }
    }

    fn kind(&self, sheet: usize, place: (u32, u32), value: &Scalar) -> Soort {
        let Some(index) = self.index[sheet].get(&place) else {
            let number = matches!(value, Scalar::Number(_)) && !self.is_heading(sheet, place);
            // A formula beyond what is taken apart is no number that was typed.
            let formula = self.cell(sheet, place).is_some_and(|c| c.formule.is_some());
            return if number && !formula {
                Soort::Constante
            } else {
                Soort::Anders
            };
        };
        let field = &self.fields[*index];
        match &field.tree {
            Some(tree) if is_number_only(tree) => Soort::Constante,
            Some(tree) => {
                let plug = before_plug(tree).map(|t| super::form_of(t, place));
                Soort::Formule(field.form, plug)
            }
            None => Soort::Anders,
        }
    }

    /// Whether the line shows that a formula belongs in a cell.
    fn stands_out(
        &mut self,
        sheet: usize,
        one: &Vondst,
        place: (u32, u32),
        before: (u32, u32),
        turned: bool,
        forms: &HashMap<u64, u32>,
    ) -> bool {
        let copies = self
            .form(sheet, before)
            .and_then(|form| forms.get(&form).copied())
            .unwrap_or(0);
        if !one.at_end {
            if one.formulas >= 3 && one.run <= MOST && one.formulas > one.constants {
                return true;
            }
            if one.formulas >= 3 && one.constants <= 2 * one.formulas {
                return self.under_years(sheet, place, before, turned);
            }
            // Two formulas around it are few; more of the same form elsewhere in the sheet say what it should be.
            return one.run == 1
                && one.formulas == 2
                && copies >= 4
                && self.inputs_filled(sheet, place, before);
        }
        let nought = self.number(sheet, place).is_none_or(|n| n.is_zero());
        if one.run > 1 || one.formulas < 3 || nought || !self.inputs_filled(sheet, place, before) {
            return false;
        }
        self.under_years(sheet, place, before, turned)
            || turned && self.summed_with(sheet, place, before)
    }

    /// Whether two cells stand under the same row of periods.
    fn under_years(&self, sheet: usize, a: (u32, u32), b: (u32, u32), turned: bool) -> bool {
        let flip = |(x, y): (u32, u32)| if turned { (y, x) } else { (x, y) };
        let (a, b) = (flip(a), flip(b));
        self.headings[sheet]
            .iter()
            .any(|h| h.gekanteld == turned && h.lijn < a.0 && h.bevat(a.1) && h.bevat(b.1))
    }

    /// Whether what the formula before it would refer to, copied to this cell, holds numbers; and not only the cell before it.
    fn inputs_filled(&mut self, sheet: usize, place: (u32, u32), before: (u32, u32)) -> bool {
        let Some(tree) = self.index[sheet]
            .get(&before)
            .and_then(|i| self.fields[*i].tree.clone())
        else {
            return false;
        };
        let shift = |point: Punt| {
            let move_by = |at: u32, fixed: bool, from: u32, to: u32| {
                if fixed {
                    Some(at)
                } else {
                    u32::try_from(i64::from(at) + i64::from(to) - i64::from(from)).ok()
                }
            };
            Some((
                move_by(point.rij, point.rij_vast, before.0, place.0)?,
                move_by(point.kolom, point.kolom_vast, before.1, place.1)?,
            ))
        };
        let (mut relative, mut filled) = (0, true);
        tree.visit(&mut |part| {
            let Formule::Verwijzing(reference) = part else {
                return;
            };
            if reference.van != reference.tot || reference.van.rij_vast && reference.van.kolom_vast
            {
                return;
            }
            relative += 1;
            let number = self
                .reckoner
                .plaats(reference, sheet)
                .zip(shift(reference.van))
                .is_some_and(|((other, _), at)| self.number(other, at).is_some());
            filled &= number;
        });
        relative > 0 && filled
    }

    /// Whether a sum in its column runs over the formulas and ends with this cell, and the formulas calculate with other
    /// columns.
    fn summed_with(&mut self, sheet: usize, place: (u32, u32), before: (u32, u32)) -> bool {
        let own_column = self.index[sheet].get(&before).is_none_or(|i| {
            self.fields[*i]
                .references
                .iter()
                .any(|(s, r)| *s == sheet && r.van.1 <= place.1 && r.tot.1 >= place.1)
        });
        if own_column {
            return false;
        }
        let below = (1..=3).filter_map(|n| place.0.checked_add(n));
        for row in below {
            let Some(index) = self.index[sheet].get(&(row, place.1)) else {
                continue;
            };
            let field = &self.fields[*index];
            let sums = field.tree.as_ref().and_then(Formule::opgeteld).is_some();
            return sums
                && field.references.iter().any(|(s, r)| {
                    *s == sheet && r.bevat(place) && r.bevat(before) && r.tot.0 == place.0
                });
        }
        false
    }

    fn tell(&mut self, sheet: usize, found: &BTreeMap<(u32, u32), bool>) {
        let typed: Vec<(u32, u32)> = found.iter().filter(|f| !f.1).map(|f| *f.0).collect();
        for range in groups(&typed) {
            let value = self
                .number(sheet, range.van)
                .unwrap_or_default()
                .normalize();
            let value = super::dutch(&value.to_string());
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
        let formulas: Vec<(u32, u32)> = found.iter().filter(|f| *f.1).map(|f| *f.0).collect();
        for place in formulas {
            let text = self
                .cell(sheet, place)
                .and_then(|c| c.formule.as_deref())
                .map_or_else(String::new, crate::model::table::clip);
            let number = self.index[sheet]
                .get(&place)
                .and_then(|i| self.fields[*i].tree.as_ref())
                .is_some_and(is_number_only);
            let text = if number {
                format!(
                    "the formula ={text} is only a number, where the cells beside it hold one and the same formula"
                )
            } else {
                format!("the formula ={text} adds a number to what the cells beside it calculate")
            };
            self.add(
                OVERSCHREVEN,
                Some(sheet),
                Some(super::one(place)),
                text,
                "copy the formula over it, and give the number a row of its own",
            );
        }
    }
}

/// What stands out in lines of cells that hold formulas of one form. The cells come by line and position.
fn in_copies(cells: &[((u32, u32), Soort)]) -> Vec<Vondst> {
    let mut found: Vec<Vondst> = Vec::new();
    let mut at = 0;
    while at < cells.len() {
        // A stretch without gaps of one form and what stands between.
        let Soort::Formule(form, _) = cells[at].1 else {
            at += 1;
            continue;
        };
        let mut end = at;
        let mut formulas = 1_usize;
        let mut last = cells[at].0;
        let first = found.len();
        let mut waiting: Vec<(u32, u32)> = Vec::new();
        while let Some((place, kind)) = cells.get(end + 1) {
            let before = cells[end].0;
            if place.0 != before.0 || before.1.checked_add(1) != Some(place.1) {
                break;
            }
            let room = waiting.len() < MOST_UNDER_YEARS;
            match kind {
                Soort::Formule(f, _) if *f == form => {
                    formulas += 1;
                    let run = waiting.len();
                    found.extend(waiting.drain(..).map(|place| Vondst {
                        place,
                        before: last,
                        run,
                        formulas: 0,
                        constants: 0,
                        at_end: false,
                    }));
                    last = *place;
                }
                Soort::Constante if room => waiting.push(*place),
                Soort::Formule(_, Some(f)) if *f == form && room => waiting.push(*place),
                _ => break,
            }
            end += 1;
        }
        // What ends a stretch only stands out where more than the line says so.
        if waiting.len() == 1 {
            found.extend(waiting.drain(..).map(|place| Vondst {
                place,
                before: last,
                run: 1,
                formulas: 0,
                constants: 0,
                at_end: true,
            }));
        }
        let constants = found[first..].iter().filter(|f| !f.at_end).count();
        for one in &mut found[first..] {
            (one.formulas, one.constants) = (formulas, constants);
        }
        at = end + 1;
    }
    found
}

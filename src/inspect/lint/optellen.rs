//! Sums that leave out a row, a subtotal or a year of what they sum.

use super::{Dependents, Lint, MAX_REFERENCES, SUBTOTAAL, groups, one};
use crate::inspect::formule::Formule;
use crate::model::table::Scalar;
use crate::read::werkmap::{Bereik, Opmaaksoort};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// What is no row like the others below a block of amounts.
const APART: &[&str] = &[
    "totaal",
    "opslag",
    "btw",
    "aantal",
    "index",
    "rente",
    "prijs",
    "%",
    "waarvan",
    "saldo",
    "afronding",
];

/// What all formulas sum.
struct Sommen {
    /// The ranges that formulas sum, by sheet and column of the range: range, formula.
    columns: HashMap<(usize, u32), Vec<(Bereik, usize)>>,
    /// Formulas that sum a range of more than one cell.
    is_sum: HashSet<usize>,
    /// Their rows, by sheet and column.
    rows: HashMap<(usize, u32), BTreeSet<u32>>,
    /// Who refers to what.
    dependents: Dependents,
}

/// Sums over rows that leave out the same columns: sheet, first and last column, the missing ones; and where they stand.
type Rijsommen = BTreeMap<(usize, u32, u32, Vec<u32>), Vec<(u32, u32)>>;

/// What a formula sums.
struct Som {
    index: usize,
    parts: Vec<(usize, Bereik)>,
    /// Whether something in it is subtracted.
    minus: bool,
}

impl Lint<'_> {
    pub(super) fn subtotals(&mut self) {
        let mut sums = Sommen {
            columns: HashMap::new(),
            is_sum: HashSet::new(),
            rows: HashMap::new(),
            dependents: self.dependents_index(),
        };
        let mut summing: Vec<Som> = Vec::new();
        let mut entries = 0;
        for (index, field) in self.fields.iter().enumerate() {
            let Some(added) = field.tree.as_ref().and_then(Formule::opgeteld) else {
                continue;
            };
            let minus = added.iter().any(|(_, minus)| *minus);
            let mut parts = Vec::new();
            for (reference, _) in added {
                let Some((sheet, range)) = self.reckoner.plaats(reference, field.sheet) else {
                    continue;
                };
                parts.push((sheet, range));
                // A sum over very many columns is no total of a column.
                for column in range.van.1..=range.tot.1.min(range.van.1.saturating_add(100)) {
                    if entries >= MAX_REFERENCES {
                        break;
                    }
                    entries += 1;
                    sums.columns
                        .entry((sheet, column))
                        .or_default()
                        .push((range, index));
                }
            }
            if parts.iter().any(|(_, r)| r.van != r.tot) {
                sums.is_sum.insert(index);
                sums.rows
                    .entry((field.sheet, field.place.1))
                    .or_default()
                    .insert(field.place.0);
            }
            if !parts.is_empty() {
                summing.push(Som {
                    index,
                    parts,
                    minus,
                });
            }
        }
        let mut years = Rijsommen::new();
        for sum in &summing {
            if !self.step(1 + sum.parts.len() as u64) {
                break;
            }
            if !self.column_sum(sum, &sums)
                && !self.sum_of_subtotals(sum, &sums)
                && let Some((range, missing)) = self.row_sum(sum, &sums)
            {
                let field = &self.fields[sum.index];
                years
                    .entry((field.sheet, range.van.1, range.tot.1, missing))
                    .or_default()
                    .push(field.place);
            }
        }
        self.tell_years(years);
    }

    /// Whether a formula treats a cell as it treats the one beside it: its copy, as far away as these two are, has the same
    /// form.
    fn is_alike(&self, index: usize, at: (u32, u32), beside: (u32, u32)) -> bool {
        let field = &self.fields[index];
        let moved = |from: u32, a: u32, b: u32| {
            u32::try_from(i64::from(from) + i64::from(b) - i64::from(a)).ok()
        };
        let copy = moved(field.place.0, at.0, beside.0).zip(moved(field.place.1, at.1, beside.1));
        field.form != 0
            && copy
                .is_some_and(|c| c != field.place && self.form(field.sheet, c) == Some(field.form))
    }

    /// Whether another formula sums a cell, which was left out on purpose then; but not when that formula only does for its row
    /// what is done for all rows.
    fn summed_elsewhere(
        &self,
        sums: &Sommen,
        own: usize,
        sheet: usize,
        at: (u32, u32),
        beside: (u32, u32),
    ) -> bool {
        sums.columns.get(&(sheet, at.1)).is_some_and(|all| {
            all.iter()
                .take(5_000)
                .filter(|(r, i)| *i != own && r.bevat(at))
                .take(200)
                .any(|(_, i)| !self.is_alike(*i, at, beside))
        })
    }

    /// Whether any formula refers to a cell in a way of its own.
    fn is_used(&self, sums: &Sommen, sheet: usize, at: (u32, u32), beside: (u32, u32)) -> bool {
        let single = sums.dependents.single.get(&(sheet, at));
        let ranges = sums.dependents.ranges[sheet]
            .iter()
            .take(5_000)
            .filter(|(r, _)| r.bevat(at))
            .map(|(_, i)| i);
        single
            .into_iter()
            .flatten()
            .chain(ranges)
            .take(200)
            .any(|i| !self.is_alike(*i, at, beside))
    }

    fn is_percent(&self, sheet: usize, at: (u32, u32)) -> bool {
        self.cell(sheet, at)
            .is_some_and(|c| c.opmaak.soort == Opmaaksoort::Procent)
    }

    /// A sum over a column; whether it is told.
    fn column_sum(&mut self, sum: &Som, sums: &Sommen) -> bool {
        let field = &self.fields[sum.index];
        let (own_sheet, place) = (field.sheet, field.place);
        // Where it sums: its own column, or a column of another sheet.
        let column = |(s, r): &&(usize, Bereik)| {
            let own = *s == own_sheet && r.van.1 == place.1;
            r.van.1 == r.tot.1 && (own || *s != own_sheet)
        };
        let in_column: Vec<(usize, Bereik)> = sum.parts.iter().filter(column).copied().collect();
        let wide = in_column.iter().find(|(_, r)| r.tot.0 > r.van.0);
        let singles = in_column.len() >= 3 && in_column.len() == sum.parts.len() && !sum.minus;
        let Some((sheet, first)) = wide
            .or_else(|| in_column.first().filter(|_| singles))
            .copied()
        else {
            return false;
        };
        let at_column = first.van.1;
        let elsewhere = sheet != own_sheet;
        if elsewhere && (self.slides(sum.index, sheet, at_column) || sum.minus || wide.is_none()) {
            return false;
        }
        // The rows that it sums, as ranges in order.
        let mut rows: Vec<(u32, u32)> = in_column
            .iter()
            .filter(|(s, r)| *s == sheet && r.van.1 == at_column)
            .map(|(_, r)| (r.van.0, r.tot.0))
            .collect();
        rows.sort_unstable();
        let mut joined: Vec<(u32, u32)> = Vec::new();
        for (from, to) in rows {
            match joined.last_mut() {
                Some(last) if from <= last.1.saturating_add(1) => last.1 = last.1.max(to),
                _ => joined.push((from, to)),
            }
        }
        let count: u64 = joined.iter().map(|(a, b)| u64::from(b - a) + 1).sum();
        let (Some(start), Some(end)) = (joined.first().map(|r| r.0), joined.last().map(|r| r.1))
        else {
            return false;
        };
        let gaps: Vec<u32> = joined
            .windows(2)
            .flat_map(|w| w[0].1 + 1..w[1].0)
            .take(3)
            .collect();
        let same = !elsewhere;
        let covered = |at: (u32, u32)| sum.parts.iter().any(|(s, r)| *s == sheet && r.bevat(at));
        let like = |row: u32, beside: u32| {
            let (at, beside) = ((row, at_column), (beside, at_column));
            let (Some(_), Some(_)) = (self.number(sheet, at), self.number(sheet, beside)) else {
                return false;
            };
            let is_sum = |p| {
                self.index[sheet]
                    .get(&p)
                    .is_some_and(|i| sums.is_sum.contains(i))
            };
            let (form, its) = (self.form(sheet, at), self.form(sheet, beside));
            (!is_sum(at) || wide.is_none() && is_sum(beside))
                && (sheet, at) != (own_sheet, place)
                && (form == its || form.is_none() && self.is_added_row(sum, sums, sheet, at, end))
                && self.is_percent(sheet, at) == self.is_percent(sheet, beside)
                && !self.is_heading(sheet, at)
                && !covered(at)
                && !self.summed_elsewhere(sums, sum.index, sheet, at, beside)
        };
        let mut missing: Vec<u32> = Vec::new();
        // Inside: one or two rows that are passed over.
        if gaps.len() <= 2 {
            missing.extend(gaps.iter().filter(|row| {
                like(**row, **row - 1) || gaps.contains(&(**row - 1)) && like(**row, start)
            }));
            if missing.len() < gaps.len() {
                missing.clear();
            }
        }
        // Away from the range on both sides, as long as rows look like the last row in it.
        if wide.is_some() || missing.is_empty() {
            let inside = missing.len();
            let mut row = end;
            while missing.len() - inside < 4
                && row.checked_add(1).is_some_and(|next| like(next, end))
            {
                row += 1;
                missing.push(row);
            }
            let below = missing.len();
            let mut row = start;
            while missing.len() - below < 4 && row > 0 && like(row - 1, start) {
                row -= 1;
                missing.push(row);
            }
        }
        // Many rows left out are another block; so are rows on the far side of the sum itself.
        let few = missing.len() <= 2 && (missing.len() as u64) < count;
        let same_side = elsewhere || missing.iter().all(|r| (*r > place.0) == (end > place.0));
        if missing.is_empty() || !few || !same_side || same && wide.is_none() && gaps.len() > 2 {
            return false;
        }
        missing.sort_unstable();
        let left_out: Vec<String> = missing
            .iter()
            .map(|row| {
                let amount = self.number(sheet, (*row, at_column)).unwrap_or_default();
                format!(
                    "row {}{}, {}",
                    row + 1,
                    self.label(sheet, *row, at_column.saturating_sub(1)),
                    super::dutch(&amount.normalize().to_string())
                )
            })
            .collect();
        let mut summed: Vec<String> = joined
            .iter()
            .take(4)
            .map(|(from, to)| {
                let range = Bereik {
                    van: (*from, at_column),
                    tot: (*to, at_column),
                };
                range.to_string()
            })
            .collect();
        if joined.len() > 4 {
            summed.push("...".into());
        }
        let on = if elsewhere {
            format!("'{}'!", self.map.bladen[sheet].naam)
        } else {
            String::new()
        };
        self.add(
            SUBTOTAAL,
            Some(own_sheet),
            Some(one(place)),
            format!(
                "the sum of {on}{} leaves out {}",
                summed.join(" and "),
                left_out.join(" and ")
            ),
            "let the sum run over all rows of the block, or set the row apart with an empty row",
        );
        true
    }

    /// Whether a number between a block of formulas and their sum looks like a row that was added later: it has a label like the
    /// others, and nothing uses it.
    fn is_added_row(
        &self,
        sum: &Som,
        sums: &Sommen,
        sheet: usize,
        at: (u32, u32),
        end: u32,
    ) -> bool {
        let field = &self.fields[sum.index];
        let below = field.sheet == sheet
            && field.place.1 == at.1
            && at.0 == end + 1
            && field.place.0 > at.0;
        let form = self.form(sheet, (end, at.1));
        let copies = (1..=2).all(|n| {
            let above = end.checked_sub(n).map(|r| (r, at.1));
            above.is_some_and(|p| self.form(sheet, p) == form)
        });
        if !below || form.is_none_or(|f| f == 0) || !copies || self.is_percent(sheet, at) {
            return false;
        }
        let label = self
            .label(sheet, at.0, at.1.saturating_sub(1))
            .to_lowercase();
        let formula = self.cell(sheet, at).is_none_or(|c| c.formule.is_some());
        !label.is_empty()
            && !formula
            && !APART.iter().any(|w| label.contains(w))
            && !self.is_used(sums, sheet, at, (end, at.1))
    }

    /// Whether formulas beside this one sum other rows of the same column: a sum that moves along leaves out rows by its nature.
    fn slides(&self, index: usize, sheet: usize, column: u32) -> bool {
        let field = &self.fields[index];
        let (row, at) = field.place;
        let beside = [
            row.checked_sub(1).map(|r| (r, at)),
            row.checked_add(1).map(|r| (r, at)),
            at.checked_sub(1).map(|c| (row, c)),
            at.checked_add(1).map(|c| (row, c)),
        ];
        beside.into_iter().flatten().any(|p| {
            self.index[field.sheet].get(&p).is_some_and(|i| {
                self.fields[*i]
                    .references
                    .iter()
                    .any(|(s, r)| *s == sheet && r.van.1 <= column && r.tot.1 >= column)
            })
        })
    }

    /// A total of subtotals that forgets one of them.
    fn sum_of_subtotals(&mut self, sum: &Som, sums: &Sommen) -> bool {
        let field = &self.fields[sum.index];
        let (sheet, place) = (field.sheet, field.place);
        let parts: Vec<u32> = sum
            .parts
            .iter()
            .filter(|(s, r)| *s == sheet && r.van == r.tot && r.van.1 == place.1)
            .map(|(_, r)| r.van.0)
            .collect();
        let all_sums = parts.iter().all(|row| {
            self.index[sheet]
                .get(&(*row, place.1))
                .is_some_and(|i| sums.is_sum.contains(i))
        });
        if sum.minus || parts.len() < 2 || parts.len() != sum.parts.len() || !all_sums {
            return false;
        }
        let (Some(first), Some(last)) = (parts.iter().min(), parts.iter().max()) else {
            return false;
        };
        let first_word = |row: u32| {
            let label = self
                .label(sheet, row, place.1.saturating_sub(1))
                .to_lowercase();
            label
                .split(|c: char| !c.is_alphanumeric())
                .find(|w| !w.is_empty())
                .map(str::to_owned)
        };
        let nests = |row: u32, inner: u32| {
            self.index[sheet].get(&(row, place.1)).is_some_and(|i| {
                self.fields[*i]
                    .references
                    .iter()
                    .any(|(s, r)| *s == sheet && r.bevat((inner, place.1)))
            })
        };
        let (from, to) = ((*first).min(place.0), (*last).max(place.0));
        let Some(rows) = sums.rows.get(&(sheet, place.1)) else {
            return false;
        };
        let missing: Vec<u32> = rows
            .range(from..=to)
            .copied()
            .filter(|row| *row != place.0 && !parts.contains(row))
            .take(50)
            .filter(|row| {
                let at = (*row, place.1);
                let word = first_word(*row);
                word.is_some()
                    && parts.iter().any(|p| first_word(*p) == word)
                    && self.number(sheet, at).is_some_and(|n| !n.is_zero())
                    && !parts.iter().any(|p| nests(*p, *row) || nests(*row, *p))
                    && !self.is_used(sums, sheet, at, at)
            })
            .collect();
        if missing.is_empty() || missing.len() > 2 || missing.len() >= parts.len() {
            return false;
        }
        let named = |rows: &[u32]| {
            let names: Vec<String> = rows
                .iter()
                .take(6)
                .map(|row| crate::read::werkmap::cell_name((*row, place.1)))
                .collect();
            names.join(" and ")
        };
        let amounts: Vec<String> = missing
            .iter()
            .map(|row| {
                let amount = self.number(sheet, (*row, place.1)).unwrap_or_default();
                format!(
                    "the subtotal in row {}{}, {}",
                    row + 1,
                    self.label(sheet, *row, place.1.saturating_sub(1)),
                    super::dutch(&amount.normalize().to_string())
                )
            })
            .collect();
        let mut parts = parts;
        parts.sort_unstable();
        self.add(
            SUBTOTAAL,
            Some(sheet),
            Some(one(place)),
            format!(
                "the sum of {} leaves out {}",
                named(&parts),
                amounts.join(" and ")
            ),
            "add all subtotals, or use the subtotal somewhere else",
        );
        true
    }

    /// A sum over a row that leaves out one or two of the last years, or what the same sum in other rows does sum: its range, and
    /// the columns that are missing.
    fn row_sum(&self, sum: &Som, sums: &Sommen) -> Option<(Bereik, Vec<u32>)> {
        let field = &self.fields[sum.index];
        let (sheet, place) = (field.sheet, field.place);
        let of_row = |index: usize| {
            let field = &self.fields[index];
            match (sums.is_sum.contains(&index), field.references.as_slice()) {
                (true, [(s, r)])
                    if *s == field.sheet
                        && r.van.0 == field.place.0
                        && r.tot.0 == field.place.0
                        && r.tot.1 > r.van.1
                        && !(r.van.1..=r.tot.1).contains(&field.place.1) =>
                {
                    Some(*r)
                }
                _ => None,
            }
        };
        let range = of_row(sum.index).filter(|_| sum.parts.len() == 1)?;
        let held = |missing: &[u32]| {
            let edge = if missing.first().is_some_and(|c| *c < range.van.1) {
                range.van
            } else {
                range.tot
            };
            !missing.is_empty()
                && missing.len() <= 2
                && missing.iter().all(|c| {
                    let at = (place.0, *c);
                    let elsewhere = sums.columns.get(&(sheet, *c)).is_some_and(|all| {
                        all.iter()
                            .take(5_000)
                            .filter(|(r, i)| *i != sum.index && r.van.0 == r.tot.0 && r.bevat(at))
                            .take(200)
                            .any(|(_, i)| !self.is_alike(*i, at, edge))
                    });
                    self.number(sheet, at).is_some_and(|n| !n.is_zero())
                        && !self.index[sheet]
                            .get(&at)
                            .is_some_and(|i| sums.is_sum.contains(i))
                        && self.is_percent(sheet, at) == self.is_percent(sheet, edge)
                        && !elsewhere
                })
        };
        // The same sum in the rows around it.
        let mut others: HashMap<u64, (u32, Bereik)> = HashMap::new();
        for step in -5_i64..=5 {
            let row = u32::try_from(i64::from(place.0) + step).ok();
            let index = row.and_then(|r| self.index[sheet].get(&(r, place.1)));
            if let Some(index) = index.filter(|i| **i != sum.index)
                && let Some(its) = of_row(*index)
            {
                let entry = others.entry(self.fields[*index].form).or_insert((0, its));
                entry.0 += 1;
            }
        }
        if !others.contains_key(&field.form)
            && let Some((_, its)) = others.values().find(|(count, _)| *count >= 2)
            && its.van.1 <= range.van.1
            && its.tot.1 >= range.tot.1
        {
            let missing: Vec<u32> = (its.van.1..range.van.1)
                .chain(range.tot.1 + 1..=its.tot.1)
                .take(3)
                .collect();
            if held(&missing) {
                return Some((range, missing));
            }
        }
        let heading = self.headings[sheet]
            .iter()
            .filter(|h| !h.gekanteld && h.lijn < place.0)
            .filter(|h| h.bevat(range.van.1) && h.bevat(range.tot.1))
            .max_by_key(|h| h.lijn)?;
        let outside = place.1 > heading.tot() || place.1 < heading.van();
        let missing: Vec<u32> = heading
            .plaatsen
            .iter()
            .copied()
            .filter(|c| *c > range.tot.1)
            .take(3)
            .collect();
        // A column that says up to which year it sums is right.
        let stated = (heading.lijn.saturating_sub(1)..=heading.lijn).any(|row| {
            matches!(self.cell(sheet, (row, place.1)).map(|c| &c.waarde),
                Some(Scalar::Text(t)) if t.chars().any(|c| c.is_ascii_digit()))
        });
        let wide = range.tot.1 - range.van.1 >= 2;
        (outside && wide && !stated && held(&missing)).then_some((range, missing))
    }

    fn tell_years(&mut self, years: Rijsommen) {
        let letters = crate::problem::column_letters;
        for ((sheet, from, to, missing), places) in years {
            for range in groups(&places) {
                let row = range.van.0;
                let left_out: Vec<String> = missing
                    .iter()
                    .map(|c| {
                        let amount = self.number(sheet, (row, *c)).unwrap_or_default();
                        let amount = super::dutch(&amount.normalize().to_string());
                        format!(
                            "column {}{}, {amount}",
                            letters(*c),
                            self.period_above(sheet, row, *c)
                        )
                    })
                    .collect();
                let label = self.label(sheet, row, from.saturating_sub(1));
                let what = if range.van == range.tot {
                    format!(
                        "the sum of {}{}:{}{}{label} leaves out {}",
                        letters(from),
                        row + 1,
                        letters(to),
                        row + 1,
                        left_out.join(" and ")
                    )
                } else {
                    format!(
                        "the sums of the columns {} to {} leave out {} (in row {})",
                        letters(from),
                        letters(to),
                        left_out.join(" and "),
                        row + 1
                    )
                };
                self.add(
                    SUBTOTAAL,
                    Some(sheet),
                    Some(range),
                    what,
                    "let the sum run over all years, or say in its heading up to which year it runs",
                );
            }
        }
    }

    /// The period that stands above a cell: ` (2031)`.
    fn period_above(&self, sheet: usize, row: u32, column: u32) -> String {
        let heading = self.headings[sheet]
            .iter()
            .filter(|h| !h.gekanteld && h.lijn < row && h.bevat(column))
            .max_by_key(|h| h.lijn);
        heading
            .and_then(|h| self.cell(sheet, (h.lijn, column)))
            .map_or_else(String::new, |c| {
                format!(" ({})", crate::model::table::as_text(&c.waarde))
            })
    }
}

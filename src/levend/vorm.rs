//! Formulas as trees: from recorded steps, and to the text of a cell. Knows no sheet's purpose.

use crate::expression::Op;
use crate::number::Rounding;
use crate::problem::column_letters;
use rust_decimal::{Decimal, dec};
use std::collections::{BTreeMap, BTreeSet};

/// A cell of the workbook; row and column count from zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Plek {
    /// Position of the sheet.
    pub blad: u16,
    /// Row.
    pub rij: u32,
    /// Column.
    pub kolom: u32,
}

/// A formula over recorded steps.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Vorm {
    /// A number of the rule itself: 0, 1, −1, ½, or the digits of a rounding.
    Getal(Decimal),
    /// A step that has a cell.
    Knoop(u32),
    /// A cell that no step was made for: an empty one among those of a row.
    Cel(Plek),
    /// What stands in a list of the input beside the period of the column: added up, or the last from which it holds.
    Zoek {
        laatste: bool,
        perioden: (Plek, Plek),
        getallen: (Plek, Plek),
    },
    /// Terms; true is taken off.
    Som(Vec<(bool, Vorm)>),
    Product(Vec<Vorm>),
    Per(Box<(Vorm, Vorm)>),
    DelenOf(Box<(Vorm, Vorm, Vorm)>),
    Kleinste(Vec<Vorm>),
    Grootste(Vec<Vorm>),
    Als(Box<(Vorm, Vorm, Vorm, Vorm)>),
    Macht(Box<(Vorm, Vorm)>),
    Rond(Box<Vorm>, u32, Rounding),
    /// The position of the first lowest.
    BijLaagste(Vec<Vorm>),
}

impl Vorm {
    pub(super) fn is_getal(&self, value: Decimal) -> bool {
        matches!(self, Vorm::Getal(v) if *v == value)
    }

    /// How many leaves it has, up to a few more than `most`.
    pub(super) fn omvang(&self) -> usize {
        let mut count = 0;
        self.bladeren(&mut |_| count += 1);
        count
    }

    /// Calls for every step in it that has a cell.
    pub(super) fn bladeren(&self, see: &mut impl FnMut(u32)) {
        match self {
            Vorm::Getal(_) | Vorm::Cel(_) | Vorm::Zoek { .. } => {}
            Vorm::Knoop(n) => see(*n),
            Vorm::Som(terms) => {
                for (_, v) in terms {
                    v.bladeren(see);
                }
            }
            Vorm::Product(list) | Vorm::Kleinste(list) | Vorm::Grootste(list) => {
                for v in list {
                    v.bladeren(see);
                }
            }
            Vorm::Per(two) | Vorm::Macht(two) => {
                two.0.bladeren(see);
                two.1.bladeren(see);
            }
            Vorm::DelenOf(three) => {
                three.0.bladeren(see);
                three.1.bladeren(see);
                three.2.bladeren(see);
            }
            Vorm::Als(four) => {
                four.0.bladeren(see);
                four.1.bladeren(see);
                four.2.bladeren(see);
                four.3.bladeren(see);
            }
            Vorm::Rond(of, ..) => of.bladeren(see),
            Vorm::BijLaagste(series) => {
                for v in series {
                    v.bladeren(see);
                }
            }
        }
    }

    /// Changes the cells that stand in it, in products and quotients.
    pub(super) fn plaatsen(&mut self, change: &impl Fn(&mut Plek)) {
        match self {
            Vorm::Cel(plek) => change(plek),
            Vorm::Product(list) => {
                for v in list {
                    v.plaatsen(change);
                }
            }
            Vorm::Per(two) => {
                two.0.plaatsen(change);
                two.1.plaatsen(change);
            }
            _ => {}
        }
    }

    /// Calls for every cell that it names, in the order of the formula; of a list, its rows.
    pub(super) fn plekken(&self, of: &impl Fn(u32) -> Plek, see: &mut impl FnMut(Plek)) {
        match self {
            Vorm::Getal(_) => {}
            Vorm::Knoop(n) => see(of(*n)),
            Vorm::Cel(plek) => see(*plek),
            Vorm::Zoek { getallen, .. } => {
                for rij in getallen.0.rij..=getallen.1.rij {
                    see(Plek { rij, ..getallen.0 });
                }
            }
            Vorm::Som(terms) => {
                for (_, v) in terms {
                    v.plekken(of, see);
                }
            }
            Vorm::Product(list)
            | Vorm::Kleinste(list)
            | Vorm::Grootste(list)
            | Vorm::BijLaagste(list) => {
                for v in list {
                    v.plekken(of, see);
                }
            }
            Vorm::Per(two) | Vorm::Macht(two) => {
                two.0.plekken(of, see);
                two.1.plekken(of, see);
            }
            Vorm::DelenOf(three) => {
                three.0.plekken(of, see);
                three.1.plekken(of, see);
                three.2.plekken(of, see);
            }
            Vorm::Als(four) => {
                four.0.plekken(of, see);
                four.1.plekken(of, see);
                four.2.plekken(of, see);
                four.3.plekken(of, see);
            }
            Vorm::Rond(of_what, ..) => of_what.plekken(of, see),
        }
    }
}

/// A sum without zeroes and without sums in it.
pub(super) fn som(parts: impl IntoIterator<Item = (bool, Vorm)>) -> Vorm {
    let mut terms: Vec<(bool, Vorm)> = Vec::new();
    for (minus, part) in parts {
        match part {
            Vorm::Getal(v) if v.is_zero() => {}
            // The longest is the first: a chain of additions is taken over and not copied.
            Vorm::Som(inner) if terms.is_empty() && !minus => terms = inner,
            Vorm::Som(inner) => terms.extend(inner.into_iter().map(|(m, v)| (m != minus, v))),
            other => terms.push((minus, other)),
        }
    }
    match terms.len() {
        0 => Vorm::Getal(Decimal::ZERO),
        1 if !terms[0].0 => terms.swap_remove(0).1,
        _ => Vorm::Som(terms),
    }
}

/// A product without ones and without products in it.
pub(super) fn product(parts: impl IntoIterator<Item = Vorm>) -> Vorm {
    let mut factors = Vec::new();
    for part in parts {
        match part {
            Vorm::Getal(v) if v.is_zero() => return Vorm::Getal(Decimal::ZERO),
            Vorm::Getal(v) if v == Decimal::ONE => {}
            Vorm::Product(inner) => factors.extend(inner),
            other => factors.push(other),
        }
    }
    match factors.len() {
        0 => Vorm::Getal(Decimal::ONE),
        1 => factors.swap_remove(0),
        _ => Vorm::Product(factors),
    }
}

fn extreme(parts: impl IntoIterator<Item = Vorm>, least: bool) -> Vorm {
    let mut list: Vec<Vorm> = Vec::new();
    for part in parts {
        match part {
            Vorm::Kleinste(inner) if least => list.extend(inner),
            Vorm::Grootste(inner) if !least => list.extend(inner),
            other if list.contains(&other) => {}
            other => list.push(other),
        }
    }
    match (list.len(), least) {
        (1, _) => list.swap_remove(0),
        (_, true) => Vorm::Kleinste(list),
        (_, false) => Vorm::Grootste(list),
    }
}

/// The form of a step; `take` gives the form of an earlier one.
pub(super) fn van_stap(
    op: &Op,
    mut take: impl FnMut(u32) -> Vorm,
    mut vast: impl FnMut(Decimal) -> Vorm,
) -> Vorm {
    match op {
        Op::Input | Op::Constant => Vorm::Getal(Decimal::ZERO),
        Op::Same(a) => take(*a),
        Op::Add(a, b) => som([(false, take(*a)), (false, take(*b))]),
        Op::Sub(a, b) => som([(false, take(*a)), (true, take(*b))]),
        Op::Neg(a) => som([(true, take(*a))]),
        Op::Sum(list) => som(list.iter().map(|n| (false, take(*n)))),
        Op::Mul(a, b) => product([take(*a), take(*b)]),
        Op::Per(a, b) => match (take(*a), take(*b)) {
            (a, _) if a.is_getal(Decimal::ZERO) => a,
            (a, b) if b.is_getal(Decimal::ONE) => a,
            two => Vorm::Per(Box::new(two)),
        },
        Op::DivOr(a, b, c) => Vorm::DelenOf(Box::new((take(*a), take(*b), take(*c)))),
        Op::Min(a, b) => extreme([take(*a), take(*b)], true),
        Op::Max(a, b) => extreme([take(*a), take(*b)], false),
        Op::Lowest(list) => extreme(list.iter().map(|n| take(*n)), true),
        Op::WhenLowest(series, _) => Vorm::BijLaagste(series.iter().map(|n| take(*n)).collect()),
        Op::IfLess(a, b, c, d) => match (take(*a), take(*b)) {
            (Vorm::Getal(a), Vorm::Getal(b)) => take(if a < b { *c } else { *d }),
            (a, b) => {
                let (c, d) = (take(*c), take(*d));
                if c == d {
                    c
                } else {
                    Vorm::Als(Box::new((a, b, c, d)))
                }
            }
        },
        Op::Power(a, exponent) => {
            let base = take(*a);
            if *exponent == Decimal::ONE || base.is_getal(Decimal::ONE) {
                base
            } else if *exponent == dec!(0.5) {
                Vorm::Macht(Box::new((base, Vorm::Getal(*exponent))))
            } else {
                Vorm::Macht(Box::new((base, vast(*exponent))))
            }
        }
        Op::PowerBy(a, exponent) => Vorm::Macht(Box::new((take(*a), take(*exponent)))),
        Op::Round(a, digits, how) => Vorm::Rond(Box::new(take(*a)), *digits, *how),
    }
}

/// What writing a formula asks of the workbook.
pub(super) trait Kaart {
    /// The cell of a step.
    fn plek(&self, node: u32) -> Plek;
    /// Whether a cell holds nothing, or a zero that never changes.
    fn leeg(&self, plek: Plek) -> bool;
    /// Name of a sheet as a formula writes it, with the mark behind it.
    fn blad(&self, blad: u16) -> &str;
    /// What a sheet is.
    fn soort(&self, blad: u16) -> Soort;
    /// First column of a sheet of series that moves along when a formula is filled right.
    fn eerste(&self) -> u32;
    /// Row of the positions on every sheet of series.
    fn posities(&self) -> u32;
    /// Row of the periods on every sheet of series.
    fn koppen(&self) -> u32;
}

/// What a sheet is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Soort {
    /// Rows over the periods.
    Reeksen,
    /// A row per line, a column per word.
    Lijst,
    /// Single cells.
    Cellen,
}

/// How a cell is named: as a spreadsheet does, or relative to the cell that names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Schrift {
    A1,
    R1C1,
}

/// Writes formulas for one cell.
pub(super) struct Schrijver<'a, K> {
    pub kaart: &'a K,
    pub eigen: Plek,
    pub schrift: Schrift,
}

/// Two rows whose products are added up, or taken off when true.
type Paar = (bool, (u16, u32), (u16, u32));

/// Most arguments of a function.
const ARGUMENTEN: usize = 200;

impl<K: Kaart> Schrijver<'_, K> {
    fn cel(&self, plek: Plek, met_blad: bool) -> String {
        let kind = self.kaart.soort(plek.blad);
        let fixed = kind == Soort::Cellen;
        let sheet = if met_blad && plek.blad != self.eigen.blad {
            self.kaart.blad(plek.blad)
        } else {
            ""
        };
        let still = kind != Soort::Reeksen || plek.kolom < self.kaart.eerste();
        match self.schrift {
            Schrift::A1 => format!(
                "{sheet}{}{}{}{}",
                if still { "$" } else { "" },
                column_letters(plek.kolom),
                if fixed || plek.rij <= self.kaart.koppen() {
                    "$"
                } else {
                    ""
                },
                plek.rij + 1
            ),
            Schrift::R1C1 => {
                let column = if still {
                    format!("C{}", plek.kolom)
                } else {
                    format!("C[{}]", i64::from(plek.kolom) - i64::from(self.eigen.kolom))
                };
                format!("{sheet}R{}{column}", plek.rij)
            }
        }
    }

    fn bereik(&self, van: Plek, tot: Plek) -> String {
        if van == tot {
            self.cel(van, true)
        } else {
            format!("{}:{}", self.cel(van, true), self.cel(tot, false))
        }
    }

    /// Cells as ranges: those that touch, along a row or down a column; what lies between in a row may be empty.
    fn bereiken(&self, cells: &BTreeSet<Plek>) -> Vec<(Plek, Plek)> {
        let mut rows: BTreeMap<(u16, u32), Vec<u32>> = BTreeMap::new();
        for c in cells {
            rows.entry((c.blad, c.rij)).or_default().push(c.kolom);
        }
        // Along a row first, then ranges of the same columns in rows that follow each other.
        let mut stripes: Vec<(u16, u32, u32, u32, u32)> = Vec::new();
        for ((blad, rij), columns) in rows {
            let mut open: Option<(u32, u32)> = None;
            for k in columns {
                let bridged = open.is_some_and(|(_, end)| {
                    (end + 1..k).all(|between| {
                        let at = Plek {
                            blad,
                            rij,
                            kolom: between,
                        };
                        at != self.eigen && self.kaart.leeg(at)
                    })
                });
                open = match open {
                    Some((from, _)) if bridged => Some((from, k)),
                    Some((from, end)) => {
                        stripes.push((blad, rij, rij, from, end));
                        Some((k, k))
                    }
                    None => Some((k, k)),
                };
            }
            if let Some((from, end)) = open {
                stripes.push((blad, rij, rij, from, end));
            }
        }
        stripes.sort_by_key(|s| (s.0, s.3, s.4, s.1));
        let mut out: Vec<(u16, u32, u32, u32, u32)> = Vec::new();
        for s in stripes {
            if let Some(last) = out.last_mut()
                && (last.0, last.3, last.4, last.2 + 1) == (s.0, s.3, s.4, s.1)
            {
                last.2 = s.2;
            } else {
                out.push(s);
            }
        }
        out.into_iter()
            .map(|(blad, r1, r2, k1, k2)| {
                (
                    Plek {
                        blad,
                        rij: r1,
                        kolom: k1,
                    },
                    Plek {
                        blad,
                        rij: r2,
                        kolom: k2,
                    },
                )
            })
            .collect()
    }

    /// Cells as arguments of SUM, MIN or MAX.
    fn argumenten(&self, cells: &BTreeSet<Plek>) -> Vec<String> {
        self.bereiken(cells)
            .into_iter()
            .map(|(a, b)| self.bereik(a, b))
            .collect()
    }

    /// A function of many arguments, in groups where there are too many.
    fn functie(name: &str, mut arguments: Vec<String>) -> String {
        while arguments.len() > ARGUMENTEN {
            arguments = arguments
                .chunks(ARGUMENTEN)
                .map(|group| format!("{name}({})", group.join(",")))
                .collect();
        }
        format!("{name}({})", arguments.join(","))
    }

    /// Sorts the terms of a sum: cells by themselves, products of two rows, tests of a sign, and others.
    fn som(&self, terms: &[(bool, Vorm)]) -> (String, bool) {
        let mut cells: [BTreeSet<Plek>; 2] = Default::default();
        let mut pairs: BTreeMap<Paar, BTreeSet<u32>> = BTreeMap::new();
        let mut tests: BTreeSet<Plek> = BTreeSet::new();
        let mut rest: Vec<(bool, &Vorm)> = Vec::new();
        let series =
            |p: Plek| p.kolom >= self.kaart.eerste() && self.kaart.soort(p.blad) == Soort::Reeksen;
        for (minus, term) in terms {
            match term {
                Vorm::Knoop(n) if cells[usize::from(*minus)].insert(self.kaart.plek(*n)) => {}
                Vorm::Cel(plek) if cells[usize::from(*minus)].insert(*plek) => {}
                Vorm::Product(two) if two.len() == 2 => {
                    if let (Vorm::Knoop(a), Vorm::Knoop(b)) = (&two[0], &two[1]) {
                        let (a, b) = (self.kaart.plek(*a), self.kaart.plek(*b));
                        if a.kolom == b.kolom
                            && series(a)
                            && series(b)
                            && pairs
                                .entry((*minus, (a.blad, a.rij), (b.blad, b.rij)))
                                .or_default()
                                .insert(a.kolom)
                        {
                            continue;
                        }
                    }
                    rest.push((*minus, term));
                }
                Vorm::Als(four)
                    if !minus
                        && four.1.is_getal(Decimal::ZERO)
                        && four.2.is_getal(Decimal::ONE)
                        && four.3.is_getal(Decimal::ZERO) =>
                {
                    match &four.0 {
                        Vorm::Knoop(n) if tests.insert(self.kaart.plek(*n)) => {}
                        _ => rest.push((*minus, term)),
                    }
                }
                _ => rest.push((*minus, term)),
            }
        }
        let mut out: Vec<(bool, String)> = Vec::new();
        for (minus, group) in [(false, &cells[0]), (true, &cells[1])] {
            let ranges = self.bereiken(group);
            let wide = ranges.iter().any(|(a, b)| a != b);
            if wide || ranges.len() > 6 {
                out.push((minus, Self::functie("SUM", self.argumenten(group))));
            } else {
                out.extend(self.argumenten(group).into_iter().map(|a| (minus, a)));
            }
        }
        for ((minus, a, b), columns) in pairs {
            let at = |row: (u16, u32), kolom| Plek {
                blad: row.0,
                rij: row.1,
                kolom,
            };
            let mut open: Option<(u32, u32)> = None;
            let mut close = |span: Option<(u32, u32)>| {
                if let Some((from, to)) = span {
                    let one = self.bereik(at(a, from), at(a, to));
                    let two = self.bereik(at(b, from), at(b, to));
                    out.push((
                        minus,
                        if from == to {
                            format!("{one}*{two}")
                        } else {
                            format!("SUMPRODUCT({one},{two})")
                        },
                    ));
                }
            };
            for k in columns {
                let bridged = open.is_some_and(|(_, end)| {
                    (end + 1..k).all(|m| self.kaart.leeg(at(a, m)) || self.kaart.leeg(at(b, m)))
                });
                open = match open {
                    Some((from, _)) if bridged => Some((from, k)),
                    other => {
                        close(other);
                        Some((k, k))
                    }
                };
            }
            close(open);
        }
        for (from, to) in self.bereiken(&tests) {
            // Floats leave crumbs where decimals give zero: six decimals decide the sign.
            let range = self.bereik(from, to);
            out.push((false, format!("SUMPRODUCT((ROUND({range},6)<0)*1)")));
        }
        for (minus, term) in rest {
            out.push((minus, self.tekst(term, if minus { 2 } else { 1 })));
        }
        let mut text = String::new();
        // What is added goes before what is taken off.
        out.sort_by_key(|(minus, _)| *minus);
        let many = out.len();
        for (i, (minus, part)) in out.into_iter().enumerate() {
            text.push_str(match (i, minus) {
                (0, false) => "",
                (_, true) => "-",
                (_, false) => "+",
            });
            text.push_str(&part);
        }
        let single = many == 1 && !text.starts_with('-');
        (text, single)
    }

    fn lijst(&self, name: &str, parts: &[Vorm]) -> String {
        let mut cells = BTreeSet::new();
        let mut arguments = Vec::new();
        for part in parts {
            match part {
                Vorm::Knoop(n) => {
                    cells.insert(self.kaart.plek(*n));
                }
                other => arguments.push(self.tekst(other, 0)),
            }
        }
        // An empty cell counts for a sum and not for an extreme: no gaps are bridged here.
        let mut runs: Vec<(Plek, Plek)> = Vec::new();
        for cell in cells {
            match runs.last_mut() {
                Some((_, end))
                    if (end.blad, end.rij, end.kolom + 1) == (cell.blad, cell.rij, cell.kolom) =>
                {
                    *end = cell;
                }
                _ => runs.push((cell, cell)),
            }
        }
        let mut all: Vec<String> = runs
            .into_iter()
            .map(|(from, to)| self.bereik(from, to))
            .collect();
        all.extend(arguments);
        Self::functie(name, all)
    }

    /// A formula as text. `binding` is how tight the place is: 0 alone, 1 a term, 2 a factor or what is taken off, 3 a divisor or base.
    pub(super) fn tekst(&self, vorm: &Vorm, binding: u8) -> String {
        let brackets = |text: String, from: u8| {
            if binding >= from {
                format!("({text})")
            } else {
                text
            }
        };
        match vorm {
            Vorm::Getal(v) => {
                let text = v.normalize().to_string();
                if text.starts_with('-') {
                    brackets(text, 1)
                } else {
                    text
                }
            }
            Vorm::Knoop(n) => self.cel(self.kaart.plek(*n), true),
            Vorm::Cel(plek) => self.cel(*plek, true),
            Vorm::Zoek {
                laatste,
                perioden,
                getallen,
            } => {
                let own = self.cel(
                    Plek {
                        rij: self.kaart.koppen(),
                        ..self.eigen
                    },
                    true,
                );
                let periods = self.bereik(perioden.0, perioden.1);
                let numbers = self.bereik(getallen.0, getallen.1);
                if *laatste {
                    format!("LOOKUP({own},{periods},{numbers})")
                } else {
                    // As texts: a period may be a number in the one place and a text in the other.
                    format!("SUMPRODUCT(({periods}&\"\"={own}&\"\")*{numbers})")
                }
            }
            Vorm::Som(terms) => {
                let (text, single) = self.som(terms);
                if single {
                    brackets(text, 3)
                } else if text.starts_with('-') {
                    brackets(text, 1)
                } else {
                    brackets(text, 2)
                }
            }
            Vorm::Product(parts) => brackets(
                parts
                    .iter()
                    .map(|p| self.tekst(p, 2))
                    .collect::<Vec<_>>()
                    .join("*"),
                3,
            ),
            Vorm::Per(two) => brackets(
                format!("{}/{}", self.tekst(&two.0, 2), self.tekst(&two.1, 3)),
                3,
            ),
            Vorm::DelenOf(three) => {
                let by = self.tekst(&three.1, 0);
                format!(
                    "IF({by}=0,{},{}/{})",
                    self.tekst(&three.2, 0),
                    self.tekst(&three.0, 2),
                    self.tekst(&three.1, 3)
                )
            }
            Vorm::Kleinste(parts) => self.lijst("MIN", parts),
            Vorm::Grootste(parts) => self.lijst("MAX", parts),
            Vorm::Als(four) => format!(
                "IF({}<{},{},{})",
                self.tekst(&four.0, 1),
                self.tekst(&four.1, 1),
                self.tekst(&four.2, 0),
                self.tekst(&four.3, 0)
            ),
            // A minus before a base binds tighter than a power in a spreadsheet: bases are in brackets when they are no cell.
            Vorm::Macht(two) => {
                format!("{}^{}", self.tekst(&two.0, 3), self.tekst(&two.1, 3))
            }
            Vorm::Rond(of, digits, how) => {
                let name = match how {
                    Rounding::HalfAwayFromZero => "ROUND",
                    Rounding::Up => "ROUNDUP",
                    Rounding::Down => "ROUNDDOWN",
                };
                format!("{name}({},{digits})", self.tekst(of, 0))
            }
            Vorm::BijLaagste(series) => {
                let cells: BTreeSet<Plek> = series
                    .iter()
                    .filter_map(|v| match v {
                        Vorm::Knoop(n) => Some(self.kaart.plek(*n)),
                        _ => None,
                    })
                    .collect();
                let Some((first, last)) = cells.first().zip(cells.last()) else {
                    return "0".into();
                };
                let row = self.kaart.posities();
                let header = |p: &Plek| Plek { rij: row, ..*p };
                let range = self.bereik(*first, *last);
                format!(
                    "INDEX({},MATCH(MIN({range}),{range},0))",
                    self.bereik(header(first), header(last))
                )
            }
        }
    }
}

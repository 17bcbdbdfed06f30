//! The model compiled once: drivers resolved to slots, lines gathered into cells, the timeline laid out.
//!
//! A cell is all lines that share index group, payer, receiver, kind and delay; what is certain in it is one row, each
//! uncertain term another. Exact and fast read the same cells; explained reads one cell per line. Knows no rule but the
//! arithmetic of amounts (`cashflow`), and no distribution.

pub mod figuren;
mod grondwaarde;
pub mod verhaal;

use self::figuren::Figuur;
use self::verhaal::Invoer;
use crate::cashflow;
use crate::model::address::{Als, geen_rij};
use crate::model::verhaal::{Postsoort, Verrekening};
use crate::model::{Bedrag, HOOFD, Lijn, Model, Rol, Stroomsoort, Totaal, whole_periods};
use crate::number::{Exact, Of, to_f64};
use crate::problem::Problem;
use crate::timeline::{Periode, Timeline};
use rust_decimal::Decimal;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

/// One of the two ways in which an area is paid (design section 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Route {
    /// What the grondexploitatie, kostenverhaal and secured subsidies carry.
    Grex,
    /// On top of that, baathouders that contribute and a gebiedsfonds.
    Cofinanciering,
}

impl Route {
    /// Both, in order.
    pub const BEIDE: [Route; 2] = [Route::Grex, Route::Cofinanciering];

    /// Dutch name.
    pub fn naam(self) -> &'static str {
        match self {
            Route::Grex => "grex",
            Route::Cofinanciering => "cofinanciering",
        }
    }
}

/// What a scalar slot is drawn from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slot {
    /// A row of onzekerheden.
    Onzekerheid(usize),
    /// A row of risicos: zero, or its impact.
    Risico(usize),
}

/// A draw used on an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gebruik {
    /// The scalar slot.
    pub slot: usize,
    /// How.
    pub als: Als,
}

/// Every driver, resolved to what it changes.
#[derive(Debug, Clone, Default)]
pub struct Drijvers {
    /// Scalar draws.
    pub slots: Vec<Slot>,
    /// Yearly shocks: position in onzekerheden and persistence.
    pub schokken: Vec<(usize, Decimal)>,
    /// By line: column (or `bedrag` for the whole) and use.
    pub lijnen: HashMap<usize, Vec<(&'static str, Gebruik)>>,
    /// By index group: yearly shocks that add to its growth.
    pub groei_schok: Vec<Vec<usize>>,
    /// By index group: scalar draws that add to its growth, in one year or in all.
    pub groei: Vec<Vec<(Option<i32>, usize)>>,
    /// By deelgebied: a drawn delay.
    pub uitstel: Vec<Option<Gebruik>>,
    /// On the debit rate of the grondexploitatie.
    pub rente: Vec<Gebruik>,
    /// On its credit rate.
    pub creditrente: Vec<Gebruik>,
    /// On amounts of kostenverhaal that are no lines.
    pub verhaal: BTreeMap<Invoer, Vec<Gebruik>>,
}

/// What an onzekerheid on a table of kostenverhaal draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Doel {
    /// The amount of a line.
    Lijn(usize),
    /// An amount that is no line.
    Verhaal(Invoer),
}

impl Drijvers {
    /// Finds what every onzekerheid changes; what can't be uncertain is a problem.
    pub fn resolve(model: &Model) -> (Drijvers, Vec<Problem>) {
        let mut problems = Vec::new();
        let mut d = Drijvers {
            groei_schok: vec![Vec::new(); model.indexen.len()],
            groei: vec![Vec::new(); model.indexen.len()],
            uitstel: vec![None; model.deelgebieden.len()],
            ..Drijvers::default()
        };
        for (i, o) in model.onzekerheden.iter().enumerate() {
            let wrong = |code, message: String| {
                Problem::error(code, format!("onzekerheid \"{}\": {message}", o.id)).at(&o.place)
            };
            let doel = &o.doel;
            let nothing = |names: Vec<&str>| {
                let problem = wrong(
                    "unknown-reference",
                    format!("no row of {} fits \"{}\"", doel.table, doel.key),
                );
                geen_rij(problem, doel, &names, model.tables.table(doel.table))
            };
            match (doel.table, doel.column) {
                ("indexen", "groei") => {
                    let groups: Vec<usize> = (0..model.indexen.len())
                        .filter(|g| doel.matches(&model.indexen[*g].naam))
                        .collect();
                    if groups.is_empty() {
                        problems.push(nothing(
                            model.indexen.iter().map(|g| g.naam.as_str()).collect(),
                        ));
                    }
                    if let (Some(phi), None) = (o.per_jaar, doel.year) {
                        for g in groups {
                            d.groei_schok[g].push(d.schokken.len());
                        }
                        d.schokken.push((i, phi));
                    } else {
                        for g in groups {
                            d.groei[g].push((doel.year, d.slots.len()));
                        }
                        d.slots.push(Slot::Onzekerheid(i));
                    }
                }
                ("deelgebieden", "uitstel") => {
                    let per_year = model.gebied.tijdstap.per_year();
                    let whole = o.verdeling.waarden().is_some_and(|values| {
                        values.iter().all(|(v, _)| {
                            whole_periods(*v, per_year).is_some_and(|n| (0..=200).contains(&n))
                        })
                    });
                    if !whole || o.als == Als::Factor {
                        problems.push(
                            wrong(
                                "delay-not-discrete",
                                "an uitstel is drawn as discreet or by a regime, in whole periods of zero or more"
                                    .into(),
                            )
                            .fix("set verdeling = discreet and waarden = 0: 60%; 1: 25%; 2: 15%"),
                        );
                        continue;
                    }
                    let found: Vec<usize> = (0..model.deelgebieden.len())
                        .filter(|k| doel.matches(&model.deelgebieden[*k].deelgebied))
                        .collect();
                    if found.is_empty() {
                        problems.push(nothing(
                            model
                                .deelgebieden
                                .iter()
                                .map(|k| k.deelgebied.as_str())
                                .collect(),
                        ));
                    }
                    for k in found {
                        if d.uitstel[k].is_some() {
                            problems.push(
                                wrong(
                                    "drawn-twice",
                                    format!(
                                        "the uitstel of \"{}\" is drawn by another onzekerheid too",
                                        model.deelgebieden[k].deelgebied
                                    ),
                                )
                                .fix("keep one of the two")
                                .and(first_of(
                                    model,
                                    &d.slots,
                                    d.uitstel[k],
                                )),
                            );
                        }
                        d.uitstel[k] = Some(Gebruik {
                            slot: d.slots.len(),
                            als: o.als,
                        });
                    }
                    d.slots.push(Slot::Onzekerheid(i));
                }
                ("gebied", "rente" | "creditrente") => {
                    let use_ = Gebruik {
                        slot: d.slots.len(),
                        als: o.als,
                    };
                    if doel.column == "rente" {
                        d.rente.push(use_);
                        // A credit rate that follows the debit rate keeps following it.
                        if model.gebied.creditrente == model.gebied.rente {
                            d.creditrente.push(use_);
                        }
                    } else {
                        d.creditrente.push(use_);
                    }
                    d.slots.push(Slot::Onzekerheid(i));
                }
                (table, column)
                    if crate::model::LINE_TABLES.contains(&table) && table != "risicos" =>
                {
                    let slot = d.slots.len();
                    d.slots.push(Slot::Onzekerheid(i));
                    // The raming of an owner's work is published: it has the row of the work, and no draw changes it.
                    let owners = &model.verhaal.eigendommen;
                    let ramingen: Vec<usize> = owners
                        .iter()
                        .flat_map(|e| e.werken.iter().filter_map(|w| w.raming))
                        .collect();
                    let lines: Vec<usize> = (0..model.lijnen.len())
                        .filter(|l| {
                            let lijn = &model.lijnen[*l];
                            lijn.tabel == table && !ramingen.contains(l) && doel.matches(&lijn.rij)
                        })
                        .collect();
                    if lines.is_empty() {
                        problems.push(nothing(
                            model
                                .lijnen
                                .iter()
                                .filter(|l| l.tabel == table)
                                .map(|l| l.rij.as_str())
                                .collect(),
                        ));
                    }
                    let mut used = lines.is_empty();
                    for l in lines {
                        // What is a share of other posts of a valuation follows them.
                        if table == "stichtingskosten"
                            && column == "bedrag"
                            && doel.is_pattern()
                            && !matches!(model.lijnen[l].bedrag, Bedrag::Product(_))
                        {
                            used = true;
                            continue;
                        }
                        // A percentage whose lines all fit the same pattern follows them (as in `scenario`).
                        if let Bedrag::Opslag { over, .. } = &model.lijnen[l].bedrag
                            && column == "bedrag"
                            && doel.is_pattern()
                            && !over.is_empty()
                            && over.iter().all(|j| doel.matches(&model.lijnen[*j].rij))
                        {
                            used = true;
                            continue;
                        }
                        match place_of(model, &model.lijnen[l], column, o.als) {
                            Ok(Some(target)) => {
                                used = true;
                                let list = d.lijnen.entry(l).or_default();
                                if let Some((_, first)) = list.iter().find(|(t, g)| {
                                    *t == target && (g.als != Als::Factor || o.als != Als::Factor)
                                }) {
                                    let problem = wrong(
                                        "drawn-twice",
                                        format!(
                                            "{column} of \"{}\" is drawn by another onzekerheid too",
                                            model.lijnen[l].id
                                        ),
                                    );
                                    problems.push(problem.and(first_of(model, &d.slots, Some(*first))).fix("keep one of the two; they can work together only when both are factors"));
                                }
                                list.push((target, Gebruik { slot, als: o.als }));
                            }
                            Ok(None) => {}
                            Err(reason) => {
                                used = true;
                                problems.push(wrong("cannot-be-drawn", reason).fix(
                                    if o.als == Als::Factor {
                                        "name another column"
                                    } else {
                                        "set als = factor, or name another column"
                                    },
                                ));
                            }
                        }
                    }
                    if !used {
                        problems.push(wrong("cannot-be-drawn", format!("no row of {table} that fits \"{}\" has an amount, price or quantity in {column}", doel.key)).allowed(DRAWABLE).fix("name the column that the amount is made of"));
                    }
                }
                (table, column) => {
                    if let Some(names) = verhaal::rijen(model, table, column) {
                        d.kostenverhaal(model, i, &names, &mut problems);
                        continue;
                    }
                    let why = verhaal::vast(table, column);
                    let because = why.map_or_else(String::new, |(why, _)| format!(": {why}"));
                    let mend = "name another input, or give its values in table scenarios";
                    let text = format!("{doel} can't be uncertain{because}");
                    problems.push(
                        wrong("cannot-be-drawn", text)
                            .allowed(DRAWABLE)
                            .fix(why.map_or(mend, |(_, mend)| mend)),
                    );
                }
            }
        }
        for r in 0..model.risicos.len() {
            d.lijnen.entry(model.risicos[r].lijn).or_default().push((
                "bedrag",
                Gebruik {
                    slot: d.slots.len(),
                    als: Als::Waarde,
                },
            ));
            d.slots.push(Slot::Risico(r));
        }
        (d, problems)
    }

    /// Finds what an onzekerheid on a table of kostenverhaal changes; `names` are the rows of that table.
    fn kostenverhaal(
        &mut self,
        model: &Model,
        i: usize,
        names: &[&str],
        problems: &mut Vec<Problem>,
    ) {
        let o = &model.onzekerheden[i];
        let (doel, slot) = (&o.doel, self.slots.len());
        let wrong = |code, message: String| {
            Problem::error(code, format!("onzekerheid \"{}\": {message}", o.id)).at(&o.place)
        };
        self.slots.push(Slot::Onzekerheid(i));
        let rows: Vec<usize> = (0..names.len())
            .filter(|row| doel.matches(names[*row]))
            .collect();
        if rows.is_empty() {
            let problem = wrong(
                "unknown-reference",
                format!("no row of {} fits \"{}\"", doel.table, doel.key),
            );
            let table = model.tables.table(doel.table);
            problems.push(geen_rij(problem, doel, names, table));
            return;
        }
        let mut used = false;
        for row in rows {
            match verhaal::doel(model, doel.table, row, doel.column, o.als) {
                Ok(None) => {}
                Ok(Some(target)) => {
                    used = true;
                    let gebruik = Gebruik { slot, als: o.als };
                    if let Some(first) = self.eerder(target, o.als) {
                        let text = format!(
                            "{} of \"{}\" is drawn by another onzekerheid too",
                            doel.column, names[row]
                        );
                        problems.push(
                            wrong("drawn-twice", text)
                                .and(first_of(model, &self.slots, Some(first)))
                                .fix("keep one of the two; they can work together only when both are factors"),
                        );
                    }
                    match target {
                        Doel::Lijn(l) => {
                            self.lijnen.entry(l).or_default().push(("bedrag", gebruik));
                        }
                        Doel::Verhaal(invoer) => {
                            self.verhaal.entry(invoer).or_default().push(gebruik);
                        }
                    }
                }
                Err(reason) => {
                    used = true;
                    problems.push(wrong("cannot-be-drawn", reason).fix(
                        if doel.column == "overeenkomst" {
                            "name bedrag of that line of opbrengsten"
                        } else {
                            "set als = factor, or name one of its parts"
                        },
                    ));
                }
            }
        }
        // A scenario may fill it or take it away: then the draw waits.
        if !used {
            let text = format!(
                "onzekerheid \"{}\" draws nothing: no row of {} that fits \"{}\" has an amount in {} that counts",
                o.id, doel.table, doel.key, doel.column
            );
            problems.push(
                Problem::warning("draws-nothing", text)
                    .at(&o.place)
                    .fix(match doel.column {
                        "maximum" | "raming" => "without a tijdvak it counts, a maximum of an area with maximum_aftopt = ja; or drop the onzekerheid",
                        _ => "fill it in the model, name the column that the amount is in, or drop the onzekerheid",
                    }),
            );
        }
    }

    /// An earlier draw of the same amount that a draw can't work together with: only factors can.
    fn eerder(&self, doel: Doel, als: Als) -> Option<Gebruik> {
        let clash = |g: &Gebruik| g.als != Als::Factor || als != Als::Factor;
        match doel {
            Doel::Lijn(l) => {
                let mut uses = self.lijnen.get(&l)?.iter().map(|(_, g)| *g);
                uses.find(clash)
            }
            Doel::Verhaal(invoer) => self.verhaal.get(&invoer)?.iter().copied().find(clash),
        }
    }

    /// The draws that work on an amount of kostenverhaal, in the order of the onzekerheden.
    pub fn op(&self, invoer: Invoer) -> &[Gebruik] {
        self.verhaal.get(&invoer).map_or(&[], Vec::as_slice)
    }

    /// Whether anything is drawn.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty() && self.schokken.is_empty()
    }

    /// Delay of a deelgebied before any draw, in periods.
    fn uitstel_vooraf(&self, model: &Model, deelgebied: usize) -> i32 {
        match self.uitstel.get(deelgebied).copied().flatten() {
            // A drawn delay that replaces the given one leaves nothing to shift beforehand.
            Some(Gebruik {
                als: Als::Waarde, ..
            }) => 0,
            _ => model.deelgebieden[deelgebied].uitstel_perioden,
        }
    }

    /// Largest drawn delay of a deelgebied, in periods.
    fn uitstel_max(&self, model: &Model, deelgebied: usize) -> u32 {
        let Some(gebruik) = self.uitstel[deelgebied] else {
            return 0;
        };
        let Slot::Onzekerheid(o) = self.slots[gebruik.slot] else {
            return 0;
        };
        let high = model.onzekerheden[o]
            .verdeling
            .bounds()
            .map_or(Decimal::ZERO, |b| b.1);
        whole_periods(high, model.gebied.tijdstap.per_year())
            .and_then(|n| u32::try_from(n).ok())
            .unwrap_or(0)
    }
}

/// What can be uncertain.
const DRAWABLE: &str = "amounts, prices, quantities and percentages of lines; index[...].groei; deelgebied[...].uitstel; gebied.rente and gebied.creditrente; inbrengwaarde with its parts, overeenkomst and maximum of eigendom[...]; plankosten_maximum, raming and maximum of kostenverhaal[...]";

/// Where the onzekerheid stands that already draws an input.
fn first_of<'m>(
    model: &'m Model,
    slots: &[Slot],
    first: Option<Gebruik>,
) -> &'m crate::problem::Place {
    let position = first.map_or(0, |g| match slots.get(g.slot) {
        Some(Slot::Onzekerheid(o)) => *o,
        _ => 0,
    });
    &model.onzekerheden[position].place
}

/// What part of a line's amount a column is: the factor of that name, or `bedrag` for the whole. Nothing when the line does not
/// have the column at all (a pattern may name lines of several makes).
fn place_of(
    model: &Model,
    lijn: &Lijn,
    column: &'static str,
    als: Als,
) -> Result<Option<&'static str>, String> {
    match &lijn.bedrag {
        Bedrag::Product(factors) => {
            if let Some(f) = factors.iter().find(|f| f.kolom == column) {
                return Ok(Some(f.kolom));
            }
            if column == "bedrag" {
                return if als == Als::Factor {
                    Ok(Some("bedrag"))
                } else {
                    Err(format!(
                        "bedrag of \"{}\" is made of {}: only a factor can be drawn on it",
                        lijn.id,
                        factors
                            .iter()
                            .map(|f| f.kolom)
                            .collect::<Vec<_>>()
                            .join(" x ")
                    ))
                };
            }
            Ok(None)
        }
        Bedrag::Verrekend(_) => Ok(None),
        Bedrag::Opslag { .. } => match column {
            "percentage" => Ok(Some("percentage")),
            "bedrag" if als == Als::Factor => Ok(Some("bedrag")),
            "bedrag" => Err(format!(
                "\"{}\" is a percentage of other lines: only a factor can be drawn on its bedrag",
                lijn.id
            )),
            _ => Ok(None),
        },
        Bedrag::Waardering { .. } | Bedrag::Waarde { .. } => {
            grondwaarde::place_of(model, lijn, column, als)
        }
    }
}

/// How far lines are gathered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Diepte {
    /// One cell per line: for explained.
    Lijn,
    /// By opgave and maatregel too: for the exact record.
    Opgave,
    /// As far as accounts need: for draws.
    Rekening,
}

/// An uncertain amount: fixed weights by position times a product of draws, each plus a fixed part.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// First position.
    pub eerste: usize,
    /// Weights from there on, in euro at prijspeil.
    pub gewichten: Vec<Decimal>,
    /// Slots and what is added to each.
    pub maal: Vec<(usize, Decimal)>,
}

/// Lines that move together.
#[derive(Debug, Clone, PartialEq)]
pub struct Cel {
    /// Deelgebied whose drawn delay moves it; nothing when none is drawn.
    pub deelgebied: Option<usize>,
    /// Index group.
    pub index: Option<usize>,
    /// Account that pays.
    pub van: usize,
    /// Account that receives.
    pub naar: usize,
    /// Position in [`Plan::delen`], when it is a flow of the main account and that is divided.
    pub deel: Option<usize>,
    /// Kind of flow.
    pub soort: Stroomsoort,
    /// Opgave; nothing when folded over opgaven.
    pub opgave: Option<usize>,
    /// Maatregel; nothing when folded over them.
    pub maatregel: Option<usize>,
    /// Position in [`Plan::vraag`]: what the fund is asked to pay of it.
    pub vraag: Option<usize>,
    /// Whether it is a contribution of a baathouder.
    pub bijdrage: bool,
    /// Position in [`Plan::postlijsten`]: what it counts for in kostenverhaal.
    pub posten: Option<usize>,
    /// The settlement that it is: its terms are shares of that.
    pub verrekend: Option<Verrekening>,
    /// The line, when it holds one only.
    pub lijn: Option<usize>,
    /// Certain amounts at prijspeil by position.
    pub vast: Vec<Decimal>,
    /// Uncertain ones.
    pub termen: Vec<Term>,
}

impl Cel {
    /// The positions that its amounts lie in, before any drawn delay: from, and just after.
    pub fn span(&self) -> (usize, usize) {
        let certain = self
            .vast
            .iter()
            .position(|v| !v.is_zero())
            .zip(self.vast.iter().rposition(|v| !v.is_zero()).map(|i| i + 1));
        let terms = self
            .termen
            .iter()
            .map(|t| (t.eerste, t.eerste + t.gewichten.len()));
        certain
            .into_iter()
            .chain(terms)
            .reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
            .unwrap_or((0, 0))
    }
}

/// A maatregel that asks the fund.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Vraag {
    /// Position in maatregelen.
    pub maatregel: usize,
    /// Account that is paid.
    pub drager: usize,
}

/// What is added up for kostenverhaal: all that counts as one thing in an area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Post {
    /// Area.
    pub gebied: usize,
    /// As what.
    pub soort: Postsoort,
    /// The line, in a plan of lines.
    pub lijn: Option<usize>,
}

/// A model compiled for one route.
#[derive(Debug, Clone)]
pub struct Plan<'a> {
    /// The model.
    pub model: &'a Model,
    /// The route.
    pub route: Route,
    /// How far lines are gathered.
    pub diepte: Diepte,
    /// Periods.
    pub timeline: Timeline,
    /// Drivers; empty for a plan without uncertainty.
    pub drijvers: Drijvers,
    /// Cells.
    pub cellen: Vec<Cel>,
    /// Maatregelen that ask the fund, in order of payment.
    pub vraag: Vec<Vraag>,
    /// Whether the fund exists in this route.
    pub fonds: bool,
    /// Position just after the last period that the main account certainly runs.
    pub eind: usize,
    /// Deelgebieden whose drawn delay can lengthen it, with the last position of their flows before the delay.
    pub eind_met: Vec<(usize, usize)>,
    /// Risks that lengthen it when they happen: their slot, a deelgebied whose drawn delay moves them, and their position before it.
    pub eind_risico: Vec<(usize, Option<usize>, usize)>,
    /// Position just after the last period that it can run.
    pub eind_uiterst: usize,
    /// First position that counts for the main account.
    pub begin: usize,
    /// By account: given boekwaarde.
    pub opening: Vec<Vec<crate::number::Quantity>>,
    /// The parts that the main account is divided in: deelgebieden in the order of their table, then what lies in none. Empty when
    /// there is only one and nobody asks for it.
    pub delen: Vec<Option<usize>>,
    /// By deel: given boekwaarde.
    pub deel_opening: Vec<Vec<crate::number::Quantity>>,
    /// Whether the fund lends to delen.
    pub leningen: bool,
    /// What is added up for kostenverhaal.
    pub posten: Vec<Post>,
    /// What flows count for: posts, each with its position in the posts of the model, which say what part counts.
    pub postlijsten: Vec<Vec<(usize, usize)>>,
    /// The figures of settlements that draws keep.
    pub figuren: Vec<Figuur>,
    /// By line: position in the lists.
    postlijst_van: Vec<Option<usize>>,
}

/// Most uncertain terms that the percentages of a plan can have together: percentages of percentages multiply them.
const MAX_TERMS: usize = 20_000;

/// Counts the uncertain terms of a line that is made of others, and refuses too many.
fn count_terms(lijn: &Lijn, out: &[Expansie], terms: &mut usize) -> Result<(), Problem> {
    *terms += out.iter().filter(|part| !part.maal.is_empty()).count();
    if *terms > MAX_TERMS {
        let problem = Problem::error(
            "model-too-large",
            format!(
                "\"{}\" is a percentage of lines with too many different onzekerheden",
                lijn.id
            ),
        )
        .at(&lijn.place);
        return Err(problem
            .allowed(format!(
                "at most {MAX_TERMS} products of draws in all percentages together"
            ))
            .fix("give lines that are alike one onzekerheid with a pattern as doel"));
    }
    Ok(())
}

/// Position of a period; what lies before the first is taken there.
fn position(timeline: &Timeline, p: Periode) -> usize {
    (p.0 - timeline.first.0).max(0) as usize
}

impl<'a> Plan<'a> {
    /// By how many periods a deelgebied is later before any draw.
    pub(crate) fn uitstel(&self, deelgebied: usize) -> i32 {
        self.drijvers.uitstel_vooraf(self.model, deelgebied)
    }

    /// Position of a period; what lies before the first is taken there.
    pub(crate) fn positie(&self, p: Periode) -> usize {
        position(&self.timeline, p)
    }

    /// Compiles a model for a route, with its uncertain inputs or without.
    pub fn new(
        model: &'a Model,
        route: Route,
        diepte: Diepte,
        drijvers: Drijvers,
    ) -> Result<Plan<'a>, Problem> {
        let g = &model.gebied;
        let m = g.tijdstap.per_year();
        let counts = |l: &Lijn| Plan::counts(model, route, l);
        let first = model
            .lijnen
            .iter()
            .filter(|l| counts(l))
            .flat_map(|l| l.realisatie.iter().map(|(p, _)| *p))
            .chain(model.verhaal.gebieden.iter().map(|a| a.waardeperiode(g)))
            .min()
            .unwrap_or(g.peil)
            .min(g.peil);
        let horizon_end = ((g.horizon + 1) * m - first.0) as usize;
        let drawn = !drijvers.is_empty();
        let shifts: Vec<i32> = (0..model.deelgebieden.len())
            .map(|k| drijvers.uitstel_vooraf(model, k))
            .collect();
        let shift = |k: usize| shifts[k];
        let longest = (0..model.deelgebieden.len())
            .map(|k| {
                shift(k).max(0)
                    + if drawn {
                        drijvers.uitstel_max(model, k) as i32
                    } else {
                        0
                    }
            })
            .max()
            .unwrap_or(0);
        let timeline = Timeline {
            stap: g.tijdstap,
            first,
            peil: (g.peil.0 - first.0) as usize,
            grex_end: ((g.eindjaar + 1) * m - first.0) as usize,
            horizon_end,
            len: horizon_end + longest as usize,
        };
        let fonds = route == Route::Cofinanciering && model.fonds.is_some();
        let mut order: Vec<usize> = (0..model.maatregelen.len())
            .filter(|i| fonds && !model.maatregelen[*i].dekking_fonds.value.is_zero())
            .collect();
        order.sort_by_key(|i| (model.maatregelen[*i].volgorde, *i));
        let vraag: Vec<Vraag> = order
            .iter()
            .map(|i| Vraag {
                maatregel: *i,
                drager: model.maatregelen[*i].drager,
            })
            .collect();

        let mut plan = Plan {
            model,
            route,
            diepte,
            begin: 0,
            eind: timeline.grex_end,
            eind_met: Vec::new(),
            eind_risico: Vec::new(),
            eind_uiterst: timeline.grex_end,
            timeline,
            drijvers,
            cellen: Vec::new(),
            vraag,
            fonds,
            opening: vec![Vec::new(); model.rekeningen.len()],
            delen: Vec::new(),
            deel_opening: Vec::new(),
            leningen: false,
            posten: Vec::new(),
            postlijsten: Vec::new(),
            figuren: Vec::new(),
            postlijst_van: vec![None; model.lijnen.len()],
        };
        plan.verdelen();
        plan.verhalen();
        plan.figuren = figuren::altijd(&plan);
        for b in &model.boekwaarden {
            plan.opening[b.rekening].push(b.bedrag.clone());
            if b.rekening == HOOFD
                && let Some(deel) = plan.deel(b.deelgebied)
            {
                plan.deel_opening[deel].push(b.bedrag.clone());
            }
        }
        if let Some(f) = model
            .fonds
            .as_ref()
            .filter(|f| fonds && !f.beginsaldo.value.is_zero())
        {
            // What the fund has at peildatum is its party's, as a boekwaarde below zero is.
            plan.opening[f.rekening].push(crate::number::Quantity {
                value: -f.beginsaldo.value,
                place: f.beginsaldo.place.clone(),
            });
        }
        if !plan.opening[HOOFD].is_empty() {
            plan.begin = plan.timeline.peil;
        }
        let expanded = plan.expand_all()?;
        let mut keys: HashMap<CelKey, usize> = HashMap::new();
        // What is settled between parties is known when all other flows are: those cells come last.
        let settled = |l: &Lijn| matches!(l.bedrag, Bedrag::Verrekend(_));
        let lines = || model.lijnen.iter().enumerate();
        for (l, lijn) in lines()
            .filter(|(_, l)| !settled(l))
            .chain(lines().filter(|(_, l)| settled(l)))
        {
            // A risk is nothing unless a draw says that it happens.
            if counts(lijn) && (drawn || lijn.rol != Rol::Risico) {
                plan.gather(l, lijn, &expanded[l], &shift, &mut keys)?;
            }
        }
        plan.find_end(&shift);
        Ok(plan)
    }

    /// Divides the main account over the deelgebieden that have something on it, in any route: routes are compared by deel.
    fn verdelen(&mut self) {
        let model = self.model;
        let mut used = vec![false; model.deelgebieden.len() + 1];
        let rest = model.deelgebieden.len();
        for lijn in &model.lijnen {
            if lijn.van == HOOFD || lijn.naar == HOOFD {
                used[lijn.deelgebied.unwrap_or(rest)] = true;
            }
        }
        for b in model.boekwaarden.iter().filter(|b| b.rekening == HOOFD) {
            used[b.deelgebied.unwrap_or(rest)] = true;
        }
        for maatregel in model.maatregelen.iter().filter(|m| m.drager == HOOFD) {
            used[maatregel.deelgebied.unwrap_or(rest)] = true;
        }
        if model.fonds.as_ref().is_some_and(|f| f.organisatie == HOOFD) {
            used[rest] = true;
        }
        let parts = used.iter().filter(|u| **u).count();
        if parts > 1 || (parts == 1 && model.gebied.rente_per_deelgebied) {
            let places = (0..rest).map(Some).chain([None]);
            self.delen = places
                .zip(used)
                .filter_map(|(d, u)| u.then_some(d))
                .collect();
        }
        self.deel_opening = vec![Vec::new(); self.delen.len()];
        let lends =
            |d: &Option<usize>| d.is_some_and(|k| model.deelgebieden[k].leenplafond.is_some());
        self.leningen = self.fonds && self.delen.iter().any(lends);
    }

    /// Lists for every line what it counts for in kostenverhaal; lines that count for the same share a list.
    fn verhalen(&mut self) {
        let posten = &self.model.verhaal.posten;
        let mut of_line: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (p, post) in posten.iter().enumerate() {
            of_line.entry(post.lijn).or_default().push(p);
        }
        let mut known: HashMap<Post, usize> = HashMap::new();
        let mut lists: HashMap<Vec<(usize, Decimal)>, usize> = HashMap::new();
        for (lijn, own) in of_line {
            if !Plan::counts(self.model, self.route, &self.model.lijnen[lijn]) {
                continue;
            }
            let mut list = Vec::with_capacity(own.len());
            let mut key = Vec::with_capacity(own.len());
            for p in own {
                let post = Post {
                    gebied: posten[p].gebied,
                    soort: posten[p].soort,
                    lijn: (self.diepte == Diepte::Lijn).then_some(lijn),
                };
                let next = self.posten.len();
                let at = *known.entry(post).or_insert(next);
                if at == next {
                    self.posten.push(post);
                }
                list.push((at, p));
                key.push((at, posten[p].aandeel()));
            }
            let next = self.postlijsten.len();
            let at = *lists.entry(key).or_insert(next);
            if at == next {
                self.postlijsten.push(list);
            }
            self.postlijst_van[lijn] = Some(at);
        }
    }

    /// The part of the main account that a deelgebied is; nothing when the account is not divided.
    pub fn deel(&self, deelgebied: Option<usize>) -> Option<usize> {
        self.delen.iter().position(|d| *d == deelgebied)
    }

    /// Dutch name of a part of the main account.
    pub fn deel_naam(&self, deel: usize) -> &str {
        self.delen[deel].map_or("overig", |k| &self.model.deelgebieden[k].deelgebied)
    }

    /// Largest drawn delay of a deelgebied, in periods; none for flows that no draw moves.
    pub fn uitstel_max(&self, deelgebied: Option<usize>) -> usize {
        deelgebied.map_or(0, |k| self.drijvers.uitstel_max(self.model, k) as usize)
    }

    /// Whether both routes of a model are the same by construction: no fund, and no line that only one of them has.
    pub fn routes_gelijk(model: &Model) -> bool {
        let counts = |l: &Lijn| Plan::counts(model, Route::Grex, l);
        model.fonds.is_none() && model.lijnen.iter().all(counts)
    }

    /// Whether a line exists in a route.
    pub fn counts(model: &Model, route: Route, lijn: &Lijn) -> bool {
        if route == Route::Cofinanciering {
            return true;
        }
        let fonds = model.fonds.as_ref().map(|f| f.rekening);
        lijn.rol != Rol::Bijdrage
            && lijn.maatregel.is_none_or(|m| model.maatregelen[m].in_grex)
            && Some(lijn.van) != fonds
            && Some(lijn.naar) != fonds
    }

    /// The amounts of all lines as sums of products of draws.
    fn expand_all(&self) -> Result<Vec<Vec<Expansie>>, Problem> {
        let mut known: Vec<Option<Vec<Expansie>>> = vec![None; self.model.lijnen.len()];
        let mut terms = 0;
        for l in 0..self.model.lijnen.len() {
            self.expand(l, &mut known, &mut terms)?;
        }
        Ok(known.into_iter().map(Option::unwrap_or_default).collect())
    }

    fn expand(
        &self,
        l: usize,
        known: &mut Vec<Option<Vec<Expansie>>>,
        terms: &mut usize,
    ) -> Result<(), Problem> {
        if known[l].is_some() {
            return Ok(());
        }
        let lijn = &self.model.lijnen[l];
        if matches!(
            lijn.bedrag,
            Bedrag::Waardering { .. } | Bedrag::Waarde { .. }
        ) {
            return self.expand_waarde(l, known, terms);
        }
        let none = Vec::new();
        let uses = self.drijvers.lijnen.get(&l).unwrap_or(&none);
        let mut maal: Vec<(usize, Decimal)> = Vec::new();
        let mut certain = |kolom: &str, waarde: Decimal| -> Option<Decimal> {
            let mut keep = Some(waarde);
            for (_, gebruik) in uses.iter().filter(|(t, _)| *t == kolom) {
                match gebruik.als {
                    Als::Factor => maal.push((gebruik.slot, Decimal::ZERO)),
                    Als::Waarde => {
                        maal.push((gebruik.slot, Decimal::ZERO));
                        keep = None;
                    }
                    Als::Verschuiving => {
                        maal.push((gebruik.slot, waarde));
                        keep = None;
                    }
                }
            }
            keep
        };
        let of = Of::Lijn(l as u16);
        let too_large = || {
            Problem::error(
                "too-large",
                format!(
                    "the amount of \"{}\" is too large to calculate with",
                    lijn.id
                ),
            )
            .at(&lijn.place)
            .fix("check the quantity and the price")
        };
        let mut out = Vec::new();
        match &lijn.bedrag {
            Bedrag::Product(factors) => {
                let whole = !factors.iter().any(|f| f.kolom == "bedrag");
                let mut parts: Vec<Exact> = factors
                    .iter()
                    .filter_map(|f| certain(f.kolom, f.waarde.value))
                    .map(Exact::from)
                    .collect();
                if whole {
                    certain("bedrag", Decimal::ONE);
                }
                if parts.is_empty() {
                    parts.push(Exact::from(Decimal::ONE));
                }
                let amount = cashflow::product(&parts, of).0.ok_or_else(too_large)?;
                out.push(Expansie {
                    bedrag: amount,
                    maal,
                });
            }
            // Its terms are shares of what is settled.
            Bedrag::Verrekend(_) => out.push(Expansie {
                bedrag: Decimal::ONE,
                maal: Vec::new(),
            }),
            Bedrag::Opslag { percentage, over } => {
                let rate = certain("percentage", percentage.value).unwrap_or(Decimal::ONE);
                certain("bedrag", Decimal::ONE);
                let mut places: HashMap<Vec<(usize, Decimal)>, usize> = HashMap::new();
                for j in over {
                    self.expand(*j, known, terms)?;
                    for part in known[*j].as_ref().into_iter().flatten() {
                        let amount =
                            cashflow::opslag(Exact::from(rate), &[Exact::from(part.bedrag)], of)
                                .0
                                .ok_or_else(too_large)?;
                        let maal: Vec<_> = part.maal.iter().chain(&maal).copied().collect();
                        // What is equally uncertain is one term.
                        match places.entry(maal) {
                            Entry::Occupied(place) => {
                                let sum: &mut Expansie = &mut out[*place.get()];
                                sum.bedrag =
                                    sum.bedrag.checked_add(amount).ok_or_else(too_large)?;
                            }
                            Entry::Vacant(place) => {
                                out.push(Expansie {
                                    bedrag: amount,
                                    maal: place.key().clone(),
                                });
                                place.insert(out.len() - 1);
                            }
                        }
                        if out.len() > MAX_TERMS {
                            break;
                        }
                    }
                }
                count_terms(lijn, &out, terms)?;
            }
            // Their own expansion is above.
            Bedrag::Waardering { .. } | Bedrag::Waarde { .. } => {}
        }
        known[l] = Some(out);
        Ok(())
    }

    fn gather(
        &mut self,
        l: usize,
        lijn: &Lijn,
        parts: &[Expansie],
        shift: &dyn Fn(usize) -> i32,
        keys: &mut HashMap<CelKey, usize>,
    ) -> Result<(), Problem> {
        let diepte = self.diepte;
        let detail = diepte != Diepte::Rekening;
        let vraag = lijn
            .maatregel
            .filter(|_| lijn.rol == Rol::Gewoon && lijn.tabel == "kosten")
            .and_then(|m| {
                self.vraag
                    .iter()
                    .position(|v| v.maatregel == m && v.drager == lijn.van)
            });
        let deel = self.deel(lijn.deelgebied);
        let posten = self.postlijst_van[l];
        let key = |deelgebied, index| CelKey {
            deelgebied,
            index,
            van: lijn.van,
            naar: lijn.naar,
            deel: if lijn.van == HOOFD || lijn.naar == HOOFD {
                deel
            } else {
                None
            },
            soort: if detail || !lijn.soort.in_saldo() {
                lijn.soort
            } else {
                Stroomsoort::Geld
            },
            opgave: detail.then_some(lijn.opgave),
            maatregel: if detail { lijn.maatregel } else { None },
            vraag,
            bijdrage: lijn.rol == Rol::Bijdrage,
            posten,
            verrekend: match lijn.bedrag {
                Bedrag::Verrekend(e) => Some(e),
                _ => None,
            },
            lijn: (diepte == Diepte::Lijn).then_some(l),
        };
        let too_large = || {
            Problem::error(
                "too-large",
                format!(
                    "the amounts of \"{}\" are too large to calculate with",
                    lijn.id
                ),
            )
            .at(&lijn.place)
            .fix("check its amount and the growth of its index")
        };
        // History: no delay, no index.
        if !lijn.realisatie.is_empty() {
            let cel = self.cel(&key(None, None), keys);
            for (p, q) in &lijn.realisatie {
                let t = position(&self.timeline, *p);
                let slot = &mut self.cellen[cel].vast[t];
                *slot = slot.checked_add(q.value).ok_or_else(too_large)?;
            }
        }
        if lijn.verloop.gewichten.is_empty() {
            return Ok(());
        }
        let drawn = lijn
            .schuift()
            .filter(|k| self.drijvers.uitstel.get(*k).copied().flatten().is_some());
        let cel = self.cel(&key(drawn, lijn.index), keys);
        let move_by = lijn.schuift().map_or(0, shift);
        let totaal = match &lijn.verloop.totaal {
            Totaal::Een => None,
            Totaal::Door(t, _) => Some(Exact::from(*t)),
        };
        let places: Vec<(usize, Decimal)> = lijn
            .verloop
            .gewichten
            .iter()
            .map(|(p, q)| {
                (
                    (p.0 + move_by - self.timeline.first.0).max(0) as usize,
                    q.value,
                )
            })
            .collect();
        for part in parts {
            let amounts: Option<Vec<(usize, Decimal)>> = places
                .iter()
                .map(|(t, w)| {
                    Some((
                        *t,
                        cashflow::deel(Exact::from(part.bedrag), Exact::from(*w), totaal).0?,
                    ))
                })
                .collect();
            let amounts = amounts.ok_or_else(too_large)?;
            if part.maal.is_empty() && !matches!(lijn.bedrag, Bedrag::Verrekend(_)) {
                for (t, amount) in amounts {
                    let slot = &mut self.cellen[cel].vast[t];
                    *slot = slot.checked_add(amount).ok_or_else(too_large)?;
                }
                continue;
            }
            let (first, last) = (
                amounts.iter().map(|a| a.0).min().unwrap_or(0),
                amounts.iter().map(|a| a.0).max().unwrap_or(0),
            );
            let termen = &mut self.cellen[cel].termen;
            let mut gewichten = vec![Decimal::ZERO; last + 1 - first];
            for (t, amount) in amounts {
                let slot = &mut gewichten[t - first];
                *slot = slot.checked_add(amount).ok_or_else(too_large)?;
            }
            // Terms of the same draws are one row: this is what makes many lines as cheap as few.
            match termen.iter_mut().find(|x| x.maal == part.maal) {
                Some(term) => {
                    let (new_first, new_last) = (
                        term.eerste.min(first),
                        (term.eerste + term.gewichten.len()).max(last + 1),
                    );
                    let mut joined = vec![Decimal::ZERO; new_last - new_first];
                    for (i, w) in term.gewichten.iter().enumerate() {
                        joined[term.eerste + i - new_first] = *w;
                    }
                    for (i, w) in gewichten.iter().enumerate() {
                        let slot = &mut joined[first + i - new_first];
                        *slot = slot.checked_add(*w).ok_or_else(too_large)?;
                    }
                    term.eerste = new_first;
                    term.gewichten = joined;
                }
                None => termen.push(Term {
                    eerste: first,
                    gewichten,
                    maal: part.maal.clone(),
                }),
            }
        }
        Ok(())
    }

    fn cel(&mut self, key: &CelKey, keys: &mut HashMap<CelKey, usize>) -> usize {
        let len = self.timeline.len;
        *keys.entry(key.clone()).or_insert_with(|| {
            self.cellen.push(Cel {
                deelgebied: key.deelgebied,
                index: key.index,
                van: key.van,
                naar: key.naar,
                deel: key.deel,
                soort: key.soort,
                opgave: key.opgave,
                maatregel: key.maatregel,
                vraag: key.vraag,
                bijdrage: key.bijdrage,
                posten: key.posten,
                verrekend: key.verrekend,
                lijn: key.lijn,
                vast: vec![Decimal::ZERO; len],
                termen: Vec::new(),
            });
            self.cellen.len() - 1
        })
    }

    /// How long the main account runs: to eindjaar, or to its last flow when a delay moves that past it. A risk is a flow only when
    /// it happens.
    fn find_end(&mut self, shift: &dyn Fn(usize) -> i32) {
        let first = self.timeline.first.0;
        let mut risicos = Vec::new();
        for (l, lijn) in self.model.lijnen.iter().enumerate() {
            if !(Plan::counts(self.model, self.route, lijn)
                && (lijn.van == HOOFD || lijn.naar == HOOFD))
            {
                continue;
            }
            let Some((last, _)) = lijn.verloop.gewichten.last() else {
                continue;
            };
            let last = (last.0 + lijn.schuift().map_or(0, shift) - first).max(0) as usize;
            let drawn = lijn
                .schuift()
                .filter(|k| self.drijvers.uitstel.get(*k).copied().flatten().is_some());
            if lijn.rol == Rol::Risico {
                let slot =
                    self.drijvers.slots.iter().position(
                        |s| matches!(s, Slot::Risico(r) if self.model.risicos[*r].lijn == l),
                    );
                risicos.extend(slot.map(|slot| (slot, drawn, last)));
                continue;
            }
            self.eind = self.eind.max(last + 1);
            if let Some(k) = drawn {
                self.eind_uiterst = self
                    .eind_uiterst
                    .max(last + 1 + self.drijvers.uitstel_max(self.model, k) as usize);
                match self.eind_met.iter_mut().find(|(d, _)| *d == k) {
                    Some((_, l)) => *l = (*l).max(last),
                    None => self.eind_met.push((k, last)),
                }
            }
        }
        for (slot, k, last) in risicos {
            let latest =
                last + 1 + k.map_or(0, |k| self.drijvers.uitstel_max(self.model, k) as usize);
            if latest > self.eind {
                self.eind_uiterst = self.eind_uiterst.max(latest);
                self.eind_risico.push((slot, k, last));
            }
        }
        self.eind_uiterst = self.eind_uiterst.max(self.eind);
    }

    /// The names of the drivers, scalar slots first: for tornado, replay and tables of draws.
    pub fn drijver_namen(&self) -> Vec<&str> {
        let scalars = self.drijvers.slots.iter().map(|s| match s {
            Slot::Onzekerheid(o) => self.model.onzekerheden[*o].id.as_str(),
            Slot::Risico(r) => self.model.risicos[*r].risico.as_str(),
        });
        scalars
            .chain(
                self.drijvers
                    .schokken
                    .iter()
                    .map(|(o, _)| self.model.onzekerheden[*o].id.as_str()),
            )
            .collect()
    }

    /// Sum of the absolute certain amounts: the scale against which exact and fast are compared.
    pub fn omvang(&self) -> f64 {
        self.cellen
            .iter()
            .flat_map(|c| c.vast.iter())
            .map(|v| to_f64(v.abs()))
            .sum()
    }
}

/// A part of an amount: a fixed amount times a product of draws.
#[derive(Debug, Clone, PartialEq)]
struct Expansie {
    bedrag: Decimal,
    maal: Vec<(usize, Decimal)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct CelKey {
    deelgebied: Option<usize>,
    index: Option<usize>,
    van: usize,
    naar: usize,
    deel: Option<usize>,
    soort: Stroomsoort,
    opgave: Option<usize>,
    maatregel: Option<usize>,
    vraag: Option<usize>,
    bijdrage: bool,
    posten: Option<usize>,
    verrekend: Option<Verrekening>,
    lijn: Option<usize>,
}

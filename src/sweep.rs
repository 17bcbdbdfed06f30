//! Sweeps: many scenarios on one model, each calculated exactly for both routes and, where asked, simulated on the same draws.
//!
//! A row depends on the tables, its scenario and the seed alone, so threads and shards give the same bits. Knows tables,
//! scenarios, routes and draws; not where scenarios come from, nor how results are shown.

use crate::model::Model;
use crate::model::table::Tables;
use crate::plan::{Diepte, Drijvers, Plan, Route};
use crate::problem::{Problem, Severity, has_errors, nearest};
use crate::risk::antwoorden::kwantielen;
use crate::risk::simulation::{Simulatie, Trekkingen, simuleer};
use crate::risk::statistics::{Estimate, Sorted, share_below_zero, share_better};
use crate::route;
use crate::scenario::{Scenario, apply};
use rayon::prelude::*;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// Up to this many draws scenarios run beside each other; above it one by one, because all draws of a scenario are in memory.
const BESIDE: usize = 4096;
/// Names of scenarios that a message lists.
const NAMES_SHOWN: usize = 20;
/// Problems that are kept of one row.
const ROW_PROBLEMS: usize = 20;
/// Problems that are told of a whole sweep.
const MAX_PROBLEMS: usize = 1_000;

/// What a sweep does with every scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opdracht {
    /// Draws per scenario and route; zero for exact results only.
    pub draws: usize,
    /// Seed of the draws, the same for every scenario.
    pub seed: u64,
    /// Part `i` (from one) of `N`: takes row `k` (from zero, the base) when `k mod N = i - 1`.
    pub shard: Option<(usize, usize)>,
}

impl Opdracht {
    /// Whether row `k` (zero is the base) is this shard's.
    fn takes(&self, k: usize) -> bool {
        self.shard.is_none_or(|(i, n)| k % n == i - 1)
    }

    /// Units of work that the sweep tells as done: draws, or rows when there are none.
    pub fn werk(&self, scenarios: &[Scenario]) -> u64 {
        if self.bad_shard().is_some() {
            return 0;
        }
        let rows = 1 + scenarios.iter().filter(|s| !is_basis(s)).count();
        (0..rows).filter(|k| self.takes(*k)).count() as u64 * self.draws.max(1) as u64
    }

    fn bad_shard(&self) -> Option<Problem> {
        let (i, n) = self.shard?;
        let problem = || {
            Problem::error("bad-shard", format!("there is no shard {i} of {n}"))
                .allowed("i/N with i from 1 to N")
                .fix("write 1/4, 2/4, 3/4 and 4/4 for four machines")
        };
        (i == 0 || i > n).then(problem)
    }
}

/// One scenario and its results.
#[derive(Debug, Clone, PartialEq)]
pub struct Rij {
    /// Position in the whole sweep, over all shards; the base is zero.
    pub nummer: usize,
    /// Name.
    pub naam: String,
    /// What it stands for.
    pub omschrijving: String,
    /// Its place in the grids: address and value as shown.
    pub stappen: Vec<(String, String)>,
    /// The results, or why there are none.
    pub uitkomst: Result<Uitkomst, Vec<Problem>>,
}

/// The results of a scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct Uitkomst {
    /// Route grex, then route cofinanciering.
    pub routes: [Routecijfers; 2],
    /// By party of the model.
    pub partijen: Vec<Partijcijfers>,
}

/// The figures of a route, in euro; positive is a surplus.
#[derive(Debug, Clone, PartialEq)]
pub struct Routecijfers {
    /// Which.
    pub route: Route,
    /// Eindwaarde of the grondexploitatie.
    pub eindwaarde: Decimal,
    /// NCW by the model's `ncw_methode`.
    pub ncw: Decimal,
    /// Lowest stand of the grondexploitatie; negative is money invested.
    pub laagste_stand: Decimal,
    /// Year of it.
    pub laagste_stand_jaar: i32,
    /// Prefinancing that the fund needs, from zero up.
    pub voorfinanciering: Decimal,
    /// Present value of all accounts as one.
    pub portemonnee: Decimal,
    /// NCW less that of the scenario compared with (the base, unless another is named); nothing when that can't be calculated.
    pub verschil_ncw: Option<Decimal>,
    /// Portemonnee less that of the scenario compared with.
    pub verschil_portemonnee: Option<Decimal>,
    /// What the draws say; nothing without draws.
    pub risico: Option<Routerisico>,
}

/// What the draws say of the NCW of a route.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Routerisico {
    /// Value that one in twenty draws stays below, in euro.
    pub p5: Estimate,
    /// Median, in euro.
    pub p50: Estimate,
    /// Value that one in twenty draws exceeds, in euro.
    pub p95: Estimate,
    /// Share of the draws with an NCW below zero.
    pub kans_tekort: Estimate,
    /// Against the scenario compared with, on the same draws; nothing when that can't be drawn.
    pub verschil: Option<Verschilrisico>,
}

/// The NCW of a scenario less that of another on the same draws.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Verschilrisico {
    /// Share of the draws in which it is higher, by half a cent or more.
    pub beter: Estimate,
    /// P5, P50 and P95 of the difference, in euro.
    pub percentielen: [Estimate; 3],
}

/// The figures of a party, in euro at its own discount rate: route grex, then route cofinanciering.
#[derive(Debug, Clone, PartialEq)]
pub struct Partijcijfers {
    /// Short name.
    pub partij: String,
    /// Cash and in natura.
    pub saldo: [Decimal; 2],
    /// `saldo` with its benefits.
    pub netto_baat: [Decimal; 2],
    /// Share of the draws in which its `netto_baat` is higher in route cofinanciering, by more than half a cent; nothing without
    /// draws.
    pub kans_beter: Option<Estimate>,
}

fn is_basis(scenario: &Scenario) -> bool {
    *scenario == Scenario::basis()
}

/// Calculates the base and every scenario, in their order, on rayon's current pool.
///
/// The base is row zero, whether or not it is among the scenarios. A scenario that can't be calculated gives a row with its
/// problems, and the others go on; the problems of all rows come along with the scenario's name in them. `gedaan` is told
/// how many units of [`Opdracht::werk`] came ready; it may be called from any thread.
pub fn sweep(
    tables: &Tables,
    scenarios: &[Scenario],
    opdracht: &Opdracht,
    gedaan: &(dyn Fn(u64) + Sync),
) -> (Vec<Rij>, Vec<Problem>) {
    sweep_tegen(tables, scenarios, opdracht, &Scenario::basis().naam, gedaan)
}

/// [`sweep`] with differences and chances of being better against the scenario of this name.
pub fn sweep_tegen(
    tables: &Tables,
    scenarios: &[Scenario],
    opdracht: &Opdracht,
    tegen: &str,
    gedaan: &(dyn Fn(u64) + Sync),
) -> (Vec<Rij>, Vec<Problem>) {
    if let Some(problem) = opdracht.bad_shard() {
        return (Vec::new(), vec![problem]);
    }
    let basis = Scenario::basis();
    let all: Vec<&Scenario> = std::iter::once(&basis)
        .chain(scenarios.iter().filter(|s| !is_basis(s)))
        .collect();
    let Some(reference) = all.iter().position(|s| s.naam == tegen) else {
        let names = || all.iter().map(|s| s.naam.as_str());
        let meant =
            nearest(tegen, names()).map_or_else(String::new, |n| format!("did you mean \"{n}\"? "));
        let problem = Problem::error(
            "unknown-against",
            format!("there is no scenario \"{tegen}\" in this sweep to compare with"),
        )
        .allowed(crate::problem::listed(names().take(NAMES_SHOWN)))
        .fix(format!(
            "{meant}name one of the rows, or leave out --against for the base"
        ));
        return (Vec::new(), vec![problem]);
    };
    let mine: Vec<(usize, &Scenario)> = all
        .iter()
        .copied()
        .enumerate()
        .filter(|(k, _)| opdracht.takes(*k))
        .collect();
    if mine.is_empty() {
        return (Vec::new(), Vec::new());
    }
    // Every shard needs it for its differences, whoever shows it. Of its draws only the NCW is kept.
    let silent = |_: u64| ();
    let told: &(dyn Fn(u64) + Sync) = if opdracht.takes(reference) {
        gedaan
    } else {
        &silent
    };
    let against = one(tables, all[reference], None, opdracht, told);
    let base = against.as_ref().ok();
    let row = |&(nummer, scenario): &(usize, &Scenario)| {
        let uitkomst = if nummer == reference {
            let copy = against.as_ref().map(|(uitkomst, _)| uitkomst.clone());
            copy.map_err(Clone::clone)
        } else {
            one(tables, scenario, base, opdracht, gedaan).map(|(uitkomst, _)| uitkomst)
        };
        let uitkomst = uitkomst.map_err(|mut problems| {
            problems.truncate(ROW_PROBLEMS);
            for problem in &mut problems {
                problem.message = format!("scenario \"{}\": {}", scenario.naam, problem.message);
            }
            problems
        });
        Rij {
            nummer,
            naam: scenario.naam.clone(),
            omschrijving: scenario.omschrijving.clone(),
            stappen: scenario.stappen.clone(),
            uitkomst,
        }
    };
    let rows: Vec<Rij> = if opdracht.draws <= BESIDE {
        mine.par_iter().map(row).collect()
    } else {
        mine.iter().map(row).collect()
    };
    let problems = rows
        .iter()
        .filter_map(|r| r.uitkomst.as_ref().err())
        .flatten()
        .take(MAX_PROBLEMS)
        .cloned()
        .collect();
    (rows, problems)
}

/// The draws of the NCW by route, of the scenario that others are compared with; empty for those others, and without draws.
type Ncw = Vec<Vec<f64>>;

/// One scenario in full; tells its share of the work whatever becomes of it. Without a `base` it is the one compared with.
fn one(
    tables: &Tables,
    scenario: &Scenario,
    base: Option<&(Uitkomst, Ncw)>,
    opdracht: &Opdracht,
    gedaan: &(dyn Fn(u64) + Sync),
) -> Result<(Uitkomst, Ncw), Vec<Problem>> {
    let work = opdracht.draws.max(1) as u64;
    let (model, mut uitkomst) = calculate(tables, scenario).inspect_err(|_| gedaan(work))?;
    let own = uitkomst.routes.clone();
    let theirs = base.map_or(&own, |(uitkomst, _)| &uitkomst.routes);
    for (mine, theirs) in uitkomst.routes.iter_mut().zip(theirs) {
        mine.verschil_ncw = mine.ncw.checked_sub(theirs.ncw);
        mine.verschil_portemonnee = mine.portemonnee.checked_sub(theirs.portemonnee);
    }
    if opdracht.draws == 0 {
        gedaan(work);
        return Ok((uitkomst, Vec::new()));
    }
    let trekkingen = simulate(&model, opdracht, gedaan).inspect_err(|_| gedaan(work))?;
    let ncw = |route| trekkingen.figuur(route, "ncw").map(<[f64]>::to_vec);
    let kept: Ncw = if base.is_none() {
        (0..Route::BEIDE.len()).filter_map(ncw).collect()
    } else {
        Vec::new()
    };
    describe(
        &trekkingen,
        base.map_or(&kept, |(_, ncw)| ncw),
        &mut uitkomst,
    );
    Ok((uitkomst, kept))
}

/// The model of a scenario and its exact results. Warnings of the model don't count: the base has told them.
fn calculate(tables: &Tables, scenario: &Scenario) -> Result<(Model, Uitkomst), Vec<Problem>> {
    let (changed, mut problems) = apply(tables, &scenario.changes);
    if has_errors(&problems) {
        return Err(problems);
    }
    let (model, found) = Model::new(changed);
    problems.extend(found);
    let Some(model) = model else {
        problems.retain(|p| p.severity == Severity::Error);
        return Err(problems);
    };
    let calculated = |route| route::calculate(&model, route).map_err(|p| vec![p]);
    let [grex, cofinanciering] = Route::BEIDE;
    let results = [calculated(grex)?, calculated(cofinanciering)?];
    let routes = results.each_ref().map(|r| Routecijfers {
        route: r.route,
        eindwaarde: r.resultaat.eindwaarde,
        ncw: r.ncw,
        laagste_stand: r.resultaat.laagste_stand.0,
        laagste_stand_jaar: r
            .timeline
            .year(r.resultaat.laagste_stand.1.to_usize().unwrap_or(0)),
        voorfinanciering: r
            .fonds
            .as_ref()
            .map_or(Decimal::ZERO, |f| f.voorfinanciering),
        portemonnee: r.portemonnee,
        verschil_ncw: None,
        verschil_portemonnee: None,
        risico: None,
    });
    let partijen = model
        .partijen
        .iter()
        .enumerate()
        .map(|(p, partij)| Partijcijfers {
            partij: partij.partij.clone(),
            saldo: results.each_ref().map(|r| r.partijen[p].saldo),
            netto_baat: results.each_ref().map(|r| r.partijen[p].netto_baat),
            kans_beter: None,
        })
        .collect();
    Ok((model, Uitkomst { routes, partijen }))
}

fn simulate(
    model: &Model,
    opdracht: &Opdracht,
    gedaan: &(dyn Fn(u64) + Sync),
) -> Result<Trekkingen, Vec<Problem>> {
    let (drijvers, problems) = Drijvers::resolve(model);
    if has_errors(&problems) {
        return Err(problems);
    }
    let plan =
        |route| Plan::new(model, route, Diepte::Rekening, drijvers.clone()).map_err(|p| vec![p]);
    let [grex, cofinanciering] = Route::BEIDE;
    let plannen = [plan(grex)?, plan(cofinanciering)?];
    let simulatie = Simulatie::gewoon(opdracht.draws, opdracht.seed);
    simuleer(&plannen, &simulatie, gedaan).map_err(|p| vec![p])
}

/// The draws of `mine` less those of `theirs`.
fn difference(theirs: &[f64], mine: &[f64]) -> Option<Verschilrisico> {
    let draws: Vec<f64> = theirs.iter().zip(mine).map(|(a, b)| b - a).collect();
    let sorted = Sorted::new(&draws);
    Some(Verschilrisico {
        beter: share_better(theirs, mine)?,
        percentielen: kwantielen(&draws, &sorted, [0.05, 0.50, 0.95], None)?,
    })
}

/// Puts what the draws say beside the exact results.
fn describe(trekkingen: &Trekkingen, tegen: &Ncw, uitkomst: &mut Uitkomst) {
    for (r, route) in uitkomst.routes.iter_mut().enumerate() {
        let Some(draws) = trekkingen.figuur(r, "ncw") else {
            continue;
        };
        let sorted = Sorted::new(draws);
        if let (Some(p5), Some(p50), Some(p95), Some(kans_tekort)) = (
            sorted.quantile_estimate(0.05),
            sorted.quantile_estimate(0.5),
            sorted.quantile_estimate(0.95),
            share_below_zero(draws),
        ) {
            route.risico = Some(Routerisico {
                p5,
                p50,
                p95,
                kans_tekort,
                verschil: tegen.get(r).and_then(|theirs| difference(theirs, draws)),
            });
        }
    }
    for partij in &mut uitkomst.partijen {
        let name = format!("partij[{}].netto_baat", partij.partij);
        let (Some(grex), Some(cofinanciering)) =
            (trekkingen.figuur(0, &name), trekkingen.figuur(1, &name))
        else {
            continue;
        };
        partij.kans_beter = share_better(grex, cofinanciering);
    }
}

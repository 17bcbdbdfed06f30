//! Sweeps: many scenarios on one model, each calculated exactly for both routes and, where asked, simulated on the same draws.
//!
//! A row depends on the tables, its scenario and the seed alone, so threads and shards give the same bits. Knows tables,
//! scenarios, routes and draws; not where scenarios come from, nor how results are shown.

use crate::evaluate::verhaal::beschikt;
use crate::model::Model;
use crate::model::address::Als;
use crate::model::table::Tables;
use crate::number::to_f64;
use crate::plan::{Diepte, Drijvers, Plan, Route};
use crate::problem::{Problem, Severity, has_errors, nearest};
use crate::risk::antwoorden::{Antwoorden, Verschil, beter, kwantielen, verschil};
use crate::risk::draden;
use crate::risk::opzet::Opzet;
use crate::risk::sampling::Methode;
use crate::risk::simulation::{Simulatie, Trekkingen, simuleer};
use crate::risk::statistics::{Estimate, Sorted};
use crate::route::verhaal::Positie;
use crate::route::{self, Routeresultaat};
use crate::scenario::{Scenario, apply};
use rayon::prelude::*;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use std::collections::HashMap;

/// Up to this many draws scenarios run beside each other; above it one by one, because all draws of a scenario are in memory.
const BESIDE: u64 = 4096;
/// Names of scenarios that a message lists.
const NAMES_SHOWN: usize = 20;
/// Problems that are kept of one row.
const ROW_PROBLEMS: usize = 20;
/// Problems that are told of a whole sweep.
const MAX_PROBLEMS: usize = 1_000;

/// Chances of the bands of what is settled.
const BANDEN: [f64; 3] = [0.05, 0.5, 0.95];

/// What a sweep does with every scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opdracht {
    /// The draws of every scenario and route; no draws for exact results only.
    pub opzet: Opzet,
    /// Part `i` (from one) of `N`: takes row `k` (from zero, the base) when `k mod N = i - 1`.
    pub shard: Option<(usize, usize)>,
    /// The figure that is compared: one of [`uitkomst_namen`](crate::risk::simulation::uitkomst_namen), but no year.
    pub figuur: String,
    /// The route whose figure it is.
    pub route: Route,
    /// Name of the scenario that is compared with.
    pub tegen: String,
    /// The route of that scenario.
    pub tegen_route: Route,
    /// Without the draws of parties and deelgebieden.
    pub alleen_gebied: bool,
}

impl Default for Opdracht {
    /// Exact results only, and the NCW of route grex against that of the base.
    fn default() -> Self {
        Opdracht {
            opzet: Opzet::new(Methode::Willekeurig, 1, 0),
            shard: None,
            figuur: "ncw".to_owned(),
            route: Route::Grex,
            tegen: Scenario::basis().naam,
            tegen_route: Route::Grex,
            alleen_gebied: false,
        }
    }
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
        (0..rows).filter(|k| self.takes(*k)).count() as u64 * self.opzet.aantal.max(1)
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
    /// What owners pay by kostenverhaal and as financiële bijdrage, and what everyone who takes part in a verevening pays or receives.
    pub verrekeningen: Vec<Verrekeningcijfers>,
    /// The figure that is compared.
    pub figuur: Figuurcijfers,
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
}

/// The figure that is compared, in euro.
#[derive(Debug, Clone, PartialEq)]
pub struct Figuurcijfers {
    /// The exact figure; nothing when this scenario has no such party or deelgebied.
    pub waarde: Option<Decimal>,
    /// Less that of the scenario and route compared with; nothing when that can't be calculated.
    pub verschil: Option<Decimal>,
    /// What the draws say; nothing without draws.
    pub risico: Option<Antwoorden>,
    /// Against the scenario and route compared with, on the same draws; nothing when that can't be drawn.
    pub tegen: Option<Verschil>,
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

/// Of which settlement an amount is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Soort {
    /// Kostenverhaal of an eigendom: by beschikking or by contract.
    Kostenverhaal,
    /// A financiële bijdrage of an eigendom.
    Bijdrage,
    /// One who takes part in a verevening.
    Verevening,
}

/// What one pays in a settlement; euro at contante waarde, below zero receives.
#[derive(Debug, Clone, PartialEq)]
pub struct Verrekeningcijfers {
    /// Of what.
    pub soort: Soort,
    /// The eigendom, bijdrage or row of `verevening_delen`.
    pub id: String,
    /// Who pays or receives: the party, or the account of a verevening.
    pub wie: String,
    /// How an owner pays; of a verevening its rule.
    pub hoe: String,
    /// Route grex, then route cofinanciering.
    pub betaalt: [Decimal; 2],
    /// In the route that is compared, less that of the scenario and route compared with; nothing when it is not there.
    pub verschil: Option<Decimal>,
    /// P5, P50 and P95 of it in the route that is compared; nothing without draws.
    pub banden: Option<[Estimate; 3]>,
    /// The figure of the draws, and what it is taken from: what a beschikking ordered, less what comes back.
    figuur: (String, Option<Decimal>),
}

/// What an owner or participant is called among all.
type Sleutel = (Soort, String);

/// What is settled in a model, as both routes have it. The municipality's own land pays nothing, and is left out.
fn verrekeningen(model: &Model, results: &[Routeresultaat; 2]) -> Vec<Verrekeningcijfers> {
    let made = |soort, id: &str, wie: &str, hoe: &str, betaalt, figuur| Verrekeningcijfers {
        soort,
        id: id.to_owned(),
        wie: wie.to_owned(),
        hoe: hoe.to_owned(),
        betaalt,
        verschil: None,
        banden: None,
        figuur,
    };
    let partij = |eigendom: usize| {
        let row = &model.verhaal.eigendommen[eigendom];
        model.partijen[row.partij].partij.as_str()
    };
    let mut out = Vec::new();
    let [grex, cofinanciering] = results;
    for (x, y) in grex.verhaal.iter().zip(&cofinanciering.verhaal) {
        for (a, b) in x.eigenaren.iter().zip(&y.eigenaren) {
            if a.positie == Positie::Gemeente {
                continue;
            }
            let id = &model.verhaal.eigendommen[a.eigendom].id;
            let figure = |word: &str| format!("eigendom[{id}].{word}");
            let figuur = match (beschikt(model, a.eigendom), a.positie) {
                (Some((paid, _)), _) => (figure("terugbetaling"), Some(paid.value)),
                (None, Positie::Overeenkomst) => (figure("overeenkomst"), None),
                _ => (figure("geldsom"), None),
            };
            let betaalt = [a, b].map(crate::route::verhaal::Eigenaar::betaalt);
            out.push(made(
                Soort::Kostenverhaal,
                id,
                partij(a.eigendom),
                a.positie.woord(),
                betaalt,
                figuur,
            ));
        }
    }
    for (i, row) in model.bijdragen.iter().enumerate() {
        let betaalt = results.each_ref().map(|r| r.bijdragen[i][0]);
        out.push(made(
            Soort::Bijdrage,
            &row.id,
            partij(row.eigendom),
            "financiële bijdrage",
            betaalt,
            (format!("bijdragen[{}].bijdrage", row.id), None),
        ));
    }
    for (x, y) in grex.verevening.iter().zip(&cofinanciering.verevening) {
        for (a, b) in x.deelnemers.iter().zip(&y.deelnemers) {
            let own = &model.verevening.deelnemers[a.deelnemer];
            out.push(made(
                Soort::Verevening,
                &own.id,
                &model.rekening_naam(own.rekening),
                &model.verevening.regels[x.regel].naam,
                [a.verrekening, b.verrekening],
                (format!("verevening_delen[{}].verrekening", own.id), None),
            ));
        }
    }
    out
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
    if let Some(problem) = opdracht.bad_shard() {
        return (Vec::new(), vec![problem]);
    }
    let tegen = opdracht.tegen.as_str();
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
    // Every shard needs it for its differences, whoever shows it. Of its draws only the figure compared is kept.
    let silent = |_: u64| ();
    let told: &(dyn Fn(u64) + Sync) = if opdracht.takes(reference) {
        gedaan
    } else {
        &silent
    };
    let against = one(tables, all[reference], None, opdracht, told);
    let base = against.as_ref().ok().map(|(_, own)| own);
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
    let rows: Vec<Rij> = if opdracht.opzet.aantal <= BESIDE {
        draden::ruim(|| mine.par_iter().map(row).collect())
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

/// What of a scenario others are compared with.
struct Tegen {
    waarde: Option<Decimal>,
    /// What is settled, in the route compared with.
    verrekeningen: HashMap<Sleutel, Decimal>,
    /// Empty without draws.
    trekkingen: Vec<f64>,
}

/// One scenario in full; tells its share of the work whatever becomes of it. Without a `base` it is the one compared with, and gives
/// what others need of it.
fn one(
    tables: &Tables,
    scenario: &Scenario,
    base: Option<&Tegen>,
    opdracht: &Opdracht,
    gedaan: &(dyn Fn(u64) + Sync),
) -> Result<(Uitkomst, Tegen), Vec<Problem>> {
    let work = opdracht.opzet.aantal.max(1);
    let figuur = opdracht.figuur.as_str();
    let calculated = calculate(tables, scenario, opdracht).inspect_err(|_| gedaan(work))?;
    let (model, mut uitkomst, waarde) = calculated;
    let settled = uitkomst.verrekeningen.iter();
    let settled = settled.map(|x| {
        let key: Sleutel = (x.soort, x.id.clone());
        (key, x.betaalt[place(opdracht.tegen_route)])
    });
    let mut own = Tegen {
        waarde,
        verrekeningen: settled.collect(),
        trekkingen: Vec::new(),
    };
    if opdracht.opzet.aantal == 0 {
        gedaan(work);
    } else {
        let trekkingen = simulate(&model, opdracht, gedaan).inspect_err(|_| gedaan(work))?;
        if base.is_none() {
            let column = trekkingen.figuur(place(opdracht.tegen_route), figuur);
            own.trekkingen = column.unwrap_or_default().to_vec();
        }
        let theirs = base.map_or(own.trekkingen.as_slice(), |b| &b.trekkingen);
        describe(&trekkingen, theirs, opdracht, &mut uitkomst);
    }
    let theirs = base.map_or(own.waarde, |b| b.waarde);
    uitkomst.figuur.verschil = uitkomst
        .figuur
        .waarde
        .zip(theirs)
        .and_then(|(mine, theirs)| mine.checked_sub(theirs));
    let theirs = base.map_or(&own.verrekeningen, |b| &b.verrekeningen);
    for x in &mut uitkomst.verrekeningen {
        let mine = x.betaalt[place(opdracht.route)];
        let other = theirs.get(&(x.soort, x.id.clone()));
        x.verschil = other.and_then(|other| mine.checked_sub(*other));
    }
    Ok((uitkomst, own))
}

/// The position of a route among both.
fn place(route: Route) -> usize {
    Route::BEIDE.iter().position(|r| *r == route).unwrap_or(0)
}

/// The model of a scenario and its exact results. Warnings of the model don't count: the base has told them.
///
/// With it the figure of the route that is compared with.
fn calculate(
    tables: &Tables,
    scenario: &Scenario,
    opdracht: &Opdracht,
) -> Result<(Model, Uitkomst, Option<Decimal>), Vec<Problem>> {
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
    let figure = |route| results[place(route)].figuur(&model, &opdracht.figuur);
    let (waarde, tegen) = (figure(opdracht.route), figure(opdracht.tegen_route));
    let figuur = Figuurcijfers {
        waarde,
        verschil: None,
        risico: None,
        tegen: None,
    };
    let uitkomst = Uitkomst {
        routes,
        partijen,
        verrekeningen: verrekeningen(&model, &results),
        figuur,
    };
    Ok((model, uitkomst, tegen))
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
    let plan = |route| {
        let plan = Plan::new(model, route, Diepte::Rekening, drijvers.clone());
        let mut plan = plan.map_err(|p| vec![p])?;
        plan.bewaar(&opdracht.figuur);
        Ok::<_, Vec<Problem>>(plan)
    };
    let [grex, cofinanciering] = Route::BEIDE;
    let plannen = [plan(grex)?, plan(cofinanciering)?];
    let simulatie = Simulatie {
        steekproef: opdracht.opzet.steekproef(),
        alleen_gebied: opdracht.alleen_gebied,
        ..Simulatie::gewoon(opdracht.opzet.aantal as usize, opdracht.opzet.seed)
    };
    simuleer(&plannen, &simulatie, gedaan).map_err(|p| vec![p])
}

/// Puts what the draws say beside the exact results.
fn describe(trekkingen: &Trekkingen, tegen: &[f64], opdracht: &Opdracht, uitkomst: &mut Uitkomst) {
    let per = opdracht.opzet.per_herhaling_voor_fouten();
    if let Some(draws) = trekkingen.figuur(place(opdracht.route), &opdracht.figuur) {
        uitkomst.figuur.risico = Antwoorden::new(draws, &Sorted::new(draws), per);
        uitkomst.figuur.tegen = verschil(tegen, draws, per);
    }
    for partij in &mut uitkomst.partijen {
        let name = format!("partij[{}].netto_baat", partij.partij);
        let (Some(grex), Some(cofinanciering)) =
            (trekkingen.figuur(0, &name), trekkingen.figuur(1, &name))
        else {
            continue;
        };
        partij.kans_beter = beter(grex, cofinanciering, per);
    }
    for x in &mut uitkomst.verrekeningen {
        let (naam, van) = &x.figuur;
        x.banden = match (trekkingen.figuur(place(opdracht.route), naam), van) {
            (Some(draws), Some(paid)) => {
                let paid = to_f64(*paid);
                let draws: Vec<f64> = draws.iter().map(|back| paid - back).collect();
                kwantielen(&draws, &Sorted::new(&draws), BANDEN, per)
            }
            (Some(draws), None) => kwantielen(draws, &Sorted::new(draws), BANDEN, per),
            (None, _) => None,
        };
    }
}

/// Warns of changes that draws don't see: those of an input that an onzekerheid with als = "waarde" replaces.
pub fn overstemd(model: &Model, scenarios: &[Scenario]) -> Vec<Problem> {
    let replaced = model
        .onzekerheden
        .iter()
        .filter(|o| o.als == Als::Waarde)
        .collect::<Vec<_>>();
    let mut told = std::collections::HashSet::new();
    let mut problems = Vec::new();
    for change in scenarios.iter().flat_map(|s| &s.changes) {
        for o in &replaced {
            // All rows of a grid stand at one place.
            let seen = (&change.place, change.doel.to_string(), &o.id);
            if !change.doel.raakt(&o.doel) || !told.insert(seen) {
                continue;
            }
            problems.push(
                Problem::warning(
                    "unseen-by-draws",
                    format!(
                        "{} is changed, but in draws onzekerheid \"{}\" replaces it (als = \"waarde\"), so the change moves exact results only",
                        change.doel, o.id
                    ),
                )
                .at(&change.place)
                .fix("give the onzekerheid als = \"factor\" or als = \"verschuiving\", or change its figures too"),
            );
            if problems.len() >= MAX_PROBLEMS {
                return problems;
            }
        }
    }
    problems
}

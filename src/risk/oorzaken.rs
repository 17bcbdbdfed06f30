//! What drives the result: tornado, swings, what the worst draws share, stress and reverse stress, in the names of the model.
//!
//! The values of drivers are not kept by a simulation: they are drawn again from their words, over threads, and give the same bits
//! for any number of them. Knows plans, draws and `evaluate`; not files, tables or progress bars.

use super::distribution::{Verdeling, normal_cdf};
use super::draden;
use super::random::normal;
use super::sampling::{GROEP, Methode as Spreiding};
use super::simulation::{
    LANES, Rij, Simulatie, Trekker, Trekkingen, Vastgezet, onmogelijk, uitkomst_namen, uitkomsten,
    verdeling,
};
use super::staart::{self, Gemeen, Lineair, Staart, StaartGraad, StaartWaarde};
use super::statistics::{Estimate, Sorted, ranks_f32};
use super::tornado::{self as statistiek, Centered, Graad, Ruimte, Zwaai};
use crate::evaluate::{Trekking, Voorbereid, Werk, evaluate, met};
use crate::model::Model;
use crate::model::address::{Als, pattern_matches};
use crate::model::table::{Notation, name_key, parse_number};
use crate::number::{LaneDelay, Lanes, to_f64};
use crate::plan::{Gebruik, Plan, Slot, verhaal};
use crate::problem::{Place, Problem, listed, nearest};
use rayon::prelude::*;

/// Most draws of a tornado, the first ones: more would tell no more than rounding.
pub const TORNADO_MAX: usize = 1 << 20;
/// Most draws of a reverse stress, the first ones.
const OMGEKEERD_MAX: usize = 1 << 16;
/// From this |rho| on the grade method is followed by exact ranks: it is off by up to 3e-3 for strong drivers.
const STERK: f64 = 0.1;
/// Drivers drawn together that are drawn at a time.
const SAMEN: usize = 16;
/// Groups of words that are drawn before they are used.
const GROEPEN: usize = 16;
/// Draws in a group.
const GROEP_BREED: usize = GROEP as usize;

/// What kind of thing drives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Soort {
    /// A row of onzekerheden: its draw, in the unit of the draw (a factor, euro, a rate).
    Onzekerheid,
    /// The drawn uitstel of deelgebieden, in years.
    Uitstel,
    /// A risk: its impact in euro (a cost is positive), 0 when it does not happen.
    Risico,
    /// The level of an index group in one period, with the price level as 1.
    Index,
    /// The debit rate of the grondexploitatie as it is used, per year.
    Rente,
    /// Its credit rate as it is used.
    Creditrente,
}

/// Where the values come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Herkomst {
    Slot(usize),
    /// Position in [`Trekkingen::niveaus`].
    Niveau(usize),
    Rente,
    Creditrente,
}

/// One thing that drives the result.
#[derive(Debug, Clone, PartialEq)]
pub struct Oorzaak {
    /// For people: the id of an onzekerheid, the name of a risico, `index NAME in 2055`, `gebied.rente`, `gebied.creditrente`.
    pub naam: String,
    /// What kind it is.
    pub soort: Soort,
    /// The ids of the onzekerheden behind it, or the name of the risico.
    pub drijvers: Vec<String>,
    /// Whether its values are euro.
    pub euro: bool,
    herkomst: Herkomst,
}

/// How rank correlations are had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Methode {
    /// By grade for drivers that have a word of their own, exactly for the others and for those with |rho| above 0.1.
    Graad,
    /// Exactly for all.
    Exact,
}

impl Methode {
    /// For small print.
    pub fn woorden(self) -> &'static str {
        match self {
            Methode::Graad => {
                "grade method, exact ranks for drivers without a word of their own and for |rho| > 0.1"
            }
            Methode::Exact => "exact ranks",
        }
    }
}

/// The rank correlations of all drivers with one outcome.
#[derive(Debug, Clone, PartialEq)]
pub struct Tornado {
    /// Position of the route.
    pub route: usize,
    /// The outcome.
    pub figuur: String,
    /// Draws that were used, the first ones.
    pub trekkingen: usize,
    /// How.
    pub methode: Methode,
    /// Largest |rho| first; one that does not vary is NaN and comes last.
    pub balken: Vec<Balk>,
}

/// A bar of a tornado.
#[derive(Debug, Clone, PartialEq)]
pub struct Balk {
    /// Position in [`Oorzaken::lijst`].
    pub oorzaak: usize,
    /// Its name.
    pub naam: String,
    /// Spearman's rho with its standard error (that of plain draws; of opposite pairs that of half as many).
    pub rho: Estimate,
    /// Share of the sum of squares of all bars: an indication only.
    pub aandeel: f64,
    /// By exact ranks, not by grade.
    pub exact: bool,
}

/// What the worst draws have in common in one driver.
#[derive(Debug, Clone, PartialEq)]
pub struct InStaart {
    /// Position in [`Oorzaken::lijst`].
    pub oorzaak: usize,
    /// Its name.
    pub naam: String,
    /// Mean rank in the tail (1/2 says nothing) with its distance in standard errors, and the mean value there and overall.
    pub gemeen: Gemeen,
}

/// A point where the outcome is as asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Punt {
    /// What the outcome is there: of the fitted plane, or of the draw.
    pub uitkomst: f64,
    /// Distance from the middle in standard deviations of the drivers.
    pub afstand: f64,
    /// The value of every driver there, in the order of [`Omgekeerd::oorzaken`].
    pub waarden: Vec<f64>,
}

/// Where drivers stand when the outcome is `x`, in two ways.
#[derive(Debug, Clone, PartialEq)]
pub struct Omgekeerd {
    /// The outcome that was asked.
    pub x: f64,
    /// Draws that were used, the first ones.
    pub trekkingen: usize,
    /// The drivers that matter, strongest first: positions in [`Oorzaken::lijst`]. The others are left in their middle.
    pub oorzaken: Vec<usize>,
    /// The likeliest point on the plane of a linear model of the drivers' normal scores; nothing when the plane is flat.
    pub vlak: Option<Punt>,
    /// Share of the variance that the linear model explains: well below 1 the plane says little.
    pub r2: f64,
    /// The likeliest draw among those with the outcome nearest to `x`.
    pub trekking: Punt,
    /// Number of that draw.
    pub nummer: u64,
    /// Lowest and highest outcome of the draws it was chosen from: when `x` lies outside, no draw comes near.
    pub band: (f64, f64),
    /// Lowest and highest outcome of all draws that were used.
    pub bereik: (f64, f64),
}

/// Drivers, and the draws that they made.
#[derive(Debug)]
pub struct Oorzaken<'a> {
    plan: &'a Plan<'a>,
    trekkingen: &'a Trekkingen,
    /// By drawn position; see [`Self::lijst`].
    lijst: Vec<Oorzaak>,
    trekker: Trekker,
    /// First group of the draws.
    groep: u64,
    aantal: usize,
    /// Independent draws or pairs per draw.
    los: f64,
}

/// A group of words at a time: what goes on inside must inline under the widest instructions.
struct Graden<'a> {
    oorzaken: &'a Oorzaken<'a>,
    slot: usize,
    /// By route: the centred ranks.
    rangen: &'a [Centered],
}

impl pulp::NullaryFnOnce for Graden<'_> {
    type Output = Vec<Graad>;

    #[inline(always)]
    fn call(self) -> Vec<Graad> {
        let o = self.oorzaken;
        let mut sums = vec![Graad::default(); self.rangen.len()];
        let mut words = [[0; GROEP_BREED]; GROEPEN];
        for at in (0..o.aantal).step_by(GROEP_BREED * GROEPEN) {
            let end = (at + GROEP_BREED * GROEPEN).min(o.aantal);
            let first = o.groep + (at / GROEP_BREED) as u64;
            for (groep, words) in (first..).zip(&mut words[..(end - at).div_ceil(GROEP_BREED)]) {
                *words = o.trekker.woorden_van(self.slot, groep);
            }
            let words = words.as_flattened();
            let (tiles, _) = words.as_chunks::<LANES>();
            for (sum, ranks) in sums.iter_mut().zip(self.rangen) {
                let (whole, rest) = ranks.values()[at..end].as_chunks::<LANES>();
                let mut local = *sum;
                for (ranks, words) in whole.iter().zip(tiles) {
                    local.voeg(words, ranks);
                }
                if !rest.is_empty() {
                    local.voeg_rest(&words[whole.len() * LANES..], rest);
                }
                *sum = local;
            }
        }
        sums
    }
}

/// The mean rank of a driver in a tail, and its mean values.
struct Staartsommen<'a> {
    oorzaken: &'a Oorzaken<'a>,
    slot: usize,
    staart: &'a Staart,
    waarden: bool,
}

impl pulp::NullaryFnOnce for Staartsommen<'_> {
    type Output = (StaartGraad, StaartWaarde);

    #[inline(always)]
    fn call(self) -> Self::Output {
        let o = self.oorzaken;
        let (mut rang, mut waarde) = (StaartGraad::default(), StaartWaarde::default());
        for (g, at) in (0..o.aantal).step_by(GROEP_BREED).enumerate() {
            let groep = o.groep + g as u64;
            let weights = &self.staart.gewichten()[at..(at + GROEP_BREED).min(o.aantal)];
            let (whole, rest) = weights.as_chunks::<LANES>();
            if self.waarden {
                let values = o.trekker.waarden_van(self.slot, groep, &[]);
                let (tiles, _) = values.as_chunks::<LANES>();
                for (weights, values) in whole.iter().zip(tiles) {
                    waarde.voeg(values, weights);
                }
                waarde.voeg_rest(&values[whole.len() * LANES..][..rest.len()], rest);
            } else {
                let words = o.trekker.woorden_van(self.slot, groep);
                let (tiles, _) = words.as_chunks::<LANES>();
                for (weights, words) in whole.iter().zip(tiles) {
                    rang.voeg(words, weights);
                }
                rang.voeg_rest(&words[whole.len() * LANES..][..rest.len()], rest);
            }
        }
        (rang, waarde)
    }
}

/// The values of some drivers, drawn again.
struct Kolommen<'a> {
    oorzaken: &'a Oorzaken<'a>,
    welke: &'a [usize],
    aantal: usize,
    ruimte: &'a mut Werkruimte,
}

/// Room that a thread keeps.
#[derive(Default)]
struct Werkruimte {
    kolommen: Vec<Vec<f32>>,
    sorteren: Ruimte,
    normalen: Vec<Rij>,
    slots: Vec<Lanes<LANES>>,
}

impl pulp::NullaryFnOnce for Kolommen<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let o = self.oorzaken;
        let room = self.ruimte;
        room.kolommen.resize(self.welke.len(), Vec::new());
        room.kolommen.truncate(self.welke.len());
        for column in &mut room.kolommen {
            column.clear();
            column.reserve(self.aantal.next_multiple_of(GROEP_BREED));
        }
        let together =
            |i: &usize| matches!(o.lijst[*i].herkomst, Herkomst::Slot(s) if o.trekker.samen(s));
        let samen = self.welke.iter().any(together);
        for g in 0..self.aantal.div_ceil(GROEP_BREED) {
            let groep = o.groep + g as u64;
            if samen {
                o.trekker.trek_samen(groep, &mut room.normalen);
            }
            for (i, column) in self.welke.iter().zip(&mut room.kolommen) {
                let values = match o.lijst[*i].herkomst {
                    Herkomst::Niveau(_) => continue,
                    Herkomst::Slot(s) => o.trekker.waarden_van(s, groep, &room.normalen),
                    Herkomst::Rente => o.tarief(false, groep, &mut room.normalen, &mut room.slots),
                    Herkomst::Creditrente => {
                        o.tarief(true, groep, &mut room.normalen, &mut room.slots)
                    }
                };
                column.extend(values.map(|x| x as f32));
            }
        }
        for (i, column) in self.welke.iter().zip(&mut room.kolommen) {
            if let Herkomst::Niveau(n) = o.lijst[*i].herkomst {
                column.extend_from_slice(&o.trekkingen.niveaus[n].1[..self.aantal]);
            }
            column.truncate(self.aantal);
        }
    }
}

/// Whether the draws of a driver are euro: what a risico costs, or an amount that is drawn itself or added to.
pub fn in_euro(plan: &Plan<'_>, drijver: usize) -> bool {
    match plan.drijvers.slots.get(drijver) {
        Some(Slot::Risico(_)) => true,
        Some(Slot::Onzekerheid(o)) => {
            let o = &plan.model.onzekerheden[*o];
            let amount = ["bedrag", "prijs", "grondprijs", "investering", "onderhoud"];
            let column = o.doel.column;
            o.als != Als::Factor && (amount.contains(&column) || verhaal::in_euro(column))
        }
        None => false,
    }
}

/// Year of the period in which the level of an index group is kept; nothing when no flow asks for it.
fn niveau_jaar(plan: &Plan<'_>, groep: usize) -> Option<i32> {
    let used = plan.cellen.iter().any(|c| c.index == Some(groep));
    used.then(|| plan.timeline.year(plan.eind - 1))
}

impl<'a> Oorzaken<'a> {
    /// What drove a simulation: its plans, what was asked and what came out.
    ///
    /// Left out: drivers that were held, the rates that nothing draws, and index groups of which no levels were kept
    /// ([`Simulatie::niveaus`]); with levels kept of fewer draws, only so many draws are used. Yearly drivers are told by the
    /// level that they lead to.
    pub fn new(
        plannen: &'a [Plan<'a>],
        simulatie: &Simulatie,
        trekkingen: &'a Trekkingen,
    ) -> Result<Self, Problem> {
        let [plan, ..] = plannen else {
            return Err(Problem::error("no-details", "nothing was simulated"));
        };
        let last = &plannen[plannen.len() - 1];
        // Of the same years as the simulation's.
        let years = plannen.iter().map(Voorbereid::<Lanes<LANES>>::jaren);
        let (from, to) = years
            .map(|y| (*y.start(), *y.end()))
            .fold((i32::MAX, i32::MIN), |a, b| (a.0.min(b.0), a.1.max(b.1)));
        let count = (to - from + 1) as usize;
        let trekker = Trekker::new(plan, simulatie.steekproef, &simulatie.vast, from, count)?;
        let (model, d) = (plan.model, &plan.drijvers);
        let free = |drijver: usize| simulatie.vast.iter().all(|v| v.drijver != drijver);
        let used = |uses: &[Gebruik]| -> Vec<usize> {
            uses.iter().map(|u| u.slot).filter(|s| free(*s)).collect()
        };
        let (rente, credit) = (used(&d.rente), used(&d.creditrente));
        let id = |drijver: usize| plan.drijver_namen()[drijver].to_owned();
        let mut lijst = Vec::new();
        let mut risicos = Vec::new();
        for (s, slot) in d.slots.iter().enumerate().filter(|(s, _)| free(*s)) {
            if d.rente.iter().chain(&d.creditrente).any(|u| u.slot == s) {
                continue;
            }
            let delays = d.uitstel.iter().flatten().any(|u| u.slot == s);
            let (naam, soort) = match slot {
                Slot::Onzekerheid(o) => (
                    model.onzekerheden[*o].id.clone(),
                    if delays {
                        Soort::Uitstel
                    } else {
                        Soort::Onzekerheid
                    },
                ),
                Slot::Risico(r) => (model.risicos[*r].risico.clone(), Soort::Risico),
            };
            let oorzaak = Oorzaak {
                drijvers: vec![naam.clone()],
                naam,
                soort,
                euro: in_euro(plan, s),
                herkomst: Herkomst::Slot(s),
            };
            if soort == Soort::Risico {
                risicos.push(oorzaak);
            } else {
                lijst.push(oorzaak);
            }
        }
        let mut aantal = trekkingen.aantal.min(TORNADO_MAX);
        for (n, (groep, levels)) in trekkingen.niveaus.iter().enumerate() {
            let scalars = d.slots.len();
            let shocks = d.groei_schok[*groep].iter().map(|s| scalars + s);
            let shocks: Vec<usize> = shocks.filter(|s| free(*s)).collect();
            let (false, Some(jaar)) = (shocks.is_empty(), niveau_jaar(last, *groep)) else {
                continue;
            };
            aantal = aantal.min(levels.len());
            lijst.push(Oorzaak {
                naam: format!("index {} in {jaar}", model.indexen[*groep].naam),
                soort: Soort::Index,
                drijvers: shocks.into_iter().map(id).collect(),
                euro: false,
                herkomst: Herkomst::Niveau(n),
            });
        }
        let follows = d.rente == d.creditrente && model.gebied.rente == model.gebied.creditrente;
        for (naam, soort, herkomst, slots) in [
            ("gebied.rente", Soort::Rente, Herkomst::Rente, rente),
            (
                "gebied.creditrente",
                Soort::Creditrente,
                Herkomst::Creditrente,
                credit,
            ),
        ] {
            // A credit rate that is the debit rate is no driver beside it.
            if slots.is_empty() || (follows && soort == Soort::Creditrente) {
                continue;
            }
            lijst.push(Oorzaak {
                naam: naam.into(),
                soort,
                drijvers: slots.into_iter().map(id).collect(),
                euro: false,
                herkomst,
            });
        }
        lijst.extend(risicos);
        let opposite = simulatie.steekproef.methode == Spreiding::Antithetisch;
        Ok(Oorzaken {
            plan,
            trekkingen,
            lijst,
            trekker,
            groep: simulatie.bereik.start / GROEP,
            aantal,
            los: if opposite { 0.5 } else { 1.0 },
        })
    }

    /// The drivers: onzekerheden in the order of their table, index levels, rates, risks.
    pub fn lijst(&self) -> &[Oorzaak] {
        &self.lijst
    }

    /// The first so many draws are looked at.
    pub fn aantal(&self) -> usize {
        self.aantal
    }

    /// The slot of a driver that its word ranks.
    fn woord(&self, oorzaak: usize) -> Option<usize> {
        match self.lijst[oorzaak].herkomst {
            Herkomst::Slot(s) if self.trekker.stijgt(s) => Some(s),
            _ => None,
        }
    }

    /// A rate as it is used in the draws of a group.
    #[inline(always)]
    fn tarief(
        &self,
        credit: bool,
        groep: u64,
        normalen: &mut Vec<Rij>,
        slots: &mut Vec<Lanes<LANES>>,
    ) -> Rij {
        let (g, d) = (&self.plan.model.gebied, &self.plan.drijvers);
        let (base, uses) = if credit {
            (&g.creditrente, &d.creditrente)
        } else {
            (&g.rente, &d.rente)
        };
        if uses.iter().any(|u| self.trekker.samen(u.slot)) {
            self.trekker.trek_samen(groep, normalen);
        }
        slots.resize(d.slots.len(), Lanes([0.0; LANES]));
        let mut out = [0.0; GROEP_BREED];
        let drawn: Vec<Rij> = uses
            .iter()
            .map(|u| self.trekker.waarden_van(u.slot, groep, normalen))
            .collect();
        for (j, out) in out.chunks_exact_mut(LANES).enumerate() {
            for (u, values) in uses.iter().zip(&drawn) {
                slots[u.slot]
                    .0
                    .copy_from_slice(&values[j * LANES..(j + 1) * LANES]);
            }
            let rate = met(Lanes::all(to_f64(base.value)), uses.iter().copied(), slots);
            out.copy_from_slice(&rate.0);
        }
        out
    }

    /// Drivers in portions that are drawn at a time: alone, or together with those whose numbers they need.
    fn porties(&self, welke: impl Iterator<Item = usize>) -> Vec<Vec<usize>> {
        let together = |i: &usize| matches!(self.lijst[*i].herkomst, Herkomst::Slot(s) if self.trekker.samen(s));
        let (samen, alone): (Vec<usize>, Vec<usize>) = welke.partition(together);
        let alone = alone.into_iter().map(|i| vec![i]);
        alone
            .chain(samen.chunks(SAMEN).map(<[usize]>::to_vec))
            .collect()
    }

    /// What `f` makes of the values of drivers, in parallel, in the order of `welke`.
    fn per_kolom<T: Send>(
        &self,
        welke: &[usize],
        aantal: usize,
        f: impl Fn(usize, &[f32], &mut Ruimte) -> T + Sync,
    ) -> Vec<T> {
        let portions = self.porties(welke.iter().copied());
        let done: Vec<Vec<(usize, T)>> = portions
            .par_iter()
            .map_init(Werkruimte::default, |ruimte, portion| {
                pulp::Arch::new().dispatch(Kolommen {
                    oorzaken: self,
                    welke: portion,
                    aantal,
                    ruimte,
                });
                let Werkruimte {
                    kolommen, sorteren, ..
                } = ruimte;
                let columns = portion.iter().zip(kolommen.iter());
                columns
                    .map(|(i, column)| (*i, f(*i, column, sorteren)))
                    .collect()
            })
            .collect();
        let mut done: Vec<(usize, T)> = done.into_iter().flatten().collect();
        let place = |i: usize| welke.iter().position(|w| *w == i);
        done.sort_by_key(|(i, _)| place(*i));
        done.into_iter().map(|(_, made)| made).collect()
    }

    /// Spearman's rho of every driver with the outcome that every route is ranked by: by driver, then by route.
    fn rhos(&self, rangen: &[Centered], methode: Methode) -> Vec<(Vec<f64>, bool)> {
        let all = 0..self.lijst.len();
        let by_word = |i: &usize| methode == Methode::Graad && self.woord(*i).is_some();
        let (graded, mut ranked): (Vec<usize>, Vec<usize>) = all.partition(by_word);
        let by_grade: Vec<Vec<f64>> = graded
            .par_iter()
            .map(|i| {
                let sums = pulp::Arch::new().dispatch(Graden {
                    oorzaken: self,
                    slot: self.woord(*i).unwrap_or(0),
                    rangen,
                });
                sums.iter().zip(rangen).map(|(s, r)| s.rho(r)).collect()
            })
            .collect();
        let mut out = vec![(Vec::new(), false); self.lijst.len()];
        for (i, rhos) in graded.into_iter().zip(by_grade) {
            if rhos.iter().any(|r| r.abs() > STERK) {
                ranked.push(i);
            }
            out[i].0 = rhos;
        }
        let exact = self.per_kolom(&ranked, self.aantal, |_, column, room| {
            let of = |r| statistiek::spearman_in(r, column, room);
            rangen.iter().map(of).collect::<Vec<f64>>()
        });
        for (i, rhos) in ranked.into_iter().zip(exact) {
            out[i] = (rhos, true);
        }
        out
    }

    /// The draws of an outcome that are looked at.
    fn uitkomst(&self, route: usize, figuur: &str) -> Result<&'a [f64], Problem> {
        let draws = self.trekkingen.figuur(route, figuur);
        draws
            .map(|draws| &draws[..self.aantal])
            .ok_or_else(|| geen_figuur(figuur, &self.trekkingen.namen))
    }

    /// The tornado of an outcome in some routes: one pass over the draws of the drivers serves them all.
    ///
    /// # Errors
    /// When there is no such outcome.
    pub fn tornado(
        &self,
        routes: &[usize],
        figuur: &str,
        methode: Methode,
    ) -> Result<Vec<Tornado>, Problem> {
        let outcomes = routes
            .iter()
            .map(|r| self.uitkomst(*r, figuur))
            .collect::<Result<Vec<_>, _>>()?;
        let ranks: Vec<Centered> = outcomes.par_iter().map(|o| Centered::new(o)).collect();
        let rhos = self.rhos(&ranks, methode);
        let count = (self.aantal as f64 * self.los) as usize;
        let made = routes.iter().enumerate().map(|(at, route)| {
            let own: Vec<f64> = rhos.iter().map(|(r, _)| r[at]).collect();
            let bars = statistiek::tornado(&own, count).into_iter();
            Tornado {
                route: *route,
                figuur: figuur.to_owned(),
                trekkingen: self.aantal,
                methode,
                balken: bars
                    .map(|b| Balk {
                        oorzaak: b.driver,
                        naam: self.lijst[b.driver].naam.clone(),
                        rho: b.rho,
                        aandeel: b.aandeel,
                        exact: rhos[b.driver].1,
                    })
                    .collect(),
            }
        });
        Ok(made.collect())
    }

    /// What the worst share `alpha` of the draws of an outcome have in common: the `hoeveel` drivers whose mean rank there lies most
    /// standard errors from 1/2.
    ///
    /// # Errors
    /// When there is no such outcome. Nothing comes out without draws or with alpha outside (0, 1].
    pub fn slechtste(
        &self,
        route: usize,
        figuur: &str,
        alpha: f64,
        hoeveel: usize,
    ) -> Result<Vec<InStaart>, Problem> {
        let Some(staart) = Staart::slechtste(self.uitkomst(route, figuur)?, alpha) else {
            return Ok(Vec::new());
        };
        let sums = |slot: usize, waarden: bool| {
            pulp::Arch::new().dispatch(Staartsommen {
                oorzaken: self,
                slot,
                staart: &staart,
                waarden,
            })
        };
        let all: Vec<usize> = (0..self.lijst.len()).collect();
        let (by_word, others): (Vec<usize>, Vec<usize>) =
            all.into_iter().partition(|i| self.woord(*i).is_some());
        let mut found: Vec<(usize, Gemeen)> = by_word
            .par_iter()
            .map(|i| {
                let (rang, _) = sums(self.woord(*i).unwrap_or(0), false);
                let gemeen = Gemeen {
                    rang: rang.rang(&staart),
                    in_staart: f64::NAN,
                    overal: f64::NAN,
                };
                (*i, gemeen)
            })
            .collect();
        let stored = self.per_kolom(&others, self.aantal, |i, column, _| {
            staart::gemeen(column, &staart).map(|g| (i, g))
        });
        found.extend(stored.into_iter().flatten());
        let size = |g: &Gemeen| {
            let apart = g.rang.afwijking.abs();
            if apart.is_nan() { -1.0 } else { apart }
        };
        found.sort_by(|a, b| size(&b.1).total_cmp(&size(&a.1)).then(a.0.cmp(&b.0)));
        found.truncate(hoeveel);
        // Mean values only of those that are shown.
        found.par_iter_mut().for_each(|(i, gemeen)| {
            if let Some(slot) = self.woord(*i) {
                let (_, waarde) = sums(slot, true);
                (gemeen.in_staart, gemeen.overal) = waarde.gemiddelden(&staart);
            }
        });
        let told = found.into_iter().map(|(oorzaak, gemeen)| InStaart {
            oorzaak,
            naam: self.lijst[oorzaak].naam.clone(),
            gemeen,
        });
        Ok(told.collect())
    }

    /// Where the drivers stand when an outcome is `x`: on the plane of a linear model, and in the likeliest draw near it. Of at most
    /// `hoeveel` drivers, the strongest ones, that have more than three standard errors of rank correlation with it.
    ///
    /// Scores are the standard normals that drivers are drawn by, or of the same rank for those without one of their own; those of
    /// index levels and rates are correlated, so the model is fitted on all together and the likeliest point takes their correlation
    /// along. Values at the point are quantiles: of the distribution for an
    /// onzekerheid or risk, of the draws for an index level or a rate.
    ///
    /// # Errors
    /// When there is no such outcome, or there are no draws.
    pub fn omgekeerd(
        &self,
        route: usize,
        figuur: &str,
        x: f64,
        hoeveel: usize,
    ) -> Result<Omgekeerd, Problem> {
        let mut bars = self.tornado(&[route], figuur, Methode::Graad)?;
        let bars = bars.pop().map_or_else(Vec::new, |t| t.balken);
        let welke: Vec<usize> = bars
            .iter()
            .filter(|b| b.rho.value.abs() > 3.0 * b.rho.standard_error)
            .take(hoeveel.min(staart::MAX_SAMEN))
            .map(|b| b.oorzaak)
            .collect();
        let n = self.aantal.min(OMGEKEERD_MAX);
        let y = &self.uitkomst(route, figuur)?[..n];
        let columns: Vec<Vec<f32>> = self.per_kolom(&welke, n, |_, column, _| column.to_vec());
        let scores: Vec<Vec<f32>> = welke
            .par_iter()
            .zip(&columns)
            .map(|(i, column)| self.scores(*i, column))
            .collect();
        let views: Vec<&[f32]> = scores.iter().map(Vec::as_slice).collect();
        let fit = Lineair::samen(&views, y);
        let correlatie = correlaties(&scores);
        let vlak = fit.as_ref().and_then(|f| f.punt(x, Some(&correlatie)));
        let vlak = vlak.map(|p| Punt {
            uitkomst: p.uitkomst,
            afstand: p.afstand,
            waarden: (0..welke.len())
                .map(|i| self.waarde_bij(welke[i], &columns[i], normal_cdf(p.z[i])))
                .collect(),
        });
        let band = staart::band(y, x, BAND.max(1.0 / n as f64).min(1.0));
        let factor = Factor::new(&correlatie);
        let nearest = band.as_ref().and_then(|band| {
            staart::dichtste(band, y, |draw| {
                factor.kwadraten(|i| f64::from(scores[i][draw]))
            })
        });
        let (Some(band), Some(draw)) = (band, nearest) else {
            return Err(Problem::error(
                "no-details",
                format!("there are no draws of {figuur}"),
            ));
        };
        Ok(Omgekeerd {
            x,
            trekkingen: n,
            oorzaken: welke,
            vlak,
            r2: fit.map_or(f64::NAN, |f| f.r2),
            trekking: Punt {
                uitkomst: draw.uitkomst,
                afstand: draw.afstand,
                waarden: columns
                    .iter()
                    .map(|c| f64::from(c[draw.trekking]))
                    .collect(),
            },
            nummer: self.groep * GROEP + draw.trekking as u64,
            band: (band.laag, band.hoog),
            bereik: y
                .iter()
                .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| {
                    (low.min(*x), high.max(*x))
                }),
        })
    }

    /// Standard normal scores of a driver: from its words, or by rank, equals sharing the middle of theirs.
    fn scores(&self, oorzaak: usize, column: &[f32]) -> Vec<f32> {
        let n = column.len();
        if let Some(slot) = self.woord(oorzaak) {
            let groups = self.groep..self.groep + n.div_ceil(GROEP_BREED) as u64;
            let words = groups.flat_map(|g| self.trekker.woorden_van(slot, g));
            return words.take(n).map(|k| normal(k) as f32).collect();
        }
        let units = 4_294_967_296.0 / n as f64;
        let score = |rank: &f64| normal(((rank - 0.5) * units) as u32) as f32;
        ranks_f32(column).iter().map(score).collect()
    }

    /// The value that a driver stays below with chance `p`.
    fn waarde_bij(&self, oorzaak: usize, column: &[f32], p: f64) -> f64 {
        if let Herkomst::Slot(s) = self.lijst[oorzaak].herkomst {
            return kwantiel(self.plan, s, p);
        }
        let wide = column.iter().map(|x| f64::from(*x)).collect();
        Sorted::from_vec(wide).quantile(p).unwrap_or(f64::NAN)
    }
}

/// The share of the draws nearest to an outcome among which the likeliest is looked for.
const BAND: f64 = 0.005;

/// The correlation matrix of columns of scores; a column that does not vary has correlation 0 with the others.
fn correlaties(columns: &[Vec<f32>]) -> Vec<Vec<f64>> {
    let centred: Vec<Vec<f64>> = columns
        .par_iter()
        .map(|c| {
            let mean = c.iter().map(|x| f64::from(*x)).sum::<f64>() / c.len() as f64;
            c.iter().map(|x| f64::from(*x) - mean).collect()
        })
        .collect();
    let inner = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let sizes: Vec<f64> = centred.iter().map(|c| inner(c, c).sqrt()).collect();
    (0..columns.len())
        .into_par_iter()
        .map(|i| {
            let row = (0..columns.len()).map(|j| {
                let size = sizes[i] * sizes[j];
                if i == j {
                    1.0
                } else if size > 0.0 {
                    inner(&centred[i], &centred[j]) / size
                } else {
                    0.0
                }
            });
            row.collect()
        })
        .collect()
}

/// The lower factor of a correlation matrix, to measure distances with.
struct Factor(Vec<Vec<f64>>);

impl Factor {
    /// By Cholesky; a driver that those before it already tell gets a zero pivot.
    fn new(matrix: &[Vec<f64>]) -> Self {
        let mut rows: Vec<Vec<f64>> = Vec::with_capacity(matrix.len());
        for (i, given) in matrix.iter().enumerate() {
            let mut row: Vec<f64> = Vec::with_capacity(i + 1);
            for j in 0..=i {
                let known: f64 = (0..j)
                    .map(|k| row[k] * if j < i { rows[j][k] } else { row[k] })
                    .sum();
                let rest = given[j] - known;
                row.push(if j == i {
                    if rest > 1e-6 { rest.sqrt() } else { 0.0 }
                } else if rows[j][j] > 0.0 {
                    rest / rows[j][j]
                } else {
                    0.0
                });
            }
            rows.push(row);
        }
        Factor(rows)
    }

    /// `z' S^-1 z` of a draw: the sum of squares of the independent normals behind its scores.
    fn kwadraten(&self, z: impl Fn(usize) -> f64) -> f64 {
        let mut independent = Vec::with_capacity(self.0.len());
        for (i, row) in self.0.iter().enumerate() {
            let known: f64 = row[..i].iter().zip(&independent).map(|(a, b)| a * b).sum();
            let pivot = row[i];
            independent.push(if pivot > 0.0 {
                (z(i) - known) / pivot
            } else {
                0.0
            });
        }
        independent.iter().map(|x| x * x).sum()
    }
}

/// The value that a driver stays below with chance `p`: the quantile of its distribution; of a risk that of what it costs, 0 when it
/// does not happen; of a yearly driver that of the deviation of one year. The driver is a position in [`Plan::drijver_namen`].
pub fn kwantiel(plan: &Plan<'_>, drijver: usize, p: f64) -> f64 {
    let (model, d) = (plan.model, &plan.drijvers);
    let of = |o: usize| verdeling(&model.onzekerheden[o].verdeling).quantile(p);
    match d.slots.get(drijver) {
        None => of(d.schokken[drijver - d.slots.len()].0),
        Some(Slot::Onzekerheid(o)) => of(*o),
        Some(Slot::Risico(r)) => {
            let kans = to_f64(model.risicos[*r].kans);
            let impact = impact(model, *r);
            if kans <= 0.0 {
                return 0.0;
            }
            // Below zero lies what saves money, then the draws in which it does not happen, then what costs money.
            let (below, nothing) = (kans * impact.cdf(0.0), 1.0 - kans);
            if p < below {
                impact.quantile(p / kans)
            } else if p <= below + nothing && nothing > 0.0 {
                0.0
            } else {
                impact.quantile(((p - nothing) / kans).clamp(0.0, 1.0))
            }
        }
    }
}

fn impact(model: &Model, risico: usize) -> Verdeling {
    let [laag, modus, hoog] = model.risicos[risico].impact.map(to_f64);
    Verdeling::Pert { laag, modus, hoog }
}

fn geen_figuur(figuur: &str, namen: &[String]) -> Problem {
    let names = || namen.iter().map(String::as_str);
    let problem = Problem::error("unknown-reference", format!("no outcome \"{figuur}\""))
        .allowed(listed(names()));
    match nearest(figuur, names()) {
        Some(near) => problem.fix(format!("did you mean \"{near}\"?")),
        None => problem.fix("take one of these"),
    }
}

/// The swings of one outcome.
#[derive(Debug, Clone, PartialEq)]
pub struct Zwaaien {
    /// The outcome with every driver at its median.
    pub midden: f64,
    /// Largest swing first. `driver` is a position in [`Plan::drijver_namen`].
    pub balken: Vec<Zwaai>,
}

/// Chances of the low and high value of a swing.
pub const ZWAAI: [f64; 2] = [0.1, 0.9];

/// The outcome with every driver in turn at its P10 and its P90, and the others at their median (those held at their value).
///
/// A yearly driver deviates as much in every year. A risk stands at the percentiles of what it costs, which is nothing when it does
/// not happen: one that happens in less than one in ten draws has no swing. Drivers that share a number, or are correlated, are
/// moved one at a time too.
///
/// # Errors
/// When there is no such outcome, or a distribution can't be.
pub fn zwaai(plan: &Plan<'_>, figuur: &str, vast: &[Vastgezet]) -> Result<Zwaaien, Problem> {
    draden::ruim(|| zwaaien(plan, figuur, vast))
}

fn zwaaien(plan: &Plan<'_>, figuur: &str, vast: &[Vastgezet]) -> Result<Zwaaien, Problem> {
    let names = uitkomst_namen(plan);
    let Some(place) = names.iter().position(|n| n == figuur) else {
        return Err(geen_figuur(figuur, &names));
    };
    let d = &plan.drijvers;
    for o in &plan.model.onzekerheden {
        verdeling(&o.verdeling)
            .validate()
            .map_err(|e| onmogelijk(o, &e))?;
    }
    let drivers = d.slots.len() + d.schokken.len();
    let held = |driver: usize| vast.iter().find(|v| v.drijver == driver).map(|v| v.waarde);
    let middle: Vec<f64> = (0..drivers)
        .map(|i| held(i).unwrap_or_else(|| kwantiel(plan, i, 0.5)))
        .collect();
    let mut balken: Vec<Zwaai> = (0..drivers)
        .filter(|i| held(*i).is_none())
        .map(|driver| Zwaai {
            driver,
            laag: kwantiel(plan, driver, ZWAAI[0]),
            hoog: kwantiel(plan, driver, ZWAAI[1]),
            uitkomst_laag: f64::NAN,
            uitkomst_hoog: f64::NAN,
        })
        .collect();
    // Settings: everything at its median, then each driver low and high.
    let mut settings = vec![None];
    settings.extend(
        balken
            .iter()
            .flat_map(|z| [Some((z.driver, z.laag)), Some((z.driver, z.hoog))]),
    );
    let v = Voorbereid::<Lanes<LANES>>::new(plan);
    let mut werk = Werk::new(plan, false);
    let mut outcomes = Vec::with_capacity(settings.len() + LANES);
    for tile in settings.chunks(LANES) {
        let trekking = stand(&v, &middle, tile);
        let figures = pulp::Arch::new().dispatch(Stand {
            v: &v,
            trekking: &trekking,
            werk: &mut werk,
        });
        outcomes.extend(figures[place].0);
    }
    let year = figuur == "laagste_stand_jaar";
    let shown = |x: f64| {
        if year {
            f64::from(plan.timeline.year(x as usize))
        } else {
            x
        }
    };
    for (z, pair) in balken.iter_mut().zip(outcomes[1..].chunks_exact(2)) {
        (z.uitkomst_laag, z.uitkomst_hoog) = (shown(pair[0]), shown(pair[1]));
    }
    statistiek::op_zwaai(&mut balken);
    Ok(Zwaaien {
        midden: shown(outcomes[0]),
        balken,
    })
}

/// Every driver at its middle, but one in every lane.
fn stand(
    v: &Voorbereid<'_, Lanes<LANES>>,
    middle: &[f64],
    tile: &[Option<(usize, f64)>],
) -> Trekking<Lanes<LANES>> {
    let d = &v.plan.drijvers;
    let per_jaar = f64::from(v.plan.model.gebied.tijdstap.per_year());
    let mut slots: Vec<Lanes<LANES>> = middle.iter().map(|m| Lanes::all(*m)).collect();
    for (lane, setting) in tile.iter().enumerate() {
        if let Some((driver, value)) = setting {
            slots[*driver].0[lane] = *value;
        }
    }
    let schokken = slots.split_off(d.slots.len());
    let delay = |slot: usize| {
        LaneDelay::new(
            slots[slot]
                .0
                .map(|years| libm::round(years * per_jaar) as u32),
        )
    };
    let uitstel = d.uitstel.iter();
    Trekking {
        uitstel: uitstel
            .map(|u| u.map_or_else(|| LaneDelay::new([0; LANES]), |u| delay(u.slot)))
            .collect(),
        schokken: schokken
            .iter()
            .map(|s| vec![*s; v.aantal_jaren()])
            .collect(),
        slots,
    }
}

/// One evaluation of [`LANES`] settings.
struct Stand<'a, 'p> {
    v: &'a Voorbereid<'p, Lanes<LANES>>,
    trekking: &'a Trekking<Lanes<LANES>>,
    werk: &'a mut Werk<Lanes<LANES>>,
}

impl pulp::NullaryFnOnce for Stand<'_, '_> {
    type Output = Vec<Lanes<LANES>>;

    #[inline(always)]
    fn call(self) -> Self::Output {
        let mut figures = Vec::new();
        let u = evaluate(self.v, self.trekking, self.werk);
        uitkomsten(self.v.plan, &u, self.werk, &mut figures);
        figures
    }
}

/// Reads which drivers are held at what: `rente = P90; bouwrijp = 1,3; index Kosten = 0.01; raming * = P75`.
///
/// A name is the id of an onzekerheid or the name of a risico, or a pattern that ends in `*`; `index NAME` is the yearly driver of that
/// index group. A value is in the unit of the draw (a factor, euro, years; of a yearly driver the deviation of every year) and may be
/// a percentage; `P90` is the value that nine in ten draws stay below.
///
/// # Errors
/// A name that nothing has, a value that is no number, an uitstel that no draw can have.
pub fn vastgezet(plan: &Plan<'_>, tekst: &str) -> Result<Vec<Vastgezet>, Problem> {
    let names = plan.drijver_namen();
    let scalars = plan.drijvers.slots.len();
    let mut out: Vec<Vastgezet> = Vec::new();
    let place = Place::file("--fix");
    // By driver that a name without a star holds: what was written.
    let mut exactly: Vec<(usize, &str)> = Vec::new();
    for part in tekst.split(';').map(str::trim).filter(|p| !p.is_empty()) {
        let Some((name, value)) = part.rsplit_once('=') else {
            return Err(
                Problem::error("bad-values", format!("\"{part}\" holds no ="))
                    .fix("write the name of a driver and its value, such as rente=P90"),
            );
        };
        let (name, value) = (name.trim(), value.trim());
        let mut found: Vec<usize> = (0..names.len())
            .filter(|i| pattern_matches(name, names[*i]))
            .collect();
        if found.is_empty() {
            // What a rate is called in a tornado: its address.
            let slots = plan.drijvers.slots.iter().enumerate();
            found.extend(slots.filter_map(|(i, slot)| match slot {
                Slot::Onzekerheid(o)
                    if name_key(&plan.model.onzekerheden[*o].doel.to_string())
                        == name_key(name) =>
                {
                    Some(i)
                }
                _ => None,
            }));
        }
        if found.is_empty() {
            let group = name_key(name);
            // A tornado names the year of the level too; what is held is held in every year.
            let group = match group.rsplit_once(" in ") {
                Some((group, year)) if year.parse::<i32>().is_ok() => group.to_owned(),
                _ => group,
            };
            let group = group.strip_prefix("index ").and_then(|name| {
                let mut groups = plan.model.indexen.iter();
                groups.position(|g| name_key(&g.naam) == name)
            });
            let shocks = group.map_or(&[][..], |g| &plan.drijvers.groei_schok[g]);
            if shocks.len() > 1 {
                let ids: Vec<&str> = shocks.iter().map(|s| names[scalars + s]).collect();
                return Err(Problem::error(
                    "unknown-reference",
                    format!("{name} is moved by more than one onzekerheid"),
                )
                .allowed(listed(ids))
                .fix("name the one that is meant"));
            }
            found.extend(shocks.iter().map(|s| scalars + s));
        }
        if found.is_empty() {
            let problem = Problem::error(
                "unknown-reference",
                format!("no driver is called \"{name}\""),
            )
            .allowed(listed(names.iter().copied()));
            return Err(match nearest(name, names.iter().copied()) {
                Some(near) => problem.fix(format!("did you mean \"{near}\"?")),
                None => problem.fix(
                    "take the id of an onzekerheid, the name of a risico, index NAME, or a pattern that ends in *",
                ),
            });
        }
        for drijver in found {
            if !name.ends_with('*') {
                if let Some((_, earlier)) = exactly.iter().find(|(d, _)| *d == drijver) {
                    return Err(Problem::error(
                        "bad-values",
                        format!(
                            "driver \"{}\" is held twice: \"{earlier}\" and \"{part}\"",
                            names[drijver]
                        ),
                    )
                    .at(&place)
                    .allowed("a value per driver; a name may differ from an earlier pattern that ends in *")
                    .fix("leave out one of the two"));
                }
                exactly.push((drijver, part));
            }
            let waarde = waarde_van(plan, drijver, names[drijver], value)?;
            match out.iter_mut().find(|v| v.drijver == drijver) {
                // The last one counts: a pattern, then what differs from it.
                Some(earlier) => earlier.waarde = waarde,
                None => out.push(Vastgezet { drijver, waarde }),
            }
        }
    }
    if out.is_empty() {
        return Err(Problem::error(
            "bad-values",
            format!("\"{tekst}\" names no driver"),
        )
        .at(&place)
        .allowed(listed(names.iter().copied()))
        .fix("write the name of a driver and its value, such as rente=P90, or leave out --fix"));
    }
    Ok(out)
}

/// The value that a driver is held at.
fn waarde_van(plan: &Plan<'_>, drijver: usize, name: &str, value: &str) -> Result<f64, Problem> {
    let percentile = value
        .strip_prefix(['p', 'P'])
        .and_then(|p| parse_number(p, Notation::Plain).ok());
    let held = if let Some(p) = percentile {
        let p = to_f64(p);
        if !(0.0 < p && p < 100.0) {
            return Err(
                Problem::error("out-of-range", format!("\"{name}\" is held at {value}"))
                    .allowed("a percentile between P0 and P100")
                    .fix("write P5, P50 or P99.5"),
            );
        }
        if let Some(Slot::Onzekerheid(o)) = plan.drijvers.slots.get(drijver) {
            let o = &plan.model.onzekerheden[*o];
            verdeling(&o.verdeling)
                .validate()
                .map_err(|e| onmogelijk(o, &e))?;
        }
        kwantiel(plan, drijver, p / 100.0)
    } else {
        to_f64(parse_number(value, Notation::Plain).map_err(|reason| {
            Problem::error("not-a-number", format!("\"{name}\" is held at \"{value}\""))
                .allowed("a number, a percentage, or a percentile such as P90")
                .fix(reason)
        })?)
    };
    let delays = plan.drijvers.uitstel.iter().enumerate();
    for (k, _) in delays.filter(|(_, u)| u.is_some_and(|u| u.slot == drijver)) {
        let per_year = f64::from(plan.model.gebied.tijdstap.per_year());
        let (steps, most) = (held * per_year, plan.uitstel_max(Some(k)) as f64);
        if !(0.0..=most).contains(&steps) || steps != libm::round(steps) {
            return Err(Problem::error(
                "out-of-range",
                format!("\"{name}\" is held at {held} years"),
            )
            .allowed(format!(
                "whole periods from 0 to {} years, the longest that can be drawn",
                most / per_year
            ))
            .fix("hold it at an uitstel that can be drawn, or change the onzekerheid"));
        }
    }
    Ok(held)
}

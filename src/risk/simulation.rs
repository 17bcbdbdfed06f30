//! Monte Carlo over compiled plans: draws by counter, sixteen side by side, blocks over threads.
//!
//! Draw `i` depends on (seed, `i`) and the names of the drivers alone, so any number of threads gives the same bits, and every
//! route and scenario sees the same draws. Knows plans and `evaluate`; not files, tables or progress bars.

use super::dependence::Dependence;
use super::distribution::{Sampler, Verdeling};
use super::random::{driver_key, normals, uniforms};
use crate::evaluate::{Trekking, Uitkomst, Voorbereid, Werk, evaluate};
use crate::model::address::Als;
use crate::model::{Model, NcwMethode, Onzekerheid, VerdelingRij};
use crate::number::{Exact, LaneDelay, Lanes, Number, to_f64};
use crate::plan::{Plan, Slot};
use crate::problem::Problem;
use rayon::prelude::*;
use rust_decimal::Decimal;
use std::collections::HashMap;

/// Draws side by side; the size that measured fastest (docs/benchmarks.md).
pub const LANES: usize = 16;
/// Draws in a block of work: many enough to spread over threads, few enough to stay in cache.
const BLOCK: usize = 512;

/// The driver that decides whether a risk happens, and the one that says how much, have names of their own.
const HAPPENS: &str = "\u{1f}kans";
const IMPACT: &str = "\u{1f}impact";

/// One scalar driver.
#[derive(Debug)]
enum Bron {
    Waarde {
        sampler: Sampler,
    },
    Gebeurtenis {
        key_impact: u64,
        happens: Sampler,
        impact: Sampler,
    },
}

/// A yearly driver.
#[derive(Debug)]
struct Schok {
    sampler: Sampler,
    phi: f64,
}

/// The random numbers of a list of drivers: those that share a name share a number.
#[derive(Debug)]
struct Nummers {
    /// Of every number.
    keys: Vec<u64>,
    /// By driver: its number.
    van: Vec<usize>,
}

impl Nummers {
    fn new(keys: impl Iterator<Item = u64>) -> Self {
        let mut found: HashMap<u64, usize> = HashMap::new();
        let mut out = Nummers {
            keys: Vec::new(),
            van: Vec::new(),
        };
        for key in keys {
            let next = out.keys.len();
            let number = *found.entry(key).or_insert(next);
            if number == next {
                out.keys.push(key);
            }
            out.van.push(number);
        }
        out
    }

    /// The first driver that has a number.
    fn driver(&self, number: usize) -> usize {
        self.van.iter().position(|n| *n == number).unwrap_or(0)
    }
}

/// All that draws the inputs of a plan; made once, shared by routes.
#[derive(Debug)]
pub struct Trekker {
    seed: u64,
    bronnen: Vec<Bron>,
    schokken: Vec<Schok>,
    nummers: Nummers,
    nummers_schokken: Nummers,
    samenhang: Dependence,
    samenhang_schokken: Dependence,
    uitstel: Vec<Option<usize>>,
    per_jaar: f64,
    eerste_jaar: i32,
    jaren: usize,
    bekend: i32,
    /// By number of the yearly drivers: the last year that is asked.
    tot: Vec<i32>,
}

/// The distribution of a row of onzekerheden.
pub fn verdeling(rij: &VerdelingRij) -> Verdeling {
    let f = |d: &Decimal| to_f64(*d);
    match rij {
        VerdelingRij::Pert([l, m, h]) => Verdeling::Pert {
            laag: f(l),
            modus: f(m),
            hoog: f(h),
        },
        VerdelingRij::Driehoek([l, m, h]) => Verdeling::Driehoek {
            laag: f(l),
            modus: f(m),
            hoog: f(h),
        },
        VerdelingRij::Normaal([g, s]) => Verdeling::Normaal {
            gemiddelde: f(g),
            spreiding: f(s),
        },
        VerdelingRij::Lognormaal([g, s]) => Verdeling::Lognormaal {
            gemiddelde: f(g),
            spreiding: f(s),
        },
        VerdelingRij::Uniform([l, h]) => Verdeling::Uniform {
            laag: f(l),
            hoog: f(h),
        },
        VerdelingRij::Discreet(values) => {
            Verdeling::Discreet(values.iter().map(|(v, k)| (f(v), f(k))).collect())
        }
        VerdelingRij::Percentielen([l, m, h]) => Verdeling::Percentielen {
            p10: f(l),
            p50: f(m),
            p90: f(h),
        },
        VerdelingRij::Waarnemingen(values) => {
            Verdeling::Waarnemingen(values.iter().map(f).collect())
        }
        VerdelingRij::Regime { waarden, .. } => {
            Verdeling::Toestanden(waarden.iter().map(|(v, k)| (f(v), f(k))).collect())
        }
        VerdelingRij::Begrensd {
            verdeling: free,
            minimum,
            maximum,
        } => Verdeling::Begrensd {
            verdeling: Box::new(verdeling(free)),
            minimum: minimum.as_ref().map_or(f64::NEG_INFINITY, f),
            maximum: maximum.as_ref().map_or(f64::INFINITY, f),
        },
    }
}

/// Why the figures of an onzekerheid make no distribution.
fn onmogelijk(o: &Onzekerheid, reason: &str) -> Problem {
    Problem::error(
        "bad-distribution",
        format!("onzekerheid \"{}\": {reason}", o.id),
    )
    .at(&o.place)
    .fix("correct the figures of its verdeling")
}

/// Onzekerheden that can't be drawn, and those that are possible but hardly meant: an absolute value used as a factor, a spread
/// that turns prices negative, bounds that leave little.
pub fn verdacht(model: &Model) -> Vec<Problem> {
    let mut problems = Vec::new();
    for o in &model.onzekerheden {
        let v = verdeling(&o.verdeling);
        if let Err(reason) = v.validate() {
            problems.push(onmogelijk(o, &reason));
            continue;
        }
        let middle = v.quantile(0.5);
        let warn = |message: String, fix: &str| {
            Problem::warning(
                "unlikely-driver",
                format!("onzekerheid \"{}\": {message}", o.id),
            )
            .at(&o.place)
            .fix(fix)
        };
        let percent = |x: f64| format!("{:.1}%", x * 100.0);
        if v.kans_binnen() < 0.5 {
            problems.push(warn(
                format!(
                    "minimum and maximum leave {} of its verdeling",
                    percent(v.kans_binnen())
                ),
                "choose figures of the verdeling that lie between them, or wider bounds",
            ));
        }
        match o.als {
            Als::Factor if !(0.3..=3.0).contains(&middle) => {
                problems.push(warn(
                    format!("the input is multiplied by {middle} or so"),
                    "a factor is about 1; for an absolute value set als = waarde",
                ));
            }
            Als::Factor if v.cdf(0.0) > 0.01 => {
                problems.push(warn(
                    format!(
                        "{} of the draws turn the input negative",
                        percent(v.cdf(0.0))
                    ),
                    "a spreiding is a share of 1: 6% is 0.06",
                ));
            }
            Als::Verschuiving
                if o.doel.table == "gebied" && middle.abs() > 0.03
                    || o.doel.column == "groei" && middle.abs() > 0.03 =>
            {
                problems.push(warn(
                    format!("{middle} is added to {}", o.doel),
                    "a verschuiving is added to the rate; for an absolute rate set als = waarde",
                ));
            }
            Als::Verschuiving
                if o.doel.table == "gebied"
                    && middle.abs() > 0.01
                    && middle > 0.5 * to_f64(model.gebied.rente.value) =>
            {
                problems.push(warn(
                    format!(
                        "{middle} is added to {}, which is {}",
                        o.doel, model.gebied.rente.value
                    ),
                    "a verschuiving is added to the rate; for an absolute rate set als = waarde",
                ));
            }
            _ => {}
        }
    }
    problems
}

/// Most correlaties that a message lists.
const NEARBY_MAX: usize = 30;

/// What the nearest possible correlaties are, for a message: those that differ from what was given.
fn nearby(
    nearest: &[(usize, usize, f64)],
    given: &dyn Fn(usize, usize) -> f64,
    name: &dyn Fn(usize) -> String,
) -> String {
    let changed: Vec<String> = nearest
        .iter()
        .filter(|(i, j, rho)| (given(*i, *j) - rho).abs() > 1e-9)
        .map(|(i, j, rho)| format!("\"{}\", \"{}\" {rho}", name(*i), name(*j)))
        .collect();
    if changed.is_empty() || changed.len() > NEARBY_MAX {
        return String::new();
    }
    format!("; the nearest that is possible: {}", changed.join("; "))
}

impl Trekker {
    /// Compiles the drivers of a plan. `eerste_jaar` and `jaren` come from [`Voorbereid`].
    pub fn new(
        plan: &Plan<'_>,
        seed: u64,
        eerste_jaar: i32,
        jaren: usize,
    ) -> Result<Trekker, Problem> {
        let model = plan.model;
        let sampler = |o: usize| {
            let onzekerheid = &model.onzekerheden[o];
            Sampler::new(&verdeling(&onzekerheid.verdeling))
                .map_err(|reason| onmogelijk(onzekerheid, &reason))
        };
        let mut bronnen = Vec::new();
        for slot in &plan.drijvers.slots {
            bronnen.push(match slot {
                Slot::Onzekerheid(o) => Bron::Waarde {
                    sampler: sampler(*o)?,
                },
                Slot::Risico(r) => {
                    let risico = &model.risicos[*r];
                    let [laag, modus, hoog] = risico.impact.map(to_f64);
                    let wrong = |e: String| {
                        Problem::error(
                            "bad-distribution",
                            format!("risico \"{}\": {e}", risico.risico),
                        )
                        .at(&model.lijnen[risico.lijn].place)
                        .fix("correct kans, laag, modus and hoog")
                    };
                    Bron::Gebeurtenis {
                        key_impact: driver_key(&format!("{}{IMPACT}", risico.risico)),
                        happens: Sampler::new(&Verdeling::kans(to_f64(risico.kans)))
                            .map_err(wrong)?,
                        impact: Sampler::new(&Verdeling::Pert { laag, modus, hoog })
                            .map_err(wrong)?,
                    }
                }
            });
        }
        let schokken = plan
            .drijvers
            .schokken
            .iter()
            .map(|(o, phi)| {
                Ok(Schok {
                    sampler: sampler(*o)?,
                    phi: to_f64(*phi),
                })
            })
            .collect::<Result<Vec<_>, Problem>>()?;
        let key = |o: usize| driver_key(model.onzekerheden[o].sleutel_naam());
        let nummers = Nummers::new(plan.drijvers.slots.iter().map(|slot| match slot {
            Slot::Onzekerheid(o) => key(*o),
            Slot::Risico(r) => driver_key(&format!("{}{HAPPENS}", model.risicos[*r].risico)),
        }));
        let nummers_schokken = Nummers::new(plan.drijvers.schokken.iter().map(|(o, _)| key(*o)));
        let scalar_of = |o: usize| {
            let mut slots = plan.drijvers.slots.iter();
            let slot = slots.position(|s| *s == Slot::Onzekerheid(o))?;
            Some(nummers.van[slot])
        };
        let shock_of = |o: usize| {
            let shock = plan.drijvers.schokken.iter().position(|(s, _)| *s == o)?;
            Some(nummers_schokken.van[shock])
        };
        let pairs = |find: &dyn Fn(usize) -> Option<usize>| -> Vec<(usize, usize, f64)> {
            model
                .correlaties
                .iter()
                .filter_map(|(a, b, rho)| Some((find(*a)?, find(*b)?, to_f64(*rho))))
                .collect()
        };
        let impossible = |e: super::dependence::DependenceError,
                          name: &dyn Fn(usize) -> String,
                          driver_of: &dyn Fn(usize) -> Option<usize>,
                          driver: &dyn Fn(usize) -> usize| {
            use super::dependence::DependenceError as E;
            match e {
                E::Impossible {
                    group,
                    shrink,
                    nearest,
                } => {
                    let given = |i: usize, j: usize| {
                        let stands = |(a, b, _): &&(usize, usize, Decimal)| {
                            let pair = [*a, *b].map(driver_of);
                            pair == [Some(i), Some(j)] || pair == [Some(j), Some(i)]
                        };
                        model
                            .correlaties
                            .iter()
                            .find(stands)
                            .map_or(0.0, |(.., rho)| to_f64(*rho))
                    };
                    let offer = nearby(&nearest, &given, name);
                    let first = group.first().map_or(0, |i| driver(*i));
                    Problem::error("impossible-correlation", format!("the correlaties of {} can't all hold together", group.iter().map(|i| format!("\"{}\"", name(*i))).collect::<Vec<_>>().join(", ")))
                        .at(&model.onzekerheden[first].place)
                        .allowed("figures of which each fits with the others: a positive semi-definite matrix")
                        .fix(format!("bring them closer to zero; all of them times {:.2} is possible{offer}", (shrink * 100.0).floor() / 100.0))
                }
                other => Problem::error("impossible-correlation", other.to_string())
                    .fix("correct table correlaties"),
            }
        };
        let names = plan
            .drijver_namen()
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>();
        let scalars = bronnen.len();
        let samenhang = Dependence::new(nummers.keys.len(), &pairs(&scalar_of)).map_err(|e| {
            let slot = |i| nummers.driver(i);
            impossible(e, &|i| names[slot(i)].clone(), &scalar_of, &|i| {
                if let Slot::Onzekerheid(o) = plan.drijvers.slots[slot(i)] {
                    o
                } else {
                    0
                }
            })
        })?;
        let samenhang_schokken = Dependence::new(nummers_schokken.keys.len(), &pairs(&shock_of))
            .map_err(|e| {
                let shock = |i| nummers_schokken.driver(i);
                impossible(e, &|i| names[scalars + shock(i)].clone(), &shock_of, &|i| {
                    plan.drijvers.schokken[shock(i)].0
                })
            })?;
        let g = &model.gebied;
        Ok(Trekker {
            seed,
            bronnen,
            schokken,
            tot: vec![i32::MAX; nummers_schokken.keys.len()],
            nummers,
            nummers_schokken,
            samenhang,
            samenhang_schokken,
            uitstel: plan
                .drijvers
                .uitstel
                .iter()
                .map(|u| u.map(|u| u.slot))
                .collect(),
            per_jaar: f64::from(g.tijdstap.per_year()),
            eerste_jaar,
            jaren,
            bekend: g.peil.year(g.tijdstap),
        })
    }

    /// Leaves out the shocks of years that no plan asks (see [`Voorbereid::laatste_schok`]); the others keep their bits.
    pub fn beperk(&mut self, laatste: &[i32]) {
        self.tot.fill(i32::MIN);
        for (number, last) in self.nummers_schokken.van.iter().zip(laatste) {
            self.tot[*number] = self.tot[*number].max(*last);
        }
        // A correlated shock is made of those before it in its group.
        for group in self.samenhang_schokken.groups() {
            let mut last = i32::MIN;
            for s in group.iter().rev() {
                last = last.max(self.tot[*s]);
                self.tot[*s] = last;
            }
        }
    }

    /// Draws `first` to `first + W`, in the same bits for any `W`.
    #[inline(always)]
    pub fn trek<const W: usize>(&self, first: u64, into: &mut Trekking<Lanes<W>>) {
        into.slots.clear();
        into.uitstel.clear();
        let mut z = vec![[0.0; W]; self.nummers.keys.len()];
        for (z, key) in z.iter_mut().zip(&self.nummers.keys) {
            *z = normals(&uniforms::<W>(self.seed, first, *key, 0)[0]);
        }
        if !self.samenhang.is_empty() {
            self.samenhang.correlate(&mut z);
        }
        for (number, bron) in self.nummers.van.iter().zip(&self.bronnen) {
            let z = &z[*number];
            into.slots.push(match bron {
                Bron::Waarde { sampler } => Lanes(sampler.sample_lanes(z)),
                Bron::Gebeurtenis {
                    key_impact,
                    happens,
                    impact,
                } => {
                    let words = uniforms::<W>(self.seed, first, *key_impact, 0);
                    let size = impact.sample_lanes(&normals(&words[0]));
                    Lanes(happens.sample_lanes(z)) * Lanes(size)
                }
            });
        }
        for slot in &self.uitstel {
            let steps = match slot {
                None => [0; W],
                Some(slot) => into.slots[*slot]
                    .0
                    .map(|years| libm::round(years * self.per_jaar) as u32),
            };
            into.uitstel.push(LaneDelay::new(steps));
        }
        into.schokken.resize(self.schokken.len(), Vec::new());
        for row in &mut into.schokken {
            row.resize(self.jaren, Lanes([0.0; W]));
        }
        // Numbers belong to a calendar year, so that a longer horizon leaves the earlier years alone. A call gives four years.
        let numbers = &self.nummers_schokken;
        let mut z = vec![[0.0; W]; numbers.keys.len()];
        let mut words = vec![[[0u32; W]; 4]; numbers.keys.len()];
        let mut have = None;
        for i in 0..self.jaren {
            let year = self.eerste_jaar + i as i32;
            if year <= self.bekend || !self.tot.iter().any(|last| year <= *last) {
                into.schokken
                    .iter_mut()
                    .for_each(|row| row[i] = Lanes([0.0; W]));
                continue;
            }
            let block = (year / 4) as u32;
            let fresh = have != Some(block);
            have = Some(block);
            for (s, key) in numbers.keys.iter().enumerate() {
                if year <= self.tot[s] {
                    if fresh {
                        words[s] = uniforms::<W>(self.seed, first, *key, block);
                    }
                    z[s] = normals(&words[s][(year % 4) as usize]);
                }
            }
            if !self.samenhang_schokken.is_empty() {
                self.samenhang_schokken.correlate(&mut z);
            }
            for (s, (number, schok)) in numbers.van.iter().zip(&self.schokken).enumerate() {
                let row = &mut into.schokken[s];
                row[i] = if year <= self.tot[*number] {
                    let shock = Lanes(schok.sampler.sample_lanes(&z[*number]));
                    let before = if i > 0 { row[i - 1] } else { Lanes([0.0; W]) };
                    before * Lanes::all(schok.phi) + shock
                } else {
                    Lanes([0.0; W])
                };
            }
        }
    }

    /// One draw in the exact arithmetic: the same values, bit for bit, as decimals.
    pub fn exact(&self, draw: u64) -> Trekking<Exact> {
        let mut lane = Trekking::<Lanes<1>>::geen();
        self.trek(draw, &mut lane);
        let exact = |l: &Lanes<1>| Exact(Decimal::from_f64_retain(l.0[0]));
        Trekking {
            slots: lane.slots.iter().map(exact).collect(),
            schokken: lane
                .schokken
                .iter()
                .map(|row| row.iter().map(exact).collect())
                .collect(),
            uitstel: lane
                .uitstel
                .iter()
                .map(|d| Lanes::<1>::steps(*d).0[0] as u32)
                .collect(),
        }
    }
}

/// The figures kept of every draw and route, in this order; then saldo and `netto_baat` per party.
pub const UITKOMSTEN: &[&str] = &[
    "reeel_saldo",
    "eindwaarde",
    "ncw",
    "laagste_stand",
    "laagste_stand_jaar",
    "rente_totaal",
    "voorfinanciering",
    "portemonnee",
];

/// The names of all figures kept per route.
pub fn uitkomst_namen(model: &Model) -> Vec<String> {
    let parties = model.partijen.iter().flat_map(|p| {
        [
            format!("partij[{}].saldo", p.partij),
            format!("partij[{}].netto_baat", p.partij),
        ]
    });
    UITKOMSTEN
        .iter()
        .map(|s| (*s).to_owned())
        .chain(parties)
        .collect()
}

/// The figures of one evaluation, in the order of [`uitkomst_namen`].
#[inline(always)]
pub fn uitkomsten<N: Number>(plan: &Plan<'_>, u: &Uitkomst<N>, out: &mut Vec<N>) {
    let r = &u.hoofd;
    let ncw = match plan.model.gebied.ncw_methode {
        NcwMethode::Bbv => r.ncw_bbv,
        NcwMethode::Rente => r.ncw_rente,
        NcwMethode::Kasstroom => r.ncw_kasstroom,
    };
    out.clear();
    out.extend([
        r.reeel_saldo,
        r.eindwaarde,
        ncw,
        r.laagste_stand.0,
        r.laagste_stand.1,
        r.rente_totaal,
        u.voorfinanciering,
        u.portemonnee,
    ]);
    for p in &u.partijen {
        out.extend([p.saldo, p.netto_baat]);
    }
}

/// All draws of one or more routes.
#[derive(Debug, Clone)]
pub struct Trekkingen {
    /// Number of draws.
    pub aantal: usize,
    /// Figures per route.
    pub namen: Vec<String>,
    /// By route, then by figure, then by draw.
    pub waarden: Vec<Vec<Vec<f64>>>,
}

impl Trekkingen {
    /// The draws of a figure in a route.
    pub fn figuur(&self, route: usize, naam: &str) -> Option<&[f64]> {
        let position = self.namen.iter().position(|n| n == naam)?;
        self.waarden.get(route)?.get(position).map(Vec::as_slice)
    }
}

/// Runs `aantal` draws of several plans (routes of one model) on the same draws, in parallel on rayon's current pool.
///
/// `gedaan` is told the number of draws that came ready; it may be called from any thread.
pub fn simuleer(
    plannen: &[Plan<'_>],
    aantal: usize,
    seed: u64,
    gedaan: &(dyn Fn(u64) + Sync),
) -> Result<Trekkingen, Problem> {
    let Some(first) = plannen.first() else {
        return Ok(Trekkingen {
            aantal,
            namen: Vec::new(),
            waarden: Vec::new(),
        });
    };
    let ready: Vec<Voorbereid<'_, Lanes<LANES>>> = plannen.iter().map(Voorbereid::new).collect();
    // Every route of a model begins in the year of prijspeil or peildatum; draws are laid out over all years that any needs.
    let from = ready.iter().map(Voorbereid::eerste_jaar).min().unwrap_or(0);
    let to = ready
        .iter()
        .map(|v| v.eerste_jaar() + v.aantal_jaren() as i32)
        .max()
        .unwrap_or(0);
    let mut trekker = Trekker::new(first, seed, from, (to - from) as usize)?;
    let asked = ready
        .iter()
        .map(Voorbereid::laatste_schok)
        .reduce(|a, b| a.into_iter().zip(b).map(|(a, b)| a.max(b)).collect());
    trekker.beperk(&asked.unwrap_or_default());
    let namen = uitkomst_namen(first.model);
    let mut waarden = vec![vec![vec![0.0; aantal]; namen.len()]; plannen.len()];
    // Every block writes its own part of every column.
    let mut parts: Vec<Vec<&mut [f64]>> = (0..aantal.div_ceil(BLOCK))
        .map(|_| Vec::with_capacity(namen.len() * plannen.len()))
        .collect();
    for column in waarden.iter_mut().flatten() {
        parts
            .iter_mut()
            .zip(column.chunks_mut(BLOCK))
            .for_each(|(part, chunk)| part.push(chunk));
    }
    let room = || {
        (
            Trekking::<Lanes<LANES>>::geen(),
            ready
                .iter()
                .map(|v| Werk::new(v.plan, false))
                .collect::<Vec<_>>(),
            Vec::with_capacity(namen.len()),
        )
    };
    parts.into_par_iter().enumerate().for_each_init(
        room,
        |(trekking, werk, figures), (block, out)| {
            let count = out.first().map_or(0, |column| column.len());
            let task = Blok {
                trekker: &trekker,
                ready: &ready,
                first: (block * BLOCK) as u64,
                trekking,
                werk,
                figures,
                out,
            };
            pulp::Arch::new().dispatch(task);
            gedaan(count as u64);
        },
    );
    if let Some(positions) = namen.iter().position(|n| n == "laagste_stand_jaar") {
        for (plan, columns) in plannen.iter().zip(&mut waarden) {
            columns[positions]
                .iter_mut()
                .for_each(|v| *v = f64::from(plan.timeline.year(*v as usize)));
        }
    }
    Ok(Trekkingen {
        aantal,
        namen,
        waarden,
    })
}

/// A block of draws, as a struct so that everything inlines under the processor's widest instructions.
struct Blok<'a, 'p> {
    trekker: &'a Trekker,
    ready: &'a [Voorbereid<'p, Lanes<LANES>>],
    first: u64,
    trekking: &'a mut Trekking<Lanes<LANES>>,
    werk: &'a mut Vec<Werk<Lanes<LANES>>>,
    figures: &'a mut Vec<Lanes<LANES>>,
    /// By route, then by figure: the draws of this block.
    out: Vec<&'a mut [f64]>,
}

impl pulp::NullaryFnOnce for Blok<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn call(mut self) {
        let draws = self.out.first().map_or(0, |column| column.len());
        for tile in (0..draws).step_by(LANES) {
            self.trekker.trek(self.first + tile as u64, self.trekking);
            for (route, (v, werk)) in self.ready.iter().zip(self.werk.iter_mut()).enumerate() {
                let u = evaluate(v, self.trekking, werk);
                uitkomsten(v.plan, &u, self.figures);
                let count = self.figures.len();
                for (i, value) in self.figures.iter().enumerate() {
                    // The last tile of a run may be wider than what is left.
                    for (into, value) in self.out[route * count + i][tile..].iter_mut().zip(value.0)
                    {
                        *into = value;
                    }
                }
            }
        }
    }
}

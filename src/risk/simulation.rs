//! Monte Carlo over compiled plans: draws by counter, sixteen side by side, blocks over threads.
//!
//! Draw `i` depends on (method, seed, `i`) and the names of the drivers alone, so any number of threads and any division over
//! machines gives the same bits, and every route and scenario sees the same draws. Knows plans and `evaluate`; not files, tables
//! or progress bars.

use super::antwoorden::Antwoorden;
use super::dependence::{Dependence, DependenceError};
use super::distribution::{Sampler, Verdeling};
use super::draden;
use super::random::{driver_key, normal};
use super::sampling::{GROEP, Methode, Steekproef, Woorden};
use super::snel::{self, Snel};
use super::statistics::Sorted;
use super::volgorde::{self, Jaardrijver, Richtingen};
use crate::evaluate::{Trekking, Uitkomst, Voorbereid, Werk, evaluate};
use crate::model::address::Als;
use crate::model::{Model, NcwMethode, Onzekerheid, VerdelingRij};
use crate::number::{Exact, LaneDelay, Lanes, Number, to_f64};
use crate::plan::{Diepte, Plan, Route, Slot};
use crate::problem::{Problem, listed, nearest};
use rayon::prelude::*;
use rust_decimal::Decimal;
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

/// Draws side by side; the size that measured fastest (docs/benchmarks.md).
pub const LANES: usize = 16;
/// Tiles of [`LANES`] draws in a group of words.
const TEGELS: usize = GROEP as usize / LANES;
/// Groups in a block of work: many enough to spread over threads, few enough to stay in cache.
const GROEPEN: u64 = 8;
/// Draws in a block of work.
const BLOCK: usize = (GROEP * GROEPEN) as usize;

/// The driver that decides whether a risk happens, and the one that says how much, have names of their own.
const HAPPENS: &str = "\u{1f}kans";
const IMPACT: &str = "\u{1f}impact";

/// The numbers of one driver: its key, and its place among the Sobol points when it has one.
#[derive(Debug, Clone, Copy)]
struct Nummer {
    key: u64,
    dimensie: Option<u32>,
}

/// One scalar driver.
#[derive(Debug)]
enum Bron {
    /// The same in every draw.
    Vast(f64),
    /// Drawn by itself.
    Los(Nummer, Snel),
    /// Drawn together with others: by the correlated normal of its number.
    Samen(usize, Sampler),
    /// A risk: below its word it happens.
    Gebeurtenis {
        kans: Nummer,
        onder: u32,
        impact: Nummer,
        hoeveel: Snel,
    },
}

/// A yearly driver.
#[derive(Debug)]
struct Schok {
    nummer: Nummer,
    /// Whether it draws a word of its own: by itself, or as the first of a number that is correlated.
    woord: bool,
    bron: Schokbron,
    phi: f64,
}

/// What a yearly driver is drawn from.
#[derive(Debug)]
enum Schokbron {
    /// The same every year.
    Vast(f64),
    /// By itself.
    Los(Snel),
    /// Normal, together with others or not.
    Normaal { gemiddelde: f64, spreiding: f64 },
    /// Another distribution, together with others.
    Samen(Sampler),
}

/// Drivers of which the numbers are correlated. Those that share a number share the place of its normal, that of the first.
#[derive(Debug, Default)]
struct Samenhang {
    normalen: Dependence,
    /// By driver: the first that has its number.
    eerste: Vec<usize>,
    /// By driver: whether its number is correlated with others.
    lid: Vec<bool>,
    /// The first drivers of numbers that are correlated, held at a value or not: the others keep their draws.
    getrokken: Vec<(usize, Nummer)>,
}

/// By driver: the first that has its key.
fn eersten(keys: &[u64]) -> Vec<usize> {
    let mut found: HashMap<u64, usize> = HashMap::new();
    let drivers = keys.iter().enumerate();
    drivers
        .map(|(i, key)| *found.entry(*key).or_insert(i))
        .collect()
}

impl Samenhang {
    /// From the key of every driver, and the pairs of first drivers that are correlated.
    fn new(keys: &[u64], pairs: &[(usize, usize, f64)]) -> Result<Self, DependenceError> {
        let eerste = eersten(keys);
        let normalen = Dependence::new(keys.len(), pairs)?;
        let mut getrokken: Vec<(usize, Nummer)> = normalen
            .groups()
            .iter()
            .flatten()
            .map(|i| {
                let nummer = Nummer {
                    key: keys[*i],
                    dimensie: None,
                };
                (*i, nummer)
            })
            .collect();
        getrokken.sort_by_key(|(i, _)| *i);
        let correlated: HashSet<usize> = getrokken.iter().map(|(i, _)| *i).collect();
        Ok(Samenhang {
            normalen,
            lid: eerste.iter().map(|i| correlated.contains(i)).collect(),
            eerste,
            getrokken,
        })
    }

    /// Whether the number of a driver is correlated with others.
    fn hoort(&self, driver: usize) -> bool {
        self.lid[driver]
    }
}

/// All that draws the inputs of a plan; made once, shared by routes.
#[derive(Debug)]
pub struct Trekker {
    steekproef: Steekproef,
    normalen: snel::Normalen,
    bronnen: Vec<Bron>,
    schokken: Vec<Schok>,
    samenhang: Samenhang,
    samenhang_schokken: Samenhang,
    /// Under Sobol points: the main directions of the yearly drivers, which have dimensions of their own.
    richtingen: Option<Richtingen>,
    uitstel: Vec<Option<usize>>,
    per_jaar: f64,
    eerste_jaar: i32,
    jaren: usize,
    bekend: i32,
    /// By yearly driver: the last year that is asked.
    tot: Vec<i32>,
}

/// The name of a main direction of the yearly drivers.
const RICHTING: &str = "\u{1f}richting";

/// The numbers of one driver for the draws of a group.
pub(super) type Rij = [f64; GROEP as usize];
/// The normals of a yearly driver for the draws of a group.
type Normaalrij = [f32; GROEP as usize];

/// Room for the normals of drivers that are drawn together: by driver.
#[derive(Debug, Default)]
struct Normalen {
    los: Vec<Rij>,
    schokken: Vec<Normaalrij>,
    /// By yearly driver that is no normal.
    andere: Vec<Rij>,
    /// By column of [`Richtingen`]: yearly normals drawn before the years are walked through.
    vooraf: Vec<Normaalrij>,
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
pub(super) fn onmogelijk(o: &Onzekerheid, reason: &str) -> Problem {
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

/// A driver that is held at one value: what a stress test asks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Vastgezet {
    /// Position in [`Plan::drijver_namen`].
    pub drijver: usize,
    /// Its value, in the unit of its draws; a yearly driver has it every year.
    pub waarde: f64,
}

/// Most correlaties that a message lists.
const NEARBY_MAX: usize = 30;

/// What the nearest possible correlaties are, for a message: those that differ from what was given.
fn nearby(
    nearest: &[(usize, usize, f64)],
    given: &[(usize, usize, f64)],
    name: &dyn Fn(usize) -> String,
) -> String {
    let changed: Vec<String> = nearest
        .iter()
        .filter(|(i, j, rho)| {
            let pairs = [(*i, *j), (*j, *i)];
            let found = given.iter().find(|(a, b, _)| pairs.contains(&(*a, *b)));
            found.is_none_or(|(.., given)| (given - rho).abs() > 1e-9)
        })
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
        steekproef: Steekproef,
        vast: &[Vastgezet],
        eerste_jaar: i32,
        jaren: usize,
    ) -> Result<Trekker, Problem> {
        let model = plan.model;
        let wrong = |o: usize, e: String| onmogelijk(&model.onzekerheden[o], &e);
        let key = |o: usize| driver_key(model.onzekerheden[o].sleutel_naam());
        let held = |drijver: usize| vast.iter().find(|v| v.drijver == drijver).map(|v| v.waarde);
        let scalars = plan.drijvers.slots.len();
        let scalar_of = |o: usize| {
            plan.drijvers
                .slots
                .iter()
                .position(|s| *s == Slot::Onzekerheid(o))
        };
        let shock_of = |o: usize| plan.drijvers.schokken.iter().position(|(s, _)| *s == o);
        let pairs = |find: &dyn Fn(usize) -> Option<usize>| -> Vec<(usize, usize, f64)> {
            model
                .correlaties
                .iter()
                .filter_map(|(a, b, rho)| Some((find(*a)?, find(*b)?, to_f64(*rho))))
                .collect()
        };
        let impossible = |e: DependenceError,
                          given: &[(usize, usize, f64)],
                          name: &dyn Fn(usize) -> String,
                          driver: &dyn Fn(usize) -> usize| {
            use DependenceError as E;
            match e {
                E::Impossible {
                    group,
                    shrink,
                    nearest,
                } => {
                    let offer = nearby(&nearest, given, name);
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
        let keys: Vec<u64> = plan
            .drijvers
            .slots
            .iter()
            .map(|slot| match slot {
                Slot::Onzekerheid(o) => key(*o),
                Slot::Risico(r) => driver_key(&format!("{}{HAPPENS}", model.risicos[*r].risico)),
            })
            .collect();
        let eerste = eersten(&keys);
        let given = pairs(&|o| scalar_of(o).map(|i| eerste[i]));
        let samenhang = Samenhang::new(&keys, &given).map_err(|e| {
            impossible(e, &given, &|i| names[i].clone(), &|i| {
                if let Slot::Onzekerheid(o) = plan.drijvers.slots[i] {
                    o
                } else {
                    0
                }
            })
        })?;
        let keys: Vec<u64> = plan
            .drijvers
            .schokken
            .iter()
            .map(|(o, _)| key(*o))
            .collect();
        let eerste = eersten(&keys);
        let given = pairs(&|o| shock_of(o).map(|i| eerste[i]));
        let samenhang_schokken = Samenhang::new(&keys, &given).map_err(|e| {
            impossible(e, &given, &|i| names[scalars + i].clone(), &|i| {
                plan.drijvers.schokken[i].0
            })
        })?;
        let los = |key: u64| Nummer {
            key,
            dimensie: None,
        };
        let (richtingen, dims, dims_impact) = if steekproef.methode == Methode::Sobol {
            let yearly: Vec<Option<Jaardrijver>> = plan
                .drijvers
                .schokken
                .iter()
                .enumerate()
                .map(
                    |(i, (o, phi))| match verdeling(&model.onzekerheden[*o].verdeling) {
                        Verdeling::Normaal { spreiding, .. } if held(scalars + i).is_none() => {
                            Some(Jaardrijver {
                                plaats: samenhang_schokken.eerste[i],
                                spreiding,
                                phi: to_f64(*phi),
                            })
                        }
                        _ => None,
                    },
                )
                .collect();
            // A number of which another distribution is made too keeps its words.
            let other: HashSet<usize> = (0..yearly.len())
                .filter(|i| yearly[*i].is_none())
                .map(|i| samenhang_schokken.eerste[i])
                .collect();
            let yearly: Vec<Option<Jaardrijver>> = yearly
                .into_iter()
                .map(|d| d.filter(|d| !other.contains(&d.plaats)))
                .collect();
            // The middle of a driver and how far it spreads, in the unit of its draws.
            let of = |slot: usize, p: f64| match plan.drijvers.slots[slot] {
                Slot::Onzekerheid(o) => verdeling(&model.onzekerheden[o].verdeling).quantile(p),
                Slot::Risico(r) => {
                    to_f64(model.risicos[r].impact[1]) * if p > 0.5 { 1.0 } else { 0.0 }
                }
            };
            let years = (
                eerste_jaar,
                jaren,
                model.gebied.peil.year(model.gebied.tijdstap),
            );
            // The order is that of the whole model, so that a run of one route draws what a run of both does.
            let whole;
            let guide = if plan.route == Route::Cofinanciering {
                plan
            } else {
                let drivers = plan.drijvers.clone();
                whole = Plan::new(model, Route::Cofinanciering, Diepte::Rekening, drivers)?;
                &whole
            };
            let found = volgorde::richtingen(
                guide,
                &yearly,
                &samenhang_schokken.normalen,
                years,
                &|slot| of(slot, 0.5),
            );
            let used = found.as_ref().map_or(0, |r| r.componenten.len() as u32);
            let spread = |slot: usize| (of(slot, 0.9) - of(slot, 0.1)).abs();
            let (own, sizes) = volgorde::dimensies(guide, &spread, used);
            (found, own, sizes)
        } else {
            (None, vec![None; scalars], vec![None; scalars])
        };
        let at = |key: u64, dimensie: Option<u32>| Nummer { key, dimensie };
        // Numbers that several drivers share have one dimension: that of the first.
        let mut samenhang = samenhang;
        for (i, nummer) in &mut samenhang.getrokken {
            nummer.dimensie = dims[*i];
        }
        let shared = samenhang.eerste.clone();
        let bron = |(i, slot): (usize, &Slot)| -> Result<Bron, Problem> {
            if let Some(waarde) = held(i) {
                return Ok(Bron::Vast(waarde));
            }
            Ok(match slot {
                Slot::Onzekerheid(o) => {
                    let onzekerheid = &model.onzekerheden[*o];
                    let verdeling = verdeling(&onzekerheid.verdeling);
                    if samenhang.hoort(i) {
                        let sampler = Sampler::new(&verdeling).map_err(|e| wrong(*o, e))?;
                        Bron::Samen(samenhang.eerste[i], sampler)
                    } else {
                        let nummer = at(key(*o), dims[shared[i]]);
                        Bron::Los(nummer, Snel::new(&verdeling).map_err(|e| wrong(*o, e))?)
                    }
                }
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
                    let name = |part: &str| driver_key(&format!("{}{part}", risico.risico));
                    let hoeveel =
                        Snel::new(&Verdeling::Pert { laag, modus, hoog }).map_err(wrong)?;
                    let words = libm::round(to_f64(risico.kans) * 4_294_967_296.0);
                    if words < 1.0 {
                        Bron::Vast(0.0)
                    } else if words >= 4_294_967_296.0 {
                        Bron::Los(at(name(IMPACT), dims_impact[i]), hoeveel)
                    } else {
                        Bron::Gebeurtenis {
                            kans: at(name(HAPPENS), dims[i]),
                            onder: words as u32,
                            impact: at(name(IMPACT), dims_impact[i]),
                            hoeveel,
                        }
                    }
                }
            })
        };
        // Tables take time to make, so threads share them; the first problem in order is told.
        let bronnen: Vec<Bron> = plan
            .drijvers
            .slots
            .par_iter()
            .enumerate()
            .map(bron)
            .collect::<Vec<_>>()
            .into_iter()
            .collect::<Result<_, _>>()?;
        let mut schokken = Vec::with_capacity(plan.drijvers.schokken.len());
        for (i, (o, phi)) in plan.drijvers.schokken.iter().enumerate() {
            let onzekerheid = &model.onzekerheden[*o];
            let verdeling = verdeling(&onzekerheid.verdeling);
            let bron = match (held(scalars + i), &verdeling) {
                (Some(waarde), _) => Schokbron::Vast(waarde),
                (
                    None,
                    Verdeling::Normaal {
                        gemiddelde,
                        spreiding,
                    },
                ) => {
                    verdeling.validate().map_err(|e| wrong(*o, e))?;
                    Schokbron::Normaal {
                        gemiddelde: *gemiddelde,
                        spreiding: *spreiding,
                    }
                }
                (None, v) if samenhang_schokken.hoort(i) => {
                    Schokbron::Samen(Sampler::new(v).map_err(|e| wrong(*o, e))?)
                }
                (None, v) => Schokbron::Los(Snel::new(v).map_err(|e| wrong(*o, e))?),
            };
            let alone = matches!(bron, Schokbron::Los(_) | Schokbron::Normaal { .. });
            schokken.push(Schok {
                nummer: los(key(*o)),
                woord: if samenhang_schokken.hoort(i) {
                    samenhang_schokken.eerste[i] == i
                } else {
                    alone
                },
                bron,
                phi: to_f64(*phi),
            });
        }
        let g = &model.gebied;
        Ok(Trekker {
            steekproef,
            normalen: snel::Normalen::new(),
            bronnen,
            schokken,
            samenhang,
            samenhang_schokken,
            richtingen,
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
            tot: vec![i32::MAX; plan.drijvers.schokken.len()],
        })
    }

    /// Leaves out the shocks of years that no plan asks (see [`Voorbereid::laatste_schok`]); the others keep their bits.
    pub fn beperk(&mut self, laatste: &[i32]) {
        self.tot = laatste.to_vec();
        // The first of those that share a number draws it for all.
        for (s, first) in self.samenhang_schokken.eerste.iter().enumerate() {
            self.tot[*first] = self.tot[*first].max(self.tot[s]);
        }
        // A correlated shock is made of those before it in its group.
        for group in self.samenhang_schokken.normalen.groups() {
            let mut last = i32::MIN;
            for s in group.iter().rev() {
                last = last.max(self.tot[*s]);
                self.tot[*s] = last;
            }
        }
    }

    /// The words of a driver for a group, in the order of its draws.
    #[inline(always)]
    fn woorden(&self, groep: u64, nummer: Nummer, blok: u32) -> [u32; GROEP as usize] {
        let rows: Woorden = self
            .steekproef
            .woorden(groep, nummer.key, blok, nummer.dimensie);
        let mut out = [0; GROEP as usize];
        for (j, row) in rows.iter().enumerate() {
            out[j * row.len()..(j + 1) * row.len()].copy_from_slice(row);
        }
        out
    }

    /// Standard normal numbers of a driver in a group, in straight pieces: for yearly drivers, of which there are many.
    #[inline(always)]
    fn normaal_snel(&self, groep: u64, nummer: Nummer, blok: u32) -> Normaalrij {
        self.normalen.op(&self.woorden(groep, nummer, blok))
    }

    /// Standard normal numbers of a driver in a group.
    #[inline(always)]
    fn normaal(&self, groep: u64, nummer: Nummer, blok: u32) -> Rij {
        let words = self.woorden(groep, nummer, blok);
        let mut z = [0.0; GROEP as usize];
        for l in 0..z.len() {
            z[l] = normal(words[l]);
        }
        z
    }

    /// The correlated normals of a group, for [`Self::waarden_van`].
    #[inline(always)]
    pub(super) fn trek_samen(&self, groep: u64, los: &mut Vec<Rij>) {
        if self.samenhang.normalen.is_empty() {
            return;
        }
        los.resize(self.bronnen.len(), [0.0; GROEP as usize]);
        for (i, nummer) in &self.samenhang.getrokken {
            los[*i] = self.normaal(groep, *nummer, 0);
        }
        self.samenhang.normalen.correlate(los);
    }

    /// The values of a scalar driver in a group; `los` as [`Self::trek_samen`] left it.
    #[inline(always)]
    pub(super) fn waarden_van(&self, slot: usize, groep: u64, los: &[Rij]) -> Rij {
        let (nummer, snel, event) = match &self.bronnen[slot] {
            Bron::Vast(value) => return [*value; GROEP as usize],
            Bron::Samen(number, sampler) => return sampler.sample_lanes(&los[*number]),
            Bron::Los(nummer, snel) => (nummer, snel, None),
            Bron::Gebeurtenis {
                kans,
                onder,
                impact,
                hoeveel,
            } => (impact, hoeveel, Some((kans, *onder))),
        };
        // One place where words are made: all of them are written out there, and that makes the loop long.
        let mut words = [[0; GROEP as usize]; 2];
        for (words, nummer) in words.iter_mut().zip([Some(nummer), event.map(|e| e.0)]) {
            if let Some(nummer) = nummer {
                *words = self.woorden(groep, *nummer, 0);
            }
        }
        let mut values = snel.waarden(&words[0]);
        if let Some((_, below)) = event {
            for l in 0..values.len() {
                values[l] = if words[1][l] < below { values[l] } else { 0.0 };
            }
        }
        values
    }

    /// Whether a scalar driver is drawn by itself and rises with its word, so that the word tells its rank.
    pub(super) fn stijgt(&self, slot: usize) -> bool {
        matches!(&self.bronnen[slot], Bron::Los(_, snel) if snel.stijgt())
    }

    /// Whether a scalar driver is drawn together with others.
    pub(super) fn samen(&self, slot: usize) -> bool {
        matches!(&self.bronnen[slot], Bron::Samen(..))
    }

    /// The words of a scalar driver that [rises](Self::stijgt), for a group.
    #[inline(always)]
    pub(super) fn woorden_van(&self, slot: usize, groep: u64) -> [u32; GROEP as usize] {
        match &self.bronnen[slot] {
            Bron::Los(nummer, _) => self.woorden(groep, *nummer, 0),
            _ => [0; GROEP as usize],
        }
    }

    /// The draws of a group, a tile of [`LANES`] each.
    #[inline(always)]
    fn trek_groep(
        &self,
        groep: u64,
        into: &mut [Trekking<Lanes<LANES>>; TEGELS],
        ruimte: &mut Normalen,
    ) {
        let zero = Lanes([0.0; LANES]);
        for trekking in into.iter_mut() {
            // Every place is written below. Drivers may all be yearly, or none.
            if trekking.slots.len() != self.bronnen.len()
                || trekking.schokken.len() != self.schokken.len()
            {
                trekking.slots.resize(self.bronnen.len(), zero);
                trekking.schokken = vec![vec![zero; self.jaren]; self.schokken.len()];
            }
            trekking.uitstel.clear();
        }
        self.trek_samen(groep, &mut ruimte.los);
        for i in 0..self.bronnen.len() {
            let values = self.waarden_van(i, groep, &ruimte.los);
            for (trekking, values) in into.iter_mut().zip(values.chunks_exact(LANES)) {
                trekking.slots[i].0.copy_from_slice(values);
            }
        }
        for trekking in into.iter_mut() {
            for slot in &self.uitstel {
                let steps = match slot {
                    None => [0; LANES],
                    Some(slot) => {
                        let mut steps = [0; LANES];
                        let years = trekking.slots[*slot].0;
                        for l in 0..LANES {
                            // Never below zero: half and up is the next whole one.
                            steps[l] = (years[l] * self.per_jaar + 0.5) as i32 as u32;
                        }
                        steps
                    }
                };
                trekking.uitstel.push(LaneDelay::new(steps));
            }
        }
        if let Some(richtingen) = &self.richtingen {
            self.trek_vooraf(groep, richtingen, &mut ruimte.vooraf);
        }
        self.trek_schokken(groep, into, ruimte);
    }

    /// The yearly normals of a group, turned so that their main directions follow Sobol points: what the normals have of a
    /// direction is replaced, the rest stays random.
    #[inline(always)]
    fn trek_vooraf(&self, groep: u64, richtingen: &Richtingen, into: &mut Vec<Normaalrij>) {
        into.resize(richtingen.kolommen.len(), [0.0; GROEP as usize]);
        for ((i, place), z) in richtingen.kolommen.iter().zip(into.iter_mut()) {
            let year = self.eerste_jaar + *i as i32;
            if year <= self.tot[*place] {
                *z = self.normaal_snel(groep, self.schokken[*place].nummer, year as u32);
            }
        }
        for (c, richting) in richtingen.componenten.iter().enumerate() {
            let nummer = Nummer {
                key: driver_key(RICHTING),
                dimensie: Some(c as u32),
            };
            // What is missing of the direction, and then a part of that in every normal.
            let mut missing = self.normaal(groep, nummer, 0).map(|z| z as f32);
            for (z, weight) in into.iter().zip(richting) {
                let weight = *weight as f32;
                for l in 0..missing.len() {
                    missing[l] -= weight * z[l];
                }
            }
            for (z, weight) in into.iter_mut().zip(richting) {
                let weight = *weight as f32;
                for l in 0..missing.len() {
                    z[l] += weight * missing[l];
                }
            }
        }
    }

    /// The yearly drivers of a group. Numbers belong to a calendar year, so that a longer horizon leaves the earlier years alone.
    #[inline(always)]
    fn trek_schokken(
        &self,
        groep: u64,
        into: &mut [Trekking<Lanes<LANES>>; TEGELS],
        ruimte: &mut Normalen,
    ) {
        let zero = Lanes([0.0; LANES]);
        let Normalen {
            schokken: normals,
            andere,
            vooraf,
            ..
        } = ruimte;
        normals.resize(self.schokken.len(), [0.0; GROEP as usize]);
        andere.resize(self.schokken.len(), [0.0; GROEP as usize]);
        let samen = &self.samenhang_schokken;
        for i in 0..self.jaren {
            let year = self.eerste_jaar + i as i32;
            let drawn = |s: usize| year > self.bekend && year <= self.tot[s];
            for (s, schok) in self.schokken.iter().enumerate() {
                if !schok.woord || !drawn(s) {
                    continue;
                }
                // Those that share a number share its column.
                if let Some(column) = self.kolom(i, samen.eerste[s]) {
                    normals[s] = vooraf[column];
                    continue;
                }
                let words = self.woorden(groep, schok.nummer, year as u32);
                match &schok.bron {
                    Schokbron::Los(snel) if !samen.hoort(s) => andere[s] = snel.waarden(&words),
                    _ => normals[s] = self.normalen.op(&words),
                }
            }
            if !samen.normalen.is_empty() {
                samen.normalen.correlate(normals);
            }
            for (s, schok) in self.schokken.iter().enumerate() {
                if !drawn(s) {
                    for trekking in into.iter_mut() {
                        trekking.schokken[s][i] = zero;
                    }
                    continue;
                }
                let number = if samen.hoort(s) { samen.eerste[s] } else { s };
                let values: Rij = match &schok.bron {
                    Schokbron::Vast(value) => {
                        for trekking in into.iter_mut() {
                            trekking.schokken[s][i] = Lanes([*value; LANES]);
                        }
                        continue;
                    }
                    Schokbron::Los(_) => andere[s],
                    &Schokbron::Normaal {
                        gemiddelde,
                        spreiding,
                    } => {
                        let z = &normals[number];
                        let mut values = [0.0; GROEP as usize];
                        for l in 0..z.len() {
                            values[l] = gemiddelde + spreiding * f64::from(z[l]);
                        }
                        values
                    }
                    Schokbron::Samen(sampler) => {
                        let z = &normals[number];
                        let mut double = [0.0; GROEP as usize];
                        for l in 0..z.len() {
                            double[l] = f64::from(z[l]);
                        }
                        sampler.sample_lanes(&double)
                    }
                };
                let phi = schok.phi;
                for (trekking, values) in into.iter_mut().zip(values.chunks_exact(LANES)) {
                    let row = &mut trekking.schokken[s];
                    let before = if i > 0 { row[i - 1] } else { zero };
                    let mut now = [0.0; LANES];
                    for l in 0..LANES {
                        now[l] = before.0[l] * phi + values[l];
                    }
                    row[i] = Lanes(now);
                }
            }
        }
    }

    /// The column of [`Richtingen`] that holds the normal of a place in a year.
    #[inline(always)]
    fn kolom(&self, year: usize, place: usize) -> Option<usize> {
        let richtingen = self.richtingen.as_ref()?;
        richtingen.kolommen.binary_search(&(year, place)).ok()
    }

    /// Draws `first` to `first + W`, of any place and width: the bits that they have in their groups.
    pub fn trek<const W: usize>(&self, first: u64, into: &mut Trekking<Lanes<W>>) {
        let mut tiles = [(); TEGELS].map(|()| Trekking::<Lanes<LANES>>::geen());
        let mut have = None;
        let mut steps = vec![[0u32; W]; self.uitstel.len()];
        into.slots.clear();
        into.slots.resize(self.bronnen.len(), Lanes([0.0; W]));
        into.schokken.clear();
        into.schokken
            .resize(self.schokken.len(), vec![Lanes([0.0; W]); self.jaren]);
        for lane in 0..W {
            let draw = first + lane as u64;
            if have != Some(draw / GROEP) {
                self.trek_groep(draw / GROEP, &mut tiles, &mut Normalen::default());
                have = Some(draw / GROEP);
            }
            let place = (draw % GROEP) as usize;
            let (tile, from) = (&tiles[place / LANES], place % LANES);
            for (to, value) in into.slots.iter_mut().zip(&tile.slots) {
                to.0[lane] = value.0[from];
            }
            for (to, row) in into.schokken.iter_mut().zip(&tile.schokken) {
                for (to, value) in to.iter_mut().zip(row) {
                    to.0[lane] = value.0[from];
                }
            }
            for (steps, delay) in steps.iter_mut().zip(&tile.uitstel) {
                steps[lane] = Lanes::<LANES>::steps(*delay).0[from] as u32;
            }
        }
        into.uitstel = steps.into_iter().map(LaneDelay::new).collect();
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

/// The figures kept of every draw and route, in this order; then saldo and `netto_baat` per party, those of delen, and those of
/// settlements ([`Plan::figuren`]).
pub const UITKOMSTEN: &[&str] = &[
    "reeel_saldo",
    "eindwaarde",
    "ncw",
    "laagste_stand",
    "laagste_stand_jaar",
    "rente_totaal",
    "voorfinanciering",
    "fonds_laagste",
    "portemonnee",
];

/// The names of all figures kept per route; the same in every route of a model.
pub fn uitkomst_namen(plan: &Plan<'_>) -> Vec<String> {
    let parties = plan.model.partijen.iter().flat_map(|p| {
        [
            format!("partij[{}].saldo", p.partij),
            format!("partij[{}].netto_baat", p.partij),
        ]
    });
    UITKOMSTEN
        .iter()
        .map(|s| (*s).to_owned())
        .chain(parties)
        .chain((0..plan.delen.len()).flat_map(|d| {
            let naam = plan.deel_naam(d);
            [
                format!("deelgebied[{naam}].eindwaarde"),
                format!("deelgebied[{naam}].ncw"),
            ]
        }))
        .chain(plan.figuren.iter().map(|f| plan.figuur_naam(*f)))
        .collect()
}

/// Whether the drivers of a plan can be drawn together, as a run finds it.
///
/// # Errors
/// The problem that a run would tell: a distribution that can't be, or correlaties that can't all hold.
pub fn trekbaar(plan: &Plan<'_>) -> Result<(), Problem> {
    let ready = Voorbereid::<Lanes<1>>::new(plan);
    let steekproef = Simulatie::gewoon(0, 1).steekproef;
    let (first, years) = (ready.eerste_jaar(), ready.aantal_jaren());
    Trekker::new(plan, steekproef, &[], first, years).map(|_| ())
}

/// Refuses a figure that can't be asked about: one that draws don't have, or the year, of which more is not better.
pub fn gevraagd(figuur: &str, namen: &[String]) -> Result<(), Problem> {
    let amounts = || {
        namen
            .iter()
            .map(String::as_str)
            .filter(|n| *n != "laagste_stand_jaar")
    };
    if amounts().any(|n| n == figuur) {
        return Ok(());
    }
    let problem = Problem::error(
        "unknown-reference",
        if figuur == "laagste_stand_jaar" {
            format!("{figuur} is a year and no amount")
        } else {
            format!("no figure \"{figuur}\"")
        },
    )
    .allowed(listed(amounts()));
    Err(match nearest(figuur, amounts()) {
        Some(near) => problem.fix(format!("did you mean \"{near}\"?")),
        None => problem.fix("take one of these"),
    })
}

/// The figures of one evaluation, in the order of [`uitkomst_namen`].
#[inline(always)]
pub fn uitkomsten<N: Number>(plan: &Plan<'_>, u: &Uitkomst<N>, werk: &Werk<N>, out: &mut Vec<N>) {
    let r = &u.hoofd;
    let ncw = match plan.model.gebied.ncw_methode {
        NcwMethode::Bbv => r.ncw_bbv,
        NcwMethode::Rente => r.ncw_rente,
        NcwMethode::Kasstroom => r.ncw_kasstroom,
        NcwMethode::KasstroomRente => r.ncw_kasstroom_rente.unwrap_or_else(|| N::number(0)),
    };
    out.clear();
    out.extend([
        r.reeel_saldo,
        r.eindwaarde,
        ncw,
        r.laagste_stand.0,
        r.laagste_stand.1,
        r.rente_totaal,
        u.fonds.voorfinanciering,
        u.fonds.saldo,
        u.portemonnee,
    ]);
    out.extend(werk.partijen.iter().flat_map(|p| [p.saldo, p.netto_baat]));
    out.extend(
        werk.deeluitkomsten
            .iter()
            .flat_map(|d| [d.eindwaarde, d.ncw]),
    );
    // There is always a party, unless only the figures of the area are calculated.
    if !werk.partijen.is_empty() {
        out.extend(plan.figuren.iter().map(|f| werk.figuur(*f)));
    }
}

/// What is simulated.
#[derive(Debug, Clone, PartialEq)]
pub struct Simulatie {
    /// How draws are spread.
    pub steekproef: Steekproef,
    /// Which draws, from a multiple of [`GROEP`] on.
    pub bereik: Range<u64>,
    /// Drivers that are held.
    pub vast: Vec<Vastgezet>,
    /// Only the figures of the area ([`UITKOMSTEN`]): those of parties and deelgebieden are not calculated, those of settlements not
    /// kept.
    pub alleen_gebied: bool,
    /// Of so many of the first draws the stand per period is kept, for a fan.
    pub waaier: usize,
    /// Of so many of the first draws the index levels and rates are kept, for a tornado.
    pub niveaus: usize,
}

impl Simulatie {
    /// Plain draws `0..aantal`, of which only the figures are kept.
    pub fn gewoon(aantal: usize, seed: u64) -> Self {
        Simulatie {
            steekproef: Steekproef {
                methode: super::sampling::Methode::Willekeurig,
                seed,
                per_herhaling: GROEP,
            },
            bereik: 0..aantal as u64,
            vast: Vec::new(),
            alleen_gebied: false,
            waaier: 0,
            niveaus: 0,
        }
    }

    /// Number of draws.
    pub fn aantal(&self) -> usize {
        (self.bereik.end - self.bereik.start) as usize
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
    /// By route, then by position of the main account from its first on, then by draw: minus boekwaarde.
    pub waaier: Vec<Vec<Vec<f64>>>,
    /// By index group that draws change, then by draw: its level in the last period of the main account.
    pub niveaus: Vec<(usize, Vec<f32>)>,
}

impl Trekkingen {
    /// The draws of a figure in a route.
    pub fn figuur(&self, route: usize, naam: &str) -> Option<&[f64]> {
        let position = self.namen.iter().position(|n| n == naam)?;
        self.waarden
            .get(route)
            .map(|columns| columns[position].as_slice())
    }

    /// The answers of every figure, by route; columns are sorted beside each other. Nothing for a figure without draws.
    pub fn antwoorden(&self, per_herhaling: Option<usize>) -> Vec<Vec<Option<Antwoorden>>> {
        let answer =
            |column: &Vec<f64>| Antwoorden::new(column, &Sorted::new(column), per_herhaling);
        self.waarden
            .par_iter()
            .map(|columns| columns.par_iter().map(answer).collect())
            .collect()
    }
}

/// The part of a column that a block writes: its draws as far as they are kept.
fn verdeel<'a, T>(parts: &mut [Vec<&'a mut [T]>], column: &'a mut [T]) {
    let mut chunks = column.chunks_mut(BLOCK);
    for part in parts {
        part.push(chunks.next().unwrap_or_default());
    }
}

/// Simulates routes on the same draws; `gedaan` is told how many draws came ready, from any thread.
///
/// Every route must be a plan of one model, gathered by account. Draws on as many threads as rayon's current pool has, with room
/// of their own ([`draden::ruim`]).
pub fn simuleer(
    plannen: &[Plan<'_>],
    simulatie: &Simulatie,
    gedaan: &(dyn Fn(u64) + Sync),
) -> Result<Trekkingen, Problem> {
    draden::ruim(|| trek(plannen, simulatie, gedaan))
}

fn trek(
    plannen: &[Plan<'_>],
    simulatie: &Simulatie,
    gedaan: &(dyn Fn(u64) + Sync),
) -> Result<Trekkingen, Problem> {
    let aantal = simulatie.aantal();
    let Some(first) = plannen.first() else {
        return Ok(Trekkingen {
            aantal,
            namen: Vec::new(),
            waarden: Vec::new(),
            waaier: Vec::new(),
            niveaus: Vec::new(),
        });
    };
    assert!(
        simulatie.bereik.start.is_multiple_of(GROEP),
        "draws start at a group"
    );
    let mut ready: Vec<Voorbereid<'_, Lanes<LANES>>> =
        plannen.iter().map(Voorbereid::new).collect();
    for v in &mut ready {
        v.alleen_gebied = simulatie.alleen_gebied;
    }
    if let Some(last) = ready.last_mut().filter(|_| simulatie.niveaus > 0) {
        last.niveaus_tot_einde();
    }
    // Every route of a model begins in the year of prijspeil or peildatum; draws are laid out over all years that any needs.
    let from = ready.iter().map(Voorbereid::eerste_jaar).min().unwrap_or(0);
    let to = ready
        .iter()
        .map(|v| v.eerste_jaar() + v.aantal_jaren() as i32)
        .max()
        .unwrap_or(0);
    let mut trekker = Trekker::new(
        first,
        simulatie.steekproef,
        &simulatie.vast,
        from,
        (to - from) as usize,
    )?;
    let asked = ready
        .iter()
        .map(Voorbereid::laatste_schok)
        .reduce(|a, b| a.into_iter().zip(b).map(|(a, b)| a.max(b)).collect());
    trekker.beperk(&asked.unwrap_or_default());
    let mut namen = uitkomst_namen(first);
    if simulatie.alleen_gebied {
        namen.truncate(UITKOMSTEN.len());
    }
    // Columns made one by one: a copied column would be written twice, the first time by one thread.
    let columns = |count: usize, length: usize| -> Vec<Vec<f64>> {
        (0..count).map(|_| vec![0.0; length]).collect()
    };
    let mut waarden: Vec<Vec<Vec<f64>>> = plannen
        .iter()
        .map(|_| columns(namen.len(), aantal))
        .collect();
    let kept_fan = simulatie.waaier.min(aantal);
    let mut waaier: Vec<Vec<Vec<f64>>> = plannen
        .iter()
        .map(|p| {
            let positions = if kept_fan > 0 {
                p.eind_uiterst - p.begin
            } else {
                0
            };
            columns(positions, kept_fan)
        })
        .collect();
    let kept = simulatie.niveaus.min(aantal);
    let groups = (0..first.model.indexen.len()).filter(|i| {
        kept > 0
            && !first.drijvers.is_empty()
            && !(first.drijvers.groei_schok[*i].is_empty() && first.drijvers.groei[*i].is_empty())
    });
    let mut niveaus: Vec<(usize, Vec<f32>)> = groups.map(|i| (i, vec![0.0; kept])).collect();
    // Every block writes its own part of every column.
    let blocks = aantal.div_ceil(BLOCK);
    let mut parts: Vec<Vec<&mut [f64]>> = (0..blocks).map(|_| Vec::new()).collect();
    for column in waarden.iter_mut().flatten() {
        verdeel(&mut parts, column);
    }
    let mut fans: Vec<Vec<&mut [f64]>> = (0..blocks).map(|_| Vec::new()).collect();
    for column in waaier.iter_mut().flatten() {
        verdeel(&mut fans, column);
    }
    let mut levels: Vec<Vec<&mut [f32]>> = (0..blocks).map(|_| Vec::new()).collect();
    let mut level_groups = Vec::new();
    for (group, column) in &mut niveaus {
        level_groups.push(*group);
        verdeel(&mut levels, column);
    }
    let room = || Ruimte {
        trekkingen: [(); TEGELS].map(|()| Trekking::geen()),
        normalen: Normalen::default(),
        werk: ready.iter().map(|v| Werk::new(v.plan, false)).collect(),
        figures: Vec::with_capacity(namen.len()),
    };
    let start = simulatie.bereik.start / GROEP;
    let te_groot = AtomicU64::new(u64::MAX);
    parts
        .into_par_iter()
        .zip(fans)
        .zip(levels)
        .enumerate()
        .for_each_init(room, |ruimte, (block, ((out, waaier), niveaus))| {
            let draws = (aantal - block * BLOCK).min(BLOCK);
            let task = Blok {
                trekker: &trekker,
                ready: &ready,
                groep: start + block as u64 * GROEPEN,
                draws,
                ruimte,
                out,
                waaier,
                niveaus,
                groups: &level_groups,
                waaier_lengte: kept_fan.saturating_sub(block * BLOCK),
                te_groot: &te_groot,
            };
            pulp::Arch::new().dispatch(task);
            gedaan(draws as u64);
        });
    let draw = te_groot.into_inner();
    if draw < u64::MAX {
        return Err(Problem::error(
            "too-large",
            format!("draw {draw} gives figures that are too large to calculate with"),
        )
        .fix("check growth rates with their spreiding and persistentie, and the length of the horizon"));
    }
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
        waaier,
        niveaus,
    })
}

/// What a thread works in; made once.
struct Ruimte {
    trekkingen: [Trekking<Lanes<LANES>>; TEGELS],
    normalen: Normalen,
    werk: Vec<Werk<Lanes<LANES>>>,
    figures: Vec<Lanes<LANES>>,
}

/// A block of draws, as a struct so that everything inlines under the processor's widest instructions.
struct Blok<'a, 'p> {
    trekker: &'a Trekker,
    ready: &'a [Voorbereid<'p, Lanes<LANES>>],
    groep: u64,
    draws: usize,
    ruimte: &'a mut Ruimte,
    /// By route, then by figure: the draws of this block.
    out: Vec<&'a mut [f64]>,
    /// By route, then by position: as far as they are kept.
    waaier: Vec<&'a mut [f64]>,
    /// By index group in `groups`: as far as they are kept.
    niveaus: Vec<&'a mut [f32]>,
    groups: &'a [usize],
    /// Draws of this block of which the stand is kept.
    waaier_lengte: usize,
    /// The first draw with a figure that is infinite or no number.
    te_groot: &'a AtomicU64,
}

impl pulp::NullaryFnOnce for Blok<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn call(mut self) {
        let Ruimte {
            trekkingen,
            normalen,
            werk,
            figures,
        } = self.ruimte;
        for (g, at) in (0..self.draws).step_by(GROEP as usize).enumerate() {
            self.trekker
                .trek_groep(self.groep + g as u64, trekkingen, normalen);
            for (j, trekking) in trekkingen.iter().enumerate() {
                let tile = at + j * LANES;
                if tile >= self.draws {
                    break;
                }
                // The last tile of a run may be wider than what is left.
                let mut waaier = self.waaier.iter_mut();
                for (route, (v, werk)) in self.ready.iter().zip(werk.iter_mut()).enumerate() {
                    let u = evaluate(v, trekking, werk);
                    uitkomsten(v.plan, &u, werk, figures);
                    let count = figures.len();
                    // Zero as long as all are finite.
                    let mut rest = [0.0; LANES];
                    for (i, value) in figures.iter().enumerate() {
                        schrijf(self.out[route * count + i], tile, &value.0);
                        for l in 0..LANES {
                            rest[l] += value.0[l] * 0.0;
                        }
                    }
                    let asked = LANES.min(self.draws - tile);
                    if let Some(lane) = rest[..asked].iter().position(|r| r.is_nan()) {
                        let draw = self.groep * GROEP + (tile + lane) as u64;
                        self.te_groot.fetch_min(draw, Ordering::Relaxed);
                    }
                    if self.waaier_lengte > tile {
                        // Columns of the next route follow: the stand leads, as a zip takes one more of what leads.
                        let span = v.plan.begin..v.plan.eind_uiterst;
                        for (boekwaarde, column) in werk.boekwaarde[span].iter().zip(&mut waaier) {
                            schrijf(column, tile, &boekwaarde.0.map(|b| -b));
                        }
                    }
                }
                for (column, group) in self.niveaus.iter_mut().zip(self.groups) {
                    let v = &self.ready[self.ready.len() - 1];
                    let last = v.plan.eind - 1;
                    if let Some(level) = v.niveau(*group, last, &werk[self.ready.len() - 1]) {
                        schrijf(column, tile, &level.0.map(|x| x as f32));
                    }
                }
            }
        }
    }
}

/// Writes the lanes of a tile, as far as the column goes.
///
/// A whole tile is stored without being read: reading a page that was never written maps it, writing maps it again, and with
/// several threads that second time interrupts them all.
#[inline(always)]
fn schrijf<T: Copy>(column: &mut [T], tile: usize, lanes: &[T; LANES]) {
    if let Some(whole) = column
        .get_mut(tile..)
        .and_then(|rest| rest.first_chunk_mut::<LANES>())
    {
        *whole = *lanes;
        return;
    }
    for (into, value) in column.iter_mut().skip(tile).zip(lanes) {
        *into = *value;
    }
}

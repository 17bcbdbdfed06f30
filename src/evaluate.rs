//! The only way to calculate: index → flows → gebiedsfonds → accounts → results, once for all three arithmetics.
//!
//! [`Voorbereid`] holds a plan's numbers in one arithmetic; [`evaluate`] runs one set of draws through it. Knows no files and no
//! distributions.

pub mod bijdragen;
mod figuren;
mod grondwaarde;
pub mod overzicht;
pub mod verevening;
pub mod verhaal;

use crate::cashflow;
use crate::ledger::{self, Delen, Disconto, Leningen, Looptijd, Rentes, Resultaat, Tarieven};
use crate::model::address::Als;
use crate::model::{BUITEN, Bedrag, Fondsregel, HOOFD, NcwMethode, Stroomsoort, Totaal};
use crate::number::{At, Exact, Number, Of, at};
use crate::plan::{Cel, Diepte, Gebruik, Plan};
use crate::rules::gebiedsfonds::{self, Laagste, Lener, Tekortregel, Verloop};
use crate::timeline;
use rust_decimal::Decimal;

/// The draws of one evaluation: a value per scalar slot, a shock per yearly driver and year, a delay per deelgebied.
#[derive(Debug, Clone)]
pub struct Trekking<N: Number> {
    /// By scalar slot.
    pub slots: Vec<N>,
    /// By yearly driver, then by year from [`Voorbereid::eerste_jaar`] on: the deviation of growth, persistence included.
    pub schokken: Vec<Vec<N>>,
    /// By deelgebied: the drawn delay in periods.
    pub uitstel: Vec<N::Whole>,
}

impl<N: Number> Trekking<N> {
    /// No draws: for a plan without drivers.
    pub fn geen() -> Self {
        Trekking {
            slots: Vec::new(),
            schokken: Vec::new(),
            uitstel: Vec::new(),
        }
    }
}

#[derive(Debug, Clone)]
struct TermN<N: Number> {
    eerste: usize,
    gewichten: Vec<N::Fixed>,
    maal: Vec<(usize, N::Fixed)>,
    /// The slot, when `maal` is that alone with nothing added.
    enkel: Option<usize>,
}

#[derive(Debug, Clone)]
enum Vorm<N: Number> {
    /// Many lines in rows of amounts.
    Gevouwen(Rij<N>),
    /// One line, to be written out.
    Lijn(LijnN<N>),
    /// Valued beforehand: it stands in [`Voorbereid::gewaardeerd`].
    Gewaardeerd,
}

/// Certain amounts and terms from `eerste` to `einde`; delays can bring them to `uiterst`.
#[derive(Debug, Clone)]
struct Rij<N: Number> {
    eerste: usize,
    einde: usize,
    uiterst: usize,
    /// From `eerste` to `einde`; empty when nothing is certain.
    vast: Vec<N::Fixed>,
    /// Terms of one draw with nothing added, one after the other in memory.
    enkele: Enkele<N>,
    /// The others, or all where nothing is gathered by account.
    termen: Vec<TermN<N>>,
    /// Index group; nothing when there is none, or when its factors are in the amounts already.
    index: Option<usize>,
}

/// Terms of a single draw: slot, first position and number of weights, and the weights of all.
#[derive(Debug, Clone)]
struct Enkele<N: Number> {
    termen: Vec<(u32, u32, u32)>,
    gewichten: Vec<N::Fixed>,
}

impl<N: Number> Rij<N> {
    /// Puts the terms of one draw together: most terms are, and a draw walks over all of them.
    fn samenvoegen(&mut self) {
        let (enkele, termen): (Vec<_>, Vec<_>) = std::mem::take(&mut self.termen)
            .into_iter()
            .partition(|t| t.enkel.is_some());
        self.termen = termen;
        for term in enkele {
            let slot = term.enkel.unwrap_or(0) as u32;
            let length = term.gewichten.len() as u32;
            self.enkele.termen.push((slot, term.eerste as u32, length));
            self.enkele.gewichten.extend(term.gewichten);
        }
    }
}

/// The value of all flows of one goal and deelgebied, per delay: those of which a draw changes neither the index nor a series
/// that is followed. A value is linear in the flows, so it can be taken before the draws.
#[derive(Debug, Clone)]
struct Gewaardeerd<N: Number> {
    doel: usize,
    deelgebied: Option<usize>,
    per_uitstel: Vec<Waardering<N::Fixed>>,
}

/// A present value: a certain part, and parts that are a product of draws (slots, each plus something) times a weight.
type Waardering<F> = (F, Vec<(Vec<(usize, F)>, F)>);

/// Where the worth of a flow is added up: an account at the rate of its party (the outside world at that of the matrix), or the
/// benefits of a party.
#[derive(Debug, Clone, Copy)]
struct Doel {
    /// The party; nothing for the outside world.
    partij: Option<usize>,
    /// Whether what happened before peildatum counts, at its own value.
    verleden: bool,
}

#[derive(Debug, Clone)]
struct LijnN<N: Number> {
    lijn: usize,
    gewichten: Vec<(usize, N::Fixed)>,
    totaal: Option<TotaalN<N>>,
    realisatie: Vec<(usize, N::Fixed)>,
}

/// What the weights of a line are divided by.
#[derive(Debug, Clone)]
enum TotaalN<N: Number> {
    /// What they add up to, with these weights of realised periods.
    Som(Vec<(usize, N::Fixed)>),
    /// This: their sum is not exactly what the model divides by.
    Vast(N::Fixed),
}

#[derive(Debug, Clone)]
struct BedragN<N: Number> {
    factoren: Vec<(&'static str, N::Fixed)>,
    opslag: Option<(N::Fixed, Vec<usize>)>,
}

/// A plan's numbers in one arithmetic. Made once, read by every evaluation.
#[derive(Debug)]
pub struct Voorbereid<'p, N: Number> {
    /// The plan.
    pub plan: &'p Plan<'p>,
    vormen: Vec<Vorm<N>>,
    gewaardeerd: Vec<Gewaardeerd<N>>,
    /// By account, then by party and kind of benefit.
    doelen: Vec<Option<Doel>>,
    /// Whether the series of an account is kept, or only what it is worth.
    gevolgd: Vec<bool>,
    /// Whether the figures of parties and delen are left out.
    pub alleen_gebied: bool,
    /// By cell: whether it goes to a deel of the main account and is asked for nothing else.
    rechtstreeks: Vec<bool>,
    /// Index factors that are the same in every draw; only when flows are gathered by account.
    zeker: Vec<Option<Vec<N>>>,
    /// By index group: position just after the last that is asked.
    einden: Vec<usize>,
    /// By maatregel that asks the fund: the share that it asks.
    dekking: Vec<N::Fixed>,
    bedragen: Vec<Option<BedragN<N>>>,
    /// By valuation, line by line only.
    waarderingen: Vec<grondwaarde::WaarderingN<N>>,
    groei: Vec<Vec<N::Fixed>>,
    rente: N::Fixed,
    creditrente: N::Fixed,
    partijrente: Vec<(N::Fixed, N::Fixed)>,
    bbv: N::Fixed,
    opening: Vec<Option<N::Fixed>>,
    /// Kostenverhaal, when the model has it.
    verhaal: Option<verhaal::Voorbereiding<N>>,
    /// Verevening, when the model has it.
    verevening: Option<verevening::Voorbereiding<N>>,
    /// Financiële bijdragen.
    bijdragen: Vec<bijdragen::BijdrageN<N>>,
    fonds: Option<[N::Fixed; 4]>,
    leenrente: Option<N::Fixed>,
    /// By deel of the main account: its name, given boekwaarde and most that the fund lends it.
    deel_of: Vec<Of>,
    deel_opening: Vec<Option<N::Fixed>>,
    plafond: Vec<N::Fixed>,
    /// Discount factors by party, then by position.
    disconto: Vec<Vec<N>>,
    /// Discount factors at the BBV rate.
    disconto_bbv: Vec<N>,
    /// Discount factors at the rate of the matrix.
    disconto_matrix: Vec<N>,
    perioden: Vec<N>,
    exponent: Decimal,
}

impl<'p, N: Number> Voorbereid<'p, N> {
    /// Reads a plan into an arithmetic.
    pub fn new(plan: &'p Plan<'p>) -> Self {
        let mut v = Self::rauw(plan);
        if plan.diepte == Diepte::Rekening {
            v.waarderen();
            v.einden = (0..v.einden.len()).map(|i| v.index_einde(i)).collect();
            for vorm in &mut v.vormen {
                if let Vorm::Gevouwen(rij) = vorm {
                    rij.samenvoegen();
                }
            }
        }
        v
    }

    /// Every cell as it stands in the plan.
    fn rauw(plan: &'p Plan<'p>) -> Self {
        let (model, tl) = (plan.model, &plan.timeline);
        let g = &model.gebied;
        let q = |q: &crate::number::Quantity| N::fixed(q.value, q.place.as_ref());
        let made = |d: Decimal| N::fixed(d, None);
        let mut bedragen: Vec<Option<BedragN<N>>> = vec![None; model.lijnen.len()];
        let vormen = plan
            .cellen
            .iter()
            .map(|cel| {
                let Some(l) = cel.lijn else {
                    let (eerste, einde) = cel.span();
                    let vast = if cel.vast.iter().all(Decimal::is_zero) {
                        Vec::new()
                    } else {
                        cel.vast[eerste..einde].iter().map(|v| made(*v)).collect()
                    };
                    let termen = cel
                        .termen
                        .iter()
                        .map(|t| TermN {
                            eerste: t.eerste,
                            gewichten: t.gewichten.iter().map(|w| made(*w)).collect(),
                            maal: t.maal.iter().map(|(s, p)| (*s, made(*p))).collect(),
                            enkel: match t.maal[..] {
                                [(slot, plus)] if plus.is_zero() => Some(slot),
                                _ => None,
                            },
                        })
                        .collect();
                    return Vorm::Gevouwen(Rij {
                        eerste,
                        einde,
                        uiterst: einde + plan.uitstel_max(cel.deelgebied),
                        vast,
                        enkele: Enkele {
                            termen: Vec::new(),
                            gewichten: Vec::new(),
                        },
                        termen,
                        index: cel.index,
                    });
                };
                let lijn = &model.lijnen[l];
                let drawn = lijn
                    .schuift()
                    .filter(|k| plan.drijvers.uitstel.get(*k).copied().flatten().is_some());
                // A line that is never indexed has its history and its forecast in one cell.
                let history = cel.index.is_none() && cel.deelgebied.is_none();
                let forecast = cel.index == lijn.index && cel.deelgebied == drawn;
                let shift = if plan
                    .drijvers
                    .uitstel
                    .get(lijn.schuift().unwrap_or(usize::MAX))
                    .copied()
                    .flatten()
                    .is_some_and(|u| u.als == Als::Waarde)
                {
                    0
                } else {
                    lijn.schuift()
                        .map_or(0, |k| model.deelgebieden[k].uitstel_perioden)
                };
                let place =
                    |p: crate::timeline::Periode, by: i32| (p.0 + by - tl.first.0).max(0) as usize;
                Vorm::Lijn(LijnN {
                    lijn: l,
                    gewichten: if forecast {
                        lijn.verloop
                            .gewichten
                            .iter()
                            .map(|(p, w)| (place(*p, shift), q(w)))
                            .collect()
                    } else {
                        Vec::new()
                    },
                    totaal: match &lijn.verloop.totaal {
                        Totaal::Een => None,
                        Totaal::Door(t, eerder) => {
                            let all = eerder.iter().chain(&lijn.verloop.gewichten);
                            let sum =
                                all.fold(Exact::ZERO, |sum, (_, w)| sum + Exact::from(w.value));
                            Some(if sum.0 == Some(*t) {
                                TotaalN::Som(
                                    eerder.iter().map(|(p, w)| (place(*p, 0), q(w))).collect(),
                                )
                            } else {
                                TotaalN::Vast(made(*t))
                            })
                        }
                    },
                    realisatie: if history {
                        lijn.realisatie
                            .iter()
                            .map(|(p, w)| (place(*p, 0), q(w)))
                            .collect()
                    } else {
                        Vec::new()
                    },
                })
            })
            .collect();
        if plan.diepte == crate::plan::Diepte::Lijn {
            for (l, lijn) in model.lijnen.iter().enumerate() {
                bedragen[l] = Some(match &lijn.bedrag {
                    // What is settled is known when all flows are.
                    Bedrag::Waarde { .. } | Bedrag::Verrekend(_) => continue,
                    Bedrag::Waardering { aantal, .. } => BedragN {
                        factoren: vec![("aantal", q(aantal))],
                        opslag: None,
                    },
                    Bedrag::Product(factors) => BedragN {
                        factoren: factors.iter().map(|f| (f.kolom, q(&f.waarde))).collect(),
                        opslag: None,
                    },
                    Bedrag::Opslag { percentage, over } => BedragN {
                        factoren: Vec::new(),
                        opslag: Some((q(percentage), over.clone())),
                    },
                });
            }
        }
        let zero = || made(Decimal::ZERO);
        let years = Self::jaren(plan);
        let groei = model
            .indexen
            .iter()
            .map(|i| {
                years
                    .clone()
                    .map(|y| i.groei(y).map_or_else(zero, &q))
                    .collect()
            })
            .collect();
        let total = |list: &Vec<crate::number::Quantity>| match list.as_slice() {
            [] => None,
            [one] => Some(q(one)),
            many => Some(N::fixed(
                many.iter().map(|b| b.value).sum(),
                many[0].place.as_ref(),
            )),
        };
        let opening = plan.opening.iter().map(total).collect();
        let plafond = |deel: &Option<usize>| {
            let given = deel.and_then(|k| model.deelgebieden[k].leenplafond.as_ref());
            given.map_or_else(zero, &q)
        };
        let fonds = model.fonds.as_ref().filter(|_| plan.fonds).map(|f| {
            [
                q(&f.beginsaldo),
                q(&f.rente),
                q(&f.minimum),
                q(&f.aandeel_organisatie),
            ]
        });
        let bbv = q(&g.discontovoet_bbv);
        let factors = |rate: N::Fixed, of: Of| {
            let mut out = vec![N::number(0); tl.len];
            let words = Some(&timeline::DISCONTO);
            timeline::discount_factors(
                tl,
                N::of(rate),
                g.kasstroommoment,
                tl.peil,
                of,
                words,
                &mut out,
            );
            out
        };
        let followed = |account: usize| plan.diepte != Diepte::Rekening || account == HOOFD;
        let accounts = model.rekeningen.iter().enumerate().map(|(r, rekening)| {
            (r == BUITEN || rekening.partij.is_some()).then(|| Doel {
                partij: rekening.partij,
                verleden: r == BUITEN || plan.opening[r].is_empty(),
            })
        });
        let benefits = (0..model.partijen.len()).flat_map(|p| {
            [Some(Doel {
                partij: Some(p),
                verleden: false,
            }); 2]
        });
        Voorbereid {
            vormen,
            gewaardeerd: Vec::new(),
            doelen: accounts.chain(benefits).collect(),
            gevolgd: (0..model.rekeningen.len()).map(followed).collect(),
            alleen_gebied: false,
            rechtstreeks: plan
                .cellen
                .iter()
                .map(|cel| {
                    plan.diepte == Diepte::Rekening
                        && cel.deel.is_some()
                        && (cel.van == BUITEN || cel.naar == BUITEN)
                        && cel.soort.in_saldo()
                        && cel.vraag.is_none()
                        && cel.posten.is_none()
                })
                .collect(),
            zeker: vec![None; model.indexen.len()],
            einden: vec![tl.len; model.indexen.len()],
            dekking: plan
                .vraag
                .iter()
                .map(|vraag| q(&model.maatregelen[vraag.maatregel].dekking_fonds))
                .collect(),
            bedragen,
            waarderingen: grondwaarde::lees(plan),
            groei,
            rente: q(&g.rente),
            creditrente: q(&g.creditrente),
            partijrente: model
                .partijen
                .iter()
                .map(|p| (q(&p.rente), q(&p.creditrente)))
                .collect(),
            bbv,
            opening,
            verhaal: verhaal::Voorbereiding::new(plan),
            verevening: verevening::Voorbereiding::new(plan),
            bijdragen: model
                .bijdragen
                .iter()
                .map(|row| bijdragen::BijdrageN::new(model, row))
                .collect(),
            fonds,
            leenrente: model
                .fonds
                .as_ref()
                .and_then(|f| f.leenrente.as_ref())
                .map(&q),
            deel_of: (0..plan.delen.len()).map(|d| Of::Deel(d as u16)).collect(),
            deel_opening: plan.deel_opening.iter().map(total).collect(),
            plafond: plan.delen.iter().map(plafond).collect(),
            disconto: model
                .partijen
                .iter()
                .enumerate()
                .map(|(i, p)| factors(q(&p.discontovoet), Of::Partij(i as u16)))
                .collect(),
            disconto_bbv: factors(bbv, Of::Rekening(HOOFD as u16)),
            disconto_matrix: factors(q(&g.discontovoet_matrix), Of::Geheel),
            perioden: (0..tl.len).map(|t| N::number(t as i64)).collect(),
            exponent: timeline::exponent(g.peildatum, g.eindjaar, g.tijdstap, g.dagtelling)
                + Decimal::from(plan.eind - tl.grex_end) / Decimal::from(tl.stap.per_year()),
            plan,
        }
    }

    /// Values beforehand what draws leave alone, and puts certain index factors into the amounts.
    fn waarderen(&mut self) {
        let plan = self.plan;
        let certain = |i: usize| {
            plan.drijvers.is_empty()
                || (plan.drijvers.groei_schok[i].is_empty() && plan.drijvers.groei[i].is_empty())
        };
        let exact = Voorbereid::<Exact>::rauw(plan);
        let mut factors: Vec<Option<Vec<Exact>>> = vec![None; self.zeker.len()];
        for i in (0..self.zeker.len()).filter(|i| certain(*i)) {
            let mut out = vec![N::number(0); plan.timeline.len];
            index_van(self, i, &Trekking::geen(), &mut out);
            self.zeker[i] = Some(out);
            let mut out = vec![Exact::ZERO; plan.timeline.len];
            index_van(&exact, i, &Trekking::geen(), &mut out);
            factors[i] = Some(out);
        }
        let fonds = plan
            .model
            .fonds
            .as_ref()
            .filter(|_| plan.fonds)
            .map(|f| f.rekening);
        let mut known: Vec<Gewaardeerd<Exact>> = Vec::new();
        for (c, cel) in plan.cellen.iter().enumerate() {
            let Vorm::Gevouwen(rij) = &exact.vormen[c] else {
                continue;
            };
            let index = match cel.index {
                None => None,
                Some(i) => match &factors[i] {
                    None => continue,
                    some => some.as_deref(),
                },
            };
            let indexed = |row: &[Exact], from: usize, delay: usize| -> Option<Vec<Exact>> {
                let flow = |(t, w): (usize, &Exact)| index.map_or(*w, |f| *w * f[t]);
                let flows: Vec<Exact> = row
                    .iter()
                    .enumerate()
                    .map(|(t, w)| flow((t + from + delay, w)))
                    .collect();
                flows.iter().all(|f| f.0.is_some()).then_some(flows)
            };
            let fixed = |flows: Vec<Exact>| {
                flows
                    .into_iter()
                    .map(|f| N::fixed(f.0.unwrap_or_default(), None))
                    .collect::<Vec<_>>()
            };
            // What is settled is known in a run only.
            if cel.verrekend.is_some() {
                continue;
            }
            let goals = self.doelen_van(cel);
            let series = cel.vraag.is_some()
                || cel.posten.is_some()
                || (cel.soort.in_saldo()
                    && [cel.van, cel.naar]
                        .iter()
                        .any(|r| self.gevolgd[*r] || fonds == Some(*r)));
            if series {
                if cel.deelgebied.is_none()
                    && let Vorm::Gevouwen(own) = &mut self.vormen[c]
                {
                    let Some(vast) = indexed(&rij.vast, rij.eerste, 0) else {
                        continue;
                    };
                    let Some(rows) = rij
                        .termen
                        .iter()
                        .map(|t| indexed(&t.gewichten, t.eerste, 0))
                        .collect::<Option<Vec<_>>>()
                    else {
                        continue;
                    };
                    own.index = None;
                    own.vast = fixed(vast);
                    own.termen
                        .iter_mut()
                        .zip(rows)
                        .for_each(|(term, row)| term.gewichten = fixed(row));
                }
                continue;
            }
            // Flows per delay, then what they are worth to each goal; what is paid is worth as much less.
            let flows: Option<Vec<_>> = (0..=rij.uiterst - rij.einde)
                .map(|delay| {
                    let terms = rij
                        .termen
                        .iter()
                        .map(|t| Some((t.eerste + delay, indexed(&t.gewichten, t.eerste, delay)?)))
                        .collect::<Option<Vec<_>>>()?;
                    Some((
                        rij.eerste + delay,
                        indexed(&rij.vast, rij.eerste, delay)?,
                        terms,
                    ))
                })
                .collect();
            let Some(flows) = flows else { continue };
            let value = |doel: usize, plus: bool, row: &[Exact], from: usize| -> Option<Exact> {
                let value = waarde(&exact, doel, row, from);
                value.0.map(|_| if plus { value } else { -value })
            };
            let valued: Option<Vec<_>> = goals
                .iter()
                .flatten()
                .map(|(doel, plus)| {
                    let per = flows.iter().map(|(from, vast, terms)| {
                        let termen = rij
                            .termen
                            .iter()
                            .zip(terms)
                            .map(|(t, (from, row))| {
                                Some((t.maal.clone(), value(*doel, *plus, row, *from)?))
                            })
                            .collect::<Option<Vec<_>>>()?;
                        Some((value(*doel, *plus, vast, *from)?, termen))
                    });
                    Some((*doel, per.collect::<Option<Vec<_>>>()?))
                })
                .collect();
            let Some(valued) = valued else { continue };
            self.vormen[c] = Vorm::Gewaardeerd;
            for (doel, per_uitstel) in valued {
                match known
                    .iter_mut()
                    .find(|k| (k.doel, k.deelgebied) == (doel, cel.deelgebied))
                {
                    Some(k) => k.per_uitstel.iter_mut().zip(per_uitstel).for_each(
                        |(sum, (vast, termen))| {
                            sum.0 = sum.0 + vast;
                            for (maal, by) in termen {
                                match sum.1.iter_mut().find(|(m, _)| *m == maal) {
                                    Some((_, total)) => *total = *total + by,
                                    None => sum.1.push((maal, by)),
                                }
                            }
                        },
                    ),
                    None => known.push(Gewaardeerd {
                        doel,
                        deelgebied: cel.deelgebied,
                        per_uitstel,
                    }),
                }
            }
        }
        // A sum too large for a decimal stays too large to calculate with.
        let fixed = |value: Exact| N::fixed(value.0.unwrap_or(Decimal::MAX), None);
        let read =
            |maal: Vec<(usize, Exact)>| maal.into_iter().map(|(s, p)| (s, fixed(p))).collect();
        let per = |(vast, termen): Waardering<Exact>| {
            (
                fixed(vast),
                termen
                    .into_iter()
                    .map(|(maal, by)| (read(maal), fixed(by)))
                    .collect(),
            )
        };
        self.gewaardeerd = known
            .into_iter()
            .map(|g| Gewaardeerd {
                doel: g.doel,
                deelgebied: g.deelgebied,
                per_uitstel: g.per_uitstel.into_iter().map(per).collect(),
            })
            .collect();
    }

    /// Where a cell's flow goes and whether it adds: at most two goals.
    #[inline(always)]
    fn doelen_van(&self, cel: &Cel) -> [Option<(usize, bool)>; 2] {
        let known = |goal: usize| self.doelen[goal].is_some().then_some(goal);
        if cel.soort.in_saldo() {
            [
                known(cel.van).map(|g| (g, false)),
                known(cel.naar).map(|g| (g, true)),
            ]
        } else if cel.soort == Stroomsoort::Raming {
            [None, None]
        } else {
            let kind = usize::from(cel.soort == Stroomsoort::Maatschappelijk);
            [
                self.plan.model.rekeningen[cel.naar]
                    .partij
                    .map(|p| (self.doel_baten(p, kind), true)),
                None,
            ]
        }
    }

    #[inline(always)]
    fn doel_baten(&self, partij: usize, kind: usize) -> usize {
        self.gevolgd.len() + 2 * partij + kind
    }

    /// By yearly driver: the last year of which a draw uses the shock.
    pub fn laatste_schok(&self) -> Vec<i32> {
        let tl = &self.plan.timeline;
        let mut last = vec![i32::MIN; self.plan.drijvers.schokken.len()];
        for (i, shocks) in self.plan.drijvers.groei_schok.iter().enumerate() {
            let end = self.einden[i];
            for s in shocks.iter().filter(|_| end > 0) {
                // The middle of a period asks for the growth into the next.
                last[*s] = last[*s].max(tl.year(end - 1) + 1);
            }
        }
        last
    }

    /// Position just after the last for which a group's index factor is asked.
    fn index_einde(&self, group: usize) -> usize {
        let ends = self.vormen.iter().map(|vorm| match vorm {
            Vorm::Gevouwen(rij) if rij.index == Some(group) => rij.uiterst,
            _ => 0,
        });
        ends.max().unwrap_or(0)
    }

    /// The years for which growth is needed.
    pub(crate) fn jaren(plan: &Plan<'_>) -> std::ops::RangeInclusive<i32> {
        let tl = &plan.timeline;
        let prijs = plan.model.gebied.prijs.year(tl.stap);
        let last = tl.year(tl.len.saturating_sub(1)) + 1;
        prijs.min(tl.year(tl.peil))..=last.max(prijs)
    }

    /// First year of the growth and shock series.
    pub fn eerste_jaar(&self) -> i32 {
        *Self::jaren(self.plan).start()
    }

    /// Number of years in them.
    pub fn aantal_jaren(&self) -> usize {
        Self::jaren(self.plan).count()
    }

    /// Whether a cell does anything in a period: zeroes of lines that do nothing stay out of sums.
    fn doet(&self, cel: usize, t: usize) -> bool {
        match (&self.vormen[cel], self.plan.cellen[cel].deelgebied) {
            (Vorm::Lijn(l), None) => {
                l.gewichten.iter().any(|(p, _)| *p == t)
                    || l.realisatie.iter().any(|(p, _)| *p == t)
            }
            (Vorm::Lijn(l), Some(_)) => !l.gewichten.is_empty() && t >= self.plan.timeline.peil,
            _ => true,
        }
    }

    /// Years from peildatum to the last period that the main account certainly runs (rules 0.4): delays that are given count.
    pub fn exponent(&self) -> Decimal {
        self.exponent
    }

    /// Takes index paths as far as the main account runs, for groups that are asked at all: their levels there are then known.
    pub fn niveaus_tot_einde(&mut self) {
        for end in self.einden.iter_mut().filter(|end| **end > 0) {
            *end = (*end).max(self.plan.eind);
        }
    }

    /// The index level of a group in a period, of the draws that stand in `werk`; nothing when no flow asks that far.
    #[inline(always)]
    pub fn niveau(&self, group: usize, position: usize, werk: &Werk<N>) -> Option<N> {
        if let Some(certain) = &self.zeker[group] {
            return certain.get(position).copied();
        }
        let last = self.einden[group].checked_sub(1)?;
        werk.index[group].get(position.min(last)).copied()
    }

    /// Discount factors of a party's own rate.
    pub fn disconto(&self, partij: usize) -> &[N] {
        &self.disconto[partij]
    }

    /// Discount factors of the matrix' rate.
    pub fn disconto_matrix(&self) -> &[N] {
        &self.disconto_matrix
    }
}

/// The series of an evaluation; allocated once per thread.
#[derive(Debug, Clone)]
pub struct Werk<N: Number> {
    len: usize,
    /// Index factors by group.
    pub index: Vec<Vec<N>>,
    /// Net cash and in natura by account: positive is income. A plan gathered by account keeps the main account alone.
    pub kasstroom: Vec<Vec<N>>,
    /// Benefits by party, money saved and social value: never cash.
    pub baten: Vec<[Vec<N>; 2]>,
    /// By goal: the present value of what is not kept as a series.
    waarde: Vec<N>,
    /// By deelgebied: its delay.
    uitstel: Vec<N>,
    /// The same as whole periods, where anything is settled.
    vertraging: Vec<N::Whole>,
    /// What the fund did.
    pub fonds: FondsWerk<N>,
    /// Whether any flow goes to, from or through the fund.
    fondsstromen: bool,
    /// By cell, when details are kept: at prijspeil and at current prices.
    pub cellen: Option<Vec<(Vec<N>, Vec<N>)>>,
    /// Costs and revenue of the main account, when details are kept: kosten prijspeil, opbrengsten prijspeil, kosten, opbrengsten.
    pub hoofd: Option<[Vec<N>; 4]>,
    /// Boekwaarde of the main account.
    pub boekwaarde: Vec<N>,
    /// Interest of the main account.
    pub rente: Vec<N>,
    /// Costs less revenue of the main account; loans are no part of it.
    pub mutatie: Vec<N>,
    /// By deel: net cash of the main account in it.
    pub delen: Vec<Vec<N>>,
    /// What the fund lends to the delen less what they repay, and what they owe.
    pub leningen: [Vec<N>; 2],
    /// What every area of kostenverhaal recovers.
    pub verhaal: Vec<verhaal::Gebiedsverhaal<N>>,
    /// By eigendom: what its owner pays.
    pub eigendommen: Vec<verhaal::Eigenaarsverhaal<N>>,
    /// By post of kostenverhaal and verevening: its contante waarde.
    pub posten: Vec<N>,
    /// What every rule of verevening comes to.
    pub verevening: Vec<verevening::Regeluitkomst<N>>,
    /// What everyone comes to who takes part in one.
    pub deelnemers: Vec<verevening::Deelnemeruitkomst<N>>,
    /// What every financiële bijdrage comes to.
    pub bijdragen: Vec<bijdragen::Bijdrageuitkomst<N>>,
    /// The figures of every party.
    pub partijen: Vec<PartijUitkomst<N>>,
    /// The figures of every deel.
    pub deeluitkomsten: Vec<DeelUitkomst<N>>,
    /// By deel: what the account and the fund have in it, and the most that the fund may.
    deelstand: [Vec<N>; 3],
    loopt: Vec<N>,
    bedragen: Vec<Option<N>>,
    /// Whether any of them was asked: most plans ask none, and there is one for every line.
    bedragen_gevraagd: bool,
    prijs: Vec<N>,
    lopend: Vec<N>,
    los: Vec<N>,
}

/// The fund's series.
#[derive(Debug, Clone)]
pub struct FondsWerk<N> {
    /// All that comes in.
    pub inleg: Vec<N>,
    /// Contributions of baathouders.
    pub bijdragen: Vec<N>,
    /// Costs of the fund itself.
    pub uitgaven: Vec<N>,
    /// Asked by maatregelen, one after the other.
    pub vraag: Vec<N>,
    /// Paid to them.
    pub betaald: Vec<N>,
    /// Balance.
    pub saldo: Vec<N>,
    /// Return.
    pub rendement: Vec<N>,
    /// Share of the gebiedsorganisatie.
    pub organisatie: Vec<N>,
    open: Vec<N>,
}

impl<N: Number> Werk<N> {
    /// Room for a plan. With `detail` the flows of every cell are kept; a plan gathered by account has none to keep.
    pub fn new(plan: &Plan<'_>, detail: bool) -> Self {
        let len = plan.timeline.len;
        let row = || vec![N::number(0); len];
        let all = plan.diepte != Diepte::Rekening;
        let detail = detail && all;
        let kept = |keep: bool| if keep { row() } else { Vec::new() };
        let asked = if plan.fonds { plan.vraag.len() } else { 0 };
        let fund = || if plan.fonds { row() } else { Vec::new() };
        Werk {
            len,
            index: plan.model.indexen.iter().map(|_| row()).collect(),
            kasstroom: (0..plan.model.rekeningen.len())
                .map(|r| kept(all || r == HOOFD))
                .collect(),
            baten: plan
                .model
                .partijen
                .iter()
                .map(|_| [kept(all), kept(all)])
                .collect(),
            uitstel: Vec::with_capacity(plan.model.deelgebieden.len()),
            vertraging: Vec::with_capacity(plan.model.deelgebieden.len()),
            waarde: vec![N::number(0); plan.model.rekeningen.len() + 2 * plan.model.partijen.len()],
            fondsstromen: plan.model.fonds.as_ref().is_some_and(|f| {
                let touches = |c: &Cel| c.van == f.rekening || c.naar == f.rekening;
                plan.fonds && (asked > 0 || plan.cellen.iter().any(touches))
            }),
            fonds: FondsWerk {
                inleg: fund(),
                bijdragen: fund(),
                uitgaven: fund(),
                vraag: vec![N::number(0); asked * len],
                betaald: vec![N::number(0); asked * len],
                saldo: fund(),
                rendement: fund(),
                organisatie: fund(),
                open: vec![N::number(0); asked],
            },
            cellen: detail.then(|| plan.cellen.iter().map(|_| (row(), row())).collect()),
            hoofd: detail.then(|| [row(), row(), row(), row()]),
            boekwaarde: row(),
            rente: row(),
            mutatie: row(),
            delen: plan.delen.iter().map(|_| row()).collect(),
            leningen: [kept(plan.leningen), kept(plan.leningen)],
            verhaal: Vec::with_capacity(plan.model.verhaal.gebieden.len()),
            eigendommen: vec![
                verhaal::Eigenaarsverhaal::geen();
                plan.model.verhaal.eigendommen.len()
            ],
            posten: vec![N::number(0); plan.posten.len()],
            verevening: Vec::with_capacity(plan.model.verevening.regels.len()),
            deelnemers: vec![
                verevening::Deelnemeruitkomst::geen();
                plan.model.verevening.deelnemers.len()
            ],
            bijdragen: Vec::with_capacity(plan.model.bijdragen.len()),
            partijen: Vec::with_capacity(plan.model.partijen.len()),
            deeluitkomsten: Vec::with_capacity(plan.delen.len()),
            deelstand: [(); 3].map(|()| vec![N::number(0); plan.delen.len()]),
            loopt: row(),
            bedragen: vec![None; plan.model.lijnen.len()],
            bedragen_gevraagd: false,
            prijs: row(),
            lopend: row(),
            los: Vec::with_capacity(len),
        }
    }

    #[inline(always)]
    fn clear(&mut self) {
        let zero = N::number(0);
        self.waarde.fill(zero);
        self.posten.fill(zero);
        // The main account is made of its delen.
        let made = self.delen.first().map(|_| HOOFD);
        let accounts = self.kasstroom.iter_mut().enumerate();
        accounts
            .filter(|(r, _)| Some(*r) != made)
            .for_each(|(_, s)| s.fill(zero));
        self.delen.iter_mut().for_each(|s| s.fill(zero));
        self.baten.iter_mut().flatten().for_each(|s| s.fill(zero));
        let f = &mut self.fonds;
        // What the fund gives back is written in full from peildatum on, and stays zero before it. Series that no flow touches
        // stay zero as they are.
        let touched = self.fondsstromen;
        for series in [
            &mut f.inleg,
            &mut f.bijdragen,
            &mut f.uitgaven,
            &mut f.vraag,
        ]
        .into_iter()
        .filter(|_| touched)
        {
            series.fill(zero);
        }
        if std::mem::take(&mut self.bedragen_gevraagd) {
            self.bedragen.fill(None);
        }
        self.partijen.clear();
        self.deeluitkomsten.clear();
    }
}

/// What one evaluation gives; the series, and the figures of parties and delen, stand in [`Werk`].
#[derive(Debug, Clone, Copy)]
pub struct Uitkomst<N> {
    /// The main account: (gemeente, grex).
    pub hoofd: Resultaat<N>,
    /// Position of the last period that the main account ran.
    pub laatste: N,
    /// Nominal result at prijspeil, when details are kept.
    pub nominaal_saldo: Option<N>,
    /// Lowest balance of the fund and the prefinancing that it needs; zero without a fund.
    pub fonds: Laagste<N>,
    /// Present value of all accounts at the rate of the matrix.
    pub portemonnee: N,
}

/// The two figures of a party (design section 6).
#[derive(Debug, Clone, Copy)]
pub struct PartijUitkomst<N> {
    /// Cash and in natura.
    pub saldo: N,
    /// Money that it saves.
    pub besparing: N,
    /// Social value that it gains.
    pub maatschappelijk: N,
    /// saldo + baten.
    pub netto_baat: N,
}

/// The figures of a deel of the main account, with interest over its own boekwaarde.
#[derive(Debug, Clone, Copy)]
pub struct DeelUitkomst<N> {
    /// Result at the end.
    pub eindwaarde: N,
    /// The NCW of the model's `ncw_methode`.
    pub ncw: N,
}

/// An input with the draws that work on it.
#[inline(always)]
pub(crate) fn met<N: Number>(value: N, uses: impl Iterator<Item = Gebruik>, slots: &[N]) -> N {
    let mut value = value;
    for u in uses {
        value = match u.als {
            Als::Waarde => slots[u.slot],
            Als::Factor => value * slots[u.slot],
            Als::Verschuiving => value + slots[u.slot],
        };
    }
    value
}

/// Calculates one set of draws (or `W` side by side).
#[inline(always)]
pub fn evaluate<N: Number>(
    v: &Voorbereid<'_, N>,
    trekking: &Trekking<N>,
    werk: &mut Werk<N>,
) -> Uitkomst<N> {
    werk.clear();
    indexeren(v, trekking, werk);
    stromen(v, trekking, werk);
    let laatste = looptijd(v, trekking, werk);
    let tarieven = tarieven(v, trekking);
    let fonds = if v.plan.leningen {
        fonds_met_leningen(v, &tarieven, werk)
    } else {
        let mut delen = std::mem::take(&mut werk.delen);
        let betalingen = Fondsbetalingen {
            plan: v.plan,
            len: werk.len,
        };
        let laagste = fonds(
            v,
            werk,
            &mut Ontvangers {
                betalingen,
                delen: &mut delen,
            },
        );
        werk.delen = delen;
        laagste
    };
    if werk.hoofd.is_some() {
        // With details, as a sheet shows it; what the fund pays is in it.
        for (r, series) in werk.kasstroom.iter_mut().enumerate() {
            series
                .iter_mut()
                .enumerate()
                .for_each(|(t, k)| *k = k.named("kasstroom", Of::Rekening(r as u16), at(t)));
        }
    }
    let hoofd = hoofdrekening(v, &tarieven, werk);
    if !v.alleen_gebied {
        deelresultaten(v, &tarieven, werk);
    }
    let nominaal_saldo = werk.hoofd.as_ref().map(|[kosten, opbrengsten, ..]| {
        let opening = v.opening[HOOFD].map_or_else(|| N::number(0), N::of);
        (N::sum(opbrengsten) - N::sum(kosten) - opening).named(
            "nominaal saldo",
            Of::Rekening(HOOFD as u16),
            At::Once,
        )
    });
    // Loans are between accounts: without parties nobody asks for them.
    if !v.alleen_gebied {
        leningen_boeken(v, werk);
        partijen(v, werk);
    }
    let portemonnee = portemonnee(v, werk);
    Uitkomst {
        hoofd,
        laatste,
        nominaal_saldo,
        fonds,
        portemonnee,
    }
}

/// Index factors per group, shocks included.
#[inline(always)]
fn indexeren<N: Number>(v: &Voorbereid<'_, N>, trekking: &Trekking<N>, werk: &mut Werk<N>) {
    for (i, out) in werk.index.iter_mut().enumerate() {
        if v.zeker[i].is_none() {
            index_van(v, i, trekking, &mut out[..v.einden[i]]);
        }
    }
}

/// The index factors of one group, as far as `out` asks.
#[inline(always)]
fn index_van<N: Number>(v: &Voorbereid<'_, N>, i: usize, trekking: &Trekking<N>, out: &mut [N]) {
    let (plan, g) = (v.plan, &v.plan.model.gebied);
    let first = v.eerste_jaar();
    // Shocks begin after peildatum: what is known by then is not uncertain.
    let known = g.peil.year(g.tijdstap);
    let lowest = N::constant(Decimal::new(-9, 1));
    let none: (&[usize], &[(Option<i32>, usize)]) = (&[], &[]);
    let (shocks, once) = if plan.drijvers.is_empty() {
        none
    } else {
        (
            &plan.drijvers.groei_schok[i][..],
            &plan.drijvers.groei[i][..],
        )
    };
    let growth = Groei {
        vast: &v.groei[i],
        first,
        known,
        lowest,
        shocks,
        once,
        trekking,
    };
    timeline::index_factors(
        &plan.timeline,
        g.prijs,
        g.periodevoet,
        g.indexmoment,
        Of::Index(i as u16),
        &growth,
        out,
    );
}

/// The growth of an index group with its draws.
struct Groei<'a, N: Number> {
    vast: &'a [N::Fixed],
    first: i32,
    known: i32,
    lowest: N,
    shocks: &'a [usize],
    once: &'a [(Option<i32>, usize)],
    trekking: &'a Trekking<N>,
}

impl<N: Number> timeline::Growth<N> for Groei<'_, N> {
    #[inline(always)]
    fn growth(&self, year: i32) -> N {
        let position = ((year - self.first).max(0) as usize).min(self.vast.len() - 1);
        let mut growth = N::of(self.vast[position]);
        if year > self.known && !(self.shocks.is_empty() && self.once.is_empty()) {
            for s in self.shocks {
                growth = growth + self.trekking.schokken[*s][position];
            }
            for (only, slot) in self.once {
                if only.is_none_or(|y| y == year) {
                    growth = growth + self.trekking.slots[*slot];
                }
            }
            growth = growth.max(self.lowest);
        }
        growth
    }
}

/// The amount of a line, written out with names. Lines that are percentages ask for others first.
fn bedrag<N: Number>(
    v: &Voorbereid<'_, N>,
    l: usize,
    slots: &[N],
    known: &mut Vec<Option<N>>,
) -> N {
    if let Some(known) = known[l] {
        return known;
    }
    if let Some(value) = grondwaarde::bedrag(v, l, slots, known) {
        known[l] = Some(value);
        return value;
    }
    let of = Of::Lijn(l as u16);
    let none = Vec::new();
    let uses = if slots.is_empty() {
        &none
    } else {
        v.plan.drijvers.lijnen.get(&l).unwrap_or(&none)
    };
    let on = |kolom: &str| {
        uses.iter()
            .filter(|(t, _)| *t == kolom)
            .map(|(_, g)| *g)
            .collect::<Vec<_>>()
            .into_iter()
    };
    let value = match &v.bedragen[l] {
        None => N::number(0),
        Some(b) => {
            let whole = !b.factoren.iter().any(|(k, _)| *k == "bedrag");
            match &b.opslag {
                None => {
                    let mut parts: Vec<N> = b
                        .factoren
                        .iter()
                        .map(|(kolom, f)| {
                            let value = met(N::of(*f), on(kolom), slots);
                            if *kolom == "bedrag" {
                                value
                            } else {
                                value.named(lijn_woord(kolom), of, At::Once)
                            }
                        })
                        .collect();
                    if whole {
                        parts.extend(on("bedrag").map(|u| slots[u.slot]));
                    }
                    cashflow::product(&parts, of)
                }
                Some((percentage, over)) => {
                    let parts: Vec<N> = over.iter().map(|j| bedrag(v, *j, slots, known)).collect();
                    let rate = met(
                        met(N::of(*percentage), on("percentage"), slots).named(
                            "percentage",
                            of,
                            At::Once,
                        ),
                        on("bedrag"),
                        slots,
                    );
                    cashflow::opslag(rate, &parts, of)
                }
            }
        }
    };
    known[l] = Some(value);
    value
}

/// The amount of a line at prijspeil without draws; the plan must have been made line by line.
pub fn bedrag_van<N: Number>(v: &Voorbereid<'_, N>, lijn: usize) -> N {
    bedrag(v, lijn, &[], &mut vec![None; v.plan.model.lijnen.len()])
}

/// The name under which a column's factor is recorded.
pub(crate) fn lijn_woord(kolom: &str) -> &'static str {
    match kolom {
        "aantal" | "hoeveelheid" => "hoeveelheid",
        "grondprijs" | "prijs" => "prijs",
        "volume" => "volume",
        "zekerheid" => "zekerheid",
        "bijdrage_aandeel" => "bijdrage_aandeel",
        "investering" => "investering",
        "rente" => "rente per jaar",
        other => grondwaarde::woord(other).unwrap_or("onderhoud"),
    }
}

/// A product of draws, each plus a fixed part.
#[inline(always)]
fn product_van<N: Number>(maal: &[(usize, N::Fixed)], slots: &[N]) -> N {
    let mut by = N::number(1);
    for (i, (slot, plus)) in maal.iter().enumerate() {
        let part = N::of(*plus) + slots[*slot];
        by = if i == 0 { part } else { by * part };
    }
    by
}

/// Adds a series to another.
#[inline(always)]
fn optellen<N: Number>(into: &mut [N], series: &[N]) {
    for (into, amount) in into.iter_mut().zip(series) {
        *into = *into + *amount;
        N::volgende();
    }
}

/// Takes a series off another.
#[inline(always)]
fn aftrekken<N: Number>(into: &mut [N], series: &[N]) {
    for (into, amount) in into.iter_mut().zip(series) {
        *into = *into - *amount;
        N::volgende();
    }
}

/// Present value of a series at factors that go with it.
#[inline(always)]
fn contant<N: Number>(series: &[N], factoren: &[N]) -> N {
    let mut sum = N::number(0);
    for (amount, factor) in series.iter().zip(factoren) {
        sum = sum + *amount * *factor;
        N::volgende();
    }
    sum
}

/// What flows from position `from` on are worth to a goal: before peildatum their own value, as far as it counts.
#[inline(always)]
fn waarde<N: Number>(v: &Voorbereid<'_, N>, doel: usize, series: &[N], from: usize) -> N {
    let Some(goal) = v.doelen[doel] else {
        return N::number(0);
    };
    let factors = goal.partij.map_or(&v.disconto_matrix, |p| &v.disconto[p]);
    let past = v.plan.timeline.peil.saturating_sub(from).min(series.len());
    let present = contant(&series[past..], &factors[from + past..]);
    if past > 0 && goal.verleden {
        N::sum(&series[..past]) + present
    } else {
        present
    }
}

/// Books flows from position `from` on: on the series of an account that is followed, else as what they are worth.
#[inline(always)]
fn boek<N: Number>(
    v: &Voorbereid<'_, N>,
    kasstroom: &mut [Vec<N>],
    waarden: &mut [N],
    van: usize,
    naar: usize,
    series: &[N],
    from: usize,
) {
    boek_af(v, kasstroom, waarden, van, naar, series, from);
    boek_bij(v, kasstroom, waarden, van, naar, series, from);
    buiten_om(v, waarden, van, naar, series, from);
}

/// The side that pays.
#[inline(always)]
fn boek_af<N: Number>(
    v: &Voorbereid<'_, N>,
    kasstroom: &mut [Vec<N>],
    waarden: &mut [N],
    van: usize,
    naar: usize,
    series: &[N],
    from: usize,
) {
    if v.gevolgd[van] {
        aftrekken(&mut kasstroom[van][from..], series);
    } else if !(van == BUITEN && naar == HOOFD) {
        waarden[van] = waarden[van] - waarde(v, van, series, from);
    }
}

/// The side that receives.
#[inline(always)]
fn boek_bij<N: Number>(
    v: &Voorbereid<'_, N>,
    kasstroom: &mut [Vec<N>],
    waarden: &mut [N],
    van: usize,
    naar: usize,
    series: &[N],
    from: usize,
) {
    if v.gevolgd[naar] {
        optellen(&mut kasstroom[naar][from..], series);
    } else if !(naar == BUITEN && van == HOOFD) {
        waarden[naar] = waarden[naar] + waarde(v, naar, series, from);
    }
}

/// The outside world is worth what the main account is, as far as it trades with that alone: so flows between those two are valued
/// once, in `portemonnee`. What comes to the main account from others is taken off here.
#[inline(always)]
fn buiten_om<N: Number>(
    v: &Voorbereid<'_, N>,
    waarden: &mut [N],
    van: usize,
    naar: usize,
    series: &[N],
    from: usize,
) {
    if v.gevolgd[BUITEN] || van == BUITEN || naar == BUITEN || (van == HOOFD) == (naar == HOOFD) {
        return;
    }
    let value = waarde(v, BUITEN, series, from);
    waarden[BUITEN] = if naar == HOOFD {
        waarden[BUITEN] + value
    } else {
        waarden[BUITEN] - value
    };
}

/// Adds what was valued beforehand: the value that goes with the delay of its deelgebied.
#[inline(always)]
fn gewaardeerd<N: Number>(v: &Voorbereid<'_, N>, trekking: &Trekking<N>, werk: &mut Werk<N>) {
    if v.gewaardeerd.is_empty() {
        return;
    }
    werk.uitstel.clear();
    werk.uitstel
        .extend(trekking.uitstel.iter().map(|u| N::steps(*u)));
    for g in &v.gewaardeerd {
        let mut value = N::number(0);
        for (delay, (vast, termen)) in g.per_uitstel.iter().enumerate() {
            let mut sum = N::of(*vast);
            for (maal, by) in termen {
                sum = sum + product_van(maal, &trekking.slots) * N::of(*by);
            }
            value = match g.deelgebied {
                Some(k) if delay > 0 => {
                    werk.uitstel[k].if_less(N::number(delay as i64), value, sum)
                }
                _ => sum,
            };
        }
        werk.waarde[g.doel] = werk.waarde[g.doel] + value;
    }
}

/// Flows: amounts × phasing × index, shifted by delays, put where they belong.
#[inline(always)]
fn stromen<N: Number>(v: &Voorbereid<'_, N>, trekking: &Trekking<N>, werk: &mut Werk<N>) {
    let plan = v.plan;
    let fonds = plan
        .model
        .fonds
        .as_ref()
        .filter(|_| plan.fonds)
        .map(|f| f.rekening);
    gewaardeerd(v, trekking, werk);
    // Lines that pay what is settled come after all others.
    if v.verhaal.is_some() {
        werk.vertraging.clear();
        werk.vertraging.extend_from_slice(&trekking.uitstel);
    }
    let mut settled = v.verhaal.is_none();
    for (c, (cel, vorm)) in plan.cellen.iter().zip(&v.vormen).enumerate() {
        if cel.verrekend.is_some() && !settled {
            verhaal::verhalen(v, &trekking.slots, werk);
            verevening::verevenen(v, werk);
            bijdragen::bijdragen(v, werk);
            settled = true;
        }
        let due = cel.verrekend.map(|what| werk.verrekend(what));
        let prijs = &mut werk.prijs;
        let zero = N::number(0);
        let (lijn, index, span) = match vorm {
            Vorm::Gewaardeerd => continue,
            Vorm::Gevouwen(rij) => {
                if werk.cellen.is_some() {
                    prijs.fill(zero);
                }
                let certain = rij.eerste + rij.vast.len();
                for (into, from) in prijs[rij.eerste..].iter_mut().zip(&rij.vast) {
                    *into = N::of(*from);
                    N::volgende();
                }
                prijs[certain..rij.uiterst].fill(zero);
                let mut gewichten = &rij.enkele.gewichten[..];
                for &(slot, eerste, lengte) in &rij.enkele.termen {
                    let (own, rest) = gewichten.split_at(lengte as usize);
                    gewichten = rest;
                    N::add_scaled(
                        &mut prijs[eerste as usize..],
                        own,
                        trekking.slots[slot as usize],
                    );
                }
                for term in &rij.termen {
                    let into = &mut prijs[term.eerste..term.eerste + term.gewichten.len()];
                    let by = due.unwrap_or_else(|| product_van(&term.maal, &trekking.slots));
                    N::add_scaled(into, &term.gewichten, by);
                }
                (None, rij.index, rij.eerste..rij.uiterst)
            }
            Vorm::Lijn(l) => {
                prijs.fill(zero);
                let of = Of::Lijn(l.lijn as u16);
                if !l.gewichten.is_empty() {
                    werk.bedragen_gevraagd = true;
                    let amount = match due {
                        None => bedrag(v, l.lijn, &trekking.slots, &mut werk.bedragen),
                        Some(due) => due.named("bedrag", of, At::Once),
                    };
                    let weight =
                        |(t, w): &(usize, N::Fixed)| N::of(*w).named("gewicht", of, at(*t));
                    let weights: Vec<N> = l.gewichten.iter().map(weight).collect();
                    let totaal = l.totaal.as_ref().map(|t| match t {
                        TotaalN::Som(earlier) => {
                            let mut all: Vec<N> = earlier.iter().map(weight).collect();
                            all.extend(&weights);
                            N::sum(&all)
                        }
                        TotaalN::Vast(t) => N::of(*t),
                    });
                    let totaal = totaal.map(|t| t.named("totaal gewicht", of, At::Once));
                    for ((t, _), weight) in l.gewichten.iter().zip(weights) {
                        prijs[*t] = cashflow::deel(amount, weight, totaal);
                    }
                }
                for (t, amount) in &l.realisatie {
                    prijs[*t] = N::of(*amount);
                }
                (Some(l), cel.index, 0..werk.len)
            }
        };
        if let Some(k) = cel.deelgebied {
            N::shift(&mut prijs[span.clone()], trekking.uitstel[k]);
        }
        let lopend = &mut werk.lopend;
        match (lijn, index) {
            (None, None) => {}
            // Nobody else looks at it: into its deel at once.
            (None, Some(i)) if v.rechtstreeks[c] => {
                let factors = v.zeker[i].as_ref().unwrap_or(&werk.index[i]);
                let deel = &mut werk.delen[cel.deel.unwrap_or(0)][span.clone()];
                let flows = prijs[span.clone()].iter().zip(&factors[span.clone()]);
                if cel.van == HOOFD {
                    for (into, (amount, factor)) in deel.iter_mut().zip(flows) {
                        *into = *into - *amount * *factor;
                        N::volgende();
                    }
                } else {
                    for (into, (amount, factor)) in deel.iter_mut().zip(flows) {
                        *into = *into + *amount * *factor;
                        N::volgende();
                    }
                }
                continue;
            }
            (None, Some(i)) => {
                let factors = v.zeker[i].as_ref().unwrap_or(&werk.index[i]);
                for ((into, amount), factor) in lopend[span.clone()]
                    .iter_mut()
                    .zip(&prijs[span.clone()])
                    .zip(&factors[span.clone()])
                {
                    *into = *amount * *factor;
                    N::volgende();
                }
            }
            (Some(l), index) => {
                lopend.fill(N::number(0));
                // Only the periods in which the line does something get a name.
                let of = Of::Lijn(l.lijn as u16);
                let mut named: Vec<usize> = l.realisatie.iter().map(|(t, _)| *t).collect();
                let delayed = cel.deelgebied.is_some();
                if delayed {
                    named.extend(v.plan.timeline.peil..werk.len);
                } else {
                    named.extend(l.gewichten.iter().map(|(t, _)| *t));
                }
                for t in named {
                    prijs[t] = prijs[t].named("bedrag in periode", of, at(t));
                    lopend[t] = match index {
                        Some(i) if t >= v.plan.timeline.peil => {
                            cashflow::stroom(prijs[t], werk.index[i][t], of, t)
                        }
                        _ => prijs[t].named("stroom", of, at(t)),
                    };
                }
            }
        }
        let flows = if lijn.is_none() && index.is_none() {
            &prijs[span.clone()]
        } else {
            &lopend[span.clone()]
        };
        if let (Some(lijst), Some(verhaal)) = (cel.posten, &v.verhaal) {
            if lijn.is_some() {
                verhaal.tellen_lijn(plan, lijst, flows, |t| v.doet(c, t), &mut werk.posten);
            } else {
                verhaal.tellen(plan, lijst, flows, span.start, &mut werk.posten);
            }
        }
        if let Some(all) = werk.cellen.as_mut() {
            all[c].0.copy_from_slice(prijs);
            all[c].1.fill(N::number(0));
            all[c].1[span.clone()].copy_from_slice(flows);
            continue;
        }
        let from = span.start;
        if cel.soort.in_saldo() {
            let (kasstroom, waarden) = (&mut werk.kasstroom, &mut werk.waarde);
            let (van, naar) = (cel.van, cel.naar);
            match cel.deel {
                None => boek(v, kasstroom, waarden, van, naar, flows, from),
                // The main account is the sum of its delen, and made of them below.
                Some(deel) if van == HOOFD => {
                    aftrekken(&mut werk.delen[deel][from..], flows);
                    boek_bij(v, kasstroom, waarden, van, naar, flows, from);
                    buiten_om(v, waarden, van, naar, flows, from);
                }
                Some(deel) => {
                    optellen(&mut werk.delen[deel][from..], flows);
                    boek_af(v, kasstroom, waarden, van, naar, flows, from);
                    buiten_om(v, waarden, van, naar, flows, from);
                }
            }
            if fonds == Some(cel.naar) {
                optellen(&mut werk.fonds.inleg[from..], flows);
                if cel.bijdrage {
                    optellen(&mut werk.fonds.bijdragen[from..], flows);
                }
            }
            if fonds == Some(cel.van) {
                optellen(&mut werk.fonds.uitgaven[from..], flows);
            }
        } else if let Some(p) = plan.model.rekeningen[cel.naar]
            .partij
            .filter(|_| cel.soort != Stroomsoort::Raming)
        {
            let kind = usize::from(cel.soort == Stroomsoort::Maatschappelijk);
            if plan.diepte == Diepte::Rekening {
                let goal = v.doel_baten(p, kind);
                werk.waarde[goal] = werk.waarde[goal] + waarde(v, goal, flows, from);
            } else {
                optellen(&mut werk.baten[p][kind][from..], flows);
            }
        }
        if let Some(m) = cel.vraag {
            let share = N::of(v.dekking[m]);
            for (into, amount) in werk.fonds.vraag[m * werk.len + from..]
                .iter_mut()
                .zip(flows)
            {
                *into = *into + *amount * share;
                N::volgende();
            }
        }
    }
    if !settled {
        verhaal::verhalen(v, &trekking.slots, werk);
        verevening::verevenen(v, werk);
        bijdragen::bijdragen(v, werk);
    }
    if werk.cellen.is_some() {
        verzamelen(v, werk, fonds);
    } else if let Some((first, rest)) = werk.delen.split_first() {
        let hoofd = &mut werk.kasstroom[HOOFD];
        hoofd.copy_from_slice(first);
        for deel in rest {
            optellen(hoofd, deel);
        }
    }
}

/// The same gathering with details kept: sums of named flows, so that a record reads as a sheet does.
fn verzamelen<N: Number>(v: &Voorbereid<'_, N>, werk: &mut Werk<N>, fonds: Option<usize>) {
    let plan = v.plan;
    let Some(cellen) = werk.cellen.take() else {
        return;
    };
    let active = |c: usize, t: usize| v.doet(c, t);
    let pick = |test: &dyn Fn(usize) -> bool, t: usize, prijspeil: bool| -> N {
        let parts: Vec<N> = (0..cellen.len())
            .filter(|c| test(*c) && active(*c, t))
            .map(|c| {
                if prijspeil {
                    cellen[c].0[t]
                } else {
                    cellen[c].1[t]
                }
            })
            .collect();
        N::sum(&parts)
    };
    let cash = |c: usize| plan.cellen[c].soort.in_saldo();
    let by_account = |account: usize| {
        let out: Vec<usize> = (0..cellen.len())
            .filter(|c| cash(*c) && plan.cellen[*c].van == account)
            .collect();
        let inn: Vec<usize> = (0..cellen.len())
            .filter(|c| cash(*c) && plan.cellen[*c].naar == account)
            .collect();
        (out, inn)
    };
    for account in 0..plan.model.rekeningen.len() {
        let (out, inn) = by_account(account);
        let of = Of::Rekening(account as u16);
        for t in 0..werk.len {
            let kosten = pick(&|c| out.contains(&c), t, false).named("kosten", of, at(t));
            let opbrengsten = pick(&|c| inn.contains(&c), t, false).named("opbrengsten", of, at(t));
            if account == HOOFD
                && let Some(hoofd) = werk.hoofd.as_mut()
            {
                hoofd[0][t] =
                    pick(&|c| out.contains(&c), t, true).named("kosten prijspeil", of, at(t));
                hoofd[1][t] =
                    pick(&|c| inn.contains(&c), t, true).named("opbrengsten prijspeil", of, at(t));
                hoofd[2][t] = kosten;
                hoofd[3][t] = opbrengsten;
            }
            werk.kasstroom[account][t] = opbrengsten - kosten;
            if fonds == Some(account) {
                werk.fonds.inleg[t] = opbrengsten.named("fonds inleg", Of::Geheel, at(t));
                werk.fonds.uitgaven[t] = kosten.named("fonds uitgaven", Of::Geheel, at(t));
                werk.fonds.bijdragen[t] = pick(
                    &|c| inn.contains(&c) && plan.cellen[c].bijdrage,
                    t,
                    false,
                )
                .named("fonds bijdragen", Of::Geheel, at(t));
            }
        }
    }
    for deel in 0..plan.delen.len() {
        let of = Of::Deel(deel as u16);
        let mine = |c: usize| cash(c) && plan.cellen[c].deel == Some(deel);
        for t in 0..werk.len {
            let kosten = pick(&|c| mine(c) && plan.cellen[c].van == HOOFD, t, false);
            let opbrengsten = pick(&|c| mine(c) && plan.cellen[c].naar == HOOFD, t, false);
            werk.delen[deel][t] =
                opbrengsten.named("opbrengsten", of, at(t)) - kosten.named("kosten", of, at(t));
        }
    }
    for p in 0..plan.model.partijen.len() {
        for (kind, (soort, word)) in [
            (Stroomsoort::Besparing, "besparing"),
            (Stroomsoort::Maatschappelijk, "maatschappelijk"),
        ]
        .into_iter()
        .enumerate()
        {
            let mine: Vec<usize> = (0..cellen.len())
                .filter(|c| {
                    plan.cellen[*c].soort == soort
                        && plan.model.rekeningen[plan.cellen[*c].naar].partij == Some(p)
                })
                .collect();
            for t in 0..werk.len {
                werk.baten[p][kind][t] =
                    pick(&|c| mine.contains(&c), t, false).named(word, Of::Partij(p as u16), at(t));
            }
        }
    }
    for (m, vraag) in plan.vraag.iter().enumerate() {
        let dekking = &plan.model.maatregelen[vraag.maatregel].dekking_fonds;
        let share = N::of(N::fixed(dekking.value, dekking.place.as_ref())).named(
            "dekking fonds",
            Of::Maatregel(m as u16),
            At::Once,
        );
        let mine: Vec<usize> = (0..cellen.len())
            .filter(|c| plan.cellen[*c].vraag == Some(m))
            .collect();
        for t in 0..werk.len {
            werk.fonds.vraag[m * werk.len + t] = (pick(&|c| mine.contains(&c), t, false) * share)
                .named("fonds vraag", Of::Maatregel(m as u16), at(t));
        }
    }
    werk.cellen = Some(cellen);
}

/// The gebiedsfonds, and its payments in the accounts.
#[inline(always)]
fn fonds<N: Number>(
    v: &Voorbereid<'_, N>,
    werk: &mut Werk<N>,
    lener: &mut impl Lener<N>,
) -> Laagste<N> {
    let plan = v.plan;
    let (Some(fonds), Some([begin, rente, minimum, aandeel])) =
        (plan.model.fonds.as_ref(), v.fonds)
    else {
        return Laagste {
            saldo: N::number(0),
            voorfinanciering: N::number(0),
        };
    };
    let g = &plan.model.gebied;
    let regel = match fonds.regel {
        Fondsregel::Voorfinancieren => Tekortregel::Voorfinancieren,
        Fondsregel::Doorschuiven => Tekortregel::Doorschuiven,
        Fondsregel::Drager => Tekortregel::Drager,
    };
    let voorwaarden = gebiedsfonds::Voorwaarden {
        beginsaldo: N::of(begin),
        rente: timeline::rate_per_period(N::of(rente), g.tijdstap, g.periodevoet).named(
            "fonds rente per periode",
            Of::Geheel,
            At::Once,
        ),
        minimum: N::of(minimum).named("fonds minimum", Of::Geheel, At::Once),
        aandeel_organisatie: N::of(aandeel).named(
            "fonds aandeel organisatie",
            Of::Geheel,
            At::Once,
        ),
        regel,
    };
    let f = &mut werk.fonds;
    let laagste = gebiedsfonds::gebiedsfonds(
        &voorwaarden,
        plan.timeline.peil,
        &gebiedsfonds::Stromen {
            inleg: &f.inleg,
            bijdragen: &f.bijdragen,
            uitgaven: &f.uitgaven,
            vraag: &f.vraag,
        },
        &mut gebiedsfonds::Verloop {
            saldo: &mut f.saldo,
            rendement: &mut f.rendement,
            organisatie: &mut f.organisatie,
            betaald: &mut f.betaald,
        },
        &mut f.open,
        lener,
    );
    let peil = plan.timeline.peil;
    boek(
        v,
        &mut werk.kasstroom,
        &mut werk.waarde,
        BUITEN,
        fonds.rekening,
        &f.rendement[peil..],
        peil,
    );
    boek(
        v,
        &mut werk.kasstroom,
        &mut werk.waarde,
        fonds.rekening,
        fonds.organisatie,
        &f.organisatie[peil..],
        peil,
    );
    for (m, vraag) in plan.vraag.iter().enumerate() {
        boek(
            v,
            &mut werk.kasstroom,
            &mut werk.waarde,
            fonds.rekening,
            vraag.drager,
            &f.betaald[m * werk.len + peil..(m + 1) * werk.len],
            peil,
        );
    }
    laagste
}

/// What the fund pays into the main account, by deel: maatregelen of which that is the drager, and the share of the organisation.
struct Fondsbetalingen<'a, 'p> {
    plan: &'a Plan<'p>,
    len: usize,
}

impl Fondsbetalingen<'_, '_> {
    #[inline(always)]
    fn bij<N: Number>(&self, delen: &mut [Vec<N>], t: usize, gedaan: &Verloop<'_, N>) {
        let model = self.plan.model;
        for (m, vraag) in self.plan.vraag.iter().enumerate() {
            if vraag.drager == HOOFD
                && let Some(deel) = self
                    .plan
                    .deel(model.maatregelen[vraag.maatregel].deelgebied)
            {
                delen[deel][t] = delen[deel][t] + gedaan.betaald[m * self.len + t];
            }
        }
        if model.fonds.as_ref().is_some_and(|f| f.organisatie == HOOFD)
            && let Some(deel) = self.plan.deel(None)
        {
            delen[deel][t] = delen[deel][t] + gedaan.organisatie[t];
        }
    }
}

/// The delen of the main account, of which no loan is wanted: only what the fund pays them.
struct Ontvangers<'a, 'p, N> {
    betalingen: Fondsbetalingen<'a, 'p>,
    delen: &'a mut [Vec<N>],
}

impl<N: Number> Lener<N> for Ontvangers<'_, '_, N> {
    #[inline(always)]
    fn lenen(&mut self, t: usize, gedaan: &Verloop<'_, N>, _: N) -> Option<N> {
        self.betalingen.bij(self.delen, t, gedaan);
        None
    }
    #[inline(always)]
    fn slot(&mut self, _: usize) -> Option<N> {
        None
    }
}

/// The delen of the main account that borrow from the fund.
struct Leners<'a, 'p, N> {
    betalingen: Fondsbetalingen<'a, 'p>,
    delen: Delen<'a, N>,
}

impl<N: Number> Lener<N> for Leners<'_, '_, N> {
    #[inline(always)]
    fn lenen(&mut self, t: usize, gedaan: &Verloop<'_, N>, beschikbaar: N) -> Option<N> {
        self.betalingen.bij(self.delen.kasstroom, t, gedaan);
        (t < self.delen.tijd.uiterst).then(|| self.delen.periode(t, beschikbaar))
    }
    #[inline(always)]
    fn slot(&mut self, t: usize) -> Option<N> {
        let tijd = self.delen.tijd;
        if t + 1 < tijd.eind || t >= tijd.uiterst {
            return None;
        }
        let l = self.delen.leningen.as_mut()?;
        let rest = tijd.aan_het_eind(t, l.schuld[t]);
        l.netto[t] = (l.netto[t] - rest).named("leningen met slot", Of::Geheel, at(t));
        Some(rest)
    }
}

/// The fund with the delen that borrow from it: period by period, as each needs what the other did before.
#[inline(always)]
fn fonds_met_leningen<N: Number>(
    v: &Voorbereid<'_, N>,
    tarieven: &Hoofdtarieven<N>,
    werk: &mut Werk<N>,
) -> Laagste<N> {
    let plan = v.plan;
    // Out of the way, so that the fund can have the rest.
    let (mut kasstroom, mut loopt, mut stand) = (
        std::mem::take(&mut werk.delen),
        std::mem::take(&mut werk.loopt),
        std::mem::take(&mut werk.deelstand),
    );
    let (mut boekwaarde, mut rente, [mut netto, mut schuld]) = (
        std::mem::take(&mut werk.boekwaarde),
        std::mem::take(&mut werk.rente),
        std::mem::take(&mut werk.leningen),
    );
    netto.fill(N::number(0));
    schuld.fill(N::number(0));
    let [eigen, owed, plafond] = &mut stand;
    for (d, of) in v.deel_of.iter().enumerate() {
        plafond[d] = N::of(v.plafond[d]).named("leenplafond", *of, At::Once);
        eigen[d] = v.deel_opening[d].map_or_else(|| N::number(0), N::of);
    }
    let mut leners = Leners {
        betalingen: Fondsbetalingen {
            plan,
            len: werk.len,
        },
        delen: Delen {
            methode: plan.model.gebied.rentemethode,
            tarieven: tarieven.per_methode,
            tijd: hoofdlooptijd(plan, &loopt),
            peil: plan.timeline.peil,
            of: &v.deel_of,
            kasstroom: &mut kasstroom,
            eigen,
            schuld: owed,
            leningen: Some(Leningen {
                plafond,
                rente: tarieven.lening,
                netto: &mut netto,
                schuld: &mut schuld,
            }),
            totaal: Some((&mut boekwaarde, &mut rente)),
        },
    };
    leners.delen.openen();
    let laagste = fonds(v, werk, &mut leners);
    werk.delen = kasstroom;
    werk.loopt = std::mem::take(&mut loopt);
    werk.deelstand = stand;
    werk.boekwaarde = boekwaarde;
    werk.rente = rente;
    werk.leningen = [netto, schuld];
    laagste
}

/// When the main account runs.
fn hoofdlooptijd<'a, N>(plan: &Plan<'_>, loopt: &'a [N]) -> Looptijd<'a, N> {
    Looptijd {
        begin: plan.begin,
        eind: plan.eind,
        uiterst: plan.eind_uiterst,
        loopt,
    }
}

/// How long the main account runs in these draws: gives its last position.
#[inline(always)]
fn looptijd<N: Number>(v: &Voorbereid<'_, N>, trekking: &Trekking<N>, werk: &mut Werk<N>) -> N {
    let plan = v.plan;
    let of = Of::Rekening(HOOFD as u16);
    let mut laatste = N::number(plan.eind as i64 - 1);
    if plan.eind_uiterst > plan.eind {
        for (k, last) in &plan.eind_met {
            laatste = laatste.max(N::number(*last as i64) + N::steps(trekking.uitstel[*k]));
        }
        for (slot, k, last) in &plan.eind_risico {
            let bedrag = trekking.slots[*slot];
            let wanneer = N::number(*last as i64)
                + k.map_or_else(|| N::number(0), |k| N::steps(trekking.uitstel[k]));
            // Nothing happens: nothing is lengthened.
            let wanneer = bedrag.if_less(
                N::number(0),
                wanneer,
                N::number(0).if_less(bedrag, wanneer, N::number(0)),
            );
            laatste = laatste.max(wanneer);
        }
        laatste = laatste.named("laatste periode", of, At::Once);
        for t in plan.eind..plan.eind_uiterst {
            werk.loopt[t] = laatste
                .if_less(N::number(t as i64), N::number(0), N::number(1))
                .named("loopt nog", of, at(t));
        }
    }
    laatste
}

/// The rates of the main account with their draws.
struct Hoofdtarieven<N> {
    per_jaar: N,
    rentes: Rentes<N>,
    per_methode: Tarieven<N>,
    lening: N,
}

#[inline(always)]
fn tarieven<N: Number>(v: &Voorbereid<'_, N>, trekking: &Trekking<N>) -> Hoofdtarieven<N> {
    let (plan, g) = (v.plan, &v.plan.model.gebied);
    let of = Of::Rekening(HOOFD as u16);
    let slots = &trekking.slots;
    let rente = met(N::of(v.rente), plan.drijvers.rente.iter().copied(), slots).named(
        "rente per jaar",
        of,
        At::Once,
    );
    let credit = met(
        N::of(v.creditrente),
        plan.drijvers.creditrente.iter().copied(),
        slots,
    )
    .named("creditrente per jaar", of, At::Once);
    let (stap, voet) = (g.tijdstap, g.periodevoet);
    let rentes = Rentes {
        debet: timeline::rate_per_period(rente, stap, voet).named(
            "rente per periode",
            of,
            At::Once,
        ),
        credit: timeline::rate_per_period(credit, stap, voet).named(
            "creditrente per periode",
            of,
            At::Once,
        ),
    };
    let lening = match v.leenrente {
        None => rentes.credit,
        Some(r) => timeline::rate_per_period(N::of(r), stap, voet).named(
            "leenrente per periode",
            of,
            At::Once,
        ),
    };
    Hoofdtarieven {
        per_jaar: rente,
        rentes,
        // Asked only when the delen bear interest; a sheet has no rates that nothing uses.
        per_methode: if plan.delen.is_empty() {
            Tarieven::gelijk(rentes)
        } else {
            Tarieven::new(g.rentemethode, rentes, Of::Geheel)
        },
        lening,
    }
}

/// The main account: boekwaarde with interest, and its results.
#[inline(always)]
fn hoofdrekening<N: Number>(
    v: &Voorbereid<'_, N>,
    tarieven: &Hoofdtarieven<N>,
    werk: &mut Werk<N>,
) -> Resultaat<N> {
    let (plan, g) = (v.plan, &v.plan.model.gebied);
    let tl = &plan.timeline;
    let of = Of::Rekening(HOOFD as u16);
    let opening = v.opening[HOOFD].map_or_else(|| N::number(0), N::of);
    let shown = if werk.hoofd.is_some() {
        werk.len
    } else {
        plan.eind_uiterst
    };
    for t in 0..shown {
        werk.mutatie[t] = (-werk.kasstroom[HOOFD][t]).named("mutatie", of, at(t));
        N::volgende();
    }
    let tijd = hoofdlooptijd(plan, &werk.loopt);
    if !plan.leningen && !plan.delen.is_empty() {
        let [eigen, schuld, _] = &mut werk.deelstand;
        for (eigen, opening) in eigen.iter_mut().zip(&v.deel_opening) {
            *eigen = opening.map_or_else(|| N::number(0), N::of);
        }
        let totaal = g
            .rente_per_deelgebied
            .then_some((&mut werk.boekwaarde[..], &mut werk.rente[..]));
        let mut delen = Delen {
            methode: g.rentemethode,
            tarieven: tarieven.per_methode,
            tijd,
            peil: tl.peil,
            of: &v.deel_of,
            kasstroom: &mut werk.delen,
            eigen,
            schuld,
            leningen: None,
            totaal,
        };
        delen.alle();
    }
    if !g.rente_per_deelgebied {
        ledger::boekwaarde(
            g.rentemethode,
            opening,
            &werk.mutatie,
            tarieven.rentes,
            tl,
            &tijd,
            of,
            (&mut werk.boekwaarde, &mut werk.rente),
        );
    }
    ledger::resultaat(
        opening,
        &werk.kasstroom[HOOFD],
        &werk.boekwaarde,
        &werk.rente,
        &disconto(v, tarieven, werk.hoofd.is_some()),
        &v.disconto_bbv,
        &v.perioden,
        tl,
        &tijd,
        of,
        &mut werk.los,
    )
}

/// What discounts the results of the main account; flows at the interest rate only where that is shown or asked.
#[inline(always)]
fn disconto<N: Number>(
    v: &Voorbereid<'_, N>,
    tarieven: &Hoofdtarieven<N>,
    alles: bool,
) -> Disconto<N> {
    let g = &v.plan.model.gebied;
    Disconto {
        bbv: N::of(v.bbv),
        rente: tarieven.per_jaar,
        exponent: v.exponent,
        per_jaar: v.plan.timeline.stap.per_year(),
        kasstroom_rente: (alles || g.ncw_methode == NcwMethode::KasstroomRente)
            .then_some(g.kasstroommoment),
    }
}

/// The results of every deel of the main account.
#[inline(always)]
fn deelresultaten<N: Number>(
    v: &Voorbereid<'_, N>,
    tarieven: &Hoofdtarieven<N>,
    werk: &mut Werk<N>,
) {
    let (plan, g) = (v.plan, &v.plan.model.gebied);
    if plan.delen.is_empty() {
        return;
    }
    let tijd = hoofdlooptijd(plan, &werk.loopt);
    let from = plan.timeline.peil.max(plan.begin);
    let los = &mut werk.los;
    let method = g.ncw_methode;
    let factor = match method {
        NcwMethode::Bbv | NcwMethode::Rente => {
            let disconto = disconto(v, tarieven, false);
            let rate = if method == NcwMethode::Bbv {
                disconto.bbv
            } else {
                disconto.rente
            };
            Some(ledger::eindfactor(rate, &disconto, &tijd, None))
        }
        NcwMethode::Kasstroom => {
            los.clear();
            los.extend_from_slice(&v.disconto_bbv[..tijd.uiterst]);
            None
        }
        NcwMethode::KasstroomRente => {
            los.clear();
            los.resize(tijd.uiterst, N::number(0));
            timeline::discount_factors(
                &plan.timeline,
                tarieven.per_jaar,
                g.kasstroommoment,
                plan.timeline.peil,
                Of::Geheel,
                None,
                los,
            );
            None
        }
    };
    let [eigen, schuld, _] = &werk.deelstand;
    for (d, of) in v.deel_of.iter().enumerate() {
        let stand = if plan.leningen {
            eigen[d] + schuld[d]
        } else {
            eigen[d]
        };
        let eindwaarde = (-stand).named("eindwaarde", *of, At::Once);
        let ncw = if let Some(factor) = factor {
            eindwaarde.per(factor)
        } else {
            let series = &werk.delen[d];
            let mut before = N::sum(&series[plan.begin..from]);
            if let Some(opening) = v.deel_opening[d] {
                before = before - N::of(opening);
            }
            before + contant(&series[from..tijd.uiterst], &los[from..])
        };
        werk.deeluitkomsten.push(DeelUitkomst {
            eindwaarde,
            ncw: ncw.named("ncw", *of, At::Once),
        });
    }
}

/// Loans in the accounts, after the results: they are cash of the one and of the other, no costs and no revenue.
#[inline(always)]
fn leningen_boeken<N: Number>(v: &Voorbereid<'_, N>, werk: &mut Werk<N>) {
    let plan = v.plan;
    if let Some(fonds) = plan.model.fonds.as_ref().filter(|_| plan.leningen) {
        let peil = plan.timeline.peil;
        boek(
            v,
            &mut werk.kasstroom,
            &mut werk.waarde,
            fonds.rekening,
            HOOFD,
            &werk.leningen[0][peil..],
            peil,
        );
    }
}

/// Saldo and baten per party, at its own rate.
#[inline(always)]
fn partijen<N: Number>(v: &Voorbereid<'_, N>, werk: &mut Werk<N>) {
    let (plan, peil) = (v.plan, v.plan.timeline.peil);
    for p in 0..plan.model.partijen.len() {
        let of = Of::Partij(p as u16);
        let factors = &v.disconto[p];
        let los = &mut werk.los;
        los.clear();
        for (r, rekening) in plan.model.rekeningen.iter().enumerate() {
            if rekening.partij != Some(p) {
                continue;
            }
            if !v.gevolgd[r] {
                los.extend(v.opening[r].map(|o| -N::of(o)));
                los.push(werk.waarde[r]);
                continue;
            }
            let series = &werk.kasstroom[r];
            // What happened before peildatum, given or derived, stands at its own value.
            if let Some(opening) = v.opening[r] {
                los.push(-N::of(opening));
            } else if plan.timeline.peil > 0 {
                los.push(N::sum(&series[..plan.timeline.peil]));
            }
            let present = contant(&series[peil..], &factors[peil..]);
            los.push(present.named("contante kasstroom", Of::Rekening(r as u16), At::Once));
        }
        let saldo = N::sum(los).named("saldo", of, At::Once);
        let [besparing, maatschappelijk] = match plan.diepte {
            Diepte::Rekening => [
                werk.waarde[v.doel_baten(p, 0)],
                werk.waarde[v.doel_baten(p, 1)],
            ],
            _ => [
                contant(&werk.baten[p][0][peil..], &factors[peil..]),
                contant(&werk.baten[p][1][peil..], &factors[peil..]),
            ],
        };
        let besparing = besparing.named("contante besparing", of, At::Once);
        let maatschappelijk = maatschappelijk.named("contant maatschappelijk", of, At::Once);
        let baten = (besparing + maatschappelijk).named("baten", of, At::Once);
        let netto_baat = (saldo + baten).named("netto baat", of, At::Once);
        werk.partijen.push(PartijUitkomst {
            saldo,
            besparing,
            maatschappelijk,
            netto_baat,
        });
    }
}

/// All accounts but the outside world as if they were one, at the rate of the matrix: transfers between them fall away.
#[inline(always)]
fn portemonnee<N: Number>(v: &Voorbereid<'_, N>, werk: &mut Werk<N>) -> N {
    let peil = v.plan.timeline.peil;
    let los = &mut werk.los;
    los.clear();
    los.extend(v.opening.iter().flatten().map(|o| -N::of(*o)));
    if !v.gevolgd[BUITEN] {
        // See `buiten_om`.
        let hoofd = &werk.kasstroom[HOOFD];
        if peil > 0 {
            los.push(N::sum(&hoofd[..peil]));
        }
        los.push(contant(&hoofd[peil..], &v.disconto_matrix[peil..]));
        los.push(-werk.waarde[BUITEN]);
        return N::sum(los);
    }
    let buiten = &werk.kasstroom[BUITEN];
    if peil > 0 {
        los.push(-N::sum(&buiten[..peil]));
    }
    los.extend((peil..werk.len).map(|t| -(buiten[t] * v.disconto_matrix[t])));
    N::sum(los).named("één portemonnee", Of::Geheel, At::Once)
}

/// The result of any account but the main one, over the whole timeline, with its party's rates.
pub fn rekeningresultaat<N: Number>(
    v: &Voorbereid<'_, N>,
    rekening: usize,
    werk: &mut Werk<N>,
) -> (Resultaat<N>, Vec<N>, Vec<N>) {
    let (plan, g) = (v.plan, &v.plan.model.gebied);
    let tl = &plan.timeline;
    let of = Of::Rekening(rekening as u16);
    let (debet, credit) = plan.model.rekeningen[rekening]
        .partij
        .map_or((v.rente, v.creditrente), |p| v.partijrente[p]);
    let (debet, credit) = (
        N::of(debet).named("rente per jaar", of, At::Once),
        N::of(credit).named("creditrente per jaar", of, At::Once),
    );
    let per = |r: N, word: &'static str| {
        timeline::rate_per_period(r, g.tijdstap, g.periodevoet).named(word, of, At::Once)
    };
    let rentes = Rentes {
        debet: per(debet, "rente per periode"),
        credit: per(credit, "creditrente per periode"),
    };
    let opening = v.opening[rekening].map_or_else(|| N::number(0), N::of);
    let begin = if v.opening[rekening].is_some() {
        tl.peil
    } else {
        0
    };
    let tijd = Looptijd {
        begin,
        eind: tl.len,
        uiterst: tl.len,
        loopt: &[],
    };
    let mutatie: Vec<N> = werk.kasstroom[rekening]
        .iter()
        .enumerate()
        .map(|(t, k)| (-*k).named("mutatie", of, at(t)))
        .collect();
    let (mut boekwaarde, mut rente) = (vec![N::number(0); tl.len], vec![N::number(0); tl.len]);
    ledger::boekwaarde(
        g.rentemethode,
        opening,
        &mutatie,
        rentes,
        tl,
        &tijd,
        of,
        (&mut boekwaarde, &mut rente),
    );
    let exponent = Decimal::from(tl.len - tl.peil) / Decimal::from(tl.stap.per_year());
    let disconto = Disconto {
        bbv: N::of(v.bbv),
        rente: debet,
        exponent,
        per_jaar: tl.stap.per_year(),
        kasstroom_rente: Some(g.kasstroommoment),
    };
    let kasstroom = werk.kasstroom[rekening].clone();
    let mut los = Vec::new();
    let r = ledger::resultaat(
        opening,
        &kasstroom,
        &boekwaarde,
        &rente,
        &disconto,
        &v.disconto_bbv,
        &v.perioden,
        tl,
        &tijd,
        of,
        &mut los,
    );
    (r, boekwaarde, rente)
}

/// Whether every period's flows, the outside world included, add up to nothing. A settlement neither makes nor loses money.
pub fn conserves(werk: &Werk<Exact>) -> bool {
    (0..werk.len).all(|t| {
        let add = |each: fn(Exact) -> Exact| {
            werk.kasstroom
                .iter()
                .fold(Exact::ZERO, |sum, account| sum + each(account[t]))
        };
        let (total, moved) = (add(|flow| flow), add(|flow| flow.max(-flow)));
        // A Decimal has 28 digits: a rest in the last of them is no money, whether it is the 20th decimal of a small amount or the
        // sixth of a very large one.
        let rest =
            Exact::constant(Decimal::new(1, 12)).max(moved * Exact::constant(Decimal::new(1, 22)));
        match (total.0, rest.0) {
            (Some(total), Some(rest)) => total.abs() <= rest,
            _ => true,
        }
    })
}

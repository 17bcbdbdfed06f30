//! Kostenverhaal in an evaluation: what flows are worth per peildatum, and what every owner then pays.
//!
//! `Voorbereiding` holds the numbers of the tables in one arithmetic; `verhalen` brings them together with the flows of a run. The
//! rules stand in `rules::kostenverhaal`.

use super::{Voorbereid, Werk, contant, met};
use crate::model::Model;
use crate::model::verhaal::{
    Inbreng, KOSTENSOORTEN, Postsoort, Regime, Verhaalspost, Verrekening, eenheden, is_plankosten,
};
use crate::number::{At, Number, Of, Quantity};
use crate::parameters;
use crate::plan::verhaal::{INBRENGDELEN, Invoer};
use crate::plan::{Gebruik, Plan};
use crate::problem::Place;
use crate::rules::kostenverhaal::{self, Activiteit, Categorie, Drempels};
use crate::timeline::{self, Kasstroommoment};
use rust_decimal::Decimal;

/// What an area recovers.
#[derive(Debug, Clone, Copy)]
pub struct Gebiedsverhaal<N> {
    /// Recoverable costs, inbrengwaarden included.
    pub kosten: N,
    /// Of which inbrengwaarden.
    pub inbreng: N,
    /// What others contribute.
    pub bijdragen: N,
    /// The difference.
    pub netto: N,
    /// What all land brings in.
    pub opbrengst: N,
    /// What is spread.
    pub omslag: N,
    /// What the land can't bear.
    pub tekort: N,
    /// What all owners pay.
    pub geldsommen: N,
}

/// What an owner pays for what he holds.
#[derive(Debug, Clone, Copy)]
pub struct Eigenaarsverhaal<N> {
    /// What it brings in.
    pub opbrengst: N,
    /// What it was worth before.
    pub inbreng: N,
    /// Raming of his own works.
    pub raming: N,
    /// What he deducts for them.
    pub aftrek: N,
    /// His part of what is spread, by the method of the area.
    pub bruto: N,
    /// The same pro rata of opbrengsten.
    pub bruto_opbrengsten: N,
    /// The same by gewichtsfactor.
    pub bruto_gewichtsfactor: N,
    /// What remains, before the floor.
    pub netto: N,
    /// What he pays; nothing when he is not charged. After a beschikking, the herberekening.
    pub geldsom: N,
    /// What he gets back at the eindafrekening, without rente.
    pub terugbetaling: N,
}

#[derive(Debug)]
struct Perceel<N: Number> {
    /// Posts of its opbrengst with their category.
    posten: Vec<(usize, usize)>,
    /// Basiseenheden by category of the area.
    eenheden: Vec<(usize, N)>,
}

/// An amount with the draws that work on it. Without any it has its name beforehand; with draws it is named when they are known.
#[derive(Debug)]
struct Bedrag<N> {
    waarde: N,
    gebruik: Vec<Gebruik>,
    naam: Option<(&'static str, Of)>,
}

impl<N: Number> Bedrag<N> {
    fn new(
        plan: &Plan<'_>,
        q: &Quantity,
        invoer: Invoer,
        naam: Option<(&'static str, Of)>,
    ) -> Self {
        let gebruik = plan.drijvers.op(invoer).to_vec();
        let waarde = getal::<N>(q);
        Bedrag {
            waarde: match naam {
                Some((word, of)) if gebruik.is_empty() => waarde.named(word, of, At::Once),
                _ => waarde,
            },
            gebruik,
            naam,
        }
    }

    fn in_run(&self, slots: &[N]) -> N {
        if self.gebruik.is_empty() {
            return self.waarde;
        }
        let drawn = met(self.waarde, self.gebruik.iter().copied(), slots);
        self.naam
            .map_or(drawn, |(word, of)| drawn.named(word, of, At::Once))
    }
}

/// An inbrengwaarde.
#[derive(Debug)]
enum InbrengN<N> {
    /// The same in every run.
    Zeker(N),
    /// With draws on it as a whole.
    Geheel(Bedrag<N>),
    /// With draws on its parts.
    Delen(Inbrengdelen<N>),
}

/// The parts of an inbrengwaarde, and the draws that work on what they add up to.
#[derive(Debug)]
struct Inbrengdelen<N> {
    /// m2 and the value of one.
    grond: Option<(N, Bedrag<N>)>,
    delen: Vec<Bedrag<N>>,
    gebruik: Vec<Gebruik>,
    of: Of,
}

impl<N: Number> Inbrengdelen<N> {
    fn is_zeker(&self) -> bool {
        let land = self.grond.iter().map(|(_, per)| per);
        self.gebruik.is_empty() && land.chain(&self.delen).all(|b| b.gebruik.is_empty())
    }

    fn in_run(&self, slots: &[N]) -> N {
        let land = self.grond.iter().map(|(m2, per)| *m2 * per.in_run(slots));
        let all: Vec<N> = land
            .chain(self.delen.iter().map(|d| d.in_run(slots)))
            .collect();
        met(N::sum(&all), self.gebruik.iter().copied(), slots).named(
            "inbrengwaarde",
            self.of,
            At::Once,
        )
    }
}

impl<N: Number> InbrengN<N> {
    /// Reads that of an eigendom.
    fn new(plan: &Plan<'_>, eigendom: usize) -> Self {
        let of = Of::Eigendom(eigendom as u16);
        let part = |column| Invoer::Inbreng(eigendom, column);
        match &plan.model.verhaal.eigendommen[eigendom].inbreng {
            Inbreng::Geheel(q) => {
                let naam = Some(("inbrengwaarde", of));
                let whole = Bedrag::new(plan, q, part("inbrengwaarde"), naam);
                if whole.gebruik.is_empty() {
                    InbrengN::Zeker(whole.waarde)
                } else {
                    InbrengN::Geheel(whole)
                }
            }
            Inbreng::Delen(land, parts) => {
                let given = parts.iter().zip(INBRENGDELEN);
                let all = Inbrengdelen {
                    grond: land.as_ref().map(|[m2, per]| {
                        (getal(m2), Bedrag::new(plan, per, part("grond_m2"), None))
                    }),
                    delen: given
                        .filter_map(|(q, name)| {
                            Some(Bedrag::new(plan, q.as_ref()?, part(name), None))
                        })
                        .collect(),
                    gebruik: plan.drijvers.op(part("inbrengwaarde")).to_vec(),
                    of,
                };
                if all.is_zeker() {
                    InbrengN::Zeker(all.in_run(&[]))
                } else {
                    InbrengN::Delen(all)
                }
            }
        }
    }

    /// What it is when no draw changes it.
    fn zeker(&self) -> Option<N> {
        match self {
            InbrengN::Zeker(value) => Some(*value),
            InbrengN::Geheel(_) | InbrengN::Delen(_) => None,
        }
    }

    fn in_run(&self, slots: &[N]) -> N {
        match self {
            InbrengN::Zeker(value) => *value,
            InbrengN::Geheel(whole) => whole.in_run(slots),
            InbrengN::Delen(parts) => parts.in_run(slots),
        }
    }
}

#[derive(Debug)]
struct EigendomN<N: Number> {
    /// Nothing when the perceel is whole.
    aandeel: Option<N>,
    inbreng: InbrengN<N>,
    maximum: Option<Bedrag<N>>,
    /// Posts of his works: what they cost, their raming, and of plankosten the share of it that he may deduct.
    werken: Vec<(usize, usize, Option<N>)>,
    betaalt: bool,
    beschikt: Option<N>,
    /// What comes off a repayment without tijdvak.
    andere_kosten: Option<N>,
}

#[derive(Debug)]
struct GebiedN<N: Number> {
    /// Posts of costs that are no plankosten, and of those that are.
    kosten: Vec<usize>,
    plankosten: Vec<usize>,
    bijdragen: Vec<usize>,
    opbrengst: Vec<usize>,
    /// By category of the area: its posts and its basiseenheden.
    categorieen: Vec<(Vec<usize>, N)>,
    eigendommen: Vec<usize>,
    /// All inbrengwaarden; nothing when draws change any of them.
    inbreng: Option<N>,
    plankosten_maximum: Option<Bedrag<N>>,
    raming: Option<Bedrag<N>>,
    maximum: Option<Bedrag<N>>,
}

/// The numbers of kostenverhaal in one arithmetic.
#[derive(Debug)]
pub(super) struct Voorbereiding<N: Number> {
    /// Discount factors by area, then by rule of verevening.
    factoren: Vec<Vec<N>>,
    /// Position from which they discount: what flows before counts at its own value.
    vanaf: Vec<usize>,
    /// By list of the plan: posts with the part that counts.
    lijsten: Vec<Vec<(usize, Option<N>)>>,
    gebieden: Vec<GebiedN<N>>,
    eigendommen: Vec<EigendomN<N>>,
    percelen: Vec<Perceel<N>>,
    /// Part of what was paid that is not repaid.
    drempel: N,
}

/// A figure of law as it holds at peildatum, or the first there is, with where it stands.
fn parameter<N: Number>(model: &Model, key: &str) -> N {
    let found = parameters::on(key, model.gebied.peildatum).or_else(|| parameters::first(key));
    found.map_or_else(
        || N::number(0),
        |p| {
            let place = Place::file(&parameters::plaats(key, p));
            N::of(N::fixed(p.waarde, Some(&place)))
        },
    )
}

/// The thresholds of Ob 8.13 as they hold at peildatum, or the first there are.
pub fn drempels(model: &Model) -> Drempels {
    let of = |key: &str| {
        parameters::on(key, model.gebied.peildatum)
            .or_else(|| parameters::first(key))
            .map_or(Decimal::ZERO, |p| p.waarde)
    };
    Drempels {
        uitbreiding_m2: of("kostenverhaal.uitbreiding_m2"),
        woonfuncties: of("kostenverhaal.woonfuncties"),
        functiewijziging_m2: of("kostenverhaal.functiewijziging_m2"),
    }
}

/// Whether what is done on an eigendom is liable.
pub fn is_plichtig(model: &Model, eigendom: usize) -> bool {
    let e = &model.verhaal.eigendommen[eigendom];
    kostenverhaal::plichtig(
        Activiteit::van(e.activiteit),
        e.omvang.as_ref().map(|q| q.value),
        &drempels(model),
    )
}

pub(super) fn getal<N: Number>(q: &Quantity) -> N {
    N::of(N::fixed(q.value, q.place.as_ref()))
}

/// What part of a line counts; nothing when all of it does.
fn deel<N: Number>(post: &Verhaalspost) -> Option<N> {
    if post.deel.is_none() && post.profijt.is_none() {
        return None;
    }
    let part = post.deel.as_ref().map_or_else(|| N::number(1), getal::<N>);
    let counts = match &post.profijt {
        None => kostenverhaal::verhaalbaar(part, None),
        Some((own, all)) => {
            let all: Vec<N> = all.iter().map(getal).collect();
            kostenverhaal::verhaalbaar(part, Some((getal(own), &all)))
        }
    };
    Some(if post.soort == Postsoort::Elders {
        N::number(1) - counts
    } else {
        counts
    })
}

impl<N: Number> Voorbereiding<N> {
    /// Reads a plan's kostenverhaal into an arithmetic; nothing when the model has none.
    pub(super) fn new(plan: &Plan<'_>) -> Option<Self> {
        let model = plan.model;
        let verhaal = &model.verhaal;
        let regels = &model.verevening.regels;
        if verhaal.gebieden.is_empty() && regels.is_empty() {
            return None;
        }
        let tl = &plan.timeline;
        let areas = verhaal.gebieden.iter().enumerate().map(|(i, g)| {
            let of = Of::Verhaal(i as u16);
            let vanaf = plan.positie(g.waardeperiode(&model.gebied));
            (&g.rente, g.moment, vanaf, of, &timeline::KOSTENVERHAAL)
        });
        let rules = regels.iter().enumerate().map(|(i, r)| {
            let (of, words) = (Of::Regel(i as u16), &timeline::VEREVENING);
            (&r.rente, Kasstroommoment::Begin, tl.peil, of, words)
        });
        let all: Vec<_> = areas.chain(rules).collect();
        let vanaf = all.iter().map(|(_, _, vanaf, ..)| *vanaf).collect();
        let factoren = all
            .into_iter()
            .enumerate()
            .map(|(i, (rente, moment, vanaf, of, words))| {
                let mut out = vec![N::number(0); tl.len];
                // A rule that adds up no flows has no factors: a sheet has no rates that nothing uses.
                if i < verhaal.gebieden.len() || plan.posten.iter().any(|p| p.gebied == i) {
                    timeline::discount_factors(
                        tl,
                        getal(rente),
                        moment,
                        vanaf,
                        of,
                        Some(words),
                        &mut out,
                    );
                }
                out
            })
            .collect();
        let lijsten = plan
            .postlijsten
            .iter()
            .map(|list| {
                list.iter()
                    .map(|(post, source)| {
                        let of = Of::Post(*post as u16);
                        let part: Option<N> = deel(&verhaal.posten[*source]);
                        (
                            *post,
                            part.map(|p| p.named("verhaalbaar deel", of, At::Once)),
                        )
                    })
                    .collect()
            })
            .collect();
        let find = |wanted: &dyn Fn(Postsoort) -> bool| -> Vec<usize> {
            (0..plan.posten.len())
                .filter(|p| wanted(plan.posten[*p].soort))
                .collect()
        };
        let mut percelen: Vec<Perceel<N>> = verhaal
            .percelen
            .iter()
            .map(|_| Perceel {
                posten: Vec::new(),
                eenheden: Vec::new(),
            })
            .collect();
        let mut gebieden = Vec::new();
        for (i, g) in verhaal.gebieden.iter().enumerate() {
            let of = Of::Verhaal(i as u16);
            let mut this = GebiedN {
                kosten: Vec::new(),
                plankosten: Vec::new(),
                bijdragen: Vec::new(),
                opbrengst: Vec::new(),
                categorieen: Vec::new(),
                eigendommen: (0..verhaal.eigendommen.len())
                    .filter(|e| verhaal.eigendommen[*e].gebied == Some(i))
                    .collect(),
                inbreng: None,
                plankosten_maximum: g.plankosten_maximum.as_ref().map(|q| {
                    Bedrag::new(
                        plan,
                        q,
                        Invoer::Plankosten(i),
                        Some(("plankosten maximum", of)),
                    )
                }),
                raming: g
                    .raming
                    .as_ref()
                    .map(|q| Bedrag::new(plan, q, Invoer::Raming(i), None)),
                maximum: g.maximum.as_ref().map(|q| {
                    let naam = Some(("maximum kostenverhaal", of));
                    Bedrag::new(plan, q, Invoer::Gebiedsmaximum(i), naam)
                }),
            };
            let mut known: Vec<usize> = Vec::new();
            for (p, post) in plan
                .posten
                .iter()
                .enumerate()
                .filter(|(_, p)| p.gebied == i)
            {
                match post.soort {
                    Postsoort::Kosten(k) if is_plankosten(k) => this.plankosten.push(p),
                    Postsoort::Kosten(_) => this.kosten.push(p),
                    Postsoort::Bijdrage => this.bijdragen.push(p),
                    Postsoort::Opbrengst(perceel, c) => {
                        this.opbrengst.push(p);
                        let c = known.iter().position(|k| *k == c).unwrap_or_else(|| {
                            known.push(c);
                            this.categorieen.push((Vec::new(), N::number(0)));
                            known.len() - 1
                        });
                        this.categorieen[c].0.push(p);
                        if let Some(perceel) = perceel {
                            percelen[perceel].posten.push((p, c));
                        }
                    }
                    // Work of an owner counts by its raming.
                    Postsoort::Eigen(e, n) | Postsoort::Raming(e, n) => {
                        let werk = &verhaal.eigendommen[e].werken[n];
                        let estimate = matches!(post.soort, Postsoort::Raming(..));
                        if werk.raming.is_some() == estimate {
                            if is_plankosten(werk.kostensoort) {
                                this.plankosten.push(p);
                            } else {
                                this.kosten.push(p);
                            }
                        }
                    }
                    Postsoort::Overeenkomst(_)
                    | Postsoort::Gemaakt
                    | Postsoort::Geraamd
                    | Postsoort::Anderen
                    | Postsoort::Elders
                    | Postsoort::Onverhaalbaar
                    | Postsoort::Verevening(..) => {}
                }
            }
            // Basiseenheden are those of the model: they are published, and no draw changes them.
            for post in verhaal.posten.iter().filter(|p| p.gebied == i) {
                let Postsoort::Opbrengst(perceel, c) = post.soort else {
                    continue;
                };
                let (Some(c), Some(count)) = (
                    known.iter().position(|k| *k == c),
                    eenheden(&model.lijnen[post.lijn]),
                ) else {
                    continue;
                };
                let count: N = getal(count);
                let all = &mut this.categorieen[c].1;
                *all = *all + count;
                if let Some(perceel) = perceel {
                    let units = &mut percelen[perceel].eenheden;
                    match units.iter_mut().find(|(k, _)| *k == c) {
                        Some((_, own)) => *own = *own + count,
                        None => units.push((c, count)),
                    }
                }
            }
            gebieden.push(this);
        }
        let eigendommen: Vec<EigendomN<N>> = verhaal
            .eigendommen
            .iter()
            .enumerate()
            .map(|(i, e)| {
                let of = Of::Eigendom(i as u16);
                let post =
                    |soort: Postsoort| find(&|s| s == soort).first().copied().unwrap_or(usize::MAX);
                EigendomN {
                    aandeel: e
                        .aandeel
                        .place
                        .as_ref()
                        .map(|_| getal::<N>(&e.aandeel).named("aandeel perceel", of, At::Once)),
                    inbreng: InbrengN::new(plan, i),
                    maximum: e.maximum.as_ref().map(|q| {
                        let naam = Some(("maximum activiteit", of));
                        Bedrag::new(plan, q, Invoer::Maximum(i), naam)
                    }),
                    werken: e
                        .werken
                        .iter()
                        .enumerate()
                        .map(|(n, werk)| {
                            let own = post(Postsoort::Eigen(i, n));
                            let raming = werk.raming.map_or(own, |_| post(Postsoort::Raming(i, n)));
                            let aandeel = werk.zelfrealisatie.map(|key| parameter(model, key));
                            (own, raming, aandeel)
                        })
                        .filter(|(own, ..)| *own != usize::MAX)
                        .collect(),
                    betaalt: e.lijn.is_some() && is_plichtig(model, i),
                    beschikt: e.beschikt.as_ref().map(getal),
                    andere_kosten: e.andere_kosten.as_ref().map(getal),
                }
            })
            .collect();
        for (i, this) in gebieden.iter_mut().enumerate() {
            this.inbreng = if verhaal.gebieden[i].regime == Regime::OwZonder {
                Some(N::number(0))
            } else {
                let parts: Option<Vec<N>> = this
                    .eigendommen
                    .iter()
                    .map(|e| eigendommen[*e].inbreng.zeker())
                    .collect();
                parts.map(|parts| inbrengwaarden(&parts, i))
            };
        }
        Some(Voorbereiding {
            factoren,
            vanaf,
            lijsten,
            gebieden,
            eigendommen,
            percelen,
            drempel: parameter(model, "kostenverhaal.drempel_eindafrekening"),
        })
    }

    /// Adds what a flow is worth to the posts that it counts for. What happened before the date of valuation counts at its own value.
    #[inline(always)]
    pub(super) fn tellen(
        &self,
        plan: &Plan<'_>,
        lijst: usize,
        flows: &[N],
        from: usize,
        posten: &mut [N],
    ) {
        for (post, part) in &self.lijsten[lijst] {
            let gebied = plan.posten[*post].gebied;
            let factors = &self.factoren[gebied];
            let past = self.vanaf[gebied].saturating_sub(from).min(flows.len());
            let mut value = contant(&flows[past..], &factors[from + past..]);
            if past > 0 {
                value = N::sum(&flows[..past]) + value;
            }
            posten[*post] = posten[*post] + part.map_or(value, |part| value * part);
        }
    }

    /// The same of a line, of which only the periods in which it does something are written out.
    pub(super) fn tellen_lijn(
        &self,
        plan: &Plan<'_>,
        lijst: usize,
        flows: &[N],
        doet: impl Fn(usize) -> bool,
        posten: &mut [N],
    ) {
        for (post, part) in &self.lijsten[lijst] {
            let gebied = plan.posten[*post].gebied;
            let factors = &self.factoren[gebied];
            let parts: Vec<N> = flows
                .iter()
                .enumerate()
                .filter(|(t, _)| doet(*t))
                .map(|(t, flow)| {
                    if t < self.vanaf[gebied] {
                        *flow
                    } else {
                        *flow * factors[t]
                    }
                })
                .collect();
            if parts.is_empty() {
                continue;
            }
            let value = N::sum(&parts);
            posten[*post] = posten[*post] + part.map_or(value, |part| value * part);
        }
    }
}

/// The inbrengwaarden of an area together.
fn inbrengwaarden<N: Number>(parts: &[N], gebied: usize) -> N {
    N::sum(parts).named("inbrengwaarden", Of::Verhaal(gebied as u16), At::Once)
}

pub(super) fn som<N: Number>(posten: &[N], which: &[usize]) -> N {
    let mut sum = N::number(0);
    for (i, p) in which.iter().enumerate() {
        sum = if i == 0 { posten[*p] } else { sum + posten[*p] };
    }
    sum
}

/// Settles every area: what is spread, and what every owner pays of it. Both methods are calculated where details are kept.
// A body of its own, compiled once and not in every width of the draws: it is called once per draw, and would double what a build takes.
#[inline(never)]
pub(super) fn verhalen<N: Number>(v: &Voorbereid<'_, N>, slots: &[N], werk: &mut Werk<N>) {
    let Some(voor) = &v.verhaal else { return };
    let model = v.plan.model;
    let detail = werk.hoofd.is_some();
    let zero = N::number(0);
    for (p, value) in werk.posten.iter_mut().enumerate() {
        *value = value.named("contante waarde", Of::Post(p as u16), At::Once);
    }
    werk.verhaal.clear();
    for (i, (g, this)) in model
        .verhaal
        .gebieden
        .iter()
        .zip(&voor.gebieden)
        .enumerate()
    {
        let of = Of::Verhaal(i as u16);
        let named = |value: N, word: &'static str| value.named(word, of, At::Once);
        for e in &this.eigendommen {
            werk.eigendommen[*e].inbreng = voor.eigendommen[*e].inbreng.in_run(slots);
        }
        let inbreng = this.inbreng.unwrap_or_else(|| {
            let own = this
                .eigendommen
                .iter()
                .map(|e| werk.eigendommen[*e].inbreng);
            inbrengwaarden(&own.collect::<Vec<N>>(), i)
        });
        let posten = &werk.posten;
        let works = named(som(posten, &this.kosten), "kosten zonder plankosten");
        let plans = named(
            kostenverhaal::plankosten(
                named(som(posten, &this.plankosten), "plankosten"),
                this.plankosten_maximum.as_ref().map(|m| m.in_run(slots)),
            ),
            "plankosten verhaalbaar",
        );
        let kosten = named(works + plans + inbreng, "verhaalbare kosten");
        let bijdragen = named(som(posten, &this.bijdragen), "bijdragen van derden");
        let opbrengst = named(som(posten, &this.opbrengst), "opbrengst gronden");
        let zonder = g.regime == Regime::OwZonder;
        let omslag = if zonder {
            let netto = named(kosten - bijdragen, "netto verhaalbare kosten");
            let given = this.raming.as_ref().map(|r| r.in_run(slots));
            let raming = given.unwrap_or_else(|| netto.max(zero));
            let most = this.maximum.as_ref().filter(|_| g.maximum_aftopt);
            let raming = most.map_or(raming, |most| raming.min(most.in_run(slots)));
            kostenverhaal::Omslag {
                netto,
                omslag: named(raming, "omslag"),
                tekort: zero,
            }
        } else {
            kostenverhaal::omslaan(kosten, bijdragen, opbrengst, of)
        };
        let weighed = g.gewichtsfactor || detail;
        let per_categorie: &mut Vec<N> = &mut werk.los;
        per_categorie.clear();
        if weighed {
            for (posts, _) in &this.categorieen {
                per_categorie.push(som(posten, posts));
            }
        }
        let mut total = zero;
        for (nth, e) in this.eigendommen.iter().enumerate() {
            let (own, row) = (&voor.eigendommen[*e], &model.verhaal.eigendommen[*e]);
            let brought = werk.eigendommen[*e].inbreng;
            let of = Of::Eigendom(*e as u16);
            let named = |value: N, word: &'static str| value.named(word, of, At::Once);
            let perceel = &voor.percelen[row.perceel];
            let mut brings = zero;
            for (k, (p, _)) in perceel.posten.iter().enumerate() {
                brings = if k == 0 {
                    posten[*p]
                } else {
                    brings + posten[*p]
                };
            }
            let part = |whole: N| own.aandeel.map_or(whole, |share| whole * share);
            let brings = named(part(brings), "opbrengst eigendom");
            let pro_rata = kostenverhaal::naar_rato(omslag.omslag, brings, opbrengst);
            let by_weight = if weighed {
                let parts: Vec<Categorie<N>> = perceel
                    .eenheden
                    .iter()
                    .map(|(c, units)| Categorie {
                        eigen: part(*units),
                        alle: this.categorieen[*c].1,
                        opbrengst: per_categorie[*c],
                    })
                    .collect();
                kostenverhaal::naar_gewicht(omslag.omslag, &parts, opbrengst)
            } else {
                zero
            };
            if detail {
                let _ = named(pro_rata, "bruto bijdrage opbrengsten");
                let _ = named(by_weight, "bruto bijdrage gewichtsfactor");
            }
            let bruto = named(
                if g.gewichtsfactor {
                    by_weight
                } else {
                    pro_rata
                },
                "bruto bijdrage",
            );
            let mut raming = zero;
            let (aftrek, sum) = if zonder {
                let rise = named(brings - brought, "waardevermeerdering");
                let most = own.maximum.as_ref().map(|m| m.in_run(slots));
                (zero, kostenverhaal::geldsom_zonder(bruto, most, rise, of))
            } else {
                let mut works = Vec::with_capacity(own.werken.len());
                for (cost, estimate, share) in &own.werken {
                    let (made, most) = (posten[*cost], posten[*estimate]);
                    let made = share.map_or(made, |share| {
                        kostenverhaal::plankosten_zelfrealisatie(made, most, share)
                    });
                    works.push((made, most));
                    raming = raming + posten[*estimate];
                }
                let aftrek = named(
                    kostenverhaal::eigen_kosten(&works, g.per_post),
                    "aftrek eigen kosten",
                );
                (
                    aftrek,
                    kostenverhaal::geldsom_tijdvak(bruto, brought, aftrek, g.vloer, of),
                )
            };
            let geldsom = if own.betaalt { sum.geldsom } else { zero };
            let geldsom = named(geldsom, "geldsom");
            total = if nth == 0 { geldsom } else { total + geldsom };
            werk.eigendommen[*e] = Eigenaarsverhaal {
                opbrengst: brings,
                inbreng: brought,
                raming,
                aftrek,
                bruto,
                bruto_opbrengsten: pro_rata,
                bruto_gewichtsfactor: by_weight,
                netto: sum.netto,
                geldsom,
                terugbetaling: zero,
            };
        }
        for e in &this.eigendommen {
            let x = &mut werk.eigendommen[*e];
            if let Some(paid) = voor.eigendommen[*e].beschikt {
                let of = Of::Eigendom(*e as u16);
                x.terugbetaling = match voor.eigendommen[*e].andere_kosten {
                    Some(other) if zonder => kostenverhaal::eindafrekening_zonder(
                        paid,
                        x.geldsom,
                        voor.drempel,
                        other,
                        of,
                    ),
                    _ => kostenverhaal::eindafrekening(paid, x.geldsom, voor.drempel, of),
                };
            }
        }
        werk.verhaal.push(Gebiedsverhaal {
            kosten,
            inbreng,
            bijdragen,
            netto: omslag.netto,
            opbrengst,
            omslag: omslag.omslag,
            tekort: omslag.tekort,
            geldsommen: named(total, "geldsommen"),
        });
    }
}

impl<N: Number> Werk<N> {
    /// What a settlement came to.
    #[inline(always)]
    pub(super) fn verrekend(&self, what: Verrekening) -> N {
        match what {
            Verrekening::Geldsom(e) => self.eigendommen[e].geldsom,
            Verrekening::Terugbetaling(e) => self.eigendommen[e].terugbetaling,
            Verrekening::Betaalt(d) => self.deelnemers[d].verrekening.max(N::number(0)),
            Verrekening::Bijdrage(b) => self.bijdragen[b].bedrag,
            Verrekening::Bijdrageterug(b) => self.bijdragen[b].terug[1],
            Verrekening::Ontvangt(d) => (-self.deelnemers[d].verrekening).max(N::number(0)),
        }
    }
}

impl<N: Number> Eigenaarsverhaal<N> {
    /// Nothing yet.
    pub(super) fn geen() -> Self {
        let zero = N::number(0);
        Eigenaarsverhaal {
            opbrengst: zero,
            inbreng: zero,
            raming: zero,
            aftrek: zero,
            bruto: zero,
            bruto_opbrengsten: zero,
            bruto_gewichtsfactor: zero,
            netto: zero,
            geldsom: zero,
            terugbetaling: zero,
        }
    }
}

// ------------------------------------------------------------------------------------------------------------ overview

/// Why an owner pays what he pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Positie {
    /// A geldsom by beschikking.
    Geldsom,
    /// By contract.
    Overeenkomst,
    /// The municipality's own land.
    Gemeente,
    /// Not liable (Ob 8.13).
    NietPlichtig,
    /// The owner receives the geldsommen himself.
    Ontvanger,
}

impl Positie {
    /// Of an eigendom.
    pub fn van(model: &Model, eigendom: usize) -> Self {
        let row = &model.verhaal.eigendommen[eigendom];
        if row.gemeente {
            Positie::Gemeente
        } else if row.overeenkomst.is_some() {
            Positie::Overeenkomst
        } else if row.lijn.is_none() {
            Positie::Ontvanger
        } else if is_plichtig(model, eigendom) {
            Positie::Geldsom
        } else {
            Positie::NietPlichtig
        }
    }

    /// In Dutch words.
    pub fn woord(self) -> &'static str {
        match self {
            Positie::Geldsom => "beschikking",
            Positie::Overeenkomst => "overeenkomst",
            Positie::Gemeente => "grond van de gemeente",
            Positie::NietPlichtig => "niet plichtig",
            Positie::Ontvanger => "ontvanger",
        }
    }
}

/// What is not recovered, by cause: the key of its address, the word of its number, and the words of a report.
pub const OORZAKEN: &[(&str, &str, &str)] = &[
    (
        "rest_zonder_kostensoort",
        "rest zonder kostensoort",
        "kosten zonder kostensoort",
    ),
    (
        "rest_elders",
        "rest elders",
        "profijt elders of niet toerekenbaar",
    ),
    (
        "rest_plankosten",
        "rest plankosten",
        "boven het maximum van de plankosten",
    ),
    (
        "rest_plankosten_jaar",
        "rest plankosten in het jaar van de beschikking",
        "plankosten in hun eigen jaren tegen die in het jaar van de beschikking",
    ),
    (
        "rest_bijdragen",
        "rest bijdragen",
        "bijdragen van derden boven de kosten",
    ),
    (
        "rest_raming",
        "rest raming",
        "verschil tussen kosten en raming",
    ),
    (
        "rest_aftopping",
        "rest aftopping",
        "aftopping op de opbrengst",
    ),
    (
        "rest_eigen_grond",
        "rest eigen grond",
        "grond van de gemeente",
    ),
    (
        "rest_zonder_eigendom",
        "rest zonder eigendom",
        "grond zonder rij in eigendom",
    ),
    ("rest_niet_plichtig", "rest niet plichtig", "niet plichtig"),
    (
        "rest_overeenkomsten",
        "rest overeenkomsten",
        "verschil tussen bijdrage en overeenkomst",
    ),
    (
        "rest_vloer_en_maxima",
        "rest vloer en maxima",
        "vloer op nul, maxima en waardevermeerdering",
    ),
    (
        "rest_eigen_werken",
        "rest eigen werken",
        "verschil tussen aftrek en eigen werken",
    ),
    (
        "rest_beschikt",
        "rest beschikt",
        "verschil tussen herberekening en wat is beschikt",
    ),
    (
        "rest_betaalmoment",
        "rest betaalmoment",
        "later betaald zonder rente",
    ),
    (
        "rest_anderen",
        "rest anderen",
        "verhaald, en door een ander gemaakt",
    ),
];

/// What an area comes to for reports.
#[derive(Debug, Clone)]
pub struct Gebiedsoverzicht<N> {
    /// By kostensoort that occurs: recoverable costs, works of owners included.
    pub kostensoorten: Vec<(usize, N)>,
    /// By category that occurs: what it brings in.
    pub categorieen: Vec<(usize, N)>,
    /// By eigendom of the area: what was agreed, at contante waarde.
    pub overeenkomsten: Vec<(usize, N)>,
    /// Of all together.
    pub overeenkomst_totaal: N,
    /// Costs that the receiver makes, recoverable or not.
    pub kosten_ontvanger: N,
    /// The geldsommen as calculated less what was ordered and not paid back, of owners that have a beschikking.
    pub beschikt_verschil: N,
    /// What the calculated geldsommen lose in contante waarde as they are paid later.
    pub betaalverschil: N,
    /// What stays with him, in the order of [`OORZAKEN`].
    pub oorzaken: Vec<N>,
    /// The same as costs less contributions, geldsommen and contracts.
    pub rest: N,
}

/// What every area comes to; once for the exact record and for the recorder. Kept details are needed.
pub fn overzicht<N: Number>(v: &Voorbereid<'_, N>, werk: &Werk<N>) -> Vec<Gebiedsoverzicht<N>> {
    let (plan, model) = (v.plan, v.plan.model);
    // What a euro of a calculated geldsom is worth when it is paid.
    let waard = |i: usize, e: usize| {
        let lijn = &model.lijnen[model.verhaal.eigendommen[e].lijn?];
        let factors = v.verhaal.as_ref()?.factoren.get(i)?;
        let mut series = vec![None; factors.len()];
        let moves = lijn.schuift();
        let fixed = moves.map_or(0, |k| v.plan.uitstel(k));
        for (p, share) in &lijn.verloop.gewichten {
            *series.get_mut((plan.positie(*p) as i64 + i64::from(fixed)).max(0) as usize)? =
                Some(getal::<N>(share));
        }
        let drawn = moves.filter(|k| plan.drijvers.uitstel.get(*k).copied().flatten().is_some());
        if let Some(k) = drawn {
            // Which period it falls in is the draw's.
            let mut shares: Vec<N> = series
                .into_iter()
                .map(|share| share.unwrap_or_else(|| N::number(0)))
                .collect();
            N::shift(&mut shares, *werk.vertraging.get(k)?);
            return Some(contant(&shares, factors));
        }
        let parts: Vec<N> = series
            .into_iter()
            .zip(factors)
            .filter_map(|(share, factor)| Some(share? * *factor))
            .collect();
        (!parts.is_empty()).then(|| N::sum(&parts))
    };
    let areas = model.verhaal.gebieden.iter().zip(&werk.verhaal).enumerate();
    areas
        .map(|(i, (g, x))| {
            let zonder = g.regime == Regime::OwZonder;
            gebiedsoverzicht(v, werk, i, zonder, x, &|e| waard(i, e))
        })
        .collect()
}

/// What an owner pays by a beschikking of before, and whether what is too much comes back; nothing when none is paid.
pub fn beschikt(model: &Model, eigendom: usize) -> Option<(&Quantity, bool)> {
    let row = &model.verhaal.eigendommen[eigendom];
    let comes_back = model.verhaal.gebieden[row.gebied?].eindafrekening.is_some();
    row.lijn?;
    row.beschikt.as_ref().map(|paid| (paid, comes_back))
}

/// What an owner pays by beschikking: what was asked less what comes back, or what is calculated.
pub fn betaalt<N: Number>(v: &Voorbereid<'_, N>, werk: &Werk<N>, eigendom: usize) -> N {
    let x = &werk.eigendommen[eigendom];
    let asked = v
        .verhaal
        .as_ref()
        .and_then(|voor| voor.eigendommen[eigendom].beschikt);
    match (beschikt(v.plan.model, eigendom), asked) {
        (Some((_, true)), Some(asked)) => asked - x.terugbetaling,
        (Some((_, false)), Some(asked)) => asked,
        _ => x.geldsom,
    }
}

fn gebiedsoverzicht<N: Number>(
    v: &Voorbereid<'_, N>,
    werk: &Werk<N>,
    nr: usize,
    zonder: bool,
    x: &Gebiedsverhaal<N>,
    waard: &dyn Fn(usize) -> Option<N>,
) -> Gebiedsoverzicht<N> {
    let plan = v.plan;
    let model = plan.model;
    let of = Of::Verhaal(nr as u16);
    let zero = N::number(0);
    let posts = |wanted: &dyn Fn(Postsoort) -> bool| -> Vec<N> {
        let found = plan.posten.iter().zip(&werk.posten);
        found
            .filter(|(post, _)| post.gebied == nr && wanted(post.soort))
            .map(|(_, value)| *value)
            .collect()
    };
    let sum = |wanted: &dyn Fn(Postsoort) -> bool| N::sum(&posts(wanted));
    let of_owner = |soort: Postsoort| match soort {
        Postsoort::Eigen(e, n) => {
            let werk = model.verhaal.eigendommen[e].werken[n];
            werk.raming.is_none().then_some(werk.kostensoort)
        }
        Postsoort::Raming(e, n) => Some(model.verhaal.eigendommen[e].werken[n].kostensoort),
        _ => None,
    };
    let mut kostensoorten = Vec::new();
    for k in 0..KOSTENSOORTEN.len() {
        let found = posts(&|s| s == Postsoort::Kosten(k) || of_owner(s) == Some(k));
        if !found.is_empty() {
            let of = Of::Kostensoort(nr as u16, k as u16);
            kostensoorten.push((
                k,
                N::sum(&found).named("kosten per kostensoort", of, At::Once),
            ));
        }
    }
    let categorieen = (0..model.verhaal.categorieen.len())
        .filter_map(|c| {
            let found = posts(&|s| matches!(s, Postsoort::Opbrengst(_, k) if k == c));
            (!found.is_empty()).then(|| (c, N::sum(&found)))
        })
        .collect();
    let mine: Vec<usize> = (0..model.verhaal.eigendommen.len())
        .filter(|e| model.verhaal.eigendommen[*e].gebied == Some(nr))
        .collect();
    let mut overeenkomsten = Vec::new();
    let mut agreed = vec![zero; model.verhaal.eigendommen.len()];
    for e in &mine {
        let value = sum(&|s| s == Postsoort::Overeenkomst(*e)).named(
            "overeenkomst",
            Of::Eigendom(*e as u16),
            At::Once,
        );
        agreed[*e] = value;
        overeenkomsten.push((*e, value));
    }
    let values = |list: &[(usize, N)]| list.iter().map(|(_, v)| *v).collect::<Vec<_>>();
    let overeenkomst_totaal =
        N::sum(&values(&overeenkomsten)).named("overeenkomsten", of, At::Once);
    // What the receiver and the municipality make themselves is among their costs.
    let eigen = |e: usize| {
        matches!(
            Positie::van(model, e),
            Positie::Gemeente | Positie::Ontvanger
        )
    };
    let own_works = sum(&|s| match s {
        Postsoort::Eigen(e, _) | Postsoort::Raming(e, _) => of_owner(s).is_some() && !eigen(e),
        _ => false,
    });
    let anderen = sum(&|s| s == Postsoort::Anderen);
    let listed = N::sum(&values(&kostensoorten));
    let elders = sum(&|s| s == Postsoort::Elders);
    let onverhaalbaar = sum(&|s| s == Postsoort::Onverhaalbaar);
    let later = sum(&|s| s == Postsoort::Gemaakt) - sum(&|s| s == Postsoort::Geraamd);
    let kosten_ontvanger = (listed + later - own_works - anderen + elders + onverhaalbaar).named(
        "kosten van de ontvanger",
        of,
        At::Once,
    );
    let each = |which: &[Positie], pick: &dyn Fn(usize) -> N| {
        let found: Vec<N> = mine
            .iter()
            .filter(|e| which.contains(&Positie::van(model, **e)))
            .map(|e| pick(*e))
            .collect();
        N::sum(&found)
    };
    let all =
        |pick: &dyn Fn(usize) -> N| N::sum(&mine.iter().map(|e| pick(*e)).collect::<Vec<_>>());
    let figures = &werk.eigendommen;
    // What an owner should pay before floor and caps: with a tijdvak netto, without one his share.
    let due = |e: usize| {
        if zonder {
            figures[e].bruto
        } else {
            figures[e].netto
        }
    };
    let own = |e: usize| {
        if zonder {
            figures[e].bruto
        } else {
            figures[e].bruto - figures[e].inbreng
        }
    };
    let above = x.netto - x.omslag - x.tekort;
    let surplus = if zonder { x.netto.min(zero) } else { above };
    // An owner with a beschikking pays that, less what comes back: not what is calculated now.
    let asked = |e: usize| beschikt(model, e).is_some();
    let ordered = all(&|e| {
        if asked(e) {
            figures[e].geldsom - betaalt(v, werk, e)
        } else {
            zero
        }
    });
    let later_paid = all(&|e| {
        let calculated = Positie::van(model, e) == Positie::Geldsom && !asked(e);
        let worth = waard(e).filter(|_| calculated);
        worth.map_or(zero, |worth| {
            figures[e].geldsom - figures[e].geldsom * worth
        })
    });
    let amounts = [
        onverhaalbaar,
        elders,
        listed + x.inbreng - x.kosten,
        later,
        surplus,
        // Without a tijdvak what is spread may be a raming: one above the costs is a gain, and below zero here.
        above - surplus,
        x.tekort,
        each(&[Positie::Gemeente, Positie::Ontvanger], &own),
        x.omslag - all(&|e| figures[e].bruto),
        each(&[Positie::NietPlichtig], &due),
        each(&[Positie::Overeenkomst], &|e| due(e) - agreed[e]),
        each(&[Positie::Geldsom], &|e| due(e) - figures[e].geldsom),
        if zonder {
            -own_works
        } else {
            all(&|e| if eigen(e) { zero } else { figures[e].aftrek }) - own_works
        },
        ordered,
        later_paid,
        -anderen,
    ];
    let oorzaken = amounts
        .into_iter()
        .zip(OORZAKEN)
        .map(|(amount, (_, word, _))| amount.named(word, of, At::Once))
        .collect();
    let rest = (kosten_ontvanger - x.bijdragen - x.geldsommen - overeenkomst_totaal
        + ordered
        + later_paid)
        .named("rest kostenverhaal", of, At::Once);
    Gebiedsoverzicht {
        kostensoorten,
        categorieen,
        overeenkomsten,
        overeenkomst_totaal,
        kosten_ontvanger,
        beschikt_verschil: ordered,
        betaalverschil: later_paid,
        oorzaken,
        rest,
    }
}

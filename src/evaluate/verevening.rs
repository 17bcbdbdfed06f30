//! Verevening in an evaluation: what everyone who takes part in a rule pays or receives.
//!
//! `Voorbereiding` holds the numbers of the tables in one arithmetic; `verevenen` brings them together with the flows of a run, whose
//! contante waarde stands in the posts that kostenverhaal adds up too. The rules stand in `rules::verevening`, `rules::inbreng` and
//! `rules::bijdragen`.

use super::{Voorbereid, Werk, verhaal::getal};
use crate::model::verevening::{Basis, KOLOMMEN, Maat, REGELKOLOMMEN, Regelsoort};
use crate::model::verhaal::Postsoort;
use crate::number::{At, Number, Of, Rounding};
use crate::plan::Plan;
use crate::rules::bijdragen::{self, Bovenwijks};
use crate::rules::inbreng::{self, Claim};
use crate::rules::verevening::{
    self, Afronding, DECIMALEN, Extra, Grondwaarden, Meetellen, Norm, Plafond, Project, Segment,
    Telling, Verrekening,
};

/// Most figures of a rule, or of who takes part in it, beside those that all have.
const CIJFERS: usize = 6;

/// What a rule comes to.
#[derive(Debug, Clone, Copy)]
pub struct Regeluitkomst<N> {
    /// What is paid to the clearing account.
    pub betaald: N,
    /// What of it stays there.
    pub saldo: N,
    /// Figures in the order of its kind.
    pub cijfers: [N; CIJFERS],
}

/// What one who takes part comes to.
#[derive(Debug, Clone, Copy)]
pub struct Deelnemeruitkomst<N> {
    /// Positive pays, negative receives.
    pub verrekening: N,
    /// Figures in the order of the kind of its rule.
    pub cijfers: [N; CIJFERS],
}

impl<N: Number> Deelnemeruitkomst<N> {
    /// Nothing yet.
    pub(super) fn geen() -> Self {
        Deelnemeruitkomst {
            verrekening: N::number(0),
            cijfers: [N::number(0); CIJFERS],
        }
    }
}

/// A number that is known, or that posts of a run make.
#[derive(Debug, Clone)]
enum Bron<N> {
    Vast(N),
    Posten(Vec<usize>),
}

impl<N: Number> Bron<N> {
    fn in_run(&self, posten: &[N]) -> N {
        match self {
            Bron::Vast(value) => *value,
            Bron::Posten(which) => super::verhaal::som(posten, which),
        }
    }
}

#[derive(Debug)]
struct RegelN<N> {
    of: Of,
    van: Vec<Of>,
    /// By position in [`REGELKOLOMMEN`].
    getallen: [Option<N>; 12],
    /// By position in [`KOLOMMEN`], then by who takes part.
    kolommen: [Vec<Bron<N>>; 14],
    /// What a flow at the begin of a period is worth where its account has it.
    moment: Option<N>,
    /// Flows of the rule itself: its costs, and what its account receives and pays.
    stromen: [Vec<usize>; 3],
}

/// The numbers of verevening in one arithmetic.
#[derive(Debug)]
pub(super) struct Voorbereiding<N> {
    regels: Vec<RegelN<N>>,
}

impl<N: Number> Voorbereiding<N> {
    /// Reads a plan's verevening into an arithmetic; nothing when the model has none.
    pub(super) fn new(plan: &Plan<'_>) -> Option<Self> {
        let verevening = &plan.model.verevening;
        if verevening.regels.is_empty() {
            return None;
        }
        let areas = plan.model.verhaal.gebieden.len();
        let regels = verevening
            .regels
            .iter()
            .enumerate()
            .map(|(i, regel)| {
                let find = |who: Option<usize>, basis: Basis| -> Vec<usize> {
                    (0..plan.posten.len())
                        .filter(|p| {
                            plan.posten[*p].gebied == areas + i
                                && plan.posten[*p].soort == Postsoort::Verevening(who, basis)
                        })
                        .collect()
                };
                let kolommen = std::array::from_fn(|k| {
                    let default = N::number(i64::from(KOLOMMEN[k] == "weq"));
                    regel
                        .deelnemers
                        .iter()
                        .map(|d| match &verevening.deelnemers[*d].getallen[k] {
                            None => Bron::Vast(default),
                            Some(Maat::Stromen(basis)) => Bron::Posten(find(Some(*d), *basis)),
                            Some(Maat::Som(parts)) => {
                                let parts: Vec<N> = parts
                                    .iter()
                                    .map(|factors| {
                                        factors[1..]
                                            .iter()
                                            .fold(getal::<N>(&factors[0]), |a, q| a * getal(q))
                                    })
                                    .collect();
                                Bron::Vast(if parts.len() == 1 {
                                    parts[0]
                                } else {
                                    N::sum(&parts)
                                })
                            }
                        })
                        .collect()
                });
                RegelN {
                    of: Of::Regel(i as u16),
                    van: regel
                        .deelnemers
                        .iter()
                        .map(|d| Of::Deelnemer(*d as u16))
                        .collect(),
                    getallen: std::array::from_fn(|k| regel.getallen[k].as_ref().map(getal)),
                    kolommen,
                    moment: regel.moment.as_ref().map(getal),
                    stromen: [Basis::Kosten, Basis::In, Basis::Uit].map(|b| find(None, b)),
                }
            })
            .collect();
        Some(Voorbereiding { regels })
    }
}

impl<N: Number> RegelN<N> {
    /// A column of who takes part.
    fn kolom(&self, naam: &str, posten: &[N]) -> Vec<N> {
        let at = KOLOMMEN.iter().position(|k| *k == naam).unwrap_or(0);
        self.kolommen[at].iter().map(|b| b.in_run(posten)).collect()
    }

    /// The same by a name.
    fn genaamd(&self, naam: &str, woord: &'static str, posten: &[N]) -> Vec<N> {
        let mut values = self.kolom(naam, posten);
        for (value, of) in values.iter_mut().zip(&self.van) {
            *value = value.named(woord, *of, At::Once);
        }
        values
    }

    fn gegeven(&self, naam: &str) -> Option<N> {
        let at = REGELKOLOMMEN.iter().position(|k| *k == naam)?;
        self.getallen[at]
    }

    fn of_nul(&self, naam: &str) -> N {
        self.gegeven(naam).unwrap_or_else(|| N::number(0))
    }
}

/// The figures of everyone: columns side by side, in the order of the kind.
fn tabel<N: Number>(uit: &mut [Deelnemeruitkomst<N>], kolommen: &[&[N]]) {
    for (k, kolom) in kolommen.iter().enumerate() {
        for (uit, value) in uit.iter_mut().zip(*kolom) {
            uit.cijfers[k] = *value;
        }
    }
}

/// Settles every rule.
// A body of its own, compiled once and not in every width of the draws: it is called once per draw, and would double what a build takes.
#[inline(never)]
pub(super) fn verevenen<N: Number>(v: &Voorbereid<'_, N>, werk: &mut Werk<N>) {
    let Some(voor) = &v.verevening else { return };
    let model = v.plan.model;
    let zero = N::number(0);
    werk.verevening.clear();
    let mut uit = Vec::new();
    for (regel, this) in model.verevening.regels.iter().zip(&voor.regels) {
        let (posten, of, van) = (&werk.posten, this.of, &this.van);
        let len = van.len();
        let decimalen = regel.decimalen;
        // What is agreed in whole cents is so before it is split; else nothing is rounded but parts.
        let heel = |value: N| {
            if decimalen < DECIMALEN {
                value.round(decimalen, Rounding::HalfAwayFromZero)
            } else {
                value
            }
        };
        uit.clear();
        uit.resize(len, Deelnemeruitkomst::geen());
        let mut bedrag = vec![zero; len];
        let mut na = vec![zero; len];
        let mut cijfers = [zero; CIJFERS];
        // Whether the rule itself says what a verrekening is.
        let mut genaamd = false;
        let sleutel = |posten: &[N]| this.genaamd("sleutel", "sleutel verevening", posten);
        let feitelijk = |posten: &[N]| this.genaamd("feitelijk", "feitelijk verevening", posten);
        let woningen = |posten: &[N]| this.genaamd("aantal", "woningen verevening", posten);
        match regel.vorm.soort {
            Regelsoort::Kostendeling => {
                let sleutel = sleutel(posten);
                let eigen = this.genaamd("eigen", "eigen kosten verevening", posten);
                let mut out = Verrekening {
                    bedrag: &mut bedrag,
                    na: &mut na,
                };
                verevening::kostendeling(&sleutel, &eigen, decimalen, van, &mut out);
                genaamd = true;
                cijfers[0] = super::verhaal::som(posten, &this.stromen[0]).named(
                    "kosten buiten verevening",
                    of,
                    At::Once,
                );
                tabel(&mut uit, &[&sleutel, &eigen, &na]);
            }
            Regelsoort::Specials => {
                let (sleutel, feitelijk) = (sleutel(posten), feitelijk(posten));
                let mut gemis = vec![zero; len];
                let mut out = Verrekening {
                    bedrag: &mut bedrag,
                    na: &mut na,
                };
                verevening::compensatie(
                    &sleutel,
                    &this.kolom("referentie", posten),
                    &feitelijk,
                    if regel.saldi {
                        Meetellen::Saldi
                    } else {
                        Meetellen::Tekorten
                    },
                    decimalen,
                    van,
                    &mut gemis,
                    &mut out,
                );
                genaamd = true;
                tabel(&mut uit, &[&sleutel, &feitelijk, &gemis, &na]);
            }
            Regelsoort::GelijkeGrondwaarde => {
                let (sleutel, feitelijk) = (sleutel(posten), feitelijk(posten));
                let mut out = Verrekening {
                    bedrag: &mut bedrag,
                    na: &mut na,
                };
                verevening::gelijke_grondwaarde(&sleutel, &feitelijk, decimalen, van, &mut out);
                genaamd = true;
                tabel(&mut uit, &[&sleutel, &feitelijk, &na]);
            }
            Regelsoort::Doel => {
                let feitelijk = feitelijk(posten);
                let mut out = Verrekening {
                    bedrag: &mut bedrag,
                    na: &mut na,
                };
                let rest = verevening::doelgrondwaarde(
                    &this.kolom("referentie", posten),
                    &feitelijk,
                    decimalen,
                    van,
                    of,
                    &mut out,
                );
                genaamd = true;
                cijfers[..2].copy_from_slice(&[rest.onvervuld, rest.over]);
                tabel(&mut uit, &[&feitelijk, &na]);
            }
            Regelsoort::Collectief => {
                let sleutel = sleutel(posten);
                let kosten = this
                    .gegeven("bedrag")
                    .unwrap_or_else(|| super::verhaal::som(posten, &this.stromen[0]));
                cijfers[0] = verevening::collectieve_kosten(
                    heel(kosten),
                    &sleutel,
                    decimalen,
                    van,
                    of,
                    &mut bedrag,
                );
                tabel(&mut uit, &[&sleutel]);
            }
            Regelsoort::Grondbank => {
                let (sleutel, feitelijk) = (sleutel(posten), feitelijk(posten));
                let mut out = inbreng::Grondbank {
                    rechten: &mut na,
                    verrekening: &mut bedrag,
                };
                inbreng::grondbank(
                    &sleutel,
                    &feitelijk,
                    this.gegeven("waarde").unwrap_or_else(|| N::number(1)),
                    decimalen,
                    van,
                    &mut out,
                );
                tabel(&mut uit, &[&sleutel, &feitelijk, &na]);
            }
            Regelsoort::Vereveningsfonds => {
                let norm = Norm {
                    aandeel: this.of_nul("aandeel"),
                    vanaf: this.of_nul("vanaf"),
                    afronding: match regel.afronding {
                        "half" => Afronding::Half,
                        "geen" => Afronding::Geen,
                        _ => Afronding::Omhoog,
                    },
                };
                let (woningen, sociaal) = (woningen(posten), this.kolom("sociaal", posten));
                let elders = this.kolom("elders", posten);
                let (vrij, goedkoop) = (
                    this.kolom("grondwaarde_vrij", posten),
                    this.kolom("grondwaarde_sociaal", posten),
                );
                let mut saldo = this.of_nul("beginsaldo");
                let mut extra = Vec::with_capacity(len);
                for i in 0..len {
                    let project = Project {
                        woningen: woningen[i],
                        sociaal: sociaal[i],
                        elders: elders[i],
                    };
                    let waarde = Grondwaarden {
                        vrij: vrij[i],
                        sociaal: goedkoop[i],
                    };
                    let x = verevening::afkoopsom(&norm, &project, &waarde, van[i]);
                    bedrag[i] = heel(x.bedrag);
                    saldo = saldo + bedrag[i];
                    extra.push(Extra {
                        woningen: x.overschot,
                        bedrag: this.of_nul("uitkering"),
                    });
                    uit[i].cijfers[..5].copy_from_slice(&[
                        woningen[i],
                        x.vereist,
                        x.tekort,
                        x.overschot,
                        x.bedrag,
                    ]);
                }
                let plafond = match this.gegeven("plafond") {
                    None => Plafond::Geen,
                    Some(p) if regel.plafond_per_project => Plafond::PerProject(p),
                    Some(p) => Plafond::PerWoning(p),
                };
                cijfers[0] =
                    verevening::uitkeringen(saldo, &extra, &plafond, decimalen, van, of, &mut na);
                for i in 0..len {
                    uit[i].cijfers[5] = na[i];
                    bedrag[i] = bedrag[i] - na[i];
                }
            }
            Regelsoort::Vlak => {
                let woningen = woningen(posten);
                let (vanaf, tarief) = (this.of_nul("vanaf"), this.of_nul("tarief"));
                for i in 0..len {
                    bedrag[i] = heel(verevening::afdracht_per_woning(
                        woningen[i],
                        vanaf,
                        tarief,
                        van[i],
                    ));
                }
                tabel(&mut uit, &[&woningen]);
            }
            Regelsoort::Segment => {
                let woningen = woningen(posten);
                let (grens, tarief) = (this.kolom("grens", posten), this.kolom("tarief", posten));
                let telling = if regel.saldi {
                    Telling::Beide
                } else {
                    Telling::Boven
                };
                for i in 0..len {
                    let segment = Segment {
                        aantal: woningen[i],
                        grens: grens[i],
                        tarief: tarief[i],
                    };
                    bedrag[i] = heel(verevening::segmentafdracht(
                        &[segment],
                        telling,
                        &[van[i]],
                        van[i],
                    ));
                }
                tabel(&mut uit, &[&woningen]);
            }
            Regelsoort::Bouwclaim => {
                let [m2, inkoopprijs, kavels, kavelprijs] =
                    ["m2", "inkoopprijs", "aantal", "tarief"].map(|k| this.kolom(k, posten));
                let claims: Vec<Claim<N>> = (0..len)
                    .map(|i| Claim {
                        m2: m2[i],
                        inkoopprijs: inkoopprijs[i],
                        kavels: kavels[i],
                        kavelprijs: kavelprijs[i],
                    })
                    .collect();
                let x = inbreng::bouwclaim(&claims, this.of_nul("bedrag"), van, of, &mut bedrag);
                for bedrag in &mut bedrag {
                    *bedrag = heel(*bedrag);
                }
                cijfers[..3].copy_from_slice(&[x.inkoop, x.verkoop, x.resultaat]);
            }
            Regelsoort::Gem => {
                let sleutel = sleutel(posten);
                let resultaat = this.gegeven("bedrag").unwrap_or_else(|| {
                    let flows = super::verhaal::som(posten, &this.stromen[1])
                        - super::verhaal::som(posten, &this.stromen[2]);
                    let flows = this.moment.map_or(flows, |moment| {
                        flows * moment.named("moment in periode", of, At::Once)
                    });
                    // What the account had invested at peildatum is a cost of those who share its result.
                    v.opening[regel.rekening].map_or(flows, |opening| flows - N::of(opening))
                });
                let resultaat = heel(resultaat).named("resultaat GEM", of, At::Once);
                let rest = inbreng::gem(resultaat, &sleutel, decimalen, van, of, &mut na);
                cijfers[..2].copy_from_slice(&[resultaat, rest]);
                for (bedrag, deel) in bedrag.iter_mut().zip(&na) {
                    *bedrag = -*deel;
                }
                tabel(&mut uit, &[&sleutel, &na]);
            }
            Regelsoort::Bovenwijks => {
                let (woningen, weq) = (woningen(posten), this.kolom("weq", posten));
                let equivalents = this.gegeven("woningequivalenten").unwrap_or_else(|| {
                    let parts: Vec<N> = woningen.iter().zip(&weq).map(|(n, w)| *n * *w).collect();
                    N::sum(&parts)
                });
                let work = Bovenwijks {
                    kosten: this.of_nul("bedrag"),
                    aandeel: this.of_nul("aandeel"),
                    subsidie: this.of_nul("subsidie"),
                };
                let tarief = bijdragen::tarief_bovenwijks(&[work], equivalents, of);
                cijfers[0] = tarief;
                for i in 0..len {
                    bedrag[i] = heel(bijdragen::bijdrage_bovenwijks(
                        woningen[i],
                        weq[i],
                        tarief,
                        van[i],
                    ));
                }
                tabel(&mut uit, &[&woningen]);
            }
        }
        let (mut betaald, mut saldo) = (zero, zero);
        for (i, (uit, of)) in uit.iter_mut().zip(van).enumerate() {
            uit.verrekening = if genaamd {
                bedrag[i]
            } else {
                bedrag[i].named("verrekening", *of, At::Once)
            };
            betaald = betaald + uit.verrekening.max(zero);
            saldo = saldo + uit.verrekening;
        }
        for (d, uit) in regel.deelnemers.iter().zip(&uit) {
            werk.deelnemers[*d] = *uit;
        }
        werk.verevening.push(Regeluitkomst {
            betaald: betaald.named("verevening betaald", of, At::Once),
            saldo: saldo.named("verevening saldo", of, At::Once),
            cijfers,
        });
    }
}

//! The exact record of a route: every series and result of the accounts, the parties, the fund and the matrix, and what the
//! routes differ for whom.
//!
//! Knows the model and `evaluate`; not how results are shown.

pub mod bijdragen;
pub mod grondwaarde;
pub mod normen;
pub mod verevening;
pub mod verhaal;

use crate::evaluate::{self, Trekking, Uitkomst, Voorbereid, Werk, overzicht};
use crate::ledger::Resultaat;
use crate::model::table::name_key;
use crate::model::{Controle, HOOFD, Model, NcwMethode, Object, Totaal};
use crate::number::{At, Exact, Number, Of, Quantity};
use crate::parameters;
use crate::plan::figuren::is_verrekening;
use crate::plan::{Diepte, Drijvers, Plan, Route};
use crate::problem::{Place, Problem, Spot, nearest};
use crate::rules::bbv;
use crate::rules::levensduur::{
    Levensduurkosten, kapitaallasten_annuitair, kapitaallasten_lineair, levensduurkosten,
};
use crate::timeline::{Periode, Timeline};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// The series of the main account, from its first period to its last.
#[derive(Debug, Clone)]
pub struct Hoofdreeksen {
    /// Position of the first period on the timeline.
    pub begin: usize,
    /// Costs at prijspeil.
    pub kosten_prijspeil: Vec<Decimal>,
    /// Revenue at prijspeil.
    pub opbrengsten_prijspeil: Vec<Decimal>,
    /// Costs at current prices.
    pub kosten: Vec<Decimal>,
    /// Revenue at current prices.
    pub opbrengsten: Vec<Decimal>,
    /// Revenue − costs, with what the fund pays.
    pub kasstroom: Vec<Decimal>,
    /// Boekwaarde at the start of the period.
    pub boekwaarde_begin: Vec<Decimal>,
    /// Costs − revenue.
    pub mutatie: Vec<Decimal>,
    /// Interest; positive is a cost.
    pub rente: Vec<Decimal>,
    /// Boekwaarde at the end; positive is money invested.
    pub boekwaarde: Vec<Decimal>,
}

impl Hoofdreeksen {
    /// The series by name, in the order of a sheet.
    pub fn reeksen(&self) -> [(&'static str, &[Decimal]); 9] {
        [
            ("kosten_prijspeil", &self.kosten_prijspeil),
            ("kosten", &self.kosten),
            ("opbrengsten_prijspeil", &self.opbrengsten_prijspeil),
            ("opbrengsten", &self.opbrengsten),
            ("kasstroom", &self.kasstroom),
            ("boekwaarde_begin", &self.boekwaarde_begin),
            ("mutatie", &self.mutatie),
            ("rente", &self.rente),
            ("boekwaarde", &self.boekwaarde),
        ]
    }
}

/// The results of an account.
#[derive(Debug, Clone)]
pub struct Rekeningresultaat {
    /// The account.
    pub rekening: usize,
    /// Boekwaarde at peildatum.
    pub boekwaarde_peildatum: Decimal,
    /// The results.
    pub resultaat: Resultaat<Decimal>,
    /// Net flow by position.
    pub kasstroom: Vec<Decimal>,
    /// Boekwaarde by position.
    pub boekwaarde: Vec<Decimal>,
}

/// The figures of a party in a route.
#[derive(Debug, Clone)]
pub struct Partijresultaat {
    /// What it pays, other than contributions, at current prices.
    pub investering: Decimal,
    /// What it contributes: to the fund or to a drager, money or in natura.
    pub bijdragen: Decimal,
    /// What it receives.
    pub ontvangen: Decimal,
    /// Present value of cash and in natura at its own rate.
    pub saldo: Decimal,
    /// Present value of money saved.
    pub besparing: Decimal,
    /// Present value of social value gained.
    pub maatschappelijk: Decimal,
    /// saldo + besparing + maatschappelijk.
    pub netto_baat: Decimal,
    /// Lowest `netto_baat` at which it takes part, if it set one.
    pub minimaal: Option<Decimal>,
    /// First year from which its running total of cash and benefits stays at or above zero; nothing when it never does or was
    /// never below.
    pub terugverdienjaar: Option<i32>,
    /// Year with the lowest net cash flow, and that flow; nothing when it has no flows.
    pub slechtste_jaar: Option<(i32, Decimal)>,
    /// Net cash by position.
    pub kasstroom: Vec<Decimal>,
    /// Benefits by position.
    pub baten: Vec<Decimal>,
}

/// A part of the main account: a deelgebied, or what lies in none ("overig").
#[derive(Debug, Clone)]
pub struct Deelresultaat {
    /// Its name.
    pub naam: String,
    /// Flows at current prices, less the boekwaarde that was given.
    pub reeel_saldo: Decimal,
    /// Result at the end, with interest over its own boekwaarde.
    pub eindwaarde: Decimal,
    /// The NCW of the model's `ncw_methode`.
    pub ncw: Decimal,
    /// Net flow by position.
    pub kasstroom: Vec<Decimal>,
}

/// The fund over time.
#[derive(Debug, Clone)]
pub struct Fondsresultaat {
    /// All that comes in.
    pub inleg: Vec<Decimal>,
    /// Of which contributions of baathouders.
    pub bijdragen: Vec<Decimal>,
    /// Its own costs.
    pub uitgaven: Vec<Decimal>,
    /// Share of the gebiedsorganisatie.
    pub organisatie: Vec<Decimal>,
    /// Return.
    pub rendement: Vec<Decimal>,
    /// Asked by maatregelen.
    pub vraag: Vec<Decimal>,
    /// Paid to them.
    pub betaald: Vec<Decimal>,
    /// Balance at the end of the period.
    pub saldo: Vec<Decimal>,
    /// Lent to deelgebieden less repaid, and what they owe; nothing when it does not lend.
    pub leningen: Option<[Vec<Decimal>; 2]>,
    /// Lowest balance.
    pub laagste: Decimal,
    /// Prefinancing needed.
    pub voorfinanciering: Decimal,
}

impl Fondsresultaat {
    /// The series by name, in the order of a period.
    pub fn reeksen(&self) -> Vec<(&'static str, &[Decimal])> {
        let mut out: Vec<(&'static str, &[Decimal])> = vec![
            ("rendement", &self.rendement),
            ("inleg", &self.inleg),
            ("bijdragen", &self.bijdragen),
            ("organisatie", &self.organisatie),
            ("uitgaven", &self.uitgaven),
            ("vraag", &self.vraag),
            ("betaald", &self.betaald),
        ];
        if let Some([leningen, uitstaand]) = &self.leningen {
            out.extend([
                ("leningen", leningen.as_slice()),
                ("uitstaand", uitstaand.as_slice()),
            ]);
        }
        out.push(("saldo", &self.saldo));
        out
    }
}

/// A cell of the matrix opgave × party: positive is income.
#[derive(Debug, Clone)]
pub struct Matrixcel {
    /// By position, at current prices.
    pub per_periode: Vec<Decimal>,
    /// Sum at current prices.
    pub nominaal: Decimal,
    /// Present value at the rate of the matrix.
    pub ncw: Decimal,
}

/// The exact record of a route.
#[derive(Debug, Clone)]
pub struct Routeresultaat {
    /// Which.
    pub route: Route,
    /// Its periods.
    pub timeline: Timeline,
    /// Series of the main account.
    pub hoofd: Hoofdreeksen,
    /// Results of the main account.
    pub resultaat: Resultaat<Decimal>,
    /// Result at prijspeil, without index or interest.
    pub nominaal_saldo: Decimal,
    /// Boekwaarde of the main account at peildatum.
    pub boekwaarde_peildatum: Decimal,
    /// The NCW of the model's `ncw_methode`.
    pub ncw: Decimal,
    /// Last period that the main account ran.
    pub laatste: Periode,
    /// Loss provision at end value and at present value.
    pub voorziening: (Decimal, Decimal),
    /// Which of the two the model asks for.
    pub voorziening_gekozen: Decimal,
    /// Longer than the guidance allows without a decision of the council.
    pub looptijd_te_lang: Option<Decimal>,
    /// Parts of the main account; empty when it is not divided.
    pub delen: Vec<Deelresultaat>,
    /// All accounts but the outside world.
    pub rekeningen: Vec<Rekeningresultaat>,
    /// By party.
    pub partijen: Vec<Partijresultaat>,
    /// The fund.
    pub fonds: Option<Fondsresultaat>,
    /// By opgave, then by party, the outside world last.
    pub matrix: Vec<Vec<Matrixcel>>,
    /// Present value of all accounts as one.
    pub portemonnee: Decimal,
    /// Kostenverhaal by area.
    pub verhaal: Vec<verhaal::Verhaalresultaat>,
    /// Verevening by rule.
    pub verevening: Vec<verevening::Regelresultaat>,
    /// Financiële bijdragen, in the order of [`bijdragen::CIJFERS`].
    pub bijdragen: Vec<[Decimal; 5]>,
}

impl Routeresultaat {
    /// A figure by the word that draws have for it; nothing for a word that no draw has.
    pub fn figuur(&self, model: &Model, naam: &str) -> Option<Decimal> {
        let fonds =
            |of: fn(&Fondsresultaat) -> Decimal| self.fonds.as_ref().map_or(Decimal::ZERO, of);
        let r = &self.resultaat;
        Some(match naam {
            "reeel_saldo" => r.reeel_saldo,
            "eindwaarde" => r.eindwaarde,
            "ncw" => self.ncw,
            "laagste_stand" => r.laagste_stand.0,
            "rente_totaal" => r.rente_totaal,
            "voorfinanciering" => fonds(|f| f.voorfinanciering),
            "fonds_laagste" => fonds(|f| f.laagste),
            "portemonnee" => self.portemonnee,
            _ => {
                let (wie, cijfer) = naam.rsplit_once("].")?;
                if let Some(partij) = wie.strip_prefix("partij[") {
                    let position = model.partijen.iter().position(|p| p.partij == partij)?;
                    let found = self.partijen.get(position)?;
                    return match cijfer {
                        "saldo" => Some(found.saldo),
                        "netto_baat" => Some(found.netto_baat),
                        _ => None,
                    };
                }
                let Some(deel) = wie.strip_prefix("deelgebied[") else {
                    return is_verrekening(naam)
                        .then(|| self.waarde(model, naam).ok())
                        .flatten();
                };
                let found = self.delen.iter().find(|d| d.naam == deel)?;
                match cijfer {
                    "eindwaarde" => found.eindwaarde,
                    "ncw" => found.ncw,
                    _ => return None,
                }
            }
        })
    }
}

/// A number that came to nothing: overflow. Bounds on the input make it rare; this makes it a message and not a panic.
fn number(value: Exact, what: &str) -> Result<Decimal, Problem> {
    // Far within the range of a decimal, so that sums of these over periods, parties and accounts stay in it.
    let limit = Decimal::from(10_i64.pow(12)) * Decimal::from(10_i64.pow(11));
    value.0.filter(|v| v.abs() < limit).ok_or_else(|| {
        Problem::error(
            "too-large",
            format!("{what} is too large to calculate with"),
        )
        .fix("check amounts, growth rates and the length of the horizon")
    })
}

fn series(values: &[Exact], what: &str) -> Result<Vec<Decimal>, Problem> {
    values.iter().map(|v| number(*v, what)).collect()
}

/// Calculates a route exactly, without uncertainty.
pub fn calculate(model: &Model, route: Route) -> Result<Routeresultaat, Problem> {
    let plan = Plan::new(model, route, Diepte::Opgave, Drijvers::default())?;
    let v = Voorbereid::<Exact>::new(&plan);
    let mut werk = Werk::new(&plan, true);
    let uitkomst = evaluate::evaluate(&v, &Trekking::geen(), &mut werk);
    assert!(
        evaluate::conserves(&werk),
        "the flows of a period do not add up to nothing"
    );
    record(&v, &uitkomst, &mut werk)
}

fn record(
    v: &Voorbereid<'_, Exact>,
    u: &Uitkomst<Exact>,
    werk: &mut Werk<Exact>,
) -> Result<Routeresultaat, Problem> {
    let plan = v.plan;
    let (model, g, tl) = (plan.model, &plan.model.gebied, &plan.timeline);
    let resultaat = |r: &Resultaat<Exact>, what: &str| -> Result<Resultaat<Decimal>, Problem> {
        Ok(Resultaat {
            reeel_saldo: number(r.reeel_saldo, what)?,
            eindwaarde: number(r.eindwaarde, what)?,
            ncw_bbv: number(r.ncw_bbv, what)?,
            ncw_rente: number(r.ncw_rente, what)?,
            ncw_kasstroom: number(r.ncw_kasstroom, what)?,
            ncw_kasstroom_rente: r.ncw_kasstroom_rente.map(|n| number(n, what)).transpose()?,
            laagste_stand: (
                number(r.laagste_stand.0, what)?,
                number(r.laagste_stand.1, what)?,
            ),
            onder_water: number(r.onder_water, what)?,
            rente_totaal: number(r.rente_totaal, what)?,
        })
    };
    let laatste = number(u.laatste, "the last period")?
        .to_usize()
        .unwrap_or(tl.len - 1);
    let span = plan.begin..laatste + 1;
    let boekwaarde = series(&werk.boekwaarde[span.clone()], "the boekwaarde")?;
    let opening = plan.opening[HOOFD].iter().map(|b| b.value).sum::<Decimal>();
    let part = |s: &[Exact], what: &str| series(&s[span.clone()], what);
    let details = werk
        .hoofd
        .as_ref()
        .ok_or_else(|| Problem::error("no-details", "the record needs the flows of every cell"))?;
    let hoofd = Hoofdreeksen {
        begin: plan.begin,
        kosten_prijspeil: part(&details[0], "the costs")?,
        opbrengsten_prijspeil: part(&details[1], "the revenue")?,
        kosten: part(&details[2], "the costs")?,
        opbrengsten: part(&details[3], "the revenue")?,
        // Loans of the fund are no revenue.
        kasstroom: part(&werk.mutatie, "the cash flow")?
            .into_iter()
            .map(|m| -m)
            .collect(),
        boekwaarde_begin: std::iter::once(opening)
            .chain(boekwaarde[..boekwaarde.len() - 1].iter().copied())
            .collect(),
        mutatie: part(&werk.mutatie, "the cash flow")?,
        rente: part(&werk.rente, "the interest")?,
        boekwaarde,
    };
    let boekwaarde_peildatum = if tl.peil > plan.begin {
        hoofd.boekwaarde[tl.peil - plan.begin - 1]
    } else {
        opening
    };
    let main = resultaat(&u.hoofd, "the result")?;
    let ncw = match g.ncw_methode {
        NcwMethode::Bbv => main.ncw_bbv,
        NcwMethode::Rente => main.ncw_rente,
        NcwMethode::Kasstroom => main.ncw_kasstroom,
        NcwMethode::KasstroomRente => main.ncw_kasstroom_rente.unwrap_or_default(),
    };
    let (loss, present) = bbv::voorziening(
        u.hoofd.eindwaarde,
        Exact::from(g.discontovoet_bbv.value),
        v.exponent(),
        Of::Rekening(HOOFD as u16),
    );
    let voorziening = (
        number(loss, "the voorziening")?,
        number(present, "the voorziening")?,
    );
    let looptijd_te_lang = parameters::on("bbv.looptijd_jaren", g.peildatum)
        .map(|p| p.waarde)
        .filter(|years| {
            bbv::looptijd_te_lang(
                tl.year(tl.peil),
                tl.year(laatste),
                years.to_i32().unwrap_or(i32::MAX),
            )
        });

    let mut rekeningen = Vec::new();
    for r in 1..model.rekeningen.len() {
        let (res, stand) = if r == HOOFD {
            (main, series(&werk.boekwaarde, "the boekwaarde")?)
        } else {
            let (res, stand, _) = evaluate::rekeningresultaat(v, r, werk);
            (
                resultaat(&res, "the result of an account")?,
                series(&stand, "the boekwaarde")?,
            )
        };
        let given = plan.opening[r].iter().map(|b| b.value).sum::<Decimal>();
        let kasstroom = series(&werk.kasstroom[r], "a cash flow")?;
        let derived = -kasstroom[..tl.peil].iter().sum::<Decimal>();
        rekeningen.push(Rekeningresultaat {
            rekening: r,
            boekwaarde_peildatum: if plan.opening[r].is_empty() {
                derived
            } else {
                given
            },
            resultaat: res,
            kasstroom,
            boekwaarde: stand,
        });
    }
    let delen = delen(v, werk)?;
    let partijen = partijen(v, werk)?;
    let fonds = fonds(v, u, werk)?;
    let matrix = matrix(v, werk)?;
    let verhaal = verhaal::record(v, werk)?;
    let verevening = verevening::record(v, werk)?;
    let bijdragen = bijdragen::record(v, werk)?;
    Ok(Routeresultaat {
        route: plan.route,
        timeline: tl.clone(),
        hoofd,
        resultaat: main,
        nominaal_saldo: number(
            u.nominaal_saldo.unwrap_or(Exact::ZERO),
            "the nominal result",
        )?,
        boekwaarde_peildatum,
        ncw,
        laatste: tl.periode(laatste),
        voorziening,
        voorziening_gekozen: if g.voorziening_contant {
            voorziening.1
        } else {
            voorziening.0
        },
        looptijd_te_lang,
        delen,
        rekeningen,
        partijen,
        fonds,
        matrix,
        portemonnee: number(u.portemonnee, "één portemonnee")?,
        verhaal,
        verevening,
        bijdragen,
    })
}

fn delen(v: &Voorbereid<'_, Exact>, werk: &Werk<Exact>) -> Result<Vec<Deelresultaat>, Problem> {
    let what = "the result of a deelgebied";
    let parts = werk.deeluitkomsten.iter().zip(&werk.delen).enumerate();
    parts
        .map(|(d, (uitkomst, kasstroom))| {
            let kasstroom = series(kasstroom, what)?;
            Ok(Deelresultaat {
                naam: v.plan.deel_naam(d).to_owned(),
                reeel_saldo: number(overzicht::deelsaldo(v, d, werk), what)?,
                eindwaarde: number(uitkomst.eindwaarde, what)?,
                ncw: number(uitkomst.ncw, what)?,
                kasstroom,
            })
        })
        .collect()
}

fn partijen(
    v: &Voorbereid<'_, Exact>,
    werk: &Werk<Exact>,
) -> Result<Vec<Partijresultaat>, Problem> {
    let plan = v.plan;
    let (model, tl) = (plan.model, &plan.timeline);
    let kas = overzicht::partijkas(v, werk);
    let mut out = Vec::new();
    for ((p, partij), reeks) in model
        .partijen
        .iter()
        .enumerate()
        .zip(overzicht::partijreeksen(v, werk))
    {
        let kasstroom = series(&reeks.kasstroom, "a cash flow")?;
        let baten = series(&reeks.baten, "a benefit")?;
        let x = &werk.partijen[p];
        out.push(Partijresultaat {
            investering: number(kas[p].investering, "an investment")?,
            bijdragen: number(kas[p].bijdragen, "a contribution")?,
            ontvangen: number(kas[p].ontvangen, "a receipt")?,
            saldo: number(x.saldo, "a saldo")?,
            besparing: number(x.besparing, "a benefit")?,
            maatschappelijk: number(x.maatschappelijk, "a benefit")?,
            netto_baat: number(x.netto_baat, "a netto_baat")?,
            minimaal: partij.minimaal_resultaat.as_ref().map(|q| q.value),
            terugverdienjaar: payback(tl, number(reeks.begin, "a boekwaarde")?, &kasstroom, &baten),
            slechtste_jaar: worst_year(tl, &kasstroom),
            kasstroom,
            baten,
        });
    }
    Ok(out)
}

/// First year from which the running total stays at or above zero, when it was below before.
pub(crate) fn payback(
    tl: &Timeline,
    begin: Decimal,
    kasstroom: &[Decimal],
    baten: &[Decimal],
) -> Option<i32> {
    let mut total = begin;
    let mut since = None;
    let mut was_below = begin < Decimal::ZERO;
    for t in 0..kasstroom.len() {
        total += kasstroom[t] + baten[t];
        if total < Decimal::ZERO {
            was_below = true;
            since = None;
        } else if since.is_none() {
            since = Some(tl.year(t));
        }
    }
    since.filter(|_| was_below)
}

/// The year with the lowest net cash flow.
pub(crate) fn worst_year(tl: &Timeline, kasstroom: &[Decimal]) -> Option<(i32, Decimal)> {
    let mut years: Vec<(i32, Decimal)> = Vec::new();
    for (t, k) in kasstroom.iter().enumerate().skip(tl.peil) {
        let year = tl.year(t);
        match years.last_mut() {
            Some((y, sum)) if *y == year => *sum += k,
            _ => years.push((year, *k)),
        }
    }
    years
        .into_iter()
        .filter(|(_, k)| !k.is_zero())
        .min_by_key(|(_, k)| *k)
}

fn fonds(
    v: &Voorbereid<'_, Exact>,
    u: &Uitkomst<Exact>,
    werk: &Werk<Exact>,
) -> Result<Option<Fondsresultaat>, Problem> {
    if !v.plan.fonds {
        return Ok(None);
    }
    let f = &werk.fonds;
    let [gevraagd, betaald] = overzicht::fondstotalen(v, werk);
    let s = |x: &[Exact]| series(x, "the fund");
    Ok(Some(Fondsresultaat {
        inleg: s(&f.inleg)?,
        bijdragen: s(&f.bijdragen)?,
        uitgaven: s(&f.uitgaven)?,
        organisatie: s(&f.organisatie)?,
        rendement: s(&f.rendement)?,
        vraag: s(&gevraagd)?,
        betaald: s(&betaald)?,
        saldo: s(&f.saldo)?,
        leningen: if v.plan.leningen {
            Some([s(&werk.leningen[0])?, s(&werk.leningen[1])?])
        } else {
            None
        },
        laagste: number(u.fonds.saldo, "the lowest balance")?,
        voorfinanciering: number(u.fonds.voorfinanciering, "the prefinancing")?,
    }))
}

fn matrix(v: &Voorbereid<'_, Exact>, werk: &Werk<Exact>) -> Result<Vec<Vec<Matrixcel>>, Problem> {
    let cell = |cel: overzicht::Cel<Exact>| {
        Ok(Matrixcel {
            nominaal: number(cel.nominaal, "the matrix")?,
            ncw: number(cel.ncw, "the matrix")?,
            per_periode: series(&cel.per_periode, "the matrix")?,
        })
    };
    let rows = overzicht::matrix(v, werk).into_iter();
    rows.map(|row| row.into_iter().map(cell).collect())
        .collect()
}

/// The results that have an address without a key.
const SCALARS: &[&str] = &[
    "nominaal_saldo",
    "reeel_saldo",
    "eindwaarde",
    "ncw",
    "ncw_bbv",
    "ncw_rente",
    "ncw_kasstroom",
    "ncw_kasstroom_rente",
    "hoogste_boekwaarde",
    "laagste_stand",
    "laagste_stand_jaar",
    "jaren_onder_water",
    "rente_totaal",
    "boekwaarde_peildatum",
    "voorziening",
    "voorziening_eindwaarde",
    "voorziening_contant",
    "voorfinanciering",
    "fonds_laagste",
    "portemonnee",
];

/// The figures of a party that have an address.
const PARTIJ: &[&str] = &[
    "saldo",
    "netto_baat",
    "baten",
    "besparing",
    "maatschappelijk",
    "investering",
    "bijdragen",
    "ontvangen",
];

impl Routeresultaat {
    /// Result figures that have a name of their own, in the order of a sheet.
    pub fn kerncijfers(&self) -> Vec<(&'static str, Decimal)> {
        SCALARS
            .iter()
            .filter_map(|name| Some((*name, self.scalar(name)?)))
            .collect()
    }

    fn scalar(&self, name: &str) -> Option<Decimal> {
        let r = &self.resultaat;
        let per_year = Decimal::from(self.timeline.stap.per_year());
        Some(match name {
            "nominaal_saldo" => self.nominaal_saldo,
            "reeel_saldo" => r.reeel_saldo,
            "eindwaarde" => r.eindwaarde,
            "ncw" => self.ncw,
            "ncw_bbv" => r.ncw_bbv,
            "ncw_rente" => r.ncw_rente,
            "ncw_kasstroom" => r.ncw_kasstroom,
            "ncw_kasstroom_rente" => r.ncw_kasstroom_rente?,
            "hoogste_boekwaarde" => -r.laagste_stand.0,
            "laagste_stand" => r.laagste_stand.0,
            "laagste_stand_jaar" => Decimal::from(
                self.timeline
                    .year(r.laagste_stand.1.to_usize().unwrap_or(0)),
            ),
            "jaren_onder_water" => r.onder_water / per_year,
            "rente_totaal" => r.rente_totaal,
            "boekwaarde_peildatum" => self.boekwaarde_peildatum,
            "voorziening" => self.voorziening_gekozen,
            "voorziening_eindwaarde" => self.voorziening.0,
            "voorziening_contant" => self.voorziening.1,
            "voorfinanciering" => self
                .fonds
                .as_ref()
                .map_or(Decimal::ZERO, |f| f.voorfinanciering),
            "fonds_laagste" => self.fonds.as_ref().map_or(Decimal::ZERO, |f| f.laagste),
            "portemonnee" => self.portemonnee,
            _ => return None,
        })
    }

    /// The value at a result address: `ncw`, `boekwaarde.2030`, `partij[corporatie].saldo`, `fonds.saldo.2030`.
    pub fn waarde(&self, model: &Model, address: &str) -> Result<Decimal, String> {
        let address = address.trim();
        if let Some(rest) = address.strip_prefix("deelgebied[") {
            let (name, figure) = rest
                .split_once("].")
                .ok_or_else(|| format!("\"{address}\": write deelgebied[NAME].ncw"))?;
            let deel = self
                .delen
                .iter()
                .find(|d| name_key(&d.naam) == name_key(name))
                .ok_or_else(|| {
                    format!("\"{address}\": \"{name}\" is no deelgebied of the grondexploitatie")
                })?;
            return match figure {
                "reeel_saldo" => Ok(deel.reeel_saldo),
                "eindwaarde" => Ok(deel.eindwaarde),
                "ncw" => Ok(deel.ncw),
                _ => Err(format!(
                    "\"{address}\": a deelgebied has reeel_saldo, eindwaarde and ncw"
                )),
            };
        }
        if let Some(found) = verhaal::waarde(model, &self.verhaal, address)
            .or_else(|| verevening::waarde(model, &self.verevening, address))
            .or_else(|| bijdragen::waarde(model, &self.bijdragen, address))
            .or_else(|| normen::waarde(model, address))
        {
            return found;
        }
        if let Some(rest) = address.strip_prefix("partij[") {
            let (name, figure) = rest
                .split_once("].")
                .ok_or_else(|| format!("\"{address}\": write partij[NAME].saldo"))?;
            let p = model
                .partij(name)
                .ok_or_else(|| format!("\"{address}\": unknown partij \"{name}\""))?;
            let p = &self.partijen[p];
            return Ok(match figure {
                "saldo" => p.saldo,
                "netto_baat" => p.netto_baat,
                "baten" => p.besparing + p.maatschappelijk,
                "besparing" => p.besparing,
                "maatschappelijk" => p.maatschappelijk,
                "investering" => p.investering,
                "bijdragen" => p.bijdragen,
                "ontvangen" => p.ontvangen,
                _ => {
                    let near = nearest(figure, PARTIJ.iter().copied())
                        .map(|n| format!(", did you mean \"{n}\"?"))
                        .unwrap_or_default();
                    return Err(format!("\"{address}\": a partij has no \"{figure}\"{near}"));
                }
            });
        }
        if let Some(value) = self.scalar(address) {
            return Ok(value);
        }
        if let Some(rest) = address.strip_prefix("fonds.") {
            let Some(fonds) = &self.fonds else {
                return Err(format!(
                    "\"{address}\": route {} has no gebiedsfonds",
                    self.route.naam()
                ));
            };
            let (name, period) = rest.split_once('.').unwrap_or((rest, ""));
            let reeksen = fonds.reeksen();
            let Some((_, values)) = reeksen.iter().find(|(n, _)| *n == name) else {
                let near = nearest(name, reeksen.iter().map(|(n, _)| *n))
                    .map(|n| format!(", did you mean \"{n}\"?"))
                    .unwrap_or_default();
                return Err(format!("\"{address}\": the fonds has no \"{name}\"{near}"));
            };
            let peil = self.timeline.peil;
            return self.in_period(
                address,
                period,
                peil,
                &values[peil..],
                if ["saldo", "uitstaand"].contains(&name) {
                    Jaarwaarde::Laatste
                } else {
                    Jaarwaarde::Som
                },
            );
        }
        let (name, period) = address.split_once('.').unwrap_or((address, ""));
        let reeksen = self.hoofd.reeksen();
        let Some((_, values)) = reeksen.iter().find(|(n, _)| *n == name) else {
            let names = SCALARS
                .iter()
                .copied()
                .chain(reeksen.iter().map(|(n, _)| *n))
                .chain(["partij", "fonds"]);
            let near = nearest(name, names)
                .map(|n| format!(", did you mean \"{n}\"?"))
                .unwrap_or_default();
            return Err(format!("\"{address}\" is no result{near}"));
        };
        let jaar = match name {
            "boekwaarde" => Jaarwaarde::Laatste,
            "boekwaarde_begin" => Jaarwaarde::Eerste,
            _ => Jaarwaarde::Som,
        };
        self.in_period(address, period, self.hoofd.begin, values, jaar)
    }

    /// The value of a series in a period, or in the year that a period of a shorter tijdstap leaves unsaid. The series starts at
    /// position `begin`.
    fn in_period(
        &self,
        address: &str,
        period: &str,
        begin: usize,
        values: &[Decimal],
        jaar: Jaarwaarde,
    ) -> Result<Decimal, String> {
        if period.is_empty() {
            return Err(format!(
                "\"{address}\" has a value per period: write {address}.{}",
                self.timeline.label(begin)
            ));
        }
        let stap = self.timeline.stap;
        let (p, whole) = Periode::parse(period, stap)?;
        let first = self.timeline.position(p).and_then(|t| t.checked_sub(begin));
        let Some(first) = first.filter(|t| *t < values.len()) else {
            return Err(format!(
                "\"{address}\": {period} lies outside {} to {}",
                self.timeline.label(begin),
                self.timeline.label(begin + values.len() - 1)
            ));
        };
        let parts = if whole { stap.per_year() as usize } else { 1 };
        let slice = &values[first..(first + parts).min(values.len())];
        Ok(match jaar {
            Jaarwaarde::Laatste => slice[slice.len() - 1],
            Jaarwaarde::Eerste => slice[0],
            Jaarwaarde::Som => slice.iter().sum(),
        })
    }
}

/// What a year of several periods shows of a series.
#[derive(Debug, Clone, Copy)]
enum Jaarwaarde {
    /// Its first period: a standing at the start.
    Eerste,
    /// Its last period: a standing at the end.
    Laatste,
    /// All its periods: a flow.
    Som,
}

/// What an object costs over its life and per year.
#[derive(Debug, Clone, Copy)]
pub struct Objectkosten<N = Exact> {
    /// Life-cycle costs from the year it is taken into use to the horizon, at the real societal rate.
    pub levensduur: Levensduurkosten<N>,
    /// Capital charge of the first year, linear, at the interest of the grondexploitatie.
    pub kapitaallast_lineair: N,
    /// Capital charge per year as an annuity.
    pub kapitaallast_annuitair: N,
}

/// The costs of every object of a model, in its order (rules 4.1 and 4.2).
pub fn objectkosten<N: Number>(model: &Model) -> Vec<Objectkosten<N>> {
    let g = &model.gebied;
    let input = |q: &Quantity| N::of(N::fixed(q.value, q.place.as_ref()));
    let (rate, rente) = (input(&g.discontovoet_maatschappelijk), input(&g.rente));
    let costs = |(i, o): (usize, &Object)| {
        let of = Of::Object(i as u16);
        let life = u32::try_from(o.levensduur).unwrap_or(1);
        let years = u32::try_from(g.horizon - o.in_gebruik).unwrap_or(0);
        let investering = input(&o.investering).named("investering", of, At::Once);
        let onderhoud = input(&o.onderhoud).named("onderhoud", of, At::Once);
        Objectkosten {
            levensduur: levensduurkosten(investering, onderhoud, life, years, rate, of),
            kapitaallast_lineair: kapitaallasten_lineair(investering, life, rente, 1, of),
            kapitaallast_annuitair: kapitaallasten_annuitair(investering, life, rente, of),
        }
    };
    model.objecten.iter().enumerate().map(costs).collect()
}

/// An expected figure beside what was calculated.
#[derive(Debug, Clone)]
pub struct Gecontroleerd {
    /// Its address.
    pub doel: String,
    /// Expected.
    pub verwacht: Decimal,
    /// Calculated.
    pub berekend: Decimal,
    /// Largest difference allowed.
    pub tolerantie: Decimal,
}

impl Gecontroleerd {
    /// Whether it holds.
    pub fn klopt(&self) -> bool {
        (self.verwacht - self.berekend).abs() <= self.tolerantie
    }

    /// Both values in words.
    fn verschil(&self, wie: &str) -> String {
        format!(
            "{} is {:.2}, {wie} says {:.2} (difference {:.2})",
            self.doel,
            two(self.berekend),
            two(self.verwacht),
            two(self.berekend - self.verwacht)
        )
    }

    fn problem(&self, message: &str) -> Problem {
        Problem::warning("check-failed", message).allowed(format!(
            "a difference of at most {}",
            self.tolerantie.normalize()
        ))
    }
}

/// The sheet that table controles stands on in a living workbook.
const INVOERBLAD: &str = "controles (invoer)";

/// Compares table controles with route grex; a figure that does not hold is a warning with both values and the place. Those of a
/// living workbook are told in one: they are figures of before it was changed, and most of them move together.
pub fn controles(model: &Model, grex: &Routeresultaat) -> (Vec<Gecontroleerd>, Vec<Problem>) {
    let mut out = Vec::new();
    let mut problems = Vec::new();
    let mut gewijzigd: Vec<(Gecontroleerd, &Place)> = Vec::new();
    for Controle {
        doel,
        waarde,
        tolerantie,
        place: at,
    } in &model.controles
    {
        let place = waarde.place.as_ref().unwrap_or(at);
        match grex.waarde(model, doel) {
            Ok(berekend) => {
                let c = Gecontroleerd {
                    doel: doel.clone(),
                    verwacht: waarde.value,
                    berekend,
                    tolerantie: *tolerantie,
                };
                let living =
                    matches!(&place.spot, Spot::Cell { sheet, .. } if &**sheet == INVOERBLAD);
                if !c.klopt() && living {
                    gewijzigd.push((c.clone(), place));
                } else if !c.klopt() {
                    problems.push(c.problem(&c.verschil("the source")).at(place).fix(format!(
                        "polder explain MODEL {doel} shows how it is calculated"
                    )));
                }
                out.push(c);
            }
            Err(reason) => {
                let problem =
                    Problem::warning("bad-result-address", format!("controle: {reason}")).at(at);
                problems.push(
                    problem
                        .allowed(
                            "eindwaarde, boekwaarde.2030, partij[corporatie].saldo, eigendom[X].geldsom, verevening[REGEL].saldo and the like",
                        )
                        .fix("write the address of a figure in the results"),
                );
            }
        }
    }
    if let Some((first, place)) = gewijzigd.first() {
        let (count, all) = (gewijzigd.len(), out.len());
        let problem = first
            .problem(&format!(
                "{count} of {all} controles of this workbook do not hold; the first: {}",
                first.verschil("its controle")
            ))
            .at(place)
            .fix(format!(
                "controles hold the figures of before the workbook was changed: when the change is meant, clear those rows of sheet \"{INVOERBLAD}\" or write the new figures there; when it is not, polder explain MODEL {} shows how it is calculated",
                first.doel
            ));
        problems.push(problem);
    }
    (out, problems)
}

fn two(value: Decimal) -> Decimal {
    value.round_dp_with_strategy(2, rust_decimal::RoundingStrategy::MidpointAwayFromZero)
}

/// What a line does in a period.
#[derive(Debug, Clone)]
pub struct Regelstroom {
    /// Position of the line.
    pub lijn: usize,
    /// The period.
    pub periode: String,
    /// Its amount at prijspeil.
    pub prijspeil: Decimal,
    /// The same with index.
    pub geindexeerd: Decimal,
}

/// What every line does in every period, before delays and changes.
pub fn stromen(model: &Model) -> Result<Vec<Regelstroom>, Problem> {
    let plan = Plan::new(
        model,
        Route::Cofinanciering,
        Diepte::Lijn,
        Drijvers::default(),
    )?;
    let v = Voorbereid::<Exact>::new(&plan);
    let werk = Werk::new(&plan, false);
    let tl = &plan.timeline;
    let mut out = Vec::new();
    for (l, lijn) in model.lijnen.iter().enumerate() {
        let mut say = |periode: Periode, prijspeil: Decimal, geindexeerd: Decimal| {
            out.push(Regelstroom {
                lijn: l,
                periode: periode.label(tl.stap),
                prijspeil,
                geindexeerd,
            });
        };
        for (periode, amount) in &lijn.realisatie {
            say(*periode, amount.value, amount.value);
        }
        let Some(bedrag) = evaluate::bedrag_van(&v, l).0 else {
            continue;
        };
        let whole = match &lijn.verloop.totaal {
            Totaal::Een => Decimal::ONE,
            Totaal::Door(sum, _) => *sum,
        };
        for (periode, weight) in &lijn.verloop.gewichten {
            let amount = bedrag
                .checked_mul(weight.value)
                .and_then(|a| a.checked_div(whole));
            let level = match lijn.index {
                None => Some(Decimal::ONE),
                Some(group) => tl
                    .position(*periode)
                    .and_then(|p| v.niveau(group, p, &werk))
                    .and_then(|level| level.0),
            };
            if let Some(amount) = amount {
                let indexed = level.and_then(|level| amount.checked_mul(level));
                say(*periode, amount, indexed.unwrap_or(amount));
            }
        }
    }
    Ok(out)
}

/// Lines whose own source gives another amount than the one calculated.
pub fn ramingen(model: &Model) -> Result<(usize, Vec<Problem>), Problem> {
    let plan = Plan::new(
        model,
        Route::Cofinanciering,
        Diepte::Lijn,
        Drijvers::default(),
    )?;
    let v = Voorbereid::<Exact>::new(&plan);
    let mut problems = Vec::new();
    let mut compared = 0;
    for (l, lijn) in model.lijnen.iter().enumerate() {
        let Some(raming) = &lijn.raming else { continue };
        let Some(bedrag) = evaluate::bedrag_van(&v, l).0 else {
            continue;
        };
        compared += 1;
        if (bedrag - raming.value).abs() > Decimal::new(1, 2) {
            let mut p = Problem::warning(
                "raming-differs",
                format!(
                    "{} \"{}\": calculated {:.2}, its source says {:.2}",
                    lijn.tabel,
                    lijn.id,
                    two(bedrag),
                    two(raming.value)
                ),
            )
            .fix("check quantity, price and percentage, or the mapping's sign and factor");
            p.place.clone_from(&raming.place);
            problems.push(p);
        }
    }
    Ok((compared, problems))
}

/// What is to be looked at in what parties settle: warnings with the mark of the rule.
pub fn bevindingen(model: &Model, route: &Routeresultaat) -> Vec<Problem> {
    let mut out = verhaal::bevindingen(model, &route.verhaal);
    out.extend(verevening::bevindingen(model, route));
    out.extend(bijdragen::bevindingen(model, &route.bijdragen));
    out.extend(normen::bevindingen(model));
    out.extend(grondwaarde::bevindingen(model));
    out
}

//! The exact record of kostenverhaal: per area what is recovered, per owner what he pays, and what of the costs stays with the
//! municipality, by cause.

use super::number;
use crate::evaluate::verhaal::{Eigenaarsverhaal, is_plichtig};
use crate::evaluate::{Voorbereid, Werk};
use crate::model::Model;
use crate::model::table::{dutch, name_key};
use crate::model::verhaal::{KOSTENSOORTEN, Postsoort, Regime, eenheden};
use crate::number::Exact;
use crate::parameters;
use crate::problem::{Problem, nearest};
use crate::rules::kostenverhaal;
use rust_decimal::Decimal;

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

/// What an owner pays for an eigendom.
#[derive(Debug, Clone)]
pub struct Eigenaar {
    /// Position in the eigendommen of the model.
    pub eigendom: usize,
    /// Why.
    pub positie: Positie,
    /// The figures.
    pub cijfers: Eigenaarsverhaal<Decimal>,
    /// What was agreed, at contante waarde; zero without a contract.
    pub overeenkomst: Decimal,
}

/// A category of the programma.
#[derive(Debug, Clone)]
pub struct Categorieregel {
    /// Its name.
    pub naam: String,
    /// Basiseenheden.
    pub eenheden: Decimal,
    /// What it brings in, at contante waarde.
    pub opbrengst: Decimal,
    /// What is spread on it.
    pub bijdrage: Decimal,
}

/// What an area recovers.
#[derive(Debug, Clone)]
pub struct Verhaalresultaat {
    /// Position in the areas of the model.
    pub gebied: usize,
    /// Recoverable costs per kostensoort, works of owners included; before the maximum of plankosten.
    pub kostensoorten: Vec<(&'static str, Decimal)>,
    /// What the maximum of plankosten takes off.
    pub boven_plankosten: Decimal,
    /// Inbrengwaarden.
    pub inbreng: Decimal,
    /// All recoverable costs.
    pub kosten: Decimal,
    /// Contributions of others.
    pub bijdragen: Decimal,
    /// The difference.
    pub netto: Decimal,
    /// What the land brings in.
    pub opbrengst: Decimal,
    /// What is spread.
    pub omslag: Decimal,
    /// What the land can't bear.
    pub tekort: Decimal,
    /// What all owners pay by beschikking.
    pub geldsommen: Decimal,
    /// What owners pay by contract.
    pub overeenkomsten: Decimal,
    /// Owners.
    pub eigenaren: Vec<Eigenaar>,
    /// Categories.
    pub categorieen: Vec<Categorieregel>,
    /// Costs of the receiver less contributions, geldsommen and contracts, by cause: positive stays with him.
    pub rest: Vec<(&'static str, Decimal)>,
    /// Costs that the receiver makes, recoverable or not.
    pub kosten_ontvanger: Decimal,
    /// Whether the authority may waive recovery (Ob 8.14 under a).
    pub mag_afzien: bool,
}

impl Verhaalresultaat {
    /// What stays with the receiver: costs less contributions, geldsommen and contracts.
    pub fn rest_totaal(&self) -> Decimal {
        self.kosten_ontvanger - self.bijdragen - self.geldsommen - self.overeenkomsten
    }
}

fn eigenaar(
    v: &Voorbereid<'_, Exact>,
    werk: &Werk<Exact>,
    eigendom: usize,
) -> Result<Eigenaar, Problem> {
    let model = v.plan.model;
    let row = &model.verhaal.eigendommen[eigendom];
    let x = &werk.eigendommen[eigendom];
    let what = "a bijdrage of kostenverhaal";
    let n = |value: Exact| number(value, what);
    let mut agreed = Decimal::ZERO;
    for (p, post) in v.plan.posten.iter().enumerate() {
        if post.soort == Postsoort::Overeenkomst(eigendom) {
            agreed += n(werk.posten[p])?;
        }
    }
    let positie = if row.gemeente {
        Positie::Gemeente
    } else if row.overeenkomst.is_some() {
        Positie::Overeenkomst
    } else if row.lijn.is_none() {
        Positie::Ontvanger
    } else if is_plichtig(model, eigendom) {
        Positie::Geldsom
    } else {
        Positie::NietPlichtig
    };
    Ok(Eigenaar {
        eigendom,
        positie,
        cijfers: Eigenaarsverhaal {
            opbrengst: n(x.opbrengst)?,
            inbreng: n(x.inbreng)?,
            raming: n(x.raming)?,
            aftrek: n(x.aftrek)?,
            bruto: n(x.bruto)?,
            bruto_opbrengsten: n(x.bruto_opbrengsten)?,
            bruto_gewichtsfactor: n(x.bruto_gewichtsfactor)?,
            netto: n(x.netto)?,
            geldsom: n(x.geldsom)?,
            terugbetaling: n(x.terugbetaling)?,
        },
        overeenkomst: agreed,
    })
}

/// The record of every area.
pub(super) fn record(
    v: &Voorbereid<'_, Exact>,
    werk: &Werk<Exact>,
) -> Result<Vec<Verhaalresultaat>, Problem> {
    let (plan, model) = (v.plan, v.plan.model);
    let what = "kostenverhaal";
    let mut out = Vec::new();
    for (i, (g, x)) in model.verhaal.gebieden.iter().zip(&werk.verhaal).enumerate() {
        let sum = |wanted: &dyn Fn(Postsoort) -> bool| -> Result<Decimal, Problem> {
            let mut total = Decimal::ZERO;
            for (p, post) in plan.posten.iter().enumerate() {
                if post.gebied == i && wanted(post.soort) {
                    total += number(werk.posten[p], what)?;
                }
            }
            Ok(total)
        };
        let of_owner = |soort: Postsoort| match soort {
            Postsoort::Eigen(e, n) => {
                let werk = model.verhaal.eigendommen[e].werken[n];
                werk.raming.is_none().then_some(werk.kostensoort)
            }
            Postsoort::Raming(e, n) => Some(model.verhaal.eigendommen[e].werken[n].kostensoort),
            _ => None,
        };
        let mut kostensoorten = Vec::new();
        for (k, code) in KOSTENSOORTEN.iter().enumerate() {
            let total = sum(&|s| s == Postsoort::Kosten(k) || of_owner(s) == Some(k))?;
            if !total.is_zero() {
                kostensoorten.push((*code, total));
            }
        }
        let own_works = sum(&|s| of_owner(s).is_some())?;
        let listed: Decimal = kostensoorten.iter().map(|(_, amount)| *amount).sum();
        let (kosten, inbreng) = (number(x.kosten, what)?, number(x.inbreng, what)?);
        let boven_plankosten = listed + inbreng - kosten;
        let (omslag, opbrengst) = (number(x.omslag, what)?, number(x.opbrengst, what)?);
        let spread = |brings: Decimal| -> Decimal {
            (omslag * brings).checked_div(opbrengst).unwrap_or_default()
        };
        let mut categorieen: Vec<Categorieregel> = Vec::new();
        for (c, naam) in model.verhaal.categorieen.iter().enumerate() {
            let brings = sum(&|s| matches!(s, Postsoort::Opbrengst(_, k) if k == c))?;
            let mut eenheden_totaal = Decimal::ZERO;
            let mut any = false;
            for post in &model.verhaal.posten {
                if post.gebied != i || !matches!(post.soort, Postsoort::Opbrengst(_, k) if k == c) {
                    continue;
                }
                any = true;
                if let Some(count) = eenheden(&model.lijnen[post.lijn]) {
                    eenheden_totaal += count.value;
                }
            }
            if any {
                categorieen.push(Categorieregel {
                    naam: naam.clone(),
                    eenheden: eenheden_totaal,
                    opbrengst: brings,
                    bijdrage: spread(brings),
                });
            }
        }
        let mut eigenaren = Vec::new();
        for e in 0..model.verhaal.eigendommen.len() {
            if model.verhaal.eigendommen[e].gebied == Some(i) {
                eigenaren.push(eigenaar(v, werk, e)?);
            }
        }
        let geldsommen = number(x.geldsommen, what)?;
        let overeenkomsten: Decimal = eigenaren.iter().map(|e| e.overeenkomst).sum();
        let bijdragen = number(x.bijdragen, what)?;
        let elders = sum(&|s| s == Postsoort::Elders)?;
        let onverhaalbaar = sum(&|s| s == Postsoort::Onverhaalbaar)?;
        let kosten_ontvanger = listed - own_works + elders + onverhaalbaar;
        let netto = number(x.netto, what)?;
        let tekort = number(x.tekort, what)?;
        let of = |positie: Positie, pick: &dyn Fn(&Eigenaar) -> Decimal| -> Decimal {
            eigenaren
                .iter()
                .filter(|e| e.positie == positie)
                .map(pick)
                .sum()
        };
        let owned: Decimal = eigenaren.iter().map(|e| e.cijfers.bruto).sum();
        let zonder = g.regime == Regime::OwZonder;
        // What an owner should pay before floor and caps: with a tijdvak netto, without one his share.
        let due = move |e: &Eigenaar| {
            if zonder {
                e.cijfers.bruto
            } else {
                e.cijfers.netto
            }
        };
        let own = |e: &Eigenaar| {
            e.cijfers.bruto
                - if zonder {
                    Decimal::ZERO
                } else {
                    e.cijfers.inbreng
                }
        };
        let rest = [
            ("kosten zonder kostensoort", onverhaalbaar),
            ("profijt elders of niet toerekenbaar", elders),
            ("boven het maximum van de plankosten", boven_plankosten),
            (
                "bijdragen van derden boven de kosten",
                (netto - omslag - tekort).min(Decimal::ZERO),
            ),
            (
                "kosten boven de raming",
                if zonder {
                    (netto - omslag).max(Decimal::ZERO)
                } else {
                    Decimal::ZERO
                },
            ),
            ("aftopping op de opbrengst", tekort),
            (
                "grond van de gemeente",
                of(Positie::Gemeente, &own) + of(Positie::Ontvanger, &own),
            ),
            ("grond zonder rij in eigendom", omslag - owned),
            ("niet plichtig", of(Positie::NietPlichtig, &due)),
            (
                "overeenkomsten",
                of(Positie::Overeenkomst, &|e| due(e) - e.overeenkomst),
            ),
            (
                if zonder {
                    "maxima en waardevermeerdering"
                } else {
                    "vloer op nul"
                },
                of(Positie::Geldsom, &|e| due(e) - e.cijfers.geldsom),
            ),
            (
                "eigen werken boven de aftrek",
                if zonder {
                    -own_works
                } else {
                    eigenaren.iter().map(|e| e.cijfers.aftrek).sum::<Decimal>() - own_works
                },
            ),
        ];
        let grens = parameters::on("kostenverhaal.afzien", model.gebied.peildatum)
            .or_else(|| parameters::first("kostenverhaal.afzien"))
            .map_or(Decimal::ZERO, |p| p.waarde);
        out.push(Verhaalresultaat {
            gebied: i,
            kostensoorten,
            boven_plankosten,
            inbreng,
            kosten,
            bijdragen,
            netto,
            opbrengst,
            omslag,
            tekort,
            geldsommen,
            overeenkomsten,
            mag_afzien: kostenverhaal::mag_afzien(geldsommen, grens),
            eigenaren,
            categorieen,
            rest: rest
                .into_iter()
                .filter(|(_, amount)| !amount.is_zero())
                .collect(),
            kosten_ontvanger,
        });
    }
    Ok(out)
}

/// What a jurist must look at in a settlement: warnings with the mark of the rule.
pub fn bevindingen(model: &Model, verhaal: &[Verhaalresultaat]) -> Vec<Problem> {
    let mut out = Vec::new();
    for x in verhaal {
        let g = &model.verhaal.gebieden[x.gebied];
        let euro = |amount: Decimal| dutch(amount, 2);
        let say = |code: &'static str, text: String, fix: &str| {
            Problem::warning(code, text).at(&g.place).fix(fix)
        };
        if x.opbrengst.is_zero() {
            out.push(say(
                "no-land",
                format!(
                    "kostenverhaal \"{}\": no programma lies in it, so nothing can be spread",
                    g.id
                ),
                "put programma in its deelgebieden",
            ));
        }
        if x.tekort > Decimal::ZERO {
            out.push(say(
                "macro-aftopping",
                format!(
                    "kostenverhaal \"{}\": costs exceed what the land brings in: {} stays with the municipality (Ow 13.14 lid 2)",
                    g.id,
                    euro(x.tekort)
                ),
                "none needed: it stands in the rest of the municipality",
            ));
        }
        if g.regime != Regime::OwZonder && g.vloer {
            for e in x
                .eigenaren
                .iter()
                .filter(|e| e.positie == Positie::Geldsom && e.cijfers.netto < Decimal::ZERO)
            {
                let row = &model.verhaal.eigendommen[e.eigendom];
                out.push(
                    Problem::warning(
                        "floor-at-zero",
                        format!("eigendom \"{}\": the bijdrage comes to {} and is set to zero; that floor is not in the text of the law [O]", row.id, euro(e.cijfers.netto)),
                    )
                    .at(&row.place)
                    .fix("set vloer = geen in table kostenverhaal to pay it out"),
                );
            }
        }
        if let Some(most) = &g.maximum
            && x.geldsommen > most.value
        {
            out.push(say(
                "above-maximum",
                format!(
                    "kostenverhaal \"{}\": the geldsommen come to {}, above the maximum {} (Ow 13.15 lid 1 onder a)",
                    g.id,
                    euro(x.geldsommen),
                    euro(most.value)
                ),
                "raise the maximum in the omgevingsplan, or set maximum_aftopt = ja",
            ));
        }
        let pays = x.eigenaren.iter().any(|e| e.positie == Positie::Geldsom);
        if pays && x.mag_afzien {
            out.push(say(
                "may-waive",
                format!(
                    "kostenverhaal \"{}\": the geldsommen come to {}: recovery may be waived (Ob 8.14 onder a)",
                    g.id,
                    euro(x.geldsommen)
                ),
                "none needed: the amounts stay until the authority decides",
            ));
        }
    }
    out
}

/// The figures of an area by address.
const GEBIED: &[&str] = &[
    "kosten",
    "inbrengwaarden",
    "bijdragen",
    "netto_kosten",
    "opbrengst",
    "omslag",
    "tekort",
    "geldsommen",
    "overeenkomsten",
    "rest",
];

/// The figures of an eigendom by address.
const EIGENDOM: &[&str] = &[
    "geldsom",
    "terugbetaling",
    "netto",
    "bruto",
    "bruto_opbrengsten",
    "bruto_gewichtsfactor",
    "aftrek",
    "inbreng",
    "opbrengst",
    "overeenkomst",
];

fn no_figure(address: &str, what: &str, figure: &str, list: &[&str]) -> String {
    let near = nearest(figure, list.iter().copied())
        .map(|n| format!(", did you mean \"{n}\"?"))
        .unwrap_or_default();
    format!("\"{address}\": {what} has no \"{figure}\"{near}")
}

/// The value at `kostenverhaal[ID].omslag` or `eigendom[ID].geldsom`; nothing for another address.
pub(super) fn waarde(
    model: &Model,
    verhaal: &[Verhaalresultaat],
    address: &str,
) -> Option<Result<Decimal, String>> {
    let parts = |head: &str| address.strip_prefix(head)?.split_once("].");
    if let Some((name, figure)) = parts("kostenverhaal[") {
        let found = verhaal
            .iter()
            .find(|x| name_key(&model.verhaal.gebieden[x.gebied].id) == name_key(name));
        let Some(x) = found else {
            return Some(Err(format!(
                "\"{address}\": unknown kostenverhaal \"{name}\""
            )));
        };
        return Some(Ok(match figure {
            "kosten" => x.kosten,
            "inbrengwaarden" => x.inbreng,
            "bijdragen" => x.bijdragen,
            "netto_kosten" => x.netto,
            "opbrengst" => x.opbrengst,
            "omslag" => x.omslag,
            "tekort" => x.tekort,
            "geldsommen" => x.geldsommen,
            "overeenkomsten" => x.overeenkomsten,
            "rest" => x.rest_totaal(),
            _ => return Some(Err(no_figure(address, "a kostenverhaal", figure, GEBIED))),
        }));
    }
    let (name, figure) = parts("eigendom[")?;
    let found = verhaal
        .iter()
        .flat_map(|x| &x.eigenaren)
        .find(|e| name_key(&model.verhaal.eigendommen[e.eigendom].id) == name_key(name));
    let Some(e) = found else {
        return Some(Err(format!("\"{address}\": unknown eigendom \"{name}\"")));
    };
    Some(Ok(match figure {
        "geldsom" => e.cijfers.geldsom,
        "terugbetaling" => e.cijfers.terugbetaling,
        "netto" => e.cijfers.netto,
        "bruto" => e.cijfers.bruto,
        "bruto_opbrengsten" => e.cijfers.bruto_opbrengsten,
        "bruto_gewichtsfactor" => e.cijfers.bruto_gewichtsfactor,
        "aftrek" => e.cijfers.aftrek,
        "inbreng" => e.cijfers.inbreng,
        "opbrengst" => e.cijfers.opbrengst,
        "overeenkomst" => e.overeenkomst,
        _ => return Some(Err(no_figure(address, "an eigendom", figure, EIGENDOM))),
    }))
}

//! The exact record of kostenverhaal: per area what is recovered, per owner what he pays, and what of the costs stays with the
//! municipality, by cause.

use super::number;
pub use crate::evaluate::verhaal::Positie;
use crate::evaluate::verhaal::{Eigenaarsverhaal, OORZAKEN, betaalt, overzicht};
use crate::evaluate::{Voorbereid, Werk};
use crate::model::Model;
use crate::model::table::{dutch, name_key};
use crate::model::verhaal::{KOSTENSOORTEN, Postsoort, Regime, eenheden};
use crate::number::Exact;
use crate::parameters;
use crate::problem::{Problem, nearest};
use crate::rules::kostenverhaal;
use rust_decimal::Decimal;

/// What an owner pays for an eigendom.
#[derive(Debug, Clone)]
pub struct Eigenaar {
    /// Position in the eigendommen of the model.
    pub eigendom: usize,
    /// Why.
    pub positie: Positie,
    /// The figures.
    pub cijfers: Eigenaarsverhaal<Decimal>,
    /// What he pays by beschikking: what was asked less what comes back, or what is calculated.
    pub beschikking: Decimal,
    /// What was agreed, at contante waarde; zero without a contract.
    pub overeenkomst: Decimal,
}

impl Eigenaar {
    /// What he pays in all: by contract, or by beschikking.
    pub fn betaalt(&self) -> Decimal {
        self.beschikking + self.overeenkomst
    }
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
    /// Costs of the receiver less contributions, geldsommen and contracts, by cause: key, words, and what stays with him.
    pub rest: Vec<(&'static str, &'static str, Decimal)>,
    /// The geldsommen as calculated less what was ordered and not paid back, of owners that have a beschikking.
    pub beschikt_verschil: Decimal,
    /// What the calculated geldsommen lose in contante waarde as they are paid later without rente.
    pub betaalverschil: Decimal,
    /// Costs that the receiver makes, recoverable or not.
    pub kosten_ontvanger: Decimal,
    /// The grounds of Ob 8.14 on which the authority may waive recovery; none where nobody pays by beschikking.
    pub afzien: Vec<&'static str>,
}

impl Verhaalresultaat {
    /// What is recovered in all: by contract, by beschikking as asked, and as calculated.
    pub fn verhaald(&self) -> Decimal {
        self.geldsommen + self.overeenkomsten - self.beschikt_verschil
    }

    /// What stays with the receiver: costs less contributions, geldsommen and contracts.
    pub fn rest_totaal(&self) -> Decimal {
        self.kosten_ontvanger - self.bijdragen - self.geldsommen - self.overeenkomsten
            + self.beschikt_verschil
            + self.betaalverschil
    }
}

fn eigenaar(
    v: &Voorbereid<'_, Exact>,
    werk: &Werk<Exact>,
    eigendom: usize,
    overeenkomst: Exact,
) -> Result<Eigenaar, Problem> {
    let x = &werk.eigendommen[eigendom];
    let n = |value: Exact| number(value, "a bijdrage of kostenverhaal");
    Ok(Eigenaar {
        eigendom,
        positie: Positie::van(v.plan.model, eigendom),
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
        beschikking: n(betaalt(v, werk, eigendom))?,
        overeenkomst: n(overeenkomst)?,
    })
}

/// The record of every area.
pub(super) fn record(
    v: &Voorbereid<'_, Exact>,
    werk: &Werk<Exact>,
) -> Result<Vec<Verhaalresultaat>, Problem> {
    let model = v.plan.model;
    let n = |value: Exact| number(value, "kostenverhaal");
    let mut out = Vec::new();
    let areas = overzicht(v, werk).into_iter().zip(&werk.verhaal);
    for (i, (o, x)) in areas.enumerate() {
        let mut kostensoorten = Vec::new();
        for (k, amount) in &o.kostensoorten {
            kostensoorten.push((KOSTENSOORTEN[*k], n(*amount)?));
        }
        let (omslag, opbrengst) = (n(x.omslag)?, n(x.opbrengst)?);
        let mut categorieen: Vec<Categorieregel> = Vec::new();
        for (c, brings) in &o.categorieen {
            let brings = n(*brings)?;
            let lines = model.verhaal.posten.iter().filter(|post| {
                post.gebied == i && matches!(post.soort, Postsoort::Opbrengst(_, k) if k == *c)
            });
            categorieen.push(Categorieregel {
                naam: model.verhaal.categorieen[*c].clone(),
                eenheden: lines
                    .filter_map(|post| eenheden(&model.lijnen[post.lijn]))
                    .map(|q| q.value)
                    .sum(),
                opbrengst: brings,
                bijdrage: (omslag * brings).checked_div(opbrengst).unwrap_or_default(),
            });
        }
        let mut eigenaren = Vec::new();
        for (e, agreed) in &o.overeenkomsten {
            eigenaren.push(eigenaar(v, werk, *e, *agreed)?);
        }
        let mut rest = Vec::new();
        for (amount, (key, _, words)) in o.oorzaken.iter().zip(OORZAKEN) {
            let amount = n(*amount)?;
            if !amount.is_zero() {
                rest.push((*key, *words, amount));
            }
        }
        let geldsommen = n(x.geldsommen)?;
        let grens = parameters::on("kostenverhaal.afzien", model.gebied.peildatum)
            .or_else(|| parameters::first("kostenverhaal.afzien"))
            .map_or(Decimal::ZERO, |p| p.waarde);
        let listed: Decimal = kostensoorten.iter().map(|(_, amount)| *amount).sum();
        let (kosten, inbreng) = (n(x.kosten)?, n(x.inbreng)?);
        out.push(Verhaalresultaat {
            gebied: i,
            boven_plankosten: listed + inbreng - kosten,
            afzien: if eigenaren.iter().any(|e| e.positie == Positie::Geldsom) {
                kostenverhaal::gronden_om_af_te_zien(
                    geldsommen,
                    grens,
                    &kostensoorten,
                    model.verhaal.gebieden[i].alleen_aansluiting,
                )
            } else {
                Vec::new()
            },
            kostensoorten,
            inbreng,
            kosten,
            bijdragen: n(x.bijdragen)?,
            netto: n(x.netto)?,
            opbrengst,
            omslag,
            tekort: n(x.tekort)?,
            geldsommen,
            overeenkomsten: n(o.overeenkomst_totaal)?,
            beschikt_verschil: n(o.beschikt_verschil)?,
            betaalverschil: n(o.betaalverschil)?,
            eigenaren,
            categorieen,
            rest,
            kosten_ontvanger: n(o.kosten_ontvanger)?,
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
        let say = |problem: Problem, fix: &str| problem.at(&g.place).fix(fix);
        if x.opbrengst.is_zero() {
            let (what, fix) = if x.categorieen.is_empty() {
                (
                    "no programma lies in it",
                    "put programma in its deelgebieden",
                )
            } else {
                (
                    "its programma brings in nothing",
                    "give its programma a grondprijs",
                )
            };
            let text = format!(
                "kostenverhaal \"{}\": {what}, so nothing can be spread",
                g.id
            );
            out.push(say(Problem::warning("no-land", text), fix));
        }
        if x.tekort > Decimal::ZERO {
            out.push(say(
                Problem::warning("macro-aftopping", format!(
                    "kostenverhaal \"{}\": the costs are {} above what the land brings in, and that is spread over nobody (Ow 13.14 lid 2)",
                    g.id,
                    euro(x.tekort)
                )),
                "none needed: it stands in the rest of the municipality",
            ));
        }
        for e in x
            .eigenaren
            .iter()
            .filter(|e| e.positie == Positie::NietPlichtig)
        {
            let row = &model.verhaal.eigendommen[e.eigendom];
            if row.beschikt.is_some() {
                let text = format!(
                    "eigendom \"{}\": a beschikking asked it to pay, and its activity is not liable (Ob 8.13): the herberekening is 0",
                    row.id
                );
                out.push(
                    Problem::warning("asked-not-liable", text)
                        .at(&row.place)
                        .fix("correct activiteit or omvang, or clear beschikt"),
                );
            }
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
                    .fix("check that its programma names the perceel; or set vloer = geen in table kostenverhaal to pay it out"),
                );
            }
        }
        if let Some(most) = &g.maximum
            && x.verhaald() > most.value
        {
            out.push(say(
                Problem::warning("above-maximum", format!(
                    "kostenverhaal \"{}\": geldsommen and overeenkomsten come to {}, above the maximum {} (Ow 13.15 lid 1 onder a)",
                    g.id,
                    euro(x.verhaald()),
                    euro(most.value)
                )),
                if g.maximum_aftopt {
                    "raise the maximum in the omgevingsplan: what was agreed or asked is not cut"
                } else {
                    "raise the maximum in the omgevingsplan, or set maximum_aftopt = ja, which cuts the geldsommen"
                },
            ));
        }
        if g.regime == Regime::OwZonder
            && g.raming.is_some()
            && x.omslag > x.netto.max(Decimal::ZERO)
        {
            out.push(say(
                Problem::warning("raming-above-costs", format!(
                    "kostenverhaal \"{}\": the raming spreads {}, and the recoverable costs come to {}: owners would pay more than is made",
                    g.id,
                    euro(x.omslag),
                    euro(x.netto)
                )),
                "lower raming, or clear it to spread the costs as calculated",
            ));
        }
        if !x.afzien.is_empty() {
            let why = x.afzien.iter().map(|ground| match *ground {
                "a" => format!("the geldsommen come to {} (onder a)", euro(x.geldsommen)),
                "b" => "nothing of A5 to A9 is recovered (onder b)".to_owned(),
                _ => "all costs are connections (onder c)".to_owned(),
            });
            let why: Vec<String> = why.collect();
            out.push(say(
                Problem::warning(
                    "may-waive",
                    format!(
                        "kostenverhaal \"{}\": recovery may be waived (Ob 8.14): {}",
                        g.id,
                        why.join("; ")
                    ),
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
            figure if OORZAKEN.iter().any(|(key, ..)| *key == figure) => {
                let found = x.rest.iter().find(|(key, ..)| *key == figure);
                found.map_or(Decimal::ZERO, |(_, _, amount)| *amount)
            }
            figure if figure.starts_with("kosten_") => {
                let code = figure.trim_start_matches("kosten_");
                let found = x.kostensoorten.iter().find(|(k, _)| *k == code);
                match found {
                    Some((_, amount)) => *amount,
                    None => {
                        return Some(Err(no_figure(address, "a kostenverhaal", figure, GEBIED)));
                    }
                }
            }
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

//! The exact record of verevening: per rule what is paid and stays, per one who takes part what it pays or receives, with the figures of
//! the kind of rule.

use super::number;
use crate::evaluate::{Voorbereid, Werk};
use crate::model::Model;
use crate::model::table::{dutch, name_key};
use crate::model::verevening::{Cijfer, Regelsoort};
use crate::number::Exact;
use crate::problem::{Problem, listed, nearest};
use rust_decimal::Decimal;

/// Figures by address.
pub type Cijfers = Vec<(&'static str, Decimal)>;

/// What one who takes part comes to.
#[derive(Debug, Clone)]
pub struct Deelnemerresultaat {
    /// Position in the deelnemers of the model.
    pub deelnemer: usize,
    /// Positive pays, negative receives.
    pub verrekening: Decimal,
    /// Figures of the kind.
    pub cijfers: Cijfers,
}

/// What a rule comes to.
#[derive(Debug, Clone)]
pub struct Regelresultaat {
    /// Position in the rules of the model.
    pub regel: usize,
    /// What is paid.
    pub betaald: Decimal,
    /// What of it stays with the clearing account.
    pub saldo: Decimal,
    /// Figures of the kind.
    pub cijfers: Cijfers,
    /// Who takes part.
    pub deelnemers: Vec<Deelnemerresultaat>,
}

impl Regelresultaat {
    fn cijfer(&self, naam: &str) -> Decimal {
        let found = self.cijfers.iter().find(|(n, _)| *n == naam);
        found.map_or(Decimal::ZERO, |(_, value)| *value)
    }
}

fn cijfers(namen: &[Cijfer], waarden: &[Exact]) -> Result<Cijfers, Problem> {
    namen
        .iter()
        .zip(waarden)
        .map(|((naam, _), value)| Ok((*naam, number(*value, "verevening")?)))
        .collect()
}

/// The record of every rule.
pub(super) fn record(
    v: &Voorbereid<'_, Exact>,
    werk: &Werk<Exact>,
) -> Result<Vec<Regelresultaat>, Problem> {
    let what = "verevening";
    let regels = &v.plan.model.verevening.regels;
    let mut out = Vec::new();
    for (i, (regel, x)) in regels.iter().zip(&werk.verevening).enumerate() {
        let mut deelnemers = Vec::new();
        for d in &regel.deelnemers {
            let own = &werk.deelnemers[*d];
            deelnemers.push(Deelnemerresultaat {
                deelnemer: *d,
                verrekening: number(own.verrekening, what)?,
                cijfers: cijfers(regel.vorm.cijfers, &own.cijfers)?,
            });
        }
        out.push(Regelresultaat {
            regel: i,
            betaald: number(x.betaald, what)?,
            saldo: number(x.saldo, what)?,
            cijfers: cijfers(regel.vorm.geheel, &x.cijfers)?,
            deelnemers,
        });
    }
    Ok(out)
}

/// What a settlement leaves open.
pub fn bevindingen(model: &Model, verevening: &[Regelresultaat]) -> Vec<Problem> {
    let mut out = Vec::new();
    for x in verevening {
        let regel = &model.verevening.regels[x.regel];
        let naam = format!("verevening \"{}\"", regel.naam);
        let mut say = |problem: Problem| out.push(problem.at(&regel.place));
        let mut keys = x
            .deelnemers
            .iter()
            .flat_map(|d| &d.cijfers)
            .filter(|(n, _)| *n == "sleutel")
            .peekable();
        if regel.vorm.sluit && keys.peek().is_some() && keys.all(|(_, q)| *q <= Decimal::ZERO) {
            let text = format!("{naam}: nobody has a key, so nothing is settled");
            say(Problem::warning("no-key", text)
                .fix("fill sleutel, or say in table verevening how it is found"));
        }
        let told = |figure: &str| {
            let open = x.cijfer(figure);
            (!open.is_zero()).then(|| dutch(open, 2))
        };
        match regel.vorm.soort {
            Regelsoort::Kostendeling => {
                if let Some(left) = told("buiten") {
                    let lines = || regel.buiten.iter().map(|l| &model.lijnen[*l]);
                    let mut payers: Vec<String> =
                        lines().map(|l| model.rekening_naam(l.van)).collect();
                    payers.sort();
                    payers.dedup();
                    let text = format!(
                        "{naam}: {left} of the costs that it chooses is not shared: it is paid by {}, outside verevening_delen ({})",
                        listed(payers.iter().map(String::as_str)),
                        listed(lines().map(|l| l.id.as_str()))
                    );
                    say(Problem::warning("costs-left-out", text).fix(
                        "give who pays them a row in verevening_delen (with sleutel 0 it is paid back all of it), or narrow kosten_soort or maatregel",
                    ));
                }
            }
            Regelsoort::Collectief => {
                if let Some(open) = told("ongedekt") {
                    let text = format!("{naam}: {open} is carried by nobody: nobody has a key");
                    say(Problem::warning("uncovered", text).fix("fill sleutel"));
                }
            }
            Regelsoort::Gem => {
                if let Some(open) = told("onverdeeld") {
                    let text = format!(
                        "{naam}: {open} of the result is not split: a loss beyond all equity falls on lenders and guarantors"
                    );
                    say(Problem::warning("undivided", text)
                        .fix("book who carries it, or bring in more equity"));
                }
            }
            Regelsoort::Doel => {
                if let Some(open) = told("onvervuld") {
                    let text = format!(
                        "{naam}: {open} is missing from the targets: there is not enough land value above them"
                    );
                    say(Problem::warning("target-unmet", text).fix("lower the targets"));
                }
            }
            _ => {}
        }
    }
    out
}

/// The value at `verevening[REGEL].saldo` or `verevening_delen[ID].verrekening`; nothing for another address.
pub(super) fn waarde(
    model: &Model,
    verevening: &[Regelresultaat],
    address: &str,
) -> Option<Result<Decimal, String>> {
    let parts = |head: &str| address.strip_prefix(head)?.split_once("].");
    let pick = |what: &str, figure: &str, own: &[(&'static str, Decimal)]| {
        let found = own.iter().find(|(n, _)| *n == figure);
        found.map(|(_, value)| *value).ok_or_else(|| {
            let near = nearest(figure, own.iter().map(|(n, _)| *n))
                .map(|n| format!(", did you mean \"{n}\"?"))
                .unwrap_or_default();
            format!("\"{address}\": {what} has no \"{figure}\"{near}")
        })
    };
    if let Some((name, figure)) = parts("verevening[") {
        let found = verevening
            .iter()
            .find(|x| name_key(&model.verevening.regels[x.regel].naam) == name_key(name));
        let Some(x) = found else {
            return Some(Err(format!("\"{address}\": unknown verevening \"{name}\"")));
        };
        let mut all = vec![("betaald", x.betaald), ("saldo", x.saldo)];
        all.extend(&x.cijfers);
        return Some(pick("this verevening", figure, &all));
    }
    let (name, figure) = parts("verevening_delen[")?;
    let found = verevening
        .iter()
        .flat_map(|x| &x.deelnemers)
        .find(|d| name_key(&model.verevening.deelnemers[d.deelnemer].id) == name_key(name));
    let Some(d) = found else {
        return Some(Err(format!(
            "\"{address}\": unknown verevening_delen \"{name}\""
        )));
    };
    let mut all = vec![("verrekening", d.verrekening)];
    all.extend(&d.cijfers);
    Some(pick("this row", figure, &all))
}

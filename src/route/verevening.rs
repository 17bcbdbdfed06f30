//! The exact record of verevening: per rule what is paid and stays, per one who takes part what it pays or receives, with the figures of
//! the kind of rule.

use super::{Routeresultaat, number};
use crate::evaluate::{Voorbereid, Werk};
use crate::model::table::{dutch, name_key};
use crate::model::verevening::{Cijfer, Regelsoort};
use crate::model::verhaal::Verrekening;
use crate::model::{Bedrag, HOOFD, Model};
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

/// The least that is told of what an account keeps.
const CENT: Decimal = Decimal::from_parts(1, 0, 0, false, 2);

/// Lines through the account of a rule that other settlements make: they are not in the result that it splits.
fn elders_verrekend<'a>(model: &'a Model, route: &Routeresultaat, regel: usize) -> Vec<&'a str> {
    let rekening = model.verevening.regels[regel].rekening;
    let of = |d: usize| {
        let all = route.verevening.iter().flat_map(|x| &x.deelnemers);
        all.filter(|x| x.deelnemer == d)
            .map(|x| x.verrekening)
            .sum::<Decimal>()
    };
    let owner = |e: usize| {
        route
            .verhaal
            .iter()
            .flat_map(|x| &x.eigenaren)
            .find(|x| x.eigendom == e)
    };
    let lines = model
        .lijnen
        .iter()
        .filter(|l| l.van == rekening || l.naar == rekening);
    lines
        .filter(|l| {
            let Bedrag::Verrekend(what) = &l.bedrag else {
                return false;
            };
            let amount = match *what {
                Verrekening::Betaalt(d) | Verrekening::Ontvangt(d)
                    if model.verevening.deelnemers[d].regel == regel =>
                {
                    Decimal::ZERO
                }
                Verrekening::Betaalt(d) => of(d).max(Decimal::ZERO),
                Verrekening::Ontvangt(d) => of(d).min(Decimal::ZERO),
                Verrekening::Geldsom(e) => owner(e).map_or(Decimal::ZERO, |x| x.cijfers.geldsom),
                Verrekening::Terugbetaling(e) => {
                    owner(e).map_or(Decimal::ZERO, |x| x.cijfers.terugbetaling)
                }
                Verrekening::Bijdrage(b) => route.bijdragen[b][0],
                Verrekening::Bijdrageterug(b) => route.bijdragen[b][4],
            };
            !amount.is_zero()
        })
        .map(|l| l.id.as_str())
        .collect()
}

/// What a settlement leaves open.
pub fn bevindingen(model: &Model, route: &Routeresultaat) -> Vec<Problem> {
    let mut out = Vec::new();
    for x in &route.verevening {
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
            Regelsoort::Bovenwijks => {
                let given = |column: &str| regel.getal(column).map_or(Decimal::ZERO, |q| q.value);
                let asked = given("bedrag")
                    .checked_mul(given("aandeel"))
                    .map(|cost| (cost - given("subsidie")).max(Decimal::ZERO));
                if let Some(asked) = asked
                    && x.betaald > asked + Decimal::ONE
                {
                    let text = format!(
                        "{naam}: {} is paid of costs of {}: its rows count for more than its woningequivalenten",
                        dutch(x.betaald, 2),
                        dutch(asked, 2)
                    );
                    say(Problem::warning("more-than-costs", text)
                        .fix("correct woningequivalenten, or aantal and weq of the rows"));
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
                } else if regel.getal("bedrag").is_none() {
                    let through = elders_verrekend(model, route, x.regel);
                    if !through.is_empty() {
                        let text = format!(
                            "{naam}: the result that it splits is without what is settled through {}: {}",
                            model.rekening_naam(regel.rekening),
                            listed(through.iter().copied())
                        );
                        say(Problem::warning("not-in-result", text)
                            .fix("settle that over another account, or give the result in bedrag"));
                    }
                    let whole = regel.rekening == HOOFD
                        && !regel
                            .deelnemers
                            .iter()
                            .any(|d| model.verevening.deelnemers[*d].rekening == HOOFD);
                    let left = route.resultaat.eindwaarde;
                    if whole && left.abs() > CENT {
                        let text = format!(
                            "{naam}: the result of {} is split, and its eindwaarde is {} instead of nothing",
                            model.rekening_naam(HOOFD),
                            dutch(left, 2)
                        );
                        say(Problem::warning("result-left", text).fix(
                            "set rente_tot_betaling = ja, and no rente but that of the area; a creditrente of its own, or what the account settles elsewhere, leaves a rest",
                        ));
                    }
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

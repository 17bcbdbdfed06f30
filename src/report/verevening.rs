//! Reports on verevening: who pays whom by every rule, and the figures behind it.

use super::{Cell, Format, Report, exact, text};
use crate::model::Model;
use crate::route::Routeresultaat;
use rust_decimal::Decimal;

/// Every report on verevening; none when the model has none.
pub fn verevening(model: &Model, route: &Routeresultaat) -> Vec<Report> {
    if route.verevening.is_empty() {
        return Vec::new();
    }
    vec![wie_betaalt_wie(model, route), cijfers(model, route)]
}

/// Who pays and receives, by rule; what is paid and received adds up to what stays with the clearing account.
pub fn wie_betaalt_wie(model: &Model, route: &Routeresultaat) -> Report {
    let mut report = Report::new(
        "Verevening",
        "Verevening: wie betaalt, wie ontvangt",
        &[
            ("Regel", Format::Text),
            ("Deelnemer", Format::Text),
            ("Rekening", Format::Text),
            ("Betaalt", Format::Eur(2)),
            ("Ontvangt", Format::Eur(2)),
            ("Via", Format::Text),
        ],
    )
    .note("bedragen zonder rente tot betaling; wat betaald en niet ontvangen wordt, blijft bij de rekening waarover het loopt. polder explain MODEL \"verevening_delen[ID].verrekening\" legt een bedrag uit");
    for x in &route.verevening {
        let regel = &model.verevening.regels[x.regel];
        for d in &x.deelnemers {
            let own = &model.verevening.deelnemers[d.deelnemer];
            report.row(vec![
                text(&regel.naam),
                text(&own.id),
                text(model.rekening_naam(own.rekening)),
                exact(d.verrekening.max(Decimal::ZERO)),
                exact((-d.verrekening).max(Decimal::ZERO)),
                text(model.rekening_naam(regel.rekening)),
            ]);
        }
        report.total(vec![
            text(&regel.naam),
            text(format!("blijft: {}", regel.vorm.naam)),
            text(model.rekening_naam(regel.rekening)),
            exact(x.betaald),
            exact(x.betaald - x.saldo),
            Cell::Empty,
        ]);
    }
    report
}

/// The figures behind it.
fn cijfers(model: &Model, route: &Routeresultaat) -> Report {
    let mut report = Report::new(
        "Verevening cijfers",
        "Verevening: sleutels, grondslagen en uitkomsten",
        &[
            ("Regel", Format::Text),
            ("Soort", Format::Text),
            ("Deelnemer", Format::Text),
            ("Cijfer", Format::Text),
            ("Waarde", Format::Number(2)),
        ],
    )
    .note("verrekening: + betaalt, - ontvangt");
    for x in &route.verevening {
        let regel = &model.verevening.regels[x.regel];
        let mut row = |wie: &str, naam: &str, value: Decimal| {
            report.row(vec![
                text(&regel.naam),
                text(regel.vorm.naam),
                text(wie),
                text(naam.replace('_', " ")),
                exact(value),
            ]);
        };
        for d in &x.deelnemers {
            let id = &model.verevening.deelnemers[d.deelnemer].id;
            for (naam, value) in &d.cijfers {
                row(id, naam, *value);
            }
            row(id, "verrekening", d.verrekening);
        }
        for (naam, value) in [("betaald", x.betaald), ("saldo", x.saldo)]
            .iter()
            .chain(&x.cijfers)
        {
            row("", naam, *value);
        }
    }
    report
}

//! Reports on verevening: who pays whom by every rule, and the figures behind it; on financiële bijdragen; on norms for the programme.

use super::{Cell, Format, Report, exact, text};
use crate::model::Model;
use crate::model::normen::Normsoort;
use crate::route::Routeresultaat;
use crate::route::normen::normtoetsen;
use rust_decimal::Decimal;

/// Every report on verevening, financiële bijdragen and norms; none of what the model does not have.
pub fn verevening(model: &Model, route: &Routeresultaat) -> Vec<Report> {
    let mut out = Vec::new();
    if !route.verevening.is_empty() {
        out.extend([wie_betaalt_wie(model, route), cijfers(model, route)]);
    }
    if !route.bijdragen.is_empty() {
        out.push(bijdragen(model, route));
    }
    out.extend(normen(model));
    out
}

/// What every financiële bijdrage comes to.
fn bijdragen(model: &Model, route: &Routeresultaat) -> Report {
    let mut report = Report::new(
        "Financiële bijdragen",
        "Financiële bijdragen per eigenaar",
        &[
            ("Bijdrage", Format::Text),
            ("Eigendom", Format::Text),
            ("Eigenaar", Format::Text),
            ("Gevraagd", Format::Eur(2)),
            ("Maximum", Format::Eur(2)),
            ("Ruimte na geldsom", Format::Eur(2)),
            ("Bijdrage betaald", Format::Eur(2)),
            ("Terug", Format::Eur(2)),
        ],
    )
    .note("contante waarde per peildatum; afgedwongen ten hoogste het maximum (Ow 13.23 lid 3), bij overeenkomst wat is afgesproken; terug met rente (Ob 8.22)");
    for (row, x) in model.bijdragen.iter().zip(&route.bijdragen) {
        let eigendom = &model.verhaal.eigendommen[row.eigendom];
        report.row(vec![
            text(&row.id),
            text(&eigendom.id),
            text(&model.partijen[eigendom.partij].naam),
            exact(row.gevraagd.value),
            exact(x[1]),
            exact(x[2]),
            exact(x[0]),
            exact(x[4]),
        ]);
    }
    report
}

/// The programme held against its norms; nothing without norms, or when a figure is too large.
pub fn normen(model: &Model) -> Option<Report> {
    let toetsen = normtoetsen(model).ok().filter(|t| !t.is_empty())?;
    let mut report = Report::new(
        "Normen",
        "Normen voor het programma, en wat voldoen doet met de grondwaarde",
        &[
            ("Norm", Format::Text),
            ("Telt", Format::Number(2)),
            ("Van", Format::Number(2)),
            ("Aandeel", Format::Percent(1)),
            ("Gevraagd", Format::Number(2)),
            ("Afwijking", Format::Number(2)),
            ("Eenheid", Format::Text),
            ("Effect grondwaarde", Format::Eur(0)),
        ],
    )
    .note("effect: afwijking maal (grondwaarde die komt - grondwaarde die gaat); + levert op, - kost [C]");
    for (norm, t) in model.normen.iter().zip(toetsen) {
        let share = matches!(norm.soort, Normsoort::Aandeel { .. });
        report.row(vec![
            text(&norm.naam),
            exact(t[0]),
            exact(t[1]),
            if share { exact(t[2]) } else { Cell::Empty },
            exact(t[3]),
            exact(t[4]),
            text(norm.eenheid),
            exact(t[5]),
        ]);
    }
    Some(report)
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

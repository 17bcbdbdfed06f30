//! Reports on verevening: who pays whom by every rule, and the figures behind it; on financiële bijdragen; on norms for the programme.

use super::grex::percentage;
use super::{Cell, Format, Report, exact, text};
use crate::expression::grondslag::grondslag;
use crate::expression::{NAMES, Unit};
use crate::model::Model;
use crate::model::normen::Normsoort;
use crate::model::verevening::{Regel, Regelsoort};
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
            ("Via rekening", Format::Text),
            ("Saldo van die rekening", Format::Eur(2)),
        ],
    )
    .note("bedragen zonder rente tot betaling. Saldo: wat betaald en niet ontvangen wordt blijft op de rekening waarover het loopt (+), of wordt daaruit betaald (-). polder explain MODEL \"verevening_delen[ID].verrekening\" legt een bedrag uit");
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
                Cell::Empty,
            ]);
        }
        report.total(vec![
            text(&regel.naam),
            text(format!("totaal, {}", regel.vorm.naam.replace('_', " "))),
            Cell::Empty,
            exact(x.betaald),
            exact(x.betaald - x.saldo),
            text(model.rekening_naam(regel.rekening)),
            exact(x.saldo),
        ]);
    }
    report
}

/// What a figure of a rule is called, and how it is shown: in euro, or as a number of homes, units or m2.
fn genoemd(regel: &Regel, naam: &'static str) -> (String, Format) {
    let units = regel.getal("waarde").is_some();
    let soort = regel.vorm.soort;
    let number = Format::Number(2);
    match naam {
        "sleutel" if soort == Regelsoort::Gem => ("inleg".into(), Format::Eur(2)),
        "sleutel" => match regel.sleutelsoort() {
            "gegeven" => ("sleutel".into(), number),
            how => (format!("sleutel ({how})"), number),
        },
        "feitelijk" => match soort {
            Regelsoort::Grondbank if units => ("feitelijk programma".into(), number),
            Regelsoort::Specials => ("werkelijke opbrengst".into(), Format::Eur(2)),
            _ => ("grondwaarde".into(), Format::Eur(2)),
        },
        "ontwikkelrecht" if !units => (naam.into(), Format::Eur(2)),
        _ => {
            let both = regel.vorm.cijfers.iter().chain(regel.vorm.geheel);
            let word = both
                .filter(|(a, _)| *a == naam)
                .map(|(_, word)| *word)
                .next();
            let unit = word.and_then(|word| NAMES.iter().find(|(w, ..)| *w == word));
            let shown = match (word, unit) {
                // A figure that every rule has: betaald, saldo, verrekening.
                (None, _) | (_, Some((_, Unit::Eur, _))) => Format::Eur(2),
                _ => number,
            };
            let plain: Vec<&str> = word
                .unwrap_or(naam)
                .split_whitespace()
                .filter(|part| *part != "verevening")
                .collect();
            let plain = plain.join(" ");
            (plain.replace('_', " "), shown)
        }
    }
}

/// What a rule was calculated with, in one line.
fn uitgangspunten(model: &Model, regel: &Regel) -> String {
    let ground = grondslag("verrekening", regel.vorm.naam)
        .map_or_else(String::new, |g| format!("; grondslag: {}", g.tekst()));
    let interest = if regel.met_rente() {
        "met rente tot betaling [C]"
    } else {
        "zonder rente tot betaling"
    };
    format!(
        "{}: {}, via {}, rente {} (contante waarde per {} [C]), {interest}, op {} decimalen afgerond{ground}",
        regel.naam,
        regel.vorm.naam.replace('_', " "),
        model.rekening_naam(regel.rekening),
        percentage(regel.rente.value),
        model.gebied.peildatum,
        regel.decimalen
    )
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
            ("Waarde", Format::Eur(2)),
        ],
    )
    .note("verrekening: + betaalt, - ontvangt; saldo: + blijft op de rekening waarover het loopt, - wordt daaruit betaald");
    for x in &route.verevening {
        report = report.note(uitgangspunten(model, &model.verevening.regels[x.regel]));
    }
    for x in &route.verevening {
        let regel = &model.verevening.regels[x.regel];
        let mut row = |wie: &str, naam: &'static str, value: Decimal| {
            let (called, shown) = genoemd(regel, naam);
            report.row_as(
                shown,
                vec![
                    text(&regel.naam),
                    text(regel.vorm.naam.replace('_', " ")),
                    text(wie),
                    text(called),
                    exact(value),
                ],
            );
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

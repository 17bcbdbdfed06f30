//! Reports on kostenverhaal: a draft of the exploitatieopzet, what every owner pays, the contribution per unit and per m2, and what
//! stays with the municipality.

use super::{Cell, Format, Report, exact, text};
use crate::model::Model;
use crate::model::verhaal::{KOSTENSOORTEN, Postsoort, Regime, TABEL_B, eenheden};
use crate::route::Routeresultaat;
use crate::route::verhaal::{Positie, Verhaalresultaat};
use rust_decimal::Decimal;

/// What a kostensoort of bijlage IV is about, in a few words.
const OMSCHRIJVING: [&str; 18] = [
    "vaststellen omgevingsplan, projectbesluit of vergunning, met onderzoek",
    "grond voor de werken, met te slopen opstallen",
    "vrijmaken van die grond van rechten",
    "tijdelijk beheer min verwachte inkomsten",
    "slopen en verwijderen op die grond",
    "saneren, dempen en grondwerken op die grond",
    "compensatie van natuur, groen en water",
    "aanleg van openbare voorzieningen",
    "maatregelen voor leefomgeving en omgevingskwaliteit",
    "voorbereiding en toezicht",
    "nadeelcompensatie aan derden",
    "niet-terugvorderbare btw en andere belastingen",
    "rente en andere lasten",
    "andere werken die ermee samenhangen",
    "grond waarop wordt gebouwd, met te slopen opstallen",
    "vrijmaken van de bouwgrond van rechten",
    "slopen en verwijderen op de bouwgrond",
    "saneren, dempen en grondwerken op de bouwgrond",
];

fn regime(regime: Regime) -> &'static str {
    match regime {
        Regime::OwTijdvak => "Omgevingswet met tijdvak (13.14)",
        Regime::OwZonder => "Omgevingswet zonder tijdvak (13.15)",
        Regime::Wro => "Wro (overgangsrecht) [O]",
    }
}

/// Every report on kostenverhaal; none when the model has none.
pub fn verhaal(model: &Model, route: &Routeresultaat) -> Vec<Report> {
    if route.verhaal.is_empty() {
        return Vec::new();
    }
    vec![
        opzet(model, &route.verhaal),
        eigenaren(model, &route.verhaal),
        per_eenheid(model, &route.verhaal),
        rest(model, &route.verhaal),
    ]
}

/// A draft of the exploitatieopzet.
fn opzet(model: &Model, verhaal: &[Verhaalresultaat]) -> Report {
    let mut report = Report::new(
        "Exploitatieopzet",
        "Exploitatieopzet (concept): kosten, opbrengsten en omslag",
        &[
            ("Post", Format::Text),
            ("Omschrijving", Format::Text),
            ("Contante waarde", Format::Eur(2)),
        ],
    )
    .note("concept voor een jurist: geen besluit. Contante waarde per peildatum; inbrengwaarden niet verdisconteerd")
    .note("kostensoorten van Omgevingsbesluit bijlage IV (verkort weergegeven); met werken die eigenaren zelf uitvoeren");
    for x in verhaal {
        let g = &model.verhaal.gebieden[x.gebied];
        report.heading(format!("{}: {}", g.id, regime(g.regime)));
        let inbreng = x
            .eigenaren
            .iter()
            .filter(|_| g.regime != Regime::OwZonder)
            .filter(|e| !e.cijfers.inbreng.is_zero());
        for e in inbreng {
            let row = &model.verhaal.eigendommen[e.eigendom];
            report.row(vec![
                text("Inbrengwaarde"),
                text(format!("{} ({})", row.id, model.partijen[row.partij].naam)),
                exact(e.cijfers.inbreng),
            ]);
        }
        for (code, amount) in &x.kostensoorten {
            let k = KOSTENSOORTEN
                .iter()
                .position(|c| c == code)
                .unwrap_or(TABEL_B);
            report.row(vec![text(*code), text(OMSCHRIJVING[k]), exact(*amount)]);
        }
        if !x.boven_plankosten.is_zero() {
            report.row(vec![
                text("Plankosten"),
                text("boven het maximum (Or 13.2): telt niet mee"),
                exact(-x.boven_plankosten),
            ]);
        }
        let mut total = |post: &str, what: &str, amount: Decimal| {
            report.total(vec![text(post), text(what), exact(amount)]);
        };
        total("Verhaalbare kosten", "", x.kosten);
        total("Bijdragen", "en subsidies van derden", -x.bijdragen);
        total("Netto kosten", "", x.netto);
        for c in &x.categorieen {
            report.row(vec![text("Opbrengst"), text(&c.naam), exact(c.opbrengst)]);
        }
        let mut total = |post: &str, what: &str, amount: Decimal| {
            report.total(vec![text(post), text(what), exact(amount)]);
        };
        total("Opbrengst gronden", "", x.opbrengst);
        if g.regime == Regime::OwZonder {
            total("Raming", "die de beschikkingen verdelen (13.16)", x.omslag);
            if let Some(most) = &g.maximum {
                total("Maximum", "van het gebied (13.15)", most.value);
            }
        } else {
            total("Omslag", "ten hoogste de opbrengst (13.14 lid 2)", x.omslag);
            total("Tekort", "dat de grond niet kan dragen", x.tekort);
        }
        total(
            "Geldsommen",
            "van eigenaren zonder overeenkomst",
            x.geldsommen,
        );
        total("Overeenkomsten", "(13.13)", x.overeenkomsten);
    }
    report
}

/// What every owner pays.
fn eigenaren(model: &Model, verhaal: &[Verhaalresultaat]) -> Report {
    let mut report = Report::new(
        "Eigenaren",
        "Kostenverhaal per eigenaar",
        &[
            ("Eigendom", Format::Text),
            ("Eigenaar", Format::Text),
            ("Perceel", Format::Text),
            ("m2", Format::Number(0)),
            ("Route", Format::Text),
            ("Opbrengst", Format::Eur(2)),
            ("Bruto", Format::Eur(2)),
            ("Bruto naar opbrengst", Format::Eur(2)),
            ("Bruto naar gewicht", Format::Eur(2)),
            ("Inbrengwaarde", Format::Eur(2)),
            ("Aftrek eigen werk", Format::Eur(2)),
            ("Netto", Format::Eur(2)),
            ("Geldsom", Format::Eur(2)),
            ("Beschikt", Format::Eur(2)),
            ("Terugbetaling", Format::Eur(2)),
            ("Overeenkomst", Format::Eur(2)),
            ("Per m2", Format::Eur(2)),
        ],
    )
    .note("contante waarde per peildatum. Netto = bruto - inbrengwaarde - aftrek (met tijdvak), of het laagste van aandeel, maximum en waardevermeerdering (zonder)")
    .note("een geldsom is nooit lager dan nul tenzij vloer = geen; per m2 grond: wat hij betaalt")
    .note("met een beschikt bedrag is de geldsom de herberekening: betaald is dan het beschikte min de terugbetaling");
    for x in verhaal {
        for e in &x.eigenaren {
            let row = &model.verhaal.eigendommen[e.eigendom];
            let c = &e.cijfers;
            let pays = e.betaalt(model);
            let per = row.m2.as_ref().and_then(|m2| pays.checked_div(m2.value));
            report.row(vec![
                text(&row.id),
                text(&model.partijen[row.partij].naam),
                text(&model.verhaal.percelen[row.perceel]),
                row.m2.as_ref().map_or(Cell::Empty, |q| exact(q.value)),
                text(e.positie.woord()),
                exact(c.opbrengst),
                exact(c.bruto),
                exact(c.bruto_opbrengsten),
                exact(c.bruto_gewichtsfactor),
                exact(c.inbreng),
                exact(c.aftrek),
                exact(c.netto),
                if e.positie == Positie::Geldsom {
                    exact(c.geldsom)
                } else {
                    Cell::Empty
                },
                row.beschikt
                    .as_ref()
                    .map_or(Cell::Empty, |q| exact(q.value)),
                if row.beschikt.is_some() {
                    exact(c.terugbetaling)
                } else {
                    Cell::Empty
                },
                if e.positie == Positie::Overeenkomst {
                    exact(e.overeenkomst)
                } else {
                    Cell::Empty
                },
                per.map_or(Cell::Empty, exact),
            ]);
        }
        let sum = |pick: fn(&crate::route::verhaal::Eigenaar) -> Decimal| -> Cell {
            exact(x.eigenaren.iter().map(pick).sum())
        };
        report.total(vec![
            text(format!("Totaal {}", model.verhaal.gebieden[x.gebied].id)),
            Cell::Empty,
            Cell::Empty,
            Cell::Empty,
            Cell::Empty,
            sum(|e| e.cijfers.opbrengst),
            sum(|e| e.cijfers.bruto),
            sum(|e| e.cijfers.bruto_opbrengsten),
            sum(|e| e.cijfers.bruto_gewichtsfactor),
            sum(|e| e.cijfers.inbreng),
            sum(|e| e.cijfers.aftrek),
            sum(|e| e.cijfers.netto),
            exact(x.geldsommen),
            Cell::Empty,
            Cell::Empty,
            exact(x.overeenkomsten),
            Cell::Empty,
        ]);
    }
    report
}

/// The same in a few columns, for a terminal.
pub fn eigenaren_kort(model: &Model, route: &Routeresultaat) -> Option<Report> {
    if route.verhaal.is_empty() {
        return None;
    }
    let mut report = Report::new(
        "Kostenverhaal",
        "Kostenverhaal: wat eigenaren betalen",
        &[
            ("Eigendom", Format::Text),
            ("Eigenaar", Format::Text),
            ("Route", Format::Text),
            ("Bruto", Format::Eur(0)),
            ("Netto", Format::Eur(0)),
            ("Betaalt", Format::Eur(0)),
        ],
    )
    .note("contante waarde per peildatum; polder explain MODEL \"eigendom[ID].geldsom\" legt een geldsom uit");
    for x in &route.verhaal {
        for e in &x.eigenaren {
            let row = &model.verhaal.eigendommen[e.eigendom];
            report.row(vec![
                text(&row.id),
                text(&model.partijen[row.partij].partij),
                text(e.positie.woord()),
                exact(e.cijfers.bruto),
                exact(e.cijfers.netto),
                exact(e.betaalt(model)),
            ]);
        }
        report.total(vec![
            text("Rest gemeente"),
            Cell::Empty,
            Cell::Empty,
            Cell::Empty,
            Cell::Empty,
            exact(x.rest_totaal()),
        ]);
    }
    Some(report)
}

/// Early clarity to the market: the contribution per unit and per m2 of every function.
fn per_eenheid(model: &Model, verhaal: &[Verhaalresultaat]) -> Report {
    let mut report = Report::new(
        "Bijdrage per functie",
        "Bijdrage per eenheid en per m2, per functie",
        &[
            ("Gebied", Format::Text),
            ("Functie", Format::Text),
            ("Eenheden", Format::Number(1)),
            ("Opbrengst", Format::Eur(0)),
            ("Bijdrage", Format::Eur(0)),
            ("Per eenheid", Format::Eur(2)),
            ("Per m2 gebruiksoppervlakte", Format::Eur(2)),
            ("Aandeel in opbrengst", Format::Percent(1)),
        ],
    )
    .note("bruto: voor aftrek van inbrengwaarde en eigen werk. m2: aantal maal m2_per_eenheid, of aantal als de eenheid m2 is");
    for x in verhaal {
        for c in &x.categorieen {
            let m2 = oppervlakte(model, x.gebied, &c.naam);
            let per = |by: Decimal| c.bijdrage.checked_div(by).map_or(Cell::Empty, exact);
            report.row(vec![
                text(&model.verhaal.gebieden[x.gebied].id),
                text(&c.naam),
                exact(c.eenheden),
                exact(c.opbrengst),
                exact(c.bijdrage),
                per(c.eenheden),
                m2.map_or(Cell::Empty, per),
                c.bijdrage
                    .checked_div(c.opbrengst)
                    .map_or(Cell::Empty, exact),
            ]);
        }
    }
    report
}

/// The m2 of a category: of its lines that say so; nothing when one does not.
fn oppervlakte(model: &Model, gebied: usize, categorie: &str) -> Option<Decimal> {
    let mut total = Decimal::ZERO;
    for post in model.verhaal.posten.iter().filter(|p| p.gebied == gebied) {
        let Postsoort::Opbrengst(_, c) = post.soort else {
            continue;
        };
        if model.verhaal.categorieen[c] != categorie {
            continue;
        }
        let line = &model.lijnen[post.lijn];
        let count = eenheden(line)?.value;
        let table = model.tables.table(line.tabel);
        let row = table.rows.iter().find(|r| r.place == line.place)?;
        let per = table
            .schema
            .column("m2_per_eenheid")
            .map(|c| &row.values[c].scalar);
        let per = match per {
            Some(crate::model::table::Scalar::Number(n)) => *n,
            _ => match &table.get(row, "eenheid").scalar {
                crate::model::table::Scalar::Text(t)
                    if t.trim().to_lowercase().starts_with("m2") =>
                {
                    Decimal::ONE
                }
                _ => return None,
            },
        };
        total += count * per;
    }
    Some(total)
}

/// What stays with the municipality, by cause.
fn rest(model: &Model, verhaal: &[Verhaalresultaat]) -> Report {
    let mut report = Report::new(
        "Rest gemeente",
        "Wat de gemeente niet verhaalt, naar oorzaak",
        &[("Oorzaak", Format::Text), ("Bedrag", Format::Eur(2))],
    )
    .note("contante waarde per peildatum; + blijft bij de gemeente. De oorzaken tellen op tot kosten min bijdragen, geldsommen en overeenkomsten; waar beschikt is telt het beschikte min de terugbetaling");
    for x in verhaal {
        report.heading(model.verhaal.gebieden[x.gebied].id.clone());
        report.row(vec![
            text("Kosten van de gemeente"),
            exact(x.kosten_ontvanger),
        ]);
        report.row(vec![text("Bijdragen van derden"), exact(-x.bijdragen)]);
        report.row(vec![text("Geldsommen"), exact(-x.geldsommen)]);
        report.row(vec![text("Overeenkomsten"), exact(-x.overeenkomsten)]);
        if !x.beschikt_verschil.is_zero() {
            report.row(vec![
                text("Herberekening min wat beschikt en niet terugbetaald is"),
                exact(x.beschikt_verschil),
            ]);
        }
        report.total(vec![text("Blijft bij de gemeente"), exact(x.rest_totaal())]);
        for (_, cause, amount) in &x.rest {
            report.row(vec![text(format!("waarvan {cause}")), exact(*amount)]);
        }
    }
    report
}

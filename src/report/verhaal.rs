//! Reports on kostenverhaal: a draft of the exploitatieopzet, what every owner pays, the contribution per unit and per m2, and what
//! stays with the municipality.

use super::grex::percentage;
use super::{Cell, Format, Report, exact, text};
use crate::explain::wet;
use crate::expression::grondslag::{ANDERS, Grondslag, WRO, grondslag, instelling};
use crate::model::Model;
use crate::model::table::{dutch, text_of};
use crate::model::verhaal::{
    Eigendom, KOSTENSOORTEN, Postsoort, Regime, TABEL_B, Verhaalsgebied, eenheden,
};
use crate::route::Routeresultaat;
use crate::route::verhaal::{Positie, Verhaalresultaat};
use crate::timeline::Kasstroommoment;
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
        Regime::OwTijdvak => "Omgevingswet met tijdvak",
        Regime::OwZonder => "Omgevingswet zonder tijdvak",
        Regime::Wro => "Wro (overgangsrecht)",
    }
}

/// Half a cent: what is less is nothing in a report, and stays in the record.
const HALVE_CENT: Decimal = Decimal::from_parts(5, 0, 0, false, 3);

fn rust_op(found: Option<Grondslag>) -> Cell {
    found.map_or(Cell::Empty, |g| text(g.tekst()))
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

/// The settings of an area: name, value in words, and what it rests on.
fn uitgangspunten(
    model: &Model,
    g: &Verhaalsgebied,
) -> Vec<(&'static str, String, Option<Grondslag>)> {
    let law = wet(g.regime);
    let zonder = g.regime == Regime::OwZonder;
    let gebied = &model.gebied;
    let moment = match g.moment {
        Kasstroommoment::Begin => "begin van de periode",
        Kasstroommoment::Midden => "midden van de periode",
        Kasstroommoment::Eind => "eind van de periode",
    };
    let mut out = vec![
        ("regime", regime(g.regime).to_owned()),
        ("peildatum", gebied.peildatum.to_string()),
        ("prijspeil", gebied.prijspeil.to_string()),
        ("btw", gebied.btw.to_string()),
        ("rente", format!("{} per jaar", percentage(g.rente.value))),
        ("moment", moment.to_owned()),
        ("beschikking", g.beschikking.to_string()),
        ("waardering_per", waardering_per(model, g)),
        (
            "plankosten_in",
            if g.plankosten_in_beschikking {
                "A1 en A10 in het jaar van de beschikking"
            } else {
                "A1 en A10 in hun eigen jaren"
            }
            .to_owned(),
        ),
        (
            "methode",
            if g.gewichtsfactor {
                "omslag naar gewogen basiseenheden"
            } else {
                "omslag naar rato van de opbrengst"
            }
            .to_owned(),
        ),
    ];
    if !zonder {
        let aftrek = if g.per_post {
            "eigen kosten per post ten hoogste hun raming"
        } else {
            "eigen kosten samen ten hoogste hun raming"
        };
        let vloer = if g.vloer {
            "een bijdrage onder nul wordt nul"
        } else {
            "geen: een bijdrage onder nul wordt uitbetaald"
        };
        out.extend([("aftrek", aftrek.to_owned()), ("vloer", vloer.to_owned())]);
    }
    let grown = if g.tot_betaling {
        "ja: met rente tot de betaling"
    } else {
        "nee: verschuldigd is de contante waarde"
    };
    out.push(("rente_tot_betaling", grown.to_owned()));
    let most = g.plankosten_maximum.as_ref().map_or_else(
        || "niet gegeven: plankosten tellen geheel mee".to_owned(),
        |q| dutch(q.value, 2),
    );
    out.push(("plankosten_maximum", most));
    if zonder {
        let cut = if g.maximum_aftopt {
            "ja"
        } else {
            "nee: een waarschuwing erboven"
        };
        out.push(("maximum_aftopt", cut.to_owned()));
    }
    if let Some(year) = g.eindafrekening {
        let rate = g.terugbetaalrente.as_ref().map_or_else(String::new, |q| {
            format!(", terugbetaalrente {}", percentage(q.value))
        });
        out.push(("eindafrekening", format!("{year}{rate}")));
    }
    out.into_iter()
        .map(|(name, value)| {
            let found = match name {
                "aftrek" if !g.per_post && law != WRO => grondslag("aftrek eigen kosten", ANDERS),
                "aftrek" => grondslag("aftrek eigen kosten", law),
                "plankosten_in" if !g.plankosten_in_beschikking => instelling(name, ANDERS),
                "methode" if g.gewichtsfactor && law != WRO => instelling(name, ANDERS),
                _ => instelling(name, law),
            };
            (name, value, found)
        })
        .collect()
}

/// As of when the amounts of a report stand.
fn contant_per(model: &Model) -> String {
    let gebied = &model.gebied;
    let others: Vec<String> = model
        .verhaal
        .gebieden
        .iter()
        .filter(|g| g.waardeperiode(gebied) != gebied.peil)
        .map(|g| {
            let when = g.waardeperiode(gebied).label(gebied.tijdstap);
            format!("{} per begin {when}", g.id)
        })
        .collect();
    if others.is_empty() {
        "contante waarde per peildatum".to_owned()
    } else {
        format!(
            "contante waarde per peildatum, van {} (het jaar van de beschikking)",
            others.join(", ")
        )
    }
}

/// The date as of which an area values: peildatum, or the first day of the beschikking when that was given before.
fn waardering_per(model: &Model, g: &Verhaalsgebied) -> String {
    let gebied = &model.gebied;
    let when = g.waardeperiode(gebied);
    if when == gebied.peil {
        return format!("peildatum {}", gebied.peildatum);
    }
    format!(
        "begin van {}, het jaar van de beschikking: wat daarvoor viel telt voor wat het was",
        when.label(gebied.tijdstap)
    )
}

/// By which standard an inbrengwaarde was found (Ob 8.17).
fn maatstaf(model: &Model, row: &Eigendom) -> &'static str {
    let table = model.tables.table("eigendom");
    let found = table.rows.iter().find(|r| r.place == row.place);
    match found.and_then(|r| text_of(table.get(r, "basis"))) {
        Some(basis) if basis.trim().eq_ignore_ascii_case("woz") => "WOZ-waarde",
        _ => "onteigeningsmaatstaf",
    }
}

/// Of costs that count in part: code, and how that part was found (profijt, proportionaliteit, toerekenbaarheid).
fn delen(model: &Model, gebied: usize) -> Vec<(&'static str, String)> {
    let mut out = Vec::new();
    for post in model.verhaal.posten.iter().filter(|p| p.gebied == gebied) {
        let Postsoort::Kosten(k) = post.soort else {
            continue;
        };
        let caused = post.deel.as_ref();
        let caused = caused.map(|q| format!("{} toerekenbaar", percentage(q.value)));
        let shared = post.profijt.as_ref().map(|(own, all)| {
            let all: Decimal = all.iter().map(|q| q.value).sum();
            format!("profijt {} van {}", dutch(own.value, 0), dutch(all, 0))
        });
        let how: Vec<String> = [caused, shared].into_iter().flatten().collect();
        if !how.is_empty() {
            let line = &model.lijnen[post.lijn].omschrijving;
            let part = percentage(post.aandeel());
            let text = format!("waarin {line}: {} = {part} verhaalbaar", how.join(", "));
            out.push((KOSTENSOORTEN[k], text));
        }
    }
    out
}

/// A draft of the exploitatieopzet: per area what it was calculated with, costs, opbrengsten, and what is spread.
fn opzet(model: &Model, verhaal: &[Verhaalresultaat]) -> Report {
    let mut report = Report::new(
        "Exploitatieopzet",
        "Exploitatieopzet (concept): uitgangspunten, kosten, opbrengsten en omslag",
        &[
            ("Post", Format::Text),
            ("Omschrijving", Format::Text),
            ("Contante waarde", Format::Eur(2)),
            ("Grondslag", Format::Text),
        ],
    )
    .note(format!("concept voor een jurist: geen besluit. {}; inbrengwaarden niet verdisconteerd", contant_per(model)))
    .note("kostensoorten van Omgevingsbesluit bijlage IV (verkort weergegeven); met werken die eigenaren zelf uitvoeren")
    .note("[V] gelezen in de wettekst, [P] uit een publicatie, [O] eigen kennis, niet nagegaan, [C] keuze of conventie: laat [O] en [C] door een jurist beoordelen");
    for x in verhaal {
        let g = &model.verhaal.gebieden[x.gebied];
        let (law, zonder) = (wet(g.regime), g.regime == Regime::OwZonder);
        let naam = |what: &str| format!("{}: {what}", g.id);
        report.heading(naam("uitgangspunten"));
        for (setting, value, found) in uitgangspunten(model, g) {
            report.row(vec![
                text(setting.replace('_', " ")),
                text(value),
                Cell::Empty,
                rust_op(found),
            ]);
        }
        report.heading(naam("kosten"));
        for e in x
            .eigenaren
            .iter()
            .filter(|e| !zonder && !e.cijfers.inbreng.is_zero())
        {
            let row = &model.verhaal.eigendommen[e.eigendom];
            report.row(vec![
                text("Inbrengwaarde"),
                text(format!(
                    "{} ({}), {}",
                    row.id,
                    model.partijen[row.partij].naam,
                    maatstaf(model, row)
                )),
                exact(e.cijfers.inbreng),
                rust_op(grondslag("inbrengwaarde", law)),
            ]);
        }
        for (code, amount) in &x.kostensoorten {
            let k = KOSTENSOORTEN
                .iter()
                .position(|c| c == code)
                .unwrap_or(TABEL_B);
            report.row(vec![
                text(*code),
                text(OMSCHRIJVING[k]),
                exact(*amount),
                rust_op(grondslag("kosten per kostensoort", law)),
            ]);
        }
        for (code, what) in delen(model, x.gebied) {
            report.row(vec![
                text(code),
                text(what),
                Cell::Empty,
                rust_op(grondslag("verhaalbaar deel", law)),
            ]);
        }
        if !x.boven_plankosten.is_zero() {
            report.row(vec![
                text("Plankosten"),
                text("boven het maximum: telt niet mee"),
                exact(-x.boven_plankosten),
                rust_op(grondslag("rest plankosten", law)),
            ]);
        }
        let total = |report: &mut Report, post: &str, what: &str, amount: Decimal, word: &str| {
            report.total(vec![
                text(post),
                text(what),
                exact(amount),
                rust_op(grondslag(word, law)),
            ]);
        };
        total(
            &mut report,
            "Verhaalbare kosten",
            "",
            x.kosten,
            "verhaalbare kosten",
        );
        total(
            &mut report,
            "Bijdragen",
            "en subsidies van derden",
            -x.bijdragen,
            "bijdragen van derden",
        );
        total(
            &mut report,
            "Netto kosten",
            "",
            x.netto,
            "netto verhaalbare kosten",
        );
        report.heading(naam("opbrengsten"));
        for c in &x.categorieen {
            report.row(vec![
                text("Opbrengst"),
                text(&c.naam),
                exact(c.opbrengst),
                rust_op(grondslag("opbrengst gronden", law)),
            ]);
        }
        total(
            &mut report,
            "Opbrengst gronden",
            "van alle gronden in het gebied, ook die van de gemeente",
            x.opbrengst,
            "opbrengst gronden",
        );
        report.heading(naam("omslag en geldsommen"));
        if zonder {
            total(
                &mut report,
                "Raming",
                "die de beschikkingen verdelen",
                x.omslag,
                "omslag",
            );
            if let Some(most) = &g.maximum {
                let (post, what) = ("Maximum", "van de te verhalen kosten van het gebied");
                total(&mut report, post, what, most.value, "maximum kostenverhaal");
            }
        } else {
            total(
                &mut report,
                "Omslag",
                "netto kosten, ten hoogste de opbrengst",
                x.omslag,
                "omslag",
            );
            total(
                &mut report,
                "Tekort",
                "dat de grond niet kan dragen: voor de gemeente",
                x.tekort,
                "tekort na aftopping",
            );
        }
        total(
            &mut report,
            "Geldsommen",
            "van eigenaren zonder overeenkomst",
            x.geldsommen,
            "geldsommen",
        );
        total(
            &mut report,
            "Overeenkomsten",
            "met eigenaren",
            x.overeenkomsten,
            "overeenkomsten",
        );
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
            ("Betaalt", Format::Eur(2)),
            ("Per m2", Format::Eur(2)),
        ],
    )
    .note(format!("{}. Netto = bruto - inbrengwaarde - aftrek (met tijdvak), of het laagste van aandeel, maximum en waardevermeerdering (zonder)", contant_per(model)))
    .note("een geldsom is nooit lager dan nul tenzij vloer = geen; per m2 grond: wat hij betaalt")
    .note("met een beschikt bedrag is de geldsom de herberekening: betaald is dan het beschikte min de terugbetaling");
    for x in verhaal {
        for e in &x.eigenaren {
            let row = &model.verhaal.eigendommen[e.eigendom];
            let c = &e.cijfers;
            let pays = e.betaalt();
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
                exact(pays),
                per.map_or(Cell::Empty, exact),
            ]);
        }
        let asked: Decimal = x
            .eigenaren
            .iter()
            .filter_map(|e| model.verhaal.eigendommen[e.eigendom].beschikt.as_ref())
            .map(|q| q.value)
            .sum();
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
            exact(asked),
            sum(|e| e.cijfers.terugbetaling),
            exact(x.overeenkomsten),
            exact(x.verhaald()),
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
    .note(format!(
        "{}; polder explain MODEL \"eigendom[ID].geldsom\" legt een geldsom uit",
        contant_per(model)
    ));
    for x in &route.verhaal {
        for e in &x.eigenaren {
            let row = &model.verhaal.eigendommen[e.eigendom];
            report.row(vec![
                text(&row.id),
                text(&model.partijen[row.partij].partij),
                text(e.positie.woord()),
                exact(e.cijfers.bruto),
                exact(e.cijfers.netto),
                exact(e.betaalt()),
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
    .note(format!("{}; + blijft bij de gemeente. De oorzaken tellen op tot kosten min bijdragen, geldsommen en overeenkomsten; waar beschikt is telt het beschikte min de terugbetaling", contant_per(model)));
    for x in verhaal {
        report.heading(model.verhaal.gebieden[x.gebied].id.clone());
        report.row(vec![
            text("Kosten van de gemeente"),
            exact(x.kosten_ontvanger),
        ]);
        report.row(vec![text("Bijdragen van derden"), exact(-x.bijdragen)]);
        report.row(vec![text("Geldsommen"), exact(-x.geldsommen)]);
        report.row(vec![text("Overeenkomsten"), exact(-x.overeenkomsten)]);
        if x.beschikt_verschil.abs() >= HALVE_CENT {
            report.row(vec![
                text("Herberekening min wat beschikt en niet terugbetaald is"),
                exact(x.beschikt_verschil),
            ]);
        }
        if x.betaalverschil.abs() >= HALVE_CENT {
            report.row(vec![
                text("Later betaald zonder rente"),
                exact(x.betaalverschil),
            ]);
        }
        report.total(vec![text("Blijft bij de gemeente"), exact(x.rest_totaal())]);
        for (_, cause, amount) in x.rest.iter().filter(|(.., a)| a.abs() >= HALVE_CENT) {
            report.row(vec![text(format!("waarvan {cause}")), exact(*amount)]);
        }
    }
    report
}

//! Reports on what drives the result: tornado, swings, what the worst draws share, and where drivers stand at a loss.

use super::{Cell, Format, Report, text};
use crate::plan::Route;
use crate::risk::oorzaken::{InStaart, Omgekeerd, Punt, Tornado, Zwaaien};

/// Share of the draws that are called the worst.
pub const SLECHTSTE: f64 = 0.1;
/// Drivers that are told of the worst draws.
pub const SLECHTSTE_AANTAL: usize = 15;
/// Drivers that are told of a reverse stress.
pub const OMGEKEERD_AANTAL: usize = 20;

/// What drives a figure of one route.
#[derive(Debug, Clone)]
pub struct Routeoorzaken {
    /// The route.
    pub route: Route,
    /// Rank correlations.
    pub tornado: Tornado,
    /// One driver at a time.
    pub zwaai: Zwaaien,
    /// The names of the drivers that swing, by position.
    pub drijvers: Vec<String>,
    /// What the worst draws have in common.
    pub slechtste: Vec<InStaart>,
    /// Where the figure is as asked, when it is asked.
    pub omgekeerd: Option<Omgekeerd>,
    /// The names of all causes, by position.
    pub namen: Vec<String>,
    /// Which causes have values in euro, by position.
    pub euro: Vec<bool>,
    /// Which drivers have, by position.
    pub drijvers_euro: Vec<bool>,
}

/// A row with values of a driver: euro in cents.
fn rij(report: &mut Report, euro: Option<&bool>, cells: Vec<Cell>) {
    if euro == Some(&true) {
        report.row_as(Format::Eur(2), cells);
    } else {
        report.row(cells);
    }
}

/// The figure in a sentence: "de NCW" for the usual one.
pub(super) fn met_lidwoord(figuur: &str) -> String {
    match figuur {
        "ncw" => "de NCW".to_owned(),
        other => super::risico::figuurwoord(other),
    }
}

/// The figure as the first word of a column.
fn kort_woord(figuur: &str) -> String {
    match figuur {
        "ncw" => "NCW".to_owned(),
        other => super::risico::figuurwoord(other),
    }
}

/// The figure that causes are told of.
fn figuur(all: &[Routeoorzaken]) -> &str {
    all.first().map_or("ncw", |r| &r.tornado.figuur)
}

fn kop(route: Route) -> &'static str {
    match route {
        Route::Grex => "GREX-route",
        Route::Cofinanciering => "Route co-financiering",
    }
}

fn fast(value: f64) -> Cell {
    if value.is_finite() {
        Cell::Fast(value)
    } else {
        Cell::Empty
    }
}

/// The tornado of every route, all bars; a terminal shows the first.
pub fn tornado(all: &[Routeoorzaken]) -> Report {
    let mut report = Report::new(
        "Tornado",
        format!(
            "Wat {} drijft: rangcorrelatie met elke onzekerheid",
            met_lidwoord(figuur(all))
        ),
        &[
            ("Onzekerheid", Format::Text),
            ("Rangcorrelatie", Format::Number(3)),
            ("Fout", Format::Number(3)),
            ("Aandeel", Format::Percent(1)),
        ],
    )
    .note("rangcorrelatie (Spearman): 1 of −1 is volledig bepalend, 0 zegt niets; aandeel: kwadraat als deel van de som, een indicatie")
    .note("fout: als van losse trekkingen; die van latijns en sobol is kleiner");
    if let Some(first) = all.first() {
        report = report.note(format!(
            "over {} trekkingen; rangen {}",
            crate::model::table::dutch(
                rust_decimal::Decimal::from(first.tornado.trekkingen as u64),
                0
            ),
            match first.tornado.methode {
                crate::risk::oorzaken::Methode::Exact => "exact",
                crate::risk::oorzaken::Methode::Graad =>
                    "uit de getrokken kans, en exact vanaf 0,1 en voor wat samen of niet gelijkmatig wordt getrokken",
            }
        ));
    }
    for route in all {
        report.heading(kop(route.route));
        for bar in &route.tornado.balken {
            report.row(vec![
                text(&bar.naam),
                fast(bar.rho.value),
                fast(bar.rho.standard_error),
                fast(bar.aandeel),
            ]);
        }
    }
    report
}

/// The swings of every route.
pub fn zwaai(all: &[Routeoorzaken]) -> Report {
    let woord = kort_woord(figuur(all));
    let mut report = Report::new(
        "Zwaai",
        format!("Eén onzekerheid tegelijk: {woord} bij P10 en P90, de andere op hun mediaan"),
        &[
            ("Onzekerheid", Format::Text),
            (&format!("{woord} bij P10"), Format::Eur(0)),
            (&format!("{woord} bij P90"), Format::Eur(0)),
            ("Zwaai", Format::Eur(0)),
            ("P10", Format::Number(4)),
            ("P90", Format::Number(4)),
        ],
    )
    .note("een jaarlijkse onzekerheid wijkt elk jaar evenveel af; een risico dat in minder dan een op de tien trekkingen optreedt, zwaait niet");
    for route in all {
        report.heading(kop(route.route));
        report.notes.push(format!(
            "{}: {woord} met alles op de mediaan € {}",
            kop(route.route),
            crate::model::table::dutch(
                rust_decimal::Decimal::from_f64_retain(route.zwaai.midden.round())
                    .unwrap_or_default(),
                0
            )
        ));
        for bar in &route.zwaai.balken {
            let name = route.drijvers.get(bar.driver).map_or("", String::as_str);
            let cells = vec![
                text(name),
                fast(bar.uitkomst_laag),
                fast(bar.uitkomst_hoog),
                fast(bar.zwaai()),
                fast(bar.laag),
                fast(bar.hoog),
            ];
            if route.drijvers_euro.get(bar.driver) == Some(&true) {
                report.row_as(Format::Eur(0), cells);
            } else {
                report.row(cells);
            }
        }
    }
    report
}

/// What the worst draws of every route have in common.
pub fn slechtste(all: &[Routeoorzaken]) -> Report {
    let mut report = Report::new(
        "Slechtste trekkingen",
        "Wat de slechtste 10% van de trekkingen gemeen heeft",
        &[
            ("Onzekerheid", Format::Text),
            ("Gemiddelde rang", Format::Percent(0)),
            ("Afwijking", Format::Number(1)),
            ("Gemiddeld daar", Format::Number(4)),
            ("Gemiddeld overal", Format::Number(4)),
        ],
    )
    .note("gemiddelde rang in de slechtste trekkingen: 50% zegt niets, 90% is hoog; afwijking daarvan in standaardfouten");
    for route in all {
        report.heading(kop(route.route));
        for one in &route.slechtste {
            let cells = vec![
                text(&one.naam),
                fast(one.gemeen.rang.gemiddelde),
                fast(one.gemeen.rang.afwijking),
                fast(one.gemeen.in_staart),
                fast(one.gemeen.overal),
            ];
            rij(&mut report, route.euro.get(one.oorzaak), cells);
        }
    }
    report
}

/// Where the drivers stand when the NCW is as asked; nothing when it is not asked.
pub fn omgekeerd(all: &[Routeoorzaken]) -> Option<Report> {
    let asked: Vec<(&Routeoorzaken, &Omgekeerd)> = all
        .iter()
        .filter_map(|r| Some((r, r.omgekeerd.as_ref()?)))
        .collect();
    let (_, first) = asked.first()?;
    let woord = kort_woord(figuur(all));
    let euro = |x: f64| {
        let exact = rust_decimal::Decimal::from_f64_retain(x.round()).unwrap_or_default();
        crate::model::table::dutch(exact, 0)
    };
    let mut report = Report::new(
        "Omgekeerde stress",
        format!(
            "Waar de onzekerheden staan als {} € {} is",
            met_lidwoord(figuur(all)),
            euro(first.x)
        ),
        &[
            ("Onzekerheid", Format::Text),
            ("Op het vlak", Format::Number(4)),
            ("In de trekking", Format::Number(4)),
        ],
    )
    .note("op het vlak: het waarschijnlijkste punt van een lineair model dat zo uitkomt; in de trekking: de waarschijnlijkste trekking die daar dichtbij uitkomt");
    for (route, found) in asked {
        report.heading(kop(route.route));
        let say = |p: &Punt| format!("{woord} € {}, afstand {:.2}", euro(p.uitkomst), p.afstand);
        let (low, high) = found.bereik;
        if !(low..=high).contains(&found.x) {
            report.notes.push(format!(
                "LET OP: {}: € {} wordt in geen trekking bereikt; zij lopen van € {} tot € {}",
                kop(route.route),
                euro(found.x),
                euro(low),
                euro(high)
            ));
        }
        let plane = found
            .vlak
            .as_ref()
            .map_or_else(|| "geen vlak: niets beweegt het".to_owned(), say);
        report.notes.push(format!(
            "{}: vlak {plane}, verklaart {:.0}% van de spreiding; trekking {}: {}, gekozen uit {woord} € {} tot € {}",
            kop(route.route),
            found.r2 * 100.0,
            found.nummer,
            say(&found.trekking),
            euro(found.band.0),
            euro(found.band.1)
        ));
        for (at, cause) in found.oorzaken.iter().enumerate() {
            let value = |p: &Punt| p.waarden.get(at).copied().unwrap_or(f64::NAN);
            let cells = vec![
                text(route.namen.get(*cause).map_or("", String::as_str)),
                found.vlak.as_ref().map_or(Cell::Empty, |p| fast(value(p))),
                fast(value(&found.trekking)),
            ];
            rij(&mut report, route.euro.get(*cause), cells);
        }
    }
    Some(report)
}

/// The first rows of the first route, for a terminal.
pub fn kort(report: &Report, rows: usize) -> Report {
    let mut short = super::risico::eerste_kop(report);
    short.rows.truncate(rows + 1);
    short
}

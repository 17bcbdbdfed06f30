//! Reports of the difference of two models: what each cause does to each result, and what changed. Calculates nothing.

use super::{Cell, Format, Report, exact, text};
use crate::model::table::clip;
use crate::plan::Route;
use crate::problem::Place;
use crate::verschil::{Effecten, Soort, Verdeling, Wijziging, oorzaken};

/// The two models as a report calls them.
#[derive(Debug, Clone, Copy)]
pub struct Namen<'a> {
    /// The first.
    pub a: &'a str,
    /// The second.
    pub b: &'a str,
}

const EUR: Format = Format::Eur(0);
/// Changes that the terminal shows; the files hold them all.
const GETOOND: usize = 25;

fn routenaam(route: Route) -> &'static str {
    match route {
        Route::Grex => "GREX-route",
        Route::Cofinanciering => "route co-financiering",
    }
}

fn titels(v: &Verdeling) -> Vec<String> {
    v.blokken.iter().map(|b| Verdeling::titel(b)).collect()
}

/// How the effects were found, in one line each.
fn toelichting(mut report: Report, v: &Verdeling) -> Report {
    report = report
        .note("in vaste volgorde: elke oorzaak bovenop die erboven; gemiddeld: over alle volgordes (Shapley). Beide tellen op tot het verschil");
    if v.blokken.iter().any(|b| b.len() > 1) {
        report = report.note(
            "oorzaken met een + zijn samengenomen: de een zonder de ander is geen model dat te berekenen is",
        );
    }
    report
}

/// The causes as rows, results of one route as columns: from the first model to the second.
fn tabel(
    v: &Verdeling,
    namen: Namen<'_>,
    naam: &str,
    titel: String,
    kolommen: &[(&str, &Effecten)],
) -> Report {
    let mut headings = vec![("Oorzaak", Format::Text)];
    headings.extend(kolommen.iter().map(|(heading, _)| (*heading, EUR)));
    let mut report = toelichting(Report::new(naam, titel, &headings), v);
    let mut cells = |of: &dyn Fn(&Effecten) -> Cell, first: String, total: bool| {
        let mut cells = vec![text(first)];
        cells.extend(kolommen.iter().map(|(_, e)| of(e)));
        if total {
            report.total(cells);
        } else {
            report.row(cells);
        }
    };
    cells(&|e| exact(e.a), format!("A: {}", namen.a), true);
    for (i, titel) in titels(v).into_iter().enumerate() {
        cells(&|e| exact(e.volgorde[i]), titel, false);
    }
    cells(&|e| exact(e.b), format!("B: {}", namen.b), true);
    report.heading("Gemiddeld over alle volgordes");
    for (i, titel) in titels(v).into_iter().enumerate() {
        let mut row = vec![text(titel)];
        row.extend(kolommen.iter().map(|(_, e)| exact(e.gemiddeld[i])));
        report.row(row);
    }
    report
}

/// The kerncijfers of a route, by cause.
pub fn kerncijfers(v: &Verdeling, namen: Namen<'_>, route: Route) -> Report {
    let grex: &[(&str, &str)] = &[
        ("Reëel saldo", "reeel_saldo"),
        ("Eindwaarde", "eindwaarde"),
        ("NCW", "ncw"),
        ("Laagste stand", "laagste_stand"),
    ];
    let cofin: &[(&str, &str)] = &[
        ("Eindwaarde", "eindwaarde"),
        ("NCW", "ncw"),
        ("Voorfin.", "voorfinanciering"),
        ("Portemonnee", "portemonnee"),
    ];
    let (naam, asked) = match route {
        Route::Grex => ("Verschil grex", grex),
        Route::Cofinanciering => ("Verschil cofin", cofin),
    };
    let found: Vec<(&str, &Effecten)> = asked
        .iter()
        .filter_map(|(heading, adres)| Some((*heading, v.van(route, adres)?)))
        .collect();
    let titel = format!("Van {} naar {}, {}", namen.a, namen.b, routenaam(route));
    tabel(v, namen, naam, titel, &found)
}

/// Every result of both routes: its value in both models and the effect of every cause, in both ways.
pub fn uitkomsten(v: &Verdeling, namen: Namen<'_>) -> Report {
    let titles = titels(v);
    let mut columns = vec![
        ("Route", Format::Text),
        ("Uitkomst", Format::Text),
        ("Volgorde", Format::Text),
        ("A", Format::Eur(2)),
    ];
    columns.extend(titles.iter().map(|t| (t.as_str(), Format::Eur(2))));
    columns.push(("B", Format::Eur(2)));
    let report = Report::new(
        "Verschil per uitkomst",
        format!("Van {} (A) naar {} (B), alle uitkomsten", namen.a, namen.b),
        &columns,
    );
    let mut report = toelichting(report, v)
        .note("euro, geteld in miljoensten: A en de oorzaken tellen precies op tot B");
    for e in &v.uitkomsten {
        for (volgorde, effects) in [("vast", &e.volgorde), ("gemiddeld", &e.gemiddeld)] {
            let mut cells = vec![
                text(e.naam.route.naam()),
                text(e.naam.adres.clone()),
                text(volgorde),
                exact(e.a),
            ];
            cells.extend(effects.iter().map(|x| exact(*x)));
            cells.push(exact(e.b));
            report.row(cells);
        }
    }
    report
}

/// What changed, by cause, with the places in both models.
pub fn wijzigingen(all: &[Wijziging], namen: Namen<'_>) -> Report {
    let columns = [
        ("Oorzaak", Format::Text),
        ("Tabel", Format::Text),
        ("Rij", Format::Text),
        ("Wat", Format::Text),
        ("A", Format::Text),
        ("B", Format::Text),
        ("Plaats A", Format::Text),
        ("Plaats B", Format::Text),
    ];
    let mut report = Report::new(
        "Wijzigingen",
        format!("Wat er verandert van {} (A) naar {} (B)", namen.a, namen.b),
        &columns,
    );
    let place = |place: &Option<Place>| place.as_ref().map_or(Cell::Empty, |p| text(p.to_string()));
    for w in all {
        report.row(vec![
            text(oorzaken()[w.oorzaak].titel.clone()),
            text(w.tabel),
            text(w.rij.clone()),
            text(wat(w)),
            text(w.a.clone()),
            text(w.b.clone()),
            place(&w.plaats_a),
            place(&w.plaats_b),
        ]);
    }
    report
}

/// What changed in a word: the column, or what became of the row.
pub fn wat(w: &Wijziging) -> &str {
    match w.soort {
        Soort::Cel => &w.kolom,
        Soort::Erbij => "rij erbij",
        Soort::Eraf => "rij eraf",
        Soort::Volgorde => "andere volgorde",
    }
}

/// The changes as a terminal shows them: the first, under their causes, without places.
pub fn regels(all: &[Wijziging]) -> Vec<String> {
    let mut out = vec![match all.len() {
        0 => "Er verandert niets".to_owned(),
        1 => "Wijzigingen: 1".to_owned(),
        count if count > GETOOND => {
            format!(
                "Wijzigingen: de eerste {GETOOND} van {count}; alle met hun plaats staan in de bestanden"
            )
        }
        count => format!("Wijzigingen: {count}; met hun plaats staan zij in de bestanden"),
    }];
    let mut last = None;
    for w in all.iter().take(GETOOND) {
        if last.replace(w.oorzaak) != Some(w.oorzaak) {
            out.push(format!("  {}", oorzaken()[w.oorzaak].titel));
        }
        let value = |text: &str| {
            if text.is_empty() {
                "leeg".to_owned()
            } else {
                clip(text)
            }
        };
        let what = match w.soort {
            Soort::Cel if w.tabel == "gebied" => {
                format!("{}: {} → {}", w.rij, value(&w.a), value(&w.b))
            }
            Soort::Cel => format!(
                "{}, {}: {} → {}",
                clip(&w.rij),
                w.kolom,
                value(&w.a),
                value(&w.b)
            ),
            Soort::Volgorde => wat(w).to_owned(),
            Soort::Erbij | Soort::Eraf => format!("{}: {}", clip(&w.rij), wat(w)),
        };
        out.push(format!("    {} {what}", w.tabel));
    }
    out
}

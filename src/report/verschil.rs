//! Reports of the difference of two models: what each cause does to each result, and what changed. Calculates nothing.

use super::{Cell, Format, Report, exact, text};
use crate::model::schema::Kind;
use crate::model::table::{clip, dutch};
use crate::plan::Route;
use crate::problem::Place;
use crate::verschil::{Effecten, Oorzaak, Soort, Verdeling, Wijziging, oorzaken};
use rust_decimal::{Decimal, RoundingStrategy};
use std::str::FromStr as _;

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
/// Of like changes in one column, so many are shown.
const ALIKE: usize = 3;
/// Decimals of a number that is shown.
const CIJFERS: u32 = 6;

fn routenaam(route: Route) -> &'static str {
    match route {
        Route::Grex => "GREX-route",
        Route::Cofinanciering => "route co-financiering",
    }
}

fn titels(v: &Verdeling) -> Vec<String> {
    v.blokken.iter().map(|b| Verdeling::titel(b)).collect()
}

/// Titles that fit in the first column of a terminal: many causes in one as the first of them, with the others in a note.
fn korte_titels(v: &Verdeling) -> (Vec<String>, Vec<String>) {
    const LANG: usize = 28;
    let mut notes = Vec::new();
    let titles = v.blokken.iter().map(|blok| {
        let whole = Verdeling::titel(blok);
        if whole.chars().count() <= LANG || blok.len() < 2 {
            return whole;
        }
        let short = format!("{} e.a. ({})", blok[0].titel, blok.len());
        notes.push(format!("{short}: {whole}"));
        short
    });
    (titles.collect(), notes)
}

/// How the effects were found, in one line each.
fn toelichting(mut report: Report, v: &Verdeling) -> Report {
    report = report
        .note("in vaste volgorde: elke oorzaak bovenop die erboven; gemiddeld: over alle volgordes (Shapley). Beide tellen op tot het verschil");
    if v.blokken.iter().any(|b| b.len() > 1) {
        report = report.note(
            "oorzaken met een + of e.a. zijn samengenomen: de een zonder de ander is geen model dat te berekenen is",
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
    let (titels, notes) = korte_titels(v);
    report.notes.extend(notes);
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
    for (i, titel) in titels.iter().cloned().enumerate() {
        cells(&|e| exact(e.volgorde[i]), titel, false);
    }
    cells(&|e| exact(e.b), format!("B: {}", namen.b), true);
    report.heading("Gemiddeld over alle volgordes");
    for (i, titel) in titels.into_iter().enumerate() {
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

/// Every result of the routes: its value in both models and the effect of every cause, in both ways.
pub fn uitkomsten(v: &Verdeling, namen: Namen<'_>, routes: &[Route]) -> Report {
    let titles = titels(v);
    let mut columns = vec![
        ("Route", Format::Text),
        ("Uitkomst", Format::Text),
        ("Volgorde", Format::Text),
        ("A", Format::Eur(6)),
    ];
    columns.extend(titles.iter().map(|t| (t.as_str(), Format::Eur(6))));
    columns.push(("B", Format::Eur(6)));
    let report = Report::new(
        "Verschil per uitkomst",
        format!("Van {} (A) naar {} (B), alle uitkomsten", namen.a, namen.b),
        &columns,
    );
    let mut report = toelichting(report, v)
        .note("euro, geteld in miljoensten: A en de oorzaken tellen precies op tot B");
    for e in v
        .uitkomsten
        .iter()
        .filter(|e| routes.contains(&e.naam.route))
    {
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
            text(waarde(w, &w.a, Decimal::MAX_SCALE)),
            text(waarde(w, &w.b, Decimal::MAX_SCALE)),
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

/// A value as the tables write it: decimal comma, rates as percentages, of at most so many decimals.
fn waarde(w: &Wijziging, value: &str, decimals: u32) -> String {
    let (Some(kind), Ok(number)) = (w.getal, Decimal::from_str(value)) else {
        return value.to_owned();
    };
    let rounded = |number: Decimal| {
        number
            .round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero)
            .normalize()
    };
    match kind {
        Kind::Rate => {
            let percent = rounded(number.saturating_mul(Decimal::ONE_HUNDRED));
            format!("{}%", dutch(percent, percent.scale()))
        }
        Kind::Amount | Kind::Number => {
            let number = rounded(number);
            dutch(number, number.scale())
        }
        _ => rounded(number).to_string().replace('.', ","),
    }
}

/// By how much a number changes; nothing for what is no number.
fn sprong(w: &Wijziging) -> Option<Decimal> {
    let number = |text: &str| match text {
        "" => Some(Decimal::ZERO),
        text => Decimal::from_str(text).ok(),
    };
    w.getal?;
    number(&w.b)?.checked_sub(number(&w.a)?)
}

/// What a cause does to the NCW, the larger of both routes, and whether it does so together with others; nothing for a cause without effect.
fn effect(v: &Verdeling, oorzaak: usize) -> Option<(Decimal, bool)> {
    let naam = &oorzaken()[oorzaak].naam;
    let held = |blok: &Vec<&Oorzaak>| blok.iter().any(|o| o.naam == *naam);
    let blok = v.blokken.iter().position(held)?;
    let effects = Route::BEIDE
        .iter()
        .filter_map(|route| Some(v.van(*route, "ncw")?.gemiddeld[blok]));
    let largest = effects.max_by_key(|e| (e.abs(), e.is_sign_positive()))?;
    Some((largest, v.blokken[blok].len() > 1))
}

/// One change in a line.
fn regel(w: &Wijziging) -> String {
    let value = |text: &str| {
        if text.is_empty() {
            "leeg".to_owned()
        } else {
            clip(&waarde(w, text, CIJFERS))
        }
    };
    match w.soort {
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
    }
}

/// The changes as a terminal shows them, without places: the cause with the largest effect on the NCW first, of like changes in one column a
/// few, and numbers that are the same in six decimals counted only.
pub fn regels(all: &[Wijziging], v: &Verdeling) -> Vec<String> {
    let gelijk =
        |w: &&Wijziging| w.getal.is_some() && waarde(w, &w.a, CIJFERS) == waarde(w, &w.b, CIJFERS);
    let (noise, told): (Vec<&Wijziging>, Vec<&Wijziging>) = all.iter().partition(gelijk);
    let mut causes: Vec<(usize, Option<(Decimal, bool)>)> = Vec::new();
    for w in &told {
        if causes.iter().all(|(cause, _)| *cause != w.oorzaak) {
            causes.push((w.oorzaak, effect(v, w.oorzaak)));
        }
    }
    causes.sort_by_key(|(_, effect)| std::cmp::Reverse(effect.map(|(e, _)| e.abs())));
    let mut lines = Vec::new();
    let mut shown = 0;
    for (cause, effect) in causes {
        let mut groups: Vec<Vec<&Wijziging>> = Vec::new();
        for w in told.iter().filter(|w| w.oorzaak == cause) {
            let alike = |g: &&mut Vec<&Wijziging>| {
                (g[0].tabel, &g[0].kolom, &g[0].soort) == (w.tabel, &w.kolom, &w.soort)
            };
            match groups.iter_mut().find(alike) {
                Some(group) => group.push(w),
                None => groups.push(vec![w]),
            }
        }
        if shown == GETOOND {
            break;
        }
        let titel = &oorzaken()[cause].titel;
        lines.push(match effect {
            Some((e, samen)) => {
                let samen = if samen { " samen met andere" } else { "" };
                format!("  {titel} (NCW{samen} {})", dutch(e, 0))
            }
            None => format!("  {titel}"),
        });
        for mut group in groups {
            group.sort_by_key(|w| std::cmp::Reverse(sprong(w).map(|d| d.abs())));
            let most = if group.len() <= ALIKE + 1 {
                group.len()
            } else {
                ALIKE
            };
            let most = most.min(GETOOND - shown);
            for w in &group[..most] {
                lines.push(format!("    {} {}", w.tabel, regel(w)));
            }
            shown += most;
            let rest = group.len() - most;
            if rest > 0 && most > 0 {
                let what = match group[0].soort {
                    Soort::Cel => format!("{}, {}", group[0].tabel, group[0].kolom),
                    _ => format!("{}: {}", group[0].tabel, wat(group[0])),
                };
                lines.push(format!("      … en nog {rest} ({what})"));
            }
        }
    }
    let count = all.len();
    let mut out = vec![match (count, shown == count) {
        (0, _) => "Er verandert niets".to_owned(),
        (1, true) => "Wijzigingen: 1".to_owned(),
        (_, true) => format!("Wijzigingen: {count}; met hun plaats staan zij in de bestanden"),
        (_, false) => format!(
            "Wijzigingen: {shown} van {count}, het grootste effect eerst; alle met hun plaats staan in de bestanden"
        ),
    }];
    out.extend(lines);
    if !noise.is_empty() {
        out.push(format!(
            "  {} in {CIJFERS} decimalen gelijk",
            match noise.len() {
                1 => "Nog 1 getal is".to_owned(),
                n => format!("Nog {n} getallen zijn"),
            }
        ));
    }
    out
}

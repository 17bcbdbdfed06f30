//! Reports of a sweep: the scenarios side by side, and what they mean for each party. Calculates nothing.

use super::risico::figuurwoord;
use super::{Cell, Format, Report, ReportColumn, ReportRow, RowKind};
use crate::plan::Route;
use crate::risk::statistics::Estimate;
use crate::sweep::{Figuurcijfers, Opdracht, Rij, Soort, Uitkomst};

/// Failed scenarios that are told in the notes; the problems themselves tell them all.
const FAILED_SHOWN: usize = 10;

fn column(heading: &str, format: Format) -> ReportColumn {
    ReportColumn {
        heading: heading.into(),
        format,
    }
}

fn row(kind: RowKind, cells: Vec<Cell>) -> ReportRow {
    ReportRow {
        kind,
        cells,
        format: None,
    }
}

/// A figure of the draws; one that can't be told (too few draws) stays empty.
fn fast(value: f64) -> Cell {
    if value.is_finite() {
        Cell::Fast(value)
    } else {
        Cell::Empty
    }
}

fn exact(value: Option<rust_decimal::Decimal>) -> Cell {
    value.map_or(Cell::Empty, Cell::Exact)
}

/// The errors of the draws, last: a column for every percentile and chance before them.
const FOUTEN: [(&str, Format); 11] = [
    ("± P5", Format::Eur(0)),
    ("± P50", Format::Eur(0)),
    ("± P95", Format::Eur(0)),
    ("± gemiddelde", Format::Eur(0)),
    ("± kans tekort", Format::Percent(2)),
    ("± kans beter", Format::Percent(2)),
    ("± verschil P5", Format::Eur(0)),
    ("± verschil P50", Format::Eur(0)),
    ("± verschil P95", Format::Eur(0)),
    ("Verschil gemiddeld", Format::Eur(0)),
    ("± verschil gem.", Format::Eur(0)),
];

/// The reports of a sweep: "Scenario's" and "Scenario's per partij", and where anything is settled "Scenario's per eigenaar" and
/// "Scenario's verevening". Columns of draws are there when any row has draws.
pub fn sweep(rows: &[Rij], opdracht: &Opdracht) -> Vec<Report> {
    let drawn = rows
        .iter()
        .filter_map(|r| r.uitkomst.as_ref().ok())
        .any(|u| u.figuur.risico.is_some());
    let kept = drawn && !opdracht.alleen_gebied;
    let mut out = vec![scenarios(rows, drawn, opdracht), per_partij(rows, kept)];
    out.extend(verrekening(rows, kept, opdracht, false));
    out.extend(verrekening(rows, kept, opdracht, true));
    out
}

/// A route in a note.
fn in_route(route: Route) -> &'static str {
    match route {
        Route::Grex => "in de GREX-route",
        Route::Cofinanciering => "in de route co-financiering",
    }
}

/// What is compared with, in a note.
fn tegen(opdracht: &Opdracht) -> String {
    let tegen = if opdracht.tegen == "basis" {
        "de basis".to_owned()
    } else {
        format!("\"{}\"", opdracht.tegen)
    };
    if opdracht.route == opdracht.tegen_route {
        tegen
    } else {
        format!("{tegen} {}", in_route(opdracht.tegen_route))
    }
}

fn scenarios(rows: &[Rij], drawn: bool, opdracht: &Opdracht) -> Report {
    let eur = Format::Eur(0);
    let ncw = opdracht.figuur == "ncw" && opdracht.route == Route::Grex;
    let woord = figuurwoord(&opdracht.figuur);
    // The figure that is compared; the NCW of the grex, which is the usual one, keeps its own words.
    let mut columns = if ncw {
        vec![
            column("Scenario", Format::Text),
            column("NCW grex", eur),
            column("Verschil NCW", eur),
        ]
    } else {
        vec![
            column("Scenario", Format::Text),
            column(&woord, eur),
            column("Verschil", eur),
            column("NCW grex", eur),
        ]
    };
    columns.extend([
        column("EW grex", eur),
        column("Laagste stand", eur),
        column("Jaar", Format::Plain),
    ]);
    if drawn {
        columns.extend([
            column("P5", eur),
            column("P50", eur),
            column("P95", eur),
            column("Gemiddeld", eur),
            column("Kans tekort", Format::Percent(1)),
            column("Kans beter", Format::Percent(1)),
            column("Verschil P5", eur),
            column("Verschil P50", eur),
            column("Verschil P95", eur),
        ]);
        columns.extend(FOUTEN.map(|(heading, format)| column(heading, format)));
    }
    columns.extend([
        column("Portem. grex", eur),
        column("Portem. cofin.", eur),
        column("Voorfin.", eur),
        column("Wat verandert", Format::Text),
    ]);
    let cells = |rij: &Rij| -> Vec<Cell> {
        let steps = rij
            .stappen
            .iter()
            .map(|(doel, waarde)| format!("{doel} {waarde}"))
            .collect::<Vec<_>>()
            .join("; ");
        let steps = if steps.is_empty() {
            rij.omschrijving.clone()
        } else {
            steps
        };
        let mut cells = vec![Cell::Text(rij.naam.clone())];
        match &rij.uitkomst {
            Ok(u) => {
                let [grex, cofin] = &u.routes;
                cells.extend(main(u, ncw));
                if drawn {
                    cells.extend(risk(&u.figuur));
                }
                cells.extend([
                    Cell::Exact(grex.portemonnee),
                    Cell::Exact(cofin.portemonnee),
                    Cell::Exact(cofin.voorfinanciering),
                ]);
            }
            Err(_) => cells.resize(columns.len() - 1, Cell::Empty),
        }
        cells.push(Cell::Text(steps));
        cells
    };
    let out = rows.iter().map(|r| row(RowKind::Plain, cells(r))).collect();
    let tegen = tegen(opdracht);
    let what = if ncw {
        "NCW grex".to_owned()
    } else {
        format!("{woord} {}", in_route(opdracht.route))
    };
    let verschil = if ncw { "Verschil NCW" } else { "Verschil" };
    let mut notes = vec![
        format!("{verschil}: {what} ten opzichte van {tegen}. Laagste stand onder nul is geld dat in de grondexploitatie zit."),
        "Portem.: contante waarde van alle rekeningen samen, zonder en met cofinanciering. Voorfin.: wat het gebiedsfonds moet voorfinancieren.".to_owned(),
    ];
    if drawn {
        let how = crate::risk::opzet::methode_naam(opdracht.opzet.methode);
        notes.push(format!("P5, P50 en P95 van {what}: 5, 50 en 95% van de trekkingen ligt lager; ± is de standaardfout. Alle scenario's rekenen met dezelfde trekkingen ({how})."));
        notes.push(format!("Kans tekort: kans op {what} onder nul. Kans beter: deel van de trekkingen waarin {what} hoger is dan die van {tegen}; verschil: het een min het ander, per trekking."));
    }
    let failed: Vec<&Rij> = rows.iter().filter(|r| r.uitkomst.is_err()).collect();
    for rij in failed.iter().take(FAILED_SHOWN) {
        notes.push(format!("Niet te berekenen: {}.", rij.naam));
    }
    if failed.len() > FAILED_SHOWN {
        notes.push(format!(
            "Niet te berekenen: nog {} andere.",
            failed.len() - FAILED_SHOWN
        ));
    }
    Report {
        name: "Scenarios".into(),
        title: "Scenario's".into(),
        notes,
        columns,
        rows: out,
        charts: Vec::new(),
    }
}

fn main(u: &Uitkomst, ncw: bool) -> Vec<Cell> {
    let grex = &u.routes[0];
    let mut cells = vec![exact(u.figuur.waarde), exact(u.figuur.verschil)];
    if !ncw {
        cells.push(Cell::Exact(grex.ncw));
    }
    cells.extend([
        Cell::Exact(grex.eindwaarde),
        Cell::Exact(grex.laagste_stand),
        Cell::Whole(i64::from(grex.laagste_stand_jaar)),
    ]);
    cells
}

fn risk(figuur: &Figuurcijfers) -> Vec<Cell> {
    let of = |e: Option<Estimate>| -> [Cell; 2] {
        e.map_or([const { Cell::Empty }; 2], |e| {
            [fast(e.value), fast(e.standard_error)]
        })
    };
    let draws = figuur.risico.as_ref();
    let against = figuur.tegen.as_ref();
    let own = |i: usize| of(draws.map(|a| a.percentielen[i]));
    let apart = |i: usize| of(against.map(|v| v.verschil.percentielen[i]));
    // P5, P50 and P95 of KANSEN.
    let told = [
        own(1),
        own(4),
        own(7),
        of(draws.map(|a| a.mean)),
        of(draws.map(|a| a.onder_nul)),
        of(against.map(|v| v.beter)),
        apart(1),
        apart(4),
        apart(7),
    ];
    let mean = of(against.map(|v| v.verschil.mean));
    let (values, errors): (Vec<Cell>, Vec<Cell>) =
        told.into_iter().map(<(Cell, Cell)>::from).unzip();
    values.into_iter().chain(errors).chain(mean).collect()
}

fn per_partij(rows: &[Rij], drawn: bool) -> Report {
    let eur = Format::Eur(0);
    let mut columns = vec![
        column("Scenario", Format::Text),
        column("Partij", Format::Text),
        column("Baat grex", eur),
        column("Baat cofin.", eur),
        column("Verschil", eur),
    ];
    if drawn {
        columns.push(column("Kans beter", Format::Percent(1)));
        columns.push(column("± kans", Format::Percent(2)));
    }
    let mut out = Vec::new();
    for rij in rows {
        let Ok(uitkomst) = &rij.uitkomst else {
            continue;
        };
        for p in &uitkomst.partijen {
            let [grex, cofin] = p.netto_baat;
            let mut cells = vec![
                Cell::Text(rij.naam.clone()),
                Cell::Text(p.partij.clone()),
                Cell::Exact(grex),
                Cell::Exact(cofin),
                exact(cofin.checked_sub(grex)),
            ];
            if drawn {
                let chance =
                    |of: fn(Estimate) -> f64| p.kans_beter.map_or(Cell::Empty, |e| fast(of(e)));
                cells.extend([chance(|e| e.value), chance(|e| e.standard_error)]);
            }
            out.push(row(RowKind::Plain, cells));
        }
    }
    let mut notes = vec!["Baat: netto baat per partij, contant tegen haar eigen discontovoet; saldo plus eigen baten maal zekerheid.".to_owned()];
    if drawn {
        notes.push(
            "Kans beter: deel van de trekkingen waarin de netto baat met cofinanciering hoger is."
                .to_owned(),
        );
    }
    Report {
        name: "Scenarios per partij".into(),
        title: "Scenario's per partij".into(),
        notes,
        columns,
        rows: out,
        charts: Vec::new(),
    }
}

/// What owners pay in every scenario, or what who takes part in a verevening pays or receives; nothing when nobody does.
fn verrekening(rows: &[Rij], drawn: bool, opdracht: &Opdracht, verevening: bool) -> Option<Report> {
    let eur = Format::Eur(0);
    let (id, wie, hoe) = if verevening {
        ("Deelnemer", "Rekening", "Regel")
    } else {
        ("Eigendom", "Eigenaar", "Hoe")
    };
    // Who it is stands last, so that a narrow terminal shows amounts beside their scenario and name.
    let mut columns = vec![
        column("Scenario", Format::Text),
        column(id, Format::Text),
        column("Betaalt grex", eur),
        column("Betaalt cofin.", eur),
        column("Verschil", eur),
    ];
    if drawn {
        let banden = ["P5", "P50", "P95", "± P5", "± P50", "± P95"];
        columns.extend(banden.map(|heading| column(heading, eur)));
    }
    columns.extend([wie, hoe].map(|heading| column(heading, Format::Text)));
    let mut out = Vec::new();
    for rij in rows {
        let Ok(uitkomst) = &rij.uitkomst else {
            continue;
        };
        let mine = |soort: Soort| (soort == Soort::Verevening) == verevening;
        for x in uitkomst.verrekeningen.iter().filter(|x| mine(x.soort)) {
            let [grex, cofin] = x.betaalt;
            let mut cells = vec![
                Cell::Text(rij.naam.clone()),
                Cell::Text(x.id.clone()),
                Cell::Exact(grex),
                Cell::Exact(cofin),
                exact(x.verschil),
            ];
            if drawn {
                let of = |pick: fn(&Estimate) -> f64| match &x.banden {
                    Some(banden) => banden.each_ref().map(|e| fast(pick(e))),
                    None => [const { Cell::Empty }; 3],
                };
                cells.extend(of(|e| e.value));
                cells.extend(of(|e| e.standard_error));
            }
            cells.extend([&x.wie, &x.hoe].map(|word| Cell::Text(word.clone())));
            out.push(row(RowKind::Plain, cells));
        }
    }
    if out.is_empty() {
        return None;
    }
    let route = in_route(opdracht.route);
    let mut notes = vec![if verevening {
        "Betaalt: verrekening zonder rente tot betaling; onder nul ontvangt.".to_owned()
    } else {
        "Betaalt: contante waarde van de geldsom, wat beschikt is min wat terugkomt, de overeenkomst, of de financiële bijdrage.".to_owned()
    }];
    notes.push(format!(
        "Verschil: {route}, ten opzichte van {}; leeg als die rij daar niet is.",
        tegen(opdracht)
    ));
    if drawn {
        notes.push(format!(
            "P5, P50 en P95: {route}, 5, 50 en 95% van de trekkingen ligt lager; ± is de standaardfout. Hoger is meer betalen."
        ));
    }
    let (name, title) = if verevening {
        (
            "Scenarios verevening",
            "Scenario's verevening: wie betaalt, wie ontvangt",
        )
    } else {
        ("Scenarios per eigenaar", "Scenario's per eigenaar")
    };
    Some(Report {
        name: name.into(),
        title: title.into(),
        notes,
        columns,
        rows: out,
        charts: Vec::new(),
    })
}

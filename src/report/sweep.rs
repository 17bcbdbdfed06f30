//! Reports of a sweep: the scenarios side by side, and what they mean for each party. Calculates nothing.

use super::{Cell, Format, Report, ReportColumn, ReportRow, RowKind};
use crate::risk::statistics::Estimate;
use crate::sweep::{Rij, Routecijfers, Routerisico, Verschilrisico};

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

/// The reports of a sweep: "Scenario's" and "Scenario's per partij". Columns of draws are there when any row has draws.
pub fn sweep(rows: &[Rij]) -> Vec<Report> {
    sweep_tegen(rows, &crate::scenario::Scenario::basis().naam)
}

/// [`sweep`] of rows that were compared with the scenario of this name.
pub fn sweep_tegen(rows: &[Rij], tegen: &str) -> Vec<Report> {
    let drawn = rows
        .iter()
        .filter_map(|r| r.uitkomst.as_ref().ok())
        .any(|u| u.routes[0].risico.is_some());
    vec![scenarios(rows, drawn, tegen), per_partij(rows, drawn)]
}

fn scenarios(rows: &[Rij], drawn: bool, tegen: &str) -> Report {
    let eur = Format::Eur(0);
    let mut columns = vec![
        column("Scenario", Format::Text),
        column("NCW grex", eur),
        column("Verschil NCW", eur),
        column("EW grex", eur),
        column("Laagste stand", eur),
        column("Jaar", Format::Plain),
    ];
    if drawn {
        columns.extend([
            column("NCW P5", eur),
            column("NCW P50", eur),
            column("± P50", eur),
            column("NCW P95", eur),
            column("Kans tekort", Format::Percent(1)),
            column("Kans beter", Format::Percent(1)),
            column("Verschil P5", eur),
            column("Verschil P50", eur),
            column("Verschil P95", eur),
        ]);
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
                cells.extend(main(grex));
                if drawn {
                    cells.extend(risk(grex.risico));
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
    let mut notes = vec![
        format!("Verschil NCW is ten opzichte van {}. Laagste stand onder nul is geld dat in de grondexploitatie zit.", if tegen == "basis" { "de basis".to_owned() } else { format!("\"{tegen}\"") }),
        "Portem.: contante waarde van alle rekeningen samen, zonder en met cofinanciering. Voorfin.: wat het gebiedsfonds moet voorfinancieren.".to_owned(),
    ];
    if drawn {
        notes.push("P5, P50 en P95: 5, 50 en 95% van de trekkingen ligt lager; ± is de standaardfout van P50. Alle scenario's rekenen met dezelfde trekkingen.".to_owned());
        notes.push(format!("Kans beter: deel van de trekkingen waarin de NCW hoger is dan die van \"{tegen}\"; verschil: NCW min die van \"{tegen}\", per trekking."));
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

fn main(grex: &Routecijfers) -> [Cell; 5] {
    [
        Cell::Exact(grex.ncw),
        exact(grex.verschil_ncw),
        Cell::Exact(grex.eindwaarde),
        Cell::Exact(grex.laagste_stand),
        Cell::Whole(i64::from(grex.laagste_stand_jaar)),
    ]
}

fn risk(risico: Option<Routerisico>) -> [Cell; 9] {
    let Some(r) = risico else {
        return [const { Cell::Empty }; 9];
    };
    let against = |value: &dyn Fn(&Verschilrisico) -> f64| {
        r.verschil.as_ref().map_or(Cell::Empty, |v| fast(value(v)))
    };
    [
        fast(r.p5.value),
        fast(r.p50.value),
        fast(r.p50.standard_error),
        fast(r.p95.value),
        fast(r.kans_tekort.value),
        against(&|v| v.beter.value),
        against(&|v| v.percentielen[0].value),
        against(&|v| v.percentielen[1].value),
        against(&|v| v.percentielen[2].value),
    ]
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
                cells.push(
                    p.kans_beter
                        .map_or(Cell::Empty, |Estimate { value, .. }| fast(value)),
                );
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

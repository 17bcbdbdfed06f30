//! Reports on draws: bands per route and per party, with the error of every percentile.

use super::{Cell, Format, Report, text};
use crate::model::Model;
use crate::plan::Route;
use crate::risk::simulation::Trekkingen;
use crate::risk::statistics::{Sorted, share_below_zero, share_better, summary};

/// What of a route is told, and its Dutch words.
const FIGUREN: &[(&str, &str)] = &[
    ("reeel_saldo", "Reëel saldo"),
    ("eindwaarde", "Eindwaarde"),
    ("ncw", "NCW grex"),
    ("laagste_stand", "Laagste stand"),
    ("rente_totaal", "Rente totaal"),
    ("voorfinanciering", "Voorfinanciering"),
    ("portemonnee", "Eén portemonnee"),
];

fn fast(value: Option<f64>) -> Cell {
    value.map_or(Cell::Empty, Cell::Fast)
}

/// Bands of the main figures per route.
pub fn banden(model: &Model, routes: &[Route], t: &Trekkingen, seed: u64) -> Report {
    let mut report = Report::new(
        "Risico",
        "Bandbreedtes uit de simulatie",
        &[
            ("Uitkomst", Format::Text),
            ("P5", Format::Eur(0)),
            ("P50", Format::Eur(0)),
            ("P95", Format::Eur(0)),
            ("Fout P50", Format::Eur(0)),
            ("Kans < 0", Format::Percent(1)),
            ("Gemiddeld", Format::Eur(0)),
            ("Spreiding", Format::Eur(0)),
            ("Fout P5", Format::Eur(0)),
            ("Fout P95", Format::Eur(0)),
            ("P10", Format::Eur(0)),
            ("P25", Format::Eur(0)),
            ("P75", Format::Eur(0)),
            ("P90", Format::Eur(0)),
            ("Fout gemiddelde", Format::Eur(0)),
            ("Fout kans", Format::Percent(2)),
        ],
    )
    .note(format!(
        "{} trekkingen, seed {seed}; fout: standaardfout van een percentiel",
        crate::model::table::dutch(rust_decimal::Decimal::from(t.aantal), 0)
    ));
    for (r, route) in routes.iter().enumerate() {
        report.heading(if *route == Route::Grex {
            "GREX-route"
        } else {
            "Route co-financiering"
        });
        for (naam, woord) in FIGUREN {
            if *naam == "voorfinanciering" && (model.fonds.is_none() || *route == Route::Grex) {
                continue;
            }
            let Some(draws) = t.figuur(r, naam) else {
                continue;
            };
            report.row(band(woord, draws));
        }
    }
    report
}

fn band(woord: &str, draws: &[f64]) -> Vec<Cell> {
    let sorted = Sorted::new(draws);
    let s = summary(draws);
    let q = |p: f64| fast(sorted.quantile(p));
    let e = |p: f64| fast(sorted.quantile_estimate(p).map(|e| e.standard_error));
    let below = share_below_zero(draws);
    vec![
        text(woord),
        q(0.05),
        q(0.50),
        q(0.95),
        e(0.50),
        fast(below.map(|b| b.value)),
        fast(s.map(|s| s.mean)),
        fast(s.map(|s| s.sd)),
        e(0.05),
        e(0.95),
        q(0.10),
        q(0.25),
        q(0.75),
        q(0.90),
        fast(s.map(|s| s.standard_error)),
        fast(below.map(|b| b.standard_error)),
    ]
}

/// The first columns of a band report, for a terminal.
pub fn kort(report: &Report, columns: usize) -> Report {
    Report {
        columns: report.columns.iter().take(columns).cloned().collect(),
        rows: report
            .rows
            .iter()
            .map(|r| super::ReportRow {
                cells: r.cells.iter().take(columns).cloned().collect(),
                ..r.clone()
            })
            .collect(),
        ..report.clone()
    }
}

/// Per party: bands of both figures in the last route, chances of a loss, and how likely the second route is better.
pub fn partijen(model: &Model, t: &Trekkingen) -> Report {
    let mut report = Report::new(
        "Risico per partij",
        "Bandbreedtes per partij",
        &[
            ("Partij", Format::Text),
            ("Netto baat P5", Format::Eur(0)),
            ("P50", Format::Eur(0)),
            ("P95", Format::Eur(0)),
            ("Kans saldo < 0", Format::Percent(1)),
            ("Kans beter", Format::Percent(1)),
            ("Fout P50", Format::Eur(0)),
            ("Saldo GREX P5", Format::Eur(0)),
            ("Saldo GREX P50", Format::Eur(0)),
            ("Saldo GREX P95", Format::Eur(0)),
            ("Saldo co-fin P5", Format::Eur(0)),
            ("Saldo co-fin P50", Format::Eur(0)),
            ("Saldo co-fin P95", Format::Eur(0)),
            ("Kans saldo GREX < 0", Format::Percent(1)),
            ("Kans beter op saldo", Format::Percent(1)),
        ],
    )
    .note("netto baat en kans op saldo < 0: route co-financiering")
    .note("kans beter: kans dat netto baat in de route co-financiering hoger is dan in de GREX-route, op dezelfde trekkingen");
    for partij in &model.partijen {
        let figure = |route: usize, what: &str| {
            t.figuur(route, &format!("partij[{}].{what}", partij.partij))
        };
        let (Some(s0), Some(s1), Some(n0), Some(n1)) = (
            figure(0, "saldo"),
            figure(1, "saldo"),
            figure(0, "netto_baat"),
            figure(1, "netto_baat"),
        ) else {
            continue;
        };
        let better = |a: &[f64], b: &[f64]| fast(share_better(a, b).map(|e| e.value));
        let (sn, g, c) = (Sorted::new(n1), Sorted::new(s0), Sorted::new(s1));
        let q = |s: &Sorted, p: f64| fast(s.quantile(p));
        report.row(vec![
            text(&partij.partij),
            q(&sn, 0.05),
            q(&sn, 0.5),
            q(&sn, 0.95),
            fast(share_below_zero(s1).map(|e| e.value)),
            better(n0, n1),
            fast(sn.quantile_estimate(0.5).map(|e| e.standard_error)),
            q(&g, 0.05),
            q(&g, 0.5),
            q(&g, 0.95),
            q(&c, 0.05),
            q(&c, 0.5),
            q(&c, 0.95),
            fast(share_below_zero(s0).map(|e| e.value)),
            better(s0, s1),
        ]);
    }
    report
}

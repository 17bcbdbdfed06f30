//! Reports on draws: percentiles per route, party and deelgebied, the badkuip, the fan, the buffer, and routes against each
//! other, each with its error.

use super::{Cell, Chart, Drawn, Format, Report, text, year};
use crate::model::Model;
use crate::number::to_f64;
use crate::plan::Route;
use crate::risk::antwoorden::{
    Antwoorden, Buffer, Jaar, Verschil, WAAIER, beter, buffers, jaren, verschil, waaier,
};
use crate::risk::opzet::{Oordeel, Opzet, methode_naam};
use crate::risk::simulation::Trekkingen;
use crate::risk::statistics::{Estimate, Sorted};
use crate::route::Routeresultaat;
use std::fmt::Write as _;

/// What of a route is told, and its Dutch words.
const FIGUREN: &[(&str, &str)] = &[
    ("reeel_saldo", "Reëel saldo"),
    ("eindwaarde", "Eindwaarde"),
    ("ncw", "NCW grex"),
    ("laagste_stand", "Laagste stand"),
    ("rente_totaal", "Rente totaal"),
    ("voorfinanciering", "Voorfinanciering"),
    ("fonds_laagste", "Laagste saldo fonds"),
    ("portemonnee", "Eén portemonnee"),
];

/// The Dutch words of a figure; the figure of a party or deelgebied keeps its name.
pub fn figuurwoord(figuur: &str) -> String {
    let known = FIGUREN.iter().find(|(naam, _)| *naam == figuur);
    known.map_or(figuur, |(_, woord)| woord).to_owned()
}

/// The columns of a distribution: what a terminal shows first, the rest for a sheet.
const VERDELING: [(&str, Format); 31] = [
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
    ("P1", Format::Eur(0)),
    ("P99", Format::Eur(0)),
    ("Fout spreiding", Format::Eur(0)),
    ("Fout P1", Format::Eur(0)),
    ("Fout P10", Format::Eur(0)),
    ("Fout P25", Format::Eur(0)),
    ("Fout P75", Format::Eur(0)),
    ("Fout P90", Format::Eur(0)),
    ("Fout P99", Format::Eur(0)),
    ("Slechtste 10%", Format::Eur(0)),
    ("Slechtste 5%", Format::Eur(0)),
    ("Slechtste 1%", Format::Eur(0)),
    ("Fout slechtste 10%", Format::Eur(0)),
    ("Fout slechtste 5%", Format::Eur(0)),
    ("Fout slechtste 1%", Format::Eur(0)),
];

/// What the last columns of [`VERDELING`] are.
const STAART: &str = "slechtste 10%: verwacht tekort in de staart, het gemiddelde van de laagste 10% van de trekkingen";

/// Draws of routes, and all that is needed to tell of them.
#[derive(Debug, Clone)]
pub struct Simulatieverslag {
    /// The routes that were simulated, in the order of the draws.
    pub routes: Vec<Route>,
    /// How the draws were made.
    pub opzet: Opzet,
    /// The draws.
    pub trekkingen: Trekkingen,
    /// By route, then by figure as in [`Trekkingen::namen`].
    pub antwoorden: Vec<Vec<Option<Antwoorden>>>,
    /// How sure the percentiles are that were asked, if any.
    pub precisie: Vec<Oordeel>,
    /// Drivers that were held, as the user wrote it.
    pub vastgezet: Option<String>,
    /// Whether figures of parties and deelgebieden were left out.
    pub alleen_gebied: bool,
    /// The figure whose precision and causes are told.
    pub figuur: String,
    /// What drives that figure, by route; empty without drivers.
    pub oorzaken: Vec<super::oorzaken::Routeoorzaken>,
}

impl Simulatieverslag {
    /// Works out the answers of every figure.
    pub fn new(
        routes: Vec<Route>,
        opzet: Opzet,
        trekkingen: Trekkingen,
        precisie: Vec<Oordeel>,
    ) -> Self {
        let antwoorden = trekkingen.antwoorden(opzet.per_herhaling_voor_fouten());
        Self {
            routes,
            opzet,
            trekkingen,
            antwoorden,
            precisie,
            vastgezet: None,
            alleen_gebied: false,
            figuur: "ncw".to_owned(),
            oorzaken: Vec::new(),
        }
    }

    /// The answers of a figure in a route (by position in [`Self::routes`]).
    pub fn antwoord(&self, route: usize, naam: &str) -> Option<&Antwoorden> {
        let position = self.trekkingen.namen.iter().position(|n| n == naam)?;
        self.antwoorden.get(route)?.get(position)?.as_ref()
    }

    /// Number, seed and method of the draws in one line.
    pub fn regel(&self) -> String {
        let whole = |n: u64| crate::model::table::dutch(rust_decimal::Decimal::from(n), 0);
        let o = &self.opzet;
        let mut line = format!("{} trekkingen, seed {}", whole(o.aantal), o.seed);
        if o.per_herhaling_voor_fouten().is_some() {
            let times = o.aantal / o.per_herhaling;
            let _ = write!(
                line,
                ", {}, {} herhalingen van {}",
                methode_naam(o.methode),
                whole(times),
                whole(o.per_herhaling)
            );
        }
        if let Some(held) = &self.vastgezet {
            let _ = write!(line, ", vastgezet: {held}");
        }
        line
    }

    /// How often each year was that of the lowest stand; empty without draws.
    pub fn badkuipjaren(&self, route: usize) -> Vec<Jaar> {
        self.trekkingen
            .figuur(route, "laagste_stand_jaar")
            .map(|years| jaren(years, self.opzet.per_herhaling_voor_fouten()))
            .unwrap_or_default()
    }

    /// The buffer table of a figure (eindwaarde or ncw) beside its exact result; nothing without draws.
    pub fn buffers(&self, route: usize, naam: &str, vastgesteld: f64) -> Option<[Buffer; 6]> {
        let draws = self.trekkingen.figuur(route, naam)?;
        let per = self.opzet.per_herhaling_voor_fouten();
        buffers(vastgesteld, draws, &Sorted::new(draws), per)
    }

    /// The second route less the first on the same draws; nothing with one route or without draws.
    pub fn verschil(&self, naam: &str) -> Option<Verschil> {
        let (a, b) = (
            self.trekkingen.figuur(0, naam)?,
            self.trekkingen.figuur(1, naam)?,
        );
        verschil(a, b, self.opzet.per_herhaling_voor_fouten())
    }
}

/// The exact results that a buffer is held against, by the name of their figure.
pub fn vastgesteld(exact: &Routeresultaat) -> [(&'static str, f64); 2] {
    [
        ("ncw", to_f64(exact.ncw)),
        ("eindwaarde", to_f64(exact.resultaat.eindwaarde)),
    ]
}

fn fast(value: f64) -> Cell {
    if value.is_finite() {
        Cell::Fast(value)
    } else {
        Cell::Empty
    }
}

fn kop(route: Route) -> &'static str {
    match route {
        Route::Grex => "GREX-route",
        Route::Cofinanciering => "Route co-financiering",
    }
}

/// A word for sheets of a route.
fn staart(route: Route) -> &'static str {
    match route {
        Route::Grex => "GREX",
        Route::Cofinanciering => "co-fin",
    }
}

fn leeg(name: &str, title: &str, v: &Simulatieverslag) -> Report {
    Report::new(name, title, &VERDELING).note(format!(
        "{}; fout: standaardfout van een percentiel",
        v.regel()
    ))
}

/// Distribution of the main figures per route, each beside the exact result of the model and how often a draw is higher.
pub fn banden(model: &Model, v: &Simulatieverslag, exact: &[&Routeresultaat]) -> Report {
    let mut columns = VERDELING.to_vec();
    columns.splice(
        1..1,
        [
            ("Vastgesteld", Format::Eur(0)),
            ("Kans hoger", Format::Percent(1)),
        ],
    );
    let mut report = Report::new("Risico", "Bandbreedtes uit de simulatie", &columns)
        .note(format!(
            "{}; fout: standaardfout van een percentiel",
            v.regel()
        ))
        .note("vastgesteld: de uitkomst zonder onzekerheden, die van de kerncijfers; kans hoger: deel van de trekkingen daarboven. P50 ligt lager als onzekerheden vaker tegen- dan meevallen; een risico telt alleen in trekkingen mee");
    for (r, route) in v.routes.iter().enumerate() {
        report.heading(kop(*route));
        let known = exact
            .iter()
            .find(|x| x.route == *route)
            .map_or_else(Vec::new, |x| x.kerncijfers());
        for (naam, woord) in FIGUREN {
            let of_fund = matches!(*naam, "voorfinanciering" | "fonds_laagste");
            if of_fund && (model.fonds.is_none() || *route == Route::Grex) {
                continue;
            }
            let Some(a) = v.antwoord(r, naam) else {
                continue;
            };
            let fixed = known.iter().find(|(n, _)| n == naam).map(|(_, x)| *x);
            let higher = fixed
                .zip(v.trekkingen.figuur(r, naam))
                .map_or(Cell::Empty, |(x, draws)| fast(hoger(draws, to_f64(x))));
            let mut cells = band(woord, a);
            cells.splice(1..1, [fixed.map_or(Cell::Empty, Cell::Exact), higher]);
            report.row(cells);
        }
    }
    report
}

/// The share of draws that are half a cent or more above a figure.
fn hoger(draws: &[f64], figuur: f64) -> f64 {
    draws.iter().filter(|d| **d - figuur >= 0.005).count() as f64 / draws.len() as f64
}

/// Whether a figure is the same in every draw, to the cent.
fn vast(a: &Antwoorden) -> bool {
    a.percentielen[8].value - a.percentielen[0].value < 0.01 && a.sd.value < 0.01
}

/// In place of a chance where nothing uncertain touches the amount, and what that means.
const VAST: &str = "vast";
const VAST_NOOT: &str = "vast: niet onzeker gemaakt, het bedrag is in elke trekking hetzelfde; een kans zegt daar niets";

/// Distribution of saldo and netto baat per party in every route.
pub fn verdeling_partijen(model: &Model, v: &Simulatieverslag) -> Report {
    let mut report = leeg(
        "Verdeling per partij",
        "Verdeling van saldo en netto baat per partij",
        v,
    )
    .note(STAART);
    for (r, route) in v.routes.iter().enumerate() {
        for (what, woord) in [("saldo", "saldo"), ("netto_baat", "netto baat")] {
            report.heading(format!("{}, {woord}", kop(*route)));
            for partij in &model.partijen {
                if let Some(a) = v.antwoord(r, &format!("partij[{}].{what}", partij.partij)) {
                    report.row(band(&partij.partij, a));
                }
            }
        }
    }
    report
}

/// Distribution of eindwaarde and NCW per deelgebied in every route; nothing when the grondexploitatie is not divided.
pub fn verdeling_delen(v: &Simulatieverslag) -> Option<Report> {
    let mut report = leeg(
        "Verdeling per deelgebied",
        "Verdeling van eindwaarde en NCW per deelgebied",
        v,
    )
    .note(STAART);
    for (r, route) in v.routes.iter().enumerate() {
        for (what, woord) in [("eindwaarde", "eindwaarde"), ("ncw", "NCW")] {
            let rows = v
                .trekkingen
                .namen
                .iter()
                .enumerate()
                .filter_map(|(i, name)| {
                    let (deel, figure) = name.strip_prefix("deelgebied[")?.rsplit_once("].")?;
                    let answer = v.antwoorden.get(r)?.get(i)?.as_ref()?;
                    (figure == what).then(|| band(deel, answer))
                });
            let rows: Vec<_> = rows.collect();
            if !rows.is_empty() {
                report.heading(format!("{}, {woord}", kop(*route)));
                for row in rows {
                    report.row(row);
                }
            }
        }
    }
    (!report.rows.is_empty()).then_some(report)
}

/// Distribution of what is settled between parties in every route: what each owner pays, kostenverhaal per area, verevening and
/// financiële bijdragen, each beside the exact figure. Nothing when the model settles nothing.
pub fn verdeling_verrekening(
    model: &Model,
    v: &Simulatieverslag,
    exact: &[&Routeresultaat],
) -> Option<Report> {
    let mut columns = VERDELING.to_vec();
    columns.splice(
        1..1,
        [
            ("Wie", Format::Text),
            ("Vastgesteld", Format::Eur(0)),
            ("Kans hoger", Format::Percent(1)),
        ],
    );
    let mut report = Report::new(
        "Verdeling per eigenaar",
        "Verdeling van wat eigenaren betalen en partijen verrekenen",
        &columns,
    )
    .note(format!(
        "{}; fout: standaardfout van een percentiel",
        v.regel()
    ))
    .note("contante waarde; hoger is meer betalen, ook in een verevening (onder nul ontvangt). Een overeenkomst komt in plaats van een geldsom; bij een beschikt bedrag is de geldsom de herberekening")
    .note("vastgesteld: de uitkomst zonder onzekerheden; kans hoger: deel van de trekkingen daarboven");
    let wie = |soort: &str, id: &str| -> Option<String> {
        let partij = match soort {
            "eigendom" => {
                let row = model.verhaal.eigendommen.iter().find(|e| e.id == id)?;
                Some(row.partij)
            }
            "bijdragen" => {
                let row = model.bijdragen.iter().find(|b| b.id == id)?;
                Some(model.verhaal.eigendommen[row.eigendom].partij)
            }
            _ => {
                let found = model.verevening.deelnemers.iter().find(|d| d.id == id)?;
                model.rekeningen[found.rekening].partij
            }
        };
        Some(model.partijen[partij?].partij.clone())
    };
    let mut noot = false;
    for (r, route) in v.routes.iter().enumerate() {
        let result = exact.iter().find(|x| x.route == *route);
        for (soort, kop_van) in VERREKENINGEN {
            let mut first = true;
            for (i, naam) in v.trekkingen.namen.iter().enumerate() {
                let parts = naam
                    .strip_prefix(soort)
                    .and_then(|rest| rest.strip_prefix('['))
                    .and_then(|rest| rest.rsplit_once("]."));
                let Some((id, figure)) = parts else { continue };
                let answer = v.antwoorden.get(r).and_then(|a| a.get(i)?.as_ref());
                let Some(a) = answer else { continue };
                if std::mem::take(&mut first) {
                    report.heading(format!("{}, {kop_van}", kop(*route)));
                }
                let fixed = result.and_then(|x| x.figuur(model, naam));
                let draws = v.trekkingen.figuur(r, naam);
                let higher = if vast(a) {
                    noot = true;
                    text(VAST)
                } else {
                    fixed
                        .zip(draws)
                        .map_or(Cell::Empty, |(x, draws)| fast(hoger(draws, to_f64(x))))
                };
                let mut cells = band(&format!("{id} {}", figure.replace('_', " ")), a);
                let who = wie(soort, id).map_or(Cell::Empty, text);
                cells.splice(1..1, [who, fixed.map_or(Cell::Empty, Cell::Exact), higher]);
                report.row(cells);
            }
        }
    }
    if noot {
        report = report.note(VAST_NOOT);
    }
    (!report.rows.is_empty()).then_some(report)
}

/// The settlements by the head of their addresses, and what a report calls them.
const VERREKENINGEN: [(&str, &str); 4] = [
    ("eigendom", "wat eigenaren betalen"),
    ("kostenverhaal", "kostenverhaal per gebied"),
    ("verevening_delen", "verevening"),
    ("bijdragen", "financiële bijdragen"),
];

/// The cells of [`VERDELING`].
fn band(woord: &str, a: &Antwoorden) -> Vec<Cell> {
    let p = |i: usize| fast(a.percentielen[i].value);
    let e = |i: usize| fast(a.percentielen[i].standard_error);
    let t = &a.tekort;
    vec![
        text(woord),
        p(1),
        p(4),
        p(7),
        e(4),
        fast(a.onder_nul.value),
        fast(a.mean.value),
        fast(a.sd.value),
        e(1),
        e(7),
        p(2),
        p(3),
        p(5),
        p(6),
        fast(a.mean.standard_error),
        fast(a.onder_nul.standard_error),
        p(0),
        p(8),
        fast(a.sd.standard_error),
        e(0),
        e(2),
        e(3),
        e(5),
        e(6),
        e(8),
        fast(t[0].value),
        fast(t[1].value),
        fast(t[2].value),
        fast(t[0].standard_error),
        fast(t[1].standard_error),
        fast(t[2].standard_error),
    ]
}

/// The first columns of a report, for a terminal.
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

/// The rows of the first heading only, for a terminal.
pub fn eerste_kop(report: &Report) -> Report {
    let headings = report
        .rows
        .iter()
        .enumerate()
        .filter(|(_, r)| r.kind == super::RowKind::Heading);
    let end = headings.map(|(i, _)| i).nth(1);
    Report {
        rows: report.rows[..end.unwrap_or(report.rows.len())].to_vec(),
        ..report.clone()
    }
}

/// Per party: bands of both figures in the last route, chances of a loss, and how likely the second route is better.
pub fn partijen(model: &Model, v: &Simulatieverslag) -> Report {
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
            ("Fout P5", Format::Eur(0)),
            ("Fout P95", Format::Eur(0)),
            ("Fout kans saldo < 0", Format::Percent(2)),
            ("Fout kans beter", Format::Percent(2)),
            ("Fout saldo GREX P5", Format::Eur(0)),
            ("Fout saldo GREX P50", Format::Eur(0)),
            ("Fout saldo GREX P95", Format::Eur(0)),
            ("Fout saldo co-fin P5", Format::Eur(0)),
            ("Fout saldo co-fin P50", Format::Eur(0)),
            ("Fout saldo co-fin P95", Format::Eur(0)),
            ("Fout kans saldo GREX < 0", Format::Percent(2)),
            ("Fout kans beter op saldo", Format::Percent(2)),
        ],
    )
    .note("netto baat en kans op saldo < 0: route co-financiering")
    .note("kans beter: kans dat netto baat in de route co-financiering hoger is dan in de GREX-route, op dezelfde trekkingen");
    let mut noot = false;
    for partij in &model.partijen {
        let name = |what: &str| format!("partij[{}].{what}", partij.partij);
        let (saldo, baat) = (name("saldo"), name("netto_baat"));
        let (Some(s0), Some(s1), Some(n1)) = (
            v.antwoord(0, &saldo),
            v.antwoord(1, &saldo),
            v.antwoord(1, &baat),
        ) else {
            continue;
        };
        let better = |name: &str, fixed: bool| {
            if fixed {
                return [text(VAST), Cell::Empty];
            }
            let columns = (v.trekkingen.figuur(0, name), v.trekkingen.figuur(1, name));
            let (Some(a), Some(b)) = columns else {
                return [Cell::Empty, Cell::Empty];
            };
            let per = v.opzet.per_herhaling_voor_fouten();
            beter(a, b, per).map_or([Cell::Empty, Cell::Empty], |e| {
                [fast(e.value), fast(e.standard_error)]
            })
        };
        let fixed = vast(s0) && vast(s1) && vast(n1);
        let kans = |e: &Estimate| {
            if fixed {
                [text(VAST), Cell::Empty]
            } else {
                [fast(e.value), fast(e.standard_error)]
            }
        };
        let [beter_baat, fout_baat] = better(&baat, fixed);
        let [beter_saldo, fout_saldo] = better(&saldo, fixed);
        let [onder_s0, fout_onder_s0] = kans(&s0.onder_nul);
        let [onder_s1, fout_onder_s1] = kans(&s1.onder_nul);
        noot |= fixed;
        let q = |a: &Antwoorden, i: usize| fast(a.percentielen[i].value);
        let e = |a: &Antwoorden, i: usize| fast(a.percentielen[i].standard_error);
        report.row(vec![
            text(&partij.partij),
            q(n1, 1),
            q(n1, 4),
            q(n1, 7),
            onder_s1,
            beter_baat,
            fast(n1.percentielen[4].standard_error),
            q(s0, 1),
            q(s0, 4),
            q(s0, 7),
            q(s1, 1),
            q(s1, 4),
            q(s1, 7),
            onder_s0,
            beter_saldo,
            e(n1, 1),
            e(n1, 7),
            fout_onder_s1,
            fout_baat,
            e(s0, 1),
            e(s0, 4),
            e(s0, 7),
            e(s1, 1),
            e(s1, 4),
            e(s1, 7),
            fout_onder_s0,
            fout_saldo,
        ]);
    }
    if noot {
        report = report.note(VAST_NOOT);
    }
    report
}

/// Route co-financiering less the GREX-route on the same draws: per party, één portemonnee and the main figures. Nothing with
/// one route.
pub fn verschillen(model: &Model, v: &Simulatieverslag) -> Option<Report> {
    if v.routes.len() < 2 {
        return None;
    }
    let mut report = Report::new(
        "Verschil routes",
        "Route co-financiering min GREX-route, op dezelfde trekkingen",
        &[
            ("Uitkomst", Format::Text),
            ("Kans beter", Format::Percent(1)),
            ("P5", Format::Eur(0)),
            ("P50", Format::Eur(0)),
            ("P95", Format::Eur(0)),
            ("Gemiddeld", Format::Eur(0)),
            ("Fout kans", Format::Percent(2)),
            ("Fout P5", Format::Eur(0)),
            ("Fout P50", Format::Eur(0)),
            ("Fout P95", Format::Eur(0)),
            ("Fout gemiddelde", Format::Eur(0)),
            ("Spreiding", Format::Eur(0)),
            ("P1", Format::Eur(0)),
            ("P10", Format::Eur(0)),
            ("P25", Format::Eur(0)),
            ("P75", Format::Eur(0)),
            ("P90", Format::Eur(0)),
            ("P99", Format::Eur(0)),
            ("Fout spreiding", Format::Eur(0)),
            ("Fout P1", Format::Eur(0)),
            ("Fout P10", Format::Eur(0)),
            ("Fout P25", Format::Eur(0)),
            ("Fout P75", Format::Eur(0)),
            ("Fout P90", Format::Eur(0)),
            ("Fout P99", Format::Eur(0)),
        ],
    )
    .note("positief: met co-financiering is het beter. Kans beter: deel van de trekkingen waarin het een halve cent of meer scheelt");
    let noot = std::cell::Cell::new(false);
    let row = |report: &mut Report, woord: &str, naam: &str| {
        let Some(Verschil { verschil: a, beter }) = v.verschil(naam) else {
            return;
        };
        let fixed = vast(&a);
        noot.set(noot.get() || fixed);
        let [kans, fout] = if fixed {
            [text(VAST), Cell::Empty]
        } else {
            [fast(beter.value), fast(beter.standard_error)]
        };
        let p = |i: usize| fast(a.percentielen[i].value);
        let e = |i: usize| fast(a.percentielen[i].standard_error);
        report.row(vec![
            text(woord),
            kans,
            p(1),
            p(4),
            p(7),
            fast(a.mean.value),
            fout,
            e(1),
            e(4),
            e(7),
            fast(a.mean.standard_error),
            fast(a.sd.value),
            p(0),
            p(2),
            p(3),
            p(5),
            p(6),
            p(8),
            fast(a.sd.standard_error),
            e(0),
            e(2),
            e(3),
            e(5),
            e(6),
            e(8),
        ]);
    };
    report.heading("Samen, en netto baat per partij");
    row(&mut report, "Eén portemonnee", "portemonnee");
    row(&mut report, "NCW grex", "ncw");
    for (what, kop) in [("netto_baat", ""), ("saldo", "Saldo per partij")] {
        if !kop.is_empty() {
            report.heading(kop);
        }
        for partij in &model.partijen {
            let naam = format!("partij[{}].{what}", partij.partij);
            row(&mut report, &partij.partij, &naam);
        }
    }
    if noot.get() {
        report = report.note(VAST_NOOT);
    }
    Some(report)
}

/// The badkuip per route: percentiles of its depth, and how often each year is the deepest.
pub fn badkuip(v: &Simulatieverslag) -> Report {
    let mut report = Report::new(
        "Badkuip",
        "Badkuip: de laagste stand en het jaar waarin die valt",
        &[
            ("Wat", Format::Text),
            ("Laagste stand", Format::Eur(0)),
            ("Fout", Format::Eur(0)),
            ("Jaar", Format::Plain),
            ("Trekkingen", Format::Number(0)),
            ("Aandeel", Format::Percent(1)),
            ("Fout aandeel", Format::Percent(2)),
        ],
    )
    .note(v.regel())
    .note("stand: min de boekwaarde van de grondexploitatie, onder nul is geïnvesteerd geld. P5 is dus dieper dan P95");
    for (r, route) in v.routes.iter().enumerate() {
        report.heading(kop(*route));
        if let Some(a) = v.antwoord(r, "laagste_stand") {
            let percentages = ["P1", "P5", "P10", "P25", "P50", "P75", "P90", "P95", "P99"];
            for (woord, estimate) in percentages.iter().zip(a.percentielen) {
                report.row(vec![
                    text(*woord),
                    fast(estimate.value),
                    fast(estimate.standard_error),
                ]);
            }
        }
        for j in v.badkuipjaren(r) {
            report.row(vec![
                text("laagste in"),
                Cell::Empty,
                Cell::Empty,
                year(Some(j.jaar)),
                Cell::Whole(j.aantal as i64),
                fast(j.aandeel.value),
                fast(j.aandeel.standard_error),
            ]);
        }
    }
    report
}

/// The stand of the grondexploitatie over the periods in a route: a fan with a chart; nothing when none was kept.
pub fn waaiers(v: &Simulatieverslag, exact: &[&Routeresultaat]) -> Vec<Report> {
    let routes = v.routes.iter().zip(&v.trekkingen.waaier);
    routes
        .filter_map(|(route, columns)| {
            let result = exact.iter().find(|r| r.route == *route)?;
            let per = v.opzet.per_herhaling_voor_fouten();
            let points = waaier(columns, per).filter(|p| !p.is_empty())?;
            let percentages = WAAIER.map(|p| format!("P{:.0}", p * 100.0));
            let mut headings = vec![("Periode", Format::Plain)];
            headings.extend(percentages.iter().map(|p| (p.as_str(), Format::Eur(0))));
            headings.push(("Vastgesteld", Format::Eur(0)));
            let errors = percentages.each_ref().map(|p| format!("Fout {p}"));
            headings.extend(errors.iter().map(|p| (p.as_str(), Format::Eur(0))));
            let mut report = Report::new(
                &format!("Waaier {}", staart(*route)),
                format!("Waaier: de stand over de jaren, {}", kop(*route)),
                &headings,
            )
            .note(format!(
                "eerste {} trekkingen; stand: min de boekwaarde, onder nul is geïnvesteerd geld",
                crate::model::table::dutch(
                    rust_decimal::Decimal::from(columns.first().map_or(0, Vec::len)),
                    0
                )
            ))
            .note("elke periode staat op zichzelf: de lijn door de P5's is niet het verloop van een trekking. Vastgesteld: zonder onzekerheden");
            let (tl, begin) = (&result.timeline, result.hoofd.begin);
            for (i, point) in points.iter().enumerate() {
                let label = if tl.stap.per_year() == 1 {
                    year(Some(tl.year(begin + i)))
                } else {
                    text(tl.label(begin + i))
                };
                let stand = result.hoofd.boekwaarde.get(i);
                report.row(
                    std::iter::once(label)
                        .chain(point.map(|e| fast(e.value)))
                        .chain([stand.map_or(Cell::Empty, |b| Cell::Exact(-*b))])
                        .chain(point.map(|e| fast(e.standard_error)))
                        .collect(),
                );
            }
            report.charts.push(Chart {
                title: "Stand over de jaren: P5, P25, P50, P75, P95".into(),
                category: 0,
                series: (1..=5).map(|c| (c, Drawn::Line)).collect(),
                rows: (0, points.len() - 1),
            });
            Some(report)
        })
        .collect()
}

/// The buffer that gives a certainty, per route, on NCW and on eindwaarde (design: 70 to 95 %).
pub fn buffertabel(v: &Simulatieverslag, exact: &[&Routeresultaat]) -> Report {
    let mut report = Report::new(
        "Buffer",
        "Buffer: wat achter de hand moet zijn voor een zekerheid",
        &[
            ("Zekerheid", Format::Percent(0)),
            ("Buffer NCW", Format::Eur(0)),
            ("Fout NCW", Format::Eur(0)),
            ("Zonder voorziening NCW", Format::Eur(0)),
            ("Buffer eindwaarde", Format::Eur(0)),
            ("Fout eindwaarde", Format::Eur(0)),
            ("Zonder voorziening eindwaarde", Format::Eur(0)),
        ],
    )
    .note("buffer: vastgesteld resultaat min het percentiel bij 100% min de zekerheid, niet onder nul; naast een voorziening voor een verwacht verlies")
    .note("zonder voorziening: min dat percentiel. Onder nul: zelfs dan blijft er geld over");
    for (r, route) in v.routes.iter().enumerate() {
        let Some(result) = exact.iter().find(|x| x.route == *route) else {
            continue;
        };
        let [ncw, eindwaarde] = vastgesteld(result);
        let tables = [ncw, eindwaarde].map(|(naam, value)| v.buffers(r, naam, value));
        let [Some(ncw), Some(eindwaarde)] = tables else {
            continue;
        };
        report.heading(kop(*route));
        for (a, b) in ncw.iter().zip(&eindwaarde) {
            let cells = |b: &Buffer| [fast(b.buffer), fast(b.standard_error), fast(b.min_kwantiel)];
            report.row(
                std::iter::once(fast(a.zekerheid))
                    .chain(cells(a))
                    .chain(cells(b))
                    .collect(),
            );
        }
        let shown = |d: rust_decimal::Decimal| crate::model::table::dutch(d, 0);
        report.notes.push(format!(
            "vastgesteld resultaat {}: NCW € {}, eindwaarde € {}",
            kop(*route),
            shown(result.ncw),
            shown(result.resultaat.eindwaarde)
        ));
    }
    report
}

/// How sure the percentiles are that were asked; nothing when none were.
pub fn precisie(v: &Simulatieverslag) -> Option<Report> {
    if v.precisie.is_empty() {
        return None;
    }
    let mut report = Report::new(
        "Precisie",
        format!(
            "Precisie van de gevraagde percentielen van {}",
            super::oorzaken::met_lidwoord(&v.figuur)
        ),
        &[
            ("Percentiel", Format::Text),
            ("Waarde", Format::Eur(0)),
            ("Fout", Format::Eur(0)),
            ("Gevraagd", Format::Percent(2)),
            ("Bereikt", Format::Percent(2)),
            ("Trekkingen", Format::Number(0)),
            ("Willekeurig nodig", Format::Number(0)),
        ],
    )
    .note(v.regel())
    .note("gevraagd en bereikt: standaardfout als deel van het percentiel. Willekeurig nodig: zoveel onafhankelijke trekkingen zouden nodig zijn");
    for o in &v.precisie {
        let Estimate {
            value,
            standard_error,
        } = o.schatting;
        report.row(vec![
            text(o.wens.naam()),
            fast(value),
            fast(standard_error),
            fast(o.wens.aandeel),
            fast(standard_error / value.abs()),
            Cell::Whole(i64::try_from(v.opzet.aantal).unwrap_or(i64::MAX)),
            if o.gewoon == u64::MAX {
                Cell::Empty
            } else {
                Cell::Whole(i64::try_from(o.gewoon).unwrap_or(i64::MAX))
            },
        ]);
    }
    Some(report)
}

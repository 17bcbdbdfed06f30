//! Reports on what was read: rows and totals per table and group, what was passed over, checks that hold or not.

use super::{Cell, Format, Report, exact, text};
use crate::model::address::Als;
use crate::model::{Model, Stroomsoort, VerdelingRij};
use crate::number::Exact;
use crate::plan::{Diepte, Drijvers, Plan, Route, Slot};
use crate::problem::Problem;
use crate::risk::simulation::verdeling;
use crate::route::Gecontroleerd;
use rust_decimal::Decimal;

/// Rows per table.
pub fn tabellen(model: &Model) -> Report {
    let mut report = Report::new(
        "Tabellen",
        "Wat er gelezen is",
        &[
            ("Tabel", Format::Text),
            ("Rijen", Format::Number(0)),
            ("Bron", Format::Text),
        ],
    );
    for table in model.tables.tables.iter().filter(|t| !t.rows.is_empty()) {
        let mut files: Vec<String> = Vec::new();
        for row in &table.rows {
            let name = match &row.place.spot {
                crate::problem::Spot::Cell { sheet, .. } | crate::problem::Spot::Sheet(sheet) => {
                    format!("{} '{sheet}'", row.place.file)
                }
                _ => row.place.file.to_string(),
            };
            if !files.contains(&name) {
                files.push(name);
            }
        }
        report.row(vec![
            text(table.schema.name),
            Cell::Whole(table.rows.len() as i64),
            text(files.join(", ")),
        ]);
    }
    report
}

/// Totals at prijspeil per table and group, realised amounts included.
pub fn totalen(model: &Model) -> Result<Report, Problem> {
    let mut report = Report::new(
        "Totalen",
        "Bedragen per tabel en groep (prijspeil)",
        &[
            ("Tabel", Format::Text),
            ("Groep", Format::Text),
            ("Regels", Format::Number(0)),
            ("Bedrag", Format::Eur(2)),
            ("w.v. gerealiseerd", Format::Eur(2)),
        ],
    );
    let plan = Plan::new(
        model,
        Route::Cofinanciering,
        Diepte::Lijn,
        Drijvers::default(),
    )?;
    let mut groups: Vec<(String, String, i64, Exact, Exact)> = Vec::new();
    for cel in &plan.cellen {
        let Some(l) = cel.lijn else { continue };
        let lijn = &model.lijnen[l];
        if !matches!(cel.soort, Stroomsoort::Geld | Stroomsoort::Natura) || lijn.tabel == "baten" {
            continue;
        }
        let groep = if lijn.groep.is_empty() {
            lijn.deelgebied
                .map_or_else(String::new, |d| model.deelgebieden[d].deelgebied.clone())
        } else {
            lijn.groep.clone()
        };
        let amount = cel
            .vast
            .iter()
            .fold(Exact::ZERO, |a, v| a + Exact::from(*v));
        let realised = cel.vast[..plan.timeline.peil]
            .iter()
            .fold(Exact::ZERO, |a, v| a + Exact::from(*v));
        // History and forecast of a line are two cells, but one line.
        let first = plan
            .cellen
            .iter()
            .position(|c| c.lijn == Some(l))
            .is_some_and(|i| std::ptr::eq(&raw const plan.cellen[i], cel));
        match groups
            .iter_mut()
            .find(|g| g.0 == lijn.tabel && g.1 == groep)
        {
            Some(g) => {
                *g = (
                    g.0.clone(),
                    g.1.clone(),
                    g.2 + i64::from(first),
                    g.3 + amount,
                    g.4 + realised,
                );
            }
            None => groups.push((lijn.tabel.to_owned(), groep, 1, amount, realised)),
        }
    }
    let mut tables: Vec<&str> = Vec::new();
    for g in &groups {
        if !tables.contains(&g.0.as_str()) {
            tables.push(&g.0);
        }
    }
    let cell = |x: Exact| x.0.map_or(Cell::Empty, exact);
    for table in tables {
        let mine: Vec<_> = groups.iter().filter(|g| g.0 == table).collect();
        for g in &mine {
            report.row(vec![
                text(table),
                text(&g.1),
                Cell::Whole(g.2),
                cell(g.3),
                if g.4 == Exact::ZERO {
                    Cell::Empty
                } else {
                    cell(g.4)
                },
            ]);
        }
        let sum = |pick: fn(&(String, String, i64, Exact, Exact)) -> Exact| {
            mine.iter().fold(Exact::ZERO, |a, g| a + pick(g))
        };
        report.total(vec![
            text(format!("Totaal {table}")),
            Cell::Empty,
            Cell::Whole(mine.iter().map(|g| g.2).sum()),
            cell(sum(|g| g.3)),
            if sum(|g| g.4) == Exact::ZERO {
                Cell::Empty
            } else {
                cell(sum(|g| g.4))
            },
        ]);
    }
    Ok(report)
}

/// The onzekerheden: what they hit, how they are used, and the range of what they draw; and the risicos. Nothing without any.
pub fn onzekerheden(model: &Model, drijvers: &Drijvers) -> Vec<Report> {
    let mut report = Report::new(
        "Onzekerheden",
        "Wat onzeker is",
        &[
            ("Onzekerheid", Format::Text),
            ("Doel", Format::Text),
            ("Regels", Format::Number(0)),
            ("Gebruik", Format::Text),
            ("P5", Format::Number(4)),
            ("P50", Format::Number(4)),
            ("P95", Format::Number(4)),
            ("Verdeling", Format::Text),
            ("Trekking", Format::Text),
        ],
    )
    .note("P5, P50 en P95 van de trekking zelf: een factor, een verschuiving of een waarde")
    .note("Wat één trekking deelt, beweegt altijd samen mee: dat is een keuze");
    for (i, o) in model.onzekerheden.iter().enumerate() {
        let v = verdeling(&o.verdeling);
        let slot = drijvers
            .slots
            .iter()
            .position(|s| *s == Slot::Onzekerheid(i));
        let lines = drijvers
            .lijnen
            .values()
            .filter(|uses| uses.iter().any(|(_, g)| Some(g.slot) == slot))
            .count()
            + drijvers
                .verhaal
                .values()
                .filter(|uses| uses.iter().any(|g| Some(g.slot) == slot))
                .count();
        let als = match o.als {
            Als::Factor => "maal",
            Als::Waarde => "in plaats van",
            Als::Verschuiving => "plus",
        };
        let als = if o.per_jaar.is_some() {
            format!("{als}, per jaar")
        } else {
            als.to_owned()
        };
        let q = |p: f64| Cell::Fast(v.quantile(p));
        report.row(vec![
            text(&o.id),
            text(o.doel.to_string()),
            if lines > 0 {
                Cell::Whole(lines as i64)
            } else {
                Cell::Empty
            },
            text(als),
            q(0.05),
            q(0.5),
            q(0.95),
            text(verdeling_woord(&o.verdeling)),
            text(gedeelde_trekking(model, drijvers, i, lines)),
        ]);
    }
    let mut regimes = Report::new(
        "Regimes",
        "In welke toestand de markt is",
        &[
            ("Regime", Format::Text),
            ("Toestand", Format::Text),
            ("Kans", Format::Percent(1)),
            ("Waarden", Format::Text),
        ],
    )
    .note("één trekking per regime: alle onzekerheden van een regime zijn in dezelfde toestand");
    for (r, regime) in model.regimes.iter().enumerate() {
        for (t, (toestand, kans)) in regime.toestanden.iter().enumerate() {
            let values: Vec<String> = model
                .onzekerheden
                .iter()
                .filter_map(|o| match &o.verdeling {
                    VerdelingRij::Regime { regime, waarden } if *regime == r => {
                        Some(format!("{} {}", o.id, komma(waarden[t].0)))
                    }
                    _ => None,
                })
                .collect();
            regimes.row(vec![
                text(&regime.regime),
                text(toestand),
                exact(*kans),
                text(values.join("; ")),
            ]);
        }
    }
    let mut risks = Report::new(
        "Risicos",
        "Wat kan gebeuren",
        &[
            ("Risico", Format::Text),
            ("Kans", Format::Percent(1)),
            ("Laag", Format::Eur(0)),
            ("Modus", Format::Eur(0)),
            ("Hoog", Format::Eur(0)),
            ("Betaalt", Format::Text),
        ],
    )
    .note("schade op prijspeil als het gebeurt; niet in het exacte resultaat");
    for r in &model.risicos {
        let [low, mode, high] = r.impact.map(exact);
        let payer = model.rekening_naam(model.lijnen[r.lijn].van);
        risks.row(vec![
            text(&r.risico),
            exact(r.kans),
            low,
            mode,
            high,
            text(payer),
        ]);
    }
    [report, regimes, risks]
        .into_iter()
        .filter(|r| !r.rows.is_empty())
        .collect()
}

/// A number as Dutch text writes it.
fn komma(number: Decimal) -> String {
    number.normalize().to_string().replace('.', ",")
}

/// A distribution in a word or two.
fn verdeling_woord(rij: &VerdelingRij) -> String {
    match rij {
        VerdelingRij::Pert(_) => "pert".into(),
        VerdelingRij::Driehoek(_) => "driehoek".into(),
        VerdelingRij::Normaal(_) => "normaal".into(),
        VerdelingRij::Lognormaal(_) => "lognormaal".into(),
        VerdelingRij::Uniform(_) => "uniform".into(),
        VerdelingRij::Discreet(_) => "discreet".into(),
        VerdelingRij::Percentielen(_) => "percentielen".into(),
        VerdelingRij::Waarnemingen(values) => format!("{} waarnemingen", values.len()),
        VerdelingRij::Regime { .. } => "regime".into(),
        VerdelingRij::Begrensd {
            verdeling,
            minimum,
            maximum,
        } => {
            let bound = |word: &str, value: &Option<Decimal>| {
                value.map_or_else(String::new, |v| format!(" {word} {}", komma(v)))
            };
            format!(
                "{},{}{}",
                verdeling_woord(verdeling),
                bound("vanaf", minimum),
                bound("tot", maximum)
            )
        }
    }
}

/// Names of which the first few are written out.
fn opsomming(names: &[&str]) -> String {
    const SHOWN: usize = 4;
    if names.len() > SHOWN + 1 {
        let shown = names[..SHOWN].join(", ");
        return format!("{shown} en {} andere", names.len() - SHOWN);
    }
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [rest @ .., last] => format!("{} en {last}", rest.join(", ")),
    }
}

/// What moves together because it has one draw: the lines, index groups or deelgebieden of a pattern, and the
/// onzekerheden that share its number.
fn gedeelde_trekking(model: &Model, drijvers: &Drijvers, i: usize, lines: usize) -> String {
    let o = &model.onzekerheden[i];
    let slot = drijvers
        .slots
        .iter()
        .position(|s| *s == Slot::Onzekerheid(i));
    let shock = drijvers.schokken.iter().position(|(s, _)| *s == i);
    let groups = drijvers
        .groei
        .iter()
        .filter(|uses| uses.iter().any(|(_, s)| Some(*s) == slot))
        .count()
        + drijvers
            .groei_schok
            .iter()
            .filter(|uses| uses.iter().any(|s| Some(*s) == shock))
            .count();
    let areas = drijvers
        .uitstel
        .iter()
        .filter(|use_| use_.is_some_and(|g| Some(g.slot) == slot))
        .count();
    let mut words: Vec<String> = [
        (lines, "regels"),
        (groups, "indexgroepen"),
        (areas, "deelgebieden"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 1)
    .map(|(count, word)| format!("één trekking voor {count} {word}"))
    .collect();
    let others: Vec<&str> = model
        .onzekerheden
        .iter()
        .enumerate()
        .filter(|(j, other)| *j != i && other.sleutel_naam() == o.sleutel_naam())
        .map(|(_, other)| other.id.as_str())
        .collect();
    if let Some(r) = o.regime() {
        let with = if others.is_empty() {
            String::new()
        } else {
            format!(", met {}", opsomming(&others))
        };
        words.push(format!("regime {}{with}", model.regimes[r].regime));
    } else if !others.is_empty() {
        words.push(format!("gedeeld met {}", opsomming(&others)));
    } else if o.sleutel_naam() != o.id {
        words.push(format!("gedeeld als {}", o.sleutel_naam()));
    }
    words.join("; ")
}

/// What was passed over, and why.
pub fn overgeslagen(skipped: &[(String, String, String)]) -> Option<Report> {
    if skipped.is_empty() {
        return None;
    }
    let mut report = Report::new(
        "Overgeslagen",
        "Wat niet gelezen is, en waarom",
        &[
            ("Plaats", Format::Text),
            ("Wat", Format::Text),
            ("Waarom", Format::Text),
        ],
    );
    for (place, what, why) in skipped {
        report.row(vec![text(place), text(what), text(why)]);
    }
    Some(report)
}

/// Checks with the source's own figures.
pub fn controles(checks: &[Gecontroleerd]) -> Option<Report> {
    if checks.is_empty() {
        return None;
    }
    let good = checks.iter().filter(|c| c.klopt()).count();
    let mut report = Report::new(
        "Controles",
        "Aansluiting met de cijfers van de bron",
        &[
            ("Controle", Format::Text),
            ("Bron", Format::Eur(2)),
            ("Berekend", Format::Eur(2)),
            ("Verschil", Format::Eur(2)),
            ("Klopt", Format::Text),
        ],
    )
    .note(format!("{good} van {} kloppen", checks.len()));
    for c in checks {
        report.row(vec![
            text(&c.doel),
            exact(c.verwacht),
            exact(c.berekend),
            exact(round(c.berekend - c.verwacht)),
            text(if c.klopt() { "ja" } else { "NEE" }),
        ]);
    }
    Some(report)
}

fn round(value: Decimal) -> Decimal {
    value.round_dp_with_strategy(4, rust_decimal::RoundingStrategy::MidpointAwayFromZero)
}

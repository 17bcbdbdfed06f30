//! The two example workbooks through their mappings, against what their own formulas give (`tests/inputs/expected.json`):
//! every year of every row, and every result, to a cent. The extensions around a workbook don't touch its figures.

mod support;

use polder::model::Model;
use polder::plan::Route;
use polder::route::{self, Routeresultaat};
use rust_decimal::{Decimal, dec};
use serde_json::Value;

/// A label of the workbook, the result it is, and what the label's figure is multiplied by to be it.
type Label = (&'static str, &'static str, Decimal);

const HAVENKWARTIER: &[Label] = &[
    ("Nominaal saldo (prijspeil)", "nominaal_saldo", dec!(1)),
    ("Reëel saldo", "reeel_saldo", dec!(1)),
    ("Eindwaarde per 31-12-2037", "eindwaarde", dec!(1)),
    ("Netto contante waarde per 1-1-2026 (2%)", "ncw", dec!(1)),
    ("Hoogste boekwaarde", "hoogste_boekwaarde", dec!(1)),
    ("Totaal rente", "rente_totaal", dec!(1)),
    ("Kosten (prijspeil)", "kosten_prijspeil", dec!(1)),
    ("Kosten (geïndexeerd)", "kosten", dec!(1)),
    ("Opbrengsten (prijspeil)", "opbrengsten_prijspeil", dec!(1)),
    ("Opbrengsten (geïndexeerd)", "opbrengsten", dec!(1)),
    ("Saldo kasstroom", "kasstroom", dec!(1)),
    ("Boekwaarde 1 januari", "boekwaarde_begin", dec!(1)),
    ("Mutatie", "mutatie", dec!(1)),
    ("Rente", "rente", dec!(1)),
    ("Boekwaarde 31 december", "boekwaarde", dec!(1)),
];

/// In thousands of euro; costs, interest and what is invested are negative there.
const SPOORZONE_OOST: &[Label] = &[
    ("Kosten na index", "kosten", dec!(-1000)),
    ("Opbrengsten na index", "opbrengsten", dec!(1000)),
    ("Saldo", "kasstroom", dec!(1000)),
    ("Stand 1 jan", "boekwaarde_begin", dec!(-1000)),
    ("Rente (halfjaar)", "rente", dec!(-1000)),
    ("Stand 31 dec", "boekwaarde", dec!(-1000)),
    ("Eindwaarde 31-12-2040", "eindwaarde", dec!(1000)),
    ("NCW 1-1-2026", "ncw", dec!(1000)),
    ("Boekwaarde 1-1-2026", "boekwaarde_peildatum", dec!(-1000)),
    ("Laagste stand", "laagste_stand", dec!(1000)),
];

/// All figures of a workbook as (label, year or nothing, value). `jaren` holds years by label, or labels by year.
fn figures(workbook: &Value) -> Vec<(String, Option<String>, Decimal)> {
    let number = |v: &Value| {
        v.as_number().map(|n| {
            n.as_str()
                .parse()
                .or_else(|_| Decimal::from_scientific(n.as_str()))
                .expect("a decimal number")
        })
    };
    let is_year = |t: &str| t.len() == 4 && t.bytes().all(|b| b.is_ascii_digit());
    let mut out = Vec::new();
    for (label, content) in workbook.as_object().expect("labels") {
        if let Some(value) = number(content) {
            out.push((label.clone(), None, value));
            continue;
        }
        for (outer, row) in content.as_object().expect("a number, or figures by year") {
            for (inner, value) in row.as_object().expect("figures by year") {
                let (year, label) = if is_year(outer) {
                    (outer, inner)
                } else {
                    (inner, outer)
                };
                assert!(is_year(year), "\"{year}\" is not a year");
                out.push((
                    label.clone(),
                    Some(year.clone()),
                    number(value).expect("a number"),
                ));
            }
        }
    }
    out
}

fn expected(workbook: &str) -> Vec<(String, Option<String>, Decimal)> {
    let all: Value =
        serde_json::from_str(include_str!("inputs/expected.json")).expect("valid json");
    figures(&all[workbook])
}

/// Compares all figures; every label must be known, and every known label used.
fn compare(
    model: &Model,
    resultaat: &Routeresultaat,
    labels: &[Label],
    figures: &[(String, Option<String>, Decimal)],
) {
    let mut wrong = Vec::new();
    for (label, year, value) in figures {
        let (_, name, factor) = labels
            .iter()
            .find(|(l, _, _)| l == label)
            .unwrap_or_else(|| panic!("\"{label}\" is mapped to no result"));
        let address = year
            .as_ref()
            .map_or_else(|| (*name).to_owned(), |y| format!("{name}.{y}"));
        let found = resultaat
            .waarde(model, &address)
            .unwrap_or_else(|reason| panic!("{label}: {reason}"));
        let wanted = *value * *factor;
        if (found - wanted).abs() > dec!(0.01) {
            wrong.push(format!(
                "{label} {}: calculated {found}, the workbook says {wanted}",
                year.as_deref().unwrap_or("")
            ));
        }
    }
    for (label, ..) in labels {
        assert!(
            figures.iter().any(|(l, ..)| l == label),
            "\"{label}\" is not in the workbook"
        );
    }
    assert!(
        wrong.is_empty(),
        "route {}:\n{}",
        resultaat.route.naam(),
        wrong.join("\n")
    );
}

#[test]
fn havenkwartier_gives_the_workbooks_figures_in_both_routes() {
    let model = support::model(support::tables_in("models/havenkwartier")).expect("no errors");
    assert!(
        model.fonds.is_some() && !model.maatregelen.is_empty() && !model.onzekerheden.is_empty(),
        "the extensions are there"
    );
    let figures = expected("havenkwartier.xlsx");
    assert_eq!(figures.len(), 6 + 12 * 9);
    for route in Route::BEIDE {
        compare(
            &model,
            &route::calculate(&model, route).expect("it calculates"),
            HAVENKWARTIER,
            &figures,
        );
    }
}

#[test]
fn spoorzone_oost_gives_the_workbooks_figures_in_both_routes() {
    let model = support::model(support::tables_in("models/spoorzone-oost")).expect("no errors");
    let figures = expected("spoorzone-oost.xlsx");
    assert_eq!(figures.len(), 4 + 17 * 6);
    for route in Route::BEIDE {
        compare(
            &model,
            &route::calculate(&model, route).expect("it calculates"),
            SPOORZONE_OOST,
            &figures,
        );
    }
}

#[test]
#[should_panic(expected = "\"Winst\" is mapped to no result")]
fn a_label_that_is_not_mapped_is_told() {
    let model = support::model(support::tables_in("models/rekenvoorbeeld")).expect("no errors");
    let resultaat = route::calculate(&model, Route::Grex).expect("it calculates");
    compare(&model, &resultaat, &[], &[("Winst".into(), None, dec!(1))]);
}

//! Reports of kostenverhaal, verevening and land values: they say what they were calculated with, and their totals add up.

use polder::model::Model;
use polder::plan::Route;
use polder::read::read_model;
use polder::report::{Cell, Format, Report, RowKind, grondwaarde, verevening, verhaal};
use polder::route::{Routeresultaat, calculate};
use polder::write::csv::csv;
use rust_decimal::{Decimal, dec};
use std::path::Path;

fn example(name: &str) -> Model {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("models")
        .join(name);
    let (model, problems) = read_model(&folder).unwrap().into_model();
    model.unwrap_or_else(|| panic!("{problems:?}"))
}

fn calculated(model: &Model) -> Routeresultaat {
    calculate(model, Route::Grex).unwrap_or_else(|p| panic!("{p}"))
}

fn called<'a>(reports: &'a [Report], name: &str) -> &'a Report {
    let found = reports.iter().find(|r| r.name == name);
    found.unwrap_or_else(|| panic!("no report {name}"))
}

fn amount(cell: &Cell) -> Decimal {
    match cell {
        Cell::Exact(value) => *value,
        other => panic!("{other:?} is no amount"),
    }
}

fn words(cell: Option<&Cell>) -> &str {
    match cell {
        Some(Cell::Text(text)) => text,
        _ => "",
    }
}

/// The amount of the row whose first cell is this.
fn row(report: &Report, name: &str, column: usize) -> Decimal {
    let found = report
        .rows
        .iter()
        .find(|r| words(r.cells.first()) == name && r.kind != RowKind::Heading);
    amount(&found.unwrap_or_else(|| panic!("no row {name}")).cells[column])
}

/// Sum of the plain rows between one heading and the next total.
fn between(report: &Report, heading: &str, column: usize) -> Decimal {
    report
        .rows
        .iter()
        .skip_while(|r| r.kind != RowKind::Heading || words(r.cells.first()) != heading)
        .skip(1)
        .take_while(|r| r.kind == RowKind::Plain)
        // A row that says what part of a cost counts has no amount.
        .filter(|r| !matches!(r.cells[column], Cell::Empty))
        .map(|r| amount(&r.cells[column]))
        .sum()
}

#[test]
fn the_exploitatieopzet_names_its_settings_with_article_and_mark_and_adds_up() {
    let model = example("kostenverhaal");
    let reports = verhaal::verhaal(&model, &calculated(&model));
    let opzet = called(&reports, "Exploitatieopzet");
    let told: Vec<[&str; 3]> = opzet
        .rows
        .iter()
        .map(|r| {
            [
                words(r.cells.first()),
                words(r.cells.get(1)),
                words(r.cells.get(3)),
            ]
        })
        .collect();
    for row in [
        ["regime", "Omgevingswet met tijdvak", "Ow 13.14 [V]"],
        ["peildatum", "2026-01-01", "contante waarde [C]"],
        [
            "prijspeil",
            "2026-01-01",
            "index van prijspeil naar de periode [C]",
        ],
        ["rente", "2,5% per jaar", "contante waarde [C]"],
        [
            "moment",
            "begin van de periode",
            "moment van een bedrag in zijn periode [C]",
        ],
        ["beschikking", "2026", "Ob 8.16: opbrengst in dat jaar [V]"],
        [
            "methode",
            "omslag naar rato van de opbrengst",
            "Ow 13.16 [V]",
        ],
        [
            "aftrek",
            "eigen kosten per post ten hoogste hun raming",
            "Ow 13.18 lid 2 onder b [V], per post [C]",
        ],
        [
            "vloer",
            "een bijdrage onder nul wordt nul",
            "staat niet in de wet [O]",
        ],
        [
            "rente tot betaling",
            "nee: verschuldigd is de contante waarde",
            "staat niet in de wet [C]",
        ],
        [
            "plankosten maximum",
            "1.200.000,00",
            "Ow 13.21, Or 13.2 [V]",
        ],
        [
            "eindafrekening",
            "2029, terugbetaalrente 2%",
            "Ow 13.20, Ob 8.19 [V], rentevoet [C]",
        ],
    ] {
        assert!(told.contains(&row), "{row:?}\n{told:?}");
    }
    // Every amount has its article.
    for r in opzet.rows.iter().filter(|r| r.kind != RowKind::Heading) {
        assert!(words(r.cells.get(3)).contains('['), "{:?}", r.cells);
    }
    assert_eq!(
        between(opzet, "Spoorkade: kosten", 2),
        row(opzet, "Verhaalbare kosten", 2)
    );
    assert_eq!(
        row(opzet, "Verhaalbare kosten", 2) + row(opzet, "Bijdragen", 2),
        row(opzet, "Netto kosten", 2)
    );
    assert_eq!(
        between(opzet, "Spoorkade: opbrengsten", 2),
        row(opzet, "Opbrengst gronden", 2)
    );
}

#[test]
fn what_stays_with_the_municipality_adds_up_and_shows_no_empty_cause() {
    for name in ["kostenverhaal", "verevening", "havenkwartier"] {
        let model = example(name);
        let route = calculated(&model);
        let reports = verhaal::verhaal(&model, &route);
        let rest = called(&reports, "Rest gemeente");
        let total = row(rest, "Blijft bij de gemeente", 1);
        let causes: Vec<Decimal> = rest
            .rows
            .iter()
            .filter(|r| words(r.cells.first()).starts_with("waarvan"))
            .map(|r| amount(&r.cells[1]))
            .collect();
        assert!(
            causes.iter().all(|c| c.abs() >= dec!(0.005)),
            "{name}: {causes:?}"
        );
        let sum: Decimal = causes.iter().sum();
        assert!((sum - total).abs() < dec!(0.01), "{name}: {sum} {total}");
        for r in &rest.rows {
            if let Some(Cell::Exact(value)) = r.cells.get(1) {
                assert!(!value.is_zero() || value.is_sign_positive(), "{name}");
            }
        }
    }
}

#[test]
fn who_pays_whom_adds_up_to_what_the_account_keeps() {
    let model = example("verevening");
    let route = calculated(&model);
    let report = verevening::wie_betaalt_wie(&model, &route);
    let (mut paid, mut got) = (Decimal::ZERO, Decimal::ZERO);
    for r in &report.rows {
        let (pays, gets) = (amount(&r.cells[3]), amount(&r.cells[4]));
        if r.kind == RowKind::Total {
            assert!(words(r.cells.get(1)).starts_with("totaal, "));
            assert_eq!((pays, gets), (paid, got));
            assert_eq!(amount(&r.cells[6]), paid - got);
            (paid, got) = (Decimal::ZERO, Decimal::ZERO);
        } else {
            paid += pays;
            got += gets;
        }
    }
    let reports = verevening::verevening(&model, &route);
    let figures = called(&reports, "Verevening cijfers");
    let notes = figures.notes.join("\n");
    for part in [
        "school en park: kostendeling, via gemeente/eigen, rente 2%",
        "zonder rente tot betaling",
        "wie profiteert betaalt [P], formule [C]",
    ] {
        assert!(notes.contains(part), "{part}\n{notes}");
    }
}

#[test]
fn a_land_value_is_opbrengst_less_costs_as_the_documentation_has_it() {
    let model = example("grondwaarde");
    let report = grondwaarde::grondwaarde(&model).unwrap();
    let koop: Vec<(&str, Decimal)> = report
        .rows
        .iter()
        .skip_while(|r| !words(r.cells.first()).starts_with("koop: residueel"))
        .skip(1)
        .take_while(|r| r.kind != RowKind::Heading)
        .map(|r| (words(r.cells.first()), amount(&r.cells[2]).round_dp(2)))
        .collect();
    let expected = [
        ("Opbrengst", dec!(409090.91)),
        ("koop.bouw (bouwkosten)", dec!(218300.00)),
        ("koop.bijkomend (bijkomende kosten)", dec!(43660.00)),
        ("koop.onvoorzien", dec!(7858.80)),
        (
            "koop.rente bouw (rente over de helft van de kosten in de bouwtijd)",
            dec!(10243.65),
        ),
        ("koop.verkoop", dec!(6136.36)),
        (
            "koop.rente grond (rente over de grond in de hele bouwtijd)",
            dec!(7038.51),
        ),
        ("koop.winst en risico", dec!(23156.09)),
        ("Stichtingskosten", dec!(316393.41)),
        ("Grondwaarde per eenheid", dec!(92697.50)),
        ("programma koop", dec!(7415800.22)),
    ];
    assert_eq!(koop, expected);
    // A valuation for many units at a later moment: what is left, then per unit.
    let werk: Vec<&str> = report
        .rows
        .iter()
        .skip_while(|r| !words(r.cells.first()).starts_with("werk: residueel"))
        .map(|r| words(r.cells.first()))
        .collect();
    assert!(werk.contains(&"Huur per jaar") && werk.contains(&"Residu"));
    assert!(grondwaarde::grondwaarde(&example("rekenvoorbeeld")).is_none());
}

/// In one column of a csv amounts have all their decimals, and nothing has a sign that is nothing.
#[test]
fn amounts_in_csv_have_one_form() {
    let mut reports = Vec::new();
    for name in ["kostenverhaal", "verevening", "grondwaarde"] {
        let model = example(name);
        let route = calculated(&model);
        reports.extend(verhaal::verhaal(&model, &route));
        reports.extend(verevening::verevening(&model, &route));
        reports.extend(grondwaarde::grondwaarde(&model));
    }
    let mut seen = 0;
    for report in &reports {
        let text = String::from_utf8(csv(report, true)).unwrap();
        assert!(!text.contains("-0;") && !text.contains("-0,00;"), "{text}");
        for (line, row) in text.lines().skip(1).zip(&report.rows) {
            let figures = line.split(';').zip(&report.columns);
            for (figure, column) in figures {
                let euro = matches!(row.format.unwrap_or(column.format), Format::Eur(_))
                    && matches!(column.format, Format::Eur(_));
                if euro && !figure.is_empty() {
                    let cents = figure.rsplit_once(',').map_or(0, |(_, c)| c.len());
                    assert_eq!(cents, 2, "{}: {line}", report.name);
                    seen += 1;
                }
            }
        }
    }
    assert!(seen > 100, "{seen}");
}

//! `polder inspect` from outside: foreign workbooks of many habits, each against what its own formulas give. The mapping that is
//! proposed is read without change, and gives the workbook's figures to a cent.

mod support;

use polder::inspect::{Inspectie, inspect};
use polder::model::Model;
use polder::plan::Route;
use polder::read::read_model;
use polder::read::werkmap::Werkmap;
use polder::route;
use proptest::prelude::*;
use rust_decimal::{Decimal, dec};
use rust_xlsxwriter::Workbook;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use support::root;

/// A folder of its own for a test.
fn folder(name: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("polder-inspect-{}-{name}", std::process::id()));
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).expect("the folder for temporary files can be written");
    path
}

fn polder(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_polder"))
        .args(args)
        .output()
        .expect("polder runs")
}

/// Inspects a workbook with the binary, reads it through the mapping that was written, and gives the model.
fn inspected(workbook: &Path) -> (Model, String) {
    let name = workbook.file_name().unwrap().to_str().unwrap();
    let at = folder(name);
    let copy = at.join(name);
    fs::copy(workbook, &copy).expect("the workbook is part of the project");
    let output = polder(&["inspect", copy.to_str().unwrap()]);
    let shown = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    let code = output.status.code();
    assert!(code == Some(0) || code == Some(1), "{name}: {shown}");
    fs::write(
        at.join("model.toml"),
        format!("[[bron]]\nbestand = \"{name}\"\nmapping = \"mapping.toml\"\n"),
    )
    .expect("the folder can be written");
    let (model, problems) = read_model(&at).expect("both files are there").into_model();
    let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
    let model = model.unwrap_or_else(|| panic!("{name}: {}\n{shown}", told.join("\n")));
    fs::remove_dir_all(&at).expect("the folder was made by this test");
    (model, shown)
}

fn number(value: &Value) -> Decimal {
    let text = value.as_number().expect("a number").to_string();
    text.parse()
        .or_else(|_| Decimal::from_scientific(&text))
        .expect("a decimal number")
}

fn lines(model: &Model) -> BTreeMap<&'static str, usize> {
    ["kosten", "opbrengsten", "programma"]
        .into_iter()
        .map(|t| (t, model.tables.table(t).rows.len()))
        .collect()
}

/// Compares results with what the workbook's formulas gave; tells all that differ.
fn compare(name: &str, model: &Model, results: &Value, shown: &str) {
    let result = route::calculate(model, Route::Grex).expect("it calculates");
    let mut wrong = Vec::new();
    let mut check = |address: &str, wanted: &Value| {
        let wanted = number(wanted);
        match result.waarde(model, address) {
            Ok(found) if (found - wanted).abs() <= dec!(0.01) => {}
            Ok(found) => wrong.push(format!(
                "{address}: calculated {found}, the workbook says {wanted}"
            )),
            Err(reason) => wrong.push(format!("{address}: {reason}")),
        }
    };
    let mut figures = 0;
    for (address, content) in results.as_object().expect("results") {
        match content {
            Value::Object(periods) => {
                for (period, wanted) in periods {
                    check(&format!("{address}.{period}"), wanted);
                    figures += 1;
                }
            }
            wanted => {
                check(address, wanted);
                figures += 1;
            }
        }
    }
    assert!(figures > 0, "{name}: nothing was compared");
    assert!(wrong.is_empty(), "{name}:\n{}\n{shown}", wrong.join("\n"));
}

#[test]
fn workbooks_of_many_habits_give_their_own_figures() {
    let at = root().join("tests/fixtures/werkboeken");
    let text = fs::read_to_string(at.join("expected.json")).expect("it is part of the project");
    let expected: Value = serde_json::from_str(&text).expect("valid json");
    let books = expected.as_object().expect("workbooks");
    assert!(books.len() >= 9);
    for (name, wanted) in books {
        let (model, shown) = inspected(&at.join(name));
        let found = lines(&model);
        for (table, count) in wanted["regels"].as_object().expect("numbers of lines") {
            let number: usize = table.split('+').map(|t| found[t]).sum();
            assert_eq!(
                Some(number as u64),
                count.as_u64(),
                "{name}: lines of {table}\n{shown}"
            );
        }
        compare(name, &model, &wanted["uitkomsten"], &shown);
    }
}

#[test]
fn without_formulas_the_same_is_found() {
    let mut books: Vec<PathBuf> = fs::read_dir(root().join("tests/fixtures/werkboeken"))
        .expect("it is part of the project")
        .map(|entry| entry.expect("readable").path())
        .filter(|path| path.extension().is_some_and(|e| e == "xlsx"))
        .collect();
    books.sort();
    books.push(root().join("models/havenkwartier/havenkwartier.xlsx"));
    books.push(root().join("models/spoorzone-oost/spoorzone-oost.xlsx"));
    assert!(books.len() >= 12);
    for book in books {
        let name = book.file_name().unwrap().to_string_lossy().into_owned();
        let mut problems = Vec::new();
        let mut map = Werkmap::read(&book, &name, &mut problems)
            .expect("it is there")
            .expect("it is a workbook");
        let lines = |found: &Inspectie| -> Vec<(&'static str, usize)> {
            let tables = ["kosten", "programma", "opbrengsten"];
            found
                .regels
                .iter()
                .filter(|(table, _)| tables.contains(table))
                .copied()
                .collect()
        };
        let with = inspect(&map);
        for sheet in &mut map.bladen {
            for cell in sheet.cellen.values_mut() {
                cell.formule = None;
            }
        }
        let without = inspect(&map);
        assert_eq!(lines(&without), lines(&with), "{name}");
        for v in &without.vergelijkingen {
            assert!(v.klopt(), "{name}: {v:?}");
        }
        assert!(!without.vergelijkingen.is_empty(), "{name}");
        for t in &without.totalen {
            assert!(t.klopt(), "{name}: {t:?}");
        }
    }
}

/// The figures of a workbook in `tests/inputs/expected.json` by the labels of the workbook, as our results.
fn known(workbook: &str, labels: &[(&str, &str, i64)]) -> Value {
    let text = fs::read_to_string(root().join("tests/inputs/expected.json")).expect("it is there");
    let all: Value = serde_json::from_str(&text).expect("valid json");
    let mut out = serde_json::Map::new();
    let mut put = |label: &str, year: Option<&str>, value: &Value| {
        let (_, name, factor) = labels.iter().find(|(l, ..)| *l == label).expect(label);
        let value =
            serde_json::from_str(&(number(value) * Decimal::from(*factor)).to_string()).unwrap();
        match year {
            None => drop(out.insert((*name).to_owned(), value)),
            Some(year) => {
                let series = out
                    .entry(*name)
                    .or_insert_with(|| Value::Object(serde_json::Map::new()));
                series
                    .as_object_mut()
                    .unwrap()
                    .insert(year.to_owned(), value);
            }
        }
    };
    for (label, content) in all[workbook].as_object().expect("labels") {
        let Some(rows) = content.as_object() else {
            put(label, None, content);
            continue;
        };
        for (outer, row) in rows {
            for (inner, value) in row.as_object().expect("figures") {
                if outer.len() == 4 && outer.bytes().all(|b| b.is_ascii_digit()) {
                    put(inner, Some(outer), value);
                } else {
                    put(outer, Some(inner), value);
                }
            }
        }
    }
    Value::Object(out)
}

#[test]
fn havenkwartier_without_correction() {
    let (model, shown) = inspected(&root().join("models/havenkwartier/havenkwartier.xlsx"));
    let wanted = known(
        "havenkwartier.xlsx",
        &[
            ("Nominaal saldo (prijspeil)", "nominaal_saldo", 1),
            ("Reëel saldo", "reeel_saldo", 1),
            ("Eindwaarde per 31-12-2037", "eindwaarde", 1),
            ("Netto contante waarde per 1-1-2026 (2%)", "ncw", 1),
            ("Hoogste boekwaarde", "hoogste_boekwaarde", 1),
            ("Totaal rente", "rente_totaal", 1),
            ("Kosten (prijspeil)", "kosten_prijspeil", 1),
            ("Kosten (geïndexeerd)", "kosten", 1),
            ("Opbrengsten (prijspeil)", "opbrengsten_prijspeil", 1),
            ("Opbrengsten (geïndexeerd)", "opbrengsten", 1),
            ("Saldo kasstroom", "kasstroom", 1),
            ("Boekwaarde 1 januari", "boekwaarde_begin", 1),
            ("Mutatie", "mutatie", 1),
            ("Rente", "rente", 1),
            ("Boekwaarde 31 december", "boekwaarde", 1),
        ],
    );
    compare("havenkwartier", &model, &wanted, &shown);
    same_lines(&model, "models/havenkwartier");
    assert!(!shown.contains("Niet begrepen"), "{shown}");
}

#[test]
fn spoorzone_oost_without_correction() {
    let (model, shown) = inspected(&root().join("models/spoorzone-oost/spoorzone-oost.xlsx"));
    let wanted = known(
        "spoorzone-oost.xlsx",
        &[
            ("Kosten na index", "kosten", -1000),
            ("Opbrengsten na index", "opbrengsten", 1000),
            ("Saldo", "kasstroom", 1000),
            ("Stand 1 jan", "boekwaarde_begin", -1000),
            ("Rente (halfjaar)", "rente", -1000),
            ("Stand 31 dec", "boekwaarde", -1000),
            ("Eindwaarde 31-12-2040", "eindwaarde", 1000),
            ("NCW 1-1-2026", "ncw", 1000),
            ("Boekwaarde 1-1-2026", "boekwaarde_peildatum", -1000),
            ("Laagste stand", "laagste_stand", 1000),
        ],
    );
    compare("spoorzone-oost", &model, &wanted, &shown);
    same_lines(&model, "models/spoorzone-oost");
}

/// Lines, amounts and phasing are those of the mapping that was made by hand.
fn same_lines(model: &Model, by_hand: &str) {
    let hand = support::model(support::tables_in(by_hand)).expect("no errors");
    let of = |model: &Model| -> BTreeMap<(String, String), (String, String)> {
        let mut out = BTreeMap::new();
        for (table, columns) in [
            ("kosten", ["omschrijving", "raming", "hoeveelheid", "prijs"]),
            ("programma", ["segment", "raming", "aantal", "grondprijs"]),
            ("opbrengsten", ["omschrijving", "raming", "bedrag", "prijs"]),
        ] {
            let table = model.tables.table(table);
            for row in &table.rows {
                // The extensions around the workbook come from other files.
                if !row.place.file.ends_with(".xlsx") {
                    continue;
                }
                let text = |c: &str| polder::model::table::as_text(&table.get(row, c).scalar);
                let values: Vec<String> = columns[1..].iter().map(|c| text(c)).collect();
                out.insert(
                    (table.schema.name.to_owned(), row.place.to_string()),
                    (text(columns[0]), values.join(" ")),
                );
            }
        }
        out
    };
    assert_eq!(of(model), of(&hand));
}

#[test]
fn the_document_shows_what_it_prints_and_writes() {
    let (_, shown) = inspected(&root().join("models/spoorzone-oost/spoorzone-oost.xlsx"));
    let document = fs::read_to_string(root().join("docs/inspect.md")).expect("it is there");
    let block = |kind: &str| {
        let start = document.find(kind).expect(kind) + kind.len();
        let rest = &document[start..];
        rest[..rest.find("```").expect("its end")].trim().to_owned()
    };
    let printed = block("```text\n");
    let told: Vec<&str> = printed
        .lines()
        .take_while(|l| !l.starts_with("written:"))
        .collect();
    assert!(
        told.len() > 20 && shown.starts_with(&told.join("\n")),
        "{shown}"
    );
    let map = fs::read(root().join("models/spoorzone-oost/spoorzone-oost.xlsx")).unwrap();
    let mut problems = Vec::new();
    let map = Werkmap::from_bytes(&map, "spoorzone-oost.xlsx", &mut problems).expect("a workbook");
    assert!(inspect(&map).mapping.starts_with(&block("```toml\n")));
}

/// A workbook that differs from what polder calculates, on purpose.
fn afwijkend(name: &str) -> Inspectie {
    let at = root()
        .join("tests/fixtures/werkboeken/afwijkend")
        .join(name);
    look(&fs::read(at).expect("it is part of the project"))
}

#[test]
fn a_rente_that_differs_per_year_is_told() {
    let found = afwijkend("rente_per_jaar.xlsx");
    let told: Vec<String> = found
        .onbegrepen
        .iter()
        .map(|o| format!("{}: {} ({})", o.place, o.wat, o.waarom))
        .collect();
    let [line] = &told[..] else {
        panic!("{told:?}");
    };
    assert!(
        line.contains("'Param'!B4: Rente: 2026 0.03, 2027 0.028"),
        "{line}"
    );
    assert!(line.contains("one rente for all years"), "{line}");
    // All that comes before interest agrees; what follows from it differs from the year of the change on.
    for v in &found.vergelijkingen {
        let before = ["kosten", "opbrengsten", "kasstroom"].contains(&v.doel.as_str());
        assert_eq!(v.klopt(), before, "{v:?}");
        if v.doel == "rente" {
            assert_eq!(v.eerste.as_ref().map(|e| e.0.as_str()), Some("2027"));
        }
    }
    let rente = found
        .gebied
        .iter()
        .find(|f| f.sleutel == "rente")
        .expect("one is proposed");
    assert!(
        rente.zekerheid <= 0.5 && rente.reden.contains("changes in 2027"),
        "{rente:?}"
    );
}

#[test]
fn a_difference_is_traced_to_its_line() {
    let found = afwijkend("foute_regel.xlsx");
    let [line] = &found.regelverschillen[..] else {
        panic!("{:?}", found.regelverschillen);
    };
    assert!(line.plaats.to_string().ends_with("'Kasstroom per post'!E3"));
    assert_eq!(
        (line.label.as_str(), line.periode.as_str()),
        ("Bouwrijp maken", "2028")
    );
    assert_eq!((line.werkmap, line.polder), (dec!(205000), dec!(180000)));
}

#[test]
fn what_is_understood_with_a_reservation_is_told() {
    for (name, place, word) in [
        (
            "lopend_met_raming.xlsx",
            "'Kosten'!E3",
            "hold index already",
        ),
        (
            "tekstmaanden.xlsx",
            "'Kosten en opbrengsten'!C4",
            "added up per quarter",
        ),
    ] {
        let at = root().join("tests/fixtures/werkboeken").join(name);
        let found = look(&fs::read(at).expect("it is part of the project"));
        let told = found
            .meldingen
            .iter()
            .any(|o| o.place.to_string().ends_with(place) && o.waarom.contains(word));
        assert!(told, "{name}: {:?}", found.meldingen);
    }
}

#[test]
fn a_mapping_is_never_written_over_unasked() {
    let at = folder("force");
    let book = at.join("h.xlsx");
    fs::copy(
        root().join("models/havenkwartier/havenkwartier.xlsx"),
        &book,
    )
    .unwrap();
    let mapping = at.join("mapping.toml");
    fs::write(&mapping, "# mine\n").unwrap();
    let book = book.to_str().unwrap();
    let refused = polder(&["inspect", book]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--force"));
    assert_eq!(fs::read_to_string(&mapping).unwrap(), "# mine\n");
    assert!(polder(&["inspect", book, "--force"]).status.success());
    assert!(fs::read_to_string(&mapping).unwrap().contains("[[tabel]]"));
    let json = polder(&["inspect", book, "--json"]);
    let found: Value = serde_json::from_slice(&json.stdout).expect("valid json");
    assert_eq!(found["conventies"][0]["rentemethode"], "JAN1");
    fs::remove_dir_all(&at).unwrap();
}

// ---------------------------------------------------------------------------------------------------------------------------
// Conventions: a workbook calculated here, in f64 and independent of polder, under each combination of the closed lists.

const RATE: f64 = 0.031;
const DISCOUNT: f64 = 0.02;
const COSTS: [f64; 6] = [900_000.0, 400_000.0, 250_000.0, 0.0, 130_000.0, 60_000.0];
const REVENUE: [f64; 6] = [0.0, 0.0, 610_000.0, 820_000.0, 500_000.0, 240_000.0];
const OPENING: f64 = 350_000.0;
const GROWTH: (f64, f64) = (0.03, 0.017);

struct Afspraak {
    rente: &'static str,
    index: &'static str,
    ncw: &'static str,
    moment: &'static str,
    telling: &'static str,
}

/// A workbook whose figures follow one set of conventions.
fn workbook(a: &Afspraak) -> Vec<u8> {
    let years = COSTS.len();
    let level = |growth: f64, t: usize| {
        let half = if a.index == "halfjaar" { 0.5 } else { 0.0 };
        (1.0 + growth).powf(t as f64 + half)
    };
    let mut book = Workbook::new();
    let s = book.add_worksheet().set_name("Grex").unwrap();
    s.write(0, 0, "Grondexploitatie Proefveld").unwrap();
    for (row, (label, value)) in [
        ("Rente", RATE),
        ("Discontovoet", DISCOUNT),
        ("Index kosten", GROWTH.0),
        ("Index opbrengsten", GROWTH.1),
        ("Boekwaarde per 1-1-2026", OPENING),
    ]
    .into_iter()
    .enumerate()
    {
        s.write(row as u32 + 1, 0, label).unwrap();
        s.write(row as u32 + 1, 1, value).unwrap();
    }
    s.write(7, 0, "Omschrijving").unwrap();
    s.write(7, 1, "Bedrag").unwrap();
    s.write(8, 0, "Kosten").unwrap();
    s.write(9, 0, "Bouwrijp maken").unwrap();
    s.write(10, 0, "Opbrengsten").unwrap();
    s.write(11, 0, "Verkoop kavels").unwrap();
    s.write(9, 1, COSTS.iter().sum::<f64>()).unwrap();
    s.write(11, 1, REVENUE.iter().sum::<f64>()).unwrap();
    for (row, label) in [
        (13, "Kosten na index"),
        (14, "Opbrengsten na index"),
        (15, "Saldo"),
        (16, "Boekwaarde 1 januari"),
        (17, "Rente"),
        (18, "Boekwaarde 31 december"),
    ] {
        s.write(row, 0, label).unwrap();
    }
    let (mut balance, mut flows) = (OPENING, Vec::new());
    for t in 0..years {
        let c = t as u16 + 2;
        s.write(7, c, 2026 + t as u32).unwrap();
        s.write(9, c, COSTS[t]).unwrap();
        s.write(11, c, REVENUE[t]).unwrap();
        let (cost, revenue) = (
            COSTS[t] * level(GROWTH.0, t),
            REVENUE[t] * level(GROWTH.1, t),
        );
        let change = cost - revenue;
        let interest = match a.rente {
            "JAN1" => RATE * balance,
            "GEMIDDELD" => RATE * (balance + change / 2.0),
            "HALFJAAR_SI" => RATE * balance + change * ((1.0 + RATE).sqrt() - 1.0),
            _ => RATE * (balance + change),
        };
        for (row, value) in [
            (13, cost),
            (14, revenue),
            (15, -change),
            (16, balance),
            (17, interest),
        ] {
            s.write(row, c, value).unwrap();
        }
        balance += change + interest;
        s.write(18, c, balance).unwrap();
        flows.push(-change);
    }
    let days = 365.0 * years as f64 + 1.0 - 1.0; // 2026 to 2031 holds one leap year, and 31 December is a day before the end
    let n = match a.telling {
        "jaren" => years as f64,
        "dagen_36525" => days / 365.25,
        _ => days / 365.0,
    };
    let ncw = match a.ncw {
        "ncw_bbv" => -balance / (1.0 + DISCOUNT).powf(n),
        "ncw_rente" => -balance / (1.0 + RATE).powf(n),
        _ => {
            let shift = match a.moment {
                "begin" => 0.0,
                "midden" => 0.5,
                _ => 1.0,
            };
            flows
                .iter()
                .enumerate()
                .map(|(t, f)| f / (1.0 + DISCOUNT).powf(t as f64 + shift))
                .sum::<f64>()
                - OPENING
        }
    };
    s.write(20, 0, "Eindwaarde").unwrap();
    s.write(20, 1, -balance).unwrap();
    s.write(21, 0, "NCW").unwrap();
    s.write(21, 1, ncw).unwrap();
    book.save_to_buffer().unwrap()
}

fn look(bytes: &[u8]) -> Inspectie {
    let mut problems = Vec::new();
    let map = Werkmap::from_bytes(bytes, "proef.xlsx", &mut problems).expect("a workbook");
    inspect(&map)
}

#[test]
fn every_convention_is_recognised_as_itself_or_a_listed_twin() {
    let mut tried = 0;
    for rente in ["JAN1", "GEMIDDELD", "HALFJAAR_SI", "BEGIN"] {
        for index in ["jaar", "halfjaar"] {
            for (ncw, moment) in [
                ("ncw_bbv", "eind"),
                ("ncw_rente", "eind"),
                ("ncw_kasstroom", "begin"),
                ("ncw_kasstroom", "midden"),
                ("ncw_kasstroom", "eind"),
            ] {
                for telling in ["jaren", "dagen_36525", "dagen_365"] {
                    let a = Afspraak {
                        rente,
                        index,
                        ncw,
                        moment,
                        telling,
                    };
                    let what = format!("{rente} {index} {ncw} {moment} {telling}");
                    let found = look(&workbook(&a));
                    let agree = found
                        .vergelijkingen
                        .iter()
                        .all(polder::inspect::Vergelijking::klopt);
                    assert!(
                        agree && found.vergelijkingen.len() == 8,
                        "{what}: {:#?}",
                        found.vergelijkingen
                    );
                    let itself = found.conventies.iter().any(|c| {
                        c.rentemethode == rente
                            && c.indexmoment == index
                            && c.ncw_methode == ncw
                            && (!ncw.starts_with("ncw_kasstroom") || c.kasstroommoment == moment)
                            && c.dagtelling == telling
                    });
                    assert!(itself, "{what}: {:?}", found.conventies);
                    // A twin gives the same figures; the way of interest and the index have none here.
                    assert!(
                        found
                            .conventies
                            .iter()
                            .all(|c| c.rentemethode == rente && c.indexmoment == index),
                        "{what}"
                    );
                    tried += 1;
                }
            }
        }
    }
    assert_eq!(tried, 4 * 2 * 5 * 3);
}

#[test]
fn what_is_no_grondexploitatie_is_said_and_not_guessed() {
    let mut book = Workbook::new();
    let s = book.add_worksheet();
    s.write(0, 0, "Adressen").unwrap();
    for r in 1..20 {
        s.write(r, 0, format!("Straat {r}")).unwrap();
        s.write(r, 1, r * 7).unwrap();
    }
    let found = look(&book.save_to_buffer().unwrap());
    assert!(found.conventies.is_empty() && found.vergelijkingen.is_empty());
    assert!(!found.onbegrepen.is_empty());
    let empty = Workbook::new().save_to_buffer();
    // A workbook has a sheet at least.
    if let Ok(bytes) = empty {
        assert!(look(&bytes).regels.iter().all(|(_, n)| *n <= 8));
    }
}

/// What may stand in a cell of a workbook that someone made, and what may not.
fn cell() -> impl Strategy<Value = Option<String>> {
    prop_oneof![
        4 => Just(None),
        3 => (2024i32..2032).prop_map(|y| Some(y.to_string())),
        2 => any::<f64>().prop_map(|f| Some(f.to_string())),
        2 => (-1000i32..1_000_000).prop_map(|n| Some(n.to_string())),
        1 => Just(Some("7.9e28".to_owned())),
        1 => Just(Some("-7.9e28".to_owned())),
        6 => prop::sample::select(vec![
            "Code", "Omschrijving", "Aantal", "Prijs", "Raming", "Totaal", "Kosten", "Opbrengsten", "van", "t/m", "Jaar", "Index",
            "Onvoorzien 8%", "Subtotaal", "Totaal kosten", "Saldo", "Boekwaarde 1 januari", "Rente", "Eindwaarde", "NCW", "Deelgebied",
            "Indexering", "%", "x 1.000", "Sloop", "Woningen", "prijspeil", "peildatum", "1-1-2026", "K1", "K2", "2026 Q3", "t/m 2025", "{", "\"",
        ])
        .prop_map(|t| Some(t.to_owned())),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    /// Whatever stands in a sheet: findings, never a panic, and a mapping that can be parsed.
    #[test]
    fn no_sheet_makes_it_panic(rows in prop::collection::vec(prop::collection::vec(cell(), 0..9), 0..25)) {
        let mut book = Workbook::new();
        let s = book.add_worksheet();
        for (r, row) in rows.iter().enumerate() {
            for (c, cell) in row.iter().enumerate() {
                let Some(text) = cell else { continue };
                match text.parse::<f64>() {
                    Ok(number) if number.is_finite() => { s.write(r as u32, c as u16, number).unwrap(); }
                    _ => { s.write(r as u32, c as u16, text.as_str()).unwrap(); }
                }
            }
        }
        let found = look(&book.save_to_buffer().unwrap());
        let syntax = found.problemen.iter().find(|p| p.code.starts_with("mapping-") || p.code == "toml-syntax");
        prop_assert!(syntax.is_none(), "{:?}\n{}", syntax, found.mapping);
    }
}

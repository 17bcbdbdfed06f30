//! The living workbook: `LibreOffice` recalculates every formula to the engine's value, also after an input changed; no result is a
//! constant; and polder reads the workbook back as the same model. With `POLDER_DEEP=1` more models and more changes.

#[path = "laws/modellen.rs"]
#[allow(dead_code, reason = "the laws use more of it")]
mod modellen;
mod support;

use calamine::{DataRef, Reader, Xlsx};
use modellen::{Anders, spel};
use polder::explain::Opname;
use polder::levend::{KOLOM_EERSTE, werkmap};
use polder::model::Model;
use polder::model::table::{Scalar, Tables};
use polder::plan::Route;
use polder::read::read_bytes_of_workbook;
use polder::route;
use polder::write::carriers::placed;
use polder::write::levend::{Gegevens, bladnaam, workbook};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use rust_decimal::Decimal;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

/// Columns that lay out the model: years, dates, counts of periods. A workbook's formulas do not follow them; polder does.
const OPZET: &[&str] = &[
    "vanaf",
    "tot",
    "uitstel",
    "cyclus",
    "levensduur",
    "ingroei",
    "schil",
    "jaar",
    "eindjaar",
    "horizon",
];

fn deep() -> bool {
    std::env::var_os("POLDER_DEEP").is_some()
}

/// A workbook that was written, with the model of its own cells.
struct Boek {
    naam: String,
    route: Route,
    tables: Tables,
    bytes: Vec<u8>,
}

fn boek(naam: &str, tables: &Tables, route: Route) -> Boek {
    let tables = placed(tables, "werkboek", bladnaam);
    let model = support::model(tables.clone()).unwrap_or_else(|e| panic!("{naam}: {e}"));
    let opname = Opname::new(&model, route, None).unwrap_or_else(|e| panic!("{naam}: {e:?}"));
    let sheets = werkmap(&opname, &tables, bladnaam).unwrap_or_else(|e| panic!("{naam}: {e}"));
    let bytes =
        workbook(&tables, &sheets, &Gegevens::default()).unwrap_or_else(|e| panic!("{naam}: {e}"));
    Boek {
        naam: naam.to_owned(),
        route,
        tables,
        bytes,
    }
}

fn voorbeelden() -> Vec<(&'static str, Tables)> {
    [
        "rekenvoorbeeld",
        "voorbeeld",
        "spoorzone-oost",
        "havenkwartier",
        "verevening",
        "kostenverhaal",
        "grondwaarde",
    ]
    .map(|naam| (naam, support::tables_in(&format!("models/{naam}"))))
    .into_iter()
    .chain([("verleden", support::tables_in("tests/fixtures/verleden"))])
    .collect()
}

/// Random models that are valid; the same ones every time.
fn willekeurig(aantal: usize) -> Vec<(String, Tables)> {
    let mut runner = TestRunner::deterministic();
    let strategy = spel();
    let mut out = Vec::new();
    for i in 0..20 * aantal {
        let made = strategy.new_tree(&mut runner).unwrap().current();
        let tables = support::tables(&made.toml(&Anders::default()));
        if Model::new(tables.clone()).0.is_some() {
            out.push((format!("willekeurig {i}"), tables));
        }
        if out.len() == aantal {
            return out;
        }
    }
    panic!("too few of the random models are valid: {}", out.len());
}

// ------------------------------------------------------------------------------------------------------------- sheets

/// What a cell shows.
#[derive(Debug, Clone, PartialEq)]
enum Waarde {
    Getal(f64),
    Tekst(String),
}

type Cellen = BTreeMap<(String, u32, u32), Waarde>;

fn waarden(bytes: &[u8]) -> Cellen {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let mut out = Cellen::new();
    for sheet in book.sheet_names() {
        let mut reader = book.worksheet_cells_reader(&sheet).unwrap();
        while let Some(cell) = reader.next_cell().unwrap() {
            let (row, column) = cell.get_position();
            let value = match cell.get_value() {
                DataRef::Empty => continue,
                DataRef::Float(v) => Waarde::Getal(*v),
                DataRef::Int(v) => Waarde::Getal(*v as f64),
                DataRef::DateTime(v) => Waarde::Getal(v.as_f64()),
                DataRef::String(v) => Waarde::Tekst(v.clone()),
                DataRef::SharedString(v) => Waarde::Tekst((*v).to_owned()),
                other => Waarde::Tekst(format!("{other:?}")),
            };
            out.insert((sheet.clone(), row, column), value);
        }
    }
    out
}

fn formules(bytes: &[u8]) -> BTreeMap<(String, u32, u32), String> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let mut out = BTreeMap::new();
    for sheet in book.sheet_names() {
        let mut reader = book.worksheet_cells_reader(&sheet).unwrap();
        while let Some(cell) = reader.next_formula().unwrap() {
            if !cell.get_value().is_empty() {
                let (row, column) = cell.get_position();
                out.insert((sheet.clone(), row, column), cell.get_value().clone());
            }
        }
    }
    out
}

/// The parts of a workbook, changed one by one.
fn herschreven(bytes: &[u8], mut change: impl FnMut(&str, String) -> String) -> Vec<u8> {
    let mut from = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut to = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for i in 0..from.len() {
        let mut part = from.by_index(i).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut content = Vec::new();
        part.read_to_end(&mut content).unwrap();
        if name.starts_with("xl/worksheets/sheet") || name == "xl/workbook.xml" {
            content = change(&name, String::from_utf8(content).unwrap()).into_bytes();
        }
        to.start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        to.write_all(&content).unwrap();
    }
    to.finish().unwrap().into_inner()
}

/// Every cached result of a formula set to 999.
fn met_999(bytes: &[u8]) -> Vec<u8> {
    let mut count = 0;
    let out = herschreven(bytes, |_, text| {
        let mut out = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some(at) = rest.find("</f><v>") {
            let from = at + "</f><v>".len();
            let end = from + rest[from..].find("</v>").unwrap();
            out.push_str(&rest[..from]);
            out.push_str("999");
            rest = &rest[end..];
            count += 1;
        }
        out + rest
    });
    assert!(count > 0, "no formula has a cached result");
    out
}

/// Converts files with `LibreOffice`, forced to recalculate, in one call.
fn herrekend(files: &[(String, Vec<u8>)]) -> HashMap<String, Vec<u8>> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let folder = std::env::temp_dir().join(format!(
        "polder-levend-{}-{}",
        std::process::id(),
        COUNT.fetch_add(1, Ordering::Relaxed)
    ));
    let (profile, into, out) = (
        folder.join("profile"),
        folder.join("in"),
        folder.join("out"),
    );
    std::fs::create_dir_all(profile.join("user")).unwrap();
    std::fs::create_dir_all(&into).unwrap();
    std::fs::write(
        profile.join("user/registrymodifications.xcu"),
        r#"<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"#,
    )
    .unwrap();
    let paths: Vec<PathBuf> = files
        .iter()
        .map(|(name, bytes)| {
            let path = into.join(format!("{name}.xlsx"));
            std::fs::write(&path, bytes).unwrap();
            path
        })
        .collect();
    // One call opens a part of them: after some two hundred LibreOffice stops and says nothing.
    for part in paths.chunks(60) {
        let output = Command::new("soffice")
            .arg(format!(
                "-env:UserInstallation=file://{}",
                profile.display()
            ))
            .args([
                "--headless",
                "--norestore",
                "--convert-to",
                "xlsx:Calc MS Excel 2007 XML",
                "--outdir",
            ])
            .arg(&out)
            .args(part)
            .output()
            .expect("soffice; tests/run installs it");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    let found = files
        .iter()
        .map(|(name, _)| {
            let path = out.join(format!("{name}.xlsx"));
            let bytes = std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            (name.clone(), bytes)
        })
        .collect();
    std::fs::remove_dir_all(Path::new(&folder)).unwrap();
    found
}

/// Compares every formula cell: to a cent, and to 1e-12 of the row's largest amount (of a single result: of the workbook's).
fn vergelijk(naam: &str, eigen: &[u8], ander: &[u8]) -> Result<usize, String> {
    let (ours, theirs, cells) = (waarden(eigen), waarden(ander), formules(eigen));
    let mut largest: HashMap<(&str, u32), f64> = HashMap::new();
    for (sheet, row, column) in cells.keys() {
        if let Some(Waarde::Getal(v)) = ours.get(&(sheet.clone(), *row, *column)) {
            let most = largest.entry((sheet.as_str(), *row)).or_insert(0.0);
            *most = most.max(v.abs());
        }
    }
    let whole = largest.values().copied().fold(1.0, f64::max);
    let mut wrong = Vec::new();
    for (key, formula) in &cells {
        let (sheet, row, column) = key;
        let same = match (ours.get(key), theirs.get(key)) {
            (Some(Waarde::Getal(a)), Some(Waarde::Getal(b))) => {
                let row = largest[&(sheet.as_str(), *row)];
                // A single result can be the small difference of large amounts.
                let row = if *column < KOLOM_EERSTE { whole } else { row };
                // A check is a difference that must be nothing: of that a crumb is left, far below its tolerance.
                let most = if sheet == "Controles" {
                    1e-6
                } else {
                    1e-12 * row.max(1.0)
                };
                (a - b).abs() <= most.min(0.01)
            }
            (a, b) => a == b,
        };
        if !same {
            wrong.push(format!(
                "{key:?} ={formula}: {:?} is {:?}",
                ours.get(key),
                theirs.get(key)
            ));
        }
    }
    if wrong.is_empty() {
        return Ok(cells.len());
    }
    Err(format!(
        "{naam}: {} of {} formulas differ\n{}",
        wrong.len(),
        cells.len(),
        wrong[..wrong.len().min(8)].join("\n")
    ))
}

// -------------------------------------------------------------------------------------------------------------- tests

#[test]
fn libreoffice_recalculates_every_formula_to_the_value_of_the_engine() {
    let mut boeken = Vec::new();
    for (naam, tables) in voorbeelden() {
        boeken.push(boek(&format!("{naam} grex"), &tables, Route::Grex));
        if !["rekenvoorbeeld", "spoorzone-oost", "kostenverhaal"].contains(&naam) {
            boeken.push(boek(
                &format!("{naam} cofinanciering"),
                &tables,
                Route::Cofinanciering,
            ));
        }
    }
    if deep() {
        let tables = support::tables_in("models/benchmark-w");
        for route in Route::BEIDE {
            boeken.push(boek(
                &format!("benchmark-w {}", route.naam()),
                &tables,
                route,
            ));
        }
    }
    for (i, (naam, tables)) in willekeurig(if deep() { 200 } else { 20 })
        .iter()
        .enumerate()
    {
        boeken.push(boek(naam, tables, Route::BEIDE[i % 2]));
    }
    let mut files = Vec::new();
    for b in &boeken {
        files.push((b.naam.clone(), b.bytes.clone()));
        files.push((format!("{} 999", b.naam), met_999(&b.bytes)));
    }
    let found = herrekend(&files);
    let mut cells = 0;
    let mut wrong = Vec::new();
    for b in &boeken {
        for name in [b.naam.clone(), format!("{} 999", b.naam)] {
            match vergelijk(&name, &b.bytes, &found[&name]) {
                Ok(count) => cells += count,
                Err(text) => wrong.push(text),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    println!("{} workbooks, {cells} formulas compared", files.len());
}

#[test]
fn the_workbook_reads_back_as_the_same_model() {
    let mut all: Vec<(String, Tables)> = voorbeelden()
        .into_iter()
        .map(|(n, t)| (n.to_owned(), t))
        .collect();
    all.push((
        "benchmark-w".into(),
        support::tables_in("models/benchmark-w"),
    ));
    all.extend(willekeurig(if deep() { 200 } else { 20 }));
    for (naam, tables) in all {
        let b = boek(&naam, &tables, Route::Cofinanciering);
        let read = read_bytes_of_workbook("werkboek", &b.bytes);
        let skipped: Vec<&str> = read.skipped.iter().map(|s| s.what.as_str()).collect();
        for sheet in ["Leeswijzer", "Uitkomsten", "Controles", "Herkomst"] {
            assert!(
                skipped.contains(&sheet),
                "{naam}: {sheet} not in {skipped:?}"
            );
        }
        for (ours, theirs) in b.tables.tables.iter().zip(&read.tables.tables) {
            let scalars = |t: &polder::model::table::Table| -> Vec<Vec<Scalar>> {
                t.rows
                    .iter()
                    .map(|r| r.values.iter().map(|v| v.scalar.clone()).collect())
                    .collect()
            };
            assert_eq!(
                scalars(ours),
                scalars(theirs),
                "{naam}: {}",
                ours.schema.name
            );
        }
        let (again, problems) = read.into_model();
        let again = again.unwrap_or_else(|| panic!("{naam}: {problems:?}"));
        let first = support::model(tables).unwrap();
        for route in Route::BEIDE {
            let (a, b) = (
                route::calculate(&first, route).unwrap(),
                route::calculate(&again, route).unwrap(),
            );
            assert_eq!(a.kerncijfers(), b.kerncijfers(), "{naam}");
            assert_eq!(a.hoofd.reeksen(), b.hoofd.reeksen(), "{naam}");
            let parties = |r: &route::Routeresultaat| -> Vec<[Decimal; 3]> {
                r.partijen
                    .iter()
                    .map(|p| [p.saldo, p.netto_baat, p.maatschappelijk])
                    .collect()
            };
            assert_eq!(parties(&a), parties(&b), "{naam}");
        }
    }
}

#[test]
fn a_workbook_that_was_worked_in_is_still_the_model() {
    let b = boek(
        "voorbeeld",
        &support::tables_in("models/voorbeeld"),
        Route::Grex,
    );
    let scalars = |tables: &Tables| -> Vec<Vec<Scalar>> {
        let rows = tables.tables.iter().flat_map(|t| &t.rows);
        rows.map(|r| r.values.iter().map(|v| v.scalar.clone()).collect())
            .collect()
    };
    let codes = |read: &polder::read::Read| -> Vec<&'static str> {
        assert!(
            !polder::problem::has_errors(&read.problems),
            "{:?}",
            read.problems
        );
        read.problems.iter().map(|p| p.code).collect()
    };
    let named = |text: &str, old: &str, new: &str| {
        text.replace(&format!("name=\"{old}\""), &format!("name=\"{new}\""))
    };
    // Without the hidden sheet, which became somebody's own.
    let without = herschreven(&b.bytes, |_, text| named(&text, "_polder", "Notities"));
    let read = read_bytes_of_workbook("werkboek", &without);
    assert_eq!(codes(&read), ["mark-missing", "own-sheet"]);
    assert_eq!(scalars(&read.tables), scalars(&b.tables));
    // With the hidden sheet, a sheet of ours renamed and a column of one's own.
    let book: Xlsx<_> = Xlsx::new(Cursor::new(&b.bytes)).unwrap();
    let at = book.sheet_names().iter().position(|s| s == "kosten");
    let part = format!("xl/worksheets/sheet{}.xml", at.unwrap() + 1);
    let more = herschreven(&b.bytes, |name, text| {
        if name != part {
            return named(&text, "Uitkomsten", "Resultaten");
        }
        // Beyond the columns of the sheet.
        let heading = "<c r=\"AZ1\" t=\"inlineStr\"><is><t>mijn noot</t></is></c></row>";
        text.replacen("</row>", heading, 1)
    });
    let read = read_bytes_of_workbook("werkboek", &more);
    assert_eq!(codes(&read), ["own-sheet", "unknown-column"]);
    assert_eq!(scalars(&read.tables), scalars(&b.tables));
}

#[test]
fn the_total_of_the_weights_is_one_formula() {
    let extra = "\n[[kosten]]\nid = \"deels\"\nfasering = \"per jaar\"\n\
        [[fasering]]\nfasering = \"per jaar\"\nperiode = \"2024\"\nbedrag = 100\n\
        [[fasering]]\nfasering = \"per jaar\"\nperiode = \"2027\"\nbedrag = 300\n";
    let text = std::fs::read_to_string("models/rekenvoorbeeld/model.toml").unwrap() + extra;
    let (before, rest) = text.split_once("[[boekwaarde]]").unwrap();
    let (_, after) = rest.split_once("[[").unwrap();
    let text = format!("{before}[[{after}");
    let read = polder::read::read_text("model.toml", &text);
    let b = boek("deels", &read.tables, Route::Grex);
    let (formulas, values) = (formules(&b.bytes), waarden(&b.bytes));
    for (boek, formulas, values) in
        [("deels", formulas, values)]
            .into_iter()
            .chain(["havenkwartier", "voorbeeld"].map(|naam| {
                let b = boek(
                    naam,
                    &support::tables_in(&format!("models/{naam}")),
                    Route::Grex,
                );
                (naam, formules(&b.bytes), waarden(&b.bytes))
            }))
    {
        let heading = Waarde::Tekst("totaal gewicht".into());
        let heads: Vec<u32> = values
            .iter()
            .filter(|((sheet, ..), v)| sheet == "Bedragen" && **v == heading)
            .map(|((_, _, column), _)| *column)
            .collect();
        let [column] = heads.as_slice() else {
            panic!("{boek}: {heads:?}")
        };
        let mut shapes = HashSet::new();
        for ((_, row, _), value) in values.iter().filter(|((sheet, _, c), v)| {
            sheet == "Bedragen" && c == column && matches!(v, Waarde::Getal(_))
        }) {
            let formula = formulas.get(&("Bedragen".to_owned(), *row, *column));
            let formula =
                formula.unwrap_or_else(|| panic!("{boek}: {value:?} in row {row} is a constant"));
            shapes.insert(formula.replace(&(row + 1).to_string(), "R"));
        }
        assert_eq!(shapes.len(), 1, "{boek}: {shapes:?}");
    }
    // An amount that is given per period only: another amount in a period changes the whole.
    let mut tables = b.tables.clone();
    let phasing = tables.table_mut("fasering");
    let column = phasing.schema.column("bedrag").unwrap();
    let at = phasing.rows.len() - 1;
    phasing.rows[at].values[column].scalar = Scalar::Number(Decimal::from(500));
    let model = support::model(tables).unwrap();
    let result = route::calculate(&model, Route::Grex).unwrap();
    let bytes = gewijzigd(
        &b.bytes,
        "fasering",
        at as u32 + 1,
        column as u32,
        Decimal::from(500),
    );
    let found = herrekend(&[("deels".to_owned(), bytes)]);
    let values = waarden(&found["deels"]);
    let mut compared = 0;
    for ((sheet, row, column), value) in &values {
        if let (Waarde::Tekst(adres), "Uitkomsten", 5) = (value, sheet.as_str(), *column)
            && let Some(Waarde::Getal(shown)) = values.get(&(sheet.clone(), *row, 1))
            && let Ok(exact) = result.waarde(&model, adres)
        {
            let exact: f64 = exact.to_string().parse().unwrap();
            assert!(
                (exact - shown).abs() <= 0.01,
                "{adres}: {shown}, and {exact} of polder"
            );
            compared += 1;
        }
    }
    assert!(compared > 15, "{compared}");
}

/// The cells that a formula names, ranges written out.
fn genoemde_cellen(formula: &str, own: &str) -> Vec<(String, u32, u32)> {
    fn cell(text: &str) -> Option<(u32, u32, usize)> {
        let bytes = text.as_bytes();
        let mut i = usize::from(bytes.first() == Some(&b'$'));
        let from = i;
        let mut column = 0_u32;
        while i < bytes.len() && bytes[i].is_ascii_uppercase() && i - from < 3 {
            column = column * 26 + u32::from(bytes[i] - b'A' + 1);
            i += 1;
        }
        if i == from {
            return None;
        }
        i += usize::from(bytes.get(i) == Some(&b'$'));
        let digits = text[i..].bytes().take_while(u8::is_ascii_digit).count();
        let row: u32 = text.get(i..i + digits)?.parse().ok()?;
        (digits > 0).then_some((row - 1, column - 1, i + digits))
    }
    let mut out = Vec::new();
    let mut at = 0;
    let mut sheet = own.to_owned();
    while at < formula.len() {
        let rest = &formula[at..];
        if let Some(quoted) = rest.strip_prefix('\'') {
            let end = quoted.find('\'').unwrap();
            quoted[..end].clone_into(&mut sheet);
            at += end + 3;
            continue;
        }
        let word = rest
            .bytes()
            .take_while(|b| b.is_ascii_alphabetic() || *b == b'_')
            .count();
        if rest[word..].starts_with('!') && word > 0 {
            rest[..word].clone_into(&mut sheet);
            at += word + 1;
            continue;
        }
        if rest[word..].starts_with('(') && word > 0 {
            at += word + 1;
            continue;
        }
        if let Some((row, column, used)) = cell(rest) {
            at += used;
            let mut end = (row, column);
            if let Some(tail) = formula[at..].strip_prefix(':')
                && let Some((r, c, used)) = cell(tail)
            {
                end = (r, c);
                at += used + 1;
            }
            for r in row..=end.0 {
                for c in column..=end.1 {
                    out.push((sheet.clone(), r, c));
                }
            }
            own.clone_into(&mut sheet);
            continue;
        }
        at += rest.chars().next().map_or(1, char::len_utf8);
    }
    out
}

#[test]
fn every_result_is_formulas_down_to_the_cells_of_the_input() {
    for (naam, tables) in voorbeelden() {
        for route in Route::BEIDE {
            let b = boek(naam, &tables, route);
            let (cells, values) = (formules(&b.bytes), waarden(&b.bytes));
            let inputs: HashSet<String> =
                b.tables.tables.iter().map(|t| bladnaam(t.schema)).collect();
            let results: Vec<_> = cells
                .keys()
                .filter(|(sheet, _, column)| sheet == "Uitkomsten" && *column == 1)
                .collect();
            let shown = values
                .keys()
                .filter(|(sheet, row, column)| sheet == "Uitkomsten" && *column == 1 && *row > 3)
                .count();
            assert_eq!(results.len(), shown, "{naam}: a result is a constant");
            assert!(results.len() > 15, "{naam}: {}", results.len());
            for result in results {
                let mut seen = HashSet::new();
                let mut todo = vec![result.clone()];
                let mut reached = 0;
                while let Some(at) = todo.pop() {
                    if !seen.insert(at.clone()) {
                        continue;
                    }
                    if inputs.contains(&at.0) {
                        reached += 1;
                        continue;
                    }
                    if let Some(formula) = cells.get(&at) {
                        todo.extend(genoemde_cellen(formula, &at.0));
                    } else if values.contains_key(&at) {
                        // The periods above a sheet, and numbers that follow from ranges and dates, stand apart, marked as such; results never do.
                        let structure =
                            ["Gewichten", "Vaste getallen", "Bedragen", "Tijd en index"]
                                .contains(&at.0.as_str())
                                || [2, 3].contains(&at.1);
                        assert!(
                            structure,
                            "{naam}: {result:?} rests on a constant in {at:?}"
                        );
                    }
                }
                assert!(reached > 0, "{naam}: {result:?} reaches no input");
            }
        }
    }
}

/// Numbers that can be changed alone: their table, row and column.
fn wijzigbaar(tables: &Tables) -> Vec<(usize, usize, usize)> {
    let mut out = Vec::new();
    for (t, table) in tables.tables.iter().enumerate() {
        let results = [
            "onzekerheden",
            "correlaties",
            "regimes",
            "risicos",
            "scenarios",
            "controles",
        ];
        if results.contains(&table.schema.name) {
            continue;
        }
        for (r, row) in table.rows.iter().enumerate() {
            for (c, value) in row.values.iter().enumerate() {
                let setting =
                    matches!(&row.values[0].scalar, Scalar::Text(s) if OPZET.contains(&s.as_str()));
                if let Scalar::Number(n) = &value.scalar
                    && !n.is_zero()
                    && !OPZET.contains(&table.schema.columns[c].name)
                    && !(table.schema.name == "gebied" && setting)
                {
                    out.push((t, r, c));
                }
            }
        }
    }
    out
}

/// A workbook with another number in one cell of the input.
fn gewijzigd(bytes: &[u8], sheet: &str, row: u32, column: u32, value: Decimal) -> Vec<u8> {
    let book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let at = book.sheet_names().iter().position(|s| s == sheet).unwrap();
    let part = format!("xl/worksheets/sheet{}.xml", at + 1);
    let cell = format!(
        "<c r=\"{}{}\"",
        polder::problem::column_letters(column),
        row + 1
    );
    let mut changed = 0;
    let out = herschreven(bytes, |name, text| {
        if name != part {
            return text;
        }
        let from = text.find(&cell).unwrap();
        let open = from + text[from..].find("<v>").unwrap() + 3;
        let close = open + text[open..].find("</v>").unwrap();
        changed += 1;
        format!("{}{value}{}", &text[..open], &text[close..])
    });
    assert_eq!(changed, 1);
    out
}

#[test]
fn a_changed_input_gives_what_polder_gives() {
    let wanted = if deep() { 50 } else { 10 };
    let mut files = Vec::new();
    let mut expected = Vec::new();
    for (naam, route, share) in [
        ("voorbeeld", Route::Cofinanciering, 2),
        ("kostenverhaal", Route::Grex, 2),
        ("havenkwartier", Route::Cofinanciering, 2),
        ("havenkwartier", Route::Grex, 1),
        ("spoorzone-oost", Route::Grex, 2),
        ("rekenvoorbeeld", Route::Grex, 2),
    ] {
        let b = boek(naam, &support::tables_in(&format!("models/{naam}")), route);
        let places = wijzigbaar(&b.tables);
        let share = share * wanted / 10;
        let mut done = 0;
        // Spread over all tables, in a fixed order that is not that of the rows.
        for i in 0..places.len() {
            let (t, r, c) = places[(i * 37 + 11) % places.len()];
            let mut tables = b.tables.clone();
            let Scalar::Number(old) = tables.tables[t].rows[r].values[c].scalar else {
                unreachable!("only numbers were listed")
            };
            let new = (old * Decimal::new(9, 1)).round_dp(6);
            tables.tables[t].rows[r].values[c].scalar = Scalar::Number(new);
            let schema = tables.tables[t].schema;
            // One of several shares can't change alone: polder refuses that model.
            let Ok(model) = support::model(tables) else {
                continue;
            };
            let result = route::calculate(&model, b.route).unwrap();
            let what = format!(
                "{naam} {} {} {} {}",
                b.route.naam(),
                schema.name,
                r + 2,
                schema.columns[c].name
            );
            let bytes = gewijzigd(&b.bytes, &bladnaam(schema), r as u32 + 1, c as u32, new);
            expected.push((what.clone(), model, result, b.route));
            files.push((what, bytes));
            done += 1;
            if done == share {
                break;
            }
        }
        assert!(
            done * 2 >= share,
            "{naam}: only {done} inputs could be changed"
        );
    }
    let found = herrekend(&files);
    let mut moved = 0;
    for (what, model, result, route) in &expected {
        let values = waarden(&found[what]);
        let again = read_bytes_of_workbook("werkboek", &found[what]).into_model();
        let again = again.0.unwrap_or_else(|| panic!("{what}: {:?}", again.1));
        let reread = route::calculate(&again, *route).unwrap();
        let mut compared = 0;
        for ((sheet, row, column), value) in &values {
            let (Waarde::Tekst(adres), "Uitkomsten", 5) = (value, sheet.as_str(), *column) else {
                continue;
            };
            if *row < 4 {
                continue;
            }
            let Some(Waarde::Getal(shown)) = values.get(&(sheet.clone(), *row, 1)) else {
                panic!("{what}: {adres} has no figure")
            };
            for (who, exact) in [
                ("polder", result.waarde(model, adres)),
                ("polder on the workbook", reread.waarde(&again, adres)),
            ] {
                let exact = exact.unwrap_or_else(|e| panic!("{what}: {adres}: {e}"));
                let exact: f64 = exact.to_string().parse().unwrap();
                assert!(
                    (exact - shown).abs() <= 0.01,
                    "{what}: {adres} is {shown} in the workbook, and {exact} of {who}"
                );
            }
            compared += 1;
        }
        assert!(compared > 15, "{what}: {compared}");
        let light = values.get(&("Controles".into(), 2, 1));
        moved += usize::from(light == Some(&Waarde::Tekst("ORANJE".into())));
        assert!(
            light != Some(&Waarde::Tekst("ROOD".into())),
            "{what}: the books do not close"
        );
    }
    println!(
        "{} inputs changed, {moved} of which moved a result",
        expected.len()
    );
    assert!(moved * 2 > expected.len(), "{moved} of {}", expected.len());
}

#[test]
fn every_link_leads_to_a_filled_cell_and_the_trail_to_the_input() {
    for (naam, tables) in voorbeelden() {
        let b = boek(naam, &tables, Route::Cofinanciering);
        let (cells, values) = (formules(&b.bytes), waarden(&b.bytes));
        let mut links = 0;
        herschreven(&b.bytes, |_, text| {
            for part in text.split("location=\"").skip(1) {
                let target = part.split('"').next().unwrap().replace("&apos;", "'");
                let found = genoemde_cellen(&target, "");
                let [(sheet, row, column)] = found.as_slice() else {
                    panic!("{naam}: a link to {target}")
                };
                let filled = values.contains_key(&(sheet.clone(), *row, *column));
                assert!(filled, "{naam}: a link to {target}, which is empty");
                links += 1;
            }
            text
        });
        assert!(links > 100, "{naam}: {links} links");
        let trail: Vec<&String> = cells
            .iter()
            .filter(|((sheet, ..), _)| sheet == "Spoor")
            .map(|(_, formula)| formula)
            .collect();
        let inputs: HashSet<String> = b.tables.tables.iter().map(|t| bladnaam(t.schema)).collect();
        let last = trail.last().unwrap_or_else(|| panic!("{naam}: no trail"));
        let [(sheet, ..)] = &genoemde_cellen(last, "")[..] else {
            panic!("{naam}: the trail ends in {last}")
        };
        assert!(inputs.contains(sheet), "{naam}: the trail ends in {last}");
    }
}

#[test]
fn text_that_looks_like_a_formula_stays_text() {
    let mut tables = support::tables_in("models/rekenvoorbeeld");
    let wanted = ["=1+1", "+1", "-1", "@som"];
    let table = tables.table_mut("kosten");
    let column = table.schema.column("omschrijving").unwrap();
    let phasing = table.schema.column("fasering").unwrap();
    table.rows[0].values[phasing].scalar = Scalar::Text("2026".into());
    let row = table.rows[0].clone();
    for (i, text) in wanted.iter().enumerate() {
        if i > 0 {
            let mut more = row.clone();
            more.values[0].scalar = Scalar::Text(format!("extra {i}"));
            table.rows.push(more);
        }
        table.rows[i].values[column].scalar = Scalar::Text((*text).to_owned());
    }
    let b = boek("tekst", &tables, Route::Grex);
    let (cells, values) = (formules(&b.bytes), waarden(&b.bytes));
    for text in wanted {
        let held: Vec<_> = values
            .iter()
            .filter(|(_, v)| **v == Waarde::Tekst(text.to_owned()))
            .map(|(k, _)| k)
            .collect();
        assert!(!held.is_empty(), "{text} is gone");
        for key in held {
            assert!(
                !cells.contains_key(key),
                "{text} became a formula at {key:?}"
            );
        }
    }
}

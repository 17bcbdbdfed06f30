//! Broken inputs, a folder each in `tests/problems`: all that is said of it is compared with `expected.txt`, word for word.
//!
//! `UPDATE=1 cargo test --test problems` writes the texts anew; read every one of them before it is committed.

use polder::model::Model;
use polder::plan::{Diepte, Drijvers, Plan, Route};
use polder::problem::{Problem, has_errors};
use polder::read::read_model;
use polder::risk::simulation::trekbaar;
use polder::sweep::overstemd;
use polder::{route, scenario};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;
use zip::write::{SimpleFileOptions, ZipWriter};

/// All problems of a model, from its files to its controls.
fn problems(path: &Path) -> Vec<Problem> {
    let read = read_model(path).unwrap_or_else(|e| panic!("{e}"));
    let (model, mut problems) = read.into_model();
    let Some(model) = model else { return problems };
    let (drijvers, found) = Drijvers::resolve(&model);
    let drawable = !has_errors(&found);
    problems.extend(found);
    for route in Route::BEIDE {
        match route::calculate(&model, route) {
            Ok(result) if route == Route::Grex => {
                problems.extend(route::controles(&model, &result).1);
                problems.extend(route::verhaal::bevindingen(&model, &result.verhaal));
            }
            Ok(_) => {}
            Err(problem) => {
                problems.push(problem);
                return problems;
            }
        }
    }
    problems.extend(route::ramingen(&model).map_or_else(|p| vec![p], |(_, found)| found));
    if drawable && !drijvers.is_empty() {
        let plan = Plan::new(&model, Route::Grex, Diepte::Rekening, drijvers)
            .unwrap_or_else(|e| panic!("{e}"));
        problems.extend(trekbaar(&plan).err());
    }
    let names: BTreeSet<&str> = model
        .scenarios
        .iter()
        .map(|s| s.scenario.as_str())
        .collect();
    for name in names {
        let changes: Vec<_> = model
            .scenarios
            .iter()
            .filter(|s| s.scenario == name)
            .map(|s| s.change.clone())
            .collect();
        let (tables, found) = scenario::apply(&model.tables, &changes);
        let scenarios: Vec<_> = scenario::model_scenarios(&model)
            .into_iter()
            .filter(|s| s.naam == name)
            .collect();
        problems.extend(overstemd(&model, &scenarios));
        let applied = found.is_empty();
        problems.extend(found);
        if applied {
            problems.extend(Model::new(tables).1);
        }
    }
    problems
}

/// A folder of its own, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let path = std::env::temp_dir().join(format!(
            "polder-problems-{}-{}-{name}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        ));
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            fs::create_dir_all(&target).unwrap();
            copy(&entry.path(), &target);
        } else if entry.file_name() != "expected.txt" {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

const TYPES: &str = r#"<Types><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>"#;
const RELS: &str = r#"<Relationships><Relationship Id="a" Type="http://x/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const STYLES: &str = r#"<styleSheet><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>"#;

fn zipped(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(name.as_str(), SimpleFileOptions::default())
            .unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A workbook of sheets with their `sheetData`.
fn workbook(sheets: &[(String, String)]) -> Vec<u8> {
    let (mut list, mut rels) = (String::new(), String::new());
    let mut parts = Vec::new();
    for (i, (name, data)) in sheets.iter().enumerate() {
        write!(
            list,
            r#"<sheet name="{name}" sheetId="{}" r:id="s{i}"/>"#,
            i + 1
        )
        .unwrap();
        write!(rels, r#"<Relationship Id="s{i}" Type="http://x/relationships/worksheet" Target="worksheets/s{i}.xml"/>"#).unwrap();
        parts.push((
            format!("xl/worksheets/s{i}.xml"),
            format!("<worksheet><sheetData>{data}</sheetData></worksheet>").into_bytes(),
        ));
    }
    let book = format!(
        r#"<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>{list}</sheets></workbook>"#
    );
    let fixed = [
        ("[Content_Types].xml", TYPES.to_owned()),
        ("_rels/.rels", RELS.to_owned()),
        ("xl/workbook.xml", book),
        (
            "xl/_rels/workbook.xml.rels",
            format!("<Relationships>{rels}</Relationships>"),
        ),
        ("xl/styles.xml", STYLES.to_owned()),
    ];
    parts.extend(fixed.map(|(name, content)| (name.to_owned(), content.into_bytes())));
    zipped(&parts)
}

/// The xml of cells, by row and column.
type Cells = BTreeMap<(u32, u32), String>;

/// A workbook from its description: `[sheet]`, then a cell a line. `=` is a formula without a value, `'` text, `#` an error.
fn described(text: &str) -> Vec<u8> {
    let mut sheets: Vec<(String, Cells)> = Vec::new();
    for line in text.lines().filter(|l| !l.trim().is_empty()) {
        if let Some(name) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
            sheets.push((name.to_owned(), BTreeMap::new()));
            continue;
        }
        let (cell, value) = line.split_once(' ').unwrap();
        let digits = cell.find(|c: char| c.is_ascii_digit()).unwrap();
        let column = cell[..digits]
            .bytes()
            .fold(0, |n, b| n * 26 + u32::from(b - b'A') + 1);
        let row: u32 = cell[digits..].parse().unwrap();
        let long = "lang ".repeat(7_000);
        let date = value.parse::<jiff::civil::Date>().ok();
        let xml = if value == "=" {
            format!(r#"<c r="{cell}"><f>B1*2</f></c>"#)
        } else if value.starts_with('#') {
            format!(r#"<c r="{cell}" t="e"><v>{value}</v></c>"#)
        } else if let Some(date) = date {
            let serial = (date - jiff::civil::date(1899, 12, 30)).get_days();
            format!(r#"<c r="{cell}" s="1"><v>{serial}</v></c>"#)
        } else if value.parse::<f64>().is_ok() {
            format!(r#"<c r="{cell}"><v>{value}</v></c>"#)
        } else {
            let text = value
                .strip_prefix('\'')
                .unwrap_or(value)
                .replace("{lang}", &long);
            format!(r#"<c r="{cell}" t="inlineStr"><is><t>{text}</t></is></c>"#)
        };
        sheets.last_mut().unwrap().1.insert((row, column), xml);
    }
    let sheets: Vec<(String, String)> = sheets
        .into_iter()
        .map(|(name, cells)| {
            let mut data = String::new();
            let mut last = 0;
            for ((row, _), xml) in cells {
                if row != last {
                    write!(
                        data,
                        "{}<row r=\"{row}\">",
                        if last > 0 { "</row>" } else { "" }
                    )
                    .unwrap();
                    last = row;
                }
                data.push_str(&xml);
            }
            (name, format!("{data}</row>"))
        })
        .collect();
    workbook(&sheets)
}

/// The workbooks that no description can give.
fn damaged(name: &str) -> Option<Vec<u8>> {
    let cells = r#"<row r="1"><c r="A1"><v>1</v></c></row>"#;
    let one = |data: &str| workbook(&[("toelichting".to_owned(), data.to_owned())]);
    let ole = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    Some(match name {
        "workbook-truncated" => {
            let mut bytes = one(cells);
            bytes.truncate(bytes.len() / 2);
            bytes
        }
        "workbook-encrypted" => ole
            .into_iter()
            .chain(
                "..EncryptedPackage.."
                    .encode_utf16()
                    .flat_map(u16::to_le_bytes),
            )
            .collect(),
        "workbook-old-format" => {
            let mut container = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
            let mut stream = container.create_stream("/Book").unwrap();
            stream.write_all(&[0x09, 0x08, 4, 0, 0, 5, 5, 0]).unwrap();
            drop(stream);
            container.flush().unwrap();
            container.into_inner().into_inner()
        }
        "workbook-bomb" => {
            let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
            zip.start_file("[Content_Types].xml", SimpleFileOptions::default())
                .unwrap();
            zip.write_all(TYPES.as_bytes()).unwrap();
            zip.start_file(
                "xl/worksheets/s0.xml",
                SimpleFileOptions::default().compression_level(Some(1)),
            )
            .unwrap();
            let zeros = vec![0; 1 << 20];
            for _ in 0..2048 {
                zip.write_all(&zeros).unwrap();
            }
            zip.finish().unwrap().into_inner()
        }
        "workbook-far-corners" => one(&format!(
            r#"{cells}<row r="1048576"><c r="XFD1048576"><v>2</v></c></row>"#
        )),
        "workbook-million-empty-rows" => {
            one(&(1..=1_048_576).fold(String::new(), |mut rows, row| {
                let _ = write!(rows, "<row r=\"{row}\"><c r=\"A{row}\" s=\"1\"/></row>");
                rows
            }))
        }
        _ => return None,
    })
}

/// The folder that is read: the one of the repository, or a copy with the workbook that belongs in it.
fn prepared(folder: &Path, name: &str) -> (PathBuf, Option<Folder>) {
    let description = fs::read_to_string(folder.join("boek.txt")).ok();
    let Some(bytes) = description
        .map(|text| described(&text))
        .or_else(|| damaged(name))
    else {
        return (folder.to_owned(), None);
    };
    let own = Folder::new(name);
    copy(folder, &own.0);
    fs::write(own.0.join("boek.xlsx"), bytes).unwrap();
    (own.0.clone(), Some(own))
}

fn shown(problems: &[Problem], folder: &Path) -> String {
    let text = problems
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n\n");
    text.replace(&folder.display().to_string(), "FOLDER") + if text.is_empty() { "" } else { "\n" }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/problems")
}

fn names() -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(root())
        .unwrap()
        .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn every_broken_input_is_told_word_for_word() {
    let mut different = Vec::new();
    for name in names() {
        let folder = root().join(&name);
        let (path, _own) = prepared(&folder, &name);
        let found = problems(&path);
        for problem in &found {
            let texts = [
                Some(&problem.message),
                problem.allowed.as_ref(),
                problem.fix.as_ref(),
            ];
            let placed = problem.place.is_some() || name == "empty-file";
            if texts.into_iter().flatten().any(|t| t.ends_with('.'))
                || problem.fix.is_none()
                || !placed
            {
                different.push(format!("== {name}: a full stop at the end, or no word on where it is or how to mend it\n{problem}"));
            }
        }
        let found = shown(&found, &path);
        let expected = folder.join("expected.txt");
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&expected, &found).unwrap();
        }
        let expected = fs::read_to_string(&expected).unwrap_or_default();
        if found != expected {
            different.push(format!(
                "== {name}\n-- expected\n{expected}-- found\n{found}"
            ));
        }
    }
    assert!(different.is_empty(), "{}", different.join("\n"));
}

/// Reads the model that a parent test names, in a process of its own, and says what it took.
#[test]
#[ignore = "run by limits_of_time_and_memory_hold"]
fn one_model_in_a_process_of_its_own() {
    let Some(path) = std::env::var_os("POLDER_READ") else {
        return;
    };
    let start = Instant::now();
    let read = read_model(Path::new(&path)).unwrap();
    let spent = start.elapsed().as_millis();
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status
        .lines()
        .find_map(|l| l.strip_prefix("VmHWM:"))
        .map_or("0", |l| l.trim().trim_end_matches(" kB"));
    println!(
        "took {spent} ms and {peak} kB with {} problems",
        read.problems.len()
    );
}

#[test]
fn limits_of_time_and_memory_hold() {
    for (name, most_ms, most_kb) in [
        ("workbook-bomb", 2_000, 200_000),
        ("workbook-far-corners", 1_000, 100_000),
        ("workbook-million-empty-rows", 10_000, 300_000),
    ] {
        let (path, _own) = prepared(&root().join(name), name);
        let output = std::process::Command::new(std::env::current_exe().unwrap())
            .args([
                "one_model_in_a_process_of_its_own",
                "--exact",
                "--ignored",
                "--nocapture",
            ])
            .env("POLDER_READ", &path)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let line = said
            .lines()
            .find_map(|l| l.split_once("took "))
            .map_or_else(|| panic!("{name}: {said}"), |l| l.1);
        let numbers: Vec<u64> = line
            .split_whitespace()
            .filter_map(|w| w.parse().ok())
            .collect();
        assert!(
            numbers[0] < most_ms && numbers[1] < most_kb,
            "{name} {line}"
        );
    }
}

/// Every code in `src`, with the severity it is told with.
fn codes_in_source(folder: &Path, codes: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            codes_in_source(&path, codes);
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        for call in [
            "Problem::error(",
            "Problem::warning(",
            "wrong(",
            "problem(",
            "problem(node, ",
        ] {
            for (at, _) in text.match_indices(call) {
                let literal = text[at + call.len()..]
                    .trim_start()
                    .strip_prefix('"')
                    .and_then(|rest| rest.split_once('"'));
                let whole = call.starts_with("Problem");
                if let Some((code, _)) =
                    literal.filter(|(c, _)| whole || c.contains('-') && !c.contains(' '))
                {
                    codes.insert(code.to_owned());
                }
            }
        }
    }
}

#[test]
fn the_list_of_problems_is_complete() {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut codes = BTreeSet::new();
    codes_in_source(&home.join("src"), &mut codes);
    let text = fs::read_to_string(home.join("docs/problems.md")).unwrap();
    let rows: Vec<Vec<&str>> = text
        .lines()
        .filter(|l| l.starts_with("| `"))
        .map(|l| l.trim_matches('|').split(" | ").map(str::trim).collect())
        .collect();
    let listed: Vec<String> = rows
        .iter()
        .map(|r| r[0].trim_matches('`').to_owned())
        .collect();
    assert_eq!(
        listed,
        codes.iter().cloned().collect::<Vec<_>>(),
        "docs/problems.md holds one row per code, in order"
    );
    for row in &rows {
        let code = row[0].trim_matches('`');
        let shown = row[3].trim_matches('`');
        if shown.starts_with("tests/") || shown.starts_with("src/") {
            let text = fs::read_to_string(home.join(shown)).unwrap();
            assert!(
                text.contains(&format!("\"{code}")) || text.contains(&format!("[{code}]")),
                "{shown} does not show {code}"
            );
            continue;
        }
        let expected =
            fs::read_to_string(root().join(shown).join("expected.txt")).unwrap_or_default();
        assert!(
            expected.contains(&format!("[{code}]")),
            "folder {shown} does not show {code}"
        );
    }
}

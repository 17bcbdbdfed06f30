//! The lint of foreign workbooks, from outside and as data: every workbook in tests/lint with all that is found in it. And
//! no file of any format, however damaged, ends the program or keeps it busy.

use polder::inspect::lint;
use polder::problem::Problem;
use polder::read::werkmap::{Bestandssoort, Opmaaksoort, Werkmap};
use polder::read::workbook::Workbook;
use std::fmt::Write as _;
use std::fs;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lint")
}

fn lint(path: &Path, json: bool) -> (String, String, i32) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_polder"));
    command.arg("lint").arg(path);
    if json {
        command.arg("--json");
    }
    let output = command.output().unwrap();
    (
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
        output.status.code().unwrap(),
    )
}

#[test]
fn every_workbook_shows_what_was_put_in_it_and_no_more() {
    let mut wrong = String::new();
    let mut seen = 0;
    let mut names: Vec<PathBuf> = fs::read_dir(folder())
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "xlsx"))
        .collect();
    names.sort();
    for path in names {
        let (found, errors, code) = lint(&path, false);
        let golden = path.with_extension("txt");
        if std::env::var_os("POLDER_BLESS").is_some() {
            fs::write(&golden, &found).unwrap();
        }
        let expected = fs::read_to_string(&golden).unwrap_or_default();
        if found != expected {
            let _ = writeln!(wrong, "{}:\n{found}", path.display());
        }
        assert_eq!(errors, "", "{}", path.display());
        assert_eq!(code, i32::from(!found.contains("no findings")), "{found}");
        seen += 1;
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(seen > 10, "{seen}");
}

#[test]
fn good_workbooks_have_no_findings() {
    for name in ["havenkwartier", "spoorzone-oost"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("models/{name}/{name}.xlsx"));
        let (found, _, code) = lint(&path, false);
        assert_eq!(code, 0, "{found}");
        assert!(found.contains("no findings"), "{found}");
    }
}

#[test]
fn every_format_shows_the_same() {
    let findings = |name: &str| -> serde_json::Value {
        let (text, _, code) = lint(&folder().join(name), true);
        assert_eq!(code, 1, "{text}");
        let all: serde_json::Value = serde_json::from_str(&text).unwrap();
        all["bevindingen"].clone()
    };
    let expected = findings("formaten.xlsx");
    assert!(expected.as_array().unwrap().len() >= 4, "{expected:#}");
    assert_eq!(findings("formaten.ods"), expected);
    assert_eq!(findings("formaten.xls"), expected);
}

fn read(name: &str) -> Werkmap {
    let mut problems = Vec::new();
    let map = Werkmap::read(&folder().join(name), name, &mut problems).unwrap();
    assert_eq!(problems, []);
    map.unwrap()
}

#[test]
fn every_format_reads_the_same_cells_for_models() {
    let cells = |name: &str| {
        let book = Workbook::from(read(name));
        book.sheets
            .into_iter()
            .map(|s| (s.name, s.visible, s.cells))
            .collect::<Vec<_>>()
    };
    let expected = cells("formaten.xlsx");
    assert_eq!(cells("formaten.ods"), expected);
    assert_eq!(cells("formaten.xls"), expected);
}

#[test]
fn what_surrounds_the_cells_is_read_in_every_format() {
    for (name, kind) in [
        ("formaten.xlsx", Bestandssoort::Xlsx),
        ("formaten.ods", Bestandssoort::Ods),
        ("formaten.xls", Bestandssoort::Xls),
    ] {
        let map = read(name);
        assert_eq!(map.soort, kind);
        let sheet = &map.bladen[0];
        assert!(sheet.rij_verborgen(5) && !sheet.rij_verborgen(4), "{name}");
        let merged: Vec<String> = sheet.samengevoegd.iter().map(ToString::to_string).collect();
        assert_eq!(merged, ["B1:D1"], "{name}");
        assert_eq!(
            sheet.cellen[&(3, 3)].opmaak.soort,
            Opmaaksoort::Procent,
            "{name}"
        );
        // In an ods this format stands in styles.xml, which is not read yet.
        let thousands = u8::from(kind != Bestandssoort::Ods);
        assert_eq!(
            sheet.cellen[&(9, 2)].opmaak.duizendtallen,
            thousands,
            "{name}"
        );
    }
}

/// Written by Excel; see excel-datums.licence.txt.
#[test]
fn an_xlsb_of_excel_is_read() {
    let map = read("excel-datums.xlsb");
    assert_eq!(map.soort, Bestandssoort::Xlsb);
    let mut shown = String::new();
    for sheet in &map.bladen {
        for (place, cell) in &sheet.cellen {
            let _ = writeln!(
                shown,
                "{}!{} {:?} {:?}",
                sheet.naam,
                polder::read::werkmap::cell_name(*place),
                cell.waarde,
                cell.formule
            );
        }
    }
    let golden = folder().join("excel-datums.cellen.txt");
    if std::env::var_os("POLDER_BLESS").is_some() {
        fs::write(&golden, &shown).unwrap();
    }
    assert_eq!(shown, fs::read_to_string(golden).unwrap());
}

#[test]
fn csv_is_a_sheet_of_numbers_dates_and_texts() {
    let mut problems = Vec::new();
    let text =
        "Code;Post;Bedrag;Start\n1.1;Grond;1.250,50;2026-07-01\n012;\"Water; wegen\";-3;1-7-2026\n";
    let map = Werkmap::from_bytes(text.as_bytes(), "kosten.csv", &mut problems).unwrap();
    assert_eq!(problems, []);
    assert_eq!(map.soort, Bestandssoort::Csv);
    let shown: Vec<String> = map.bladen[0]
        .cellen
        .values()
        .map(|c| polder::model::table::as_text(&c.waarde))
        .collect();
    assert_eq!(
        shown[4..],
        [
            "1.1",
            "Grond",
            "1250.5",
            "2026-07-01",
            "012",
            "Water; wegen",
            "-3",
            "1-7-2026"
        ]
    );
    let found: Vec<String> = lint::lint(&map)
        .iter()
        .map(polder::inspect::lint::Bevinding::plaats)
        .collect();
    assert_eq!(found, ["'kosten'!D3"]);
}

/// Numbers that look random and are the same every time.
struct Toeval(u64);

impl Toeval {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % below.max(1)
    }
}

fn survives(bytes: &[u8], name: &str) {
    let start = Instant::now();
    let mut problems: Vec<Problem> = Vec::new();
    if let Some(map) = Werkmap::from_bytes(bytes, name, &mut problems) {
        let _ = lint::lint(&map);
    } else {
        assert!(!problems.is_empty());
    }
    for problem in &problems {
        assert!(
            problem.place.is_some() && problem.fix.is_some(),
            "{problem}"
        );
    }
    assert!(
        start.elapsed() < Duration::from_secs(20),
        "{name}: {:?}",
        start.elapsed()
    );
}

/// The parts of a zip container, unpacked: damage to packed bytes stops at their checksum and never reaches a reader.
fn parts(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..zip.len())
        .map(|i| {
            let mut part = zip.by_index(i).unwrap();
            let name = part.name().unwrap().into_owned();
            let mut content = Vec::new();
            std::io::Read::read_to_end(&mut part, &mut content).unwrap();
            (name, content)
        })
        .collect()
}

fn zipped(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        let stored = zip::write::SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Stored);
        zip.start_file(name.as_str(), stored).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn no_damage_in_any_format_ends_the_program() {
    for name in [
        "formaten.xlsx",
        "formaten.ods",
        "formaten.xls",
        "excel-datums.xlsb",
        "kosten.csv",
    ] {
        let bytes = if name.ends_with("csv") {
            b"Code;Bedrag\n1.1;1.250,00\n1.2;\"x\ny\"\n".to_vec()
        } else {
            fs::read(folder().join(name)).unwrap()
        };
        let unpacked = (bytes.starts_with(b"PK")).then(|| parts(&bytes));
        let mut random = Toeval(7);
        for round in 0..300 {
            let mut damaged = bytes.clone();
            if let Some(parts) = &unpacked {
                let mut parts = parts.clone();
                let which = random.next(parts.len());
                damage(&mut parts[which].1, &mut random);
                damaged = zipped(&parts);
            } else {
                damage(&mut damaged, &mut random);
            }
            if round % 10 == 0 {
                damaged.truncate(random.next(damaged.len()));
            }
            survives(&damaged, name);
        }
    }
}

fn damage(bytes: &mut Vec<u8>, random: &mut Toeval) {
    if bytes.is_empty() {
        return;
    }
    for _ in 0..=random.next(6) {
        let at = random.next(bytes.len());
        bytes[at] = match random.next(4) {
            0 => 0xff,
            1 => 0,
            2 => b'9',
            _ => random.next(256) as u8,
        };
    }
    if random.next(8) == 0 {
        bytes.truncate(random.next(bytes.len()));
    }
}

/// An .xls of these records in its workbook stream.
fn xls(records: &[(u16, &[u8])]) -> Vec<u8> {
    let mut stream = Vec::new();
    for (kind, data) in records {
        stream.extend(kind.to_le_bytes());
        stream.extend((data.len() as u16).to_le_bytes());
        stream.extend(*data);
    }
    let mut container = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    container
        .create_stream("/Workbook")
        .unwrap()
        .write_all(&stream)
        .unwrap();
    container.flush().unwrap();
    container.into_inner().into_inner()
}

fn problem(bytes: &[u8]) -> String {
    let mut problems: Vec<Problem> = Vec::new();
    let map = Werkmap::from_bytes(bytes, "w.xls", &mut problems);
    assert!(map.is_none());
    assert_eq!(problems.len(), 1);
    format!("{}: {}", problems[0].code, problems[0].message)
}

#[test]
fn an_xls_that_lies_is_told_with_its_place() {
    let bof: &[u8] = &[0, 6, 5, 0, 0, 0, 0, 0];
    let old: &[u8] = &[0, 5, 5, 0];
    // A sheet "K" that starts right after the globals: two records of 12 and one of 4 bytes, and its own of 13.
    let sheet: &[u8] = &[12 + 13 + 4, 0, 0, 0, 0, 0, 1, 0, b'K'];
    let number: &[u8] = &[2, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f];
    let with = |more: &[(u16, &[u8])]| {
        let mut records: Vec<(u16, &[u8])> =
            vec![(0x0809, bof), (0x85, sheet), (0x0a, &[]), (0x0809, bof)];
        records.extend(more);
        records.push((0x0a, &[]));
        xls(&records)
    };
    let mut problems = Vec::new();
    let map = Werkmap::from_bytes(&with(&[(0x0203, number)]), "w.xls", &mut problems).unwrap();
    assert_eq!(
        map.bladen[0].cellen.keys().copied().collect::<Vec<_>>(),
        [(2, 1)]
    );
    // Dimensions of 65536 rows and columns ask for nothing.
    let huge: &[u8] = &[0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0xff, 0xff, 0, 0];
    let map = Werkmap::from_bytes(
        &with(&[(0x0200, huge), (0x0203, number)]),
        "w.xls",
        &mut problems,
    );
    assert_eq!(map.unwrap().bladen[0].cellen.len(), 1);
    for (bytes, expected) in [
        (
            xls(&[(0x0809, old)]),
            "workbook-old-format: workbooks of the kind .xls of Excel 95 or older are not read",
        ),
        (
            xls(&[(0x0809, bof), (0x2f, &[])]),
            "workbook-encrypted: the workbook is protected with a password",
        ),
        (
            with(&[(0x0203, number), (0x0203, &number[..9])]),
            "workbook-damaged: the workbook is damaged: sheet 'K' after cell B3: a record (cell) is too short",
        ),
        (
            with(&[(0xfd, &[4, 0, 0, 0, 0, 0, 9, 9, 9, 9])]),
            "workbook-damaged: the workbook is damaged: sheet 'K' after cell A5: a text is missing",
        ),
        (
            with(&[(0x0203, &[0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])]),
            "workbook-damaged: the workbook is damaged: sheet 'K' after cell CJQ1: a cell stands outside the sheet",
        ),
    ] {
        assert_eq!(problem(&bytes), expected);
    }
    let endless: Vec<(u16, &[u8])> = std::iter::once((0x0809, bof))
        .chain(std::iter::repeat_n((0x85, sheet), 900))
        .chain([(0x0a, &[] as &[u8]), (0x0809, bof)])
        .chain(std::iter::repeat_n((0x0203, number), 2_000))
        .collect();
    let start = Instant::now();
    survives(&xls(&endless), "w.xls");
    assert!(start.elapsed() < Duration::from_secs(10));
}

fn told(bytes: &[u8], name: &str) -> String {
    let mut problems: Vec<Problem> = Vec::new();
    let map = Werkmap::from_bytes(bytes, name, &mut problems);
    assert!(map.is_none());
    problems[0].message.clone()
}

#[test]
fn what_no_sheet_holds_is_told_with_its_cell() {
    let all = parts(&fs::read(folder().join("goed.xlsx")).unwrap());
    let with = |part: &str, from: &str, to: &str| {
        let mut all = all.clone();
        let at = all.iter().position(|p| p.0 == part).unwrap();
        let text = String::from_utf8(all[at].1.clone()).unwrap();
        assert!(text.contains(from), "{text}");
        all[at].1 = text.replacen(from, to, 1).into_bytes();
        zipped(&all)
    };
    let sheet = "xl/worksheets/sheet1.xml";
    // Row 4294967301 is 5 for who counts in 32 bits.
    for (row, expected) in [
        (
            "<row r=\"4294967301\"><c r=\"A5\"><v>1</v></c></row>",
            "\"4294967301\" is no row of a sheet",
        ),
        (
            "<row r=\"90\"><c r=\"A4294967301\"><v>1</v></c></row>",
            "\"A4294967301\" is no cell of a sheet",
        ),
        (
            "<row r=\"90\"><c r=\"ZZZZZZZ90\"><v>1</v></c></row>",
            "\"ZZZZZZZ90\" is no cell of a sheet",
        ),
    ] {
        let bytes = with(sheet, "</sheetData>", &format!("{row}</sheetData>"));
        assert_eq!(
            told(&bytes, "w.xlsx"),
            format!("the workbook is damaged: sheet 'Kosten' after cell C9: {expected}")
        );
    }
    let shared = "<row r=\"90\"><c r=\"A90\"><f t=\"shared\" si=\"0\" ref=\"A90:C999999999999\">B1</f></c></row>";
    let bytes = with(sheet, "</sheetData>", &format!("{shared}</sheetData>"));
    assert!(told(&bytes, "w.xlsx").contains("sheet 'Kosten' after cell A90: "));
    let book = "xl/workbook.xml";
    let text = all.iter().find(|p| p.0 == book).unwrap().1.clone();
    let text = String::from_utf8(text).unwrap();
    let (_, rest) = text.split_once("<sheets>").unwrap();
    let (sheets, _) = rest.split_once("</sheets>").unwrap();
    assert_eq!(
        told(&with(book, sheets, ""), "w.xlsx"),
        "the workbook is damaged: it has no sheets"
    );
}

#[test]
fn what_is_no_workbook_is_told_for_what_it_is() {
    for (bytes, name, expected) in [
        (
            b"<html><body><table></table></body></html>".to_vec(),
            "w.xls",
            "this is not a workbook: it is a web page (HTML) with the name of a workbook, as some programs export",
        ),
        (
            b"\xff\xfea\0;\0b\0".to_vec(),
            "w.csv",
            "the csv file cannot be read: it is text in UTF-16 (\"Unicode-tekst\" of Excel)",
        ),
        (
            b"a;b\nc;\"d\nx;y\n".to_vec(),
            "w.csv",
            "the csv file cannot be read: the quotation mark (\") on line 2 is not closed",
        ),
        (
            b"a;b;c\n".repeat(700_000),
            "w.csv",
            "the workbook is too large to read: it holds more than 2000000 cells",
        ),
    ] {
        assert_eq!(told(&bytes, name), expected);
    }
    let (_, errors, code) = lint(&folder(), false);
    assert_eq!(code, 2);
    assert!(
        errors.contains("it is a folder; name one of the "),
        "{errors}"
    );
}

#[test]
fn a_formula_without_text_in_an_ods_has_a_value() {
    let mut all = parts(&fs::read(folder().join("formaten.ods")).unwrap());
    let at = all.iter().position(|p| p.0 == "content.xml").unwrap();
    let text = String::from_utf8(all[at].1.clone()).unwrap();
    let row = "<table:table-row><table:table-cell table:formula=\"of:=&quot;&quot;\"><text:p/></table:table-cell></table:table-row>";
    all[at].1 = text
        .replacen("<table:table-row", &format!("{row}<table:table-row"), 1)
        .into_bytes();
    let mut problems = Vec::new();
    let map = Werkmap::from_bytes(&zipped(&all), "w.ods", &mut problems).unwrap();
    assert!(lint::lint(&map).iter().all(|b| b.soort != "zonder-waarde"));
}

#[test]
fn sums_over_sums_take_bounded_time() {
    // Every row sums all rows above it, by 20 thousand rows: 200 million cells to look at.
    let mut rows = String::new();
    for row in 1..=20_000_u32 {
        let _ = write!(
            rows,
            "<row r=\"{row}\"><c r=\"A{row}\"><f>SUM(B$1:B{row},A$1:A{row})</f><v>0</v></c><c r=\"B{row}\"><v>1</v></c></row>"
        );
    }
    let sheet = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
    let mut all = parts(&fs::read(folder().join("zonder-waarde.xlsx")).unwrap());
    let at = all
        .iter()
        .position(|p| p.0 == "xl/worksheets/sheet1.xml")
        .unwrap();
    all[at].1 = sheet.into_bytes();
    let start = Instant::now();
    let mut problems = Vec::new();
    let map = Werkmap::from_bytes(&zipped(&all), "w.xlsx", &mut problems).unwrap();
    let result = lint::onderzoek(&map);
    assert!(result.onvolledig);
    assert!(
        start.elapsed() < Duration::from_mins(1),
        "{:?}",
        start.elapsed()
    );
}

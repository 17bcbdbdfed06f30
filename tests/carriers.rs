//! Tables written to toml, csv and a workbook read back as the same tables; what is wrong in a file is told with its place.

use polder::model::schema::{Kind, SCHEMA};
use polder::model::table::{Row, Scalar, Tables, Value, column_in_row, holds_text};
use polder::problem::{Place, Problem, has_errors};
use polder::read::{Read, read_model};
use polder::write::carriers::{to_csv, to_toml, to_workbook};
use proptest::prelude::*;
use rust_decimal::{Decimal, dec};
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

/// A folder of its own, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "polder-{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn with(self, name: &str, bytes: impl AsRef<[u8]>) -> Self {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        self
    }

    fn read(&self) -> Read {
        read_model(&self.0).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn scalars(tables: &Tables) -> Vec<(&'static str, Vec<Vec<Scalar>>)> {
    let rows = |rows: &[Row]| {
        rows.iter()
            .map(|r| r.values.iter().map(|v| v.scalar.clone()).collect())
            .collect()
    };
    tables
        .tables
        .iter()
        .filter(|t| !t.rows.is_empty())
        .map(|t| (t.schema.name, rows(&t.rows)))
        .collect()
}

fn clean(read: &Read) -> &Tables {
    assert!(read.problems.is_empty(), "{}", shown(&read.problems));
    &read.tables
}

fn shown(problems: &[Problem]) -> String {
    problems
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n")
}

fn codes(read: &Read) -> Vec<&'static str> {
    read.problems.iter().map(|p| p.code).collect()
}

/// Writes to every carrier and reads back.
fn round_trips(tables: &Tables) -> Vec<(&'static str, Read)> {
    let toml = Folder::new().with("model.toml", to_toml(tables)).read();
    let (bytes, warnings) = to_workbook(tables).unwrap();
    assert!(warnings.is_empty(), "{}", shown(&warnings));
    let book = Folder::new()
        .with("tabellen.xlsx", bytes)
        .with("model.toml", "[[bron]]\nbestand = \"tabellen.xlsx\"\n")
        .read();
    let mut read = vec![("toml", toml), ("xlsx", book)];
    for (name, nl) in [("csv nl", true), ("csv en", false)] {
        let mut folder = Folder::new()
            .with("model.toml", "[[bron]]\nbestand = \"csv\"\n")
            .with("csv/leesmij.txt", "");
        let files = to_csv(tables, nl);
        if files.is_empty() {
            continue;
        }
        for (file, bytes) in files {
            folder = folder.with(&format!("csv/{file}"), bytes);
        }
        read.push((name, folder.read()));
    }
    read
}

const MODEL: &str = r#"
[gebied]
naam = "Silo & \"Kade\""
peildatum = 2026-01-01
eindjaar = 2036
tijdstap = "halfjaar"
rente = { waarde = "2%", bron = "BNG, offerte; 2026" }
"eigen instelling" = "2030"

[[indexen]]
index = "Kosten civiel"
vanaf = 2027
groei = 0.025

[[partijen]]
partij = "gemeente"
rol = "gemeente"
minimaal_resultaat = -1_250_000.50

[[kosten]]
id = 3.20
omschrijving = "=SUM(A1)\ntweede regel; \"met\" aanhaling, en ' en é€"
partij = "gemeente/grex"
bedrag = 12345678901.23
percentage = 1e-2
over = "2.1; 3.*"
fasering = "2027-2031"
maatregel = "'s-Gravenhage"

[[kosten]]
id = "-1"
soort = "'=x"

[[onzekerheden]]
id = "o1"
doel = "kosten[3.2].bedrag"
verdeling = "pert"
per_jaar = true
laag = 0.000001

[[risicos]]
risico = "r"
kans = "10%"
laag = -1
modus = 0
hoog = 79228162514264
periode = 2030

[[scenarios]]
scenario = "hoog"
doel = "gebied.peildatum"
waarde = 2027-01-01

[[scenarios]]
scenario = "hoog"
doel = "gebied.rente"
waarde = "0.03"
"#;

#[test]
fn a_model_reads_back_from_every_carrier() {
    let model = Folder::new().with("model.toml", MODEL).read();
    let tables = clean(&model);
    let kosten = tables.table("kosten");
    let value = |column| kosten.get(&kosten.rows[0], column);
    assert_eq!(value("id").scalar, Scalar::Text("3.2".into()));
    assert_eq!(value("percentage").scalar, Scalar::Number(dec!(0.01)));
    assert_eq!(value("bedrag").place.to_string(), "model.toml:24:10");
    assert_eq!(kosten.rows[0].place.to_string(), "model.toml:21:1");
    let gebied = tables.table("gebied");
    assert_eq!(
        gebied.get(&gebied.rows[4], "waarde").scalar,
        Scalar::Number(dec!(0.02))
    );
    for (name, read) in round_trips(tables) {
        assert_eq!(scalars(clean(&read)), scalars(tables), "{name}");
    }
}

#[test]
fn written_files_are_fit_for_a_spreadsheet() {
    let model = Folder::new().with("model.toml", MODEL).read();
    let files = to_csv(&model.tables, true);
    let kosten = &files.iter().find(|f| f.0 == "kosten.csv").unwrap().1;
    assert!(kosten.starts_with(b"\xef\xbb\xbfid;omschrijving;"));
    let text = String::from_utf8(kosten.clone()).unwrap();
    assert!(text.contains(";\"'=SUM(A1)\n"), "{text}");
    assert!(text.contains(";12345678901,23;"), "{text}");
    assert!(text.ends_with("\r\n"));
    let first = to_workbook(&model.tables).unwrap().0;
    std::thread::sleep(std::time::Duration::from_millis(1100));
    assert_eq!(first, to_workbook(&model.tables).unwrap().0);
}

#[test]
fn lost_digits_are_told() {
    let exact = "[[controles]]\ndoel = \"eindwaarde\"\nwaarde = 12345678901234567890123.45678\n";
    let model = Folder::new().with("model.toml", exact).read();
    let table = clean(&model).table("controles");
    assert_eq!(
        table.get(&table.rows[0], "waarde").scalar,
        Scalar::Number(dec!(12345678901234567890123.45678))
    );
    let (_, warnings) = to_workbook(&model.tables).unwrap();
    assert_eq!(
        warnings.iter().map(|w| w.code).collect::<Vec<_>>(),
        ["digits-lost"]
    );
    let toml = Folder::new()
        .with("model.toml", to_toml(&model.tables))
        .read();
    assert_eq!(scalars(clean(&toml)), scalars(&model.tables));
}

#[test]
fn sources_are_joined_in_order() {
    let book = Folder::new()
        .with("model.toml", "[[kosten]]\nid = \"c\"\n")
        .read();
    let read = Folder::new()
        .with("model.toml", "[[kosten]]\nid = \"a\"\n[[bron]]\nbestand = \"extra.toml\"\n[[bron]]\nbestand = \"t.xlsx\"\n[[bron]]\nbestand = \"x/kosten.csv\"\n")
        .with("extra.toml", "[[Kosten]]\nID = \"b\"\n")
        .with("t.xlsx", to_workbook(&book.tables).unwrap().0)
        .with("x/kosten.csv", "id,bedrag\nd,1234.5\n")
        .read();
    let kosten = clean(&read).table("kosten");
    let rows: Vec<String> = kosten
        .rows
        .iter()
        .map(|r| format!("{} {}", kosten.get(r, "id").shown(), r.place))
        .collect();
    assert_eq!(
        rows,
        [
            "text \"a\" model.toml:2:1",
            "text \"b\" extra.toml:2:1",
            "text \"c\" t.xlsx 'kosten'!A2",
            "text \"d\" x/kosten.csv:2:1"
        ]
    );
    let names: Vec<&str> = read.sources.iter().map(|s| s.name.as_str()).collect();
    assert_eq!(
        names,
        ["model.toml", "extra.toml", "t.xlsx", "x/kosten.csv"]
    );
    assert_eq!(read.sources[3].size, 19);
    assert_eq!(read.sources[3].sha256.len(), 64);
}

#[test]
fn a_model_can_be_one_file_or_a_folder_of_csv() {
    let folder = Folder::new()
        .with("kosten.csv", "Id;Bedrag\r\n1.1;1.234.567,89\r\n")
        .with("Fasering.csv", "fasering;periode\n1.1;2030\n");
    let read = folder.read();
    let kosten = clean(&read).table("kosten");
    assert_eq!(
        kosten.get(&kosten.rows[0], "bedrag").scalar,
        Scalar::Number(dec!(1234567.89))
    );
    assert_eq!(read.tables.table("fasering").rows.len(), 1);
    let one = read_model(&folder.0.join("kosten.csv")).unwrap();
    assert_eq!(clean(&one).table("kosten").rows.len(), 1);
    let book = Folder::new().with("m.xlsx", to_workbook(&one.tables).unwrap().0);
    assert_eq!(
        scalars(clean(&read_model(&book.0.join("m.xlsx")).unwrap())),
        scalars(&one.tables)
    );
    assert!(read_model(&folder.0.join("nergens")).is_err());
    assert_eq!(codes(&Folder::new().read()), ["no-model"]);
}

#[test]
fn all_syntax_errors_are_told_with_help_for_dutch_numbers() {
    let read = Folder::new()
        .with(
            "model.toml",
            "[gebied]\nrente = 0,02\nnaam = \"x\"\n[[kosten]]\nbedrag = 1.250.000,00\nid = [\n",
        )
        .read();
    let text = shown(&read.problems);
    assert!(
        text.contains("\"0,02\" is not a number in toml\n  --> model.toml:2:"),
        "{text}"
    );
    assert!(
        text.contains("write 0.02; if it is text, put it in quotes"),
        "{text}"
    );
    assert!(text.contains("write 1250000; if"), "{text}");
    assert!(text.contains("error[toml-syntax]"), "{text}");
    let twice = Folder::new()
        .with("model.toml", "[gebied]\nrente = 0.02\nrente = 0.03\n")
        .read();
    assert_eq!(codes(&twice), ["duplicate-key"]);
    assert_eq!(
        twice.problems[0].place.as_ref().unwrap().to_string(),
        "model.toml:3:1"
    );
}

#[test]
fn wrong_values_in_toml_are_all_told() {
    let read = Folder::new()
        .with("model.toml", "kost = 1\nkosten = 3\n[[programa]]\nid = 1\n[[opbrengsten]]\nid = 1\nbedrach = 2\nbedrag = \"0,5\"\nprijs = inf\nnaam = [1]\nhoeveelheid = 2026-01-01\nraming = 2026-01-01T10:00:00\n[[opbrengsten]]\nprijs = 1\nPrijs = 2\n[[bron]]\nfile = \"x\"\n")
        .read();
    let text = shown(&read.problems);
    for part in [
        "unknown table \"kost\"\n  --> model.toml:1:1",
        "did you mean \"kosten\"?",
        "\"kosten\" must hold rows, found a toml integer\n  --> model.toml:2:10",
        "did you mean \"programma\"?",
        "unknown column \"bedrach\" in table opbrengsten\n  --> model.toml:7:1",
        "did you mean \"bedrag\"?",
        "expected a number in column bedrag, found text \"0,5\"\n  --> model.toml:8:10",
        "a comma is not read here",
        "number inf cannot be used here\n  --> model.toml:9:9",
        "an array cannot be used here",
        "expected a number in column hoeveelheid, found date 2026-01-01",
        "write a date only",
        "column \"Prijs\" stands twice in this row",
        "unknown key \"file\" in bron",
        "a bron needs bestand",
    ] {
        assert!(text.contains(part), "{part}\nin\n{text}");
    }
}

#[test]
fn sources_that_cannot_be() {
    let read = Folder::new()
        .with("extra.toml", "[[bron]]\nbestand = \"x\"\n")
        .with("lijst.pdf", "x")
        .with("leeg/x.txt", "x")
        .with("model.toml", "[[bron]]\nbestand = \"/etc/passwd\"\n[[bron]]\nbestand = \"C:/x.csv\"\n[[bron]]\nbestand = \"extr.toml\"\n[[bron]]\nbestand = \"extra.toml\"\n[[bron]]\nbestand = \"./extra.toml\"\n[[bron]]\nbestand = \"lijst.pdf\"\n[[bron]]\nbestand = \"leeg\"\n[[bron]]\nbestand = \"model.toml\"\n")
        .read();
    assert_eq!(
        codes(&read),
        [
            "bad-path",
            "bad-path",
            "missing-file",
            "bron-outside-manifest",
            "double-file",
            "unknown-file",
            "no-csv",
            "double-file"
        ]
    );
    assert_eq!(
        read.problems[2].place.as_ref().unwrap().to_string(),
        "model.toml:6:11"
    );
    assert_eq!(
        read.problems[2].fix.as_deref(),
        Some("did you mean \"extra.toml\"?")
    );
}

#[test]
fn csv_lines_are_right_with_crlf_blank_lines_and_quoted_newlines() {
    let text = "\r\n\r\nid;omschrijving;bedrag\r\n\r\n1;\"twee\r\nregels\";x\r\n2;b;y\r\n3;c\r\n4;d;1;2\r\n5;e;1.234\r\n6;f;#N/B\r\n7;g;1;;\r\n";
    let read = Folder::new().with("kosten.csv", text).read();
    let found: Vec<String> = read
        .problems
        .iter()
        .map(|p| format!("{} {}", p.code, p.place.as_ref().unwrap()))
        .collect();
    assert_eq!(
        found,
        [
            "not-a-number kosten.csv:6:3",
            "not-a-number kosten.csv:7:3",
            "ragged-row kosten.csv:8:1",
            "ragged-row kosten.csv:9:1",
            "not-a-number kosten.csv:10:3",
            "spreadsheet-error kosten.csv:11:3"
        ]
    );
    assert_eq!(read.tables.table("kosten").rows.len(), 5);
}

#[test]
fn csv_of_windows_1252_is_read_and_said() {
    let read = Folder::new()
        .with("kosten.csv", b"id;omschrijving\n1;caf\xe9 \x80\n")
        .read();
    assert_eq!(codes(&read), ["not-utf8"]);
    assert!(!has_errors(&read.problems));
    let kosten = read.tables.table("kosten");
    assert_eq!(
        kosten.get(&kosten.rows[0], "omschrijving").scalar,
        Scalar::Text("café €".into())
    );
}

#[test]
fn garbage_is_refused_without_panic() {
    let latin = Folder::new()
        .with("model.toml", b"[gebied]\nnaam = \"caf\xe9\"\n")
        .read();
    assert_eq!(
        latin.problems[0].place.as_ref().unwrap().to_string(),
        "model.toml:2:12"
    );
    let garbage: Vec<u8> = (0..4000_u32)
        .map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect();
    let no_nul: Vec<u8> = garbage.iter().map(|b| (*b).max(1)).collect();
    for (name, bytes) in [
        ("kosten.csv", &garbage),
        ("kosten.csv", &no_nul),
        ("model.toml", &garbage),
        ("model.toml", &no_nul),
        ("kosten.xlsx", &garbage),
    ] {
        let folder = Folder::new().with(name, bytes);
        let read = read_model(&folder.0.join(name)).unwrap();
        assert!(has_errors(&read.problems), "{name}");
    }
    let misnamed = Folder::new().with("kostn.csv", "id\n1\n").read();
    assert_eq!(
        misnamed.problems[0].fix.as_deref(),
        Some("did you mean \"kosten\"?")
    );
    assert!(codes(&Folder::new().with("kosten.csv", "").read()).contains(&"no-headings"));
}

#[test]
fn sheets_of_a_workbook_are_judged() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet().set_name("Kosten").unwrap();
    sheet.write_string(0, 0, "Kosten van het plan").unwrap();
    for (column, heading) in ["Id", "Bedrag", "", "Bedrach", "Prijs"].iter().enumerate() {
        sheet.write_string(2, column as u16, *heading).unwrap();
    }
    sheet.write_number(3, 0, 3.2).unwrap();
    sheet.write_string(3, 1, "12").unwrap();
    sheet.write_string(3, 2, "een notitie").unwrap();
    sheet.write_boolean(3, 4, true).unwrap();
    sheet
        .write_formula(
            4,
            1,
            rust_xlsxwriter::Formula::new("=1/0").set_result("#DIV/0!"),
        )
        .unwrap();
    for name in ["Toelichting", "_hulp", "Leeg", "Programa"] {
        let sheet = book.add_worksheet().set_name(name).unwrap();
        if name != "Leeg" {
            sheet.write_string(0, 0, "tekst").unwrap();
        }
    }
    let folder = Folder::new().with("m.xlsx", book.save_to_buffer().unwrap());
    let read = read_model(&folder.0.join("m.xlsx")).unwrap();
    let found: Vec<String> = read
        .problems
        .iter()
        .map(|p| format!("{} {}", p.code, p.place.as_ref().unwrap()))
        .collect();
    assert_eq!(
        found,
        [
            "unknown-column m.xlsx 'Kosten'!D3",
            "not-a-number m.xlsx 'Kosten'!B4",
            "not-a-number m.xlsx 'Kosten'!E4",
            "spreadsheet-error m.xlsx 'Kosten'!B5",
            "unknown-table m.xlsx 'Programa'"
        ]
    );
    assert_eq!(
        read.problems[1].fix.as_deref(),
        Some("make the cell a number")
    );
    let skipped: Vec<String> = read
        .skipped
        .iter()
        .map(|s| format!("{}: {}", s.place, s.why))
        .collect();
    assert_eq!(
        skipped,
        [
            "m.xlsx 'Kosten'!A1: above the headings",
            "m.xlsx 'Kosten'!C4: no known heading above it",
            "m.xlsx 'Toelichting': a sheet of notes",
            "m.xlsx '_hulp': a sheet of notes",
            "m.xlsx 'Leeg': an empty sheet"
        ]
    );
    let kosten = read.tables.table("kosten");
    assert_eq!(
        kosten.get(&kosten.rows[0], "id").scalar,
        Scalar::Text("3.2".into())
    );
}

#[test]
fn what_is_far_too_much_is_refused() {
    let wide = Folder::new()
        .with("kosten.csv", format!("id;{}", ";".repeat(100_000)))
        .read();
    assert_eq!(codes(&wide), ["too-many-columns"]);
    let keys = (0..5_000)
        .map(|i| format!("k{i} = 1"))
        .collect::<Vec<_>>()
        .join("\n");
    assert_eq!(
        codes(
            &Folder::new()
                .with("model.toml", format!("[kosten]\n{keys}"))
                .read()
        ),
        ["too-many-columns"]
    );
    assert_eq!(
        Folder::new()
            .with("model.toml", &keys)
            .read()
            .problems
            .len(),
        1_000
    );
    let ragged = Folder::new()
        .with("kosten.csv", format!("id;bedrag\n{}", "1\n".repeat(5_000)))
        .read();
    assert_eq!(ragged.problems.len(), 1_000);
    let large = Folder::new()
        .with("model.toml", vec![b'#'; (4 << 20) + 1])
        .read();
    assert_eq!(codes(&large), ["file-too-large"]);
}

/// Text with everything that carriers stumble over, trimmed as every carrier does.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[ -~]{1,6}",
        "\\PC{1,4}",
        Just("=".to_owned()),
        Just("'".to_owned()),
        Just(";".to_owned()),
        Just("\"".to_owned()),
        Just("\n".to_owned()),
        Just("\\".to_owned()),
        Just("_x0041_".to_owned()),
        "[0-9]{1,4}",
        "[-+@#€%.,]",
    ];
    prop::collection::vec(piece, 1..5)
        .prop_map(|pieces| polder::model::table::tidy(&pieces.concat()))
}

/// Numbers that a workbook's 15 digits hold.
fn number() -> impl Strategy<Value = Decimal> {
    (-999_999_999_999_999_i64..=999_999_999_999_999, 0_u32..15)
        .prop_map(|(digits, scale)| Decimal::new(digits, scale))
}

fn scalar(kind: Kind) -> BoxedStrategy<Scalar> {
    let text = || {
        text().prop_map(|t| {
            if t.is_empty() {
                Scalar::Empty
            } else {
                Scalar::Text(t)
            }
        })
    };
    let number = || number().prop_map(Scalar::Number);
    let date = || {
        (1901_i16..2200, 1_i8..=12, 1_i8..=28)
            .prop_map(|(y, m, d)| Scalar::Date(jiff::civil::date(y, m, d)))
    };
    match kind {
        kind if holds_text(kind) => text().boxed(),
        Kind::Any => prop_oneof![text(), number(), date()].boxed(),
        Kind::Date => date().boxed(),
        Kind::Year => (1900_i64..2200)
            .prop_map(|y| Scalar::Number(Decimal::from(y)))
            .boxed(),
        _ => number().boxed(),
    }
}

fn tables() -> impl Strategy<Value = Tables> {
    let some =
        |strategy: BoxedStrategy<Scalar>| prop_oneof![1 => Just(Scalar::Empty), 2 => strategy];
    let row = (0..SCHEMA.len()).prop_flat_map(move |table| {
        let schema = &SCHEMA[table];
        let cells: Vec<_> = schema
            .columns
            .iter()
            .map(|c| some(scalar(column_in_row(schema, c, None).kind)))
            .collect();
        (Just(table), cells)
    });
    prop::collection::vec(row, 0..8).prop_map(|rows| {
        let mut tables = Tables::default();
        let place = Place::file("x");
        for (table, cells) in rows {
            if cells.iter().any(|c| *c != Scalar::Empty) {
                let values = cells
                    .into_iter()
                    .map(|c| Value::new(c, place.clone()))
                    .collect();
                tables.tables[table].rows.push(Row {
                    place: place.clone(),
                    values,
                });
            }
        }
        tables
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_tables_read_back_from_every_carrier(tables in tables()) {
        for (name, read) in round_trips(&tables) {
            prop_assert!(read.problems.is_empty(), "{name}: {}", shown(&read.problems));
            prop_assert_eq!(scalars(&read.tables), scalars(&tables), "{}", name);
        }
    }

    #[test]
    fn no_text_makes_the_readers_panic(text in "[\\[\\]a-z=\",;'#0-9.\n\r{} -]{0,80}") {
        let text = text.replace("bron", "");
        let _ = Folder::new().with("model.toml", format!("[gebied]\nrente = {text}")).read();
        let _ = Folder::new().with("kosten.csv", format!("id;bedrag\n{text}")).read();
    }
}

//! Foreign workbooks through their mapping: the two example areas in full, and what can be wrong with a mapping or a sheet.

use polder::model::schema::table_schema;
use polder::model::table::{Scalar, Value};
use polder::problem::{Problem, Severity};
use polder::read::Read;
use polder::read::mapping::read_foreign;
use proptest::prelude::*;
use rust_decimal::{Decimal, dec};
use rust_xlsxwriter::{Format, Formula, Workbook};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn model(area: &str) -> Read {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("models")
        .join(area);
    let mut read = Read::default();
    read_foreign(&folder, &format!("{area}.xlsx"), "mapping.toml", &mut read)
        .expect("both files are there");
    assert!(read.problems.is_empty(), "{}", shown(&read.problems));
    read
}

fn shown(problems: &[Problem]) -> String {
    problems
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n")
}

fn values(read: &Read, table: &str, column: &str) -> Vec<Value> {
    let table = read.tables.table(table);
    table
        .rows
        .iter()
        .map(|row| table.get(row, column).clone())
        .collect()
}

fn number(value: &Value) -> Decimal {
    match &value.scalar {
        Scalar::Number(n) => *n,
        other => panic!("{other:?} at {} is not a number", value.place),
    }
}

fn text(value: &Value) -> String {
    match &value.scalar {
        Scalar::Text(t) => t.clone(),
        Scalar::Empty => String::new(),
        other => panic!("{other:?} at {} is not a text", value.place),
    }
}

fn texts(read: &Read, table: &str, column: &str) -> Vec<String> {
    values(read, table, column).iter().map(text).collect()
}

/// Sum per profile of a column of table fasering.
fn profiles(read: &Read, column: &str) -> BTreeMap<String, Decimal> {
    let table = read.tables.table("fasering");
    let mut sums = BTreeMap::new();
    for row in table
        .rows
        .iter()
        .filter(|row| !table.get(row, column).is_empty())
    {
        *sums
            .entry(text(table.get(row, "fasering")))
            .or_insert(Decimal::ZERO) += number(table.get(row, column));
    }
    sums
}

fn sizes(read: &Read) -> Vec<(&'static str, usize)> {
    read.tables
        .tables
        .iter()
        .filter(|t| !t.rows.is_empty())
        .map(|t| (t.schema.name, t.rows.len()))
        .collect()
}

fn setting(read: &Read, name: &str) -> Scalar {
    let table = read.tables.table("gebied");
    let row = table
        .rows
        .iter()
        .find(|row| text(table.get(row, "instelling")) == name)
        .expect(name);
    table.get(row, "waarde").scalar.clone()
}

fn check(read: &Read, name: &str) -> Decimal {
    let table = read.tables.table("controles");
    let row = table
        .rows
        .iter()
        .find(|row| text(table.get(row, "doel")) == name)
        .expect(name);
    number(table.get(row, "waarde"))
}

fn keyed(read: &Read, table: &str, columns: &[&str]) -> BTreeMap<String, Vec<Value>> {
    let table = read.tables.table(table);
    table
        .rows
        .iter()
        .map(|r| {
            (
                text(table.get(r, "id")),
                columns.iter().map(|c| table.get(r, c).clone()).collect(),
            )
        })
        .collect()
}

#[test]
fn havenkwartier_is_read_in_full() {
    let read = model("havenkwartier");
    let expected = [
        ("gebied", 8),
        ("indexen", 72),
        ("programma", 14),
        ("kosten", 21),
        ("opbrengsten", 4),
        ("fasering", 187),
        ("boekwaarde", 1),
        ("controles", 9 * 12 + 6),
    ];
    assert_eq!(sizes(&read), expected);
    assert_eq!(setting(&read, "eindjaar"), Scalar::Number(dec!(2037)));
    assert_eq!(setting(&read, "rente"), Scalar::Number(dec!(0.019)));
    assert_eq!(
        setting(&read, "peildatum"),
        Scalar::Date("2026-01-01".parse().unwrap())
    );
    assert_eq!(
        number(&values(&read, "boekwaarde", "bedrag")[0]),
        dec!(28_500_000)
    );
    assert_eq!(check(&read, "boekwaarde.2026"), dec!(31942928.4));
    assert_eq!(check(&read, "eindwaarde"), dec!(-6599714.93161671));
}

#[test]
fn havenkwartier_adds_up() {
    let read = model("havenkwartier");
    let shares = profiles(&read, "aandeel");
    assert_eq!(shares.len(), 21);
    assert!(
        shares.values().all(|sum| *sum == Decimal::ONE),
        "{shares:?}"
    );

    let units = profiles(&read, "hoeveelheid");
    let mut total = Decimal::ZERO;
    for (id, row) in keyed(&read, "programma", &["aantal", "grondprijs", "raming"]) {
        assert_eq!(units[&id], number(&row[0]), "{id}");
        assert_eq!(number(&row[0]) * number(&row[1]), number(&row[2]), "{id}");
        total += number(&row[2]);
    }
    assert_eq!(total, dec!(87_146_000), "Totaal programma, Programma!H28");

    let amounts = profiles(&read, "bedrag");
    let income = keyed(&read, "opbrengsten", &["bedrag"]);
    assert!(
        income
            .iter()
            .all(|(id, row)| amounts[id] == number(&row[0]))
    );
    assert_eq!(
        amounts.values().sum::<Decimal>(),
        dec!(19_075_000),
        "Totaal, Overige opbrengsten!C8"
    );

    let costs = values(&read, "kosten", "raming");
    assert_eq!(
        costs.iter().map(number).sum::<Decimal>(),
        dec!(81_149_372),
        "Totaal kosten, Kosten!H43"
    );
}

#[test]
fn havenkwartier_lines_carry_their_group_payer_and_percentage() {
    let read = model("havenkwartier");
    let deelgebieden = texts(&read, "programma", "deelgebied");
    let count = |name: &str| deelgebieden.iter().filter(|d| *d == name).count();
    assert_eq!(
        (count("Kade"), count("Silo"), count("Rangeerterrein")),
        (5, 4, 5)
    );
    assert_eq!(
        texts(&read, "programma", "id")[0],
        "P Kade Wonen sociale huur"
    );
    assert_eq!(
        texts(&read, "programma", "betaler")[..5],
        [
            "corporatie",
            "belegger",
            "ontwikkelaar",
            "ontwikkelaar",
            "ontwikkelaar"
        ]
    );
    assert_eq!(texts(&read, "opbrengsten", "id"), ["O1", "O2", "O3", "O4"]);
    assert_eq!(
        texts(&read, "opbrengsten", "betaler"),
        ["rijk", "provincie", "ontwikkelaar", "buiten"]
    );

    let costs = keyed(
        &read,
        "kosten",
        &[
            "groep",
            "percentage",
            "over",
            "hoeveelheid",
            "prijs",
            "opgave",
        ],
    );
    assert_eq!(text(&costs["1.1"][0]), "Verwerving en vrijmaken");
    assert_eq!(text(&costs["6.3"][0]), "Opslagen");
    assert_eq!(number(&costs["6.1"][1]), dec!(0.08));
    assert_eq!(
        costs["6.1"][1].place.to_string(),
        "havenkwartier.xlsx 'Kosten'!E39"
    );
    assert_eq!(text(&costs["6.1"][2]), "2.*; 3.*; 4.*; 5.*");
    assert!(costs["6.1"][3].is_empty() && costs["6.1"][4].is_empty() && costs["6.3"][1].is_empty());
    let opgaven: Vec<String> = ["2.4", "3.1", "5.1", "5.2", "6.3"]
        .iter()
        .map(|id| text(&costs[*id][5]))
        .collect();
    assert_eq!(
        opgaven,
        [
            "vastgoedontwikkeling",
            "openbare ruimte",
            "infrastructuur",
            "mobiliteit",
            "vastgoedontwikkeling"
        ]
    );
}

#[test]
fn what_is_passed_over_is_listed() {
    let read = model("havenkwartier");
    let listed = |text: &str| {
        read.skipped
            .iter()
            .filter(|s| s.what.contains(text))
            .map(|s| s.why.as_str())
            .collect::<Vec<_>>()
    };
    assert_eq!(listed("Subtotaal").len(), 8);
    assert_eq!(
        listed("Totaal programma"),
        ["to be passed over: \"Totaal*\""]
    );
    assert_eq!(listed("* grondprijzen").len(), 1);
    assert_eq!(
        listed("Kade"),
        [
            "heading of a group: fills deelgebied of the rows below",
            "to be passed over: \"Subtotaal*\""
        ]
    );
    assert_eq!(
        listed("Controle"),
        ["no entry of the mapping names column V"]
    );
    // The index factors follow from the growth, so the mapping leaves them out.
    assert_eq!(
        listed("Plankosten"),
        ["no entry of the mapping names this row, which holds figures"]
    );
}

#[test]
fn spoorzone_is_read_in_full() {
    let read = model("spoorzone-oost");
    let expected = [
        ("gebied", 8),
        ("indexen", 2),
        ("partijen", 2),
        ("programma", 5),
        ("kosten", 7),
        ("opbrengsten", 1),
        ("controles", 6 * 17 + 4),
    ];
    assert_eq!(sizes(&read), expected);
    assert_eq!(setting(&read, "eindjaar"), Scalar::Number(dec!(2040)));
    let costs = keyed(
        &read,
        "kosten",
        &["hoeveelheid", "prijs", "raming", "fasering", "groep"],
    );
    let row = &costs["Bouwrijp maken"];
    assert_eq!(
        (number(&row[0]), number(&row[1]), number(&row[2])),
        (dec!(11.2), dec!(890_000), dec!(9_968_000))
    );
    assert_eq!(
        (text(&row[3]), text(&row[4])),
        ("2027-2033".into(), "KOSTEN".into())
    );
    for table in ["kosten", "opbrengsten"] {
        for (id, row) in keyed(&read, table, &["hoeveelheid", "prijs", "raming"]) {
            assert_eq!(number(&row[0]) * number(&row[1]), number(&row[2]), "{id}");
        }
    }
    assert_eq!(
        values(&read, "kosten", "raming")
            .iter()
            .map(number)
            .sum::<Decimal>(),
        dec!(64_646_000)
    );
    assert_eq!(
        values(&read, "programma", "raming")
            .iter()
            .map(number)
            .sum::<Decimal>(),
        dec!(45_816_500)
    );
    assert_eq!(texts(&read, "opbrengsten", "index"), [""]);
    assert_eq!(check(&read, "kosten.2024"), dec!(5_265_000));
    assert_eq!(check(&read, "boekwaarde.2025"), dec!(10_530_000));
    assert_eq!(check(&read, "boekwaarde_peildatum"), dec!(10_530_000));
    assert_eq!(check(&read, "laagste_stand"), dec!(-42544312.0010228));
    let passed_over: Vec<String> = read.skipped.iter().map(|s| s.place.to_string()).collect();
    let rows =
        ["A1", "A2", "H9", "A11", "A19"].map(|cell| format!("spoorzone-oost.xlsx 'GREX'!{cell}"));
    assert_eq!(
        passed_over, rows,
        "titles and group headings; the year columns are read as controles"
    );
}

/// A folder of its own for a test, removed when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path =
            std::env::temp_dir().join(format!("polder-mapping-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a temporary folder");
        Folder(path)
    }

    fn read(&self, mapping: &str) -> Read {
        std::fs::write(self.0.join("m.toml"), mapping).expect("write the mapping");
        let mut read = Read::default();
        read_foreign(&self.0, "w.xlsx", "m.toml", &mut read).expect("both files are there");
        read
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A small sheet with the usual accidents.
fn small(name: &str) -> Folder {
    let folder = Folder::new(name);
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("Kosten").unwrap();
    for (column, heading) in ["Code", "Omschrijving", "Bedrag", "Bedrag k€"]
        .iter()
        .enumerate()
    {
        sheet.write(0, column as u16, *heading).unwrap();
    }
    for (column, year) in [(4, 2026), (5, 2027)] {
        sheet.write(0, column, year).unwrap();
    }
    sheet.write(0, 6, "2o28").unwrap();
    sheet.write(0, 7, 2029).unwrap();
    sheet
        .write(1, 0, 3.1)
        .unwrap()
        .write(1, 1, "Sloop")
        .unwrap()
        .write(1, 2, 4262.42)
        .unwrap()
        .write(1, 3, -1.5)
        .unwrap();
    sheet.write(1, 4, 0.1).unwrap().write(1, 5, 0.9).unwrap();
    sheet
        .write(2, 0, "3.2")
        .unwrap()
        .write(2, 1, "Sloop")
        .unwrap()
        .write(2, 2, "pm")
        .unwrap();
    sheet
        .write(3, 0, "3.3")
        .unwrap()
        .write(3, 1, "Riool")
        .unwrap();
    sheet
        .write(3, 2, Formula::new("=A1/0").set_result("#REF!"))
        .unwrap();
    sheet.write(4, 1, "Los eind").unwrap();
    sheet
        .write_with_format(6, 0, 0.25, &Format::new().set_num_format("0%"))
        .unwrap();
    book.add_worksheet()
        .set_name("Notities")
        .unwrap()
        .write(0, 0, "vrij")
        .unwrap();
    book.save(folder.0.join("w.xlsx")).unwrap();
    folder
}

fn codes(read: &Read) -> Vec<&'static str> {
    read.problems.iter().map(|p| p.code).collect()
}

#[test]
fn accidents_in_cells_are_told_with_their_place() {
    let folder = small("cells");
    let read = folder.read(
        "[[tabel]]\nnaar = \"kosten\"\nblad = \"kosten\"\nkopregel = 1\nrijen = \"2:5\"\n\
         kolommen = { id = \"code\", omschrijving = \"Omschrijving\", bedrag = \"Bedrag\", raming = { kolom = \"D\", factor = 1000, teken = -1 } }\n\
         jaren = { als = \"aandeel\", kolommen = \"E:F\" }\n",
    );
    let told: Vec<(&str, String)> = read
        .problems
        .iter()
        .map(|p| (p.code, p.place.as_ref().unwrap().to_string()))
        .collect();
    assert_eq!(
        told,
        [
            ("not-a-number", "w.xlsx 'Kosten'!C3".to_owned()),
            ("spreadsheet-error", "w.xlsx 'Kosten'!C4".to_owned())
        ],
        "{}",
        shown(&read.problems)
    );
    assert_eq!(texts(&read, "kosten", "id"), ["3.1", "3.2", "3.3"]);
    assert_eq!(number(&values(&read, "kosten", "bedrag")[0]), dec!(4262.42));
    assert_eq!(number(&values(&read, "kosten", "raming")[0]), dec!(1500));
    assert_eq!(
        profiles(&read, "aandeel"),
        BTreeMap::from([("3.1".to_owned(), Decimal::ONE)])
    );
    let skipped: Vec<String> = read
        .skipped
        .iter()
        .map(|s| format!("{}: {}", s.place, s.why))
        .collect();
    assert!(
        skipped.contains(&"w.xlsx 'Notities': no entry of the mapping names this sheet".to_owned()),
        "{skipped:?}"
    );
    assert!(
        skipped.contains(&"w.xlsx 'Kosten'!B5: no amount in this row".to_owned()),
        "{skipped:?}"
    );
    assert_eq!(read.sources.len(), 2);
    assert_eq!(read.sources[0].sha256.len(), 64);
}

#[test]
fn a_heading_between_years_that_is_no_year_is_told() {
    let read = small("years").read(
        "[[tabel]]\nnaar = \"kosten\"\nblad = \"Kosten\"\nkopregel = 1\nrijen = \"2:2\"\n\
         kolommen = { id = \"Code\", bedrag = \"Bedrag\" }\njaren = { als = \"aandeel\" }\n",
    );
    assert_eq!(codes(&read), ["heading-not-a-year"]);
    assert_eq!(
        read.problems[0].place.as_ref().unwrap().to_string(),
        "w.xlsx 'Kosten'!G1"
    );
}

#[test]
fn ids_made_of_text_are_made_unique() {
    let read = small("unique").read(
        "leeg = [\"pm\"]\n[[tabel]]\nnaar = \"kosten\"\nblad = \"Kosten\"\nkopregel = 1\nrijen = \"2:4\"\noverslaan = \"3.3\"\n\
         kolommen = { id = { kolom = \"Omschrijving\", uniek = true }, groep = { tekst = \"{Code} {Omschrijving}\" }, bedrag = \"D\" }\n\
         [[tabel]]\nnaar = \"opbrengsten\"\nblad = \"Kosten\"\nkopregel = 1\nrijen = \"2:2\"\n\
         kolommen = { id = { tekst = \"{Omschrijving}\" }, bedrag = \"Bedrag\" }\n",
    );
    assert_eq!(codes(&read), ["made-unique"], "{}", shown(&read.problems));
    assert_eq!(read.problems[0].severity, Severity::Warning);
    assert_eq!(texts(&read, "kosten", "id"), ["Sloop"]);
    assert_eq!(texts(&read, "opbrengsten", "id"), ["Sloop (2)"]);
    assert_eq!(texts(&read, "kosten", "groep"), ["3.1 Sloop"]);
}

#[test]
fn a_percentage_without_a_base_and_a_base_without_a_line_are_told() {
    let folder = Folder::new("percentage");
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("K").unwrap();
    for (column, heading) in ["Code", "Aantal", "Eenheid"].iter().enumerate() {
        sheet.write(0, column as u16, *heading).unwrap();
    }
    sheet
        .write(1, 0, "6.1")
        .unwrap()
        .write(1, 1, 0.08)
        .unwrap()
        .write(1, 2, "%")
        .unwrap();
    book.save(folder.0.join("w.xlsx")).unwrap();
    let read = folder.read(
        "[[tabel]]\nnaar = \"kosten\"\nblad = \"K\"\nkopregel = 1\n\
         kolommen = { id = \"Code\", hoeveelheid = \"Aantal\", eenheid = \"Eenheid\" }\nopslag = [{ id = \"6.9\", over = \"2.*\" }]\n",
    );
    assert_eq!(codes(&read), ["percentage-without-base", "unknown-line"]);
}

#[test]
fn half_years_from_dates() {
    let folder = Folder::new("halves");
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("K").unwrap();
    let date = Format::new().set_num_format("dd-mm-yyyy");
    sheet
        .write(0, 0, "Code")
        .unwrap()
        .write(0, 1, "Bedrag")
        .unwrap();
    sheet
        .write_with_format(0, 2, 46204, &date)
        .unwrap()
        .write(0, 3, "2027-H1")
        .unwrap();
    sheet
        .write(1, 0, 1)
        .unwrap()
        .write(1, 1, 10)
        .unwrap()
        .write(1, 2, 4)
        .unwrap()
        .write(1, 3, 6)
        .unwrap();
    book.save(folder.0.join("w.xlsx")).unwrap();
    let read = folder.read(
        "[[tabel]]\nnaar = \"kosten\"\nblad = \"K\"\nkopregel = 1\nfactor = 1000\nkolommen = { id = \"Code\", bedrag = \"Bedrag\" }\n\
         jaren = { als = \"bedrag\", periode = \"halfjaar\" }\n",
    );
    assert!(read.problems.is_empty(), "{}", shown(&read.problems));
    assert_eq!(texts(&read, "fasering", "periode"), ["2026-H2", "2027-H1"]);
    assert_eq!(profiles(&read, "bedrag")["1"], dec!(10_000));
}

#[test]
fn a_broken_mapping_is_told_all_at_once() {
    let cases: &[(&str, &[&str])] = &[
        ("[gebied]\nrent = 0.02\n", &["unknown-setting"]),
        (
            "[gebied]\nrente = { cel = \"Kosten\" }\n",
            &["mapping-cell"],
        ),
        (
            "[gebied]\nrente = { cel = \"Kosten!Z99\" }\n",
            &["empty-cell"],
        ),
        (
            "[gebied]\nrente = { cel = \"Kosten!A1\" }\n",
            &["not-a-number"],
        ),
        (
            "[gebied]\nrente = { cell = \"Kosten!A1\" }\n",
            &["mapping-key"],
        ),
        ("[gebied]\nrente = 0,02\n", &["toml-number"]),
        ("gebied = 3\n[[tabl]]\n", &["mapping-key", "mapping-value"]),
        (
            "[[tabel]]\nnaar = \"kosen\"\n",
            &["unknown-table", "mapping-key-missing"],
        ),
        (
            "[[tabel]]\nnaar = \"gebied\"\nblad = \"Kosten\"\n",
            &["unknown-table"],
        ),
        (
            "[[tabel]]\nnaar = \"kosten\"\nblad = \"Kosten\"\n",
            &["mapping-key-missing"],
        ),
        (
            "[[tabel]]\nnaar = \"kosten\"\nblad = \"Kosteen\"\nkopregel = 1\n",
            &["unknown-sheet"],
        ),
        (
            "[[tabel]]\nnaar = \"kosten\"\nblad = \"Kosten\"\nkopregel = 1\nkolommen = { id = \"Kode\", prijs = \"Bedrg\" }\n",
            &["unknown-heading", "unknown-heading"],
        ),
        (
            "[[tabel]]\nnaar = \"kosten\"\nblad = \"Kosten\"\nkopregel = 1\nkolommen = { ids = \"Code\" }\nrijen = \"8:3\"\n",
            &["unknown-column", "mapping-value"],
        ),
        (
            "[[tabel]]\nnaar = \"kosten\"\nblad = \"Kosten\"\nkopregel = 1\nrijen = \"2:2\"\nkolommen = { id = \"Code\" }\nvast = { id = \"x\" }\n",
            &["double-column"],
        ),
        (
            "[[tabel]]\nnaar = \"kosten\"\nblad = \"Kosten\"\nkopregel = 2\nrijen = \"3:3\"\nkolommen = { id = \"A\" }\njaren = { als = \"aandeel\" }\n",
            &["no-year-columns"],
        ),
        (
            "[[tabel]]\nnaar = \"kosten\"\nblad = \"Kosten\"\nkopregel = 1\nrijen = \"2:2\"\nkolommen = { id = \"Code\" }\njaren = { als = \"groei\" }\n",
            &["mapping-value"],
        ),
        (
            "[[tabel]]\nnaar = \"kosten\"\nblad = \"Kosten\"\nkopregel = 1\nrijen = \"2:2\"\nfactor = \"x\"\nteken = 2\nkolommen = { id = \"Code\" }\n",
            &["mapping-value", "mapping-value"],
        ),
        (
            "[[rij]]\ntabel = \"indexen\"\nindx = 1\n",
            &["unknown-column"],
        ),
        (
            "[[controle]]\ndoel = \"eindwaarde\"\n",
            &[
                "mapping-key-missing",
                "mapping-key-missing",
                "mapping-key-missing",
            ],
        ),
        (
            "[[tabel]]\nnaar = \"kosten\"\nblad = \"Kosten\"\nkopregel = 1\nrijen = \"20:30\"\nkolommen = { id = \"Code\" }\n",
            &["empty-table"],
        ),
        (
            "[[tabel]]\nnaar = \"kosten\"\nblad = \"Kosten\"\nkopregel = 1\nrijen = \"2:2\"\nkolommen = { id = { kolom = \"Code\", vertaal = { x = \"y\" } } }\n",
            &["untranslated"],
        ),
    ];
    let folder = small("broken");
    for (mapping, expected) in cases {
        let read = folder.read(mapping);
        assert_eq!(
            codes(&read),
            *expected,
            "{mapping}\n{}",
            shown(&read.problems)
        );
        for problem in &read.problems {
            let place = problem
                .place
                .as_ref()
                .unwrap_or_else(|| panic!("no place: {problem}"));
            assert!(
                place.file.starts_with("m.toml") || place.file.starts_with("w.xlsx"),
                "{problem}"
            );
            assert!(
                !problem.message.ends_with('.') && problem.fix.is_some(),
                "{problem}"
            );
        }
    }
    let read = folder.read(cases[11].0);
    assert_eq!(
        read.problems[0].place.as_ref().unwrap().to_string(),
        "m.toml:5:19"
    );
    assert_eq!(
        read.problems[0].fix.as_deref(),
        Some("did you mean \"Code\"?")
    );
}

/// Writes numbers and texts into a sheet, row by row from A1; an empty text leaves a cell empty.
fn fill(book: &mut Workbook, name: &str, rows: &[&[&str]]) {
    let sheet = book.add_worksheet().set_name(name).unwrap();
    for (r, row) in rows.iter().enumerate() {
        for (c, cell) in row.iter().enumerate() {
            let at = (r as u32, c as u16);
            if let Ok(number) = cell.parse::<f64>() {
                sheet.write(at.0, at.1, number).unwrap();
            } else if !cell.is_empty() {
                sheet.write(at.0, at.1, *cell).unwrap();
            }
        }
    }
}

#[test]
fn years_below_each_other_make_lines_of_columns() {
    let folder = Folder::new("turned");
    let mut book = Workbook::new();
    fill(
        &mut book,
        "K",
        &[
            &["Jaar", "Sloop", "Riool", "Totaal"],
            &["2026", "100", "", "100"],
            &["2027", "50", "30", "80"],
        ],
    );
    book.save(folder.0.join("w.xlsx")).unwrap();
    let read = folder.read(
        "[[tabel]]\nnaar = \"kosten\"\nblad = \"K\"\ngekanteld = true\nkopregel = \"A\"\nrijen = \"B:C\"\nkolommen = { id = \"Jaar\" }\n\
         jaren = { als = \"bedrag\", kolommen = \"2:3\" }\n\
         [[controle]]\ndoel = \"kosten\"\nblad = \"K\"\ngekanteld = true\nkopregel = \"A\"\nrij = \"D\"\nkolommen = \"2:3\"\n",
    );
    assert!(read.problems.is_empty(), "{}", shown(&read.problems));
    assert_eq!(texts(&read, "kosten", "id"), ["Sloop", "Riool"]);
    let sums = profiles(&read, "bedrag");
    assert_eq!((sums["Sloop"], sums["Riool"]), (dec!(150), dec!(30)));
    // The place is the cell of the sheet as it lies there.
    let first = &values(&read, "fasering", "bedrag")[2];
    assert_eq!(first.place.to_string(), "w.xlsx 'K'!C3");
    assert_eq!(check(&read, "kosten.2027"), dec!(80));
    let wrong = folder.read("[[tabel]]\nnaar = \"kosten\"\nblad = \"K\"\ngekanteld = true\nkopregel = 1\nrijen = \"2:3\"\nkolommen = { id = \"Jaar\" }\n");
    assert_eq!(codes(&wrong), ["mapping-value", "mapping-value"]);
}

#[test]
fn headings_of_two_lines_years_over_quarters_and_rows_in_parts() {
    let folder = Folder::new("lines");
    let mut book = Workbook::new();
    fill(
        &mut book,
        "K",
        &[
            &["Code", "Totaal", "2026", "", "2027"],
            &["", "bedrag", "K3", "K4", "K1"],
            &["1", "30", "10", "20", ""],
            &["Subtotaal", "30", "10", "20", ""],
            &["2", "5", "", "", "5"],
        ],
    );
    book.save(folder.0.join("w.xlsx")).unwrap();
    let mapping = "[[tabel]]\nnaar = \"kosten\"\nblad = \"K\"\nkopregel = \"1:2\"\nrijen = \"3, 5:9\"\nkolommen = { id = \"Code\", bedrag = \"Totaal bedrag\" }\n\
         jaren = { als = \"bedrag\", periode = \"kwartaal\", kolommen = \"C:E\" }\n";
    let read = folder.read(mapping);
    assert!(read.problems.is_empty(), "{}", shown(&read.problems));
    assert_eq!(texts(&read, "kosten", "id"), ["1", "2"]);
    assert_eq!(
        texts(&read, "fasering", "periode"),
        ["2026-K3", "2026-K4", "2027-K1"]
    );
    let wrong = folder.read(&mapping.replace("3, 5:9", "5:9, 3"));
    assert_eq!(codes(&wrong), ["mapping-value"]);
}

#[test]
fn sheets_of_one_form_years_apart_earlier_years_and_index_factors() {
    let folder = Folder::new("forms");
    let mut book = Workbook::new();
    let form: &[&[&str]] = &[&["Code", "Bedrag"], &["K", "60"]];
    fill(&mut book, "Noord", form);
    fill(&mut book, "Zuid", form);
    fill(
        &mut book,
        "Fasering",
        &[
            &["Post", "t/m 2025", "2026", "2027"],
            &["Noord K", "10", "20", "30"],
            &["Zuid K", "", "60", ""],
        ],
    );
    fill(
        &mut book,
        "Index",
        &[
            &["Groep", "2026", "2027", "2028"],
            &["Kosten", "1", "1.02", "1.0404"],
        ],
    );
    book.save(folder.0.join("w.xlsx")).unwrap();
    let mapping = "[[tabel]]\nnaar = \"kosten\"\nblad = [\"Noord\", \"Zuid\"]\nbladnaam = \"deelgebied\"\nkopregel = 1\nkolommen = { id = { tekst = \"{blad} {Code}\" }, bedrag = \"Bedrag\" }\n\
         [[tabel]]\nnaar = \"fasering\"\nblad = \"Fasering\"\nkopregel = 1\nkolommen = { fasering = \"Post\" }\n\
         jaren = { als = \"bedrag\", kolommen = \"C:D\", eerder = { kolom = \"B\", jaar = 2025 } }\n\
         [[tabel]]\nnaar = \"indexen\"\nblad = \"Index\"\nkopregel = 1\nkolommen = { index = \"Groep\" }\njaren = { als = \"factor\" }\n";
    let read = folder.read(mapping);
    assert!(read.problems.is_empty(), "{}", shown(&read.problems));
    assert_eq!(texts(&read, "kosten", "id"), ["Noord K", "Zuid K"]);
    assert_eq!(texts(&read, "kosten", "deelgebied"), ["Noord", "Zuid"]);
    let sums = profiles(&read, "bedrag");
    assert_eq!((sums["Noord K"], sums["Zuid K"]), (dec!(60), dec!(60)));
    assert_eq!(number(&values(&read, "fasering", "periode")[0]), dec!(2025));
    let growth: Vec<Decimal> = values(&read, "indexen", "groei")
        .iter()
        .map(number)
        .collect();
    assert_eq!(growth, [dec!(0), dec!(0.02), dec!(0.02)]);
    let mut book = Workbook::new();
    fill(
        &mut book,
        "Index",
        &[
            &["Groep", "2026", "2027", "2028"],
            &["Kosten", "1", "0", "1.1"],
        ],
    );
    book.save(folder.0.join("w.xlsx")).unwrap();
    let wrong = folder.read("[[tabel]]\nnaar = \"indexen\"\nblad = \"Index\"\nkopregel = 1\nkolommen = { index = \"Groep\" }\njaren = { als = \"factor\" }\n");
    assert_eq!(codes(&wrong), ["not-a-factor"]);
}

#[test]
fn a_duration_a_sum_of_columns_and_texts_that_hold_for_the_rows_below() {
    let folder = Folder::new("duration");
    let mut book = Workbook::new();
    fill(
        &mut book,
        "P",
        &[
            &["Groep", "Type", "Prijs", "Start", "Duur", "2026", "2027"],
            &["Noord", "Rij", "50", "2026", "3", "2", "4"],
            &["", "Vrij", "90", "2027", "1 jaar", "", "1"],
            &["Zuid", "Hoek", "70", "2026", "2", "3", ""],
        ],
    );
    book.save(folder.0.join("w.xlsx")).unwrap();
    let mapping = "[[tabel]]\nnaar = \"programma\"\nblad = \"P\"\nkopregel = 1\n\
         kolommen = { id = \"Type\", functie = { kolom = \"Groep\", herhaal = true }, grondprijs = \"Prijs\", aantal = { som = \"F:G\" }, fasering = { van = \"Start\", duur = \"Duur\" } }\n";
    let read = folder.read(mapping);
    assert!(read.problems.is_empty(), "{}", shown(&read.problems));
    assert_eq!(
        texts(&read, "programma", "functie"),
        ["Noord", "Noord", "Zuid"]
    );
    assert_eq!(
        texts(&read, "programma", "fasering"),
        ["2026-2028", "2027", "2026-2027"]
    );
    let units: Vec<Decimal> = values(&read, "programma", "aantal")
        .iter()
        .map(number)
        .collect();
    assert_eq!(units, [dec!(6), dec!(1), dec!(3)]);
    // The text that holds for the row keeps the place where it stands.
    let second = &values(&read, "programma", "functie")[1];
    assert_eq!(second.place.to_string(), "w.xlsx 'P'!A2");
    let wrong = folder.read(&mapping.replace("\"F:G\"", "\"G:F\""));
    assert_eq!(codes(&wrong), ["mapping-value"]);
    let wrong = folder.read(&mapping.replace("duur = \"Duur\"", "duur = \"Type\""));
    assert_eq!(codes(&wrong), ["not-a-duration"; 3]);
}

#[test]
fn months_are_added_up_and_amounts_become_shares_of_their_sum() {
    let folder = Folder::new("months");
    let mut book = Workbook::new();
    fill(
        &mut book,
        "K",
        &[
            &["Code", "jan 26", "feb-26", "april 2026", "mei 2027"],
            &["A", "10", "20", "5", "7"],
            &["B", "30", "", "", "10"],
        ],
    );
    book.save(folder.0.join("w.xlsx")).unwrap();
    let mapping = "[[tabel]]\nnaar = \"kosten\"\nblad = \"K\"\nkopregel = 1\nkolommen = { id = \"Code\" }\n\
         jaren = { als = \"bedrag\", periode = \"kwartaal\", optellen = true }\n";
    let read = folder.read(mapping);
    assert!(read.problems.is_empty(), "{}", shown(&read.problems));
    let periods = ["2026-K1", "2026-K2", "2027-K2", "2026-K1", "2027-K2"];
    assert_eq!(texts(&read, "fasering", "periode"), periods);
    let amounts: Vec<Decimal> = values(&read, "fasering", "bedrag")
        .iter()
        .map(number)
        .collect();
    assert_eq!(amounts, [dec!(30), dec!(5), dec!(7), dec!(30), dec!(10)]);
    let shares = folder.read(
        &mapping
            .replace("\"bedrag\"", "\"verhouding\"")
            .replace("periode = \"kwartaal\", ", ""),
    );
    assert!(shares.problems.is_empty(), "{}", shown(&shares.problems));
    let of_b: Vec<Decimal> = values(&shares, "fasering", "aandeel")[2..]
        .iter()
        .map(number)
        .collect();
    assert_eq!(of_b, [dec!(0.75), dec!(0.25)]);
    let wrong = folder.read(&mapping.replace(", optellen = true", ""));
    assert_eq!(codes(&wrong), ["double-year"]);
    let wrong = folder.read(
        &mapping
            .replace("kosten", "indexen")
            .replace("id =", "index =")
            .replace("\"bedrag\"", "\"groei\""),
    );
    assert_eq!(codes(&wrong), ["mapping-value"]);
}

#[test]
fn every_target_of_year_columns_exists() {
    for (table, column) in [
        ("fasering", "aandeel"),
        ("fasering", "hoeveelheid"),
        ("fasering", "bedrag"),
        ("indexen", "groei"),
        ("controles", "bron"),
    ] {
        assert!(
            table_schema(table).and_then(|t| t.column(column)).is_some(),
            "{table}.{column}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever stands in a mapping: problems, never a panic.
    #[test]
    fn no_mapping_makes_it_panic(flips in prop::collection::vec((any::<prop::sample::Index>(), "[ -~\n]{0,3}"), 1..8), tail in "\\PC{0,40}") {
        let mut mapping = include_str!("../models/havenkwartier/mapping.toml").to_owned();
        for (at, text) in flips {
            let at = at.index(mapping.len());
            if mapping.is_char_boundary(at) && mapping.is_char_boundary(at + 1) {
                mapping.replace_range(at..=at, &text);
            }
        }
        mapping.push_str(&tail);
        let folder = Folder::new("fuzz");
        std::fs::write(folder.0.join("w.xlsx"), include_bytes!("../models/havenkwartier/havenkwartier.xlsx")).unwrap();
        let _ = folder.read(&mapping);
    }
}

//! Cells of a workbook, as models are read from. Knows no table of ours.
//!
//! [`Werkmap`] reads the file; this is what mappings and tables of our own form see of it: values, and formulas without one.

use super::IoFailure;
use super::werkmap::{Blad, Werkmap};
use crate::model::table::Scalar;
use crate::problem::Problem;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

pub use super::werkmap::MAX_FILE;

/// A sheet's cells.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// Its name.
    pub name: Arc<str>,
    /// Whether a user sees it.
    pub visible: bool,
    /// Cells that hold something, by row and column from zero. Cached values; a formula without one is in `formulas_without_value`.
    pub cells: BTreeMap<(u32, u32), Scalar>,
    /// Cells whose formula has no cached value, in order.
    pub formulas_without_value: Vec<(u32, u32)>,
}

/// A workbook's sheets.
#[derive(Debug, Clone)]
pub struct Workbook {
    /// The file's name in places.
    pub file: Arc<str>,
    /// Its sheets, in order.
    pub sheets: Vec<Sheet>,
}

impl From<Werkmap> for Workbook {
    fn from(map: Werkmap) -> Self {
        Workbook {
            file: map.bestand,
            sheets: map.bladen.into_iter().map(Sheet::from).collect(),
        }
    }
}

impl From<Blad> for Sheet {
    fn from(sheet: Blad) -> Self {
        let mut without = Vec::new();
        let mut cells = BTreeMap::new();
        for (place, cell) in sheet.cellen {
            match cell.waarde {
                Scalar::Empty => without.push(place),
                // The empty text of a formula shows nothing, and is nothing.
                Scalar::Text(t) if t.is_empty() => {}
                value => {
                    cells.insert(place, value);
                }
            }
        }
        Sheet {
            name: sheet.naam,
            visible: sheet.zichtbaar,
            cells,
            formulas_without_value: without,
        }
    }
}

impl Workbook {
    /// Reads a workbook from a file; `name` is how places call it. What is wrong with its content goes to `problems`, and
    /// nothing is returned when no cell can be trusted.
    pub fn read(
        path: &Path,
        name: &str,
        problems: &mut Vec<Problem>,
    ) -> Result<Option<Workbook>, IoFailure> {
        Ok(Werkmap::read(path, name, problems)?.map(Workbook::from))
    }

    /// Reads a workbook from its bytes.
    pub fn from_bytes(bytes: &[u8], name: &str, problems: &mut Vec<Problem>) -> Option<Workbook> {
        Werkmap::from_bytes(bytes, name, problems).map(Workbook::from)
    }

    /// The sheet of a name, exact or else without regard to case and spaces.
    pub fn sheet(&self, name: &str) -> Option<&Sheet> {
        let folded = crate::model::table::fold(name);
        self.sheets.iter().find(|s| &*s.name == name).or_else(|| {
            self.sheets
                .iter()
                .find(|s| crate::model::table::fold(&s.name) == folded)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::werkmap::{MAX_PARTS, MAX_TEXT, number};
    use jiff::civil::Date;
    use proptest::prelude::*;
    use std::io::Cursor;
    use std::io::Write as _;
    use std::time::{Duration, Instant};
    use zip::write::{SimpleFileOptions, ZipWriter};

    const TYPES: &str = r#"<Types><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>"#;
    const RELS: &str = r#"<Relationships><Relationship Id="a" Type="http://x/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
    const BOOK: &str = r#"<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Blad 1" sheetId="1" r:id="b"/></sheets></workbook>"#;
    const BOOK_RELS: &str = r#"<Relationships><Relationship Id="b" Type="http://x/relationships/worksheet" Target="worksheets/s.xml"/></Relationships>"#;
    const STYLES: &str = r#"<styleSheet><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>"#;

    fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in parts {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(content).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn xlsx_with(sheet_data: &str, more: &[(&str, &[u8])]) -> Vec<u8> {
        let sheet = format!("<worksheet><sheetData>{sheet_data}</sheetData></worksheet>");
        let mut parts: Vec<(&str, &[u8])> = vec![
            ("[Content_Types].xml", TYPES.as_bytes()),
            ("_rels/.rels", RELS.as_bytes()),
            ("xl/workbook.xml", BOOK.as_bytes()),
            ("xl/_rels/workbook.xml.rels", BOOK_RELS.as_bytes()),
            ("xl/styles.xml", STYLES.as_bytes()),
            ("xl/worksheets/s.xml", sheet.as_bytes()),
        ];
        parts.extend(more);
        zipped(&parts)
    }

    fn ods_with(rows: &str) -> Vec<u8> {
        let content = format!(
            "<office:document-content><office:body><office:spreadsheet><table:table table:name=\"Blad 1\">{rows}</table:table>\
             </office:spreadsheet></office:body></office:document-content>"
        );
        let manifest = "<manifest:manifest></manifest:manifest>";
        let mimetype: &[u8] = b"application/vnd.oasis.opendocument.spreadsheet";
        zipped(&[
            ("mimetype", mimetype),
            ("META-INF/manifest.xml", manifest.as_bytes()),
            ("content.xml", content.as_bytes()),
        ])
    }

    fn read(bytes: &[u8]) -> (Option<Workbook>, Vec<Problem>) {
        let mut problems = Vec::new();
        let book = Workbook::from_bytes(bytes, "w.xlsx", &mut problems);
        for problem in &problems {
            assert!(
                problem.place.is_some() && problem.fix.is_some() && !problem.message.ends_with('.'),
                "{problem}"
            );
        }
        (book, problems)
    }

    fn sheet(bytes: &[u8]) -> Sheet {
        let (book, problems) = read(bytes);
        assert_eq!(problems, []);
        book.and_then(|b| b.sheets.into_iter().next())
            .expect("a workbook with a sheet")
    }

    fn refused(bytes: &[u8]) -> &'static str {
        let (book, problems) = read(bytes);
        assert!(book.is_none());
        assert_eq!(problems.len(), 1);
        problems[0].code
    }

    #[test]
    fn numbers_are_the_shortest_decimal() {
        for (value, text) in [
            (0.1, "0.1"),
            (4262.42, "4262.42"),
            (0.57, "0.57"),
            (28_500_000.0, "28500000"),
            (-1e-7, "-0.0000001"),
            (1e28, "10000000000000000000000000000"),
        ] {
            assert_eq!(
                number(value),
                Scalar::Number(text.parse().unwrap()),
                "{value}"
            );
        }
        for value in [f64::NAN, f64::INFINITY, 1e300] {
            assert_eq!(number(value), Scalar::Error("#NUM!".into()), "{value}");
        }
    }

    #[test]
    fn values_of_every_kind() {
        let sheet = sheet(&xlsx_with(
            "<row r=\"1\"><c r=\"A1\"><v>0.1</v></c><c r=\"B1\" s=\"1\"><v>46023</v></c><c r=\"C1\" t=\"b\"><v>1</v></c>\
             <c r=\"D1\" t=\"e\"><v>#REF!</v></c><c r=\"E1\" t=\"inlineStr\"><is><t>  Kade\u{85} </t></is></c>\
             <c r=\"F1\" t=\"str\"><f>\"\"</f><v></v></c><c r=\"G1\"><f>A1*2</f></c><c r=\"H1\" s=\"1\"/>\
             <c r=\"I1\" s=\"1\"><v>60</v></c><c r=\"J1\" s=\"1\"><v>-5</v></c><c r=\"K1\"><v>abc</v></c></row>",
            &[],
        ));
        let expected: BTreeMap<(u32, u32), Scalar> = [
            (0, Scalar::Number("0.1".parse().unwrap())),
            (1, Scalar::Date(Date::new(2026, 1, 1).unwrap())),
            (2, Scalar::Bool(true)),
            (3, Scalar::Error("#REF!".into())),
            (4, Scalar::Text("Kade".into())),
            (8, Scalar::Error("#NUM!".into())),
            (9, Scalar::Error("#NUM!".into())),
            (10, Scalar::Text("abc".into())),
        ]
        .into_iter()
        .map(|(column, scalar)| ((0, column), scalar))
        .collect();
        assert_eq!(sheet.cells, expected);
        assert_eq!(sheet.formulas_without_value, [(0, 6)]);
    }

    #[test]
    fn two_far_corners_are_two_cells() {
        let sheet = sheet(&xlsx_with(
            r#"<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>"#,
            &[],
        ));
        assert_eq!(sheet.cells.len(), 2);
        assert!(sheet.cells.contains_key(&(1_048_575, 16_383)));
    }

    #[test]
    fn a_sheet_of_a_million_empty_rows_is_fine() {
        let rows: String = (1..=1_048_576).fold(String::new(), |mut rows, row| {
            use std::fmt::Write as _;
            let _ = write!(rows, "<row r=\"{row}\"><c r=\"A{row}\" s=\"1\"/></row>");
            rows
        });
        let bytes = xlsx_with(&rows, &[]);
        let start = Instant::now();
        assert!(sheet(&bytes).cells.is_empty());
        assert!(
            start.elapsed() < Duration::from_secs(10),
            "{:?}",
            start.elapsed()
        );
    }

    #[test]
    fn a_bomb_of_two_gigabytes_stops_early() {
        for part in ["xl/worksheets/s2.xml", "xl/sharedStrings.xml"] {
            let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
            zip.start_file("[Content_Types].xml", SimpleFileOptions::default())
                .unwrap();
            zip.write_all(TYPES.as_bytes()).unwrap();
            zip.start_file(
                part,
                SimpleFileOptions::default().compression_level(Some(1)),
            )
            .unwrap();
            let zeros = vec![0; 1 << 20];
            for _ in 0..2048 {
                zip.write_all(&zeros).unwrap();
            }
            let bytes = zip.finish().unwrap().into_inner();
            let start = Instant::now();
            assert_eq!(refused(&bytes), "workbook-too-large");
            assert!(
                start.elapsed() < Duration::from_secs(5),
                "{part}: {:?}",
                start.elapsed()
            );
        }
    }

    #[test]
    fn what_a_file_announces_is_not_believed() {
        let strings = br#"<sst uniqueCount="99999999999"><si><t>a</t></si></sst>"#;
        assert_eq!(
            refused(&xlsx_with("", &[("xl/sharedStrings.xml", strings)])),
            "workbook-too-large"
        );
        let shared = r#"<row r="1"><c r="A1"><f t="shared" si="99999999999" ref="A1:A2">B1</f><v>3</v></c></row>"#;
        assert_eq!(sheet(&xlsx_with(shared, &[])).cells.len(), 1);
        assert_eq!(
            refused(&xlsx_with(
                r#"<row r="1"><c r="XFE1"><v>1</v></c></row>"#,
                &[]
            )),
            "workbook-damaged"
        );
        assert_eq!(
            refused(&xlsx_with(
                r#"<row r="1"><c r="A99999999999999"><v>1</v></c></row>"#,
                &[]
            )),
            "workbook-damaged"
        );
    }

    #[test]
    fn one_text_in_very_many_cells_is_refused() {
        let strings = format!("<sst><si><t>{}</t></si></sst>", "x".repeat(30_000));
        let cell = r#"<row><c t="s"><v>0</v></c></row>"#;
        assert_eq!(
            refused(&xlsx_with(
                &cell.repeat(10_000),
                &[("xl/sharedStrings.xml", strings.as_bytes())]
            )),
            "workbook-too-large"
        );
    }

    #[test]
    fn a_text_that_is_too_long_is_told() {
        let cell = format!(
            r#"<row r="7"><c r="C7" t="inlineStr"><is><t>{}</t></is></c></row>"#,
            "x".repeat(MAX_TEXT + 1)
        );
        let (_, problems) = read(&xlsx_with(&cell, &[]));
        assert_eq!(problems[0].code, "text-too-long");
        assert_eq!(
            problems[0].place.as_ref().unwrap().to_string(),
            "w.xlsx 'Blad 1'!C7"
        );
    }

    #[test]
    fn what_is_no_workbook_is_told_by_its_content() {
        let ole = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
        let locked: Vec<u8> = ole
            .into_iter()
            .chain(
                "..EncryptedPackage.."
                    .encode_utf16()
                    .flat_map(u16::to_le_bytes),
            )
            .collect();
        let good = xlsx_with("", &[]);
        assert_eq!(refused(b""), "not-a-workbook");
        assert_eq!(refused(b"Code;Omschrijving\n1;x\n"), "not-a-workbook");
        assert_eq!(
            refused(&zipped(&[("leesmij.txt", b"hallo")])),
            "not-a-workbook"
        );
        assert_eq!(refused(&good[..good.len() / 2]), "workbook-damaged");
        assert_eq!(refused(b"PK\x03\x04garbage"), "workbook-damaged");
        assert_eq!(refused(&locked), "workbook-encrypted");
        assert_eq!(refused(&ole), "workbook-damaged");
        assert_eq!(
            refused(&zipped(&[("xl/workbook.bin", b"")])),
            "workbook-damaged"
        );
        assert_eq!(
            refused(&xlsx_with("<row><c><v>1</c></row>", &[])),
            "workbook-damaged"
        );
        let names: Vec<String> = (0..=MAX_PARTS).map(|n| format!("p{n}")).collect();
        assert_eq!(
            refused(&zipped(
                &names
                    .iter()
                    .map(|n| (n.as_str(), &b""[..]))
                    .collect::<Vec<_>>()
            )),
            "workbook-too-large"
        );
    }

    #[test]
    fn a_file_is_read_by_content_and_a_missing_file_fails() {
        let path = std::env::temp_dir().join(format!("polder-workbook-{}.csv", std::process::id()));
        std::fs::write(&path, ods_with("<table:table-row><table:table-cell office:value-type=\"float\" office:value=\"0.1\"/></table:table-row>"))
            .unwrap();
        let mut problems = Vec::new();
        let book = Workbook::read(&path, "w.csv", &mut problems);
        std::fs::remove_file(&path).unwrap();
        assert_eq!(
            book.unwrap().unwrap().sheets[0].cells[&(0, 0)],
            Scalar::Number("0.1".parse().unwrap())
        );
        assert!(Workbook::read(&path, "w.csv", &mut problems).is_err());
    }

    #[test]
    fn ods_is_read_and_bounded() {
        let sheet = sheet(&ods_with(
            "<table:table-row table:number-rows-repeated=\"3\"><table:table-cell/></table:table-row>\
             <table:table-row><table:table-cell table:number-columns-repeated=\"2\"/>\
             <table:table-cell office:value-type=\"date\" office:date-value=\"2026-01-01\"/>\
             <table:table-cell office:value-type=\"string\"><text:p>#DIV/0!</text:p></table:table-cell></table:table-row>\
             <table:table-row table:number-rows-repeated=\"1048572\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>",
        ));
        let expected = [
            ((3, 2), Scalar::Date(Date::new(2026, 1, 1).unwrap())),
            ((3, 3), Scalar::Error("#DIV/0!".into())),
        ];
        assert_eq!(sheet.cells, BTreeMap::from(expected));
        let cell = "<table:table-cell a='>' table:number-columns-repeated=\"16384\" office:value-type=\"float\" office:value=\"1\"/>";
        for bomb in [
            format!(
                "<table:table-row table:number-rows-repeated=\"1048576\">{cell}</table:table-row>"
            ),
            format!("<table:table-row>{cell}</table:table-row>").repeat(200),
            format!(
                "<!-- ' --><table:table-row table:number-rows-repeated='9999999999999'>{cell}</table:table-row>"
            ),
        ] {
            assert_eq!(refused(&ods_with(&bomb)), "workbook-too-large");
        }
        // Two cells far apart are two cells, however many empty rows lie between.
        let one = cell.replace("16384", "1");
        let far = format!(
            "<table:table-row>{one}</table:table-row><table:table-row table:number-rows-repeated=\"900000\"/><table:table-row>{one}</table:table-row>"
        );
        let found: Vec<(u32, u32)> = read(&ods_with(&far)).0.unwrap().sheets[0]
            .cells
            .keys()
            .copied()
            .collect();
        assert_eq!(found, [(0, 0), (900_001, 0)]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]

        #[test]
        fn no_bytes_make_it_panic(flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12), cut in any::<prop::sample::Index>(), whole in any::<bool>()) {
            let mut bytes = include_bytes!("../../models/havenkwartier/havenkwartier.xlsx").to_vec();
            for (at, byte) in flips {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            if !whole {
                bytes.truncate(cut.index(bytes.len()));
            }
            let _ = read(&bytes);
        }

        #[test]
        fn no_cell_text_makes_it_panic(text in "[ -~]{0,200}") {
            let _ = read(&xlsx_with(&format!("<row r=\"1\"><c r=\"A1\"><v>1</v></c>{text}</row>"), &[]));
            let _ = read(&ods_with(&format!("<table:table-row>{text}</table:table-row>")));
        }
    }
}

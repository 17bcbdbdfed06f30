//! No input makes the chain panic, hang or take all memory: changed models, random tables, and models that are far too large.

use polder::model::Model;
use polder::model::schema::{Kind, SCHEMA, SETTINGS};
use polder::plan::{Diepte, Drijvers, Plan, Route};
use polder::problem::{Problem, has_errors};
use polder::read::read_model;
use polder::risk::simulation::{Simulatie, simuleer};
use polder::{route, scenario};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// A folder of its own, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "polder-garbage-{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Everything that can be done with a model; true when there was one.
fn whole_chain(path: &Path) -> (bool, Vec<Problem>) {
    let Ok(read) = read_model(path) else {
        return (false, Vec::new());
    };
    // Callers may also look at the tables of a model with mistakes in reading.
    let (_, found) = Model::new(read.tables.clone());
    let _ = found.iter().map(ToString::to_string).count();
    let (model, mut problems) = read.into_model();
    let Some(model) = model else {
        return (false, problems);
    };
    let (drijvers, found) = Drijvers::resolve(&model);
    let drawable = !has_errors(&found);
    problems.extend(found);
    for route in Route::BEIDE {
        match route::calculate(&model, route) {
            Ok(result) => {
                problems.extend(route::controles(&model, &result).1);
                let _ = result.kerncijfers();
            }
            Err(problem) => problems.push(problem),
        }
    }
    problems.extend(route::ramingen(&model).map_or_else(|p| vec![p], |(_, found)| found));
    if drawable && !drijvers.is_empty() {
        match Plan::new(&model, Route::Cofinanciering, Diepte::Rekening, drijvers) {
            Ok(plan) => {
                problems.extend(simuleer(&[plan], &Simulatie::gewoon(16, 1), &|_| {}).err());
            }
            Err(problem) => problems.push(problem),
        }
    }
    for row in model.scenarios.iter().take(5) {
        let (tables, found) = scenario::apply(&model.tables, std::slice::from_ref(&row.change));
        problems.extend(found);
        problems.extend(Model::new(tables).1);
    }
    (true, problems)
}

/// A small generator: the tests need the same garbage every time.
struct Dice(u64);

impl Dice {
    /// The same garbage every time, unless `SEED` asks for other garbage.
    fn new(number: u64) -> Self {
        let seed = std::env::var("SEED")
            .ok()
            .and_then(|s| s.parse::<u64>().ok())
            .unwrap_or(0x5eed);
        Dice(
            ((seed << 8) | number)
                .max(1)
                .wrapping_mul(0x9e37_79b9_7f4a_7c15),
        )
    }

    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % sides.max(1)
    }

    fn pick<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.roll(list.len())]
    }
}

/// Values that have broken something somewhere.
const NASTY: &[&str] = &[
    "0",
    "-1",
    "1",
    "0.5",
    "-0.99",
    "1e12",
    "-1e12",
    "999999999999",
    "1e28",
    "79228162514264337593543950335",
    "0.0000000000000000000000000001",
    "2147483647",
    "-2147483648",
    "2026",
    "2027",
    "2030",
    "1900",
    "2200",
    "1899",
    "2201",
    "20300",
    "true",
    "2026-01-01",
    "9999-12-31",
    "0001-01-01",
    "1979-05-27T07:32:00",
    "nan",
    "inf",
    "[]",
    "{}",
    "\"\"",
    "\" \"",
    "\"*\"",
    "\"K1\"",
    "\"K*\"",
    "\"volgt K1\"",
    "\"volgt K1 +100\"",
    "\"volgt K1 -100\"",
    "\"volgt volgt\"",
    "\"2026-2030\"",
    "\"1900-2200\"",
    "\"2030-H1\"",
    "\"2030-K5\"",
    "\"2030-2026\"",
    "\"é\"",
    "\"\u{1F600}2030-\"",
    "\"buiten\"",
    "\"gemeente\"",
    "\"gemeente/grex\"",
    "\"gemeente/\"",
    "\"/\"",
    "\"#REF!\"",
    "\"geen\"",
    "\"0: 60%; 1: 40%\"",
    "\"0: 100%; 99999999: 0%\"",
    "\"kosten[*].bedrag\"",
    "\"kosten[K1].fasering\"",
    "\"index[*].groei\"",
    "\"index[Kosten].groei.2027\"",
    "\"deelgebied[*].uitstel\"",
    "\"gebied.rente\"",
    "\"gebied.horizon\"",
    "\"baten[*].prijs\"",
    "\"boekwaarde.2027\"",
    "\"partij[gemeente].saldo\"",
    "\"kwartaal\"",
    "\"halfjaar\"",
    "\"HALFJAAR_SI\"",
    "\"dagen_365\"",
    "\"grex\"",
    "\"cofinanciering\"",
    "\"ja\"",
    "\"kosten\"",
    "\"normaal\"",
    "\"pert\"",
    "\"discreet\"",
    "\"waarde\"",
    "\"factor\"",
    "\"verschuiving\"",
    "\"besparing\"",
    "\"fonds\"",
    "\"beheer\"",
    "\"doorschuiven\"",
];

/// The text with bytes, lines or values changed.
fn mutated(text: &str, dice: &mut Dice) -> Vec<u8> {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for _ in 0..=dice.roll(3) {
        let (a, b) = (dice.roll(lines.len()), dice.roll(lines.len()));
        match dice.roll(8) {
            0 => drop(lines.remove(a)),
            1 => lines.insert(b, lines[a].clone()),
            2 => lines.swap(a, b),
            // Values change places.
            3 => {
                if let (Some((key, _)), Some((_, value))) = (
                    lines[a].clone().split_once(" = "),
                    lines[b].clone().split_once(" = "),
                ) {
                    lines[a] = format!("{key} = {value}");
                }
            }
            4..=6 => {
                if let Some((key, _)) = lines[a].clone().split_once(" = ") {
                    lines[a] = format!("{key} = {}", dice.pick(NASTY));
                }
            }
            _ => {
                let mut bytes = lines.join("\n").into_bytes();
                let at = dice.roll(bytes.len());
                bytes[at] = dice.roll(256) as u8;
                return bytes;
            }
        }
        if lines.is_empty() {
            break;
        }
    }
    lines.join("\n").into_bytes()
}

fn models() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("models")
}

#[test]
fn a_changed_example_never_panics() {
    let text = fs::read_to_string(models().join("rekenvoorbeeld/model.toml")).unwrap();
    let folder = Folder::new();
    let path = folder.0.join("model.toml");
    let mut dice = Dice::new(1);
    let (start, mut whole) = (Instant::now(), 0);
    for _ in 0..3_000 {
        fs::write(&path, mutated(&text, &mut dice)).unwrap();
        whole += usize::from(whole_chain(&path).0);
        if start.elapsed() > Duration::from_secs(8) {
            break;
        }
    }
    assert!(
        whole > 100,
        "the changes must leave models to calculate, {whole} were left"
    );
}

#[test]
fn changed_settlements_never_panic() {
    let text = fs::read_to_string(models().join("verevening/model.toml")).unwrap();
    let folder = Folder::new();
    let path = folder.0.join("model.toml");
    let mut dice = Dice::new(5);
    let start = Instant::now();
    for _ in 0..2_000 {
        fs::write(&path, mutated(&text, &mut dice)).unwrap();
        whole_chain(&path);
        if start.elapsed() > Duration::from_secs(8) {
            break;
        }
    }
}

#[test]
fn a_changed_area_never_panics() {
    let source = models().join("havenkwartier");
    let mut all = String::new();
    for name in [
        "partijen",
        "deelgebieden",
        "maatregelen",
        "baten",
        "fonds",
        "businesscases",
        "beheer",
        "onzekerheden",
    ] {
        all += &fs::read_to_string(source.join(format!("{name}.toml"))).unwrap();
        all += "\n";
    }
    // Without the workbook: its index groups and settings in short.
    for index in [
        "Kosten civiel",
        "Plankosten",
        "Opbrengst woningbouw",
        "Opbrengst sociale huur",
        "Opbrengst commercieel",
        "Bouwkosten woningen",
        "Maatschappelijk",
    ] {
        write!(
            all,
            "\n[[indexen]]\nindex = \"{index}\"\nvanaf = 2027\ngroei = 0.02\n"
        )
        .unwrap();
    }
    all += "\n[[kosten]]\nid = \"5.1\"\nbedrag = 100000\nfasering = \"2027\"\nindex = \"Kosten civiel\"\n";
    all += "\n[gebied]\npeildatum = 2026-01-01\neindjaar = 2037\nhorizon = 2066\nrente = 0.019\n";
    let folder = Folder::new();
    let path = folder.0.join("model.toml");
    let mut dice = Dice::new(2);
    let start = Instant::now();
    for _ in 0..400 {
        fs::write(&path, mutated(&all, &mut dice)).unwrap();
        whole_chain(&path);
        if start.elapsed() > Duration::from_secs(12) {
            break;
        }
    }
}

/// A value that a column may well have.
fn fitting(kind: Kind, dice: &mut Dice) -> String {
    match kind {
        Kind::Choice(list) => format!("\"{}\"", dice.pick(list)),
        Kind::Key => format!("\"id {}\"", dice.roll(50)),
        Kind::Ref("partijen") => "\"gemeente\"".into(),
        Kind::Ref("maatregelen") => "\"m\"".into(),
        Kind::Ref("deelgebieden") => "\"Kade\"".into(),
        Kind::Account => dice
            .pick(&[
                "\"gemeente\"",
                "\"gemeente/eigen\"",
                "\"gemeente/exploitatie\"",
                "\"buiten\"",
            ])
            .into(),
        Kind::Year | Kind::Period => (2025 + dice.roll(9)).to_string(),
        Kind::Phasing => dice
            .pick(&[
                "\"2027\"",
                "\"2026-2029\"",
                "\"volgt K1 +1\"",
                "\"2024-2027\"",
            ])
            .into(),
        Kind::Rate => dice.pick(&["0.02", "0", "0.5", "-0.01", "1"]).into(),
        Kind::Whole => (1 + dice.roll(4)).to_string(),
        Kind::Amount | Kind::Number => dice.roll(1000).to_string(),
        Kind::Address => dice
            .pick(&[
                "\"kosten[K1].bedrag\"",
                "\"gebied.rente\"",
                "\"index[Kosten].groei\"",
                "\"index[Kosten].groei.2029\"",
                "\"deelgebied[Kade].uitstel\"",
                "\"ncw\"",
            ])
            .into(),
        Kind::List => dice
            .pick(&["\"K1\"", "\"K*\"", "\"0: 60%; 1: 40%\""])
            .into(),
        Kind::Text => dice.pick(&["\"Kosten\"", "\"geen\"", "\"K1\""]).into(),
        _ => dice.pick(NASTY).into(),
    }
}

#[test]
fn random_tables_never_panic() {
    let mut dice = Dice::new(3);
    let (start, folder, mut whole) = (Instant::now(), Folder::new(), 0);
    for round in 0..4_000 {
        let mut text = String::from("[gebied]\n");
        for (name, value) in [
            ("peildatum", "2026-01-01"),
            ("eindjaar", "2030"),
            ("rente", "0.02"),
            ("horizon", "2034"),
        ] {
            let value = if dice.roll(12) == 0 {
                dice.pick(NASTY)
            } else {
                value
            };
            writeln!(text, "{name} = {value}").unwrap();
        }
        if dice.roll(3) == 0 {
            let setting = SETTINGS[dice.roll(SETTINGS.len())].name;
            if !["peildatum", "eindjaar", "rente", "horizon"].contains(&setting) {
                writeln!(text, "{setting} = {}", dice.pick(NASTY)).unwrap();
            }
        }
        text += "\n[[indexen]]\nindex = \"Kosten\"\nvanaf = 2027\ngroei = 0.02\n\n[[kosten]]\nid = \"K1\"\nbedrag = 5\nfasering = \"2027\"\n";
        text += "\n[[partijen]]\npartij = \"gemeente\"\nrol = \"gemeente\"\n\n[[maatregelen]]\nmaatregel = \"m\"\nroute = \"grex\"\n\n[[deelgebieden]]\ndeelgebied = \"Kade\"\n";
        for _ in 0..=dice.roll(3) {
            let table = &SCHEMA[1 + dice.roll(SCHEMA.len() - 1)];
            write!(text, "\n[[{}]]\n", table.name).unwrap();
            let often = 1 + dice.roll(3);
            for column in table.columns {
                if column.required || dice.roll(often) == 0 {
                    let fitting = if dice.roll(25) == 0 {
                        dice.pick(NASTY).to_owned()
                    } else {
                        fitting(column.kind, &mut dice)
                    };
                    writeln!(text, "{} = {fitting}", column.name).unwrap();
                }
            }
        }
        let path = folder.0.join("model.toml");
        fs::write(&path, text).unwrap();
        whole += usize::from(whole_chain(&path).0);
        // The same garbage as csv, each table a file.
        if round % 10 == 0 {
            let own = Folder::new();
            for table in SCHEMA {
                let headings: Vec<&str> = table.columns.iter().map(|c| c.name).collect();
                let mut csv = headings.join(";") + "\n";
                for _ in 0..dice.roll(3) {
                    let row: Vec<String> = headings
                        .iter()
                        .map(|_| dice.pick(NASTY).replace('"', "").replace(';', ":"))
                        .collect();
                    csv += &(row.join(";") + "\n");
                }
                fs::write(own.0.join(format!("{}.csv", table.name)), csv).unwrap();
            }
            whole_chain(&own.0);
        }
        if start.elapsed() > Duration::from_secs(12) {
            break;
        }
    }
    assert!(
        whole > 50,
        "the garbage must leave models to calculate, {whole} were left"
    );
}

const HEAD: &str = "[gebied]\npeildatum = 2026-01-01\neindjaar = 2030\nrente = 0.02\n";

/// The codes of a model that is far too large, found in time.
fn codes(files: &[(&str, String)]) -> Vec<&'static str> {
    let folder = Folder::new();
    fs::write(
        folder.0.join("gebied.csv"),
        "instelling;waarde\npeildatum;2026-01-01\neindjaar;2030\nrente;2%\n",
    )
    .unwrap();
    for (name, text) in files {
        fs::write(folder.0.join(name), text).unwrap();
    }
    let start = Instant::now();
    let found = whole_chain(&folder.0).1.iter().map(|p| p.code).collect();
    let spent = start.elapsed();
    assert!(
        spent < Duration::from_secs(20),
        "{} took {spent:?}",
        files[0].0
    );
    found
}

fn rows(heading: &str, count: usize, row: impl Fn(usize) -> String) -> String {
    let mut text = format!("{heading}\n");
    for i in 0..count {
        text += &row(i);
        text.push('\n');
    }
    text
}

#[test]
fn what_is_too_large_is_refused_before_it_takes_memory() {
    let gebied = |horizon: i32| {
        (
            "gebied.csv",
            format!(
                "instelling;waarde\npeildatum;2026-01-01\neindjaar;2030\nhorizon;{horizon}\nrente;2%\n"
            ),
        )
    };
    let many = |count| {
        (
            "kosten.csv",
            rows("id;bedrag;fasering", count, |i| format!("K{i};5;2027")),
        )
    };
    assert_eq!(codes(&[gebied(2150), many(99_999)]), ["model-too-large"]);
    assert_eq!(codes(&[gebied(2150), many(41_000)]), ["model-too-large"]);
    assert_eq!(codes(&[many(60_001)]), ["model-too-large"]);
    assert_eq!(codes(&[many(100_001)]), ["too-many-rows"]);
    let wide = rows("id;bedrag;fasering", 50_000, |i| {
        format!("K{i};5;1900-2200")
    });
    assert_eq!(codes(&[("kosten.csv", wide)]), ["model-too-large"]);
    let parties = rows("partij;rol", 1_001, |i| format!("P{i};overig"));
    assert!(codes(&[("partijen.csv", parties), many(1)]).contains(&"model-too-large"));
}

#[test]
fn long_chains_and_large_percentages_do_not_hang() {
    let follow = rows("id;bedrag;fasering", 10_000, |i| {
        if i == 0 {
            "K0;5;2027".into()
        } else {
            format!("K{i};5;volgt K{}", i - 1)
        }
    });
    assert_eq!(codes(&[("kosten.csv", follow)]), [""; 0]);
    let circle = rows("id;bedrag;fasering", 10_000, |i| {
        format!("K{i};5;volgt K{}", (i + 1) % 10_000)
    });
    assert_eq!(codes(&[("kosten.csv", circle)]), ["circular-phasing"]);
    let deep = rows("id;bedrag;percentage;over;fasering", 10_000, |i| {
        if i == 0 {
            "K0;5;;;2027".into()
        } else {
            format!("K{i};;1%;K{};2027", i - 1)
        }
    });
    assert_eq!(codes(&[("kosten.csv", deep)]), ["model-too-large"]);
    let round = rows("id;percentage;over;fasering", 10_000, |i| {
        format!("K{i};1%;K{};2027", (i + 1) % 10_000)
    });
    assert_eq!(codes(&[("kosten.csv", round)]), ["circular-percentage"]);
    // 5,000 percentages over 5,000 lines each.
    let over = rows("id;bedrag;percentage;over;fasering", 10_000, |i| {
        if i < 5_000 {
            format!("A{i};5;;;2027")
        } else {
            format!("B{i};;1%;A*;2027")
        }
    });
    assert_eq!(codes(&[("kosten.csv", over)]), ["model-too-large"]);
    let less = rows("id;bedrag;percentage;over;fasering", 5_100, |i| {
        if i < 5_000 {
            format!("A{i};5;;;2027")
        } else {
            format!("B{i};;1%;A*;2027")
        }
    });
    assert_eq!(codes(&[("kosten.csv", less)]), [""; 0]);
}

#[test]
fn uncertain_percentages_of_percentages_do_not_multiply_without_end() {
    let mut text = HEAD.to_owned() + "\n[[kosten]]\nid = \"K0\"\nbedrag = 5\nfasering = \"2027\"\n";
    for i in 1..40 {
        let over: Vec<String> = (0..i).map(|k| format!("K{k}")).collect();
        write!(
            text,
            "\n[[kosten]]\nid = \"K{i}\"\npercentage = 0.01\nover = \"{}\"\nfasering = \"2027\"\n",
            over.join(";")
        )
        .unwrap();
        write!(text, "\n[[onzekerheden]]\nid = \"o{i}\"\ndoel = \"kosten[K{i}].percentage\"\nverdeling = \"uniform\"\nlaag = 0.5\nhoog = 1.5\n").unwrap();
    }
    let folder = Folder::new();
    fs::write(folder.0.join("model.toml"), text).unwrap();
    let (start, (whole, problems)) = (Instant::now(), whole_chain(&folder.0));
    assert!(whole && start.elapsed() < Duration::from_secs(10));
    assert_eq!(
        problems.iter().map(|p| p.code).collect::<Vec<_>>(),
        ["model-too-large"]
    );
}

#[test]
fn very_many_mistakes_are_told_up_to_a_limit() {
    let wrong = rows("id;bedrag;deelgebied;fasering", 50_000, |i| {
        format!("K{i};5;nergens {i};volgt Z{i}")
    });
    let found = codes(&[
        ("kosten.csv", wrong),
        (
            "deelgebieden.csv",
            rows("deelgebied", 1_000, |i| format!("deelgebied {i}")),
        ),
    ]);
    assert_eq!(found.len(), 1_001);
    assert_eq!(found.last(), Some(&"too-many-problems"));
    let follow = rows("id;bedrag;fasering", 50_000, |i| {
        format!("K{i};5;volgt Z{i}")
    });
    assert_eq!(
        codes(&[("kosten.csv", follow)]).last(),
        Some(&"too-many-problems")
    );
}

//! Scenario files, the changes they make, and sweeps over them.

use polder::model::address::{Als, Change};
use polder::model::table::{Row, Scalar, Tables, Value};
use polder::model::{Lijn, Model};
use polder::plan::Route;
use polder::problem::{Place, Problem, has_errors};
use polder::read::read_model;
use polder::read::scenario::read_scenarios;
use polder::report::sweep::sweep as reports;
use polder::risk::opzet::Opzet;
use polder::risk::sampling::Methode;
use polder::route::{Routeresultaat, calculate};
use polder::scenario::{Scenario, ScenarioBestand, apply, model_scenarios};
use polder::sweep::{Opdracht, Rij, sweep};
use polder::write::terminal;
use proptest::prelude::*;
use rayon::ThreadPoolBuilder;
use rust_decimal::{Decimal, dec};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn shown(problems: &[Problem]) -> String {
    problems
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n")
}

fn tables(area: &str) -> Tables {
    let read = read_model(&root().join("models").join(area)).unwrap();
    assert!(!has_errors(&read.problems), "{}", shown(&read.problems));
    read.tables
}

fn havenkwartier() -> &'static Tables {
    static TABLES: OnceLock<Tables> = OnceLock::new();
    TABLES.get_or_init(|| tables("havenkwartier"))
}

fn spoorzone() -> &'static Tables {
    static TABLES: OnceLock<Tables> = OnceLock::new();
    TABLES.get_or_init(|| tables("spoorzone-oost"))
}

fn model(tables: &Tables) -> Model {
    let (model, problems) = Model::new(tables.clone());
    model.unwrap_or_else(|| panic!("{}", shown(&problems)))
}

fn change(doel: &str, als: Als, met: &str) -> Change {
    let place = Place::file("test");
    let given =
        |this: Als| (als == this).then(|| Value::new(Scalar::Text(met.into()), place.clone()));
    Change::new(
        doel,
        &place,
        given(Als::Waarde),
        given(Als::Factor),
        given(Als::Verschuiving),
    )
    .unwrap_or_else(|p| panic!("{p}"))
}

fn waarde(doel: &str, met: &str) -> Change {
    change(doel, Als::Waarde, met)
}

fn factor(doel: &str, met: &str) -> Change {
    change(doel, Als::Factor, met)
}

fn verschuiving(doel: &str, met: &str) -> Change {
    change(doel, Als::Verschuiving, met)
}

fn applied(tables: &Tables, changes: &[Change]) -> Tables {
    let (changed, problems) = apply(tables, changes);
    assert!(problems.is_empty(), "{}", shown(&problems));
    changed
}

fn refused(tables: &Tables, change: Change) -> String {
    let (_, problems) = apply(tables, &[change]);
    assert_eq!(problems.len(), 1, "{}", shown(&problems));
    format!("{}: {}", problems[0].code, problems[0].message)
}

fn cell(tables: &Tables, table: &str, key: &str, column: &str) -> Value {
    let table = tables.table(table);
    let row = table
        .rows
        .iter()
        .find(|r| {
            r.values
                .iter()
                .any(|v| v.scalar == Scalar::Text(key.into()))
        })
        .unwrap_or_else(|| panic!("no {key}"));
    table.get(row, column).clone()
}

fn number(value: &Value) -> Decimal {
    match value.scalar {
        Scalar::Number(n) => n,
        _ => panic!("{}", value.shown()),
    }
}

/// Rows of a table that differ, by position.
fn changed_rows(before: &Tables, after: &Tables, table: &str) -> Vec<usize> {
    let scalars = |r: &Row| {
        r.values
            .iter()
            .map(|v| v.scalar.clone())
            .collect::<Vec<_>>()
    };
    let (before, after) = (before.table(table), after.table(table));
    assert_eq!(before.rows.len(), after.rows.len());
    (0..before.rows.len())
        .filter(|i| scalars(&before.rows[*i]) != scalars(&after.rows[*i]))
        .collect()
}

fn line<'a>(model: &'a Model, id: &str) -> &'a Lijn {
    model
        .lijnen
        .iter()
        .find(|l| l.id == id)
        .unwrap_or_else(|| panic!("no line {id}"))
}

/// All exact figures of a model and route, with the fund's and parties'.
fn figures(tables: &Tables, route: Route) -> Routeresultaat {
    calculate(&model(tables), route).unwrap()
}

// ---------------------------------------------------------------- files

struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let path = std::env::temp_dir().join(format!(
            "polder-scenarios-{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        ));
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn with(self, name: &str, text: &str) -> Self {
        fs::write(self.0.join(name), text).unwrap();
        self
    }

    fn read(&self) -> (Vec<ScenarioBestand>, Vec<Problem>) {
        let (files, sources, problems) = read_scenarios(std::slice::from_ref(&self.0)).unwrap();
        assert!(sources.iter().all(|s| s.sha256.len() == 64));
        (files, problems)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn read(text: &str) -> (Vec<ScenarioBestand>, Vec<Problem>) {
    Folder::new().with("s.toml", text).read()
}

/// The values of the one grid in a file.
fn grid(text: &str) -> Vec<String> {
    let (files, problems) = read(&format!("naam = \"a\"\n[[raster]]\n{text}\n"));
    assert!(problems.is_empty(), "{}", shown(&problems));
    files[0].rasters[0]
        .waarden
        .iter()
        .map(|v| number(v).to_string())
        .collect()
}

fn examples() -> Vec<ScenarioBestand> {
    let (files, sources, problems) = read_scenarios(&[root().join("scenarios")]).unwrap();
    assert!(problems.is_empty(), "{}", shown(&problems));
    assert_eq!(files.len(), sources.len());
    files
}

#[test]
fn the_examples_read() {
    let files = examples();
    let counts: Vec<(&str, usize)> = files
        .iter()
        .map(|f| (f.naam.as_str(), f.aantal()))
        .collect();
    assert_eq!(
        counts,
        [
            ("bouwkosten", 1),
            ("combinatie", 15),
            ("grondprijzen", 5),
            ("markt", 1),
            ("parallel-plannen", 1),
            ("rente", 6),
            ("sober", 1),
            ("uitstel", 1)
        ]
    );
    let names: Vec<String> = files[1].scenarios().into_iter().map(|s| s.naam).collect();
    assert_eq!(
        names[..6],
        [
            "combinatie 0.01 x0.9",
            "combinatie 0.01 x0.95",
            "combinatie 0.01 x1",
            "combinatie 0.01 x1.05",
            "combinatie 0.01 x1.1",
            "combinatie 0.019 x0.9"
        ]
        .map(String::from)
    );
    assert_eq!(
        files[1].scenarios()[14].stappen,
        [
            ("gebied.rente".to_owned(), "0.03".to_owned()),
            ("programma[*].grondprijs".to_owned(), "x1.1".to_owned())
        ]
    );
}

#[test]
fn grids_step_in_decimals() {
    assert_eq!(
        grid("doel = \"gebied.rente\"\nals = \"waarde\"\nvan = 0.1\ntot = 0.3\nstap = 0.1"),
        ["0.1", "0.2", "0.3"]
    );
    assert_eq!(
        grid(
            "doel = \"gebied.rente\"\nals = \"waarde\"\nvan = \"0.1\"\ntot = \"0.35\"\nstap = \"0.1\""
        ),
        ["0.1", "0.2", "0.3"]
    );
    assert_eq!(
        grid("doel = \"gebied.rente\"\nals = \"verschuiving\"\nvan = -1\ntot = 1\nstap = 1"),
        ["-1", "0", "1"]
    );
    assert_eq!(
        grid("doel = \"gebied.rente\"\nals = \"factor\"\nvan = 2\ntot = 2\nstap = 5"),
        ["2"]
    );
    assert_eq!(
        grid("doel = \"gebied.rente\"\nals = \"waarde\"\nwaarden = [0.1, \"2%\", 1e-3]"),
        ["0.1", "0.02", "0.001"]
    );
    assert_eq!(
        grid("doel = \"gebied.rente\"\nals = \"waarde\"\nvan = 0.0001\ntot = 1\nstap = 0.0001")
            .len(),
        10_000
    );
}

#[test]
fn a_scenario_without_changes_is_told_but_reads() {
    let (files, problems) = read("naam = \"leeg\"");
    assert_eq!(
        problems
            .iter()
            .map(|p| (p.code, has_errors(std::slice::from_ref(p))))
            .collect::<Vec<_>>(),
        [("empty-scenario", false)]
    );
    assert_eq!(files[0].scenarios().len(), 1);
}

#[test]
fn broken_files_are_told_with_their_place() {
    let change = |text: &str| format!("naam = \"a\"\n[[wijziging]]\n{text}\n");
    let grid = |text: &str| format!("naam = \"a\"\n[[raster]]\n{text}\n");
    let on = "doel = \"gebied.rente\"\nals = \"waarde\"\n";
    for (text, code, place, message) in [
        (
            "omschrijving = \"x\"\n[[wijziging]]\ndoel = \"gebied.rente\"\nwaarde = 1".into(),
            "no-naam",
            "",
            "the scenario has no naam",
        ),
        (
            "naam = 3".into(),
            "not-text",
            ":1:8",
            "\"naam\" must be a text in quotes, and not empty",
        ),
        (
            "naam = \"a\"\nwijzigingen = 1".into(),
            "unknown-key",
            ":2:1",
            "unknown key \"wijzigingen\" in a scenario",
        ),
        (
            "naam = \"a\"\nNaam = \"b\"".into(),
            "duplicate-key",
            ":2:1",
            "key \"naam\" stands twice in a scenario",
        ),
        (
            "naam = \"a\"\nwijziging = 1".into(),
            "not-a-table",
            ":2:13",
            "\"wijziging\" must hold rows, found a toml integer",
        ),
        (
            "naam = \"a\"\nx = 1,5".into(),
            "toml-number",
            ":2:6",
            "\"1,5\" is not a number in toml",
        ),
        (
            change("waarde = 1"),
            "missing-value",
            ":3:1",
            "the wijziging has no doel",
        ),
        (
            change("doel = \"gebied.rent\"\nwaarde = 1"),
            "bad-address",
            ":3:8",
            "\"gebied.rent\": no setting \"rent\", did you mean \"rente\"?",
        ),
        (
            change("doel = \"index[x].groei.99999999999\"\nwaarde = 1"),
            "bad-address",
            ":3:8",
            "\"index[x].groei.99999999999\": \"99999999999\" is not a year from 1900 to 2200",
        ),
        (
            change("doel = \"gebied.rente\""),
            "one-of-three",
            ":3:8",
            "the change of gebied.rente has 0 of waarde, factor and verschuiving",
        ),
        (
            change("doel = \"gebied.rente\"\nwaarde = 1\nfactor = 2"),
            "one-of-three",
            ":3:8",
            "the change of gebied.rente has 2 of waarde, factor and verschuiving",
        ),
        (
            change("doel = \"gebied.rente\"\nwarde = 1\nfactor = 2"),
            "unknown-key",
            ":4:1",
            "unknown key \"warde\" in a wijziging",
        ),
        (
            change("doel = \"gebied.rente\"\nfactor = \"veel\""),
            "not-a-number",
            ":4:10",
            "the change of gebied.rente holds text \"veel\"",
        ),
        (
            change("doel = \"gebied.rente\"\nwaarde = \"veel\""),
            "not-a-number",
            ":4:10",
            "expected a number in column waarde, found text \"veel\"",
        ),
        (
            change("doel = \"gebied.rente\"\nwaarde = [1]"),
            "not-a-value",
            ":4:10",
            "an array cannot be used here",
        ),
        (
            grid("als = \"waarde\"\nwaarden = [1]"),
            "missing-value",
            ":3:1",
            "the raster has no doel",
        ),
        (
            grid("doel = \"gebied.rente\"\nwaarden = [1]"),
            "missing-value",
            ":3:1",
            "the raster does not say how its values are used",
        ),
        (
            grid("doel = \"gebied.rente\"\nals = \"faktor\"\nwaarden = [1]"),
            "unknown-choice",
            ":4:7",
            "als holds text \"faktor\"",
        ),
        (
            grid("doel = \"kost[1].prijs\"\nals = \"factor\"\nwaarden = [1]"),
            "bad-address",
            ":3:8",
            "\"kost[1].prijs\": no table \"kost\", did you mean \"kosten\"?",
        ),
        (
            grid(&format!("{on}waarden = []")),
            "empty-raster",
            ":5:1",
            "the raster has no values",
        ),
        (
            grid(&format!("{on}waarden = 3")),
            "raster-values",
            ":5:1",
            "waarden must be a list, found a toml integer",
        ),
        (
            grid(on),
            "raster-values",
            ":3:1",
            "a raster needs its values, found nothing",
        ),
        (
            grid(&format!("{on}waarden = [1]\nvan = 1")),
            "raster-values",
            ":3:1",
            "a raster needs its values, found waarden, van",
        ),
        (
            grid(&format!("{on}van = 1\ntot = 2")),
            "raster-values",
            ":3:1",
            "a raster needs its values, found van, tot",
        ),
        (
            grid(&format!("{on}waarden = [1, 1.0]")),
            "duplicate-value",
            ":5:15",
            "the raster of gebied.rente holds number 1 twice",
        ),
        (
            grid(&format!("{on}van = 2\ntot = 1\nstap = 1")),
            "range-reversed",
            ":5:7",
            "van 2 is above tot 1",
        ),
        (
            grid(&format!("{on}van = 1\ntot = 2\nstap = 0")),
            "bad-step",
            ":7:8",
            "stap is 0",
        ),
        (
            grid(&format!("{on}van = 1\ntot = 2\nstap = -1")),
            "bad-step",
            ":7:8",
            "stap is -1",
        ),
        (
            grid(&format!("{on}van = 1\ntot = \"ver\"\nstap = 1")),
            "not-a-number",
            ":6:7",
            "tot holds text \"ver\"",
        ),
        (
            grid(&format!("{on}van = 0\ntot = 10000\nstap = 1")),
            "too-many-values",
            ":7:8",
            "from 0 to 10000 is more than 10000 steps of 1",
        ),
        (
            grid(&format!(
                "{on}van = 10000000000\ntot = 20000000000\nstap = \"0.000000000000000000000000001\""
            )),
            "too-many-values",
            ":7:8",
            "from 10000000000 to 20000000000 is more than 10000 steps of 0.000000000000000000000000001",
        ),
        (
            grid(&format!("{on}waarden = [{}]", "1,".repeat(10_001))),
            "too-many-values",
            ":5:1",
            "the raster has 10001 values",
        ),
        (
            "naam = \"Basis\"\n[[wijziging]]\ndoel = \"gebied.rente\"\nwaarde = 1".into(),
            "duplicate-name",
            ":1:1",
            "\"Basis\" is the name of the model without changes",
        ),
    ] {
        let (_, problems) = read(&text);
        let found: Vec<(&str, &str)> = problems
            .iter()
            .map(|p| (p.code, p.message.as_str()))
            .collect();
        let errors: Vec<_> = problems
            .iter()
            .filter(|p| has_errors(std::slice::from_ref(p)))
            .collect();
        assert_eq!(errors.len(), 1, "{found:?}\n{text}");
        assert_eq!(errors[0].code, code, "{text}");
        assert_eq!(errors[0].message, message);
        let at = errors[0].place.as_ref().unwrap().to_string();
        assert!(at.ends_with(&format!("s.toml{place}")), "{at} {text}");
    }
}

#[test]
fn all_problems_of_all_files_come_at_once() {
    let folder = Folder::new()
        .with("a.toml", "naam = \"x\"\n[[wijziging]]\ndoel = \"gebied.rent\"\nfactr = 1\n[[wijziging]]\nfactor = \"a\"\n")
        .with("b.toml", "naam = \"x\"\n[[wijziging]]\ndoel = \"gebied.rente\"\nfactor = 1\n")
        .with("c.toml", "naam = \"X \"\n[[wijziging]]\ndoel = \"gebied.rente\"\nfactor = 1\n")
        .with("niets.txt", "geen toml");
    let (files, problems) = folder.read();
    assert_eq!(files.len(), 2);
    assert_eq!(
        problems.iter().map(|p| p.code).collect::<Vec<_>>(),
        [
            "unknown-key",
            "bad-address",
            "missing-value",
            "duplicate-name"
        ]
    );
    assert!(problems[3].other.is_some());
    assert!(read_scenarios(&[folder.0.join("nergens.toml")]).is_err());
    let (_, problems) = Folder::new().read();
    assert_eq!(problems[0].code, "no-scenario");
}

#[test]
fn too_large_a_product_is_refused_before_it_is_made() {
    let grid = "[[raster]]\ndoel = \"gebied.rente\"\nals = \"waarde\"\nvan = 0.001\ntot = 1\nstap = 0.001\n";
    let (files, problems) = read(&format!("naam = \"a\"\n{grid}{grid}"));
    assert_eq!(files[0].aantal(), 1_000_000);
    assert_eq!(
        problems.iter().map(|p| p.code).collect::<Vec<_>>(),
        ["too-many-scenarios"]
    );
    assert!(
        problems[0].message.contains("1000 x 1000"),
        "{}",
        problems[0].message
    );
    let (files, problems) = read(&format!("naam = \"a\"\n{}", grid.repeat(40)));
    assert_eq!(files[0].aantal(), usize::MAX);
    assert_eq!(problems[0].code, "too-many-scenarios");
}

#[test]
fn scenarios_of_the_model_go_by_name() {
    let folder = Folder::new().with("model.toml", &fs::read_to_string(root().join("models/rekenvoorbeeld/model.toml")).unwrap().replace("[gebied]", "[[scenarios]]\nscenario = \"Duur\"\ndoel = \"kosten[K1].bedrag\"\nfactor = 1.1\nomschrijving = \"marge\"\n[[scenarios]]\nscenario = \"lage rente\"\ndoel = \"gebied.rente\"\nwaarde = \"0.01\"\n[[scenarios]]\nscenario = \"duur\"\ndoel = \"gebied.rente\"\nverschuiving = 0.01\nomschrijving = \"hoge rente\"\n\n[gebied]"));
    let read = read_model(&folder.0).unwrap();
    let scenarios = model_scenarios(&model(&read.tables));
    assert_eq!(
        scenarios
            .iter()
            .map(|s| (s.naam.as_str(), s.omschrijving.as_str(), s.changes.len()))
            .collect::<Vec<_>>(),
        [("Duur", "marge; hoge rente", 2), ("lage rente", "", 1)]
    );
    let (rows, problems) = sweep(&read.tables, &scenarios, &exact(), &|_| ());
    assert!(problems.is_empty(), "{}", shown(&problems));
    assert!(rows[1].uitkomst.as_ref().unwrap().figuur.verschil.unwrap() < dec!(-90000));
}

// ---------------------------------------------------------------- changes

#[test]
fn no_change_is_the_base() {
    for tables in [havenkwartier(), spoorzone()] {
        assert_eq!(applied(tables, &[]), *tables);
    }
    let same = applied(
        havenkwartier(),
        &[
            factor("kosten[*].bedrag", "1"),
            verschuiving("gebied.rente", "0"),
            factor("index[*].groei", "1"),
            verschuiving("deelgebied[*].uitstel", "0"),
        ],
    );
    for route in Route::BEIDE {
        assert_eq!(
            figures(&same, route).kerncijfers(),
            figures(havenkwartier(), route).kerncijfers()
        );
    }
}

#[test]
fn rente_goes_one_way() {
    let ncw: Vec<Decimal> = ["0.010", "0.019", "0.030"]
        .iter()
        .map(|r| {
            figures(
                &applied(havenkwartier(), &[waarde("gebied.rente", r)]),
                Route::Grex,
            )
            .resultaat
            .rente_totaal
        })
        .collect();
    assert!(ncw[0] < ncw[1] && ncw[1] < ncw[2], "{ncw:?}");
}

#[test]
fn growth_of_one_year_leaves_the_other_years_alone() {
    let before = model(havenkwartier());
    for (doel, met) in [
        ("index[Opbrengst woningbouw].groei.2028", "-0.02"),
        ("index[opbrengst  Woningbouw].groei.2050", "0.01"),
    ] {
        let year: i32 = doel[doel.len() - 4..].parse().unwrap();
        let after = model(&applied(havenkwartier(), &[verschuiving(doel, met)]));
        for (a, b) in after.indexen.iter().zip(&before.indexen) {
            assert_eq!(a.naam, b.naam);
            for y in 1990..=2200 {
                let by = if y == year && a.naam == "Opbrengst woningbouw" {
                    met.parse().unwrap()
                } else {
                    Decimal::ZERO
                };
                assert_eq!(
                    a.groei(y).map(|q| q.value),
                    b.groei(y).map(|q| q.value + by),
                    "{} {y}",
                    a.naam
                );
            }
        }
    }
    // Two years, and one year twice.
    let both = model(&applied(
        havenkwartier(),
        &[
            verschuiving("index[VON].groei.2028", "-0.02"),
            verschuiving("index[VON].groei.2029", "-0.02"),
            verschuiving("index[VON].groei.2028", "0.01"),
            verschuiving("index[VON].groei", "-0.005"),
        ],
    ));
    let (a, b) = (
        both.indexen.iter().find(|i| i.naam == "VON").unwrap(),
        before.indexen.iter().find(|i| i.naam == "VON").unwrap(),
    );
    for (y, by) in [
        (2027, dec!(-0.005)),
        (2028, dec!(-0.015)),
        (2029, dec!(-0.025)),
        (2030, dec!(-0.005)),
        (2045, dec!(-0.005)),
    ] {
        assert_eq!(
            a.groei(y).unwrap().value,
            b.groei(y).unwrap().value + by,
            "{y}"
        );
    }
    // The last year that there is has no next one.
    model(&applied(
        havenkwartier(),
        &[waarde("index[VON].groei.2200", "0.01")],
    ));
    assert_eq!(
        refused(havenkwartier(), waarde("index[VON].groei.1900", "0.01")),
        "nothing-to-change: index \"VON\" has no growth in 1900"
    );
}

#[test]
fn a_factor_on_a_group_of_lines_changes_those_lines_only() {
    let after = applied(havenkwartier(), &[factor("kosten[3.*].bedrag", "1.1")]);
    for table in &havenkwartier().tables {
        let rows = changed_rows(havenkwartier(), &after, table.schema.name);
        let expected: Vec<usize> = if table.schema.name == "kosten" {
            (0..table.rows.len()).filter(|i| matches!(&table.get(&table.rows[*i], "id").scalar, Scalar::Text(t) if t.starts_with("3."))).collect()
        } else {
            Vec::new()
        };
        assert_eq!(rows, expected, "{}", table.schema.name);
        assert!(table.schema.name != "kosten" || !rows.is_empty());
    }
    let (a, b) = (
        figures(&after, Route::Grex),
        figures(havenkwartier(), Route::Grex),
    );
    let percentages = havenkwartier().table("kosten").rows.iter().any(|r| {
        !havenkwartier()
            .table("kosten")
            .get(r, "percentage")
            .is_empty()
    });
    let ten = |tables: &Tables| -> Decimal {
        let m = model(tables);
        m.lijnen
            .iter()
            .filter(|l| l.tabel == "kosten" && l.id.starts_with("3."))
            .map(|l| match &l.bedrag {
                polder::model::Bedrag::Product(f) => f.iter().map(|f| f.waarde.value).product(),
                _ => Decimal::ZERO,
            })
            .sum()
    };
    assert_eq!(ten(&after), ten(havenkwartier()) * dec!(1.1));
    if !percentages {
        assert!(
            (b.nominaal_saldo - a.nominaal_saldo - ten(havenkwartier()) * dec!(0.1)).abs()
                < dec!(1e-12)
        );
    }
}

#[test]
fn bedrag_replaces_quantity_times_price() {
    let kosten = spoorzone().table("kosten");
    let row = kosten
        .rows
        .iter()
        .find(|r| !kosten.get(r, "prijs").is_empty() && !kosten.get(r, "hoeveelheid").is_empty())
        .unwrap();
    let Scalar::Text(id) = &kosten.get(row, "id").scalar else {
        panic!()
    };
    let product = number(kosten.get(row, "prijs")) * number(kosten.get(row, "hoeveelheid"));
    let doel = format!("kosten[{id}].bedrag");
    let after = applied(spoorzone(), &[waarde(&doel, "123456")]);
    assert_eq!(number(&cell(&after, "kosten", id, "bedrag")), dec!(123456));
    assert!(cell(&after, "kosten", id, "prijs").is_empty());
    model(&after);
    let by = |c: Change| figures(&applied(spoorzone(), &[c]), Route::Grex).kerncijfers();
    assert_eq!(
        number(&cell(
            &applied(spoorzone(), &[verschuiving(&doel, "-1000")]),
            "kosten",
            id,
            "bedrag"
        )),
        product - dec!(1000)
    );
    let same = |a: Vec<(&str, Decimal)>, b: Vec<(&str, Decimal)>| {
        a.iter().zip(&b).for_each(|(a, b)| {
            assert!(
                (a.1 - b.1).abs() <= dec!(1e-12) * b.1.abs().max(Decimal::ONE),
                "{a:?} {b:?}"
            );
        });
    };
    same(
        by(factor(&doel, "2")),
        by(waarde(&doel, &(product * Decimal::TWO).to_string())),
    );
    same(
        by(verschuiving(&doel, "0")),
        figures(spoorzone(), Route::Grex).kerncijfers(),
    );
}

/// A small model with realised years in every make of line.
fn with_history() -> Tables {
    let text = r#"
[gebied]
naam = "Historie"
peildatum = 2026-01-01
prijspeil = 2026-01-01
eindjaar = 2030
rente = 0.02
discontovoet_bbv = 0.02
[[partijen]]
partij = "gemeente"
rol = "gemeente"
[[kosten]]
id = "vast"
bedrag = 1000
fasering = "2024-2027"
[[kosten]]
id = "stuks"
hoeveelheid = 10
prijs = 100
fasering = "2024-2027"
[[kosten]]
id = "opslag"
percentage = 0.1
over = "vast; stuks"
fasering = "2024-2027"
[[kosten]]
id = "dubbel"
percentage = 0.5
over = "opslag"
fasering = "2024-2027"
[[kosten]]
id = "open"
[[kosten]]
id = "profiel"
fasering = "p"
[[opbrengsten]]
id = "bijdrage"
[[fasering]]
fasering = "open"
periode = "2025"
bedrag = 300
[[fasering]]
fasering = "open"
periode = "2028"
bedrag = 700
[[fasering]]
fasering = "p"
periode = "2025"
bedrag = 30
[[fasering]]
fasering = "p"
periode = "2028"
bedrag = 70
[[fasering]]
fasering = "bijdrage"
periode = "2025"
bedrag = 500
[[fasering]]
fasering = "bijdrage"
periode = "2028"
bedrag = 1500
"#;
    let read = read_model(&Folder::new().with("model.toml", text).0).unwrap();
    assert!(read.problems.is_empty(), "{}", shown(&read.problems));
    read.tables
}

/// What a line realised, and what it is still to be, at prijspeil.
fn parts(tables: &Tables, id: &str) -> (Decimal, Decimal) {
    let m = model(tables);
    let l = line(&m, id);
    let history: Decimal = l.realisatie.iter().map(|(_, q)| q.value).sum();
    let position = m.lijnen.iter().position(|x| x.id == id).unwrap();
    let plan = polder::plan::Plan::new(
        &m,
        Route::Grex,
        polder::plan::Diepte::Lijn,
        polder::plan::Drijvers::default(),
    )
    .unwrap();
    let total: Decimal = plan
        .cellen
        .iter()
        .filter(|c| c.lijn == Some(position))
        .flat_map(|c| c.vast.iter())
        .sum();
    (history, total - history)
}

#[test]
fn history_stays_whatever_a_scenario_does() {
    let base = with_history();
    for (id, history, forecast) in [
        ("vast", 500, 500),
        ("stuks", 500, 500),
        ("opslag", 100, 100),
        ("dubbel", 50, 50),
        ("open", 300, 700),
        ("profiel", 30, 70),
        ("bijdrage", 500, 1500),
    ] {
        assert_eq!(parts(&base, id), (history.into(), forecast.into()), "{id}");
    }
    let check = |changes: &[Change], id: &str, forecast: Decimal| {
        let after = applied(&base, changes);
        let (history, found) = parts(&after, id);
        assert_eq!(
            history,
            parts(&base, id).0,
            "history of {id} after {changes:?}"
        );
        assert_eq!(found, forecast, "forecast of {id} after {changes:?}");
    };
    check(&[factor("kosten[vast].bedrag", "1.2")], "vast", dec!(600));
    check(&[factor("kosten[vast].bedrag", "1.2")], "opslag", dec!(110));
    check(
        &[
            waarde("kosten[vast].bedrag", "100"),
            verschuiving("kosten[vast].bedrag", "50"),
        ],
        "vast",
        dec!(75),
    );
    check(&[factor("kosten[stuks].bedrag", "1.2")], "stuks", dec!(600));
    check(
        &[factor("kosten[stuks].hoeveelheid", "1.2")],
        "stuks",
        dec!(600),
    );
    check(
        &[waarde("kosten[stuks].bedrag", "3000")],
        "stuks",
        dec!(1500),
    );
    check(
        &[
            factor("kosten[stuks].prijs", "2"),
            waarde("kosten[stuks].bedrag", "3000"),
        ],
        "stuks",
        dec!(1500),
    );
    check(
        &[
            factor("kosten[stuks].prijs", "2"),
            verschuiving("kosten[stuks].bedrag", "1000"),
        ],
        "stuks",
        dec!(1500),
    );
    check(&[factor("kosten[opslag].bedrag", "2")], "opslag", dec!(200));
    check(
        &[waarde("kosten[opslag].percentage", "0.2")],
        "opslag",
        dec!(200),
    );
    check(
        &[factor("kosten[opslag].percentage", "2")],
        "dubbel",
        dec!(100),
    );
    check(
        &[waarde("kosten[opslag].bedrag", "1000")],
        "opslag",
        dec!(500),
    );
    check(
        &[waarde("kosten[opslag].bedrag", "1000")],
        "dubbel",
        dec!(250),
    );
    check(
        &[
            factor("kosten[vast].bedrag", "3"),
            factor("kosten[opslag].percentage", "3"),
            waarde("kosten[dubbel].bedrag", "40"),
        ],
        "dubbel",
        dec!(20),
    );
    check(&[factor("kosten[open].bedrag", "2")], "open", dec!(1400));
    check(&[waarde("kosten[open].bedrag", "500")], "open", dec!(350));
    check(
        &[factor("kosten[profiel].bedrag", "2")],
        "profiel",
        dec!(140),
    );
    check(
        &[verschuiving("kosten[profiel].bedrag", "100")],
        "profiel",
        dec!(140),
    );
    check(
        &[
            factor("opbrengsten[bijdrage].bedrag", "0.5"),
            factor("opbrengsten[bijdrage].bedrag", "0.5"),
        ],
        "bijdrage",
        dec!(375),
    );
}

#[test]
fn realised_years_of_spoorzone_stay() {
    let before = model(spoorzone());
    let after = model(&applied(
        spoorzone(),
        &[
            factor("kosten[*].bedrag", "1.5"),
            factor("opbrengsten[*].bedrag", "0.5"),
        ],
    ));
    let mut realised = 0;
    for (a, b) in after.lijnen.iter().zip(&before.lijnen) {
        assert_eq!(a.realisatie, b.realisatie, "{}", a.id);
        realised += a.realisatie.len();
    }
    println!("{realised} realised amounts");
    let (a, b) = (
        calculate(&after, Route::Grex).unwrap(),
        calculate(&before, Route::Grex).unwrap(),
    );
    assert_eq!(a.boekwaarde_peildatum, b.boekwaarde_peildatum);
    assert_ne!(a.ncw, b.ncw);
}

#[test]
fn uitstel_moves_the_forecast() {
    let before = model(havenkwartier());
    let silo = before
        .deelgebieden
        .iter()
        .position(|d| d.deelgebied == "Silo")
        .unwrap();
    let after = model(&applied(
        havenkwartier(),
        &[waarde("deelgebied[silo].uitstel", "2")],
    ));
    assert_eq!(after.deelgebieden[silo].uitstel.value, dec!(2));
    let one = model(&applied(
        havenkwartier(),
        &[verschuiving("deelgebied[*].uitstel", "1")],
    ));
    assert!(
        one.deelgebieden
            .iter()
            .zip(&before.deelgebieden)
            .all(|(a, b)| a.uitstel.value == b.uitstel.value + Decimal::ONE)
    );
    let (a, b) = (
        calculate(&after, Route::Grex).unwrap(),
        calculate(&before, Route::Grex).unwrap(),
    );
    assert_eq!(a.nominaal_saldo, b.nominaal_saldo);
    assert_ne!(a.ncw, b.ncw);
    let (_, problems) = Model::new(applied(
        havenkwartier(),
        &[waarde("deelgebied[Silo].uitstel", "-20")],
    ));
    assert!(has_errors(&problems));
}

#[test]
fn opposite_factors_return() {
    let there = [
        ("kosten[*].bedrag", "1.3", "0.76923076923076923076923077"),
        (
            "programma[*].grondprijs",
            "0.7",
            "1.4285714285714285714285714286",
        ),
    ];
    let changes: Vec<Change> = there
        .iter()
        .flat_map(|(doel, x, y)| [factor(doel, x), factor(doel, y)])
        .collect();
    for route in Route::BEIDE {
        let (a, b) = (
            figures(&applied(havenkwartier(), &changes), route),
            figures(havenkwartier(), route),
        );
        for (a, b) in a.kerncijfers().iter().zip(b.kerncijfers()) {
            assert!(
                (a.1 - b.1).abs() <= dec!(1e-12) * b.1.abs().max(Decimal::ONE),
                "{a:?} {b:?}"
            );
        }
    }
}

#[test]
fn changes_that_cannot_be_made_are_told() {
    let tables = havenkwartier();
    assert_eq!(
        refused(tables, factor("kosten[nergens].bedrag", "2")),
        "unknown-reference: no row of kosten fits \"nergens\""
    );
    assert_eq!(
        refused(tables, factor("index[nergens].groei", "2")),
        "unknown-reference: no row of indexen fits \"nergens\""
    );
    assert_eq!(
        refused(tables, factor("gebied.naam", "2")),
        "not-a-number: gebied.naam is no number, so it has no factor or verschuiving"
    );
    assert_eq!(
        refused(tables, factor("gebied.peildatum", "2")),
        "not-a-number: gebied.peildatum is no number, so it has no factor or verschuiving"
    );
    assert_eq!(
        refused(tables, factor("partij[gemeente].rol", "2")),
        "not-a-number: partijen[gemeente].rol is no number, so it has no factor or verschuiving"
    );
    let huge = "79228162514264337593543950335";
    assert_eq!(
        refused(&with_history(), factor("kosten[vast].bedrag", huge)),
        "too-large: the change of kosten[vast].bedrag gives a number that is too large"
    );
    assert_eq!(
        refused(&with_history(), factor("fasering[p].aandeel", "2")),
        "nothing-to-change: fasering[p].aandeel is empty, so it has no factor or verschuiving"
    );
    assert_eq!(
        refused(&with_history(), verschuiving("kosten[opslag].bedrag", "2")),
        "nothing-to-change: kosten[opslag].bedrag is a percentage of other lines, so it has no verschuiving"
    );
    // A setting that is not there: no half-made row is left.
    let (after, problems) = apply(&with_history(), &[factor("gebied.creditrente", "2")]);
    assert_eq!(problems[0].code, "nothing-to-change");
    assert_eq!(
        after.table("gebied").rows.len(),
        with_history().table("gebied").rows.len()
    );
    // Amounts too large to add up are no panic.
    let large = applied(&with_history(), &[waarde("fasering[open].bedrag", huge)]);
    let (_, problems) = apply(
        &large,
        &[
            factor("kosten[open].bedrag", "2"),
            waarde("kosten[opslag].bedrag", "2"),
        ],
    );
    assert_eq!(
        problems.iter().map(|p| p.code).collect::<Vec<_>>(),
        ["nothing-to-change"]
    );
}

// ---------------------------------------------------------------- sweeps

fn exact() -> Opdracht {
    opdracht(0)
}

fn opdracht(draws: u64) -> Opdracht {
    Opdracht {
        opzet: Opzet::new(Methode::Willekeurig, 1, draws),
        ..Opdracht::default()
    }
}

fn all() -> Vec<Scenario> {
    examples()
        .iter()
        .flat_map(ScenarioBestand::scenarios)
        .collect()
}

fn debug(rows: &[Rij]) -> String {
    format!("{rows:#?}")
}

#[test]
fn threads_and_shards_give_the_same_bits() {
    let tables = havenkwartier();
    let scenarios = all();
    for draws in [0, 200] {
        let opdracht = opdracht(draws);
        let run = |threads: usize, shard| {
            let opdracht = Opdracht {
                shard,
                ..opdracht.clone()
            };
            let done = AtomicU64::new(0);
            let pool = ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap();
            let (rows, problems) = pool.install(|| {
                sweep(tables, &scenarios, &opdracht, &|n| {
                    done.fetch_add(n, Ordering::Relaxed);
                })
            });
            assert!(problems.is_empty(), "{}", shown(&problems));
            assert_eq!(done.into_inner(), opdracht.werk(&scenarios));
            rows
        };
        let whole = run(2, None);
        assert_eq!(whole.len(), 32);
        assert_eq!(whole[0].naam, "basis");
        assert!(whole.iter().enumerate().all(|(k, r)| r.nummer == k));
        for threads in [1, 8] {
            assert_eq!(debug(&run(threads, None)), debug(&whole));
        }
        let mut joined: Vec<Rij> = (1..=3).flat_map(|i| run(2, Some((i, 3)))).collect();
        joined.sort_by_key(|r| r.nummer);
        assert_eq!(debug(&joined), debug(&whole));
        check_rows(&whole, draws);
    }
}

fn check_rows(rows: &[Rij], draws: u64) {
    let of = |naam: &str| {
        rows.iter()
            .find(|r| r.naam == naam)
            .unwrap_or_else(|| panic!("{naam}"))
            .uitkomst
            .as_ref()
            .unwrap()
    };
    let base = of("basis");
    assert_eq!(base.figuur.verschil, Some(Decimal::ZERO));
    let plain = figures(havenkwartier(), Route::Cofinanciering);
    assert_eq!(
        (base.routes[1].ncw, base.routes[1].portemonnee),
        (plain.ncw, plain.portemonnee)
    );
    // One change read twice over: the same scenario in two files gives the same figures.
    assert_eq!(of("combinatie 0.01 x1").routes, of("rente 0.01").routes);
    assert_eq!(of("grondprijzen x1"), base);
    assert!(of("bouwkosten").figuur.verschil.unwrap() < Decimal::ZERO);
    assert!(of("grondprijzen x1.1").figuur.verschil.unwrap() > Decimal::ZERO);
    for u in rows.iter().map(|r| r.uitkomst.as_ref().unwrap()) {
        let risico = u.figuur.risico.as_ref();
        assert_eq!(risico.is_some(), draws > 0);
        assert!(
            risico.is_none_or(|x| x.percentielen.is_sorted_by_key(|p| p.value)
                && (0.0..=1.0).contains(&x.onder_nul.value))
        );
        assert_eq!(u.figuur.waarde, Some(u.routes[0].ncw));
        assert!(
            u.partijen
                .iter()
                .all(|p| p.kans_beter.is_some() == (draws > 0))
        );
    }
}

#[test]
fn a_scenario_with_problems_leaves_the_others_alone() {
    let mut scenarios = all()[..2].to_vec();
    let bad = |naam: &str, changes| Scenario {
        naam: naam.into(),
        omschrijving: String::new(),
        changes,
        stappen: Vec::new(),
    };
    scenarios.insert(
        1,
        bad(
            "onbekend",
            vec![
                factor("kosten[nergens].bedrag", "2"),
                factor("kosten[ergens].bedrag", "2"),
            ],
        ),
    );
    scenarios.insert(
        2,
        bad("te ver", vec![waarde("deelgebied[Silo].uitstel", "-20")]),
    );
    scenarios.insert(0, Scenario::basis());
    let (rows, problems) = sweep(havenkwartier(), &scenarios, &exact(), &|_| ());
    assert_eq!(
        rows.iter()
            .map(|r| (r.naam.as_str(), r.uitkomst.is_ok()))
            .collect::<Vec<_>>(),
        [
            ("basis", true),
            ("bouwkosten", true),
            ("onbekend", false),
            ("te ver", false),
            ("combinatie 0.01 x0.9", true)
        ]
    );
    assert_eq!(
        problems
            .iter()
            .filter(|p| p.message.starts_with("scenario \"onbekend\": "))
            .count(),
        2
    );
    assert!(
        problems
            .iter()
            .filter(|p| p.message.starts_with("scenario \"te ver\": "))
            .count()
            >= 1
    );
    let (rows, problems) = sweep(
        havenkwartier(),
        &scenarios,
        &Opdracht {
            shard: Some((4, 3)),
            ..exact()
        },
        &|_| (),
    );
    assert!(rows.is_empty());
    assert_eq!(problems[0].code, "bad-shard");
    let text = reports(
        &sweep(havenkwartier(), &scenarios, &exact(), &|_| ()).0,
        &exact(),
    )
    .iter()
    .map(|r| terminal::table(r, 80))
    .collect::<String>();
    assert!(text.contains("Niet te berekenen: onbekend."));
}

#[test]
fn reports_fit_a_terminal() {
    let (rows, _) = sweep(havenkwartier(), &all(), &opdracht(64), &|_| ());
    let reports = reports(&rows, &opdracht(64));
    assert_eq!(
        reports.iter().map(|r| r.title.as_str()).collect::<Vec<_>>(),
        [
            "Scenario's",
            "Scenario's per partij",
            "Scenario's per eigenaar",
            "Scenario's verevening: wie betaalt, wie ontvangt"
        ]
    );
    assert_eq!(reports[0].rows.len(), rows.len());
    for report in &reports {
        assert!(
            report
                .rows
                .iter()
                .all(|r| r.cells.len() == report.columns.len())
        );
        let text = terminal::table(report, 80);
        assert!(text.lines().all(|l| l.chars().count() <= 80), "{text}");
        println!("{text}");
    }
}

#[test]
fn a_delay_can_be_drawn_on_a_deelgebied_that_comes_earlier() {
    let text = |uitstel: i32, drawn: &str| {
        format!(
            "[gebied]\nnaam = \"x\"\npeildatum = 2026-01-01\nprijspeil = 2026-01-01\neindjaar = 2032\nrente = 0.02\ndiscontovoet_bbv = 0.02\n\
             [[partijen]]\npartij = \"gemeente\"\nrol = \"gemeente\"\n[[indexen]]\nindex = \"K\"\nvanaf = 2026\ngroei = 0.03\n\
             [[deelgebieden]]\ndeelgebied = \"A\"\nuitstel = {uitstel}\n\
             [[kosten]]\nid = \"k\"\nbedrag = 1000\nindex = \"K\"\ndeelgebied = \"A\"\nfasering = \"2027-2029\"\n\
             [[onzekerheden]]\nid = \"u\"\ndoel = \"deelgebied[A].uitstel\"\nverdeling = \"discreet\"\nals = \"verschuiving\"\nwaarden = \"{drawn}: 100%\"\n"
        )
    };
    for (uitstel, drawn, same) in [(-1, "0", -1), (-1, "1", 0), (-1, "3", 2), (0, "1", 1)] {
        let read = |text: String| {
            let read = read_model(&Folder::new().with("model.toml", &text).0).unwrap();
            assert!(read.problems.is_empty(), "{}", shown(&read.problems));
            read.tables
        };
        let (rows, problems) = sweep(&read(text(uitstel, drawn)), &[], &opdracht(32), &|_| ());
        assert!(problems.is_empty(), "{}", shown(&problems));
        let expected: f64 = figures(&read(text(same, "0")), Route::Grex)
            .ncw
            .to_string()
            .parse()
            .unwrap();
        let risico = rows[0].uitkomst.as_ref().unwrap().figuur.risico.clone();
        for found in risico.unwrap().percentielen.map(|p| p.value) {
            assert!(
                (found - expected).abs() < 1e-6,
                "{uitstel} {drawn}: {found} {expected}"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    /// A scenario file cut and pasted at random gives problems or results, never a panic.
    #[test]
    fn damaged_files_do_not_panic(file in 0..8usize, from in 0..2000usize, cut in 0..40usize, paste in prop::sample::select(vec!["", "\"", "[[raster]]\n", "*", "-", "0", "9999999", "1e28", "1e-28", "gebied.peildatum", "index[*].groei.2200", "2026-01-01", "kosten[*].bedrag", "fasering[*].aandeel", "uitstel", "horizon", "waarde", "]\n", "\u{feff}", "é"])) {
        let path = fs::read_dir(root().join("scenarios")).unwrap().flatten().map(|e| e.path()).filter(|p| p.is_file()).nth(file).unwrap();
        let mut chars: Vec<char> = fs::read_to_string(path).unwrap().chars().collect();
        let from = from % chars.len();
        let to = (from + cut).min(chars.len());
        chars.splice(from..to, paste.chars());
        let (files, problems) = read(&chars.into_iter().collect::<String>());
        if !has_errors(&problems) {
            let scenarios: Vec<Scenario> = files.iter().flat_map(ScenarioBestand::scenarios).take(2).collect();
            let (rows, _) = sweep(havenkwartier(), &scenarios, &exact(), &|_| ());
            prop_assert_eq!(rows.len(), scenarios.len() + 1);
        }
    }
}

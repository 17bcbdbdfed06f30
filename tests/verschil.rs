//! The difference of two models, divided over what changed: it adds up exactly, in both orders, whatever changed.

mod support;

use polder::model::Model;
use polder::model::schema::Kind;
use polder::model::table::{Scalar, Tables, Value};
use polder::plan::Route;
use polder::problem::has_errors;
use polder::route::calculate;
use polder::verschil::{Soort, Verdeling, Vergelijking};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use rust_decimal::{Decimal, dec};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

static VOORBEELD: LazyLock<Tables> = LazyLock::new(|| support::tables_in("models/voorbeeld"));
static LATER: LazyLock<Tables> = LazyLock::new(|| support::tables_in("tests/diff/voorbeeld-2027"));

fn verdeel(a: &Tables, b: &Tables) -> (Vergelijking, Verdeling) {
    let v = Vergelijking::new(a, b);
    let verdeling = v.verdeel(&v.alle()).unwrap_or_else(|p| panic!("{p}"));
    (v, verdeling)
}

fn namen(v: &Vergelijking) -> Vec<&'static str> {
    v.spelers().iter().map(|o| o.naam.as_str()).collect()
}

/// Both ways of dividing add up to the difference, and A and B are what they are by themselves.
fn telt_op(a: &Tables, b: &Tables) -> (Vergelijking, Verdeling) {
    let (v, verdeling) = verdeel(a, b);
    let sum = |list: &[Decimal]| list.iter().sum::<Decimal>();
    assert!(!verdeling.uitkomsten.is_empty());
    for e in &verdeling.uitkomsten {
        assert_eq!(e.volgorde.len(), verdeling.blokken.len());
        assert_eq!(sum(&e.volgorde), e.b - e.a, "{:?} in order", e.naam);
        assert_eq!(sum(&e.gemiddeld), e.b - e.a, "{:?} averaged", e.naam);
    }
    for (tables, b_side) in [(a, false), (b, true)] {
        let model = support::model(tables.clone()).unwrap();
        for route in Route::BEIDE {
            let record = calculate(&model, route).unwrap();
            let own = |adres: &str| {
                let e = verdeling
                    .van(route, adres)
                    .unwrap_or_else(|| panic!("{adres}"));
                if b_side { e.b } else { e.a }
            };
            let close =
                |x: Decimal, y: Decimal| assert!((x - y).abs() <= dec!(0.0000005), "{x} {y}");
            close(own("eindwaarde"), record.resultaat.eindwaarde);
            close(own("ncw"), record.ncw);
            close(own("nominaal_saldo"), record.nominaal_saldo);
            close(own("portemonnee"), record.portemonnee);
            for (p, x) in model.partijen.iter().zip(&record.partijen) {
                close(own(&format!("partij[{}].saldo", p.partij)), x.saldo);
                close(
                    own(&format!("partij[{}].netto_baat", p.partij)),
                    x.netto_baat,
                );
            }
            for d in &record.delen {
                close(own(&format!("deelgebied[{}].ncw", d.naam)), d.ncw);
            }
        }
    }
    (v, verdeling)
}

/// The averaged effects of going back are those of going, with their signs turned.
fn keert_om(a: &Tables, b: &Tables) {
    let (_, there) = verdeel(a, b);
    let (_, back) = verdeel(b, a);
    assert_eq!(there.blokken, back.blokken);
    for e in &there.uitkomsten {
        let other = back.van(e.naam.route, &e.naam.adres).unwrap();
        let negated: Vec<Decimal> = other.gemiddeld.iter().map(|x| -*x).collect();
        assert_eq!(e.gemiddeld, negated, "{:?}", e.naam);
        assert_eq!((e.a, e.b), (other.b, other.a));
    }
}

#[test]
fn no_change_gives_zeros() {
    let (v, verdeling) = telt_op(&VOORBEELD, &VOORBEELD);
    assert!(v.wijzigingen().is_empty() && verdeling.blokken.is_empty());
    assert_eq!(v.coalities(), 1);
    for e in &verdeling.uitkomsten {
        assert_eq!(e.a, e.b);
        assert!(e.gemiddeld.is_empty());
    }
}

/// A price from 100 to 110 and a quantity from 10 to 12: 200 by the quantity at the old price and 120 by the price of the new quantity,
/// and 210 and 110 when both orders count as much.
#[test]
fn two_causes_by_hand() {
    let text = |hoeveelheid: i32, prijs: i32| {
        format!(
            "[gebied]\npeildatum = 2026-01-01\neindjaar = 2028\nrente = 0\n[[partijen]]\npartij = \"gemeente\"\nrol = \"gemeente\"\n\
             [[opbrengsten]]\nid = \"O\"\nhoeveelheid = {hoeveelheid}\nprijs = {prijs}\nfasering = \"2027\"\n"
        )
    };
    let (v, verdeling) = telt_op(
        &support::tables(&text(10, 100)),
        &support::tables(&text(12, 110)),
    );
    assert_eq!(namen(&v), ["hoeveelheden", "prijzen"]);
    let e = verdeling.van(Route::Grex, "eindwaarde").unwrap();
    assert_eq!((e.a, e.b), (dec!(1000), dec!(1320)));
    assert_eq!(e.volgorde, [dec!(200), dec!(120)]);
    assert_eq!(e.gemiddeld, [dec!(210), dec!(110)]);
    let w = &v.wijzigingen()[0];
    assert_eq!(
        (
            w.tabel,
            w.rij.as_str(),
            w.kolom.as_str(),
            w.a.as_str(),
            w.b.as_str()
        ),
        ("opbrengsten", "O", "hoeveelheid", "10", "12")
    );
    assert!(w.plaats_a.is_some() && w.plaats_b.is_some());
}

#[test]
fn a_change_of_one_cause_gives_it_all() {
    for (adres, factor, oorzaak) in [
        ("kosten[2.1].prijs", "1.1", "prijzen"),
        ("programma[O vrij].aantal", "0.9", "hoeveelheden"),
        ("gebied.rente", "1.5", "rente"),
        ("index[kosten].groei", "1.2", "index"),
        ("baten[bewegen].zekerheid", "0.5", "regels"),
        ("boekwaarde[x].bedrag", "", "realisatie"),
    ] {
        let mut b = VOORBEELD.clone();
        if factor.is_empty() {
            let table = b.table_mut("boekwaarde");
            let column = table.schema.column("bedrag").unwrap();
            table.rows[0].values[column].scalar = Scalar::Number(dec!(950000));
        } else {
            let change = polder::model::address::Change::new(
                adres,
                &polder::problem::Place::file("test"),
                None,
                Some(Value::new(
                    Scalar::Number(factor.parse().unwrap()),
                    polder::problem::Place::file("test"),
                )),
                None,
            )
            .unwrap();
            let (changed, problems) = polder::scenario::apply(&b, &[change]);
            assert!(problems.is_empty());
            b = changed;
        }
        let (v, verdeling) = telt_op(&VOORBEELD, &b);
        assert_eq!(namen(&v), [oorzaak], "{adres}");
        assert!(
            verdeling.uitkomsten.iter().any(|e| e.a != e.b),
            "{adres} does nothing"
        );
        for e in &verdeling.uitkomsten {
            assert_eq!(e.gemiddeld, [e.b - e.a]);
        }
    }
}

#[test]
fn a_year_later_every_cause_has_its_part() {
    let (v, verdeling) = telt_op(&VOORBEELD, &LATER);
    assert_eq!(
        namen(&v),
        [
            "prijspeil",
            "index",
            "rente",
            "programma",
            "hoeveelheden",
            "prijzen",
            "fasering",
            "realisatie",
            "regels",
        ]
    );
    assert!(
        verdeling.blokken.iter().all(|b| b.len() == 1),
        "{:?}",
        verdeling.waarom
    );
    keert_om(&VOORBEELD, &LATER);
    let cause = |tabel: &str, rij: &str, kolom: &str| {
        let found = v
            .wijzigingen()
            .iter()
            .find(|w| w.tabel == tabel && w.rij == rij && w.kolom == kolom)
            .unwrap_or_else(|| panic!("{tabel} {rij} {kolom}"));
        polder::verschil::oorzaken()[found.oorzaak].naam.clone()
    };
    // A price level that is not given goes with peildatum, and is told apart from it.
    assert_eq!(cause("gebied", "prijspeil", "waarde"), "prijspeil");
    assert_eq!(cause("gebied", "peildatum", "waarde"), "realisatie");
    // What was planned for the year that passed left the line; what moves later is phasing.
    assert_eq!(cause("kosten", "1.1", "bedrag"), "realisatie");
    assert_eq!(cause("kosten", "1.1", "fasering"), "realisatie");
    assert_eq!(cause("programma", "O sociaal", "fasering"), "fasering");
    assert_eq!(
        cause("fasering", "W vrij / 2031", "hoeveelheid"),
        "fasering"
    );
    // Tables without effect on the exact record are told under their own cause.
    assert!(
        v.wijzigingen()
            .iter()
            .any(|w| w.tabel == "onzekerheden" && w.soort == Soort::Eraf)
    );
}

/// A profile in amounts and the line that it adds up to are never apart; what needs each other otherwise is taken together and said.
#[test]
fn what_is_no_model_apart_is_taken_together() {
    let base = "[gebied]\npeildatum = 2026-01-01\neindjaar = 2029\nrente = 0.02\n[[partijen]]\npartij = \"gemeente\"\nrol = \"gemeente\"\n";
    let profile = |bedrag: i32, een: i32, twee: i32| {
        format!(
            "{base}[[kosten]]\nid = \"K\"\nbedrag = {bedrag}\n[[fasering]]\nfasering = \"K\"\nperiode = \"2027\"\nbedrag = {een}\n\
             [[fasering]]\nfasering = \"K\"\nperiode = \"2028\"\nbedrag = {twee}\n"
        )
    };
    let (a, b) = (profile(300, 100, 200), profile(330, 200, 130));
    let (v, verdeling) = telt_op(&support::tables(&a), &support::tables(&b));
    assert_eq!(namen(&v), ["prijzen"]);
    assert!(verdeling.waarom.is_none());
    // The end of the grondexploitatie and a tijdstap that its periods need.
    let quarters = format!("{base}[[kosten]]\nid = \"K\"\nbedrag = 300\nfasering = \"2027-K2\"\n")
        .replace("rente = 0.02", "rente = 0.03\ntijdstap = \"kwartaal\"");
    let years = format!("{base}[[kosten]]\nid = \"K\"\nbedrag = 300\nfasering = \"2027\"\n");
    let (a, b) = (support::tables(&years), support::tables(&quarters));
    let (v, verdeling) = telt_op(&a, &b);
    assert_eq!(namen(&v), ["rente", "fasering", "regels"]);
    let blokken: Vec<String> = verdeling
        .blokken
        .iter()
        .map(|b| Verdeling::titel(b))
        .collect();
    assert_eq!(blokken, ["Rente", "Fasering + Afspraken"]);
    assert!(verdeling.waarom.is_some());
    keert_om(&a, &b);
    let folder = temp("samen");
    std::fs::create_dir_all(&folder).unwrap();
    let [one, other] = [("a.toml", &years), ("b.toml", &quarters)].map(|(name, text)| {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path.to_string_lossy().into_owned()
    });
    let output = polder(&["diff", &one, &other, "--json"]);
    let json: serde_json::Value = serde_json::from_str(&text(&output, 0)).unwrap();
    assert_eq!(
        json["oorzaken"],
        serde_json::json!(["rente", "fasering+regels"])
    );
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        err.contains("warning[causes-joined]: Fasering + Afspraken are told as one"),
        "{err}"
    );
    std::fs::remove_dir_all(folder).unwrap();
    // A line that comes with its index group, its deelgebied, its profile and its payer, each of another cause.
    let more = format!(
        "{years}[[indexen]]\nindex = \"nieuw\"\nvanaf = 2027\ngroei = 0.05\n[[partijen]]\npartij = \"bouwer\"\nrol = \"ontwikkelaar\"\n\
         [[deelgebieden]]\ndeelgebied = \"Zuid\"\n[[kosten]]\nid = \"L\"\nbedrag = 1000\nindex = \"nieuw\"\ndeelgebied = \"Zuid\"\n\
         partij = \"bouwer\"\nfasering = \"laat\"\n[[fasering]]\nfasering = \"laat\"\nperiode = \"2028\"\naandeel = 1\n\
         [[kosten]]\nid = \"P\"\npercentage = 0.1\nover = \"L\"\nfasering = \"volgt L +1\"\n"
    );
    let (v, verdeling) = telt_op(&a, &support::tables(&more));
    assert_eq!(namen(&v), ["index", "programma", "fasering", "regels"]);
    assert!(verdeling.waarom.is_none(), "{:?}", verdeling.waarom);
    let e = verdeling.van(Route::Grex, "nominaal_saldo").unwrap();
    assert_eq!(
        e.gemiddeld[1],
        e.b - e.a,
        "the line comes with what it names"
    );
    keert_om(&a, &support::tables(&more));
}

/// One random change to a model: a number times something, a row less, or a row once more.
#[derive(Debug, Clone)]
struct Greep {
    tabel: usize,
    rij: usize,
    kolom: usize,
    hoe: u8,
}

fn verander(tables: &mut Tables, greep: &Greep) {
    let names = [
        "kosten",
        "programma",
        "opbrengsten",
        "indexen",
        "gebied",
        "fasering",
        "baten",
        "objecten",
        "boekwaarde",
        "fonds",
        "partijen",
        "deelgebieden",
    ];
    let table = tables.table_mut(names[greep.tabel % names.len()]);
    if table.rows.is_empty() {
        return;
    }
    let row = greep.rij % table.rows.len();
    match greep.hoe {
        0 if ["kosten", "opbrengsten", "baten"].contains(&table.schema.name) => {
            table.rows.remove(row);
        }
        1 if ["kosten", "opbrengsten", "baten"].contains(&table.schema.name) => {
            let mut copy = table.rows[row].clone();
            copy.values[0].scalar = Scalar::Text(format!("nieuw {}", table.rows.len()));
            table.rows.insert(row, copy);
        }
        2 => table.rows.swap(0, row),
        hoe => {
            let numbers: Vec<usize> = table
                .schema
                .columns
                .iter()
                .enumerate()
                .filter(|(c, column)| {
                    let kind = matches!(
                        column.kind,
                        Kind::Amount | Kind::Number | Kind::Rate | Kind::Any
                    );
                    kind && matches!(table.rows[row].values[*c].scalar, Scalar::Number(_))
                })
                .map(|(c, _)| c)
                .collect();
            if let Some(c) = numbers.get(greep.kolom % numbers.len().max(1))
                && let Scalar::Number(n) = &mut table.rows[row].values[*c].scalar
            {
                *n *= [dec!(0.9), dec!(1.05), dec!(0.5)][usize::from(hoe) % 3];
            }
        }
    }
}

#[test]
fn random_changes_add_up_and_turn_round() {
    let greep =
        (0..12_usize, 0..40_usize, 0..20_usize, 0..9_u8).prop_map(|(tabel, rij, kolom, hoe)| {
            Greep {
                tabel,
                rij,
                kolom,
                hoe,
            }
        });
    let config = Config {
        cases: 24,
        failure_persistence: None,
        ..Config::default()
    };
    let mut runner =
        TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let valid = std::cell::Cell::new(0);
    runner
        .run(&proptest::collection::vec(greep, 1..7), |grepen| {
            let mut b = VOORBEELD.clone();
            for greep in &grepen {
                verander(&mut b, greep);
            }
            let (model, problems) = Model::new(b.clone());
            // What is no model at all has no difference to divide.
            prop_assume!(model.is_some() && !has_errors(&problems));
            telt_op(&VOORBEELD, &b);
            keert_om(&VOORBEELD, &b);
            valid.set(valid.get() + 1);
            Ok(())
        })
        .unwrap();
    assert_eq!(valid.get(), 24);
}

// ------------------------------------------------------------------------------------------------------ from outside

fn polder(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_polder"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(args)
        .env("COLUMNS", "80")
        .env("NO_COLOR", "1")
        .output()
        .unwrap()
}

fn text(output: &Output, code: i32) -> String {
    let out = String::from_utf8(output.stdout.clone()).unwrap();
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{out}\n{err}");
    out
}

fn temp(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("polder-diff-{}-{name}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    folder
}

const A: &str = "models/voorbeeld";
const B: &str = "tests/diff/voorbeeld-2027";

#[test]
fn diff_prints_what_each_cause_does_and_writes_files() {
    let expected = std::fs::read_to_string("tests/diff/expected.txt").unwrap();
    let mut seen: Vec<Vec<Vec<u8>>> = Vec::new();
    for threads in ["1", "3"] {
        let out = temp(threads);
        let shown = out.to_string_lossy().into_owned();
        let printed = text(
            &polder(&["diff", A, B, "--out", &shown, "--threads", threads]),
            0,
        );
        let printed = printed.replace(&shown, "UIT");
        assert!(
            printed == expected,
            "tests/diff/expected.txt is not what diff prints:\n{printed}"
        );
        let mut names: Vec<PathBuf> = std::fs::read_dir(&out)
            .unwrap()
            .map(|e| e.unwrap().path())
            .collect();
        names.sort();
        assert!(
            names
                .iter()
                .any(|n| n.extension().is_some_and(|e| e == "xlsx"))
        );
        assert_eq!(
            names
                .iter()
                .filter(|n| n.extension().is_some_and(|e| e == "csv"))
                .count(),
            4
        );
        seen.push(names.iter().map(|n| std::fs::read(n).unwrap()).collect());
        std::fs::remove_dir_all(out).unwrap();
    }
    assert!(
        seen[0] == seen[1],
        "the files depend on the number of threads"
    );
}

#[test]
fn json_adds_up_and_names_both_places() {
    let json: serde_json::Value =
        serde_json::from_str(&text(&polder(&["diff", A, B, "--json"]), 0)).unwrap();
    let number = |value: &serde_json::Value| -> Decimal {
        let text = value.to_string();
        text.parse().unwrap_or_else(|e| panic!("{text}: {e}"))
    };
    let mut count = 0;
    for route in ["grex", "cofinanciering"] {
        for (adres, e) in json["routes"][route].as_object().unwrap() {
            for way in ["volgorde", "gemiddeld"] {
                let sum: Decimal = e[way].as_object().unwrap().values().map(number).sum();
                assert_eq!(sum, number(&e["verschil"]), "{route} {adres} {way}");
                assert_eq!(sum, number(&e["b"]) - number(&e["a"]));
                count += 1;
            }
        }
    }
    assert!(count > 60, "{count}");
    let causes: BTreeSet<&str> = json["wijzigingen"]
        .as_array()
        .unwrap()
        .iter()
        .map(|w| w["oorzaak"].as_str().unwrap())
        .collect();
    assert_eq!(causes.len(), 10, "{causes:?}");
    let prijs = json["wijzigingen"]
        .as_array()
        .unwrap()
        .iter()
        .find(|w| w["rij"] == "2.1")
        .unwrap();
    assert_eq!(
        (prijs["a"].as_str(), prijs["b"].as_str()),
        (Some("95"), Some("99"))
    );
    for side in ["plaats_a", "plaats_b"] {
        assert!(
            prijs[side].as_str().unwrap().starts_with("model.toml:"),
            "{prijs}"
        );
    }
}

#[test]
fn scenarios_are_sides_too() {
    let model = "models/havenkwartier";
    for b in [
        "scenarios/sober.toml".to_owned(),
        "#scenarios/sober.toml".to_owned(),
        format!("{model}#scenarios/sober.toml"),
    ] {
        let json: serde_json::Value =
            serde_json::from_str(&text(&polder(&["diff", model, &b, "--json"]), 0)).unwrap();
        assert_eq!(json["b"]["naam"], "havenkwartier sober");
        assert_eq!(
            json["oorzaken"],
            serde_json::json!(["hoeveelheden", "prijzen"])
        );
    }
    let many = polder(&["diff", model, "scenarios/rente.toml", "--json"]);
    text(&many, 2);
    let err = String::from_utf8_lossy(&many.stderr).into_owned();
    assert!(
        err.contains("gives 6 scenarios") && err.contains("rente 0.02"),
        "{err}"
    );
    let one = polder(&["diff", model, "#scenarios/rente.toml#rente 0.02", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&text(&one, 0)).unwrap();
    assert_eq!(json["oorzaken"], serde_json::json!(["rente"]));
    let none = polder(&["diff", model, "#nergens"]);
    text(&none, 2);
    assert!(String::from_utf8_lossy(&none.stderr).contains("there are no scenarios"));
}

#[test]
fn what_is_wrong_with_either_side_is_told_at_once() {
    let broken = "tests/problems/setting-unknown";
    let output = polder(&["diff", broken, "tests/problems/rol-unknown"]);
    text(&output, 2);
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(err.contains("A (tests/problems/setting-unknown):"), "{err}");
    assert!(err.contains("B (tests/problems/rol-unknown):"), "{err}");
    assert!(err.matches("error[").count() >= 2, "{err}");
    assert!(!polder(&["diff", A, broken]).status.success());
    assert_eq!(polder(&["diff", A, "nergens"]).status.code(), Some(3));
    assert_eq!(polder(&["diff", A]).status.code(), Some(2));
}

/// Models of the same area that are carried otherwise do not differ.
#[test]
fn another_carrier_is_no_difference() {
    let out = temp("drager");
    let shown = out.to_string_lossy().into_owned();
    text(&polder(&["convert", A, "--to", "xlsx", "--out", &shown]), 0);
    let json: serde_json::Value =
        serde_json::from_str(&text(&polder(&["diff", A, &shown, "--json"]), 0)).unwrap();
    assert_eq!(json["wijzigingen"], serde_json::json!([]), "{json}");
    std::fs::remove_dir_all(out).unwrap();
    assert!(Path::new(A).exists());
}

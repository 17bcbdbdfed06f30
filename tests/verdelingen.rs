//! Distributions, shared numbers and regimes in whole models: what is drawn together, and how often.

#![allow(
    clippy::float_cmp,
    reason = "values of states come out as they were given"
)]

mod support;

use polder::evaluate::Trekking;
use polder::evaluate::Voorbereid;
use polder::model::Model;
use polder::number::Lanes;
use polder::plan::{Diepte, Drijvers, Plan, Route};
use polder::report::{Cell, invoer};
use polder::risk::dependence::pearson_of_spearman;
use polder::risk::distribution::normal_cdf;
use polder::risk::simulation::{Simulatie, Trekker};
use polder::risk::statistics::correlation;

const SEED: u64 = 3;
const W: usize = 16;
const N: u64 = 200_000;

const BASIS: &str = r#"
[gebied]
peildatum = 2026-01-01
eindjaar = 2032
rente = 0.02

[[indexen]]
index = "kosten"
vanaf = 2026
groei = 0.02

[[indexen]]
index = "opbrengsten"
vanaf = 2026
groei = 0.02

[[deelgebieden]]
deelgebied = "Kade"

[[partijen]]
partij = "gemeente"
rol = "gemeente"

[[kosten]]
id = "K1"
bedrag = 100000
deelgebied = "Kade"
index = "kosten"
fasering = "2027-2031"

[[kosten]]
id = "K2"
bedrag = 100000
index = "kosten"
fasering = "2027"

[[kosten]]
id = "K3"
bedrag = 100000
index = "opbrengsten"
fasering = "2027-2031"
"#;

const MARKT: &str = r#"
[[regimes]]
regime = "markt"
toestand = "goed"
kans = 0.2

[[regimes]]
regime = "markt"
toestand = "normaal"
kans = 0.6

[[regimes]]
regime = "markt"
toestand = "slecht"
kans = 0.2
"#;

/// A row of onzekerheden.
fn driver(id: &str, doel: &str, rest: &str) -> String {
    format!("\n[[onzekerheden]]\nid = \"{id}\"\ndoel = \"{doel}\"\n{rest}\n")
}

fn normaal(id: &str, regel: &str, gemiddelde: f64, spreiding: f64, rest: &str) -> String {
    let figures =
        format!("verdeling = \"normaal\"\ngemiddelde = {gemiddelde}\nspreiding = {spreiding}\n");
    driver(id, &format!("kosten[{regel}].bedrag"), &(figures + rest))
}

fn model(text: &str) -> Model {
    support::model(support::tables(&format!("{BASIS}{text}"))).unwrap_or_else(|e| panic!("{e}"))
}

/// What is drawn: per scalar driver the draws; per yearly driver and year the draws.
fn draws(model: &Model, n: u64) -> (Vec<Vec<f64>>, Vec<Vec<Vec<f64>>>) {
    let (drijvers, problems) = Drijvers::resolve(model);
    assert!(problems.is_empty(), "{problems:?}");
    let plan = Plan::new(model, Route::Grex, Diepte::Rekening, drijvers).expect("it compiles");
    let v = Voorbereid::<Lanes<W>>::new(&plan);
    let trekker = Trekker::new(
        &plan,
        Simulatie::gewoon(0, SEED).steekproef,
        &[],
        v.eerste_jaar(),
        v.aantal_jaren(),
    )
    .unwrap_or_else(|e| panic!("{e}"));
    let mut into = Trekking::<Lanes<W>>::geen();
    let mut slots = vec![Vec::new(); plan.drijvers.slots.len()];
    let mut schokken = vec![vec![Vec::new(); v.aantal_jaren()]; plan.drijvers.schokken.len()];
    for first in (0..n).step_by(W) {
        trekker.trek(first, &mut into);
        for (out, lanes) in slots.iter_mut().zip(&into.slots) {
            out.extend(lanes.0);
        }
        for (out, row) in schokken.iter_mut().zip(&into.schokken) {
            for (out, lanes) in out.iter_mut().zip(row) {
                out.extend(lanes.0);
            }
        }
    }
    (slots, schokken)
}

/// Whether a count is that of a binomial within four standard errors.
fn is_binomial(count: usize, n: u64, p: f64) -> bool {
    let (n, count) = (n as f64, count as f64);
    (count - n * p).abs() <= 4.0 * (n * p * (1.0 - p)).sqrt()
}

#[test]
fn a_shared_number_moves_different_ranges_together_and_is_the_same_in_every_model() {
    let shared = model(
        &(normaal("prijs", "K1", 1.0, 0.1, "gedeeld = \"Bouw\"")
            + &normaal("sloop", "K2", 2.0, 0.5, "gedeeld = \"bouw\"")
            + &normaal("grond", "K3", 1.0, 0.1, "")),
    );
    let (slots, _) = draws(&shared, 4_096);
    for ((prijs, sloop), grond) in slots[0].iter().zip(&slots[1]).zip(&slots[2]) {
        assert!(((prijs - 1.0) / 0.1 - (sloop - 2.0) / 0.5).abs() < 1e-12);
        assert!((prijs - grond).abs() > 1e-12);
    }
    // The number belongs to the name, an id as well as gedeeld, and no other driver changes it.
    let other = model(
        &(normaal("grond", "K2", 1.0, 0.1, "")
            + &normaal("Bouw", "K3", 1.0, 0.1, "")
            + &normaal("meer", "K1", 1.0, 0.1, "")),
    );
    let (others, _) = draws(&other, 4_096);
    assert_eq!(slots[0], others[1]);
    assert_eq!(slots[2], others[0]);
    // An id can be named by another row: both draw its number.
    let named = model(
        &(normaal("Bouw", "K1", 1.0, 0.1, "")
            + &normaal("sloop", "K2", 2.0, 0.5, "gedeeld = \"bouw\"")),
    );
    let (named, _) = draws(&named, 4_096);
    assert_eq!((&named[0], &named[1]), (&slots[0], &slots[1]));
}

#[test]
fn a_correlation_holds_for_all_that_share_its_numbers() {
    let rows = normaal("prijs", "K1", 1.0, 0.1, "gedeeld = \"bouw\"")
        + &normaal("sloop", "K2", 2.0, 0.5, "gedeeld = \"bouw\"")
        + &normaal("grond", "K3", 1.0, 0.1, "")
        + "\n[[correlaties]]\na = \"sloop\"\nb = \"grond\"\nrho = 0.6\n"
        // What is true anyway may be said, and so may the same thing twice.
        + "\n[[correlaties]]\na = \"sloop\"\nb = \"prijs\"\nrho = 1\n"
        + "\n[[correlaties]]\na = \"grond\"\nb = \"prijs\"\nrho = 0.6\n";
    let (slots, _) = draws(&model(&rows), N);
    let r = pearson_of_spearman(0.6);
    for shared in [0, 1] {
        // The standard error of the correlation of normals.
        let se = (1.0 - r * r) / (N as f64).sqrt();
        let reached = correlation(&slots[shared], &slots[2]);
        assert!((reached - r).abs() < 4.0 * se, "{reached} instead of {r}");
    }
    for (prijs, sloop) in slots[0].iter().zip(&slots[1]) {
        assert!(((prijs - 1.0) / 0.1 - (sloop - 2.0) / 0.5).abs() < 1e-12);
    }
}

#[test]
fn a_regime_brings_prices_growth_and_delay_in_one_state() {
    let rows = MARKT.to_owned()
        + &driver(
            "prijs",
            "kosten[K1].bedrag",
            "verdeling = \"regime\"\nregime = \"markt\"\nwaarden = \"goed: 1.05; normaal: 1; slecht: 1.2\"",
        )
        + &driver(
            "groei",
            "index[kosten].groei",
            "verdeling = \"regime\"\nregime = \"Markt\"\nper_jaar = \"nee\"\nwaarden = \"slecht: -1,5%; goed: 1%; normaal: 0\"",
        )
        + &driver(
            "laat",
            "deelgebied[Kade].uitstel",
            "verdeling = \"regime\"\nregime = \"markt\"\nwaarden = \"goed: 0; normaal: 0; slecht: 2\"",
        )
        + &normaal("markt", "K3", 1.0, 0.1, "");
    let (slots, _) = draws(&model(&rows), N);
    let mut counts = [0; 3];
    for draw in 0..N as usize {
        let drawn = (slots[0][draw], slots[1][draw], slots[2][draw]);
        let state = [(1.05, 0.01, 0.0), (1.0, 0.0, 0.0), (1.2, -0.015, 2.0)]
            .iter()
            .position(|s| *s == drawn);
        counts[state.unwrap_or_else(|| panic!("{drawn:?} is no state"))] += 1;
    }
    for (count, p) in counts.into_iter().zip([0.2, 0.6, 0.2]) {
        assert!(is_binomial(count, N, p), "{counts:?}");
    }
    // An onzekerheid of the same name as the regime has a number of its own.
    let good = slots[0]
        .iter()
        .zip(&slots[3])
        .filter(|(p, m)| **p == 1.05 && **m < 1.0);
    assert!(is_binomial(good.count(), N, 0.1));
}

#[test]
fn a_yearly_regime_is_one_state_a_year_for_all_and_persists() {
    let rows = MARKT.to_owned()
        + &driver(
            "kosten",
            "index[kosten].groei",
            "verdeling = \"regime\"\nregime = \"markt\"\nwaarden = \"goed: 0.01; normaal: 0; slecht: -0.02\"",
        )
        + &driver(
            "opbrengsten",
            "index[opbrengsten].groei",
            "verdeling = \"regime\"\nregime = \"markt\"\npersistentie = 0.5\nwaarden = \"goed: 0.03; normaal: 0; slecht: -0.05\"",
        );
    let n = 40_000;
    let (_, schokken) = draws(&model(&rows), n);
    let years = schokken[0].len();
    let (mut stayed, mut bad) = (0, 0);
    // The first year is known, and draws nothing.
    for year in 2..years {
        for draw in 0..n as usize {
            let (a, before) = (schokken[0][year][draw], schokken[0][year - 1][draw]);
            let own = schokken[1][year][draw] - 0.5 * schokken[1][year - 1][draw];
            let state = [0.01, 0.0, -0.02]
                .iter()
                .position(|v| *v == a)
                .expect("a state");
            assert!(
                (own - [0.03, 0.0, -0.05][state]).abs() < 1e-15,
                "{year} {draw}"
            );
            bad += usize::from(state == 2);
            stayed += usize::from(state == 2 && before == a);
        }
    }
    let pairs = n * (years as u64 - 2);
    assert!(is_binomial(bad, pairs, 0.2), "{bad} of {pairs}");
    // A new state every year: twice in a row bad is 0.2 x 0.2. Pairs that overlap are correlated a little: 1.4 s.e. more.
    let se = (pairs as f64 * 0.04 * (0.96 + 2.0 * 0.16)).sqrt();
    assert!(
        (stayed as f64 - pairs as f64 * 0.04).abs() < 4.0 * se,
        "{stayed}"
    );
}

#[test]
fn bounds_percentiles_and_observations_are_drawn_as_they_are_given() {
    let rows = normaal("grens", "K1", 1.0, 0.1, "minimum = 0.9\nmaximum = 1.15")
        + &driver(
            "p",
            "kosten[K2].bedrag",
            "verdeling = \"percentielen\"\np10 = 0.9\np50 = 1.0\np90 = 1.3",
        )
        + &driver(
            "w",
            "kosten[K3].bedrag",
            "verdeling = \"waarnemingen\"\nwaarden = \"0,92; 1.05; 101%; 0.97; 1.31\"",
        );
    let model = model(&rows);
    let (slots, _) = draws(&model, N);
    assert!(slots[0].iter().all(|x| (0.9..=1.15).contains(x)));
    let whole = normal_cdf(1.5) - normal_cdf(-1.0);
    let share = |slot: usize, at: f64| slots[slot].iter().filter(|x| **x < at).count();
    assert!(is_binomial(
        share(0, 1.0),
        N,
        (0.5 - normal_cdf(-1.0)) / whole
    ));
    for (at, p) in [(0.9, 0.1), (1.0, 0.5), (1.3, 0.9)] {
        assert!(is_binomial(share(1, at), N, p), "P{}", p * 100.0);
    }
    assert!(slots[2].iter().all(|x| (0.92..=1.31).contains(x)));
    for (at, p) in [(0.97, 0.25), (1.01, 0.5), (1.05, 0.75)] {
        assert!(is_binomial(share(2, at), N, p), "observation {at}");
    }
}

#[test]
fn the_report_shows_what_moves_together() {
    let rows = MARKT.to_owned()
        + &driver(
            "alles",
            "kosten[*].bedrag",
            "verdeling = \"percentielen\"\np10 = 0.9\np50 = 1\np90 = 1.3\nminimum = 0.8\ngedeeld = \"bouw\"",
        )
        + &driver(
            "rente",
            "gebied.rente",
            "verdeling = \"normaal\"\ngemiddelde = 0\nspreiding = 0.005\ngedeeld = \"Bouw\"",
        )
        + &driver(
            "creditrente",
            "gebied.creditrente",
            "verdeling = \"uniform\"\nlaag = -0.01\nhoog = 0\ngedeeld = \"geldmarkt\"",
        )
        + &driver(
            "groei",
            "index[*].groei",
            "verdeling = \"regime\"\nregime = \"markt\"\nwaarden = \"goed: 0.01; normaal: 0; slecht: -0.02\"",
        );
    let model = model(&rows);
    let reports = invoer::onzekerheden(&model, &Drijvers::resolve(&model).0);
    let texts = |r: usize, column: usize| -> Vec<String> {
        let cell = |cells: &[Cell]| match &cells[column] {
            Cell::Text(text) => text.clone(),
            other => format!("{other:?}"),
        };
        reports[r].rows.iter().map(|row| cell(&row.cells)).collect()
    };
    assert_eq!(
        texts(0, 8),
        [
            "één trekking voor 3 regels; gedeeld met rente",
            "gedeeld met alles",
            "gedeeld als geldmarkt",
            "één trekking voor 2 indexgroepen; regime markt",
        ]
    );
    assert_eq!(
        texts(0, 7),
        ["percentielen, vanaf 0,8", "normaal", "uniform", "regime"]
    );
    assert_eq!(texts(1, 1), ["goed", "normaal", "slecht"]);
    assert_eq!(texts(1, 3), ["groei 0,01", "groei 0", "groei -0,02"]);
}

//! What drives the result, against closed forms of linear models; and the same bits for any number of threads.

#![allow(
    clippy::float_cmp,
    reason = "equal bits and degenerate inputs are meant exactly"
)]

mod support;

use polder::explain::{Opname, Vraag, explain_uit};
use polder::model::Model;
use polder::plan::{Diepte, Drijvers, Plan, Route};
use polder::risk::dependence::spearman_of_pearson;
use polder::risk::oorzaken::{Methode, Oorzaken, Soort, kwantiel, vastgezet, zwaai};
use polder::risk::sampling::{Methode as SpreidMethode, Steekproef};
use polder::risk::simulation::{Simulatie, Trekkingen, Vastgezet, simuleer};
use polder::risk::tornado::rho_error;
use std::sync::LazyLock;

/// P90 of the standard normal.
const Z90: f64 = 1.281_551_565_544_600_4;
const N: usize = 40_000;

/// Three costs with a normal factor each, nothing that grows and no interest: the result is linear in three normals.
const LINEAIR: &str = r#"
[gebied]
peildatum = 2026-01-01
eindjaar = 2030
rente = 0

[[partijen]]
partij = "gemeente"
rol = "gemeente"

[[opbrengsten]]
id = "O1"
bedrag = 1000000
fasering = "2028"

[[kosten]]
id = "K1"
bedrag = 100000
fasering = "2027"

[[kosten]]
id = "K2"
bedrag = 200000
fasering = "2027"

[[kosten]]
id = "K3"
bedrag = 300000
fasering = "2028"

[[onzekerheden]]
id = "een"
doel = "kosten[K1].bedrag"
verdeling = "normaal"
gemiddelde = 1
spreiding = 0.3

[[onzekerheden]]
id = "twee"
doel = "kosten[K2].bedrag"
verdeling = "normaal"
gemiddelde = 1.1
spreiding = 0.2

[[onzekerheden]]
id = "drie"
doel = "kosten[K3].bedrag"
verdeling = "normaal"
gemiddelde = 1
spreiding = 0.05
"#;

/// Effect on the result of one standard deviation: minus amount times spread.
const EFFECT: [f64; 3] = [-30_000.0, -40_000.0, -15_000.0];
const MIDDEN: f64 = 1_000_000.0 - 100_000.0 - 220_000.0 - 300_000.0;

fn sd() -> f64 {
    EFFECT.iter().map(|e| e * e).sum::<f64>().sqrt()
}

fn lineair(more: &str) -> Model {
    support::model(support::tables(&format!("{LINEAIR}{more}"))).unwrap_or_else(|e| panic!("{e}"))
}

fn plan(model: &Model, route: Route) -> Plan<'_> {
    let (drijvers, problems) = Drijvers::resolve(model);
    assert!(problems.is_empty(), "{problems:?}");
    Plan::new(model, route, Diepte::Rekening, drijvers).expect("it compiles")
}

fn simulatie(aantal: usize, vast: Vec<Vastgezet>) -> Simulatie {
    Simulatie {
        niveaus: aantal,
        vast,
        ..Simulatie::gewoon(aantal, 7)
    }
}

fn draws(plannen: &[Plan<'_>], simulatie: &Simulatie) -> Trekkingen {
    simuleer(plannen, simulatie, &|_| ()).expect("it runs")
}

#[test]
fn the_tornado_of_a_linear_model_is_its_closed_form() {
    let model = lineair("");
    let plannen = [plan(&model, Route::Grex)];
    let s = simulatie(N, Vec::new());
    let t = draws(&plannen, &s);
    let o = Oorzaken::new(&plannen, &s, &t).expect("it can be told");
    for methode in [Methode::Graad, Methode::Exact] {
        let [tornado] = &o.tornado(&[0], "reeel_saldo", methode).expect("an outcome")[..] else {
            panic!("one route");
        };
        assert_eq!(tornado.trekkingen, N);
        let names: Vec<&str> = tornado.balken.iter().map(|b| b.naam.as_str()).collect();
        assert_eq!(names, ["twee", "een", "drie"]);
        for b in &tornado.balken {
            let truth = spearman_of_pearson(EFFECT[b.oorzaak] / sd());
            let error = rho_error(truth, N);
            assert!((b.rho.value - truth).abs() < 4.0 * error, "{b:?}: {truth}");
            assert!((b.rho.standard_error / error - 1.0).abs() < 0.1, "{b:?}");
            // All three are above 0.1.
            assert!(b.exact);
        }
    }
    assert!(o.tornado(&[0], "salod", Methode::Graad).is_err());
}

#[test]
fn the_swing_of_a_linear_model_is_its_closed_form() {
    let model = lineair("");
    let plan = plan(&model, Route::Grex);
    let swings = zwaai(&plan, "reeel_saldo", &[]).expect("an outcome");
    assert!((swings.midden - MIDDEN).abs() < 1e-6);
    let order: Vec<usize> = swings.balken.iter().map(|z| z.driver).collect();
    assert_eq!(order, [1, 0, 2]);
    for z in &swings.balken {
        let expected = 2.0 * Z90 * EFFECT[z.driver];
        assert!((z.zwaai() - expected).abs() < 1e-6, "{z:?}");
        assert!((z.uitkomst_laag - (MIDDEN - 0.5 * expected)).abs() < 1e-6);
    }
    // One that is held does not swing, and moves the middle.
    let held = vastgezet(&plan, "een = 2").expect("a driver");
    let swings = zwaai(&plan, "reeel_saldo", &held).expect("an outcome");
    assert!((swings.midden - (MIDDEN - 100_000.0)).abs() < 1e-6);
    assert_eq!(swings.balken.len(), 2);
}

#[test]
fn the_worst_draws_of_a_linear_model_share_what_they_should() {
    // In the worst share a of a normal result a driver with correlation r has mean score r m, with m = -phi(z_a)/a.
    let model = lineair("");
    let plannen = [plan(&model, Route::Grex)];
    let s = simulatie(N, Vec::new());
    let t = draws(&plannen, &s);
    let o = Oorzaken::new(&plannen, &s, &t).expect("it can be told");
    let found = o.slechtste(0, "reeel_saldo", 0.1, 2).expect("an outcome");
    let names: Vec<&str> = found.iter().map(|f| f.naam.as_str()).collect();
    assert_eq!(names, ["twee", "een"]);
    let mean = -0.175_498_331_932_486_87 / 0.1;
    for (f, (centre, spread)) in found.iter().zip([(1.1, 0.2), (1.0, 0.3)]) {
        let r = EFFECT[f.oorzaak] / sd();
        let expected = centre + spread * r * mean;
        // The variance within the tail is less than that of the driver itself.
        let error = spread / (0.1 * N as f64).sqrt();
        assert!(
            (f.gemeen.in_staart - expected).abs() < 4.0 * error,
            "{f:?} {expected}"
        );
        let error = spread / (N as f64).sqrt();
        assert!((f.gemeen.overal - centre).abs() < 4.0 * error, "{f:?}");
        assert!(f.gemeen.rang.gemiddelde > 0.6 && f.gemeen.rang.afwijking > 10.0);
    }
}

#[test]
fn reverse_stress_of_a_linear_model_is_its_closed_form() {
    // The likeliest point where the sum of e_i z_i is d: z_i = e_i d / sum of e^2.
    let model = lineair("");
    let plannen = [plan(&model, Route::Grex)];
    let s = simulatie(N, Vec::new());
    let t = draws(&plannen, &s);
    let o = Oorzaken::new(&plannen, &s, &t).expect("it can be told");
    let loss = MIDDEN - 2.0 * sd();
    let found = o.omgekeerd(0, "reeel_saldo", loss, 20).expect("draws");
    let plane = found.vlak.expect("the result varies");
    assert_eq!(found.oorzaken, [1, 0, 2]);
    assert!((plane.uitkomst - loss).abs() < 1e-3);
    // The scores of the drivers are correlated as drawn: 0 within 0.005.
    assert!(
        (plane.afstand - 2.0).abs() < 2.0 * 0.005,
        "{}",
        plane.afstand
    );
    assert!(found.r2 > 0.999, "{}", found.r2);
    let figures = [(1.0, 0.3), (1.1, 0.2), (1.0, 0.05)];
    for (i, value) in found.oorzaken.iter().zip(&plane.waarden) {
        let (centre, spread) = figures[*i];
        let expected = centre + spread * EFFECT[*i] / sd() * -2.0;
        // The correlation of the scores is that of the draws: 0 within 0.005.
        assert!(
            (value - expected).abs() < 0.02 * spread,
            "{i}: {value} {expected}"
        );
    }
    // The draw is a real one near the loss, hardly farther from the middle than the plane.
    assert!((found.trekking.uitkomst - loss).abs() < 0.1 * sd());
    assert!(found.band.0 < loss && loss < found.band.1);
    assert!(found.trekking.afstand < 2.3, "{}", found.trekking.afstand);
    let result: f64 = 1_000_000.0
        - found
            .oorzaken
            .iter()
            .zip(&found.trekking.waarden)
            .map(|(i, v)| v * [100_000.0, 200_000.0, 300_000.0][*i])
            .sum::<f64>();
    assert!((result - found.trekking.uitkomst).abs() < 0.1, "{result}");
    let replayed = t.figuur(0, "reeel_saldo").expect("a figure")[found.nummer as usize];
    assert_eq!(replayed, found.trekking.uitkomst);
}

const SAMENHANG: &str = r#"
[[correlaties]]
a = "een"
b = "twee"
rho = 0.6

[[risicos]]
risico = "brand"
kans = 0.3
laag = 10000
modus = 20000
hoog = 60000
periode = "2028"
"#;

#[test]
fn correlated_drivers_and_risks_are_told_from_their_values() {
    let model = lineair(SAMENHANG);
    let plannen = [plan(&model, Route::Grex)];
    let run = simulatie(N, Vec::new());
    let t = draws(&plannen, &run);
    let o = Oorzaken::new(&plannen, &run, &t).expect("it can be told");
    let told = o
        .tornado(&[0], "reeel_saldo", Methode::Graad)
        .expect("an outcome");
    let bars = &told[0].balken;
    let rho = |naam: &str| {
        bars.iter()
            .find(|b| b.naam == naam)
            .expect("a bar")
            .rho
            .value
    };
    // Normals with Pearson r: the result moves by (e1 + r e2) with the first. The risk adds a little that is not normal.
    let pearson = polder::risk::dependence::pearson_of_spearman(0.6);
    let kans: f64 = 0.3;
    let (mean, variance) = ((10_000.0 + 80_000.0 + 60_000.0) / 6.0, {
        let m: f64 = (10_000.0 + 80_000.0 + 60_000.0) / 6.0;
        (m - 10_000.0) * (60_000.0 - m) / 7.0
    });
    let risk = kans * variance + kans * (1.0 - kans) * mean * mean;
    let normal = sd() * sd() + 2.0 * pearson * EFFECT[0] * EFFECT[1];
    let all = (normal + risk).sqrt();
    for (naam, own, other) in [("een", 0, 1), ("twee", 1, 0)] {
        let truth = spearman_of_pearson((EFFECT[own] + pearson * EFFECT[other]) / all);
        assert!(
            (rho(naam) - truth).abs() < 0.02,
            "{naam}: {} {truth}",
            rho(naam)
        );
    }
    // Point-biserial by ranks, roughly: below zero and no more than its share of the spread.
    let share = risk.sqrt() / all;
    assert!(
        (-share..-0.5 * share).contains(&rho("brand")),
        "{} {share}",
        rho("brand")
    );
    // Correlated scores: the likeliest point is S e d / (e' S e).
    let found = o
        .omgekeerd(0, "reeel_saldo", MIDDEN - kans * mean - 1.5 * all, 20)
        .expect("draws");
    let plane = found.vlak.expect("it varies");
    let names: Vec<&str> = found
        .oorzaken
        .iter()
        .map(|i| o.lijst()[*i].naam.as_str())
        .collect();
    let z = |naam: &str, centre: f64, spread: f64| {
        let at = names.iter().position(|n| *n == naam).expect("it matters");
        (plane.waarden[at] - centre) / spread
    };
    let expected = -1.5 * (EFFECT[0] + pearson * EFFECT[1]) / all;
    assert!(
        (z("een", 1.0, 0.3) - expected).abs() < 0.08,
        "{} {expected}",
        z("een", 1.0, 0.3)
    );
}

#[test]
fn the_percentiles_of_a_risk_are_those_of_what_it_costs() {
    let model = lineair(SAMENHANG);
    let plan = plan(&model, Route::Grex);
    assert_eq!(kwantiel(&plan, 3, 0.5), 0.0);
    assert_eq!(kwantiel(&plan, 3, 0.7), 0.0);
    // Above 0.7 it happens: 0.85 is the median of PERT(10, 20, 60), a beta on shapes 1.8 and 4.2 (scipy: 0.2766722593925189).
    let median = kwantiel(&plan, 3, 0.85);
    assert!((median - 23_833.612_97).abs() < 1e-4, "{median}");
    let swings = zwaai(&plan, "reeel_saldo", &[]).expect("an outcome");
    let risk = swings
        .balken
        .iter()
        .find(|z| z.driver == 3)
        .expect("a swing");
    assert_eq!(risk.laag, 0.0);
    assert!((risk.zwaai() + risk.hoog).abs() < 1e-6);
}

static W: LazyLock<Model> = LazyLock::new(|| {
    support::model(support::tables_in("models/benchmark-w")).unwrap_or_else(|e| panic!("{e}"))
});

#[test]
fn the_drivers_of_w_are_those_of_its_peers() {
    let plannen = [plan(&W, Route::Cofinanciering)];
    let s = simulatie(4_096, Vec::new());
    let t = draws(&plannen, &s);
    let o = Oorzaken::new(&plannen, &s, &t).expect("it can be told");
    let count = |soort| o.lijst().iter().filter(|x| x.soort == soort).count();
    assert_eq!(o.lijst().len(), 332);
    assert_eq!(count(Soort::Onzekerheid), 300);
    assert_eq!((count(Soort::Index), count(Soort::Uitstel)), (6, 4));
    assert_eq!(
        (
            count(Soort::Rente),
            count(Soort::Creditrente),
            count(Soort::Risico)
        ),
        (1, 1, 20)
    );
    let index = o
        .lijst()
        .iter()
        .find(|x| x.soort == Soort::Index)
        .expect("six");
    assert_eq!(index.naam, "index Slopen in 2055");
    assert_eq!(index.drijvers, ["prijzen Slopen"]);
    let by = |m| {
        o.tornado(&[0], "ncw", m)
            .expect("an outcome")
            .remove(0)
            .balken
    };
    let (grade, exact) = (by(Methode::Graad), by(Methode::Exact));
    for b in &exact {
        let g = grade
            .iter()
            .find(|g| g.oorzaak == b.oorzaak)
            .expect("both tell all");
        // At 4,096 draws; at 100,000 it is five times as near.
        assert!((g.rho.value - b.rho.value).abs() < 1e-3, "{g:?} {b:?}");
        assert!(!g.exact || g.rho.value == b.rho.value);
    }
    // The reference values of ten million draws by another engine.
    for (naam, rho) in [
        ("index Woningbouw in 2055", 0.661),
        ("index Bedrijven in 2055", 0.458),
        ("gebied.rente", -0.168),
        ("gebied.creditrente", -0.159),
        ("index Inrichting in 2055", 0.053),
    ] {
        let found = exact.iter().find(|b| b.naam == naam).expect("a bar").rho;
        assert!(
            (found.value - rho).abs() < 4.0 * found.standard_error + 5e-4,
            "{naam} {found:?}"
        );
    }
}

#[test]
fn any_number_of_threads_tells_the_same() {
    let plannen = Route::BEIDE.map(|r| plan(&W, r));
    let s = simulatie(3_000, Vec::new());
    let t = draws(&plannen, &s);
    let told = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("a pool");
        pool.install(|| {
            let o = Oorzaken::new(&plannen, &s, &t).expect("it can be told");
            let all = o
                .tornado(&[0, 1], "ncw", Methode::Graad)
                .expect("an outcome");
            let tail = o.slechtste(1, "ncw", 0.1, 12).expect("an outcome");
            let point = o.omgekeerd(1, "ncw", -1e7, 12).expect("draws");
            format!("{all:?} {tail:?} {point:?}")
        })
    };
    let one = told(1);
    for threads in [2, 3, 7] {
        assert!(one == told(threads), "{threads} threads");
    }
    // Routes told together are told as they are alone.
    let o = Oorzaken::new(&plannen, &s, &t).expect("it can be told");
    let both = o
        .tornado(&[0, 1], "ncw", Methode::Graad)
        .expect("an outcome");
    for route in [0, 1] {
        let alone = o
            .tornado(&[route], "ncw", Methode::Exact)
            .expect("an outcome");
        for b in &alone[0].balken {
            let told = both[route]
                .balken
                .iter()
                .find(|x| x.oorzaak == b.oorzaak)
                .expect("all");
            assert!(
                !told.exact || told.rho.value == b.rho.value,
                "{told:?} {b:?}"
            );
        }
    }
}

#[test]
fn what_is_held_drives_nothing() {
    let plannen = [plan(&W, Route::Cofinanciering)];
    let held = vastgezet(
        &plannen[0],
        "rente = P90; creditrente = -0.01; raming K* = 1; Index woningbouw = -0.01; R01 = 0; uitstel Noord = 2",
    )
    .expect("drivers of W");
    assert_eq!(held.len(), 205);
    // Triangular on .015, .030, .055: hoog - sqrt((1 - p) (hoog - laag) (hoog - modus)).
    let p90 = 0.055 - (0.1_f64 * 0.04 * 0.025).sqrt();
    assert!((held[0].waarde - p90).abs() < 1e-12);
    let s = simulatie(640, held);
    let t = draws(&plannen, &s);
    let o = Oorzaken::new(&plannen, &s, &t).expect("it can be told");
    assert_eq!(o.lijst().len(), 332 - 200 - 2 - 1 - 1 - 1);
    for naam in [
        "gebied.rente",
        "gebied.creditrente",
        "R01",
        "uitstel Noord",
        "index Woningbouw in 2055",
    ] {
        assert!(o.lijst().iter().all(|x| x.naam != naam), "{naam}");
    }
    let bars = o.tornado(&[0], "ncw", Methode::Graad).expect("an outcome");
    assert_eq!(bars[0].balken.len(), o.lijst().len());
}

#[test]
fn without_levels_index_groups_are_left_out() {
    let plannen = [plan(&W, Route::Cofinanciering)];
    let s = Simulatie::gewoon(640, 7);
    let t = draws(&plannen, &s);
    let o = Oorzaken::new(&plannen, &s, &t).expect("it can be told");
    assert_eq!(o.lijst().len(), 326);
    assert_eq!(o.aantal(), 640);
}

#[test]
fn what_cannot_be_held_is_told() {
    let plan = plan(&W, Route::Cofinanciering);
    let refused = |text: &str| vastgezet(&plan, text).expect_err(text).to_string();
    assert!(refused("rentes = P90").contains("did you mean \"rente\"?"));
    assert!(refused("rente").contains("holds no ="));
    assert!(refused("rente = veel").contains("not-a-number"));
    assert!(refused("rente = P100").contains("between P0 and P100"));
    assert!(refused("uitstel Noord = 6").contains("from 0 to 5 years"));
    assert!(refused("uitstel Noord = 1.5").contains("whole periods"));
    for empty in ["", " ; "] {
        let told = refused(empty);
        assert!(
            told.contains("--fix")
                && told.contains("names no driver")
                && told.contains("raming K001"),
            "{told}"
        );
    }
    let told = refused("raming K002 = 1.3; raming * = P50; raming K002 = P10");
    assert!(
        told.contains("held twice")
            && told.contains("\"raming K002 = 1.3\" and \"raming K002 = P10\""),
        "{told}"
    );
    // The last one counts.
    let held = vastgezet(&plan, "raming * = P50; raming K002 = 1.3").expect("drivers");
    assert_eq!(held.len(), 300);
    assert_eq!(held[1].waarde, 1.3);
}

#[test]
fn a_yearly_driver_swings_every_year_alike() {
    let more = r#"
[[indexen]]
index = "bouw"
vanaf = 2027
groei = 0.02

[[kosten]]
id = "K4"
bedrag = 500000
index = "bouw"
fasering = "2029"

[[onzekerheden]]
id = "bouwprijs"
doel = "index[bouw].groei"
verdeling = "normaal"
gemiddelde = 0
spreiding = 0.01
persistentie = 0.5
"#;
    let model = lineair(more);
    let plan = plan(&model, Route::Grex);
    let swings = zwaai(&plan, "eindwaarde", &[]).expect("an outcome");
    let z = swings
        .balken
        .iter()
        .find(|z| z.driver == 3)
        .expect("the fourth driver");
    assert!((z.hoog - 0.01 * Z90).abs() < 1e-12 && z.laag == -z.hoog);
    // 2027 to 2029 at 2 % plus the deviation; no interest.
    let level = |d: f64| -500_000.0 * (1.02 + d).powi(3);
    let expected = level(z.hoog) - level(z.laag);
    assert!((z.zwaai() - expected).abs() < 1e-3, "{z:?} {expected}");
}

#[test]
fn an_explained_draw_tells_its_drivers() {
    let draw = |trekking| {
        let vraag = Vraag {
            model: &W,
            route: Route::Cofinanciering,
            adres: "ncw",
            diepte: 1,
            trekking: None,
        };
        explain_uit(&vraag, trekking, None).expect("a result")
    };
    assert!(draw(None).drijvers.is_empty());
    let steekproef = Steekproef {
        methode: SpreidMethode::Latijns,
        seed: 7,
        per_herhaling: 640,
    };
    let told = draw(Some((77, steekproef)));
    // 300 lines, 6 indexen, 4 delays, 2 rates, 20 risks; those with most influence first.
    assert_eq!(told.drijvers.len(), 332);
    assert_eq!(told.drijvers[0].naam, "prijzen Woningbouw");
    let sizes: Vec<f64> = told
        .drijvers
        .iter()
        .map(|d| d.zwaai.expect("asked").abs())
        .collect();
    assert!(sizes.is_sorted_by(|a, b| a >= b));
    let years: Vec<i32> = told.drijvers[0]
        .waarden
        .iter()
        .filter_map(|(year, _)| *year)
        .collect();
    assert_eq!((years[0], years.len() >= 29), (2027, true));
    let text = told.tekst();
    assert!(
        text.contains("trekking 77, seed 7, Latijnse hyperkubus van 640"),
        "{text}"
    );
    assert!(text.contains("\n    prijzen Woningbouw = 2027 "), "{text}");
    assert!(
        text.contains("en nog 320, met minder invloed op de NCW"),
        "{text}"
    );
    let json = told.json();
    let drivers = json["drijvers"].as_array().expect("a list");
    assert_eq!(drivers.len(), 332);
    assert!(json["delen"][0]["drijvers"].is_null());
    assert!(drivers[0]["per_jaar"]["2027"].is_number());
    // They are the values of that draw: the rate among the columns of the simulation.
    let rente = drivers
        .iter()
        .find(|d| d["naam"] == "rente")
        .expect("a driver");
    let s = Simulatie {
        steekproef,
        ..simulatie(640, Vec::new())
    };
    let plannen = [plan(&W, Route::Cofinanciering)];
    let t = draws(&plannen, &s);
    let ncw = told.waarde.to_string().parse::<f64>().expect("a number");
    assert!((t.figuur(0, "ncw").expect("a figure")[77] - ncw).abs() < 1e-6);
    let drawn = rente["waarde"]
        .to_string()
        .parse::<f64>()
        .expect("a number");
    assert!((0.015..0.055).contains(&drawn) && f64::from(drawn as f32) == drawn);
    // Few drivers stand in the order of their table.
    let model = lineair(SAMENHANG);
    let few =
        Opname::new(&model, Route::Grex, Some((3, 7))).and_then(|o| o.explain("reeel_saldo", 1));
    let few = few.expect("a result");
    let names: Vec<&str> = few.drijvers.iter().map(|d| d.naam.as_str()).collect();
    assert_eq!(names, ["een", "twee", "drie", "brand"]);
    assert!(few.drijvers.iter().all(|d| d.zwaai.is_none()));
}

#[test]
fn a_draw_of_any_sampling_is_explained_as_it_was_drawn() {
    let model = support::model(support::tables_in("models/havenkwartier"))
        .unwrap_or_else(|e| panic!("{e}"));
    let plannen = Route::BEIDE.map(|r| plan(&model, r));
    for methode in [
        SpreidMethode::Willekeurig,
        SpreidMethode::Antithetisch,
        SpreidMethode::Latijns,
        SpreidMethode::Sobol,
    ] {
        let steekproef = Steekproef {
            methode,
            seed: 7,
            per_herhaling: 128,
        };
        let run = Simulatie {
            steekproef,
            ..Simulatie::gewoon(256, 7)
        };
        let t = draws(&plannen, &run);
        for (r, route) in Route::BEIDE.into_iter().enumerate() {
            let told = Opname::uit(&model, route, Some((201, steekproef)))
                .and_then(|o| o.explain("ncw", 1))
                .expect("a result");
            let exact = told.waarde.to_string().parse::<f64>().expect("a number");
            let fast = t.figuur(r, "ncw").expect("a figure")[201];
            assert!(
                (fast - exact).abs() < 1e-6,
                "{methode:?} {route:?}: {fast} {exact}"
            );
        }
    }
}

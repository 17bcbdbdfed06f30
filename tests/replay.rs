//! Draws of whole models again, one by one, in exact arithmetic; and the same bits whatever the threads, the parts and the processor.
//!
//! `POLDER_DEEP=1` (see `just deep`) takes more draws.

mod support;

use polder::evaluate::{Trekking, Voorbereid, Werk, evaluate};
use polder::model::Model;
use polder::number::{Exact, Lanes, to_f64};
use polder::plan::{Diepte, Drijvers, Plan, Route};
use polder::risk::antwoorden::{Antwoorden, KANSEN};
use polder::risk::sampling::{GROEP, Methode, Steekproef};
use polder::risk::simulation::{LANES, Simulatie, Trekker, Trekkingen, simuleer, uitkomsten};
use polder::risk::statistics::{Estimate, Sorted};
use polder::risk::tornado::{Centered, rho_error, spearman_with};
use rayon::prelude::*;
use rust_decimal::prelude::ToPrimitive;

const SEED: u64 = 20_261_125;

/// The most that a fast figure may be off, in euro.
const EURO: f64 = 1e-6;

fn model(folder: &str) -> Model {
    support::model(support::tables_in(folder)).unwrap_or_else(|problems| panic!("{problems}"))
}

fn plan(model: &Model, route: Route) -> Plan<'_> {
    let (drijvers, problems) = Drijvers::resolve(model);
    assert!(problems.is_empty(), "{problems:?}");
    Plan::new(model, route, Diepte::Rekening, drijvers).expect("it compiles")
}

fn plannen(model: &Model) -> [Plan<'_>; 2] {
    Route::BEIDE.map(|route| plan(model, route))
}

/// A run of all figures, nothing else.
fn run(plannen: &[Plan<'_>], simulatie: &Simulatie) -> Trekkingen {
    simuleer(plannen, simulatie, &|_| ()).unwrap_or_else(|problem| panic!("{problem}"))
}

/// Draws of a run that are counted, more with `POLDER_DEEP`.
fn aantal(usual: usize, deep: usize) -> usize {
    if std::env::var_os("POLDER_DEEP").is_some() {
        deep
    } else {
        usual
    }
}

/// The largest difference of any figure between the fast and the exact arithmetic over the first draws; years must be the same.
fn replay(plan: &Plan<'_>, simulatie: &Simulatie) -> f64 {
    let fast = run(std::slice::from_ref(plan), simulatie);
    let v = Voorbereid::<Exact>::new(plan);
    let trekker = Trekker::new(
        plan,
        simulatie.steekproef,
        &simulatie.vast,
        v.eerste_jaar(),
        v.aantal_jaren(),
    )
    .unwrap_or_else(|problem| panic!("{problem}"));
    (0..simulatie.aantal())
        .into_par_iter()
        .map_init(
            || Werk::new(plan, false),
            |werk, i| {
                let draw = simulatie.bereik.start + i as u64;
                let u = evaluate(&v, &trekker.exact(draw), werk);
                let mut figures = Vec::new();
                uitkomsten(plan, &u, werk, &mut figures);
                let mut worst = 0.0_f64;
                for ((naam, column), figure) in
                    fast.namen.iter().zip(&fast.waarden[0]).zip(&figures)
                {
                    let exact = figure.0.and_then(|d| d.to_f64()).expect("a number");
                    if naam == "laagste_stand_jaar" {
                        let year = f64::from(plan.timeline.year(exact as usize));
                        assert!((column[i] - year).abs() < 0.5, "{naam} of draw {draw}");
                    } else {
                        worst = worst.max((column[i] - exact).abs());
                    }
                }
                worst
            },
        )
        .reduce(|| 0.0, f64::max)
}

#[test]
fn draws_of_the_benchmark_are_exact_evaluations() {
    let model = model("models/benchmark-w");
    let worst = replay(
        &plan(&model, Route::Cofinanciering),
        &Simulatie::gewoon(aantal(2_000, 20_000), SEED),
    );
    assert!(worst < EURO, "{worst}");
}

#[test]
fn draws_of_havenkwartier_are_exact_evaluations() {
    let model = model("models/havenkwartier");
    for plan in plannen(&model) {
        let worst = replay(&plan, &Simulatie::gewoon(aantal(2_000, 20_000), SEED));
        assert!(worst < EURO, "{worst} in route {}", plan.route.naam());
    }
}

/// All ways to spread draws, in repetitions of an odd number of groups.
fn methoden() -> [Steekproef; 4] {
    [
        Methode::Willekeurig,
        Methode::Antithetisch,
        Methode::Latijns,
        Methode::Sobol,
    ]
    .map(|methode| Steekproef {
        methode,
        seed: SEED,
        per_herhaling: 5 * GROEP,
    })
}

#[test]
fn draws_of_every_method_are_exact_evaluations() {
    let model = model("models/benchmark-w");
    let plan = plan(&model, Route::Cofinanciering);
    for steekproef in methoden() {
        let simulatie = Simulatie {
            steekproef,
            bereik: 3 * GROEP..3 * GROEP + aantal(100, 2_000) as u64,
            ..Simulatie::gewoon(0, SEED)
        };
        let worst = replay(&plan, &simulatie);
        assert!(worst < EURO, "{worst}: {:?}", steekproef.methode);
    }
}

/// Reference values of W: 10 million draws of another program (design of the benchmark, point 2), with the error of their own that
/// goes with so many.
#[test]
fn the_benchmark_agrees_with_its_reference_values() {
    const OF_REFERENCE: f64 = 1e7;
    let n = aantal(40_000, 1_000_000);
    let model = model("models/benchmark-w");
    let plan = plan(&model, Route::Cofinanciering);
    let simulatie = Simulatie::gewoon(n, SEED);
    let all = run(std::slice::from_ref(&plan), &simulatie);
    let both = (1.0 + n as f64 / OF_REFERENCE).sqrt();
    let close = |what: &str, found: Estimate, expected: f64| {
        let se = found.standard_error * both;
        assert!(
            (found.value - expected).abs() < 4.0 * se,
            "{what}: {} and {expected}, standard error {se}",
            found.value
        );
    };
    let told = |naam: &str| {
        let draws = all.figuur(0, naam).expect("a figure");
        Antwoorden::new(draws, &Sorted::new(draws), None).expect("draws")
    };
    let (ncw, badkuip) = (told("ncw"), told("laagste_stand"));
    close("NCW", ncw.mean, 4_118_916.0);
    close("NCW sd", ncw.sd, 10_564_968.0);
    for (what, of, at, expected) in [
        ("NCW P5", &ncw, 1, -11_042_713.0),
        ("NCW P50", &ncw, 4, 2_983_901.0),
        ("NCW P95", &ncw, 7, 23_138_981.0),
        ("badkuip P5", &badkuip, 1, -32_857_323.0),
        ("badkuip P50", &badkuip, 4, -22_149_948.0),
    ] {
        assert!([0.05, 0.5, 0.95].contains(&KANSEN[at]));
        close(what, of.percentielen[at], expected);
    }
    close("P(NCW < 0)", ncw.onder_nul, 0.3784);
    close("P(nominal < 0)", told("reeel_saldo").onder_nul, 0.1792);
    close("eindwaarde", told("eindwaarde").mean, 10_483_945.0);
    close("badkuip", badkuip.mean, -22_940_672.0);
    close("fund", told("fonds_laagste").mean, 150_694.0);
    // A fund that lends all it has is empty, and not a rounding below zero.
    assert_eq!(told("fonds_laagste").onder_nul.value.to_bits(), 0);

    // Rank correlations with NCW, printed in three decimals.
    let uitkomst = Centered::new(all.figuur(0, "ncw").expect("a figure"));
    let rank = |what: &str, values: &[f32], expected: f64| {
        let rho = spearman_with(&uitkomst, values);
        let allowed = 4.0 * rho_error(rho, n) * both + 0.0005;
        assert!(
            (rho - expected).abs() < allowed,
            "{what}: {rho} and {expected}"
        );
    };
    let v = Voorbereid::<Exact>::new(&plan);
    let trekker = Trekker::new(
        &plan,
        simulatie.steekproef,
        &[],
        v.eerste_jaar(),
        v.aantal_jaren(),
    )
    .unwrap_or_else(|problem| panic!("{problem}"));
    let namen = plan.drijver_namen();
    let slot = |naam: &str| namen.iter().position(|n| *n == naam).expect("a driver");
    let (debet, credit, risico) = (slot("rente"), slot("creditrente"), slot("R15"));
    let growth: Vec<f64> = model
        .indexen
        .iter()
        .map(|i| to_f64(i.groei(2027).expect("one growth for all years").value))
        .collect();
    let mut columns: [Vec<f32>; 9] = std::array::from_fn(|_| Vec::new());
    let mut group = Trekking::<Lanes<64>>::geen();
    for first in (0..n as u64).step_by(64) {
        trekker.trek(first, &mut group);
        for lane in 0..64.min(n - first as usize) {
            let at = |slot: usize| group.slots[slot].0[lane];
            columns[0].push(at(debet) as f32);
            columns[1].push((at(debet) + at(credit)) as f32);
            columns[2].push(at(risico) as f32);
            // The price level of the last year: that growth, and its deviations, year after year.
            for (g, row) in group.schokken.iter().enumerate() {
                let level =
                    (1..30).fold(1.0, |level, i| level * (1.0 + growth[g] + row[i].0[lane]));
                columns[3 + g].push(level as f32);
            }
        }
    }
    for (what, column, expected) in [
        ("rente", 0, -0.168),
        ("creditrente", 1, -0.159),
        ("R15", 2, -0.044),
        ("Slopen", 3, 0.043),
        ("Riolering", 5, 0.045),
        ("Inrichting", 6, 0.053),
        ("Woningbouw", 7, 0.661),
        ("Bedrijven", 8, 0.458),
    ] {
        rank(what, &columns[column], expected);
    }
}

/// The bits of all figures, by route, figure and draw.
fn bits(run: &Trekkingen) -> Vec<Vec<u64>> {
    let columns = run.waarden.iter().flatten();
    columns
        .map(|column| column.iter().map(|v| v.to_bits()).collect())
        .collect()
}

#[test]
fn threads_and_parts_give_the_same_bits() {
    const N: u64 = 1_500;
    for (folder, routes) in [
        ("models/benchmark-w", vec![Route::Cofinanciering]),
        ("models/havenkwartier", Route::BEIDE.to_vec()),
    ] {
        let model = model(folder);
        let plannen: Vec<Plan<'_>> = routes.iter().map(|r| plan(&model, *r)).collect();
        for steekproef in methoden() {
            let part = |bereik: std::ops::Range<u64>, threads: usize| {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
                let simulatie = Simulatie {
                    steekproef,
                    bereik,
                    ..Simulatie::gewoon(0, SEED)
                };
                pool.expect("a pool of threads")
                    .install(|| bits(&run(&plannen, &simulatie)))
            };
            let whole = part(0..N, 1);
            for threads in [2, 3, 7] {
                assert!(
                    whole == part(0..N, threads),
                    "{folder}, {:?}, {threads} threads",
                    steekproef.methode
                );
            }
            for cuts in [vec![GROEP], vec![512, 1024], vec![192, 640, 1472]] {
                let mut joined: Vec<Vec<u64>> = vec![Vec::new(); whole.len()];
                let mut from = 0;
                for to in cuts.iter().copied().chain([N]) {
                    for (into, column) in joined.iter_mut().zip(part(from..to, 2)) {
                        into.extend(column);
                    }
                    from = to;
                }
                assert!(
                    whole == joined,
                    "{folder}, {:?}, cut at {cuts:?}",
                    steekproef.methode
                );
            }
        }
    }
}

/// A run takes the widest instructions of the processor; here the same draws with those that every processor has.
#[test]
fn wide_instructions_give_the_same_bits() {
    const N: usize = 512;
    for (folder, route) in [
        ("models/benchmark-w", Route::Cofinanciering),
        ("models/havenkwartier", Route::Cofinanciering),
    ] {
        let model = model(folder);
        let plan = plan(&model, route);
        let v = Voorbereid::<Lanes<LANES>>::new(&plan);
        for steekproef in methoden() {
            let trekker = Trekker::new(&plan, steekproef, &[], v.eerste_jaar(), v.aantal_jaren())
                .unwrap_or_else(|problem| panic!("{problem}"));
            let simulatie = Simulatie {
                steekproef,
                ..Simulatie::gewoon(N, SEED)
            };
            let wide = run(std::slice::from_ref(&plan), &simulatie);
            let (mut trekking, mut werk) = (Trekking::geen(), Werk::new(&plan, false));
            let mut figures = Vec::new();
            for first in (0..N).step_by(LANES) {
                trekker.trek(first as u64, &mut trekking);
                let u = evaluate(&v, &trekking, &mut werk);
                uitkomsten(&plan, &u, &werk, &mut figures);
                for ((naam, column), figure) in
                    wide.namen.iter().zip(&wide.waarden[0]).zip(&figures)
                {
                    if naam == "laagste_stand_jaar" {
                        continue;
                    }
                    for (lane, value) in figure.0.iter().enumerate() {
                        assert_eq!(
                            column[first + lane].to_bits(),
                            value.to_bits(),
                            "{folder}, {:?}, {naam} of draw {}",
                            steekproef.methode,
                            first + lane
                        );
                    }
                }
            }
        }
    }
}

//! Draws against the exact arithmetic on the same values, and flows valued beforehand against flows kept as series.

use polder::evaluate::{Trekking, Voorbereid, Werk, evaluate};
use polder::model::Model;
use polder::number::{Exact, Lanes};
use polder::plan::{Diepte, Drijvers, Plan, Route};
use polder::read::read_model;
use polder::risk::simulation::{Simulatie, Trekker, simuleer, uitkomsten};
use rust_decimal::prelude::ToPrimitive;
use std::path::Path;

const SEED: u64 = 1;

fn model() -> Model {
    let read = read_model(Path::new("models/havenkwartier")).expect("the example is there");
    Model::new(read.tables).0.expect("the example is valid")
}

fn figures(model: &Model, route: Route, diepte: Diepte, draw: u64) -> Vec<f64> {
    let plan = Plan::new(model, route, diepte, Drijvers::resolve(model).0).expect("it compiles");
    let v = Voorbereid::<Exact>::new(&plan);
    let trekker = Trekker::new(
        &plan,
        Simulatie::gewoon(0, SEED).steekproef,
        &[],
        v.eerste_jaar(),
        v.aantal_jaren(),
    )
    .expect("its drivers can be drawn");
    let mut werk = Werk::new(&plan, false);
    let u = evaluate(&v, &trekker.exact(draw), &mut werk);
    let mut out = Vec::new();
    uitkomsten(&plan, &u, &werk, &mut out);
    out.iter()
        .map(|x| x.0.and_then(|d| d.to_f64()).expect("a number"))
        .collect()
}

#[test]
fn a_draw_gives_the_same_fast_exact_and_by_series() {
    let model = model();
    let (drijvers, _) = Drijvers::resolve(&model);
    let plannen = Route::BEIDE
        .map(|r| Plan::new(&model, r, Diepte::Rekening, drijvers.clone()).expect("it compiles"));
    let all = simuleer(&plannen, &Simulatie::gewoon(20, SEED), &|_| ()).expect("it runs");
    let year = all
        .namen
        .iter()
        .position(|n| n == "laagste_stand_jaar")
        .expect("a figure");
    for (r, route) in Route::BEIDE.into_iter().enumerate() {
        for draw in [0, 7, 19] {
            let valued = figures(&model, route, Diepte::Rekening, draw);
            let series = figures(&model, route, Diepte::Opgave, draw);
            for (i, naam) in all.namen.iter().enumerate() {
                // The last digit of an f64 of some tens of millions is 4e-9.
                assert!(
                    (valued[i] - series[i]).abs() < 1e-9 + 4e-16 * valued[i].abs(),
                    "{naam} of draw {draw}: {} valued, {} by series",
                    valued[i],
                    series[i]
                );
                let fast = all.waarden[r][i][draw as usize];
                let fast = if i == year {
                    fast - f64::from(plannen[r].timeline.year(0))
                } else {
                    fast
                };
                assert!(
                    (fast - valued[i]).abs() < 1e-6,
                    "{naam} of draw {draw}: {fast} fast, {} exact",
                    valued[i]
                );
            }
        }
    }
}

#[test]
fn shocks_that_nobody_asks_can_be_left_out() {
    let model = model();
    let plan = Plan::new(
        &model,
        Route::Grex,
        Diepte::Rekening,
        Drijvers::resolve(&model).0,
    )
    .expect("it compiles");
    let v = Voorbereid::<Lanes<4>>::new(&plan);
    let mut trekker = Trekker::new(
        &plan,
        Simulatie::gewoon(0, SEED).steekproef,
        &[],
        v.eerste_jaar(),
        v.aantal_jaren(),
    )
    .expect("its drivers can be drawn");
    let (mut whole, mut part) = (Trekking::<Lanes<4>>::geen(), Trekking::<Lanes<4>>::geen());
    trekker.trek(8, &mut whole);
    let last = v.laatste_schok();
    trekker.beperk(&last);
    trekker.trek(8, &mut part);
    for (s, last) in last.iter().enumerate() {
        let asked = (last - v.eerste_jaar()).max(-1) + 1;
        assert!(
            asked > 1 && asked as usize <= v.aantal_jaren(),
            "shock {s} is asked for {asked} years"
        );
        assert_eq!(
            whole.schokken[s][..asked as usize],
            part.schokken[s][..asked as usize],
            "shock {s}"
        );
    }
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let model = model();
    let (drijvers, _) = Drijvers::resolve(&model);
    let plannen = Route::BEIDE
        .map(|r| Plan::new(&model, r, Diepte::Rekening, drijvers.clone()).expect("it compiles"));
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("a pool");
        let all = pool
            .install(|| simuleer(&plannen, &Simulatie::gewoon(1_100, SEED), &|_| ()))
            .expect("it runs");
        all.waarden
            .into_iter()
            .flatten()
            .flatten()
            .map(f64::to_bits)
            .collect::<Vec<_>>()
    };
    let one = run(1);
    assert_eq!(one, run(2));
    assert_eq!(one, run(3));
}

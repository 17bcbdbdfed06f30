//! Kostenverhaal: what a draw of Havenkwartier costs with its owners against without them, in turns, and how long an area of 500 owners and
//! 40 cost items takes exactly. Prints markdown for docs/benchmarks.md (`just bench-kostenverhaal`).

use polder::model::Model;
use polder::model::table::{Scalar, Tables};
use polder::plan::{Diepte, Drijvers, Plan, Route};
use polder::read::read_model;
use polder::risk::simulation::{Simulatie, simuleer};
use polder::route;
use std::fmt::Write as _;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

const DRAWS: usize = 40_000;
const ROUNDS: usize = 9;

fn model(tables: Tables) -> Model {
    let (model, problems) = Model::new(tables);
    model.unwrap_or_else(|| panic!("{problems:?}"))
}

fn plannen(model: &Model) -> Vec<Plan<'_>> {
    let (drijvers, problems) = Drijvers::resolve(model);
    assert!(problems.is_empty(), "{problems:?}");
    vec![
        Plan::new(model, Route::Grex, Diepte::Rekening, drijvers).unwrap_or_else(|p| panic!("{p}")),
    ]
}

fn median(mut values: Vec<f64>) -> (f64, f64, f64) {
    values.sort_by(f64::total_cmp);
    (
        values[values.len() / 2],
        values[0],
        values[values.len() - 1],
    )
}

/// Havenkwartier without kostenverhaal, as it is, and with its owners on the public route.
fn havenkwartier() -> [Model; 3] {
    let read = read_model(Path::new("models/havenkwartier")).expect("it is part of the project");
    let tables = read.tables;
    let mut bare = tables.clone();
    for name in ["kostenverhaal", "eigendom"] {
        bare.table_mut(name).rows.clear();
    }
    let line = bare.table_mut("opbrengsten");
    for name in ["perceel", "in_mindering"] {
        let column = line.schema.column(name).expect("a column");
        for row in &mut line.rows {
            row.values[column].scalar = Scalar::Empty;
        }
    }
    let mut public = tables.clone();
    let owners = public.table_mut("eigendom");
    let column = owners.schema.column("overeenkomst_post").expect("a column");
    for row in &mut owners.rows {
        row.values[column].scalar = Scalar::Empty;
    }
    [model(bare), model(tables), model(public)]
}

/// An area of owners who each build, and of works by the municipality.
fn groot(eigenaren: usize, posten: usize) -> Model {
    let mut text = String::from(
        "[gebied]\npeildatum = 2026-01-01\neindjaar = 2040\nrente = 0.025\n[[indexen]]\nindex = \"i\"\nvanaf = 2027\ngroei = 0.02\n[[kostenverhaal]]\nid = \"gebied\"\nregime = \"OW_TIJDVAK\"\n[[partijen]]\npartij = \"gemeente\"\nrol = \"gemeente\"\n",
    );
    for e in 0..eigenaren {
        let _ = write!(
            text,
            "[[partijen]]\npartij = \"P{e}\"\nrol = \"overig\"\n[[eigendom]]\nid = \"E{e}\"\npartij = \"P{e}\"\ninbrengwaarde = {}\n[[programma]]\nid = \"H{e}\"\npartij = \"P{e}/eigen\"\nperceel = \"E{e}\"\nsegment = \"s{}\"\naantal = {}\ngrondprijs = {}\nindex = \"i\"\nfasering = \"{}-{}\"\n",
            10_000 + 37 * e,
            e % 7,
            1 + e % 9,
            40_000 + 11 * e,
            2027 + e % 6,
            2033 + e % 7
        );
    }
    for k in 0..posten {
        let _ = write!(
            text,
            "[[kosten]]\nid = \"K{k}\"\nkostensoort = \"A8\"\nbedrag = {}\nindex = \"i\"\nfasering = \"{}-{}\"\n",
            100_000 + 997 * k,
            2026 + k % 5,
            2031 + k % 9
        );
    }
    let path = std::env::temp_dir().join(format!("polder-bench-{}.toml", std::process::id()));
    std::fs::write(&path, text).expect("the folder for temporary files can be written");
    let read = read_model(&path).expect("written just now");
    std::fs::remove_file(&path).expect("written just now");
    model(read.tables)
}

fn main() {
    rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build_global()
        .expect("nothing ran before");
    let models = havenkwartier();
    let plans: Vec<Vec<Plan<'_>>> = models.iter().map(plannen).collect();
    let simulatie = Simulatie::gewoon(DRAWS, 42);
    let mut times = vec![Vec::new(); plans.len()];
    for _ in 0..=ROUNDS {
        for (i, plan) in plans.iter().enumerate() {
            let start = Instant::now();
            let result = simuleer(plan, &simulatie, &|_| ()).unwrap_or_else(|p| panic!("{p}"));
            black_box(result);
            times[i].push(start.elapsed().as_secs_f64() / DRAWS as f64 * 1e6);
        }
    }
    // The first round warms up.
    for t in &mut times {
        t.remove(0);
    }
    println!(
        "| Havenkwartier, route grex, one thread, {DRAWS} draws | µs per draw | against without |"
    );
    println!("|---|---|---|");
    for (i, name) in [
        "without owners",
        "with its owners (by contract)",
        "with its owners on the public route",
    ]
    .iter()
    .enumerate()
    {
        let (mid, low, high) = median(times[i].clone());
        let ratios: Vec<f64> = times[i].iter().zip(&times[0]).map(|(a, b)| a / b).collect();
        let (ratio, least, most) = median(ratios);
        println!("| {name} | {mid:.2} ({low:.2}–{high:.2}) | {ratio:.2} ({least:.2}–{most:.2}) |");
    }
    let model = groot(500, 40);
    let mut whole = Vec::new();
    for _ in 0..=ROUNDS {
        let start = Instant::now();
        black_box(route::calculate(&model, Route::Grex).unwrap_or_else(|p| panic!("{p}")));
        whole.push(start.elapsed().as_secs_f64() * 1e3);
    }
    whole.remove(0);
    let mut settle = Vec::new();
    for _ in 0..=ROUNDS {
        let plan = Plan::new(&model, Route::Grex, Diepte::Rekening, Drijvers::default())
            .unwrap_or_else(|p| panic!("{p}"));
        let v = polder::evaluate::Voorbereid::<polder::number::Exact>::new(&plan);
        let mut werk = polder::evaluate::Werk::new(&plan, false);
        let start = Instant::now();
        black_box(polder::evaluate::evaluate(
            &v,
            &polder::evaluate::Trekking::geen(),
            &mut werk,
        ));
        settle.push(start.elapsed().as_secs_f64() * 1e3);
    }
    settle.remove(0);
    let (mid, low, high) = median(settle);
    println!(
        "\n500 owners × 40 cost items, exact: the whole evaluation, settlement included, {mid:.1} ms ({low:.1}–{high:.1});"
    );
    let (mid, low, high) = median(whole);
    println!(
        "the record of the route with every series, party and report figure {mid:.0} ms ({low:.0}–{high:.0})."
    );
}

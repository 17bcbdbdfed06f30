//! How many draws each way of spreading them saves: the variance of percentiles over independent runs, against plain draws.
//!
//! `variance [model] [draws] [runs] [figure]`; default workload W, 131,072 draws, 30 runs, ncw. A ratio of 4 means that plain draws need
//! four times as many for the same error. Draws are spread as the command line does: in sixteen repetitions. A ratio of two variances over 30 runs is itself sure to about a factor 1.7 (95%).

use polder::model::Model;
use polder::plan::{Diepte, Drijvers, Plan, Route};
use polder::read::read_model;
use polder::risk::opzet::Opzet;
use polder::risk::sampling::Methode;
use polder::risk::simulation::{Simulatie, simuleer};
use polder::risk::statistics::{Sorted, summary};
use std::path::Path;

/// What is told of a run: three percentiles and the mean.
const NAMEN: [&str; 4] = ["P5", "P50", "P95", "mean"];

/// The figures of independent runs of a method.
fn runs(
    plan: &Plan<'_>,
    figure: &str,
    methode: Methode,
    draws: u64,
    count: u64,
) -> Option<[Vec<f64>; 4]> {
    let mut out = [const { Vec::new() }; 4];
    for run in 0..count {
        let opzet = Opzet::new(methode, 1_000 + run, draws);
        let simulatie = Simulatie {
            steekproef: opzet.steekproef(),
            bereik: 0..opzet.aantal,
            ..Simulatie::gewoon(0, 0)
        };
        let all = simuleer(std::slice::from_ref(plan), &simulatie, &|_| ()).ok()?;
        let values = all.figuur(0, figure)?;
        let sorted = Sorted::new(values);
        for (into, p) in out.iter_mut().zip([0.05, 0.5, 0.95]) {
            into.push(sorted.quantile(p)?);
        }
        out[3].push(summary(values)?.mean);
    }
    Some(out)
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let text = |i: usize, other: &str| arguments.get(i).map_or(other.to_owned(), Clone::clone);
    let number = |i: usize, other: u64| {
        arguments
            .get(i)
            .and_then(|a| a.parse().ok())
            .unwrap_or(other)
    };
    let (path, figure) = (text(0, "models/benchmark-w"), text(3, "ncw"));
    let (draws, count) = (number(1, 131_072), number(2, 30));
    let read = match read_model(Path::new(&path)) {
        Ok(read) => read,
        Err(failure) => return eprintln!("{failure}"),
    };
    let (Some(model), _) = Model::new(read.tables) else {
        return eprintln!("{path} is not a valid model");
    };
    let (drijvers, _) = Drijvers::resolve(&model);
    let plan = match Plan::new(&model, Route::Cofinanciering, Diepte::Rekening, drijvers) {
        Ok(plan) => plan,
        Err(problem) => return eprintln!("{problem}"),
    };
    let told = |methode: Methode| runs(&plan, &figure, methode, draws, count);
    let Some(plain) = told(Methode::Willekeurig) else {
        return eprintln!("no figure \"{figure}\", or no draws");
    };
    let moments = |values: &[f64]| summary(values).map_or((f64::NAN, f64::NAN), |s| (s.mean, s.sd));
    println!(
        "{path}, {figure}: {count} runs of {draws} draws\n\nplain        value          sd    draws for an error of 0.5%"
    );
    for (naam, values) in NAMEN.iter().zip(&plain) {
        let (mean, sd) = moments(values);
        let needed = draws as f64 * (sd / (0.005 * mean)).powi(2);
        println!("{naam:<6} {mean:>15.0} {sd:>11.0} {needed:>15.0}");
    }
    println!(
        "\nvariance of plain draws / variance       {}",
        NAMEN.map(|n| format!("{n:>8}")).concat()
    );
    for methode in [Methode::Antithetisch, Methode::Latijns, Methode::Sobol] {
        let Some(values) = told(methode) else { return };
        let ratios = plain
            .iter()
            .zip(&values)
            .map(|(a, b)| format!("{:>8.1}", (moments(a).1 / moments(b).1).powi(2)));
        println!(
            "{:<40} {}",
            format!("{methode:?}"),
            ratios.collect::<String>()
        );
    }
}

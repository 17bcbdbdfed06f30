//! Times a simulation of a model: load, compile, simulate, quantiles, tornado. One thread with `RAYON_NUM_THREADS=1`.
//!
//! `simulate <model> [draws] [--route grex|cofinanciering] [--tornado] [--exact-ranks] [--json]`: both routes unless one is named; the
//! tornado is of the NCW. With `--exact` it calculates the exact records of both routes instead, and nothing is drawn.

use polder::model::Model;
use polder::plan::{Diepte, Drijvers, Plan, Route};
use polder::read::read_model;
use polder::risk::oorzaken::{Methode, Oorzaak, Oorzaken, Soort, TORNADO_MAX};
use polder::risk::simulation::{Simulatie, Trekkingen, UITKOMSTEN, simuleer};
use polder::risk::statistics::{Sorted, share_below_zero, summary};
use rayon::prelude::*;
use std::path::Path;
use std::time::Instant;

/// CPU time of this process in seconds, over all threads; NaN where the system does not tell.
fn cpu() -> f64 {
    let Ok(threads) = std::fs::read_dir("/proc/self/task") else {
        return f64::NAN;
    };
    let nanoseconds = |t: std::fs::DirEntry| {
        std::fs::read_to_string(t.path().join("schedstat"))
            .ok()?
            .split_whitespace()
            .next()?
            .parse::<f64>()
            .ok()
    };
    threads.flatten().filter_map(nanoseconds).sum::<f64>() / 1e9
}

/// Largest memory of this process in MiB.
fn peak() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kib = status
        .lines()
        .find_map(|l| l.strip_prefix("VmHWM:"))
        .and_then(|l| l.split_whitespace().next()?.parse::<f64>().ok());
    kib.unwrap_or(f64::NAN) / 1024.0
}

/// What is told of one figure: mean, sd, three percentiles, chance of less than zero.
struct Figuur<'a> {
    route: &'static str,
    naam: &'a str,
    mean: f64,
    sd: f64,
    percentielen: [f64; 3],
    onder_nul: f64,
}

/// With `kort` those of the area alone, without parties and deelgebieden: what the peers tell too.
fn figuren<'a>(routes: &[Route], trekkingen: &'a Trekkingen, kort: bool) -> Vec<Figuur<'a>> {
    let all: Vec<(Route, &String, &Vec<f64>)> = routes
        .iter()
        .zip(&trekkingen.waarden)
        .flat_map(|(r, columns)| {
            trekkingen
                .namen
                .iter()
                .zip(columns)
                .map(|(n, c)| (*r, n, c))
        })
        .filter(|(_, n, _)| !kort || UITKOMSTEN.contains(&n.as_str()))
        .collect();
    let one = |(route, naam, values): &(Route, &'a String, &Vec<f64>)| {
        let s = summary(values)?;
        let sorted = Sorted::from_vec((*values).clone());
        Some(Figuur {
            route: route.naam(),
            naam,
            mean: s.mean,
            sd: s.sd,
            percentielen: [0.05, 0.5, 0.95].map(|p| sorted.quantile(p).unwrap_or(f64::NAN)),
            onder_nul: share_below_zero(values)?.value,
        })
    };
    all.par_iter().filter_map(one).collect()
}

/// One number for all draws of all figures; a column gives its own, so that they can be made side by side.
fn checksum(trekkingen: &Trekkingen) -> u64 {
    let columns: Vec<&Vec<f64>> = trekkingen.waarden.iter().flatten().collect();
    let each: Vec<u64> = columns
        .par_iter()
        .map(|c| {
            c.iter()
                .fold(0, |sum: u64, v| sum.rotate_left(7) ^ v.to_bits())
        })
        .collect();
    each.into_iter()
        .fold(0, |sum: u64, c| sum.rotate_left(9).wrapping_mul(31) ^ c)
}

/// The name that the peers give a driver: that of its onzekerheid, of a rate its setting.
fn bekend(oorzaak: &Oorzaak) -> &str {
    match (oorzaak.soort, oorzaak.drijvers.as_slice()) {
        (Soort::Rente, _) => "rente",
        (Soort::Creditrente, _) => "creditrente",
        (_, [one]) => one,
        _ => &oorzaak.naam,
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let flag = |name: &str| arguments.iter().any(|a| a == name);
    let named = arguments.iter().position(|a| a == "--route");
    let mut plain = arguments
        .iter()
        .enumerate()
        .filter(|(i, a)| !a.starts_with("--") && named.is_none_or(|r| *i != r + 1))
        .map(|(_, a)| a);
    let path = plain
        .next()
        .cloned()
        .unwrap_or_else(|| "models/havenkwartier".into());
    let draws: usize = plain.next().and_then(|n| n.parse().ok()).unwrap_or(10_000);

    let whole = Instant::now();
    let start = Instant::now();
    let read = match read_model(Path::new(&path)) {
        Ok(read) => read,
        Err(failure) => return eprintln!("{failure}"),
    };
    let (Some(model), _) = Model::new(read.tables) else {
        return eprintln!("{path} is not a valid model");
    };
    let load = start.elapsed().as_secs_f64();

    if flag("--exact") {
        let start = Instant::now();
        for route in Route::BEIDE {
            match polder::route::calculate(&model, route) {
                Ok(record) => println!("{}: {} figures", route.naam(), record.kerncijfers().len()),
                Err(problem) => eprintln!("{problem}"),
            }
        }
        return println!(
            "load {:.1} ms, exact {:.1} ms, peak {:.1} MiB",
            load * 1e3,
            start.elapsed().as_secs_f64() * 1e3,
            peak()
        );
    }

    let start = Instant::now();
    let (drijvers, _) = Drijvers::resolve(&model);
    let routes = match named.and_then(|i| arguments.get(i + 1)).map(String::as_str) {
        Some("grex") => vec![Route::Grex],
        Some("cofinanciering") => vec![Route::Cofinanciering],
        Some(other) => return eprintln!("no route {other}: write grex or cofinanciering"),
        None => Route::BEIDE.to_vec(),
    };
    let plannen: Result<Vec<_>, _> = routes
        .iter()
        .copied()
        .map(|r| Plan::new(&model, r, Diepte::Rekening, drijvers.clone()))
        .collect();
    let plannen = match plannen {
        Ok(plannen) => plannen,
        Err(problem) => return eprintln!("{problem}"),
    };
    let compile = start.elapsed().as_secs_f64();

    let (start, before) = (Instant::now(), cpu());
    let simulatie = Simulatie {
        alleen_gebied: flag("--area-only"),
        niveaus: if flag("--tornado") { TORNADO_MAX } else { 0 },
        ..Simulatie::gewoon(draws, 1)
    };
    let trekkingen = match simuleer(&plannen, &simulatie, &|_| ()) {
        Ok(t) => t,
        Err(problem) => return eprintln!("{problem}"),
    };
    let (simulate, simulate_cpu) = (start.elapsed().as_secs_f64(), cpu() - before);

    let start = Instant::now();
    let rows = figuren(&routes, &trekkingen, flag("--tornado"));
    let statistics = start.elapsed().as_secs_f64();

    let (start, before) = (Instant::now(), cpu());
    let methode = if flag("--exact-ranks") {
        Methode::Exact
    } else {
        Methode::Graad
    };
    let mut bars: Vec<(&'static str, String, f64)> = Vec::new();
    let mut used = 0;
    if flag("--tornado") {
        let of: Vec<usize> = (0..routes.len()).collect();
        let made = Oorzaken::new(&plannen, &simulatie, &trekkingen).and_then(|o| {
            used = o.aantal();
            let all = o.tornado(&of, "ncw", methode)?;
            for t in &all {
                let named = t.balken.iter().map(|b| {
                    let naam = bekend(&o.lijst()[b.oorzaak]).to_owned();
                    (routes[t.route].naam(), naam, b.rho.value)
                });
                bars.extend(named);
            }
            Ok(())
        });
        if let Err(problem) = made {
            return eprintln!("{problem}");
        }
    }
    let (tornado, tornado_cpu) = (start.elapsed().as_secs_f64(), cpu() - before);
    let (whole, cpu, peak) = (whole.elapsed().as_secs_f64(), cpu(), peak());
    // Not part of the job: it proves that runs are the same.
    let checksum = checksum(&trekkingen);
    let threads = rayon::current_num_threads();

    if flag("--json") {
        let figures: Vec<_> = rows
            .iter()
            .map(|f| {
                let [p5, p50, p95] = f.percentielen;
                serde_json::json!({"route": f.route, "figuur": f.naam, "mean": f.mean, "sd": f.sd, "p5": p5, "p50": p50, "p95": p95, "p_neg": f.onder_nul})
            })
            .collect();
        let bars: Vec<_> = bars
            .iter()
            .map(|(route, driver, rho)| serde_json::json!({"route": route, "driver": driver, "rho": rho}))
            .collect();
        println!(
            "{}",
            serde_json::json!({"load_s": load, "compile_s": compile, "simulate_s": simulate, "simulate_cpu_s": simulate_cpu, "statistics_s": statistics, "tornado_s": tornado, "tornado_cpu_s": tornado_cpu, "whole_s": whole, "cpu_s": cpu, "peak_mib": peak, "draws": draws, "threads": threads, "checksum": format!("{checksum:016x}"), "figures": figures, "tornado": bars, "tornado_draws": used, "tornado_method": methode.woorden()})
        );
        return;
    }
    println!(
        "load {:.1} ms, compile {:.1} ms, simulate {:.1} ms ({:.3} us per draw, {:.3} us of cpu), statistics {:.1} ms, tornado {:.1} ms ({:.1} of cpu), whole {:.1} ms; cpu {cpu:.3} s, peak {peak:.1} MiB; checksum {checksum:016x}",
        load * 1e3,
        compile * 1e3,
        simulate * 1e3,
        simulate * 1e6 / draws as f64,
        simulate_cpu * 1e6 / draws as f64,
        statistics * 1e3,
        tornado * 1e3,
        tornado_cpu * 1e3,
        whole * 1e3,
    );
    for f in rows.iter().filter(|f| !f.naam.starts_with("partij")) {
        let [p5, p50, p95] = f.percentielen;
        println!(
            "{:<15} {:<20} mean {:>15.2} sd {:>15.2} p5 {p5:>15.2} p50 {p50:>15.2} p95 {p95:>15.2} below 0 {:.4}",
            f.route, f.naam, f.mean, f.sd, f.onder_nul
        );
    }
    for (route, driver, rho) in bars.iter().take(12) {
        println!("{route:<15} {driver:<30} rho {rho:>8.4}");
    }
}

//! Times a simulation of both routes of a model: load, compile, simulate, quantiles. One thread with `RAYON_NUM_THREADS=1`.
//!
//! `simulate <model> [draws] [--json]`; with `--exact` it calculates the exact records of both routes instead, and nothing is drawn.

use polder::model::Model;
use polder::plan::{Diepte, Drijvers, Plan, Route};
use polder::read::read_model;
use polder::risk::simulation::{Simulatie, simuleer};
use polder::risk::statistics::{Sorted, summary};
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

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let json = arguments.iter().any(|a| a == "--json");
    let mut plain = arguments.iter().filter(|a| !a.starts_with("--"));
    let path = plain
        .next()
        .cloned()
        .unwrap_or_else(|| "models/havenkwartier".into());
    let draws: usize = plain.next().and_then(|n| n.parse().ok()).unwrap_or(10_000);

    let start = Instant::now();
    let read = match read_model(Path::new(&path)) {
        Ok(read) => read,
        Err(failure) => return eprintln!("{failure}"),
    };
    let (Some(model), _) = Model::new(read.tables) else {
        return eprintln!("{path} is not a valid model");
    };
    let load = start.elapsed().as_secs_f64();

    if arguments.iter().any(|a| a == "--exact") {
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
    let routes: Vec<Route> = if arguments.iter().any(|a| a == "--cofinanciering") {
        vec![Route::Cofinanciering]
    } else {
        Route::BEIDE.to_vec()
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
    let trekkingen = match simuleer(&plannen, &Simulatie::gewoon(draws, 1), &|_| ()) {
        Ok(t) => t,
        Err(problem) => return eprintln!("{problem}"),
    };
    let (simulate, simulate_cpu) = (start.elapsed().as_secs_f64(), cpu() - before);

    let start = Instant::now();
    let mut checksum = 0u64;
    let mut rows = Vec::new();
    for (route, waarden) in routes.into_iter().zip(&trekkingen.waarden) {
        for (naam, values) in trekkingen.namen.iter().zip(waarden) {
            let Some(s) = summary(values) else { continue };
            for v in values {
                checksum = checksum.rotate_left(7) ^ v.to_bits();
            }
            let sorted = Sorted::new(values);
            rows.push((
                route.naam(),
                naam,
                s.mean,
                s.sd,
                [0.05, 0.5, 0.95].map(|p| sorted.quantile(p).unwrap_or(f64::NAN)),
            ));
        }
    }
    let statistics = start.elapsed().as_secs_f64();
    let (cpu, peak) = (cpu(), peak());
    if json {
        let figures: Vec<_> = rows.iter().map(|(route, naam, mean, sd, q)| serde_json::json!({"route": route, "figuur": naam, "mean": mean, "sd": sd, "p5": q[0], "p50": q[1], "p95": q[2]})).collect();
        println!(
            "{}",
            serde_json::json!({"load_s": load, "compile_s": compile, "simulate_s": simulate, "simulate_cpu_s": simulate_cpu, "statistics_s": statistics, "cpu_s": cpu, "peak_mib": peak, "draws": draws, "checksum": format!("{checksum:016x}"), "figures": figures})
        );
        return;
    }
    println!(
        "load {:.1} ms, compile {:.1} ms, simulate {:.1} ms ({:.3} us per draw, {:.3} us of cpu), statistics {:.1} ms; cpu {cpu:.3} s, peak {peak:.1} MiB; checksum {checksum:016x}",
        load * 1e3,
        compile * 1e3,
        simulate * 1e3,
        simulate * 1e6 / draws as f64,
        simulate_cpu * 1e6 / draws as f64,
        statistics * 1e3
    );
    for (route, naam, mean, sd, q) in rows.iter().filter(|r| !r.1.starts_with("partij")) {
        println!(
            "{route:<15} {naam:<20} mean {mean:>15.2} sd {sd:>15.2} p5 {:>15.2} p50 {:>15.2} p95 {:>15.2}",
            q[0], q[1], q[2]
        );
    }
}

//! `polder diff`: two sides read, every coalition calculated, what each cause does told.

use super::{Failure, Loaded, Outcome, Output, diagnostics, load, output, threads};
use crate::model::Model;
use crate::model::table::{as_text, fold, name_key};
use crate::plan::{Drijvers, Plan, Route};
use crate::problem::{Problem, has_errors, listed, nearest};
use crate::read::Read;
use crate::read::scenario::read_scenarios;
use crate::report::verschil::{self as verslag, Namen};
use crate::scenario::{self, Scenario, ScenarioBestand};
use crate::verschil::{Effecten, Verdeling, Vergelijking, Wijziging, oorzaken};
use clap::Args;
use rayon::prelude::*;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};
use std::str::FromStr as _;

#[derive(Debug, Args)]
pub(super) struct DiffArgs {
    /// The first model; MODEL#NAAM is a scenario of its table scenarios, MODEL#FILE.toml a scenario file
    #[arg(value_name = "A")]
    a: String,
    /// The second: a model, MODEL#SCENARIO, or a scenario (#NAAM, FILE.toml) of the first
    #[arg(value_name = "B")]
    b: String,
    /// Threads [default: all]; the figures do not depend on it
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    #[command(flatten)]
    output: Output,
}

impl DiffArgs {
    /// The folder of the first model, for messages.
    pub(super) fn model(&self) -> PathBuf {
        splits(&self.a).0
    }
}

/// A side that was read.
struct Kant {
    naam: String,
    loaded: Loaded,
}

/// A path, and the scenario behind a `#`; a path that exists is a path, whatever is in its name.
fn splits(text: &str) -> (PathBuf, Option<String>) {
    if Path::new(text).exists() {
        return (text.into(), None);
    }
    match text.split_once('#') {
        Some((path, scenario)) => (path.into(), Some(scenario.to_owned())),
        None => (text.into(), None),
    }
}

/// A larger file is no scenario; what it is, its own reader tells.
const GROOTST: u64 = 4 << 20;

/// Whether a file holds changes and no model.
fn is_scenariobestand(path: &Path) -> bool {
    let toml = path
        .extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("toml"));
    let small = || std::fs::metadata(path).is_ok_and(|about| about.len() <= GROOTST);
    let heads = ["[[wijziging]]", "[[raster]]"];
    let changes = |text: String| text.lines().any(|line| heads.contains(&line.trim()));
    toml && small() && std::fs::read_to_string(path).is_ok_and(changes)
}

/// Reads a side. `eerste`: the path of the other, for a scenario that names none.
fn kant(text: &str, eerste: Option<&Path>) -> Result<Kant, Failure> {
    let (mut path, mut keuze) = splits(text);
    match (eerste, &keuze) {
        (Some(eerste), _) if is_scenariobestand(&path) => {
            keuze = Some(text.to_owned());
            eerste.clone_into(&mut path);
        }
        (Some(eerste), Some(_)) if path.as_os_str().is_empty() => eerste.clone_into(&mut path),
        _ => {}
    }
    let mut loaded = load(&path)?;
    let mut naam = output::model_name(&path);
    if let Some(keuze) = keuze {
        let scenario = scenario(&mut loaded, &keuze, text)?;
        naam = format!("{naam} {}", scenario.naam);
        let (tables, mut problems) = scenario::apply(&loaded.model.tables, &scenario.changes);
        let gebied = loaded.model.gebied.naam.clone();
        let (model, found) = Model::new(tables);
        // A change that could not be made is told once, not with what follows from it.
        if !has_errors(&problems) {
            problems.extend(found);
        }
        let Some(mut model) = model.filter(|_| !has_errors(&problems)) else {
            return Err(Failure::Input(problems));
        };
        diagnostics::show(&problems, &path);
        model.gebied.naam = gebied;
        loaded.model = model;
        loaded.drijvers = Drijvers::default();
    }
    Ok(Kant { naam, loaded })
}

/// The scenario that is meant: of the model's own table, or of a file.
fn scenario(loaded: &mut Loaded, keuze: &str, text: &str) -> Result<Scenario, Failure> {
    let (file, name) = match keuze.split_once('#') {
        Some((file, name)) => (file, Some(name)),
        None => (keuze, None),
    };
    let from_file = Path::new(file)
        .extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("toml"));
    let (all, name) = if from_file {
        let (files, sources, problems) = read_scenarios(&[PathBuf::from(file)])?;
        if has_errors(&problems) {
            return Err(Failure::Input(problems));
        }
        diagnostics::show(&problems, Path::new("."));
        loaded.read.sources.extend(sources);
        let all: Vec<Scenario> = files.iter().flat_map(ScenarioBestand::scenarios).collect();
        (all, name)
    } else {
        (scenario::model_scenarios(&loaded.model), Some(keuze))
    };
    let names = || all.iter().map(|s| s.naam.as_str());
    let found = match name {
        Some(name) => all.iter().find(|s| s.naam == name),
        None => Some(&all[..]).filter(|a| a.len() == 1).map(|a| &a[0]),
    };
    if let Some(found) = found {
        return Ok(found.clone());
    }
    let meant = name
        .and_then(|name| nearest(name, names()))
        .map_or_else(String::new, |near| format!("; did you mean \"{near}\"?"));
    Err(Failure::Usage(match (name, all.is_empty()) {
        (_, true) => {
            format!("{text}: there are no scenarios: fill table scenarios, or name a scenario file")
        }
        (Some(name), _) => format!(
            "{text}: no scenario \"{name}\"{meant} There are: {}",
            listed(names().take(20))
        ),
        (None, _) => format!(
            "{text} gives {} scenarios: write {file}#NAAM with one of {}",
            all.len(),
            listed(names().take(20))
        ),
    }))
}

/// Both sides; what is wrong with either is told before anything stops.
fn kanten(args: &DiffArgs) -> Result<(Kant, Kant), Failure> {
    let path = splits(&args.a).0;
    let tell = |side: &str, text: &str, found: Result<Kant, Failure>| match found {
        Err(Failure::Input(problems)) => {
            eprintln!("{side} ({text}):");
            diagnostics::show(&problems, &splits(text).0);
            Err(Failure::Input(Vec::new()))
        }
        other => other,
    };
    let a = tell("A", &args.a, kant(&args.a, None));
    let b = tell("B", &args.b, kant(&args.b, Some(&path)));
    Ok((a?, b?))
}

pub(super) fn diff(args: &DiffArgs) -> Result<Outcome, Failure> {
    threads(args.threads)?;
    let (a, b) = kanten(args)?;
    if let Some((one, other)) = andere_namen(&a.loaded.model, &b.loaded.model) {
        let problem = Problem::warning(
            "other-area",
            format!("A is called \"{one}\" and B \"{other}\": is this one area?"),
        );
        let fix = "compare two states of one area, or give both the same naam in table gebied";
        diagnostics::show(&[problem.fix(fix)], &args.model());
    }
    let v = Vergelijking::new(&a.loaded.model.tables, &b.loaded.model.tables);
    let bar = output::progress(v.coalities() as u64);
    let cijfers: Vec<_> = (0..v.coalities())
        .into_par_iter()
        .map(|coalitie| {
            let found = v.reken(coalitie);
            bar.inc(1);
            found
        })
        .collect();
    bar.finish_and_clear();
    let verdeling = v.verdeel(&cijfers)?;
    if let (Some(why), true) = (
        &verdeling.waarom,
        verdeling.blokken.iter().any(|blok| blok.len() > 1),
    ) {
        let joined = verdeling.blokken.iter().filter(|blok| blok.len() > 1);
        let titles: Vec<String> = joined.map(|blok| Verdeling::titel(blok)).collect();
        diagnostics::show(&[samengenomen(&titles, why)], &args.model());
    }
    if args.output.json {
        output::print_json(&als_json(&a, &b, &v, &verdeling));
        return Ok(Outcome::Ok);
    }
    let namen = Namen {
        a: &a.naam,
        b: &b.naam,
    };
    let gelijk = [&a, &b]
        .iter()
        .all(|kant| Plan::routes_gelijk(&kant.loaded.model));
    let routes = if gelijk {
        super::een_route(&a.loaded.model, &Route::BEIDE, "it is left out")
    } else {
        &Route::BEIDE
    };
    let mut reports: Vec<_> = routes
        .iter()
        .map(|route| verslag::kerncijfers(&verdeling, namen, *route))
        .collect();
    let changes = verslag::wijzigingen(v.wijzigingen(), namen);
    // Of equal models there is nothing to show but that they are.
    for report in reports.iter().filter(|_| !v.wijzigingen().is_empty()) {
        output::print(report);
    }
    output::say(&verslag::regels(v.wijzigingen(), &verdeling).join("\n"));
    output::say("");
    reports.push(verslag::uitkomsten(&verdeling, namen, routes));
    reports.push(changes);
    let name = format!("{} naar {} verschil", a.naam, b.naam).replace(['/', '\\', ':'], "-");
    let loaded = samen(a.loaded, &b.loaded);
    output::write(&loaded, &reports, &args.output, &name, None, None)?;
    Ok(Outcome::Ok)
}

/// Why causes are told as one, and what can be done about it.
fn samengenomen(titles: &[String], why: &Problem) -> Problem {
    let advice = match why.code {
        "phasing-total" => {
            "a profile in shares (aandeel) holds whatever the amount is, and can change by itself; or"
        }
        "after-eindjaar" => "give both models the later eindjaar; or",
        _ => "to tell them apart,",
    };
    let mut problem = Problem::warning(
        "causes-joined",
        format!(
            "{} are told as one: with the changes of one and not of the other there is no model, as {}",
            titles.join(", "),
            why.message
        ),
    )
    .fix(format!(
        "{advice} make that row in a copy of A what it is in B, with all that belongs to it, and diff in two steps: A to the copy, the copy to B"
    ));
    problem.place.clone_from(&why.place);
    problem.other.clone_from(&why.other);
    problem
}

/// The names of two areas that are not called the same, where both say what they are called.
fn andere_namen(a: &Model, b: &Model) -> Option<(String, String)> {
    let name = |model: &Model| {
        let rows = &model.tables.table("gebied").rows;
        let own = rows.iter().find(|row| {
            let setting = row.values.first();
            setting.is_some_and(|v| fold(&as_text(&v.scalar)) == "naam")
        })?;
        let name = as_text(&own.values.get(1)?.scalar);
        (!name.trim().is_empty()).then_some(name)
    };
    let (a, b) = (name(a)?, name(b)?);
    (name_key(&a) != name_key(&b)).then_some((a, b))
}

/// The first side with the sources of both, for the manifest.
fn samen(a: Loaded, b: &Loaded) -> Loaded {
    let sources = [("A", &a.read), ("B", &b.read)].map(|(side, read)| {
        read.sources.iter().map(move |source| {
            let mut source = source.clone();
            source.name = format!("{side}: {}", source.name);
            source
        })
    });
    let sources = sources.into_iter().flatten().collect();
    Loaded {
        read: Read {
            sources,
            ..Read::default()
        },
        ..a
    }
}

fn getal(value: Decimal) -> Value {
    serde_json::Number::from_str(&value.normalize().to_string()).map_or(Value::Null, Value::Number)
}

fn als_json(a: &Kant, b: &Kant, v: &Vergelijking, verdeling: &Verdeling) -> Value {
    let namen: Vec<String> = verdeling
        .blokken
        .iter()
        .map(|blok| {
            let names: Vec<&str> = blok.iter().map(|o| o.naam.as_str()).collect();
            names.join("+")
        })
        .collect();
    let per_cause = |effects: &[Decimal]| -> Value {
        Value::Object(
            namen
                .iter()
                .cloned()
                .zip(effects.iter().map(|x| getal(*x)))
                .collect(),
        )
    };
    let mut routes: Map<String, Value> = Map::new();
    for Effecten {
        naam,
        a,
        b,
        volgorde,
        gemiddeld,
    } in &verdeling.uitkomsten
    {
        let value = json!({
            "a": getal(*a),
            "b": getal(*b),
            "verschil": getal(*b - *a),
            "volgorde": per_cause(volgorde),
            "gemiddeld": per_cause(gemiddeld),
        });
        let route = routes
            .entry(naam.route.naam())
            .or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(route) = route {
            route.insert(naam.adres.clone(), value);
        }
    }
    let sources = |kant: &Kant| -> Vec<Value> {
        let read = &kant.loaded.read;
        read.sources
            .iter()
            .map(|s| json!({"bestand": s.name, "sha256": s.sha256}))
            .collect()
    };
    let change = |w: &Wijziging| {
        json!({
            "oorzaak": oorzaken()[w.oorzaak].naam,
            "tabel": w.tabel,
            "rij": w.rij,
            "wat": verslag::wat(w),
            "a": w.a,
            "b": w.b,
            "plaats_a": w.plaats_a.as_ref().map(ToString::to_string),
            "plaats_b": w.plaats_b.as_ref().map(ToString::to_string),
        })
    };
    json!({
        "a": {"naam": a.naam, "bronnen": sources(a)},
        "b": {"naam": b.naam, "bronnen": sources(b)},
        "oorzaken": namen,
        "samengenomen_omdat": verdeling.waarom.as_ref().filter(|_| verdeling.blokken.iter().any(|b| b.len() > 1)).map(|p| p.message.clone()),
        "routes": routes,
        "wijzigingen": v.wijzigingen().iter().map(change).collect::<Vec<_>>(),
    })
}

//! Parts of the draws: written by many machines with `--shard`, joined by `merge` to what one run would have given.

use super::output::{self, Herkomst, manifest, say};
use super::simulatie::{self, Stress, Vraag, WAAIER};
use super::{Failure, Loaded, Opdracht};
use crate::plan::Route;
use crate::problem::{Place, Problem};
use crate::read::IoFailure;
use crate::read::trekkingen::read_trekkingen;
use crate::report::risico::Simulatieverslag;
use crate::risk::oorzaken::TORNADO_MAX;
use crate::risk::opzet::{Opzet, methode_naam};
use crate::risk::sampling::Methode;
use crate::risk::simulation::Trekkingen;
use crate::write::files;
use crate::write::trekkingen::{self, Kolommen};
use serde_json::{Map, Value, json};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// What parts of one run have in common in their manifests, and what a message calls it.
const GEMEEN: [(&str, &str); 6] = [
    ("versie", "version of polder"),
    ("commando", "command"),
    ("model", "name of the model"),
    ("bronnen", "source files"),
    ("instellingen", "settings"),
    ("simulatie", "seed, number or way of drawing, or routes"),
];

/// How the names of a part's files begin.
fn naam(opdracht: Opdracht, model: &Path, routes: &[Route], i: u64, n: u64) -> String {
    format!("{} deel {i} van {n}", opdracht.naam(model, routes))
}

/// Draws one part and writes it, with a manifest that `merge` reads.
pub(super) fn schrijf(
    loaded: &Loaded,
    opdracht: Opdracht,
    path: &Path,
    routes: &[Route],
    vraag: &Vraag,
    out: &Path,
) -> Result<(), Failure> {
    let (Some((i, n)), opzet) = (vraag.deel, vraag.opzet) else {
        return Ok(());
    };
    let Some(bereik) = opzet.deel(i, n) else {
        return Ok(());
    };
    simulatie::check(loaded, routes, &opzet, "ncw", false)?;
    let (t, _) = simulatie::trek(
        loaded,
        routes,
        &opzet,
        &vraag.stress,
        bereik.clone(),
        (0, 0),
    )?;
    let name = naam(opdracht, path, routes, i, n);
    let file = format!("{name}.csv");
    let kolommen = Kolommen {
        eerste: bereik.start,
        koppen: koppen(routes, &t.namen),
        waarden: t.waarden.iter().flatten().map(Vec::as_slice).collect(),
    };
    let sha256 = files::write_pieces(out, &file, |to| trekkingen::csv(&kolommen, to))?;
    let herkomst = Herkomst::deel(opdracht, path, opzet, routes, vraag.stress.vast.as_deref());
    let files = std::slice::from_ref(&file);
    let mut text = manifest(&loaded.model, &loaded.read, Some(&herkomst), files);
    text.insert(
        "deel".into(),
        json!({
            "deel": i,
            "van": n,
            "bereik": [bereik.start, bereik.end],
            "bestand": file,
            "sha256": sha256,
        }),
    );
    let text = serde_json::to_string_pretty(&text).unwrap_or_default();
    files::write_all(out, &[(format!("{name}.manifest.json"), text.into_bytes())])?;
    say(&format!(
        "written: {} (draws {} to {}); next, with all parts: polder merge {} DIR...",
        out.join(&file).display(),
        bereik.start,
        bereik.end - 1,
        path.display()
    ));
    Ok(())
}

/// The headings of the columns of draws.
fn koppen(routes: &[Route], namen: &[String]) -> Vec<String> {
    let named = routes
        .iter()
        .flat_map(|route| namen.iter().map(|n| (route.naam(), n)));
    named.map(|(route, n)| format!("{route}.{n}")).collect()
}

/// A part as its manifest describes it.
struct Deel {
    /// The manifest's path as messages name it.
    place: Place,
    manifest: Map<String, Value>,
    nummer: u64,
    van: u64,
    bereik: Range<u64>,
    /// The file with the draws.
    bestand: PathBuf,
    sha256: String,
}

/// A manifest that can't be used.
fn onleesbaar(place: &Place, message: String) -> Problem {
    Problem::error("bad-part", message)
        .at(place)
        .allowed("the manifest that polder run --shard or polder compare --shard wrote, unchanged")
        .fix("simulate that part again")
}

impl Deel {
    /// From a manifest; nothing when it is one of something else than a part.
    fn new(path: &Path, text: &str) -> Option<Result<Self, Problem>> {
        let place = Place::file(&path.display().to_string());
        let Ok(Value::Object(manifest)) = serde_json::from_str(text) else {
            return Some(Err(onleesbaar(&place, "this is not json".into())));
        };
        let part = manifest.get("deel")?.clone();
        let number = |v: &Value| v.as_u64();
        let fields = (|| {
            let file = part["bestand"].as_str()?;
            let plain = !file.contains(['/', '\\', ':']);
            Some((
                number(&part["deel"])?,
                number(&part["van"])?,
                number(&part["bereik"][0])?..number(&part["bereik"][1])?,
                plain.then(|| path.with_file_name(file))?,
                part["sha256"].as_str()?.to_owned(),
            ))
        })();
        let Some((nummer, van, bereik, bestand, sha256)) = fields else {
            return Some(Err(onleesbaar(
                &place,
                "the table deel of the manifest can't be read".into(),
            )));
        };
        Some(Ok(Deel {
            place,
            manifest,
            nummer,
            van,
            bereik,
            bestand,
            sha256,
        }))
    }

    /// Command, draws and routes of the whole run.
    fn opzet(&self) -> Option<(Opdracht, Opzet, Vec<Route>)> {
        let opdracht = [Opdracht::Run, Opdracht::Compare]
            .into_iter()
            .find(|o| self.manifest.get("commando").and_then(Value::as_str) == Some(o.woord()))?;
        let s = self.manifest.get("simulatie")?;
        let methode = [
            Methode::Willekeurig,
            Methode::Antithetisch,
            Methode::Latijns,
            Methode::Sobol,
        ]
        .into_iter()
        .find(|m| s["steekproef"].as_str() == Some(methode_naam(*m)))?;
        let aantal = s["trekkingen"].as_u64()?;
        if aantal > simulatie::DRAWS_MAX as u64 {
            return None;
        }
        let opzet = Opzet::new(methode, s["seed"].as_u64()?, aantal);
        let routes: Vec<Route> = Route::BEIDE
            .into_iter()
            .filter(|r| {
                s["routes"]
                    .as_array()
                    .is_some_and(|a| a.contains(&json!(r.naam())))
            })
            .collect();
        let complete = match opdracht {
            Opdracht::Run => !routes.is_empty(),
            Opdracht::Compare => routes.len() == Route::BEIDE.len(),
        };
        (complete && opzet.aantal == aantal).then_some((opdracht, opzet, routes))
    }
}

/// The parts in folders.
fn vind(folders: &[PathBuf]) -> Result<Vec<Deel>, Failure> {
    let (mut parts, mut problems) = (Vec::new(), Vec::new());
    for folder in folders {
        let failed = |e: std::io::Error| IoFailure::new(folder, "read", &e);
        let mut paths: Vec<PathBuf> = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            if path.to_string_lossy().ends_with(".manifest.json") {
                paths.push(path);
            }
        }
        paths.sort();
        for path in paths {
            let text =
                std::fs::read_to_string(&path).map_err(|e| IoFailure::new(&path, "read", &e))?;
            match Deel::new(&path, &text) {
                Some(Ok(part)) => parts.push(part),
                Some(Err(problem)) => problems.push(problem),
                None => {}
            }
        }
    }
    if !problems.is_empty() {
        return Err(Failure::Input(problems));
    }
    if parts.is_empty() {
        let names = folders.iter().map(|f| f.display().to_string());
        return Err(Problem::error(
            "no-parts",
            format!(
                "there is no part of a run in {}",
                names.collect::<Vec<_>>().join(", ")
            ),
        )
        .allowed("folders with files that polder run --shard i/N wrote, and their manifests")
        .fix("name those folders, or simulate the parts first")
        .into());
    }
    Ok(parts)
}

/// What is wrong with the parts together: of other runs, twice, missing.
fn passen(parts: &[Deel], loaded: &Loaded) -> Vec<Problem> {
    let mut problems = Vec::new();
    let first = &parts[0];
    let own = manifest(&loaded.model, &loaded.read, None, &[]);
    for (key, what) in ["versie", "bronnen", "instellingen"]
        .iter()
        .filter_map(|k| GEMEEN.iter().find(|(g, _)| g == k))
    {
        if first.manifest.get(*key) != own.get(*key) {
            problems.push(
                Problem::error(
                    "part-of-another-model",
                    format!("this part was made with another {what} than the model has now"),
                )
                .at(&first.place)
                .allowed("parts made by this version of polder from the same files, byte for byte")
                .fix("name the model that the parts were made with, or simulate them again"),
            );
            return problems;
        }
    }
    for part in parts {
        let differs = GEMEEN
            .iter()
            .find(|(key, _)| part.manifest.get(*key) != first.manifest.get(*key));
        let what = differs.map(|(_, what)| (*what).to_owned()).or_else(|| {
            (part.van != first.van)
                .then(|| format!("number of parts, {} and {}", first.van, part.van))
        });
        if let Some(what) = what {
            problems.push(
                Problem::error(
                    "parts-differ",
                    format!("these parts are not of one run: they differ in {what}"),
                )
                .at(&part.place)
                .and(&first.place)
                .allowed("parts of one run: all options the same but i of --shard i/N")
                .fix("leave out the folder of the other run, or simulate that part again"),
            );
        }
    }
    if !problems.is_empty() {
        return problems;
    }
    let mut by_number: Vec<&Deel> = parts.iter().collect();
    by_number.sort_by_key(|p| p.nummer);
    for pair in by_number.windows(2) {
        if pair[0].nummer == pair[1].nummer {
            problems.push(
                Problem::error(
                    "part-twice",
                    format!("part {} of {} is there twice", pair[0].nummer, pair[0].van),
                )
                .at(&pair[0].place)
                .and(&pair[1].place)
                .fix("leave one of the two out"),
            );
        }
    }
    let have = |i: u64| by_number.iter().any(|p| p.nummer == i);
    let missing: Vec<String> = (1..=first.van)
        .filter(|i| !have(*i))
        .take(10)
        .map(|i| format!("{i}/{}", first.van))
        .collect();
    if !missing.is_empty() {
        problems.push(
            Problem::error(
                "part-missing",
                format!(
                    "of {} parts not all are there: {} is missing",
                    first.van,
                    missing.join(", ")
                ),
            )
            .at(&first.place)
            .fix(format!(
                "simulate it with --shard {}, and name its folder too",
                missing[0]
            )),
        );
    }
    problems
}

/// Reads all parts and joins them to the draws of one run.
pub(super) fn lees(
    loaded: &Loaded,
    path: &Path,
    folders: &[PathBuf],
) -> Result<(Opdracht, Simulatieverslag), Failure> {
    let mut parts = vind(folders)?;
    let unreadable = || {
        onleesbaar(
            &parts[0].place,
            "the table simulatie of the manifest can't be read".into(),
        )
    };
    let (opdracht, opzet, routes) = parts[0].opzet().ok_or_else(unreadable)?;
    let count = parts[0].van;
    if count == 0 || opzet.deel(count, count).is_none() {
        let message = format!("{} draws can't be divided in {count} parts", opzet.aantal);
        return Err(onleesbaar(&parts[0].place, message).into());
    }
    let problems = passen(&parts, loaded);
    if !problems.is_empty() {
        return Err(Failure::Input(problems));
    }
    parts.sort_by_key(|p| p.nummer);
    simulatie::check(loaded, &routes, &opzet, "ncw", false)?;
    // The fan is of the first draws, which are drawn again: that also shows that the parts are what this machine draws.
    let held = parts[0].manifest["simulatie"]["vastgezet"].as_str();
    let stress = Stress {
        vast: held.map(str::to_owned),
        ..Stress::default()
    };
    // So are the index levels, of which the tornado is made.
    let first = opzet.aantal.min(TORNADO_MAX as u64);
    let kept = (WAAIER, TORNADO_MAX);
    let (again, drawn) = simulatie::trek(loaded, &routes, &opzet, &stress, 0..first, kept)?;
    let headings = koppen(&routes, &again.namen);
    let columns = Vec::with_capacity(opzet.aantal as usize);
    let mut columns = vec![columns; headings.len()];
    let bar = output::progress(opzet.aantal);
    for part in &parts {
        let name = part.bestand.display().to_string();
        let read = read_trekkingen(&part.bestand, &name)?.map_err(Failure::from)?;
        let onjuist = |message: String| onleesbaar(&Place::file(&name), message);
        if read.sha256 != part.sha256 {
            return Err(onjuist("the file was changed after it was written: its SHA-256 is not that of the manifest".into()).into());
        }
        let range = opzet.deel(part.nummer, count);
        let rows = read.waarden.first().map_or(0, Vec::len) as u64;
        if range.as_ref() != Some(&part.bereik)
            || read.koppen != headings
            || read.eerste != part.bereik.start
            || rows != part.bereik.end - part.bereik.start
        {
            let message = format!("its draws are not those of part {} of {count}", part.nummer);
            return Err(onjuist(message).into());
        }
        for (into, column) in columns.iter_mut().zip(read.waarden) {
            into.extend(column);
        }
        bar.inc(rows);
    }
    bar.finish_and_clear();
    for (column, here) in columns.iter().zip(again.waarden.iter().flatten()) {
        let same = |(a, b): (&f64, &f64)| a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan();
        if let Some(draw) = column.iter().zip(here).position(|pair| !same(pair)) {
            let part = parts.iter().find(|p| p.bereik.contains(&(draw as u64)));
            let place = part.map_or(&parts[0].place, |p| &p.place);
            let message = format!(
                "draw {draw} is not what is drawn here from {}",
                path.display()
            );
            return Err(onleesbaar(place, message).into());
        }
    }
    let figures = again.namen.len();
    let mut columns = columns.into_iter();
    let t = Trekkingen {
        aantal: opzet.aantal as usize,
        waarden: routes
            .iter()
            .map(|_| columns.by_ref().take(figures).collect())
            .collect(),
        ..again
    };
    let causes = simulatie::oorzaken(loaded, &routes, &drawn, &t, &stress)?;
    let mut v = Simulatieverslag::new(routes, opzet, t, Vec::new());
    v.vastgezet = stress.vast;
    v.oorzaken = causes;
    Ok((opdracht, v))
}

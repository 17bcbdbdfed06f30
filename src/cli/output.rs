//! Results to the terminal, to json and to files.

use super::{Failure, Loaded, table_text};
use crate::model::Model;
use crate::model::schema::OPGAVEN;
use crate::model::table::Tables;
use crate::read::{IoFailure, Read};
use crate::report::Report;
use crate::risk::simulation::Trekkingen;
use crate::risk::statistics::{Sorted, share_below_zero, summary};
use crate::route::Routeresultaat;
use crate::write::{carriers, csv, files, xlsx};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use std::io::Write as _;
use std::path::Path;

/// A line on standard output. A reader that stopped reading is no failure of ours.
pub(super) fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// A report on standard output.
pub(super) fn print(report: &Report) {
    say(&table_text(report));
}

/// json on standard output.
pub(super) fn print_json(value: &Value) {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    say(&text);
}

/// A bar on standard error, when that is a terminal.
pub(super) fn progress(total: u64) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
    if let Ok(style) =
        ProgressStyle::with_template("simulating {bar:40} {pos}/{len} draws, {eta} to go")
    {
        bar.set_style(style);
    }
    bar
}

/// The name of a model: its folder or file without extension.
pub(super) fn model_name(path: &Path) -> String {
    let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let path = if path.file_name().is_some_and(|n| n == crate::read::MANIFEST) {
        path.parent().map(Path::to_path_buf).unwrap_or(path)
    } else {
        path
    };
    let name = path
        .file_stem()
        .map_or_else(|| "model".to_owned(), |n| n.to_string_lossy().into_owned());
    // The name becomes a file name.
    name.chars()
        .map(|c| {
            if c.is_alphanumeric() || "-_ .".contains(c) {
                c
            } else {
                '_'
            }
        })
        .collect()
}

/// Reads `P50=0.5%` as (0.5, 0.005).
pub(super) fn precision(text: &str) -> Result<(f64, f64), String> {
    let wrong = || format!("--precision {text}: write P50=0.5%");
    let (p, share) = text.split_once('=').ok_or_else(wrong)?;
    let p: f64 = p
        .trim()
        .strip_prefix(['P', 'p'])
        .and_then(|p| p.parse().ok())
        .ok_or_else(wrong)?;
    let share = crate::model::table::parse_number(share, crate::model::table::Notation::Plain)
        .map_err(|_| wrong())?;
    let share = crate::number::to_f64(share);
    if p > 0.0 && p < 100.0 && share > 0.0 {
        Ok((p / 100.0, share))
    } else {
        Err(wrong())
    }
}

fn exact(value: Decimal) -> Value {
    value
        .normalize()
        .to_string()
        .parse::<serde_json::Number>()
        .map_or(Value::Null, Value::Number)
}

fn float(value: Option<f64>) -> Value {
    value
        .and_then(serde_json::Number::from_f64)
        .map_or(Value::Null, Value::Number)
}

/// The input files, settings, seed and version that made a result: with these anyone can repeat it.
fn manifest(
    model: &Model,
    read: &Read,
    simulated: Option<(usize, u64)>,
    files: &[String],
) -> Value {
    let sources: Vec<Value> = read
        .sources
        .iter()
        .map(|s| json!({"bestand": s.name, "sha256": s.sha256, "bytes": s.size}))
        .collect();
    let settings: Map<String, Value> = model
        .gebied
        .getoond
        .iter()
        .map(|(n, v, given)| ((*n).to_owned(), json!({"waarde": v, "gegeven": given})))
        .collect();
    json!({
        "programma": "polder",
        "versie": env!("CARGO_PKG_VERSION"),
        "model": model.gebied.naam,
        "bronnen": sources,
        "instellingen": settings,
        "trekkingen": simulated.map(|s| s.0),
        "seed": simulated.map(|s| s.1),
        "bestanden": files,
    })
}

fn route_json(model: &Model, r: &Routeresultaat) -> Value {
    let key: Map<String, Value> = r
        .kerncijfers()
        .into_iter()
        .map(|(n, v)| (n.to_owned(), exact(v)))
        .collect();
    let h = &r.hoofd;
    let periods: Map<String, Value> = (0..h.kosten.len())
        .map(|t| {
            let values: Map<String, Value> = h
                .reeksen()
                .iter()
                .map(|(n, s)| ((*n).to_owned(), exact(s[t])))
                .collect();
            (r.timeline.label(h.begin + t), Value::Object(values))
        })
        .collect();
    let parties: Map<String, Value> = model
        .partijen
        .iter()
        .zip(&r.partijen)
        .map(|(p, x)| {
            let value = json!({
                "investering": exact(x.investering),
                "bijdragen": exact(x.bijdragen),
                "ontvangen": exact(x.ontvangen),
                "saldo": exact(x.saldo),
                "besparing": exact(x.besparing),
                "maatschappelijk": exact(x.maatschappelijk),
                "netto_baat": exact(x.netto_baat),
                "terugverdienjaar": x.terugverdienjaar,
                "slechtste_jaar": x.slechtste_jaar.map(|s| s.0),
                "slechtste_jaar_kas": x.slechtste_jaar.map_or(Value::Null, |s| exact(s.1)),
            });
            (p.partij.clone(), value)
        })
        .collect();
    let span = r.timeline.peil..r.timeline.len;
    let by_period = |values: &[Decimal]| -> Value {
        Value::Object(
            span.clone()
                .map(|t| (r.timeline.label(t), exact(values[t])))
                .collect(),
        )
    };
    let fund = r.fonds.as_ref().map(|f| {
        json!({
            "voorfinanciering": exact(f.voorfinanciering),
            "inleg": by_period(&f.inleg),
            "bijdragen": by_period(&f.bijdragen),
            "uitgaven": by_period(&f.uitgaven),
            "organisatie": by_period(&f.organisatie),
            "rendement": by_period(&f.rendement),
            "gevraagd": by_period(&f.vraag),
            "betaald": by_period(&f.betaald),
            "saldo": by_period(&f.saldo),
        })
    });
    let accounts: Map<String, Value> = r
        .rekeningen
        .iter()
        .map(|a| {
            let x = &a.resultaat;
            let value = json!({
                "boekwaarde_peildatum": exact(a.boekwaarde_peildatum),
                "reeel_saldo": exact(x.reeel_saldo),
                "rente_totaal": exact(x.rente_totaal),
                "eindwaarde": exact(x.eindwaarde),
                "ncw_bbv": exact(x.ncw_bbv),
                "ncw_rente": exact(x.ncw_rente),
                "ncw_kasstroom": exact(x.ncw_kasstroom),
                "laagste_stand": exact(x.laagste_stand.0),
                "kasstroom": by_period(&a.kasstroom),
                "boekwaarde": by_period(&a.boekwaarde),
            });
            (model.rekening_naam(a.rekening), value)
        })
        .collect();
    let names: Vec<&str> = model
        .partijen
        .iter()
        .map(|p| p.partij.as_str())
        .chain(["buiten"])
        .collect();
    let matrix: Map<String, Value> = OPGAVEN
        .iter()
        .zip(&r.matrix)
        .map(|(opgave, row)| {
            let cells: Map<String, Value> = names.iter().zip(row).map(|(n, c)| ((*n).to_owned(), json!({"nominaal": exact(c.nominaal), "ncw": exact(c.ncw), "perioden": by_period(&c.per_periode)}))).collect();
            ((*opgave).to_owned(), Value::Object(cells))
        })
        .collect();
    json!({"kerncijfers": key, "perioden": periods, "partijen": parties, "rekeningen": accounts, "fonds": fund, "matrix": matrix})
}

fn draws_json(t: &Trekkingen) -> Value {
    let routes: Map<String, Value> = crate::plan::Route::BEIDE
        .iter()
        .enumerate()
        .filter(|(i, _)| *i < t.waarden.len())
        .map(|(i, route)| {
            let figures: Map<String, Value> = t
                .namen
                .iter()
                .zip(&t.waarden[i])
                .map(|(name, draws)| {
                    let sorted = Sorted::new(draws);
                    let s = summary(draws);
                    let mut figure = Map::new();
                    figure.insert("gemiddelde".into(), float(s.map(|s| s.mean)));
                    figure.insert("spreiding".into(), float(s.map(|s| s.sd)));
                    for p in [1, 5, 10, 25, 50, 75, 90, 95, 99] {
                        let e = sorted.quantile_estimate(f64::from(p) / 100.0);
                        figure.insert(format!("p{p}"), float(e.map(|e| e.value)));
                        figure.insert(format!("p{p}_fout"), float(e.map(|e| e.standard_error)));
                    }
                    figure.insert(
                        "kans_negatief".into(),
                        float(share_below_zero(draws).map(|e| e.value)),
                    );
                    (name.clone(), Value::Object(figure))
                })
                .collect();
            (route.naam().to_owned(), Value::Object(figures))
        })
        .collect();
    json!({"trekkingen": t.aantal, "routes": routes})
}

/// All results as json, amounts in euro as numbers.
pub(super) fn json(
    model: &Model,
    results: &[Routeresultaat],
    t: Option<&Trekkingen>,
    read: &Read,
    seed: u64,
) -> Value {
    let routes: Map<String, Value> = results
        .iter()
        .map(|r| (r.route.naam().to_owned(), route_json(model, r)))
        .collect();
    json!({
        "manifest": manifest(model, read, t.map(|t| (t.aantal, seed)), &[]),
        "routes": routes,
        "simulatie": t.map(draws_json),
    })
}

/// The files that an earlier run listed in its manifest; only plain names of ours.
fn earlier_files(manifest: &Path) -> Vec<String> {
    let Some(json) = std::fs::read_to_string(manifest)
        .ok()
        .and_then(|t| serde_json::from_str::<Value>(&t).ok())
    else {
        return Vec::new();
    };
    let names = json["bestanden"].as_array().cloned().unwrap_or_default();
    let ours = |n: &str| {
        Path::new(n)
            .extension()
            .is_some_and(|e| e == "csv" || e == "xlsx")
    };
    let plain = |n: &str| ours(n) && !n.contains(['/', '\\']);
    names
        .iter()
        .filter_map(Value::as_str)
        .filter(|n| plain(n))
        .map(str::to_owned)
        .collect()
}

/// Writes the workbook, a csv file per report and the manifest, and says where.
pub(super) fn write(
    loaded: &Loaded,
    reports: &[Report],
    out: &Path,
    nl: bool,
    name: &str,
    simulated: Option<(usize, u64)>,
) -> Result<(), Failure> {
    let model = &loaded.model;
    let mut lines = vec![
        ("Model".to_owned(), model.gebied.naam.clone()),
        (
            "Gemaakt met".to_owned(),
            format!("polder {}", env!("CARGO_PKG_VERSION")),
        ),
        (
            "Conventies".to_owned(),
            crate::report::grex::conventies(model),
        ),
    ];
    if let Some((n, seed)) = simulated {
        lines.push((
            "Simulatie".to_owned(),
            format!("{n} trekkingen, seed {seed}"),
        ));
    }
    lines.extend(
        loaded
            .read
            .sources
            .iter()
            .map(|s| (format!("Bron {}", s.name), format!("sha256 {}", s.sha256))),
    );
    let book = xlsx::workbook(
        reports,
        &xlsx::Properties {
            title: format!("Gebiedsbegroting {}", model.gebied.naam),
            lines,
        },
    )
    .map_err(|reason| {
        Failure::Io(IoFailure {
            path: format!("{name}.xlsx"),
            doing: "write",
            reason,
        })
    })?;
    let mut all = vec![(format!("{name}.xlsx"), book)];
    all.extend(reports.iter().map(|r| {
        (
            format!("{name} - {}.csv", r.name.replace(['/', '\\'], "-")),
            csv::csv(r, nl),
        )
    }));
    let listed: Vec<String> = all.iter().map(|(n, _)| n.clone()).collect();
    let earlier = earlier_files(&out.join(format!("{name}.manifest.json")));
    let manifest = serde_json::to_string_pretty(&manifest(model, &loaded.read, simulated, &listed))
        .unwrap_or_default();
    all.push((format!("{name}.manifest.json"), manifest.into_bytes()));
    files::write_all(out, &all)?;
    // Figures in one folder belong together: what an earlier run of this name wrote and this one does not, goes.
    for file in earlier.iter().filter(|f| !listed.contains(f)) {
        let _ = std::fs::remove_file(out.join(file));
    }
    say(&format!(
        "written: {} and {} csv files in {}",
        out.join(format!("{name}.xlsx")).display(),
        reports.len(),
        out.display()
    ));
    Ok(())
}

/// Writes files in a folder that does not exist yet, so that nothing of the user's is overwritten.
pub(super) fn write_new(folder: &Path, all: &[(String, Vec<u8>)]) -> Result<(), Failure> {
    if folder.exists() {
        return Err(Failure::Usage(format!(
            "{} exists already: name a folder that does not",
            folder.display()
        )));
    }
    files::write_all(folder, all)?;
    Ok(())
}

/// Writes tables as a workbook or as csv, with the manifest that names them.
pub(super) fn write_tables(
    tables: &Tables,
    workbook: bool,
    nl: bool,
    folder: &Path,
) -> Result<(), Failure> {
    let mut all = Vec::new();
    if workbook {
        let (bytes, warnings) = carriers::to_workbook(tables).map_err(|reason| {
            Failure::Io(IoFailure {
                path: folder.display().to_string(),
                doing: "write",
                reason,
            })
        })?;
        super::diagnostics::show(&warnings, folder);
        all.push(("model.xlsx".to_owned(), bytes));
        all.push((
            "model.toml".to_owned(),
            b"[[bron]]\nbestand = \"model.xlsx\"\n".to_vec(),
        ));
    } else {
        all.extend(carriers::to_csv(tables, nl));
    }
    write_new(folder, &all)
}

//! Results to the terminal, to json and to files.

use super::simulatie::{Raw, sampling_woord};
use super::{Failure, Loaded, Notatie, Opdracht, Output, table_text};
use crate::model::Model;
use crate::model::schema::OPGAVEN;
use crate::model::table::Tables;
use crate::plan::Route;
use crate::plan::figuren::is_verrekening;
use crate::read::{IoFailure, Read, SourceFile};
use crate::report::Report;
use crate::report::oorzaken::Routeoorzaken;
use crate::report::risico::{Simulatieverslag, vastgesteld};
use crate::risk::antwoorden::{Antwoorden, WAAIER, waaier};
use crate::risk::opzet::{Oordeel, Opzet, methode_naam};
use crate::risk::statistics::Estimate;
use crate::route::verevening::Regelresultaat;
use crate::route::verhaal::Verhaalresultaat;
use crate::route::{self, Routeresultaat};
use crate::write::trekkingen::{self, Kolommen};
use crate::write::{carriers, csv, files, xlsx};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use std::fmt::Write as _;
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

/// How draws came about: all that is needed to make them again.
pub(super) struct Herkomst {
    /// The command that gives the same figures.
    opdracht: String,
    /// Its word: run, compare or sweep.
    woord: &'static str,
    opzet: Opzet,
    routes: Vec<Route>,
    precisie: Vec<Oordeel>,
    vastgezet: Option<String>,
}

impl Herkomst {
    /// Of the draws of a run or compare.
    pub(super) fn van(opdracht: Opdracht, model: &Path, v: &Simulatieverslag) -> Self {
        let mut herkomst =
            Herkomst::deel(opdracht, model, v.opzet, &v.routes, v.vastgezet.as_deref());
        herkomst.precisie.clone_from(&v.precisie);
        if v.alleen_gebied {
            herkomst.opdracht.push_str(" --area-only");
        }
        if v.figuur != "ncw" {
            let _ = write!(herkomst.opdracht, " --figure \"{}\"", v.figuur);
        }
        herkomst
    }

    /// Of a part of the draws of a run or compare: what the parts have in common.
    pub(super) fn deel(
        opdracht: Opdracht,
        model: &Path,
        opzet: Opzet,
        routes: &[Route],
        vastgezet: Option<&str>,
    ) -> Self {
        let held = vastgezet.map_or_else(String::new, |text| format!(" --fix \"{text}\""));
        let route = match (opdracht, routes) {
            (Opdracht::Run, [route]) => format!(" --route {}", route.naam()),
            _ => String::new(),
        };
        Herkomst {
            opdracht: format!(
                "polder {} {} --draws {} --seed {} --sampling {}{route}{held}",
                opdracht.woord(),
                model_name(model),
                opzet.aantal,
                opzet.seed,
                sampling_woord(opzet.methode)
            ),
            woord: opdracht.woord(),
            opzet,
            routes: routes.to_vec(),
            precisie: Vec::new(),
            vastgezet: vastgezet.map(str::to_owned),
        }
    }

    /// Of the draws of a sweep.
    pub(super) fn sweep(model: &Path, sweep: &crate::sweep::Opdracht) -> Self {
        let opzet = sweep.opzet;
        let area = if sweep.alleen_gebied {
            " --area-only"
        } else {
            ""
        };
        Herkomst {
            opdracht: format!(
                "polder sweep {} SCENARIOS --draws {} --seed {} --sampling {} --figure \"{}\" --route {} --against \"{}\" --against-route {}{area}",
                model_name(model),
                opzet.aantal,
                opzet.seed,
                sampling_woord(opzet.methode),
                sweep.figuur,
                sweep.route.naam(),
                sweep.tegen,
                sweep.tegen_route.naam()
            ),
            woord: "sweep",
            opzet,
            routes: Route::BEIDE.to_vec(),
            precisie: Vec::new(),
            vastgezet: None,
        }
    }

    /// Names with values for a sheet that tells where draws come from.
    pub(super) fn regels(&self) -> Vec<(String, String)> {
        vec![
            ("Simulatie".to_owned(), self.regel()),
            ("Opdracht simulatie".to_owned(), self.opdracht.clone()),
        ]
    }

    fn regel(&self) -> String {
        let o = &self.opzet;
        format!(
            "{} trekkingen, seed {}, {}",
            o.aantal,
            o.seed,
            methode_naam(o.methode)
        )
    }

    /// The draws as json: the same for all parts of a run.
    fn json(&self) -> Value {
        let o = &self.opzet;
        let routes: Vec<&str> = self.routes.iter().map(|r| r.naam()).collect();
        let per = o.per_herhaling_voor_fouten();
        json!({
            "steekproef": methode_naam(o.methode),
            "seed": o.seed,
            "trekkingen": o.aantal,
            "per_herhaling": per,
            "herhalingen": per.map(|per| o.aantal / per as u64),
            "bereik": [0, o.aantal],
            "vastgezet": self.vastgezet,
            "routes": routes,
            "precisie": precision_json(&self.precisie),
        })
    }
}

fn precision_json(oordelen: &[Oordeel]) -> Value {
    let value = |o: &Oordeel| {
        json!({
            "percentiel": o.wens.naam(),
            "gevraagd": float(Some(o.wens.aandeel)),
            "waarde": float(Some(o.schatting.value)),
            "fout": float(Some(o.schatting.standard_error)),
            "bereikt": o.gehaald,
            "willekeurig_nodig": (o.gewoon < u64::MAX).then_some(o.gewoon),
        })
    };
    Value::Array(oordelen.iter().map(value).collect())
}

/// The input files, settings, draws and version that made a result: with these anyone can repeat it.
pub(super) fn manifest(
    model: &Model,
    read: &Read,
    herkomst: Option<&Herkomst>,
    files: &[String],
) -> Map<String, Value> {
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
    let value = json!({
        "programma": "polder",
        "versie": env!("CARGO_PKG_VERSION"),
        "model": model.gebied.naam,
        "bronnen": sources,
        "instellingen": settings,
        "trekkingen": herkomst.map(|h| h.opzet.aantal),
        "seed": herkomst.map(|h| h.opzet.seed),
        "commando": herkomst.map(|h| h.woord),
        "opdracht": herkomst.map(|h| h.opdracht.as_str()),
        "simulatie": herkomst.map(Herkomst::json),
        "bestanden": files,
    });
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
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
            "leningen": f.leningen.as_ref().map(|[lent, _]| by_period(lent)),
            "uitstaand": f.leningen.as_ref().map(|[_, owed]| by_period(owed)),
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
    let parts: Map<String, Value> = r
        .delen
        .iter()
        .map(|d| {
            let value = json!({
                "reeel_saldo": exact(d.reeel_saldo),
                "eindwaarde": exact(d.eindwaarde),
                "ncw": exact(d.ncw),
                "kasstroom": by_period(&d.kasstroom),
            });
            (d.naam.clone(), value)
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
    let verhaal: Map<String, Value> = r.verhaal.iter().map(|x| verhaal_json(model, x)).collect();
    let verevening: Map<String, Value> = r
        .verevening
        .iter()
        .map(|x| verevening_json(model, x))
        .collect();
    let bijdragen: Map<String, Value> = model
        .bijdragen
        .iter()
        .zip(&r.bijdragen)
        .map(|(row, x)| {
            let settled = row.eindafrekening.is_some();
            let named = route::bijdragen::CIJFERS.iter().zip(x).enumerate();
            let own: Map<String, Value> = named
                .filter(|(k, _)| *k < 3 || settled)
                .map(|(_, ((name, _), value))| ((*name).to_owned(), exact(*value)))
                .collect();
            (row.id.clone(), Value::Object(own))
        })
        .collect();
    let normen: Map<String, Value> = model
        .normen
        .iter()
        .zip(route::normen::normtoetsen(model).unwrap_or_default())
        .map(|(norm, toets)| {
            let named = route::normen::CIJFERS.iter().zip(toets);
            let own: Map<String, Value> = named
                .map(|((name, _), value)| ((*name).to_owned(), exact(value)))
                .collect();
            (norm.naam.clone(), Value::Object(own))
        })
        .collect();
    json!({"kerncijfers": key, "perioden": periods, "partijen": parties, "deelgebieden": parts, "rekeningen": accounts, "fonds": fund, "matrix": matrix, "kostenverhaal": verhaal, "verevening": verevening, "bijdragen": bijdragen, "normen": normen})
}

/// A rule of verevening.
fn verevening_json(model: &Model, x: &Regelresultaat) -> (String, Value) {
    let figures =
        |own: &[(&'static str, Decimal)], more: &[(&'static str, Decimal)]| -> Map<String, Value> {
            own.iter()
                .chain(more)
                .map(|(name, value)| ((*name).to_owned(), exact(*value)))
                .collect()
        };
    let regel = &model.verevening.regels[x.regel];
    let parts: Map<String, Value> = x
        .deelnemers
        .iter()
        .map(|d| {
            let own = &model.verevening.deelnemers[d.deelnemer];
            let mut value = figures(&[("verrekening", d.verrekening)], &d.cijfers);
            value.insert("rekening".into(), json!(model.rekening_naam(own.rekening)));
            (own.id.clone(), Value::Object(value))
        })
        .collect();
    let mut value = figures(&[("betaald", x.betaald), ("saldo", x.saldo)], &x.cijfers);
    value.insert("soort".into(), json!(regel.vorm.naam));
    value.insert(
        "rekening".into(),
        json!(model.rekening_naam(regel.rekening)),
    );
    value.insert("delen".into(), Value::Object(parts));
    (regel.naam.clone(), Value::Object(value))
}

/// An area of kostenverhaal.
fn verhaal_json(model: &Model, x: &Verhaalresultaat) -> (String, Value) {
    let owners: Map<String, Value> = x
        .eigenaren
        .iter()
        .map(|e| {
            let row = &model.verhaal.eigendommen[e.eigendom];
            let c = &e.cijfers;
            let mut value = json!({
                "partij": model.partijen[row.partij].partij,
                "route": e.positie.woord(),
                "opbrengst": exact(c.opbrengst),
                "inbreng": exact(c.inbreng),
                "aftrek": exact(c.aftrek),
                "bruto": exact(c.bruto),
                "bruto_opbrengsten": exact(c.bruto_opbrengsten),
                "bruto_gewichtsfactor": exact(c.bruto_gewichtsfactor),
                "netto": exact(c.netto),
                "geldsom": exact(c.geldsom),
                "overeenkomst": exact(e.overeenkomst),
            });
            if let (Value::Object(map), true) = (&mut value, row.beschikt.is_some()) {
                map.insert("terugbetaling".to_owned(), exact(c.terugbetaling));
            }
            (row.id.clone(), value)
        })
        .collect();
    let mut value = json!({
        "kosten": exact(x.kosten),
        "inbrengwaarden": exact(x.inbreng),
        "bijdragen": exact(x.bijdragen),
        "netto_kosten": exact(x.netto),
        "opbrengst": exact(x.opbrengst),
        "omslag": exact(x.omslag),
        "tekort": exact(x.tekort),
        "geldsommen": exact(x.geldsommen),
        "overeenkomsten": exact(x.overeenkomsten),
        "afzien": x.afzien,
        "eigendom": owners,
        "rest": exact(x.rest_totaal()),
    });
    if let Value::Object(map) = &mut value {
        let kinds = x.kostensoorten.iter();
        map.extend(kinds.map(|(code, amount)| (format!("kosten_{code}"), exact(*amount))));
        let causes = x.rest.iter();
        map.extend(causes.map(|(key, _, amount)| ((*key).to_owned(), exact(*amount))));
    }
    (model.verhaal.gebieden[x.gebied].id.clone(), value)
}

/// A figure with its error under `name` and `name_fout`.
fn put(into: &mut Map<String, Value>, name: &str, e: Estimate) {
    into.insert(name.to_owned(), float(Some(e.value)));
    into.insert(format!("{name}_fout"), float(Some(e.standard_error)));
}

fn answers_json(a: &Antwoorden) -> Map<String, Value> {
    let mut figure = Map::new();
    put(&mut figure, "gemiddelde", a.mean);
    put(&mut figure, "spreiding", a.sd);
    for (p, e) in [1, 5, 10, 25, 50, 75, 90, 95, 99]
        .iter()
        .zip(a.percentielen)
    {
        put(&mut figure, &format!("p{p}"), e);
    }
    put(&mut figure, "kans_negatief", a.onder_nul);
    for (share, e) in [10, 5, 1].iter().zip(a.tekort) {
        put(&mut figure, &format!("slechtste_{share}"), e);
    }
    figure
}

/// What drives a figure of a route.
fn causes_json(o: &Routeoorzaken) -> Value {
    let bars = o.tornado.balken.iter().map(|b| {
        json!({
            "onzekerheid": b.naam,
            "rangcorrelatie": float(Some(b.rho.value)),
            "fout": float(Some(b.rho.standard_error)),
            "exact": b.exact,
        })
    });
    let swings = o.zwaai.balken.iter().map(|b| {
        json!({
            "onzekerheid": o.drijvers.get(b.driver),
            "laag": float(Some(b.laag)),
            "hoog": float(Some(b.hoog)),
            "uitkomst_laag": float(Some(b.uitkomst_laag)),
            "uitkomst_hoog": float(Some(b.uitkomst_hoog)),
        })
    });
    let worst = o.slechtste.iter().map(|s| {
        json!({
            "onzekerheid": s.naam,
            "gemiddelde_rang": float(Some(s.gemeen.rang.gemiddelde)),
            "afwijking": float(Some(s.gemeen.rang.afwijking)),
            "gemiddeld_daar": float(Some(s.gemeen.in_staart)),
            "gemiddeld_overal": float(Some(s.gemeen.overal)),
        })
    });
    let reverse = o.omgekeerd.as_ref().map(|found| {
        let point = |p: &crate::risk::oorzaken::Punt| {
            let named = found.oorzaken.iter().zip(&p.waarden);
            let values =
                named.filter_map(|(i, x)| Some((o.namen.get(*i)?.clone(), float(Some(*x)))));
            json!({
                "uitkomst": float(Some(p.uitkomst)),
                "afstand": float(Some(p.afstand)),
                "waarden": Value::Object(values.collect()),
            })
        };
        json!({
            "uitkomst": float(Some(found.x)),
            "bereik": [float(Some(found.bereik.0)), float(Some(found.bereik.1))],
            "r2": float(Some(found.r2)),
            "vlak": found.vlak.as_ref().map(point),
            "trekking": found.nummer,
            "in_trekking": point(&found.trekking),
        })
    });
    json!({
        "figuur": o.tornado.figuur,
        "trekkingen": o.tornado.trekkingen,
        "tornado": bars.collect::<Vec<_>>(),
        "uitkomst_midden": float(Some(o.zwaai.midden)),
        "zwaai": swings.collect::<Vec<_>>(),
        "slechtste_10": worst.collect::<Vec<_>>(),
        "omgekeerd": reverse,
    })
}

fn draws_json(v: &Simulatieverslag, results: &[&Routeresultaat], herkomst: &Herkomst) -> Value {
    let mut out = match herkomst.json() {
        Value::Object(map) => map,
        _ => Map::new(),
    };
    let [mut routes, mut years, mut buffers, mut fans] = std::array::from_fn(|_| Map::new());
    for (r, route) in v.routes.iter().enumerate() {
        let figures = v.trekkingen.namen.iter().zip(&v.antwoorden[r]);
        let figures: Map<String, Value> = figures
            .filter_map(|(name, a)| Some((name.clone(), Value::Object(answers_json(a.as_ref()?)))))
            .collect();
        routes.insert(route.naam().to_owned(), Value::Object(figures));
        let year = |j: &crate::risk::antwoorden::Jaar| {
            let mut row = Map::new();
            row.insert("jaar".into(), j.jaar.into());
            row.insert("trekkingen".into(), j.aantal.into());
            put(&mut row, "aandeel", j.aandeel);
            Value::Object(row)
        };
        let rows = v.badkuipjaren(r).iter().map(year).collect();
        years.insert(route.naam().to_owned(), Value::Array(rows));
        let Some(result) = results.iter().find(|x| x.route == *route) else {
            continue;
        };
        let tables = vastgesteld(result).into_iter().filter_map(|(name, value)| {
            let rows = v.buffers(r, name, value)?;
            let rows = rows.iter().map(|b| {
                json!({
                    "zekerheid": float(Some(b.zekerheid)),
                    "buffer": float(Some(b.buffer)),
                    "zonder_voorziening": float(Some(b.min_kwantiel)),
                    "fout": float(Some(b.standard_error)),
                })
            });
            let table =
                json!({"vastgesteld": float(Some(value)), "rijen": rows.collect::<Vec<_>>()});
            Some((name.to_owned(), table))
        });
        buffers.insert(route.naam().to_owned(), Value::Object(tables.collect()));
        let points = v
            .trekkingen
            .waaier
            .get(r)
            .and_then(|c| waaier(c, v.opzet.per_herhaling_voor_fouten()))
            .unwrap_or_default();
        let points = points.iter().enumerate().map(|(i, point)| {
            let mut values = Map::new();
            for (p, e) in WAAIER.iter().zip(point) {
                put(&mut values, &format!("p{:.0}", p * 100.0), *e);
            }
            let label = result.timeline.label(result.hoofd.begin + i);
            (label, Value::Object(values))
        });
        fans.insert(route.naam().to_owned(), Value::Object(points.collect()));
    }
    let differences: Map<String, Value> = v
        .trekkingen
        .namen
        .iter()
        .filter(|name| *name != "laagste_stand_jaar")
        .filter_map(|name| {
            let difference = v.verschil(name)?;
            let mut row = answers_json(&difference.verschil);
            // What is paid between parties is better for one of them only.
            if !is_verrekening(name) {
                put(&mut row, "kans_beter", difference.beter);
            }
            Some((name.clone(), Value::Object(row)))
        })
        .collect();
    out.insert("routes".into(), Value::Object(routes));
    out.insert("badkuip_jaren".into(), Value::Object(years));
    out.insert("buffers".into(), Value::Object(buffers));
    out.insert("waaier".into(), Value::Object(fans));
    out.insert("verschil".into(), Value::Object(differences));
    let causes = v.oorzaken.iter();
    let causes = causes.map(|o| (o.route.naam().to_owned(), causes_json(o)));
    out.insert("oorzaken".into(), Value::Object(causes.collect()));
    Value::Object(out)
}

/// All results as json, amounts in euro as numbers.
pub(super) fn json(
    loaded: &Loaded,
    results: &[&Routeresultaat],
    v: Option<&Simulatieverslag>,
    herkomst: Option<&Herkomst>,
) -> Value {
    let routes: Map<String, Value> = results
        .iter()
        .map(|r| (r.route.naam().to_owned(), route_json(&loaded.model, r)))
        .collect();
    json!({
        "manifest": manifest(&loaded.model, &loaded.read, herkomst, &[]),
        "routes": routes,
        "simulatie": v.zip(herkomst).map(|(v, h)| draws_json(v, results, h)),
    })
}

/// The SHA-256 of files by name, for a manifest.
pub(super) fn hashes<'a>(files: impl Iterator<Item = &'a (String, Vec<u8>)>) -> Value {
    let hash = |(name, bytes): &(String, Vec<u8>)| {
        let found = SourceFile::of(name, bytes);
        (found.name, Value::String(found.sha256))
    };
    Value::Object(files.map(hash).collect())
}

/// Refuses to write over a workbook that is not as polder wrote it: somebody worked in it, or it is another file of that name.
/// What was written, the manifest beside it tells.
pub(super) fn vrij(out: &Path, force: bool, name: &str) -> Result<(), Failure> {
    let file = format!("{name}.xlsx");
    let target = out.join(&file);
    if force || !target.is_file() {
        return Ok(());
    }
    let bytes =
        std::fs::read(&target).map_err(|e| Failure::Io(IoFailure::new(&target, "open", &e)))?;
    let manifest = std::fs::read_to_string(out.join(format!("{name}.manifest.json"))).ok();
    let manifest = manifest.and_then(|text| serde_json::from_str::<Value>(&text).ok());
    let written = manifest.as_ref().and_then(|m| m["sha256"][&file].as_str());
    if written == Some(SourceFile::of(&file, &bytes).sha256.as_str()) {
        return Ok(());
    }
    Err(Failure::Usage(format!(
        "{} is not as polder wrote it, and is not written over: name another folder with --out, or lose what is in it with --force",
        target.display()
    )))
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
            .is_some_and(|e| e == "csv" || e == "xlsx" || e == "parquet")
    };
    let plain = |n: &str| ours(n) && !n.contains(['/', '\\']);
    names
        .iter()
        .filter_map(Value::as_str)
        .filter(|n| plain(n))
        .map(str::to_owned)
        .collect()
}

/// The columns of all draws under `route.figure`.
fn kolommen(v: &Simulatieverslag) -> Kolommen<'_> {
    let t = &v.trekkingen;
    let named = v.routes.iter().zip(&t.waarden);
    let (koppen, waarden) = named
        .flat_map(|(route, columns)| {
            let names = t.namen.iter().map(|n| format!("{}.{n}", route.naam()));
            names.zip(columns.iter().map(Vec::as_slice))
        })
        .unzip();
    Kolommen {
        eerste: 0,
        koppen,
        waarden,
    }
}

/// Writes every draw; gives the name of the file.
fn write_raw(
    raw: Raw,
    v: &Simulatieverslag,
    manifest: &Map<String, Value>,
    out: &Path,
    name: &str,
) -> Result<String, Failure> {
    let columns = kolommen(v);
    match raw {
        Raw::Csv => {
            let file = format!("{name} trekkingen.csv");
            files::write_pieces(out, &file, |to| trekkingen::csv(&columns, to))?;
            Ok(file)
        }
        #[cfg(feature = "parquet")]
        Raw::Parquet => {
            let file = format!("{name} trekkingen.parquet");
            let text = serde_json::to_string(manifest).unwrap_or_default();
            files::write_pieces(out, &file, |to| trekkingen::parquet(&columns, &text, to))?;
            Ok(file)
        }
        #[cfg(not(feature = "parquet"))]
        Raw::Parquet => {
            // Refused with the flags.
            let _ = manifest;
            Err(Failure::Usage(
                "--raw parquet: this polder was built without it".into(),
            ))
        }
    }
}

/// Writes the workbook, a csv file per report, the draws where asked and the manifest, and says where.
pub(super) fn write(
    loaded: &Loaded,
    reports: &[Report],
    output: &Output,
    name: &str,
    herkomst: Option<&Herkomst>,
    raw: Option<(Raw, &Simulatieverslag)>,
) -> Result<(), Failure> {
    let (model, out, nl) = (&loaded.model, &output.out, output.csv == Notatie::Nl);
    vrij(out, output.force, name)?;
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
    if let Some(herkomst) = herkomst {
        lines.push(("Simulatie".to_owned(), herkomst.regel()));
        lines.push(("Opdracht".to_owned(), herkomst.opdracht.clone()));
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
    let mut listed: Vec<String> = all.iter().map(|(n, _)| n.clone()).collect();
    let earlier = earlier_files(&out.join(format!("{name}.manifest.json")));
    if let Some((raw, v)) = raw {
        let described = manifest(model, &loaded.read, herkomst, &[]);
        listed.push(write_raw(raw, v, &described, out, name)?);
    }
    let mut manifest = manifest(model, &loaded.read, herkomst, &listed);
    manifest.insert("sha256".to_owned(), hashes(all.iter()));
    let manifest = serde_json::to_string_pretty(&manifest).unwrap_or_default();
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
    if let Some(file) = raw.and_then(|_| listed.last()) {
        say(&format!("written: {}", out.join(file).display()));
    }
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

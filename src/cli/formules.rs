//! `--formulas`: the model and its calculation as a workbook of formulas.

use super::output::{hashes, manifest, model_name, say, vrij};
use super::{Failure, Loaded};
use crate::explain::Opname;
use crate::levend;
use crate::model::Model;
use crate::model::schema::{self, Kind, SCHEMA};
use crate::model::table::{Row, Scalar, Tables, Value, as_text, fold};
use crate::parameters;
use crate::plan::Route;
use crate::problem::Place;
use crate::read::IoFailure;
use crate::report::Report;
use crate::write::levend::{Gegevens, bladnaam, workbook};
use crate::write::{carriers, files};
use jiff::civil::Date;
use rust_decimal::Decimal;
use std::path::Path;

/// What is asked.
pub(super) struct Vraag<'a> {
    /// The model.
    pub(super) model: &'a Path,
    /// Routes, a workbook each.
    pub(super) routes: &'a [Route],
    /// Folder.
    pub(super) out: &'a Path,
    /// Whether a workbook that somebody changed may be written over.
    pub(super) force: bool,
    /// Command that made the draws.
    pub(super) simulatie: Vec<(String, String)>,
    /// What was drawn.
    pub(super) rapporten: Vec<Report>,
}

/// What the workbook of a route is called, without what files end in.
pub(super) fn naam(model: &Path, route: Route) -> String {
    format!("{} {} formules", model_name(model), route.naam())
}

/// Writes a workbook of formulas per route with its manifest, never over a file that the model was read from, and not over one that
/// somebody changed.
pub(super) fn schrijf(loaded: &Loaded, vraag: &Vraag<'_>) -> Result<(), Failure> {
    let mut all = Vec::new();
    let mut manifests = Vec::new();
    for route in vraag.routes {
        let stem = naam(vraag.model, *route);
        let name = format!("{stem}.xlsx");
        check(loaded, vraag, &name)?;
        vrij(vraag.out, vraag.force, &stem)?;
        let bytes = een(loaded, vraag, *route).map_err(|reason| {
            Failure::Io(IoFailure {
                path: name.clone(),
                doing: "write",
                reason,
            })
        })?;
        let listed = [name.clone()];
        all.push((name, bytes));
        let mut manifest = manifest(&loaded.model, &loaded.read, None, &listed);
        manifest.insert("sha256".to_owned(), hashes(all.last().into_iter()));
        let text = serde_json::to_string_pretty(&manifest).unwrap_or_default();
        manifests.push((format!("{stem}.manifest.json"), text.into_bytes()));
    }
    let both: Vec<(String, Vec<u8>)> = all.iter().cloned().chain(manifests).collect();
    files::write_all(vraag.out, &both)?;
    for (name, _) in &all {
        say(&format!("written: {}", vraag.out.join(name).display()));
    }
    Ok(())
}

/// Refuses a target that is one of the sources.
fn check(loaded: &Loaded, vraag: &Vraag<'_>, name: &str) -> Result<(), Failure> {
    let folder = if vraag.model.is_dir() {
        vraag.model
    } else {
        vraag.model.parent().unwrap_or(Path::new(""))
    };
    let Ok(target) = std::fs::canonicalize(vraag.out.join(name)) else {
        return Ok(());
    };
    let taken = loaded
        .read
        .sources
        .iter()
        .filter_map(|s| std::fs::canonicalize(folder.join(&s.name)).ok())
        .any(|source| source == target);
    if taken {
        return Err(Failure::Usage(format!(
            "{} is a file that the model is read from, and is never written over: name another folder with --out",
            target.display()
        )));
    }
    Ok(())
}

fn een(loaded: &Loaded, vraag: &Vraag<'_>, route: Route) -> Result<Vec<u8>, String> {
    let shown = |problems: Vec<crate::problem::Problem>| {
        problems
            .first()
            .map_or_else(|| "no model".to_owned(), ToString::to_string)
    };
    let tables = carriers::placed(&benoemd(&loaded.model), "werkboek", bladnaam);
    let (model, problems) = Model::new(tables.clone());
    let model = model.ok_or_else(|| shown(problems))?;
    let opname = Opname::new(&model, route, None).map_err(shown)?;
    let werkmap = levend::werkmap(&opname, &tables, bladnaam)?;
    workbook(&tables, &werkmap, &gegevens(loaded, vraag, route))
}

/// The tables, with the name of the area where only the folder gave it.
fn benoemd(model: &Model) -> Tables {
    let mut tables = model.tables.clone();
    let gebied = tables.table_mut("gebied");
    let named = gebied
        .rows
        .iter()
        .any(|r| fold(&as_text(&r.values[0].scalar)) == "naam");
    if !named && !model.gebied.naam.is_empty() {
        let place = Place::file("polder");
        let mut values: Vec<Value> = gebied
            .schema
            .columns
            .iter()
            .map(|_| Value::new(Scalar::Empty, place.clone()))
            .collect();
        values[0].scalar = Scalar::Text("naam".into());
        values[1].scalar = Scalar::Text(model.gebied.naam.clone());
        gebied.rows.push(Row { place, values });
    }
    tables
}

fn gegevens(loaded: &Loaded, vraag: &Vraag<'_>, route: Route) -> Gegevens {
    let model = &loaded.model;
    let line = |a: &str, b: String| (a.to_owned(), b);
    let mut regels = vec![
        line("Model", model.gebied.naam.clone()),
        line("Route", route.naam().to_owned()),
        line(
            "Gemaakt met",
            format!("polder {}", env!("CARGO_PKG_VERSION")),
        ),
        line(
            "Opdracht",
            format!(
                "polder run {} --route {} --formulas",
                model_name(vraag.model),
                route.naam()
            ),
        ),
        line("Conventies", crate::report::grex::conventies(model)),
    ];
    regels.extend(vraag.simulatie.iter().cloned());
    regels.extend(
        loaded
            .read
            .sources
            .iter()
            .map(|s| line(&format!("Bron {}", s.name), format!("sha256 {}", s.sha256))),
    );
    let mut bronnen = Vec::new();
    for (table, schema) in model.tables.tables.iter().zip(SCHEMA) {
        let source = schema.column("bron");
        for row in &table.rows {
            bronnen.push([
                schema.name.to_owned(),
                row.values
                    .first()
                    .map_or_else(String::new, |v| as_text(&v.scalar)),
                row.place.to_string(),
                source
                    .and_then(|c| row.values.get(c))
                    .map_or_else(String::new, |v| as_text(&v.scalar)),
            ]);
        }
    }
    let parameters = parameters::all()
        .iter()
        .filter_map(|p| {
            let value = parameters::on(&p.sleutel, model.gebied.peildatum)
                .or_else(|| parameters::first(&p.sleutel))?;
            Some([
                format!("{} ({})", p.sleutel, p.omschrijving),
                format!(
                    "{} {} vanaf {}",
                    nederlands(
                        &value.waarde.normalize().to_string(),
                        p.eenheid.starts_with("per "),
                    ),
                    p.eenheid,
                    nederlands(&value.vanaf.to_string(), false)
                ),
                [p.artikel.as_str(), value.bron.as_str()]
                    .iter()
                    .filter(|t| !t.is_empty())
                    .copied()
                    .collect::<Vec<_>>()
                    .join("; "),
            ])
        })
        .collect();
    let instellingen = model
        .gebied
        .getoond
        .iter()
        .map(|(name, value, given)| {
            let rate = schema::setting(name).is_some_and(|s| s.kind == Kind::Rate);
            let value = nederlands(value, rate);
            [
                (*name).to_owned(),
                format!("{value}{}", if *given { "" } else { " (standaard)" }),
                levend::instelling(name).to_owned(),
            ]
        })
        .collect();
    Gegevens {
        titel: format!("Rekenblad {} ({})", model.gebied.naam, route.naam()),
        regels,
        bronnen,
        parameters,
        instellingen,
        simulatie: vraag.rapporten.clone(),
    }
}

/// A value as a Dutch reader writes it: a date with its day first, a rate as a percentage, a decimal comma.
fn nederlands(value: &str, rate: bool) -> String {
    if let Ok(date) = value.parse::<Date>() {
        return format!("{}-{}-{}", date.day(), date.month(), date.year());
    }
    match value.parse::<Decimal>() {
        Ok(number) if rate => {
            let hundred = number * Decimal::ONE_HUNDRED;
            format!("{}%", hundred.normalize().to_string().replace('.', ","))
        }
        Ok(_) => value.replace('.', ","),
        Err(_) => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::nederlands;

    #[test]
    fn values_are_written_as_a_dutch_reader_does() {
        assert_eq!(nederlands("2026-01-01", false), "1-1-2026");
        assert_eq!(nederlands("0.0225", true), "2,25%");
        assert_eq!(nederlands("0.5", false), "0,5");
        assert_eq!(nederlands("ncw_bbv", false), "ncw_bbv");
    }
}

//! Scenario files: named changes and grids from toml, every value exact and with its place. Applies nothing and knows no model.

use super::toml::{Parsed, Reader, parse};
use super::{IoFailure, MAX_TOML, Read, SourceFile, load_text};
use crate::model::address::{Address, Als, Change};
use crate::model::table::{Notation, Scalar, Value, clip, fold, name_key, parse_number};
use crate::problem::{Place, Problem, has_errors, nearest};
use crate::scenario::{Raster, Scenario, ScenarioBestand};
use ::toml::Spanned;
use ::toml::de::{DeTable, DeValue};
use rust_decimal::Decimal;
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Most values of one grid.
pub const MAX_VALUES: usize = 10_000;
/// Most scenarios of one run, over all files.
pub const MAX_SCENARIOS: usize = 100_000;
/// Most changes over all scenarios of one run: they are all in memory.
const MAX_CHANGES: usize = 1_000_000;

/// The words for the three ways in which a change uses its number.
const ALS: [(&str, Als); 3] = [
    ("waarde", Als::Waarde),
    ("factor", Als::Factor),
    ("verschuiving", Als::Verschuiving),
];

/// What was read: the files' scenarios, the files themselves for the manifest of a run, and what is wrong.
pub type Scenariobestanden = (Vec<ScenarioBestand>, Vec<SourceFile>, Vec<Problem>);

/// Reads scenario files, in the order given; a folder stands for its toml files by name.
///
/// What is wrong inside the files is returned as problems, all at once; a file with an error gives no scenarios. Fails only when
/// the system does: a path does not exist, or may not be read.
pub fn read_scenarios(paths: &[PathBuf]) -> Result<Scenariobestanden, IoFailure> {
    let mut read = Read::default();
    let mut files: Vec<(ScenarioBestand, Place)> = Vec::new();
    for path in paths {
        for name in file_names(path, &mut read)? {
            if read.is_full() {
                break;
            }
            let Some(bytes) = load_text(Path::new(""), &name, MAX_TOML, &mut read)? else {
                continue;
            };
            let before = read.problems.len();
            let file: Arc<str> = Arc::from(name.as_str());
            let Some((found, place)) = read_file(&bytes, &file, &mut read) else {
                continue;
            };
            if !has_errors(&read.problems[before..]) {
                files.push((found, place));
            }
        }
    }
    check_names(&files, &mut read.problems);
    check_size(&files, &mut read.problems);
    Ok((
        files.into_iter().map(|(f, _)| f).collect(),
        read.sources,
        read.problems,
    ))
}

/// The files that a path stands for.
fn file_names(path: &Path, read: &mut Read) -> Result<Vec<String>, IoFailure> {
    let shown = |path: &Path| path.to_string_lossy().into_owned();
    if !fs::metadata(path)
        .map_err(|e| IoFailure::new(path, "open", &e))?
        .is_dir()
    {
        return Ok(vec![shown(path)]);
    }
    let mut names = Vec::new();
    for entry in fs::read_dir(path).map_err(|e| IoFailure::new(path, "open", &e))? {
        let file = entry.map_err(|e| IoFailure::new(path, "read", &e))?.path();
        if file
            .extension()
            .is_some_and(|e| e.eq_ignore_ascii_case("toml"))
        {
            names.push(shown(&file));
        }
    }
    names.sort();
    if names.is_empty() {
        read.problems.push(
            Problem::error("no-scenario", "the folder holds no toml files")
                .at(&Place::file(&shown(path)))
                .fix("name a folder or files with scenarios"),
        );
    }
    Ok(names)
}

/// A name says which scenario a result belongs to, so none may stand twice.
fn check_names(files: &[(ScenarioBestand, Place)], problems: &mut Vec<Problem>) {
    let mut seen: HashMap<String, &Place> = HashMap::new();
    for (file, place) in files {
        let key = name_key(&file.naam);
        if key == name_key(&Scenario::basis().naam) {
            problems.push(
                Problem::error(
                    "duplicate-name",
                    format!(
                        "\"{}\" is the name of the model without changes",
                        clip(&file.naam)
                    ),
                )
                .at(place)
                .fix("take another naam"),
            );
        } else if let Some(first) = seen.insert(key, place) {
            problems.push(
                Problem::error(
                    "duplicate-name",
                    format!("two scenarios are called \"{}\"", clip(&file.naam)),
                )
                .at(place)
                .and(first)
                .fix("give each file a naam of its own, and name each file once"),
            );
        }
    }
}

/// All scenarios together must fit in memory and in a lifetime.
fn check_size(files: &[(ScenarioBestand, Place)], problems: &mut Vec<Problem>) {
    let (mut scenarios, mut changes) = (0usize, 0usize);
    for (file, place) in files {
        let count = file.aantal();
        scenarios = scenarios.saturating_add(count);
        changes = changes
            .saturating_add(count.saturating_mul(file.wijzigingen.len() + file.rasters.len()));
        if scenarios > MAX_SCENARIOS || changes > MAX_CHANGES {
            let grids: Vec<String> = file
                .rasters
                .iter()
                .map(|r| r.waarden.len().to_string())
                .collect();
            let grids = if grids.len() > 1 {
                format!(" (rasters of {})", clip(&grids.join(" x ")))
            } else {
                String::new()
            };
            problems.push(
                Problem::error("too-many-scenarios", format!("\"{}\" gives {count} scenarios{grids}, which makes {scenarios} with {changes} changes so far", clip(&file.naam)))
                    .at(place)
                    .allowed(format!("at most {MAX_SCENARIOS} scenarios with {MAX_CHANGES} changes in one run"))
                    .fix("take larger steps or fewer rasters, or run the files one by one"),
            );
            return;
        }
    }
}

/// One file, with the place of its name.
fn read_file(bytes: &[u8], file: &Arc<str>, read: &mut Read) -> Option<(ScenarioBestand, Place)> {
    let Parsed { lines, root } = parse(bytes, file, read)?;
    let mut reader = Reader { lines, file, read };
    let [naam, omschrijving, bron, wijziging, raster] = reader.known(
        "a scenario",
        root.get_ref(),
        ["naam", "omschrijving", "bron", "wijziging", "raster"],
    );
    let (naam, place) = if let Some((_, at, value)) = naam {
        (reader.text("naam", value), reader.place(at))
    } else {
        let place = Place::file(file);
        reader.read.problems.push(
            Problem::error("no-naam", "the scenario has no naam")
                .at(&place)
                .fix("write naam = \"...\" above the first [[wijziging]] or [[raster]]"),
        );
        (None, place)
    };
    let omschrijving = omschrijving
        .and_then(|(_, _, value)| reader.text("omschrijving", value))
        .unwrap_or_default();
    if let Some((_, _, value)) = bron {
        reader.text("bron", value);
    }
    let mut wijzigingen = Vec::new();
    if let Some((_, at, value)) = wijziging {
        for (place, table) in reader.rows("wijziging", at, value) {
            wijzigingen.extend(reader.change(table, &place));
        }
    }
    let mut rasters = Vec::new();
    if let Some((_, at, value)) = raster {
        for (place, table) in reader.rows("raster", at, value) {
            rasters.extend(reader.grid(table, &place));
        }
    }
    if wijziging.is_none() && raster.is_none() {
        reader.read.problems.push(
            Problem::warning("empty-scenario", "the scenario changes nothing")
                .at(&place)
                .fix("add a [[wijziging]] or a [[raster]]"),
        );
    }
    Some((
        ScenarioBestand {
            naam: naam?,
            omschrijving,
            wijzigingen,
            rasters,
        },
        place,
    ))
}

impl Reader<'_, '_> {
    /// Text that says something; anything else is a problem.
    fn text(&mut self, key: &str, value: &Spanned<DeValue<'_>>) -> Option<String> {
        let text = value
            .get_ref()
            .as_str()
            .map(str::trim)
            .filter(|t| !t.is_empty());
        if text.is_none() {
            let place = self.place(value.span().start);
            self.read.problems.push(
                Problem::error(
                    "not-text",
                    format!("\"{key}\" must be a text in quotes, and not empty"),
                )
                .at(&place),
            );
        }
        text.map(str::to_owned)
    }

    /// A value with its place.
    fn value(&mut self, value: &Spanned<DeValue<'_>>) -> Option<Value> {
        let place = self.place(value.span().start);
        // What no column can hold was told already.
        let scalar = self.scalar(value);
        (!matches!(&scalar, Scalar::Error(e) if e.is_empty())).then(|| Value::new(scalar, place))
    }

    /// The address that a row names.
    fn doel(
        &mut self,
        what: &str,
        field: Option<super::toml::Field<'_>>,
        row: &Place,
    ) -> Option<(String, Place)> {
        let Some((_, _, value)) = field else {
            self.read.problems.push(
                Problem::error("missing-value", format!("the {what} has no doel"))
                    .at(row)
                    .fix("write doel = \"gebied.rente\", or another address"),
            );
            return None;
        };
        let place = self.place(value.span().start);
        Some((self.text("doel", value)?, place))
    }

    fn change(&mut self, table: &DeTable<'_>, place: &Place) -> Option<Change> {
        let [doel, waarde, factor, verschuiving] = self.known(
            "a wijziging",
            table,
            ["doel", "waarde", "factor", "verschuiving"],
        );
        let doel = self.doel("wijziging", doel, place);
        let given = [waarde, factor, verschuiving]
            .map(|field| field.map(|(_, _, value)| self.value(value)));
        let (doel, place) = doel?;
        // A value that can't be read was told already.
        if given.iter().any(|v| matches!(v, Some(None))) {
            return None;
        }
        let [waarde, factor, verschuiving] = given.map(Option::flatten);
        Change::new(&doel, &place, waarde, factor, verschuiving)
            .map_err(|p| self.read.problems.push(p))
            .ok()
    }

    fn grid(&mut self, table: &DeTable<'_>, place: &Place) -> Option<Raster> {
        let [doel, als, waarden, van, tot, stap] = self.known(
            "a raster",
            table,
            ["doel", "als", "waarden", "van", "tot", "stap"],
        );
        let doel = self.doel("raster", doel, place);
        let address = doel.as_ref().and_then(|(text, at)| {
            let wrong = |reason| {
                Problem::error("bad-address", reason)
                    .at(at)
                    .fix("polder schema lists all tables and columns")
            };
            Address::parse(text)
                .map_err(|reason| self.read.problems.push(wrong(reason)))
                .ok()
        });
        let als = self.als(als, place);
        let values = match (waarden, [van, tot, stap]) {
            (Some((_, at, value)), [None, None, None]) => self.list(at, value),
            (None, [Some(van), Some(tot), Some(stap)]) => self.steps([van, tot, stap]),
            (waarden, range) => {
                let given: Vec<&str> = [
                    ("waarden", waarden.is_some()),
                    ("van", range[0].is_some()),
                    ("tot", range[1].is_some()),
                    ("stap", range[2].is_some()),
                ]
                .iter()
                .filter(|g| g.1)
                .map(|g| g.0)
                .collect();
                let given = if given.is_empty() {
                    "nothing".to_owned()
                } else {
                    given.join(", ")
                };
                self.read.problems.push(
                    Problem::error(
                        "raster-values",
                        format!("a raster needs its values, found {given}"),
                    )
                    .at(place)
                    .allowed("waarden = [...], or van, tot and stap")
                    .fix("give one of the two"),
                );
                None
            }
        };
        let ((text, doel_place), address, als, values) = (doel?, address?, als?, values?);
        let mut settled: Vec<Value> = Vec::with_capacity(values.len());
        let mut seen: HashMap<String, Place> = HashMap::new();
        for value in values {
            if self.read.is_full() {
                return None;
            }
            let place = value.place.clone();
            let pick = |this: Als| (als == this).then(|| value.clone());
            match Change::new(
                &text,
                &doel_place,
                pick(Als::Waarde),
                pick(Als::Factor),
                pick(Als::Verschuiving),
            ) {
                Ok(change) => {
                    let key = change.met.shown();
                    if let Some(first) = seen.insert(key.clone(), place.clone()) {
                        self.read.problems.push(
                            Problem::error(
                                "duplicate-value",
                                format!("the raster of {address} holds {key} twice"),
                            )
                            .at(&place)
                            .and(&first)
                            .fix("remove one of the two"),
                        );
                    }
                    settled.push(change.met);
                }
                Err(problem) => self.read.problems.push(problem),
            }
        }
        Some(Raster {
            doel: address,
            als,
            waarden: settled,
            place: place.clone(),
        })
    }

    /// How a grid uses its values.
    fn als(&mut self, field: Option<super::toml::Field<'_>>, row: &Place) -> Option<Als> {
        let words = || ALS.iter().map(|a| a.0);
        let (problem, place) = match field {
            None => (
                Problem::error(
                    "missing-value",
                    "the raster does not say how its values are used",
                )
                .fix("write als = \"waarde\", \"factor\" or \"verschuiving\""),
                row.clone(),
            ),
            Some((_, _, value)) => {
                let text = self.text("als", value)?;
                let folded = fold(&text);
                if let Some((_, als)) = ALS.iter().find(|a| a.0 == folded) {
                    return Some(*als);
                }
                let problem = Problem::error(
                    "unknown-choice",
                    format!("als holds text \"{}\"", clip(&text)),
                );
                let problem = match nearest(&text, words()) {
                    Some(near) => problem.fix(format!("did you mean \"{near}\"?")),
                    None => problem,
                };
                (problem, self.place(value.span().start))
            }
        };
        self.read.problems.push(
            problem
                .at(&place)
                .allowed(format!("one of {}", words().collect::<Vec<_>>().join(", "))),
        );
        None
    }

    /// The values of a list; nothing when any can't be read.
    fn list(&mut self, at: usize, value: &Spanned<DeValue<'_>>) -> Option<Vec<Value>> {
        let wrong = |code, message: String| {
            Problem::error(code, message).allowed(format!(
                "from 1 to {MAX_VALUES} values: waarden = [\"0.010\", \"0.020\"]"
            ))
        };
        let problem = match value.get_ref() {
            DeValue::Array(items) if items.is_empty() => {
                wrong("empty-raster", "the raster has no values".into())
            }
            DeValue::Array(items) if items.len() > MAX_VALUES => wrong(
                "too-many-values",
                format!("the raster has {} values", items.len()),
            ),
            DeValue::Array(items) => {
                let found: Vec<Value> = items.iter().filter_map(|item| self.value(item)).collect();
                return (found.len() == items.len()).then_some(found);
            }
            other => wrong(
                "raster-values",
                format!("waarden must be a list, found a toml {}", other.type_str()),
            ),
        };
        self.read.problems.push(problem.at(&self.place(at)));
        None
    }

    /// van, van + stap, van + 2 stap... to tot, which is included when the steps reach it. All in decimals, so that 0.1 is 0.1.
    fn steps(&mut self, fields: [super::toml::Field<'_>; 3]) -> Option<Vec<Value>> {
        let numbers = fields.map(|(key, _, value)| self.number(key, value));
        let [
            Some((van, place)),
            Some((tot, tot_place)),
            Some((stap, stap_place)),
        ] = numbers
        else {
            return None;
        };
        let problem = if stap <= Decimal::ZERO {
            Problem::error("bad-step", format!("stap is {}", stap.normalize()))
                .at(&stap_place)
                .allowed("a number above zero")
        } else if van > tot {
            Problem::error(
                "range-reversed",
                format!("van {} is above tot {}", van.normalize(), tot.normalize()),
            )
            .at(&place)
            .and(&tot_place)
            .fix("swap van and tot")
        } else {
            let mut values = Vec::new();
            let mut next = Some(van);
            while let Some(value) = next.filter(|v| *v <= tot && values.len() <= MAX_VALUES) {
                values.push(Value::new(Scalar::Number(value), place.clone()));
                next = value.checked_add(stap);
            }
            if values.len() <= MAX_VALUES {
                return Some(values);
            }
            Problem::error(
                "too-many-values",
                format!(
                    "from {} to {} is more than {MAX_VALUES} steps of {}",
                    van.normalize(),
                    tot.normalize(),
                    stap.normalize()
                ),
            )
            .at(&stap_place)
            .allowed(format!("at most {MAX_VALUES} values"))
            .fix("take a larger stap")
        };
        self.read.problems.push(problem);
        None
    }

    /// A number, or text that is one.
    fn number(&mut self, key: &str, value: &Spanned<DeValue<'_>>) -> Option<(Decimal, Place)> {
        let found = self.value(value)?;
        let problem = match &found.scalar {
            Scalar::Number(number) => return Some((*number, found.place)),
            Scalar::Text(text) => match parse_number(text, Notation::Plain) {
                Ok(number) => return Some((number, found.place)),
                Err(reason) => Problem::error(
                    "not-a-number",
                    format!("{} holds {}", fold(key), found.shown()),
                )
                .fix(reason),
            },
            _ => Problem::error(
                "not-a-number",
                format!("{} holds {}", fold(key), found.shown()),
            )
            .fix("write a number"),
        };
        self.read.problems.push(problem.at(&found.place));
        None
    }
}

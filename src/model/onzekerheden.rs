//! Reads the tables of uncertain inputs: onzekerheden, regimes and correlaties. Knows columns and what figures make a
//! distribution; what an onzekerheid changes is found by `plan`, and drawing is of `risk`.

use super::fields::{self, Fields};
use super::table::{self, Row, Tables, name_key};
use super::{Onzekerheid, Regime, VerdelingRij, address, is_full, position_of, rows, schema};
use crate::problem::{Problem, listed, nearest};
use rust_decimal::Decimal;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

pub(super) fn read_regimes(tables: &Tables, problems: &mut Vec<Problem>) -> Vec<Regime> {
    let (table, rows) = rows(tables, "regimes");
    let mut out: Vec<Regime> = Vec::new();
    // Regimes with a row that can't be used: nothing more is said of them.
    let mut wrong: HashSet<String> = HashSet::new();
    for row in rows {
        let mut f = Fields {
            table,
            row,
            problems,
        };
        let (regime, toestand, kans) = (f.text("regime"), f.text("toestand"), f.share("kans"));
        let Some(regime) = regime else { continue };
        let (Some(toestand), Some(kans)) = (toestand, kans) else {
            wrong.insert(name_key(&regime));
            continue;
        };
        let found = position_of(out.iter().map(|r| r.regime.as_str()), &regime);
        let position = found.unwrap_or_else(|| {
            out.push(Regime {
                regime,
                toestanden: Vec::new(),
                place: table.get(row, "regime").place.clone(),
            });
            out.len() - 1
        });
        let regime = &mut out[position];
        if position_of(regime.toestanden.iter().map(|t| t.0.as_str()), &toestand).is_some() {
            f.problem(
                "toestand",
                Problem::error(
                    "duplicate-key",
                    format!(
                        "regime \"{}\" has toestand \"{toestand}\" twice",
                        regime.regime
                    ),
                )
                .fix("keep one of the two"),
            );
            wrong.insert(name_key(&regime.regime));
        } else {
            regime.toestanden.push((toestand, kans.value));
        }
    }
    out.retain(|r| !wrong.contains(&name_key(&r.regime)));
    out.retain(|r| {
        let total: Decimal = r.toestanden.iter().map(|t| t.1).sum();
        let whole = (total - Decimal::ONE).abs() <= Decimal::new(1, 9);
        if !whole {
            problems.push(
                Problem::error(
                    "bad-distribution",
                    format!(
                        "regime \"{}\": the chances of its toestanden add up to {}%, not to 100%",
                        r.regime,
                        (total * Decimal::ONE_HUNDRED).normalize()
                    ),
                )
                .at(&r.place)
                .fix("correct the chances"),
            );
        }
        whole
    });
    out
}

/// The regime that an onzekerheid names, and its value in every state.
fn read_regime_values(
    f: &mut Fields<'_>,
    id: &str,
    tables: &Tables,
    regimes: &[Regime],
) -> Option<VerdelingRij> {
    const FIX: &str = "write goed: 1.05; normaal: 1; slecht: 0.85";
    let needed = |f: &mut Fields<'_>, column: &str, fix: &str| {
        let text = f.text(column);
        if f.empty(column) {
            f.problem(
                column,
                Problem::error(
                    "missing-value",
                    format!("onzekerheid \"{id}\": verdeling regime needs {column}"),
                )
                .fix(fix),
            );
        }
        text
    };
    let naam = needed(f, "regime", "fill regime");
    let waarden = needed(f, "waarden", FIX);
    let (naam, waarden) = (naam?, waarden?);
    let names = || regimes.iter().map(|r| r.regime.as_str());
    let Some(position) = position_of(names(), &naam) else {
        let given = tables.table("regimes");
        let mut told = given
            .rows
            .iter()
            .filter_map(|r| table::text_of(given.get(r, "regime")));
        // One with a mistake of its own was told there.
        if !told.any(|n| name_key(n) == name_key(&naam)) {
            let problem = Problem::error(
                "unknown-reference",
                format!("onzekerheid \"{id}\": unknown regime \"{naam}\""),
            );
            let problem = match nearest(&naam, names()) {
                Some(near) => problem.fix(format!("did you mean \"{near}\"?")),
                None => problem.fix("add its toestanden to table regimes"),
            };
            let problem = if regimes.is_empty() {
                problem
            } else {
                problem.allowed(listed(names()))
            };
            f.problem("regime", problem);
        }
        return None;
    };
    let regime = &regimes[position];
    let mut values: Vec<Option<Decimal>> = vec![None; regime.toestanden.len()];
    let mut read = || {
        for pair in waarden.split(';').filter(|p| !p.trim().is_empty()) {
            let (name, value) = pair
                .rsplit_once(':')
                .ok_or_else(|| format!("\"{}\" is no toestand with its value", pair.trim()))?;
            let states = || regime.toestanden.iter().map(|t| t.0.as_str());
            let state = position_of(states(), name.trim()).ok_or_else(|| {
                format!(
                    "regime \"{}\" has no toestand \"{}\", only {}",
                    regime.regime,
                    name.trim(),
                    listed(states())
                )
            })?;
            if values[state].replace(read_number(value)?).is_some() {
                return Err(format!("toestand \"{}\" stands twice", name.trim()));
            }
        }
        let states = regime.toestanden.iter().zip(&values);
        states
            .map(|((name, kans), value)| {
                let value = value.ok_or_else(|| format!("toestand \"{name}\" has no value"))?;
                Ok((value, *kans))
            })
            .collect::<Result<Vec<_>, String>>()
    };
    match read() {
        Ok(waarden) => Some(VerdelingRij::Regime {
            regime: position,
            waarden,
        }),
        Err(reason) => {
            f.problem(
                "waarden",
                Problem::error("bad-values", format!("onzekerheid \"{id}\": {reason}")).fix(FIX),
            );
            None
        }
    }
}

pub(super) fn read_onzekerheden(
    tables: &Tables,
    regimes: &[Regime],
    problems: &mut Vec<Problem>,
) -> Vec<Onzekerheid> {
    let (table, rows) = rows(tables, "onzekerheden");
    let mut out: Vec<Onzekerheid> = Vec::new();
    // The names of numbers as they are written first: those of ids, then those of gedeeld.
    let text = |row: &Row, column: &str| table::text_of(table.get(row, column)).map(str::to_owned);
    let mut namen: HashMap<String, String> = HashMap::new();
    for column in ["id", "gedeeld"] {
        for name in table.rows.iter().filter_map(|row| text(row, column)) {
            namen.entry(name_key(&name)).or_insert(name);
        }
    }
    let gedeeld_van: HashMap<String, Option<String>> = table
        .rows
        .iter()
        .filter_map(|row| Some((name_key(&text(row, "id")?), text(row, "gedeeld"))))
        .collect();
    for row in rows {
        let mut f = Fields {
            table,
            row,
            problems,
        };
        let (id, doel) = (f.text("id"), f.text("doel"));
        let soort = f.choice(
            "verdeling",
            &[
                "pert",
                "driehoek",
                "normaal",
                "lognormaal",
                "uniform",
                "discreet",
                "percentielen",
                "waarnemingen",
                "regime",
            ],
        );
        let als = f.choice("als", &["factor", "waarde", "verschuiving"]);
        let per_jaar = f.choice("per_jaar", &["ja", "nee"]);
        let persistentie = f.quantity("persistentie", Decimal::new(-999, 3), Decimal::new(999, 3));
        let (Some(id), Some(doel), Some(soort)) = (id, doel, soort) else {
            continue;
        };
        let doel = match address::Address::parse(&doel) {
            Ok(doel) => doel,
            Err(reason) => {
                f.problem(
                    "doel",
                    Problem::error("bad-address", format!("onzekerheid \"{id}\": {reason}"))
                        .allowed(schema::Kind::Address.words())
                        .fix("polder schema lists all tables and columns"),
                );
                continue;
            }
        };
        let groei = doel.column == "groei";
        let additive = groei || doel.table == "gebied" || doel.column == "uitstel";
        let als = match als {
            Some("waarde") => address::Als::Waarde,
            Some("verschuiving") => address::Als::Verschuiving,
            None if additive => address::Als::Verschuiving,
            _ => address::Als::Factor,
        };
        if groei && als != address::Als::Verschuiving {
            f.problem(
                "als",
                Problem::error(
                    "shock-not-added",
                    format!("onzekerheid \"{id}\": a groei is uncertain by verschuiving only"),
                )
                .fix("set als = verschuiving and give the deviation from the expected growth"),
            );
            continue;
        }
        let per_jaar = match per_jaar {
            Some("ja") if !groei => {
                f.problem(
                    "per_jaar",
                    Problem::error(
                        "yearly-not-growth",
                        format!("onzekerheid \"{id}\": only a groei can be drawn every year"),
                    )
                    .fix("clear per_jaar"),
                );
                continue;
            }
            Some("nee") => None,
            _ => groei.then(|| persistentie.as_ref().map_or(Decimal::ZERO, |q| q.value)),
        };
        let max = Decimal::from(fields::AMOUNT_MAX);
        let needed = |f: &mut Fields<'_>, names: &[&str]| -> Option<Vec<Decimal>> {
            let values: Vec<Option<Decimal>> = names
                .iter()
                .map(|n| {
                    let q = f.quantity(n, -max, max);
                    if q.is_none() && f.empty(n) {
                        f.problem(
                            n,
                            Problem::error(
                                "missing-value",
                                format!("onzekerheid \"{id}\": verdeling {soort} needs {n}"),
                            )
                            .fix(format!("fill {n}")),
                        );
                    }
                    q.map(|q| q.value)
                })
                .collect();
            values.into_iter().collect()
        };
        let verdeling = match soort {
            "pert" | "driehoek" => needed(&mut f, &["laag", "modus", "hoog"]).map(|v| {
                let v = [v[0], v[1], v[2]];
                if soort == "pert" {
                    VerdelingRij::Pert(v)
                } else {
                    VerdelingRij::Driehoek(v)
                }
            }),
            "normaal" => needed(&mut f, &["gemiddelde", "spreiding"])
                .map(|v| VerdelingRij::Normaal([v[0], v[1]])),
            "lognormaal" => needed(&mut f, &["gemiddelde", "spreiding"])
                .map(|v| VerdelingRij::Lognormaal([v[0], v[1]])),
            "uniform" => {
                needed(&mut f, &["laag", "hoog"]).map(|v| VerdelingRij::Uniform([v[0], v[1]]))
            }
            "percentielen" => needed(&mut f, &["p10", "p50", "p90"])
                .map(|v| VerdelingRij::Percentielen([v[0], v[1], v[2]])),
            "regime" => read_regime_values(&mut f, &id, tables, regimes),
            _ => {
                let observed = soort == "waarnemingen";
                let fix = if observed {
                    "write 0.92; 1.05; 1.01"
                } else {
                    "write 0: 60%; 1: 30%; 2: 10%"
                };
                let read = |text: String| {
                    if observed {
                        read_observations(&text).map(VerdelingRij::Waarnemingen)
                    } else {
                        read_values(&text).map(VerdelingRij::Discreet)
                    }
                };
                match f.text("waarden").map(read) {
                    Some(Ok(values)) => Some(values),
                    Some(Err(reason)) => {
                        f.problem(
                            "waarden",
                            Problem::error("bad-values", format!("onzekerheid \"{id}\": {reason}"))
                                .fix(fix),
                        );
                        None
                    }
                    None => {
                        f.problem(
                            "waarden",
                            Problem::error(
                                "missing-value",
                                format!("onzekerheid \"{id}\": verdeling {soort} needs waarden"),
                            )
                            .fix(fix),
                        );
                        None
                    }
                }
            }
        };
        let (minimum, maximum) = (
            f.quantity("minimum", -max, max),
            f.quantity("maximum", -max, max),
        );
        let gedeeld = f.text("gedeeld");
        let Some(verdeling) = verdeling else { continue };
        // What this distribution does not listen to must not be thought to work.
        let unused = match soort {
            "discreet" => &["minimum", "maximum", "regime"][..],
            "regime" => &["minimum", "maximum", "gedeeld"][..],
            _ => &["regime"][..],
        };
        let unused: Vec<&str> = unused.iter().copied().filter(|c| !f.empty(c)).collect();
        for column in &unused {
            let problem = Problem::error(
                "not-with-verdeling",
                format!("onzekerheid \"{id}\": verdeling {soort} does not take {column}"),
            );
            let problem = match *column {
                "regime" => problem.fix("set verdeling = regime, or clear regime"),
                "gedeeld" => {
                    problem.fix("clear gedeeld: all onzekerheden of a regime share its number")
                }
                column => problem.fix(format!(
                    "clear {column}, and leave out the waarden that it would exclude"
                )),
            };
            f.problem(column, problem);
        }
        if !unused.is_empty() {
            continue;
        }
        let verdeling = if minimum.is_some() || maximum.is_some() {
            VerdelingRij::Begrensd {
                verdeling: Box::new(verdeling),
                minimum: minimum.map(|q| q.value),
                maximum: maximum.map(|q| q.value),
            }
        } else {
            verdeling
        };
        if let Some((column, reason, fix)) = verdeling.wrong() {
            f.problem(
                column,
                Problem::error(
                    "bad-distribution",
                    format!("onzekerheid \"{id}\": {reason}"),
                )
                .fix(fix),
            );
            continue;
        }
        let regime = match verdeling {
            VerdelingRij::Regime { regime, .. } => Some(&regimes[regime].regime),
            _ => None,
        };
        let sleutel = match (regime, &gedeeld) {
            (Some(regime), _) => format!("\u{1f}regime\u{1f}{}", name_key(regime)),
            (None, Some(name)) => {
                let other = gedeeld_van.get(&name_key(name)).cloned().flatten();
                if let Some(other) = other.filter(|o| name_key(o) != name_key(name)) {
                    f.problem(
                        "gedeeld",
                        Problem::error(
                            "shared-elsewhere",
                            format!("onzekerheid \"{id}\": gedeeld names \"{name}\", which shares the number of \"{other}\""),
                        )
                        .fix(format!("set gedeeld = {other}")),
                    );
                    continue;
                }
                namen.get(&name_key(name)).unwrap_or(name).clone()
            }
            (None, None) => id.clone(),
        };
        let new = Onzekerheid {
            id,
            doel,
            als,
            verdeling,
            per_jaar,
            place: table.get(row, "doel").place.clone(),
            sleutel,
        };
        let other = out
            .iter()
            .find(|o| o.sleutel == new.sleutel && o.jaarlijks() != new.jaarlijks());
        if let Some(other) = other {
            let (yearly, once) = if new.jaarlijks() {
                (&new.id, &other.id)
            } else {
                (&other.id, &new.id)
            };
            f.problem(
                if regime.is_some() { "regime" } else { "gedeeld" },
                Problem::error(
                    "mixed-sharing",
                    format!("\"{yearly}\" and \"{once}\" can't share a number: one is drawn every year, the other once"),
                )
                .and(&other.place)
                .fix(format!(
                    "set per_jaar = nee on \"{yearly}\", or give the two a {} each",
                    if regime.is_some() { "regime" } else { "name" }
                )),
            );
            continue;
        }
        out.push(new);
    }
    out
}

impl VerdelingRij {
    /// Which column is why no figure of this distribution, and how to mend it; nothing when all is well.
    fn wrong(&self) -> Option<(&'static str, String, &'static str)> {
        match self {
            VerdelingRij::Pert([l, m, h]) | VerdelingRij::Driehoek([l, m, h]) => (!(l <= m && m <= h)).then(|| (if l > m { "laag" } else { "hoog" }, format!("laag {l}, modus {m} and hoog {h} are not in ascending order"), "put the lowest value in laag and the highest in hoog")),
            VerdelingRij::Uniform([l, h]) => (l > h).then(|| ("laag", format!("laag {l} is above hoog {h}"), "swap the two")),
            VerdelingRij::Normaal([_, s]) => (*s < Decimal::ZERO).then(|| ("spreiding", format!("spreiding {s} is below zero"), "write it without the minus sign")),
            VerdelingRij::Lognormaal([g, s]) => (*g <= Decimal::ZERO || *s < Decimal::ZERO).then(|| (if *g <= Decimal::ZERO { "gemiddelde" } else { "spreiding" }, format!("a lognormaal has a gemiddelde above zero and a spreiding of at least zero, found {g} and {s}"), "a factor that changes nothing on average has gemiddelde 1")),
            VerdelingRij::Percentielen([l, m, h]) => (!(l <= m && m <= h)).then(|| (if l > m { "p10" } else { "p90" }, format!("p10 {l}, p50 {m} and p90 {h} are not in ascending order"), "put the lowest value in p10 and the highest in p90")),
            VerdelingRij::Waarnemingen(_) | VerdelingRij::Regime { .. } => None,
            VerdelingRij::Begrensd { verdeling, minimum, maximum } => verdeling.wrong().or_else(|| match (minimum, maximum) {
                (Some(low), Some(high)) if low >= high => Some(("minimum", format!("minimum {low} is not below maximum {high}"), "swap the two, or clear one")),
                _ => None,
            }),
            VerdelingRij::Discreet(values) => {
                let total: Decimal = values.iter().map(|(_, k)| *k).sum();
                ((total - Decimal::ONE).abs() > Decimal::new(1, 9)).then(|| ("waarden", format!("the chances add up to {}%, not to 100%", (total * Decimal::ONE_HUNDRED).normalize()), "correct the chances"))
            }
        }
    }

    /// Lowest and highest value it can take; nothing where it has no bound.
    pub fn bounds(&self) -> Option<(Decimal, Decimal)> {
        match self {
            VerdelingRij::Pert([l, _, h])
            | VerdelingRij::Driehoek([l, _, h])
            | VerdelingRij::Uniform([l, h]) => Some((*l, *h)),
            VerdelingRij::Normaal(_)
            | VerdelingRij::Lognormaal(_)
            | VerdelingRij::Percentielen(_) => None,
            VerdelingRij::Waarnemingen(values) => {
                Some((*values.iter().min()?, *values.iter().max()?))
            }
            VerdelingRij::Discreet(values)
            | VerdelingRij::Regime {
                waarden: values, ..
            } => Some((
                values.iter().map(|v| v.0).min()?,
                values.iter().map(|v| v.0).max()?,
            )),
            VerdelingRij::Begrensd {
                verdeling,
                minimum,
                maximum,
            } => {
                let own = verdeling.bounds();
                let tighter =
                    |a: Option<Decimal>,
                     b: Option<Decimal>,
                     take: fn(Decimal, Decimal) -> Decimal| match (a, b) {
                        (Some(a), Some(b)) => Some(take(a, b)),
                        (a, b) => a.or(b),
                    };
                Some((
                    tighter(own.map(|b| b.0), *minimum, Decimal::max)?,
                    tighter(own.map(|b| b.1), *maximum, Decimal::min)?,
                ))
            }
        }
    }

    /// Its values with their chances, when it has but a few.
    pub fn waarden(&self) -> Option<&[(Decimal, Decimal)]> {
        match self {
            VerdelingRij::Discreet(values)
            | VerdelingRij::Regime {
                waarden: values, ..
            } => Some(values),
            _ => None,
        }
    }
}

/// Reads a number inside a text, as 1.05, 1,05 or 5%.
fn read_number(text: &str) -> Result<Decimal, String> {
    let text = text.trim();
    let notation = if text.contains(',') {
        table::Notation::Dutch
    } else {
        table::Notation::Plain
    };
    let max = Decimal::from(fields::AMOUNT_MAX);
    table::parse_number(text, notation)
        .and_then(|n| {
            if n.abs() <= max {
                Ok(n)
            } else {
                Err("more than a thousand billion".to_owned())
            }
        })
        .map_err(|e| format!("\"{text}\": {e}"))
}

/// Reads `0.92; 1.05; 1.01`.
fn read_observations(text: &str) -> Result<Vec<Decimal>, String> {
    let values = text
        .split(';')
        .filter(|p| !p.trim().is_empty())
        .map(read_number)
        .collect::<Result<Vec<_>, String>>()?;
    if values.len() < 2 {
        Err("waarnemingen are at least two values".into())
    } else {
        Ok(values)
    }
}

/// Reads `0: 60%; 1: 30%; 2: 10%`.
fn read_values(text: &str) -> Result<Vec<(Decimal, Decimal)>, String> {
    let values = text
        .split(';')
        .filter(|p| !p.trim().is_empty())
        .map(|pair| {
            let (value, chance) = pair
                .split_once(':')
                .ok_or_else(|| format!("\"{}\" is no value with its chance", pair.trim()))?;
            let chance = read_number(chance)?;
            if chance < Decimal::ZERO || chance > Decimal::ONE {
                return Err(format!("chance {chance} is not between 0 and 100%"));
            }
            Ok((read_number(value)?, chance))
        })
        .collect::<Result<Vec<_>, String>>()?;
    if values.is_empty() {
        Err("no values".into())
    } else {
        Ok(values)
    }
}

/// The first onzekerheid that draws the number of this name.
fn position_of_key(onzekerheden: &[Onzekerheid], name: &str) -> Option<usize> {
    onzekerheden.iter().position(|o| o.sleutel_naam() == name)
}

pub(super) fn read_correlaties(
    tables: &Tables,
    onzekerheden: &[Onzekerheid],
    problems: &mut Vec<Problem>,
) -> Vec<(usize, usize, Decimal)> {
    let given = tables.table("onzekerheden");
    let named: HashSet<String> = given
        .rows
        .iter()
        .filter_map(|r| table::text_of(given.get(r, "id")))
        .map(name_key)
        .collect();
    let (table, rows) = rows(tables, "correlaties");
    let mut out: Vec<(usize, usize, Decimal)> = Vec::new();
    // By pair of numbers (the first onzekerheid of each): the pair that was given, and its rho.
    let mut pairs: HashMap<(usize, usize), (usize, usize, Decimal)> = HashMap::new();
    let number = |position: usize| {
        let name = onzekerheden[position].sleutel_naam();
        position_of_key(onzekerheden, name).unwrap_or(position)
    };
    for row in rows {
        if is_full(problems) {
            break;
        }
        let mut f = Fields {
            table,
            row,
            problems,
        };
        let side = |f: &mut Fields<'_>, column: &str| {
            let name = f.text(column)?;
            let found = position_of(onzekerheden.iter().map(|o| o.id.as_str()), &name);
            // One with a mistake of its own was told there.
            if found.is_none() && !named.contains(&name_key(&name)) {
                let problem = Problem::error(
                    "unknown-reference",
                    format!("correlatie: unknown onzekerheid \"{name}\""),
                )
                .allowed(listed(onzekerheden.iter().map(|o| o.id.as_str())));
                let problem = match nearest(&name, onzekerheden.iter().map(|o| o.id.as_str())) {
                    Some(near) => problem.fix(format!("did you mean \"{near}\"?")),
                    None => problem.fix("add it to table onzekerheden"),
                };
                f.problem(column, problem);
            }
            found
        };
        let (a, b) = (side(&mut f, "a"), side(&mut f, "b"));
        let rho = f.quantity("rho", Decimal::NEGATIVE_ONE, Decimal::ONE);
        let (Some(a), Some(b), Some(rho)) = (a, b, rho) else {
            continue;
        };
        if a == b {
            f.problem(
                "b",
                Problem::error(
                    "self-correlation",
                    "a correlatie names the same onzekerheid twice",
                )
                .fix("name two"),
            );
            continue;
        }
        let (one, other) = (&onzekerheden[a], &onzekerheden[b]);
        if let Some((column, o)) = [("a", one), ("b", other)]
            .into_iter()
            .find(|(_, o)| o.regime().is_some())
        {
            f.problem(
                column,
                Problem::error(
                    "regime-correlation",
                    format!(
                        "\"{}\" follows a regime, and can't be in a correlatie",
                        o.id
                    ),
                )
                .fix(
                    "let the other follow the regime too, or give this one a verdeling of its own",
                ),
            );
            continue;
        }
        if one.jaarlijks() != other.jaarlijks() {
            f.problem("a", Problem::error("mixed-correlation", format!("\"{}\" and \"{}\" can't be correlated: one is drawn every year, the other once", one.id, other.id)).fix("correlate two that are both yearly, or both not"));
            continue;
        }
        let shared = |message: String, fix: &str| {
            Problem::error("shared-correlation", message).fix(fix.to_owned())
        };
        let numbers = (number(a), number(b));
        if numbers.0 == numbers.1 {
            // Of one number the correlation is 1; saying so is no contradiction.
            if rho.value != Decimal::ONE {
                f.problem(
                    "rho",
                    shared(
                        format!(
                            "\"{}\" and \"{}\" share one number, so their correlation is 1, not {}",
                            one.id, other.id, rho.value
                        ),
                        "remove this row, or clear gedeeld of one of the two",
                    ),
                );
            }
            continue;
        }
        match pairs.entry((numbers.0.min(numbers.1), numbers.0.max(numbers.1))) {
            Entry::Vacant(entry) => {
                entry.insert((a, b, rho.value));
                out.push((a, b, rho.value));
            }
            Entry::Occupied(entry) => {
                let (first, second, earlier) = *entry.get();
                if [(a, b), (b, a)].contains(&(first, second)) {
                    f.problem(
                        "a",
                        Problem::error(
                            "duplicate-key",
                            format!("the pair \"{}\", \"{}\" stands twice", one.id, other.id),
                        )
                        .fix("keep one of the two"),
                    );
                } else if earlier != rho.value {
                    f.problem(
                        "rho",
                        shared(
                            format!(
                                "\"{}\" and \"{}\" have the numbers of \"{}\" and \"{}\", of which the correlation is {earlier}, not {}",
                                one.id, other.id, onzekerheden[first].id, onzekerheden[second].id, rho.value
                            ),
                            "give the correlatie of shared numbers once",
                        ),
                    );
                }
            }
        }
    }
    out
}

//! Scenarios: named changes to a base, applied to its tables. Knows nothing of who chose them, nor of results.

use crate::model::Model;
use crate::model::address::{Address, Als, Change, YEAR_MAX, geen_rij, pattern_matches};
use crate::model::schema::Kind;
use crate::model::table::{Row, Scalar, Table, Tables, Value, as_text, fold, name_key};
use crate::problem::{Place, Problem};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use std::collections::HashMap;

/// A scenario: changes in order.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// Name, unique in a run.
    pub naam: String,
    /// What it stands for.
    pub omschrijving: String,
    /// Its changes.
    pub changes: Vec<Change>,
    /// The values of its grids, as shown in a table of scenarios.
    pub stappen: Vec<(String, String)>,
}

impl Scenario {
    /// The base itself.
    pub fn basis() -> Self {
        Scenario {
            naam: "basis".into(),
            omschrijving: "zonder wijzigingen".into(),
            changes: Vec::new(),
            stappen: Vec::new(),
        }
    }
}

/// A grid: one address, several values.
#[derive(Debug, Clone, PartialEq)]
pub struct Raster {
    /// Where.
    pub doel: Address,
    /// How.
    pub als: Als,
    /// With what.
    pub waarden: Vec<Value>,
    /// Where the grid stands.
    pub place: Place,
}

/// A scenario file: changes that hold for all its rows, and grids that multiply them.
#[derive(Debug, Clone, PartialEq)]
pub struct ScenarioBestand {
    /// Name.
    pub naam: String,
    /// What it stands for.
    pub omschrijving: String,
    /// Changes of every row.
    pub wijzigingen: Vec<Change>,
    /// Grids.
    pub rasters: Vec<Raster>,
}

impl ScenarioBestand {
    /// Number of scenarios that it gives.
    pub fn aantal(&self) -> usize {
        self.rasters
            .iter()
            .fold(1, |n, r| n.saturating_mul(r.waarden.len()))
    }

    /// All its scenarios: the product of its grids, the last grid fastest.
    pub fn scenarios(&self) -> Vec<Scenario> {
        (0..self.aantal())
            .map(|mut i| {
                let mut changes = self.wijzigingen.clone();
                let mut stappen = Vec::new();
                let mut picks = vec![0; self.rasters.len()];
                for (k, raster) in self.rasters.iter().enumerate().rev() {
                    picks[k] = i % raster.waarden.len();
                    i /= raster.waarden.len();
                }
                for (raster, pick) in self.rasters.iter().zip(picks) {
                    let met = raster.waarden[pick].clone();
                    let shown = as_text(&met.scalar);
                    let sign = match raster.als {
                        Als::Waarde => "",
                        Als::Factor => "x",
                        Als::Verschuiving if shown.starts_with('-') => "",
                        Als::Verschuiving => "+",
                    };
                    stappen.push((raster.doel.to_string(), format!("{sign}{shown}")));
                    changes.push(Change {
                        doel: raster.doel.clone(),
                        als: raster.als,
                        place: met.place.clone(),
                        met,
                    });
                }
                let naam = std::iter::once(self.naam.clone())
                    .chain(stappen.iter().map(|(_, v)| v.clone()))
                    .collect::<Vec<_>>()
                    .join(" ");
                Scenario {
                    naam,
                    omschrijving: self.omschrijving.clone(),
                    changes,
                    stappen,
                }
            })
            .collect()
    }
}

/// The scenarios of the model's own table: the rows of one name together, in the order in which the names first stand.
pub fn model_scenarios(model: &Model) -> Vec<Scenario> {
    let table = model.tables.table("scenarios");
    let mut out: Vec<Scenario> = Vec::new();
    let mut positions: HashMap<String, usize> = HashMap::new();
    for (row, rij) in table.rows.iter().zip(&model.scenarios) {
        let position = *positions.entry(name_key(&rij.scenario)).or_insert_with(|| {
            out.push(Scenario {
                naam: rij.scenario.clone(),
                omschrijving: String::new(),
                changes: Vec::new(),
                stappen: Vec::new(),
            });
            out.len() - 1
        });
        let scenario = &mut out[position];
        scenario.changes.push(rij.change.clone());
        let why = as_text(&table.get(row, "omschrijving").scalar);
        if !why.is_empty() && !scenario.omschrijving.split("; ").any(|w| w == why) {
            scenario.omschrijving = if scenario.omschrijving.is_empty() {
                why
            } else {
                format!("{}; {why}", scenario.omschrijving)
            };
        }
    }
    out
}

/// Applies changes in order to a copy of the tables. Every change that can't be applied is a problem, and the others are still
/// made: with any problem the tables are of no use but to find more.
pub fn apply(tables: &Tables, changes: &[Change]) -> (Tables, Vec<Problem>) {
    let mut tables = tables.clone();
    let mut problems = Vec::new();
    for change in changes {
        let done = match (change.doel.table, change.doel.column) {
            ("gebied", _) => change_setting(&mut tables, change),
            ("indexen", "groei") => change_growth(&mut tables, change),
            _ => change_rows(&mut tables, change),
        };
        problems.extend(done.err());
    }
    (tables, problems)
}

/// A number changed in one of the three ways.
fn changed(old: Option<Decimal>, change: &Change, what: &str) -> Result<Decimal, Problem> {
    let by = change.number();
    let problem = |code, message: String| Problem::error(code, message).at(&change.place);
    let too_large = || {
        problem(
            "too-large",
            format!(
                "the change of {} gives a number that is too large",
                change.doel
            ),
        )
        .fix("check the factor or verschuiving")
    };
    match (change.als, old, by) {
        (Als::Waarde, _, Some(by)) => Ok(by),
        (Als::Factor, Some(old), Some(by)) => old.checked_mul(by).ok_or_else(too_large),
        (Als::Verschuiving, Some(old), Some(by)) => old.checked_add(by).ok_or_else(too_large),
        (_, None, Some(_)) => Err(problem(
            "nothing-to-change",
            format!("{what} is empty, so it has no factor or verschuiving"),
        )
        .fix("give a waarde")),
        (_, _, None) => Err(problem(
            "not-a-number",
            format!("the change of {} holds {}", change.doel, change.met.shown()),
        )
        .fix("write a number")),
    }
}

fn number_of(value: &Value) -> Option<Decimal> {
    match value.scalar {
        Scalar::Number(n) => Some(n),
        _ => None,
    }
}

/// What a value was before any scenario.
fn base_of(value: &Value) -> Option<Decimal> {
    value.base.or(number_of(value))
}

/// A value with a new number; what it was first stays known, because history is made of that.
fn renumber(value: &mut Value, number: Decimal, place: &Place) {
    value.base = base_of(value);
    value.scalar = Scalar::Number(number);
    value.place = place.clone();
}

fn change_setting(tables: &mut Tables, change: &Change) -> Result<(), Problem> {
    let table = tables.table_mut("gebied");
    let (name, value) = (column(table, "instelling"), column(table, "waarde"));
    let key = fold(change.doel.column);
    let found = table
        .rows
        .iter()
        .position(|r| matches!(&r.values[name].scalar, Scalar::Text(t) if fold(t) == key));
    let empty = |scalar: Scalar| Value::new(scalar, change.place.clone());
    let mut target = found.map_or_else(
        || empty(Scalar::Empty),
        |row| table.rows[row].values[value].clone(),
    );
    match (change.als, &change.met.scalar) {
        (Als::Waarde, Scalar::Number(n)) => renumber(&mut target, *n, &change.met.place),
        (Als::Waarde, other) => {
            target = Value {
                scalar: other.clone(),
                place: change.met.place.clone(),
                base: None,
            }
        }
        _ if !target.is_empty() && number_of(&target).is_none() => return Err(no_number(change)),
        _ => {
            let number = changed(
                number_of(&target),
                change,
                &format!("gebied.{}", change.doel.column),
            )?;
            renumber(&mut target, number, &change.met.place);
        }
    }
    if let Some(row) = found {
        table.rows[row].values[value] = target;
    } else {
        let mut values: Vec<Value> = table
            .schema
            .columns
            .iter()
            .map(|_| empty(Scalar::Empty))
            .collect();
        values[name].scalar = Scalar::Text(change.doel.column.to_owned());
        values[value] = target;
        table.rows.push(Row {
            place: change.place.clone(),
            values,
        });
    }
    Ok(())
}

/// What holds text or a date can only be replaced.
fn no_number(change: &Change) -> Problem {
    Problem::error(
        "not-a-number",
        format!(
            "{} is no number, so it has no factor or verschuiving",
            change.doel
        ),
    )
    .at(&change.place)
    .fix("give a waarde")
}

fn column(table: &Table, name: &str) -> usize {
    table
        .schema
        .column(name)
        .unwrap_or_else(|| panic!("no column {name} in {}", table.schema.name))
}

fn change_growth(tables: &mut Tables, change: &Change) -> Result<(), Problem> {
    let table = tables.table_mut("indexen");
    let (index, from, growth) = (
        column(table, "index"),
        column(table, "vanaf"),
        column(table, "groei"),
    );
    let names = |row: &Row| match &row.values[index].scalar {
        Scalar::Text(t) => Some(t.clone()),
        _ => None,
    };
    let mut groups: Vec<String> = Vec::new();
    for row in &table.rows {
        if let Some(name) = names(row)
            && pattern_matches(&change.doel.key, &name)
            && !groups.iter().any(|g| name_key(g) == name_key(&name))
        {
            groups.push(name);
        }
    }
    if groups.is_empty() {
        let all: Vec<String> = table.rows.iter().filter_map(names).collect();
        return Err(no_row(change, table, all.iter().map(String::as_str)));
    }
    for group in groups {
        let mine = |row: &Row| names(row).is_some_and(|n| name_key(&n) == name_key(&group));
        let year_of = |row: &Row| number_of(&row.values[from]).and_then(|n| n.to_i32());
        match change.doel.year {
            None => {
                for row in table.rows.iter_mut().filter(|r| mine(r)) {
                    let number = changed(number_of(&row.values[growth]), change, "groei")?;
                    renumber(&mut row.values[growth], number, &change.met.place);
                }
            }
            Some(year) => {
                // The growth of one year: a row of its own, and one that takes the old growth up again.
                let current = table
                    .rows
                    .iter()
                    .filter(|r| mine(r) && year_of(r).is_some_and(|y| y <= year))
                    .max_by_key(|r| year_of(r))
                    .cloned();
                let Some(current) = current else {
                    return Err(Problem::error(
                        "nothing-to-change",
                        format!("index \"{group}\" has no growth in {year}"),
                    )
                    .at(&change.place)
                    .fix("take a later year"));
                };
                let number = changed(number_of(&current.values[growth]), change, "groei")?;
                let has = |rows: &[Row], y: i32| {
                    rows.iter().position(|r| mine(r) && year_of(r) == Some(y))
                };
                if year < YEAR_MAX && has(&table.rows, year + 1).is_none() {
                    let mut after = current.clone();
                    after.values[from].scalar = Scalar::Number(Decimal::from(year + 1));
                    table.rows.push(after);
                }
                let position = has(&table.rows, year).unwrap_or_else(|| {
                    let mut row = current.clone();
                    row.values[from].scalar = Scalar::Number(Decimal::from(year));
                    table.rows.push(row);
                    table.rows.len() - 1
                });
                renumber(
                    &mut table.rows[position].values[growth],
                    number,
                    &change.met.place,
                );
            }
        }
    }
    Ok(())
}

fn no_row<'a>(change: &Change, table: &Table, names: impl Iterator<Item = &'a str>) -> Problem {
    let names: Vec<&str> = names.collect();
    let problem = Problem::error(
        "unknown-reference",
        format!(
            "no row of {} fits \"{}\"",
            change.doel.table, change.doel.key
        ),
    )
    .at(&change.place);
    geen_rij(problem, &change.doel, &names, table)
}

fn change_rows(tables: &mut Tables, change: &Change) -> Result<(), Problem> {
    let doel = &change.doel;
    let key = doel.key_column();
    let name = |row: &Row| match &row.values[key].scalar {
        Scalar::Text(t) => Some(t.clone()),
        Scalar::Number(n) => Some(n.normalize().to_string()),
        _ => None,
    };
    let names: Vec<String> = ["programma", "kosten", "opbrengsten"]
        .iter()
        .flat_map(|t| tables.table(t).rows.iter())
        .filter_map(row_key)
        .collect();
    let amounts = if doel.column == "bedrag" {
        amounts_of(tables, change.als)
    } else {
        Amounts::default()
    };
    let table = tables.table_mut(doel.table);
    let found: Vec<usize> = (0..table.rows.len())
        .filter(|i| name(&table.rows[*i]).is_some_and(|n| doel.matches(&n)))
        .collect();
    if found.is_empty() {
        let all: Vec<String> = table.rows.iter().filter_map(name).collect();
        return Err(no_row(change, table, all.iter().map(String::as_str)));
    }
    let numeric = matches!(
        table.schema.columns[column(table, doel.column)].kind,
        Kind::Amount | Kind::Number | Kind::Rate | Kind::Whole | Kind::Year
    );
    for i in found {
        let target = column(table, doel.column);
        let row_name = name(&table.rows[i]).unwrap_or_default();
        if !numeric {
            if change.als != Als::Waarde {
                return Err(no_number(change));
            }
            table.rows[i].values[target] = Value {
                scalar: change.met.scalar.clone(),
                place: change.met.place.clone(),
                base: None,
            };
            continue;
        }
        if change.met.is_empty() {
            table.rows[i].values[target] = Value::new(Scalar::Empty, change.met.place.clone());
            continue;
        }
        // A percentage whose lines all fit the same pattern follows them; changing it too would count the change twice.
        if change.als == Als::Factor && follows(table, &table.rows[i], doel, &names) {
            continue;
        }
        if doel.column == "bedrag"
            && table.schema.column("prijs").is_some()
            && table.rows[i].values[target].is_empty()
        {
            change_amount(table, i, change, &row_name, &amounts)?;
            continue;
        }
        let old = number_of(&table.rows[i].values[target]);
        // No uitstel is an uitstel of nothing.
        let old = if doel.column == "uitstel" {
            old.or(Some(Decimal::ZERO))
        } else {
            old
        };
        let number = changed(
            old,
            change,
            &format!("{}[{row_name}].{}", doel.table, doel.column),
        )?;
        renumber(&mut table.rows[i].values[target], number, &change.met.place);
    }
    Ok(())
}

/// The id of a row of a line table: its first column.
fn row_key(row: &Row) -> Option<String> {
    match &row.values.first()?.scalar {
        Scalar::Text(t) => Some(t.clone()),
        Scalar::Number(n) => Some(n.normalize().to_string()),
        _ => None,
    }
}

/// Whether a row is a percentage of lines that a pattern on `bedrag` names all of.
fn follows(table: &Table, row: &Row, doel: &Address, names: &[String]) -> bool {
    if doel.column != "bedrag" || !doel.is_pattern() {
        return false;
    }
    let Some(Scalar::Text(over)) = table.schema.column("over").map(|c| &row.values[c].scalar)
    else {
        return false;
    };
    // Posts of a valuation are percentages of what stands above them, and follow that.
    if table.schema.name == "stichtingskosten" {
        return true;
    }
    let mut base = names
        .iter()
        .filter(|n| over.split(';').any(|p| pattern_matches(p, n)))
        .peekable();
    base.peek().is_some() && base.all(|n| doel.matches(n))
}

/// `bedrag` of a line that holds quantity × price, a percentage, or amounts per period only.
fn change_amount(
    table: &mut Table,
    row: usize,
    change: &Change,
    name: &str,
    amounts: &Amounts,
) -> Result<(), Problem> {
    let at = |name: &str| table.schema.column(name);
    let (amount, price, quantity, percentage, over) = (
        column(table, "bedrag"),
        at("prijs"),
        at("hoeveelheid"),
        at("percentage"),
        at("over"),
    );
    let open = amounts
        .open
        .get(&profile_key(table, &table.rows[row], name))
        .copied();
    let values = &mut table.rows[row].values;
    let filled = |values: &[Value], c: Option<usize>| c.filter(|c| !values[*c].is_empty());
    if change.als == Als::Factor
        && let Some(c) = filled(values, price).or(filled(values, percentage))
    {
        let number = changed(number_of(&values[c]), change, "the amount")?;
        renumber(&mut values[c], number, &change.met.place);
        return Ok(());
    }
    if change.als == Als::Verschuiving && filled(values, percentage).is_some() {
        return Err(Problem::error(
            "nothing-to-change",
            format!(
                "{} is a percentage of other lines, so it has no verschuiving",
                change.doel
            ),
        )
        .at(&change.place)
        .fix("give a factor, or change its percentage"));
    }
    let product = |number: fn(&Value) -> Option<Decimal>| {
        let price = number(&values[filled(values, price)?])?;
        match filled(values, quantity) {
            Some(q) => price.checked_mul(number(&values[q])?),
            None => Some(price),
        }
    };
    let old = product(number_of).or(open);
    let base = if filled(values, percentage).is_some() {
        amounts.base.get(&name_key(name)).copied()
    } else {
        product(base_of).or(open)
    };
    let number = changed(old, change, "the amount")?;
    values[amount] = Value {
        scalar: Scalar::Number(number),
        place: change.met.place.clone(),
        base,
    };
    for c in [price, percentage, over].into_iter().flatten() {
        values[c].scalar = Scalar::Empty;
    }
    Ok(())
}

/// The profile that a line takes its amounts from: the one it names, or the one of its own name.
fn profile_key(table: &Table, row: &Row, name: &str) -> String {
    match table
        .schema
        .column("fasering")
        .map(|c| &row.values[c].scalar)
    {
        Some(Scalar::Text(profile)) => name_key(profile),
        _ => name_key(name),
    }
}

/// Amounts that no cell of the line itself holds, by name.
#[derive(Default)]
struct Amounts {
    /// Sums of phasing profiles that hold amounts.
    open: HashMap<String, Decimal>,
    /// Of lines that are a percentage of others, the amount before any scenario: their history is made of that.
    base: HashMap<String, Decimal>,
}

fn amounts_of(tables: &Tables, als: Als) -> Amounts {
    let mut open: HashMap<String, Option<Decimal>> = HashMap::new();
    let table = tables.table("fasering");
    for row in &table.rows {
        let (Scalar::Text(name), Some(amount)) = (
            &table.get(row, "fasering").scalar,
            number_of(table.get(row, "bedrag")),
        ) else {
            continue;
        };
        let sum = open.entry(name_key(name)).or_insert(Some(Decimal::ZERO));
        *sum = sum.and_then(|s| s.checked_add(amount));
    }
    let open: HashMap<String, Decimal> = open
        .into_iter()
        .filter_map(|(name, sum)| Some((name, sum?)))
        .collect();
    let base = if als == Als::Waarde {
        base_amounts(tables, &open)
    } else {
        HashMap::new()
    };
    Amounts { open, base }
}

/// A line as far as its amount before any scenario goes.
enum Base {
    Known(Option<Decimal>),
    Percentage {
        percentage: Decimal,
        over: Vec<String>,
    },
}

/// Amounts of all lines before any scenario; those that can't be known are left out (a circle is told when the model is checked).
fn base_amounts(tables: &Tables, open: &HashMap<String, Decimal>) -> HashMap<String, Decimal> {
    let mut lines: Vec<(String, Base)> = Vec::new();
    for name in ["programma", "kosten", "opbrengsten"] {
        let table = tables.table(name);
        for row in &table.rows {
            let Scalar::Text(id) = &table.get(row, "id").scalar else {
                continue;
            };
            let get = |column: &str| {
                table
                    .schema
                    .column(column)
                    .and_then(|c| base_of(&row.values[c]).filter(|_| !row.values[c].is_empty()))
            };
            let (quantity, price) = if name == "programma" {
                ("aantal", "grondprijs")
            } else {
                ("hoeveelheid", "prijs")
            };
            let base = match (get("bedrag"), get("percentage"), get(price)) {
                (Some(amount), _, _) => Base::Known(Some(amount)),
                (None, Some(percentage), _) => {
                    let over = as_text(&table.get(row, "over").scalar);
                    Base::Percentage {
                        percentage,
                        over: over
                            .split(';')
                            .map(|p| p.trim().to_owned())
                            .filter(|p| !p.is_empty())
                            .collect(),
                    }
                }
                (None, None, Some(price)) => {
                    Base::Known(price.checked_mul(get(quantity).unwrap_or(Decimal::ONE)))
                }
                (None, None, None) => Base::Known(open.get(&profile_key(table, row, id)).copied()),
            };
            lines.push((id.clone(), base));
        }
    }
    let mut known: Vec<Option<Option<Decimal>>> = lines
        .iter()
        .map(|(_, b)| {
            if let Base::Known(amount) = b {
                Some(*amount)
            } else {
                None
            }
        })
        .collect();
    // Percentages of percentages: each round settles those whose lines are all settled.
    let over: Vec<Vec<usize>> = lines
        .iter()
        .map(|(_, b)| match b {
            Base::Known(_) => Vec::new(),
            Base::Percentage { over, .. } => (0..lines.len())
                .filter(|j| over.iter().any(|p| pattern_matches(p, &lines[*j].0)))
                .collect(),
        })
        .collect();
    loop {
        let mut progress = false;
        for (i, (_, base)) in lines.iter().enumerate() {
            let Base::Percentage { percentage, .. } = base else {
                continue;
            };
            if known[i].is_some() || over[i].iter().any(|j| known[*j].is_none()) {
                continue;
            }
            known[i] = Some(
                over[i]
                    .iter()
                    .try_fold(Decimal::ZERO, |sum, j| sum.checked_add(known[*j]??))
                    .and_then(|sum| sum.checked_mul(*percentage)),
            );
            progress = true;
        }
        if !progress {
            break;
        }
    }
    lines
        .into_iter()
        .zip(known)
        .filter_map(|((id, _), amount)| Some((name_key(&id), amount??)))
        .collect()
}

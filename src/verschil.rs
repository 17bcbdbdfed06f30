//! Why two models differ: every changed cell belongs to one cause, and the effect of the causes on every result adds up exactly.
//!
//! A coalition is a set of causes whose changes are made to the first model: none of them gives the first, all of them the second.
//! Each is an exact calculation of both routes. Knows tables, models and results; not where models come from, and calculates only
//! through [`crate::route`]. Which column belongs to which cause is data: `verschil/oorzaken.toml`.

use crate::model::Model;
use crate::model::schema::{self, Kind, TableSchema};
use crate::model::table::{Row, Scalar, Table, Tables, Value, as_text, fold, name_key};
use crate::plan::Route;
use crate::problem::{Place, Problem};
use crate::route::{self, Routeresultaat};
use jiff::civil::Date;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::LazyLock;

/// Decimals of a euro in which effects are counted: whole numbers of them add up without rounding.
pub const DECIMALEN: u32 = 6;

/// Tables that say nothing of the exact record: they are told, and no coalition holds them.
const ZONDER_GEVOLG: &[&str] = &[
    "onzekerheden",
    "correlaties",
    "regimes",
    "risicos",
    "scenarios",
    "controles",
];
/// Tables whose rows take their phasing from a profile.
const GEFASEERD: &[&str] = &["programma", "kosten", "opbrengsten"];
/// Tables whose rows are lines that others may name.
const LIJNTABELLEN: &[&str] = &["programma", "kosten", "opbrengsten", "exploitatie"];
/// Columns that make an amount; which of them are filled is its form.
const BEDRAGKOLOMMEN: &[&str] = &[
    "hoeveelheid",
    "aantal",
    "prijs",
    "grondprijs",
    "bedrag",
    "percentage",
    "over",
];
/// What a line still asks, when a part of it lies in the past.
const VERSTREKEN: &[&str] = &["bedrag", "hoeveelheid", "aantal", "percentage", "fasering"];
/// Columns that count something.
const AANTALKOLOMMEN: &[&str] = &["hoeveelheid", "aantal"];

// ------------------------------------------------------------------------------------------------------------ causes

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bestand {
    oorzaak: Vec<Oorzaak>,
    gebied: BTreeMap<String, Vec<String>>,
    tabellen: BTreeMap<String, BTreeMap<String, toml::Value>>,
}

/// A cause of changes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Oorzaak {
    /// Its name in json and csv.
    pub naam: String,
    /// Its Dutch title.
    pub titel: String,
}

/// The causes of a table.
struct Indeling {
    /// Positions of the columns that name a row.
    sleutel: Vec<usize>,
    /// Cause of a row that comes or goes.
    rijen: usize,
    /// By column: its cause.
    kolommen: Vec<usize>,
}

struct Oorzaken {
    lijst: Vec<Oorzaak>,
    instellingen: HashMap<String, usize>,
    tabellen: HashMap<String, Indeling>,
}

impl Oorzaken {
    fn van(&self, naam: &str) -> usize {
        self.lijst
            .iter()
            .position(|o| o.naam == naam)
            .unwrap_or_else(|| panic!("src/verschil/oorzaken.toml: no cause {naam}"))
    }

    fn indeling(&self, tabel: &str) -> &Indeling {
        self.tabellen
            .get(tabel)
            .unwrap_or_else(|| panic!("src/verschil/oorzaken.toml: no table {tabel}"))
    }
}

/// Read once; the file ships inside the program, and a test reads it whole, so this can't fail in a program built from tested source.
static OORZAKEN: LazyLock<Oorzaken> = LazyLock::new(|| {
    let file: Bestand = toml::from_str(include_str!("verschil/oorzaken.toml"))
        .unwrap_or_else(|e| panic!("src/verschil/oorzaken.toml: {e}"));
    let mut out = Oorzaken {
        lijst: file.oorzaak,
        instellingen: HashMap::new(),
        tabellen: HashMap::new(),
    };
    for (cause, names) in file.gebied {
        let cause = out.van(&cause);
        for name in names {
            let twice = out.instellingen.insert(fold(&name), cause);
            assert!(twice.is_none(), "src/verschil/oorzaken.toml: {name} twice");
        }
    }
    for schema in crate::model::schema::SCHEMA {
        let Some(table) = file.tabellen.get(schema.name) else {
            panic!("src/verschil/oorzaken.toml: no table {}", schema.name);
        };
        let indeling = indeling(schema, table, &out);
        out.tabellen.insert(schema.name.to_owned(), indeling);
    }
    out
});

fn indeling(
    schema: &TableSchema,
    table: &BTreeMap<String, toml::Value>,
    oorzaken: &Oorzaken,
) -> Indeling {
    let wrong = |what: &str| -> ! { panic!("src/verschil/oorzaken.toml: {}: {what}", schema.name) };
    let names = |value: &toml::Value| -> Vec<usize> {
        let list = value
            .as_array()
            .unwrap_or_else(|| wrong("a list is asked"))
            .iter();
        list.map(|name| {
            let name = name.as_str().unwrap_or_default();
            schema
                .column(name)
                .unwrap_or_else(|| wrong(&format!("no column {name}")))
        })
        .collect()
    };
    let overig = oorzaken.van("overig");
    let mut kolommen: Vec<Option<usize>> = vec![None; schema.columns.len()];
    let mut sleutel = Vec::new();
    let mut rijen = None;
    for (key, value) in table {
        let cause = match key.as_str() {
            "rijen" => {
                rijen = value.as_str().map(|naam| oorzaken.van(naam));
                continue;
            }
            // A name that is only written otherwise has no effect.
            "sleutel" => {
                sleutel = names(value);
                overig
            }
            cause => oorzaken.van(cause),
        };
        for column in names(value) {
            if kolommen[column].replace(cause).is_some() {
                wrong(&format!("{} stands twice", schema.columns[column].name));
            }
        }
    }
    let missing = |column: usize| -> usize {
        wrong(&format!(
            "column {} has no cause",
            schema.columns[column].name
        ))
    };
    Indeling {
        sleutel,
        rijen: rijen.unwrap_or_else(|| wrong("rijen has no cause")),
        kolommen: kolommen
            .into_iter()
            .enumerate()
            .map(|(column, cause)| cause.unwrap_or_else(|| missing(column)))
            .collect(),
    }
}

/// The causes, in the fixed order in which they are applied.
pub fn oorzaken() -> &'static [Oorzaak] {
    &OORZAKEN.lijst
}

/// The cause of a setting of table gebied; `None` when the table does not know it.
pub fn oorzaak_van_instelling(naam: &str) -> Option<&'static Oorzaak> {
    let cause = OORZAKEN.instellingen.get(&fold(naam))?;
    OORZAKEN.lijst.get(*cause)
}

// ----------------------------------------------------------------------------------------------------------- changes

/// What changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Soort {
    /// A cell.
    Cel,
    /// A row that the second model has and the first has not.
    Erbij,
    /// A row that the first model has and the second has not.
    Eraf,
    /// Rows that both have, in another order.
    Volgorde,
}

/// One change from the first model to the second.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wijziging {
    /// Position of its cause in [`oorzaken`].
    pub oorzaak: usize,
    /// What changed.
    pub soort: Soort,
    /// Table.
    pub tabel: &'static str,
    /// The row, by what names it.
    pub rij: String,
    /// The column, or setting of gebied; empty for a row as a whole.
    pub kolom: String,
    /// The value in the first model, as text.
    pub a: String,
    /// The value in the second model.
    pub b: String,
    /// What kind of number both values are, as far as there are any; nothing when one is no number, or for a row as a whole.
    pub getal: Option<Kind>,
    /// Where it stands in the first model.
    pub plaats_a: Option<Place>,
    /// Where it stands in the second model.
    pub plaats_b: Option<Place>,
}

/// A row of both models, or of one.
#[derive(Debug, Clone)]
struct Rij {
    a: Option<Row>,
    b: Option<Row>,
    /// Cause of its coming or going, when only one has it.
    oorzaak: usize,
    /// By column: the cause of its change; nothing when it did not change.
    kolommen: Vec<Option<usize>>,
}

impl Rij {
    fn changed(&self) -> bool {
        self.a.is_none() || self.b.is_none() || self.kolommen.iter().any(Option::is_some)
    }

    /// Any side's row.
    fn row(&self) -> Option<&Row> {
        self.a.as_ref().or(self.b.as_ref())
    }
}

/// A table of both models.
#[derive(Debug, Clone)]
struct Tabel {
    schema: &'static TableSchema,
    rijen: Vec<Rij>,
    /// Positions in `rijen` as the first model has them, and as the second has.
    volgorde: [Vec<usize>; 2],
    /// Cause of another order, when there is one.
    herschikt: Option<usize>,
}

/// Two models, with what changed from the one to the other.
#[derive(Debug, Clone)]
pub struct Vergelijking {
    tabellen: Vec<Tabel>,
    wijzigingen: Vec<Wijziging>,
    /// The causes that something changed by, in the fixed order; positions in [`oorzaken`].
    spelers: Vec<usize>,
}

fn column_text(table: &Table, row: &Row, name: &str) -> String {
    table
        .schema
        .column(name)
        .map_or_else(String::new, |c| as_text(&row.values[c].scalar))
}

/// Whether two cells say the same.
fn same(a: &Value, b: &Value, kind: Kind) -> bool {
    if a.base != b.base {
        return false;
    }
    match (&a.scalar, &b.scalar) {
        (Scalar::Number(a), Scalar::Number(b)) => a == b,
        (a, b) if a == b => true,
        // A code 3.2 may be a number in a workbook and text elsewhere; a choice has no case.
        (a, b) => match kind {
            Kind::Key | Kind::Ref(_) | Kind::Account | Kind::Phasing | Kind::Period => {
                name_key(&as_text(a)) == name_key(&as_text(b))
            }
            Kind::Choice(_) => fold(&as_text(a)) == fold(&as_text(b)),
            _ => false,
        },
    }
}

/// What names the rows of a table, made unique: a name that stands twice gets a number.
fn keys(table: &Table) -> Vec<String> {
    let indeling = OORZAKEN.indeling(table.schema.name);
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut used: HashSet<String> = HashSet::new();
    let mut out = Vec::with_capacity(table.rows.len());
    for row in &table.rows {
        let parts = indeling.sleutel.iter().map(|c| {
            let text = as_text(&row.values[*c].scalar);
            if table.schema.name == "gebied" {
                fold(&text)
            } else {
                name_key(&text)
            }
        });
        let key = parts
            .filter(|p| !p.is_empty())
            .collect::<Vec<_>>()
            .join(" / ");
        let count = seen.entry(key.clone()).or_insert(0);
        *count += 1;
        let mut unique = if *count == 1 {
            key.clone()
        } else {
            format!("{key} ({count})")
        };
        // Somebody may have called a row so.
        while !used.insert(unique.clone()) {
            unique.push('\'');
        }
        out.push(unique);
    }
    out
}

/// Two lists of keys as one in which both keep their order, as far as they agree; the same whichever comes first. Gives for each
/// list the positions of the whole in its own order, and whether what both hold stands in another order.
fn samen(a: &[String], b: &[String]) -> (Vec<String>, [Vec<usize>; 2], bool) {
    let (in_a, in_b): (HashSet<&String>, HashSet<&String>) =
        (a.iter().collect(), b.iter().collect());
    let shared = |list: &[String], other: &HashSet<&String>| -> Vec<String> {
        list.iter().filter(|k| other.contains(k)).cloned().collect()
    };
    let moved = shared(a, &in_b) != shared(b, &in_a);
    // What stands between two rows of the spine goes between them: rows of one list alone, by name where both have some.
    let weave = |spine: &[String], other: &[String], in_spine: &HashSet<&String>| -> Vec<String> {
        let mut after: HashMap<Option<&String>, Vec<&String>> = HashMap::new();
        let mut last = None;
        for key in other {
            if in_spine.contains(key) {
                last = Some(key);
            } else {
                after.entry(last).or_default().push(key);
            }
        }
        let in_other: HashSet<&String> = other.iter().collect();
        let mut out: Vec<String> = Vec::new();
        let mut gap: Vec<&String> = Vec::new();
        let mut extra = after.remove(&None).unwrap_or_default();
        let flush = |gap: &mut Vec<&String>, extra: Vec<&String>, out: &mut Vec<String>| {
            let (mut left, mut right) = (gap.drain(..).peekable(), extra.into_iter().peekable());
            loop {
                let next = match (left.peek(), right.peek()) {
                    (Some(l), Some(r)) if l <= r => left.next(),
                    (_, Some(_)) => right.next(),
                    (Some(_), None) => left.next(),
                    (None, None) => break,
                };
                out.extend(next.cloned());
            }
        };
        for key in spine {
            if in_other.contains(key) {
                flush(&mut gap, std::mem::take(&mut extra), &mut out);
                out.push(key.clone());
                extra = after.remove(&Some(key)).unwrap_or_default();
            } else {
                gap.push(key);
            }
        }
        flush(&mut gap, extra, &mut out);
        out
    };
    let first = weave(a, b, &in_a);
    let second = weave(b, a, &in_b);
    let position: HashMap<&String, usize> = first.iter().enumerate().map(|(i, k)| (k, i)).collect();
    let orders = [
        (0..first.len()).collect(),
        second
            .iter()
            .filter_map(|k| position.get(k).copied())
            .collect(),
    ];
    (first.clone(), orders, moved)
}

/// The first day of a period; nothing when it can't be read.
fn eerste_dag(period: &str) -> Option<Date> {
    let (year, part) = period.trim().split_once('-').unwrap_or((period.trim(), ""));
    let number = part.get(1..).and_then(|n| n.parse::<i8>().ok());
    let month = match (part.chars().next(), number) {
        (None, _) => 1,
        (Some('H' | 'h'), Some(n @ 1..=2)) => 1 + 6 * (n - 1),
        (Some('K' | 'k'), Some(n @ 1..=4)) => 1 + 3 * (n - 1),
        _ => return None,
    };
    Date::new(year.trim().parse().ok()?, month, 1).ok()
}

fn peildatum(tables: &Tables) -> Option<Date> {
    let table = tables.table("gebied");
    table.rows.iter().find_map(|row| {
        let name = fold(&column_text(table, row, "instelling"));
        match &table.get(row, "waarde").scalar {
            Scalar::Date(date) if name == "peildatum" => Some(*date),
            _ => None,
        }
    })
}

/// A price level that is not given is peildatum: it stays that when peildatum moves without it.
fn met_prijspeil(tables: &Tables) -> Tables {
    let mut tables = tables.clone();
    let table = tables.table_mut("gebied");
    let name = |row: &Row| fold(&as_text(&row.values[0].scalar));
    let value = table.schema.column("waarde").unwrap_or(1);
    let given = |row: &Row| name(row) == "prijspeil" && !row.values[value].is_empty();
    if !table.rows.iter().any(given)
        && let Some(peil) = table.rows.iter().find(|row| name(row) == "peildatum")
    {
        let mut row = peil.clone();
        row.values[0].scalar = Scalar::Text("prijspeil".into());
        table.rows.retain(|row| name(row) != "prijspeil");
        table.rows.push(row);
    }
    tables
}

impl Vergelijking {
    /// Finds what changed from one model to another.
    pub fn new(a: &Tables, b: &Tables) -> Self {
        // The moment after which a phasing is a plan in both.
        let (peil_a, peil_b) = (peildatum(a), peildatum(b));
        let (peil, passed) = (peil_a.max(peil_b), peil_a != peil_b);
        let (a, b) = (met_prijspeil(a), met_prijspeil(b));
        let mut tabellen: Vec<Tabel> = a
            .tables
            .iter()
            .zip(&b.tables)
            .map(|(a, b)| tabel(a, b))
            .collect();
        bedragvormen(&mut tabellen);
        if let Some(peil) = peil.filter(|_| passed) {
            verstreken(&mut tabellen, peil);
        }
        profielen(&mut tabellen, peil);
        let wijzigingen = wijzigingen(&tabellen);
        let causes: BTreeSet<usize> = wijzigingen
            .iter()
            .filter(|w| !ZONDER_GEVOLG.contains(&w.tabel))
            .map(|w| w.oorzaak)
            .collect();
        Vergelijking {
            tabellen,
            wijzigingen,
            spelers: causes.into_iter().collect(),
        }
    }

    /// Every change, by cause in the fixed order, then by table and row.
    pub fn wijzigingen(&self) -> &[Wijziging] {
        &self.wijzigingen
    }

    /// The causes by which something changed that may have an effect, in the fixed order.
    pub fn spelers(&self) -> Vec<&'static Oorzaak> {
        self.spelers.iter().map(|s| &OORZAKEN.lijst[*s]).collect()
    }

    /// The number of coalitions: sets of causes.
    pub fn coalities(&self) -> usize {
        1 << self.spelers.len()
    }

    /// The tables of a coalition: bit `i` is cause `i` of [`Self::spelers`]. A row that another names is there, whatever its own cause.
    pub fn tables(&self, coalitie: usize) -> Tables {
        let on = |cause: usize| {
            let player = self.spelers.iter().position(|s| *s == cause);
            player.is_some_and(|p| coalitie >> p & 1 == 1)
        };
        let mut present: Vec<Vec<bool>> = self
            .tabellen
            .iter()
            .map(|t| {
                let skip = ZONDER_GEVOLG.contains(&t.schema.name);
                let there = |r: &Rij| match (&r.a, &r.b) {
                    (Some(_), Some(_)) => true,
                    (Some(_), None) => !on(r.oorzaak),
                    (None, _) => on(r.oorzaak),
                };
                t.rijen.iter().map(|r| !skip && there(r)).collect()
            })
            .collect();
        let rows: Vec<Vec<Option<Row>>> = self
            .tabellen
            .iter()
            .map(|t| t.rijen.iter().map(|r| mengen(r, &on)).collect())
            .collect();
        sluiten(&self.tabellen, &rows, &mut present);
        let mut out = Tables::default();
        for (((tabel, rows), present), table) in self
            .tabellen
            .iter()
            .zip(rows)
            .zip(&present)
            .zip(&mut out.tables)
        {
            let mut rows = rows;
            let order = &tabel.volgorde[usize::from(tabel.herschikt.is_some_and(&on))];
            table.rows = order
                .iter()
                .filter(|i| present[**i])
                .filter_map(|i| rows[*i].take())
                .collect();
        }
        out
    }

    /// Calculates a coalition exactly, both routes.
    ///
    /// # Errors
    /// When these changes without the others are no model, or one that can't be calculated.
    pub fn reken(&self, coalitie: usize) -> Result<Cijfers, Problem> {
        let (model, problems) = Model::new(self.tables(coalitie));
        let Some(model) = model else {
            let error = |p: &&Problem| p.severity == crate::problem::Severity::Error;
            return Err(problems
                .iter()
                .find(error)
                .cloned()
                .unwrap_or_else(|| Problem::error("no-model", "no model")));
        };
        let mut out = Cijfers::default();
        for route in Route::BEIDE {
            out.bij(&model, &route::calculate(&model, route)?)?;
        }
        Ok(out)
    }

    /// All coalitions, one after the other.
    pub fn alle(&self) -> Vec<Result<Cijfers, Problem>> {
        (0..self.coalities()).map(|c| self.reken(c)).collect()
    }

    /// Divides the difference over the causes, from the figures of every coalition in their order.
    ///
    /// Causes of which one is no model without the other are taken together, until every coalition of what is left can be calculated.
    ///
    /// # Errors
    /// When the first or the second model itself can't be calculated.
    ///
    /// # Panics
    /// When there are not as many figures as coalitions.
    pub fn verdeel(&self, cijfers: &[Result<Cijfers, Problem>]) -> Result<Verdeling, Problem> {
        let whole = self.coalities() - 1;
        assert_eq!(
            cijfers.len(),
            self.coalities(),
            "the figures of every coalition are asked"
        );
        let at = |coalitie: usize| cijfers[coalitie].as_ref().map_err(Clone::clone);
        let (a, b) = (at(0)?, at(whole)?);
        let blokken = self.blokken(cijfers);
        let masker = |set: usize| -> usize {
            let held = blokken
                .iter()
                .enumerate()
                .filter(|(i, _)| set >> i & 1 == 1);
            held.fold(0, |mask, (_, blok)| mask | blok)
        };
        let sets: Vec<&Cijfers> = (0..1_usize << blokken.len())
            .map(|set| at(masker(set)))
            .collect::<Result<_, _>>()?;
        let mut namen: Vec<Naam> = a.0.iter().map(|(naam, _)| naam.clone()).collect();
        let known: HashSet<&Naam> = a.0.iter().map(|(naam, _)| naam).collect();
        namen.extend(
            b.0.iter()
                .map(|(naam, _)| naam)
                .filter(|naam| !known.contains(naam))
                .cloned(),
        );
        // A party or deelgebied may be new in both places.
        namen.sort_by_key(|naam| (naam.route != Route::Grex, naam.rang));
        let found: Vec<HashMap<&Naam, i128>> = sets
            .iter()
            .map(|c| c.0.iter().map(|(naam, value)| (naam, *value)).collect())
            .collect();
        let uitkomsten = namen
            .into_iter()
            .map(|naam| {
                let values: Vec<i128> = found
                    .iter()
                    .map(|c| c.get(&naam).copied().unwrap_or(0))
                    .collect();
                Effecten::new(naam, &values, blokken.len())
            })
            .collect::<Result<_, _>>()?;
        let naam_van = |blok: &usize| -> Vec<&'static Oorzaak> {
            let held = self.spelers.iter().enumerate();
            held.filter(|(i, _)| blok >> i & 1 == 1)
                .map(|(_, s)| &OORZAKEN.lijst[*s])
                .collect()
        };
        let waarom = cijfers.iter().find_map(|c| c.as_ref().err()).cloned();
        Ok(Verdeling {
            blokken: blokken.iter().map(naam_van).collect(),
            uitkomsten,
            waarom,
        })
    }

    /// The causes as sets of bits, taken together where needed, in the fixed order.
    fn blokken(&self, cijfers: &[Result<Cijfers, Problem>]) -> Vec<usize> {
        let mut blokken: Vec<usize> = (0..self.spelers.len()).map(|i| 1 << i).collect();
        let wrong = |blokken: &[usize]| -> usize {
            (0..1_usize << blokken.len())
                .filter(|set| {
                    let held = blokken
                        .iter()
                        .enumerate()
                        .filter(|(i, _)| set >> i & 1 == 1);
                    let mask = held.fold(0, |mask, (_, blok)| mask | blok);
                    cijfers.get(mask).is_none_or(Result::is_err)
                })
                .count()
        };
        while blokken.len() > 1 && wrong(&blokken) > 0 {
            // The pair after which least is wrong; of several the first, so that a cause joins the next.
            let mut best: Option<(usize, Vec<usize>)> = None;
            for i in 0..blokken.len() {
                for j in i + 1..blokken.len() {
                    let mut joined = blokken.clone();
                    let other = joined.remove(j);
                    joined[i] |= other;
                    let left = wrong(&joined);
                    if best.as_ref().is_none_or(|(least, _)| left < *least) {
                        best = Some((left, joined));
                    }
                }
            }
            if let Some((_, joined)) = best {
                blokken = joined;
            }
        }
        blokken
    }
}

/// A row of a coalition.
fn mengen(rij: &Rij, on: &dyn Fn(usize) -> bool) -> Option<Row> {
    let (Some(a), Some(b)) = (&rij.a, &rij.b) else {
        return rij.row().cloned();
    };
    let mut row = a.clone();
    for ((value, new), cause) in row.values.iter_mut().zip(&b.values).zip(&rij.kolommen) {
        if cause.is_some_and(on) {
            value.clone_from(new);
        }
    }
    Some(row)
}

fn tabel(a: &Table, b: &Table) -> Tabel {
    let schema = a.schema;
    let indeling = OORZAKEN.indeling(schema.name);
    let (keys_a, keys_b) = (keys(a), keys(b));
    let (all, volgorde, moved) = samen(&keys_a, &keys_b);
    let rows = |keys: &[String], table: &Table| -> HashMap<String, Row> {
        keys.iter()
            .cloned()
            .zip(table.rows.iter().cloned())
            .collect()
    };
    let (mut in_a, mut in_b) = (rows(&keys_a, a), rows(&keys_b, b));
    let rijen = all
        .into_iter()
        .map(|sleutel| {
            let (a, b) = (in_a.remove(&sleutel), in_b.remove(&sleutel));
            // A setting is a row of which the cause stands with its name.
            let setting = (schema.name == "gebied")
                .then(|| {
                    OORZAKEN
                        .instellingen
                        .get(sleutel.split(' ').next().unwrap_or(""))
                })
                .flatten();
            let mut kolommen = vec![None; schema.columns.len()];
            if let (Some(a), Some(b)) = (&a, &b) {
                for (c, column) in schema.columns.iter().enumerate() {
                    if !same(&a.values[c], &b.values[c], column.kind) {
                        let value = column.name == "waarde";
                        let cause = setting.filter(|_| value);
                        kolommen[c] = Some(*cause.unwrap_or(&indeling.kolommen[c]));
                    }
                }
            }
            Rij {
                a,
                b,
                oorzaak: *setting.unwrap_or(&indeling.rijen),
                kolommen,
            }
        })
        .collect();
    Tabel {
        schema,
        rijen,
        volgorde,
        herschikt: moved.then_some(indeling.rijen),
    }
}

/// An amount that is given in another form (a price times a quantity, then a sum) changed as a whole.
fn bedragvormen(tabellen: &mut [Tabel]) {
    let prijzen = OORZAKEN.van("prijzen");
    for tabel in tabellen {
        let columns: Vec<usize> = BEDRAGKOLOMMEN
            .iter()
            .filter_map(|name| tabel.schema.column(name))
            .collect();
        if tabel.schema.name == "fasering" || !LIJNTABELLEN.contains(&tabel.schema.name) {
            continue;
        }
        for rij in &mut tabel.rijen {
            let (Some(a), Some(b)) = (&rij.a, &rij.b) else {
                continue;
            };
            let form = |row: &Row| -> Vec<bool> {
                columns.iter().map(|c| row.values[*c].is_empty()).collect()
            };
            if form(a) != form(b) {
                for c in &columns {
                    rij.kolommen[*c] = rij.kolommen[*c].map(|_| prijzen);
                }
            }
        }
    }
}

/// The first day of a phasing that is a period or a range.
fn begin(phasing: &str) -> Option<Date> {
    let year = |text: &str| text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
    match phasing.trim().split_once('-') {
        Some((first, last)) if year(first.trim()) && year(last.trim()) => eerste_dag(first),
        _ => eerste_dag(phasing),
    }
}

/// When peildatum moves and the boekwaarde with it, what was planned for the time in between is no longer asked of the lines that had
/// it: the sums, quantities and phasings of those lines change because of what happened. Their prices are prices.
fn verstreken(tabellen: &mut [Tabel], peil: Date) {
    let realisatie = OORZAKEN.van("realisatie");
    for tabel in tabellen.iter_mut() {
        // What starts before peildatum must start later when that moves.
        let Some(c) = tabel.schema.column("vanaf") else {
            continue;
        };
        if tabel.schema.name == "indexen" {
            continue;
        }
        for rij in &mut tabel.rijen {
            let early =
                |row: &Row| begin(&as_text(&row.values[c].scalar)).is_some_and(|d| d < peil);
            if rij.a.iter().chain(&rij.b).any(early) {
                rij.kolommen[c] = rij.kolommen[c].map(|_| realisatie);
            }
        }
    }
    let find = |name: &str| tabellen.iter().position(|t| t.schema.name == name);
    let (Some(boekwaarde), Some(f)) = (find("boekwaarde"), find("fasering")) else {
        return;
    };
    if !tabellen[boekwaarde].rijen.iter().any(Rij::changed) {
        return;
    }
    let schema = tabellen[f].schema;
    let (naam, periode) = (
        schema.column("fasering").unwrap_or(0),
        schema.column("periode").unwrap_or(1),
    );
    let rows = tabellen[f].rijen.iter();
    let early: HashSet<String> = rows
        .flat_map(|rij| rij.a.iter().chain(&rij.b))
        .filter(|row| eerste_dag(&as_text(&row.values[periode].scalar)).is_some_and(|d| d < peil))
        .map(|row| name_key(&as_text(&row.values[naam].scalar)))
        .collect();
    for tabel in tabellen {
        let schema = tabel.schema;
        if !GEFASEERD.contains(&schema.name) {
            continue;
        }
        let columns: Vec<usize> = VERSTREKEN
            .iter()
            .filter_map(|name| schema.column(name))
            .collect();
        for rij in &mut tabel.rijen {
            let in_between = rij.a.iter().chain(&rij.b).any(|row| {
                let profile = profielnaam(schema, row);
                early.contains(&profile) || begin(&profile).is_some_and(|day| day < peil)
            });
            for c in columns.iter().filter(|_| in_between) {
                rij.kolommen[*c] = rij.kolommen[*c].map(|_| realisatie);
            }
        }
    }
}

/// The name of the profile that a row of a line table takes: what it names, or its own id.
fn profielnaam(schema: &TableSchema, row: &Row) -> String {
    let text = schema
        .column("fasering")
        .map_or_else(String::new, |c| as_text(&row.values[c].scalar));
    if text.is_empty() {
        name_key(&as_text(&row.values[0].scalar))
    } else {
        name_key(&text)
    }
}

/// A line that takes a profile: its table and row.
type Gebruiker = (usize, usize);

/// What a profile adds up to must be what its lines add up to, so what changes in both changes at once.
fn profielen(tabellen: &mut [Tabel], peil: Option<Date>) {
    let [fasering, realisatie, prijzen, hoeveelheden] =
        ["fasering", "realisatie", "prijzen", "hoeveelheden"].map(|naam| OORZAKEN.van(naam));
    let Some(f) = tabellen.iter().position(|t| t.schema.name == "fasering") else {
        return;
    };
    let schema = tabellen[f].schema;
    let column = |name: &str| schema.column(name).unwrap_or(0);
    let (naam, periode) = (column("fasering"), column("periode"));
    let amounts = [column("hoeveelheid"), column("bedrag")];
    let mut users: HashMap<String, BTreeSet<Gebruiker>> = HashMap::new();
    for (t, tabel) in tabellen.iter().enumerate() {
        if !GEFASEERD.contains(&tabel.schema.name) {
            continue;
        }
        for (r, rij) in tabel.rijen.iter().enumerate() {
            for row in rij.a.iter().chain(&rij.b) {
                let profile = profielnaam(tabel.schema, row);
                users.entry(profile).or_default().insert((t, r));
            }
        }
    }
    let mut profiles: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (r, rij) in tabellen[f].rijen.iter().enumerate() {
        if let Some(row) = rij.row() {
            let name = name_key(&as_text(&row.values[naam].scalar));
            profiles.entry(name).or_default().push(r);
        }
    }
    let none = BTreeSet::new();
    for (name, rows) in profiles {
        let lines = users.get(&name).unwrap_or(&none);
        let past = |rij: &Rij| {
            let day = rij
                .row()
                .and_then(|row| eerste_dag(&as_text(&row.values[periode].scalar)));
            day.zip(peil).is_some_and(|(day, peil)| day < peil)
        };
        let own = &tabellen[f].rijen;
        let in_amounts = rows.iter().any(|r| {
            let sides = own[*r].a.iter().chain(&own[*r].b);
            sides
                .flat_map(|row| amounts.iter().map(|c| &row.values[*c]))
                .any(|value| !value.is_empty())
        });
        // A profile in units adds up to a number of units, whatever they cost.
        let in_euro = rows.iter().any(|r| {
            let sides = own[*r].a.iter().chain(&own[*r].b);
            sides
                .into_iter()
                .any(|row| !row.values[amounts[1]].is_empty())
        });
        let bound = if in_euro {
            BEDRAGKOLOMMEN
        } else {
            AANTALKOLOMMEN
        };
        let changed_columns = |(t, r): &Gebruiker| -> Vec<usize> {
            let tabel = &tabellen[*t];
            let columns = bound.iter().filter_map(|n| tabel.schema.column(n));
            columns
                .filter(|c| tabel.rijen[*r].kolommen[*c].is_some())
                .collect()
        };
        let filled = |(t, r): &Gebruiker| {
            let (tabel, rij) = (&tabellen[*t], &tabellen[*t].rijen[*r]);
            let columns = BEDRAGKOLOMMEN.iter().filter_map(|n| tabel.schema.column(n));
            let columns: Vec<usize> = columns.collect();
            rij.a
                .iter()
                .chain(&rij.b)
                .any(|row| columns.iter().any(|c| !row.values[*c].is_empty()))
        };
        // Nothing holds amounts together that no line adds up: each period is a matter of its own.
        let free = in_amounts && !lines.iter().any(filled);
        let touched = rows.iter().any(|r| own[*r].changed());
        let realised = rows.iter().any(|r| own[*r].changed() && past(&own[*r]));
        let driven: Vec<(Gebruiker, usize)> = if in_amounts && touched {
            lines
                .iter()
                .flat_map(|line| changed_columns(line).into_iter().map(move |c| (*line, c)))
                .collect()
        } else {
            Vec::new()
        };
        let counts_only = driven
            .iter()
            .all(|((t, _), c)| AANTALKOLOMMEN.contains(&tabellen[*t].schema.columns[*c].name));
        let whole = match (realised, driven.is_empty(), counts_only) {
            (true, ..) => realisatie,
            (false, true, _) => fasering,
            (false, false, true) => hoeveelheden,
            (false, false, false) => prijzen,
        };
        for ((t, r), c) in driven {
            tabellen[t].rijen[r].kolommen[c] = Some(whole);
        }
        for r in rows {
            let rij = &mut tabellen[f].rijen[r];
            let cause = match (free, past(rij)) {
                (true, true) => realisatie,
                (true, false) => fasering,
                (false, _) => whole,
            };
            rij.oorzaak = cause;
            for changed in &mut rij.kolommen {
                *changed = changed.map(|_| cause);
            }
        }
    }
}

/// What a row names in other tables.
fn verwijzingen(schema: &TableSchema, row: &Row, out: &mut HashSet<(&'static str, String)>) {
    for (column, value) in schema.columns.iter().zip(&row.values) {
        let text = as_text(&value.scalar);
        if text.is_empty() {
            continue;
        }
        match column.kind {
            Kind::Ref(table) => {
                out.insert((table, name_key(&text)));
            }
            Kind::Account => {
                let party = text.split('/').next().unwrap_or_default();
                out.insert(("partijen", name_key(party)));
            }
            Kind::List if column.name == "over" => {
                out.extend(text.split(';').map(|id| ("lijnen", name_key(id))));
            }
            Kind::Phasing => {
                if let Some(id) = text.to_lowercase().strip_prefix("volgt ") {
                    let id = id.rsplit_once(['+', '-']).map_or(id, |(id, _)| id);
                    out.insert(("lijnen", name_key(id)));
                } else {
                    // A payment may follow a profile, by its name.
                    out.insert(("fasering", name_key(&text)));
                }
            }
            Kind::Text if column.name == "index" && schema.name != "indexen" => {
                out.insert(("indexen", name_key(&text)));
            }
            _ => {}
        }
    }
    if GEFASEERD.contains(&schema.name) {
        out.insert(("fasering", profielnaam(schema, row)));
    }
}

/// Rows that others name are there with them, whatever their own cause; a profile that nobody takes is not.
fn sluiten(tabellen: &[Tabel], rows: &[Vec<Option<Row>>], present: &mut [Vec<bool>]) {
    loop {
        let mut asked = HashSet::new();
        for ((tabel, rows), present) in tabellen.iter().zip(rows).zip(present.iter()) {
            for row in rows.iter().zip(present).filter(|(_, p)| **p) {
                if let (Some(row), _) = row {
                    verwijzingen(tabel.schema, row, &mut asked);
                }
            }
        }
        let mut more = false;
        for ((tabel, rows), present) in tabellen.iter().zip(rows).zip(present.iter_mut()) {
            let table = if LIJNTABELLEN.contains(&tabel.schema.name) {
                "lijnen"
            } else {
                tabel.schema.name
            };
            let name = |row: &Option<Row>| {
                row.as_ref()
                    .map(|row| name_key(&as_text(&row.values[0].scalar)))
                    .unwrap_or_default()
            };
            // Of a group of several rows (growth, a profile) those that are there say enough.
            let there: HashSet<String> = rows
                .iter()
                .zip(present.iter())
                .filter(|(_, p)| **p)
                .map(|(row, _)| name(row))
                .collect();
            for (row, there_is) in rows.iter().zip(present.iter_mut()) {
                let key = name(row);
                if !*there_is && !there.contains(&key) && asked.contains(&(table, key)) {
                    *there_is = true;
                    more = true;
                }
            }
        }
        if !more {
            for ((tabel, rows), present) in tabellen.iter().zip(rows).zip(present.iter_mut()) {
                if tabel.schema.name != "fasering" {
                    continue;
                }
                for (row, there) in rows.iter().zip(present) {
                    let name = row.as_ref().map(|row| as_text(&row.values[0].scalar));
                    *there &= asked.contains(&("fasering", name_key(&name.unwrap_or_default())));
                }
            }
            return;
        }
    }
}

fn wijzigingen(tabellen: &[Tabel]) -> Vec<Wijziging> {
    let mut out = Vec::new();
    for tabel in tabellen {
        let tabelnaam = tabel.schema.name;
        let sleutel = &OORZAKEN.indeling(tabelnaam).sleutel;
        // As it is written, where the key itself is folded.
        let label = |rij: &Rij| -> String {
            let parts = sleutel.iter().filter_map(|c| {
                let text = as_text(&rij.row()?.values[*c].scalar);
                Some(text).filter(|text| !text.is_empty())
            });
            parts.collect::<Vec<_>>().join(" / ")
        };
        let numbers = |a: &Value, b: &Value| {
            let number = |v: &Value| matches!(v.scalar, Scalar::Number(_)) || v.is_empty();
            number(a) && number(b)
        };
        let kind = |of: Kind, rij: &Rij| match of {
            Kind::Any => schema::setting(&fold(&label(rij))).map_or(of, |s| s.kind),
            _ => of,
        };
        if let Some(oorzaak) = tabel.herschikt {
            out.push(Wijziging {
                oorzaak,
                soort: Soort::Volgorde,
                tabel: tabelnaam,
                rij: String::new(),
                kolom: String::new(),
                a: String::new(),
                b: String::new(),
                getal: None,
                plaats_a: None,
                plaats_b: None,
            });
        }
        for rij in &tabel.rijen {
            let (Some(a), Some(b)) = (&rij.a, &rij.b) else {
                let what = |row: &Row| {
                    let cells = tabel.schema.columns.iter().zip(&row.values);
                    cells
                        .filter(|(_, value)| !value.is_empty())
                        .map(|(column, value)| {
                            format!("{} {}", column.name, as_text(&value.scalar))
                        })
                        .collect::<Vec<_>>()
                        .join("; ")
                };
                out.push(Wijziging {
                    oorzaak: rij.oorzaak,
                    soort: if rij.a.is_some() {
                        Soort::Eraf
                    } else {
                        Soort::Erbij
                    },
                    tabel: tabelnaam,
                    rij: label(rij),
                    kolom: String::new(),
                    a: rij.a.as_ref().map(what).unwrap_or_default(),
                    b: rij.b.as_ref().map(what).unwrap_or_default(),
                    getal: None,
                    plaats_a: rij.a.as_ref().map(|row| row.place.clone()),
                    plaats_b: rij.b.as_ref().map(|row| row.place.clone()),
                });
                continue;
            };
            let cells = tabel.schema.columns.iter().zip(&a.values).zip(&b.values);
            for (((column, a), b), cause) in cells.zip(&rij.kolommen) {
                let Some(oorzaak) = cause else { continue };
                out.push(Wijziging {
                    oorzaak: *oorzaak,
                    soort: Soort::Cel,
                    tabel: tabelnaam,
                    rij: label(rij),
                    kolom: column.name.to_owned(),
                    a: as_text(&a.scalar),
                    b: as_text(&b.scalar),
                    getal: numbers(a, b).then(|| kind(column.kind, rij)),
                    plaats_a: Some(a.place.clone()),
                    plaats_b: Some(b.place.clone()),
                });
            }
        }
    }
    out.sort_by_key(|w| w.oorzaak);
    out
}

// ----------------------------------------------------------------------------------------------------------- effects

/// A result.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Naam {
    /// In which route.
    pub route: Route,
    /// Its address: `ncw`, `partij[gemeente].saldo`, `deelgebied[Silo].ncw`.
    pub adres: String,
    /// Kerncijfers first, then parties, then deelgebieden.
    rang: u8,
}

/// The results of a coalition, in millionths of a euro.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cijfers(Vec<(Naam, i128)>);

/// The kerncijfers that are told apart.
const KERNCIJFERS: &[&str] = &[
    "nominaal_saldo",
    "reeel_saldo",
    "eindwaarde",
    "ncw",
    "laagste_stand",
    "voorfinanciering",
    "portemonnee",
];

/// A figure in millionths.
fn heel(value: Decimal) -> i128 {
    let rounded = value.round_dp_with_strategy(DECIMALEN, RoundingStrategy::MidpointAwayFromZero);
    rounded.mantissa() * 10_i128.pow(DECIMALEN.saturating_sub(rounded.scale()))
}

/// Millionths as a figure.
fn bedrag(value: i128) -> Result<Decimal, Problem> {
    Decimal::try_from_i128_with_scale(value, DECIMALEN).map_err(|_| {
        Problem::error("too-large", "a difference is too large to calculate with")
            .fix("check amounts, growth rates and the length of the horizon")
    })
}

impl Cijfers {
    fn bij(&mut self, model: &Model, r: &Routeresultaat) -> Result<(), Problem> {
        let kern = r.kerncijfers();
        let mut add = |rang: u8, adres: String, value: Decimal| -> Result<(), Problem> {
            let whole = heel(value);
            // So that effects can be shown.
            bedrag(whole)?;
            let naam = Naam {
                route: r.route,
                adres,
                rang,
            };
            self.0.push((naam, whole));
            Ok(())
        };
        for name in KERNCIJFERS {
            if let Some((_, value)) = kern.iter().find(|(n, _)| n == name) {
                add(0, (*name).to_owned(), *value)?;
            }
        }
        for (p, x) in model.partijen.iter().zip(&r.partijen) {
            add(1, format!("partij[{}].saldo", p.partij), x.saldo)?;
            add(1, format!("partij[{}].netto_baat", p.partij), x.netto_baat)?;
        }
        for d in &r.delen {
            add(
                2,
                format!("deelgebied[{}].eindwaarde", d.naam),
                d.eindwaarde,
            )?;
            add(2, format!("deelgebied[{}].ncw", d.naam), d.ncw)?;
        }
        Ok(())
    }
}

/// What the causes do to one result, in euro.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effecten {
    /// The result.
    pub naam: Naam,
    /// In the first model; zero when it does not have it.
    pub a: Decimal,
    /// In the second.
    pub b: Decimal,
    /// By block: the effect of applying it after those before it. Adds up to `b − a`.
    pub volgorde: Vec<Decimal>,
    /// By block: its effect averaged over all orders (Shapley). Adds up to `b − a`.
    pub gemiddeld: Vec<Decimal>,
}

impl Effecten {
    /// From the values of all sets of blocks.
    fn new(naam: Naam, values: &[i128], blokken: usize) -> Result<Self, Problem> {
        let last = values.len() - 1;
        let step = |i: usize| values[(1 << (i + 1)) - 1] - values[(1 << i) - 1];
        let shapley = gemiddeld(values, blokken);
        let amounts = |list: Vec<i128>| list.into_iter().map(bedrag).collect::<Result<_, _>>();
        Ok(Effecten {
            naam,
            a: bedrag(values[0])?,
            b: bedrag(values[last])?,
            volgorde: amounts((0..blokken).map(step).collect())?,
            gemiddeld: amounts(shapley)?,
        })
    }
}

/// Shapley values in whole millionths. What division leaves over, less than one millionth per block, goes to those whose division left
/// most, one each; of equals to the first.
fn gemiddeld(values: &[i128], blokken: usize) -> Vec<i128> {
    let factorial = |n: usize| -> i128 { (1..=n as i128).product() };
    let all = factorial(blokken);
    let mut out = Vec::with_capacity(blokken);
    let mut left = Vec::with_capacity(blokken);
    for i in 0..blokken {
        let mut sum = 0_i128;
        for set in (0..values.len()).filter(|set| set >> i & 1 == 0) {
            let size = set.count_ones() as usize;
            let weight = factorial(size) * factorial(blokken - size - 1);
            sum += weight * (values[set | 1 << i] - values[set]);
        }
        out.push(sum / all);
        left.push(sum % all);
    }
    let total = values[values.len() - 1] - values[0];
    let rest = total - out.iter().sum::<i128>();
    let mut order: Vec<usize> = (0..blokken).collect();
    order.sort_by_key(|i| std::cmp::Reverse(left[*i] * rest.signum()));
    for i in order.into_iter().take(rest.unsigned_abs() as usize) {
        out[i] += rest.signum();
    }
    out
}

/// The difference of two models, divided over the causes.
#[derive(Debug, Clone)]
pub struct Verdeling {
    /// Causes, those that had to be taken together as one, in the fixed order.
    pub blokken: Vec<Vec<&'static Oorzaak>>,
    /// By result: kerncijfers, parties and deelgebieden of route grex, then those of route cofinanciering.
    pub uitkomsten: Vec<Effecten>,
    /// Why causes were taken together: what was wrong with the first coalition that could not be calculated.
    pub waarom: Option<Problem>,
}

impl Verdeling {
    /// The effects on a result.
    pub fn van(&self, route: Route, adres: &str) -> Option<&Effecten> {
        self.uitkomsten
            .iter()
            .find(|e| e.naam.route == route && e.naam.adres == adres)
    }

    /// The title of a block.
    pub fn titel(blok: &[&Oorzaak]) -> String {
        let titles: Vec<&str> = blok.iter().map(|o| o.titel.as_str()).collect();
        titles.join(" + ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::schema::{SCHEMA, SETTINGS};

    #[test]
    fn every_column_and_setting_has_one_cause() {
        for schema in SCHEMA {
            // Reading the file checks that every column stands in it, and stands once.
            let indeling = OORZAKEN.indeling(schema.name);
            assert_eq!(indeling.kolommen.len(), schema.columns.len());
            assert!(!indeling.sleutel.is_empty(), "{}", schema.name);
        }
        for setting in SETTINGS {
            assert!(
                oorzaak_van_instelling(setting.name).is_some(),
                "{}",
                setting.name
            );
        }
        assert_eq!(OORZAKEN.instellingen.len(), SETTINGS.len());
        let file: Bestand = toml::from_str(include_str!("verschil/oorzaken.toml")).unwrap();
        assert_eq!(file.tabellen.len(), SCHEMA.len());
        let names: BTreeSet<&str> = oorzaken().iter().map(|o| o.naam.as_str()).collect();
        assert_eq!(names.len(), oorzaken().len());
    }

    #[test]
    fn averages_are_those_of_all_orders_and_leave_nothing() {
        // Two causes that only work together, and one that works alone: 1/2, 1/2 and 1.
        let mut values = vec![0_i128; 8];
        for (set, value) in values.iter_mut().enumerate() {
            *value = i128::from(set & 3 == 3) * 7 + i128::from(set & 4 == 4) * 10;
        }
        assert_eq!(gemiddeld(&values, 3), [4, 3, 10]);
        let negated: Vec<i128> = (0..8).map(|set: usize| values[7 - set]).collect();
        assert_eq!(gemiddeld(&negated, 3), [-4, -3, -10]);
        assert_eq!(gemiddeld(&[5], 0), Vec::<i128>::new());
        // Thirds of one: what is left goes to the first.
        let one = |set: usize| i128::from(set != 0);
        let values: Vec<i128> = (0..8).map(one).collect();
        assert_eq!(gemiddeld(&values, 3), [1, 0, 0]);
    }

    #[test]
    fn two_orders_become_one_whichever_comes_first() {
        let list = |text: &str| -> Vec<String> { text.split(' ').map(str::to_owned).collect() };
        let (a, b) = (list("a x b c"), list("a w b y c"));
        let (all, orders, moved) = samen(&a, &b);
        assert_eq!((all.join(" "), moved), ("a w x b y c".to_owned(), false));
        assert_eq!(orders[0], orders[1]);
        assert_eq!(samen(&b, &a).0, all);
        let (_, orders, moved) = samen(&list("a b"), &list("b a"));
        assert!(moved && orders[0] != orders[1]);
    }

    #[test]
    fn every_row_has_a_key_of_its_own() {
        let mut tables = Tables::default();
        let table = tables.table_mut("boekwaarde");
        let column = table.schema.column("omschrijving").unwrap();
        let place = Place::file("test");
        for name in ["x", "x (2)", "x", "", ""] {
            let mut values =
                vec![Value::new(Scalar::Empty, place.clone()); table.schema.columns.len()];
            if !name.is_empty() {
                values[column].scalar = Scalar::Text(name.into());
            }
            table.rows.push(Row {
                place: place.clone(),
                values,
            });
        }
        let keys = keys(tables.table("boekwaarde"));
        assert_eq!(keys, ["x", "x (2)", "x (2)'", "", " (2)"]);
    }

    #[test]
    fn periods_begin_on_a_day() {
        for (text, day) in [
            ("2030", Some("2030-01-01")),
            ("2030-H2", Some("2030-07-01")),
            ("2030-K4", Some("2030-10-01")),
            ("2030-X1", None),
            ("ooit", None),
        ] {
            let found = eerste_dag(text).map(|d| d.to_string());
            assert_eq!(found.as_deref(), day, "{text}");
        }
    }
}

//! Addresses of inputs and named changes: the only way in which anything may change a model.
//!
//! `kosten[3.2].bedrag`, `kosten[3.*].bedrag`, `gebied.rente`, `index[Kosten civiel].groei.2030`, `deelgebied[Silo].uitstel`.

use super::schema::{Column, Kind, SCHEMA, SETTINGS, TableSchema, table_schema};
use super::table::{
    Notation, Row, Scalar, Table, Typing, Value, as_text, column_in_row, fold, name_key,
    parse_number, settle,
};
use crate::problem::{Place, Problem, listed, nearest};
use rust_decimal::Decimal;

/// An address of an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// Table.
    pub table: &'static str,
    /// Key as written; a closing `*` stands for any rest. Empty for table gebied.
    pub key: String,
    /// Column, or setting of gebied.
    pub column: &'static str,
    /// Year, for growth.
    pub year: Option<i32>,
}

/// How a change uses its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Als {
    /// Instead of the value.
    Waarde,
    /// Times.
    Factor,
    /// Plus.
    Verschuiving,
}

/// Last calendar year that a model can name.
pub const YEAR_MAX: i32 = 2200;

/// Singular words that may be written for a table.
const ALIASES: &[(&str, &str)] = &[
    ("index", "indexen"),
    ("deelgebied", "deelgebieden"),
    ("partij", "partijen"),
    ("maatregel", "maatregelen"),
    ("baat", "baten"),
    ("opbrengst", "opbrengsten"),
    ("risico", "risicos"),
    ("object", "objecten"),
];

impl Address {
    /// Reads an address; the reason when it can't be one.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let head: String = text
            .chars()
            .take_while(|c| !matches!(c, '[' | '.'))
            .collect();
        let folded = fold(&head);
        let name = ALIASES
            .iter()
            .find(|(alias, _)| *alias == folded)
            .map_or(folded.as_str(), |(_, t)| *t);
        let Some(schema) = SCHEMA.iter().find(|t| fold(t.name) == name) else {
            let near = nearest(&head, SCHEMA.iter().map(|t| t.name))
                .map(|n| format!(", did you mean \"{n}\"?"))
                .unwrap_or_default();
            return Err(format!("\"{text}\": no table \"{head}\"{near}"));
        };
        let rest = &text[head.len()..];
        if schema.name == "gebied" {
            let name = rest.trim_start_matches('.');
            return if let Some(s) = SETTINGS.iter().find(|s| fold(s.name) == fold(name)) {
                Ok(Address {
                    table: "gebied",
                    key: String::new(),
                    column: s.name,
                    year: None,
                })
            } else {
                let near = nearest(name, SETTINGS.iter().map(|s| s.name))
                    .map(|n| format!(", did you mean \"{n}\"?"))
                    .unwrap_or_default();
                Err(format!("\"{text}\": no setting \"{name}\"{near}"))
            };
        }
        let example = || {
            format!(
                "write {}[KEY].{}",
                schema.name,
                schema
                    .columns
                    .iter()
                    .find(|c| c.kind == Kind::Amount)
                    .or(schema.columns.last())
                    .map_or("column", |c| c.name)
            )
        };
        let Some((key, tail)) = rest.strip_prefix('[').and_then(|r| r.split_once(']')) else {
            return Err(format!("\"{text}\" names no row: {}", example()));
        };
        let tail = tail
            .strip_prefix('.')
            .ok_or_else(|| format!("\"{text}\" names no column: {}", example()))?;
        let (column, year) = match tail.rsplit_once('.') {
            Some((column, year)) => (
                column,
                Some(
                    year.parse::<i32>()
                        .ok()
                        .filter(|y| (1900..=YEAR_MAX).contains(y))
                        .ok_or_else(|| {
                            format!("\"{text}\": \"{year}\" is not a year from 1900 to 2200")
                        })?,
                ),
            ),
            None => (tail, None),
        };
        let Some(found) = schema.columns.iter().find(|c| fold(c.name) == fold(column)) else {
            let near = nearest(column, schema.columns.iter().map(|c| c.name))
                .map(|n| format!(", did you mean \"{n}\"?"))
                .unwrap_or_default();
            return Err(format!(
                "\"{text}\": table {} has no column \"{column}\"{near}",
                schema.name
            ));
        };
        if year.is_some() && !(schema.name == "indexen" && found.name == "groei") {
            return Err(format!("\"{text}\": only index[GROUP].groei takes a year"));
        }
        if key.trim().is_empty() {
            return Err(format!("\"{text}\" names no row: {}", example()));
        }
        Ok(Address {
            table: schema.name,
            key: key.trim().to_owned(),
            column: found.name,
            year,
        })
    }

    /// Whether a key is meant.
    pub fn matches(&self, key: &str) -> bool {
        pattern_matches(&self.key, key)
    }

    /// Whether both may name the same input.
    pub fn raakt(&self, other: &Address) -> bool {
        let (pattern, name) = if self.is_pattern() {
            (self, other)
        } else {
            (other, self)
        };
        // Of two patterns the longer one names part of what the shorter one does, or neither names what the other does.
        let begin = |a: &Address| a.key.trim().trim_end_matches('*').to_lowercase();
        self.table == other.table
            && self.column == other.column
            && (self.year.is_none() || other.year.is_none() || self.year == other.year)
            && if name.is_pattern() {
                let (a, b) = (begin(self), begin(other));
                a.starts_with(&b) || b.starts_with(&a)
            } else {
                pattern.matches(&name.key)
            }
    }

    /// Whether its key stands for several rows.
    pub fn is_pattern(&self) -> bool {
        self.key.trim_end().ends_with('*')
    }

    /// The schema of its table.
    pub fn schema(&self) -> &'static TableSchema {
        table_schema(self.table).unwrap_or(&SCHEMA[0])
    }

    /// The column that it names, or the setting of gebied, with its kind.
    pub fn target(&self) -> Column {
        let schema = self.schema();
        let (name, instelling) = if self.table == "gebied" {
            ("waarde", Some(Scalar::Text(self.column.to_owned())))
        } else {
            (self.column, None)
        };
        let column = &schema.columns[schema.column(name).unwrap_or(0)];
        column_in_row(schema, column, instelling.as_ref())
    }

    /// Position of the column by which its table's rows are named.
    pub fn key_column(&self) -> usize {
        let schema = self.schema();
        schema
            .columns
            .iter()
            .position(|c| c.kind == Kind::Key)
            .unwrap_or(0)
    }
}

/// Whether a name fits a pattern: the same name, or the same beginning when the pattern ends in `*`.
pub fn pattern_matches(pattern: &str, name: &str) -> bool {
    match pattern.trim().strip_suffix('*') {
        // A dot or space before the star counts, so that 1.* is not 10.1: fold would lose it.
        Some(begin) => name.to_lowercase().starts_with(&begin.to_lowercase()),
        None => name_key(pattern) == name_key(name),
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.table == "gebied" {
            return write!(f, "gebied.{}", self.column);
        }
        write!(f, "{}[{}].{}", self.table, self.key, self.column)?;
        self.year.map_or(Ok(()), |y| write!(f, ".{y}"))
    }
}

/// Says of a problem with an address whose key fits no row what does: the ids of the groep that it names, a name like it, or any.
pub fn geen_rij(problem: Problem, doel: &Address, names: &[&str], table: &Table) -> Problem {
    if names.is_empty() {
        return problem.fix(format!(
            "table {} is empty: fill it in the model first",
            doel.table
        ));
    }
    let in_groep = |row: &&Row| {
        let groep = table.schema.column("groep").map(|c| &row.values[c].scalar);
        groep.is_some_and(|g| pattern_matches(&doel.key, &as_text(g)) && *g != Scalar::Empty)
    };
    let key = doel.key_column();
    let ids: Vec<String> = table
        .rows
        .iter()
        .filter(in_groep)
        .map(|row| as_text(&row.values[key].scalar))
        .collect();
    if !ids.is_empty() {
        let first = ids[0].as_str();
        // The longest beginning that fits these ids and no other.
        let pattern = (1..=first.len())
            .rev()
            .filter_map(|end| Some(format!("{}*", first.get(..end)?)))
            .find(|pattern| ids.iter().all(|id| pattern_matches(pattern, id)))
            .filter(|pattern| {
                let fits = names.iter().filter(|n| pattern_matches(pattern, n));
                fits.count() == ids.len()
            });
        let mend = match pattern.filter(|_| ids.len() > 1) {
            Some(pattern) => format!("write {}[{pattern}].{}", doel.table, doel.column),
            None if ids.len() > 1 => {
                "name each of them, or a pattern that their ids begin with".into()
            }
            None => format!("write {}[{first}].{}", doel.table, doel.column),
        };
        return problem.fix(format!(
            "\"{}\" is a groep and an address names ids: {}; {mend}",
            doel.key,
            listed(ids.iter().map(String::as_str))
        ));
    }
    let problem = problem.allowed(listed(names.iter().copied()));
    match nearest(&doel.key, names.iter().copied()) {
        Some(near) => problem.fix(format!("did you mean \"{near}\"?")),
        None => problem.fix("take one of these names, or a pattern that ends in *"),
    }
}

/// A change: an address and what happens there.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Where.
    pub doel: Address,
    /// How.
    pub als: Als,
    /// With what; a factor and a shift are numbers.
    pub met: Value,
    /// Where the change stands.
    pub place: Place,
}

/// What a scenario writes to clear a value.
const LEEG: &str = "leeg";

impl Change {
    /// Checks a change; exactly one of the three must be given. A waarde is settled for the column it goes to, so that "2" is a
    /// number where the column holds numbers.
    pub fn new(
        doel: &str,
        place: &Place,
        waarde: Option<Value>,
        factor: Option<Value>,
        verschuiving: Option<Value>,
    ) -> Result<Self, Problem> {
        let address = Address::parse(doel).map_err(|reason| {
            Problem::error("bad-address", reason)
                .at(place)
                .fix("polder schema lists all tables and columns")
        })?;
        let given: Vec<(Als, Value)> = [
            (Als::Waarde, waarde),
            (Als::Factor, factor),
            (Als::Verschuiving, verschuiving),
        ]
        .into_iter()
        .filter_map(|(als, v)| Some((als, v?)))
        .collect();
        let [(als, met)] = given.as_slice() else {
            return Err(Problem::error(
                "one-of-three",
                format!(
                    "the change of {doel} has {} of waarde, factor and verschuiving",
                    given.len()
                ),
            )
            .at(place)
            .fix("give exactly one"));
        };
        let mut met = met.clone();
        if let (Als::Factor | Als::Verschuiving, Scalar::Text(t)) = (als, &met.scalar) {
            met.scalar = Scalar::Number(parse_number(t, Notation::Plain).map_err(|e| {
                Problem::error(
                    "not-a-number",
                    format!("the change of {doel} holds text \"{t}\""),
                )
                .at(&met.place)
                .fix(e)
            })?);
        }
        if *als != Als::Waarde && !matches!(met.scalar, Scalar::Number(_)) {
            return Err(Problem::error(
                "not-a-number",
                format!("the change of {doel} holds {}", met.shown()),
            )
            .at(&met.place)
            .fix("a factor or verschuiving is a number"));
        }
        // A value can be taken away: the row then says nothing there, and its default holds.
        let clears =
            *als == Als::Waarde && matches!(&met.scalar, Scalar::Text(t) if t.trim() == LEEG);
        if clears {
            met.scalar = Scalar::Empty;
        } else if *als == Als::Waarde {
            let mut problems = Vec::new();
            met.scalar = settle(
                met.scalar,
                &address.target(),
                Typing::Quoted(Notation::Plain),
                &met.place,
                &mut problems,
            );
            if let Some(problem) = problems.into_iter().next() {
                return Err(problem);
            }
        }
        Ok(Change {
            doel: address,
            als: *als,
            met,
            place: place.clone(),
        })
    }

    /// The number it changes with, if it is one.
    pub fn number(&self) -> Option<Decimal> {
        match self.met.scalar {
            Scalar::Number(n) => Some(n),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_read_and_write() {
        for (text, shown) in [
            ("kosten[3.2].bedrag", "kosten[3.2].bedrag"),
            (
                "index[Kosten civiel].groei.2030",
                "indexen[Kosten civiel].groei.2030",
            ),
            ("deelgebied[Silo].uitstel", "deelgebieden[Silo].uitstel"),
            ("gebied.rente", "gebied.rente"),
        ] {
            assert_eq!(Address::parse(text).unwrap().to_string(), shown);
        }
        for text in [
            "kosten",
            "kosten[3.2]",
            "kosten[3.2].prjis",
            "kost[3.2].prijs",
            "gebied.rent",
            "kosten[].prijs",
            "kosten[a].prijs.2030",
            "x",
        ] {
            assert!(Address::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_star_keeps_the_dot() {
        assert!(pattern_matches("1.*", "1.3"));
        assert!(!pattern_matches("1.*", "10.3"));
        assert!(pattern_matches("*", "alles"));
        assert!(pattern_matches("Kosten  civiel", "kosten civiel"));
        assert!(!pattern_matches("1.12", "11.2"));
    }
}

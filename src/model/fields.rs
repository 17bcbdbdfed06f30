//! Reads typed fields from the values of a row, collecting problems. Knows columns and kinds, no rule.

use super::schema::{Column, Kind};
use super::table::{Row, Scalar, Table, Value, fold};
use crate::number::Quantity;
use crate::problem::{Problem, listed, nearest};
use jiff::civil::Date;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// Largest amount that is accepted: a thousand billion euro. With the bounds on growth it keeps all arithmetic in range.
pub(crate) const AMOUNT_MAX: i64 = 1_000_000_000_000;

/// One row being read.
pub(crate) struct Fields<'a> {
    pub(crate) table: &'a Table,
    pub(crate) row: &'a Row,
    pub(crate) problems: &'a mut Vec<Problem>,
}

impl<'a> Fields<'a> {
    fn column(&self, name: &str) -> (&'static Column, &'a Value) {
        let index = self
            .table
            .schema
            .column(name)
            .unwrap_or_else(|| panic!("no column {name} in {}", self.table.schema.name));
        (&self.table.schema.columns[index], &self.row.values[index])
    }

    /// What the row calls itself, for messages.
    pub(crate) fn name(&self) -> String {
        self.table
            .schema
            .columns
            .iter()
            .zip(&self.row.values)
            .find_map(|(c, v)| match (&c.kind, &v.scalar) {
                (Kind::Key | Kind::Text, Scalar::Text(t)) => {
                    Some(format!("{} \"{t}\"", self.table.schema.name))
                }
                _ => None,
            })
            .unwrap_or_else(|| format!("a row of {}", self.table.schema.name))
    }

    /// What was read and could not be used was told by the reader: nothing more is said of it.
    fn wrong(
        &mut self,
        code: &'static str,
        column: &Column,
        value: &Value,
        wanted: &str,
        fix: &str,
    ) {
        if let Scalar::Error(_) = value.scalar {
            return;
        }
        let problem = Problem::error(
            code,
            format!(
                "{}: column {} holds {}",
                self.name(),
                column.name,
                value.shown()
            ),
        )
        .at(&value.place)
        .allowed(wanted.to_owned())
        .fix(fix);
        self.problems.push(problem);
    }

    fn missing(&mut self, column: &Column) {
        self.problems.push(
            Problem::error(
                "missing-value",
                format!("{}: column {} is empty", self.name(), column.name),
            )
            .at(&self.row.place)
            .allowed(column.kind.words())
            .fix(format!("fill {}", column.name)),
        );
    }

    /// Says that a required column is empty, if it is; true when it holds something.
    fn filled(&mut self, column: &'static Column, value: &Value) -> bool {
        if value.is_empty() && column.required {
            self.missing(column);
        }
        !value.is_empty()
    }

    /// Text, or nothing when empty.
    pub(crate) fn text(&mut self, name: &str) -> Option<String> {
        let (column, value) = self.column(name);
        if !self.filled(column, value) {
            return None;
        }
        match &value.scalar {
            Scalar::Text(t) => Some(t.clone()),
            Scalar::Number(n) => Some(n.normalize().to_string()),
            Scalar::Date(d) => Some(d.to_string()),
            Scalar::Bool(b) => Some((if *b { "ja" } else { "nee" }).into()),
            Scalar::Error(_) | Scalar::Empty => {
                self.wrong("not-text", column, value, "text", "write a text");
                None
            }
        }
    }

    /// A number within bounds.
    pub(crate) fn quantity(&mut self, name: &str, low: Decimal, high: Decimal) -> Option<Quantity> {
        let (column, value) = self.column(name);
        if !self.filled(column, value) {
            return None;
        }
        let Scalar::Number(number) = value.scalar else {
            self.wrong(
                "not-a-number",
                column,
                value,
                &column.kind.words(),
                "make it a number; a workbook cell may hold it as text",
            );
            return None;
        };
        if number < low || number > high {
            let (wanted, fix) = range_words(column.kind, number, low, high);
            self.wrong("out-of-range", column, value, &wanted, &fix);
            return None;
        }
        Some(Quantity::new(number, &value.place))
    }

    /// An amount in euro, of either sign.
    pub(crate) fn amount(&mut self, name: &str) -> Option<Quantity> {
        let max = Decimal::from(AMOUNT_MAX);
        self.quantity(name, -max, max)
    }

    /// A number of at least zero.
    pub(crate) fn count(&mut self, name: &str) -> Option<Quantity> {
        self.quantity(name, Decimal::ZERO, Decimal::from(AMOUNT_MAX))
    }

    /// A share between 0 and 1.
    pub(crate) fn share(&mut self, name: &str) -> Option<Quantity> {
        self.quantity(name, Decimal::ZERO, Decimal::ONE)
    }

    /// A growth or interest rate per year: above -90 % and below 100 %.
    pub(crate) fn rate(&mut self, name: &str) -> Option<Quantity> {
        self.quantity(name, Decimal::new(-9, 1), Decimal::ONE)
    }

    /// A whole number within bounds.
    pub(crate) fn whole(&mut self, name: &str, low: i64, high: i64) -> Option<i64> {
        let quantity = self.quantity(name, Decimal::from(low), Decimal::from(high))?;
        if quantity.value.fract().is_zero() {
            quantity.value.to_i64()
        } else {
            let (column, value) = self.column(name);
            self.wrong(
                "not-whole",
                column,
                value,
                "a whole number",
                "round it up or down",
            );
            None
        }
    }

    /// A calendar year.
    pub(crate) fn year(&mut self, name: &str) -> Option<i32> {
        let (column, value) = self.column(name);
        if let Scalar::Date(_) = value.scalar {
            self.wrong(
                "date-for-year",
                column,
                value,
                "a year such as 2030, not a date",
                "write the year only",
            );
            return None;
        }
        self.whole(name, 1900, 2200).map(|y| y as i32)
    }

    /// One of a closed list; matched without regard to case, spaces and accents.
    pub(crate) fn choice(
        &mut self,
        name: &str,
        list: &'static [&'static str],
    ) -> Option<&'static str> {
        let text = self.text(name)?;
        let folded = fold(&text);
        let found = list.iter().copied().find(|c| fold(c) == folded);
        if found.is_none() {
            let (column, value) = self.column(name);
            let mut problem = Problem::error(
                "unknown-choice",
                format!(
                    "{}: column {} holds {}",
                    self.name(),
                    column.name,
                    value.shown()
                ),
            )
            .at(&value.place)
            .allowed(format!("one of {}", listed(list.iter().copied())));
            problem = problem.fix(nearest(&text, list.iter().copied()).map_or_else(
                || "take one of these".into(),
                |near| format!("did you mean \"{near}\"?"),
            ));
            self.problems.push(problem);
        }
        found
    }

    /// A problem at a column of this row.
    pub(crate) fn problem(&mut self, name: &str, problem: Problem) {
        let (_, value) = self.column(name);
        self.problems.push(problem.at(&value.place));
    }

    /// Whether a column is empty.
    pub(crate) fn empty(&self, name: &str) -> bool {
        self.column(name).1.is_empty()
    }

    /// The value that a column held before a scenario changed it.
    pub(crate) fn base(&self, name: &str) -> Option<Decimal> {
        let value = self.column(name).1;
        match value.scalar {
            Scalar::Number(n) => Some(value.base.unwrap_or(n)),
            _ => value.base,
        }
    }
}

/// Which numbers a column takes, and how to mend one that it does not take.
fn range_words(kind: Kind, found: Decimal, low: Decimal, high: Decimal) -> (String, String) {
    let percent = |d: Decimal| (d * Decimal::ONE_HUNDRED).normalize();
    let hundredth = found
        .checked_div(Decimal::ONE_HUNDRED)
        .filter(|d| found >= Decimal::TWO && *d >= low && *d <= high);
    match kind {
        Kind::Rate => {
            let wanted = format!("from {}% to {}%", percent(low), percent(high));
            let fix = hundredth.map_or_else(
                || "take a value in this range".into(),
                |d| {
                    format!(
                        "if {}% is meant, write {} or {}%",
                        found.normalize(),
                        d.normalize(),
                        found.normalize()
                    )
                },
            );
            (wanted, fix)
        }
        Kind::Year => (
            format!("a year from {low} to {high}"),
            "take a year in this range, with four digits".into(),
        ),
        _ if high == Decimal::from(AMOUNT_MAX) && low.is_zero() && found < low => (
            format!("{} of zero or more", kind.words()),
            "write it without the minus sign".into(),
        ),
        _ if high == Decimal::from(AMOUNT_MAX) => (
            format!(
                "{} of at most a thousand billion (1 with twelve zeros)",
                kind.words()
            ),
            "check the number of digits".into(),
        ),
        _ => (
            format!(
                "{} from {} to {}",
                kind.words(),
                low.normalize(),
                high.normalize()
            ),
            "take a value in this range".into(),
        ),
    }
}

/// A date as 2026-01-31 or 31-1-2026.
pub(crate) fn parse_date(text: &str) -> Option<Date> {
    if let Ok(date) = text.parse::<Date>() {
        return Some(date);
    }
    let parts: Vec<&str> = text.split(['-', '/']).collect();
    let [day, month, year] = parts.as_slice() else {
        return None;
    };
    Date::new(
        year.parse().ok().filter(|y| *y >= 1900)?,
        month.parse().ok()?,
        day.parse().ok()?,
    )
    .ok()
}

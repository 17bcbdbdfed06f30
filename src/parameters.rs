//! Dated legal and policy figures with unit, source and range, from `models/parameters.toml`. No formulas.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::Deserialize;
use std::sync::LazyLock;

/// A figure that changes by date.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// Its key, such as `bbv.discontovoet`.
    pub sleutel: String,
    /// Its unit.
    pub eenheid: String,
    /// What it is.
    pub omschrijving: String,
    /// Article or rule.
    #[serde(default)]
    pub artikel: String,
    /// How sure it is: V primary text, P secondary source, O own knowledge, C convention.
    pub zekerheid: String,
    /// Lowest value that makes sense.
    #[serde(with = "rust_decimal::serde::str")]
    pub minimum: Decimal,
    /// Highest value that makes sense.
    #[serde(with = "rust_decimal::serde::str")]
    pub maximum: Decimal,
    /// Values from a date on, oldest first.
    pub waarde: Vec<DatedValue>,
}

/// A value from a date on.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatedValue {
    /// First day.
    #[serde(deserialize_with = "date")]
    pub vanaf: Date,
    /// The value.
    #[serde(with = "rust_decimal::serde::str")]
    pub waarde: Decimal,
    /// Its source.
    pub bron: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    parameter: Vec<Parameter>,
}

fn date<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    let datetime = toml::value::Datetime::deserialize(deserializer)?;
    datetime
        .to_string()
        .parse()
        .map_err(serde::de::Error::custom)
}

static PARAMETERS: LazyLock<Vec<Parameter>> = LazyLock::new(|| {
    // The file ships inside the program; a test reads it, so this can't fail in a program that was built from tested source.
    let file: File = toml::from_str(include_str!("../models/parameters.toml"))
        .unwrap_or_else(|e| panic!("models/parameters.toml: {e}"));
    file.parameter
});

/// All parameters, for reports.
pub fn all() -> &'static [Parameter] {
    &PARAMETERS
}

/// The value of a parameter on a date; nothing before its first date or for an unknown key.
pub fn on(sleutel: &str, date: Date) -> Option<&'static DatedValue> {
    let parameter = PARAMETERS.iter().find(|p| p.sleutel == sleutel)?;
    parameter.waarde.iter().rev().find(|v| v.vanaf <= date)
}

/// How the place of a value from this table begins, before the key.
const PLAATS: &str = "parameter ";

/// The name of the place of a value that the model does not give itself.
pub fn plaats(sleutel: &str, waarde: &DatedValue) -> String {
    format!("{PLAATS}{sleutel} ({})", waarde.bron)
}

/// The parameter that stands at a place; nothing for any other place.
pub fn op_plaats(plaats: &str) -> Option<&'static Parameter> {
    let sleutel = plaats.strip_prefix(PLAATS)?.split(' ').next()?;
    PARAMETERS.iter().find(|p| p.sleutel == sleutel)
}

/// The first value of a parameter, for a date before it that must not stop a calculation.
pub fn first(sleutel: &str) -> Option<&'static DatedValue> {
    PARAMETERS
        .iter()
        .find(|p| p.sleutel == sleutel)?
        .waarde
        .first()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_parameter_is_dated_in_order_sourced_and_in_range() {
        for p in all() {
            assert!(
                ["V", "P", "O", "C"].contains(&p.zekerheid.as_str()),
                "{}",
                p.sleutel
            );
            assert!(
                !p.waarde.is_empty() && p.waarde.is_sorted_by_key(|v| v.vanaf),
                "{}",
                p.sleutel
            );
            for v in &p.waarde {
                assert!(
                    !v.bron.is_empty() && (p.minimum..=p.maximum).contains(&v.waarde),
                    "{}",
                    p.sleutel
                );
            }
        }
    }
}

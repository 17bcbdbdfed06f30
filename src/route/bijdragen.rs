//! The exact record of financiële bijdragen.

use super::number;
use crate::evaluate::{Voorbereid, Werk};
use crate::model::Model;
use crate::model::table::{dutch, name_key};
use crate::number::Exact;
use crate::problem::{Problem, nearest};
use rust_decimal::Decimal;

/// The figures of a bijdrage by address, with their words.
pub const CIJFERS: [(&str, &str); 5] = [
    ("bijdrage", "financiële bijdrage"),
    ("maximum", "maximum financiële bijdrage"),
    ("ruimte", "ruimte financiële bijdrage"),
    ("terugbetaling", "terugbetaling bijdrage"),
    ("terugbetaling_met_rente", "terugbetaling bijdrage met rente"),
];

/// The figures of every bijdrage, in the order of [`CIJFERS`].
pub(super) fn record(
    v: &Voorbereid<'_, Exact>,
    werk: &Werk<Exact>,
) -> Result<Vec<[Decimal; 5]>, Problem> {
    let n = |value: Exact| number(value, "a financiële bijdrage");
    debug_assert_eq!(v.plan.model.bijdragen.len(), werk.bijdragen.len());
    werk.bijdragen
        .iter()
        .map(|x| {
            Ok([
                n(x.bedrag)?,
                n(x.maximum)?,
                n(x.ruimte)?,
                n(x.terug[0])?,
                n(x.terug[1])?,
            ])
        })
        .collect()
}

/// Bijdragen that are cut by their bound.
pub fn bevindingen(model: &Model, bijdragen: &[[Decimal; 5]]) -> Vec<Problem> {
    let rows = model.bijdragen.iter().zip(bijdragen);
    rows.filter(|(row, x)| x[0] < row.gevraagd.value)
        .map(|(row, x)| {
            Problem::warning(
                "bijdrage-cut",
                format!(
                    "bijdragen \"{}\": {} is asked and {} can be enforced (Ow 13.23 lid 3)",
                    row.id,
                    dutch(row.gevraagd.value, 2),
                    dutch(x[0], 2)
                ),
            )
            .at(&row.place)
            .fix("ask less, or agree on it with the owner (Ow 13.22)")
        })
        .collect()
}

/// The value at `bijdragen[ID].bijdrage`; nothing for another address.
pub(super) fn waarde(
    model: &Model,
    bijdragen: &[[Decimal; 5]],
    address: &str,
) -> Option<Result<Decimal, String>> {
    let (name, figure) = address.strip_prefix("bijdragen[")?.split_once("].")?;
    let found = model
        .bijdragen
        .iter()
        .position(|x| name_key(&x.id) == name_key(name));
    let Some(i) = found else {
        return Some(Err(format!("\"{address}\": unknown bijdrage \"{name}\"")));
    };
    let Some(k) = CIJFERS.iter().position(|(a, _)| *a == figure) else {
        let near = nearest(figure, CIJFERS.iter().map(|(a, _)| *a))
            .map(|n| format!(", did you mean \"{n}\"?"))
            .unwrap_or_default();
        return Some(Err(format!(
            "\"{address}\": a bijdrage has no \"{figure}\"{near}"
        )));
    };
    Some(Ok(bijdragen[i][k]))
}

//! The exact record of financiële bijdragen.

use super::number;
use crate::evaluate::bijdragen::is_afdwingbaar;
use crate::evaluate::verhaal::is_plichtig;
use crate::evaluate::{Voorbereid, Werk};
use crate::model::Model;
use crate::model::bijdragen::Bijdrage;
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
    (
        "terugbetaling_met_rente",
        "terugbetaling bijdrage met rente",
    ),
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

/// Why an enforced bijdrage can't be asked: the column and the article.
fn waarom_niet(model: &Model, row: &Bijdrage) -> &'static str {
    let o = &row.omstandigheden;
    if !is_plichtig(model, row.eigendom) {
        "what is done on its eigendom is no activity of Ow 13.11 (Ob 8.13; columns activiteit and omvang of table eigendom), the only ones of which it can be enforced (Ow 13.23 lid 1)"
    } else if !o.samenhang {
        "samenhang is empty: no functional relation with the development is told (Ow 13.23 lid 1)"
    } else if !o.categorie {
        "categorie is empty: it is of none of Ob 8.21 lid 1"
    } else if o.anders_verzekerd {
        "its funding is assured otherwise (Ow 13.24 onder c)"
    } else if model.verhaal.eigendommen[row.eigendom]
        .overeenkomst
        .is_some()
    {
        "its owner has an agreement on kostenverhaal (Ow 13.24 onder a)"
    } else if o.ander_belang {
        "it is of provincial or national interest (Ow 13.24 onder b)"
    } else {
        "its costs are on the kostensoortenlijst (Ow 13.24 onder d)"
    }
}

/// Bijdragen that the law does not let be enforced, and those that are cut by their bound.
pub fn bevindingen(model: &Model, bijdragen: &[[Decimal; 5]]) -> Vec<Problem> {
    let mut out = Vec::new();
    for (row, x) in model.bijdragen.iter().zip(bijdragen) {
        let problem = if !is_afdwingbaar(model, row) {
            Problem::warning(
                "not-enforceable",
                format!(
                    "bijdragen \"{}\" can't be enforced, and nothing is paid: {}",
                    row.id,
                    waarom_niet(model, row)
                ),
            )
            .fix("set grondslag = overeenkomst, or correct the row")
        } else if x[0] < row.gevraagd.value {
            Problem::warning(
                "bijdrage-cut",
                format!(
                    "bijdragen \"{}\": {} is asked and {} can be enforced (Ow 13.23 lid 3)",
                    row.id,
                    dutch(row.gevraagd.value, 2),
                    dutch(x[0], 2)
                ),
            )
            .fix("ask less, or agree on it with the owner (Ow 13.22)")
        } else {
            continue;
        };
        out.push(problem.at(&row.place));
    }
    out
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

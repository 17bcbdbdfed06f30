//! What draws change of kostenverhaal beside flows: the inbrengwaarde of an eigendom, and the amounts that bound what is spread.
//!
//! Says which input a column is and whether a draw may change it; how an amount counts is a rule.

use super::Doel;
use crate::model::Model;
use crate::model::address::Als;
use crate::model::verhaal::{Eigendom, Inbreng, Overeenkomst, Regime};
use rust_decimal::Decimal;

/// An amount of kostenverhaal that is no line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Invoer {
    /// Of the inbrengwaarde of an eigendom the part of a column; `inbrengwaarde` is the whole of it.
    Inbreng(usize, &'static str),
    /// The most that an eigendom pays, without a tijdvak.
    Maximum(usize),
    /// The most that counts of the plankosten of an area.
    Plankosten(usize),
    /// What is spread in an area without a tijdvak.
    Raming(usize),
    /// The most that is spread in such an area.
    Gebiedsmaximum(usize),
}

/// The columns of the parts of an inbrengwaarde, after the land itself, in the order of [`Inbreng::Delen`].
pub const INBRENGDELEN: [&str; 4] = ["opstallen", "vrijmaken", "slopen", "saneren"];

/// The columns that draws may change; all hold euro.
const EIGENDOM: [&str; 4] = ["inbrengwaarde", "grond_m2", "overeenkomst", "maximum"];
const GEBIED: [&str; 3] = ["plankosten_maximum", "raming", "maximum"];

/// Whether a column of these tables that draws may change holds euro.
pub fn in_euro(column: &str) -> bool {
    let all = INBRENGDELEN.iter().chain(&EIGENDOM).chain(&GEBIED);
    all.into_iter().any(|c| *c == column)
}

/// The names of the rows of a table, in the order of the model; nothing when draws change no such column.
pub(super) fn rijen<'m>(model: &'m Model, table: &str, column: &str) -> Option<Vec<&'m str>> {
    let v = &model.verhaal;
    match table {
        "eigendom" if INBRENGDELEN.contains(&column) || EIGENDOM.contains(&column) => {
            Some(v.eigendommen.iter().map(|e| e.id.as_str()).collect())
        }
        "kostenverhaal" if GEBIED.contains(&column) => {
            Some(v.gebieden.iter().map(|g| g.id.as_str()).collect())
        }
        _ => None,
    }
}

/// Why no draw changes a column, and what to do instead; nothing when nothing more is to be said than that.
pub(super) fn vast(table: &str, column: &str) -> Option<(&'static str, &'static str)> {
    const SCENARIO: &str = "give its values in table scenarios";
    Some(match (table, column) {
        ("eigendom", "m2") => (
            "it is measured, and counts in more than the inbrengwaarde",
            "draw grond_m2 instead",
        ),
        ("eigendom", "beschikt") => (
            "what a beschikking asked is paid as it stands",
            "draw what the herberekening is made of: kosten, programma, inbrengwaarde",
        ),
        ("eigendom", "aandeel") => ("the shares of a perceel add up to 100%", SCENARIO),
        ("eigendom", "omvang") => (
            "it only decides whether the activity is liable (Ob 8.13)",
            SCENARIO,
        ),
        ("kostenverhaal", "rente" | "terugbetaalrente") => (
            "one rate of contante waarde holds for the whole settlement",
            "give its values in table scenarios, or draw gebied.rente for the grondexploitatie",
        ),
        ("profijt", "waarde") => (
            "a key by which costs are spread is laid down beforehand",
            "give its values in table scenarios, or draw the costs that it spreads",
        ),
        _ => return None,
    })
}

/// What a column of a row is to a draw; nothing when the row has no such amount, or one that does not count.
pub(super) fn doel(
    model: &Model,
    table: &str,
    row: usize,
    column: &str,
    als: Als,
) -> Result<Option<Doel>, String> {
    let v = &model.verhaal;
    if table == "kostenverhaal" {
        let g = &v.gebieden[row];
        let found = match column {
            "plankosten_maximum" => g
                .plankosten_maximum
                .as_ref()
                .map(|_| Invoer::Plankosten(row)),
            "raming" => g.raming.as_ref().map(|_| Invoer::Raming(row)),
            // One that does not cut is watched only.
            "maximum" if g.maximum_aftopt => {
                g.maximum.as_ref().map(|_| Invoer::Gebiedsmaximum(row))
            }
            _ => None,
        };
        return Ok(found.map(Doel::Verhaal));
    }
    let e = &v.eigendommen[row];
    if column == "overeenkomst" {
        return match e.overeenkomst {
            Some(Overeenkomst::Bedrag(lijn)) if !model.lijnen[lijn].realisatie.is_empty() => {
                Err(format!(
                    "the overeenkomst of \"{}\" was paid in part before peildatum",
                    e.id
                ))
            }
            Some(Overeenkomst::Bedrag(lijn)) => Ok(Some(Doel::Lijn(lijn))),
            Some(Overeenkomst::Post(lijn)) => Err(format!(
                "the overeenkomst of \"{}\" is line \"{}\" of opbrengsten, whose amount can be drawn",
                e.id, model.lijnen[lijn].rij
            )),
            None => Ok(None),
        };
    }
    let Some(gebied) = e.gebied else {
        return Ok(None);
    };
    if column == "maximum" {
        let counts = v.gebieden[gebied].regime == Regime::OwZonder;
        let given = e.maximum.as_ref().filter(|_| counts);
        return Ok(given.map(|_| Doel::Verhaal(Invoer::Maximum(row))));
    }
    let part = inbreng(e, column, als)?;
    Ok(part.map(|part| Doel::Verhaal(Invoer::Inbreng(row, part))))
}

/// The part of an inbrengwaarde that a column is.
fn inbreng(e: &Eigendom, column: &str, als: Als) -> Result<Option<&'static str>, String> {
    let Inbreng::Delen(land, parts) = &e.inbreng else {
        return Ok((column == "inbrengwaarde").then_some("inbrengwaarde"));
    };
    let given: Vec<&'static str> = land
        .iter()
        .map(|_| "grond_m2")
        .chain(
            INBRENGDELEN
                .iter()
                .zip(parts)
                .filter_map(|(name, part)| part.as_ref().map(|_| *name)),
        )
        .collect();
    if column == "inbrengwaarde" && !given.is_empty() {
        return if als == Als::Factor {
            Ok(Some("inbrengwaarde"))
        } else {
            Err(format!(
                "the inbrengwaarde of \"{}\" is made of {}: only a factor can be drawn on it",
                e.id,
                given.join(" + ")
            ))
        };
    }
    Ok(given.into_iter().find(|name| *name == column))
}

/// What an amount is in the model, in euro; the `grond_m2` of a row for all its m2.
pub fn bedrag(model: &Model, invoer: Invoer) -> Decimal {
    let v = &model.verhaal;
    let of = |q: &Option<crate::number::Quantity>| q.as_ref().map_or(Decimal::ZERO, |q| q.value);
    match invoer {
        Invoer::Maximum(e) => of(&v.eigendommen[e].maximum),
        Invoer::Plankosten(g) => of(&v.gebieden[g].plankosten_maximum),
        Invoer::Raming(g) => of(&v.gebieden[g].raming),
        Invoer::Gebiedsmaximum(g) => of(&v.gebieden[g].maximum),
        Invoer::Inbreng(e, column) => match &v.eigendommen[e].inbreng {
            Inbreng::Geheel(q) => q.value,
            Inbreng::Delen(land, parts) => {
                let land = land.iter().map(|[m2, per]| {
                    let value = m2.value.checked_mul(per.value).unwrap_or_default();
                    ("grond_m2", value)
                });
                let parts = INBRENGDELEN.into_iter().zip(parts.iter().map(of));
                land.chain(parts)
                    .filter(|(name, _)| column == "inbrengwaarde" || *name == column)
                    .fold(Decimal::ZERO, |sum, (_, value)| sum.saturating_add(value))
            }
        },
    }
}

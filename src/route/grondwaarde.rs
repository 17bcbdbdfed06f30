//! What is told of valuations: land that is worth less than nothing.

use crate::evaluate::{Voorbereid, bedrag_van};
use crate::model::table::dutch;
use crate::model::{Bedrag, Methode, Model};
use crate::number::Exact;
use crate::plan::{Diepte, Drijvers, Plan, Route};
use crate::problem::{Problem, listed};
use rust_decimal::Decimal;

/// Residual land values below zero, with the programma that takes its price from them.
pub fn bevindingen(model: &Model) -> Vec<Problem> {
    if model.waarderingen.is_empty() {
        return Vec::new();
    }
    // What can't be planned or is too large was told by the run itself.
    let Ok(plan) = Plan::new(model, Route::Grex, Diepte::Lijn, Drijvers::default()) else {
        return Vec::new();
    };
    let v = Voorbereid::<Exact>::new(&plan);
    let mut out = Vec::new();
    for (w, waardering) in model.waarderingen.iter().enumerate() {
        if waardering.methode != Methode::Residueel {
            continue;
        }
        let value = bedrag_van(&v, waardering.lijn).0.unwrap_or_default();
        let users: Vec<&str> = model
            .lijnen
            .iter()
            .filter(
                |l| matches!(l.bedrag, Bedrag::Waardering { waardering, .. } if waardering == w),
            )
            .map(|l| l.id.as_str())
            .collect();
        if value >= Decimal::ZERO || users.is_empty() {
            continue;
        }
        out.push(
            Problem::warning(
                "negative-land-value",
                format!(
                    "grondwaarde \"{}\": {} is left per unit: what is built costs more than it yields, and programma {} pays the difference",
                    waardering.naam,
                    dutch(value, 2),
                    listed(users)
                ),
            )
            .at(&model.lijnen[waardering.lijn].place)
            .fix("check the opbrengst and the stichtingskosten; where nobody pays it, take methode = vast with what the land is sold for"),
        );
    }
    out
}

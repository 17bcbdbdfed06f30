//! The exact record of land valuations: what every land value is built up of, and which lines of the programma take their price from it.

use super::number;
use crate::evaluate::{Voorbereid, bedrag_van};
use crate::model::table::dutch;
use crate::model::{Bedrag, Methode, Model};
use crate::number::Exact;
use crate::plan::{Diepte, Drijvers, Plan, Route};
use crate::problem::{Problem, listed};
use rust_decimal::Decimal;

/// What a land value is built up of, euro at prijspeil, excluding btw; costs are positive.
#[derive(Debug, Clone)]
pub struct Waarderingsopbouw {
    /// Position in the valuations of the model.
    pub waardering: usize,
    /// Rent per year.
    pub huur: Option<Decimal>,
    /// Value or price of what is built; nothing when the land price is given.
    pub opbrengst: Option<Decimal>,
    /// Posts by position of their line, in the order of their table.
    pub posten: Vec<(usize, Decimal)>,
    /// Of a residual valuation what is left of the opbrengst, before it is discounted and divided over units.
    pub residu: Option<Decimal>,
    /// The land value per unit.
    pub grondwaarde: Decimal,
    /// Lines of the programma that take their price from it: position, units, and amount at prijspeil.
    pub gebruik: Vec<(usize, Decimal, Decimal)>,
}

/// The build-up of every valuation of a model.
///
/// # Errors
/// When an amount is too large to calculate with.
pub fn waarderingen(model: &Model) -> Result<Vec<Waarderingsopbouw>, Problem> {
    if model.waarderingen.is_empty() {
        return Ok(Vec::new());
    }
    let drijvers = Drijvers::default();
    let plan = Plan::new(model, Route::Cofinanciering, Diepte::Lijn, drijvers)?;
    let v = Voorbereid::<Exact>::new(&plan);
    let bedrag = |lijn: usize| number(bedrag_van(&v, lijn), "a land value");
    let mut out = Vec::new();
    for (i, w) in model.waarderingen.iter().enumerate() {
        let mut lijnen = w.kosten.clone();
        lijnen.extend(w.posten.iter().map(|post| post.lijn));
        lijnen.sort_unstable();
        let posten = lijnen
            .into_iter()
            .map(|l| Ok((l, bedrag(l)?)))
            .collect::<Result<Vec<_>, Problem>>()?;
        let opbrengst = w.opbrengst.map(bedrag).transpose()?;
        let kosten: Decimal = posten.iter().map(|(_, amount)| *amount).sum();
        let mut gebruik = Vec::new();
        for (l, lijn) in model.lijnen.iter().enumerate() {
            if let Bedrag::Waardering { aantal, waardering } = &lijn.bedrag
                && *waardering == i
            {
                gebruik.push((l, aantal.value, bedrag(l)?));
            }
        }
        out.push(Waarderingsopbouw {
            waardering: i,
            huur: w.huur.map(bedrag).transpose()?,
            residu: opbrengst
                .filter(|_| w.methode == Methode::Residueel)
                .map(|brings| brings - kosten),
            opbrengst,
            posten,
            grondwaarde: bedrag(w.lijn)?,
            gebruik,
        });
    }
    Ok(out)
}

/// What is told of them: residual land values below zero, with the programma that takes its price from them.
pub fn bevindingen(model: &Model) -> Vec<Problem> {
    // What can't be planned or is too large was told by the run itself.
    let Ok(all) = waarderingen(model) else {
        return Vec::new();
    };
    let mut out = Vec::new();
    for built in all {
        let w = &model.waarderingen[built.waardering];
        let below = w.methode == Methode::Residueel && built.grondwaarde < Decimal::ZERO;
        if !below || built.gebruik.is_empty() {
            continue;
        }
        let users = built.gebruik.iter();
        let users: Vec<&str> = users.map(|(l, ..)| model.lijnen[*l].id.as_str()).collect();
        out.push(
            Problem::warning(
                "negative-land-value",
                format!(
                    "grondwaarde \"{}\": {} is left per unit: what is built costs more than it yields, and programma {} pays the difference",
                    w.naam,
                    dutch(built.grondwaarde, 2),
                    listed(users)
                ),
            )
            .at(&model.lijnen[w.lijn].place)
            .fix("check the opbrengst and the stichtingskosten; where nobody pays it, take methode = vast with what the land is sold for"),
        );
    }
    out
}

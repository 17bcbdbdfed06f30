//! The exact record of land valuations: what every land value is built up of, and which lines of the programma take their price from it.

use super::number;
use crate::evaluate::{Voorbereid, bedrag_van};
use crate::model::{Bedrag, Methode, Model};
use crate::number::Exact;
use crate::plan::{Diepte, Drijvers, Plan, Route};
use crate::problem::Problem;
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

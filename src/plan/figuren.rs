//! The figures of what is settled between parties that draws keep: what owners pay, what who takes part in a verevening pays or
//! receives, and what is spread.
//!
//! Names them and says which are always kept; their values are of an evaluation.

use super::Plan;
use crate::model::verhaal::Postsoort;

/// A figure of a settlement; positions are those of the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figuur {
    /// Of an eigendom, by position in [`EIGENDOM`].
    Eigendom(usize, usize),
    /// What was agreed with its owner, at contante waarde: the post that it is in this plan.
    Overeenkomst(usize, Option<usize>),
    /// Of an area of kostenverhaal, by position in [`GEBIED`].
    Gebied(usize, usize),
    /// What one who takes part in a verevening pays; negative receives.
    Deelnemer(usize),
    /// A financiële bijdrage.
    Bijdrage(usize),
}

/// The figures of an eigendom; euro at contante waarde.
pub const EIGENDOM: [&str; 7] = [
    "geldsom",
    "terugbetaling",
    "netto",
    "bruto",
    "aftrek",
    "inbreng",
    "opbrengst",
];

/// The figures of an area of kostenverhaal; euro at contante waarde.
pub const GEBIED: [&str; 8] = [
    "omslag",
    "tekort",
    "geldsommen",
    "kosten",
    "inbrengwaarden",
    "bijdragen",
    "netto_kosten",
    "opbrengst",
];

/// The first of [`GEBIED`] that are always kept.
const GEBIED_ALTIJD: usize = 3;

/// Every figure of a plan, with whether it is always kept: of an owner what he pays and gets back, the rest only when it is asked for.
fn alle(plan: &Plan<'_>) -> Vec<(Figuur, bool)> {
    let v = &plan.model.verhaal;
    let mut out = Vec::new();
    for g in 0..v.gebieden.len() {
        out.extend((0..GEBIED.len()).map(|k| (Figuur::Gebied(g, k), k < GEBIED_ALTIJD)));
    }
    for (e, row) in v.eigendommen.iter().enumerate() {
        let Some(gebied) = row.gebied else { continue };
        let charged = row.lijn.is_some();
        let repaid =
            charged && row.beschikt.is_some() && v.gebieden[gebied].eindafrekening.is_some();
        out.extend((0..EIGENDOM.len()).map(|k| {
            let always = [charged, repaid].get(k).is_some_and(|always| *always);
            (Figuur::Eigendom(e, k), always)
        }));
        if row.overeenkomst.is_some() {
            let soort = Postsoort::Overeenkomst(e);
            let post = plan.posten.iter().position(|p| p.soort == soort);
            out.push((Figuur::Overeenkomst(e, post), true));
        }
    }
    let takes_part = 0..plan.model.verevening.deelnemers.len();
    out.extend(takes_part.map(|d| (Figuur::Deelnemer(d), true)));
    out.extend((0..plan.model.bijdragen.len()).map(|b| (Figuur::Bijdrage(b), true)));
    out
}

/// The figures that draws of a plan always keep.
pub(super) fn altijd(plan: &Plan<'_>) -> Vec<Figuur> {
    let all = alle(plan).into_iter();
    all.filter_map(|(figuur, always)| always.then_some(figuur))
        .collect()
}

impl Plan<'_> {
    /// The address of a figure, as `polder explain` knows it.
    pub fn figuur_naam(&self, figuur: Figuur) -> String {
        let model = self.model;
        let (v, w) = (&model.verhaal, &model.verevening);
        match figuur {
            Figuur::Eigendom(e, k) => format!("eigendom[{}].{}", v.eigendommen[e].id, EIGENDOM[k]),
            Figuur::Overeenkomst(e, _) => format!("eigendom[{}].overeenkomst", v.eigendommen[e].id),
            Figuur::Gebied(g, k) => format!("kostenverhaal[{}].{}", v.gebieden[g].id, GEBIED[k]),
            Figuur::Deelnemer(d) => format!("verevening_delen[{}].verrekening", w.deelnemers[d].id),
            Figuur::Bijdrage(b) => format!("bijdragen[{}].bijdrage", model.bijdragen[b].id),
        }
    }

    /// Keeps a figure of a settlement that is not always kept; another name changes nothing.
    pub fn bewaar(&mut self, naam: &str) {
        let found = alle(self)
            .into_iter()
            .map(|(figuur, _)| figuur)
            .find(|figuur| self.figuur_naam(*figuur) == naam);
        self.figuren
            .extend(found.filter(|figuur| !self.figuren.contains(figuur)));
    }
}

/// Whether a figure is what is paid between parties, of which more is not better for everyone.
pub fn is_verrekening(naam: &str) -> bool {
    let heads = [
        "eigendom[",
        "kostenverhaal[",
        "verevening_delen[",
        "bijdragen[",
    ];
    heads.iter().any(|head| naam.starts_with(head))
}

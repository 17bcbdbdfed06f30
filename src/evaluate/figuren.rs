//! The figures of settlements that draws keep, read from an evaluation. Names and choice are of `plan::figuren`.

use super::Werk;
use crate::number::Number;
use crate::plan::figuren::Figuur;

impl<N: Number> Werk<N> {
    /// A figure of what was settled; euro, what owners pay is positive, and in a verevening who receives is negative.
    #[inline(always)]
    pub fn figuur(&self, figuur: Figuur) -> N {
        match figuur {
            Figuur::Eigendom(e, k) => {
                let x = &self.eigendommen[e];
                [
                    x.geldsom,
                    x.terugbetaling,
                    x.netto,
                    x.bruto,
                    x.aftrek,
                    x.inbreng,
                    x.opbrengst,
                ][k]
            }
            Figuur::Overeenkomst(_, post) => post.map_or_else(|| N::number(0), |p| self.posten[p]),
            Figuur::Gebied(g, k) => {
                let x = &self.verhaal[g];
                [
                    x.omslag,
                    x.tekort,
                    x.geldsommen,
                    x.kosten,
                    x.inbreng,
                    x.bijdragen,
                    x.netto,
                    x.opbrengst,
                ][k]
            }
            Figuur::Deelnemer(d) => self.deelnemers[d].verrekening,
            Figuur::Bijdrage(b) => self.bijdragen[b].bedrag,
        }
    }
}

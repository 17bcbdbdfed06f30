//! Financiële bijdragen in an evaluation: after the geldsommen of kostenverhaal. The rules stand in `rules::bijdragen`.

use super::{Voorbereid, Werk, verhaal::getal};
use crate::model::bijdragen::Bijdrage;
use crate::number::{Number, Of};
use crate::rules::bijdragen::{eindafrekening, financiele_bijdrage};

/// What a bijdrage comes to.
#[derive(Debug, Clone, Copy)]
pub struct Bijdrageuitkomst<N> {
    /// The most that may be enforced.
    pub maximum: N,
    /// That less the geldsom.
    pub ruimte: N,
    /// What is paid.
    pub bedrag: N,
    /// What is paid back, without and with interest.
    pub terug: [N; 2],
}

/// The amounts of a row in one arithmetic.
#[derive(Debug)]
pub(super) struct BijdrageN<N> {
    gevraagd: N,
    nodig: Option<[N; 2]>,
}

impl<N: Number> BijdrageN<N> {
    pub(super) fn new(row: &Bijdrage) -> Self {
        BijdrageN {
            gevraagd: getal(&row.gevraagd),
            nodig: row
                .eindafrekening
                .as_ref()
                .map(|e| [getal(&e.nodig), getal(&e.rente)]),
        }
    }
}

/// Reckons every bijdrage.
#[inline(always)]
pub(super) fn bijdragen<N: Number>(v: &Voorbereid<'_, N>, werk: &mut Werk<N>) {
    let zero = N::number(0);
    werk.bijdragen.clear();
    let rows = &v.plan.model.bijdragen;
    for (i, (row, own)) in rows.iter().zip(&v.bijdragen).enumerate() {
        let of = Of::Bijdrage(i as u16);
        let owner = &werk.eigendommen[row.eigendom];
        let mut lasten = owner.inbreng;
        for earlier in &row.eerder {
            lasten = lasten + werk.bijdragen[*earlier].bedrag;
        }
        let x = financiele_bijdrage(
            own.gevraagd,
            owner.opbrengst,
            lasten,
            owner.geldsom,
            row.grondslag,
            row.begrenzing,
            of,
        );
        let terug = match (own.nodig, &row.eindafrekening) {
            (Some([nodig, rente]), Some(e)) => {
                let back = eindafrekening(x.bedrag, nodig, rente, e.jaren, e.wijze, of);
                [back.bedrag, back.met_rente]
            }
            _ => [zero, zero],
        };
        werk.bijdragen.push(Bijdrageuitkomst {
            maximum: x.maximum,
            ruimte: x.ruimte,
            bedrag: x.bedrag,
            terug,
        });
    }
}

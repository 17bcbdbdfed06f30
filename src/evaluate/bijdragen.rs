//! Financiële bijdragen in an evaluation: after the geldsommen of kostenverhaal. The rules stand in `rules::bijdragen`.

use super::verhaal::{betaalt, getal, is_plichtig};
use super::{Voorbereid, Werk};
use crate::model::Model;
use crate::model::bijdragen::Bijdrage;
use crate::number::{Number, Of};
use crate::rules::bijdragen::{
    Begrenzing, Grondslag, Omstandigheden, Rentewijze, afdwingbaar, eindafrekening,
    financiele_bijdrage,
};

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

/// Whether a bijdrage can be asked: what was agreed always, what is enforced when the law allows.
pub fn is_afdwingbaar(model: &Model, bijdrage: &Bijdrage) -> bool {
    let row = &bijdrage.omstandigheden;
    let owner = &model.verhaal.eigendommen[bijdrage.eigendom];
    !bijdrage.afgedwongen
        || is_plichtig(model, bijdrage.eigendom)
            && afdwingbaar(&Omstandigheden {
                functionele_samenhang: row.samenhang,
                categorie: row.categorie,
                anders_verzekerd: row.anders_verzekerd,
                overeenkomst: owner.overeenkomst.is_some(),
                ander_belang: row.ander_belang,
                kostenverhaal: row.kostensoort,
            })
}

/// The amounts of a row in one arithmetic.
#[derive(Debug)]
pub(super) struct BijdrageN<N> {
    gevraagd: N,
    nodig: Option<[N; 2]>,
}

impl<N: Number> BijdrageN<N> {
    pub(super) fn new(model: &Model, row: &Bijdrage) -> Self {
        BijdrageN {
            gevraagd: if is_afdwingbaar(model, row) {
                getal(&row.gevraagd)
            } else {
                N::number(0)
            },
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
            betaalt(v, werk, row.eigendom),
            if row.afgedwongen {
                Grondslag::Omgevingsplan
            } else {
                Grondslag::Overeenkomst
            },
            if row.economisch {
                Begrenzing::Economisch
            } else {
                Begrenzing::Wettelijk
            },
            of,
        );
        let terug = match (own.nodig, &row.eindafrekening) {
            (Some([nodig, rente]), Some(e)) => {
                let wijze = if e.enkelvoudig {
                    Rentewijze::Enkelvoudig
                } else {
                    Rentewijze::Samengesteld
                };
                let back = eindafrekening(x.bedrag, nodig, rente, e.jaren, wijze, of);
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

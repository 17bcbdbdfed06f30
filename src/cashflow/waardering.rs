//! From the inputs of a valuation to its amounts: the one text of it, for exact, fast and explained. An input is asked by the name of
//! its column; the rules are in [`crate::rules::grondwaarde`].

use crate::model::{Methode, Post, Waardering};
use crate::number::{Number, Of};
use crate::rules::grondwaarde::{
    Grondpost, Huurvrij, Kapitalisatie, KostenKoper, Rentevoorwaarden, Rentevorm, bouwrente,
    contant, excl_btw, grondquote, huurwaarde, jaarhuur, na_kosten_koper, residueel, vaste_prijs,
};
use rust_decimal::Decimal;

/// The value of an input by its column, when it is given.
pub type Veld<'a, N> = &'a dyn Fn(&'static str) -> Option<N>;

fn of_nul<N: Number>(value: Option<N>) -> N {
    value.unwrap_or_else(|| N::number(0))
}

/// Rent per year.
pub fn huur<N: Number>(veld: Veld<'_, N>) -> N {
    let betaalbaar = veld("betaalbaar_aandeel").zip(veld("betaalbare_huur"));
    jaarhuur(of_nul(veld("huur")), betaalbaar, veld("m2"))
}

/// What is left of the value or price of what is built: without btw, and without purchaser's costs of an investment.
pub fn opbrengst<N: Number>(w: &Waardering, veld: Veld<'_, N>, huur: Option<N>) -> N {
    let Some(huur) = huur else {
        return excl_btw(vaste_prijs(of_nul(veld("von")), veld("m2")), veld("btw"));
    };
    let kapitalisatie = match veld("bar") {
        Some(bar) => Kapitalisatie::Bar(bar),
        None => Kapitalisatie::Factor(of_nul(veld("factor"))),
    };
    let wijze = if w.huurvrij_uitstel {
        Huurvrij::Uitstel
    } else {
        Huurvrij::Aftrek
    };
    let huurvrij = w
        .getal("huurvrij")
        .zip(veld("huurvrij"))
        .map(|(jaren, n)| (jaren, n, wijze));
    let over = if w.kosten_koper_over_waarde {
        KostenKoper::Waarde
    } else {
        KostenKoper::Koopsom
    };
    na_kosten_koper(
        huurwaarde(huur, kapitalisatie, huurvrij),
        veld("kosten_koper").map(|k| (k, over)),
    )
}

/// The share that a post is of what it is over: its percentage, or interest.
pub fn percentage<N: Number>(post: &Post, veld: Veld<'_, N>) -> N {
    if let Some(percentage) = veld("percentage") {
        return percentage;
    }
    let one = N::number(1);
    let termijnen = post.getal("termijnen").unwrap_or(Decimal::ONE);
    bouwrente(&Rentevoorwaarden {
        rente: of_nul(veld("rente")),
        jaren: (
            of_nul(veld("jaren")),
            post.getal("jaren").unwrap_or_default(),
        ),
        deel: veld("deel").unwrap_or(one),
        termijnen: (veld("termijnen").unwrap_or(one), termijnen),
        vorm: match post.rentevorm {
            "enkelvoudig" => Rentevorm::Enkelvoudig,
            "nominaal" => Rentevorm::Nominaal,
            _ => Rentevorm::Effectief,
        },
    })
}

/// What the land value is made of: the opbrengst, the costs that do not depend on the land, and for every post that does its percentage
/// and the sum of the known amounts that it is over.
#[derive(Debug)]
pub struct Opbouw<'a, N> {
    /// The opbrengst; nothing when the price is given.
    pub opbrengst: Option<N>,
    /// Amounts of [`Waardering::kosten`].
    pub kosten: &'a [N],
    /// By post of [`Waardering::posten`].
    pub posten: &'a [(N, N)],
}

/// The land value per unit, with the amounts of the posts that depend on it.
pub fn grond<N: Number>(
    w: &Waardering,
    veld: Veld<'_, N>,
    opbouw: &Opbouw<'_, N>,
    of: Of,
) -> (N, Vec<N>) {
    let mut posten = Vec::new();
    let opbrengst = of_nul(opbouw.opbrengst);
    let waarde = match w.methode {
        Methode::Vast => vaste_prijs(of_nul(veld("prijs")), veld("m2")),
        Methode::Grondquote => grondquote(opbrengst, of_nul(veld("grondquote"))),
        Methode::Residueel => {
            let circular: Vec<Grondpost<N>> = w
                .posten
                .iter()
                .zip(opbouw.posten)
                .map(|(post, (percentage, bekend))| Grondpost {
                    percentage: *percentage,
                    bekend: *bekend,
                    grond: post.grond,
                    posten: post.na.clone(),
                    of: Of::Lijn(post.lijn as u16),
                })
                .collect();
            let residu = residueel(opbrengst, opbouw.kosten, &circular, of);
            posten = residu.posten;
            residu.grond
        }
    };
    let disconto = veld("disconto").zip(veld("jaren").zip(w.getal("jaren")));
    let waarde = contant(waarde, disconto);
    let per_eenheid = veld("eenheden").map_or(waarde, |n| waarde.per(n));
    (per_eenheid, posten)
}

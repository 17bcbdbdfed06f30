//! Valuations of land in one arithmetic: inputs with their names and draws to the amounts of their lines.

use super::{Voorbereid, bedrag as bedrag_van_lijn, lijn_woord, met};
use crate::cashflow::{self, waardering};
use crate::model::{Bedrag, Deel, Factor, Post};
use crate::number::{At, Number, Of};
use crate::plan::{Diepte, Plan};

/// The inputs of a row, by column.
type Velden<N> = Vec<(&'static str, N)>;

/// A valuation's inputs in one arithmetic.
#[derive(Debug)]
pub(super) struct WaarderingN<N: Number> {
    velden: Velden<N::Fixed>,
    posten: Vec<Velden<N::Fixed>>,
    /// By line of interest that does not depend on the land.
    rente: Vec<(usize, Velden<N::Fixed>)>,
}

/// Reads the inputs of all valuations, when amounts are made line by line.
pub(super) fn lees<N: Number>(plan: &Plan<'_>) -> Vec<WaarderingN<N>> {
    if plan.diepte != Diepte::Lijn {
        return Vec::new();
    }
    let fixed = |velden: &[Factor]| -> Velden<N::Fixed> {
        velden
            .iter()
            .map(|f| (f.kolom, N::fixed(f.waarde.value, f.waarde.place.as_ref())))
            .collect()
    };
    let model = plan.model;
    model
        .waarderingen
        .iter()
        .map(|w| WaarderingN {
            velden: fixed(&w.velden),
            posten: w.posten.iter().map(|p| fixed(&p.velden)).collect(),
            rente: w
                .kosten
                .iter()
                .filter_map(|l| match &model.lijnen[*l].bedrag {
                    Bedrag::Waarde {
                        deel: Deel::Rente(post),
                        ..
                    } => Some((*l, fixed(&post.velden))),
                    _ => None,
                })
                .collect(),
        })
        .collect()
}

/// The word of an input of a valuation or of its posts.
pub(super) fn woord(kolom: &str) -> Option<&'static str> {
    const WOORDEN: &[&str] = &[
        "von",
        "btw",
        "huur",
        "betaalbaar_aandeel",
        "betaalbare_huur",
        "m2",
        "bar",
        "factor",
        "huurvrij",
        "kosten_koper",
        "grondquote",
        "disconto",
        "eenheden",
        "jaren",
        "deel",
        "termijnen",
    ];
    WOORDEN.iter().copied().find(|w| *w == kolom)
}

/// The amount of a line that is valued or is a part of a valuation; nothing for other lines.
pub(super) fn bedrag<N: Number>(
    v: &Voorbereid<'_, N>,
    l: usize,
    slots: &[N],
    known: &mut Vec<Option<N>>,
) -> Option<N> {
    let model = v.plan.model;
    let (waardering, deel) = match &model.lijnen[l].bedrag {
        Bedrag::Waardering { waardering, .. } => (*waardering, None),
        Bedrag::Waarde { waardering, deel } => (*waardering, Some(deel)),
        _ => return None,
    };
    let w = &model.waarderingen[waardering];
    let of = Of::Lijn(l as u16);
    let drawn = |value: N, kolom: &str| {
        let uses = v.plan.drijvers.lijnen.get(&l).filter(|_| !slots.is_empty());
        let uses = uses.into_iter().flatten();
        met(
            value,
            uses.filter(|(t, _)| *t == kolom).map(|(_, g)| *g),
            slots,
        )
    };
    let Some(deel) = deel else {
        let aantal = v.bedragen[l].as_ref()?.factoren[0].1;
        let aantal = drawn(N::of(aantal), "aantal").named("hoeveelheid", of, At::Once);
        let prijs = bedrag_van_lijn(v, w.lijn, slots, known);
        let prijs = drawn(prijs, "grondprijs").named("prijs", of, At::Once);
        return Some(cashflow::product(&[aantal, prijs], of));
    };
    let own = &v.waarderingen[waardering];
    let uit = |velden: &Velden<N::Fixed>, kolom: &'static str| {
        let found = velden.iter().find(|(k, _)| *k == kolom)?;
        Some(drawn(N::of(found.1), kolom))
    };
    let veld = |kolom| uit(&own.velden, kolom).map(|x| x.named(lijn_woord(kolom), of, At::Once));
    Some(match deel {
        Deel::Huur => waardering::huur(&veld).named("bedrag", of, At::Once),
        Deel::Opbrengst => {
            let huur = w.huur.map(|h| bedrag_van_lijn(v, h, slots, known));
            waardering::opbrengst(w, &veld, huur).named("bedrag", of, At::Once)
        }
        Deel::Rente(post) => {
            let velden = own.rente.iter().find(|(lijn, _)| *lijn == l)?;
            let rate = percentage(post, &velden.1);
            let rate = drawn(rate, "bedrag");
            let parts: Vec<N> = post
                .over
                .iter()
                .map(|j| bedrag_van_lijn(v, *j, slots, known))
                .collect();
            cashflow::opslag(rate, &parts, of)
        }
        Deel::Grondpost(_) => {
            bedrag_van_lijn(v, w.lijn, slots, known);
            return known[l];
        }
        Deel::Grond => {
            let opbrengst = w.opbrengst.map(|o| bedrag_van_lijn(v, o, slots, known));
            let kosten: Vec<N> = w
                .kosten
                .iter()
                .map(|k| bedrag_van_lijn(v, *k, slots, known))
                .collect();
            let posten: Vec<(N, N)> = w
                .posten
                .iter()
                .zip(&own.posten)
                .map(|(post, velden)| {
                    let over: Vec<N> = post
                        .over
                        .iter()
                        .map(|j| bedrag_van_lijn(v, *j, slots, known))
                        .collect();
                    (percentage(post, velden), N::sum(&over))
                })
                .collect();
            let opbouw = waardering::Opbouw {
                opbrengst,
                kosten: &kosten,
                posten: &posten,
            };
            let (grond, amounts) = waardering::grond(w, &veld, &opbouw, of);
            for (post, amount) in w.posten.iter().zip(amounts) {
                let of = Of::Lijn(post.lijn as u16);
                known[post.lijn] = Some(amount.named("bedrag", of, At::Once));
            }
            grond.named("bedrag", of, At::Once)
        }
    })
}

/// The share that a post is, under its name.
fn percentage<N: Number>(post: &Post, velden: &Velden<N::Fixed>) -> N {
    let of = Of::Lijn(post.lijn as u16);
    let veld = |kolom: &'static str| {
        let found = velden.iter().find(|(k, _)| *k == kolom)?;
        let value = N::of(found.1);
        Some(if kolom == "percentage" {
            value
        } else {
            value.named(lijn_woord(kolom), of, At::Once)
        })
    };
    waardering::percentage(post, &veld).named("percentage", of, At::Once)
}

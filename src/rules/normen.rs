//! Norms for a programme: shares, price caps, minimum areas, space per home ('barcode'), and what a norm costs or yields in land value
//! (rules 3.8; opgaven M17 and M18).
//!
//! No figure stands here: norms are local policy, and `models/parameters.toml` holds those that were published, with date and source. Formulas
//! are conventions \[C\].

use crate::number::{At, Number, Of};

/// Which way a share norm works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Richting {
    /// At least the share.
    Minstens,
    /// At most the share.
    Hoogstens,
}

/// A share held against its norm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Aandeeltoets<N> {
    /// The share in the programme; zero when there is nothing.
    pub aandeel: N,
    /// What the norm comes to, in homes or m².
    pub norm: N,
    /// What is missing (at least) or too much (at most), in homes or m², ≥ 0; zero when the norm is met.
    pub afwijking: N,
}

/// A share norm: 30% sociaal, two thirds betaalbaar, 20% work; of homes or of m² (rules 3.8 \[C\]; M18).
///
/// `norm = share · geheel`, not made whole. Whether a share is of all homes or of the affordable ones is for the caller: it gives the
/// whole.
#[inline(always)]
pub fn aandeelnorm<N: Number>(
    deel: N,
    geheel: N,
    norm: N,
    richting: Richting,
    of: Of,
) -> Aandeeltoets<N> {
    let zero = N::number(0);
    let aandeel = deel
        .div_or(geheel, zero)
        .named("aandeel in programma", of, At::Once);
    let norm = (norm * geheel).named("norm", of, At::Once);
    let verschil = match richting {
        Richting::Minstens => norm - deel,
        Richting::Hoogstens => deel - norm,
    };
    Aandeeltoets {
        aandeel,
        norm,
        afwijking: verschil.max(zero).named("afwijking van norm", of, At::Once),
    }
}

/// Homes held against a bound that each must keep.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Grenstoets<N> {
    /// How far each is past it, ≥ 0: euro, or m².
    pub per_woning: N,
    /// How many are past it: all of the row, or none.
    pub woningen: N,
}

/// A price cap: rent per month or purchase price at most `grens`, euro (M18 \[C\]).
#[inline(always)]
pub fn prijsgrens<N: Number>(aantal: N, prijs: N, grens: N, of: Of) -> Grenstoets<N> {
    Grenstoets {
        per_woning: (prijs - grens)
            .max(N::number(0))
            .named("prijs boven grens", of, At::Once),
        woningen: grens.if_less(prijs, aantal, N::number(0)).named(
            "woningen boven grens",
            of,
            At::Once,
        ),
    }
}

/// A minimum area: m² gbo at least `minimum` (M18 \[C\]).
#[inline(always)]
pub fn minimummaat<N: Number>(aantal: N, m2: N, minimum: N, of: Of) -> Grenstoets<N> {
    Grenstoets {
        per_woning: (minimum - m2)
            .max(N::number(0))
            .named("m2 onder maat", of, At::Once),
        woningen: m2.if_less(minimum, aantal, N::number(0)).named(
            "woningen onder maat",
            of,
            At::Once,
        ),
    }
}

/// A kind of space that a 'barcode' asks per home.
#[derive(Debug, Clone, Copy)]
pub struct Ruimtenorm<N> {
    /// m² per home.
    pub per_woning: N,
    /// m² of it in the programme.
    pub aanwezig: N,
}

/// A 'barcode': m² of facilities and work that homes ask, and what of it the programme misses; gives the whole claim in m² (M17 \[C\]).
///
/// `claim = woningen · per_woning`; `tekort = max(0, claim − aanwezig)`: too much of one kind does not make up for another.
#[inline(always)]
pub fn ruimteclaims<N: Number>(
    woningen: N,
    normen: &[Ruimtenorm<N>],
    van: &[Of],
    geheel: Of,
    tekort: &mut [N],
) -> N {
    let mut totaal = N::number(0);
    for ((norm, van), tekort) in normen.iter().zip(van).zip(tekort) {
        let claim = (woningen * norm.per_woning).named("ruimteclaim", *van, At::Once);
        *tekort =
            (claim - norm.aanwezig)
                .max(N::number(0))
                .named("ruimteclaim tekort", *van, At::Once);
        totaal = totaal + claim;
        N::volgende();
    }
    totaal.named("ruimteclaim totaal", geheel, At::Once)
}

/// What a norm does to the land value: `aantal · (waarde_naar − waarde_van)`, euro, positive yields, negative costs (M17, M18 \[C\]).
///
/// `aantal` homes or m² that the norm makes change from one use to another, such as an `afwijking` above; `waarde_..` the land value of
/// one of each. The reverse change gives the opposite.
#[inline(always)]
pub fn effect_norm<N: Number>(aantal: N, waarde_van: N, waarde_naar: N, of: Of) -> N {
    (aantal * (waarde_naar - waarde_van)).named("effect norm", of, At::Once)
}

/// Relocation of firms: `m² plot · price`, euro, ≥ 0, excluding btw (M17 \[P\]). A cost.
#[inline(always)]
pub fn uitplaatsing<N: Number>(m2_kavel: N, prijs: N, of: Of) -> N {
    (m2_kavel * prijs).named("kosten uitplaatsing", of, At::Once)
}

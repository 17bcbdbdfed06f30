//! From amounts and phasing to flows (rules 0.1): amount × weight ÷ total × index factor. The one text of it, for exact, fast
//! and explained; the plan folds lines with these same functions.

pub mod waardering;

use crate::number::{At, Number, Of, at};

/// The amount of a line at prijspeil: the product of its factors.
#[inline(always)]
pub fn product<N: Number>(factors: &[N], of: Of) -> N {
    let mut amount = factors.first().copied().unwrap_or_else(|| N::number(0));
    for factor in factors.iter().skip(1) {
        amount = amount * *factor;
    }
    amount.named("bedrag", of, At::Once)
}

/// The amount of a line that is a percentage of other lines.
#[inline(always)]
pub fn opslag<N: Number>(percentage: N, over: &[N], of: Of) -> N {
    (percentage * N::sum(over)).named("bedrag", of, At::Once)
}

/// The part of an amount that falls in a period: multiplied first, divided last, so that shares of a whole stay exact.
#[inline(always)]
pub fn deel<N: Number>(bedrag: N, gewicht: N, totaal: Option<N>) -> N {
    match totaal {
        None => bedrag * gewicht,
        Some(totaal) => (bedrag * gewicht).per(totaal),
    }
}

/// A flow at current prices.
#[inline(always)]
pub fn stroom<N: Number>(prijspeil: N, indexfactor: N, of: Of, t: usize) -> N {
    (prijspeil * indexfactor).named("stroom", of, at(t))
}

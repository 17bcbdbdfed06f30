//! BBV: what the accounts of a municipality ask of a grondexploitatie (rules chapter 2).

use crate::number::{At, Number, Of};
use rust_decimal::Decimal;

/// The loss provision on both bases (rules 2.3, T-2.3): `-EW`, and `-EW / (1+d)^n`; zero when no loss is expected.
///
/// `n` is the exponent from peildatum to the end, `d` the BBV discount rate. An expected loss is provided for whole, at once.
#[inline(always)]
pub fn voorziening<N: Number>(eindwaarde: N, d: N, n: Decimal, of: Of) -> (N, N) {
    let loss = (-eindwaarde)
        .max(N::number(0))
        .named("voorziening eindwaarde", of, At::Once);
    let contant = loss
        .per((N::number(1) + d).power(n))
        .named("voorziening contant", of, At::Once);
    (loss, contant)
}

/// Whether the term is longer than the guidance allows without a motivated decision (rules 2.1, warning LOOPTIJD10).
pub fn looptijd_te_lang(peiljaar: i32, eindjaar: i32, jaren: i32) -> bool {
    eindjaar - peiljaar + 1 > jaren
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_years_is_not_too_long() {
        assert!(!looptijd_te_lang(2026, 2035, 10));
        assert!(looptijd_te_lang(2026, 2036, 10));
    }
}

//! Life-cycle costs and capital charges of a thing that is kept up and replaced (rules 4.1 and 4.2).

use crate::number::{At, Number, Of};
use rust_decimal::Decimal;

/// Life-cycle costs, with their parts, as present values at the start.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Levensduurkosten<N> {
    /// Upkeep.
    pub onderhoud: N,
    /// Replacements.
    pub vervanging: N,
    /// Value left at the horizon.
    pub restwaarde: N,
    /// Investment + upkeep + replacements − value left.
    pub totaal: N,
    /// The same per year over the horizon.
    pub annuiteit: N,
}

/// `LCC = I0 + Σ OM/(1+d)^t + Σ I0/(1+d)^(kL) − rest/(1+d)^H` (rules 4.1, T-4.1).
///
/// `horizon` and `levensduur` in years; `d` per year: real for amounts at constant prices. A replacement exactly at the horizon is
/// not booked; the value left is linear on the last replacement.
pub fn levensduurkosten<N: Number>(
    investering: N,
    onderhoud: N,
    levensduur: u32,
    horizon: u32,
    d: N,
    of: Of,
) -> Levensduurkosten<N> {
    let zero = N::number(0);
    let growth = N::number(1) + d;
    let present = |amount: N, year: u32| amount.per(growth.power(Decimal::from(year)));
    let upkeep = N::sum(
        &(1..=horizon)
            .map(|t| present(onderhoud, t))
            .collect::<Vec<_>>(),
    )
    .named("levensduurkosten onderhoud", of, At::Once);
    let last = if horizon == 0 {
        0
    } else {
        (horizon - 1) / levensduur
    };
    let replaced = N::sum(
        &(1..=last)
            .map(|k| present(investering, k * levensduur))
            .collect::<Vec<_>>(),
    )
    .named("levensduurkosten vervanging", of, At::Once);
    let left = levensduur - (horizon - last * levensduur).min(levensduur);
    let rest = present(investering * N::number(i64::from(left)), horizon)
        .per(N::number(i64::from(levensduur)))
        .named("levensduurkosten restwaarde", of, At::Once);
    let totaal = (investering + upkeep + replaced - rest).named("levensduurkosten", of, At::Once);
    // Σ (1+d)^-t for t = 1..H turns a present value into an equal amount per year; it also holds at d = 0.
    let years = N::sum(
        &(1..=horizon)
            .map(|t| present(N::number(1), t))
            .collect::<Vec<_>>(),
    );
    Levensduurkosten {
        onderhoud: upkeep,
        vervanging: replaced,
        restwaarde: rest,
        totaal,
        annuiteit: totaal
            .div_or(years, zero)
            .named("levensduurkosten per jaar", of, At::Once),
    }
}

/// The nominal rate that goes with a real rate and an inflation: `(1+d)(1+i) − 1` (rules 4.1).
pub fn nominale_voet<N: Number>(reeel: N, inflatie: N) -> N {
    (N::number(1) + reeel) * (N::number(1) + inflatie) - N::number(1)
}

/// Capital charge of a year, linear: `I/L + r·B[t−1]` (rules 4.2, T-4.2; BBV art. 59 and 64). Years count from 1.
pub fn kapitaallasten_lineair<N: Number>(
    investering: N,
    levensduur: u32,
    rente: N,
    jaar: u32,
    of: Of,
) -> N {
    let life = N::number(i64::from(levensduur));
    let left = i64::from(levensduur.saturating_sub(jaar.saturating_sub(1)));
    let boekwaarde = (investering * N::number(left)).per(life);
    let last = if left == 0 {
        N::number(0)
    } else {
        investering.per(life) + rente * boekwaarde
    };
    last.named("kapitaallast lineair", of, At::Once)
}

/// Capital charge per year, annuity: `I·r / (1 − (1+r)^−L)`; `I/L` at r = 0 (rules 4.2, T-4.2).
pub fn kapitaallasten_annuitair<N: Number>(investering: N, levensduur: u32, rente: N, of: Of) -> N {
    let one = N::number(1);
    let factor = one - one.per((one + rente).power(Decimal::from(levensduur)));
    (investering * rente)
        .div_or(factor, investering.per(N::number(i64::from(levensduur))))
        .named("kapitaallast annuïtair", of, At::Once)
}

//! Land value (rules chapter 8, point 10; M2, M17): what a buyer can pay for land, from what is built on it.
//!
//! Every amount is linear in the opbrengst and in the costs, at given percentages, rates and yields. A circular part (costs over the
//! land itself) is solved in closed form: nothing is iterated.

use crate::number::{At, Number, Of};
use rust_decimal::Decimal;

/// A price per unit, or per m2 of it: agreed, or the social price of a policy.
pub fn vaste_prijs<N: Number>(prijs: N, m2: Option<N>) -> N {
    m2.map_or(prijs, |m2| prijs * m2)
}

/// A price with btw, without it.
pub fn excl_btw<N: Number>(prijs: N, btw: Option<N>) -> N {
    btw.map_or(prijs, |btw| prijs.per(N::number(1) + btw))
}

/// Grondquote: the land is a share of the opbrengst excluding btw.
pub fn grondquote<N: Number>(opbrengst: N, quote: N) -> N {
    opbrengst * quote
}

// ------------------------------------------------------------------------------------------------------------- rent

/// Rent per year of m2 of which a share is let at an affordable rent: `(h·(1−a) + h_b·a)·m2` (M17).
pub fn jaarhuur<N: Number>(huur: N, betaalbaar: Option<(N, N)>, m2: Option<N>) -> N {
    let huur = betaalbaar.map_or(huur, |(aandeel, laag)| {
        huur * (N::number(1) - aandeel) + laag * aandeel
    });
    m2.map_or(huur, |m2| huur * m2)
}

/// How a rent becomes a value.
#[derive(Debug, Clone, Copy)]
pub enum Kapitalisatie<N> {
    /// Bruto aanvangsrendement: the rent is this share of the value.
    Bar(N),
    /// Kapitalisatiefactor: so many years of rent (years' purchase).
    Factor(N),
}

/// What years without rent do to a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Huurvrij {
    /// Their rent comes off: `h·(f − n)`.
    Aftrek,
    /// All rent begins later: a deferred perpetuity, `h·f / (1+bar)^n`.
    Uitstel,
}

/// What purchaser's costs are a share of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KostenKoper {
    /// The price that is left for the seller: the value holds them (v.o.n.), `V/(1+k)`.
    Koopsom,
    /// The value itself: `V·(1−k)`.
    Waarde,
}

/// Value of a rent for ever, with years without rent at the start.
pub fn huurwaarde<N: Number>(
    jaarhuur: N,
    kapitalisatie: Kapitalisatie<N>,
    huurvrij: Option<(Decimal, N, Huurvrij)>,
) -> N {
    let one = N::number(1);
    let (factor, bar) = match kapitalisatie {
        Kapitalisatie::Bar(bar) => (one.per(bar), bar),
        Kapitalisatie::Factor(factor) => (factor, one.div_or(factor, N::number(0))),
    };
    match huurvrij {
        None => jaarhuur * factor,
        Some((_, n, Huurvrij::Aftrek)) => jaarhuur * (factor - n),
        Some((jaren, n, Huurvrij::Uitstel)) => {
            (jaarhuur * factor).per((one + bar).power_by(jaren, n))
        }
    }
}

/// A value less purchaser's costs.
pub fn na_kosten_koper<N: Number>(waarde: N, kosten: Option<(N, KostenKoper)>) -> N {
    match kosten {
        None => waarde,
        Some((k, KostenKoper::Koopsom)) => waarde.per(N::number(1) + k),
        Some((k, KostenKoper::Waarde)) => waarde - waarde * k,
    }
}

// --------------------------------------------------------------------------------------------------------- interest

/// How interest is reckoned over the years that costs are outstanding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rentevorm {
    /// Simple: `i·T`.
    Enkelvoudig,
    /// Compound, at an effective rate per year: `(1+i)^T − 1`.
    Effectief,
    /// Compound, at a nominal rate over `m` terms a year: `(1+i/m)^(m·T) − 1`.
    Nominaal,
}

/// The interest terms of a post.
#[derive(Debug, Clone, Copy)]
pub struct Rentevoorwaarden<N> {
    /// Rate per year.
    pub rente: N,
    /// Years outstanding, as a number and as the exponent that it is.
    pub jaren: (N, Decimal),
    /// Share of the costs that is outstanding on average: one half over a building period.
    pub deel: N,
    /// Terms per year, as a number and as a factor of the exponent.
    pub termijnen: (N, Decimal),
    /// How.
    pub vorm: Rentevorm,
}

/// Interest as a share of the costs it is over.
pub fn bouwrente<N: Number>(v: &Rentevoorwaarden<N>) -> N {
    let one = N::number(1);
    let growth = match v.vorm {
        Rentevorm::Enkelvoudig => v.rente * v.jaren.0,
        Rentevorm::Effectief => (one + v.rente).power_by(v.jaren.1, v.jaren.0) - one,
        Rentevorm::Nominaal => {
            (one + v.rente.per(v.termijnen.0))
                .power_by(v.jaren.1 * v.termijnen.1, v.jaren.0 * v.termijnen.0)
                - one
        }
    };
    v.deel * growth
}

// --------------------------------------------------------------------------------------------------------- residual

/// A post that depends on the land: a percentage of the land, of other such posts, and of amounts that are known.
#[derive(Debug, Clone)]
pub struct Grondpost<N> {
    /// The percentage.
    pub percentage: N,
    /// Sum of the known amounts that it is over.
    pub bekend: N,
    /// Whether it is over the land.
    pub grond: bool,
    /// Posts before it that it is over too.
    pub posten: Vec<usize>,
    /// Whose number it is.
    pub of: Of,
}

/// A residual with what its circular posts come to.
#[derive(Debug, Clone)]
pub struct Residu<N> {
    /// What is left for the land.
    pub grond: N,
    /// Amounts of the posts that depend on it.
    pub posten: Vec<N>,
}

/// `G = (O − K) / (1 + c)`: what is left of the opbrengst when all is paid, land included (rules chapter 8, point 10).
///
/// K is all costs that come to the same whatever the land costs; c is what every euro of land brings with it (acquisition, interest,
/// winst en risico). A post over the land is `p·(known + G + posts before it)`, so a + b·G with a and b known.
pub fn residueel<N: Number>(
    opbrengst: N,
    kosten: &[N],
    posten: &[Grondpost<N>],
    of: Of,
) -> Residu<N> {
    let (zero, one) = (N::number(0), N::number(1));
    let mut vast: Vec<N> = Vec::with_capacity(posten.len());
    let mut per_euro: Vec<N> = Vec::with_capacity(posten.len());
    for post in posten {
        let mut a = vec![post.bekend];
        a.extend(post.posten.iter().map(|j| vast[*j]));
        let mut b = vec![if post.grond { one } else { zero }];
        b.extend(post.posten.iter().map(|j| per_euro[*j]));
        vast.push((post.percentage * N::sum(&a)).named(
            "kosten buiten de grond",
            post.of,
            At::Once,
        ));
        per_euro.push((post.percentage * N::sum(&b)).named(
            "kosten per euro grond",
            post.of,
            At::Once,
        ));
    }
    let known: Vec<N> = kosten.iter().chain(&vast).copied().collect();
    let known = N::sum(&known).named("kosten buiten de grond", of, At::Once);
    let left = opbrengst - known;
    let grond = if posten.is_empty() {
        left
    } else {
        left.per(one + N::sum(&per_euro).named("kosten per euro grond", of, At::Once))
    }
    .named("residu", of, At::Once);
    Residu {
        posten: vast
            .iter()
            .zip(&per_euro)
            .map(|(a, b)| *a + *b * grond)
            .collect(),
        grond,
    }
}

/// A value at a later moment, today: `G / (1+i)^t`.
pub fn contant<N: Number>(waarde: N, disconto: Option<(N, (N, Decimal))>) -> N {
    disconto.map_or(waarde, |(i, (n, jaren))| {
        waarde.per((N::number(1) + i).power_by(jaren, n))
    })
}

/// The profit that a given land price leaves, with its share of the costs and of the opbrengst; costs include the land.
pub fn winst<N: Number>(opbrengst: N, kosten: N) -> (N, N, N) {
    let winst = opbrengst - kosten;
    let zero = N::number(0);
    (
        winst,
        winst.div_or(kosten, zero),
        winst.div_or(opbrengst, zero),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::Exact;
    use rust_decimal::dec;

    fn post(
        percentage: Decimal,
        bekend: Decimal,
        grond: bool,
        posten: Vec<usize>,
    ) -> Grondpost<Exact> {
        Grondpost {
            percentage: Exact::from(percentage),
            bekend: Exact::from(bekend),
            grond,
            posten,
            of: Of::Geheel,
        }
    }

    #[test]
    fn a_circular_residual_pays_everyone() {
        // Acquisition 6% over the land, interest 4% over land and acquisition, profit 10% over all of it.
        let (o, k) = (dec!(1000), dec!(600));
        let residu = residueel(
            Exact::from(o),
            &[Exact::from(k)],
            &[
                post(dec!(0.06), dec!(0), true, vec![]),
                post(dec!(0.04), dec!(0), true, vec![0]),
                post(dec!(0.10), k, true, vec![0, 1]),
            ],
            Of::Geheel,
        );
        let g = residu.grond.0.unwrap();
        let paid: Decimal = residu.posten.iter().map(|p| p.0.unwrap()).sum();
        assert!((g + k + paid - o).abs() < dec!(1e-20));
        approx::assert_relative_eq!(
            crate::number::to_f64(residu.posten[2].0.unwrap()),
            crate::number::to_f64(
                dec!(0.1) * (k + g + residu.posten[0].0.unwrap() + residu.posten[1].0.unwrap())
            ),
            max_relative = 1e-14
        );
    }

    #[test]
    fn half_the_costs_for_the_whole_time_is_not_all_costs_for_half_of_it() {
        let terms = |vorm, jaren: Decimal, deel: Decimal| {
            bouwrente(&Rentevoorwaarden {
                rente: Exact::from(dec!(0.08)),
                jaren: (Exact::from(jaren), jaren),
                deel: Exact::from(deel),
                termijnen: (Exact::from(dec!(4)), dec!(4)),
                vorm,
            })
            .0
            .unwrap()
        };
        assert_eq!(
            terms(Rentevorm::Enkelvoudig, dec!(2), dec!(0.5)),
            dec!(0.08)
        );
        assert_eq!(
            terms(Rentevorm::Effectief, dec!(2), dec!(0.5)),
            dec!(0.0832)
        );
        assert_eq!(terms(Rentevorm::Effectief, dec!(1), dec!(1)), dec!(0.08));
        assert_eq!(
            terms(Rentevorm::Nominaal, dec!(1), dec!(1)),
            dec!(0.08243216)
        );
    }
}

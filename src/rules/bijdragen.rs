//! Financiële bijdragen (rules 1.12; Omgevingswet 13.22–13.24, Omgevingsbesluit 8.20–8.22) and the tarief of a fonds bovenwijks (rules
//! 1.5).

use crate::number::{At, Number, Of};
use rust_decimal::Decimal;

/// On what ground a financiële bijdrage is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grondslag {
    /// An agreement (Ow 13.22): no legal maximum.
    Overeenkomst,
    /// Enforced by the omgevingsplan (Ow 13.23): the legal maximum of lid 3.
    Omgevingsplan,
}

/// The bound that an enforced bijdrage keeps to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begrenzing {
    /// The legal maximum alone.
    Wettelijk,
    /// The economic room: the maximum less the geldsom of kostenverhaal. Not in the text of the law \[C\].
    Economisch,
}

/// What decides whether a bijdrage can be enforced (Ow 13.23 and 13.24, Ob 8.21) \[V\].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a condition of the law"
)]
pub struct Omstandigheden {
    /// There is a functional relation with the development paid for (13.23 lid 1).
    pub functionele_samenhang: bool,
    /// It is of a category of Ob 8.21 lid 1.
    pub categorie: bool,
    /// Its funding is assured otherwise (13.24 c).
    pub anders_verzekerd: bool,
    /// The party has an agreement on kostenverhaal (13.24 a).
    pub overeenkomst: bool,
    /// It is a projectbesluit, or a buitenplanse activity of provincial or national interest (13.24 b).
    pub ander_belang: bool,
    /// The costs must be recovered by kostenverhaal (13.24 d, Ob 8.21 lid 2).
    pub kostenverhaal: bool,
}

/// Whether a bijdrage can be enforced (Ow 13.23, 13.24) \[V\].
pub fn afdwingbaar(o: &Omstandigheden) -> bool {
    o.functionele_samenhang
        && o.categorie
        && !(o.anders_verzekerd || o.overeenkomst || o.ander_belang || o.kostenverhaal)
}

/// What a bijdrage comes to, euro.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bijdrage<N> {
    /// Legal maximum, ≥ 0.
    pub maximum: N,
    /// The maximum less the geldsom of kostenverhaal, ≥ 0.
    pub ruimte: N,
    /// The bijdrage, ≥ 0: the party pays.
    pub bedrag: N,
}

/// A financiële bijdrage within its bounds (rules 1.12, T-1.12).
///
/// `maximum = max(0, opbrengst − inbrengwaarde)`: with tijdvak of the activity itself (13.23 lid 3 a) \[V\]; without it is the
/// waardevermeerdering (13.23 lid 3 b, Ob 8.18) \[V\], of the same form. `ruimte = min(maximum, max(0, maximum − geldsom))` \[C\]. Enforced, the bijdrage is at
/// most the bound chosen; by agreement it is what is agreed. Euro, positive pays.
pub fn financiele_bijdrage<N: Number>(
    gevraagd: N,
    opbrengst: N,
    inbrengwaarde: N,
    geldsom: N,
    grondslag: Grondslag,
    begrenzing: Begrenzing,
    of: Of,
) -> Bijdrage<N> {
    let zero = N::number(0);
    let maximum =
        (opbrengst - inbrengwaarde)
            .max(zero)
            .named("maximum financiële bijdrage", of, At::Once);
    // A geldsom below zero does not widen the bound of the law.
    let ruimte =
        (maximum - geldsom.max(zero))
            .max(zero)
            .named("ruimte financiële bijdrage", of, At::Once);
    let bedrag = match (grondslag, begrenzing) {
        (Grondslag::Overeenkomst, _) => gevraagd.max(zero),
        (Grondslag::Omgevingsplan, Begrenzing::Wettelijk) => gevraagd.max(zero).min(maximum),
        (Grondslag::Omgevingsplan, Begrenzing::Economisch) => gevraagd.max(zero).min(ruimte),
    };
    Bijdrage {
        maximum,
        ruimte,
        bedrag: bedrag.named("financiële bijdrage", of, At::Once),
    }
}

/// How interest on a repayment is reckoned; the law does not say, so it is a setting \[C\].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rentewijze {
    /// `(1 + r)^n`.
    Samengesteld,
    /// `1 + r·n`.
    Enkelvoudig,
}

/// What is paid back at the eindafrekening, euro, ≥ 0: the municipality pays.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Terugbetaling<N> {
    /// Without interest.
    pub bedrag: N,
    /// With interest.
    pub met_rente: N,
}

/// The eindafrekening of financiële bijdragen (Ob 8.22 \[V\], T-1.12): the full difference, with interest.
///
/// `max(0, betaald − nodig)`: nothing more is ever due, and there is no threshold, unlike the 5% of kostenverhaal (Ow 13.20). `rente` per
/// year, `jaren` since the payment.
pub fn eindafrekening<N: Number>(
    betaald: N,
    nodig: N,
    rente: N,
    jaren: Decimal,
    wijze: Rentewijze,
    of: Of,
) -> Terugbetaling<N> {
    let one = N::number(1);
    let bedrag = (betaald - nodig)
        .max(N::number(0))
        .named("terugbetaling bijdrage", of, At::Once);
    let factor = match wijze {
        Rentewijze::Samengesteld => (one + rente).power(jaren),
        Rentewijze::Enkelvoudig => one + rente * N::constant(jaren),
    };
    Terugbetaling {
        bedrag,
        met_rente: (bedrag * factor).named("terugbetaling bijdrage met rente", of, At::Once),
    }
}

/// A work that a fonds bovenwijks pays for.
#[derive(Debug, Clone, Copy)]
pub struct Bovenwijks<N> {
    /// Its costs, euro.
    pub kosten: N,
    /// Share of the new development in them, 0 to 1.
    pub aandeel: N,
    /// Subsidy for it, euro, ≥ 0.
    pub subsidie: N,
}

/// The tarief of a fonds bovenwijks, euro per woningequivalent, ≥ 0 (rules 1.5 \[O\], T-1.5b; chapter 8, point 4).
///
/// `max(0, Σ kosten·aandeel − Σ subsidie) / weq`: subsidies come off after the share of the new development, over all works together \[C\].
/// Without woningequivalenten the tarief is zero.
pub fn tarief_bovenwijks<N: Number>(werken: &[Bovenwijks<N>], woningequivalenten: N, of: Of) -> N {
    let zero = N::number(0);
    let mut lasten = zero;
    for w in werken {
        lasten = lasten + w.kosten * w.aandeel - w.subsidie;
        N::volgende();
    }
    lasten
        .max(zero)
        .named("lasten bovenwijks", of, At::Once)
        .div_or(woningequivalenten, zero)
        .named("tarief bovenwijks", of, At::Once)
}

/// The bijdrage to a fonds bovenwijks: `aantal · weq · tarief`, euro, positive pays (rules 1.5 \[O\]).
pub fn bijdrage_bovenwijks<N: Number>(aantal: N, weq: N, tarief: N, of: Of) -> N {
    (aantal * weq * tarief).named("bijdrage bovenwijks", of, At::Once)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::Exact;
    use rust_decimal::dec;

    /// Room is what kostenverhaal leaves of the maximum; money back leaves no more than that maximum (Ow 13.23 lid 3).
    #[test]
    fn room_is_within_the_maximum() {
        let room = |geldsom: Decimal| {
            let e = |value: Decimal| Exact::from(value);
            let x = financiele_bijdrage(
                e(dec!(5000000)),
                e(dec!(1000000)),
                e(dec!(900000)),
                e(geldsom),
                Grondslag::Omgevingsplan,
                Begrenzing::Economisch,
                Of::Geheel,
            );
            x.bedrag.0
        };
        assert_eq!(room(dec!(40000)), Some(dec!(60000)));
        assert_eq!(room(dec!(-591666.67)), Some(dec!(100000)));
        assert_eq!(room(dec!(250000)), Some(dec!(0)));
    }

    #[test]
    fn every_condition_of_the_law_counts() {
        let goed = Omstandigheden {
            functionele_samenhang: true,
            categorie: true,
            anders_verzekerd: false,
            overeenkomst: false,
            ander_belang: false,
            kostenverhaal: false,
        };
        assert!(afdwingbaar(&goed));
        for fout in [
            Omstandigheden {
                functionele_samenhang: false,
                ..goed
            },
            Omstandigheden {
                categorie: false,
                ..goed
            },
            Omstandigheden {
                anders_verzekerd: true,
                ..goed
            },
            Omstandigheden {
                overeenkomst: true,
                ..goed
            },
            Omstandigheden {
                ander_belang: true,
                ..goed
            },
            Omstandigheden {
                kostenverhaal: true,
                ..goed
            },
        ] {
            assert!(!afdwingbaar(&fout), "{fout:?}");
        }
    }
}

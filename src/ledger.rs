//! An account over time: boekwaarde with interest, end value, present values, badkuip (rules 0.2 to 0.4).
//!
//! Knows series and rates; not where flows come from, nor parties.

use crate::model::Rentemethode;
use crate::number::{At, Number, Of, at};
use crate::timeline::Timeline;
use rust_decimal::{Decimal, dec};

/// The rates of an account, per period.
#[derive(Debug, Clone, Copy)]
pub struct Rentes<N> {
    /// On a debit standing (money invested).
    pub debet: N,
    /// On a credit standing.
    pub credit: N,
}

/// When an account runs.
#[derive(Debug, Clone, Copy)]
pub struct Looptijd<'a, N> {
    /// First position that counts: the first realised period, or peildatum when the boekwaarde is given.
    pub begin: usize,
    /// Position just after the last period that it certainly runs.
    pub eind: usize,
    /// Position just after the last period that it can run, by delays.
    pub uiterst: usize,
    /// 1 while it runs, by position; read from `eind` on.
    pub loopt: &'a [N],
}

/// Boekwaarde and interest by position (rules 0.3, T-0.3). `boekwaarde` is positive when money is invested.
///
/// The rate follows the sign of the amount that bears interest; see the rule for each convention. Realised periods bear none.
#[inline(always)]
pub fn boekwaarde<N: Number>(
    methode: Rentemethode,
    opening: N,
    mutatie: &[N],
    rentes: Rentes<N>,
    timeline: &Timeline,
    tijd: &Looptijd<'_, N>,
    of: Of,
    out: (&mut [N], &mut [N]),
) {
    // Named one by one, so that each becomes a loop of its own: a choice inside the loop costs a fifth of its time.
    match methode {
        Rentemethode::Jan1 => oprenten(
            Rentemethode::Jan1,
            opening,
            mutatie,
            rentes,
            timeline,
            tijd,
            of,
            out,
        ),
        Rentemethode::Gemiddeld => oprenten(
            Rentemethode::Gemiddeld,
            opening,
            mutatie,
            rentes,
            timeline,
            tijd,
            of,
            out,
        ),
        Rentemethode::HalfjaarSi => oprenten(
            Rentemethode::HalfjaarSi,
            opening,
            mutatie,
            rentes,
            timeline,
            tijd,
            of,
            out,
        ),
        Rentemethode::Begin => oprenten(
            Rentemethode::Begin,
            opening,
            mutatie,
            rentes,
            timeline,
            tijd,
            of,
            out,
        ),
    }
}

/// The loop of [`boekwaarde`].
#[inline(always)]
fn oprenten<N: Number>(
    methode: Rentemethode,
    opening: N,
    mutatie: &[N],
    rentes: Rentes<N>,
    timeline: &Timeline,
    tijd: &Looptijd<'_, N>,
    of: Of,
    out: (&mut [N], &mut [N]),
) {
    let (boekwaarden, rente_uit) = out;
    let (zero, half) = (N::number(0), N::half());
    let halves = |r: N| (N::number(1) + r).power(dec!(0.5)) - N::number(1);
    let (debet_half, credit_half) = match methode {
        Rentemethode::HalfjaarSi => (
            halves(rentes.debet).named("halve rente", of, At::Once),
            halves(rentes.credit).named("halve creditrente", of, At::Once),
        ),
        _ => (rentes.debet, rentes.credit),
    };
    let mut stand = opening.named("boekwaarde", of, At::Opening);
    let span = tijd.begin..tijd.uiterst;
    let series = mutatie[span.clone()]
        .iter()
        .zip(&mut rente_uit[span.clone()])
        .zip(&mut boekwaarden[span.clone()]);
    for (t, ((m, rente_uit), boekwaarde)) in span.zip(series) {
        let m = *m;
        if t < timeline.peil {
            *rente_uit = zero.named("rente", of, at(t));
            stand = (stand + m).named("boekwaarde", of, at(t));
            *boekwaarde = stand;
            continue;
        }
        let rente = match methode {
            Rentemethode::Jan1 => stand * stand.if_less(zero, rentes.credit, rentes.debet),
            Rentemethode::Gemiddeld => {
                let grondslag = (stand + m * half).named("rentegrondslag", of, at(t));
                grondslag * grondslag.if_less(zero, rentes.credit, rentes.debet)
            }
            Rentemethode::HalfjaarSi => {
                let later = (stand + m).named("rentegrondslag", of, at(t));
                stand * stand.if_less(zero, rentes.credit, rentes.debet)
                    + m * later.if_less(zero, credit_half, debet_half)
            }
            Rentemethode::Begin => {
                let grondslag = (stand + m).named("rentegrondslag", of, at(t));
                grondslag * grondslag.if_less(zero, rentes.credit, rentes.debet)
            }
        };
        let rente = if t < tijd.eind {
            rente
        } else {
            rente * tijd.loopt[t]
        }
        .named("rente", of, at(t));
        *rente_uit = rente;
        stand = (stand + m + rente).named("boekwaarde", of, at(t));
        *boekwaarde = stand;
    }
}

/// The result of an account.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Resultaat<N> {
    /// Flows at current prices − opening: index, no interest (rules 0.2).
    pub reeel_saldo: N,
    /// Result at the end, with interest.
    pub eindwaarde: N,
    /// EW discounted at the BBV rate.
    pub ncw_bbv: N,
    /// EW discounted at the interest rate.
    pub ncw_rente: N,
    /// Flows discounted at the BBV rate.
    pub ncw_kasstroom: N,
    /// Lowest standing (minus boekwaarde) and the first period (its position) that has it.
    pub laagste_stand: (N, N),
    /// Number of periods with a negative standing.
    pub onder_water: N,
    /// Sum of interest; positive is a cost.
    pub rente_totaal: N,
}

/// What discounts an end value.
#[derive(Debug, Clone, Copy)]
pub struct Disconto<N> {
    /// BBV rate per year.
    pub bbv: N,
    /// Interest rate per year (debit).
    pub rente: N,
    /// Exponent to the end that is certain.
    pub exponent: Decimal,
    /// Periods per year.
    pub per_jaar: i32,
}

/// What an end value is divided by at a rate.
#[inline(always)]
fn eindfactor<N: Number>(
    rate: N,
    disconto: &Disconto<N>,
    tijd: &Looptijd<'_, N>,
    word: &'static str,
    of: Of,
) -> N {
    let one = N::number(1);
    let mut factor = (one + rate).power(disconto.exponent);
    if tijd.uiterst > tijd.eind {
        // Every period that a delay adds discounts one period more.
        let step = (one + rate).power(Decimal::ONE / Decimal::from(disconto.per_jaar));
        for t in tijd.eind..tijd.uiterst {
            factor = tijd.loopt[t]
                .if_less(one, factor, factor * step)
                .named(word, of, at(t));
        }
    }
    factor
}

/// The results of an account from its series (rules 0.2 to 0.4).
#[inline(always)]
pub fn resultaat<N: Number>(
    opening: N,
    kasstroom: &[N],
    boekwaarden: &[N],
    rente: &[N],
    disconto: &Disconto<N>,
    factoren: &[N],
    perioden: &[N],
    timeline: &Timeline,
    tijd: &Looptijd<'_, N>,
    of: Of,
    werk: &mut Vec<N>,
) -> Resultaat<N> {
    let (zero, one) = (N::number(0), N::number(1));
    let span = tijd.begin..tijd.uiterst;
    let reeel_saldo =
        (N::sum(&kasstroom[span.clone()]) - opening).named("reëel saldo", of, At::Once);
    let einde = if tijd.uiterst > tijd.begin {
        boekwaarden[tijd.uiterst - 1]
    } else {
        opening
    };
    let eindwaarde = (-einde).named("eindwaarde", of, At::Once);
    let factor = |rate: N, word: &'static str| {
        eindfactor(rate, disconto, tijd, word, of).named(word, of, At::Once)
    };
    let ncw_bbv = eindwaarde
        .per(factor(disconto.bbv, "verdisconteringsfactor"))
        .named("ncw_bbv", of, At::Once);
    let ncw_rente = eindwaarde
        .per(factor(disconto.rente, "verdisconteringsfactor rente"))
        .named("ncw_rente", of, At::Once);
    let from = timeline.peil.max(tijd.begin);
    werk.clear();
    werk.extend((from..tijd.uiterst).map(|t| kasstroom[t] * factoren[t]));
    let vooraf = if tijd.begin < timeline.peil {
        zero - N::sum(&kasstroom[tijd.begin..timeline.peil])
    } else {
        zero
    };
    let ncw_kasstroom = (N::sum(werk) - opening - vooraf).named("ncw_kasstroom", of, At::Once);
    werk.clear();
    for t in span.clone() {
        werk.push((-boekwaarden[t]).named("stand", of, at(t)));
    }
    let (laagste, wanneer) = N::lowest(werk, &perioden[span.clone()]);
    let laagste_stand = (
        laagste.named("laagste stand", of, At::Once),
        wanneer.named("laagste stand periode", of, At::Once),
    );
    for stand in werk.iter_mut() {
        *stand = stand.if_less(zero, one, zero);
    }
    let onder_water = N::sum(werk).named("perioden onder water", of, At::Once);
    let rente_totaal = N::sum(&rente[span]).named("rente totaal", of, At::Once);
    Resultaat {
        reeel_saldo,
        eindwaarde,
        ncw_bbv,
        ncw_rente,
        ncw_kasstroom,
        laagste_stand,
        onder_water,
        rente_totaal,
    }
}

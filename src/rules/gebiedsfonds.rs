//! The gebiedsfonds: deposits, spending in order of priority, balance and prefinancing (rules 3.3; chapter 8, point 7).

use crate::number::{At, Number, Of, at};

/// What happens to spending that the balance can't carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tekortregel {
    /// It is paid all the same; the fund goes below zero.
    Voorfinancieren,
    /// It is paid later.
    Doorschuiven,
    /// It stays with the one who carries the maatregel out.
    Drager,
}

/// The terms of a fund, rates per period.
#[derive(Debug, Clone, Copy)]
pub struct Voorwaarden<N> {
    /// Balance at the start.
    pub beginsaldo: N,
    /// Return per period on a positive balance; none on a negative one.
    pub rente: N,
    /// Balance below which the fund does not spend.
    pub minimum: N,
    /// Share of contributions for the gebiedsorganisatie.
    pub aandeel_organisatie: N,
    /// What happens when the balance is short.
    pub regel: Tekortregel,
}

/// What goes in and out, by period. All positive.
#[derive(Debug, Clone, Copy)]
pub struct Stromen<'a, N> {
    /// All that comes in: deposits, contributions, repayments.
    pub inleg: &'a [N],
    /// The part of it that is contributions of baathouders.
    pub bijdragen: &'a [N],
    /// Costs of the fund itself, paid before anything else.
    pub uitgaven: &'a [N],
    /// What maatregelen ask, in order of payment: one series after the other, each as long as the others.
    pub vraag: &'a [N],
}

/// What the fund does, by period.
#[derive(Debug)]
pub struct Verloop<'a, N> {
    /// Balance at the end of the period.
    pub saldo: &'a mut [N],
    /// Return.
    pub rendement: &'a mut [N],
    /// Paid to the gebiedsorganisatie.
    pub organisatie: &'a mut [N],
    /// Paid to maatregelen, laid out as `vraag`.
    pub betaald: &'a mut [N],
}

/// Who borrows from the fund, after it has done its own spending. A trait instead of a closure: only a method can be marked as
/// always inlined.
pub trait Lener<N> {
    /// What the fund has left to lend after loans and repayments of a period; nothing when nobody borrows. `gedaan` is what the fund
    /// did in it, `beschikbaar` what it can lend.
    fn lenen(&mut self, t: usize, gedaan: &Verloop<'_, N>, beschikbaar: N) -> Option<N>;
    /// What is still owed after the last period of those who borrow, and then repaid; nothing in other periods.
    fn slot(&mut self, t: usize) -> Option<N>;
}

/// Nobody borrows.
#[derive(Debug)]
pub struct Niemand;

impl<N> Lener<N> for Niemand {
    #[inline(always)]
    fn lenen(&mut self, _: usize, _: &Verloop<'_, N>, _: N) -> Option<N> {
        None
    }
    #[inline(always)]
    fn slot(&mut self, _: usize) -> Option<N> {
        None
    }
}

/// The lowest balance of a fund, at first or at the end of a period, and the prefinancing that it needs: minus that, or zero.
#[derive(Debug, Clone, Copy)]
pub struct Laagste<N> {
    /// Lowest balance.
    pub saldo: N,
    /// Prefinancing.
    pub voorfinanciering: N,
}

/// Runs a fund from period `from` on and gives its lowest balance (T-3.3).
///
/// Within a period: opening balance → return → deposits → share for the organisation → own costs → maatregelen in order while
/// balance − minimum allows → loans.
#[inline(always)]
pub fn gebiedsfonds<N: Number>(
    v: &Voorwaarden<N>,
    from: usize,
    stromen: &Stromen<'_, N>,
    out: &mut Verloop<'_, N>,
    open: &mut [N],
    lener: &mut impl Lener<N>,
) -> Laagste<N> {
    let zero = N::number(0);
    let fonds = Of::Geheel;
    let len = stromen.inleg.len();
    let maatregelen = stromen.vraag.len().checked_div(len).unwrap_or(0);
    let of = |m: usize| Of::Maatregel(m as u16);
    let mut saldo = v.beginsaldo.named("fonds saldo", fonds, At::Opening);
    let mut laagste = saldo;
    for (m, open) in open.iter_mut().enumerate().take(maatregelen) {
        *open = zero.named("fonds open", of(m), At::Opening);
    }
    for t in from..len {
        let rendement = (saldo.max(zero) * v.rente).named("fonds rendement", fonds, at(t));
        let organisatie =
            (stromen.bijdragen[t] * v.aandeel_organisatie).named("fonds organisatie", fonds, at(t));
        let mut beschikbaar =
            saldo + rendement + stromen.inleg[t] - organisatie - stromen.uitgaven[t];
        for m in 0..maatregelen {
            let vraag = stromen.vraag[m * len + t];
            let betaald = match v.regel {
                Tekortregel::Voorfinancieren => vraag,
                Tekortregel::Doorschuiven => {
                    let alles = open[m] + vraag;
                    let betaald = alles.min((beschikbaar - v.minimum).max(zero));
                    open[m] = (alles - betaald).named("fonds open", of(m), at(t));
                    betaald
                }
                Tekortregel::Drager => vraag.min((beschikbaar - v.minimum).max(zero)),
            }
            .named("fonds betaling", of(m), at(t));
            out.betaald[m * len + t] = betaald;
            beschikbaar = beschikbaar - betaald;
        }
        out.rendement[t] = rendement;
        out.organisatie[t] = organisatie;
        if let Some(over) = lener.lenen(t, out, beschikbaar - v.minimum) {
            beschikbaar = over + v.minimum;
        }
        if let Some(rest) = lener.slot(t) {
            let before = beschikbaar.named("fonds saldo voor slot", fonds, at(t));
            laagste = laagste.min(before);
            beschikbaar = before + rest;
        }
        saldo = beschikbaar.named("fonds saldo", fonds, at(t));
        laagste = laagste.min(saldo);
        out.saldo[t] = saldo;
    }
    let saldo = laagste.named("fonds laagste", fonds, At::Once);
    Laagste {
        saldo,
        voorfinanciering: (-saldo)
            .max(zero)
            .named("voorfinanciering", fonds, At::Once),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::Exact;
    use rust_decimal::{Decimal, dec};

    fn run(
        regel: Tekortregel,
        inleg: &[Decimal],
        vraag: &[Decimal],
        minimum: Decimal,
    ) -> (Vec<Decimal>, Vec<Decimal>, Decimal) {
        let exact = |v: &[Decimal]| v.iter().map(|d| Exact::from(*d)).collect::<Vec<_>>();
        let zero = vec![Exact::ZERO; inleg.len()];
        let maatregelen = vraag.len() / inleg.len();
        let (mut saldo, mut rendement, mut organisatie) =
            (zero.clone(), zero.clone(), zero.clone());
        let (mut betaald, mut open) = (
            vec![Exact::ZERO; vraag.len()],
            vec![Exact::ZERO; maatregelen],
        );
        let voorwaarden = Voorwaarden {
            beginsaldo: Exact::ZERO,
            rente: Exact::ZERO,
            minimum: Exact::from(minimum),
            aandeel_organisatie: Exact::ZERO,
            regel,
        };
        let need = gebiedsfonds(
            &voorwaarden,
            0,
            &Stromen {
                inleg: &exact(inleg),
                bijdragen: &zero,
                uitgaven: &zero,
                vraag: &exact(vraag),
            },
            &mut Verloop {
                saldo: &mut saldo,
                rendement: &mut rendement,
                organisatie: &mut organisatie,
                betaald: &mut betaald,
            },
            &mut open,
            &mut Niemand,
        )
        .voorfinanciering;
        let decimals = |v: Vec<Exact>| v.into_iter().map(|x| x.0.unwrap()).collect();
        (decimals(saldo), decimals(betaald), need.0.unwrap())
    }

    #[test]
    fn what_the_fund_lacks_is_paid_later_or_left() {
        let (saldo, betaald, need) = run(
            Tekortregel::Doorschuiven,
            &[dec!(10), dec!(10), dec!(10)],
            &[dec!(15), dec!(0), dec!(0), dec!(4), dec!(4), dec!(4)],
            dec!(1),
        );
        assert_eq!(
            betaald,
            [dec!(9), dec!(6), dec!(0), dec!(0), dec!(4), dec!(8)]
        );
        assert_eq!((saldo, need), (vec![dec!(1), dec!(1), dec!(3)], dec!(0)));
        let (_, betaald, _) = run(
            Tekortregel::Drager,
            &[dec!(10), dec!(10)],
            &[dec!(15), dec!(0)],
            dec!(0),
        );
        assert_eq!(betaald, [dec!(10), dec!(0)]);
    }
}

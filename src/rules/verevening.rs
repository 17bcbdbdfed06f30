//! Verevening: the vereveningsfonds, and costs or land value shared between parties or deelgebieden (rules 3.1 and 3.2).
//!
//! Every split adds up exactly. A part is rounded to a number of decimals, and what rounding leaves goes to the one with the
//! largest key, of equal ones the first: so the order of parties makes no difference but between equals, and who has no key
//! neither pays nor gets a cent. A key below zero counts as zero \[C\]. Settlements are positive for who pays.

use crate::number::{At, Number, Of, Rounding};

/// Decimals of a split when no others are agreed; 2 settles in whole cents.
pub const DECIMALEN: u32 = 8;

/// Sum of the keys; a key below zero counts as zero.
pub(super) fn som_van<N: Number>(sleutel: &[N]) -> N {
    let zero = N::number(0);
    let mut som = zero;
    for s in sleutel {
        som = som + s.max(zero);
        N::volgende();
    }
    som
}

/// The words of a split: a part before it is rounded, and what of the rounding comes to it.
pub(super) type Splitsing = [&'static str; 2];
/// Of what one pays or receives.
pub(super) const VERREKEND: Splitsing = ["verrekening naar sleutel", "afrondingsverschil"];
/// Of a part of a whole.
pub(super) const DEEL: Splitsing = ["deel naar sleutel", "afrondingsverschil deel"];

/// Rounds parts and gives what is then left of `totaal` to the one with the largest key, of equal ones the first.
pub(super) fn sluitend<N: Number>(
    totaal: N,
    sleutel: &[N],
    decimalen: u32,
    (van, [deel_woord, rest_woord]): (&[Of], Splitsing),
    delen: &mut [N],
) {
    let zero = N::number(0);
    let mut rest = totaal;
    let mut grootste = zero;
    for ((deel, s), van) in delen.iter_mut().zip(sleutel).zip(van) {
        *deel = deel
            .named(deel_woord, *van, At::Once)
            .round(decimalen, Rounding::HalfAwayFromZero);
        rest = rest - *deel;
        grootste = grootste.max(*s);
        N::volgende();
    }
    // One until it has been given, then zero.
    let mut nog = N::number(1);
    for ((deel, s), van) in delen.iter_mut().zip(sleutel).zip(van) {
        let krijgt = s.if_less(grootste, zero, nog);
        *deel = *deel + (krijgt * rest).named(rest_woord, *van, At::Once);
        nog = nog - krijgt;
        N::volgende();
    }
}

/// Splits an amount by a key, and gives what is not split: zero, or the whole amount when nobody has a key.
pub(super) fn verdeel<N: Number>(
    bedrag: N,
    sleutel: &[N],
    decimalen: u32,
    van: &[Of],
    delen: &mut [N],
) -> N {
    let zero = N::number(0);
    let som = som_van(sleutel);
    for (deel, s) in delen.iter_mut().zip(sleutel) {
        *deel = (bedrag * s.max(zero)).div_or(som, zero);
        N::volgende();
    }
    let geheel = zero.if_less(som, bedrag, zero);
    sluitend(geheel, sleutel, decimalen, (van, DEEL), delen);
    zero.if_less(som, zero, bedrag)
}

// ----------------------------------------------------------------------------------------------- 3.1 vereveningsfonds

/// How a number of homes that a norm asks is made whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Afronding {
    /// Up: a part of a home is a home (`ceil`).
    Omhoog,
    /// To the nearest, a half up (`round`).
    Half,
    /// Not at all: parts of homes are paid for (`none`).
    Geen,
}

/// A share of the homes that a project must make, from a number of homes on.
#[derive(Debug, Clone, Copy)]
pub struct Norm<N> {
    /// Share of the homes, 0 to 1.
    pub aandeel: N,
    /// Smallest project that the duty holds for (`N_min`).
    pub vanaf: N,
    /// How the number is made whole; a local rule.
    pub afronding: Afronding,
}

/// What a project makes, in homes.
#[derive(Debug, Clone, Copy)]
pub struct Project<N> {
    /// All its homes.
    pub woningen: N,
    /// Its homes that count for the norm.
    pub sociaal: N,
    /// Homes that count for it and are made elsewhere in its place.
    pub elders: N,
}

/// Land value of a home, euro; a fund has its own values per kern, and the caller picks those of the project.
#[derive(Debug, Clone, Copy)]
pub struct Grondwaarden<N> {
    /// Market value of the land of a free-sector home.
    pub vrij: N,
    /// Value of the land of a social home.
    pub sociaal: N,
}

/// What a project owes a vereveningsfonds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Afkoop<N> {
    /// Homes that the norm asks.
    pub vereist: N,
    /// Homes that are missing, ≥ 0.
    pub tekort: N,
    /// Homes above the norm in the project itself, ≥ 0; a fund may pay for these.
    pub overschot: N,
    /// Payment per missing home, euro, ≥ 0.
    pub per_woning: N,
    /// Payment, euro, ≥ 0: the project pays.
    pub bedrag: N,
}

/// Homes that a norm asks of a project: `rond(aandeel·N)` when `N ≥ vanaf`, else none. A part of a home below a billionth is none: a
/// third of 27 is nine.
pub(super) fn vereist<N: Number>(norm: &Norm<N>, woningen: N) -> N {
    let ruw = norm.aandeel * woningen;
    let heel = |how| ruw.round(9, Rounding::HalfAwayFromZero).round(0, how);
    let rond = match norm.afronding {
        Afronding::Omhoog => heel(Rounding::Up),
        Afronding::Half => heel(Rounding::HalfAwayFromZero),
        Afronding::Geen => ruw,
    };
    woningen.if_less(norm.vanaf, N::number(0), rond)
}

/// The afkoopsom of a project (rules 3.1, T-3.1; Ow 13.22–13.24 with Ob 8.21 lid 1 e as its legal ground \[V\]; the formula as
/// published for Alphen aan den Rijn \[P\]).
///
/// `tekort = max(0, vereist − sociaal − elders)`; `bedrag = tekort · max(0, vrij − sociaal)`. Positive: the project pays the fund.
pub fn afkoopsom<N: Number>(
    norm: &Norm<N>,
    project: &Project<N>,
    waarde: &Grondwaarden<N>,
    of: Of,
) -> Afkoop<N> {
    let zero = N::number(0);
    let vereist = vereist(norm, project.woningen).named("verevening vereist", of, At::Once);
    let tekort = (vereist - project.sociaal - project.elders)
        .max(zero)
        .named("verevening tekort", of, At::Once);
    let overschot =
        (project.sociaal - vereist)
            .max(zero)
            .named("verevening overschot", of, At::Once);
    let per_woning =
        (waarde.vrij - waarde.sociaal)
            .max(zero)
            .named("afkoopsom per woning", of, At::Once);
    Afkoop {
        vereist,
        tekort,
        overschot,
        per_woning,
        bedrag: (tekort * per_woning).named("afkoopsom", of, At::Once),
    }
}

/// A flat payment for every home of a project from a number of homes on (rules 3.1; Hilversum \[P\]). Positive: the project pays.
pub fn afdracht_per_woning<N: Number>(woningen: N, vanaf: N, tarief: N, of: Of) -> N {
    woningen
        .if_less(vanaf, N::number(0), woningen * tarief)
        .named("afdracht", of, At::Once)
}

/// A segment of a programme with its bound.
#[derive(Debug, Clone, Copy)]
pub struct Segment<N> {
    /// Homes.
    pub aantal: N,
    /// Homes that are free of payment, or the target; for a share, that share of all homes.
    pub grens: N,
    /// Euro per home.
    pub tarief: N,
}

/// What of a segment counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Telling {
    /// Homes above the bound alone: the bound is a maximum.
    Boven,
    /// Homes above and below: the bound is a target, and below it money comes back.
    Beide,
}

/// A payment by segment: `Σ max(0, aantal − grens)·tarief`, or signed `Σ (aantal − grens)·tarief` (rules 3.1 \[C\]; the amounts as seen
/// \[P\]). Positive: the project pays; the signed one may be negative.
pub fn segmentafdracht<N: Number>(
    segmenten: &[Segment<N>],
    telling: Telling,
    van: &[Of],
    of: Of,
) -> N {
    let zero = N::number(0);
    let mut totaal = zero;
    for (s, van) in segmenten.iter().zip(van) {
        let verschil = s.aantal - s.grens;
        let telt = match telling {
            Telling::Boven => verschil.max(zero),
            Telling::Beide => verschil,
        };
        totaal = totaal + (telt * s.tarief).named("segmentafdracht", *van, At::Once);
        N::volgende();
    }
    totaal.named("afdracht", of, At::Once)
}

/// Homes above the norm, for which a project asks the fund.
#[derive(Debug, Clone, Copy)]
pub struct Extra<N> {
    /// Homes above the norm.
    pub woningen: N,
    /// Euro per home asked.
    pub bedrag: N,
}

/// The most that a fund pays.
#[derive(Debug, Clone, Copy)]
pub enum Plafond<N> {
    /// No bound but its balance.
    Geen,
    /// Euro per home.
    PerWoning(N),
    /// Euro per project.
    PerProject(N),
}

/// What a vereveningsfonds pays projects above the norm, in the order of the list until the balance is gone; gives the balance left
/// (rules 3.1; chapter 8, point 5).
///
/// `min(extra·bedrag, plafond, saldo)` per project, rounded down, euro, ≥ 0: the fund pays. A balance below zero pays nothing and stays what it
/// is. Over periods this is a gebiedsfonds with rule `drager`.
pub fn uitkeringen<N: Number>(
    saldo: N,
    extra: &[Extra<N>],
    plafond: &Plafond<N>,
    decimalen: u32,
    van: &[Of],
    fonds: Of,
    uit: &mut [N],
) -> N {
    let zero = N::number(0);
    let mut over = saldo;
    for ((e, van), uit) in extra.iter().zip(van).zip(uit) {
        let woningen = e.woningen.max(zero);
        let vraag = match plafond {
            Plafond::Geen => woningen * e.bedrag,
            Plafond::PerWoning(p) => woningen * e.bedrag.min(*p),
            Plafond::PerProject(p) => (woningen * e.bedrag).min(*p),
        };
        *uit = vraag
            .max(zero)
            .min(over.max(zero))
            .round(decimalen, Rounding::Down)
            .named("uitkering verevening", *van, At::Once);
        over = over - *uit;
        N::volgende();
    }
    over.named("saldo vereveningsfonds", fonds, At::Once)
}

// --------------------------------------------------------------------------------------------------- 3.2 kostendeling

/// What a settlement gives, by party or deelgebied.
#[derive(Debug)]
pub struct Verrekening<'a, N> {
    /// Euro, positive for who pays, negative for who receives; the sum is zero.
    pub bedrag: &'a mut [N],
    /// Euro: what one carries (of costs) or keeps (of land value) after the settlement.
    pub na: &'a mut [N],
}

/// Costs shared by any key, whoever made them: 'who profits pays', '10 % is school or park, so everyone carries 10 %' (rules 3.2,
/// T-3.2 \[P\], formula \[C\]).
///
/// `bedrag[i] = sleutel[i]/Σ sleutel · Σ eigen − eigen[i]`: positive pays, negative receives, the sum is zero. Nobody has a key:
/// nothing is settled, and everyone carries its own costs. That `Σ eigen` is the total agreed is for the caller to check.
pub fn kostendeling<N: Number>(
    sleutel: &[N],
    eigen: &[N],
    decimalen: u32,
    van: &[Of],
    uit: &mut Verrekening<'_, N>,
) {
    let zero = N::number(0);
    let som = som_van(sleutel);
    let totaal = N::sum(eigen);
    for ((bedrag, s), eigen) in uit.bedrag.iter_mut().zip(sleutel).zip(eigen) {
        *bedrag = (totaal * s.max(zero)).div_or(som, *eigen) - *eigen;
        N::volgende();
    }
    sluitend(zero, sleutel, decimalen, (van, VERREKEND), uit.bedrag);
    for (i, van) in van.iter().enumerate() {
        uit.bedrag[i] = uit.bedrag[i].named("verrekening", *van, At::Once);
        uit.na[i] = (eigen[i] + uit.bedrag[i]).named("kosten na verrekening", *van, At::Once);
        N::volgende();
    }
}

/// What of a comparison counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meetellen {
    /// Only who is worse off than the reference: specials are compensated by all.
    Tekorten,
    /// Who is better off too: zoete and zure plinten in one settlement.
    Saldi,
}

/// Compensation for *specials*: who makes what yields less than a reference (school, park, affordable plinth) is compensated by all, by
/// a key (rules 3.2 \[P\], formula \[C\]).
///
/// `gemis[i] = referentie[i] − werkelijk[i]`, euro, positive when it yields less; that is then shared as costs are ([`kostendeling`]),
/// its maker included.
pub fn compensatie<N: Number>(
    sleutel: &[N],
    referentie: &[N],
    werkelijk: &[N],
    meetellen: Meetellen,
    decimalen: u32,
    van: &[Of],
    gemis: &mut [N],
    uit: &mut Verrekening<'_, N>,
) {
    for (i, van) in van.iter().enumerate() {
        let verschil = referentie[i] - werkelijk[i];
        gemis[i] = match meetellen {
            Meetellen::Tekorten => verschil.max(N::number(0)),
            Meetellen::Saldi => verschil,
        }
        .named("gemis", *van, At::Once);
        N::volgende();
    }
    kostendeling(sleutel, gemis, decimalen, van, uit);
}

/// Land value made equal per unit of a measure: per m² uitgeefbaar, or per home (rules 3.2, T-3.2D \[C\]).
///
/// `bedrag[i] = waarde[i] − maat[i]/Σ maat · Σ waarde`: positive for the deelgebied that yields more per unit than the whole; the sum is
/// zero. Nobody has a measure: nothing is settled.
pub fn gelijke_grondwaarde<N: Number>(
    maat: &[N],
    waarde: &[N],
    decimalen: u32,
    van: &[Of],
    uit: &mut Verrekening<'_, N>,
) {
    let zero = N::number(0);
    let som = som_van(maat);
    let totaal = N::sum(waarde);
    for ((bedrag, m), waarde) in uit.bedrag.iter_mut().zip(maat).zip(waarde) {
        *bedrag = *waarde - (totaal * m.max(zero)).div_or(som, *waarde);
        N::volgende();
    }
    sluitend(zero, maat, decimalen, (van, VERREKEND), uit.bedrag);
    waarde_na(waarde, van, uit);
}

/// What is left of a land value after the settlement, and the names of both.
fn waarde_na<N: Number>(waarde: &[N], van: &[Of], uit: &mut Verrekening<'_, N>) {
    for (i, van) in van.iter().enumerate() {
        uit.bedrag[i] = uit.bedrag[i].named("verrekening", *van, At::Once);
        uit.na[i] = (waarde[i] - uit.bedrag[i]).named("grondwaarde na verrekening", *van, At::Once);
        N::volgende();
    }
}

/// What a settlement to targets leaves, euro, both ≥ 0; one of them is zero.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Doelrest<N> {
    /// Missing from the targets.
    pub onvervuld: N,
    /// Above the targets.
    pub over: N,
}

/// Land value moved to a given target per deelgebied (rules 3.2, T-3.2E \[C\]).
///
/// Who is above its target gives, who is below it gets; the amount that moves is the lesser of all that is above and all that is
/// missing, carried pro rata of what one is above and spread pro rata of what one misses. So nobody passes its target, and the sum is
/// zero whether or not the targets add up to the land value.
pub fn doelgrondwaarde<N: Number>(
    doel: &[N],
    waarde: &[N],
    decimalen: u32,
    van: &[Of],
    geheel: Of,
    uit: &mut Verrekening<'_, N>,
) -> Doelrest<N> {
    let zero = N::number(0);
    let (mut boven, mut onder) = (zero, zero);
    for (i, (doel, waarde)) in doel.iter().zip(waarde).enumerate() {
        let named = |value: N, word: &'static str| value.named(word, van[i], At::Once);
        uit.na[i] = named((*waarde - *doel).max(zero), "ruimte boven doel");
        uit.bedrag[i] = named((*doel - *waarde).max(zero), "gemis onder doel");
        boven = boven + uit.na[i];
        onder = onder + uit.bedrag[i];
        N::volgende();
    }
    let gaat_om = boven.min(onder).named("wat omgaat", geheel, At::Once);
    for (bedrag, na) in uit.bedrag.iter_mut().zip(uit.na.iter_mut()) {
        let (ruimte, gemis) = (*na, *bedrag);
        *bedrag = (gaat_om * ruimte).div_or(boven, zero) - (gaat_om * gemis).div_or(onder, zero);
        // For as long as it serves as the key of what rounding leaves.
        *na = ruimte.max(gemis);
        N::volgende();
    }
    sluitend(zero, uit.na, decimalen, (van, VERREKEND), uit.bedrag);
    waarde_na(waarde, van, uit);
    Doelrest {
        onvervuld: (onder - gaat_om).named("doel onvervuld", geheel, At::Once),
        over: (boven - gaat_om).named("boven doel", geheel, At::Once),
    }
}

/// Costs that nobody made on its own land (a park, the gebiedsorganisatie), divided by a key (rules 3.2 \[P\], formula \[C\]).
///
/// `bijdrage[i] = sleutel[i]/Σ sleutel · bedrag`, euro, positive pays who carries the costs out. Gives what stays uncovered: zero, or the
/// whole amount when nobody has a key.
pub fn collectieve_kosten<N: Number>(
    bedrag: N,
    sleutel: &[N],
    decimalen: u32,
    van: &[Of],
    geheel: Of,
    bijdrage: &mut [N],
) -> N {
    let ongedekt = verdeel(bedrag, sleutel, decimalen, van, bijdrage);
    for (bijdrage, van) in bijdrage.iter_mut().zip(van) {
        *bijdrage = bijdrage.named("collectieve bijdrage", *van, At::Once);
        N::volgende();
    }
    ongedekt.named("collectief ongedekt", geheel, At::Once)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::Exact;
    use rust_decimal::{Decimal, dec};

    fn exact<const L: usize>(values: [Decimal; L]) -> [Exact; L] {
        values.map(Exact::from)
    }

    #[test]
    fn what_rounding_leaves_goes_to_the_largest_key_and_nothing_to_no_key() {
        let mut delen = [Exact::ZERO; 4];
        let rest = verdeel(
            Exact::from(dec!(100)),
            &exact([dec!(0), dec!(1), dec!(1), dec!(1)]),
            2,
            &[Of::Geheel; 4],
            &mut delen,
        );
        assert_eq!(
            delen,
            exact([dec!(0), dec!(33.34), dec!(33.33), dec!(33.33)])
        );
        assert_eq!(rest, Exact::ZERO);
        let rest = verdeel(
            Exact::from(dec!(100)),
            &exact([dec!(0), dec!(-1), dec!(0), dec!(0)]),
            2,
            &[Of::Geheel; 4],
            &mut delen,
        );
        assert_eq!((delen, rest), (exact([dec!(0); 4]), Exact::from(dec!(100))));
    }

    #[test]
    fn a_third_of_27_is_nine_and_a_half_goes_up() {
        let vereist = |aandeel, woningen, afronding| {
            vereist(
                &Norm {
                    aandeel: Exact::from(aandeel),
                    vanaf: Exact::from(dec!(3)),
                    afronding,
                },
                Exact::from(woningen),
            )
            .0
            .unwrap()
        };
        let twee_derde = dec!(0.6666666666666666666666666667);
        assert_eq!(vereist(twee_derde, dec!(27), Afronding::Omhoog), dec!(18));
        assert_eq!(vereist(dec!(0.3), dec!(15), Afronding::Half), dec!(5));
        assert_eq!(vereist(dec!(0.3), dec!(14), Afronding::Half), dec!(4));
        assert_eq!(vereist(dec!(0.3), dec!(2), Afronding::Omhoog), dec!(0));
    }
}

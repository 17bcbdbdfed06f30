//! Inbreng and forms of cooperation: normative inbrengwaarde, development rights, virtuele grondbank, bouwclaim, GEM (rules 3.5).
//!
//! Formulas are own knowledge, not verified \[O\]; that inbrengwaarden are normative or forfaitair is a spelregel of the
//! Praktijkhandleiding NOVEX \[P\]. Splits add up exactly, as in [`super::verevening`].

use super::verevening::{DECIMALEN, DEEL, VERREKEND, sluitend, som_van, verdeel};
use crate::number::{At, Number, Of};

/// Decimals of a share: shares of a whole add up to exactly 1.
const AANDEEL_DECIMALEN: u32 = 12;

/// The normative inbrengwaarde of a party: `Σ m² · normwaarde`, euro (rules 3.5, T-3.5). One element per kind of land
/// (bestemming, ligging).
pub fn normatieve_inbrengwaarde<N: Number>(m2: &[N], normwaarde: &[N], of: Of) -> N {
    let mut som = N::number(0);
    for (m2, waarde) in m2.iter().zip(normwaarde) {
        som = som + *m2 * *waarde;
        N::volgende();
    }
    som.named("normatieve inbrengwaarde", of, At::Once)
}

/// The share of each in what all bring in: `inbreng[i]/Σ inbreng` (rules 3.5). The key is the inbrengwaarde, or m². The shares add up to
/// exactly 1; all are zero when nobody brings in anything.
pub fn aandelen<N: Number>(inbreng: &[N], van: &[Of], aandeel: &mut [N]) {
    verdeel(N::number(1), inbreng, AANDEEL_DECIMALEN, van, aandeel);
    for (aandeel, van) in aandeel.iter_mut().zip(van) {
        *aandeel = aandeel.named("aandeel inbreng", *van, At::Once);
        N::volgende();
    }
}

/// What a virtuele grondbank gives, by party.
#[derive(Debug)]
pub struct Grondbank<'a, N> {
    /// Development rights, in units of the programme.
    pub rechten: &'a mut [N],
    /// Euro, positive for who builds more than its rights and pays; the sum is zero.
    pub verrekening: &'a mut [N],
}

/// Development rights pro rata of inbreng, and the virtuele grondbank that settles who builds more or less than those (rules 3.5, T-3.5).
///
/// `rechten[i] = inbreng[i]/Σ inbreng · Σ feitelijk`; `verrekening[i] = (feitelijk[i] − rechten[i]) · waarde`, euro, positive pays. In
/// units with `waarde` the land value of one; or `feitelijk` the residual land value of what stands on one's own land, and `waarde` 1.
/// Nobody brings in anything: everyone has the right to what it builds, and nothing is settled.
pub fn grondbank<N: Number>(
    inbreng: &[N],
    feitelijk: &[N],
    waarde: N,
    decimalen: u32,
    van: &[Of],
    uit: &mut Grondbank<'_, N>,
) {
    let zero = N::number(0);
    let som = som_van(inbreng);
    let programma = N::sum(feitelijk);
    for (i, (inbreng, feitelijk)) in inbreng.iter().zip(feitelijk).enumerate() {
        let recht = (programma * inbreng.max(zero)).div_or(som, *feitelijk);
        uit.rechten[i] = recht;
        uit.verrekening[i] = (*feitelijk - recht) * waarde;
        N::volgende();
    }
    sluitend(programma, inbreng, DECIMALEN, (van, DEEL), uit.rechten);
    sluitend(zero, inbreng, decimalen, (van, VERREKEND), uit.verrekening);
    for (i, van) in van.iter().enumerate() {
        uit.rechten[i] = uit.rechten[i].named("ontwikkelrecht", *van, At::Once);
        uit.verrekening[i] = uit.verrekening[i].named("verrekening grondbank", *van, At::Once);
        N::volgende();
    }
}

/// A bouwclaim of one party.
#[derive(Debug, Clone, Copy)]
pub struct Claim<N> {
    /// Land that it sells to the municipality.
    pub m2: N,
    /// What it gets for that, euro per m².
    pub inkoopprijs: N,
    /// Plots ready for building that it has the right to buy back.
    pub kavels: N,
    /// What it pays for those, euro per plot.
    pub kavelprijs: N,
}

/// What bouwclaims give the municipality, euro.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bouwclaim<N> {
    /// Paid for land, ≥ 0.
    pub inkoop: N,
    /// Got for plots, ≥ 0.
    pub verkoop: N,
    /// `verkoop − inkoop − kosten`, positive is gain.
    pub resultaat: N,
}

/// Bouwclaims: parties sell land, the municipality makes it ready for building and sells plots back (rules 3.5, T-3.5B).
///
/// `saldo[i] = kavels·kavelprijs − m²·inkoopprijs`, euro, positive pays the municipality; the result of the municipality is `Σ saldo −
/// kosten`.
pub fn bouwclaim<N: Number>(
    claims: &[Claim<N>],
    kosten: N,
    van: &[Of],
    gemeente: Of,
    saldo: &mut [N],
) -> Bouwclaim<N> {
    let (mut inkoop, mut verkoop) = (N::number(0), N::number(0));
    for ((claim, van), saldo) in claims.iter().zip(van).zip(saldo) {
        let betaald = claim.m2 * claim.inkoopprijs;
        let ontvangen = claim.kavels * claim.kavelprijs;
        *saldo = (ontvangen - betaald).named("bouwclaim saldo", *van, At::Once);
        inkoop = inkoop + betaald;
        verkoop = verkoop + ontvangen;
        N::volgende();
    }
    let inkoop = inkoop.named("bouwclaim inkoop", gemeente, At::Once);
    let verkoop = verkoop.named("bouwclaim verkoop", gemeente, At::Once);
    Bouwclaim {
        inkoop,
        verkoop,
        resultaat: (verkoop - inkoop - kosten).named("bouwclaim resultaat", gemeente, At::Once),
    }
}

/// The result of a GEM split by kapitaalaandeel, with the risk limited to equity; gives what is not split (rules 3.5, T-3.5G).
///
/// `deel[i] = inleg[i]/Σ inleg · max(resultaat, −Σ inleg)`, euro, positive is gain: nobody loses more than it brought in. What is not
/// split is the loss beyond all equity (≤ 0: it falls on lenders and guarantors), or the whole result when nobody brought in equity.
pub fn gem<N: Number>(
    resultaat: N,
    inleg: &[N],
    decimalen: u32,
    van: &[Of],
    geheel: Of,
    deel: &mut [N],
) -> N {
    let verdeelbaar = resultaat.max(-som_van(inleg));
    let onverdeeld = verdeel(verdeelbaar, inleg, decimalen, van, deel);
    for (deel, van) in deel.iter_mut().zip(van) {
        *deel = deel.named("aandeel resultaat GEM", *van, At::Once);
        N::volgende();
    }
    (resultaat - verdeelbaar + onverdeeld).named("resultaat GEM onverdeeld", geheel, At::Once)
}

//! Kostenverhaal: what the owners in an area pay of the costs that were made for their land (Omgevingswet afd. 13.6, Omgevingsbesluit
//! afd. 8.4, Omgevingsregeling hfst. 13; rules 1.1 to 1.11).
//!
//! Amounts in euro at contante waarde per peildatum, excluding btw; positive is what an owner pays. Legal thresholds are parameters
//! and come in as numbers. What the rules mark \[O\] or \[C\] is an argument here, and a setting of the model.

use crate::number::{At, Number, Of};
use rust_decimal::Decimal;

/// The activities of art. 8.13 Omgevingsbesluit, by letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activiteit {
    /// At least one building with a woonfunctie.
    Woongebouw,
    /// At least one main building without one.
    Hoofdgebouw,
    /// Enlarging a building.
    Uitbreiding,
    /// A building that is no main building.
    Bijgebouw,
    /// Making homes of a building without them.
    VerbouwWonen,
    /// Making kantoor, winkel or horeca of another function.
    VerbouwFunctie,
}

impl Activiteit {
    /// The activity of a letter, as table `eigendom` has it.
    pub fn van(letter: &str) -> Self {
        match letter {
            "b" => Activiteit::Hoofdgebouw,
            "c" => Activiteit::Uitbreiding,
            "d" => Activiteit::Bijgebouw,
            "e" => Activiteit::VerbouwWonen,
            "f" => Activiteit::VerbouwFunctie,
            _ => Activiteit::Woongebouw,
        }
    }
}

/// The thresholds of art. 8.13.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drempels {
    /// m2 bvo of an enlargement or of a building that is no main building.
    pub uitbreiding_m2: Decimal,
    /// Woonfuncties in existing buildings.
    pub woonfuncties: Decimal,
    /// m2 bvo that changes function.
    pub functiewijziging_m2: Decimal,
}

/// Whether an activity is liable (Ob 8.13, rules 1.2, T-1.2). `omvang`: m2 bvo, or woonfuncties; one that is not given counts as
/// large enough, as nothing then says that it is small.
pub fn plichtig(activiteit: Activiteit, omvang: Option<Decimal>, drempels: &Drempels) -> bool {
    let from = |threshold: Decimal| omvang.is_none_or(|o| o >= threshold);
    match activiteit {
        Activiteit::Woongebouw | Activiteit::Hoofdgebouw => true,
        Activiteit::Uitbreiding | Activiteit::Bijgebouw => from(drempels.uitbreiding_m2),
        Activiteit::VerbouwWonen => from(drempels.woonfuncties),
        Activiteit::VerbouwFunctie => from(drempels.functiewijziging_m2),
    }
}

/// Whether the authority may waive recovery because the geldsommen together are small (Ob 8.14 under a, rules 1.3, T-1.3). "May":
/// a flag, the amounts stay.
pub fn mag_afzien(geldsommen: Decimal, grens: Decimal) -> bool {
    geldsommen < grens
}

/// The grounds of Ob 8.14 on which the authority may waive recovery (rules 1.3): a, the geldsommen together are small; b, nothing of
/// A5 to A9 is recovered; c, all of it is connecting to public space or utilities, which only the model can say.
pub fn gronden_om_af_te_zien(
    geldsommen: Decimal,
    grens: Decimal,
    kostensoorten: &[(&'static str, Decimal)],
    alleen_aansluiting: bool,
) -> Vec<&'static str> {
    let works = ["A5", "A6", "A7", "A8", "A9"];
    let made = kostensoorten
        .iter()
        .any(|(code, amount)| works.contains(code) && !amount.is_zero());
    let grounds = [
        ("a", mag_afzien(geldsommen, grens)),
        ("b", !made),
        ("c", alleen_aansluiting),
    ];
    grounds
        .into_iter()
        .filter_map(|(ground, holds)| holds.then_some(ground))
        .collect()
}

/// The share of a cost that falls on the area: toerekenbaar × profijt of the area / profijt of all beneficiaries (Ow 13.11(1),
/// 13.14(1)(b); formula \[C\]; rules 1.5, T-1.5). Without a key the area has all the profijt.
pub fn verhaalbaar<N: Number>(toerekenbaar: N, profijt: Option<(N, &[N])>) -> N {
    match profijt {
        None => toerekenbaar,
        Some((own, all)) => (toerekenbaar * own).div_or(N::sum(all), N::number(0)),
    }
}

/// What of the plankosten counts: no more than their maximum (Ow 13.21, Or 13.2; rules 1.11).
pub fn plankosten<N: Number>(plankosten: N, maximum: Option<N>) -> N {
    maximum.map_or(plankosten, |most| plankosten.min(most))
}

/// The maximum of the plankosten: Σ base × (1 + Σ percentages), percentages added and not multiplied (Or 13.2(3); rules 1.11, T-1.11).
pub fn plankosten_maximum<N: Number>(producten: &[(N, &[N])]) -> N {
    let parts: Vec<N> = producten
        .iter()
        .map(|(base, percentages)| *base * (N::number(1) + N::sum(percentages)))
        .collect();
    N::sum(&parts)
}

/// What an owner who builds himself may deduct of plankosten: his own, to a share of their maximum (Or 13.8; rules 1.11, T-1.11).
pub fn plankosten_zelfrealisatie<N: Number>(eigen: N, maximum: N, aandeel: N) -> N {
    eigen.min(maximum * aandeel)
}

/// A small work, of which the plankosten have a fixed maximum (Or 13.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kleinwerk {
    /// Greenhouses, m2.
    Kas(Decimal),
    /// A building with one woonfunctie, an enlargement with one, or a conversion under Ob 8.13 e or f.
    Woonfunctie,
    /// The main building of a farm or firm, m2.
    Bedrijfsgebouw(Decimal),
    /// Enlarging a factory, m2.
    Industrie(Decimal),
    /// Another enlargement, m2.
    Uitbreiding(Decimal),
}

/// The bounds of the classes of small works, m2 (Or 13.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kleingrenzen {
    /// Greenhouses of the first, the second and the third class.
    pub kas: [Decimal; 3],
    /// Main building of a farm or firm.
    pub bedrijfsgebouw: Decimal,
    /// Factory and other enlargements.
    pub uitbreiding: Decimal,
}

/// The class of a small work, from 0; nothing when it is too large to be one. A bound itself lies in the lower class: the text of the
/// regulation overlaps there (\[C\], rules chapter 8, point 8).
pub fn kleine_klasse(werk: Kleinwerk, grenzen: &Kleingrenzen) -> Option<usize> {
    match werk {
        Kleinwerk::Kas(m2) => grenzen.kas.iter().position(|most| m2 <= *most),
        Kleinwerk::Woonfunctie => Some(1),
        Kleinwerk::Bedrijfsgebouw(m2) => (m2 <= grenzen.bedrijfsgebouw).then_some(1),
        Kleinwerk::Industrie(m2) | Kleinwerk::Uitbreiding(m2) => {
            (m2 <= grenzen.uitbreiding).then_some(1)
        }
    }
}

/// The maximum of the plankosten of a small work: the amount of its class and the costs of products 2.3a to d (Or 13.5; T-1.11).
pub fn plankosten_klein<N: Number>(klasse: N, producten: N) -> N {
    klasse + producten
}

/// What is spread over an area.
#[derive(Debug, Clone, Copy)]
pub struct Omslag<N> {
    /// Recoverable costs less contributions of others.
    pub netto: N,
    /// What is spread: no more than the land brings in, and not less than nothing.
    pub omslag: N,
    /// What the land can't bear: the municipality's.
    pub tekort: N,
}

/// Macro-aftopping (Ow 13.14(2), Wro 6.16; rules 1.7 steps 2 to 4, T-1.7a, T-1.7b).
pub fn omslaan<N: Number>(kosten: N, bijdragen: N, opbrengst: N, of: Of) -> Omslag<N> {
    let zero = N::number(0);
    let netto = (kosten - bijdragen).named("netto verhaalbare kosten", of, At::Once);
    Omslag {
        netto,
        omslag: netto.min(opbrengst).max(zero).named("omslag", of, At::Once),
        tekort: (netto - opbrengst)
            .max(zero)
            .named("tekort na aftopping", of, At::Once),
    }
}

/// A part of what is spread, pro rata of what the land brings in (Ow 13.16; rules 1.7 step 5).
pub fn naar_rato<N: Number>(omslag: N, opbrengst: N, geheel: N) -> N {
    (omslag * opbrengst).div_or(geheel, N::number(0))
}

/// A category in the technique of basiseenheid × gewichtsfactor: units of the owner, of all, and what the category brings in.
#[derive(Debug, Clone, Copy)]
pub struct Categorie<N> {
    /// Basiseenheden of the owner.
    pub eigen: N,
    /// Basiseenheden of all.
    pub alle: N,
    /// Opbrengst of all of them.
    pub opbrengst: N,
}

/// The same part by gewogen eenheden (Wro 6.18, equivalent to Ow 13.16; rules 1.7). A gewichtsfactor is the opbrengst per unit, so the
/// reference category falls out; it equals [`naar_rato`] when all units of a category have one contante waarde.
pub fn naar_gewicht<N: Number>(omslag: N, categorieen: &[Categorie<N>], geheel: N) -> N {
    let mut weighted = N::number(0);
    for c in categorieen {
        weighted = weighted + (c.eigen * c.opbrengst).div_or(c.alle, N::number(0));
    }
    (omslag * weighted).div_or(geheel, N::number(0))
}

/// What an owner deducts for works of his own: of each, no more than the raming says (Ow 13.18(2)(b)); per item or together \[C\]
/// (rules 1.7 step 6). `posten`: own cost and raming.
pub fn eigen_kosten<N: Number>(posten: &[(N, N)], per_post: bool) -> N {
    let mut total = N::number(0);
    if per_post {
        for (own, raming) in posten {
            total = total + own.min(*raming);
        }
        return total;
    }
    let mut raming = N::number(0);
    for (own, most) in posten {
        total = total + *own;
        raming = raming + *most;
    }
    total.min(raming)
}

/// What an owner pays.
#[derive(Debug, Clone, Copy)]
pub struct Geldsom<N> {
    /// Before the floor.
    pub netto: N,
    /// What is due.
    pub geldsom: N,
}

/// With a tijdvak: bruto − inbrengwaarde − own costs (Ow 13.18(2)); the floor at zero is \[O\], so `vloer` says whether it holds
/// (rules 1.7 steps 6 and 7).
pub fn geldsom_tijdvak<N: Number>(
    bruto: N,
    inbrengwaarde: N,
    aftrek: N,
    vloer: bool,
    of: Of,
) -> Geldsom<N> {
    let netto = (bruto - inbrengwaarde - aftrek).named("netto bijdrage", of, At::Once);
    let due = if vloer {
        netto.max(N::number(0))
    } else {
        netto
    };
    Geldsom {
        netto,
        geldsom: due,
    }
}

/// Without a tijdvak: the least of the share in the costs, the maximum of the activity and the rise in value, and never less than
/// nothing; no deductions (Ow 13.15(2), 13.16, 13.18(3); rules 1.8, T-1.8).
pub fn geldsom_zonder<N: Number>(
    aandeel: N,
    maximum: Option<N>,
    waardevermeerdering: N,
    of: Of,
) -> Geldsom<N> {
    let most = maximum.map_or(aandeel, |most| aandeel.min(most));
    let netto = most
        .min(waardevermeerdering)
        .named("netto bijdrage", of, At::Once);
    Geldsom {
        netto,
        geldsom: netto.max(N::number(0)),
    }
}

/// What is repaid at the eindafrekening: the difference above a threshold of what was paid, and never a charge (Ow 13.20(1) and (2);
/// rules 1.10, T-1.10). `drempel`: 0.05 in the law.
pub fn eindafrekening<N: Number>(betaald: N, herrekend: N, drempel: N, of: Of) -> N {
    (betaald - herrekend - betaald * drempel)
        .max(N::number(0))
        .named("terugbetaling", of, At::Once)
}

/// The same without a tijdvak: less other costs of designated kinds that were made within the maximum (Ow 13.20(3); \[C\]).
pub fn eindafrekening_zonder<N: Number>(
    betaald: N,
    herrekend: N,
    drempel: N,
    andere_kosten: N,
    of: Of,
) -> N {
    (betaald - herrekend - betaald * drempel - andere_kosten)
        .max(N::number(0))
        .named("terugbetaling", of, At::Once)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::Exact;
    use rust_decimal::dec;

    fn e(value: Decimal) -> Exact {
        Exact::from(value)
    }

    #[test]
    fn recovery_may_be_waived_on_three_grounds() {
        let road: &[(&'static str, Decimal)] = &[("A1", dec!(900)), ("A8", dec!(50000))];
        let plan: &[(&'static str, Decimal)] = &[("A1", dec!(50900)), ("A8", dec!(0))];
        let grounds = |sum, costs, alone| gronden_om_af_te_zien(sum, dec!(10000), costs, alone);
        assert_eq!(grounds(dec!(9999.99), road, false), ["a"]);
        assert!(grounds(dec!(10000), road, false).is_empty());
        assert_eq!(grounds(dec!(50900), plan, false), ["b"]);
        assert_eq!(grounds(dec!(50900), road, true), ["c"]);
        assert_eq!(grounds(dec!(9000), plan, true), ["a", "b", "c"]);
    }

    #[test]
    fn nothing_is_spread_over_land_that_brings_in_nothing() {
        let o = omslaan(e(dec!(100)), e(dec!(0)), e(dec!(0)), Of::Geheel);
        assert_eq!((o.omslag.0, o.tekort.0), (Some(dec!(0)), Some(dec!(100))));
        assert_eq!(naar_rato(o.omslag, e(dec!(0)), e(dec!(0))).0, Some(dec!(0)));
    }

    #[test]
    fn subsidies_above_the_costs_are_not_paid_out() {
        let o = omslaan(e(dec!(100)), e(dec!(150)), e(dec!(80)), Of::Geheel);
        assert_eq!((o.omslag.0, o.tekort.0), (Some(dec!(0)), Some(dec!(0))));
    }

    #[test]
    fn own_costs_count_to_their_raming_each_or_together() {
        let posten = [(e(dec!(120)), e(dec!(100))), (e(dec!(40)), e(dec!(70)))];
        assert_eq!(eigen_kosten(&posten, true).0, Some(dec!(140)));
        assert_eq!(eigen_kosten(&posten, false).0, Some(dec!(160)));
    }
}

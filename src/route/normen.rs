//! Norms held against the programme: what is asked, what is missing or too much, and what meeting it does to the land value. Once for the
//! record and for the recorder.

use super::number;
use crate::model::Model;
use crate::model::normen::{Norm, Normsoort, Telrij};
use crate::model::table::{dutch, name_key};
use crate::number::{At, Exact, Number, Of, Quantity};
use crate::problem::{Problem, nearest};
use crate::rules::normen::{self, Richting, Ruimtenorm};
use rust_decimal::Decimal;

/// The figures of a norm by address, with their words.
pub const CIJFERS: [(&str, &str); 6] = [
    ("deel", "telt voor norm"),
    ("geheel", "geheel voor norm"),
    ("aandeel", "aandeel in programma"),
    ("norm", "gevraagd door norm"),
    ("afwijking", "afwijking"),
    ("effect", "effect op grondwaarde"),
];

/// What a norm comes to, in the order of [`CIJFERS`].
pub type Toets<N> = [N; 6];

fn getal<N: Number>(q: &Quantity) -> N {
    N::of(N::fixed(q.value, q.place.as_ref()))
}

/// Whether any of rows counts, so that they have an average.
fn telt(rijen: &[Telrij]) -> bool {
    rijen
        .iter()
        .any(|r| !r.aantal.value.is_zero() && r.m2.as_ref().is_none_or(|m2| !m2.value.is_zero()))
}

/// Whether the whole of a norm holds more than what counts for it.
fn telt_ook(norm: &Norm) -> bool {
    let sum = |rijen: &[Telrij]| {
        let parts = rijen.iter().map(|r| {
            let units = Exact::from(r.aantal.value);
            r.m2.as_ref()
                .map_or(units, |m2| units * Exact::from(m2.value))
        });
        parts.fold(Exact::ZERO, |a, b| a + b)
    };
    sum(&norm.geheel) != sum(&norm.deel)
}

/// Whether it is known what goes and what comes when a share is met: given, or the average of rows that are there and have a price.
fn effect_bekend(norm: &Norm, hoogstens: bool) -> bool {
    let priced = |rijen: &[Telrij]| rijen.iter().all(|r| r.grondprijs.is_some());
    let counting = telt(&norm.deel) && priced(&norm.deel);
    let other = telt_ook(norm) && priced(&norm.deel) && priced(&norm.geheel);
    let [van, naar] = norm.grondwaarden.each_ref().map(Option::is_some);
    let (of_van, of_naar) = if hoogstens {
        (counting, other)
    } else {
        (other, counting)
    };
    (van || of_van) && (naar || of_naar)
}

/// Of rows: how many count, and their land value; nothing when a row does not give it.
fn tellen<N: Number>(rijen: &[Telrij]) -> (N, Option<N>) {
    let parts: Vec<(N, Option<N>)> = rijen
        .iter()
        .map(|r| {
            let units = getal::<N>(&r.aantal);
            let counted = r.m2.as_ref().map_or(units, |m2| units * getal(m2));
            (
                counted,
                r.grondprijs.as_ref().map(|price| units * getal(price)),
            )
        })
        .collect();
    let (counts, values): (Vec<N>, Vec<Option<N>>) = parts.into_iter().unzip();
    let values: Option<Vec<N>> = values.into_iter().collect();
    (N::sum(&counts), values.map(|v| N::sum(&v)))
}

fn toets<N: Number>(norm: &Norm, nth: usize) -> Toets<N> {
    let zero = N::number(0);
    let of = Of::Norm(nth as u16, u16::MAX);
    let waarde: N = getal(&norm.waarde);
    let given = || {
        let [van, naar] = &norm.grondwaarden;
        Some((getal::<N>(van.as_ref()?), getal::<N>(naar.as_ref()?)))
    };
    let called = |value: N, k: usize| value.named(CIJFERS[k].1, of, At::Once);
    let (deel, geheel, aandeel, gevraagd, afwijking, waarden) = match norm.soort {
        Normsoort::Aandeel { hoogstens } => {
            let richting = if hoogstens {
                Richting::Hoogstens
            } else {
                Richting::Minstens
            };
            let (deel, own) = tellen::<N>(&norm.deel);
            let (geheel, all) = tellen::<N>(&norm.geheel);
            let (deel, geheel) = (called(deel, 0), called(geheel, 1));
            let x = normen::aandeelnorm(deel, geheel, waarde, richting, of);
            // Of what is not there, nothing is the average: it is not known.
            let counting = own
                .filter(|_| telt(&norm.deel))
                .map(|own| own.div_or(deel, zero));
            let other = own
                .zip(all)
                .filter(|_| telt_ook(norm))
                .map(|(own, all)| (all - own).div_or(geheel - deel, zero));
            let average = if hoogstens {
                [counting, other]
            } else {
                [other, counting]
            };
            let [van, naar] = norm
                .grondwaarden
                .each_ref()
                .map(|q| q.as_ref().map(getal::<N>));
            let van = van.or(average[0]);
            let naar = naar.or(average[1]);
            let waarden = van.zip(naar);
            (deel, geheel, x.aandeel, x.norm, x.afwijking, waarden)
        }
        Normsoort::Oppervlakte | Normsoort::Prijs { .. } => {
            let (mut homes, mut under) = (zero, zero);
            for (r, rij) in norm.deel.iter().enumerate() {
                let aantal = getal::<N>(&rij.aantal);
                homes = homes + aantal;
                let of = Of::Norm(nth as u16, r as u16);
                let toets = if let Normsoort::Prijs { per_maand } = norm.soort {
                    let per: Vec<N> = rij.prijs.iter().map(getal).collect();
                    let year = per[1..].iter().fold(per[0], |a, q| a * *q);
                    let price = if per_maand {
                        year.per(N::number(12))
                    } else {
                        year
                    };
                    normen::prijsgrens(aantal, price, waarde, of)
                } else {
                    let m2 = rij.m2.as_ref().map_or_else(|| N::number(1), getal);
                    normen::minimummaat(aantal, m2, waarde, of)
                };
                under = under + toets.woningen;
            }
            let homes = called(homes, 0);
            (
                homes,
                called(homes, 1),
                called(zero, 2),
                waarde,
                under,
                given(),
            )
        }
        Normsoort::Ruimte => {
            let deel = called(tellen::<N>(&norm.deel).0, 0);
            let homes = called(tellen::<N>(&norm.geheel).0, 1);
            let ask = Ruimtenorm {
                per_woning: waarde,
                aanwezig: deel,
            };
            let mut short = [zero];
            let row = [Of::Norm(nth as u16, 0)];
            let claim = normen::ruimteclaims(homes, &[ask], &row, of, &mut short);
            (deel, homes, called(zero, 2), claim, short[0], given())
        }
    };
    let effect = waarden.map_or(zero, |(van, naar)| {
        let (van, naar) = (
            van.named("grondwaarde die gaat", of, At::Once),
            naar.named("grondwaarde die komt", of, At::Once),
        );
        normen::effect_norm(afwijking, van, naar, of)
    });
    [
        deel,
        geheel,
        aandeel,
        called(gevraagd, 3),
        called(afwijking, 4),
        called(effect, 5),
    ]
}

/// Every norm of a model.
pub fn toetsen<N: Number>(model: &Model) -> Vec<Toets<N>> {
    let norms = model.normen.iter().enumerate();
    norms.map(|(i, norm)| toets(norm, i)).collect()
}

/// The same as decimals; what is too large is a problem.
pub fn normtoetsen(model: &Model) -> Result<Vec<Toets<Decimal>>, Problem> {
    toetsen::<Exact>(model)
        .into_iter()
        .map(|t| {
            let mut out = [Decimal::ZERO; 6];
            for (out, value) in out.iter_mut().zip(t) {
                *out = number(value, "a norm")?;
            }
            Ok(out)
        })
        .collect()
}

/// Norms that the programme does not meet, with what meeting them does to the land value.
pub fn bevindingen(model: &Model) -> Vec<Problem> {
    let toetsen = match normtoetsen(model) {
        Ok(toetsen) => toetsen,
        Err(problem) => return vec![problem],
    };
    let n = |d: Decimal| dutch(d, if d.fract().is_zero() { 0 } else { 2 });
    let mut out = Vec::new();
    for (norm, [deel, geheel, aandeel, gevraagd, afwijking, effect]) in
        model.normen.iter().zip(toetsen)
    {
        if afwijking.is_zero() {
            continue;
        }
        let unit = norm.eenheid;
        let found = match norm.soort {
            Normsoort::Aandeel { hoogstens } => {
                let (asked, much) = if hoogstens {
                    ("at most", "too many")
                } else {
                    ("at least", "too few")
                };
                format!(
                    "{} of {} {unit} ({}%) where {asked} {} is asked: {} {much}",
                    n(deel),
                    n(geheel),
                    n((aandeel * Decimal::ONE_HUNDRED).round_dp(2)),
                    n(gevraagd),
                    n(afwijking)
                )
            }
            Normsoort::Prijs { .. } => format!(
                "{} of {} woningen are dearer than {}",
                n(afwijking),
                n(deel),
                n(gevraagd)
            ),
            Normsoort::Oppervlakte => format!(
                "{} of {} woningen are smaller than {} m2",
                n(afwijking),
                n(deel),
                n(gevraagd)
            ),
            Normsoort::Ruimte => format!(
                "{} m2 where {} woningen ask {}: {} m2 too little",
                n(deel),
                n(geheel),
                n(gevraagd),
                n(afwijking)
            ),
        };
        let unknown = matches!(norm.soort, Normsoort::Aandeel { hoogstens } if !effect_bekend(norm, hoogstens));
        let cost = if unknown {
            "; what meeting it does to the land value is not known without grondwaarde_van and grondwaarde_naar".to_owned()
        } else if effect.is_zero() {
            String::new()
        } else {
            let word = if effect < Decimal::ZERO {
                "costs"
            } else {
                "yields"
            };
            format!("; to meet it {word} {} of land value [C]", n(effect.abs()))
        };
        out.push(
            Problem::warning(
                "norm-breach",
                format!("norm \"{}\": {found}{cost}", norm.naam),
            )
            .at(&norm.place)
            .fix("change the programme, or settle what is missing in table verevening"),
        );
    }
    out
}

/// The value at `normen[NORM].afwijking`; nothing for another address.
pub(super) fn waarde(model: &Model, address: &str) -> Option<Result<Decimal, String>> {
    let (name, figure) = address.strip_prefix("normen[")?.split_once("].")?;
    let found = model
        .normen
        .iter()
        .position(|x| name_key(&x.naam) == name_key(name));
    let Some(i) = found else {
        return Some(Err(format!("\"{address}\": unknown norm \"{name}\"")));
    };
    let Some(k) = CIJFERS.iter().position(|(a, _)| *a == figure) else {
        let near = nearest(figure, CIJFERS.iter().map(|(a, _)| *a))
            .map(|n| format!(", did you mean \"{n}\"?"))
            .unwrap_or_default();
        return Some(Err(format!(
            "\"{address}\": a norm has no \"{figure}\"{near}"
        )));
    };
    Some(match normtoetsen(model) {
        Ok(all) => Ok(all[i][k]),
        Err(problem) => Err(problem.to_string()),
    })
}

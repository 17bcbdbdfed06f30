//! What is told of an area as a whole: categories that mix units, and choices that the text of the law does not make.

use super::{Lezer, Postsoort, Regime, is_plankosten};
use crate::model::lines::Bedrag;
use crate::model::table::name_key;
use crate::problem::Problem;
use crate::timeline::Kasstroommoment;
use rust_decimal::Decimal;

impl Lezer<'_> {
    /// A gewichtsfactor is opbrengst per unit: a category counts one kind of unit, and each of its lines has a number.
    pub(super) fn eenheden(&self, problems: &mut Vec<Problem>) {
        for (i, t) in self.tellingen.iter().enumerate() {
            let earlier = self.tellingen[..i].iter().find(|e| {
                let units = e.eenheid.as_ref().zip(t.eenheid.as_ref());
                (e.gebied, e.categorie) == (t.gebied, t.categorie)
                    && units.is_some_and(|(a, b)| name_key(a) != name_key(b))
            });
            let g = &self.verhaal.gebieden[t.gebied];
            let category = &self.verhaal.categorieen[t.categorie];
            let (what, also, fix) = if let Some(e) = earlier {
                let (one, other) = (e.eenheid.as_deref(), t.eenheid.as_deref());
                (
                    format!(
                        "counts {} and {}",
                        one.unwrap_or_default(),
                        other.unwrap_or_default()
                    ),
                    Some(&e.place),
                    "give each unit a categorie of its own",
                )
            } else if t.geteld {
                continue;
            } else {
                let fix = "give that line prijs and hoeveelheid instead of bedrag";
                ("has a line without a number of units".to_owned(), None, fix)
            };
            // A line that is a category by itself has one weight, whatever it counts.
            let alone = self
                .tellingen
                .iter()
                .filter(|e| (e.gebied, e.categorie) == (t.gebied, t.categorie))
                .count()
                == 1;
            if !g.gewichtsfactor && (alone || earlier.is_none()) {
                continue;
            }
            let text = format!(
                "category \"{category}\" of kostenverhaal \"{}\" {what}",
                g.id
            );
            let mut problem = if g.gewichtsfactor {
                Problem::error(
                    "category-units",
                    format!("{text}: its gewichtsfactor would spread wrong"),
                )
            } else {
                Problem::warning(
                    "category-units",
                    format!(
                        "{text}: the figures by gewichtsfactor, which are shown beside, say nothing"
                    ),
                )
            }
            .at(&t.place)
            .fix(fix);
            if let Some(place) = also {
                problem = problem.and(place);
            }
            problems.push(problem);
        }
    }

    /// What an area rests on that is not in the text of the law: one warning with the mark of each.
    pub(super) fn keuzes(&self, problems: &mut Vec<Problem>) {
        for (i, g) in self.verhaal.gebieden.iter().enumerate() {
            let mine = || {
                self.verhaal
                    .eigendommen
                    .iter()
                    .filter(|e| e.gebied == Some(i))
            };
            let stap = self.gebied.tijdstap;
            let zonder = g.regime == Regime::OwZonder;
            let mut all: Vec<String> = Vec::new();
            if !g.rente.value.is_zero() {
                let word = match g.moment {
                    Kasstroommoment::Begin => "begin",
                    Kasstroommoment::Midden => "midden",
                    Kasstroommoment::Eind => "eind",
                };
                all.push(format!("moment = {word} [C]"));
                let later = mine().filter_map(|e| e.lijn).any(|l| {
                    let lijn = &self.lijnen[l];
                    let when = g.waardeperiode(self.gebied).year(stap);
                    matches!(lijn.bedrag, Bedrag::Verrekend(_))
                        && lijn
                            .verloop
                            .gewichten
                            .iter()
                            .any(|(p, _)| p.year(stap) > when)
                });
                if later {
                    let word = if g.tot_betaling { "ja" } else { "nee" };
                    all.push(format!("rente_tot_betaling = {word} [C]"));
                }
            }
            if g.gewichtsfactor && g.regime != Regime::Wro {
                all.push("methode = gewichtsfactor [O]".to_owned());
            }
            if !zonder && mine().any(|e| e.werken.len() > 1) {
                let word = if g.per_post { "per_post" } else { "totaal" };
                all.push(format!("aftrek = {word} [C]"));
            }
            if g.maximum_aftopt && g.maximum.is_some() {
                all.push("maximum_aftopt = ja [C]".to_owned());
            }
            let posten = || self.verhaal.posten.iter().filter(|p| p.gebied == i);
            if posten().any(|p| p.profijt.is_some()) {
                all.push("the formula of profijt [C]".to_owned());
            }
            if !g.plankosten_in_beschikking
                && posten().any(|p| matches!(p.soort, Postsoort::Kosten(k) if is_plankosten(k)))
            {
                all.push("plankosten_in = fasering, against Or 13.6 [V]".to_owned());
            }
            if g.eindafrekening.is_some() && mine().any(|e| e.beschikt.is_some()) {
                let rate = g
                    .terugbetaalrente
                    .as_ref()
                    .map_or(Decimal::ZERO, |q| q.value);
                let rate = (rate * Decimal::ONE_HUNDRED).normalize();
                all.push(format!("terugbetaalrente = {rate}%, compound [C]"));
            }
            if all.is_empty() || mine().next().is_none() {
                continue;
            }
            problems.push(
                Problem::warning(
                    "not-in-law",
                    format!(
                        "kostenverhaal \"{}\" rests on choices that the text of the law does not make: {}",
                        g.id,
                        all.join(", ")
                    ),
                )
                .at(&g.place)
                .fix("none needed when a jurist agrees; docs/rules/kostenverhaal.md says what each does"),
            );
        }
    }
}

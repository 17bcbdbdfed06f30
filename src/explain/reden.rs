//! Why an amount is what it is where its formula does not say so: a geldsom that is nothing, a cap or a floor that decides.

use super::{Opname, trimmed};
use crate::evaluate::bijdragen::is_afdwingbaar;
use crate::evaluate::verhaal::{Positie, beschikt, drempels};
use crate::model::bijdragen::Bijdrage;
use crate::model::table::dutch;
use crate::model::verevening::Regelsoort;
use crate::model::verhaal::{Overeenkomst, Regime};
use crate::number::{At, Of};
use rust_decimal::Decimal;
use std::cmp::Ordering;

fn euro(amount: Decimal) -> String {
    dutch(amount, 2)
}

/// Why the omgevingsplan can't enforce a bijdrage.
fn niet_afdwingbaar(row: &Bijdrage, overeenkomst: bool) -> &'static str {
    let o = &row.omstandigheden;
    if !o.samenhang {
        "zonder functionele samenhang met de activiteit (Ow 13.23 lid 1 onder a [V]); samenhang is leeg"
    } else if !o.categorie {
        "hij valt in geen categorie van Ob 8.21 lid 1 [V]; categorie is leeg"
    } else if o.anders_verzekerd {
        "de bekostiging is anders verzekerd (Ow 13.23 lid 1 onder b, 13.24 onder c [V])"
    } else if overeenkomst {
        "met de eigenaar is een overeenkomst over kostenverhaal (Ow 13.24 onder a [V])"
    } else if o.ander_belang {
        "het is van provinciaal of nationaal belang (Ow 13.24 onder b [V])"
    } else {
        "de kosten staan op de kostensoortenlijst: die gaan via kostenverhaal (Ow 13.24 onder d [V])"
    }
}

impl Opname<'_> {
    /// The recorded value of a word that has one value.
    fn cijfer(&self, word: &str, of: Of) -> Option<Decimal> {
        let node = self.book.find(word, of, At::Once)?;
        self.book.value(node).0
    }

    /// Why a number is what it is, in one line; nothing when its formula says it all.
    pub(super) fn reden(&self, word: &str, of: Of) -> Option<String> {
        match (word, of) {
            ("geldsom", Of::Eigendom(e)) => self.reden_geldsom(usize::from(e)),
            ("terugbetaling", Of::Eigendom(e)) => self.reden_terug(usize::from(e)),
            ("aftrek eigen kosten", Of::Eigendom(e)) => {
                let row = &self.plan.model.verhaal.eigendommen[usize::from(e)];
                row.werken
                    .is_empty()
                    .then(|| format!("{} voert geen eigen werken uit", row.id))
            }
            ("overeenkomst", Of::Eigendom(e)) => {
                let row = &self.plan.model.verhaal.eigendommen[usize::from(e)];
                row.overeenkomst
                    .is_none()
                    .then(|| format!("met {} is geen overeenkomst gesloten", row.id))
            }
            ("omslag", Of::Verhaal(g)) => self.reden_omslag(usize::from(g)),
            ("financiële bijdrage", Of::Bijdrage(b)) => self.reden_bijdrage(usize::from(b)),
            ("verevening vereist", Of::Deelnemer(d)) => self.reden_vereist(usize::from(d)),
            ("uitkering verevening", Of::Deelnemer(_)) => {
                let above = self.cijfer("verevening overschot", of)?;
                let paid = self.cijfer(word, of)?;
                if above <= Decimal::ZERO {
                    Some("geen woningen boven wat vereist is".into())
                } else if paid.is_zero() {
                    Some("het fonds is leeg: eerdere rijen gaan voor [C]".into())
                } else {
                    None
                }
            }
            ("verrekening", Of::Deelnemer(d)) => self.reden_verrekening(usize::from(d)),
            _ => None,
        }
    }

    fn reden_geldsom(&self, eigendom: usize) -> Option<String> {
        let model = self.plan.model;
        let row = &model.verhaal.eigendommen[eigendom];
        let of = Of::Eigendom(eigendom as u16);
        let value = |word: &str| self.cijfer(word, of);
        let wro = row
            .gebied
            .is_some_and(|g| model.verhaal.gebieden[g].regime == Regime::Wro);
        let netto = value("netto bijdrage")?;
        match Positie::van(model, eigendom) {
            Positie::Gemeente => Some(
                "grond van de gemeente zelf: die draagt mee in de omslag maar betaalt geen geldsom; haar deel blijft in de rest gemeente".into(),
            ),
            Positie::Ontvanger => Some(format!(
                "{} ontvangt de geldsommen zelf en betaalt er dus geen",
                model.partijen[row.partij].partij
            )),
            Positie::Overeenkomst => {
                let agreed = value("overeenkomst").unwrap_or_default();
                let law = if wro { "Wro 6.17 [O]" } else { "Ow 13.13 [V]" };
                let line = match row.overeenkomst {
                    Some(Overeenkomst::Post(l)) => {
                        format!(" (regel {} van opbrengsten)", model.lijnen[l].id)
                    }
                    _ => String::new(),
                };
                Some(format!(
                    "geen geldsom maar een overeenkomst ({law}): wat is afgesproken{line} is {} waard (contante waarde); berekend zou {} zijn; zie eigendom[{}].overeenkomst",
                    euro(agreed),
                    euro(netto),
                    row.id
                ))
            }
            Positie::NietPlichtig => Some(self.reden_niet_plichtig(eigendom, netto)),
            Positie::Geldsom => {
                let why = self.reden_grens(eigendom, netto);
                let ordered = beschikt(model, eigendom).map(|(paid, comes_back)| {
                    let back = if comes_back {
                        let back = value("terugbetaling").unwrap_or_default();
                        format!(", bij de eindafrekening komt {} terug", euro(back))
                    } else {
                        String::new()
                    };
                    format!(
                        "dit is de herberekening: betaald is {} volgens de beschikking{back}",
                        euro(paid.value)
                    )
                });
                match (why, ordered) {
                    (Some(why), Some(ordered)) => Some(format!("{why}; {ordered}")),
                    (why, ordered) => why.or(ordered),
                }
            }
        }
    }

    fn reden_niet_plichtig(&self, eigendom: usize, netto: Decimal) -> String {
        let model = self.plan.model;
        let row = &model.verhaal.eigendommen[eigendom];
        let bounds = drempels(model);
        let (what, from, unit) = match row.activiteit {
            "c" => (
                "uitbreiding van een gebouw",
                bounds.uitbreiding_m2,
                "m2 bvo",
            ),
            "d" => (
                "bouw van een gebouw dat geen hoofdgebouw is",
                bounds.uitbreiding_m2,
                "m2 bvo",
            ),
            "e" => ("verbouw tot woningen", bounds.woonfuncties, "woonfuncties"),
            _ => (
                "verbouw tot kantoor, winkel of horeca",
                bounds.functiewijziging_m2,
                "m2 bvo",
            ),
        };
        let size = row.omvang.as_ref().map_or(Decimal::ZERO, |q| q.value);
        format!(
            "niet kostenverhaalplichtig (Ob 8.13 onder {} [V]): {what} met omvang {} {unit}, plichtig vanaf {} {unit}; zijn bijdrage van {} blijft bij de gemeente",
            row.activiteit,
            trimmed(size, 2),
            trimmed(from, 2),
            euro(netto)
        )
    }

    /// The floor or the cap that decides a geldsom.
    fn reden_grens(&self, eigendom: usize, netto: Decimal) -> Option<String> {
        let model = self.plan.model;
        let row = &model.verhaal.eigendommen[eigendom];
        let area = &model.verhaal.gebieden[row.gebied?];
        let of = Of::Eigendom(eigendom as u16);
        let value = |word: &str| self.cijfer(word, of);
        if area.regime == Regime::OwZonder {
            let (share, rise) = (value("bruto bijdrage")?, value("waardevermeerdering")?);
            let most = value("maximum activiteit");
            return if rise <= Decimal::ZERO {
                Some(format!(
                    "geen waardevermeerdering (Ow 13.15 lid 2 onder b, Ob 8.18 [V]): de inbrengwaarde is niet lager dan de opbrengst, verschil {}",
                    euro(rise)
                ))
            } else if rise < share && most.is_none_or(|most| rise <= most) {
                Some(format!(
                    "begrensd op de waardevermeerdering van {} (Ow 13.15 lid 2 onder b, Ob 8.18 [V]); zijn aandeel in de raming is {}",
                    euro(rise),
                    euro(share)
                ))
            } else if most.is_some_and(|most| most < share) {
                Some(format!(
                    "begrensd op het maximum van de activiteit, {} (Ow 13.15 lid 2 onder a [V]); zijn aandeel in de raming is {}",
                    euro(most.unwrap_or_default()),
                    euro(share)
                ))
            } else if share.is_zero() {
                Some(Self::geen_deel(&row.id))
            } else {
                None
            };
        }
        if netto < Decimal::ZERO {
            return Some(if area.vloer {
                format!(
                    "de netto bijdrage is {}; de vloer zet die op nul [O]: dat staat niet in de wet (instelling vloer)",
                    euro(netto)
                )
            } else {
                "onder nul en zonder vloer: dit wordt uitbetaald [O] (instelling vloer = geen)"
                    .into()
            });
        }
        (netto.is_zero() && value("bruto bijdrage").is_some_and(|b| b.is_zero()))
            .then(|| Self::geen_deel(&row.id))
    }

    fn geen_deel(id: &str) -> String {
        format!(
            "{id} heeft geen deel in de omslag: geen programma op zijn perceel, of er valt niets om te slaan"
        )
    }

    fn reden_terug(&self, eigendom: usize) -> Option<String> {
        let of = Of::Eigendom(eigendom as u16);
        let (paid, _) = beschikt(self.plan.model, eigendom)?;
        let (again, back) = (
            self.cijfer("geldsom", of)?,
            self.cijfer("terugbetaling", of)?,
        );
        if !back.is_zero() {
            return None;
        }
        Some(if again > paid.value {
            "de herberekening is hoger dan beschikt: bijbetalen hoeft nooit (Ow 13.20 lid 1 [V])"
                .into()
        } else {
            "het verschil blijft binnen de drempel: alleen wat daarboven ligt komt terug (Ow 13.20 lid 2 [V])".into()
        })
    }

    fn reden_omslag(&self, gebied: usize) -> Option<String> {
        let of = Of::Verhaal(gebied as u16);
        let area = &self.plan.model.verhaal.gebieden[gebied];
        let value = |word: &str| self.cijfer(word, of);
        if area.regime == Regime::OwZonder {
            let (omslag, most) = (value("omslag")?, area.maximum.as_ref());
            return (area.maximum_aftopt && most.is_some_and(|most| most.value == omslag))
                .then(|| "afgetopt op het maximum van het gebied (maximum_aftopt [C])".into());
        }
        let (netto, opbrengst, tekort) = (
            value("netto verhaalbare kosten")?,
            value("opbrengst gronden")?,
            value("tekort na aftopping")?,
        );
        if netto <= Decimal::ZERO {
            Some("bijdragen van derden dekken de kosten: er valt niets om te slaan".into())
        } else if opbrengst.is_zero() {
            Some("de grond brengt niets op: er ligt geen programma in het gebied".into())
        } else if tekort > Decimal::ZERO {
            Some(format!(
                "macro-aftopping: ten hoogste de opbrengst; {} kan de grond niet dragen en blijft bij de gemeente",
                euro(tekort)
            ))
        } else {
            None
        }
    }

    fn reden_bijdrage(&self, bijdrage: usize) -> Option<String> {
        let model = self.plan.model;
        let row = &model.bijdragen[bijdrage];
        let agreed = model.verhaal.eigendommen[row.eigendom]
            .overeenkomst
            .is_some();
        if !is_afdwingbaar(model, row) {
            return Some(format!(
                "niet af te dwingen: {}",
                niet_afdwingbaar(row, agreed)
            ));
        }
        let paid = self.cijfer("financiële bijdrage", Of::Bijdrage(bijdrage as u16))?;
        (row.afgedwongen && paid < row.gevraagd.value).then(|| {
            let bound = if row.economisch {
                "de ruimte na de geldsom [C]"
            } else {
                "het maximum (Ow 13.23 lid 3 [V])"
            };
            format!(
                "gevraagd is {}; begrensd op {bound}",
                euro(row.gevraagd.value)
            )
        })
    }

    fn reden_vereist(&self, deelnemer: usize) -> Option<String> {
        let own = &self.plan.model.verevening;
        let regel = &own.regels[own.deelnemers[deelnemer].regel];
        let from = regel.getal("vanaf")?;
        let homes = self.cijfer("woningen verevening", Of::Deelnemer(deelnemer as u16))?;
        (homes < from.value).then(|| {
            format!(
                "{} woningen: de plicht geldt vanaf {}",
                trimmed(homes, 2),
                trimmed(from.value, 2)
            )
        })
    }

    fn reden_verrekening(&self, deelnemer: usize) -> Option<String> {
        let own = &self.plan.model.verevening;
        let regel = &own.regels[own.deelnemers[deelnemer].regel];
        let keys = || {
            regel
                .deelnemers
                .iter()
                .filter_map(|d| self.cijfer("sleutel verevening", Of::Deelnemer(*d as u16)))
        };
        let keyed = regel.vorm.soort != Regelsoort::Doel && keys().next().is_some();
        (keyed && keys().all(|key| key <= Decimal::ZERO))
            .then(|| "niemand heeft een sleutel: er wordt niets verrekend [C]".into())
    }

    /// Who pays whom in a settlement.
    pub(super) fn richting(&self, deelnemer: usize) -> Option<String> {
        let model = self.plan.model;
        let own = &model.verevening;
        let amount = self.cijfer("verrekening", Of::Deelnemer(deelnemer as u16))?;
        let word = match amount.cmp(&Decimal::ZERO) {
            Ordering::Greater => "betaalt aan",
            Ordering::Less => "ontvangt van",
            Ordering::Equal => return None,
        };
        let row = &own.deelnemers[deelnemer];
        Some(format!(
            "{} {word} {}",
            model.rekening_naam(row.rekening),
            model.rekening_naam(own.regels[row.regel].rekening)
        ))
    }

    /// Why an owner or a bijdrage has no such number at all, and what gives it one.
    pub(super) fn ontbreekt(&self, word: &str, of: Of) -> Option<(String, String)> {
        let model = self.plan.model;
        if let (Of::Bijdrage(b), "terugbetaling bijdrage" | "terugbetaling bijdrage met rente") =
            (of, word)
        {
            return Some((
                format!(
                    "bijdragen \"{}\" has no eindafrekening",
                    model.bijdragen[usize::from(b)].id
                ),
                "fill nodig and eindafrekening".into(),
            ));
        }
        let Of::Eigendom(e) = of else { return None };
        let row = &model.verhaal.eigendommen[usize::from(e)];
        let Some(g) = row.gebied else {
            return Some((
                format!(
                    "eigendom \"{}\" lies in no area of kostenverhaal, so nothing is recovered from it",
                    row.id
                ),
                "give the model a table kostenverhaal, and the row one of its areas".into(),
            ));
        };
        let area = &model.verhaal.gebieden[g];
        let zonder = area.regime == Regime::OwZonder;
        match word {
            "waardevermeerdering" if !zonder => Some((
                format!(
                    "kostenverhaal \"{}\" has a tijdvak: a waardevermeerdering bounds a geldsom without one alone (Ow 13.15 lid 2)",
                    area.id
                ),
                format!("ask eigendom[{}].netto", row.id),
            )),
            "aftrek eigen kosten" if zonder => Some((
                format!(
                    "kostenverhaal \"{}\" has no tijdvak: nothing is deducted there (Ow 13.18 lid 2)",
                    area.id
                ),
                format!("ask eigendom[{}].netto", row.id),
            )),
            "terugbetaling" => Some((
                format!(
                    "eigendom \"{}\" has no beschikking, or its area no eindafrekening",
                    row.id
                ),
                "fill beschikt, and eindafrekening of table kostenverhaal".into(),
            )),
            _ => None,
        }
    }
}

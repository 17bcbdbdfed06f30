//! The vocabulary (`woorden.toml`) and how a label is compared with it. Knows no sheet.

use crate::model::table::fold;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// A phrase, word by word.
type Woorden = Vec<String>;

/// Phrases by what they stand for.
#[derive(Debug, Default)]
pub(super) struct Lijst(Vec<(String, Vec<Woorden>)>);

/// What a label was found to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Treffer<'a> {
    /// What it stands for.
    pub(super) naam: &'a str,
    /// How sure, 0 to 1.
    pub(super) zekerheid: f64,
}

/// The vocabulary.
#[derive(Debug)]
pub(super) struct Woordenboek {
    pub(super) kolom: Lijst,
    pub(super) parameter: Lijst,
    pub(super) rij: Lijst,
    pub(super) richting: Lijst,
    pub(super) status: Lijst,
    pub(super) inhoud: Lijst,
    resultaat: Lijst,
    resultaten: BTreeMap<String, Vec<String>>,
    eenheid: Vec<(i64, Vec<String>)>,
}

#[derive(Deserialize)]
struct Eenheid {
    factor: i64,
    woorden: Vec<String>,
}

type Groepen = BTreeMap<String, Vec<String>>;

#[derive(Deserialize)]
struct Bestand {
    kolom: Groepen,
    parameter: Groepen,
    resultaat: Groepen,
    rij: Groepen,
    richting: Groepen,
    status: Groepen,
    inhoud: Groepen,
    eenheid: Vec<Eenheid>,
}

/// The words of a label: lower case, no accents, no punctuation.
pub(super) fn woorden(text: &str) -> Woorden {
    /// Labels are short; what is longer is a note.
    const MOST: usize = 200;
    let text: String = text.chars().take(MOST).collect();
    let text = text
        .to_lowercase()
        .replace("t/m", "tm")
        .replace("k/o", "k o");
    text.split(|c: char| !(c.is_alphanumeric() || "%€#²³".contains(c)))
        .map(|word| match word {
            "%" | "€" | "#" => word.to_owned(),
            _ => fold(word),
        })
        .filter(|w| !w.is_empty())
        .collect()
}

/// How well words fit a phrase, 0 to 1.
fn past(label: &[String], phrase: &[String]) -> f64 {
    if phrase.is_empty() || label.is_empty() {
        return 0.0;
    }
    if label == phrase {
        return 1.0;
    }
    if label.starts_with(phrase) {
        return 0.9;
    }
    if label.windows(phrase.len()).any(|w| w == phrase) {
        return 0.8;
    }
    // Dutch writes words together: kostprijs, bouwkosten.
    if let [word] = phrase
        && word.chars().count() >= 5
        && label
            .iter()
            .any(|l| l.ends_with(word.as_str()) || l.starts_with(word.as_str()))
    {
        return 0.6;
    }
    0.0
}

impl Lijst {
    fn new(groepen: Groepen) -> Self {
        Lijst(
            groepen
                .into_iter()
                .map(|(naam, phrases)| {
                    let mut phrases: Vec<Woorden> = phrases.iter().map(|p| woorden(p)).collect();
                    phrases.retain(|p| !p.is_empty());
                    (naam, phrases)
                })
                .collect(),
        )
    }

    /// What fits the words best: first how well, then how long the phrase is.
    pub(super) fn beste(&self, label: &str) -> Option<Treffer<'_>> {
        let label = woorden(label);
        let mut best: Option<(f64, Treffer<'_>)> = None;
        for (naam, phrases) in &self.0 {
            for phrase in phrases {
                let zekerheid = past(&label, phrase);
                if zekerheid <= 0.0 {
                    continue;
                }
                let length = phrase.iter().map(String::len).sum::<usize>();
                // A longer phrase that stands inside says more than a short one in front.
                let rank = zekerheid + 0.012 * (length.min(25) as f64);
                if best.is_none_or(|(r, _)| rank > r) {
                    best = Some((rank, Treffer { naam, zekerheid }));
                }
            }
        }
        best.map(|(_, t)| t)
    }

    /// How well a label fits one of the names.
    pub(super) fn zekerheid(&self, naam: &str, label: &str) -> f64 {
        let label = woorden(label);
        self.0
            .iter()
            .filter(|(n, _)| n == naam)
            .flat_map(|(_, phrases)| phrases)
            .map(|phrase| past(&label, phrase))
            .fold(0.0, f64::max)
    }
}

impl Woordenboek {
    /// The results that a label may stand for, likeliest first, and how sure that it is a result.
    pub(super) fn resultaat(&self, label: &str) -> Option<(&[String], f64)> {
        let found = self.resultaat.beste(label)?;
        // "Rente (halfjaar)" is rente; "Kosten civiel" is a cost line.
        let phrase = woorden(found.naam);
        let strange = woorden(label).into_iter().any(|w| {
            let number = w.chars().all(|c| c.is_ascii_digit() || c == '%');
            !number && !phrase.contains(&w) && self.rij.zekerheid("neutraal", &w) < 1.0
        });
        let zekerheid = if strange {
            found.zekerheid.min(0.5)
        } else {
            found.zekerheid
        };
        Some((self.resultaten.get(found.naam)?, zekerheid))
    }

    /// What amounts are multiplied by to be euro, when a text says so.
    pub(super) fn eenheid(&self, text: &str) -> Option<i64> {
        let text: String = text
            .chars()
            .take(200)
            .flat_map(char::to_lowercase)
            .filter(|c| !c.is_whitespace() && *c != '\u{a0}')
            .collect();
        // Of the longest mark: "x 1.000.000" holds "x 1.000".
        self.eenheid
            .iter()
            .flat_map(|(factor, marks)| marks.iter().map(move |m| (*factor, m)))
            .filter(|(_, mark)| text.contains(mark.as_str()))
            .max_by_key(|(_, mark)| mark.len())
            .map(|(factor, _)| factor)
    }
}

/// The vocabulary, read once.
pub(super) fn woordenboek() -> &'static Woordenboek {
    static READ: OnceLock<Woordenboek> = OnceLock::new();
    READ.get_or_init(|| {
        let file: Bestand = toml::from_str(include_str!("woorden.toml"))
            .expect("woorden.toml is part of the program and tested");
        let labels = file
            .resultaat
            .keys()
            .map(|k| (k.clone(), vec![k.clone()]))
            .collect();
        Woordenboek {
            kolom: Lijst::new(file.kolom),
            parameter: Lijst::new(file.parameter),
            rij: Lijst::new(file.rij),
            richting: Lijst::new(file.richting),
            status: Lijst::new(file.status),
            inhoud: Lijst::new(file.inhoud),
            resultaat: Lijst::new(labels),
            resultaten: file.resultaat,
            eenheid: file
                .eenheid
                .into_iter()
                .map(|e| (e.factor, e.woorden))
                .collect(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_found() {
        let w = woordenboek();
        for (label, naam) in [
            ("Grondprijs per eenheid", "grondprijs"),
            ("Eenheidsprijs (€)", "prijs"),
            ("Hoeveelheid", "hoeveelheid"),
            ("m2 per eenheid", "m2_per_eenheid"),
            ("t/m", "tm"),
            ("van", "van"),
            ("Totaal", "bedrag"),
            ("Kostensoort", "kostensoort"),
            ("Post", "omschrijving"),
        ] {
            assert_eq!(w.kolom.beste(label).map(|t| t.naam), Some(naam), "{label}");
        }
        assert!(w.kolom.beste("Xyz").is_none());
    }

    #[test]
    fn results_are_found() {
        let w = woordenboek();
        for (label, first) in [
            ("Kosten (geïndexeerd)", "kosten"),
            ("Kosten (prijspeil)", "kosten_prijspeil"),
            ("Netto contante waarde per 1-1-2026 (2%)", "ncw"),
            ("Boekwaarde 31 december", "boekwaarde"),
            ("Boekwaarde 1 januari", "boekwaarde_begin"),
            ("Rente (halfjaar)", "rente"),
            ("Totaal rente", "rente_totaal"),
            ("Stand 31 dec", "boekwaarde"),
            ("Reëel saldo", "reeel_saldo"),
        ] {
            assert_eq!(
                w.resultaat(label).map(|(names, _)| names[0].as_str()),
                Some(first),
                "{label}"
            );
        }
    }

    #[test]
    fn units_of_money() {
        let w = woordenboek();
        for (text, factor) in [
            ("GREX Spoorzone (bedragen x 1.000 euro)", Some(1000)),
            ("bedragen in k€", Some(1000)),
            ("× € 1.000.000", Some(1_000_000)),
            ("bedragen in mln", Some(1_000_000)),
            ("bedragen in euro", None),
        ] {
            assert_eq!(w.eenheid(text), factor, "{text}");
        }
    }
}

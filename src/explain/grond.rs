//! What a number rests on, and what it is called when it is read: articles by the law of its area, words by the kind of its rule.

use super::{Opname, Unit, unit};
use crate::evaluate::verhaal::Positie;
use crate::expression::Name;
use crate::expression::grondslag::{
    AFGEDWONGEN, AFGESPROKEN, ANDERS, BIJDRAGE, ECONOMISCH, Grondslag, TIJDVAK, WRO, ZONDER,
    grondslag,
};
use crate::model::verevening::Regelsoort;
use crate::model::verhaal::{Postsoort, Regime};
use crate::model::{Bedrag, Deel, Methode};
use crate::number::Of;

/// The section of the rules of a line of a valuation.
pub(super) const WAARDERING: &str = "rules chapter 8, point 10";

/// The case that the law of an area of kostenverhaal is.
pub(crate) fn wet(regime: Regime) -> &'static str {
    match regime {
        Regime::OwTijdvak => TIJDVAK,
        Regime::OwZonder => ZONDER,
        Regime::Wro => WRO,
    }
}

impl Opname<'_> {
    /// The law of an area of kostenverhaal.
    fn wet(&self, gebied: usize) -> &'static str {
        wet(self.plan.model.verhaal.gebieden[gebied].regime)
    }

    /// The kind of a rule of verevening that a number is of.
    pub(super) fn regelsoort(&self, of: Of) -> Option<Regelsoort> {
        let own = &self.plan.model.verevening;
        let regel = match of {
            Of::Regel(r) => usize::from(r),
            Of::Deelnemer(d) => own.deelnemers[usize::from(d)].regel,
            _ => return None,
        };
        Some(own.regels[regel].vorm.soort)
    }

    /// As what a post counts; nothing for what is no post.
    fn postsoort(&self, of: Of) -> Option<Postsoort> {
        match of {
            Of::Post(p) => Some(self.plan.posten[usize::from(p)].soort),
            _ => None,
        }
    }

    /// The case that a word has an article in.
    fn geval(&self, word: &str, of: Of) -> &'static str {
        let model = self.plan.model;
        match of {
            Of::Verhaal(g) | Of::Kostensoort(g, _) => self.wet(usize::from(g)),
            Of::Eigendom(e) => {
                let Some(g) = model.verhaal.eigendommen[usize::from(e)].gebied else {
                    return "";
                };
                let area = &model.verhaal.gebieden[g];
                match (self.wet(g), word) {
                    (TIJDVAK, "geldsom") if !area.vloer => ANDERS,
                    (TIJDVAK, "aftrek eigen kosten") if !area.per_post => ANDERS,
                    (law, _) => law,
                }
            }
            Of::Post(p) => {
                let post = &self.plan.posten[usize::from(p)];
                match post.soort {
                    Postsoort::Bijdrage => BIJDRAGE,
                    _ if post.gebied < model.verhaal.gebieden.len() => self.wet(post.gebied),
                    _ => "",
                }
            }
            Of::Regel(r) => model.verevening.regels[usize::from(r)].vorm.naam,
            Of::Deelnemer(d) => {
                let regel = model.verevening.deelnemers[usize::from(d)].regel;
                model.verevening.regels[regel].vorm.naam
            }
            Of::Bijdrage(b) => {
                let row = &model.bijdragen[usize::from(b)];
                match word {
                    "financiële bijdrage" if !row.afgedwongen => AFGESPROKEN,
                    "financiële bijdrage" if row.economisch => ECONOMISCH,
                    "financiële bijdrage" => AFGEDWONGEN,
                    _ => model.verhaal.eigendommen[row.eigendom]
                        .gebied
                        .map_or("", |g| self.wet(g)),
                }
            }
            Of::Lijn(l) => match &model.lijnen[usize::from(l)].bedrag {
                Bedrag::Waarde {
                    deel: Deel::Huur | Deel::Opbrengst,
                    ..
                } => "opbrengst",
                Bedrag::Waarde { waardering, .. } => {
                    match model.waarderingen[*waardering].methode {
                        Methode::Vast => "vast",
                        Methode::Grondquote => "grondquote",
                        Methode::Residueel => "residueel",
                    }
                }
                _ => "",
            },
            _ => "",
        }
    }

    /// The article or publication that a named number follows.
    pub(super) fn grondslag_van(&self, name: Name) -> Option<Grondslag> {
        // Who pays no geldsom does so by another article, which its reason gives.
        if let ("geldsom", Of::Eigendom(e)) = (name.word, name.of)
            && Positie::van(self.plan.model, usize::from(e)) != Positie::Geldsom
        {
            return None;
        }
        grondslag(name.word, self.geval(name.word, name.of))
    }

    /// The section of the rules that a named number follows.
    pub(super) fn regel_van(&self, name: Name) -> &'static str {
        let valued = |l: u16| {
            matches!(
                self.plan.model.lijnen[usize::from(l)].bedrag,
                Bedrag::Waarde { .. }
            )
        };
        match (name.word, name.of) {
            ("bedrag", Of::Lijn(l)) if valued(l) => WAARDERING,
            ("geldsom" | "geldsommen" | "netto bijdrage", of) => {
                let area = match of {
                    Of::Verhaal(g) => Some(usize::from(g)),
                    Of::Eigendom(e) => self.plan.model.verhaal.eigendommen[usize::from(e)].gebied,
                    _ => None,
                };
                match area.map(|g| self.wet(g)) {
                    Some(ZONDER) => "rules 1.8",
                    Some(WRO) => "rules 1.13",
                    _ => "rules 1.7",
                }
            }
            ("verrekening", of) => match self.regelsoort(of) {
                Some(Regelsoort::Vereveningsfonds | Regelsoort::Vlak | Regelsoort::Segment) => {
                    "rules 3.1: + pays, - receives"
                }
                Some(Regelsoort::Grondbank | Regelsoort::Bouwclaim | Regelsoort::Gem) => {
                    "rules 3.5: + pays, - receives"
                }
                Some(Regelsoort::Bovenwijks) => "rules 1.5",
                _ => unit(name.word).1,
            },
            (word, _) => unit(word).1,
        }
    }

    /// A word as it is read aloud: a word of the record tells rules apart that a reader does not mix up.
    pub(super) fn leesbaar(&self, word: &str, of: Of) -> String {
        let soort = self.regelsoort(of);
        let read = match word {
            "sleutel verevening" if soort == Some(Regelsoort::Gem) => "inleg",
            "sleutel verevening" => return self.sleutelwoord(of),
            "eigen kosten verevening" => "eigen kosten",
            "feitelijk verevening" => match soort {
                Some(Regelsoort::Specials) => "werkelijke opbrengst",
                Some(Regelsoort::Grondbank) if self.in_eenheden(of) => "feitelijk programma",
                _ => "grondwaarde",
            },
            "woningen verevening" => "woningen",
            "verevening vereist" => "vereiste woningen",
            "verevening tekort" => "tekort aan woningen",
            "verevening overschot" => "overschot aan woningen",
            "uitkering verevening" => "uitkering",
            "verhaalbaar deel" => match self.postsoort(of) {
                Some(Postsoort::Bijdrage) => "deel in mindering",
                Some(Postsoort::Elders) => "niet verhaalbaar deel",
                _ => word,
            },
            _ => word,
        };
        read.replace('_', " ")
    }

    /// What a key is, and where it comes from when the row does not give it.
    fn sleutelwoord(&self, of: Of) -> String {
        let Of::Deelnemer(d) = of else {
            return "sleutel".into();
        };
        let own = &self.plan.model.verevening;
        let row = &own.deelnemers[usize::from(d)];
        match own.regels[row.regel].sleutelsoort() {
            "gegeven" => "sleutel".into(),
            soort => format!("sleutel ({soort})"),
        }
    }

    /// Whether a grondbank counts units of the programme: it then has a land value of one.
    fn in_eenheden(&self, of: Of) -> bool {
        let Of::Deelnemer(d) = of else { return false };
        let own = &self.plan.model.verevening;
        own.regels[own.deelnemers[usize::from(d)].regel]
            .getal("waarde")
            .is_some()
    }

    /// The unit of a named number, by the kind of its rule where that decides it.
    pub(super) fn eenheid_van(&self, name: Name) -> Unit {
        let soort = self.regelsoort(name.of);
        match (name.word, soort) {
            ("feitelijk verevening" | "ontwikkelrecht", Some(Regelsoort::Grondbank)) => {
                if self.in_eenheden(name.of) {
                    Unit::Number
                } else {
                    Unit::Eur
                }
            }
            ("deel naar sleutel" | "afrondingsverschil deel", Some(Regelsoort::Grondbank))
                if self.in_eenheden(name.of) =>
            {
                Unit::Number
            }
            ("feitelijk verevening" | "deel naar sleutel" | "afrondingsverschil deel", Some(_))
            | ("sleutel verevening", Some(Regelsoort::Gem)) => Unit::Eur,
            _ => unit(name.word).0,
        }
    }
}

/// What tells a post from another of the same line.
pub(super) fn bijzonder(soort: Postsoort) -> &'static str {
    match soort {
        Postsoort::Elders => " elders",
        _ => "",
    }
}

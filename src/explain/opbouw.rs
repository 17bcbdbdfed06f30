//! What a result of the main account is made of, at one level: from the boekwaarde by costs, revenue, index and interest to the NCW,
//! with the largest lines. Every step is the difference of two results in whole cents, so the steps add up.

use super::{Gevonden, Opname, getal};
use crate::model::table::dutch;
use crate::model::{HOOFD, Lijn};
use crate::number::{At, Of, at};
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Lines that are named of the costs and of the revenue.
const REGELS: usize = 5;
/// Results of the main account that are told so.
const UITKOMSTEN: [&str; 7] = [
    "nominaal saldo",
    "reëel saldo",
    "eindwaarde",
    "ncw_bbv",
    "ncw_rente",
    "ncw_kasstroom",
    "ncw_kasstroom_rente",
];
/// Width of the names.
const NAAM: usize = 52;
/// Width of the amounts.
const BEDRAG: usize = 18;

/// A step towards a result, or a result on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// Its name in words.
    pub naam: String,
    /// Euro, in whole cents; what lowers the result is negative.
    pub bedrag: Decimal,
    /// Whether it is a result: the sum of the steps above it.
    pub som: bool,
    /// The largest lines that it is made of, and what the others are together.
    pub regels: Vec<(String, Decimal)>,
}

fn cent(value: Decimal) -> Decimal {
    value.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

/// The steps as a table of text.
pub(super) fn tekst(posten: &[Post], out: &mut String) {
    let mut line = |margin: usize, naam: &str, bedrag: Decimal| {
        let width = NAAM - margin;
        let naam = if naam.chars().count() > width {
            let short: String = naam.chars().take(width - 2).collect();
            format!("{short}…")
        } else {
            naam.to_owned()
        };
        let _ = writeln!(
            out,
            "{:margin$}{naam:<width$}{:>BEDRAG$}",
            "",
            dutch(bedrag, 2)
        );
    };
    for post in posten {
        let naam = if post.som {
            format!("= {}", post.naam)
        } else {
            post.naam.clone()
        };
        line(4, &naam, post.bedrag);
        for (naam, bedrag) in &post.regels {
            line(8, naam, *bedrag);
        }
    }
}

/// The steps as JSON.
pub(super) fn als_json(posten: &[Post]) -> Value {
    let rows = posten.iter().map(|post| {
        let lines = post
            .regels
            .iter()
            .map(|(naam, bedrag)| json!({"naam": naam, "bedrag": getal(*bedrag)}));
        json!({
            "naam": post.naam,
            "soort": if post.som { "uitkomst" } else { "post" },
            "bedrag": getal(post.bedrag),
            "regels": lines.collect::<Vec<_>>(),
        })
    });
    rows.collect()
}

/// Steps as they are made. What stands between two results and is no step of its own goes to `overig`.
#[derive(Default)]
struct Lijst(Vec<Post>);

impl Lijst {
    fn push(&mut self, naam: &str, bedrag: Decimal, som: bool) {
        self.0.push(Post {
            naam: naam.to_owned(),
            bedrag,
            som,
            regels: Vec::new(),
        });
    }

    /// A step, unless it is nothing.
    fn post(&mut self, naam: &str, bedrag: Decimal) {
        if !bedrag.is_zero() {
            self.push(naam, bedrag, false);
        }
    }

    /// The lines of the last step.
    fn regels(&mut self, regels: Vec<(String, Decimal)>) {
        if let Some(post) = self.0.last_mut() {
            post.regels = regels;
        }
    }

    /// What is missing from the last result and the steps after it to a result.
    fn rest(&self, uitkomst: Decimal) -> Decimal {
        let since = self.0.iter().rposition(|post| post.som).unwrap_or(0);
        uitkomst
            - self.0[since..]
                .iter()
                .map(|post| post.bedrag)
                .sum::<Decimal>()
    }

    /// The step that makes what is there already into a result.
    fn tot(&mut self, naam: &str, uitkomst: Decimal) {
        self.post(naam, self.rest(uitkomst));
    }

    /// The amount of a last step: what is missing to a result, when cents that were rounded are all between the two.
    fn sluitend(&self, bedrag: Decimal, uitkomst: Decimal) -> Decimal {
        let rest = self.rest(uitkomst);
        if (rest - bedrag).abs() <= Decimal::new(2, 2) {
            rest
        } else {
            bedrag
        }
    }

    /// A result.
    fn som(&mut self, naam: &str, uitkomst: Decimal) {
        self.tot("overig", uitkomst);
        self.push(naam, uitkomst, true);
    }
}

impl Opname<'_> {
    /// What a main result is made of; empty for any other number, or when a part is too large.
    pub(super) fn opbouw(&self, gevonden: &Gevonden) -> Vec<Post> {
        match gevonden {
            Gevonden::Node(node) => self.posten(*node).unwrap_or_default(),
            _ => Vec::new(),
        }
    }

    fn waarde(&self, word: &str, moment: At) -> Option<Decimal> {
        let node = self.book.find(word, Of::Rekening(HOOFD as u16), moment)?;
        self.book.value(node).0
    }

    /// The sum of a series of the main account from its first period on.
    fn reeks(&self, word: &str) -> Decimal {
        (self.plan.begin..self.plan.timeline.len)
            .filter_map(|t| self.waarde(word, at(t)))
            .sum()
    }

    fn posten(&self, node: u32) -> Option<Vec<Post>> {
        let asked = self.book.nodes.get(node as usize)?.name?;
        if asked.of != Of::Rekening(HOOFD as u16) || !UITKOMSTEN.contains(&asked.word) {
            return None;
        }
        let asked = asked.word;
        let result = |word: &str| self.waarde(word, At::Once).map(cent);
        let mut out = Lijst::default();
        let prijspeil = self.plan.model.gebied.prijspeil;
        let [kosten, opbrengsten] =
            ["kosten prijspeil", "opbrengsten prijspeil"].map(|word| cent(self.reeks(word)));
        let opening = cent(-self.waarde("boekwaarde", At::Opening).unwrap_or_default());
        let begin = match self.plan.timeline.label(self.plan.begin) {
            label if self.plan.begin < self.plan.timeline.peil => format!(", vanaf {label}"),
            _ => String::new(),
        };
        out.post("boekwaarde op peildatum", opening);
        let nominaal = result("nominaal saldo")?;
        let mut side = |word: &str, total: Decimal, sluit: bool, van: bool| {
            let total = if sluit {
                out.sluitend(total, nominaal)
            } else {
                total
            };
            let lines = self.grootste(total, |l| if van { l.van } else { l.naar } == HOOFD);
            // Costs that cancel have lines too.
            if !total.is_zero() || !lines.is_empty() {
                let naam = format!("{word} (prijspeil {prijspeil}{begin})");
                out.push(&naam, total, false);
                out.regels(lines);
            }
        };
        side("kosten", -kosten, false, true);
        side("opbrengsten", opbrengsten, true, false);
        out.som("nominaal saldo", nominaal);
        if asked == "nominaal saldo" {
            return Some(out.0);
        }
        out.post("index op kosten", kosten - cent(self.reeks("kosten")));
        out.tot("index op opbrengsten", result("reëel saldo")?);
        out.som("reëel saldo", result("reëel saldo")?);
        if asked == "reëel saldo" {
            return Some(out.0);
        }
        // Flows that are discounted one by one bear no interest.
        if !asked.starts_with("ncw_kasstroom") {
            let eindwaarde = result("eindwaarde")?;
            let rente = out.sluitend(-result("rente totaal")?, eindwaarde);
            out.post("rente over de boekwaarde", rente);
            out.tot("leningen van het gebiedsfonds", eindwaarde);
            out.som("eindwaarde", eindwaarde);
        }
        if asked != "eindwaarde" {
            out.tot("contant maken naar peildatum", result(asked)?);
            out.som(asked, result(asked)?);
        }
        Some(out.0)
    }

    /// The largest lines of one side of the main account at prijspeil, and what the others are together: they add up to `totaal`.
    fn grootste(&self, totaal: Decimal, kant: impl Fn(&Lijn) -> bool) -> Vec<(String, Decimal)> {
        let sign = if totaal.is_sign_negative() {
            -Decimal::ONE
        } else {
            Decimal::ONE
        };
        let lines = self.plan.model.lijnen.iter().enumerate();
        let mut found: Vec<(String, Decimal)> = lines
            .filter(|(_, l)| kant(l) && l.soort.in_saldo())
            .filter_map(|(i, l)| {
                let of = Of::Lijn(i as u16);
                let sum: Decimal = (self.plan.begin..self.plan.timeline.len)
                    .filter_map(|t| self.book.find("bedrag in periode", of, at(t)))
                    .filter_map(|node| self.book.value(node).0)
                    .sum();
                // A name made of the description says it already.
                let naam = match (&l.id, &l.omschrijving) {
                    (id, text) if id.contains(text.as_str()) => id.clone(),
                    (id, text) if text.contains(id.as_str()) => text.clone(),
                    (id, text) => format!("{id} {text}"),
                };
                (!sum.is_zero()).then(|| (naam, cent(sum * sign)))
            })
            .collect();
        found.sort_by_key(|(_, amount)| std::cmp::Reverse(amount.abs()));
        let rest = found.len().saturating_sub(REGELS);
        found.truncate(REGELS);
        let left = totaal - found.iter().map(|(_, amount)| *amount).sum::<Decimal>();
        if rest > 0 || !left.is_zero() {
            let naam = match rest {
                1 => "nog 1 regel".to_owned(),
                n => format!("overige {n} regels"),
            };
            found.push((naam, left));
        }
        found
    }
}

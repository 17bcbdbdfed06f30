//! The formula behind a result, in words and in figures, down to the cell of an input: for `polder explain`.
//!
//! A route runs once in the recording arithmetic ([`Opname`]); a result address finds its number in the record, and the record
//! is read back as a tree ([`Uitleg`]). Knows words and addresses; no rule, and no file.

mod grond;
mod invoer;
mod opbouw;
mod reden;

pub(crate) use grond::wet;
pub use opbouw::Post;

use crate::evaluate::{self, Trekking, Voorbereid, Werk, overzicht};
use crate::expression::grondslag::{Grondslag, rekenregel};
use crate::expression::{Book, Expr, NAMES, Node, Op, Unit, record};
use crate::model::address::{Address, Als};
use crate::model::schema::OPGAVEN;
use crate::model::table::{as_text, clip, dutch, fold, name_key};
use crate::model::verevening::{self, KOLOMMEN, Maat, REGELKOLOMMEN};
use crate::model::verhaal::{Inbreng, KOSTENSOORTEN, Postsoort, eenheden};
use crate::model::{
    Bedrag, Deel, HOOFD, LINE_TABLES, Model, NcwMethode, Onzekerheid, Rol, position_of,
};
use crate::number::{At, Exact, Number, Of, Quantity, Rounding, at};
use crate::parameters;
use crate::plan::{Diepte, Drijvers, Plan, Route, Slot, verhaal};
use crate::problem::{Place, Problem, has_errors, nearest};
use crate::risk::oorzaken::{vastgezet, zwaai};
use crate::risk::sampling::{Methode, Steekproef};
use crate::risk::simulation::{Simulatie, Trekker, Vastgezet};
use crate::route;
use crate::rules::bbv;
use crate::timeline::{Periode, exponent};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use std::str::FromStr as _;
use std::sync::OnceLock;

/// How many levels of formulas an explanation shows when nothing else is asked.
pub const DIEPTE: usize = 3;
/// Deeper than this nobody reads.
pub const DIEPTE_MAX: usize = 12;
/// So many addresses are named where there is more.
const VERDER: usize = 3;
/// A sum of more terms than this shows its largest only.
const TERMEN: usize = 6;
/// So many of them.
const GROOTSTE: usize = 3;
/// A sum of so few terms keeps those that are zero.
const KORT: usize = 4;
/// An unnamed formula is written out to this depth.
const NESTING: usize = 8;
/// Of more drawn inputs than this a text shows those with most influence.
const GETROKKEN: usize = 12;
/// Rounding to so many decimals or more changes nothing that is shown.
const ONGEZIEN: u32 = 8;
/// An explanation has at most so many lines with a number.
const REGELS: usize = 4_000;

/// What is to be explained.
#[derive(Debug, Clone, Copy)]
pub struct Vraag<'a> {
    /// The model.
    pub model: &'a Model,
    /// In which route.
    pub route: Route,
    /// Address of the result: `ncw`, `stroom[3.2].2030`, `partij[corporatie].saldo`.
    pub adres: &'a str,
    /// Levels of formulas.
    pub diepte: usize,
    /// Number and seed of a plain draw; nothing for the calculation without uncertainty. For draws spread otherwise: [`explain_uit`].
    pub trekking: Option<(u64, u64)>,
}

/// The plain draws of a seed.
fn gewoon((draw, seed): (u64, u64)) -> (u64, Steekproef) {
    (draw, Simulatie::gewoon(0, seed).steekproef)
}

/// Explains one result.
///
/// # Errors
/// When the model has uncertain inputs that can't be drawn, or the address is no result.
pub fn explain(vraag: &Vraag<'_>) -> Result<Uitleg, Vec<Problem>> {
    explain_uit(vraag, vraag.trekking.map(gewoon), None)
}

/// [`explain`] of a draw of any sampling (in place of the draw that the question names): with its method and repetitions it is the
/// draw of that number in a run that was spread so. `vast`: drivers that were held in that run, as in [`vastgezet`].
///
/// # Errors
/// Those of [`explain`], and of [`vastgezet`].
pub fn explain_uit(
    vraag: &Vraag<'_>,
    trekking: Option<(u64, Steekproef)>,
    vast: Option<&str>,
) -> Result<Uitleg, Vec<Problem>> {
    Opname::met(vraag.model, vraag.route, trekking, vast)?.explain(vraag.adres, vraag.diepte)
}

/// What follows on a number in an explanation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vervolg {
    /// All of it is here.
    Geheel,
    /// It was explained above.
    ZieBoven,
    /// There is more, deeper than asked.
    Dieper,
}

/// A number with its formula and the numbers that it is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Uitleg {
    /// Name, whose and when.
    pub naam: String,
    /// Its unit.
    pub eenheid: Unit,
    /// Its exact value; of a period its year.
    pub waarde: Decimal,
    /// The value as it is shown.
    pub getoond: String,
    /// Under the title: what line or party it is, the route, the draw.
    pub toelichting: Vec<String>,
    /// Section of the rules, as [`NAMES`] has it.
    pub regel: &'static str,
    /// The article or publication that the rule follows, with its mark.
    pub grondslag: Option<Grondslag>,
    /// Why it is what it is, where its formula does not say so: a geldsom that is nothing, a cap that decides.
    pub reden: Option<String>,
    /// Formula in words.
    pub woorden: Option<String>,
    /// The same in figures.
    pub cijfers: Option<String>,
    /// Where an input stands.
    pub plaats: Option<Place>,
    /// Of a figure of law or policy its article, as the table of parameters has it.
    pub artikel: Option<&'static str>,
    /// How sure that is: V, P, O or C.
    pub zekerheid: Option<&'static str>,
    /// What a quantity is counted in, or a price is per: the `eenheid` of its row.
    pub maat: Option<String>,
    /// Number in the record: one number has one, wherever it is shown.
    pub nummer: u32,
    /// The named numbers of the formula.
    pub delen: Vec<Uitleg>,
    /// What follows.
    pub vervolg: Vervolg,
    /// Where there is more: the addresses that show it.
    pub verder: Vec<String>,
    /// The drawn inputs of the draw, at the top only: in the order of their table, or by influence when there are many.
    pub drijvers: Vec<Getrokken>,
    /// Of a main result, at the top only: the steps that it is made of.
    pub opbouw: Vec<Post>,
}

/// What a draw made of an uncertain input.
#[derive(Debug, Clone, PartialEq)]
pub struct Getrokken {
    /// Id of the onzekerheid, or name of the risico.
    pub naam: String,
    /// Its unit.
    pub eenheid: Unit,
    /// The value; of a yearly driver that of every year.
    pub waarden: Vec<(Option<i32>, Decimal)>,
    /// By how much the NCW moves from its P10 to its P90 (euro), where that was asked to find those that matter.
    pub zwaai: Option<f64>,
}

impl Getrokken {
    fn tekst(&self) -> String {
        let shown = |value: Decimal| match self.eenheid {
            Unit::Eur => dutch(value, 2),
            Unit::Rate => value
                .checked_mul(Decimal::ONE_HUNDRED)
                .map_or_else(|| trimmed(value, 6), |p| format!("{}%", trimmed(p, 4))),
            _ => trimmed(value, 6),
        };
        let values: Vec<String> = self
            .waarden
            .iter()
            .map(|(year, value)| {
                let year = year.map_or_else(String::new, |y| format!("{y} "));
                format!("{year}{}", shown(*value))
            })
            .collect();
        format!("{} = {}", self.naam, values.join("; "))
    }

    fn json(&self) -> Value {
        let number = |value: &Decimal| getal(*value);
        let mut out = json!({"naam": self.naam, "eenheid": eenheid(self.eenheid)});
        if let [(None, value)] = self.waarden.as_slice() {
            out["waarde"] = number(value);
        } else {
            let years = self.waarden.iter().map(|(year, value)| {
                (
                    year.map_or_else(String::new, |y| y.to_string()),
                    number(value),
                )
            });
            out["per_jaar"] = Value::Object(years.collect());
        }
        out
    }
}

/// A decimal with all its digits.
fn getal(value: Decimal) -> Value {
    serde_json::Number::from_str(&value.normalize().to_string()).map_or(Value::Null, Value::Number)
}

fn eenheid(unit: Unit) -> &'static str {
    match unit {
        Unit::Eur => "euro",
        Unit::Rate => "aandeel",
        Unit::Number => "getal",
        Unit::Plain => "geheel",
    }
}

impl Uitleg {
    /// As plain text, words above figures, what it is made of below it.
    pub fn tekst(&self) -> String {
        let mut out = String::new();
        self.schrijf(0, &mut BTreeSet::new(), &mut out);
        if !self.opbouw.is_empty() {
            out.push_str("opbouw:\n");
            opbouw::tekst(&self.opbouw, &mut out);
        }
        if !self.drijvers.is_empty() {
            out.push_str("getrokken:\n");
            for driver in self.drijvers.iter().take(GETROKKEN) {
                let _ = writeln!(out, "    {}", driver.tekst());
            }
            let rest = self.drijvers.len().saturating_sub(GETROKKEN);
            if rest > 0 {
                let _ = writeln!(out, "    … en nog {rest}, met minder invloed op de NCW");
            }
        }
        out
    }

    /// The value with what it is counted in.
    fn met_maat(&self) -> String {
        match (&self.maat, self.eenheid) {
            (Some(maat), Unit::Eur) => format!("{} per {maat}", self.getoond),
            (Some(maat), _) => format!("{} {maat}", self.getoond),
            (None, _) => self.getoond.clone(),
        }
    }

    /// Where it stands and what it rests on, in one text: a place, with the article of a figure of law, or of a rule its article.
    fn herkomst(&self, told: &mut BTreeSet<(&'static str, &'static str)>) -> String {
        let own = self
            .grondslag
            .filter(|g| self.vervolg != Vervolg::ZieBoven && told.insert((self.regel, g.artikel)))
            .map(Grondslag::tekst);
        let Some(plaats) = &self.plaats else {
            return own.map_or_else(String::new, |own| format!("   ({own})"));
        };
        let law = self.artikel.map(|artikel| match self.zekerheid {
            Some(mark) => format!("{artikel} [{mark}]"),
            None => artikel.to_owned(),
        });
        let parts: Vec<String> = [Some(plaats.to_string()), law, own]
            .into_iter()
            .flatten()
            .collect();
        format!("   [{}]", parts.join("; "))
    }

    /// `told`: rules whose article was told: the same is not told at every number that follows it.
    fn schrijf(
        &self,
        inspringing: usize,
        told: &mut BTreeSet<(&'static str, &'static str)>,
        out: &mut String,
    ) {
        let margin = " ".repeat(inspringing);
        let top = inspringing == 0;
        let _ = write!(out, "{margin}{} = {}", self.naam, self.met_maat());
        if !top || self.plaats.is_some() {
            out.push_str(&self.herkomst(told));
        }
        match self.vervolg {
            Vervolg::ZieBoven => out.push_str("   (zie boven)"),
            Vervolg::Dieper if self.woorden.is_none() => {
                let _ = write!(out, "   {}", self.meer());
            }
            _ => {}
        }
        out.push('\n');
        if top {
            let mut lines = self.toelichting.clone();
            lines.extend(rekenregel(self.regel));
            if self.plaats.is_none() {
                lines.extend(self.grondslag.map(Grondslag::tekst));
                told.extend(self.grondslag.map(|g| (self.regel, g.artikel)));
            }
            lines.extend((self.eenheid == Unit::Eur).then(|| "in euro".to_owned()));
            if !lines.is_empty() {
                let _ = writeln!(out, "  ({})", lines.join("; "));
            }
        }
        if let Some(reden) = self
            .reden
            .as_ref()
            .filter(|_| self.vervolg != Vervolg::ZieBoven)
        {
            let _ = writeln!(out, "{margin}  omdat: {reden}");
        }
        for formula in self.woorden.iter().chain(&self.cijfers) {
            let _ = writeln!(out, "{margin}  = {formula}");
        }
        for deel in &self.delen {
            deel.schrijf(inspringing + 4, told, out);
        }
        if self.vervolg == Vervolg::Dieper && self.woorden.is_some() {
            let _ = writeln!(out, "{margin}    {}", self.meer());
        }
    }

    /// What says that there is more, with the addresses that show it.
    fn meer(&self) -> String {
        match self.verder.len() {
            0 => "…".to_owned(),
            n if n > VERDER => format!("… verder: {}, …", self.verder[..VERDER].join(", ")),
            _ => format!("… verder: {}", self.verder.join(", ")),
        }
    }

    /// As JSON; the value keeps all its digits.
    pub fn json(&self) -> Value {
        let vervolg = match self.vervolg {
            Vervolg::Geheel => "geheel",
            Vervolg::ZieBoven => "zie boven",
            Vervolg::Dieper => "dieper",
        };
        let mut out = json!({
            "naam": self.naam,
            "eenheid": eenheid(self.eenheid),
            "waarde": getal(self.waarde),
            "getoond": self.getoond,
            "toelichting": self.toelichting,
            "regel": rekenregel(self.regel),
            "grondslag": self.grondslag.map(|g| g.artikel),
            "merk": self.grondslag.map(|g| g.merk),
            "omdat": self.reden,
            "woorden": self.woorden,
            "cijfers": self.cijfers,
            "maat": self.maat,
            "plaats": self.plaats.as_ref().map(ToString::to_string),
            "artikel": self.artikel,
            "zekerheid": self.zekerheid,
            "vervolg": vervolg,
            "verder": self.verder,
            "delen": self.delen.iter().map(Uitleg::json).collect::<Vec<_>>(),
        });
        if !self.opbouw.is_empty() {
            out["opbouw"] = opbouw::als_json(&self.opbouw);
        }
        if !self.drijvers.is_empty() {
            out["drijvers"] = self.drijvers.iter().map(Getrokken::json).collect();
        }
        out
    }
}

/// A text between the quotes of a Graphviz string.
fn dot_tekst(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' | '\r' => out.push_str("\\n"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

impl Uitleg {
    /// As a graph in the language of Graphviz (`dot -Tsvg`): a box per input with its place, an ellipse per formula with the formula as its
    /// tooltip, dashed when there is more behind it; arrows run from what a number is made of to the number. A number that is used
    /// twice stands there once. As many nodes as the text has lines, at most.
    pub fn dot(&self) -> String {
        let mut out = String::from(
            "digraph uitleg {\n  rankdir=BT;\n  node [fontname=\"sans-serif\", fontsize=10];\n",
        );
        let (mut seen, mut edges) = (HashMap::new(), BTreeSet::new());
        // A number may be cut off in one place and shown whole in another.
        self.dieper(&mut seen);
        let mut done = BTreeSet::new();
        self.dot_knoop(true, &seen, &mut done, &mut edges, &mut out);
        for (from, to) in edges {
            let _ = writeln!(out, "  n{from} -> n{to};");
        }
        out.push_str("}\n");
        out
    }

    /// Of every number whether it is shown whole anywhere.
    fn dieper(&self, seen: &mut HashMap<u32, bool>) {
        let whole = self.plaats.is_some() || !self.delen.is_empty() || self.woorden.is_some();
        let entry = seen.entry(self.nummer).or_insert(whole);
        *entry |= whole;
        self.delen.iter().for_each(|deel| deel.dieper(seen));
    }

    fn dot_knoop(
        &self,
        top: bool,
        seen: &HashMap<u32, bool>,
        done: &mut BTreeSet<u32>,
        edges: &mut BTreeSet<(u32, u32)>,
        out: &mut String,
    ) {
        if done.insert(self.nummer) {
            let unit = match (self.eenheid, &self.maat) {
                (Unit::Eur, Some(maat)) => format!(" euro per {maat}"),
                (Unit::Eur, None) => " euro".to_owned(),
                (_, Some(maat)) => format!(" {maat}"),
                _ => String::new(),
            };
            let mut label = format!(
                "{}\\n{}{}",
                dot_tekst(&self.naam),
                dot_tekst(&self.getoond),
                dot_tekst(&unit)
            );
            for line in rekenregel(self.regel)
                .into_iter()
                .chain(self.grondslag.map(Grondslag::tekst))
                .chain(self.plaats.as_ref().map(ToString::to_string))
                .chain(self.artikel.map(str::to_owned))
            {
                let _ = write!(label, "\\n{}", dot_tekst(&line));
            }
            let shape = if self.plaats.is_some() {
                "box"
            } else {
                "ellipse"
            };
            let style = match (top, seen.get(&self.nummer)) {
                (true, _) => ", penwidth=2",
                (_, Some(false)) => ", style=dashed",
                _ => "",
            };
            let tooltip = self
                .woorden
                .as_ref()
                .map_or_else(String::new, |w| format!(", tooltip=\"{}\"", dot_tekst(w)));
            let _ = writeln!(
                out,
                "  n{} [label=\"{label}\", shape={shape}{style}{tooltip}];",
                self.nummer
            );
        }
        for deel in &self.delen {
            edges.insert((deel.nummer, self.nummer));
            deel.dot_knoop(false, seen, done, edges, out);
        }
    }
}

// ----------------------------------------------------------------------------------------------------------- record

/// One run of a route with everything that was calculated; any number of results can be explained from it.
#[derive(Debug)]
pub struct Opname<'a> {
    plan: Plan<'a>,
    book: Book,
    /// Words for inputs that no rule names: draws.
    labels: HashMap<u32, (String, Unit)>,
    /// An input that is used by itself is called by the first name that it got.
    alias: HashMap<u32, u32>,
    trekking: Option<(u64, Steekproef)>,
    drijvers: Vec<Getrokken>,
    /// Made when it is asked.
    lijst: OnceLock<Vec<Adres>>,
    /// The names that an explanation prints, without capitals and accents, and what they are names of; made when it is asked.
    namen: OnceLock<HashMap<String, Vec<(&'static str, Of)>>>,
}

impl<'a> Opname<'a> {
    /// Runs a route, line by line; with the number and seed of a draw, that plain draw.
    ///
    /// # Errors
    /// When an input can't be drawn as its onzekerheid says, or the amounts are too large.
    pub fn new(
        model: &'a Model,
        route: Route,
        trekking: Option<(u64, u64)>,
    ) -> Result<Self, Vec<Problem>> {
        Self::uit(model, route, trekking.map(gewoon))
    }

    /// [`Self::new`] with the number of a draw of any sampling.
    ///
    /// # Errors
    /// Those of [`Self::new`].
    pub fn uit(
        model: &'a Model,
        route: Route,
        trekking: Option<(u64, Steekproef)>,
    ) -> Result<Self, Vec<Problem>> {
        Self::met(model, route, trekking, None)
    }

    /// [`Opname::uit`] of a run in which drivers were held, as in [`vastgezet`].
    ///
    /// # Errors
    /// Those of [`Opname::uit`], and of [`vastgezet`].
    pub fn met(
        model: &'a Model,
        route: Route,
        trekking: Option<(u64, Steekproef)>,
        vast: Option<&str>,
    ) -> Result<Self, Vec<Problem>> {
        let drijvers = if trekking.is_some() {
            let (drijvers, problems) = Drijvers::resolve(model);
            if has_errors(&problems) {
                return Err(problems);
            }
            drijvers
        } else {
            Drijvers::default()
        };
        let plan = Plan::new(model, route, Diepte::Lijn, drijvers).map_err(|p| vec![p])?;
        let held = vast.map(|text| vastgezet(&plan, text)).transpose();
        let held = held.map_err(|p| vec![p])?.unwrap_or_default();
        let drawn = trekking.map(|(draw, sampling)| trek(&plan, draw, sampling, &held));
        let drawn = drawn.transpose().map_err(|p| vec![p])?;
        let (labels, book) = record(|| calculate(&plan, drawn.as_ref()));
        let labels = labels.map_err(|p| vec![p])?;
        let mut labels = labels;
        let mut alias = HashMap::new();
        let raw = inputs(model);
        for (node, made) in book.nodes.iter().enumerate() {
            if let (Op::Same(from), Some(_)) = (&made.op, made.name)
                && book.nodes[*from as usize].op == Op::Input
            {
                alias.entry(*from).or_insert(node as u32);
            }
            if let (Op::Input, Some(label)) =
                (&made.op, made.place.as_ref().and_then(|p| raw.get(p)))
            {
                labels.entry(node as u32).or_insert_with(|| label.clone());
            }
        }
        labels.extend(invoer::ongenoemd(model, &book, &labels));
        let drijvers = drawn.map_or_else(Vec::new, |drawn| getrokken(&plan, &drawn));
        Ok(Opname {
            plan,
            book,
            labels,
            alias,
            trekking,
            drijvers,
            lijst: OnceLock::new(),
            namen: OnceLock::new(),
        })
    }

    /// What was recorded.
    pub(crate) fn book(&self) -> &Book {
        &self.book
    }

    /// The model that was recorded.
    pub(crate) fn model(&self) -> &Model {
        self.plan.model
    }

    /// The name of a recorded number.
    pub(crate) fn naam(&self, node: u32) -> String {
        let found = &self.book.nodes[node as usize];
        match (found.name, self.alias.get(&node), self.labels.get(&node)) {
            (Some(name), ..) => self.label(name.word, name.of, ""),
            (_, Some(alias), _) => self.naam(*alias),
            (.., Some((label, _))) => label.clone(),
            _ => "invoer".into(),
        }
    }

    /// Whose a recorded number is, in words.
    pub(crate) fn van(&self, of: Of) -> String {
        self.whose(of)
    }

    /// Every period in words.
    pub(crate) fn perioden(&self) -> Vec<String> {
        let timeline = &self.plan.timeline;
        (0..timeline.len).map(|t| timeline.label(t)).collect()
    }

    /// Every single result: its address, its name and its recorded number.
    pub(crate) fn uitkomsten(&self) -> Vec<(String, String, u32)> {
        let model = self.plan.model;
        let mut asked: Vec<(String, String)> = ["ncw", "voorziening", "boekwaarde_peildatum"]
            .iter()
            .chain(HOOFDWOORDEN.iter().map(|(adres, _)| adres))
            .chain(&["portemonnee", "voorfinanciering", "fonds_laagste"])
            .map(|adres| ((*adres).to_owned(), adres.replace('_', " ")))
            .collect();
        for d in 0..self.plan.delen.len() {
            let naam = self.plan.deel_naam(d);
            for figure in ["eindwaarde", "ncw"] {
                asked.push((
                    format!("deelgebied[{naam}].{figure}"),
                    format!("{figure} {naam}"),
                ));
            }
        }
        for partij in &model.partijen {
            for (figure, _) in PARTIJWOORDEN {
                let word = figure.replace('_', " ");
                asked.push((
                    format!("partij[{}].{figure}", partij.partij),
                    format!("{word} {}", partij.partij),
                ));
            }
        }
        for gebied in &model.verhaal.gebieden {
            for figure in [
                "kosten",
                "bijdragen",
                "netto_kosten",
                "opbrengst",
                "omslag",
                "tekort",
                "geldsommen",
            ] {
                let word = figure.replace('_', " ");
                asked.push((
                    format!("kostenverhaal[{}].{figure}", gebied.id),
                    format!("{word} {}", gebied.id),
                ));
            }
        }
        for eigendom in &model.verhaal.eigendommen {
            for figure in ["bruto", "netto", "geldsom", "terugbetaling"] {
                asked.push((
                    format!("eigendom[{}].{figure}", eigendom.id),
                    format!("{figure} {}", eigendom.id),
                ));
            }
        }
        asked
            .into_iter()
            .filter_map(|(adres, naam)| match self.find(&adres) {
                Ok(Gevonden::Node(node)) => Some((adres, naam, node)),
                _ => None,
            })
            .collect()
    }

    /// Explains the result at an address, to a depth.
    ///
    /// # Errors
    /// When there is no result at the address, or it is too large to calculate with.
    pub fn explain(&self, adres: &str, diepte: usize) -> Result<Uitleg, Vec<Problem>> {
        let mut lezer = Lezer {
            opname: self,
            extra: None,
            shown: HashMap::new(),
            left: REGELS,
            diepte: diepte.clamp(1, DIEPTE_MAX),
        };
        let (gevonden, gelezen) = match self.find(adres) {
            Ok(gevonden) => (gevonden, None),
            Err(problem) => {
                let named = self.genoemd(adres).transpose().map_err(|p| vec![p])?;
                if let Some(found) = named {
                    found
                } else {
                    let vol = self.aanvullen(adres, problem).map_err(|p| vec![p])?;
                    (self.find(&vol).map_err(|p| vec![p])?, Some(vol))
                }
            }
        };
        let opbouw = self.opbouw(&gevonden);
        let node = match gevonden {
            Gevonden::Node(node) => node,
            Gevonden::Som(naam, unit, parts) => {
                let values: Vec<Exact> = parts.iter().map(|p| self.book.value(*p)).collect();
                lezer.extra = Some(Extra::new(naam, unit, Exact::sum(&values), parts, None));
                self.book.nodes.len() as u32
            }
            Gevonden::Jaar(naam, jaar, parts, woorden) => {
                let jaar = Exact::from(Decimal::from(jaar));
                lezer.extra = Some(Extra::new(naam, Unit::Plain, jaar, parts, Some(woorden)));
                self.book.nodes.len() as u32
            }
        };
        if lezer.node(node).value.0.is_none() {
            return Err(vec![
                Problem::error(
                    "too-large",
                    format!("{adres} is too large to calculate with"),
                )
                .fix("check amounts, growth rates and the length of the horizon"),
            ]);
        }
        let mut uitleg = lezer.uitleg(node, 1, &mut Vec::new());
        uitleg.toelichting = self.toelichting(lezer.node(node));
        uitleg
            .toelichting
            .extend(gelezen.map(|vol| format!("\"{}\" gelezen als {vol}", clip(adres.trim()))));
        uitleg.drijvers.clone_from(&self.drijvers);
        uitleg.opbouw = opbouw;
        Ok(uitleg)
    }

    /// What a title says about itself.
    fn toelichting(&self, node: &Node) -> Vec<String> {
        let model = self.plan.model;
        let mut out = Vec::new();
        match node.name.map(|n| n.of) {
            Some(Of::Lijn(l)) => {
                let lijn = &model.lijnen[usize::from(l)];
                if !lijn.omschrijving.is_empty() {
                    out.push(lijn.omschrijving.clone());
                }
                // A part of a valuation is no flow.
                out.push(if lijn.van == lijn.naar {
                    lijn.tabel.to_owned()
                } else {
                    format!(
                        "{}, {} aan {}",
                        lijn.tabel,
                        model.rekening_naam(lijn.van),
                        model.rekening_naam(lijn.naar)
                    )
                });
            }
            Some(Of::Partij(p)) => out.push(model.partijen[usize::from(p)].naam.clone()),
            Some(Of::Deelnemer(d)) if node.name.is_some_and(|n| n.word == "verrekening") => {
                out.extend(self.richting(usize::from(d)));
            }
            Some(Of::Eigendom(e)) => {
                let row = &model.verhaal.eigendommen[usize::from(e)];
                out.push(model.partijen[row.partij].naam.clone());
            }
            Some(Of::Rekening(r)) => out.extend(
                model.rekeningen[usize::from(r)]
                    .partij
                    .map(|p| model.partijen[p].naam.clone()),
            ),
            Some(Of::Maatregel(m)) => out.push(
                model.maatregelen[self.plan.vraag[usize::from(m)].maatregel]
                    .naam
                    .clone(),
            ),
            _ => {}
        }
        let fund = node
            .name
            .is_some_and(|n| ["fonds laagste", "voorfinanciering"].contains(&n.word));
        if fund && !self.plan.fonds {
            out.push("zonder gebiedsfonds".into());
        }
        out.retain(|text| !text.is_empty());
        out.push(format!("route {}", self.plan.route.naam()));
        if let Some((draw, s)) = self.trekking {
            let spread = match s.methode {
                Methode::Willekeurig => String::new(),
                Methode::Antithetisch => ", antithetisch".into(),
                Methode::Latijns => format!(", Latijnse hyperkubus van {}", s.per_herhaling),
                Methode::Sobol => format!(", Sobol per {}", s.per_herhaling),
            };
            out.push(format!("trekking {draw}, seed {}{spread}", s.seed));
        }
        out
    }

    /// The party of a column of the matrix.
    fn kolom_naam(&self, kolom: usize) -> &str {
        let partijen = &self.plan.model.partijen;
        partijen.get(kolom).map_or("buiten", |p| &p.partij)
    }

    fn whose(&self, of: Of) -> String {
        let model = self.plan.model;
        match of {
            Of::Geheel => String::new(),
            Of::Index(i) => model.indexen[usize::from(i)].naam.clone(),
            Of::Lijn(l) => model.lijnen[usize::from(l)].id.clone(),
            Of::Rekening(r) => model.rekening_naam(usize::from(r)),
            Of::Partij(p) => model.partijen[usize::from(p)].partij.clone(),
            Of::Deel(d) => self.plan.deel_naam(usize::from(d)).to_owned(),
            Of::Object(o) => model.objecten[usize::from(o)].id.clone(),
            Of::Cel(opgave, kolom) => {
                format!(
                    "{}/{}",
                    OPGAVEN[usize::from(opgave)],
                    self.kolom_naam(usize::from(kolom))
                )
            }
            Of::Verhaal(g) => model.verhaal.gebieden[usize::from(g)].id.clone(),
            Of::Eigendom(e) => model.verhaal.eigendommen[usize::from(e)].id.clone(),
            Of::Kostensoort(g, k) => format!(
                "{} {}",
                KOSTENSOORTEN[usize::from(k)],
                model.verhaal.gebieden[usize::from(g)].id
            ),
            Of::Post(p) => {
                let post = self.plan.posten[usize::from(p)];
                let line = post.lijn.map_or("", |l| &model.lijnen[l].id);
                let gebieden = &model.verhaal.gebieden;
                let part = grond::bijzonder(post.soort);
                match gebieden.get(post.gebied) {
                    Some(_) if gebieden.len() == 1 => format!("{line}{part}"),
                    Some(gebied) => format!("{line}{part} in {}", gebied.id),
                    None => {
                        let regel = &model.verevening.regels[post.gebied - gebieden.len()];
                        format!("{line} in {}", regel.naam)
                    }
                }
            }
            Of::Regel(r) => model.verevening.regels[usize::from(r)].naam.clone(),
            Of::Deelnemer(d) => model.verevening.deelnemers[usize::from(d)].id.clone(),
            Of::Bijdrage(b) => model.bijdragen[usize::from(b)].id.clone(),
            Of::Norm(n, row) => {
                let naam = &model.normen[usize::from(n)].naam;
                if row == u16::MAX {
                    naam.clone()
                } else {
                    format!("{naam} rij {}", row + 1)
                }
            }
            Of::Maatregel(m) => self
                .plan
                .vraag
                .get(usize::from(m))
                .map(|v| model.maatregelen[v.maatregel].maatregel.clone())
                .unwrap_or_default(),
        }
    }

    fn label(&self, word: &str, of: Of, when: &str) -> String {
        [self.leesbaar(word, of), self.whose(of), when.to_owned()]
            .iter()
            .filter(|part| !part.is_empty())
            .cloned()
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// What the tables of kostenverhaal hold, in words.
fn verhaalinvoer(model: &Model) -> Vec<(&Quantity, String, Unit)> {
    let verhaal = &model.verhaal;
    let mut out = Vec::new();
    for e in &verhaal.eigendommen {
        let mut add =
            |q, word: &str, unit| out.push((q, format!("{word} {} (invoer)", e.id), unit));
        match &e.inbreng {
            Inbreng::Geheel(q) => add(q, "inbrengwaarde", Unit::Eur),
            Inbreng::Delen(land, parts) => {
                if let Some([m2, per]) = land {
                    add(m2, "m2", Unit::Number);
                    add(per, "grond_m2", Unit::Eur);
                }
                let words = ["opstallen", "vrijmaken", "slopen", "saneren"];
                for (word, q) in words.into_iter().zip(parts) {
                    if let Some(q) = q {
                        add(q, word, Unit::Eur);
                    }
                }
            }
        }
    }
    for e in &verhaal.eigendommen {
        if let Some(q) = &e.beschikt {
            out.push((q, format!("beschikt {} (invoer)", e.id), Unit::Eur));
        }
        if let Some(q) = &e.andere_kosten {
            out.push((q, format!("andere_kosten {} (invoer)", e.id), Unit::Eur));
        }
    }
    for g in &verhaal.gebieden {
        out.push((&g.rente, format!("rente {} (invoer)", g.id), Unit::Rate));
        if let Some(q) = &g.raming {
            out.push((q, format!("raming {} (invoer)", g.id), Unit::Eur));
        }
    }
    for post in &verhaal.posten {
        let line = &model.lijnen[post.lijn].id;
        if let Some(q) = &post.deel {
            let word = if post.soort == Postsoort::Bijdrage {
                "in_mindering"
            } else {
                "toerekenbaar"
            };
            out.push((q, format!("{word} {line} (invoer)"), Unit::Rate));
        }
        if let Some(count) = eenheden(&model.lijnen[post.lijn]) {
            out.push((count, format!("aantal {line} (invoer)"), Unit::Number));
        }
    }
    out
}

/// What the tables of verevening hold, in words.
fn vereveningsinvoer(model: &Model) -> Vec<(&Quantity, String, Unit)> {
    let unit = |column: &str| match column {
        "aandeel" => Unit::Rate,
        "sleutel" | "feitelijk" | "aantal" | "sociaal" | "elders" | "grens" | "m2" | "weq"
        | "vanaf" | "woningequivalenten" => Unit::Number,
        _ => Unit::Eur,
    };
    let mut out = Vec::new();
    for r in &model.verevening.regels {
        out.push((&r.rente, format!("rente {} (invoer)", r.naam), Unit::Rate));
        for (column, q) in REGELKOLOMMEN.iter().zip(&r.getallen) {
            let words = format!("{column} {} (invoer)", r.naam);
            out.extend(q.as_ref().map(|q| (q, words, unit(column))));
        }
    }
    for b in &model.bijdragen {
        out.push((
            &b.gevraagd,
            format!("gevraagd {} (invoer)", b.id),
            Unit::Eur,
        ));
        if let Some(e) = &b.eindafrekening {
            out.push((&e.nodig, format!("nodig {} (invoer)", b.id), Unit::Eur));
            let words = format!("terugbetaalrente {} (invoer)", b.id);
            out.push((&e.rente, words, Unit::Rate));
        }
    }
    for n in &model.normen {
        out.push((&n.waarde, format!("norm {} (invoer)", n.naam), Unit::Number));
        for q in n.grondwaarden.iter().flatten() {
            out.push((q, format!("grondwaarde {} (invoer)", n.naam), Unit::Eur));
        }
    }
    for d in &model.verevening.deelnemers {
        for (column, maat) in KOLOMMEN.iter().zip(&d.getallen) {
            let Some(Maat::Som(parts)) = maat else {
                continue;
            };
            for q in parts.iter().flatten() {
                out.push((q, format!("{column} {} (invoer)", d.id), unit(column)));
            }
        }
    }
    out
}

/// Words for inputs as they were given: before a draw works on them, or before they are made a growth per period.
fn inputs(model: &Model) -> HashMap<&Place, (String, Unit)> {
    let mut out = HashMap::new();
    let g = &model.gebied;
    for (q, naam) in [
        (&g.rente, "rente (invoer)"),
        (&g.creditrente, "creditrente (invoer)"),
        (
            &g.discontovoet_maatschappelijk,
            "discontovoet maatschappelijk",
        ),
    ] {
        if let Some(place) = &q.place {
            out.entry(place)
                .or_insert_with(|| (naam.to_owned(), Unit::Rate));
        }
    }
    for groep in &model.indexen {
        for place in groep.groei.iter().filter_map(|(_, q)| q.place.as_ref()) {
            out.entry(place)
                .or_insert_with(|| (format!("groei {}", groep.naam), Unit::Rate));
        }
    }
    for (q, naam, unit) in verhaalinvoer(model)
        .into_iter()
        .chain(vereveningsinvoer(model))
    {
        if let Some(place) = &q.place {
            out.entry(place).or_insert((naam, unit));
        }
    }
    for lijn in &model.lijnen {
        let factors: Vec<(&str, &Quantity)> = match &lijn.bedrag {
            Bedrag::Product(factors) => factors.iter().map(|f| (f.kolom, &f.waarde)).collect(),
            Bedrag::Opslag { percentage, .. } => vec![("percentage", percentage)],
            Bedrag::Verrekend(_) => Vec::new(),
            Bedrag::Waardering { aantal, .. } => vec![("aantal", aantal)],
            Bedrag::Waarde { waardering, deel } => {
                let w = &model.waarderingen[*waardering];
                let velden = match deel {
                    Deel::Rente(post) => post.velden.as_slice(),
                    Deel::Grondpost(i) => w.posten[*i].velden.as_slice(),
                    Deel::Grond => w.velden.as_slice(),
                    Deel::Huur | Deel::Opbrengst => &[],
                };
                velden.iter().map(|f| (f.kolom, &f.waarde)).collect()
            }
        };
        for (kolom, q) in factors {
            let word = if ["bedrag", "percentage"].contains(&kolom) {
                kolom
            } else {
                evaluate::lijn_woord(kolom)
            };
            if let Some(place) = &q.place {
                out.entry(place)
                    .or_insert_with(|| (format!("{kolom} {} (invoer)", lijn.rij), unit(word).0));
            }
        }
    }
    out
}

/// The unit of what is drawn: that of its column, or a bare factor.
fn unit_of(onzekerheid: &Onzekerheid) -> Unit {
    match onzekerheid.doel.column {
        _ if onzekerheid.als == Als::Factor => Unit::Number,
        "groei" | "rente" | "creditrente" | "percentage" | "zekerheid" | "bijdrage_aandeel" => {
            Unit::Rate
        }
        "bedrag" | "prijs" | "grondprijs" | "investering" | "onderhoud" | "von" | "huur"
        | "betaalbare_huur" => Unit::Eur,
        column if verhaal::in_euro(column) => Unit::Eur,
        "grondquote" => Unit::Rate,
        _ => Unit::Number,
    }
}

/// A draw in exact numbers: that of a run of both routes.
fn trek(
    plan: &Plan<'_>,
    draw: u64,
    sampling: Steekproef,
    vast: &[Vastgezet],
) -> Result<Trekking<Exact>, Problem> {
    let years = Voorbereid::<Exact>::jaren(plan);
    let (first, count) = (*years.start(), years.count());
    if sampling.methode != Methode::Sobol {
        return Ok(Trekker::new(plan, sampling, vast, first, count)?.exact(draw));
    }
    // What shares the Sobol points, and how, follows from the flows of the first route and the years of both.
    let gathered = |route| Plan::new(plan.model, route, Diepte::Rekening, plan.drijvers.clone());
    let [one, other] = Route::BEIDE;
    let (one, other) = (gathered(one)?, gathered(other)?);
    let [a, b] = [&one, &other].map(Voorbereid::<Exact>::jaren);
    let (from, to) = (*a.start().min(b.start()), *a.end().max(b.end()));
    let trekker = Trekker::new(&one, sampling, vast, from, (to - from + 1) as usize)?;
    let mut drawn = trekker.exact(draw);
    let skip = (first - from).max(0) as usize;
    for row in &mut drawn.schokken {
        row.drain(..skip.min(row.len()));
        row.truncate(count);
    }
    Ok(drawn)
}

/// What a draw made of every driver.
fn getrokken(plan: &Plan<'_>, drawn: &Trekking<Exact>) -> Vec<Getrokken> {
    let (model, d) = (plan.model, &plan.drijvers);
    let value = |value: &Exact| value.0.unwrap_or_default();
    let scalars = d.slots.iter().zip(&drawn.slots).map(|(slot, drawn)| {
        let (naam, eenheid) = match slot {
            Slot::Onzekerheid(o) => {
                let o = &model.onzekerheden[*o];
                (o.id.clone(), unit_of(o))
            }
            Slot::Risico(r) => (model.risicos[*r].risico.clone(), Unit::Eur),
        };
        Getrokken {
            naam,
            eenheid,
            waarden: vec![(None, value(drawn))],
            zwaai: None,
        }
    });
    // What is known by then is not uncertain, and no flow asks for what comes after the last.
    let known = model.gebied.peil.year(model.gebied.tijdstap);
    let last = plan.timeline.year(plan.timeline.len - 1);
    let first = *Voorbereid::<Exact>::jaren(plan).start();
    let yearly = d.schokken.iter().zip(&drawn.schokken).map(|((o, _), row)| {
        let years = (first..).zip(row);
        let asked = years.filter(|(year, _)| (known + 1..=last).contains(year));
        Getrokken {
            naam: model.onzekerheden[*o].id.clone(),
            eenheid: Unit::Rate,
            waarden: asked.map(|(year, x)| (Some(year), value(x))).collect(),
            zwaai: None,
        }
    });
    let mut all: Vec<Getrokken> = scalars.chain(yearly).collect();
    if all.len() > GETROKKEN
        && let Ok(gathered) = Plan::new(model, plan.route, Diepte::Rekening, d.clone())
        && let Ok(swings) = zwaai(&gathered, "ncw", &[])
    {
        for z in &swings.balken {
            all[z.driver].zwaai = Some(z.zwaai());
        }
        let size = |g: &Getrokken| {
            g.zwaai
                .map_or(-1.0, |z| if z.is_nan() { -1.0 } else { z.abs() })
        };
        all.sort_by(|a, b| size(b).total_cmp(&size(a)));
    }
    all
}

/// The calculation that is recorded; gives words for what it draws.
fn calculate(
    plan: &Plan<'_>,
    trekking: Option<&Trekking<Exact>>,
) -> Result<HashMap<u32, (String, Unit)>, Problem> {
    let (model, g) = (plan.model, &plan.model.gebied);
    let mut labels = HashMap::new();
    let v = Voorbereid::<Expr>::new(plan);
    let mut drawn = Trekking::<Expr>::geen();
    if let Some(exact) = trekking {
        let mut input =
            |value: Exact, place: &Place, naam: String, unit: Unit| -> Result<Expr, Problem> {
                let value = value.0.ok_or_else(|| {
                    Problem::error(
                        "too-large",
                        format!("{naam} is too large to calculate with"),
                    )
                    .at(place)
                })?;
                let made = Expr::of(Expr::fixed(value, Some(place)));
                labels.insert(made.node(), (naam, unit));
                Ok(made)
            };
        for (slot, value) in plan.drijvers.slots.iter().zip(&exact.slots) {
            let (naam, place, unit) = match slot {
                Slot::Onzekerheid(o) => (
                    &model.onzekerheden[*o].id,
                    &model.onzekerheden[*o].place,
                    unit_of(&model.onzekerheden[*o]),
                ),
                Slot::Risico(r) => (
                    &model.risicos[*r].risico,
                    &model.lijnen[model.risicos[*r].lijn].place,
                    Unit::Eur,
                ),
            };
            drawn
                .slots
                .push(input(*value, place, format!("trekking {naam}"), unit)?);
        }
        for ((o, _), values) in plan.drijvers.schokken.iter().zip(&exact.schokken) {
            let onzekerheid = &model.onzekerheden[*o];
            let row = values.iter().zip(v.eerste_jaar()..).map(|(value, year)| {
                input(
                    *value,
                    &onzekerheid.place,
                    format!("trekking {} {year}", onzekerheid.id),
                    Unit::Rate,
                )
            });
            drawn.schokken.push(row.collect::<Result<_, _>>()?);
        }
        drawn.uitstel.clone_from(&exact.uitstel);
    }
    let mut werk = Werk::new(plan, true);
    let u = evaluate::evaluate(&v, &drawn, &mut werk);
    for r in (1..model.rekeningen.len()).filter(|r| *r != HOOFD) {
        evaluate::rekeningresultaat(&v, r, &mut werk);
    }
    evaluate::verhaal::overzicht(&v, &werk);
    overzicht::partijkas(&v, &werk);
    overzicht::partijreeksen(&v, &werk);
    overzicht::matrix(&v, &werk);
    overzicht::met_leningen(&v, &werk);
    for deel in 0..plan.delen.len() {
        overzicht::deelsaldo(&v, deel, &werk);
    }
    if plan.fonds {
        overzicht::fondstotalen(&v, &werk);
    } else {
        // What a report shows of a fund that is not there.
        for word in ["fonds laagste", "voorfinanciering"] {
            let _ = Expr::number(0).named(word, Of::Geheel, At::Once);
        }
    }
    route::objectkosten::<Expr>(model);
    route::normen::toetsen::<Expr>(model);
    let of = Of::Rekening(HOOFD as u16);
    let _ = (-u.hoofd.laagste_stand.0).named("hoogste boekwaarde", of, At::Once);
    let _ = u
        .hoofd
        .onder_water
        .per(Expr::number(i64::from(g.tijdstap.per_year())))
        .named("jaren onder water", of, At::Once);
    let d = Expr::of(Expr::fixed(
        g.discontovoet_bbv.value,
        g.discontovoet_bbv.place.as_ref(),
    ));
    labels.insert(d.node(), ("discontovoet BBV".into(), Unit::Rate));
    bbv::voorziening(
        u.hoofd.eindwaarde,
        d,
        exponent(g.peildatum, g.eindjaar, g.tijdstap, g.dagtelling),
        of,
    );
    Ok(labels)
}

// --------------------------------------------------------------------------------------------------------- addresses

enum Gevonden {
    Node(u32),
    /// A whole year of shorter periods; of nothing it is zero.
    Som(String, Unit, Vec<u32>),
    /// A year that is chosen by what happens in it: its name, the year, the numbers that say so, and why in words.
    Jaar(String, i32, Vec<u32>, &'static str),
}

/// Addresses of the main account that differ from their word.
const HOOFDWOORDEN: &[(&str, &str)] = &[
    ("nominaal_saldo", "nominaal saldo"),
    ("reeel_saldo", "reëel saldo"),
    ("eindwaarde", "eindwaarde"),
    ("ncw_bbv", "ncw_bbv"),
    ("ncw_rente", "ncw_rente"),
    ("ncw_kasstroom", "ncw_kasstroom"),
    ("ncw_kasstroom_rente", "ncw_kasstroom_rente"),
    ("hoogste_boekwaarde", "hoogste boekwaarde"),
    ("laagste_stand", "laagste stand"),
    ("laagste_stand_jaar", "laagste stand periode"),
    ("jaren_onder_water", "jaren onder water"),
    ("rente_totaal", "rente totaal"),
    ("voorziening_eindwaarde", "voorziening eindwaarde"),
    ("voorziening_contant", "voorziening contant"),
    ("kosten_prijspeil", "kosten prijspeil"),
    ("opbrengsten_prijspeil", "opbrengsten prijspeil"),
    ("kosten", "kosten"),
    ("opbrengsten", "opbrengsten"),
    ("kasstroom", "kasstroom"),
    ("mutatie", "mutatie"),
    ("rente", "rente"),
    ("boekwaarde", "boekwaarde"),
];

/// What is asked in other ways.
const OVERIGE: &[&str] = &[
    "ncw",
    "voorziening",
    "boekwaarde_peildatum",
    "boekwaarde_begin",
    "voorfinanciering",
    "fonds_laagste",
    "portemonnee",
    "stroom",
    "bedrag",
    "indexfactor",
    "partij",
    "deelgebied",
    "rekening",
    "fonds",
    "matrix",
    "object",
    "kostenverhaal",
    "eigendom",
    "verevening",
    "verevening_delen",
    "bijdragen",
    "normen",
];

/// A figure by its address and by its word.
type Cijfer = verevening::Cijfer;
/// The figures of a row and whose they are; the names of all rows when there is no such row.
type Rijcijfers<'a> = Result<(Vec<Cijfer>, Of), Vec<&'a str>>;

/// The figures of every rule of verevening, and of everyone who takes part, and their words; a kind has more.
const REGELWOORDEN: [Cijfer; 2] = [
    ("betaald", "verevening betaald"),
    ("saldo", "verevening saldo"),
];
const DEELNEMERWOORDEN: [Cijfer; 1] = [("verrekening", "verrekening")];

/// The figures of an area of kostenverhaal and their words.
const VERHAALWOORDEN: &[Cijfer] = &[
    ("kosten", "verhaalbare kosten"),
    ("plankosten", "plankosten"),
    ("plankosten_verhaalbaar", "plankosten verhaalbaar"),
    ("inbrengwaarden", "inbrengwaarden"),
    ("bijdragen", "bijdragen van derden"),
    ("netto_kosten", "netto verhaalbare kosten"),
    ("opbrengst", "opbrengst gronden"),
    ("omslag", "omslag"),
    ("tekort", "tekort na aftopping"),
    ("geldsommen", "geldsommen"),
    ("overeenkomsten", "overeenkomsten"),
    ("kosten_ontvanger", "kosten van de ontvanger"),
    ("rest", "rest kostenverhaal"),
    ("rest_zonder_kostensoort", "rest zonder kostensoort"),
    ("rest_elders", "rest elders"),
    ("rest_plankosten", "rest plankosten"),
    (
        "rest_plankosten_jaar",
        "rest plankosten in het jaar van de beschikking",
    ),
    ("rest_bijdragen", "rest bijdragen"),
    ("rest_raming", "rest raming"),
    ("rest_aftopping", "rest aftopping"),
    ("rest_eigen_grond", "rest eigen grond"),
    ("rest_zonder_eigendom", "rest zonder eigendom"),
    ("rest_niet_plichtig", "rest niet plichtig"),
    ("rest_overeenkomsten", "rest overeenkomsten"),
    ("rest_vloer_en_maxima", "rest vloer en maxima"),
    ("rest_eigen_werken", "rest eigen werken"),
    ("rest_beschikt", "rest beschikt"),
    ("rest_betaalmoment", "rest betaalmoment"),
    ("rest_anderen", "rest anderen"),
];

/// The figures of an eigendom in kostenverhaal and their words.
const EIGENDOMWOORDEN: &[Cijfer] = &[
    ("geldsom", "geldsom"),
    ("netto", "netto bijdrage"),
    ("bruto", "bruto bijdrage"),
    ("bruto_opbrengsten", "bruto bijdrage opbrengsten"),
    ("bruto_gewichtsfactor", "bruto bijdrage gewichtsfactor"),
    ("aftrek", "aftrek eigen kosten"),
    ("inbreng", "inbrengwaarde"),
    ("opbrengst", "opbrengst eigendom"),
    ("waardevermeerdering", "waardevermeerdering"),
    ("terugbetaling", "terugbetaling"),
    ("overeenkomst", "overeenkomst"),
];

/// Of [`OVERIGE`] those that are one figure.
const EENMALIG: &[&str] = &[
    "ncw",
    "voorziening",
    "boekwaarde_peildatum",
    "voorfinanciering",
    "fonds_laagste",
    "portemonnee",
];

/// The figures of a party and their words.
const PARTIJWOORDEN: &[(&str, &str)] = &[
    ("saldo", "saldo"),
    ("baten", "baten"),
    ("netto_baat", "netto baat"),
    ("besparing", "contante besparing"),
    ("maatschappelijk", "contant maatschappelijk"),
    ("investering", "betaald"),
    ("bijdragen", "bijdragen"),
    ("ontvangen", "ontvangen"),
    ("kasstroom", "kasstroom"),
    ("lopende_som", "lopende som"),
];

/// Years of a party, and what flows in one: chosen by the record, not calculated.
const PARTIJJAREN: &[&str] = &["terugverdienjaar", "slechtste_jaar", "slechtste_jaar_kas"];

/// The figures of an object and their words.
const OBJECTWOORDEN: &[(&str, &str)] = &[
    ("levensduurkosten", "levensduurkosten"),
    ("levensduurkosten_onderhoud", "levensduurkosten onderhoud"),
    ("levensduurkosten_vervanging", "levensduurkosten vervanging"),
    ("levensduurkosten_restwaarde", "levensduurkosten restwaarde"),
    ("levensduurkosten_per_jaar", "levensduurkosten per jaar"),
    ("kapitaallast_lineair", "kapitaallast lineair"),
    ("kapitaallast_annuitair", "kapitaallast annuïtair"),
];

/// The figures of a cell of the matrix over all periods, and their words.
const MATRIXWOORDEN: &[(&str, &str)] = &[("nominaal", "matrix nominaal"), ("ncw", "matrix ncw")];

/// The figures of a deelgebied on the main account and their words.
const DEELWOORDEN: &[(&str, &str)] = &[
    ("eindwaarde", "eindwaarde"),
    ("ncw", "ncw"),
    ("kosten", "kosten"),
    ("opbrengsten", "opbrengsten"),
    ("mutatie", "mutatie"),
    ("rente", "rente"),
    ("eigen_inleg", "eigen inleg"),
    ("schuld", "schuld"),
    ("lening", "lening"),
    ("reeel_saldo", "reëel saldo"),
    ("kasstroom", "kasstroom"),
    ("rentegrondslag", "rentegrondslag"),
    ("rente_lening", "rente lening"),
    ("eigen_inleg_voor_lening", "eigen inleg voor lening"),
    ("leenplafond", "leenplafond"),
];

/// Series of an account or the fund that a report goes on with, at zero, when they have ended.
const LOPEN_AF: &[&str] = &["boekwaarde", "leningen", "schuld"];

/// Words of what stands at the end of a period: of a year, that of its last.
const STANDEN: &[&str] = &[
    "boekwaarde",
    "stand",
    "fonds saldo",
    "fonds open",
    "eigen inleg",
    "schuld",
];

/// What can be asked, in one line.
const ALLOWED: &str = "ncw, eindwaarde, nominaal_saldo and the other kerncijfers; kosten.2030, boekwaarde.2030 and the other reeksen; stroom[CODE].2030; bedrag[CODE]; indexfactor[INDEX].2030; \
    partij[NAAM].saldo, .baten or .netto_baat; deelgebied[NAAM].eindwaarde or .ncw; rekening[PARTIJ/REKENING].eindwaarde or .boekwaarde.2030; matrix[OPGAVE/PARTIJ].ncw; fonds.saldo.2030; voorfinanciering; portemonnee; kostenverhaal[ID].omslag, .kosten_A8 or .rest; eigendom[ID].geldsom, .netto or .bruto; verevening[REGEL].saldo; \
    verevening_delen[ID].verrekening; bijdragen[ID].bijdrage; normen[NORM].effect; --list shows them all";

fn bad(message: String) -> Problem {
    Problem::error("bad-result-address", message)
}

/// What is no address at all; the nearest that is one is looked for when nothing else fits.
fn unknown(adres: &str) -> Problem {
    bad(format!("\"{adres}\" is no result")).allowed(ALLOWED)
}

/// A name that no row has.
fn onbekende_naam(adres: &str, what: &str, key: &str, names: &[&str]) -> Problem {
    let problem = bad(format!("\"{adres}\": unknown {what} \"{key}\""));
    match nearest(key, names.iter().copied()) {
        Some(near) => problem.fix(format!("did you mean \"{near}\"?")),
        None if names.is_empty() => problem.fix(format!("the model has no table {what}")),
        None => problem.allowed(format!(
            "{}{}",
            names[..names.len().min(20)].join(", "),
            if names.len() > 20 { ", …" } else { "" }
        )),
    }
}

/// A period is asked of what is one figure.
fn zonder_periode(adres: &str, figure: &str) -> Problem {
    bad(format!(
        "\"{adres}\": {figure} is one figure, it has no period"
    ))
    .fix(format!("ask {figure}"))
}

/// The kostensoort of a figure such as `kosten_A8`.
fn kostensoort_van(figure: &str) -> Option<usize> {
    let code = figure.strip_prefix("kosten_")?;
    KOSTENSOORTEN.iter().position(|k| *k == code)
}

/// The word of [`NAMES`] that is meant.
fn word(text: &str) -> Option<&'static str> {
    let asked = fold(text);
    NAMES
        .iter()
        .map(|(word, _, _)| *word)
        .find(|word| fold(word) == asked)
}

fn unit(word: &str) -> (Unit, &'static str) {
    NAMES
        .iter()
        .find(|(w, _, _)| *w == word)
        .map_or((Unit::Number, ""), |(_, unit, rule)| (*unit, rule))
}

impl Opname<'_> {
    fn find(&self, adres: &str) -> Result<Gevonden, Problem> {
        let adres = adres.trim();
        let hoofd = Of::Rekening(HOOFD as u16);
        let keyed = adres.split_once('[').and_then(|(head, rest)| {
            let (key, tail) = rest.rsplit_once(']')?;
            Some((
                head.trim(),
                key.trim(),
                tail.strip_prefix('.').unwrap_or(tail).trim(),
            ))
        });
        let Some((head, key, tail)) = keyed else {
            let (head, tail) = adres.split_once('.').unwrap_or((adres, ""));
            let g = &self.plan.model.gebied;
            let once = |word| self.at(word, hoofd, "", adres);
            if !tail.is_empty() && EENMALIG.contains(&head) {
                return Err(zonder_periode(adres, head));
            }
            return match head {
                "ncw" => once(match g.ncw_methode {
                    NcwMethode::Bbv => "ncw_bbv",
                    NcwMethode::Rente => "ncw_rente",
                    NcwMethode::Kasstroom => "ncw_kasstroom",
                    NcwMethode::KasstroomRente => "ncw_kasstroom_rente",
                }),
                "voorziening" => once(if g.voorziening_contant {
                    "voorziening contant"
                } else {
                    "voorziening eindwaarde"
                }),
                "boekwaarde_peildatum" => self
                    .begin("boekwaarde", hoofd, self.plan.timeline.peil)
                    .ok_or_else(|| unknown(adres)),
                "boekwaarde_begin" => {
                    let (positions, _) = self.positions(tail, adres)?;
                    self.begin("boekwaarde", hoofd, positions.start)
                        .ok_or_else(|| self.outside("boekwaarde", hoofd, tail))
                }
                "fonds" if !self.plan.fonds => Err(bad(format!(
                    "\"{adres}\": route {} has no gebiedsfonds",
                    self.plan.route.naam()
                ))
                .fix("ask it of route cofinanciering, of a model with table fonds")),
                "voorfinanciering" => self.at("voorfinanciering", Of::Geheel, "", adres),
                "fonds_laagste" => self.at("fonds laagste", Of::Geheel, "", adres),
                "portemonnee" => self.at("één portemonnee", Of::Geheel, "", adres),
                "fonds" => {
                    let (what, period) = tail.split_once('.').unwrap_or((tail, ""));
                    let word = match what {
                        "leningen" => Some("leningen"),
                        "uitstaand" => Some("schuld"),
                        "vraag" => Some("fonds gevraagd"),
                        _ => word(&format!("fonds {what}")),
                    };
                    let word = word.ok_or_else(|| unknown(adres))?;
                    self.aflopend(word, Of::Geheel, period, adres)
                }
                _ => match HOOFDWOORDEN.iter().find(|(a, _)| *a == head) {
                    Some((_, word)) => self.at(word, hoofd, tail, adres),
                    None => self.input(adres).unwrap_or_else(|| Err(unknown(adres))),
                },
            };
        };
        let model = self.plan.model;
        let near = |names: Vec<&str>, what: &str| onbekende_naam(adres, what, key, &names);
        let (figure, period) = tail.split_once('.').unwrap_or((tail, ""));
        match head {
            "deelgebied" if DEELWOORDEN.iter().any(|(a, _)| *a == figure) => {
                let word = DEELWOORDEN
                    .iter()
                    .find(|(a, _)| *a == figure)
                    .map_or("", |(_, word)| *word);
                let names: Vec<&str> = (0..self.plan.delen.len())
                    .map(|d| self.plan.deel_naam(d))
                    .collect();
                let d = names
                    .iter()
                    .position(|n| name_key(n) == name_key(key))
                    .ok_or_else(|| near(names, "deelgebied of the grondexploitatie"))?;
                self.at(word, Of::Deel(d as u16), period, adres)
            }
            "partij" => {
                let p = model.partij(key).ok_or_else(|| {
                    near(
                        model.partijen.iter().map(|p| p.partij.as_str()).collect(),
                        "partij",
                    )
                })?;
                if PARTIJJAREN.contains(&figure) {
                    if !period.is_empty() {
                        let asked = format!("partij[{key}].{figure}");
                        return Err(zonder_periode(adres, &asked));
                    }
                    return self.partijjaar(p, figure, adres);
                }
                let Some((_, word)) = PARTIJWOORDEN.iter().find(|(a, _)| *a == figure) else {
                    let problem = bad(format!(
                        "\"{adres}\": no \"{figure}\" of a partij can be explained"
                    ))
                    .allowed(
                        PARTIJWOORDEN
                            .iter()
                            .map(|w| w.0)
                            .chain(PARTIJJAREN.iter().copied())
                            .collect::<Vec<_>>()
                            .join(", "),
                    );
                    let names = PARTIJWOORDEN.iter().map(|w| w.0);
                    return Err(nearest(figure, names.chain(PARTIJJAREN.iter().copied()))
                        .map_or(problem.clone(), |n| {
                            problem.fix(format!("did you mean \"{n}\"?"))
                        }));
                };
                self.at(word, Of::Partij(p as u16), period, adres)
            }
            "rekening" => {
                let names: Vec<String> = (0..model.rekeningen.len())
                    .map(|r| model.rekening_naam(r))
                    .collect();
                let r = names
                    .iter()
                    .position(|n| name_key(n) == name_key(key))
                    .ok_or_else(|| near(names.iter().map(String::as_str).collect(), "rekening"))?;
                let of = Of::Rekening(r as u16);
                if figure == "boekwaarde_peildatum" {
                    if !period.is_empty() {
                        let asked = format!("rekening[{key}].{figure}");
                        return Err(zonder_periode(adres, &asked));
                    }
                    return self
                        .begin("boekwaarde", of, self.plan.timeline.peil)
                        .ok_or_else(|| self.nothing("boekwaarde", of, adres));
                }
                let lent =
                    figure == "kasstroom" && !self.moments("kasstroom met leningen", of).is_empty();
                if lent {
                    return self.at("kasstroom met leningen", of, period, adres);
                }
                let word = HOOFDWOORDEN
                    .iter()
                    .find(|(a, _)| *a == figure)
                    .map(|(_, word)| *word)
                    .or_else(|| word(figure))
                    .ok_or_else(|| unknown(adres))?;
                self.aflopend(word, of, period, adres)
            }
            "matrix" => {
                let (opgave, kolom) = key.rsplit_once('/').unwrap_or((key, ""));
                let kolommen = 0..=model.partijen.len();
                let o = OPGAVEN.iter().position(|n| fold(n) == fold(opgave));
                let k = kolommen
                    .clone()
                    .find(|k| name_key(self.kolom_naam(*k)) == name_key(kolom.trim()));
                let (Some(o), Some(k)) = (o, k) else {
                    let all = OPGAVEN.iter().flat_map(|o| {
                        kolommen
                            .clone()
                            .map(move |k| format!("{o}/{}", self.kolom_naam(k)))
                    });
                    let all: Vec<String> = all.collect();
                    return Err(near(
                        all.iter().map(String::as_str).collect(),
                        "cell of the matrix (OPGAVE/PARTIJ)",
                    ));
                };
                let of = Of::Cel(o as u16, k as u16);
                match MATRIXWOORDEN.iter().find(|(a, _)| *a == tail) {
                    Some((_, word)) => self.at(word, of, "", adres),
                    None if tail.is_empty() => Err(bad(format!("\"{adres}\" has several values"))
                        .fix(format!(
                            "write {adres}.nominaal, {adres}.ncw or {adres}.{}",
                            self.plan.timeline.label(self.plan.timeline.peil)
                        ))),
                    None => self.cel(of, tail, adres),
                }
            }
            "object" | "objecten" if OBJECTWOORDEN.iter().any(|(a, _)| *a == tail) => {
                let o = model
                    .objecten
                    .iter()
                    .position(|o| name_key(&o.id) == name_key(key))
                    .ok_or_else(|| {
                        near(
                            model.objecten.iter().map(|o| o.id.as_str()).collect(),
                            "object",
                        )
                    })?;
                let word = OBJECTWOORDEN
                    .iter()
                    .find(|(a, _)| *a == tail)
                    .map_or("", |(_, word)| *word);
                self.at(word, Of::Object(o as u16), "", adres)
            }
            _ if let Some(found) = self.cijfer_van(head, key, figure, adres) => {
                let (word, of) = found?;
                self.at(word, of, period, adres)
            }
            _ => match (word(head), self.input(adres)) {
                (_, Some(input)) => input,
                (None, None) => Err(unknown(adres)),
                (Some(word), None) => {
                    let of = self.owners(key);
                    let known = |of: &Of| {
                        self.book
                            .names()
                            .any(|(n, _)| n.word == word && n.of == *of)
                    };
                    let one = of.first().copied().filter(|_| of.len() == 1);
                    let of = one.or_else(|| of.iter().copied().find(known).or(of.first().copied()));
                    match of {
                        Some(of) => self.at(word, of, tail, adres),
                        None => Err(near(
                            model
                                .lijnen
                                .iter()
                                .map(|l| l.id.as_str())
                                .chain(model.indexen.iter().map(|i| i.naam.as_str()))
                                .collect(),
                            "code",
                        )),
                    }
                }
            },
        }
    }

    /// Everything that goes by a name.
    fn owners(&self, key: &str) -> Vec<Of> {
        let model = self.plan.model;
        let key = name_key(key);
        let same = |name: &str| name_key(name) == key;
        let lines = model
            .lijnen
            .iter()
            .enumerate()
            .filter(|(_, l)| same(&l.id))
            .map(|(l, _)| Of::Lijn(l as u16));
        let rows = model
            .lijnen
            .iter()
            .enumerate()
            .filter(|(_, l)| same(&l.rij) && !same(&l.id))
            .map(|(l, _)| Of::Lijn(l as u16));
        let groups = model
            .indexen
            .iter()
            .enumerate()
            .filter(|(_, i)| same(&i.naam))
            .map(|(i, _)| Of::Index(i as u16));
        let parties = model
            .partijen
            .iter()
            .enumerate()
            .filter(|(_, p)| same(&p.partij))
            .map(|(p, _)| Of::Partij(p as u16));
        let accounts = (0..model.rekeningen.len())
            .filter(|r| same(&model.rekening_naam(*r)))
            .map(|r| Of::Rekening(r as u16));
        let measures = self
            .plan
            .vraag
            .iter()
            .enumerate()
            .filter(|(_, v)| same(&model.maatregelen[v.maatregel].maatregel))
            .map(|(m, _)| Of::Maatregel(m as u16));
        let posts = (0..self.plan.posten.len())
            .map(|p| Of::Post(p as u16))
            .filter(|of| same(&self.whose(*of)));
        lines
            .chain(rows)
            .chain(groups)
            .chain(parties)
            .chain(accounts)
            .chain(measures)
            .chain(posts)
            .collect()
    }

    /// An address of an input that a calculation names.
    fn input(&self, adres: &str) -> Option<Result<Gevonden, Problem>> {
        let address = Address::parse(adres).ok()?;
        let model = self.plan.model;
        let hoofd = Of::Rekening(HOOFD as u16);
        let found = match (address.table, address.column) {
            ("gebied", "rente") => Some(("rente per jaar", hoofd, At::Once)),
            ("gebied", "creditrente") => Some(("creditrente per jaar", hoofd, At::Once)),
            ("gebied", "discontovoet_bbv") => Some(("discontovoet", hoofd, At::Once)),
            ("gebied", "discontovoet_matrix") => Some(("discontovoet", Of::Geheel, At::Once)),
            ("indexen", "groei") => {
                let i = model.indexen.iter().position(|i| address.matches(&i.naam));
                let t = address.year.and_then(|y| {
                    self.plan
                        .timeline
                        .position(Periode::of_year(y, self.plan.timeline.stap))
                });
                i.zip(t)
                    .map(|(i, t)| ("groei per periode", Of::Index(i as u16), at(t)))
            }
            (table, column) if LINE_TABLES.contains(&table) => {
                let of = |l: usize| Of::Lijn(l as u16);
                let word = match column {
                    "bedrag" => "bedrag",
                    "percentage" => "percentage",
                    other => evaluate::lijn_woord(other),
                };
                let known = |l: &usize| self.book.find(word, of(*l), At::Once).is_some();
                let lines = (0..model.lijnen.len()).filter(|l| {
                    model.lijnen[*l].tabel == table && address.matches(&model.lijnen[*l].rij)
                });
                let column = [
                    "von",
                    "btw",
                    "huur",
                    "betaalbaar_aandeel",
                    "betaalbare_huur",
                    "m2",
                    "bar",
                    "factor",
                    "kosten_koper",
                    "grondquote",
                    "disconto",
                    "eenheden",
                    "jaren",
                    "huurvrij",
                    "deel",
                    "termijnen",
                    "rente",
                    "bedrag",
                    "percentage",
                    "aantal",
                    "hoeveelheid",
                    "grondprijs",
                    "prijs",
                    "volume",
                    "zekerheid",
                    "bijdrage_aandeel",
                    "investering",
                    "onderhoud",
                ]
                .contains(&column);
                lines
                    .filter(|_| column)
                    .find(known)
                    .map(|l| (word, of(l), At::Once))
            }
            _ => None,
        };
        let node = found.and_then(|(word, of, at)| self.book.find(word, of, at));
        Some(node.map(Gevonden::Node).ok_or_else(|| {
            bad(format!(
                "{address} is an input that this route does not calculate with by itself"
            ))
            .allowed(ALLOWED)
        }))
    }

    /// A word of one owner, at a period if it has one.
    fn at(
        &self,
        word: &'static str,
        of: Of,
        period: &str,
        adres: &str,
    ) -> Result<Gevonden, Problem> {
        if period.is_empty() {
            if let Some(node) = self.book.find(word, of, At::Once) {
                return Ok(Gevonden::Node(node));
            }
            let first = self.moments(word, of).first().copied();
            return Err(match first {
                Some(t) => bad(format!("\"{adres}\" has a value per period"))
                    .fix(format!("write {adres}.{}", self.plan.timeline.label(t))),
                None => self.nothing(word, of, adres),
            });
        }
        let (positions, whole) = self.positions(period, adres)?;
        let found: Vec<u32> = positions
            .clone()
            .filter_map(|t| {
                // What is owed when the account ends is repaid then.
                let slot = (word == "leningen")
                    .then(|| self.book.find("leningen met slot", of, at(t)))
                    .flatten();
                slot.or_else(|| self.book.find(word, of, at(t)))
            })
            .collect();
        let (unit, _) = unit(word);
        match found.as_slice() {
            [] => Err(self.outside(word, of, period)),
            [one] if !whole => Ok(Gevonden::Node(*one)),
            [.., last] if STANDEN.contains(&word) => Ok(Gevonden::Node(*last)),
            _ if unit == Unit::Eur => Ok(Gevonden::Som(self.label(word, of, period), unit, found)),
            _ => Err(
                bad(format!("\"{adres}\" differs per period of the year")).fix(format!(
                    "write {} to {}",
                    self.plan.timeline.label(positions.start),
                    self.plan.timeline.label(positions.end - 1)
                )),
            ),
        }
    }

    /// A word of one owner at a period; zero after the last of a series that ends.
    fn aflopend(
        &self,
        word: &'static str,
        of: Of,
        period: &str,
        adres: &str,
    ) -> Result<Gevonden, Problem> {
        let found = self.at(word, of, period, adres);
        if found.is_ok() || period.is_empty() || !LOPEN_AF.contains(&word) {
            return found;
        }
        let last = self.moments(word, of).last().copied();
        match (last, self.positions(period, adres)) {
            (Some(last), Ok((positions, _))) if positions.start > last => Ok(Gevonden::Som(
                self.label(word, of, period),
                unit(word).0,
                Vec::new(),
            )),
            _ => found,
        }
    }

    /// A cell of the matrix in a period: zero where nothing flows.
    fn cel(&self, of: Of, period: &str, adres: &str) -> Result<Gevonden, Problem> {
        let (positions, whole) = self.positions(period, adres)?;
        let named = |t: usize| self.book.find("matrix", of, at(t));
        let found: Vec<u32> = positions.filter_map(named).collect();
        Ok(match found.as_slice() {
            [one] if !whole => Gevonden::Node(*one),
            _ => Gevonden::Som(self.label("matrix", of, period), Unit::Eur, found),
        })
    }

    /// A year of a party, or what flows in it, with the numbers that make it that year.
    fn partijjaar(&self, partij: usize, figure: &str, adres: &str) -> Result<Gevonden, Problem> {
        let (of, tl) = (Of::Partij(partij as u16), &self.plan.timeline);
        let node = |word: &str, at: At| self.book.find(word, of, at);
        let value = |word: &str, at: At| {
            node(word, at)
                .and_then(|n| self.book.value(n).0)
                .unwrap_or_default()
        };
        let series =
            |word: &str| -> Vec<Decimal> { (0..tl.len).map(|t| value(word, at(t))).collect() };
        let kasstroom = series("kasstroom");
        let none = |why: &str| Err(bad(format!("\"{adres}\": {why}")));
        if figure == "terugverdienjaar" {
            let baten: Vec<Decimal> = series("besparing")
                .iter()
                .zip(series("maatschappelijk"))
                .map(|(a, b)| a + b)
                .collect();
            let begin = value("lopende som", At::Opening);
            let Some(year) = route::payback(tl, begin, &kasstroom, &baten) else {
                return none(
                    "its running sum of cash and benefits was never below zero, or does not come back",
                );
            };
            let first = (0..tl.len).find(|t| tl.year(*t) == year).unwrap_or(0);
            let last = first + tl.stap.per_year() as usize;
            let below = |t: &usize| value("lopende som", at(*t)).is_sign_negative();
            // Within a year of shorter periods it may come back halfway.
            let since = (first..last.min(tl.len))
                .rev()
                .find(below)
                .map_or(first, |t| t + 1);
            let before = since.checked_sub(1).map_or(At::Opening, at);
            let parts = [before, at(since)].map(|at| node("lopende som", at));
            return Ok(Gevonden::Jaar(
                self.label("terugverdienjaar", of, ""),
                year,
                parts.into_iter().flatten().collect(),
                "eerste jaar waarna de lopende som van kas en baten niet meer onder nul komt",
            ));
        }
        let Some((year, _)) = route::worst_year(tl, &kasstroom) else {
            return none("it has no flows");
        };
        let parts: Vec<u32> = (tl.peil..tl.len)
            .filter(|t| tl.year(*t) == year)
            .filter_map(|t| node("kasstroom", at(t)))
            .collect();
        Ok(if figure == "slechtste_jaar" {
            Gevonden::Jaar(
                self.label("slechtste jaar", of, ""),
                year,
                parts,
                "jaar na peildatum met de laagste kasstroom",
            )
        } else {
            Gevonden::Som(
                self.label("kasstroom", of, &year.to_string()),
                Unit::Eur,
                parts,
            )
        })
    }

    /// Positions of a period, and whether it is a year of more than one.
    fn positions(
        &self,
        period: &str,
        adres: &str,
    ) -> Result<(std::ops::Range<usize>, bool), Problem> {
        let tl = &self.plan.timeline;
        if period.is_empty() {
            return Err(bad(format!("\"{adres}\" has a value per period"))
                .fix(format!("write {adres}.{}", tl.label(tl.peil))));
        }
        let (p, whole) =
            Periode::parse(period.trim(), tl.stap).map_err(|e| bad(format!("\"{adres}\": {e}")))?;
        let count = if whole { tl.stap.per_year() } else { 1 };
        let found: Vec<usize> = (p.0..p.0 + count)
            .filter_map(|p| tl.position(Periode(p)))
            .collect();
        match (found.first(), found.last()) {
            (Some(first), Some(last)) => Ok((*first..last + 1, whole)),
            _ => Err(bad(format!(
                "\"{adres}\": {period} lies outside {} to {}",
                tl.label(0),
                tl.label(tl.len - 1)
            ))),
        }
    }

    /// A standing just before a position.
    fn begin(&self, word: &str, of: Of, position: usize) -> Option<Gevonden> {
        let before = position
            .checked_sub(1)
            .and_then(|t| self.book.find(word, of, at(t)));
        let opening = || {
            self.book.find(word, of, At::Opening).filter(|_| {
                self.book.find(word, of, at(position)).is_some()
                    || position == self.plan.timeline.peil
            })
        };
        before.or_else(opening).map(Gevonden::Node)
    }

    /// Positions at which a word of an owner has a value.
    fn moments(&self, word: &str, of: Of) -> BTreeSet<usize> {
        let all = self
            .book
            .names()
            .filter(|(n, _)| n.word == word && n.of == of);
        all.filter_map(|(n, _)| {
            if let At::Period(t) = n.at {
                Some(usize::from(t))
            } else {
                None
            }
        })
        .collect()
    }

    fn outside(&self, word: &'static str, of: Of, period: &str) -> Problem {
        let moments = self.moments(word, of);
        if moments.is_empty() {
            let once = self.book.find(word, of, At::Once);
            return match once.and_then(|_| self.adres_van(word, of)) {
                Some(adres) => zonder_periode(&format!("{adres}.{period}"), &adres),
                None => self.nothing(word, of, &self.label(word, of, period)),
            };
        }
        let label = |t: &usize| self.plan.timeline.label(*t);
        let all: Vec<String> = moments.iter().map(label).collect();
        let row = matches!((moments.first(), moments.last()), (Some(a), Some(b)) if b - a + 1 == moments.len());
        let when = match all.as_slice() {
            [first, .., last] if row => format!("{first} to {last}"),
            [first, .., last] if all.len() > 12 => {
                format!("{} periods from {first} to {last}", all.len())
            }
            _ => all.join(", "),
        };
        let message = if let Of::Lijn(_) = of {
            format!(
                "{} does nothing in {period}; it does in {when}",
                self.whose(of)
            )
        } else {
            format!(
                "{} has no value in {period}; it has in {when}",
                self.label(word, of, "")
            )
        };
        let near = moments.iter().next().map_or(String::new(), label);
        bad(message).fix(format!("ask it of {near}, for example"))
    }

    /// Why an owner has no such number at all.
    fn nothing(&self, word: &str, of: Of, adres: &str) -> Problem {
        let model = self.plan.model;
        if let Some((why, fix)) = self.ontbreekt(word, of) {
            return bad(format!("\"{adres}\": {why}")).fix(fix);
        }
        let Of::Lijn(l) = of else {
            return bad(format!(
                "\"{adres}\": {} is not calculated in route {}",
                self.label(word, of, ""),
                self.plan.route.naam()
            ))
            .allowed(ALLOWED);
        };
        let lijn = &model.lijnen[usize::from(l)];
        let problem = if !Plan::counts(model, self.plan.route, lijn) {
            bad(format!(
                "{} does not exist in route {}",
                lijn.id,
                self.plan.route.naam()
            ))
            .fix("ask it of route cofinanciering")
        } else if lijn.rol == Rol::Risico && self.trekking.is_none() {
            bad(format!(
                "{} is a risico: it is nothing unless a draw says that it happens",
                lijn.id
            ))
            .fix("ask it of a draw")
        } else if lijn.verloop.gewichten.is_empty() && !lijn.realisatie.is_empty() {
            bad(format!(
                "{} has realised amounts only, so it has no {word}",
                lijn.id
            ))
            .fix(format!("ask stroom[{}] of a realised period", lijn.id))
        } else {
            bad(format!(
                "{} has no {word} in route {}",
                lijn.id,
                self.plan.route.naam()
            ))
        };
        problem.at(&lijn.place)
    }
}

// -------------------------------------------------------------------------------------------------- lists, completion

/// An address that can be explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adres {
    /// As it is asked; a period comes behind it where there are any.
    pub adres: String,
    /// First and last period in which it has a value; nothing when it has one value.
    pub perioden: Option<(String, String)>,
}

impl Adres {
    /// An address that can be asked as it is: of the first period, where there are periods.
    pub fn vraag(&self) -> String {
        match &self.perioden {
            Some((first, _)) => format!("{}.{first}", self.adres),
            None => self.adres.clone(),
        }
    }

    /// As words without signs, to compare with what somebody wrote.
    fn kaal(&self) -> String {
        kaal(&self.adres)
    }
}

/// In small letters without accents.
fn effen(text: &str) -> String {
    let plain = |c: char| match c {
        'à'..='å' => 'a',
        'è'..='ë' => 'e',
        'ì'..='ï' => 'i',
        'ò'..='ö' => 'o',
        'ù'..='ü' => 'u',
        'ç' => 'c',
        'ñ' => 'n',
        c => c,
    };
    text.trim()
        .chars()
        .flat_map(char::to_lowercase)
        .map(plain)
        .collect()
}

/// A name as an explanation prints it, to compare with what somebody wrote.
fn als_naam(text: &str) -> String {
    let text = effen(&text.replace('_', " "));
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Brackets as dots, in small letters without accents.
fn kaal(adres: &str) -> String {
    let dots = effen(adres).replace('[', ".");
    dots.replace(']', "").trim_matches('.').to_owned()
}

/// An address with the period that was asked of it.
fn written(adres: &Adres, period: &str) -> String {
    if period.is_empty() {
        adres.adres.clone()
    } else {
        format!("{}.{}", adres.adres, period.to_uppercase())
    }
}

/// More addresses than this are not named in a message.
const GENOEMD: usize = 8;

impl Opname<'_> {
    /// Every address that can be explained, kerncijfers first, then by owner. With a pattern those that hold it, or fit it when it has a `*`.
    pub fn adressen(&self, patroon: Option<&str>) -> Vec<&Adres> {
        let all = self.lijst.get_or_init(|| self.alle_adressen());
        let Some(patroon) = patroon.map(|p| effen(p.trim().trim_end_matches('.'))) else {
            return all.iter().collect();
        };
        // Between empty brackets anything may stand.
        let patroon = patroon.replace("[]", "[*]");
        let pieces: Vec<&str> = patroon.split('*').collect();
        let fits = |adres: &&Adres| {
            let text = effen(&adres.adres);
            let [first, .., last] = pieces.as_slice() else {
                return text.contains(&patroon);
            };
            let mut rest = text.as_str();
            pieces.iter().all(|piece| match rest.find(piece) {
                Some(at) => {
                    rest = &rest[at + piece.len()..];
                    true
                }
                None => false,
            }) && text.starts_with(first)
                && text.ends_with(last)
        };
        all.iter().filter(fits).collect()
    }

    /// The words that this run named numbers with.
    pub fn woorden(&self) -> BTreeSet<&'static str> {
        self.book.names().map(|(name, _)| name.word).collect()
    }

    fn alle_adressen(&self) -> Vec<Adres> {
        let model = self.plan.model;
        // By owner and word: the positions at which there is a value.
        let mut found: BTreeMap<(Of, &'static str), BTreeSet<Option<u16>>> = BTreeMap::new();
        for (name, _) in self.book.names() {
            let moment = match name.at {
                At::Once => None,
                At::Opening => continue,
                At::Period(t) => Some(t),
            };
            found
                .entry((name.of, name.word))
                .or_default()
                .insert(moment);
        }
        let mut out: Vec<Adres> = Vec::new();
        let once = |adres: String| Adres {
            adres,
            perioden: None,
        };
        out.extend(["ncw", "voorziening", "boekwaarde_peildatum"].map(|a| once(a.to_owned())));
        let hoofd = Of::Rekening(HOOFD as u16);
        let (main, others): (Vec<_>, Vec<_>) =
            found.into_iter().partition(|((of, _), _)| *of == hoofd);
        for ((of, word), moments) in main.into_iter().chain(others) {
            let Some(adres) = self.adres_van(word, of) else {
                continue;
            };
            if moments.contains(&None) {
                out.push(once(adres.clone()));
            }
            let mut periods = moments.iter().flatten();
            if let Some(first) = periods.next() {
                let last = periods.next_back().unwrap_or(first);
                let label = |t: &u16| self.plan.timeline.label(usize::from(*t));
                out.push(Adres {
                    adres,
                    perioden: Some((label(first), label(last))),
                });
            }
        }
        for r in 1..model.rekeningen.len() {
            out.push(once(format!(
                "rekening[{}].boekwaarde_peildatum",
                model.rekening_naam(r)
            )));
        }
        for (p, partij) in model.partijen.iter().enumerate() {
            for figure in PARTIJJAREN {
                let adres = format!("partij[{}].{figure}", partij.partij);
                if self.partijjaar(p, figure, &adres).is_ok() {
                    out.push(once(adres));
                }
            }
        }
        // What can't be asked is not listed: a name that another owner has too, say.
        out.retain(|adres| self.find(&adres.vraag()).is_ok());
        out
    }

    /// The figures that a row of kostenverhaal, verevening, bijdragen or normen has, what it is, and whose they are; the names of the rows
    /// of its table when none is called so, and nothing for another table.
    fn rij_cijfers(&self, head: &str, key: &str) -> Option<Rijcijfers<'_>> {
        let model = self.plan.model;
        let (verhaal, own) = (&model.verhaal, &model.verevening);
        let names: Vec<&str> = match head {
            "kostenverhaal" => verhaal.gebieden.iter().map(|g| g.id.as_str()).collect(),
            "eigendom" => verhaal.eigendommen.iter().map(|e| e.id.as_str()).collect(),
            "verevening" => own.regels.iter().map(|r| r.naam.as_str()).collect(),
            "verevening_delen" => own.deelnemers.iter().map(|d| d.id.as_str()).collect(),
            "bijdragen" => model.bijdragen.iter().map(|b| b.id.as_str()).collect(),
            "normen" => model.normen.iter().map(|n| n.naam.as_str()).collect(),
            _ => return None,
        };
        let Some(i) = position_of(names.iter().copied(), key) else {
            return Some(Err(names));
        };
        let at = i as u16;
        Some(Ok(match head {
            "kostenverhaal" => (VERHAALWOORDEN.to_vec(), Of::Verhaal(at)),
            "eigendom" => (EIGENDOMWOORDEN.to_vec(), Of::Eigendom(at)),
            "verevening" => {
                let kind = own.regels[i].vorm.geheel;
                ([&REGELWOORDEN, kind].concat(), Of::Regel(at))
            }
            "verevening_delen" => {
                let kind = own.regels[own.deelnemers[i].regel].vorm.cijfers;
                ([&DEELNEMERWOORDEN, kind].concat(), Of::Deelnemer(at))
            }
            "bijdragen" => (route::bijdragen::CIJFERS.to_vec(), Of::Bijdrage(at)),
            _ => (route::normen::CIJFERS.to_vec(), Of::Norm(at, u16::MAX)),
        }))
    }

    /// The word of a figure of such a row, or what is wrong with its name or its figure; nothing for another table, and for an input.
    fn cijfer_van(
        &self,
        head: &str,
        key: &str,
        figure: &str,
        adres: &str,
    ) -> Option<Result<(&'static str, Of), Problem>> {
        let (list, of) = match self.rij_cijfers(head, key)? {
            Ok(found) => found,
            Err(names) => return Some(Err(onbekende_naam(adres, head, key, &names))),
        };
        if let (Of::Verhaal(g), Some(k)) = (of, kostensoort_van(figure)) {
            let of = Of::Kostensoort(g, k as u16);
            return Some(Ok(("kosten per kostensoort", of)));
        }
        let found = list.iter().find(|(a, _)| *a == figure);
        if let Some((_, word)) = found {
            return Some(Ok((*word, of)));
        }
        if Address::parse(adres).is_ok() {
            return None;
        }
        let known = list.iter().map(|(a, _)| *a);
        let problem = if figure.is_empty() {
            bad(format!("\"{adres}\" has several figures"))
        } else {
            bad(format!(
                "\"{adres}\": no \"{figure}\" of {head} \"{key}\" can be explained"
            ))
        };
        let problem = problem.allowed(known.clone().collect::<Vec<_>>().join(", "));
        Some(Err(match nearest(figure, known.clone()) {
            Some(near) => problem.fix(format!("did you mean \"{near}\"?")),
            None => problem.fix(format!(
                "write {head}[{key}].{}",
                list.first().map_or("", |(a, _)| *a)
            )),
        }))
    }

    /// The address of a word of one owner; nothing when it is only shown as part of others.
    fn adres_van(&self, word: &'static str, of: Of) -> Option<String> {
        let figure =
            |list: &[(&'static str, &str)]| list.iter().find(|(_, w)| *w == word).map(|(a, _)| *a);
        let plain = || word.replace(' ', "_");
        let (whose, model) = (self.whose(of), self.plan.model);
        match of {
            Of::Geheel => Some(match word {
                "voorfinanciering" => word.to_owned(),
                "fonds laagste" => "fonds_laagste".to_owned(),
                "één portemonnee" => "portemonnee".to_owned(),
                "leningen" => "fonds.leningen".to_owned(),
                "schuld" => "fonds.uitstaand".to_owned(),
                "discontovoet" => "gebied.discontovoet_matrix".to_owned(),
                _ => format!("fonds.{}", word.strip_prefix("fonds ")?.replace(' ', "_")),
            }),
            Of::Rekening(r) => {
                let found = figure(HOOFDWOORDEN).map_or_else(plain, str::to_owned);
                if usize::from(r) == HOOFD && figure(HOOFDWOORDEN).is_some() {
                    Some(found)
                } else {
                    Some(format!("rekening[{whose}].{found}"))
                }
            }
            Of::Partij(_) => Some(figure(PARTIJWOORDEN).map_or_else(
                || format!("{}[{whose}]", plain()),
                |figure| format!("partij[{whose}].{figure}"),
            )),
            Of::Deel(_) => figure(DEELWOORDEN).map(|f| format!("deelgebied[{whose}].{f}")),
            Of::Object(_) => figure(OBJECTWOORDEN).map(|f| format!("object[{whose}].{f}")),
            Of::Cel(..) => Some(figure(MATRIXWOORDEN).map_or_else(
                || format!("matrix[{whose}]"),
                |f| format!("matrix[{whose}].{f}"),
            )),
            Of::Verhaal(_) => figure(VERHAALWOORDEN).map(|f| format!("kostenverhaal[{whose}].{f}")),
            Of::Eigendom(_) => figure(EIGENDOMWOORDEN).map(|f| format!("eigendom[{whose}].{f}")),
            Of::Regel(r) => {
                let kind = model.verevening.regels[usize::from(r)].vorm.geheel;
                figure(&[&REGELWOORDEN, kind].concat()).map(|f| format!("verevening[{whose}].{f}"))
            }
            Of::Deelnemer(d) => {
                let regel = model.verevening.deelnemers[usize::from(d)].regel;
                let kind = model.verevening.regels[regel].vorm.cijfers;
                figure(&[&DEELNEMERWOORDEN, kind].concat())
                    .map(|f| format!("verevening_delen[{whose}].{f}"))
            }
            Of::Bijdrage(_) => {
                figure(&route::bijdragen::CIJFERS).map(|f| format!("bijdragen[{whose}].{f}"))
            }
            Of::Norm(_, u16::MAX) => {
                figure(&route::normen::CIJFERS).map(|f| format!("normen[{whose}].{f}"))
            }
            Of::Norm(..) => None,
            Of::Kostensoort(g, k) => Some(format!(
                "kostenverhaal[{}].kosten_{}",
                self.plan.model.verhaal.gebieden[usize::from(g)].id,
                KOSTENSOORTEN[usize::from(k)]
            )),
            Of::Lijn(_) | Of::Index(_) | Of::Maatregel(_) | Of::Post(_) => {
                Some(format!("{}[{whose}]", plain()))
            }
        }
    }

    /// The one address that a beginning or a last part stands for; the problem, with those that it may stand for, when there is not one.
    fn aanvullen(&self, adres: &str, problem: Problem) -> Result<String, Problem> {
        let tl = &self.plan.timeline;
        let asked = kaal(adres);
        let (head, period) = match asked.rsplit_once('.') {
            Some((head, tail)) if Periode::parse(tail, tl.stap).is_ok() => (head, tail),
            _ => (asked.as_str(), ""),
        };
        // A letter is no beginning of anything, and what is an address but for its period has its own message.
        let all = self.adressen(None);
        if head.chars().count() < 2 {
            return Err(self.met_naaste(adres, head, period, problem));
        }
        if let Some(same) = all.iter().find(|a| a.kaal() == head) {
            // Only its brackets or capitals were written otherwise, or its period is wrong.
            let otherwise = !adres.contains(&same.adres);
            let whole = same.perioden.is_none() == period.is_empty();
            return if otherwise && whole {
                Ok(written(same, period))
            } else {
                Err(problem)
            };
        }
        let right = |a: &&&Adres| a.perioden.is_some() != period.is_empty();
        let of = |test: &dyn Fn(&str) -> bool| -> Vec<&Adres> {
            all.iter()
                .filter(right)
                .filter(|a| test(&a.kaal()))
                .copied()
                .collect()
        };
        let mut found = of(&|kaal| kaal.starts_with(head));
        if found.is_empty() {
            let end = format!(".{head}");
            found = of(&|kaal| kaal.ends_with(&end));
        }
        if found.is_empty() {
            // Every part by its beginning: partij[corp].saldo.
            let parts: Vec<&str> = head.split('.').collect();
            found = of(&|kaal| {
                kaal.split('.').count() == parts.len()
                    && kaal.split('.').zip(&parts).all(|(a, b)| a.starts_with(b))
            });
        }
        if found.is_empty() && !head.contains('.') {
            // The beginning of any part: slechtste.
            found = of(&|kaal| kaal.split('.').any(|part| part.starts_with(head)));
        }
        // A figure of the whole goes before those of its parts.
        let whole: Vec<&Adres> = found
            .iter()
            .filter(|a| !a.adres.contains('['))
            .copied()
            .collect();
        if let [one] = whole.as_slice() {
            found = vec![one];
        }
        match found.as_slice() {
            [] => Err(self.met_naaste(adres, head, period, problem)),
            [one] => Ok(written(one, period)),
            many => {
                let mut names: Vec<String> = many
                    .iter()
                    .take(GENOEMD)
                    .map(|a| written(a, period))
                    .collect();
                if many.len() > GENOEMD {
                    names.push(format!("… ({} in all)", many.len()));
                }
                Err(bad(format!(
                    "\"{}\" may stand for {} addresses",
                    clip(adres.trim()),
                    many.len()
                ))
                .allowed(names.join(", "))
                .fix(self.opsommen(adres, head)))
            }
        }
    }

    /// How to list what an address may stand for, with a pattern that lists something.
    fn opsommen(&self, adres: &str, head: &str) -> String {
        let patterns = [adres.trim().to_owned(), head.to_owned(), {
            let parts: Vec<&str> = head.split('.').filter(|p| !p.is_empty()).collect();
            format!("*{}*", parts.join("*"))
        }];
        let lists = |p: &&String| !self.adressen(Some(p)).is_empty();
        match patterns.iter().find(lists) {
            Some(pattern) => format!(
                "write more of it, or list them with --list \"{}\"",
                clip(pattern)
            ),
            None => "write more of it".to_owned(),
        }
    }

    /// A problem with the nearest address that can be asked, where it says no other way out.
    fn met_naaste(&self, adres: &str, head: &str, period: &str, problem: Problem) -> Problem {
        if problem.fix.is_some() {
            return problem;
        }
        let first = adres.split(['[', '.', ' ']).next().unwrap_or(adres);
        let words = HOOFDWOORDEN
            .iter()
            .map(|w| w.0)
            .chain(OVERIGE.iter().copied());
        let rest = adres.get(first.len()..).unwrap_or("");
        let by_word = nearest(first, words).map(|near| format!("{near}{rest}"));
        let exists =
            |adres: &String| self.find(adres).is_ok() || matches!(self.genoemd(adres), Some(Ok(_)));
        let near = by_word.filter(exists).or_else(|| {
            let all = self.adressen(None);
            let right = |a: &&&Adres| a.perioden.is_some() != period.is_empty();
            let named: Vec<(String, &Adres)> =
                all.iter().filter(right).map(|a| (a.kaal(), *a)).collect();
            let near = nearest(head, named.iter().map(|(kaal, _)| kaal.as_str()))?;
            let found = named.iter().find(|(kaal, _)| kaal == near)?;
            Some(written(found.1, period)).filter(exists)
        });
        match near {
            Some(near) => problem.fix(format!("did you mean \"{near}\"?")),
            None => problem,
        }
    }

    /// What goes by a name as an explanation prints it, with its address when it has one; nothing when nothing is called so.
    fn genoemd(&self, adres: &str) -> Option<Result<(Gevonden, Option<String>), Problem>> {
        let asked = als_naam(adres);
        let index = self.namen.get_or_init(|| {
            let mut all: Vec<(&'static str, Of)> =
                self.book.names().map(|(n, _)| (n.word, n.of)).collect();
            all.sort_unstable();
            all.dedup();
            let mut index: HashMap<String, Vec<(&'static str, Of)>> = HashMap::new();
            for (word, of) in all {
                let name = als_naam(&self.label(word, of, ""));
                index.entry(name).or_default().push((word, of));
            }
            index
        });
        let year = || {
            let mut figures = PARTIJJAREN.iter();
            figures.find_map(|figure| {
                let word = als_naam(figure);
                let rest = asked.strip_prefix(&word)?.trim_start();
                let partijen = &self.plan.model.partijen;
                let p = partijen.iter().find(|p| als_naam(&p.partij) == rest)?;
                Some(format!("partij[{}].{figure}", p.partij))
            })
        };
        if let Some(adres) = year() {
            return Some(self.find(&adres).map(|found| (found, Some(adres))));
        }
        let with_period = || {
            let (name, when) = asked.rsplit_once(' ')?;
            let when = when.to_uppercase();
            let known = when == "BEGIN" || Periode::parse(&when, self.plan.timeline.stap).is_ok();
            Some((index.get(name).filter(|_| known)?, when))
        };
        let once = index.get(&asked).map(|all| (all, String::new()));
        let Some((all, when)) = once.or_else(with_period) else {
            let label = |(_, (label, _)): &(&u32, &(String, Unit))| als_naam(label) == asked;
            let node = self.labels.iter().filter(label).map(|(n, _)| *n).min()?;
            return Some(Ok((Gevonden::Node(node), None)));
        };
        let mut found = Vec::new();
        let mut refused = None;
        for (word, of) in all {
            let named = self.adres_van(word, *of);
            let shown = named.clone().unwrap_or_else(|| self.label(word, *of, ""));
            let full = if when.is_empty() {
                shown.clone()
            } else {
                format!("{shown}.{when}")
            };
            let here = if when == "BEGIN" {
                let node = self.book.find(word, *of, At::Opening);
                node.map(Gevonden::Node)
                    .ok_or_else(|| self.nothing(word, *of, &full))
            } else {
                // The message of a number of several periods adds the period itself.
                self.at(word, *of, &when, &shown)
            };
            match here {
                Ok(gevonden) => {
                    let adres = named.map(|_| full).filter(|a| self.find(a).is_ok());
                    found.push((gevonden, adres));
                }
                Err(problem) => refused = refused.or(Some(problem)),
            }
        }
        if found.len() > 1 {
            let names: Vec<String> = found.into_iter().filter_map(|(_, adres)| adres).collect();
            return Some(Err(bad(format!(
                "\"{}\" is the name of {} numbers",
                clip(adres.trim()),
                all.len()
            ))
            .allowed(names.join(", "))
            .fix("ask one of these addresses")));
        }
        found.pop().map(Ok).or_else(|| refused.map(Err))
    }

    /// The address that asks for a recorded number.
    fn adres_van_getal(&self, node: u32) -> Option<String> {
        let name = self.book.nodes.get(node as usize)?.name?;
        let adres = self.adres_van(name.word, name.of)?;
        let adres = match name.at {
            At::Once => adres,
            At::Opening => return None,
            At::Period(t) => format!("{adres}.{}", self.plan.timeline.label(usize::from(t))),
        };
        match self.find(&adres) {
            Ok(Gevonden::Node(found)) if found == node => Some(adres),
            _ => None,
        }
    }
}

// ---------------------------------------------------------------------------------------------------------- formulas

/// A term of a sum: whether it is subtracted, its node and its formula.
type Term = (bool, u32, Vorm);

/// A formula down to numbers that have a name.
enum Vorm {
    /// A named number, an input or a constant.
    Blad(u32),
    /// Too deep to write out.
    Tussen(u32),
    /// Terms; how many were left out because they are zero.
    Som(Vec<Term>, usize),
    Product(Vec<Vorm>),
    Per(Box<Vorm>, Box<Vorm>),
    Kleinste(Vec<Vorm>),
    Grootste(Vec<Vorm>),
    /// The third when the first is less than the second, else the fourth.
    Als(Box<[Vorm; 4]>),
    Macht(Box<Vorm>, Decimal),
    MachtVan(Box<Vorm>, Box<Vorm>),
    Rond(Box<Vorm>, u32, Rounding),
    /// A word for the first, last and chosen of a series.
    Uiterste(&'static str, u32, u32, u32),
}

#[derive(Clone, Copy, PartialEq)]
enum In {
    Woorden,
    Cijfers,
}

/// A number that the record lacks, made of numbers that it has.
struct Extra {
    node: Node,
    naam: String,
    unit: Unit,
    /// Of a year that was chosen: why.
    woorden: Option<&'static str>,
}

impl Extra {
    fn new(
        naam: String,
        unit: Unit,
        value: Exact,
        parts: Vec<u32>,
        woorden: Option<&'static str>,
    ) -> Self {
        let node = Node {
            op: Op::Sum(parts),
            value,
            name: None,
            place: None,
        };
        Extra {
            node,
            naam,
            unit,
            woorden,
        }
    }
}

/// Reads the record back as formulas; remembers what was shown.
struct Lezer<'a> {
    opname: &'a Opname<'a>,
    /// A node that the record lacks: the sum of a year.
    extra: Option<Extra>,
    shown: HashMap<u32, usize>,
    left: usize,
    diepte: usize,
}

impl Lezer<'_> {
    fn node(&self, node: u32) -> &Node {
        match (self.opname.book.nodes.get(node as usize), &self.extra) {
            (None, Some(extra)) => &extra.node,
            _ => &self.opname.book.nodes[node as usize],
        }
    }

    fn value(&self, node: u32) -> Decimal {
        self.node(node).value.0.unwrap_or_default()
    }

    fn is_extra(&self, node: u32) -> bool {
        node as usize >= self.opname.book.nodes.len()
    }

    /// An input under the name that it got.
    fn known(&self, node: u32) -> u32 {
        self.opname.alias.get(&node).copied().unwrap_or(node)
    }

    fn has_name(&self, node: u32) -> bool {
        self.node(node).name.is_some()
            || self.opname.labels.contains_key(&node)
            || matches!(self.node(node).op, Op::Input | Op::Constant)
    }

    fn is_constant(&self, node: u32, value: Decimal) -> bool {
        let found = self.node(node);
        found.name.is_none() && found.op == Op::Constant && found.value.0 == Some(value)
    }

    /// The input or constant that a number is, under whatever names.
    fn source(&self, node: u32) -> Option<u32> {
        let mut node = node;
        loop {
            match &self.node(node).op {
                Op::Same(from) => node = *from,
                Op::Input | Op::Constant => return Some(node),
                _ => return None,
            }
        }
    }

    fn vorm(&self, node: u32, top: bool, nesting: usize) -> Vorm {
        let node = if top { node } else { self.known(node) };
        if !top && self.has_name(node) {
            return Vorm::Blad(node);
        }
        if nesting > NESTING {
            return Vorm::Tussen(node);
        }
        let inner = |n: &u32| self.vorm(*n, false, nesting + 1);
        match &self.node(node).op {
            Op::Input | Op::Constant => Vorm::Blad(node),
            Op::Same(from) => self.vorm(*from, true, nesting),
            Op::Add(..) | Op::Sub(..) | Op::Neg(_) | Op::Sum(_) => {
                let mut terms = Vec::new();
                self.terms(node, true, false, nesting, &mut terms);
                // What rounding leaves is mostly less than a cent, and then says nothing.
                terms.retain(|(_, n, _)| {
                    let word = self.node(*n).name.map_or("", |name| name.word);
                    !word.starts_with("afrondingsverschil")
                        || self.value(*n).abs() >= Decimal::new(5, 3)
                });
                let all = terms.len();
                if all > KORT {
                    terms.retain(|(_, n, _)| !self.value(*n).is_zero());
                }
                let zero = all - terms.len();
                match (terms.pop(), terms.is_empty()) {
                    (Some((false, _, only)), true) if zero == 0 => only,
                    (Some(last), _) => {
                        terms.push(last);
                        Vorm::Som(terms, zero)
                    }
                    (None, _) => Vorm::Som(terms, zero),
                }
            }
            Op::Mul(..) => {
                let mut factors = Vec::new();
                self.factors(node, true, &mut factors);
                factors.retain(|n| !self.is_constant(*n, Decimal::ONE));
                let mut parts: Vec<Vorm> = factors.iter().map(inner).collect();
                if parts.len() == 1 {
                    parts.swap_remove(0)
                } else {
                    Vorm::Product(parts)
                }
            }
            Op::Per(a, b) if self.is_constant(*b, Decimal::ONE) => inner(a),
            Op::Per(a, b) => Vorm::Per(Box::new(inner(a)), Box::new(inner(b))),
            Op::DivOr(a, b, c) => {
                if self.value(*b).is_zero() {
                    inner(c)
                } else {
                    Vorm::Per(Box::new(inner(a)), Box::new(inner(b)))
                }
            }
            Op::Min(..) | Op::Max(..) => {
                let least = matches!(self.node(node).op, Op::Min(..));
                let mut parts = self.extremes(node);
                // What can't be below zero needs no zero beside it.
                if !least
                    && let [one, zero] = parts.as_slice()
                    && self.is_constant(*zero, Decimal::ZERO)
                    && self.nooit_onder_nul(*one)
                {
                    parts.pop();
                }
                match parts.as_slice() {
                    [one] => inner(one),
                    [first, .., last] if parts.len() > TERMEN => {
                        let chosen = parts
                            .iter()
                            .copied()
                            .find(|n| self.value(*n) == self.value(node))
                            .unwrap_or(*first);
                        Vorm::Uiterste(
                            if least { "kleinste" } else { "grootste" },
                            *first,
                            *last,
                            chosen,
                        )
                    }
                    _ if least => Vorm::Kleinste(parts.iter().map(inner).collect()),
                    _ => Vorm::Grootste(parts.iter().map(inner).collect()),
                }
            }
            Op::IfLess(a, b, c, d) => Vorm::Als(Box::new([inner(a), inner(b), inner(c), inner(d)])),
            Op::Power(base, exponent) => {
                if exponent.is_zero() || *exponent == Decimal::ONE {
                    inner(base)
                } else {
                    Vorm::Macht(Box::new(inner(base)), *exponent)
                }
            }
            Op::PowerBy(base, exponent) => {
                Vorm::MachtVan(Box::new(inner(base)), Box::new(inner(exponent)))
            }
            // Digits that are never shown say nothing.
            Op::Round(of, ONGEZIEN.., _) => inner(of),
            Op::Round(of, digits, how) => Vorm::Rond(Box::new(inner(of)), *digits, *how),
            Op::Lowest(series) => self.lowest(series, "laagste"),
            Op::WhenLowest(series, _) => self.lowest(series, "eerste periode met de laagste"),
        }
    }

    /// Whether a number is an input or a key that is not below zero, or was cut off at zero already.
    fn nooit_onder_nul(&self, node: u32) -> bool {
        let found = self.node(node);
        let cut = match &found.op {
            Op::Max(a, b) => [a, b].iter().any(|n| self.is_constant(**n, Decimal::ZERO)),
            Op::Input => true,
            Op::Same(from) => return self.nooit_onder_nul(*from),
            _ => found.name.is_some_and(|n| n.word == "sleutel verevening"),
        };
        cut && !self.value(node).is_sign_negative()
    }

    fn lowest(&self, series: &[u32], word: &'static str) -> Vorm {
        let lowest = series.iter().copied().min_by_key(|n| self.value(*n));
        match (series.first(), series.last(), lowest) {
            (Some(first), Some(last), Some(lowest)) => Vorm::Uiterste(word, *first, *last, lowest),
            _ => Vorm::Som(Vec::new(), 0),
        }
    }

    /// Terms of sums in sums, with their signs. A zero that a rule begins with is no term.
    fn terms(&self, node: u32, top: bool, minus: bool, nesting: usize, out: &mut Vec<Term>) {
        let mut todo = vec![(node, top, minus)];
        while let Some((node, top, minus)) = todo.pop() {
            let node = if top { node } else { self.known(node) };
            if self.is_constant(node, Decimal::ZERO) {
                continue;
            }
            if !top && self.has_name(node) {
                out.push((minus, node, Vorm::Blad(node)));
                continue;
            }
            match &self.node(node).op {
                Op::Add(a, b) => todo.extend([(*b, false, minus), (*a, false, minus)]),
                Op::Sub(a, b) => todo.extend([(*b, false, !minus), (*a, false, minus)]),
                Op::Neg(a) => todo.push((*a, false, !minus)),
                Op::Sum(list) => todo.extend(list.iter().rev().map(|n| (*n, false, minus))),
                _ => out.push((minus, node, self.vorm(node, false, nesting + 1))),
            }
        }
    }

    fn factors(&self, node: u32, top: bool, out: &mut Vec<u32>) {
        let node = self.known(node);
        match &self.node(node).op {
            Op::Mul(a, b) if top || !self.has_name(node) => {
                self.factors(*a, false, out);
                self.factors(*b, false, out);
            }
            _ => out.push(node),
        }
    }

    /// The least of the least of three is one least of three.
    fn extremes(&self, node: u32) -> Vec<u32> {
        let least = matches!(self.node(node).op, Op::Min(..));
        let mut out = Vec::new();
        let mut todo = vec![(node, true)];
        while let Some((node, top)) = todo.pop() {
            let node = if top { node } else { self.known(node) };
            match &self.node(node).op {
                Op::Min(a, b) if least && (top || !self.has_name(node)) => {
                    todo.extend([(*b, false), (*a, false)]);
                }
                Op::Max(a, b) if !least && (top || !self.has_name(node)) => {
                    todo.extend([(*b, false), (*a, false)]);
                }
                _ => out.push(node),
            }
        }
        out
    }

    /// The terms of a sum that are shown, and how many are not, with what they add up to.
    fn shown_terms<'v>(&self, terms: &'v [Term]) -> (Vec<&'v Term>, Option<(usize, Decimal)>) {
        if terms.len() <= TERMEN {
            return (terms.iter().collect(), None);
        }
        let mut order: Vec<&Term> = terms.iter().collect();
        order.sort_by_key(|(_, n, _)| std::cmp::Reverse(self.value(*n).abs()));
        let rest = order.split_off(GROOTSTE);
        let sum = rest.iter().fold(Exact::ZERO, |sum, (minus, n, _)| {
            let value = Exact::from(self.value(*n));
            if *minus { sum - value } else { sum + value }
        });
        (order, Some((rest.len(), sum.0.unwrap_or_default())))
    }

    /// The named numbers and inputs of a formula, in the order in which it shows them.
    fn leaves(&self, vorm: &Vorm, out: &mut Vec<u32>) {
        match vorm {
            Vorm::Blad(n) => {
                let constant = self.node(*n).name.is_none() && self.node(*n).op == Op::Constant;
                // A cell that is read twice is one input.
                let same = |other: &u32| {
                    let (a, b) = (self.node(*n), self.node(*other));
                    n == other || a.op == Op::Input && b.op == Op::Input && a.place == b.place
                };
                if !constant && !out.iter().any(same) {
                    out.push(*n);
                }
            }
            Vorm::Tussen(_) => {}
            Vorm::Som(terms, _) => self
                .shown_terms(terms)
                .0
                .iter()
                .for_each(|(_, _, v)| self.leaves(v, out)),
            Vorm::Product(list) | Vorm::Kleinste(list) | Vorm::Grootste(list) => {
                for v in list {
                    self.leaves(v, out);
                }
            }
            Vorm::Per(a, b) => [a, b].into_iter().for_each(|v| self.leaves(v, out)),
            Vorm::Als(four) => four.iter().for_each(|v| self.leaves(v, out)),
            Vorm::Macht(base, _) => self.leaves(base, out),
            Vorm::MachtVan(base, exponent) => {
                self.leaves(base, out);
                self.leaves(exponent, out);
            }
            Vorm::Rond(of, ..) => self.leaves(of, out),
            Vorm::Uiterste(_, _, _, chosen) => {
                if !out.contains(chosen) {
                    out.push(*chosen);
                }
            }
        }
    }

    /// A formula as text. `binding` is how tight the place is: 0 stands alone, 1 is a term, 2 a factor, 3 a divisor or base.
    fn text(&self, vorm: &Vorm, how: In, binding: u8) -> String {
        let brackets = |text: String, from: u8| {
            if binding >= from {
                format!("({text})")
            } else {
                text
            }
        };
        let list = |word: &str, parts: &[Vorm]| {
            format!(
                "{word} ({})",
                parts
                    .iter()
                    .map(|p| self.text(p, how, 0))
                    .collect::<Vec<_>>()
                    .join("; ")
            )
        };
        match vorm {
            Vorm::Blad(n) if how == In::Woorden => self.label(*n),
            Vorm::Blad(n) | Vorm::Tussen(n) => {
                let text = self.figure(*n);
                if text.starts_with('-') {
                    brackets(text, 1)
                } else {
                    text
                }
            }
            Vorm::Som(terms, zero) => {
                let (shown, rest) = self.shown_terms(terms);
                let mut text = String::new();
                for (i, (minus, _, term)) in shown.iter().enumerate() {
                    text.push_str(match (i, minus) {
                        (0, false) => "",
                        (0, true) => "-",
                        (_, false) => " + ",
                        (_, true) => " - ",
                    });
                    text.push_str(&self.text(term, how, if *minus { 2 } else { 1 }));
                }
                if shown.is_empty() {
                    return if *zero > 0 && how == In::Woorden {
                        brackets(
                            format!(
                                "som van {zero} {}",
                                if *zero == 1 {
                                    "die nul is"
                                } else {
                                    "die nul zijn"
                                }
                            ),
                            1,
                        )
                    } else {
                        "0".into()
                    };
                }
                if let Some((count, sum)) = rest {
                    let _ = write!(text, " … en nog {count}, samen {}", amount(sum));
                }
                if *zero > 0 && how == In::Woorden {
                    let _ = write!(
                        text,
                        " (en {zero} {})",
                        if *zero == 1 {
                            "die nul is"
                        } else {
                            "die nul zijn"
                        }
                    );
                }
                let single = shown.len() == 1 && rest.is_none() && !shown[0].0;
                if single {
                    brackets(text, 4)
                } else {
                    brackets(text, 2)
                }
            }
            Vorm::Product(parts) => brackets(
                parts
                    .iter()
                    .map(|p| self.text(p, how, 2))
                    .collect::<Vec<_>>()
                    .join(" × "),
                3,
            ),
            Vorm::Per(a, b) => brackets(
                format!("{} / {}", self.text(a, how, 2), self.text(b, how, 3)),
                3,
            ),
            Vorm::Kleinste(parts) => list("kleinste van", parts),
            Vorm::Grootste(parts) => list("grootste van", parts),
            Vorm::Als(four) => {
                let [a, b, c, d] = four.as_ref();
                // What is compared with a period is one.
                let limit = match (a, b) {
                    (Vorm::Blad(a), Vorm::Blad(b)) if self.period(*a).is_some() => self
                        .opname
                        .plan
                        .timeline
                        .label(self.value(*b).to_usize().unwrap_or(0)),
                    _ => self.text(b, how, 1),
                };
                brackets(
                    format!(
                        "{} als {} < {limit}, anders {}",
                        self.text(c, how, 1),
                        self.text(a, how, 1),
                        self.text(d, how, 1)
                    ),
                    1,
                )
            }
            Vorm::Macht(base, exponent) => {
                format!("{}^{}", self.text(base, how, 3), trimmed(*exponent, 6))
            }
            Vorm::MachtVan(base, exponent) => {
                format!(
                    "{}^{}",
                    self.text(base, how, 3),
                    self.text(exponent, how, 3)
                )
            }
            Vorm::Rond(of, digits, rounding) => {
                let how_rounded = match rounding {
                    Rounding::HalfAwayFromZero => "afgerond",
                    Rounding::Up => "naar boven afgerond",
                    Rounding::Down => "naar beneden afgerond",
                };
                let to = match digits {
                    0 => "een geheel getal".to_owned(),
                    digits => format!("{digits} decimalen"),
                };
                format!("{} {how_rounded} op {to}", self.text(of, how, 3))
            }
            Vorm::Uiterste(word, first, last, chosen) => match how {
                In::Woorden => format!(
                    "{word} van {} t/m {}, dat is {}",
                    self.label(*first),
                    self.label(*last),
                    self.label(*chosen)
                ),
                In::Cijfers => self.text(&Vorm::Blad(*chosen), how, binding),
            },
        }
    }

    /// The name of a number.
    fn label(&self, node: u32) -> String {
        if let (true, Some(extra)) = (self.is_extra(node), &self.extra) {
            return extra.naam.clone();
        }
        if let Some((label, _)) = self.opname.labels.get(&node) {
            return label.clone();
        }
        let found = self.node(node);
        match found.name {
            Some(name) => {
                let when = match name.at {
                    At::Once => String::new(),
                    At::Opening => "begin".into(),
                    At::Period(t) => self.opname.plan.timeline.label(usize::from(t)),
                };
                self.opname.label(name.word, name.of, &when)
            }
            None if found.op == Op::Input => "invoer".into(),
            None => self.figure(node),
        }
    }

    fn unit(&self, node: u32) -> Unit {
        match (
            self.is_extra(node),
            &self.extra,
            self.opname.labels.get(&node),
            self.node(node).name,
        ) {
            (true, Some(extra), ..) => extra.unit,
            (_, _, Some((_, unit)), _) => *unit,
            (_, _, _, Some(name)) => self.opname.eenheid_van(name),
            _ => Unit::Number,
        }
    }

    /// Why a year was chosen, if it is one.
    fn chosen(&self, node: u32) -> Option<&'static str> {
        self.extra
            .as_ref()
            .filter(|_| self.is_extra(node))
            .and_then(|extra| extra.woorden)
    }

    /// What a quantity is counted in or a price is per.
    fn maat(&self, node: u32) -> Option<String> {
        let name = self.node(node).name?;
        let Of::Lijn(l) = name.of else { return None };
        if !["hoeveelheid", "volume", "prijs"].contains(&name.word) {
            return None;
        }
        let model = self.opname.plan.model;
        let lijn = &model.lijnen[usize::from(l)];
        let table = model.tables.table(lijn.tabel);
        let column = table.schema.column("eenheid")?;
        let row = table.rows.iter().find(|row| row.place == lijn.place)?;
        Some(as_text(&row.values[column].scalar)).filter(|unit| !unit.is_empty())
    }

    /// The period that a number stands for, if it is one.
    fn period(&self, node: u32) -> Option<usize> {
        let name = self.node(node).name?;
        (["laagste stand periode", "laatste periode"].contains(&name.word))
            .then(|| self.value(node).to_usize().unwrap_or(0))
    }

    /// The value as it is shown.
    fn figure(&self, node: u32) -> String {
        let value = self.value(node);
        if let Some(t) = self.period(node) {
            return self.opname.plan.timeline.label(t);
        }
        if self.chosen(node).is_some() {
            return value.normalize().to_string();
        }
        let word = self.node(node).name.map_or("", |n| n.word);
        match self.unit(node) {
            Unit::Eur => dutch(value, 2),
            Unit::Rate => value
                .checked_mul(Decimal::ONE_HUNDRED)
                .map_or_else(|| trimmed(value, 6), |p| format!("{}%", trimmed(p, 4))),
            Unit::Number if word.contains("factor") || word.starts_with("disconto") => {
                dutch(value, 6)
            }
            Unit::Number if self.has_name(node) => trimmed(value, 6),
            Unit::Number => amount(value),
            Unit::Plain => trimmed(value, 0),
        }
    }

    fn uitleg(&mut self, node: u32, level: usize, path: &mut Vec<(&'static str, Of)>) -> Uitleg {
        self.left = self.left.saturating_sub(1);
        let name = self.node(node).name;
        let source = self.source(node);
        let wet = source
            .and_then(|s| self.node(s).place.as_ref())
            .and_then(|place| parameters::op_plaats(&place.file));
        let waarde = self.period(node).map_or_else(
            || self.value(node),
            |t| Decimal::from(self.opname.plan.timeline.year(t)),
        );
        let mut uitleg = Uitleg {
            naam: self.label(node),
            eenheid: self.unit(node),
            waarde,
            getoond: self.figure(node),
            toelichting: Vec::new(),
            regel: name.map_or("", |n| self.opname.regel_van(n)),
            grondslag: name.and_then(|n| self.opname.grondslag_van(n)),
            reden: name.and_then(|n| self.opname.reden(n.word, n.of)),
            woorden: None,
            cijfers: None,
            plaats: source.and_then(|s| self.node(s).place.clone()),
            artikel: wet.map(|p| p.artikel.as_str()).filter(|a| !a.is_empty()),
            zekerheid: wet.map(|p| p.zekerheid.as_str()),
            maat: self.maat(node),
            nummer: node,
            delen: Vec::new(),
            vervolg: Vervolg::Geheel,
            verder: Vec::new(),
            drijvers: Vec::new(),
            opbouw: Vec::new(),
        };
        if source.is_some() {
            return uitleg;
        }
        if self
            .shown
            .get(&node)
            .is_some_and(|earlier| *earlier <= level)
        {
            uitleg.vervolg = Vervolg::ZieBoven;
            return uitleg;
        }
        // Last year's standing is made of the year before that, and so on: at the last level its value is enough. A total and
        // the years that it is a total of may share their word, and are no such chain.
        let own = name.filter(|n| n.at != At::Once).map(|n| (n.word, n.of));
        let chain = level >= self.diepte && own.is_some_and(|own| path.contains(&own));
        if chain || self.left == 0 {
            uitleg.vervolg = Vervolg::Dieper;
            uitleg.verder.extend(self.opname.adres_van_getal(node));
            return uitleg;
        }
        self.shown.insert(node, level);
        let vorm = self.vorm(node, true, 0);
        let (words, figures) = (
            self.text(&vorm, In::Woorden, 0),
            self.text(&vorm, In::Cijfers, 0),
        );
        uitleg.cijfers = (figures != uitleg.getoond && figures != words).then_some(figures);
        uitleg.woorden = (words != uitleg.getoond).then_some(words);
        if matches!(&vorm, Vorm::Som(terms, _) if terms.is_empty()) {
            uitleg.cijfers = None;
        }
        if name.is_some_and(|n| n.word == "laatste periode") {
            // It is counted in positions, which say nothing to a reader.
            uitleg.woorden =
                Some("laatste periode met een stroom, na het getrokken uitstel".into());
            uitleg.cijfers = None;
        }
        if name.is_some_and(|n| n.word.starts_with("afrondingsverschil")) {
            uitleg.woorden = Some(
                "wat de afronding van allen overlaat, voor wie de grootste sleutel heeft".into(),
            );
            uitleg.cijfers = None;
            self.shown.insert(node, level);
            return uitleg;
        }
        if let Some(why) = self.chosen(node) {
            uitleg.woorden = Some(why.into());
            uitleg.cijfers = None;
        }
        let mut leaves = Vec::new();
        self.leaves(&vorm, &mut leaves);
        path.extend(own);
        for leaf in leaves {
            if level < self.diepte || self.source(leaf).is_some() {
                let deel = self.uitleg(leaf, level + 1, path);
                uitleg.delen.push(deel);
            } else {
                uitleg.vervolg = Vervolg::Dieper;
                uitleg.verder.extend(self.opname.adres_van_getal(leaf));
            }
        }
        if own.is_some() {
            path.pop();
        }
        uitleg
    }
}

/// A number with no more decimals than it needs.
fn trimmed(value: Decimal, decimals: u32) -> String {
    let text = dutch(value, decimals);
    if text.contains(',') {
        text.trim_end_matches('0').trim_end_matches(',').to_owned()
    } else {
        text
    }
}

/// An amount or a factor that has no name.
fn amount(value: Decimal) -> String {
    if value.abs() >= Decimal::ONE_THOUSAND {
        dutch(value, 2)
    } else {
        trimmed(value, 6)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;

    #[test]
    fn numbers_have_no_needless_decimals() {
        assert_eq!(
            (
                trimmed(dec!(2.50), 4),
                trimmed(dec!(1000), 4),
                trimmed(dec!(0.0000001), 6)
            ),
            ("2,5".into(), "1.000".into(), "0".into())
        );
        assert_eq!(
            (amount(dec!(-1234.5)), amount(dec!(0.125))),
            ("-1.234,50".into(), "0,125".into())
        );
    }

    #[test]
    fn every_address_has_a_word() {
        for (_, word) in HOOFDWOORDEN.iter().chain(PARTIJWOORDEN) {
            assert!(NAMES.iter().any(|(w, _, _)| w == word), "{word}");
        }
    }
}

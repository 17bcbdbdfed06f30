//! The explained arithmetic: records what was calculated, with names and places.
//!
//! [`record`] runs a calculation with [`Expr`] and gives back a [`Book`] of nodes. Every node also holds its exact value, so
//! the book *is* the exact run with names. Nothing here knows Excel, time or models.

pub mod grondslag;

use crate::number::{At, Exact, Number, Of, Rounding, shift_plainly};
use crate::problem::Place;
use rust_decimal::Decimal;
use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::{Add, Mul, Neg, Sub};

/// A recorded number: a handle into the book that is being written on this thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expr {
    node: u32,
    // The book belongs to one thread, so a handle must not leave it.
    _not_send: std::marker::PhantomData<*const ()>,
}

/// How a node came about.
#[derive(Debug, Clone, PartialEq)]
pub enum Op {
    /// An input of the model.
    Input,
    /// A constant of a rule.
    Constant,
    /// Sum of two.
    Add(u32, u32),
    /// Difference.
    Sub(u32, u32),
    /// Product.
    Mul(u32, u32),
    /// Opposite.
    Neg(u32),
    /// Quotient.
    Per(u32, u32),
    /// Quotient, or the third when the divisor is zero.
    DivOr(u32, u32, u32),
    /// The lesser.
    Min(u32, u32),
    /// The greater.
    Max(u32, u32),
    /// The third when the first is less than the second, else the fourth.
    IfLess(u32, u32, u32, u32),
    /// Power with a fixed exponent.
    Power(u32, Decimal),
    /// Power with an exponent that is a number of the record.
    PowerBy(u32, u32),
    /// Rounded.
    Round(u32, u32, Rounding),
    /// Sum of a list.
    Sum(Vec<u32>),
    /// Lowest of a list.
    Lowest(Vec<u32>),
    /// The second list's element that goes with the first lowest of the first.
    WhenLowest(Vec<u32>, Vec<u32>),
    /// The same number under a name of its own.
    Same(u32),
}

/// The name of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name {
    /// Dutch word, from [`NAMES`].
    pub word: &'static str,
    /// Whose.
    pub of: Of,
    /// When.
    pub at: At,
}

/// A recorded step.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// How it came about.
    pub op: Op,
    /// Its exact value.
    pub value: Exact,
    /// Its name, if it has one.
    pub name: Option<Name>,
    /// Where an input stands.
    pub place: Option<Place>,
}

/// All that was recorded.
#[derive(Debug, Clone, Default)]
pub struct Book {
    /// The nodes; a node only points at earlier ones.
    pub nodes: Vec<Node>,
    names: HashMap<Name, u32>,
}

/// Every word that a rule may name a number with: the word, its unit, and the section of the rules or the article it follows.
pub const NAMES: &[(&str, Unit, &str)] = &[
    ("hoeveelheid", Unit::Number, "input"),
    ("prijs", Unit::Eur, "input"),
    ("bedrag", Unit::Eur, "amount at prijspeil"),
    ("percentage", Unit::Rate, "input"),
    ("volume", Unit::Number, "input"),
    ("zekerheid", Unit::Rate, "input"),
    ("bijdrage_aandeel", Unit::Rate, "input"),
    ("investering", Unit::Eur, "input"),
    ("onderhoud", Unit::Eur, "input"),
    ("gewicht", Unit::Number, "phasing"),
    ("totaal gewicht", Unit::Number, "phasing"),
    ("bedrag in periode", Unit::Eur, "phasing, at prijspeil"),
    ("groei per periode", Unit::Rate, "rules 0.1"),
    ("indexfactor", Unit::Number, "rules 0.1"),
    ("stroom", Unit::Eur, "rules 0.1"),
    ("rente per periode", Unit::Rate, "rules 0.3"),
    ("creditrente per periode", Unit::Rate, "rules 0.3"),
    ("rente per jaar", Unit::Rate, "input"),
    ("creditrente per jaar", Unit::Rate, "input"),
    ("halve rente", Unit::Rate, "rules 0.3, HALFJAAR_SI"),
    ("halve creditrente", Unit::Rate, "rules 0.3, HALFJAAR_SI"),
    ("laatste periode", Unit::Number, "end of the account"),
    (
        "loopt nog",
        Unit::Number,
        "1 until the last period, 0 after it",
    ),
    ("kosten", Unit::Eur, "rules 0.1"),
    ("opbrengsten", Unit::Eur, "rules 0.1"),
    ("kosten prijspeil", Unit::Eur, "rules 0.1"),
    ("opbrengsten prijspeil", Unit::Eur, "rules 0.1"),
    ("kasstroom", Unit::Eur, "opbrengsten - kosten"),
    ("mutatie", Unit::Eur, "rules 0.3"),
    ("rentegrondslag", Unit::Eur, "rules 0.3"),
    ("rente", Unit::Eur, "rules 0.3"),
    ("boekwaarde", Unit::Eur, "rules 0.3"),
    ("stand", Unit::Eur, "rules 0.3: minus boekwaarde"),
    ("laagste stand", Unit::Eur, "rules 0.3: badkuip"),
    ("laagste stand periode", Unit::Plain, "rules 0.3: badkuip"),
    ("perioden onder water", Unit::Plain, "rules 0.3: badkuip"),
    ("jaren onder water", Unit::Number, "rules 0.3: badkuip"),
    ("hoogste boekwaarde", Unit::Eur, "rules 0.3"),
    ("rente totaal", Unit::Eur, "rules 0.3"),
    ("nominaal saldo", Unit::Eur, "rules 0.2"),
    ("reëel saldo", Unit::Eur, "rules 0.2"),
    ("eindwaarde", Unit::Eur, "rules 0.2, 0.3"),
    ("verdisconteringsfactor", Unit::Number, "rules 0.2, 0.4"),
    (
        "verdisconteringsfactor rente",
        Unit::Number,
        "rules 0.2, 0.4",
    ),
    ("discontovoet", Unit::Rate, "input"),
    ("disconto per periode", Unit::Number, "rules 0.2"),
    ("ncw_bbv", Unit::Eur, "rules 0.2"),
    ("ncw_rente", Unit::Eur, "rules 0.2"),
    ("ncw_kasstroom", Unit::Eur, "rules 0.2"),
    ("ncw_kasstroom_rente", Unit::Eur, "rules 0.2"),
    ("discontovoet rente", Unit::Rate, "rules 0.2"),
    ("disconto per periode rente", Unit::Number, "rules 0.2"),
    ("discontofactor rente", Unit::Number, "rules 0.2"),
    ("ncw", Unit::Eur, "rules 0.2"),
    ("eigen inleg", Unit::Eur, "rules 3.3: leningen"),
    ("eigen inleg voor lening", Unit::Eur, "rules 3.3: leningen"),
    ("schuld", Unit::Eur, "rules 3.3: leningen"),
    ("rente lening", Unit::Eur, "rules 3.3: leningen"),
    ("lening", Unit::Eur, "rules 3.3: leningen"),
    ("leningen", Unit::Eur, "rules 3.3: leningen"),
    ("leningen met slot", Unit::Eur, "rules 3.3: leningen"),
    ("leenplafond", Unit::Eur, "input"),
    ("leenrente per periode", Unit::Rate, "rules 3.3: leningen"),
    ("discontofactor", Unit::Number, "rules 0.2"),
    ("voorziening eindwaarde", Unit::Eur, "rules 2.3"),
    ("voorziening contant", Unit::Eur, "rules 2.3"),
    ("fonds rente per periode", Unit::Rate, "rules 3.3"),
    ("fonds minimum", Unit::Eur, "input"),
    ("fonds aandeel organisatie", Unit::Rate, "input"),
    ("dekking fonds", Unit::Rate, "input"),
    ("fonds bijdragen", Unit::Eur, "rules 3.3"),
    ("fonds inleg", Unit::Eur, "rules 3.3"),
    ("fonds uitgaven", Unit::Eur, "rules 3.3"),
    ("fonds rendement", Unit::Eur, "rules 3.3"),
    ("fonds organisatie", Unit::Eur, "rules 3.3"),
    ("fonds vraag", Unit::Eur, "rules 3.3"),
    ("fonds betaling", Unit::Eur, "rules 3.3"),
    ("fonds open", Unit::Eur, "rules 3.3: still to be paid"),
    ("fonds saldo", Unit::Eur, "rules 3.3"),
    ("fonds saldo voor slot", Unit::Eur, "rules 3.3: leningen"),
    ("fonds laagste", Unit::Eur, "rules 3.3"),
    ("voorfinanciering", Unit::Eur, "rules 3.3"),
    (
        "saldo",
        Unit::Eur,
        "design 6: cash and in natura, present value at own rate",
    ),
    ("baten", Unit::Eur, "design 6: present value at own rate"),
    ("netto baat", Unit::Eur, "design 6: saldo + baten"),
    ("besparing", Unit::Eur, "design 6: money saved"),
    (
        "maatschappelijk",
        Unit::Eur,
        "design 6: social value gained",
    ),
    (
        "contante kasstroom",
        Unit::Eur,
        "design 6: present value at own rate",
    ),
    (
        "contante besparing",
        Unit::Eur,
        "design 6: present value at own rate",
    ),
    (
        "contant maatschappelijk",
        Unit::Eur,
        "design 6: present value at own rate",
    ),
    ("één portemonnee", Unit::Eur, "design 1"),
    (
        "betaald",
        Unit::Eur,
        "design 6: paid, other than contributions",
    ),
    (
        "bijdragen",
        Unit::Eur,
        "design 6: contributed, money or in natura",
    ),
    ("ontvangen", Unit::Eur, "design 6: received"),
    (
        "lopende som",
        Unit::Eur,
        "design 6: cash and benefits so far",
    ),
    ("matrix", Unit::Eur, "design 6: received less paid"),
    ("matrix nominaal", Unit::Eur, "design 6: received less paid"),
    ("matrix ncw", Unit::Eur, "design 1: one stated rate"),
    ("kasstroom met leningen", Unit::Eur, "rules 3.3: leningen"),
    ("fonds gevraagd", Unit::Eur, "rules 3.3"),
    ("fonds betaald", Unit::Eur, "rules 3.3"),
    ("discontovoet kostenverhaal", Unit::Rate, "rules 1.9"),
    (
        "disconto per periode kostenverhaal",
        Unit::Number,
        "rules 1.9",
    ),
    ("discontofactor kostenverhaal", Unit::Number, "rules 1.9"),
    ("verhaalbaar deel", Unit::Rate, "rules 1.5"),
    ("contante waarde", Unit::Eur, "rules 1.9"),
    ("kosten zonder plankosten", Unit::Eur, "rules 1.7"),
    ("plankosten", Unit::Eur, "rules 1.11"),
    ("plankosten maximum", Unit::Eur, "rules 1.11: input"),
    ("plankosten verhaalbaar", Unit::Eur, "rules 1.11"),
    ("inbrengwaarden", Unit::Eur, "rules 1.7"),
    ("verhaalbare kosten", Unit::Eur, "rules 1.7"),
    ("bijdragen van derden", Unit::Eur, "rules 1.7"),
    ("netto verhaalbare kosten", Unit::Eur, "rules 1.7"),
    ("opbrengst gronden", Unit::Eur, "rules 1.7"),
    ("omslag", Unit::Eur, "rules 1.7"),
    ("tekort na aftopping", Unit::Eur, "rules 1.7"),
    ("maximum kostenverhaal", Unit::Eur, "rules 1.8: input"),
    ("geldsommen", Unit::Eur, "rules 1.7, 1.8"),
    ("aandeel perceel", Unit::Rate, "input"),
    ("inbrengwaarde", Unit::Eur, "rules 1.6"),
    ("opbrengst eigendom", Unit::Eur, "rules 1.7"),
    ("aftrek eigen kosten", Unit::Eur, "rules 1.7"),
    ("bruto bijdrage", Unit::Eur, "rules 1.7"),
    ("bruto bijdrage opbrengsten", Unit::Eur, "rules 1.7"),
    ("bruto bijdrage gewichtsfactor", Unit::Eur, "rules 1.7"),
    ("waardevermeerdering", Unit::Eur, "rules 1.6"),
    ("maximum activiteit", Unit::Eur, "rules 1.8: input"),
    ("netto bijdrage", Unit::Eur, "rules 1.7, 1.8"),
    ("geldsom", Unit::Eur, "rules 1.7, 1.8"),
    ("terugbetaling", Unit::Eur, "rules 1.10"),
    ("kosten per kostensoort", Unit::Eur, "rules 1.4"),
    (
        "overeenkomst",
        Unit::Eur,
        "rules 1.9: contante waarde of what was agreed",
    ),
    (
        "overeenkomsten",
        Unit::Eur,
        "rules 1.9: contante waarde of what was agreed",
    ),
    ("kosten van de ontvanger", Unit::Eur, "rules 1.9"),
    ("rest kostenverhaal", Unit::Eur, "rules 1.7"),
    ("rest zonder kostensoort", Unit::Eur, "rules 1.4"),
    ("rest elders", Unit::Eur, "rules 1.5"),
    ("rest plankosten", Unit::Eur, "rules 1.11"),
    (
        "rest plankosten in het jaar van de beschikking",
        Unit::Eur,
        "rules 1.9",
    ),
    ("rest bijdragen", Unit::Eur, "rules 1.7"),
    ("rest raming", Unit::Eur, "rules 1.8"),
    ("rest aftopping", Unit::Eur, "rules 1.7"),
    ("rest eigen grond", Unit::Eur, "rules 1.7"),
    ("rest zonder eigendom", Unit::Eur, "rules 1.7"),
    ("rest niet plichtig", Unit::Eur, "rules 1.2"),
    ("rest overeenkomsten", Unit::Eur, "rules 1.7"),
    ("rest vloer en maxima", Unit::Eur, "rules 1.7, 1.8"),
    ("rest eigen werken", Unit::Eur, "rules 1.7"),
    ("rest beschikt", Unit::Eur, "rules 1.10"),
    ("rest betaalmoment", Unit::Eur, "rules 1.9"),
    ("rest anderen", Unit::Eur, "rules 1.7"),
    ("levensduurkosten", Unit::Eur, "rules 4.1"),
    ("levensduurkosten onderhoud", Unit::Eur, "rules 4.1"),
    ("levensduurkosten vervanging", Unit::Eur, "rules 4.1"),
    ("levensduurkosten restwaarde", Unit::Eur, "rules 4.1"),
    ("levensduurkosten per jaar", Unit::Eur, "rules 4.1"),
    ("kapitaallast lineair", Unit::Eur, "rules 4.2"),
    ("kapitaallast annuïtair", Unit::Eur, "rules 4.2"),
    ("discontovoet verevening", Unit::Rate, "rules 1.9"),
    ("disconto per periode verevening", Unit::Number, "rules 1.9"),
    ("discontofactor verevening", Unit::Number, "rules 1.9"),
    ("sleutel verevening", Unit::Number, "rules 3.2"),
    ("eigen kosten verevening", Unit::Eur, "rules 3.2"),
    ("feitelijk verevening", Unit::Number, "rules 3.2, 3.5"),
    ("woningen verevening", Unit::Number, "rules 3.1"),
    ("verevening betaald", Unit::Eur, "rules 3.1, 3.2, 3.5"),
    ("verevening saldo", Unit::Eur, "rules 3.1, 3.2, 3.5"),
    ("verevening vereist", Unit::Number, "rules 3.1"),
    ("verevening tekort", Unit::Number, "rules 3.1"),
    ("verevening overschot", Unit::Number, "rules 3.1"),
    ("afkoopsom per woning", Unit::Eur, "rules 3.1"),
    ("afkoopsom", Unit::Eur, "rules 3.1"),
    ("afdracht", Unit::Eur, "rules 3.1"),
    ("segmentafdracht", Unit::Eur, "rules 3.1"),
    ("uitkering verevening", Unit::Eur, "rules 3.1"),
    ("saldo vereveningsfonds", Unit::Eur, "rules 3.1"),
    (
        "verrekening naar sleutel",
        Unit::Eur,
        "rules 3.2: before rounding",
    ),
    ("afrondingsverschil", Unit::Eur, "rules 3.2"),
    (
        "deel naar sleutel",
        Unit::Number,
        "rules 3.2: before rounding",
    ),
    ("afrondingsverschil deel", Unit::Number, "rules 3.2"),
    ("verrekening", Unit::Eur, "rules 3.2: + pays, - receives"),
    ("kosten na verrekening", Unit::Eur, "rules 3.2"),
    ("gemis", Unit::Eur, "rules 3.2: specials"),
    ("grondwaarde na verrekening", Unit::Eur, "rules 3.2"),
    ("ruimte boven doel", Unit::Eur, "rules 3.2"),
    ("gemis onder doel", Unit::Eur, "rules 3.2"),
    ("wat omgaat", Unit::Eur, "rules 3.2"),
    ("doel onvervuld", Unit::Eur, "rules 3.2"),
    ("boven doel", Unit::Eur, "rules 3.2"),
    ("collectieve bijdrage", Unit::Eur, "rules 3.2"),
    ("kosten buiten verevening", Unit::Eur, "rules 3.2"),
    ("collectief ongedekt", Unit::Eur, "rules 3.2"),
    ("normatieve inbrengwaarde", Unit::Eur, "rules 3.5"),
    ("aandeel inbreng", Unit::Rate, "rules 3.5"),
    ("ontwikkelrecht", Unit::Number, "rules 3.5"),
    (
        "verrekening grondbank",
        Unit::Eur,
        "rules 3.5: + pays, - receives",
    ),
    (
        "bouwclaim saldo",
        Unit::Eur,
        "rules 3.5: + pays, - receives",
    ),
    ("bouwclaim inkoop", Unit::Eur, "rules 3.5"),
    ("bouwclaim verkoop", Unit::Eur, "rules 3.5"),
    ("bouwclaim resultaat", Unit::Eur, "rules 3.5"),
    ("aandeel resultaat GEM", Unit::Eur, "rules 3.5"),
    ("moment in periode", Unit::Number, "rules 3.5, 0.3"),
    ("resultaat GEM", Unit::Eur, "rules 3.5"),
    ("resultaat GEM onverdeeld", Unit::Eur, "rules 3.5"),
    (
        "maximum financiële bijdrage",
        Unit::Eur,
        "rules 1.12: Ow 13.23 lid 3",
    ),
    ("ruimte financiële bijdrage", Unit::Eur, "rules 1.12"),
    ("financiële bijdrage", Unit::Eur, "rules 1.12"),
    ("terugbetaling bijdrage", Unit::Eur, "rules 1.12: Ob 8.22"),
    (
        "terugbetaling bijdrage met rente",
        Unit::Eur,
        "rules 1.12: Ob 8.22",
    ),
    ("lasten bovenwijks", Unit::Eur, "rules 1.5"),
    ("tarief bovenwijks", Unit::Eur, "rules 1.5"),
    ("bijdrage bovenwijks", Unit::Eur, "rules 1.5"),
    ("telt voor norm", Unit::Number, "rules 3.8"),
    ("geheel voor norm", Unit::Number, "rules 3.8"),
    ("gevraagd door norm", Unit::Number, "rules 3.8"),
    ("afwijking", Unit::Number, "rules 3.8"),
    ("grondwaarde die gaat", Unit::Eur, "rules 3.8"),
    ("grondwaarde die komt", Unit::Eur, "rules 3.8"),
    ("effect op grondwaarde", Unit::Eur, "rules 3.8"),
    ("aandeel in programma", Unit::Rate, "rules 3.8"),
    ("norm", Unit::Number, "rules 3.8"),
    ("afwijking van norm", Unit::Number, "rules 3.8"),
    ("prijs boven grens", Unit::Eur, "rules 3.8"),
    ("woningen boven grens", Unit::Number, "rules 3.8"),
    ("m2 onder maat", Unit::Number, "rules 3.8"),
    ("woningen onder maat", Unit::Number, "rules 3.8"),
    ("ruimteclaim", Unit::Number, "rules 3.8"),
    ("ruimteclaim tekort", Unit::Number, "rules 3.8"),
    ("ruimteclaim totaal", Unit::Number, "rules 3.8"),
    ("effect norm", Unit::Eur, "rules 3.8: + yields, - costs"),
    ("kosten uitplaatsing", Unit::Eur, "rules 3.8"),
    ("von", Unit::Eur, "input"),
    ("huur", Unit::Eur, "input"),
    ("betaalbare_huur", Unit::Eur, "input"),
    ("m2", Unit::Number, "input"),
    ("factor", Unit::Number, "input"),
    ("grondquote", Unit::Rate, "input"),
    ("btw", Unit::Rate, "input"),
    ("betaalbaar_aandeel", Unit::Rate, "input"),
    ("bar", Unit::Rate, "input"),
    ("huurvrij", Unit::Number, "input"),
    ("kosten_koper", Unit::Rate, "input"),
    ("disconto", Unit::Rate, "input"),
    ("eenheden", Unit::Number, "input"),
    ("jaren", Unit::Number, "input"),
    ("deel", Unit::Rate, "input"),
    ("termijnen", Unit::Number, "input"),
    (
        "kosten buiten de grond",
        Unit::Eur,
        "rules chapter 8, point 10: costs that come to the same whatever the land costs",
    ),
    (
        "kosten per euro grond",
        Unit::Number,
        "rules chapter 8, point 10: costs that every euro of land brings",
    ),
    ("residu", Unit::Eur, "rules chapter 8, point 10"),
];

/// The unit of a named number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Euro.
    Eur,
    /// A share or rate.
    Rate,
    /// A number.
    Number,
    /// A whole number or period.
    Plain,
}

thread_local! {
    static BOOK: RefCell<Option<Book>> = const { RefCell::new(None) };
}

/// Runs a calculation with [`Expr`] and gives what it returned and all that was recorded.
///
/// # Panics
/// When called inside itself: one thread writes one book at a time.
pub fn record<T>(calculation: impl FnOnce() -> T) -> (T, Book) {
    BOOK.with(|book| {
        let earlier = book.borrow_mut().replace(Book::default());
        assert!(earlier.is_none(), "record inside record");
    });
    let result = calculation();
    let book = BOOK
        .with(|book| book.borrow_mut().take())
        .unwrap_or_default();
    (result, book)
}

fn with_book<T>(f: impl FnOnce(&mut Book) -> T) -> T {
    BOOK.with(|book| {
        let mut book = book.borrow_mut();
        let book = book
            .as_mut()
            .unwrap_or_else(|| panic!("Expr used outside record"));
        f(book)
    })
}

fn push(op: Op, place: Option<Place>, value: impl FnOnce(&Book) -> Exact) -> Expr {
    with_book(|book| {
        let value = value(book);
        let node = book.nodes.len() as u32;
        book.nodes.push(Node {
            op,
            value,
            name: None,
            place,
        });
        Expr {
            node,
            _not_send: std::marker::PhantomData,
        }
    })
}

impl Expr {
    /// The node it stands for.
    pub fn node(self) -> u32 {
        self.node
    }

    /// Its exact value.
    pub fn value(self) -> Exact {
        with_book(|book| book.value(self.node))
    }
}

impl Book {
    /// The exact value of a node.
    pub fn value(&self, node: u32) -> Exact {
        self.nodes[node as usize].value
    }

    /// The node with a name.
    pub fn find(&self, word: &str, of: Of, at: At) -> Option<u32> {
        let word = NAMES.iter().find(|(w, _, _)| *w == word)?.0;
        self.names.get(&Name { word, of, at }).copied()
    }

    /// All names in the book.
    pub fn names(&self) -> impl Iterator<Item = (&Name, u32)> {
        self.names.iter().map(|(name, node)| (name, *node))
    }
}

impl Add for Expr {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        push(Op::Add(self.node, other.node), None, |b| {
            b.value(self.node) + b.value(other.node)
        })
    }
}

impl Sub for Expr {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        push(Op::Sub(self.node, other.node), None, |b| {
            b.value(self.node) - b.value(other.node)
        })
    }
}

impl Mul for Expr {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        push(Op::Mul(self.node, other.node), None, |b| {
            b.value(self.node) * b.value(other.node)
        })
    }
}

impl Neg for Expr {
    type Output = Self;
    fn neg(self) -> Self {
        push(Op::Neg(self.node), None, |b| -b.value(self.node))
    }
}

fn nodes(list: &[Expr]) -> Vec<u32> {
    list.iter().map(|e| e.node).collect()
}

fn values(book: &Book, list: &[Expr]) -> Vec<Exact> {
    list.iter().map(|e| book.value(e.node)).collect()
}

impl Number for Expr {
    type Fixed = Expr;
    type Whole = u32;

    fn fixed(value: Decimal, place: Option<&Place>) -> Expr {
        let op = if place.is_some() {
            Op::Input
        } else {
            Op::Constant
        };
        push(op, place.cloned(), |_| Exact(Some(value)))
    }
    fn of(fixed: Expr) -> Self {
        fixed
    }
    fn constant(value: Decimal) -> Self {
        push(Op::Constant, None, |_| Exact(Some(value)))
    }
    fn whole(steps: u32) -> u32 {
        steps
    }
    fn steps(whole: u32) -> Self {
        Self::number(i64::from(whole))
    }
    fn per(self, by: Self) -> Self {
        push(Op::Per(self.node, by.node), None, |b| {
            b.value(self.node).per(b.value(by.node))
        })
    }
    fn div_or(self, by: Self, otherwise: Self) -> Self {
        push(Op::DivOr(self.node, by.node, otherwise.node), None, |b| {
            b.value(self.node)
                .div_or(b.value(by.node), b.value(otherwise.node))
        })
    }
    fn min(self, other: Self) -> Self {
        push(Op::Min(self.node, other.node), None, |b| {
            b.value(self.node).min(b.value(other.node))
        })
    }
    fn max(self, other: Self) -> Self {
        push(Op::Max(self.node, other.node), None, |b| {
            b.value(self.node).max(b.value(other.node))
        })
    }
    fn if_less(self, limit: Self, then: Self, otherwise: Self) -> Self {
        push(
            Op::IfLess(self.node, limit.node, then.node, otherwise.node),
            None,
            |b| {
                b.value(self.node).if_less(
                    b.value(limit.node),
                    b.value(then.node),
                    b.value(otherwise.node),
                )
            },
        )
    }
    fn power(self, exponent: Decimal) -> Self {
        push(Op::Power(self.node, exponent), None, |b| {
            b.value(self.node).power(exponent)
        })
    }
    fn power_by(self, exponent: Decimal, made_as: Self) -> Self {
        push(Op::PowerBy(self.node, made_as.node), None, |b| {
            b.value(self.node).power(exponent)
        })
    }
    fn round(self, digits: u32, how: Rounding) -> Self {
        push(Op::Round(self.node, digits, how), None, |b| {
            b.value(self.node).round(digits, how)
        })
    }
    fn sum(parts: &[Self]) -> Self {
        push(Op::Sum(nodes(parts)), None, |b| {
            Exact::sum(&values(b, parts))
        })
    }
    fn lowest(series: &[Self], when: &[Self]) -> (Self, Self) {
        let both = |b: &Book| Exact::lowest(&values(b, series), &values(b, when));
        let low = push(Op::Lowest(nodes(series)), None, |b| both(b).0);
        let moment = push(Op::WhenLowest(nodes(series), nodes(when)), None, |b| {
            both(b).1
        });
        (low, moment)
    }
    fn shift(series: &mut [Self], delay: u32) {
        let zero = Self::number(0);
        shift_plainly(series, delay, zero);
    }
    fn add_scaled(into: &mut [Self], fixed: &[Expr], by: Self) {
        for (a, b) in into.iter_mut().zip(fixed) {
            *a = *a + *b * by;
        }
    }
    fn named(self, word: &'static str, of: Of, at: At) -> Self {
        debug_assert!(
            NAMES.iter().any(|(w, _, _)| *w == word),
            "\"{word}\" is not in the list of names"
        );
        let name = Name { word, of, at };
        // A literal, an input or a number that has a name already gets a step of its own, so that a shared zero is not taken
        // over by the first that names it.
        let taken = with_book(|book| {
            let node = &book.nodes[self.node as usize];
            node.name.is_some() || matches!(node.op, Op::Input | Op::Constant)
        });
        let named = if taken {
            push(Op::Same(self.node), None, |b| b.value(self.node))
        } else {
            self
        };
        with_book(|book| {
            book.nodes[named.node as usize].name = Some(name);
            let earlier = book.names.insert(name, named.node);
            debug_assert!(earlier.is_none(), "{name:?} was named before");
        });
        named
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;

    #[test]
    fn records_value_name_and_place() {
        let place = Place::file("model.toml");
        let (_, book) = record(|| {
            let bedrag = Expr::of(Expr::fixed(dec!(100), Some(&place))).named(
                "bedrag",
                Of::Lijn(0),
                At::Once,
            );
            let factor =
                Expr::constant(dec!(1.02)).named("indexfactor", Of::Index(0), At::Period(1));
            (bedrag * factor).named("stroom", Of::Lijn(0), At::Period(1))
        });
        let node = book.find("stroom", Of::Lijn(0), At::Period(1)).unwrap();
        assert_eq!(book.value(node), Exact::from(dec!(102)));
        let bedrag = book.find("bedrag", Of::Lijn(0), At::Once).unwrap();
        let Op::Same(input) = book.nodes[bedrag as usize].op else {
            panic!("an input is named by a step of its own")
        };
        assert_eq!(book.nodes[input as usize].place, Some(place));
    }
}

//! Formulas of a spreadsheet: text to a tree, what the tree refers to, its relative form, and its value.
//!
//! Reads what xlsx files hold (`SUM(A1:B2,'Kas stroom'!C3)`) and `OpenFormula` (`SUM([.A1:.B2];['Kas stroom'.C3])`). A formula
//! that it does not understand is no formula here; a function that it does not know has no value. It never guesses.

use crate::model::table::Scalar;
use crate::read::werkmap::{Bereik, Cel, Werkmap};
use rust_decimal::prelude::ToPrimitive as _;
use rust_decimal::{Decimal, RoundingStrategy};
use std::cell::Cell;
use std::collections::HashMap;
use std::fmt::Write as _;

/// Rows of a sheet.
const ROWS: u32 = 1_048_576;
/// Columns of a sheet.
const COLUMNS: u32 = 16_384;
/// Deepest tree: deeper ones are not made by people, and walking them takes stack.
const DEEPEST: u32 = 300;
/// Most names that are followed from one formula.
const NAMES_DEEP: u32 = 8;

/// A formula as a tree.
#[derive(Debug, Clone, PartialEq)]
pub enum Formule {
    /// A number.
    Getal(f64),
    /// A text.
    Tekst(String),
    /// True or false.
    Waarheid(bool),
    /// An error that is written out, such as `#REF!`.
    Fout(String),
    /// An argument that is left out.
    Leeg,
    /// A cell or range.
    Verwijzing(Verwijzing),
    /// A defined name.
    Naam(String),
    /// A cell, range or name in another file, as it is written; the file as it is written there: `1` or its name.
    Extern(String),
    /// A part that is valid but not understood: columns of tables, arrays, the same range on more sheets.
    Onbekend(String),
    /// Minus.
    Min(Box<Formule>),
    /// Per cent.
    Procent(Box<Formule>),
    /// An operator between two.
    Tweeledig(Bewerking, Box<Formule>, Box<Formule>),
    /// A function by its English name, in capitals.
    Functie(String, Vec<Formule>),
}

/// An operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bewerking {
    /// `+`
    Plus,
    /// `-`
    Min,
    /// `*`
    Maal,
    /// `/`
    Delen,
    /// `^`
    Macht,
    /// `&`
    Samen,
    /// `=`
    Gelijk,
    /// `<>`
    Ongelijk,
    /// `<`
    Kleiner,
    /// `<=`
    KleinerGelijk,
    /// `>`
    Groter,
    /// `>=`
    GroterGelijk,
}

impl Bewerking {
    fn sign(self) -> &'static str {
        match self {
            Bewerking::Plus => "+",
            Bewerking::Min => "-",
            Bewerking::Maal => "*",
            Bewerking::Delen => "/",
            Bewerking::Macht => "^",
            Bewerking::Samen => "&",
            Bewerking::Gelijk => "=",
            Bewerking::Ongelijk => "<>",
            Bewerking::Kleiner => "<",
            Bewerking::KleinerGelijk => "<=",
            Bewerking::Groter => ">",
            Bewerking::GroterGelijk => ">=",
        }
    }
}

/// A reference to a cell or range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verwijzing {
    /// The sheet, when it is named.
    pub blad: Option<String>,
    /// First cell.
    pub van: Punt,
    /// Last cell.
    pub tot: Punt,
}

/// A cell in a reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Punt {
    /// Row, from zero.
    pub rij: u32,
    /// Column, from zero.
    pub kolom: u32,
    /// Whether the row stays when the formula is copied (`A$1`).
    pub rij_vast: bool,
    /// Whether the column stays when the formula is copied (`$A1`).
    pub kolom_vast: bool,
}

impl Verwijzing {
    /// The cells that it covers.
    pub fn bereik(&self) -> Bereik {
        let (a, b) = (self.van, self.tot);
        Bereik {
            van: (a.rij.min(b.rij), a.kolom.min(b.kolom)),
            tot: (a.rij.max(b.rij), a.kolom.max(b.kolom)),
        }
    }
}

impl Formule {
    /// Reads a formula, without its leading `=`. None when it is not understood.
    pub fn parse(text: &str) -> Option<Formule> {
        let mut parser = Parser {
            chars: text.chars().collect(),
            at: 0,
            depth: 0,
        };
        let (formula, _) = parser.comparison()?;
        parser.spaces();
        (parser.at == parser.chars.len()).then_some(formula)
    }

    /// Calls `visit` for every part, from the outside in.
    pub fn visit<'a>(&'a self, visit: &mut impl FnMut(&'a Formule)) {
        visit(self);
        match self {
            Formule::Min(a) | Formule::Procent(a) => a.visit(visit),
            Formule::Tweeledig(_, a, b) => {
                a.visit(visit);
                b.visit(visit);
            }
            Formule::Functie(_, arguments) => {
                for argument in arguments {
                    argument.visit(visit);
                }
            }
            _ => {}
        }
    }

    /// The formula as it is written relative to its own cell: two formulas that were copied from each other have the same.
    pub fn r1c1(&self, cell: (u32, u32)) -> String {
        let mut out = String::new();
        self.write_r1c1(cell, &mut out);
        out
    }

    fn write_r1c1(&self, cell: (u32, u32), out: &mut String) {
        match self {
            Formule::Getal(n) => {
                let _ = write!(out, "{n}");
            }
            Formule::Tekst(t) => {
                let _ = write!(out, "{t:?}");
            }
            Formule::Waarheid(b) => out.push_str(if *b { "TRUE" } else { "FALSE" }),
            Formule::Fout(t) | Formule::Onbekend(t) | Formule::Extern(t) => out.push_str(t),
            Formule::Leeg => {}
            Formule::Naam(n) => out.push_str(&n.to_uppercase()),
            Formule::Verwijzing(reference) => {
                if let Some(sheet) = &reference.blad {
                    let _ = write!(out, "'{}'!", sheet.to_lowercase());
                }
                write_point(reference.van, cell, out);
                if reference.van != reference.tot {
                    out.push(':');
                    write_point(reference.tot, cell, out);
                }
            }
            Formule::Min(a) => {
                out.push_str("-(");
                a.write_r1c1(cell, out);
                out.push(')');
            }
            Formule::Procent(a) => {
                out.push('(');
                a.write_r1c1(cell, out);
                out.push_str(")%");
            }
            Formule::Tweeledig(operator, a, b) => {
                out.push('(');
                a.write_r1c1(cell, out);
                out.push_str(operator.sign());
                b.write_r1c1(cell, out);
                out.push(')');
            }
            Formule::Functie(name, arguments) => {
                out.push_str(name);
                out.push('(');
                for (index, argument) in arguments.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    argument.write_r1c1(cell, out);
                }
                out.push(')');
            }
        }
    }

    /// What it adds up, when that is all it does: `SUM(A1:A5)+B7-C3` gives three references, the last with `true` for
    /// subtracted.
    pub fn opgeteld(&self) -> Option<Vec<(&Verwijzing, bool)>> {
        let mut found = Vec::new();
        (self.collect_sum(false, &mut found) && !found.is_empty()).then_some(found)
    }

    fn collect_sum<'a>(&'a self, minus: bool, found: &mut Vec<(&'a Verwijzing, bool)>) -> bool {
        match self {
            Formule::Verwijzing(reference) => {
                found.push((reference, minus));
                true
            }
            Formule::Leeg => true,
            Formule::Min(a) => a.collect_sum(!minus, found),
            Formule::Tweeledig(Bewerking::Plus, a, b) => {
                a.collect_sum(minus, found) && b.collect_sum(minus, found)
            }
            Formule::Tweeledig(Bewerking::Min, a, b) => {
                a.collect_sum(minus, found) && b.collect_sum(!minus, found)
            }
            Formule::Functie(name, arguments) if name == "SUM" => {
                arguments.iter().all(|a| a.collect_sum(minus, found))
            }
            Formule::Functie(name, arguments) if name == "SUBTOTAL" && arguments.len() > 1 => {
                [Formule::Getal(9.0), Formule::Getal(109.0)].contains(&arguments[0])
                    && arguments[1..].iter().all(|a| a.collect_sum(minus, found))
            }
            _ => false,
        }
    }
}

fn write_point(point: Punt, cell: (u32, u32), out: &mut String) {
    let _ = if point.rij_vast {
        write!(out, "R{}", point.rij + 1)
    } else {
        write!(out, "R[{}]", i64::from(point.rij) - i64::from(cell.0))
    };
    let _ = if point.kolom_vast {
        write!(out, "C{}", point.kolom + 1)
    } else {
        write!(out, "C[{}]", i64::from(point.kolom) - i64::from(cell.1))
    };
}

/// A tree and how deep it is.
type Parsed = Option<(Formule, u32)>;

struct Parser {
    chars: Vec<char>,
    at: usize,
    depth: u32,
}

impl Parser {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn spaces(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    fn eat(&mut self, c: char) -> bool {
        self.spaces();
        let is = self.peek() == Some(c);
        self.at += usize::from(is);
        is
    }

    fn binary(
        &mut self,
        next: fn(&mut Self) -> Parsed,
        operator: fn(&mut Self) -> Option<Bewerking>,
    ) -> Parsed {
        let (mut left, mut deep) = next(self)?;
        while let Some(found) = operator(self) {
            let (right, right_deep) = next(self)?;
            deep = deep.max(right_deep) + 1;
            if deep > DEEPEST {
                return None;
            }
            left = Formule::Tweeledig(found, Box::new(left), Box::new(right));
        }
        Some((left, deep))
    }

    fn comparison(&mut self) -> Parsed {
        self.binary(Self::joined, |p| {
            if p.eat('=') {
                Some(Bewerking::Gelijk)
            } else if p.eat('<') {
                Some(match p.peek() {
                    Some('>') => {
                        p.at += 1;
                        Bewerking::Ongelijk
                    }
                    Some('=') => {
                        p.at += 1;
                        Bewerking::KleinerGelijk
                    }
                    _ => Bewerking::Kleiner,
                })
            } else if p.eat('>') {
                Some(if p.peek() == Some('=') {
                    p.at += 1;
                    Bewerking::GroterGelijk
                } else {
                    Bewerking::Groter
                })
            } else {
                None
            }
        })
    }

    fn joined(&mut self) -> Parsed {
        self.binary(Self::sum, |p| p.eat('&').then_some(Bewerking::Samen))
    }

    fn sum(&mut self) -> Parsed {
        self.binary(Self::product, |p| {
            if p.eat('+') {
                Some(Bewerking::Plus)
            } else {
                p.eat('-').then_some(Bewerking::Min)
            }
        })
    }

    fn product(&mut self) -> Parsed {
        self.binary(Self::power, |p| {
            if p.eat('*') {
                Some(Bewerking::Maal)
            } else {
                p.eat('/').then_some(Bewerking::Delen)
            }
        })
    }

    fn power(&mut self) -> Parsed {
        self.binary(Self::signed, |p| p.eat('^').then_some(Bewerking::Macht))
    }

    /// In a spreadsheet a minus before a number binds closer than a power: -2^2 is 4.
    fn signed(&mut self) -> Parsed {
        let mut minus = 0_u32;
        loop {
            if self.eat('-') {
                minus += 1;
            } else if !self.eat('+') {
                break;
            }
        }
        let (mut formula, mut deep) = self.operand()?;
        while self.eat('%') {
            if deep > DEEPEST {
                return None;
            }
            formula = Formule::Procent(Box::new(formula));
            deep += 1;
        }
        if deep + minus > DEEPEST {
            return None;
        }
        // Two minuses make a number of what was true or false; they are kept.
        for _ in 0..minus {
            formula = Formule::Min(Box::new(formula));
            deep += 1;
        }
        Some((formula, deep))
    }

    fn operand(&mut self) -> Parsed {
        self.spaces();
        self.depth += 1;
        if self.depth > DEEPEST / 2 {
            return None;
        }
        let found = match self.peek()? {
            '(' => {
                self.at += 1;
                let inner = self.comparison()?;
                // A list of ranges between brackets is one range in pieces.
                if !self.eat(')') {
                    return None;
                }
                Some(inner)
            }
            '"' => self.quoted('"').map(|t| (Formule::Tekst(t), 1)),
            '#' => self.error().map(|e| (e, 1)),
            '{' => self.braces().map(|t| (Formule::Onbekend(t), 1)),
            '[' => self.bracketed().map(|f| (f, 1)),
            '\'' => {
                let sheet = self.quoted('\'')?;
                if self.peek() != Some('!') {
                    return None;
                }
                self.at += 1;
                self.on_sheet(&sheet).map(|f| (f, 1))
            }
            c if c.is_ascii_digit() || c == '.' => self.number().map(|f| (f, 1)),
            _ => self.word(),
        };
        self.depth -= 1;
        found
    }

    /// A text between quotes, in which a doubled quote is one.
    fn quoted(&mut self, quote: char) -> Option<String> {
        self.at += 1;
        let mut text = String::new();
        loop {
            let c = self.peek()?;
            self.at += 1;
            if c != quote {
                text.push(c);
            } else if self.peek() == Some(quote) {
                text.push(quote);
                self.at += 1;
            } else {
                return Some(text);
            }
        }
    }

    fn error(&mut self) -> Option<Formule> {
        const KNOWN: &[&str] = &[
            "#DIV/0!",
            "#N/A",
            "#NAME?",
            "#NULL!",
            "#NUM!",
            "#REF!",
            "#VALUE!",
            "#GETTING_DATA",
            "#SPILL!",
            "#CALC!",
        ];
        let rest: String = self.chars[self.at..].iter().take(16).collect();
        let known = KNOWN
            .iter()
            .find(|k| rest.to_uppercase().starts_with(**k))?;
        self.at += known.len();
        // An address after it belongs to a sheet that is gone: #REF!A1
        self.identifier();
        Some(Formule::Fout((*known).to_owned()))
    }

    fn braces(&mut self) -> Option<String> {
        let start = self.at;
        let mut quoted = false;
        loop {
            let c = self.peek()?;
            self.at += 1;
            match c {
                '"' => quoted = !quoted,
                '}' if !quoted => return Some(self.chars[start..self.at].iter().collect()),
                _ => {}
            }
        }
    }

    /// What stands between brackets, from the opening to the closing one.
    fn brackets(&mut self) -> Option<String> {
        let start = self.at;
        let mut depth = 0_u32;
        let mut quoted = false;
        loop {
            let c = self.peek()?;
            self.at += 1;
            match c {
                '\'' => quoted = !quoted,
                '[' if !quoted => depth += 1,
                ']' if !quoted => {
                    depth -= 1;
                    if depth == 0 {
                        return Some(self.chars[start..self.at].iter().collect());
                    }
                }
                _ => {}
            }
        }
    }

    /// `[.A1]` of `OpenFormula`, `[1]Blad!A1` in another file, or a column of a table.
    fn bracketed(&mut self) -> Option<Formule> {
        let text = self.brackets()?;
        let inner = &text[1..text.len() - 1];
        if self.peek().is_some_and(|c| is_word(c) || c == '!') {
            let sheet = self.identifier();
            if self.peek() != Some('!') {
                return None;
            }
            self.at += 1;
            return self.on_sheet(&format!("{text}{sheet}"));
        }
        Some(open_formula(inner).unwrap_or(Formule::Onbekend(text)))
    }

    fn number(&mut self) -> Option<Formule> {
        let start = self.at;
        let digits = |p: &mut Self| {
            while p.peek().is_some_and(|c| c.is_ascii_digit()) {
                p.at += 1;
            }
        };
        digits(self);
        // Rows: 3:5
        if self.peek() == Some(':') {
            self.at = start;
            return self.address(None);
        }
        if self.peek() == Some('.') {
            self.at += 1;
            digits(self);
        }
        if matches!(self.peek(), Some('e' | 'E')) {
            let before = self.at;
            self.at += 1;
            if matches!(self.peek(), Some('+' | '-')) {
                self.at += 1;
            }
            let from = self.at;
            digits(self);
            if self.at == from {
                self.at = before;
            }
        }
        let text: String = self.chars[start..self.at].iter().collect();
        text.parse().ok().map(Formule::Getal)
    }

    fn identifier(&mut self) -> String {
        let start = self.at;
        while self.peek().is_some_and(is_word) {
            self.at += 1;
        }
        self.chars[start..self.at].iter().collect()
    }

    /// A function, a sheet, a cell, a name.
    fn word(&mut self) -> Parsed {
        let start = self.at;
        let word = self.identifier();
        if word.is_empty() {
            return None;
        }
        match self.peek() {
            Some('(') => {
                self.at += 1;
                return self.function(&word);
            }
            Some('!') => {
                self.at += 1;
                return self.on_sheet(&word).map(|f| (f, 1));
            }
            Some('[') => {
                let column = self.brackets()?;
                return Some((Formule::Onbekend(format!("{word}{column}")), 1));
            }
            _ => {}
        }
        match word.to_uppercase().as_str() {
            "TRUE" => return Some((Formule::Waarheid(true), 1)),
            "FALSE" => return Some((Formule::Waarheid(false), 1)),
            _ => {}
        }
        self.at = start;
        self.address(None).map(|f| (f, 1))
    }

    fn function(&mut self, name: &str) -> Parsed {
        let name = name.to_uppercase();
        let name = ["_XLFN._XLWS.", "_XLFN.", "_XLWS.", "COM.MICROSOFT."]
            .iter()
            .find_map(|p| name.strip_prefix(p))
            .unwrap_or(&name)
            .to_owned();
        let mut arguments = Vec::new();
        let mut deep = 0;
        if self.eat(')') {
            return Some((Formule::Functie(name, arguments), 1));
        }
        loop {
            self.spaces();
            if matches!(self.peek(), Some(',' | ';' | ')')) {
                arguments.push(Formule::Leeg);
            } else {
                let (argument, its) = self.comparison()?;
                deep = deep.max(its);
                arguments.push(argument);
            }
            if self.eat(')') {
                break;
            }
            if !self.eat(',') && !self.eat(';') {
                return None;
            }
        }
        (deep < DEEPEST).then_some((Formule::Functie(name, arguments), deep + 1))
    }

    /// What follows the name of a sheet and its exclamation mark.
    fn on_sheet(&mut self, sheet: &str) -> Option<Formule> {
        let target = if self.peek() == Some('#') {
            self.error()?
        } else {
            self.address(Some(sheet))?
        };
        if let Some((before, _)) = sheet.split_once(']')
            && let Some((_, file)) = before.split_once('[')
        {
            return Some(Formule::Extern(file.to_owned()));
        }
        if sheet.contains(':') {
            return Some(Formule::Onbekend(sheet.to_owned()));
        }
        Some(target)
    }

    /// A cell, a range, whole columns or rows, or a name.
    fn address(&mut self, sheet: Option<&str>) -> Option<Formule> {
        let first = self.identifier();
        let blad = sheet.map(str::to_owned);
        if self.peek() == Some(':') {
            let back = self.at;
            self.at += 1;
            let second = self.identifier();
            if self.peek() == Some('!') && sheet.is_none() {
                // Blad1:Blad3!A1
                self.at += 1;
                return self.on_sheet(&format!("{first}:{second}"));
            }
            if let Some((van, tot)) = range(&first, &second) {
                return Some(Formule::Verwijzing(Verwijzing { blad, van, tot }));
            }
            self.at = back;
            return None;
        }
        if let Some(point) = point(&first) {
            return Some(Formule::Verwijzing(Verwijzing {
                blad,
                van: point,
                tot: point,
            }));
        }
        (!first.is_empty() && !first.starts_with(|c: char| c.is_ascii_digit())).then(|| {
            Formule::Naam(match sheet {
                Some(sheet) => format!("{sheet}!{first}"),
                None => first,
            })
        })
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.' | '$' | '\\' | '?')
}

/// `A1:B2`, `A:C` or `3:5`.
fn range(first: &str, second: &str) -> Option<(Punt, Punt)> {
    if let (Some(a), Some(b)) = (point(first), point(second)) {
        return Some((a, b));
    }
    if let (Some(a), Some(b)) = (column(first), column(second)) {
        let at = |(kolom, kolom_vast), rij| Punt {
            rij,
            kolom,
            rij_vast: true,
            kolom_vast,
        };
        return Some((at(a, 0), at(b, ROWS - 1)));
    }
    let (a, b) = (row(first)?, row(second)?);
    let at = |(rij, rij_vast), kolom| Punt {
        rij,
        kolom,
        rij_vast,
        kolom_vast: true,
    };
    Some((at(a, 0), at(b, COLUMNS - 1)))
}

fn point(text: &str) -> Option<Punt> {
    let split = text[usize::from(text.starts_with('$'))..]
        .find(|c: char| !c.is_ascii_alphabetic())
        .map(|at| at + usize::from(text.starts_with('$')))?;
    let (kolom, kolom_vast) = column(&text[..split])?;
    let (rij, rij_vast) = row(&text[split..])?;
    Some(Punt {
        rij,
        kolom,
        rij_vast,
        kolom_vast,
    })
}

fn column(text: &str) -> Option<(u32, bool)> {
    let letters = text.strip_prefix('$').unwrap_or(text);
    if letters.is_empty() || letters.len() > 3 {
        return None;
    }
    let mut number = 0;
    for byte in letters.bytes() {
        if !byte.is_ascii_alphabetic() {
            return None;
        }
        number = number * 26 + u32::from(byte.to_ascii_uppercase() - b'A') + 1;
    }
    (number <= COLUMNS).then(|| (number - 1, text.starts_with('$')))
}

fn row(text: &str) -> Option<(u32, bool)> {
    let digits = text.strip_prefix('$').unwrap_or(text);
    if digits.is_empty() || digits.len() > 7 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: u32 = digits.parse().ok()?;
    (1..=ROWS)
        .contains(&number)
        .then(|| (number - 1, text.starts_with('$')))
}

/// What stands between the brackets of a reference in `OpenFormula`: `.A1:.B2`, `$'Kas stroom'.A1`, `'file:///x.ods'#Blad1.A1`.
fn open_formula(inner: &str) -> Option<Formule> {
    let outside_quotes = |wanted: char| {
        let mut quoted = false;
        inner.char_indices().find_map(move |(at, c)| {
            quoted ^= c == '\'';
            (c == wanted && !quoted).then_some(at)
        })
    };
    if let Some(hash) = outside_quotes('#') {
        if inner[..hash].contains('/') || inner.starts_with('\'') {
            return Some(Formule::Extern(inner[..hash].trim_matches('\'').to_owned()));
        }
        return Some(Formule::Fout("#REF!".into()));
    }
    let (from, to) = match outside_quotes(':') {
        Some(at) => (&inner[..at], &inner[at + 1..]),
        None => (inner, inner),
    };
    let (sheet, first) = from.rsplit_once('.')?;
    let (other, second) = to.rsplit_once('.').unwrap_or(("", to));
    let named = |text: &str| {
        let text = text.trim_start_matches('$');
        let plain = text.strip_prefix('\'').and_then(|t| t.strip_suffix('\''));
        plain.map_or_else(|| text.to_owned(), |t| t.replace("''", "'"))
    };
    if !other.is_empty() && named(other) != named(sheet) {
        return Some(Formule::Onbekend(inner.to_owned()));
    }
    let (van, tot) = range(first, second)?;
    let blad = (!sheet.is_empty()).then(|| named(sheet));
    Some(Formule::Verwijzing(Verwijzing { blad, van, tot }))
}

/// What a formula comes to.
#[derive(Debug, Clone, PartialEq)]
pub enum Waarde {
    /// Nothing.
    Leeg,
    /// A number.
    Getal(f64),
    /// A text.
    Tekst(String),
    /// True or false.
    Waarheid(bool),
    /// An error.
    Fout(String),
    /// The year, month and day of a date that stands in a cell.
    Datum(i16, i8, i8),
}

/// A value, or a range that a function takes as a whole.
enum Operand {
    Waarde(Waarde),
    Bereik(usize, Bereik),
}

/// Looks up and calculates in a workbook. Cells that a formula refers to count with their stored values.
pub struct Rekenaar<'a> {
    map: &'a Werkmap,
    sheets: HashMap<String, usize>,
    names: HashMap<(Option<usize>, String), Option<Formule>>,
    /// Cells that may still be looked at: sums of long columns in every row of a long sheet have no end.
    budget: Cell<u64>,
}

impl<'a> Rekenaar<'a> {
    /// Makes ready for a workbook. After `budget` cells it answers no more.
    pub fn new(map: &'a Werkmap, budget: u64) -> Self {
        let mut sheets = HashMap::new();
        for (index, sheet) in map.bladen.iter().enumerate() {
            sheets.entry(sheet.naam.to_lowercase()).or_insert(index);
        }
        let names = map
            .namen
            .iter()
            .map(|n| {
                let formula = Formule::parse(&n.tekst).or_else(|| open_formula(&n.tekst));
                ((n.blad, n.naam.to_lowercase()), formula)
            })
            .collect();
        Rekenaar {
            map,
            sheets,
            names,
            budget: Cell::new(budget),
        }
    }

    /// Whether it looked at so many cells that it answers no more.
    pub fn uitgeput(&self) -> bool {
        self.budget.get() == 0
    }

    /// How many steps it may take to go through a range: no more than it has cells, nor than the sheet holds.
    fn cost(&self, sheet: usize, range: Bereik) -> u64 {
        let rows = u64::from(range.tot.0 - range.van.0) + 1;
        let columns = u64::from(range.tot.1 - range.van.1) + 1;
        (rows * columns).min(self.map.bladen[sheet].cellen.len() as u64)
    }

    fn spend(&self, cells: u64) -> Option<()> {
        let left = self.budget.get().saturating_sub(cells);
        self.budget.set(left);
        (left > 0).then_some(())
    }

    /// The sheet and cells that a reference on sheet `own` covers.
    pub fn plaats(&self, reference: &Verwijzing, own: usize) -> Option<(usize, Bereik)> {
        let sheet = match &reference.blad {
            None => own,
            Some(name) => *self.sheets.get(&name.to_lowercase())?,
        };
        Some((sheet, reference.bereik()))
    }

    /// What a defined name stands for, as seen from sheet `own`.
    pub fn naam(&self, name: &str, own: usize) -> Option<&Formule> {
        let (sheet, name) = match name.split_once('!') {
            Some((sheet, name)) => (*self.sheets.get(&sheet.to_lowercase())?, name),
            None => (own, name),
        };
        let name = name.to_lowercase();
        self.names
            .get(&(Some(sheet), name.clone()))
            .or_else(|| self.names.get(&(None, name)))?
            .as_ref()
    }

    /// All cells that a formula on sheet `own` refers to, by way of names too.
    pub fn verwijzingen(&self, formula: &Formule, own: usize) -> Vec<(usize, Bereik)> {
        let mut found = Vec::new();
        self.collect(formula, own, NAMES_DEEP, &mut found);
        found
    }

    fn collect(&self, formula: &Formule, own: usize, deep: u32, found: &mut Vec<(usize, Bereik)>) {
        match formula {
            Formule::Verwijzing(reference) => found.extend(self.plaats(reference, own)),
            Formule::Naam(name) if deep > 0 && found.len() < 10_000 => {
                if let Some(formula) = self.naam(name, own) {
                    self.collect(formula, own, deep - 1, found);
                }
            }
            Formule::Min(a) | Formule::Procent(a) => self.collect(a, own, deep, found),
            Formule::Tweeledig(_, a, b) => {
                self.collect(a, own, deep, found);
                self.collect(b, own, deep, found);
            }
            Formule::Functie(name, arguments) => {
                for (index, argument) in arguments.iter().enumerate() {
                    if !only_place(name, arguments, index) {
                        self.collect(argument, own, deep, found);
                    }
                }
            }
            _ => {}
        }
    }

    /// Whether the workbook has a sheet of this name.
    pub fn kent_blad(&self, name: &str) -> bool {
        self.sheets.contains_key(&name.to_lowercase())
    }

    /// The other files that a formula on sheet `own` refers to, by way of names and of texts for INDIRECT too; as they are
    /// written.
    pub fn bestanden(&self, formula: &Formule, own: usize) -> Vec<String> {
        let mut found = Vec::new();
        self.collect_files(formula, own, NAMES_DEEP, &mut found);
        found
    }

    fn collect_files(&self, formula: &Formule, own: usize, deep: u32, found: &mut Vec<String>) {
        formula.visit(&mut |part| match part {
            _ if found.len() >= 100 => {}
            Formule::Extern(file) => found.push(file.clone()),
            Formule::Naam(name) if deep > 0 => {
                if let Some(formula) = self.naam(name, own) {
                    self.collect_files(formula, own, deep - 1, found);
                }
            }
            Formule::Functie(name, arguments) if name == "INDIRECT" => {
                // The text may be put together from pieces; what stands between brackets in one is a file.
                for argument in arguments {
                    argument.visit(&mut |piece| {
                        if let Formule::Tekst(text) = piece
                            && let Some((file, _)) = text
                                .split_once('[')
                                .and_then(|(_, after)| after.split_once(']'))
                            && file.contains('.')
                        {
                            found.push(file.to_owned());
                        }
                    });
                }
            }
            _ => {}
        });
    }

    /// The value of a formula on sheet `own`, from the stored values of what it refers to. None when something in it is
    /// not known here, or not stored.
    pub fn waarde(&self, formula: &Formule, own: usize) -> Option<Waarde> {
        // Where all that a formula does is subtract, programs show a difference that is only noise as 0. Inside a formula
        // they differ in that.
        if let Formule::Tweeledig(operator @ (Bewerking::Plus | Bewerking::Min), a, b) = formula {
            let a = self.value(a, own, NAMES_DEEP)?;
            let b = self.value(b, own, NAMES_DEEP)?;
            if let (Some(Ok(x)), Some(Ok(y))) = (number(&a), number(&b)) {
                let sum = if *operator == Bewerking::Plus {
                    x + y
                } else {
                    x - y
                };
                if is_noise(sum, x, y) {
                    return Some(Waarde::Getal(0.0));
                }
            }
            return binary(*operator, &a, &b);
        }
        let operand = self.operand(formula, own, NAMES_DEEP)?;
        self.single(operand)
    }

    /// The value of an operand, when it is one value.
    fn single(&self, operand: Operand) -> Option<Waarde> {
        match operand {
            Operand::Waarde(value) => Some(value),
            Operand::Bereik(sheet, range) if range.van == range.tot => self.cell(sheet, range.van),
            Operand::Bereik(..) => None,
        }
    }

    fn cell(&self, sheet: usize, place: (u32, u32)) -> Option<Waarde> {
        self.spend(1)?;
        match self.map.bladen[sheet].cellen.get(&place) {
            None => Some(Waarde::Leeg),
            Some(cell) => value_of(cell),
        }
    }

    fn value(&self, formula: &Formule, own: usize, names: u32) -> Option<Waarde> {
        let operand = self.operand(formula, own, names)?;
        self.single(operand)
    }

    fn operand(&self, formula: &Formule, own: usize, names: u32) -> Option<Operand> {
        let value = match formula {
            Formule::Getal(n) => Waarde::Getal(*n),
            Formule::Tekst(t) => Waarde::Tekst(t.clone()),
            Formule::Waarheid(b) => Waarde::Waarheid(*b),
            Formule::Fout(e) => Waarde::Fout(e.clone()),
            Formule::Leeg => Waarde::Leeg,
            Formule::Verwijzing(reference) => {
                let (sheet, range) = self.plaats(reference, own)?;
                return Some(Operand::Bereik(sheet, range));
            }
            Formule::Naam(name) if names > 0 => {
                return self.operand(self.naam(name, own)?, own, names - 1);
            }
            Formule::Naam(_) | Formule::Extern(_) | Formule::Onbekend(_) => return None,
            Formule::Min(a) => match number(&self.value(a, own, names)?)? {
                Ok(n) => Waarde::Getal(-n),
                Err(e) => Waarde::Fout(e),
            },
            Formule::Procent(a) => match number(&self.value(a, own, names)?)? {
                Ok(n) => Waarde::Getal(n / 100.0),
                Err(e) => Waarde::Fout(e),
            },
            Formule::Tweeledig(operator, a, b) => binary(
                *operator,
                &self.value(a, own, names)?,
                &self.value(b, own, names)?,
            )?,
            Formule::Functie(name, arguments) => self.function(name, arguments, own, names)?,
        };
        Some(Operand::Waarde(value))
    }

    fn function(
        &self,
        name: &str,
        arguments: &[Formule],
        own: usize,
        names: u32,
    ) -> Option<Waarde> {
        let value = |index: usize| self.value(arguments.get(index)?, own, names);
        let numbers = || self.numbers(arguments, own, names);
        Some(match (name, arguments.len()) {
            ("TRUE", 0) => Waarde::Waarheid(true),
            ("FALSE", 0) => Waarde::Waarheid(false),
            ("IF", 1..=3) => match truth(&value(0)?)? {
                Err(e) => Waarde::Fout(e),
                Ok(true) if arguments.len() > 1 => shown(value(1)?),
                Ok(false) if arguments.len() > 2 => shown(value(2)?),
                Ok(holds) => Waarde::Waarheid(holds),
            },
            ("IFERROR", 2) => match value(0)? {
                Waarde::Fout(_) => shown(value(1)?),
                other => shown(other),
            },
            ("AND" | "OR", 1..) => {
                let mut result = name == "AND";
                let mut counted = false;
                for argument in arguments {
                    let operand = self.operand(argument, own, names)?;
                    let in_cell = matches!(operand, Operand::Bereik(..));
                    let value = self.single(operand)?;
                    // An empty cell does not count; what an argument that is left out is, depends on the program.
                    if value == Waarde::Leeg {
                        if in_cell {
                            continue;
                        }
                        return None;
                    }
                    counted = true;
                    match truth(&value)? {
                        Err(e) => return Some(Waarde::Fout(e)),
                        Ok(holds) if name == "AND" => result &= holds,
                        Ok(holds) => result |= holds,
                    }
                }
                if !counted {
                    return None;
                }
                Waarde::Waarheid(result)
            }
            ("NOT", 1) => match truth(&value(0)?)? {
                Ok(holds) => Waarde::Waarheid(!holds),
                Err(e) => Waarde::Fout(e),
            },
            ("SUM", 1..) => settle(numbers()?, |n| Some(n.iter().sum())),
            ("MIN", 1..) => settle(numbers()?, |n| {
                Some(n.iter().copied().reduce(f64::min).unwrap_or(0.0))
            }),
            ("MAX", 1..) => settle(numbers()?, |n| {
                Some(n.iter().copied().reduce(f64::max).unwrap_or(0.0))
            }),
            ("COUNT", 1..) => settle(numbers()?, |n| Some(n.len() as f64)),
            ("AVERAGE", 1..) => settle(numbers()?, |n| {
                (!n.is_empty()).then(|| n.iter().sum::<f64>() / n.len() as f64)
            }),
            ("SUMPRODUCT", 1..) => self.sum_product(arguments, own)?,
            ("ABS", 1) => apply(&value(0)?, |n| Some(n.abs()))?,
            ("INT", 1) => match number(&value(0)?)? {
                Ok(n) => Waarde::Getal(surely(n, |n| Some(n.floor()))?),
                Err(e) => Waarde::Fout(e),
            },
            ("ROUND" | "ROUNDUP" | "ROUNDDOWN" | "TRUNC", 1 | 2) => {
                let places = match arguments.get(1) {
                    Some(places) => self.value(places, own, names)?,
                    None if name == "TRUNC" => Waarde::Getal(0.0),
                    None => return None,
                };
                let places = match number(&places)? {
                    Ok(n) if n.abs() < 16.0 => n as i32,
                    Ok(_) => return None,
                    Err(e) => return Some(Waarde::Fout(e)),
                };
                let strategy = match name {
                    "ROUND" => RoundingStrategy::MidpointAwayFromZero,
                    "ROUNDUP" => RoundingStrategy::AwayFromZero,
                    _ => RoundingStrategy::ToZero,
                };
                match number(&value(0)?)? {
                    Ok(n) => Waarde::Getal(surely(n, |n| rounded(n, places, strategy))?),
                    Err(e) => Waarde::Fout(e),
                }
            }
            ("YEAR" | "MONTH" | "DAY", 1) => match value(0)? {
                Waarde::Datum(year, month, day) => Waarde::Getal(match name {
                    "YEAR" => f64::from(year),
                    "MONTH" => f64::from(month),
                    _ => f64::from(day),
                }),
                Waarde::Fout(e) => Waarde::Fout(e),
                _ => return None,
            },
            ("MOD", 2) => {
                let (a, b) = (value(0)?, value(1)?);
                if let (Ok(a), Ok(b)) = (number(&a)?, number(&b)?) {
                    // Just below a whole number of times, one program says nothing is left and another nearly all.
                    let times = a / b;
                    let whole = a.fract() == 0.0 && b.fract() == 0.0;
                    if !whole && (times - times.round()).abs() <= 1e-9 * times.abs().max(1.0) {
                        return None;
                    }
                }
                binary_number(&a, &b, |a, b| (b != 0.0).then(|| a - b * (a / b).floor()))?
            }
            ("POWER", 2) => binary(Bewerking::Macht, &value(0)?, &value(1)?)?,
            _ => return None,
        })
    }

    /// The numbers of the arguments of a function such as SUM: in ranges only what is a number, and of single values what
    /// counts as one. An error anywhere is the answer.
    fn numbers(
        &self,
        arguments: &[Formule],
        own: usize,
        names: u32,
    ) -> Option<Result<Vec<f64>, String>> {
        let mut numbers = Vec::new();
        for argument in arguments {
            match self.operand(argument, own, names)? {
                Operand::Waarde(value) => match number(&value)? {
                    Ok(n) if *argument != Formule::Leeg => numbers.push(n),
                    Ok(_) => {}
                    Err(e) => return Some(Err(e)),
                },
                Operand::Bereik(sheet, range) => {
                    self.spend(self.cost(sheet, range))?;
                    for (_, cell) in self.map.bladen[sheet].in_bereik(range) {
                        match value_of(cell)? {
                            Waarde::Getal(n) => numbers.push(n),
                            Waarde::Fout(e) => return Some(Err(e)),
                            // LibreOffice counts TRUE in a range as 1, Excel passes it over.
                            Waarde::Datum(..) | Waarde::Waarheid(_) => return None,
                            Waarde::Leeg | Waarde::Tekst(_) => {}
                        }
                    }
                }
            }
        }
        Some(Ok(numbers))
    }

    /// Only of ranges of one shape; a calculation with ranges inside is not known here.
    fn sum_product(&self, arguments: &[Formule], own: usize) -> Option<Waarde> {
        let mut ranges = Vec::new();
        for argument in arguments {
            match self.operand(argument, own, NAMES_DEEP)? {
                Operand::Bereik(sheet, range) => ranges.push((sheet, range)),
                Operand::Waarde(_) => return None,
            }
        }
        let size = |r: &Bereik| (r.tot.0 - r.van.0, r.tot.1 - r.van.1);
        let (sheet, first) = *ranges.first()?;
        if ranges.iter().any(|(_, r)| size(r) != size(&first)) {
            return Some(Waarde::Fout("#VALUE!".into()));
        }
        self.spend(self.cost(sheet, first))?;
        let mut total = 0.0;
        for (place, _) in self.map.bladen[sheet].in_bereik(first) {
            let mut product = 1.0;
            for (sheet, range) in &ranges {
                let at = (
                    range.van.0 + place.0 - first.van.0,
                    range.van.1 + place.1 - first.van.1,
                );
                match self.cell(*sheet, at)? {
                    Waarde::Getal(n) => product *= n,
                    Waarde::Fout(e) => return Some(Waarde::Fout(e)),
                    Waarde::Datum(..) | Waarde::Waarheid(_) => return None,
                    Waarde::Leeg | Waarde::Tekst(_) => product = 0.0,
                }
            }
            total += product;
        }
        Some(Waarde::Getal(total))
    }
}

/// The value that is stored in a cell; none when its formula has no stored value.
fn value_of(cell: &Cel) -> Option<Waarde> {
    Some(match &cell.waarde {
        Scalar::Empty if cell.formule.is_some() => return None,
        Scalar::Empty => Waarde::Leeg,
        Scalar::Text(t) => Waarde::Tekst(t.clone()),
        Scalar::Number(n) => Waarde::Getal(n.to_f64()?),
        Scalar::Date(d) => Waarde::Datum(d.year(), d.month(), d.day()),
        Scalar::Bool(b) => Waarde::Waarheid(*b),
        Scalar::Error(e) => Waarde::Fout(e.clone()),
    })
}

/// A cell that only shows another shows 0 for an empty one.
fn shown(value: Waarde) -> Waarde {
    match value {
        Waarde::Leeg => Waarde::Getal(0.0),
        other => other,
    }
}

/// A value as a number, or the error that it is. None when programs differ in what it is.
fn number(value: &Waarde) -> Option<Result<f64, String>> {
    match value {
        Waarde::Leeg => Some(Ok(0.0)),
        Waarde::Getal(n) => Some(Ok(*n)),
        Waarde::Waarheid(b) => Some(Ok(f64::from(u8::from(*b)))),
        Waarde::Fout(e) => Some(Err(e.clone())),
        Waarde::Tekst(_) | Waarde::Datum(..) => None,
    }
}

fn truth(value: &Waarde) -> Option<Result<bool, String>> {
    Some(number(value)?.map(|n| n != 0.0))
}

fn settle(numbers: Result<Vec<f64>, String>, f: impl Fn(&[f64]) -> Option<f64>) -> Waarde {
    match numbers {
        Ok(numbers) => f(&numbers).map_or_else(|| Waarde::Fout("#DIV/0!".into()), Waarde::Getal),
        Err(e) => Waarde::Fout(e),
    }
}

fn apply(value: &Waarde, f: impl Fn(f64) -> Option<f64>) -> Option<Waarde> {
    Some(match number(value)? {
        Ok(n) => f(n).map_or_else(|| Waarde::Fout("#NUM!".into()), Waarde::Getal),
        Err(e) => Waarde::Fout(e),
    })
}

fn binary_number(a: &Waarde, b: &Waarde, f: impl Fn(f64, f64) -> Option<f64>) -> Option<Waarde> {
    Some(match (number(a)?, number(b)?) {
        (Err(e), _) | (_, Err(e)) => Waarde::Fout(e),
        (Ok(a), Ok(b)) => match f(a, b) {
            Some(n) if n.is_finite() => Waarde::Getal(n),
            Some(_) => Waarde::Fout("#NUM!".into()),
            None => Waarde::Fout("#DIV/0!".into()),
        },
    })
}

fn binary(operator: Bewerking, a: &Waarde, b: &Waarde) -> Option<Waarde> {
    match operator {
        Bewerking::Plus | Bewerking::Min => {
            let minus = operator == Bewerking::Min;
            let sum = |a: f64, b: f64| if minus { a - b } else { a + b };
            if let (Ok(x), Ok(y)) = (number(a)?, number(b)?)
                && is_noise(sum(x, y), x, y)
            {
                return None;
            }
            binary_number(a, b, |a, b| Some(sum(a, b)))
        }
        Bewerking::Maal => binary_number(a, b, |a, b| Some(a * b)),
        Bewerking::Delen => binary_number(a, b, |a, b| (b != 0.0).then(|| a / b)),
        Bewerking::Macht => {
            if let (Ok(a), Ok(b)) = (number(a)?, number(b)?)
                && (a < 0.0 && b.fract() != 0.0 || a == 0.0 && b == 0.0)
            {
                // A cube root of a negative number, and 0^0: a number in one program and an error in another.
                return None;
            }
            binary_number(a, b, |a, b| Some(a.powf(b)))
        }
        // How a number reads as text depends on the program and its language.
        Bewerking::Samen => match (a, b) {
            (Waarde::Fout(e), _) | (_, Waarde::Fout(e)) => Some(Waarde::Fout(e.clone())),
            (Waarde::Tekst(a), Waarde::Tekst(b)) => Some(Waarde::Tekst(format!("{a}{b}"))),
            (Waarde::Tekst(a), Waarde::Leeg) | (Waarde::Leeg, Waarde::Tekst(a)) => {
                Some(Waarde::Tekst(a.clone()))
            }
            _ => None,
        },
        _ => compare(operator, a, b),
    }
}

fn compare(operator: Bewerking, a: &Waarde, b: &Waarde) -> Option<Waarde> {
    use std::cmp::Ordering;
    let order = match (a, b) {
        (Waarde::Fout(error), _) | (_, Waarde::Fout(error)) => {
            return Some(Waarde::Fout(error.clone()));
        }
        (Waarde::Datum(y1, m1, d1), Waarde::Datum(y2, m2, d2)) => (y1, m1, d1).cmp(&(y2, m2, d2)),
        (Waarde::Tekst(a), Waarde::Tekst(b)) => a.to_lowercase().cmp(&b.to_lowercase()),
        (Waarde::Tekst(t), Waarde::Leeg) => t.as_str().cmp(""),
        (Waarde::Leeg, Waarde::Tekst(t)) => "".cmp(t.as_str()),
        // Text is more than any number.
        (Waarde::Tekst(_), Waarde::Getal(_)) => Ordering::Greater,
        (Waarde::Getal(_), Waarde::Tekst(_)) => Ordering::Less,
        (Waarde::Waarheid(a), Waarde::Waarheid(b)) => a.cmp(b),
        (Waarde::Getal(_) | Waarde::Leeg, Waarde::Getal(_) | Waarde::Leeg) => {
            let (Ok(a), Ok(b)) = (number(a)?, number(b)?) else {
                return None;
            };
            order(a, b)?
        }
        _ => return None,
    };
    Some(Waarde::Waarheid(match operator {
        Bewerking::Gelijk => order == Ordering::Equal,
        Bewerking::Ongelijk => order != Ordering::Equal,
        Bewerking::Kleiner => order == Ordering::Less,
        Bewerking::KleinerGelijk => order != Ordering::Greater,
        Bewerking::Groter => order == Ordering::Greater,
        _ => order != Ordering::Less,
    }))
}

/// Whether a reference is an argument that only asks for the place or size of cells: their values count for nothing.
fn only_place(function: &str, arguments: &[Formule], index: usize) -> bool {
    let reference = matches!(
        arguments.get(index),
        Some(Formule::Verwijzing(_) | Formule::Naam(_))
    );
    reference
        && match function {
            "ROW" | "ROWS" | "COLUMN" | "COLUMNS" | "AREAS" | "SHEET" | "SHEETS" | "ISREF"
            | "ISFORMULA" | "FORMULA" | "FORMULATEXT" => true,
            "OFFSET" => index == 0,
            "CELL" => {
                let contents = |text: &str| text.to_lowercase().starts_with("conten");
                index == 1 && !matches!(arguments.first(), Some(Formule::Tekst(t)) if contents(t))
            }
            _ => false,
        }
}

/// Whether a sum is no more than what binary numbers leave over of two that cancel out.
fn is_noise(sum: f64, a: f64, b: f64) -> bool {
    sum != 0.0 && sum.abs() <= 1e-13 * a.abs().max(b.abs())
}

/// A number with the 15 digits that a spreadsheet shows of it.
fn shown_digits(value: f64) -> Option<f64> {
    format!("{value:.14e}").parse().ok()
}

/// What a rounding gives, when it gives the same for the number itself and for the digits that are shown of it: at 4,1*100
/// programs differ.
fn surely(value: f64, f: impl Fn(f64) -> Option<f64>) -> Option<f64> {
    let exact = f(value)?;
    (f(shown_digits(value)?)?.total_cmp(&exact).is_eq()).then_some(exact)
}

/// Which of two numbers is more, as spreadsheets compare: by the digits that are shown. None where they are so close that
/// programs differ.
fn order(a: f64, b: f64) -> Option<std::cmp::Ordering> {
    // Not by total order: minus nought is nought.
    if (a - b).abs() <= 0.0 {
        return Some(std::cmp::Ordering::Equal);
    }
    let (off, most) = ((a - b).abs(), a.abs().max(b.abs()));
    if off <= 3e-15 * most && shown_digits(a)?.total_cmp(&shown_digits(b)?).is_eq() {
        return Some(std::cmp::Ordering::Equal);
    }
    if off <= 1e-13 * most || off < 1e-9 {
        return None;
    }
    a.partial_cmp(&b)
}

/// Rounded as spreadsheets do: by the decimal that is shown, not by the binary number behind it.
fn rounded(value: f64, places: i32, strategy: RoundingStrategy) -> Option<f64> {
    let decimal: Decimal = value.to_string().parse().ok()?;
    let scale = Decimal::from(10_u64.checked_pow(places.unsigned_abs())?);
    if places >= 0 {
        decimal
            .round_dp_with_strategy(places as u32, strategy)
            .to_f64()
    } else {
        let rounded = (decimal / scale).round_dp_with_strategy(0, strategy);
        rounded.checked_mul(scale)?.to_f64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Problem;

    fn relative(text: &str) -> Option<String> {
        Formule::parse(text).map(|f| f.r1c1((4, 2)))
    }

    #[test]
    fn formulas_read_in_their_relative_form() {
        for (text, expected) in [
            ("A1+$B$2", "(R[-4]C[-2]+R2C2)"),
            ("-2^2", "(-(2)^2)"),
            ("1+2*3%", "(1+(2*(3)%))"),
            (
                "SUM(C1:C4,'Kas stroom'!$A:$A)",
                "SUM(R[-4]C[0]:R[-1]C[0],'kas stroom'!R1C1:R1048576C1)",
            ),
            (
                "SUM([.C1:.C4];[$'Kas stroom'.$A$1])",
                "SUM(R[-4]C[0]:R[-1]C[0],'kas stroom'!R1C1)",
            ),
            (
                "IF(A5>=\"x\"\"y\",TRUE,)",
                "IF((R[0]C[-2]>=\"x\\\"y\"),TRUE,)",
            ),
            ("Blad2!C5<>Rente", "('blad2'!R[0]C[0]<>RENTE)"),
            (
                "_xlfn.XLOOKUP(A5,3:5,Tabel[Bedrag])",
                "XLOOKUP(R[0]C[-2],R3C[0]:R5C[0],Tabel[Bedrag])",
            ),
            ("1.5E+3 * ( C5 )", "(1500*R[0]C[0])"),
            ("[1]Blad1!A1", "1"),
            ("'C:\\map\\[boek.xlsx]Blad 1'!A1+1", "(boek.xlsx+1)"),
            ("#REF!+1", "(#REF!+1)"),
            ("Blad1!#REF!", "#REF!"),
            ("['file:///x.ods'#$Blad1.A1]", "file:///x.ods"),
            ("LOG10(A5)", "LOG10(R[0]C[-2])"),
            ("A5&\"m2\"", "(R[0]C[-2]&\"m2\")"),
        ] {
            let found = relative(text);
            // Rows and columns that are taken whole have no place in the other direction.
            let expected = expected.replace("R3C[0]:R5C[0]", "R[-2]C1:R[0]C16384");
            assert_eq!(found.as_deref(), Some(expected.as_str()), "{text}");
        }
        for wrong in [
            "", "1+", "SUM(A1", "A1 B1", "\"open", "A1)", "'Blad'", "((((1)", "[.A1", "1..2",
            "A1:", "+",
        ] {
            assert_eq!(relative(wrong), None, "{wrong}");
        }
        let deep = format!("{}1{}", "(".repeat(20_000), ")".repeat(20_000));
        assert_eq!(relative(&deep), None);
        assert_eq!(relative(&"1+".repeat(10_000)), None);
        assert_eq!(relative(&"-".repeat(30_000)), None);
    }

    #[test]
    fn what_is_added_up_is_told() {
        let parsed = Formule::parse("SUM(A1:A5,B7)-C3").unwrap();
        let found: Vec<(String, bool)> = parsed
            .opgeteld()
            .unwrap()
            .iter()
            .map(|(r, minus)| (r.bereik().to_string(), *minus))
            .collect();
        let expected = [("A1:A5", false), ("B7", false), ("C3", true)];
        assert_eq!(found, expected.map(|(t, m)| (t.to_owned(), m)));
        assert_eq!(Formule::parse("A1*2").unwrap().opgeteld(), None);
        assert_eq!(Formule::parse("2").unwrap().opgeteld(), None);
    }

    #[test]
    fn values_follow_the_spreadsheet() {
        let mut problems: Vec<Problem> = Vec::new();
        let bytes = include_bytes!("../../models/havenkwartier/havenkwartier.xlsx");
        let map = Werkmap::from_bytes(bytes, "h.xlsx", &mut problems).unwrap();
        let reckoner = Rekenaar::new(&map, 1_000_000);
        let value = |text: &str| reckoner.waarde(&Formule::parse(text).unwrap(), 0);
        for (text, expected) in [
            ("1+2*3^2", 19.0),
            ("-2^2", 4.0),
            ("50%", 0.5),
            ("ROUND(2.675,2)", 2.68),
            ("ROUND(-1250,-2)", -1300.0),
            ("ROUNDDOWN(-1.29,1)", -1.2),
            ("IF(1>2,1/0,7)", 7.0),
            ("IFERROR(1/0,3)", 3.0),
            ("SUM(1,2,XFD1)", 3.0),
            ("MAX(1,MIN(5,3),ABS(-4))", 4.0),
            ("MOD(-1,3)", 2.0),
        ] {
            let Some(Waarde::Getal(n)) = value(text) else {
                panic!("{text}: {:?}", value(text));
            };
            assert!((n - expected).abs() < 1e-9, "{text}: {n}");
        }
        assert_eq!(value("1/0"), Some(Waarde::Fout("#DIV/0!".into())));
        assert_eq!(value("AND(1<2,\"a\"=\"A\")"), Some(Waarde::Waarheid(true)));
        assert_eq!(value("2.8=1.4*2+0"), Some(Waarde::Waarheid(true)));
        assert_eq!(value("0.1+0.2=0.3"), Some(Waarde::Waarheid(true)));
        assert_eq!(value("0.1+0.2-0.3"), Some(Waarde::Getal(0.0)));
        assert_eq!(value("AND(XFD1,TRUE)"), Some(Waarde::Waarheid(true)));
        // Where programs differ there is no value.
        for unknown in [
            "INT(4.1*100)",
            "ROUNDDOWN(2.3*100,0)",
            "ROUND(1.005*100,0)",
            "MOD(5.3,0.1)",
            "(0.1+0.2-0.3)*1E15",
            "0.1+0.2-0.3=0",
            "(-8)^(1/3)",
            "0^0",
            "AND(XFD1)",
            "NOW()",
            "VLOOKUP(1,A1:B2,2)",
            "Onbekend!A1",
            "[1]Blad!A1",
            "\"2\"+1",
            "A1:B9*2",
        ] {
            assert_eq!(value(unknown), None, "{unknown}");
        }
    }
}

//! A recorded route as sheets of formulas: every named number a cell, every formula down to the cells of the input.
//!
//! The record ([`Opname`]) of a model whose inputs stand in the cells of a workbook says all that a spreadsheet needs: here it is
//! laid out in rows over the periods, one formula per row wherever the rule is the same. Knows no file format and no rule.

use crate::explain::Opname;
use crate::expression::{NAMES, Name, Op, Unit};
use crate::model::schema::TableSchema;
use crate::model::table::{Row, Scalar, Tables, as_text, name_key};
use crate::model::{Bedrag, HOOFD, Lijn, Totaal};
use crate::number::{At, Of};
use crate::problem::{Place, Spot, column_letters};
use rust_decimal::{Decimal, dec};
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};
use vorm::{Kaart, Schrift, Schrijver, Soort, Vorm};

mod vorm;
mod woorden;

pub use vorm::Plek;
pub use woorden::instelling;

/// First column of links to the rows that a row is made of.
pub const KOLOM_VERWIJZING: u32 = 4;
/// Most links of a row.
pub const VERWIJZINGEN: usize = 3;
/// Column of a series sheet that holds what is not in time.
pub const KOLOM_EENS: u32 = KOLOM_VERWIJZING + VERWIJZINGEN as u32;
/// Column that holds what stands before the first period.
pub const KOLOM_BEGIN: u32 = KOLOM_EENS + 1;
/// Column of the first period.
pub const KOLOM_EERSTE: u32 = KOLOM_BEGIN + 1;
/// Column of the numbers on the sheet of fixed numbers.
const KOLOM_VAST: u32 = 2;
/// Added to the number of a line, it stands for the line's row as long as that has no place.
const RIJ_VAN_LIJN: u32 = 1 << 31;
/// Row with the position of every period.
pub const RIJ_POSITIE: u32 = 2;
/// Row with the headings and the periods.
pub const RIJ_KOP: u32 = 3;
/// First row of figures.
pub const RIJ_EERSTE: u32 = 4;

/// The sheets of calculation, in their order.
const BLADEN: [(&str, &str); 12] = [
    (
        "Tijd en index",
        "Groei, indexfactoren, rente en discontofactoren",
    ),
    (
        "Bedragen",
        "Per regel: hoeveelheid, prijs en bedrag op prijspeil",
    ),
    (
        "Gewichten",
        "Per regel: welk deel in welke periode valt (fasering)",
    ),
    (
        "Stromen prijspeil",
        "Per regel: bedrag × gewicht, op prijspeil",
    ),
    (
        "Stromen",
        "Per regel: bedrag in lopende prijzen (× indexfactor)",
    ),
    (
        "Grondexploitatie",
        "De hoofdrekening: kosten, opbrengsten, rente, boekwaarde en uitkomsten",
    ),
    ("Deelresultaten", "De grondexploitatie per deelgebied"),
    (
        "Fondsverloop",
        "Het gebiedsfonds: inleg, uitgaven, betalingen en saldo",
    ),
    ("Rekeningen", "Alle andere rekeningen"),
    ("Partijresultaten", "Saldo en baten per partij"),
    (
        "Verhaal",
        "Kostenverhaal en verevening: wat verhaald en verrekend wordt, en wat wie betaalt",
    ),
    (
        "Vaste getallen",
        "Getallen die polder uit datums, reeksen en parameters maakt",
    ),
];
const TIJD: u16 = 0;
const BEDRAGEN: u16 = 1;
const GEWICHTEN: u16 = 2;
const PRIJSPEIL: u16 = 3;
const STROMEN: u16 = 4;
const GREX: u16 = 5;
const DELEN: u16 = 6;
const FONDS: u16 = 7;
const REKENINGEN: u16 = 8;
const PARTIJEN: u16 = 9;
const VERHAAL: u16 = 10;
const VAST: u16 = 11;

/// What a cell of calculation holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Inhoud {
    /// A formula, without the sign in front, and the exact value that it must give.
    Formule(String, Decimal),
    /// A number that follows from the structure of the model, not from a cell: an equal part of a range, say.
    Getal(Decimal),
}

/// A row.
#[derive(Debug, Clone, PartialEq)]
pub struct Rij {
    /// What it is.
    pub label: String,
    /// Whose.
    pub van: String,
    /// Word of the record; empty when its columns say what its figures are.
    pub woord: &'static str,
    /// Unit of its figures.
    pub eenheid: Unit,
    /// Unit of its quantity, on a list.
    pub maat: String,
    /// How it is made, with the section of the rules; on a list, who pays whom.
    pub regel: String,
    /// The rows that it is made of.
    pub verwijzingen: Vec<Verwijzing>,
    /// Its cells by column.
    pub cellen: BTreeMap<u32, Inhoud>,
}

/// Rows of one sheet that a row is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verwijzing {
    /// Its first cell.
    pub plek: Plek,
    /// The rows, each once, in order.
    pub rijen: Vec<u32>,
}

/// A sheet of calculation.
#[derive(Debug, Clone, PartialEq)]
pub struct Blad {
    /// Its name.
    pub naam: &'static str,
    /// What it shows.
    pub titel: &'static str,
    /// Headings of the columns from the first on; on a sheet of series, the periods come after them.
    pub koppen: Vec<String>,
    /// On a list: the words of its last columns.
    pub woorden: Vec<&'static str>,
    /// Whether its columns are periods.
    pub reeksen: bool,
    /// Its rows, from [`RIJ_EERSTE`] on.
    pub rijen: Vec<Rij>,
}

/// A row whose formula is not the same in every period.
#[derive(Debug, Clone, PartialEq)]
pub struct Afwijking {
    /// Its sheet.
    pub blad: &'static str,
    /// Its row, from zero.
    pub rij: u32,
    /// What it is.
    pub label: String,
    /// Different formulas.
    pub vormen: usize,
}

/// A result with its cell.
#[derive(Debug, Clone, PartialEq)]
pub struct Uitkomst {
    /// Result address, as `polder explain` takes it.
    pub adres: String,
    /// The part of the model that it is about; empty for the whole.
    pub groep: String,
    /// What the trade calls it.
    pub naam: String,
    /// What it is.
    pub uitleg: &'static str,
    /// Its unit.
    pub eenheid: Unit,
    /// Its cell.
    pub plek: Plek,
    /// Exact value.
    pub waarde: Decimal,
}

/// The calculation as sheets.
#[derive(Debug, Clone, Default)]
pub struct Werkmap {
    /// The sheets; empty ones are left out.
    pub bladen: Vec<Blad>,
    /// Periods in words.
    pub perioden: Vec<String>,
    /// Results.
    pub uitkomsten: Vec<Uitkomst>,
    /// The rows of `kasstroom` of every account, which add up to nothing.
    pub kasstromen: Vec<(u16, u32)>,
    /// The weights of every line that is phased: id, row, and whether they add up to the total in its row of amounts.
    pub faseringen: Vec<Fasering>,
    /// Rows of series whose formula differs between periods.
    pub afwijkingen: Vec<Afwijking>,
    /// How many rows of series have one formula.
    pub gelijk: usize,
    /// Sheet and row of a row by word and whose, of series of the main account, for charts.
    pub reeksen: HashMap<&'static str, (u16, u32)>,
}

/// The phasing of a line.
#[derive(Debug, Clone, PartialEq)]
pub struct Fasering {
    /// Its code.
    pub id: String,
    /// Sheet and row of its weights.
    pub rij: (u16, u32),
    /// Cell of what they add up to; nothing when that is 1.
    pub totaal: Option<Plek>,
}

/// The cells of a row under its key: form and value by column.
type Regel = (Sleutel, BTreeMap<u32, (Vorm, Decimal)>);

/// A row's key: word, whose, and 0 for the number itself or a step that leads to it.
type Sleutel = (&'static str, Of, u32);

struct Opmaak {
    plekken: HashMap<u32, Plek>,
    bezet: HashSet<Plek>,
    nullen: HashSet<Plek>,
    namen: Vec<String>,
}

impl Kaart for Opmaak {
    fn plek(&self, node: u32) -> Plek {
        self.plekken[&node]
    }
    fn leeg(&self, plek: Plek) -> bool {
        !self.bezet.contains(&plek) || self.nullen.contains(&plek)
    }
    fn blad(&self, blad: u16) -> &str {
        &self.namen[usize::from(blad)]
    }
    fn soort(&self, blad: u16) -> Soort {
        match blad {
            BEDRAGEN => Soort::Lijst,
            b if b < VAST => Soort::Reeksen,
            _ => Soort::Cellen,
        }
    }
    fn eerste(&self) -> u32 {
        KOLOM_BEGIN
    }
    fn posities(&self) -> u32 {
        RIJ_POSITIE
    }
    fn koppen(&self) -> u32 {
        RIJ_KOP
    }
}

/// A sheet's name as a formula writes it.
pub fn aangehaald(naam: &str) -> String {
    let plain = naam.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_');
    if plain {
        format!("{naam}!")
    } else {
        format!("'{}'!", naam.replace('\'', "''"))
    }
}

fn info(word: &str) -> (usize, Unit, &'static str) {
    NAMES
        .iter()
        .position(|(w, ..)| *w == word)
        .map_or((usize::MAX, Unit::Number, ""), |i| {
            (i, NAMES[i].1, NAMES[i].2)
        })
}

/// How a number of the record is made, in words, with the section of the rules.
pub fn rekenwijze(word: &str) -> String {
    woorden::rekenwijze(word, info(word).2)
}

/// The sheet of a row.
fn blad_van(word: &str, of: Of, at: At) -> u16 {
    match of {
        Of::Lijn(_) => match (word, at) {
            ("gewicht", _) => GEWICHTEN,
            ("bedrag in periode", _) => PRIJSPEIL,
            ("stroom", _) => STROMEN,
            _ => BEDRAGEN,
        },
        of if matches!(of, Of::Index(_)) || word.starts_with("disconto") => TIJD,
        Of::Verhaal(_)
        | Of::Eigendom(_)
        | Of::Post(_)
        | Of::Kostensoort(..)
        | Of::Regel(_)
        | Of::Deelnemer(_)
        | Of::Bijdrage(_)
        | Of::Norm(..) => VERHAAL,
        Of::Rekening(r) if usize::from(r) == HOOFD => GREX,
        Of::Rekening(_) | Of::Object(_) => REKENINGEN,
        Of::Deel(_) => DELEN,
        Of::Partij(_) | Of::Cel(..) => PARTIJEN,
        Of::Geheel if word.contains("rente") && !word.contains("fonds") => TIJD,
        Of::Geheel if word == "één portemonnee" => PARTIJEN,
        // An index has its place above.
        Of::Geheel | Of::Maatregel(_) | Of::Index(_) => FONDS,
    }
}

/// Numbers that belong to the arithmetic of a rule, and stand in a formula as they are.
fn van_de_regel(value: Decimal) -> bool {
    [
        Decimal::ZERO,
        Decimal::ONE,
        Decimal::NEGATIVE_ONE,
        dec!(0.5),
    ]
    .contains(&value)
}

/// Lays out the record of a model. `invoer`: the tables with their cells as places, and the names of their sheets.
///
/// # Errors
/// In words, when a number is too large to calculate with.
pub fn werkmap(
    opname: &Opname<'_>,
    invoer: &Tables,
    bladnaam: impl Fn(&TableSchema) -> String,
) -> Result<Werkmap, String> {
    Bouw::new(opname, invoer, bladnaam).werkmap()
}

struct Bouw<'a> {
    opname: &'a Opname<'a>,
    invoer: &'a Tables,
    vormen: Vec<Option<Vorm>>,
    /// Named nodes of which no cell is made: they are always zero.
    nul: HashSet<u32>,
    /// Fixed numbers and derived inputs: node (or exponent) to a row of the sheet of fixed numbers.
    vast: Vec<(String, String, Decimal)>,
    vast_van: HashMap<u32, usize>,
    getallen: BTreeMap<(&'static str, Decimal), u32>,
    /// Tables by the name of their sheet.
    tabellen: HashMap<String, (u16, usize)>,
    /// Inputs that stand in a cell.
    cellen: HashMap<u32, Plek>,
    /// Helper steps: node to the named node that it leads to.
    hulp: HashMap<u32, u32>,
    hulpvormen: HashMap<u32, Vorm>,
    bladnamen: Vec<String>,
    /// The weights of realised periods, which the record does not name: by line and period.
    gerealiseerd: BTreeMap<(u16, u16), (Vorm, Decimal)>,
}

impl<'a> Bouw<'a> {
    fn new(
        opname: &'a Opname<'a>,
        invoer: &'a Tables,
        bladnaam: impl Fn(&TableSchema) -> String,
    ) -> Self {
        let book = opname.book();
        let mut bladnamen: Vec<String> = BLADEN.iter().map(|(n, _)| aangehaald(n)).collect();
        let mut sheets: HashMap<String, (u16, usize)> = HashMap::new();
        for (t, table) in invoer.tables.iter().enumerate() {
            let name = bladnaam(table.schema);
            sheets.insert(name.clone(), (bladnamen.len() as u16, t));
            bladnamen.push(aangehaald(&name));
        }
        let mut cellen = HashMap::new();
        for (n, node) in book.nodes.iter().enumerate() {
            if node.op != Op::Input {
                continue;
            }
            if let Some(Spot::Cell { sheet, row, column }) = node.place.as_ref().map(|p| &p.spot)
                && let Some((blad, t)) = sheets.get(&**sheet)
                && let Some(r) = row
                    .checked_sub(1)
                    .and_then(|r| invoer.tables[*t].rows.get(r as usize))
                && let Some(Scalar::Number(held)) =
                    r.values.get(*column as usize).map(|v| &v.scalar)
                && Some(*held) == node.value.0
            {
                cellen.insert(
                    n as u32,
                    Plek {
                        blad: *blad,
                        rij: *row,
                        kolom: *column,
                    },
                );
            }
        }
        Bouw {
            opname,
            invoer,
            vormen: Vec::new(),
            nul: HashSet::new(),
            vast: Vec::new(),
            vast_van: HashMap::new(),
            getallen: BTreeMap::new(),
            tabellen: sheets,
            cellen,
            hulp: HashMap::new(),
            hulpvormen: HashMap::new(),
            bladnamen,
            gerealiseerd: BTreeMap::new(),
        }
    }

    fn name(&self, node: u32) -> Option<Name> {
        self.opname
            .book()
            .nodes
            .get(node as usize)
            .and_then(|n| n.name)
    }

    fn value(&self, node: u32) -> Result<Decimal, String> {
        if let Some(((_, value), _)) = self.getallen.iter().find(|(_, n)| **n == node) {
            return Ok(*value);
        }
        self.opname
            .book()
            .value(node)
            .0
            .ok_or_else(|| "a number is too large to calculate with".to_owned())
    }

    /// The form of every step that is named or that one uses.
    fn vormen(&mut self) {
        let book = self.opname.book();
        let len = book.nodes.len();
        let mut uses = vec![0_u32; len];
        for n in (0..len).rev() {
            if uses[n] > 0 || book.nodes[n].name.is_some() {
                kinderen(&book.nodes[n].op, |k| uses[k as usize] += 1);
            }
        }
        self.vormen = vec![None; len];
        for n in 0..len {
            let node = &book.nodes[n];
            let named = node.name.is_some();
            if uses[n] == 0 && !named {
                continue;
            }
            let form = match &node.op {
                Op::Input => self.afgeleid(n as u32).unwrap_or(Vorm::Knoop(n as u32)),
                Op::Constant => match node.value.0 {
                    Some(v) if van_de_regel(v) => Vorm::Getal(v),
                    _ => Vorm::Knoop(n as u32),
                },
                op => {
                    if let Op::Lowest(list) | Op::WhenLowest(list, _) = op
                        && list.iter().any(|k| !self.nul.contains(k))
                    {
                        // An extreme is taken over cells: those that are always zero get one too.
                        for k in list {
                            self.nul.remove(k);
                        }
                    }
                    let (forms, nul, numbers) = (&mut self.vormen, &self.nul, &mut self.getallen);
                    let take = |k: u32| {
                        if nul.contains(&k) {
                            Vorm::Getal(Decimal::ZERO)
                        } else if book.nodes[k as usize].name.is_some() {
                            Vorm::Knoop(k)
                        } else if uses[k as usize] == 1 {
                            forms[k as usize].take().unwrap_or(Vorm::Knoop(k))
                        } else {
                            forms[k as usize].clone().unwrap_or(Vorm::Knoop(k))
                        }
                    };
                    vorm::van_stap(op, take, |e| {
                        let next = (len + numbers.len()) as u32;
                        Vorm::Knoop(*numbers.entry(("exponent", e)).or_insert(next))
                    })
                }
            };
            let realised = match (&form, node.name) {
                (Vorm::Knoop(k), Some(name)) if !self.cellen.contains_key(k) => {
                    self.gerealiseerd(*k, name)
                }
                _ => None,
            };
            let form = realised.unwrap_or(form);
            if named {
                if form.is_getal(Decimal::ZERO) {
                    self.nul.insert(n as u32);
                }
                self.vormen[n] = Some(form);
            } else if !matches!(form, Vorm::Knoop(_) | Vorm::Getal(_))
                && (uses[n] > 1 && form.omvang() > 2)
            {
                // Much shared: a cell of its own, kept apart under the same number.
                self.hulp.insert(n as u32, u32::MAX);
                self.vormen[n] = Some(Vorm::Knoop(n as u32));
                self.hulpvormen.insert(n as u32, form);
            } else {
                self.vormen[n] = Some(form);
            }
        }
    }

    /// The cell of a place in the input.
    fn invoercel(&self, place: &Place) -> Option<(Plek, usize)> {
        let Spot::Cell { sheet, row, column } = &place.spot else {
            return None;
        };
        let (blad, t) = self.tabellen.get(&**sheet)?;
        let plek = Plek {
            blad: *blad,
            rij: *row,
            kolom: *column,
        };
        Some((plek, *t))
    }

    /// The number that a cell of the input holds.
    fn gehouden(&self, plek: Plek) -> Option<Decimal> {
        let table = &self.invoer.tables[usize::from(plek.blad) - BLADEN.len()];
        let row = table.rows.get(plek.rij.checked_sub(1)? as usize)?;
        match row.values.get(plek.kolom as usize)?.scalar {
            Scalar::Number(held) => Some(held),
            _ => None,
        }
    }

    /// An input that the model makes from cells: the opposite of one, or a boekwaarde from its parts.
    fn afgeleid(&self, node: u32) -> Option<Vorm> {
        if self.cellen.contains_key(&node) {
            return None;
        }
        let found = &self.opname.book().nodes[node as usize];
        let value = found.value.0?;
        let (plek, t) = self.invoercel(found.place.as_ref()?)?;
        if self.gehouden(plek) == Some(-value) {
            return Some(Vorm::Som(vec![(true, Vorm::Cel(plek))]));
        }
        let table = &self.invoer.tables[t];
        if table.schema.name == "fasering" {
            return self.som_van_profiel(plek, t, value);
        }
        if table.schema.name != "boekwaarde" {
            return None;
        }
        let own = table.rows.get(plek.rij.checked_sub(1)? as usize)?;
        let key = |row: &Row, name: &str| {
            let text = table.schema.column(name).and_then(|c| row.values.get(c));
            text.map_or_else(String::new, |v| name_key(&as_text(&v.scalar)))
        };
        let same = |row: &Row, names: &[&str]| names.iter().all(|n| key(row, n) == key(own, n));
        let sum_of = |test: &dyn Fn(usize, &Row) -> bool| {
            let mut terms = Vec::new();
            let mut sum = Decimal::ZERO;
            for (i, row) in table.rows.iter().enumerate().filter(|(i, r)| test(*i, r)) {
                for (name, minus) in [
                    ("bedrag", false),
                    ("kosten", false),
                    ("winst_genomen", false),
                    ("opbrengsten", true),
                ] {
                    let kolom = table.schema.column(name)?;
                    if let Scalar::Number(v) = row.values[kolom].scalar {
                        let cell = Plek {
                            blad: plek.blad,
                            rij: i as u32 + 1,
                            kolom: kolom as u32,
                        };
                        terms.push((minus, Vorm::Cel(cell)));
                        sum = sum.checked_add(if minus { -v } else { v })?;
                    }
                }
            }
            (sum == value).then(|| vorm::som(terms))
        };
        sum_of(&|i, _| i as u32 + 1 == plek.rij)
            .or_else(|| sum_of(&|_, row| same(row, &["partij", "deelgebied"])))
            .or_else(|| sum_of(&|_, row| same(row, &["partij"])))
    }

    /// The amount of a line that gives it per period only: what the rows of its profile add up to.
    fn som_van_profiel(&self, plek: Plek, t: usize, value: Decimal) -> Option<Vorm> {
        let table = &self.invoer.tables[t];
        let name = |row: &Row| row.values.first().map(|v| name_key(&as_text(&v.scalar)));
        let own = name(table.rows.get(plek.rij.checked_sub(1)? as usize)?)?;
        let kolom = table.schema.column("bedrag")?;
        let (mut terms, mut sum) = (Vec::new(), Decimal::ZERO);
        for (i, row) in table.rows.iter().enumerate() {
            if name(row).as_ref() == Some(&own)
                && let Scalar::Number(v) = row.values.get(kolom)?.scalar
            {
                let cell = Plek {
                    blad: plek.blad,
                    rij: i as u32 + 1,
                    kolom: kolom as u32,
                };
                terms.push((false, Vorm::Cel(cell)));
                sum = sum.checked_add(v)?;
            }
        }
        // A weight that is a part of one row, for a period of a year, is no sum of rows.
        (sum == value && terms.len() > 1).then(|| vorm::som(terms))
    }

    /// What a line did in a realised period, from its amount and its weight as its forecast is.
    fn gerealiseerd(&mut self, input: u32, name: Name) -> Option<Vorm> {
        let ("bedrag in periode", Of::Lijn(l), At::Period(t)) = (name.word, name.of, name.at)
        else {
            return None;
        };
        let book = self.opname.book();
        let found = book.nodes.get(input as usize)?;
        let value = found.value.0?;
        let line = &self.opname.model().lijnen[usize::from(l)];
        let (amount, held) = if let Some(node) = book.find("bedrag", name.of, At::Once) {
            (Vorm::Knoop(node), book.value(node).0?)
        } else {
            let Bedrag::Product(factors) = &line.bedrag else {
                return None;
            };
            let mut product = Decimal::ONE;
            let mut cells = Vec::new();
            for f in factors {
                let (plek, _) = self.invoercel(f.waarde.place.as_ref()?)?;
                if self.gehouden(plek) != Some(f.waarde.value) {
                    return None;
                }
                product = product.checked_mul(f.waarde.value)?;
                cells.push(Vorm::Cel(plek));
            }
            (vorm::product(cells), product)
        };
        let weight = found
            .place
            .as_ref()
            .and_then(|p| self.invoercel(p))
            .and_then(|(plek, _)| Some((Vorm::Cel(plek), self.gehouden(plek)?)));
        let (weight, share) = weight.unwrap_or((Vorm::Getal(Decimal::ONE), Decimal::ONE));
        // The weight gets a cell beside those of the forecast, so that all periods have one formula.
        let cell = match book.find("gewicht", name.of, name.at) {
            Some(node) => Vorm::Knoop(node),
            None => Vorm::Cel(Plek {
                blad: GEWICHTEN,
                rij: RIJ_VAN_LIJN + u32::from(l),
                kolom: KOLOM_EERSTE + u32::from(t),
            }),
        };
        let form = vorm::product([amount, cell]);
        let whole = held.checked_mul(share)?;
        let (form, made) = match &line.verloop.totaal {
            Totaal::Een => (form, whole),
            Totaal::Door(total, _) => {
                let by = if let Some(node) = book.find("totaal gewicht", name.of, At::Once) {
                    node
                } else {
                    let next = (book.nodes.len() + self.getallen.len()) as u32;
                    let key = ("totaal van de gewichten", *total);
                    *self.getallen.entry(key).or_insert(next)
                };
                (
                    Vorm::Per(Box::new((form, Vorm::Knoop(by)))),
                    whole.checked_div(*total)?,
                )
            }
        };
        if made != value {
            return None;
        }
        if book.find("gewicht", name.of, name.at).is_none() {
            self.gerealiseerd.insert((l, t), (weight, share));
        }
        Some(form)
    }

    /// The form that the cell of a step holds.
    fn vorm(&self, node: u32) -> &Vorm {
        self.hulpvormen.get(&node).unwrap_or_else(|| {
            self.vormen[node as usize]
                .as_ref()
                .unwrap_or(&Vorm::Getal(Decimal::ZERO))
        })
    }

    /// Named steps that get a cell, in the order of the record.
    fn genoemd(&self) -> Vec<(u32, Name)> {
        let book = self.opname.book();
        book.nodes
            .iter()
            .enumerate()
            .filter_map(|(n, node)| Some((n as u32, node.name?)))
            .filter(|(n, _)| !self.nul.contains(n))
            .collect()
    }

    /// Gives helper steps the named step that asked them first, and a place among its helpers.
    fn helpers(&mut self, named: &[(u32, Name)]) -> HashMap<u32, u32> {
        let mut number = HashMap::new();
        for (n, _) in named {
            let mut count = 0;
            let mut todo = vec![*n];
            while let Some(at) = todo.pop() {
                let mut found = Vec::new();
                self.vorm(at).bladeren(&mut |leaf| found.push(leaf));
                for leaf in found {
                    if self.hulp.get(&leaf) == Some(&u32::MAX) {
                        self.hulp.insert(leaf, *n);
                        count += 1;
                        number.insert(leaf, count);
                        todo.push(leaf);
                    }
                }
            }
        }
        number
    }

    /// The row of the sheet of fixed numbers of a leaf that has no cell.
    fn vast_getal(&mut self, leaf: u32, user: &str) -> Result<usize, String> {
        if let Some(at) = self.vast_van.get(&leaf) {
            return Ok(*at);
        }
        let value = self.value(leaf)?;
        let nodes = &self.opname.book().nodes;
        let (label, why) = match nodes.get(leaf as usize) {
            None => {
                let word = self.getallen.iter().find(|(_, n)| **n == leaf);
                let word = word.map_or("getal", |((word, _), _)| *word);
                (
                    word.to_owned(),
                    format!("uit datums en perioden; onder meer in {user}"),
                )
            }
            // A figure of law or policy is one figure, whoever uses it.
            Some(node)
                if node.op == Op::Input
                    && node.place.as_ref().is_some_and(|p| p.spot == Spot::Whole) =>
            {
                let text = node
                    .place
                    .as_ref()
                    .map_or_else(String::new, ToString::to_string);
                let (label, why) = text.split_once(" (").unwrap_or((&text, ""));
                (label.to_owned(), why.trim_end_matches(')').to_owned())
            }
            Some(node) if node.op == Op::Input => (
                self.opname.naam(leaf),
                node.place.as_ref().map_or_else(String::new, |p| {
                    if matches!(p.spot, Spot::Cell { .. }) {
                        format!("polder maakt het uit {p}")
                    } else {
                        format!("{p}")
                    }
                }),
            ),
            Some(_) => (
                format!("getal in {user}"),
                "uit de opzet van het model".into(),
            ),
        };
        let row = (label, why, value);
        let at = self.vast.iter().position(|r| *r == row).unwrap_or_else(|| {
            self.vast.push(row);
            self.vast.len() - 1
        });
        self.vast_van.insert(leaf, at);
        Ok(at)
    }

    fn werkmap(mut self) -> Result<Werkmap, String> {
        self.vormen();
        let named = self.genoemd();
        let number = self.helpers(&named);
        let model = self.opname.model();
        // Lines keep one row over all their sheets, those of one payer and receiver together so that their sum is a range.
        let mut lines: Vec<u16> = named
            .iter()
            .filter_map(|(_, name)| match name.of {
                Of::Lijn(l) => Some(l),
                _ => None,
            })
            .collect();
        lines.sort_unstable();
        lines.dedup();
        lines.sort_by_key(|l| {
            let line = &model.lijnen[usize::from(*l)];
            let (van, naar) = (line.van, line.naar);
            // The main account first, its costs before its revenue.
            (van != HOOFD, naar != HOOFD, van, naar, *l)
        });
        let line_row: HashMap<u16, u32> = lines
            .iter()
            .enumerate()
            .map(|(i, l)| (*l, RIJ_EERSTE + i as u32))
            .collect();
        let mut words: Vec<&'static str> = named
            .iter()
            .filter(|(_, n)| blad_van(n.word, n.of, n.at) == BEDRAGEN)
            .map(|(_, n)| n.word)
            .collect();
        words.sort_unstable_by_key(|w| (*w == "bedrag", *w == "totaal gewicht", info(w).0));
        words.dedup();
        words.sort_by_key(|w| (*w == "totaal gewicht", *w == "bedrag"));

        // Rows of the other sheets.
        let mut keys: Vec<(u16, Sleutel)> = Vec::new();
        let key_of = |node: u32, me: &Self| -> Option<(u16, Sleutel, At)> {
            let (owner, k) = match me.hulp.get(&node) {
                Some(owner) => (*owner, *number.get(&node)?),
                None => (node, 0),
            };
            let name = me.name(owner)?;
            let sheet = blad_van(name.word, name.of, name.at);
            let sheet = if k > 0 && sheet == BEDRAGEN {
                TIJD
            } else {
                sheet
            };
            Some((sheet, (name.word, name.of, k), name.at))
        };
        let helpers: Vec<u32> = {
            let mut all: Vec<u32> = number.keys().copied().collect();
            all.sort_unstable();
            all
        };
        let cells: Vec<u32> = named.iter().map(|(n, _)| *n).chain(helpers).collect();
        for n in &cells {
            if let Some((sheet, key, _)) = key_of(*n, &self)
                && !(matches!(key.1, Of::Lijn(_)) && key.2 == 0)
            {
                keys.push((sheet, key));
            }
        }
        keys.sort_unstable_by_key(|(sheet, (word, of, k))| {
            (
                *sheet,
                *of,
                info(word).0,
                if *k == 0 { u32::MAX } else { *k },
            )
        });
        keys.dedup();
        let mut row_of: HashMap<(u16, Sleutel), u32> = HashMap::new();
        let mut next: HashMap<u16, u32> = HashMap::new();
        for sheet in [GEWICHTEN, PRIJSPEIL, STROMEN, BEDRAGEN] {
            next.insert(sheet, RIJ_EERSTE + lines.len() as u32);
        }
        let mut last_of: HashMap<u16, Of> = HashMap::new();
        for (sheet, key) in &keys {
            let at = next.entry(*sheet).or_insert(RIJ_EERSTE);
            // An empty row between one owner and the next.
            if last_of
                .insert(*sheet, key.1)
                .is_some_and(|last| last != key.1)
            {
                *at += 1;
            }
            row_of.insert((*sheet, *key), *at);
            *at += 1;
        }
        let plek = |sheet: u16, key: Sleutel, at: At| -> Plek {
            let line = match key.1 {
                Of::Lijn(l) if key.2 == 0 => line_row.get(&l).copied(),
                _ => None,
            };
            let rij = line.unwrap_or_else(|| row_of[&(sheet, key)]);
            let kolom = if sheet == BEDRAGEN {
                LIJNKOPPEN.len() as u32 + words.iter().position(|w| *w == key.0).unwrap_or(0) as u32
            } else {
                match at {
                    At::Once => KOLOM_EENS,
                    At::Opening => KOLOM_BEGIN,
                    At::Period(t) => KOLOM_EERSTE + u32::from(t),
                }
            };
            Plek {
                blad: sheet,
                rij,
                kolom,
            }
        };
        let mut o = Opmaak {
            plekken: self.cellen.clone(),
            bezet: HashSet::new(),
            nullen: HashSet::new(),
            namen: self.bladnamen.clone(),
        };
        for n in &cells {
            if let Some((sheet, key, at)) = key_of(*n, &self) {
                let p = plek(sheet, key, at);
                o.plekken.insert(*n, p);
                o.bezet.insert(p);
            }
        }
        // Leaves without a cell get one among the fixed numbers.
        for n in &cells {
            let own = self.vorm(*n);
            let alone = matches!(own, Vorm::Knoop(k) if self.is_constant(*k));
            let mut leaves = Vec::new();
            if !alone {
                own.bladeren(&mut |leaf| leaves.push(leaf));
            }
            for leaf in leaves {
                if let Entry::Vacant(place) = o.plekken.entry(leaf) {
                    let user = self.opname.naam(self.hulp.get(n).copied().unwrap_or(*n));
                    let at = self.vast_getal(leaf, &user)?;
                    place.insert(Plek {
                        blad: VAST,
                        rij: RIJ_EERSTE + at as u32,
                        kolom: KOLOM_VAST,
                    });
                }
            }
        }
        // Cells by row.
        let mut rows: BTreeMap<(u16, u32), Regel> = BTreeMap::new();
        for n in &cells {
            if let Some((_, key, _)) = key_of(*n, &self) {
                let p = o.plekken[n];
                let value = self.value(*n)?;
                let form = match self.vorm(*n) {
                    Vorm::Knoop(k) if self.is_constant(*k) => Vorm::Getal(value),
                    form => form.clone(),
                };
                rows.entry((p.blad, p.rij))
                    .or_insert_with(|| (key, BTreeMap::new()))
                    .1
                    .insert(p.kolom, (form, value));
            }
        }
        self.gewichten(&mut rows, &line_row, &mut o);
        // Numbers that are always zero, in a row where others are not: filled along with them.
        let mut zeroes: BTreeMap<(u16, u32), Vec<u32>> = BTreeMap::new();
        for n in &self.nul {
            if let Some(name) = self.name(*n)
                && matches!(name.at, At::Period(_))
            {
                let sheet = blad_van(name.word, name.of, name.at);
                let key = (name.word, name.of, 0);
                let known = match name.of {
                    Of::Lijn(l) => line_row.contains_key(&l),
                    _ => row_of.contains_key(&(sheet, key)),
                };
                if known && sheet != BEDRAGEN {
                    let p = plek(sheet, key, name.at);
                    zeroes.entry((p.blad, p.rij)).or_default().push(p.kolom);
                }
            }
        }
        for (at, (key, row)) in &mut rows {
            match (key.0, key.2) {
                ("gewicht", 0) => self.opzoeken("fasering", "periode", false, row),
                ("groei per periode", 0) => self.opzoeken("indexen", "vanaf", true, row),
                ("discontofactor" | "discontofactor rente", 0) => ketting(*at, row, &mut o),
                _ => {}
            }
            if o.soort(at.0) == Soort::Reeksen {
                gelijkmaken(*at, row, zeroes.get(at).map_or(&[][..], |z| z), &mut o);
            }
        }
        self.schrijven(&o, rows, &lines, &words)
    }

    /// Gives the weights of realised periods their cells.
    fn gewichten(
        &self,
        rows: &mut BTreeMap<(u16, u32), Regel>,
        line_row: &HashMap<u16, u32>,
        o: &mut Opmaak,
    ) {
        for ((l, t), (form, value)) in &self.gerealiseerd {
            let Some(rij) = line_row.get(l).copied() else {
                continue;
            };
            let kolom = KOLOM_EERSTE + u32::from(*t);
            rows.entry((GEWICHTEN, rij))
                .or_insert_with(|| (("gewicht", Of::Lijn(*l), 0), BTreeMap::new()))
                .1
                .insert(kolom, (form.clone(), *value));
            o.bezet.insert(Plek {
                blad: GEWICHTEN,
                rij,
                kolom,
            });
            if let Some((_, amounts)) = rows.get_mut(&(PRIJSPEIL, rij))
                && let Some((form, _)) = amounts.get_mut(&kolom)
            {
                form.plaatsen(&|plek| {
                    if plek.rij >= RIJ_VAN_LIJN {
                        plek.rij = rij;
                    }
                });
            }
        }
    }

    /// Makes one formula of a row that names the rows of a list one by one, where the list itself says which belongs to a period:
    /// as that period's own, or as the last from which it holds.
    fn opzoeken(
        &self,
        tabel: &str,
        kolom: &str,
        laatste: bool,
        row: &mut BTreeMap<u32, (Vorm, Decimal)>,
    ) {
        let Some(t) = self
            .invoer
            .tables
            .iter()
            .position(|t| t.schema.name == tabel)
        else {
            return;
        };
        let table = &self.invoer.tables[t];
        let (blad, Some(periods)) = ((BLADEN.len() + t) as u16, table.schema.column(kolom)) else {
            return;
        };
        let mut cells: Vec<(u32, Plek)> = Vec::new();
        for (column, (form, _)) in row.iter() {
            let Vorm::Knoop(n) = form else { return };
            match self.cellen.get(n) {
                Some(p) if p.blad == blad => cells.push((*column, *p)),
                _ => return,
            }
        }
        let (Some(first), Some(last), Some(one)) = (
            cells.iter().map(|c| c.1.rij).min(),
            cells.iter().map(|c| c.1.rij).max(),
            cells.first(),
        ) else {
            return;
        };
        let numbers = one.1.kolom;
        let name = |rij: u32| {
            let row = table.rows.get(rij as usize - 1)?;
            Some(name_key(&as_text(&row.values.first()?.scalar)))
        };
        let period = |rij: u32| {
            let row = table.rows.get(rij as usize - 1)?;
            Some(as_text(&row.values.get(periods)?.scalar))
        };
        // The rows of one name, together, each period once.
        let span: Vec<u32> = (first..=last).collect();
        let mut seen = HashSet::new();
        let whole = cells.iter().all(|c| c.1.kolom == numbers)
            && first > 0
            && span
                .iter()
                .all(|r| name(*r) == name(first) && name(*r).is_some())
            && span
                .iter()
                .all(|r| period(*r).is_some_and(|p| seen.insert(p)));
        if !whole || cells.len() < 2 {
            return;
        }
        let all = self.opname.perioden();
        let label = |column: u32| all.get((column - KOLOM_EERSTE.min(column)) as usize);
        let found = if laatste {
            let year = |r: u32| period(r).and_then(|p| p.parse::<i32>().ok());
            let sorted = span.windows(2).all(|w| year(w[0]) < year(w[1]));
            sorted
                && year(first).is_some()
                && cells.iter().all(|(column, p)| {
                    let own = label(*column).and_then(|l| l.parse::<i32>().ok());
                    let held = span.iter().rev().find(|r| year(**r) <= own);
                    own.is_some() && held == Some(&p.rij)
                })
        } else {
            cells.len() == span.len()
                && cells
                    .iter()
                    .all(|(column, p)| label(*column) == period(p.rij).as_ref())
        };
        if !found {
            return;
        }
        let range = |kolom: u32| {
            let at = |rij| Plek { blad, rij, kolom };
            (at(first), at(last))
        };
        for (form, _) in row.values_mut() {
            *form = Vorm::Zoek {
                laatste,
                perioden: range(periods as u32),
                getallen: range(numbers),
            };
        }
    }

    /// The unit of a line's quantity, as its row of the input says.
    fn maat(&self, line: &Lijn) -> String {
        let found = self.invoercel(&line.place).and_then(|(plek, t)| {
            let table = &self.invoer.tables[t];
            let row = table.rows.get(plek.rij.checked_sub(1)? as usize)?;
            row.values.get(table.schema.column("eenheid")?)
        });
        found.map_or_else(String::new, |v| as_text(&v.scalar))
    }

    /// Whether a leaf is a number that comes from no cell: a constant, or an equal part that a text such as 2027-2031 stands for.
    fn is_constant(&self, leaf: u32) -> bool {
        let Some(node) = self.opname.book().nodes.get(leaf as usize) else {
            return false;
        };
        match (&node.op, &node.place) {
            (Op::Constant, _) => node.name.is_none(),
            (Op::Input, Some(place)) => self.invoercel(place).is_some_and(|(plek, t)| {
                let schema = self.invoer.tables[t].schema;
                schema.column("fasering") == Some(plek.kolom as usize)
            }),
            _ => false,
        }
    }

    /// The sheets, with every formula as text.
    fn schrijven(
        self,
        o: &Opmaak,
        rows: BTreeMap<(u16, u32), Regel>,
        lines: &[u16],
        words: &[&'static str],
    ) -> Result<Werkmap, String> {
        let mut out = Werkmap {
            perioden: self.opname.perioden(),
            ..Werkmap::default()
        };
        for (b, (naam, titel)) in BLADEN.iter().enumerate() {
            let reeksen = o.soort(b as u16) == Soort::Reeksen;
            let koppen = match b as u16 {
                BEDRAGEN => LIJNKOPPEN
                    .iter()
                    .map(|k| (*k).to_owned())
                    .chain(words.iter().map(|w| woorden::label(w).to_owned()))
                    .collect(),
                VAST => ["Getal", "Herkomst", "Waarde"].map(str::to_owned).to_vec(),
                _ => REEKSKOPPEN.map(str::to_owned).to_vec(),
            };
            out.bladen.push(Blad {
                naam,
                titel,
                koppen,
                woorden: if b as u16 == BEDRAGEN {
                    words.to_vec()
                } else {
                    Vec::new()
                },
                reeksen,
                rijen: Vec::new(),
            });
        }
        let empty = Rij {
            label: String::new(),
            van: String::new(),
            woord: "",
            eenheid: Unit::Number,
            maat: String::new(),
            regel: String::new(),
            verwijzingen: Vec::new(),
            cellen: BTreeMap::new(),
        };
        for ((blad, rij), (key, cells)) in rows {
            let sheet = &mut out.bladen[usize::from(blad)];
            let at = (rij - RIJ_EERSTE) as usize;
            while sheet.rijen.len() <= at {
                sheet.rijen.push(empty.clone());
            }
            let (_, unit, rule) = info(key.0);
            let row = &mut sheet.rijen[at];
            let label = woorden::label(key.0);
            (row.label, row.regel) = match key.2 {
                0 => (label.to_owned(), woorden::rekenwijze(key.0, rule)),
                k => (
                    format!("{label} (tussenstap {k})"),
                    "hulpcel: een deel van de formule dat vaker of te lang is".to_owned(),
                ),
            };
            row.van = self.opname.van(key.1);
            row.woord = key.0;
            row.eenheid = if key.2 == 0 { unit } else { Unit::Number };
            row.verwijzingen = verwijzingen((blad, rij), cells.values().map(|c| &c.0), o);
            let mut forms: HashSet<String> = HashSet::new();
            for (kolom, (form, value)) in cells {
                let eigen = Plek { blad, rij, kolom };
                let content = if let Vorm::Getal(v) = form {
                    Inhoud::Getal(v)
                } else {
                    let text = |schrift| {
                        Schrijver {
                            kaart: o,
                            eigen,
                            schrift,
                        }
                        .tekst(&form, 0)
                    };
                    if sheet.reeksen && kolom >= KOLOM_EERSTE {
                        forms.insert(text(Schrift::R1C1));
                    }
                    let formula = text(Schrift::A1);
                    if formula.len() > 8_000 {
                        return Err(format!(
                            "the formula of {} is longer than a spreadsheet allows",
                            row.label
                        ));
                    }
                    Inhoud::Formule(formula, value)
                };
                row.cellen.insert(kolom, content);
            }
            if forms.len() > 1 {
                out.afwijkingen.push(Afwijking {
                    blad: sheet.naam,
                    rij,
                    label: format!("{} {}", row.label, row.van).trim().to_owned(),
                    vormen: forms.len(),
                });
            } else if forms.len() == 1 {
                out.gelijk += 1;
            }
            match key {
                ("kasstroom", Of::Rekening(_), 0) => out.kasstromen.push((blad, rij)),
                (word, Of::Rekening(r), 0) if usize::from(r) == HOOFD => {
                    out.reeksen.insert(word, (blad, rij));
                }
                ("gewicht", Of::Lijn(l), 0) => {
                    let total = words.iter().position(|w| *w == "totaal gewicht");
                    let total = total.map(|i| Plek {
                        blad: BEDRAGEN,
                        rij,
                        kolom: (LIJNKOPPEN.len() + i) as u32,
                    });
                    out.faseringen.push(Fasering {
                        id: self.opname.van(Of::Lijn(l)),
                        rij: (blad, rij),
                        totaal: total.filter(|p| o.bezet.contains(p)),
                    });
                }
                _ => {}
            }
        }
        totalen(&mut out);
        let model = self.opname.model();
        for (i, l) in lines.iter().enumerate() {
            let line = &model.lijnen[usize::from(*l)];
            let row = &mut out.bladen[usize::from(BEDRAGEN)].rijen;
            while row.len() <= i {
                row.push(empty.clone());
            }
            row[i].label.clone_from(&line.id);
            row[i].van.clone_from(&line.omschrijving);
            row[i].woord = "";
            row[i].maat = self.maat(line);
            row[i].regel = format!(
                "{} aan {}",
                model.rekening_naam(line.van),
                model.rekening_naam(line.naar)
            );
        }
        for (label, why, value) in &self.vast {
            out.bladen[usize::from(VAST)].rijen.push(Rij {
                label: label.clone(),
                van: why.clone(),
                cellen: BTreeMap::from([(KOLOM_VAST, Inhoud::Getal(*value))]),
                ..empty.clone()
            });
        }
        for (adres, _, node) in self.opname.uitkomsten() {
            if let Some(plek) = o.plekken.get(&node) {
                let unit = self.name(node).map_or(Unit::Number, |n| info(n.word).1);
                let (groep, naam, uitleg) = woorden::uitkomst(&adres);
                out.uitkomsten.push(Uitkomst {
                    groep,
                    naam,
                    uitleg,
                    adres,
                    eenheid: unit,
                    plek: *plek,
                    waarde: self.value(node)?,
                });
            }
        }
        Ok(out)
    }
}

/// Headings before the words of the sheet of amounts.
const LIJNKOPPEN: [&str; 6] = [
    "Regel",
    "Omschrijving",
    "Eenheid van de hoeveelheid",
    "Van en naar",
    "Rekent met",
    "en met",
];
/// Headings before the periods.
const REEKSKOPPEN: [&str; KOLOM_EERSTE as usize] = [
    "Grootheid",
    "Van",
    "Eenheid",
    "Rekenwijze",
    "Rekent met",
    "en met",
    "en met",
    "Eenmalig",
    "Begin",
];

/// The rows that a row's forms name: those of its own sheet one by one, of another sheet together.
fn verwijzingen<'f>(
    (blad, rij): (u16, u32),
    forms: impl Iterator<Item = &'f Vorm>,
    o: &Opmaak,
) -> Vec<Verwijzing> {
    let mut seen: HashSet<(u16, u32)> = HashSet::new();
    let mut out: Vec<Verwijzing> = Vec::new();
    for form in forms {
        form.plekken(&|n| o.plekken[&n], &mut |plek| {
            if (plek.blad, plek.rij) == (blad, rij) || !seen.insert((plek.blad, plek.rij)) {
                return;
            }
            let known = out
                .iter_mut()
                .find(|v| v.plek.blad == plek.blad && (plek.blad != blad || blad == BEDRAGEN));
            if let Some(v) = known {
                v.rijen.push(plek.rij);
                if plek.rij < v.plek.rij {
                    v.plek = plek;
                }
            } else {
                out.push(Verwijzing {
                    plek,
                    rijen: vec![plek.rij],
                });
            }
        });
    }
    for v in &mut out {
        v.rijen.sort_unstable();
        // A sum names cells that are empty: the row's name never is.
        if o.soort(v.plek.blad) != Soort::Cellen && !o.bezet.contains(&v.plek) {
            v.plek.kolom = 0;
        }
    }
    out
}

/// A total of weights that is what they add up to becomes their sum.
fn totalen(out: &mut Werkmap) {
    let last = KOLOM_EERSTE + (out.perioden.len().max(1) - 1) as u32;
    for f in &out.faseringen {
        let Some(plek) = f.totaal else { continue };
        let at = (plek.rij - RIJ_EERSTE) as usize;
        let sum = out.bladen[usize::from(GEWICHTEN)].rijen[at]
            .cellen
            .values()
            .try_fold(Decimal::ZERO, |sum, cell| match cell {
                Inhoud::Formule(_, v) | Inhoud::Getal(v) => sum.checked_add(*v),
            });
        let cell = out.bladen[usize::from(BEDRAGEN)].rijen[at]
            .cellen
            .get_mut(&plek.kolom);
        if let Some(cell) = cell
            && let Inhoud::Getal(value) | Inhoud::Formule(_, value) = *cell
            && sum == Some(value)
        {
            *cell = Inhoud::Formule(
                format!(
                    "SUM({}{}{}:{}{})",
                    aangehaald(BLADEN[usize::from(GEWICHTEN)].0),
                    column_letters(KOLOM_EERSTE),
                    plek.rij + 1,
                    column_letters(last),
                    plek.rij + 1
                ),
                value,
            );
        }
    }
}

/// The steps that a step is made of.
fn kinderen(op: &Op, mut see: impl FnMut(u32)) {
    match op {
        Op::Input | Op::Constant => {}
        Op::Same(one) | Op::Neg(one) | Op::Power(one, _) | Op::Round(one, ..) => see(*one),
        Op::Add(one, other)
        | Op::Sub(one, other)
        | Op::Mul(one, other)
        | Op::Per(one, other)
        | Op::PowerBy(one, other)
        | Op::Min(one, other)
        | Op::Max(one, other) => {
            see(*one);
            see(*other);
        }
        Op::DivOr(one, by, otherwise) => {
            see(*one);
            see(*by);
            see(*otherwise);
        }
        Op::IfLess(one, limit, then, otherwise) => {
            see(*one);
            see(*limit);
            see(*then);
            see(*otherwise);
        }
        Op::Sum(list) | Op::Lowest(list) | Op::WhenLowest(list, _) => {
            for n in list {
                see(*n);
            }
        }
    }
}

/// Makes one formula of a row in which every period is the one before times something, the first aside: a 1 stands before it.
fn ketting((blad, rij): (u16, u32), row: &mut BTreeMap<u32, (Vorm, Decimal)>, o: &mut Opmaak) {
    let Some(first) = row.keys().copied().find(|k| *k >= KOLOM_EERSTE) else {
        return;
    };
    let before = Plek {
        blad,
        rij,
        kolom: first - 1,
    };
    let (Some((start, _)), Some((Vorm::Product(next), _))) =
        (row.get(&first), row.get(&(first + 1)))
    else {
        return;
    };
    let previous = Plek {
        kolom: first,
        ..before
    };
    let chained = matches!(&next[0], Vorm::Knoop(n) if o.plekken[n] == previous);
    if !chained || o.bezet.contains(&before) || *start != vorm::product(next[1..].iter().cloned()) {
        return;
    }
    let factors = std::iter::once(Vorm::Cel(before)).chain(next[1..].iter().cloned());
    let form = vorm::product(factors);
    if let Some(cell) = row.get_mut(&first) {
        cell.0 = form;
    }
    row.insert(before.kolom, (Vorm::Getal(Decimal::ONE), Decimal::ONE));
    o.bezet.insert(before);
}

/// Where a term stands, seen from its formula.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Verband {
    Mee(u16, u32, i64),
    Vast(Plek),
}

/// A term of a sum: whether it is taken off, where its cell stands, and the numbers that the cell is multiplied by, as text.
type Term = (bool, Verband, String);

/// Makes one formula of a row of sums: a term that some periods lack is added where its cell is empty. A term is a cell, or a
/// cell times what is the same in all periods.
fn gelijkmaken(
    (blad, rij): (u16, u32),
    row: &mut BTreeMap<u32, (Vorm, Decimal)>,
    zeroes: &[u32],
    o: &mut Opmaak,
) {
    let verband = |own: u32, p: Plek| {
        if o.soort(p.blad) == Soort::Reeksen && p.kolom >= KOLOM_BEGIN {
            Verband::Mee(p.blad, p.rij, i64::from(p.kolom) - i64::from(own))
        } else {
            Verband::Vast(p)
        }
    };
    // The cell of a term and what it is multiplied by.
    let ontleed = |own: u32, term: &Vorm| -> Option<(Verband, Vec<Vorm>)> {
        match term {
            Vorm::Knoop(n) => Some((verband(own, o.plekken[n]), Vec::new())),
            Vorm::Product(list) => {
                let (Vorm::Knoop(n), rest) = list.split_first()? else {
                    return None;
                };
                let still = rest.iter().all(|f| match f {
                    Vorm::Getal(_) => true,
                    Vorm::Knoop(k) => matches!(verband(own, o.plekken[k]), Verband::Vast(_)),
                    _ => false,
                });
                still.then(|| (verband(own, o.plekken[n]), rest.to_vec()))
            }
            _ => None,
        }
    };
    let mut factoren: BTreeMap<Term, Vec<Vorm>> = BTreeMap::new();
    let mut held: BTreeMap<u32, BTreeMap<Term, Vorm>> = BTreeMap::new();
    for (kolom, (form, value)) in row.iter() {
        if *kolom < KOLOM_EERSTE {
            continue;
        }
        let single;
        let terms = match form {
            Vorm::Som(terms) => terms.as_slice(),
            Vorm::Knoop(_) | Vorm::Product(_) => {
                single = [(false, form.clone())];
                &single
            }
            Vorm::Getal(_) if value.is_zero() => &[],
            _ => return,
        };
        let mut own = BTreeMap::new();
        for (minus, term) in terms {
            let Some((at, factors)) = ontleed(*kolom, term) else {
                return;
            };
            let key = (*minus, at, format!("{factors:?}"));
            // A term that stands twice can't be told by its cell.
            if own.insert(key.clone(), term.clone()).is_some() {
                return;
            }
            factoren.insert(key, factors);
        }
        held.insert(*kolom, own);
    }
    if factoren.is_empty() {
        return;
    }
    for kolom in zeroes {
        held.entry(*kolom).or_default();
    }
    if held.values().all(|own| own.len() == factoren.len()) {
        return;
    }
    let mut made: Vec<(u32, Vorm)> = Vec::new();
    for (kolom, mut own) in held {
        // In the order of the keys, so that all periods have one.
        let mut terms = Vec::new();
        for (key, factors) in &factoren {
            let (minus, at, _) = key;
            if let Some(term) = own.remove(key) {
                terms.push((*minus, term));
                continue;
            }
            let Verband::Mee(sheet, line, apart) = at else {
                return;
            };
            let Ok(k) = u32::try_from(i64::from(kolom) + apart) else {
                return;
            };
            let target = Plek {
                blad: *sheet,
                rij: *line,
                kolom: k,
            };
            if k < KOLOM_BEGIN || !o.leeg(target) {
                return;
            }
            let cell = std::iter::once(Vorm::Cel(target));
            terms.push((*minus, vorm::product(cell.chain(factors.iter().cloned()))));
        }
        made.push((kolom, vorm::som(terms)));
    }
    for (kolom, fresh_form) in made {
        let (form, _) = row
            .entry(kolom)
            .or_insert_with(|| (Vorm::Getal(Decimal::ZERO), Decimal::ZERO));
        let fresh = form.is_getal(Decimal::ZERO);
        *form = fresh_form;
        if fresh {
            let p = Plek { blad, rij, kolom };
            o.bezet.insert(p);
            o.nullen.insert(p);
        }
    }
}

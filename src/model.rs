//! The validated model: raw tables checked once, names resolved to positions. After this nothing is optional "just in case".
//!
//! [`Model::new`] gives a model or all problems at once. The model knows no files, scenarios or results, and calculates
//! nothing but the history (realised amounts), which no scenario or draw may touch.

pub mod address;
pub mod bijdragen;
mod fields;
mod grondwaarde;
mod lines;
pub mod normen;
mod onzekerheden;
pub mod schema;
pub mod table;
pub mod verevening;
pub mod verhaal;

use crate::number::Quantity;
use crate::parameters;
use crate::problem::{Place, Problem, has_errors, listed, nearest};
use crate::timeline::{
    Dagtelling, Indexmoment, Kasstroommoment, PERIODS_MAX, Periode, Periodevoet, Tijdstap,
};
use fields::Fields;
use jiff::civil::Date;
use onzekerheden::{read_correlaties, read_onzekerheden, read_regimes};
use rust_decimal::Decimal;
use schema::{OPGAVEN, REKENINGEN, ROLLEN, SETTINGS, THEMAS};
use std::collections::{HashMap, HashSet};
use table::{Row, Scalar, Table, Tables, Value, fold, name_key};

pub use grondwaarde::{Methode, Post, Waardering};
pub(crate) use lines::LINE_TABLES;
pub use lines::{Baat, Bedrag, Deel, Factor, Lijn, Object, Rol, Stroomsoort, Totaal, Verloop};

/// The interest conventions (rules 0.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rentemethode {
    /// Over the opening balance (BBV).
    Jan1,
    /// Over the opening balance and half of the flow, simple.
    Gemiddeld,
    /// Over the opening balance, and compound half a period over the flow.
    HalfjaarSi,
    /// Over the opening balance and the whole flow.
    Begin,
}

/// Which NCW is called `ncw` (rules 0.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NcwMethode {
    /// EW discounted at the BBV rate.
    Bbv,
    /// EW discounted at the interest rate.
    Rente,
    /// Flows discounted at the BBV rate.
    Kasstroom,
    /// Flows discounted at the interest rate.
    KasstroomRente,
}

/// The settings of the area.
#[derive(Debug, Clone)]
pub struct Gebied {
    /// Name.
    pub naam: String,
    /// First day of the forecast.
    pub peildatum: Date,
    /// Period that begins at peildatum.
    pub peil: Periode,
    /// Date of the price level.
    pub prijspeil: Date,
    /// Period that begins at the price level's 1 January.
    pub prijs: Periode,
    /// Last year of the grondexploitatie.
    pub eindjaar: i32,
    /// Last year of the gebiedsexploitatie.
    pub horizon: i32,
    /// Length of a period.
    pub tijdstap: Tijdstap,
    /// Rate per period.
    pub periodevoet: Periodevoet,
    /// exclusief or inclusief.
    pub btw: &'static str,
    /// Interest convention.
    pub rentemethode: Rentemethode,
    /// Price level within the period.
    pub indexmoment: Indexmoment,
    /// Exponent.
    pub dagtelling: Dagtelling,
    /// Which NCW is `ncw`.
    pub ncw_methode: NcwMethode,
    /// Moment of `ncw_kasstroom`.
    pub kasstroommoment: Kasstroommoment,
    /// Debit rate.
    pub rente: Quantity,
    /// Credit rate.
    pub creditrente: Quantity,
    /// Whether each deelgebied bears its own interest (`rente_over`).
    pub rente_per_deelgebied: bool,
    /// BBV discount rate.
    pub discontovoet_bbv: Quantity,
    /// Real rate for life-cycle costs.
    pub discontovoet_maatschappelijk: Quantity,
    /// The one rate of the matrix and the one wallet.
    pub discontovoet_matrix: Quantity,
    /// Whether a loss is provided for at present value.
    pub voorziening_contant: bool,
    /// Every setting with its value in words and whether it was given: for reports.
    pub getoond: Vec<(&'static str, String, bool)>,
}

/// An index group.
#[derive(Debug, Clone)]
pub struct IndexGroep {
    /// Name.
    pub naam: String,
    /// Growth from a year on, by year.
    pub groei: Vec<(i32, Quantity)>,
}

impl IndexGroep {
    /// The growth into a year; nothing before the first row.
    pub fn groei(&self, year: i32) -> Option<&Quantity> {
        self.groei
            .iter()
            .rev()
            .find(|(from, _)| *from <= year)
            .map(|(_, q)| q)
    }
}

/// A party.
#[derive(Debug, Clone)]
pub struct Partij {
    /// Short name.
    pub partij: String,
    /// Full name.
    pub naam: String,
    /// Role.
    pub rol: &'static str,
    /// Shell 1 to 4.
    pub schil: Option<i64>,
    /// Own discount rate.
    pub discontovoet: Quantity,
    /// Own debit rate.
    pub rente: Quantity,
    /// Own credit rate.
    pub creditrente: Quantity,
    /// Lowest `netto_baat` at which it takes part.
    pub minimaal_resultaat: Option<Quantity>,
}

/// An account: a party's rekening, or the outside world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rekening {
    /// The party; nothing for the outside world.
    pub partij: Option<usize>,
    /// grex, exploitatie, fonds, eigen; empty for the outside world.
    pub soort: &'static str,
}

/// A part of the area.
#[derive(Debug, Clone)]
pub struct Deelgebied {
    /// Name.
    pub deelgebied: String,
    /// Years later than phased.
    pub uitstel: Quantity,
    /// The same in periods.
    pub uitstel_perioden: i32,
    /// Land to be sold, m2.
    pub uitgeefbaar_m2: Option<Quantity>,
    /// Most that the fund lends to it at a time.
    pub leenplafond: Option<Quantity>,
}

/// A maatregel.
#[derive(Debug, Clone)]
pub struct Maatregel {
    /// Short name.
    pub maatregel: String,
    /// Full name.
    pub naam: String,
    /// Position in [`OPGAVEN`].
    pub opgave: usize,
    /// Main theme.
    pub thema: Option<&'static str>,
    /// Whether it exists in route grex too.
    pub in_grex: bool,
    /// Deelgebied.
    pub deelgebied: Option<usize>,
    /// Account that carries it out.
    pub drager: usize,
    /// Share of its costs asked from the fund.
    pub dekking_fonds: Quantity,
    /// Order in which the fund pays.
    pub volgorde: i64,
}

/// What the fund does when its balance is short (rules 3.3 and chapter 8, point 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fondsregel {
    /// Goes below zero; the depth is the prefinancing needed.
    Voorfinancieren,
    /// Pays later.
    Doorschuiven,
    /// Leaves it with the drager.
    Drager,
}

/// The gebiedsfonds.
#[derive(Debug, Clone)]
pub struct Fonds {
    /// Its account.
    pub rekening: usize,
    /// Balance at peildatum.
    pub beginsaldo: Quantity,
    /// Return per year on a positive balance.
    pub rente: Quantity,
    /// Balance below which it does not spend.
    pub minimum: Quantity,
    /// Share of contributions for the organisation.
    pub aandeel_organisatie: Quantity,
    /// Interest per year on its loans; nothing when it is the creditrente of the grondexploitatie.
    pub leenrente: Option<Quantity>,
    /// Account that receives that share.
    pub organisatie: usize,
    /// What it does when short.
    pub regel: Fondsregel,
}

/// A given boekwaarde.
#[derive(Debug, Clone)]
pub struct Boekwaarde {
    /// Account.
    pub rekening: usize,
    /// Deelgebied.
    pub deelgebied: Option<usize>,
    /// Positive is money invested.
    pub bedrag: Quantity,
}

/// A row of onzekerheden, checked but not yet resolved to what it changes; `plan` does that.
#[derive(Debug, Clone)]
pub struct Onzekerheid {
    /// Name; its random numbers belong to it.
    pub id: String,
    /// What it changes.
    pub doel: address::Address,
    /// How.
    pub als: address::Als,
    /// Distribution and its figures.
    pub verdeling: VerdelingRij,
    /// Own draw per year, with this persistence.
    pub per_jaar: Option<Decimal>,
    /// Where its doel stands.
    pub place: Place,
    /// Name of its random number.
    sleutel: String,
}

impl Onzekerheid {
    /// The name that its random number belongs to: `gedeeld`, else its id; of a regime a name that no id can have.
    /// Onzekerheden with one name draw the same number, in every model.
    pub fn sleutel_naam(&self) -> &str {
        &self.sleutel
    }

    /// Whether a new number is drawn every year: a growth of all years, with `per_jaar`.
    pub fn jaarlijks(&self) -> bool {
        self.per_jaar.is_some() && self.doel.year.is_none()
    }

    /// Position of the regime whose state decides its value.
    pub fn regime(&self) -> Option<usize> {
        match self.verdeling {
            VerdelingRij::Regime { regime, .. } => Some(regime),
            _ => None,
        }
    }
}

/// A distribution as given; `risk` makes a sampler of it.
#[derive(Debug, Clone, PartialEq)]
pub enum VerdelingRij {
    /// Lowest, most likely, highest.
    Pert([Decimal; 3]),
    /// Lowest, most likely, highest.
    Driehoek([Decimal; 3]),
    /// Mean and standard deviation.
    Normaal([Decimal; 2]),
    /// Mean and standard deviation of the value itself.
    Lognormaal([Decimal; 2]),
    /// Lowest and highest.
    Uniform([Decimal; 2]),
    /// Values with their chances.
    Discreet(Vec<(Decimal, Decimal)>),
    /// P10, P50 and P90.
    Percentielen([Decimal; 3]),
    /// Observed values, as given.
    Waarnemingen(Vec<Decimal>),
    /// The value in every state of a regime.
    Regime {
        /// Position in `regimes`.
        regime: usize,
        /// Value and chance per state, in the order of the regime.
        waarden: Vec<(Decimal, Decimal)>,
    },
    /// A continuous distribution on condition that it lies between bounds.
    Begrensd {
        /// Without the bounds.
        verdeling: Box<VerdelingRij>,
        /// Lower bound.
        minimum: Option<Decimal>,
        /// Upper bound.
        maximum: Option<Decimal>,
    },
}

/// A regime: something that is in one of several states, in which all its onzekerheden are together.
#[derive(Debug, Clone)]
pub struct Regime {
    /// Name; its random number belongs to it.
    pub regime: String,
    /// States with their chances, in the order of the table; the first holds the lowest numbers.
    pub toestanden: Vec<(String, Decimal)>,
    /// Where its first state stands.
    pub place: Place,
}

/// A discrete risk; its line is in `lijnen` with role [`Rol::Risico`].
#[derive(Debug, Clone)]
pub struct Risico {
    /// Name.
    pub risico: String,
    /// Chance.
    pub kans: Decimal,
    /// Lowest, most likely, highest cost.
    pub impact: [Decimal; 3],
    /// Its line, of amount 1.
    pub lijn: usize,
}

/// A row of controles.
#[derive(Debug, Clone)]
pub struct Controle {
    /// Result address.
    pub doel: String,
    /// Expected value.
    pub waarde: Quantity,
    /// Largest difference allowed.
    pub tolerantie: Decimal,
    /// Where its doel stands.
    pub place: Place,
}

/// A change of table scenarios.
#[derive(Debug, Clone)]
pub struct ScenarioRij {
    /// Scenario.
    pub scenario: String,
    /// Change.
    pub change: address::Change,
}

/// A validated model.
#[derive(Debug, Clone)]
pub struct Model {
    /// The tables it was made of.
    pub tables: Tables,
    /// Settings.
    pub gebied: Gebied,
    /// Index groups.
    pub indexen: Vec<IndexGroep>,
    /// Parties.
    pub partijen: Vec<Partij>,
    /// Accounts; 0 is the outside world, 1 the main one (first gemeente, grex).
    pub rekeningen: Vec<Rekening>,
    /// Deelgebieden.
    pub deelgebieden: Vec<Deelgebied>,
    /// Every flow: programma, kosten, opbrengsten, exploitatie, objecten, baten, contributions, risks.
    pub lijnen: Vec<Lijn>,
    /// Valuations of land.
    pub waarderingen: Vec<Waardering>,
    /// Maatregelen.
    pub maatregelen: Vec<Maatregel>,
    /// Benefits.
    pub baten: Vec<Baat>,
    /// Things kept up and replaced.
    pub objecten: Vec<Object>,
    /// The fund.
    pub fonds: Option<Fonds>,
    /// Given boekwaarden.
    pub boekwaarden: Vec<Boekwaarde>,
    /// Uncertain inputs.
    pub onzekerheden: Vec<Onzekerheid>,
    /// Regimes of the market and the like.
    pub regimes: Vec<Regime>,
    /// Rank correlations between positions of onzekerheden.
    pub correlaties: Vec<(usize, usize, Decimal)>,
    /// Risk events.
    pub risicos: Vec<Risico>,
    /// Scenarios of the tables.
    pub scenarios: Vec<ScenarioRij>,
    /// Expected figures.
    pub controles: Vec<Controle>,
    /// Owners, percelen and areas of kostenverhaal.
    pub verhaal: verhaal::Verhaal,
    /// Rules of verevening and who takes part in them.
    pub verevening: verevening::Verevening,
    /// Financiële bijdragen.
    pub bijdragen: Vec<bijdragen::Bijdrage>,
    /// Norms for the programme.
    pub normen: Vec<normen::Norm>,
}

/// Once this many problems were found, no more rows are checked.
const MAX_PROBLEMS: usize = 1_000;

/// Most rows of the tables whose rows all others can name.
const MAX_ROWS: [(&str, usize); 17] = [
    ("indexen", 20_000),
    ("partijen", 1_000),
    ("deelgebieden", 1_000),
    ("boekwaarde", 1_000),
    ("maatregelen", 1_000),
    ("fonds", 1_000),
    ("onzekerheden", 2_000),
    ("correlaties", 20_000),
    ("regimes", 1_000),
    ("risicos", 2_000),
    ("kostenverhaal", 100),
    ("eigendom", 5_000),
    ("profijt", 20_000),
    ("verevening", 100),
    ("verevening_delen", 2_000),
    ("bijdragen", 2_000),
    ("normen", 500),
];
/// Most lines; a line's position is kept in 16 bits.
const MAX_LINES: usize = 60_000;
/// Most lines times periods, which memory and time grow with.
const MAX_SIZE: usize = 5_000_000;

/// Whether so many problems were found that more of them add nothing.
fn is_full(problems: &[Problem]) -> bool {
    problems.len() >= MAX_PROBLEMS
}

/// The file that the first row of a table, or else of any table, stands in.
fn file_of(tables: &Tables, name: &str) -> Option<Place> {
    let first = tables.table(name).rows.first();
    first
        .or_else(|| tables.tables.iter().find_map(|t| t.rows.first()))
        .map(|row| Place::file(&row.place.file))
}

/// Position of an account, party or area with this name among many; most names are written the same everywhere.
pub(crate) fn position_of<'a>(
    mut names: impl Iterator<Item = &'a str> + Clone,
    wanted: &str,
) -> Option<usize> {
    if let Some(found) = names.clone().position(|n| n == wanted) {
        return Some(found);
    }
    let key = name_key(wanted);
    names.position(|n| name_key(n) == key)
}

/// Refuses what is too large to calculate, before anything is made of it.
fn check_size(tables: &Tables, gebied: &Gebied, problems: &mut Vec<Problem>) -> bool {
    let rows = |name: &str| tables.table(name).rows.len();
    let mut told = Vec::new();
    for (name, most) in MAX_ROWS {
        if rows(name) > most {
            let problem = Problem::error(
                "model-too-large",
                format!("table {name} has {} rows", rows(name)),
            )
            .allowed(format!("at most {most} rows"));
            told.push(
                problem
                    .at(&tables.table(name).rows[most].place)
                    .fix("join rows that are alike, or divide the area into more models"),
            );
        }
    }
    let lines: usize = LINE_TABLES
        .iter()
        .chain(&["eigendom", "verevening_delen", "bijdragen"])
        .map(|name| {
            rows(name)
                * match *name {
                    "objecten" | "baten" | "verevening_delen" | "bijdragen" => 2,
                    "grondwaarde" => 3,
                    _ => 1,
                }
        })
        .sum();
    let periods = ((gebied.horizon - gebied.peil.year(gebied.tijdstap) + 1)
        * gebied.tijdstap.per_year()) as usize;
    // A benefit is discounted period by period, and a party has an account of every kind.
    let size = (lines + 10 * rows("baten") + 20 * rows("partijen")).saturating_mul(periods);
    if lines > MAX_LINES || size > MAX_SIZE {
        let mut problem = Problem::error("model-too-large", format!("the model has {lines} lines over {periods} periods"))
            .allowed(format!("at most {MAX_LINES} lines, and at most {MAX_SIZE} lines times periods"))
            .fix("join lines that are alike, take an earlier horizon or a longer tijdstap, or divide the area into more models");
        problem.place = file_of(tables, "kosten");
        told.push(problem);
    }
    let fits = told.is_empty();
    problems.extend(told);
    fits
}

/// Position of the outside world among the accounts.
pub const BUITEN: usize = 0;
/// Position of the main account, (first gemeente, grex).
pub const HOOFD: usize = 1;

impl Model {
    /// Checks tables and makes a model of them. Warnings come along; with any error there is no model.
    pub fn new(tables: Tables) -> (Option<Model>, Vec<Problem>) {
        let mut problems = Vec::new();
        // What could not be read was told by the reader: nothing is said of it, and no model is made of the rest.
        let unread = tables
            .tables
            .iter()
            .flat_map(|t| &t.rows)
            .flat_map(|r| &r.values)
            .any(|v| matches!(v.scalar, Scalar::Error(_)));
        let model = Builder::default()
            .build(tables, &mut problems)
            .filter(|_| !unread);
        if is_full(&problems) {
            problems.truncate(MAX_PROBLEMS);
            problems.push(
                Problem::error("too-many-problems", "the rest of the model was not checked")
                    .fix("mend the problems above first"),
            );
        }
        let model = if has_errors(&problems) { None } else { model };
        (model, problems)
    }

    /// The name of an account, as a user writes it.
    pub fn rekening_naam(&self, rekening: usize) -> String {
        let r = &self.rekeningen[rekening];
        r.partij.map_or_else(
            || "buiten".into(),
            |p| format!("{}/{}", self.partijen[p].partij, r.soort),
        )
    }

    /// Position of a party by name.
    pub fn partij(&self, naam: &str) -> Option<usize> {
        let folded = name_key(naam);
        self.partijen
            .iter()
            .position(|p| name_key(&p.partij) == folded)
    }
}

/// What is known while tables are being checked.
#[derive(Default)]
pub(crate) struct Builder {
    gebied: Option<Gebied>,
    indexen: Vec<IndexGroep>,
    partijen: Vec<Partij>,
    rekeningen: Vec<Rekening>,
    deelgebieden: Vec<Deelgebied>,
    maatregelen: Vec<Maatregel>,
    fonds: Option<Fonds>,
    /// Names of valuations.
    waarderingen: Vec<String>,
    /// Accounts with a given boekwaarde.
    geboekt: Vec<usize>,
}

/// Walks the rows of a table.
pub(crate) fn rows<'a>(tables: &'a Tables, name: &str) -> (&'a Table, std::slice::Iter<'a, Row>) {
    let table = tables.table(name);
    (table, table.rows.iter())
}

/// Says that a key stands twice.
fn check_keys(tables: &Tables, problems: &mut Vec<Problem>) {
    use schema::Kind;
    let mut ids: HashMap<(String, String), &Place> = HashMap::new();
    for table in &tables.tables {
        let Some(key) = table
            .schema
            .columns
            .iter()
            .position(|c| c.kind == Kind::Key)
        else {
            continue;
        };
        // Lines share one space of ids, so that an address and a percentage-of-lines can name any of them.
        let space = if lines::LINE_TABLES.contains(&table.schema.name)
            && table.schema.name != "grondwaarde"
        {
            "line"
        } else {
            table.schema.name
        };
        for row in &table.rows {
            let value = &row.values[key];
            let Scalar::Text(text) = &value.scalar else {
                continue;
            };
            if let Some(first) = ids.insert((space.into(), name_key(text)), &value.place) {
                problems.push(
                    Problem::error("duplicate-key", format!("\"{text}\" in table {} was used before", table.schema.name))
                        .at(&value.place)
                        .and(first)
                        .fix(if table.schema.name == "gebied" { "keep one of the two" } else { "give each row a name of its own, or remove the one that was meant to be replaced" }),
                );
            }
        }
    }
}

impl Builder {
    fn build(mut self, tables: Tables, problems: &mut Vec<Problem>) -> Option<Model> {
        check_keys(&tables, problems);
        self.gebied = read_gebied(&tables, problems);
        if let Some(gebied) = &self.gebied
            && !check_size(&tables, gebied, problems)
        {
            return None;
        }
        self.read_indexen(&tables, problems);
        self.read_partijen(&tables, problems);
        self.read_deelgebieden(&tables, problems);
        self.read_maatregelen(&tables, problems);
        self.read_fonds(&tables, problems);
        self.waarderingen = grondwaarde::namen(&tables);
        let gebied = self.gebied.clone()?;
        let boekwaarden = self.read_boekwaarde(&tables, problems);
        self.geboekt = boekwaarden.iter().map(|b| b.rekening).collect();
        let lines = lines::Lines::read(&mut self, &gebied, &tables, problems);
        lines.check_history(&self, &gebied, &boekwaarden, problems);
        let regimes = read_regimes(&tables, problems);
        let onzekerheden = read_onzekerheden(&tables, &regimes, problems);
        let correlaties = read_correlaties(&tables, &onzekerheden, problems);
        let scenarios = read_scenarios(&tables, problems);
        let controles = read_controles(&tables, problems);
        self.check_index_reach(&gebied, &lines.lijnen, problems);
        Some(Model {
            tables,
            gebied,
            indexen: self.indexen,
            partijen: self.partijen,
            rekeningen: self.rekeningen,
            deelgebieden: self.deelgebieden,
            lijnen: lines.lijnen,
            waarderingen: lines.waarderingen,
            maatregelen: self.maatregelen,
            baten: lines.baten,
            objecten: lines.objecten,
            fonds: self.fonds,
            boekwaarden,
            onzekerheden,
            regimes,
            correlaties,
            risicos: lines.risicos,
            scenarios,
            controles,
            verhaal: lines.verhaal,
            verevening: lines.verevening,
            bijdragen: lines.bijdragen,
            normen: lines.normen,
        })
    }

    fn read_indexen(&mut self, tables: &Tables, problems: &mut Vec<Problem>) {
        let (table, rows) = rows(tables, "indexen");
        let mut positions: HashMap<String, usize> = HashMap::new();
        for row in rows {
            if is_full(problems) {
                return;
            }
            let mut f = Fields {
                table,
                row,
                problems,
            };
            let (Some(naam), Some(vanaf), Some(groei)) =
                (f.text("index"), f.year("vanaf"), f.rate("groei"))
            else {
                continue;
            };
            let position = *positions.entry(name_key(&naam)).or_insert_with(|| {
                self.indexen.push(IndexGroep {
                    naam,
                    groei: Vec::new(),
                });
                self.indexen.len() - 1
            });
            let groep = &mut self.indexen[position];
            if let Some((_, earlier)) = groep.groei.iter().find(|(y, _)| *y == vanaf) {
                let mut problem = Problem::error(
                    "duplicate-key",
                    format!("index \"{}\" has two rows from {vanaf}", groep.naam),
                )
                .fix("keep one of the two");
                if let Some(place) = &earlier.place {
                    problem = problem.and(place);
                }
                f.problem("vanaf", problem);
                continue;
            }
            groep.groei.push((vanaf, groei));
        }
        for groep in &mut self.indexen {
            groep.groei.sort_by_key(|(y, _)| *y);
        }
    }

    /// A flow in a year that its index group says nothing of is an error; nothing is guessed.
    fn check_index_reach(&self, gebied: &Gebied, lijnen: &[Lijn], problems: &mut Vec<Problem>) {
        let first_needed = gebied
            .prijs
            .year(gebied.tijdstap)
            .min(gebied.peil.year(gebied.tijdstap))
            + 1;
        for (i, groep) in self.indexen.iter().enumerate() {
            let used = lijnen.iter().any(|l| l.index == Some(i));
            let starts = groep.groei.first();
            if let (true, Some((year, quantity))) = (used, starts)
                && *year > first_needed
            {
                let mut p = Problem::error(
                    "index-gap",
                    format!(
                        "index \"{}\" starts in {year}, but prices run from {}",
                        groep.naam, gebied.prijspeil
                    ),
                )
                .fix(format!(
                    "add a row with vanaf = {first_needed}, growth 0 if that is meant"
                ));
                if let Some(place) = &quantity.place {
                    p = p.at(place);
                }
                problems.push(p);
            }
        }
    }

    fn read_partijen(&mut self, tables: &Tables, problems: &mut Vec<Problem>) {
        let (table, rows) = rows(tables, "partijen");
        let mut unclear = false;
        let default = |f: &Option<Gebied>, pick: fn(&Gebied) -> &Quantity| {
            f.as_ref()
                .map_or_else(|| Quantity::made(Decimal::ZERO), |g| pick(g).clone())
        };
        for row in rows {
            let mut f = Fields {
                table,
                row,
                problems,
            };
            let (partij, rol) = (f.text("partij"), f.choice("rol", ROLLEN));
            let naam = f.text("naam");
            let schil = f.whole("schil", 1, 4);
            let discontovoet = f
                .rate("discontovoet")
                .unwrap_or_else(|| default(&self.gebied, |g| &g.discontovoet_bbv));
            let rente = f.rate("rente");
            let creditrente = f.rate("creditrente");
            let minimaal_resultaat = f.amount("minimaal_resultaat");
            // A party with another mistake is a party all the same, so that its name is no mistake elsewhere.
            unclear |= rol.is_none();
            let (Some(partij), rol) = (partij, rol.unwrap_or("overig")) else {
                continue;
            };
            if name_key(&partij) == "buiten" || partij.contains('/') {
                f.problem("partij", Problem::error("reserved-name", format!("\"{partij}\" can't be the name of a partij")).fix("buiten is the outside world and / divides partij and rekening: choose another name"));
                continue;
            }
            // A party with a rate of its own for debit has it for credit too, unless it says otherwise.
            let creditrente = creditrente
                .or_else(|| rente.clone())
                .unwrap_or_else(|| default(&self.gebied, |g| &g.creditrente));
            let rente = rente.unwrap_or_else(|| default(&self.gebied, |g| &g.rente));
            self.partijen.push(Partij {
                naam: naam.unwrap_or_else(|| partij.clone()),
                partij,
                rol,
                schil,
                discontovoet,
                rente,
                creditrente,
                minimaal_resultaat,
            });
        }
        if self.partijen.is_empty() {
            // A bare GREX has one party: the municipality.
            self.partijen.push(Partij {
                partij: "gemeente".into(),
                naam: "gemeente".into(),
                rol: "gemeente",
                schil: Some(1),
                discontovoet: default(&self.gebied, |g| &g.discontovoet_bbv),
                rente: default(&self.gebied, |g| &g.rente),
                creditrente: default(&self.gebied, |g| &g.creditrente),
                minimaal_resultaat: None,
            });
        }
        let hoofd = self.partijen.iter().position(|p| p.rol == "gemeente");
        if let Some(first) = hoofd {
            let table = tables.table("partijen");
            let mut all = self.partijen.iter().zip(&table.rows).skip(first + 1);
            if let Some((other, row)) = all.find(|(p, _)| p.rol == "gemeente") {
                let text = format!(
                    "\"{}\" keeps the grondexploitatie, as the first gemeente; \"{}\" is a party as any",
                    self.partijen[first].partij, other.partij
                );
                let place = table.get(row, "rol").place.clone();
                problems.push(
                    Problem::warning("two-gemeenten", text).at(&place).fix(
                        "put the municipality of the area first, or give the other rol = overig",
                    ),
                );
            }
        }
        if hoofd.is_none() {
            let mut problem = Problem::error("no-gemeente", "no partij has rol gemeente")
                .fix("give the party that keeps the grondexploitatie rol = gemeente");
            problem.place = file_of(tables, "partijen");
            // A wrong rol was told, and may have been this one.
            if !unclear {
                problems.push(problem);
            }
        }
        self.rekeningen.push(Rekening {
            partij: None,
            soort: "",
        });
        self.rekeningen.push(Rekening {
            partij: Some(hoofd.unwrap_or(0)),
            soort: "grex",
        });
    }

    /// Position of an account, made when it is new.
    pub(crate) fn rekening(&mut self, partij: usize, soort: &'static str) -> usize {
        let rekening = Rekening {
            partij: Some(partij),
            soort,
        };
        self.rekeningen
            .iter()
            .position(|r| *r == rekening)
            .unwrap_or_else(|| {
                self.rekeningen.push(rekening);
                self.rekeningen.len() - 1
            })
    }

    /// Name of an account.
    pub(crate) fn rekening_naam(&self, rekening: usize) -> String {
        let r = &self.rekeningen[rekening];
        r.partij.map_or_else(
            || "buiten".into(),
            |p| format!("{}/{}", self.partijen[p].partij, r.soort),
        )
    }

    /// The party of the main account.
    pub(crate) fn hoofdpartij(&self) -> usize {
        self.rekeningen
            .get(HOOFD)
            .and_then(|r| r.partij)
            .unwrap_or(0)
    }

    /// Reads an account; `standaard` is the rekening meant when a gemeente or another party names none.
    pub(crate) fn account(
        &mut self,
        f: &mut Fields<'_>,
        column: &str,
        standaard: (&'static str, &'static str),
    ) -> Option<usize> {
        let text = f.text(column)?;
        let (partij, rekening) = text
            .split_once('/')
            .map_or((text.as_str(), None), |(p, r)| (p.trim(), Some(r.trim())));
        if name_key(partij) == "buiten" && rekening.is_none() {
            return Some(BUITEN);
        }
        let Some(position) = position_of(self.partijen.iter().map(|p| p.partij.as_str()), partij)
        else {
            let mut problem = Problem::error(
                "undeclared-party",
                format!(
                    "{}: unknown partij \"{partij}\" in column {column}",
                    f.name()
                ),
            )
            .allowed(listed(
                self.partijen
                    .iter()
                    .map(|p| p.partij.as_str())
                    .chain(["buiten"]),
            ));
            problem = match nearest(partij, self.partijen.iter().map(|p| p.partij.as_str())) {
                Some(near) => problem.fix(format!("did you mean \"{near}\"?")),
                None => problem.fix("add the partij to table partijen"),
            };
            f.problem(column, problem);
            return None;
        };
        let soort = match rekening {
            None => {
                let gemeente = self.partijen[position].rol == "gemeente";
                if gemeente { standaard.0 } else { standaard.1 }
            }
            Some(name) => {
                let folded = fold(name);
                if let Some(r) = REKENINGEN.iter().copied().find(|r| fold(r) == folded) {
                    r
                } else {
                    let fix = nearest(name, REKENINGEN.iter().copied()).map_or_else(
                        || format!("write {partij}/ and one of these"),
                        |near| format!("did you mean \"{partij}/{near}\"?"),
                    );
                    f.problem(
                        column,
                        Problem::error(
                            "unknown-choice",
                            format!(
                                "{}: unknown rekening \"{name}\" in column {column}",
                                f.name()
                            ),
                        )
                        .allowed(REKENINGEN.join(", "))
                        .fix(fix),
                    );
                    return None;
                }
            }
        };
        Some(self.rekening(position, soort))
    }

    /// Reads a reference to a row of another table by name.
    pub(crate) fn reference(&self, f: &mut Fields<'_>, column: &str, what: &str) -> Option<usize> {
        let text = f.text(column)?;
        let names: Vec<&str> = match what {
            "deelgebieden" => self
                .deelgebieden
                .iter()
                .map(|d| d.deelgebied.as_str())
                .collect(),
            "maatregelen" => self
                .maatregelen
                .iter()
                .map(|m| m.maatregel.as_str())
                .collect(),
            "grondwaarde" => self.waarderingen.iter().map(String::as_str).collect(),
            _ => self.partijen.iter().map(|p| p.partij.as_str()).collect(),
        };
        let found = position_of(names.iter().copied(), &text);
        if found.is_none() {
            let code = if what == "partijen" {
                "undeclared-party"
            } else {
                "unknown-reference"
            };
            let problem =
                Problem::error(code, format!("{}: unknown {column} \"{text}\"", f.name())).allowed(
                    if names.is_empty() {
                        format!("a row of table {what}, which is empty")
                    } else {
                        listed(names.iter().copied())
                    },
                );
            let problem = match nearest(&text, names.iter().copied()) {
                Some(near) => problem.fix(format!("did you mean \"{near}\"?")),
                None => problem.fix(format!("add it to table {what}")),
            };
            f.problem(column, problem);
        }
        found
    }

    fn read_deelgebieden(&mut self, tables: &Tables, problems: &mut Vec<Problem>) {
        let (table, rows) = rows(tables, "deelgebieden");
        let per_year = self.gebied.as_ref().map_or(1, |g| g.tijdstap.per_year());
        let per_deelgebied = self.gebied.as_ref().is_none_or(|g| g.rente_per_deelgebied);
        for row in rows {
            let mut f = Fields {
                table,
                row,
                problems,
            };
            let Some(deelgebied) = f.text("deelgebied") else {
                continue;
            };
            f.count("oppervlakte_m2");
            let uitgeefbaar_m2 = f.count("uitgeefbaar_m2");
            let leenplafond = f
                .quantity(
                    "leenplafond",
                    Decimal::ZERO,
                    Decimal::from(fields::AMOUNT_MAX),
                )
                .filter(|q| !q.value.is_zero());
            if leenplafond.is_some() && !per_deelgebied {
                f.problem(
                    "leenplafond",
                    Problem::error(
                        "loan-without-own-interest",
                        format!("deelgebied \"{deelgebied}\" has a leenplafond, but interest is over the whole"),
                    )
                    .fix("set rente_over = deelgebied in table gebied, or clear leenplafond"),
                );
            }
            let uitstel = f
                .quantity("uitstel", Decimal::from(-20), Decimal::from(50))
                .unwrap_or_else(|| Quantity::made(Decimal::ZERO));
            let uitstel_perioden = whole_periods(uitstel.value, per_year).unwrap_or_else(|| {
                f.problem("uitstel", Problem::error("not-whole", format!("deelgebied \"{deelgebied}\": uitstel {} is not a whole number of periods", uitstel.value.normalize())).allowed("whole years; with tijdstap halfjaar or kwartaal halves or quarters too").fix("use whole years, or a smaller tijdstap"));
                0
            });
            self.deelgebieden.push(Deelgebied {
                deelgebied,
                uitstel,
                uitstel_perioden,
                uitgeefbaar_m2,
                leenplafond,
            });
        }
        // A workbook names its deelgebieden in the lines only: then those are the deelgebieden.
        if tables.table("deelgebieden").rows.is_empty() {
            let mut seen = HashSet::new();
            for name in ["programma", "kosten", "opbrengsten"] {
                let table = tables.table(name);
                for row in &table.rows {
                    if let Scalar::Text(naam) = &table.get(row, "deelgebied").scalar
                        && seen.len() < MAX_ROWS[2].1
                        && seen.insert(name_key(naam))
                    {
                        let uitstel = Quantity::made(Decimal::ZERO);
                        self.deelgebieden.push(Deelgebied {
                            deelgebied: naam.clone(),
                            uitstel,
                            uitstel_perioden: 0,
                            uitgeefbaar_m2: None,
                            leenplafond: None,
                        });
                    }
                }
            }
        }
    }

    fn read_maatregelen(&mut self, tables: &Tables, problems: &mut Vec<Problem>) {
        let (table, rows) = rows(tables, "maatregelen");
        for (order, row) in rows.enumerate() {
            let mut f = Fields {
                table,
                row,
                problems,
            };
            let maatregel = f.text("maatregel");
            let naam = f.text("naam");
            let opgave = f.choice("opgave", OPGAVEN).unwrap_or("openbare ruimte");
            let thema = f.choice("thema", THEMAS);
            let route = f.choice("route", &["grex", "cofinanciering"]);
            let deelgebied = self.reference(&mut f, "deelgebied", "deelgebieden");
            let drager = if f.empty("drager") {
                Some(self.rekening(self.hoofdpartij(), "eigen"))
            } else {
                self.account(&mut f, "drager", ("eigen", "eigen"))
            };
            let dekking_fonds = f
                .share("dekking_fonds")
                .unwrap_or_else(|| Quantity::made(Decimal::ZERO));
            let volgorde = f
                .whole("volgorde", 0, 1_000_000)
                .unwrap_or(order as i64 + 1);
            let (Some(maatregel), route, drager) =
                (maatregel, route.unwrap_or("grex"), drager.unwrap_or(HOOFD))
            else {
                continue;
            };
            self.maatregelen.push(Maatregel {
                naam: naam.unwrap_or_else(|| maatregel.clone()),
                maatregel,
                opgave: OPGAVEN.iter().position(|o| *o == opgave).unwrap_or(0),
                thema,
                in_grex: route == "grex",
                deelgebied,
                drager,
                dekking_fonds,
                volgorde,
            });
        }
    }

    fn read_fonds(&mut self, tables: &Tables, problems: &mut Vec<Problem>) {
        let (table, rows) = rows(tables, "fonds");
        for (i, row) in rows.enumerate() {
            let mut f = Fields {
                table,
                row,
                problems,
            };
            if i > 0 {
                f.problem(
                    "partij",
                    Problem::error("two-funds", "table fonds has more than one row")
                        .fix("keep one gebiedsfonds; other money is an account of its own"),
                );
                continue;
            }
            let partij = self.reference(&mut f, "partij", "partijen");
            let zero = || Quantity::made(Decimal::ZERO);
            let beginsaldo = f.amount("beginsaldo").unwrap_or_else(zero);
            let rente = f.rate("rente").unwrap_or_else(zero);
            let minimum = f.amount("minimum").unwrap_or_else(zero);
            let aandeel_organisatie = f.share("aandeel_organisatie").unwrap_or_else(zero);
            let leenrente = f.rate("leenrente");
            let regel = match f.choice("regel", &["voorfinancieren", "doorschuiven", "drager"]) {
                Some("doorschuiven") => Fondsregel::Doorschuiven,
                Some("drager") => Fondsregel::Drager,
                _ => Fondsregel::Voorfinancieren,
            };
            let Some(partij) = partij else { continue };
            let organisatie = if f.empty("organisatie") {
                Some(self.rekening(partij, "eigen"))
            } else {
                self.account(&mut f, "organisatie", ("eigen", "eigen"))
            };
            let rekening = self.rekening(partij, "fonds");
            let Some(organisatie) = organisatie else {
                continue;
            };
            if organisatie == rekening {
                f.problem(
                    "organisatie",
                    Problem::error(
                        "fund-pays-itself",
                        "the fund can't be its own gebiedsorganisatie",
                    )
                    .fix("name another account, such as gebiedsorganisatie/eigen"),
                );
                continue;
            }
            if let Some(m) = self.maatregelen.iter().position(|m| {
                regel == Fondsregel::Doorschuiven
                    && m.drager == HOOFD
                    && !m.dekking_fonds.value.is_zero()
            }) {
                let naam = &self.maatregelen[m].maatregel;
                let problem = Problem::error("late-payment-to-grex", format!("the fund may pay maatregel \"{naam}\" later, after the account of the grondexploitatie has ended"))
                    .fix("give the maatregel another drager, such as gemeente/eigen, or the fund another regel");
                let problem = match self.maatregelen[m].dekking_fonds.place.as_ref() {
                    Some(place) => problem.and(place),
                    None => problem,
                };
                f.problem("regel", problem);
            }
            self.fonds = Some(Fonds {
                rekening,
                beginsaldo,
                rente,
                minimum,
                aandeel_organisatie,
                leenrente,
                organisatie,
                regel,
            });
        }
        if tables.table("fonds").rows.is_empty()
            && let Some(m) = self
                .maatregelen
                .iter()
                .position(|m| !m.dekking_fonds.value.is_zero())
        {
            let mut problem = Problem::error(
                "no-fund",
                format!(
                    "maatregel \"{}\" asks money from a gebiedsfonds, but table fonds is empty",
                    self.maatregelen[m].maatregel
                ),
            )
            .fix("add a row to table fonds, or clear dekking_fonds");
            problem
                .place
                .clone_from(&self.maatregelen[m].dekking_fonds.place);
            problems.push(problem);
        }
        let borrower = |d: &&Deelgebied| d.leenplafond.is_some();
        if tables.table("fonds").rows.is_empty()
            && let Some(d) = self.deelgebieden.iter().find(borrower)
        {
            // A plan is often begun without its fund: the figures stand, without loans.
            let mut problem = Problem::warning(
                "loan-without-fund",
                format!(
                    "deelgebied \"{}\" may borrow from a gebiedsfonds, but table fonds is empty: nothing is lent",
                    d.deelgebied
                ),
            )
            .fix("add a row to table fonds, or clear leenplafond");
            let place = d.leenplafond.as_ref().and_then(|q| q.place.clone());
            problem.place = place;
            problems.push(problem);
        }
    }

    fn read_boekwaarde(&mut self, tables: &Tables, problems: &mut Vec<Problem>) -> Vec<Boekwaarde> {
        let (table, rows) = rows(tables, "boekwaarde");
        let mut out = Vec::new();
        for row in rows {
            let mut f = Fields {
                table,
                row,
                problems,
            };
            let deelgebied = self.reference(&mut f, "deelgebied", "deelgebieden");
            let rekening = if f.empty("partij") {
                Some(HOOFD)
            } else {
                self.account(&mut f, "partij", ("grex", "eigen"))
            };
            let (bedrag, kosten, opbrengsten, winst) = (
                f.amount("bedrag"),
                f.amount("kosten"),
                f.amount("opbrengsten"),
                f.amount("winst_genomen"),
            );
            let parts = [&kosten, &opbrengsten, &winst].iter().any(|q| q.is_some());
            let Some(rekening) = rekening else { continue };
            let bedrag = match (bedrag, parts) {
                (Some(_), true) => {
                    f.problem(
                        "bedrag",
                        Problem::error(
                            "amount-twice",
                            "boekwaarde has a bedrag and also kosten, opbrengsten or winst_genomen",
                        )
                        .fix("fill bedrag, or the three, not both"),
                    );
                    continue;
                }
                (Some(bedrag), false) => bedrag,
                (None, true) => {
                    let v = |q: Option<Quantity>| q.map_or(Decimal::ZERO, |q| q.value);
                    Quantity::new(v(kosten) - v(opbrengsten) + v(winst), &row.place)
                }
                (None, false) => {
                    f.problem(
                        "bedrag",
                        Problem::error("missing-value", "boekwaarde has no amount")
                            .fix("fill bedrag, or kosten, opbrengsten and winst_genomen"),
                    );
                    continue;
                }
            };
            out.push(Boekwaarde {
                rekening,
                deelgebied,
                bedrag,
            });
        }
        out
    }
}

/// Years as a whole number of periods.
pub(crate) fn whole_periods(years: Decimal, per_year: i32) -> Option<i32> {
    use rust_decimal::prelude::ToPrimitive;
    let periods = years.checked_mul(Decimal::from(per_year))?;
    if periods.fract().is_zero() {
        periods.to_i32()
    } else {
        None
    }
}

/// Reads table gebied.
fn read_gebied(tables: &Tables, problems: &mut Vec<Problem>) -> Option<Gebied> {
    let table = tables.table("gebied");
    let mut given: HashMap<&'static str, &Value> = HashMap::new();
    let mut misspelt: HashSet<&'static str> = HashSet::new();
    for row in &table.rows {
        let (name, value) = (table.get(row, "instelling"), table.get(row, "waarde"));
        let Scalar::Text(text) = &name.scalar else {
            continue;
        };
        match SETTINGS.iter().find(|s| fold(s.name) == fold(text)) {
            Some(setting) if !value.is_empty() => {
                given.insert(setting.name, value);
            }
            Some(_) => {}
            None => {
                let mut problem = Problem::error(
                    "unknown-setting",
                    format!("unknown setting \"{text}\" in table gebied"),
                )
                .at(&name.place)
                .allowed(
                    SETTINGS
                        .iter()
                        .map(|s| s.name)
                        .collect::<Vec<_>>()
                        .join(", "),
                );
                let near = nearest(text, SETTINGS.iter().map(|s| s.name));
                problem = problem.fix(near.map_or_else(
                    || "take one of these, or remove it".into(),
                    |near| format!("did you mean \"{near}\"?"),
                ));
                problems.push(problem);
                // The setting that was meant is not missing: its name was told.
                if let Some(meant) = near {
                    misspelt.insert(meant);
                }
            }
        }
    }
    settings::Settings {
        given,
        misspelt,
        file: file_of(tables, "gebied"),
        problems,
        shown: Vec::new(),
    }
    .gebied()
}

mod settings {
    //! One setting at a time, each with its default.
    use super::{
        Dagtelling, Date, Decimal, Gebied, HashMap, HashSet, Indexmoment, Kasstroommoment,
        NcwMethode, PERIODS_MAX, Periode, Periodevoet, Place, Problem, Quantity, Rentemethode,
        Scalar, Tijdstap, Value, fields, fold, nearest, parameters, schema,
    };

    pub(super) struct Settings<'a> {
        pub(super) given: HashMap<&'static str, &'a Value>,
        pub(super) misspelt: HashSet<&'static str>,
        pub(super) file: Option<Place>,
        pub(super) problems: &'a mut Vec<Problem>,
        pub(super) shown: Vec<(&'static str, String, bool)>,
    }

    impl Settings<'_> {
        /// Says that a setting without a default is missing. One whose default is another setting was told with that one.
        fn required(&mut self, name: &'static str) {
            let Some(setting) = schema::setting(name)
                .filter(|s| s.default.is_empty() && !self.misspelt.contains(name))
            else {
                return;
            };
            let example = match setting.kind {
                schema::Kind::Rate => "0.02",
                schema::Kind::Date => "2026-01-01",
                _ => "2037",
            };
            let mut problem =
                Problem::error("missing-setting", format!("table gebied has no {name}"))
                    .allowed(setting.kind.words())
                    .fix(format!(
                        "add it to table gebied; in toml, below [gebied]: {name} = {example}"
                    ));
            problem.place.clone_from(&self.file);
            self.problems.push(problem);
        }

        fn wrong(&mut self, name: &str, value: &Value, wanted: &str, fix: &str) {
            if !matches!(value.scalar, Scalar::Error(_)) {
                self.problems.push(
                    Problem::error(
                        "wrong-setting",
                        format!("setting {name} holds {}", value.shown()),
                    )
                    .at(&value.place)
                    .allowed(wanted.to_owned())
                    .fix(fix),
                );
            }
        }

        fn date(&mut self, name: &'static str, default: Option<Date>) -> Option<Date> {
            let Some(value) = self.given.get(name).copied() else {
                if default.is_none() {
                    self.required(name);
                }
                self.shown.push((
                    name,
                    default.map(|d| d.to_string()).unwrap_or_default(),
                    false,
                ));
                return default;
            };
            let date = match &value.scalar {
                Scalar::Date(d) => Some(*d),
                Scalar::Text(t) => fields::parse_date(t),
                _ => None,
            };
            if date.is_none() {
                self.wrong(
                    name,
                    value,
                    "a date: 2026-01-01",
                    "write the day, month and year as 2026-01-01",
                );
            }
            self.shown
                .push((name, date.map(|d| d.to_string()).unwrap_or_default(), true));
            date
        }

        fn year(&mut self, name: &'static str, default: Option<i32>) -> Option<i32> {
            use rust_decimal::prelude::ToPrimitive;
            let Some(value) = self.given.get(name).copied() else {
                if default.is_none() {
                    self.required(name);
                }
                self.shown.push((
                    name,
                    default.map(|d| d.to_string()).unwrap_or_default(),
                    false,
                ));
                return default;
            };
            let year = match &value.scalar {
                Scalar::Number(n) if n.fract().is_zero() => {
                    n.to_i32().filter(|y| (1900..=2200).contains(y))
                }
                Scalar::Text(t) => t.parse().ok().filter(|y| (1900..=2200).contains(y)),
                _ => None,
            };
            if year.is_none() {
                let fix = if matches!(value.scalar, Scalar::Date(_)) {
                    "write the year only"
                } else {
                    "take a year in this range, with four digits"
                };
                self.wrong(name, value, "a year from 1900 to 2200, such as 2037", fix);
            }
            self.shown
                .push((name, year.map(|d| d.to_string()).unwrap_or_default(), true));
            year
        }

        fn choice(&mut self, name: &'static str, list: &'static [&'static str]) -> &'static str {
            let default = schema::setting(name).map_or(list[0], |s| s.default);
            let found = match self.given.get(name).copied() {
                None => {
                    self.shown.push((name, default.into(), false));
                    return default;
                }
                Some(value) => match &value.scalar {
                    Scalar::Text(t) => list.iter().copied().find(|c| fold(c) == fold(t)),
                    _ => None,
                },
            };
            if found.is_none()
                && let Some(value) = self.given.get(name).copied()
            {
                let near = match &value.scalar {
                    Scalar::Text(t) => nearest(t, list.iter().copied()),
                    _ => None,
                };
                let fix = near.map_or_else(
                    || "take one of these".into(),
                    |near| format!("did you mean \"{near}\"?"),
                );
                self.wrong(name, value, &format!("one of {}", list.join(", ")), &fix);
            }
            self.shown
                .push((name, found.unwrap_or_default().into(), true));
            found.unwrap_or(default)
        }

        fn rate(&mut self, name: &'static str, default: Option<Quantity>) -> Option<Quantity> {
            let Some(value) = self.given.get(name).copied() else {
                if default.is_none() {
                    self.required(name);
                }
                self.shown.push((
                    name,
                    default
                        .as_ref()
                        .map(|d| d.value.normalize().to_string())
                        .unwrap_or_default(),
                    false,
                ));
                return default;
            };
            let rate = match value.scalar {
                Scalar::Number(n) if n > Decimal::new(-5, 1) && n < Decimal::ONE => {
                    Some(Quantity::new(n, &value.place))
                }
                _ => None,
            };
            if rate.is_none() {
                let fix = match value.scalar {
                    Scalar::Number(n) if n >= Decimal::ONE && n < Decimal::ONE_HUNDRED => format!(
                        "if {}% is meant, write {}",
                        n.normalize(),
                        (n / Decimal::ONE_HUNDRED).normalize()
                    ),
                    _ => "take a rate in this range".into(),
                };
                self.wrong(
                    name,
                    value,
                    "a rate above -50% and below 100%: 0.02 or 2%",
                    &fix,
                );
            }
            self.shown.push((
                name,
                rate.as_ref()
                    .map(|d| d.value.normalize().to_string())
                    .unwrap_or_default(),
                true,
            ));
            rate
        }

        /// A rate that a dated parameter gives when the model does not.
        fn parameter(
            &mut self,
            name: &'static str,
            key: &str,
            date: Option<Date>,
        ) -> Option<Quantity> {
            // Life-cycle costs are told, not booked: a model from before the first date may use the first value.
            let early = || {
                if name == "discontovoet_maatschappelijk" {
                    parameters::first(key)
                } else {
                    None
                }
            };
            let default = date
                .and_then(|d| parameters::on(key, d).or_else(early))
                .map(|v| Quantity::new(v.waarde, &Place::file(&parameters::plaats(key, v))));
            if default.is_none() && !self.given.contains_key(name) && date.is_some() {
                let mut problem = Problem::error(
                    "no-parameter",
                    format!(
                        "parameter {key} has no value at peildatum, and setting {name} is empty"
                    ),
                )
                .fix(format!("give {name} in table gebied"));
                problem.place = self.given.get("peildatum").map(|v| v.place.clone());
                self.problems.push(problem);
                return None;
            }
            if date.is_none() && !self.given.contains_key(name) {
                return None;
            }
            self.rate(name, default)
        }

        pub(super) fn gebied(mut self) -> Option<Gebied> {
            let naam = match self.given.get("naam").map(|v| &v.scalar) {
                Some(Scalar::Text(t)) => t.clone(),
                _ => String::new(),
            };
            let tijdstap = match self.choice("tijdstap", &["jaar", "halfjaar", "kwartaal"]) {
                "halfjaar" => Tijdstap::Halfjaar,
                "kwartaal" => Tijdstap::Kwartaal,
                _ => Tijdstap::Jaar,
            };
            let peildatum = self.date("peildatum", None);
            let prijspeil = self.date("prijspeil", peildatum);
            let eindjaar = self.year("eindjaar", None);
            let horizon = self.year("horizon", eindjaar);
            let periodevoet =
                if self.choice("periodevoet", &["effectief", "nominaal"]) == "nominaal" {
                    Periodevoet::Nominaal
                } else {
                    Periodevoet::Effectief
                };
            let btw = self.choice("btw", &["exclusief", "inclusief"]);
            let rentemethode = match self.choice("rentemethode", schema::RENTEMETHODEN) {
                "GEMIDDELD" => Rentemethode::Gemiddeld,
                "HALFJAAR_SI" => Rentemethode::HalfjaarSi,
                "BEGIN" => Rentemethode::Begin,
                _ => Rentemethode::Jan1,
            };
            let indexmoment = if self.choice("indexmoment", &["jaar", "halfjaar"]) == "halfjaar" {
                Indexmoment::Midden
            } else {
                Indexmoment::Begin
            };
            let dagtelling = match self.choice("dagtelling", &["jaren", "dagen_36525", "dagen_365"])
            {
                "dagen_36525" => Dagtelling::Dagen36525,
                "dagen_365" => Dagtelling::Dagen365,
                _ => Dagtelling::Jaren,
            };
            let ncw_methode = match self.choice("ncw_methode", schema::NCW_METHODEN) {
                "ncw_rente" => NcwMethode::Rente,
                "ncw_kasstroom" => NcwMethode::Kasstroom,
                "ncw_kasstroom_rente" => NcwMethode::KasstroomRente,
                _ => NcwMethode::Bbv,
            };
            let kasstroommoment = match self.choice("kasstroommoment", &["begin", "midden", "eind"])
            {
                "begin" => Kasstroommoment::Begin,
                "midden" => Kasstroommoment::Midden,
                _ => Kasstroommoment::Eind,
            };
            let rente = self.rate("rente", None);
            let creditrente = self.rate("creditrente", rente.clone());
            let rente_per_deelgebied =
                self.choice("rente_over", &["geheel", "deelgebied"]) == "deelgebied";
            let discontovoet_bbv =
                self.parameter("discontovoet_bbv", "bbv.discontovoet", peildatum);
            let discontovoet_maatschappelijk = self.parameter(
                "discontovoet_maatschappelijk",
                "mkba.discontovoet",
                peildatum,
            );
            let discontovoet_matrix = self.rate("discontovoet_matrix", discontovoet_bbv.clone());
            let voorziening_contant =
                self.choice("voorziening_basis", &["contant", "eindwaarde"]) == "contant";

            let peil = peildatum.and_then(|d| Periode::beginning(d, tijdstap));
            if let (Some(date), None) = (peildatum, peil) {
                self.problems.push(
                    Problem::error("peildatum-within-period", format!("peildatum {date} is not the first day of a period"))
                        .at(&self.given["peildatum"].place)
                        .fix("take the first day of a year, half-year or quarter, and a tijdstap that fits"),
                );
            }
            let (peildatum, prijspeil, eindjaar, horizon, peil) =
                (peildatum?, prijspeil?, eindjaar?, horizon?, peil?);
            let place = |given: &HashMap<&'static str, &Value>, name: &str| {
                given.get(name).map(|v| v.place.clone())
            };
            if eindjaar < peil.year(tijdstap) {
                let mut p = Problem::error(
                    "end-before-start",
                    format!("eindjaar {eindjaar} lies before peildatum {peildatum}"),
                )
                .fix("give a later eindjaar");
                p.place = place(&self.given, "eindjaar");
                self.problems.push(p);
                return None;
            }
            if horizon < eindjaar {
                let mut p = Problem::error(
                    "horizon-before-end",
                    format!("horizon {horizon} lies before eindjaar {eindjaar}"),
                )
                .fix("give a later horizon, or leave it out");
                p.place = place(&self.given, "horizon");
                self.problems.push(p);
                return None;
            }
            let periods = (horizon - peil.year(tijdstap) + 1) * tijdstap.per_year();
            if periods as usize > PERIODS_MAX / 2 {
                let mut p = Problem::error(
                    "too-many-periods",
                    format!("the horizon gives {periods} periods"),
                )
                .allowed(format!("at most {}", PERIODS_MAX / 2))
                .fix("take an earlier horizon or a longer tijdstap");
                p.place = place(&self.given, "horizon");
                self.problems.push(p);
                return None;
            }
            let prijs = Periode::of_year(i32::from(prijspeil.year()), tijdstap);
            if (prijs.0 - peil.0).abs() > 60 * tijdstap.per_year() {
                let mut p = Problem::error(
                    "prijspeil-far",
                    format!("prijspeil {prijspeil} lies more than 60 years from peildatum"),
                )
                .fix("check the year of the prijspeil");
                p.place = place(&self.given, "prijspeil");
                self.problems.push(p);
                return None;
            }
            Some(Gebied {
                naam,
                peildatum,
                peil,
                prijspeil,
                prijs,
                eindjaar,
                horizon,
                tijdstap,
                periodevoet,
                btw,
                rentemethode,
                indexmoment,
                dagtelling,
                ncw_methode,
                kasstroommoment,
                rente: rente?,
                creditrente: creditrente?,
                rente_per_deelgebied,
                discontovoet_bbv: discontovoet_bbv?,
                discontovoet_maatschappelijk: discontovoet_maatschappelijk?,
                discontovoet_matrix: discontovoet_matrix?,
                voorziening_contant,
                getoond: self.shown,
            })
        }
    }
}

fn read_scenarios(tables: &Tables, problems: &mut Vec<Problem>) -> Vec<ScenarioRij> {
    let (table, rows) = rows(tables, "scenarios");
    let mut out = Vec::new();
    for row in rows {
        let mut f = Fields {
            table,
            row,
            problems,
        };
        let (Some(scenario), Some(doel)) = (f.text("scenario"), f.text("doel")) else {
            continue;
        };
        if row
            .values
            .iter()
            .any(|v| matches!(v.scalar, Scalar::Error(_)))
        {
            continue;
        }
        let value = |name: &str| {
            let value = table.get(row, name);
            (!value.is_empty()).then(|| value.clone())
        };
        match address::Change::new(
            &doel,
            &table.get(row, "doel").place,
            value("waarde"),
            value("factor"),
            value("verschuiving"),
        ) {
            Ok(change) => out.push(ScenarioRij { scenario, change }),
            Err(problem) => problems.push(problem),
        }
    }
    out
}

fn read_controles(tables: &Tables, problems: &mut Vec<Problem>) -> Vec<Controle> {
    let (table, rows) = rows(tables, "controles");
    let max = Decimal::from(fields::AMOUNT_MAX);
    let mut out = Vec::new();
    for row in rows {
        let mut f = Fields {
            table,
            row,
            problems,
        };
        let doel = f.text("doel");
        let waarde = f.quantity("waarde", -max, max);
        let tolerantie = f
            .count("tolerantie")
            .map_or(Decimal::new(1, 2), |q| q.value);
        let (Some(doel), Some(waarde)) = (doel, waarde) else {
            continue;
        };
        out.push(Controle {
            doel,
            waarde,
            tolerantie,
            place: table.get(row, "doel").place.clone(),
        });
    }
    out
}

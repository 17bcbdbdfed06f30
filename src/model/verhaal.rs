//! Owners, percelen and the areas of kostenverhaal: tables `kostenverhaal`, `eigendom` and `profijt`, what of the other tables counts in
//! them, and the lines by which an owner pays.
//!
//! Knows which line is what; how it is spread is a rule.

mod eigendom;
mod gebieden;
mod posten;
mod toetsen;

pub(super) use eigendom::gegroeid_tot;

use super::fields::Fields;
use super::lines::{Bedrag, Factor, Lijn};
use super::table::Tables;
use super::verevening::Basis;
use super::{Builder, Gebied};
use crate::number::Quantity;
use crate::problem::{Place, Problem, has_errors, listed, nearest};
use crate::timeline::{Kasstroommoment, Periode};
use rust_decimal::Decimal;

/// Under which law an area recovers its costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Regime {
    /// Omgevingswet with a tijdvak (art. 13.14): integral.
    OwTijdvak,
    /// Omgevingswet without one (art. 13.15): organic.
    OwZonder,
    /// Wro (transition): calculates as with a tijdvak.
    Wro,
}

/// An area in which costs are recovered.
#[derive(Debug, Clone)]
#[allow(clippy::struct_excessive_bools, reason = "each is a setting")]
pub struct Verhaalsgebied {
    /// Name.
    pub id: String,
    /// Law.
    pub regime: Regime,
    /// Account that receives.
    pub ontvanger: usize,
    /// Its deelgebieden; nothing is everything.
    pub deelgebieden: Option<Vec<usize>>,
    /// Rate of contante waarde.
    pub rente: Quantity,
    /// Moment of an amount in its period.
    pub moment: Kasstroommoment,
    /// Year of the beschikking; it may lie before peildatum.
    pub beschikking: i32,
    /// Whether it spreads by gewichtsfactor.
    pub gewichtsfactor: bool,
    /// Whether own costs count to their raming each.
    pub per_post: bool,
    /// Whether a negative bijdrage becomes zero.
    pub vloer: bool,
    /// Whether what is due grows with rente to its payment.
    pub tot_betaling: bool,
    /// Whether the recoverable costs are only those of connecting to public space or utilities (Ob 8.14 under c).
    pub alleen_aansluiting: bool,
    /// Whether plankosten count in the year of the beschikking, or in their own periods.
    pub plankosten_in_beschikking: bool,
    /// Most that counts of plankosten.
    pub plankosten_maximum: Option<Quantity>,
    /// Without a tijdvak: what is spread.
    pub raming: Option<Quantity>,
    /// Without a tijdvak: most that is recovered.
    pub maximum: Option<Quantity>,
    /// Whether that cuts the geldsommen.
    pub maximum_aftopt: bool,
    /// Year of the eindafrekening.
    pub eindafrekening: Option<i32>,
    /// Rente on what is then repaid.
    pub terugbetaalrente: Option<Quantity>,
    /// Where the row stands.
    pub place: Place,
}

impl Verhaalsgebied {
    /// The period as of which it values: peildatum, or the beschikking when that was given before it. What was asked then is so
    /// compared with a herberekening of the same date.
    pub fn waardeperiode(&self, gebied: &Gebied) -> Periode {
        if self.beschikking < gebied.peil.year(gebied.tijdstap) {
            Periode::of_year(self.beschikking, gebied.tijdstap)
        } else {
            gebied.peil
        }
    }
}

/// The inbrengwaarde of a perceel (Ob 8.17).
#[derive(Debug, Clone, PartialEq)]
#[allow(clippy::large_enum_variant, reason = "there is one per row of a table")]
pub enum Inbreng {
    /// As a whole.
    Geheel(Quantity),
    /// Land as m2 × value per m2, and opstallen, vrijmaken, slopen and saneren.
    Delen(Option<[Quantity; 2]>, [Option<Quantity>; 4]),
}

impl Inbreng {
    /// Whether it holds a value for a kostensoort of table B.
    fn telt(&self, kostensoort: usize) -> bool {
        match self {
            Inbreng::Geheel(q) => !q.value.is_zero(),
            Inbreng::Delen(land, _) if kostensoort == TABEL_B => land
                .as_ref()
                .is_some_and(|[m2, per]| !(m2.value * per.value).is_zero()),
            Inbreng::Delen(..) => self.houdt(kostensoort),
        }
    }

    /// Whether it holds costs of a kostensoort of table B beyond the land itself.
    fn houdt(&self, kostensoort: usize) -> bool {
        match self {
            Inbreng::Geheel(_) => true,
            Inbreng::Delen(_, parts) => parts
                .get(kostensoort - TABEL_B)
                .is_some_and(|q| q.as_ref().is_some_and(|q| !q.value.is_zero())),
        }
    }
}

/// How an owner's contribution was settled by contract (Ow 13.13).
#[derive(Debug, Clone, PartialEq)]
pub enum Overeenkomst {
    /// An amount of its own, in this line.
    Bedrag(usize),
    /// A line of opbrengsten.
    Post(usize),
}

/// What one party holds of one perceel.
#[derive(Debug, Clone)]
pub struct Eigendom {
    /// Code.
    pub id: String,
    /// Owner.
    pub partij: usize,
    /// Whether it is the municipality's own land, which is not charged.
    pub gemeente: bool,
    /// Position in [`Verhaal::percelen`].
    pub perceel: usize,
    /// Share of the perceel.
    pub aandeel: Quantity,
    /// Area.
    pub m2: Option<Quantity>,
    /// Deelgebied.
    pub deelgebied: Option<usize>,
    /// Position in [`Verhaal::gebieden`]; nothing when there is none.
    pub gebied: Option<usize>,
    /// Inbrengwaarde.
    pub inbreng: Inbreng,
    /// Letter of Ob 8.13.
    pub activiteit: &'static str,
    /// Its size.
    pub omvang: Option<Quantity>,
    /// Without a tijdvak: most that it pays.
    pub maximum: Option<Quantity>,
    /// Geldsom of a beschikking that was given: it is paid as it stands, and what is calculated is the herberekening.
    pub beschikt: Option<Quantity>,
    /// Without a tijdvak: other designated costs of the area that fall on it, which come off a repayment (Ow 13.20(3)).
    pub andere_kosten: Option<Quantity>,
    /// Contract instead of a geldsom.
    pub overeenkomst: Option<Overeenkomst>,
    /// The line by which it pays a geldsom; nothing when it does not.
    pub lijn: Option<usize>,
    /// Works that the owner carries out himself.
    pub werken: Vec<Werk>,
    /// Where the row stands.
    pub place: Place,
}

/// An amount that a settlement makes; of kostenverhaal by position in [`Verhaal::eigendommen`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verrekening {
    /// The geldsom of an eigendom.
    Geldsom(usize),
    /// What is repaid of it at the eindafrekening.
    Terugbetaling(usize),
    /// What who takes part in a verevening pays, by position in its deelnemers.
    Betaalt(usize),
    /// What it receives.
    Ontvangt(usize),
    /// A financiële bijdrage, by position in the bijdragen of the model.
    Bijdrage(usize),
    /// What is paid back of it at the eindafrekening.
    Bijdrageterug(usize),
}

/// A work that an owner carries out himself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Werk {
    /// The line of what it costs.
    pub lijn: usize,
    /// The line of what the raming says, when that differs.
    pub raming: Option<usize>,
    /// Position in [`KOSTENSOORTEN`].
    pub kostensoort: usize,
    /// Of plankosten the parameter with the share of the raming that he may deduct (Or 13.8).
    pub zelfrealisatie: Option<&'static str>,
}

/// As what a line counts in an area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Postsoort {
    /// Recoverable costs, by position in [`KOSTENSOORTEN`].
    Kosten(usize),
    /// What others contribute to them.
    Bijdrage,
    /// What land brings in: perceel (nothing is the municipality's own) and category.
    Opbrengst(Option<usize>, usize),
    /// Work of an owner: eigendom, and position in its works.
    Eigen(usize, usize),
    /// The raming of that work, when it differs.
    Raming(usize, usize),
    /// What was agreed with an owner: eigendom.
    Overeenkomst(usize),
    /// Costs of the receiver with a kostensoort, as far as they fall on others than the areas.
    Elders,
    /// Plankosten in their own periods, where they are recovered as of the year of the beschikking.
    Gemaakt,
    /// The same as of that year.
    Geraamd,
    /// Recoverable costs that another party than the receiver makes.
    Anderen,
    /// Costs of the receiver without a kostensoort, or of one that his regime does not know.
    Onverhaalbaar,
    /// Flows that a rule of verevening adds up: of who takes part (nothing is the rule itself), and what.
    Verevening(Option<usize>, Basis),
}

/// A line that counts in an area.
#[derive(Debug, Clone)]
pub struct Verhaalspost {
    /// The line.
    pub lijn: usize,
    /// The area; after the areas come the rules of verevening.
    pub gebied: usize,
    /// As what.
    pub soort: Postsoort,
    /// Part of it that counts; nothing is all of it.
    pub deel: Option<Quantity>,
    /// Profijt of the area, and that of all beneficiaries.
    pub profijt: Option<(Quantity, Vec<Quantity>)>,
}

impl Verhaalspost {
    /// What part of the line counts, as a decimal.
    pub fn aandeel(&self) -> Decimal {
        let part = self.deel.as_ref().map_or(Decimal::ONE, |q| q.value);
        let counts = match &self.profijt {
            None => part,
            Some((own, all)) => {
                let total: Decimal = all.iter().map(|q| q.value).sum();
                (part * own.value).checked_div(total).unwrap_or_default()
            }
        };
        if self.soort == Postsoort::Elders {
            Decimal::ONE - counts
        } else {
            counts
        }
    }
}

/// All of kostenverhaal in a model.
#[derive(Debug, Clone, Default)]
pub struct Verhaal {
    /// Areas.
    pub gebieden: Vec<Verhaalsgebied>,
    /// What parties hold.
    pub eigendommen: Vec<Eigendom>,
    /// Names of percelen.
    pub percelen: Vec<String>,
    /// Names of categories.
    pub categorieen: Vec<String>,
    /// Lines that count, by area.
    pub posten: Vec<Verhaalspost>,
}

/// The codes of Omgevingsbesluit bijlage IV: table A, then table B.
pub const KOSTENSOORTEN: [&str; 18] = [
    "A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8", "A9", "A10", "A11", "A12", "A13", "A14", "B1",
    "B2", "B3", "B4",
];

/// How many years before peildatum a beschikking or a payment may lie; as far as realised amounts.
pub(super) const VERLEDEN: i32 = 60;

/// Position of the first code of table B.
pub const TABEL_B: usize = 14;

/// How many units of land a line sells: its aantal or hoeveelheid.
pub fn eenheden(lijn: &Lijn) -> Option<&Quantity> {
    let count = |f: &&Factor| ["aantal", "hoeveelheid"].contains(&f.kolom);
    match &lijn.bedrag {
        Bedrag::Product(factors) => factors.iter().find(count).map(|f| &f.waarde),
        Bedrag::Waardering { aantal, .. } => Some(aantal),
        _ => None,
    }
}

/// Whether a code is plankosten (Or 13.1): preparing plans, and preparing and supervising works.
pub fn is_plankosten(kostensoort: usize) -> bool {
    ["A1", "A10"].contains(&KOSTENSOORTEN[kostensoort])
}

/// The code that a text begins with: `A8` of `A8`, `A8.1` and `a8 wegen`.
pub(super) fn kostensoort(text: &str) -> Option<usize> {
    let upper = text.trim().to_uppercase();
    let digits = upper.bytes().skip(1).take_while(u8::is_ascii_digit).count();
    let code = upper.get(..=digits)?;
    KOSTENSOORTEN.iter().position(|k| *k == code)
}

/// What an owner pays in which period, by row of eigendom; nothing when the row says nothing of it.
pub(crate) type Betalingen = Vec<Option<Vec<(Periode, Quantity)>>>;

/// Profijt of an area, and that of all beneficiaries; nothing is all of it.
type Profijt = Option<(Quantity, Vec<Quantity>)>;

/// A key of table profijt.
struct Sleutel {
    naam: String,
    /// Beneficiary, whether it is the existing city, and its profijt.
    rijen: Vec<(String, bool, Quantity)>,
    place: Place,
}

/// Reads the tables and adds the lines by which owners pay.
pub(crate) fn read(
    b: &mut Builder,
    gebied: &Gebied,
    tables: &Tables,
    lijnen: &mut Vec<Lijn>,
    betalingen: &Betalingen,
    problems: &mut Vec<Problem>,
) -> Verhaal {
    let mut lezer = Lezer {
        gebied,
        tables,
        lijnen,
        verhaal: Verhaal::default(),
        sleutels: Vec::new(),
        tellingen: Vec::new(),
    };
    lezer.gebieden(b, problems);
    lezer.profijt(problems);
    lezer.eigendom(b, betalingen, problems);
    lezer.posten(b, problems);
    lezer.overeenkomsten();
    lezer.eenheden(problems);
    // What is wrong comes first.
    if !has_errors(problems) {
        lezer.keuzes(problems);
    }
    lezer.verhaal
}

/// What a line of programma counts: its area, category, unit as given, and whether it has a number of units.
struct Telling {
    gebied: usize,
    categorie: usize,
    eenheid: Option<String>,
    geteld: bool,
    place: Place,
}

struct Lezer<'a> {
    gebied: &'a Gebied,
    tables: &'a Tables,
    lijnen: &'a mut Vec<Lijn>,
    verhaal: Verhaal,
    sleutels: Vec<Sleutel>,
    tellingen: Vec<Telling>,
}

/// A name that no row has.
pub(super) fn onbekend(f: &mut Fields<'_>, column: &str, text: &str, names: &[&str], table: &str) {
    let problem = Problem::error(
        "unknown-reference",
        format!("{}: unknown {column} \"{text}\"", f.name()),
    )
    .allowed(if names.is_empty() {
        format!("a row of table {table}, which is empty")
    } else {
        listed(names.iter().copied())
    });
    let near = nearest(text, names.iter().copied());
    f.problem(
        column,
        problem.fix(near.map_or_else(
            || format!("add it to table {table}, or clear it"),
            |near| format!("did you mean \"{near}\"?"),
        )),
    );
}

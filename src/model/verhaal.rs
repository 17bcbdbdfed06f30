//! Owners, percelen and the areas of kostenverhaal: tables `kostenverhaal`, `eigendom` and `profijt`, what of the other tables counts in
//! them, and the lines by which an owner pays.
//!
//! Knows which line is what; how it is spread is a rule.

use super::fields::Fields;
use super::lines::{Bedrag, Factor, Lijn, Rol, Stroomsoort, Totaal, Verloop};
use super::schema::{PLANKOSTENPRODUCTEN, REGIMES};
use super::table::{Row, Tables, dutch, name_key, text_of};
use super::verevening::Basis;
use super::{BUITEN, Builder, Gebied, HOOFD, is_full, position_of, rows};
use crate::number::{Exact, Number, Quantity};
use crate::problem::{Place, Problem, has_errors, listed, nearest};
use crate::timeline::{Kasstroommoment, Periode};
use rust_decimal::Decimal;
use std::collections::HashMap;

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
        Periode::of_year(self.beschikking, gebied.tijdstap).min(gebied.peil)
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
    /// Costs of the receiver without a kostensoort.
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

impl Lezer<'_> {
    fn gebieden(&mut self, b: &mut Builder, problems: &mut Vec<Problem>) {
        let (table, rows) = rows(self.tables, "kostenverhaal");
        let peiljaar = self.gebied.peil.year(self.gebied.tijdstap);
        for row in rows {
            let mut f = Fields {
                table,
                row,
                problems,
            };
            let id = f.text("id");
            let regime = f.choice("regime", REGIMES);
            let deelgebieden = f.text("deelgebieden").map(|text| {
                let names: Vec<&str> = b
                    .deelgebieden
                    .iter()
                    .map(|d| d.deelgebied.as_str())
                    .collect();
                let mut found = Vec::new();
                for name in text.split(';').map(str::trim).filter(|n| !n.is_empty()) {
                    match position_of(names.iter().copied(), name) {
                        Some(d) => found.push(d),
                        None => onbekend(&mut f, "deelgebieden", name, &names, "deelgebieden"),
                    }
                }
                found
            });
            let ontvanger = if f.empty("ontvanger") {
                Some(HOOFD)
            } else {
                b.account(&mut f, "ontvanger", ("grex", "eigen"))
            };
            let rente = f.rate("rente").unwrap_or_else(|| self.gebied.rente.clone());
            let moment = match f.choice("moment", &["begin", "midden", "eind"]) {
                Some("midden") => Kasstroommoment::Midden,
                Some("eind") => Kasstroommoment::Eind,
                _ => Kasstroommoment::Begin,
            };
            let beschikking = f.year("beschikking").unwrap_or(peiljaar);
            let gewichtsfactor =
                f.choice("methode", &["opbrengsten", "gewichtsfactor"]) == Some("gewichtsfactor");
            let per_post = f.choice("aftrek", &["per_post", "totaal"]) != Some("totaal");
            let vloer = f.choice("vloer", &["nul", "geen"]) != Some("geen");
            let tot_betaling = f.choice("rente_tot_betaling", &["ja", "nee"]) == Some("ja");
            let alleen_aansluiting = f.choice("alleen_aansluiting", &["ja", "nee"]) == Some("ja");
            let plankosten_in_beschikking =
                f.choice("plankosten_in", &["beschikking", "fasering"]) != Some("fasering");
            let plankosten_maximum = f.count("plankosten_maximum");
            let raming = f.count("raming");
            let maximum = f.count("maximum");
            let maximum_aftopt = f.choice("maximum_aftopt", &["ja", "nee"]) == Some("ja");
            let eindafrekening = f.year("eindafrekening");
            let terugbetaalrente = f.rate("terugbetaalrente");
            f.text("bron");
            let (Some(id), Some(regime), Some(ontvanger)) = (id, regime, ontvanger) else {
                continue;
            };
            let first = peiljaar - VERLEDEN;
            if !(first..=self.gebied.horizon).contains(&beschikking) {
                f.problem(
                    "beschikking",
                    Problem::error(
                        "outside-horizon",
                        format!("kostenverhaal \"{id}\": beschikking in {beschikking} lies outside {first} to {}", self.gebied.horizon),
                    )
                    .fix("take the year in which the beschikking was or will be given"),
                );
                continue;
            }
            if let Some(year) = eindafrekening
                && !(beschikking.max(peiljaar)..=self.gebied.horizon).contains(&year)
            {
                f.problem(
                    "eindafrekening",
                    Problem::error(
                        "outside-horizon",
                        format!("kostenverhaal \"{id}\": eindafrekening in {year} lies before the beschikking, before peildatum, or after the horizon {}", self.gebied.horizon),
                    )
                    .fix("take a year after both, or a later horizon"),
                );
                continue;
            }
            let regime = match regime {
                "OW_ZONDER" => Regime::OwZonder,
                "WRO" => Regime::Wro,
                _ => Regime::OwTijdvak,
            };
            if regime == Regime::OwZonder {
                if maximum.is_none() {
                    f.problem(
                        "maximum",
                        Problem::warning(
                            "no-maximum",
                            format!("kostenverhaal \"{id}\" has no maximum of recoverable costs, which an omgevingsplan without tijdvak must have (Ow 13.15 lid 1 onder a)"),
                        )
                        .fix("give maximum"),
                    );
                }
            } else {
                for (column, given) in [("raming", &raming), ("maximum", &maximum)] {
                    if given.is_some() {
                        f.problem(
                            column,
                            Problem::error(
                                "not-in-regime",
                                format!("kostenverhaal \"{id}\": {column} belongs to regime OW_ZONDER alone"),
                            )
                            .fix(format!("clear {column}, or take regime OW_ZONDER")),
                        );
                    }
                }
            }
            // What a regime does not know and would have no effect.
            let idle: &[&str] = if regime == Regime::OwZonder {
                &["aftrek", "vloer"]
            } else {
                &["maximum_aftopt"]
            };
            for column in idle {
                if f.empty(column) {
                    continue;
                }
                let text = format!("kostenverhaal \"{id}\": {column} has no effect in this regime");
                f.problem(
                    column,
                    Problem::warning("not-in-regime", text).fix(format!("clear {column}")),
                );
            }
            if b.geboekt.contains(&ontvanger) {
                f.problem(
                    "id",
                    Problem::warning(
                        "boekwaarde-not-recovered",
                        format!("kostenverhaal \"{id}\": what was spent before peildatum stands in the boekwaarde of its receiver, and is recovered from nobody: only lines count"),
                    )
                    .fix("give what was spent on recoverable works as realised amounts of their lines, instead of in table boekwaarde"),
                );
            }
            if regime == Regime::Wro {
                f.problem(
                    "regime",
                    Problem::warning(
                        "not-verified",
                        format!("kostenverhaal \"{id}\": the rules of the Wro are own knowledge, not verified [O]; they hold for an exploitatieplan whose ontwerp was published before 2024"),
                    )
                    .fix("have a jurist check them, or take regime OW_TIJDVAK"),
                );
            }
            self.verhaal.gebieden.push(Verhaalsgebied {
                id,
                regime,
                ontvanger,
                deelgebieden,
                rente,
                moment,
                beschikking,
                gewichtsfactor,
                per_post,
                vloer,
                tot_betaling,
                alleen_aansluiting,
                plankosten_in_beschikking,
                plankosten_maximum,
                raming,
                maximum,
                maximum_aftopt,
                eindafrekening,
                terugbetaalrente,
                place: row.place.clone(),
            });
        }
        self.overlap(b, problems);
    }

    /// A deelgebied lies in one area at most.
    fn overlap(&self, b: &Builder, problems: &mut Vec<Problem>) {
        let gebieden = &self.verhaal.gebieden;
        for (i, g) in gebieden.iter().enumerate() {
            for earlier in &gebieden[..i] {
                let shared = match (&earlier.deelgebieden, &g.deelgebieden) {
                    (Some(one), Some(other)) => one
                        .iter()
                        .find(|d| other.contains(d))
                        .map(|d| format!("deelgebied \"{}\"", b.deelgebieden[*d].deelgebied)),
                    _ => Some("everything that one of them does not name".into()),
                };
                if let Some(shared) = shared {
                    problems.push(
                        Problem::error(
                            "areas-overlap",
                            format!(
                                "{shared} lies in kostenverhaal \"{}\" and in \"{}\"",
                                earlier.id, g.id
                            ),
                        )
                        .at(&g.place)
                        .and(&earlier.place)
                        .fix("give each its own deelgebieden"),
                    );
                }
            }
        }
    }

    fn profijt(&mut self, problems: &mut Vec<Problem>) {
        let (table, rows) = rows(self.tables, "profijt");
        for row in rows {
            let mut f = Fields {
                table,
                row,
                problems,
            };
            let sleutel = f.text("sleutel");
            let begunstigde = f.text("begunstigde");
            let bestaand = f.choice("bestaand", &["ja", "nee"]) == Some("ja");
            let waarde = f.count("waarde");
            let (Some(sleutel), Some(begunstigde), Some(waarde)) = (sleutel, begunstigde, waarde)
            else {
                continue;
            };
            let key = name_key(&sleutel);
            let at = self
                .sleutels
                .iter()
                .position(|s| name_key(&s.naam) == key)
                .unwrap_or_else(|| {
                    self.sleutels.push(Sleutel {
                        naam: sleutel,
                        rijen: Vec::new(),
                        place: row.place.clone(),
                    });
                    self.sleutels.len() - 1
                });
            let s = &mut self.sleutels[at];
            if s.rijen
                .iter()
                .any(|(name, ..)| name_key(name) == name_key(&begunstigde))
            {
                let problem = Problem::error(
                    "duplicate-key",
                    format!("profijt \"{}\" names \"{begunstigde}\" twice", s.naam),
                )
                .fix("keep one of the two rows");
                f.problem("begunstigde", problem);
                continue;
            }
            s.rijen.push((begunstigde, bestaand, waarde));
        }
        for s in &self.sleutels {
            let total: Decimal = s.rijen.iter().map(|(_, _, q)| q.value).sum();
            if total.is_zero() {
                problems.push(
                    Problem::error(
                        "empty-key",
                        format!(
                            "profijt \"{}\" adds up to nothing: it can't spread a cost",
                            s.naam
                        ),
                    )
                    .at(&s.place)
                    .fix("give its rows a waarde"),
                );
            }
        }
    }

    /// The area that a deelgebied lies in.
    fn gebied_van(&self, deelgebied: Option<usize>) -> Option<usize> {
        self.verhaal
            .gebieden
            .iter()
            .position(|g| match (&g.deelgebieden, deelgebied) {
                (None, _) => true,
                (Some(own), Some(d)) => own.contains(&d),
                (Some(_), None) => false,
            })
    }

    fn eigendom(&mut self, b: &mut Builder, betalingen: &Betalingen, problems: &mut Vec<Problem>) {
        let (table, rows) = rows(self.tables, "eigendom");
        let mut percelen: HashMap<String, usize> = HashMap::new();
        for (i, row) in rows.enumerate() {
            if is_full(problems) {
                return;
            }
            let mut f = Fields {
                table,
                row,
                problems,
            };
            let id = f.text("id");
            let partij = b.reference(&mut f, "partij", "partijen");
            let perceel = f.text("perceel");
            let aandeel = f
                .share("aandeel")
                .unwrap_or_else(|| Quantity::made(Decimal::ONE));
            let deelgebied = b.reference(&mut f, "deelgebied", "deelgebieden");
            let named = f.text("kostenverhaal");
            let m2 = f.count("m2");
            let activiteit = f
                .choice("activiteit", &["a", "b", "c", "d", "e", "f"])
                .unwrap_or("a");
            let omvang = f.count("omvang");
            let maximum = f.count("maximum");
            let zekerheid = f.text("zekerheid").is_some();
            let beschikt = f.count("beschikt");
            let andere_kosten = f.count("andere_kosten");
            let overeenkomst = f.amount("overeenkomst");
            let post = f.text("overeenkomst_post");
            f.choice("basis", &["onteigening", "woz"]);
            f.text("bron");
            let inbreng = inbreng(&mut f, m2.as_ref());
            let (Some(id), Some(partij)) = (id, partij) else {
                continue;
            };
            if ["c", "d", "e", "f"].contains(&activiteit) && f.empty("omvang") {
                f.problem(
                    "omvang",
                    Problem::warning(
                        "size-unknown",
                        format!("eigendom \"{id}\": activiteit {activiteit} is liable from a size on (Ob 8.13), and omvang is empty: it counts as liable"),
                    )
                    .fix("give omvang: m2 bvo, or woonfuncties for activiteit e"),
                );
            }
            let names: Vec<&str> = self
                .verhaal
                .gebieden
                .iter()
                .map(|g| g.id.as_str())
                .collect();
            let gebied = match named {
                Some(name) => {
                    let found = position_of(names.iter().copied(), &name);
                    if found.is_none() {
                        onbekend(&mut f, "kostenverhaal", &name, &names, "kostenverhaal");
                        continue;
                    }
                    found
                }
                None => self
                    .gebied_van(deelgebied)
                    .or((names.len() == 1).then_some(0)),
            };
            if gebied.is_none() && !names.is_empty() {
                f.problem(
                    "kostenverhaal",
                    Problem::error(
                        "no-area",
                        format!("eigendom \"{id}\" lies in no kostenverhaalsgebied"),
                    )
                    .allowed(listed(names.iter().copied()))
                    .fix("name its kostenverhaal, or a deelgebied that lies in one"),
                );
                continue;
            }
            let of_deel = deelgebied.and_then(|_| self.gebied_van(deelgebied));
            if let (Some(g), Some(other)) = (gebied, of_deel)
                && g != other
            {
                f.problem(
                    "kostenverhaal",
                    Problem::error(
                        "area-conflict",
                        format!(
                            "eigendom \"{id}\" names kostenverhaal \"{}\", and its deelgebied lies in \"{}\"",
                            names[g], names[other]
                        ),
                    )
                    .fix("clear one of the two, or correct it"),
                );
                continue;
            }
            let zonder =
                gebied.is_some_and(|g| self.verhaal.gebieden[g].regime == Regime::OwZonder);
            let given = [
                ("maximum", maximum.is_some()),
                ("andere_kosten", andere_kosten.is_some()),
            ];
            for (column, _) in given.iter().filter(|(_, given)| *given) {
                if gebied.is_some() && !zonder {
                    let text = format!(
                        "eigendom \"{id}\": {column} belongs to regime OW_ZONDER: it has no effect"
                    );
                    let problem = Problem::warning("not-in-regime", text);
                    f.problem(column, problem.fix(format!("clear {column}")));
                }
            }
            if let (true, Some(most), Some(asked)) = (zonder, &maximum, &beschikt)
                && asked.value > most.value
            {
                f.problem(
                    "beschikt",
                    Problem::warning(
                        "above-maximum",
                        format!(
                            "eigendom \"{id}\": what was asked, {}, is above the maximum of its activity, {} (Ow 13.15 lid 2)",
                            dutch(asked.value, 2),
                            dutch(most.value, 2)
                        ),
                    )
                    .fix("correct one of the two"),
                );
            }
            let perceel = perceel.unwrap_or_else(|| id.clone());
            let perceel = *percelen.entry(name_key(&perceel)).or_insert_with(|| {
                self.verhaal.percelen.push(perceel);
                self.verhaal.percelen.len() - 1
            });
            // Another municipality is an owner as any.
            let ontvanger = gebied.map_or(HOOFD, |g| self.verhaal.gebieden[g].ontvanger);
            let gemeente = b.partijen[partij].rol == "gemeente"
                && [HOOFD, ontvanger]
                    .iter()
                    .any(|r| b.rekeningen[*r].partij == Some(partij));
            if beschikt.is_some() && (overeenkomst.is_some() || post.is_some()) {
                f.problem(
                    "beschikt",
                    Problem::error(
                        "agreement-and-order",
                        format!("eigendom \"{id}\" has a beschikking and an overeenkomst: the public route is off as far as a contract assures recovery (Ow 13.13)"),
                    )
                    .fix("keep one of the two"),
                );
                continue;
            }
            let charged = [
                ("overeenkomst_post", post.is_some()),
                ("overeenkomst", overeenkomst.is_some()),
                ("beschikt", beschikt.is_some()),
            ];
            if let Some((column, _)) = charged.iter().find(|(_, given)| gemeente && *given) {
                f.problem(
                    column,
                    Problem::error(
                        "own-land",
                        format!("eigendom \"{id}\" is the municipality's own land, which pays no kostenverhaal"),
                    )
                    .fix("clear it, or name another partij"),
                );
                continue;
            }
            let this = Eigendom {
                partij,
                gemeente,
                perceel,
                aandeel,
                m2,
                deelgebied,
                gebied,
                inbreng,
                activiteit,
                omvang,
                maximum,
                beschikt,
                andere_kosten,
                overeenkomst: None,
                lijn: None,
                werken: Vec::new(),
                place: row.place.clone(),
                id,
            };
            let betaling = betalingen.get(i).and_then(Option::as_ref);
            self.lijnen_van(
                b,
                &mut f,
                this,
                deelgebied,
                betaling,
                zekerheid,
                overeenkomst,
                post,
            );
        }
        self.aandelen(problems);
    }

    /// Adds the line by which an eigendom pays, and keeps it.
    fn lijnen_van(
        &mut self,
        b: &mut Builder,
        f: &mut Fields<'_>,
        mut this: Eigendom,
        deelgebied: Option<usize>,
        betaling: Option<&Vec<(Periode, Quantity)>>,
        zekerheid: bool,
        overeenkomst: Option<Quantity>,
        post: Option<String>,
    ) {
        let (stap, peil) = (self.gebied.tijdstap, self.gebied.peil);
        let area = this.gebied.map(|g| self.verhaal.gebieden[g].clone());
        let eigen = b.rekening(this.partij, "eigen");
        let ontvanger = area.as_ref().map_or(HOOFD, |g| g.ontvanger);
        let geboekt = [eigen, ontvanger].iter().any(|r| b.geboekt.contains(r));
        let beschikking = area
            .as_ref()
            .map_or_else(|| self.gebied.peil.year(stap), |g| g.beschikking);
        let gewichten = match betaling {
            Some(given) => given.clone(),
            None => {
                // What was asked or agreed may be paid before; what is calculated is still to come.
                let known = this.beschikt.is_some() || overeenkomst.is_some();
                let first = Periode::of_year(beschikking, stap);
                let when = if known { first } else { first.max(peil) };
                vec![(when, Quantity::made(Decimal::ONE))]
            }
        };
        let late = gewichten
            .iter()
            .find(|(p, _)| *p >= peil && p.year(stap) > beschikking)
            .filter(|_| betaling.is_some())
            .map(|(p, _)| p.label(stap));
        if let Some(late) = late
            && !zekerheid
            && !this.gemeente
        {
            f.problem(
                "betaling",
                Problem::warning(
                    "no-security",
                    format!("eigendom \"{}\" pays in {late}, after the beschikking in {beschikking}: that needs security (Ow 13.19)", this.id),
                )
                .fix("say in zekerheid what security there is, or pay at the beschikking"),
            );
        }
        // What was agreed is paid as it was agreed; a geldsom stands at contante waarde.
        let gegroeid = match area.as_ref().filter(|g| g.tot_betaling) {
            None => gewichten.clone(),
            Some(g) => gewichten
                .iter()
                .map(|(p, q)| (*p, gegroeid(q, *p, self.gebied, g)))
                .collect(),
        };
        let lijn = |bedrag: Bedrag, id: &str, word: &str, gewichten: &[(Periode, Quantity)]| Lijn {
            id: format!("{id} {word}"),
            rij: id.to_owned(),
            tabel: "eigendom",
            omschrijving: format!("{word} {id}"),
            groep: "Kostenverhaal".into(),
            deelgebied,
            index: None,
            van: eigen,
            naar: ontvanger,
            opgave: 0,
            maatregel: None,
            soort: Stroomsoort::Geld,
            rol: Rol::Verrekening,
            bedrag,
            verloop: Verloop {
                gewichten: gewichten.to_vec(),
                totaal: Totaal::Een,
            },
            realisatie: Vec::new(),
            raming: None,
            place: this.place.clone(),
        };
        if overeenkomst.is_some() && post.is_some() {
            f.problem(
                "overeenkomst_post",
                Problem::error(
                    "agreement-twice",
                    format!(
                        "eigendom \"{}\" has an overeenkomst and also the line that is it",
                        this.id
                    ),
                )
                .fix("fill one of the two, so that it counts once"),
            );
            return;
        }
        if let Some(post) = post {
            let found = self
                .lijnen
                .iter()
                .position(|l| l.tabel == "opbrengsten" && name_key(&l.rij) == name_key(&post));
            let Some(found) = found else {
                let names: Vec<&str> = self
                    .lijnen
                    .iter()
                    .filter(|l| l.tabel == "opbrengsten")
                    .map(|l| l.rij.as_str())
                    .collect();
                onbekend(f, "overeenkomst_post", &post, &names, "opbrengsten");
                return;
            };
            let same = |e: &Eigendom| e.overeenkomst == Some(Overeenkomst::Post(found));
            if let Some(other) = self.verhaal.eigendommen.iter().find(|e| same(e)) {
                f.problem(
                    "overeenkomst_post",
                    Problem::error(
                        "agreement-line-twice",
                        format!(
                            "line \"{post}\" is the agreement of \"{}\" already",
                            other.id
                        ),
                    )
                    .and(&other.place)
                    .fix("give each eigendom a line of its own, or hold both in one row"),
                );
                return;
            }
            let payer = self.lijnen[found].van;
            if b.rekeningen[payer].partij.is_some_and(|p| p != this.partij) {
                f.problem(
                    "overeenkomst_post",
                    Problem::error(
                        "other-payer",
                        format!("eigendom \"{}\": line \"{post}\" is paid by another party than its owner", this.id),
                    )
                    .and(&self.lijnen[found].place)
                    .fix("name the owner as betaler of that line, or another line"),
                );
                return;
            }
            if payer == BUITEN {
                // The workbook's row has no payer: the owner is.
                self.lijnen[found].van = eigen;
            }
            this.overeenkomst = Some(Overeenkomst::Post(found));
        } else if let Some(amount) = overeenkomst {
            let whole = lijn(
                Bedrag::Product(vec![Factor {
                    kolom: "bedrag",
                    waarde: amount.clone(),
                }]),
                &this.id,
                "overeenkomst",
                &gewichten,
            );
            let paid = betaald(whole, &amount, peil);
            this.overeenkomst = Some(Overeenkomst::Bedrag(self.lijnen.len()));
            if geboekt && !paid.realisatie.is_empty() {
                // All of it counts as recovered; what was paid before is in the boekwaarde, and no flow of its own.
                let mut ahead = paid.clone();
                ahead.realisatie = Vec::new();
                self.lijnen.push(Lijn {
                    id: format!("{} geheel", paid.id),
                    soort: Stroomsoort::Raming,
                    ..paid
                });
                self.lijnen.push(ahead);
            } else {
                self.lijnen.push(paid);
            }
        } else if area.is_some() && !this.gemeente && eigen != ontvanger {
            this.lijn = Some(self.lijnen.len());
            let nth = self.verhaal.eigendommen.len();
            let word = "kostenverhaal";
            if let Some(asked) = &this.beschikt {
                // A beschikking is paid as it stands: its amount is not one at contante waarde.
                let due = Bedrag::Product(vec![Factor {
                    kolom: "bedrag",
                    waarde: asked.clone(),
                }]);
                let mut paid = betaald(lijn(due, &this.id, word, &gewichten), asked, peil);
                if geboekt {
                    paid.realisatie = Vec::new();
                }
                self.lijnen.push(paid);
            } else {
                let past = gewichten.iter().find(|(p, _)| *p < peil);
                if let Some((p, _)) = past {
                    f.problem(
                        "betaling",
                        Problem::error(
                            "paid-before",
                            format!("eigendom \"{}\" pays in {}, before peildatum, and beschikt is empty: a payment of the past is known", this.id, p.label(stap)),
                        )
                        .fix("give what was asked in beschikt, or the period from peildatum on in betaling"),
                    );
                    return;
                }
                let due = Bedrag::Verrekend(Verrekening::Geldsom(nth));
                self.lijnen.push(lijn(due, &this.id, word, &gegroeid));
            }
            if let (Some(g), Some(_)) = (area.as_ref(), &this.beschikt)
                && let Some(year) = g.eindafrekening
            {
                let mut back = lijn(
                    Bedrag::Verrekend(Verrekening::Terugbetaling(nth)),
                    &this.id,
                    "terugbetaling",
                    &[],
                );
                (back.van, back.naar) = (back.naar, back.van);
                back.verloop.gewichten = vec![(
                    Periode::of_year(year, stap),
                    rente_op_terugbetaling(&gewichten, year, self.gebied, g),
                )];
                self.lijnen.push(back);
            }
        }
        self.verhaal.eigendommen.push(this);
    }

    /// What was agreed counts as recovered.
    fn overeenkomsten(&mut self) {
        for e in 0..self.verhaal.eigendommen.len() {
            let this = &self.verhaal.eigendommen[e];
            if let (Some(gebied), Some(Overeenkomst::Bedrag(lijn) | Overeenkomst::Post(lijn))) =
                (this.gebied, &this.overeenkomst)
            {
                let lijn = *lijn;
                self.post(lijn, gebied, Postsoort::Overeenkomst(e), None, None);
            }
        }
    }

    /// The shares of a perceel add up to one.
    fn aandelen(&self, problems: &mut Vec<Problem>) {
        for (p, naam) in self.verhaal.percelen.iter().enumerate() {
            let mine: Vec<&Eigendom> = self
                .verhaal
                .eigendommen
                .iter()
                .filter(|e| e.perceel == p)
                .collect();
            let total: Decimal = mine.iter().map(|e| e.aandeel.value).sum();
            if let Some(first) = mine.first()
                && (total - Decimal::ONE).abs() > Decimal::new(1, 9)
            {
                problems.push(
                    Problem::error(
                        "shares-total",
                        format!(
                            "the shares of perceel \"{naam}\" add up to {}%, not to 100%",
                            (total * Decimal::ONE_HUNDRED).round_dp(6).normalize()
                        ),
                    )
                    .at(first.aandeel.place.as_ref().unwrap_or(&first.place))
                    .fix("correct aandeel of its rows in table eigendom"),
                );
            }
            if let Some(other) = mine.iter().find(|e| e.gebied != mine[0].gebied) {
                problems.push(
                    Problem::error(
                        "perceel-in-two-areas",
                        format!("perceel \"{naam}\" lies in two kostenverhaalsgebieden"),
                    )
                    .at(&other.place)
                    .and(&mine[0].place)
                    .fix("give all its rows one kostenverhaal"),
                );
            }
        }
    }

    /// Which lines count, and as what.
    fn posten(&mut self, b: &Builder, problems: &mut Vec<Problem>) {
        let line_of: HashMap<(&'static str, String), usize> = self
            .lijnen
            .iter()
            .enumerate()
            .map(|(i, l)| ((l.tabel, name_key(&l.rij)), i))
            .collect();
        for name in ["kosten", "opbrengsten", "programma"] {
            let (table, rows) = rows(self.tables, name);
            for row in rows {
                if is_full(problems) {
                    return;
                }
                let mut f = Fields {
                    table,
                    row,
                    problems,
                };
                let id = text_of(table.get(row, "id"));
                let lijn = id.and_then(|id| line_of.get(&(name, name_key(id))).copied());
                let Some(lijn) = lijn else { continue };
                match name {
                    "kosten" => self.kosten(b, &mut f, row, lijn),
                    "opbrengsten" if !f.empty("perceel") => self.programma(b, &mut f, lijn),
                    "opbrengsten" => {
                        let part = f.share("in_mindering");
                        let gebied = self.gebied_van(self.lijnen[lijn].deelgebied);
                        if let Some(part) = part.filter(|q| !q.value.is_zero()) {
                            if let Some(e) = self.overeenkomst_op(lijn) {
                                let text = format!(
                                    "{}: it is the agreement of eigendom \"{}\" and a contribution to the costs",
                                    f.name(),
                                    e.id
                                );
                                f.problem(
                                    "in_mindering",
                                    Problem::error("agreement-and-contribution", text)
                                        .and(&e.place)
                                        .fix("clear in_mindering, or overeenkomst_post of that eigendom: an amount counts once"),
                                );
                                continue;
                            }
                            let Some(gebied) = gebied else {
                                geen_gebied(
                                    &mut f,
                                    "in_mindering",
                                    !self.verhaal.gebieden.is_empty(),
                                );
                                continue;
                            };
                            self.post(lijn, gebied, Postsoort::Bijdrage, Some(part), None);
                        }
                    }
                    _ => self.programma(b, &mut f, lijn),
                }
            }
        }
    }

    /// The eigendom whose agreement a line is.
    fn overeenkomst_op(&self, lijn: usize) -> Option<&Eigendom> {
        let mut all = self.verhaal.eigendommen.iter();
        all.find(|e| e.overeenkomst == Some(Overeenkomst::Post(lijn)))
    }

    fn post(
        &mut self,
        lijn: usize,
        gebied: usize,
        soort: Postsoort,
        deel: Option<Quantity>,
        profijt: Option<(Quantity, Vec<Quantity>)>,
    ) {
        self.verhaal.posten.push(Verhaalspost {
            lijn,
            gebied,
            soort,
            deel,
            profijt,
        });
    }

    fn programma(&mut self, b: &Builder, f: &mut Fields<'_>, lijn: usize) {
        let perceel = f.text("perceel");
        let own = f.table.schema.name == "programma";
        let words = if own {
            ["functie", "segment"].as_slice()
        } else {
            ["soort"].as_slice()
        };
        let given = if own { f.text("categorie") } else { None };
        let categorie = given.unwrap_or_else(|| {
            let words: Vec<String> = words.iter().filter_map(|w| f.text(w)).collect();
            words.join(" ")
        });
        if !own && !f.empty("in_mindering") {
            f.problem(
                "in_mindering",
                Problem::error(
                    "land-and-contribution",
                    format!(
                        "{}: it is opbrengst of a perceel and a contribution to the costs",
                        f.name()
                    ),
                )
                .fix("keep perceel or in_mindering"),
            );
            return;
        }
        let found = perceel.as_deref().map(|text| {
            position_of(self.verhaal.percelen.iter().map(String::as_str), text).ok_or(text)
        });
        let perceel = match found {
            None => None,
            Some(Ok(p)) => Some(p),
            Some(Err(text)) => {
                let text = text.to_owned();
                let names: Vec<&str> = self.verhaal.percelen.iter().map(String::as_str).collect();
                onbekend(f, "perceel", &text, &names, "eigendom");
                return;
            }
        };
        let of_perceel = perceel.and_then(|p| {
            self.verhaal
                .eigendommen
                .iter()
                .find(|e| e.perceel == p)
                .and_then(|e| e.gebied)
        });
        let Some(gebied) = of_perceel.or_else(|| self.gebied_van(self.lijnen[lijn].deelgebied))
        else {
            return;
        };
        self.verkoper(b, f, lijn, gebied, perceel);
        // Without words of its own a line is a category by itself.
        let categorie = if categorie.is_empty() {
            self.lijnen[lijn].id.clone()
        } else {
            categorie
        };
        let names = &mut self.verhaal.categorieen;
        let at = names
            .iter()
            .position(|n| name_key(n) == name_key(&categorie))
            .unwrap_or_else(|| {
                names.push(categorie);
                names.len() - 1
            });
        self.post(lijn, gebied, Postsoort::Opbrengst(perceel, at), None, None);
        self.tellingen.push(Telling {
            gebied,
            categorie: at,
            eenheid: f.text("eenheid"),
            geteld: eenheden(&self.lijnen[lijn]).is_some(),
            place: f.row.place.clone(),
        });
    }

    /// A gewichtsfactor is opbrengst per unit: a category counts one kind of unit, and each of its lines has a number.
    fn eenheden(&self, problems: &mut Vec<Problem>) {
        for (i, t) in self.tellingen.iter().enumerate() {
            let earlier = self.tellingen[..i].iter().find(|e| {
                let units = e.eenheid.as_ref().zip(t.eenheid.as_ref());
                (e.gebied, e.categorie) == (t.gebied, t.categorie)
                    && units.is_some_and(|(a, b)| name_key(a) != name_key(b))
            });
            let g = &self.verhaal.gebieden[t.gebied];
            let category = &self.verhaal.categorieen[t.categorie];
            let (what, also, fix) = if let Some(e) = earlier {
                let (one, other) = (e.eenheid.as_deref(), t.eenheid.as_deref());
                (
                    format!(
                        "counts {} and {}",
                        one.unwrap_or_default(),
                        other.unwrap_or_default()
                    ),
                    Some(&e.place),
                    "give each unit a categorie of its own",
                )
            } else if t.geteld {
                continue;
            } else {
                let fix = "give that line prijs and hoeveelheid instead of bedrag";
                ("has a line without a number of units".to_owned(), None, fix)
            };
            // A line that is a category by itself has one weight, whatever it counts.
            let alone = self
                .tellingen
                .iter()
                .filter(|e| (e.gebied, e.categorie) == (t.gebied, t.categorie))
                .count()
                == 1;
            if !g.gewichtsfactor && (alone || earlier.is_none()) {
                continue;
            }
            let text = format!(
                "category \"{category}\" of kostenverhaal \"{}\" {what}",
                g.id
            );
            let mut problem = if g.gewichtsfactor {
                Problem::error(
                    "category-units",
                    format!("{text}: its gewichtsfactor would spread wrong"),
                )
            } else {
                Problem::warning(
                    "category-units",
                    format!(
                        "{text}: the figures by gewichtsfactor, which are shown beside, say nothing"
                    ),
                )
            }
            .at(&t.place)
            .fix(fix);
            if let Some(place) = also {
                problem = problem.and(place);
            }
            problems.push(problem);
        }
    }

    /// What an area rests on that is not in the text of the law: one warning with the mark of each.
    fn keuzes(&self, problems: &mut Vec<Problem>) {
        for (i, g) in self.verhaal.gebieden.iter().enumerate() {
            let mine = || {
                self.verhaal
                    .eigendommen
                    .iter()
                    .filter(|e| e.gebied == Some(i))
            };
            let stap = self.gebied.tijdstap;
            let zonder = g.regime == Regime::OwZonder;
            let mut all: Vec<String> = Vec::new();
            if !g.rente.value.is_zero() {
                let word = match g.moment {
                    Kasstroommoment::Begin => "begin",
                    Kasstroommoment::Midden => "midden",
                    Kasstroommoment::Eind => "eind",
                };
                all.push(format!("moment = {word} [C]"));
                let later = mine().filter_map(|e| e.lijn).any(|l| {
                    let lijn = &self.lijnen[l];
                    let when = g.waardeperiode(self.gebied).year(stap);
                    matches!(lijn.bedrag, Bedrag::Verrekend(_))
                        && lijn
                            .verloop
                            .gewichten
                            .iter()
                            .any(|(p, _)| p.year(stap) > when)
                });
                if later {
                    let word = if g.tot_betaling { "ja" } else { "nee" };
                    all.push(format!("rente_tot_betaling = {word} [C]"));
                }
            }
            if g.gewichtsfactor && g.regime != Regime::Wro {
                all.push("methode = gewichtsfactor [O]".to_owned());
            }
            if !zonder && mine().any(|e| e.werken.len() > 1) {
                let word = if g.per_post { "per_post" } else { "totaal" };
                all.push(format!("aftrek = {word} [C]"));
            }
            if g.maximum_aftopt && g.maximum.is_some() {
                all.push("maximum_aftopt = ja [C]".to_owned());
            }
            let posten = || self.verhaal.posten.iter().filter(|p| p.gebied == i);
            if posten().any(|p| p.profijt.is_some()) {
                all.push("the formula of profijt [C]".to_owned());
            }
            if !g.plankosten_in_beschikking
                && posten().any(|p| matches!(p.soort, Postsoort::Kosten(k) if is_plankosten(k)))
            {
                all.push("plankosten_in = fasering, against Or 13.6 [V]".to_owned());
            }
            if g.eindafrekening.is_some() && mine().any(|e| e.beschikt.is_some()) {
                let rate = g
                    .terugbetaalrente
                    .as_ref()
                    .map_or(Decimal::ZERO, |q| q.value);
                let rate = (rate * Decimal::ONE_HUNDRED).normalize();
                all.push(format!("terugbetaalrente = {rate}%, compound [C]"));
            }
            if all.is_empty() || mine().next().is_none() {
                continue;
            }
            problems.push(
                Problem::warning(
                    "not-in-law",
                    format!(
                        "kostenverhaal \"{}\" rests on choices that the text of the law does not make: {}",
                        g.id,
                        all.join(", ")
                    ),
                )
                .at(&g.place)
                .fix("none needed when a jurist agrees; docs/rules/kostenverhaal.md says what each does"),
            );
        }
    }

    /// Warns when who sells a line and whose land it is on do not fit.
    fn verkoper(
        &self,
        b: &Builder,
        f: &mut Fields<'_>,
        lijn: usize,
        gebied: usize,
        perceel: Option<usize>,
    ) {
        let seller = b.rekeningen[self.lijnen[lijn].naar].partij;
        let Some(seller) = seller else { return };
        let all = || self.verhaal.eigendommen.iter();
        let naam = &b.partijen[seller].partij;
        let name = f.name();
        match perceel {
            None => {
                let own =
                    all().find(|e| e.gebied == Some(gebied) && e.partij == seller && !e.gemeente);
                if let Some(own) = own {
                    let text = format!(
                        "{name} is sold by \"{naam}\", who owns land in the area, and has no perceel: it counts as built on the municipality's land"
                    );
                    f.problem(
                        "perceel",
                        Problem::warning("seller-without-perceel", text)
                            .and(&own.place)
                            .fix(format!(
                                "write perceel = \"{}\", or the right one",
                                self.verhaal.percelen[own.perceel]
                            )),
                    );
                }
            }
            Some(perceel) => {
                if all().any(|e| e.perceel == perceel && e.partij == seller) {
                    return;
                }
                let Some(own) = all().find(|e| e.perceel == perceel) else {
                    return;
                };
                let text = format!(
                    "{name} is on land of \"{}\", and its price goes to \"{naam}\"",
                    b.partijen[own.partij].partij
                );
                f.problem(
                    "partij",
                    Problem::warning("price-elsewhere", text)
                        .and(&own.place)
                        .fix("name the owner as partij of the row, or correct perceel"),
                );
            }
        }
    }

    /// Whether the account that receives in an area pays a line.
    fn draagt(&self, lijn: usize, gebied: usize) -> bool {
        self.lijnen[lijn].van == self.verhaal.gebieden[gebied].ontvanger
    }

    /// Warns when a cost that is recovered is not the receiver's, or counts in another way already.
    fn gemaakt_door(
        &self,
        b: &Builder,
        f: &mut Fields<'_>,
        lijn: usize,
        soort: usize,
        areas: &[(usize, Profijt)],
    ) {
        let payer = b.rekeningen[self.lijnen[lijn].van].partij;
        let name = f.name();
        for (g, _) in areas {
            let area = &self.verhaal.gebieden[*g];
            let receiver = b.rekeningen[area.ontvanger].partij;
            if payer != receiver {
                let who = |p: Option<usize>| p.map_or("buiten", |p| b.partijen[p].partij.as_str());
                let text = format!(
                    "{name}: \"{}\" pays it, and what owners pay of it goes to \"{}\"",
                    who(payer),
                    who(receiver)
                );
                f.problem(
                    "kostensoort",
                    Problem::warning("cost-of-another", text)
                        .and(&area.place)
                        .fix("name in eigendom whose work it is, let the receiver pay it, or clear kostensoort"),
                );
            }
            let code = KOSTENSOORTEN[soort];
            let held = self.verhaal.eigendommen.iter().find(|e| {
                e.gemeente && e.gebied == Some(*g) && soort >= TABEL_B && e.inbreng.telt(soort)
            });
            if let Some(held) = held {
                f.problem(
                    "kostensoort",
                    Problem::warning(
                        "land-twice",
                        format!(
                            "{name}: {code} counts beside the inbrengwaarde of the municipality's \"{}\", which holds it already if it is the same land (Ob 8.17)",
                            held.id
                        ),
                    )
                    .and(&held.place)
                    .fix("clear kostensoort, or the inbrengwaarde"),
                );
            }
            if code == "A13" && !area.rente.value.is_zero() {
                f.problem(
                    "kostensoort",
                    Problem::warning(
                        "rente-twice",
                        format!("{name}: rente is a cost here, and costs are discounted at rente too: that may count it twice [C]"),
                    )
                    .and(&area.place)
                    .fix("clear kostensoort, or set rente of the area to 0"),
                );
            }
        }
    }

    /// The line as which a cost counts in an area: plankosten as if they were all made in the year of the beschikking (Or 13.6), at the
    /// index of that year. What was made before peildatum keeps its own value, and a beschikking of before counts as one at peildatum.
    fn telt_als(&mut self, lijn: usize, gebied: usize, soort: usize) -> usize {
        let g = &self.verhaal.gebieden[gebied];
        let (stap, peil) = (self.gebied.tijdstap, self.gebied.peil);
        let all = &self.lijnen[lijn].verloop.gewichten;
        let year = g.beschikking.max(peil.year(stap));
        if !g.plankosten_in_beschikking
            || !is_plankosten(soort)
            || all.iter().all(|(p, _)| p.year(stap) == year)
        {
            return lijn;
        }
        let whole: Exact = all
            .iter()
            .fold(Exact::ZERO, |sum, (_, q)| sum + Exact::from(q.value));
        let Some(whole) = whole.0 else { return lijn };
        let mut copy = self.lijnen[lijn].clone();
        copy.id = format!("{} in {year}", copy.id);
        copy.omschrijving = format!("{} in {year}", copy.omschrijving);
        copy.soort = Stroomsoort::Raming;
        copy.rol = Rol::Verrekening;
        // A delay of the works does not move the beschikking.
        copy.deelgebied = None;
        copy.verloop.gewichten = vec![(
            Periode::of_year(year, stap).max(peil),
            Quantity::made(whole),
        )];
        copy.raming = None;
        self.lijnen.push(copy);
        self.lijnen.len() - 1
    }

    /// What of a line with a kostensoort falls on others than the areas: the receiver's own.
    fn elders(
        &mut self,
        lijn: usize,
        home: Option<usize>,
        deel: Option<&Quantity>,
        areas: &[(usize, Profijt)],
    ) {
        let Some(gebied) = home.or_else(|| areas.first().map(|(g, _)| *g)) else {
            return;
        };
        let profijt = match areas {
            [(_, one)] => one.clone(),
            many => many
                .iter()
                .try_fold(Decimal::ZERO, |sum, (_, p)| Some(sum + p.as_ref()?.0.value))
                .zip(many.first().and_then(|(_, p)| p.as_ref()))
                .map(|(own, (_, all))| (Quantity::made(own), all.clone())),
        };
        if (deel.is_some() || profijt.is_some()) && self.draagt(lijn, gebied) {
            self.post(lijn, gebied, Postsoort::Elders, deel.cloned(), profijt);
        }
    }

    fn kosten(&mut self, b: &Builder, f: &mut Fields<'_>, row: &Row, lijn: usize) {
        let code = f.text("kostensoort");
        let toerekenbaar = f.share("toerekenbaar");
        let sleutel = f.text("profijt");
        let eigendom = f.text("eigendom");
        let raming = f.amount("raming_verhaal");
        let product = f.choice("plankosten_product", PLANKOSTENPRODUCTEN);
        if self.verhaal.gebieden.is_empty() {
            return;
        }
        let Some(code) = code else {
            let columns = [
                "toerekenbaar",
                "profijt",
                "eigendom",
                "raming_verhaal",
                "plankosten_product",
            ];
            for column in columns {
                if !f.empty(column) {
                    let name = f.name();
                    f.problem(
                        column,
                        Problem::error(
                            "no-kostensoort",
                            format!("{name}: {column} is given, but kostensoort is empty: it is not recovered"),
                        )
                        .fix(format!("give kostensoort, or clear {column}")),
                    );
                    return;
                }
            }
            if let Some(home) = self.gebied_van(self.lijnen[lijn].deelgebied)
                && self.draagt(lijn, home)
            {
                self.post(lijn, home, Postsoort::Onverhaalbaar, None, None);
            }
            return;
        };
        let Some(soort) = kostensoort(&code) else {
            f.problem(
                "kostensoort",
                Problem::error(
                    "unknown-kostensoort",
                    format!(
                        "{}: \"{code}\" is no code of Omgevingsbesluit bijlage IV",
                        f.name()
                    ),
                )
                .allowed("A1 to A14 and B1 to B4; a part after it, as in A8.1, is allowed")
                .fix("take the code of the list, or clear it when the cost is not recoverable"),
            );
            return;
        };
        let home = self.gebied_van(self.lijnen[lijn].deelgebied);
        let areas: Vec<(usize, Profijt)> = match &sleutel {
            None => {
                let Some(home) = home else {
                    geen_gebied(f, "kostensoort", true);
                    return;
                };
                vec![(home, None)]
            }
            Some(name) => {
                let names: Vec<&str> = self.sleutels.iter().map(|s| s.naam.as_str()).collect();
                let Some(s) = position_of(names.iter().copied(), name) else {
                    onbekend(f, "profijt", name, &names, "profijt");
                    return;
                };
                let s = &self.sleutels[s];
                let all: Vec<Quantity> = s.rijen.iter().map(|(_, _, q)| q.clone()).collect();
                if let (Some(part), Some((city, ..))) = (
                    toerekenbaar.as_ref().filter(|q| q.value < Decimal::ONE),
                    s.rijen.iter().find(|(_, existing, _)| *existing),
                ) {
                    let part = (part.value * Decimal::ONE_HUNDRED).normalize();
                    f.problem(
                        "toerekenbaar",
                        Problem::error(
                            "city-twice",
                            format!("{}: toerekenbaar is {part}% and key \"{}\" holds \"{city}\" too: the existing city would be taken off twice", f.name(), s.naam),
                        )
                        .and(&s.place)
                        .fix("leave toerekenbaar empty, or take the existing city out of the key"),
                    );
                    return;
                }
                let gebieden = &self.verhaal.gebieden;
                let found: Vec<_> = s
                    .rijen
                    .iter()
                    .filter_map(|(name, _, q)| {
                        let g = position_of(gebieden.iter().map(|g| g.id.as_str()), name)?;
                        Some((g, Some((q.clone(), all.clone()))))
                    })
                    .collect();
                if found.is_empty() {
                    let names: Vec<&str> = gebieden.iter().map(|g| g.id.as_str()).collect();
                    f.problem(
                        "profijt",
                        Problem::error(
                            "key-without-area",
                            format!(
                                "{}: no begunstigde of key \"{}\" is a kostenverhaalsgebied",
                                f.name(),
                                s.naam
                            ),
                        )
                        .allowed(listed(names.iter().copied()))
                        .and(&s.place)
                        .fix("name one of these as begunstigde"),
                    );
                    return;
                }
                found
            }
        };
        let owner = match &eigendom {
            None => None,
            Some(name) => {
                let found =
                    position_of(self.verhaal.eigendommen.iter().map(|e| e.id.as_str()), name);
                if found.is_none() {
                    let names: Vec<&str> = self
                        .verhaal
                        .eigendommen
                        .iter()
                        .map(|e| e.id.as_str())
                        .collect();
                    onbekend(f, "eigendom", name, &names, "eigendom");
                    return;
                }
                found
            }
        };
        if let Some(e) = owner {
            let payer = b.rekeningen[self.lijnen[lijn].van].partij;
            let e_ = &self.verhaal.eigendommen[e];
            if payer != Some(e_.partij) {
                f.problem(
                    "eigendom",
                    Problem::error(
                        "other-payer",
                        format!(
                            "{}: it is work of the owner of \"{}\", but another party pays it",
                            f.name(),
                            e_.id
                        ),
                    )
                    .and(&e_.place)
                    .fix("name the owner as partij, or clear eigendom"),
                );
                return;
            }
            if sleutel.is_some() || areas.iter().any(|(g, _)| Some(*g) != e_.gebied) {
                f.problem(
                    "eigendom",
                    Problem::error(
                        "own-work-elsewhere",
                        format!("{}: work of an owner counts in the area of his eigendom, without a key", f.name()),
                    )
                    .fix("clear profijt, and put the line in a deelgebied of that area"),
                );
                return;
            }
        } else if raming.is_some() {
            f.problem(
                "raming_verhaal",
                Problem::error(
                    "no-eigendom",
                    format!("{}: raming_verhaal is for work that an owner carries out, and eigendom is empty", f.name()),
                )
                .fix("name the eigendom, or clear raming_verhaal"),
            );
            return;
        }
        self.elders(lijn, home, toerekenbaar.as_ref(), &areas);
        if let Some(e) = owner
            && soort > TABEL_B
            && self.verhaal.eigendommen[e].inbreng.houdt(soort)
        {
            let held = &self.verhaal.eigendommen[e];
            f.problem(
                "kostensoort",
                Problem::error(
                    "cost-in-inbrengwaarde",
                    format!(
                        "{}: {} of eigendom \"{}\" is in its inbrengwaarde already (Ob 8.17)",
                        f.name(),
                        KOSTENSOORTEN[soort],
                        held.id
                    ),
                )
                .and(&held.place)
                .fix("clear kostensoort, or take it out of the inbrengwaarde"),
            );
            return;
        }
        if owner.is_none() {
            self.gemaakt_door(b, f, lijn, soort, &areas);
        } else if areas
            .iter()
            .any(|(g, _)| self.verhaal.gebieden[*g].regime == Regime::OwZonder)
        {
            let text = format!(
                "{}: it counts in the costs of the area, and without tijdvak an owner deducts nothing for his own work (Ow 13.18 lid 2)",
                f.name()
            );
            f.problem(
                "eigendom",
                Problem::warning("not-in-regime", text).fix(
                    "clear kostensoort when it is not to be spread, or take regime OW_TIJDVAK",
                ),
            );
        }
        let own_plans = owner.is_some() && is_plankosten(soort);
        let regime = areas.first().map(|(g, _)| self.verhaal.gebieden[*g].regime);
        let deducts = own_plans && regime == Some(Regime::OwTijdvak);
        if let Some(problem) = match product {
            Some(_) if !deducts => Some(
                Problem::warning(
                    "not-in-regime",
                    format!("{}: plankosten_product is for plankosten (A1, A10) that an owner makes himself in an area with tijdvak (Or 13.8): it has no effect", f.name()),
                )
                .fix("clear plankosten_product"),
            ),
            None if deducts => Some(
                Problem::warning(
                    "plankosten-deducted",
                    format!("{}: an owner deducts his plankosten to 60, 80 or 90% of their maximum, by product (Or 13.8), and here to all of the raming", f.name()),
                )
                .allowed(listed(PLANKOSTENPRODUCTEN.iter().copied()))
                .fix("give plankosten_product"),
            ),
            _ => None,
        } {
            f.problem("plankosten_product", problem);
        }
        let zelfrealisatie = product.filter(|_| deducts).map(|p| match p {
            "1.1a-b" => "plankosten.zelfrealisatie_1_1",
            "2.3a-d" => "plankosten.zelfrealisatie_2_3",
            _ => "plankosten.zelfrealisatie_rest",
        });
        for (g, profijt) in areas {
            if self.verhaal.gebieden[g].regime == Regime::OwZonder && soort >= TABEL_B {
                f.problem(
                    "kostensoort",
                    Problem::warning(
                        "not-in-regime",
                        format!("{}: {} is of table B, which is not recovered without tijdvak: it does not count", f.name(), KOSTENSOORTEN[soort]),
                    )
                    .fix("clear kostensoort, or take regime OW_TIJDVAK"),
                );
                continue;
            }
            let telt = self.telt_als(lijn, g, soort);
            let Some(e) = owner else {
                let mut post = |lijn: usize, soort: Postsoort| {
                    self.post(lijn, g, soort, toerekenbaar.clone(), profijt.clone());
                };
                post(telt, Postsoort::Kosten(soort));
                if telt != lijn {
                    post(lijn, Postsoort::Gemaakt);
                    post(telt, Postsoort::Geraamd);
                }
                continue;
            };
            let nth = self.verhaal.eigendommen[e].werken.len();
            let estimate = raming.clone().map(|amount| {
                let place = row.place.clone();
                let mut copy = self.lijnen[telt].clone();
                copy.id = format!("{} raming", self.lijnen[lijn].id);
                copy.omschrijving = format!("raming {}", self.lijnen[lijn].omschrijving);
                copy.soort = Stroomsoort::Raming;
                copy.rol = Rol::Verrekening;
                copy.bedrag = Bedrag::Product(vec![Factor {
                    kolom: "bedrag",
                    waarde: amount,
                }]);
                copy.raming = None;
                copy.realisatie = Vec::new();
                copy.place = place;
                self.lijnen.push(copy);
                self.lijnen.len() - 1
            });
            self.verhaal.eigendommen[e].werken.push(Werk {
                lijn,
                raming: estimate,
                kostensoort: soort,
                zelfrealisatie,
            });
            self.post(
                telt,
                g,
                Postsoort::Eigen(e, nth),
                toerekenbaar.clone(),
                None,
            );
            if let Some(estimate) = estimate {
                self.post(
                    estimate,
                    g,
                    Postsoort::Raming(e, nth),
                    toerekenbaar.clone(),
                    None,
                );
            }
        }
    }
}

/// A line of which what falls before peildatum was paid: a realised amount.
fn betaald(mut lijn: Lijn, bedrag: &Quantity, peil: Periode) -> Lijn {
    let (past, ahead): (Vec<_>, Vec<_>) = lijn
        .verloop
        .gewichten
        .into_iter()
        .partition(|(p, _)| *p < peil);
    lijn.verloop.gewichten = ahead;
    lijn.realisatie = past
        .into_iter()
        .map(|(p, share)| {
            let paid = Exact::from(bedrag.value) * Exact::from(share.value);
            let paid = Quantity {
                value: paid.0.unwrap_or(bedrag.value),
                place: bedrag.place.clone(),
            };
            (p, paid)
        })
        .collect();
    lijn
}

/// A share of what is due, grown with rente from the date of valuation to its period: the opposite of contante waarde (rules chapter 8,
/// point 2).
fn gegroeid(share: &Quantity, when: Periode, gebied: &Gebied, area: &Verhaalsgebied) -> Quantity {
    let van = area.waardeperiode(gebied);
    gegroeid_tot(share, (van, when), gebied, area.moment, &area.rente)
}

/// The same from any period at any rate, of an amount that falls at a moment in its period.
pub(super) fn gegroeid_tot(
    share: &Quantity,
    (van, when): (Periode, Periode),
    gebied: &Gebied,
    moment: Kasstroommoment,
    rente: &Quantity,
) -> Quantity {
    let moment = match moment {
        Kasstroommoment::Begin => Decimal::ZERO,
        Kasstroommoment::Midden => Decimal::new(5, 1),
        Kasstroommoment::Eind => Decimal::ONE,
    };
    let years =
        (Decimal::from(when.0 - van.0) + moment) / Decimal::from(gebied.tijdstap.per_year());
    let grown = Exact::from(share.value) * Exact::from(Decimal::ONE + rente.value).power(years);
    Quantity {
        value: grown.0.unwrap_or(share.value),
        place: rente.place.clone(),
    }
}

/// What a repayment of one grows to by the eindafrekening: rente from every payment on (Ow 13.20(2); rate and compounding \[C\]).
fn rente_op_terugbetaling(
    gewichten: &[(Periode, Quantity)],
    year: i32,
    gebied: &Gebied,
    area: &Verhaalsgebied,
) -> Quantity {
    let stap = gebied.tijdstap;
    let Some(rate) = &area.terugbetaalrente else {
        return Quantity::made(Decimal::ONE);
    };
    let end = Periode::of_year(year, stap).0;
    let grown = gewichten.iter().fold(Exact::ZERO, |sum, (p, q)| {
        let years = Decimal::from((end - p.0).max(0)) / Decimal::from(stap.per_year());
        sum + Exact::from(q.value) * Exact::from(Decimal::ONE + rate.value).power(years)
    });
    Quantity {
        value: grown.0.unwrap_or(Decimal::ONE),
        place: rate.place.clone(),
    }
}

/// Says that what should count in an area lies in none.
fn geen_gebied(f: &mut Fields<'_>, column: &str, any: bool) {
    let problem = Problem::error(
        "no-area",
        format!("{} lies in no kostenverhaalsgebied", f.name()),
    );
    f.problem(
        column,
        problem.fix(if any {
            "name a deelgebied that lies in one, spread it with a key of table profijt, or clear it"
        } else {
            "add a row to table kostenverhaal, or clear it"
        }),
    );
}

/// The inbrengwaarde of a row: a whole, or parts.
fn inbreng(f: &mut Fields<'_>, m2: Option<&Quantity>) -> Inbreng {
    let whole = f.amount("inbrengwaarde");
    let land = f.amount("grond_m2");
    let names = ["opstallen", "vrijmaken", "slopen", "saneren"];
    let parts = names.map(|c| f.amount(c));
    if whole.is_some()
        && let Some(column) = names
            .into_iter()
            .zip(parts.iter().map(Option::is_some))
            .chain([("grond_m2", land.is_some())])
            .find_map(|(c, given)| given.then_some(c))
    {
        f.problem(
            column,
            Problem::error(
                "amount-twice",
                format!("{} has an inbrengwaarde and also {column}", f.name()),
            )
            .fix("fill inbrengwaarde, or its parts, not both"),
        );
    }
    if let Some(whole) = whole {
        return Inbreng::Geheel(whole);
    }
    if land.is_some() && m2.is_none() && f.empty("m2") {
        f.problem(
            "m2",
            Problem::error(
                "missing-value",
                format!("{}: grond_m2 is given, but m2 is empty", f.name()),
            )
            .fix("give m2, or the inbrengwaarde as a whole"),
        );
    }
    Inbreng::Delen(m2.cloned().zip(land).map(|(m2, per)| [m2, per]), parts)
}

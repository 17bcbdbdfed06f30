//! Lines: every flow of the model, from programma to risk, with its amount, its parties and its phasing.
//!
//! History is settled here: what a line did in realised periods is a fixed amount that no scenario, delay or draw touches.

use super::bijdragen::{self, Bijdrage};
use super::fields::Fields;
use super::grondwaarde::{self, Post, Waardering};
use super::normen::{self, Norm};
use super::schema::{Kind, OPGAVEN, THEMAS};
use super::table::{Row, Scalar, Table, Tables, Value, date_from_text, name_key, text_of};
use super::verevening::{self, Verevening};
use super::verhaal::{self, Betalingen, Verhaal, Verrekening};
use super::{
    BUITEN, Boekwaarde, Builder, Gebied, HOOFD, MAX_SIZE, Risico, file_of, is_full, position_of,
    rows,
};
use crate::number::{Exact, Number, Of, Quantity, Rounding};
use crate::problem::{Place, Problem, has_errors, listed, nearest};
use crate::timeline::{Periode, Timeline, index_factors};
use rust_decimal::Decimal;
use std::collections::{HashMap, HashSet};

/// The tables whose rows are lines; their ids are unique together.
pub(crate) const LINE_TABLES: &[&str] = &[
    "programma",
    "kosten",
    "opbrengsten",
    "exploitatie",
    "objecten",
    "baten",
    "risicos",
    "grondwaarde",
    "stichtingskosten",
];

/// What kind of flow it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stroomsoort {
    /// Money.
    Geld,
    /// Work or means instead of money.
    Natura,
    /// Money that a baathouder saves; never cash.
    Besparing,
    /// Social value; never cash.
    Maatschappelijk,
    /// What an estimate says of work that another line is: counted in a rule, in no account.
    Raming,
}

impl Stroomsoort {
    /// Whether it counts in saldo; the others count in baten.
    pub fn in_saldo(self) -> bool {
        matches!(self, Stroomsoort::Geld | Stroomsoort::Natura)
    }

    /// Dutch word.
    pub fn woord(self) -> &'static str {
        match self {
            Stroomsoort::Geld => "geld",
            Stroomsoort::Natura => "natura",
            Stroomsoort::Besparing => "besparing",
            Stroomsoort::Maatschappelijk => "maatschappelijk",
            Stroomsoort::Raming => "raming",
        }
    }
}

/// What a line is in the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rol {
    /// A line of the tables.
    Gewoon,
    /// A contribution of a baathouder: only in route cofinanciering.
    Bijdrage,
    /// A benefit.
    Baat,
    /// A risk event: nothing unless a draw says that it happens.
    Risico,
    /// What a settlement between parties makes: no row of its own.
    Verrekening,
}

/// A factor of an amount.
#[derive(Debug, Clone, PartialEq)]
pub struct Factor {
    /// Its column, which is also its name.
    pub kolom: &'static str,
    /// Its value.
    pub waarde: Quantity,
}

/// The amount of a line at prijspeil.
#[derive(Debug, Clone, PartialEq)]
pub enum Bedrag {
    /// The product of factors.
    Product(Vec<Factor>),
    /// A percentage of other lines' amounts.
    Opslag {
        /// The percentage.
        percentage: Quantity,
        /// Positions of the lines.
        over: Vec<usize>,
    },
    /// What a settlement between parties comes to.
    Verrekend(Verrekening),
    /// A number of units times the land value per unit of a valuation.
    Waardering {
        /// Number of units.
        aantal: Quantity,
        /// Position of the valuation.
        waardering: usize,
    },
    /// A part of a valuation.
    Waarde {
        /// Position of the valuation.
        waardering: usize,
        /// Which.
        deel: Deel,
    },
}

/// A part of a valuation that is a line of its own.
#[derive(Debug, Clone, PartialEq)]
pub enum Deel {
    /// Rent per year.
    Huur,
    /// Value or price of what is built.
    Opbrengst,
    /// Interest over posts that do not depend on the land.
    Rente(Box<Post>),
    /// A post that depends on the land: its position there.
    Grondpost(usize),
    /// The land value per unit.
    Grond,
}

/// What the weights of a phasing are divided by.
#[derive(Debug, Clone, PartialEq)]
pub enum Totaal {
    /// Nothing: the weights are shares.
    Een,
    /// This, which all weights add up to; with those of realised periods, which the phasing itself no longer has.
    Door(Decimal, Vec<(Periode, Quantity)>),
}

/// When a line falls: a weight per period.
#[derive(Debug, Clone, PartialEq)]
pub struct Verloop {
    /// Weights by period, in ascending order, each period once.
    pub gewichten: Vec<(Periode, Quantity)>,
    /// What they are divided by.
    pub totaal: Totaal,
}

/// A line.
#[derive(Debug, Clone, PartialEq)]
pub struct Lijn {
    /// Code; a row that gives several lines adds a word to its own.
    pub id: String,
    /// Key of its row.
    pub rij: String,
    /// Table it stands in.
    pub tabel: &'static str,
    /// Description.
    pub omschrijving: String,
    /// Group, for totals.
    pub groep: String,
    /// Deelgebied whose uitstel moves it.
    pub deelgebied: Option<usize>,
    /// Index group; nothing is never indexed.
    pub index: Option<usize>,
    /// Account that pays.
    pub van: usize,
    /// Account that receives.
    pub naar: usize,
    /// Position in [`OPGAVEN`].
    pub opgave: usize,
    /// Maatregel.
    pub maatregel: Option<usize>,
    /// Money, in natura or benefit.
    pub soort: Stroomsoort,
    /// What it is in the whole.
    pub rol: Rol,
    /// Amount at prijspeil.
    pub bedrag: Bedrag,
    /// Forecast part of its phasing.
    pub verloop: Verloop,
    /// What it did in realised periods.
    pub realisatie: Vec<(Periode, Quantity)>,
    /// The source's own amount.
    pub raming: Option<Quantity>,
    /// Where the row stands.
    pub place: Place,
}

impl Lijn {
    /// Deelgebied whose uitstel moves it. What an eigendom pays (geldsom, overeenkomst, bijdrage), and what it gets back of it, comes with
    /// what is built there; a verevening between parties falls when it was agreed, on both sides at once.
    pub fn schuift(&self) -> Option<usize> {
        self.deelgebied.filter(|_| {
            !matches!(
                self.bedrag,
                Bedrag::Verrekend(Verrekening::Betaalt(_) | Verrekening::Ontvangt(_))
            )
        })
    }
}

/// A benefit with the lines it gives.
#[derive(Debug, Clone)]
pub struct Baat {
    /// Code.
    pub id: String,
    /// Maatregel.
    pub maatregel: usize,
    /// Party that gains.
    pub baathouder: usize,
    /// Theme.
    pub thema: &'static str,
    /// Description.
    pub omschrijving: String,
    /// Source of the figures.
    pub bron: String,
    /// Position of its own line.
    pub lijn: usize,
    /// Position of its contribution's line.
    pub bijdrage: Option<usize>,
    /// geld, beheer, expertise, programmering.
    pub vorm: &'static str,
}

/// A thing kept up and replaced.
#[derive(Debug, Clone)]
pub struct Object {
    /// Code.
    pub id: String,
    /// Description.
    pub omschrijving: String,
    /// Value when new.
    pub investering: Quantity,
    /// Upkeep per year.
    pub onderhoud: Quantity,
    /// Years until replaced.
    pub levensduur: i64,
    /// Year taken into use.
    pub in_gebruik: i32,
}

/// All that the line tables give.
pub(crate) struct Lines {
    pub(crate) lijnen: Vec<Lijn>,
    pub(crate) waarderingen: Vec<Waardering>,
    pub(crate) baten: Vec<Baat>,
    pub(crate) objecten: Vec<Object>,
    pub(crate) risicos: Vec<Risico>,
    pub(crate) verhaal: Verhaal,
    pub(crate) verevening: Verevening,
    pub(crate) bijdragen: Vec<Bijdrage>,
    pub(crate) normen: Vec<Norm>,
}

/// What the rows of table fasering say of one profile.
struct Profile {
    weights: Vec<(Periode, Quantity, bool)>,
    unit: &'static str,
    place: Place,
    used: bool,
    /// Whether a row of it has a mistake, or its total was told: nothing more is said of it.
    told: bool,
}

/// A phasing as it was settled: weights, and what they are divided by.
type Weights = (Vec<(Periode, Quantity)>, Totaal);

/// A phasing as a line asks for it.
enum Wanted {
    Profile(String),
    /// Equal parts from the one to the other, both included.
    Range(Periode, Periode),
    Follow {
        id: String,
        years: i32,
    },
}

/// A line before its phasing is known.
struct Draft {
    lijn: Lijn,
    wanted: Wanted,
    /// Amount before any scenario: history is made of this.
    base: Option<Decimal>,
    /// Percentage before any scenario.
    percentage_base: Option<Decimal>,
    over: Option<String>,
    hoeveelheid_base: Option<Decimal>,
    /// Amount empty: the profile's amounts are it.
    open_amount: bool,
    row_place: Place,
    /// Where its fasering stands; the row when it has none.
    phasing_place: Place,
    /// Where over stands.
    over_place: Place,
}

impl Lines {
    pub(crate) fn read(
        b: &mut Builder,
        gebied: &Gebied,
        tables: &Tables,
        problems: &mut Vec<Problem>,
    ) -> Lines {
        let mut profiles = read_profiles(tables, gebied, problems);
        let mut drafts: Vec<Draft> = Vec::new();
        for name in ["programma", "kosten", "opbrengsten"] {
            let (table, rows) = rows(tables, name);
            for row in rows {
                if is_full(problems) {
                    break;
                }
                drafts.extend(read_line(b, gebied, table, row, problems));
            }
        }
        let mut lines = Lines {
            lijnen: Vec::new(),
            waarderingen: Vec::new(),
            baten: Vec::new(),
            objecten: Vec::new(),
            risicos: Vec::new(),
            verhaal: Verhaal::default(),
            verevening: Verevening::default(),
            bijdragen: Vec::new(),
            normen: Vec::new(),
        };
        let named = ["programma", "kosten", "opbrengsten"].map(|name| tables.table(name));
        let named = named
            .iter()
            .flat_map(|t| t.rows.iter().filter_map(|row| text_of(t.get(row, "id"))))
            .collect::<Vec<_>>();
        settle(&mut drafts, &mut profiles, &named, gebied, problems);
        check_hoeveelheid(tables, &drafts, &profiles, problems);
        lines.lijnen = drafts.into_iter().map(|d| d.lijn).collect();
        let [betalingen, verevend, bijgedragen] = ["eigendom", "verevening", "bijdragen"]
            .map(|name| read_betalingen(name, tables, &mut profiles, gebied, problems));
        // A line with a mistake may have been the one that uses it.
        let unread = LINE_TABLES
            .iter()
            .flat_map(|name| &tables.table(name).rows)
            .flat_map(|row| &row.values)
            .any(|v| matches!(v.scalar, Scalar::Error(_)));
        let whole = !unread && !has_errors(problems);
        for (name, profile) in &profiles {
            if whole && !profile.used {
                problems.push(
                    Problem::warning(
                        "unused-phasing",
                        format!("fasering \"{name}\" is used by no line"),
                    )
                    .at(&profile.place)
                    .fix("name it in the fasering column of a line, or name it as the line's id"),
                );
            }
        }
        lines.read_exploitatie(b, gebied, tables, problems);
        lines.read_objecten(b, gebied, tables, problems);
        lines.read_baten(b, gebied, tables, problems);
        lines.read_risicos(b, gebied, tables, problems);
        lines.verhaal = verhaal::read(b, gebied, tables, &mut lines.lijnen, &betalingen, problems);
        lines.waarderingen = grondwaarde::read(b, tables, &mut lines.lijnen, problems);
        lines.verevening = verevening::read(
            b,
            gebied,
            tables,
            (&mut lines.lijnen, &mut lines.verhaal),
            &verevend,
            problems,
        );
        lines.bijdragen = bijdragen::read(
            b,
            gebied,
            tables,
            (&mut lines.lijnen, &lines.verhaal),
            &bijgedragen,
            problems,
        );
        lines.terugbetalingen(gebied, problems);
        lines.normen = normen::read(
            b,
            tables,
            (&lines.lijnen, &lines.waarderingen),
            gebied.peildatum,
            problems,
        );
        lines.check_vervroeging(b, gebied, problems);
        lines.check_eindjaar(gebied, problems);
        lines.check_dekking(b, tables, problems);
        lines.check_teken(problems);
        if !unread && lines.lijnen.is_empty() && problems.is_empty() {
            let mut problem = Problem::error("empty-model", "the model has no lines")
                .fix("fill programma, kosten or opbrengsten, or name a source in model.toml");
            problem.place = file_of(tables, "gebied");
            problems.push(problem);
        }
        lines
    }

    /// The account of the grondexploitatie ends with eindjaar; what comes later belongs to the gebiedsexploitatie.
    fn check_eindjaar(&self, gebied: &Gebied, problems: &mut Vec<Problem>) {
        for lijn in self
            .lijnen
            .iter()
            .filter(|l| l.van == HOOFD || l.naar == HOOFD)
        {
            let Some((p, q)) = lijn
                .verloop
                .gewichten
                .iter()
                .find(|(p, _)| p.year(gebied.tijdstap) > gebied.eindjaar)
            else {
                continue;
            };
            problems.push(
                Problem::error("after-eindjaar", format!("{} \"{}\" has an amount in {}, after eindjaar {} of the grondexploitatie", lijn.tabel, lijn.id, p.label(gebied.tijdstap), gebied.eindjaar))
                    .at(q.place.as_ref().unwrap_or(&lijn.place))
                    .fix("correct the period, take a later eindjaar, or book it on another rekening such as gemeente/exploitatie"),
            );
        }
    }

    /// What is paid back never comes before its payment. A bijdrage and its repayment move with the same deelgebied, since interest runs from the one to the other;
    /// a beschikking that was given and its eindafrekening stand.
    fn terugbetalingen(&self, gebied: &Gebied, problems: &mut Vec<Problem>) {
        for l in 0..self.lijnen.len() {
            let back = &self.lijnen[l];
            let comes_back = matches!(
                back.bedrag,
                Bedrag::Verrekend(Verrekening::Terugbetaling(_) | Verrekening::Bijdrageterug(_))
            );
            if !comes_back {
                continue;
            }
            let paid = self
                .lijnen
                .iter()
                .filter(|p| p.tabel == back.tabel && p.rij == back.rij && p.van == back.naar)
                .filter_map(|p| p.verloop.gewichten.last())
                .map(|(p, _)| *p)
                .max();
            let (Some(paid), Some((when, _))) = (paid, back.verloop.gewichten.first()) else {
                continue;
            };
            if paid > *when {
                let stap = gebied.tijdstap;
                problems.push(
                    Problem::error(
                        "repaid-before-paid",
                        format!(
                            "{} \"{}\" is paid back in {}, and paid in {}",
                            back.tabel,
                            back.rij,
                            when.label(stap),
                            paid.label(stap)
                        ),
                    )
                    .at(&back.place)
                    .fix("take an eindafrekening after the last payment, or an earlier betaling"),
                );
            }
        }
    }

    /// An uitstel below zero may not bring the forecast before peildatum.
    fn check_vervroeging(&self, b: &Builder, gebied: &Gebied, problems: &mut Vec<Problem>) {
        for (d, deelgebied) in b
            .deelgebieden
            .iter()
            .enumerate()
            .filter(|(_, d)| d.uitstel_perioden < 0)
        {
            let early = self
                .lijnen
                .iter()
                .filter(|l| l.schuift() == Some(d))
                .find_map(|l| {
                    let (first, _) = l.verloop.gewichten.first()?;
                    (first.0 + deelgebied.uitstel_perioden < gebied.peil.0).then_some((l, first))
                });
            if let Some((lijn, first)) = early {
                let mut p = Problem::error(
                    "before-peildatum",
                    format!("uitstel {} of deelgebied \"{}\" brings \"{}\" from {} to before peildatum {}", deelgebied.uitstel.value.normalize(), deelgebied.deelgebied, lijn.id, first.label(gebied.tijdstap), gebied.peildatum),
                )
                .and(&lijn.place)
                .fix("take an uitstel closer to zero, or phase that line later");
                p.place.clone_from(&deelgebied.uitstel.place);
                problems.push(p);
            }
        }
    }

    /// A table whose amounts are all negative has its sign the wrong way round, most likely.
    fn check_teken(&self, problems: &mut Vec<Problem>) {
        for table in ["programma", "kosten", "opbrengsten"] {
            let mut first = None;
            let mut all = 0;
            let negative = self
                .lijnen
                .iter()
                .filter(|l| l.tabel == table)
                .filter_map(|l| match &l.bedrag {
                    Bedrag::Product(factors) => {
                        Some((l, factors.iter().any(|f| f.waarde.value < Decimal::ZERO)))
                    }
                    _ => None,
                })
                .inspect(|(l, _)| {
                    all += 1;
                    first = first.or(Some(*l));
                })
                .filter(|(_, negative)| *negative)
                .count();
            if let Some(lijn) = first.filter(|_| all > 1 && negative == all) {
                let word = if table == "kosten" {
                    "a cost"
                } else {
                    "a revenue"
                };
                problems.push(Problem::warning("all-negative", format!("all {all} amounts of table {table} are negative; {word} is positive here")).at(&lijn.place).fix("in a mapping, add teken = -1 to the table; else drop the minus signs"));
            }
        }
    }

    /// A fund that is asked for a share must have costs to share in: those that the drager pays.
    fn check_dekking(&self, b: &Builder, tables: &Tables, problems: &mut Vec<Problem>) {
        for (m, maatregel) in b
            .maatregelen
            .iter()
            .enumerate()
            .filter(|(_, m)| !m.dekking_fonds.value.is_zero())
        {
            let mut costs = self
                .lijnen
                .iter()
                .filter(|l| l.maatregel == Some(m) && l.tabel == "kosten" && l.rol == Rol::Gewoon)
                .peekable();
            let any = costs.peek().is_some();
            if costs.any(|l| l.van == maatregel.drager) {
                continue;
            }
            let why = if any {
                "has cost lines, but none that its drager pays"
            } else {
                "has no cost lines"
            };
            let mut problem = Problem::warning(
                "nothing-to-cover",
                format!(
                    "maatregel \"{}\" asks the gebiedsfonds for a share of its costs and {why}",
                    maatregel.maatregel
                ),
            )
            .fix("leave partij of its cost lines empty, or give it the same account as drager");
            problem.place = maatregel.dekking_fonds.place.clone().or_else(|| {
                tables
                    .table("maatregelen")
                    .rows
                    .get(m)
                    .map(|r| r.place.clone())
            });
            problems.push(problem);
        }
    }

    /// Boekwaarde is derived from realised periods or given, never both.
    pub(crate) fn check_history(
        &self,
        b: &Builder,
        gebied: &Gebied,
        given: &[Boekwaarde],
        problems: &mut Vec<Problem>,
    ) {
        for boekwaarde in given {
            let realised = self.lijnen.iter().find(|l| {
                (l.van == boekwaarde.rekening || l.naar == boekwaarde.rekening)
                    && l.soort.in_saldo()
                    && !l.realisatie.is_empty()
            });
            if let Some(lijn) = realised {
                let naam = b.rekening_naam(boekwaarde.rekening);
                let mut p = Problem::error("boekwaarde-double", format!("boekwaarde of {naam} is given, but line \"{}\" also has amounts before peildatum {}", lijn.id, gebied.peildatum))
                    .and(&lijn.place)
                    .fix("give the boekwaarde, or the realised amounts, not both");
                p.place.clone_from(&boekwaarde.bedrag.place);
                problems.push(p);
            }
        }
    }

    fn read_exploitatie(
        &mut self,
        b: &mut Builder,
        gebied: &Gebied,
        tables: &Tables,
        problems: &mut Vec<Problem>,
    ) {
        let (table, rows) = rows(tables, "exploitatie");
        for row in rows {
            if is_full(problems) {
                return;
            }
            let mut f = Fields {
                table,
                row,
                problems,
            };
            let id = f.text("id");
            let kosten = f.choice("soort", &["kosten", "opbrengsten"]);
            let eigen = account_or(
                b,
                &mut f,
                "partij",
                ("exploitatie", "exploitatie"),
                "exploitatie",
            );
            let ander = if f.empty("tegenpartij") {
                Some(BUITEN)
            } else {
                b.account(&mut f, "tegenpartij", ("exploitatie", "eigen"))
            };
            let bedrag = read_bedrag(&mut f);
            let vanaf = f.year("vanaf");
            let tot = if f.empty("tot") {
                Some(gebied.horizon)
            } else {
                f.year("tot")
            };
            let cyclus = f.whole("cyclus", 1, 500).unwrap_or(1);
            let common = Common::read(b, &mut f);
            let (
                Some(id),
                Some(kosten),
                Some(eigen),
                Some(ander),
                Some(bedrag),
                Some(vanaf),
                Some(tot),
            ) = (id, kosten, eigen, ander, bedrag, vanaf, tot)
            else {
                continue;
            };
            if !within(&mut f, gebied, ("vanaf", vanaf), ("tot", tot)) {
                continue;
            }
            let years = (vanaf..=tot).step_by(cyclus as usize);
            let gewichten = if cyclus == 1 {
                spread(gebied, years.map(|y| (y, Decimal::ONE)))
            } else {
                years
                    .map(|y| {
                        (
                            Periode::of_year(y, gebied.tijdstap),
                            Quantity::made(Decimal::ONE),
                        )
                    })
                    .collect()
            };
            let (van, naar) = if kosten == "kosten" {
                (eigen, ander)
            } else {
                (ander, eigen)
            };
            self.lijnen.push(common.lijn(
                id,
                table,
                row,
                van,
                naar,
                Bedrag::Product(bedrag),
                Verloop {
                    gewichten,
                    totaal: Totaal::Een,
                },
            ));
        }
    }

    fn read_objecten(
        &mut self,
        b: &mut Builder,
        gebied: &Gebied,
        tables: &Tables,
        problems: &mut Vec<Problem>,
    ) {
        let (table, rows) = rows(tables, "objecten");
        for row in rows {
            if is_full(problems) {
                return;
            }
            let mut f = Fields {
                table,
                row,
                problems,
            };
            let id = f.text("id");
            let eigen = account_or(
                b,
                &mut f,
                "partij",
                ("exploitatie", "exploitatie"),
                "exploitatie",
            );
            let investering = f.count("investering");
            let onderhoud = f.count("onderhoud");
            let levensduur = f.whole("levensduur", 1, 500);
            let in_gebruik = f.year("in_gebruik");
            let common = Common::read(b, &mut f);
            let (Some(id), Some(eigen), Some(investering), Some(levensduur), Some(in_gebruik)) =
                (id, eigen, investering, levensduur, in_gebruik)
            else {
                continue;
            };
            if !within(
                &mut f,
                gebied,
                ("in_gebruik", in_gebruik),
                ("in_gebruik", gebied.horizon.max(in_gebruik)),
            ) {
                continue;
            }
            // A replacement exactly at the horizon is not booked (rules 4.1).
            let replaced: Vec<_> = (in_gebruik..gebied.horizon)
                .step_by(levensduur as usize)
                .skip(1)
                .map(|y| {
                    (
                        Periode::of_year(y, gebied.tijdstap),
                        Quantity::made(Decimal::ONE),
                    )
                })
                .collect();
            let upkeep = onderhoud
                .clone()
                .unwrap_or_else(|| Quantity::made(Decimal::ZERO));
            if onderhoud.is_some() {
                let gewichten = spread(
                    gebied,
                    (in_gebruik + 1..=gebied.horizon).map(|y| (y, Decimal::ONE)),
                );
                let bedrag = Bedrag::Product(vec![Factor {
                    kolom: "onderhoud",
                    waarde: upkeep.clone(),
                }]);
                self.lijnen.push(common.lijn(
                    format!("{id} onderhoud"),
                    table,
                    row,
                    eigen,
                    BUITEN,
                    bedrag,
                    Verloop {
                        gewichten,
                        totaal: Totaal::Een,
                    },
                ));
            }
            if !replaced.is_empty() {
                let bedrag = Bedrag::Product(vec![Factor {
                    kolom: "investering",
                    waarde: investering.clone(),
                }]);
                self.lijnen.push(common.lijn(
                    format!("{id} vervanging"),
                    table,
                    row,
                    eigen,
                    BUITEN,
                    bedrag,
                    Verloop {
                        gewichten: replaced,
                        totaal: Totaal::Een,
                    },
                ));
            }
            self.objecten.push(Object {
                id,
                omschrijving: common.omschrijving,
                investering,
                onderhoud: upkeep,
                levensduur,
                in_gebruik,
            });
        }
    }

    fn read_baten(
        &mut self,
        b: &mut Builder,
        gebied: &Gebied,
        tables: &Tables,
        problems: &mut Vec<Problem>,
    ) {
        let (table, rows) = rows(tables, "baten");
        for row in rows {
            if is_full(problems) {
                return;
            }
            let mut f = Fields {
                table,
                row,
                problems,
            };
            let id = f.text("id");
            let maatregel = b.reference(&mut f, "maatregel", "maatregelen");
            let baathouder = b.reference(&mut f, "baathouder", "partijen");
            let thema = f.choice("thema", THEMAS);
            let soort = f.choice("soort", &["besparing", "maatschappelijk"]);
            let (volume, prijs) = (f.count("volume"), f.amount("prijs"));
            let vanaf = f.year("vanaf");
            let ingroei = f.whole("ingroei", 0, 100).unwrap_or(0);
            let tot = if f.empty("tot") {
                Some(gebied.horizon)
            } else {
                f.year("tot")
            };
            let zekerheid = f.share("zekerheid");
            let aandeel = f.share("bijdrage_aandeel");
            let betaaljaar = f.year("betaaljaar");
            let vorm = f
                .choice("vorm", &["geld", "beheer", "expertise", "programmering"])
                .unwrap_or("geld");
            let naar = f.choice("naar", &["fonds", "drager"]);
            let bron = f.text("bron");
            let mut common = Common::read(b, &mut f);
            let (
                Some(id),
                Some(maatregel),
                Some(baathouder),
                Some(thema),
                Some(soort),
                Some(volume),
                Some(prijs),
                Some(vanaf),
                Some(tot),
            ) = (
                id, maatregel, baathouder, thema, soort, volume, prijs, vanaf, tot,
            )
            else {
                continue;
            };
            if !within(&mut f, gebied, ("vanaf", vanaf), ("tot", tot)) {
                continue;
            }
            common.maatregel = Some(maatregel);
            common.opgave = b.maatregelen[maatregel].opgave;
            common.deelgebied = b.maatregelen[maatregel].deelgebied;
            common.soort = if soort == "besparing" {
                Stroomsoort::Besparing
            } else {
                Stroomsoort::Maatschappelijk
            };
            common.rol = Rol::Baat;
            let mut factors = vec![
                Factor {
                    kolom: "volume",
                    waarde: volume,
                },
                Factor {
                    kolom: "prijs",
                    waarde: prijs,
                },
            ];
            if let Some(zekerheid) = zekerheid {
                factors.push(Factor {
                    kolom: "zekerheid",
                    waarde: zekerheid,
                });
            }
            let share = |year: i32| {
                let step = Decimal::from(year - vanaf + 1);
                if ingroei == 0 || i64::from(year - vanaf + 1) >= ingroei {
                    Decimal::ONE
                } else {
                    step / Decimal::from(ingroei)
                }
            };
            let gewichten = spread(gebied, (vanaf..=tot).map(|y| (y, share(y))));
            let eigen = b.rekening(
                baathouder,
                if b.partijen[baathouder].rol == "gemeente" {
                    "exploitatie"
                } else {
                    "eigen"
                },
            );
            let lijn = self.lijnen.len();
            self.lijnen.push(common.lijn(
                id.clone(),
                table,
                row,
                BUITEN,
                eigen,
                Bedrag::Product(factors.clone()),
                Verloop {
                    gewichten: gewichten.clone(),
                    totaal: Totaal::Een,
                },
            ));
            let mut bijdrage = None;
            if let Some(aandeel) = aandeel.filter(|q| !q.value.is_zero()) {
                let fonds = b.fonds.as_ref().map(|f| f.rekening);
                let drager = b.maatregelen[maatregel].drager;
                let ontvanger = match (naar, fonds) {
                    (Some("fonds"), Some(fonds)) => fonds,
                    (Some("fonds"), None) => {
                        f.problem(
                            "naar",
                            Problem::error(
                                "no-fund",
                                format!(
                                    "baat \"{id}\" pays to a gebiedsfonds, but table fonds is empty"
                                ),
                            )
                            .fix("add a row to table fonds, or set naar = drager"),
                        );
                        continue;
                    }
                    (None, Some(fonds)) if vorm == "geld" => fonds,
                    _ => drager,
                };
                if vorm != "geld" && Some(ontvanger) == fonds {
                    f.problem(
                        "naar",
                        Problem::error(
                            "natura-to-fund",
                            format!("baat \"{id}\": {vorm} can't be paid into the fund"),
                        )
                        .fix("set naar = drager, or vorm = geld"),
                    );
                    continue;
                }
                let verloop = match betaaljaar {
                    None => gewichten,
                    Some(year) => {
                        if year < gebied.peil.year(gebied.tijdstap) || year > gebied.horizon {
                            f.problem(
                                "betaaljaar",
                                Problem::error(
                                    "outside-horizon",
                                    format!(
                                        "baat \"{id}\": betaaljaar {year} lies outside {} to {}",
                                        gebied.peil.year(gebied.tijdstap),
                                        gebied.horizon
                                    ),
                                )
                                .fix("take a year within the horizon"),
                            );
                            continue;
                        }
                        let index = common.index.map(|i| &b.indexen[i]);
                        let Some(weight) = present_weight(
                            &gewichten,
                            year,
                            gebied,
                            index,
                            b.partijen[baathouder].discontovoet.value,
                        ) else {
                            f.problem("betaaljaar", Problem::error("too-large", format!("baat \"{id}\": the present value of its contribution is too large to calculate with")).fix("check the growth of its index and the discontovoet of the baathouder"));
                            continue;
                        };
                        vec![(
                            Periode::of_year(year, gebied.tijdstap),
                            Quantity::made(weight),
                        )]
                    }
                };
                factors.push(Factor {
                    kolom: "bijdrage_aandeel",
                    waarde: aandeel,
                });
                common.soort = if vorm == "geld" {
                    Stroomsoort::Geld
                } else {
                    Stroomsoort::Natura
                };
                common.rol = Rol::Bijdrage;
                if eigen == ontvanger {
                    f.problem("baathouder", Problem::error("pays-itself", format!("baat \"{id}\": the baathouder would pay a contribution to its own account")).fix("clear bijdrage_aandeel, or name another drager"));
                    continue;
                }
                bijdrage = Some(self.lijnen.len());
                self.lijnen.push(common.lijn(
                    format!("{id} bijdrage"),
                    table,
                    row,
                    eigen,
                    ontvanger,
                    Bedrag::Product(factors),
                    Verloop {
                        gewichten: verloop,
                        totaal: Totaal::Een,
                    },
                ));
            } else if betaaljaar.is_some() {
                f.problem(
                    "betaaljaar",
                    Problem::warning(
                        "no-contribution",
                        format!("baat \"{id}\" has a betaaljaar but no bijdrage_aandeel"),
                    )
                    .fix("give bijdrage_aandeel, or clear betaaljaar"),
                );
            }
            let omschrijving = common.omschrijving;
            self.baten.push(Baat {
                id,
                maatregel,
                baathouder,
                thema,
                omschrijving,
                bron: bron.unwrap_or_default(),
                lijn,
                bijdrage,
                vorm,
            });
        }
    }

    fn read_risicos(
        &mut self,
        b: &mut Builder,
        gebied: &Gebied,
        tables: &Tables,
        problems: &mut Vec<Problem>,
    ) {
        let (table, rows) = rows(tables, "risicos");
        for row in rows {
            let mut f = Fields {
                table,
                row,
                problems,
            };
            let risico = f.text("risico");
            let kans = f.share("kans");
            let (laag, modus, hoog) = (f.amount("laag"), f.amount("modus"), f.amount("hoog"));
            let periode = f.text("periode");
            let eigen = account_or(b, &mut f, "partij", ("grex", "eigen"), "grex");
            let mut common = Common::read(b, &mut f);
            let (
                Some(risico),
                Some(kans),
                Some(laag),
                Some(modus),
                Some(hoog),
                Some(periode),
                Some(eigen),
            ) = (risico, kans, laag, modus, hoog, periode, eigen)
            else {
                continue;
            };
            if !(laag.value <= modus.value && modus.value <= hoog.value) {
                f.problem("modus", Problem::error("bad-distribution", format!("risico \"{risico}\": laag, modus and hoog are not in ascending order")).fix("put the lowest cost in laag and the highest in hoog; a negative cost is a chance"));
                continue;
            }
            let periode = match Periode::parse(&periode, gebied.tijdstap) {
                Ok((p, _)) => p,
                Err(reason) => {
                    f.problem(
                        "periode",
                        Problem::error("bad-period", format!("risico \"{risico}\": {reason}"))
                            .allowed(Kind::Period.words())
                            .fix("write the year in which it would happen"),
                    );
                    continue;
                }
            };
            let year = periode.year(gebied.tijdstap);
            if periode < gebied.peil || year > gebied.horizon {
                f.problem(
                    "periode",
                    Problem::error(
                        "outside-horizon",
                        format!(
                            "risico \"{risico}\" falls in {year}, outside {} to the horizon {}",
                            gebied.peil.year(gebied.tijdstap),
                            gebied.horizon
                        ),
                    )
                    .fix("take another period, or a later horizon in table gebied"),
                );
                continue;
            }
            common.rol = Rol::Risico;
            let lijn = self.lijnen.len();
            let verloop = Verloop {
                gewichten: vec![(periode, Quantity::made(Decimal::ONE))],
                totaal: Totaal::Een,
            };
            // The amount is one; the draw multiplies it by what happens.
            let bedrag = Bedrag::Product(vec![Factor {
                kolom: "bedrag",
                waarde: Quantity::made(Decimal::ONE),
            }]);
            self.lijnen.push(common.lijn(
                risico.clone(),
                table,
                row,
                eigen,
                BUITEN,
                bedrag,
                verloop,
            ));
            self.risicos.push(Risico {
                risico,
                kans: kans.value,
                impact: [laag.value, modus.value, hoog.value],
                lijn,
            });
        }
    }
}

/// The account in a column, or the main party's `standaard` when it is empty.
fn account_or(
    b: &mut Builder,
    f: &mut Fields<'_>,
    column: &str,
    named: (&'static str, &'static str),
    standaard: &'static str,
) -> Option<usize> {
    if f.empty(column) {
        Some(b.rekening(b.hoofdpartij(), standaard))
    } else {
        b.account(f, column, named)
    }
}

/// Whether years lie in order and within the horizon; a problem when not.
fn within(
    f: &mut Fields<'_>,
    gebied: &Gebied,
    (start, vanaf): (&str, i32),
    (end, tot): (&str, i32),
) -> bool {
    let first = gebied.peil.year(gebied.tijdstap);
    let end = if f.empty(end) { start } else { end };
    if vanaf > tot {
        f.problem(
            start,
            Problem::error(
                "years-reversed",
                format!("{}: starts in {vanaf}, after its end {tot}", f.name()),
            )
            .fix("swap the years, or correct one of them"),
        );
    } else if tot > gebied.horizon {
        f.problem(
            end,
            Problem::error(
                "outside-horizon",
                format!(
                    "{}: runs to {tot}, past the horizon {}",
                    f.name(),
                    gebied.horizon
                ),
            )
            .fix("take an earlier year, or a later horizon in table gebied"),
        );
    } else if vanaf < first {
        f.problem(
            start,
            Problem::error(
                "before-peildatum",
                format!(
                    "{}: starts in {vanaf}, before peildatum {}",
                    f.name(),
                    gebied.peildatum
                ),
            )
            .fix("start it at peildatum or later; history is boekwaarde"),
        );
    } else {
        return true;
    }
    false
}

/// Yearly weights divided over the periods of each year.
fn spread(
    gebied: &Gebied,
    years: impl Iterator<Item = (i32, Decimal)>,
) -> Vec<(Periode, Quantity)> {
    let m = gebied.tijdstap.per_year();
    years
        .flat_map(|(year, weight)| (0..m).map(move |s| (year, s, weight)))
        .map(|(year, s, weight)| {
            (
                Periode(year * m + s),
                Quantity::made(weight / Decimal::from(m)),
            )
        })
        .collect()
}

/// Present value in a year of yearly weights that grow with an index: a contribution that is paid at once, so that its payer is
/// indifferent between once and yearly. Rounded to a billionth, since nobody pays more exactly than that.
fn present_weight(
    gewichten: &[(Periode, Quantity)],
    year: i32,
    gebied: &Gebied,
    index: Option<&super::IndexGroep>,
    rate: Decimal,
) -> Option<Decimal> {
    let stap = gebied.tijdstap;
    let start = usize::try_from(Periode::of_year(year, stap).0 - gebied.peil.0).ok()?;
    let last = gewichten
        .iter()
        .map(|(p, _)| p.0)
        .max()
        .unwrap_or(gebied.peil.0)
        .max(Periode::of_year(year, stap).0);
    let len = usize::try_from(last - gebied.peil.0).ok()? + 1;
    let timeline = Timeline {
        stap,
        first: gebied.peil,
        peil: 0,
        grex_end: len,
        horizon_end: len,
        len,
    };
    let growth = |y: i32| {
        Exact::from(
            index
                .and_then(|i| i.groei(y))
                .map_or(Decimal::ZERO, |q| q.value),
        )
    };
    let mut factors = vec![Exact::ZERO; len];
    index_factors(
        &timeline,
        gebied.prijs,
        gebied.periodevoet,
        gebied.indexmoment,
        Of::Geheel,
        &growth,
        &mut factors,
    );
    let total = gewichten.iter().fold(Exact::ZERO, |sum, (p, q)| {
        let t = (p.0 - gebied.peil.0).max(0) as usize;
        let years =
            Decimal::from(p.0 - Periode::of_year(year, stap).0) / Decimal::from(stap.per_year());
        sum + Exact::from(q.value)
            * factors[t].per(factors[start])
            * Exact::from(Decimal::ONE + rate).power(-years)
    });
    total.round(9, Rounding::HalfAwayFromZero).0
}

/// The columns that all line tables share.
struct Common {
    omschrijving: String,
    groep: String,
    deelgebied: Option<usize>,
    index: Option<usize>,
    opgave: usize,
    maatregel: Option<usize>,
    soort: Stroomsoort,
    rol: Rol,
}

impl Common {
    fn read(b: &mut Builder, f: &mut Fields<'_>) -> Self {
        let has = |f: &Fields<'_>, c: &str| f.table.schema.column(c).is_some();
        let text = |f: &mut Fields<'_>, c: &str| if has(f, c) { f.text(c) } else { None };
        let omschrijving = text(f, "omschrijving").unwrap_or_default();
        let groep = text(f, "groep").unwrap_or_default();
        let deelgebied = if has(f, "deelgebied") {
            b.reference(f, "deelgebied", "deelgebieden")
        } else {
            None
        };
        let maatregel = if has(f, "maatregel") {
            b.reference(f, "maatregel", "maatregelen")
        } else {
            None
        };
        let opgave = if has(f, "opgave") {
            f.choice("opgave", OPGAVEN)
        } else {
            None
        };
        let opgave = opgave
            .and_then(|o| OPGAVEN.iter().position(|x| *x == o))
            .unwrap_or_else(|| maatregel.map_or(0, |m| b.maatregelen[m].opgave));
        let soort = if has(f, "vorm")
            && f.table.schema.name != "baten"
            && f.choice("vorm", &["geld", "natura"]) == Some("natura")
        {
            Stroomsoort::Natura
        } else {
            Stroomsoort::Geld
        };
        Common {
            omschrijving,
            groep,
            deelgebied,
            index: read_index(b, f),
            opgave,
            maatregel,
            soort,
            rol: Rol::Gewoon,
        }
    }

    fn lijn(
        &self,
        id: String,
        table: &Table,
        row: &Row,
        van: usize,
        naar: usize,
        bedrag: Bedrag,
        verloop: Verloop,
    ) -> Lijn {
        Lijn {
            omschrijving: if self.omschrijving.is_empty() {
                id.clone()
            } else {
                self.omschrijving.clone()
            },
            rij: rij(table, row).unwrap_or_else(|| id.clone()),
            id,
            tabel: table.schema.name,
            groep: self.groep.clone(),
            deelgebied: self.deelgebied,
            index: self.index,
            van,
            naar,
            opgave: self.opgave,
            maatregel: self.maatregel,
            soort: self.soort,
            rol: self.rol,
            bedrag,
            verloop,
            realisatie: Vec::new(),
            raming: None,
            place: row.place.clone(),
        }
    }
}

/// The key of a row.
fn rij(table: &Table, row: &Row) -> Option<String> {
    let key = table
        .schema
        .columns
        .iter()
        .position(|c| c.kind == Kind::Key)?;
    match &row.values[key].scalar {
        Scalar::Text(t) => Some(t.clone()),
        _ => None,
    }
}

/// The index group of a row; "geen" and nothing are never indexed.
fn read_index(b: &Builder, f: &mut Fields<'_>) -> Option<usize> {
    let naam = f.text("index")?;
    let key = name_key(&naam);
    if key == "geen" {
        return None;
    }
    let found = position_of(b.indexen.iter().map(|g| g.naam.as_str()), &naam);
    if found.is_none() {
        let names = || b.indexen.iter().map(|g| g.naam.as_str()).chain(["geen"]);
        let problem = Problem::error(
            "unknown-index",
            format!("{}: unknown index group \"{naam}\"", f.name()),
        )
        .allowed(listed(names()));
        let problem = match nearest(&naam, names()) {
            Some(near) => problem.fix(format!("did you mean \"{near}\"?")),
            None => problem.fix("add its growth to table indexen"),
        };
        f.problem("index", problem);
    }
    found
}

/// hoeveelheid × prijs, or bedrag.
pub(super) fn read_bedrag(f: &mut Fields<'_>) -> Option<Vec<Factor>> {
    let (hoeveelheid, prijs, bedrag) = (
        f.count("hoeveelheid"),
        f.amount("prijs"),
        f.amount("bedrag"),
    );
    match (hoeveelheid, prijs, bedrag) {
        (_, None, Some(bedrag)) => Some(vec![Factor {
            kolom: "bedrag",
            waarde: bedrag,
        }]),
        (Some(h), Some(p), None) => Some(vec![
            Factor {
                kolom: "hoeveelheid",
                waarde: h,
            },
            Factor {
                kolom: "prijs",
                waarde: p,
            },
        ]),
        (None, Some(p), None) => Some(vec![Factor {
            kolom: "prijs",
            waarde: p,
        }]),
        (_, Some(_), Some(_)) => {
            f.problem(
                "bedrag",
                Problem::error(
                    "amount-twice",
                    format!("{} has a bedrag and also a prijs", f.name()),
                )
                .fix("fill bedrag, or hoeveelheid and prijs, not both"),
            );
            None
        }
        (_, None, None) => {
            if f.empty("bedrag") && f.empty("prijs") {
                let place = f.row.place.clone();
                let problem =
                    Problem::error("missing-value", format!("{} has no amount", f.name()))
                        .at(&place)
                        .fix("fill bedrag, or prijs and hoeveelheid");
                f.problems.push(problem);
            }
            None
        }
    }
}

/// Land has a price or a valuation, and not both.
fn check_price(f: &mut Fields<'_>) {
    match (f.empty("grondprijs"), f.empty("waardering")) {
        (true, true) => {
            let place = f.row.place.clone();
            f.problems.push(
                Problem::error(
                    "missing-value",
                    format!("{}: column grondprijs is empty", f.name()),
                )
                .at(&place)
                .allowed("an amount in euro, or a waardering of table grondwaarde")
                .fix("fill grondprijs, or name a waardering"),
            );
        }
        (false, false) => {
            let message = format!("{} has a grondprijs and also a waardering", f.name());
            f.problem(
                "waardering",
                Problem::error("amount-twice", message)
                    .fix("fill grondprijs or waardering, not both"),
            );
        }
        _ => {}
    }
}

/// Quantities beside a bedrag do nothing: told once per table, as whole columns may be so. One of something says no more than the
/// amount does, and units may be phased.
fn check_hoeveelheid(
    tables: &Tables,
    drafts: &[Draft],
    profiles: &[(String, Profile)],
    problems: &mut Vec<Problem>,
) {
    let phased: HashSet<String> = profiles
        .iter()
        .filter(|(_, profile)| profile.unit == "hoeveelheid")
        .map(|(name, _)| name_key(name))
        .collect();
    let counted: HashSet<&str> = drafts
        .iter()
        .filter(|d| matches!(&d.wanted, Wanted::Profile(name) if phased.contains(&name_key(name))))
        .map(|d| d.lijn.id.as_str())
        .collect();
    for name in ["kosten", "opbrengsten", "exploitatie"] {
        let (table, rows) = rows(tables, name);
        let beside = rows.filter_map(|row| {
            let id = text_of(table.get(row, "id"))?;
            let value = table.get(row, "hoeveelheid");
            match &value.scalar {
                Scalar::Number(n) if *n != Decimal::ONE => {}
                _ => return None,
            }
            let bedrag = !table.get(row, "bedrag").is_empty();
            (bedrag && !counted.contains(id)).then_some((id, value))
        });
        let beside: Vec<(&str, &Value)> = beside.collect();
        if let Some((id, value)) = beside.first() {
            let who = match beside.len() {
                1 => format!("{name} \"{id}\" has"),
                n => format!("{n} rows of {name} (the first \"{id}\") have"),
            };
            problems.push(
                Problem::warning(
                    "unused-quantity",
                    format!("{who} a hoeveelheid beside bedrag, and bedrag is taken as the whole amount"),
                )
                .at(&value.place)
                .fix("if bedrag is per unit, write it as prijs; if it is the whole, leave hoeveelheid empty (in a mapping: leave the column out)"),
            );
        }
    }
}

/// A row of programma, kosten or opbrengsten.
fn read_line(
    b: &mut Builder,
    gebied: &Gebied,
    table: &Table,
    row: &Row,
    problems: &mut Vec<Problem>,
) -> Option<Draft> {
    let mut f = Fields {
        table,
        row,
        problems,
    };
    let name = table.schema.name;
    let id = f.text("id");
    let (ander_kolom, kosten) = if name == "kosten" {
        ("ontvanger", true)
    } else {
        ("betaler", false)
    };
    let ander = if f.empty(ander_kolom) {
        Some(BUITEN)
    } else {
        b.account(&mut f, ander_kolom, ("grex", "eigen"))
    };
    let mut common = Common::read(b, &mut f);
    let eigen = match common.maatregel {
        // What a maatregel costs is paid by who carries it out.
        Some(m) if kosten && f.empty("partij") => Some(b.maatregelen[m].drager),
        _ => account_or(b, &mut f, "partij", ("grex", "eigen"), "grex"),
    };
    let raming = f.amount("raming");
    let mut over = None;
    let mut open_amount = false;
    let bedrag = if name == "programma" {
        let segment = [f.text("functie"), f.text("segment")]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" ");
        if !segment.is_empty() {
            common.omschrijving = segment;
        }
        f.count("m2_per_eenheid");
        let (aantal, prijs) = (f.count("aantal"), f.amount("grondprijs"));
        let waardering = b.reference(&mut f, "waardering", "grondwaarde");
        check_price(&mut f);
        match (aantal, prijs) {
            (Some(aantal), None) => {
                waardering.map(|waardering| Bedrag::Waardering { aantal, waardering })
            }
            (Some(h), Some(p)) => Some(Bedrag::Product(vec![
                Factor {
                    kolom: "aantal",
                    waarde: h,
                },
                Factor {
                    kolom: "grondprijs",
                    waarde: p,
                },
            ])),
            _ => None,
        }
    } else if !f.empty("percentage") || !f.empty("over") {
        let percentage = f.quantity("percentage", Decimal::from(-10), Decimal::from(10));
        over = f.text("over");
        if !f.empty("bedrag") || !f.empty("prijs") {
            f.problem(
                "percentage",
                Problem::error(
                    "amount-twice",
                    format!("{} has a percentage and also an amount", f.name()),
                )
                .fix("fill percentage and over, or an amount, not both"),
            );
        }
        if percentage.is_none() && f.empty("percentage") || over.is_none() && f.empty("over") {
            f.problem(
                "percentage",
                Problem::error(
                    "missing-value",
                    format!("{} has only one of percentage and over", f.name()),
                )
                .fix("fill both: percentage = 0.08 and over = 2.*; 3.*"),
            );
        }
        if let Some(p) = percentage.as_ref().filter(|p| p.value.abs() > Decimal::ONE) {
            let (shown, meant) = (
                (p.value * Decimal::ONE_HUNDRED).normalize(),
                (p.value / Decimal::ONE_HUNDRED).normalize(),
            );
            f.problem(
                "percentage",
                Problem::warning(
                    "percentage-above-100",
                    format!(
                        "{}: percentage {} is {shown}%",
                        f.name(),
                        p.value.normalize()
                    ),
                )
                .fix(format!(
                    "if {}% is meant, write {meant}",
                    p.value.normalize()
                )),
            );
        }
        percentage.map(|percentage| Bedrag::Opslag {
            percentage,
            over: Vec::new(),
        })
    } else if f.empty("bedrag") && f.empty("prijs") && id.is_some() {
        // Amounts per period may stand in table fasering only.
        open_amount = true;
        Some(Bedrag::Product(Vec::new()))
    } else {
        read_bedrag(&mut f).map(Bedrag::Product)
    };
    let hoeveelheid_base = f.base(if name == "programma" {
        "aantal"
    } else {
        "hoeveelheid"
    });
    let base = match &bedrag {
        Some(Bedrag::Product(factors)) => factors.iter().try_fold(Decimal::ONE, |product, x| {
            product.checked_mul(f.base(x.kolom)?)
        }),
        _ => None,
    };
    let percentage_base = if name == "programma" {
        None
    } else {
        f.base("percentage")
    };
    let fasering = f.text("fasering");
    let id = id?;
    let wanted = match fasering {
        // It could not be read, which was told.
        None if !f.empty("fasering") => None,
        None => Some(Wanted::Profile(id.clone())),
        Some(text) => match read_phasing(&text, gebied) {
            Ok(wanted) => Some(wanted),
            Err(reason) => {
                f.problem(
                    "fasering",
                    Problem::error("bad-phasing", format!("{}: {reason}", f.name()))
                        .allowed(Kind::Phasing.words())
                        .fix("write it as one of these"),
                );
                None
            }
        },
    };
    let (eigen, ander, bedrag, wanted) = (eigen?, ander?, bedrag?, wanted?);
    let (van, naar) = if kosten {
        (eigen, ander)
    } else {
        (ander, eigen)
    };
    if van == naar {
        let account = &b.rekeningen[van];
        let naam = account.partij.map_or_else(
            || "buiten".into(),
            |p| format!("{}/{}", b.partijen[p].partij, account.soort),
        );
        let column = if f.empty(ander_kolom) {
            "partij"
        } else {
            ander_kolom
        };
        f.problem(
            column,
            Problem::error(
                "pays-itself",
                format!("{}: payer and receiver are both {naam}", f.name()),
            )
            .fix("name another account for one of them"),
        );
        return None;
    }
    let empty = Verloop {
        gewichten: Vec::new(),
        totaal: Totaal::Een,
    };
    let mut lijn = common.lijn(id, table, row, van, naar, bedrag, empty);
    lijn.raming = raming;
    let place_of = |column: &str| {
        table
            .schema
            .column(column)
            .map(|c| &row.values[c])
            .filter(|v| !v.is_empty())
            .map_or_else(|| row.place.clone(), |v| v.place.clone())
    };
    Some(Draft {
        lijn,
        wanted,
        base,
        percentage_base,
        over,
        hoeveelheid_base,
        open_amount,
        row_place: row.place.clone(),
        phasing_place: place_of("fasering"),
        over_place: place_of("over"),
    })
}

/// A period, a range, "volgt ID +2", or a profile.
fn read_phasing(text: &str, gebied: &Gebied) -> Result<Wanted, String> {
    let text = text.trim();
    let stap = gebied.tijdstap;
    if let Some(rest) = text
        .strip_prefix("volgt ")
        .or_else(|| text.strip_prefix("Volgt "))
    {
        let (id, years) = match rest.rsplit_once(['+', '-']) {
            Some((id, n)) => {
                let years: i32 = n
                    .trim()
                    .parse()
                    .map_err(|_| format!("\"{text}\": \"{n}\" is not a number of years"))?;
                if years > 100 {
                    return Err(format!("\"{text}\": a lag of more than 100 years"));
                }
                (
                    id.trim(),
                    if rest[id.len()..].starts_with('-') {
                        -years
                    } else {
                        years
                    },
                )
            }
            None => (rest.trim(), 0),
        };
        return Ok(Wanted::Follow {
            id: id.to_owned(),
            years,
        });
    }
    let one = |t: &str| Periode::parse(t, stap);
    let end_of = |p: Periode, whole: bool| {
        if whole {
            Periode(p.0 + stap.per_year() - 1)
        } else {
            p
        }
    };
    if text.starts_with(|c: char| c.is_ascii_digit())
        && text.len() >= 4
        && text.chars().take(4).all(|c| c.is_ascii_digit())
    {
        if let Ok((p, whole)) = one(text) {
            return Ok(Wanted::Range(p, end_of(p, whole)));
        }
        // What looks like a part of a year and is none is no name of a profile.
        if let Some((_, part)) = text.split_once('-')
            && part.len() == 2
            && part.starts_with(['H', 'h', 'K', 'k'])
        {
            return Err(one(text).err().unwrap_or_default());
        }
        let halves: Vec<&str> = text.split(['–', '—']).collect();
        let halves = if let [from, to] = halves.as_slice() {
            Some((*from, *to))
        } else {
            split_range(text)
        };
        if let Some((from, to)) = halves {
            let ((from, _), (to, whole)) = (one(from.trim())?, one(to.trim())?);
            if from > to {
                return Err(format!("\"{text}\" ends before it begins"));
            }
            return Ok(Wanted::Range(from, end_of(to, whole)));
        }
        if text.chars().all(|c| c.is_ascii_digit()) {
            return Err(format!("\"{text}\" is not a year between 1900 and 2200"));
        }
    }
    Ok(Wanted::Profile(text.to_owned()))
}

/// Splits `2027-2031` and `2027-K1-2028-K4` at the hyphen before the second year.
fn split_range(text: &str) -> Option<(&str, &str)> {
    text.match_indices('-')
        .map(|(i, _)| (&text[..i], &text[i + 1..]))
        .find(|(_, to)| {
            to.trim().len() >= 4 && to.trim().chars().take(4).all(|c| c.is_ascii_digit())
        })
}

/// Reads table fasering.
fn read_profiles(
    tables: &Tables,
    gebied: &Gebied,
    problems: &mut Vec<Problem>,
) -> Vec<(String, Profile)> {
    let (table, rows) = rows(tables, "fasering");
    let mut out: Vec<(String, Profile)> = Vec::new();
    let mut positions: HashMap<String, usize> = HashMap::new();
    for row in rows {
        if is_full(problems) {
            break;
        }
        let mut f = Fields {
            table,
            row,
            problems,
        };
        let (naam, periode) = (f.text("fasering"), f.text("periode"));
        let position = naam.as_ref().map(|naam| {
            *positions.entry(name_key(naam)).or_insert_with(|| {
                out.push((
                    naam.clone(),
                    Profile {
                        weights: Vec::new(),
                        unit: "",
                        place: row.place.clone(),
                        used: false,
                        told: false,
                    },
                ));
                out.len() - 1
            })
        });
        let before = f.problems.len();
        let values = [
            (
                "aandeel",
                f.quantity("aandeel", Decimal::from(-10), Decimal::from(10)),
            ),
            ("hoeveelheid", f.amount("hoeveelheid")),
            ("bedrag", f.amount("bedrag")),
        ];
        let given: Vec<(&'static str, Quantity)> = values
            .into_iter()
            .filter_map(|(n, q)| Some((n, q?)))
            .collect();
        let unread = row
            .values
            .iter()
            .any(|v| matches!(v.scalar, Scalar::Error(_)));
        if let Some(position) = position {
            out[position].1.told |= unread || f.problems.len() > before || periode.is_none();
        }
        let (Some(naam), Some(periode), Some(position)) = (naam, periode, position) else {
            continue;
        };
        let profile = &mut out[position].1;
        let (periode, whole) = match Periode::parse(&periode, gebied.tijdstap) {
            Ok(p) => p,
            Err(reason) => {
                let problem = if let Some(date) = date_from_text(&periode) {
                    Problem::error(
                        "date-for-year",
                        format!("fasering \"{naam}\": column periode holds date {date}"),
                    )
                    .fix(format!("write the year only: {}", date.year()))
                } else {
                    Problem::error("bad-period", format!("fasering \"{naam}\": {reason}"))
                        .fix("write it as one of these, in the tijdstap of table gebied")
                };
                f.problem("periode", problem.allowed(Kind::Period.words()));
                profile.told = true;
                continue;
            }
        };
        let [(unit, waarde)] = given.as_slice() else {
            if given.len() > 1
                || ["aandeel", "hoeveelheid", "bedrag"]
                    .iter()
                    .all(|c| f.empty(c))
            {
                f.problem("aandeel", Problem::error("one-of-three", format!("fasering \"{naam}\" has {} of aandeel, hoeveelheid and bedrag in one row", given.len())).fix("fill exactly one of the three"));
            }
            profile.told = true;
            continue;
        };
        if profile.unit.is_empty() {
            profile.unit = unit;
        }
        if profile.unit != *unit {
            profile.told = true;
            f.problem(
                unit,
                Problem::error(
                    "mixed-phasing",
                    format!("fasering \"{naam}\" mixes {} and {unit}", profile.unit),
                )
                .fix("use one of the two in the whole profile"),
            );
            continue;
        }
        if let Some((_, earlier, _)) = profile.weights.iter().find(|(p, _, _)| *p == periode) {
            let mut problem = Problem::error(
                "duplicate-key",
                format!(
                    "fasering \"{naam}\" has period {} twice",
                    periode.label(gebied.tijdstap)
                ),
            )
            .fix("keep one of the two, or correct its period");
            profile.told = true;
            if let Some(place) = &earlier.place {
                problem = problem.and(place);
            }
            f.problem("periode", problem);
            continue;
        }
        profile.weights.push((periode, waarde.clone(), whole));
    }
    for (_, profile) in &mut out {
        profile.weights.sort_by_key(|(p, _, _)| *p);
    }
    out
}

/// When every row of a table pays.
fn read_betalingen(
    name: &str,
    tables: &Tables,
    profiles: &mut [(String, Profile)],
    gebied: &Gebied,
    problems: &mut Vec<Problem>,
) -> Betalingen {
    let (table, rows) = rows(tables, name);
    let mut out = Vec::new();
    for row in rows {
        let mut f = Fields {
            table,
            row,
            problems,
        };
        let given = f.text("betaling").and_then(|text| {
            let wanted = read_phasing(&text, gebied).and_then(|wanted| match wanted {
                Wanted::Range(from, to) => {
                    let parts = Decimal::from(to.0 - from.0 + 1);
                    Ok((from.0..=to.0)
                        .map(|p| (Periode(p), Quantity::made(Decimal::ONE / parts)))
                        .collect())
                }
                Wanted::Follow { .. } => Err("a payment follows no line".to_owned()),
                Wanted::Profile(name) => {
                    let found = profiles
                        .iter_mut()
                        .find(|(n, _)| name_key(n) == name_key(&name));
                    let Some((_, profile)) = found else {
                        return Err(format!("no fasering is called \"{name}\""));
                    };
                    profile.used = true;
                    payment(profile, gebied)
                }
            });
            let weights: Result<Vec<(Periode, Quantity)>, String> = wanted.and_then(|weights| {
                // What an owner paid before is history; a settlement that is calculated lies ahead.
                let first = if name == "eigendom" {
                    Periode(gebied.peil.0 - verhaal::VERLEDEN * gebied.tijdstap.per_year())
                } else {
                    gebied.peil
                };
                let outside = weights
                    .iter()
                    .find(|(p, _)| *p < first || p.year(gebied.tijdstap) > gebied.horizon);
                match outside {
                    Some((p, _)) => Err(format!(
                        "{} lies before {} or after the horizon {}",
                        p.label(gebied.tijdstap),
                        first.label(gebied.tijdstap),
                        gebied.horizon
                    )),
                    None => Ok(weights),
                }
            });
            match weights {
                Ok(weights) => Some(weights),
                Err(reason) => {
                    f.problem(
                        "betaling",
                        Problem::error("bad-phasing", format!("{}: {reason}", f.name()))
                            .allowed("a period, a range 2027-2031, or a profile of shares")
                            .fix("write when it is paid as one of these"),
                    );
                    None
                }
            }
        });
        out.push(given);
    }
    out
}

/// The shares of a profile by which a payment falls.
fn payment(profile: &Profile, gebied: &Gebied) -> Result<Vec<(Periode, Quantity)>, String> {
    let sum: Decimal = profile.weights.iter().map(|(_, q, _)| q.value).sum();
    if profile.unit != "aandeel" || (sum - Decimal::ONE).abs() > Decimal::new(1, 9) {
        return Err("a payment is phased by shares that add up to 100%".into());
    }
    let m = gebied.tijdstap.per_year();
    Ok(profile
        .weights
        .iter()
        .flat_map(|(p, q, whole)| {
            let parts = if *whole { m } else { 1 };
            (0..parts).map(move |s| {
                let share = Quantity {
                    value: q.value / Decimal::from(parts),
                    place: q.place.clone(),
                };
                (Periode(p.0 + s), share)
            })
        })
        .collect())
}

/// The lines that patterns name, found by binary search: ids in lower case, sorted, with their positions.
struct Names<'a> {
    ids: Vec<&'a str>,
    lower: Vec<(String, usize)>,
    by_key: HashMap<String, Vec<usize>>,
}

impl<'a> Names<'a> {
    fn new(ids: Vec<&'a str>) -> Self {
        let mut lower: Vec<(String, usize)> = ids
            .iter()
            .enumerate()
            .map(|(i, id)| (id.to_lowercase(), i))
            .collect();
        lower.sort_unstable();
        let mut by_key: HashMap<String, Vec<usize>> = HashMap::new();
        for (i, id) in ids.iter().enumerate() {
            by_key.entry(name_key(id)).or_default().push(i);
        }
        Names { ids, lower, by_key }
    }

    /// Positions that fit a pattern, as [`super::address::pattern_matches`] says.
    fn fitting(&self, pattern: &str) -> Vec<usize> {
        let Some(begin) = pattern.trim().strip_suffix('*').map(str::to_lowercase) else {
            return self
                .by_key
                .get(&name_key(pattern))
                .cloned()
                .unwrap_or_default();
        };
        let from = self.lower.partition_point(|(id, _)| *id < begin);
        self.lower[from..]
            .iter()
            .take_while(|(id, _)| id.starts_with(&begin))
            .map(|(_, i)| *i)
            .collect()
    }

    /// The line of a name.
    fn fitting_exactly(&self, id: &str) -> Option<usize> {
        self.by_key
            .get(&name_key(id))
            .and_then(|found| found.last().copied())
    }

    /// The id that is most like a word, but for one.
    fn nearest(&self, word: &str, but: &str) -> Option<&'a str> {
        nearest(word, self.ids.iter().copied().filter(|id| *id != but))
    }
}

/// Says that a line follows, or is a percentage of, what is no line.
fn no_line(problem: Problem, near: Option<&str>) -> Problem {
    problem.fix(near.map_or_else(
        || "name a line of programma, kosten or opbrengsten".into(),
        |n| format!("did you mean \"{n}\"?"),
    ))
}

/// Says that lines refer to more lines, or have more periods, than can be held.
fn too_many(what: &str, most: usize, place: &Place) -> Problem {
    let problem = Problem::error(
        "model-too-large",
        format!("{what} come to more than {most}"),
    )
    .at(place);
    problem
        .allowed(format!("at most {most}"))
        .fix("join lines that are alike, or divide the area into more models")
}

/// Gives every line its weights: looks up profiles, follows other lines, resolves percentages, settles history.
/// `named` are the ids of all rows, those with a mistake included: what refers to one of these is not told again.
fn settle(
    drafts: &mut [Draft],
    profiles: &mut [(String, Profile)],
    named: &[&str],
    gebied: &Gebied,
    problems: &mut Vec<Problem>,
) {
    let ids: Vec<String> = drafts.iter().map(|d| d.lijn.id.clone()).collect();
    let names = Names::new(ids.iter().map(String::as_str).collect());
    let all = Names::new(named.to_vec());
    // Percentages first: their lines have amounts only after this.
    let mut links = 0;
    for i in 0..drafts.len() {
        let Some(over) = drafts[i].over.clone() else {
            continue;
        };
        if is_full(problems) {
            return;
        }
        let mut found = Vec::new();
        let patterns: HashSet<&str> = over
            .split(';')
            .map(str::trim)
            .filter(|p| !p.is_empty())
            .collect();
        let mut patterns: Vec<&str> = patterns.into_iter().collect();
        patterns.sort_unstable();
        for pattern in patterns {
            let fitting = names.fitting(pattern);
            links += fitting.len();
            if links > MAX_SIZE {
                problems.push(too_many(
                    "the lines that percentages are taken over",
                    MAX_SIZE,
                    &drafts[i].over_place,
                ));
                return;
            }
            if fitting.is_empty() && all.fitting(pattern).is_empty() {
                let problem = Problem::error(
                    "unknown-reference",
                    format!(
                        "\"{}\": no line fits \"{pattern}\" in over",
                        drafts[i].lijn.id
                    ),
                )
                .at(&drafts[i].over_place);
                problems.push(no_line(problem, names.nearest(pattern, &ids[i])));
            }
            found.extend(fitting);
        }
        found.sort_unstable();
        found.dedup();
        if let Bedrag::Opslag { over, .. } = &mut drafts[i].lijn.bedrag {
            *over = found;
        }
    }
    for i in check_circles(drafts, problems) {
        if let Bedrag::Opslag { over, .. } = &mut drafts[i].lijn.bedrag {
            over.clear();
        }
    }
    let origins = follow(drafts, &names, &all, problems);
    let by_profile: HashMap<String, usize> = profiles
        .iter()
        .enumerate()
        .map(|(i, (n, _))| (name_key(n), i))
        .collect();
    let mut done: Vec<Option<Weights>> = Vec::with_capacity(drafts.len());
    let mut size = 0;
    for i in 0..drafts.len() {
        if is_full(problems) {
            return;
        }
        let Some((origin, lag)) = origins[i] else {
            done.push(None);
            continue;
        };
        let settled = match &drafts[origin].wanted {
            Wanted::Follow { .. } => None,
            Wanted::Range(from, to) => {
                let parts = to.0 - from.0 + 1;
                // Equal parts come from the cell that says so: the line's own, also when that says whom it follows.
                let part = Quantity::new(Decimal::ONE, &drafts[i].phasing_place);
                let weights = (from.0..=to.0)
                    .map(|p| (Periode(p), part.clone()))
                    .collect();
                Some((
                    weights,
                    if parts == 1 {
                        Totaal::Een
                    } else {
                        Totaal::Door(Decimal::from(parts), Vec::new())
                    },
                ))
            }
            Wanted::Profile(name) => match by_profile.get(&name_key(name)) {
                Some(p) => {
                    let (name, profile) = &mut profiles[*p];
                    profile_weights(name, profile, &mut drafts[i], gebied, problems)
                }
                None if origin == i => {
                    problems.push(no_profile(
                        &drafts[i],
                        name,
                        profiles.iter().map(|(n, _)| n.as_str()),
                    ));
                    None
                }
                None => None,
            },
        };
        size += settled
            .as_ref()
            .map_or(0, |(weights, _): &Weights| weights.len());
        if size > MAX_SIZE {
            problems.push(too_many(
                "the periods of all lines together",
                MAX_SIZE,
                &drafts[i].phasing_place,
            ));
            return;
        }
        let lag = lag * gebied.tijdstap.per_year();
        done.push(settled.map(|(weights, total)| {
            (
                weights
                    .into_iter()
                    .map(|(p, q): (Periode, Quantity)| (Periode(p.0 + lag), q))
                    .collect(),
                total,
            )
        }));
    }
    // Amounts per period may be the amount of a line, so this comes after the phasing.
    let base = base_amounts(drafts);
    let valued = valued(drafts);
    for (((draft, weights), base), valued) in drafts.iter_mut().zip(done).zip(base).zip(valued) {
        if let Some((weights, total)) = weights
            && !is_full(problems)
        {
            settle_history(draft, weights, total, base, valued, gebied, problems);
        }
    }
}

/// Says that a line has no phasing, or one that is not there.
fn no_profile<'a>(draft: &Draft, name: &str, profiles: impl Iterator<Item = &'a str>) -> Problem {
    let lijn = &draft.lijn;
    let own = name_key(name) == name_key(&lijn.id);
    let near = nearest(name, profiles).filter(|_| !own);
    let message = if own {
        format!(
            "{} \"{}\" has no fasering, and no profile is called so",
            lijn.tabel, lijn.id
        )
    } else {
        format!(
            "{} \"{}\": table fasering has no profile \"{name}\"",
            lijn.tabel, lijn.id
        )
    };
    let fix = near.map_or_else(
        || "write years in the column fasering, or add the profile to table fasering".into(),
        |n| format!("did you mean \"{n}\"?"),
    );
    Problem::error("unknown-phasing", message)
        .at(&draft.phasing_place)
        .allowed(Kind::Phasing.words())
        .fix(fix)
}

/// For every line the line whose phasing it has, itself or one that it follows, and how many years later it comes.
fn follow(
    drafts: &[Draft],
    names: &Names<'_>,
    all: &Names<'_>,
    problems: &mut Vec<Problem>,
) -> Vec<Option<(usize, i32)>> {
    let mut known: Vec<Option<Option<(usize, i32)>>> = vec![None; drafts.len()];
    let mut on_path = vec![false; drafts.len()];
    for start in 0..drafts.len() {
        let mut path = Vec::new();
        let mut i = start;
        let mut result = loop {
            if let Some(result) = known[i] {
                break result;
            }
            if on_path[i] {
                let from = path.iter().position(|k| *k == i).unwrap_or(0);
                let circle = listed(
                    path[from..]
                        .iter()
                        .chain([&i])
                        .map(|k: &usize| drafts[*k].lijn.id.as_str()),
                )
                .replace(", ", " volgt ");
                let problem = Problem::error(
                    "circular-phasing",
                    format!("the phasing of lines goes round: {circle}"),
                )
                .at(&drafts[i].phasing_place);
                problems.push(problem.fix("give one of the lines a phasing of its own"));
                break None;
            }
            let Wanted::Follow { id, .. } = &drafts[i].wanted else {
                known[i] = Some(Some((i, 0)));
                break Some((i, 0));
            };
            on_path[i] = true;
            path.push(i);
            let Some(next) = names.fitting_exactly(id) else {
                if all.fitting_exactly(id).is_none() && !is_full(problems) {
                    let problem = Problem::error(
                        "unknown-reference",
                        format!(
                            "{} \"{}\" follows \"{id}\", which is no line",
                            drafts[i].lijn.tabel, drafts[i].lijn.id
                        ),
                    )
                    .at(&drafts[i].phasing_place);
                    problems.push(no_line(problem, names.nearest(id, &drafts[i].lijn.id)));
                }
                break None;
            };
            i = next;
        };
        for k in path.into_iter().rev() {
            if let (Wanted::Follow { years, .. }, Some((_, lag))) = (&drafts[k].wanted, &mut result)
            {
                *lag += years;
            }
            known[k] = Some(result);
            on_path[k] = false;
        }
    }
    known.into_iter().map(Option::flatten).collect()
}

/// Longest chain of percentages of percentages; the functions that walk it call themselves.
const MAX_CHAIN: usize = 100;

/// Lines whose percentage leads back to themselves, or through too many others; each circle is told once.
fn check_circles(drafts: &[Draft], problems: &mut Vec<Problem>) -> Vec<usize> {
    let over_of = |i: usize| match &drafts[i].lijn.bedrag {
        Bedrag::Opslag { over, .. } => over.as_slice(),
        _ => &[],
    };
    // By line: not seen, on the path, done; and how many percentages it is above an amount.
    let mut state = vec![0u8; drafts.len()];
    let mut depth = vec![0usize; drafts.len()];
    let mut cut = Vec::new();
    let mut deep = None;
    let mut round = false;
    for start in 0..drafts.len() {
        if state[start] > 0 {
            continue;
        }
        state[start] = 1;
        let mut path = vec![(start, 0)];
        while let Some((i, next)) = path.last_mut() {
            let i = *i;
            let Some(&j) = over_of(i).get(*next) else {
                state[i] = 2;
                path.pop();
                if depth[i] > MAX_CHAIN {
                    if deep.is_none() {
                        let problem = Problem::error(
                            "model-too-large",
                            format!(
                                "\"{}\" is a percentage of percentages, {} deep",
                                drafts[i].lijn.id, depth[i]
                            ),
                        )
                        .at(&drafts[i].over_place);
                        deep = Some(
                            problem
                                .allowed(format!("at most {MAX_CHAIN} deep"))
                                .fix("take the percentage over the lines with amounts"),
                        );
                    }
                    depth[i] = 0;
                    cut.push(i);
                }
                if let Some((above, _)) = path.last() {
                    depth[*above] = depth[*above].max(depth[i] + 1);
                }
                continue;
            };
            *next += 1;
            match state[j] {
                0 => {
                    state[j] = 1;
                    path.push((j, 0));
                }
                1 => {
                    let from = path.iter().position(|(k, _)| *k == j).unwrap_or(0);
                    let circle = listed(
                        path[from..]
                            .iter()
                            .map(|(k, _)| k)
                            .chain([&j])
                            .map(|k| drafts[*k].lijn.id.as_str()),
                    )
                    .replace(", ", " over ");
                    round = true;
                    if !is_full(problems) {
                        let problem = Problem::error(
                            "circular-percentage",
                            format!("percentage of lines goes round: {circle}"),
                        )
                        .at(&drafts[j].over_place);
                        problems.push(
                            problem.fix("take one of them out of the column over of the other"),
                        );
                    }
                    cut.push(i);
                }
                _ => depth[i] = depth[i].max(depth[j] + 1),
            }
        }
    }
    // A circle is deep too, and was told as a circle.
    problems.extend(deep.filter(|_| !round));
    cut
}

/// The weights of a profile for a line, checked against what the line holds.
fn profile_weights(
    name: &str,
    profile: &mut Profile,
    draft: &mut Draft,
    gebied: &Gebied,
    problems: &mut Vec<Problem>,
) -> Option<Weights> {
    profile.used = true;
    if profile.told {
        return None;
    }
    let m = gebied.tijdstap.per_year();
    let mut weights = Vec::new();
    for (p, q, whole) in &profile.weights {
        // A whole year in a model of quarters is divided equally over its quarters.
        let parts = if *whole { m } else { 1 };
        for s in 0..parts {
            weights.push((
                Periode(p.0 + s),
                Quantity {
                    value: q.value / Decimal::from(parts),
                    place: q.place.clone(),
                },
            ));
        }
    }
    let sum: Decimal = profile.weights.iter().map(|(_, q, _)| q.value).sum();
    let wrong = |what: String, fix: &str| {
        Problem::error("phasing-total", what)
            .at(&profile.place)
            .and(&draft.row_place)
            .fix(fix.to_owned())
    };
    let total = match profile.unit {
        "aandeel" => {
            if (sum - Decimal::ONE).abs() > Decimal::new(1, 9) {
                let percent = |d: Decimal| {
                    (d * Decimal::ONE_HUNDRED)
                        .round_dp_with_strategy(
                            6,
                            rust_decimal::RoundingStrategy::MidpointAwayFromZero,
                        )
                        .normalize()
                };
                let short = Decimal::ONE - sum;
                let fix = format!(
                    "correct the shares: {}% {}",
                    percent(short.abs()),
                    if short > Decimal::ZERO {
                        "is missing"
                    } else {
                        "too much"
                    }
                );
                problems.push(wrong(
                    format!(
                        "fasering \"{name}\" adds up to {}%, not to 100%",
                        percent(sum)
                    ),
                    &fix,
                ));
                // Other lines may have the same profile.
                profile.told = true;
                return None;
            }
            if sum == Decimal::ONE {
                Totaal::Een
            } else {
                Totaal::Door(sum, Vec::new())
            }
        }
        "hoeveelheid" => {
            let held = draft.hoeveelheid_base;
            if held.is_none_or(|h| (sum - h).abs() > Decimal::new(1, 6)) {
                problems.push(wrong(
                    format!(
                        "fasering \"{name}\" adds up to {} units, line \"{}\" has {}",
                        sum.normalize(),
                        draft.lijn.id,
                        held.map_or("none".into(), |h| h.normalize().to_string())
                    ),
                    "correct the units per period, or the line's number",
                ));
                return None;
            }
            Totaal::Door(sum, Vec::new())
        }
        _ => {
            if draft.open_amount {
                if let Bedrag::Product(factors) = &mut draft.lijn.bedrag
                    && factors.is_empty()
                {
                    factors.push(Factor {
                        kolom: "bedrag",
                        waarde: Quantity {
                            value: sum,
                            place: Some(profile.place.clone()),
                        },
                    });
                    draft.base = Some(sum);
                }
            } else if draft
                .base
                .is_none_or(|b| (sum - b).abs() > Decimal::new(1, 2))
            {
                let sum = sum.normalize();
                problems.push(match draft.base {
                    Some(base) => wrong(format!("fasering \"{name}\" adds up to {sum}, the amount of line \"{}\" is {}", draft.lijn.id, base.normalize()), "correct the amounts per period, or the line's amount"),
                    None if matches!(draft.lijn.bedrag, Bedrag::Waardering { .. }) => wrong(format!("fasering \"{name}\" holds amounts, line \"{}\" has its price from a waardering", draft.lijn.id), "give shares in column aandeel, together 100%, or units in column hoeveelheid"),
                    None => wrong(format!("fasering \"{name}\" holds amounts, line \"{}\" is a percentage of other lines", draft.lijn.id), "give shares in column aandeel, together 100%"),
                });
                return None;
            }
            Totaal::Door(sum, Vec::new())
        }
    };
    if matches!(&total, Totaal::Door(sum, _) if sum.is_zero()) {
        // Nothing is spread over nothing: the line is zero, which needs no weights.
        return Some((Vec::new(), Totaal::Een));
    }
    Some((weights, total))
}

/// Lines whose amount follows from a valuation, as percentages too. Circles are gone by now.
fn valued(drafts: &[Draft]) -> Vec<bool> {
    fn look(i: usize, drafts: &[Draft], known: &mut [Option<bool>]) -> bool {
        if let Some(known) = known[i] {
            return known;
        }
        let found = match &drafts[i].lijn.bedrag {
            Bedrag::Opslag { over, .. } => over.iter().any(|j| look(*j, drafts, known)),
            Bedrag::Waardering { .. } => true,
            _ => false,
        };
        known[i] = Some(found);
        found
    }
    let mut known = vec![None; drafts.len()];
    (0..drafts.len())
        .map(|i| look(i, drafts, &mut known))
        .collect()
}

/// The amounts before any scenario, percentages resolved. Circles are gone by now.
fn base_amounts(drafts: &[Draft]) -> Vec<Option<Decimal>> {
    /// An amount that may turn out not to be known.
    #[derive(Clone, Copy)]
    enum Base {
        Unasked,
        Known(Option<Decimal>),
    }
    fn amount(i: usize, drafts: &[Draft], known: &mut [Base]) -> Option<Decimal> {
        if let Base::Known(known) = known[i] {
            return known;
        }
        let value = match &drafts[i].lijn.bedrag {
            Bedrag::Product(_) => drafts[i].base,
            // What is settled or valued has no history: the last is refused where history is settled.
            Bedrag::Verrekend(_) | Bedrag::Waardering { .. } | Bedrag::Waarde { .. } => None,
            Bedrag::Opslag { percentage, over } => {
                let sum = over.iter().try_fold(Decimal::ZERO, |sum, j| {
                    sum.checked_add(amount(*j, drafts, known)?)
                });
                sum.and_then(|sum| {
                    sum.checked_mul(drafts[i].percentage_base.unwrap_or(percentage.value))
                })
            }
        };
        known[i] = Base::Known(value);
        value
    }
    let mut known = vec![Base::Unasked; drafts.len()];
    (0..drafts.len())
        .map(|i| amount(i, drafts, &mut known))
        .collect()
}

/// Splits weights into history (amounts, settled now) and forecast, and checks that they lie on the timeline.
fn settle_history(
    draft: &mut Draft,
    weights: Vec<(Periode, Quantity)>,
    mut total: Totaal,
    base: Option<Decimal>,
    gewaardeerd: bool,
    gebied: &Gebied,
    problems: &mut Vec<Problem>,
) {
    let lijn = &mut draft.lijn;
    if draft.open_amount && matches!(&lijn.bedrag, Bedrag::Product(f) if f.is_empty()) {
        problems.push(Problem::error("missing-value", format!("{} \"{}\" has no amount", lijn.tabel, lijn.id)).at(&draft.row_place).fix("fill bedrag, or prijs and hoeveelheid, or give its amounts per period in table fasering"));
        return;
    }
    let (first, last) = (gebied.peil.year(gebied.tijdstap) - 60, gebied.horizon);
    if let Some((p, q)) = weights.iter().find(|(p, q)| {
        !q.value.is_zero() && (p.year(gebied.tijdstap) < first || p.year(gebied.tijdstap) > last)
    }) {
        let late = p.year(gebied.tijdstap) > last;
        let limit = if late {
            format!("after the horizon {last}")
        } else {
            format!("more than 60 years before peildatum {}", gebied.peildatum)
        };
        let problem = Problem::error(
            "outside-horizon",
            format!(
                "{} \"{}\" has an amount in {}, {limit}",
                lijn.tabel,
                lijn.id,
                p.label(gebied.tijdstap)
            ),
        )
        .at(q.place.as_ref().unwrap_or(&draft.phasing_place));
        problems.push(problem.fix(if late {
            "correct the period, or take a later horizon in table gebied"
        } else {
            "correct the period"
        }));
        return;
    }
    let (history, forecast): (Vec<_>, Vec<_>) = weights
        .into_iter()
        .filter(|(_, q)| !q.value.is_zero())
        .partition(|(p, _)| *p < gebied.peil);
    if let (Some((p, _)), true) = (history.first(), gewaardeerd) {
        problems.push(
            Problem::error(
                "valuation-in-history",
                format!(
                    "{} \"{}\" follows from a waardering, but lies before peildatum {} in {}",
                    lijn.tabel,
                    lijn.id,
                    gebied.peildatum,
                    p.label(gebied.tijdstap)
                ),
            )
            .at(&draft.phasing_place)
            .fix("give what was sold a row of its own, with the grondprijs that was paid"),
        );
        return;
    }
    let amount = Exact(base);
    let by = |w: Decimal| match &total {
        Totaal::Een => amount * Exact::from(w),
        Totaal::Door(t, _) => (amount * Exact::from(w)).per(Exact::from(*t)),
    };
    let realised = history.clone();
    for (p, q) in history {
        if let Some(value) = by(q.value).0 {
            lijn.realisatie.push((
                p,
                Quantity {
                    value,
                    place: q.place.or_else(|| Some(lijn.place.clone())),
                },
            ));
        } else {
            problems.push(
                Problem::error(
                    "too-large",
                    format!(
                        "the realised amounts of \"{}\" are too large to calculate with",
                        lijn.id
                    ),
                )
                .at(&draft.row_place)
                .fix("check its amount and its phasing"),
            );
            return;
        }
    }
    if let Totaal::Door(_, earlier) = &mut total {
        *earlier = realised;
    }
    lijn.verloop = Verloop {
        gewichten: forecast,
        totaal: total,
    };
}

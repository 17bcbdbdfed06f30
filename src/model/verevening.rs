//! Verevening: tables `verevening` and `verevening_delen`, what of the other tables counts in them, and the lines by which who takes part
//! pays and receives.
//!
//! [`VORMEN`] says of every kind of rule which columns it reads and which figures it gives; what it makes of them is a rule
//! (`rules::verevening`, `rules::inbreng`, `rules::bijdragen`).

use super::fields::Fields;
use super::lines::{Bedrag, Lijn, Rol, Stroomsoort, Totaal, Verloop};
use super::table::{Tables, dutch, is_m2, name_key, text_of};
use super::verhaal::{
    Betalingen, Inbreng, Postsoort, Verhaal, Verhaalspost, Verrekening, eenheden, gegroeid_tot,
    onbekend,
};
use super::{BUITEN, Builder, Gebied, HOOFD, Rentemethode, is_full, position_of, rows};
use crate::number::{Exact, Number, Quantity};
use crate::problem::{Place, Problem, has_errors, listed};
use crate::timeline::{Kasstroommoment, Periode};
use rust_decimal::Decimal;
use std::collections::HashMap;

/// The kinds of rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Regelsoort {
    /// Costs shared by a key.
    Kostendeling,
    /// Who makes what yields less is compensated by all.
    Specials,
    /// Land value made equal per unit of a measure.
    GelijkeGrondwaarde,
    /// Land value moved to given targets.
    Doel,
    /// Costs that nobody made on its own land.
    Collectief,
    /// Development rights pro rata of what one brings in.
    Grondbank,
    /// Payment for homes that are missing from a norm.
    Vereveningsfonds,
    /// Payment for every home.
    Vlak,
    /// Payment for homes above a bound.
    Segment,
    /// Land sold to the municipality, plots bought back.
    Bouwclaim,
    /// The result of a joint company.
    Gem,
    /// A tarief per woningequivalent.
    Bovenwijks,
}

/// Numbers that a row of `verevening_delen` can hold.
pub const KOLOMMEN: [&str; 14] = [
    "sleutel",
    "eigen",
    "referentie",
    "feitelijk",
    "aantal",
    "sociaal",
    "elders",
    "grens",
    "tarief",
    "m2",
    "inkoopprijs",
    "grondwaarde_vrij",
    "grondwaarde_sociaal",
    "weq",
];

/// Numbers that a row of `verevening` can hold.
pub const REGELKOLOMMEN: [&str; 12] = [
    "bedrag",
    "waarde",
    "aandeel",
    "vanaf",
    "tarief",
    "grondwaarde_vrij",
    "grondwaarde_sociaal",
    "uitkering",
    "plafond",
    "beginsaldo",
    "subsidie",
    "woningequivalenten",
];

/// Texts of a row of `verevening` that not every kind has.
const TEKSTEN: [&str; 8] = [
    "sleutel",
    "kosten_soort",
    "maatregel",
    "functie",
    "segmenten",
    "meetellen",
    "afronding",
    "plafond_per",
];

/// A figure by its address and by its word.
pub type Cijfer = (&'static str, &'static str);

/// What a kind of rule reads and gives.
#[derive(Debug)]
pub struct Vorm {
    /// The kind.
    pub soort: Regelsoort,
    /// Its name in the table.
    pub naam: &'static str,
    /// What is to be known of the formula before it is used; empty when its source gives it.
    merk: &'static str,
    /// Columns of `verevening_delen` that it needs: given, or derived.
    pub nodig: &'static [&'static str],
    /// Columns that it may have beside them.
    mag: &'static [&'static str],
    /// Columns of `verevening` that it needs.
    regel_nodig: &'static [&'static str],
    /// Columns that it may have beside them.
    regel_mag: &'static [&'static str],
    /// Whether one who takes part can pay, and can receive.
    richtingen: (bool, bool),
    /// Whether it adds up to nothing, so that it takes two.
    pub sluit: bool,
    /// Figures of who takes part, beside `verrekening`.
    pub cijfers: &'static [Cijfer],
    /// Figures of the whole, beside `betaald` and `saldo`.
    pub geheel: &'static [Cijfer],
}

const AFSPRAAK: &str =
    "its formula is a convention [C], and no statute: it holds when the parties agree on it";
const EIGEN_KENNIS: &str = "its formula is own knowledge, not verified [O], and no statute: it holds when the parties agree on it";
const SLEUTEL: Cijfer = ("sleutel", "sleutel verevening");

/// Every kind of rule.
pub const VORMEN: [Vorm; 12] = [
    Vorm {
        soort: Regelsoort::Kostendeling,
        naam: "kostendeling",
        merk: AFSPRAAK,
        nodig: &["sleutel", "eigen"],
        mag: &[],
        regel_nodig: &[],
        regel_mag: &["sleutel", "kosten_soort", "maatregel", "functie"],
        richtingen: (true, true),
        sluit: true,
        cijfers: &[
            SLEUTEL,
            ("eigen", "eigen kosten verevening"),
            ("kosten_na", "kosten na verrekening"),
        ],
        geheel: &[("buiten", "kosten buiten verevening")],
    },
    Vorm {
        soort: Regelsoort::Specials,
        naam: "specials",
        merk: AFSPRAAK,
        nodig: &["sleutel", "referentie", "feitelijk"],
        mag: &[],
        regel_nodig: &[],
        regel_mag: &["sleutel", "functie", "meetellen"],
        richtingen: (true, true),
        sluit: true,
        cijfers: &[
            SLEUTEL,
            ("feitelijk", "feitelijk verevening"),
            ("gemis", "gemis"),
            ("kosten_na", "kosten na verrekening"),
        ],
        geheel: &[],
    },
    Vorm {
        soort: Regelsoort::GelijkeGrondwaarde,
        naam: "gelijke_grondwaarde",
        merk: AFSPRAAK,
        nodig: &["sleutel", "feitelijk"],
        mag: &[],
        regel_nodig: &[],
        regel_mag: &["sleutel", "functie"],
        richtingen: (true, true),
        sluit: true,
        cijfers: &[
            SLEUTEL,
            ("feitelijk", "feitelijk verevening"),
            ("grondwaarde_na", "grondwaarde na verrekening"),
        ],
        geheel: &[],
    },
    Vorm {
        soort: Regelsoort::Doel,
        naam: "doel",
        merk: AFSPRAAK,
        nodig: &["referentie", "feitelijk"],
        mag: &[],
        regel_nodig: &[],
        regel_mag: &[],
        richtingen: (true, true),
        sluit: true,
        cijfers: &[
            ("feitelijk", "feitelijk verevening"),
            ("grondwaarde_na", "grondwaarde na verrekening"),
        ],
        geheel: &[("onvervuld", "doel onvervuld"), ("over", "boven doel")],
    },
    Vorm {
        soort: Regelsoort::Collectief,
        naam: "collectief",
        merk: AFSPRAAK,
        nodig: &["sleutel"],
        mag: &[],
        regel_nodig: &["bedrag"],
        regel_mag: &["sleutel", "kosten_soort", "maatregel", "functie"],
        richtingen: (true, true),
        sluit: false,
        cijfers: &[SLEUTEL],
        geheel: &[("ongedekt", "collectief ongedekt")],
    },
    Vorm {
        soort: Regelsoort::Grondbank,
        naam: "grondbank",
        merk: EIGEN_KENNIS,
        nodig: &["sleutel", "feitelijk"],
        mag: &[],
        regel_nodig: &[],
        regel_mag: &["sleutel", "functie", "waarde"],
        richtingen: (true, true),
        sluit: true,
        cijfers: &[
            SLEUTEL,
            ("feitelijk", "feitelijk verevening"),
            ("ontwikkelrecht", "ontwikkelrecht"),
        ],
        geheel: &[],
    },
    Vorm {
        soort: Regelsoort::Vereveningsfonds,
        naam: "vereveningsfonds",
        merk: "",
        nodig: &[
            "aantal",
            "sociaal",
            "grondwaarde_vrij",
            "grondwaarde_sociaal",
        ],
        mag: &["elders"],
        regel_nodig: &["aandeel"],
        regel_mag: &[
            "vanaf",
            "grondwaarde_vrij",
            "grondwaarde_sociaal",
            "uitkering",
            "plafond",
            "plafond_per",
            "beginsaldo",
            "functie",
            "segmenten",
            "afronding",
        ],
        richtingen: (true, true),
        sluit: false,
        cijfers: &[
            ("woningen", "woningen verevening"),
            ("vereist", "verevening vereist"),
            ("tekort", "verevening tekort"),
            ("overschot", "verevening overschot"),
            ("afkoopsom", "afkoopsom"),
            ("uitkering", "uitkering verevening"),
        ],
        geheel: &[("fonds", "saldo vereveningsfonds")],
    },
    Vorm {
        soort: Regelsoort::Vlak,
        naam: "vlak",
        merk: "",
        nodig: &["aantal"],
        mag: &[],
        regel_nodig: &["tarief"],
        regel_mag: &["vanaf", "functie"],
        richtingen: (true, false),
        sluit: false,
        cijfers: &[("woningen", "woningen verevening")],
        geheel: &[],
    },
    Vorm {
        soort: Regelsoort::Segment,
        naam: "segment",
        merk: "",
        nodig: &["aantal", "grens", "tarief"],
        mag: &[],
        regel_nodig: &[],
        regel_mag: &["functie", "meetellen"],
        richtingen: (true, true),
        sluit: false,
        cijfers: &[("woningen", "woningen verevening")],
        geheel: &[],
    },
    Vorm {
        soort: Regelsoort::Bouwclaim,
        naam: "bouwclaim",
        merk: EIGEN_KENNIS,
        nodig: &["m2", "inkoopprijs", "aantal", "tarief"],
        mag: &[],
        regel_nodig: &[],
        regel_mag: &["bedrag", "functie"],
        richtingen: (true, true),
        sluit: false,
        cijfers: &[],
        geheel: &[
            ("inkoop", "bouwclaim inkoop"),
            ("verkoop", "bouwclaim verkoop"),
            ("resultaat", "bouwclaim resultaat"),
        ],
    },
    Vorm {
        soort: Regelsoort::Gem,
        naam: "gem",
        merk: EIGEN_KENNIS,
        nodig: &["sleutel"],
        mag: &[],
        regel_nodig: &[],
        regel_mag: &["sleutel", "bedrag", "functie"],
        richtingen: (true, true),
        sluit: false,
        cijfers: &[SLEUTEL, ("deel", "aandeel resultaat GEM")],
        geheel: &[
            ("resultaat", "resultaat GEM"),
            ("onverdeeld", "resultaat GEM onverdeeld"),
        ],
    },
    Vorm {
        soort: Regelsoort::Bovenwijks,
        naam: "bovenwijks",
        merk: EIGEN_KENNIS,
        nodig: &["aantal"],
        mag: &["weq"],
        regel_nodig: &["bedrag", "aandeel"],
        regel_mag: &["subsidie", "woningequivalenten", "functie"],
        richtingen: (true, false),
        sluit: false,
        cijfers: &[("woningen", "woningen verevening")],
        geheel: &[("tarief", "tarief bovenwijks")],
    },
];

/// The names of the kinds, for the schema.
pub const SOORTEN: &[&str] = &[
    "kostendeling",
    "specials",
    "gelijke_grondwaarde",
    "doel",
    "collectief",
    "grondbank",
    "vereveningsfonds",
    "vlak",
    "segment",
    "bouwclaim",
    "gem",
    "bovenwijks",
];

/// What flows are added up for a rule, at contante waarde.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Basis {
    /// Cost lines of who takes part.
    Kosten,
    /// What the land of who takes part brings in.
    Grondwaarde,
    /// What the clearing account receives.
    In,
    /// What it pays.
    Uit,
}

/// Where a number comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum Maat {
    /// The sum of products of inputs.
    Som(Vec<Vec<Quantity>>),
    /// Flows.
    Stromen(Basis),
}

/// A rule.
#[derive(Debug, Clone)]
pub struct Regel {
    /// Name.
    pub naam: String,
    /// What it reads and gives.
    pub vorm: &'static Vorm,
    /// Account that clears.
    pub rekening: usize,
    /// Numbers by position in [`REGELKOLOMMEN`].
    pub getallen: [Option<Quantity>; 12],
    /// Whether what is better than a reference or below a bound counts too.
    pub saldi: bool,
    /// How a number of homes is made whole: omhoog, half or geen.
    pub afronding: &'static str,
    /// Whether the plafond is per project.
    pub plafond_per_project: bool,
    /// Decimals of the amounts.
    pub decimalen: u32,
    /// Rate of contante waarde.
    pub rente: Quantity,
    /// Who takes part, by position in [`Verevening::deelnemers`].
    pub deelnemers: Vec<usize>,
    /// What a flow at the begin of a period is worth where its account has it in that period: the result of the grondexploitatie is that
    /// at its own interest. Nothing is one.
    pub moment: Option<Quantity>,
    /// Cost lines that the rule chooses and nobody who takes part pays.
    pub buiten: Vec<usize>,
    /// Where the row stands.
    pub place: Place,
    /// How a key that is not given is found.
    sleutel: &'static str,
    kosten_soort: Option<String>,
    maatregel: Option<usize>,
    functie: Option<String>,
    segmenten: Vec<String>,
    tot_betaling: bool,
}

impl Regel {
    /// How a key that is not given is found, as its column has it.
    pub fn sleutelsoort(&self) -> &'static str {
        self.sleutel
    }

    /// Whether what is due grows with rente to its payment.
    pub fn met_rente(&self) -> bool {
        self.tot_betaling
    }

    /// A number of its row.
    pub fn getal(&self, kolom: &str) -> Option<&Quantity> {
        let at = REGELKOLOMMEN.iter().position(|k| *k == kolom)?;
        self.getallen[at].as_ref()
    }

    /// By what its cost lines are chosen.
    fn kosten(&self) -> (Option<usize>, Option<&str>) {
        (self.maatregel, self.kosten_soort.as_deref())
    }
}

/// Who takes part in a rule.
#[derive(Debug, Clone)]
pub struct Deelnemer {
    /// Code.
    pub id: String,
    /// Position in [`Verevening::regels`].
    pub regel: usize,
    /// Account that pays and receives.
    pub rekening: usize,
    /// Deelgebied.
    pub deelgebied: Option<usize>,
    /// Numbers by position in [`KOLOMMEN`].
    pub getallen: [Option<Maat>; 14],
    /// Where the row stands.
    pub place: Place,
}

/// All of verevening in a model.
#[derive(Debug, Clone, Default)]
pub struct Verevening {
    /// Rules.
    pub regels: Vec<Regel>,
    /// Who takes part.
    pub deelnemers: Vec<Deelnemer>,
}

/// Reads the tables and adds the lines by which who takes part pays and receives; flows that count go to the posts of `verhaal`, after
/// its areas.
pub(crate) fn read(
    b: &mut Builder,
    gebied: &Gebied,
    tables: &Tables,
    (lijnen, verhaal): (&mut Vec<Lijn>, &mut Verhaal),
    betalingen: &Betalingen,
    problems: &mut Vec<Problem>,
) -> Verevening {
    let mut lezer = Lezer {
        gebied,
        tables,
        gewoon: lijnen.len(),
        lijnen,
        verhaal,
        verevening: Verevening::default(),
        woorden: HashMap::new(),
        eenheid_van: Vec::new(),
        gewichten: Vec::new(),
        kiezen: Vec::new(),
        geteld: HashMap::new(),
    };
    if tables.table("verevening").rows.is_empty()
        && tables.table("verevening_delen").rows.is_empty()
    {
        return lezer.verevening;
    }
    lezer.lees_woorden();
    lezer.regels(b, betalingen, problems);
    lezer.deelnemers(b, problems);
    lezer.omvang(problems);
    lezer.rekeningen();
    lezer.buiten();
    lezer.verevening
}

struct Lezer<'a> {
    gebied: &'a Gebied,
    tables: &'a Tables,
    /// How many lines there are before those of verevening.
    gewoon: usize,
    lijnen: &'a mut Vec<Lijn>,
    verhaal: &'a mut Verhaal,
    verevening: Verevening,
    /// By line: functie, segment and eenheid, or soort.
    woorden: HashMap<usize, [Option<String>; 3]>,
    /// By rule: the line whose eenheid its counts are in.
    eenheid_van: Vec<Option<usize>>,
    /// By rule: when it is paid.
    gewichten: Vec<Vec<(Periode, Quantity)>>,
    /// By who takes part: whose rows count.
    kiezen: Vec<Keus>,
    /// Who a row of another table was counted for: by rule, column, whether it is a row of eigendom, and its position there.
    geteld: HashMap<(usize, &'static str, bool, usize), usize>,
}

/// Says that a column is filled that a kind of rule does not read.
fn ongebruikt(f: &mut Fields<'_>, columns: &[&str], vorm: &Vorm, reads: &dyn Fn(&str) -> bool) {
    for column in columns {
        if f.empty(column) || reads(column) {
            continue;
        }
        let name = f.name();
        f.problem(
            column,
            Problem::error(
                "not-in-soort",
                format!("{name}: soort {} does not read {column}", vorm.naam),
            )
            .fix(format!("clear {column}, or take another soort")),
        );
    }
}

impl Lezer<'_> {
    /// The words by which lines are chosen.
    fn lees_woorden(&mut self) {
        let mut of: HashMap<(&str, String), [Option<String>; 3]> = HashMap::new();
        for (name, columns) in [
            ("programma", &["functie", "segment", "eenheid"][..]),
            ("kosten", &["soort"]),
        ] {
            let (table, rows) = rows(self.tables, name);
            for row in rows {
                let Some(id) = text_of(table.get(row, "id")) else {
                    continue;
                };
                let mut words = [None, None, None];
                for (word, column) in words.iter_mut().zip(columns) {
                    *word = text_of(table.get(row, column)).map(name_key);
                }
                of.insert((name, name_key(id)), words);
            }
        }
        for (l, lijn) in self.lijnen.iter().enumerate() {
            if let Some(words) = of.get(&(lijn.tabel, name_key(&lijn.rij))) {
                self.woorden.insert(l, words.clone());
            }
        }
    }

    fn regels(&mut self, b: &mut Builder, betalingen: &Betalingen, problems: &mut Vec<Problem>) {
        let (table, rows) = rows(self.tables, "verevening");
        let peiljaar = self.gebied.peil.year(self.gebied.tijdstap);
        for (i, row) in rows.enumerate() {
            let mut f = Fields {
                table,
                row,
                problems,
            };
            let naam = f.text("regel");
            let soort = f.choice("soort", SOORTEN);
            let sleutel = f
                .choice("sleutel", super::schema::VEREVENINGSLEUTELS)
                .unwrap_or("gegeven");
            let kosten_soort = f.text("kosten_soort");
            let maatregel = b.reference(&mut f, "maatregel", "maatregelen");
            let rekening = if !f.empty("rekening") {
                let given = b.account(&mut f, "rekening", ("eigen", "eigen"));
                if let (Some("collectief"), Some(given)) = (soort, given)
                    && f.empty("bedrag")
                {
                    self.ander_betaalt(b, &mut f, given, maatregel, kosten_soort.as_deref());
                }
                given
            } else if soort == Some("collectief") {
                self.betaler(b, &mut f, maatregel, kosten_soort.as_deref())
            } else {
                Some(b.rekening(b.hoofdpartij(), "eigen"))
            };
            let functie = f.text("functie");
            let segmenten = f.text("segmenten").unwrap_or_default();
            let saldi = f.choice("meetellen", &["tekorten", "saldi"]) == Some("saldi");
            let afronding = f
                .choice("afronding", &["omhoog", "half", "geen"])
                .unwrap_or("omhoog");
            let plafond_per_project =
                f.choice("plafond_per", &["woning", "project"]) == Some("project");
            let decimalen = f.whole("decimalen", 0, 8).unwrap_or(8) as u32;
            let rente = f.rate("rente").unwrap_or_else(|| self.gebied.rente.clone());
            let tot_betaling = f.choice("rente_tot_betaling", &["ja", "nee"]) == Some("ja");
            let getallen = REGELKOLOMMEN.map(|column| match column {
                "aandeel" => f.share(column),
                "vanaf" | "subsidie" | "woningequivalenten" | "plafond" => f.count(column),
                _ => f.amount(column),
            });
            f.text("bron");
            let (Some(naam), Some(soort), Some(rekening)) = (naam, soort, rekening) else {
                continue;
            };
            let Some(vorm) = VORMEN.iter().find(|v| v.naam == soort) else {
                continue;
            };
            if rekening == BUITEN {
                f.problem(
                    "rekening",
                    Problem::error(
                        "not-a-party",
                        format!("verevening \"{naam}\": the outside world can't clear it"),
                    )
                    .fix("name an account of a partij"),
                );
                continue;
            }
            let reads = |c: &str| vorm.regel_nodig.contains(&c) || vorm.regel_mag.contains(&c);
            ongebruikt(&mut f, &REGELKOLOMMEN, vorm, &reads);
            ongebruikt(&mut f, &TEKSTEN, vorm, &reads);
            for column in vorm
                .regel_nodig
                .iter()
                .filter(|c| f.empty(c))
                .collect::<Vec<_>>()
            {
                if *column == "bedrag" && (kosten_soort.is_some() || maatregel.is_some()) {
                    continue;
                }
                f.problem(
                    column,
                    Problem::error(
                        "missing-value",
                        format!("verevening \"{naam}\": soort {soort} needs {column}"),
                    )
                    .fix(format!("fill {column}")),
                );
            }
            // A rule that is switched off by an amount of nothing, for a scenario to switch on, says nothing yet.
            let off = ["bedrag", "waarde"].iter().any(|column| {
                let at = REGELKOLOMMEN.iter().position(|c| c == column);
                at.and_then(|at| getallen[at].as_ref())
                    .is_some_and(|q| q.value.is_zero())
            });
            if !vorm.merk.is_empty() && !off {
                f.problem(
                    "soort",
                    Problem::warning(
                        "not-verified",
                        format!("verevening \"{naam}\": soort {soort}: {}", vorm.merk),
                    )
                    .fix("none needed once the parties have agreed"),
                );
            }
            if soort == "vereveningsfonds" && !f.empty("uitkering") {
                f.problem(
                    "uitkering",
                    Problem::warning(
                        "not-verified",
                        format!("verevening \"{naam}\": paying in the order of the rows until the balance is gone is a convention [C]"),
                    )
                    .fix("put the rows in the order of the nota"),
                );
            }
            if soort == "segment" && saldi {
                f.problem(
                    "meetellen",
                    Problem::warning(
                        "not-verified",
                        format!(
                            "verevening \"{naam}\": money back below the bound is a convention [C]"
                        ),
                    )
                    .fix("none needed once the parties have agreed"),
                );
            }
            let chosen = [
                ("kosten_soort", "kosten", 0),
                ("functie", "programma", 0),
                ("segmenten", "programma", 1),
            ];
            for (column, table, nth) in chosen {
                let words = match column {
                    "kosten_soort" => kosten_soort.as_deref(),
                    "functie" => functie.as_deref(),
                    _ => Some(segmenten.as_str()),
                };
                let words = words.unwrap_or_default().split(';').map(str::trim);
                for word in words.filter(|w| !w.is_empty()) {
                    let found = (0..self.gewoon)
                        .any(|l| self.lijnen[l].tabel == table && self.heet(l, nth, word));
                    if !found {
                        let text = format!(
                            "verevening \"{naam}\": no row of {table} is called \"{word}\", so nothing counts for it"
                        );
                        f.problem(
                            column,
                            Problem::warning("no-such-lines", text)
                                .fix(format!("correct {column}, or the word in table {table}")),
                        );
                    }
                }
            }
            let gewichten = betalingen.get(i).and_then(Clone::clone).unwrap_or_else(|| {
                vec![(
                    Periode::of_year(peiljaar, self.gebied.tijdstap),
                    Quantity::made(Decimal::ONE),
                )]
            });
            self.gewichten.push(gewichten);
            self.eenheid_van.push(None);
            self.verevening.regels.push(Regel {
                naam,
                vorm,
                rekening,
                getallen,
                saldi,
                afronding,
                plafond_per_project,
                decimalen,
                moment: (soort == "gem" && rekening == HOOFD && f.empty("bedrag"))
                    .then(|| self.moment(&rente))
                    .flatten(),
                rente,
                deelnemers: Vec::new(),
                buiten: Vec::new(),
                place: row.place.clone(),
                sleutel,
                kosten_soort,
                maatregel,
                functie,
                segmenten: segmenten
                    .split(';')
                    .map(|s| s.trim().to_owned())
                    .filter(|s| !s.is_empty())
                    .collect(),
                tot_betaling,
            });
        }
    }

    /// Where in a period the interest of the grondexploitatie puts its flows (`rentemethode`), as a discount from its begin; what it had
    /// invested at peildatum stands at the begin.
    fn moment(&self, rente: &Quantity) -> Option<Quantity> {
        let part = Decimal::ONE / Decimal::from(self.gebied.tijdstap.per_year());
        let grown = |years: Decimal| Exact::from(Decimal::ONE + rente.value).power(years);
        let period = grown(part);
        let one = Exact::from(Decimal::ONE);
        let two = Exact::from(Decimal::TWO);
        let value = match self.gebied.rentemethode {
            Rentemethode::Begin => return None,
            Rentemethode::Jan1 => one.per(period),
            Rentemethode::HalfjaarSi => one.per(grown(part / Decimal::TWO)),
            // Interest over half of a flow in its own period.
            Rentemethode::Gemiddeld => (one + period).per(two * period),
        };
        value.0.map(Quantity::made)
    }

    /// The accounts that pay the costs of a rule.
    fn betalers(&self, maatregel: Option<usize>, kosten_soort: Option<&str>) -> Vec<usize> {
        let mut payers: Vec<usize> = Vec::new();
        if maatregel.is_some() || kosten_soort.is_some() {
            for l in self.kosten((maatregel, kosten_soort), None) {
                if !payers.contains(&self.lijnen[l].van) {
                    payers.push(self.lijnen[l].van);
                }
            }
        }
        payers
    }

    /// Warns when collective costs are paid to one account, and another carries part of them.
    fn ander_betaalt(
        &self,
        b: &Builder,
        f: &mut Fields<'_>,
        rekening: usize,
        maatregel: Option<usize>,
        kosten_soort: Option<&str>,
    ) {
        let payers = self.betalers(maatregel, kosten_soort);
        let Some(other) = payers.iter().find(|p| **p != rekening) else {
            return;
        };
        let text = format!(
            "{}: costs are shared that \"{}\" pays, and \"{}\" receives what others pay of them",
            f.name(),
            b.rekening_naam(*other),
            b.rekening_naam(rekening)
        );
        f.problem(
            "rekening",
            Problem::warning("payer-elsewhere", text).fix(
                "make a rule for each who carries costs out, or narrow kosten_soort or maatregel",
            ),
        );
    }

    /// The account of a rule on collective costs that names none: the one that pays these costs. When that is not one account, the rule
    /// has to say who is paid.
    fn betaler(
        &self,
        b: &Builder,
        f: &mut Fields<'_>,
        maatregel: Option<usize>,
        kosten_soort: Option<&str>,
    ) -> Option<usize> {
        let payers = self.betalers(maatregel, kosten_soort);
        if let [one] = payers[..] {
            return Some(one);
        }
        // A cost line with a mistake may have been the one.
        if payers.is_empty() && has_errors(f.problems) {
            return None;
        }
        let name = f.name();
        let names: Vec<String> = payers.iter().map(|r| b.rekening_naam(*r)).collect();
        let why = if names.is_empty() {
            "no cost line says who carries these costs out".to_owned()
        } else {
            format!(
                "these costs are paid by {}",
                listed(names.iter().map(String::as_str))
            )
        };
        f.problem(
            "rekening",
            Problem::error(
                "payer-unclear",
                format!("{name}: rekening is empty, and {why}"),
            )
            .fix("name in rekening who is paid, or make a rule for each who carries costs out"),
        );
        None
    }

    fn deelnemers(&mut self, b: &mut Builder, problems: &mut Vec<Problem>) {
        let (table, rows) = rows(self.tables, "verevening_delen");
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
            let regel = f.text("regel").and_then(|name| {
                let names: Vec<&str> = self
                    .verevening
                    .regels
                    .iter()
                    .map(|r| r.naam.as_str())
                    .collect();
                let found = position_of(names.iter().copied(), &name);
                // Of a rule with a mistake its own row was told of.
                let there = self.tables.table("verevening");
                let told = there.rows.iter().any(|r| {
                    text_of(there.get(r, "regel")).is_some_and(|t| name_key(t) == name_key(&name))
                });
                if found.is_none() && !told {
                    onbekend(&mut f, "regel", &name, &names, "verevening");
                }
                found
            });
            let partij = b.account(&mut f, "partij", ("eigen", "eigen"));
            let deelgebied = b.reference(&mut f, "deelgebied", "deelgebieden");
            let segment = f.text("segment");
            let given = KOLOMMEN.map(|column| match column {
                "aantal" | "sociaal" | "elders" | "m2" | "weq" => f.count(column),
                _ => f.amount(column),
            });
            f.text("bron");
            let (Some(id), Some(regel)) = (id, regel) else {
                continue;
            };
            if partij.is_none() && f.empty("partij") && deelgebied.is_none() {
                if f.empty("deelgebied") {
                    f.problem(
                        "partij",
                        Problem::error(
                            "missing-value",
                            format!("verevening_delen \"{id}\" names no partij and no deelgebied"),
                        )
                        .fix("name who takes part: a partij, or a deelgebied of the grondexploitatie"),
                    );
                }
                continue;
            }
            if partij.is_none() && !f.empty("partij") {
                continue;
            }
            if partij == Some(BUITEN) {
                f.problem(
                    "partij",
                    Problem::error(
                        "not-a-party",
                        format!("verevening_delen \"{id}\": the outside world takes part in no verevening"),
                    )
                    .fix("name a partij"),
                );
                continue;
            }
            let vorm = self.verevening.regels[regel].vorm;
            let reads = |c: &str| vorm.nodig.contains(&c) || vorm.mag.contains(&c);
            ongebruikt(&mut f, &KOLOMMEN, vorm, &reads);
            ongebruikt(&mut f, &["segment"], vorm, &|_| {
                vorm.soort == Regelsoort::Segment
            });
            let nth = self.verevening.deelnemers.len();
            // A party with all its accounts; the grondexploitatie is one account.
            let owner = b.rekeningen[partij.unwrap_or(HOOFD)].partij;
            let kies = Keus {
                partij: owner,
                rekeningen: (0..b.rekeningen.len())
                    .filter(|r| match partij {
                        Some(_) => b.rekeningen[*r].partij == owner,
                        None => *r == HOOFD,
                    })
                    .collect(),
                deelgebied,
                segment,
            };
            let mut getallen = [const { None }; 14];
            for (at, q) in given.into_iter().enumerate() {
                let column = KOLOMMEN[at];
                getallen[at] = match q {
                    Some(q) => Some(Maat::Som(vec![vec![q]])),
                    None if f.empty(column) && vorm.nodig.contains(&column) => {
                        self.afgeleid(&mut f, &id, regel, nth, column, &kies)
                    }
                    None => None,
                };
            }
            if vorm.soort == Regelsoort::Vereveningsfonds {
                Self::fonds(&mut f, &id, &getallen);
            }
            self.verevening.regels[regel].deelnemers.push(nth);
            self.kiezen.push(kies);
            self.verevening.deelnemers.push(Deelnemer {
                id,
                regel,
                rekening: partij.unwrap_or(HOOFD),
                deelgebied,
                getallen,
                place: row.place.clone(),
            });
            self.lijnen_van(nth);
        }
    }

    /// A number that the row leaves to the other tables.
    fn afgeleid(
        &mut self,
        f: &mut Fields<'_>,
        id: &str,
        regel: usize,
        nth: usize,
        column: &'static str,
        kies: &Keus,
    ) -> Option<Maat> {
        let rule = self.verevening.regels[regel].clone();
        let missing = |f: &mut Fields<'_>, why: &str, fix: &str| {
            f.problem(
                column,
                Problem::error(
                    "missing-value",
                    format!("verevening_delen \"{id}\": {column} is empty, and {why}"),
                )
                .fix(format!("fill {column}, or {fix}")),
            );
            None
        };
        let who = (regel, nth);
        let counted = |f: &mut Fields<'_>, found: Vec<Vec<Quantity>>, what: &str| {
            if found.is_empty() {
                return missing(
                    f,
                    &format!("{what} gives none"),
                    "check its partij and deelgebied",
                );
            }
            Some(Maat::Som(found))
        };
        match (column, rule.sleutel) {
            ("sleutel", "m2" | "inbrengwaarde") => {
                let (rows, found) = self.van_eigendom(rule.sleutel, kies);
                self.eenmaal(f, id, who, column, (true, &rows));
                counted(f, found, &format!("table eigendom ({})", rule.sleutel))
            }
            ("sleutel", "aantal") => {
                let (rows, found) = self.van_programma(f, &rule, regel, kies, None);
                self.eenmaal(f, id, who, column, (false, &rows));
                counted(f, found, "table programma")
            }
            ("sleutel", "kosten") => {
                let (rows, found) = self.stromen(&rule, who, Basis::Kosten, kies);
                self.eenmaal(f, id, who, column, (false, &rows));
                Some(found)
            }
            ("sleutel", "grondwaarde") => {
                let (rows, found) = self.stromen(&rule, who, Basis::Grondwaarde, kies);
                self.eenmaal(f, id, who, column, (false, &rows));
                Some(found)
            }
            ("sleutel", "gelijk") => Some(Maat::Som(vec![vec![Quantity::made(Decimal::ONE)]])),
            ("sleutel", _) => missing(
                f,
                "the rule does not say how it is found",
                "set sleutel in table verevening",
            ),
            ("eigen", _) if rule.kosten_soort.is_some() || rule.maatregel.is_some() => {
                let (rows, found) = self.stromen(&rule, who, Basis::Kosten, kies);
                self.eenmaal(f, id, who, column, (false, &rows));
                Some(found)
            }
            ("eigen", _) => missing(
                f,
                "the rule does not say which cost lines count",
                "set kosten_soort or maatregel in table verevening",
            ),
            ("feitelijk", _) if rule.getal("waarde").is_none() => {
                let (rows, found) = self.stromen(&rule, who, Basis::Grondwaarde, kies);
                self.eenmaal(f, id, who, column, (false, &rows));
                Some(found)
            }
            ("feitelijk" | "aantal", _) => {
                let (rows, found) = self.van_programma(f, &rule, regel, kies, None);
                self.eenmaal(f, id, who, column, (false, &rows));
                if column == "aantal" {
                    self.woningen(f, id, rule.vorm, &rows);
                }
                counted(f, found, "table programma")
            }
            ("sociaal", _) if !rule.segmenten.is_empty() => {
                let (rows, found) =
                    self.van_programma(f, &rule, regel, kies, Some(&rule.segmenten));
                self.eenmaal(f, id, who, column, (false, &rows));
                Some(Maat::Som(if found.is_empty() {
                    vec![vec![Quantity::made(Decimal::ZERO)]]
                } else {
                    found
                }))
            }
            ("sociaal", _) => missing(
                f,
                "the rule does not say which segments count",
                "set segmenten in table verevening",
            ),
            ("grondwaarde_vrij" | "grondwaarde_sociaal", _) => match rule.getal(column) {
                Some(q) => Some(Maat::Som(vec![vec![q.clone()]])),
                None => missing(f, "so is that of the rule", "fill it in table verevening"),
            },
            _ => missing(f, "nothing else gives it", "take another soort"),
        }
    }

    /// What the rows of eigendom of who takes part give.
    fn van_eigendom(&self, sleutel: &str, kies: &Keus) -> (Vec<usize>, Vec<Vec<Quantity>>) {
        let all = self.verhaal.eigendommen.iter().enumerate();
        let mine = all.filter(|(_, e)| {
            Some(e.partij) == kies.partij
                && (kies.deelgebied.is_none() || e.deelgebied == kies.deelgebied)
        });
        let (mut rows, mut out) = (Vec::new(), Vec::new());
        for (i, e) in mine {
            rows.push(i);
            if sleutel == "m2" {
                out.extend(e.m2.clone().map(|m2| vec![m2]));
                continue;
            }
            match &e.inbreng {
                Inbreng::Geheel(q) => out.push(vec![q.clone()]),
                Inbreng::Delen(land, parts) => {
                    out.extend(land.as_ref().map(|[m2, per]| vec![m2.clone(), per.clone()]));
                    out.extend(parts.iter().flatten().map(|q| vec![q.clone()]));
                }
            }
        }
        (rows, out)
    }

    /// The units of the programma of who takes part; of some segments, or of all. They are of one kind: homes and m2 don't add up.
    fn van_programma(
        &mut self,
        f: &mut Fields<'_>,
        rule: &Regel,
        regel: usize,
        kies: &Keus,
        segmenten: Option<&Vec<String>>,
    ) -> (Vec<usize>, Vec<Vec<Quantity>>) {
        let lines = self.programma(rule, kies, segmenten);
        let unit = |l: usize| self.woorden.get(&l).and_then(|w| w[2].as_deref());
        // Woningequivalenten make units of different kinds alike, row by row.
        let alike = rule.vorm.soort == Regelsoort::Bovenwijks;
        let before = self.eenheid_van[regel].filter(|_| !alike);
        let first = before.or(lines.first().copied());
        if let Some(first) = first
            && let Some(other) = lines.iter().find(|l| unit(**l) != unit(first))
        {
            let word = |l: usize| unit(l).unwrap_or("nothing").to_owned();
            f.problem(
                "regel",
                Problem::error(
                    "mixed-units",
                    format!(
                        "verevening \"{}\" counts programma in different units: {} (\"{}\") and {} (\"{}\")",
                        rule.naam,
                        word(first),
                        self.lijnen[first].id,
                        word(*other),
                        self.lijnen[*other].id
                    ),
                )
                .and(&self.lijnen[*other].place)
                .fix("set functie in table verevening, or fill the number in the row"),
            );
        }
        self.eenheid_van[regel] = first;
        let found = lines
            .iter()
            .filter_map(|l| eenheden(&self.lijnen[*l]).cloned())
            .map(|q| vec![q])
            .collect();
        (lines, found)
    }

    /// The lines of the programma of who takes part.
    fn programma(&self, rule: &Regel, kies: &Keus, segmenten: Option<&Vec<String>>) -> Vec<usize> {
        (0..self.gewoon)
            .filter(|l| {
                let lijn = &self.lijnen[*l];
                let fits = |wanted: &str, nth: usize| self.heet(*l, nth, wanted);
                lijn.tabel == "programma"
                    && Self::van_keus(lijn.naar, lijn, kies)
                    && rule.functie.as_ref().is_none_or(|w| fits(w, 0))
                    && kies.segment.as_ref().is_none_or(|w| fits(w, 1))
                    && segmenten.is_none_or(|all| all.iter().any(|w| fits(w, 1)))
            })
            .collect()
    }

    /// Whether a line of programma has this functie (0) or segment (1), or a cost line this soort (0).
    fn heet(&self, lijn: usize, nth: usize, wanted: &str) -> bool {
        self.woorden
            .get(&lijn)
            .and_then(|own| own[nth].as_ref())
            .is_some_and(|own| *own == name_key(wanted))
    }

    /// Whether a line is of who takes part.
    fn van_keus(rekening: usize, lijn: &Lijn, kies: &Keus) -> bool {
        kies.rekeningen.contains(&rekening)
            && (kies.deelgebied.is_none() || lijn.deelgebied == kies.deelgebied)
    }

    /// Flows that count, as a post per line.
    fn stromen(
        &mut self,
        rule: &Regel,
        (regel, nth): (usize, usize),
        basis: Basis,
        kies: &Keus,
    ) -> (Vec<usize>, Maat) {
        let lines: Vec<usize> = match basis {
            Basis::Grondwaarde => self.programma(rule, kies, None),
            _ => self.kosten(rule.kosten(), Some(kies)),
        };
        self.posten(regel, Some(nth), basis, &lines);
        (lines, Maat::Stromen(basis))
    }

    fn posten(&mut self, regel: usize, wie: Option<usize>, basis: Basis, lines: &[usize]) {
        let gebied = self.verhaal.gebieden.len() + regel;
        let soort = Postsoort::Verevening(wie, basis);
        let known = self
            .verhaal
            .posten
            .iter()
            .any(|p| p.gebied == gebied && p.soort == soort);
        if known {
            return;
        }
        self.verhaal
            .posten
            .extend(lines.iter().map(|lijn| Verhaalspost {
                lijn: *lijn,
                gebied,
                soort,
                deel: None,
                profijt: None,
            }));
    }

    /// Cost lines of a maatregel and a soort; of who takes part, or of all.
    fn kosten(
        &self,
        (maatregel, soort): (Option<usize>, Option<&str>),
        kies: Option<&Keus>,
    ) -> Vec<usize> {
        (0..self.gewoon)
            .filter(|l| {
                let lijn = &self.lijnen[*l];
                lijn.tabel == "kosten"
                    && lijn.rol == Rol::Gewoon
                    && kies.is_none_or(|kies| Self::van_keus(lijn.van, lijn, kies))
                    && maatregel.is_none_or(|m| lijn.maatregel == Some(m))
                    && soort.is_none_or(|w| self.heet(*l, 0, w))
            })
            .collect()
    }

    /// What is paid per home, or per woningequivalent, is not paid per m2.
    fn woningen(&self, f: &mut Fields<'_>, id: &str, vorm: &Vorm, rows: &[usize]) {
        let homes = match vorm.soort {
            Regelsoort::Vereveningsfonds | Regelsoort::Vlak => "homes",
            Regelsoort::Bovenwijks if f.empty("weq") => "woningequivalenten",
            _ => return,
        };
        let unit = |l: usize| self.woorden.get(&l).and_then(|w| w[2].clone());
        let Some((l, unit)) = rows
            .iter()
            .find_map(|l| unit(*l).filter(|u| is_m2(u)).map(|u| (*l, u)))
        else {
            return;
        };
        let fix = if homes == "homes" {
            "set functie in table verevening, or fill aantal in the row"
        } else {
            "give in weq what one of these counts for, set functie in table verevening, or fill aantal in the row"
        };
        f.problem(
            "aantal",
            Problem::error(
                "not-homes",
                format!(
                    "verevening_delen \"{id}\": soort {} counts {homes}, and programma \"{}\" is in {unit}",
                    vorm.naam, self.lijnen[l].id
                ),
            )
            .and(&self.lijnen[l].place)
            .fix(fix),
        );
    }

    /// Of a project the homes that count are some of its homes, and what it pays per home is the difference of two land values.
    fn fonds(f: &mut Fields<'_>, id: &str, getallen: &[Option<Maat>; 14]) {
        let som = |column: &str| -> Option<Decimal> {
            let at = KOLOMMEN.iter().position(|k| *k == column)?;
            let Some(Maat::Som(parts)) = &getallen[at] else {
                return None;
            };
            let parts = parts.iter().map(|factors| {
                let one = Exact::from(Decimal::ONE);
                factors.iter().fold(one, |a, q| a * Exact::from(q.value))
            });
            parts.fold(Exact::ZERO, |a, b| a + b).0
        };
        let n = |d: Decimal| dutch(d, if d.fract().is_zero() { 0 } else { 2 });
        if let (Some(all), Some(social)) = (som("aantal"), som("sociaal"))
            && social > all
        {
            f.problem(
                "sociaal",
                Problem::error(
                    "more-than-all",
                    format!(
                        "verevening_delen \"{id}\": {} of its {} homes count for the norm",
                        n(social),
                        n(all)
                    ),
                )
                .fix("correct sociaal or aantal; homes made in another place stand in elders"),
            );
        }
        if let (Some(market), Some(low)) = (som("grondwaarde_vrij"), som("grondwaarde_sociaal"))
            && low > market
        {
            f.problem(
                "grondwaarde_sociaal",
                Problem::warning(
                    "affordable-above-market",
                    format!(
                        "verevening_delen \"{id}\": grondwaarde_sociaal {} is above grondwaarde_vrij {}, so nothing is paid for a missing home",
                        n(low),
                        n(market)
                    ),
                )
                .fix("correct one of the two, in this row or in table verevening"),
            );
        }
    }

    /// What one row of another table gives is counted for one who takes part, and no other.
    fn eenmaal(
        &mut self,
        f: &mut Fields<'_>,
        id: &str,
        (regel, nth): (usize, usize),
        column: &'static str,
        (land, rows): (bool, &[usize]),
    ) {
        let mut told = false;
        for row in rows {
            let first = *self
                .geteld
                .entry((regel, column, land, *row))
                .or_insert(nth);
            if first == nth || told {
                continue;
            }
            told = true;
            let other = &self.verevening.deelnemers[first];
            let (table, name, place) = if land {
                let e = &self.verhaal.eigendommen[*row];
                ("eigendom", &e.id, &e.place)
            } else {
                let l = &self.lijnen[*row];
                (l.tabel, &l.id, &l.place)
            };
            f.problem(
                column,
                Problem::error(
                    "counted-twice",
                    format!(
                        "verevening_delen \"{id}\": {column} is empty, and {table} \"{name}\" counts for \"{}\" already",
                        other.id
                    ),
                )
                .and(place)
                .fix(format!(
                    "fill {column} in one of the two rows, or give each a deelgebied of its own"
                )),
            );
        }
    }

    /// Costs that a kostendeling chooses and nobody who takes part pays: they stay out, and are told.
    fn buiten(&mut self) {
        for regel in 0..self.verevening.regels.len() {
            let rule = &self.verevening.regels[regel];
            if rule.vorm.soort != Regelsoort::Kostendeling || rule.kosten() == (None, None) {
                continue;
            }
            let mut lines = self.kosten(rule.kosten(), None);
            lines.retain(|l| {
                let lijn = &self.lijnen[*l];
                !rule
                    .deelnemers
                    .iter()
                    .any(|d| Self::van_keus(lijn.van, lijn, &self.kiezen[*d]))
            });
            self.posten(regel, None, Basis::Kosten, &lines);
            self.verevening.regels[regel].buiten = lines;
        }
    }

    /// The lines by which one pays and receives.
    fn lijnen_van(&mut self, nth: usize) {
        let d = &self.verevening.deelnemers[nth];
        let rule = &self.verevening.regels[d.regel];
        if d.rekening == rule.rekening {
            // Its own share stays where the others pay it.
            return;
        }
        let gewichten: Vec<(Periode, Quantity)> = self.gewichten[d.regel]
            .iter()
            .map(|(p, q)| {
                if rule.tot_betaling {
                    let when = (self.gebied.peil, *p);
                    let mut grown =
                        gegroeid_tot(q, when, self.gebied, Kasstroommoment::Begin, &rule.rente);
                    if let Some(moment) = &rule.moment {
                        let value = Exact::from(grown.value).per(Exact::from(moment.value));
                        grown.value = value.0.unwrap_or(grown.value);
                    }
                    (*p, grown)
                } else {
                    (*p, q.clone())
                }
            })
            .collect();
        let (pays, receives) = rule.vorm.richtingen;
        for (wanted, word, bedrag, van, naar) in [
            (
                pays,
                "betaalt",
                Verrekening::Betaalt(nth),
                d.rekening,
                rule.rekening,
            ),
            (
                receives,
                "ontvangt",
                Verrekening::Ontvangt(nth),
                rule.rekening,
                d.rekening,
            ),
        ] {
            if !wanted {
                continue;
            }
            self.lijnen.push(Lijn {
                id: format!("{} {word}", d.id),
                rij: d.id.clone(),
                tabel: "verevening_delen",
                omschrijving: format!("{} {}: {} {word}", rule.vorm.naam, rule.naam, d.id),
                groep: "Verevening".into(),
                deelgebied: d.deelgebied,
                index: None,
                van,
                naar,
                opgave: 0,
                maatregel: None,
                soort: Stroomsoort::Geld,
                rol: Rol::Verrekening,
                bedrag: Bedrag::Verrekend(bedrag),
                verloop: Verloop {
                    gewichten: gewichten.clone(),
                    totaal: Totaal::Een,
                },
                realisatie: Vec::new(),
                raming: None,
                place: d.place.clone(),
            });
        }
    }

    /// A rule takes someone, and a settlement two.
    fn omvang(&self, problems: &mut Vec<Problem>) {
        for rule in &self.verevening.regels {
            let few = match rule.deelnemers.len() {
                0 => "nobody takes part",
                1 if rule.vorm.sluit => "one alone takes part: there is nobody to settle with",
                _ => continue,
            };
            problems.push(
                Problem::error("empty-rule", format!("verevening \"{}\": {few}", rule.naam))
                    .at(&rule.place)
                    .fix("add rows to table verevening_delen"),
            );
        }
    }

    /// Rules that ask what flows through an account or what costs there are, and give no amount.
    fn rekeningen(&mut self) {
        for regel in 0..self.verevening.regels.len() {
            let rule = self.verevening.regels[regel].clone();
            if rule.getal("bedrag").is_some() {
                continue;
            }
            match rule.vorm.soort {
                Regelsoort::Gem => {
                    let lines = |pick: fn(&Lijn) -> usize| -> Vec<usize> {
                        (0..self.gewoon)
                            .filter(|l| {
                                pick(&self.lijnen[*l]) == rule.rekening
                                    && self.lijnen[*l].soort.in_saldo()
                                    // What is settled is known after the result that is split.
                                    && !matches!(self.lijnen[*l].bedrag, Bedrag::Verrekend(_))
                                    && !matches!(self.lijnen[*l].rol, Rol::Risico | Rol::Bijdrage)
                            })
                            .collect()
                    };
                    let (inn, out) = (lines(|l| l.naar), lines(|l| l.van));
                    self.posten(regel, None, Basis::In, &inn);
                    self.posten(regel, None, Basis::Uit, &out);
                }
                Regelsoort::Collectief => {
                    let lines = self.kosten(rule.kosten(), None);
                    self.posten(regel, None, Basis::Kosten, &lines);
                }
                _ => {}
            }
        }
    }
}

/// Whose rows count for who takes part.
struct Keus {
    /// Whose land.
    partij: Option<usize>,
    /// Its accounts.
    rekeningen: Vec<usize>,
    deelgebied: Option<usize>,
    segment: Option<String>,
}

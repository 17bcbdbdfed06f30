//! Small random models, written out as the toml that a user would write.

use proptest::prelude::*;
use std::fmt::Write;

/// A line of kosten or opbrengsten. Small numbers choose among what the model has, by remainder.
#[derive(Debug, Clone)]
pub(crate) struct Regel {
    pub(crate) halve_centen: i64,
    pub(crate) partij: u8,
    pub(crate) ander: u8,
    pub(crate) deelgebied: u8,
    pub(crate) index: u8,
    pub(crate) fasering: (u8, u8, u8),
    pub(crate) maatregel: u8,
}

/// A benefit with its contribution.
#[derive(Debug, Clone)]
pub(crate) struct Bate {
    pub(crate) maatregel: u8,
    pub(crate) baathouder: u8,
    pub(crate) volume: u16,
    pub(crate) prijs: i64,
    pub(crate) aandeel: u8,
    pub(crate) ingroei: u8,
    pub(crate) vorm: u8,
    pub(crate) ineens: bool,
    pub(crate) maatschappelijk: bool,
}

/// A fund.
#[derive(Debug, Clone)]
pub(crate) struct Pot {
    pub(crate) regel: u8,
    pub(crate) beginsaldo: i64,
    pub(crate) rente: u8,
    pub(crate) minimum: i64,
    pub(crate) aandeel: u8,
    pub(crate) storting: i64,
    pub(crate) leenrente: Option<u8>,
}

/// The settings.
#[derive(Debug, Clone)]
pub(crate) struct Instellingen {
    pub(crate) stap: u8,
    pub(crate) effectief: bool,
    pub(crate) methode: u8,
    pub(crate) midden: bool,
    pub(crate) moment: u8,
    pub(crate) ncw: u8,
    pub(crate) telling: u8,
    pub(crate) prijspeil: i32,
    pub(crate) looptijd: i32,
    pub(crate) nasleep: i32,
    pub(crate) rente: u8,
    pub(crate) creditrente: Option<u8>,
    pub(crate) disconto: u8,
    pub(crate) matrix: Option<u8>,
    /// Whether every deelgebied bears its own interest.
    pub(crate) per_deelgebied: bool,
}

/// A random model.
#[derive(Debug, Clone)]
pub(crate) struct Spel {
    pub(crate) g: Instellingen,
    pub(crate) groei: Vec<(i8, i8)>,
    pub(crate) partijen: Vec<Option<u8>>,
    /// By deelgebied: its delay, and what the fund lends it at most.
    pub(crate) uitstel: Vec<u8>,
    pub(crate) plafond: [Option<i64>; 3],
    /// Nothing, a given boekwaarde (and that of a deelgebied), or realised periods.
    pub(crate) historie: (u8, i64, Option<i64>),
    pub(crate) kosten: Vec<Regel>,
    pub(crate) opbrengsten: Vec<Regel>,
    pub(crate) opslag: Option<u8>,
    pub(crate) programma: Option<(u16, i64)>,
    pub(crate) exploitatie: Vec<(i64, u8, u8)>,
    pub(crate) object: Option<(i64, i64, u8)>,
    pub(crate) maatregelen: Vec<(bool, u8, u8)>,
    pub(crate) baten: Vec<Bate>,
    pub(crate) fonds: Option<Pot>,
    /// Which uncertainties there are, one bit each.
    pub(crate) onzeker: u32,
    pub(crate) risicos: Vec<(u8, i64, u8, u8)>,
}

/// What a law changes about a model.
#[derive(Debug, Clone)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a change of its own, that goes with any other"
)]
pub(crate) struct Anders {
    /// Factor on all amounts.
    pub(crate) schaal: i64,
    /// Years by which everything comes later.
    pub(crate) jaar: i32,
    /// Every line in two equal halves.
    pub(crate) halveer: bool,
    /// No interest and no growth.
    pub(crate) vlak: bool,
    /// Whole years in the exponent, whatever the model says.
    pub(crate) jaren: bool,
    /// Interest over the whole, and so no loans.
    pub(crate) geheel: bool,
    /// Uncertain inputs and risks.
    pub(crate) onzeker: Onzeker,
    /// More tables.
    pub(crate) extra: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Onzeker {
    Niet,
    /// Every distribution is one value: no change.
    Ontaard,
    Wel,
}

impl Default for Anders {
    fn default() -> Self {
        Anders {
            schaal: 1,
            jaar: 0,
            halveer: false,
            vlak: false,
            jaren: false,
            geheel: false,
            onzeker: Onzeker::Niet,
            extra: String::new(),
        }
    }
}

fn pick<T: Copy>(list: &[T], choice: u8) -> T {
    list[usize::from(choice) % list.len()]
}

/// Writes to a text, which can't fail.
macro_rules! put {
    ($text:expr, $($arg:tt)*) => { writeln!($text, $($arg)*).expect("writing to text") };
}

/// A market of three states.
const MARKT: &str = "[[regimes]]\nregime = \"markt\"\ntoestand = \"goed\"\nkans = 0.2\n\
     [[regimes]]\nregime = \"markt\"\ntoestand = \"normaal\"\nkans = 0.6\n\
     [[regimes]]\nregime = \"markt\"\ntoestand = \"slecht\"\nkans = 0.2";

/// Half cents as euro.
fn euro(halve_centen: i64) -> String {
    let sign = if halve_centen < 0 { "-" } else { "" };
    let n = halve_centen.unsigned_abs() * 5;
    format!("{sign}{}.{:03}", n / 1000, n % 1000)
}

impl Spel {
    /// A model in which the routes do not differ.
    pub(crate) fn zonder_cofinanciering(mut self) -> Self {
        self.fonds = None;
        for (in_grex, dekking, _) in &mut self.maatregelen {
            (*in_grex, *dekking) = (true, 0);
        }
        for b in &mut self.baten {
            b.aandeel = 0;
        }
        self
    }

    /// A model in which every deelgebied bears its own interest.
    pub(crate) fn per_deelgebied(mut self) -> Self {
        self.g.per_deelgebied = true;
        self
    }

    /// One in which the fund lends to nobody.
    pub(crate) fn zonder_leningen(mut self) -> Self {
        self.plafond = [None; 3];
        self
    }

    /// One with a fund, not a large one, that lends to every deelgebied.
    pub(crate) fn met_leningen(mut self) -> Self {
        self.g.per_deelgebied = true;
        let pot = Pot {
            regel: 0,
            beginsaldo: 40_000_000,
            rente: 0,
            minimum: 0,
            aandeel: 0,
            storting: 0,
            leenrente: None,
        };
        let fonds = self.fonds.get_or_insert(pot);
        // Often less than what the deelgebieden together want.
        fonds.beginsaldo = fonds.beginsaldo.abs() % 40_000_000;
        fonds.storting %= 2_000_000;
        for plafond in &mut self.plafond {
            plafond.get_or_insert(30_000_000);
        }
        self
    }

    fn partij(&self, choice: u8) -> String {
        match usize::from(choice) % (self.partijen.len() + 1) {
            0 => "gemeente".into(),
            n => format!("partij{n}"),
        }
    }

    fn drager(&self, maatregel: usize) -> String {
        let keuze = self.maatregelen[maatregel].2;
        let naam = self.partij(keuze);
        // A fund that pays later may not pay the grondexploitatie, which ends.
        let later = self.fonds.as_ref().is_some_and(|f| f.regel % 3 == 1);
        if naam == "gemeente" && keuze.is_multiple_of(4) && !later {
            "gemeente/grex".into()
        } else {
            format!("{naam}/eigen")
        }
    }

    fn label(&self, jaar: i32, part: u8) -> String {
        match self.g.stap % 3 {
            0 => format!("{jaar}"),
            1 => format!("{jaar}-H{}", part % 2 + 1),
            _ => format!("{jaar}-K{}", part % 4 + 1),
        }
    }

    /// The model as toml.
    pub(crate) fn toml(&self, a: &Anders) -> String {
        let mut t = String::new();
        let (g, peil) = (&self.g, 2026 + a.jaar);
        let (eind, horizon) = (peil + g.looptijd, peil + g.looptijd + g.nasleep);
        let promille = |n: u8| {
            if a.vlak {
                "0".to_owned()
            } else {
                format!("0.{n:03}")
            }
        };
        let bedrag = |halve: i64| euro(halve * a.schaal);
        put!(
            t,
            "[gebied]\npeildatum = {peil}-01-01\nprijspeil = {}-01-01\neindjaar = {eind}\nhorizon = {horizon}",
            peil + g.prijspeil
        );
        put!(
            t,
            "tijdstap = \"{}\"",
            pick(&["jaar", "halfjaar", "kwartaal"], g.stap)
        );
        put!(
            t,
            "periodevoet = \"{}\"",
            if g.effectief { "effectief" } else { "nominaal" }
        );
        put!(
            t,
            "rentemethode = \"{}\"",
            pick(&["JAN1", "GEMIDDELD", "HALFJAAR_SI", "BEGIN"], g.methode)
        );
        put!(
            t,
            "indexmoment = \"{}\"",
            if g.midden { "halfjaar" } else { "jaar" }
        );
        put!(
            t,
            "kasstroommoment = \"{}\"",
            pick(&["begin", "midden", "eind"], g.moment)
        );
        put!(
            t,
            "ncw_methode = \"{}\"",
            pick(
                &[
                    "ncw_bbv",
                    "ncw_rente",
                    "ncw_kasstroom",
                    "ncw_kasstroom_rente"
                ],
                g.ncw
            )
        );
        let per_deelgebied = g.per_deelgebied && !a.geheel;
        put!(
            t,
            "rente_over = \"{}\"",
            if per_deelgebied {
                "deelgebied"
            } else {
                "geheel"
            }
        );
        put!(
            t,
            "dagtelling = \"{}\"",
            if a.jaren {
                "jaren"
            } else {
                pick(&["jaren", "dagen_36525", "dagen_365"], g.telling)
            }
        );
        put!(
            t,
            "rente = {}\ndiscontovoet_bbv = 0.{:03}",
            promille(g.rente),
            g.disconto
        );
        if let Some(credit) = g.creditrente {
            put!(t, "creditrente = {}", promille(credit));
        }
        if let Some(matrix) = g.matrix {
            put!(t, "discontovoet_matrix = 0.{matrix:03}");
        }
        for (i, (eerst, later)) in self.groei.iter().enumerate() {
            for (vanaf, groei) in [(peil - 6, eerst), (peil + 1, later)] {
                let groei = if a.vlak {
                    0.0
                } else {
                    f64::from(*groei) / 1000.0
                };
                put!(
                    t,
                    "[[indexen]]\nindex = \"i{i}\"\nvanaf = {vanaf}\ngroei = {groei}"
                );
            }
        }
        put!(t, "[[partijen]]\npartij = \"gemeente\"\nrol = \"gemeente\"");
        for (i, disconto) in self.partijen.iter().enumerate() {
            put!(
                t,
                "[[partijen]]\npartij = \"partij{}\"\nrol = \"overig\"",
                i + 1
            );
            if let Some(disconto) = disconto {
                put!(t, "discontovoet = 0.{disconto:03}");
            }
        }
        for (i, uitstel) in self.uitstel.iter().enumerate() {
            put!(
                t,
                "[[deelgebieden]]\ndeelgebied = \"d{i}\"\nuitstel = {uitstel}"
            );
            if let Some(plafond) = self.plafond[i].filter(|_| per_deelgebied) {
                put!(t, "leenplafond = {}", bedrag(plafond));
            }
        }
        for (i, (in_grex, dekking, _)) in self.maatregelen.iter().enumerate() {
            let route = if *in_grex { "grex" } else { "cofinanciering" };
            put!(
                t,
                "[[maatregelen]]\nmaatregel = \"m{i}\"\nroute = \"{route}\"\ndrager = \"{}\"",
                self.drager(i)
            );
            if self.fonds.is_some() {
                put!(t, "dekking_fonds = {}", f64::from(*dekking % 101) / 100.0);
            }
        }
        if let Some(f) = &self.fonds {
            put!(
                t,
                "[[partijen]]\npartij = \"pot\"\nrol = \"gebiedsorganisatie\""
            );
            put!(
                t,
                "[[fonds]]\npartij = \"pot\"\nbeginsaldo = {}\nminimum = {}",
                bedrag(f.beginsaldo),
                bedrag(f.minimum)
            );
            put!(
                t,
                "rente = 0.{:03}\naandeel_organisatie = 0.{:03}\norganisatie = \"{}/eigen\"",
                f.rente,
                f.aandeel,
                self.partij(f.aandeel)
            );
            put!(
                t,
                "regel = \"{}\"",
                pick(&["voorfinancieren", "doorschuiven", "drager"], f.regel)
            );
            if let Some(leenrente) = f.leenrente {
                put!(t, "leenrente = {}", promille(leenrente));
            }
            put!(
                t,
                "[[opbrengsten]]\nid = \"storting\"\npartij = \"pot/fonds\"\nbetaler = \"{}\"\nbedrag = {}\nfasering = \"{peil}-{eind}\"",
                self.partij(f.regel),
                bedrag(f.storting)
            );
        }
        let (soort, halve, deel) = self.historie;
        match soort % 3 {
            1 => {
                put!(t, "[[boekwaarde]]\nbedrag = {}", bedrag(halve));
                if let Some(halve) = deel {
                    put!(
                        t,
                        "[[boekwaarde]]\ndeelgebied = \"d0\"\nbedrag = {}",
                        bedrag(halve)
                    );
                }
            }
            2 => put!(
                t,
                "[[kosten]]\nid = \"toen\"\nbedrag = {}\nfasering = \"{}-{}\"",
                bedrag(halve),
                peil - 2,
                peil - 1
            ),
            _ => {}
        }
        for (i, r) in self.kosten.iter().enumerate() {
            self.regel(&mut t, a, "kosten", &format!("K{i}"), r, peil);
        }
        for (i, r) in self.opbrengsten.iter().enumerate() {
            self.regel(&mut t, a, "opbrengsten", &format!("O{i}"), r, peil);
        }
        if let Some(opslag) = self.opslag {
            put!(
                t,
                "[[kosten]]\nid = \"opslag\"\npercentage = 0.{opslag:03}\nover = \"K*\"\nfasering = \"{peil}-{eind}\"\nindex = \"i0\"\ndeelgebied = \"d0\""
            );
        }
        if let Some((aantal, prijs)) = self.programma {
            put!(
                t,
                "[[programma]]\nid = \"woningen\"\naantal = {aantal}\ngrondprijs = {}\nfasering = \"{eind}\"\nindex = \"i0\"\nbetaler = \"partij1\"\ndeelgebied = \"d0\"",
                bedrag(prijs)
            );
        }
        for (i, (halve, cyclus, partij)) in self.exploitatie.iter().enumerate() {
            let soort = pick(&["kosten", "opbrengsten"], *partij);
            put!(
                t,
                "[[exploitatie]]\nid = \"E{i}\"\nsoort = \"{soort}\"\npartij = \"{}/exploitatie\"\nbedrag = {}\nvanaf = {peil}\ncyclus = {}\nindex = \"i0\"",
                self.partij(*partij),
                bedrag(*halve),
                cyclus % 3 + 1
            );
        }
        if let Some((nieuw, onderhoud, leven)) = self.object {
            put!(
                t,
                "[[objecten]]\nid = \"brug\"\ninvestering = {}\nonderhoud = {}\nlevensduur = {}\nin_gebruik = {peil}\nindex = \"i0\"",
                bedrag(nieuw),
                bedrag(onderhoud),
                leven % 6 + 1
            );
        }
        for (i, b) in self
            .baten
            .iter()
            .enumerate()
            .filter(|_| !self.maatregelen.is_empty())
        {
            self.bate(&mut t, a, i, b, peil, horizon);
        }
        self.onzekerheden(&mut t, a, peil);
        t + &a.extra
    }

    fn regel(&self, t: &mut String, a: &Anders, tabel: &str, id: &str, r: &Regel, peil: i32) {
        let parts: &[&str] = if a.halveer { &["a", "b"] } else { &[""] };
        let halve = r.halve_centen * a.schaal * if a.halveer { 1 } else { 2 };
        let maatregel = (!self.maatregelen.is_empty() && r.maatregel.is_multiple_of(3))
            .then(|| usize::from(r.maatregel) % self.maatregelen.len());
        for part in parts {
            put!(
                t,
                "[[{tabel}]]\nid = \"{id}{part}\"\nbedrag = {}",
                euro(halve)
            );
            let (partij, ander) = (self.partij(r.partij), self.partij(r.ander));
            match maatregel {
                Some(m) => put!(t, "maatregel = \"m{m}\"\npartij = \"{}\"", self.drager(m)),
                None => put!(t, "partij = \"{partij}\""),
            }
            if maatregel.is_none() && partij != ander && r.ander.is_multiple_of(2) {
                put!(
                    t,
                    "{} = \"{ander}\"",
                    if tabel == "kosten" {
                        "ontvanger"
                    } else {
                        "betaler"
                    }
                );
            }
            if !r.deelgebied.is_multiple_of(4) {
                put!(
                    t,
                    "deelgebied = \"d{}\"",
                    usize::from(r.deelgebied) % self.uitstel.len()
                );
            }
            if !r.index.is_multiple_of(4) {
                put!(
                    t,
                    "index = \"i{}\"",
                    usize::from(r.index) % self.groei.len()
                );
            }
            let years = self.g.looptijd + 1;
            let (from, to) = (
                i32::from(r.fasering.1) % years,
                i32::from(r.fasering.2) % years,
            );
            let (from, to) = (peil + from.min(to), peil + from.max(to));
            match r.fasering.0 % 4 {
                3 if id != "K0" => put!(t, "fasering = \"volgt K0{part}\""),
                0 => put!(t, "fasering = \"{}\"", self.label(from, r.fasering.2)),
                1 => put!(t, "fasering = \"{from}-{to}\""),
                _ => put!(t, "fasering = \"profiel {id}\""),
            }
        }
        if r.fasering.0 % 4 == 2 || r.fasering.0 % 4 == 3 && id == "K0" {
            let years = self.g.looptijd + 1;
            let share = i32::from(r.fasering.1) % 100;
            let shares = [(0, share), (years / 2, 100 - share)];
            for (after, share) in shares.iter().filter(|_| years > 1) {
                put!(
                    t,
                    "[[fasering]]\nfasering = \"profiel {id}\"\nperiode = \"{}\"\naandeel = {}",
                    self.label(peil + after, 0),
                    f64::from(*share) / 100.0
                );
            }
            if years <= 1 {
                put!(
                    t,
                    "[[fasering]]\nfasering = \"profiel {id}\"\nperiode = \"{peil}\"\naandeel = 1"
                );
            }
        }
    }

    fn bate(
        &self,
        text: &mut String,
        anders: &Anders,
        nummer: usize,
        b: &Bate,
        peil: i32,
        horizon: i32,
    ) {
        let maatregel = usize::from(b.maatregel) % self.maatregelen.len();
        let soort = if b.maatschappelijk {
            "maatschappelijk"
        } else {
            "besparing"
        };
        let baathouder = self.partij(b.baathouder);
        // What the grondexploitatie receives, it receives before its end.
        let tot = if self.drager(maatregel) == "gemeente/grex" {
            peil + self.g.looptijd
        } else {
            horizon
        };
        put!(
            text,
            "[[baten]]\nid = \"B{nummer}\"\nmaatregel = \"m{maatregel}\"\nbaathouder = \"{baathouder}\"\nthema = \"leefbaarheid\"\nsoort = \"{soort}\"\nbron = \"willekeurig\""
        );
        put!(
            text,
            "volume = {}\nprijs = {}\nvanaf = {peil}\ntot = {tot}\ningroei = {}\nzekerheid = 0.8\nindex = \"i0\"",
            b.volume,
            euro(b.prijs * anders.schaal),
            b.ingroei % 4
        );
        let in_natura = b.vorm.is_multiple_of(3);
        let naar_fonds = self.fonds.is_some() && !in_natura;
        // Nobody pays a contribution to itself.
        if !b.aandeel.is_multiple_of(101)
            && (naar_fonds || !self.drager(maatregel).starts_with(&baathouder))
        {
            put!(
                text,
                "bijdrage_aandeel = {}\nvorm = \"{}\"",
                f64::from(b.aandeel % 101) / 100.0,
                if in_natura { "beheer" } else { "geld" }
            );
            if b.ineens {
                put!(
                    text,
                    "betaaljaar = {}",
                    (peil + i32::from(b.ingroei)).min(tot)
                );
            }
        }
    }

    fn onzekerheden(&self, t: &mut String, a: &Anders, peil: i32) {
        if a.onzeker == Onzeker::Niet {
            return;
        }
        let vast = a.onzeker == Onzeker::Ontaard;
        let has = |bit: u32| self.onzeker >> bit & 1 == 1;
        let row = |t: &mut String, id: &str, doel: &str, wel: &str, ontaard: &str| {
            put!(
                t,
                "[[onzekerheden]]\nid = \"{id}\"\ndoel = \"{doel}\"\n{}",
                if vast { ontaard } else { wel }
            );
        };
        let pert_1 = "verdeling = \"pert\"\nlaag = 1\nmodus = 1\nhoog = 1";
        if has(0) {
            row(
                t,
                "alle kosten",
                "kosten[K*].bedrag",
                "verdeling = \"pert\"\nlaag = 0.8\nmodus = 1\nhoog = 1.5",
                pert_1,
            );
        }
        if has(1) {
            row(
                t,
                "opbrengst",
                "opbrengsten[O0].bedrag",
                "verdeling = \"normaal\"\ngemiddelde = 1\nspreiding = 0.1",
                "verdeling = \"normaal\"\ngemiddelde = 1\nspreiding = 0",
            );
        }
        if has(2) {
            row(
                t,
                "index",
                "index[i0].groei",
                "verdeling = \"normaal\"\ngemiddelde = 0\nspreiding = 0.02\npersistentie = 0.4",
                "verdeling = \"normaal\"\ngemiddelde = 0\nspreiding = 0\npersistentie = 0.4",
            );
        }
        if has(3) {
            row(
                t,
                "trend",
                "index[i0].groei",
                "verdeling = \"uniform\"\nlaag = -0.01\nhoog = 0.02\nper_jaar = \"nee\"",
                "verdeling = \"uniform\"\nlaag = 0\nhoog = 0\nper_jaar = \"nee\"",
            );
        }
        if has(4) && has(10) {
            let gegeven = format!(
                "als = \"waarde\"\nverdeling = \"discreet\"\nwaarden = \"{}: 100%\"",
                self.uitstel[0]
            );
            row(
                t,
                "uitstel",
                "deelgebied[d0].uitstel",
                "als = \"waarde\"\nverdeling = \"discreet\"\nwaarden = \"0: 50%; 1: 30%; 4: 20%\"",
                &gegeven,
            );
        } else if has(4) {
            row(
                t,
                "uitstel",
                "deelgebied[d0].uitstel",
                "verdeling = \"discreet\"\nwaarden = \"0: 50%; 1: 30%; 3: 20%\"",
                "verdeling = \"discreet\"\nwaarden = \"0: 100%\"",
            );
        }
        if has(5) {
            row(
                t,
                "rente",
                "gebied.rente",
                "verdeling = \"pert\"\nlaag = -0.005\nmodus = 0\nhoog = 0.015",
                "verdeling = \"pert\"\nlaag = 0\nmodus = 0\nhoog = 0",
            );
        }
        if has(11) {
            let gegeven = self.g.creditrente.unwrap_or(self.g.rente);
            let gegeven = format!(
                "als = \"waarde\"\nverdeling = \"discreet\"\nwaarden = \"0.{gegeven:03}: 100%\""
            );
            // A credit rate that is not given follows the debit rate, and then is drawn with it.
            if self.g.creditrente.is_some_and(|c| c != self.g.rente) {
                row(
                    t,
                    "creditrente",
                    "gebied.creditrente",
                    "als = \"waarde\"\nverdeling = \"discreet\"\nwaarden = \"0: 50%; 0.01: 30%; 0.02: 20%\"",
                    &gegeven,
                );
            }
        }
        if has(6) && !self.baten.is_empty() && !self.maatregelen.is_empty() {
            row(
                t,
                "baten",
                "baten[B*].volume",
                "verdeling = \"uniform\"\nlaag = 0.4\nhoog = 1.4",
                "verdeling = \"uniform\"\nlaag = 1\nhoog = 1",
            );
        }
        if has(7) {
            row(
                t,
                "eerste kosten",
                "kosten[K0].bedrag",
                "verdeling = \"driehoek\"\nlaag = 0.9\nmodus = 1\nhoog = 1.4",
                "verdeling = \"driehoek\"\nlaag = 1\nmodus = 1\nhoog = 1",
            );
        }
        if has(8) && self.opslag.is_some() {
            row(
                t,
                "opslag",
                "kosten[opslag].percentage",
                "verdeling = \"lognormaal\"\ngemiddelde = 1\nspreiding = 0.2",
                "verdeling = \"lognormaal\"\ngemiddelde = 1\nspreiding = 0",
            );
        }
        if has(9) && self.programma.is_some() {
            row(
                t,
                "grondprijs",
                "programma[*].grondprijs",
                "als = \"verschuiving\"\nverdeling = \"normaal\"\ngemiddelde = 0\nspreiding = 100",
                "als = \"verschuiving\"\nverdeling = \"normaal\"\ngemiddelde = 0\nspreiding = 0",
            );
        }
        if has(12) {
            row(
                t,
                "markt",
                "kosten[K*].bedrag",
                "verdeling = \"percentielen\"\np10 = 0.9\np50 = 1\np90 = 1.2",
                "verdeling = \"percentielen\"\np10 = 1\np50 = 1\np90 = 1",
            );
        }
        if has(13) {
            row(
                t,
                "gezien",
                "opbrengsten[O*].bedrag",
                "verdeling = \"waarnemingen\"\nwaarden = \"0.92; 1.05; 1.01; 0.85; 1.05\"",
                "verdeling = \"waarnemingen\"\nwaarden = \"1; 1\"",
            );
        }
        if has(14) {
            row(
                t,
                "begrensd",
                "kosten[K0].bedrag",
                "verdeling = \"normaal\"\ngemiddelde = 1\nspreiding = 0.3\nminimum = 0.5\nmaximum = 1.4",
                "verdeling = \"pert\"\nlaag = 1\nmodus = 1\nhoog = 1\nminimum = 0.5",
            );
        }
        if has(15) {
            put!(t, "{MARKT}");
            row(
                t,
                "markt kosten",
                "kosten[K*].bedrag",
                "verdeling = \"regime\"\nregime = \"markt\"\nwaarden = \"goed: 1.1; normaal: 1; slecht: 0.9\"",
                "verdeling = \"regime\"\nregime = \"markt\"\nwaarden = \"goed: 1; normaal: 1; slecht: 1\"",
            );
            row(
                t,
                "markt opbrengsten",
                "opbrengsten[O*].bedrag",
                "verdeling = \"regime\"\nregime = \"markt\"\nwaarden = \"goed: 1.3; normaal: 1; slecht: 0.7\"",
                "verdeling = \"regime\"\nregime = \"markt\"\nwaarden = \"goed: 1; normaal: 1; slecht: 1\"",
            );
        }
        if has(16) {
            row(
                t,
                "gedeeld",
                "opbrengsten[O0].bedrag",
                "verdeling = \"driehoek\"\nlaag = 0.9\nmodus = 1\nhoog = 1.2\ngedeeld = \"alle kosten\"",
                "verdeling = \"driehoek\"\nlaag = 1\nmodus = 1\nhoog = 1\ngedeeld = \"alle kosten\"",
            );
        }
        if has(17) && self.groei.len() > 1 {
            row(
                t,
                "index anders",
                "index[i1].groei",
                "verdeling = \"driehoek\"\nlaag = -0.02\nmodus = 0\nhoog = 0.03\npersistentie = -0.3",
                "verdeling = \"driehoek\"\nlaag = 0\nmodus = 0\nhoog = 0",
            );
            if has(2) {
                put!(
                    t,
                    "[[correlaties]]\na = \"index\"\nb = \"index anders\"\nrho = -0.6"
                );
            }
        }
        if has(0) && has(1) {
            put!(
                t,
                "[[correlaties]]\na = \"alle kosten\"\nb = \"opbrengst\"\nrho = 0.5"
            );
        }
        for (i, (kans, halve, jaar, deelgebied)) in self.risicos.iter().enumerate() {
            let kans = if vast { 0 } else { kans % 101 };
            put!(
                t,
                "[[risicos]]\nrisico = \"R{i}\"\nkans = {}\nlaag = {}\nmodus = {}\nhoog = {}",
                f64::from(kans) / 100.0,
                euro(*halve),
                euro(*halve + 1000),
                euro(*halve + 9000)
            );
            put!(
                t,
                "periode = \"{}\"\ndeelgebied = \"d{}\"\nindex = \"i0\"",
                self.label(peil + i32::from(*jaar) % (self.g.looptijd + 1), *jaar),
                usize::from(*deelgebied) % self.uitstel.len()
            );
        }
    }
}

fn bedrag() -> impl Strategy<Value = i64> {
    prop_oneof![8 => 0..200_000_000i64, 1 => -20_000_000..0i64, 1 => Just(0)]
}

fn regel() -> impl Strategy<Value = Regel> {
    (
        bedrag(),
        any::<u8>(),
        any::<u8>(),
        any::<u8>(),
        any::<u8>(),
        any::<(u8, u8, u8)>(),
        any::<u8>(),
    )
        .prop_map(
            |(halve_centen, partij, ander, deelgebied, index, fasering, maatregel)| Regel {
                halve_centen,
                partij,
                ander,
                deelgebied,
                index,
                fasering,
                maatregel,
            },
        )
}

fn bate() -> impl Strategy<Value = Bate> {
    (
        any::<(u8, u8)>(),
        0..500u16,
        0..2_000_000i64,
        any::<(u8, u8, u8)>(),
        any::<(bool, bool)>(),
    )
        .prop_map(
            |(
                (maatregel, baathouder),
                volume,
                prijs,
                (aandeel, ingroei, vorm),
                (ineens, maatschappelijk),
            )| Bate {
                maatregel,
                baathouder,
                volume,
                prijs,
                aandeel,
                ingroei,
                vorm,
                ineens,
                maatschappelijk,
            },
        )
}

fn instellingen() -> impl Strategy<Value = Instellingen> {
    let woorden = any::<(u8, bool, u8, bool, u8, u8, u8, bool)>();
    let jaren = (-2..=1i32, 0..6i32, 0..7i32);
    let voeten = (
        0..80u8,
        proptest::option::of(0..80u8),
        0..60u8,
        proptest::option::of(0..60u8),
    );
    (woorden, jaren, voeten).prop_map(
        |(
            (stap, effectief, methode, midden, moment, ncw, telling, per_deelgebied),
            (prijspeil, looptijd, nasleep),
            (rente, creditrente, disconto, matrix),
        )| Instellingen {
            stap,
            effectief,
            methode,
            midden,
            moment,
            ncw,
            telling,
            prijspeil,
            looptijd,
            nasleep,
            rente,
            creditrente,
            disconto,
            matrix,
            per_deelgebied,
        },
    )
}

/// Any model.
pub(crate) fn spel() -> impl Strategy<Value = Spel> {
    use proptest::collection::vec;
    use proptest::option::of;
    let om = (
        instellingen(),
        vec((-30..60i8, -30..60i8), 1..3),
        vec(of(0..90u8), 1..5),
        (
            vec(0..3u8, 1..4),
            proptest::array::uniform3(of(1..60_000_000i64)),
        ),
        (any::<u8>(), bedrag(), of(bedrag())),
    );
    let regels = (
        vec(regel(), 1..5),
        vec(regel(), 1..4),
        of(0..200u8),
        of((0..400u16, 0..10_000_000i64)),
    );
    let later = (
        vec((bedrag(), any::<u8>(), any::<u8>()), 0..3),
        of((0..50_000_000i64, 0..2_000_000i64, any::<u8>())),
    );
    let pot = (
        any::<u8>(),
        bedrag(),
        0..30u8,
        0..2_000_000i64,
        0..200u8,
        bedrag(),
        of(0..60u8),
    )
        .prop_map(
            |(regel, beginsaldo, rente, minimum, aandeel, storting, leenrente)| Pot {
                regel,
                beginsaldo,
                rente,
                minimum,
                aandeel,
                storting,
                leenrente,
            },
        );
    let samen = (
        vec(any::<(bool, u8, u8)>(), 0..3),
        vec(bate(), 0..3),
        of(pot),
    );
    let onzeker = (
        any::<u32>(),
        vec((any::<u8>(), bedrag(), any::<u8>(), any::<u8>()), 0..3),
    );
    (om, regels, later, samen, onzeker).prop_map(
        |(
            (g, groei, partijen, (uitstel, plafond), historie),
            (kosten, opbrengsten, opslag, programma),
            (exploitatie, object),
            (maatregelen, baten, fonds),
            (onzeker, risicos),
        )| Spel {
            g,
            groei,
            partijen,
            uitstel,
            plafond,
            historie,
            kosten,
            opbrengsten,
            opslag,
            programma,
            exploitatie,
            object,
            maatregelen,
            baten,
            fonds,
            onzeker,
            risicos,
        },
    )
}

//! The one schema of a model: every table, column and setting, with its kind, unit and meaning.
//!
//! `docs/schema.md` is generated from this file (`polder schema`), and a test compares the two. Nothing here knows a carrier.

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The row's own name; unique in the table.
    Key,
    /// Free text.
    Text,
    /// The key of a row in another table.
    Ref(&'static str),
    /// An account: `partij` or `partij/rekening`; `buiten` is the outside world.
    Account,
    /// An amount in euro.
    Amount,
    /// A number with a unit that another column or the description names.
    Number,
    /// A whole number.
    Whole,
    /// A rate or share: 0.02 or 2%.
    Rate,
    /// A date.
    Date,
    /// A calendar year.
    Year,
    /// A period: 2030, 2030-H1 or 2030-K3, in the model's tijdstap.
    Period,
    /// One of a closed list.
    Choice(&'static [&'static str]),
    /// An address such as `kosten[3.2].bedrag`.
    Address,
    /// Names or patterns divided by semicolons.
    List,
    /// A phasing: a profile's name, a period, a range `2027-2031`, or `volgt ID +2`.
    Phasing,
    /// Whatever the setting of the same row asks for.
    Any,
}

impl Kind {
    /// The kind in words, for messages and documentation.
    pub fn words(self) -> String {
        match self {
            Kind::Key => "a unique name".into(),
            Kind::Text => "text".into(),
            Kind::Ref(table) => format!("a name from table {table}"),
            Kind::Account => {
                "a partij, or partij/rekening (grex, exploitatie, fonds, eigen)".into()
            }
            Kind::Amount => "an amount in euro".into(),
            Kind::Number => "a number".into(),
            Kind::Whole => "a whole number".into(),
            Kind::Rate => "a rate: 0.02 or 2%".into(),
            Kind::Date => "a date: 2026-01-01".into(),
            Kind::Year => "a year: 2030".into(),
            Kind::Period => "a period: 2030, 2030-H1 or 2030-K3".into(),
            Kind::Choice(list) => format!("one of {}", list.join(", ")),
            Kind::Address => "an address such as kosten[3.2].bedrag".into(),
            Kind::List => "names divided by ; (a closing * stands for any rest)".into(),
            Kind::Phasing => "a profile, a period, a range 2027-2031, or \"volgt ID +2\"".into(),
            Kind::Any => "what the setting asks for".into(),
        }
    }
}

/// A column of a table.
#[derive(Debug, PartialEq, Eq)]
pub struct Column {
    /// The heading in a workbook and csv, the key in toml, the field in code.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether every row must fill it.
    pub required: bool,
    /// What it means, with unit, sign and default.
    pub meaning: &'static str,
}

/// A table.
#[derive(Debug, PartialEq, Eq)]
pub struct TableSchema {
    /// Sheet name, csv file name, toml key.
    pub name: &'static str,
    /// What a row is.
    pub row: &'static str,
    /// Its columns, in the order they are written.
    pub columns: &'static [Column],
}

impl TableSchema {
    /// Position of a column by its exact name.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|c| c.name == name)
    }
}

/// A setting of table `gebied`.
#[derive(Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// The default in words; empty when the setting is required.
    pub default: &'static str,
    /// What it means, with article or section of the rule.
    pub meaning: &'static str,
}

const fn req(name: &'static str, kind: Kind, meaning: &'static str) -> Column {
    Column {
        name,
        kind,
        required: true,
        meaning,
    }
}

const fn opt(name: &'static str, kind: Kind, meaning: &'static str) -> Column {
    Column {
        name,
        kind,
        required: false,
        meaning,
    }
}

const fn set(
    name: &'static str,
    kind: Kind,
    default: &'static str,
    meaning: &'static str,
) -> Setting {
    Setting {
        name,
        kind,
        default,
        meaning,
    }
}

/// The roles a partij can have.
pub const ROLLEN: &[&str] = &[
    "gemeente",
    "provincie",
    "rijk",
    "waterschap",
    "corporatie",
    "ontwikkelaar",
    "belegger",
    "netbeheerder",
    "zorgverzekeraar",
    "zorgaanbieder",
    "schadeverzekeraar",
    "onderwijs",
    "bewoners",
    "bedrijven",
    "vve",
    "natuurfonds",
    "gebiedsorganisatie",
    "overig",
];

/// The opgaven of the matrix (annex 3 of the Praktijkhandleiding NOVEX).
pub const OPGAVEN: &[&str] = &[
    "vastgoedontwikkeling",
    "programmering en gemeenschap",
    "openbare ruimte",
    "infrastructuur",
    "mobiliteit",
    "energie",
    "circulariteit",
];

/// The twelve themes of the Handreiking Waardegedreven Gezonde Gebiedsontwikkeling.
pub const THEMAS: &[&str] = &[
    "sociale cohesie",
    "leefbaarheid",
    "nabijheid voorzieningen",
    "gezondheid en welzijn",
    "gezonde leefstijl",
    "schone lucht",
    "geluid",
    "klimaatbestendigheid",
    "veiligheid",
    "vergroenen",
    "actieve mobiliteit",
    "kwaliteit van wonen",
];

const ROUTES: &[&str] = &["grex", "cofinanciering"];
const FASERING: &str = "When: a profile of table fasering, a period, a range 2027-2031 (equal parts), or \"volgt ID +2\". Default: a profile named as the id";
const INDEX: &str = "Index group. Default: geen (never indexed)";
const OPGAVE: &str = "Opgave it serves. Default: vastgoedontwikkeling";

/// Every table of a model.
pub const SCHEMA: &[TableSchema] = &[
    TableSchema {
        name: "gebied",
        row: "one setting of the area",
        columns: &[
            req(
                "instelling",
                Kind::Key,
                "Name of the setting; the list stands below the tables",
            ),
            req("waarde", Kind::Any, "Its value"),
            opt("bron", Kind::Text, "Where the value comes from"),
        ],
    },
    TableSchema {
        name: "indexen",
        row: "the yearly growth of an index group, from a year on",
        columns: &[
            req("index", Kind::Text, "Index group"),
            req(
                "vanaf",
                Kind::Year,
                "First year of this growth: growth from 1 January of the year before to 1 January of this year. It holds until a later row",
            ),
            req("groei", Kind::Rate, "Growth per year, above -100%"),
            opt("bron", Kind::Text, "Source"),
        ],
    },
    TableSchema {
        name: "partijen",
        row: "a party at the table",
        columns: &[
            req("partij", Kind::Key, "Short name, used everywhere else"),
            opt("naam", Kind::Text, "Full name, for reports"),
            req("rol", Kind::Choice(ROLLEN), "Role"),
            opt(
                "schil",
                Kind::Whole,
                "Shell 1 to 4: 1 regular players, 2 public-social, 3 residents and users, 4 indirect financial-social",
            ),
            opt(
                "discontovoet",
                Kind::Rate,
                "Own discount rate for saldo and baten. Default: discontovoet_bbv",
            ),
            opt(
                "rente",
                Kind::Rate,
                "Own debit rate for its boekwaarde. Default: rente of the area",
            ),
            opt(
                "creditrente",
                Kind::Rate,
                "Own credit rate. Default: its rente",
            ),
            opt(
                "minimaal_resultaat",
                Kind::Amount,
                "Lowest netto_baat at which it takes part. Default: no minimum",
            ),
            opt("bron", Kind::Text, "Source of the rates"),
        ],
    },
    TableSchema {
        name: "deelgebieden",
        row: "a part of the area",
        columns: &[
            req("deelgebied", Kind::Key, "Name"),
            opt("oppervlakte_m2", Kind::Number, "Area in m2"),
            opt("uitgeefbaar_m2", Kind::Number, "Land to be sold, in m2"),
            opt(
                "uitstel",
                Kind::Number,
                "Years by which everything after peildatum in this deelgebied comes later; below zero is earlier. Default 0",
            ),
            opt(
                "leenplafond",
                Kind::Amount,
                "Most that the gebiedsfonds lends to this deelgebied at a time, interest included (needs rente_over = deelgebied). Default 0",
            ),
        ],
    },
    TableSchema {
        name: "programma",
        row: "something built, whose land is sold",
        columns: &[
            req(
                "id",
                Kind::Key,
                "Code; unique over programma, kosten, opbrengsten, exploitatie and objecten",
            ),
            opt("deelgebied", Kind::Ref("deelgebieden"), "Deelgebied"),
            opt(
                "partij",
                Kind::Account,
                "Who receives the land price. Default: the first gemeente, rekening grex",
            ),
            opt("betaler", Kind::Account, "Who pays it. Default: buiten"),
            opt("functie", Kind::Text, "Wonen, Kantoren..."),
            opt("segment", Kind::Text, "sociale huur, middenhuur..."),
            req("aantal", Kind::Number, "Number of units, zero or more"),
            opt("eenheid", Kind::Text, "woning, m2 bvo..."),
            opt("m2_per_eenheid", Kind::Number, "Use area per unit in m2"),
            opt(
                "grondprijs",
                Kind::Amount,
                "Land price per unit at prijspeil, excluding btw. Empty when a waardering gives it",
            ),
            opt(
                "waardering",
                Kind::Ref("grondwaarde"),
                "Valuation that gives the land price per unit, instead of grondprijs",
            ),
            opt("index", Kind::Text, INDEX),
            opt("fasering", Kind::Phasing, FASERING),
            opt(
                "perceel",
                Kind::Text,
                "Perceel of table eigendom that it is built on; empty is the land of the municipality",
            ),
            opt(
                "categorie",
                Kind::Text,
                "Uitgiftecategorie of kostenverhaal. Default: functie and segment",
            ),
            opt("opgave", Kind::Choice(OPGAVEN), OPGAVE),
            opt("groep", Kind::Text, "Group, for totals"),
            opt(
                "raming",
                Kind::Amount,
                "The source's own total, compared with aantal x grondprijs",
            ),
            opt("bron", Kind::Text, "Source"),
        ],
    },
    TableSchema {
        name: "grondwaarde",
        row: "a valuation of land, that rows of programma take their price from; all amounts at prijspeil, for one unit unless eenheden says otherwise",
        columns: &[
            req(
                "waardering",
                Kind::Key,
                "Name; it may be that of a row of programma",
            ),
            opt("omschrijving", Kind::Text, "Description"),
            req(
                "methode",
                Kind::Choice(&["vast", "sociaal", "grondquote", "residueel"]),
                "A price that was agreed; the social price of a policy; a share of the opbrengst; or the opbrengst less the stichtingskosten of this waardering",
            ),
            opt(
                "prijs",
                Kind::Amount,
                "Land price, per m2 when m2 is filled (vast, sociaal)",
            ),
            opt(
                "von",
                Kind::Amount,
                "Price of what is built, vrij op naam; per m2 when m2 is filled (grondquote, residueel)",
            ),
            opt("btw", Kind::Rate, "Btw that von holds. Default 0"),
            opt(
                "huur",
                Kind::Amount,
                "Rent per year instead of von; per m2 when m2 is filled",
            ),
            opt(
                "betaalbaar_aandeel",
                Kind::Rate,
                "Share of the rented space that is let at betaalbare_huur",
            ),
            opt(
                "betaalbare_huur",
                Kind::Amount,
                "Affordable rent per year, as huur",
            ),
            opt(
                "m2",
                Kind::Number,
                "Area that prijs, von or huur is per m2 of",
            ),
            opt(
                "bar",
                Kind::Rate,
                "Bruto aanvangsrendement: the value is huur / bar. Can't be drawn: factor can",
            ),
            opt(
                "factor",
                Kind::Number,
                "Kapitalisatiefactor instead of bar: the value is huur x factor",
            ),
            opt("huurvrij", Kind::Number, "Years without rent. Default 0"),
            opt(
                "huurvrij_wijze",
                Kind::Choice(&["aftrek", "uitstel"]),
                "Their rent comes off the value, or all rent comes so much later: value / (1+bar)^huurvrij. Default aftrek",
            ),
            opt(
                "kosten_koper",
                Kind::Rate,
                "Purchaser's costs of an investment. Default 0",
            ),
            opt(
                "kosten_koper_over",
                Kind::Choice(&["koopsom", "waarde"]),
                "Whether they are a share of the price that is left, value / (1+k), or of the value, value x (1-k). Default koopsom",
            ),
            opt(
                "grondquote",
                Kind::Rate,
                "Share of the opbrengst excluding btw that is land (grondquote)",
            ),
            opt(
                "disconto",
                Kind::Rate,
                "Rate at which a value at a later moment is brought to today",
            ),
            opt("jaren", Kind::Number, "Years until then"),
            opt(
                "eenheden",
                Kind::Number,
                "Number of units that the amounts are for; the land value is divided by it. Default 1",
            ),
            opt("bron", Kind::Text, "Source"),
        ],
    },
    TableSchema {
        name: "stichtingskosten",
        row: "a post of a residual valuation: an amount, a percentage of other posts, or interest over them",
        columns: &[
            req("id", Kind::Key, "Code; unique over the lines of all tables"),
            req(
                "waardering",
                Kind::Ref("grondwaarde"),
                "Valuation it belongs to, with methode residueel",
            ),
            opt("omschrijving", Kind::Text, "Description"),
            opt("hoeveelheid", Kind::Number, "Quantity, zero or more"),
            opt("eenheid", Kind::Text, "Unit of the quantity"),
            opt("prijs", Kind::Amount, "Price per unit at prijspeil"),
            opt(
                "bedrag",
                Kind::Amount,
                "Amount at prijspeil, instead of hoeveelheid x prijs. Positive is a cost",
            ),
            opt(
                "percentage",
                Kind::Rate,
                "Share of what over names, instead of an amount",
            ),
            opt(
                "over",
                Kind::List,
                "What the percentage or rente is over: opbrengst, huur (of a year), grond, and ids of posts that stand above: bouw; fees*; grond",
            ),
            opt(
                "rente",
                Kind::Rate,
                "Interest per year over what over names, instead of a percentage",
            ),
            opt("jaren", Kind::Number, "Years that the interest runs"),
            opt(
                "deel",
                Kind::Rate,
                "Share that is outstanding on average: 50% over a building period. Default 100%",
            ),
            opt(
                "rentevorm",
                Kind::Choice(&["effectief", "nominaal", "enkelvoudig"]),
                "(1+i)^T-1; with termijnen m a year (1+i/m)^(mT)-1; or iT. Default effectief",
            ),
            opt(
                "termijnen",
                Kind::Number,
                "Terms a year (nominaal): 4 is by quarter",
            ),
            opt("bron", Kind::Text, "Source"),
        ],
    },
    TableSchema {
        name: "kosten",
        row: "a cost line",
        columns: &[
            req("id", Kind::Key, "Code"),
            opt("omschrijving", Kind::Text, "Description"),
            opt(
                "deelgebied",
                Kind::Ref("deelgebieden"),
                "Deelgebied; empty is the whole area",
            ),
            opt(
                "partij",
                Kind::Account,
                "Who pays. Default: the drager of its maatregel, else the first gemeente, rekening grex",
            ),
            opt("ontvanger", Kind::Account, "Who receives. Default: buiten"),
            opt("opgave", Kind::Choice(OPGAVEN), OPGAVE),
            opt("soort", Kind::Text, "Kind of cost, for totals"),
            opt(
                "kostensoort",
                Kind::Text,
                "Code A1 to A14, B1 to B4 of Omgevingsbesluit bijlage IV; empty is not recoverable",
            ),
            opt(
                "toerekenbaar",
                Kind::Rate,
                "Part that the new development causes, 0 to 100% (Ow 13.11). Default 100%",
            ),
            opt(
                "profijt",
                Kind::Text,
                "Key of table profijt that spreads it over who profits. Default: all of it is the area's",
            ),
            opt(
                "eigendom",
                Kind::Ref("eigendom"),
                "Eigendom whose owner carries this work out himself and deducts it",
            ),
            opt(
                "raming_verhaal",
                Kind::Amount,
                "What the raming of kostenverhaal says for work that an owner carries out, at prijspeil. Default: its own amount",
            ),
            opt(
                "plankosten_product",
                Kind::Choice(PLANKOSTENPRODUCTEN),
                "Of plankosten (A1, A10) that an owner makes himself: its product in the plankostenscan; he deducts at most the share of the raming that Or 13.8 gives it (60, 80 or 90%)",
            ),
            opt("groep", Kind::Text, "Group, for totals"),
            opt("hoeveelheid", Kind::Number, "Quantity, zero or more"),
            opt("eenheid", Kind::Text, "Unit of the quantity"),
            opt("prijs", Kind::Amount, "Price per unit at prijspeil"),
            opt(
                "bedrag",
                Kind::Amount,
                "Amount at prijspeil, instead of hoeveelheid x prijs. Positive is a cost",
            ),
            opt(
                "percentage",
                Kind::Rate,
                "Share of the lines named in over, instead of an amount",
            ),
            opt(
                "over",
                Kind::List,
                "Ids that the percentage is taken over: 2.1; 3.*",
            ),
            opt("index", Kind::Text, INDEX),
            opt("fasering", Kind::Phasing, FASERING),
            opt(
                "maatregel",
                Kind::Ref("maatregelen"),
                "Maatregel it belongs to; it then counts only in the routes that have the maatregel",
            ),
            opt(
                "vorm",
                Kind::Choice(&["geld", "natura"]),
                "Money, or in natura. Default geld",
            ),
            opt(
                "raming",
                Kind::Amount,
                "The source's own amount, compared with the one calculated",
            ),
            opt("bron", Kind::Text, "Source"),
        ],
    },
    TableSchema {
        name: "opbrengsten",
        row: "a revenue line: land, subsidy, contribution, rent, deposit",
        columns: &[
            req("id", Kind::Key, "Code"),
            opt("omschrijving", Kind::Text, "Description"),
            opt(
                "deelgebied",
                Kind::Ref("deelgebieden"),
                "Deelgebied; empty is the whole area",
            ),
            opt(
                "partij",
                Kind::Account,
                "Who receives. Default: the first gemeente, rekening grex",
            ),
            opt("betaler", Kind::Account, "Who pays. Default: buiten"),
            opt("opgave", Kind::Choice(OPGAVEN), OPGAVE),
            opt("soort", Kind::Text, "Kind of revenue, for totals"),
            opt(
                "in_mindering",
                Kind::Rate,
                "Part that comes off the recoverable costs: contributions and subsidies of others. Default 0",
            ),
            opt(
                "perceel",
                Kind::Text,
                "Perceel of table eigendom of which this is the land: it then counts as opbrengst in kostenverhaal",
            ),
            opt("groep", Kind::Text, "Group, for totals"),
            opt("hoeveelheid", Kind::Number, "Quantity, zero or more"),
            opt("eenheid", Kind::Text, "Unit of the quantity"),
            opt("prijs", Kind::Amount, "Price per unit at prijspeil"),
            opt(
                "bedrag",
                Kind::Amount,
                "Amount at prijspeil, instead of hoeveelheid x prijs. Positive is revenue",
            ),
            opt(
                "percentage",
                Kind::Rate,
                "Share of the lines named in over, instead of an amount",
            ),
            opt("over", Kind::List, "Ids that the percentage is taken over"),
            opt("index", Kind::Text, INDEX),
            opt("fasering", Kind::Phasing, FASERING),
            opt(
                "maatregel",
                Kind::Ref("maatregelen"),
                "Maatregel it belongs to",
            ),
            opt(
                "vorm",
                Kind::Choice(&["geld", "natura"]),
                "Money, or in natura. Default geld",
            ),
            opt(
                "raming",
                Kind::Amount,
                "The source's own amount, compared with the one calculated",
            ),
            opt("bron", Kind::Text, "Source"),
        ],
    },
    TableSchema {
        name: "fasering",
        row: "one period of a phasing profile",
        columns: &[
            req(
                "fasering",
                Kind::Text,
                "Profile; a line uses the profile named as its id when its own fasering is empty",
            ),
            req("periode", Kind::Period, "Period"),
            opt(
                "aandeel",
                Kind::Rate,
                "Share of the amount; the shares of a profile add up to 100%",
            ),
            opt(
                "hoeveelheid",
                Kind::Number,
                "Units in this period; they add up to the line's aantal or hoeveelheid",
            ),
            opt(
                "bedrag",
                Kind::Amount,
                "Amount in this period; they add up to the line's bedrag, or are it when that is empty",
            ),
        ],
    },
    TableSchema {
        name: "boekwaarde",
        row: "history up to peildatum of an account, when it is given and not derived from realised periods",
        columns: &[
            opt(
                "partij",
                Kind::Account,
                "Account. Default: the first gemeente, rekening grex",
            ),
            opt("deelgebied", Kind::Ref("deelgebieden"), "Deelgebied"),
            opt("omschrijving", Kind::Text, "Description"),
            opt("kosten", Kind::Amount, "Costs made, with booked interest"),
            opt("opbrengsten", Kind::Amount, "Revenue received"),
            opt(
                "winst_genomen",
                Kind::Amount,
                "Profit taken, which raises the boekwaarde",
            ),
            opt(
                "bedrag",
                Kind::Amount,
                "The boekwaarde itself, instead of the three: positive is money invested",
            ),
            opt("bron", Kind::Text, "Source"),
        ],
    },
    TableSchema {
        name: "maatregelen",
        row: "an investment that has baathouders",
        columns: &[
            req("maatregel", Kind::Key, "Short name"),
            opt("naam", Kind::Text, "Full name"),
            opt(
                "opgave",
                Kind::Choice(OPGAVEN),
                "Opgave. Default: openbare ruimte",
            ),
            opt("thema", Kind::Choice(THEMAS), "Main theme"),
            req(
                "route",
                Kind::Choice(ROUTES),
                "grex: in both routes; cofinanciering: only in that one",
            ),
            opt(
                "deelgebied",
                Kind::Ref("deelgebieden"),
                "Deelgebied; its uitstel moves the baten too",
            ),
            opt(
                "drager",
                Kind::Account,
                "Who carries it out; receives the fund's share and in natura contributions. Default: the first gemeente, rekening eigen",
            ),
            opt(
                "dekking_fonds",
                Kind::Rate,
                "Share of the cost lines that the drager pays which is asked from the gebiedsfonds in route cofinanciering. Default 0",
            ),
            opt(
                "volgorde",
                Kind::Whole,
                "Order in which the fund pays, low first. Default: the order of the rows",
            ),
            opt("bron", Kind::Text, "Source"),
        ],
    },
    TableSchema {
        name: "baten",
        row: "a benefit of a maatregel for a baathouder",
        columns: &[
            req("id", Kind::Key, "Code"),
            req(
                "maatregel",
                Kind::Ref("maatregelen"),
                "Maatregel that brings it",
            ),
            req("baathouder", Kind::Ref("partijen"), "Party that gains"),
            req("thema", Kind::Choice(THEMAS), "Theme"),
            opt("omschrijving", Kind::Text, "Description"),
            req(
                "soort",
                Kind::Choice(&["besparing", "maatschappelijk"]),
                "besparing: money saved; maatschappelijk: social value",
            ),
            req("volume", Kind::Number, "Units per year at full strength"),
            opt("eenheid", Kind::Text, "Unit"),
            req("prijs", Kind::Amount, "Value per unit at prijspeil"),
            req("vanaf", Kind::Year, "First year"),
            opt(
                "ingroei",
                Kind::Whole,
                "Years to full strength, in equal steps: 3 gives 1/3, 2/3, 1. Default 0",
            ),
            opt("tot", Kind::Year, "Last year. Default: horizon"),
            opt("index", Kind::Text, INDEX),
            opt(
                "zekerheid",
                Kind::Rate,
                "Certainty, 0 to 100%: what is counted of it. Default 100%",
            ),
            opt(
                "bijdrage_aandeel",
                Kind::Rate,
                "Share of the counted benefit that the baathouder commits as a contribution in route cofinanciering. Default 0",
            ),
            opt(
                "betaaljaar",
                Kind::Year,
                "Year in which the whole contribution is paid at once, at its present value in that year (indexed, at the baathouder's discontovoet); empty: year by year, as the benefit comes",
            ),
            opt(
                "vorm",
                Kind::Choice(&["geld", "beheer", "expertise", "programmering"]),
                "Form of the contribution; all but geld are in natura. Default geld",
            ),
            opt(
                "naar",
                Kind::Choice(&["fonds", "drager"]),
                "Who receives the contribution. Default: fonds for geld when there is one, drager otherwise",
            ),
            req(
                "bron",
                Kind::Text,
                "Source of volume and price; invented figures say so",
            ),
        ],
    },
    TableSchema {
        name: "exploitatie",
        row: "a yearly or cyclic flow after delivery",
        columns: &[
            req("id", Kind::Key, "Code"),
            opt("omschrijving", Kind::Text, "Description"),
            opt("deelgebied", Kind::Ref("deelgebieden"), "Deelgebied"),
            req(
                "soort",
                Kind::Choice(&["kosten", "opbrengsten"]),
                "Cost or revenue of partij",
            ),
            opt(
                "partij",
                Kind::Account,
                "Whose cost or revenue. Default: the first gemeente, rekening exploitatie",
            ),
            opt(
                "tegenpartij",
                Kind::Account,
                "The other side. Default: buiten",
            ),
            opt("opgave", Kind::Choice(OPGAVEN), OPGAVE),
            opt("hoeveelheid", Kind::Number, "Quantity"),
            opt("eenheid", Kind::Text, "Unit"),
            opt(
                "prijs",
                Kind::Amount,
                "Price per unit per occurrence at prijspeil",
            ),
            opt(
                "bedrag",
                Kind::Amount,
                "Amount per occurrence at prijspeil, instead of hoeveelheid x prijs",
            ),
            req("vanaf", Kind::Year, "First year"),
            opt("tot", Kind::Year, "Last year. Default: horizon"),
            opt(
                "cyclus",
                Kind::Whole,
                "Years between two occurrences. Default 1: every year",
            ),
            opt("index", Kind::Text, INDEX),
            opt(
                "maatregel",
                Kind::Ref("maatregelen"),
                "Maatregel it belongs to",
            ),
            opt("bron", Kind::Text, "Source"),
        ],
    },
    TableSchema {
        name: "objecten",
        row: "a thing that is kept up and replaced; its first investment is a cost line elsewhere",
        columns: &[
            req("id", Kind::Key, "Code"),
            opt("omschrijving", Kind::Text, "Description"),
            opt("deelgebied", Kind::Ref("deelgebieden"), "Deelgebied"),
            opt(
                "partij",
                Kind::Account,
                "Who keeps it up. Default: the first gemeente, rekening exploitatie",
            ),
            opt("opgave", Kind::Choice(OPGAVEN), OPGAVE),
            req(
                "investering",
                Kind::Amount,
                "Value when new at prijspeil; the cost of a replacement",
            ),
            opt(
                "onderhoud",
                Kind::Amount,
                "Upkeep per year at prijspeil, from the year after in_gebruik",
            ),
            req("levensduur", Kind::Whole, "Years until it is replaced"),
            req(
                "in_gebruik",
                Kind::Year,
                "Year in which it is taken into use",
            ),
            opt("index", Kind::Text, INDEX),
            opt(
                "maatregel",
                Kind::Ref("maatregelen"),
                "Maatregel it belongs to",
            ),
            opt("bron", Kind::Text, "Source"),
        ],
    },
    TableSchema {
        name: "fonds",
        row: "the gebiedsfonds (one at most)",
        columns: &[
            req(
                "partij",
                Kind::Ref("partijen"),
                "Party that holds the fund; its account is partij/fonds. Deposits are opbrengsten with this account as partij",
            ),
            opt(
                "beginsaldo",
                Kind::Amount,
                "Balance at peildatum. Default 0",
            ),
            opt(
                "rente",
                Kind::Rate,
                "Return on a positive balance. Default 0 (BBV art. 45)",
            ),
            opt(
                "minimum",
                Kind::Amount,
                "Balance below which the fund does not spend or lend. Default 0",
            ),
            opt(
                "leenrente",
                Kind::Rate,
                "Interest on what it lends to deelgebieden. Default: the creditrente of the grondexploitatie, as drawn",
            ),
            opt(
                "aandeel_organisatie",
                Kind::Rate,
                "Share of each contribution for the gebiedsorganisatie. Default 0",
            ),
            opt(
                "organisatie",
                Kind::Account,
                "Who receives that share. Default: partij/eigen",
            ),
            opt(
                "regel",
                Kind::Choice(&["voorfinancieren", "doorschuiven", "drager"]),
                "When the balance is short: go below zero and report the prefinancing; pay later; or leave it with the drager. Default voorfinancieren",
            ),
            opt("bron", Kind::Text, "Source"),
        ],
    },
    TableSchema {
        name: "kostenverhaal",
        row: "an area in which costs are recovered from owners (Omgevingswet afd. 13.6)",
        columns: &[
            req("id", Kind::Key, "Name of the kostenverhaalsgebied"),
            req(
                "regime",
                Kind::Choice(REGIMES),
                "OW_TIJDVAK: with a tijdvak (13.14); OW_ZONDER: without one (13.15); WRO: transition, calculates as with a tijdvak [O]",
            ),
            opt(
                "deelgebieden",
                Kind::List,
                "Deelgebieden that it holds. Default: everything",
            ),
            opt(
                "ontvanger",
                Kind::Account,
                "Who receives the geldsommen. Default: the first gemeente, rekening grex",
            ),
            opt(
                "rente",
                Kind::Rate,
                "Rate of contante waarde per peildatum. Default: rente of the area",
            ),
            opt(
                "moment",
                Kind::Choice(&["begin", "midden", "eind"]),
                "Moment in the period at which an amount is discounted [C]. Default begin",
            ),
            opt(
                "beschikking",
                Kind::Year,
                "Year of the beschikking; default of betaling. Default: year of peildatum",
            ),
            opt(
                "methode",
                Kind::Choice(&["opbrengsten", "gewichtsfactor"]),
                "Spread pro rata of opbrengsten (13.16), or by basiseenheid x gewichtsfactor. Default opbrengsten",
            ),
            opt(
                "aftrek",
                Kind::Choice(&["per_post", "totaal"]),
                "Own costs count to their raming each, or together [C]. Default per_post",
            ),
            opt(
                "vloer",
                Kind::Choice(&["nul", "geen"]),
                "Whether a negative bijdrage becomes zero [O]. Default nul",
            ),
            opt(
                "rente_tot_betaling",
                Kind::Choice(&["ja", "nee"]),
                "Whether what is due grows with rente from peildatum to its payment [C]. Default nee",
            ),
            opt(
                "alleen_aansluiting",
                Kind::Choice(&["ja", "nee"]),
                "Whether the recoverable costs are only those of connecting to public space or utilities (Ob 8.14 c). Default nee",
            ),
            opt(
                "plankosten_in",
                Kind::Choice(&["beschikking", "fasering"]),
                "Period in which A1 and A10 count: all in the year of the beschikking (Or 13.6), or as they are phased. Default beschikking",
            ),
            opt(
                "plankosten_maximum",
                Kind::Amount,
                "Most that counts of A1 and A10 together, at contante waarde (Or 13.2). Default: no maximum",
            ),
            opt(
                "raming",
                Kind::Amount,
                "OW_ZONDER: costs that the beschikkingen spread, at contante waarde. Default: the recoverable costs as calculated",
            ),
            opt(
                "maximum",
                Kind::Amount,
                "OW_ZONDER: most that is recovered in the area (13.15(1)(a))",
            ),
            opt(
                "maximum_aftopt",
                Kind::Choice(&["ja", "nee"]),
                "Whether no more than maximum is spread, or it is only watched [C]. Default nee",
            ),
            opt(
                "eindafrekening",
                Kind::Year,
                "Year of the eindafrekening (Ow 13.20), in which owners with beschikt get back what they paid too much",
            ),
            opt(
                "terugbetaalrente",
                Kind::Rate,
                "Rente per year on a repayment, compound from its payment [C]. Default 0",
            ),
            opt("bron", Kind::Text, "Source"),
        ],
    },
    TableSchema {
        name: "eigendom",
        row: "what one party holds of one perceel: the unit that pays kostenverhaal",
        columns: &[
            req("id", Kind::Key, "Code"),
            req("partij", Kind::Ref("partijen"), "Owner"),
            opt(
                "perceel",
                Kind::Text,
                "Perceel; rows of one perceel are its owners. Default: the id",
            ),
            opt(
                "aandeel",
                Kind::Rate,
                "Share of the perceel; those of a perceel add up to 100%. Default 100%",
            ),
            opt("deelgebied", Kind::Ref("deelgebieden"), "Deelgebied"),
            opt(
                "kostenverhaal",
                Kind::Ref("kostenverhaal"),
                "Kostenverhaalsgebied. Default: that of its deelgebied, or the only one",
            ),
            opt(
                "m2",
                Kind::Number,
                "Area of this owner in m2: his part of a perceel that several own",
            ),
            opt(
                "grond_m2",
                Kind::Amount,
                "Value of the land per m2 before the plan (Ob 8.17)",
            ),
            opt(
                "opstallen",
                Kind::Amount,
                "Value of buildings to be demolished",
            ),
            opt("vrijmaken", Kind::Amount, "Freeing the land of rights (B2)"),
            opt("slopen", Kind::Amount, "Demolition (B3)"),
            opt("saneren", Kind::Amount, "Remediation and earthworks (B4)"),
            opt(
                "inbrengwaarde",
                Kind::Amount,
                "Inbrengwaarde as a whole, instead of these; not discounted",
            ),
            opt(
                "basis",
                Kind::Choice(&["onteigening", "woz"]),
                "Standard of the inbrengwaarde (Ob 8.17). Default onteigening",
            ),
            opt(
                "activiteit",
                Kind::Choice(&["a", "b", "c", "d", "e", "f"]),
                "Activity by letter of Ob 8.13: a homes, b main building, c enlargement, d other building, e conversion to homes, f conversion to kantoor, winkel or horeca. Default a",
            ),
            opt(
                "omvang",
                Kind::Number,
                "Size of the activity: m2 bvo (c, d, f) or woonfuncties (e)",
            ),
            opt(
                "maximum",
                Kind::Amount,
                "OW_ZONDER: most that the activity pays (13.15(2)(a))",
            ),
            opt(
                "betaling",
                Kind::Phasing,
                "When it pays: a period, a range or a profile of table fasering. Default: year of the beschikking; of what is still to be asked, not before peildatum",
            ),
            opt(
                "zekerheid",
                Kind::Text,
                "Security for payment after the beschikking (Ow 13.19): bank guarantee and the like",
            ),
            opt(
                "beschikt",
                Kind::Amount,
                "Geldsom of a beschikking that was given: it is paid as it stands, and what is calculated is the herberekening of the eindafrekening",
            ),
            opt(
                "andere_kosten",
                Kind::Amount,
                "OW_ZONDER: other costs of designated kinds that were made within the maximum and fall on it; they come off a repayment (13.20(3)) [C]",
            ),
            opt(
                "overeenkomst",
                Kind::Amount,
                "Contribution agreed in an anterieure overeenkomst (Ow 13.13), paid as betaling says; it takes the place of a geldsom",
            ),
            opt(
                "overeenkomst_post",
                Kind::Text,
                "Id of the opbrengsten line that is that agreement, so that it is not counted twice",
            ),
            opt("bron", Kind::Text, "Source"),
        ],
    },
    TableSchema {
        name: "profijt",
        row: "who profits of costs, by a key (Ow 13.11: profijt, proportionaliteit, toerekenbaarheid)",
        columns: &[
            req(
                "sleutel",
                Kind::Text,
                "Key; the rows of one name belong together",
            ),
            req(
                "begunstigde",
                Kind::Text,
                "A kostenverhaalsgebied, or any other: bestaande stad, a neighbouring area",
            ),
            opt(
                "bestaand",
                Kind::Choice(&["ja", "nee"]),
                "Whether it is the existing city. Default nee",
            ),
            req(
                "waarde",
                Kind::Number,
                "Profijt in the unit of the key: ritten, woningequivalenten, m2",
            ),
            opt("eenheid", Kind::Text, "Unit"),
            opt("bron", Kind::Text, "Source"),
        ],
    },
    TableSchema {
        name: "verevening",
        row: "a rule by which parties settle costs, land value or homes with each other",
        columns: &[
            req("regel", Kind::Key, "Name"),
            req(
                "soort",
                Kind::Choice(super::verevening::SOORTEN),
                "Kind (docs/rules/verevening.md, inbreng.md, bijdragen.md): kostendeling, specials, gelijke_grondwaarde, doel, collectief (3.2); grondbank, bouwclaim, gem (3.5) [O]; vereveningsfonds, vlak, segment (3.1); bovenwijks (1.5) [O]",
            ),
            opt(
                "rekening",
                Kind::Account,
                "Account that clears: it receives what is paid and pays what is received. Default: the first gemeente, rekening eigen; for collectief the account that pays the costs of kosten_soort or maatregel, and needed when that is not one account",
            ),
            opt(
                "sleutel",
                Kind::Choice(VEREVENINGSLEUTELS),
                "How a key that its row does not give is found: m2 or inbrengwaarde of table eigendom, aantal or grondwaarde of table programma, own kosten, or gelijk for all. Default gegeven",
            ),
            opt(
                "kosten_soort",
                Kind::Text,
                "Cost lines with this soort are the own costs of who pays them; for collectief, what is shared",
            ),
            opt(
                "maatregel",
                Kind::Ref("maatregelen"),
                "Or those of this maatregel; with both, those that fit both",
            ),
            opt(
                "functie",
                Kind::Text,
                "Only programma with this functie counts",
            ),
            opt(
                "segmenten",
                Kind::List,
                "vereveningsfonds: segments of programma whose homes count for the norm",
            ),
            opt(
                "meetellen",
                Kind::Choice(&["tekorten", "saldi"]),
                "specials: only what yields less than its reference counts, or what yields more too; segment: only above the bound, or below it too [C]. Default tekorten",
            ),
            opt(
                "bedrag",
                Kind::Amount,
                "collectief and bovenwijks: costs (collectief: default those of kosten_soort or maatregel, at contante waarde); gem: result to split (default: contante waarde of what flows through rekening, less its boekwaarde at peildatum); bouwclaim: costs of the municipality",
            ),
            opt(
                "waarde",
                Kind::Amount,
                "grondbank: land value of a unit of feitelijk. Empty: feitelijk is land value itself",
            ),
            opt(
                "aandeel",
                Kind::Rate,
                "vereveningsfonds: share of the homes that the norm asks; bovenwijks: share of the new development in the costs",
            ),
            opt(
                "vanaf",
                Kind::Number,
                "Homes from which a project has the duty. Default 0",
            ),
            opt(
                "afronding",
                Kind::Choice(&["omhoog", "half", "geen"]),
                "How the homes that a norm asks are made whole; a local rule. Default omhoog",
            ),
            opt("tarief", Kind::Amount, "vlak: euro per home"),
            opt(
                "grondwaarde_vrij",
                Kind::Amount,
                "vereveningsfonds: land value of a free-sector home, unless its row gives that of its kern",
            ),
            opt(
                "grondwaarde_sociaal",
                Kind::Amount,
                "vereveningsfonds: land value of a social home, unless its row gives that of its kern",
            ),
            opt(
                "uitkering",
                Kind::Amount,
                "vereveningsfonds: euro that it pays per home above the norm, in the order of the rows. Default: it pays nothing [C]",
            ),
            opt(
                "plafond",
                Kind::Amount,
                "vereveningsfonds: most that it pays. Default: no bound but its balance",
            ),
            opt(
                "plafond_per",
                Kind::Choice(&["woning", "project"]),
                "Of what plafond is the most. Default woning",
            ),
            opt(
                "beginsaldo",
                Kind::Amount,
                "vereveningsfonds: balance that it can pay of beside what it gets. Default 0",
            ),
            opt(
                "subsidie",
                Kind::Amount,
                "bovenwijks: subsidy, taken off after the share of the new development [C]",
            ),
            opt(
                "woningequivalenten",
                Kind::Number,
                "bovenwijks: that all development together counts for. Default: that of its rows",
            ),
            opt(
                "rente",
                Kind::Rate,
                "Rate of contante waarde per peildatum of flows that count. Default: rente of the area",
            ),
            opt(
                "rente_tot_betaling",
                Kind::Choice(&["ja", "nee"]),
                "Whether what is settled grows with rente from peildatum to its payment [C]. Default nee",
            ),
            opt(
                "betaling",
                Kind::Phasing,
                "When it is paid: a period, a range or a profile of table fasering. Default: year of peildatum",
            ),
            opt(
                "decimalen",
                Kind::Whole,
                "Decimals of the amounts, 0 to 8; 2 settles in whole cents. Default 8",
            ),
            opt("bron", Kind::Text, "Source"),
        ],
    },
    TableSchema {
        name: "verevening_delen",
        row: "who takes part in a rule of verevening",
        columns: &[
            req("id", Kind::Key, "Code"),
            req("regel", Kind::Ref("verevening"), "Rule"),
            opt(
                "partij",
                Kind::Account,
                "Who pays or receives. Default rekening eigen; empty: the grondexploitatie, in its deelgebied",
            ),
            opt(
                "deelgebied",
                Kind::Ref("deelgebieden"),
                "Deelgebied: only its rows of other tables count",
            ),
            opt(
                "segment",
                Kind::Text,
                "segment: segment of programma that is counted",
            ),
            opt(
                "sleutel",
                Kind::Number,
                "Key; grondbank: what it brings in; gem: its equity. Default: as the rule says",
            ),
            opt(
                "eigen",
                Kind::Amount,
                "kostendeling: own costs. Default: its cost lines that fit the rule, at contante waarde",
            ),
            opt(
                "referentie",
                Kind::Amount,
                "specials: what it would yield; doel: land value that is the target",
            ),
            opt(
                "feitelijk",
                Kind::Amount,
                "What stands on its own land: land value (default: its programma at contante waarde), or units for a grondbank with waarde (default: aantal of its programma)",
            ),
            opt(
                "aantal",
                Kind::Number,
                "Homes; bouwclaim: plots. Default: aantal of its programma",
            ),
            opt(
                "sociaal",
                Kind::Number,
                "vereveningsfonds: homes that count for the norm. Default: those of its programma in segmenten",
            ),
            opt(
                "elders",
                Kind::Number,
                "vereveningsfonds: homes that count for it and are made elsewhere. Default 0",
            ),
            opt(
                "grens",
                Kind::Amount,
                "segment: homes that are free of payment; for a share, that share of all homes",
            ),
            opt(
                "tarief",
                Kind::Amount,
                "segment: euro per home; bouwclaim: euro that it pays per plot",
            ),
            opt("m2", Kind::Number, "bouwclaim: land that it sells, m2"),
            opt(
                "inkoopprijs",
                Kind::Amount,
                "bouwclaim: euro that it gets per m2",
            ),
            opt(
                "grondwaarde_vrij",
                Kind::Amount,
                "vereveningsfonds: land value of a free-sector home in its kern. Default: that of the rule",
            ),
            opt(
                "grondwaarde_sociaal",
                Kind::Amount,
                "vereveningsfonds: land value of a social home in its kern. Default: that of the rule",
            ),
            opt(
                "weq",
                Kind::Number,
                "bovenwijks: woningequivalenten of a unit. Default 1; needed when its programma is in m2",
            ),
            opt("bron", Kind::Text, "Source"),
        ],
    },
    TableSchema {
        name: "bijdragen",
        row: "a financiële bijdrage that is asked of an owner (Omgevingswet 13.22 to 13.24)",
        columns: &[
            req("id", Kind::Key, "Code"),
            req(
                "eigendom",
                Kind::Ref("eigendom"),
                "Eigendom of which it is asked",
            ),
            opt("omschrijving", Kind::Text, "What it is for"),
            req(
                "gevraagd",
                Kind::Amount,
                "Amount that is asked, at contante waarde per peildatum",
            ),
            req(
                "grondslag",
                Kind::Choice(&["overeenkomst", "omgevingsplan"]),
                "By agreement (13.22), without a maximum; or enforced by the omgevingsplan (13.23), within its bound",
            ),
            opt(
                "begrenzing",
                Kind::Choice(&["wettelijk", "economisch"]),
                "Bound when enforced: opbrengst less inbrengwaarde (13.23 lid 3), or that less the geldsom too [C]. Default wettelijk",
            ),
            opt(
                "categorie",
                Kind::Choice(CATEGORIEEN_BIJDRAGE),
                "Category of Ob 8.21 lid 1; needed when enforced",
            ),
            opt(
                "samenhang",
                Kind::Text,
                "Functional relation with the development (13.23 lid 1); needed when enforced",
            ),
            opt(
                "anders_verzekerd",
                Kind::Choice(&["ja", "nee"]),
                "Whether its funding is assured otherwise (13.24 c). Default nee",
            ),
            opt(
                "ander_belang",
                Kind::Choice(&["ja", "nee"]),
                "Whether it is of provincial or national interest (13.24 b). Default nee",
            ),
            opt(
                "kostensoort",
                Kind::Text,
                "Code of bijlage IV, when its costs are on that list: then it can't be enforced, and must not be in kostenverhaal",
            ),
            opt(
                "ontvanger",
                Kind::Account,
                "Who receives it. Default: the first gemeente, rekening eigen",
            ),
            opt(
                "betaling",
                Kind::Phasing,
                "When it is paid: a period, a range or a profile of table fasering. Default: year of the beschikking",
            ),
            opt(
                "nodig",
                Kind::Amount,
                "What was needed in the end; the rest is paid back (Ob 8.22)",
            ),
            opt(
                "eindafrekening",
                Kind::Year,
                "Year in which the rest is paid back",
            ),
            opt(
                "terugbetaalrente",
                Kind::Rate,
                "Rente per year on it, from the last payment on [C]. Default 0",
            ),
            opt(
                "rentewijze",
                Kind::Choice(&["samengesteld", "enkelvoudig"]),
                "How that rente is reckoned [C]. Default samengesteld",
            ),
            opt("bron", Kind::Text, "Source"),
        ],
    },
    TableSchema {
        name: "normen",
        row: "a norm for the programme; a breach is a finding",
        columns: &[
            req("norm", Kind::Key, "Name"),
            req(
                "soort",
                Kind::Choice(&["aandeel", "prijs", "oppervlakte", "ruimte"]),
                "A share of homes or m2; a highest price or rent, a least area per home; or m2 of a functie per home ('barcode') (docs/rules/normen.md)",
            ),
            opt(
                "functie",
                Kind::Text,
                "functie of programma that counts. Default: all",
            ),
            opt(
                "segmenten",
                Kind::List,
                "Segments of programma that count. Default: all",
            ),
            opt(
                "geheel",
                Kind::Text,
                "aandeel: functie that it is a share of (default: functie when segmenten is filled, else everything); ruimte: functie of the homes (default Wonen)",
            ),
            opt(
                "deelgebied",
                Kind::Ref("deelgebieden"),
                "Deelgebied that it holds for. Default: the whole area",
            ),
            opt(
                "maat",
                Kind::Choice(MATEN),
                "aandeel: of units or of m2. Default aantal",
            ),
            opt(
                "richting",
                Kind::Choice(&["minstens", "hoogstens"]),
                "aandeel: at least or at most. Default minstens",
            ),
            opt(
                "prijs",
                Kind::Choice(PRIJZEN),
                "prijs: what of the waardering of its programma is held to the norm: von or huur, times m2 when that is filled. Default von",
            ),
            opt(
                "waarde",
                Kind::Number,
                "Share (0.3), highest price or rent in euro, least m2 of a home, or m2 per home",
            ),
            opt(
                "parameter",
                Kind::Text,
                "Or the parameter that it is: norm.aandeel_sociaal",
            ),
            opt(
                "grondwaarde_van",
                Kind::Amount,
                "Land value of a unit that goes to meet the norm. Default for aandeel: average of what does not count",
            ),
            opt(
                "grondwaarde_naar",
                Kind::Amount,
                "Land value of a unit that comes. Default for aandeel: average of what counts",
            ),
            opt("bron", Kind::Text, "Source"),
        ],
    },
    TableSchema {
        name: "onzekerheden",
        row: "an uncertain input",
        columns: &[
            req(
                "id",
                Kind::Key,
                "Name of the driver; its random numbers belong to this name",
            ),
            req(
                "doel",
                Kind::Address,
                "What it changes: kosten[3.3].bedrag, programma[*].grondprijs, index[Kosten civiel].groei, deelgebied[Silo].uitstel, gebied.rente, baten[B1].volume, eigendom[X].inbrengwaarde. One draw for all lines that a pattern names",
            ),
            req(
                "verdeling",
                Kind::Choice(&[
                    "pert",
                    "driehoek",
                    "normaal",
                    "lognormaal",
                    "uniform",
                    "discreet",
                    "percentielen",
                    "waarnemingen",
                    "regime",
                ]),
                "Distribution",
            ),
            opt(
                "als",
                Kind::Choice(&["factor", "waarde", "verschuiving"]),
                "How the draw is used: times, instead of, or added to the input. Default factor; verschuiving for groei, uitstel and the settings of gebied",
            ),
            opt(
                "laag",
                Kind::Number,
                "Lowest value (pert, driehoek, uniform)",
            ),
            opt("modus", Kind::Number, "Most likely value (pert, driehoek)"),
            opt(
                "hoog",
                Kind::Number,
                "Highest value (pert, driehoek, uniform)",
            ),
            opt("gemiddelde", Kind::Number, "Mean (normaal, lognormaal)"),
            opt(
                "spreiding",
                Kind::Number,
                "Standard deviation (normaal, lognormaal)",
            ),
            opt(
                "p10",
                Kind::Number,
                "One in ten draws is below it (percentielen)",
            ),
            opt("p50", Kind::Number, "Median (percentielen)"),
            opt(
                "p90",
                Kind::Number,
                "One in ten draws is above it (percentielen)",
            ),
            opt(
                "minimum",
                Kind::Number,
                "Draws below it do not occur; the chance goes to the rest (not for discreet and regime)",
            ),
            opt(
                "maximum",
                Kind::Number,
                "Draws above it do not occur; the chance goes to the rest (not for discreet and regime)",
            ),
            opt(
                "waarden",
                Kind::List,
                "Values with their chance: 0: 60%; 1: 30%; 2: 10% (discreet); observed values: 0.92; 1.05; 1.01 (waarnemingen); a value per toestand: goed: 1.05; slecht: 0.85 (regime)",
            ),
            opt(
                "regime",
                Kind::Ref("regimes"),
                "Regime whose toestand decides the value (regime)",
            ),
            opt(
                "gedeeld",
                Kind::Text,
                "Name of the random number; onzekerheden with one name move together, fully dependent. Default: the id",
            ),
            opt(
                "per_jaar",
                Kind::Choice(&["ja", "nee"]),
                "A new draw every year (only groei). Default ja for groei, nee otherwise",
            ),
            opt(
                "persistentie",
                Kind::Rate,
                "Part of last year's deviation that stays (only per_jaar). Default 0",
            ),
            opt("bron", Kind::Text, "Source"),
        ],
    },
    TableSchema {
        name: "correlaties",
        row: "the rank correlation of two onzekerheden",
        columns: &[
            req("a", Kind::Ref("onzekerheden"), "One"),
            req("b", Kind::Ref("onzekerheden"), "The other"),
            req(
                "rho",
                Kind::Number,
                "Spearman's rank correlation, between -1 and 1",
            ),
            opt("bron", Kind::Text, "Source"),
        ],
    },
    TableSchema {
        name: "regimes",
        row: "a toestand of a regime, such as a good, normal or bad market",
        columns: &[
            req(
                "regime",
                Kind::Text,
                "Regime; the rows of one name are its toestanden, and its random number belongs to this name",
            ),
            req(
                "toestand",
                Kind::Text,
                "State; the first row holds the lowest random numbers",
            ),
            req(
                "kans",
                Kind::Rate,
                "Chance of the state; those of a regime add up to 100%",
            ),
            opt("bron", Kind::Text, "Source"),
        ],
    },
    TableSchema {
        name: "risicos",
        row: "a discrete risk event",
        columns: &[
            req("risico", Kind::Key, "Name"),
            opt("omschrijving", Kind::Text, "Description"),
            req("kans", Kind::Rate, "Chance that it happens"),
            req(
                "laag",
                Kind::Amount,
                "Lowest cost at prijspeil if it happens (a negative cost is a chance)",
            ),
            req("modus", Kind::Amount, "Most likely cost"),
            req("hoog", Kind::Amount, "Highest cost"),
            req("periode", Kind::Period, "When"),
            opt(
                "partij",
                Kind::Account,
                "Who pays. Default: the first gemeente, rekening grex",
            ),
            opt(
                "deelgebied",
                Kind::Ref("deelgebieden"),
                "Deelgebied; its uitstel moves the event",
            ),
            opt("opgave", Kind::Choice(OPGAVEN), OPGAVE),
            opt("index", Kind::Text, INDEX),
            opt(
                "maatregel",
                Kind::Ref("maatregelen"),
                "Maatregel it belongs to",
            ),
            opt("bron", Kind::Text, "Source"),
        ],
    },
    TableSchema {
        name: "scenarios",
        row: "one change of a named scenario",
        columns: &[
            req(
                "scenario",
                Kind::Text,
                "Scenario; the rows of one name belong together",
            ),
            req("doel", Kind::Address, "What changes"),
            opt("waarde", Kind::Any, "New value"),
            opt("factor", Kind::Number, "Times this"),
            opt("verschuiving", Kind::Number, "Plus this"),
            opt("omschrijving", Kind::Text, "Why"),
        ],
    },
    TableSchema {
        name: "controles",
        row: "an expected figure, checked on every run",
        columns: &[
            req(
                "doel",
                Kind::Address,
                "A result: eindwaarde, boekwaarde.2030, partij[corporatie].saldo",
            ),
            req("waarde", Kind::Number, "Expected value, in euro"),
            opt(
                "tolerantie",
                Kind::Number,
                "Largest difference allowed. Default 0.01",
            ),
            opt("bron", Kind::Text, "Source"),
        ],
    },
];

/// The four interest conventions (rules chapter 0.3).
pub const RENTEMETHODEN: &[&str] = &["JAN1", "GEMIDDELD", "HALFJAAR_SI", "BEGIN"];

/// The settings of table `gebied`.
pub const SETTINGS: &[Setting] = &[
    set("naam", Kind::Text, "the folder's name", "Name of the area"),
    set(
        "peildatum",
        Kind::Date,
        "",
        "First day of the forecast; divides history from forecast. The first day of a period",
    ),
    set(
        "prijspeil",
        Kind::Date,
        "peildatum",
        "Date of the price level; a date within a year counts as 1 January of that year",
    ),
    set(
        "eindjaar",
        Kind::Year,
        "",
        "Last year of the grondexploitatie; EW is per 31 December of it",
    ),
    set(
        "horizon",
        Kind::Year,
        "eindjaar",
        "Last year of the gebiedsexploitatie",
    ),
    set(
        "tijdstap",
        Kind::Choice(&["jaar", "halfjaar", "kwartaal"]),
        "jaar",
        "Length of a period",
    ),
    set(
        "periodevoet",
        Kind::Choice(&["effectief", "nominaal"]),
        "effectief",
        "Rate per half-year or quarter: (1+i)^(1/m)-1, or i/m",
    ),
    set(
        "btw",
        Kind::Choice(&["exclusief", "inclusief"]),
        "exclusief",
        "Whether amounts hold btw; shown in reports, nothing is calculated with it",
    ),
    set(
        "rentemethode",
        Kind::Choice(RENTEMETHODEN),
        "JAN1",
        "Interest over: opening balance; opening + half of the flow, simple; the same, compound; opening + whole flow",
    ),
    set(
        "indexmoment",
        Kind::Choice(&["jaar", "halfjaar"]),
        "jaar",
        "Price level of a flow: that of the start, or of the middle of its period",
    ),
    set(
        "dagtelling",
        Kind::Choice(&["jaren", "dagen_36525", "dagen_365"]),
        "jaren",
        "Exponent of the NCW: whole years, days/365,25, days/365",
    ),
    set(
        "ncw_methode",
        Kind::Choice(NCW_METHODEN),
        "ncw_bbv",
        "Which NCW is called ncw",
    ),
    set(
        "kasstroommoment",
        Kind::Choice(&["begin", "midden", "eind"]),
        "eind",
        "Moment in the period at which ncw_kasstroom and ncw_kasstroom_rente discount a flow",
    ),
    set(
        "rente",
        Kind::Rate,
        "",
        "Interest on the boekwaarde (debit)",
    ),
    set(
        "creditrente",
        Kind::Rate,
        "rente",
        "Interest when the boekwaarde is negative",
    ),
    set(
        "rente_over",
        Kind::Choice(&["geheel", "deelgebied"]),
        "geheel",
        "Interest over the boekwaarde of the whole, or over that of each deelgebied apart (one in debit does not use the credit of another)",
    ),
    set(
        "discontovoet_bbv",
        Kind::Rate,
        "parameter bbv.discontovoet at peildatum",
        "Discount rate of ncw_bbv and of the voorziening",
    ),
    set(
        "discontovoet_maatschappelijk",
        Kind::Rate,
        "parameter mkba.discontovoet at peildatum",
        "Real discount rate for life-cycle costs",
    ),
    set(
        "discontovoet_matrix",
        Kind::Rate,
        "discontovoet_bbv",
        "The one rate of the matrix and of één portemonnee",
    ),
    set(
        "voorziening_basis",
        Kind::Choice(&["contant", "eindwaarde"]),
        "contant",
        "Whether a loss is provided for at its present value (at discontovoet_bbv) or at its end value",
    ),
];

/// The schema of a table by its exact name.
pub fn table_schema(name: &str) -> Option<&'static TableSchema> {
    SCHEMA.iter().find(|t| t.name == name)
}

/// A setting by its exact name.
pub fn setting(name: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|s| s.name == name)
}

/// The values of `ncw_methode` (rules 0.2).
pub const NCW_METHODEN: &[&str] = &[
    "ncw_bbv",
    "ncw_rente",
    "ncw_kasstroom",
    "ncw_kasstroom_rente",
];

/// How a key of verevening is found.
pub const VEREVENINGSLEUTELS: &[&str] = &[
    "gegeven",
    "m2",
    "inbrengwaarde",
    "aantal",
    "grondwaarde",
    "kosten",
    "gelijk",
];

/// The categories of Omgevingsbesluit 8.21 lid 1, in a word.
pub const CATEGORIEEN_BIJDRAGE: &[&str] = &[
    "landschap",
    "natuur",
    "infrastructuur",
    "recreatie_en_groen",
    "sociale_woningen_elders",
    "stedelijke_herstructurering",
];

/// What a price cap is about.
pub const PRIJZEN: &[&str] = &["von", "huur_per_jaar", "huur_per_maand"];

/// What a share is of.
pub const MATEN: &[&str] = &["aantal", "m2"];

/// Groups of products of the plankostenscan by which Or 13.8 bounds what an owner deducts.
pub const PLANKOSTENPRODUCTEN: &[&str] = &["1.1a-b", "2.3a-d", "rest"];

/// Under which law an area recovers its costs.
pub const REGIMES: &[&str] = &["OW_TIJDVAK", "OW_ZONDER", "WRO"];

/// The rekeningen that an account can name.
pub const REKENINGEN: &[&str] = &["grex", "exploitatie", "fonds", "eigen"];

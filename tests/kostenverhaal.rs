//! Kostenverhaal over random areas: its laws, the fast arithmetic, and a second opinion in Python that was written from the articles and
//! the rules alone (`tests/peer/`).

mod support;

use polder::evaluate::{Trekking, Voorbereid, Werk, evaluate};
use polder::model::Model;
use polder::number::{Exact, Lanes, to_f64};
use polder::plan::{Diepte, Drijvers, Plan, Route};
use polder::route::verhaal::{Positie, Verhaalresultaat};
use polder::route::{self, Routeresultaat};
use proptest::prelude::*;
use rust_decimal::{Decimal, dec};
use serde_json::{Map, Value, json};
use std::fmt::Write as _;
use support::toeval::Bron;

// -------------------------------------------------------------------------------------------------------- random areas

/// A row: column, value, and whether the value is an amount in euro.
type Rij = Vec<(&'static str, String, bool)>;

/// Tables of one area; phasing by the id of its line.
#[derive(Debug, Clone, Default)]
struct Gebied {
    rente: String,
    indexen: Vec<Rij>,
    kostenverhaal: Vec<Rij>,
    eigendom: Vec<Rij>,
    profijt: Vec<Rij>,
    kosten: Vec<Rij>,
    opbrengsten: Vec<Rij>,
    programma: Vec<Rij>,
    fasering: Vec<(String, Vec<(i32, String)>)>,
    partijen: usize,
    /// Years that each deelgebied is later.
    uitstel: [u64; 2],
}

const TEKST: &[&str] = &[
    "id",
    "partij",
    "regime",
    "deelgebieden",
    "deelgebied",
    "moment",
    "methode",
    "aftrek",
    "vloer",
    "maximum_aftopt",
    "plankosten_in",
    "plankosten_product",
    "kostensoort",
    "profijt",
    "eigendom",
    "index",
    "perceel",
    "categorie",
    "activiteit",
    "sleutel",
    "begunstigde",
    "bestaand",
    "betaling",
    "zekerheid",
    "rente_tot_betaling",
];

fn rij(columns: &[(&'static str, String)]) -> Rij {
    let euro = |c: &str| {
        [
            "bedrag",
            "grondprijs",
            "raming",
            "raming_verhaal",
            "maximum",
            "plankosten_maximum",
            "inbrengwaarde",
            "grond_m2",
            "opstallen",
            "slopen",
        ]
        .contains(&c)
    };
    columns
        .iter()
        .map(|(c, v)| (*c, v.clone(), euro(c)))
        .collect()
}

/// Shares that add up to one, in different years or (`samen`) those given.
fn fasering(b: &mut Bron) -> Vec<(i32, String)> {
    let first = b.van(2026, 2031) as i32;
    match b.van(1, 3) {
        1 => vec![(first, "1".into())],
        2 => vec![(first, "0.4".into()), (first + 1, "0.6".into())],
        _ => vec![
            (first, "0.25".into()),
            (first + 1, "0.5".into()),
            (first + 3, "0.25".into()),
        ],
    }
}

impl Gebied {
    /// An area of every kind. With `samen` all categories are phased alike.
    fn nieuw(seed: u64, samen: bool) -> Self {
        let mut b = Bron(seed);
        let mut g = Gebied {
            rente: format!("0.0{}", b.van(0, 45)),
            partijen: b.van(1, 5) as usize,
            ..Gebied::default()
        };
        for name in ["kosten", "opbrengsten"] {
            for (vanaf, high) in [(2026, 40), (2029, 25)] {
                g.indexen.push(rij(&[
                    ("index", name.into()),
                    ("vanaf", vanaf.to_string()),
                    ("groei", format!("0.0{:02}", b.van(0, high))),
                ]));
            }
        }
        let two = b.soms(3);
        let areas: &[&str] = if two { &["Noord", "Zuid"] } else { &["Noord"] };
        for area in areas {
            let regime = b.kies(&["OW_TIJDVAK", "OW_TIJDVAK", "OW_ZONDER", "WRO"]);
            let mut row = vec![
                ("id", (*area).to_owned()),
                ("regime", regime.to_owned()),
                ("moment", b.kies(&["begin", "midden", "eind"]).to_owned()),
                (
                    "methode",
                    b.kies(&["opbrengsten", "opbrengsten", "gewichtsfactor"])
                        .to_owned(),
                ),
                ("aftrek", b.kies(&["per_post", "totaal"]).to_owned()),
            ];
            if two {
                row.push(("deelgebieden", (*area).to_owned()));
            }
            if b.soms(3) {
                row.push(("plankosten_maximum", b.van(1, 900_000).to_string()));
            }
            if b.soms(2) {
                row.push(("beschikking", b.van(2026, 2034).to_string()));
            }
            if b.soms(4) {
                row.push(("plankosten_in", "fasering".into()));
            }
            if regime == "OW_ZONDER" {
                row.push(("maximum", b.van(1, 9_000_000).to_string()));
                row.push(("maximum_aftopt", b.kies(&["ja", "nee"]).to_owned()));
                if b.soms(2) {
                    row.push(("raming", b.van(1, 9_000_000).to_string()));
                }
            }
            g.kostenverhaal.push(rij(&row));
        }
        g.percelen(&mut b, areas, samen);
        for (naam, rest) in [("ritten", true), ("nieuw", false)] {
            for area in areas {
                g.profijt.push(rij(&[
                    ("sleutel", naam.into()),
                    ("begunstigde", (*area).to_owned()),
                    ("waarde", b.van(1, 900).to_string()),
                ]));
            }
            g.profijt.push(rij(&[
                ("sleutel", naam.into()),
                (
                    "begunstigde",
                    if rest { "bestaande stad" } else { "elders" }.into(),
                ),
                ("bestaand", if rest { "ja" } else { "nee" }.into()),
                ("waarde", b.van(0, 900).to_string()),
            ]));
        }
        g.lijnen(&mut b, areas);
        g
    }

    /// One with what the second opinion does not know: delays, later payments, a beschikking of before, work of the municipality itself.
    fn ruim(seed: u64) -> Self {
        let mut g = Gebied::nieuw(seed, false);
        let mut b = Bron(seed ^ 0xA5A5);
        g.uitstel = [b.van(0, 3), b.van(0, 3)];
        for row in &mut g.kostenverhaal {
            if b.soms(3) {
                row.retain(|(c, ..)| *c != "beschikking");
                row.push(("beschikking", b.van(2019, 2025).to_string(), false));
            }
            row.push((
                "rente_tot_betaling",
                b.kies(&["ja", "nee"]).to_owned(),
                false,
            ));
        }
        for row in &mut g.eigendom {
            if b.soms(3) {
                row.push(("betaling", "2027-2029".into(), false));
                row.push(("zekerheid", "bankgarantie".into(), false));
            }
        }
        let own: Vec<(String, String)> = g
            .eigendom
            .iter()
            .filter(|e| waarde(e, "partij") == "gemeente")
            .map(|e| (waarde(e, "id"), waarde(e, "deelgebied")))
            .collect();
        for row in &mut g.kosten {
            let there = own.iter().find(|(_, d)| *d == waarde(row, "deelgebied"));
            let free = ["eigendom", "profijt", "toerekenbaar"]
                .iter()
                .all(|c| waarde(row, c).is_empty());
            if let Some((id, _)) = there
                && free
                && !waarde(row, "kostensoort").is_empty()
                && b.soms(2)
            {
                row.push(("eigendom", id.clone(), false));
                row.push(("partij", "gemeente/grex".into(), false));
            }
        }
        g
    }

    fn percelen(&mut self, b: &mut Bron, areas: &[&str], samen: bool) {
        let alike = fasering(b);
        let mut nth = 0;
        for p in 0..b.van(1, 6) {
            let area = areas[b.van(0, areas.len() as u64 - 1) as usize];
            let perceel = format!("perceel {p}");
            let shares: &[&str] = if b.soms(4) { &["0.3", "0.7"] } else { &["1"] };
            for share in shares {
                let owner = b.van(0, self.partijen as u64);
                let mut row = vec![
                    ("id", format!("E{nth}")),
                    (
                        "partij",
                        if owner == 0 {
                            "gemeente".into()
                        } else {
                            format!("P{owner}")
                        },
                    ),
                    ("perceel", perceel.clone()),
                    ("aandeel", (*share).to_owned()),
                    ("deelgebied", area.to_owned()),
                ];
                nth += 1;
                if b.soms(2) {
                    row.push(("inbrengwaarde", b.van(0, 900_000).to_string()));
                } else {
                    row.push(("m2", b.van(100, 20_000).to_string()));
                    row.push(("grond_m2", b.van(5, 90).to_string()));
                    row.push(("opstallen", b.van(0, 300_000).to_string()));
                    row.push(("slopen", b.van(0, 90_000).to_string()));
                }
                if b.soms(5) {
                    row.push(("activiteit", b.kies(&["c", "d", "f"]).to_owned()));
                    row.push(("omvang", b.van(900, 1_700).to_string()));
                }
                if b.soms(4) {
                    row.push(("maximum", b.van(0, 900_000).to_string()));
                }
                self.eigendom.push(rij(&row));
            }
            for h in 0..b.van(0, 3) {
                let id = format!("H{p}.{h}");
                self.programma.push(rij(&[
                    ("id", id.clone()),
                    ("aantal", b.van(1, 90).to_string()),
                    ("grondprijs", b.van(0, 120_000).to_string()),
                    ("index", "opbrengsten".into()),
                    ("deelgebied", area.to_owned()),
                    ("perceel", perceel.clone()),
                    (
                        "categorie",
                        b.kies(&["sociaal", "midden", "vrij"]).to_owned(),
                    ),
                ]));
                let own = fasering(b);
                self.fasering
                    .push((id, if samen { alike.clone() } else { own }));
            }
        }
        if b.soms(2) {
            self.programma.push(rij(&[
                ("id", "zonder perceel".into()),
                ("aantal", b.van(1, 90).to_string()),
                ("grondprijs", b.van(0, 120_000).to_string()),
                ("index", "opbrengsten".into()),
                ("deelgebied", areas[0].to_owned()),
                ("categorie", "vrij".into()),
            ]));
            let own = fasering(b);
            self.fasering
                .push(("zonder perceel".into(), if samen { alike } else { own }));
        }
    }

    fn lijnen(&mut self, b: &mut Bron, areas: &[&str]) {
        for k in 0..b.van(1, 10) {
            let id = format!("K{k}");
            let at = b.van(0, areas.len() as u64 - 1) as usize;
            let mut row = vec![
                ("id", id.clone()),
                ("bedrag", b.van(0, 2_000_000).to_string()),
                ("index", "kosten".into()),
                ("deelgebied", areas[at].to_owned()),
            ];
            if !b.soms(6) {
                let code = b.kies(&["A1", "A5", "A8", "A8.1", "A10", "A12"]);
                row.push(("kostensoort", code.to_owned()));
                let owners: Vec<(String, String)> = self
                    .eigendom
                    .iter()
                    .filter(|e| {
                        waarde(e, "deelgebied") == areas[at] && waarde(e, "partij") != "gemeente"
                    })
                    .map(|e| (waarde(e, "id"), waarde(e, "partij")))
                    .collect();
                if b.soms(3) && !owners.is_empty() {
                    let (id, partij) = owners[b.van(0, owners.len() as u64 - 1) as usize].clone();
                    row.push(("eigendom", id));
                    row.push(("partij", format!("{partij}/eigen")));
                    if b.soms(2) {
                        row.push(("raming_verhaal", b.van(0, 2_000_000).to_string()));
                    }
                    if b.soms(2) {
                        let product = b.kies(&["1.1a-b", "2.3a-d", "rest"]);
                        row.push(("plankosten_product", product.to_owned()));
                    }
                    if b.soms(3) {
                        row.push(("toerekenbaar", "0.6".into()));
                    }
                } else if b.soms(2) {
                    let part = b.soms(2);
                    row.push(("profijt", if part { "nieuw" } else { "ritten" }.into()));
                    if part {
                        row.push(("toerekenbaar", "0.3".into()));
                    }
                }
            }
            self.kosten.push(rij(&row));
            let when = fasering(b);
            self.fasering.push((id, when));
        }
        for o in 0..b.van(0, 2) {
            let id = format!("S{o}");
            let at = b.van(0, areas.len() as u64 - 1) as usize;
            self.opbrengsten.push(rij(&[
                ("id", id.clone()),
                ("bedrag", b.van(0, 900_000).to_string()),
                ("deelgebied", areas[at].to_owned()),
                ("in_mindering", b.kies(&["1", "0.5"]).to_owned()),
            ]));
            let when = fasering(b);
            self.fasering.push((id, when));
        }
    }

    fn tabellen(&self) -> [(&'static str, &Vec<Rij>); 7] {
        [
            ("indexen", &self.indexen),
            ("kostenverhaal", &self.kostenverhaal),
            ("eigendom", &self.eigendom),
            ("profijt", &self.profijt),
            ("kosten", &self.kosten),
            ("opbrengsten", &self.opbrengsten),
            ("programma", &self.programma),
        ]
    }

    /// As a model; amounts times a factor.
    fn model(&self, maal: Decimal) -> Model {
        let mut text = format!(
            "[gebied]\npeildatum = 2026-01-01\nprijspeil = 2025-01-01\neindjaar = 2040\nrente = {}\n[[partijen]]\npartij = \"gemeente\"\nrol = \"gemeente\"\n",
            self.rente
        );
        for p in 1..=self.partijen {
            let _ = writeln!(
                text,
                "[[partijen]]\npartij = \"P{p}\"\nrol = \"ontwikkelaar\""
            );
        }
        for (name, years) in ["Noord", "Zuid"].iter().zip(self.uitstel) {
            let _ = writeln!(
                text,
                "[[deelgebieden]]\ndeelgebied = \"{name}\"\nuitstel = {years}"
            );
        }
        for (table, rows) in self.tabellen() {
            for row in rows {
                let _ = writeln!(text, "[[{table}]]");
                for (column, value, euro) in row {
                    if TEKST.contains(column) {
                        let _ = writeln!(text, "{column} = \"{value}\"");
                    } else if *euro {
                        let amount = value.parse::<Decimal>().unwrap() * maal;
                        let _ = writeln!(text, "{column} = {amount}");
                    } else {
                        let _ = writeln!(text, "{column} = {value}");
                    }
                }
            }
        }
        for (id, shares) in &self.fasering {
            for (year, share) in shares {
                let _ = writeln!(
                    text,
                    "[[fasering]]\nfasering = \"{id}\"\nperiode = \"{year}\"\naandeel = {share}"
                );
            }
        }
        support::model(support::tables(&text)).unwrap_or_else(|e| panic!("{e}\n{text}"))
    }

    /// As the second opinion reads it.
    fn json(&self) -> Value {
        let mut out = json!({"gebied": {"peiljaar": 2026, "prijspeil": 2025, "eindjaar": 2040, "rente": self.rente}});
        for (table, rows) in self.tabellen() {
            let rows: Vec<Value> = rows
                .iter()
                .map(|row| {
                    let mut map: Map<String, Value> = row
                        .iter()
                        .map(|(c, v, _)| {
                            let number = ["vanaf", "jaar"].contains(c);
                            (
                                (*c).to_owned(),
                                if number {
                                    json!(v.parse::<i64>().unwrap())
                                } else {
                                    json!(v)
                                },
                            )
                        })
                        .collect();
                    let id = waarde(row, "id");
                    if let Some((_, shares)) = self.fasering.iter().find(|(n, _)| *n == id) {
                        let shares: Map<String, Value> = shares
                            .iter()
                            .map(|(y, s)| (y.to_string(), json!(s)))
                            .collect();
                        map.insert("fasering".into(), Value::Object(shares));
                    }
                    Value::Object(map)
                })
                .collect();
            out[table] = Value::Array(rows);
        }
        out
    }
}

fn waarde(row: &Rij, column: &str) -> String {
    row.iter()
        .find(|(c, ..)| *c == column)
        .map_or_else(String::new, |(_, v, _)| v.clone())
}

fn reken(model: &Model) -> Routeresultaat {
    route::calculate(model, Route::Grex).expect("the figures are small")
}

fn dichtbij(a: Decimal, b: Decimal) -> bool {
    (a - b).abs() <= dec!(0.000001)
}

/// What every owner pays, by id.
fn geldsommen(model: &Model, r: &Routeresultaat) -> Vec<(String, Decimal)> {
    let mut out: Vec<(String, Decimal)> = r
        .verhaal
        .iter()
        .flat_map(|x| &x.eigenaren)
        .map(|e| {
            (
                model.verhaal.eigendommen[e.eigendom].id.clone(),
                e.cijfers.geldsom,
            )
        })
        .collect();
    out.sort();
    out
}

// ---------------------------------------------------------------------------------------------------------------- laws

fn wetten(model: &Model, x: &Verhaalresultaat) {
    let g = &model.verhaal.gebieden[x.gebied];
    let zonder = g.regime == polder::model::verhaal::Regime::OwZonder;
    let bruto: Decimal = x.eigenaren.iter().map(|e| e.cijfers.bruto).sum();
    let rest = x
        .rest
        .iter()
        .find(|(key, ..)| *key == "rest_zonder_eigendom");
    let rest = rest.map_or(Decimal::ZERO, |(_, _, amount)| *amount);
    assert!(
        dichtbij(bruto + rest, x.omslag),
        "Σ bruto {bruto} + {rest} is not V {}",
        x.omslag
    );
    if x.opbrengst > Decimal::ZERO && !zonder {
        assert!(
            dichtbij(x.omslag + x.tekort, x.netto.max(Decimal::ZERO)) || x.netto < Decimal::ZERO
        );
        assert!(x.omslag <= x.opbrengst);
    }
    let mut recovered = Decimal::ZERO;
    for e in &x.eigenaren {
        let c = &e.cijfers;
        assert!(c.geldsom >= Decimal::ZERO);
        recovered += c.geldsom;
        let row = &model.verhaal.eigendommen[e.eigendom];
        if e.positie != Positie::Geldsom {
            assert_eq!(c.geldsom, Decimal::ZERO, "{}", row.id);
        }
        if zonder {
            assert!(c.geldsom <= (c.opbrengst - c.inbreng).max(Decimal::ZERO) + dec!(0.000001));
            if let Some(most) = &row.maximum {
                assert!(c.geldsom <= most.value + dec!(0.000001));
            }
        }
    }
    assert!(dichtbij(recovered, x.geldsommen));
    let most = if zonder {
        x.omslag
    } else {
        x.netto.max(Decimal::ZERO)
    };
    assert!(
        recovered <= most + dec!(0.000001),
        "recovered {recovered} of {most}"
    );
    if let Some(cap) = g.maximum.as_ref().filter(|_| g.maximum_aftopt) {
        assert!(recovered <= cap.value + dec!(0.000001));
    }
    let causes: Decimal = x.rest.iter().map(|(_, _, amount)| *amount).sum();
    assert!(
        dichtbij(causes, x.rest_totaal()),
        "the causes come to {causes}, the rest is {}: {:?}",
        x.rest_totaal(),
        x.rest
    );
    // No cost falls on the areas more than once.
    for post in &model.verhaal.posten {
        assert!(post.aandeel() >= Decimal::ZERO && post.aandeel() <= Decimal::ONE);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn kostenverhaal_keeps_its_laws(seed in any::<u64>()) {
        let area = if seed % 2 == 0 { Gebied::nieuw(seed, false) } else { Gebied::ruim(seed) };
        let model = area.model(Decimal::ONE);
        let result = reken(&model);
        for x in &result.verhaal {
            wetten(&model, x);
        }
        // The rest of the laws calculates the area three times more: on one in five.
        if seed % 5 != 0 {
            return Ok(());
        }
        let base = geldsommen(&model, &result);

        // The order of owners does not matter.
        let mut other = area.clone();
        other.eigendom.reverse();
        other.kosten.reverse();
        let model = other.model(Decimal::ONE);
        for ((a, b), (id, c)) in base.iter().zip(geldsommen(&model, &reken(&model))) {
            prop_assert!(*a == id && dichtbij(*b, c), "{a}: {b}, in another order {c}");
        }

        // All amounts times three: all contributions times three.
        let model = area.model(dec!(3));
        for ((id, a), (_, b)) in base.iter().zip(geldsommen(&model, &reken(&model))) {
            prop_assert!((*a * dec!(3) - b).abs() <= dec!(0.00001), "{id}: {a}, times three {b}");
        }

        // More subsidy never raises a contribution.
        let mut more = area.clone();
        for area in &area.kostenverhaal {
            let id = format!("extra {}", waarde(area, "id"));
            more.opbrengsten.push(rij(&[
                ("id", id.clone()),
                ("bedrag", "250000".into()),
                ("deelgebied", waarde(area, "id")),
                ("in_mindering", "1".into()),
            ]));
            more.fasering.push((id, vec![(2027, "1".into())]));
        }
        let model = more.model(Decimal::ONE);
        for ((id, a), (_, b)) in base.iter().zip(geldsommen(&model, &reken(&model))) {
            prop_assert!(b <= *a + dec!(0.000001), "{id}: {a}, with more subsidy {b}");
        }
    }

}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn both_ways_of_spreading_agree_where_a_category_has_one_phasing(seed in any::<u64>()) {
        let mut area = Gebied::nieuw(seed, true);
        // One price per category too: a gewichtsfactor is an average otherwise.
        for row in &mut area.programma {
            let category = waarde(row, "categorie");
            let price = match category.as_str() { "sociaal" => "20000", "midden" => "45000", _ => "90000" };
            for cell in row.iter_mut().filter(|(c, ..)| *c == "grondprijs") {
                cell.1 = price.into();
            }
        }
        let model = area.model(Decimal::ONE);
        for e in reken(&model).verhaal.iter().flat_map(|x| &x.eigenaren) {
            let c = &e.cijfers;
            prop_assert!(dichtbij(c.bruto_opbrengsten, c.bruto_gewichtsfactor), "{c:?}");
        }
    }

    #[test]
    fn the_eindafrekening_never_charges_extra(seed in any::<u64>()) {
        let mut area = Gebied::nieuw(seed, false);
        let mut b = Bron(seed ^ 7);
        for row in &mut area.kostenverhaal {
            row.push(("eindafrekening", "2035".into(), false));
            row.push(("terugbetaalrente", "0.03".into(), false));
        }
        for row in area.eigendom.iter_mut().filter(|e| waarde(e, "partij") != "gemeente") {
            row.push(("beschikt", b.van(0, 900_000).to_string(), true));
        }
        let model = area.model(Decimal::ONE);
        let result = reken(&model);
        for e in result.verhaal.iter().flat_map(|x| &x.eigenaren) {
            let row = &model.verhaal.eigendommen[e.eigendom];
            let paid = row.beschikt.as_ref().map_or(Decimal::ZERO, |q| q.value);
            let back = e.cijfers.terugbetaling;
            prop_assert!(back >= Decimal::ZERO && back <= paid * dec!(0.95));
            prop_assert_eq!(back > Decimal::ZERO, e.cijfers.geldsom < paid * dec!(0.95));
        }
    }
}

// ---------------------------------------------------------------------------------------------------------- arithmetics

#[test]
fn the_fast_arithmetic_gives_what_the_exact_one_does() {
    for seed in 0..300 {
        let area = if seed % 2 == 0 {
            Gebied::nieuw(seed, false)
        } else {
            Gebied::ruim(seed)
        };
        let model = area.model(Decimal::ONE);
        for route in Route::BEIDE {
            let plan = Plan::new(&model, route, Diepte::Rekening, Drijvers::default()).unwrap();
            let exact = {
                let v = Voorbereid::<Exact>::new(&plan);
                let mut werk = Werk::new(&plan, false);
                evaluate(&v, &Trekking::geen(), &mut werk);
                werk
            };
            let fast = {
                let v = Voorbereid::<Lanes<4>>::new(&plan);
                let mut werk = Werk::new(&plan, false);
                evaluate(&v, &Trekking::geen(), &mut werk);
                werk
            };
            let record = route::calculate(&model, route).unwrap();
            for (e, (a, b)) in exact.eigendommen.iter().zip(&fast.eigendommen).enumerate() {
                let a = a.geldsom.0.unwrap();
                assert!((to_f64(a) - b.geldsom.0[3]).abs() < 1e-6, "{seed} {e}");
                let shown = record
                    .verhaal
                    .iter()
                    .flat_map(|x| &x.eigenaren)
                    .find(|x| x.eigendom == e)
                    .unwrap();
                assert!(dichtbij(shown.cijfers.geldsom, a), "{seed} {e}");
            }
            for (p, (a, b)) in exact.partijen.iter().zip(&fast.partijen).enumerate() {
                let (a, b) = (to_f64(a.saldo.0.unwrap()), b.saldo.0[0]);
                assert!((a - b).abs() < 1e-5, "{seed} party {p}: {a} {b}");
                let record = to_f64(record.partijen[p].saldo);
                assert!((a - record).abs() < 1e-5, "{seed} party {p}: {a} {record}");
            }
        }
    }
}

// ------------------------------------------------------------------------------------------------------ second opinion

#[test]
fn a_second_opinion_agrees_to_the_cent() {
    let areas: Vec<Gebied> = (10_000..11_000).map(|s| Gebied::nieuw(s, false)).collect();
    let input = Value::Array(areas.iter().map(Gebied::json).collect()).to_string();
    let answers = support::peer::answers("kostenverhaal.py", input);
    let (mut compared, mut charged) = (0, 0);
    for (area, answer) in areas.iter().zip(answers.as_array().unwrap()) {
        let model = area.model(Decimal::ONE);
        let result = reken(&model);
        for (x, theirs) in result
            .verhaal
            .iter()
            .zip(answer["gebieden"].as_array().unwrap())
        {
            let number = |of: &Value, key: &str| -> Decimal {
                of[key]
                    .as_str()
                    .unwrap_or_else(|| panic!("{key} of {of}"))
                    .parse()
                    .unwrap()
            };
            let mut same = |what: &str, ours: Decimal, other: Decimal| {
                compared += 1;
                assert!(
                    (ours - other).abs() <= dec!(0.01),
                    "{what}: {ours}, the second opinion says {other}\n{area:?}"
                );
            };
            for (key, ours) in [
                ("kosten", x.kosten),
                ("bijdragen", x.bijdragen),
                ("netto_kosten", x.netto),
                ("opbrengst", x.opbrengst),
                ("tekort", x.tekort),
            ] {
                same(key, ours, number(theirs, key));
            }
            same(
                "omslag",
                x.omslag,
                number(theirs, "omslag").max(Decimal::ZERO),
            );
            let rows = theirs["eigendom"].as_array().unwrap();
            assert_eq!(rows.len(), x.eigenaren.len());
            for (e, theirs) in x.eigenaren.iter().zip(rows) {
                let c = &e.cijfers;
                assert_eq!(
                    theirs["id"],
                    model.verhaal.eigendommen[e.eigendom].id.as_str()
                );
                for (key, ours) in [
                    ("opbrengst", c.opbrengst),
                    ("inbrengwaarde", c.inbreng),
                    ("geldsom", c.geldsom),
                ] {
                    same(key, ours, number(theirs, key));
                }
                // A raming below zero spreads nothing here, and less than nothing there; nobody pays in either.
                if number(theirs, "bruto") >= Decimal::ZERO {
                    same("bruto", c.bruto, number(theirs, "bruto"));
                    same(
                        "bruto_opbrengst",
                        c.bruto_opbrengsten,
                        number(theirs, "bruto_opbrengst"),
                    );
                    same(
                        "bruto_gewicht",
                        c.bruto_gewichtsfactor,
                        number(theirs, "bruto_gewicht"),
                    );
                    same("netto", c.netto, number(theirs, "netto"));
                }
                charged += usize::from(c.geldsom > Decimal::ZERO);
            }
        }
    }
    assert!(charged > 1_000, "only {charged} owners pay anything");
    println!("{compared} figures compared, {charged} owners pay");
}

// ------------------------------------------------------------------------------------------------------------ by hand

const EIGENAAR: &str = r#"
[gebied]
peildatum = 2026-01-01
eindjaar = 2030
rente = 0.03

[[partijen]]
partij = "gemeente"
rol = "gemeente"

[[partijen]]
partij = "X"
rol = "ontwikkelaar"

[[programma]]
id = "huizen"
partij = "X/eigen"
aantal = 10
grondprijs = 100000
fasering = "2026"
perceel = "X"
"#;

fn model(rest: &str) -> Model {
    support::model(support::tables(&format!("{EIGENAAR}{rest}"))).unwrap_or_else(|e| panic!("{e}"))
}

fn rest(x: &Verhaalresultaat, key: &str) -> Decimal {
    let found = x.rest.iter().find(|(k, ..)| *k == key);
    found.map_or(Decimal::ZERO, |(_, _, amount)| *amount)
}

fn cent(ours: Decimal, by_hand: Decimal) {
    assert!(
        (ours - by_hand).abs() <= dec!(0.005),
        "{ours}, by hand {by_hand}"
    );
}

/// 100.000 in 2026 and 200.000 in 2029 at 3 %, the beschikking in 2027, indexed at 2 % (prijspeil 2026).
#[test]
fn plankosten_count_in_the_year_of_the_beschikking() {
    let text = |how: &str| {
        format!(
            r#"
[[indexen]]
index = "kosten"
vanaf = 2026
groei = 0.02

[[kostenverhaal]]
id = "V"
regime = "OW_TIJDVAK"
beschikking = 2027
rente_tot_betaling = "ja"
{how}

[[eigendom]]
id = "X"
partij = "X"
inbrengwaarde = 0

[[kosten]]
id = "plan"
kostensoort = "A1"
bedrag = 300000
index = "kosten"
fasering = "plan"

[[fasering]]
fasering = "plan"
periode = "2026"
bedrag = 100000

[[fasering]]
fasering = "plan"
periode = "2029"
bedrag = 200000
"#
        )
    };
    let figures = |how: &str| {
        let result = reken(&model(&text(how)));
        let x = &result.verhaal[0];
        (
            x.kosten,
            rest(x, "rest_plankosten_jaar"),
            x.kosten_ontvanger,
            x.rest_totaal(),
        )
    };
    // 300.000 x 1,02 / 1,03; in their own years 100.000 + 200.000 x 1,02^3 / 1,03^3.
    let (in_year, own) = (dec!(297087.378640776699), dec!(294231.130007769552));
    let (costs, difference, made, left) = figures("");
    cent(costs, in_year);
    cent(made, own);
    cent(difference, own - in_year);
    cent(left, own - in_year);
    let (costs, difference, made, left) = figures("plankosten_in = \"fasering\"");
    cent(costs, own);
    cent(made, own);
    cent(difference, Decimal::ZERO);
    cent(left, Decimal::ZERO);
}

/// 400.000 was spent in 2021, 200.000 will be in 2027; the beschikking of 2020 asked 650.000.
fn van_2020(eigendom: &str) -> Model {
    model(&format!(
        r#"
[[kostenverhaal]]
id = "V"
regime = "OW_TIJDVAK"
beschikking = 2020
eindafrekening = 2028
terugbetaalrente = 0.02

[[eigendom]]
id = "X"
partij = "X"
inbrengwaarde = 50000
{eigendom}

[[kosten]]
id = "wegen"
kostensoort = "A8"
bedrag = 600000
fasering = "wegen"

[[fasering]]
fasering = "wegen"
periode = "2021"
bedrag = 400000

[[fasering]]
fasering = "wegen"
periode = "2027"
bedrag = 200000
"#
    ))
}

#[test]
fn a_beschikking_of_before_peildatum_is_settled_as_of_its_own_year() {
    let m = van_2020("beschikt = 650000");
    let result = reken(&m);
    let x = &result.verhaal[0];
    let e = &x.eigenaren[0];
    // 400.000 / 1,03 + 200.000 / 1,03^7; the land of 50.000 comes in and goes out.
    cent(e.cijfers.geldsom, dec!(550967.816832));
    // 0,95 x 650.000 - that, and 2 % a year from 2020 to 2028.
    cent(e.cijfers.terugbetaling, dec!(66532.183168));
    let paid: Vec<_> = m
        .lijnen
        .iter()
        .filter(|l| l.tabel == "eigendom")
        .flat_map(|l| l.realisatie.iter().map(|(p, q)| (p.0, q.value)))
        .collect();
    assert_eq!(paid, [(2020, dec!(650000))]);
    // Paid twice in the past, half each: the rente on what comes back runs from each payment.
    let m = van_2020("beschikt = 650000\nbetaling = \"2020-2021\"");
    let back = m
        .lijnen
        .iter()
        .find(|l| l.id.ends_with("terugbetaling"))
        .unwrap();
    let grown = back.verloop.gewichten[0].1.value;
    cent(
        grown * dec!(100000),
        dec!(100000) * (dec!(1.171659381) + dec!(1.148685668)) / dec!(2),
    );
}

#[test]
fn what_was_paid_before_stands_in_a_given_boekwaarde_once() {
    let boekwaarde = "[[boekwaarde]]\nbedrag = 100000\n";
    let costs = |m: Model| {
        let x = reken(&m).verhaal[0].clone();
        (x.overeenkomsten, m)
    };
    let text = |extra: &str| {
        format!(
            r#"
[[kostenverhaal]]
id = "V"
regime = "OW_TIJDVAK"
beschikking = 2025

[[eigendom]]
id = "X"
partij = "X"
inbrengwaarde = 50000
overeenkomst = 80000
betaling = "2025-2026"

[[kosten]]
id = "wegen"
kostensoort = "A8"
bedrag = 200000
fasering = "2027"
{extra}
"#
        )
    };
    // All of the agreement counts as recovered, as of 2025; the half of before is a flow only where no boekwaarde holds it.
    for (extra, history) in [("", 1), (boekwaarde, 0)] {
        let (agreed, m) = costs(model(&text(extra)));
        cent(agreed, dec!(40000) + dec!(40000) / dec!(1.03));
        let flows = m
            .lijnen
            .iter()
            .filter(|l| l.tabel == "eigendom" && l.soort.in_saldo());
        assert_eq!(flows.flat_map(|l| &l.realisatie).count(), history);
    }
}

/// 500.000 of works; X pays in 2028 what is due at peildatum in 2026, at 3 %.
#[test]
fn the_rest_holds_what_a_late_payment_costs() {
    for (how, lost) in [
        ("nee", dec!(500000) - dec!(500000) / dec!(1.0609)),
        ("ja", dec!(0)),
    ] {
        let result = reken(&model(&format!(
            r#"
[[kostenverhaal]]
id = "V"
regime = "OW_TIJDVAK"
rente_tot_betaling = "{how}"

[[eigendom]]
id = "X"
partij = "X"
inbrengwaarde = 0
betaling = "2028"
zekerheid = "bankgarantie"

[[kosten]]
id = "wegen"
kostensoort = "A8"
bedrag = 500000
fasering = "2026"
"#
        )));
        let x = &result.verhaal[0];
        cent(x.geldsommen, dec!(500000));
        cent(rest(x, "rest_betaalmoment"), lost);
        cent(x.rest_totaal(), lost);
    }
}

/// Asked 200.000, 120.000 by the herberekening: 70.000 comes back, less 30.000 of other costs (Ow 13.20 lid 3).
#[test]
fn without_tijdvak_other_costs_come_off_a_repayment() {
    for (other, back) in [
        ("", dec!(70000)),
        ("andere_kosten = 30000", dec!(40000)),
        ("andere_kosten = 90000", dec!(0)),
    ] {
        let result = reken(&model(&format!(
            r#"
[[kostenverhaal]]
id = "V"
regime = "OW_ZONDER"
maximum = 400000
eindafrekening = 2029

[[eigendom]]
id = "X"
partij = "X"
inbrengwaarde = 100000
beschikt = 200000
{other}

[[kosten]]
id = "wegen"
kostensoort = "A8"
bedrag = 120000
fasering = "2026"
"#
        )));
        cent(result.verhaal[0].eigenaren[0].cijfers.terugbetaling, back);
    }
}

/// Work of X of 100.000, half of it made in 2025; the raming of 80.000 counts whole.
#[test]
fn the_raming_of_work_that_was_begun_counts_whole() {
    let result = reken(&model(
        r#"
[[kostenverhaal]]
id = "V"
regime = "OW_TIJDVAK"

[[eigendom]]
id = "X"
partij = "X"
inbrengwaarde = 0

[[kosten]]
id = "kade"
partij = "X/eigen"
kostensoort = "A8"
eigendom = "X"
bedrag = 100000
raming_verhaal = 80000
fasering = "kade"

[[fasering]]
fasering = "kade"
periode = "2025"
bedrag = 50000

[[fasering]]
fasering = "kade"
periode = "2026"
bedrag = 50000
"#,
    ));
    let x = &result.verhaal[0];
    cent(x.kosten, dec!(80000));
    cent(x.eigenaren[0].cijfers.aftrek, dec!(80000));
    cent(x.geldsommen, dec!(0));
}

/// X and the municipality each hold land that brings in 1.000.000 in 2026; 500.000 of works. X should pay 250.000.
fn half(extra: &str, kv: &str, x: &str, works: &str) -> Model {
    let text = format!(
        r#"
[gebied]
peildatum = 2026-01-01
eindjaar = 2032
rente = 0.03

[[partijen]]
partij = "gemeente"
rol = "gemeente"

[[partijen]]
partij = "X"
rol = "ontwikkelaar"

[[partijen]]
partij = "buren"
rol = "gemeente"

[[kostenverhaal]]
id = "K"
regime = "OW_TIJDVAK"
{kv}

[[eigendom]]
id = "X"
partij = "X"
inbrengwaarde = 100000
{x}

[[eigendom]]
id = "G"
partij = "gemeente"
inbrengwaarde = 100000

[[programma]]
id = "px"
partij = "X/eigen"
aantal = 10
grondprijs = 100000
fasering = "2026"
perceel = "X"

[[programma]]
id = "pg"
aantal = 10
grondprijs = 100000
fasering = "2026"
perceel = "G"

[[kosten]]
id = "wegen"
kostensoort = "A8"
bedrag = 500000
fasering = "2026"
{works}
{extra}
"#
    );
    support::model(support::tables(&text)).unwrap_or_else(|e| panic!("{e}"))
}

/// Whose costs they are: the municipality's own work is among its costs, what the neighbours make is not.
#[test]
fn the_rest_counts_what_the_municipality_makes() {
    let works = |who: &str| {
        format!(
            "\n[[kosten]]\nid = \"werk\"\nkostensoort = \"A8\"\nbedrag = 200000\nfasering = \"2026\"\n{who}\n"
        )
    };
    for (who, costs, left) in [
        ("", dec!(700000), dec!(350000)),
        (
            "eigendom = \"G\"\npartij = \"gemeente/grex\"",
            dec!(700000),
            dec!(350000),
        ),
        ("partij = \"buren\"", dec!(500000), dec!(150000)),
    ] {
        let result = reken(&half("", "", "", &works(who)));
        let x = &result.verhaal[0];
        cent(x.geldsommen, dec!(350000));
        cent(x.kosten_ontvanger, costs);
        cent(x.rest_totaal(), left);
        cent(x.rest.iter().map(|(_, _, amount)| *amount).sum(), left);
    }
}

/// An uitstel of two years moves what is paid, not the beschikking nor what it asked.
#[test]
fn a_delay_moves_payments_and_not_the_beschikking() {
    let late = "[[deelgebieden]]\ndeelgebied = \"D\"\nuitstel = 2\n";
    let there = "deelgebied = \"D\"";
    // Grown to the period in which it is paid, the delay included: worth what is due.
    let result = reken(&half(late, "rente_tot_betaling = \"ja\"", there, ""));
    cent(result.verhaal[0].geldsommen, dec!(250000));
    cent(rest(&result.verhaal[0], "rest_betaalmoment"), dec!(0));
    // Plankosten in the year of the beschikking stay there, though the works are delayed.
    let plan = format!(
        "\n[[kosten]]\nid = \"plan\"\nkostensoort = \"A1\"\nbedrag = 100000\nfasering = \"2026\"\n{there}\n"
    );
    let result = reken(&half(late, "", "", &plan));
    cent(result.verhaal[0].kosten, dec!(800000));
    // Asked in 2026 and settled in 2030, though X is in the delayed part: 300.000 - 250.000 - 15.000, with 4 % for four years.
    let m = half(
        late,
        "eindafrekening = 2030\nterugbetaalrente = 0.04",
        &format!("{there}\nbeschikt = 300000"),
        "",
    );
    let result = reken(&m);
    cent(
        result.verhaal[0].eigenaren[0].cijfers.terugbetaling,
        dec!(35000),
    );
    for l in m.lijnen.iter().filter(|l| l.tabel == "eigendom") {
        assert_eq!(l.schuift(), None, "{}", l.id);
    }
}

#[test]
fn a_peildatum_in_a_year_values_as_of_peildatum() {
    let text = EIGENAAR
        .replace(
            "peildatum = 2026-01-01",
            "peildatum = 2026-07-01\ntijdstap = \"kwartaal\"",
        )
        .replace("fasering = \"2026\"", "fasering = \"2027\"");
    let rest = r#"
[[kostenverhaal]]
id = "V"
regime = "OW_TIJDVAK"

[[eigendom]]
id = "X"
partij = "X"
inbrengwaarde = 0

[[kosten]]
id = "wegen"
kostensoort = "A8"
bedrag = 400000
fasering = "2027-K1"
"#;
    let m =
        support::model(support::tables(&format!("{text}{rest}"))).unwrap_or_else(|e| panic!("{e}"));
    let result = reken(&m);
    // Two quarters after peildatum: 400.000 / 1,03^0,5.
    cent(result.verhaal[0].kosten, dec!(394131.711266));
}

/// Asked in 2020, when 100.000 of plankosten lay in 2027: they count whole, as of that year.
#[test]
fn plankosten_count_whole_in_a_beschikking_of_before() {
    let plan =
        "\n[[kosten]]\nid = \"plan\"\nkostensoort = \"A1\"\nbedrag = 100000\nfasering = \"2027\"\n";
    let result = reken(&half("", "beschikking = 2020", "beschikt = 300000", plan));
    let x = &result.verhaal[0];
    cent(x.kosten, dec!(300000) + dec!(500000) / dec!(1.194052296529));
}

/// A drawn delay of two years leaves the rest that a given one does.
#[test]
fn a_drawn_delay_costs_the_rest_what_a_given_one_does() {
    let there = "deelgebied = \"D\"";
    let lost = |uitstel: u32, drawn: Option<u32>| {
        let mut extra = format!("[[deelgebieden]]\ndeelgebied = \"D\"\nuitstel = {uitstel}\n");
        if drawn.is_some() {
            extra += "[[onzekerheden]]\nid = \"u\"\ndoel = \"deelgebied[D].uitstel\"\nverdeling = \"discreet\"\nwaarden = \"0: 50%; 2: 50%\"\nals = \"waarde\"\n";
        }
        let m = half(&extra, "", there, "");
        let (drijvers, _) = Drijvers::resolve(&m);
        let plan = Plan::new(&m, Route::Grex, Diepte::Opgave, drijvers).unwrap();
        let v = Voorbereid::<Exact>::new(&plan);
        let mut werk = Werk::new(&plan, true);
        let trekking = Trekking {
            slots: drawn
                .map(|u| Exact::from(Decimal::from(u)))
                .into_iter()
                .collect(),
            uitstel: vec![drawn.unwrap_or(0)],
            ..Trekking::geen()
        };
        evaluate(&v, &trekking, &mut werk);
        polder::evaluate::verhaal::overzicht(&v, &werk)[0]
            .betaalverschil
            .0
            .unwrap()
    };
    // 250.000 is paid in 2028, without rente: 250.000 - 250.000 / 1,03^2.
    cent(lost(2, None), dec!(250000) - dec!(250000) / dec!(1.0609));
    cent(lost(0, Some(2)), lost(2, None));
    cent(lost(0, Some(0)), dec!(0));
}

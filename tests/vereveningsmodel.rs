//! Verevening through whole models: over random parties, keys and kinds of rules, the laws of the ledger, the three arithmetics, and that
//! every figure is explained.

mod support;

use polder::evaluate::{Trekking, Voorbereid, Werk, conserves, evaluate};
use polder::explain::Opname;
use polder::model::Model;
use polder::model::verevening::VORMEN;
use polder::number::{Exact, Lanes, Number, to_f64};
use polder::plan::{Diepte, Drijvers, Plan, Route};
use polder::route::{self, Routeresultaat};
use proptest::prelude::*;
use rust_decimal::{Decimal, dec};
use std::fmt::Write as _;
use support::toeval::Bron;

/// Columns that hold euro; the others are homes, m², shares and words.
const EURO: &[&str] = &[
    "bedrag",
    "grondprijs",
    "eigen",
    "referentie",
    "tarief",
    "inkoopprijs",
    "grondwaarde_vrij",
    "grondwaarde_sociaal",
    "waarde",
    "uitkering",
    "plafond",
    "beginsaldo",
    "subsidie",
    "grond_m2",
    "gevraagd",
];

#[derive(Debug, Clone)]
struct Rij {
    tabel: &'static str,
    cellen: Vec<(&'static str, String)>,
}

/// A random area: lines of every party, and rules of every kind.
#[derive(Debug, Clone)]
struct Gebied {
    rijen: Vec<Rij>,
    partijen: usize,
}

/// An area of any make. A number that a rule can also derive is sometimes left open.
fn nieuw(seed: u64) -> Gebied {
    let mut b = Bron(seed);
    let partijen = b.van(2, 5) as usize;
    let mut rijen = Vec::new();
    let mut rij = |tabel: &'static str, cellen: Vec<(&'static str, String)>| {
        rijen.push(Rij { tabel, cellen });
    };
    for p in 1..=partijen {
        rij(
            "eigendom",
            vec![
                ("id", format!("E{p}")),
                ("partij", format!("P{p}")),
                ("m2", b.van(1, 9000).to_string()),
                ("grond_m2", b.van(0, 90).to_string()),
            ],
        );
        for s in ["sociaal", "vrij"] {
            rij(
                "programma",
                vec![
                    ("id", format!("H{p}{s}")),
                    ("partij", format!("P{p}/eigen")),
                    ("functie", "Wonen".into()),
                    ("segment", s.into()),
                    ("eenheid", "woning".into()),
                    ("aantal", b.van(0, 90).to_string()),
                    ("grondprijs", b.van(0, 120_000).to_string()),
                    ("index", "i".into()),
                    ("fasering", b.van(2026, 2033).to_string()),
                ],
            );
        }
        rij(
            "kosten",
            vec![
                ("id", format!("K{p}")),
                ("partij", format!("P{p}/eigen")),
                ("soort", "gemeenschap".into()),
                ("bedrag", b.van(0, 9_000_000).to_string()),
                ("index", "i".into()),
                ("fasering", b.van(2026, 2033).to_string()),
            ],
        );
    }
    for r in 0..b.van(1, 6) {
        let vorm = &VORMEN[b.van(0, VORMEN.len() as u64 - 1) as usize];
        let mut regel = vec![
            ("regel", format!("R{r}")),
            ("soort", vorm.naam.to_owned()),
            (
                "rekening",
                b.kies(&["gemeente/eigen", "gemeente/fonds", "P1/eigen"])
                    .to_owned(),
            ),
            ("betaling", b.kies(&["2027", "2028-2031"]).to_owned()),
            (
                "rente_tot_betaling",
                b.kies(&["nee", "nee", "ja"]).to_owned(),
            ),
        ];
        // Equity is euro, and m2 or homes are not.
        let open = b.soms(2) && vorm.naam != "gem";
        let mut land_in_units = false;
        match vorm.naam {
            "kostendeling" => regel.push(("kosten_soort", "gemeenschap".into())),
            "collectief" => regel.push(("bedrag", b.van(0, 900_000).to_string())),
            "grondbank" => {
                land_in_units = b.soms(2);
                if land_in_units {
                    regel.push(("waarde", b.van(1, 90_000).to_string()));
                }
            }
            "vereveningsfonds" => {
                regel.push(("aandeel", format!("0.{}", b.van(1, 9))));
                regel.push(("vanaf", b.van(0, 40).to_string()));
                regel.push(("segmenten", "sociaal".into()));
                regel.push(("afronding", b.kies(&["omhoog", "half", "geen"]).to_owned()));
                regel.push(("grondwaarde_vrij", b.van(0, 90_000).to_string()));
                regel.push(("grondwaarde_sociaal", b.van(0, 90_000).to_string()));
                if b.soms(2) {
                    regel.push(("uitkering", b.van(0, 40_000).to_string()));
                    regel.push(("plafond", b.van(0, 40_000).to_string()));
                    regel.push(("plafond_per", b.kies(&["woning", "project"]).to_owned()));
                }
            }
            "vlak" => regel.push(("tarief", b.van(0, 30_000).to_string())),
            "gem" if b.soms(2) => {
                regel.push((
                    "bedrag",
                    format!("{}", b.van(0, 9_000_000) as i64 - 4_500_000),
                ));
            }
            "bovenwijks" => {
                regel.push(("bedrag", b.van(0, 9_000_000).to_string()));
                regel.push(("aandeel", format!("0.{}", b.van(1, 9))));
            }
            "specials" | "segment" => {
                regel.push(("meetellen", b.kies(&["tekorten", "saldi"]).to_owned()));
            }
            _ => {}
        }
        if vorm.nodig.contains(&"sleutel") && open {
            regel.push((
                "sleutel",
                b.kies(&["m2", "inbrengwaarde", "aantal", "grondwaarde", "gelijk"])
                    .to_owned(),
            ));
        }
        rij("verevening", regel);
        for p in 1..=partijen {
            let mut row = vec![
                ("id", format!("R{r}P{p}")),
                ("regel", format!("R{r}")),
                ("partij", format!("P{p}")),
            ];
            for column in vorm.nodig {
                let derived = match *column {
                    "sleutel" => open,
                    "eigen" | "sociaal" | "aantal" | "feitelijk" => b.soms(2),
                    "grondwaarde_vrij" | "grondwaarde_sociaal" => true,
                    _ => false,
                };
                if !derived {
                    let most = match *column {
                        "sleutel" if vorm.naam == "gem" => 900_000,
                        "eigen" | "referentie" => 900_000,
                        "feitelijk" if !land_in_units => 900_000,
                        "tarief" => 50_000,
                        "inkoopprijs" => 90,
                        _ => 99,
                    };
                    row.push((column, b.van(0, most).to_string()));
                }
            }
            rij("verevening_delen", row);
        }
    }
    Gebied { rijen, partijen }
}

impl Gebied {
    fn tekst(&self, maal: Decimal) -> String {
        let mut text = String::from(
            "[gebied]\npeildatum = 2026-01-01\nprijspeil = 2025-01-01\neindjaar = 2034\nrente = 0.03\n[[indexen]]\nindex = \"i\"\nvanaf = 2025\ngroei = 0.02\n[[partijen]]\npartij = \"gemeente\"\nrol = \"gemeente\"\n",
        );
        for p in 1..=self.partijen {
            let _ = writeln!(
                text,
                "[[partijen]]\npartij = \"P{p}\"\nrol = \"ontwikkelaar\"\ndiscontovoet = 0"
            );
        }
        // What a row of a rule in euro holds depends on its kind: land value, equity.
        let kind = |rij: &Rij| {
            let name = rij.cellen.iter().find(|(c, _)| *c == "regel")?;
            let own = self.rijen.iter().find(|r| {
                r.tabel == "verevening"
                    && r.cellen.iter().any(|(c, v)| *c == "regel" && *v == name.1)
            })?;
            let soort = own.cellen.iter().find(|(c, _)| *c == "soort")?.1.clone();
            let units = own.cellen.iter().any(|(c, _)| *c == "waarde");
            Some((soort, units))
        };
        for rij in &self.rijen {
            let _ = writeln!(text, "[[{}]]", rij.tabel);
            let kind = kind(rij);
            for (column, value) in &rij.cellen {
                let euro = EURO.contains(column)
                    || (rij.tabel == "verevening_delen"
                        && match (*column, &kind) {
                            ("feitelijk", Some((soort, units))) => soort != "grondbank" || !units,
                            ("sleutel", Some((soort, _))) => soort == "gem",
                            _ => false,
                        });
                match value.parse::<Decimal>() {
                    Ok(number) if *column != "fasering" && *column != "betaling" => {
                        let number = if euro { number * maal } else { number };
                        let _ = writeln!(text, "{column} = {number}");
                    }
                    _ => {
                        let _ = writeln!(text, "{column} = \"{value}\"");
                    }
                }
            }
        }
        text
    }

    fn model(&self, maal: Decimal) -> Model {
        let text = self.tekst(maal);
        support::model(support::tables(&text)).unwrap_or_else(|e| panic!("{e}\n{text}"))
    }
}

fn reken(model: &Model) -> Routeresultaat {
    route::calculate(model, Route::Grex).expect("the figures are small")
}

/// What everyone pays, by id.
fn verrekend(model: &Model, r: &Routeresultaat) -> Vec<(String, Decimal)> {
    let mut out: Vec<(String, Decimal)> = r
        .verevening
        .iter()
        .flat_map(|x| &x.deelnemers)
        .map(|d| {
            (
                model.verevening.deelnemers[d.deelnemer].id.clone(),
                d.verrekening,
            )
        })
        .collect();
    out.sort();
    out
}

fn dichtbij(a: Decimal, b: Decimal) -> bool {
    (a - b).abs() <= dec!(0.001)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_settlement_neither_makes_nor_loses_money(seed in any::<u64>()) {
        let area = nieuw(seed);
        let model = area.model(Decimal::ONE);
        let result = reken(&model);
        for x in &result.verevening {
            let regel = &model.verevening.regels[x.regel];
            let sum: Decimal = x.deelnemers.iter().map(|d| d.verrekening).sum();
            prop_assert!(dichtbij(sum, x.saldo));
            if regel.vorm.sluit {
                prop_assert!(x.saldo.abs() <= dec!(0.000001), "{}: {}", regel.naam, x.saldo);
            }
        }
        let plan = Plan::new(&model, Route::Grex, Diepte::Opgave, Drijvers::default()).unwrap();
        let v = Voorbereid::<Exact>::new(&plan);
        let mut werk = Werk::new(&plan, true);
        evaluate(&v, &Trekking::geen(), &mut werk);
        prop_assert!(conserves(&werk));
        // Every period, what all accounts together have is what it is without any verevening.
        let mut without = area.clone();
        without.rijen.retain(|r| !r.tabel.starts_with("verevening"));
        let bare = without.model(Decimal::ONE);
        let bare_plan = Plan::new(&bare, Route::Grex, Diepte::Opgave, Drijvers::default()).unwrap();
        let v = Voorbereid::<Exact>::new(&bare_plan);
        let mut bare_werk = Werk::new(&bare_plan, true);
        evaluate(&v, &Trekking::geen(), &mut bare_werk);
        let sum = |werk: &Werk<Exact>, t: usize| -> Decimal {
            werk.kasstroom[1..].iter().map(|k| k[t].0.unwrap()).sum()
        };
        for t in 0..plan.timeline.len {
            prop_assert!(dichtbij(sum(&werk, t), sum(&bare_werk, t)));
        }
        // A rule that closes leaves the account that clears it nothing, in any period.
        let closed = model.verevening.regels.iter().all(|r| r.vorm.sluit);
        let clears = (0..model.rekeningen.len())
            .filter(|r| ["gemeente/eigen", "gemeente/fonds"].contains(&model.rekening_naam(*r).as_str()));
        for account in clears.filter(|_| closed) {
            for k in &werk.kasstroom[account] {
                prop_assert!(k.0.unwrap().abs() <= dec!(0.000001));
            }
        }
    }

    #[test]
    fn order_makes_no_difference_and_amounts_scale(seed in any::<u64>()) {
        let area = nieuw(seed);
        let model = area.model(Decimal::ONE);
        let base = verrekend(&model, &reken(&model));
        // A fund pays in the order of its rows: there the order is the rule.
        let paid = area.rijen.iter().any(|r| r.cellen.iter().any(|(c, _)| *c == "uitkering"));
        if !paid {
            let mut other = area.clone();
            other.rijen.reverse();
            let model = other.model(Decimal::ONE);
            for ((id, a), (same, b)) in base.iter().zip(verrekend(&model, &reken(&model))) {
                prop_assert!(*id == same && dichtbij(*a, b), "{id}: {a}, in another order {b}");
            }
        }
        let model = area.model(dec!(3));
        for ((id, a), (_, b)) in base.iter().zip(verrekend(&model, &reken(&model))) {
            prop_assert!((*a * dec!(3) - b).abs() <= dec!(0.01), "{id}: {a}, times three {b}");
        }
    }
}

#[test]
fn the_three_arithmetics_agree() {
    for seed in 0..150 {
        let model = nieuw(seed).model(Decimal::ONE);
        let record = reken(&model);
        let plan = Plan::new(&model, Route::Grex, Diepte::Rekening, Drijvers::default()).unwrap();
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
        for (d, (a, b)) in exact.deelnemers.iter().zip(&fast.deelnemers).enumerate() {
            let a = a.verrekening.0.unwrap();
            let b = b.verrekening.0[3];
            assert!((to_f64(a) - b).abs() < 1e-3, "{seed} {d}: {a} {b}");
            let shown = record
                .verevening
                .iter()
                .flat_map(|x| &x.deelnemers)
                .find(|x| x.deelnemer == d)
                .unwrap();
            assert!(dichtbij(shown.verrekening, a), "{seed} {d}");
        }
        for (p, (a, b)) in exact.partijen.iter().zip(&fast.partijen).enumerate() {
            let (a, b) = (to_f64(a.saldo.0.unwrap()), b.saldo.0[0]);
            assert!((a - b).abs() < 1e-3, "{seed} party {p}: {a} {b}");
            let record = to_f64(record.partijen[p].saldo);
            assert!((a - record).abs() < 1e-3, "{seed} party {p}: {a} {record}");
        }
    }
}

#[test]
fn a_settlement_of_drawn_costs_and_prices_is_that_of_the_draw() {
    let model = support::model(support::tables_in("models/verevening")).unwrap();
    let (drijvers, problems) = Drijvers::resolve(&model);
    assert!(problems.is_empty());
    let plan = Plan::new(&model, Route::Grex, Diepte::Rekening, drijvers).unwrap();
    let slots = [dec!(1.25), dec!(0.9)];
    assert_eq!(plan.drijvers.slots.len(), slots.len());
    let exact = {
        let v = Voorbereid::<Exact>::new(&plan);
        let mut werk = Werk::new(&plan, false);
        let draw = Trekking {
            slots: slots.map(Exact::from).to_vec(),
            schokken: Vec::new(),
            uitstel: vec![0; model.deelgebieden.len()],
        };
        evaluate(&v, &draw, &mut werk);
        werk
    };
    let fast = {
        let v = Voorbereid::<Lanes<4>>::new(&plan);
        let mut werk = Werk::new(&plan, false);
        let draw = Trekking {
            slots: slots.map(Lanes::constant).to_vec(),
            schokken: Vec::new(),
            uitstel: vec![Lanes::<4>::whole(0); model.deelgebieden.len()],
        };
        evaluate(&v, &draw, &mut werk);
        werk
    };
    let of = |id: &str| {
        let found = |d: &polder::model::verevening::Deelnemer| d.id == id;
        model.verevening.deelnemers.iter().position(found).unwrap()
    };
    for (d, (a, b)) in exact.deelnemers.iter().zip(&fast.deelnemers).enumerate() {
        let (a, b) = (to_f64(a.verrekening.0.unwrap()), b.verrekening.0[1]);
        assert!((a - b).abs() < 1e-3, "{d}: {a} {b}");
    }
    // Ten percent less is spent on school and park, so ten percent less is settled; the grondbank counts homes at an agreed value.
    let pays = |id: &str| exact.deelnemers[of(id)].verrekening.0.unwrap();
    assert!(dichtbij(pays("park P"), dec!(-900000)));
    assert!((pays("bank P") - dec!(-2023809.52)).abs() < dec!(0.01));
}

/// Every figure of verevening, bijdragen and normen is explained to the value of the record.
fn uitgelegd(model: &Model) -> usize {
    let record = reken(model);
    let opname = Opname::new(model, Route::Grex, None).unwrap();
    let mut adressen = Vec::new();
    for x in &record.verevening {
        let regel = &model.verevening.regels[x.regel];
        let named = ["betaald", "saldo"].into_iter();
        for figure in named.chain(x.cijfers.iter().map(|(n, _)| *n)) {
            adressen.push(format!("verevening[{}].{figure}", regel.naam));
        }
        for d in &x.deelnemers {
            let id = &model.verevening.deelnemers[d.deelnemer].id;
            let named = ["verrekening"].into_iter();
            for figure in named.chain(d.cijfers.iter().map(|(n, _)| *n)) {
                adressen.push(format!("verevening_delen[{id}].{figure}"));
            }
        }
    }
    for (i, b) in model.bijdragen.iter().enumerate() {
        let settled = b.eindafrekening.is_some();
        for (k, (figure, _)) in route::bijdragen::CIJFERS.iter().enumerate() {
            if settled || k < 3 {
                adressen.push(format!("bijdragen[{}].{figure}", model.bijdragen[i].id));
            }
        }
    }
    for n in &model.normen {
        for (figure, _) in route::normen::CIJFERS {
            adressen.push(format!("normen[{}].{figure}", n.naam));
        }
    }
    for adres in &adressen {
        let exact = record.waarde(model, adres).unwrap();
        let uitleg = opname
            .explain(adres, 2)
            .unwrap_or_else(|p| panic!("{adres}: {p:?}"));
        assert!(
            (uitleg.waarde - exact).abs() <= dec!(0.0000001),
            "{adres}: {exact}, explained {}",
            uitleg.waarde
        );
    }
    adressen.len()
}

#[test]
fn every_figure_is_explained() {
    let model = support::model(support::tables_in("models/verevening")).unwrap();
    assert!(uitgelegd(&model) > 80);
    for seed in 0..60 {
        uitgelegd(&nieuw(seed).model(Decimal::ONE));
    }
}

#[test]
fn the_example_gives_the_figures_of_the_rules() {
    let model = support::model(support::tables_in("models/verevening")).unwrap();
    let record = reken(&model);
    let (checked, problems) = route::controles(&model, &record);
    assert_eq!(checked.len(), model.controles.len());
    assert!(problems.is_empty(), "{problems:?}");
    let told: std::collections::BTreeSet<&str> = route::bevindingen(&model, &record)
        .iter()
        .map(|p| p.code)
        .collect();
    assert_eq!(told.into_iter().collect::<Vec<_>>(), ["norm-breach"]);
}

#[test]
fn a_delay_moves_no_settlement() {
    let text =
        std::fs::read_to_string(support::root().join("models/verevening/model.toml")).unwrap();
    let late = text.replacen(
        "deelgebied = \"Noord\"\n\n[[deelgebieden]]",
        "deelgebied = \"Noord\"\nuitstel = 1\n\n[[deelgebieden]]",
        1,
    );
    assert_ne!(text, late);
    let model = support::model(support::tables(&late)).unwrap();
    let plan = Plan::new(&model, Route::Grex, Diepte::Opgave, Drijvers::default()).unwrap();
    let v = Voorbereid::<Exact>::new(&plan);
    let mut werk = Werk::new(&plan, true);
    evaluate(&v, &Trekking::geen(), &mut werk);
    let clears = (0..model.rekeningen.len())
        .find(|r| model.rekening_naam(*r) == "gemeente/eigen")
        .unwrap();
    let peil = |year: i32| (year - 2026) as usize;
    // noord en zuid settle in 2030 through this account.
    assert!(werk.kasstroom[clears][peil(2030)].0.unwrap().abs() < dec!(0.000001));
    assert!(conserves(&werk));
}

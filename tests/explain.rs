//! What is explained is what was calculated: the same values, down to the cell that they came from.

use polder::evaluate::{Voorbereid, Werk, evaluate};
use polder::explain::{DIEPTE, Opname, Uitleg, Vervolg, Vraag, explain};
use polder::model::Model;
use polder::number::Exact;
use polder::plan::{Diepte, Drijvers, Plan, Route};
use polder::problem::{Problem, has_errors};
use polder::read::read_model;
use polder::risk::simulation::{Simulatie, Trekker, uitkomst_namen, uitkomsten};
use polder::route::calculate;
use proptest::prelude::*;
use rust_decimal::{Decimal, dec};
use std::path::Path;
use std::sync::LazyLock;

fn model(folder: &Path) -> Model {
    let read = read_model(folder).unwrap();
    assert!(!has_errors(&read.problems), "{}", shown(&read.problems));
    let (model, problems) = Model::new(read.tables);
    model.unwrap_or_else(|| panic!("{}", shown(&problems)))
}

fn example(name: &str) -> Model {
    model(
        &Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("models")
            .join(name),
    )
}

fn shown(problems: &[Problem]) -> String {
    problems
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n")
}

static HAVENKWARTIER: LazyLock<Model> = LazyLock::new(|| example("havenkwartier"));

fn ask(route: Route, adres: &str, diepte: usize) -> Uitleg {
    explain(&Vraag {
        model: &HAVENKWARTIER,
        route,
        adres,
        diepte,
        trekking: None,
    })
    .unwrap_or_else(|p| panic!("{}", shown(&p)))
}

fn refused(route: Route, adres: &str) -> String {
    match explain(&Vraag {
        model: &HAVENKWARTIER,
        route,
        adres,
        diepte: DIEPTE,
        trekking: None,
    }) {
        Ok(uitleg) => panic!("{}", uitleg.tekst()),
        Err(problems) => shown(&problems),
    }
}

#[test]
fn a_stroom_reads_down_to_the_workbook() {
    let expected = "\
stroom 3.2 2030 = 736.210,62
  (Riolering en drainage; kosten, gemeente/grex aan buiten; route grex; rekenregels 0.1)
  = bedrag in periode 3.2 2030 × indexfactor Kosten civiel 2030
  = 663.780,00 × 1,109118
    bedrag in periode 3.2 2030 = 663.780,00
      = bedrag 3.2 × gewicht 3.2 2030
      = 5.106.000,00 × 0,13
        bedrag 3.2 = 5.106.000,00
          = hoeveelheid 3.2 × prijs 3.2
          = 7.400 × 690,00
            hoeveelheid 3.2 = 7.400   [havenkwartier.xlsx 'Kosten'!E21]
            prijs 3.2 = 690,00   [havenkwartier.xlsx 'Kosten'!G21]
        gewicht 3.2 2030 = 0,13   [havenkwartier.xlsx 'Kosten'!N21]
    indexfactor Kosten civiel 2030 = 1,109118
      = indexfactor Kosten civiel 2029 × (1 + groei per periode Kosten civiel 2030)
      = 1,087371 × (1 + 2%)
        indexfactor Kosten civiel 2029 = 1,087371   …
        groei per periode Kosten civiel 2030 = 2%   [havenkwartier.xlsx 'Uitgangspunten'!F12]
";
    assert_eq!(
        ask(Route::Grex, "stroom[3.2].2030", DIEPTE).tekst(),
        expected
    );
}

#[test]
fn ncw_reads_in_two_levels() {
    let expected = "\
ncw bbv gemeente/grex = -5.203.830,18
  (Gemeente (verzonnen); route grex; rekenregels 0.2)
  = eindwaarde gemeente/grex / verdisconteringsfactor gemeente/grex
  = (-6.599.714,93) / 1,268242
    eindwaarde gemeente/grex = -6.599.714,93
      = -boekwaarde gemeente/grex 2037
        …
    verdisconteringsfactor gemeente/grex = 1,268242
      = (1 + discontovoet gemeente/grex)^12
      = (1 + 2%)^12
        discontovoet gemeente/grex = 2%   [havenkwartier.xlsx 'Uitgangspunten'!B8]
";
    assert_eq!(ask(Route::Grex, "ncw", 2).tekst(), expected);
}

#[test]
fn what_is_long_is_cut_and_what_was_shown_is_not_shown_again() {
    let kosten = ask(Route::Grex, "kosten.2030", 1);
    assert!(
        kosten
            .woorden
            .as_deref()
            .unwrap()
            .contains(" … en nog 12, samen 6.830.403,27"),
        "{}",
        kosten.tekst()
    );
    let fonds = ask(Route::Cofinanciering, "voorfinanciering", 2).tekst();
    assert!(
        fonds
            .contains("= grootste van (-fonds laagste; 0)\n  = grootste van (-(-1.531.713,22); 0)"),
        "{fonds}"
    );
    assert!(fonds.contains("fonds laagste = -1.531.713,22\n      = kleinste van fonds saldo begin t/m fonds saldo 2066, dat is fonds saldo 2034\n"), "{fonds}");
    let saldo = ask(Route::Cofinanciering, "partij[gemeente].netto_baat", 6).tekst();
    assert!(saldo.contains("(zie boven)"), "{saldo}");
    let text = ask(Route::Grex, "boekwaarde.2030", 9).tekst();
    assert!(
        text.contains("boekwaarde gemeente/grex 2029 = 53.940.295,81   …"),
        "{text}"
    );
    assert!(
        !text.contains("--"),
        "a negative operand stands in brackets: {text}"
    );
}

/// Figures that a route without a fund has as zero, and can't explain.
const OF_FONDS: [&str; 2] = ["voorfinanciering", "fonds_laagste"];

/// Every address that both can tell: kerncijfers, series per period, parties, deelgebieden, the fund.
fn compare(model: &Model, route: Route) {
    let exact = calculate(model, route).unwrap();
    let opname = Opname::new(model, route, None).unwrap_or_else(|p| panic!("{}", shown(&p)));
    let mut addresses: Vec<String> = exact
        .kerncijfers()
        .iter()
        .map(|(n, _)| (*n).to_owned())
        .filter(|n| !OF_FONDS.contains(&n.as_str()) || exact.fonds.is_some())
        .collect();
    for (name, values) in exact.hoofd.reeksen() {
        addresses.extend(
            (0..values.len())
                .map(|t| format!("{name}.{}", exact.timeline.label(exact.hoofd.begin + t))),
        );
        // A year of quarters too.
        addresses.push(format!(
            "{name}.{}",
            exact.timeline.year(exact.hoofd.begin + values.len() / 2)
        ));
    }
    for p in &model.partijen {
        addresses.extend(
            [
                "saldo",
                "baten",
                "netto_baat",
                "besparing",
                "maatschappelijk",
            ]
            .map(|f| format!("partij[{}].{f}", p.partij)),
        );
    }
    let same = |adres: &str, expected: Decimal| {
        let uitleg = opname
            .explain(adres, 2)
            .unwrap_or_else(|p| panic!("{}", shown(&p)));
        let difference = (uitleg.waarde - expected).abs();
        assert!(
            difference <= dec!(1e-18) * expected.abs().max(Decimal::ONE),
            "{adres} {}: {} is not {expected}",
            route.naam(),
            uitleg.waarde
        );
    };
    for adres in &addresses {
        same(adres, exact.waarde(model, adres).unwrap());
    }
    for r in &exact.rekeningen {
        let naam = model.rekening_naam(r.rekening);
        same(
            &format!("rekening[{naam}].eindwaarde"),
            r.resultaat.eindwaarde,
        );
        same(
            &format!("rekening[{naam}].ncw_kasstroom"),
            r.resultaat.ncw_kasstroom,
        );
    }
    let tl = &exact.timeline;
    for (naam, reeks) in exact.fonds.iter().flat_map(|f| f.reeksen()) {
        // Of every maatregel apart: asked and paid.
        if ["vraag", "betaald"].contains(&naam) {
            continue;
        }
        let zero = reeks[tl.peil..].iter().all(Decimal::is_zero);
        for (t, waarde) in reeks.iter().enumerate().skip(tl.peil) {
            // The fund lends to an account that runs.
            let runs = t < exact.hoofd.begin + exact.hoofd.kosten.len();
            if !zero && (runs || !["leningen", "uitstaand"].contains(&naam)) {
                same(&format!("fonds.{naam}.{}", tl.label(t)), *waarde);
            }
        }
        let year = tl.year(tl.peil);
        if !zero {
            let adres = format!("fonds.{naam}.{year}");
            same(&adres, exact.waarde(model, &adres).unwrap());
        }
    }
    for d in &exact.delen {
        same(&format!("deelgebied[{}].eindwaarde", d.naam), d.eindwaarde);
        same(&format!("deelgebied[{}].ncw", d.naam), d.ncw);
    }
}

#[test]
fn explained_is_exact() {
    compare(&HAVENKWARTIER, Route::Grex);
    compare(&HAVENKWARTIER, Route::Cofinanciering);
    for name in ["spoorzone-oost", "rekenvoorbeeld"] {
        let model = example(name);
        for route in Route::BEIDE {
            compare(&model, route);
        }
    }
}

/// A model of quarters, with history, a line without index and draws on growth, rate and delay.
const KWARTALEN: &str = r#"
[gebied]
naam = "Kwartalen"
peildatum = 2026-01-01
prijspeil = 2025-01-01
eindjaar = 2028
tijdstap = "kwartaal"
rentemethode = "HALFJAAR_SI"
rente = 0.04
discontovoet_bbv = 0.02

[[partijen]]
partij = "gemeente"
rol = "gemeente"

[[indexen]]
index = "Kosten"
vanaf = 2025
groei = 0.03

[[deelgebieden]]
deelgebied = "Noord"

[[kosten]]
id = "vast"
bedrag = 1300
fasering = "verloop vast"

[[kosten]]
id = "groei"
bedrag = 5000
index = "Kosten"
deelgebied = "Noord"
fasering = "2026-2027"

[[fasering]]
fasering = "verloop vast"
periode = "2025-K3"
bedrag = 100

[[fasering]]
fasering = "verloop vast"
periode = "2027"
bedrag = 1200

[[opbrengsten]]
id = "verkoop"
bedrag = 7000
deelgebied = "Noord"
fasering = "2028"

[[onzekerheden]]
id = "groei"
doel = "index[Kosten].groei"
als = "verschuiving"
verdeling = "normaal"
gemiddelde = 0
spreiding = 0.01
per_jaar = "ja"
persistentie = 0.5

[[onzekerheden]]
id = "rente"
doel = "gebied.rente"
als = "verschuiving"
verdeling = "uniform"
laag = -0.01
hoog = 0.01

[[onzekerheden]]
id = "uitstel"
doel = "deelgebied[Noord].uitstel"
als = "waarde"
verdeling = "discreet"
waarden = "0: 30%; 0.5: 40%; 1: 30%"
"#;

fn kwartalen() -> Model {
    let folder = std::env::temp_dir().join(format!(
        "polder-explain-{}-{:?}",
        std::process::id(),
        std::thread::current().id()
    ));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("model.toml"), KWARTALEN).unwrap();
    let model = model(&folder);
    std::fs::remove_dir_all(&folder).unwrap();
    model
}

#[test]
fn quarters_and_history_are_exact() {
    let model = kwartalen();
    compare(&model, Route::Grex);
    let text = explain(&Vraag {
        model: &model,
        route: Route::Grex,
        adres: "kosten.2027",
        diepte: 2,
        trekking: None,
    })
    .unwrap()
    .tekst();
    assert!(text.starts_with("kosten gemeente/grex 2027 = "), "{text}");
    assert!(
        text.contains("kosten gemeente/grex 2027-K1 + kosten gemeente/grex 2027-K2"),
        "{text}"
    );
    let wrong = explain(&Vraag {
        model: &model,
        route: Route::Grex,
        adres: "indexfactor[Kosten].2027",
        diepte: 2,
        trekking: None,
    })
    .unwrap_err();
    assert!(
        shown(&wrong).contains("2027-K1 to 2027-K4"),
        "{}",
        shown(&wrong)
    );
}

fn compare_draws(model: &Model, route: Route, draws: &[u64]) {
    let (drijvers, problems) = Drijvers::resolve(model);
    assert!(!has_errors(&problems), "{}", shown(&problems));
    let plan = Plan::new(model, route, Diepte::Opgave, drijvers).unwrap();
    let v = Voorbereid::<Exact>::new(&plan);
    let trekker = Trekker::new(
        &plan,
        Simulatie::gewoon(0, 42).steekproef,
        &[],
        v.eerste_jaar(),
        v.aantal_jaren(),
    )
    .unwrap();
    let mut figures = Vec::new();
    for draw in draws {
        let mut werk = Werk::new(&plan, true);
        let u = evaluate(&v, &trekker.exact(*draw), &mut werk);
        uitkomsten(&plan, &u, &werk, &mut figures);
        let opname = Opname::new(model, route, Some((*draw, 42)))
            .unwrap_or_else(|p| panic!("{}", shown(&p)));
        for (name, value) in uitkomst_namen(&plan).iter().zip(&figures) {
            if OF_FONDS.contains(&name.as_str()) && !plan.fonds {
                continue;
            }
            let uitleg = opname
                .explain(name, DIEPTE)
                .unwrap_or_else(|p| panic!("{}", shown(&p)));
            let value = value.0.unwrap();
            let value = if name == "laagste_stand_jaar" {
                Decimal::from(plan.timeline.year(usize::try_from(value).unwrap()))
            } else {
                value
            };
            assert!(
                (uitleg.waarde - value).abs() <= dec!(1e-12),
                "draw {draw}, {name}: {} is not {value}",
                uitleg.waarde
            );
        }
    }
}

#[test]
fn a_draw_is_exact() {
    for route in Route::BEIDE {
        compare_draws(&HAVENKWARTIER, route, &[7]);
    }
    compare_draws(&kwartalen(), Route::Grex, &[0, 1, 2, 3, 7]);
    let text = explain(&Vraag {
        model: &HAVENKWARTIER,
        route: Route::Grex,
        adres: "stroom[3.2].2030",
        diepte: DIEPTE,
        trekking: Some((7, 42)),
    })
    .unwrap()
    .tekst();
    assert!(
        text.contains("hoeveelheid 3.2 × prijs 3.2 × trekking bouwrijp"),
        "{text}"
    );
    assert!(
        text.contains("groei Kosten civiel + trekking index-civiel 2030"),
        "{text}"
    );
    assert!(text.contains("route grex; trekking 7, seed 42;"), "{text}");
}

#[test]
fn an_address_that_is_no_result_says_what_is() {
    assert!(
        refused(Route::Grex, "stroom[3.2].2050")
            .contains("3.2 does nothing in 2050; it does in 2028 to 2033")
    );
    assert!(refused(Route::Grex, "strom[3.2].2030").contains("did you mean \"stroom[3.2].2030\"?"));
    assert!(refused(Route::Grex, "boekwarde.2030").contains("did you mean \"boekwaarde.2030\"?"));
    assert!(refused(Route::Grex, "kosten").contains("write kosten.2026"));
    assert!(refused(Route::Grex, "fonds.saldo.2033").contains("route grex has no gebiedsfonds"));
    assert!(
        refused(Route::Grex, "stroom[stil-spoor-aanleg].2033")
            .contains("does not exist in route grex")
    );
    assert!(
        refused(Route::Grex, "partij[corporate].saldo").contains("did you mean \"corporatie\"?")
    );
    let risico = &HAVENKWARTIER.risicos[0].risico;
    assert!(refused(Route::Grex, &format!("stroom[{risico}].2030")).contains("unless a draw"));
}

/// No input without a name, and every end of a chain is an input, a constant or marked as cut.
fn named(uitleg: &Uitleg, top: &str) {
    assert!(
        uitleg.naam != "invoer",
        "{top}: an input without a name at {:?}",
        uitleg.plaats
    );
    if uitleg.vervolg == Vervolg::ZieBoven {
        assert!(uitleg.delen.is_empty());
    }
    uitleg.delen.iter().for_each(|deel| named(deel, top));
}

#[test]
fn json_holds_the_same_tree_and_every_input_has_a_name() {
    for trekking in [None, Some((7, 42))] {
        let opname = Opname::new(&HAVENKWARTIER, Route::Cofinanciering, trekking)
            .unwrap_or_else(|p| panic!("{}", shown(&p)));
        for adres in [
            "ncw",
            "partij[gemeente].netto_baat",
            "portemonnee",
            "fonds.saldo.2040",
            "ncw_rente",
            "rekening[gemeente/exploitatie].ncw_rente",
            "voorziening",
            "boekwaarde.2037",
        ] {
            let uitleg = opname
                .explain(adres, 12)
                .unwrap_or_else(|p| panic!("{}", shown(&p)));
            named(&uitleg, adres);
            let json: serde_json::Value = serde_json::from_str(&uitleg.json().to_string()).unwrap();
            assert_eq!(
                json["waarde"].to_string(),
                uitleg.waarde.normalize().to_string()
            );
            assert_eq!(json["delen"].as_array().unwrap().len(), uitleg.delen.len());
            assert_eq!(json["getoond"], uitleg.getoond);
        }
    }
}

proptest! {
    #[test]
    fn no_address_is_too_strange(
        head in "(ncw|stroom|bedrag|kosten|partij|rekening|fonds|index|gebied|boekwaarde_begin|discontofactor|\\PC{0,6})",
        key in "(\\[(3\\.2|Kosten civiel|corporatie|gemeente/grex|\\PC{0,4})\\]?)?",
        tail in "(\\.(saldo|groei|eindwaarde|boekwaarde|bedrag|rente|2030|2030-K1|-1|99999999999|\\PC{0,5})){0,3}",
    ) {
        static OPNAME: LazyLock<Opname<'static>> = LazyLock::new(|| Opname::new(&HAVENKWARTIER, Route::Cofinanciering, None).unwrap_or_else(|p| panic!("{}", shown(&p))));
        match OPNAME.explain(&format!("{head}{key}{tail}"), 3) {
            Ok(uitleg) => { uitleg.tekst(); uitleg.json(); }
            Err(problems) => prop_assert!(!problems.is_empty()),
        }
    }
}

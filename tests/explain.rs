//! What is explained is what was calculated: the same values, down to the cell that they came from.

#[path = "support/losse.rs"]
mod losse;

use polder::evaluate::{Trekking, Voorbereid, Werk, evaluate};
use polder::explain::{DIEPTE, Opname, Uitleg, Vervolg, Vraag, explain};
use polder::expression::{Book, Expr, NAMES, Op, record};
use polder::model::{HOOFD, Model};
use polder::number::{At, Exact, Of, at};
use polder::plan::{Diepte, Drijvers, Plan, Route};
use polder::problem::{Problem, has_errors};
use polder::read::read_model;
use polder::risk::simulation::{Simulatie, Trekker, uitkomst_namen, uitkomsten};
use polder::route::{self, calculate};
use proptest::prelude::*;
use rust_decimal::{Decimal, dec};
use std::collections::BTreeSet;
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
  (Riolering en drainage; kosten, gemeente/grex aan buiten; route grex; rekenregels 0.1; in euro)
  = bedrag in periode 3.2 2030 × indexfactor Kosten civiel 2030
  = 663.780,00 × 1,109118
    bedrag in periode 3.2 2030 = 663.780,00
      = bedrag 3.2 × gewicht 3.2 2030
      = 5.106.000,00 × 0,13
        bedrag 3.2 = 5.106.000,00
          = hoeveelheid 3.2 × prijs 3.2
          = 7.400 × 690,00
            hoeveelheid 3.2 = 7.400 m   [havenkwartier.xlsx 'Kosten'!E21]
            prijs 3.2 = 690,00 per m   [havenkwartier.xlsx 'Kosten'!G21]
        gewicht 3.2 2030 = 0,13   [havenkwartier.xlsx 'Kosten'!N21]
    indexfactor Kosten civiel 2030 = 1,109118
      = indexfactor Kosten civiel 2029 × (1 + groei per periode Kosten civiel 2030)
      = 1,087371 × (1 + 2%)
        indexfactor Kosten civiel 2029 = 1,087371   … verder: indexfactor[Kosten civiel].2029
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
  (Gemeente (verzonnen); route grex; rekenregels 0.2; in euro)
  = eindwaarde gemeente/grex / verdisconteringsfactor gemeente/grex
  = (-6.599.714,93) / 1,268242
    eindwaarde gemeente/grex = -6.599.714,93
      = -boekwaarde gemeente/grex 2037
        … verder: boekwaarde.2037
    verdisconteringsfactor gemeente/grex = 1,268242
      = (1 + discontovoet gemeente/grex)^12
      = (1 + 2%)^12
        discontovoet gemeente/grex = 2%   [havenkwartier.xlsx 'Uitgangspunten'!B8]
opbouw:
    boekwaarde op peildatum                             -28.500.000,00
    kosten (prijspeil 2026-01-01)                       -81.149.372,00
        6.2 VTU en plankosten (19% over 2 t/m 5)         -8.919.284,00
        1.4 Uitplaatsing bedrijven                       -8.775.000,00
        4.1 Verharding en straten                        -7.257.000,00
        3.3 Kademuur herstel                             -6.272.000,00
        1.2 Verwerving silocomplex                       -5.400.000,00
        overige 16 regels                               -44.526.088,00
    opbrengsten (prijspeil 2026-01-01)                  106.221.000,00
        P Rangeerterrein Wonen vrije sector koop         19.167.500,00
        P Silo Wonen vrije sector koop                   15.312.500,00
        P Kade Wonen vrije sector koop                   13.650.000,00
        O1 Woningbouwimpuls (beschikt)                    8.400.000,00
        O3 Kostenverhaal particuliere eigenaren (a…       8.250.000,00
        overige 13 regels                                41.441.000,00
    = nominaal saldo                                     -3.428.372,00
    index op kosten                                      -8.576.922,40
    index op opbrengsten                                 14.417.336,47
    = reëel saldo                                         2.412.042,07
    rente over de boekwaarde                             -9.011.757,00
    = eindwaarde                                         -6.599.714,93
    contant maken naar peildatum                          1.395.884,75
    = ncw_bbv                                            -5.203.830,18
";
    assert_eq!(ask(Route::Grex, "ncw", 2).tekst(), expected);
}

/// Every step of the main results, of examples that differ in what they have, and of a draw: each result is the sum of what stands above it.
#[test]
fn what_a_result_is_made_of_adds_up() {
    let cent = Decimal::new(1, 2);
    for name in ["havenkwartier", "spoorzone-oost", "voorbeeld"] {
        let model = example(name);
        for (route, trekking) in [
            (Route::Grex, None),
            (Route::Cofinanciering, None),
            (Route::Grex, Some((7, 1))),
        ] {
            let opname =
                Opname::new(&model, route, trekking).unwrap_or_else(|p| panic!("{}", shown(&p)));
            for adres in [
                "nominaal_saldo",
                "reeel_saldo",
                "eindwaarde",
                "ncw",
                "ncw_rente",
                "ncw_kasstroom",
            ] {
                let uitleg = opname
                    .explain(adres, 1)
                    .unwrap_or_else(|p| panic!("{}", shown(&p)));
                let (mut sum, mut last) = (Decimal::ZERO, None);
                for post in &uitleg.opbouw {
                    if post.som {
                        assert_eq!(sum, post.bedrag, "{name} {adres} {}", post.naam);
                        last = Some(post.bedrag);
                        continue;
                    }
                    sum += post.bedrag;
                    let lines: Decimal = post.regels.iter().map(|(_, amount)| *amount).sum();
                    assert!(
                        post.regels.is_empty() || lines == post.bedrag,
                        "{name} {}",
                        post.naam
                    );
                    assert_ne!(post.naam, "overig", "{name} {adres}");
                }
                let last = last.unwrap_or_else(|| panic!("{name} {adres} has no opbouw"));
                assert!((last - uitleg.waarde).abs() < cent, "{name} {adres}");
            }
            assert!(
                opname
                    .explain("laagste_stand", 1)
                    .unwrap()
                    .opbouw
                    .is_empty()
            );
        }
    }
}

#[test]
fn capitals_are_not_minded() {
    for (asked, same) in [
        ("NCW", "ncw"),
        ("Stroom[3.2].2030", "stroom[3.2].2030"),
        ("PARTIJ[Corporatie].Saldo", "partij[corporatie].saldo"),
    ] {
        let (found, plain) = (ask(Route::Grex, asked, 1), ask(Route::Grex, same, 1));
        assert_eq!((&found.naam, found.waarde), (&plain.naam, plain.waarde));
    }
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
    let text = ask(Route::Grex, "boekwaarde.2030", 2).tekst();
    assert!(
        text.contains("boekwaarde gemeente/grex 2029 = 53.940.295,81   … verder: boekwaarde.2029"),
        "{text}"
    );
    let text = ask(Route::Grex, "boekwaarde.2030", 9).tekst();
    assert!(
        !text.contains("--"),
        "a negative operand stands in brackets: {text}"
    );
}

/// Every address that both can tell: kerncijfers, series per period, parties, deelgebieden, the fund.
fn compare(model: &Model, route: Route) {
    let exact = calculate(model, route).unwrap();
    let opname = Opname::new(model, route, None).unwrap_or_else(|p| panic!("{}", shown(&p)));
    let mut addresses: Vec<String> = exact
        .kerncijfers()
        .iter()
        .map(|(n, _)| (*n).to_owned())
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
    for name in ["spoorzone-oost", "rekenvoorbeeld", "grondwaarde"] {
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
    of_text(KWARTALEN)
}

/// The same with a gebiedsfonds that lends to Noord.
fn kwartalen_met_leningen() -> Model {
    of_text(&kwartalen_met_leningen_tekst())
}

fn kwartalen_met_leningen_tekst() -> String {
    let text = KWARTALEN
        .replace(
            "rente = 0.04\n",
            "rente = 0.04\ncreditrente = 0.01\nrente_over = \"deelgebied\"\n",
        )
        .replace(
            "deelgebied = \"Noord\"\n\n[[kosten]]\nid = \"vast\"",
            "deelgebied = \"Noord\"\nleenplafond = 4000\n\n[[kosten]]\nid = \"vast\"",
        );
    assert!(text.contains("leenplafond") && text.contains("rente_over"));
    text + FONDS
}

const FONDS: &str = r#"
[[partijen]]
partij = "organisatie"
rol = "gebiedsorganisatie"

[[fonds]]
partij = "organisatie"
beginsaldo = 3000
minimum = 200
leenrente = 0.025
"#;

/// Vector T-3.3L: two deelgebieden that borrow (tests/cases/rekenregels/T-3.3-leningen.toml has its figures).
fn lenen() -> Model {
    of_text(&lenen_tekst())
}

fn lenen_tekst() -> String {
    let text = std::fs::read_to_string("tests/cases/rekenregels/T-3.3-leningen.toml").unwrap();
    let case: toml::Table = text.parse().unwrap();
    case["model"].as_table().unwrap().to_string()
}

fn of_text(text: &str) -> Model {
    let folder = std::env::temp_dir().join(format!(
        "polder-explain-{}-{:?}",
        std::process::id(),
        std::thread::current().id()
    ));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("model.toml"), text).unwrap();
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

#[test]
fn loans_are_exact() {
    compare(&lenen(), Route::Cofinanciering);
    compare(&lenen(), Route::Grex);
    let model = kwartalen_met_leningen();
    compare(&model, Route::Cofinanciering);
    compare_draws(&model, Route::Cofinanciering, &[0, 1, 2, 3, 7]);
    let benchmark = example("benchmark-w");
    compare_draws(&benchmark, Route::Cofinanciering, &[7]);
}

#[test]
fn a_loan_reads_down_to_the_plafond() {
    let model = lenen();
    let ask = |adres: &str, diepte| {
        explain(&Vraag {
            model: &model,
            route: Route::Cofinanciering,
            adres,
            diepte,
            trekking: None,
        })
        .unwrap_or_else(|p| panic!("{}", shown(&p)))
        .tekst()
    };
    for (adres, expected) in [
        ("deelgebied[Silo].lening.2027", "200.000,00"),
        ("deelgebied[Kade].schuld.2027", "306.000,00"),
        ("deelgebied[Kade].eigen_inleg.2028", "-179.720,00"),
        ("deelgebied[Kade].eindwaarde", "183.314,40"),
        ("deelgebied[Silo].eindwaarde", "-62.160,00"),
        ("fonds.laagste", "0,00"),
        ("fonds_laagste", "0,00"),
        ("fonds.leningen.2029", "-212.160,00"),
        ("fonds.uitstaand.2028", "208.000,00"),
    ] {
        let text = ask(adres, 4);
        let first = text.lines().next().unwrap();
        assert!(
            first.ends_with(&format!(" = {expected}")),
            "{adres}: {text}"
        );
        assert!(
            text.contains("rekenregels 3.3") || text.contains("rekenregels 0.2"),
            "{text}"
        );
    }
    let text = ask("deelgebied[Silo].lening.2027", 8);
    for part in [
        "leenplafond Silo = 400.000,00",
        "eigen inleg voor lening Silo 2027 = 300.000,00",
        "fonds saldo 2026 = 200.000,00",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

/// How a number is made of numbers with a name, with the period that each is away.
fn vorm(book: &Book, node: u32, t: u16, top: bool) -> String {
    let found = &book.nodes[node as usize];
    if let Some(name) = found.name.filter(|_| !top) {
        let when = match name.at {
            At::Period(p) => (i32::from(p) - i32::from(t)).to_string(),
            other => format!("{other:?}"),
        };
        return format!("{} {:?} {when}", name.word, name.of);
    }
    let of = |node: &u32| vorm(book, *node, t, false);
    let all = |nodes: &[u32]| nodes.iter().map(of).collect::<Vec<_>>().join("; ");
    match &found.op {
        Op::Input | Op::Constant => format!("{}", found.value.0.unwrap()),
        Op::Add(a, b) => format!("({} + {})", of(a), of(b)),
        Op::Sub(a, b) => format!("({} - {})", of(a), of(b)),
        Op::Mul(a, b) => format!("({} * {})", of(a), of(b)),
        Op::Per(a, b) => format!("({} / {})", of(a), of(b)),
        Op::Min(a, b) => format!("min({}, {})", of(a), of(b)),
        Op::Max(a, b) => format!("max({}, {})", of(a), of(b)),
        Op::Neg(a) => format!("-({})", of(a)),
        Op::Same(a) => of(a),
        Op::IfLess(a, b, then, otherwise) => all(&[*a, *b, *then, *otherwise]),
        Op::Sum(parts) => all(parts),
        other => format!("{other:?}"),
    }
}

/// In a row of a sheet every cell holds the same formula, moved along.
#[test]
fn a_row_of_loans_is_one_formula() {
    for model in [lenen(), kwartalen_met_leningen()] {
        let plan = Plan::new(
            &model,
            Route::Cofinanciering,
            Diepte::Opgave,
            Drijvers::default(),
        )
        .unwrap();
        let ((), book) = record(|| {
            let v = Voorbereid::<Expr>::new(&plan);
            evaluate(&v, &Trekking::geen(), &mut Werk::new(&plan, true));
        });
        let delen = (0..plan.delen.len()).map(|d| Of::Deel(d as u16));
        let per_deel = [
            "mutatie",
            "rente",
            "eigen inleg voor lening",
            "rente lening",
            "lening",
            "eigen inleg",
            "schuld",
        ];
        let rows: Vec<(&str, Of)> = delen
            .flat_map(|of| per_deel.map(|word| (word, of)))
            .chain([
                ("leningen", Of::Geheel),
                ("schuld", Of::Geheel),
                ("fonds saldo", Of::Geheel),
            ])
            .chain(["boekwaarde", "rente"].map(|word| (word, Of::Rekening(HOOFD as u16))))
            .collect();
        // The first period starts from what stood before it; in the last, what is owed is repaid.
        let periods = plan.timeline.peil + 1..plan.eind - 1;
        assert!(periods.len() > 1);
        for (word, of) in rows {
            let forms: BTreeSet<String> = periods
                .clone()
                .map(|t| {
                    let node = book.find(word, of, at(t));
                    let node = node.unwrap_or_else(|| panic!("no {word} of {of:?} at {t}"));
                    vorm(&book, node, t as u16, true)
                })
                .collect();
            assert_eq!(forms.len(), 1, "{word} of {of:?}: {forms:#?}");
        }
    }
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

/// The smallest example with a longer time, and with room for realised amounts.
fn zonder_boekwaarde() -> String {
    let text = std::fs::read_to_string("models/rekenvoorbeeld/model.toml").unwrap();
    let text = text.replace("eindjaar = 2028", "eindjaar = 2032");
    let (before, rest) = text.split_once("[[boekwaarde]]").unwrap();
    let (_, after) = rest.split_once("[[").unwrap();
    format!("{before}[[{after}")
}

/// A model with phasing by a range, by following, and by amounts of which some are realised.
fn gefaseerd() -> (Model, String) {
    let text = zonder_boekwaarde()
        + "\n[[kosten]]\nid = \"reeks\"\nbedrag = 900\nfasering = \"2027-2029\"\n"
        + "[[kosten]]\nid = \"volger\"\nbedrag = 600\nfasering = \"volgt reeks +1\"\n"
        + "[[kosten]]\nid = \"deels\"\nfasering = \"per jaar\"\n"
        + "[[fasering]]\nfasering = \"per jaar\"\nperiode = \"2024\"\nbedrag = 100\n"
        + "[[fasering]]\nfasering = \"per jaar\"\nperiode = \"2027\"\nbedrag = 300\n";
    (of_text(&text), text)
}

/// The line of a text on which a piece of it stands.
fn regel(text: &str, piece: &str) -> usize {
    let at = text.find(piece).unwrap_or_else(|| panic!("no {piece}"));
    text[..at].matches('\n').count() + 1
}

#[test]
fn weights_and_their_total_read_down_to_the_cell() {
    let (model, text) = gefaseerd();
    let opname = Opname::new(&model, Route::Grex, None).unwrap_or_else(|p| panic!("{}", shown(&p)));
    let told = |adres: &str| {
        let found = opname.explain(adres, 12);
        found.unwrap_or_else(|p| panic!("{}", shown(&p))).tekst()
    };
    for (line, cell, year) in [
        ("reeks", "fasering = \"2027-2029\"", 2028),
        ("volger", "fasering = \"volgt reeks +1\"", 2030),
    ] {
        let found = told(&format!("stroom[{line}].{year}"));
        let place = format!(
            "gewicht {line} {year} = 1   [model.toml:{}:12]",
            regel(&text, cell)
        );
        assert!(found.contains(&place), "{place}\n{found}");
        assert!(
            found.contains(&format!("totaal gewicht {line} = 3\n")),
            "{found}"
        );
    }
    let found = told("totaal_gewicht[deels]");
    for piece in [
        "totaal gewicht deels = 400\n".to_owned(),
        "  = gewicht deels 2024 + gewicht deels 2027\n  = 100 + 300\n".to_owned(),
        format!(
            "gewicht deels 2024 = 100   [model.toml:{}:10]",
            regel(&text, "bedrag = 100\n")
        ),
        format!(
            "gewicht deels 2027 = 300   [model.toml:{}:10]",
            regel(&text, "bedrag = 300\n")
        ),
    ] {
        assert!(found.contains(&piece), "{piece}\n{found}");
    }
    let havenkwartier = ask(Route::Grex, "totaal_gewicht[O4]", 2).tekst();
    assert!(
        havenkwartier
            .contains("gewicht O4 2027 = 185.000   [havenkwartier.xlsx 'Overige opbrengsten'!F7]"),
        "{havenkwartier}"
    );
}

#[test]
fn depth_goes_through_totals_and_standings() {
    // A total and the years that it is made of share their word.
    let total = ask(Route::Grex, "partij[gemeente].investering", 12).tekst();
    assert!(
        total.contains("betaald gemeente 2064 = 19.778.186,21\n")
            && total.contains("[beheer.toml:12:15]"),
        "{total}"
    );
    // What a boekwaarde is made of is that of the year before, and costs of that year.
    let ncw = ask(Route::Grex, "ncw", 12).tekst();
    for piece in [
        "boekwaarde gemeente/grex 2029 = 53.940.295,81\n",
        "stroom 4.1 2032 = 1.507.328,43\n",
        "gewicht 4.1 2033 = 0,09   [havenkwartier.xlsx 'Kosten'!Q27]\n",
    ] {
        assert!(ncw.contains(piece), "{piece}\n{ncw}");
    }
}

/// Every number of an explanation, with what it is called, what it is and where there is more.
fn genoemd(uitleg: &Uitleg, out: &mut Vec<(String, Decimal, Vec<String>)>) {
    out.push((uitleg.naam.clone(), uitleg.waarde, uitleg.verder.clone()));
    uitleg.delen.iter().for_each(|deel| genoemd(deel, out));
}

#[test]
fn what_an_explanation_prints_can_be_asked() {
    for route in Route::BEIDE {
        let opname =
            Opname::new(&HAVENKWARTIER, route, None).unwrap_or_else(|p| panic!("{}", shown(&p)));
        let (mut all, mut cut) = (Vec::new(), 0);
        for adres in [
            "ncw",
            "portemonnee",
            "partij[gemeente].netto_baat",
            "stroom[3.2].2030",
            "voorziening",
        ] {
            let found = opname
                .explain(adres, 5)
                .unwrap_or_else(|p| panic!("{}", shown(&p)));
            genoemd(&found, &mut all);
        }
        for (naam, waarde, verder) in &all {
            let again = opname.explain(naam, 1);
            let again = again.unwrap_or_else(|p| panic!("{naam}: {}", shown(&p)));
            assert_eq!(again.waarde, *waarde, "{naam}");
            for adres in verder {
                opname
                    .explain(adres, 1)
                    .unwrap_or_else(|p| panic!("{adres}: {}", shown(&p)));
                cut += 1;
            }
        }
        assert!(all.len() > 200 && cut > 20, "{} {cut}", all.len());
    }
}

#[test]
fn names_are_read_without_capitals_and_accents() {
    for (asked, read) in [
        ("stroom 3.2 2030", "stroom[3.2].2030"),
        ("Stroom 3.2 2030", "stroom[3.2].2030"),
        ("prijs 3.2", "prijs[3.2]"),
        ("betaald gemeente 2064", "partij[gemeente].investering.2064"),
        ("slechtste jaar gemeente", "partij[gemeente].slechtste_jaar"),
        ("één portemonnee", "portemonnee"),
        ("NCW", "ncw"),
        ("reëel_saldo", "reeel_saldo"),
        ("Partij[Corporatie].Saldo", "partij[corporatie].saldo"),
    ] {
        let text = ask(Route::Grex, asked, 2).tekst();
        assert!(
            text.contains(&format!("\"{asked}\" gelezen als {read}")),
            "{text}"
        );
    }
}

#[test]
fn only_what_can_be_asked_is_suggested() {
    for one in [
        "ncw",
        "portemonnee",
        "eindwaarde",
        "partij[gemeente].slechtste_jaar",
        "rekening[gemeente/grex].boekwaarde_peildatum",
    ] {
        let told = refused(Route::Grex, &format!("{one}.2030"));
        assert!(
            told.contains(&format!("{one} is one figure, it has no period")),
            "{told}"
        );
    }
    let opname =
        Opname::new(&HAVENKWARTIER, Route::Grex, None).unwrap_or_else(|p| panic!("{}", shown(&p)));
    for asked in [
        "strom 3.2 2030",
        "stroom.2",
        "nwc",
        "boekwarde.2030",
        "prijs 3.22",
        "x",
        "matrix.2",
    ] {
        let told = refused(Route::Grex, asked);
        let near = told
            .split("did you mean \"")
            .nth(1)
            .and_then(|t| t.split('"').next());
        if let Some(near) = near {
            opname
                .explain(near, 1)
                .unwrap_or_else(|p| panic!("{asked}: {}", shown(&p)));
        }
    }
    // What may stand for many says how to list them, and that lists them.
    for asked in ["partij[].saldo", "slechtste", "partij.s"] {
        let told = refused(Route::Grex, asked);
        let pattern = told
            .split("--list \"")
            .nth(1)
            .and_then(|t| t.split('"').next());
        let pattern = pattern.unwrap_or_else(|| panic!("{told}"));
        assert!(!opname.adressen(Some(pattern)).is_empty(), "{pattern}");
    }
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

/// The address of every figure of a route in the json of run and compare, from the path to it.
fn json_adres(path: &[&str]) -> Option<String> {
    let joined = |rest: &[&str]| rest.join(".");
    Some(match path {
        ["kerncijfers", figure] => (*figure).to_owned(),
        ["perioden", period, figure] => format!("{figure}.{period}"),
        ["partijen", partij, rest @ ..] => format!("partij[{partij}].{}", joined(rest)),
        ["deelgebieden", deel, rest @ ..] => format!("deelgebied[{deel}].{}", joined(rest)),
        ["rekeningen", rekening, rest @ ..] => format!("rekening[{rekening}].{}", joined(rest)),
        ["fonds", "voorfinanciering"] => "voorfinanciering".into(),
        ["fonds", rest @ ..] => format!("fonds.{}", joined(rest)),
        ["matrix", opgave, partij, "perioden", period] => {
            format!("matrix[{opgave}/{partij}].{period}")
        }
        ["matrix", opgave, partij, figure] => format!("matrix[{opgave}/{partij}].{figure}"),
        ["kostenverhaal", _, "eigendom", eigendom, figure] => {
            format!("eigendom[{eigendom}].{figure}")
        }
        ["kostenverhaal", gebied, figure] => format!("kostenverhaal[{gebied}].{figure}"),
        ["verevening", _, "delen", deel, figure] => format!("verevening_delen[{deel}].{figure}"),
        [head @ ("verevening" | "bijdragen" | "normen"), key, figure] => {
            format!("{head}[{key}].{figure}")
        }
        _ => return None,
    })
}

fn leaves<'a>(
    value: &'a serde_json::Value,
    path: &mut Vec<&'a str>,
    out: &mut Vec<(Vec<&'a str>, Decimal)>,
) {
    match value {
        serde_json::Value::Object(map) => {
            for (key, value) in map {
                path.push(key);
                leaves(value, path, out);
                path.pop();
            }
        }
        serde_json::Value::Number(n) => {
            let text = n.to_string();
            let value = text.parse().or_else(|_| Decimal::from_scientific(&text));
            out.push((path.clone(), value.unwrap()));
        }
        serde_json::Value::Null | serde_json::Value::Bool(_) | serde_json::Value::String(_) => {}
        serde_json::Value::Array(words) if words.iter().all(serde_json::Value::is_string) => {}
        other @ serde_json::Value::Array(_) => panic!("{path:?}: {other}"),
    }
}

/// What a report shows can be asked, and the answer is the figure that it shows.
fn report_is_explained(folder: &Path, model: &Model) -> usize {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_polder"))
        .args(["compare", "--json", "--draws", "0"])
        .arg(folder)
        .output()
        .unwrap();
    let json: serde_json::Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&output.stderr)));
    let mut count = 0;
    for route in Route::BEIDE {
        let opname = Opname::new(model, route, None).unwrap_or_else(|p| panic!("{}", shown(&p)));
        let mut figures = Vec::new();
        leaves(&json["routes"][route.naam()], &mut Vec::new(), &mut figures);
        for (path, value) in figures {
            let adres = json_adres(&path).unwrap_or_else(|| panic!("{path:?} has no address"));
            let uitleg = opname
                .explain(&adres, 1)
                .unwrap_or_else(|p| panic!("{}", shown(&p)));
            assert!(
                (uitleg.waarde - value).abs() <= dec!(1e-15) * value.abs().max(Decimal::ONE),
                "{adres} {}: {} is not {value}",
                route.naam(),
                uitleg.waarde
            );
            count += 1;
        }
    }
    count
}

#[test]
fn every_figure_of_the_reports_has_an_address_that_explains_it() {
    let mut count = 0;
    for name in [
        "havenkwartier",
        "spoorzone-oost",
        "rekenvoorbeeld",
        "voorbeeld",
        "verevening",
        "grondwaarde",
    ] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("models")
            .join(name);
        count += report_is_explained(&folder, &model(&folder));
    }
    assert!(count > 20_000, "{count}");
    let folder = std::env::temp_dir().join(format!("polder-leningen-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for text in [
        lenen_tekst(),
        kwartalen_met_leningen_tekst(),
        KWARTALEN.to_owned(),
    ] {
        std::fs::write(folder.join("model.toml"), text).unwrap();
        assert!(report_is_explained(&folder, &model(&folder)) > 100);
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn costs_of_objects_are_explained_to_the_value_of_the_report() {
    let figures = route::objectkosten::<Exact>(&HAVENKWARTIER);
    assert!(!figures.is_empty());
    for (o, k) in HAVENKWARTIER.objecten.iter().zip(figures) {
        for (figure, value) in [
            ("levensduurkosten", k.levensduur.totaal),
            ("levensduurkosten_onderhoud", k.levensduur.onderhoud),
            ("levensduurkosten_vervanging", k.levensduur.vervanging),
            ("levensduurkosten_restwaarde", k.levensduur.restwaarde),
            ("levensduurkosten_per_jaar", k.levensduur.annuiteit),
            ("kapitaallast_lineair", k.kapitaallast_lineair),
            ("kapitaallast_annuitair", k.kapitaallast_annuitair),
        ] {
            let uitleg = ask(Route::Grex, &format!("object[{}].{figure}", o.id), 2);
            assert_eq!(Some(uitleg.waarde), value.0, "{} {figure}", o.id);
            assert!(uitleg.regel.starts_with("rules 4."), "{}", uitleg.tekst());
        }
    }
}

#[test]
fn years_of_a_party_say_what_makes_them() {
    let text = ask(
        Route::Cofinanciering,
        "partij[belegger].terugverdienjaar",
        2,
    )
    .tekst();
    let exact = calculate(&HAVENKWARTIER, Route::Cofinanciering).unwrap();
    let belegger = &exact.partijen[HAVENKWARTIER.partij("belegger").unwrap()];
    let year = belegger.terugverdienjaar.unwrap();
    assert!(
        text.starts_with(&format!("terugverdienjaar belegger = {year}\n")),
        "{text}"
    );
    let before = ask(
        Route::Cofinanciering,
        &format!("partij[belegger].lopende_som.{}", year - 1),
        1,
    );
    let since = ask(
        Route::Cofinanciering,
        &format!("partij[belegger].lopende_som.{year}"),
        1,
    );
    assert!(before.waarde < Decimal::ZERO && since.waarde >= Decimal::ZERO);
    assert!(
        text.contains(&before.getoond) && text.contains(&since.getoond),
        "{text}"
    );
    let gemeente = refused(Route::Grex, "partij[gemeente].terugverdienjaar");
    assert!(gemeente.contains("does not come back"), "{gemeente}");
}

#[test]
fn a_parameter_of_law_shows_its_article_and_source() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/voorbeeld");
    let text = std::fs::read_to_string(folder.join("model.toml")).unwrap();
    let without: String = text
        .lines()
        .filter(|line| !line.starts_with("discontovoet_bbv"))
        .flat_map(|line| [line, "\n"])
        .collect();
    let model = of_text(&without);
    let uitleg = explain(&Vraag {
        model: &model,
        route: Route::Grex,
        adres: "ncw_bbv",
        diepte: 3,
        trekking: None,
    })
    .unwrap();
    let text = uitleg.tekst();
    assert!(
        text.contains(
            "discontovoet gemeente/grex = 2%   [parameter bbv.discontovoet (2,0% in de praktijk"
        ) && text.contains("; BBV art. 63 lid 7"),
        "{text}"
    );
    assert!(
        uitleg
            .json()
            .to_string()
            .contains("\"artikel\":\"BBV art. 63 lid 7")
    );
}

/// Every word that a rule may give a name with is given by some model, so that no rule is without its record.
#[test]
fn every_word_of_the_list_is_recorded_by_some_model() {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut record = |model: &Model, draw| {
        for route in Route::BEIDE {
            let opname =
                Opname::new(model, route, draw).unwrap_or_else(|p| panic!("{}", shown(&p)));
            seen.extend(opname.woorden());
        }
    };
    record(&HAVENKWARTIER, None);
    for name in [
        "spoorzone-oost",
        "rekenvoorbeeld",
        "voorbeeld",
        "kostenverhaal",
        "verevening",
        "grondwaarde",
    ] {
        record(&example(name), None);
    }
    let tijdvak = std::fs::read_to_string("models/kostenverhaal/model.toml").unwrap();
    let zonder = tijdvak
        .replace(
            "regime = \"OW_TIJDVAK\"",
            "regime = \"OW_ZONDER\"\nmaximum = 900000\nmaximum_aftopt = \"ja\"",
        )
        .replace("m2 = 9000\n", "m2 = 9000\nmaximum = 600000\n");
    assert_ne!(tijdvak, zonder);
    record(&of_text(&zonder), None);
    record(&kwartalen(), Some((3, 42)));
    record(&kwartalen_met_leningen(), Some((3, 42)));
    record(&lenen(), None);
    let voorbeeld = std::fs::read_to_string("models/voorbeeld/model.toml").unwrap();
    let later = voorbeeld.replace("[[fonds]]\n", "[[fonds]]\nregel = \"doorschuiven\"\n");
    assert_ne!(voorbeeld, later);
    record(&of_text(&later), None);
    // A GEM that splits the result of the grondexploitatie.
    let verevening = std::fs::read_to_string("models/verevening/model.toml").unwrap();
    let grex = verevening.replacen(
        "rekening = \"GEM/eigen\"",
        "rekening = \"gemeente/grex\"",
        1,
    );
    assert_ne!(verevening, grex);
    record(&of_text(&grex), None);
    // Rules that no table uses yet.
    let (_, book) = polder::expression::record(|| losse::Spel::voorbeeld().alles::<Expr>());
    seen.extend(book.names().map(|(name, _)| name.word));
    let missing: Vec<&str> = NAMES
        .iter()
        .map(|(word, _, _)| *word)
        .filter(|word| !seen.contains(word))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// Every function of the rules that gives numbers names them, so that explain can tell of each.
#[test]
fn every_rule_names_its_outcome() {
    let mut checked = 0;
    let mut files: Vec<_> = std::fs::read_dir("src/rules")
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    files.extend(["src/ledger.rs", "src/cashflow.rs", "src/timeline.rs"].map(Into::into));
    // Parts of a rule: what calls them names what they give.
    let parts = [
        "deel",
        "nominale_voet",
        "step",
        "rate_per_period",
        "zolang",
        "aan_het_eind",
        "gelijk",
        "verhaalbaar",
        "plankosten",
        "plankosten_maximum",
        "plankosten_zelfrealisatie",
        "plankosten_klein",
        "naar_rato",
        "naar_gewicht",
        "eigen_kosten",
        "vaste_prijs",
        "excl_btw",
        "grondquote",
        "jaarhuur",
        "huurwaarde",
        "na_kosten_koper",
        "bouwrente",
        "contant",
        "winst",
    ];
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let text = text.split("#[cfg(test)]").next().unwrap();
        for function in text.split("\npub fn ").skip(1) {
            let name = function.split(['<', '(']).next().unwrap();
            let head = function.split('{').next().unwrap();
            let body = function.split("\n}\n").next().unwrap();
            if !head.contains("N: Number") || parts.contains(&name) {
                continue;
            }
            // What names by words that it is given.
            let delegates = ["oprenten(", "waarde_na("].iter().any(|f| body.contains(f))
                || head.contains("words: ");
            assert!(
                body.contains(".named(") || delegates,
                "{}: {name} names nothing",
                file.display()
            );
            checked += 1;
        }
    }
    assert!(checked >= 8, "{checked}");
}

#[test]
fn every_listed_address_is_explained() {
    for route in Route::BEIDE {
        let opname =
            Opname::new(&HAVENKWARTIER, route, None).unwrap_or_else(|p| panic!("{}", shown(&p)));
        let all = opname.adressen(None);
        assert!(all.len() > 500, "{}", all.len());
        assert_eq!(all[0].adres, "ncw");
        for adres in &all {
            opname
                .explain(&adres.vraag(), 1)
                .unwrap_or_else(|p| panic!("{}", shown(&p)));
        }
        let saldi: Vec<&str> = opname
            .adressen(Some("partij[*].saldo"))
            .iter()
            .map(|a| a.adres.as_str())
            .collect();
        assert_eq!(saldi.len(), HAVENKWARTIER.partijen.len(), "{saldi:?}");
        assert!(opname.adressen(Some("nergens")).is_empty());
    }
}

#[test]
fn a_beginning_or_last_part_that_fits_one_address_is_completed() {
    for (asked, read) in [
        ("eindw", "eindwaarde"),
        ("boekw.2030", "boekwaarde.2030"),
        ("corporatie.saldo", "partij[corporatie].saldo"),
        ("stroom[3.2.2030", "stroom[3.2].2030"),
        ("partij[corp].saldo", "partij[corporatie].saldo"),
    ] {
        let (a, b) = (ask(Route::Grex, asked, 2), ask(Route::Grex, read, 2));
        assert_eq!(a.waarde, b.waarde);
        assert_eq!(a.naam, b.naam);
        assert!(
            a.tekst()
                .contains(&format!("\"{asked}\" gelezen als {read}")),
            "{}",
            a.tekst()
        );
    }
    // Of 16 parties, and of the two rules of verevening.
    let many = refused(Route::Grex, "saldo");
    assert!(
        many.contains("may stand for 18 addresses") && many.contains("partij[gemeente].saldo"),
        "{many}"
    );
}

#[test]
fn a_graph_holds_every_number_once_with_unit_rule_and_cell() {
    let uitleg = ask(Route::Grex, "stroom[3.2].2030", 3);
    let dot = uitleg.dot();
    assert_eq!(dot, ask(Route::Grex, "stroom[3.2].2030", 3).dot());
    assert!(dot.starts_with("digraph uitleg {\n") && dot.ends_with("}\n"));
    for part in [
        "label=\"stroom 3.2 2030\\n736.210,62 euro\\nrekenregels 0.1\", shape=ellipse, penwidth=2",
        "label=\"hoeveelheid 3.2\\n7.400 m\\nhavenkwartier.xlsx 'Kosten'!E21\", shape=box",
        "label=\"indexfactor Kosten civiel 2029\\n1,087371\\nrekenregels 0.1\", shape=ellipse, style=dashed",
        "tooltip=\"hoeveelheid 3.2 × prijs 3.2\"",
    ] {
        assert!(dot.contains(part), "{part}\n{dot}");
    }
    let nodes: Vec<&str> = dot.lines().filter(|l| l.contains("[label=")).collect();
    let names: BTreeSet<&str> = nodes
        .iter()
        .map(|l| l.trim().split(' ').next().unwrap())
        .collect();
    assert_eq!(nodes.len(), names.len());
    for edge in dot.lines().filter_map(|l| l.trim().split_once(" -> ")) {
        assert!(names.contains(edge.0) && names.contains(edge.1.trim_end_matches(';')));
    }
    // Bounded however deep it is asked.
    let deep = ask(Route::Cofinanciering, "portemonnee", 12).dot();
    assert!(deep.lines().count() < 20_000, "{}", deep.lines().count());
}

#[test]
fn a_name_can_not_break_out_of_its_label() {
    let text = std::fs::read_to_string("models/rekenvoorbeeld/model.toml").unwrap();
    let model =
        of_text(&(text + "\n[[kosten]]\nid = 'x\"]; } \\'\nbedrag = 1\nfasering = \"2027\"\n"));
    let id = model
        .lijnen
        .iter()
        .find(|l| l.id.contains('x') && l.id.contains('}'))
        .unwrap();
    let dot = explain(&Vraag {
        model: &model,
        route: Route::Grex,
        adres: &format!("bedrag[{}]", id.id),
        diepte: 3,
        trekking: None,
    });
    // The bracket in the name ends the key of an address; the flow is reached through the costs.
    assert!(dot.is_err() || !dot.unwrap().dot().contains("x\"]"));
    let dot = explain(&Vraag {
        model: &model,
        route: Route::Grex,
        adres: "kosten.2027",
        diepte: 4,
        trekking: None,
    })
    .unwrap()
    .dot();
    assert!(dot.contains("x\\\"]; } \\\\"), "{dot}");
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

/// The text of an explanation of a model of its own.
fn uitleg_van(model: &Model, adres: &str, diepte: usize) -> String {
    let opname = Opname::new(model, Route::Grex, None).unwrap_or_else(|p| panic!("{}", shown(&p)));
    let uitleg = opname.explain(adres, diepte);
    uitleg.unwrap_or_else(|p| panic!("{}", shown(&p))).tekst()
}

#[test]
fn a_geldsom_reads_down_to_article_parameter_and_cell() {
    let expected = "\
geldsom X = 530.000,00
  (Bouwbedrijf X; route grex; rekenregels 1.7; Ow 13.18 lid 1 en 2 [V], vloer op nul [O]; in euro)
  = grootste van (netto bijdrage X; 0)
  = grootste van (530.000,00; 0)
    netto bijdrage X = 530.000,00   (Ow 13.18 lid 2 [V])
      = bruto bijdrage X - inbrengwaarde X - aftrek eigen kosten X
      = 2.430.000,00 - 900.000,00 - 1.000.000,00
        bruto bijdrage X = 2.430.000,00   (Ow 13.16 [V])
          = omslag Spoorkade × opbrengst eigendom X / opbrengst gronden Spoorkade
          = 6.300.000,00 × 2.700.000,00 / 7.000.000,00
            … verder: kostenverhaal[Spoorkade].omslag, eigendom[X].opbrengst, kostenverhaal[Spoorkade].opbrengst
        inbrengwaarde X = 900.000,00   (Ow 13.17, 13.18 lid 2 onder a, Ob 8.17 [V])
          = m2 X (invoer) × grond_m2 X (invoer) + opstallen X (invoer) + slopen X (invoer)
          = 9.000 × 90,00 + 60.000,00 + 30.000,00
            m2 X (invoer) = 9.000   [model.toml:36:6]
            grond_m2 X (invoer) = 90,00   [model.toml:37:12]
            opstallen X (invoer) = 60.000,00   [model.toml:38:13]
            slopen X (invoer) = 30.000,00   [model.toml:39:10]
        aftrek eigen kosten X = 1.000.000,00   (Ow 13.18 lid 2 onder b [V], per post [C])
          = kleinste van (contante waarde kade van X; contante waarde kade van X raming)
          = kleinste van (1.200.000,00; 1.000.000,00)
            … verder: contante_waarde[kade van X], contante_waarde[kade van X raming]
";
    let model = example("kostenverhaal");
    assert_eq!(uitleg_van(&model, "eigendom[X].geldsom", DIEPTE), expected);
    let omslag = uitleg_van(&model, "kostenverhaal[Spoorkade].omslag", 6);
    for part in [
        "Ow 13.14 lid 2: macro-aftopping [V]",
        "plankosten maximum Spoorkade = 1.200.000,00   [model.toml:29:22; Ow 13.21, Or 13.2 [V]]",
        "verhaalbaar deel brug = 30%   (Ow 13.11 lid 1, 13.14 lid 1 onder b [V], formule [C])",
        "profijt bestaande stad (invoer) = 700   [model.toml:180:10]",
    ] {
        assert!(omslag.contains(part), "{part}\n{omslag}");
    }
    let terug = uitleg_van(&model, "eigendom[K1].terugbetaling", 1);
    let threshold = "drempel eindafrekening = 5%   [parameter kostenverhaal.drempel_eindafrekening";
    assert!(terug.contains(threshold), "{terug}");
    assert!(
        terug.contains("Omgevingswet art. 13.20 lid 2 [V]]"),
        "{terug}"
    );
    // What is elsewhere is no second number of the same name.
    let rest = uitleg_van(&model, "kostenverhaal[Spoorkade].rest_elders", 3);
    assert!(
        rest.contains("contante waarde brug elders = 2.800.000,00"),
        "{rest}"
    );
    assert!(
        rest.contains("niet verhaalbaar deel brug elders = 70%"),
        "{rest}"
    );
    let raming = uitleg_van(&model, "contante_waarde[kade van X raming]", 1);
    assert!(raming.starts_with("contante waarde kade van X raming = 1.000.000,00"));
}

#[test]
fn every_law_gives_a_geldsom_its_own_article() {
    let tijdvak = std::fs::read_to_string("models/kostenverhaal/model.toml").unwrap();
    let wro = tijdvak.replace("\"OW_TIJDVAK\"", "\"WRO\"");
    assert!(
        uitleg_van(&of_text(&wro), "eigendom[X].netto", 1)
            .contains("rekenregels 1.13; Wro 6.19 [O]")
    );
    let zonder = tijdvak.replace("\"OW_TIJDVAK\"", "\"OW_ZONDER\"\nmaximum = 9000000");
    let told = uitleg_van(&of_text(&zonder), "eigendom[X].netto", 1);
    assert!(
        told.contains("rekenregels 1.8; Ow 13.15 lid 2, 13.16 [V]"),
        "{told}"
    );
}

/// In one line: by contract, own land, not liable, the receiver, the floor, the two caps, a beschikking of before.
#[test]
fn a_geldsom_that_is_nothing_or_capped_says_why() {
    let tijdvak = std::fs::read_to_string("models/kostenverhaal/model.toml").unwrap();
    let zonder = tijdvak
        .replace("\"OW_TIJDVAK\"", "\"OW_ZONDER\"\nmaximum = 9000000")
        .replace("m2 = 9000\n", "m2 = 9000\nmaximum = 600000\n");
    let cases = [
        (
            "W",
            tijdvak.clone(),
            "geen geldsom maar een overeenkomst (Ow 13.13 [V]): wat is afgesproken is 360.000,00 waard (contante waarde); berekend zou 370.000,00 zijn",
        ),
        ("G", tijdvak.clone(), "grond van de gemeente zelf"),
        (
            "K1",
            tijdvak.clone(),
            "dit is de herberekening: betaald is 330.000,00 volgens de beschikking, bij de eindafrekening komt 1.500,00 terug",
        ),
        (
            "K2",
            tijdvak.replace("omvang = 2000\nbetaling", "omvang = 1200\nbetaling"),
            "niet kostenverhaalplichtig (Ob 8.13 onder f [V]): verbouw tot kantoor, winkel of horeca met omvang 1.200 m2 bvo, plichtig vanaf 1.500 m2 bvo; zijn bijdrage van 208.000,00",
        ),
        (
            "X",
            tijdvak.replace(
                "regime = \"OW_TIJDVAK\"",
                "regime = \"OW_TIJDVAK\"\nontvanger = \"Bouwbedrijf X/eigen\"",
            ),
            "Bouwbedrijf X ontvangt de geldsommen zelf",
        ),
        (
            "X",
            tijdvak.replace("opstallen = 60000", "opstallen = 1060000"),
            "de netto bijdrage is -200.000,00; de vloer zet die op nul [O]",
        ),
        (
            "X",
            tijdvak
                .replace("opstallen = 60000", "opstallen = 1060000")
                .replace(
                    "regime = \"OW_TIJDVAK\"",
                    "regime = \"OW_TIJDVAK\"\nvloer = \"geen\"",
                ),
            "onder nul en zonder vloer: dit wordt uitbetaald [O]",
        ),
        (
            "X",
            zonder.clone(),
            "begrensd op het maximum van de activiteit, 600.000,00 (Ow 13.15 lid 2 onder a [V])",
        ),
        (
            "X",
            zonder.replace("opstallen = 60000", "opstallen = 1560000"),
            "begrensd op de waardevermeerdering van 300.000,00 (Ow 13.15 lid 2 onder b, Ob 8.18 [V])",
        ),
        (
            "X",
            zonder.replace("opstallen = 60000", "opstallen = 1960000"),
            "geen waardevermeerdering",
        ),
    ];
    for (eigendom, text, why) in cases {
        let told = uitleg_van(&of_text(&text), &format!("eigendom[{eigendom}].geldsom"), 1);
        assert!(told.contains(&format!("\n  omdat: {why}")), "{why}\n{told}");
        assert_eq!(told.matches("omdat:").count(), 1, "{told}");
    }
    let capped = tijdvak.replace("bedrag = 4000000", "bedrag = 14000000");
    let told = uitleg_van(&of_text(&capped), "kostenverhaal[Spoorkade].omslag", 1);
    assert!(
        told.contains("omdat: macro-aftopping: ten hoogste de opbrengst"),
        "{told}"
    );
}

#[test]
fn a_verrekening_is_read_in_plain_sums() {
    let expected = "\
verrekening park P = -1.246.004,10
  (P/eigen ontvangt van gemeente/eigen; route grex; trekking 3, seed 1; rekenregels 3.2; Praktijkhandleiding NOVEX: wie profiteert betaalt [P], formule [C]; in euro)
  = verrekening naar sleutel park P
    verrekening naar sleutel park P = -1.246.004,10   (Praktijkhandleiding NOVEX: wie profiteert betaalt [P], formule [C])
      = (eigen kosten park P + eigen kosten park Q + eigen kosten park gemeente) × sleutel park P / (sleutel park P + sleutel park Q + sleutel park gemeente) - eigen kosten park P
      = (8.722.028,73 + 3.738.012,31 + 2.492.008,21) × 50 / (50 + 30 + 20) - 8.722.028,73
        sleutel park P = 50   [model.toml:48:11; Praktijkhandleiding NOVEX: wie profiteert betaalt [P], formule [C]]
        sleutel park Q = 30   [model.toml:54:11]
        sleutel park gemeente = 20   [model.toml:60:11]
        … verder: verevening_delen[park P].eigen, verevening_delen[park Q].eigen, verevening_delen[park gemeente].eigen
getrokken:
    grondprijzen = 1,01177
    bouwkosten = 1,246004
";
    let model = example("verevening");
    let opname = Opname::new(&model, Route::Grex, Some((3, 1))).unwrap();
    let told = |adres: &str, diepte| opname.explain(adres, diepte).unwrap().tekst();
    assert_eq!(told("verevening_delen[park P].verrekening", 2), expected);
    // Nobody's formula is longer than can be read aloud, whatever is asked.
    for adres in opname.adressen(Some("verevening*")) {
        let text = told(&adres.adres, 3);
        let longest = text.lines().map(|l| l.chars().count()).max().unwrap_or(0);
        assert!(longest < 420, "{}: {longest}\n{text}", adres.adres);
    }
    // Land value is in euro; what rounding leaves shows where it is a cent.
    assert!(
        told("verevening_delen[noord].feitelijk", 1)
            .starts_with("grondwaarde noord = 1.166.977,82\n")
    );
    let text = std::fs::read_to_string("models/verevening/model.toml").unwrap();
    let cents = text
        .replace(
            "kosten_soort = \"collectief\"",
            "kosten_soort = \"collectief\"\ndecimalen = 2",
        )
        .replace("sleutel = 50", "sleutel = 51")
        .replace("bedrag = 7000000", "bedrag = 7000000.55");
    let told = uitleg_van(&of_text(&cents), "verevening_delen[park P].verrekening", 2);
    assert!(told.contains("afgerond op 2 decimalen"), "{told}");
}

#[test]
fn an_unknown_figure_of_kostenverhaal_or_verevening_is_told_with_the_nearest() {
    for (model, asked, found, fix) in [
        (
            "kostenverhaal",
            "eigendom[Z].geldsom",
            "unknown eigendom \"Z\"",
            "X, W, K1, K2, G",
        ),
        (
            "kostenverhaal",
            "eigendom[K11].geldsom",
            "unknown eigendom \"K11\"",
            "did you mean \"K1\"?",
        ),
        (
            "kostenverhaal",
            "eigendom[X].geldsm",
            "no \"geldsm\" of eigendom \"X\"",
            "did you mean \"geldsom\"?",
        ),
        (
            "kostenverhaal",
            "kostenverhaal[Spoorkade].omslg",
            "no \"omslg\" of kostenverhaal",
            "did you mean \"omslag\"?",
        ),
        (
            "kostenverhaal",
            "eigendom[X].waardevermeerdering",
            "has a tijdvak",
            "ask eigendom[X].netto",
        ),
        (
            "kostenverhaal",
            "eigendom[X].geldsom.2026",
            "one figure",
            "ask eigendom[X].geldsom",
        ),
        (
            "verevening",
            "verevening[grondbnk].saldo",
            "unknown verevening \"grondbnk\"",
            "did you mean \"grondbank\"?",
        ),
        (
            "verevening",
            "verevening_delen[park P].verekening",
            "no \"verekening\"",
            "did you mean \"verrekening\"?",
        ),
        (
            "verevening",
            "bijdragen[natuur P].terugbetaling",
            "no eindafrekening",
            "fill nodig and eindafrekening",
        ),
        (
            "rekenvoorbeeld",
            "eigendom[X].geldsom",
            "unknown eigendom \"X\"",
            "the model has no table eigendom",
        ),
        (
            "rekenvoorbeeld",
            "qqqqq",
            "is no result",
            "eigendom[ID].geldsom",
        ),
        (
            "rekenvoorbeeld",
            "qqqqq",
            "is no result",
            "verevening_delen[ID].verrekening",
        ),
    ] {
        let model = example(model);
        let opname = Opname::new(&model, Route::Grex, None).unwrap();
        let told = shown(&opname.explain(asked, 1).unwrap_err());
        assert!(
            told.contains(found) && told.contains(fix),
            "{asked}: {told}"
        );
    }
}

#[test]
fn json_tells_article_mark_and_reason() {
    let model = example("kostenverhaal");
    let opname = Opname::new(&model, Route::Grex, None).unwrap();
    let told = opname.explain("eigendom[W].netto", 1).unwrap().json();
    assert_eq!(told["grondslag"], "Ow 13.18 lid 2");
    assert_eq!(told["merk"], "[V]");
    let none = opname.explain("eigendom[W].geldsom", 1).unwrap().json();
    assert!(none["omdat"].as_str().unwrap().contains("Ow 13.13"));
    let grond = example("grondwaarde");
    let told = uitleg_van(&grond, "bedrag[koop grondwaarde]", 1);
    assert!(
        told.contains("rekenregels hoofdstuk 8, punt 10; residuele methode"),
        "{told}"
    );
}

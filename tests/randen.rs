//! Edges: what has no spread, one draw, chances of zero and one, delays past the horizon, prices that run away. They give answers or
//! a message, and never a surprise.

mod support;

use polder::model::Model;
use polder::plan::{Diepte, Drijvers, Plan, Route};
use polder::problem::Problem;
use polder::risk::antwoorden::Antwoorden;
use polder::risk::sampling::{GROEP, Methode, Steekproef};
use polder::risk::simulation::{Simulatie, Trekkingen, simuleer};
use polder::risk::statistics::{Estimate, Sorted};
use polder::route;

fn model(text: &str) -> Model {
    let basis = "[gebied]\npeildatum = 2026-01-01\neindjaar = 2029\nrente = 0.03\n\
         [[partijen]]\npartij = \"gemeente\"\nrol = \"gemeente\"\n[[partijen]]\npartij = \"pot\"\nrol = \"overig\"\n";
    read(&format!("{basis}{text}"))
}

fn read(text: &str) -> Model {
    support::model(support::tables(text)).unwrap_or_else(|problems| panic!("{problems}\n{text}"))
}

fn try_draw(model: &Model, simulatie: &Simulatie) -> Result<Trekkingen, Problem> {
    let (drijvers, problems) = Drijvers::resolve(model);
    assert!(problems.is_empty(), "{problems:?}");
    let plannen = Route::BEIDE.map(|route| {
        Plan::new(model, route, Diepte::Rekening, drijvers.clone()).expect("it compiles")
    });
    simuleer(&plannen, simulatie, &|_| ())
}

fn draw(model: &Model, n: usize) -> Trekkingen {
    try_draw(model, &Simulatie::gewoon(n, 5)).unwrap_or_else(|problem| panic!("{problem}"))
}

const KOSTEN: &str = "[[kosten]]\nid = \"K\"\nbedrag = 1000\nfasering = \"2026-2028\"\n";

/// The uncertainty of the line above.
fn onzeker(rest: &str) -> String {
    format!("{KOSTEN}[[onzekerheden]]\nid = \"ramen\"\ndoel = \"kosten[K].bedrag\"\n{rest}\n")
}

fn risico(kans: &str) -> String {
    format!(
        "{KOSTEN}[[risicos]]\nrisico = \"R\"\nkans = {kans}\nlaag = 10\nmodus = 20\nhoog = 90\nperiode = \"2027\"\n"
    )
}

#[test]
fn no_spread_gives_one_value() {
    for rest in [
        "verdeling = \"pert\"\nlaag = 1.1\nmodus = 1.1\nhoog = 1.1",
        "verdeling = \"driehoek\"\nlaag = 1.1\nmodus = 1.1\nhoog = 1.1",
        "verdeling = \"uniform\"\nlaag = 1.1\nhoog = 1.1",
        "verdeling = \"normaal\"\ngemiddelde = 1.1\nspreiding = 0",
        "verdeling = \"lognormaal\"\ngemiddelde = 1.1\nspreiding = 0",
        "verdeling = \"percentielen\"\np10 = 1.1\np50 = 1.1\np90 = 1.1",
        "verdeling = \"waarnemingen\"\nwaarden = \"1.1; 1.1\"",
        "verdeling = \"discreet\"\nwaarden = \"1.1: 100%\"",
    ] {
        let all = draw(&model(&onzeker(rest)), 1_000);
        let saldi = all.figuur(0, "reeel_saldo").expect("a figure");
        assert!(
            saldi.iter().all(|s| (s + 1100.0).abs() < 1e-9),
            "{rest}: {}",
            saldi[0]
        );
        // What is told of them is that value, and no error of it.
        let told = Antwoorden::new(saldi, &Sorted::new(saldi), None).expect("draws");
        let same = |e: &Estimate| (e.value + 1100.0).abs() < 1e-9 && e.standard_error < 1e-9;
        assert!(same(&told.mean) && told.sd.value < 1e-9);
        assert!(
            told.percentielen.iter().chain(&told.tekort).all(same),
            "{rest}: {told:?}"
        );
    }
}

#[test]
fn one_draw_is_the_first_of_many() {
    let text = onzeker("verdeling = \"normaal\"\ngemiddelde = 1\nspreiding = 0.2");
    let model = model(&text);
    let (one, many) = (draw(&model, 1), draw(&model, 700));
    for (a, b) in one
        .waarden
        .iter()
        .flatten()
        .zip(many.waarden.iter().flatten())
    {
        assert_eq!((a.len(), a[0].to_bits()), (1, b[0].to_bits()));
    }
    let saldi = one.figuur(0, "reeel_saldo").expect("a figure");
    let told = Antwoorden::new(saldi, &Sorted::new(saldi), None).expect("a draw");
    assert!((told.mean.value - saldi[0]).abs() < 1e-9);
    assert!(
        told.mean.standard_error.is_nan(),
        "of one draw it is not known"
    );
    // None: no draws, and no answers.
    let none = draw(&model, 0);
    let saldi = none.figuur(0, "reeel_saldo").expect("a figure");
    assert!(saldi.is_empty() && Antwoorden::new(saldi, &Sorted::new(saldi), None).is_none());
}

#[test]
fn a_risk_without_chance_never_comes_and_a_certain_one_always() {
    let never = draw(&model(&risico("0")), 2_000);
    let saldi = never.figuur(0, "reeel_saldo").expect("a figure");
    assert!(saldi.iter().all(|s| (s + 1000.0).abs() < 1e-9));
    let always = draw(&model(&risico("1")), 2_000);
    let saldi = always.figuur(0, "reeel_saldo").expect("a figure");
    assert!(saldi.iter().all(|s| (-1090.0..=-1010.0).contains(s)));
    assert!(saldi.iter().any(|s| *s < -1030.0) && saldi.iter().any(|s| *s > -1030.0));
}

/// A matrix that can't be is refused, and the message names the drivers and an offer that can be.
#[test]
fn correlations_that_contradict_are_refused_with_an_offer_that_holds() {
    let text = |rho: [&str; 3]| {
        let rows = ["A", "B", "C"].map(|id| {
            format!(
                "[[kosten]]\nid = \"{id}\"\nbedrag = 1\nfasering = \"2026\"\n\
                 [[onzekerheden]]\nid = \"{id}\"\ndoel = \"kosten[{id}].bedrag\"\nverdeling = \"normaal\"\ngemiddelde = 1\nspreiding = 0.1\n"
            )
        });
        let pairs = [("A", "B", rho[0]), ("B", "C", rho[1]), ("A", "C", rho[2])]
            .map(|(a, b, rho)| format!("[[correlaties]]\na = \"{a}\"\nb = \"{b}\"\nrho = {rho}\n"));
        rows.concat() + &pairs.concat()
    };
    let run = |rho| try_draw(&model(&text(rho)), &Simulatie::gewoon(64, 5));
    let problem = run(["0.9", "0.9", "-0.9"]).expect_err("all three can't hold");
    let told = problem.to_string();
    assert_eq!(problem.code, "impossible-correlation");
    assert!(
        ["\"A\"", "\"B\"", "\"C\""].iter().all(|n| told.contains(n)),
        "{told}"
    );
    // Every figure of the offer, in the order that it is written.
    let offer: Vec<String> = told
        .split_once("the nearest that is possible: ")
        .expect("an offer")
        .1
        .split(';')
        .map(|p| {
            p.trim()
                .rsplit(' ')
                .next()
                .expect("a figure")
                .trim()
                .to_owned()
        })
        .collect();
    let offer: Vec<&str> = offer.iter().map(String::as_str).collect();
    assert_eq!(offer.len(), 3, "{told}");
    // The offer names its pairs; by symmetry of what was asked only the sign of A and C differs.
    let (low, high): (Vec<&str>, Vec<&str>) = offer.iter().partition(|f| f.starts_with('-'));
    assert!(run([high[0], high[1], low[0]]).is_ok(), "{told}");
}

/// No flow is dropped: the account runs on.
#[test]
fn a_delay_past_the_horizon_lengthens_it() {
    let text = "[[deelgebieden]]\ndeelgebied = \"d\"\n\
         [[kosten]]\nid = \"K\"\nbedrag = 1000\nfasering = \"2029\"\ndeelgebied = \"d\"\n\
         [[onzekerheden]]\nid = \"laat\"\ndoel = \"deelgebied[d].uitstel\"\nverdeling = \"discreet\"\nwaarden = \"0: 50%; 40: 50%\"\n";
    let all = draw(&model(text), 400);
    for naam in ["reeel_saldo", "eindwaarde"] {
        let values = all.figuur(0, naam).expect("a figure");
        assert!(values.iter().all(|v| (v + 1000.0).abs() < 1e-9), "{naam}");
    }
    // Discounted 4 or 44 years at 2%.
    let ncw = all.figuur(0, "ncw").expect("a figure");
    let at = |years: i32| -1000.0 / 1.02_f64.powi(years);
    assert!(
        ncw.iter()
            .all(|v| (v - at(4)).abs() < 1e-6 || (v - at(44)).abs() < 1e-6)
    );
    assert!(ncw.iter().any(|v| (v - at(44)).abs() < 1e-6));
}

/// Prices that grow without end: figures are very large, or there is a message; they are never no number.
#[test]
fn a_price_that_runs_away_gives_numbers_or_a_message() {
    let mut messages = 0;
    for (sd, jaar) in [(0.5, 2100), (3.0, 2100), (1e9, 2085)] {
        let text = format!(
            "[gebied]\npeildatum = 2026-01-01\neindjaar = {jaar}\nrente = 0.05\n\
             [[partijen]]\npartij = \"gemeente\"\nrol = \"gemeente\"\n\
             [[indexen]]\nindex = \"i\"\nvanaf = 2027\ngroei = 0.99\n\
             [[kosten]]\nid = \"K\"\nbedrag = 1000000000\nindex = \"i\"\nfasering = \"2026-{jaar}\"\n\
             [[onzekerheden]]\nid = \"prijzen\"\ndoel = \"index[i].groei\"\nverdeling = \"normaal\"\ngemiddelde = 0\nspreiding = {sd}\npersistentie = 0.9\n"
        );
        let Ok(model) = support::model(support::tables(&text)) else {
            continue;
        };
        for route in Route::BEIDE {
            if let Err(problem) = route::calculate(&model, route) {
                assert_eq!(problem.code, "too-large");
            }
        }
        let all = match try_draw(&model, &Simulatie::gewoon(256, 5)) {
            Ok(all) => all,
            Err(problem) => {
                assert_eq!(problem.code, "too-large");
                messages += 1;
                continue;
            }
        };
        for values in all.waarden.iter().flatten() {
            assert!(values.iter().all(|v| v.is_finite()), "{sd} {jaar}");
        }
    }
    assert_eq!(messages, 1, "the last is refused, the others are not");
}

#[test]
fn no_deelgebieden_and_all_in_one() {
    let uncertain = "[[onzekerheden]]\nid = \"o\"\ndoel = \"kosten[K].bedrag\"\nverdeling = \"uniform\"\nlaag = 0.5\nhoog = 2\n";
    let flows = |deel: &str| {
        format!(
            "[[kosten]]\nid = \"K\"\nbedrag = 1000\nfasering = \"2026\"\n{deel}[[opbrengsten]]\nid = \"O\"\nbedrag = 1300\nfasering = \"2029\"\n{deel}{uncertain}"
        )
    };
    let basis = |over: &str, more: &str| {
        read(&format!(
            "[gebied]\npeildatum = 2026-01-01\neindjaar = 2029\nrente = 0.03\ncreditrente = 0.01\nrente_over = \"{over}\"\n\
             [[partijen]]\npartij = \"gemeente\"\nrol = \"gemeente\"\n[[partijen]]\npartij = \"pot\"\nrol = \"overig\"\n{more}"
        ))
    };
    let eindwaarden = |model: &Model, route: usize| {
        draw(model, 200)
            .figuur(route, "eindwaarde")
            .expect("a figure")
            .to_vec()
    };
    let fonds = "[[fonds]]\npartij = \"pot\"\nbeginsaldo = 100\n";
    let none = eindwaarden(&basis("geheel", &flows("")), 0);
    // In none, in one, interest over one part or over the whole: the same.
    for (over, more) in [
        ("deelgebied", flows("")),
        (
            "geheel",
            format!(
                "[[deelgebieden]]\ndeelgebied = \"d\"\n{}",
                flows("deelgebied = \"d\"\n")
            ),
        ),
        (
            "deelgebied",
            format!(
                "[[deelgebieden]]\ndeelgebied = \"d\"\n{}",
                flows("deelgebied = \"d\"\n")
            ),
        ),
    ] {
        assert_eq!(none, eindwaarden(&basis(over, &more), 0), "{over}");
    }
    // One that may borrow, in which nothing lies: nothing is lent.
    let other = format!(
        "[[deelgebieden]]\ndeelgebied = \"leeg\"\nleenplafond = 50\n{fonds}{}",
        flows("")
    );
    assert_eq!(none, eindwaarden(&basis("deelgebied", &other), 1));
    // All in one that borrows: in route cofinanciering 50 at the credit rate of 1% instead of 3% for three years.
    let lends = format!(
        "[[deelgebieden]]\ndeelgebied = \"d\"\nleenplafond = 50\n{fonds}{}",
        flows("deelgebied = \"d\"\n")
    );
    let model = basis("deelgebied", &lends);
    assert_eq!(none, eindwaarden(&model, 0));
    for (alone, lent) in none.iter().zip(eindwaarden(&model, 1)) {
        let cheaper = 50.0 * (1.03_f64.powi(3) - 1.01_f64.powi(3));
        assert!((lent - alone - cheaper).abs() < 1e-9, "{lent} {alone}");
    }
}

#[test]
fn every_method_takes_any_number_of_draws() {
    let text = onzeker("verdeling = \"normaal\"\ngemiddelde = 1\nspreiding = 0.2");
    let model = model(&text);
    for methode in [
        Methode::Willekeurig,
        Methode::Antithetisch,
        Methode::Latijns,
        Methode::Sobol,
    ] {
        let simulatie = |n: u64| Simulatie {
            steekproef: Steekproef {
                methode,
                seed: 5,
                per_herhaling: 2 * GROEP,
            },
            bereik: 0..n,
            ..Simulatie::gewoon(0, 5)
        };
        let many = try_draw(&model, &simulatie(600)).expect("it runs");
        for n in [1, 15, 17, 63, 65, 511, 513] {
            let few = try_draw(&model, &simulatie(n)).expect("it runs");
            for (a, b) in few
                .waarden
                .iter()
                .flatten()
                .zip(many.waarden.iter().flatten())
            {
                assert_eq!(a.len() as u64, n);
                assert!(
                    a.iter().zip(b).all(|(a, b)| a.to_bits() == b.to_bits()),
                    "{methode:?} {n}"
                );
            }
        }
    }
}

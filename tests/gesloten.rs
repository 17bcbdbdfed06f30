//! Small models whose outcome has a closed form, through everything: tables, plan, draws, rules.
//!
//! A mean or a share may differ from its closed form by four standard errors. Seeds are fixed, so a test fails or it does not.

mod support;

use polder::model::Model;
use polder::plan::{Diepte, Drijvers, Plan, Route};
use polder::risk::dependence::pearson_of_spearman;
use polder::risk::distribution::normal_quantile;
use polder::risk::simulation::{Simulatie, Trekkingen, simuleer};
use polder::risk::statistics::{spearman, summary};
use std::fmt::Write as _;

const N: usize = 40_000;
const SEED: u64 = 11;

/// A model without interest; 2026 is peildatum.
fn model(eind: i32, text: &str) -> Model {
    let basis = format!(
        "[gebied]\npeildatum = 2026-01-01\neindjaar = {eind}\nrente = 0\n\
         [[partijen]]\npartij = \"gemeente\"\nrol = \"gemeente\"\n"
    );
    support::model(support::tables(&(basis + text))).unwrap_or_else(|problems| panic!("{problems}"))
}

fn draw(model: &Model, n: usize) -> Trekkingen {
    let (drijvers, problems) = Drijvers::resolve(model);
    assert!(problems.is_empty(), "{problems:?}");
    let plan = Plan::new(model, Route::Grex, Diepte::Rekening, drijvers).expect("it compiles");
    simuleer(&[plan], &Simulatie::gewoon(n, SEED), &|_| ())
        .unwrap_or_else(|problem| panic!("{problem}"))
}

/// The reëel saldo of every draw.
fn saldi(model: &Model, n: usize) -> Vec<f64> {
    draw(model, n)
        .figuur(0, "reeel_saldo")
        .expect("a figure")
        .to_vec()
}

/// Within four standard errors.
fn close(what: &str, found: f64, expected: f64, se: f64) {
    assert!(
        (found - expected).abs() < 4.0 * se,
        "{what}: {found}, closed form {expected}, standard error {se}"
    );
}

/// Mean and standard deviation against those of a distribution, of which the standard deviation has this error per √n of itself
/// (normal: √½).
fn moments(what: &str, draws: &[f64], mean: f64, sd: f64, spread: f64) {
    let root = (draws.len() as f64).sqrt();
    let found = summary(draws).expect("draws");
    close(&format!("mean of {what}"), found.mean, mean, sd / root);
    close(&format!("sd of {what}"), found.sd, sd, spread * sd / root);
}

/// The largest distance between the draws' distribution and a closed one: Kolmogorov and Smirnov's, at one in a thousand.
fn follows(what: &str, draws: &[f64], cdf: impl Fn(f64) -> f64) {
    let mut sorted = draws.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len() as f64;
    let distance = sorted
        .iter()
        .enumerate()
        .map(|(i, x)| {
            let p = cdf(*x);
            (p - i as f64 / n).abs().max((p - (i + 1) as f64 / n).abs())
        })
        .fold(0.0, f64::max);
    assert!(
        distance * n.sqrt() < 1.95,
        "{what}: largest distance {distance}"
    );
}

fn normal_cdf(x: f64) -> f64 {
    0.5 * libm::erfc(-x / std::f64::consts::SQRT_2)
}

/// A line of kosten that is uncertain.
fn kosten(text: &mut String, id: &str, bedrag: f64, verdeling: &str) {
    write!(
        text,
        "[[kosten]]\nid = \"{id}\"\nbedrag = {bedrag}\nfasering = \"2026\"\n\
         [[onzekerheden]]\nid = \"{id}\"\ndoel = \"kosten[{id}].bedrag\"\n{verdeling}\n"
    )
    .expect("writing to text");
}

#[test]
fn a_sum_of_normals_is_normal() {
    let mut text = String::new();
    let parts = [(1000.0, 1.0, 0.1), (2500.0, 1.05, 0.08), (400.0, 0.9, 0.4)];
    for (i, (bedrag, mean, sd)) in parts.iter().enumerate() {
        let verdeling = format!("verdeling = \"normaal\"\ngemiddelde = {mean}\nspreiding = {sd}");
        kosten(&mut text, &format!("K{i}"), *bedrag, &verdeling);
    }
    let draws = saldi(&model(2026, &text), N);
    let mean = -parts.iter().map(|(b, m, _)| b * m).sum::<f64>();
    let sd = parts
        .iter()
        .map(|(b, _, s)| (b * s).powi(2))
        .sum::<f64>()
        .sqrt();
    moments("a sum", &draws, mean, sd, 0.5_f64.sqrt());
    follows("a sum", &draws, |x| normal_cdf((x - mean) / sd));
    // Density at a quantile gives its error.
    let mut sorted = draws.clone();
    sorted.sort_by(f64::total_cmp);
    for p in [0.05, 0.5, 0.95] {
        let z = normal_quantile(p);
        let density = (-z * z / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt() / sd;
        let se = (p * (1.0 - p) / N as f64).sqrt() / density;
        let found = sorted[(p * N as f64) as usize];
        close(&format!("P{}", p * 100.0), found, mean + z * sd, se);
    }
}

#[test]
fn a_product_of_lognormals_is_lognormal() {
    let text = "[[kosten]]\nid = \"K\"\nhoeveelheid = 100\nprijs = 20\nfasering = \"2026\"\n\
         [[onzekerheden]]\nid = \"hoeveelheid\"\ndoel = \"kosten[K].hoeveelheid\"\nverdeling = \"lognormaal\"\ngemiddelde = 1.1\nspreiding = 0.3\n\
         [[onzekerheden]]\nid = \"prijs\"\ndoel = \"kosten[K].prijs\"\nverdeling = \"lognormaal\"\ngemiddelde = 0.95\nspreiding = 0.2\n";
    let draws: Vec<f64> = saldi(&model(2026, text), N)
        .iter()
        .map(|s| (-s / 2000.0).ln())
        .collect();
    // Of a lognormal with mean m and standard deviation s, the logarithm has variance ln(1 + (s/m)²) and mean ln m less half of it.
    let log = |m: f64, s: f64| {
        let variance = (1.0 + (s / m).powi(2)).ln();
        (m.ln() - variance / 2.0, variance)
    };
    let ((a, va), (b, vb)) = (log(1.1, 0.3), log(0.95, 0.2));
    let (mean, sd) = (a + b, (va + vb).sqrt());
    moments("the logarithm", &draws, mean, sd, 0.5_f64.sqrt());
    follows("the logarithm", &draws, |x| normal_cdf((x - mean) / sd));
}

/// Moments of `Π (a + d[t])` over years in which `d[t] = phi d[t−1] + e[t]`, with `e` normal of a standard deviation: `power` 1 or 2.
///
/// Backward: what the later years give on average is a polynomial of this year's d, and the mean of a polynomial of a normal number
/// is again one of d.
fn ar1_product(years: usize, a: f64, phi: f64, sd: f64, power: u32) -> f64 {
    // Of e: 1, 0, s², 0, 3 s⁴, ...
    let moment = |k: usize| {
        if k % 2 == 1 {
            0.0
        } else {
            (1..k).step_by(2).map(|j| j as f64).product::<f64>() * sd.powi(k as i32)
        }
    };
    let choose = |n: usize, k: usize| (0..k).fold(1.0, |c, j| c * (n - j) as f64 / (j + 1) as f64);
    let mut poly = vec![1.0];
    for _ in 0..years {
        for _ in 0..power {
            let mut times = vec![0.0; poly.len() + 1];
            for (i, c) in poly.iter().enumerate() {
                times[i] += a * c;
                times[i + 1] += c;
            }
            poly = times;
        }
        let mut before = vec![0.0; poly.len()];
        for (n, c) in poly.iter().enumerate() {
            for k in 0..=n {
                before[k] += c * choose(n, k) * phi.powi(k as i32) * moment(n - k);
            }
        }
        poly = before;
    }
    poly[0]
}

#[test]
fn an_index_path_with_persistence_has_the_moments_of_an_ar1() {
    const JAREN: usize = 12;
    for phi in [0.0, 0.6, -0.4] {
        let (growth, sd) = (0.02, 0.03);
        let text = format!(
            "[[indexen]]\nindex = \"i\"\nvanaf = 2027\ngroei = {growth}\n\
             [[opbrengsten]]\nid = \"O\"\nbedrag = 1000\nindex = \"i\"\nfasering = \"{}\"\n\
             [[onzekerheden]]\nid = \"prijzen\"\ndoel = \"index[i].groei\"\nverdeling = \"normaal\"\ngemiddelde = 0\nspreiding = {sd}\npersistentie = {phi}\n",
            2026 + JAREN
        );
        let draws = saldi(&model(2026 + JAREN as i32, &text), N);
        let mean = 1000.0 * ar1_product(JAREN, 1.0 + growth, phi, sd, 1);
        let square = 1e6 * ar1_product(JAREN, 1.0 + growth, phi, sd, 2);
        let spread = (square - mean * mean).sqrt();
        // A level is near lognormal: its kurtosis makes the error of the spread somewhat larger than a normal's.
        moments(&format!("the level at {phi}"), &draws, mean, spread, 0.9);
    }
    // Without persistence the years are independent: the closed form itself against the simplest one.
    let simple = 1.02_f64.powi(12);
    assert!((ar1_product(12, 1.02, 0.0, 0.03, 1) - simple).abs() < 1e-12);
    let simple = (1.02_f64.powi(2) + 0.03_f64.powi(2)).powi(12);
    assert!((ar1_product(12, 1.02, 0.0, 0.03, 2) - simple).abs() < 1e-12);
}

/// Chi-square of counts against chances, per degree of freedom far above what chance gives.
fn counted(what: &str, counts: &[usize], chances: &[f64]) {
    let n = counts.iter().sum::<usize>() as f64;
    let chi: f64 = counts
        .iter()
        .zip(chances)
        .map(|(c, p)| (*c as f64 - n * p).powi(2) / (n * p))
        .sum();
    let free = (counts.len() - 1) as f64;
    // Mean `free`, variance 2 `free`.
    assert!(
        chi < free + 4.0 * (2.0 * free).sqrt(),
        "{what}: chi-square {chi} at {free} degrees of freedom: {counts:?}"
    );
}

#[test]
fn risks_that_happen_are_binomial() {
    let (many, kans) = (12_usize, 0.3_f64);
    let mut text = String::new();
    for i in 0..many {
        writeln!(text, "[[risicos]]\nrisico = \"R{i}\"\nkans = {kans}\nlaag = 1000\nmodus = 1000\nhoog = 1000\nperiode = \"2026\"").expect("writing to text");
    }
    text += "[[kosten]]\nid = \"K\"\nbedrag = 1\nfasering = \"2026\"\n";
    let mut counts = vec![0; many + 1];
    for saldo in saldi(&model(2026, &text), N) {
        counts[(-saldo / 1000.0).round() as usize] += 1;
    }
    let choose = |k: usize| (0..k).fold(1.0, |c, j| c * (many - j) as f64 / (j + 1) as f64);
    let chances: Vec<f64> = (0..=many)
        .map(|k| choose(k) * kans.powi(k as i32) * (1.0 - kans).powi((many - k) as i32))
        .collect();
    // The far end together: nine and more.
    let (near, far) = (&counts[..9], counts[9..].iter().sum());
    let far_chance = chances[9..].iter().sum();
    counted(
        "risks that happen",
        &[near, &[far]].concat(),
        &[&chances[..9], &[far_chance]].concat(),
    );
}

#[test]
fn correlation_comes_back() {
    for rho in [0.7, -0.5, 0.2] {
        let mut text = String::new();
        let normaal = "verdeling = \"normaal\"\ngemiddelde = 1\nspreiding = 0.1";
        kosten(&mut text, "A", 1000.0, normaal);
        kosten(&mut text, "B", 2000.0, normaal);
        writeln!(text, "[[correlaties]]\na = \"A\"\nb = \"B\"\nrho = {rho}").expect("text");
        // The two apart, by a deelgebied each: their rank correlation is what was asked.
        let apart = text.replacen("fasering", "deelgebied = \"een\"\nfasering", 1);
        let apart = draw(&model(2026, &apart), N);
        let of = |deel: &str| {
            apart
                .figuur(0, &format!("deelgebied[{deel}].eindwaarde"))
                .expect("a figure")
        };
        let found = spearman(of("een"), of("overig"));
        close(
            "rank correlation",
            found,
            rho,
            (1.0 - rho * rho) * 1.1 / (N as f64).sqrt(),
        );
        // Of normals the sum has the variance that goes with their product-moment correlation.
        let draws = saldi(&model(2026, &text), N);
        let r = pearson_of_spearman(rho);
        let sd = (100.0_f64.powi(2) + 200.0_f64.powi(2) + 2.0 * r * 100.0 * 200.0).sqrt();
        moments("a correlated sum", &draws, -3000.0, sd, 0.5_f64.sqrt());
    }
}

#[test]
fn regimes_come_as_often_as_they_say() {
    let mut text = String::new();
    let states = [
        ("goed", 0.2, 1.3),
        ("normaal", 0.5, 1.0),
        ("slecht", 0.3, 0.6),
    ];
    for (naam, kans, _) in states {
        writeln!(
            text,
            "[[regimes]]\nregime = \"markt\"\ntoestand = \"{naam}\"\nkans = {kans}"
        )
        .expect("text");
    }
    let verdeling = "verdeling = \"regime\"\nregime = \"markt\"\nwaarden = \"goed: 1.3; normaal: 1; slecht: 0.6\"";
    kosten(&mut text, "A", 1000.0, verdeling);
    let mut counts = vec![0; 3];
    for saldo in saldi(&model(2026, &text), N) {
        let state = states
            .iter()
            .position(|(.., v)| (saldo + 1000.0 * v).abs() < 1e-6);
        counts[state.expect("one of the three")] += 1;
    }
    counted("states", &counts, &states.map(|(_, kans, _)| kans));
}

/// Means of a triangular and a uniform, and the years of a delay.
#[test]
fn the_mean_of_a_delayed_flow_is_that_of_its_years() {
    let chances = [(0, 0.5), (1, 0.3), (3, 0.2)];
    let text = "[[indexen]]\nindex = \"i\"\nvanaf = 2027\ngroei = 0.1\n[[deelgebieden]]\ndeelgebied = \"d\"\n\
         [[opbrengsten]]\nid = \"O\"\nbedrag = 1000\nindex = \"i\"\nfasering = \"2026\"\ndeelgebied = \"d\"\n\
         [[onzekerheden]]\nid = \"laat\"\ndoel = \"deelgebied[d].uitstel\"\nverdeling = \"discreet\"\nwaarden = \"0: 50%; 1: 30%; 3: 20%\"\n";
    let draws = saldi(&model(2026, text), N);
    let mean: f64 = chances
        .iter()
        .map(|(y, p)| p * 1000.0 * 1.1_f64.powi(*y))
        .sum();
    let square: f64 = chances
        .iter()
        .map(|(y, p)| p * (1000.0 * 1.1_f64.powi(*y)).powi(2))
        .sum();
    let sd = (square - mean * mean).sqrt();
    close(
        "a delayed flow",
        summary(&draws).expect("draws").mean,
        mean,
        sd / (N as f64).sqrt(),
    );
    let mut counts = vec![0; 3];
    for d in &draws {
        let found = chances
            .iter()
            .position(|(y, _)| (d - 1000.0 * 1.1_f64.powi(*y)).abs() < 1e-6);
        counts[found.expect("one of the three")] += 1;
    }
    counted("delays", &counts, &chances.map(|(_, p)| p));
}

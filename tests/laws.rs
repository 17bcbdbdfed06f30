//! Laws that hold for every model: nothing is lost between accounts, the arithmetics agree, draws are what they say they are, and
//! changes that should change nothing change nothing.

#[path = "laws/modellen.rs"]
mod modellen;
mod support;

use modellen::{Anders, Onzeker, Spel, spel};
use polder::evaluate::{self, Trekking, Voorbereid, Werk};
use polder::expression::{Book, Expr, record};
use polder::model::{BUITEN, HOOFD, Model};
use polder::number::{At, Exact, LaneDelay, Lanes, Number, Of, at, to_f64};
use polder::plan::{Diepte, Drijvers, Plan, Route};
use polder::risk::simulation::{Simulatie, Trekker, simuleer, uitkomst_namen, uitkomsten};
use polder::route::{self, Deelresultaat, Routeresultaat};
use polder::timeline;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use rust_decimal::{Decimal, dec};

/// The same models on every machine and every run.
fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(20_260_101),
        ..ProptestConfig::default()
    }
}

const DIEPTEN: [Diepte; 3] = [Diepte::Rekening, Diepte::Opgave, Diepte::Lijn];

fn read(spel: &Spel, anders: &Anders) -> Model {
    let text = spel.toml(anders);
    support::model(support::tables(&text)).unwrap_or_else(|problems| panic!("{problems}\n{text}"))
}

fn calculate(model: &Model, route: Route) -> Routeresultaat {
    route::calculate(model, route).unwrap_or_else(|problem| panic!("{problem}"))
}

/// The figures of an evaluation, and the sum of all flows behind them.
struct Cijfers {
    waarden: Vec<Decimal>,
    omvang: Decimal,
    /// Boekwaarde of the main account by position: to tell whether two lowest standings are as low.
    boekwaarde: Vec<Decimal>,
}

fn exact(plan: &Plan<'_>, trekking: &Trekking<Exact>, detail: bool) -> Cijfers {
    let v = Voorbereid::<Exact>::new(plan);
    let mut werk = Werk::new(plan, detail);
    let uitkomst = evaluate::evaluate(&v, trekking, &mut werk);
    // Folded for draws, only the accounts that are told keep their series.
    assert!(
        plan.diepte == Diepte::Rekening || evaluate::conserves(&werk),
        "{:?}",
        plan.diepte
    );
    let mut waarden = Vec::new();
    uitkomsten(plan, &uitkomst, &werk, &mut waarden);
    let d = |e: &Exact| e.0.expect("a number");
    let flows = werk
        .kasstroom
        .iter()
        .chain(werk.baten.iter().flatten())
        .flatten()
        .map(|e| d(e).abs());
    let opening = plan.opening.iter().flatten().map(|q| q.value.abs());
    Cijfers {
        waarden: waarden.iter().map(d).collect(),
        omvang: Decimal::ONE + flows.chain(opening).sum::<Decimal>(),
        boekwaarde: werk.boekwaarde.iter().map(d).collect(),
    }
}

/// Figures of two evaluations of one plan are equal within a tolerance; the year of the lowest standing may be another that is as low.
fn agree(
    namen: &[String],
    a: &Cijfers,
    b: &[Decimal],
    tolerantie: Decimal,
) -> Result<(), TestCaseError> {
    for ((naam, a_waarde), b_waarde) in namen.iter().zip(&a.waarden).zip(b) {
        let verschil = if naam == "laagste_stand_jaar" {
            let at = |p: &Decimal| {
                a.boekwaarde[usize::try_from(p.round().mantissa())
                    .unwrap_or(usize::MAX)
                    .min(a.boekwaarde.len() - 1)]
            };
            (at(a_waarde) - at(b_waarde)).abs()
        } else {
            (a_waarde - b_waarde).abs()
        };
        prop_assert!(
            verschil <= tolerantie,
            "{naam}: {a_waarde} and {b_waarde} differ by {verschil}, allowed {tolerantie}"
        );
    }
    Ok(())
}

fn decimals(values: &[f64]) -> Vec<Decimal> {
    values
        .iter()
        .map(|v| Decimal::from_f64_retain(*v).expect("a number that is finite and not large"))
        .collect()
}

fn lanes<const W: usize>(plan: &Plan<'_>) -> Vec<[f64; W]> {
    let v = Voorbereid::<Lanes<W>>::new(plan);
    let mut werk = Werk::new(plan, false);
    let uitkomst = evaluate::evaluate(&v, &Trekking::geen(), &mut werk);
    let mut out = Vec::new();
    uitkomsten(plan, &uitkomst, &werk, &mut out);
    out.into_iter().map(|l| l.0).collect()
}

fn certain(model: &Model, route: Route, diepte: Diepte) -> Plan<'_> {
    Plan::new(model, route, diepte, Drijvers::default()).expect("small amounts")
}

fn uncertain(model: &Model, route: Route, diepte: Diepte) -> Plan<'_> {
    let (drijvers, problems) = Drijvers::resolve(model);
    assert!(problems.is_empty(), "{problems:?}");
    Plan::new(model, route, diepte, drijvers).expect("small amounts")
}

/// Everything that a record tells in euro, by name; `factor` is what amounts are divided by, `jaar` what years are moved back by.
fn cijfers(model: &Model, r: &Routeresultaat, factor: i64, jaar: i32) -> Vec<(String, Decimal)> {
    let by = Decimal::from(factor);
    let mut out: Vec<(String, Decimal)> = r
        .kerncijfers()
        .into_iter()
        .map(|(naam, v)| {
            let v = match naam {
                "laagste_stand_jaar" => v - Decimal::from(jaar),
                "jaren_onder_water" => v,
                _ => v / by,
            };
            (naam.to_owned(), v)
        })
        .collect();
    for (partij, x) in model.partijen.iter().zip(&r.partijen) {
        for (naam, v) in [
            ("investering", x.investering),
            ("bijdragen", x.bijdragen),
            ("ontvangen", x.ontvangen),
            ("saldo", x.saldo),
            ("besparing", x.besparing),
            ("maatschappelijk", x.maatschappelijk),
            ("netto_baat", x.netto_baat),
        ] {
            out.push((format!("partij[{}].{naam}", partij.partij), v / by));
        }
    }
    for (naam, reeks) in r.hoofd.reeksen() {
        out.extend(
            reeks
                .iter()
                .enumerate()
                .map(|(t, v)| (format!("{naam} {t}"), v / by)),
        );
    }
    for deel in &r.delen {
        for (naam, v) in [
            ("reeel_saldo", deel.reeel_saldo),
            ("eindwaarde", deel.eindwaarde),
            ("ncw", deel.ncw),
        ] {
            out.push((format!("deelgebied[{}].{naam}", deel.naam), v / by));
        }
    }
    if let Some(fonds) = &r.fonds {
        for (naam, reeks) in fonds.reeksen() {
            out.extend(
                reeks
                    .iter()
                    .enumerate()
                    .map(|(t, v)| (format!("fonds.{naam} {t}"), v / by)),
            );
        }
    }
    for (opgave, rij) in r.matrix.iter().enumerate() {
        out.extend(
            rij.iter()
                .enumerate()
                .map(|(partij, cel)| (format!("matrix {opgave} {partij}"), cel.ncw / by)),
        );
    }
    out
}

fn same(
    a: &[(String, Decimal)],
    b: &[(String, Decimal)],
    tolerantie: Decimal,
) -> Result<(), TestCaseError> {
    prop_assert_eq!(a.len(), b.len());
    for ((naam, x), (_, y)) in a.iter().zip(b) {
        prop_assert!((x - y).abs() <= tolerantie, "{}: {} and {}", naam, x, y);
    }
    Ok(())
}

/// The same figures, of models of which one tells deelgebieden and loans that the other does not.
fn same_named(
    a: &[(String, Decimal)],
    b: &[(String, Decimal)],
    tolerantie: Decimal,
) -> Result<(), TestCaseError> {
    let both = |of: &[(String, Decimal)], other: &[(String, Decimal)]| -> Vec<_> {
        let told = |naam: &String| other.iter().any(|(n, _)| n == naam);
        let optional = ["deelgebied[", "fonds.leningen", "fonds.uitstaand"];
        let known = |naam: &String| !optional.iter().any(|o| naam.starts_with(o)) || told(naam);
        of.iter().filter(|(n, _)| known(n)).cloned().collect()
    };
    same(&both(a, b), &both(b, a), tolerantie)
}

/// What a party gets by loans in a period: the fund of the one lends to the main account of the other.
fn lent(model: &Model, r: &Routeresultaat, partij: usize, t: usize) -> Decimal {
    let loans = r.fonds.as_ref().and_then(|f| f.leningen.as_ref());
    let Some([netto, _]) = loans else {
        return Decimal::ZERO;
    };
    let of = |rekening: usize| model.rekeningen[rekening].partij == Some(partij);
    let fonds = model.fonds.as_ref().map_or(BUITEN, |f| f.rekening);
    let sign = i32::from(of(HOOFD)) - i32::from(of(fonds));
    Decimal::from(sign) * netto[t]
}

/// Far below a cent, far above the rests that dividing leaves in the last of 28 digits.
const NIETS: Decimal = dec!(0.000000000001);

proptest! {
    #![proptest_config(config(256))]

    #[test]
    fn money_moves_and_is_not_made(spel in spel()) {
        let model = read(&spel, &Anders::default());
        for route in Route::BEIDE {
            let r = calculate(&model, route);
            let len = r.timeline.len;
            for t in 0..len {
                let matrix: Decimal = r.matrix.iter().flatten().map(|c| c.per_periode[t]).sum();
                prop_assert!(matrix.abs() < NIETS, "matrix {} in {}", matrix, r.timeline.label(t));
                for (p, partij) in r.partijen.iter().enumerate() {
                    // Loans are cash of the one and of the other, and belong to no opgave.
                    let column: Decimal = r.matrix.iter().map(|row| row[p].per_periode[t]).sum();
                    let column = column + lent(&model, &r, p, t);
                    prop_assert!((column - partij.kasstroom[t]).abs() < NIETS, "column of {} in {}", model.partijen[p].partij, r.timeline.label(t));
                }
            }
            for row in &r.matrix {
                let total: Decimal = row.iter().map(|c| c.nominaal).sum();
                prop_assert!(total.abs() < NIETS);
            }
            for (p, partij) in r.partijen.iter().enumerate() {
                let net: Decimal = r.matrix.iter().map(|row| row[p].nominaal).sum();
                prop_assert!((partij.ontvangen - partij.investering - partij.bijdragen - net).abs() < NIETS);
            }
            // The main account leaves none of its flows out.
            let hoofd: Decimal = r.rekeningen[HOOFD - 1].kasstroom[r.hoofd.begin..].iter().sum();
            let loans = r.fonds.as_ref().and_then(|f| f.leningen.as_ref());
            let hoofd = hoofd - loans.map_or(Decimal::ZERO, |[netto, _]| netto.iter().sum());
            prop_assert!((hoofd - r.resultaat.reeel_saldo - if r.hoofd.begin == r.timeline.peil { r.boekwaarde_peildatum } else { Decimal::ZERO }).abs() < NIETS, "flows {}, reeel_saldo {}", hoofd, r.resultaat.reeel_saldo);
            // One wallet: all accounts but the outside world at one rate, without looking at the outside world.
            let plan = certain(&model, route, Diepte::Rekening);
            let mut factoren = vec![Exact::ZERO; len];
            let g = &model.gebied;
            timeline::discount_factors(&plan.timeline, Exact::from(g.discontovoet_matrix.value), g.kasstroommoment, plan.timeline.peil, Of::Geheel, None, &mut factoren);
            factoren[..plan.timeline.peil].fill(Exact::from(Decimal::ONE));
            let mut all = -plan.opening.iter().flatten().map(|q| q.value).sum::<Decimal>();
            for account in &r.rekeningen {
                all += account.kasstroom.iter().zip(&factoren).map(|(k, f)| k * f.0.expect("a number")).sum::<Decimal>();
            }
            prop_assert!((all - r.portemonnee).abs() < NIETS, "{} and {}", all, r.portemonnee);
        }
    }

    #[test]
    fn every_depth_gives_the_same(spel in spel()) {
        let model = read(&spel, &Anders::default());
        let namen = uitkomst_namen(&uncertain(&model, Route::Grex, Diepte::Rekening));
        for route in Route::BEIDE {
            let line_by_line = exact(&certain(&model, route, Diepte::Lijn), &Trekking::geen(), true);
            for diepte in DIEPTEN {
                for detail in [false, true] {
                    let other = exact(&certain(&model, route, diepte), &Trekking::geen(), detail);
                    agree(&namen, &line_by_line, &other.waarden, line_by_line.omvang * dec!(0.000000000000001))?;
                }
            }
        }
    }

    #[test]
    fn fast_is_exact_at_any_width(spel in spel()) {
        let model = read(&spel, &Anders::default());
        let namen = uitkomst_namen(&uncertain(&model, Route::Grex, Diepte::Rekening));
        for route in Route::BEIDE {
            let plan = certain(&model, route, Diepte::Rekening);
            let (four, eight, sixteen) = (lanes::<4>(&plan), lanes::<8>(&plan), lanes::<16>(&plan));
            for ((four, eight), sixteen) in four.iter().zip(&eight).zip(&sixteen) {
                let bits = sixteen[0].to_bits();
                prop_assert!(four.iter().chain(eight).chain(sixteen).all(|v| v.to_bits() == bits));
            }
            let fast = decimals(&sixteen.iter().map(|l| l[0]).collect::<Vec<_>>());
            let record = exact(&plan, &Trekking::geen(), false);
            agree(&namen, &record, &fast, record.omvang * dec!(0.000000001))?;
        }
    }

    #[test]
    fn a_transfer_changes_who_pays_and_not_the_wallet(spel in spel(), bedrag in 1..1_000_000i64, verdeeld in any::<bool>()) {
        let jaar = if verdeeld { format!("2026-{}", 2026 + spel.g.looptijd) } else { "2026".into() };
        let extra = format!("[[kosten]]\nid = \"verrekening\"\npartij = \"gemeente/eigen\"\nontvanger = \"partij1\"\nbedrag = {bedrag}\nindex = \"i0\"\nfasering = \"{jaar}\"\n");
        let (before, after) = (read(&spel, &Anders::default()), read(&spel, &Anders { extra, ..Anders::default() }));
        for route in Route::BEIDE {
            let (a, b) = (calculate(&before, route), calculate(&after, route));
            prop_assert!((a.portemonnee - b.portemonnee).abs() < NIETS);
            prop_assert_eq!(a.resultaat.eindwaarde, b.resultaat.eindwaarde, "the grondexploitatie is another account");
            for (p, (x, y)) in a.partijen.iter().zip(&b.partijen).enumerate() {
                match before.partijen[p].partij.as_str() {
                    "gemeente" => prop_assert!(y.saldo < x.saldo),
                    "partij1" => prop_assert!(y.saldo > x.saldo),
                    _ => prop_assert_eq!(x.saldo, y.saldo),
                }
            }
        }
    }

    #[test]
    fn all_amounts_times_a_thousand_is_all_results_times_a_thousand(spel in spel()) {
        let (one, thousand) = (read(&spel, &Anders::default()), read(&spel, &Anders { schaal: 1000, ..Anders::default() }));
        for route in Route::BEIDE {
            let (a, b) = (calculate(&one, route), calculate(&thousand, route));
            same(&cijfers(&one, &a, 1, 0), &cijfers(&thousand, &b, 1000, 0), NIETS)?;
        }
    }

    #[test]
    fn everything_a_year_later_is_the_same(spel in spel()) {
        // Days in a year differ, so the exponent counts years.
        let jaren = Anders { jaren: true, ..Anders::default() };
        let (now, later) = (read(&spel, &jaren), read(&spel, &Anders { jaar: 1, ..jaren.clone() }));
        for route in Route::BEIDE {
            let (a, b) = (calculate(&now, route), calculate(&later, route));
            prop_assert_eq!(cijfers(&now, &a, 1, 0), cijfers(&later, &b, 1, 1));
        }
    }

    #[test]
    fn two_halves_are_a_whole(spel in spel()) {
        let (whole, halves) = (read(&spel, &Anders::default()), read(&spel, &Anders { halveer: true, ..Anders::default() }));
        for route in Route::BEIDE {
            let (a, b) = (calculate(&whole, route), calculate(&halves, route));
            same(&cijfers(&whole, &a, 1, 0), &cijfers(&halves, &b, 1, 0), NIETS)?;
        }
    }

    #[test]
    fn without_interest_and_growth_the_end_value_is_the_nominal_result(spel in spel()) {
        let model = read(&spel, &Anders { vlak: true, ..Anders::default() });
        // In route grex: what a gebiedsfonds pays has no price level.
        let r = calculate(&model, Route::Grex);
        prop_assert!((r.resultaat.eindwaarde - r.nominaal_saldo).abs() < NIETS, "{} and {}", r.resultaat.eindwaarde, r.nominaal_saldo);
        prop_assert!((r.resultaat.reeel_saldo - r.nominaal_saldo).abs() < NIETS);
        prop_assert!(r.resultaat.rente_totaal.is_zero());
    }

    #[test]
    fn routes_differ_by_cofinanciering_alone(spel in spel()) {
        let model = read(&spel.zonder_cofinanciering(), &Anders::default());
        let [grex, samen] = Route::BEIDE.map(|route| cijfers(&model, &calculate(&model, route), 1, 0));
        prop_assert_eq!(grex, samen);
    }

    #[test]
    fn uncertainty_leaves_the_record_alone(spel in spel()) {
        let (sure, unsure) = (read(&spel, &Anders::default()), read(&spel, &Anders { onzeker: Onzeker::Wel, ..Anders::default() }));
        for route in Route::BEIDE {
            // A deelgebied may have nothing on the main account but a risk: then it is told, as zero.
            same_named(&cijfers(&sure, &calculate(&sure, route), 1, 0), &cijfers(&unsure, &calculate(&unsure, route), 1, 0), Decimal::ZERO)?;
        }
    }

    #[test]
    fn a_loss_is_provided_for_at_the_value_that_the_ncw_has(spel in spel()) {
        let model = read(&spel, &Anders::default());
        for route in Route::BEIDE {
            let r = calculate(&model, route);
            prop_assert!((r.voorziening.0 - (-r.resultaat.eindwaarde).max(Decimal::ZERO)).abs() < NIETS);
            prop_assert!((r.voorziening.1 - (-r.resultaat.ncw_bbv).max(Decimal::ZERO)).abs() < NIETS, "{} and {}", r.voorziening.1, r.resultaat.ncw_bbv);
        }
    }

    /// Rules 0.2: equal for compound interest, one rate and the same moment in the period.
    #[test]
    fn a_discounted_cash_flow_is_the_discounted_end_value(spel in spel()) {
        let mut spel = spel;
        let g = &mut spel.g;
        (g.effectief, g.creditrente, g.disconto) = (true, None, g.rente);
        (g.methode, g.moment) = [(0, 2), (2, 1), (3, 0)][usize::from(g.methode) % 3];
        // A loan at another rate is another rate.
        spel.fonds.iter_mut().for_each(|f| f.leenrente = None);
        let model = read(&spel, &Anders { jaren: true, ..Anders::default() });
        for route in Route::BEIDE {
            let r = calculate(&model, route).resultaat;
            prop_assert!((r.ncw_rente - r.ncw_kasstroom).abs() < dec!(0.000000001), "{} and {}", r.ncw_rente, r.ncw_kasstroom);
            prop_assert!((r.ncw_rente - r.ncw_bbv).abs() < dec!(0.000000001));
        }
    }
}

/// A calculation with the names of its steps.
struct Blad<'p> {
    plan: &'p Plan<'p>,
    book: Book,
}

impl<'p> Blad<'p> {
    fn new(plan: &'p Plan<'p>) -> Self {
        let ((), book) = record(|| {
            let v = Voorbereid::<Expr>::new(plan);
            evaluate::evaluate(&v, &Trekking::geen(), &mut Werk::new(plan, true));
        });
        Blad { plan, book }
    }

    fn is(&self, word: &str, of: Of, at: At) -> Decimal {
        let node = self.book.find(word, of, at);
        let node = node.unwrap_or_else(|| panic!("no {word} of {of:?} at {at:?}"));
        self.book.value(node).0.expect("a number")
    }

    /// At a position, or before the first.
    fn bij(&self, word: &str, of: Of, t: Option<usize>) -> Decimal {
        self.is(word, of, t.map_or(At::Opening, at))
    }

    /// The positions from peildatum on, each with the one before it.
    fn perioden(&self) -> impl Iterator<Item = (usize, Option<usize>)> {
        let begin = self.plan.begin;
        (begin.max(self.plan.timeline.peil)..self.plan.eind)
            .map(move |t| (t, (t > begin).then(|| t - 1)))
    }
}

proptest! {
    #![proptest_config(config(192))]

    #[test]
    fn loans_keep_to_their_terms(spel in spel()) {
        let model = read(&spel.met_leningen(), &Anders::default());
        let plan = certain(&model, Route::Cofinanciering, Diepte::Opgave);
        if !plan.leningen {
            return Ok(());
        }
        let blad = Blad::new(&plan);
        let r = calculate(&model, Route::Cofinanciering);
        let fonds = model.fonds.as_ref().expect("it lends");
        let (hoofd, geheel) = (Of::Rekening(HOOFD as u16), Of::Geheel);
        let rente = if fonds.leenrente.is_some() {
            blad.is("leenrente per periode", hoofd, At::Once)
        } else {
            blad.is("creditrente per periode", hoofd, At::Once)
        };
        let mut interest = Decimal::ZERO;
        for (t, before) in blad.perioden() {
            let (mut boekwaarde, mut lent) = (Decimal::ZERO, Decimal::ZERO);
            let slot = t + 1 == plan.eind;
            let saldo = blad.bij(if slot { "fonds saldo voor slot" } else { "fonds saldo" }, geheel, Some(t));
            let netto = blad.bij("leningen", geheel, Some(t));
            let minimum = fonds.minimum.value;
            prop_assert!(saldo >= (saldo + netto).min(minimum) - NIETS, "a loan brings the fund to {saldo} at {t}, minimum {minimum}");
            for d in 0..plan.delen.len() {
                let of = Of::Deel(d as u16);
                let (eigen, schuld) = (blad.bij("eigen inleg", of, Some(t)), blad.bij("schuld", of, Some(t)));
                // Realised periods know no loans.
                let owed = blad.bij("schuld", of, before.filter(|b| *b >= plan.timeline.peil));
                let own = blad.bij("eigen inleg", of, before);
                let (on_loan, loan) = (blad.bij("rente lening", of, Some(t)), blad.bij("lening", of, Some(t)));
                prop_assert!((on_loan - owed * rente).abs() < NIETS);
                prop_assert!((schuld - owed - on_loan - loan).abs() < NIETS);
                // What is invested grows by costs and by interest, whoever pays for it.
                let invested = blad.bij("mutatie", of, Some(t)) + blad.bij("rente", of, Some(t)) + on_loan;
                prop_assert!((eigen + schuld - own - owed - invested).abs() < NIETS);
                let plafond = blad.is("leenplafond", of, At::Once);
                prop_assert!(schuld >= -NIETS && schuld <= plafond.max(owed + on_loan) + NIETS, "schuld {schuld} of {plafond}");
                prop_assert!(eigen >= -NIETS || schuld.abs() < NIETS, "money of its own {eigen} beside a debt {schuld}");
                lent += loan;
                prop_assert!(eigen <= NIETS || schuld >= plafond - NIETS || saldo + netto - minimum - lent < NIETS, "there was money and room");
                boekwaarde += eigen + schuld;
                interest += on_loan;
            }
            prop_assert!((lent - netto).abs() < NIETS);
            prop_assert!((boekwaarde - blad.bij("boekwaarde", hoofd, Some(t))).abs() < NIETS);
        }
        // What is owed at the end is repaid, so over the years the fund gets its money back with interest.
        let [netto, _] = r.fonds.as_ref().and_then(|f| f.leningen.as_ref()).expect("it lends");
        prop_assert!((netto.iter().sum::<Decimal>() + interest).abs() < NIETS);
    }

    #[test]
    fn delen_make_the_whole(spel in spel()) {
        let model = read(&spel.per_deelgebied(), &Anders::default());
        for route in Route::BEIDE {
            let r = calculate(&model, route);
            if r.delen.is_empty() {
                continue;
            }
            let sum = |figure: fn(&Deelresultaat) -> Decimal| r.delen.iter().map(figure).sum::<Decimal>();
            prop_assert!((sum(|d| d.reeel_saldo) - r.resultaat.reeel_saldo).abs() < NIETS);
            prop_assert!((sum(|d| d.eindwaarde) - r.resultaat.eindwaarde).abs() < NIETS);
            prop_assert!((sum(|d| d.ncw) - r.ncw).abs() < NIETS);
            for t in r.hoofd.begin..r.timeline.len {
                let flow: Decimal = r.delen.iter().map(|d| d.kasstroom[t]).sum();
                let cash = r.rekeningen[HOOFD - 1].kasstroom[t];
                let loans = r.fonds.as_ref().and_then(|f| f.leningen.as_ref()).map_or(Decimal::ZERO, |[netto, _]| netto[t]);
                prop_assert!((flow + loans - cash).abs() < NIETS);
            }
        }
    }

    /// One rate for money owed and money owned: then interest over the parts is interest over the whole.
    #[test]
    fn at_one_rate_it_makes_no_difference_who_bears_interest(spel in spel()) {
        let mut spel = spel.per_deelgebied().zonder_leningen();
        spel.g.creditrente = None;
        let (parts, whole) = (read(&spel, &Anders::default()), read(&spel, &Anders { geheel: true, ..Anders::default() }));
        for route in Route::BEIDE {
            let [parts, whole] = [&parts, &whole].map(|m| cijfers(m, &calculate(m, route), 1, 0));
            same_named(&parts, &whole, NIETS)?;
        }
    }

    /// Draws without delay, of a model that can have one, are those of the model that can't: loans are repaid when the account ends.
    #[test]
    fn a_delay_that_does_not_come_changes_nothing(spel in spel()) {
        let uitstel = |waarden: &str| format!("[[onzekerheden]]\nid = \"laat\"\ndoel = \"deelgebied[d0].uitstel\"\nverdeling = \"discreet\"\nwaarden = \"{waarden}\"\n");
        let mut spel = spel.met_leningen();
        // A longer timeline gives the fund more years of return.
        spel.fonds.iter_mut().for_each(|f| f.rente = 0);
        let model = |waarden: &str| read(&spel, &Anders { extra: uitstel(waarden), ..Anders::default() });
        let (sure, perhaps) = (model("0: 100%"), model("0: 50%; 2: 30%; 5: 20%"));
        for route in Route::BEIDE {
            let (sure, perhaps) = (uncertain(&sure, route, Diepte::Opgave), uncertain(&perhaps, route, Diepte::Opgave));
            let namen = uitkomst_namen(&sure);
            let mut trekking = Trekking::<Exact>::geen();
            trekking.slots = vec![Exact::ZERO; sure.drijvers.slots.len()];
            trekking.uitstel = vec![0; sure.model.deelgebieden.len()];
            let (a, b) = (exact(&sure, &trekking, false), exact(&perhaps, &trekking, false));
            agree(&namen, &a, &b.waarden, NIETS * a.omvang)?;
        }
    }
}

const TREKKINGEN: usize = 48;
const ZAAD: u64 = 7;

/// Draw `i` of a simulation in the exact arithmetic, against what the simulation kept of it.
fn draws_are_exact(model: &Model, draws: &[usize], aantal: usize) -> Result<(), TestCaseError> {
    let plannen = Route::BEIDE.map(|route| uncertain(model, route, Diepte::Rekening));
    let namen = uitkomst_namen(&plannen[0]);
    let both = simuleer(&plannen, &Simulatie::gewoon(aantal, ZAAD), &|_| ())
        .expect("distributions that can be");
    for (n, plan) in plannen.iter().enumerate() {
        let alone = simuleer(
            std::slice::from_ref(plan),
            &Simulatie::gewoon(aantal, ZAAD),
            &|_| (),
        )
        .expect("distributions that can be");
        for (a, b) in both.waarden[n].iter().zip(&alone.waarden[0]) {
            prop_assert!(
                a.iter().zip(b).all(|(a, b)| a.to_bits() == b.to_bits()),
                "the other route changes the draws of route {}",
                plan.route.naam()
            );
        }
        let v = Voorbereid::<Exact>::new(plan);
        let trekker = Trekker::new(
            plan,
            Simulatie::gewoon(0, ZAAD).steekproef,
            &[],
            v.eerste_jaar(),
            v.aantal_jaren(),
        )
        .expect("distributions that can be");
        for &i in draws {
            let record = exact(plan, &trekker.exact(i as u64), false);
            let mut fast: Vec<f64> = both.waarden[n].iter().map(|figure| figure[i]).collect();
            for (naam, value) in namen.iter().zip(&mut fast) {
                if naam == "laagste_stand_jaar" {
                    // A year; the evaluation itself gives a position. In shorter periods any of its year will do.
                    let per_year = plan.timeline.stap.per_year();
                    let first = *value as i32 * per_year - plan.timeline.first.0;
                    let exact_position = to_f64(record.waarden[4]) as i32;
                    *value = f64::from(if (first..first + per_year).contains(&exact_position) {
                        exact_position
                    } else {
                        first.max(0)
                    });
                }
            }
            let allowed = (record.omvang * dec!(0.000000001)).max(dec!(0.000001));
            agree(&namen, &record, &decimals(&fast), allowed)?;
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(config(1_000))]

    #[test]
    fn a_draw_is_an_exact_evaluation(spel in spel()) {
        let model = read(&spel, &Anders { onzeker: Onzeker::Wel, ..Anders::default() });
        draws_are_exact(&model, &[0, 15, 16, TREKKINGEN - 1], TREKKINGEN)?;
    }
}

proptest! {
    #![proptest_config(config(96))]

    #[test]
    fn draws_are_the_same_at_every_depth(spel in spel()) {
        let model = read(&spel, &Anders { onzeker: Onzeker::Wel, ..Anders::default() });
        let namen = uitkomst_namen(&uncertain(&model, Route::Grex, Diepte::Rekening));
        for route in Route::BEIDE {
            let plan = uncertain(&model, route, Diepte::Lijn);
            let v = Voorbereid::<Exact>::new(&plan);
            let trekker = Trekker::new(&plan, Simulatie::gewoon(0, ZAAD).steekproef, &[], v.eerste_jaar(), v.aantal_jaren()).expect("distributions that can be");
            for draw in 0..3 {
                let trekking = trekker.exact(draw);
                let line_by_line = exact(&plan, &trekking, true);
                for diepte in DIEPTEN {
                    let other = exact(&uncertain(&model, route, diepte), &trekking, false);
                    agree(&namen, &line_by_line, &other.waarden, line_by_line.omvang * dec!(0.000000000000001))?;
                }
            }
        }
    }

    #[test]
    fn certain_draws_are_the_record(spel in spel()) {
        let model = read(&spel, &Anders { onzeker: Onzeker::Ontaard, ..Anders::default() });
        let plannen = Route::BEIDE.map(|route| uncertain(&model, route, Diepte::Rekening));
        let draws = simuleer(&plannen, &Simulatie::gewoon(17, ZAAD), &|_| ()).expect("distributions that can be");
        for (n, route) in Route::BEIDE.into_iter().enumerate() {
            let r = calculate(&model, route);
            for (naam, values) in draws.namen.iter().zip(&draws.waarden[n]) {
                if naam == "laagste_stand_jaar" {
                    continue;
                }
                let record = to_f64(r.waarde(&model, naam).expect("a figure of a draw is a result"));
                prop_assert!(values.iter().all(|v| (v - record).abs() < 0.005), "{}: {:?}, record {}", naam, &values[..3], record);
            }
        }
    }
}

fn havenkwartier() -> Model {
    support::model(support::tables_in("models/havenkwartier")).expect("no errors")
}

#[test]
fn five_hundred_draws_of_havenkwartier_are_exact_evaluations() {
    draws_are_exact(&havenkwartier(), &(0..500).collect::<Vec<_>>(), 500)
        .unwrap_or_else(|e| panic!("{e}"));
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let model = havenkwartier();
    let plannen = Route::BEIDE.map(|route| uncertain(&model, route, Diepte::Rekening));
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("a pool of threads");
        let draws = pool.install(|| {
            simuleer(&plannen, &Simulatie::gewoon(2_000, ZAAD), &|_| ())
                .expect("distributions that can be")
        });
        draws
            .waarden
            .into_iter()
            .flatten()
            .flatten()
            .map(f64::to_bits)
            .collect::<Vec<_>>()
    };
    let one = run(1);
    assert_eq!(
        one.len(),
        2 * uitkomst_namen(&uncertain(&model, Route::Grex, Diepte::Rekening)).len() * 2_000
    );
    assert!(one == run(2) && one == run(8));
}

#[test]
fn the_figures_of_a_draw_are_named_as_results() {
    let model = havenkwartier();
    let r = calculate(&model, Route::Cofinanciering);
    for naam in uitkomst_namen(&uncertain(&model, Route::Grex, Diepte::Rekening)) {
        r.waarde(&model, &naam)
            .unwrap_or_else(|reason| panic!("{reason}"));
    }
    assert_eq!((BUITEN, HOOFD), (0, 1));
}

/// Amounts at the edge of what is accepted give results or a message, and never a panic.
#[test]
fn the_largest_amounts_are_calculated_or_refused() {
    for (hoeveelheid, groei, horizon) in [
        ("999999999999.7", "0.03", 2040),
        ("999999999999.7", "0.99", 2040),
        ("999999999999.7", "0.99", 2100),
        ("1000", "0.99", 2100),
        ("0.3", "-0.89", 2100),
    ] {
        let text = format!(
            "[gebied]\npeildatum = 2026-01-01\neindjaar = {horizon}\nrente = 0.07\nrentemethode = \"HALFJAAR_SI\"\n\
             [[indexen]]\nindex = \"i\"\nvanaf = 2027\ngroei = {groei}\n\
             [[partijen]]\npartij = \"gemeente\"\nrol = \"gemeente\"\n[[partijen]]\npartij = \"ander\"\nrol = \"overig\"\n\
             [[kosten]]\nid = \"groot\"\nhoeveelheid = {hoeveelheid}\nprijs = 999999999999.37\nindex = \"i\"\nfasering = \"2026-{horizon}\"\n\
             [[kosten]]\nid = \"klein\"\nbedrag = 0.37\nindex = \"i\"\nfasering = \"2026-{horizon}\"\nontvanger = \"ander\"\n\
             [[opbrengsten]]\nid = \"o\"\nbedrag = 0.01\npartij = \"ander\"\nindex = \"i\"\nfasering = \"2026-{horizon}\"\n"
        );
        let Ok(model) = support::model(support::tables(&text)) else {
            continue;
        };
        for route in Route::BEIDE {
            if let Err(problem) = route::calculate(&model, route) {
                assert_eq!(problem.code, "too-large");
            }
        }
    }
}

/// The account of the grondexploitatie ends with eindjaar: nothing may fall after it unseen, by whatever table it comes.
#[test]
fn nothing_falls_after_the_end_of_the_grondexploitatie() {
    let basis = "[gebied]\npeildatum = 2026-01-01\neindjaar = 2027\nhorizon = 2030\nrente = 0\n\
                 [[partijen]]\npartij = \"gemeente\"\nrol = \"gemeente\"\n[[partijen]]\npartij = \"pot\"\nrol = \"overig\"\n\
                 [[kosten]]\nid = \"K\"\nbedrag = 100\nfasering = \"2026\"\n";
    let refused = |more: &str| {
        let (model, problems) = Model::new(support::tables(&format!("{basis}{more}")));
        (
            model.is_none(),
            problems.iter().map(|p| p.code).collect::<Vec<_>>(),
        )
    };
    assert_eq!(refused(""), (false, vec![]));
    for more in [
        "[[kosten]]\nid = \"L\"\nbedrag = 1\nfasering = \"2028\"\n",
        "[[exploitatie]]\nid = \"E\"\nsoort = \"kosten\"\npartij = \"gemeente/grex\"\nbedrag = 1\nvanaf = 2026\n",
        "[[objecten]]\nid = \"brug\"\npartij = \"gemeente/grex\"\ninvestering = 1\nonderhoud = 1\nlevensduur = 9\nin_gebruik = 2026\n",
        "[[risicos]]\nrisico = \"r\"\nkans = 0.5\nlaag = 1\nmodus = 2\nhoog = 3\nperiode = \"2028\"\n",
    ] {
        assert_eq!(refused(more), (true, vec!["after-eindjaar"]), "{more}");
    }
    let maatregel = |drager: &str| {
        format!(
            "[[fonds]]\npartij = \"pot\"\nregel = \"doorschuiven\"\n[[maatregelen]]\nmaatregel = \"m\"\nroute = \"grex\"\ndrager = \"{drager}\"\ndekking_fonds = 1\n\
             [[kosten]]\nid = \"M\"\nmaatregel = \"m\"\nbedrag = 1\nfasering = \"2026\"\n"
        )
    };
    assert_eq!(
        refused(&maatregel("gemeente/grex")),
        (true, vec!["late-payment-to-grex"])
    );
    assert_eq!(refused(&maatregel("gemeente/eigen")), (false, vec![]));
}

/// A risk after the end of the account, by a delay, lengthens it when it happens and leaves it alone when it does not.
#[test]
fn a_risk_lengthens_the_account_when_it_happens() {
    let model = |kans: &str, tabel: &str| {
        let text = format!(
            "[gebied]\npeildatum = 2026-01-01\neindjaar = 2027\nhorizon = 2030\nrente = 0.05\n\
             [[deelgebieden]]\ndeelgebied = \"d\"\nuitstel = 2\n\
             [[kosten]]\nid = \"K\"\nbedrag = 100\nfasering = \"2026\"\n{tabel}\n{kans}"
        );
        support::model(support::tables(&text)).unwrap_or_else(|problems| panic!("{problems}"))
    };
    let risico = |kans: &str| {
        format!(
            "kans = {kans}\nlaag = 10\nmodus = 10\nhoog = 10\nperiode = \"2027\"\ndeelgebied = \"d\"\n"
        )
    };
    let draws = |kans: &str| {
        let model = model(&risico(kans), "[[risicos]]\nrisico = \"r\"");
        let draws = simuleer(
            &[uncertain(&model, Route::Grex, Diepte::Rekening)],
            &Simulatie::gewoon(1, ZAAD),
            &|_| (),
        )
        .expect("distributions that can be");
        draws.figuur(0, "eindwaarde").expect("a figure")[0]
    };
    let record = |more: &str, tabel: &str| {
        to_f64(
            calculate(&model(more, tabel), Route::Grex)
                .resultaat
                .eindwaarde,
        )
    };
    assert!((draws("0") - record("", "")).abs() < 1e-9);
    assert!((record("", "") - -105.0).abs() < 1e-9);
    assert!(
        (record(&risico("1"), "[[risicos]]\nrisico = \"r\"") - -105.0).abs() < 1e-9,
        "the record knows no risks"
    );
    assert!(
        (draws("1")
            - record(
                "bedrag = 10\nfasering = \"2027\"\ndeelgebied = \"d\"",
                "[[kosten]]\nid = \"r\""
            ))
        .abs()
            < 1e-9
    );
}

/// A delay is read per lane in the fast arithmetic, and one for all in the exact one.
#[test]
fn a_delay_is_the_same_in_both_arithmetics() {
    for delay in 0..9u32 {
        let mut series: Vec<Exact> = (1..=12).map(|n| Exact::from(Decimal::from(n))).collect();
        Exact::shift(&mut series, delay);
        let mut fast: Vec<Lanes<4>> = (1..=12).map(|n| Lanes::all(f64::from(n))).collect();
        Lanes::shift(&mut fast, LaneDelay::new([delay, 0, 1, 8]));
        for (e, f) in series.iter().zip(&fast) {
            assert_eq!(to_f64(e.0.expect("a number")).to_bits(), f.0[0].to_bits());
        }
    }
}

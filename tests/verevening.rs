//! Laws of the rules that divide: nothing is made or lost, the order of parties makes no difference, what is twice as large is divided twice
//! as large, a subsidy never raises a payment, and the three arithmetics agree.

#[path = "support/losse.rs"]
mod losse;

use losse::{Spel, getallen};
use polder::expression::record;
use polder::number::{Exact, Lanes, Of, to_f64};
use polder::rules::verevening::{DECIMALEN, Verrekening};
use polder::rules::{bijdragen, inbreng, verevening};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use rust_decimal::{Decimal, dec};

/// The same figures on every machine and every run.
fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 1_000,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(20_260_101),
        ..ProptestConfig::default()
    }
}

/// Amounts to the cent, with any sign.
fn bedrag() -> impl Strategy<Value = Decimal> {
    (-1_000_000_000_000i64..1_000_000_000_000).prop_map(|c| Decimal::new(c, 2))
}

/// Keys, of which a part is zero or below and a part has many decimals.
fn sleutel() -> impl Strategy<Value = Decimal> {
    prop_oneof![
        1 => Just(Decimal::ZERO),
        1 => (-1_000i64..0).prop_map(Decimal::from),
        3 => (1i64..1_000_000).prop_map(Decimal::from),
        2 => (1i64..1_000_000_000_000).prop_map(|v| Decimal::new(v, 7)),
        1 => (1i64..1_000).prop_map(|v| Decimal::from(v) / dec!(7)),
    ]
}

fn spel() -> impl Strategy<Value = Spel> {
    (2usize..9).prop_flat_map(|len| {
        let lijst = |s: BoxedStrategy<Decimal>| prop::collection::vec(s, len);
        let boven_nul = bedrag().prop_map(|b| b.abs()).boxed();
        (
            lijst(sleutel().boxed()),
            lijst(bedrag().boxed()),
            lijst(boven_nul.clone()),
            lijst((0i64..2_000).prop_map(Decimal::from).boxed()),
            (0i64..=1_000).prop_map(|v| Decimal::new(v, 3)),
            bedrag(),
            boven_nul,
            (-500i64..2_000).prop_map(|v| Decimal::new(v, 4)),
        )
            .prop_map(
                |(sleutel, eigen, doel, aantal, aandeel, bedrag, subsidie, rente)| Spel {
                    sleutel,
                    eigen,
                    doel,
                    aantal,
                    aandeel,
                    bedrag,
                    subsidie,
                    rente,
                },
            )
    })
}

/// Which settlement.
#[derive(Debug, Clone, Copy)]
enum Wijze {
    Kosten,
    Compensatie,
    Gelijk,
    Doel,
    Grondbank,
}

const WIJZEN: [Wijze; 5] = [
    Wijze::Kosten,
    Wijze::Compensatie,
    Wijze::Gelijk,
    Wijze::Doel,
    Wijze::Grondbank,
];

/// The settlement of a set of figures.
fn verrekening(spel: &Spel, wijze: Wijze, decimalen: u32) -> Vec<Decimal> {
    let len = spel.sleutel.len();
    let van: Vec<Of> = (0..len).map(|p| Of::Partij(p as u16)).collect();
    let (sleutel, eigen) = (
        getallen::<Exact>(&spel.sleutel),
        getallen::<Exact>(&spel.eigen),
    );
    let (doel, aantal) = (
        getallen::<Exact>(&spel.doel),
        getallen::<Exact>(&spel.aantal),
    );
    let (mut bedrag, mut na) = (vec![Exact::ZERO; len], vec![Exact::ZERO; len]);
    let mut gemis = bedrag.clone();
    let mut uit = Verrekening {
        bedrag: &mut bedrag,
        na: &mut na,
    };
    match wijze {
        Wijze::Kosten => verevening::kostendeling(&sleutel, &eigen, decimalen, &van, &mut uit),
        Wijze::Compensatie => verevening::compensatie(
            &sleutel,
            &doel,
            &eigen,
            verevening::Meetellen::Tekorten,
            decimalen,
            &van,
            &mut gemis,
            &mut uit,
        ),
        Wijze::Gelijk => {
            verevening::gelijke_grondwaarde(&sleutel, &eigen, decimalen, &van, &mut uit);
        }
        Wijze::Doel => {
            verevening::doelgrondwaarde(&doel, &eigen, decimalen, &van, Of::Geheel, &mut uit);
        }
        Wijze::Grondbank => {
            let mut uit = inbreng::Grondbank {
                rechten: &mut na,
                verrekening: &mut bedrag,
            };
            inbreng::grondbank(&sleutel, &aantal, doel[0], decimalen, &van, &mut uit);
        }
    }
    waarden(&bedrag)
}

fn waarden(numbers: &[Exact]) -> Vec<Decimal> {
    numbers
        .iter()
        .map(|n| n.0.expect("the figures are small"))
        .collect()
}

/// Parties in another order.
fn anders_geordend(spel: &Spel, volgorde: &[usize]) -> Spel {
    let pick = |list: &[Decimal]| volgorde.iter().map(|i| list[*i]).collect::<Vec<_>>();
    Spel {
        sleutel: pick(&spel.sleutel),
        eigen: pick(&spel.eigen),
        doel: pick(&spel.doel),
        aantal: pick(&spel.aantal),
        ..spel.clone()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn settlements_add_up_to_exactly_nothing(spel in spel(), decimalen in prop_oneof![Just(2u32), Just(DECIMALEN)]) {
        for wijze in WIJZEN {
            let delen = verrekening(&spel, wijze, decimalen);
            prop_assert_eq!(delen.iter().sum::<Decimal>(), Decimal::ZERO, "{:?} {:?}", wijze, delen);
            prop_assert!(delen.iter().all(|d| d.normalize().scale() <= decimalen));
            if !matches!(wijze, Wijze::Doel) && spel.sleutel.iter().all(|s| *s <= dec!(0)) {
                prop_assert!(delen.iter().all(Decimal::is_zero), "{:?} {:?}", wijze, delen);
            }
        }
    }

    #[test]
    fn splits_add_up_to_exactly_the_whole(spel in spel()) {
        let len = spel.sleutel.len();
        let van: Vec<Of> = (0..len).map(|p| Of::Partij(p as u16)).collect();
        let sleutel = getallen::<Exact>(&spel.sleutel);
        let mut delen = vec![Exact::ZERO; len];
        let rest = verevening::collectieve_kosten(spel.bedrag.into(), &sleutel, DECIMALEN, &van, Of::Geheel, &mut delen);
        let delen = waarden(&delen);
        prop_assert_eq!(delen.iter().sum::<Decimal>() + waarden(&[rest])[0], spel.bedrag);
        for (deel, sleutel) in delen.iter().zip(&spel.sleutel) {
            prop_assert!(*sleutel > dec!(0) || deel.is_zero(), "nothing for who has no key");
        }
        let mut aandelen = vec![Exact::ZERO; len];
        inbreng::aandelen(&sleutel, &van, &mut aandelen);
        let som: Decimal = waarden(&aandelen).iter().sum();
        prop_assert_eq!(som, if spel.sleutel.iter().all(|s| *s <= dec!(0)) { dec!(0) } else { dec!(1) });
        let (mut deel, inleg) = (vec![Exact::ZERO; len], getallen::<Exact>(&spel.doel));
        let rest = inbreng::gem(spel.bedrag.into(), &inleg, DECIMALEN, &van, Of::Geheel, &mut deel);
        let deel = waarden(&deel);
        prop_assert_eq!(deel.iter().sum::<Decimal>() + waarden(&[rest])[0], spel.bedrag);
        for (deel, inleg) in deel.iter().zip(&spel.doel) {
            prop_assert!(*deel >= -*inleg - dec!(0.00000008), "nobody loses more than its equity: {} of {}", deel, inleg);
        }
    }

    /// Between equals the first takes what rounding leaves, so that may move: a unit of the last decimal per party.
    #[test]
    fn the_order_of_parties_makes_no_difference(spel in spel(), seed in any::<u64>()) {
        let len = spel.sleutel.len();
        let mut volgorde: Vec<usize> = (0..len).collect();
        volgorde.sort_by_key(|i| (seed ^ (*i as u64 + 1)).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let anders = anders_geordend(&spel, &volgorde);
        let speling = Decimal::new(len as i64, DECIMALEN);
        for wijze in [Wijze::Kosten, Wijze::Compensatie, Wijze::Gelijk, Wijze::Doel] {
            let (een, twee) = (verrekening(&spel, wijze, DECIMALEN), verrekening(&anders, wijze, DECIMALEN));
            for (plek, i) in volgorde.iter().enumerate() {
                prop_assert!((een[*i] - twee[plek]).abs() <= speling, "{:?}: {:?} {:?}", wijze, een, twee);
            }
        }
    }

    #[test]
    fn what_is_scaled_is_settled_scaled(spel in spel(), factor in 1i64..1_000) {
        let factor = Decimal::new(factor, 1);
        let keer = |list: &[Decimal]| list.iter().map(|v| *v * factor).collect::<Vec<_>>();
        let groter = Spel { eigen: keer(&spel.eigen), doel: keer(&spel.doel), ..spel.clone() };
        // Another unit of the key makes no difference at all.
        let sleutel = Spel { sleutel: keer(&spel.sleutel), ..spel.clone() };
        let speling = Decimal::new(spel.sleutel.len() as i64, DECIMALEN) * (factor + dec!(1));
        for wijze in WIJZEN {
            let een = verrekening(&spel, wijze, DECIMALEN);
            let twee = verrekening(&groter, wijze, DECIMALEN);
            let drie = verrekening(&sleutel, wijze, DECIMALEN);
            for i in 0..een.len() {
                prop_assert!((een[i] * factor - twee[i]).abs() <= speling, "{:?}: {:?} {:?}", wijze, een, twee);
                prop_assert!((een[i] - drie[i]).abs() <= speling, "{:?}: {:?} {:?}", wijze, een, drie);
            }
        }
    }

    /// Targets are approached from one's own side and never passed.
    #[test]
    fn nobody_passes_its_target(spel in spel()) {
        let delen = verrekening(&spel, Wijze::Doel, DECIMALEN);
        let speling = Decimal::new(delen.len() as i64, DECIMALEN);
        for (i, deel) in delen.iter().enumerate() {
            let verschil = spel.eigen[i] - spel.doel[i];
            let (laag, hoog) = (verschil.min(dec!(0)), verschil.max(dec!(0)));
            prop_assert!(*deel >= laag - speling && *deel <= hoog + speling, "{:?}", delen);
        }
    }

    #[test]
    fn more_subsidy_never_raises(spel in spel(), meer in 0i64..1_000_000_000) {
        let tarief = |subsidie: Decimal| {
            let werken: Vec<_> = spel.doel.iter().map(|k| bijdragen::Bovenwijks {
                kosten: Exact::from(*k),
                aandeel: Exact::from(spel.aandeel),
                subsidie: Exact::from(subsidie),
            }).collect();
            bijdragen::tarief_bovenwijks(&werken, Exact::from(spel.aantal[0]), Of::Geheel).0.expect("small")
        };
        let (een, twee) = (tarief(spel.subsidie), tarief(spel.subsidie + Decimal::from(meer)));
        prop_assert!(dec!(0) <= twee && twee <= een, "{} {}", een, twee);
        // A subsidy on what one party makes lowers what all of them carry, and raises nobody's load.
        let dragen = |af: Decimal| {
            let mut eigen = spel.doel.clone();
            eigen[0] -= af;
            let minder = Spel { eigen: eigen.clone(), ..spel.clone() };
            let v = verrekening(&minder, Wijze::Kosten, DECIMALEN);
            eigen.iter().zip(v).map(|(e, v)| *e + v).collect::<Vec<_>>()
        };
        if spel.sleutel.iter().any(|s| *s > dec!(0)) {
            let speling = Decimal::new(spel.sleutel.len() as i64, DECIMALEN);
            for (zonder, met) in dragen(dec!(0)).iter().zip(dragen(spel.subsidie.min(spel.doel[0]))) {
                prop_assert!(met <= *zonder + speling, "{} {}", zonder, met);
            }
        }
    }

    #[test]
    fn a_fund_pays_no_more_than_it_has(spel in spel()) {
        let len = spel.aantal.len();
        let van: Vec<Of> = (0..len).map(|p| Of::Partij(p as u16)).collect();
        let extra: Vec<_> = spel.aantal.iter().zip(&spel.doel).map(|(w, b)| verevening::Extra {
            woningen: Exact::from(*w),
            bedrag: Exact::from(*b),
        }).collect();
        let mut uit = vec![Exact::ZERO; len];
        let plafond = verevening::Plafond::PerWoning(Exact::from(spel.subsidie));
        let over = verevening::uitkeringen(spel.bedrag.into(), &extra, &plafond, DECIMALEN, &van, Of::Geheel, &mut uit);
        let (uit, over) = (waarden(&uit), waarden(&[over])[0]);
        prop_assert_eq!(uit.iter().sum::<Decimal>() + over, spel.bedrag);
        prop_assert!(uit.iter().all(|u| *u >= dec!(0)) && over >= spel.bedrag.min(dec!(0)));
        for i in 0..len {
            prop_assert!(uit[i] <= spel.aantal[i] * spel.subsidie.min(spel.doel[i]));
        }
    }

    #[test]
    fn exact_fast_and_explained_are_the_same(spel in spel()) {
        let exact = waarden(&spel.alles::<Exact>());
        let fast = spel.alles::<Lanes<8>>();
        let som: Decimal = spel.sleutel.iter().chain(&spel.eigen).chain(&spel.doel).chain(&spel.aantal).map(Decimal::abs).sum();
        let kleinste = 1e-9 * to_f64(som + spel.bedrag.abs() + spel.subsidie + dec!(1_000));
        for (i, (e, f)) in exact.iter().zip(&fast).enumerate() {
            let e = to_f64(*e);
            // A product of homes and amounts is larger than any amount that goes in.
            let speling = kleinste.max(1e-9 * e.abs());
            prop_assert!(f.0.iter().all(|f| (f - e).abs() <= speling), "outcome {}: {} {:?}", i, e, f);
        }
        let (uitgelegd, _) = record(|| {
            spel.alles::<polder::expression::Expr>().iter().map(|e| e.value()).collect::<Vec<_>>()
        });
        prop_assert_eq!(waarden(&uitgelegd), exact);
    }
}

#[test]
fn no_figures_of_any_size_make_a_rule_stop() {
    let groot = Spel {
        sleutel: vec![Decimal::MAX; 3],
        eigen: vec![Decimal::MAX, Decimal::MIN, Decimal::ZERO],
        doel: vec![Decimal::MAX; 3],
        aantal: vec![Decimal::MAX; 3],
        aandeel: Decimal::MAX,
        bedrag: Decimal::MIN,
        subsidie: Decimal::MAX,
        rente: dec!(-1),
    };
    let nul = Spel {
        sleutel: vec![dec!(0); 3],
        eigen: vec![dec!(0); 3],
        doel: vec![dec!(0); 3],
        aantal: vec![dec!(0); 3],
        aandeel: dec!(0),
        bedrag: dec!(0),
        subsidie: dec!(0),
        rente: dec!(0),
    };
    assert!(!Spel::voorbeeld().alles::<Exact>().contains(&Exact(None)));
    assert!(groot.alles::<Exact>().contains(&Exact(None)));
    assert!(nul.alles::<Exact>().iter().all(|n| *n == Exact::ZERO));
    assert!(
        nul.alles::<Lanes<4>>()
            .iter()
            .all(|n| n.0.iter().all(|v| *v == 0.0))
    );
}

//! What owners pay when inputs are uncertain: which inputs of kostenverhaal draws change, and what they keep of every owner.

mod support;

use polder::evaluate::{Trekking, Voorbereid, Werk, evaluate};
use polder::model::Model;
use polder::number::Exact;
use polder::plan::{Diepte, Drijvers, Plan, Route};
use polder::problem::has_errors;
use rust_decimal::{Decimal, dec};

/// An area with a tijdvak, everything in the year of peildatum and rente zero, so that sums can be done by head: costs 1.000.000 and
/// 400.000 of work by X itself (raming 300.000), all land brings in 4.000.000, half of it on the land of X and a quarter on that of W.
const GEBIED: &str = r#"
[gebied]
peildatum = 2026-01-01
eindjaar = 2030
rente = 0
[[partijen]]
partij = "gemeente"
rol = "gemeente"
[[partijen]]
partij = "X"
rol = "ontwikkelaar"
[[partijen]]
partij = "W"
rol = "corporatie"
[[kostenverhaal]]
id = "Kade"
regime = "OW_TIJDVAK"
plankosten_maximum = 150000
[[eigendom]]
id = "X"
partij = "X"
m2 = 1000
grond_m2 = 50
opstallen = 30000
[[eigendom]]
id = "W"
partij = "W"
inbrengwaarde = 20000
overeenkomst = 250000
[[programma]]
id = "px"
partij = "X/eigen"
aantal = 20
grondprijs = 100000
fasering = "2026"
perceel = "X"
[[programma]]
id = "pw"
partij = "W/eigen"
aantal = 10
grondprijs = 100000
fasering = "2026"
perceel = "W"
[[programma]]
id = "pg"
aantal = 10
grondprijs = 100000
fasering = "2026"
[[kosten]]
id = "wegen"
kostensoort = "A8"
bedrag = 800000
fasering = "2026"
[[kosten]]
id = "plan"
kostensoort = "A1"
bedrag = 200000
fasering = "2026"
[[kosten]]
id = "kade"
partij = "X/eigen"
kostensoort = "A8"
bedrag = 400000
raming_verhaal = 300000
eigendom = "X"
fasering = "2026"
"#;

/// An onzekerheid that is drawn between 0.5 and 1.5.
fn onzeker(doel: &str, rest: &str) -> String {
    format!(
        "[[onzekerheden]]\nid = \"o\"\ndoel = \"{doel}\"\nverdeling = \"uniform\"\nlaag = 0.5\nhoog = 1.5\n{rest}\n"
    )
}

fn model(extra: &str) -> Model {
    support::model(support::tables(&format!("{GEBIED}{extra}"))).unwrap_or_else(|e| panic!("{e}"))
}

fn drijvers(model: &Model) -> Drijvers {
    let (drijvers, problems) = Drijvers::resolve(model);
    assert!(!has_errors(&problems), "{problems:?}");
    drijvers
}

/// What is settled when the only onzekerheid draws `waarde`, at every depth of a plan.
fn getrokken(
    model: &Model,
    waarde: Decimal,
    wat: impl Fn(&Plan<'_>, &Werk<Exact>) -> Decimal,
) -> Decimal {
    let each = [Diepte::Rekening, Diepte::Opgave, Diepte::Lijn].map(|diepte| {
        let plan = Plan::new(model, Route::Grex, diepte, drijvers(model)).expect("it compiles");
        let v = Voorbereid::<Exact>::new(&plan);
        let mut werk = Werk::new(&plan, diepte != Diepte::Rekening);
        let trekking = Trekking {
            slots: vec![Exact::from(waarde)],
            ..Trekking::geen()
        };
        evaluate(&v, &trekking, &mut werk);
        wat(&plan, &werk)
    });
    assert_eq!(each[0], each[1]);
    assert_eq!(each[0], each[2]);
    each[0].normalize()
}

/// What X pays.
fn van_x(_: &Plan<'_>, werk: &Werk<Exact>) -> Decimal {
    werk.eigendommen[0].geldsom.0.expect("small figures")
}

/// What is spread over all owners.
fn omslag(_: &Plan<'_>, werk: &Werk<Exact>) -> Decimal {
    werk.verhaal[0].omslag.0.expect("small figures")
}

#[test]
fn a_draw_of_own_work_leaves_its_raming_alone() {
    // Costs 800.000 + 150.000 of plan + raming 300.000 + inbreng 100.000 = 1.350.000, of which half is of X; less his inbreng of
    // 80.000 and the lowest of his work and its raming.
    for doel in ["kosten[kade].bedrag", "kosten[*].bedrag"] {
        let all = doel.contains('*');
        let model = model(&onzeker(doel, ""));
        for factor in [dec!(0.5), Decimal::ONE, dec!(1.5)] {
            let others = if all { factor } else { Decimal::ONE };
            let plan = (dec!(200000) * others).min(dec!(150000));
            let costs = dec!(800000) * others + plan + dec!(300000) + dec!(100000);
            assert_eq!(
                getrokken(&model, factor, omslag),
                costs,
                "{doel} times {factor}"
            );
            let own = (dec!(400000) * factor).min(dec!(300000));
            let due = costs / dec!(2) - dec!(80000) - own;
            assert_eq!(
                getrokken(&model, factor, van_x),
                due,
                "{doel} times {factor}"
            );
        }
    }
    // As a value it replaces the cost alone too.
    let model = model(&onzeker("kosten[kade].bedrag", "als = \"waarde\""));
    assert_eq!(getrokken(&model, dec!(100000), omslag), dec!(1350000));
    assert_eq!(getrokken(&model, dec!(100000), van_x), dec!(495000));
}

//! Writes a model as plain numbers in json, for another program to calculate the same: lines with weights per period, growth,
//! drivers, correlations, risks, the fund and the parties; with the driver values and figures of the first draws, to check by.
//!
//! `export_plan <model> <out.json> [draws]`. Yearly models without history in which lines are drawn by factors: the peers of the
//! benchmark need no more, and what they can't do is refused here.

use polder::evaluate::{Trekking, Voorbereid};
use polder::model::address::Als;
use polder::model::{
    Bedrag, Fondsregel, HOOFD, Model, NcwMethode, Rentemethode, Rol, Totaal, VerdelingRij,
};
use polder::number::{Lanes, Number, to_f64};
use polder::plan::{Diepte, Drijvers, Plan, Route, Slot};
use polder::read::read_model;
use polder::risk::simulation::{Simulatie, Trekker, simuleer};
use polder::timeline::{Indexmoment, Tijdstap};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use std::path::Path;

const SEED: u64 = 1;

fn verdeling(rij: &VerdelingRij) -> Value {
    let f = |v: &[Decimal]| v.iter().map(|d| to_f64(*d)).collect::<Vec<_>>();
    match rij {
        VerdelingRij::Pert(v) => json!({"soort": "pert", "p": f(v)}),
        VerdelingRij::Driehoek(v) => json!({"soort": "driehoek", "p": f(v)}),
        VerdelingRij::Normaal(v) => json!({"soort": "normaal", "p": f(v)}),
        VerdelingRij::Lognormaal(v) => json!({"soort": "lognormaal", "p": f(v)}),
        VerdelingRij::Uniform(v) => json!({"soort": "uniform", "p": f(v)}),
        VerdelingRij::Discreet(v) => {
            json!({"soort": "discreet", "waarden": v.iter().map(|x| to_f64(x.0)).collect::<Vec<_>>(), "kansen": v.iter().map(|x| to_f64(x.1)).collect::<Vec<_>>()})
        }
        VerdelingRij::Percentielen(_)
        | VerdelingRij::Waarnemingen(_)
        | VerdelingRij::Regime { .. }
        | VerdelingRij::Begrensd { .. } => panic!("benches/peers.py can't draw {rij:?}"),
    }
}

fn export(path: &str, draws: usize) -> Result<Value, String> {
    let read = read_model(Path::new(path)).map_err(|e| e.to_string())?;
    let model = Model::new(read.tables).0.ok_or("not a valid model")?;
    let (drijvers, problems) = Drijvers::resolve(&model);
    if let Some(p) = problems.first() {
        return Err(p.to_string());
    }
    let g = &model.gebied;
    let plannen: Vec<Plan<'_>> = Route::BEIDE
        .into_iter()
        .map(|r| Plan::new(&model, r, Diepte::Rekening, drijvers.clone()))
        .collect::<Result<_, _>>()
        .map_err(|p| p.to_string())?;
    let tl = &plannen[0].timeline;
    let needs = [
        ("a tijdstap of a year", g.tijdstap == Tijdstap::Jaar),
        ("JAN1", g.rentemethode == Rentemethode::Jan1),
        ("NCW at the BBV rate", g.ncw_methode == NcwMethode::Bbv),
        ("indexmoment begin", g.indexmoment == Indexmoment::Begin),
        ("prijspeil at peildatum", g.prijs == g.peil),
        ("no history", tl.peil == 0),
        (
            "no given boekwaarde but that of the main account",
            model.boekwaarden.iter().all(|b| b.rekening == HOOFD),
        ),
        (
            "one timeline",
            plannen.iter().all(|p| p.timeline == *tl && p.begin == 0),
        ),
        (
            "no drawn growth of a single year",
            drijvers.groei.iter().all(Vec::is_empty),
        ),
        (
            "a fund that prefinances",
            model.fonds.as_ref().is_none_or(|f| {
                f.regel == Fondsregel::Voorfinancieren && f.minimum.value.is_zero()
            }),
        ),
    ];
    if let Some((need, _)) = needs.iter().find(|(_, holds)| !holds) {
        return Err(format!("the peers of the benchmark need {need}"));
    }
    let opening: Decimal = model.boekwaarden.iter().map(|b| b.bedrag.value).sum();
    let v: Vec<Voorbereid<'_, Lanes<1>>> = plannen.iter().map(Voorbereid::new).collect();
    let (first, years) = (v[0].eerste_jaar(), v[0].aantal_jaren());
    let scalars = |series: &[Lanes<1>]| series.iter().map(|l| l.0[0]).collect::<Vec<f64>>();

    let mut lijnen = Vec::new();
    for (l, lijn) in model.lijnen.iter().enumerate() {
        let uses = drijvers.lijnen.get(&l).cloned().unwrap_or_default();
        let risk = lijn.rol == Rol::Risico;
        if uses.iter().any(|(_, u)| u.als != Als::Factor) != risk || !lijn.realisatie.is_empty() {
            return Err(format!(
                "{}: drawn by another way than a factor, or realised",
                lijn.id
            ));
        }
        let (basis, opslag) = match &lijn.bedrag {
            Bedrag::Product(factors) => (
                if risk {
                    1.0
                } else {
                    to_f64(factors.iter().map(|f| f.waarde.value).product())
                },
                Value::Null,
            ),
            Bedrag::Opslag { percentage, over } => (to_f64(percentage.value), json!(over)),
            Bedrag::Verrekend(_) | Bedrag::Waardering { .. } | Bedrag::Waarde { .. } => {
                return Err(format!(
                    "{}: a settlement or a land value, which the peers do not know",
                    lijn.id
                ));
            }
        };
        let shift = lijn
            .deelgebied
            .map_or(0, |k| model.deelgebieden[k].uitstel_perioden);
        let totaal = match lijn.verloop.totaal {
            Totaal::Een => Decimal::ONE,
            Totaal::Door(t, _) => t,
        };
        let mut gewichten = vec![0.0; tl.len];
        for (p, w) in &lijn.verloop.gewichten {
            gewichten[(p.0 + shift - tl.first.0) as usize] += to_f64(w.value / totaal);
        }
        let vraag = lijn
            .maatregel
            .filter(|_| lijn.rol == Rol::Gewoon && lijn.tabel == "kosten")
            .and_then(|m| {
                plannen[1]
                    .vraag
                    .iter()
                    .position(|q| q.maatregel == m && q.drager == lijn.van)
            });
        lijnen.push(json!({
            "id": lijn.id, "basis": basis, "slots": uses.iter().map(|(_, u)| u.slot).collect::<Vec<_>>(), "opslag_over": opslag,
            "gewichten": gewichten, "index": lijn.index, "deelgebied": lijn.deelgebied.filter(|k| drijvers.uitstel[*k].is_some()),
            "van": lijn.van, "naar": lijn.naar, "soort": format!("{:?}", lijn.soort).to_lowercase(), "bijdrage": lijn.rol == Rol::Bijdrage,
            "vraag": vraag, "routes": Route::BEIDE.map(|r| Plan::counts(&model, r, lijn)),
        }));
    }
    let slots: Vec<Value> = drijvers
        .slots
        .iter()
        .map(|s| match s {
            Slot::Onzekerheid(o) => json!({"id": model.onzekerheden[*o].id, "verdeling": verdeling(&model.onzekerheden[*o].verdeling)}),
            Slot::Risico(r) => json!({"id": model.risicos[*r].risico, "kans": to_f64(model.risicos[*r].kans), "verdeling": verdeling(&VerdelingRij::Pert(model.risicos[*r].impact))}),
        })
        .collect();
    let schokken: Vec<Value> = drijvers.schokken.iter().map(|(o, phi)| json!({"id": model.onzekerheden[*o].id, "verdeling": verdeling(&model.onzekerheden[*o].verdeling), "persistentie": to_f64(*phi)})).collect();

    let simulatie = Simulatie::gewoon(draws, SEED);
    let trekkingen = simuleer(&plannen, &simulatie, &|_| ()).map_err(|p| p.to_string())?;
    let trekker = Trekker::new(&plannen[0], simulatie.steekproef, &[], first, years)
        .map_err(|p| p.to_string())?;
    let mut trekking = Trekking::<Lanes<1>>::geen();
    let mut values = Vec::new();
    for draw in 0..draws as u64 {
        trekker.trek(draw, &mut trekking);
        let delays: Vec<f64> = trekking
            .uitstel
            .iter()
            .map(|u| Lanes::<1>::steps(*u).0[0])
            .collect();
        values.push(json!({"slots": scalars(&trekking.slots), "schokken": trekking.schokken.iter().map(|s| scalars(s)).collect::<Vec<_>>(), "uitstel": delays}));
    }
    let rate = |q: &polder::number::Quantity| to_f64(q.value);
    // The exponent to the end that is certain: years from peildatum, and what given delays add.
    let exponent = |p: &Plan<'_>| {
        polder::timeline::exponent(g.peildatum, g.eindjaar, g.tijdstap, g.dagtelling)
            + Decimal::from(p.eind - p.timeline.grex_end)
    };
    Ok(json!({
        "model": g.naam, "jaren": tl.len, "eerste_jaar": g.peil.0, "eerste_schokjaar": first,
        "routes": plannen.iter().map(|p| json!({"naam": p.route.naam(), "fonds": p.fonds, "eind": p.eind, "uiterst": p.eind_uiterst, "eind_met": p.eind_met, "exponent": to_f64(exponent(p))})).collect::<Vec<_>>(),
        "opening": to_f64(opening), "rente": rate(&g.rente), "creditrente": rate(&g.creditrente), "bbv": rate(&g.discontovoet_bbv),
        "rente_slots": drijvers.rente.iter().map(|u| json!([u.slot, format!("{:?}", u.als).to_lowercase()])).collect::<Vec<_>>(),
        "creditrente_slots": drijvers.creditrente.iter().map(|u| json!([u.slot, format!("{:?}", u.als).to_lowercase()])).collect::<Vec<_>>(),
        "disconto_matrix": scalars(v[0].disconto_matrix()),
        "partijen": model.partijen.iter().enumerate().map(|(p, x)| json!({"partij": x.partij, "disconto": scalars(v[0].disconto(p))})).collect::<Vec<_>>(),
        "rekeningen": model.rekeningen.iter().map(|r| r.partij).collect::<Vec<_>>(),
        "groei": model.indexen.iter().map(|i| (0..years as i32).map(|y| i.groei(first + y).map_or(0.0, rate)).collect::<Vec<_>>()).collect::<Vec<_>>(),
        "groei_schok": drijvers.groei_schok, "deelgebied_slots": drijvers.uitstel.iter().map(|u| u.map(|u| u.slot)).collect::<Vec<_>>(),
        "fonds": model.fonds.as_ref().map(|f| json!({"rekening": f.rekening, "organisatie": f.organisatie, "beginsaldo": rate(&f.beginsaldo), "rente": rate(&f.rente), "aandeel": rate(&f.aandeel_organisatie)})),
        "vraag": plannen[1].vraag.iter().map(|q| json!({"drager": q.drager, "dekking": rate(&model.maatregelen[q.maatregel].dekking_fonds)})).collect::<Vec<_>>(),
        "lijnen": lijnen, "slots": slots, "schokken": schokken,
        "correlaties": model.correlaties.iter().map(|(a, b, rho)| json!([model.onzekerheden[*a].id, model.onzekerheden[*b].id, to_f64(*rho)])).collect::<Vec<_>>(),
        "controle": {"trekkingen": values, "namen": trekkingen.namen, "waarden": trekkingen.waarden},
    }))
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [path, out, rest @ ..] = arguments.as_slice() else {
        return eprintln!("export_plan <model> <out.json> [draws]");
    };
    let draws = rest.first().and_then(|n| n.parse().ok()).unwrap_or(200);
    match export(path, draws)
        .and_then(|value| std::fs::write(out, value.to_string()).map_err(|e| e.to_string()))
    {
        Ok(()) => println!("{out} written"),
        Err(reason) => eprintln!("{reason}"),
    }
}

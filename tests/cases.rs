//! Golden cases: every toml file under `tests/cases/`, each a published or independently calculated example with its source.
//!
//! A case of a kind that exists needs no Rust. An expected value comes from its source, never from our own output, and changes
//! only with a reason that the file states. `verdelingen/` holds quantiles for the tests of `risk::distribution`.

mod support;

#[path = "cases/regels.rs"]
mod regels;

use polder::evaluate::{Trekking, Voorbereid, Werk, bedrag_van, evaluate};
use polder::model::Model;
use polder::model::table::{Scalar, Tables};
use polder::number::{Exact, Number, Of};
use polder::plan::{Diepte, Drijvers, Plan, Route};
use polder::risk::simulation::{uitkomst_namen, uitkomsten};
use polder::route::{self, Routeresultaat};
use polder::rules::{grondwaarde, levensduur};
use polder::timeline::{self, Kasstroommoment, Periode, Tijdstap, Timeline};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Where the figures come from. Every field is for the reader of the case.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Bron {
    titel: String,
    adres: String,
    /// A caution about the source itself.
    waarschuwing: Option<String>,
    /// What can't be reproduced, and why.
    opmerking: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "soort", rename_all = "kebab-case")]
enum Geval {
    Model(Modelgeval),
    Trekking(Trekkinggeval),
    GrexTabel(GrexTabel),
    Disconto(Discontogeval),
    Levensduur(Levensduurgeval),
    Kapitaallasten(Lastengeval),
    Vereveningsfonds(regels::Vereveningsgeval),
    Kostendeling(regels::Delinggeval),
    Grondbank(regels::Grondbankgeval),
    Bouwclaim(regels::Bouwclaimgeval),
    Gem(regels::Gemgeval),
    Bijdrage(regels::Bijdragegeval),
    TariefBovenwijks(regels::Tariefgeval),
    Norm(regels::Normgeval),
    Kostenverhaal(regels::Verhaalgeval),
    Bedragen(Bedragengeval),
    Winst(Winstgeval),
}

impl Geval {
    fn bron(&self) -> &Bron {
        match self {
            Geval::Model(g) => &g.bron,
            Geval::Trekking(g) => &g.bron,
            Geval::GrexTabel(g) => &g.bron,
            Geval::Disconto(g) => &g.bron,
            Geval::Levensduur(g) => &g.bron,
            Geval::Kapitaallasten(g) => &g.bron,
            Geval::Vereveningsfonds(g) => &g.bron,
            Geval::Kostendeling(g) => &g.bron,
            Geval::Grondbank(g) => &g.bron,
            Geval::Bouwclaim(g) => &g.bron,
            Geval::Gem(g) => &g.bron,
            Geval::Bijdrage(g) => &g.bron,
            Geval::TariefBovenwijks(g) => &g.bron,
            Geval::Norm(g) => &g.bron,
            Geval::Kostenverhaal(g) => &g.bron,
            Geval::Bedragen(g) => &g.bron,
            Geval::Winst(g) => &g.bron,
        }
    }
}

/// What was compared, and what did not hold.
#[derive(Debug, Default)]
struct Uitslag {
    vergeleken: usize,
    fouten: Vec<String>,
}

impl Uitslag {
    fn vergelijk(&mut self, wat: &str, berekend: Decimal, verwacht: Decimal, tolerantie: Decimal) {
        self.vergeleken += 1;
        if (berekend - verwacht).abs() > tolerantie {
            self.fouten.push(format!(
                "{wat}: calculated {berekend}, the source says {verwacht} (tolerance {tolerantie})"
            ));
        }
    }

    fn fout(&mut self, wat: impl Into<String>) {
        self.vergeleken += 1;
        self.fouten.push(wat.into());
    }
}

fn exact(value: Decimal) -> Exact {
    Exact::from(value)
}

fn value(number: Exact) -> Decimal {
    number.0.expect("the figures of a case are small")
}

// ------------------------------------------------------------------------------------------------------------ model

/// A whole model with the results that its source gives, in one or more variants.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Modelgeval {
    bron: Bron,
    tolerantie: Decimal,
    /// The model in its own tables.
    model: Option<toml::Table>,
    /// Or a folder of the project.
    map: Option<String>,
    geval: Vec<Variant>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Variant {
    naam: String,
    /// grex (the default) or cofinanciering.
    route: Option<String>,
    tolerantie: Option<Decimal>,
    /// Settings that differ.
    #[serde(default)]
    gebied: toml::Table,
    /// Whole tables that take the place of the model's.
    #[serde(default)]
    tabel: toml::Table,
    /// Result addresses with the value that the source gives.
    verwacht: BTreeMap<String, Decimal>,
}

/// Puts the settings and tables of a variant in the place of the model's own.
fn vervang(basis: &mut Tables, variant: &Variant) {
    let text = |scalar: &Scalar| {
        if let Scalar::Text(text) = scalar {
            text.clone()
        } else {
            String::new()
        }
    };
    let mut anders = variant.tabel.clone();
    for name in variant.tabel.keys() {
        basis.table_mut(name).rows.clear();
    }
    // An empty list only clears its table.
    anders.retain(|_, rows| rows.as_array().is_none_or(|r| !r.is_empty()));
    if !variant.gebied.is_empty() {
        anders.insert("gebied".into(), toml::Value::Table(variant.gebied.clone()));
    }
    let anders = support::tables(&anders.to_string());
    for row in &anders.table("gebied").rows {
        let name = text(&row.values[0].scalar);
        basis
            .table_mut("gebied")
            .rows
            .retain(|r| text(&r.values[0].scalar) != name);
    }
    basis.join(anders);
}

impl Modelgeval {
    fn run(&self, uitslag: &mut Uitslag) {
        let basis = match (&self.model, &self.map) {
            (Some(model), None) => support::tables(&model.to_string()),
            (None, Some(map)) => support::tables_in(map),
            _ => return uitslag.fout("give the model in tables, or the folder that holds it"),
        };
        for variant in &self.geval {
            let mut tables = basis.clone();
            vervang(&mut tables, variant);
            let model = match support::model(tables) {
                Ok(model) => model,
                Err(problems) => {
                    uitslag.fout(format!("{}: {problems}", variant.naam));
                    continue;
                }
            };
            let route = match variant.route.as_deref() {
                None | Some("grex") => Route::Grex,
                Some("cofinanciering") => Route::Cofinanciering,
                Some(other) => {
                    uitslag.fout(format!("{}: no route \"{other}\"", variant.naam));
                    continue;
                }
            };
            let resultaat =
                route::calculate(&model, route).expect("the figures of a case are small");
            if variant.verwacht.is_empty() {
                uitslag.fout(format!("{}: nothing is expected", variant.naam));
            }
            for (adres, verwacht) in &variant.verwacht {
                let wat = format!("{}, {adres}", variant.naam);
                match resultaat.waarde(&model, adres) {
                    Ok(berekend) => uitslag.vergelijk(
                        &wat,
                        berekend,
                        *verwacht,
                        variant.tolerantie.unwrap_or(self.tolerantie),
                    ),
                    Err(reason) => uitslag.fout(format!("{wat}: {reason}")),
                }
            }
        }
    }
}

// --------------------------------------------------------------------------------------------------------- trekking

/// A model of the project with its drivers given, as if they had been drawn, and what then comes out.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Trekkinggeval {
    bron: Bron,
    tolerantie: Decimal,
    /// A folder of the project.
    map: String,
    geval: Vec<Drijverwaarden>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Drijverwaarden {
    naam: String,
    /// grex or cofinanciering.
    route: String,
    /// All drivers that are drawn once: their value; of a risk its impact, zero when it does not happen.
    drijvers: BTreeMap<String, Decimal>,
    /// All yearly drivers: the deviation of every year after peildatum, persistence included.
    schokken: BTreeMap<String, Vec<Decimal>>,
    /// Figures of a draw with their values.
    verwacht: BTreeMap<String, Decimal>,
}

impl Trekkinggeval {
    fn run(&self, uitslag: &mut Uitslag) {
        let model = support::model(support::tables_in(&self.map)).expect("a model of the project");
        let (drijvers, problems) = Drijvers::resolve(&model);
        assert!(problems.is_empty(), "{problems:?}");
        for geval in &self.geval {
            let route = Route::BEIDE
                .into_iter()
                .find(|r| r.naam() == geval.route)
                .expect("a route");
            for diepte in [Diepte::Rekening, Diepte::Opgave] {
                let plan = Plan::new(&model, route, diepte, drijvers.clone()).expect("it compiles");
                let v = Voorbereid::<Exact>::new(&plan);
                let mut namen = plan.drijver_namen();
                let yearly = namen.split_off(plan.drijvers.slots.len());
                let slots = namen.iter().map(|n| exact(geval.drijvers[*n])).collect();
                let after =
                    (model.gebied.peil.year(model.gebied.tijdstap) + 1 - v.eerste_jaar()) as usize;
                let schokken = yearly.iter().map(|n| {
                    let mut row = vec![Exact::ZERO; after];
                    row.extend(geval.schokken[*n].iter().map(|d| exact(*d)));
                    row.resize(v.aantal_jaren(), Exact::ZERO);
                    row
                });
                let trekking = Trekking {
                    schokken: schokken.collect(),
                    uitstel: plan
                        .drijvers
                        .uitstel
                        .iter()
                        .map(|u| {
                            u.map_or(0, |u| {
                                geval.drijvers[namen[u.slot]].to_u32().expect("a delay")
                            })
                        })
                        .collect(),
                    slots,
                };
                let mut werk = Werk::new(&plan, false);
                let u = evaluate(&v, &trekking, &mut werk);
                let mut figures = Vec::new();
                uitkomsten(&plan, &u, &werk, &mut figures);
                let figures: BTreeMap<String, Exact> =
                    uitkomst_namen(&plan).into_iter().zip(figures).collect();
                for (naam, verwacht) in &geval.verwacht {
                    let wat = format!("{}, {naam}, {diepte:?}", geval.naam);
                    let Some(figure) = figures.get(naam) else {
                        uitslag.fout(format!("{wat}: no figure of a draw"));
                        continue;
                    };
                    let berekend = if naam == "laagste_stand_jaar" {
                        let position = value(*figure).to_usize().expect("a position");
                        Decimal::from(plan.timeline.year(position))
                    } else {
                        value(*figure)
                    };
                    uitslag.vergelijk(&wat, berekend, *verwacht, self.tolerantie);
                }
            }
        }
    }
}

// ------------------------------------------------------------------------------------------------------- grex-tabel

/// A published table of grondexploitaties: a row with totals per project, without phasing. Two tiny models per row: one of
/// boekwaarde, costs, revenue and interest, all as published, whose EW is compared; and one of the published EW alone, whose
/// present value is compared.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct GrexTabel {
    bron: Bron,
    discontovoet: Decimal,
    tolerantie: Toleranties,
    rij: Vec<Rij>,
    totaal: Option<Totaal>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Toleranties {
    eindwaarde: Decimal,
    startwaarde: Decimal,
    totaal: Decimal,
    complexresultaat: Decimal,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rij {
    naam: String,
    peiljaar: i32,
    /// Last year; without it the present value is not compared.
    eindjaar: Option<i32>,
    #[serde(default)]
    boekwaarde: Decimal,
    kosten: Decimal,
    opbrengsten: Decimal,
    /// Interest and price rises: minus is to be paid.
    rente: Decimal,
    startwaarde: Decimal,
    eindwaarde: Decimal,
    winstuitname: Option<Decimal>,
    /// Result of the complex: profit taken and the result named by the next field.
    complexresultaat: Option<Decimal>,
    complexresultaat_uit: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Totaal {
    boekwaarde: Decimal,
    kosten: Decimal,
    opbrengsten: Decimal,
    rente: Decimal,
    startwaarde: Decimal,
    eindwaarde: Decimal,
}

impl GrexTabel {
    /// A model without index or interest of these flows, so that their year makes no difference; it runs from a year to a year.
    fn model(
        &self,
        van: i32,
        tot: i32,
        boekwaarde: &[Decimal],
        kosten: &[Decimal],
        opbrengsten: &[Decimal],
    ) -> (Model, Routeresultaat) {
        let mut text = format!(
            "[gebied]\npeildatum = {van}-01-01\neindjaar = {tot}\nrente = 0\ndiscontovoet_bbv = {0}\ndiscontovoet_maatschappelijk = {0}\n",
            self.discontovoet
        );
        for bedrag in boekwaarde {
            write!(text, "[[boekwaarde]]\nbedrag = {bedrag}\n").expect("writing to text");
        }
        for (tabel, bedragen) in [("kosten", kosten), ("opbrengsten", opbrengsten)] {
            for (i, bedrag) in bedragen.iter().enumerate() {
                write!(
                    text,
                    "[[{tabel}]]\nid = \"{tabel} {i}\"\nbedrag = {bedrag}\nfasering = \"{van}\"\n"
                )
                .expect("writing to text");
            }
        }
        let model = support::model(support::tables(&text)).expect("the model of a row is complete");
        let resultaat =
            route::calculate(&model, Route::Grex).expect("the figures of a row are small");
        (model, resultaat)
    }

    fn run(&self, uitslag: &mut Uitslag) {
        let t = &self.tolerantie;
        for rij in &self.rij {
            let eind = rij.eindjaar.unwrap_or(rij.peiljaar);
            let (_, identiteit) = self.model(
                rij.peiljaar,
                eind,
                &[rij.boekwaarde],
                &[rij.kosten],
                &[rij.opbrengsten, rij.rente],
            );
            uitslag.vergelijk(
                &format!("{}, eindwaarde", rij.naam),
                identiteit.resultaat.eindwaarde,
                rij.eindwaarde,
                t.eindwaarde,
            );
            if rij.eindjaar.is_none() {
                continue;
            }
            let (model, contant) = self.model(rij.peiljaar, eind, &[], &[], &[rij.eindwaarde]);
            uitslag.vergelijk(
                &format!("{}, startwaarde", rij.naam),
                contant.ncw,
                rij.startwaarde,
                t.startwaarde,
            );
            if let (Some(complex), Some(uit)) = (rij.complexresultaat, &rij.complexresultaat_uit) {
                let resultaat = contant.waarde(&model, uit).expect("the row names a result");
                uitslag.vergelijk(
                    &format!("{}, complexresultaat", rij.naam),
                    resultaat + rij.winstuitname.unwrap_or_default(),
                    complex,
                    t.complexresultaat,
                );
            }
        }
        let Some(totaal) = &self.totaal else { return };
        let all = |pick: fn(&Rij) -> Decimal| self.rij.iter().map(pick).collect::<Vec<_>>();
        let van = self.rij[0].peiljaar;
        let ontvangsten = [all(|r| r.opbrengsten), all(|r| r.rente)].concat();
        let (model, portefeuille) = self.model(
            van,
            van,
            &all(|r| r.boekwaarde),
            &all(|r| r.kosten),
            &ontvangsten,
        );
        uitslag.vergelijk(
            "totaal, eindwaarde",
            portefeuille.resultaat.eindwaarde,
            totaal.eindwaarde,
            t.totaal,
        );
        let exact = [
            ("kosten", totaal.kosten),
            ("opbrengsten", totaal.opbrengsten + totaal.rente),
            ("boekwaarde_begin", totaal.boekwaarde),
        ];
        for (naam, verwacht) in exact {
            let berekend = portefeuille
                .waarde(&model, &format!("{naam}.{van}"))
                .expect("a series of the main account");
            uitslag.vergelijk(
                &format!("totaal, {naam}"),
                berekend,
                verwacht,
                Decimal::ZERO,
            );
        }
        // A portfolio of end values has the sum of them as its own, whatever their years; so have the present values.
        for (naam, delen, verwacht) in [
            ("eindwaarde", all(|r| r.eindwaarde), totaal.eindwaarde),
            ("startwaarde", all(|r| r.startwaarde), totaal.startwaarde),
        ] {
            let (_, som) = self.model(van, van, &[], &[], &delen);
            uitslag.vergelijk(
                &format!("totaal, som van {naam}"),
                som.resultaat.eindwaarde,
                verwacht,
                Decimal::ZERO,
            );
        }
    }
}

// --------------------------------------------------------------------------------------------------------- disconto

/// A series of amounts at present value, year by year.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Discontogeval {
    bron: Bron,
    tolerantie: Decimal,
    tolerantie_som: Option<Decimal>,
    voet: Decimal,
    /// begin, midden or eind of the year.
    moment: String,
    bedragen: Vec<Decimal>,
    contant: Vec<Decimal>,
    som: Option<Decimal>,
}

impl Discontogeval {
    fn run(&self, uitslag: &mut Uitslag) {
        let moment = match self.moment.as_str() {
            "begin" => Kasstroommoment::Begin,
            "midden" => Kasstroommoment::Midden,
            "eind" => Kasstroommoment::Eind,
            other => return uitslag.fout(format!("no moment \"{other}\"")),
        };
        let len = self.bedragen.len();
        if self.contant.len() != len {
            return uitslag.fout("as many present values as amounts");
        }
        let timeline = Timeline {
            stap: Tijdstap::Jaar,
            first: Periode(2026),
            peil: 0,
            grex_end: len,
            horizon_end: len,
            len,
        };
        let mut factoren = vec![Exact::ZERO; len];
        timeline::discount_factors(
            &timeline,
            exact(self.voet),
            moment,
            timeline.peil,
            Of::Geheel,
            None,
            &mut factoren,
        );
        let contant: Vec<Exact> = self
            .bedragen
            .iter()
            .zip(&factoren)
            .map(|(b, f)| exact(*b) * *f)
            .collect();
        for (t, (berekend, verwacht)) in contant.iter().zip(&self.contant).enumerate() {
            uitslag.vergelijk(
                &format!("year {}", t + 1),
                value(*berekend),
                *verwacht,
                self.tolerantie,
            );
        }
        if let Some(som) = self.som {
            uitslag.vergelijk(
                "sum",
                value(Exact::sum(&contant)),
                som,
                self.tolerantie_som.unwrap_or(self.tolerantie),
            );
        }
    }
}

// ------------------------------------------------------------------------------------- levensduur and kapitaallasten

/// Life-cycle costs.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Levensduurgeval {
    bron: Bron,
    tolerantie: Decimal,
    investering: Decimal,
    onderhoud: Decimal,
    levensduur: u32,
    horizon: u32,
    voet: Decimal,
    inflatie: Option<Decimal>,
    verwacht: BTreeMap<String, Decimal>,
}

impl Levensduurgeval {
    fn run(&self, uitslag: &mut Uitslag) {
        let kosten = levensduur::levensduurkosten(
            exact(self.investering),
            exact(self.onderhoud),
            self.levensduur,
            self.horizon,
            exact(self.voet),
            Of::Object(0),
        );
        for (naam, verwacht) in &self.verwacht {
            let (berekend, tolerantie) = match naam.as_str() {
                "onderhoud" => (kosten.onderhoud, self.tolerantie),
                "vervanging" => (kosten.vervanging, self.tolerantie),
                "restwaarde" => (kosten.restwaarde, self.tolerantie),
                "totaal" => (kosten.totaal, self.tolerantie),
                "annuiteit" => (kosten.annuiteit, self.tolerantie),
                // A rate is exact.
                "nominale_voet" => (
                    levensduur::nominale_voet(
                        exact(self.voet),
                        exact(self.inflatie.unwrap_or_default()),
                    ),
                    Decimal::ZERO,
                ),
                other => {
                    uitslag.fout(format!("no figure \"{other}\""));
                    continue;
                }
            };
            uitslag.vergelijk(naam, value(berekend), *verwacht, tolerantie);
        }
    }
}

/// Capital charges, linear per year and as an annuity.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Lastengeval {
    bron: Bron,
    tolerantie: Decimal,
    investering: Decimal,
    levensduur: u32,
    voet: Decimal,
    lineair: Vec<Decimal>,
    annuitair: Decimal,
}

impl Lastengeval {
    fn run(&self, uitslag: &mut Uitslag) {
        for (jaar, verwacht) in (1..).zip(&self.lineair) {
            let last = levensduur::kapitaallasten_lineair(
                exact(self.investering),
                self.levensduur,
                exact(self.voet),
                jaar,
                Of::Object(0),
            );
            uitslag.vergelijk(
                &format!("lineair, year {jaar}"),
                value(last),
                *verwacht,
                self.tolerantie,
            );
        }
        let last = levensduur::kapitaallasten_annuitair(
            exact(self.investering),
            self.levensduur,
            exact(self.voet),
            Of::Object(0),
        );
        uitslag.vergelijk("annuïtair", value(last), self.annuitair, self.tolerantie);
    }
}

// ---------------------------------------------------------------------------------------------------------- bedragen

/// A model with the amounts that its source gives for lines at prijspeil: a land value with its build-up, say.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Bedragengeval {
    bron: Bron,
    tolerantie: Decimal,
    /// The model in its own tables.
    model: toml::Table,
    geval: Vec<Bedragen>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Bedragen {
    naam: String,
    tolerantie: Option<Decimal>,
    /// Whole tables that take the place of the model's.
    #[serde(default)]
    tabel: toml::Table,
    /// Amounts by the id of their line.
    verwacht: BTreeMap<String, Decimal>,
}

impl Bedragengeval {
    fn run(&self, uitslag: &mut Uitslag) {
        let basis = support::tables(&self.model.to_string());
        for geval in &self.geval {
            let mut tables = basis.clone();
            let variant = Variant {
                naam: geval.naam.clone(),
                route: None,
                tolerantie: None,
                gebied: toml::Table::new(),
                tabel: geval.tabel.clone(),
                verwacht: BTreeMap::new(),
            };
            vervang(&mut tables, &variant);
            let model = match support::model(tables) {
                Ok(model) => model,
                Err(problems) => {
                    uitslag.fout(format!("{}: {problems}", geval.naam));
                    continue;
                }
            };
            let plan = Plan::new(&model, Route::Grex, Diepte::Lijn, Drijvers::default())
                .expect("it compiles");
            let v = Voorbereid::<Exact>::new(&plan);
            if geval.verwacht.is_empty() {
                uitslag.fout(format!("{}: nothing is expected", geval.naam));
            }
            for (id, verwacht) in &geval.verwacht {
                let wat = format!("{}, {id}", geval.naam);
                match model.lijnen.iter().position(|l| l.id == *id) {
                    Some(l) => uitslag.vergelijk(
                        &wat,
                        value(bedrag_van(&v, l)),
                        *verwacht,
                        geval.tolerantie.unwrap_or(self.tolerantie),
                    ),
                    None => uitslag.fout(format!("{wat}: there is no such line")),
                }
            }
            // The plan folds land values in its own way: a record must hold what its lines come to.
            let lines = model.lijnen.iter().enumerate();
            let sold: Decimal = lines
                .filter(|(_, l)| ["programma", "opbrengsten"].contains(&l.tabel))
                .map(|(l, _)| value(bedrag_van(&v, l)))
                .sum();
            let recorded =
                route::calculate(&model, Route::Grex).expect("the figures of a case are small");
            match recorded.waarde(&model, "nominaal_saldo") {
                Ok(total) => uitslag.vergelijk(
                    &format!("{}, all that is sold", geval.naam),
                    total,
                    sold,
                    Decimal::new(1, 9),
                ),
                Err(reason) => uitslag.fout(reason),
            }
        }
    }
}

/// The profit that is left at a given land price, and its shares.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Winstgeval {
    bron: Bron,
    tolerantie: Decimal,
    tolerantie_aandeel: Decimal,
    /// Costs that do not move with the opbrengst, land included.
    kosten: Decimal,
    /// Costs that are a share of the opbrengst.
    kosten_aandeel: Decimal,
    geval: Vec<Punt>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Punt {
    opbrengst: Decimal,
    winst: Decimal,
    over_kosten: Decimal,
    over_opbrengst: Decimal,
}

impl Winstgeval {
    fn run(&self, uitslag: &mut Uitslag) {
        for geval in &self.geval {
            let opbrengst = exact(geval.opbrengst);
            let kosten = exact(self.kosten) + opbrengst * exact(self.kosten_aandeel);
            let (winst, over_kosten, over_opbrengst) = grondwaarde::winst(opbrengst, kosten);
            let wat = format!("opbrengst {}", geval.opbrengst);
            uitslag.vergelijk(&wat, value(winst), geval.winst, self.tolerantie);
            for (berekend, verwacht) in [
                (over_kosten, geval.over_kosten),
                (over_opbrengst, geval.over_opbrengst),
            ] {
                uitslag.vergelijk(&wat, value(berekend), verwacht, self.tolerantie_aandeel);
            }
        }
    }
}

// ------------------------------------------------------------------------------------------------------------ runner

fn run(text: &str) -> Uitslag {
    let mut uitslag = Uitslag::default();
    let geval: Geval = match toml::from_str(text) {
        Ok(geval) => geval,
        Err(reason) => {
            uitslag.fout(reason.to_string());
            return uitslag;
        }
    };
    let bron = geval.bron();
    for text in [
        Some(&bron.titel),
        Some(&bron.adres),
        bron.waarschuwing.as_ref(),
        bron.opmerking.as_ref(),
    ]
    .into_iter()
    .flatten()
    {
        if text.trim().is_empty() {
            uitslag.fout("a source needs a title and an address");
        }
    }
    match &geval {
        Geval::Model(g) => g.run(&mut uitslag),
        Geval::Trekking(g) => g.run(&mut uitslag),
        Geval::GrexTabel(g) => g.run(&mut uitslag),
        Geval::Disconto(g) => g.run(&mut uitslag),
        Geval::Levensduur(g) => g.run(&mut uitslag),
        Geval::Kapitaallasten(g) => g.run(&mut uitslag),
        Geval::Vereveningsfonds(g) => g.run(&mut uitslag),
        Geval::Kostendeling(g) => g.run(&mut uitslag),
        Geval::Grondbank(g) => g.run(&mut uitslag),
        Geval::Bouwclaim(g) => g.run(&mut uitslag),
        Geval::Gem(g) => g.run(&mut uitslag),
        Geval::Bijdrage(g) => g.run(&mut uitslag),
        Geval::TariefBovenwijks(g) => g.run(&mut uitslag),
        Geval::Norm(g) => g.run(&mut uitslag),
        Geval::Kostenverhaal(g) => g.run(&mut uitslag),
        Geval::Bedragen(g) => g.run(&mut uitslag),
        Geval::Winst(g) => g.run(&mut uitslag),
    }
    if uitslag.vergeleken == 0 {
        uitslag.fout("the case compares nothing");
    }
    uitslag
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).expect("a folder of cases");
    for path in entries.map(|e| e.expect("an entry of a folder").path()) {
        if path.is_dir() {
            if path.file_name().is_some_and(|n| n != "verdelingen") {
                files(&path, found);
            }
        } else if path.extension().is_some_and(|e| e == "toml") {
            found.push(path);
        }
    }
}

#[test]
fn every_case_gives_the_figures_of_its_source() {
    let mut paths = Vec::new();
    files(&support::root().join("tests/cases"), &mut paths);
    paths.sort();
    assert!(!paths.is_empty());
    let (mut vergeleken, mut fouten) = (0, Vec::new());
    for path in &paths {
        let text = std::fs::read_to_string(path).expect("a case can be read");
        let uitslag = run(&text);
        let naam = path.strip_prefix(support::root()).unwrap_or(path).display();
        vergeleken += uitslag.vergeleken;
        fouten.extend(uitslag.fouten.into_iter().map(|f| format!("{naam}: {f}")));
    }
    println!("{} files, {vergeleken} figures", paths.len());
    assert!(
        fouten.is_empty(),
        "{} of {vergeleken} figures do not hold:\n{}",
        fouten.len(),
        fouten.join("\n")
    );
}

#[test]
fn a_figure_that_does_not_hold_is_told() {
    let text = |verwacht: &str| {
        format!(
            "soort = \"model\"\ntolerantie = \"0.01\"\n[bron]\ntitel = \"t\"\nadres = \"a\"\n\
             [model.gebied]\npeildatum = 2026-01-01\neindjaar = 2026\nrente = 0\n\
             [[model.kosten]]\nid = \"K\"\nbedrag = 100\nfasering = \"2026\"\n\
             [[geval]]\nnaam = \"g\"\nverwacht = {{ {verwacht} }}\n"
        )
    };
    assert_eq!(run(&text("eindwaarde = \"-100.01\"")).fouten, [""; 0]);
    assert_eq!(
        run(&text("eindwaarde = \"-100.02\"")).fouten,
        ["g, eindwaarde: calculated -100, the source says -100.02 (tolerance 0.01)"]
    );
    assert_eq!(
        run(&text("eindwarde = \"-100\"")).fouten.len(),
        1,
        "an address that is no result"
    );
    assert_eq!(run(&text("")).fouten.len(), 1, "nothing is expected");
}

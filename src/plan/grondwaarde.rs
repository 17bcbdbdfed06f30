//! Valuations of land as sums of products of draws. A land value is linear in the opbrengst and in every cost, so the rule is run once per
//! product of draws that occurs, with what is certain or drawn with that product and nothing else.

use super::{Expansie, Plan, count_terms};
use crate::cashflow::{self, waardering};
use crate::model::address::Als;
use crate::model::{Bedrag, Deel, Lijn, Model, Post, Waardering};
use crate::number::{Exact, Of};
use crate::problem::Problem;
use rust_decimal::Decimal;
use std::collections::HashMap;

/// Draws, each plus something.
type Maal = Vec<(usize, Decimal)>;

/// Which part of a valued line a column is (as `place_of` of the plan).
pub(super) fn place_of(
    model: &Model,
    lijn: &Lijn,
    column: &'static str,
    als: Als,
) -> Result<Option<&'static str>, String> {
    let only_factor = |what: String| match als {
        Als::Factor => Ok(Some(column)),
        _ => Err(format!(
            "{what}: only a factor can be drawn on its {column}"
        )),
    };
    let (w, deel) = match &lijn.bedrag {
        Bedrag::Waarde { waardering, deel } => (&model.waarderingen[*waardering], deel),
        Bedrag::Waardering { waardering, .. } => {
            return match column {
                "aantal" => Ok(Some("aantal")),
                "grondprijs" => only_factor(format!(
                    "\"{}\" has its price from waardering \"{}\"",
                    lijn.id, model.waarderingen[*waardering].naam
                )),
                _ => Ok(None),
            };
        }
        _ => return Ok(None),
    };
    let given = w.getal(column).is_some();
    let curved = |what: &str| {
        Err(format!(
            "the land value is not linear in {column} of \"{}\", so it can't be drawn: {what}",
            lijn.rij
        ))
    };
    match (deel, column) {
        (Deel::Opbrengst, "factor") if given && w.huurvrij_uitstel => {
            curved("with huurvrij_wijze uitstel draw huur instead")
        }
        (Deel::Huur, "huur" | "m2" | "betaalbare_huur")
        | (Deel::Opbrengst, "von" | "factor")
        | (Deel::Grond, "prijs" | "grondquote")
            if given =>
        {
            Ok(Some(column))
        }
        // The area belongs to what is given per m2 of it.
        (Deel::Opbrengst, "m2") if given && w.huur.is_none() => Ok(Some(column)),
        (Deel::Grond, "m2") if given && w.opbrengst.is_none() => Ok(Some(column)),
        (Deel::Grond, "bar") if given => curved("give factor (1 / bar) and draw that"),
        (
            Deel::Grond,
            "btw" | "betaalbaar_aandeel" | "huurvrij" | "kosten_koper" | "disconto" | "jaren"
            | "eenheden",
        ) if given => curved("give its values in table scenarios"),
        (Deel::Rente(_), "bedrag") => {
            only_factor(format!("\"{}\" is interest over other posts", lijn.id))
        }
        (Deel::Rente(_), "rente" | "jaren" | "deel" | "termijnen") => {
            curved("draw a factor on its bedrag")
        }
        (
            Deel::Grondpost(_),
            "percentage" | "bedrag" | "rente" | "jaren" | "deel" | "termijnen",
        ) => curved("it is over the land; give its values in table scenarios"),
        _ => Ok(None),
    }
}

/// Amounts gathered by the draws that they are times.
#[derive(Default)]
struct Delen {
    places: HashMap<Maal, usize>,
    out: Vec<Expansie>,
}

impl Delen {
    fn add(&mut self, maal: Maal, bedrag: Decimal) -> Option<()> {
        let next = self.out.len();
        let place = *self.places.entry(maal.clone()).or_insert(next);
        if place == next {
            self.out.push(Expansie { bedrag, maal });
        } else {
            let sum = &mut self.out[place].bedrag;
            *sum = sum.checked_add(bedrag)?;
        }
        Some(())
    }
}

/// What is drawn on a column of a line: the certain factor that stays, and the draws.
type Vorm = (Decimal, Maal);

impl Plan<'_> {
    fn vorm(&self, l: usize, kolom: &str, waarde: Decimal) -> Vorm {
        let (mut keep, mut maal) = (waarde, Maal::new());
        let uses = self.drijvers.lijnen.get(&l).into_iter().flatten();
        for (_, gebruik) in uses.filter(|(t, _)| *t == kolom) {
            let plus = match gebruik.als {
                Als::Factor | Als::Waarde => Decimal::ZERO,
                Als::Verschuiving => waarde,
            };
            maal.push((gebruik.slot, plus));
            if gebruik.als != Als::Factor {
                keep = Decimal::ONE;
            }
        }
        (keep, maal)
    }

    /// The amount of a line that is valued, or is a part of a valuation.
    pub(super) fn expand_waarde(
        &self,
        l: usize,
        known: &mut Vec<Option<Vec<Expansie>>>,
        terms: &mut usize,
    ) -> Result<(), Problem> {
        let model = self.model;
        let lijn = &model.lijnen[l];
        let mut asked: Vec<usize> = Vec::new();
        match &lijn.bedrag {
            Bedrag::Waardering { waardering, .. } => {
                asked.push(model.waarderingen[*waardering].lijn);
            }
            Bedrag::Waarde { waardering, deel } => {
                let w = &model.waarderingen[*waardering];
                match deel {
                    Deel::Huur => {}
                    Deel::Opbrengst => asked.extend(w.huur),
                    Deel::Rente(post) => asked.extend(&post.over),
                    Deel::Grondpost(_) => asked.push(w.lijn),
                    Deel::Grond => {
                        asked.extend(w.opbrengst);
                        asked.extend(&w.kosten);
                        asked.extend(w.posten.iter().flat_map(|p| &p.over));
                    }
                }
            }
            _ => return Ok(()),
        }
        for j in asked {
            self.expand(j, known, terms)?;
        }
        // A post over the land is settled with the land.
        if known[l].is_some() {
            return Ok(());
        }
        let settled = self.waarde(l, known).ok_or_else(|| {
            Problem::error(
                "too-large",
                format!(
                    "the amount of \"{}\" is too large to calculate with",
                    lijn.id
                ),
            )
            .at(&lijn.place)
            .fix("check the quantity and the price")
        })?;
        for (line, parts) in settled {
            count_terms(&model.lijnen[line], &parts, terms)?;
            known[line] = Some(parts);
        }
        Ok(())
    }

    /// The parts of a line, all that it asks being known; nothing when a number is too large.
    fn waarde(
        &self,
        l: usize,
        known: &[Option<Vec<Expansie>>],
    ) -> Option<Vec<(usize, Vec<Expansie>)>> {
        let model = self.model;
        let of = Of::Lijn(l as u16);
        let parts = |j: usize| known[j].as_deref().unwrap_or(&[]);
        let exact = |d: Decimal| Exact::from(d);
        let mut delen = Delen::default();
        let (w, deel) = match &model.lijnen[l].bedrag {
            Bedrag::Waarde { waardering, deel } => (&model.waarderingen[*waardering], deel),
            Bedrag::Waardering { aantal, waardering } => {
                let (n, units) = self.vorm(l, "aantal", aantal.value);
                let (factor, price) = self.vorm(l, "grondprijs", Decimal::ONE);
                for part in parts(model.waarderingen[*waardering].lijn) {
                    let price_each = exact(part.bedrag.checked_mul(factor)?);
                    let amount = cashflow::product(&[exact(n), price_each], of).0?;
                    delen.add(joined(&[&part.maal, &units, &price]), amount)?;
                }
                return Some(vec![(l, delen.out)]);
            }
            _ => return None,
        };
        // An input as it stands in the run for one product of draws.
        let given = |kolom: &str| w.getal(kolom).map(exact);
        let drawn = |kolom: &str| w.getal(kolom).map(|value| self.vorm(l, kolom, value));
        match deel {
            Deel::Huur => {
                let huur = drawn("huur")?;
                let (m2, area) = drawn("m2").unzip();
                let area = area.unwrap_or_default();
                let laag =
                    drawn("betaalbare_huur").filter(|_| given("betaalbaar_aandeel").is_some());
                let run = |huur: Decimal, laag: Option<Decimal>| {
                    waardering::huur(&|kolom| match kolom {
                        "huur" => Some(exact(huur)),
                        "betaalbare_huur" => laag.map(exact),
                        "m2" => m2.map(exact),
                        other => given(other),
                    })
                    .0
                };
                let maal = joined(&[&huur.1, &area]);
                match laag {
                    Some(laag) if laag.1 != huur.1 => {
                        delen.add(maal, run(huur.0, Some(Decimal::ZERO))?)?;
                        delen.add(joined(&[&laag.1, &area]), run(Decimal::ZERO, Some(laag.0))?)?;
                    }
                    laag => delen.add(maal, run(huur.0, laag.map(|l| l.0))?)?,
                }
            }
            Deel::Opbrengst => {
                let run = |changed: &[(&str, Decimal)], huur: Option<Decimal>| {
                    let veld = |kolom: &'static str| {
                        let found = changed.iter().find(|(k, _)| *k == kolom);
                        found
                            .map(|(_, value)| exact(*value))
                            .or_else(|| given(kolom))
                    };
                    waardering::opbrengst(w, &veld, huur.map(exact)).0
                };
                match w.huur {
                    None => {
                        let von = drawn("von")?;
                        let mut changed = vec![("von", von.0)];
                        let mut maal = von.1;
                        if let Some((m2, area)) = drawn("m2") {
                            changed.push(("m2", m2));
                            maal.extend(area);
                        }
                        delen.add(maal, run(&changed, None)?)?;
                    }
                    Some(h) => {
                        let factor = drawn("factor").filter(|(_, maal)| !maal.is_empty());
                        for part in parts(h) {
                            let huur = Some(part.bedrag);
                            let Some((factor, draws)) = &factor else {
                                delen.add(part.maal.clone(), run(&[], huur)?)?;
                                continue;
                            };
                            // h·(f − n): the years come off whatever is drawn.
                            let without = [("factor", *factor), ("huurvrij", Decimal::ZERO)];
                            delen.add(joined(&[&part.maal, draws]), run(&without, huur)?)?;
                            if given("huurvrij").is_some() {
                                let years = run(&[("factor", Decimal::ZERO)], huur)?;
                                delen.add(part.maal.clone(), years)?;
                            }
                        }
                    }
                }
            }
            Deel::Rente(post) => {
                let rate = share(post);
                let (factor, draws) = self.vorm(l, "bedrag", Decimal::ONE);
                for part in post.over.iter().flat_map(|j| parts(*j)) {
                    let base = [exact(part.bedrag)];
                    let amount = cashflow::opslag(rate * exact(factor), &base, of).0?;
                    delen.add(joined(&[&part.maal, &draws]), amount)?;
                }
            }
            Deel::Grondpost(_) => return None,
            Deel::Grond => return self.grond(l, w, &parts),
        }
        Some(vec![(l, delen.out)])
    }

    /// The land value, and the posts over it.
    fn grond<'k>(
        &self,
        l: usize,
        w: &Waardering,
        parts: &dyn Fn(usize) -> &'k [Expansie],
    ) -> Option<Vec<(usize, Vec<Expansie>)>> {
        let exact = |d: Decimal| Exact::from(d);
        let of = Of::Lijn(l as u16);
        let drawn = |kolom: &str| w.getal(kolom).map(|value| self.vorm(l, kolom, value));
        // What can be drawn on the land value itself.
        let (mut own, mut extra) = (Vec::new(), Maal::new());
        for kolom in ["prijs", "m2", "grondquote"] {
            if let Some((keep, maal)) = drawn(kolom) {
                own.push((kolom, keep));
                extra.extend(maal);
            }
        }
        let veld = |kolom: &'static str| {
            let found = own.iter().find(|(k, _)| *k == kolom);
            let value = found.map(|(_, value)| *value).or_else(|| w.getal(kolom));
            value.map(exact)
        };
        // Every product of draws, in order of appearance, with where each line has it.
        let mut order: Vec<Maal> = Vec::new();
        let mut places: HashMap<Maal, usize> = HashMap::new();
        let lines = w.opbrengst.iter().chain(&w.kosten);
        let lines: Vec<usize> = lines
            .chain(w.posten.iter().flat_map(|p| &p.over))
            .copied()
            .collect();
        let mut held: HashMap<usize, HashMap<usize, Decimal>> = HashMap::new();
        for j in lines {
            if held.contains_key(&j) {
                continue;
            }
            let mut own = HashMap::new();
            for part in parts(j) {
                let next = order.len();
                let place = *places.entry(part.maal.clone()).or_insert(next);
                if place == next {
                    order.push(part.maal.clone());
                }
                own.insert(place, part.bedrag);
            }
            held.insert(j, own);
        }
        if order.is_empty() {
            order.push(Maal::new());
        }
        let rates: Vec<Exact> = w.posten.iter().map(share).collect();
        let mut land = Delen::default();
        let mut posts: Vec<Delen> = w.posten.iter().map(|_| Delen::default()).collect();
        for (place, maal) in order.into_iter().enumerate() {
            let amount = |j: usize| exact(held[&j].get(&place).copied().unwrap_or_default());
            let kosten: Vec<Exact> = w.kosten.iter().map(|j| amount(*j)).collect();
            let posten: Vec<(Exact, Exact)> = w
                .posten
                .iter()
                .zip(&rates)
                .map(|(post, rate)| {
                    let over: Vec<Exact> = post.over.iter().map(|j| amount(*j)).collect();
                    (*rate, <Exact as crate::number::Number>::sum(&over))
                })
                .collect();
            let opbouw = waardering::Opbouw {
                opbrengst: w.opbrengst.map(amount),
                kosten: &kosten,
                posten: &posten,
            };
            let (value, amounts) = waardering::grond(w, &veld, &opbouw, of);
            land.add(joined(&[&maal, &extra]), value.0?)?;
            for (post, amount) in posts.iter_mut().zip(amounts) {
                post.add(maal.clone(), amount.0?)?;
            }
        }
        let posts = w.posten.iter().zip(posts).map(|(p, d)| (p.lijn, d.out));
        Some(posts.chain([(l, land.out)]).collect())
    }
}

/// The share that a post is of what it is over.
fn share(post: &Post) -> Exact {
    waardering::percentage(post, &|kolom| post.getal(kolom).map(Exact::from))
}

fn joined(parts: &[&Maal]) -> Maal {
    parts.iter().flat_map(|p| p.iter()).copied().collect()
}

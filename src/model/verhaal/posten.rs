//! What of the lines of kosten, opbrengsten and programma counts in an area, and as what.

use super::{
    Eigendom, KOSTENSOORTEN, Lezer, Overeenkomst, Postsoort, Profijt, Regime, TABEL_B, Telling,
    Verhaalspost, Werk, eenheden, is_plankosten, kostensoort, onbekend,
};
use crate::model::fields::Fields;
use crate::model::lines::{Bedrag, Factor, Lijn, Rol, Stroomsoort, Verloop};
use crate::model::schema::PLANKOSTENPRODUCTEN;
use crate::model::table::{Row, name_key, text_of};
use crate::model::{Builder, is_full, position_of, rows};
use crate::number::{Exact, Number, Quantity};
use crate::problem::{Place, Problem, listed};
use crate::timeline::Periode;
use rust_decimal::Decimal;
use std::collections::HashMap;

impl Lezer<'_> {
    /// Which lines count, and as what.
    pub(super) fn posten(&mut self, b: &Builder, problems: &mut Vec<Problem>) {
        let line_of: HashMap<(&'static str, String), usize> = self
            .lijnen
            .iter()
            .enumerate()
            .map(|(i, l)| ((l.tabel, name_key(&l.rij)), i))
            .collect();
        for name in ["kosten", "opbrengsten", "programma"] {
            let (table, rows) = rows(self.tables, name);
            for row in rows {
                if is_full(problems) {
                    return;
                }
                let mut f = Fields {
                    table,
                    row,
                    problems,
                };
                let id = text_of(table.get(row, "id"));
                let lijn = id.and_then(|id| line_of.get(&(name, name_key(id))).copied());
                let Some(lijn) = lijn else { continue };
                match name {
                    "kosten" => self.kosten(b, &mut f, row, lijn),
                    "opbrengsten" if !f.empty("perceel") => self.programma(b, &mut f, lijn),
                    "opbrengsten" => {
                        let part = f.share("in_mindering");
                        let gebied = self.gebied_van(self.lijnen[lijn].deelgebied);
                        if let Some(part) = part.filter(|q| !q.value.is_zero()) {
                            if let Some(e) = self.overeenkomst_op(lijn) {
                                let text = format!(
                                    "{}: it is the agreement of eigendom \"{}\" and a contribution to the costs",
                                    f.name(),
                                    e.id
                                );
                                f.problem(
                                    "in_mindering",
                                    Problem::error("agreement-and-contribution", text)
                                        .and(&e.place)
                                        .fix("clear in_mindering, or overeenkomst_post of that eigendom: an amount counts once"),
                                );
                                continue;
                            }
                            let Some(gebied) = gebied else {
                                geen_gebied(
                                    &mut f,
                                    "in_mindering",
                                    !self.verhaal.gebieden.is_empty(),
                                );
                                continue;
                            };
                            self.post(lijn, gebied, Postsoort::Bijdrage, Some(part), None);
                        }
                    }
                    _ => self.programma(b, &mut f, lijn),
                }
            }
        }
    }

    /// The eigendom whose agreement a line is.
    fn overeenkomst_op(&self, lijn: usize) -> Option<&Eigendom> {
        let mut all = self.verhaal.eigendommen.iter();
        all.find(|e| e.overeenkomst == Some(Overeenkomst::Post(lijn)))
    }

    pub(super) fn post(
        &mut self,
        lijn: usize,
        gebied: usize,
        soort: Postsoort,
        deel: Option<Quantity>,
        profijt: Option<(Quantity, Vec<Quantity>)>,
    ) {
        self.verhaal.posten.push(Verhaalspost {
            lijn,
            gebied,
            soort,
            deel,
            profijt,
        });
    }

    fn programma(&mut self, b: &Builder, f: &mut Fields<'_>, lijn: usize) {
        let perceel = f.text("perceel");
        let own = f.table.schema.name == "programma";
        let words = if own {
            ["functie", "segment"].as_slice()
        } else {
            ["soort"].as_slice()
        };
        let given = if own { f.text("categorie") } else { None };
        let categorie = given.unwrap_or_else(|| {
            let words: Vec<String> = words.iter().filter_map(|w| f.text(w)).collect();
            words.join(" ")
        });
        if !own && !f.empty("in_mindering") {
            f.problem(
                "in_mindering",
                Problem::error(
                    "land-and-contribution",
                    format!(
                        "{}: it is opbrengst of a perceel and a contribution to the costs",
                        f.name()
                    ),
                )
                .fix("keep perceel or in_mindering"),
            );
            return;
        }
        let found = perceel.as_deref().map(|text| {
            position_of(self.verhaal.percelen.iter().map(String::as_str), text).ok_or(text)
        });
        let perceel = match found {
            None => None,
            Some(Ok(p)) => Some(p),
            Some(Err(text)) => {
                let text = text.to_owned();
                let names: Vec<&str> = self.verhaal.percelen.iter().map(String::as_str).collect();
                onbekend(f, "perceel", &text, &names, "eigendom");
                return;
            }
        };
        let of_perceel = perceel.and_then(|p| {
            self.verhaal
                .eigendommen
                .iter()
                .find(|e| e.perceel == p)
                .and_then(|e| e.gebied)
        });
        let Some(gebied) = of_perceel.or_else(|| self.gebied_van(self.lijnen[lijn].deelgebied))
        else {
            return;
        };
        self.verkoper(b, f, lijn, gebied, perceel);
        // Without words of its own a line is a category by itself.
        let categorie = if categorie.is_empty() {
            self.lijnen[lijn].id.clone()
        } else {
            categorie
        };
        let names = &mut self.verhaal.categorieen;
        let at = names
            .iter()
            .position(|n| name_key(n) == name_key(&categorie))
            .unwrap_or_else(|| {
                names.push(categorie);
                names.len() - 1
            });
        self.post(lijn, gebied, Postsoort::Opbrengst(perceel, at), None, None);
        self.tellingen.push(Telling {
            gebied,
            categorie: at,
            eenheid: f.text("eenheid"),
            geteld: eenheden(&self.lijnen[lijn]).is_some(),
            place: f.row.place.clone(),
        });
    }

    /// Warns when who sells a line and whose land it is on do not fit.
    fn verkoper(
        &self,
        b: &Builder,
        f: &mut Fields<'_>,
        lijn: usize,
        gebied: usize,
        perceel: Option<usize>,
    ) {
        let seller = b.rekeningen[self.lijnen[lijn].naar].partij;
        let Some(seller) = seller else { return };
        let all = || self.verhaal.eigendommen.iter();
        let naam = &b.partijen[seller].partij;
        let name = f.name();
        match perceel {
            None => {
                let own =
                    all().find(|e| e.gebied == Some(gebied) && e.partij == seller && !e.gemeente);
                if let Some(own) = own {
                    let text = format!(
                        "{name} is sold by \"{naam}\", who owns land in the area, and has no perceel: it counts as built on the municipality's land"
                    );
                    f.problem(
                        "perceel",
                        Problem::warning("seller-without-perceel", text)
                            .and(&own.place)
                            .fix(format!(
                                "write perceel = \"{}\", or the right one",
                                self.verhaal.percelen[own.perceel]
                            )),
                    );
                }
            }
            Some(perceel) => {
                if all().any(|e| e.perceel == perceel && e.partij == seller) {
                    return;
                }
                let Some(own) = all().find(|e| e.perceel == perceel) else {
                    return;
                };
                let text = format!(
                    "{name} is on land of \"{}\", and its price goes to \"{naam}\"",
                    b.partijen[own.partij].partij
                );
                f.problem(
                    "partij",
                    Problem::warning("price-elsewhere", text)
                        .and(&own.place)
                        .fix("name the owner as partij of the row, or correct perceel"),
                );
            }
        }
    }

    /// Whether the account that receives in an area pays a line.
    fn draagt(&self, lijn: usize, gebied: usize) -> bool {
        self.lijnen[lijn].van == self.verhaal.gebieden[gebied].ontvanger
    }

    /// Warns when a cost that is recovered is not the receiver's, or counts in another way already.
    fn gemaakt_door(
        &self,
        b: &Builder,
        f: &mut Fields<'_>,
        lijn: usize,
        soort: usize,
        areas: &[(usize, Profijt)],
    ) {
        let payer = b.rekeningen[self.lijnen[lijn].van].partij;
        let name = f.name();
        for (g, _) in areas {
            let area = &self.verhaal.gebieden[*g];
            let receiver = b.rekeningen[area.ontvanger].partij;
            if payer != receiver {
                let who = |p: Option<usize>| p.map_or("buiten", |p| b.partijen[p].partij.as_str());
                let text = format!(
                    "{name}: \"{}\" pays it, and what owners pay of it goes to \"{}\"",
                    who(payer),
                    who(receiver)
                );
                f.problem(
                    "kostensoort",
                    Problem::warning("cost-of-another", text)
                        .and(&area.place)
                        .fix("name in eigendom whose work it is, let the receiver pay it, or clear kostensoort"),
                );
            }
            let code = KOSTENSOORTEN[soort];
            if area.regime == Regime::OwZonder && soort >= TABEL_B {
                continue;
            }
            let held = self.verhaal.eigendommen.iter().find(|e| {
                e.gemeente && e.gebied == Some(*g) && soort >= TABEL_B && e.inbreng.telt(soort)
            });
            if let Some(held) = held {
                f.problem(
                    "kostensoort",
                    Problem::warning(
                        "land-twice",
                        format!(
                            "{name}: {code} counts beside the inbrengwaarde of the municipality's \"{}\", which holds it already if it is the same land (Ob 8.17)",
                            held.id
                        ),
                    )
                    .and(&held.place)
                    .fix("clear kostensoort, or the inbrengwaarde"),
                );
            }
            if code == "A13" && !area.rente.value.is_zero() {
                f.problem(
                    "kostensoort",
                    Problem::warning(
                        "rente-twice",
                        format!("{name}: rente is a cost here, and costs are discounted at rente too: that may count it twice [C]"),
                    )
                    .and(&area.place)
                    .fix("clear kostensoort, or set rente of the area to 0"),
                );
            }
        }
    }

    /// The line as which a cost counts in an area: plankosten as if they were all made in the year of the beschikking (Or 13.6), at the
    /// index of that year; without one when the beschikking was given before peildatum. What was made before peildatum keeps its own value.
    fn telt_als(&mut self, lijn: usize, gebied: usize, soort: usize) -> usize {
        let g = &self.verhaal.gebieden[gebied];
        let (stap, peil) = (self.gebied.tijdstap, self.gebied.peil);
        let work = &self.lijnen[lijn];
        let all = &work.verloop.gewichten;
        let in_year = all.iter().all(|(p, _)| p.year(stap) == g.beschikking);
        // A delay of the works does not move the beschikking.
        let stays = in_year && work.deelgebied.is_none();
        if !g.plankosten_in_beschikking || !is_plankosten(soort) || all.is_empty() || stays {
            return lijn;
        }
        let whole: Exact = all
            .iter()
            .fold(Exact::ZERO, |sum, (_, q)| sum + Exact::from(q.value));
        let Some(whole) = whole.0 else { return lijn };
        let past = g.waardeperiode(self.gebied) < peil;
        let when = if past {
            g.waardeperiode(self.gebied)
        } else {
            Periode::of_year(g.beschikking, stap).max(peil)
        };
        let copy = Lijn {
            id: format!("{} in {}", work.id, g.beschikking),
            omschrijving: format!("{} in {}", work.omschrijving, g.beschikking),
            soort: Stroomsoort::Raming,
            rol: Rol::Verrekening,
            deelgebied: None,
            index: work.index.filter(|_| !past),
            verloop: Verloop {
                gewichten: vec![(when, Quantity::made(whole))],
                totaal: work.verloop.totaal.clone(),
            },
            raming: None,
            ..work.clone()
        };
        self.lijnen.push(copy);
        self.lijnen.len() - 1
    }

    /// What of a line with a kostensoort falls on others than the areas: the receiver's own.
    fn elders(
        &mut self,
        lijn: usize,
        home: Option<usize>,
        deel: Option<&Quantity>,
        areas: &[(usize, Profijt)],
    ) {
        let Some(gebied) = home.or_else(|| areas.first().map(|(g, _)| *g)) else {
            return;
        };
        let profijt = match areas {
            [(_, one)] => one.clone(),
            many => many
                .iter()
                .try_fold(Decimal::ZERO, |sum, (_, p)| Some(sum + p.as_ref()?.0.value))
                .zip(many.first().and_then(|(_, p)| p.as_ref()))
                .map(|(own, (_, all))| (Quantity::made(own), all.clone())),
        };
        if (deel.is_some() || profijt.is_some()) && self.draagt(lijn, gebied) {
            self.post(lijn, gebied, Postsoort::Elders, deel.cloned(), profijt);
        }
    }

    fn kosten(&mut self, b: &Builder, f: &mut Fields<'_>, row: &Row, lijn: usize) {
        let code = f.text("kostensoort");
        let toerekenbaar = f.share("toerekenbaar");
        let sleutel = f.text("profijt");
        let eigendom = f.text("eigendom");
        let raming = f.amount("raming_verhaal");
        let product = f.choice("plankosten_product", PLANKOSTENPRODUCTEN);
        if self.verhaal.gebieden.is_empty() {
            return;
        }
        let Some(code) = code else {
            let columns = [
                "toerekenbaar",
                "profijt",
                "eigendom",
                "raming_verhaal",
                "plankosten_product",
            ];
            for column in columns {
                if !f.empty(column) {
                    let name = f.name();
                    f.problem(
                        column,
                        Problem::error(
                            "no-kostensoort",
                            format!("{name}: {column} is given, but kostensoort is empty: it is not recovered"),
                        )
                        .fix(format!("give kostensoort, or clear {column}")),
                    );
                    return;
                }
            }
            if let Some(home) = self.gebied_van(self.lijnen[lijn].deelgebied)
                && self.draagt(lijn, home)
            {
                self.post(lijn, home, Postsoort::Onverhaalbaar, None, None);
            }
            return;
        };
        let Some(soort) = kostensoort(&code) else {
            f.problem(
                "kostensoort",
                Problem::error(
                    "unknown-kostensoort",
                    format!(
                        "{}: \"{code}\" is no code of Omgevingsbesluit bijlage IV",
                        f.name()
                    ),
                )
                .allowed("A1 to A14 and B1 to B4; a part after it, as in A8.1, is allowed")
                .fix("take the code of the list, or clear it when the cost is not recoverable"),
            );
            return;
        };
        let home = self.gebied_van(self.lijnen[lijn].deelgebied);
        let Some(areas) =
            self.gebieden_van_kosten(f, sleutel.as_deref(), toerekenbaar.as_ref(), home)
        else {
            return;
        };
        let payer = b.rekeningen[self.lijnen[lijn].van].partij;
        let given = (sleutel.is_some(), raming.is_some());
        let Ok(owner) = self.uitvoerder(f, eigendom.as_deref(), payer, given, &areas) else {
            return;
        };
        self.elders(lijn, home, toerekenbaar.as_ref(), &areas);
        if let Some(e) = owner
            && soort > TABEL_B
            && self.verhaal.eigendommen[e].inbreng.houdt(soort)
        {
            let held = &self.verhaal.eigendommen[e];
            f.problem(
                "kostensoort",
                Problem::error(
                    "cost-in-inbrengwaarde",
                    format!(
                        "{}: {} of eigendom \"{}\" is in its inbrengwaarde already (Ob 8.17)",
                        f.name(),
                        KOSTENSOORTEN[soort],
                        held.id
                    ),
                )
                .and(&held.place)
                .fix("clear kostensoort, or take it out of the inbrengwaarde"),
            );
            return;
        }
        if owner.is_none() {
            self.gemaakt_door(b, f, lijn, soort, &areas);
        } else if areas
            .iter()
            .any(|(g, _)| self.verhaal.gebieden[*g].regime == Regime::OwZonder)
        {
            let text = format!(
                "{}: it counts in the costs of the area, and without tijdvak an owner deducts nothing for his own work (Ow 13.18 lid 2)",
                f.name()
            );
            f.problem(
                "eigendom",
                Problem::warning("not-in-regime", text).fix(
                    "clear kostensoort when it is not to be spread, or take regime OW_TIJDVAK",
                ),
            );
        }
        let zelfrealisatie = self.zelfrealisatie(f, product, owner, soort, &areas);
        for (g, profijt) in areas {
            if self.verhaal.gebieden[g].regime == Regime::OwZonder && soort >= TABEL_B {
                f.problem(
                    "kostensoort",
                    Problem::warning(
                        "not-in-regime",
                        format!("{}: {} is of table B, which is not recovered without tijdvak: it does not count", f.name(), KOSTENSOORTEN[soort]),
                    )
                    .fix("clear kostensoort, or take regime OW_TIJDVAK"),
                );
                if owner.is_none() && self.draagt(lijn, g) {
                    let soort = Postsoort::Onverhaalbaar;
                    self.post(lijn, g, soort, toerekenbaar.clone(), profijt);
                }
                continue;
            }
            let telt = self.telt_als(lijn, g, soort);
            let receiver = b.rekeningen[self.verhaal.gebieden[g].ontvanger].partij;
            let van_ander = payer != receiver;
            let Some(e) = owner else {
                let mut post = |lijn: usize, soort: Postsoort| {
                    self.post(lijn, g, soort, toerekenbaar.clone(), profijt.clone());
                };
                post(telt, Postsoort::Kosten(soort));
                if van_ander {
                    post(telt, Postsoort::Anderen);
                } else if telt != lijn {
                    post(lijn, Postsoort::Gemaakt);
                    post(telt, Postsoort::Geraamd);
                }
                continue;
            };
            let estimate = raming
                .as_ref()
                .map(|amount| self.geraamd_werk((lijn, telt), amount, &row.place));
            let nth = self.verhaal.eigendommen[e].werken.len();
            self.verhaal.eigendommen[e].werken.push(Werk {
                lijn,
                raming: estimate,
                kostensoort: soort,
                zelfrealisatie,
            });
            let counted = [
                (Some(telt), Postsoort::Eigen(e, nth)),
                (estimate, Postsoort::Raming(e, nth)),
            ];
            for (line, soort) in counted {
                if let Some(line) = line {
                    self.post(line, g, soort, toerekenbaar.clone(), None);
                }
            }
        }
    }

    /// The areas that a cost falls on, each with its profijt: its own, or those of its key. Nothing when that was refused.
    fn gebieden_van_kosten(
        &self,
        f: &mut Fields<'_>,
        sleutel: Option<&str>,
        toerekenbaar: Option<&Quantity>,
        home: Option<usize>,
    ) -> Option<Vec<(usize, Profijt)>> {
        let Some(name) = sleutel else {
            let Some(home) = home else {
                geen_gebied(f, "kostensoort", true);
                return None;
            };
            return Some(vec![(home, None)]);
        };
        let names: Vec<&str> = self.sleutels.iter().map(|s| s.naam.as_str()).collect();
        let Some(s) = position_of(names.iter().copied(), name) else {
            onbekend(f, "profijt", name, &names, "profijt");
            return None;
        };
        let s = &self.sleutels[s];
        let all: Vec<Quantity> = s.rijen.iter().map(|(_, _, q)| q.clone()).collect();
        if let (Some(part), Some((city, ..))) = (
            toerekenbaar.filter(|q| q.value < Decimal::ONE),
            s.rijen.iter().find(|(_, existing, _)| *existing),
        ) {
            let part = (part.value * Decimal::ONE_HUNDRED).normalize();
            f.problem(
                "toerekenbaar",
                Problem::error(
                    "city-twice",
                    format!("{}: toerekenbaar is {part}% and key \"{}\" holds \"{city}\" too: the existing city would be taken off twice", f.name(), s.naam),
                )
                .and(&s.place)
                .fix("leave toerekenbaar empty, or take the existing city out of the key"),
            );
            return None;
        }
        let gebieden = &self.verhaal.gebieden;
        let found: Vec<_> = s
            .rijen
            .iter()
            .filter_map(|(name, _, q)| {
                let g = position_of(gebieden.iter().map(|g| g.id.as_str()), name)?;
                Some((g, Some((q.clone(), all.clone()))))
            })
            .collect();
        if found.is_empty() {
            let names: Vec<&str> = gebieden.iter().map(|g| g.id.as_str()).collect();
            f.problem(
                "profijt",
                Problem::error(
                    "key-without-area",
                    format!(
                        "{}: no begunstigde of key \"{}\" is a kostenverhaalsgebied",
                        f.name(),
                        s.naam
                    ),
                )
                .allowed(listed(names.iter().copied()))
                .and(&s.place)
                .fix("name one of these as begunstigde"),
            );
            return None;
        }
        Some(found)
    }

    /// The eigendom whose owner carries a cost out, if any; an error when that was refused and told. `given`: whether it has a key, and a raming.
    fn uitvoerder(
        &self,
        f: &mut Fields<'_>,
        eigendom: Option<&str>,
        payer: Option<usize>,
        (sleutel, raming): (bool, bool),
        areas: &[(usize, Profijt)],
    ) -> Result<Option<usize>, ()> {
        let owner = match eigendom {
            None => None,
            Some(name) => {
                let found =
                    position_of(self.verhaal.eigendommen.iter().map(|e| e.id.as_str()), name);
                if found.is_none() {
                    let names: Vec<&str> = self
                        .verhaal
                        .eigendommen
                        .iter()
                        .map(|e| e.id.as_str())
                        .collect();
                    onbekend(f, "eigendom", name, &names, "eigendom");
                    return Err(());
                }
                found
            }
        };
        if let Some(e) = owner {
            let e_ = &self.verhaal.eigendommen[e];
            if payer != Some(e_.partij) {
                f.problem(
                    "eigendom",
                    Problem::error(
                        "other-payer",
                        format!(
                            "{}: it is work of the owner of \"{}\", but another party pays it",
                            f.name(),
                            e_.id
                        ),
                    )
                    .and(&e_.place)
                    .fix("name the owner as partij, or clear eigendom"),
                );
                return Err(());
            }
            if sleutel || areas.iter().any(|(g, _)| Some(*g) != e_.gebied) {
                f.problem(
                    "eigendom",
                    Problem::error(
                        "own-work-elsewhere",
                        format!("{}: work of an owner counts in the area of his eigendom, without a key", f.name()),
                    )
                    .fix("clear profijt, and put the line in a deelgebied of that area"),
                );
                return Err(());
            }
        } else if raming {
            f.problem(
                "raming_verhaal",
                Problem::error(
                    "no-eigendom",
                    format!("{}: raming_verhaal is for work that an owner carries out, and eigendom is empty", f.name()),
                )
                .fix("name the eigendom, or clear raming_verhaal"),
            );
            return Err(());
        }
        Ok(owner)
    }

    /// The parameter with the share of its raming that an owner may deduct of plankosten of his own (Or 13.8).
    fn zelfrealisatie(
        &self,
        f: &mut Fields<'_>,
        product: Option<&'static str>,
        owner: Option<usize>,
        soort: usize,
        areas: &[(usize, Profijt)],
    ) -> Option<&'static str> {
        let own_plans = owner.is_some() && is_plankosten(soort);
        let regime = areas.first().map(|(g, _)| self.verhaal.gebieden[*g].regime);
        let deducts = own_plans && regime == Some(Regime::OwTijdvak);
        if let Some(problem) = match product {
            Some(_) if !deducts => Some(
                Problem::warning(
                    "not-in-regime",
                    format!("{}: plankosten_product is for plankosten (A1, A10) that an owner makes himself in an area with tijdvak (Or 13.8): it has no effect", f.name()),
                )
                .fix("clear plankosten_product"),
            ),
            None if deducts && f.empty("plankosten_product") => Some(
                Problem::warning(
                    "plankosten-deducted",
                    format!("{}: an owner deducts his plankosten to 60, 80 or 90% of their maximum, by product (Or 13.8), and here to all of the raming", f.name()),
                )
                .allowed(listed(PLANKOSTENPRODUCTEN.iter().copied()))
                .fix("give plankosten_product"),
            ),
            _ => None,
        } {
            f.problem("plankosten_product", problem);
        }
        product.filter(|_| deducts).map(|p| match p {
            "1.1a-b" => "plankosten.zelfrealisatie_1_1",
            "2.3a-d" => "plankosten.zelfrealisatie_2_3",
            _ => "plankosten.zelfrealisatie_rest",
        })
    }

    /// Adds the line of what the raming says of an owner's work, in the periods in which the work counts, and in the same parts.
    fn geraamd_werk(
        &mut self,
        (lijn, telt): (usize, usize),
        raming: &Quantity,
        place: &Place,
    ) -> usize {
        let work = &self.lijnen[lijn];
        let made = match &work.bedrag {
            Bedrag::Product(factors) => factors.iter().fold(Exact::from(Decimal::ONE), |all, x| {
                all * Exact::from(x.waarde.value)
            }),
            _ => Exact::ZERO,
        };
        let realised = self.lijnen[telt].realisatie.iter().filter_map(|(p, q)| {
            let part = (Exact::from(raming.value) * Exact::from(q.value)).div_or(made, Exact::ZERO);
            let place = raming.place.clone();
            Some((
                *p,
                Quantity {
                    value: part.0?,
                    place,
                },
            ))
        });
        let copy = Lijn {
            id: format!("{} raming", work.id),
            omschrijving: format!("raming {}", work.omschrijving),
            soort: Stroomsoort::Raming,
            rol: Rol::Verrekening,
            realisatie: realised.collect(),
            bedrag: Bedrag::Product(vec![Factor {
                kolom: "bedrag",
                waarde: raming.clone(),
            }]),
            raming: None,
            place: place.clone(),
            ..self.lijnen[telt].clone()
        };
        self.lijnen.push(copy);
        self.lijnen.len() - 1
    }
}

/// Says that what should count in an area lies in none.
fn geen_gebied(f: &mut Fields<'_>, column: &str, any: bool) {
    let problem = Problem::error(
        "no-area",
        format!("{} lies in no kostenverhaalsgebied", f.name()),
    );
    f.problem(
        column,
        problem.fix(if any {
            "name a deelgebied that lies in one, spread it with a key of table profijt, or clear it"
        } else {
            "add a row to table kostenverhaal, or clear it"
        }),
    );
}

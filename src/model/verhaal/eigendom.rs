//! Table `eigendom`: what every party holds, and the lines by which it pays and is repaid.

use super::{
    Betalingen, Eigendom, Inbreng, Lezer, Overeenkomst, Postsoort, Regime, Verhaalsgebied,
    Verrekening, onbekend,
};
use crate::model::fields::Fields;
use crate::model::lines::{Bedrag, Factor, Lijn, Rol, Stroomsoort, Totaal, Verloop};
use crate::model::table::{dutch, name_key};
use crate::model::{BUITEN, Builder, Gebied, HOOFD, is_full, position_of, rows};
use crate::number::{Exact, Number, Quantity};
use crate::problem::{Problem, listed};
use crate::timeline::{Kasstroommoment, Periode};
use rust_decimal::Decimal;
use std::collections::HashMap;

impl Lezer<'_> {
    pub(super) fn eigendom(
        &mut self,
        b: &mut Builder,
        betalingen: &Betalingen,
        problems: &mut Vec<Problem>,
    ) {
        let (table, rows) = rows(self.tables, "eigendom");
        let mut percelen: HashMap<String, usize> = HashMap::new();
        for (i, row) in rows.enumerate() {
            if is_full(problems) {
                return;
            }
            let mut f = Fields {
                table,
                row,
                problems,
            };
            let id = f.text("id");
            let partij = b.reference(&mut f, "partij", "partijen");
            let perceel = f.text("perceel");
            let aandeel = f
                .share("aandeel")
                .unwrap_or_else(|| Quantity::made(Decimal::ONE));
            let deelgebied = b.reference(&mut f, "deelgebied", "deelgebieden");
            let named = f.text("kostenverhaal");
            let m2 = f.count("m2");
            let activiteit = f
                .choice("activiteit", &["a", "b", "c", "d", "e", "f"])
                .unwrap_or("a");
            let omvang = f.count("omvang");
            let maximum = f.count("maximum");
            let zekerheid = f.text("zekerheid").is_some();
            let beschikt = f.count("beschikt");
            let andere_kosten = f.count("andere_kosten");
            let overeenkomst = f.count("overeenkomst");
            let post = f.text("overeenkomst_post");
            f.choice("basis", &["onteigening", "woz"]);
            f.text("bron");
            let inbreng = inbreng(&mut f, m2.as_ref());
            let columns = [
                "inbrengwaarde",
                "grond_m2",
                "opstallen",
                "vrijmaken",
                "slopen",
                "saneren",
            ];
            let none = columns.iter().all(|c| f.empty(c));
            if none && !self.verhaal.gebieden.is_empty() && id.is_some() {
                let text = format!("{} has no inbrengwaarde: it counts as 0", f.name());
                f.problem(
                    "inbrengwaarde",
                    Problem::warning("no-inbrengwaarde", text)
                        .fix("give inbrengwaarde, or m2 and grond_m2 (Ob 8.17); 0 when it is worth nothing"),
                );
            }
            let (Some(id), Some(partij)) = (id, partij) else {
                continue;
            };
            if ["c", "d", "e", "f"].contains(&activiteit) && f.empty("omvang") {
                f.problem(
                    "omvang",
                    Problem::warning(
                        "size-unknown",
                        format!("eigendom \"{id}\": activiteit {activiteit} is liable from a size on (Ob 8.13), and omvang is empty: it counts as liable"),
                    )
                    .fix("give omvang: m2 bvo, or woonfuncties for activiteit e"),
                );
            }
            let names: Vec<&str> = self
                .verhaal
                .gebieden
                .iter()
                .map(|g| g.id.as_str())
                .collect();
            let gebied = match named {
                Some(name) => {
                    let found = position_of(names.iter().copied(), &name);
                    if found.is_none() {
                        onbekend(&mut f, "kostenverhaal", &name, &names, "kostenverhaal");
                        continue;
                    }
                    found
                }
                None => self
                    .gebied_van(deelgebied)
                    .or((names.len() == 1).then_some(0)),
            };
            if gebied.is_none() && !names.is_empty() {
                f.problem(
                    "kostenverhaal",
                    Problem::error(
                        "no-area",
                        format!("eigendom \"{id}\" lies in no kostenverhaalsgebied"),
                    )
                    .allowed(listed(names.iter().copied()))
                    .fix("name its kostenverhaal, or a deelgebied that lies in one"),
                );
                continue;
            }
            let of_deel = deelgebied.and_then(|_| self.gebied_van(deelgebied));
            if let (Some(g), Some(other)) = (gebied, of_deel)
                && g != other
            {
                f.problem(
                    "kostenverhaal",
                    Problem::error(
                        "area-conflict",
                        format!(
                            "eigendom \"{id}\" names kostenverhaal \"{}\", and its deelgebied lies in \"{}\"",
                            names[g], names[other]
                        ),
                    )
                    .fix("clear one of the two, or correct it"),
                );
                continue;
            }
            let zonder =
                gebied.is_some_and(|g| self.verhaal.gebieden[g].regime == Regime::OwZonder);
            let given = [
                ("maximum", maximum.is_some()),
                ("andere_kosten", andere_kosten.is_some()),
            ];
            for (column, _) in given.iter().filter(|(_, given)| *given) {
                if gebied.is_some() && !zonder {
                    let text = format!(
                        "eigendom \"{id}\": {column} belongs to regime OW_ZONDER: it has no effect"
                    );
                    let problem = Problem::warning("not-in-regime", text);
                    f.problem(column, problem.fix(format!("clear {column}")));
                }
            }
            if let (true, Some(most), Some(asked)) = (zonder, &maximum, &beschikt)
                && asked.value > most.value
            {
                f.problem(
                    "beschikt",
                    Problem::warning(
                        "above-maximum",
                        format!(
                            "eigendom \"{id}\": what was asked, {}, is above the maximum of its activity, {} (Ow 13.15 lid 2)",
                            dutch(asked.value, 2),
                            dutch(most.value, 2)
                        ),
                    )
                    .fix("correct one of the two"),
                );
            }
            if let Some(g) = gebied.filter(|_| zonder && andere_kosten.is_some())
                && (beschikt.is_none() || self.verhaal.gebieden[g].eindafrekening.is_none())
            {
                let text = format!(
                    "eigendom \"{id}\": andere_kosten has no effect without beschikt and an eindafrekening of its area"
                );
                let problem = Problem::warning("not-used", text);
                f.problem(
                    "andere_kosten",
                    problem.fix("clear andere_kosten, or give both"),
                );
            }
            let perceel = perceel.unwrap_or_else(|| id.clone());
            let perceel = *percelen.entry(name_key(&perceel)).or_insert_with(|| {
                self.verhaal.percelen.push(perceel);
                self.verhaal.percelen.len() - 1
            });
            // Another municipality is an owner as any.
            let ontvanger = gebied.map_or(HOOFD, |g| self.verhaal.gebieden[g].ontvanger);
            let gemeente = b.partijen[partij].rol == "gemeente"
                && [HOOFD, ontvanger]
                    .iter()
                    .any(|r| b.rekeningen[*r].partij == Some(partij));
            if beschikt.is_some() && (overeenkomst.is_some() || post.is_some()) {
                f.problem(
                    "beschikt",
                    Problem::error(
                        "agreement-and-order",
                        format!("eigendom \"{id}\" has a beschikking and an overeenkomst: the public route is off as far as a contract assures recovery (Ow 13.13)"),
                    )
                    .fix("keep one of the two"),
                );
                continue;
            }
            let charged = [
                ("overeenkomst_post", post.is_some()),
                ("overeenkomst", overeenkomst.is_some()),
                ("beschikt", beschikt.is_some()),
            ];
            if let Some((column, _)) = charged.iter().find(|(_, given)| gemeente && *given) {
                f.problem(
                    column,
                    Problem::error(
                        "own-land",
                        format!("eigendom \"{id}\" is the municipality's own land, which pays no kostenverhaal"),
                    )
                    .fix("clear it, or name another partij"),
                );
                continue;
            }
            let this = Eigendom {
                partij,
                gemeente,
                perceel,
                aandeel,
                m2,
                deelgebied,
                gebied,
                inbreng,
                activiteit,
                omvang,
                maximum,
                beschikt,
                andere_kosten,
                overeenkomst: None,
                lijn: None,
                werken: Vec::new(),
                place: row.place.clone(),
                id,
            };
            let betaling = betalingen.get(i).and_then(Option::as_ref);
            self.lijnen_van(
                b,
                &mut f,
                this,
                deelgebied,
                betaling,
                zekerheid,
                overeenkomst,
                post,
            );
        }
        self.aandelen(problems);
    }

    /// Adds the line by which an eigendom pays, and keeps it.
    fn lijnen_van(
        &mut self,
        b: &mut Builder,
        f: &mut Fields<'_>,
        mut this: Eigendom,
        deelgebied: Option<usize>,
        betaling: Option<&Vec<(Periode, Quantity)>>,
        zekerheid: bool,
        overeenkomst: Option<Quantity>,
        post: Option<String>,
    ) {
        let (stap, peil) = (self.gebied.tijdstap, self.gebied.peil);
        let area = this.gebied.map(|g| self.verhaal.gebieden[g].clone());
        let eigen = b.rekening(this.partij, "eigen");
        let ontvanger = area.as_ref().map_or(HOOFD, |g| g.ontvanger);
        let geboekt = [eigen, ontvanger].iter().any(|r| b.geboekt.contains(r));
        let beschikking = area
            .as_ref()
            .map_or_else(|| self.gebied.peil.year(stap), |g| g.beschikking);
        // What was asked or agreed may be paid before; what is calculated is still to come.
        let known = this.beschikt.is_some() || overeenkomst.is_some();
        let first = Periode::of_year(beschikking, stap);
        let when = if known { first } else { first.max(peil) };
        let gewichten =
            betaling.map_or_else(|| vec![(when, Quantity::made(Decimal::ONE))], Clone::clone);
        let late = gewichten
            .iter()
            .find(|(p, _)| *p >= peil && p.year(stap) > beschikking)
            .filter(|_| betaling.is_some() && post.is_none())
            .map(|(p, _)| p.label(stap));
        if let Some(late) = late
            && !zekerheid
            && !this.gemeente
        {
            f.problem(
                "betaling",
                Problem::warning(
                    "no-security",
                    format!("eigendom \"{}\" pays in {late}, after the beschikking in {beschikking}: that needs security (Ow 13.19)", this.id),
                )
                .fix("say in zekerheid what security there is, or pay at the beschikking"),
            );
        }
        let delay = deelgebied.map_or(0, |k| b.deelgebieden[k].uitstel_perioden);
        // What was agreed is paid as it was agreed; a geldsom stands at contante waarde.
        let gegroeid = match area.as_ref().filter(|g| g.tot_betaling) {
            None => gewichten.clone(),
            Some(g) => gewichten
                .iter()
                .map(|(p, q)| (*p, gegroeid(q, Periode(p.0 + delay), self.gebied, g)))
                .collect(),
        };
        let lijn = |bedrag: Bedrag, id: &str, word: &str, gewichten: &[(Periode, Quantity)]| Lijn {
            id: format!("{id} {word}"),
            rij: id.to_owned(),
            tabel: "eigendom",
            omschrijving: format!("{word} {id}"),
            groep: "Kostenverhaal".into(),
            deelgebied,
            index: None,
            van: eigen,
            naar: ontvanger,
            opgave: 0,
            maatregel: None,
            soort: Stroomsoort::Geld,
            rol: Rol::Verrekening,
            bedrag,
            verloop: Verloop {
                gewichten: gewichten.to_vec(),
                totaal: Totaal::Een,
            },
            realisatie: Vec::new(),
            raming: None,
            place: this.place.clone(),
        };
        if overeenkomst.is_some() && post.is_some() {
            f.problem(
                "overeenkomst_post",
                Problem::error(
                    "agreement-twice",
                    format!(
                        "eigendom \"{}\" has an overeenkomst and also the line that is it",
                        this.id
                    ),
                )
                .fix("fill one of the two, so that it counts once"),
            );
            return;
        }
        if let Some(post) = post {
            let found = self
                .lijnen
                .iter()
                .position(|l| l.tabel == "opbrengsten" && name_key(&l.rij) == name_key(&post));
            let Some(found) = found else {
                let names: Vec<&str> = self
                    .lijnen
                    .iter()
                    .filter(|l| l.tabel == "opbrengsten")
                    .map(|l| l.rij.as_str())
                    .collect();
                onbekend(f, "overeenkomst_post", &post, &names, "opbrengsten");
                return;
            };
            let same = |e: &Eigendom| e.overeenkomst == Some(Overeenkomst::Post(found));
            if let Some(other) = self.verhaal.eigendommen.iter().find(|e| same(e)) {
                f.problem(
                    "overeenkomst_post",
                    Problem::error(
                        "agreement-line-twice",
                        format!(
                            "line \"{post}\" is the agreement of \"{}\" already",
                            other.id
                        ),
                    )
                    .and(&other.place)
                    .fix("give each eigendom a line of its own, or hold both in one row"),
                );
                return;
            }
            let payer = self.lijnen[found].van;
            if b.rekeningen[payer].partij.is_some_and(|p| p != this.partij) {
                f.problem(
                    "overeenkomst_post",
                    Problem::error(
                        "other-payer",
                        format!("eigendom \"{}\": line \"{post}\" is paid by another party than its owner", this.id),
                    )
                    .and(&self.lijnen[found].place)
                    .fix("name the owner as betaler of that line, or another line"),
                );
                return;
            }
            if betaling.is_some() {
                let text = format!(
                    "eigendom \"{}\": betaling has no effect: line \"{post}\" has a fasering of its own",
                    this.id
                );
                f.problem(
                    "betaling",
                    Problem::warning("not-used", text).fix("clear betaling"),
                );
            }
            if payer == BUITEN {
                // The workbook's row has no payer: the owner is.
                self.lijnen[found].van = eigen;
            }
            this.overeenkomst = Some(Overeenkomst::Post(found));
        } else if let Some(amount) = overeenkomst {
            let whole = lijn(
                Bedrag::Product(vec![Factor {
                    kolom: "bedrag",
                    waarde: amount.clone(),
                }]),
                &this.id,
                "overeenkomst",
                &gewichten,
            );
            let paid = betaald(whole, &amount, peil);
            this.overeenkomst = Some(Overeenkomst::Bedrag(self.lijnen.len()));
            if geboekt && !paid.realisatie.is_empty() {
                // All of it counts as recovered; what was paid before is in the boekwaarde, and no flow of its own.
                let mut ahead = paid.clone();
                ahead.realisatie = Vec::new();
                self.lijnen.push(Lijn {
                    id: format!("{} geheel", paid.id),
                    soort: Stroomsoort::Raming,
                    ..paid
                });
                self.lijnen.push(ahead);
            } else {
                self.lijnen.push(paid);
            }
        } else if area.is_some() && !this.gemeente && eigen != ontvanger {
            this.lijn = Some(self.lijnen.len());
            let nth = self.verhaal.eigendommen.len();
            let word = "kostenverhaal";
            if let Some(asked) = &this.beschikt {
                if let Some((p, _)) = gewichten.iter().find(|(p, _)| p.year(stap) < beschikking) {
                    let text = format!(
                        "eigendom \"{}\" paid in {} what a beschikking of {beschikking} asked",
                        this.id,
                        p.label(stap)
                    );
                    f.problem(
                        "betaling",
                        Problem::warning("paid-before-asked", text)
                            .fix("correct betaling, or beschikking of its kostenverhaal"),
                    );
                }
                // A beschikking is paid as it stands: its amount is not one at contante waarde.
                let due = Bedrag::Product(vec![Factor {
                    kolom: "bedrag",
                    waarde: asked.clone(),
                }]);
                let mut paid = betaald(lijn(due, &this.id, word, &gewichten), asked, peil);
                // A beschikking that was given stands: no delay of the works moves it, nor what comes back of it.
                paid.deelgebied = None;
                if geboekt {
                    paid.realisatie = Vec::new();
                }
                self.lijnen.push(paid);
            } else {
                let past = gewichten
                    .iter()
                    .find(|(p, _)| *p < peil && f.empty("beschikt"));
                if let Some((p, _)) = past {
                    f.problem(
                        "betaling",
                        Problem::error(
                            "paid-before",
                            format!("eigendom \"{}\" pays in {}, before peildatum, and beschikt is empty: a payment of the past is known", this.id, p.label(stap)),
                        )
                        .fix("give what was asked in beschikt, or the period from peildatum on in betaling"),
                    );
                    return;
                }
                let due = Bedrag::Verrekend(Verrekening::Geldsom(nth));
                self.lijnen.push(lijn(due, &this.id, word, &gegroeid));
            }
            if let (Some(g), Some(_)) = (area.as_ref(), &this.beschikt)
                && let Some(year) = g.eindafrekening
            {
                let mut back = lijn(
                    Bedrag::Verrekend(Verrekening::Terugbetaling(nth)),
                    &this.id,
                    "terugbetaling",
                    &[],
                );
                (back.van, back.naar) = (back.naar, back.van);
                back.deelgebied = None;
                back.verloop.gewichten = vec![(
                    Periode::of_year(year, stap),
                    rente_op_terugbetaling(&gewichten, year, self.gebied, g),
                )];
                self.lijnen.push(back);
            }
        }
        self.verhaal.eigendommen.push(this);
    }

    /// What was agreed counts as recovered.
    pub(super) fn overeenkomsten(&mut self) {
        for e in 0..self.verhaal.eigendommen.len() {
            let this = &self.verhaal.eigendommen[e];
            if let (Some(gebied), Some(Overeenkomst::Bedrag(lijn) | Overeenkomst::Post(lijn))) =
                (this.gebied, &this.overeenkomst)
            {
                let lijn = *lijn;
                self.post(lijn, gebied, Postsoort::Overeenkomst(e), None, None);
            }
        }
    }

    /// The shares of a perceel add up to one.
    fn aandelen(&self, problems: &mut Vec<Problem>) {
        for (p, naam) in self.verhaal.percelen.iter().enumerate() {
            let mine: Vec<&Eigendom> = self
                .verhaal
                .eigendommen
                .iter()
                .filter(|e| e.perceel == p)
                .collect();
            let total: Decimal = mine.iter().map(|e| e.aandeel.value).sum();
            if let Some(first) = mine.first()
                && (total - Decimal::ONE).abs() > Decimal::new(1, 9)
            {
                problems.push(
                    Problem::error(
                        "shares-total",
                        format!(
                            "the shares of perceel \"{naam}\" add up to {}%, not to 100%",
                            (total * Decimal::ONE_HUNDRED).round_dp(6).normalize()
                        ),
                    )
                    .at(first.aandeel.place.as_ref().unwrap_or(&first.place))
                    .fix("correct aandeel of its rows in table eigendom"),
                );
            }
            if let Some(other) = mine.iter().find(|e| e.gebied != mine[0].gebied) {
                problems.push(
                    Problem::error(
                        "perceel-in-two-areas",
                        format!("perceel \"{naam}\" lies in two kostenverhaalsgebieden"),
                    )
                    .at(&other.place)
                    .and(&mine[0].place)
                    .fix("give all its rows one kostenverhaal"),
                );
            }
        }
    }
}

/// A line of which what falls before peildatum was paid: a realised amount.
fn betaald(mut lijn: Lijn, bedrag: &Quantity, peil: Periode) -> Lijn {
    let (past, ahead): (Vec<_>, Vec<_>) = lijn
        .verloop
        .gewichten
        .into_iter()
        .partition(|(p, _)| *p < peil);
    lijn.verloop.gewichten = ahead;
    lijn.realisatie = past
        .into_iter()
        .map(|(p, share)| {
            let paid = Exact::from(bedrag.value) * Exact::from(share.value);
            let paid = Quantity {
                value: paid.0.unwrap_or(bedrag.value),
                place: bedrag.place.clone(),
            };
            (p, paid)
        })
        .collect();
    lijn
}

/// A share of what is due, grown with rente from the date of valuation to its period: the opposite of contante waarde (rules chapter 8,
/// point 2).
fn gegroeid(share: &Quantity, when: Periode, gebied: &Gebied, area: &Verhaalsgebied) -> Quantity {
    let van = area.waardeperiode(gebied);
    gegroeid_tot(share, (van, when), gebied, area.moment, &area.rente)
}

/// The same from any period at any rate, of an amount that falls at a moment in its period.
pub(in crate::model) fn gegroeid_tot(
    share: &Quantity,
    (van, when): (Periode, Periode),
    gebied: &Gebied,
    moment: Kasstroommoment,
    rente: &Quantity,
) -> Quantity {
    let moment = match moment {
        Kasstroommoment::Begin => Decimal::ZERO,
        Kasstroommoment::Midden => Decimal::new(5, 1),
        Kasstroommoment::Eind => Decimal::ONE,
    };
    let years =
        (Decimal::from(when.0 - van.0) + moment) / Decimal::from(gebied.tijdstap.per_year());
    let grown = Exact::from(share.value) * Exact::from(Decimal::ONE + rente.value).power(years);
    Quantity {
        value: grown.0.unwrap_or(share.value),
        place: rente.place.clone(),
    }
}

/// What a repayment of one grows to by the eindafrekening: rente from every payment on (Ow 13.20(2); rate and compounding \[C\]).
fn rente_op_terugbetaling(
    gewichten: &[(Periode, Quantity)],
    year: i32,
    gebied: &Gebied,
    area: &Verhaalsgebied,
) -> Quantity {
    let stap = gebied.tijdstap;
    let Some(rate) = &area.terugbetaalrente else {
        return Quantity::made(Decimal::ONE);
    };
    let end = Periode::of_year(year, stap).0;
    let grown = gewichten.iter().fold(Exact::ZERO, |sum, (p, q)| {
        let years = Decimal::from((end - p.0).max(0)) / Decimal::from(stap.per_year());
        sum + Exact::from(q.value) * Exact::from(Decimal::ONE + rate.value).power(years)
    });
    Quantity {
        value: grown.0.unwrap_or(Decimal::ONE),
        place: rate.place.clone(),
    }
}

/// The inbrengwaarde of a row: a whole, or parts.
fn inbreng(f: &mut Fields<'_>, m2: Option<&Quantity>) -> Inbreng {
    let whole = f.count("inbrengwaarde");
    let land = f.count("grond_m2");
    let names = ["opstallen", "vrijmaken", "slopen", "saneren"];
    let parts = names.map(|c| f.count(c));
    if whole.is_some()
        && let Some(column) = names
            .into_iter()
            .zip(parts.iter().map(Option::is_some))
            .chain([("grond_m2", land.is_some())])
            .find_map(|(c, given)| given.then_some(c))
    {
        f.problem(
            column,
            Problem::error(
                "amount-twice",
                format!("{} has an inbrengwaarde and also {column}", f.name()),
            )
            .fix("fill inbrengwaarde, or its parts, not both"),
        );
    }
    if let Some(whole) = whole {
        return Inbreng::Geheel(whole);
    }
    if land.is_some() && m2.is_none() && f.empty("m2") {
        f.problem(
            "m2",
            Problem::error(
                "missing-value",
                format!("{}: grond_m2 is given, but m2 is empty", f.name()),
            )
            .fix("give m2, or the inbrengwaarde as a whole"),
        );
    }
    Inbreng::Delen(m2.cloned().zip(land).map(|(m2, per)| [m2, per]), parts)
}

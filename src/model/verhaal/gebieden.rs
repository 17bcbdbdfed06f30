//! Tables `kostenverhaal` and `profijt`: the areas with their settings, and the keys by which costs are spread.

use super::{Lezer, Regime, Sleutel, VERLEDEN, Verhaalsgebied, onbekend};
use crate::model::fields::Fields;
use crate::model::schema::REGIMES;
use crate::model::table::name_key;
use crate::model::{Builder, HOOFD, position_of, rows};
use crate::problem::Problem;
use crate::timeline::Kasstroommoment;
use rust_decimal::Decimal;

impl Lezer<'_> {
    pub(super) fn gebieden(&mut self, b: &mut Builder, problems: &mut Vec<Problem>) {
        let (table, rows) = rows(self.tables, "kostenverhaal");
        let peiljaar = self.gebied.peil.year(self.gebied.tijdstap);
        for row in rows {
            let mut f = Fields {
                table,
                row,
                problems,
            };
            let id = f.text("id");
            let regime = f.choice("regime", REGIMES);
            let deelgebieden = f.text("deelgebieden").map(|text| {
                let names: Vec<&str> = b
                    .deelgebieden
                    .iter()
                    .map(|d| d.deelgebied.as_str())
                    .collect();
                let mut found = Vec::new();
                for name in text.split(';').map(str::trim).filter(|n| !n.is_empty()) {
                    match position_of(names.iter().copied(), name) {
                        Some(d) => found.push(d),
                        None => onbekend(&mut f, "deelgebieden", name, &names, "deelgebieden"),
                    }
                }
                found
            });
            let ontvanger = if f.empty("ontvanger") {
                Some(HOOFD)
            } else {
                b.account(&mut f, "ontvanger", ("grex", "eigen"))
            };
            let rente = f.rate("rente").unwrap_or_else(|| self.gebied.rente.clone());
            let moment = match f.choice("moment", &["begin", "midden", "eind"]) {
                Some("midden") => Kasstroommoment::Midden,
                Some("eind") => Kasstroommoment::Eind,
                _ => Kasstroommoment::Begin,
            };
            let beschikking = f.year("beschikking").unwrap_or(peiljaar);
            let gewichtsfactor =
                f.choice("methode", &["opbrengsten", "gewichtsfactor"]) == Some("gewichtsfactor");
            let per_post = f.choice("aftrek", &["per_post", "totaal"]) != Some("totaal");
            let vloer = f.choice("vloer", &["nul", "geen"]) != Some("geen");
            let tot_betaling = f.choice("rente_tot_betaling", &["ja", "nee"]) == Some("ja");
            let alleen_aansluiting = f.choice("alleen_aansluiting", &["ja", "nee"]) == Some("ja");
            let plankosten_in_beschikking =
                f.choice("plankosten_in", &["beschikking", "fasering"]) != Some("fasering");
            let plankosten_maximum = f.count("plankosten_maximum");
            let raming = f.count("raming");
            let maximum = f.count("maximum");
            let maximum_aftopt = f.choice("maximum_aftopt", &["ja", "nee"]) == Some("ja");
            let eindafrekening = f.year("eindafrekening");
            let terugbetaalrente = f.rate("terugbetaalrente");
            f.text("bron");
            let (Some(id), Some(regime), Some(ontvanger)) = (id, regime, ontvanger) else {
                continue;
            };
            let first = peiljaar - VERLEDEN;
            if !(first..=self.gebied.horizon).contains(&beschikking) {
                f.problem(
                    "beschikking",
                    Problem::error(
                        "outside-horizon",
                        format!("kostenverhaal \"{id}\": beschikking in {beschikking} lies outside {first} to {}", self.gebied.horizon),
                    )
                    .fix("take the year in which the beschikking was or will be given"),
                );
            }
            if eindafrekening.is_none() && terugbetaalrente.is_some() {
                let text = format!(
                    "kostenverhaal \"{id}\": terugbetaalrente has no effect without eindafrekening"
                );
                let problem = Problem::warning("not-used", text);
                f.problem(
                    "terugbetaalrente",
                    problem.fix("give eindafrekening, or clear it"),
                );
            }
            if let Some(year) = eindafrekening
                && !(beschikking.max(peiljaar)..=self.gebied.horizon).contains(&year)
            {
                f.problem(
                    "eindafrekening",
                    Problem::error(
                        "outside-horizon",
                        format!("kostenverhaal \"{id}\": eindafrekening in {year} lies before the beschikking, before peildatum, or after the horizon {}", self.gebied.horizon),
                    )
                    .fix("take a year after both, or a later horizon"),
                );
            }
            let regime = match regime {
                "OW_ZONDER" => Regime::OwZonder,
                "WRO" => Regime::Wro,
                _ => Regime::OwTijdvak,
            };
            if regime == Regime::OwZonder {
                if maximum.is_none() {
                    f.problem(
                        "maximum",
                        Problem::warning(
                            "no-maximum",
                            format!("kostenverhaal \"{id}\" has no maximum of recoverable costs, which an omgevingsplan without tijdvak must have (Ow 13.15 lid 1 onder a)"),
                        )
                        .fix("give maximum"),
                    );
                }
            } else {
                for (column, given) in [("raming", &raming), ("maximum", &maximum)] {
                    if given.is_some() {
                        f.problem(
                            column,
                            Problem::error(
                                "not-in-regime",
                                format!("kostenverhaal \"{id}\": {column} belongs to regime OW_ZONDER alone"),
                            )
                            .fix(format!("clear {column}, or take regime OW_ZONDER")),
                        );
                    }
                }
            }
            // What a regime does not know and would have no effect.
            let idle: &[&str] = if regime == Regime::OwZonder {
                &["aftrek", "vloer"]
            } else {
                &["maximum_aftopt"]
            };
            for column in idle {
                if f.empty(column) {
                    continue;
                }
                let text = format!("kostenverhaal \"{id}\": {column} has no effect in this regime");
                f.problem(
                    column,
                    Problem::warning("not-in-regime", text).fix(format!("clear {column}")),
                );
            }
            if b.geboekt.contains(&ontvanger) {
                f.problem(
                    "id",
                    Problem::warning(
                        "boekwaarde-not-recovered",
                        format!("kostenverhaal \"{id}\": what was spent before peildatum stands in the boekwaarde of its receiver, and is recovered from nobody: only lines count"),
                    )
                    .fix("give what was spent on recoverable works as realised amounts of their lines, instead of in table boekwaarde"),
                );
            }
            if regime == Regime::Wro {
                f.problem(
                    "regime",
                    Problem::warning(
                        "not-verified",
                        format!("kostenverhaal \"{id}\": the rules of the Wro are own knowledge, not verified [O]; they hold for an exploitatieplan whose ontwerp was published before 2024"),
                    )
                    .fix("have a jurist check them, or take regime OW_TIJDVAK"),
                );
            }
            self.verhaal.gebieden.push(Verhaalsgebied {
                id,
                regime,
                ontvanger,
                deelgebieden,
                rente,
                moment,
                beschikking,
                gewichtsfactor,
                per_post,
                vloer,
                tot_betaling,
                alleen_aansluiting,
                plankosten_in_beschikking,
                plankosten_maximum,
                raming,
                maximum,
                maximum_aftopt,
                eindafrekening,
                terugbetaalrente,
                place: row.place.clone(),
            });
        }
        self.overlap(b, problems);
    }

    /// A deelgebied lies in one area at most.
    fn overlap(&self, b: &Builder, problems: &mut Vec<Problem>) {
        let gebieden = &self.verhaal.gebieden;
        for (i, g) in gebieden.iter().enumerate() {
            for earlier in &gebieden[..i] {
                let shared = match (&earlier.deelgebieden, &g.deelgebieden) {
                    (Some(one), Some(other)) => one
                        .iter()
                        .find(|d| other.contains(d))
                        .map(|d| format!("deelgebied \"{}\"", b.deelgebieden[*d].deelgebied)),
                    _ => Some("everything that one of them does not name".into()),
                };
                if let Some(shared) = shared {
                    problems.push(
                        Problem::error(
                            "areas-overlap",
                            format!(
                                "{shared} lies in kostenverhaal \"{}\" and in \"{}\"",
                                earlier.id, g.id
                            ),
                        )
                        .at(&g.place)
                        .and(&earlier.place)
                        .fix("give each its own deelgebieden"),
                    );
                }
            }
        }
    }

    pub(super) fn profijt(&mut self, problems: &mut Vec<Problem>) {
        let (table, rows) = rows(self.tables, "profijt");
        for row in rows {
            let mut f = Fields {
                table,
                row,
                problems,
            };
            let sleutel = f.text("sleutel");
            let begunstigde = f.text("begunstigde");
            let bestaand = f.choice("bestaand", &["ja", "nee"]) == Some("ja");
            let waarde = f.count("waarde");
            let (Some(sleutel), Some(begunstigde), Some(waarde)) = (sleutel, begunstigde, waarde)
            else {
                continue;
            };
            let key = name_key(&sleutel);
            let at = self
                .sleutels
                .iter()
                .position(|s| name_key(&s.naam) == key)
                .unwrap_or_else(|| {
                    self.sleutels.push(Sleutel {
                        naam: sleutel,
                        rijen: Vec::new(),
                        place: row.place.clone(),
                    });
                    self.sleutels.len() - 1
                });
            let s = &mut self.sleutels[at];
            if s.rijen
                .iter()
                .any(|(name, ..)| name_key(name) == name_key(&begunstigde))
            {
                let problem = Problem::error(
                    "duplicate-key",
                    format!("profijt \"{}\" names \"{begunstigde}\" twice", s.naam),
                )
                .fix("keep one of the two rows");
                f.problem("begunstigde", problem);
                continue;
            }
            s.rijen.push((begunstigde, bestaand, waarde));
        }
        for s in &self.sleutels {
            let total: Decimal = s.rijen.iter().map(|(_, _, q)| q.value).sum();
            if total.is_zero() {
                problems.push(
                    Problem::error(
                        "empty-key",
                        format!(
                            "profijt \"{}\" adds up to nothing: it can't spread a cost",
                            s.naam
                        ),
                    )
                    .at(&s.place)
                    .fix("give its rows a waarde"),
                );
            }
        }
    }

    /// The area that a deelgebied lies in.
    pub(super) fn gebied_van(&self, deelgebied: Option<usize>) -> Option<usize> {
        self.verhaal
            .gebieden
            .iter()
            .position(|g| match (&g.deelgebieden, deelgebied) {
                (None, _) => true,
                (Some(own), Some(d)) => own.contains(&d),
                (Some(_), None) => false,
            })
    }
}

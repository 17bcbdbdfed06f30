//! From lines to entries of a mapping: what lines have in common, how each column is read, what is told of a table. Decides nothing of
//! what a row is.

use super::Tabelverslag;
use super::begrip::{Bedragwijze, Begrip, Bloksoort, Faseerwijze, Regel};
use super::koppen::Kopregel;
use super::raster::Raster;
use super::tabel::{Rij, Rijsoort};
use super::voorstel::{DREMPEL, GroepWens, RijWens, TabelWens, Veld, Voorstel, tekst};
use crate::model::table::{as_text, fold, name_key};
use rust_decimal::Decimal;
use std::collections::{BTreeSet, HashMap, HashSet};

/// What lines of a block must have in common to be one entry.
type Klasse = (&'static str, Bedragwijze, Faseerwijze, bool);

impl Begrip<'_> {
    /// The entries of the mapping, and what is told of each block.
    pub(super) fn voorstel(&mut self) -> (Voorstel, Vec<Tabelverslag>) {
        let mut out = Voorstel::default();
        let mut told = Vec::new();
        let mut ids: HashSet<String> = HashSet::new();
        let codes = self.dubbele_codes();
        // Phasing of lines that stand elsewhere is found by their names, so after these.
        let mut order: Vec<usize> = (0..self.blokken.len()).collect();
        order.sort_by_key(|b| self.blokken[*b].soort == Bloksoort::Fasering);
        for b in order {
            let before = out.tabellen.len();
            match self.blokken[b].soort.clone() {
                Bloksoort::Groei => out.tabellen.extend(self.indextabel(b, "groei")),
                Bloksoort::Factor => out.tabellen.extend(self.indextabel(b, "factor")),
                Bloksoort::Fasering => out.tabellen.extend(self.faseringstabel(b)),
                Bloksoort::Regels => {
                    let entries = self.regeltabellen(b, codes, &mut ids);
                    out.tabellen.extend(entries);
                }
                Bloksoort::Onbekend(why) => {
                    let blad = self.blokken[b].blad;
                    let kop = &self.blokken[b].blok.kop;
                    let row = kop.tot;
                    let what = kop
                        .rollen
                        .values()
                        .map(|r| r.kop.clone())
                        .chain(kop.onbekend.values().cloned())
                        .next()
                        .unwrap_or_else(|| self.blokken[b].titel());
                    self.niet(
                        blad,
                        row,
                        0,
                        &what,
                        &format!("a heading with a table that is not understood: {why}"),
                    );
                }
                Bloksoort::Resultaten | Bloksoort::Afgeleid(_) => {}
            }
            told.push((
                self.blokken[b].blad,
                self.verslag(b, &out.tabellen[before..]),
            ));
        }
        told.sort_by_key(|(blad, _)| *blad);
        let told = told.into_iter().map(|(_, t)| t).collect();
        let names = self.deelgebieden.clone();
        for name in names {
            out.rijen.push(RijWens {
                tabel: "deelgebieden",
                velden: vec![Veld::new("deelgebied", tekst(&name), 0.9, "named by lines")],
            });
        }
        (out, told)
    }

    /// Whether codes occur more than once over all blocks, so that they need something to make them unique.
    fn dubbele_codes(&self) -> bool {
        let mut seen = HashSet::new();
        for (b, begrepen) in self.blokken.iter().enumerate() {
            if begrepen.soort != Bloksoort::Regels {
                continue;
            }
            let raster = self.raster(b);
            if let Some(column) = begrepen.naamkolom(raster) {
                for line in &begrepen.regels {
                    let name = raster
                        .cel(line.rij, column)
                        .map(as_text)
                        .unwrap_or_default();
                    if !seen.insert(name_key(&name)) {
                        return true;
                    }
                }
            }
        }
        false
    }

    fn indextabel(&self, b: usize, als: &str) -> Option<TabelWens> {
        let begrepen = &self.blokken[b];
        let raster = self.raster(b);
        let label = begrepen.blok.labelkolom?;
        let rows: Vec<u32> = begrepen.regelrijen();
        let (first, last) = begrepen.kop().periodekolommen()?;
        let percents = als == "groei"
            && rows.iter().any(|r| {
                begrepen
                    .getallen(raster, *r)
                    .per
                    .iter()
                    .any(|v| v.abs() > Decimal::new(3, 1))
            });
        let factor = if percents { ", factor = 0.01" } else { "" };
        Some(TabelWens {
            naar: "indexen",
            bladen: vec![raster.naam.to_string()],
            bladnaam: None,
            kopregel: Some(kopregel(raster, begrepen.kop())),
            gekanteld: raster.gekanteld,
            rijen: bereiken(raster, &rows, &rows),
            factor: None,
            teken: false,
            groepen: Vec::new(),
            vast: Vec::new(),
            kolommen: vec![Veld::new(
                "index",
                format!("{{ kolom = {} }}", tekst(&raster.kolomnaam(label))),
                0.9,
                "names of the index groups",
            )],
            jaren: Some(Veld::new(
                "jaren",
                format!(
                    "{{ als = {}, kolommen = {}{factor} }}",
                    tekst(als),
                    tekst(&format!(
                        "{}:{}",
                        raster.kolomnaam(first),
                        raster.kolomnaam(last)
                    ))
                ),
                begrepen.zekerheid,
                if als == "groei" {
                    "small numbers per period under a title that names an index"
                } else {
                    "numbers around 1 per period under a title that names an index"
                },
            )),
            opslagen: Vec::new(),
            zekerheid: begrepen.zekerheid,
            reden: format!("index groups: {} rows", rows.len()),
        })
    }

    fn faseringstabel(&self, b: usize) -> Option<TabelWens> {
        let begrepen = &self.blokken[b];
        let raster = self.raster(b);
        let wanted: BTreeSet<String> = self
            .blokken
            .iter()
            .flat_map(|o| &o.regels)
            .filter(|l| l.faseerwijze == Faseerwijze::Elders)
            .map(|l| name_key(&l.id))
            .collect();
        let all: BTreeSet<String> = self
            .blokken
            .iter()
            .flat_map(|o| &o.regels)
            .map(|l| name_key(&l.id))
            .collect();
        let label = [begrepen.naamkolom(raster), begrepen.blok.labelkolom]
            .into_iter()
            .flatten()
            .max_by_key(|c| {
                begrepen
                    .regelrijen()
                    .iter()
                    .filter(|r| {
                        raster
                            .cel(**r, *c)
                            .is_some_and(|s| wanted.contains(&name_key(&as_text(s))))
                    })
                    .count()
            })?;
        let rows: Vec<u32> = begrepen
            .regelrijen()
            .into_iter()
            .filter(|r| {
                wanted.is_empty() && all.is_empty()
                    || raster
                        .cel(*r, label)
                        .is_some_and(|s| wanted.contains(&name_key(&as_text(s))))
            })
            .collect();
        if rows.is_empty() {
            return None;
        }
        let (first, last) = begrepen.kop().periodekolommen()?;
        let sums: Vec<Decimal> = rows
            .iter()
            .map(|r| begrepen.getallen(raster, *r).som)
            .collect();
        let near = |sum: &Decimal, to: i64| (*sum - Decimal::from(to)).abs() < Decimal::new(1, 4);
        let quantities: HashMap<String, Decimal> = self
            .blokken
            .iter()
            .flat_map(|o| {
                let raster = &self.rasters[o.blad];
                o.regels
                    .iter()
                    .filter_map(|l| Some((name_key(&l.id), o.getallen(raster, l.rij).h?)))
            })
            .collect();
        let units = rows.iter().zip(&sums).all(|(row, sum)| {
            raster
                .cel(*row, label)
                .and_then(|s| quantities.get(&name_key(&as_text(s))))
                .is_some_and(|h| h == sum)
        });
        let (als, factor) = if sums.iter().all(|s| near(s, 1)) {
            ("aandeel", "")
        } else if sums.iter().all(|s| near(s, 100)) {
            ("aandeel", ", factor = 0.01")
        } else if units {
            ("hoeveelheid", "")
        } else {
            ("bedrag", "")
        };
        let negative = als == "bedrag"
            && sums.iter().filter(|s| s.is_sign_negative()).count() * 2 > sums.len();
        Some(TabelWens {
            naar: "fasering",
            bladen: vec![raster.naam.to_string()],
            bladnaam: None,
            kopregel: Some(kopregel(raster, begrepen.kop())),
            gekanteld: raster.gekanteld,
            rijen: bereiken(raster, &rows, &rows),
            factor: begrepen.factor.filter(|_| als == "bedrag"),
            teken: negative,
            groepen: Vec::new(),
            vast: Vec::new(),
            kolommen: vec![Veld::new(
                "fasering",
                format!("{{ kolom = {} }}", tekst(&raster.kolomnaam(label))),
                0.85,
                "names that are lines of another table",
            )],
            jaren: Some(Veld::new(
                "jaren",
                format!(
                    "{{ als = {}, kolommen = {}{factor}{} }}",
                    tekst(als),
                    tekst(&format!(
                        "{}:{}",
                        raster.kolomnaam(first),
                        raster.kolomnaam(last)
                    )),
                    self.periode(begrepen.kop().delen())
                ),
                0.9,
                "what the periods of a line add up to",
            )),
            opslagen: Vec::new(),
            zekerheid: 0.85,
            reden: format!("years of {} lines that stand elsewhere", rows.len()),
        })
    }

    fn regeltabellen(
        &mut self,
        b: usize,
        codes_twice: bool,
        ids: &mut HashSet<String>,
    ) -> Vec<TabelWens> {
        let raster = self.raster(b);
        let mut classes: Vec<(Klasse, Vec<usize>)> = Vec::new();
        for (at, line) in self.blokken[b].regels.iter().enumerate() {
            let split = line.bijdrage && !self.met_indexkolom(b);
            let class = (line.naar, line.bedragwijze, line.faseerwijze, split);
            match classes.iter_mut().find(|(c, _)| *c == class) {
                Some((_, lines)) => lines.push(at),
                None => classes.push((class, vec![at])),
            }
        }
        let name = self.blokken[b].naamkolom(raster);
        let mut nr_at = 0;
        let mut out = Vec::new();
        // Names first, in the order in which the reader makes them.
        for (class, lines) in &classes {
            nr_at += 1;
            for (number, at) in lines.iter().enumerate() {
                let plain = self.naam(b, *at, name, class.0, nr_at, number + 1);
                let mut unique = plain.clone();
                let mut n = 1;
                while ids.contains(&unique) {
                    n += 1;
                    unique = format!("{plain} ({n})");
                }
                ids.insert(unique.clone());
                self.blokken[b].regels[*at].id = unique;
            }
        }
        let mut nr_at = 0;
        for (class, lines) in &classes {
            nr_at += 1;
            out.push(self.regeltabel(b, *class, lines, name, codes_twice, nr_at));
        }
        out
    }

    fn sjabloon(&self, b: usize, naar: &str) -> Option<String> {
        let raster = self.raster(b);
        let begrepen = &self.blokken[b];
        let kop = begrepen.kop();
        let lines: Vec<u32> = begrepen.regels.iter().map(|l| l.rij).collect();
        let mut parts = Vec::new();
        if self.groepsdoel(b) == Some("deelgebied") || begrepen.deelgebied.is_some() {
            parts.push("{deelgebied}".to_owned());
        }
        for role in ["deelgebied", "functie", "segment", "omschrijving"] {
            if let Some(c) = kop.kolom(role)
                && lines.iter().any(|r| raster.cel(*r, c).is_some())
            {
                parts.push(format!("{{{}}}", raster.kolomnaam(c)));
            }
        }
        let named = parts.iter().any(|p| p != "{deelgebied}");
        named.then(|| {
            let mark = match naar {
                "programma" => "P",
                "kosten" => "K",
                _ => "O",
            };
            format!("{mark} {}", parts.join(" "))
        })
    }

    /// What the reader will call a line, but for what makes it unique.
    fn naam(
        &self,
        b: usize,
        at: usize,
        column: Option<u32>,
        naar: &str,
        entry: usize,
        nr: usize,
    ) -> String {
        let raster = self.raster(b);
        let begrepen = &self.blokken[b];
        let line = &begrepen.regels[at];
        let text = |c: u32| raster.cel(line.rij, c).map(as_text).unwrap_or_default();
        let own = column.map(text);
        match (own, &begrepen.deelgebied, self.sjabloon(b, naar)) {
            (Some(own), None, _) => own,
            (Some(own), Some(deel), _) => format!("{deel} {own}"),
            (None, _, Some(template)) => {
                let mut out = String::new();
                for piece in template.split('{') {
                    let Some((name, rest)) = piece.split_once('}') else {
                        out.push_str(piece);
                        continue;
                    };
                    if name == "deelgebied" {
                        let group = line
                            .groep
                            .and_then(|row| begrepen.blok.rijen.iter().find(|r| r.rij == row));
                        out.push_str(
                            begrepen
                                .deelgebied
                                .as_deref()
                                .or(group.map(|g| g.label.as_str()))
                                .unwrap_or_default(),
                        );
                    } else if let Some(c) = (0..=200).find(|c| raster.kolomnaam(*c) == name) {
                        out.push_str(&text(c));
                    }
                    out.push_str(rest);
                }
                out.split_whitespace().collect::<Vec<_>>().join(" ")
            }
            _ => format!("{}{b}.{entry}.{nr}", mark(naar)),
        }
    }

    /// What the headings of groups are: parts of the area, or groups of lines.
    fn groepsdoel(&self, b: usize) -> Option<&'static str> {
        let begrepen = &self.blokken[b];
        let heads: Vec<&Rij> = begrepen
            .regels
            .iter()
            .filter_map(|l| l.groep)
            .collect::<BTreeSet<u32>>()
            .into_iter()
            .filter_map(|row| begrepen.blok.rijen.iter().find(|r| r.rij == row))
            .collect();
        let first = heads.first()?;
        let role = begrepen.kop().rollen.get(&first.kolom).map(|r| r.naam);
        let known = heads.iter().all(|h| {
            self.deelgebieden
                .iter()
                .any(|d| name_key(d) == name_key(&h.label))
        });
        Some(if role == Some("deelgebied") || known {
            "deelgebied"
        } else {
            "groep"
        })
    }

    /// The keys that say which periods columns are; those shorter than the step of the model are added up.
    fn periode(&self, delen: u8) -> &'static str {
        match (delen.min(self.stap), delen > self.stap) {
            (2, false) => ", periode = \"halfjaar\"",
            (4, false) => ", periode = \"kwartaal\"",
            (2, true) => ", periode = \"halfjaar\", optellen = true",
            (4, true) => ", periode = \"kwartaal\", optellen = true",
            (_, true) => ", optellen = true",
            _ => "",
        }
    }

    fn met_indexkolom(&self, b: usize) -> bool {
        self.indexkolom(b).is_some()
    }

    /// The column that names index groups which exist.
    fn indexkolom(&self, b: usize) -> Option<u32> {
        let begrepen = &self.blokken[b];
        let raster = self.raster(b);
        let column = begrepen.kop().kolom("index")?;
        let known: HashSet<String> = self.indexen.iter().map(|i| name_key(i)).collect();
        begrepen
            .regels
            .iter()
            .any(|l| {
                raster
                    .tekst(l.rij, column)
                    .is_some_and(|t| known.contains(&name_key(t)))
            })
            .then_some(column)
    }

    fn regeltabel(
        &mut self,
        b: usize,
        (naar, how, phasing, contributions): Klasse,
        lines: &[usize],
        name: Option<u32>,
        codes_twice: bool,
        entry: usize,
    ) -> TabelWens {
        let raster = self.raster(b);
        let begrepen = &self.blokken[b];
        let kop = begrepen.kop();
        let of: Vec<&Regel> = lines.iter().map(|at| &begrepen.regels[*at]).collect();
        let rows: Vec<u32> = of.iter().map(|l| l.rij).collect();
        let sum: Decimal = of
            .iter()
            .filter_map(|l| l.bedrag)
            .try_fold(Decimal::ZERO, Decimal::checked_add)
            .unwrap_or_default();
        let teken = sum.is_sign_negative() && !sum.is_zero();
        let scale = begrepen.factor;
        let sure = of.iter().map(|l| l.zekerheid).fold(1.0, f64::min);
        let mut fields: Vec<Veld> = Vec::new();
        let single = kop.van == kop.tot;
        // A column by its heading when that is one of a kind, else by its letter.
        let column = |c: u32| {
            let role = kop.rollen.get(&c);
            let heading = role.map(|r| r.kop.clone()).unwrap_or_default();
            let folded = fold(&heading);
            let same = kop
                .rollen
                .values()
                .map(|r| &r.kop)
                .chain(kop.onbekend.values())
                .filter(|k| fold(k) == folded)
                .count();
            let letters = heading.len() <= 3 && heading.chars().all(|c| c.is_ascii_uppercase());
            let number = heading.chars().all(|c| c.is_ascii_digit());
            if single
                && !raster.deel
                && same == 1
                && !folded.is_empty()
                && !letters
                && !number
                && !heading.contains(['\n', '{', '}'])
            {
                heading
            } else {
                raster.kolomnaam(c)
            }
        };
        let why = |c: u32| {
            kop.rollen.get(&c).map_or_else(
                || format!("column {}", raster.kolomnaam(c)),
                |r| format!("heading \"{}\"", r.kop),
            )
        };
        let certain = |c: u32| kop.rollen.get(&c).map_or(0.7, |r| r.zekerheid);
        let filled = |c: u32| rows.iter().any(|r| raster.cel(*r, c).is_some());
        // Name.
        let id = match (name, &begrepen.deelgebied, self.sjabloon(b, naar)) {
            (Some(c), None, _)
                if kop.rollen.get(&c).is_some_and(|r| r.naam == "id") && !codes_twice =>
            {
                Veld::new("id", tekst(&column(c)), certain(c), why(c))
            }
            (Some(c), None, _) => Veld::new(
                "id",
                format!("{{ kolom = {}, uniek = true }}", tekst(&column(c))),
                certain(c),
                why(c),
            ),
            (Some(c), Some(_), _) => Veld::new(
                "id",
                format!(
                    "{{ tekst = {} }}",
                    tekst(&format!(
                        "{} {{{}}}",
                        begrepen.deelgebied.as_deref().unwrap_or_default(),
                        raster.kolomnaam(c)
                    ))
                ),
                certain(c),
                format!("{}; the same on several sheets", why(c)),
            ),
            (None, _, Some(template)) => Veld::new(
                "id",
                format!(
                    "{{ tekst = {} }}",
                    tekst(&template.replace(
                        "{deelgebied}",
                        begrepen.deelgebied.as_deref().unwrap_or("{deelgebied}")
                    ))
                ),
                0.8,
                "made of the columns that tell lines apart",
            ),
            _ => Veld::new(
                "id",
                format!("{{ tekst = \"{}{b}.{entry}.{{nr}}\" }}", mark(naar)),
                0.7,
                "no column names the lines",
            ),
        };
        fields.push(id);
        let mut map = |ours: &str, role: &str| {
            if let Some(c) = kop.kolom(role).filter(|c| filled(*c)) {
                let again = ["functie", "soort", "kostensoort", "groep"].contains(&ours)
                    && begrepen.herhalend(raster, c);
                fields.push(if again {
                    Veld::new(
                        ours,
                        format!("{{ kolom = {}, herhaal = true }}", tekst(&column(c))),
                        certain(c) * 0.9,
                        format!("{}, each for the rows below it", why(c)),
                    )
                } else {
                    Veld::new(ours, tekst(&column(c)), certain(c), why(c))
                });
            }
        };
        if naar == "programma" {
            map("functie", "functie");
            map("segment", "segment");
        } else {
            map("soort", "soort");
        }
        if naar == "kosten" {
            map("kostensoort", "kostensoort");
        }
        map("groep", "groep");
        if kop.kolom("groep").is_none()
            && let Some(c) = begrepen.zijkolom.filter(|c| Some(*c) != name)
        {
            fields.push(Veld::new(
                "groep",
                format!(
                    "{{ kolom = {}, herhaal = true }}",
                    tekst(&raster.kolomnaam(c))
                ),
                0.7,
                "texts beside the names of lines, each for the rows below it",
            ));
        }
        let mut map = |ours: &str, role: &str| {
            if let Some(c) = kop.kolom(role).filter(|c| filled(*c)) {
                fields.push(Veld::new(ours, tekst(&column(c)), certain(c), why(c)));
            }
        };
        // A line in % that is not said to be a percentage of others would be refused.
        if of
            .iter()
            .all(|l| l.opslag.is_some() || !begrepen.procent(raster, l.rij))
        {
            map("eenheid", "eenheid");
        }
        if naar == "programma" {
            map("m2_per_eenheid", "m2_per_eenheid");
        }
        if let Some(c) = begrepen.blok.labelkolom.filter(|c| filled(*c)) {
            if naar != "programma" {
                fields.push(Veld::new(
                    "omschrijving",
                    tekst(&column(c)),
                    certain(c),
                    why(c),
                ));
            } else if kop.kolom("segment").is_none() {
                fields.push(Veld::new(
                    "segment",
                    tekst(&column(c)),
                    certain(c) * 0.9,
                    why(c),
                ));
            }
        }
        // Part of the area.
        let mut areas: Vec<String> = Vec::new();
        if let Some(c) = kop.kolom("deelgebied").filter(|c| filled(*c)) {
            let named = rows.iter().filter_map(|r| raster.cel(*r, c)).map(as_text);
            areas.extend(named);
            let again = begrepen.herhalend(raster, c);
            let value = if again {
                format!("{{ kolom = {}, herhaal = true }}", tekst(&column(c)))
            } else {
                tekst(&column(c))
            };
            let sure = if again { certain(c) * 0.9 } else { certain(c) };
            fields.push(Veld::new("deelgebied", value, sure, why(c)));
        }
        let mut fixed: Vec<Veld> = Vec::new();
        if let Some(area) = &begrepen.deelgebied {
            areas.push(area.clone());
            fixed.push(Veld::new(
                "deelgebied",
                tekst(area),
                0.8,
                "sheets of one form, a deelgebied each",
            ));
        }
        // Amount.
        let price_scale = begrepen.prijsfactor;
        let in_unit = scale.unwrap_or(Decimal::ONE);
        match how {
            Bedragwijze::Product => {
                let (quantity, price) = if naar == "programma" {
                    ("aantal", "grondprijs")
                } else {
                    ("hoeveelheid", "prijs")
                };
                if let Some(c) = kop.kolom("hoeveelheid").filter(|c| filled(*c)) {
                    fields.push(Veld::new(quantity, tekst(&column(c)), certain(c), why(c)));
                } else if let Some((first, last)) = kop
                    .periodekolommen()
                    .filter(|_| begrepen.aantal_in_perioden)
                {
                    let range = format!("{}:{}", raster.kolomnaam(first), raster.kolomnaam(last));
                    fields.push(Veld::new(
                        quantity,
                        format!("{{ som = {} }}", tekst(&range)),
                        0.85,
                        "the units per period, added up",
                    ));
                }
                if let Some(c) = begrepen.prijskolom().filter(|c| filled(*c)) {
                    let value = if price_scale == Decimal::ONE {
                        tekst(&column(c))
                    } else {
                        let factor = in_unit.checked_mul(price_scale).unwrap_or(Decimal::ONE);
                        format!(
                            "{{ kolom = {}, factor = {} }}",
                            tekst(&column(c)),
                            factor.normalize()
                        )
                    };
                    fields.push(Veld::new(price, value, certain(c), why(c)));
                }
                if let Some(c) = kop
                    .kolom("percentage")
                    .filter(|c| filled(*c) && of.iter().any(|l| l.opslag.is_some()))
                {
                    let big = rows
                        .iter()
                        .filter_map(|r| raster.getal(*r, c))
                        .any(|v| v.abs() > Decimal::ONE);
                    let value = if big {
                        format!("{{ kolom = {}, factor = 0.01 }}", tekst(&column(c)))
                    } else {
                        tekst(&column(c))
                    };
                    fields.push(Veld::new("percentage", value, certain(c), why(c)));
                }
                if let Some(c) = begrepen.bedrag.filter(|c| filled(*c)) {
                    fields.push(Veld::new(
                        "raming",
                        tekst(&column(c)),
                        certain(c),
                        format!("{}: quantity times price gives it", why(c)),
                    ));
                }
            }
            Bedragwijze::Bedrag => {
                if let Some(c) = begrepen.bedrag {
                    fields.push(Veld::new("bedrag", tekst(&column(c)), certain(c), why(c)));
                }
            }
            Bedragwijze::Perioden => {}
        }
        // Years.
        let mut years = None;
        let (first, last) = kop.periodekolommen().unwrap_or((0, 0));
        let range = format!("{}:{}", raster.kolomnaam(first), raster.kolomnaam(last));
        let earlier = kop.eerder.map_or_else(String::new, |(c, year)| {
            format!(
                ", eerder = {{ kolom = {}, jaar = {year} }}",
                tekst(&raster.kolomnaam(c))
            )
        });
        let step = self.periode(kop.delen());
        let made = |als: &str, more: &str, why: &str| {
            Some(Veld::new(
                "jaren",
                format!(
                    "{{ als = {}, kolommen = {}{step}{more}{earlier} }}",
                    tekst(als),
                    tekst(&range)
                ),
                0.95,
                why,
            ))
        };
        match phasing {
            Faseerwijze::Aandeel => years = made("aandeel", "", "each line adds up to 1"),
            Faseerwijze::Procent => {
                years = made("aandeel", ", factor = 0.01", "each line adds up to 100");
            }
            Faseerwijze::Hoeveelheid => {
                years = made("hoeveelheid", "", "each line adds up to its quantity");
            }
            Faseerwijze::Bedrag => {
                years = made(
                    "bedrag",
                    "",
                    if how == Bedragwijze::Perioden {
                        "amounts per period"
                    } else {
                        "each line adds up to its amount"
                    },
                );
            }
            Faseerwijze::Verhouding => {
                years = made("verhouding", "", "amounts of a percentage of other lines");
            }
            Faseerwijze::Span => {
                if let (Some(van), Some(tm)) = (kop.kolom("van"), kop.kolom("tm")) {
                    fields.push(Veld::new(
                        "fasering",
                        format!(
                            "{{ van = {}, tm = {} }}",
                            tekst(&column(van)),
                            tekst(&column(tm))
                        ),
                        certain(van).min(certain(tm)),
                        format!("{} and {}, in equal parts", why(van), why(tm)),
                    ));
                }
            }
            Faseerwijze::Duur => {
                if let (Some(van), Some(duur)) = (kop.kolom("van"), kop.kolom("duur")) {
                    fields.push(Veld::new(
                        "fasering",
                        format!(
                            "{{ van = {}, duur = {} }}",
                            tekst(&column(van)),
                            tekst(&column(duur))
                        ),
                        certain(van).min(certain(duur)),
                        format!("{} and {} years, in equal parts", why(van), why(duur)),
                    ));
                }
            }
            Faseerwijze::Jaar => {
                if let Some(c) = kop.kolom("jaar") {
                    fields.push(Veld::new(
                        "fasering",
                        format!("{{ van = {0}, tm = {0} }}", tekst(&column(c))),
                        certain(c),
                        why(c),
                    ));
                }
            }
            Faseerwijze::Elders | Faseerwijze::Geen => {}
        }
        // Index.
        let indexed =
            phasing == Faseerwijze::Bedrag && (begrepen.lopend.is_some() || self.zonder_index);
        if indexed {
            // Its amounts hold index already.
        } else if let Some(c) = self.indexkolom(b) {
            let known: HashSet<String> = self.indexen.iter().map(|i| name_key(i)).collect();
            let unknown: BTreeSet<String> = rows
                .iter()
                .filter_map(|r| raster.tekst(*r, c))
                .filter(|t| !known.contains(&name_key(t)))
                .map(str::to_owned)
                .collect();
            if unknown.is_empty() {
                fields.push(Veld::new("index", tekst(&column(c)), certain(c), why(c)));
            } else {
                let none: Vec<String> = unknown
                    .iter()
                    .map(|u| format!("{} = \"\"", tekst(u)))
                    .collect();
                let same: BTreeSet<String> = rows
                    .iter()
                    .filter_map(|r| raster.tekst(*r, c))
                    .filter(|t| known.contains(&name_key(t)))
                    .map(|t| format!("{0} = {0}", tekst(t)))
                    .collect();
                let words: Vec<String> = none.into_iter().chain(same).collect();
                fields.push(Veld::new(
                    "index",
                    format!(
                        "{{ kolom = {}, vertaal = {{ {} }} }}",
                        tekst(&column(c)),
                        words.join(", ")
                    ),
                    certain(c) * 0.8,
                    format!("{}; words that are no index group: no index", why(c)),
                ));
            }
        } else if !contributions || self.bijdragen_met_index {
            let side = if naar == "kosten" {
                "index_kosten"
            } else {
                "index_opbrengsten"
            };
            if let Some(name) = self.tarieven.get(side) {
                fixed.push(Veld::new(
                    "index",
                    tekst(name),
                    0.8,
                    "the index group for lines of this side that name none",
                ));
            }
        }
        // Groups.
        let mut groups = Vec::new();
        let mut heads: BTreeSet<u32> = of.iter().filter_map(|l| l.groep).collect();
        let target = self.groepsdoel(b);
        let taken = |to: &str| fields.iter().chain(&fixed).any(|f| f.sleutel == to);
        if let Some(to) = target.filter(|to| !taken(to)) {
            let head = heads
                .iter()
                .filter_map(|h| begrepen.blok.rijen.iter().find(|r| r.rij == *h))
                .collect::<Vec<_>>();
            let at: BTreeSet<u32> = head.iter().map(|h| h.kolom).collect();
            let candidates: Vec<u32> = kop
                .rollen
                .iter()
                .filter(|(c, r)| {
                    !at.contains(c)
                        && r.naam != "id"
                        && heads.iter().all(|h| raster.cel(*h, **c).is_none())
                })
                .map(|(c, _)| *c)
                .chain(begrepen.bedrag)
                .collect();
            // Of such columns a line fills at least one.
            let mut empty: Vec<u32> = Vec::new();
            let mut left: Vec<u32> = rows.clone();
            for c in candidates {
                if heads.iter().any(|h| raster.cel(*h, c).is_some()) {
                    continue;
                }
                let before = left.len();
                left.retain(|r| raster.cel(*r, c).is_none());
                if left.len() < before {
                    empty.push(c);
                }
            }
            if left.is_empty() && at.len() == 1 && !empty.is_empty() {
                if let Some(c) = at.first() {
                    groups.push(GroepWens {
                        kolom: column(*c),
                        leeg: empty.iter().map(|c| column(*c)).collect(),
                        naar: to,
                    });
                    if to == "deelgebied" {
                        areas.extend(head.iter().map(|h| h.label.clone()));
                    }
                }
            } else {
                heads.clear();
            }
        } else {
            heads.clear();
        }
        // Percentages of other lines.
        let every: Vec<String> = begrepen.regels.iter().map(|l| l.id.clone()).collect();
        let mut surcharges = Vec::new();
        for line in &of {
            if let Some((base, found)) = &line.opslag {
                let base_ids: Vec<String> = begrepen
                    .regels
                    .iter()
                    .filter(|l| base.contains(&l.rij))
                    .map(|l| l.id.clone())
                    .collect();
                surcharges.push((
                    line.id.clone(),
                    korter(&base_ids, &every),
                    format!("{:.2}: a percentage of other lines, {found}", 0.95),
                ));
            }
        }
        let mut read: Vec<u32> = rows.iter().copied().chain(heads).collect();
        read.sort_unstable();
        let why_all = of
            .iter()
            .map(|l| l.reden.clone())
            .min_by_key(String::len)
            .unwrap_or_default();
        let sheet_rows = raster.rijen();
        let wens = TabelWens {
            naar,
            bladen: vec![raster.naam.to_string()],
            bladnaam: None,
            kopregel: Some(kopregel(raster, kop)),
            gekanteld: raster.gekanteld,
            rijen: bereiken(raster, &read, &sheet_rows),
            factor: scale,
            teken,
            groepen: groups,
            vast: fixed,
            kolommen: fields,
            jaren: years,
            opslagen: surcharges,
            zekerheid: if phasing == Faseerwijze::Geen {
                0.4
            } else {
                sure
            },
            reden: format!("{} lines of {naar}: {why_all}", rows.len()),
        };
        for area in areas {
            if !area.is_empty()
                && !self
                    .deelgebieden
                    .iter()
                    .any(|d| name_key(d) == name_key(&area))
            {
                self.deelgebieden.push(area);
            }
        }
        if wens.zekerheid < DREMPEL {
            let blad = self.blokken[b].blad;
            let why = if phasing == Faseerwijze::Geen {
                "lines without years that are understood stand as a comment in the mapping"
            } else {
                "lines of which it is not sure whether they are costs or revenue stand as a comment in the mapping"
            };
            self.niet(blad, rows[0], 0, &wens.reden.clone(), why);
        }
        wens
    }

    fn verslag(&self, b: usize, entries: &[TabelWens]) -> Tabelverslag {
        let begrepen = &self.blokken[b];
        let raster = self.raster(b);
        let kop = begrepen.kop();
        let soort = match &begrepen.soort {
            Bloksoort::Regels => {
                let names: BTreeSet<&str> = entries.iter().map(|e| e.naar).collect();
                names.into_iter().collect::<Vec<_>>().join(", ")
            }
            Bloksoort::Groei => "indexen (groei)".into(),
            Bloksoort::Factor => "indexen (factor)".into(),
            Bloksoort::Fasering => "fasering".into(),
            Bloksoort::Resultaten => "resultaten".into(),
            Bloksoort::Afgeleid(why) => format!("niet gelezen: {why}"),
            Bloksoort::Onbekend(why) => format!("niet begrepen: {why}"),
        };
        let mut kolommen: Vec<(String, String, String, f64)> = entries
            .first()
            .map(|e| {
                e.kolommen
                    .iter()
                    .chain(&e.jaren)
                    .map(|f| {
                        (
                            f.sleutel.clone(),
                            f.toml.clone(),
                            f.reden.clone(),
                            f.zekerheid,
                        )
                    })
                    .collect()
            })
            .unwrap_or_default();
        kolommen.truncate(40);
        let count = |f: &dyn Fn(&Rijsoort) -> bool| {
            begrepen.blok.rijen.iter().filter(|r| f(&r.soort)).count()
        };
        Tabelverslag {
            blad: raster.naam.to_string(),
            gekanteld: raster.gekanteld,
            kopregel: kopregel(raster, kop),
            soort,
            zekerheid: begrepen.zekerheid,
            regels: count(&|s| *s == Rijsoort::Regel),
            groepen: count(&|s| *s == Rijsoort::Groepskop),
            totalen: count(&|s| matches!(s, Rijsoort::Totaal(_))),
            resultaten: count(&|s| matches!(s, Rijsoort::Resultaat | Rijsoort::Los)),
            perioden: match (kop.perioden.first(), kop.perioden.last()) {
                (Some(a), Some(b)) => Some((a.1.woord(), b.1.woord())),
                _ => None,
            },
            gerealiseerd: kop.gerealiseerd.values().filter(|r| **r).count(),
            factor: begrepen.factor,
            negatief: entries.iter().any(|e| e.teken),
            kolommen,
        }
    }
}

fn mark(naar: &str) -> &'static str {
    match naar {
        "programma" => "P",
        "kosten" => "K",
        _ => "O",
    }
}

/// The rows of a heading as a mapping writes them.
pub(super) fn kopregel(raster: &Raster, kop: &Kopregel) -> String {
    let (a, b) = (raster.rijnaam(kop.van), raster.rijnaam(kop.tot));
    if a != b {
        format!("\"{a}:{b}\"")
    } else if raster.gekanteld {
        tekst(&a)
    } else {
        a
    }
}

/// Rows as ranges; a gap is bridged when it holds nothing.
pub(super) fn bereiken(raster: &Raster, rows: &[u32], filled: &[u32]) -> String {
    let mut out: Vec<(u32, u32)> = Vec::new();
    for row in rows {
        let between = out.last().is_some_and(|(_, last)| {
            let from = filled.partition_point(|r| r <= last);
            filled.get(from).is_none_or(|next| next >= row)
        });
        match out.last_mut() {
            Some(range) if between || range.1 + 1 == *row => range.1 = *row,
            _ => out.push((*row, *row)),
        }
    }
    let shown: Vec<String> = out
        .iter()
        .map(|(a, b)| {
            if a == b {
                raster.rijnaam(*a)
            } else {
                format!("{}:{}", raster.rijnaam(*a), raster.rijnaam(*b))
            }
        })
        .collect();
    shown.join(", ")
}

/// Names as a list, chapters written as `2.*` where all of a chapter and nothing else is meant.
fn korter(base: &[String], all: &[String]) -> String {
    let inside: HashSet<&String> = base.iter().collect();
    let mut chapters: HashMap<&str, bool> = HashMap::new();
    for id in all {
        if let Some(at) = id.rfind('.') {
            let whole = chapters.entry(&id[..=at]).or_insert(true);
            *whole &= inside.contains(id);
        }
    }
    let mut out: Vec<String> = Vec::new();
    for id in base {
        let chapter = id.rfind('.').map(|at| &id[..=at]);
        let word = match chapter {
            // A prefix that also begins other names would take these along.
            Some(prefix)
                if chapters.get(prefix) == Some(&true)
                    && all
                        .iter()
                        .all(|o| !o.starts_with(prefix) || inside.contains(o)) =>
            {
                format!("{prefix}*")
            }
            _ => id.clone(),
        };
        if !out.contains(&word) {
            out.push(word);
        }
    }
    out.join("; ")
}

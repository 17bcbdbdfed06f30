//! From blocks to lines: which rows are costs, land sales and other revenue, how each gets its amount and its years, and which
//! columns say so. What was not understood is listed.

use super::koppen::Kopregel;
use super::raster::Raster;
use super::tabel::{Blok, Rij, Rijsoort, alleen_onder, cel, optelling};
use super::woorden::woordenboek;
use super::{Onbegrepen, Regelverschil, Totaalverslag};
use crate::model::Model;
use crate::model::table::{Scalar, as_text, fold, name_key};
use crate::problem::Place;
use crate::read::periode::VERDER;
use crate::route;
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// How a line gets its amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Bedragwijze {
    /// Quantity times price; a percentage of other lines stands in the same columns.
    Product,
    /// An amount.
    Bedrag,
    /// The amounts of its periods.
    Perioden,
}

/// How a line gets its years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Faseerwijze {
    /// First and last year in columns. First: where it fits, period columns are made from it.
    Span,
    /// First year and a number of years in columns.
    Duur,
    /// One year in a column.
    Jaar,
    Aandeel,
    Procent,
    Hoeveelheid,
    Bedrag,
    /// Amounts of a percentage of other lines: shares of their own sum.
    Verhouding,
    /// From a table elsewhere, by name.
    Elders,
    Geen,
}

/// A line of a block.
#[derive(Debug, Clone)]
pub(super) struct Regel {
    pub(super) rij: u32,
    pub(super) label: String,
    pub(super) naar: &'static str,
    pub(super) zekerheid: f64,
    pub(super) reden: String,
    pub(super) bedragwijze: Bedragwijze,
    pub(super) faseerwijze: Faseerwijze,
    /// The share of other lines, and their rows.
    pub(super) opslag: Option<(Vec<u32>, String)>,
    pub(super) bedrag: Option<Decimal>,
    /// Revenue that is a contribution: often not indexed.
    pub(super) bijdrage: bool,
    /// The row of the heading of its group.
    pub(super) groep: Option<u32>,
    pub(super) id: String,
}

/// What a block was taken for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Bloksoort {
    Regels,
    Groei,
    Factor,
    Fasering,
    Resultaten,
    Afgeleid(String),
    Onbekend(String),
}

/// A block with what it was taken for.
#[derive(Debug)]
pub(super) struct Begrepen {
    /// The sheet.
    pub(super) blad: usize,
    pub(super) blok: Blok,
    pub(super) soort: Bloksoort,
    pub(super) zekerheid: f64,
    pub(super) regels: Vec<Regel>,
    pub(super) factor: Option<Decimal>,
    /// Amount column.
    pub(super) bedrag: Option<u32>,
    /// What prices are multiplied by to be in the unit of amounts.
    pub(super) prijsfactor: Decimal,
    /// A deelgebied that the whole block is about.
    pub(super) deelgebied: Option<String>,
    /// The column whose names a phasing elsewhere uses.
    pub(super) naamkeuze: Option<u32>,
    /// A column with texts that count for the rows below them, other than headings of groups in rows of their own.
    pub(super) zijkolom: Option<u32>,
    /// What says that its amounts per period hold index already.
    pub(super) lopend: Option<String>,
    /// Whether the number of a line is what its periods add up to: units per period with a price.
    pub(super) aantal_in_perioden: bool,
}

const CENT: Decimal = Decimal::from_parts(1, 0, 0, false, 2);

/// Numbers of a line that hang together.
pub(super) struct Getallen {
    pub(super) h: Option<Decimal>,
    pub(super) p: Option<Decimal>,
    pub(super) b: Option<Decimal>,
    pub(super) pct: Option<Decimal>,
    pub(super) per: Vec<Decimal>,
    pub(super) som: Decimal,
}

impl Begrepen {
    pub(super) fn kop(&self) -> &Kopregel {
        &self.blok.kop
    }

    pub(super) fn prijskolom(&self) -> Option<u32> {
        self.kop()
            .kolom("grondprijs")
            .or_else(|| self.kop().kolom("prijs"))
    }

    pub(super) fn getallen(&self, raster: &Raster, row: u32) -> Getallen {
        let number = |c: Option<u32>| c.and_then(|c| raster.getal(row, c));
        let mut columns: Vec<u32> = self.kop().perioden.iter().map(|(c, _)| *c).collect();
        columns.extend(self.kop().eerder.map(|(c, _)| c));
        let per: Vec<Decimal> = columns
            .iter()
            .map(|c| raster.getal(row, *c).unwrap_or_default())
            .collect();
        let som = per
            .iter()
            .try_fold(Decimal::ZERO, |s, v| s.checked_add(*v))
            .unwrap_or_default();
        Getallen {
            h: number(self.kop().kolom("hoeveelheid"))
                .or(Some(som).filter(|s| self.aantal_in_perioden && !s.is_zero())),
            p: number(self.prijskolom()),
            b: number(self.bedrag),
            pct: number(self.kop().kolom("percentage")),
            per,
            som,
        }
    }

    /// Name of a line as the mapping will call it, before it is made unique.
    pub(super) fn naamkolom(&self, raster: &Raster) -> Option<u32> {
        let lines: Vec<u32> = self.regelrijen();
        let filled =
            |c: &u32| !lines.is_empty() && lines.iter().all(|r| raster.cel(*r, *c).is_some());
        let different = |c: &u32| {
            let names: BTreeSet<String> = lines
                .iter()
                .filter_map(|r| raster.cel(*r, *c))
                .map(|s| name_key(&as_text(s)))
                .collect();
            names.len() * 10 >= lines.len() * 8
        };
        if self.naamkeuze.is_some() {
            return self.naamkeuze;
        }
        self.kop()
            .kolom("id")
            .filter(filled)
            .filter(different)
            .or_else(|| self.blok.labelkolom.filter(|c| filled(c) && different(c)))
    }

    pub(super) fn regelrijen(&self) -> Vec<u32> {
        self.blok
            .van_soort(&Rijsoort::Regel)
            .map(|r| r.rij)
            .collect()
    }

    /// The rows of lines by their names.
    fn namen_van_regels(&self, raster: &Raster) -> HashMap<String, u32> {
        let column = self.blok.labelkolom;
        self.regelrijen()
            .into_iter()
            .filter_map(|row| Some((name_key(raster.tekst(row, column?)?), row)))
            .collect()
    }

    /// Whether the unit of a row is a percentage.
    pub(super) fn procent(&self, raster: &Raster, row: u32) -> bool {
        let unit = self
            .kop()
            .kolom("eenheid")
            .and_then(|c| raster.tekst(row, c));
        unit.is_some_and(|u| u.trim() == "%")
    }

    /// Whether texts of a column count for the lines below them, until the next: merged cells, or written once.
    pub(super) fn herhalend(&self, raster: &Raster, column: u32) -> bool {
        let lines = self.regelrijen();
        let texts: Vec<Option<&str>> = lines.iter().map(|r| raster.tekst(*r, column)).collect();
        let filled: Vec<&str> = texts.iter().copied().flatten().collect();
        let again = filled.windows(2).any(|w| name_key(w[0]) == name_key(w[1]));
        matches!(texts.first(), Some(Some(_))) && filled.len() < lines.len() && !again
    }

    /// The text of a column that counts for a row.
    pub(super) fn tekst_voor<'r>(
        &self,
        raster: &'r Raster,
        row: u32,
        column: u32,
    ) -> Option<&'r str> {
        if self.herhalend(raster, column) {
            raster.tekst_boven(row, self.kop().tot, column)
        } else {
            raster.tekst(row, column)
        }
    }

    /// A short name for reports.
    pub(super) fn titel(&self) -> String {
        self.blok.titels.first().cloned().unwrap_or_default()
    }
}

/// All that is known of the sheets while a proposal is made.
pub(super) struct Begrip<'a> {
    pub(super) file: &'a Arc<str>,
    /// Sheets, upright and turned.
    pub(super) rasters: &'a [Raster],
    pub(super) blokken: Vec<Begrepen>,
    pub(super) onbegrepen: Vec<Onbegrepen>,
    /// What was understood, and must be known all the same.
    pub(super) meldingen: Vec<Onbegrepen>,
    /// Parts of the year of a period of the model.
    pub(super) stap: u8,
    /// Whether amounts per period are read as holding index already, whatever their headings say.
    pub(super) zonder_index: bool,
    /// Names of index groups with growth.
    pub(super) indexen: Vec<String>,
    /// Growth rates that are single values: for costs, revenue, all.
    pub(super) tarieven: BTreeMap<&'static str, String>,
    pub(super) deelgebieden: Vec<String>,
    /// Whether contributions are indexed.
    pub(super) bijdragen_met_index: bool,
    /// The first year that a single growth rate holds for.
    pub(super) index_vanaf: Option<i32>,
}

impl<'a> Begrip<'a> {
    pub(super) fn raster(&self, b: usize) -> &'a Raster {
        &self.rasters[self.blokken[b].blad]
    }

    pub(super) fn niet(&mut self, blad: usize, row: u32, column: u32, wat: &str, waarom: &str) {
        let raster = &self.rasters[blad];
        let (r, c) = raster.recht(row, column);
        self.onbegrepen.push(Onbegrepen {
            place: Place::cell(self.file, &raster.naam, r, c),
            wat: wat.chars().take(80).collect(),
            waarom: waarom.to_owned(),
        });
    }

    /// Tells what was understood in a way that a reader must know of.
    pub(super) fn let_op(
        &mut self,
        blad: usize,
        (row, column): (u32, u32),
        wat: &str,
        waarom: &str,
    ) {
        let raster = &self.rasters[blad];
        let (r, c) = raster.recht(row, column);
        self.meldingen.push(Onbegrepen {
            place: Place::cell(self.file, &raster.naam, r, c),
            wat: wat.chars().take(80).collect(),
            waarom: waarom.to_owned(),
        });
    }

    /// Decides what each block is, and reads its lines.
    pub(super) fn begrijp(&mut self) {
        for b in 0..self.blokken.len() {
            self.splits(b);
        }
        for b in 0..self.blokken.len() {
            self.naast_elkaar(b);
        }
        for b in 0..self.blokken.len() {
            self.soort(b);
            self.aanvullen(b);
        }
        self.per_deelgebied();
        self.dubbel();
        for b in 0..self.blokken.len() {
            if self.blokken[b].soort == Bloksoort::Regels {
                self.regels(b);
            }
        }
        self.elders();
        self.stap = self.tijdstap();
        for b in 0..self.blokken.len() {
            self.waarschuw(b);
        }
    }

    /// Parts of the year that a period of the model has: that of the results, else the finest of the workbook; months count as
    /// quarters.
    fn tijdstap(&self) -> u8 {
        let words = woordenboek();
        let interest = |rij: &Rij| {
            words.resultaat(&rij.label).is_some_and(|(names, sure)| {
                sure >= 0.8
                    && names
                        .iter()
                        .any(|n| n == "rente" || n.starts_with("boekwaarde"))
            })
        };
        let finest = |results: bool| {
            self.blokken
                .iter()
                .filter(|b| !matches!(b.soort, Bloksoort::Onbekend(_)))
                .filter(|b| !b.kop().perioden.is_empty())
                .filter(|b| !results || b.blok.van_soort(&Rijsoort::Resultaat).any(interest))
                .map(|b| b.kop().delen().min(4))
                .max()
        };
        finest(true).or_else(|| finest(false)).unwrap_or(1)
    }

    /// What more columns say of a block of lines, once its amounts are known.
    fn aanvullen(&mut self, b: usize) {
        if self.blokken[b].soort != Bloksoort::Regels {
            return;
        }
        let words = woordenboek();
        let raster = self.raster(b);
        let begrepen = &self.blokken[b];
        let kop = begrepen.kop();
        let lopend = begrepen
            .blok
            .titels
            .iter()
            .chain(&kop.boven)
            .map(String::as_str)
            .chain([&*raster.naam])
            .find(|t| words.inhoud.zekerheid("lopend", t) >= 0.8)
            .map(str::to_owned);
        // A text beside the names of lines that counts for those below it.
        let label = begrepen.blok.labelkolom.unwrap_or(0);
        let zij = (0..label.min(40)).find(|c| {
            let role = kop.rollen.get(c).map(|r| r.naam);
            matches!(role, None | Some("groep" | "omschrijving")) && begrepen.herhalend(raster, *c)
        });
        // A column of all that was realised, without a year in its heading.
        let first = kop.periodekolommen().map_or(0, |(first, _)| first);
        let earlier = kop
            .kolom("eerder")
            .filter(|c| kop.eerder.is_none() && *c < first)
            .filter(|c| {
                let rows = begrepen.regelrijen();
                let fits = |with: bool| {
                    rows.iter()
                        .filter(|r| {
                            let g = begrepen.getallen(raster, **r);
                            let more = raster.getal(**r, *c).filter(|_| with).unwrap_or_default();
                            let sum = g.som.checked_add(more);
                            sum.zip(g.b).is_some_and(|(s, b)| gelijk(s, b))
                        })
                        .count()
                };
                fits(true) > fits(false)
            })
            .map(|c| (c, kop.perioden[0].1.jaar - 1));
        let (units, total) = self.eenheden_in_perioden(b);
        let found = &mut self.blokken[b];
        found.lopend = lopend;
        found.zijkolom = zij;
        if let Some(earlier) = earlier {
            found.blok.kop.eerder = Some(earlier);
        }
        if units {
            found.aantal_in_perioden = true;
            // Behind the periods stands their sum: units, no amount.
            if let Some(role) = total.and_then(|c| found.blok.kop.rollen.get_mut(&c)) {
                role.naam = "hoeveelheid";
                found.bedrag = None;
            }
        }
    }

    /// Whether periods hold units of a line with a price and no number of its own; with the column that holds their sum.
    fn eenheden_in_perioden(&self, b: usize) -> (bool, Option<u32>) {
        let words = woordenboek();
        let raster = self.raster(b);
        let begrepen = &self.blokken[b];
        let kop = begrepen.kop();
        let Some(price) = begrepen.prijskolom() else {
            return (false, None);
        };
        let rows = begrepen.regelrijen();
        if kop.kolom("hoeveelheid").is_some() || kop.perioden.is_empty() || rows.is_empty() {
            return (false, None);
        }
        let sums = |row: &u32| {
            let g = begrepen.getallen(raster, *row);
            g.b.is_none_or(|b| gelijk(b, g.som))
        };
        let products = |row: &u32| {
            let g = begrepen.getallen(raster, *row);
            let product = g.p.and_then(|p| g.som.checked_mul(p));
            product.zip(g.b).is_some_and(|(p, b)| gelijk(p, b))
        };
        if begrepen.bedrag.is_some() && rows.iter().all(products) {
            return (true, None);
        }
        let said = begrepen
            .blok
            .titels
            .iter()
            .chain(&kop.boven)
            .chain(kop.rollen.values().map(|r| &r.kop))
            .any(|t| words.inhoud.zekerheid("hoeveelheid", t) >= 0.8);
        // Units are whole and far smaller than their price.
        let small = rows.iter().all(|row| {
            let g = begrepen.getallen(raster, *row);
            let most = g.per.iter().max().copied().unwrap_or_default();
            let far = most.checked_mul(Decimal::TEN);
            g.per
                .iter()
                .all(|v| v.is_integer() && !v.is_sign_negative())
                && g.p.zip(far).is_some_and(|(p, far)| p > far)
        });
        let units = rows.iter().all(sums)
            && (said || small)
            && rows.iter().all(|r| raster.getal(*r, price).is_some());
        (units, begrepen.bedrag.filter(|_| units))
    }

    /// Tells what of a block of lines is read in a way that must be known, and which of its numbers are not read.
    fn waarschuw(&mut self, b: usize) {
        if self.blokken[b].soort != Bloksoort::Regels || self.blokken[b].regels.is_empty() {
            return;
        }
        let raster = self.raster(b);
        let begrepen = &self.blokken[b];
        let kop = begrepen.kop();
        let (blad, row) = (begrepen.blad, kop.tot);
        let rows: Vec<u32> = begrepen.regels.iter().map(|l| l.rij).collect();
        let mut told: Vec<(u32, String, String)> = Vec::new();
        for (column, period) in &kop.perioden {
            let later = raster.tekst(row, *column).filter(|t| {
                let lower = t.to_lowercase();
                VERDER.iter().any(|mark| lower.contains(mark))
            });
            if let Some(text) = later {
                let why = format!("what comes after {} is counted in it", period.jaar);
                told.push((*column, text.to_owned(), why));
            }
        }
        if let (Some(text), true) = (
            &begrepen.lopend,
            begrepen
                .regels
                .iter()
                .any(|l| l.faseerwijze == Faseerwijze::Bedrag),
        ) {
            let column = kop.perioden.first().map_or(0, |(c, _)| *c);
            told.push((column, text.clone(), "amounts per period hold index already: they are read as they are, without index; what they are at prijspeil is not known".into()));
        }
        if kop.delen() > self.stap {
            let column = kop.perioden.first().map_or(0, |(c, _)| *c);
            let step = match self.stap {
                1 => "year",
                2 => "half-year",
                _ => "quarter",
            };
            let (what, why) = if kop.delen() == 12 {
                (
                    "months",
                    format!(
                        "added up per {step}: a period of polder is a quarter or longer, so interest per month is not reckoned"
                    ),
                )
            } else {
                (
                    "periods",
                    format!("added up per {step}, the step of the results"),
                )
            };
            told.push((column, what.into(), why));
        }
        let counted = kop
            .onbekend
            .iter()
            .chain(kop.rollen.iter().map(|(c, r)| (c, &r.kop)))
            .filter(|(_, heading)| geteld_jaar(heading))
            .map(|(c, heading)| (*c, heading.clone()))
            .min();
        let counted = counted.filter(|_| kop.perioden.is_empty());
        // Numbers of lines in columns that nothing is read from.
        let mut seen: BTreeSet<u32> = kop.perioden.iter().map(|(c, _)| *c).collect();
        seen.extend(kop.eerder.map(|(c, _)| c));
        let periods: BTreeSet<i32> = kop.perioden.iter().map(|(_, k)| k.jaar).collect();
        for (&column, heading) in &kop.onbekend {
            if seen.contains(&column) || Some(column) == begrepen.blok.labelkolom {
                continue;
            }
            let numbers = rows
                .iter()
                .filter(|r| raster.getal(**r, column).is_some_and(|v| !v.is_zero()))
                .count();
            let typed = rows
                .iter()
                .filter(|r| {
                    raster.getal(**r, column).is_some() && raster.formule(**r, column).is_none()
                })
                .count();
            if numbers == 0 || typed == 0 {
                continue;
            }
            let year = raster
                .cel(row, column)
                .and_then(crate::read::periode::kop)
                .is_some_and(|k| periods.contains(&k.jaar));
            let why = if year {
                "the same period stands over another column, which is read; the numbers in this one are not"
            } else {
                "numbers under a heading that is not known are not read"
            };
            told.push((column, heading.clone(), why.into()));
        }
        if let Some((column, heading)) = counted {
            self.niet(
                blad,
                row,
                column,
                &heading,
                "years that are counted from the start are not read: write the years themselves as headings (2026, 2027)",
            );
        }
        for (column, what, why) in told {
            self.let_op(blad, (row, column), &what, &why);
        }
    }

    /// Divides a block of only periods where a text stands between its rows: growth above, factors below.
    fn splits(&mut self, b: usize) {
        let blok = &self.blokken[b].blok;
        if blok.heeft_getalrollen() || blok.kop.perioden.is_empty() {
            return;
        }
        let cuts: Vec<usize> = blok
            .rijen
            .iter()
            .enumerate()
            .filter(|(at, r)| *at > 0 && r.soort == Rijsoort::Groepskop)
            .map(|(at, _)| at)
            .collect();
        if cuts.is_empty() {
            return;
        }
        // Groups of cost lines are one block; results and growth are not.
        let words = woordenboek();
        let telling = |at: usize| {
            let label = &blok.rijen[at].label;
            words
                .inhoud
                .beste(label)
                .is_some_and(|t| t.zekerheid >= 0.8)
                || words
                    .richting
                    .beste(label)
                    .is_some_and(|t| t.zekerheid >= 0.9)
        };
        if !cuts.iter().any(|at| telling(*at)) {
            return;
        }
        let mut parts: Vec<(usize, usize)> = Vec::new();
        let mut from = 0;
        for cut in cuts.into_iter().chain([blok.rijen.len()]) {
            parts.push((from, cut));
            from = cut;
        }
        let original = blok.clone();
        let (blad, factor) = (self.blokken[b].blad, self.blokken[b].factor);
        for (at, (from, to)) in parts.into_iter().enumerate() {
            let mut part = original.clone();
            part.rijen = original.rijen[from..to].to_vec();
            if at > 0
                && let Some(first) = part.rijen.first()
            {
                part.titels.insert(0, first.label.clone());
            }
            part.einde = part.rijen.last().map_or(part.einde, |r| r.rij);
            if at == 0 {
                self.blokken[b].blok = part;
            } else {
                self.blokken.push(Begrepen::nieuw(blad, part, factor));
            }
        }
    }

    /// Divides a block with a column for costs and one for revenue into two, each with its own lines.
    fn naast_elkaar(&mut self, b: usize) {
        let words = woordenboek();
        let raster = self.raster(b);
        let blok = &self.blokken[b].blok;
        let sides = |side: &str, other: &str| -> Vec<u32> {
            blok.kop
                .rollen
                .iter()
                .filter(|(_, r)| {
                    r.naam == "bedrag"
                        && words.richting.zekerheid(side, &r.kop) >= 0.8
                        && words.richting.zekerheid(other, &r.kop) < 0.8
                })
                .map(|(c, _)| *c)
                .collect()
        };
        let (costs, revenue) = (
            sides("kosten", "opbrengsten"),
            sides("opbrengsten", "kosten"),
        );
        let ([cost], [income]) = (&costs[..], &revenue[..]) else {
            return;
        };
        let filled = |row: u32, c: u32| raster.getal(row, c).is_some_and(|v| !v.is_zero());
        let both = blok
            .van_soort(&Rijsoort::Regel)
            .filter(|r| filled(r.rij, *cost) && filled(r.rij, *income))
            .count();
        let lines = blok.van_soort(&Rijsoort::Regel).count();
        let phased = !blok.kop.perioden.is_empty();
        if lines == 0 || phased && both > 0 {
            return;
        }
        let part = |own: u32, other: u32| {
            let mut part = blok.clone();
            if let Some(role) = part.kop.rollen.remove(&other) {
                part.kop.onbekend.insert(other, role.kop);
            }
            part.rijen
                .retain(|r| r.soort != Rijsoort::Regel || filled(r.rij, own));
            // What the column says counts more than the title of the sheet.
            let heading = part.kop.rollen.get(&own).map(|r| r.kop.clone());
            part.titels = heading.into_iter().collect();
            part
        };
        let (first, second) = (part(*cost, *income), part(*income, *cost));
        let (blad, factor) = (self.blokken[b].blad, self.blokken[b].factor);
        self.blokken[b].blok = first;
        self.blokken.push(Begrepen::nieuw(blad, second, factor));
    }

    fn soort(&mut self, b: usize) {
        let raster = self.raster(b);
        let words = woordenboek();
        let begrepen = &self.blokken[b];
        let blok = &begrepen.blok;
        let lines: Vec<&Rij> = blok.van_soort(&Rijsoort::Regel).collect();
        let results = blok.van_soort(&Rijsoort::Resultaat).count();
        let (soort, sure) = if blok.te_lang {
            let why = "it has more rows than the lines of a grondexploitatie";
            (Bloksoort::Onbekend(why.into()), 0.0)
        } else if lines.is_empty() {
            if results > 0 {
                (Bloksoort::Resultaten, 0.95)
            } else {
                (Bloksoort::Onbekend("no rows with numbers".into()), 0.0)
            }
        } else if !blok.heeft_getalrollen() && !blok.kop.perioden.is_empty() {
            let title: Vec<&str> = blok
                .kop
                .onbekend
                .values()
                .chain(blok.kop.rollen.values().map(|r| &r.kop))
                .chain(&blok.titels)
                .chain(&blok.kop.boven)
                .map(String::as_str)
                .chain([&*raster.naam])
                .collect();
            let about = |what: &str| {
                title
                    .iter()
                    .map(|t| words.inhoud.zekerheid(what, t))
                    .fold(0.0, f64::max)
            };
            let sums: Vec<(Decimal, Decimal, Decimal)> = lines
                .iter()
                .map(|r| {
                    let g = begrepen.getallen(raster, r.rij);
                    let least = g.per.iter().filter(|v| !v.is_zero()).min().copied();
                    let most = g.per.iter().max().copied().unwrap_or_default();
                    (g.som, least.unwrap_or_default(), most)
                })
                .collect();
            let part = |f: &dyn Fn(&(Decimal, Decimal, Decimal)) -> bool| {
                sums.iter().filter(|s| f(s)).count() * 10 >= sums.len() * 8
            };
            let small = Decimal::new(3, 1);
            let whole = |s: &(Decimal, Decimal, Decimal)| {
                (s.0 - Decimal::ONE).abs() < Decimal::new(1, 6)
                    || (s.0 - Decimal::ONE_HUNDRED).abs() < Decimal::new(1, 4)
            };
            // Labels of rows may name an index where no title does.
            let named = lines
                .iter()
                .filter(|r| {
                    words.inhoud.zekerheid("groei", &r.label) >= 0.6
                        || ["index_kosten", "index_opbrengsten", "index_algemeen"]
                            .iter()
                            .any(|p| words.parameter.zekerheid(p, &r.label) >= 0.8)
                })
                .count();
            let other_results = blok
                .van_soort(&Rijsoort::Resultaat)
                .filter(|r| words.parameter.zekerheid("rente", &r.label) < 0.8)
                .count();
            let about = |what: &str| {
                let only = what == "groei" && other_results == 0;
                let rows = if only && named * 10 >= lines.len() * 8 {
                    0.8
                } else {
                    0.0
                };
                f64::max(about(what), rows)
            };
            let rates = part(&|s| s.2 <= small && s.1 >= -small);
            let percents = part(&|s| s.2 <= Decimal::from(15) && s.1 >= Decimal::from(-15));
            // Factors begin near 1 and have no gaps; growth in percents does not, or says so.
            let rising = |row: u32| {
                let per = begrepen.getallen(raster, row).per;
                let near = |v: &Decimal| (Decimal::new(8, 1)..=Decimal::new(125, 2)).contains(v);
                per.first().is_some_and(near)
                    && per
                        .iter()
                        .all(|v| (Decimal::new(5, 1)..=Decimal::from(5)).contains(v))
            };
            let in_percents = title.iter().any(|t| t.contains('%'));
            let factors = !in_percents
                && lines.iter().filter(|r| rising(r.rij)).count() * 10 >= lines.len() * 8;
            // A title "Indexfactor" also names an index; the numbers decide.
            if part(&whole) && about("groei") < 0.9 {
                (Bloksoort::Fasering, 0.9)
            } else if rates && about("groei") >= 0.6 {
                (Bloksoort::Groei, 0.6 + 0.35 * about("groei"))
            } else if factors && (about("factor") >= 0.6 || about("groei") >= 0.6) {
                (Bloksoort::Factor, 0.9)
            } else if percents && about("groei") >= 0.6 {
                (Bloksoort::Groei, 0.7)
            } else if results * 2 >= lines.len() + results && !self.ingevuld(b) && !zijdig(begrepen)
            {
                (Bloksoort::Resultaten, 0.8)
            } else if rates && part(&|s| s.0.abs() < Decimal::ONE) {
                (
                    Bloksoort::Onbekend(
                        "small numbers per period: growth of an index, or shares?".into(),
                    ),
                    0.3,
                )
            } else {
                (Bloksoort::Regels, 0.7)
            }
        } else if blok.heeft_getalrollen() {
            (Bloksoort::Regels, 0.9)
        } else {
            (
                Bloksoort::Onbekend("no column with amounts and no periods".into()),
                0.2,
            )
        };
        let begrepen = &mut self.blokken[b];
        begrepen.soort = soort;
        begrepen.zekerheid = sure;
        let column = bedragkolom(begrepen, raster);
        begrepen.bedrag = column;
    }

    /// Whether the periods of a block's lines were typed in where other rows are formulas, or nothing else holds lines.
    fn ingevuld(&self, b: usize) -> bool {
        let raster = self.raster(b);
        let begrepen = &self.blokken[b];
        let (mut typed, mut made) = (0, 0);
        for row in begrepen.regelrijen() {
            for (column, _) in &begrepen.kop().perioden {
                if raster.getal(row, *column).is_some_and(|v| !v.is_zero()) {
                    if raster.formule(row, *column).is_some() {
                        made += 1;
                    } else {
                        typed += 1;
                    }
                }
            }
        }
        let formulas = self.rasters.iter().any(|r| !r.formules.is_empty());
        let elsewhere = self
            .blokken
            .iter()
            .any(|o| o.blok.heeft_getalrollen() && o.blok.van_soort(&Rijsoort::Regel).count() > 1);
        if formulas {
            typed > made
        } else {
            typed > 0 && !elsewhere
        }
    }

    /// Totals of groups that the workbook shows, with the sum of the amounts of their lines as they are read.
    pub(super) fn totalen(&self) -> Vec<Totaalverslag> {
        let mut out = Vec::new();
        for (b, begrepen) in self.blokken.iter().enumerate() {
            let (Some(column), Bloksoort::Regels) = (begrepen.bedrag, &begrepen.soort) else {
                continue;
            };
            let raster = self.raster(b);
            let unit = begrepen.factor.unwrap_or(Decimal::ONE);
            let amount = |row: u32| {
                begrepen
                    .regels
                    .iter()
                    .find(|l| l.rij == row)
                    .and_then(|l| l.bedrag)
                    .unwrap_or_default()
            };
            for (at, rij) in begrepen.blok.rijen.iter().enumerate() {
                if !matches!(rij.soort, Rijsoort::Totaal(_) | Rijsoort::Groepskop) {
                    continue;
                }
                let Some(theirs) = raster.getal(rij.rij, column) else {
                    continue;
                };
                let mut rows = raster
                    .formule(rij.rij, column)
                    .map(|f| verwezen(f, raster, column, rij.rij, begrepen))
                    .unwrap_or_default();
                let sum = |rows: &[u32]| {
                    rows.iter()
                        .try_fold(Decimal::ZERO, |s, r| s.checked_add(amount(*r)))
                };
                if rows.is_empty() {
                    // Without a formula: the lines since the last heading, those below a heading, or all before.
                    let lines = |part: &[Rij]| -> Vec<u32> {
                        part.iter()
                            .filter(|r| r.soort == Rijsoort::Regel)
                            .map(|r| r.rij)
                            .collect()
                    };
                    let all = &begrepen.blok.rijen;
                    let since = all[..at]
                        .iter()
                        .rposition(|r| r.soort != Rijsoort::Regel)
                        .map_or(0, |p| p + 1);
                    let until = all[at + 1..]
                        .iter()
                        .position(|r| r.soort != Rijsoort::Regel)
                        .map_or(all.len(), |p| at + 1 + p);
                    let before = lines(&all[..at]);
                    let mut tries = vec![lines(&all[since..at]), before.clone()];
                    if rij.soort == Rijsoort::Groepskop {
                        tries.insert(0, lines(&all[at + 1..until]));
                    }
                    tries.retain(|t| !t.is_empty());
                    rows = tries
                        .iter()
                        .find(|t| sum(t).is_some_and(|s| gelijk(s, theirs)))
                        .or(tries.first())
                        .cloned()
                        .unwrap_or(before);
                }
                // Of lines that are read by their periods the column with amounts says something else.
                let by_period = begrepen.regels.iter().any(|l| {
                    rows.contains(&l.rij)
                        && l.bedragwijze == Bedragwijze::Perioden
                        && raster.getal(l.rij, column) != l.bedrag
                });
                if by_period && begrepen.lopend.is_some() {
                    continue;
                }
                let ours = rows
                    .iter()
                    .try_fold(Decimal::ZERO, |s, r| s.checked_add(amount(*r)));
                let (Some(ours), Some(theirs)) = (
                    ours.and_then(|o| o.checked_mul(unit)),
                    theirs.checked_mul(unit),
                ) else {
                    continue;
                };
                let (r, c) = raster.recht(rij.rij, column);
                out.push(Totaalverslag {
                    plaats: Place::cell(self.file, &raster.naam, r, c),
                    label: rij.label.clone(),
                    werkmap: theirs,
                    polder: ours,
                });
            }
        }
        out
    }

    /// Tells which rows of tables of results are no result that is known: where figures differ these may be what is missing.
    pub(super) fn ongelezen_regels(&mut self) {
        let mut told = Vec::new();
        for begrepen in &self.blokken {
            if begrepen.soort != Bloksoort::Resultaten {
                continue;
            }
            let raster = &self.rasters[begrepen.blad];
            for rij in begrepen.blok.van_soort(&Rijsoort::Regel) {
                let g = begrepen.getallen(raster, rij.rij);
                if g.per.iter().any(|v| v.abs() > Decimal::TWO) {
                    told.push((begrepen.blad, rij.rij, rij.kolom, rij.label.clone()));
                }
            }
        }
        for (blad, row, column, label) in told {
            self.niet(
                blad,
                row,
                column,
                &label,
                "a row in a table of results: it is not read as a line",
            );
        }
    }

    /// Lines of cash flows in the workbook that say something else than the lines that were read, each with its first period.
    pub(super) fn regelverschillen(&self, model: &Model) -> Vec<Regelverschil> {
        /// A list that no one reads to its end says less.
        const MOST: usize = 20;
        let Ok(flows) = route::stromen(model) else {
            return Vec::new();
        };
        // By line and period: at prijspeil and with index.
        let mut ours: HashMap<(String, String), [Decimal; 2]> = HashMap::new();
        for flow in flows {
            let key = (name_key(&model.lijnen[flow.lijn].rij), flow.periode);
            let sums = ours.entry(key).or_default();
            for (sum, more) in sums.iter_mut().zip([flow.prijspeil, flow.geindexeerd]) {
                *sum = sum.checked_add(more).unwrap_or_default();
            }
        }
        // What a line is called, when only one is called so.
        let mut names: HashMap<String, Option<String>> = HashMap::new();
        for line in self.blokken.iter().flat_map(|b| &b.regels) {
            let id = name_key(&line.id);
            for name in [name_key(&line.label), id.clone()] {
                names
                    .entry(name)
                    .and_modify(|known| {
                        if known.as_ref() != Some(&id) {
                            *known = None;
                        }
                    })
                    .or_insert_with(|| Some(id.clone()));
            }
        }
        let mut out = Vec::new();
        for begrepen in &self.blokken {
            if !matches!(
                begrepen.soort,
                Bloksoort::Afgeleid(_) | Bloksoort::Resultaten
            ) || begrepen.kop().delen() > self.stap
            {
                continue;
            }
            let raster = &self.rasters[begrepen.blad];
            let unit = begrepen.factor.unwrap_or(Decimal::ONE);
            // The reading under which the most lines agree, if that is most of them.
            let mut best: Option<(usize, Vec<Regelverschil>)> = None;
            let mut lines = 0;
            for (level, sign) in [(0, 1), (1, 1), (0, -1), (1, -1)] {
                let mut differ = Vec::new();
                let mut equal = 0;
                lines = 0;
                for rij in begrepen.blok.van_soort(&Rijsoort::Regel) {
                    let code = begrepen
                        .kop()
                        .kolom("id")
                        .and_then(|c| raster.cel(rij.rij, c))
                        .map(|s| name_key(&as_text(s)));
                    let found = code
                        .into_iter()
                        .chain([name_key(&rij.label)])
                        .find_map(|name| names.get(&name).cloned().flatten());
                    let Some(id) = found else {
                        continue;
                    };
                    lines += 1;
                    let first = begrepen.kop().perioden.iter().find_map(|(column, k)| {
                        let theirs = raster
                            .getal(rij.rij, *column)
                            .unwrap_or_default()
                            .checked_mul(unit)?
                            .checked_mul(Decimal::from(sign))?;
                        let ours = ours
                            .get(&(id.clone(), k.woord()))
                            .map_or(Decimal::ZERO, |sums| sums[level]);
                        let (r, c) = raster.recht(rij.rij, *column);
                        (!gelijk(theirs, ours)).then(|| Regelverschil {
                            plaats: Place::cell(self.file, &raster.naam, r, c),
                            label: rij.label.clone(),
                            periode: k.woord(),
                            werkmap: theirs,
                            polder: ours,
                        })
                    });
                    match first {
                        None => equal += 1,
                        Some(first) => differ.push(first),
                    }
                }
                if best.as_ref().is_none_or(|(most, _)| equal > *most) {
                    best = Some((equal, differ));
                }
            }
            if let Some((equal, differ)) = best
                && equal * 2 > lines
            {
                out.extend(differ);
            }
        }
        out.sort_by(|a, b| a.periode.cmp(&b.periode));
        out.truncate(MOST);
        out
    }

    /// Sheets of one form are deelgebieden; a sheet that adds them up is none.
    fn per_deelgebied(&mut self) {
        let words = woordenboek();
        let mut forms: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (b, begrepen) in self.blokken.iter().enumerate() {
            if begrepen.soort != Bloksoort::Regels {
                continue;
            }
            let form: Vec<String> = begrepen
                .kop()
                .rollen
                .iter()
                .map(|(c, r)| format!("{c}{}", fold(&r.kop)))
                .collect();
            forms.entry(form.join("|")).or_default().push(b);
        }
        for blocks in forms.into_values() {
            let sheets: BTreeSet<usize> = blocks.iter().map(|b| self.blokken[*b].blad).collect();
            let names: BTreeSet<&str> = sheets.iter().map(|s| &*self.rasters[*s].naam).collect();
            // Tables beside each other on one sheet are no sheets of one form.
            if names.len() < 2 {
                continue;
            }
            // Costs and revenue with the same headings are no deelgebieden.
            let about: BTreeSet<usize> = sheets
                .iter()
                .copied()
                .filter(|s| {
                    words
                        .richting
                        .beste(&self.rasters[*s].naam)
                        .is_none_or(|t| t.zekerheid < 0.8)
                })
                .collect();
            if about.len() < 2 {
                continue;
            }
            let sums: Vec<usize> = about
                .iter()
                .copied()
                .filter(|s| {
                    let name = &self.rasters[*s].naam;
                    [
                        "totaal",
                        "verzamel",
                        "samenvatting",
                        "overzicht",
                        "consolidatie",
                        "optelling",
                    ]
                    .iter()
                    .any(|w| name.to_lowercase().contains(w))
                })
                .collect();
            for b in blocks {
                let sheet = self.blokken[b].blad;
                if sums.contains(&sheet) && about.len() - sums.len() >= 2 {
                    self.blokken[b].soort =
                        Bloksoort::Afgeleid("adds up sheets of the same form".into());
                } else if about.contains(&sheet) && !sums.contains(&sheet) {
                    let own = self.blokken[b].kop().kolom("deelgebied").is_some();
                    if !own {
                        self.blokken[b].deelgebied =
                            Some(self.rasters[sheet].naam.trim().to_owned());
                    }
                }
            }
        }
    }

    /// Blocks that say again what another block says.
    fn dubbel(&mut self) {
        let names: Vec<BTreeSet<String>> = (0..self.blokken.len()).map(|b| self.namen(b)).collect();
        let lines = |s: &Self, b: usize| s.blokken[b].soort == Bloksoort::Regels;
        for b in 0..self.blokken.len() {
            let begrepen = &self.blokken[b];
            if !(lines(self, b) || begrepen.soort == Bloksoort::Fasering) || names[b].is_empty() {
                continue;
            }
            let raster = self.raster(b);
            // Amounts that are worked out from another sheet are no input.
            let mut from_elsewhere = 0;
            let mut numbers = 0;
            for row in begrepen.regelrijen() {
                for (column, scalar) in raster.rij(row) {
                    if !matches!(scalar, Scalar::Number(_)) {
                        continue;
                    }
                    numbers += 1;
                    if raster.formule(row, column).is_some_and(|f| {
                        f.contains('!')
                            || f.contains("$'")
                            || f.contains("[$")
                            || self.uit_ander_blok(b, f)
                    }) {
                        from_elsewhere += 1;
                    }
                }
            }
            let worked_out = numbers > 0 && from_elsewhere * 10 >= numbers * 7;
            let twin = (0..self.blokken.len()).find(|o| {
                *o != b
                    && lines(self, *o)
                    && self.blokken[*o].blok.heeft_getalrollen()
                    && self.blokken[*o].deelgebied == self.blokken[b].deelgebied
                    && names[b].intersection(&names[*o]).count() * 10 >= names[b].len() * 6
                    && (!begrepen.blok.heeft_getalrollen()
                        || worked_out
                        || self.rekent_na(b, *o)
                        || self.faseert(b, *o)
                        // A hidden sheet that says the same is an older copy.
                        || !raster.zichtbaar && self.raster(*o).zichtbaar)
            });
            if let Some(other) = twin {
                let phased = !self.blokken[other].kop().perioden.is_empty()
                    || self.blokken[other].kop().kolom("van").is_some()
                    || self.blokken[other].kop().kolom("jaar").is_some();
                let has_periods = !self.blokken[b].kop().perioden.is_empty();
                let hidden = !self.raster(b).zichtbaar && self.blokken[b].blok.heeft_getalrollen();
                self.blokken[b].soort = if phased || !has_periods || hidden {
                    Bloksoort::Afgeleid(format!(
                        "says again what sheet \"{}\" says",
                        self.raster(other).naam
                    ))
                } else {
                    Bloksoort::Fasering
                };
            } else if worked_out && lines(self, b) {
                let input = (0..self.blokken.len()).any(|o| o != b && lines(self, o));
                if input {
                    self.blokken[b].soort =
                        Bloksoort::Afgeleid("is worked out from other sheets".into());
                }
            }
        }
        // Factors follow from growth.
        let growth: BTreeSet<String> = (0..self.blokken.len())
            .filter(|b| self.blokken[*b].soort == Bloksoort::Groei)
            .flat_map(|b| names[b].clone())
            .collect();
        for b in 0..self.blokken.len() {
            if self.blokken[b].soort == Bloksoort::Factor
                && names[b].intersection(&growth).count() * 10 >= names[b].len() * 6
                && !names[b].is_empty()
            {
                self.blokken[b].soort =
                    Bloksoort::Afgeleid("index factors that follow from the growth".into());
            }
        }
        for b in 0..self.blokken.len() {
            if matches!(self.blokken[b].soort, Bloksoort::Groei | Bloksoort::Factor) {
                let raster = self.raster(b);
                let begrepen = &self.blokken[b];
                let found: Vec<String> = begrepen
                    .regelrijen()
                    .into_iter()
                    .filter_map(|row| raster.tekst(row, begrepen.blok.labelkolom?))
                    .map(str::to_owned)
                    .collect();
                self.indexen.extend(found);
            }
        }
    }

    /// Whether the periods of a block say when lines of another fall, that has no years: its shares, units or amounts.
    fn faseert(&self, b: usize, other: usize) -> bool {
        let (own, other) = (&self.blokken[b], &self.blokken[other]);
        let (raster, theirs) = (&self.rasters[own.blad], &self.rasters[other.blad]);
        let years = ["van", "jaar"]
            .iter()
            .any(|r| other.kop().kolom(r).is_some());
        if own.kop().perioden.is_empty() || years || !other.kop().perioden.is_empty() {
            return false;
        }
        let rows = other.namen_van_regels(theirs);
        let lines = own.namen_van_regels(raster);
        let fits = lines
            .iter()
            .filter(|(name, row)| {
                let Some(input) = rows.get(*name) else {
                    return false;
                };
                let (own, input) = (own.getallen(raster, **row), other.getallen(theirs, *input));
                [
                    input.h,
                    input.b,
                    Some(Decimal::ONE),
                    Some(Decimal::ONE_HUNDRED),
                ]
                .into_iter()
                .flatten()
                .any(|whole| !whole.is_zero() && gelijk(whole, own.som))
            })
            .count();
        !lines.is_empty() && fits * 10 >= lines.len() * 8
    }

    /// Whether the periods of a block are the units per period of another times its prices, line by line.
    fn rekent_na(&self, b: usize, other: usize) -> bool {
        let (own, other) = (&self.blokken[b], &self.blokken[other]);
        let (raster, theirs) = (&self.rasters[own.blad], &self.rasters[other.blad]);
        if own.prijskolom().is_some() || other.prijskolom().is_none() {
            return false;
        }
        let rows = other.namen_van_regels(theirs);
        let lines = own.namen_van_regels(raster);
        let same = lines
            .iter()
            .filter(|(name, row)| {
                let Some(input) = rows.get(*name) else {
                    return false;
                };
                let (made, from) = (own.getallen(raster, **row), other.getallen(theirs, *input));
                !made.som.is_zero()
                    && made.per.len() == from.per.len()
                    && made.per.iter().zip(&from.per).all(|(amount, units)| {
                        from.p
                            .and_then(|p| units.checked_mul(p))
                            .is_some_and(|v| gelijk(v, *amount))
                    })
            })
            .count();
        !lines.is_empty() && same * 10 >= lines.len() * 8
    }

    /// Whether a formula uses lines of another block of its sheet.
    fn uit_ander_blok(&self, b: usize, formula: &str) -> bool {
        let own = &self.blokken[b];
        let raster = self.raster(b);
        if raster.gekanteld {
            return false;
        }
        cellen_in(formula).into_iter().any(|(row, _)| {
            !(own.kop().van..=own.blok.einde).contains(&row)
                && self.blokken.iter().enumerate().any(|(o, other)| {
                    o != b
                        && self.rasters[other.blad].naam == raster.naam
                        && other.blok.heeft_getalrollen()
                        && (other.kop().tot + 1..=other.blok.einde).contains(&row)
                })
        })
    }

    fn namen(&self, b: usize) -> BTreeSet<String> {
        let begrepen = &self.blokken[b];
        let raster = self.raster(b);
        begrepen
            .blok
            .van_soort(&Rijsoort::Regel)
            .filter_map(|r| {
                begrepen
                    .blok
                    .labelkolom
                    .and_then(|c| raster.tekst(r.rij, c))
            })
            .map(name_key)
            .collect()
    }

    /// The lines of a block, one by one.
    fn regels(&mut self, b: usize) {
        let raster = self.raster(b);
        let begrepen = &self.blokken[b];
        let (f, fits) = prijsfactor(begrepen, raster);
        self.blokken[b].prijsfactor = f;
        let begrepen = &self.blokken[b];
        let side = Richtingen::van(self, b);
        let mut out: Vec<Regel> = Vec::new();
        let mut wrong: Vec<(u32, u32, String, String)> = Vec::new();
        let mut group: Option<(u32, String)> = None;
        // A heading that says costs or revenue holds for the groups within it, until its total.
        let mut outer: Option<String> = None;
        let majority = faseermeerderheid(begrepen, raster, f);
        for rij in &begrepen.blok.rijen {
            match rij.soort {
                Rijsoort::Groepskop => {
                    group = Some((rij.rij, rij.label.clone()));
                    if richting_van(&rij.label).is_some() {
                        outer = Some(rij.label.clone());
                    }
                    continue;
                }
                Rijsoort::Regel => {}
                Rijsoort::Resultaat | Rijsoort::Los => {
                    group = None;
                    // A total may stand above what it is the total of.
                    outer = richting_van(&rij.label)
                        .filter(|_| self.totaal_boven(b, rij))
                        .map(|_| rij.label.clone());
                    continue;
                }
                Rijsoort::Totaal(_) => {
                    if richting_van(&rij.label).is_some() {
                        outer = self.totaal_boven(b, rij).then(|| rij.label.clone());
                    }
                    continue;
                }
                Rijsoort::Opmerking => continue,
            }
            let g = begrepen.getallen(raster, rij.rij);
            let (naar, sure, why, bijdrage) = side.van_regel(
                self,
                b,
                rij,
                group.as_ref().map(|(_, l)| l.as_str()),
                outer.as_deref(),
            );
            let mut surcharge = opslag(begrepen, raster, rij, &g);
            let product =
                g.h.zip(g.p)
                    .and_then(|(h, p)| h.checked_mul(p)?.checked_mul(f));
            let (mut how, mut amount) = match (product, g.b, &surcharge) {
                (_, b, Some(_)) => (Bedragwijze::Product, b),
                (Some(product), None, _) => (Bedragwijze::Product, Some(product)),
                (Some(product), Some(b), _) if gelijk(product, b) => {
                    (Bedragwijze::Product, Some(product))
                }
                (_, Some(b), _) => (Bedragwijze::Bedrag, Some(b)),
                _ => (Bedragwijze::Perioden, Some(g.som)),
            };
            let loose = surcharge.is_none() && begrepen.procent(raster, rij.rij);
            if loose {
                (how, amount) = match g.b {
                    Some(b) => (Bedragwijze::Bedrag, Some(b)),
                    None => (Bedragwijze::Perioden, Some(g.som)),
                };
                wrong.push((
                    rij.rij,
                    rij.kolom,
                    rij.label.clone(),
                    "a percentage, and of which lines was not found: its amount is read".into(),
                ));
            }
            if how == Bedragwijze::Bedrag && product.is_some() && fits && !loose {
                wrong.push((
                    rij.rij,
                    begrepen.bedrag.unwrap_or(0),
                    rij.label.clone(),
                    "quantity times price is not the amount; the amount is read".into(),
                ));
            }
            let phasing = fasering(begrepen, raster, rij.rij, &g, amount, majority);
            if amount.is_some_and(|a| a.is_zero()) && g.som.is_zero() && surcharge.is_none() {
                wrong.push((
                    rij.rij,
                    rij.kolom,
                    rij.label.clone(),
                    "the amount is zero: this line is left out".into(),
                ));
                continue;
            }
            let phasing = match phasing {
                // What a line has is what stands in its periods, even when that adds up to 1.
                _ if how == Bedragwijze::Perioden => Faseerwijze::Bedrag,
                Some(Faseerwijze::Bedrag) if surcharge.is_some() => Faseerwijze::Verhouding,
                Some(phasing) => phasing,
                None if begrepen.kop().perioden.is_empty() => Faseerwijze::Elders,
                // Amounts per period that are near the amount of the line: that, with index, or not brought up to date.
                None if begrepen.lopend.is_some()
                    || amount.is_some_and(|a| in_de_buurt(a, g.som)) =>
                {
                    if begrepen.lopend.is_none() {
                        let why = format!(
                            "the period columns add up to {}, the amount is {}: the amounts per period are read, as they are",
                            g.som.round_dp(2).normalize(),
                            amount.unwrap_or_default().round_dp(2).normalize()
                        );
                        wrong.push((rij.rij, rij.kolom, rij.label.clone(), why));
                    }
                    (how, amount, surcharge) = (Bedragwijze::Perioden, Some(g.som), None);
                    Faseerwijze::Bedrag
                }
                None => {
                    let why = format!(
                        "the period columns add up to {}, which is no share, quantity or amount of this line",
                        g.som.round_dp(4).normalize()
                    );
                    wrong.push((rij.rij, rij.kolom, rij.label.clone(), why));
                    Faseerwijze::Geen
                }
            };
            // A land sale has a number and a price; without these it is revenue.
            let naar =
                if naar == "programma" && (how != Bedragwijze::Product || surcharge.is_some()) {
                    "opbrengsten"
                } else {
                    naar
                };
            out.push(Regel {
                rij: rij.rij,
                label: rij.label.clone(),
                naar,
                zekerheid: sure,
                reden: why,
                bedragwijze: how,
                faseerwijze: phasing,
                opslag: surcharge,
                bedrag: amount,
                bijdrage,
                groep: group.as_ref().map(|(row, _)| *row),
                id: String::new(),
            });
        }
        // Among land sales a line with a number and a price is one too, whatever it is called.
        let sale =
            |l: &Regel| l.bedragwijze == Bedragwijze::Product && l.opslag.is_none() && !l.bijdrage;
        let (land, other): (Vec<&Regel>, Vec<&Regel>) = out
            .iter()
            .filter(|l| l.naar != "kosten" && sale(l))
            .partition(|l| l.naar == "programma");
        if land.len() > other.len() {
            for line in out
                .iter_mut()
                .filter(|l| l.naar == "opbrengsten" && sale(l))
            {
                line.naar = "programma";
            }
        }
        self.blokken[b].regels = out;
        for (row, column, what, why) in wrong {
            self.niet(self.blokken[b].blad, row, column, &what, &why);
        }
    }

    /// Whether a total stands above the lines that it adds up: by its formula, else by arithmetic.
    fn totaal_boven(&self, b: usize, rij: &Rij) -> bool {
        let raster = self.raster(b);
        let begrepen = &self.blokken[b];
        let columns = begrepen
            .bedrag
            .into_iter()
            .chain(begrepen.kop().perioden.iter().map(|(c, _)| *c));
        let mut known = columns.filter_map(|c| Some((c, raster.getal(rij.rij, c)?)));
        let Some((column, total)) = known.find(|(_, v)| !v.is_zero()) else {
            return false;
        };
        if let Some(formula) = raster.formule(rij.rij, column) {
            return alleen_onder(formula, raster, rij.rij);
        }
        let mut sum = Decimal::ZERO;
        for below in begrepen.blok.rijen.iter().filter(|r| r.rij > rij.rij) {
            match below.soort {
                Rijsoort::Regel => {
                    let value = raster.getal(below.rij, column).unwrap_or_default();
                    sum = sum.checked_add(value).unwrap_or_default();
                }
                _ if richting_van(&below.label).is_some() => break,
                _ => {}
            }
        }
        gelijk(total, sum)
    }

    /// Lines without years of their own look for a phasing block.
    fn elders(&mut self) {
        let profiles: BTreeSet<String> = (0..self.blokken.len())
            .filter(|b| self.blokken[*b].soort == Bloksoort::Fasering)
            .flat_map(|b| {
                let raster = self.raster(b);
                let begrepen = &self.blokken[b];
                [begrepen.naamkolom(raster), begrepen.blok.labelkolom]
                    .into_iter()
                    .flatten()
                    .flat_map(|column| {
                        begrepen
                            .regelrijen()
                            .into_iter()
                            .filter_map(move |r| raster.cel(r, column))
                            .map(|s| name_key(&as_text(s)))
                    })
                    .collect::<Vec<_>>()
            })
            .collect();
        let mut missing = Vec::new();
        for b in 0..self.blokken.len() {
            let raster = self.raster(b);
            let column = self.blokken[b].naamkolom(raster);
            let label = self.blokken[b].blok.labelkolom;
            let hits = |c: Option<u32>| {
                self.blokken[b]
                    .regels
                    .iter()
                    .filter(|l| l.faseerwijze == Faseerwijze::Elders)
                    .filter_map(|l| raster.cel(l.rij, c?))
                    .filter(|s| profiles.contains(&name_key(&as_text(s))))
                    .count()
            };
            if hits(label) > hits(column) {
                self.blokken[b].naamkeuze = label;
            }
            for line in &mut self.blokken[b].regels {
                if line.faseerwijze != Faseerwijze::Elders {
                    continue;
                }
                let known = [column, label].into_iter().flatten().any(|c| {
                    raster
                        .cel(line.rij, c)
                        .is_some_and(|s| profiles.contains(&name_key(&as_text(s))))
                });
                if !known {
                    line.faseerwijze = Faseerwijze::Geen;
                    missing.push((b, line.rij, line.label.clone()));
                }
            }
        }
        for (b, row, label) in missing {
            let blad = self.blokken[b].blad;
            self.niet(blad, row, 0, &label, "no years were found for this line");
        }
    }
}

impl Begrepen {
    pub(super) fn nieuw(blad: usize, blok: Blok, factor: Option<Decimal>) -> Self {
        Begrepen {
            blad,
            blok,
            soort: Bloksoort::Onbekend(String::new()),
            zekerheid: 0.0,
            regels: Vec::new(),
            factor,
            bedrag: None,
            prijsfactor: Decimal::ONE,
            deelgebied: None,
            naamkeuze: None,
            zijkolom: None,
            lopend: None,
            aantal_in_perioden: false,
        }
    }
}

/// Equal to a cent, or to what a spreadsheet's arithmetic loses.
fn gelijk(a: Decimal, b: Decimal) -> bool {
    a.checked_sub(b).is_some_and(|difference| {
        let difference = difference.abs();
        difference <= CENT || difference <= a.abs() * Decimal::new(1, 9)
    })
}

/// The column with amounts: of several the one that quantity times price gives, else the surest.
fn bedragkolom(begrepen: &Begrepen, raster: &Raster) -> Option<u32> {
    let candidates: Vec<(u32, f64)> = begrepen
        .kop()
        .rollen
        .iter()
        .filter(|(_, r)| r.naam == "bedrag")
        .map(|(c, r)| (*c, r.zekerheid))
        .collect();
    let lines = begrepen.regelrijen();
    let (h, p) = (begrepen.kop().kolom("hoeveelheid"), begrepen.prijskolom());
    let first_period = begrepen
        .kop()
        .periodekolommen()
        .map_or(u32::MAX, |(f, _)| f);
    let mut best: Option<(f64, u32)> = None;
    for (column, sure) in candidates {
        let products = lines
            .iter()
            .filter(|row| {
                let product = h
                    .and_then(|h| raster.getal(**row, h))
                    .zip(p.and_then(|p| raster.getal(**row, p)))
                    .and_then(|(h, p)| h.checked_mul(p));
                product
                    .zip(raster.getal(**row, column))
                    .is_some_and(|(product, b)| {
                        [1, 10, 1000, 10_000].iter().any(|f| {
                            let f = Decimal::from(*f);
                            gelijk(product, b)
                                || b.checked_mul(f).is_some_and(|b| gelijk(product, b))
                                || product.checked_mul(f).is_some_and(|p| gelijk(p, b))
                        })
                    })
            })
            .count();
        let filled = lines
            .iter()
            .filter(|row| raster.getal(**row, column).is_some())
            .count();
        if filled == 0 {
            continue;
        }
        let mut score = sure
            + 3.0 * products as f64 / lines.len().max(1) as f64
            + filled as f64 / lines.len().max(1) as f64;
        // Behind the periods stands their sum.
        if column > first_period {
            score -= 1.5;
        }
        if best.is_none_or(|(s, _)| score > s) {
            best = Some((score, column));
        }
    }
    best.map(|(_, c)| c)
}

/// What quantity times price must be multiplied by to be the amount, for most lines; and whether most lines fit.
fn prijsfactor(begrepen: &Begrepen, raster: &Raster) -> (Decimal, bool) {
    let mut best = (0, Decimal::ONE);
    let mut tried = 0;
    for f in [
        Decimal::ONE,
        Decimal::new(1, 3),
        Decimal::from(1000),
        Decimal::new(1, 6),
        // Hectares times a price per m2, in euro and in thousands.
        Decimal::from(10_000),
        Decimal::TEN,
    ] {
        let mut fits = 0;
        tried = 0;
        for row in begrepen.regelrijen() {
            let g = begrepen.getallen(raster, row);
            if let (Some(h), Some(p), Some(b)) = (g.h, g.p, g.b) {
                tried += 1;
                let product = h.checked_mul(p).and_then(|v| v.checked_mul(f));
                if product.is_some_and(|product| gelijk(product, b)) {
                    fits += 1;
                }
            }
        }
        if fits > best.0 {
            best = (fits, f);
        }
    }
    (best.1, tried > 0 && best.0 * 2 > tried)
}

/// How most lines of a block are phased; that decides where a line can be two things.
fn faseermeerderheid(begrepen: &Begrepen, raster: &Raster, f: Decimal) -> Option<Faseerwijze> {
    let mut counts: BTreeMap<Faseerwijze, usize> = BTreeMap::new();
    for row in begrepen.regelrijen() {
        let g = begrepen.getallen(raster, row);
        let amount = g.b.or_else(|| {
            g.h.zip(g.p)
                .and_then(|(h, p)| h.checked_mul(p)?.checked_mul(f))
        });
        let fitting: Vec<Faseerwijze> = passende(begrepen, raster, row, &g, amount);
        // What fits only one way says most.
        for way in &fitting {
            *counts.entry(*way).or_default() += if fitting.len() == 1 { 4 } else { 1 };
        }
    }
    let priced = counts
        .iter()
        .max_by_key(|(way, n)| (**n, std::cmp::Reverse(**way)));
    priced.map(|(way, _)| *way)
}

/// All ways in which the years of a line can be read.
fn passende(
    begrepen: &Begrepen,
    raster: &Raster,
    row: u32,
    g: &Getallen,
    amount: Option<Decimal>,
) -> Vec<Faseerwijze> {
    let kop = begrepen.kop();
    let mut out = Vec::new();
    let year = |c: Option<u32>| {
        c.and_then(|c| raster.cel(row, c))
            .and_then(crate::read::periode::kop)
            .map(|k| k.jaar)
    };
    let (van, tm) = (year(kop.kolom("van")), year(kop.kolom("tm")));
    let tiny = Decimal::new(1, 6);
    if let (Some(van), Some(tm)) = (van, tm)
        && van <= tm
        && (kop.perioden.is_empty() || gelijke_delen(kop, g, amount, (van, tm)))
    {
        out.push(Faseerwijze::Span);
    }
    let length = kop
        .kolom("duur")
        .and_then(|c| raster.cel(row, c))
        .and_then(crate::read::periode::duur);
    if let (Some(_), Some(length)) = (van, length)
        && (out.is_empty() || kop.kolom("tm").is_none())
    {
        let tm = van.unwrap_or_default() + i32::from(length) - 1;
        if kop.perioden.is_empty() || gelijke_delen(kop, g, amount, (van.unwrap_or_default(), tm)) {
            out.push(Faseerwijze::Duur);
        }
    }
    if kop.perioden.is_empty() && year(kop.kolom("jaar")).is_some() && out.is_empty() {
        out.push(Faseerwijze::Jaar);
    }
    if !g.som.is_zero() {
        if (g.som - Decimal::ONE).abs() < tiny {
            out.push(Faseerwijze::Aandeel);
        }
        if (g.som - Decimal::ONE_HUNDRED).abs() < tiny * Decimal::ONE_HUNDRED {
            out.push(Faseerwijze::Procent);
        }
        if g.h.is_some_and(|h| {
            h.checked_sub(g.som).unwrap_or(Decimal::MAX).abs()
                <= tiny.max(h.abs() * Decimal::new(1, 9))
        }) {
            out.push(Faseerwijze::Hoeveelheid);
        }
        if amount.is_some_and(|a| gelijk(a, g.som)) {
            out.push(Faseerwijze::Bedrag);
        }
    }
    out
}

/// Whether the periods, when they are there too, say the same as a first and a last year: equal parts.
fn gelijke_delen(
    kop: &Kopregel,
    g: &Getallen,
    amount: Option<Decimal>,
    (van, tm): (i32, i32),
) -> bool {
    let years = Decimal::from(tm - van + 1);
    amount.is_some_and(|a| {
        let each = a.checked_div(years).unwrap_or_default();
        let ones = g.per.iter().zip(&kop.perioden).all(|(v, (_, k))| {
            let inside = (van..=tm).contains(&k.jaar);
            let wanted = if inside { each } else { Decimal::ZERO };
            let delen = Decimal::from(k.delen);
            let part = if inside { Decimal::ONE } else { Decimal::ZERO };
            let is =
                |by: Decimal, wanted: Decimal| v.checked_mul(by).is_some_and(|v| gelijk(v, wanted));
            is(delen, wanted) || is(years * delen, part)
        });
        g.per.iter().all(Decimal::is_zero) || ones
    })
}

/// Whether a sum may be an amount with index, or one that was not brought up to date: between half and twice of it.
fn in_de_buurt(amount: Decimal, sum: Decimal) -> bool {
    sum.checked_div(amount)
        .is_some_and(|ratio| (Decimal::new(5, 1)..=Decimal::TWO).contains(&ratio))
}

fn fasering(
    begrepen: &Begrepen,
    raster: &Raster,
    row: u32,
    g: &Getallen,
    amount: Option<Decimal>,
    majority: Option<Faseerwijze>,
) -> Option<Faseerwijze> {
    let fitting = passende(begrepen, raster, row, g, amount);
    majority
        .filter(|m| fitting.contains(m))
        .or_else(|| fitting.first().copied())
}

/// Whether a line is a percentage of other lines: their rows, and how that was found.
fn opslag(
    begrepen: &Begrepen,
    raster: &Raster,
    rij: &Rij,
    g: &Getallen,
) -> Option<(Vec<u32>, String)> {
    let words = woordenboek();
    let b = g.b?;
    let column = begrepen.bedrag?;
    let unit = begrepen
        .kop()
        .kolom("eenheid")
        .and_then(|c| raster.tekst(rij.rij, c))
        .unwrap_or_default();
    let hinted = g.pct.is_some()
        || unit.trim() == "%"
        || rij.label.contains('%')
        || words.rij.zekerheid("opslag", &rij.label) >= 0.6;
    if !hinted || b.is_zero() {
        return None;
    }
    // The percentage stands in a column of its own, or where others have their quantity.
    let bare = g.p.is_none() || g.p == Some(Decimal::ONE);
    let base = begrepen
        .prijskolom()
        .and_then(|c| raster.formule(rij.rij, c))
        .map(|f| verwezen(f, raster, column, rij.rij, begrepen))
        .filter(|rows| !rows.is_empty());
    // A price that is a sum of amounts is what it is a percentage of.
    let over_price = unit.trim() == "%"
        && g.h
            .zip(g.p)
            .and_then(|(h, p)| h.checked_mul(p))
            .is_some_and(|v| gelijk(v, b));
    let share = g
        .pct
        .or(g.h.filter(|_| bare || base.is_some() || over_price))?;
    let scaled = [share, share.checked_div(Decimal::ONE_HUNDRED)?];
    let lines = begrepen.regelrijen();
    let value = |row: u32| raster.getal(row, column).unwrap_or_default();
    let holds = |rows: &[u32]| {
        let sum = rows
            .iter()
            .try_fold(Decimal::ZERO, |s, r| s.checked_add(value(*r)));
        !rows.is_empty()
            && sum.is_some_and(|s| {
                scaled
                    .iter()
                    .any(|p| s.checked_mul(*p).is_some_and(|v| gelijk(v, b)))
            })
    };
    if let Some(rows) = base.filter(|rows| holds(rows)) {
        return Some((rows, "from the formula of what it is taken over".into()));
    }
    if let Some(formula) = raster.formule(rij.rij, column) {
        let rows = verwezen(formula, raster, column, rij.rij, begrepen);
        if holds(&rows) {
            return Some((rows, "from the formula".into()));
        }
    }
    // By arithmetic: all lines before it, then runs of groups.
    let before: Vec<u32> = lines.iter().copied().filter(|r| *r < rij.rij).collect();
    let plain: Vec<u32> = before
        .iter()
        .copied()
        .filter(|r| {
            let g = begrepen.getallen(raster, *r);
            g.pct.is_none() && (g.p.is_some() || g.h.is_none())
        })
        .collect();
    for rows in [&before, &plain] {
        if holds(rows) {
            return Some((rows.clone(), "by arithmetic: all lines before it".into()));
        }
    }
    let groups = groepen(begrepen, &plain);
    for from in 0..groups.len() {
        for to in from..groups.len() {
            let rows: Vec<u32> = groups[from..=to].concat();
            if holds(&rows) {
                return Some((rows, "by arithmetic: groups of lines before it".into()));
            }
        }
    }
    None
}

/// The lines of each group, in order.
fn groepen(begrepen: &Begrepen, rows: &[u32]) -> Vec<Vec<u32>> {
    let mut out: Vec<Vec<u32>> = vec![Vec::new()];
    for rij in &begrepen.blok.rijen {
        match rij.soort {
            Rijsoort::Regel if rows.contains(&rij.rij) => {
                if let Some(last) = out.last_mut() {
                    last.push(rij.rij);
                }
            }
            Rijsoort::Regel => {}
            _ => {
                if out.last().is_some_and(|l| !l.is_empty()) {
                    out.push(Vec::new());
                }
            }
        }
    }
    out.retain(|g| !g.is_empty());
    out.truncate(60);
    out
}

/// The cells of its own sheet that a formula names; of a range the first and the last.
pub(super) fn cellen_in(formula: &str) -> Vec<(u32, u32)> {
    if formula.len() > 4_000 {
        return Vec::new();
    }
    formula
        .replace(['$', '[', ']'], "")
        .split(|c: char| !(c.is_ascii_alphanumeric() || "!.'_".contains(c)))
        .filter(|word| !word.contains(['!', '\'', '_']))
        .filter_map(|word| cel(word.trim_start_matches('.')))
        .collect()
}

/// The lines that a formula refers to in a column, sums resolved into their lines.
fn verwezen(
    formula: &str,
    raster: &Raster,
    column: u32,
    own: u32,
    begrepen: &Begrepen,
) -> Vec<u32> {
    fn add(
        raster: &Raster,
        begrepen: &Begrepen,
        column: u32,
        row: u32,
        depth: u32,
        out: &mut BTreeSet<u32>,
    ) {
        let rows = &begrepen.blok.rijen;
        let Some(rij) = rows
            .binary_search_by_key(&row, |r| r.rij)
            .ok()
            .and_then(|at| rows.get(at))
        else {
            return;
        };
        match &rij.soort {
            Rijsoort::Regel => {
                out.insert(row);
            }
            Rijsoort::Totaal(_) | Rijsoort::Groepskop if depth < 5 => {
                for (_, first, last) in raster
                    .formule(row, column)
                    .and_then(optelling)
                    .unwrap_or_default()
                {
                    for r in first.0..=last.0.min(first.0 + 5_000) {
                        if r != row {
                            add(raster, begrepen, column, r, depth + 1, out);
                        }
                    }
                }
            }
            _ => {}
        }
    }
    let mut out = BTreeSet::new();
    if raster.gekanteld || formula.len() > 4_000 {
        return Vec::new();
    }
    let mut words: Vec<String> = vec![String::new()];
    for c in formula.chars().filter(|c| !"$[]".contains(*c)) {
        if c.is_ascii_alphanumeric() || c == ':' || c == '.' || c == '!' {
            if let Some(last) = words.last_mut() {
                last.push(c);
            }
        } else {
            words.push(String::new());
        }
    }
    for word in words.iter().filter(|w| !w.is_empty() && !w.contains('!')) {
        let word = word.trim_start_matches('.').replace(":.", ":");
        let (first, last) = word.split_once(':').unwrap_or((&word, &word));
        let (Some(first), Some(last)) = (cel(first), cel(last)) else {
            continue;
        };
        if first.1 != column || last.1 != column {
            continue;
        }
        for row in first.0..=last.0.min(first.0 + 5_000) {
            if row != own {
                add(raster, begrepen, column, row, 0, &mut out);
            }
        }
    }
    out.into_iter().collect()
}

/// Whether the heading over the names of rows says that they are costs or revenue, and nothing else.
fn zijdig(begrepen: &Begrepen) -> bool {
    let kop = begrepen.kop();
    let label = begrepen.blok.labelkolom;
    let heading = label.and_then(|c| {
        kop.rollen
            .get(&c)
            .map(|r| &r.kop)
            .or_else(|| kop.onbekend.get(&c))
    });
    heading.is_some_and(|h| richting_van(h).is_some_and(|(_, sure)| sure >= 0.9))
}

/// Whether a heading counts years from the start: "Jaar 1".
fn geteld_jaar(heading: &str) -> bool {
    let lower = heading.trim().to_lowercase();
    ["jaar", "jr", "j", "year"].iter().any(|word| {
        lower
            .strip_prefix(word)
            .map(|rest| rest.trim_start_matches(['.', ' ']))
            .is_some_and(|n| !n.is_empty() && n.len() <= 2 && n.bytes().all(|b| b.is_ascii_digit()))
    })
}

/// Whether a heading says costs or revenue, and how sure.
fn richting_van(heading: &str) -> Option<(&'static str, f64)> {
    let words = woordenboek();
    let costs = words.richting.zekerheid("kosten", heading);
    let revenue = words
        .richting
        .zekerheid("opbrengsten", heading)
        .max(words.richting.zekerheid("bijdragen", heading));
    if costs > revenue && costs >= 0.8 {
        Some(("kosten", costs))
    } else if revenue > costs && revenue >= 0.8 {
        Some(("opbrengsten", revenue))
    } else {
        None
    }
}

/// What tells costs from revenue in a block.
struct Richtingen {
    /// What the whole block says, and by which words.
    blok: Option<(&'static str, f64, String)>,
    soortkolom: Option<u32>,
    programma: bool,
    /// Whether negative amounts stand beside positive ones.
    gemengd: bool,
}

impl Richtingen {
    fn van(begrip: &Begrip<'_>, b: usize) -> Self {
        let words = woordenboek();
        let begrepen = &begrip.blokken[b];
        let raster = begrip.raster(b);
        let kop = begrepen.kop();
        let mut blok: Option<(&'static str, f64, String)> = None;
        let mut say = |text: &str, weight: f64| {
            let costs = words.richting.zekerheid("kosten", text);
            let revenue = words
                .richting
                .zekerheid("opbrengsten", text)
                .max(words.richting.zekerheid("bijdragen", text));
            // A title that names both says nothing.
            if (costs - revenue).abs() < 0.05 {
                return;
            }
            let (side, sure) = if costs > revenue {
                ("kosten", costs * weight)
            } else {
                ("opbrengsten", revenue * weight)
            };
            if blok.as_ref().is_none_or(|(_, s, _)| sure > *s) {
                blok = Some((side, sure, text.to_owned()));
            }
        };
        for title in &begrepen.blok.titels {
            say(title, 0.95);
        }
        say(&raster.naam, 1.0);
        for text in &kop.boven {
            say(text, 0.95);
        }
        for role in kop.rollen.values() {
            if ["bedrag", "omschrijving"].contains(&role.naam) {
                say(&role.kop, 0.9);
            }
        }
        // Totals of both sides say nothing of the whole.
        let totals: Vec<&Rij> = begrepen
            .blok
            .rijen
            .iter()
            .filter(|r| matches!(r.soort, Rijsoort::Totaal(_) | Rijsoort::Resultaat))
            .filter(|r| {
                let label = r.label.to_lowercase();
                label.starts_with("totaal") || label.starts_with("totale")
            })
            .collect();
        let sides: BTreeSet<&str> = totals
            .iter()
            .filter_map(|r| richting_van(&r.label).map(|(side, _)| side))
            .collect();
        for total in totals.iter().filter(|_| sides.len() == 1) {
            say(&total.label, 0.8);
        }
        let has = |r: &str| kop.kolom(r).is_some();
        let programma =
            (has("segment") || has("functie") || has("m2_per_eenheid") || has("grondprijs"))
                && has("hoeveelheid")
                && begrepen.prijskolom().is_some();
        if programma && blok.as_ref().is_none_or(|(_, s, _)| *s < 0.7) {
            blok = Some(("opbrengsten", 0.85, "columns of land sales".into()));
        }
        if has("kostensoort") {
            blok = Some(("kosten", 0.95, "column kostensoort".into()));
        }
        let signs: BTreeSet<bool> = begrepen
            .regelrijen()
            .into_iter()
            .filter_map(|row| {
                let g = begrepen.getallen(raster, row);
                g.b.or(Some(g.som))
            })
            .filter(|v| !v.is_zero())
            .map(|v| v.is_sign_negative())
            .collect();
        Richtingen {
            blok,
            soortkolom: kop.kolom("soort"),
            programma,
            gemengd: signs.len() == 2,
        }
    }

    /// Table, how sure, why, and whether it is a contribution.
    fn van_regel(
        &self,
        begrip: &Begrip<'_>,
        b: usize,
        rij: &Rij,
        group: Option<&str>,
        outer: Option<&str>,
    ) -> (&'static str, f64, String, bool) {
        let words = woordenboek();
        let begrepen = &begrip.blokken[b];
        let raster = begrip.raster(b);
        let soort = self
            .soortkolom
            .and_then(|c| begrepen.tekst_voor(raster, rij.rij, c))
            .unwrap_or_default();
        let beside = begrepen
            .zijkolom
            .and_then(|c| begrepen.tekst_voor(raster, rij.rij, c));
        let mut best: Option<(&'static str, f64, String)> = None;
        let mut say = |side: &'static str, sure: f64, why: String| {
            if sure > 0.0 && best.as_ref().is_none_or(|(_, s, _)| sure > *s) {
                best = Some((side, sure, why));
            }
        };
        let sided = |text: &str| {
            let costs = words.richting.zekerheid("kosten", text);
            let revenue = words
                .richting
                .zekerheid("opbrengsten", text)
                .max(words.richting.zekerheid("bijdragen", text));
            (costs, revenue)
        };
        let (costs, revenue) = sided(soort);
        if costs > revenue {
            say("kosten", 0.97 * costs, format!("soort \"{soort}\""));
        } else if revenue > costs {
            say("opbrengsten", 0.97 * revenue, format!("soort \"{soort}\""));
        }
        for (heading, weight) in [(group, 0.93), (beside, 0.93), (outer, 0.92)] {
            let Some(heading) = heading else {
                continue;
            };
            if let Some((side, sure)) = richting_van(heading) {
                say(side, weight * sure, format!("heading \"{heading}\""));
            }
        }
        if let Some((side, sure, why)) = &self.blok {
            say(side, 0.9 * sure, format!("\"{why}\""));
        }
        let cost_words = words.richting.zekerheid("kostenregel", &rij.label);
        let revenue_words = words.richting.zekerheid("opbrengstregel", &rij.label);
        if cost_words > revenue_words {
            say(
                "kosten",
                0.6 * cost_words,
                format!("the word \"{}\"", rij.label),
            );
        } else if revenue_words > cost_words {
            say(
                "opbrengsten",
                0.6 * revenue_words,
                format!("the word \"{}\"", rij.label),
            );
        }
        if self.gemengd {
            let g = begrepen.getallen(raster, rij.rij);
            let value = g.b.unwrap_or(g.som);
            let side = if value.is_sign_negative() {
                "kosten"
            } else {
                "opbrengsten"
            };
            say(side, 0.7, "the sign of the amount".into());
        }
        let (side, sure, why) = best.unwrap_or(("kosten", 0.3, "nothing says what it is".into()));
        let group = group.or(beside);
        let all = format!("{soort} {} {}", group.unwrap_or_default(), rij.label);
        let bijdrage = side == "opbrengsten"
            && (words.richting.zekerheid("bijdragen", soort) >= 0.8
                || words.richting.zekerheid("bijdragen", &rij.label) >= 0.6
                || group.is_some_and(|g| words.richting.zekerheid("bijdragen", g) >= 0.8)
                || begrepen
                    .blok
                    .titels
                    .iter()
                    .any(|t| words.richting.zekerheid("bijdragen", t) >= 0.8))
            && !self.programma;
        let land = side == "opbrengsten"
            && !bijdrage
            && (self.programma || words.richting.zekerheid("programma", &all) >= 0.6);
        (if land { "programma" } else { side }, sure, why, bijdrage)
    }
}

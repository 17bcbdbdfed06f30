//! From blocks to lines: which rows are costs, land sales and other revenue, how each gets its amount and its years, and which
//! columns say so. Ends in a [`Voorstel`] and a list of what was not understood.

use super::koppen::Kopregel;
use super::raster::Raster;
use super::tabel::{Blok, Rij, Rijsoort, cel, optelling};
use super::voorstel::{DREMPEL, GroepWens, RijWens, TabelWens, Veld, Voorstel, tekst};
use super::woorden::woordenboek;
use super::{Onbegrepen, Tabelverslag, Totaalverslag};
use crate::model::table::{Scalar, as_text, fold, name_key};
use crate::problem::Place;
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
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
    /// One year in a column.
    Jaar,
    Aandeel,
    Procent,
    Hoeveelheid,
    Bedrag,
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
}

const CENT: Decimal = Decimal::from_parts(1, 0, 0, false, 2);

/// Numbers of a line that hang together.
struct Getallen {
    h: Option<Decimal>,
    p: Option<Decimal>,
    b: Option<Decimal>,
    pct: Option<Decimal>,
    per: Vec<Decimal>,
    som: Decimal,
}

impl Begrepen {
    fn kop(&self) -> &Kopregel {
        &self.blok.kop
    }

    fn prijskolom(&self) -> Option<u32> {
        self.kop()
            .kolom("grondprijs")
            .or_else(|| self.kop().kolom("prijs"))
    }

    fn getallen(&self, raster: &Raster, row: u32) -> Getallen {
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
            h: number(self.kop().kolom("hoeveelheid")),
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

    fn regelrijen(&self) -> Vec<u32> {
        self.blok
            .van_soort(&Rijsoort::Regel)
            .map(|r| r.rij)
            .collect()
    }

    /// A short name for reports.
    fn titel(&self) -> String {
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
    fn raster(&self, b: usize) -> &'a Raster {
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
        }
        self.per_deelgebied();
        self.dubbel();
        for b in 0..self.blokken.len() {
            if self.blokken[b].soort == Bloksoort::Regels {
                self.regels(b);
            }
        }
        self.elders();
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
            } else if results * 2 >= lines.len() + results && !self.ingevuld(b) {
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
            if sheets.len() < 2 {
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
                    if raster
                        .formule(row, column)
                        .is_some_and(|f| f.contains('!') || f.contains("$'") || f.contains("[$"))
                    {
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
                let input = (0..self.blokken.len()).any(|o| {
                    o != b && lines(self, o) && self.blokken[o].blad != self.blokken[b].blad
                });
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
        let majority = faseermeerderheid(begrepen, raster, f);
        for rij in &begrepen.blok.rijen {
            match rij.soort {
                Rijsoort::Groepskop => {
                    group = Some((rij.rij, rij.label.clone()));
                    continue;
                }
                Rijsoort::Regel => {}
                Rijsoort::Resultaat | Rijsoort::Los => {
                    group = None;
                    continue;
                }
                _ => continue,
            }
            let g = begrepen.getallen(raster, rij.rij);
            let (naar, sure, why, bijdrage) =
                side.van_regel(self, b, rij, group.as_ref().map(|(_, l)| l.as_str()));
            let surcharge = opslag(begrepen, raster, rij, &g);
            let product =
                g.h.zip(g.p)
                    .and_then(|(h, p)| h.checked_mul(p)?.checked_mul(f));
            let (how, amount) = match (product, g.b, &surcharge) {
                (_, b, Some(_)) => (Bedragwijze::Product, b),
                (Some(product), None, _) => (Bedragwijze::Product, Some(product)),
                (Some(product), Some(b), _) if gelijk(product, b) => {
                    (Bedragwijze::Product, Some(product))
                }
                (_, Some(b), _) => (Bedragwijze::Bedrag, Some(b)),
                _ => (Bedragwijze::Perioden, Some(g.som)),
            };
            if how == Bedragwijze::Bedrag && product.is_some() && fits {
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
                Some(phasing) => phasing,
                None if begrepen.kop().perioden.is_empty() => Faseerwijze::Elders,
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
        self.blokken[b].regels = out;
        for (row, column, what, why) in wrong {
            self.niet(self.blokken[b].blad, row, column, &what, &why);
        }
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
                        [1, 1000].iter().any(|f| {
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
    {
        // When the periods are there too, they must say the same.
        let years = Decimal::from(tm - van + 1);
        let same = amount.is_some_and(|a| {
            let each = a.checked_div(years).unwrap_or_default();
            let ones = g.per.iter().zip(&kop.perioden).all(|(v, (_, k))| {
                let inside = (van..=tm).contains(&k.jaar);
                let wanted = if inside { each } else { Decimal::ZERO };
                let delen = Decimal::from(k.delen);
                let part = if inside { Decimal::ONE } else { Decimal::ZERO };
                let is = |by: Decimal, wanted: Decimal| {
                    v.checked_mul(by).is_some_and(|v| gelijk(v, wanted))
                };
                is(delen, wanted) || is(years * delen, part)
            });
            g.per.iter().all(Decimal::is_zero) || ones
        });
        if same || kop.perioden.is_empty() {
            out.push(Faseerwijze::Span);
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
    let share = g.pct.or(if g.p.is_none() || g.p == Some(Decimal::ONE) {
        g.h
    } else {
        None
    })?;
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
        for role in kop.rollen.values() {
            if ["bedrag", "omschrijving"].contains(&role.naam) {
                say(&role.kop, 0.9);
            }
        }
        for total in begrepen
            .blok
            .rijen
            .iter()
            .filter(|r| matches!(r.soort, Rijsoort::Totaal(_)))
        {
            let label = total.label.to_lowercase();
            if label.starts_with("totaal") || label.starts_with("totale") {
                say(&total.label, 0.8);
            }
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
    ) -> (&'static str, f64, String, bool) {
        let words = woordenboek();
        let begrepen = &begrip.blokken[b];
        let raster = begrip.raster(b);
        let soort = self
            .soortkolom
            .and_then(|c| raster.tekst(rij.rij, c))
            .unwrap_or_default();
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
        if let Some(group) = group {
            let (costs, revenue) = sided(group);
            if costs > revenue && costs >= 0.8 {
                say("kosten", 0.93 * costs, format!("heading \"{group}\""));
            } else if revenue > costs && revenue >= 0.8 {
                say(
                    "opbrengsten",
                    0.93 * revenue,
                    format!("heading \"{group}\""),
                );
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

// ---------------------------------------------------------------------------------------------------------------------------
// From lines to entries of the mapping.

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
        let (als, factor) = if sums.iter().all(|s| near(s, 1)) {
            ("aandeel", "")
        } else if sums.iter().all(|s| near(s, 100)) {
            ("aandeel", ", factor = 0.01")
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
                    periode(begrepen.kop().delen())
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
                fields.push(Veld::new(ours, tekst(&column(c)), certain(c), why(c)));
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
        map("eenheid", "eenheid");
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
            fields.push(Veld::new(
                "deelgebied",
                tekst(&column(c)),
                certain(c),
                why(c),
            ));
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
        let step = periode(kop.delen());
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
        if let Some(c) = self.indexkolom(b) {
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

fn periode(delen: u8) -> &'static str {
    match delen {
        2 => ", periode = \"halfjaar\"",
        4 => ", periode = \"kwartaal\"",
        _ => "",
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

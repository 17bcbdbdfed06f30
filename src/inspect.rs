//! A foreign workbook as it is: which tables stand in it, how they are read, and whether our figures are its own; and what is
//! wrong with it ([`lint`]).
//!
//! Takes a workbook that was read and gives findings, a proposed mapping and a reconciliation. Nothing is guessed silently: every
//! guess has a confidence and a reason, and what was not understood is listed. Opens no file and prints nothing.

mod aansluiting;
mod begrip;
pub mod formule;
mod koppen;
pub mod lint;
mod los;
mod raster;
mod tabel;
mod voorstel;
mod wensen;
mod woorden;

use crate::model::Model;
use crate::model::table::{Scalar, as_text, name_key};
use crate::problem::{Place, Problem, has_errors};
use crate::read::Read;
use crate::read::mapping::read_mapped;
use crate::read::periode::{Kop, duur, kop};
use crate::read::werkmap::Werkmap;
use crate::read::workbook::Workbook;
use crate::route;
pub use aansluiting::{Conventie, Vergelijking};
use aansluiting::{Gevonden, Uitkomst};
use begrip::{Begrepen, Begrip, Bloksoort, Faseerwijze, cellen_in};
use koppen::naast_elkaar;
use los::{Los, als_parameter, datum_in, getoond, losse};
use raster::{Formules, Raster};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tabel::{Blok, Rijsoort, blokken};
use voorstel::{ControleWens, RijWens, Voorstel, tekst};
pub use voorstel::{DREMPEL, Veld};
use woorden::woordenboek;

/// Results that are one figure; the others are a figure per period.
const EENMALIG: &[&str] = &[
    "eindwaarde",
    "ncw",
    "nominaal_saldo",
    "reeel_saldo",
    "rente_totaal",
    "hoogste_boekwaarde",
    "laagste_stand",
    "boekwaarde_peildatum",
];

/// What was not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Onbegrepen {
    /// Where.
    pub place: Place,
    /// What stands there.
    pub wat: String,
    /// Why it was not understood.
    pub waarom: String,
}

/// A total of a group in the workbook, and the sum of the lines that are read for it, in euro.
#[derive(Debug, Clone)]
pub struct Totaalverslag {
    /// Where.
    pub plaats: Place,
    /// Its label.
    pub label: String,
    /// The workbook's figure.
    pub werkmap: Decimal,
    /// The sum of the lines as they are read.
    pub polder: Decimal,
}

impl Totaalverslag {
    /// Whether they agree to a cent.
    pub fn klopt(&self) -> bool {
        aansluiting::afstand(self.werkmap, self.polder) <= Decimal::new(1, 2)
    }
}

/// A line of a cash flow in the workbook that differs from the line that was read.
#[derive(Debug, Clone)]
pub struct Regelverschil {
    /// Where.
    pub plaats: Place,
    /// The line.
    pub label: String,
    /// The first period that differs.
    pub periode: String,
    /// The workbook's figure, in euro.
    pub werkmap: Decimal,
    /// Ours.
    pub polder: Decimal,
}

/// What is told of a table.
#[derive(Debug, Clone)]
pub struct Tabelverslag {
    /// Its sheet.
    pub blad: String,
    /// Whether its lines are columns of the sheet.
    pub gekanteld: bool,
    /// Its heading row or rows.
    pub kopregel: String,
    /// What it was taken for.
    pub soort: String,
    /// How sure.
    pub zekerheid: f64,
    /// Lines.
    pub regels: usize,
    /// Headings of groups.
    pub groepen: usize,
    /// Rows that are sums of others.
    pub totalen: usize,
    /// Rows that are results.
    pub resultaten: usize,
    /// First and last period.
    pub perioden: Option<(String, String)>,
    /// Periods that are marked as realised.
    pub gerealiseerd: usize,
    /// What amounts are multiplied by to be euro.
    pub factor: Option<Decimal>,
    /// Whether lines have negative amounts.
    pub negatief: bool,
    /// Our column, where it is read from, why, and how sure.
    pub kolommen: Vec<(String, String, String, f64)>,
}

/// What a workbook was found to be.
#[derive(Debug, Clone)]
pub struct Inspectie {
    /// Tables, in the order of the sheets.
    pub tabellen: Vec<Tabelverslag>,
    /// Settings with their confidence.
    pub gebied: Vec<Veld>,
    /// The proposed mapping.
    pub mapping: String,
    /// What was not understood.
    pub onbegrepen: Vec<Onbegrepen>,
    /// What was understood in a way that must be known: amounts that hold index already, months that are added up.
    pub meldingen: Vec<Onbegrepen>,
    /// What the normal reader says of the mapping, and the model of what was read.
    pub problemen: Vec<Problem>,
    /// The figures of the workbook against ours.
    pub vergelijkingen: Vec<Vergelijking>,
    /// Where a difference begins: lines whose amounts per period the workbook shows on another sheet, and that differ.
    pub regelverschillen: Vec<Regelverschil>,
    /// Conventions that reproduce the workbook; the first is in the mapping.
    pub conventies: Vec<Conventie>,
    /// Line amounts that were compared, and those that differ.
    pub ramingen: (usize, Vec<Problem>),
    /// Totals of groups.
    pub totalen: Vec<Totaalverslag>,
    /// Lines per table.
    pub regels: Vec<(&'static str, usize)>,
    /// Sheets that hold something and are hidden.
    pub verborgen: Vec<String>,
    /// Defined names that point at a cell.
    pub namen: Vec<(String, String)>,
}

/// Most cells of a sheet that is also looked at with rows and columns in each other's place.
const MAX_KANTEL: usize = 200_000;

/// Most values with a label that are looked at.
const MAX_LOS: usize = 20_000;

/// Looks at a workbook.
pub fn inspect(map: &Werkmap) -> Inspectie {
    let book = Workbook::from(map.clone());
    let formulas: BTreeMap<Arc<str>, Formules> = map
        .bladen
        .iter()
        .map(|sheet| {
            let of = sheet
                .cellen
                .iter()
                .filter_map(|(at, cell)| Some((*at, Arc::clone(cell.formule.as_ref()?))))
                .collect();
            (Arc::clone(&sheet.naam), of)
        })
        .collect();
    let none = Formules::new();
    let mut rasters: Vec<Raster> = Vec::new();
    let mut found: Vec<Begrepen> = Vec::new();
    let mut values: Vec<Los> = Vec::new();
    for sheet in &book.sheets {
        let upright = Raster::new(sheet, formulas.get(&sheet.name).unwrap_or(&none));
        let mut parts = naast_elkaar(upright);
        let beside = parts.split_off(1);
        let Some(mut raster) = parts.pop() else {
            continue;
        };
        let mut blocks = blokken(&raster);
        let periods = |blocks: &[Blok]| blocks.iter().map(|b| b.kop.perioden.len()).max();
        // Lines with a name stand upright, whatever years happen to follow on each other in a column.
        let named = blocks.iter().any(|b| {
            b.van_soort(&Rijsoort::Regel)
                .filter(|r| !r.label.is_empty())
                .count()
                >= 2
        });
        if !named
            && beside.is_empty()
            && periods(&blocks).unwrap_or(0) < koppen::MIN_PERIODEN
            && raster.cellen.len() <= MAX_KANTEL
        {
            let turned = raster.kantel();
            let other = blokken(&turned);
            if periods(&other).unwrap_or(0) >= koppen::MIN_PERIODEN {
                // Values with a label stand upright all the same.
                let used: Vec<&Blok> = blocks.iter().collect();
                values.extend(losse(&raster, rasters.len(), &used));
                rasters.push(raster);
                raster = turned;
                blocks = other;
                let unit = eenheid(&raster, None);
                for blok in blocks {
                    let unit = eenheid(&raster, Some(&blok)).or(unit);
                    found.push(Begrepen::nieuw(rasters.len(), blok, unit));
                }
                rasters.push(raster);
                continue;
            }
        }
        let used: Vec<&Blok> = blocks.iter().collect();
        values.extend(losse(&raster, rasters.len(), &used));
        let unit = eenheid(&raster, None);
        for blok in blocks {
            let unit = eenheid(&raster, Some(&blok)).or(unit);
            found.push(Begrepen::nieuw(rasters.len(), blok, unit));
        }
        rasters.push(raster);
        for raster in beside {
            let blocks = blokken(&raster);
            let used: Vec<&Blok> = blocks.iter().collect();
            values.extend(losse(&raster, rasters.len(), &used));
            for blok in blocks {
                let unit = eenheid(&raster, Some(&blok)).or(unit);
                found.push(Begrepen::nieuw(rasters.len(), blok, unit));
            }
            rasters.push(raster);
        }
    }
    benoemd(map, &rasters, &mut values);
    values.truncate(MAX_LOS);
    let mut begrip = Begrip {
        file: &book.file,
        rasters: &rasters,
        blokken: found,
        onbegrepen: Vec::new(),
        meldingen: Vec::new(),
        stap: 1,
        zonder_index: false,
        indexen: Vec::new(),
        tarieven: BTreeMap::new(),
        deelgebieden: Vec::new(),
        bijdragen_met_index: false,
        index_vanaf: None,
    };
    begrip.begrijp();
    let mut onderzoek = Onderzoek {
        book: &book,
        rasters: &rasters,
        values: &values,
        parameters: BTreeMap::new(),
        uitkomsten: Vec::new(),
        gebruikt: BTreeSet::new(),
        peil: None,
        rente_per_periode: None,
    };
    onderzoek.parameters();
    onderzoek.rente_per_periode(&begrip.blokken);
    onderzoek.uitkomsten(&begrip.blokken, begrip.stap);
    onderzoek.heel();
    onderzoek.afronden(begrip, map)
}

/// Adds the cells that have a defined name and no label beside them.
fn benoemd(map: &Werkmap, rasters: &[Raster], values: &mut Vec<Los>) {
    /// Most names that are looked at.
    const MOST: usize = 5_000;
    for name in map.namen.iter().take(MOST) {
        let Some((sheet, cell)) = name.tekst.rsplit_once('!') else {
            continue;
        };
        let sheet = sheet
            .trim_start_matches('$')
            .trim_matches('\'')
            .replace("''", "'");
        let cell = cell.replace('$', "");
        let (Some(at), Some(blad)) = (
            tabel::cel(&cell).filter(|_| !cell.contains(':')),
            rasters
                .iter()
                .position(|r| !r.gekanteld && *r.naam == *sheet),
        ) else {
            continue;
        };
        let labelled = values.iter().any(|v| v.blad == blad && v.cel == at);
        let Some(value @ (Scalar::Number(_) | Scalar::Date(_))) = rasters[blad].cel(at.0, at.1)
        else {
            continue;
        };
        if !labelled {
            values.push(Los {
                blad,
                label: name.naam.replace(['_', '.'], " "),
                cel: at,
                waarde: value.clone(),
                formule: rasters[blad].formule(at.0, at.1).is_some(),
                uit_invoer: false,
                eenheid: String::new(),
                als_tekst: false,
            });
        }
    }
}

/// What the amounts of a sheet, or of a block, are multiplied by to be euro.
fn eenheid(raster: &Raster, blok: Option<&Blok>) -> Option<Decimal> {
    let words = woordenboek();
    let texts: Vec<&str> = match blok {
        Some(blok) => blok
            .titels
            .iter()
            .chain(blok.kop.rollen.values().map(|r| &r.kop))
            .chain(blok.kop.onbekend.values())
            .chain(&blok.kop.boven)
            .map(String::as_str)
            .collect(),
        None => raster
            .cellen
            .iter()
            .take(60)
            .filter_map(|(_, s)| match s {
                Scalar::Text(t) => Some(t.as_str()),
                _ => None,
            })
            .collect(),
    };
    texts
        .into_iter()
        .find_map(|t| words.eenheid(t))
        .map(Decimal::from)
}

/// The rest of the search, once blocks are understood.
struct Onderzoek<'a> {
    book: &'a Workbook,
    rasters: &'a [Raster],
    values: &'a [Los],
    /// The best value per parameter, with its confidence and factor.
    parameters: BTreeMap<&'static str, (usize, f64, Option<Decimal>)>,
    uitkomsten: Vec<Uitkomst>,
    /// Values that were used.
    gebruikt: BTreeSet<usize>,
    peil: Option<i32>,
    rente_per_periode: Option<Rentereeks>,
}

/// A rate of interest per period.
#[derive(Debug, Clone)]
struct Rentereeks {
    blad: usize,
    label: String,
    /// The cell of the first period.
    cel: (u32, u32),
    waarden: Vec<(Kop, Decimal)>,
    /// Whether the rates stand there in percents.
    procenten: bool,
}

impl Rentereeks {
    /// The first rate that is not that of the period before it.
    fn wisseling(&self) -> Option<&(Kop, Decimal)> {
        let first = self.waarden.first()?.1;
        self.waarden.iter().find(|(_, v)| *v != first)
    }
}

/// A choice that figures may decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Keuze {
    bijdragen_met_index: bool,
    prijspeil: i32,
    boekwaarde_negatief: bool,
    /// Which index group lines of revenue and of costs have that name none.
    index_opbrengsten: Option<usize>,
    index_kosten: Option<usize>,
    /// Amounts per period hold index already.
    zonder_index: bool,
}

impl Onderzoek<'_> {
    fn parameters(&mut self) {
        for (at, los) in self.values.iter().enumerate() {
            let Some((name, sure, factor)) = als_parameter(los) else {
                continue;
            };
            if sure < DREMPEL {
                continue;
            }
            let better = self
                .parameters
                .get(name)
                .is_none_or(|(_, s, _)| sure > *s + 0.001);
            if better {
                self.parameters.insert(name, (at, sure, factor));
            }
        }
        self.gebruikt
            .extend(self.parameters.values().map(|(at, ..)| *at));
    }

    /// The year of the price level that titles and headings speak of, when they speak of one: "Kosten (prijspeil 1-1-2026)".
    fn prijspeil_in_tekst(&self) -> Option<(i32, String)> {
        /// Titles stand in front; what comes later are lines.
        const MOST: usize = 200;
        let mut found: Option<(i32, String)> = None;
        for raster in self.rasters.iter().filter(|r| !r.gekanteld && r.zichtbaar) {
            for scalar in raster.cellen.values().take(MOST) {
                let Scalar::Text(text) = scalar else {
                    continue;
                };
                let lower = text.to_lowercase();
                let Some((_, rest)) = lower.split_once("prijspeil") else {
                    continue;
                };
                let Some(year) = rest
                    .split(|c: char| !(c.is_ascii_digit() || "-/.".contains(c)))
                    .filter_map(|word| kop(&Scalar::Text(word.trim_matches(['.', '-']).to_owned())))
                    .map(|k| k.jaar)
                    .next()
                else {
                    continue;
                };
                if found.as_ref().is_some_and(|(y, _)| *y != year) {
                    return None;
                }
                found.get_or_insert((year, text.chars().take(60).collect()));
            }
        }
        found
    }

    /// Looks for a rate of interest per period: a row of typed rates under periods, in a table that holds no results.
    fn rente_per_periode(&mut self, blocks: &[Begrepen]) {
        let words = woordenboek();
        for begrepen in blocks {
            let kop = begrepen.kop();
            let raster = &self.rasters[begrepen.blad];
            let results = begrepen.blok.rijen.iter().any(|r| {
                words.resultaat(&r.label).is_some_and(|(names, sure)| {
                    sure >= 0.8 && !names.iter().any(|n| n.starts_with("rente"))
                })
            });
            if kop.perioden.is_empty() || results {
                continue;
            }
            for rij in &begrepen.blok.rijen {
                let named = words
                    .parameter
                    .beste(&rij.label)
                    .is_some_and(|t| t.naam == "rente" && t.zekerheid >= 0.8);
                let waarden: Vec<(Kop, Decimal)> = kop
                    .perioden
                    .iter()
                    .filter_map(|(c, k)| Some((*k, raster.getal(rij.rij, *c)?)))
                    .collect();
                let most = waarden.iter().map(|(_, v)| v.abs()).max();
                let Some(most) = most.filter(|m| named && *m <= Decimal::from(25)) else {
                    continue;
                };
                if waarden.len() < 2 {
                    continue;
                }
                let column = kop
                    .perioden
                    .iter()
                    .find(|(c, _)| raster.getal(rij.rij, *c).is_some())
                    .map_or(0, |(c, _)| *c);
                self.rente_per_periode = Some(Rentereeks {
                    blad: begrepen.blad,
                    label: rij.label.clone(),
                    cel: (rij.rij, column),
                    waarden,
                    procenten: most > Decimal::new(25, 2),
                });
                return;
            }
        }
    }

    fn unit_of(&self, blad: usize) -> Option<Decimal> {
        eenheid(&self.rasters[blad], None)
    }

    /// Figures and series that may be results.
    fn uitkomsten(&mut self, blocks: &[Begrepen], stap: u8) {
        let words = woordenboek();
        for begrepen in blocks {
            let raster = &self.rasters[begrepen.blad];
            let kop = &begrepen.blok.kop;
            let Some((first, last)) = kop.periodekolommen() else {
                continue;
            };
            // Rates are no results, and what is per shorter period than ours is added up.
            if matches!(begrepen.soort, Bloksoort::Groei | Bloksoort::Factor) || kop.delen() > stap
            {
                continue;
            }
            for rij in &begrepen.blok.rijen {
                if !matches!(rij.soort, Rijsoort::Resultaat | Rijsoort::Totaal(_)) {
                    continue;
                }
                let Some((names, sure)) = words.resultaat(&rij.label) else {
                    continue;
                };
                if sure < 0.8 || begrepen.deelgebied.is_some() {
                    continue;
                }
                let series: Vec<&String> = names
                    .iter()
                    .filter(|n| !EENMALIG.contains(&n.as_str()))
                    .collect();
                let values: Vec<(String, Decimal)> = kop
                    .perioden
                    .iter()
                    .filter_map(|(c, k)| Some((k.woord(), raster.getal(rij.rij, *c)?)))
                    .collect();
                if series.is_empty() || values.len() < 2 {
                    continue;
                }
                // A total of shares or units is no amount.
                let small = values.iter().all(|(_, v)| v.abs() <= Decimal::ONE);
                if small && begrepen.factor.is_none() {
                    continue;
                }
                let complete = values.len() == kop.perioden.len();
                let (r, c) = raster.recht(rij.rij, first);
                let mut waar = vec![
                    ("blad", tekst(&raster.naam)),
                    ("kopregel", wensen::kopregel(raster, kop)),
                ];
                if raster.gekanteld {
                    waar.push(("gekanteld", "true".into()));
                    waar.push(("rij", tekst(&raster.rijnaam(rij.rij))));
                } else {
                    waar.push(("rij", raster.rijnaam(rij.rij)));
                }
                waar.push((
                    "kolommen",
                    tekst(&format!(
                        "{}:{}",
                        raster.kolomnaam(first),
                        raster.kolomnaam(last)
                    )),
                ));
                match kop.delen() {
                    2 => waar.push(("periode", "\"halfjaar\"".into())),
                    4 => waar.push(("periode", "\"kwartaal\"".into())),
                    _ => {}
                }
                self.uitkomsten.push(Uitkomst {
                    label: rij.label.clone(),
                    plaats: Place::cell(&self.book.file, &raster.naam, r, c),
                    waarden: values,
                    kandidaten: series.into_iter().cloned().collect(),
                    factor: begrepen.factor.unwrap_or(Decimal::ONE),
                    zekerheid: if complete { sure } else { sure * 0.5 },
                    waar,
                    heel: false,
                });
            }
        }
        for (at, los) in self.values.iter().enumerate() {
            if self.gebruikt.contains(&at) {
                continue;
            }
            let Scalar::Number(value) = los.waarde else {
                continue;
            };
            let Some((names, sure)) = words.resultaat(&los.label) else {
                continue;
            };
            let single: Vec<String> = names
                .iter()
                .filter(|n| EENMALIG.contains(&n.as_str()))
                .cloned()
                .collect();
            let factor = words
                .eenheid(&los.label)
                .map(Decimal::from)
                .or(self.unit_of(los.blad))
                .unwrap_or(Decimal::ONE);
            // A share or a rate is no amount.
            let small = value.abs() < Decimal::ONE && factor == Decimal::ONE;
            if sure < 0.8 || single.is_empty() || small {
                continue;
            }
            let raster = &self.rasters[los.blad];
            let (r, c) = raster.recht(los.cel.0, los.cel.1);
            self.gebruikt.insert(at);
            self.uitkomsten.push(Uitkomst {
                label: los.label.clone(),
                plaats: Place::cell(&self.book.file, &raster.naam, r, c),
                waarden: vec![(String::new(), value)],
                kandidaten: single,
                factor,
                zekerheid: sure,
                waar: vec![("cel", tekst(&raster.verwijzing(los.cel.0, los.cel.1)))],
                heel: false,
            });
        }
    }

    /// Marks single figures that are whole numbers of thousands where all series are.
    fn heel(&mut self) {
        let thousand = Decimal::from(1000);
        let whole =
            |u: &Uitkomst| u.factor >= thousand && u.waarden.iter().all(|(_, v)| v.is_integer());
        let series = |u: &&Uitkomst| u.waarden.len() > 2;
        let some = self.uitkomsten.iter().filter(series).count() > 0;
        let all = self.uitkomsten.iter().filter(series).all(whole);
        if some && all {
            for u in &mut self.uitkomsten {
                u.heel = u.waarden.len() == 1 && whole(u);
            }
        }
    }

    fn waarde(&self, name: &str) -> Option<&Los> {
        self.parameters.get(name).map(|(at, ..)| &self.values[*at])
    }

    fn jaar_van(&self, name: &str) -> Option<i32> {
        kop(&self.waarde(name)?.waarde).map(|k| k.jaar)
    }

    /// All periods over lines and results: first, last, and the cell of the last.
    fn perioden(blocks: &[Begrepen]) -> Option<(Kop, Kop, usize, (u32, u32))> {
        let mut first: Option<Kop> = None;
        let mut last: Option<(Kop, usize, (u32, u32))> = None;
        for begrepen in blocks {
            if matches!(
                begrepen.soort,
                Bloksoort::Groei | Bloksoort::Factor | Bloksoort::Onbekend(_)
            ) {
                continue;
            }
            let kop = &begrepen.blok.kop;
            if let (Some(a), Some(b)) = (kop.perioden.first(), kop.perioden.last()) {
                if first.is_none_or(|f| a.1.jaar < f.jaar) {
                    first = Some(a.1);
                }
                if last.is_none_or(|(l, ..)| b.1.jaar > l.jaar) {
                    last = Some((b.1, begrepen.blad, (kop.tot, b.0)));
                }
            }
        }
        let (last, blad, at) = last?;
        Some((first?, last, blad, at))
    }

    /// Settings, but for conventions.
    fn gebied(&mut self, begrip: &mut Begrip<'_>, keuze: Option<Keuze>) -> Vec<Veld> {
        let mut out = Vec::new();
        let cell = |los: &Los, more: &str| {
            if los.als_tekst {
                return getoond(&los.waarde);
            }
            let raster = &self.rasters[los.blad];
            format!(
                "{{ cel = {}{more} }}",
                tekst(&raster.verwijzing(los.cel.0, los.cel.1))
            )
        };
        let why = |los: &Los| format!("\"{}\" is {}", los.label, getoond(&los.waarde));
        if let Some(title) = titel(&self.rasters[0]) {
            out.push(Veld::new(
                "naam",
                tekst(&title),
                0.6,
                "the first text of the workbook",
            ));
        }
        let periods = Self::perioden(&begrip.blokken);
        // Peildatum.
        let realised = begrip
            .blokken
            .iter()
            .filter_map(|b| {
                let kop = &b.blok.kop;
                kop.perioden
                    .iter()
                    .find(|(c, _)| kop.gerealiseerd.get(c) == Some(&false))
                    .filter(|_| kop.gerealiseerd.values().any(|r| *r))
                    .map(|(_, k)| k.jaar)
            })
            .max();
        let spoken = self
            .values
            .iter()
            .filter(|v| {
                let words = woordenboek();
                words.resultaat(&v.label).is_some_and(|(names, _)| {
                    names[0] == "ncw" || names[0].starts_with("boekwaarde")
                })
            })
            .find_map(|v| datum_in(&v.label).filter(|d| d.month() == 1 && d.day() == 1));
        let earlier = begrip
            .blokken
            .iter()
            .filter_map(|b| b.blok.kop.eerder)
            .map(|(_, year)| year + 1)
            .max();
        let mut peil = None;
        if let Some((at, sure, _)) = self.parameters.get("peildatum") {
            let los = &self.values[*at];
            match &los.waarde {
                Scalar::Date(date) => {
                    peil = Some(i32::from(date.year()));
                    out.push(Veld::new("peildatum", cell(los, ""), *sure, why(los)));
                }
                value => {
                    peil = kop(value).map(|k| k.jaar);
                    if let Some(year) = peil {
                        out.push(Veld::new(
                            "peildatum",
                            format!("{year}-01-01"),
                            sure * 0.9,
                            why(los),
                        ));
                    }
                }
            }
        } else {
            let guess = realised
                .map(|y| (y, 0.85, "the first period that is not realised".to_owned()))
                .or(spoken.map(|d| {
                    (
                        i32::from(d.year()),
                        0.8,
                        format!("a result is labelled {d}"),
                    )
                }))
                .or(earlier.map(|y| (y, 0.8, "the year after all earlier years together".into())))
                .or(periods.map(|p| (p.0.jaar, 0.6, "the first period".into())));
            if let Some((year, sure, why)) = guess {
                peil = Some(year);
                out.push(Veld::new("peildatum", format!("{year}-01-01"), sure, why));
            }
        }
        self.peil = peil;
        // Prijspeil.
        if let Some((at, sure, _)) = self.parameters.get("prijspeil") {
            let los = &self.values[*at];
            let year = kop(&los.waarde).map(|k| k.jaar);
            let shift = keuze.map_or(0, |k| k.prijspeil);
            if let (Some(year), true) = (year, shift != 0) {
                out.push(Veld::new(
                    "prijspeil",
                    format!("{}-01-01", year + shift),
                    0.7,
                    format!(
                        "{}; the figures of the workbook have {} year of index more",
                        why(los),
                        -shift
                    ),
                ));
            } else if let Scalar::Date(_) = los.waarde {
                out.push(Veld::new("prijspeil", cell(los, ""), *sure, why(los)));
            } else if let Some(year) = year {
                out.push(Veld::new(
                    "prijspeil",
                    format!("{year}-01-01"),
                    *sure,
                    why(los),
                ));
            }
        } else {
            let shift = keuze.map_or(0, |k| k.prijspeil);
            let told = self.prijspeil_in_tekst();
            if let (Some((year, text)), 0) = (&told, shift) {
                out.push(Veld::new(
                    "prijspeil",
                    format!("{year}-01-01"),
                    0.75,
                    format!("the text \"{text}\""),
                ));
            } else if let (Some(year), true) = (told.map(|t| t.0).or(peil), shift != 0) {
                out.push(Veld::new(
                    "prijspeil",
                    format!("{}-01-01", year + shift),
                    0.6,
                    "the year that reproduces the figures of the workbook",
                ));
            }
        }
        begrip.index_vanaf = self
            .jaar_van("prijspeil")
            .or_else(|| self.prijspeil_in_tekst().map(|t| t.0))
            .or(peil)
            .map(|y| y + 1 + keuze.map_or(0, |k| k.prijspeil));
        // Last year.
        let last = periods.map(|p| p.1.jaar);
        let ending = self
            .parameters
            .get("eindjaar")
            .map(|(at, sure, _)| (&self.values[*at], *sure));
        match (ending, last) {
            (Some((los, sure)), _) if matches!(los.waarde, Scalar::Date(d) if d.month() == 1 && d.day() == 1) =>
            {
                // 1 January is the end of the year before.
                let year = kop(&los.waarde).map_or(0, |k| k.jaar) - 1;
                out.push(Veld::new(
                    "eindjaar",
                    year.to_string(),
                    sure * 0.9,
                    why(los),
                ));
            }
            (Some((los, sure)), _) => {
                let more = if matches!(los.waarde, Scalar::Date(_)) {
                    ", deel = \"jaar\""
                } else {
                    ""
                };
                let value = match kop(&los.waarde) {
                    Some(k) if los.als_tekst => k.jaar.to_string(),
                    _ => cell(los, more),
                };
                out.push(Veld::new("eindjaar", value, sure, why(los)));
            }
            (None, Some(year)) => {
                let (_, _, blad, at) = periods.expect("it has a last year");
                let raster = &self.rasters[blad];
                let value = match raster.cel(at.0, at.1) {
                    Some(Scalar::Date(_)) => format!(
                        "{{ cel = {}, deel = \"jaar\" }}",
                        tekst(&raster.verwijzing(at.0, at.1))
                    ),
                    Some(Scalar::Number(_)) => {
                        format!("{{ cel = {} }}", tekst(&raster.verwijzing(at.0, at.1)))
                    }
                    _ => year.to_string(),
                };
                out.push(Veld::new("eindjaar", value, 0.85, "the last period"));
            }
            (None, None) => {
                let years = self.waarde("looptijd").and_then(|l| match l.waarde {
                    Scalar::Number(n) => n.to_i32(),
                    _ => None,
                });
                if let Some((years, peil)) = years.zip(peil) {
                    out.push(Veld::new(
                        "eindjaar",
                        (peil + years - 1).to_string(),
                        0.6,
                        "peildatum and looptijd",
                    ));
                } else if let Some(year) = jaar_van_regels(begrip) {
                    out.push(Veld::new(
                        "eindjaar",
                        year.to_string(),
                        0.6,
                        "the last year of a line",
                    ));
                }
            }
        }
        for name in ["rente", "creditrente", "discontovoet_bbv"] {
            if let Some((at, sure, factor)) = self.parameters.get(name) {
                let los = &self.values[*at];
                let more = factor.map_or_else(String::new, |f| format!(", factor = {f}"));
                out.push(Veld::new(name, cell(los, &more), *sure, why(los)));
            }
        }
        if !self.parameters.contains_key("rente") {
            out.push(match &self.rente_per_periode {
                Some(reeks) => {
                    let more = if reeks.procenten { ", factor = 0.01" } else { "" };
                    let cell = tekst(&self.rasters[reeks.blad].verwijzing(reeks.cel.0, reeks.cel.1));
                    let (sure, why) = match reeks.wisseling() {
                        None => (0.9, format!("\"{}\", the same in all periods", reeks.label)),
                        Some((k, _)) => (
                            0.5,
                            format!(
                                "\"{}\" of the first period: it changes in {}, and a model has one rate",
                                reeks.label,
                                k.woord()
                            ),
                        ),
                    };
                    Veld::new("rente", format!("{{ cel = {cell}{more} }}"), sure, why)
                }
                None => Veld::new(
                    "rente",
                    "0",
                    0.5,
                    "no label names a rate: without interest until one is written here",
                ),
            });
        }
        let step = match begrip.stap {
            2 => "halfjaar",
            4 => "kwartaal",
            _ => "jaar",
        };
        out.push(Veld::new(
            "tijdstap",
            tekst(step),
            0.9,
            "the step of the periods",
        ));
        out
    }

    /// Index groups that are one rate, and the boekwaarde.
    fn rijen(&self, begrip: &mut Begrip<'_>, keuze: Keuze) -> Vec<RijWens> {
        let mut out = Vec::new();
        let cell = |los: &Los, more: &str| {
            if los.als_tekst {
                return getoond(&los.waarde);
            }
            let raster = &self.rasters[los.blad];
            format!(
                "{{ cel = {}{more} }}",
                tekst(&raster.verwijzing(los.cel.0, los.cel.1))
            )
        };
        begrip.tarieven.clear();
        let from = begrip.index_vanaf.unwrap_or(2000);
        if begrip.indexen.is_empty() {
            for (parameter, side, name) in [
                ("index_kosten", "index_kosten", "Kosten"),
                ("index_opbrengsten", "index_opbrengsten", "Opbrengsten"),
            ] {
                let found = self
                    .parameters
                    .get(parameter)
                    .or_else(|| self.parameters.get("index_algemeen"));
                let Some((at, sure, factor)) = found else {
                    continue;
                };
                let los = &self.values[*at];
                let more = factor.map_or_else(String::new, |f| format!(", factor = {f}"));
                out.push(RijWens {
                    tabel: "indexen",
                    velden: vec![
                        Veld::new(
                            "index",
                            tekst(name),
                            0.9,
                            "one rate for all lines of this side",
                        ),
                        Veld::new("vanaf", from.to_string(), 0.8, "the year after prijspeil"),
                        Veld::new(
                            "groei",
                            cell(los, &more),
                            *sure,
                            format!("\"{}\"", los.label),
                        ),
                    ],
                });
                begrip.tarieven.insert(side, name.to_owned());
            }
        } else {
            // Names of groups that say for which side they are, when lines name none.
            let words = woordenboek();
            for name in begrip.indexen.clone() {
                let costs = words.richting.zekerheid("kosten", &name);
                let revenue = words.richting.zekerheid("opbrengsten", &name);
                if costs > revenue {
                    begrip.tarieven.entry("index_kosten").or_insert(name);
                } else if revenue > costs {
                    begrip.tarieven.entry("index_opbrengsten").or_insert(name);
                }
            }
        }
        for (side, chosen) in [
            ("index_opbrengsten", keuze.index_opbrengsten),
            ("index_kosten", keuze.index_kosten),
        ] {
            if let Some(name) = chosen.and_then(|at| begrip.indexen.get(at)) {
                begrip.tarieven.insert(side, name.clone());
            }
        }
        if let Some((at, sure, _)) = self.parameters.get("boekwaarde") {
            let los = &self.values[*at];
            let peil = self.peil.unwrap_or(0);
            let history = begrip
                .blokken
                .iter()
                .filter(|b| b.soort == Bloksoort::Regels && !b.regels.is_empty())
                .any(|b| {
                    b.blok.kop.eerder.is_some()
                        || b.blok
                            .kop
                            .perioden
                            .first()
                            .is_some_and(|(_, k)| k.jaar < peil)
                });
            let mut more = self
                .unit_of(los.blad)
                .map_or_else(String::new, |f| format!(", factor = {}", f.normalize()));
            if keuze.boekwaarde_negatief {
                more.push_str(", teken = -1");
            }
            let (sure, why) = if history {
                (
                    0.4,
                    format!(
                        "\"{}\", but realised periods are read too, and boekwaarde follows from these",
                        los.label
                    ),
                )
            } else {
                (
                    *sure,
                    format!("\"{}\" is {}", los.label, getoond(&los.waarde)),
                )
            };
            out.push(RijWens {
                tabel: "boekwaarde",
                velden: vec![
                    Veld::new("omschrijving", tekst(&los.label), sure, "its label"),
                    Veld::new("bedrag", cell(los, &more), sure, why),
                ],
            });
        }
        out
    }

    /// Proposes, reads what is proposed, calculates and compares, until the figures agree or choices are spent.
    fn afronden(mut self, mut begrip: Begrip<'_>, map: &Werkmap) -> Inspectie {
        let negative = self
            .waarde("boekwaarde")
            .is_some_and(|l| matches!(l.waarde, Scalar::Number(n) if n.is_sign_negative()));
        let first = Keuze {
            bijdragen_met_index: false,
            prijspeil: 0,
            boekwaarde_negatief: negative,
            index_opbrengsten: None,
            index_kosten: None,
            zonder_index: false,
        };
        let mut choices = vec![first];
        choices.push(Keuze {
            bijdragen_met_index: true,
            ..first
        });
        if self.parameters.contains_key("boekwaarde") {
            choices.push(Keuze {
                boekwaarde_negatief: !negative,
                ..first
            });
            choices.push(Keuze {
                boekwaarde_negatief: !negative,
                bijdragen_met_index: true,
                ..first
            });
        }
        for shift in [-1, 1] {
            choices.push(Keuze {
                prijspeil: shift,
                ..first
            });
            choices.push(Keuze {
                prijspeil: shift,
                bijdragen_met_index: true,
                ..first
            });
        }
        // Amounts per period may hold index already, without a word that says so.
        let grows = !begrip.indexen.is_empty()
            || self
                .parameters
                .keys()
                .any(|name| name.starts_with("index_"));
        let by_period = begrip
            .blokken
            .iter()
            .flat_map(|b| &b.regels)
            .any(|l| l.faseerwijze == Faseerwijze::Bedrag);
        if grows && by_period {
            choices.push(Keuze {
                zonder_index: true,
                ..first
            });
        }
        let before = begrip.onbegrepen.clone();
        let mut best: Option<Poging> = None;
        for choice in choices {
            begrip.onbegrepen.clone_from(&before);
            let attempt = self.poging(&mut begrip, choice);
            let done = attempt.klopt();
            let better = best.as_ref().is_none_or(|b| {
                (attempt.found.gelijk, -attempt.found.afstand) > (b.found.gelijk, -b.found.afstand)
                    && (attempt.found.gelijk > b.found.gelijk
                        || attempt.found.afstand < b.found.afstand * 0.999)
            });
            let broken = !attempt.gelezen;
            if better {
                best = Some(attempt);
            }
            // What cannot be read is not mended by another choice.
            if done || broken || self.uitkomsten.is_empty() {
                break;
            }
        }
        let mut best = best.expect("the first choice was tried");
        // Index groups whose names do not say whose they are: the figures do.
        let groups = begrip.indexen.len().min(8);
        for side in ["opbrengsten", "kosten"] {
            let tried = best.choice;
            for at in 0..groups {
                if best.klopt() || !best.gelezen || self.uitkomsten.is_empty() {
                    break;
                }
                let choice = if side == "kosten" {
                    Keuze {
                        index_kosten: Some(at),
                        ..tried
                    }
                } else {
                    Keuze {
                        index_opbrengsten: Some(at),
                        ..tried
                    }
                };
                begrip.onbegrepen.clone_from(&before);
                let attempt = self.poging(&mut begrip, choice);
                if attempt.found.gelijk > best.found.gelijk {
                    best = attempt;
                }
            }
        }
        // What the proposal says of lines must be what the best choice said.
        begrip.onbegrepen.clone_from(&before);
        self.verslag(best, begrip, map)
    }

    /// One proposal, read and compared.
    fn poging(&mut self, begrip: &mut Begrip<'_>, choice: Keuze) -> Poging {
        begrip.bijdragen_met_index = choice.bijdragen_met_index;
        begrip.zonder_index = choice.zonder_index;
        begrip.deelgebieden.clear();
        self.deelgebieden(begrip);
        let gebied = self.gebied(begrip, Some(choice));
        let rows = self.rijen(begrip, choice);
        let (mut proposal, tables) = begrip.voorstel();
        proposal.gebied = gebied;
        let areas = std::mem::take(&mut proposal.rijen);
        proposal.rijen = rows;
        proposal.rijen.extend(areas);
        let text = proposal.toml(&self.book.file, &[]);
        let mut read = Read::default();
        read_mapped(self.book, "mapping.toml", &text, &mut read);
        let wrong = has_errors(&read.problems) || read.incomplete;
        let found = if wrong {
            Err(read.problems.clone())
        } else {
            aansluiting::zoek(&read.tables, &self.uitkomsten)
        };
        let (found, gelezen) = match found {
            Ok(found) => (found, true),
            Err(_) => (Gevonden::default(), false),
        };
        Poging {
            proposal,
            tables,
            onbegrepen: begrip.onbegrepen.clone(),
            found,
            gelezen,
            choice,
        }
    }

    /// Names of deelgebieden that lines name in a column.
    fn deelgebieden(&self, begrip: &mut Begrip<'_>) {
        let mut names: Vec<String> = Vec::new();
        for begrepen in &begrip.blokken {
            let Some(column) = begrepen.blok.kop.kolom("deelgebied") else {
                continue;
            };
            let raster = &self.rasters[begrepen.blad];
            for line in &begrepen.regels {
                if let Some(scalar) = raster.cel(line.rij, column) {
                    let name = as_text(scalar);
                    if !name.is_empty() && !names.iter().any(|n| name_key(n) == name_key(&name)) {
                        names.push(name);
                    }
                }
            }
        }
        begrip.deelgebieden = names;
    }

    fn verslag(mut self, best: Poging, mut begrip: Begrip<'_>, map: &Werkmap) -> Inspectie {
        let Poging {
            mut proposal,
            tables,
            onbegrepen,
            found,
            choice,
            ..
        } = best;
        begrip.onbegrepen = onbegrepen;
        if choice.zonder_index
            && let Some(b) = begrip.blokken.iter().find(|b| {
                b.regels
                    .iter()
                    .any(|l| l.faseerwijze == Faseerwijze::Bedrag)
            })
        {
            let (blad, row) = (b.blad, b.blok.kop.tot);
            let column = b.blok.kop.perioden.first().map_or(0, |(c, _)| *c);
            begrip.let_op(
                blad,
                (row, column),
                "amounts per period",
                "read without index: so they give the figures of the workbook, and with index they do not; what they are at prijspeil is not known",
            );
        }
        if let Some(reeks) = &self.rente_per_periode
            && let Some((k, changed)) = reeks.wisseling()
        {
            let (blad, (row, column)) = (reeks.blad, reeks.cel);
            let all: Vec<String> = reeks
                .waarden
                .iter()
                .map(|(k, v)| format!("{} {}", k.woord(), v.normalize()))
                .collect();
            let why = format!(
                "a rate per period; polder has one rente for all years (rente, creditrente): interest and boekwaarde differ from {} ({}) on",
                k.woord(),
                changed.normalize()
            );
            begrip.niet(
                blad,
                row,
                column,
                &format!("{}: {}", reeks.label, all.join(", ")),
                &why,
            );
        }
        if let Some(c) = found.conventies.first() {
            let exact = found.gelijk == found.aantal;
            let sure = if exact { 0.95 } else { 0.5 };
            let same =
                |f: fn(&Conventie) -> &'static str| found.conventies.iter().all(|o| f(o) == f(c));
            let why = |single: bool| {
                if !exact {
                    "the nearest to the figures of the workbook, which it does not give"
                } else if single {
                    "gives the figures of the workbook"
                } else {
                    "gives the figures of the workbook, and others do too"
                }
            };
            let picks: [(&str, Keus); 5] = [
                ("rentemethode", |c| c.rentemethode),
                ("indexmoment", |c| c.indexmoment),
                ("ncw_methode", |c| c.ncw_methode),
                ("kasstroommoment", |c| c.kasstroommoment),
                ("dagtelling", |c| c.dagtelling),
            ];
            for (name, pick) in picks {
                let single = same(pick);
                let ncw = ["ncw_methode", "kasstroommoment", "dagtelling"].contains(&name);
                if ncw && !found.met_ncw {
                    continue;
                }
                // Only a flow has a moment, and only a value at the end an exponent.
                let flows = c.ncw_methode.starts_with("ncw_kasstroom");
                if name == "kasstroommoment" && !flows || name == "dagtelling" && flows {
                    continue;
                }
                let sure = if single { sure } else { sure * 0.7 };
                proposal
                    .gebied
                    .push(Veld::new(name, tekst(pick(c)), sure, why(single)));
            }
        } else {
            proposal.gebied.push(Veld::new(
                "rentemethode",
                "\"JAN1\"",
                0.5,
                "no figure of the workbook tells; polder's own default",
            ));
        }
        for v in &found.vergelijkingen {
            let Some(u) = self.uitkomsten.iter().find(|u| u.plaats == v.plaats) else {
                continue;
            };
            let sure = if v.klopt() {
                0.98
            } else {
                (u.zekerheid * v.gelijk as f64 / v.aantal.max(1) as f64).max(0.3)
            };
            let what = if v.klopt() {
                format!("\"{}\": all {} figures agree", v.label, v.aantal)
            } else {
                format!(
                    "\"{}\": {} of {} figures agree",
                    v.label, v.gelijk, v.aantal
                )
            };
            // Where our own figures are whole, those of the workbook can be held against them.
            let sure = if v.gelijk == 0 {
                sure
            } else {
                sure.max(DREMPEL)
            };
            proposal.controles.push(ControleWens {
                doel: v.doel.clone(),
                waar: u.waar.clone(),
                factor: Some(u.factor).filter(|f| *f != Decimal::ONE),
                teken: v.omgekeerd,
                tolerantie: Some(v.tolerantie).filter(|t| *t > Decimal::new(1, 2)),
                zekerheid: if u.zekerheid < DREMPEL {
                    u.zekerheid
                } else {
                    sure
                },
                reden: what,
            });
        }
        self.over(&mut begrip);
        if found.vergelijkingen.iter().any(|v| !v.klopt()) {
            begrip.ongelezen_regels();
        }
        let notes = Vec::new();
        let mapping = proposal.toml(&self.book.file, &notes);
        let mut read = Read::default();
        read_mapped(self.book, "mapping.toml", &mapping, &mut read);
        let regels: Vec<(&'static str, usize)> = read
            .tables
            .tables
            .iter()
            .filter(|t| !t.rows.is_empty())
            .map(|t| (t.schema.name, t.rows.len()))
            .collect();
        let (model, problemen) = read.into_model();
        let ramingen = model
            .as_ref()
            .and_then(|m: &Model| route::ramingen(m).ok())
            .unwrap_or_default();
        let totalen = begrip.totalen();
        let differs = found.vergelijkingen.iter().any(|v| !v.klopt());
        let regelverschillen = model
            .as_ref()
            .filter(|_| differs)
            .map(|m| begrip.regelverschillen(m))
            .unwrap_or_default();
        Inspectie {
            tabellen: tables,
            gebied: proposal.gebied,
            mapping,
            onbegrepen: begrip.onbegrepen,
            meldingen: begrip.meldingen,
            problemen,
            vergelijkingen: found.vergelijkingen,
            conventies: found.conventies,
            ramingen,
            totalen,
            regelverschillen,
            regels,
            verborgen: map
                .bladen
                .iter()
                .filter(|b| !b.zichtbaar)
                .map(|b| b.naam.to_string())
                .collect(),
            namen: map
                .namen
                .iter()
                .map(|n| (n.naam.clone(), n.tekst.clone()))
                .collect(),
        }
    }

    /// Values with a label that no one asked for, and sheets without a table.
    fn over(&mut self, begrip: &mut Begrip<'_>) {
        let used: Vec<(usize, (u32, u32))> = self
            .gebruikt
            .iter()
            .map(|at| (self.values[*at].blad, self.values[*at].cel))
            .collect();
        // What a value was worked out with is understood with it.
        let parts: BTreeSet<(usize, (u32, u32))> = used
            .iter()
            .filter_map(|(blad, (row, column))| {
                Some((*blad, self.rasters[*blad].formule(*row, *column)?))
            })
            .filter(|(_, formula)| !formula.contains('!'))
            .flat_map(|(blad, formula)| cellen_in(formula).into_iter().map(move |c| (blad, c)))
            .collect();
        for los in self.values {
            if used.contains(&(los.blad, los.cel)) || parts.contains(&(los.blad, los.cel)) {
                continue;
            }
            // A total of lines is looked at with these.
            if woordenboek().rij.zekerheid("totaal", &los.label) >= 0.9 {
                continue;
            }
            let text = format!("{}: {}", los.label, getoond(&los.waarde));
            begrip.niet(
                los.blad,
                los.cel.0,
                los.cel.1,
                &text,
                "a value with a label that is not known",
            );
        }
        for (blad, raster) in self.rasters.iter().enumerate() {
            let turned_too = self
                .rasters
                .get(blad + 1)
                .is_some_and(|next| next.gekanteld && next.naam == raster.naam);
            let named = begrip.blokken.iter().any(|b| b.blad == blad)
                || self.values.iter().any(|v| v.blad == blad)
                || turned_too;
            if !named && !raster.cellen.is_empty() {
                let hidden = if raster.zichtbaar {
                    ""
                } else {
                    "hidden sheet; "
                };
                begrip.onbegrepen.push(Onbegrepen {
                    place: Place::sheet(&self.book.file, &raster.naam),
                    wat: format!("{} cells", raster.cellen.len()),
                    waarom: format!("{hidden}no table and no value with a label was found"),
                });
            }
        }
    }
}

/// Takes one convention out of a set.
type Keus = fn(&Conventie) -> &'static str;

/// A proposal with what came of it.
struct Poging {
    proposal: Voorstel,
    tables: Vec<Tabelverslag>,
    onbegrepen: Vec<Onbegrepen>,
    found: Gevonden,
    gelezen: bool,
    choice: Keuze,
}

impl Poging {
    fn klopt(&self) -> bool {
        self.found.aantal > 0 && self.found.gelijk == self.found.aantal
    }
}

/// The last year that lines name in columns.
fn jaar_van_regels(begrip: &Begrip<'_>) -> Option<i32> {
    begrip
        .blokken
        .iter()
        .flat_map(|b| {
            let raster = &begrip.rasters[b.blad];
            let kop_ = &b.blok.kop;
            let column = kop_.kolom("tm").or_else(|| kop_.kolom("jaar"));
            let (from, length) = (kop_.kolom("van"), kop_.kolom("duur"));
            b.regels.iter().filter_map(move |l| {
                let year = |c: Option<u32>| kop(raster.cel(l.rij, c?)?).map(|k| k.jaar);
                if l.faseerwijze == Faseerwijze::Duur {
                    let years = duur(raster.cel(l.rij, length?)?)?;
                    return Some(year(from)? + i32::from(years) - 1);
                }
                year(column)
            })
        })
        .max()
}

/// The first text of a sheet as a name, without words that all of them have.
fn titel(raster: &Raster) -> Option<String> {
    let text = raster.cellen.iter().take(3).find_map(|(_, s)| match s {
        Scalar::Text(t) => Some(t.trim()),
        _ => None,
    })?;
    let text = text.split(['(', '\n']).next().unwrap_or(text).trim();
    let mut name = text;
    for word in [
        "Grondexploitatie",
        "grondexploitatie",
        "GREX",
        "Grex",
        "Exploitatie",
        "Gebied",
        "Project",
        "Plan",
    ] {
        if let Some(rest) = name.strip_prefix(word)
            && !rest.starts_with(char::is_alphabetic)
        {
            name = rest.trim_start_matches([':', '-', ' ']).trim();
        }
    }
    let name = if name.is_empty() { text } else { name };
    (!name.is_empty() && name.chars().count() <= 80).then(|| name.to_owned())
}

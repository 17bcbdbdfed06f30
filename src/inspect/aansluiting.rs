//! Reconciliation: the figures of the workbook against those of ours, under each known convention; and which of these give the
//! workbook's own.

use crate::model::Model;
use crate::model::table::{Row, Scalar, Tables, Value};
use crate::plan::Route;
use crate::problem::{Place, Problem, has_errors};
use crate::route::{self, Routeresultaat};
use rust_decimal::Decimal;

/// Ways to reckon interest, the likeliest first.
pub(super) const RENTEMETHODEN: [&str; 4] = ["JAN1", "GEMIDDELD", "HALFJAAR_SI", "BEGIN"];
/// Moments of index.
pub(super) const INDEXMOMENTEN: [&str; 2] = ["jaar", "halfjaar"];
/// Kinds of NCW.
pub(super) const NCW: [&str; 4] = [
    "ncw_bbv",
    "ncw_rente",
    "ncw_kasstroom",
    "ncw_kasstroom_rente",
];
/// Moments of a flow.
pub(super) const MOMENTEN: [&str; 3] = ["eind", "midden", "begin"];
/// Exponents.
pub(super) const DAGTELLINGEN: [&str; 3] = ["jaren", "dagen_36525", "dagen_365"];

/// A figure or series of the workbook that may be a result.
#[derive(Debug, Clone)]
pub(super) struct Uitkomst {
    pub(super) label: String,
    /// Cell of the figure, or of the first of a series.
    pub(super) plaats: Place,
    /// Period and value; a single figure has no period.
    pub(super) waarden: Vec<(String, Decimal)>,
    /// Results of ours that it may be, likeliest first.
    pub(super) kandidaten: Vec<String>,
    /// What its values are multiplied by to be euro.
    pub(super) factor: Decimal,
    pub(super) zekerheid: f64,
    /// The keys that say where it stands, for the mapping.
    pub(super) waar: Vec<(&'static str, String)>,
    /// A single figure without decimals in a workbook whose series have none either.
    pub(super) heel: bool,
}

/// How a figure of the workbook compares with ours.
#[derive(Debug, Clone)]
pub struct Vergelijking {
    /// Its label in the workbook.
    pub label: String,
    /// Where it stands.
    pub plaats: Place,
    /// The result of ours that it was taken for.
    pub doel: String,
    /// Whether the workbook shows it with the other sign.
    pub omgekeerd: bool,
    /// Number of figures, and of those that agree.
    pub aantal: usize,
    /// Figures that agree.
    pub gelijk: usize,
    /// The largest difference, in euro.
    pub verschil: Decimal,
    /// The first period that differs, with the workbook's figure and ours.
    pub eerste: Option<(String, Decimal, Decimal)>,
    /// Largest difference that counts as equal, in euro.
    pub tolerantie: Decimal,
}

impl Vergelijking {
    /// Whether all its figures agree.
    pub fn klopt(&self) -> bool {
        self.aantal > 0 && self.gelijk == self.aantal
    }
}

/// A set of conventions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Conventie {
    /// Interest.
    pub rentemethode: &'static str,
    /// Index.
    pub indexmoment: &'static str,
    /// Kind of NCW.
    pub ncw_methode: &'static str,
    /// Moment of a flow, which only some kinds of NCW ask.
    pub kasstroommoment: &'static str,
    /// Exponent.
    pub dagtelling: &'static str,
}

impl Default for Conventie {
    fn default() -> Self {
        Conventie {
            rentemethode: RENTEMETHODEN[0],
            indexmoment: INDEXMOMENTEN[0],
            ncw_methode: NCW[0],
            kasstroommoment: MOMENTEN[0],
            dagtelling: DAGTELLINGEN[0],
        }
    }
}

impl Conventie {
    /// As settings of table gebied.
    pub fn instellingen(&self) -> [(&'static str, &'static str); 5] {
        [
            ("rentemethode", self.rentemethode),
            ("indexmoment", self.indexmoment),
            ("ncw_methode", self.ncw_methode),
            ("kasstroommoment", self.kasstroommoment),
            ("dagtelling", self.dagtelling),
        ]
    }
}

/// What was found by trying.
#[derive(Debug, Clone, Default)]
pub(super) struct Gevonden {
    /// Conventions that give the workbook's figures, the chosen one first. Empty when there was nothing to compare.
    pub(super) conventies: Vec<Conventie>,
    pub(super) vergelijkingen: Vec<Vergelijking>,
    pub(super) gelijk: usize,
    pub(super) aantal: usize,
    /// Sum of relative differences.
    pub(super) afstand: f64,
    /// Whether the figures tell the ways of interest apart, and so on.
    pub(super) met_ncw: bool,
}

/// Writes a setting in table gebied.
pub(super) fn zet(tables: &mut Tables, name: &str, setting: &str) {
    let table = tables.table_mut("gebied");
    let is = |row: &Row| matches!(&row.values[0].scalar, Scalar::Text(t) if t == name);
    if let Some(row) = table.rows.iter_mut().find(|r| is(r)) {
        row.values[1].scalar = Scalar::Text(setting.to_owned());
        return;
    }
    let place = Place::file("mapping.toml");
    let mut values: Vec<Value> = table
        .schema
        .columns
        .iter()
        .map(|_| Value::new(Scalar::Empty, place.clone()))
        .collect();
    values[0].scalar = Scalar::Text(name.to_owned());
    values[1].scalar = Scalar::Text(setting.to_owned());
    table.rows.push(Row { place, values });
}

/// Calculates the tables under a set of conventions.
pub(super) fn bereken(
    tables: &Tables,
    conventie: &Conventie,
) -> Result<(Model, Routeresultaat), Vec<Problem>> {
    let mut tables = tables.clone();
    for (name, value) in conventie.instellingen() {
        zet(&mut tables, name, value);
    }
    let (model, problems) = Model::new(tables);
    let model = match model {
        Some(model) if !has_errors(&problems) => model,
        _ => return Err(problems),
    };
    let result = route::calculate(&model, Route::Grex).map_err(|p| vec![p])?;
    Ok((model, result))
}

/// What a difference may be when the workbook rounds: half of the last digit that all its figures show.
fn afronding(u: &Uitkomst) -> Option<Decimal> {
    if u.heel {
        // A figure that was worked out with rounded ones is off by more than its own rounding.
        return Some(u.factor);
    }
    let scale = u.waarden.iter().map(|(_, v)| v.normalize().scale()).max()?;
    let different = u.waarden.iter().filter(|(_, v)| !v.is_zero()).count();
    // In euro a cent is nothing special; a single round figure may be chance.
    if scale > 3 || different < 2 {
        return None;
    }
    let half = Decimal::new(5, scale + 1).checked_mul(u.factor)?;
    (half > Decimal::new(1, 2)).then_some(half)
}

/// How a figure compares with one result of ours, and its distance.
fn vergelijk(
    u: &Uitkomst,
    doel: &str,
    omgekeerd: bool,
    model: &Model,
    result: &Routeresultaat,
) -> Option<(Vergelijking, f64)> {
    let series = u.waarden.iter().any(|(p, _)| !p.is_empty());
    let mut pairs: Vec<(String, Decimal, Decimal)> = Vec::new();
    for (period, value) in &u.waarden {
        let address = if series {
            format!("{doel}.{period}")
        } else {
            doel.to_owned()
        };
        let sign = if omgekeerd {
            -Decimal::ONE
        } else {
            Decimal::ONE
        };
        let value = value.checked_mul(u.factor)?.checked_mul(sign)?;
        match result.waarde(model, &address) {
            Ok(ours) => pairs.push((period.clone(), value, ours)),
            // A year outside our timeline in which the workbook has nothing is no difference.
            Err(_) if series && value.is_zero() => {}
            Err(_) => return None,
        }
    }
    if pairs.is_empty() {
        return None;
    }
    let cent = Decimal::new(1, 2);
    let count = |tolerance: Decimal| {
        pairs
            .iter()
            .filter(|(_, theirs, ours)| afstand(*theirs, *ours) <= tolerance)
            .count()
    };
    let mut tolerance = cent;
    let mut equal = count(cent);
    if equal < pairs.len()
        && let Some(round) = afronding(u)
    {
        let rounded = count(round);
        if rounded == pairs.len() {
            (tolerance, equal) = (round, rounded);
        }
    }
    let size: f64 = pairs.iter().map(|(_, t, _)| as_f64(t.abs())).sum();
    let gap: f64 = pairs.iter().map(|(_, t, o)| as_f64(afstand(*t, *o))).sum();
    let distance = gap / size.max(1.0);
    let first = pairs
        .iter()
        .find(|(_, t, o)| afstand(*t, *o) > tolerance)
        .cloned();
    let most = pairs
        .iter()
        .map(|(_, t, o)| afstand(*t, *o))
        .max()
        .unwrap_or_default();
    Some((
        Vergelijking {
            label: u.label.clone(),
            plaats: u.plaats.clone(),
            doel: doel.to_owned(),
            omgekeerd,
            aantal: pairs.len(),
            gelijk: equal,
            verschil: most,
            eerste: first,
            tolerantie: tolerance,
        },
        distance,
    ))
}

/// How far two figures lie apart; what is too far to say counts as the farthest.
pub(super) fn afstand(a: Decimal, b: Decimal) -> Decimal {
    a.checked_sub(b).unwrap_or(Decimal::MAX).abs()
}

fn as_f64(d: Decimal) -> f64 {
    use rust_decimal::prelude::ToPrimitive;
    d.to_f64().unwrap_or(f64::MAX)
}

/// The best that a figure of the workbook can be.
fn beste(u: &Uitkomst, model: &Model, result: &Routeresultaat) -> Option<(Vergelijking, f64)> {
    let mut best: Option<(Vergelijking, f64)> = None;
    for doel in u.kandidaten.iter().filter(|k| *k != "ncw") {
        for omgekeerd in [false, true] {
            let Some(found) = vergelijk(u, doel, omgekeerd, model, result) else {
                continue;
            };
            let better = best.as_ref().is_none_or(|(b, distance)| {
                (found.0.gelijk, -found.1) > (b.gelijk, -distance)
                    && (found.0.gelijk > b.gelijk || found.1 < distance * 0.999)
            });
            if better {
                best = Some(found);
            }
        }
    }
    best
}

/// Tries the ways of interest and index, then the kinds of NCW, and says which give the workbook's figures.
pub(super) fn zoek(tables: &Tables, uitkomsten: &[Uitkomst]) -> Result<Gevonden, Vec<Problem>> {
    let mut tried: Vec<(Conventie, Vec<Vergelijking>, usize, f64)> = Vec::new();
    let figures: Vec<&Uitkomst> = uitkomsten
        .iter()
        .filter(|u| u.kandidaten.iter().any(|k| k != "ncw"))
        .collect();
    let ncw: Vec<&Uitkomst> = uitkomsten
        .iter()
        .filter(|u| u.kandidaten.iter().any(|k| k == "ncw"))
        .collect();
    for rentemethode in RENTEMETHODEN {
        for indexmoment in INDEXMOMENTEN {
            let c = Conventie {
                rentemethode,
                indexmoment,
                ..Conventie::default()
            };
            let (model, result) = bereken(tables, &c)?;
            let mut compared = Vec::new();
            let (mut equal, mut distance) = (0, 0.0);
            for u in &figures {
                if let Some((v, d)) = beste(u, &model, &result) {
                    equal += v.gelijk;
                    distance += d.min(10.0);
                    compared.push(v);
                }
            }
            tried.push((c, compared, equal, distance));
        }
    }
    let most = tried.iter().map(|t| t.2).max().unwrap_or(0);
    // Where nothing is equal the nearest one counts.
    let nearest = tried
        .iter()
        .filter(|t| t.2 == most)
        .map(|t| t.3)
        .fold(f64::MAX, f64::min);
    let mut best: Vec<(Conventie, Vec<Vergelijking>, usize, f64)> = tried
        .into_iter()
        .filter(|t| t.2 == most && t.3 <= nearest * 1.001 + 1e-9)
        .collect();
    // With nothing to tell them apart by but the NCW, that must do it.
    best.truncate(8);
    let mut out = Gevonden::default();
    let mut with_ncw: Vec<(Conventie, usize, f64, Vec<Vergelijking>)> = Vec::new();
    for (c, ..) in &best {
        if ncw.is_empty() {
            break;
        }
        for dagtelling in DAGTELLINGEN {
            for kasstroommoment in MOMENTEN {
                let c = Conventie {
                    kasstroommoment,
                    dagtelling,
                    ..*c
                };
                let (model, result) = bereken(tables, &c)?;
                for ncw_methode in NCW {
                    // Only a flow has a moment.
                    let flows = ncw_methode.starts_with("ncw_kasstroom");
                    if !flows && kasstroommoment != MOMENTEN[0] {
                        continue;
                    }
                    let c = Conventie { ncw_methode, ..c };
                    let mut compared = Vec::new();
                    let (mut equal, mut distance) = (0, 0.0);
                    for u in &ncw {
                        let both = [false, true]
                            .into_iter()
                            .filter_map(|o| vergelijk(u, ncw_methode, o, &model, &result))
                            .min_by(|a, b| a.1.total_cmp(&b.1));
                        if let Some((mut v, d)) = both {
                            "ncw".clone_into(&mut v.doel);
                            equal += v.gelijk;
                            distance += d.min(10.0);
                            compared.push(v);
                        }
                    }
                    with_ncw.push((c, equal, distance, compared));
                }
            }
        }
    }
    let ncw_most = with_ncw.iter().map(|t| t.1).max().unwrap_or(0);
    let ncw_nearest = with_ncw
        .iter()
        .filter(|t| t.1 == ncw_most)
        .map(|t| t.2)
        .fold(f64::MAX, f64::min);
    with_ncw.retain(|t| t.1 == ncw_most && t.2 <= ncw_nearest * 1.001 + 1e-12);
    out.met_ncw = !with_ncw.is_empty();
    if let Some(first) = with_ncw.first() {
        best.retain(|b| {
            b.0.rentemethode == first.0.rentemethode && b.0.indexmoment == first.0.indexmoment
        });
    }
    if let Some((c, compared, equal, distance)) = best.first() {
        out.vergelijkingen.clone_from(compared);
        out.gelijk = *equal;
        out.afstand = *distance;
        out.conventies.push(*c);
    }
    if let Some((_, equal, distance, compared)) = with_ncw.first() {
        out.vergelijkingen.extend(compared.iter().cloned());
        out.gelijk += equal;
        out.afstand += distance;
        out.conventies = with_ncw.iter().map(|t| t.0).collect();
    } else {
        out.conventies = best.iter().map(|t| t.0).collect();
    }
    out.aantal = out.vergelijkingen.iter().map(|v| v.aantal).sum();
    if out.aantal == 0 {
        out.conventies.clear();
    }
    Ok(out)
}

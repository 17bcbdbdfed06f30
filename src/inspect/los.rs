//! Single values with a label: parameters and results. Decides what each label may stand for; the reconciliation chooses.

use super::begrip::cellen_in;
use super::raster::{Cel, Raster};
use super::tabel::{Blok, Rijsoort};
use super::woorden::woordenboek;
use crate::model::table::{Notation, Scalar, as_text, parse_number};
use jiff::civil::Date;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// How many columns to the right of a label its value may stand.
const REIKWIJDTE: u32 = 5;

/// A label with a value beside it.
#[derive(Debug, Clone)]
pub(super) struct Los {
    /// The sheet.
    pub(super) blad: usize,
    pub(super) label: String,
    pub(super) cel: Cel,
    pub(super) waarde: Scalar,
    pub(super) formule: bool,
    /// Whether that formula uses nothing but values of its own sheet that were typed in.
    pub(super) uit_invoer: bool,
    /// A text beside the value: "%", "€".
    pub(super) eenheid: String,
    /// Whether the value is a date that stands there as text, which the mapping must write itself.
    pub(super) als_tekst: bool,
}

/// Labels with a value beside them, in rows that no block reads as lines.
pub(super) fn losse(raster: &Raster, blad: usize, blokken: &[&Blok]) -> Vec<Los> {
    // Rows that blocks read, with the columns that belong to these.
    let mut taken: BTreeMap<u32, (u32, u32)> = BTreeMap::new();
    for blok in blokken {
        let kop = &blok.kop;
        let columns: Vec<u32> = kop
            .rollen
            .keys()
            .chain(kop.onbekend.keys())
            .copied()
            .chain(kop.perioden.iter().map(|(c, _)| *c))
            .chain(blok.labelkolom)
            .collect();
        let (Some(first), Some(last)) = (columns.iter().min(), columns.iter().max()) else {
            continue;
        };
        let rows = (kop.van..=kop.tot).chain(
            blok.rijen
                .iter()
                .filter(|r| !matches!(r.soort, Rijsoort::Los | Rijsoort::Opmerking))
                .map(|r| r.rij),
        );
        taken.extend(rows.map(|row| (row, (*first, *last))));
    }
    let mut out = Vec::new();
    for (&(row, column), scalar) in &raster.cellen {
        let Scalar::Text(label) = scalar else {
            continue;
        };
        let inside = taken
            .get(&row)
            .is_some_and(|(first, last)| (first..=last).contains(&&column));
        if inside
            || label.trim().is_empty()
            || label.chars().count() > 120
            || procent(label).is_some()
        {
            continue;
        }
        let before = out.len();
        let mut unit = String::new();
        for c in column + 1..=column + REIKWIJDTE {
            if taken
                .get(&row)
                .is_some_and(|(first, last)| (first..=last).contains(&&c))
            {
                break;
            }
            match raster.cel(row, c) {
                None => {}
                Some(Scalar::Text(t)) if crate::read::periode::datum(t).is_some() => {
                    let date = crate::read::periode::datum(t).map_or(Scalar::Empty, Scalar::Date);
                    out.push(Los {
                        blad,
                        label: label.trim().trim_end_matches([':', '=']).trim().to_owned(),
                        cel: (row, c),
                        waarde: date,
                        formule: false,
                        uit_invoer: false,
                        eenheid: String::new(),
                        als_tekst: true,
                    });
                    break;
                }
                Some(Scalar::Text(t)) if procent(t).is_some() => {
                    out.push(Los {
                        blad,
                        label: label.trim().trim_end_matches([':', '=']).trim().to_owned(),
                        cel: (row, c),
                        waarde: procent(t).map_or(Scalar::Empty, Scalar::Number),
                        formule: false,
                        uit_invoer: false,
                        eenheid: String::new(),
                        als_tekst: true,
                    });
                    break;
                }
                Some(Scalar::Text(t)) if t.chars().count() <= 12 && unit.is_empty() => {
                    t.trim().clone_into(&mut unit);
                }
                Some(value @ (Scalar::Number(_) | Scalar::Date(_))) => {
                    if unit.is_empty()
                        && let Some(Scalar::Text(t)) = raster.cel(row, c + 1)
                        && t.chars().count() <= 12
                    {
                        t.trim().clone_into(&mut unit);
                    }
                    out.push(Los {
                        blad,
                        label: label.trim().trim_end_matches([':', '=']).trim().to_owned(),
                        cel: (row, c),
                        waarde: value.clone(),
                        formule: raster.formule(row, c).is_some(),
                        uit_invoer: raster
                            .formule(row, c)
                            .is_some_and(|f| uit_invoer(raster, f)),
                        eenheid: unit.clone(),
                        als_tekst: false,
                    });
                    break;
                }
                _ => break,
            }
        }
        if out.len() == before {
            out.extend(in_eigen_cel(blad, (row, column), label).or_else(|| {
                let below = taken.contains_key(&(row + 1));
                eronder(raster, blad, (row, column), label).filter(|_| !below)
            }));
        }
    }
    out
}

/// A value that stands in the cell of its label: "Rekenrente: 2,5%".
fn in_eigen_cel(blad: usize, cel: Cel, text: &str) -> Option<Los> {
    let (label, value) = text.split_once([':', '='])?;
    let value = value.trim();
    let waarde = procent(value)
        .map(Scalar::Number)
        .or_else(|| crate::read::periode::datum(value).map(Scalar::Date))?;
    Some(Los {
        blad,
        label: label.trim().to_owned(),
        cel,
        waarde,
        formule: false,
        uit_invoer: false,
        eenheid: String::new(),
        als_tekst: true,
    })
}

/// A value below its label, where labels stand beside each other and nothing else stands below: a parameter, no column.
fn eronder(raster: &Raster, blad: usize, (row, column): Cel, label: &str) -> Option<Los> {
    let known = woordenboek().parameter.beste(label)?;
    let value = raster.cel(row + 1, column)?;
    let alone = raster.cel(row + 2, column).is_none()
        && row
            .checked_sub(1)
            .is_none_or(|above| raster.getal(above, column).is_none());
    let number = matches!(value, Scalar::Number(_) | Scalar::Date(_));
    (known.zekerheid >= 0.8 && alone && number).then(|| Los {
        blad,
        label: label.trim().trim_end_matches([':', '=']).trim().to_owned(),
        cel: (row + 1, column),
        waarde: value.clone(),
        formule: raster.formule(row + 1, column).is_some(),
        uit_invoer: false,
        eenheid: String::new(),
        als_tekst: false,
    })
}

/// A percentage that stands there as text: "2,5%".
fn procent(text: &str) -> Option<Decimal> {
    let number = text.trim().strip_suffix('%')?.trim();
    parse_number(number, Notation::Dutch)
        .ok()?
        .checked_div(Decimal::ONE_HUNDRED)
}

/// Whether a formula uses values of its own sheet, all of them typed in.
fn uit_invoer(raster: &Raster, formula: &str) -> bool {
    if formula.contains('!') || formula.contains("[$") || raster.gekanteld {
        return false;
    }
    let cells = cellen_in(formula);
    !cells.is_empty()
        && cells.iter().all(|(row, column)| {
            raster.getal(*row, *column).is_some() && raster.formule(*row, *column).is_none()
        })
}

/// What a label with its value may be as a parameter: the name, how sure, and what the value is multiplied by.
pub(super) fn als_parameter(los: &Los) -> Option<(&'static str, f64, Option<Decimal>)> {
    let words = woordenboek();
    let hit = words.parameter.beste(&los.label)?;
    let result = words.resultaat(&los.label).map_or(0.0, |(_, sure)| sure);
    let name: &'static str = hit.naam;
    let mut sure = hit.zekerheid;
    let hundredth = Some(Decimal::new(1, 2));
    match (name, &los.waarde) {
        ("prijspeil" | "peildatum" | "eindjaar", Scalar::Date(_)) => Some((name, sure, None)),
        ("prijspeil" | "peildatum" | "eindjaar", Scalar::Number(n)) => {
            let year = n.is_integer() && (Decimal::from(1990)..=Decimal::from(2150)).contains(n);
            year.then_some((name, sure * 0.95, None))
        }
        ("looptijd", Scalar::Number(n)) => (n.is_integer()
            && (Decimal::ONE..=Decimal::from(60)).contains(n))
        .then_some((name, sure * 0.8, None)),
        (
            "rente" | "creditrente" | "discontovoet_bbv" | "index_kosten" | "index_opbrengsten"
            | "index_algemeen",
            Scalar::Number(n),
        ) => {
            if n.abs() <= Decimal::new(25, 2) {
                return Some((name, sure, None));
            }
            if n.abs() > Decimal::from(25) {
                return None;
            }
            if los.eenheid != "%" && !los.label.contains('%') {
                sure *= 0.8;
            }
            Some((name, sure, hundredth))
        }
        ("boekwaarde", Scalar::Number(_)) if !los.formule || los.uit_invoer => {
            // "Boekwaarde" beside a constant is input, unless it is clearly a result.
            let other = words.resultaat(&los.label).is_some_and(|(names, _)| {
                names
                    .iter()
                    .any(|n| n == "hoogste_boekwaarde" || n == "laagste_stand")
            });
            (!other).then_some((name, sure.max(result) * 0.95, None))
        }
        _ => None,
    }
}

/// A date that a label speaks of: "NCW per 1-1-2026".
pub(super) fn datum_in(label: &str) -> Option<Date> {
    label
        .split(|c: char| c.is_whitespace() || "()".contains(c))
        .find_map(crate::read::periode::datum)
}

/// A value as a reason shows it.
pub(super) fn getoond(value: &Scalar) -> String {
    as_text(value)
}

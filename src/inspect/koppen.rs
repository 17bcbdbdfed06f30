//! Heading rows: which rows of a sheet say what stands in the columns below them, in one or more lines, and which columns are
//! periods.

use super::raster::Raster;
use super::woorden::woordenboek;
use crate::model::table::{Scalar, as_text};
use crate::read::periode::{Kop, kop};
use std::collections::{BTreeMap, BTreeSet};

/// A column that is a period.
type Kolom = (u32, Kop);

/// Fewest columns with a period that make a row of periods.
pub(super) const MIN_PERIODEN: usize = 3;
/// Most filled rows of a sheet in which headings are looked for.
const MAX_ZOEK: usize = 20_000;
/// Most rows of one heading.
const MAX_REGELS: u32 = 3;

/// What a heading was taken for.
#[derive(Debug, Clone)]
pub(super) struct Rol {
    pub(super) naam: &'static str,
    /// The heading as it stands.
    pub(super) kop: String,
    pub(super) zekerheid: f64,
}

/// A heading, in one or more rows.
#[derive(Debug, Clone)]
pub(super) struct Kopregel {
    pub(super) van: u32,
    pub(super) tot: u32,
    pub(super) rollen: BTreeMap<u32, Rol>,
    /// Headings that no word was found for.
    pub(super) onbekend: BTreeMap<u32, String>,
    /// Columns that are periods, in order.
    pub(super) perioden: Vec<(u32, Kop)>,
    /// A column that holds all periods up to a year.
    pub(super) eerder: Option<(u32, i32)>,
    /// Text over the period columns: "Fasering (% per jaar)".
    pub(super) boven: Vec<String>,
    /// Whether a period column is marked as realised.
    pub(super) gerealiseerd: BTreeMap<u32, bool>,
}

impl Kopregel {
    pub(super) fn kolom(&self, rol: &str) -> Option<u32> {
        self.rollen
            .iter()
            .filter(|(_, r)| r.naam == rol)
            .max_by(|a, b| a.1.zekerheid.total_cmp(&b.1.zekerheid).then(b.0.cmp(a.0)))
            .map(|(c, _)| *c)
    }

    /// Parts of the year of its periods.
    pub(super) fn delen(&self) -> u8 {
        self.perioden.first().map_or(1, |(_, k)| k.delen)
    }

    pub(super) fn is_periode(&self, column: u32) -> bool {
        self.perioden.iter().any(|(c, _)| *c == column)
    }

    /// First and last column with a period.
    pub(super) fn periodekolommen(&self) -> Option<(u32, u32)> {
        Some((self.perioden.first()?.0, self.perioden.last()?.0))
    }

    /// How much it says: each kind of column once, and its periods; less for every line more.
    fn waarde(&self) -> f64 {
        let mut roles: BTreeMap<&str, f64> = BTreeMap::new();
        for role in self.rollen.values() {
            let sure = roles.entry(role.naam).or_default();
            *sure = sure.max(role.zekerheid);
        }
        roles.values().sum::<f64>() + self.perioden.len() as f64
            - 0.4 * f64::from(self.tot - self.van)
    }
}

/// Finds the headings of a sheet, from top to bottom.
pub(super) fn koppen(raster: &Raster) -> Vec<Kopregel> {
    let mut rows = raster.rijen();
    rows.truncate(MAX_ZOEK);
    let filled: BTreeSet<u32> = rows.iter().copied().collect();
    let mut found: Vec<Kopregel> = Vec::new();
    let mut past = 0;
    for &row in &rows {
        if row < past || raster.rij(row).nth(1).is_none() {
            continue;
        }
        // A heading may begin in this row and take the rows below it.
        let mut best: Option<Kopregel> = None;
        for last in row..row + MAX_REGELS {
            if !filled.contains(&last) || (row..=last).any(|r| !maybe(raster, r)) {
                break;
            }
            for first in row..=last {
                let kop = lees(raster, first, last);
                let better = best
                    .as_ref()
                    .is_none_or(|b| kop.waarde() > b.waarde() + 0.05);
                if better {
                    best = Some(kop);
                }
            }
        }
        let Some(mut kop) = best.filter(|k| is_kop(raster, k)) else {
            continue;
        };
        omringen(raster, &mut kop);
        past = kop.tot + 1;
        found.push(kop);
    }
    found
}

/// Takes apart a sheet on which tables stand beside each other, each with headings of its own: what stands left stays where it
/// is, what stands right becomes a grid of its own.
pub(super) fn naast_elkaar(raster: Raster) -> Vec<Raster> {
    /// Most tables beside each other.
    const MOST: usize = 12;
    let mut out = vec![raster];
    let mut at = 0;
    while at < out.len() && out.len() < MOST {
        match splits(&out[at]) {
            Some((rows, column, names)) => {
                let part = out[at].neem(rows, column, &names);
                out.push(part);
            }
            None => at += 1,
        }
    }
    out
}

/// Where a second table begins beside the first: its rows, its first column, and the columns with names that it shares.
fn splits(raster: &Raster) -> Option<((u32, u32), u32, Vec<u32>)> {
    let headers = koppen(raster);
    for (at, kop) in headers.iter().enumerate() {
        let until = headers.get(at + 1).map_or(u32::MAX, |next| next.van);
        let found = tweede(raster, kop, until)
            .map(|column| (column, Vec::new()))
            .or_else(|| weer(raster, kop));
        let Some((column, names)) = found else {
            continue;
        };
        let above = if at == 0 { 0 } else { headers[at - 1].tot + 1 };
        // Its titles stand over it; what is farther above is not about it.
        let first = kop.van.saturating_sub(3).max(above);
        let last = headers[at + 1..]
            .iter()
            .find(|next| {
                let cells = raster.rij(next.tot).map(|(c, _)| c);
                cells.max().is_some_and(|c| c >= column)
            })
            .map_or(u32::MAX, |next| next.van.saturating_sub(1));
        return Some(((first, last), column, names));
    }
    None
}

/// Where the same periods come again behind names that they share, under a word for the other side: costs, then revenue.
fn weer(raster: &Raster, kop: &Kopregel) -> Option<(u32, Vec<u32>)> {
    let words = woordenboek();
    let (first, last) = kop.periodekolommen()?;
    let after: Vec<(u32, Kop)> = raster
        .rij(kop.tot)
        .filter(|(c, _)| *c > last)
        .filter_map(|(c, s)| Some((c, period(s)?)))
        .collect();
    let (again, _) = reeks(&after);
    let from = again.first()?.0;
    let same = again.len() == kop.perioden.len()
        && again.iter().zip(&kop.perioden).all(|(a, b)| a.1 == b.1);
    let side = |from: u32, to: u32| {
        (kop.van.saturating_sub(1)..=kop.tot)
            .flat_map(|row| (from..=to).filter_map(move |c| raster.tekst(row, c)))
            .find_map(|text| words.richting.beste(text).filter(|t| t.zekerheid >= 0.8))
            .map(|t| t.naam == "kosten")
    };
    let sides = side(first, last).zip(side(from, again.last()?.0))?;
    let names: Vec<u32> = (0..first)
        .filter(|c| (kop.tot + 1..kop.tot + 12).any(|r| raster.tekst(r, *c).is_some()))
        .collect();
    (same && sides.0 != sides.1 && !names.is_empty()).then_some((from, names))
}

/// What a heading says of time.
fn period(scalar: &Scalar) -> Option<Kop> {
    kop(scalar)
}

/// The column at which a heading begins anew: one with names of lines, that has on both sides numbers of the same kind.
fn tweede(raster: &Raster, kop: &Kopregel, until: u32) -> Option<u32> {
    let rows = kop.tot + 1..until.min(kop.tot.saturating_add(12));
    let named = |column: u32| {
        let texts = rows
            .clone()
            .filter(|r| raster.tekst(*r, column).is_some())
            .count();
        let numbers = rows
            .clone()
            .filter(|r| raster.getal(*r, column).is_some())
            .count();
        texts >= 2 && texts > numbers
    };
    let columns: Vec<u32> = (kop.van..=kop.tot)
        .flat_map(|row| raster.rij(row).map(|(c, _)| c))
        .collect::<BTreeSet<u32>>()
        .into_iter()
        .collect();
    for (at, &column) in columns.iter().enumerate().skip(2) {
        let role = kop.rollen.get(&column).map(|r| r.naam);
        if kop.is_periode(column)
            || !matches!(
                role,
                None | Some("omschrijving" | "id" | "bedrag" | "segment" | "functie" | "groep")
            )
            || !(named(column)
                || role == Some("id") && columns.get(at + 1).is_some_and(|c| named(*c)))
            || !columns[..at].iter().any(|c| named(*c))
        {
            continue;
        }
        let sides = [(0, column - 1), (column, u32::MAX)].map(|(from, to)| {
            let part = Raster {
                cellen: raster
                    .cellen
                    .range((kop.van, 0)..(rows.end.max(kop.tot + 1), 0))
                    .filter(|((_, c), _)| (from..=to).contains(c))
                    .map(|(at, s)| (*at, s.clone()))
                    .collect(),
                formules: super::raster::Formules::new(),
                naam: raster.naam.clone(),
                ..*raster
            };
            let own = lees(&part, kop.van, kop.tot);
            is_kop(&part, &own).then_some(own)
        });
        let [Some(left), Some(right)] = sides else {
            continue;
        };
        let years = !left.perioden.is_empty() && !right.perioden.is_empty();
        let same = NUMMERS
            .iter()
            .filter(|n| left.kolom(n).is_some() && right.kolom(n).is_some())
            .count();
        // A second name of the lines counts for less than a second name and two kinds of numbers.
        let sure = ["omschrijving", "id"].iter().any(|n| role == Some(n)) && same >= 1;
        if years || sure || same >= 2 {
            return Some(column);
        }
    }
    None
}

/// Kinds of columns that hold numbers of lines.
const NUMMERS: [&str; 9] = [
    "hoeveelheid",
    "prijs",
    "grondprijs",
    "bedrag",
    "percentage",
    "van",
    "jaar",
    "tm",
    "duur",
];

/// Whether a row can be one of a heading: no numbers but those that are periods.
fn maybe(raster: &Raster, row: u32) -> bool {
    let mut some = false;
    for (_, scalar) in raster.rij(row) {
        match scalar {
            Scalar::Number(_) | Scalar::Date(_) if kop(scalar).is_some() => {}
            Scalar::Text(_) => {}
            _ => return false,
        }
        some = true;
    }
    some
}

fn is_kop(raster: &Raster, kop: &Kopregel) -> bool {
    if kop.perioden.len() >= MIN_PERIODEN {
        return true;
    }
    let sure: BTreeSet<&str> = kop
        .rollen
        .values()
        .filter(|r| r.zekerheid >= 0.8)
        .map(|r| r.naam)
        .collect();
    let texts: BTreeSet<&str> = kop.rollen.values().map(|r| r.kop.as_str()).collect();
    let cells = kop.rollen.len() + kop.onbekend.len();
    let number = |name: &&&str| NUMMERS.contains(*name);
    // A line says things in words too: a heading has several different ones, and a column for numbers with numbers below it.
    sure.len() >= 2
        && texts.len() * 2 > kop.rollen.len()
        && sure.len() * 3 >= cells
        && sure.iter().any(|n| number(&n))
        && kop.rollen.iter().any(|(column, r)| {
            number(&&r.naam)
                && (kop.tot + 1..kop.tot + 12).any(|row| raster.getal(row, *column).is_some())
        })
}

/// Reads rows as one heading.
fn lees(raster: &Raster, van: u32, tot: u32) -> Kopregel {
    let words = woordenboek();
    let mut texts: BTreeMap<u32, String> = BTreeMap::new();
    let mut lowest: BTreeMap<u32, &Scalar> = BTreeMap::new();
    for row in van..=tot {
        for (column, scalar) in raster.rij(row) {
            let text = as_text(scalar);
            if text.trim().is_empty() {
                continue;
            }
            let joined = texts.entry(column).or_default();
            voeg_bij(joined, text.trim());
            lowest.insert(column, scalar);
        }
    }
    let mut periods: Vec<(u32, Kop)> = Vec::new();
    for column in texts.keys() {
        // The years may stand in a line above the other headings.
        let own = lowest.get(column).copied();
        let period = own.and_then(kop).or_else(|| {
            let own = raster.cel(tot, *column)?;
            samen(raster, (van, tot), *column, own)
        });
        periods.extend(period.map(|p| (*column, p)));
    }
    let (perioden, eerder) = reeks(&periods);
    let mut header = Kopregel {
        van,
        tot,
        rollen: BTreeMap::new(),
        onbekend: BTreeMap::new(),
        perioden,
        eerder,
        boven: Vec::new(),
        gerealiseerd: BTreeMap::new(),
    };
    for (column, text) in texts {
        if header.is_periode(column) || header.eerder.is_some_and(|(c, _)| c == column) {
            continue;
        }
        // A period that stands here again is no other kind of column, whatever stands over it.
        let again =
            !header.perioden.is_empty() && lowest.get(&column).copied().and_then(kop).is_some();
        match words.kolom.beste(&text) {
            Some(hit) if !again && text.chars().count() <= 60 => {
                header.rollen.insert(
                    column,
                    Rol {
                        naam: hit.naam,
                        kop: text,
                        zekerheid: hit.zekerheid,
                    },
                );
            }
            _ => {
                header.onbekend.insert(column, text);
            }
        }
    }
    header
}

/// Joins a line of a heading to those above it; a word that was broken off becomes whole.
fn voeg_bij(joined: &mut String, text: &str) {
    let broken = joined.ends_with('-') && text.starts_with(char::is_lowercase);
    if broken {
        joined.pop();
    } else if !joined.is_empty() {
        joined.push(' ');
    }
    joined.push_str(text);
}

/// A period of two lines: the year over the first of its parts.
fn samen(raster: &Raster, (van, tot): (u32, u32), column: u32, own: &Scalar) -> Option<Kop> {
    (van..tot).rev().find_map(|row| {
        let (_, over) = raster
            .cellen
            .range((row, column.saturating_sub(12))..=(row, column))
            .next_back()?;
        kop(&Scalar::Text(format!("{} {}", as_text(over), as_text(own))))
    })
}

/// The longest run of periods that follow on each other, and a column just before it with all earlier years.
fn reeks(periods: &[Kolom]) -> (Vec<Kolom>, Option<(u32, i32)>) {
    let mut best: Vec<(u32, Kop)> = Vec::new();
    for delen in [1, 2, 4, 12] {
        let mut run: Vec<(u32, Kop)> = Vec::new();
        for (column, kop) in periods.iter().filter(|(_, k)| !k.tot) {
            let kop = kop.in_delen(delen);
            if kop.delen != delen {
                continue;
            }
            let follows = run
                .last()
                .is_some_and(|(_, last)| kop.volgnummer() == last.volgnummer() + 1);
            if !follows {
                run.clear();
            }
            run.push((*column, kop));
            if run.len() > best.len() {
                best.clone_from(&run);
            }
        }
    }
    if best.len() < MIN_PERIODEN {
        return (Vec::new(), None);
    }
    let (first, kop) = best[0];
    let earlier = periods
        .iter()
        .rfind(|(c, k)| k.tot && *c < first && k.jaar == kop.jaar - 1)
        .map(|(c, k)| (*c, k.jaar));
    (best, earlier)
}

/// Looks at the rows above for words over the periods, and for what is realised.
fn omringen(raster: &Raster, kop: &mut Kopregel) {
    let words = woordenboek();
    let Some((first, last)) = kop.periodekolommen() else {
        return;
    };
    let highest = kop.van.saturating_sub(2);
    for row in highest..=kop.tot {
        for column in first..=last {
            let Some(text) = raster.tekst(row, column) else {
                continue;
            };
            let status = words.status.beste(text).filter(|t| t.zekerheid >= 0.8);
            if let Some(status) = status {
                kop.gerealiseerd.insert(column, status.naam == "realisatie");
            } else if row < kop.tot || kop.van == kop.tot && row < kop.van {
                kop.boven.push(text.to_owned());
            }
        }
    }
    // A word over the first of several columns counts for those after it.
    let mut now = None;
    for (column, _) in &kop.perioden {
        if let Some(status) = kop.gerealiseerd.get(column) {
            now = Some(*status);
        } else if let Some(status) = now {
            kop.gerealiseerd.insert(*column, status);
        }
    }
}

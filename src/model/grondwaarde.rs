//! Valuations of land: tables grondwaarde and stichtingskosten. A valuation gives lines that are amounts and no flows, so that addresses,
//! draws and explanations reach them as they reach any line; a row of programma takes its price from one.

use super::fields::Fields;
use super::lines::{Bedrag, Deel, Factor, Lijn, Rol, Stroomsoort, Totaal, Verloop, read_bedrag};
use super::table::{Row, Table, Tables, name_key, text_of};
use super::{BUITEN, Builder, is_full, rows};
use crate::number::Quantity;
use crate::problem::{Place, Problem, has_errors, listed, nearest};
use rust_decimal::Decimal;
use std::collections::HashMap;

/// How land is valued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Methode {
    /// A price that was agreed, or the social price of a policy.
    Vast,
    /// A share of the opbrengst.
    Grondquote,
    /// What is left of the opbrengst.
    Residueel,
}

/// A valuation of land.
#[derive(Debug, Clone, PartialEq)]
pub struct Waardering {
    /// Name.
    pub naam: String,
    /// How.
    pub methode: Methode,
    /// Inputs that are given, by column.
    pub velden: Vec<Factor>,
    /// Whether years without rent put all rent off, instead of coming off.
    pub huurvrij_uitstel: bool,
    /// Whether purchaser's costs are a share of the value, instead of the price that is left.
    pub kosten_koper_over_waarde: bool,
    /// Position of the line of the rent per year.
    pub huur: Option<usize>,
    /// Position of the line of the opbrengst.
    pub opbrengst: Option<usize>,
    /// Position of the line of the land value per unit.
    pub lijn: usize,
    /// Positions of the lines of posts that come to the same whatever the land costs.
    pub kosten: Vec<usize>,
    /// Posts that depend on the land, each after those that it is over.
    pub posten: Vec<Post>,
}

/// A post that is a share of other things.
#[derive(Debug, Clone, PartialEq)]
pub struct Post {
    /// Position of its line.
    pub lijn: usize,
    /// Inputs that are given, by column: percentage, or rente, jaren, deel, termijnen.
    pub velden: Vec<Factor>,
    /// enkelvoudig, effectief, nominaal.
    pub rentevorm: &'static str,
    /// Positions of lines that do not depend on the land.
    pub over: Vec<usize>,
    /// Positions in [`Waardering::posten`].
    pub na: Vec<usize>,
    /// Whether it is over the land itself.
    pub grond: bool,
}

fn getal(velden: &[Factor], kolom: &str) -> Option<Decimal> {
    let found = velden.iter().find(|f| f.kolom == kolom);
    found.map(|f| f.waarde.value)
}

impl Waardering {
    /// The given value of a column.
    pub fn getal(&self, kolom: &str) -> Option<Decimal> {
        getal(&self.velden, kolom)
    }
}

impl Post {
    /// The given value of a column.
    pub fn getal(&self, kolom: &str) -> Option<Decimal> {
        getal(&self.velden, kolom)
    }
}

/// The names of all valuations, in the order of their table.
pub(super) fn namen(tables: &Tables) -> Vec<String> {
    let table = tables.table("grondwaarde");
    let names = table.rows.iter();
    names
        .filter_map(|row| text_of(table.get(row, "waardering")).map(str::to_owned))
        .collect()
}

/// Columns that say how the opbrengst comes about.
const OPBRENGST: &[&str] = &[
    "von",
    "btw",
    "huur",
    "betaalbaar_aandeel",
    "betaalbare_huur",
    "bar",
    "factor",
    "huurvrij",
    "huurvrij_wijze",
    "kosten_koper",
    "kosten_koper_over",
];
/// Those of a rent.
const HUUR: &[&str] = &[
    "betaalbaar_aandeel",
    "betaalbare_huur",
    "bar",
    "factor",
    "huurvrij",
    "huurvrij_wijze",
    "kosten_koper",
    "kosten_koper_over",
];

/// Says that a column is filled that the row does nothing with.
fn unused(f: &mut Fields<'_>, columns: &[&str], why: &str) {
    for column in columns {
        if !f.empty(column) {
            let message = format!("{}: column {column} is not used {why}", f.name());
            f.problem(
                column,
                Problem::error("not-used", message)
                    .fix(format!("clear {column}, or change the rest of the row")),
            );
        }
    }
}

/// Says that one of several columns must be filled.
fn needed(f: &mut Fields<'_>, columns: &str, why: &str) {
    let place = f.row.place.clone();
    let message = format!("{}: {why} needs {columns}", f.name());
    f.problems.push(
        Problem::error("missing-value", message)
            .at(&place)
            .fix(format!("fill {columns}")),
    );
}

/// Says that two columns exclude each other.
fn either(f: &mut Fields<'_>, column: &str, other: &str) {
    let message = format!("{} has {column} and also {other}", f.name());
    f.problem(
        column,
        Problem::error("amount-twice", message).fix(format!("fill {column} or {other}, not both")),
    );
}

/// Reads table grondwaarde into valuations without posts, and adds their lines. A row with a mistake is left out: the model is then refused.
fn read_waarderingen(
    tables: &Tables,
    lijnen: &mut Vec<Lijn>,
    problems: &mut Vec<Problem>,
) -> Vec<(Waardering, Place)> {
    let (table, rows) = rows(tables, "grondwaarde");
    let mut out = Vec::new();
    for row in rows {
        if is_full(problems) {
            break;
        }
        let mut f = Fields {
            table,
            row,
            problems,
        };
        let before = f.problems.len();
        let naam = f.text("waardering");
        let omschrijving = f.text("omschrijving").unwrap_or_default();
        let methode = f.choice("methode", &["vast", "sociaal", "grondquote", "residueel"]);
        let mut velden = Vec::new();
        let mut keep = |kolom: &'static str, waarde: Option<Quantity>| {
            let waarde = waarde?;
            velden.push(Factor { kolom, waarde });
            Some(())
        };
        let (zero, one) = (Decimal::ZERO, Decimal::ONE);
        keep("prijs", f.amount("prijs"));
        keep("von", f.count("von"));
        keep("btw", f.share("btw"));
        keep("huur", f.count("huur"));
        keep("betaalbaar_aandeel", f.share("betaalbaar_aandeel"));
        keep("betaalbare_huur", f.count("betaalbare_huur"));
        keep("m2", f.count("m2"));
        keep("bar", f.quantity("bar", Decimal::new(1, 3), one));
        keep(
            "factor",
            f.quantity("factor", Decimal::new(1, 2), Decimal::from(1000)),
        );
        keep("huurvrij", f.quantity("huurvrij", zero, Decimal::from(100)));
        keep("kosten_koper", f.share("kosten_koper"));
        keep("grondquote", f.share("grondquote"));
        keep("disconto", f.rate("disconto"));
        keep("jaren", f.quantity("jaren", zero, Decimal::from(100)));
        keep(
            "eenheden",
            f.quantity("eenheden", Decimal::new(1, 2), Decimal::from(1_000_000)),
        );
        let huurvrij_uitstel =
            f.choice("huurvrij_wijze", &["aftrek", "uitstel"]) == Some("uitstel");
        let kosten_koper_over_waarde =
            f.choice("kosten_koper_over", &["koopsom", "waarde"]) == Some("waarde");
        let (Some(naam), Some(methode)) = (naam, methode) else {
            continue;
        };
        let priced = ["vast", "sociaal"].contains(&methode);
        if priced {
            unused(&mut f, OPBRENGST, &format!("by methode {methode}"));
            if f.empty("prijs") {
                needed(&mut f, "prijs", &format!("methode {methode}"));
            }
        } else {
            unused(&mut f, &["prijs"], &format!("by methode {methode}"));
            match (f.empty("von"), f.empty("huur")) {
                (true, true) => needed(&mut f, "von or huur", &format!("methode {methode}")),
                (false, false) => either(&mut f, "huur", "von"),
                (false, true) => unused(&mut f, HUUR, "without huur"),
                (true, false) => {
                    unused(&mut f, &["btw"], "with huur");
                    match (f.empty("bar"), f.empty("factor")) {
                        (true, true) => needed(&mut f, "bar or factor", "a huur"),
                        (false, false) => either(&mut f, "factor", "bar"),
                        _ => {}
                    }
                    if f.empty("betaalbaar_aandeel") != f.empty("betaalbare_huur") {
                        needed(
                            &mut f,
                            "betaalbaar_aandeel and betaalbare_huur",
                            "an affordable share",
                        );
                    }
                    if f.empty("huurvrij") {
                        unused(&mut f, &["huurvrij_wijze"], "without huurvrij");
                    }
                    if f.empty("kosten_koper") {
                        unused(&mut f, &["kosten_koper_over"], "without kosten_koper");
                    }
                }
            }
        }
        match (methode, f.empty("grondquote")) {
            ("grondquote", true) => needed(&mut f, "grondquote", "methode grondquote"),
            ("grondquote", false) | (_, true) => {}
            _ => unused(&mut f, &["grondquote"], &format!("by methode {methode}")),
        }
        if f.empty("disconto") != f.empty("jaren") {
            needed(&mut f, "disconto and jaren", "a value at a later moment");
        }
        if f.problems.len() > before {
            continue;
        }
        let value = |kolom: &str| getal(&velden, kolom);
        if let (Some(market), Some(low)) = (value("huur"), value("betaalbare_huur"))
            && low > market
        {
            let message = format!("{}: betaalbare_huur is above huur", f.name());
            f.problem(
                "betaalbare_huur",
                Problem::warning("affordable-above-market", message)
                    .fix("correct one of the two, or clear betaalbaar_aandeel"),
            );
        }
        let mut add = |word: &str, bedrag: Deel| {
            let id = format!("{naam} {word}");
            lijnen.push(lijn(
                id,
                naam.clone(),
                omschrijving.clone(),
                table,
                row,
                Bedrag::Waarde {
                    waardering: out.len(),
                    deel: bedrag,
                },
            ));
            lijnen.len() - 1
        };
        let rented = value("huur").is_some();
        let huur = rented.then(|| add("huur", Deel::Huur));
        let opbrengst = (!priced).then(|| add("opbrengst", Deel::Opbrengst));
        let lijn = add("grondwaarde", Deel::Grond);
        out.push((
            Waardering {
                naam,
                methode: match methode {
                    "grondquote" => Methode::Grondquote,
                    "residueel" => Methode::Residueel,
                    _ => Methode::Vast,
                },
                velden,
                huurvrij_uitstel,
                kosten_koper_over_waarde,
                huur,
                opbrengst,
                lijn,
                kosten: Vec::new(),
                posten: Vec::new(),
            },
            row.place.clone(),
        ));
    }
    out
}

/// An amount that is no flow.
fn lijn(
    id: String,
    rij: String,
    omschrijving: String,
    table: &Table,
    row: &Row,
    bedrag: Bedrag,
) -> Lijn {
    Lijn {
        omschrijving: if omschrijving.is_empty() {
            id.clone()
        } else {
            omschrijving
        },
        id,
        rij,
        tabel: table.schema.name,
        groep: String::new(),
        deelgebied: None,
        index: None,
        van: BUITEN,
        naar: BUITEN,
        opgave: 0,
        maatregel: None,
        soort: Stroomsoort::Geld,
        rol: Rol::Gewoon,
        bedrag,
        verloop: Verloop {
            gewichten: Vec::new(),
            totaal: Totaal::Een,
        },
        realisatie: Vec::new(),
        raming: None,
        place: row.place.clone(),
    }
}

/// What a name in `over` stands for.
enum Basis {
    /// A line that does not depend on the land.
    Lijn(usize),
    /// A post that does.
    Post(usize),
}

/// Reads both tables.
pub(super) fn read(
    b: &Builder,
    tables: &Tables,
    lijnen: &mut Vec<Lijn>,
    problems: &mut Vec<Problem>,
) -> Vec<Waardering> {
    let found = read_waarderingen(tables, lijnen, problems);
    let whole = found.len() == b.waarderingen.len();
    let (mut out, places): (Vec<Waardering>, Vec<Place>) = found.into_iter().unzip();
    let by_name: HashMap<String, usize> = out
        .iter()
        .enumerate()
        .map(|(i, w)| (name_key(&w.naam), i))
        .collect();
    let (table, rows) = rows(tables, "stichtingskosten");
    // By valuation: the posts so far, by name.
    let mut above: Vec<Vec<(String, Basis)>> = out.iter().map(|_| Vec::new()).collect();
    for row in rows {
        if is_full(problems) {
            break;
        }
        let mut f = Fields {
            table,
            row,
            problems,
        };
        let id = f.text("id");
        let omschrijving = f.text("omschrijving").unwrap_or_default();
        let waardering = b.reference(&mut f, "waardering", "grondwaarde");
        let amount = ["bedrag", "prijs"].into_iter().find(|c| !f.empty(c));
        let share = ["percentage", "rente"].into_iter().find(|c| !f.empty(c));
        let percentage = f.quantity("percentage", Decimal::from(-10), Decimal::from(10));
        let rente = f.rate("rente");
        let jaren = f.quantity("jaren", Decimal::ZERO, Decimal::from(100));
        let deel = f.share("deel");
        let termijnen = f.quantity("termijnen", Decimal::ONE, Decimal::from(12));
        let rentevorm = f.choice("rentevorm", &["enkelvoudig", "effectief", "nominaal"]);
        let over = f.text("over");
        let before = f.problems.len();
        let bedrag = match (amount, share) {
            (Some(amount), Some(share)) => {
                either(&mut f, share, amount);
                None
            }
            (_, None) => {
                unused(
                    &mut f,
                    &["over", "jaren", "deel", "termijnen", "rentevorm"],
                    "without percentage or rente",
                );
                read_bedrag(&mut f)
            }
            (None, Some(_)) => {
                unused(&mut f, &["hoeveelheid"], "with percentage or rente");
                if f.empty("over") {
                    needed(&mut f, "over", "a percentage or rente");
                }
                if !f.empty("percentage") && !f.empty("rente") {
                    either(&mut f, "rente", "percentage");
                } else if f.empty("rente") {
                    unused(
                        &mut f,
                        &["jaren", "deel", "termijnen", "rentevorm"],
                        "without rente",
                    );
                } else {
                    if f.empty("jaren") {
                        needed(&mut f, "jaren", "a rente");
                    }
                    match rentevorm {
                        Some("nominaal") if f.empty("termijnen") => {
                            needed(&mut f, "termijnen", "rentevorm nominaal");
                        }
                        Some("nominaal") => {}
                        _ => unused(&mut f, &["termijnen"], "but by rentevorm nominaal"),
                    }
                }
                None
            }
        };
        // The valuation may have a mistake, which was told.
        let position = waardering
            .and_then(|w| by_name.get(&name_key(&b.waarderingen[w])))
            .copied();
        let (Some(id), Some(w)) = (id, position) else {
            continue;
        };
        if out[w].methode != Methode::Residueel {
            let message = format!(
                "{}: waardering \"{}\" is not residueel, so it has no costs",
                f.name(),
                out[w].naam
            );
            f.problem(
                "waardering",
                Problem::error("costs-of-no-residual", message)
                    .fix("set methode = residueel there, or remove this row"),
            );
            continue;
        }
        if f.problems.len() > before {
            continue;
        }
        if let Some(factors) = bedrag {
            let position = lijnen.len();
            lijnen.push(lijn(
                id.clone(),
                id.clone(),
                omschrijving,
                table,
                row,
                Bedrag::Product(factors),
            ));
            out[w].kosten.push(position);
            above[w].push((id, Basis::Lijn(position)));
            continue;
        }
        let Some(over) = over else { continue };
        let Some((lines, posts, grond)) = read_over(&mut f, &out[w], &above[w], &over) else {
            continue;
        };
        let circular = grond || !posts.is_empty();
        if let Some(p) = percentage
            .as_ref()
            .filter(|p| circular && p.value < Decimal::ZERO)
        {
            let message = format!(
                "{}: {}% over the land is below zero",
                f.name(),
                (p.value * Decimal::ONE_HUNDRED).normalize()
            );
            f.problem(
                "percentage",
                Problem::error("out-of-range", message)
                    .allowed("from 0% to 1000%")
                    .fix("write it without the minus sign"),
            );
            continue;
        }
        let position = lijnen.len();
        let bedrag = match percentage {
            Some(percentage) if !circular => Bedrag::Opslag {
                percentage,
                over: lines,
            },
            percentage => {
                let velden = [
                    ("percentage", percentage),
                    ("rente", rente),
                    ("jaren", jaren),
                    ("deel", deel),
                    ("termijnen", termijnen),
                ];
                let velden = velden.into_iter().filter_map(|(kolom, waarde)| {
                    Some(Factor {
                        kolom,
                        waarde: waarde?,
                    })
                });
                let post = Post {
                    lijn: position,
                    velden: velden.collect(),
                    rentevorm: rentevorm.unwrap_or("effectief"),
                    over: lines,
                    na: posts,
                    grond,
                };
                let deel = if circular {
                    out[w].posten.push(post);
                    Deel::Grondpost(out[w].posten.len() - 1)
                } else {
                    Deel::Rente(Box::new(post))
                };
                Bedrag::Waarde {
                    waardering: w,
                    deel,
                }
            }
        };
        lijnen.push(lijn(
            id.clone(),
            id.clone(),
            omschrijving,
            table,
            row,
            bedrag,
        ));
        let basis = if circular {
            Basis::Post(out[w].posten.len() - 1)
        } else {
            out[w].kosten.push(position);
            Basis::Lijn(position)
        };
        above[w].push((id, basis));
    }
    let costs = |w: &Waardering| !(w.kosten.is_empty() && w.posten.is_empty());
    if whole && !has_errors(problems) {
        for (w, place) in out.iter().zip(&places) {
            if w.methode == Methode::Residueel && !costs(w) {
                problems.push(
                    Problem::error(
                        "residual-without-costs",
                        format!("waardering \"{}\" is residueel and has no costs", w.naam),
                    )
                    .at(place)
                    .fix("add rows to table stichtingskosten with this waardering"),
                );
            }
        }
        let programma = tables.table("programma");
        let used: Vec<String> = programma
            .rows
            .iter()
            .filter_map(|r| text_of(programma.get(r, "waardering")).map(name_key))
            .collect();
        for (w, place) in out.iter().zip(&places) {
            if !used.contains(&name_key(&w.naam)) {
                problems.push(
                    Problem::warning(
                        "unused-valuation",
                        format!("waardering \"{}\" is used by no row of programma", w.naam),
                    )
                    .at(place)
                    .fix("name it in the column waardering of a row of programma"),
                );
            }
        }
    }
    out
}

/// What a post is over: opbrengst, huur, grond, and posts that stand above it.
fn read_over(
    f: &mut Fields<'_>,
    w: &Waardering,
    above: &[(String, Basis)],
    over: &str,
) -> Option<(Vec<usize>, Vec<usize>, bool)> {
    let (mut lines, mut posts, mut grond) = (Vec::new(), Vec::new(), false);
    for name in over.split(';').map(str::trim).filter(|n| !n.is_empty()) {
        match name_key(name).as_str() {
            "grond" => {
                grond = true;
                continue;
            }
            "opbrengst" => {
                lines.extend(w.opbrengst);
                continue;
            }
            "huur" if w.huur.is_some() => {
                lines.extend(w.huur);
                continue;
            }
            _ => {}
        }
        let mut none = true;
        for (_, basis) in above
            .iter()
            .filter(|(id, _)| super::address::pattern_matches(name, id))
        {
            none = false;
            match basis {
                Basis::Lijn(l) => lines.push(*l),
                Basis::Post(p) => posts.push(*p),
            }
        }
        if none {
            let words = ["opbrengst", "huur", "grond"];
            let names = || {
                let fixed = words
                    .into_iter()
                    .filter(|n| *n != "huur" || w.huur.is_some());
                fixed.chain(above.iter().map(|(id, _)| id.as_str()))
            };
            let message = format!(
                "{}: \"{name}\" in over is no post of waardering \"{}\" above it",
                f.name(),
                w.naam
            );
            let problem = Problem::error("unknown-reference", message).allowed(listed(names()));
            let problem = problem.fix(nearest(name, names()).map_or_else(
                || "name a post that stands above this row, opbrengst, or grond".into(),
                |near| format!("did you mean \"{near}\"?"),
            ));
            f.problem("over", problem);
            return None;
        }
    }
    lines.sort_unstable();
    lines.dedup();
    posts.sort_unstable();
    posts.dedup();
    Some((lines, posts, grond))
}

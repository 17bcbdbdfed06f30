//! Norms for a programme: table `normen`, and the rows of the programma that each is held against. What a norm comes to is a rule
//! (`rules::normen`).

use super::fields::Fields;
use super::grondwaarde::Waardering;
use super::lines::{Bedrag, Lijn};
use super::schema::{MATEN, PRIJZEN};
use super::table::{Scalar, Tables, is_m2, name_key, text_of};
use super::verhaal::eenheden;
use super::{Builder, is_full, rows};
use crate::number::Quantity;
use crate::parameters;
use crate::problem::{Place, Problem, listed};
use rust_decimal::Decimal;

/// What a norm is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Normsoort {
    /// A share of homes or of m².
    Aandeel {
        /// At most, not at least.
        hoogstens: bool,
    },
    /// Most that a home costs: price, or rent per year or per month.
    Prijs {
        /// Whether it is rent per month.
        per_maand: bool,
    },
    /// Least area of a home.
    Oppervlakte,
    /// m² per home of the whole: a 'barcode'.
    Ruimte,
}

/// A row of the programma as a norm counts it.
#[derive(Debug, Clone)]
pub struct Telrij {
    /// Its units; for m², times the second.
    pub aantal: Quantity,
    /// m² per unit, when m² count.
    pub m2: Option<Quantity>,
    /// Price or rent of a unit, as a product, when prices count.
    pub prijs: Vec<Quantity>,
    /// Land price of a unit, when the row gives it; a waardering is known in a run alone.
    pub grondprijs: Option<Quantity>,
}

/// A norm.
#[derive(Debug, Clone)]
pub struct Norm {
    /// Name.
    pub naam: String,
    /// What it is about.
    pub soort: Normsoort,
    /// Its figure.
    pub waarde: Quantity,
    /// What counts.
    pub deel: Vec<Telrij>,
    /// Of what it is a share, or what asks for space.
    pub geheel: Vec<Telrij>,
    /// Land value of a unit that goes and of one that comes; nothing is as the rows have it.
    pub grondwaarden: [Option<Quantity>; 2],
    /// Unit in words.
    pub eenheid: &'static str,
    /// Where the row stands.
    pub place: Place,
}

/// Reads the table.
pub(crate) fn read(
    b: &Builder,
    tables: &Tables,
    (lijnen, waarderingen): (&[Lijn], &[Waardering]),
    peildatum: jiff::civil::Date,
    problems: &mut Vec<Problem>,
) -> Vec<Norm> {
    let (table, rows) = rows(tables, "normen");
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
        let naam = f.text("norm");
        let soort = f.choice("soort", &["aandeel", "prijs", "oppervlakte", "ruimte"]);
        let functie = f.text("functie");
        let segmenten: Vec<String> = f
            .text("segmenten")
            .unwrap_or_default()
            .split(';')
            .map(name_key)
            .filter(|s| !s.is_empty())
            .collect();
        let geheel_functie = f.text("geheel");
        let deelgebied = b.reference(&mut f, "deelgebied", "deelgebieden");
        let in_m2 = f.choice("maat", MATEN) == Some("m2");
        let hoogstens = f.choice("richting", &["minstens", "hoogstens"]) == Some("hoogstens");
        let prijs = f.choice("prijs", PRIJZEN).unwrap_or("von");
        let given = f.count("waarde");
        let sleutel = f.text("parameter");
        let grondwaarden = [f.amount("grondwaarde_van"), f.amount("grondwaarde_naar")];
        f.text("bron");
        let (Some(naam), Some(soort)) = (naam, soort) else {
            continue;
        };
        let waarde = match (given, sleutel) {
            (Some(q), None) => Some(q),
            (None, Some(key)) => {
                let found = parameters::on(&key, peildatum).or_else(|| parameters::first(&key));
                if found.is_none() {
                    let keys = parameters::all()
                        .iter()
                        .map(|p| p.sleutel.as_str())
                        .filter(|k| k.starts_with("norm."));
                    f.problem(
                        "parameter",
                        Problem::error(
                            "unknown-parameter",
                            format!("normen \"{naam}\": no parameter \"{key}\""),
                        )
                        .allowed(listed(keys))
                        .fix("take one of these, or give waarde"),
                    );
                }
                found.map(|p| Quantity::new(p.waarde, &Place::file(&parameters::plaats(&key, p))))
            }
            (q, _) => {
                if f.empty("waarde") || q.is_some() {
                    let (code, text) = if q.is_some() {
                        ("amount-twice", "has a waarde and also a parameter")
                    } else {
                        ("missing-value", "has no waarde and no parameter")
                    };
                    f.problem(
                        "waarde",
                        Problem::error(code, format!("normen \"{naam}\" {text}"))
                            .fix("give waarde, or the parameter that it is"),
                    );
                }
                None
            }
        };
        let Some(waarde) = waarde else { continue };
        if soort == "aandeel" && waarde.value > Decimal::ONE {
            f.problem(
                "waarde",
                Problem::error(
                    "out-of-range",
                    format!(
                        "normen \"{naam}\": a share of {} is more than all",
                        waarde.value.normalize()
                    ),
                )
                .allowed("0 to 1")
                .fix("write 0.3 for 30%"),
            );
            continue;
        }
        let program = tables.table("programma");
        let mut collect = |functie: Option<&String>,
                           segmenten: &[String],
                           m2: bool,
                           homes: bool|
         -> Option<Vec<Telrij>> {
            let mut found = Vec::new();
            // A line whose units count, and whether they are m2.
            let mut first: Option<(&Lijn, bool)> = None;
            for row in &program.rows {
                let word = |column: &str| text_of(program.get(row, column)).map(name_key);
                let Some(lijn) = word("id").and_then(|id| {
                    lijnen
                        .iter()
                        .find(|l| l.tabel == "programma" && name_key(&l.rij) == id)
                }) else {
                    continue;
                };
                let fits = functie.is_none_or(|w| word("functie") == Some(name_key(w)))
                    && (segmenten.is_empty()
                        || word("segment").is_some_and(|s| segmenten.contains(&s)))
                    && (deelgebied.is_none() || lijn.deelgebied == deelgebied);
                let (true, Some(aantal)) = (fits, eenheden(lijn).cloned()) else {
                    continue;
                };
                let grondprijs = match &lijn.bedrag {
                    Bedrag::Product(factors) => factors
                        .iter()
                        .find(|f| f.kolom == "grondprijs")
                        .map(|f| f.waarde.clone()),
                    _ => None,
                };
                let value = program.get(row, "m2_per_eenheid");
                let own = match value.scalar {
                    Scalar::Number(n) => Some(Quantity::new(n, &value.place)),
                    _ => None,
                };
                let is_m2 = word("eenheid").is_some_and(|u| is_m2(&u));
                let before = *first.get_or_insert((lijn, is_m2));
                let mixed = (!m2 && before.1 != is_m2).then(|| {
                    let (homes, area) = if is_m2 {
                        (before.0, lijn)
                    } else {
                        (lijn, before.0)
                    };
                    format!(
                        "counts units, and programma \"{}\" is in m2 where \"{}\" is not",
                        area.id, homes.id
                    )
                });
                let wrong = mixed.or_else(|| {
                    (homes && is_m2)
                        .then(|| format!("counts homes, and programma \"{}\" is in m2", lijn.id))
                });
                if let Some(wrong) = wrong {
                    f.problem(
                        "norm",
                        Problem::error("mixed-units", format!("normen \"{naam}\" {wrong}"))
                            .and(&lijn.place)
                            .fix("name functie, geheel or segmenten of one kind of unit, or set maat = m2 for a share"),
                    );
                    return None;
                }
                let m2 = match (m2, own) {
                    (true, None) if !is_m2 => {
                        f.problem(
                            "maat",
                            Problem::error(
                                "no-area",
                                format!("normen \"{naam}\" counts m2, and programma \"{}\" has no m2_per_eenheid", lijn.id),
                            )
                            .and(&lijn.place)
                            .fix("give its m2_per_eenheid, or its aantal in m2"),
                        );
                        return None;
                    }
                    (true, own) => own,
                    (false, _) => None,
                };
                let column = if prijs == "von" { "von" } else { "huur" };
                let price = match (&lijn.bedrag, soort) {
                    (Bedrag::Waardering { waardering, .. }, "prijs") => {
                        let own = &waarderingen[*waardering].velden;
                        let of = |kolom: &str| own.iter().find(|v| v.kolom == kolom);
                        of(column).map(|v| {
                            let m2 = of("m2").map(|m2| m2.waarde.clone());
                            std::iter::once(v.waarde.clone()).chain(m2).collect()
                        })
                    }
                    _ => None,
                };
                if soort == "prijs" && price.is_none() {
                    f.problem(
                        "soort",
                        Problem::error(
                            "no-price",
                            format!("normen \"{naam}\" is about {column}, and programma \"{}\" has no waardering that gives it", lijn.id),
                        )
                        .and(&lijn.place)
                        .fix(format!("give it a waardering with {column} in table grondwaarde, or name other segmenten")),
                    );
                    return None;
                }
                found.push(Telrij {
                    aantal,
                    m2,
                    prijs: price.unwrap_or_default(),
                    grondprijs,
                });
            }
            Some(found)
        };
        let (deel, geheel) = match soort {
            "aandeel" => {
                // Of all of its functie when segmenten says what counts, else of the whole programme.
                let whole = geheel_functie
                    .as_ref()
                    .or(functie.as_ref().filter(|_| !segmenten.is_empty()));
                (
                    collect(functie.as_ref(), &segmenten, in_m2, false),
                    collect(whole, &[], in_m2, false),
                )
            }
            "oppervlakte" | "prijs" => (
                collect(
                    functie.as_ref(),
                    &segmenten,
                    soort == "oppervlakte",
                    soort == "oppervlakte",
                ),
                Some(Vec::new()),
            ),
            _ => {
                let homes = geheel_functie.unwrap_or_else(|| "Wonen".into());
                (
                    collect(functie.as_ref(), &segmenten, true, false),
                    collect(Some(&homes), &[], false, true),
                )
            }
        };
        let (Some(deel), Some(geheel)) = (deel, geheel) else {
            continue;
        };
        let counted = if ["oppervlakte", "prijs"].contains(&soort) {
            &deel
        } else {
            &geheel
        };
        if counted.is_empty() || deel.is_empty() {
            f.problem(
                "norm",
                Problem::warning(
                    "no-programme",
                    format!("normen \"{naam}\": no row of programma counts for it"),
                )
                .fix("check functie, geheel, segmenten and deelgebied; where nothing of it is planned, give grondwaarde_naar, else what meeting it costs is not known"),
            );
        }
        out.push(Norm {
            naam,
            soort: match soort {
                "aandeel" => Normsoort::Aandeel { hoogstens },
                "oppervlakte" => Normsoort::Oppervlakte,
                "prijs" => Normsoort::Prijs {
                    per_maand: prijs == "huur_per_maand",
                },
                _ => Normsoort::Ruimte,
            },
            waarde,
            deel,
            geheel,
            grondwaarden,
            eenheid: if in_m2 || soort == "ruimte" {
                "m2"
            } else {
                "woningen"
            },
            place: row.place.clone(),
        });
    }
    out
}

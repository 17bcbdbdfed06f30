//! Financiële bijdragen: table `bijdragen`, what an owner pays for what kostenverhaal may not recover (Ow 13.22–13.24), and the lines by which
//! he does.

use super::fields::Fields;
use super::lines::{Bedrag, Lijn, Rol, Stroomsoort, Totaal, Verloop};
use super::schema::CATEGORIEEN_BIJDRAGE;
use super::table::Tables;
use super::verhaal::{
    Betalingen, Inbreng, KOSTENSOORTEN, Postsoort, Verhaal, Verrekening, kostensoort, onbekend,
};
use super::{BUITEN, Builder, Gebied, is_full, position_of, rows};
use crate::number::Quantity;
use crate::problem::{Place, Problem};
use crate::timeline::Periode;
use rust_decimal::Decimal;

/// A financiële bijdrage.
#[derive(Debug, Clone)]
pub struct Bijdrage {
    /// Code.
    pub id: String,
    /// Position in the eigendommen of kostenverhaal.
    pub eigendom: usize,
    /// What is asked.
    pub gevraagd: Quantity,
    /// Whether the omgevingsplan enforces it; else it was agreed.
    pub afgedwongen: bool,
    /// Whether the geldsom comes off its bound.
    pub economisch: bool,
    /// What decides whether it can be enforced.
    pub omstandigheden: Omstandigheden,
    /// What its purpose took in the end, with the eindafrekening: rate, years and manner of interest.
    pub eindafrekening: Option<Eindafrekening>,
    /// Enforced bijdragen of the same eigendom in earlier rows: they take part of the same room.
    pub eerder: Vec<usize>,
    /// Where the row stands.
    pub place: Place,
}

/// What the row says of the conditions of Ow 13.23 and 13.24.
#[derive(Debug, Clone, Copy)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a condition of the law"
)]
pub struct Omstandigheden {
    /// Whether a functional relation is told.
    pub samenhang: bool,
    /// Whether it has a category of Ob 8.21.
    pub categorie: bool,
    /// Whether its funding is assured otherwise.
    pub anders_verzekerd: bool,
    /// Whether it is of another interest.
    pub ander_belang: bool,
    /// Whether its costs are on the kostensoortenlijst: kostenverhaal must recover those.
    pub kostensoort: bool,
}

/// The eindafrekening of a bijdrage (Ob 8.22).
#[derive(Debug, Clone)]
pub struct Eindafrekening {
    /// What was needed.
    pub nodig: Quantity,
    /// Interest per year.
    pub rente: Quantity,
    /// Years from the last payment.
    pub jaren: Decimal,
    /// Whether it is simple.
    pub enkelvoudig: bool,
}

/// Reads the table and adds the lines by which owners pay.
pub(crate) fn read(
    b: &mut Builder,
    gebied: &Gebied,
    tables: &Tables,
    (lijnen, verhaal): (&mut Vec<Lijn>, &Verhaal),
    betalingen: &Betalingen,
    problems: &mut Vec<Problem>,
) -> Vec<Bijdrage> {
    let (table, rows) = rows(tables, "bijdragen");
    let mut out: Vec<Bijdrage> = Vec::new();
    for (i, row) in rows.enumerate() {
        if is_full(problems) {
            break;
        }
        let mut f = Fields {
            table,
            row,
            problems,
        };
        let id = f.text("id");
        let gevraagd = f.count("gevraagd");
        let grondslag = f.choice("grondslag", &["overeenkomst", "omgevingsplan"]);
        let economisch = f.choice("begrenzing", &["wettelijk", "economisch"]) == Some("economisch");
        let soort = f.text("kostensoort");
        let omschrijving = f.text("omschrijving").unwrap_or_default();
        let ontvanger = if f.empty("ontvanger") {
            Some(b.rekening(b.hoofdpartij(), "eigen"))
        } else {
            b.account(&mut f, "ontvanger", ("eigen", "eigen"))
        };
        let categorie = f.choice("categorie", CATEGORIEEN_BIJDRAGE);
        let samenhang = f.text("samenhang");
        let anders_verzekerd = f.choice("anders_verzekerd", &["ja", "nee"]) == Some("ja");
        let ander_belang = f.choice("ander_belang", &["ja", "nee"]) == Some("ja");
        let nodig = f.count("nodig");
        let jaar = f.year("eindafrekening");
        let rente = f.rate("terugbetaalrente");
        let enkelvoudig =
            f.choice("rentewijze", &["samengesteld", "enkelvoudig"]) == Some("enkelvoudig");
        f.text("bron");
        let names: Vec<&str> = verhaal.eigendommen.iter().map(|e| e.id.as_str()).collect();
        let eigendom = f.text("eigendom").and_then(|name| {
            let found = position_of(names.iter().copied(), &name);
            if found.is_none() {
                onbekend(&mut f, "eigendom", &name, &names, "eigendom");
            }
            found
        });
        let (Some(id), Some(gevraagd), Some(grondslag), Some(ontvanger), Some(eigendom)) =
            (id, gevraagd, grondslag, ontvanger, eigendom)
        else {
            continue;
        };
        let owner = &verhaal.eigendommen[eigendom];
        let Some(area) = owner.gebied.map(|g| &verhaal.gebieden[g]) else {
            f.problem(
                "eigendom",
                Problem::error(
                    "no-area",
                    format!("bijdragen \"{id}\": eigendom \"{}\" lies in no kostenverhaalsgebied, so what it brings in and may pay is unknown", owner.id),
                )
                .and(&owner.place)
                .fix("add a row to table kostenverhaal"),
            );
            continue;
        };
        if owner.gemeente || ontvanger == BUITEN {
            let (column, code, why, fix) = if owner.gemeente {
                (
                    "eigendom",
                    "own-land",
                    "the municipality's own land pays no bijdrage",
                    "name another eigendom",
                )
            } else {
                (
                    "ontvanger",
                    "not-a-party",
                    "the outside world can't ask a bijdrage",
                    "name an account of a partij",
                )
            };
            f.problem(
                column,
                Problem::error(code, format!("bijdragen \"{id}\": {why}")).fix(fix),
            );
            continue;
        }
        if let Some(text) = &soort {
            let Some(code) = kostensoort(text) else {
                f.problem(
                    "kostensoort",
                    Problem::error(
                        "unknown-kostensoort",
                        format!("bijdragen \"{id}\": \"{text}\" is no code of Omgevingsbesluit bijlage IV"),
                    )
                    .allowed("A1 to A14 and B1 to B4")
                    .fix("take the code of the list, or clear it when the cost is not on it"),
                );
                continue;
            };
            let recovered = verhaal
                .posten
                .iter()
                .find(|p| Some(p.gebied) == owner.gebied && p.soort == Postsoort::Kosten(code));
            if let Some(post) = recovered {
                f.problem(
                    "kostensoort",
                    Problem::error(
                        "cost-twice",
                        format!(
                            "bijdragen \"{id}\": {} is recovered in kostenverhaal \"{}\" already (Ow 13.24 onder d)",
                            KOSTENSOORTEN[code], area.id
                        ),
                    )
                    .and(&lijnen[post.lijn].place)
                    .fix("clear the kostensoort of that line, or ask no bijdrage for it"),
                );
                continue;
            }
        }
        let empty = matches!(&owner.inbreng, Inbreng::Delen(None, parts) if parts.iter().all(Option::is_none));
        if grondslag == "omgevingsplan" && empty {
            f.problem(
                "eigendom",
                Problem::error(
                    "missing-value",
                    format!(
                        "bijdragen \"{id}\" is enforced, at most the opbrengst less the inbrengwaarde (Ow 13.23 lid 3), and eigendom \"{}\" has no inbrengwaarde",
                        owner.id
                    ),
                )
                .and(&owner.place)
                .fix("fill inbrengwaarde, or m2 and grond_m2, in table eigendom; 0 when it is worth nothing"),
            );
            continue;
        }
        if economisch {
            f.problem(
                "begrenzing",
                Problem::warning(
                    "not-verified",
                    format!("bijdragen \"{id}\": taking the geldsom off the maximum is not in the text of the law [C]"),
                )
                .fix("set begrenzing = wettelijk to keep to the text"),
            );
        }
        let stap = gebied.tijdstap;
        let gewichten = betalingen.get(i).and_then(Clone::clone).unwrap_or_else(|| {
            vec![(
                Periode::of_year(area.beschikking, stap).max(gebied.peil),
                Quantity::made(Decimal::ONE),
            )]
        });
        let last = gewichten.last().map_or(gebied.peil, |(p, _)| *p);
        let settled = match (nodig, jaar) {
            (None, None) => None,
            (Some(nodig), Some(jaar)) if (last.year(stap)..=gebied.horizon).contains(&jaar) => {
                f.problem(
                    "eindafrekening",
                    Problem::warning(
                        "not-verified",
                        format!("bijdragen \"{id}\": rate, manner and period of interest on what is paid back are not in Ob 8.22 [C]: from the last payment"),
                    )
                    .fix("set terugbetaalrente and rentewijze as the decision says"),
                );
                let end = Periode::of_year(jaar, stap);
                Some((
                    end,
                    Eindafrekening {
                        nodig,
                        rente: rente.unwrap_or_else(|| Quantity::made(Decimal::ZERO)),
                        jaren: Decimal::from((end.0 - last.0).max(0))
                            / Decimal::from(stap.per_year()),
                        enkelvoudig,
                    },
                ))
            }
            (Some(_), Some(jaar)) => {
                f.problem(
                    "eindafrekening",
                    Problem::error(
                        "outside-horizon",
                        format!("bijdragen \"{id}\": eindafrekening in {jaar} lies before its payment or after the horizon {}", gebied.horizon),
                    )
                    .fix("take a year after the payment, or a later horizon"),
                );
                continue;
            }
            (nodig, _) => {
                let (given, column) = if nodig.is_some() {
                    ("nodig", "eindafrekening")
                } else {
                    ("eindafrekening", "nodig")
                };
                f.problem(
                    given,
                    Problem::error(
                        "missing-value",
                        format!("bijdragen \"{id}\": {given} is given, but {column} is empty"),
                    )
                    .fix(format!("fill {column}, or clear {given}")),
                );
                continue;
            }
        };
        let nth = out.len();
        let eigen = b.rekening(owner.partij, "eigen");
        let mut lijn = |word: &str, bedrag: Verrekening, van, naar, gewichten| {
            lijnen.push(Lijn {
                id: format!("{id} {word}"),
                rij: id.clone(),
                tabel: "bijdragen",
                omschrijving: format!("{word} {omschrijving}"),
                groep: "Financiële bijdragen".into(),
                deelgebied: owner.deelgebied,
                index: None,
                van,
                naar,
                opgave: 0,
                maatregel: None,
                soort: Stroomsoort::Geld,
                rol: Rol::Verrekening,
                bedrag: Bedrag::Verrekend(bedrag),
                verloop: Verloop {
                    gewichten,
                    totaal: Totaal::Een,
                },
                realisatie: Vec::new(),
                raming: None,
                place: row.place.clone(),
            });
        };
        if eigen != ontvanger {
            lijn(
                "bijdrage",
                Verrekening::Bijdrage(nth),
                eigen,
                ontvanger,
                gewichten,
            );
            if let Some((end, _)) = &settled {
                let one = vec![(*end, Quantity::made(Decimal::ONE))];
                lijn(
                    "terugbetaling",
                    Verrekening::Bijdrageterug(nth),
                    ontvanger,
                    eigen,
                    one,
                );
            }
        }
        let eerder = (0..nth)
            .filter(|e| out[*e].eigendom == eigendom && out[*e].afgedwongen)
            .collect();
        out.push(Bijdrage {
            id,
            eigendom,
            gevraagd,
            afgedwongen: grondslag == "omgevingsplan",
            economisch,
            omstandigheden: Omstandigheden {
                samenhang: samenhang.is_some(),
                categorie: categorie.is_some(),
                anders_verzekerd,
                ander_belang,
                kostensoort: soort.is_some(),
            },
            eindafrekening: settled.map(|(_, e)| e),
            eerder,
            place: row.place.clone(),
        });
    }
    out
}

//! The report on land valuations: from the price or rent of what is built to the value of the land, as a planeconoom writes it up.

use super::grex::percentage;
use super::{Cell, Format, Report, exact, text};
use crate::expression::grondslag::grondslag;
use crate::model::table::{Row, Scalar, Table, dutch, text_of};
use crate::model::{Lijn, Methode, Model, Waardering};
use crate::route::grondwaarde::{Waarderingsopbouw, waarderingen};
use rust_decimal::Decimal;
use std::fmt::Write as _;

/// A row of a table, to be read by column.
#[derive(Clone, Copy)]
struct Rij<'a> {
    table: &'a Table,
    row: &'a Row,
}

impl<'a> Rij<'a> {
    fn van(model: &'a Model, lijn: &Lijn) -> Option<Self> {
        let table = model.tables.table(lijn.tabel);
        let row = table.rows.iter().find(|r| r.place == lijn.place)?;
        Some(Rij { table, row })
    }

    fn getal(self, column: &str) -> Option<Decimal> {
        match self.table.get(self.row, column).scalar {
            Scalar::Number(n) => Some(n),
            _ => None,
        }
    }

    fn tekst(self, column: &str) -> &'a str {
        text_of(self.table.get(self.row, column)).unwrap_or("")
    }
}

/// A number with the decimals that it has, two at most for an amount.
fn getal(value: Decimal) -> String {
    let value = value.normalize();
    dutch(value, value.scale())
}

fn euro(value: Decimal) -> String {
    dutch(value, 2)
}

/// How a post of stichtingskosten is made, in words.
fn hoe(rij: Rij<'_>) -> String {
    let over = rij.tekst("over").replace(';', ",");
    if let Some(share) = rij.getal("percentage") {
        return format!("{} over {over}", percentage(share));
    }
    if let Some(rente) = rij.getal("rente") {
        let mut out = format!("{} rente per jaar", percentage(rente));
        if let Some(years) = rij.getal("jaren") {
            let _ = write!(out, ", {} jaar", getal(years));
        }
        if let Some(part) = rij.getal("deel") {
            let _ = write!(out, ", gemiddeld {} uitstaand", percentage(part));
        }
        let form = rij.tekst("rentevorm");
        if !form.is_empty() {
            let _ = write!(out, ", {form}");
        }
        return format!("{out}, over {over}");
    }
    match (rij.getal("hoeveelheid"), rij.getal("prijs")) {
        (Some(count), Some(price)) => {
            let unit = rij.tekst("eenheid");
            let unit = if unit.is_empty() {
                ""
            } else {
                &format!(" {unit}")
            };
            format!("{}{unit} × {}", getal(count), euro(price))
        }
        (None, Some(price)) => euro(price),
        _ => "bedrag".to_owned(),
    }
}

/// How the opbrengst is made, in words.
fn hoe_opbrengst(rij: Rij<'_>, w: &Waardering, huur: Option<Decimal>) -> String {
    let Some(huur) = huur else {
        let m2 = rij
            .getal("m2")
            .map_or_else(String::new, |m2| format!(" per m2 × {} m2", getal(m2)));
        let von = euro(rij.getal("von").unwrap_or_default());
        let btw = rij.getal("btw").map_or_else(String::new, |btw| {
            format!(", zonder {} btw", percentage(btw))
        });
        return format!("vrij op naam {von}{m2}{btw}");
    };
    let mut out = match rij.getal("bar") {
        Some(bar) => format!("huur {} / bar {}", euro(huur), percentage(bar)),
        None => format!(
            "huur {} × factor {}",
            euro(huur),
            getal(rij.getal("factor").unwrap_or_default())
        ),
    };
    if let Some(years) = rij.getal("huurvrij") {
        let how = if w.huurvrij_uitstel {
            "uitgesteld"
        } else {
            "eraf"
        };
        let _ = write!(out, ", {} jaar huurvrij {how}", getal(years));
    }
    if let Some(costs) = rij.getal("kosten_koper") {
        let over = if w.kosten_koper_over_waarde {
            "de waarde"
        } else {
            "de koopsom"
        };
        let _ = write!(out, ", kosten koper {} over {over}", percentage(costs));
    }
    out
}

fn hoe_huur(rij: Rij<'_>) -> String {
    let mut out = euro(rij.getal("huur").unwrap_or_default());
    if let Some((part, low)) = rij
        .getal("betaalbaar_aandeel")
        .zip(rij.getal("betaalbare_huur"))
    {
        let _ = write!(out, ", {} betaalbaar voor {}", percentage(part), euro(low));
    }
    if let Some(m2) = rij.getal("m2") {
        let _ = write!(out, ", per m2 × {} m2", getal(m2));
    }
    out
}

fn methode(methode: Methode) -> (&'static str, &'static str) {
    match methode {
        Methode::Vast => ("vast", "vaste of sociale grondprijs"),
        Methode::Grondquote => ("grondquote", "grondquote"),
        Methode::Residueel => ("residueel", "residueel"),
    }
}

/// The build-up of every valuation; nothing without valuations, or when a figure is too large.
pub fn grondwaarde(model: &Model) -> Option<Report> {
    let found = waarderingen(model).ok().filter(|w| !w.is_empty())?;
    let mut report = Report::new(
        "Grondwaarde",
        "Grondwaarde: van opbrengst naar grondprijs, per waardering",
        &[
            ("Post", Format::Text),
            ("Hoe", Format::Text),
            ("Bedrag", Format::Eur(2)),
            ("Deel van opbrengst", Format::Percent(1)),
            ("Grondslag", Format::Text),
        ],
    )
    .note(format!(
        "op prijspeil {}, zonder btw; opbrengst min stichtingskosten is de grondwaarde. polder explain MODEL \"bedrag[ID grondwaarde]\" legt een grondwaarde uit",
        model.gebied.prijspeil
    ));
    for x in &found {
        waardering(model, x, &mut report);
    }
    Some(report)
}

fn waardering(model: &Model, x: &Waarderingsopbouw, report: &mut Report) {
    let w = &model.waarderingen[x.waardering];
    let lijn = &model.lijnen[w.lijn];
    let Some(rij) = Rij::van(model, lijn) else {
        return;
    };
    let (geval, woord) = methode(w.methode);
    let units = rij.getal("eenheden");
    let per = units.map_or("per eenheid".to_owned(), |n| {
        format!("voor {} eenheden samen", getal(n))
    });
    report.heading(format!("{}: {woord}, {per}", w.naam));
    let share = |amount: Decimal| {
        let part = x.opbrengst.and_then(|whole| amount.checked_div(whole));
        part.map_or(Cell::Empty, exact)
    };
    let ground = |geval: &str| grondslag("bedrag", geval).map_or(Cell::Empty, |g| text(g.tekst()));
    if let Some(huur) = x.huur {
        report.row(vec![
            text("Huur per jaar"),
            text(hoe_huur(rij)),
            exact(huur),
            Cell::Empty,
            ground("opbrengst"),
        ]);
    }
    if let Some(opbrengst) = x.opbrengst {
        report.row(vec![
            text("Opbrengst"),
            text(hoe_opbrengst(rij, w, x.huur)),
            exact(opbrengst),
            share(opbrengst),
            ground("opbrengst"),
        ]);
    }
    for (l, amount) in &x.posten {
        let post = &model.lijnen[*l];
        let how = Rij::van(model, post).map_or_else(String::new, hoe);
        let name = if post.omschrijving == post.id {
            post.id.clone()
        } else {
            format!("{} ({})", post.id, post.omschrijving)
        };
        report.row(vec![text(name), text(how), exact(*amount), share(*amount)]);
    }
    if let (Some(residu), Some(opbrengst)) = (x.residu, x.opbrengst) {
        let kosten = opbrengst - residu;
        report.total(vec![
            text("Stichtingskosten"),
            text("som van de posten"),
            exact(kosten),
            share(kosten),
        ]);
        if units.is_some() || rij.getal("disconto").is_some() {
            report.total(vec![
                text("Residu"),
                text("opbrengst - stichtingskosten"),
                exact(residu),
                share(residu),
            ]);
        }
    }
    let mut how = match w.methode {
        Methode::Residueel if units.is_some() || rij.getal("disconto").is_some() => {
            "residu".to_owned()
        }
        Methode::Residueel => "opbrengst - stichtingskosten".to_owned(),
        Methode::Grondquote => format!(
            "{} van de opbrengst",
            percentage(rij.getal("grondquote").unwrap_or_default())
        ),
        Methode::Vast => {
            let m2 = rij
                .getal("m2")
                .map_or_else(String::new, |m2| format!(" per m2 × {} m2", getal(m2)));
            format!("prijs {}{m2}", euro(rij.getal("prijs").unwrap_or_default()))
        }
    };
    if let Some((rate, years)) = rij.getal("disconto").zip(rij.getal("jaren")) {
        let _ = write!(
            how,
            ", contant gemaakt over {} jaar tegen {}",
            getal(years),
            percentage(rate)
        );
    }
    if let Some(n) = units {
        let _ = write!(how, ", gedeeld door {} eenheden", getal(n));
    }
    report.total(vec![
        text("Grondwaarde per eenheid"),
        text(how),
        exact(x.grondwaarde),
        // Beside an opbrengst for more units it is no share of it.
        if units.is_none() {
            share(x.grondwaarde)
        } else {
            Cell::Empty
        },
        ground(geval),
    ]);
    for (l, count, amount) in &x.gebruik {
        let user = &model.lijnen[*l];
        let unit = Rij::van(model, user).map_or("", |r| r.tekst("eenheid"));
        report.row(vec![
            text(format!("programma {}", user.id)),
            text(format!("{} {unit} × grondwaarde", getal(*count))),
            exact(*amount),
        ]);
    }
}

//! Reports on the grondexploitatie itself: key figures, cash flow, life-cycle costs, settings.

use super::{Cell, Chart, Drawn, Format, Report, exact, text, year};
use crate::model::table::dutch;
use crate::model::{Model, NcwMethode};
use crate::number::Exact;
use crate::route::{Routeresultaat, objectkosten};
use rust_decimal::{Decimal, RoundingStrategy};

/// Dutch words for the key figures.
pub fn woord(kerncijfer: &str) -> &'static str {
    match kerncijfer {
        "nominaal_saldo" => "Nominaal saldo (prijspeil)",
        "reeel_saldo" => "Reëel saldo (met index, zonder rente)",
        "eindwaarde" => "Eindwaarde",
        "ncw" => "Netto contante waarde",
        "ncw_bbv" => "  ncw_bbv: eindwaarde tegen BBV-voet",
        "ncw_rente" => "  ncw_rente: eindwaarde tegen rente",
        "ncw_kasstroom" => "  ncw_kasstroom: kasstromen tegen BBV-voet",
        "ncw_kasstroom_rente" => "  ncw_kasstroom_rente: kasstromen tegen rente",
        "hoogste_boekwaarde" => "Hoogste boekwaarde",
        "laagste_stand" => "Laagste stand (badkuip)",
        "laagste_stand_jaar" => "  in jaar",
        "jaren_onder_water" => "Jaren onder water",
        "rente_totaal" => "Rente totaal (+ is kosten)",
        "boekwaarde_peildatum" => "Boekwaarde op peildatum",
        "voorziening" => "Verliesvoorziening",
        "voorziening_eindwaarde" => "  tegen eindwaarde",
        "voorziening_contant" => "  tegen contante waarde",
        "voorfinanciering" => "Voorfinanciering gebiedsfonds",
        "fonds_laagste" => "  laagste saldo",
        "portemonnee" => "Eén portemonnee (NCW, zonder baten)",
        _ => "",
    }
}

fn stand(model: &Model) -> String {
    let g = &model.gebied;
    format!(
        "prijspeil {}, peildatum {}, eindjaar {}, horizon {}, bedragen {} btw",
        g.prijspeil, g.peildatum, g.eindjaar, g.horizon, g.btw
    )
}

/// The conventions that made the figures, in one line.
pub fn conventies(model: &Model) -> String {
    let g = &model.gebied;
    let shown = |name: &str| {
        g.getoond
            .iter()
            .find(|(n, _, _)| *n == name)
            .map(|(_, v, _)| v.clone())
            .unwrap_or_default()
    };
    format!(
        "rentemethode {} {} (credit {}), NCW volgens {} tegen {}, indexmoment {}, exponent {}",
        shown("rentemethode"),
        percentage(g.rente.value),
        percentage(g.creditrente.value),
        shown("ncw_methode"),
        percentage(g.discontovoet_bbv.value),
        shown("indexmoment"),
        shown("dagtelling")
    )
}

/// Key figures of one or more routes side by side.
pub fn kerncijfers(model: &Model, routes: &[&Routeresultaat]) -> Report {
    let mut columns = vec![("Kerncijfer", Format::Text)];
    columns.extend(routes.iter().map(|r| {
        (
            if r.route == crate::plan::Route::Grex {
                "GREX"
            } else {
                "Co-financiering"
            },
            Format::Eur(0),
        )
    }));
    let mut report = Report::new(
        "Kerncijfers",
        format!("Kerncijfers grondexploitatie {}", model.gebied.naam),
        &columns,
    )
    .note(stand(model))
    .note(conventies(model));
    let Some(first) = routes.first() else {
        return report;
    };
    for (name, _) in first.kerncijfers() {
        if matches!(name, "voorfinanciering" | "fonds_laagste") && model.fonds.is_none()
            || name == "ncw_kasstroom_rente"
                && model.gebied.ncw_methode != NcwMethode::KasstroomRente
        {
            continue;
        }
        let values: Vec<Cell> = routes
            .iter()
            .map(|r| {
                let value = r
                    .kerncijfers()
                    .into_iter()
                    .find(|(n, _)| *n == name)
                    .map(|(_, v)| v);
                match (name, value) {
                    ("laagste_stand_jaar", Some(v)) => Cell::Whole(
                        i64::try_from(v.mantissa()).unwrap_or_default() / 10i64.pow(v.scale()),
                    ),
                    (_, Some(v)) => exact(v),
                    _ => Cell::Empty,
                }
            })
            .collect();
        let cells = std::iter::once(text(woord(name))).chain(values).collect();
        match name {
            "laagste_stand_jaar" => report.row_as(Format::Plain, cells),
            "jaren_onder_water" => report.row_as(Format::Number(1), cells),
            "eindwaarde" | "ncw" => report.total(cells),
            _ => report.row(cells),
        }
    }
    report
        .notes
        .push("één portemonnee: alle rekeningen van alle partijen samen, dus niet de NCW van de grondexploitatie; zonder baten".into());
    if let [grex, cofin] = routes {
        report.notes.push(portemonnee(grex, cofin));
    }
    if let Some(years) = first.looptijd_te_lang {
        report.notes.push(format!(
            "LET OP: de looptijd tot en met {} is langer dan {} jaar; dat vraagt een gemotiveerd besluit van de raad (LOOPTIJD10)",
            first.timeline.year(first.hoofd.begin + first.hoofd.kosten.len() - 1),
            years.normalize()
        ));
    }
    report
}

/// What stands against the difference of één portemonnee: the benefits, which it does not count.
fn portemonnee(grex: &Routeresultaat, cofin: &Routeresultaat) -> String {
    let baten = |r: &Routeresultaat| -> Decimal {
        r.partijen
            .iter()
            .map(|p| p.besparing + p.maatschappelijk)
            .sum()
    };
    let shown = |d: Decimal| dutch(d, 0);
    format!(
        "het verschil in één portemonnee is vooral wat de maatregelen kosten, en niet wat zij opleveren: de baten daarnaast (contant, maal zekerheid) zijn € {} in de GREX-route en € {} in de route co-financiering",
        shown(baten(grex)),
        shown(baten(cofin))
    )
}

/// Cash flow and boekwaarde of the main account, a period per row.
pub fn kasstroom(model: &Model, route: &Routeresultaat) -> Report {
    let mut report = Report::new(
        "Kasstroom",
        format!(
            "Kasstroom en boekwaarde {} ({})",
            model.rekening_naam(crate::model::HOOFD),
            model.gebied.naam
        ),
        &[
            ("Periode", Format::Plain),
            ("Kosten (prijspeil)", Format::Eur(0)),
            ("Kosten", Format::Eur(0)),
            ("Opbrengsten (prijspeil)", Format::Eur(0)),
            ("Opbrengsten", Format::Eur(0)),
            ("Kasstroom", Format::Eur(0)),
            ("Boekwaarde begin", Format::Eur(0)),
            ("Mutatie", Format::Eur(0)),
            ("Rente", Format::Eur(0)),
            ("Boekwaarde eind", Format::Eur(0)),
        ],
    )
    .note(stand(model))
    .note("boekwaarde: + is geïnvesteerd geld; kasstroom: opbrengsten min kosten");
    let h = &route.hoofd;
    let yearly = route.timeline.stap.per_year() == 1;
    for t in 0..h.kosten.len() {
        let label = if yearly {
            year(Some(route.timeline.year(h.begin + t)))
        } else {
            text(route.timeline.label(h.begin + t))
        };
        let values = h.reeksen().map(|(_, s)| exact(s[t]));
        report.row(std::iter::once(label).chain(values).collect());
    }
    let sum = |s: &[Decimal]| exact(s.iter().sum());
    report.total(vec![
        text("Totaal"),
        sum(&h.kosten_prijspeil),
        sum(&h.kosten),
        sum(&h.opbrengsten_prijspeil),
        sum(&h.opbrengsten),
        sum(&h.kasstroom),
        Cell::Empty,
        sum(&h.mutatie),
        sum(&h.rente),
        Cell::Empty,
    ]);
    report.charts.push(Chart {
        title: "Kasstroom en boekwaarde".into(),
        category: 0,
        series: vec![(5, Drawn::Column), (9, Drawn::Line)],
        rows: (0, h.kosten.len().saturating_sub(1)),
    });
    report
}

/// The deelgebieden of the grondexploitatie per route; nothing when it is not divided.
pub fn deelgebieden(model: &Model, routes: &[&Routeresultaat]) -> Option<Report> {
    let mut report = Report::new(
        "Deelgebieden",
        format!("Deelgebieden van de grondexploitatie {}", model.gebied.naam),
        &[
            ("Deelgebied", Format::Text),
            ("Reëel saldo", Format::Eur(0)),
            ("Eindwaarde", Format::Eur(0)),
            ("NCW", Format::Eur(0)),
        ],
    )
    .note("elk deelgebied met rente over zijn eigen boekwaarde; de laatste rij is de grondexploitatie als geheel");
    for route in routes.iter().filter(|r| !r.delen.is_empty()) {
        if routes.len() > 1 {
            report.heading(if route.route == crate::plan::Route::Grex {
                "GREX-route"
            } else {
                "Route co-financiering"
            });
        }
        for d in &route.delen {
            report.row(vec![
                text(&d.naam),
                exact(d.reeel_saldo),
                exact(d.eindwaarde),
                exact(d.ncw),
            ]);
        }
        report.total(vec![
            text("Grondexploitatie"),
            exact(route.resultaat.reeel_saldo),
            exact(route.resultaat.eindwaarde),
            exact(route.ncw),
        ]);
    }
    if routes
        .iter()
        .flat_map(|r| &r.delen)
        .any(|d| d.naam == "overig")
    {
        report =
            report.note("overig: regels van de grondexploitatie die bij geen deelgebied staan");
    }
    (!report.rows.is_empty()).then_some(report)
}

/// Life-cycle costs and capital charges of the objecten; nothing without any.
pub fn levensduur(model: &Model) -> Option<Report> {
    if model.objecten.is_empty() {
        return None;
    }
    let g = &model.gebied;
    let mut report = Report::new(
        "Levensduur",
        format!("Levensduurkosten van objecten tot en met {}", g.horizon),
        &[
            ("Object", Format::Text),
            ("Investering", Format::Eur(0)),
            ("Onderhoud", Format::Eur(0)),
            ("Vervanging", Format::Eur(0)),
            ("Restwaarde", Format::Eur(0)),
            ("Totaal", Format::Eur(0)),
            ("Per jaar", Format::Eur(0)),
            ("Kapitaallast jaar 1", Format::Eur(0)),
            ("Kapitaallast annuïtair", Format::Eur(0)),
        ],
    )
    .note(format!(
        "contante waarde op het jaar van in gebruik nemen, prijspeil, reële voet {}%",
        (g.discontovoet_maatschappelijk.value * Decimal::ONE_HUNDRED)
            .normalize()
            .to_string()
            .replace('.', ",")
    ))
    .note("kapitaallasten tegen de rente van de grondexploitatie (BBV art. 59 en 64)");
    let cell = |x: Option<Decimal>| x.map_or(Cell::Empty, exact);
    for (o, k) in model.objecten.iter().zip(objectkosten::<Exact>(model)) {
        report.row(vec![
            text(if o.omschrijving.is_empty() {
                &o.id
            } else {
                &o.omschrijving
            }),
            exact(o.investering.value),
            cell(k.levensduur.onderhoud.0),
            cell(k.levensduur.vervanging.0),
            cell(k.levensduur.restwaarde.0),
            cell(k.levensduur.totaal.0),
            cell(k.levensduur.annuiteit.0),
            cell(k.kapitaallast_lineair.0),
            cell(k.kapitaallast_annuitair.0),
        ]);
    }
    Some(report)
}

/// A rate as the Dutch write it, in at most six decimals of a percentage.
pub(super) fn percentage(rate: Decimal) -> String {
    let percent = (rate * Decimal::ONE_HUNDRED)
        .round_dp_with_strategy(6, RoundingStrategy::MidpointAwayFromZero);
    format!("{}%", percent.normalize().to_string().replace('.', ","))
}

/// Every setting with its value, whether given or default, and what it means.
pub fn uitgangspunten(model: &Model) -> Report {
    let mut report = Report::new(
        "Uitgangspunten",
        "Uitgangspunten en instellingen",
        &[
            ("Instelling", Format::Text),
            ("Waarde", Format::Text),
            ("Herkomst", Format::Text),
            ("Betekenis", Format::Text),
        ],
    );
    for (name, value, given) in &model.gebied.getoond {
        let setting = crate::model::schema::setting(name);
        let meaning = crate::levend::instelling(name);
        // A rate is shown as the Dutch write it: Excel would read 0.019 as text, or as nineteen.
        let shown = match (setting.map(|s| s.kind), value.parse::<Decimal>()) {
            (Some(crate::model::schema::Kind::Rate), Ok(rate)) => percentage(rate),
            _ => value.clone(),
        };
        report.row(vec![
            text(*name),
            text(shown),
            text(if *given { "gegeven" } else { "standaard" }),
            text(meaning),
        ]);
    }
    for groep in &model.indexen {
        for (from, q) in &groep.groei {
            let percent = percentage(q.value);
            report.row(vec![
                text(format!("index {}", groep.naam)),
                text(format!("{percent} vanaf {from}")),
                text(
                    q.place
                        .as_ref()
                        .map(ToString::to_string)
                        .unwrap_or_default(),
                ),
                Cell::Empty,
            ]);
        }
    }
    report
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_that_was_a_quotient_is_rounded() {
        let rate = Decimal::from_str_exact("0.0199999999999966181225617651").unwrap();
        assert_eq!(percentage(rate), "2%");
        assert_eq!(percentage(Decimal::new(20_001_234, 9)), "2,000123%");
    }
}

//! Reports on the routes: what each party pays and gains, the fund, the matrix of the gebiedsbegroting.

use super::{Cell, Chart, Drawn, Format, Report, exact, text, year};
use crate::model::Model;
use crate::model::schema::OPGAVEN;
use crate::plan::Route;
use crate::route::Routeresultaat;
use rust_decimal::Decimal;

fn named(route: Route) -> &'static str {
    match route {
        Route::Grex => "GREX-route",
        Route::Cofinanciering => "route co-financiering",
    }
}

/// Both figures of every party, both routes side by side.
pub fn partijen(model: &Model, grex: &Routeresultaat, cofin: &Routeresultaat) -> Report {
    let mut report = Report::new(
        "Routes per partij",
        "Wat elke partij betaalt en wint: GREX-route en co-financiering",
        &[
            ("Partij", Format::Text),
            ("Saldo GREX", Format::Eur(0)),
            ("Saldo co-fin.", Format::Eur(0)),
            ("Netto baat GREX", Format::Eur(0)),
            ("Netto baat co-fin.", Format::Eur(0)),
            ("Verschil", Format::Eur(0)),
        ],
    )
    .note("contante waarde tegen de eigen discontovoet van elke partij; daarom zonder totaal")
    .note("saldo: geld en natura. Netto baat: saldo plus eigen baten maal zekerheid. Verschil: in netto baat");
    for (p, partij) in model.partijen.iter().enumerate() {
        let (a, b) = (&grex.partijen[p], &cofin.partijen[p]);
        report.row(vec![
            text(&partij.partij),
            exact(a.saldo),
            exact(b.saldo),
            exact(a.netto_baat),
            exact(b.netto_baat),
            exact(b.netto_baat - a.netto_baat),
        ]);
        if b.minimaal.is_some_and(|m| b.netto_baat < m) {
            report.notes.push(format!(
                "LET OP: {} komt in de route co-financiering onder zijn minimaal_resultaat",
                partij.partij
            ));
        }
    }
    report.total(vec![
        text("Eén portemonnee"),
        exact(grex.portemonnee),
        exact(cofin.portemonnee),
        Cell::Empty,
        Cell::Empty,
        Cell::Empty,
    ]);
    report.notes.extend(onbetaald(cofin));
    report.notes.push("één portemonnee: alle rekeningen samen, overdrachten weggestreept, zonder baten, tegen discontovoet_matrix".into());
    report
}

/// The gebiedsbegroting per party in one route.
pub fn begroting(model: &Model, route: &Routeresultaat) -> Report {
    let name = if route.route == Route::Grex {
        "Begroting GREX"
    } else {
        "Begroting co-financiering"
    };
    let mut report = Report::new(
        name,
        format!("Gebiedsbegroting per partij, {}", named(route.route)),
        &[
            ("Partij", Format::Text),
            ("Schil", Format::Plain),
            ("Boekwaarde", Format::Eur(0)),
            ("Betaalt", Format::Eur(0)),
            ("Bijdragen", Format::Eur(0)),
            ("Ontvangt", Format::Eur(0)),
            ("Saldo (NCW)", Format::Eur(0)),
            ("Besparing (NCW)", Format::Eur(0)),
            ("Maatsch. (NCW)", Format::Eur(0)),
            ("Netto baat", Format::Eur(0)),
            ("Terugverdiend", Format::Plain),
            ("Slechtste jaar", Format::Plain),
            ("Kas in dat jaar", Format::Eur(0)),
        ],
    )
    .note("boekwaarde op peildatum: + is al geïnvesteerd, en telt in het saldo. Terugverdiend: eerste jaar waarna boekwaarde, kas en baten samen niet meer onder nul komen")
    .note(format!("betaalt, bijdragen en ontvangt: lopende prijzen, {} tot en met {}", route.timeline.label(0), route.timeline.label(route.timeline.len - 1)));
    for (p, partij) in model.partijen.iter().enumerate() {
        let x = &route.partijen[p];
        report.row(vec![
            text(&partij.partij),
            partij.schil.map_or(Cell::Empty, Cell::Whole),
            exact(
                route
                    .rekeningen
                    .iter()
                    .filter(|r| model.rekeningen[r.rekening].partij == Some(p))
                    .map(|r| r.boekwaarde_peildatum)
                    .sum(),
            ),
            exact(x.investering),
            exact(x.bijdragen),
            exact(x.ontvangen),
            exact(x.saldo),
            exact(x.besparing),
            exact(x.maatschappelijk),
            exact(x.netto_baat),
            year(x.terugverdienjaar),
            year(x.slechtste_jaar.map(|s| s.0)),
            x.slechtste_jaar.map_or(Cell::Empty, |s| exact(s.1)),
        ]);
    }
    report
}

/// The short form of [`begroting`] for a terminal.
pub fn begroting_kort(model: &Model, route: &Routeresultaat) -> Report {
    let full = begroting(model, route);
    let keep = [0, 3, 4, 5, 6, 9];
    Report {
        columns: keep.iter().map(|c| full.columns[*c].clone()).collect(),
        notes: full.notes.iter().skip(1).cloned().collect(),
        rows: full
            .rows
            .iter()
            .map(|r| super::ReportRow {
                cells: keep.iter().map(|c| r.cells[*c].clone()).collect(),
                ..r.clone()
            })
            .collect(),
        ..full
    }
}

/// Net cash of every party by period.
pub fn kasstromen(model: &Model, route: &Routeresultaat) -> Report {
    let name = if route.route == Route::Grex {
        "Kas per partij GREX"
    } else {
        "Kas per partij co-fin"
    };
    let mut columns = vec![("Periode", Format::Plain)];
    columns.extend(
        model
            .partijen
            .iter()
            .map(|p| (p.partij.as_str(), Format::Eur(0))),
    );
    columns.push(("buiten", Format::Eur(0)));
    let mut report = Report::new(name, format!("Kasstroom per partij (geld en natura), {}", named(route.route)), &columns).note("lopende prijzen; + is ontvangen. Elke rij telt op tot nul: wat de een betaalt, ontvangt de ander");
    let tl = &route.timeline;
    for t in 0..tl.len {
        let values: Vec<Decimal> = route.partijen.iter().map(|p| p.kasstroom[t]).collect();
        let outside = -values.iter().sum::<Decimal>();
        let label = if tl.stap.per_year() == 1 {
            year(Some(tl.year(t)))
        } else {
            text(tl.label(t))
        };
        report.row(
            std::iter::once(label)
                .chain(values.into_iter().map(exact))
                .chain([exact(outside)])
                .collect(),
        );
    }
    report
}

/// The results of every account.
pub fn rekeningen(model: &Model, routes: &[&Routeresultaat]) -> Report {
    let mut report = Report::new(
        "Rekeningen",
        "Resultaten per rekening",
        &[
            ("Rekening", Format::Text),
            ("Route", Format::Text),
            ("Boekwaarde peildatum", Format::Eur(0)),
            ("Reëel saldo", Format::Eur(0)),
            ("Rente", Format::Eur(0)),
            ("Eindwaarde", Format::Eur(0)),
            ("NCW kasstroom", Format::Eur(0)),
            ("Laagste stand", Format::Eur(0)),
            ("in jaar", Format::Plain),
        ],
    )
    .note("grex: rente van de grondexploitatie, tot eindjaar. Andere rekeningen: rente van de partij, tot het einde van de horizon");
    for route in routes {
        for r in &route.rekeningen {
            let x = &r.resultaat;
            let when = usize::try_from(x.laagste_stand.1.mantissa()).unwrap_or(0)
                / 10usize.pow(x.laagste_stand.1.scale());
            report.row(vec![
                text(model.rekening_naam(r.rekening)),
                text(route.route.naam()),
                exact(r.boekwaarde_peildatum),
                exact(x.reeel_saldo),
                exact(x.rente_totaal),
                exact(x.eindwaarde),
                exact(x.ncw_kasstroom),
                exact(x.laagste_stand.0),
                year(Some(route.timeline.year(when))),
            ]);
        }
    }
    report
}

/// What the fund was asked and never paid, in words; nothing when it paid all.
pub fn onbetaald(route: &Routeresultaat) -> Option<String> {
    let f = route.fonds.as_ref()?;
    let left = f.vraag.iter().sum::<Decimal>() - f.betaald.iter().sum::<Decimal>();
    (left >= Decimal::new(5, 3)).then(|| format!("LET OP: van wat het gebiedsfonds is gevraagd blijft € {} onbetaald; dat dragen de dragers", crate::model::table::dutch(left, 0)))
}

/// The fund by period; nothing without one.
pub fn fonds(model: &Model, route: &Routeresultaat) -> Option<Report> {
    let f = route.fonds.as_ref()?;
    let mut columns = vec![
        ("Periode", Format::Plain),
        ("Inleg", Format::Eur(0)),
        ("w.v. bijdragen", Format::Eur(0)),
        ("Rendement", Format::Eur(0)),
        ("Organisatie", Format::Eur(0)),
        ("Eigen kosten", Format::Eur(0)),
        ("Gevraagd", Format::Eur(0)),
        ("Betaald", Format::Eur(0)),
        ("Saldo eind", Format::Eur(0)),
    ];
    if f.leningen.is_some() {
        columns.extend([("Leningen", Format::Eur(0)), ("Uitstaand", Format::Eur(0))]);
    }
    let mut report = Report::new(
        "Gebiedsfonds",
        format!("Gebiedsfonds {}", model.gebied.naam),
        &columns,
    )
    .note(format!(
        "voorfinanciering nodig: € {}",
        crate::model::table::dutch(f.voorfinanciering, 0)
    ));
    report.notes.extend(onbetaald(route));
    if f.leningen.is_some() {
        report.notes.push("leningen: in de periode uitgeleend aan deelgebieden min afgelost; uitstaand: wat zij aan het eind schuldig zijn".into());
    }
    let tl = &route.timeline;
    for t in tl.peil..tl.len {
        let label = if tl.stap.per_year() == 1 {
            year(Some(tl.year(t)))
        } else {
            text(tl.label(t))
        };
        let mut cells = vec![
            label,
            exact(f.inleg[t]),
            exact(f.bijdragen[t]),
            exact(f.rendement[t]),
            exact(f.organisatie[t]),
            exact(f.uitgaven[t]),
            exact(f.vraag[t]),
            exact(f.betaald[t]),
            exact(f.saldo[t]),
        ];
        if let Some([leningen, uitstaand]) = &f.leningen {
            cells.extend([exact(leningen[t]), exact(uitstaand[t])]);
        }
        report.row(cells);
    }
    report.charts.push(Chart {
        title: "Gebiedsfonds: inleg, betaald en saldo".into(),
        category: 0,
        series: vec![(1, Drawn::Column), (7, Drawn::Column), (8, Drawn::Line)],
        rows: (0, tl.len - tl.peil - 1),
    });
    Some(report)
}

/// The matrix opgave × party (annex 3 of the Praktijkhandleiding NOVEX): sums at current prices, or present values.
pub fn matrix(model: &Model, route: &Routeresultaat, ncw: bool) -> Report {
    let (short, what) = if ncw {
        ("NCW", "netto contante waarde tegen discontovoet_matrix")
    } else {
        ("nominaal", "som in lopende prijzen")
    };
    let tail = if route.route == Route::Grex {
        "GREX"
    } else {
        "co-fin"
    };
    let mut columns = vec![("Partij", Format::Text)];
    columns.extend(OPGAVEN.iter().map(|o| (*o, Format::Eur(0))));
    columns.push(("Totaal", Format::Eur(0)));
    let mut report = Report::new(&format!("Matrix {short} {tail}"), format!("Opgave per partij, {}", named(route.route)), &columns).note(format!("{what}; + is ontvangen, − is betaald. Elke kolom telt op tot nul. Een gegeven boekwaarde op peildatum staat hier niet in"));
    let names = model
        .partijen
        .iter()
        .map(|p| p.partij.as_str())
        .chain(["buiten"]);
    for (p, name) in names.enumerate() {
        let values: Vec<Decimal> = route
            .matrix
            .iter()
            .map(|row| if ncw { row[p].ncw } else { row[p].nominaal })
            .collect();
        let total = values.iter().sum();
        report.row(
            std::iter::once(text(name))
                .chain(values.into_iter().map(exact))
                .chain([exact(total)])
                .collect(),
        );
    }
    let sums: Vec<Decimal> = route
        .matrix
        .iter()
        .map(|row| {
            row.iter()
                .map(|c| if ncw { c.ncw } else { c.nominaal })
                .sum()
        })
        .collect();
    // Present values of exact flows leave a rest far behind the cent.
    let sums: Vec<Cell> = sums
        .into_iter()
        .map(|s| {
            exact(s.round_dp_with_strategy(6, rust_decimal::RoundingStrategy::MidpointAwayFromZero))
        })
        .collect();
    report.total(
        std::iter::once(text("Som"))
            .chain(sums)
            .chain([exact(Decimal::ZERO)])
            .collect(),
    );
    report
}

/// The matrix by year: a row per opgave and party that has an amount, the years across.
pub fn matrix_per_jaar(model: &Model, route: &Routeresultaat) -> Report {
    let tail = if route.route == Route::Grex {
        "GREX"
    } else {
        "co-fin"
    };
    let tl = &route.timeline;
    let years: Vec<i32> = (tl.year(0)..=tl.year(tl.len - 1)).collect();
    let headings: Vec<String> = years.iter().map(ToString::to_string).collect();
    let mut columns = vec![("Opgave", Format::Text), ("Partij", Format::Text)];
    columns.extend(headings.iter().map(|y| (y.as_str(), Format::Eur(0))));
    let mut report = Report::new(
        &format!("Matrix per jaar {tail}"),
        format!("Opgave per partij per jaar, {}", named(route.route)),
        &columns,
    )
    .note("lopende prijzen; + is ontvangen, − is betaald");
    for (o, row) in route.matrix.iter().enumerate() {
        for (p, cell) in row.iter().enumerate() {
            if cell.per_periode.iter().all(Decimal::is_zero) {
                continue;
            }
            let mut sums = vec![Decimal::ZERO; years.len()];
            for (t, amount) in cell.per_periode.iter().enumerate() {
                sums[(tl.year(t) - years[0]) as usize] += amount;
            }
            let name = model
                .partijen
                .get(p)
                .map_or("buiten", |x| x.partij.as_str());
            report.row(
                [text(OPGAVEN[o]), text(name)]
                    .into_iter()
                    .chain(sums.into_iter().map(exact))
                    .collect(),
            );
        }
    }
    report
}

/// Who the parties are.
pub fn wie(model: &Model) -> Report {
    let mut report = Report::new("Partijen", "De partijen", &[("Partij", Format::Text), ("Naam", Format::Text), ("Rol", Format::Text), ("Schil", Format::Plain), ("Discontovoet", Format::Percent(2)), ("Minimaal resultaat", Format::Eur(0))])
        .note("schil 1: gangbare partijen; 2: publiek-maatschappelijk; 3: bewoners en gebruikers; 4: indirect financieel-maatschappelijk");
    for p in &model.partijen {
        report.row(vec![
            text(&p.partij),
            text(&p.naam),
            text(p.rol),
            p.schil.map_or(Cell::Empty, Cell::Whole),
            exact(p.discontovoet.value),
            p.minimaal_resultaat
                .as_ref()
                .map_or(Cell::Empty, |q| exact(q.value)),
        ]);
    }
    report
}

/// The maatregelen with their baten and contributions.
pub fn baten(model: &Model) -> Option<Report> {
    if model.baten.is_empty() {
        return None;
    }
    let mut report = Report::new(
        "Baten",
        "Baten per maatregel en baathouder",
        &[
            ("Maatregel", Format::Text),
            ("Baathouder", Format::Text),
            ("Thema", Format::Text),
            ("Omschrijving", Format::Text),
            ("Soort", Format::Text),
            ("Bijdrage in", Format::Text),
            ("Baat per jaar (prijspeil)", Format::Eur(0)),
            ("Bron", Format::Text),
        ],
    )
    .note("baat per jaar op volle sterkte: volume maal prijs maal zekerheid")
    .note("een baat is nooit geld, tenzij er een toegezegde bijdrage is");
    for b in &model.baten {
        let lijn = &model.lijnen[b.lijn];
        let amount = match &lijn.bedrag {
            crate::model::Bedrag::Product(factors) => factors
                .iter()
                .try_fold(Decimal::ONE, |a, f| a.checked_mul(f.waarde.value)),
            _ => None,
        };
        report.row(vec![
            text(&model.maatregelen[b.maatregel].naam),
            text(&model.partijen[b.baathouder].partij),
            text(b.thema),
            text(&b.omschrijving),
            text(lijn.soort.woord()),
            text(if b.bijdrage.is_some() { b.vorm } else { "" }),
            amount.map_or(Cell::Empty, exact),
            text(&b.bron),
        ]);
    }
    Some(report)
}

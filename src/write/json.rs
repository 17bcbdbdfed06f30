//! Report tables as JSON. Knows no model and no rounding: exact figures keep all their digits.

use crate::report::{Cell, Format, Report, RowKind};
use serde_json::{Map, Number, Value, json};
use std::str::FromStr as _;

/// A report as `{name, title, notes, columns: [{heading, format}], rows: [{kind, cells}]}`. Figures are JSON numbers,
/// unrounded; percentages are fractions; what is not a number is null.
pub fn json(report: &Report) -> Value {
    let columns: Vec<Value> = report
        .columns
        .iter()
        .map(|column| json!({ "heading": column.heading, "format": format(column.format) }))
        .collect();
    let rows: Vec<Value> = report
        .rows
        .iter()
        .map(|row| {
            let kind = match row.kind {
                RowKind::Plain => "plain",
                RowKind::Heading => "heading",
                RowKind::Total => "total",
            };
            let mut object = Map::new();
            object.insert("kind".to_owned(), kind.into());
            if let Some(of_row) = row.format {
                object.insert("format".to_owned(), format(of_row).into());
            }
            object.insert("cells".to_owned(), row.cells.iter().map(value).collect());
            Value::Object(object)
        })
        .collect();
    json!({ "name": report.name, "title": report.title, "notes": report.notes, "columns": columns, "rows": rows })
}

fn format(format: Format) -> &'static str {
    match format {
        Format::Text => "text",
        Format::Eur(_) => "eur",
        Format::Percent(_) => "percent",
        Format::Number(_) => "number",
        Format::Plain => "plain",
    }
}

fn value(cell: &Cell) -> Value {
    match cell {
        Cell::Empty => Value::Null,
        Cell::Text(text) => Value::String(text.clone()),
        Cell::Exact(figure) => {
            Number::from_str(&figure.normalize().to_string()).map_or(Value::Null, Value::Number)
        }
        Cell::Fast(figure) => Number::from_f64(*figure).map_or(Value::Null, Value::Number),
        Cell::Whole(figure) => (*figure).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::json;
    use crate::report::{Cell, Format, Report, ReportColumn, ReportRow, RowKind};
    use rust_decimal::Decimal;
    use std::str::FromStr as _;

    #[test]
    fn exact_figures_keep_all_their_digits() {
        let exact = Decimal::from_str("-12345678901234567890.12345600").unwrap();
        let report = Report {
            name: "proef".into(),
            title: "Proef \"x\"".into(),
            notes: vec!["noot".into()],
            columns: vec![ReportColumn {
                heading: "Bedrag".into(),
                format: Format::Eur(0),
            }],
            rows: vec![
                ReportRow {
                    kind: RowKind::Plain,
                    cells: vec![Cell::Exact(exact)],
                    format: Some(Format::Percent(1)),
                },
                ReportRow {
                    kind: RowKind::Total,
                    cells: vec![Cell::Fast(0.1)],
                    format: None,
                },
                ReportRow {
                    kind: RowKind::Heading,
                    cells: vec![Cell::Fast(f64::INFINITY)],
                    format: None,
                },
            ],
            charts: Vec::new(),
        };
        assert_eq!(
            json(&report).to_string(),
            "{\"name\":\"proef\",\"title\":\"Proef \\\"x\\\"\",\"notes\":[\"noot\"],\
             \"columns\":[{\"heading\":\"Bedrag\",\"format\":\"eur\"}],\"rows\":[\
             {\"kind\":\"plain\",\"format\":\"percent\",\"cells\":[-12345678901234567890.123456]},\
             {\"kind\":\"total\",\"cells\":[0.1]},{\"kind\":\"heading\",\"cells\":[null]}]}"
        );
    }
}

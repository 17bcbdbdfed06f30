//! Report tables as csv, for Dutch Excel or for programs. Knows no model. Amounts are in cents unless a report asks for more; other figures keep
//! their digits.

use crate::report::{Cell, Format, Report, RowKind};
use crate::write::terminal::{cells, heading_text, shown_as};
use rust_decimal::{Decimal, RoundingStrategy};
use std::str::FromStr as _;

/// The byte order mark by which Excel knows UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// A report's column headings and rows. Dutch: `;`, decimal comma, UTF-8 with byte order mark, CRLF, as Dutch Excel reads
/// it; else `,`, decimal point, LF. Amounts in euro have two decimals, or as many more as their column; other figures have up to six,
/// percentages are fractions, what is not a number is empty.
///
/// Text that a spreadsheet would take for a formula gets an apostrophe before it.
///
/// # Panics
///
/// When a row has more cells than the report has columns: our own mistake.
pub fn csv(report: &Report, nl: bool) -> Vec<u8> {
    let mut out = if nl {
        BYTE_ORDER_MARK.to_vec()
    } else {
        Vec::new()
    };
    let mut writer = csv::WriterBuilder::new()
        .delimiter(if nl { b';' } else { b',' })
        .terminator(if nl {
            csv::Terminator::CRLF
        } else {
            csv::Terminator::Any(b'\n')
        })
        .from_writer(&mut out);
    let mut write = |record: Vec<String>| {
        writer
            .write_record(&record)
            .expect("writing to memory, all rows equally long");
    };
    if !report.columns.is_empty() {
        write(
            report
                .columns
                .iter()
                .map(|column| harmless(&column.heading))
                .collect(),
        );
    }
    for row in report.rows.iter().filter(|_| !report.columns.is_empty()) {
        if row.kind == RowKind::Heading {
            let mut record = vec![String::new(); report.columns.len()];
            record[0] = harmless(&heading_text(report, row));
            write(record);
        } else {
            let shaped = cells(report, row).zip(&report.columns);
            let record = shaped.map(|(cell, column)| text(cell, shown_as(cell, row, column), nl));
            write(record.collect());
        }
    }
    drop(writer);
    out
}

/// Decimals of an exact figure that is no amount: what lies behind them is the rest of a division.
const CIJFERS: u32 = 6;

fn text(cell: &Cell, format: Format, nl: bool) -> String {
    let cents = match format {
        Format::Eur(decimals) => Some(u32::from(decimals).max(2)),
        _ => None,
    };
    // One way of writing in a column: an amount has all its decimals, another figure none that are zero.
    let rounded = |figure: Decimal, decimals: u32| {
        let figure =
            figure.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero);
        let figure = if figure.is_zero() {
            figure.abs()
        } else {
            figure
        };
        match cents {
            Some(_) => format!("{figure:.*}", decimals as usize),
            None => figure.normalize().to_string(),
        }
    };
    let figure = match (cell, cents) {
        (Cell::Text(text), _) => return harmless(text),
        (Cell::Exact(figure), _) => rounded(*figure, cents.unwrap_or(CIJFERS)),
        (Cell::Fast(figure), Some(cents)) if figure.is_finite() => {
            match Decimal::from_str(&figure.to_string()) {
                Ok(figure) => rounded(figure, cents),
                Err(_) => figure.to_string(),
            }
        }
        (Cell::Fast(figure), None) if figure.is_finite() => (figure + 0.0).to_string(),
        (Cell::Empty | Cell::Fast(_), _) => return String::new(),
        (Cell::Whole(figure), _) => figure.to_string(),
    };
    if nl { figure.replace('.', ",") } else { figure }
}

/// Text that no spreadsheet takes for a formula.
fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::csv;
    use crate::report::{Cell, Format, Report, ReportColumn, ReportRow, RowKind};
    use rust_decimal::Decimal;

    fn report() -> Report {
        let row = |kind, cells| ReportRow {
            kind,
            cells,
            format: None,
        };
        Report {
            name: "proef".into(),
            title: "Proef".into(),
            notes: vec!["niet in csv".into()],
            columns: vec![
                ReportColumn {
                    heading: "Post".into(),
                    format: Format::Text,
                },
                ReportColumn {
                    heading: "Bedrag; \"netto\"".into(),
                    format: Format::Eur(0),
                },
                ReportColumn {
                    heading: "Aandeel, deel".into(),
                    format: Format::Percent(1),
                },
            ],
            rows: vec![
                row(RowKind::Heading, vec![Cell::Text("Kosten".into())]),
                row(
                    RowKind::Plain,
                    vec![
                        Cell::Text("=HYPERLINK(\"x\")".into()),
                        Cell::Exact(Decimal::new(-1_234_567_890, 3)),
                        Cell::Fast(0.1),
                    ],
                ),
                row(
                    RowKind::Plain,
                    vec![
                        Cell::Text("é\nregel".into()),
                        Cell::Whole(12),
                        Cell::Fast(f64::NAN),
                    ],
                ),
                row(
                    RowKind::Total,
                    vec![Cell::Text("\tTotaal".into()), Cell::Fast(-0.0)],
                ),
            ],
            charts: Vec::new(),
        }
    }

    #[test]
    fn dutch_csv_is_what_dutch_excel_reads() {
        let expected = "\u{FEFF}Post;\"Bedrag; \"\"netto\"\"\";Aandeel, deel\r\n\
             Kosten;;\r\n\
             \"'=HYPERLINK(\"\"x\"\")\";-1234567,89;0,1\r\n\
             \"é\nregel\";12;\r\n\
             '\tTotaal;0,00;\r\n";
        assert_eq!(String::from_utf8(csv(&report(), true)).unwrap(), expected);
    }

    #[test]
    fn other_csv_is_what_programs_read() {
        let expected = "Post,\"Bedrag; \"\"netto\"\"\",\"Aandeel, deel\"\n\
             Kosten,,\n\
             \"'=HYPERLINK(\"\"x\"\")\",-1234567.89,0.1\n\
             \"é\nregel\",12,\n\
             '\tTotaal,0.00,\n";
        assert_eq!(String::from_utf8(csv(&report(), false)).unwrap(), expected);
    }

    #[test]
    fn nothing_a_sheet_would_calculate_leaves_unmarked() {
        for text in ["=1", "+1", "-1", "@SUM", "\t=1", "\r=1"] {
            assert_eq!(super::harmless(text), format!("'{text}"));
        }
        assert_eq!(super::harmless("a=1"), "a=1");
    }
}

//! A table from a csv file: file stem, headings, rows. Semicolons mean Dutch numbers, commas plain ones.
//!
//! Knows no table of ours beyond its headings, and opens no files.

use super::{
    Lines, MAX_COLUMNS, Read, Skipped, add_row, find_table, has_headings, not_own_form,
    too_many_columns,
};
use crate::model::schema::{SCHEMA, TableSchema, table_schema};
use crate::model::table::{Binding, Notation, Scalar, Typing, clip, fold};
use crate::problem::{Place, Problem, nearest};
use std::borrow::Cow;
use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

/// Whether the first line that holds something has the headings of a table.
fn headed(bytes: &[u8], schema: &TableSchema) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let first = text
        .trim_start_matches('\u{feff}')
        .lines()
        .find(|l| !l.trim().is_empty());
    first.is_some_and(|line| {
        let fields = line.split([';', ',', '\t']);
        has_headings(schema, fields.map(|f| f.trim().trim_matches('"')))
    })
}

/// Reads the rows of the table that the file's name says.
pub(super) fn read(bytes: &[u8], file: &Arc<str>, read: &mut Read) {
    let whole = Place::file(file);
    let stem = Path::new(&**file)
        .file_stem()
        .map_or(Cow::Borrowed(""), |s| s.to_string_lossy());
    // A name that is nearly a table's is misspelt; a farther one must have its headings to be taken for it.
    let near = nearest(&stem, SCHEMA.iter().map(|t| t.name)).and_then(table_schema);
    let ours = near.is_some_and(|schema| {
        strsim::normalized_damerau_levenshtein(schema.name, &fold(&stem)) >= 0.7
            || headed(bytes, schema)
    });
    if !ours {
        read.problems.push(not_own_form(file));
        return;
    }
    let Some(schema) = find_table(&stem, &whole, &mut read.problems) else {
        return;
    };
    let text = decode(bytes, &whole, &mut read.problems);
    let lines = Lines::new(&text);
    let (delimiter, notation) = delimiter(&text);
    // The csv crate counts lines otherwise for CRLF and blank lines, so lines come from the record's first byte.
    let mut reader = ::csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut binding: Option<(Binding, usize)> = None;
    let mut without_heading = HashSet::new();
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(e) => {
                read.problems.push(
                    Problem::error("bad-csv", format!("the file cannot be read as csv: {e}"))
                        .at(&whole)
                        .fix("save it again as CSV UTF-8"),
                );
                return;
            }
        };
        if record.iter().all(|field| field.trim().is_empty()) {
            continue;
        }
        let start = record.position().map_or(0, |p| p.byte() as usize);
        let start = start
            + text
                .bytes()
                .skip(start)
                .take_while(|b| matches!(b, b'\r' | b'\n'))
                .count();
        let mut line = lines.spot(start).0;
        let row_place = Place::text(file, line, 1);
        let filled = record
            .iter()
            .enumerate()
            .filter(|f| !f.1.trim().is_empty())
            .last()
            .map_or(0, |f| f.0 + 1);
        match &binding {
            None if record.len() > MAX_COLUMNS => {
                read.problems.push(too_many_columns(schema, &row_place));
                return;
            }
            Some((_, width)) if record.len() < *width || filled > *width => {
                let mark = char::from(delimiter);
                read.problems.push(
                    Problem::error(
                        "ragged-row",
                        format!("the row has {} fields, the headings are {width}", record.len()),
                    )
                    .at(&row_place)
                    .fix(format!("give every row {width} fields, and put text that holds {mark} in double quotes")),
                );
                if read.is_full() {
                    return;
                }
                continue;
            }
            _ => {}
        }
        let mut fields = Vec::new();
        for (index, field) in record
            .iter()
            .enumerate()
            .take(binding.as_ref().map_or(MAX_COLUMNS, |b| b.1))
        {
            fields.push((index, field, Place::text(file, line, index as u32 + 1)));
            line += field.bytes().filter(|b| *b == b'\n').count() as u32;
        }
        let Some((binding, _)) = &binding else {
            let headings: Vec<_> = fields
                .into_iter()
                .map(|(_, field, place)| (field.trim().to_owned(), place))
                .collect();
            binding = Some((
                Binding::new(schema, &headings, &mut read.problems),
                headings.len(),
            ));
            continue;
        };
        for (index, field, place) in &fields {
            if binding.column(*index).is_none()
                && !field.trim().is_empty()
                && without_heading.insert(*index)
            {
                let what = clip(field);
                read.skipped.push(Skipped {
                    place: place.clone(),
                    what,
                    why: "no known heading above it".into(),
                });
            }
        }
        let found = fields
            .into_iter()
            .map(|(index, field, place)| (index, Scalar::Text(field.to_owned()), place))
            .collect();
        if !add_row(
            read,
            schema,
            binding,
            &row_place,
            found,
            Typing::Bare(notation),
        ) {
            return;
        }
    }
    if binding.is_none() {
        read.problems.push(
            Problem::warning("no-headings", "the file is empty: no headings were found")
                .at(&whole)
                .fix("remove the file, or write the names of the columns in its first line"),
        );
    }
}

/// Text of a file: UTF-8, with or without its mark, or else Windows-1252, which is said.
fn decode<'a>(bytes: &'a [u8], whole: &Place, problems: &mut Vec<Problem>) -> Cow<'a, str> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    problems.push(
        Problem::warning(
            "not-utf8",
            "the file is not UTF-8 and was read as Windows-1252: look whether accents and € came out right",
        )
        .at(whole)
        .fix("save it as CSV UTF-8"),
    );
    encoding_rs::WINDOWS_1252
        .decode_without_bom_handling(bytes)
        .0
}

/// The delimiter and the notation of numbers that goes with it, from the first line that holds something.
fn delimiter(text: &str) -> (u8, Notation) {
    let headings = text
        .lines()
        .find(|l| l.contains(|c: char| !c.is_whitespace() && c != ';' && c != ','))
        .unwrap_or("");
    let mut quoted = false;
    let (mut semicolons, mut commas) = (0_usize, 0_usize);
    for c in headings.chars() {
        match c {
            '"' => quoted = !quoted,
            ';' if !quoted => semicolons += 1,
            ',' if !quoted => commas += 1,
            _ => {}
        }
    }
    if commas > semicolons {
        (b',', Notation::Plain)
    } else {
        (b';', Notation::Dutch)
    }
}

//! `polder lint`: what is wrong with a workbook itself.

use super::{Failure, Outcome, diagnostics, output};
use crate::inspect::lint::{self, Uitslag};
use crate::problem::has_errors;
use crate::read::werkmap::Werkmap;
use clap::Args;
use serde_json::json;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub(super) struct LintArgs {
    /// The workbook
    pub(super) file: PathBuf,
    /// Print as json
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &LintArgs) -> Result<Outcome, Failure> {
    let name = args
        .file
        .file_name()
        .map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    let mut problems = Vec::new();
    let map = Werkmap::read(&args.file, &name, &mut problems)?;
    let folder = args.file.parent().unwrap_or(Path::new(""));
    let Some(map) = map.filter(|_| !has_errors(&problems)) else {
        return Err(Failure::Input(problems));
    };
    diagnostics::show(&problems, folder);
    let found = lint::onderzoek(&map);
    if args.json {
        output::print_json(&as_json(&map, &found));
    } else {
        output::say(as_text(&map, &found).trim_end());
    }
    Ok(if found.bevindingen.is_empty() {
        Outcome::Ok
    } else {
        Outcome::Findings
    })
}

/// The findings as a list: cells and messages must stay readable, so no table.
fn as_text(map: &Werkmap, found: &Uitslag) -> String {
    let mut text = String::new();
    for finding in &found.bevindingen {
        let _ = write!(
            text,
            "{} [{}]: {}\n    {}\n",
            finding.plaats(),
            finding.soort,
            finding.melding,
            finding.doen
        );
    }
    let sheets = map.bladen.len();
    let _ = writeln!(
        text,
        "{}: {}; {sheets} {}, {} {}, {} of them calculated again{}",
        map.bestand,
        match found.bevindingen.len() {
            0 => "no findings".to_owned(),
            1 => "1 finding".to_owned(),
            n => format!("{n} findings"),
        },
        if sheets == 1 { "sheet" } else { "sheets" },
        found.formules,
        if found.formules == 1 {
            "formula"
        } else {
            "formulas"
        },
        found.nagerekend,
        if found.onvolledig {
            "; the workbook is too large to look at all of it"
        } else {
            ""
        }
    );
    text
}

fn as_json(map: &Werkmap, found: &Uitslag) -> serde_json::Value {
    let findings: Vec<_> = found
        .bevindingen
        .iter()
        .map(|b| {
            json!({
                "soort": b.soort,
                "blad": b.blad.as_deref(),
                "bereik": b.bereik.map(|r| r.to_string()),
                "melding": b.melding,
                "doen": b.doen,
            })
        })
        .collect();
    json!({
        "bestand": &*map.bestand,
        "bevindingen": findings,
        "formules": found.formules,
        "nagerekend": found.nagerekend,
        "niet_nagerekend": found.niet_nagerekend,
        "onvolledig": found.onvolledig,
    })
}

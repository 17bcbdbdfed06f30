//! `polder inspect`: what stands in a foreign workbook, printed, and a mapping for it, written.

use super::{Failure, Outcome, diagnostics, outcome, output};
use crate::inspect::{self, Conventie, Inspectie};
use crate::model::table::dutch;
use crate::problem::{Problem, has_errors};
use crate::read::IoFailure;
use crate::read::werkmap::Werkmap;
use clap::Args;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// What the mapping is called when --out does not say.
const MAPPING: &str = "mapping.toml";

#[derive(Debug, Args)]
pub(super) struct InspectArgs {
    /// The workbook
    file: PathBuf,
    /// Where the proposed mapping is written [default: mapping.toml beside the workbook]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write over a mapping that is there
    #[arg(long)]
    force: bool,
    /// Print the findings as json and write no mapping, unless --out names one
    #[arg(long)]
    json: bool,
}

pub(super) fn inspect(args: &InspectArgs) -> Result<Outcome, Failure> {
    let name = args
        .file
        .file_name()
        .map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    let mut problems = Vec::new();
    let map = Werkmap::read(&args.file, &name, &mut problems)?;
    let Some(map) = map else {
        return Err(Failure::Input(problems));
    };
    let target = match &args.out {
        Some(out) => Some(out.clone()),
        None if args.json => None,
        None => Some(args.file.with_file_name(MAPPING)),
    };
    // Before the work is done, not after it.
    if let Some(target) = target.as_ref().filter(|t| !args.force && t.exists()) {
        return Err(Failure::Usage(format!(
            "{} is there already: write elsewhere with --out, or over it with --force",
            target.display()
        )));
    }
    let found = inspect::inspect(&map);
    if let Some(target) = &target {
        write(target, &found.mapping, args.force)?;
    }
    let differs = has_errors(&found.problemen)
        || found.vergelijkingen.iter().any(|v| !v.klopt())
        || found.totalen.iter().any(|t| !t.klopt())
        || !found.onbegrepen.is_empty();
    if args.json {
        output::print_json(&as_json(&found));
    } else {
        for line in shown(&found) {
            output::say(&line);
        }
    }
    let folder = target
        .as_ref()
        .and_then(|t| t.parent())
        .unwrap_or(Path::new("."));
    diagnostics::show(&problems, folder);
    show_first(&found.problemen, folder);
    if let Some(target) = target.filter(|_| !args.json) {
        output::say(&format!("written: {}", target.display()));
        output::say(&format!(
            "next: a model.toml with [[bron]] bestand = \"{name}\" mapping = \"{}\", then polder check",
            target
                .file_name()
                .map_or_else(String::new, |n| n.to_string_lossy().into_owned())
        ));
    }
    Ok(outcome(differs))
}

fn show_first(problems: &[Problem], folder: &Path) {
    const MOST: usize = 8;
    diagnostics::show(&problems[..problems.len().min(MOST)], folder);
    if problems.len() > MOST {
        eprintln!("and {} more", problems.len() - MOST);
    }
}

fn write(path: &Path, text: &str, force: bool) -> Result<(), Failure> {
    let failed = |e: &std::io::Error| Failure::Io(IoFailure::new(path, "write", e));
    let mut options = std::fs::OpenOptions::new();
    options.write(true);
    if force {
        options.create(true).truncate(true);
    } else {
        options.create_new(true);
    }
    let mut file = options.open(path).map_err(|e| failed(&e))?;
    file.write_all(text.as_bytes()).map_err(|e| failed(&e))
}

fn money(value: Decimal) -> String {
    dutch(value, 2)
}

fn conventie(c: &Conventie, with_ncw: bool) -> String {
    let mut text = format!("rente {}, index per {}", c.rentemethode, c.indexmoment);
    if with_ncw {
        text.push_str(", ");
        text.push_str(c.ncw_methode);
        if c.ncw_methode.starts_with("ncw_kasstroom") {
            let _ = write!(text, " ({})", c.kasstroommoment);
        } else {
            let _ = write!(text, ", exponent in {}", c.dagtelling);
        }
    }
    text
}

/// The findings, line by line.
fn shown(found: &Inspectie) -> Vec<String> {
    /// A list that no one reads to its end says less.
    const MOST: usize = 200;
    let mut out = vec!["Tabellen:".to_owned()];
    for t in &found.tabellen {
        let turned = if t.gekanteld {
            ", jaren onder elkaar"
        } else {
            ""
        };
        out.push(format!(
            "  {} kopregel {}{turned}: {} ({:.2})",
            t.blad,
            t.kopregel.trim_matches('"'),
            t.soort,
            t.zekerheid
        ));
        let mut parts = vec![format!("{} regels", t.regels)];
        for (n, word) in [
            (t.groepen, "groepskoppen"),
            (t.totalen, "totalen"),
            (t.resultaten, "resultaten"),
        ] {
            if n > 0 {
                parts.push(format!("{n} {word}"));
            }
        }
        if let Some((a, b)) = &t.perioden {
            parts.push(format!("{a} t/m {b}"));
        }
        if t.gerealiseerd > 0 {
            parts.push(format!("{} gerealiseerd", t.gerealiseerd));
        }
        if let Some(f) = t.factor {
            parts.push(format!("bedragen x {}", dutch(f, 0)));
        }
        if t.negatief {
            parts.push("bedragen negatief".into());
        }
        out.push(format!("    {}", parts.join(", ")));
        for (ours, toml, why, sure) in &t.kolommen {
            out.push(format!("    {ours} = {toml}  ({sure:.2}: {why})"));
        }
    }
    out.push("Gebied:".into());
    for f in &found.gebied {
        out.push(format!(
            "  {} = {}  ({:.2}: {})",
            f.sleutel, f.toml, f.zekerheid, f.reden
        ));
    }
    if !found.verborgen.is_empty() {
        out.push(format!("Verborgen bladen: {}", found.verborgen.join(", ")));
    }
    if !found.namen.is_empty() {
        let names: Vec<String> = found
            .namen
            .iter()
            .take(40)
            .map(|(n, t)| format!("{n} = {t}"))
            .collect();
        out.push(format!("Namen: {}", names.join("; ")));
    }
    if !found.onbegrepen.is_empty() {
        out.push("Niet begrepen:".into());
        if found.onbegrepen.len() > MOST {
            out.push(format!(
                "  (the first {MOST} of {})",
                found.onbegrepen.len()
            ));
        }
        for o in found.onbegrepen.iter().take(MOST) {
            out.push(format!("  {}: {} ({})", o.place, o.wat, o.waarom));
        }
    }
    if !found.meldingen.is_empty() {
        out.push("Let op:".into());
        for o in found.meldingen.iter().take(MOST) {
            out.push(format!("  {}: {} ({})", o.place, o.wat, o.waarom));
        }
    }
    let tables: Vec<String> = found
        .regels
        .iter()
        .map(|(t, n)| format!("{t} {n}"))
        .collect();
    out.push(format!("Gelezen met dit voorstel: {}", tables.join(", ")));
    if found.ramingen.0 > 0 {
        out.push(format!(
            "{} of {} line amounts agree with the workbook's own",
            found.ramingen.0 - found.ramingen.1.len(),
            found.ramingen.0
        ));
        if let Some(first) = found.ramingen.1.first() {
            out.push(format!("  the first that differs: {}", first.message));
        }
    }
    if !found.totalen.is_empty() {
        let wrong: Vec<_> = found.totalen.iter().filter(|t| !t.klopt()).collect();
        out.push(format!(
            "{} of {} totals of groups are the sum of the lines that were read",
            found.totalen.len() - wrong.len(),
            found.totalen.len()
        ));
        for t in wrong.iter().take(5) {
            out.push(format!(
                "  {}: {}: werkmap {}, polder {}, verschil {}",
                t.plaats,
                t.label,
                money(t.werkmap),
                money(t.polder),
                money(t.polder.checked_sub(t.werkmap).unwrap_or(Decimal::MAX))
            ));
        }
    }
    out.push("Aansluiting:".into());
    if found.vergelijkingen.is_empty() {
        out.push("  no result of the workbook was found to compare with".into());
    }
    for v in &found.vergelijkingen {
        let sign = if v.omgekeerd { ", teken omgekeerd" } else { "" };
        let mut line = format!(
            "  {} → {}{sign}: {} van {} gelijk",
            v.label, v.doel, v.gelijk, v.aantal
        );
        if v.tolerantie > Decimal::new(1, 2) {
            let _ = write!(line, " (afgerond: binnen {})", money(v.tolerantie));
        }
        if let Some((period, theirs, ours)) = &v.eerste {
            let at = if period.is_empty() {
                String::new()
            } else {
                format!("eerst {period}: ")
            };
            let _ = write!(
                line,
                "; {at}werkmap {}, polder {}, verschil {}; grootste verschil {}",
                money(*theirs),
                money(*ours),
                money(ours.checked_sub(*theirs).unwrap_or(Decimal::MAX)),
                money(v.verschil)
            );
        }
        out.push(line);
    }
    if !found.regelverschillen.is_empty() {
        out.push("Waar het verschil begint:".into());
    }
    for r in &found.regelverschillen {
        out.push(format!(
            "  {}: {}: eerst {}: werkmap {}, polder {}, verschil {}",
            r.plaats,
            r.label,
            r.periode,
            money(r.werkmap),
            money(r.polder),
            money(r.polder.checked_sub(r.werkmap).unwrap_or(Decimal::MAX))
        ));
    }
    out.push("Conventies:".into());
    let with_ncw = found.vergelijkingen.iter().any(|v| v.doel == "ncw");
    let exact = !found.vergelijkingen.is_empty()
        && found
            .vergelijkingen
            .iter()
            .all(inspect::Vergelijking::klopt);
    match (&found.conventies[..], exact) {
        ([], _) => out.push("  nothing to tell them by".into()),
        ([first, rest @ ..], exact) => {
            let word = if exact {
                "gives the workbook's figures"
            } else {
                "the nearest"
            };
            out.push(format!("  {} ({word})", conventie(first, with_ncw)));
            let mut told = vec![conventie(first, with_ncw)];
            for c in rest {
                let text = conventie(c, with_ncw);
                if !told.contains(&text) {
                    out.push(format!("  {text} (the same figures)"));
                    told.push(text);
                }
            }
        }
    }
    out
}

fn number(value: Decimal) -> Value {
    value
        .normalize()
        .to_string()
        .parse::<serde_json::Number>()
        .map_or(Value::Null, Value::Number)
}

fn as_json(found: &Inspectie) -> Value {
    json!({
        "tabellen": found.tabellen.iter().map(|t| json!({
            "blad": t.blad,
            "kopregel": t.kopregel.trim_matches('"'),
            "gekanteld": t.gekanteld,
            "soort": t.soort,
            "zekerheid": t.zekerheid,
            "regels": t.regels,
            "groepen": t.groepen,
            "totalen": t.totalen,
            "resultaten": t.resultaten,
            "perioden": t.perioden.as_ref().map(|(a, b)| [a, b]),
            "gerealiseerd": t.gerealiseerd,
            "factor": t.factor.map(number),
            "negatief": t.negatief,
            "kolommen": t.kolommen.iter().map(|(ours, toml, why, sure)| json!({"naar": ours, "van": toml, "zekerheid": sure, "reden": why})).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "gebied": found.gebied.iter().map(|f| json!({"instelling": f.sleutel, "waarde": f.toml, "zekerheid": f.zekerheid, "reden": f.reden})).collect::<Vec<_>>(),
        "niet_begrepen": found.onbegrepen.iter().map(|o| json!({"plaats": o.place.to_string(), "wat": o.wat, "waarom": o.waarom})).collect::<Vec<_>>(),
        "let_op": found.meldingen.iter().map(|o| json!({"plaats": o.place.to_string(), "wat": o.wat, "waarom": o.waarom})).collect::<Vec<_>>(),
        "verborgen_bladen": found.verborgen,
        "namen": found.namen.iter().map(|(n, t)| json!({"naam": n, "tekst": t})).collect::<Vec<_>>(),
        "regels": found.regels.iter().map(|(t, n)| ((*t).to_owned(), json!(n))).collect::<serde_json::Map<_, _>>(),
        "ramingen": {"vergeleken": found.ramingen.0, "verschillend": found.ramingen.1.len()},
        "totalen": found.totalen.iter().map(|t| json!({"plaats": t.plaats.to_string(), "label": t.label, "werkmap": number(t.werkmap), "polder": number(t.polder)})).collect::<Vec<_>>(),
        "aansluiting": found.vergelijkingen.iter().map(|v| json!({
            "label": v.label,
            "plaats": v.plaats.to_string(),
            "doel": v.doel,
            "teken": if v.omgekeerd { -1 } else { 1 },
            "aantal": v.aantal,
            "gelijk": v.gelijk,
            "tolerantie": number(v.tolerantie),
            "grootste_verschil": number(v.verschil),
            "eerste_verschil": v.eerste.as_ref().map(|(p, t, o)| json!({"periode": p, "werkmap": number(*t), "polder": number(*o)})),
        })).collect::<Vec<_>>(),
        "regelverschillen": found.regelverschillen.iter().map(|r| json!({"plaats": r.plaats.to_string(), "label": r.label, "periode": r.periode, "werkmap": number(r.werkmap), "polder": number(r.polder)})).collect::<Vec<_>>(),
        "conventies": found.conventies.iter().map(|c| c.instellingen().iter().map(|(n, v)| ((*n).to_owned(), json!(v))).collect::<serde_json::Map<_, _>>()).collect::<Vec<_>>(),
        "problemen": found.problemen.iter().map(|p| json!({"code": p.code, "bericht": p.message, "plaats": p.place.as_ref().map(ToString::to_string)})).collect::<Vec<_>>(),
        "mapping": found.mapping,
    })
}

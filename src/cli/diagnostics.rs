//! Problems on standard error: with the line of the text file they stand in, or the sheet and cell.

use crate::problem::{Problem, Severity, Spot};
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use std::io::{IsTerminal as _, Write as _};
use std::path::Path;

/// Largest text file whose line is shown.
const MAX_TEXT: u64 = 4 << 20;

/// Shows problems, errors last so that they stay in sight, and counts them.
pub(super) fn show(problems: &[Problem], model: &Path) {
    if problems.is_empty() {
        return;
    }
    let renderer = if std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none() {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let mut out = String::new();
    for severity in [Severity::Warning, Severity::Error] {
        for problem in problems.iter().filter(|p| p.severity == severity) {
            out.push_str(&render(problem, model, &renderer));
            out.push_str("\n\n");
        }
    }
    let errors = problems
        .iter()
        .filter(|p| p.severity == Severity::Error)
        .count();
    let warnings = problems.len() - errors;
    let count = |n: usize, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
    match (errors, warnings) {
        (0, _) => out.push_str(&count(warnings, "warning")),
        (_, 0) => out.push_str(&count(errors, "error")),
        _ => out.push_str(&[count(errors, "error"), count(warnings, "warning")].join(", ")),
    }
    out.push('\n');
    // A closed standard error is no reason to stop.
    let _ = std::io::stderr().write_all(out.as_bytes());
}

fn render(problem: &Problem, model: &Path, renderer: &Renderer) -> String {
    excerpt(problem, model, renderer).unwrap_or_else(|| problem.to_string())
}

/// The message with the line of text that it is about; nothing when there is no such line to show.
fn excerpt(problem: &Problem, model: &Path, renderer: &Renderer) -> Option<String> {
    let place = problem.place.as_ref()?;
    let Spot::Text { line, column } = place.spot else {
        return None;
    };
    let folder = if model.is_dir() {
        model
    } else {
        model.parent()?
    };
    let path = folder.join(&*place.file);
    let path = if path.is_file() {
        path
    } else {
        std::path::PathBuf::from(&*place.file)
    };
    if std::fs::metadata(&path).ok()?.len() > MAX_TEXT {
        return None;
    }
    let text = std::fs::read_to_string(&path).ok()?;
    let source = text.lines().nth(line as usize - 1)?;
    if source.len() > 400 {
        return None;
    }
    let start = source
        .char_indices()
        .nth((column as usize).saturating_sub(1))
        .map_or(source.len(), |(i, _)| i);
    let rest = &source[start..];
    // In csv the column counts fields, so the whole line is meant.
    let csv = path
        .extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("csv"));
    let end = if rest.is_empty() {
        start
    } else {
        start
            + rest
                .find(['#', ',', ']', '}'])
                .filter(|i| *i > 0)
                .unwrap_or(rest.trim_end().len())
                .min(rest.trim_end().len())
                .max(1)
    };
    let span = if csv {
        0..source.len()
    } else {
        start..floor(source, end)
    };
    let level = match problem.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level
        .primary_title(problem.message.clone())
        .id(problem.code);
    let path = place.file.to_string();
    let mut group = title.element(
        Snippet::source(source)
            .line_start(line as usize)
            .path(path)
            .annotation(AnnotationKind::Primary.span(span)),
    );
    if let Some(other) = &problem.other {
        group = group.element(Level::NOTE.message(format!("see {other}")));
    }
    if let Some(allowed) = &problem.allowed {
        group = group.element(Level::NOTE.message(format!("allowed: {allowed}")));
    }
    if let Some(fix) = &problem.fix {
        group = group.element(Level::HELP.message(fix.clone()));
    }
    Some(renderer.render(&[group]))
}

/// The last character boundary at or before a byte.
fn floor(text: &str, mut byte: usize) -> usize {
    while !text.is_char_boundary(byte) {
        byte -= 1;
    }
    byte
}

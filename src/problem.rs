//! What is wrong with an input, and where.
//!
//! A [`Problem`] names the place, what was found, what is allowed and how to mend it. Problems are collected and shown all
//! at once. This module must not know how files are read, nor what a table means.

use std::fmt;
use std::sync::Arc;

/// Where an input stands: a file, and the cell or the line and column inside it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The file as the user named it, relative to the model's folder where it can be.
    pub file: Arc<str>,
    /// Where in the file.
    pub spot: Spot,
}

/// A spot inside a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Spot {
    /// The file as a whole.
    Whole,
    /// A whole sheet of a workbook.
    Sheet(Arc<str>),
    /// A cell of a workbook; row and column count from zero.
    Cell {
        /// Name of the sheet.
        sheet: Arc<str>,
        /// Row, from zero.
        row: u32,
        /// Column, from zero.
        column: u32,
    },
    /// A position in a text file; line and column count from one.
    Text {
        /// Line, from one.
        line: u32,
        /// Column, from one.
        column: u32,
    },
}

impl Place {
    /// The file as a whole.
    pub fn file(file: &str) -> Self {
        Place {
            file: Arc::from(file),
            spot: Spot::Whole,
        }
    }

    /// A sheet of a workbook.
    pub fn sheet(file: &Arc<str>, sheet: &Arc<str>) -> Self {
        Place {
            file: Arc::clone(file),
            spot: Spot::Sheet(Arc::clone(sheet)),
        }
    }

    /// A cell of a workbook, row and column from zero.
    pub fn cell(file: &Arc<str>, sheet: &Arc<str>, row: u32, column: u32) -> Self {
        Place {
            file: Arc::clone(file),
            spot: Spot::Cell {
                sheet: Arc::clone(sheet),
                row,
                column,
            },
        }
    }

    /// A position in a text file, line and column from one.
    pub fn text(file: &Arc<str>, line: u32, column: u32) -> Self {
        Place {
            file: Arc::clone(file),
            spot: Spot::Text { line, column },
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.spot {
            Spot::Whole => write!(f, "{}", self.file),
            Spot::Sheet(sheet) => write!(f, "{} '{sheet}'", self.file),
            Spot::Cell { sheet, row, column } => write!(
                f,
                "{} '{sheet}'!{}{}",
                self.file,
                column_letters(*column),
                row + 1
            ),
            Spot::Text { line, column } => write!(f, "{}:{line}:{column}", self.file),
        }
    }
}

/// Letters of a spreadsheet column counted from zero: 0 is A, 26 is AA.
pub fn column_letters(column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        let digit = (rest - 1) % 26;
        letters.push(char::from(b'A' + digit as u8));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect()
}

/// How serious a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing can be calculated before this is mended.
    Error,
    /// The model can be calculated; the user has to know this.
    Warning,
}

/// One thing that is wrong with an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Error or warning.
    pub severity: Severity,
    /// Short, stable name of the message, such as `unknown-column`; `docs/problems.md` lists them.
    pub code: &'static str,
    /// What is wrong, with the value that was found. No full stop at the end.
    pub message: String,
    /// Where it stands.
    pub place: Option<Place>,
    /// A second place that belongs to it (the first use of a duplicate key, say).
    pub other: Option<Place>,
    /// What is allowed.
    pub allowed: Option<String>,
    /// How to mend it.
    pub fix: Option<String>,
}

impl Problem {
    /// A problem that must be mended.
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Problem {
            severity: Severity::Error,
            code,
            message: message.into(),
            place: None,
            other: None,
            allowed: None,
            fix: None,
        }
    }

    /// A finding that does not stop the calculation.
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Problem {
            severity: Severity::Warning,
            ..Problem::error(code, message)
        }
    }

    /// Adds where it stands.
    #[must_use]
    pub fn at(mut self, place: &Place) -> Self {
        self.place = Some(place.clone());
        self
    }

    /// Adds a second place.
    #[must_use]
    pub fn and(mut self, place: &Place) -> Self {
        self.other = Some(place.clone());
        self
    }

    /// Adds what is allowed.
    #[must_use]
    pub fn allowed(mut self, allowed: impl Into<String>) -> Self {
        self.allowed = Some(allowed.into());
        self
    }

    /// Adds how to mend it.
    #[must_use]
    pub fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(f, "{word}[{}]: {}", self.code, self.message)?;
        if let Some(place) = &self.place {
            write!(f, "\n  --> {place}")?;
        }
        if let Some(other) = &self.other {
            write!(f, "\n  see {other}")?;
        }
        if let Some(allowed) = &self.allowed {
            write!(f, "\n  = allowed: {allowed}")?;
        }
        if let Some(fix) = &self.fix {
            write!(f, "\n  = help: {fix}")?;
        }
        Ok(())
    }
}

/// Whether any of the problems stops the calculation.
pub fn has_errors(problems: &[Problem]) -> bool {
    problems.iter().any(|p| p.severity == Severity::Error)
}

/// Names for a message: all of them, or the first ones when there are very many.
pub fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    const MOST: usize = 40;
    let mut names = names.into_iter();
    let first: Vec<&str> = names.by_ref().take(MOST).collect();
    let rest = names.count();
    if rest == 0 {
        first.join(", ")
    } else {
        format!("{} and {rest} more", first.join(", "))
    }
}

/// The candidate closest to `word`, if one is close enough to be a likely misspelling.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    /// What is longer is no misspelt name, and comparing costs the product of the lengths.
    const LONGEST: usize = 200;
    /// Most candidates that are looked at.
    const MOST: usize = 2_000;
    let word = word.to_lowercase();
    if word.len() > LONGEST || word.is_empty() {
        return None;
    }
    // The beginning of a name is likelier to be meant than a name that looks a little like it.
    let likeness = |candidate: &str| {
        let begins = word.len() > 3 && candidate.starts_with(&word);
        let alike = strsim::normalized_damerau_levenshtein(&word, candidate);
        // Of several that begin so, the shortest is meant.
        if begins {
            alike.max(0.75 + alike / 5.0)
        } else {
            alike
        }
    };
    candidates
        .into_iter()
        .filter(|c| c.len() <= LONGEST)
        .take(MOST)
        .map(|c| (likeness(&c.to_lowercase()), c))
        .filter(|(likeness, _)| *likeness >= 0.5)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, c)| c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters() {
        for (column, letters) in [
            (0, "A"),
            (25, "Z"),
            (26, "AA"),
            (701, "ZZ"),
            (702, "AAA"),
            (16_383, "XFD"),
        ] {
            assert_eq!(column_letters(column), letters);
        }
    }

    #[test]
    fn places_read_as_a_user_writes_them() {
        let file: Arc<str> = Arc::from("model.xlsx");
        let sheet: Arc<str> = Arc::from("Kas stroom");
        assert_eq!(
            Place::cell(&file, &sheet, 6, 2).to_string(),
            "model.xlsx 'Kas stroom'!C7"
        );
        assert_eq!(
            Place::text(&Arc::from("kosten.csv"), 14, 8).to_string(),
            "kosten.csv:14:8"
        );
    }
}

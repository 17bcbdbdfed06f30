//! Reads a model: carriers to raw tables. Never calculates.
//!
//! A model is a folder with `model.toml`, or a single file. Every source yields rows of the schema's tables with their
//! places; rows of one table from several sources are joined.

use crate::model::table::Tables;
use crate::problem::{Place, Problem};

pub mod workbook;

/// A source file, for the manifest of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Name relative to the model's folder.
    pub name: String,
    /// SHA-256 of its bytes, hexadecimal.
    pub sha256: String,
    /// Size in bytes.
    pub size: u64,
}

/// A row or sheet that was passed over, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// Where it stands.
    pub place: Place,
    /// What stood there, shortened.
    pub what: String,
    /// Why it was passed over.
    pub why: String,
}

/// What was read.
#[derive(Debug, Clone, Default)]
pub struct Read {
    /// All tables, joined.
    pub tables: Tables,
    /// The files it came from.
    pub sources: Vec<SourceFile>,
    /// What was passed over.
    pub skipped: Vec<Skipped>,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

/// A file that could not be read or written at all (exit code 3).
#[derive(Debug)]
pub struct IoFailure {
    /// The file or folder.
    pub path: String,
    /// What was being done: "open", "write".
    pub doing: &'static str,
    /// The system's reason.
    pub reason: String,
}

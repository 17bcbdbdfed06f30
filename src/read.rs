//! Reads a model: carriers to raw tables. Never calculates.
//!
//! A model is a folder with `model.toml`, or a single file. Every source yields rows of the schema's tables with their
//! places; rows of one table from several sources are joined.

use crate::model::table::Tables;
use crate::problem::{Place, Problem};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::io::Read as _;
use std::path::Path;

pub mod mapping;
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

impl SourceFile {
    /// The record of a file's bytes.
    pub fn of(name: &str, bytes: &[u8]) -> Self {
        let sha256 = Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        SourceFile { name: name.into(), sha256, size: bytes.len() as u64 }
    }
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

/// The bytes of a file; nothing when there are more than `limit`.
pub(crate) fn read_bytes(path: &Path, limit: u64) -> Result<Option<Vec<u8>>, IoFailure> {
    let failed = |e: std::io::Error| IoFailure { path: path.display().to_string(), doing: "open", reason: e.to_string() };
    let mut bytes = Vec::new();
    let size = std::fs::File::open(path).map_err(failed)?.take(limit + 1).read_to_end(&mut bytes).map_err(failed)?;
    Ok((size as u64 <= limit).then_some(bytes))
}

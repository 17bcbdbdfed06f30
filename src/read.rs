//! Reads a model: carriers to raw tables. Never calculates.
//!
//! A model is a folder with `model.toml`, or a single file. Every source yields rows of the schema's tables with their
//! places; rows of one table from several sources are joined.

use crate::model::Model;
use crate::model::schema::{SCHEMA, TableSchema, table_schema};
use crate::model::table::{Binding, Scalar, Table, Tables, Typing, clip, fold};
use crate::problem::{Place, Problem, Severity, nearest};
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::fs;
use std::io::Read as _;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

mod csv;
pub mod mapping;
mod native;
pub mod periode;
pub mod scenario;
mod toml;
pub mod trekkingen;
pub mod werkmap;
pub mod workbook;

/// Name of the manifest in a model's folder.
pub const MANIFEST: &str = "model.toml";
/// Hidden sheet of a workbook with formulas that polder wrote: it names the sheets that calculate.
pub const BLAD_MERK: &str = "_polder";
/// The sheets of such a workbook that every one has, by which it is known when the hidden sheet is gone.
const BLADEN_ALTIJD: [&str; 4] = ["Leeswijzer", "Uitkomsten", "Controles", "Herkomst"];
/// Its other sheets, by name, also those that not every version and model has: a name too many does no harm.
const REKENBLADEN: [&str; 13] = [
    "Spoor",
    "Verhaal",
    "Tijd en index",
    "Bedragen",
    "Gewichten",
    "Stromen prijspeil",
    "Stromen",
    "Grondexploitatie",
    "Deelresultaten",
    "Fondsverloop",
    "Rekeningen",
    "Partijresultaten",
    "Vaste getallen",
];
/// What its sheets of draws are called before anything else.
const BLAD_TREKKINGEN: &str = "MC ";
/// Largest csv file that is read, in bytes.
const MAX_CSV: u64 = 64 << 20;
/// Largest workbook of our own form that is read, in bytes.
const MAX_WORKBOOK: u64 = 64 << 20;
/// Largest toml file that is read, in bytes: its tree takes many times its size.
const MAX_TOML: u64 = 4 << 20;
/// Most rows of one table, over all sources.
const MAX_ROWS: usize = 100_000;
/// Most columns of a table in a text file, known or not.
const MAX_COLUMNS: usize = 1_000;
/// Once this many problems were found, no more rows are read.
const MAX_PROBLEMS: usize = 1_000;

/// The problems that concern one value or column: with these the other values are still worth checking.
const OF_ONE_VALUE: &[&str] = &[
    "double-column",
    "empty-cell",
    "formula-without-value",
    "not-a-number",
    "not-a-value",
    "not-a-year",
    "number-too-large",
    "spreadsheet-error",
    "text-too-long",
    "unknown-column",
    "untranslated",
];

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
        let sha256 =
            Sha256::digest(bytes)
                .iter()
                .fold(String::with_capacity(64), |mut hex, byte| {
                    let _ = write!(hex, "{byte:02x}");
                    hex
                });
        SourceFile {
            name: name.into(),
            sha256,
            size: bytes.len() as u64,
        }
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

impl Skipped {
    /// How much it may matter: a column that nothing was read from (0), a sheet (1), a row with figures (2); nothing for headings, empty rows,
    /// what the mapping passes over by name, and what polder wrote itself.
    pub fn gewicht(&self) -> Option<u8> {
        let told = [
            ("no entry of the mapping names column", 0),
            ("no known heading above it", 0),
            ("no entry of the mapping names this sheet", 1),
            (FIGURES_UNREAD, 2),
        ];
        let found = told.iter().find(|(text, _)| self.why.contains(text));
        found.map(|(_, weight)| *weight)
    }
}

/// Why a row with figures was passed over that no entry of a mapping names.
pub(crate) const FIGURES_UNREAD: &str =
    "no entry of the mapping names this row, which holds figures";

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
    /// Whether so much of a mapping is wrong that rows are missing.
    pub(crate) incomplete: bool,
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

impl Read {
    /// Whether so many problems were found that reading on only adds noise.
    fn is_full(&self) -> bool {
        self.problems.len() >= MAX_PROBLEMS
    }

    /// The model, with what was wrong in reading and in checking together. When a whole file, sheet or table could not be
    /// read there is no checking: all that refers to it would be told once more.
    pub fn into_model(self) -> (Option<Model>, Vec<Problem>) {
        let mut problems = self.problems;
        let errors = || problems.iter().filter(|p| p.severity == Severity::Error);
        if self.incomplete || errors().any(|p| !OF_ONE_VALUE.contains(&p.code)) {
            return (None, problems);
        }
        let complete = errors().next().is_none();
        let (model, found) = Model::new(self.tables);
        problems.extend(found);
        (model.filter(|_| complete), problems)
    }
}

impl IoFailure {
    /// A failure of the system's.
    pub fn new(path: &Path, doing: &'static str, reason: &std::io::Error) -> Self {
        IoFailure {
            path: path.display().to_string(),
            doing,
            reason: reason.to_string(),
        }
    }
}

impl std::fmt::Display for IoFailure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "cannot {} {}: {}", self.doing, self.path, self.reason)
    }
}

impl std::error::Error for IoFailure {}

/// Reads a model: a folder with `model.toml` or with csv files, or one toml file, csv file or workbook.
///
/// What is wrong inside the files is collected in [`Read::problems`]. Fails only when the system does: the path does not
/// exist, or a file may not be read.
pub fn read_model(path: &Path) -> Result<Read, IoFailure> {
    let about = fs::metadata(path).map_err(|e| IoFailure::new(path, "open", &e))?;
    let mut read = Read::default();
    if about.is_dir() {
        let names = csv_names(path)?;
        if path.join(MANIFEST).is_file() {
            read_manifest(path, MANIFEST, &mut read)?;
        } else if names.is_empty() {
            read.problems.push(
                Problem::error(
                    "no-model",
                    format!("the folder holds no {MANIFEST} and no csv files"),
                )
                .at(&Place::file(&path.display().to_string()))
                .fix(format!(
                    "write a {MANIFEST}, or name the folder that holds one"
                )),
            );
        } else {
            for name in names {
                read_source(path, &name, &mut read)?;
            }
        }
    } else {
        let folder = path
            .parent()
            .filter(|p| !p.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        let name = path
            .file_name()
            .map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        match Carrier::of(&name) {
            Some(Carrier::Toml) => read_manifest(folder, &name, &mut read)?,
            _ => read_source(folder, &name, &mut read)?,
        }
    }
    let mut seen = std::collections::HashSet::new();
    read.sources.retain(|s| seen.insert(s.name.clone()));
    Ok(read)
}

/// Reads tables from the text of one toml file, which names no further sources.
pub fn read_text(name: &str, text: &str) -> Read {
    let mut read = Read::default();
    toml::read(text.as_bytes(), &Arc::from(name), None, &mut read);
    read
}

/// Reads tables from the bytes of a workbook of our own form.
pub fn read_bytes_of_workbook(name: &str, bytes: &[u8]) -> Read {
    let mut read = Read::default();
    if let Some(workbook) = workbook::Workbook::from_bytes(bytes, name, &mut read.problems) {
        native::read(&workbook, &mut read);
    }
    read
}

/// What a file is by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Carrier {
    Toml,
    Csv,
    Workbook,
}

impl Carrier {
    fn of(name: &str) -> Option<Self> {
        let extension = Path::new(name).extension()?.to_str()?.to_lowercase();
        match extension.as_str() {
            "toml" => Some(Carrier::Toml),
            "csv" => Some(Carrier::Csv),
            "xlsx" | "xlsm" | "xlsb" | "xls" | "ods" => Some(Carrier::Workbook),
            _ => None,
        }
    }
}

/// A source that the manifest names.
struct Bron {
    bestand: String,
    mapping: Option<(String, Place)>,
    place: Place,
}

/// Reads the manifest, its own tables first, then the sources it names in their order.
fn read_manifest(folder: &Path, name: &str, read: &mut Read) -> Result<(), IoFailure> {
    let Some(bytes) = load_text(folder, name, MAX_TOML, read)? else {
        return Ok(());
    };
    let mut bronnen = Vec::new();
    toml::read(&bytes, &Arc::from(name), Some(&mut bronnen), read);
    let mut claims = Claims::default();
    claims.claim(folder, name, "", &Place::file(name), read)?;
    for bron in bronnen {
        if read.is_full() {
            break;
        }
        let Bron {
            bestand,
            mapping,
            place,
        } = bron;
        if let Some((mapping, mapping_place)) = mapping {
            let known = claims.claim(folder, &bestand, &mapping, &place, read)?;
            let mapped = find(folder, &mapping, &mapping_place, read)?.is_some();
            if known && mapped {
                mapping::read_foreign(folder, &bestand, &mapping, read)?;
            }
            continue;
        }
        if !claims.claim(folder, &bestand, "", &place, read)? {
            continue;
        }
        let inner = folder.join(&bestand);
        if inner.is_dir() {
            let names = csv_names(&inner)?;
            if names.is_empty() {
                read.problems.push(Problem::error("no-csv", format!("folder \"{bestand}\" holds no csv files")).at(&place).fix("name a file or another folder, or put csv files in it, each called as its table"));
            }
            for name in names {
                let name = format!("{}/{name}", bestand.trim_end_matches('/'));
                if claims.claim(folder, &name, "", &place, read)? {
                    read_source(folder, &name, read)?;
                }
            }
        } else {
            read_source(folder, &bestand, read)?;
        }
    }
    Ok(())
}

/// The files that were read already, each with the place that named it.
#[derive(Default)]
struct Claims(HashMap<(PathBuf, String), Place>);

impl Claims {
    /// Claims a file, with the mapping it is read with; a file that is missing or was claimed before is a problem.
    fn claim(
        &mut self,
        folder: &Path,
        name: &str,
        mapping: &str,
        place: &Place,
        read: &mut Read,
    ) -> Result<bool, IoFailure> {
        let Some(path) = find(folder, name, place, read)? else {
            return Ok(false);
        };
        if let Some(first) = self.0.get(&(path.clone(), mapping.to_owned())) {
            read.problems.push(
                Problem::error(
                    "double-file",
                    format!(
                        "\"{}\" is named twice: its rows would count double",
                        clip(name)
                    ),
                )
                .at(place)
                .and(first)
                .fix("name every file once"),
            );
            return Ok(false);
        }
        self.0.insert((path, mapping.to_owned()), place.clone());
        Ok(true)
    }
}

/// The true path of a file that a model names. A path that is not relative, and a file that is not there, is a problem.
fn find(
    folder: &Path,
    name: &str,
    place: &Place,
    read: &mut Read,
) -> Result<Option<PathBuf>, IoFailure> {
    let drive = name.as_bytes().get(1) == Some(&b':');
    let relative = Path::new(name)
        .components()
        .all(|c| !matches!(c, Component::RootDir | Component::Prefix(_)));
    if name.is_empty() || drive || !relative || name.contains(['\\', '\0']) {
        read.problems.push(
            Problem::error("bad-path", format!("\"{}\" is not a path from the model's folder", clip(name)))
                .at(place)
                .allowed("a relative path with forward slashes: tabellen.xlsx, csv, ../gedeeld/indexen.csv")
                .fix("write the path as seen from the folder of model.toml, or put the file in that folder"),
        );
        return Ok(None);
    }
    let path = folder.join(name);
    match fs::canonicalize(&path) {
        Ok(path) => Ok(Some(path)),
        Err(e) if e.kind() == std::io::ErrorKind::PermissionDenied => {
            Err(IoFailure::new(&path, "open", &e))
        }
        Err(e) => {
            let beside: Vec<String> = fs::read_dir(folder)
                .map(|dir| {
                    dir.take(1000)
                        .flatten()
                        .map(|f| f.file_name().to_string_lossy().into_owned())
                        .collect()
                })
                .unwrap_or_default();
            let why = if e.kind() == std::io::ErrorKind::NotFound {
                "does not exist".to_owned()
            } else {
                format!("cannot be opened: {e}")
            };
            let problem =
                Problem::error("missing-file", format!("file \"{}\" {why}", clip(name))).at(place);
            let near = nearest(name, beside.iter().map(String::as_str));
            read.problems.push(problem.fix(near.map_or_else(
                || "check its name and its folder".into(),
                |near| format!("did you mean \"{near}\"?"),
            )));
            Ok(None)
        }
    }
}

/// Reads one file of our own form.
fn read_source(folder: &Path, name: &str, read: &mut Read) -> Result<(), IoFailure> {
    let file: Arc<str> = Arc::from(name);
    match Carrier::of(name) {
        Some(Carrier::Toml) => {
            if let Some(bytes) = load_text(folder, name, MAX_TOML, read)? {
                toml::read(&bytes, &file, None, read);
            }
        }
        Some(Carrier::Csv) => {
            if let Some(bytes) = load_text(folder, name, MAX_CSV, read)? {
                csv::read(&bytes, &file, read);
            }
        }
        Some(Carrier::Workbook) => {
            if let Some(bytes) = load(folder, name, MAX_WORKBOOK, read)?
                && let Some(workbook) =
                    workbook::Workbook::from_bytes(&bytes, name, &mut read.problems)
            {
                native::read(&workbook, read);
            }
        }
        None => read.problems.push(
            Problem::error(
                "unknown-file",
                format!("\"{}\" is no file that can be read", clip(name)),
            )
            .at(&Place::file(name))
            .allowed("toml, csv, xlsx, xlsm, ods")
            .fix("save it as one of these, or take it out of the model"),
        ),
    }
    Ok(())
}

/// Names of the csv files in a folder, sorted.
fn csv_names(folder: &Path) -> Result<Vec<String>, IoFailure> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(|e| IoFailure::new(folder, "open", &e))? {
        let name = entry
            .map_err(|e| IoFailure::new(folder, "read", &e))?
            .file_name()
            .to_string_lossy()
            .into_owned();
        if Carrier::of(&name) == Some(Carrier::Csv) && !name.starts_with(['.', '~']) {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// Bytes of a file, noted as a source; with the largest size it may have. What is no plain file is refused: reading a
/// device or pipe could wait for ever.
fn load(
    folder: &Path,
    name: &str,
    limit: u64,
    read: &mut Read,
) -> Result<Option<Vec<u8>>, IoFailure> {
    let path = folder.join(name);
    let place = Place::file(name);
    if !fs::metadata(&path)
        .map_err(|e| IoFailure::new(&path, "open", &e))?
        .is_file()
    {
        read.problems.push(
            Problem::error("not-a-file", format!("\"{}\" is not a file", clip(name)))
                .at(&place)
                .fix("name a plain file"),
        );
        return Ok(None);
    }
    let Some(bytes) = read_bytes(&path, limit)? else {
        read.problems.push(
            Problem::error(
                "file-too-large",
                format!("file \"{}\" is too large", clip(name)),
            )
            .at(&place)
            .allowed(format!("at most {} MiB", limit >> 20))
            .fix("leave out what is not needed, or divide it over more files"),
        );
        return Ok(None);
    };
    read.sources.push(SourceFile::of(name, &bytes));
    Ok(Some(bytes))
}

/// Bytes of a text file, noted as a source.
fn load_text(
    folder: &Path,
    name: &str,
    limit: u64,
    read: &mut Read,
) -> Result<Option<Vec<u8>>, IoFailure> {
    let bytes = load(folder, name, limit, read)?;
    if bytes.as_ref().is_some_and(|b| b.contains(&0)) {
        read.problems.push(
            Problem::error(
                "not-text",
                format!("file \"{}\" holds bytes that no text has", clip(name)),
            )
            .at(&Place::file(name))
            .fix("save it as text in UTF-8 (Excel: CSV UTF-8)"),
        );
        return Ok(None);
    }
    Ok(bytes)
}

/// The bytes of a file; nothing when there are more than `limit`.
pub(crate) fn read_bytes(path: &Path, limit: u64) -> Result<Option<Vec<u8>>, IoFailure> {
    let failed = |e: std::io::Error| IoFailure {
        path: path.display().to_string(),
        doing: "open",
        reason: e.to_string(),
    };
    let mut bytes = Vec::new();
    let size = std::fs::File::open(path)
        .map_err(failed)?
        .take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    Ok((size as u64 <= limit).then_some(bytes))
}

/// The table that a sheet, file or key names; an unknown name is a problem with a suggestion.
fn find_table(
    name: &str,
    place: &Place,
    problems: &mut Vec<Problem>,
) -> Option<&'static TableSchema> {
    let folded = fold(name);
    let found = SCHEMA.iter().find(|t| fold(t.name) == folded);
    if found.is_none() {
        let names = || SCHEMA.iter().map(|t| t.name);
        let mut problem =
            Problem::error("unknown-table", format!("unknown table \"{}\"", clip(name)))
                .at(place)
                .allowed(names().collect::<Vec<_>>().join(", "));
        problem = problem.fix(nearest(name, names()).map_or_else(
            || "take one of these names, or remove it".into(),
            |near| format!("did you mean \"{near}\"?"),
        ));
        problems.push(problem);
    }
    found.and_then(|t| table_schema(t.name))
}

/// Whether headings are those of a table: the column that its rows go by, and another.
fn has_headings<'a>(schema: &TableSchema, headings: impl Iterator<Item = &'a str>) -> bool {
    let found: HashSet<String> = headings.map(fold).collect();
    let known = |name: &str| found.contains(&fold(name));
    let first = schema.columns.first().is_some_and(|c| known(c.name));
    first && schema.columns.iter().filter(|c| known(c.name)).count() > 1
}

/// Says that a file is not of our own form, and what reads it.
fn not_own_form(file: &str) -> Problem {
    Problem::error(
        "not-own-form",
        format!("\"{}\" is not in polder's own form", clip(file)),
    )
    .at(&Place::file(file))
    .allowed("a workbook with a sheet per table, or a csv file per table, each called as its table: gebied, kosten, opbrengsten, ... (polder schema)")
    .fix(format!(
        "run `polder inspect \"{file}\"` first: it looks at a file of any form and proposes a mapping to read it with"
    ))
}

/// Adds a row to the table of a binding. Returns false when no more rows are to be read.
fn add_row(
    read: &mut Read,
    schema: &'static TableSchema,
    binding: &Binding,
    place: &Place,
    found: Vec<(usize, Scalar, Place)>,
    typing: Typing,
) -> bool {
    let table: &mut Table = read.tables.table_mut(schema.name);
    if let Some(row) = binding.settled_row(place, found, typing, &mut read.problems) {
        if table.rows.len() >= MAX_ROWS {
            read.problems.push(
                Problem::error(
                    "too-many-rows",
                    format!("table {} has too many rows", schema.name),
                )
                .at(place)
                .allowed(format!("at most {MAX_ROWS} rows"))
                .fix("join rows that are alike, or divide the area into more models"),
            );
            return false;
        }
        table.rows.push(row);
    }
    if read.is_full() {
        read.problems.push(
            Problem::error(
                "too-many-problems",
                format!("the rest of table {} was not read", schema.name),
            )
            .at(place)
            .fix("mend the problems above first"),
        );
        return false;
    }
    true
}

/// Says that a table has more columns than are read.
fn too_many_columns(schema: &TableSchema, place: &Place) -> Problem {
    Problem::error(
        "too-many-columns",
        format!("table {} has too many columns", schema.name),
    )
    .at(place)
    .allowed(format!("at most {MAX_COLUMNS} columns"))
    .fix("remove the columns that are not in the schema")
}

/// Where the lines of a text begin, to turn a byte's position into a line and column.
struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Self {
        let starts = std::iter::once(0)
            .chain(
                text.bytes()
                    .enumerate()
                    .filter(|b| b.1 == b'\n')
                    .map(|b| b.0 + 1),
            )
            .collect();
        Lines { text, starts }
    }

    /// Line and column, from one, of a byte. The column counts characters (on very long lines, bytes).
    fn spot(&self, byte: usize) -> (u32, u32) {
        let byte = byte.min(self.text.len());
        let line = self.starts.partition_point(|s| *s <= byte).max(1);
        let start = self.starts[line - 1];
        let before = self.text.get(start..byte).filter(|t| t.len() < 4096);
        let column = before.map_or(byte - start, |t| t.chars().count());
        (line as u32, column as u32 + 1)
    }

    fn place(&self, file: &Arc<str>, byte: usize) -> Place {
        let (line, column) = self.spot(byte);
        Place::text(file, line, column)
    }

    /// The line, without its end, that a byte stands on.
    fn line(&self, byte: usize) -> &'a str {
        let line = self.spot(byte).0 as usize;
        let end = self.starts.get(line).copied().unwrap_or(self.text.len());
        self.text[self.starts[line - 1]..end].trim_end_matches(['\n', '\r'])
    }
}

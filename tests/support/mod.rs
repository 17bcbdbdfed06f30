//! What the tests share: models from text, read by the real reader.
#![allow(dead_code, reason = "every test file uses a part")]

pub(crate) mod peer;
pub(crate) mod toeval;

use polder::model::Model;
use polder::model::table::Tables;
use polder::problem::{Problem, has_errors};
use polder::read::{Read, read_model};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// The folder of the project.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn shown(problems: &[Problem]) -> String {
    problems
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n")
}

fn tables_of(read: Read, what: &str) -> Tables {
    assert!(
        !polder::problem::has_errors(&read.problems),
        "{what}\n{}",
        shown(&read.problems)
    );
    read.tables
}

/// The tables of a toml text.
pub(crate) fn tables(text: &str) -> Tables {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = format!(
        "polder-{}-{}.toml",
        std::process::id(),
        COUNT.fetch_add(1, Ordering::Relaxed)
    );
    let path: PathBuf = std::env::temp_dir().join(name);
    std::fs::write(&path, text).expect("the folder for temporary files can be written");
    let read = read_model(&path);
    std::fs::remove_file(&path).expect("the file was written just now");
    tables_of(read.expect("the file was written just now"), text)
}

/// The tables of a folder of the project.
pub(crate) fn tables_in(folder: &str) -> Tables {
    tables_of(
        read_model(&root().join(folder)).expect("the folder is part of the project"),
        folder,
    )
}

/// The model of tables that have no errors; the problems when they have.
pub(crate) fn model(tables: Tables) -> Result<Model, String> {
    let (model, problems) = Model::new(tables);
    model
        .filter(|_| !has_errors(&problems))
        .ok_or_else(|| shown(&problems))
}

//! The order of modules in `lib.rs` is the order of the data flow: a module uses only modules above it. And the core is pure:
//! no files, clock, printing or threads.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

fn sources(folder: &Path, out: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

/// The top module that a file belongs to.
fn module(path: &Path) -> String {
    let inside = path.strip_prefix("src").unwrap();
    inside
        .components()
        .next()
        .unwrap()
        .as_os_str()
        .to_string_lossy()
        .trim_end_matches(".rs")
        .to_owned()
}

/// The text of a file without its tests and comments.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let text = text.split("#[cfg(test)]").next().unwrap();
    text.lines()
        .map(|l| l.split("//").next().unwrap())
        .collect::<Vec<_>>()
        .join("\n")
}

fn order() -> Vec<String> {
    let lib = fs::read_to_string("src/lib.rs").unwrap();
    lib.lines()
        .filter_map(|l| l.strip_prefix("pub mod "))
        .map(|l| l.trim_end_matches(';').to_owned())
        .collect()
}

/// Names of top modules that a text uses by `crate::name`.
fn used(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    for (at, _) in text.match_indices("crate::") {
        let rest = &text[at + "crate::".len()..];
        if let Some(list) = rest.strip_prefix('{') {
            // use crate::{a::X, b}: every first word at the depth of the list
            let mut depth = 0;
            let mut word = String::new();
            for c in list.chars() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => {
                        out.push(std::mem::take(&mut word));
                        continue;
                    }
                    _ => {}
                }
                if depth == 0 {
                    word.push(c);
                }
            }
            out.push(word);
        } else {
            out.push(
                rest.chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '_')
                    .collect(),
            );
        }
    }
    out.into_iter()
        .map(|w| w.trim().split("::").next().unwrap().to_owned())
        .filter(|w| !w.is_empty())
        .collect()
}

#[test]
fn modules_use_only_modules_above_them() {
    let order = order();
    let rank: HashMap<&str, usize> = order
        .iter()
        .enumerate()
        .map(|(i, m)| (m.as_str(), i))
        .collect();
    let mut files = Vec::new();
    sources(Path::new("src"), &mut files);
    let mut seen = 0;
    for file in files {
        let name = module(&file);
        if name == "main" || name == "lib" {
            continue;
        }
        let own = *rank
            .get(name.as_str())
            .unwrap_or_else(|| panic!("{} is not declared in lib.rs", file.display()));
        for other in used(&code(&file)) {
            let Some(theirs) = rank.get(other.as_str()) else {
                continue;
            };
            seen += 1;
            assert!(
                *theirs <= own,
                "{} uses crate::{other}, which stands below {name} in lib.rs",
                file.display()
            );
        }
    }
    assert!(seen > 50, "the test reads no uses: {seen}");
}

#[test]
fn the_core_touches_no_files_clock_terminal_or_threads() {
    let outside = ["read", "write", "cli"];
    let threads = ["risk", "sweep"];
    let mut files = Vec::new();
    sources(Path::new("src"), &mut files);
    for file in files {
        let name = module(&file);
        if outside.contains(&name.as_str()) || name == "main" {
            continue;
        }
        let text = code(&file);
        for word in [
            "std::fs",
            "std::io",
            "std::env",
            "std::time",
            "println!",
            "eprintln!",
            "print!(",
            "std::thread",
            "SystemTime",
            "Instant::now",
        ] {
            assert!(!text.contains(word), "{} uses {word}", file.display());
        }
        assert!(
            threads.contains(&name.as_str()) || !text.contains("rayon"),
            "{} uses rayon",
            file.display()
        );
    }
}

#[test]
fn no_prelude_globs_and_no_leftovers() {
    let mut files = Vec::new();
    sources(Path::new("src"), &mut files);
    for file in files {
        let text = code(&file);
        for line in text.lines() {
            let line = line.trim();
            let glob = line.starts_with("use ") && line.ends_with("::*;");
            // The traits of parallel iterators are made to be taken together; a private part of a file sees its own file.
            assert!(
                !glob || line == "use rayon::prelude::*;" || line == "use super::*;",
                "{}: {line}",
                file.display()
            );
            for word in ["todo!", "unimplemented!", "dbg!(", "#[ignore"] {
                assert!(!line.contains(word), "{}: {line}", file.display());
            }
        }
    }
}

//! `models/benchmark-w` is what `benches/benchmark_w.py` writes from its data, byte for byte; a changed file is told by its name.

use std::path::Path;
use std::process::{Command, Output};

/// Runs the script; `tests/run` installs Python when it is missing.
fn script(arguments: &[&str]) -> Output {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    Command::new("python3")
        .arg(root.join("benches/benchmark_w.py"))
        .args(arguments)
        .output()
        .expect("python3 runs")
}

#[test]
fn the_model_of_the_benchmark_is_what_its_script_writes() {
    let output = script(&["--check"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}

#[test]
fn a_changed_file_is_told() {
    let folder = std::env::temp_dir().join(format!("polder-benchmark-w-{}", std::process::id()));
    let to = folder.to_str().expect("a path in UTF-8");
    let written = script(&["--to", to]);
    assert!(written.status.success());
    let indexen = folder.join("indexen.csv");
    let text = std::fs::read_to_string(&indexen).expect("written above");
    std::fs::write(&indexen, text.replace("0.025", "0.026")).expect("a folder of our own");
    let output = script(&["--to", to, "--check"]);
    std::fs::remove_dir_all(&folder).expect("a folder of our own");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    assert!(said.contains(": indexen.csv;"), "{said}");
}

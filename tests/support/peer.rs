//! Second opinions in Python (`tests/peer/`): JSON in, JSON out.

use serde_json::Value;
use std::io::Write as _;
use std::process::{Command, Stdio};

/// What a script of `tests/peer` makes of its input.
pub(crate) fn answers(script: &str, input: String) -> Value {
    let mut child = Command::new("python3")
        .arg(super::root().join("tests/peer").join(script))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3; tests/run installs it");
    let mut pipe = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || pipe.write_all(input.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success(), "{script}");
    serde_json::from_slice(&output.stdout).unwrap()
}

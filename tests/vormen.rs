//! The five forms of cooperation on Havenkwartier: each is a scenario, and none makes or loses money.

mod support;

use serde_json::Value;
use std::process::Command;

#[test]
fn a_form_shares_otherwise_and_makes_nothing() {
    let mut files: Vec<String> = std::fs::read_dir(support::root().join("scenarios/vormen"))
        .expect("the folder is part of the project")
        .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
        .map(|name| format!("scenarios/vormen/{name}"))
        .collect();
    files.sort();
    assert_eq!(files.len(), 5);
    let output = Command::new(env!("CARGO_BIN_EXE_polder"))
        .current_dir(support::root())
        .args(["sweep", "models/havenkwartier", "--draws", "0", "--json"])
        .args(&files)
        .output()
        .expect("it was built");
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{message}");
    let reports: Value = serde_json::from_slice(&output.stdout).expect("json");
    let rows = |name: &str| -> Vec<Vec<Value>> {
        let found = reports.as_array().unwrap().iter();
        let report = found.into_iter().find(|r| r["name"] == name).unwrap();
        let rows = report["rows"].as_array().unwrap().iter();
        rows.map(|r| r["cells"].as_array().unwrap().clone())
            .collect()
    };
    // What parties pay each other falls away in the one wallet: no form changes it, in either route.
    let all = rows("Scenarios");
    assert_eq!(all.len(), 6, "the base and five forms");
    for column in [6, 7] {
        for row in &all {
            let (own, base) = (row[column].as_f64(), all[0][column].as_f64());
            assert!((own.unwrap() - base.unwrap()).abs() < 0.01, "{row:?}");
        }
    }
    // A GEM settles its whole result: the account of the grondexploitatie ends with nothing, at its own interest.
    let end = |form: &str| -> f64 {
        let row = all
            .iter()
            .find(|r| r[0].as_str().is_some_and(|n| n.starts_with(form)));
        row.unwrap()[3].as_f64().unwrap()
    };
    assert!(end("basis").abs() > 1_000_000.0);
    assert!(end("3 ").abs() <= 0.01, "{}", end("3 "));
    // The tender is the base; every other form changes what the owner has of it.
    let saldo = |form: &str, partij: &str| -> f64 {
        let found = rows("Scenarios per partij").into_iter();
        let row = found
            .into_iter()
            .find(|r| r[0].as_str().is_some_and(|n| n.starts_with(form)) && r[1] == partij);
        row.unwrap_or_else(|| panic!("{form} {partij}"))[2]
            .as_f64()
            .unwrap()
    };
    let base = saldo("basis", "ontwikkelaar");
    assert!((saldo("1 ", "ontwikkelaar") - base).abs() < 0.01);
    for form in ["2 ", "3 ", "4 ", "5 "] {
        assert!(
            (saldo(form, "ontwikkelaar") - base).abs() > 1_000.0,
            "{form}"
        );
    }
    // In the SOK the owner builds more than its land gives a right to, and pays.
    assert!(saldo("2 ", "ontwikkelaar") < base);

    // What the owner pays, and how: by contract, and by beschikking in a public frame.
    let owner: Vec<(f64, f64, String)> = rows("Scenarios per eigenaar")
        .iter()
        .filter(|r| r[1] == "Werf-Noord")
        .map(|r| {
            let number = |i: usize| r[i].as_f64().unwrap();
            (number(2), number(4), r[6].as_str().unwrap().to_owned())
        })
        .collect();
    assert_eq!(owner.len(), 6);
    for (form, (pays, more, how)) in owner.iter().enumerate() {
        let public = form > 3;
        assert_eq!(how == "beschikking", public, "{how}");
        assert_eq!(how == "overeenkomst", !public, "{how}");
        assert!((pays - owner[0].0 - more).abs() < 0.01);
        assert_eq!(*more == 0.0, !public, "{more}");
    }
    // Only the SOK settles rights, only the GEM shares a result, and a grondbank pays out what it takes in.
    for (form, name) in ["basis", "1 ", "2 ", "3 ", "4 ", "5 "].iter().enumerate() {
        let settled = |rule: &str| -> Vec<f64> {
            let found = rows("Scenarios verevening").into_iter();
            found
                .filter(|r| r[0].as_str().unwrap().starts_with(name) && r[6] == rule)
                .map(|r| r[2].as_f64().unwrap())
                .collect()
        };
        let (rights, result) = (settled("grondbank"), settled("gem"));
        assert_eq!((rights.len(), result.len()), (2, 3), "{name}");
        assert!((rights[0] + rights[1]).abs() < 0.01, "{rights:?}");
        assert_eq!(rights[1] > 0.0, form == 2, "{rights:?}");
        assert_eq!(result.iter().any(|x| *x != 0.0), form == 3, "{result:?}");
    }
}

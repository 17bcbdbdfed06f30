//! Draws from outside: how they are spread, what is told of them, raw draws, parts that are joined, and what is refused.

#![allow(clippy::float_cmp, reason = "equal bits are meant exactly")]

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const MODEL: &str = "models/voorbeeld";

fn polder(args: &[&str]) -> Output {
    // Calls without --out write the same files side by side.
    let writes = ["run", "compare"].contains(&args[0]);
    let other = ["--force", "--json", "--out"];
    let force = (writes && !other.iter().any(|o| args.contains(o))).then_some("--force");
    Command::new(env!("CARGO_BIN_EXE_polder"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(args)
        .args(force)
        .env("COLUMNS", "80")
        .env("NO_COLOR", "1")
        .output()
        .unwrap()
}

/// Standard output and error of a call that must end so.
fn call(code: i32, args: &[&str]) -> (String, String) {
    let output = polder(args);
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{args:?}\n{out}\n{err}");
    (out, err)
}

fn json(args: &[&str]) -> Value {
    serde_json::from_str(&call(0, args).0).unwrap()
}

/// A folder of its own, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path =
            std::env::temp_dir().join(format!("polder-simulatie-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn str(&self) -> &str {
        self.0.to_str().unwrap()
    }

    fn sub(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    /// Names and bytes of all files, in order.
    fn all(path: &str) -> Vec<(String, Vec<u8>)> {
        let mut files: Vec<(String, Vec<u8>)> = std::fs::read_dir(path)
            .unwrap()
            .map(|e| e.unwrap().path())
            .map(|p| {
                let name = p.file_name().unwrap().to_string_lossy().into_owned();
                (name, std::fs::read(p).unwrap())
            })
            .collect();
        files.sort();
        files
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Headings and columns of a plain csv of numbers.
fn columns(path: &Path) -> (Vec<String>, Vec<Vec<f64>>) {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let headings: Vec<String> = reader
        .headers()
        .unwrap()
        .iter()
        .map(str::to_owned)
        .collect();
    let mut columns = vec![Vec::new(); headings.len()];
    for record in reader.records() {
        for (column, cell) in columns.iter_mut().zip(record.unwrap().iter()) {
            column.push(cell.parse().unwrap());
        }
    }
    (headings, columns)
}

/// Quantile by linear interpolation (numpy's default), written anew.
fn quantile(draws: &[f64], p: f64) -> f64 {
    let mut sorted = draws.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = p * (sorted.len() - 1) as f64;
    let low = at.floor() as usize;
    let high = (low + 1).min(sorted.len() - 1);
    sorted[low] + (at - low as f64) * (sorted[high] - sorted[low])
}

fn mean(draws: &[f64]) -> f64 {
    draws.iter().sum::<f64>() / draws.len() as f64
}

/// What rounding to cents can change in a table.
const CENT: f64 = 0.005;

fn close(found: &Value, expected: f64, what: &str) {
    let found = found.as_f64().unwrap_or_else(|| panic!("{what}: {found}"));
    let off = (found - expected).abs();
    assert!(
        off < 1e-9 * expected.abs().max(1e3),
        "{what}: {found} {expected}"
    );
}

/// [`close`] to a figure of a table, of which amounts are in cents.
fn in_table(found: &Value, expected: f64, what: &str) {
    let amount = found.as_f64().is_some_and(|x| x.abs() > 1.0);
    if amount {
        let found = found.as_f64().unwrap_or(f64::NAN);
        assert!(
            (found - expected).abs() <= CENT,
            "{what}: {found} {expected}"
        );
    } else {
        close(found, expected, what);
    }
}

#[test]
fn raw_draws_give_every_figure_that_is_told() {
    let folder = Folder::new("raw");
    let args = ["compare", MODEL, "--draws", "500", "--seed", "3"];
    call(
        0,
        &[&args[..], &["--raw", "csv", "--out", folder.str()]].concat(),
    );
    let told = json(&[&args[..], &["--json"]].concat());
    let told = &told["simulatie"];
    let (headings, draws) = columns(&folder.0.join("voorbeeld trekkingen.csv"));
    assert_eq!(headings[0], "trekking");
    let numbers: Vec<f64> = (0..500).map(f64::from).collect();
    assert_eq!(draws[0], numbers);
    let column = |name: &str| &draws[headings.iter().position(|h| h == name).unwrap()];
    let figures = told["routes"]["grex"].as_object().unwrap().len();
    assert_eq!(headings.len(), 1 + 2 * figures);
    for route in ["grex", "cofinanciering"] {
        for (name, figure) in told["routes"][route].as_object().unwrap() {
            let x = column(&format!("{route}.{name}"));
            close(&figure["gemiddelde"], mean(x), name);
            let m = mean(x);
            let sd = (x.iter().map(|x| (x - m) * (x - m)).sum::<f64>() / 499.0).sqrt();
            close(&figure["spreiding"], sd, name);
            close(&figure["gemiddelde_fout"], sd / 500_f64.sqrt(), name);
            for p in [1, 5, 10, 25, 50, 75, 90, 95, 99] {
                close(
                    &figure[format!("p{p}")],
                    quantile(x, f64::from(p) / 100.0),
                    name,
                );
            }
            let below = x.iter().filter(|x| **x < 0.0).count() as f64 / 500.0;
            close(&figure["kans_negatief"], below, name);
            let mut sorted = x.clone();
            sorted.sort_by(f64::total_cmp);
            for (share, count) in [(10, 50), (5, 25), (1, 5)] {
                close(
                    &figure[format!("slechtste_{share}")],
                    mean(&sorted[..count]),
                    name,
                );
            }
        }
        // The years of the lowest stand.
        let years = column(&format!("{route}.laagste_stand_jaar"));
        let rows = told["badkuip_jaren"][route].as_array().unwrap();
        let counted: u64 = rows.iter().map(|r| r["trekkingen"].as_u64().unwrap()).sum();
        assert_eq!(counted, 500);
        for row in rows {
            let year = row["jaar"].as_f64().unwrap();
            let count = years.iter().filter(|y| **y == year).count();
            assert_eq!(row["trekkingen"].as_u64().unwrap(), count as u64);
            close(&row["aandeel"], count as f64 / 500.0, "share of a year");
        }
    }
    // The buffer against the exact result.
    let exact = json(&["run", MODEL, "--json"]);
    for figure in ["ncw", "eindwaarde"] {
        let decided = exact["routes"]["grex"]["kerncijfers"][figure]
            .as_f64()
            .unwrap();
        let x = column(&format!("grex.{figure}"));
        let rows = told["buffers"]["grex"][figure]["rijen"].as_array().unwrap();
        for (row, alpha) in rows.iter().zip([0.70, 0.75, 0.80, 0.85, 0.90, 0.95]) {
            let q = quantile(x, 1.0 - alpha);
            close(&row["zekerheid"], alpha, "certainty");
            close(&row["zonder_voorziening"], -q, "without a provision");
            close(&row["buffer"], (decided - q).max(0.0), "buffer");
        }
        assert_eq!(rows.len(), 6);
    }
    // The second route less the first, draw by draw.
    for figure in ["portemonnee", "partij[gemeente].netto_baat"] {
        let (a, b) = (
            column(&format!("grex.{figure}")),
            column(&format!("cofinanciering.{figure}")),
        );
        let d: Vec<f64> = a.iter().zip(b).map(|(a, b)| b - a).collect();
        let row = &told["verschil"][figure];
        close(&row["gemiddelde"], mean(&d), figure);
        close(&row["p5"], quantile(&d, 0.05), figure);
        close(&row["p95"], quantile(&d, 0.95), figure);
        let better = d.iter().filter(|d| **d > 0.005).count() as f64 / 500.0;
        close(&row["kans_beter"], better, figure);
    }
    // The fan has the exact stand beside it, and percentiles in order.
    let fan = std::fs::read_to_string(folder.0.join("voorbeeld - Waaier GREX.csv")).unwrap();
    let stands: Vec<Vec<f64>> = fan
        .lines()
        .skip(1)
        .map(|l| {
            l.split(';')
                .map(|c| c.replace(',', "."))
                .collect::<Vec<_>>()
        })
        .map(|cells| cells[1..6].iter().map(|c| c.parse().unwrap()).collect())
        .collect();
    assert!(
        stands.len() > 5 && stands.iter().all(|row| row.is_sorted()),
        "{fan}"
    );
    // The lowest stand of a draw is below any period's, so its median is below every period's median.
    let lowest = told["routes"]["grex"]["laagste_stand"]["p50"]
        .as_f64()
        .unwrap();
    assert!(stands.iter().all(|row| row[2] >= lowest - CENT));
}

#[test]
fn parts_of_the_draws_make_the_files_of_one_run() {
    for (command, flags, name) in [
        (
            "run",
            &["--draws", "300", "--route", "grex"][..],
            "voorbeeld grex",
        ),
        (
            "compare",
            &["--draws", "1024", "--sampling", "latin"],
            "voorbeeld",
        ),
    ] {
        let folder = Folder::new(command);
        let args = [&[command, MODEL, "--seed", "9"], flags].concat();
        let whole = folder.sub("whole");
        call(0, &[&args[..], &["--raw", "csv", "--out", &whole]].concat());
        let parts: Vec<String> = (1..=3).map(|i| folder.sub(&format!("part {i}"))).collect();
        for (i, part) in parts.iter().enumerate() {
            let shard = format!("{}/3", i + 1);
            let (out, _) = call(
                0,
                &[&args[..], &["--shard", &shard, "--out", part]].concat(),
            );
            assert!(out.contains("next, with all parts: polder merge"), "{out}");
            let files: Vec<String> = Folder::all(part).into_iter().map(|(n, _)| n).collect();
            let stem = format!("{name} deel {} van 3", i + 1);
            assert_eq!(
                files,
                [format!("{stem}.csv"), format!("{stem}.manifest.json")]
            );
        }
        // In another order, and on another number of threads than they were made.
        let merged = folder.sub("merged");
        let merge = ["merge", MODEL, &parts[2], &parts[0], &parts[1]];
        call(
            0,
            &[&merge[..], &["--raw", "csv", "--out", &merged]].concat(),
        );
        let (whole, merged) = (Folder::all(&whole), Folder::all(&merged));
        assert!(whole.len() > 10);
        for (a, b) in whole.iter().zip(&merged) {
            assert!(a == b, "{} differs", a.0);
        }
        assert_eq!(whole.len(), merged.len());
    }
}

/// Parts 1 and 2 of two in a folder each.
fn two_parts(folder: &Folder, model: &str, seed: &str, prefix: &str) -> [String; 2] {
    ["1/2", "2/2"].map(|shard| {
        let out = folder.sub(&format!("{prefix}{}", &shard[..1]));
        let args = ["run", model, "--draws", "200", "--route", "grex"];
        call(
            0,
            &[
                &args[..],
                &["--seed", seed, "--shard", shard, "--out", &out],
            ]
            .concat(),
        );
        out
    })
}

#[test]
fn parts_that_do_not_belong_together_are_refused() {
    let folder = Folder::new("refused");
    // A copy, so that it can be changed.
    let model = folder.sub("model");
    std::fs::create_dir_all(&model).unwrap();
    let text = std::fs::read_to_string(format!("{MODEL}/model.toml")).unwrap();
    let path = Path::new(&model).join("model.toml");
    std::fs::write(&path, &text).unwrap();
    let [a, b] = two_parts(&folder, &model, "1", "a");
    let [_, other] = two_parts(&folder, &model, "2", "b");
    let refused = |code: &str, parts: &[&str]| {
        let out = folder.sub("out");
        let args = [&["merge", &model][..], parts, &["--out", &out]].concat();
        let (_, err) = call(2, &args);
        assert!(err.contains(&format!("error[{code}]")), "{code}: {err}");
        assert!(!Path::new(&out).exists(), "nothing is written");
        err
    };
    let err = refused("part-missing", &[&a]);
    assert!(
        err.contains("2/2 is missing") && err.contains("--shard 2/2"),
        "{err}"
    );
    refused("part-twice", &[&a, &a, &b]);
    let err = refused("parts-differ", &[&a, &other]);
    assert!(err.contains("seed"), "{err}");
    let empty = folder.sub("empty");
    std::fs::create_dir_all(&empty).unwrap();
    refused("no-parts", &[&empty]);
    // A figure changed, with and without the manifest going along.
    let csv = Path::new(&b).join("model grex deel 2 van 2.csv");
    let manifest = Path::new(&b).join("model grex deel 2 van 2.manifest.json");
    let (good, described) = (
        std::fs::read_to_string(&csv).unwrap(),
        std::fs::read_to_string(&manifest).unwrap(),
    );
    let changed = format!("{}9\n", good.trim_end());
    std::fs::write(&csv, &changed).unwrap();
    let err = refused("bad-part", &[&a, &b]);
    assert!(err.contains("SHA-256"), "{err}");
    let sha = |text: &str| {
        use sha2::Digest as _;
        let digest = sha2::Sha256::digest(text.as_bytes());
        digest.iter().fold(String::new(), |mut hex, byte| {
            use std::fmt::Write as _;
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    };
    let forged = described.replace(&sha(&good), &sha(&changed));
    std::fs::write(&manifest, forged).unwrap();
    let err = refused("bad-part", &[&a, &b]);
    assert!(err.contains("draw 199 is not what is drawn here"), "{err}");
    for (what, text) in [
        (
            "not the number of the next draw",
            good.replace("\n130,", "\n131,"),
        ),
        ("is not a number", good.replace("\n130,", "\n130,x")),
        (
            "first column is not trekking",
            good.replace("trekking", "draw"),
        ),
        ("can't be read", good.replace("\n130,", "\n130,1,")),
        (
            "are not those of part 2",
            good[..=good.find("\n199,").unwrap()].to_owned(),
        ),
    ] {
        std::fs::write(&csv, &text).unwrap();
        std::fs::write(&manifest, described.replace(&sha(&good), &sha(&text))).unwrap();
        let err = refused("bad-part", &[&a, &b]);
        assert!(err.contains(what), "{what}: {err}");
    }
    std::fs::write(&manifest, "geen json").unwrap();
    refused("bad-part", &[&a, &b]);
    let draws = described.replace("\"trekkingen\": 200", "\"trekkingen\": \"veel\"");
    assert_ne!(draws, described);
    std::fs::write(&manifest, draws).unwrap();
    refused("bad-part", &[&b]);
    std::fs::write(&csv, good).unwrap();
    std::fs::write(&manifest, described).unwrap();
    // The model changed since: even by a remark, as nobody can tell what else.
    std::fs::write(&path, format!("{text}\n# een opmerking\n")).unwrap();
    refused("part-of-another-model", &[&a, &b]);
    std::fs::write(&path, text).unwrap();
    call(0, &["merge", &model, &a, &b, "--out", &folder.sub("goed")]);
    assert_eq!(
        polder(&["merge", &model, &folder.sub("nergens")])
            .status
            .code(),
        Some(3)
    );
}

#[test]
fn flags_that_cannot_be_are_refused_before_anything_is_read() {
    for (args, what) in [
        (&["--precision", "P50"][..], "write P50=0.5%"),
        (&["--precision", "P50=0.5%,P101=1%"], "write P50=0.5%"),
        (&["--precision", "P50=-1%"], "write P50=0.5%"),
        (&["--raw", "csv"], "give --draws N"),
        (&["--shard", "1/2"], "give --draws N"),
        (&["--draws", "100", "--shard", "1/3"], "at most 2 parts"),
        (&["--draws", "100", "--shard", "3/2"], "with i from 1 to N"),
        (
            &["--draws", "100", "--shard", "1/2", "--raw", "csv"],
            "polder merge",
        ),
        (
            &["--draws", "100", "--shard", "1/2", "--json"],
            "--json writes no files",
        ),
        (
            &["--draws", "100", "--raw", "csv", "--json"],
            "--json writes no files",
        ),
        (
            &["--precision", "P50=1%", "--shard", "1/2"],
            "--shard with --precision",
        ),
        (
            &["--draws", "100", "--sampling", "halton"],
            "possible values: plain",
        ),
        (&["--draws", "100000000"], "at most 10000000"),
    ] {
        let (out, err) = call(2, &[&["run", "no such model"], args].concat());
        assert!(err.contains(what) && out.is_empty(), "{args:?}: {err}");
    }
    if !cfg!(feature = "parquet") {
        let (_, err) = call(2, &["run", MODEL, "--draws", "10", "--raw", "parquet"]);
        assert!(err.contains("--features parquet"), "{err}");
    }
    let args = ["run", MODEL, "--draws", "9000000", "--sampling", "sobol"];
    assert!(call(2, &args).1.contains("at most"));
}

#[test]
fn a_method_of_sampling_says_what_it_takes() {
    let (_, err) = call(
        0,
        &[
            "run",
            MODEL,
            "--draws",
            "100",
            "--sampling",
            "sobol",
            "--json",
        ],
    );
    assert!(err.contains("1024 draws instead of 100"), "{err}");
    let (_, err) = call(
        0,
        &[
            "run",
            MODEL,
            "--draws",
            "101",
            "--sampling",
            "antithetic",
            "--json",
        ],
    );
    assert!(
        err.contains("102 draws instead of 101: --sampling antithetic takes pairs"),
        "{err}"
    );
    let (_, err) = call(
        0,
        &[
            "run",
            MODEL,
            "--draws",
            "1024",
            "--sampling",
            "latin",
            "--json",
        ],
    );
    assert!(!err.contains("instead"), "{err}");
}

#[test]
fn methods_of_sampling_agree() {
    let of = |sampling: &str| {
        let args = ["run", MODEL, "--draws", "4096", "--route", "grex", "--json"];
        let found = json(&[&args[..], &["--sampling", sampling]].concat());
        assert_eq!(found["simulatie"]["trekkingen"], 4096);
        assert!(found["simulatie"]["routes"].get("cofinanciering").is_none());
        let ncw = &found["simulatie"]["routes"]["grex"]["ncw"];
        [
            "gemiddelde",
            "p5",
            "p50",
            "p95",
            "kans_negatief",
            "slechtste_10",
        ]
        .map(|name| {
            let error = ncw[format!("{name}_fout")].as_f64().unwrap();
            (ncw[name].as_f64().unwrap(), error)
        })
    };
    let plain = of("plain");
    for sampling in ["antithetic", "latin", "sobol"] {
        for (a, b) in plain.iter().zip(of(sampling)) {
            assert_ne!(a.0, b.0, "{sampling} draws something else");
            let error = (a.1 * a.1 + b.1 * b.1).sqrt();
            assert!((a.0 - b.0).abs() < 4.5 * error, "{sampling}: {a:?} {b:?}");
        }
    }
}

#[test]
fn a_precision_is_reached_and_told() {
    let args = [
        "run",
        MODEL,
        "--route",
        "grex",
        "--precision",
        "P5=2%,P50=1%",
    ];
    let output = polder(&[&args[..], &["--json"]].concat());
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(err.contains("--precision draws by sobol") && err.contains("plain sampling needs"));
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    let simulation = &found["simulatie"];
    assert_eq!(simulation["steekproef"], "sobol");
    let wishes = simulation["precisie"].as_array().unwrap();
    assert_eq!(wishes.len(), 2);
    for (wish, (name, share)) in wishes.iter().zip([("p5", 0.02), ("p50", 0.01)]) {
        let figure = &simulation["routes"]["grex"]["ncw"];
        close(&wish["waarde"], figure[name].as_f64().unwrap(), name);
        let error = wish["fout"].as_f64().unwrap();
        close(&figure[format!("{name}_fout")], error, name);
        assert_eq!(wish["bereikt"], true);
        assert!(error <= share * figure[name].as_f64().unwrap().abs());
    }
    // The command in the manifest gives the same draws.
    let command = found["manifest"]["opdracht"].as_str().unwrap();
    let words: Vec<&str> = command.split(' ').skip(3).collect();
    let again = json(&[&["run", MODEL], &words[..], &["--json"]].concat());
    assert_eq!(again["simulatie"]["routes"], simulation["routes"]);
}

#[test]
fn one_route_is_the_same_as_that_route_of_both() {
    for sampling in ["plain", "sobol"] {
        one_route(sampling);
    }
}

fn one_route(sampling: &str) {
    let args = [
        "run",
        MODEL,
        "--draws",
        "100",
        "--sampling",
        sampling,
        "--json",
    ];
    let both = json(&args);
    let one = json(&[&args[..], &["--route", "cofinanciering"]].concat());
    assert_eq!(
        one["simulatie"]["routes"]["cofinanciering"],
        both["simulatie"]["routes"]["cofinanciering"]
    );
    assert_eq!(one["simulatie"]["routes"].as_object().unwrap().len(), 1);
    assert_eq!(one["routes"].as_object().unwrap().len(), 1);
    assert_eq!(
        one["routes"]["cofinanciering"],
        both["routes"]["cofinanciering"]
    );
}

/// The rows of the fan of a route: period, percentiles, exact result as far as it goes, and errors.
fn fan(folder: &str, route: &str) -> Vec<Vec<String>> {
    let ending = format!("- Waaier {route}.csv");
    let mut files = Folder::all(folder).into_iter();
    let (_, bytes) = files
        .find(|(name, _)| name.ends_with(&ending))
        .unwrap_or_else(|| panic!("no {ending} in {folder}"));
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let rows = reader.records();
    rows.map(|record| record.unwrap().iter().map(str::to_owned).collect())
        .collect()
}

#[test]
fn the_fan_of_every_route_is_that_of_the_route_alone() {
    let folder = Folder::new("waaier");
    for model in [MODEL, "models/havenkwartier"] {
        let drawn = |command: &str, out: &str, more: &[&str]| {
            let out = folder.sub(out);
            let usual = [command, model, "--draws", "300", "--csv", "en", "--out"];
            call(0, &[&usual[..], &[out.as_str()], more].concat());
            out
        };
        let compared = drawn("compare", "compare", &["--raw", "csv"]);
        let beside = drawn("run", "both", &[]);
        let name = Path::new(model).file_name().unwrap().to_string_lossy();
        let (names, raw) = columns(&Path::new(&compared).join(format!("{name} trekkingen.csv")));
        for (route, word) in [("grex", "GREX"), ("cofinanciering", "co-fin")] {
            let alone = fan(&drawn("run", route, &["--route", route]), word);
            assert!(alone.len() > 5);
            assert_eq!(fan(&compared, word), alone, "{model} {route}");
            assert_eq!(fan(&beside, word), alone, "{model} {route}");
            // The stand at the end is the eindwaarde, which is drawn by itself.
            let ending =
                |n: &String| n.starts_with(route) && n.ends_with("eindwaarde") && !n.contains('[');
            let at = names.iter().position(ending).unwrap();
            let last = alone.last().unwrap().iter().skip(1);
            for (found, p) in last.zip([0.05, 0.25, 0.5, 0.75, 0.95]) {
                let found: f64 = found.parse().unwrap();
                let expected = quantile(&raw[at], p);
                assert!(
                    (found - expected).abs() < 0.01,
                    "{model} {route} P{p}: {found} {expected}"
                );
            }
        }
        for out in ["compare", "both", "grex", "cofinanciering"] {
            std::fs::remove_dir_all(folder.sub(out)).unwrap();
        }
    }
}

#[test]
fn figures_of_the_area_alone_are_those_of_a_full_run() {
    let folder = Folder::new("area");
    for model in [MODEL, "models/havenkwartier"] {
        let args = |out: &str, more: &[&str]| {
            let usual = ["run", model, "--draws", "300", "--raw", "csv", "--out", out];
            call(0, &[&usual[..], more].concat())
        };
        let (all, area) = (folder.sub("all"), folder.sub("area"));
        args(&all, &[]);
        args(&area, &["--area-only"]);
        let raw = |path: &str| {
            let name = Path::new(model).file_name().unwrap().to_string_lossy();
            columns(&Path::new(path).join(format!("{name} grex trekkingen.csv")))
        };
        let ((names, draws), (kept, fewer)) = (raw(&all), raw(&area));
        assert!(kept.len() < names.len());
        assert!(kept.iter().all(|n| !n.contains('[')), "{kept:?}");
        assert_eq!(kept.len(), 1 + 2 * 9);
        for (name, column) in kept.iter().zip(&fewer) {
            let at = names.iter().position(|n| n == name).unwrap();
            assert_eq!(&draws[at], column, "{name}");
        }
        for path in [&all, &area] {
            std::fs::remove_dir_all(path).unwrap();
        }
    }
    let both = json(&["run", MODEL, "--draws", "300", "--area-only", "--json"]);
    let full = json(&["run", MODEL, "--draws", "300", "--json"]);
    for route in ["grex", "cofinanciering"] {
        assert_eq!(both["routes"][route], full["routes"][route]);
    }
    call(0, &["compare", MODEL, "--draws", "300", "--area-only"]);
}

#[test]
fn a_draw_of_any_sampling_is_explained_with_its_figures() {
    let folder = Folder::new("explain");
    for sampling in ["plain", "antithetic", "latin", "sobol"] {
        let how = ["--sampling", sampling, "--draws", "1024"];
        let run = [
            "run",
            MODEL,
            "--route",
            "grex",
            "--raw",
            "csv",
            "--out",
            folder.str(),
        ];
        call(0, &[&run[..], &how].concat());
        let (headings, draws) = columns(&folder.0.join("voorbeeld grex trekkingen.csv"));
        let ncw = &draws[headings.iter().position(|h| h == "grex.ncw").unwrap()];
        let explain = ["explain", MODEL, "ncw", "--draw", "777", "--depth", "1"];
        let (text, _) = call(0, &[&explain[..], &how].concat());
        // As the Dutch write it, to the cent.
        let shown = format!("{:.2}", ncw[777].abs());
        let (whole, cents) = shown.split_once('.').unwrap();
        let digits: String = text.chars().filter(|c| *c != '.').collect();
        assert!(
            digits.contains(&format!("{whole},{cents}")),
            "{sampling} {shown}: {text}"
        );
    }
    for (how, what) in [
        (&["--sampling", "sobol"][..], "give --draws N"),
        (&["--sampling", "latin", "--draws", "100"], "are 0 to 1023"),
    ] {
        let explain = ["explain", MODEL, "ncw", "--draw", "5000"];
        let (_, err) = call(2, &[&explain[..], how].concat());
        assert!(err.contains(what), "{err}");
    }
}

#[test]
fn a_draw_of_a_stress_is_explained_with_its_figure() {
    const W: &str = "models/benchmark-w";
    let folder = Folder::new("stress");
    let how = ["--draws", "64", "--fix", "rente=P90; R15=500000"];
    let run = [
        "run",
        W,
        "--route",
        "grex",
        "--raw",
        "csv",
        "--out",
        folder.str(),
    ];
    call(0, &[&run[..], &how].concat());
    let (headings, draws) = columns(&folder.0.join("benchmark-w grex trekkingen.csv"));
    let ncw = draws[headings.iter().position(|h| h == "grex.ncw").unwrap()][33];
    let explain = ["explain", W, "ncw", "--draw", "33", "--depth", "1"];
    let text = |how: &[&str]| -> String {
        let (text, _) = call(0, &[&explain[..], how].concat());
        text.chars().filter(|c| *c != '.').collect()
    };
    let shown = format!("{:.2}", ncw.abs()).replace('.', ",");
    assert!(text(&how).contains(&shown), "{shown}");
    assert!(!text(&how[..2]).contains(&shown), "{shown}");
    let (_, err) = call(2, &["explain", W, "ncw", "--fix", "rente=P90"]);
    assert!(err.contains("--draw"), "{err}");
}

#[test]
fn what_a_tornado_names_can_be_held() {
    const W: &str = "models/benchmark-w";
    let told = |fix: &str| {
        let run = json(&["run", W, "--draws", "64", "--fix", fix, "--json"]);
        run["simulatie"]["routes"].clone()
    };
    assert_eq!(told("rente=P90"), told("gebied.rente=P90"));
    assert_eq!(
        told("index Woningbouw=0.01"),
        told("index Woningbouw in 2055=0.01")
    );
    assert_ne!(told("rente=P90"), told("index Woningbouw=0.01"));
}

/// A csv table as Dutch Excel reads it: its headings, and its rows by the first cell.
fn table(path: &Path) -> (Vec<String>, std::collections::HashMap<String, Vec<String>>) {
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.trim_start_matches('\u{feff}').lines();
    let split = |l: &str| l.split(';').map(str::to_owned).collect::<Vec<_>>();
    let headings = split(lines.next().unwrap());
    let rows = lines
        .map(split)
        .map(|r| (r[0].trim_matches('"').to_owned(), r));
    (headings, rows.collect())
}

#[test]
fn a_sweep_compares_with_any_scenario() {
    let folder = Folder::new("against");
    let scenarios = folder.sub("rente.toml");
    let text = "naam = \"rente\"\n[[raster]]\ndoel = \"gebied.rente\"\nals = \"waarde\"\nwaarden = [0.01, 0.03]\n";
    std::fs::write(&scenarios, text).unwrap();
    let run = |out: &str, more: &[&str]| {
        let out = folder.sub(out);
        let args = ["sweep", MODEL, &scenarios, "--draws", "300", "--out", &out];
        call(0, &[&args[..], more].concat());
        table(&Path::new(&out).join("voorbeeld sweep - Scenarios.csv"))
    };
    let (headings, basis) = run("basis", &[]);
    let name = basis.keys().find(|k| k.contains("0.03")).unwrap().clone();
    let (_, against) = run("tegen", &["--against", &name]);
    let at = |h: &str| headings.iter().position(|x| x == h).unwrap();
    let figure = |row: &[String], h: &str| -> f64 { row[at(h)].replace(',', ".").parse().unwrap() };
    // The difference the other way round, on the same draws.
    let (there, back) = (&basis[&name], &against["basis"]);
    let opposite = |a: &str, b: &str| {
        let (a, b) = (figure(there, a), figure(back, b));
        assert!(a.abs() > 1.0 && (a + b).abs() < 1e-6, "{a} {b}");
    };
    opposite("Verschil NCW", "Verschil NCW");
    opposite("Verschil P50", "Verschil P50");
    opposite("Verschil P5", "Verschil P95");
    let together = figure(there, "Kans beter") + figure(back, "Kans beter");
    assert!((together - 1.0).abs() < 1e-12, "{together}");
    // A scenario against itself has no chance of being better, and its difference is nothing.
    assert_eq!(figure(&against[&name], "Kans beter"), 0.0);
    assert_eq!(figure(&against[&name], "Verschil NCW"), 0.0);
    assert_eq!(figure(&basis["basis"], "Verschil P50"), 0.0);
    // In parts the same.
    let (_, part) = {
        let out = folder.sub("deel");
        let args = ["sweep", MODEL, &scenarios, "--draws", "300", "--out", &out];
        call(
            0,
            &[&args[..], &["--against", &name, "--shard", "1/3"]].concat(),
        );
        table(&Path::new(&out).join("voorbeeld sweep 1 van 3 - Scenarios.csv"))
    };
    assert_eq!(part["basis"], against["basis"]);
    let (_, err) = call(2, &["sweep", MODEL, &scenarios, "--against", "bassis"]);
    assert!(
        err.contains("error[unknown-against]") && err.contains("did you mean \"basis\""),
        "{err}"
    );
}

#[test]
fn a_sweep_compares_any_figure_in_any_route() {
    let folder = Folder::new("figure");
    let scenarios = folder.sub("rente.toml");
    let text = "naam = \"rente\"\n[[raster]]\ndoel = \"gebied.rente\"\nals = \"waarde\"\nwaarden = [0.01, 0.03]\n";
    std::fs::write(&scenarios, text).unwrap();
    let run = |out: &str, more: &[&str]| {
        let out = folder.sub(out);
        let args = ["sweep", MODEL, &scenarios, "--draws", "1024", "--out", &out];
        call(0, &[&args[..], more].concat());
        table(&Path::new(&out).join("voorbeeld sweep - Scenarios.csv"))
    };
    // Route co-financiering against route grex of the base itself: what compare tells of the same draws.
    let more = [
        "--figure",
        "portemonnee",
        "--route",
        "cofinanciering",
        "--against-route",
        "grex",
        "--sampling",
        "sobol",
    ];
    let (headings, rows) = run("portemonnee", &more);
    let at = |h: &str| headings.iter().position(|x| x == h).unwrap();
    let figure = |h: &str| -> f64 {
        rows["basis"][at(h)]
            .replace(',', ".")
            .replace('%', "")
            .parse()
            .unwrap()
    };
    let told = json(&[
        "compare",
        MODEL,
        "--draws",
        "1024",
        "--sampling",
        "sobol",
        "--json",
    ]);
    let apart = &told["simulatie"]["verschil"]["portemonnee"];
    for (heading, key) in [
        ("Verschil P5", "p5"),
        ("± verschil P5", "p5_fout"),
        ("Verschil P50", "p50"),
        ("± verschil P95", "p95_fout"),
        ("Verschil gemiddeld", "gemiddelde"),
        ("± verschil gem.", "gemiddelde_fout"),
        ("Kans beter", "kans_beter"),
        ("± kans beter", "kans_beter_fout"),
    ] {
        in_table(&apart[key], figure(heading), heading);
    }
    let own = &told["simulatie"]["routes"]["cofinanciering"]["portemonnee"];
    for (heading, key) in [
        ("P50", "p50"),
        ("± P50", "p50_fout"),
        ("Kans tekort", "kans_negatief"),
        ("± gemiddelde", "gemiddelde_fout"),
    ] {
        in_table(&own[key], figure(heading), heading);
    }
    let exact = figure("Portem. cofin.") - figure("Portem. grex");
    assert!((figure("Verschil") - exact).abs() < 0.02, "{exact}");
    // Without parties the same figures; of a party only with them.
    let (_, area) = run("gebied", &[&more[..], &["--area-only"]].concat());
    assert_eq!(area["basis"], rows["basis"]);
    let (_, err) = call(2, &["sweep", MODEL, &scenarios, "--figure", "portemonee"]);
    assert!(
        err.contains("no figure \"portemonee\"")
            && err.contains("--figure")
            && err.contains("eindwaarde, ncw")
            && err.contains("did you mean \"portemonnee\"?"),
        "{err}"
    );
    let party = [
        "sweep",
        MODEL,
        &scenarios,
        "--draws",
        "64",
        "--area-only",
        "--figure",
        "partij[gemeente].saldo",
    ];
    let (_, err) = call(2, &party);
    assert!(err.contains("leave out one of the two"), "{err}");
}

#[test]
fn causes_and_precision_are_of_the_figure_asked() {
    let how = ["run", MODEL, "--draws", "2048", "--json", "--reach", "0"];
    let ncw = json(&how);
    let other = json(&[&how[..], &["--figure", "eindwaarde"]].concat());
    let cause = |v: &Value| v["simulatie"]["oorzaken"]["grex"].clone();
    assert_eq!(cause(&ncw)["figuur"], "ncw");
    assert_eq!(cause(&other)["figuur"], "eindwaarde");
    assert_ne!(
        cause(&ncw)["uitkomst_midden"],
        cause(&other)["uitkomst_midden"]
    );
    // The draws are the same, whatever is told of them.
    assert_eq!(ncw["simulatie"]["routes"], other["simulatie"]["routes"]);
    let p50 = &other["simulatie"]["routes"]["grex"]["eindwaarde"]["p50"];
    let asked = json(&[
        "run",
        MODEL,
        "--draws",
        "2048",
        "--json",
        "--figure",
        "eindwaarde",
        "--precision",
        "P50=50%",
        "--sampling",
        "plain",
    ]);
    assert_eq!(&asked["simulatie"]["precisie"][0]["waarde"], p50);
    let (_, err) = call(
        2,
        &[
            "run",
            MODEL,
            "--draws",
            "64",
            "--figure",
            "laagste_stand_jaar",
        ],
    );
    assert!(err.contains("is a year and no amount"), "{err}");
}

#[test]
fn what_is_asked_of_draws_is_checked() {
    for (args, said) in [
        (
            &["--fix", ""][..],
            &["names no driver", "--> --fix", "leave out --fix"][..],
        ),
        (&["--fix", " ; "], &["names no driver"]),
        (
            &["--fix", "rente=P90; rente=P10"],
            &["held twice: \"rente=P90\" and \"rente=P10\"", "--> --fix"],
        ),
        (
            &["--precision", "P50=1%,P5=1%,P50=2%"],
            &["P50 is there twice, with 1% and 2%"],
        ),
        (
            &["--draws", "-5"],
            &["invalid value '-5' for '--draws <N>'"],
        ),
        (
            &["--seed", "-1"],
            &["invalid value '-1' for '--seed <SEED>'"],
        ),
    ] {
        let draws: &[&str] = if args[0] == "--draws" {
            &[]
        } else {
            &["--draws", "64"]
        };
        let (_, err) = call(
            2,
            &[&["run", "models/benchmark-w"][..], draws, args].concat(),
        );
        for part in said {
            assert!(err.contains(part), "{args:?}: {err}");
        }
        assert!(!err.contains("use '-- "), "{err}");
    }
    let folder = Folder::new("reach");
    let how = [
        "run",
        MODEL,
        "--draws",
        "256",
        "--route",
        "grex",
        "--out",
        folder.str(),
        "--reach",
    ];
    let (out, err) = call(0, &[&how[..], &["-5000000000"]].concat());
    assert!(
        err.contains("--reach -5000000000: no draw of route grex comes there; they run from "),
        "{err}"
    );
    assert!(out.contains("wordt in geen trekking bereikt"), "{out}");
}

#[test]
fn check_tells_correlaties_that_cannot_hold_as_a_run_does() {
    let model = "tests/problems/correlation-impossible";
    let (_, check) = call(2, &["check", model]);
    let (_, run) = call(2, &["run", model, "--draws", "64"]);
    let problem =
        |text: &str| text[text.find("error[impossible-correlation]").expect("told")..].to_owned();
    assert_eq!(problem(&check), problem(&run));
}

#[test]
fn deelgebieden_and_loans_are_reported_where_they_are() {
    let found = json(&["run", "models/benchmark-w", "--json"]);
    let grex = &found["routes"]["grex"];
    let parts = grex["deelgebieden"].as_object().unwrap();
    let sum: f64 = parts
        .values()
        .map(|d| d["reeel_saldo"].as_f64().unwrap())
        .sum();
    close(
        &grex["kerncijfers"]["reeel_saldo"],
        sum,
        "the parts make the whole",
    );
    let folder = Folder::new("w");
    let (out, _) = call(0, &["run", "models/benchmark-w", "--out", folder.str()]);
    assert!(
        out.contains("Deelgebieden van de grondexploitatie"),
        "{out}"
    );
    let names: Vec<String> = Folder::all(folder.str())
        .into_iter()
        .map(|(n, _)| n)
        .collect();
    assert!(
        names.iter().any(|n| n.ends_with("- Deelgebieden.csv")),
        "{names:?}"
    );
    let fund = names.iter().find(|n| n.ends_with("- Gebiedsfonds.csv"));
    let (headings, _) = table(&folder.0.join(fund.expect("its fund lends")));
    assert!(headings.ends_with(&["Leningen".to_owned(), "Uitstaand".to_owned()]));
    // A model whose fund does not lend has no such columns, and no NCW of another method than its own.
    let (out, _) = call(
        0,
        &["compare", MODEL, "--draws", "0", "--out", folder.str()],
    );
    let (headings, _) = table(&folder.0.join("voorbeeld - Gebiedsfonds.csv"));
    assert!(!headings.contains(&"Leningen".to_owned()));
    assert!(!out.contains("ncw_kasstroom_rente"), "{out}");
    assert!(out.contains("Voorfinanciering gebiedsfonds") && out.contains("  laagste saldo"));
}

//! Raw draws to Parquet: the same bits as to csv, with what repeats them in the file itself.
#![cfg(feature = "parquet")]

use arrow_array::{Array, Float64Array, UInt64Array};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::fs::File;
use std::process::Command;

#[test]
fn parquet_holds_the_draws_of_the_csv() {
    let folder = std::env::temp_dir().join(format!("polder-parquet-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    for raw in ["csv", "parquet"] {
        let output = Command::new(env!("CARGO_BIN_EXE_polder"))
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .args([
                "compare",
                "models/voorbeeld",
                "--draws",
                "200",
                "--raw",
                raw,
            ])
            .arg("--out")
            .arg(folder.join(raw))
            .output()
            .unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{said}");
        assert!(
            said.contains(&format!("voorbeeld trekkingen.{raw}")),
            "{said}"
        );
    }
    let mut csv = csv::Reader::from_path(folder.join("csv/voorbeeld trekkingen.csv")).unwrap();
    let headings: Vec<String> = csv.headers().unwrap().iter().map(str::to_owned).collect();
    let rows: Vec<csv::StringRecord> = csv.records().map(Result::unwrap).collect();
    let file = File::open(folder.join("parquet/voorbeeld trekkingen.parquet")).unwrap();
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
    let described = builder
        .metadata()
        .file_metadata()
        .key_value_metadata()
        .unwrap();
    let described = described.iter().find(|kv| kv.key == "polder").unwrap();
    let described: serde_json::Value =
        serde_json::from_str(described.value.as_ref().unwrap()).unwrap();
    assert_eq!(
        described["opdracht"],
        "polder compare voorbeeld --draws 200 --seed 1 --sampling plain"
    );
    assert_eq!(described["simulatie"]["trekkingen"], 200);
    let mut row = 0;
    for batch in builder.build().unwrap() {
        let batch = batch.unwrap();
        let names: Vec<&str> = batch
            .schema_ref()
            .fields()
            .iter()
            .map(|f| f.name().as_str())
            .collect();
        assert_eq!(names, headings);
        let numbers = batch
            .column(0)
            .as_any()
            .downcast_ref::<UInt64Array>()
            .unwrap();
        for i in 0..batch.num_rows() {
            assert_eq!(numbers.value(i).to_string(), rows[row][0]);
            for (column, cell) in batch.columns().iter().zip(&rows[row]).skip(1) {
                let column = column.as_any().downcast_ref::<Float64Array>().unwrap();
                let cell: f64 = cell.parse().unwrap();
                assert_eq!(column.value(i).to_bits(), cell.to_bits());
            }
            row += 1;
        }
    }
    assert_eq!(row, 200);
    std::fs::remove_dir_all(folder).unwrap();
}

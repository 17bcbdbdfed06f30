//! Reads raw draws back: csv as `write::trekkingen` writes it, bit for bit. Knows columns and headings, nothing of what they mean.

use crate::problem::{Place, Problem};
use crate::read::IoFailure;
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

/// Draws as they stood in a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Getrokken {
    /// The number of the first draw.
    pub eerste: u64,
    /// A heading per column, without that of the numbers.
    pub koppen: Vec<String>,
    /// By column, then by draw.
    pub waarden: Vec<Vec<f64>>,
    /// SHA-256 of the file, hexadecimal.
    pub sha256: String,
}

/// Takes the SHA-256 of bytes along as they pass.
struct Hashing<R> {
    from: R,
    hash: Sha256,
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(into)?;
        self.hash.update(&into[..read]);
        Ok(read)
    }
}

/// Reads a file of draws; `naam` is what messages call it. Fails when the system does; a problem tells what is wrong inside.
pub fn read_trekkingen(path: &Path, naam: &str) -> Result<Result<Getrokken, Problem>, IoFailure> {
    let file = File::open(path).map_err(|e| IoFailure::new(path, "open", &e))?;
    let mut from = Hashing {
        from: BufReader::with_capacity(1 << 20, file),
        hash: Sha256::new(),
    };
    let wrong = |message: String| {
        Problem::error("bad-part", message)
            .at(&Place::file(naam))
            .allowed(
                "a file as polder run --shard writes it: draws in order, a number in every cell",
            )
            .fix("simulate that part again")
    };
    let mut reader = csv::ReaderBuilder::new()
        .buffer_capacity(1 << 20)
        .from_reader(&mut from);
    let read_error = |e: csv::Error| match e.kind() {
        csv::ErrorKind::Io(io) => Err(IoFailure::new(path, "read", io)),
        _ => Ok(Err(wrong(format!("the draws can't be read: {e}")))),
    };
    let koppen: Vec<String> = match reader.headers() {
        Ok(headings) if headings.get(0) == Some("trekking") => {
            headings.iter().skip(1).map(str::to_owned).collect()
        }
        Ok(_) => return Ok(Err(wrong("the first column is not trekking".into()))),
        Err(e) => return read_error(e),
    };
    let mut waarden: Vec<Vec<f64>> = vec![Vec::new(); koppen.len()];
    let (mut eerste, mut count) = (0, 0_u64);
    let mut record = csv::StringRecord::new();
    loop {
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(e) => return read_error(e),
        }
        let number: Option<u64> = record.get(0).and_then(|n| n.parse().ok());
        let Some(number) = number.filter(|n| count == 0 || Some(*n) == count.checked_add(eerste))
        else {
            let found = record.get(0).unwrap_or_default();
            return Ok(Err(wrong(format!(
                "\"{found}\" is not the number of the next draw"
            ))));
        };
        if count == 0 {
            eerste = number;
        }
        count += 1;
        for (column, cell) in waarden.iter_mut().zip(record.iter().skip(1)) {
            match cell.parse() {
                Ok(value) => column.push(value),
                Err(_) => {
                    return Ok(Err(wrong(format!(
                        "\"{cell}\" in draw {number} is not a number"
                    ))));
                }
            }
        }
    }
    drop(reader);
    let digest = from.hash.finalize();
    let sha256 = digest.iter().fold(String::new(), |mut text, byte| {
        use std::fmt::Write as _;
        let _ = write!(text, "{byte:02x}");
        text
    });
    Ok(Ok(Getrokken {
        eerste,
        koppen,
        waarden,
        sha256,
    }))
}

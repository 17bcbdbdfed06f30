//! Raw draws as files: every figure of every draw, to csv with all digits, or to Parquet. Knows columns and headings, nothing of
//! what they mean.

use std::io::{self, Write};

/// Columns of draws, all of one length.
#[derive(Debug)]
pub struct Kolommen<'a> {
    /// The number of the first draw, from zero in the whole run.
    pub eerste: u64,
    /// A heading per column.
    pub koppen: Vec<String>,
    /// By column, then by draw.
    pub waarden: Vec<&'a [f64]>,
}

impl Kolommen<'_> {
    /// Number of draws.
    pub fn aantal(&self) -> usize {
        self.waarden.first().map_or(0, |c| c.len())
    }
}

/// The shortest decimal that reads back as the same bits.
fn figure(value: f64, into: &mut Vec<u8>) {
    let size = value.abs();
    // Writing to memory does not fail.
    let _ = if size != 0.0 && !(1e-5..1e16).contains(&size) {
        write!(into, "{value:e}")
    } else {
        write!(into, "{value}")
    };
}

/// Writes draws as csv: heading `trekking` and those of the columns, then a row per draw with its number.
///
/// Always `,`, decimal point and LF: the file is for programs, and every figure reads back as the same bits.
pub fn csv(kolommen: &Kolommen<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut headings = csv::WriterBuilder::new()
        .terminator(csv::Terminator::Any(b'\n'))
        .from_writer(Vec::new());
    let row = std::iter::once("trekking").chain(kolommen.koppen.iter().map(String::as_str));
    headings.write_record(row)?;
    out.write_all(
        &headings
            .into_inner()
            .map_err(csv::IntoInnerError::into_error)?,
    )?;
    let mut line = Vec::new();
    for i in 0..kolommen.aantal() {
        line.clear();
        write!(line, "{}", kolommen.eerste + i as u64)?;
        for column in &kolommen.waarden {
            line.push(b',');
            figure(column[i], &mut line);
        }
        line.push(b'\n');
        out.write_all(&line)?;
    }
    Ok(())
}

/// Draws in a row group of a Parquet file.
#[cfg(feature = "parquet")]
const GROEP: usize = 1 << 17;

/// Writes draws as Parquet: column `trekking` (unsigned 64 bits) and a column of doubles per figure, compressed by zstd.
/// `beschrijving` goes into the file's own metadata under the key `polder`.
#[cfg(feature = "parquet")]
pub fn parquet(
    kolommen: &Kolommen<'_>,
    beschrijving: &str,
    out: &mut (dyn Write + Send),
) -> io::Result<()> {
    use arrow_array::{ArrayRef, Float64Array, RecordBatch, UInt64Array};
    use arrow_schema::{DataType, Field, Schema};
    use parquet::arrow::ArrowWriter;
    use parquet::basic::{Compression, ZstdLevel};
    use parquet::file::metadata::KeyValue;
    use parquet::file::properties::WriterProperties;
    use std::sync::Arc;

    let wrong = |e: &dyn std::fmt::Display| io::Error::other(e.to_string());
    let mut fields = vec![Field::new("trekking", DataType::UInt64, false)];
    let figures = kolommen.koppen.iter();
    fields.extend(figures.map(|name| Field::new(name, DataType::Float64, false)));
    let schema = Arc::new(Schema::new(fields));
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_created_by(format!("polder {}", env!("CARGO_PKG_VERSION")))
        .set_key_value_metadata(Some(vec![KeyValue::new(
            "polder".to_owned(),
            beschrijving.to_owned(),
        )]))
        // Doubles of draws hardly repeat.
        .set_dictionary_enabled(false)
        .set_max_row_group_row_count(Some(GROEP))
        .build();
    let mut writer =
        ArrowWriter::try_new(out, Arc::clone(&schema), Some(properties)).map_err(|e| wrong(&e))?;
    for start in (0..kolommen.aantal()).step_by(GROEP) {
        let end = (start + GROEP).min(kolommen.aantal());
        let first = kolommen.eerste;
        let numbers = (start..end).map(|i| first + i as u64);
        let mut arrays: Vec<ArrayRef> = vec![Arc::new(UInt64Array::from_iter_values(numbers))];
        arrays.extend(kolommen.waarden.iter().map(|column| -> ArrayRef {
            Arc::new(Float64Array::from(column[start..end].to_vec()))
        }));
        let batch = RecordBatch::try_new(Arc::clone(&schema), arrays).map_err(|e| wrong(&e))?;
        writer.write(&batch).map_err(|e| wrong(&e))?;
    }
    writer.close().map_err(|e| wrong(&e))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_back_as_the_same_bits() {
        let values = [
            0.0,
            -0.0,
            0.1,
            -5_203_830.179_999_999,
            1e16,
            1.0 / 3.0,
            f64::MIN_POSITIVE,
            f64::MAX,
            5e-324,
            1e-5,
            9.999_999_999e-6,
            f64::INFINITY,
            2030.0,
        ];
        for value in values {
            let mut text = Vec::new();
            figure(value, &mut text);
            let text = String::from_utf8(text).unwrap();
            let back: f64 = text.parse().unwrap();
            assert_eq!(back.to_bits(), value.to_bits(), "{text}");
            assert!(text.len() < 26, "{text}");
        }
    }

    #[test]
    fn rows_carry_the_number_of_their_draw() {
        let mut out = Vec::new();
        let kolommen = Kolommen {
            eerste: 64,
            koppen: vec!["grex.ncw".into(), "grex.partij[a, b].saldo".into()],
            waarden: vec![&[1.5, -2.0], &[0.25, 3.0]],
        };
        csv(&kolommen, &mut out).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "trekking,grex.ncw,\"grex.partij[a, b].saldo\"\n64,1.5,0.25\n65,-2,3\n"
        );
    }
}

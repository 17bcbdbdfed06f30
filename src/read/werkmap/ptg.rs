//! Formulas of the binary formats (.xls and .xlsb), from their tokens back to text as xlsx files hold it.
//!
//! Layouts: [MS-XLS] 2.5.198 and [MS-XLSB] 2.5.97. What is rare (arrays, names in other files, lists) is not read: the cell
//! then holds a formula that nobody knows, which is better than another formula than it has.

use super::{MAX_TEXT, cell_name};
use crate::problem::column_letters;
use std::fmt::Write as _;

/// Which of the two formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Soort {
    /// .xls: rows in two bytes.
    Biff8,
    /// .xlsb: rows in four bytes.
    Biff12,
}

/// What tokens refer to by number.
pub(super) struct Omgeving<'a> {
    pub(super) soort: Soort,
    /// What stands before a reference to a sheet: `'Kas stroom'!`; none when it is not known.
    pub(super) sheets: &'a [Option<String>],
    /// Defined names, in order.
    pub(super) names: &'a [String],
}

/// A formula that was read.
pub(super) enum Gelezen {
    /// Its text.
    Tekst(String),
    /// The formula stands with another cell, in this row, that shares it.
    Gedeeld(u32),
    /// It is not understood.
    Onbekend,
}

/// Cells whose formula stands with another cell: the cell, and that other.
pub(super) type Wachtend = Vec<((u32, u32), (u32, u32))>;

/// Functions by their number: name, and how many arguments when that is fixed.
const FUNCTIONS: &[(u16, &str, Option<u8>)] = &[
    (0, "COUNT", None),
    (1, "IF", None),
    (2, "ISNA", Some(1)),
    (3, "ISERROR", Some(1)),
    (4, "SUM", None),
    (5, "AVERAGE", None),
    (6, "MIN", None),
    (7, "MAX", None),
    (8, "ROW", None),
    (9, "COLUMN", None),
    (10, "NA", Some(0)),
    (11, "NPV", None),
    (12, "STDEV", None),
    (19, "PI", Some(0)),
    (20, "SQRT", Some(1)),
    (21, "EXP", Some(1)),
    (22, "LN", Some(1)),
    (23, "LOG10", Some(1)),
    (24, "ABS", Some(1)),
    (25, "INT", Some(1)),
    (26, "SIGN", Some(1)),
    (27, "ROUND", Some(2)),
    (28, "LOOKUP", None),
    (29, "INDEX", None),
    (30, "REPT", Some(2)),
    (31, "MID", Some(3)),
    (32, "LEN", Some(1)),
    (33, "VALUE", Some(1)),
    (34, "TRUE", Some(0)),
    (35, "FALSE", Some(0)),
    (36, "AND", None),
    (37, "OR", None),
    (38, "NOT", Some(1)),
    (39, "MOD", Some(2)),
    (48, "TEXT", Some(2)),
    (56, "PV", None),
    (57, "FV", None),
    (58, "NPER", None),
    (59, "PMT", None),
    (60, "RATE", None),
    (62, "IRR", None),
    (63, "RAND", Some(0)),
    (64, "MATCH", None),
    (65, "DATE", Some(3)),
    (67, "DAY", Some(1)),
    (68, "MONTH", Some(1)),
    (69, "YEAR", Some(1)),
    (74, "NOW", Some(0)),
    (76, "ROWS", Some(1)),
    (77, "COLUMNS", Some(1)),
    (78, "OFFSET", None),
    (100, "CHOOSE", None),
    (101, "HLOOKUP", None),
    (102, "VLOOKUP", None),
    (109, "LOG", None),
    (112, "LOWER", Some(1)),
    (113, "UPPER", Some(1)),
    (115, "LEFT", None),
    (116, "RIGHT", None),
    (118, "TRIM", Some(1)),
    (127, "ISTEXT", Some(1)),
    (128, "ISNUMBER", Some(1)),
    (129, "ISBLANK", Some(1)),
    (148, "INDIRECT", None),
    (169, "COUNTA", None),
    (183, "PRODUCT", None),
    (197, "TRUNC", None),
    (212, "ROUNDUP", Some(2)),
    (213, "ROUNDDOWN", Some(2)),
    (221, "TODAY", Some(0)),
    (227, "MEDIAN", None),
    (228, "SUMPRODUCT", None),
    (336, "CONCATENATE", None),
    (337, "POWER", Some(2)),
    (344, "SUBTOTAL", None),
    (345, "SUMIF", None),
    (346, "COUNTIF", Some(2)),
    (347, "COUNTBLANK", Some(1)),
    (480, "IFERROR", Some(2)),
    (481, "COUNTIFS", None),
    (482, "SUMIFS", None),
    (483, "AVERAGEIF", None),
    (484, "AVERAGEIFS", None),
];

/// The text of a formula from its tokens; `cell` is where it stands.
pub(super) fn read(tokens: &[u8], cell: (u32, u32), around: &Omgeving<'_>) -> Gelezen {
    if tokens.first() == Some(&0x01) {
        let mut bytes = Bytes(&tokens[1..]);
        let row = match around.soort {
            Soort::Biff8 => bytes.u16().map(u32::from),
            Soort::Biff12 => bytes.u32(),
        };
        return row.map_or(Gelezen::Onbekend, Gelezen::Gedeeld);
    }
    match text(tokens, cell, around) {
        Some(text) if !text.is_empty() => Gelezen::Tekst(text),
        _ => Gelezen::Onbekend,
    }
}

fn text(tokens: &[u8], cell: (u32, u32), around: &Omgeving<'_>) -> Option<String> {
    // A formula of Excel's has at most 8192 characters, in fewer bytes than this.
    if tokens.len() > 16_384 {
        return None;
    }
    let mut bytes = Bytes(tokens);
    let mut stack: Vec<String> = Vec::new();
    let mut written = 0_usize;
    while let Some(token) = bytes.u8() {
        let class = if token >= 0x20 {
            token & 0x1f | 0x20
        } else {
            token
        };
        let next = match class {
            0x03..=0x11 => {
                const SIGNS: [&str; 15] = [
                    "+", "-", "*", "/", "^", "&", "<", "<=", "=", ">=", ">", "<>", " ", ",", ":",
                ];
                let right = stack.pop()?;
                let mut left = stack.pop()?;
                left.push_str(SIGNS[usize::from(class - 0x03)]);
                left.push_str(&right);
                left
            }
            0x12 => format!("+{}", stack.pop()?),
            0x13 => format!("-{}", stack.pop()?),
            0x14 => format!("{}%", stack.pop()?),
            0x15 => format!("({})", stack.pop()?),
            0x16 => String::new(),
            0x17 => {
                let text = match around.soort {
                    Soort::Biff8 => {
                        let length = usize::from(bytes.u8()?);
                        let wide = bytes.u8()? & 1 != 0;
                        bytes.text(length, wide)?
                    }
                    Soort::Biff12 => {
                        let length = usize::from(bytes.u16()?);
                        bytes.text(length, true)?
                    }
                };
                format!("\"{}\"", text.replace('"', "\"\""))
            }
            0x19 => {
                let kind = bytes.u8()?;
                let data = bytes.u16()?;
                if kind & 0x04 != 0 {
                    bytes.skip((usize::from(data) + 1) * 2)?;
                }
                if kind & 0x10 == 0 {
                    continue;
                }
                format!("SUM({})", stack.pop()?)
            }
            0x1c => error_text(bytes.u8()?)?.to_owned(),
            0x1d => (if bytes.u8()? != 0 { "TRUE" } else { "FALSE" }).to_owned(),
            0x1e => bytes.u16()?.to_string(),
            0x1f => bytes.f64()?.to_string(),
            0x21 | 0x22 => {
                let given = if class == 0x22 {
                    Some(bytes.u8()? & 0x7f)
                } else {
                    None
                };
                let number = bytes.u16()? & 0x7fff;
                let (_, name, fixed) = FUNCTIONS.iter().find(|f| f.0 == number)?;
                let count = usize::from(given.or(*fixed)?);
                let at = stack.len().checked_sub(count)?;
                format!("{name}({})", stack.split_off(at).join(","))
            }
            0x23 => {
                let number = match around.soort {
                    Soort::Biff8 => {
                        let number = bytes.u16()?;
                        bytes.skip(2)?;
                        u32::from(number)
                    }
                    Soort::Biff12 => bytes.u32()?,
                };
                let name = around.names.get((number as usize).checked_sub(1)?)?;
                name.clone()
            }
            0x24 => bytes.cell(around.soort, None)?,
            0x25 => bytes.area(around.soort, None)?,
            0x26..=0x28 => {
                bytes.skip(6)?;
                continue;
            }
            0x29 => {
                bytes.skip(2)?;
                continue;
            }
            0x2a | 0x2b => {
                bytes.skip(around.soort.size(class == 0x2b))?;
                "#REF!".to_owned()
            }
            0x2c => bytes.cell(around.soort, Some(cell))?,
            0x2d => bytes.area(around.soort, Some(cell))?,
            0x3a | 0x3b => {
                let sheet = around.sheets.get(usize::from(bytes.u16()?))?.as_ref()?;
                let place = if class == 0x3a {
                    bytes.cell(around.soort, None)?
                } else {
                    bytes.area(around.soort, None)?
                };
                format!("{sheet}{place}")
            }
            0x3c | 0x3d => {
                bytes.skip(2 + around.soort.size(class == 0x3d))?;
                "#REF!".to_owned()
            }
            _ => return None,
        };
        written += next.len();
        // Each step writes its text anew, so that a hostile formula would grow by the square.
        if next.len() > MAX_TEXT || written > 64 * MAX_TEXT {
            return None;
        }
        stack.push(next);
    }
    let formula = stack.pop()?;
    stack.is_empty().then_some(formula)
}

/// The name of an error by its number.
pub(super) fn error_text(number: u8) -> Option<&'static str> {
    Some(match number {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0f => "#VALUE!",
        0x17 => "#REF!",
        0x1d => "#NAME?",
        0x24 => "#NUM!",
        0x2a => "#N/A",
        0x2b => "#GETTING_DATA",
        _ => return None,
    })
}

/// The name of a sheet as it stands before a reference.
pub(super) fn quoted(sheet: &str) -> String {
    format!("'{}'!", sheet.replace('\'', "''"))
}

impl Soort {
    /// Bytes of a reference to a cell or an area.
    fn size(self, area: bool) -> usize {
        match self {
            Soort::Biff8 => 4 * (1 + usize::from(area)),
            Soort::Biff12 => 6 * (1 + usize::from(area)),
        }
    }
}

/// Bytes that are taken from the front; nothing when there are too few.
pub(super) struct Bytes<'a>(pub(super) &'a [u8]);

impl<'a> Bytes<'a> {
    pub(super) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (front, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(front)
    }

    pub(super) fn skip(&mut self, count: usize) -> Option<()> {
        self.take(count).map(|_| ())
    }

    pub(super) fn u8(&mut self) -> Option<u8> {
        Some(self.take(1)?[0])
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes(self.take(2)?.try_into().ok()?))
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    pub(super) fn f64(&mut self) -> Option<f64> {
        Some(f64::from_le_bytes(self.take(8)?.try_into().ok()?))
    }

    /// A number in four bytes, as both formats pack it.
    pub(super) fn rk(&mut self) -> Option<f64> {
        let packed = self.u32()?;
        let number = if packed & 2 != 0 {
            f64::from(packed as i32 >> 2)
        } else {
            f64::from_bits(u64::from(packed & !3) << 32)
        };
        Some(if packed & 1 != 0 {
            number / 100.0
        } else {
            number
        })
    }

    /// A text of so many characters, in one byte each or two.
    pub(super) fn text(&mut self, length: usize, wide: bool) -> Option<String> {
        let bytes = self.take(if wide { length.checked_mul(2)? } else { length })?;
        Some(decode(bytes, wide))
    }

    /// A text with its length before it, in four bytes.
    pub(super) fn wide_text(&mut self) -> Option<String> {
        let length = self.u32()?;
        if length == u32::MAX {
            return Some(String::new());
        }
        self.text(length as usize, true)
    }

    fn row(&mut self, soort: Soort) -> Option<u32> {
        match soort {
            Soort::Biff8 => self.u16().map(u32::from),
            Soort::Biff12 => self.u32(),
        }
    }

    fn cell(&mut self, soort: Soort, base: Option<(u32, u32)>) -> Option<String> {
        let row = self.row(soort)?;
        let column = self.u16()?;
        Some(point(soort, row, column, base))
    }

    fn area(&mut self, soort: Soort, base: Option<(u32, u32)>) -> Option<String> {
        let (top, bottom) = (self.row(soort)?, self.row(soort)?);
        let (left, right) = (self.u16()?, self.u16()?);
        let (from, to) = (
            point(soort, top, left, base),
            point(soort, bottom, right, base),
        );
        Some(format!("{from}:{to}"))
    }
}

/// A cell as a formula writes it; with `base` its relative parts count from there.
fn point(soort: Soort, row: u32, column: u16, base: Option<(u32, u32)>) -> String {
    let (rows, columns) = match soort {
        Soort::Biff8 => (65_536, 256),
        Soort::Biff12 => (1_048_576, 16_384),
    };
    let (column_moves, row_moves) = (column & 0x4000 != 0, column & 0x8000 != 0);
    let mut at = (row % rows, u32::from(column & 0x3fff) % columns);
    if let Some(base) = base {
        if row_moves {
            at.0 = (base.0 % rows + at.0) % rows;
        }
        if column_moves {
            at.1 = (base.1 % columns + at.1) % columns;
        }
    }
    if column_moves && row_moves {
        return cell_name(at);
    }
    let mut text = String::new();
    let _ = write!(
        text,
        "{}{}{}{}",
        if column_moves { "" } else { "$" },
        column_letters(at.1),
        if row_moves { "" } else { "$" },
        at.0 + 1
    );
    text
}

/// Characters in one byte each (the first 256 of Unicode) or two.
pub(super) fn decode(bytes: &[u8], wide: bool) -> String {
    if wide {
        let units = bytes
            .chunks_exact(2)
            .map(|b| u16::from_le_bytes([b[0], b[1]]));
        char::decode_utf16(units)
            .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect()
    } else {
        bytes.iter().map(|b| char::from(*b)).collect()
    }
}

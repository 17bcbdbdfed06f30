//! What a foreign workbook holds, and what is wrong with it.

pub mod formule;
pub mod lint;

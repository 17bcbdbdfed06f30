//! The rules, one file per subject, each written once over [`crate::number::Number`]. They know amounts and series, no tables.

pub mod bbv;
pub mod bijdragen;
pub mod gebiedsfonds;
pub mod grondwaarde;
pub mod inbreng;
pub mod kostenverhaal;
pub mod levensduur;
pub mod normen;
pub mod verevening;

//! The rules, one file per subject, each written once over [`crate::number::Number`]. They know amounts and series, no tables.

pub mod bbv;
pub mod gebiedsfonds;
pub mod grondwaarde;
pub mod levensduur;

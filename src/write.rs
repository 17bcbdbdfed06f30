//! Writes report tables: to bytes, and bytes to files. Knows `report::Report` only, never the model or its results.

pub mod csv;
pub mod files;
pub mod json;
pub mod terminal;
pub mod xlsx;

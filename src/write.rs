//! Writes report tables and model tables: to bytes, and bytes to files. Knows `report::Report` and the raw tables only, never
//! the validated model or its results.

pub mod carriers;
pub mod csv;
pub mod files;
pub mod json;
pub mod levend;
pub mod schema;
pub mod terminal;
pub mod trekkingen;
pub mod xlsx;

//! The validated model. (being built)
pub mod schema;
pub mod table;

//! polder: see README.
pub mod model;
pub mod problem;
pub mod read;
pub mod report;
pub mod risk;

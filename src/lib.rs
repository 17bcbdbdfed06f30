//! polder: see README.
pub mod problem;
pub mod model;
pub mod read;
pub mod report;
pub mod write;

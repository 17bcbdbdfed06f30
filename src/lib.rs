//! polder: see README.
pub mod problem;
pub mod number;
pub mod expression;
pub mod timeline;
pub mod parameters;
pub mod model;
pub mod scenario;
pub mod read;
pub mod cashflow;
pub mod plan;
pub mod rules;
pub mod ledger;
pub mod evaluate;
pub mod route;
pub mod risk;
pub mod report;
pub mod write;

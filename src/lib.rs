//! polder: a calculation engine for Dutch area development.
//!
//! It reads a model (workbook, csv, toml, or a foreign workbook with a mapping), calculates the gebiedsbegroting along two routes,
//! exactly and by Monte Carlo, and writes reports. The modules below stand in the order in which data flows: a module uses only
//! modules above it, and `tests/architecture.rs` keeps it so.
//!
//! ```
//! use polder::{model::Model, plan::Route, read, route};
//! use std::path::Path;
//!
//! let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/rekenvoorbeeld");
//! let (model, problems) = read::read_model(&folder)?.into_model();
//! let model: Model = model.ok_or_else(|| format!("{problems:?}"))?;
//! let result = route::calculate(&model, Route::Grex).map_err(|p| p.to_string())?;
//! assert_eq!(result.resultaat.eindwaarde.round_dp(2).to_string(), "285877.45");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

// What is wrong with an input, and where.
pub mod problem;

// The arithmetic of rules: exact, and fast on lanes.
pub mod number;

// The explained arithmetic.
pub mod expression;

// Periods, index and discount factors.
pub mod timeline;

// Dated figures of law and policy.
pub mod parameters;

// Schema, raw tables, validated model.
pub mod model;

// Named changes to a base.
pub mod scenario;

// Carriers to tables.
pub mod read;

// One file per subject of the rules.
pub mod rules;

// Amounts and phasing to flows.
pub mod cashflow;

// The model compiled once.
pub mod plan;

// An account over time.
pub mod ledger;

// The only way to calculate.
pub mod evaluate;

// The exact record of a route.
pub mod route;

// Distributions, draws, statistics.
pub mod risk;

// Many scenarios at once.
pub mod sweep;

// Why two models differ.
pub mod verschil;

// The formula behind a number.
pub mod explain;

// A recorded route as sheets of formulas.
pub mod levend;

// What a foreign workbook holds, and what is wrong with it.
pub mod inspect;

// Declared tables and charts.
pub mod report;

// Bytes and files.
pub mod write;

// The command line.
pub mod cli;

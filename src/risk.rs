//! Uncertainty: numbers by counter, distributions, dependence between drivers, and what a set of draws says.
//!
//! The submodules are pure: they know no files, threads, clock or model. Everything they give has the same bits on
//! any IEEE machine and for any number of lanes.
pub mod dependence;
pub mod distribution;
pub mod random;
pub mod statistics;

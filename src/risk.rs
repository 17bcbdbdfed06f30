//! Uncertainty: numbers by counter, distributions, dependence between drivers, and what a set of draws says.
//!
//! The submodules know no files and no clock. Those about numbers know no model either; `simulation` draws for compiled plans
//! over threads, `oorzaken` tells of its draws in the names of the model, and `volgorde` looks at the flows of a plan. Everything
//! they give has the same bits on any IEEE machine, and for any number of lanes and threads.
#![allow(
    clippy::inline_always,
    reason = "a rule left out of line under dispatch falls back to SSE2"
)]
#![allow(
    clippy::float_cmp,
    reason = "degenerate inputs and equal bits are meant exactly"
)]
#![allow(
    clippy::many_single_char_names,
    reason = "formulas keep the letters of their source"
)]
#![allow(
    clippy::needless_range_loop,
    reason = "indexed loops over lanes are the form that vectorises"
)]

pub mod antwoorden;
pub mod dependence;
pub mod distribution;
pub mod draden;
pub mod oorzaken;
pub mod opzet;
mod order;
pub mod random;
pub mod sampling;
pub mod simulation;
pub mod snel;
mod sobol;
pub mod staart;
pub mod statistics;
pub mod tornado;
mod volgorde;

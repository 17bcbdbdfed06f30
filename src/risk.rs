//! Uncertainty: numbers by counter, distributions, dependence between drivers, and what a set of draws says.
//!
//! The submodules are pure: they know no files, threads, clock or model. Everything they give has the same bits on
//! any IEEE machine and for any number of lanes.
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

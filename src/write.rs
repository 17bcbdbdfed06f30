//! Writes what the library knows to files of every kind.

pub mod carriers;

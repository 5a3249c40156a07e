//! Checks what was sent by tables of rules: every attribute, all errors at once, in the words in
//! which the contract's framework says them.
//!
//! A rule is known by what it asks; which attribute has which rules stands in `fields.rs`.

mod given;
mod rules;
mod values;

pub(super) use given::{Object, Value};
pub(super) use rules::{Errors, Field, Rule, check, invalid_choice};
pub(super) use values::{day, flag, instant, integer};

#[cfg(test)]
mod tests;

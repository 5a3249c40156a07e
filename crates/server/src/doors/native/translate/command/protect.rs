//! Claims of the protection of a loan.

use loam_book::application::ProtectType;
use loam_book::loan::command::{ClaimProtection, LoanCommand};

use super::super::super::members::Names;
use super::{Given, Result};

const CLAIMS: Names<'_, ProtectType> = Names {
    values: &[ProtectType::Partial, ProtectType::Full],
    name_of: |claimed| match claimed {
        ProtectType::Partial => "PARTIAL",
        ProtectType::Full => "FULL",
    },
};

pub(super) fn claim(given: &Given<'_>) -> Result<LoanCommand> {
    Ok(LoanCommand::ClaimProtection(ClaimProtection {
        claimed: given.members.choice("claimType", CLAIMS)?,
        value_date: given.value_date()?,
        installments: given.members.count("numberOfInstallments")?,
        from: given.members.date("from")?,
        until: given.members.date("until")?,
        notes: given.notes()?,
    }))
}

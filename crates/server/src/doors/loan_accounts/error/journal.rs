//! Return codes of what the ledger says no to.

use std::borrow::Cow;

use loam_book::loan::refusal::JournalRefusal;

use super::super::return_codes::ReturnCode;

/// The return code of a refusal.
pub(super) fn code_of(refusal: &JournalRefusal) -> ReturnCode {
    match refusal {
        // The chart is changed through another door.
        JournalRefusal::StaysAsItIs { .. }
        | JournalRefusal::CarriesNothingNew
        | JournalRefusal::BookedByProduct { .. }
        | JournalRefusal::BookedByAccount { .. }
        | JournalRefusal::StandsUntilEvening { .. }
        | JournalRefusal::NotOver { .. }
        | JournalRefusal::OtherType { .. }
        | JournalRefusal::RuledTwice { .. }
        | JournalRefusal::NoRuleFor { .. } => ReturnCode::InvalidParameters,
        JournalRefusal::MissingDate => ReturnCode::JournalEntryDateNotDefined,
        JournalRefusal::InTheFuture { .. } => ReturnCode::JournalEntryDateInTheFuture,
        JournalRefusal::MissingSide { .. } => ReturnCode::MissingRequiredParameter,
        JournalRefusal::TooManyLines { .. } => ReturnCode::InvalidParameters,
        JournalRefusal::UnknownAccount { .. } => ReturnCode::InvalidGlAccountId,
        JournalRefusal::IsHeader { .. } => ReturnCode::GlAccountIsHeader,
        JournalRefusal::Inactive { .. } => ReturnCode::InvalidAccountForJournalEntryError,
        JournalRefusal::NoManualEntries { .. } => ReturnCode::GlAccountDoesNotSupportManuallyEntries,
        JournalRefusal::Unbalanced { .. } => ReturnCode::DebitsDoNotMatchCredits,
        JournalRefusal::NotesTooLong { .. } => ReturnCode::InvalidNotes,
    }
}

/// What a refusal is about: a parameter, or the account by its code.
pub(super) fn source_of(refusal: &JournalRefusal) -> Option<Cow<'static, str>> {
    match refusal {
        JournalRefusal::MissingDate | JournalRefusal::InTheFuture { .. } => Some("date".into()),
        JournalRefusal::MissingSide { side } => Some(format!("{side}Account1").into()),
        JournalRefusal::IsHeader { code }
        | JournalRefusal::Inactive { code }
        | JournalRefusal::NoManualEntries { code } => Some(code.clone().into()),
        JournalRefusal::NotesTooLong { .. } => Some("notes".into()),
        JournalRefusal::UnknownAccount { .. }
        | JournalRefusal::Unbalanced { .. }
        | JournalRefusal::TooManyLines { .. }
        | JournalRefusal::StaysAsItIs { .. }
        | JournalRefusal::BookedByProduct { .. }
        | JournalRefusal::BookedByAccount { .. }
        | JournalRefusal::StandsUntilEvening { .. }
        | JournalRefusal::NotOver { .. }
        | JournalRefusal::OtherType { .. }
        | JournalRefusal::RuledTwice { .. }
        | JournalRefusal::NoRuleFor { .. }
        | JournalRefusal::CarriesNothingNew => None,
    }
}

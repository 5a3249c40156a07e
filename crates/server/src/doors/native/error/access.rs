//! Codes for who may do what, and for users, roles and consumers as they are entered.

use axum::http::StatusCode as Http;
use loam_book::loan::refusal::AccessRefusal;

pub(super) fn status_and_code(refusal: &AccessRefusal) -> (Http, &'static str) {
    match refusal {
        AccessRefusal::AnotherBranch
        | AccessRefusal::AnotherOfficer
        | AccessRefusal::AnotherBranchOfUser
        | AccessRefusal::NeedsAdministrator
        | AccessRefusal::MoreThanOwnRights => (Http::FORBIDDEN, "not_permitted"),
        AccessRefusal::LimitExceeded { .. } => (Http::FORBIDDEN, "limit_exceeded"),
        AccessRefusal::ApproverMayNotDisburse => (Http::FORBIDDEN, "approver_may_not_disburse"),
        AccessRefusal::AdministratorOfSomeBranches
        | AccessRefusal::AdministratorOfOwnClients
        | AccessRefusal::AllBranchesOwnClients => (Http::BAD_REQUEST, "contradicting_members"),
        AccessRefusal::UnknownRole { .. } => (Http::BAD_REQUEST, "unknown_role"),
        AccessRefusal::UnknownManagedBranch { .. } => (Http::BAD_REQUEST, "unknown_branch"),
        AccessRefusal::EmailAddressInUse => (Http::CONFLICT, "email_in_use"),
        AccessRefusal::TooManyKeys { .. } => (Http::CONFLICT, "too_many_keys"),
        AccessRefusal::NegativeLimit { .. }
        | AccessRefusal::NoEmailAddress { .. }
        | AccessRefusal::PasswordTooShort
        | AccessRefusal::PasswordTooLong
        | AccessRefusal::NoNetwork { .. } => (Http::BAD_REQUEST, "invalid_member"),
    }
}

/// The member that is at fault.
pub(super) fn member_of(refusal: &AccessRefusal) -> Option<&'static str> {
    match refusal {
        AccessRefusal::AdministratorOfSomeBranches | AccessRefusal::AllBranchesOwnClients => {
            Some("canManageAllBranches")
        }
        AccessRefusal::AdministratorOfOwnClients => Some("canManageEntitiesAssignedToOtherOfficers"),
        AccessRefusal::UnknownRole { .. } => Some("role"),
        AccessRefusal::UnknownManagedBranch { .. } => Some("managedBranches"),
        AccessRefusal::NegativeLimit { .. } => Some("transactionLimits"),
        AccessRefusal::NoEmailAddress { .. } | AccessRefusal::EmailAddressInUse => Some("email"),
        AccessRefusal::PasswordTooShort | AccessRefusal::PasswordTooLong => Some("password"),
        AccessRefusal::NoNetwork { .. } => Some("allowedAddresses"),
        AccessRefusal::AnotherBranch
        | AccessRefusal::AnotherOfficer
        | AccessRefusal::AnotherBranchOfUser
        | AccessRefusal::NeedsAdministrator
        | AccessRefusal::MoreThanOwnRights
        | AccessRefusal::LimitExceeded { .. }
        | AccessRefusal::ApproverMayNotDisburse
        | AccessRefusal::TooManyKeys { .. } => None,
    }
}

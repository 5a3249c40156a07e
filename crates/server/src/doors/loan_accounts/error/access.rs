//! Codes for who may do what, and for users as they are entered.

use loam_book::loan::refusal::AccessRefusal;

use super::super::return_codes::ReturnCode;

pub(super) fn code_of(refusal: &AccessRefusal) -> ReturnCode {
    use ReturnCode as Code;
    match refusal {
        AccessRefusal::AnotherBranch | AccessRefusal::AnotherOfficer => Code::InvalidPermissions,
        AccessRefusal::LimitExceeded { .. } => Code::UserTransactionLimitExceeded,
        AccessRefusal::ApproverMayNotDisburse => Code::ApproverCannotDisburse,
        AccessRefusal::AnotherBranchOfUser => Code::CannotManageUserBranch,
        AccessRefusal::NeedsAdministrator => Code::NotEnoughPrivilegesToCreateAdminUser,
        AccessRefusal::MoreThanOwnRights => Code::NotEnoughPrivilegesForChangingUserSettings,
        AccessRefusal::AdministratorOfSomeBranches => Code::CannotHaveAdminWithoutFullBranchesAccess,
        AccessRefusal::AdministratorOfOwnClients => {
            Code::CannotHaveOfficerAdminWithoutManageOtherEntitiesAccess
        }
        AccessRefusal::AllBranchesOwnClients => Code::InconsistentCanManageBranchesWithCanManageEntities,
        AccessRefusal::UnknownRole { .. } => Code::InvalidUserRoleKey,
        AccessRefusal::UnknownManagedBranch { .. } => Code::InvalidManagedBranchId,
        AccessRefusal::NegativeLimit { .. } => Code::CannotHaveNegativeTransactionLimits,
        AccessRefusal::NoEmailAddress { .. } => Code::EmailAddressFormatIsInvalid,
        AccessRefusal::EmailAddressInUse => Code::EmailAddressAlreadyRegistered,
        AccessRefusal::PasswordTooShort | AccessRefusal::PasswordTooLong => Code::InvalidPassword,
        // No operation of this contract makes consumers or names networks.
        AccessRefusal::TooManyKeys { .. } | AccessRefusal::NoNetwork { .. } => Code::InvalidParameters,
    }
}

/// The field that is at fault.
pub(super) fn source_of(refusal: &AccessRefusal) -> Option<&'static str> {
    match refusal {
        AccessRefusal::LimitExceeded { what, .. } | AccessRefusal::NegativeLimit { what } => Some(what),
        AccessRefusal::UnknownRole { .. } => Some("role"),
        AccessRefusal::UnknownManagedBranch { .. } => Some("managedBranches"),
        AccessRefusal::NoEmailAddress { .. } | AccessRefusal::EmailAddressInUse => Some("email"),
        AccessRefusal::PasswordTooShort | AccessRefusal::PasswordTooLong => Some("password"),
        AccessRefusal::AnotherBranch
        | AccessRefusal::AnotherOfficer
        | AccessRefusal::ApproverMayNotDisburse
        | AccessRefusal::AnotherBranchOfUser
        | AccessRefusal::NeedsAdministrator
        | AccessRefusal::MoreThanOwnRights
        | AccessRefusal::AdministratorOfSomeBranches
        | AccessRefusal::AdministratorOfOwnClients
        | AccessRefusal::AllBranchesOwnClients
        | AccessRefusal::TooManyKeys { .. }
        | AccessRefusal::NoNetwork { .. } => None,
    }
}

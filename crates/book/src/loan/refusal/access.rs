//! Why somebody may not do this here, or may not be made a user like this.

/// Who acts is known and lacks no permission, and still may not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccessRefusal {
    #[error("it belongs to a branch in which the user does not work")]
    AnotherBranch,
    #[error("it belongs to another credit officer")]
    AnotherOfficer,
    #[error("{amount} is more than the user's limit of {limit} for {what}")]
    LimitExceeded { what: &'static str, amount: String, limit: String },
    #[error("whoever approved the loan may not pay it out")]
    ApproverMayNotDisburse,
    #[error("the user belongs to a branch in which the caller does not work")]
    AnotherBranchOfUser,
    #[error("only an administrator makes or changes an administrator")]
    NeedsAdministrator,
    #[error("nobody gives rights that he or she does not have")]
    MoreThanOwnRights,
    #[error("an administrator manages all branches")]
    AdministratorOfSomeBranches,
    #[error("an administrator who is a credit officer sees other officers' clients")]
    AdministratorOfOwnClients,
    #[error("a credit officer who manages all branches sees other officers' clients")]
    AllBranchesOwnClients,
    #[error("there is no role \"{value}\"")]
    UnknownRole { value: String },
    #[error("there is no branch \"{value}\" to manage")]
    UnknownManagedBranch { value: String },
    #[error("the limit for {what} is no plain decimal from 0 on")]
    NegativeLimit { what: &'static str },
    #[error("\"{value}\" is no e-mail address")]
    NoEmailAddress { value: String },
    #[error("another user has that e-mail address")]
    EmailAddressInUse,
    #[error("a password has eight characters at least")]
    PasswordTooShort,
    #[error("a password has 128 characters at most")]
    PasswordTooLong,
    #[error("a consumer has {most} keys at most; revoke one first")]
    TooManyKeys { most: usize },
    #[error("\"{value}\" is no network, such as 192.0.2.0/24, and no address")]
    NoNetwork { value: String },
}

impl From<AccessRefusal> for super::Refusal {
    fn from(refusal: AccessRefusal) -> super::Refusal {
        super::Refusal::Access(refusal)
    }
}

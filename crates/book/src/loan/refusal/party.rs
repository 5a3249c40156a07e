//! Why clients and groups are refused.

use crate::ids::Key;

/// What a client or group may not be, or may not do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PartyRefusal {
    #[error("the client {key} does not exist")]
    UnknownMember { key: Key },
    #[error("a group of {size} members is not possible ({bounds})")]
    GroupSize { size: u32, bounds: String },
    #[error("the client {id} belongs to another group already")]
    InAnotherGroup { id: String },
    #[error("there is no group role {key}")]
    UnknownGroupRole { key: Key },
    #[error("the client {key} has a role in the group and is no member of it")]
    RoleOfNoMember { key: Key },
    #[error("there is no client type {key}")]
    UnknownRole { key: Key },
    #[error("the client type {id} is of the other kind")]
    RoleForOthers { id: String },
    #[error("no accounts are opened for clients of the type {id}")]
    MayNotOpenAccounts { id: String },
    #[error("clients of the type {id} do not guarantee")]
    MayNotGuarantee { id: String },
    #[error("clients of the type {id} have no address")]
    AddressNotAllowed { id: String },
    #[error("a document of identification is missing: {document}")]
    DocumentMissing { document: String },
    #[error("\"{number}\" is no number of the document {document}")]
    DocumentNumber { number: String, document: String },
    #[error("there is no document template {key}")]
    UnknownTemplate { key: Key },
    #[error("only documents of a template are taken")]
    OtherDocument,
    #[error("the product {id} lends to solidarity groups")]
    SolidarityLoan { id: String },
    #[error("the client has accounts")]
    ClientHasAccounts,
    #[error("the client is a member of a group")]
    IsMember,
    #[error("the client guarantees loans")]
    IsGuarantor,
    #[error("the group has accounts")]
    GroupHasAccounts,
    #[error("all loans together would be {exposure}, and no more than {most} is allowed")]
    Exposure { exposure: String, most: String },
    #[error("there is another open loan, and no more than one is allowed")]
    SecondLoan,
}

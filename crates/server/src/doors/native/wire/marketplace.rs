//! What the marketplace door needs to be set up: loan purposes and the accounts of borrowers.

use serde::Serialize;
use utoipa::ToSchema;

/// What a loan on the marketplace is for.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::LoanPurpose)]
pub(crate) struct LoanPurpose {
    /// Given by the book.
    #[schema(read_only, required = false)]
    pub(crate) encoded_key: String,
    /// 15 characters in, or 18 with their checksum; 18 out. Left out: the book makes one. Never changes.
    #[schema(required = false, example = "a1hG0000000JR1tIAG")]
    pub(crate) id: String,
    /// By which applications name it.
    #[schema(example = "Family")]
    pub(crate) name: String,
    /// Given by the book.
    #[schema(read_only, required = false, format = DateTime)]
    pub(crate) creation_date: String,
    /// Given by the book.
    #[schema(read_only, required = false, format = DateTime)]
    pub(crate) last_modified_date: String,
}

/// A new account of a borrower.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only described: the body is read as members")]
#[schema(as = native::NewBorrowerAccount)]
pub(crate) struct NewBorrowerAccount {
    /// The id or key of the client.
    client: String,
    /// 15 characters, or 18 with their checksum. Left out: the one that the book makes for this client.
    #[schema(example = "001G000001KY8by")]
    id: Option<String>,
}

/// The account by which the marketplace knows a client.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::BorrowerAccount)]
pub(crate) struct BorrowerAccount {
    /// 18 characters.
    #[schema(example = "001G000001KY8byIAD")]
    pub(crate) id: String,
    /// The id of the client.
    pub(crate) client: String,
    /// The key of the client.
    pub(crate) client_key: String,
}

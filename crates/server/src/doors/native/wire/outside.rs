//! Targets, deliveries, links and differences: what the book has to do with the outside.

use serde::Serialize;
use utoipa::ToSchema;

/// Somebody who is told about serviced loans as they change.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::Target)]
pub(crate) struct Target {
    /// Given by the book.
    #[schema(read_only, required = false)]
    pub(crate) encoded_key: String,
    pub(crate) id: String,
    pub(crate) name: String,
    /// Before the paths of the contract: an address of https, or of http on the loopback address, without a query.
    /// Another one needs the secret again.
    #[schema(example = "https://api.example.com")]
    pub(crate) url: String,
    /// `LOAN_PERFORMANCE` or `REPAYMENT_DATA`; it never changes.
    pub(crate) contract: &'static str,
    /// Of the loan performance contract: our client at the target's token endpoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) client_id: Option<String>,
    /// Of the loan performance contract: the number under which the target knows this book.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) management_system_id: Option<i64>,
    /// The client secret, or the secret key: taken whole, kept encrypted, shown masked.
    pub(crate) secret: String,
    pub(crate) is_active: bool,
    /// Given by the book.
    #[schema(read_only, required = false, format = DateTime)]
    pub(crate) creation_date: String,
    /// Given by the book.
    #[schema(read_only, required = false, format = DateTime)]
    pub(crate) last_modified_date: String,
}

/// What is to be told to one target about one account.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::Delivery)]
pub(crate) struct Delivery {
    /// The id of the target, or of the business whose webhook it is.
    pub(crate) target: String,
    /// The key of the loan, or of the reported loan.
    pub(crate) account: String,
    /// Up to which entry of the account's log it has been told.
    pub(crate) told_through: i64,
    /// Up to which it is to be told.
    pub(crate) wanted_through: i64,
    /// How many attempts failed in a row.
    pub(crate) attempts: i64,
    #[schema(format = DateTime)]
    pub(crate) next_attempt: Option<String>,
    /// Given up until it is replayed.
    pub(crate) is_dead: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_error: Option<String>,
}

/// Deliveries, and how many there are.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::Deliveries)]
pub(crate) struct Deliveries {
    /// What is still to be told, also to those who are paused.
    pub(crate) waiting: i64,
    pub(crate) dead: i64,
    /// Changes that no delivery was made of yet.
    pub(crate) unread: i64,
    pub(crate) deliveries: Vec<Delivery>,
}

/// What is to be told again.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only described: the body is read as members")]
#[schema(as = native::Replay)]
pub(crate) struct Replay {
    /// The id of a target or of a business.
    target: String,
    /// The key of one account; without it, all that the target was ever told of.
    #[schema(required = false)]
    account: String,
    /// Only what was given up, from where it stood; otherwise everything from the beginning.
    #[schema(required = false)]
    dead: bool,
}

/// How many accounts will be told.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = native::Replayed)]
pub(crate) struct Replayed {
    pub(crate) accounts: i64,
}

/// A name from outside, and whom or what it names in the book.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only described: the body is read as members")]
#[serde(rename_all = "camelCase")]
#[schema(as = native::Link)]
pub(crate) struct Link {
    /// `performance_customer`, `repayment_client` or `marketplace_account`.
    scheme: String,
    /// The organization that gave the name.
    organization: String,
    /// The name of the person.
    id: String,
    /// The client that this is, by id or key; null takes the link away.
    #[schema(required = false)]
    client: Option<String>,
    /// The name of a reported loan of that person.
    #[schema(required = false)]
    loan_id: Option<String>,
    /// The loan that this is, by id or key; null takes the link away. Only with `loanId`.
    #[schema(required = false)]
    loan: Option<String>,
    /// The key of another reported loan that this is. Only with `loanId`.
    #[schema(required = false)]
    reported_loan: Option<String>,
}

/// A person under a name from outside.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::Subject)]
pub(crate) struct Subject {
    pub(crate) encoded_key: String,
    pub(crate) scheme: &'static str,
    pub(crate) organization: String,
    pub(crate) id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reference: Option<String>,
    /// The key of the client that this is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) client: Option<String>,
    /// What the organization reported.
    pub(crate) loans: Vec<ReportedLoan>,
}

/// A loan that an organization reports.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::ReportedLoan)]
pub(crate) struct ReportedLoan {
    pub(crate) encoded_key: String,
    pub(crate) loan_id: String,
    /// `serviced` when the loan is one of this book, else `reported`.
    pub(crate) origin: &'static str,
    /// The status word of the feed.
    pub(crate) status: &'static str,
    /// Where it stands by its last report, in the words of the four contracts; a feed tells less than a
    /// loan of the book shows.
    pub(crate) words: Words,
    /// How many reports were accepted.
    pub(crate) reports: i64,
    /// The key of the loan, or of the reported loan, that this is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) same_as: Option<String>,
    #[schema(format = DateTime)]
    pub(crate) last_modified_date: String,
}

/// One person: a client of the book, and the names by which others know him or her.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::Person)]
pub(crate) struct Person {
    /// The key of the client.
    pub(crate) client: String,
    pub(crate) client_id: String,
    pub(crate) names: Vec<Subject>,
    /// The loans that this book services.
    pub(crate) loans: Vec<ServicedLoan>,
}

/// A loan of the book, in short.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::ServicedLoan)]
pub(crate) struct ServicedLoan {
    pub(crate) encoded_key: String,
    pub(crate) id: String,
    /// Always `serviced`.
    pub(crate) origin: &'static str,
    /// Where it stands, in the words of the four contracts.
    pub(crate) words: Words,
}

/// One standing in four vocabularies.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::Words)]
pub(crate) struct Words {
    pub(crate) account_state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) account_sub_state: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) stage: Option<&'static str>,
    pub(crate) contract_status: &'static str,
    pub(crate) loan_status: &'static str,
    pub(crate) application_status: &'static str,
    pub(crate) loan_repayment_status: &'static str,
}

/// Where reports about serviced loans and the book differ.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::Reconciliation)]
pub(crate) struct Reconciliation {
    /// How many reported loans of this page were compared.
    pub(crate) compared: usize,
    /// Where the next page begins; nothing after the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next_offset: Option<i64>,
    pub(crate) loans: Vec<ReconciledLoan>,
}

/// A loan about which a report and the book differ.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::ReconciledLoan)]
pub(crate) struct ReconciledLoan {
    pub(crate) scheme: &'static str,
    pub(crate) organization: String,
    /// The name of the reported loan.
    pub(crate) loan_id: String,
    /// The id of the loan of the book.
    pub(crate) loan: String,
    #[schema(format = DateTime)]
    pub(crate) reported_date: String,
    pub(crate) differences: Vec<Difference>,
}

/// One figure or word in which they differ.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = native::Difference)]
pub(crate) struct Difference {
    /// The member of the feed's contract.
    pub(crate) field: String,
    pub(crate) reported: Option<String>,
    pub(crate) book: Option<String>,
}

//! Businesses: who reports repayment data, with which keys, and where they are told about it.

use loam_book::partner::AllowedNotification;
use serde::Serialize;
use utoipa::ToSchema;

/// A business that reports repayment data.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::Business)]
pub(crate) struct Business {
    /// Given by the book.
    #[schema(read_only, required = false)]
    pub(crate) encoded_key: String,
    /// The `businessId`: 24 hexadecimal digits; drawn unless given, and never changed.
    #[schema(required = false)]
    pub(crate) id: String,
    pub(crate) name: String,
    /// The zone of local times, by its IANA name.
    #[schema(required = false, default = "UTC", example = "Africa/Lagos")]
    pub(crate) time_zone: String,
    /// Print the seconds of local times twice.
    #[schema(required = false, default = false)]
    pub(crate) doubles_seconds: bool,
    /// `all`, `none`, `emails` or `webhooks`; webhooks are sent with `all` and `webhooks`.
    #[schema(value_type = String, required = false, default = "all")]
    pub(crate) allowed_notification: AllowedNotification,
    /// Whether it may read serviced loans of the whole book.
    #[schema(required = false, default = false)]
    pub(crate) reads_book: bool,
    /// The keys of a business that is not active open nothing.
    #[schema(required = false, default = true)]
    pub(crate) is_active: bool,
    /// Where it is told about its clients: https, or http on the loopback address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) webhook_url: Option<String>,
    /// The same for what is reported with test keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) test_webhook_url: Option<String>,
    /// Given by the book.
    #[schema(read_only, required = false, format = DateTime)]
    pub(crate) creation_date: String,
    /// Given by the book.
    #[schema(read_only, required = false, format = DateTime)]
    pub(crate) last_modified_date: String,
    /// Shown once: when they were made.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(read_only)]
    pub(crate) live_keys: Option<BusinessKeys>,
    /// Shown once: when they were made.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(read_only)]
    pub(crate) test_keys: Option<BusinessKeys>,
    /// Shown once: when it was made, for the first URL or by a rotation.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(read_only)]
    pub(crate) webhook_secret: Option<String>,
    /// Shown once: when it was made, for the first URL or by a rotation.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(read_only)]
    pub(crate) test_webhook_secret: Option<String>,
}

/// The two keys of one realm.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = native::BusinessKeys)]
pub(crate) struct BusinessKeys {
    /// For the servers of the business only.
    #[schema(example = "sk_live_…")]
    pub(crate) secret_key: String,
    /// May create clients and read nothing.
    #[schema(example = "pk_live_…")]
    pub(crate) public_key: String,
}

/// What to make anew.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only described: the body is read as members")]
#[schema(as = native::Rotation)]
pub(crate) struct Rotation {
    /// `live` or `test`; both unless given.
    realm: Option<String>,
}

//! The organization: branches, centres, users and transaction channels.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Weekday;
use serde::{Deserialize, Serialize};

use crate::actor::Permission;
use crate::channel_limits::ChannelLimits;
use crate::ids::{self, Key};
use crate::journal::GlAccount;
use crate::loan::protection::ProtectClaim;
use crate::party::Address;
use crate::rights::Reach;
use crate::working_days::Holiday;

/// Whether a branch or centre takes business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum OfficeState {
    #[default]
    Active,
    Inactive,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Branch {
    pub key: Key,
    pub id: String,
    pub name: String,
    pub state: OfficeState,
    pub phone_number: Option<String>,
    pub email_address: Option<String>,
    pub notes: Option<String>,
    pub address: Option<Address>,
    /// Besides those of the organization.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holidays: Vec<Holiday>,
    pub created_at: Timestamp,
    pub last_modified_at: Timestamp,
}

/// A place where a branch meets its clients, on a fixed day of the week if it has one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Centre {
    pub key: Key,
    pub id: String,
    pub name: String,
    pub state: OfficeState,
    pub branch: Key,
    #[serde(with = "weekday_number")]
    pub meeting_day: Option<Weekday>,
    pub notes: Option<String>,
    pub address: Option<Address>,
    pub created_at: Timestamp,
    pub last_modified_at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum UserState {
    #[default]
    Active,
    Inactive,
    Locked,
}

/// A user of the system. Secrets are kept only as hashes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    pub key: Key,
    /// The number shown to clients of the loan accounts door; the desk gives it to a new user.
    pub number: i64,
    pub username: String,
    pub first_name: String,
    pub last_name: String,
    pub title: Option<String>,
    pub email_address: Option<String>,
    pub home_phone: Option<String>,
    pub mobile_phone: Option<String>,
    pub language: Option<String>,
    pub notes: Option<String>,
    pub state: UserState,
    pub is_administrator: bool,
    pub is_teller: bool,
    pub is_credit_officer: bool,
    /// Whether the user may call the API at all.
    pub has_api_access: bool,
    /// Whether a credit officer sees other officers' clients.
    pub sees_other_officers_clients: bool,
    pub branch: Option<Key>,
    pub permissions: Vec<Permission>,
    /// Role, branches beside the own one, limits.
    #[serde(default)]
    pub reach: Reach,
    /// argon2id, in PHC text form.
    pub password_hash: Option<String>,
    /// SHA-256 of the API key, hexadecimal.
    pub api_key_hash: Option<String>,
    pub created_at: Timestamp,
    pub last_modified_at: Timestamp,
}

/// A way in which money moves: cash, receipt, check, bank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransactionChannel {
    pub key: Key,
    pub id: String,
    pub name: String,
    pub index: i64,
    pub is_active: bool,
    /// Fields that a transaction over this channel may carry, such as `receiptNumber`.
    pub fields: Vec<ChannelField>,
    /// What may go over it to and from loans; `None`: anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loan_limits: Option<ChannelLimits>,
    /// The same of deposit accounts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub savings_limits: Option<ChannelLimits>,
    pub created_by: Option<Key>,
    pub created_at: Timestamp,
    pub last_modified_at: Timestamp,
}

/// A field of a transaction channel; wire names are those of the loan accounts contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ChannelField {
    Identifier,
    BankNumber,
    #[serde(rename = "RECEPIT_NUMBER")]
    ReceiptNumber,
    CheckNumber,
    AccountNumber,
    AccountName,
    RoutingNumber,
}

/// What a transaction says about how the money moved and why.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TransactionDetails {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Key>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub channel_fields: BTreeMap<ChannelField, String>,
    /// Of a transfer between two accounts of the book: the other side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfer: Option<TransferLink>,
    /// Of money between an investor's account and a loan: what it is of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub investing: Option<Investing>,
    /// Of a disbursement: the deposit account that the money goes to, as it is planned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<ids::Address>,
    /// The key under which its custom field values are kept. A transaction that is posted anew, because something
    /// came before it, keeps them by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values_key: Option<Key>,
    /// Of what was waived because the protection was claimed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<ProtectClaim>,
}

/// What money between an investor's account and a loan is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Investing {
    /// The fund of the loan: the key of its booking.
    pub fund: Key,
    pub what: InvestingKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvestingKind {
    Invested,
    /// The loan's disbursement was taken back.
    Returned,
    /// A share of a payment.
    Shared,
    /// A payment was taken back, or shared otherwise.
    TakenBack,
    /// A share of the premium of a protection.
    Premium,
    PremiumTakenBack,
    /// What was not earned of the premium when the loan ended early.
    Rebate,
    RebateTakenBack,
    /// The price of a part that another investor bought.
    Sold,
    /// The price of what was bought of another investor, or of the lender, while the loan ran.
    Bought,
}

impl InvestingKind {
    const ALL: [InvestingKind; 10] = [
        InvestingKind::Invested,
        InvestingKind::Returned,
        InvestingKind::Shared,
        InvestingKind::TakenBack,
        InvestingKind::Premium,
        InvestingKind::PremiumTakenBack,
        InvestingKind::Rebate,
        InvestingKind::RebateTakenBack,
        InvestingKind::Sold,
        InvestingKind::Bought,
    ];

    /// The name stored with a share.
    pub fn name(self) -> &'static str {
        match self {
            InvestingKind::Invested => "invested",
            InvestingKind::Returned => "returned",
            InvestingKind::Shared => "shared",
            InvestingKind::TakenBack => "taken_back",
            InvestingKind::Premium => "premium",
            InvestingKind::PremiumTakenBack => "premium_taken_back",
            InvestingKind::Rebate => "rebate",
            InvestingKind::RebateTakenBack => "rebate_taken_back",
            InvestingKind::Sold => "sold",
            InvestingKind::Bought => "bought",
        }
    }

    pub fn from_name(name: &str) -> Option<InvestingKind> {
        InvestingKind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether it moves the account in the transaction of the loan: what is paid for a loan must be there. All else is
    /// credited later.
    pub fn is_at_once(self) -> bool {
        match self {
            InvestingKind::Invested
            | InvestingKind::Returned
            | InvestingKind::Sold
            | InvestingKind::Bought => true,
            InvestingKind::Shared
            | InvestingKind::TakenBack
            | InvestingKind::Premium
            | InvestingKind::PremiumTakenBack
            | InvestingKind::Rebate
            | InvestingKind::RebateTakenBack => false,
        }
    }
}

/// The other side of a transfer between two accounts of the book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferLink {
    pub account: ids::Address,
    pub account_no: i64,
    pub is_loan: bool,
    /// The transaction there.
    pub transaction_id: i64,
    /// Whether the money left that account; only that side can be taken back.
    pub is_source: bool,
    /// Whether the two accounts are of different branches. What one owes the other stands on an account of its own.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_between_branches: bool,
}

impl TransferLink {
    /// What stands between the two deposit accounts, or between the deposit account and the loan.
    pub(crate) fn clearing(&self) -> GlAccount {
        if self.is_between_branches { GlAccount::InterBranch } else { GlAccount::AccountTransfers }
    }

    /// The key of the transaction on the other side.
    pub fn transaction_key(&self) -> Key {
        Key::transaction(self.account.part, self.account_no, self.transaction_id)
    }
}

mod weekday_number {
    use jiff::civil::Weekday;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(day: &Option<Weekday>, serializer: S) -> Result<S::Ok, S::Error> {
        day.map(Weekday::to_monday_one_offset).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Weekday>, D::Error> {
        Option::<i8>::deserialize(deserializer)?
            .map(|number| Weekday::from_monday_one_offset(number).map_err(serde::de::Error::custom))
            .transpose()
    }
}

//! What custom field values hang on. A new kind of owner is a variant here, and a line wherever the compiler asks.

use serde::{Deserialize, Serialize};

use super::CustomFieldType;
use crate::ids::{Address, Key};

/// The kinds of owners.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OwnerKind {
    Client,
    Group,
    Loan,
    /// What a transaction of a loan, or its planned disbursement, says of its channel.
    LoanTransaction,
    Savings,
    /// What a transaction of a deposit account says of its channel.
    SavingsTransaction,
    /// A guarantee by somebody.
    Guarantor,
    /// A guarantee by something.
    Asset,
    Branch,
    Centre,
    User,
    LineOfCredit,
}

impl OwnerKind {
    /// All of them.
    pub const ALL: [OwnerKind; 12] = [
        OwnerKind::Client,
        OwnerKind::Group,
        OwnerKind::Loan,
        OwnerKind::LoanTransaction,
        OwnerKind::Savings,
        OwnerKind::SavingsTransaction,
        OwnerKind::Guarantor,
        OwnerKind::Asset,
        OwnerKind::Branch,
        OwnerKind::Centre,
        OwnerKind::User,
        OwnerKind::LineOfCredit,
    ];

    /// The name stored in the database.
    pub fn name(self) -> &'static str {
        match self {
            OwnerKind::Client => "client",
            OwnerKind::Group => "group",
            OwnerKind::Loan => "loan",
            OwnerKind::LoanTransaction => "loan_transaction",
            OwnerKind::Savings => "savings",
            OwnerKind::SavingsTransaction => "savings_transaction",
            OwnerKind::Guarantor => "guarantor",
            OwnerKind::Asset => "asset",
            OwnerKind::Branch => "branch",
            OwnerKind::Centre => "centre",
            OwnerKind::User => "user",
            OwnerKind::LineOfCredit => "line_of_credit",
        }
    }

    /// Which sets such an owner has.
    pub fn fields(self) -> CustomFieldType {
        match self {
            OwnerKind::Client => CustomFieldType::ClientInfo,
            OwnerKind::Group => CustomFieldType::GroupInfo,
            OwnerKind::Loan => CustomFieldType::LoanAccountInfo,
            OwnerKind::LoanTransaction | OwnerKind::SavingsTransaction => {
                CustomFieldType::TransactionChannelInfo
            }
            OwnerKind::Savings => CustomFieldType::SavingsAccountInfo,
            OwnerKind::Guarantor => CustomFieldType::GuarantorInfo,
            OwnerKind::Asset => CustomFieldType::AssetInfo,
            OwnerKind::Branch => CustomFieldType::BranchInfo,
            OwnerKind::Centre => CustomFieldType::CentreInfo,
            OwnerKind::User => CustomFieldType::UserInfo,
            OwnerKind::LineOfCredit => CustomFieldType::LineOfCredit,
        }
    }

    /// Whether its fields are those of a channel, so that it must have one.
    pub fn needs_channel(self) -> bool {
        matches!(self, OwnerKind::LoanTransaction | OwnerKind::SavingsTransaction)
    }
}

/// An owner: what it is, where its values are kept, and what its fields depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Owner {
    pub kind: OwnerKind,
    pub address: Address,
    /// The product of an account, the type of a client or group, the channel of a transaction.
    pub setting: Option<Key>,
}

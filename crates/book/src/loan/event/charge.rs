//! What events say about fees, penalties, taxes and locks.

use loam_calc::allocation::Components;
use loam_calc::exact::Exact;
use loam_calc::money::Amount;
use serde::{Deserialize, Serialize};

use crate::ids::Key;
use crate::loan::custom_payment::{FeeKind, PaidPart};
use crate::loan::terms::{is_default, is_zero};
use crate::product::charges::FeeAmortization;

/// Why a fee was charged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeeCause {
    /// Somebody charged it.
    #[default]
    Request,
    /// The loan was paid out.
    Disbursement,
    /// Its installment fell due.
    DueDate,
    /// A repayment reached its installment before it fell due.
    EarlyPayment,
    /// Its installment went late.
    Lateness,
}

/// A fee beyond its amount. The default is a fee of any amount, untaxed and earned at once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FeeCharge {
    /// The fee of the product, unless it is an arbitrary one.
    #[serde(skip_serializing_if = "is_default")]
    pub fee: Option<Key>,
    #[serde(skip_serializing_if = "is_default")]
    pub cause: FeeCause,
    /// The tax that the amount includes.
    #[serde(skip_serializing_if = "is_zero")]
    pub tax: Amount,
    /// What of the amount becomes income later.
    #[serde(skip_serializing_if = "is_default")]
    pub deferral: Option<Deferral>,
    /// What charged it; of loans whose repayments may say what they pay.
    #[serde(skip_serializing_if = "is_default")]
    pub kind: Option<FeeKind>,
}

/// Income that is not earned yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deferral {
    /// Without tax.
    pub amount: Amount,
    pub profile: FeeAmortization,
}

/// A fee that was kept from what was paid out, or added to the principal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisbursedFee {
    pub fee: Key,
    pub amount: Amount,
    /// Added to the principal, not kept from the loan amount.
    #[serde(default, skip_serializing_if = "is_default")]
    pub is_capitalized: bool,
    /// The tax that the amount includes.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub tax: Amount,
    /// What of the amount becomes income later.
    #[serde(default, skip_serializing_if = "is_default")]
    pub deferral: Option<Deferral>,
}

/// Why a penalty became a balance.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PenaltyCause {
    /// Somebody charged it.
    #[default]
    Request,
    /// The tolerances have passed, or another month has.
    Lateness,
    /// A repayment came, or the loan was given up.
    Settlement,
}

/// The penalty of one installment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PenaltyPart {
    pub number: u32,
    /// Everything that has grown since the installment fell due, in minor units, unrounded.
    pub accrued: Exact,
    /// What of it becomes a balance now.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub amount: Amount,
}

/// A charge of the book that somebody took back: the book does not make it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "charge", rename_all = "snake_case")]
pub enum Forgone {
    Fee { fee: Key, number: u32 },
    Penalty { parts: Vec<PenaltyPart> },
}

/// Income of a deferred fee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncomePart {
    /// Position of the fee among those whose income was deferred, from 0.
    pub position: u32,
    pub amount: Amount,
}

/// Who locked an account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LockCause {
    /// Somebody did.
    #[default]
    Request,
    /// The book, because the account was in arrears for too long.
    Arrears,
    /// The book, because interest, fees and penalties reached their cap.
    Capping,
}

/// What a transaction says about fees of the product and taxes. The default says nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TransactionCharges {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fees: Vec<TransactionFee>,
    /// The tax in its interest, fees and penalties; there is none in principal.
    #[serde(skip_serializing_if = "is_default")]
    pub tax: Components,
    /// Of a repayment that says itself what it pays: its parts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub custom: Vec<PaidPart>,
}

/// A fee of the product in a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransactionFee {
    pub fee: Key,
    pub amount: Amount,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub tax: Amount,
}

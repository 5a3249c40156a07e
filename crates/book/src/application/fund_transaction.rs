//! Money that investors pay in or take out by the marketplace. It is announced first and moves when it has cleared.

use jiff::Timestamp;
use jiff::civil::Date;
use loam_calc::currency::Currency;
use loam_calc::money::Amount;
use serde::{Deserialize, Serialize};

use crate::actor::Permission;
use crate::ids::{Address, Key, Part};
use crate::loan::context::Context;
use crate::loan::refusal::{MarketRefusal, Refusal};
use crate::savings::Savings;
use crate::savings::product::AccountType;
use crate::stated::StatedAmount;

/// A deposit or a withdrawal of an investor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FundTransaction {
    pub key: Key,
    /// The part of the account.
    pub part: Part,
    /// Counted with the accounts.
    pub number: i64,
    pub version: i64,
    /// The id by which the marketplace knows the investor, 15 characters.
    pub investor_id: String,
    /// The deposit account.
    pub account: Key,
    pub currency: Currency,
    /// Negative for what is taken out.
    pub amount: Amount,
    pub transaction_date: Date,
    pub payment_mode: Option<String>,
    /// The bank account of the investor, as the caller named it.
    pub bank_account: Option<String>,
    pub state: FundTransactionState,
    pub created_at: Timestamp,
    pub last_modified_at: Timestamp,
    pub created_by: Key,
    pub last_modified_by: Key,
}

/// What has become of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum FundTransactionState {
    Uncleared,
    Cleared { on: Date },
    Rejected { on: Date },
}

/// A deposit or a withdrawal as a door understood it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFundTransaction {
    pub investor_id: String,
    /// Below zero: taken out.
    pub amount: StatedAmount,
    pub transaction_date: Date,
    pub payment_mode: Option<String>,
    pub bank_account: Option<String>,
}

impl FundTransactionState {
    /// The name stored.
    pub fn name(&self) -> &'static str {
        match self {
            FundTransactionState::Uncleared => "uncleared",
            FundTransactionState::Cleared { .. } => "cleared",
            FundTransactionState::Rejected { .. } => "rejected",
        }
    }
}

impl FundTransaction {
    pub fn address(&self) -> Address {
        Address { part: self.part, key: self.key }
    }

    pub fn is_withdrawal(&self) -> bool {
        self.amount.is_negative()
    }

    pub fn is_uncleared(&self) -> bool {
        self.state == FundTransactionState::Uncleared
    }
}

/// Decides a deposit or a withdrawal that is announced; a withdrawal keeps its money from being taken.
///
/// # Errors
/// `NotPermitted`; `NotAnInvestor`, `AccountNotActive`; `InvalidAmount`; `InsufficientFunds`.
pub fn announce(
    account: &Savings,
    new: &NewFundTransaction,
    context: &Context<'_>,
) -> Result<FundTransaction, Refusal> {
    let amount = new.amount.in_currency(account.terms.currency)?;
    context.require(permission(amount))?;
    if account.terms.account_type != AccountType::InvestorAccount {
        return Err(MarketRefusal::NotAnInvestor { value: account.id.clone() }.into());
    }
    if !account.takes_investments() || account.maturity.is_some() {
        return Err(MarketRefusal::AccountNotActive { state: account.state.name() }.into());
    }
    if amount.is_zero() {
        let (value, reason) = (new.amount.0.clone(), "it must not be zero".to_owned());
        return Err(Refusal::InvalidAmount { value, reason });
    }
    if amount.is_negative() && -amount > account.available() {
        let text = |amount: Amount| amount.to_fixed_text(account.terms.currency);
        let (amount, available) = (text(-amount), text(account.available()));
        return Err(MarketRefusal::InsufficientFunds { amount, available }.into());
    }
    Ok(FundTransaction {
        key: context.ids.key,
        part: account.part,
        number: context.ids.account_no,
        version: 1,
        investor_id: new.investor_id.clone(),
        account: account.key,
        currency: account.terms.currency,
        amount,
        transaction_date: new.transaction_date,
        payment_mode: new.payment_mode.clone(),
        bank_account: new.bank_account.clone(),
        state: FundTransactionState::Uncleared,
        created_at: context.recorded_at,
        last_modified_at: context.recorded_at,
        created_by: context.actor.user_key,
        last_modified_by: context.actor.user_key,
    })
}

/// The transaction as it stands once it has cleared, or was rejected. What clears moves the account by a command of
/// its own.
///
/// # Errors
/// `NotPermitted`; `AlreadySettled`.
pub fn settle(
    transaction: &FundTransaction,
    clears: bool,
    context: &Context<'_>,
) -> Result<FundTransaction, Refusal> {
    context.require(permission(transaction.amount))?;
    if !transaction.is_uncleared() {
        return Err(MarketRefusal::AlreadySettled { state: transaction.state.name() }.into());
    }
    let on = context.business_date;
    let state =
        if clears { FundTransactionState::Cleared { on } } else { FundTransactionState::Rejected { on } };
    Ok(FundTransaction {
        state,
        version: transaction.version + 1,
        last_modified_at: context.recorded_at,
        last_modified_by: context.actor.user_key,
        ..transaction.clone()
    })
}

fn permission(amount: Amount) -> Permission {
    if amount.is_negative() { Permission::MakeWithdrawal } else { Permission::MakeDeposit }
}

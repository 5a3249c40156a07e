//! Deposit products: the template from which the terms of a deposit account are agreed.

use jiff::Timestamp;
use loam_calc::currency::Currency;
use loam_calc::money::Amount;
use serde::{Deserialize, Serialize};

use crate::ids::{Key, is_possible_id};
use crate::journal::rules::{AccrualPosting, DepositAccounting};
use crate::loan::terms::is_default;
use crate::product::{AccountingMethod, IdPattern};
use crate::savings::interest::InterestRules;
use crate::savings::term::TermRules;

/// What kind of deposit account a product makes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AccountType {
    CurrentAccount,
    #[default]
    RegularSavings,
    FixedDeposit,
    SavingsPlan,
    /// Of somebody who funds loans.
    InvestorAccount,
}

impl AccountType {
    /// All types.
    pub const ALL: [AccountType; 5] = [
        AccountType::CurrentAccount,
        AccountType::RegularSavings,
        AccountType::FixedDeposit,
        AccountType::SavingsPlan,
        AccountType::InvestorAccount,
    ];
}

/// A deposit product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavingsProduct {
    pub key: Key,
    pub id: String,
    pub name: String,
    pub description: Option<String>,
    pub account_type: AccountType,
    pub is_active: bool,
    pub for_individuals: bool,
    pub for_groups: bool,
    /// Empty: in every branch.
    pub branches: Vec<Key>,
    pub currency: Currency,
    pub id_pattern: IdPattern,
    pub allows_overdraft: bool,
    /// The most that an account may be overdrawn, and what one gets that names no limit.
    pub max_overdraft_limit: Option<Amount>,
    pub max_withdrawal: Option<Amount>,
    pub recommended_deposit: Option<Amount>,
    pub minimum_opening_balance: Option<Amount>,
    pub allows_arbitrary_fees: bool,
    /// Nothing: accounts earn none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interest: Option<InterestRules>,
    /// Accounts that their holders do not move for so many days fall asleep.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dormancy_days: Option<u32>,
    /// How long money is kept, of types that keep it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub term: Option<TermRules>,
    /// Whether and where its accounts are booked.
    #[serde(default, skip_serializing_if = "is_default")]
    pub accounting: DepositAccounting,
    pub created_at: Timestamp,
    pub last_modified_at: Timestamp,
}

impl SavingsProduct {
    /// The name of the first figure that contradicts itself or another one.
    pub fn contradiction(&self) -> Option<&'static str> {
        let is_drawable = match &self.id_pattern {
            IdPattern::Random(pattern) => {
                is_possible_id(&pattern.replace(['@', '#', '$'], "0")) && pattern.contains(['@', '#', '$'])
            }
            IdPattern::Incremental => true,
        };
        let not_negative = |amount: Option<Amount>| amount.is_none_or(|amount| amount >= Amount::ZERO);
        let pairs = [
            (is_drawable, "idPattern"),
            (self.allows_overdraft || self.max_overdraft_limit.is_none(), "maxOverdraftLimit"),
            (not_negative(self.max_overdraft_limit), "maxOverdraftLimit"),
            (self.max_withdrawal.is_none_or(Amount::is_positive), "maxWidthdrawlAmount"),
            (not_negative(self.recommended_deposit), "recommendedDepositAmount"),
            (not_negative(self.minimum_opening_balance), "minOpeningBalance"),
            (self.for_individuals || self.for_groups, "forIndividuals"),
            (self.interest.as_ref().is_none_or(InterestRules::is_possible), "interestRateSettings"),
            (
                self.allows_overdraft || self.interest.as_ref().is_none_or(|rules| rules.overdraft.is_none()),
                "overdraftInterestSettings",
            ),
            (self.dormancy_days.is_none_or(|days| days > 0), "dormancyPeriodDays"),
            (self.term.is_none() || self.account_type.has_term(), "termUnit"),
            (self.term.is_none_or(|term| term.is_possible()), "defaultTermLength"),
            (
                self.accounting.method == AccountingMethod::Accrual
                    || self.accounting.accrual == AccrualPosting::None,
                "interestAccruedAccountingMethod",
            ),
        ];
        pairs.into_iter().find(|(holds, _)| !holds).map(|(_, field)| field)
    }
}

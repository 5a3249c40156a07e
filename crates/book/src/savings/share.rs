//! What an investor gets of a loan. It is written with the loan, in the loan's part, and credited to the investor's
//! account later; until then the balance that is shown counts it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use loam_calc::currency::Currency;
use loam_calc::money::Amount;

use crate::ids::{Address, Key, Part};
use crate::loan::Loan;
use crate::organization::InvestingKind;
use crate::savings::Savings;

/// A share of a payment on a loan, of what was taken back of one, or of a loss.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvestorShare {
    /// From the same numbers as transactions.
    pub transaction_id: i64,
    /// The part and number of the loan, and how many entries its log had after what brought the share.
    pub part: Part,
    pub account_no: i64,
    pub seq: i64,
    /// The fund of the loan: the key of its booking.
    pub fund: Key,
    /// The investor's.
    pub account: Address,
    pub currency: Currency,
    /// What the account gets; negative for what is taken back.
    pub cash: Amount,
    /// By how much more the investor has in loans after it.
    pub invested: Amount,
    pub what: InvestingKind,
    pub booked_on: Date,
    pub recorded_at: Timestamp,
    /// The transaction of the account that credited it.
    pub credited_by: Option<i64>,
}

impl InvestorShare {
    /// The key under which it is shown.
    pub fn key(&self) -> Key {
        Key::transaction(self.part, self.account_no, self.transaction_id)
    }
}

/// What one transaction of an account credited, as the shares say that name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Credit {
    pub transaction_id: i64,
    /// The sum of their cash.
    pub cash: Amount,
    /// By how much more the investor has in loans after it.
    pub invested: Amount,
}

/// What the shares of a loan say otherwise than the loan, a sentence for each fund: what went between each investor's
/// account and the loan is what the loan says came in and came back, also of funds that are there no longer.
pub fn differing(loan: &Loan, shares: &[InvestorShare]) -> Vec<String> {
    let mut told: BTreeMap<Key, (Amount, Amount)> = BTreeMap::new();
    for share in shares {
        let sums = told.entry(share.fund).or_default();
        *sums = (sums.0 + share.cash, sums.1 + share.invested);
    }
    let funds = &loan.servicing.course.funds;
    let mut expected: BTreeMap<Key, (Amount, Amount)> =
        told.keys().map(|fund| (*fund, Default::default())).collect();
    expected.extend(
        funds
            .iter()
            .filter(|fund| fund.is_paid_in)
            .map(|fund| (fund.key, (fund.cash() + fund.premium + fund.rebated, fund.left()))),
    );
    let text = |(cash, invested): (Amount, Amount)| {
        let currency = loan.terms.currency;
        format!("{} in cash and {} invested", cash.to_fixed_text(currency), invested.to_fixed_text(currency))
    };
    let is_told = |fund: &Key| told.get(fund).copied().unwrap_or_default();
    let wrong = expected.into_iter().filter(|(fund, should)| is_told(fund) != *should);
    wrong
        .map(|(fund, should)| {
            format!("shares of fund {fund} come to {} and should to {}", text(is_told(&fund)), text(should))
        })
        .collect()
}

impl Savings {
    /// The account as if what waits for it had been credited: cash, and what more it has in loans.
    #[must_use]
    pub fn counting(self, (cash, invested): (Amount, Amount)) -> Savings {
        Savings { balance: self.balance + cash, invested: self.invested + invested, ..self }
    }
}

//! Guarantees of a loan, and the investors who fund it.

use jiff::civil::Date;
use loam_calc::allocation::Components;
use loam_calc::funding::{earned_by, shares_of};
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use serde::{Deserialize, Serialize};

use crate::custom_field::value::StatedValue;
use crate::ids::{Address, Key};
use crate::loan::draft::Draft;
use crate::loan::event::Event;
use crate::loan::terms::{is_default, is_zero};
use crate::loan::{Holder, Loan};
use crate::party::ClientState;
use crate::product::securities::{FunderCommission, FundingRules};
use crate::stated::{StatedAmount, StatedPercent};

/// Somebody or something that stands in for a loan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guarantee {
    pub key: Key,
    pub kind: GuaranteeKind,
    pub amount: Amount,
    /// Of a guarantor: the deposit account that keeps the amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub savings_account: Option<Address>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum GuaranteeKind {
    Guarantor { holder: Holder },
    Asset { name: String },
}

/// An investor's money in a loan, and what came back of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fund {
    pub key: Key,
    /// The investor's account. It is credited from the shares by those who keep it.
    pub account: Key,
    pub amount: Amount,
    /// What the investor earns of the rate, where each has a rate of its own.
    #[serde(default, skip_serializing_if = "is_default")]
    pub interest_commission: Option<Rate>,
    /// The investor's share of what was repaid.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub principal_repaid: Amount,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub interest_earned: Amount,
}

/// A funder's share of one repayment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FundShare {
    pub fund: Key,
    pub principal: Amount,
    pub interest: Amount,
}

/// A guarantee as a caller states it. The list that is posted is the whole of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatedGuarantee {
    /// Of one that is there already.
    pub key: Option<Key>,
    pub is_asset: bool,
    pub guarantor: Option<StatedGuarantor>,
    pub savings_account: Option<Key>,
    pub asset_name: Option<String>,
    pub amount: StatedAmount,
    /// Those of one that is there already stay where none are given.
    pub custom_values: Option<Vec<StatedValue>>,
}

/// A guarantor, and what the door found of him or her: nothing where there is no such holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatedGuarantor {
    pub holder: Holder,
    pub state: Option<ClientState>,
    /// The type of the client or group.
    pub role: Option<Key>,
}

/// A fund as a caller states it. The list that is posted is the whole of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatedFund {
    /// Of one that is there already.
    pub key: Option<Key>,
    pub account: Option<Key>,
    pub amount: StatedAmount,
    pub interest_commission: Option<StatedPercent>,
}

/// Shares what was just repaid among those who fund the loan, and writes it with the loan. The
/// lender keeps what nobody funds.
pub(crate) fn share(draft: &mut Draft<'_>, date: Date, repaid: Components) {
    let loan = &draft.loan;
    let (Some(rules), false) = (&loan.terms.securities.funding, loan.servicing.course.funds.is_empty())
    else {
        return;
    };
    let after = loan.servicing.paid;
    let rate = loan.rate_on(date);
    let (was, is) = (running(loan, rules, rate, after - repaid), running(loan, rules, rate, after));
    let shares = loan.servicing.course.funds.iter().zip(was.into_iter().zip(is));
    let shares = shares.map(|(fund, (was, is))| FundShare {
        fund: fund.key,
        principal: is.principal - was.principal,
        interest: is.interest - was.interest,
    });
    let shares = shares.filter(|share| !share.principal.is_zero() || !share.interest.is_zero()).collect();
    draft.derive(date, Event::FundsShared { shares });
}

/// Each funder's share of everything that was repaid so far. Principal and interest are shared by
/// the funds; of its interest each funder gets what its commission is of the rate that counts.
fn running(loan: &Loan, rules: &FundingRules, rate: Rate, paid: Components) -> Vec<Components> {
    let funds = &loan.servicing.course.funds;
    let funded: Amount = funds.iter().map(|fund| fund.amount).sum();
    let mut weights: Vec<Amount> = funds.iter().map(|fund| fund.amount).collect();
    weights.push(lent(loan) - funded);
    let shares = shares_of(paid.principal, &weights).into_iter().zip(shares_of(paid.interest, &weights));
    let of_fund = |(fund, (principal, interest)): (&Fund, (Amount, Amount))| Components {
        principal,
        interest: earned_by(interest, earns(fund, rules, rate), rate),
        ..Components::ZERO
    };
    funds.iter().zip(shares).map(of_fund).collect()
}

/// What is lent in all: fees that are lent with the loan amount are the lender's.
fn lent(loan: &Loan) -> Amount {
    if loan.terms.is_revolving() {
        return loan.terms.amount;
    }
    loan.terms.amount.max(loan.servicing.paid.principal + loan.servicing.outstanding.principal)
}

/// The part of the rate that is a funder's: its own commission, or what the lender leaves.
fn earns(fund: &Fund, rules: &FundingRules, rate: Rate) -> Rate {
    match rules.commission {
        FunderCommission::FixedInterestCommissions => {
            fund.interest_commission.unwrap_or(Rate::from_ratio(0, 1))
        }
        FunderCommission::PercentageOfLoanFunding => {
            let kept = rules.organization_commission.default.unwrap_or(Rate::from_ratio(0, 1));
            less(rate, kept)
        }
    }
}

/// One rate less another; nothing where that would be less.
fn less(rate: Rate, kept: Rate) -> Rate {
    let numerator = rate.numerator() * kept.denominator() - kept.numerator() * rate.denominator();
    let denominator = rate.denominator() * kept.denominator();
    match (i64::try_from(numerator), i64::try_from(denominator)) {
        (Ok(numerator), Ok(denominator)) if numerator > 0 => Rate::from_ratio(numerator, denominator),
        _ => Rate::from_ratio(0, 1),
    }
}

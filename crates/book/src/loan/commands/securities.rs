//! Sets the guarantees of a loan, or the funds of its investors: the list is the whole of them. What
//! has a key is edited, what has none is added, what is missing is taken away.
//!
//! Checks, in this order: state, each element as it stands in the list, then all together.

use jiff::civil::Date;
use loam_calc::exact::Exact;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use loam_calc::rounding::Rounding;

use crate::ids::{Address, Key, Name};
use crate::loan::context::Context;
use crate::loan::draft::Draft;
use crate::loan::event::Event;
use crate::loan::refusal::{MarketRefusal, PartyRefusal, Refusal, SecurityRefusal};
use crate::loan::securities::{Fund, Guarantee, GuaranteeKind, StatedFund, StatedGuarantee};
use crate::loan::{Loan, LoanState};
use crate::product::securities::{FunderCommission, FundingRules};

fn refused<T>(refusal: SecurityRefusal) -> Result<T, Refusal> {
    Err(Refusal::Security(refusal))
}

/// How many guarantees, or funds, a loan has at most: their amounts add up without end otherwise.
const MAX_SECURITIES: usize = 1_000;

fn check_count(count: usize) -> Result<(), Refusal> {
    if count <= MAX_SECURITIES {
        return Ok(());
    }
    refused(SecurityRefusal::TooMany { count, max: MAX_SECURITIES })
}

/// Sets the guarantees.
pub(super) fn set_guarantees(draft: &mut Draft<'_>, stated: &[StatedGuarantee]) -> Result<(), Refusal> {
    let loan = &draft.loan;
    if let LoanState::Closed { .. } = loan.state() {
        return Err(Refusal::WrongState { command: "set guarantees", state: loan.state().name() });
    }
    check_count(stated.len())?;
    let mut guarantees: Vec<Guarantee> = Vec::with_capacity(stated.len());
    for (place, stated) in stated.iter().enumerate() {
        let guarantee = guarantee(loan, stated, place)?;
        check_type(stated, draft.context)?;
        if let Some(twice) = guarantees.iter().find_map(|other| same(other, &guarantee)) {
            return refused(twice);
        }
        if guarantees.iter().any(|other| other.key == guarantee.key) {
            return refused(SecurityRefusal::GuaranteeNamedTwice);
        }
        guarantees.push(guarantee);
    }
    let is_gone = |before: &&Guarantee| guarantees.iter().all(|after| after.key != before.key);
    let mut gone = loan.servicing.course.guarantees.iter().filter(is_gone);
    if loan.state().is_active() && gone.any(|gone| matches!(gone.kind, GuaranteeKind::Guarantor { .. })) {
        return refused(SecurityRefusal::GuarantorStays);
    }
    if !is_pending(loan) {
        check_guarantees(loan, &guarantees)?;
    }
    draft.record(draft.context.business_date, Event::GuaranteesSet { guarantees });
    Ok(())
}

/// Sets the funds.
pub(super) fn set_funds(draft: &mut Draft<'_>, stated: &[StatedFund]) -> Result<(), Refusal> {
    let loan = &draft.loan;
    if loan.servicing.course.funds.iter().any(|fund| fund.is_paid_in) {
        return Err(MarketRefusal::FundsPaidIn.into());
    }
    let Some(rules) = loan.terms.securities.funding else {
        return refused(SecurityRefusal::FundsNotAllowed);
    };
    let is_open = match loan.state() {
        LoanState::PartialApplication | LoanState::PendingApproval => true,
        LoanState::Approved { .. } => !rules.locks_funds_at_approval,
        LoanState::Active { .. } | LoanState::Closed { .. } => false,
    };
    if !is_open {
        return refused(SecurityRefusal::FundsOfState { state: loan.state().name() });
    }
    check_count(stated.len())?;
    let mut funds: Vec<Fund> = Vec::with_capacity(stated.len());
    for (place, stated) in stated.iter().enumerate() {
        let fund = fund(loan, &rules, stated, place)?;
        if funds.iter().any(|other| other.account == fund.account) {
            return refused(SecurityRefusal::DuplicateFundAccount);
        }
        if funds.iter().any(|other| other.key == fund.key) {
            return refused(SecurityRefusal::FundNamedTwice);
        }
        funds.push(fund);
    }
    check_sum(loan, &funds)?;
    draft.record(draft.context.business_date, Event::FundsSet { funds });
    Ok(())
}

/// Refuses to approve a loan whose securities do not suffice.
pub(super) fn check_approval(loan: &Loan) -> Result<(), Refusal> {
    check_guarantees(loan, &loan.servicing.course.guarantees)?;
    check_sum(loan, &loan.servicing.course.funds)?;
    let Some(required) = loan.terms.securities.funding.and_then(|funding| funding.required) else {
        return Ok(());
    };
    let sum: Amount = loan.servicing.course.funds.iter().map(|fund| fund.amount).sum();
    let required = share_of(required, loan.terms.amount);
    if sum >= required {
        return Ok(());
    }
    let text = |amount: Amount| amount.to_fixed_text(loan.terms.currency);
    refused(SecurityRefusal::InsufficientFunds { sum: text(sum), required: text(required) })
}

/// Posts securities again, also on a loan that is closed now: it may be open again by another
/// correction.
pub(crate) fn post(draft: &mut Draft<'_>, date: Date, event: Event) {
    draft.record(date, event);
}

/// Nobody funds more than what is lent.
fn check_sum(loan: &Loan, funds: &[Fund]) -> Result<(), Refusal> {
    let text = |amount: Amount| amount.to_fixed_text(loan.terms.currency);
    let sum: Amount = funds.iter().map(|fund| fund.amount).sum();
    if sum <= loan.terms.amount {
        return Ok(());
    }
    let (sum, amount) = (text(sum), text(loan.terms.amount));
    refused(SecurityRefusal::FundsExceedAmount { sum, amount })
}

fn check_guarantees(loan: &Loan, guarantees: &[Guarantee]) -> Result<(), Refusal> {
    let Some(required) = loan.terms.securities.required_guarantees else { return Ok(()) };
    let sum: Amount = guarantees.iter().map(|guarantee| guarantee.amount).sum();
    let required = share_of(required, loan.terms.amount);
    if sum >= required {
        return Ok(());
    }
    let text = |amount: Amount| amount.to_fixed_text(loan.terms.currency);
    refused(SecurityRefusal::InsufficientGuarantees { sum: text(sum), required: text(required) })
}

/// The share of an amount, rounded up: what is asked for is covered.
fn share_of(share: Rate, amount: Amount) -> Amount {
    let exact = Exact::from_amount(amount).times(share.numerator()).divided_by(share.denominator());
    exact.round(Rounding::Up)
}

fn is_pending(loan: &Loan) -> bool {
    match loan.state() {
        LoanState::PartialApplication | LoanState::PendingApproval => true,
        LoanState::Approved { .. } | LoanState::Active { .. } | LoanState::Closed { .. } => false,
    }
}

/// A key that the same command always gives.
fn new_key(loan: &Loan, what: &str, place: usize) -> Key {
    let (key, version, place) = (loan.key.to_string(), loan.version.to_string(), place.to_string());
    Key::named(loan.part, &Name::of(&[&key, what, &version, &place]))
}

fn guarantee(loan: &Loan, stated: &StatedGuarantee, place: usize) -> Result<Guarantee, Refusal> {
    let amount = stated.amount.positive_in(loan.terms.currency)?;
    let Some(key) = stated.key else {
        let (key, kind) = (new_key(loan, "guarantee", place), kind(loan, stated)?);
        return Ok(Guarantee { key, kind, amount, savings_account: savings_account(stated)? });
    };
    let before = loan.servicing.course.guarantees.iter().find(|before| before.key == key);
    let before = before.ok_or(Refusal::Security(SecurityRefusal::UnknownGuarantee))?;
    // Of one that is there already, who or what it is need not be said again.
    let is_silent = stated.guarantor.is_none() && stated.asset_name.is_none();
    let is_asset = matches!(before.kind, GuaranteeKind::Asset { .. });
    let kind =
        if is_silent && is_asset == stated.is_asset { before.kind.clone() } else { kind(loan, stated)? };
    if std::mem::discriminant(&before.kind) != std::mem::discriminant(&kind) {
        return refused(SecurityRefusal::OtherTypeOfGuarantee);
    }
    let kept = before.savings_account.filter(|_| is_silent);
    Ok(Guarantee { key, kind, amount, savings_account: savings_account(stated)?.or(kept) })
}

fn kind(loan: &Loan, stated: &StatedGuarantee) -> Result<GuaranteeKind, Refusal> {
    if stated.is_asset { asset(loan, stated) } else { guarantor(loan, stated) }
}

fn asset(loan: &Loan, stated: &StatedGuarantee) -> Result<GuaranteeKind, Refusal> {
    if !loan.terms.securities.takes_collateral {
        return refused(SecurityRefusal::CollateralNotAllowed);
    }
    if stated.guarantor.is_some() {
        return refused(SecurityRefusal::GuarantorOfAsset);
    }
    if stated.savings_account.is_some() {
        return refused(SecurityRefusal::SavingsAccountOfAsset);
    }
    match stated.asset_name.as_deref().map(str::trim).filter(|name| !name.is_empty()) {
        Some(name) => Ok(GuaranteeKind::Asset { name: name.to_owned() }),
        None => refused(SecurityRefusal::AssetNameMissing),
    }
}

/// Where the deposit account of a guarantor is kept; whether it is there, and has the money, is asked
/// once it is at hand.
fn savings_account(stated: &StatedGuarantee) -> Result<Option<Address>, Refusal> {
    let Some(key) = stated.savings_account else { return Ok(None) };
    let unknown = Refusal::Security(SecurityRefusal::UnknownSavingsAccount);
    key.part().map(|part| Some(Address { part, key })).ok_or(unknown)
}

fn guarantor(loan: &Loan, stated: &StatedGuarantee) -> Result<GuaranteeKind, Refusal> {
    if !loan.terms.securities.takes_guarantors {
        return refused(SecurityRefusal::GuarantorsNotAllowed);
    }
    if stated.asset_name.is_some() {
        return refused(SecurityRefusal::AssetNameOfGuarantor);
    }
    let Some(guarantor) = stated.guarantor.filter(|guarantor| guarantor.holder != loan.holder) else {
        return refused(SecurityRefusal::UnknownGuarantor);
    };
    match guarantor.state {
        None => return refused(SecurityRefusal::UnknownGuarantor),
        Some(state) if !state.may_borrow() => return refused(SecurityRefusal::GuarantorState),
        Some(_) => {}
    }
    Ok(GuaranteeKind::Guarantor { holder: guarantor.holder })
}

/// Refuses a guarantor whose type does not guarantee.
fn check_type(stated: &StatedGuarantee, context: &Context<'_>) -> Result<(), Refusal> {
    let role = stated.guarantor.and_then(|guarantor| guarantor.role);
    let role = role.and_then(|role| context.catalog.client_roles.by_key(role));
    match role.filter(|role| !role.can_guarantee) {
        Some(role) => Err(PartyRefusal::MayNotGuarantee { id: role.id.clone() }.into()),
        None => Ok(()),
    }
}

/// One guarantor may stand there with several deposit accounts, each of them once.
fn same(one: &Guarantee, other: &Guarantee) -> Option<SecurityRefusal> {
    if one.savings_account.is_some() && one.savings_account == other.savings_account {
        return Some(SecurityRefusal::DuplicateSavingsAccount);
    }
    if one.savings_account.is_some() || other.savings_account.is_some() {
        return None;
    }
    match (&one.kind, &other.kind) {
        (GuaranteeKind::Guarantor { holder: one }, GuaranteeKind::Guarantor { holder: other }) => {
            (one == other).then_some(SecurityRefusal::DuplicateGuarantor)
        }
        (GuaranteeKind::Asset { name: one }, GuaranteeKind::Asset { name: other }) => {
            (one == other).then_some(SecurityRefusal::DuplicateAsset)
        }
        (GuaranteeKind::Guarantor { .. }, GuaranteeKind::Asset { .. })
        | (GuaranteeKind::Asset { .. }, GuaranteeKind::Guarantor { .. }) => None,
    }
}

fn fund(loan: &Loan, rules: &FundingRules, stated: &StatedFund, place: usize) -> Result<Fund, Refusal> {
    let key = match stated.key {
        None => new_key(loan, "fund", place),
        Some(key) if loan.servicing.course.funds.iter().any(|before| before.key == key) => key,
        Some(_) => return refused(SecurityRefusal::UnknownFund),
    };
    let amount = stated.amount.in_currency(loan.terms.currency)?;
    if !amount.is_positive() {
        return refused(SecurityRefusal::FundNotPositive {
            value: amount.to_fixed_text(loan.terms.currency),
        });
    }
    let account = stated.account.ok_or(Refusal::Security(SecurityRefusal::FundAccountMissing))?;
    let interest_commission = commission(loan, rules, stated)?;
    Ok(Fund {
        key,
        account,
        amount,
        interest_commission,
        is_paid_in: false,
        principal_repaid: Amount::ZERO,
        interest_earned: Amount::ZERO,
        premium: Amount::ZERO,
        rebated: Amount::ZERO,
        lost: Amount::ZERO,
        traded: Amount::ZERO,
        bought_on: None,
    })
}

/// A funder has a commission of its own only where the product says so; the rate must pay for it.
fn commission(loan: &Loan, rules: &FundingRules, stated: &StatedFund) -> Result<Option<Rate>, Refusal> {
    let given = stated.interest_commission.as_ref().map(|stated| stated.to_rate()).transpose()?;
    check_commission(rules, given, loan.terms.interest.rate)
}

/// The commission that a funder has by the rules of a product, of a loan at a rate.
pub(super) fn check_commission(
    rules: &FundingRules,
    given: Option<Rate>,
    rate: Rate,
) -> Result<Option<Rate>, Refusal> {
    let exceeds = |value: Rate| {
        let (value, rate) = (value.to_percent_text(), rate.to_percent_text());
        refused(SecurityRefusal::CommissionExceedsRate { value, rate })
    };
    match rules.commission {
        FunderCommission::PercentageOfLoanFunding => match (given, rules.organization_commission.default) {
            (Some(value), _) => {
                refused(SecurityRefusal::CommissionOutsideProduct { value: value.to_percent_text() })
            }
            (None, Some(kept)) if kept > rate => exceeds(kept),
            (None, _) => Ok(None),
        },
        FunderCommission::FixedInterestCommissions => {
            let value = given.or(rules.funder_commission.default);
            let value = value.ok_or(Refusal::Security(SecurityRefusal::CommissionMissing))?;
            if !rules.funder_commission.allows(value) {
                let value = value.to_percent_text();
                return refused(SecurityRefusal::CommissionOutsideProduct { value });
            }
            if value > rate { exceeds(value) } else { Ok(Some(value)) }
        }
    }
}

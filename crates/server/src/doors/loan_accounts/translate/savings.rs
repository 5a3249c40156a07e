//! Deposit accounts, their transactions and products, as they go over the wire.

use std::borrow::Cow;

use jiff::civil::Date;
use loam_book::catalog::Catalog;
use loam_book::ids::Key;
use loam_book::savings::event::MovementKind;
use loam_book::savings::interest::{DayOfYear, PaymentPoint, RateBounds};
use loam_book::savings::product::SavingsProduct;
use loam_book::savings::term::TermRules;
use loam_book::savings::transaction::SavingsTransaction;
use loam_book::savings::{Savings, SavingsClosure, SavingsState};
use loam_calc::money::Amount;
use loam_calc::rate::Rate;

use super::super::wire::savings as wire;
use super::super::wire::values::{Day, EncodedKey, Instant, Money, Zero};
use super::custom_field::Shown;
use super::names;
use super::transaction::details;
use crate::product_names::{account_type, payment_point};

/// The account as it stands on the business date.
pub(crate) fn savings_account(
    account: &Savings,
    business_date: Date,
    full_details: bool,
) -> wire::SavingsAccount<'_> {
    let interest = account.terms.interest.as_ref();
    let applied = account.accruing.as_ref().filter(|accruing| accruing.from > accruing.since);
    let currency = account.terms.currency;
    let money = |amount| Money(amount, currency);
    wire::SavingsAccount {
        encoded_key: EncodedKey(account.key),
        id: &account.id,
        account_holder_key: EncodedKey(account.holder.key),
        account_holder_type: names::holder_kind(account.holder.kind),
        name: &account.name,
        creation_date: Instant(account.created_at),
        approved_date: account.approved_at.map(Instant),
        activation_date: account.activated_at.map(Instant),
        last_modified_date: Instant(account.last_modified_at),
        closed_date: account.closed_at.map(Instant),
        maturity_date: account.maturity.map(|maturity| Day(maturity.matures_on)),
        last_interest_calculation_date: applied.map(|accruing| Day(accruing.from)),
        locked_date: account.locked_at.map(Instant),
        product_type_key: EncodedKey(account.terms.product),
        account_type: account_type(account.terms.account_type),
        account_state: state(&account.state),
        balance: money(account.balance),
        locked_balance: money(account.held()),
        hold_balance: Zero,
        available_balance: money(account.available()),
        accrued_interest: money(account.accrued_interest(business_date)),
        overdraft_interest_accrued: money(account.accrued_overdraft_interest(business_date)),
        overdraft_amount: money(account.overdraft()),
        overdraft_limit: account.terms.overdraft_limit.map(money),
        interest_payment_point: interest.map(|interest| payment_point(&interest.paid)),
        interest_payment_dates: interest.map(|interest| payment_dates(&interest.paid)).unwrap_or_default(),
        interest_settings: interest.map(|interest| settings_of(interest.rate)),
        overdraft_interest_settings: interest.and_then(|interest| interest.overdraft_rate).map(settings_of),
        withholding_tax_source_key: interest.and_then(|interest| interest.tax_source).map(EncodedKey),
        interest_due: Zero,
        fees_due: Zero,
        recommended_deposit_amount: account.terms.recommended_deposit.map(money),
        max_withdrawal_amount: account.terms.max_withdrawal.map(money),
        target_amount: account.terms.target.map(money),
        allow_overdraft: account.terms.overdraft_limit.is_some(),
        currency_code: currency.code(),
        line_of_credit_key: account.line_of_credit.map(EncodedKey),
        notes: account.notes.as_deref(),
        assigned_branch_key: account.assignment.branch.map(EncodedKey),
        assigned_centre_key: account.assignment.centre.map(EncodedKey),
        assigned_user_key: account.assignment.user.map(EncodedKey),
        custom_field_values: full_details.then(Vec::new),
    }
}

/// The envelope in which a created account comes back.
pub(crate) fn envelope<'a>(
    account: &'a Savings,
    business_date: Date,
    values: Shown<'a>,
) -> wire::SavingsAccountEnvelope<'a> {
    wire::SavingsAccountEnvelope {
        savings_account: with_values(account, business_date, values),
        custom_information: values.of(account.key),
    }
}

/// The account with its custom field values.
pub(crate) fn with_values<'a>(
    account: &'a Savings,
    business_date: Date,
    values: Shown<'a>,
) -> wire::SavingsAccount<'a> {
    let custom_field_values = Some(values.of(account.key));
    wire::SavingsAccount { custom_field_values, ..savings_account(account, business_date, true) }
}

fn state(state: &SavingsState) -> &'static str {
    match state {
        SavingsState::PendingApproval => "PENDING_APPROVAL",
        SavingsState::Approved => "APPROVED",
        SavingsState::Active { .. } => "ACTIVE",
        SavingsState::Locked { .. } => "LOCKED",
        SavingsState::Dormant { .. } => "DORMANT",
        SavingsState::Matured { .. } => "MATURED",
        SavingsState::Closed { closure, .. } => match closure {
            SavingsClosure::Closed | SavingsClosure::Deleted => "CLOSED",
            SavingsClosure::Withdrawn => "WITHDRAWN",
            SavingsClosure::Rejected => "CLOSED_REJECTED",
        },
    }
}

/// What a filter by state looks for. `Some(None)`: a state in which no deposit account ever is.
pub(crate) fn state_filter(name: &str) -> Option<Option<&'static str>> {
    const STATES: [(&str, &str); 10] = [
        ("PENDING_APPROVAL", "pending_approval"),
        ("APPROVED", "approved"),
        ("ACTIVE", "active"),
        ("LOCKED", "locked"),
        ("DORMANT", "dormant"),
        ("MATURED", "matured"),
        ("CLOSED", "closed"),
        ("WITHDRAWN", "withdrawn"),
        ("CLOSED_WITHDRAWN", "withdrawn"),
        ("CLOSED_REJECTED", "rejected"),
    ];
    let known = STATES.iter().find(|(state, _)| state.eq_ignore_ascii_case(name));
    match known {
        Some((_, status)) => Some(Some(status)),
        None => names::state_filter(name).map(|_| None),
    }
}

/// One transaction of an account.
pub(crate) fn savings_transaction<'a>(
    transaction: &'a SavingsTransaction,
    account: &'a Savings,
    catalog: &'a Catalog,
    full_details: bool,
) -> wire::SavingsTransaction<'a> {
    let currency = account.terms.currency;
    let money = |amount| Money(amount, currency);
    let is_fee = transaction.kind == MovementKind::Fee;
    let is_interest = matches!(transaction.kind, MovementKind::Interest | MovementKind::OverdraftInterest);
    let link = transaction.details.transfer;
    let linked = |is_loan| link.filter(|link| link.is_loan == is_loan).map(|link| link.transaction_key());
    let reversed_by =
        transaction.reversed_by.map(|id| Key::transaction(account.part, account.account_no, id));
    wire::SavingsTransaction {
        encoded_key: EncodedKey(transaction.key(account)),
        transaction_id: transaction.id,
        external_id: transaction.details.external_id.as_deref(),
        parent_account_key: EncodedKey(account.key),
        product_type_key: EncodedKey(account.terms.product),
        kind: kind(transaction.kind, transaction.reverses.is_some()),
        comment: transaction.details.notes.as_deref(),
        creation_date: Instant(transaction.stamp.recorded_at),
        entry_date: Day(transaction.value_date),
        value_date: Day(transaction.value_date),
        booking_date: Day(transaction.stamp.booking_date),
        amount: money(transaction.amount),
        balance: money(transaction.balance),
        fees_paid: money(if is_fee { -transaction.amount } else { Amount::ZERO }),
        interest_paid: money(if is_interest { transaction.amount } else { Amount::ZERO }),
        details: details(&transaction.details, Some(catalog)),
        user_key: EncodedKey(transaction.stamp.actor),
        branch_key: account.assignment.branch.map(EncodedKey),
        centre_key: account.assignment.centre.map(EncodedKey),
        reversal_transaction_key: reversed_by.map(EncodedKey),
        linked_loan_transaction_key: linked(true).map(EncodedKey),
        linked_savings_transaction_key: linked(false).map(EncodedKey),
        currency_code: currency.code(),
        custom_information: full_details.then(Vec::new),
    }
}

/// What a movement is called, or what takes one back.
pub(super) fn kind(kind: MovementKind, is_reversal: bool) -> &'static str {
    match (kind, is_reversal) {
        (MovementKind::Deposit, false) => "DEPOSIT",
        (MovementKind::Deposit, true) => "DEPOSIT_ADJUSTMENT",
        (MovementKind::Withdrawal, false) => "WITHDRAWAL",
        (MovementKind::Withdrawal, true) => "WITHDRAWAL_ADJUSTMENT",
        (MovementKind::Transfer, false) => "TRANSFER",
        (MovementKind::Transfer, true) => "TRANSFER_ADJUSTMENT",
        (MovementKind::Interest | MovementKind::OverdraftInterest, false) => "INTEREST_APPLIED",
        (MovementKind::Interest | MovementKind::OverdraftInterest, true) => "INTEREST_APPLIED_ADJUSTMENT",
        (MovementKind::WithholdingTax, false) => "WITHHOLDING_TAX",
        (MovementKind::WithholdingTax, true) => "WITHHOLDING_TAX_ADJUSTMENT",
        (MovementKind::Fee, false) => "FEE_APPLIED",
        (MovementKind::Fee, true) => "FEE_ADJUSTMENT",
    }
}

/// Interest of deposits is always that of a year.
const ANNUALIZED: &str = "ANNUALIZED";

fn settings_of(rate: Rate) -> wire::InterestSettings {
    wire::InterestSettings { interest_rate: rate.to_percent_text(), interest_charge_frequency: ANNUALIZED }
}

fn rates_of(bounds: RateBounds) -> wire::InterestRateSettings {
    wire::InterestRateSettings {
        default_interest_rate: bounds.rate.map(Rate::to_percent_text),
        min_interest_rate: bounds.min_rate.map(Rate::to_percent_text),
        max_interest_rate: bounds.max_rate.map(Rate::to_percent_text),
        interest_charge_frequency: ANNUALIZED,
    }
}

fn payment_dates(paid: &PaymentPoint) -> Vec<wire::PaymentDate> {
    let PaymentPoint::OnFixedDates(days) = paid else { return Vec::new() };
    let date =
        |day: &DayOfYear| wire::PaymentDate { day_of_month: day.day, month_of_year: day.month, year: 0 };
    days.iter().map(date).collect()
}

fn term_of(term: TermRules) -> wire::ProductTerm {
    wire::ProductTerm {
        term_unit: names::period_unit(term.unit),
        default_term_length: term.length,
        min_term_length: term.min,
        max_term_length: term.max,
    }
}

/// A deposit product.
pub(crate) fn savings_product(product: &SavingsProduct) -> wire::SavingsProduct<'_> {
    let money = |amount| Money(amount, product.currency);
    let interest = product.interest.as_ref();
    wire::SavingsProduct {
        encoded_key: EncodedKey(product.key),
        id: &product.id,
        name: &product.name,
        description: product.description.as_deref(),
        product_type: account_type(product.account_type),
        activated: product.is_active,
        for_individuals: product.for_individuals,
        for_groups: product.for_groups,
        for_all_branches: product.branches.is_empty(),
        available_product_branches: product.branches.iter().copied().map(EncodedKey).collect(),
        currency_code: product.currency.code(),
        allow_overdraft: product.allows_overdraft,
        max_overdraft_limit: product.max_overdraft_limit.map(money),
        max_withdrawal_amount: product.max_withdrawal.map(money),
        recommended_deposit_amount: product.recommended_deposit.map(money),
        min_opening_balance: product.minimum_opening_balance.map(money),
        allow_arbitrary_fees: product.allows_arbitrary_fees,
        dormancy_period_days: product.dormancy_days,
        term: product.term.map(term_of),
        interest_payment_point: interest.map(|interest| payment_point(&interest.paid)),
        interest_payment_dates: interest.map(|interest| payment_dates(&interest.paid)).unwrap_or_default(),
        interest_rate_settings: interest.map(|interest| rates_of(interest.bounds())),
        overdraft_interest_settings: interest.and_then(|interest| interest.overdraft).map(rates_of),
        withholding_tax_enabled: interest.is_some_and(|interest| interest.withholds_tax),
        creation_date: Instant(product.created_at),
        last_modified_date: Instant(product.last_modified_at),
    }
}

/// The word of a type, whatever its case.
pub(crate) fn upper_case(kind: &str) -> Cow<'_, str> {
    if kind.bytes().any(|byte| byte.is_ascii_lowercase()) {
        kind.to_ascii_uppercase().into()
    } else {
        kind.into()
    }
}

//! The selections of loan searches that the contract's model adds to its tables (§5.10): names of what a loan belongs
//! to, what comes next, and what was agreed.

use loam_app::search::agreed::{Agreed, AgreedFact};
use loam_app::search::facts::{CountFact, DayFact, MoneyFact, OtherLoanKey, PercentFact};
use loam_app::search::named::NamedFact;
use loam_app::search::{Choice, LoanFact};
use loam_book::product::{GracePeriodType, InterestApplication, PrepaymentAcceptance};
use loam_calc::calendar::PeriodUnit;
use loam_calc::schedule::{ChargeFrequency, InterestMethod};

use super::super::names;
use super::Kind;
use super::transactions::holders;
use crate::product_names as shared;

/// What the loan belongs to, and what comes next.
pub(super) fn of_model(name: &str) -> Option<(LoanFact, Kind)> {
    let named = |fact| (LoanFact::Named(fact), Kind::Text);
    let day = |fact| (LoanFact::Day(fact), Kind::Date);
    let money = |fact| (LoanFact::Money(fact), Kind::Decimal);
    let count = |fact| (LoanFact::Count(fact), Kind::Number);
    Some(match name {
        "ACCOUNT_HOLDER_TYPE" => (LoanFact::HolderType, Kind::Choice(holders)),
        "GROUP_FILTER_KEY" => (LoanFact::Group, Kind::Key),
        "RESCHEDULED_ACCOUNT_KEY" => (LoanFact::OtherLoanKey(OtherLoanKey::Successor), Kind::Key),
        "ORIGINAL_ACCOUNT_KEY" => (LoanFact::OtherLoanKey(OtherLoanKey::Original), Kind::Key),
        "PRODUCT_NAME" => named(NamedFact::Product),
        "BRANCH_NAME" => named(NamedFact::Branch),
        "CENTRE_NAME" => named(NamedFact::Centre),
        "CREDIT_OFFICER_NAME" => named(NamedFact::CreditOfficer),
        "NEXT_PAYMENT_DATE" => day(DayFact::NextPayment),
        "LAST_REPAYMENT_DUE_DATE" => day(DayFact::LastDue),
        "DATE_PAID" => day(DayFact::Repaid),
        "NEXT_AMOUNT_TO_BE_PAID" => money(MoneyFact::NextPayment),
        "PERIODIC_PAYMENT" => money(MoneyFact::PeriodicPayment),
        "CAPITALIZED_INTEREST" => money(MoneyFact::CapitalizedInterest),
        "INTEREST_FROM_ARREARS_BALANCE"
        | "INTEREST_FROM_ARREARS_DUE"
        | "INTEREST_FROM_ARREARS_PAID"
        | "INTEREST_FROM_ARREARS_ACCRUED" => money(MoneyFact::InterestFromArrears),
        "REPAYMENT_RATE" => (LoanFact::Percent(PercentFact::Repayment), Kind::Decimal),
        "MONTHLY_ARREARS_TOLERANCE_DAY" => count(CountFact::ArrearsToleranceDay),
        "REPAYMENT_PERIOD_COUNT" => count(CountFact::RepaymentPeriod),
        "PRINCIPAL_REPAYMENT_INTERVAL" => count(CountFact::PrincipalInterval),
        "GRACE_PERIOD_COUNT" => count(CountFact::GracePeriod),
        "LOAN_LOCKED_OPERATIONS" => (LoanFact::Locked, Kind::Choice(locked_operations)),
        _ => return of_terms(name),
    })
}

/// A lock holds back all of these.
fn locked_operations(name: &str) -> Option<Vec<Choice>> {
    ["APPLY_INTEREST", "APPLY_FEES", "APPLY_PENALTIES"].contains(&name).then(|| vec![Choice::Locked])
}

/// Methods, types and units that were agreed.
fn of_terms(name: &str) -> Option<(LoanFact, Kind)> {
    let agreed = |fact, names| (LoanFact::Agreed(fact), Kind::Choice(names));
    Some(match name {
        // A schedule that is none is known, and no loan has it.
        "REPAYMENT_SCHEDULE_METHOD" => agreed(AgreedFact::Schedule, |name| match name {
            "NONE" => Some(Vec::new()),
            name => one_of(&[Agreed::FixedSchedule, Agreed::DynamicSchedule], name),
        }),
        "SCHEDULE_DUE_DATES_METHOD" => agreed(AgreedFact::DueDates, |name| {
            one_of(&[Agreed::DueByInterval, Agreed::DueOnFixedDays], name)
        }),
        "INTEREST_CHARGE_FREQUENCY" => {
            agreed(AgreedFact::ChargeFrequency, |name| one_of(&CHARGE_FREQUENCIES, name))
        }
        "INTEREST_CALCULATION_METHOD" => {
            agreed(AgreedFact::InterestMethod, |name| one_of(&INTEREST_METHODS, name))
        }
        "INTEREST_TYPE" => agreed(AgreedFact::InterestType, |name| {
            each_of(shared::INTEREST_TYPES, Agreed::InterestType, name)
        }),
        "INTEREST_APPLICATION_METHOD" => agreed(AgreedFact::InterestApplication, |name| {
            let all = [InterestApplication::OnDisbursement, InterestApplication::OnRepayment];
            each_of(&all, Agreed::InterestApplied, name)
        }),
        "PAYMENT_METHOD" => {
            agreed(AgreedFact::PaymentMethod, |name| each_of(shared::PAYMENT_METHODS, Agreed::Payment, name))
        }
        "REPAYMENT_PERIOD_UNIT" => agreed(AgreedFact::PeriodUnit, |name| {
            let all = [PeriodUnit::Days, PeriodUnit::Weeks, PeriodUnit::Months, PeriodUnit::Years];
            each_of(&all, Agreed::Period, name)
        }),
        "GRACE_PERIOD_TYPE" => agreed(AgreedFact::GracePeriodType, grace_periods),
        "PREPAYMENT_ACCEPTANCE" => agreed(AgreedFact::Prepayment, |name| {
            let all = [PrepaymentAcceptance::AcceptPrepayments, PrepaymentAcceptance::NoPrepayments];
            each_of(&all, Agreed::Prepayment, name)
        }),
        "FUTURE_PAYMENTS_ACCEPTANCE" => agreed(AgreedFact::FuturePayments, |name| {
            each_of(shared::FUTURE_PAYMENTS, Agreed::FuturePayments, name)
        }),
        "PRINCIPAL_PAID_INSTALLMENT_STATUS" => agreed(AgreedFact::PrincipalPaidStatus, |name| {
            each_of(shared::PRINCIPAL_PAID_STATUSES, Agreed::PrincipalPaid, name)
        }),
        _ => return None,
    })
}

const CHARGE_FREQUENCIES: [Agreed; 6] = [
    Agreed::Charged(ChargeFrequency::Annualized),
    Agreed::Charged(ChargeFrequency::EveryMonth),
    Agreed::Charged(ChargeFrequency::EveryFourWeeks),
    Agreed::Charged(ChargeFrequency::EveryWeek),
    Agreed::Charged(ChargeFrequency::EveryDay),
    Agreed::ChargedEveryFewDays,
];

const INTEREST_METHODS: [Agreed; 3] = [
    Agreed::Interest(InterestMethod::Flat),
    Agreed::Interest(InterestMethod::DecliningBalance),
    Agreed::Interest(InterestMethod::DecliningBalanceDiscounted),
];

/// One that no loan has is known too.
fn grace_periods(name: &str) -> Option<Vec<Choice>> {
    let all = [GracePeriodType::None, GracePeriodType::PayInterestOnly, GracePeriodType::InterestForgiveness];
    if name == "ROLL_UP_INTEREST" { Some(Vec::new()) } else { each_of(&all, Agreed::Grace, name) }
}

fn each_of<T: Copy>(all: &[T], of: fn(T) -> Agreed, name: &str) -> Option<Vec<Choice>> {
    let all: Vec<Agreed> = all.iter().copied().map(of).collect();
    one_of(&all, name)
}

fn one_of(all: &[Agreed], name: &str) -> Option<Vec<Choice>> {
    let found = all.iter().copied().find(|agreed| name_of(*agreed) == name)?;
    Some(vec![Choice::Agreed(found)])
}

/// As an account shows it.
fn name_of(agreed: Agreed) -> &'static str {
    match agreed {
        Agreed::FixedSchedule => shared::schedule_method(false),
        Agreed::DynamicSchedule => shared::schedule_method(true),
        Agreed::DueByInterval => "INTERVAL",
        Agreed::DueOnFixedDays => "FIXED_DAYS_OF_MONTH",
        Agreed::Charged(frequency) => names::charge_frequency(frequency).0,
        Agreed::ChargedEveryFewDays => "EVERY_X_DAYS",
        Agreed::Interest(method) => names::interest_method(method),
        Agreed::InterestType(of) => shared::interest_type(of),
        Agreed::InterestApplied(when) => names::interest_application(when),
        Agreed::Payment(method) => shared::payment_method(method),
        Agreed::Period(unit) => names::period_unit(unit),
        Agreed::Grace(kind) => names::grace_period_type(kind),
        Agreed::Prepayment(acceptance) => names::prepayment(acceptance),
        Agreed::FuturePayments(acceptance) => shared::future_payments(acceptance),
        Agreed::PrincipalPaid(status) => shared::principal_paid_status(status),
    }
}

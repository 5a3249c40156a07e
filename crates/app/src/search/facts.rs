//! What loans can be searched by besides columns, and how each fact follows from a loan.

use jiff::civil::Date;
use loam_book::catalog::Catalog;
use loam_book::ids::Key;
use loam_book::loan::charges::{penalties, tax::tax_within};
use loam_book::loan::commands::interest::accrued;
use loam_book::loan::course::Tranche;
use loam_book::loan::event::charge::LockCause;
use loam_book::loan::restructuring::{Origin, RestructureKind};
use loam_book::loan::{Closure, Installment, Loan, LoanState};
use loam_book::product::ProductType;
use loam_calc::due_dates::DueDateMethod;
use loam_calc::exact::Exact;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use loam_calc::rounding::Rounding;

use super::agreed::{AgreedFact, agreed};
use super::columns::Column;
use super::named::NamedFact;
use super::{Choice, Related, Value};
use crate::views::LoanStatus;

/// A fact of a loan: a column of the store, or what is worked out loan by loan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LoanFact {
    Column(Column),
    /// Whole days by the business date, counted from what stands in a column.
    Days(DaysFact),
    /// What the record is called to which the loan belongs.
    Named(NamedFact),
    Day(DayFact),
    /// Whether the loan stands so.
    Is(LoanStatus),
    Money(MoneyFact),
    Percent(PercentFact),
    Count(CountFact),
    Choice(ChoiceFact),
    Agreed(AgreedFact),
    HolderType,
    /// The group that holds the loan, or each of those of which the client who holds it is a member.
    Group,
    /// Whether it is locked.
    Locked,
    Flag(FlagFact),
    /// The id of another loan.
    OtherLoan(OtherLoan),
    OtherLoanKey(OtherLoanKey),
    LineOfCredit,
    /// The band of days in arrears in which an active loan is.
    RiskLevel,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DaysFact {
    /// The first day in arrears is day one; none are zero days.
    InArrears,
    /// The day after the due date is day one.
    Late,
}

/// Days that follow from the schedule and from how the loan was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DayFact {
    /// The next due date, from the business date on, on which something is to be paid; of active loans.
    NextPayment,
    /// The latest due date that has come.
    LastDue,
    /// When the last of the loan was repaid.
    Repaid,
}

/// Days that are kept in columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DateFact {
    Approved,
    Closed,
    ExpectedDisbursement,
    Disbursed,
    FirstDue,
    /// The last due date of the schedule.
    Maturity,
}

/// In units of the loan's currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MoneyFact {
    /// What was paid out of the tranches.
    DisbursedTranches,
    /// What may still be drawn of revolving credit.
    Available,
    /// The agreed payment of balloon payments, or nothing.
    PeriodicPayment,
    /// Interest that became principal.
    CapitalizedInterest,
    /// What is to be paid on the next due date.
    NextPayment,
    /// Interest of what is overdue does not stand apart from other interest.
    InterestFromArrears,
    PrincipalDue,
    InterestDue,
    InterestAccrued,
    FeesDue,
    PenaltiesDue,
    PenaltiesAccrued,
    TotalDue,
    TaxDue,
    TaxPaid,
    Funds,
    RedrawBalance,
    /// Redrawing follows no plan; nothing is expected.
    ExpectedRedraw,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PercentFact {
    /// The rate that counts on the business date.
    Interest,
    InterestSpread,
    Penalty,
    Tax,
    /// How much of the loan amount investors fund.
    Funding,
    /// The investors' rate, where all of them earn the same.
    InterestCommission,
    /// How much of what has fallen due was paid.
    Repayment,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CountFact {
    Installments,
    ArrearsTolerance,
    /// The day of the month on which what is late becomes arrears.
    ArrearsToleranceDay,
    Funds,
    /// Of days, weeks, months or years from one due date to the next.
    RepaymentPeriod,
    PrincipalInterval,
    /// Installments.
    GracePeriod,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChoiceFact {
    PenaltyMethod,
    PrepaymentRecalculation,
    InterestOnPrepayment,
    LatePaymentsRecalculation,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FlagFact {
    FundsEnabled,
    /// Whether it is paid from a deposit account.
    HasSettlementAccount,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OtherLoan {
    /// That carries on what was owed of this one.
    Rescheduled,
    /// That repaid this one.
    Refinanced,
    /// Whose place this one took.
    Original,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OtherLoanKey {
    /// That carries on what was owed of this one, or repaid it.
    Successor,
    /// Whose place this one took.
    Original,
}

/// A fact of a tranche.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TrancheFact {
    Key,
    Loan,
    /// Key of the transaction that paid it out.
    Disbursement,
    Amount,
    ExpectedOn,
}

/// What a state says besides its status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubState {
    Locked,
    LockedAtCap,
    PartlyPaidOut,
    Withdrawn,
    Refinanced,
    Rescheduled,
}

impl SubState {
    /// The name stored with the loan.
    pub fn name(self) -> &'static str {
        match self {
            SubState::Locked => "locked",
            SubState::LockedAtCap => "locked_at_cap",
            SubState::PartlyPaidOut => "partly_paid_out",
            SubState::Withdrawn => "withdrawn",
            SubState::Refinanced => "refinanced",
            SubState::Rescheduled => "rescheduled",
        }
    }
}

/// The value of a fact on a day; `None` where the loan has none. What a column says is not asked here.
pub(super) fn value_of(fact: LoanFact, loan: &Loan, today: Date, related: &Related<'_>) -> Option<Value> {
    match fact {
        LoanFact::Column(_) | LoanFact::Days(_) | LoanFact::Is(_) => None,
        LoanFact::RiskLevel => risk_level(loan, today, related.catalog).map(Value::Key),
        LoanFact::Named(fact) => fact.name(loan, related.catalog).map(Value::Text),
        LoanFact::Day(fact) => day_of(fact, loan, today).map(Value::Date),
        LoanFact::Agreed(fact) => Some(Value::Choice(Choice::Agreed(agreed(fact, &loan.terms)))),
        LoanFact::HolderType => Some(Value::Choice(Choice::Holder(loan.holder.kind))),
        LoanFact::Group => related.groups_of(loan).first().copied().map(Value::Key),
        LoanFact::Locked => is_locked(loan).then_some(Value::Choice(Choice::Locked)),
        LoanFact::OtherLoanKey(OtherLoanKey::Successor) => {
            loan.successor().map(|other| Value::Key(other.loan))
        }
        LoanFact::OtherLoanKey(OtherLoanKey::Original) => loan.origin().map(|other| Value::Key(other.loan)),
        LoanFact::Money(fact) => minor_of(fact, loan, today).map(|minor| units(minor, loan)),
        LoanFact::Percent(fact) => percent_of(fact, loan, today).map(Value::Decimal),
        LoanFact::Count(fact) => count_of(fact, loan).map(Value::Number),
        LoanFact::Choice(fact) => choice_of(fact, loan).map(Value::Choice),
        LoanFact::Flag(fact) => Some(Value::Flag(is_so(fact, loan))),
        LoanFact::LineOfCredit => loan.servicing.course.line_of_credit.map(Value::Key),
        LoanFact::OtherLoan(fact) => {
            let key = other_loan(fact, loan)?.loan;
            related.ids.get(&key).cloned().map(Value::Text)
        }
    }
}

/// The value of a fact of one of the loan's tranches.
pub(super) fn value_of_tranche(fact: TrancheFact, tranche: &Tranche, loan: &Loan) -> Option<Value> {
    match fact {
        TrancheFact::Key => Some(Value::Key(tranche.key)),
        TrancheFact::Loan => Some(Value::Key(loan.key)),
        TrancheFact::Disbursement => {
            tranche.disbursement.map(|id| Value::Key(Key::transaction(loan.part, loan.account_no, id)))
        }
        TrancheFact::Amount => Some(units(Exact::from_amount(tranche.amount), loan)),
        TrancheFact::ExpectedOn => tranche.expected_on.map(Value::Date),
    }
}

fn units(minor: Exact, loan: &Loan) -> Value {
    Value::Decimal(minor.divided_by(10_i128.pow(u32::from(loan.terms.currency.digits()))))
}

pub(super) fn date_of(fact: DateFact, loan: &Loan) -> Option<Date> {
    let due_dates = || loan.servicing.installments.iter().map(|installment| installment.due_date);
    match fact {
        DateFact::Approved => approved_on(loan.state()),
        DateFact::Closed => match loan.state() {
            LoanState::Closed { closed_on, .. } => Some(*closed_on),
            LoanState::PartialApplication
            | LoanState::PendingApproval
            | LoanState::Approved { .. }
            | LoanState::Active { .. } => None,
        },
        DateFact::ExpectedDisbursement => loan.terms.expected_disbursement_on,
        DateFact::Disbursed => loan.state().disbursed_on(),
        DateFact::FirstDue => due_dates().next().or(loan.terms.first_due_date),
        DateFact::Maturity => due_dates().next_back(),
    }
}

fn approved_on(state: &LoanState) -> Option<Date> {
    match state {
        LoanState::PartialApplication | LoanState::PendingApproval => None,
        LoanState::Approved { approved_on, .. } | LoanState::Active { approved_on, .. } => Some(*approved_on),
        LoanState::Closed { before, .. } => approved_on(before),
    }
}

/// In minor units.
fn minor_of(fact: MoneyFact, loan: &Loan, today: Date) -> Option<Exact> {
    let (terms, course) = (&loan.terms, &loan.servicing.course);
    let due = loan.due_by(today);
    let amount = match fact {
        MoneyFact::DisbursedTranches => {
            let paid_out = course.tranches.iter().filter(|tranche| tranche.disbursement.is_some());
            paid_out.map(|tranche| tranche.amount).sum()
        }
        MoneyFact::Available => {
            let is_revolving = terms.product_type == ProductType::RevolvingCredit;
            return is_revolving
                .then(|| Exact::from_amount(terms.amount - loan.servicing.outstanding.principal));
        }
        MoneyFact::PeriodicPayment => terms.periodic_payment.unwrap_or_default(),
        MoneyFact::CapitalizedInterest => course.capitalized_interest,
        MoneyFact::NextPayment => next_payment(loan, today)?.unpaid().total(),
        MoneyFact::InterestFromArrears => Amount::ZERO,
        MoneyFact::PrincipalDue => due.principal,
        MoneyFact::InterestDue => due.interest,
        MoneyFact::InterestAccrued => {
            return Some(accrued(loan, today).map_or(Exact::ZERO, |(_, grown)| grown));
        }
        MoneyFact::FeesDue => due.fees,
        MoneyFact::PenaltiesDue => due.penalties,
        MoneyFact::PenaltiesAccrued => return Some(penalties::accrued(loan, today)),
        MoneyFact::TotalDue => due.total(),
        MoneyFact::TaxDue => tax_within(terms, due).total(),
        MoneyFact::TaxPaid => tax_within(terms, loan.servicing.paid).total(),
        MoneyFact::Funds => funds(loan),
        MoneyFact::RedrawBalance => course.overpaid,
        MoneyFact::ExpectedRedraw => Amount::ZERO,
    };
    Some(Exact::from_amount(amount))
}

fn funds(loan: &Loan) -> Amount {
    loan.servicing.course.funds.iter().map(|fund| fund.amount).sum()
}

fn percent_of(fact: PercentFact, loan: &Loan, today: Date) -> Option<Exact> {
    let percent = |rate: Rate| Exact::ratio(rate.numerator() * 100, rate.denominator());
    match fact {
        PercentFact::Interest => Some(percent(loan.rate_on(today))),
        PercentFact::InterestSpread => loan.terms.interest_spread.map(percent),
        PercentFact::Penalty => loan.terms.penalty_rate.map(percent),
        PercentFact::Tax => loan.terms.charges.tax.rate.map(percent),
        PercentFact::Funding => {
            let amount = i128::from(loan.terms.amount.minor());
            (amount > 0).then(|| Exact::ratio(i128::from(funds(loan).minor()) * 100, amount))
        }
        PercentFact::InterestCommission => {
            let mut rates = loan.servicing.course.funds.iter().map(|fund| fund.interest_commission);
            let first = rates.next()??;
            rates.all(|rate| rate == Some(first)).then(|| percent(first))
        }
        PercentFact::Repayment => repaid(loan, today),
    }
}

/// The installment that is to be paid next, as the schedule shows it; what is overdue is not next any more.
fn next_payment(loan: &Loan, today: Date) -> Option<Installment> {
    if !loan.state().is_active() {
        return None;
    }
    let mut rows = loan.schedule_on(today).into_iter();
    rows.find(|row| row.due_date >= today && !row.is_paid())
}

/// The installments whose due dates have come, while the loan was there.
fn fallen_due(loan: &Loan, today: Date) -> impl Iterator<Item = &Installment> {
    let last = date_of(DateFact::Closed, loan).map_or(today, |closed_on| closed_on.min(today));
    loan.servicing.installments.iter().filter(move |installment| installment.due_date <= last)
}

fn day_of(fact: DayFact, loan: &Loan, today: Date) -> Option<Date> {
    match fact {
        DayFact::NextPayment => next_payment(loan, today).map(|installment| installment.due_date),
        DayFact::LastDue => fallen_due(loan, today).map(|installment| installment.due_date).max(),
        DayFact::Repaid => match loan.state() {
            LoanState::Closed { closure: Closure::Repaid, closed_on, .. } => Some(*closed_on),
            LoanState::Closed { .. }
            | LoanState::PartialApplication
            | LoanState::PendingApproval
            | LoanState::Approved { .. }
            | LoanState::Active { .. } => None,
        },
    }
}

/// Percent of what has fallen due that was paid, rounded to two decimals; nothing, where nothing has.
fn repaid(loan: &Loan, today: Date) -> Option<Exact> {
    let minor = |of: fn(&Installment) -> Amount| {
        fallen_due(loan, today).map(|installment| i128::from(of(installment).minor())).sum::<i128>()
    };
    let expected = minor(|installment| installment.expected.total());
    let paid = minor(|installment| installment.paid.total());
    (expected > 0).then(|| {
        Exact::from_amount(Exact::ratio(paid * 10_000, expected).round(Rounding::HalfUp)).divided_by(100)
    })
}

fn is_locked(loan: &Loan) -> bool {
    matches!(sub_state(loan), Some(SubState::Locked | SubState::LockedAtCap))
}

fn count_of(fact: CountFact, loan: &Loan) -> Option<i64> {
    Some(match fact {
        CountFact::Installments if loan.terms.product_type == ProductType::RevolvingCredit => return None,
        CountFact::Installments => i64::from(loan.terms.installment_count),
        CountFact::ArrearsTolerance => i64::from(loan.terms.arrears_tolerance_days),
        CountFact::ArrearsToleranceDay => i64::from(loan.terms.controls.arrears.monthly_day?),
        CountFact::RepaymentPeriod => i64::from(loan.terms.period.count),
        CountFact::PrincipalInterval => i64::from(loan.terms.principal_repayment_interval),
        CountFact::GracePeriod => i64::from(loan.terms.grace_period),
        CountFact::Funds => i64::try_from(loan.servicing.course.funds.len()).unwrap_or(i64::MAX),
    })
}

fn choice_of(fact: ChoiceFact, loan: &Loan) -> Option<Choice> {
    let rules = &loan.terms.payment_rules;
    Some(match fact {
        ChoiceFact::PenaltyMethod => Choice::Penalty(loan.terms.charges.penalty.method),
        ChoiceFact::PrepaymentRecalculation => Choice::Prepayment(rules.prepayment_recalculation),
        ChoiceFact::InterestOnPrepayment => Choice::InterestOnPrepayment(rules.interest_on_prepayment),
        ChoiceFact::LatePaymentsRecalculation => Choice::LatePayments(rules.late_payments_recalculation),
    })
}

pub(super) fn sub_state(loan: &Loan) -> Option<SubState> {
    match loan.state() {
        LoanState::PartialApplication | LoanState::PendingApproval | LoanState::Approved { .. } => None,
        LoanState::Active { is_locked: true, lock_cause, .. } => Some(match lock_cause {
            LockCause::Request | LockCause::Arrears => SubState::Locked,
            LockCause::Capping => SubState::LockedAtCap,
        }),
        LoanState::Active { .. } => {
            loan.servicing.course.has_tranches_left().then_some(SubState::PartlyPaidOut)
        }
        LoanState::Closed { closure, .. } => match closure {
            Closure::Withdrawn => Some(SubState::Withdrawn),
            Closure::Refinanced => Some(SubState::Refinanced),
            Closure::Rescheduled => Some(SubState::Rescheduled),
            Closure::Repaid | Closure::Rejected | Closure::WrittenOff | Closure::Deleted => None,
        },
    }
}

/// The days of the month on which installments fall due, where they are fixed.
pub(super) fn fixed_days(loan: &Loan) -> Option<&[u8]> {
    if let DueDateMethod::FixedDaysOfMonth { days, .. } = &loan.terms.due_dates {
        return Some(days);
    }
    None
}

fn is_so(fact: FlagFact, loan: &Loan) -> bool {
    match fact {
        FlagFact::FundsEnabled => loan.terms.securities.funding.is_some(),
        FlagFact::HasSettlementAccount => !loan.servicing.course.settlement_accounts.is_empty(),
    }
}

/// Of several bands that have the day, the one that begins first.
fn risk_level(loan: &Loan, today: Date, catalog: &Catalog) -> Option<Key> {
    if !loan.state().is_active() {
        return None;
    }
    let days = loan.days_in_arrears(today);
    let levels = catalog.risk_levels.iter().filter(|level| level.has(days));
    levels.min_by_key(|level| (level.from_days, &level.id)).map(|level| level.key)
}

fn other_loan(fact: OtherLoan, loan: &Loan) -> Option<Origin> {
    let next = |kind| loan.successor().filter(|other| other.kind == kind);
    match fact {
        OtherLoan::Rescheduled => next(RestructureKind::Reschedule),
        OtherLoan::Refinanced => next(RestructureKind::Refinance),
        OtherLoan::Original => loan.origin(),
    }
}

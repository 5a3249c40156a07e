//! What loans can be searched by besides columns, and how each fact follows from a loan.

use jiff::civil::Date;
use loam_book::ids::Key;
use loam_book::loan::charges::{penalties, tax::tax_within};
use loam_book::loan::commands::interest::accrued;
use loam_book::loan::course::Tranche;
use loam_book::loan::event::charge::LockCause;
use loam_book::loan::restructuring::{Origin, RestructureKind};
use loam_book::loan::{Closure, Loan, LoanState};
use loam_book::product::ProductType;
use loam_calc::exact::Exact;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;

use super::columns::Column;
use super::{Choice, Related, Value};

/// A fact of a loan: a column of the store, or what is worked out loan by loan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LoanFact {
    Column(Column),
    Date(DateFact),
    Money(MoneyFact),
    Percent(PercentFact),
    Count(CountFact),
    Choice(ChoiceFact),
    Flag(FlagFact),
    /// The id of another loan.
    OtherLoan(OtherLoan),
    /// There are no risk levels; a loan has none.
    RiskLevel,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DateFact {
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
    /// The loan amount.
    Amount,
    /// What was paid out of the tranches.
    DisbursedTranches,
    /// What may still be drawn of revolving credit.
    Available,
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
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CountFact {
    DaysInArrears,
    DaysLate,
    Installments,
    ArrearsTolerance,
    Funds,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChoiceFact {
    SubState,
    PenaltyMethod,
    PrepaymentRecalculation,
    InterestOnPrepayment,
    LatePaymentsRecalculation,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FlagFact {
    WasRescheduled,
    WasRefinanced,
    FundsEnabled,
    /// Deposits are not here, so no loan has one.
    HasSettlementAccount,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OtherLoan {
    /// That carries on what was owed of this one, or that this one carries on.
    Rescheduled,
    /// That repaid this one, or that this one repaid.
    Refinanced,
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

/// The value of a fact on a day; `None` where the loan has none. What a column says is not asked here.
pub(super) fn value_of(fact: LoanFact, loan: &Loan, today: Date, related: &Related) -> Option<Value> {
    match fact {
        LoanFact::Column(_) | LoanFact::RiskLevel => None,
        LoanFact::Date(fact) => date_of(fact, loan).map(Value::Date),
        LoanFact::Money(fact) => minor_of(fact, loan, today).map(|minor| units(minor, loan)),
        LoanFact::Percent(fact) => percent_of(fact, loan, today).map(Value::Decimal),
        LoanFact::Count(fact) => Some(Value::Number(count_of(fact, loan, today))),
        LoanFact::Choice(fact) => choice_of(fact, loan).map(Value::Choice),
        LoanFact::Flag(fact) => Some(Value::Flag(is_so(fact, loan))),
        LoanFact::OtherLoan(fact) => {
            let key = other_loan(fact, loan)?.loan;
            related.get(&key).cloned().map(Value::Text)
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

fn date_of(fact: DateFact, loan: &Loan) -> Option<Date> {
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
        DateFact::Maturity => due_dates().last(),
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
        MoneyFact::Amount => terms.amount,
        MoneyFact::DisbursedTranches => {
            let paid_out = course.tranches.iter().filter(|tranche| tranche.disbursement.is_some());
            paid_out.map(|tranche| tranche.amount).sum()
        }
        MoneyFact::Available => {
            let is_revolving = terms.product_type == ProductType::RevolvingCredit;
            return is_revolving
                .then(|| Exact::from_amount(terms.amount - loan.servicing.outstanding.principal));
        }
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
    }
}

fn count_of(fact: CountFact, loan: &Loan, today: Date) -> i64 {
    match fact {
        CountFact::DaysInArrears if loan.state().is_active() => loan.days_in_arrears(today),
        CountFact::DaysInArrears => 0,
        CountFact::DaysLate => loan.days_late(today),
        CountFact::Installments => i64::from(loan.terms.installment_count),
        CountFact::ArrearsTolerance => i64::from(loan.terms.arrears_tolerance_days),
        CountFact::Funds => i64::try_from(loan.servicing.course.funds.len()).unwrap_or(i64::MAX),
    }
}

fn choice_of(fact: ChoiceFact, loan: &Loan) -> Option<Choice> {
    let rules = &loan.terms.payment_rules;
    Some(match fact {
        ChoiceFact::SubState => return sub_state(loan).map(Choice::SubState),
        ChoiceFact::PenaltyMethod => Choice::Penalty(loan.terms.charges.penalty.method),
        ChoiceFact::PrepaymentRecalculation => Choice::Prepayment(rules.prepayment_recalculation),
        ChoiceFact::InterestOnPrepayment => Choice::InterestOnPrepayment(rules.interest_on_prepayment),
        ChoiceFact::LatePaymentsRecalculation => Choice::LatePayments(rules.late_payments_recalculation),
    })
}

fn sub_state(loan: &Loan) -> Option<SubState> {
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

fn is_so(fact: FlagFact, loan: &Loan) -> bool {
    match fact {
        FlagFact::WasRescheduled => is_closed_as(loan, Closure::Rescheduled),
        FlagFact::WasRefinanced => is_closed_as(loan, Closure::Refinanced),
        FlagFact::FundsEnabled => loan.terms.securities.funding.is_some(),
        FlagFact::HasSettlementAccount => false,
    }
}

fn is_closed_as(loan: &Loan, wanted: Closure) -> bool {
    matches!(loan.state(), LoanState::Closed { closure, .. } if *closure == wanted)
}

fn other_loan(fact: OtherLoan, loan: &Loan) -> Option<Origin> {
    let of_kind = |kind| {
        let mut either = [loan.successor(), loan.origin()].into_iter().flatten();
        either.find(|other| other.kind == kind)
    };
    match fact {
        OtherLoan::Rescheduled => of_kind(RestructureKind::Reschedule),
        OtherLoan::Refinanced => of_kind(RestructureKind::Refinance),
        OtherLoan::Original => loan.origin(),
    }
}

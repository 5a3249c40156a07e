//! The selections of loan searches: what each is called, of which kind it is, and which fact it means.
//! docs/search-fields.md has a line for each.

use loam_app::search::columns::Column;
use loam_app::search::custom::CustomColumn;
use loam_app::search::facts::{
    ChoiceFact, CountFact, DaysFact, FlagFact, MoneyFact, OtherLoan, PercentFact, SubState,
};
use loam_app::search::{Choice, LoanFact, TrancheFact};
use loam_app::views::LoanStatus;

use super::agreed::of_model;
use super::custom::kind_of;
use crate::product_names as shared;

/// What kind of value a selection has, and so which elements go with it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Text,
    Key,
    /// A whole number.
    Number,
    /// Money in units of the currency, or percent.
    Decimal,
    Flag,
    /// One of the names of the contract.
    Choice(fn(&str) -> Option<Vec<Choice>>),
    /// By the business date.
    Date,
    /// By the clock, in UTC.
    Instant,
    /// Of a custom field.
    Custom(CustomColumn),
}

impl Kind {
    /// The kind that has the same elements.
    pub(super) fn like(self) -> Kind {
        if let Kind::Custom(column) = self { kind_of(column.data_type) } else { self }
    }
}

impl PartialEq for Kind {
    /// All choices are of one kind.
    fn eq(&self, other: &Kind) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

/// What a selection means.
#[derive(Debug, Clone, Copy)]
pub(super) enum Selected {
    Loan(LoanFact),
    Tranche(TrancheFact),
}

/// The selection of a data item; the item of the entity that is searched may be left out. `None`:
/// loans have no such item. `Some(None)`: the item has no such selection.
pub(super) fn select(item: Option<&str>, name: &str) -> Option<Option<(Selected, Kind)>> {
    let loan = |found: Option<(LoanFact, Kind)>| found.map(|(fact, kind)| (Selected::Loan(fact), kind));
    Some(match item {
        None | Some("LOANS") => loan(of_loans(name)),
        Some("DISBURSEMENT_DETAILS") => loan(of_disbursement(name)),
        Some("TRANCHE") => of_tranches(name).map(|(fact, kind)| (Selected::Tranche(fact), kind)),
        Some(_) => return None,
    })
}

fn of_disbursement(name: &str) -> Option<(LoanFact, Kind)> {
    let column = match name {
        "EXPECTED_DISBURSEMENT_DATE" => Column::ExpectedDisbursementOn,
        "DISBURSEMENT_DATE" => Column::DisbursedOn,
        _ => return None,
    };
    Some((LoanFact::Column(column), Kind::Date))
}

fn of_tranches(name: &str) -> Option<(TrancheFact, Kind)> {
    Some(match name {
        "ENCODED_KEY" => (TrancheFact::Key, Kind::Key),
        "PARENT_ACCOUNT_KEY" => (TrancheFact::Loan, Kind::Key),
        "DISBURSEMENT_TRANSACTION_KEY" => (TrancheFact::Disbursement, Kind::Key),
        "AMOUNT" => (TrancheFact::Amount, Kind::Decimal),
        // The contract's spelling, and the right one.
        "EXPECTED_DISRBUSEMENT_DATE" | "EXPECTED_DISBURSEMENT_DATE" => (TrancheFact::ExpectedOn, Kind::Date),
        _ => return None,
    })
}

fn of_loans(name: &str) -> Option<(LoanFact, Kind)> {
    named(name).or_else(|| money(name)).or_else(|| rules(name)).or_else(|| of_model(name))
}

/// Names, keys, dates and states.
fn named(name: &str) -> Option<(LoanFact, Kind)> {
    let column = |column, kind| (LoanFact::Column(column), kind);
    let date = |on| (LoanFact::Column(on), Kind::Date);
    let stands = |status| (LoanFact::Is(status), Kind::Flag);
    let other = |fact| (LoanFact::OtherLoan(fact), Kind::Text);
    Some(match name {
        "ACCOUNT_HOLDER_KEY" => column(Column::Holder, Kind::Key),
        "ACCOUNT_HOLDER_ID" => column(Column::HolderId, Kind::Text),
        "RECIPIENT" => column(Column::HolderName, Kind::Text),
        "PRODUCT_KEY" => column(Column::Product, Kind::Key),
        "BRANCH_KEY" => column(Column::Branch, Kind::Key),
        "CENTRE_KEY" => column(Column::Centre, Kind::Key),
        "CREDIT_OFFICER_KEY" => column(Column::CreditOfficer, Kind::Key),
        "LINE_OF_CREDIT_KEY" => (LoanFact::LineOfCredit, Kind::Key),
        "LOAN_RISK_LEVEL_KEY" => (LoanFact::RiskLevel, Kind::Key),
        "ENCODED_KEY" => column(Column::Key, Kind::Key),
        "LOAN_NAME" => column(Column::Name, Kind::Text),
        "ACCOUNT_ID" => column(Column::Id, Kind::Text),
        "CREATION_DATE" => column(Column::CreatedAt, Kind::Instant),
        "LAST_MODIFIED_DATE" => column(Column::LastModifiedAt, Kind::Instant),
        "APPROVAL_DATE" => date(Column::ApprovedOn),
        "LAST_SET_TO_ARREARS_DATE" => column(Column::LastSetToArrearsOn, Kind::Date),
        "LAST_LOCKED_DATE" => column(Column::LastLockedOn, Kind::Date),
        "CLOSED_DATE" => date(Column::ClosedOn),
        "FIRST_REPAYMENT_DATE" => date(Column::FirstDueOn),
        "EXPECTED_MATURITY_DATE" => date(Column::MaturesOn),
        "LAST_PAYMENT_DATE" => column(Column::LastPaymentOn, Kind::Date),
        "ACCOUNT_STATE" => column(Column::Status, Kind::Choice(account_states)),
        "ACCOUNT_SUB_STATE" => column(Column::SubState, Kind::Choice(sub_states)),
        "RESCHEDULED_ACCOUNT_ID" => other(OtherLoan::Rescheduled),
        "REFINANCED_ACCOUNT_ID" => other(OtherLoan::Refinanced),
        "ORIGINAL_ACCOUNT_ID" => other(OtherLoan::Original),
        "WAS_RESCHEDULED" => stands(LoanStatus::Rescheduled),
        "WAS_REFINANCED" => stands(LoanStatus::Refinanced),
        "HAS_SETTLEMENT_ACCOUNT" => (LoanFact::Flag(FlagFact::HasSettlementAccount), Kind::Flag),
        "FUNDS_ENABLED" => (LoanFact::Flag(FlagFact::FundsEnabled), Kind::Flag),
        _ => return None,
    })
}

fn money(name: &str) -> Option<(LoanFact, Kind)> {
    let column = |column| LoanFact::Column(column);
    let fact = match name {
        "LOAN_AMOUNT" => column(Column::Amount),
        "DISBURSED_TRANCHES_AMOUNT" => LoanFact::Money(MoneyFact::DisbursedTranches),
        "AVAILABLE_AMOUNT" => LoanFact::Money(MoneyFact::Available),
        "PRINCIPAL_DUE" => LoanFact::Money(MoneyFact::PrincipalDue),
        "PRINCIPAL_PAID" => column(Column::PrincipalPaid),
        "PRINCIPAL_BALANCE" => column(Column::PrincipalBalance),
        "INTEREST_DUE" => LoanFact::Money(MoneyFact::InterestDue),
        "INTEREST_PAID" => column(Column::InterestPaid),
        "INTEREST_BALANCE" => column(Column::InterestBalance),
        "INTEREST_ACCRUED" => LoanFact::Money(MoneyFact::InterestAccrued),
        "FEES_DUE" => LoanFact::Money(MoneyFact::FeesDue),
        "FEES_PAID" => column(Column::FeesPaid),
        "FEES_BALANCE" => column(Column::FeesBalance),
        "PENALTY_DUE" => LoanFact::Money(MoneyFact::PenaltiesDue),
        "PENALTY_PAID" => column(Column::PenaltiesPaid),
        "PENALTY_BALANCE" => column(Column::PenaltiesBalance),
        "PENALTY_ACCRUED" => LoanFact::Money(MoneyFact::PenaltiesAccrued),
        "TOTAL_PAID" => column(Column::TotalPaid),
        "TOTAL_BALANCE" => column(Column::TotalBalance),
        "TOTAL_DUE" => LoanFact::Money(MoneyFact::TotalDue),
        "LAST_PAYMENT_AMOUNT" => column(Column::LastPaymentAmount),
        "TAX_PAID" => LoanFact::Money(MoneyFact::TaxPaid),
        "TAX_DUE" => LoanFact::Money(MoneyFact::TaxDue),
        "FUNDS_AMOUNT" => LoanFact::Money(MoneyFact::Funds),
        "REDRAW_BALANCE" => LoanFact::Money(MoneyFact::RedrawBalance),
        "EXPECTED_PRINCIPAL_REDRAW" => LoanFact::Money(MoneyFact::ExpectedRedraw),
        _ => return None,
    };
    Some((fact, Kind::Decimal))
}

/// Rates, counts and rules.
fn rules(name: &str) -> Option<(LoanFact, Kind)> {
    let percent = |fact| (LoanFact::Percent(fact), Kind::Decimal);
    let count = |fact| (LoanFact::Count(fact), Kind::Number);
    let choice = |fact, names| (LoanFact::Choice(fact), Kind::Choice(names));
    Some(match name {
        "INTEREST_RATE" => percent(PercentFact::Interest),
        "INTEREST_SPREAD" => percent(PercentFact::InterestSpread),
        "PENALTY_RATE" => percent(PercentFact::Penalty),
        "TAX_RATE" => percent(PercentFact::Tax),
        "INTEREST_COMMISSION" => percent(PercentFact::InterestCommission),
        "FUNDING_PERCENTAGE" => percent(PercentFact::Funding),
        "DAYS_IN_ARREARS" => (LoanFact::Days(DaysFact::InArrears), Kind::Number),
        "DAYS_LATE" => (LoanFact::Days(DaysFact::Late), Kind::Number),
        "NUM_INSTALLMENTS" => count(CountFact::Installments),
        "ARREARS_TOLERANCE_PERIOD" => count(CountFact::ArrearsTolerance),
        "NUMBER_OF_FUNDS" => count(CountFact::Funds),
        "PENALTY_CALCULATION_METHOD" => choice(ChoiceFact::PenaltyMethod, |name| {
            one_of(shared::PENALTY_METHODS, shared::penalty_method, name, Choice::Penalty)
        }),
        "PREPAYMENTS_RECALCULATION" => choice(ChoiceFact::PrepaymentRecalculation, |name| {
            let (all, name_of) = (shared::PREPAYMENT_RECALCULATIONS, shared::prepayment_recalculation);
            one_of(all, name_of, name, Choice::Prepayment)
        }),
        "APPLY_INTEREST_ON_PREPAYMENT_METHOD" => choice(ChoiceFact::InterestOnPrepayment, |name| {
            let (all, name_of) = (shared::INTEREST_ON_PREPAYMENTS, shared::interest_on_prepayment);
            one_of(all, name_of, name, Choice::InterestOnPrepayment)
        }),
        "LATE_PAYMENT_RECALCULATION_METHOD" => choice(ChoiceFact::LatePaymentsRecalculation, |name| {
            let (all, name_of) = (shared::LATE_PAYMENTS_RECALCULATIONS, shared::late_payments_recalculation);
            one_of(all, name_of, name, Choice::LatePayments)
        }),
        _ => return None,
    })
}

fn one_of<T: Copy>(
    all: &[T],
    name_of: fn(T) -> &'static str,
    name: &str,
    choice: fn(T) -> Choice,
) -> Option<Vec<Choice>> {
    let found = all.iter().copied().find(|value| name_of(*value) == name)?;
    Some(vec![choice(found)])
}

/// The statuses in which an account shows this state. States that no account of this version is ever
/// in are known, and find nothing.
fn account_states(name: &str) -> Option<Vec<Choice>> {
    let statuses: &[LoanStatus] = match name {
        "PARTIAL_APPLICATION" => &[LoanStatus::PartialApplication],
        "PENDING_APPROVAL" => &[LoanStatus::PendingApproval],
        "APPROVED" => &[LoanStatus::Approved],
        "ACTIVE" => &[LoanStatus::Active],
        "ACTIVE_IN_ARREARS" => &[LoanStatus::ActiveInArrears],
        "CLOSED" => {
            &[LoanStatus::Closed, LoanStatus::Withdrawn, LoanStatus::Refinanced, LoanStatus::Rescheduled]
        }
        "CLOSED_WRITTEN_OFF" => &[LoanStatus::WrittenOff],
        "CLOSED_REJECTED" => &[LoanStatus::Rejected],
        "CLOSED_WITHDRAWN" => &[LoanStatus::Withdrawn],
        "CLOSED_RESCHEDULED" => &[LoanStatus::Rescheduled],
        "CLOSED_REFINANCED" => &[LoanStatus::Refinanced],
        "MATURED" | "DORMANT" => &[],
        _ => return None,
    };
    Some(statuses.iter().copied().map(Choice::Status).collect())
}

fn sub_states(name: &str) -> Option<Vec<Choice>> {
    let state = match name {
        "LOCKED" => SubState::Locked,
        "LOCKED_CAPPING" => SubState::LockedAtCap,
        "PARTIALLY_DISBURSED" => SubState::PartlyPaidOut,
        "WITHDRAWN" => SubState::Withdrawn,
        "REFINANCED" => SubState::Refinanced,
        "RESCHEDULED" => SubState::Rescheduled,
        "MATURED" | "DORMANT" => return Some(Vec::new()),
        _ => return None,
    };
    Some(vec![Choice::SubState(state)])
}

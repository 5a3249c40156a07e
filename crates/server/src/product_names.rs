//! What the loan accounts contract calls the values of a product that both doors show (§4.2, §4.3).
//! Every value is spelled out, so that a new one does not get by unnamed.

use loam_book::journal::GlAccount;
use loam_book::journal::chart::{LedgerType, LedgerUsage};
use loam_book::journal::rules::AccrualPosting;
use loam_book::loan::custom_payment::{FeeKind, PaidKind};
use loam_book::product::PaymentMethod;
use loam_book::product::ProductType;
use loam_book::product::charges::{FeeAmortization, FeeCalculation, FeeTrigger, PenaltyMethod, TaxMethod};
use loam_book::product::controls::{ArrearsCountedFrom, CappingBase, CappingConstraint};
use loam_book::product::interest::{InterestBalance, InterestType};
use loam_book::product::linking::{LineRequirement, SettlementOptions};
use loam_book::product::payments::{
    Amortization, ElementsRecalculation, FuturePayments, InterestOnPrepayment, LatePaymentsRecalculation,
    PaymentsAhead, PrepaymentRecalculation, PrincipalPaidStatus, ScheduleEdit,
};
use loam_book::product::securities::{FunderCommission, PrincipalPaymentMethod};
use loam_book::savings::interest::PaymentPoint;
use loam_book::savings::product::AccountType;

/// A list of all values of a type, and the name of each.
macro_rules! names {
    ($(#[$doc:meta])* $list:ident, $name_of:ident, $type:ty, { $($value:path => $name:literal,)+ }) => {
        $(#[$doc])*
        pub(crate) const $list: &[$type] = &[$($value),+];

        pub(crate) fn $name_of(value: $type) -> &'static str {
            match value {
                $($value => $name,)+
            }
        }
    };
}

names!(PRODUCT_TYPES, product_type, ProductType, {
    ProductType::FixedTermLoan => "FIXED_TERM_LOAN",
    ProductType::DynamicTermLoan => "DYNAMIC_TERM_LOAN",
    ProductType::InterestFreeLoan => "INTEREST_FREE_LOAN",
    ProductType::TranchedLoan => "TRANCHED_LOAN",
    ProductType::RevolvingCredit => "REVOLVING_CREDIT",
});

names!(ACCOUNT_TYPES, account_type, AccountType, {
    AccountType::CurrentAccount => "CURRENT_ACCOUNT",
    AccountType::RegularSavings => "REGULAR_SAVINGS",
    AccountType::FixedDeposit => "FIXED_DEPOSIT",
    AccountType::SavingsPlan => "SAVINGS_PLAN",
    AccountType::InvestorAccount => "INVESTOR_ACCOUNT",
});

names!(SETTLEMENT_OPTIONS, settlement_options, SettlementOptions, {
    SettlementOptions::FullDueAmounts => "FULL_DUE_AMOUNTS",
    SettlementOptions::PartialDueAmounts => "PARTIAL_DUE_AMOUNTS",
    SettlementOptions::NoAutomatedTransfers => "NO_AUTOMATED_TRANSFERS",
});

names!(LINE_REQUIREMENTS, line_requirement, LineRequirement, {
    LineRequirement::Optional => "OPTIONAL",
    LineRequirement::Required => "REQUIRED",
    LineRequirement::NotRequired => "NOT_REQUIRED",
});

names!(INTEREST_TYPES, interest_type, InterestType, {
    InterestType::SimpleInterest => "SIMPLE_INTEREST",
    InterestType::CapitalizedInterest => "CAPITALIZED_INTEREST",
});

names!(INTEREST_BALANCES, interest_balance, InterestBalance, {
    InterestBalance::PrincipalOnly => "PRINCIPAL_ONLY",
    InterestBalance::PrincipalAndInterest => "PRINCIPAL_AND_INTEREST",
});

names!(AMORTIZATIONS, amortization, Amortization, {
    Amortization::StandardPayments => "STANDARD_PAYMENTS",
    Amortization::BalloonPayments => "BALLOON_PAYMENTS",
    Amortization::OptimizedPayments => "OPTIMIZED_PAYMENTS",
    Amortization::PaymentPlan => "PAYMENT_PLAN",
});

names!(PAYMENT_METHODS, payment_method, PaymentMethod, {
    PaymentMethod::Horizontal => "HORIZONTAL",
    PaymentMethod::Vertical => "VERTICAL",
});

/// What a repayment may say that it pays, where the product allows it.
pub(crate) const PAID_KINDS: &[PaidKind] = &[
    PaidKind::Principal,
    PaidKind::Interest,
    PaidKind::Fee(FeeKind::Manual),
    PaidKind::Fee(FeeKind::UpfrontDisbursement),
    PaidKind::Fee(FeeKind::LateRepayment),
    PaidKind::Fee(FeeKind::PaymentDue),
    PaidKind::Penalty,
];

pub(crate) fn paid_kind(value: PaidKind) -> &'static str {
    match value {
        PaidKind::Principal => "PRINCIPAL",
        PaidKind::Interest => "INTEREST",
        PaidKind::Fee(FeeKind::Manual) => "MANUAL_FEE",
        PaidKind::Fee(FeeKind::UpfrontDisbursement) => "UPFRONT_DISBURSEMENT_FEE",
        PaidKind::Fee(FeeKind::LateRepayment) => "LATE_REPAYMENT_FEE",
        PaidKind::Fee(FeeKind::PaymentDue) => "PAYMENT_DUE_FEE",
        PaidKind::Penalty => "PENALTY",
    }
}

names!(FUTURE_PAYMENTS, future_payments, FuturePayments, {
    FuturePayments::NoFuturePayments => "NO_FUTURE_PAYMENTS",
    FuturePayments::AcceptFuturePayments => "ACCEPT_FUTURE_PAYMENTS",
    FuturePayments::AcceptOverpayments => "ACCEPT_OVERPAYMENTS",
});

names!(PAYMENTS_AHEAD, payments_ahead, PaymentsAhead, {
    PaymentsAhead::NextInstallment => "NEXT_INSTALLMENT",
    PaymentsAhead::LastInstallment => "LAST_INSTALLMENT",
});

names!(PREPAYMENT_RECALCULATIONS, prepayment_recalculation, PrepaymentRecalculation, {
    PrepaymentRecalculation::NoRecalculation => "NO_RECALCULATION",
    PrepaymentRecalculation::RescheduleRemainingRepayments => "RESCHEDULE_REMAINING_REPAYMENTS",
    PrepaymentRecalculation::RecalculateScheduleKeepSameNumberOfTerms
        => "RECALCULATE_SCHEDULE_KEEP_SAME_NUMBER_OF_TERMS",
    PrepaymentRecalculation::RecalculateScheduleKeepSamePrincipalAmount
        => "RECALCULATE_SCHEDULE_KEEP_SAME_PRINCIPAL_AMOUNT",
    PrepaymentRecalculation::RecalculateScheduleKeepSameTotalRepaymentAmount
        => "RECALCULATE_SCHEDULE_KEEP_SAME_TOTAL_REPAYMENT_AMOUNT",
    PrepaymentRecalculation::ReduceAmountPerInstallment => "REDUCE_AMOUNT_PER_INSTALLMENT",
    PrepaymentRecalculation::ReduceNumberOfInstallments => "REDUCE_NUMBER_OF_INSTALLMENTS",
    PrepaymentRecalculation::ReduceNumberOfInstallmentsNew => "REDUCE_NUMBER_OF_INSTALLMENTS_NEW",
});

names!(PRINCIPAL_PAID_STATUSES, principal_paid_status, PrincipalPaidStatus, {
    PrincipalPaidStatus::PartiallyPaid => "PARTIALLY_PAID",
    PrincipalPaidStatus::Paid => "PAID",
    PrincipalPaidStatus::OriginalTotalExpectedPaid => "ORIGINAL_TOTAL_EXPECTED_PAID",
});

names!(INTEREST_ON_PREPAYMENTS, interest_on_prepayment, InterestOnPrepayment, {
    InterestOnPrepayment::Automatic => "AUTOMATIC",
    InterestOnPrepayment::Manual => "MANUAL",
    InterestOnPrepayment::WholeInstallment => "WHOLE_INSTALLMENT",
});

names!(ELEMENTS_RECALCULATIONS, elements_recalculation, ElementsRecalculation, {
    ElementsRecalculation::FixedPrincipalExpected => "FIXED_PRINCIPAL_EXPECTED",
    ElementsRecalculation::FixedTotalExpected => "FIXED_TOTAL_EXPECTED",
});

names!(LATE_PAYMENTS_RECALCULATIONS, late_payments_recalculation, LatePaymentsRecalculation, {
    LatePaymentsRecalculation::IncreaseOverdueInstallments => "INCREASE_OVERDUE_INSTALLMENTS",
    LatePaymentsRecalculation::IncreaseLastInstallment => "INCREASE_LAST_INSTALLMENT",
});

names!(SCHEDULE_EDITS, schedule_edit, ScheduleEdit, {
    ScheduleEdit::AdjustPaymentDates => "ADJUST_PAYMENT_DATES",
    ScheduleEdit::AdjustPrincipalPaymentSchedule => "ADJUST_PRINCIPAL_PAYMENT_SCHEDULE",
    ScheduleEdit::AdjustInterestPaymentSchedule => "ADJUST_INTEREST_PAYMENT_SCHEDULE",
    ScheduleEdit::AdjustFeePaymentSchedule => "ADJUST_FEE_PAYMENT_SCHEDULE",
    ScheduleEdit::AdjustPenaltyPaymentSchedule => "ADJUST_PENALTY_PAYMENT_SCHEDULE",
    ScheduleEdit::AdjustNumberOfInstallments => "ADJUST_NUMBER_OF_INSTALLMENTS",
});

names!(FEE_TRIGGERS, fee_trigger, FeeTrigger, {
    FeeTrigger::Manual => "MANUAL",
    FeeTrigger::Disbursement => "DISBURSEMENT",
    FeeTrigger::CapitalizedDisbursement => "CAPITALIZED_DISBURSEMENT",
    FeeTrigger::UpfrontDisbursement => "UPFRONT_DISBURSEMENT",
    FeeTrigger::LateRepayment => "LATE_REPAYMENT",
    FeeTrigger::PaymentDue => "PAYMENT_DUE",
});

names!(FEE_CALCULATIONS, fee_calculation, FeeCalculation, {
    FeeCalculation::Flat => "FLAT",
    FeeCalculation::LoanAmountPercentage => "LOAN_AMOUNT_PERCENTAGE",
    FeeCalculation::RepaymentPrincipalAmountPercentage => "REPAYMENT_PRINCIPAL_AMOUNT_PERCENTAGE",
    FeeCalculation::RepaymentInterestAmountPercentage => "REPAYMENT_INTEREST_AMOUNT_PERCENTAGE",
    FeeCalculation::RepaymentAmountPercentage => "REPAYMENT_AMOUNT_PERCENTAGE",
    FeeCalculation::LoanAmountPercentageNumberOfInstallments
        => "LOAN_AMOUNT_PERCENTAGE_NUMBER_OF_INSTALLMENTS",
    FeeCalculation::FlatNumberOfInstallments => "FLAT_NUMBER_OF_INSTALLMENTS",
});

names!(FEE_AMORTIZATIONS, fee_amortization, FeeAmortization, {
    FeeAmortization::None => "NONE",
    FeeAmortization::SumOfYearsDigits => "SUM_OF_YEARS_DIGITS",
    FeeAmortization::StraightLine => "STRAIGHT_LINE",
    FeeAmortization::EffectiveInterestRate => "EFFECTIVE_INTEREST_RATE",
});

names!(PENALTY_METHODS, penalty_method, PenaltyMethod, {
    PenaltyMethod::None => "NONE",
    PenaltyMethod::OverdueBalance => "OVERDUE_BALANCE",
    PenaltyMethod::OverdueBalanceAndInterest => "OVERDUE_BALANCE_AND_INTEREST",
    PenaltyMethod::OutstandingPrincipal => "OUTSTANDING_PRINCIPAL",
});

names!(TAX_METHODS, tax_method, TaxMethod, {
    TaxMethod::Inclusive => "INCLUSIVE",
    TaxMethod::Exclusive => "EXCLUSIVE",
});

names!(ARREARS_COUNTED_FROM, arrears_counted_from, ArrearsCountedFrom, {
    ArrearsCountedFrom::DateAccountFirstWentToArrears => "DATE_ACCOUNT_FIRST_WENT_TO_ARREARS",
    ArrearsCountedFrom::DateOfLastLateRepayment => "DATE_OF_LAST_LATE_REPAYMENT",
});

names!(CAPPING_BASES, capping_base, CappingBase, {
    CappingBase::OutstandingPrincipalPercentage => "OUTSTANDING_PRINCIPAL_PERCENTAGE",
    CappingBase::OriginalPrincipalPercentage => "ORIGINAL_PRINCIPAL_PERCENTAGE",
});

names!(CAPPING_CONSTRAINTS, capping_constraint, CappingConstraint, {
    CappingConstraint::SoftCap => "SOFT_CAP",
    CappingConstraint::HardCap => "HARD_CAP",
});

names!(FUNDER_COMMISSIONS, funder_commission, FunderCommission, {
    FunderCommission::PercentageOfLoanFunding => "PERCENTAGE_OF_LOAN_FUNDING",
    FunderCommission::FixedInterestCommissions => "FIXED_INTEREST_COMMISSIONS",
});

names!(PRINCIPAL_PAYMENT_METHODS, principal_payment_method, PrincipalPaymentMethod, {
    PrincipalPaymentMethod::Flat => "FLAT",
    PrincipalPaymentMethod::OutstandingPrincipalPercentage => "OUTSTANDING_PRINCIPAL_PERCENTAGE",
    PrincipalPaymentMethod::TotalBalancePercentage => "TOTAL_BALANCE_PERCENTAGE",
});

/// Whether a schedule stays as it was made or follows what happens: it goes with the type, and of loans
/// free of interest with how payments are taken.
pub(crate) fn schedule_method(is_dynamic: bool) -> &'static str {
    if is_dynamic { "DYNAMIC" } else { "FIXED" }
}

/// By days, or by a day of the month.
pub(crate) const TOLERANCE_PERIOD: &str = "ARREARS_TOLERANCE_PERIOD";
pub(crate) const TOLERANCE_DAY: &str = "MONTHLY_ARREARS_TOLERANCE_DAY";

pub(crate) fn tolerance_method(monthly_day: Option<u8>) -> &'static str {
    if monthly_day.is_some() { TOLERANCE_DAY } else { TOLERANCE_PERIOD }
}

/// Whether days late leave out days on which nobody works.
pub(crate) fn non_working_days_method(are_excluded: bool) -> &'static str {
    if are_excluded { "EXCLUDED" } else { "INCLUDED" }
}

pub(crate) const FIXED_RATE: &str = "FIXED_INTEREST_RATE";
pub(crate) const INDEX_RATE: &str = "INDEX_INTEREST_RATE";
pub(crate) const FIXED_TERMS: &str = "FIXED";
pub(crate) const TIERED: &str = "TIERED";
pub(crate) const TIERED_PERIOD: &str = "TIERED_PERIOD";
pub(crate) const REQUIRED: &str = "REQUIRED";
pub(crate) const OPTIONAL: &str = "OPTIONAL";

/// Whether a fee must be taken.
pub(crate) fn fee_application(is_required: bool) -> &'static str {
    if is_required { REQUIRED } else { OPTIONAL }
}

/// What has a label.
pub(crate) fn labelled(of: loam_book::labels::Labelled) -> &'static str {
    use loam_book::labels::Labelled;
    match of {
        Labelled::Client => "CLIENT",
        Labelled::Group => "GROUP",
        Labelled::Branch => "BRANCH",
        Labelled::Centre => "CENTRE",
        Labelled::CreditOfficer => "CREDIT_OFFICER",
        Labelled::LoanAccount => "LOAN_ACCOUNT",
    }
}

names!(LEDGER_TYPES, ledger_type, LedgerType, {
    LedgerType::Asset => "ASSET",
    LedgerType::Liability => "LIABILITY",
    LedgerType::Equity => "EQUITY",
    LedgerType::Income => "INCOME",
    LedgerType::Expense => "EXPENSE",
});

names!(
/// What loans move, and a product may have booked on an account of its choice.
FINANCIAL_RESOURCES, financial_resource, GlAccount, {
    GlAccount::LoanPortfolio => "PORTFOLIO_CONTROL",
    GlAccount::FundSource => "FUND_SOURCE",
    GlAccount::WriteOffExpense => "WRITE_OFF_EXPENSE",
    GlAccount::InterestIncome => "INTEREST_INCOME",
    GlAccount::TaxesPayable => "TAXES_PAYABLE",
    GlAccount::FeeIncome => "FEE_INCOME",
    GlAccount::PenaltyIncome => "PENALTY_INCOME",
    GlAccount::InterestReceivable => "INTEREST_RECEIVABLE",
    GlAccount::FeeReceivable => "FEE_RECEIVABLE",
    GlAccount::PenaltyReceivable => "PENALTY_RECEIVABLE",
    GlAccount::DeferredFeeIncome => "DEFERRED_FEE_INCOME",
    GlAccount::Overpayments => "OVERPAYMENTS",
    GlAccount::RecoveryIncome => "RECOVERY_INCOME",
    GlAccount::InvestorFunds => "INVESTOR_FUNDS",
    GlAccount::InterestExpense => "INTEREST_EXPENSE",
    GlAccount::WaiverExpense => "WAIVER_EXPENSE",
    GlAccount::ProtectFeeExpense => "PROTECT_FEE_EXPENSE",
    GlAccount::SavingsControl => "SAVINGS_CONTROL",
    GlAccount::DepositReference => "DEPOSIT_REFERENCE",
    GlAccount::OverdraftPortfolio => "OVERDRAFT_PORTFOLIO_CONTROL",
    GlAccount::AccruedInterest => "ACCRUED_INTEREST",
    GlAccount::InterestSuspense => "INTEREST_SUSPENSE",
    GlAccount::LoanLossAllowance => "LOAN_LOSS_ALLOWANCE",
    GlAccount::ProvisionExpense => "PROVISION_EXPENSE",
    GlAccount::InvestorInterestPayable => "INVESTOR_INTEREST_PAYABLE",
    GlAccount::InterestPayable => "INTEREST_PAYABLE",
    GlAccount::InterBranch => "INTER_BRANCH_TRANSFER",
    GlAccount::AccountTransfers => "ACCOUNT_TRANSFERS",
    GlAccount::Restructuring => "RESTRUCTURING",
});

/// What deposit accounts move, and a product may have booked on an account of its choice.
pub(crate) const DEPOSIT_RESOURCES: &[GlAccount] = &[
    GlAccount::SavingsControl,
    GlAccount::DepositReference,
    GlAccount::InterestExpense,
    GlAccount::FeeIncome,
    GlAccount::OverdraftPortfolio,
    GlAccount::InterestIncome,
    GlAccount::TaxesPayable,
    GlAccount::InterestPayable,
    GlAccount::AccruedInterest,
];

/// What deposit products call a resource. Of what only loans move nothing else is said.
pub(crate) fn deposit_resource(resource: GlAccount) -> &'static str {
    if resource == GlAccount::DepositReference {
        return "TRANSACTION_SOURCE";
    }
    if resource == GlAccount::InterestIncome {
        return "OVERDRAFT_INTEREST_INCOME";
    }
    if resource == GlAccount::AccruedInterest {
        return "OVERDRAFT_INTEREST_RECEIVABLE";
    }
    financial_resource(resource)
}

names!(ACCRUAL_POSTINGS, accrual_posting, AccrualPosting, {
    AccrualPosting::None => "NONE",
    AccrualPosting::Daily => "DAILY",
    AccrualPosting::EndOfMonth => "END_OF_MONTH",
});

names!(LEDGER_USAGES, ledger_usage, LedgerUsage, {
    LedgerUsage::Detail => "DETAIL",
    LedgerUsage::Header => "HEADER",
});

/// On which days interest of deposits is applied; of fixed dates, the days stand beside it.
pub(crate) fn payment_point(paid: &PaymentPoint) -> &'static str {
    match paid {
        PaymentPoint::FirstDayOfMonth => "FIRST_DAY_OF_MONTH",
        PaymentPoint::EveryWeek => "EVERY_WEEK",
        PaymentPoint::EveryOtherWeek => "EVERY_OTHER_WEEK",
        PaymentPoint::EveryMonth => "EVERY_MONTH",
        PaymentPoint::EveryThreeMonths => "EVERY_3_MONTHS",
        PaymentPoint::OnFixedDates(_) => "ON_FIXED_DATES",
        PaymentPoint::OnMaturity => "ON_ACCOUNT_MATURITY",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names are those of the contract, and those are the names under which the book stores them.
    #[test]
    fn every_value_is_stored_under_the_name_of_the_contract() {
        fn check<T: Copy + serde::Serialize>(values: &[T], name_of: fn(T) -> &'static str) {
            for value in values {
                assert_eq!(serde_json::to_value(value).unwrap(), name_of(*value));
            }
        }
        check(ACCRUAL_POSTINGS, accrual_posting);
        check(PRODUCT_TYPES, product_type);
        check(ACCOUNT_TYPES, account_type);
        check(SETTLEMENT_OPTIONS, settlement_options);
        check(LINE_REQUIREMENTS, line_requirement);
        check(INTEREST_TYPES, interest_type);
        check(INTEREST_BALANCES, interest_balance);
        check(AMORTIZATIONS, amortization);
        check(PAYMENT_METHODS, payment_method);
        check(FUTURE_PAYMENTS, future_payments);
        check(PAYMENTS_AHEAD, payments_ahead);
        check(PREPAYMENT_RECALCULATIONS, prepayment_recalculation);
        check(PRINCIPAL_PAID_STATUSES, principal_paid_status);
        check(INTEREST_ON_PREPAYMENTS, interest_on_prepayment);
        check(ELEMENTS_RECALCULATIONS, elements_recalculation);
        check(LATE_PAYMENTS_RECALCULATIONS, late_payments_recalculation);
        check(SCHEDULE_EDITS, schedule_edit);
        check(FEE_TRIGGERS, fee_trigger);
        check(FEE_CALCULATIONS, fee_calculation);
        check(FEE_AMORTIZATIONS, fee_amortization);
        check(PENALTY_METHODS, penalty_method);
        check(TAX_METHODS, tax_method);
        check(ARREARS_COUNTED_FROM, arrears_counted_from);
        check(CAPPING_BASES, capping_base);
        check(CAPPING_CONSTRAINTS, capping_constraint);
        check(FUNDER_COMMISSIONS, funder_commission);
        check(PRINCIPAL_PAYMENT_METHODS, principal_payment_method);
    }
}

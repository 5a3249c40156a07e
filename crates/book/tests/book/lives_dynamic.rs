//! Random lives of dynamic loans, with rates, pauses, parts, redraws, edited schedules, and interest
//! that is added to the principal.

use jiff::civil::{Date, date};
use loam_book::loan::as_of::{View, as_of};
use loam_book::loan::command::{Disburse, LoanCommand, LoanFigures};
use loam_book::loan::log::fold;
use loam_book::loan::transaction::TransactionKind;
use loam_book::product::interest::{InterestBalance, InterestType};
use loam_book::product::payments::{
    InterestOnPrepayment, LatePaymentsRecalculation, PaymentRules, PrepaymentRecalculation,
};
use loam_book::product::{GracePeriodType, Product};
use loam_book::stated::StatedAmount;
use loam_calc::money::Amount;
use proptest::prelude::*;

use crate::auditor::Auditor;
use crate::moves::{METHODS, a_dynamic_product, a_move, live, rated_by};
use crate::projections::assert_told_well;
use crate::support::TestBook;

/// The same with interest that is added to the principal, without what does not go with it.
fn a_capitalizing_product() -> impl Strategy<Value = Product> {
    (a_dynamic_product(), prop::sample::select(METHODS.to_vec())).prop_map(|(mut kind, recalculation)| {
        kind.interest_rules.interest_type = InterestType::CapitalizedInterest;
        kind.interest_rules.balance = InterestBalance::PrincipalOnly;
        kind.interest_rules.late_interest_to_due_date = false;
        kind.grace_period_type = GracePeriodType::PayInterestOnly;
        let on_prepayment = match kind.payment_rules.interest_on_prepayment {
            InterestOnPrepayment::Manual => InterestOnPrepayment::Manual,
            InterestOnPrepayment::Automatic | InterestOnPrepayment::WholeInstallment => {
                InterestOnPrepayment::Automatic
            }
        };
        kind.payment_rules = PaymentRules {
            prepayment_recalculation: recalculation,
            interest_on_prepayment: on_prepayment,
            late_payments_recalculation: LatePaymentsRecalculation::IncreaseLastInstallment,
            ..PaymentRules::default()
        };
        if kind.contradiction().is_some() {
            kind.payment_rules.prepayment_recalculation = PrepaymentRecalculation::NoRecalculation;
        }
        assert_eq!(kind.contradiction(), None);
        kind
    })
}

/// Any of the two.
fn either_product() -> impl Strategy<Value = Product> {
    prop_oneof![3 => a_dynamic_product(), 1 => a_capitalizing_product()]
}

/// Principal repaid and outstanding, while the loan is active.
fn repaid_and_outstanding(book: &TestBook) -> Option<Amount> {
    let servicing = &book.loan().servicing;
    servicing.state.is_active().then(|| servicing.paid.principal + servicing.outstanding.principal)
}

/// Principal paid out and interest added to it, less what was taken back of both, while the loan is
/// active.
fn lent_and_added(book: &TestBook) -> Option<Amount> {
    use TransactionKind as Kind;
    let is_lent = |kind| matches!(kind, Kind::Disbursement | Kind::DisbursementReversal);
    let is_added = |kind| matches!(kind, Kind::InterestApplied | Kind::InterestAppliedReversal);
    let all = book.transactions.iter();
    let lent: Amount = all.clone().filter(|t| is_lent(t.kind)).map(|t| t.amount).sum();
    let added: Amount = all.filter(|t| is_added(t.kind)).map(|t| t.split.principal).sum();
    book.loan().servicing.state.is_active().then_some(lent + added)
}

/// The principal of all rows.
fn principal_expected(book: &TestBook) -> Option<Amount> {
    let servicing = &book.loan().servicing;
    let rows = servicing.installments.iter();
    servicing.state.is_active().then(|| rows.map(|row| row.expected.principal).sum())
}

/// A loan of which 700.00 are paid out where the product pays out in parts, and else all of it.
fn paid_out_in_part(kind: Product, agreed: LoanFigures) -> TestBook {
    let amount = kind.payment_rules.disburses_in_parts.then(|| StatedAmount("700".into()));
    let agreed = rated_by(&kind, agreed);
    let mut book = TestBook::new(kind, date(2012, 6, 28));
    book.create_with(agreed).expect("the loan is within the product");
    book.command(&LoanCommand::Approve { notes: None }).expect("pending loans can be approved");
    let disburse = Disburse { amount, ..Disburse::default() };
    book.command(&LoanCommand::Disburse(disburse)).expect("approved loans can be disbursed");
    book
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn whatever_happens_to_a_dynamic_loan_the_book_proves_itself(
        moves in prop::collection::vec(a_move(), 1..40),
        kind in either_product(),
        percent in 0u32..40,
        installments in 4u32..9,
    ) {
        let agreed = crate::dynamic::agreed("950", &percent.to_string(), installments);
        let mut book = paid_out_in_part(kind, agreed);
        for step in &moves {
            live(&mut book, step);
            prop_assert_eq!(book.findings(), vec![]);
            prop_assert_eq!(repaid_and_outstanding(&book), principal_expected(&book));
            prop_assert_eq!(repaid_and_outstanding(&book), lent_and_added(&book));
        }
        let auditor = Auditor::read(&book.transfers, Date::MAX, Date::MAX);
        prop_assert!(auditor.is_balanced());
        prop_assert_eq!(auditor.outstanding(), book.outstanding());
        prop_assert_eq!(fold(&book.entries), book.loan.clone());
        assert_told_well(&book);
        let today = View { as_of: book.business_date, known_on: book.business_date };
        prop_assert_eq!(as_of(&book.entries, today).map(|loan| loan.servicing), book.loan.clone().map(|loan| loan.servicing));
    }

    /// Paying what is quoted closes the loan, whatever happened before.
    #[test]
    fn the_quote_of_a_dynamic_loan_closes_it(
        moves in prop::collection::vec(a_move(), 1..12),
        kind in either_product(),
    ) {
        let mut book = paid_out_in_part(kind, crate::dynamic::agreed("950", "19", 5));
        for step in &moves {
            live(&mut book, step);
        }
        let quoted = book.loan().payoff_on(book.business_date).total();
        let is_overpaid = book.loan().servicing.course.overpaid.is_positive();
        if book.loan().state().is_active() && quoted.is_positive() && !is_overpaid {
            let repaid = book.repay(&quoted.to_fixed_text(book.loan().terms.currency));
            prop_assert!(repaid.is_ok(), "{:?}", repaid);
            prop_assert!(!book.loan().state().is_active());
            prop_assert_eq!(book.findings(), vec![]);
        }
    }
}

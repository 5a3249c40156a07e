//! Who may do what with a loan: permissions of what an edit or a payment names, limits, two men.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::date;
use loam_book::actor::Permission;
use loam_book::catalog::Catalog;
use loam_book::ids::{Key, Part};
use loam_book::loan::accompanying::Accompanying;
use loam_book::loan::command::{ChargeFee, Disburse, LoanCommand, LoanEdit, LoanFigures};
use loam_book::loan::refusal::{AccessRefusal, Refusal};
use loam_book::organization::TransactionDetails;
use loam_book::record::Record;
use loam_book::rights::{Limited, Limits};
use loam_book::security::Security;
use loam_book::stated::{StatedAmount, StatedPercent};
use loam_book::working_days::OrganizationSettings;

use crate::support::{TestBook, product, sample_loan};

fn needs(edit: LoanEdit, book: &TestBook) -> Vec<Permission> {
    LoanCommand::Edit(Box::new(edit)).permissions(book.loan.as_ref())
}

fn figures(figures: LoanFigures) -> LoanEdit {
    LoanEdit { figures, ..LoanEdit::default() }
}

#[test]
fn an_edit_needs_the_permission_of_each_thing_that_it_names() {
    let mut pending = TestBook::new(product(), date(2012, 6, 28));
    pending.create("950").expect("within the product");
    let active = sample_loan();
    let tranches = LoanFigures { tranches: Some(Vec::new()), ..LoanFigures::default() };
    assert_eq!(needs(figures(tranches.clone()), &pending), [Permission::EditLoanTranches]);
    let named = LoanEdit { name: Some("Ana".into()), ..figures(tranches) };
    assert_eq!(needs(named, &pending), [Permission::EditLoanTranches, Permission::EditLoanAccount]);
    assert_eq!(needs(LoanEdit::default(), &pending), [Permission::EditLoanAccount]);

    let details = Some(TransactionDetails::default());
    let accompanying = Accompanying { details, ..Accompanying::default() };
    for conditions in [
        LoanFigures { expected_disbursement_on: Some(None), ..LoanFigures::default() },
        LoanFigures { first_due_date: Some(None), ..LoanFigures::default() },
        LoanFigures { accompanying, ..LoanFigures::default() },
    ] {
        assert_eq!(needs(figures(conditions), &pending), [Permission::SetDisbursementConditions]);
    }
    let penalty_rate = Some(StatedPercent("1".into()));
    let penalty = LoanFigures { penalty_rate, ..LoanFigures::default() };
    assert_eq!(needs(figures(penalty.clone()), &pending), [Permission::EditLoanAccount]);
    assert_eq!(needs(figures(penalty), &active), [Permission::EditPenaltyRate]);
    let bills = LoanFigures { principal_payment: Some(Default::default()), ..LoanFigures::default() };
    let of_active = [Permission::EditPrincipalPaymentActiveRevolvingCredit];
    assert_eq!(needs(figures(bills), &active), of_active);
}

#[test]
fn without_the_permission_of_one_of_them_nothing_is_edited() {
    let mut book = TestBook::new(product(), date(2012, 6, 28));
    book.create("950").expect("within the product");
    let mut book = book.with_permissions(&[Permission::EditLoanAccount]);
    let edit = LoanEdit {
        name: Some("Ana".into()),
        ..figures(LoanFigures { first_due_date: Some(Some(date(2012, 8, 1))), ..LoanFigures::default() })
    };
    let refused = book.command(&LoanCommand::Edit(Box::new(edit)));
    let permission = "SET_DISBURSEMENT_CONDITIONS".to_owned();
    assert_eq!(refused, Err(Refusal::NotPermitted { permission }));
    assert_ne!(book.loan().name, "Ana");
}

fn limited(mut book: TestBook, what: Limited, limit: &str) -> TestBook {
    book.actor.bounds.limits = Limits(BTreeMap::from([(what, limit.to_owned())]));
    book
}

fn is_over_limit<T: std::fmt::Debug>(result: Result<T, Refusal>) -> bool {
    matches!(result, Err(Refusal::Access(AccessRefusal::LimitExceeded { .. })))
}

#[test]
fn nobody_moves_more_than_his_or_her_limit() {
    let mut book = TestBook::new(product(), date(2012, 6, 28));
    book.create("950").expect("within the product");
    let approve = LoanCommand::Approve { notes: None };
    assert!(is_over_limit(limited(book.clone(), Limited::ApproveLoan, "949.99").command(&approve)));
    let mut book = limited(book, Limited::ApproveLoan, "950");
    book.command(&approve).expect("within the limit");
    // The amount is not named: it is the loan's.
    let disburse = LoanCommand::Disburse(Disburse::default());
    assert!(is_over_limit(limited(book.clone(), Limited::DisburseLoan, "900").command(&disburse)));
    book.command(&disburse).expect("another kind of limit");
    let mut book = limited(book, Limited::MakeRepayment, "100");
    assert!(is_over_limit(book.repay("100.01")));
    book.repay("100").expect("within the limit");
    let mut book = limited(book, Limited::ApplyFee, "5");
    let fee = ChargeFee {
        amount: Some(StatedAmount("5.01".into())),
        fees: None,
        value_date: None,
        installment: None,
        details: TransactionDetails::default(),
    };
    assert!(is_over_limit(book.command(&LoanCommand::ChargeFee(fee))));
}

#[test]
fn where_it_takes_two_the_approver_does_not_pay_out() {
    let mut book = TestBook::new(product(), date(2012, 6, 28));
    let security = Security { approval_needs_another: true, ..Security::default() };
    let settings = OrganizationSettings {
        key: Key::entity(Part::new(0), 0, 77),
        name: "Bank".into(),
        non_working_weekdays: vec![],
        holidays: vec![],
        parties: Default::default(),
        contact: Default::default(),
        labels: vec![],
        portfolios: Default::default(),
        provisioning: Default::default(),
        security,
        created_at: Timestamp::UNIX_EPOCH,
        last_modified_at: Timestamp::UNIX_EPOCH,
    };
    book.catalog = Catalog::new(2, vec![Record::Product(Box::new(product())), Record::Settings(settings)]);
    book.create("950").expect("within the product");
    book.command(&LoanCommand::Approve { notes: None }).expect("pending");
    let disburse = LoanCommand::Disburse(Disburse::default());
    let refused = book.command(&disburse);
    assert_eq!(refused, Err(Refusal::Access(AccessRefusal::ApproverMayNotDisburse)));
    book.actor.user_key = Key::entity(Part::new(0), 0, 3);
    book.command(&disburse).expect("somebody else");
    assert!(book.loan().servicing.state.is_active());
}

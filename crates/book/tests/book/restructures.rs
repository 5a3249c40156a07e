//! Loans that take the place of others: what is written off, carried over and lent on top.

use std::cell::Cell;

use jiff::civil::date;
use loam_book::actor::Permission;
use loam_book::checks::{Stored, check};
use loam_book::ids::Key;
use loam_book::journal::{GlAccount, Transfer};
use loam_book::loan::command::{
    Disburse, LoanCommand, LoanEdit, LoanFigures, NewLoan, ReversalKind, Reverse, TrancheFigure,
};
use loam_book::loan::commands::restructure::restructure;
use loam_book::loan::commands::{Accounts, Decision, decide};
use loam_book::loan::context::NewIds;
use loam_book::loan::refusal::{AccessRefusal, Refusal, RestructureRefusal, TrancheRefusal};
use loam_book::loan::restructuring::{Restructure, RestructureDetails, RestructureKind, Restructured};
use loam_book::loan::{Closure, LoanState};
use loam_book::party::Assignment;
use loam_book::product::{AccountingMethod, Product, ProductType};
use loam_book::record::Record;
use loam_book::rights::{Limited, Limits};
use loam_book::stated::{StatedAmount, StatedPercent};
use loam_calc::allocation::Components;
use loam_calc::money::Amount;

use crate::support::{TestBook, cents, product};

fn of(amount: &str) -> Option<StatedAmount> {
    Some(StatedAmount(amount.into()))
}

/// 500.00 of principal, 13.39 of interest and 34.69 of fees are owed.
fn owing() -> TestBook {
    let mut book = TestBook::active_loan(product(), "500", date(2012, 6, 28));
    book.charge("34.69", 1).expect("fees are allowed");
    book.move_to(date(2012, 7, 28));
    assert_eq!(book.outstanding().total(), cents(548_08));
    book
}

pub(crate) fn asked(book: &TestBook, kind: RestructureKind, amount: Option<&str>) -> Restructure {
    let figures = LoanFigures {
        amount: amount.map(|amount| StatedAmount(amount.into())),
        interest_rate: Some(StatedPercent("2".into())),
        installments: Some(4),
        ..LoanFigures::default()
    };
    let new = NewLoan {
        id: Some("NEW1".into()),
        holder: book.loan().holder,
        product: product().key,
        name: None,
        notes: None,
        assignment: Assignment::default(),
        figures,
    };
    Restructure { kind, new, details: None, notes: Some("moved".into()) }
}

/// Ten of interest and ten of fees are given up, fifty are lent on top.
fn refinancing(book: &TestBook, amount: Option<&str>) -> Restructure {
    let details = RestructureDetails {
        top_up: of("50"),
        interest_write_off: of("10"),
        fees_write_off: of("10"),
        ..RestructureDetails::default()
    };
    Restructure { details: Some(details), ..asked(book, RestructureKind::Refinance, amount) }
}

fn ids(book: &TestBook) -> NewIds {
    let next = book.transactions.iter().map(|transaction| transaction.id).max().unwrap_or(0) + 1;
    let part = book.client.part;
    NewIds {
        key: Key::entity(part, 2, 77),
        part,
        account_no: 2,
        random: 7,
        transaction_id: Cell::new(next),
        transaction_id_end: i64::MAX,
    }
}

fn decided(book: &TestBook, asked: &Restructure) -> Result<Restructured, Refusal> {
    book.in_context(&ids(book), |context| restructure((book.loan(), &[]), asked, context))
}

fn refused(book: &TestBook, asked: &Restructure) -> RestructureRefusal {
    match decided(book, asked) {
        Err(Refusal::Restructure(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

fn moved(transfers: &[Transfer], account: GlAccount) -> Amount {
    let debits: Amount = transfers.iter().filter(|t| t.debit == account).map(|t| t.amount).sum();
    let credits: Amount = transfers.iter().filter(|t| t.credit == account).map(|t| t.amount).sum();
    debits - credits
}

/// Everything that holds of a loan holds of both.
fn assert_proved(book: &TestBook, done: &Restructured) {
    let join = |decision: &Decision| {
        let entries = [book.entries.clone(), decision.entries.clone()].concat();
        let transactions = [book.transactions.clone(), decision.transactions.clone()].concat();
        (entries, transactions, [book.transfers.clone(), decision.transfers.clone()].concat())
    };
    let (entries, transactions, transfers) = join(&done.closed);
    let stored = Stored {
        loan: Some(&done.closed.loan),
        entries: &entries,
        transactions: &transactions,
        transfers: &transfers,
    };
    assert_eq!(check(&stored), []);
    let opened = &done.opened;
    let stored = Stored {
        loan: Some(&opened.loan),
        entries: &opened.entries,
        transactions: &opened.transactions,
        transfers: &opened.transfers,
    };
    assert_eq!(check(&stored), []);
}

#[test]
fn a_refinanced_loan_is_repaid_by_the_new_one() {
    let book = owing();
    let done = decided(&book, &refinancing(&book, Some("578.08"))).expect("528.08 are owed, 50 lent on top");
    let (old, new) = (&done.closed.loan, &done.opened.loan);
    assert!(matches!(old.state(), LoanState::Closed { closure: Closure::Refinanced, .. }));
    assert!(old.servicing.outstanding.is_zero());
    assert_eq!(old.successor().map(|successor| successor.loan), Some(new.key));
    assert_eq!(new.origin().map(|origin| origin.loan), Some(old.key));
    assert!(new.state().is_active());
    assert_eq!(new.servicing.outstanding, Components { principal: cents(578_08), ..Components::ZERO });
    assert_eq!((new.servicing.installments.len(), new.id.as_str()), (4, "NEW1"));
    assert_eq!((new.holder, new.assignment), (old.holder, old.assignment));
    let both = [done.closed.transfers.clone(), done.opened.transfers.clone()].concat();
    assert_eq!(moved(&both, GlAccount::Restructuring), Amount::ZERO, "the clearing account is empty");
    assert_eq!(moved(&both, GlAccount::FundSource), cents(-50_00), "only what is lent on top is paid out");
    assert_eq!(moved(&both, GlAccount::WriteOffExpense), cents(20_00));
    assert_eq!(moved(&both, GlAccount::LoanPortfolio), cents(78_08));
    assert_proved(&book, &done);
}

#[test]
fn without_an_amount_it_is_what_is_owed_and_lent_on_top() {
    let book = owing();
    let done = decided(&book, &refinancing(&book, None)).expect("the amount follows");
    assert_eq!(done.opened.loan.terms.amount, cents(578_08));
    let other = RestructureRefusal::AmountDiffers { value: "578.07".into(), expected: "578.08".into() };
    assert_eq!(refused(&book, &refinancing(&book, Some("578.07"))), other);
}

#[test]
fn nobody_approves_or_pays_out_more_than_his_or_her_limit_by_restructuring() {
    let limited = |what, limit: &str| {
        let mut book = owing();
        book.actor.bounds.limits = Limits([(what, limit.to_owned())].into());
        book
    };
    let is_over = |book: &TestBook, asked: &Restructure| {
        matches!(decided(book, asked), Err(Refusal::Access(AccessRefusal::LimitExceeded { .. })))
    };
    let book = limited(Limited::ApproveLoan, "578.07");
    assert!(is_over(&book, &refinancing(&book, None)));
    let reschedule = asked(&book, RestructureKind::Reschedule, None);
    decided(&book, &reschedule).expect("548.08 are within the limit");
    assert!(is_over(&limited(Limited::ApproveLoan, "548.07"), &reschedule));
    let book = limited(Limited::DisburseLoan, "49.99");
    assert!(is_over(&book, &refinancing(&book, None)));
    decided(&book, &reschedule).expect("nothing is paid out");
    let book = limited(Limited::DisburseLoan, "50");
    decided(&book, &refinancing(&book, None)).expect("50.00 are paid out");
}

#[test]
fn a_rescheduled_loan_is_carried_on_and_nothing_is_paid_out() {
    let book = owing();
    let details = RestructureDetails { principal_write_off: of("100"), ..RestructureDetails::default() };
    let plain = asked(&book, RestructureKind::Reschedule, None);
    let done = decided(&book, &Restructure { details: Some(details), ..plain.clone() }).expect("active");
    assert!(matches!(done.closed.loan.state(), LoanState::Closed { closure: Closure::Rescheduled, .. }));
    assert_eq!(done.opened.loan.servicing.outstanding.principal, cents(448_08));
    let both = [done.closed.transfers.clone(), done.opened.transfers.clone()].concat();
    assert_eq!(moved(&both, GlAccount::FundSource), Amount::ZERO);
    assert_eq!(moved(&both, GlAccount::WriteOffExpense), cents(100_00));
    assert_proved(&book, &done);
    let done = decided(&book, &plain).expect("rescheduling needs no details");
    assert_eq!(done.opened.loan.terms.amount, cents(548_08));
}

#[test]
fn write_offs_and_what_is_lent_on_top_are_checked() {
    let book = owing();
    let with = |details: RestructureDetails, kind| {
        let details = Some(details);
        refused(&book, &Restructure { details, ..asked(&book, kind, None) })
    };
    let (refinance, reschedule) = (RestructureKind::Refinance, RestructureKind::Reschedule);
    let none = RestructureDetails::default;
    let lent = || RestructureDetails { top_up: of("0"), ..none() };
    assert_eq!(refused(&book, &asked(&book, refinance, None)), RestructureRefusal::DetailsMissing);
    assert_eq!(with(none(), refinance), RestructureRefusal::TopUpMissing);
    let negative = with(RestructureDetails { top_up: of("-1"), ..none() }, refinance);
    assert_eq!(negative, RestructureRefusal::NegativeTopUp { value: "-1.00".into() });
    let negative = with(RestructureDetails { fees_write_off: of("-1"), ..lent() }, refinance);
    assert!(matches!(negative, RestructureRefusal::NegativeWriteOff { field: "feesWriteOff", .. }));
    let much = with(RestructureDetails { interest_write_off: of("13.40"), ..lent() }, refinance);
    assert!(matches!(much, RestructureRefusal::WriteOffExceedsBalance { field: "interestWriteOff", .. }));
    let wrong = with(RestructureDetails { principal_write_off: of("1"), ..lent() }, refinance);
    assert!(matches!(wrong, RestructureRefusal::FieldNotAllowed { field: "principalWriteOff", .. }));
    assert!(matches!(with(lent(), reschedule), RestructureRefusal::FieldNotAllowed { .. }));
}

#[test]
fn a_fee_is_kept_only_from_what_is_paid_out() {
    let book = owing();
    let mut kept = refinancing(&book, None);
    kept.new.figures.capitalized_fee = of("50.01");
    assert!(matches!(refused(&book, &kept), RestructureRefusal::FeeExceedsTopUp { .. }));
    kept.new.figures.capitalized_fee = of("50");
    let done = decided(&book, &kept).expect("all of it is kept");
    assert_eq!(moved(&done.opened.transfers, GlAccount::FundSource), Amount::ZERO);
    assert_proved(&book, &done);
}

#[test]
fn interest_becomes_principal_only_where_both_products_account_alike() {
    let mut book = owing();
    let key = Key::entity(loam_book::ids::Part::new(0), 0, 8);
    let other = Product { key, id: "CASH".into(), accounting: AccountingMethod::Cash, ..product() };
    let records = [product(), other].map(|product| Record::Product(Box::new(product)));
    book.catalog = loam_book::catalog::Catalog::new(2, records.to_vec());
    let mut to_other = refinancing(&book, None);
    to_other.new.product = key;
    assert_eq!(refused(&book, &to_other), RestructureRefusal::OtherAccounting);
    to_other.details = Some(RestructureDetails {
        top_up: of("0"),
        interest_write_off: of("13.39"),
        fees_write_off: of("34.69"),
        ..RestructureDetails::default()
    });
    decided(&book, &to_other).expect("only principal is carried over");
}

#[test]
fn a_loan_is_restructured_once_and_stays_so() {
    let mut book = owing();
    let repaid = book.repay("10").expect("it is owed")[0].id;
    let again = refinancing(&book, None);
    let done = decided(&book, &again).expect("it is active");
    book.loan = Some(done.closed.loan);
    book.entries.extend(done.closed.entries);
    assert_eq!(refused(&book, &again), RestructureRefusal::Refinanced);
    for command in [
        LoanCommand::UndoClose { notes: None },
        LoanCommand::Reverse(Reverse {
            kind: ReversalKind::Repayment,
            original: repaid,
            account_no: None,
            notes: None,
        }),
    ] {
        book.command(&command).expect_err("what was carried over stands in another log");
    }
    let undo = LoanCommand::UndoDisbursement { named: None, notes: None };
    let new = done.opened.loan;
    let accounts = Accounts { loan: Some(&new), history: Some(&done.opened.entries) };
    let refusal = book.in_context(&ids(&book), |context| decide(accounts, &undo, context).err());
    assert_eq!(refusal, Some(Refusal::Restructure(RestructureRefusal::Refinanced)));
}

#[test]
fn only_an_active_loan_that_is_not_revolving_is_restructured() {
    let mut book = TestBook::new(product(), date(2012, 6, 28));
    book.create("950").expect("within the product");
    let plain = asked(&book, RestructureKind::Reschedule, None);
    assert!(matches!(decided(&book, &plain), Err(Refusal::WrongState { .. })));
    let mut book = owing();
    book.loan.as_mut().expect("a loan").terms.product_type = ProductType::RevolvingCredit;
    assert_eq!(refused(&book, &plain), RestructureRefusal::RevolvingCredit);
    let book = owing().with_permissions(&[Permission::RefinanceLoanAccount]);
    assert!(matches!(decided(&book, &plain), Err(Refusal::NotPermitted { .. })));
}

#[test]
fn a_fee_of_the_product_is_kept_only_from_what_is_lent_on_top() {
    use loam_book::product::charges::{FeeCalculation, FeeTrigger, ProductFee};
    let fee = |minor: i64| ProductFee {
        key: Key::entity(loam_book::ids::Part::new(0), 0, 50),
        name: "Opening".into(),
        trigger: FeeTrigger::Disbursement,
        calculation: FeeCalculation::Flat,
        amount: Some(cents(minor)),
        percentage: None,
        is_required: true,
        is_active: true,
        amortization: Default::default(),
    };
    let with = |minor: i64| {
        let mut book = owing();
        let mut charging = product();
        charging.charges.fees = vec![fee(minor)];
        book.catalog = loam_book::catalog::Catalog::new(2, vec![Record::Product(Box::new(charging))]);
        let done = decided(&book, &refinancing(&book, None));
        done.map(|done| {
            assert_proved(&book, &done);
            moved(&done.opened.transfers, GlAccount::FundSource)
        })
    };
    assert_eq!(with(50_00).ok(), Some(Amount::ZERO), "all that is lent on top is kept");
    let refused = with(50_01);
    assert!(
        matches!(refused, Err(Refusal::Restructure(RestructureRefusal::FeeExceedsTopUp { .. }))),
        "{refused:?}"
    );
}

/// A book that also offers a product of this kind.
fn offering(kind: Product) -> (TestBook, Key) {
    let mut book = owing();
    let key = Key::entity(loam_book::ids::Part::new(0), 0, 8);
    let other = Product { key, id: "OTHER".into(), ..kind };
    assert_eq!(other.contradiction(), None);
    let records = [product(), other].map(|product| Record::Product(Box::new(product)));
    book.catalog = loam_book::catalog::Catalog::new(2, records.to_vec());
    (book, key)
}

fn tranched() -> Product {
    Product { product_type: ProductType::TranchedLoan, max_tranches: Some(3), ..crate::dynamic::dynamic() }
}

fn tranche(amount: &str) -> TrancheFigure {
    TrancheFigure { key: None, amount: StatedAmount(amount.into()), expected_on: None }
}

/// The new loan goes on alone.
fn go_on(mut book: TestBook, done: Restructured) -> TestBook {
    assert_proved(&book, &done);
    book.next_transaction = 1_000;
    book.transactions.clone_from(&done.opened.transactions);
    book.transfers.clone_from(&done.opened.transfers);
    book.entries = done.opened.entries;
    book.loan = Some(done.opened.loan);
    book
}

#[test]
fn a_tranched_loan_takes_over_with_its_first_tranche_and_is_paid_out_further() {
    let (book, key) = offering(tranched());
    let mut into = refinancing(&book, Some("578.08"));
    into.new.product = key;
    into.new.figures.tranches = Some(vec![tranche("540"), tranche("38.08")]);
    let done = decided(&book, &into).expect("528.08 are carried over with the first tranche");
    assert_eq!(done.opened.loan.servicing.outstanding.principal, cents(540_00));
    let both = [done.closed.transfers.clone(), done.opened.transfers.clone()].concat();
    assert_eq!(moved(&both, GlAccount::Restructuring), Amount::ZERO);
    assert_eq!(moved(&both, GlAccount::FundSource), cents(-11_92), "what is lent on top so far");
    let mut book = go_on(book, done);
    book.command(&LoanCommand::Disburse(Disburse::default())).expect("a tranche is left");
    assert_eq!(book.outstanding().principal, cents(578_08));
    book.command(&LoanCommand::UndoDisbursement { named: None, notes: None }).expect("nothing rests on it");
    assert_eq!(book.outstanding().principal, cents(540_00));
    let first = book.command(&LoanCommand::UndoDisbursement { named: None, notes: None });
    assert_eq!(first, Err(Refusal::Restructure(RestructureRefusal::Refinanced)));
    assert_eq!(book.findings(), []);
}

#[test]
fn tranches_of_a_loan_that_took_over_are_named_once_and_begin_with_what_is_carried_over() {
    let (book, key) = offering(tranched());
    let mut into = refinancing(&book, Some("578.08"));
    into.new.product = key;
    into.new.figures.tranches = Some(vec![tranche("528.07"), tranche("50.01")]);
    let small =
        RestructureRefusal::FirstTrancheTooSmall { value: "528.07".into(), carried_over: "528.08".into() };
    assert_eq!(refused(&book, &into), small);
    into.new.figures.tranches = Some(vec![tranche("528.08"), tranche("49.99")]);
    let less = decided(&book, &into);
    assert!(matches!(less, Err(Refusal::Tranches(TrancheRefusal::NotLoanAmount { .. }))), "{less:?}");
    into.new.figures.tranches = None;
    let done = decided(&book, &into).expect("one tranche of all of it");
    assert_eq!(done.opened.loan.servicing.course.tranches.len(), 1);
    assert_eq!(done.opened.loan.servicing.outstanding.principal, cents(578_08));
    let mut book = go_on(book, done);
    let figures = LoanFigures { tranches: Some(vec![tranche("578.08")]), ..LoanFigures::default() };
    let changed = book.command(&LoanCommand::Edit(Box::new(LoanEdit { figures, ..LoanEdit::default() })));
    assert_eq!(changed, Err(Refusal::Restructure(RestructureRefusal::TranchesStay)));

    // Rescheduling lends nothing on top, so there is nothing for a further tranche.
    let (book, key) = offering(tranched());
    let mut into = asked(&book, RestructureKind::Reschedule, None);
    into.new.product = key;
    into.new.figures.tranches = Some(vec![tranche("500"), tranche("48.08")]);
    assert!(matches!(refused(&book, &into), RestructureRefusal::FirstTrancheTooSmall { .. }));
    into.new.figures.tranches = Some(vec![tranche("548.08")]);
    let done = decided(&book, &into).expect("all of it is carried over");
    assert_proved(&book, &done);
}

#[test]
fn nothing_is_restructured_into_a_credit_and_no_plain_loan_takes_tranches() {
    let (book, key) = offering(crate::revolving::credit(crate::revolving::flat()));
    let mut into = asked(&book, RestructureKind::Reschedule, None);
    into.new.product = key;
    into.new.figures.installments = None;
    assert_eq!(refused(&book, &into), RestructureRefusal::IntoRevolvingCredit);
    let mut plain = asked(&book, RestructureKind::Reschedule, None);
    plain.new.figures.tranches = Some(vec![tranche("548.08")]);
    let tranches = decided(&book, &plain);
    assert!(matches!(tranches, Err(Refusal::Tranches(TrancheRefusal::NotAllowed))), "{tranches:?}");
}

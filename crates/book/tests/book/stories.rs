//! Lives of loans, told step by step.

use jiff::civil::date;
use loam_book::actor::Permission;
use loam_book::loan::as_of::{View, as_of};
use loam_book::loan::command::{Disburse, LoanCommand, LoanEdit, LoanFigures};
use loam_book::loan::refusal::Refusal;
use loam_book::loan::transaction::TransactionKind;
use loam_book::loan::{Closure, LoanState};
use loam_book::product::{InterestApplication, PrepaymentAcceptance};
use loam_calc::allocation::Components;
use loam_calc::money::Amount;

use crate::auditor::Auditor;
use crate::support::{TestBook, cents, product, sample_loan};

fn kinds(transactions: &[loam_book::loan::transaction::LoanTransaction]) -> Vec<TransactionKind> {
    transactions.iter().map(|transaction| transaction.kind).collect()
}

fn is_closed_as(book: &TestBook, expected: Closure) -> bool {
    matches!(&book.loan().servicing.state, LoanState::Closed { closure, .. } if *closure == expected)
}

#[test]
fn the_sample_account_has_the_interest_of_the_contract() {
    let book = sample_loan();
    let rows = &book.loan().servicing.installments;
    let figures: Vec<_> =
        rows.iter().map(|row| (row.expected.principal.minor(), row.expected.interest.minor())).collect();
    assert_eq!(figures[..2], [(190_00, 25_45), (190_00, 26_29)]);
    assert_eq!(rows[0].due_date, date(2012, 7, 28));
    assert_eq!(book.outstanding(), Components { principal: cents(950_00), ..Components::default() });
}

#[test]
fn interest_is_applied_on_the_due_date_and_not_before() {
    let mut book = sample_loan();
    book.move_to(date(2012, 7, 27));
    assert_eq!(book.outstanding().interest, Amount::ZERO);
    book.move_to(date(2012, 7, 28));
    assert_eq!(book.outstanding().interest, cents(25_45));
    assert_eq!(book.loan().due_by(date(2012, 7, 28)).total(), cents(215_45));
}

#[test]
fn an_unpaid_installment_puts_the_loan_in_arrears_and_paying_it_brings_it_back() {
    let mut book = sample_loan();
    book.move_to(date(2012, 7, 29));
    assert_eq!(book.loan().servicing.late_since, Some(date(2012, 7, 28)));
    assert_eq!(book.loan().servicing.arrears_since, Some(date(2012, 7, 29)));
    assert_eq!(book.loan().days_late(book.business_date), 1);
    book.repay("215.45").expect("it is due");
    assert_eq!((book.loan().servicing.late_since, book.loan().servicing.arrears_since), (None, None));
    assert_eq!(book.loan().servicing.last_set_to_arrears_on, Some(date(2012, 7, 29)));
}

#[test]
fn the_tolerance_delays_arrears_but_not_lateness() {
    let mut tolerant = product();
    tolerant.arrears_tolerance_days.default = Some(3);
    let mut book = TestBook::active_loan(tolerant, "950", date(2012, 6, 28));
    book.move_to(date(2012, 7, 31));
    assert_eq!((book.loan().days_late(book.business_date), book.loan().servicing.arrears_since), (3, None));
    book.move_to(date(2012, 8, 1));
    assert_eq!(book.loan().servicing.arrears_since, Some(date(2012, 8, 1)));
    assert_eq!(book.loan().days_in_arrears(book.business_date), 1);
}

#[test]
fn the_last_repayment_closes_the_loan() {
    let mut book = sample_loan();
    for due in
        [date(2012, 7, 28), date(2012, 8, 28), date(2012, 9, 28), date(2012, 10, 28), date(2012, 11, 28)]
    {
        book.move_to(due);
        let amount = book.loan().due_by(due).total().to_fixed_text(book.loan().terms.currency);
        book.repay(&amount).expect("it is due");
    }
    assert!(is_closed_as(&book, Closure::Repaid));
    assert!(book.outstanding().is_zero());
    assert_eq!(book.findings(), []);
}

#[test]
fn interest_paid_before_its_due_date_is_applied_first() {
    let mut book = sample_loan();
    let transactions = book.repay("215.45").expect("prepayments are accepted");
    assert_eq!(kinds(&transactions), [TransactionKind::InterestApplied, TransactionKind::Repayment]);
    assert_eq!(book.outstanding(), Components { principal: cents(760_00), ..Components::default() });
    book.move_to(date(2012, 7, 28));
    assert_eq!(book.outstanding().interest, Amount::ZERO, "it is not applied twice");
}

#[test]
fn more_than_everything_is_refused() {
    let mut book = sample_loan();
    assert!(matches!(book.repay("5000"), Err(Refusal::ExcessRepayment { .. })));
    assert_eq!(book.entries.len(), 3, "a refusal writes nothing");
}

#[test]
fn a_product_without_prepayments_takes_what_is_due() {
    let mut strict = product();
    strict.prepayment = PrepaymentAcceptance::NoPrepayments;
    let mut book = TestBook::active_loan(strict, "950", date(2012, 6, 28));
    assert!(matches!(book.repay("10"), Err(Refusal::PrepaymentNotAllowed { .. })));
    book.move_to(date(2012, 7, 28));
    book.repay("215.45").expect("it is due");
}

#[test]
fn a_back_dated_repayment_takes_its_place_and_later_ones_are_posted_again() {
    let mut book = sample_loan();
    book.move_to(date(2012, 8, 10));
    let later = book.repay("100").expect("it is due")[0].clone();
    assert_eq!(
        later.split,
        Components { principal: cents(74_55), interest: cents(25_45), ..Components::default() }
    );

    let transactions = book.repay_on("50", Some(date(2012, 7, 30))).expect("the actor may correct in bulk");
    assert_eq!(
        kinds(&transactions),
        [TransactionKind::RepaymentReversal, TransactionKind::Repayment, TransactionKind::Repayment]
    );
    let numbers: Vec<i64> = transactions.iter().map(|row| row.id - later.id).collect();
    assert_eq!(numbers, [1, 2, 3], "what is taken back comes before what is posted again");
    assert_eq!(transactions[0].principal_balance, cents(950_00), "as if it had never been paid");
    assert_eq!(transactions[1].split.interest, cents(25_45), "the earlier one pays the interest now");
    assert_eq!(transactions[2].split.principal, cents(100_00));
    assert_eq!(
        transactions[2].principal_balance,
        book.outstanding().principal,
        "the newest shows what is owed"
    );
    assert_eq!(transactions[2].value_date, date(2012, 8, 10), "the value date stays");
    let served = book.transactions.iter().find(|t| t.id == later.id).expect("it was served");
    assert_eq!((served.split, served.amount), (later.split, later.amount), "served figures stay");
    assert_eq!(served.reversed_by, Some(transactions[0].id));
    assert_eq!(book.findings(), []);
}

#[test]
fn without_the_permission_an_earlier_repayment_is_refused() {
    let permissions = [
        Permission::EnterRepayment,
        Permission::BackdateLoanTransactions,
        Permission::CreateLoanAccount,
        Permission::ApproveLoans,
        Permission::DisburseLoans,
    ];
    let mut book = TestBook::new(product(), date(2012, 6, 28)).with_permissions(&permissions);
    book.create("950").expect("within the product");
    book.command(&LoanCommand::Approve { notes: None }).expect("pending");
    book.command(&LoanCommand::Disburse(Disburse::default())).expect("approved");
    book.move_to(date(2012, 8, 10));
    let repaid = book.repay("100").expect("it is due");
    let refused = book.repay_on("50", Some(date(2012, 7, 30)));
    let transaction_id = repaid[0].id;
    assert!(
        matches!(refused, Err(Refusal::BeforeOtherTransaction { transaction_id: named, .. }) if named == transaction_id),
        "{refused:?}"
    );
}

#[test]
fn reversing_the_last_repayment_gives_everything_back() {
    let mut book = sample_loan();
    book.move_to(date(2012, 7, 28));
    let before = book.loan().servicing.clone();
    let repaid = book.repay("215.45").expect("it is due");
    let reversal = book.reverse(repaid[0].id).expect("it is the last one");
    assert_eq!(kinds(&reversal), [TransactionKind::RepaymentReversal]);
    assert_eq!(reversal[0].amount, cents(-215_45));
    assert_eq!(reversal[0].reverses, Some(repaid[0].id));
    assert_eq!(book.loan().servicing, before);
    assert!(matches!(book.reverse(repaid[0].id), Err(Refusal::AlreadyReversed { .. })));
    assert_eq!(book.findings(), []);
}

#[test]
fn reversing_an_older_repayment_posts_the_later_ones_again() {
    let mut book = sample_loan();
    book.move_to(date(2012, 7, 28));
    let first = book.repay("25.45").expect("it is due")[0].clone();
    book.move_to(date(2012, 8, 28));
    let second = book.repay("190").expect("it is due")[0].clone();
    assert_eq!(second.split.principal, cents(190_00));
    book.reverse(first.id).expect("the actor may correct in bulk");
    let again =
        book.transactions.iter().rfind(|t| t.kind == TransactionKind::Repayment).expect("posted again");
    assert_eq!((again.split.interest, again.split.principal), (cents(25_45), cents(164_55)));
    assert_eq!(again.value_date, date(2012, 8, 28));
    assert_eq!(book.findings(), []);
}

#[test]
fn reversing_the_repayment_that_closed_a_loan_opens_it() {
    let mut book = sample_loan();
    let total: Amount = book.loan().servicing.installments.iter().map(|row| row.unpaid().total()).sum();
    let repaid =
        book.repay(&total.to_fixed_text(book.loan().terms.currency)).expect("prepayments are accepted");
    assert!(is_closed_as(&book, Closure::Repaid));
    book.reverse(repaid.last().expect("a repayment").id).expect("it is the last one");
    assert!(book.loan().servicing.state.is_active());
    assert_eq!(book.outstanding().interest, Amount::ZERO, "interest applied for it goes with it");
    assert_eq!(book.loan().servicing.last_interest_applied_on, None);
    assert_eq!(book.findings(), []);
}

#[test]
fn a_back_dated_repayment_takes_arrears_away_that_never_were() {
    let mut book = sample_loan();
    book.move_to(date(2012, 8, 5));
    assert!(book.loan().servicing.arrears_since.is_some());
    book.repay_on("215.45", Some(date(2012, 7, 28))).expect("only derived steps follow");
    assert_eq!(book.loan().servicing.arrears_since, None);
    assert_eq!(book.loan().servicing.last_set_to_arrears_on, None);
    assert_eq!(book.findings(), []);
}

#[test]
fn a_written_off_loan_owes_nothing_and_undoing_brings_it_back() {
    let mut book = sample_loan();
    book.move_to(date(2012, 9, 1));
    let before = book.outstanding();
    let written_off = book.command(&LoanCommand::WriteOff { notes: None }).expect("it is active");
    assert_eq!(written_off[0].split, before);
    assert!(is_closed_as(&book, Closure::WrittenOff) && book.outstanding().is_zero());
    assert!(
        book.loan().due_by(book.business_date).is_zero() && book.loan().days_late(book.business_date) == 0
    );
    assert_eq!(book.findings(), []);
    book.move_to(date(2012, 9, 29));
    let undone =
        book.command(&LoanCommand::UndoWriteOff { named: None, notes: None }).expect("it was written off");
    assert!(kinds(&undone).contains(&TransactionKind::WriteOffReversal));
    assert_eq!(book.outstanding().principal, before.principal);
    assert!(book.outstanding().interest > before.interest, "interest that fell due meanwhile is applied");
    assert_eq!(book.findings(), []);
}

#[test]
fn undoing_a_disbursement_returns_to_approval_and_takes_derived_steps_along() {
    let mut book = sample_loan();
    book.move_to(date(2012, 7, 30));
    let undone = book
        .command(&LoanCommand::UndoDisbursement { named: None, notes: None })
        .expect("only derived steps follow");
    assert!(kinds(&undone).contains(&TransactionKind::DisbursementReversal));
    assert!(matches!(book.loan().servicing.state, LoanState::Approved { .. }));
    assert!(book.loan().servicing.installments.is_empty() && book.outstanding().is_zero());
    assert_eq!(book.findings(), []);
    assert_eq!(book.command(&LoanCommand::Delete), Err(Refusal::HasTransactions), "it was paid out once");
    book.command(&LoanCommand::Disburse(Disburse::default())).expect("it is approved again");
    assert_eq!(book.outstanding().principal, cents(950_00));
    assert_eq!(book.findings(), []);
}

#[test]
fn a_disbursement_with_a_repayment_after_it_stays() {
    let mut book = sample_loan();
    book.repay("10").expect("prepayments are accepted");
    let refused = book.command(&LoanCommand::UndoDisbursement { named: None, notes: None });
    assert!(matches!(refused, Err(Refusal::LaterTransactionExists { .. })), "{refused:?}");
}

#[test]
fn a_fee_belongs_to_its_installment_and_is_paid_first() {
    let mut book = sample_loan();
    book.charge("12.50", 1).expect("the product allows arbitrary fees");
    let repaid = book.repay("20").expect("it is owed").last().expect("a repayment").clone();
    assert_eq!(repaid.split.fees, cents(12_50));
    assert_eq!(repaid.split.interest, cents(7_50));
    assert!(matches!(book.charge("1", 9), Err(Refusal::UnknownInstallment { number: 9 })));
    assert_eq!(book.findings(), []);
}

#[test]
fn a_locked_loan_gets_its_interest_when_it_is_unlocked() {
    let mut book = sample_loan();
    let locked = book.command(&LoanCommand::Lock { notes: None }).expect("it is active");
    assert_eq!(locked.len(), 3);
    book.move_to(date(2012, 7, 30));
    assert_eq!(book.outstanding().interest, Amount::ZERO);
    book.command(&LoanCommand::Unlock { notes: None }).expect("it is locked");
    assert_eq!(book.outstanding().interest, cents(25_45));
    assert_eq!(book.loan().servicing.last_interest_applied_on, Some(date(2012, 7, 30)));
    assert_eq!(book.findings(), []);
}

#[test]
fn a_product_may_apply_all_interest_on_disbursement() {
    let mut upfront = product();
    upfront.interest_application = InterestApplication::OnDisbursement;
    let mut book = TestBook::active_loan(upfront, "950", date(2012, 6, 28));
    let all: Amount = book.loan().servicing.installments.iter().map(|row| row.expected.interest).sum();
    assert_eq!(book.outstanding().interest, all);
    book.move_to(date(2012, 9, 28));
    assert_eq!(book.outstanding().interest, all, "nothing is applied twice");
    assert_eq!(book.findings(), []);
}

#[test]
fn a_back_dated_disbursement_derives_what_followed() {
    let mut book = TestBook::new(product(), date(2012, 9, 1));
    book.create("950").expect("within the product");
    book.command(&LoanCommand::Approve { notes: None }).expect("pending");
    let disburse = Disburse { value_date: Some(date(2012, 6, 28)), ..Disburse::default() };
    book.command(&LoanCommand::Disburse(disburse)).expect("approved");
    assert_eq!(book.outstanding().interest, cents(25_45 + 26_29));
    assert_eq!(book.loan().servicing.late_since, Some(date(2012, 7, 28)));
    assert_eq!(book.findings(), []);
}

#[test]
fn undos_return_to_the_state_before() {
    let mut book = TestBook::new(product(), date(2012, 6, 28));
    book.create("950").expect("within the product");
    for (there, back) in [
        (LoanCommand::Reject { notes: None }, LoanCommand::UndoReject { notes: None }),
        (LoanCommand::Withdraw { notes: None }, LoanCommand::UndoWithdraw { notes: None }),
        (LoanCommand::Approve { notes: None }, LoanCommand::UndoApproval { notes: None }),
    ] {
        book.command(&there).expect("it is pending");
        assert!(matches!(book.command(&there), Err(Refusal::WrongState { .. })), "{there:?} twice");
        book.command(&back).expect("it can be undone");
        assert_eq!(book.loan().servicing.state, LoanState::PendingApproval);
    }
    book.command(&LoanCommand::Delete).expect("it was never paid out");
    assert!(is_closed_as(&book, Closure::Deleted));
}

#[test]
fn the_book_answers_as_of_a_day_and_as_known_on_a_day() {
    let mut book = sample_loan();
    book.move_to(date(2012, 7, 30));
    book.move_to(date(2012, 8, 10));
    book.repay_on("215.45", Some(date(2012, 7, 28))).expect("only derived steps follow");
    let on = |as_of_day, known_on| {
        as_of(&book.entries, View { as_of: as_of_day, known_on }).expect("it was in the book")
    };

    let before_it_was_known = on(date(2012, 7, 30), date(2012, 8, 9));
    assert!(before_it_was_known.servicing.late_since.is_some());
    let as_we_know_now = on(date(2012, 7, 30), date(2012, 8, 10));
    assert_eq!(as_we_know_now.servicing.late_since, None);
    assert_eq!(as_we_know_now.servicing.outstanding.principal, cents(760_00));
    let before_the_due_date = on(date(2012, 7, 27), date(2012, 8, 10));
    assert_eq!(before_the_due_date.servicing.outstanding.principal, cents(950_00));
    assert!(as_of(&book.entries, View { as_of: date(2012, 6, 27), known_on: date(2012, 8, 10) }).is_none());
}

#[test]
fn the_auditor_agrees_on_every_day_and_as_known_on_every_day() {
    let mut book = sample_loan();
    book.move_to(date(2012, 8, 10));
    book.repay("100").expect("due");
    book.repay_on("50", Some(date(2012, 7, 30))).expect("corrected in bulk");
    book.move_to(date(2012, 9, 3));
    book.charge("7", 4).expect("allowed");
    for known_on in [date(2012, 7, 1), date(2012, 8, 10), date(2012, 9, 3)] {
        for day in
            [date(2012, 6, 28), date(2012, 7, 29), date(2012, 7, 30), date(2012, 8, 28), date(2012, 9, 3)]
        {
            let auditor = Auditor::read(&book.transfers, day, known_on);
            assert!(auditor.is_balanced());
            let loan = as_of(&book.entries, View { as_of: day, known_on }).expect("it was in the book");
            assert_eq!(auditor.outstanding(), loan.servicing.outstanding, "as of {day}, known on {known_on}");
        }
    }
}

#[test]
fn nothing_is_booked_into_a_closed_period() {
    let mut book = sample_loan();
    book.move_to(date(2012, 8, 10));
    book.closed_through = Some(date(2012, 7, 31));
    assert!(matches!(book.repay_on("10", Some(date(2012, 7, 30))), Err(Refusal::ClosedPeriod { .. })));
    book.repay_on("10", Some(date(2012, 8, 1))).expect("the period is open");
}

#[test]
fn dates_before_the_disbursement_and_after_today_are_refused() {
    let mut book = sample_loan();
    assert!(matches!(book.repay_on("10", Some(date(2012, 6, 27))), Err(Refusal::BeforeDisbursement { .. })));
    assert!(matches!(book.repay_on("10", Some(date(2012, 6, 29))), Err(Refusal::DateInTheFuture { .. })));
}

#[test]
fn a_tolerance_of_millions_of_days_is_refused_and_harms_nobody() {
    let mut boundless = product();
    boundless.arrears_tolerance_days.max = None;
    let mut book = TestBook::active_loan(boundless, "950", date(2012, 6, 28));
    let figures = LoanFigures { arrears_tolerance_days: Some(4_000_000_000), ..LoanFigures::default() };
    let edit = LoanCommand::Edit(Box::new(LoanEdit { figures, ..LoanEdit::default() }));
    assert!(matches!(book.command(&edit), Err(Refusal::InvalidArrearsTolerance { .. })));
}

#[test]
fn a_repayment_of_some_days_ago_is_advanced_to_today() {
    let mut free = product();
    free.interest_rate.default = None;
    free.interest_application = InterestApplication::OnDisbursement;
    let mut book = TestBook::active_loan(free, "950", date(2012, 6, 28));
    book.move_to(date(2012, 7, 29));
    book.business_date = date(2012, 8, 30);
    let due = book.loan().due_by(date(2012, 7, 28)).total().to_fixed_text(book.loan().terms.currency);
    book.repay_on(&due, Some(date(2012, 7, 30))).expect("it is due");
    assert_eq!(book.loan().servicing.late_since, Some(date(2012, 8, 28)), "the second installment is late");
    assert_eq!(book.findings(), []);
}

#[test]
fn an_edit_has_its_place_among_the_days() {
    let mut book = sample_loan();
    book.move_to(date(2012, 7, 10));
    let name = Some("Harvest".to_owned());
    book.command(&LoanCommand::Edit(Box::new(LoanEdit { name, ..LoanEdit::default() })))
        .expect("a name may change");
    book.move_to(date(2012, 7, 12));
    book.repay_on("50", Some(date(2012, 7, 5))).expect("only an edit follows");
    let view = View { as_of: date(2012, 7, 7), known_on: date(2012, 7, 12) };
    let as_known = as_of(&book.entries, view).expect("it was in the book");
    assert_eq!(as_known.servicing.paid.total(), cents(50_00));
    assert_eq!(book.loan().name, "Harvest");
    assert_eq!(book.findings(), []);
}

#[test]
fn a_closing_by_hand_stands_through_a_correction() {
    let mut book = sample_loan();
    let total: Amount = book.loan().servicing.installments.iter().map(|row| row.unpaid().total()).sum();
    let half = book.repay("100").expect("prepayments are accepted").last().expect("a repayment").id;
    let rest = (total - cents(100_00)).to_fixed_text(book.loan().terms.currency);
    book.repay(&rest).expect("the rest");
    book.command(&LoanCommand::UndoClose { notes: None }).expect("it is closed");
    book.command(&LoanCommand::Close { notes: Some("by hand".into()) }).expect("nothing is owed");
    book.reverse(half).expect("corrected in bulk");
    assert!(book.loan().servicing.state.is_active(), "something is owed again");
    assert_eq!(book.findings(), []);
}

#[test]
fn a_locked_loan_is_not_corrected_without_permission() {
    let mut book = sample_loan();
    let repaid = book.repay("100").expect("prepayments are accepted").last().expect("a repayment").id;
    book.command(&LoanCommand::Lock { notes: None }).expect("it is active");
    let allowed = [Permission::ApplyLoanAdjustments, Permission::BulkLoanCorrections];
    let mut book = book.with_permissions(&allowed);
    assert!(matches!(book.reverse(repaid), Err(Refusal::NotPermitted { .. })));
}

#[test]
fn taking_a_lock_back_unlocks_each_of_the_three() {
    let mut book = sample_loan();
    book.move_to(date(2012, 7, 10));
    book.command(&LoanCommand::Lock { notes: None }).expect("it is active");
    book.move_to(date(2012, 7, 12));
    let posted = book.repay_on("50", Some(date(2012, 7, 5))).expect("corrected in bulk");
    let unlocked = posted.iter().filter(|transaction| transaction.reverses.is_some());
    let mut kinds: Vec<TransactionKind> = unlocked.map(|transaction| transaction.kind).collect();
    kinds.sort_by_key(|kind| format!("{kind:?}"));
    let each =
        [TransactionKind::FeeUnlocked, TransactionKind::InterestUnlocked, TransactionKind::PenaltyUnlocked];
    assert_eq!(kinds, each);
    assert_eq!(book.findings(), []);
}

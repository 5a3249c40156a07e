//! Claims of a protection: what is waived, what that costs and whom, and every no.

use jiff::civil::{Date, date};
use loam_book::application::{ProtectType, ProtectWaiver};
use loam_book::journal::GlAccount;
use loam_book::loan::command::{
    ClaimProtection, LoanCommand, LoanFigures, ReversalKind, Reverse, WaiveCharge, WaivedCharge,
};
use loam_book::loan::protection::Protection;
use loam_book::loan::refusal::{MarketRefusal, ProtectRefusal, Refusal, WriteOffRefusal};
use loam_book::loan::transaction::{LoanTransaction, TransactionKind};
use loam_book::loan::{Closure, Installment, LoanState};
use loam_book::organization::TransactionDetails;
use loam_book::product::Rebates;
use loam_book::product::payments::ScheduleEdit;
use loam_book::reporting::repayment_data::InstallmentStatus;
use loam_book::stated::StatedAmount;
use loam_book::vocabulary::Standing;
use loam_calc::allocation::Components;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use loam_calc::schedule::InterestMethod;

use crate::auditor::Auditor;
use crate::dynamic::{agreed, dynamic};
use crate::investors::{approved, balance, losses, pay_out};
use crate::projections::assert_told_well;
use crate::support::{TestBook, cents, figures, product};
use crate::vocabularies::read;

fn protected(protect_type: ProtectType, waiver: ProtectWaiver, most: Option<u32>) -> LoanFigures {
    let protection = Protection {
        protect_type: Some(protect_type),
        waiver,
        fee: Amount::ZERO,
        maximum_installments: most,
        investor_share: Rate::ZERO,
        is_charged: false,
        rebates: Rebates::default(),
    };
    LoanFigures { protection: Some(Box::new(protection)), ..figures("950") }
}

/// The sample loan, 950.00 in five installments of 190.00, of which two investors paid for all. It was paid out on
/// 28 June 2012.
fn funded(figures: LoanFigures) -> TestBook {
    let mut book = approved(product(), figures);
    pay_out(&mut book, None, &[600_00, 350_00]).expect("it is all of it");
    book
}

fn partial(waiver: ProtectWaiver) -> TestBook {
    funded(protected(ProtectType::Partial, waiver, Some(3)))
}

fn of(installments: u32) -> ClaimProtection {
    ClaimProtection { installments: Some(installments), ..ClaimProtection::default() }
}

fn claim(book: &mut TestBook, claim: ClaimProtection) -> Result<Vec<LoanTransaction>, Refusal> {
    book.command(&LoanCommand::ClaimProtection(claim))
}

fn refused(refusal: ProtectRefusal) -> Result<Vec<LoanTransaction>, Refusal> {
    Err(MarketRefusal::from(refusal).into())
}

fn take_back(book: &mut TestBook, original: i64) -> Result<Vec<LoanTransaction>, Refusal> {
    let reverse = Reverse { kind: ReversalKind::Claim, original, account_no: None, notes: None };
    book.command(&LoanCommand::Reverse(reverse))
}

fn row(book: &TestBook, number: usize) -> &Installment {
    &book.loan().servicing.installments[number - 1]
}

fn waived(served: &[LoanTransaction]) -> &LoanTransaction {
    served.iter().find(|row| row.kind == TransactionKind::Waiver).expect("it is served as a waiver")
}

fn is_sound(book: &TestBook) {
    assert_eq!(book.findings(), []);
    let auditor = Auditor::read_fast(&book.transfers);
    assert!(auditor.is_balanced());
    assert_eq!(auditor.outstanding(), book.outstanding());
}

/// An overdue installment of 190.00 and 25.45 and the next one, of which no interest is due.
#[test]
fn waived_installments_ask_for_nothing_and_investors_lose_their_parts() {
    let mut book = partial(ProtectWaiver::PrincipalAndInterest);
    book.move_to(date(2012, 8, 10));
    let (first, second) = (row(&book, 1).expected, row(&book, 2).expected);
    assert!(book.loan().days_late(book.business_date) > 0);
    let served = claim(&mut book, of(2)).expect("two of three");
    let waiver = waived(&served);
    assert_eq!(waiver.split, first + second);
    assert_eq!(waiver.amount, (first + second).total());
    assert_eq!(waiver.principal_balance, cents(570_00));
    let claimed = waiver.details.claim.as_ref().expect("it says so");
    assert_eq!((claimed.claimed, claimed.installments.as_slice()), (ProtectType::Partial, &[1, 2][..]));
    for number in [1, 2] {
        assert!(row(&book, number).is_paid() && row(&book, number).expected.is_zero());
        assert!(row(&book, number).paid.is_zero());
    }
    assert_eq!(book.loan().servicing.waived_of(2), second);
    assert!(book.loan().state().is_active());
    assert_eq!(book.loan().days_late(book.business_date), 0);
    // Interest of the second one never became a balance, and the principal is the investors' loss.
    assert_eq!(-balance(&book, GlAccount::WaiverExpense), first.total() - first.principal);
    assert_eq!(balance(&book, GlAccount::WriteOffExpense), Amount::ZERO);
    assert_eq!(losses(&book), [(0, 240_00), (0, 140_00)]);
    assert_eq!(balance(&book, GlAccount::InvestorFunds), cents(570_00));
    is_sound(&book);

    let id = waiver.id;
    take_back(&mut book, id).expect("nothing followed");
    assert_eq!((row(&book, 1).expected, row(&book, 2).expected), (first, second));
    assert_eq!(losses(&book), [(0, 0), (0, 0)]);
    assert_eq!(balance(&book, GlAccount::WaiverExpense), Amount::ZERO);
    assert_eq!(balance(&book, GlAccount::InvestorFunds), cents(950_00));
    assert!(book.loan().days_late(book.business_date) > 0);
    assert_eq!(take_back(&mut book, id), Err(Refusal::AlreadyReversed { transaction_id: id }));
    is_sound(&book);
}

/// Overdue interest that was spread over the rows that are left does not grow there, and does not come back when such
/// a row is waived.
#[test]
fn interest_that_was_carried_and_waived_is_not_applied_again() {
    let mut kind = product();
    kind.interest_method = InterestMethod::DecliningBalanceDiscounted;
    kind.payment_rules.schedule_edits = vec![ScheduleEdit::AdjustNumberOfInstallments];
    let mut book =
        approved(kind, protected(ProtectType::Partial, ProtectWaiver::PrincipalAndInterest, Some(3)));
    pay_out(&mut book, None, &[950_00]).expect("it is all of it");
    book.move_to(date(2012, 7, 29));
    book.command(&LoanCommand::ReAmortize { notes: None }).expect("one is overdue");
    assert!(row(&book, 2).interest_applied.is_positive());
    claim(&mut book, of(1)).expect("one of three");
    assert!(row(&book, 2).expected.is_zero());
    book.move_to(date(2012, 8, 13));
    let value_date = book.business_date;
    let applied = book.command(&LoanCommand::ApplyInterest { value_date: None, notes: None });
    assert_eq!(applied, Err(Refusal::NoAccruedInterest { value_date }));
    is_sound(&book);
}

#[test]
fn what_the_waiver_does_not_cover_is_still_due() {
    for (waiver, principal_is_left) in
        [(ProtectWaiver::InterestOnly, true), (ProtectWaiver::PrincipalOnly, false)]
    {
        let mut book = partial(waiver);
        book.move_to(date(2012, 7, 28));
        let before = row(&book, 1).expected;
        let served = claim(&mut book, of(1)).expect("one of three");
        let left = row(&book, 1).unpaid();
        if principal_is_left {
            assert_eq!((left.principal, left.interest), (before.principal, Amount::ZERO));
            assert_eq!(losses(&book), [(0, 0), (0, 0)]);
        } else {
            assert_eq!((left.principal, left.interest), (Amount::ZERO, before.interest));
            assert_eq!(losses(&book), [(0, 120_00), (0, 70_00)]);
        }
        assert_eq!(waived(&served).split + left, before);
        // What is left can be paid, and of the interest the investors get their parts.
        book.repay(&crate::support::text(left.total().minor())).expect("it is due");
        assert!(row(&book, 1).is_paid());
        is_sound(&book);
    }
}

#[test]
fn the_other_contracts_see_nothing_due_and_nobody_paying() {
    let mut book = partial(ProtectWaiver::PrincipalAndInterest);
    book.move_to(date(2012, 8, 10));
    assert_eq!(read(&book, |loan| loan.standing()), Standing::Overdue);
    claim(&mut book, of(2)).expect("two of three");
    assert_eq!(read(&book, |loan| loan.standing()), Standing::ClaimRunning);
    let told = read(&book, |loan| loan.repayment_data());
    for row in &told.installment_repayments[..2] {
        assert_eq!((row.amount_due, row.amount_paid), (Amount::ZERO, Some(Amount::ZERO)));
        assert_eq!((row.status, row.date_paid), (InstallmentStatus::FullyPaid, Some(row.due_date)));
    }
    assert_eq!(told.installment_repayments[2].status, InstallmentStatus::NotPaid);
    assert_told_well(&book);
    book.move_to(date(2012, 8, 29));
    assert_eq!(read(&book, |loan| loan.standing()), Standing::Performing, "the claim is over");
    assert_told_well(&book);
}

/// Thirds of a waiver and of repayments come out even: each investor has lost and got what he paid in, to the cent.
#[test]
fn what_was_waived_and_what_was_repaid_are_together_what_investors_paid_in() {
    let mut book =
        approved(product(), protected(ProtectType::Partial, ProtectWaiver::PrincipalAndInterest, None));
    pay_out(&mut book, None, &[316_67, 316_67, 316_66]).expect("it is all of it");
    for (day, repays) in [(28, "215.45"), (29, "100.07"), (30, "11.11")] {
        book.move_to(date(2012, 7, day));
        book.repay(repays).expect("it is owed");
    }
    claim(&mut book, of(2)).expect("the rest of the second and the third");
    while book.loan().state().is_active() {
        let next = book.loan().servicing.installments.iter().find(|row| !row.is_paid()).expect("one is left");
        let left = next.unpaid().total().minor();
        book.repay(&crate::support::text(left)).expect("it is owed");
    }
    let funds = &book.loan().servicing.course.funds;
    assert!(funds.iter().all(|fund| fund.left().is_zero() && fund.lost.is_positive()), "{funds:?}");
    assert_eq!(balance(&book, GlAccount::InvestorFunds), Amount::ZERO);
    is_sound(&book);
}

#[test]
fn a_claim_names_its_installments_by_number_or_by_their_days() {
    let between =
        |from: Option<Date>, until: Option<Date>| ClaimProtection { from, until, ..Default::default() };
    for (wanted, numbers) in [
        (of(1), vec![2]),
        (between(None, Some(date(2012, 9, 30))), vec![2, 3]),
        (between(Some(date(2012, 9, 1)), Some(date(2012, 11, 30))), vec![3, 4, 5]),
        (ClaimProtection { from: Some(date(2012, 9, 28)), ..of(1) }, vec![3]),
    ] {
        let mut book = partial(ProtectWaiver::PrincipalAndInterest);
        book.move_to(date(2012, 7, 28));
        book.repay("215.45").expect("it is due");
        let served = claim(&mut book, wanted).expect("they are not paid");
        assert_eq!(waived(&served).details.claim.as_ref().map(|claim| &claim.installments), Some(&numbers));
        is_sound(&book);
    }
}

#[test]
fn a_claim_of_an_earlier_day_stands_before_what_followed() {
    let mut book = partial(ProtectWaiver::PrincipalAndInterest);
    book.move_to(date(2012, 8, 28));
    book.repay("215.45").expect("the first is overdue");
    let first = row(&book, 1).expected.total();
    let back = ClaimProtection { value_date: Some(date(2012, 8, 1)), ..of(1) };
    let served = claim(&mut book, back).expect("the repayment finds another installment");
    assert_eq!(waived(&served).amount, first);
    assert_eq!(waived(&served).value_date, date(2012, 8, 1));
    assert!(row(&book, 1).expected.is_zero() && !row(&book, 2).paid.is_zero());
    is_sound(&book);
    // Paid on the day of the claim, the installment has nothing left to waive.
    let again = book.repay_on("215.45", Some(date(2012, 7, 28)));
    assert_eq!(again.map(|_| ()), Err(MarketRefusal::from(ProtectRefusal::NothingToWaive).into()));
}

#[test]
fn a_full_claim_gives_the_loan_up_and_takes_that_back() {
    let mut book = funded(protected(ProtectType::Full, ProtectWaiver::PrincipalAndInterest, Some(1)));
    book.move_to(date(2012, 7, 28));
    book.repay("215.45").expect("it is due");
    let served = claim(&mut book, ClaimProtection::default()).expect("at any time");
    let written_off =
        served.iter().find(|row| row.kind == TransactionKind::WriteOff).expect("it is given up");
    let claimed = written_off.details.claim.as_ref().expect("by a claim");
    assert_eq!((claimed.claimed, claimed.installments.as_slice()), (ProtectType::Full, &[2, 3, 4, 5][..]));
    assert!(matches!(book.loan().state(), LoanState::Closed { closure: Closure::WrittenOff, .. }));
    assert_eq!(losses(&book), [(120_00, 480_00), (70_00, 280_00)]);
    assert_eq!(balance(&book, GlAccount::InvestorFunds), Amount::ZERO);
    is_sound(&book);
    let id = written_off.id;
    take_back(&mut book, id).expect("nothing followed");
    assert!(book.loan().state().is_active());
    assert_eq!(losses(&book), [(120_00, 0), (70_00, 0)]);
    is_sound(&book);
    // A full protection covers missed installments too.
    let partial = ClaimProtection { claimed: Some(ProtectType::Partial), ..of(1) };
    claim(&mut book, partial).expect("one of one");
    is_sound(&book);
}

#[test]
fn a_full_claim_does_not_stand_before_a_charge_that_was_waived() {
    let mut book = funded(protected(ProtectType::Full, ProtectWaiver::PrincipalAndInterest, None));
    book.move_to(date(2012, 7, 10));
    book.charge("5", 1).expect("a fee");
    book.move_to(date(2012, 7, 20));
    let waiver = WaiveCharge {
        charge: WaivedCharge::Fees,
        amount: StatedAmount("5".into()),
        value_date: None,
        installment: None,
        details: TransactionDetails::default(),
    };
    let waived = book.command(&LoanCommand::WaiveCharge(waiver)).expect("it is owed");
    // Given up on the 15th, the loan has no fee on the 20th that could be waived.
    let back = ClaimProtection { value_date: Some(date(2012, 7, 15)), ..ClaimProtection::default() };
    let (command, state) = ("waive a charge", "written off");
    assert_eq!(claim(&mut book, back.clone()).map(|_| ()), Err(Refusal::WrongState { command, state }));
    is_sound(&book);
    let id = waived.iter().find(|row| row.kind == TransactionKind::FeesReduced).expect("it is served").id;
    let kind = ReversalKind::FeeReduction;
    let reverse = Reverse { kind, original: id, account_no: None, notes: None };
    book.command(&LoanCommand::Reverse(reverse)).expect("nothing followed");
    claim(&mut book, back).expect("the fee is given up with the rest");
    assert_eq!(book.outstanding(), Components::ZERO);
    is_sound(&book);
}

#[test]
fn a_claim_that_the_protection_does_not_cover_is_refused() {
    let mut book = partial(ProtectWaiver::PrincipalAndInterest);
    let full = ClaimProtection { claimed: Some(ProtectType::Full), ..ClaimProtection::default() };
    assert_eq!(claim(&mut book, full), refused(ProtectRefusal::NotFull));
    assert_eq!(
        claim(&mut book, ClaimProtection::default()),
        Err(Refusal::MissingField { field: "numberOfInstallments" })
    );
    assert_eq!(claim(&mut book, of(0)), refused(ProtectRefusal::NoInstallments));
    let (claimed, left) = (6, 5);
    assert_eq!(claim(&mut book, of(6)), refused(ProtectRefusal::TooFewInstallments { claimed, left }));
    let (claimed, before, most) = (4, 0, 3);
    let too_many = refused(ProtectRefusal::TooManyInstallments { claimed, before, most });
    assert_eq!(claim(&mut book, of(4)), too_many);
    let (from, until) = (date(2012, 9, 1), date(2012, 8, 1));
    let reverse = ClaimProtection { from: Some(from), until: Some(until), ..ClaimProtection::default() };
    assert_eq!(claim(&mut book, reverse), refused(ProtectRefusal::DaysInReverse { from, until }));
    book.move_to(date(2012, 7, 28));
    book.repay("215.45").expect("it is due");
    let paid = ClaimProtection { until: Some(date(2012, 7, 28)), ..ClaimProtection::default() };
    assert_eq!(claim(&mut book, paid.clone()), refused(ProtectRefusal::NothingToWaive));
    claim(&mut book, of(2)).expect("two of three");
    let (claimed, before) = (2, 2);
    let too_many = refused(ProtectRefusal::TooManyInstallments { claimed, before, most });
    assert_eq!(claim(&mut book, of(2)), too_many);
    claim(&mut book, of(1)).expect("the third of three");
    let ahead = ClaimProtection { value_date: Some(date(2012, 7, 29)), ..of(1) };
    assert!(matches!(claim(&mut book, ahead), Err(Refusal::DateInTheFuture { .. })));
}

#[test]
fn a_loan_without_a_protection_or_of_another_kind_cannot_be_claimed() {
    let mut book = funded(figures("950"));
    assert_eq!(claim(&mut book, of(1)), refused(ProtectRefusal::NotProtected));
    let mut book = approved(product(), protected(ProtectType::Full, ProtectWaiver::InterestOnly, None));
    let state = "approved";
    let expected = Err(Refusal::WrongState { command: "claim the protection", state });
    assert_eq!(claim(&mut book, of(1)), expected);
    pay_out(&mut book, None, &[950_00]).expect("it is all of it");
    let named = ClaimProtection { claimed: Some(ProtectType::Full), ..of(1) };
    assert_eq!(claim(&mut book, named), refused(ProtectRefusal::NamesInstallments));

    let protection = protected(ProtectType::Full, ProtectWaiver::InterestOnly, None).protection;
    let mut book = approved(dynamic(), LoanFigures { protection, ..agreed("1000", "12", 5) });
    pay_out(&mut book, None, &[1_000_00]).expect("it is all of it");
    let partial = ClaimProtection { claimed: Some(ProtectType::Partial), ..of(1) };
    let what = "interest that follows what is outstanding";
    assert_eq!(claim(&mut book, partial), refused(ProtectRefusal::NotForLoan { what }));
    claim(&mut book, ClaimProtection::default()).expect("all of it can be given up");
    is_sound(&book);
}

#[test]
fn a_loan_of_which_nothing_is_left_is_not_claimed() {
    let mut book = funded(protected(ProtectType::Full, ProtectWaiver::PrincipalAndInterest, None));
    let all = ClaimProtection { claimed: Some(ProtectType::Partial), ..of(5) };
    let served = claim(&mut book, all).expect("all five");
    assert!(matches!(book.loan().state(), LoanState::Closed { closure: Closure::Repaid, .. }));
    is_sound(&book);
    book.command(&LoanCommand::UndoClose { notes: None }).expect("it is closed");
    let nothing = Err(Refusal::WriteOff(WriteOffRefusal::NothingLeft));
    assert_eq!(claim(&mut book, ClaimProtection::default()), nothing);
    let id = waived(&served).id;
    take_back(&mut book, id).expect("only the closing followed");
    assert!(book.loan().state().is_active());
    assert_eq!(losses(&book), [(0, 0), (0, 0)]);
    is_sound(&book);
}

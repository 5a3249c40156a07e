//! The premium of a protection: the investors' share of it when a loan is paid out, and the rebate when it ends early.

use jiff::civil::date;
use loam_book::application::{ProtectType, ProtectWaiver};
use loam_book::journal::GlAccount;
use loam_book::loan::command::{ClaimProtection, LoanCommand, LoanFigures, ReversalKind, Reverse};
use loam_book::loan::protection::Protection;
use loam_book::loan::refusal::ChargeRefusal;
use loam_book::loan::transaction::TransactionKind;
use loam_book::organization::InvestingKind;
use loam_book::product::Rebates;
use loam_calc::allocation::Components;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;

use crate::investors::{account, approved, balance, pay_out, settled};
use crate::refinances;
use crate::support::{TestBook, cents, figures, product, text};

const NONE: Rebates =
    Rebates { at_write_off: false, at_refinance: false, at_payoff: false, ignores_waivers: false };

/// Half of a premium of 30.01 is the investors'.
fn protection(rebates: Rebates) -> Protection {
    Protection {
        protect_type: Some(ProtectType::Full),
        waiver: ProtectWaiver::PrincipalAndInterest,
        fee: cents(30_01),
        maximum_installments: None,
        investor_share: Rate::from_ratio(1, 2),
        is_charged: false,
        rebates,
    }
}

/// The sample loan of 950.00 in five installments, which two investors pay for on 28 June 2012.
fn waiting(protection: Protection) -> TestBook {
    approved(product(), LoanFigures { protection: Some(Box::new(protection)), ..figures("950") })
}

fn funded(rebates: Rebates) -> TestBook {
    let mut book = waiting(protection(rebates));
    pay_out(&mut book, None, &[600_00, 350_00]).expect("it is all of it");
    book
}

/// What each investor got at the beginning and as a rebate, in cents.
fn premiums(book: &TestBook) -> Vec<(i64, i64)> {
    let funds = book.loan().servicing.course.funds.iter();
    funds.map(|fund| (fund.premium.minor(), fund.rebated.minor())).collect()
}

/// The expense is what the investors have got, and everything else holds.
fn is_sound(book: &TestBook) {
    let got: i64 = premiums(book).iter().map(|(premium, rebated)| premium + rebated).sum();
    assert_eq!(-balance(book, GlAccount::ProtectFeeExpense), cents(got));
    assert_eq!(book.findings(), []);
}

fn pay_off(book: &mut TestBook) -> i64 {
    let owed = book.loan().payoff_on(book.business_date).total().minor();
    let served = book.repay(&text(owed)).expect("all of it is owed");
    served.iter().rev().find(|row| row.kind == TransactionKind::Repayment).expect("it is served").id
}

#[test]
fn investors_get_their_share_of_the_premium_when_the_loan_is_paid_out() {
    let mut book = waiting(protection(NONE));
    let before = book.loan().clone();
    pay_out(&mut book, None, &[600_00, 350_00]).expect("it is all of it");
    // Half of it is 15.005, to the cent 15.01: 9.48 and 5.53.
    assert_eq!(premiums(&book), [(9_48, 0), (5_53, 0)]);
    is_sound(&book);
    let (after, told) = settled(&account(1, 1_000_00), Some(&before), &book);
    assert_eq!((after.balance, after.invested), (cents(409_48), cents(600_00)));
    assert_eq!(told, [InvestingKind::Invested, InvestingKind::Premium]);

    let paid_out = book.loan().clone();
    book.command(&LoanCommand::UndoDisbursement { named: None, notes: None }).expect("nothing followed");
    let (back, told) = settled(&after, Some(&paid_out), &book);
    assert_eq!((back.balance, back.invested), (cents(1_000_00), Amount::ZERO));
    assert_eq!(told, [InvestingKind::Returned, InvestingKind::PremiumTakenBack]);
    assert_eq!(balance(&book, GlAccount::ProtectFeeExpense), Amount::ZERO);
    assert_eq!(book.findings(), []);
}

#[test]
fn a_loan_that_nobody_paid_for_shares_no_premium() {
    let mut book = waiting(protection(Rebates { at_payoff: true, ..NONE }));
    pay_out(&mut book, None, &[]).expect("it is the lender's");
    pay_off(&mut book);
    assert_eq!(balance(&book, GlAccount::ProtectFeeExpense), Amount::ZERO);
    assert_eq!(book.findings(), []);
}

/// The lender has 15.00 of the premium, and four of five installments are not due: 12.00.
#[test]
fn a_payoff_gives_what_was_not_earned_to_the_investors_until_it_is_undone() {
    let mut book = funded(Rebates { at_payoff: true, ..NONE });
    book.move_to(date(2012, 7, 28));
    let before = book.loan().clone();
    let payment = pay_off(&mut book);
    assert_eq!(premiums(&book), [(9_48, 7_58), (5_53, 4_42)]);
    is_sound(&book);
    let (after, told) = settled(&account(1, 0), Some(&before), &book);
    assert_eq!(told, [InvestingKind::Shared, InvestingKind::Rebate]);

    let closed = book.loan().clone();
    book.command(&LoanCommand::UndoClose { notes: None }).expect("it is closed");
    assert_eq!(premiums(&book), [(9_48, 0), (5_53, 0)]);
    is_sound(&book);
    let (_, told) = settled(&after, Some(&closed), &book);
    assert_eq!(told, [InvestingKind::RebateTakenBack]);
    book.command(&LoanCommand::Close { notes: None }).expect("nothing is owed");
    assert_eq!(premiums(&book), [(9_48, 7_58), (5_53, 4_42)], "once, and not twice");
    is_sound(&book);
    book.command(&LoanCommand::UndoClose { notes: None }).expect("it is closed");
    book.reverse(payment).expect("the payment bounced");
    assert_eq!(premiums(&book), [(9_48, 0), (5_53, 0)]);
    is_sound(&book);
}

#[test]
fn a_payment_that_bounces_takes_the_rebate_with_it() {
    let mut book = funded(Rebates { at_payoff: true, ..NONE });
    book.move_to(date(2012, 9, 28));
    let payment = pay_off(&mut book);
    // Two of five: 6.00.
    assert_eq!(premiums(&book), [(9_48, 3_79), (5_53, 2_21)]);
    book.reverse(payment).expect("the payment bounced");
    assert_eq!(premiums(&book), [(9_48, 0), (5_53, 0)]);
    is_sound(&book);
}

#[test]
fn a_refinancing_gives_the_rebate_only_where_the_product_says_so() {
    for (rebates, expected) in [
        (Rebates { at_refinance: true, ..NONE }, [(9_48, 7_58), (5_53, 4_42)]),
        (Rebates { at_payoff: true, at_write_off: true, ..NONE }, [(9_48, 0), (5_53, 0)]),
    ] {
        let mut book = funded(rebates);
        book.move_to(date(2012, 7, 28));
        let original = refinances::pay_off(&mut book).expect("it is active");
        assert_eq!(premiums(&book), expected);
        is_sound(&book);
        book.command(&LoanCommand::TakeBackTransfer { original, notes: None }).expect("nothing followed");
        assert_eq!(premiums(&book), [(9_48, 0), (5_53, 0)]);
        is_sound(&book);
    }
}

#[test]
fn a_write_off_gives_the_rebate_only_where_the_product_says_so() {
    for (rebates, expected) in [
        (Rebates { at_write_off: true, ..NONE }, [(9_48, 7_58), (5_53, 4_42)]),
        (Rebates { at_payoff: true, at_refinance: true, ..NONE }, [(9_48, 0), (5_53, 0)]),
    ] {
        for is_claim in [false, true] {
            let mut book = funded(rebates);
            book.move_to(date(2012, 7, 28));
            let command = match is_claim {
                true => LoanCommand::ClaimProtection(ClaimProtection::default()),
                false => LoanCommand::WriteOff { notes: None },
            };
            book.command(&command).expect("it is active");
            assert_eq!(premiums(&book), expected);
            is_sound(&book);
            book.command(&LoanCommand::UndoWriteOff { named: None, notes: None }).expect("nothing followed");
            assert_eq!(premiums(&book), [(9_48, 0), (5_53, 0)]);
            is_sound(&book);
        }
    }
}

#[test]
fn a_loan_that_is_repaid_on_its_days_has_earned_its_premium() {
    let mut book = funded(Rebates { at_payoff: true, ..NONE });
    book.move_to(date(2012, 11, 28));
    pay_off(&mut book);
    assert_eq!(premiums(&book), [(9_48, 0), (5_53, 0)]);
    is_sound(&book);
}

/// Of five installments one is due, two are waived and two are open.
#[test]
fn what_was_waived_is_earned_unless_waivers_are_ignored() {
    for (ignores_waivers, expected) in
        [(false, [(9_48, 3_79), (5_53, 2_21)]), (true, [(9_48, 7_58), (5_53, 4_42)])]
    {
        let mut book = funded(Rebates { at_payoff: true, ignores_waivers, ..NONE });
        book.move_to(date(2012, 7, 28));
        let claimed = Some(ProtectType::Partial);
        let from = Some(date(2012, 8, 1));
        let claim = ClaimProtection { claimed, from, installments: Some(2), ..ClaimProtection::default() };
        book.command(&LoanCommand::ClaimProtection(claim)).expect("it is protected");
        pay_off(&mut book);
        assert_eq!(premiums(&book), expected);
        is_sound(&book);
    }
}

#[test]
fn a_premium_that_is_no_part_of_the_amount_is_charged_with_the_first_installment() {
    let mut book = waiting(Protection { is_charged: true, ..protection(NONE) });
    pay_out(&mut book, None, &[600_00, 350_00]).expect("it is all of it");
    let first = &book.loan().servicing.installments[0];
    assert_eq!((first.number, first.unpaid().fees), (1, cents(30_01)));
    assert_eq!(
        book.outstanding(),
        Components { principal: cents(950_00), fees: cents(30_01), ..Components::ZERO }
    );
    assert_eq!(premiums(&book), [(9_48, 0), (5_53, 0)], "the borrower owes it all the same");
    is_sound(&book);
    let fee = book.transactions.iter().find(|row| row.kind == TransactionKind::Fee).expect("it is served").id;
    let made = ChargeRefusal::MadeByDisbursement { transaction_id: fee };
    let reverse = Reverse { kind: ReversalKind::Fee, original: fee, account_no: None, notes: None };
    assert_eq!(book.command(&LoanCommand::Reverse(reverse)).map(|_| ()), Err(made.into()));
    book.command(&LoanCommand::UndoDisbursement { named: None, notes: None }).expect("nothing followed");
    assert_eq!(balance(&book, GlAccount::FeeIncome), Amount::ZERO);
    assert_eq!(balance(&book, GlAccount::ProtectFeeExpense), Amount::ZERO);
    assert_eq!(book.findings(), []);
}

//! Investors who pay for loans: with what a loan is paid out, what becomes of their money, and what they book.

use jiff::civil::date;
use loam_book::application::auction::{Auctioned, invested, reopened};
use loam_book::application::booking::{Booked, Booking, BookingState, BookingStatus, NewBooking, book};
use loam_book::application::fund_transaction::{NewFundTransaction, announce};
use loam_book::application::{Application, Stage};
use loam_book::ids::Key;
use loam_book::journal::GlAccount;
use loam_book::loan::Loan;
use loam_book::loan::command::{Disburse, LoanCommand, LoanFigures, PaidIn, Repay, ReversalKind, Reverse};
use loam_book::loan::refusal::{MarketRefusal, Refusal};
use loam_book::loan::transaction::LoanTransaction;
use loam_book::organization::{InvestingKind, TransactionDetails};
use loam_book::product::Product;
use loam_book::product::interest::InterestType;
use loam_book::product::securities::{PrincipalPaymentMethod, RevolvingRules, SecurityRules};
use loam_book::savings::commands::of_market::{self, accounts_moved, settle, shared};
use loam_book::savings::share::InvestorShare;
use loam_book::savings::{Savings, SavingsState};
use loam_book::stated::StatedAmount;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;

use crate::applications::{applied, sample};
use crate::dynamic::{agreed, dynamic};
use crate::revolving::{credit, limit};
use crate::savings_rules;
use crate::support::{TestBook, cents, figures, product};
use crate::tranches::{agreed_in_two, tranched};

/// An investor's account that is in use.
pub(crate) fn account(number: u64, balance: i64) -> Savings {
    let book = savings_rules::book(true);
    let mut account = savings_rules::opened(&book, 2, Default::default()).expect("it is opened");
    account.state = SavingsState::Active { activated_on: book.business_date };
    account.balance = cents(balance);
    account.key = Key::entity(account.part, 3, number);
    account
}

/// What accounts 1, 2 and so on pay in.
pub(crate) fn paid_in(amounts: &[i64]) -> Vec<PaidIn> {
    let paid = |(number, amount): (u64, &i64)| {
        let account = account(number, 0);
        PaidIn {
            key: Key::entity(account.part, 8, number),
            account: account.key,
            amount: cents(*amount),
            commission: Rate::from_ratio(25, 1_000),
        }
    };
    (1..).zip(amounts).map(paid).collect()
}

pub(crate) fn approved(product: Product, figures: LoanFigures) -> TestBook {
    let mut book = TestBook::new(product, date(2012, 6, 28));
    book.create_with(figures).expect("the loan is within the product");
    book.command(&LoanCommand::Approve { notes: None }).expect("it is pending");
    book
}

pub(crate) fn pay_out(book: &mut TestBook, amount: Option<&str>, amounts: &[i64]) -> Result<(), Refusal> {
    let amount = amount.map(|amount| StatedAmount(amount.into()));
    let disburse = Disburse { amount, paid_in: paid_in(amounts), ..Disburse::default() };
    book.command(&LoanCommand::Disburse(disburse)).map(|_| ())
}

/// The sample loan of 950.00, of which two investors paid for all.
pub(crate) fn funded() -> TestBook {
    let mut book = approved(product(), figures("950"));
    pay_out(&mut book, None, &[600_00, 350_00]).expect("it is all of it");
    book
}

fn differs(paid_in: &str, lent: &str) -> Result<(), Refusal> {
    Err(MarketRefusal::PaidInDiffers { paid_in: paid_in.into(), lent: lent.into() }.into())
}

#[test]
fn investors_pay_in_what_is_lent_no_more_and_no_less() {
    let mut book = approved(product(), figures("950"));
    assert_eq!(pay_out(&mut book, None, &[600_00, 349_99]), differs("949.99", "950.00"));
    assert_eq!(pay_out(&mut book, None, &[600_00, 350_01]), differs("950.01", "950.00"));
    assert_eq!(pay_out(&mut book, None, &[600_00, 350_00]), Ok(()));
}

#[test]
fn a_part_of_a_loan_does_not_take_the_money_of_investors() {
    let mut book = approved(tranched(), agreed_in_two());
    book.move_to(date(2025, 1, 1));
    assert_eq!(pay_out(&mut book, None, &[1_000_00]), differs("1000.00", "700.00"));
    assert_eq!(pay_out(&mut book, None, &[700_00]), differs("700.00", "1000.00"));
}

#[test]
fn investors_pay_for_no_loan_that_may_not_be_funded() {
    let rules = RevolvingRules {
        method: PrincipalPaymentMethod::Flat,
        amount: loam_book::product::Range { min: None, default: Some(cents(100_00)), max: None },
        percentage: loam_book::product::Range::OPEN,
        floor: None,
        ceiling: None,
        floor_includes_interest: false,
        floor_includes_fees: false,
    };
    let mut growing = dynamic();
    growing.interest_rules.interest_type = InterestType::CapitalizedInterest;
    for (product, figures, what) in [
        (credit(rules), limit("1000"), "a limit that is drawn again"),
        (growing, agreed("1000", "12", 5), "interest that is added to the principal"),
    ] {
        let mut book = approved(product, figures);
        let expected = Err(MarketRefusal::NotForInvestors { what }.into());
        assert_eq!(pay_out(&mut book, Some("1000"), &[1_000_00]), expected);
    }
}

#[test]
fn funds_that_are_set_by_hand_and_funds_that_are_paid_in_do_not_stand_together() {
    let rules = crate::securities::funding();
    let securities = SecurityRules { funding: Some(rules), ..SecurityRules::default() };
    let mut book = TestBook::new(Product { securities, ..product() }, date(2012, 6, 28));
    book.create_with(figures("950")).expect("the loan is within the product");
    let by_hand = LoanCommand::SetFunds { funds: vec![crate::securities::fund(1, "600")] };
    book.command(&by_hand).expect("it is pending");
    book.command(&LoanCommand::Approve { notes: None }).expect("the funds suffice");
    assert_eq!(pay_out(&mut book, None, &[950_00]), Err(MarketRefusal::FundsByHand.into()));
    let mut paid = funded();
    assert_eq!(paid.command(&by_hand), Err(MarketRefusal::FundsPaidIn.into()));
}

/// What an account of the journal has, credits less debits.
pub(crate) fn balance(book: &TestBook, account: GlAccount) -> Amount {
    let sum = |on: fn(&loam_book::journal::Transfer) -> GlAccount| {
        book.transfers.iter().filter(|one| on(one) == account).map(|one| one.amount).sum::<Amount>()
    };
    sum(|one| one.credit) - sum(|one| one.debit)
}

pub(crate) fn losses(book: &TestBook) -> Vec<(i64, i64)> {
    let funds = &book.loan().servicing.course.funds;
    funds.iter().map(|fund| (fund.principal_repaid.minor(), fund.lost.minor())).collect()
}

fn recover(book: &mut TestBook, amount: &str) -> Vec<LoanTransaction> {
    let details = TransactionDetails::default();
    let amount = StatedAmount(amount.into());
    let recover = Repay { amount, custom: Vec::new(), value_date: None, details };
    book.command(&LoanCommand::Recover(recover)).expect("it was lost")
}

/// 190.00 of principal were repaid of 950.00: 120.00 and 70.00 are the investors'.
fn given_up() -> TestBook {
    let mut book = funded();
    book.move_to(date(2012, 7, 28));
    book.repay("215.45").expect("it is due");
    assert_eq!(balance(&book, GlAccount::InvestorFunds), cents(760_00));
    book.move_to(date(2012, 9, 1));
    book.command(&LoanCommand::WriteOff { notes: None }).expect("it is active");
    book
}

#[test]
fn what_is_written_off_is_the_loss_of_those_who_paid_for_it() {
    let mut book = given_up();
    assert_eq!(losses(&book), [(120_00, 480_00), (70_00, 280_00)]);
    assert_eq!(balance(&book, GlAccount::InvestorFunds), Amount::ZERO, "nothing is owed to them any more");
    let lost = book.loan().servicing.lost();
    let expense = -balance(&book, GlAccount::WriteOffExpense);
    assert_eq!(expense, lost.total() - lost.principal, "the lender loses no principal");
    assert_eq!(book.findings(), []);
    book.command(&LoanCommand::UndoWriteOff { named: None, notes: None }).expect("nothing followed");
    assert_eq!(losses(&book), [(120_00, 0), (70_00, 0)]);
    assert_eq!(balance(&book, GlAccount::InvestorFunds), cents(760_00));
    assert_eq!(balance(&book, GlAccount::WriteOffExpense), Amount::ZERO);
    assert_eq!(book.findings(), []);
}

#[test]
fn what_comes_in_after_a_write_off_goes_to_those_who_paid_for_the_loan() {
    let mut book = given_up();
    let before = balance(&book, GlAccount::AccountTransfers);
    let recovery = recover(&mut book, "100")[0].id;
    assert_eq!(losses(&book), [(18_316, 41_684), (10_684, 24_316)]);
    assert_eq!(balance(&book, GlAccount::AccountTransfers) - before, cents(100_00));
    assert_eq!(balance(&book, GlAccount::InvestorFunds), Amount::ZERO);
    assert_eq!(book.findings(), []);
    let kind = ReversalKind::Recovery;
    let back = Reverse { kind, original: recovery, account_no: None, notes: None };
    book.command(&LoanCommand::Reverse(back)).expect("it stands alone");
    assert_eq!(losses(&book), [(120_00, 480_00), (70_00, 280_00)]);
    assert_eq!(balance(&book, GlAccount::AccountTransfers), before);
    let all = book.loan().servicing.lost().total().minor();
    recover(&mut book, &crate::support::text(all));
    assert_eq!(losses(&book), [(600_00, 0), (350_00, 0)], "interest that comes in then is the lender's");
    assert_eq!(book.findings(), []);
}

/// The account after a change of the loan, once its share was credited, and what it was told.
pub(crate) fn settled(
    account: &Savings,
    before: Option<&Loan>,
    book: &TestBook,
) -> (Savings, Vec<InvestingKind>) {
    let (after, ids) = (book.loan(), book.new_ids());
    let (mut account, mut told) = (account.clone(), Vec::new());
    let at_once = book.in_context(&ids, |context| settle(&account, (before, after), context));
    assert_eq!(accounts_moved(before, after).contains(&account.address()), at_once.is_some());
    if let Some(decision) = at_once {
        told.extend(decision.transactions.iter().map(|row| row.details.investing.expect("it is named").what));
        account = decision.account;
    }
    let mut shares = book.in_context(&ids, |context| shared(before, after, context));
    shares.retain(|share| share.account == account.address());
    told.extend(shares.iter().map(|share| share.what));
    let waiting = |of: fn(&InvestorShare) -> Amount| shares.iter().map(of).sum::<Amount>();
    let counted = account.clone().counting((waiting(|share| share.cash), waiting(|share| share.invested)));
    let credited = book.in_context(&ids, |context| of_market::credit(&account, &shares, context));
    let account = credited.map_or(account, |(decision, _)| decision.account);
    assert_eq!((account.balance, account.invested), (counted.balance, counted.invested));
    (account, told)
}

#[test]
fn an_investors_account_follows_its_loan_to_the_end_and_can_be_closed() {
    use InvestingKind::{Invested, Returned, Shared, TakenBack};
    let mut book = approved(product(), figures("950"));
    let mut steps = vec![book.loan().clone()];
    let mut step = |book: &TestBook, account: &Savings| {
        let told = settled(account, steps.last(), book);
        steps.push(book.loan().clone());
        told
    };
    pay_out(&mut book, None, &[600_00, 350_00]).expect("it is all of it");
    let (after, told) = step(&book, &account(1, 1_000_00));
    assert_eq!((after.balance, after.invested, told), (cents(400_00), cents(600_00), vec![Invested]));
    book.command(&LoanCommand::UndoDisbursement { named: None, notes: None }).expect("nothing followed");
    let (after, told) = step(&book, &after);
    assert_eq!((after.balance, after.invested, told), (cents(1_000_00), Amount::ZERO, vec![Returned]));
    pay_out(&mut book, None, &[600_00, 350_00]).expect("it is all of it");
    let (after, _) = step(&book, &after);
    book.move_to(date(2012, 7, 28));
    let payment = book.repay("190").expect("it is due")[0].id;
    let (paid, told) = step(&book, &after);
    assert!(paid.balance > after.balance);
    assert_eq!(told, [Shared]);
    book.reverse(payment).expect("nothing followed");
    let (back, told) = step(&book, &paid);
    assert_eq!((back.balance, back.invested, told), (after.balance, after.invested, vec![TakenBack]));
    book.command(&LoanCommand::WriteOff { notes: None }).expect("it is active");
    let (lost, told) = step(&book, &back);
    assert_eq!((lost.balance, lost.invested, told), (cents(400_00), Amount::ZERO, vec![Shared]));
}

#[test]
fn two_bookings_of_one_account_move_it_each_for_itself() {
    let mut book = approved(product(), figures("950"));
    let mut twice = paid_in(&[600_00, 350_00]);
    twice[1].account = twice[0].account;
    let before = book.loan().clone();
    let disburse = Disburse { paid_in: twice.clone(), ..Disburse::default() };
    book.command(&LoanCommand::Disburse(disburse)).expect("it is all of it");
    let ids = book.new_ids();
    let account = account(1, 1_000_00);
    let moved = book.in_context(&ids, |context| settle(&account, (Some(&before), book.loan()), context));
    let moved = moved.expect("something moved");
    let rows = moved.transactions.iter().map(|row| {
        (row.details.investing.map(|investing| investing.fund), row.amount.minor(), row.balance.minor())
    });
    let expected = [(Some(twice[0].key), -600_00, 400_00), (Some(twice[1].key), -350_00, 50_00)];
    assert_eq!(rows.collect::<Vec<_>>(), expected);
    assert_eq!((moved.account.balance, moved.account.invested), (cents(50_00), cents(950_00)));
}

/// The book of an application for 10,200.00, on its first day.
fn auction() -> (TestBook, Application) {
    (crate::applications::book(), applied(&sample()))
}

fn booked(
    book_: &TestBook,
    (application, account): (&Application, &Savings),
    (number, amount, uncleared): (u64, Option<&str>, i64),
) -> Result<Booked, Refusal> {
    let new = NewBooking {
        investor_id: "001G000001INV01".into(),
        booking_order: None,
        amount: amount.map(|amount| StatedAmount(amount.into())),
        certificate_rate: None,
        service_rate: None,
    };
    let mut ids = book_.new_ids();
    ids.key = Key::entity(account.part, 8, number);
    ids.account_no = i64::try_from(number).expect("a small number");
    book_.in_context(&ids, |context| book((application, account), cents(uncleared), &new, context))
}

#[test]
fn a_booking_of_what_is_funded_already_names_its_amount() {
    let (book, application) = auction();
    let rich = account(1, 50_000_00);
    let all = booked(&book, (&application, &rich), (1, None, 0)).expect("it asks for all of it");
    assert_eq!((all.booking.amount, all.application.stage), (cents(10_200_00), Stage::Funded));
    let nothing = booked(&book, (&all.application, &rich), (2, None, 0));
    assert_eq!(nothing.map(|booked| booked.booking.amount), Err(MarketRefusal::NothingAsked.into()));
}

#[test]
fn a_booking_that_waits_for_money_waits_through_a_disbursement_that_is_taken_back() {
    let (book, application) = auction();
    let (rich, poor) = (account(1, 50_000_00), account(2, 0));
    let waiting = booked(&book, (&application, &poor), (2, Some("100"), 100_00)).expect("it waits");
    assert_eq!(waiting.booking.state, BookingState::Uncommitted);
    let all = booked(&book, (&waiting.application, &rich), (1, None, 0)).expect("it asks for all of it");
    let before: Vec<Booking> = vec![all.booking, waiting.booking];
    let mut paid = funded();
    paid.move_to(date(2014, 1, 3));
    let ids = book.new_ids();
    let apply = |bookings: &[Booking], auctioned: Auctioned| {
        let changed = |old: &Booking| auctioned.bookings.iter().find(|new| new.key == old.key);
        let after: Vec<Booking> = bookings.iter().map(|old| changed(old).unwrap_or(old).clone()).collect();
        let statuses = after.iter().map(|booking| booking.status(&auctioned.application)).collect();
        (after, auctioned.application.clone(), statuses)
    };
    let out = book.in_context(&ids, |context| invested(&all.application, &before, paid.loan(), context));
    let (after, application, statuses): (_, _, Vec<BookingStatus>) = apply(&before, out);
    assert_eq!(statuses, [BookingStatus::Winning, BookingStatus::Uncommitted]);
    let back = book.in_context(&ids, |context| reopened(&application, &after, context));
    let (_, _, statuses) = apply(&after, back);
    assert_eq!(statuses, [BookingStatus::Winning, BookingStatus::Uncommitted]);
}

#[test]
fn money_is_not_announced_to_an_account_that_takes_none() {
    let book = crate::applications::book();
    let new = NewFundTransaction {
        investor_id: "001G000001INV01".into(),
        amount: StatedAmount("10".into()),
        transaction_date: book.business_date,
        payment_mode: None,
        bank_account: None,
    };
    let mut account = account(1, 0);
    let announced =
        |account: &Savings| book.in_context(&book.new_ids(), |context| announce(account, &new, context));
    announced(&account).expect("it is in use");
    account.state = SavingsState::Approved;
    announced(&account).expect("its first money may come");
    account.state = SavingsState::PendingApproval;
    let refused = MarketRefusal::AccountNotActive { state: account.state.name() };
    assert_eq!(announced(&account), Err(refused.into()));
}

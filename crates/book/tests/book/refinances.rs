//! Loans that pay others off: what becomes of both, what investors get, and what is said no to.

use jiff::civil::{Date, date};
use loam_book::actor::Permission;
use loam_book::application::refinance::{Found, NewRefinancing, StatedLoan};
use loam_book::application::{Application, NewApplication, Stage, apply};
use loam_book::ids::{Address, Key, Part};
use loam_book::journal::GlAccount;
use loam_book::loan::command::{Disburse, LoanCommand, ReversalKind, Reverse};
use loam_book::loan::refusal::{RefinanceRefusal, Refusal, SavingsRefusal};
use loam_book::loan::restructuring::{PaidOff, Restructure, RestructureDetails, RestructureKind};
use loam_book::loan::{Closure, Loan, LoanState};
use loam_book::organization::TransferLink;
use loam_book::product::{PrepaymentAcceptance, Product};
use loam_book::reporting::projection::Serviced;
use loam_book::stated::StatedAmount;
use loam_calc::calendar::Calendar;
use loam_calc::money::Amount;

use crate::applications::sample;
use crate::dynamic::{agreed, dynamic};
use crate::investors::{approved, balance, paid_in};
use crate::restructures::asked as restructuring;
use crate::support::{TestBook, cents, figures, product, sample_loan, text};

/// The loan that takes the place of others.
fn payer() -> TransferLink {
    let part = Part::new(5);
    let account = Address { part, key: Key::entity(part, 1, 77) };
    TransferLink {
        account,
        account_no: 77,
        is_loan: true,
        transaction_id: 0,
        is_source: true,
        is_between_branches: false,
    }
}

pub(crate) fn pay_off(book: &mut TestBook) -> Result<i64, Refusal> {
    let served = book.command(&LoanCommand::PayOff { by: payer() })?;
    let payoff = served.iter().find(|row| row.details.transfer.is_some()).expect("it is served");
    Ok(payoff.id)
}

fn closure(loan: &Loan) -> Option<Closure> {
    if let LoanState::Closed { closure, .. } = loan.state() { Some(*closure) } else { None }
}

/// A loan of 1,000.00 that three investors paid for, of a product whose interest is fixed, or follows what is owed.
fn invested(product: Product) -> TestBook {
    let mut book = approved(product, agreed("1000", "2.5", 5));
    let paid_in = paid_in(&[500_00, 333_33, 166_67]);
    book.command(&LoanCommand::Disburse(Disburse { paid_in, ..Disburse::default() })).expect("it is all");
    book
}

/// On any day, with any payment before it: what is paid off is what was owed, all principal is back with the
/// investors, all of the payoff is theirs, and taken back it is as if it had never been.
#[test]
fn a_payoff_closes_the_loan_and_reaches_its_investors_to_the_cent_and_is_taken_back_whole() {
    for product in [product(), dynamic()] {
        for day in (0..=170).step_by(17) {
            let mut book = invested(product.clone());
            let on = date(2012, 6, 28).saturating_add(jiff::Span::new().days(day));
            if day > 30 {
                book.move_to(date(2012, 7, 20));
                book.repay(&text(100_00 + day * 7)).expect("it may be paid ahead");
            }
            book.move_to(on);
            let before = book.clone();
            let (owed, had) = (book.loan().payoff_on(on), balance(&book, GlAccount::AccountTransfers));
            let original = pay_off(&mut book).expect("it is active");

            let loan = book.loan();
            assert_eq!(closure(loan), Some(Closure::Refinanced));
            let successor = loan.successor().expect("another took its place");
            assert_eq!((successor.kind, successor.loan), (RestructureKind::Refinance, payer().account.key));
            assert!(loan.servicing.outstanding.is_zero());
            assert_eq!(-balance(&book, GlAccount::Restructuring), owed.total(), "day {day}");
            let of_investors: Amount =
                loan.servicing.course.funds.iter().map(|fund| fund.principal_repaid).sum();
            assert_eq!(of_investors, cents(1_000_00));
            assert_eq!(balance(&book, GlAccount::InvestorFunds), Amount::ZERO);
            let got = balance(&book, GlAccount::AccountTransfers) - had;
            assert_eq!(got, owed.principal + owed.interest, "they earn the whole rate");
            assert_eq!(book.findings(), []);

            book.command(&LoanCommand::TakeBackTransfer { original, notes: None }).expect("nothing followed");
            assert_eq!(book.loan().servicing, before.loan().servicing, "day {day}");
            assert_eq!(book.loan().successor(), None);
            assert_eq!(balance(&book, GlAccount::Restructuring), Amount::ZERO);
            assert_eq!(balance(&book, GlAccount::AccountTransfers), had);
            assert_eq!(book.findings(), []);
        }
    }
}

#[test]
fn a_payoff_is_taken_back_with_the_loan_that_paid_it_only_and_nothing_before_it_is_moved() {
    let mut book = sample_loan();
    book.move_to(date(2012, 7, 28));
    let earlier = book.repay("50").expect("it is due")[0].id;
    let original = pay_off(&mut book).expect("it is active");
    let reverse = |original| {
        LoanCommand::Reverse(Reverse {
            kind: ReversalKind::Repayment,
            original,
            account_no: None,
            notes: None,
        })
    };
    let made = SavingsRefusal::MadeByTransfer { transaction_id: original };
    assert_eq!(book.command(&reverse(original)), Err(made.into()));
    let in_the_way = SavingsRefusal::TransferInTheWay { transaction_id: original };
    assert_eq!(book.command(&reverse(earlier)), Err(in_the_way.into()));
    let undo = book.command(&LoanCommand::UndoClose { notes: None });
    assert!(matches!(undo, Err(Refusal::WrongState { .. })), "{undo:?}");
    assert_eq!(book.repay("1").map(|_| ()), Err(Refusal::WrongStateForRepayment { state: "refinanced" }));
}

#[test]
fn a_loan_that_cannot_be_paid_off_by_another_is_refused() {
    let refused = |book: &mut TestBook, refusal: RefinanceRefusal| {
        assert_eq!(pay_off(book), Err(refusal.into()));
        assert_eq!(book.findings(), []);
    };
    let mut paid = sample_loan();
    let all = text(paid.loan().payoff_on(paid.business_date).total().minor());
    paid.repay(&all).expect("it is owed");
    let loan = paid.loan().id.clone();
    refused(&mut paid, RefinanceRefusal::NotActive { loan: loan.clone(), state: "closed" });
    let strict = Product { prepayment: PrepaymentAcceptance::NoPrepayments, ..product() };
    let mut ahead = TestBook::active_loan(strict, "950", date(2012, 6, 28));
    refused(&mut ahead, RefinanceRefusal::NoPrepayments { loan });
    ahead.move_to(date(2012, 11, 28));
    pay_off(&mut ahead).expect("all of it is due");
    let mut nobody = sample_loan().with_permissions(&[Permission::EnterRepayment]);
    assert!(matches!(pay_off(&mut nobody), Err(Refusal::NotPermitted { .. })));
}

/// A loan of 1,000.00, approved on 28 June 2012.
fn new_loan() -> TestBook {
    approved(product(), figures("1000"))
}

fn paid_off(amounts: &[i64]) -> Vec<PaidOff> {
    let part = Part::new(5);
    let one = |(number, amount): (i64, &i64)| PaidOff {
        loan: Address { part, key: Key::entity(part, 4, u64::try_from(number).expect("a small number")) },
        account_no: number,
        transaction_id: 9,
        amount: cents(*amount),
    };
    (1..).zip(amounts).map(one).collect()
}

fn pay_out(book: &mut TestBook, pays_off: Vec<PaidOff>, value_date: Option<Date>) -> Result<(), Refusal> {
    let disburse = Disburse { pays_off, value_date, ..Disburse::default() };
    book.command(&LoanCommand::Disburse(disburse)).map(|_| ())
}

#[test]
fn the_borrower_gets_what_the_other_loans_leave_and_the_feeds_say_so() {
    let mut book = new_loan();
    let exceeds = RefinanceRefusal::PayoffExceeds { payoff: "1000.01".into(), lent: "1000.00".into() };
    assert_eq!(pay_out(&mut book, paid_off(&[600_00, 400_01]), None), Err(exceeds.into()));
    book.move_to(date(2012, 6, 30));
    let (value_date, business_date) = (date(2012, 6, 29), book.business_date);
    let another = RefinanceRefusal::AnotherDay { value_date, business_date };
    assert_eq!(pay_out(&mut book, paid_off(&[1_00]), Some(value_date)), Err(another.into()));

    let paid = paid_off(&[600_00, 150_50]);
    pay_out(&mut book, paid.clone(), None).expect("it lends enough");
    assert_eq!(book.loan().origin().map(|origin| origin.loan), Some(paid[0].loan.key));
    assert_eq!(book.loan().servicing.course.paid_off, paid);
    assert_eq!(balance(&book, GlAccount::Restructuring), cents(750_50));
    assert_eq!(balance(&book, GlAccount::FundSource), cents(249_50));
    let calendar = Calendar::every_day_works();
    let seen = Serviced::new(book.loan(), &book.entries, (book.business_date, &calendar), false);
    assert_eq!(seen.performance().funded_amount, Some(249_50));
    assert_eq!(book.findings(), []);
    book.command(&LoanCommand::UndoDisbursement { named: None, notes: None }).expect("nothing followed");
    assert_eq!((book.loan().origin(), book.loan().servicing.course.paid_off.len()), (None, 0));
    assert_eq!(balance(&book, GlAccount::Restructuring), Amount::ZERO);
    assert_eq!(book.findings(), []);
}

/// The sample as a refinancing of these loans.
fn asked(loans: &[&Loan], additional: Option<&str>) -> NewApplication {
    let stated = |loan: &&Loan| StatedLoan {
        value: loan.id.clone(),
        loan: Some(Address { part: loan.part, key: loan.key }),
    };
    let refinancing = NewRefinancing {
        loans: loans.iter().map(stated).collect(),
        additional: additional.map(|text| StatedAmount(text.into())),
    };
    NewApplication { amount: None, refinancing: Some(refinancing), disbursal_date: None, ..sample() }
}

fn applies(
    book: &TestBook,
    new: &NewApplication,
    (loans, applications): (&[Loan], &[Application]),
) -> Result<Application, Refusal> {
    let found = Found { loans, applications };
    let key = Key::entity(Part::new(5), 2, 7);
    let ids = book.new_ids();
    book.in_context(&ids, |context| apply(new, found, context, 5, key)).map(|(application, _)| application)
}

/// A loan of 1,000.00 whose interest follows what is owed, and the book of the applications a year later.
fn a_year_later() -> (TestBook, Loan) {
    let mut old = TestBook::active(dynamic(), date(2013, 12, 1), agreed("1000", "12", 12));
    let book = crate::applications::book();
    old.move_to(book.business_date);
    (book, old.loan().clone())
}

#[test]
fn an_application_asks_for_what_is_owed_on_the_expected_day_and_what_is_lent_on_top() {
    let (book, old) = a_year_later();
    let all = [old.clone()];
    let asks = |disbursal_date| {
        let new = NewApplication { disbursal_date, ..asked(&[&old], Some("500")) };
        let application = applies(&book, &new, (&all, &[])).expect("it can be paid off");
        let refinancing = application.refinancing.clone().expect("it refinances");
        assert_eq!(application.amount, refinancing.payoff() + cents(500_00));
        (refinancing.expected_on, refinancing.payoff(), application.requested_amount)
    };
    let today = book.business_date;
    let (on, payoff, requested) = asks(None);
    assert_eq!((on, payoff), (today, old.payoff_on(today).total()));
    let with_fee = (payoff.minor() + 500_00) * 102;
    assert_eq!(requested.minor(), (with_fee + 50) / 100, "fees as always");
    let (on, later, _) = asks(Some(date(2014, 6, 23)));
    assert!(on == date(2014, 6, 23) && later > payoff, "interest grows until then");
    for untold in [date(2013, 12, 31), date(2099, 1, 1)] {
        assert_eq!(asks(Some(untold)).0, today);
    }
}

#[test]
fn a_loan_is_refinanced_by_one_application_at_a_time() {
    let (book, old) = a_year_later();
    let all = [old.clone()];
    let new = asked(&[&old], Some("0"));
    let first = applies(&book, &new, (&all, &[])).expect("it can be paid off");
    let in_another =
        RefinanceRefusal::InAnotherApplication { loan: old.id.clone(), application: first.name() };
    for (stage, expected) in [
        (Stage::New, Some(&in_another)),
        (Stage::InFunding, Some(&in_another)),
        (Stage::Funded, Some(&in_another)),
        (Stage::Expired, None),
        (Stage::Cancelled, None),
        (Stage::Rejected, None),
    ] {
        let others = [Application { stage, ..first.clone() }];
        let refused = applies(&book, &new, (&all, &others)).err();
        assert_eq!(refused, expected.cloned().map(Refusal::from), "{stage:?}");
    }
}

#[test]
fn what_an_application_names_must_be_the_borrowers_and_agree_with_its_amount() {
    let (book, old) = a_year_later();
    let other = Loan {
        holder: loam_book::loan::Holder { key: Key::entity(Part::new(5), 0, 2), ..old.holder },
        ..old.clone()
    };
    let payoff = old.payoff_on(book.business_date).total();
    let shown = |amount: Amount| text(amount.minor());
    let loan = || old.id.clone();
    let refused = |new: &NewApplication, found: &[Loan], refusal: Refusal| {
        assert_eq!(applies(&book, new, (found, &[])).map(|found| found.amount), Err(refusal));
    };
    let here = [old.clone()];
    let new = asked(&[&old], Some("1"));
    refused(&new, &[], RefinanceRefusal::UnknownLoan { value: loan() }.into());
    refused(&new, &[other], RefinanceRefusal::OtherBorrower { loan: loan() }.into());
    refused(&asked(&[&old, &old], Some("1")), &here, RefinanceRefusal::NamedTwice { loan: loan() }.into());
    refused(&asked(&[], Some("1")), &here, RefinanceRefusal::NoLoans.into());
    let many = vec![&old; 21];
    refused(&asked(&many, Some("1")), &here, RefinanceRefusal::TooManyLoans { most: 20 }.into());
    let amount = |amount: Amount, new: NewApplication| NewApplication {
        amount: Some(StatedAmount(shown(amount))),
        ..new
    };
    let differs =
        RefinanceRefusal::AmountDiffers { amount: shown(payoff), expected: shown(payoff + cents(1_00)) };
    refused(&amount(payoff, new.clone()), &here, differs.into());
    let small = RefinanceRefusal::AmountTooSmall { amount: shown(payoff - cents(1)), payoff: shown(payoff) };
    refused(&amount(payoff - cents(1), asked(&[&old], None)), &here, small.into());
    let exact = amount(payoff + cents(7_00), asked(&[&old], None));
    let found = applies(&book, &exact, (&here, &[])).expect("it leaves seven");
    assert_eq!(found.refinancing.map(|refinancing| refinancing.additional), Some(cents(7_00)));
    refused(&asked(&[&old], None), &here, Refusal::MissingField { field: "amount" });
}

/// Over the loan accounts door what was applied is carried over, and that repays the investors; the new loan is the
/// lender's.
#[test]
fn a_loan_that_investors_paid_for_is_refinanced_by_the_lender_and_not_rescheduled_yet() {
    for product in [product(), dynamic()] {
        let mut book = invested(product);
        book.move_to(date(2012, 7, 28));
        book.repay("100").expect("it is owed");
        book.move_to(date(2012, 8, 30));
        let reschedule = restructuring(&book, RestructureKind::Reschedule, None);
        let refused = book.restructure(&reschedule).map(|_| ());
        assert!(matches!(refused, Err(Refusal::NotSupported(_))), "{refused:?}");
        let (owed, had) = (book.outstanding(), balance(&book, GlAccount::AccountTransfers));
        let refinance = Restructure {
            details: Some(RestructureDetails {
                top_up: Some(StatedAmount("50".into())),
                ..RestructureDetails::default()
            }),
            ..restructuring(&book, RestructureKind::Refinance, None)
        };
        let new = book.restructure(&refinance).expect("investors are repaid");
        let repaid: Amount =
            book.loan().servicing.course.funds.iter().map(|fund| fund.principal_repaid).sum();
        assert_eq!(repaid, cents(1_000_00));
        assert_eq!(balance(&book, GlAccount::InvestorFunds), Amount::ZERO);
        let got = balance(&book, GlAccount::AccountTransfers) - had;
        assert_eq!(got, owed.principal + owed.interest, "what was applied is theirs");
        assert!(owed.interest.is_positive());
        assert!(new.loan().servicing.course.funds.is_empty(), "the new loan is the lender's");
        assert_eq!(balance(&new, GlAccount::FundSource), cents(50_00));
        assert_eq!((book.findings(), new.findings()), (vec![], vec![]));
    }
}

//! Parts of a loan that investors sell each other, and that the lender sells them: whose money comes back, to the cent.

use jiff::civil::date;
use loam_book::ids::Key;
use loam_book::journal::GlAccount;
use loam_book::loan::command::{Disburse, LoanCommand};
use loam_book::loan::refusal::{MarketRefusal, Refusal};
use loam_book::loan::securities::Fund;
use loam_book::loan::trades::NewTrade;
use loam_book::organization::InvestingKind;
use loam_calc::money::Amount;
use loam_calc::rate::Rate;
use proptest::prelude::*;

use crate::investors::{account, approved, balance, funded, pay_out, settled};
use crate::support::{TestBook, cents, figures, product, text};
use crate::tranches::{agreed_in_two, tranched};

fn key(number: u64) -> Key {
    Key::entity(account(number, 0).part, 8, number)
}

/// A part of what investor `from` has, or the lender, that becomes investor `to`'s.
fn part(from: Option<u64>, to: u64, amount: i64) -> NewTrade {
    NewTrade {
        from: from.map(key),
        key: key(to),
        account: account(to, 0).key,
        amount: cents(amount),
        price: None,
        commission: Rate::from_ratio(25, 1_000),
    }
}

fn trade(book: &mut TestBook, parts: Vec<NewTrade>) -> Result<(), Refusal> {
    book.command(&LoanCommand::TradeFunds { parts }).map(|_| ())
}

fn fund(book: &TestBook, number: u64) -> Fund {
    let funds = &book.loan().servicing.course.funds;
    funds.iter().find(|fund| fund.key == key(number)).expect("it has a fund").clone()
}

fn left(book: &TestBook, number: u64) -> i64 {
    fund(book, number).left().minor()
}

/// What has come back of principal and interest, to whoever.
fn returned(fund: &Fund) -> (i64, i64) {
    (fund.principal_repaid.minor(), fund.interest_earned.minor())
}

/// Everything that is owed to investors stands in the journal.
fn assert_owed(book: &TestBook) {
    let owed: Amount = book.loan().servicing.course.funds.iter().map(Fund::left).sum();
    assert_eq!(balance(book, GlAccount::InvestorFunds), owed);
    assert_eq!(book.findings(), []);
}

/// The loan of 950.00 of two investors, of which the first installment was paid: 120.00 and 70.00 of principal.
fn running() -> (TestBook, i64) {
    let mut book = funded();
    book.move_to(date(2012, 7, 28));
    let payment = book.repay("215.45").expect("it is due")[0].id;
    (book, payment)
}

#[test]
fn a_sold_part_takes_its_repaid_principal_along_and_the_interest_stays() {
    let (mut book, _) = running();
    let before = fund(&book, 1);
    trade(&mut book, vec![part(Some(1), 3, 150_00)]).expect("it is a quarter");
    assert_eq!((left(&book, 1), left(&book, 3), left(&book, 2)), (360_00, 120_00, 280_00));
    assert_eq!(returned(&fund(&book, 3)), (30_00, 0));
    assert_eq!(returned(&fund(&book, 1)), (90_00, before.interest_earned.minor()));
    assert_eq!(fund(&book, 3).bought_on, Some(date(2012, 7, 28)));
    assert_owed(&book);
    book.move_to(date(2012, 8, 28));
    book.repay("215.45").expect("it is due");
    let paid = book.loan().servicing.paid.principal.minor();
    let of_both = (fund(&book, 1).principal_repaid + fund(&book, 3).principal_repaid).minor();
    assert!((of_both * 950 - paid * 600).abs() < 950, "{of_both} of {paid}: 600 of 950");
    let (sellers, buyers) =
        (fund(&book, 1).interest_earned - before.interest_earned, fund(&book, 3).interest_earned);
    assert!(
        buyers.is_positive() && (sellers.minor() - buyers.minor() * 3).abs() <= 3,
        "{sellers:?} {buyers:?}"
    );
    assert_owed(&book);
}

#[test]
fn accounts_of_both_sides_move_by_the_price() {
    let (mut book, _) = running();
    let before = book.loan().clone();
    let with_price = NewTrade { price: Some(cents(125_00)), ..part(Some(1), 3, 150_00) };
    trade(&mut book, vec![with_price]).expect("it is a quarter");
    let (seller, told) = settled(&account(1, 0), Some(&before), &book);
    assert_eq!(
        (seller.balance, seller.invested, told),
        (cents(125_00), cents(-120_00), vec![InvestingKind::Sold])
    );
    let (buyer, told) = settled(&account(3, 200_00), Some(&before), &book);
    assert_eq!(
        (buyer.balance, buyer.invested, told),
        (cents(75_00), cents(120_00), vec![InvestingKind::Bought])
    );
    assert_owed(&book);
}

/// The principal of a payment that is taken back is borne by whoever has the part now, whose claim grows with it; the
/// interest by whoever got it.
#[test]
fn a_payment_from_before_a_sale_is_taken_back_of_both_to_the_cent() {
    let (mut book, payment) = running();
    let interest = fund(&book, 1).interest_earned;
    trade(&mut book, vec![part(Some(1), 3, 150_00)]).expect("it is a quarter");
    let sold = book.loan().clone();
    book.reverse(payment).expect("nothing was paid since");
    assert_eq!((left(&book, 1), left(&book, 3), left(&book, 2)), (450_00, 150_00, 350_00));
    let moved = |number: u64| settled(&account(number, 0), Some(&sold), &book).0.balance;
    assert_eq!((moved(1), moved(3)), (-cents(90_00) - interest, cents(-30_00)));
    assert_owed(&book);
}

#[test]
fn the_lender_sells_a_part_of_its_own_and_is_paid_what_is_left_in_it() {
    let mut book = approved(product(), figures("950"));
    pay_out(&mut book, None, &[]).expect("it is the lender's");
    book.move_to(date(2012, 7, 28));
    let payment = book.repay("215.45").expect("it is due")[0].id;
    trade(&mut book, vec![part(None, 3, 475_00)]).expect("it is a half");
    assert_eq!((left(&book, 3), returned(&fund(&book, 3))), (380_00, (95_00, 0)));
    assert_owed(&book);
    trade(&mut book, vec![part(None, 4, 475_00)]).expect("it is the other half");
    let none = trade(&mut book, vec![part(None, 5, 1)]);
    let refused = MarketRefusal::MoreThanInvested { wanted: "0.01".into(), invested: "0.00".into() };
    assert_eq!(none, Err(refused.into()));
    book.reverse(payment).expect("nothing was paid since");
    assert_eq!((left(&book, 3), left(&book, 4)), (475_00, 475_00));
    assert_owed(&book);
    book.move_to(date(2012, 9, 1));
    book.command(&LoanCommand::WriteOff { notes: None }).expect("it is active");
    assert_eq!((fund(&book, 3).lost, left(&book, 3)), (cents(475_00), 0));
    assert_owed(&book);
}

#[test]
fn what_is_not_there_is_not_sold_and_nothing_is_done() {
    let (mut book, _) = running();
    let before = book.loan().clone();
    let more =
        |wanted: &str| MarketRefusal::MoreThanInvested { wanted: wanted.into(), invested: "600.00".into() };
    assert_eq!(trade(&mut book, vec![part(Some(1), 3, 600_01)]), Err(more("600.01").into()));
    assert_eq!(trade(&mut book, vec![part(Some(1), 3, 0)]), Err(more("0.00").into()));
    assert_eq!(trade(&mut book, vec![part(Some(7), 3, 1_00)]), Err(MarketRefusal::UnknownOrder.into()));
    let second = vec![part(Some(1), 3, 600_00), part(Some(1), 4, 1)];
    let none = MarketRefusal::MoreThanInvested { wanted: "0.01".into(), invested: "0.00".into() };
    assert_eq!(trade(&mut book, second), Err(none.into()));
    assert_eq!(book.loan(), &before);
    trade(&mut book, vec![part(Some(1), 3, 600_00)]).expect("it is all of it");
    assert_eq!((left(&book, 1), fund(&book, 1).amount), (0, Amount::ZERO));
    book.command(&LoanCommand::WriteOff { notes: None }).expect("it is active");
    let closed = Refusal::WrongState { command: "sell", state: book.loan().state().name() };
    assert_eq!(trade(&mut book, vec![part(Some(3), 4, 1_00)]), Err(closed));
}

#[test]
fn a_disbursement_stays_once_orders_were_sold() {
    let mut book = funded();
    trade(&mut book, vec![part(Some(1), 3, 1_00)]).expect("it is a part");
    let undone = book.command(&LoanCommand::UndoDisbursement { named: None, notes: None });
    assert_eq!(undone.map(|_| ()), Err(MarketRefusal::OrdersTraded.into()));
    assert_owed(&book);
}

#[test]
fn no_part_of_a_disbursement_is_taken_back_once_the_lender_sold_of_it() {
    let mut book = TestBook::active(tranched(), date(2025, 1, 1), agreed_in_two());
    book.move_to(date(2025, 2, 5));
    book.command(&LoanCommand::Disburse(Disburse::default())).expect("it is its day");
    trade(&mut book, vec![part(None, 3, 1_000_00)]).expect("it is all of it");
    let undone = book.command(&LoanCommand::UndoDisbursement { named: None, notes: None });
    assert_eq!(undone.map(|_| ()), Err(MarketRefusal::OrdersTraded.into()));
    assert_owed(&book);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// A twin of the loan in which nobody sells: who does not trade gets the same to the cent, and all parts together
    /// what the whole would have got.
    #[test]
    fn sales_change_nobody_elses_share_by_a_cent(
        funds in prop::collection::vec(1i64..400_00, 2..6),
        sales in prop::collection::vec((0usize..8, 1i64..300_00), 1..6),
        payments in prop::collection::vec(1i64..150_00, 1..6),
    ) {
        let sum: i64 = funds.iter().sum();
        let start = || {
            let mut book = approved(product(), figures(&text(sum.max(100_00))));
            let mut funds = funds.clone();
            funds[0] += sum.max(100_00) - sum;
            pay_out(&mut book, None, &funds).expect("it is all of it");
            book.move_to(date(2012, 7, 28));
            book
        };
        let (mut book, mut twin) = (start(), start());
        let mut next = 100;
        // Which fund of the twin each fund is a part of.
        let mut roots: Vec<(u64, usize)> = (1..).zip(0..funds.len()).collect();
        let mut sales = sales.into_iter();
        for payment in payments {
            let paid = book.repay(&text(payment)).is_ok();
            prop_assert_eq!(paid, twin.repay(&text(payment)).is_ok());
            if let Some((seller, amount)) = sales.next() {
                let (from, root) = roots[seller % roots.len()];
                if trade(&mut book, vec![part(Some(from), next, amount)]).is_ok() {
                    roots.push((next, root));
                    next += 1;
                }
            }
            prop_assert_eq!(book.findings(), []);
            for (place, whole) in twin.loan().servicing.course.funds.iter().enumerate() {
                let parts = roots.iter().filter(|(_, root)| *root == place);
                let parts: Vec<Fund> = parts.map(|(number, _)| fund(&book, *number)).collect();
                prop_assert_eq!(parts.iter().map(|part| part.amount).sum::<Amount>(), whole.amount);
                prop_assert_eq!(parts.iter().map(|part| part.principal_repaid).sum::<Amount>(), whole.principal_repaid);
                prop_assert!(parts.iter().all(|part| !part.left().is_negative() && !part.interest_earned.is_negative()));
                if let [only] = parts.as_slice() {
                    prop_assert_eq!(returned(only), returned(whole));
                }
            }
        }
    }
}

/// A loan that nobody funds is paid out as ever.
#[test]
fn nothing_is_shared_before_the_first_part_is_bought() {
    let mut book = approved(product(), figures("950"));
    book.command(&LoanCommand::Disburse(Disburse::default())).expect("it is approved");
    assert_eq!(balance(&book, GlAccount::InvestorFunds), Amount::ZERO);
}

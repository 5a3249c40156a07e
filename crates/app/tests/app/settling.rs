//! What linked deposit accounts pay at the end of a day, and what they do not pay on another one.

use jiff::civil::{Date, date};
use loam_app::command::{Address, Command, Done};
use loam_app::desk::Desk;
use loam_book::ids::Key;
use loam_book::loan::Loan;
use loam_book::product::linking::{LinkingRules, SettlementOptions};
use loam_book::record::Record;
use loam_book::savings::command::SavingsCommand;
use loam_calc::money::Amount;

use crate::aside::{moved, new_account, savings_product};
use crate::desk::{a_product, active_loan, client_of, new_client, open, submit};
use crate::memory::Memory;

/// The business date of the book in memory, and the day before.
const TODAY: Date = date(2024, 1, 31);
const YESTERDAY: Date = date(2024, 1, 30);

/// An account with some money.
async fn filled(desk: &Desk) -> Address {
    let record = Record::SavingsProduct(Box::new(savings_product()));
    submit(desk, Command::CreateRecord(Box::new(record))).await.expect("a new product");
    let client = client_of(submit(desk, new_client(None, "Eva")).await.expect("complete"));
    let holder = Address { part: client.part, key: client.key };
    let opened = submit(desk, new_account(holder)).await.expect("opened");
    let Done::Savings { account, .. } = opened.done else { panic!("a deposit account was asked for") };
    let account = account.address();
    for command in [SavingsCommand::Approve { notes: None }, SavingsCommand::Deposit(moved("100"))] {
        submit(desk, Command::Savings { account, command }).await.expect("the life of an account");
    }
    account
}

fn paid(store: &Memory, loan: Key) -> Amount {
    let loan: &Loan = &store.inside().loans[&loan];
    loan.servicing.paid.total()
}

/// A server that is late with the end of a day meets a book that is on the next one.
#[tokio::test]
async fn a_settlement_of_another_day_takes_nothing() {
    let store = Memory::default();
    let desk = open(&store);
    let mut product = a_product();
    let options = SettlementOptions::PartialDueAmounts;
    product.linking = LinkingRules { is_enabled: true, options, ..LinkingRules::default() };
    let loan = active_loan(&desk, product).await;
    let account = filled(&desk).await;
    {
        let mut inside = store.inside();
        let stored = inside.loans.get_mut(&loan.key).expect("it is stored");
        stored.servicing.course.settlement_accounts = vec![account];
        stored.servicing.installments[0].due_date = YESTERDAY;
    }
    let settle = async |on: Date| {
        let outcome = submit(&desk, Command::Settle { loan, on }).await.expect("there is nothing to refuse");
        let Done::Loan { transactions, .. } = outcome.done else { panic!("a loan was asked for") };
        transactions.len()
    };
    assert_eq!(settle(YESTERDAY).await, 0);
    assert_eq!(paid(&store, loan.key), Amount::ZERO);
    assert_eq!(settle(TODAY).await, 1);
    assert_eq!(paid(&store, loan.key), Amount::from_minor(10_000));
    assert_eq!(settle(TODAY).await, 0, "the account is empty");
}

//! Deposit accounts at the desk: which account is set aside where a command is about two, and who is not
//! deleted in the batch in which he or she opens one.

use std::sync::Arc;

use loam_app::command::{Address, Command, Done, TransferTo};
use loam_app::error::AppError;
use loam_book::ids::{Key, Part};
use loam_book::loan::{Holder, HolderKind};
use loam_book::organization::TransactionDetails;
use loam_book::party::Assignment;
use loam_book::product::IdPattern;
use loam_book::record::Record;
use loam_book::savings::command::{Move, NewSavings, SavingsCommand, SavingsFigures};
use loam_book::savings::product::{AccountType, SavingsProduct};
use loam_book::stated::StatedAmount;
use loam_calc::currency::Currency;
use serde_json::json;

use crate::desk::{a_product, active_loan, caller, client_of, new_client, open, submit};
use crate::memory::Memory;

pub(crate) fn savings_product() -> SavingsProduct {
    let product = json!({
        "key": Key::entity(Part::new(0), 0, 70), "id": "S", "name": "Savings", "description": null,
        "account_type": AccountType::RegularSavings, "is_active": true, "for_individuals": true,
        "for_groups": false, "branches": [], "currency": Currency::USD, "id_pattern": IdPattern::Incremental,
        "allows_overdraft": false, "max_overdraft_limit": null, "max_withdrawal": null,
        "recommended_deposit": null, "minimum_opening_balance": null, "allows_arbitrary_fees": true,
        "created_at": "1970-01-01T00:00:00Z", "last_modified_at": "1970-01-01T00:00:00Z",
    });
    serde_json::from_value(product).expect("as it is stored")
}

pub(crate) fn moved(amount: &str) -> Move {
    Move {
        amount: StatedAmount(amount.into()),
        value_date: None,
        details: TransactionDetails::default(),
        custom_values: Vec::new(),
    }
}

pub(crate) fn new_account(holder: Address) -> Command {
    let new = NewSavings {
        id: None,
        holder: Holder { kind: HolderKind::Client, key: holder.key },
        product: savings_product().key,
        name: None,
        notes: None,
        assignment: Assignment::default(),
        currency: None,
        figures: SavingsFigures::default(),
        custom_values: Vec::new(),
        line_of_credit: None,
    };
    Command::CreateSavings { holder, new: Box::new(new) }
}

#[tokio::test]
async fn a_transfer_to_a_broken_loan_sets_the_loan_aside_and_not_the_payer() {
    let store = Memory::default();
    let desk = open(&store);
    let broken = active_loan(&desk, a_product()).await;
    let record = Record::SavingsProduct(Box::new(savings_product()));
    submit(&desk, Command::CreateRecord(Box::new(record))).await.expect("a new product");
    let client = client_of(submit(&desk, new_client(None, "Eva")).await.expect("complete"));
    let holder = Address { part: client.part, key: client.key };
    let opened = submit(&desk, new_account(holder)).await.expect("opened");
    let Done::Savings { account, .. } = opened.done else { panic!("a deposit account was asked for") };
    let account = account.address();
    let on_account = |command| desk.submit(Command::Savings { account, command }, caller(None));
    on_account(SavingsCommand::Approve { notes: None }).await.expect("approved");
    on_account(SavingsCommand::Deposit(moved("100"))).await.expect("taken");
    store.inside().loans.get_mut(&broken.key).expect("it is stored").servicing.installments.swap(0, 1);

    let to = TransferTo::Loan(broken);
    let transfer = Command::Transfer { from: account, to, wanted: Box::new(moved("10")) };
    let panicked = submit(&desk, transfer).await;
    assert!(matches!(panicked, Err(AppError::Broken(_))), "{panicked:?}");
    let aside: Vec<Key> = store.inside().quarantined.iter().map(|(key, _)| *key).collect();
    assert_eq!(aside, [broken.key]);
    on_account(SavingsCommand::TakeOut(moved("100"))).await.expect("nothing was paid, and nothing is wrong");
}

#[tokio::test]
async fn nobody_is_deleted_in_the_batch_that_opens_a_deposit_account() {
    let store = Memory::default();
    let desk = open(&store);
    let record = Record::SavingsProduct(Box::new(savings_product()));
    submit(&desk, Command::CreateRecord(Box::new(record))).await.expect("a new product");
    let client = client_of(submit(&desk, new_client(None, "Eva")).await.expect("complete"));
    let holder = Address { part: client.part, key: client.key };
    let gate = Arc::new(tokio::sync::Semaphore::new(0));
    store.inside().gate = Some(Arc::clone(&gate));
    let first = desk.submit(new_client(None, "Ana"), caller(None));
    let opened = desk.submit(new_account(holder), caller(None));
    let deleted = desk.submit(Command::DeleteClient { client: holder }, caller(None));
    let release = async { gate.add_permits(1_000) };
    let (_, opened, deleted, ()) = futures_util::join!(first, opened, deleted, release);
    opened.expect("the client is there");
    assert!(matches!(deleted, Err(AppError::Refused(_))), "{deleted:?}");
    assert!(store.inside().clients.contains_key(&client.key));
}

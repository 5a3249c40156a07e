//! Applications at the desk: one transaction for an application and its loan, numbers that nobody
//! else has, rejection of both.

use std::sync::Arc;

use loam_app::command::{Address, Command, Done, MarketCommand, Outcome};
use loam_app::desk::Desk;
use loam_app::error::AppError;
use loam_book::application::{Application, NewApplication, Resolved, Stage, loan_id};
use loam_book::ids::{Key, Part};
use loam_book::loan::command::{Disburse, LoanCommand, LoanFigures, NewLoan};
use loam_book::loan::refusal::{PartyRefusal, Refusal};
use loam_book::loan::{Closure, Holder, HolderKind, Loan, LoanState};
use loam_book::party::{Assignment, Client};
use loam_book::record::Record;
use loam_book::stated::{StatedAmount, StatedPercent};

use crate::desk::{a_product, caller, client_of, new_client, open, submit};
use crate::memory::Memory;

/// A desk with a product and a client.
async fn prepared(store: &Memory) -> (Desk, Client) {
    let desk = open(store);
    let client = client_of(submit(&desk, new_client(None, "Ana")).await.expect("complete"));
    submit(&desk, Command::CreateRecord(Box::new(Record::Product(Box::new(a_product())))))
        .await
        .expect("new");
    (desk, client)
}

fn new_application(create_schedule: bool) -> NewApplication {
    let key = Key::entity(Part::new(0), 3, 3);
    NewApplication {
        borrower_account: "001G000001KY8by".into(),
        purpose: Resolved { value: "Family".into(), key: Some(key) },
        product: Resolved { value: String::new(), key: Some(a_product().key) },
        amount: Some(StatedAmount("950".into())),
        refinancing: None,
        interest_rate: Some(StatedPercent("2.5".into())),
        term: Some(5),
        maturity_date: None,
        due_day: None,
        disbursal_date: None,
        first_installment_date: None,
        expiry_date: None,
        protect_type: None,
        protect_fee_percent: None,
        protect_waiver_type: None,
        eod_accrual_type: None,
        eod_fee_accrual: None,
        create_schedule,
        not_served: None,
    }
}

fn apply(client: &Client, create_schedule: bool) -> Command {
    let borrower = Address { part: client.part, key: client.key };
    Command::Apply { borrower, new: Box::new(new_application(create_schedule)) }
}

fn applied(outcome: Outcome) -> (Application, Option<Loan>) {
    let Done::Application { application, loan } = outcome.done else { panic!("it was applied for a loan") };
    (*application, loan.map(Arc::unwrap_or_clone))
}

fn reject(application: &Application) -> Command {
    let at = |key| Address { part: application.part, key };
    let loan = application.loan.as_ref().map(|loan| at(loan.key));
    Command::RejectApplication { application: at(application.key), loan }
}

fn loan_named(client: &Client, id: &str) -> Command {
    let holder = Address { part: client.part, key: client.key };
    let new = NewLoan {
        id: Some(id.to_owned()),
        holder: Holder { kind: HolderKind::Client, key: client.key },
        product: a_product().key,
        name: None,
        notes: None,
        assignment: Assignment::default(),
        figures: LoanFigures {
            amount: Some(StatedAmount("950".into())),
            interest_rate: Some(StatedPercent("2.5".into())),
            ..LoanFigures::default()
        },
    };
    Command::CreateLoan { holder, new: Box::new(new) }
}

#[tokio::test]
async fn an_application_and_its_loan_are_one_transaction() {
    let store = Memory::default();
    let (desk, client) = prepared(&store).await;
    let batches = store.inside().batches.len();
    let outcome = submit(&desk, apply(&client, true)).await.expect("it is possible");
    let (application, loan) = applied(outcome);
    let loan = loan.expect("a schedule was asked for");
    assert!(application.number >= 1);
    assert_eq!(loan.id, loan_id(application.number));
    let named = application.loan.clone().expect("a schedule was asked for");
    assert_eq!((named.key, named.account_no, &named.id), (loan.key, loan.account_no, &loan.id));
    assert_ne!(application.key, loan.key);

    let inside = store.inside();
    assert_eq!(inside.batches[batches..], [2], "one commit, one audit row each");
    assert_eq!(inside.applications[&application.key], application);
    assert_eq!(inside.loans[&loan.key], loan);
    assert!(inside.ids.keys().any(|name| name.id == loan.id), "the id is taken in the registry");
}

#[tokio::test]
async fn without_a_schedule_there_is_no_loan() {
    let store = Memory::default();
    let (desk, client) = prepared(&store).await;
    let (application, loan) = applied(submit(&desk, apply(&client, false)).await.expect("it is possible"));
    assert_eq!((application.loan, loan), (None, None));
    assert!(store.inside().loans.is_empty());
}

#[tokio::test]
async fn numbers_are_taken_when_the_first_application_comes() {
    let store = Memory::default();
    let (desk, client) = prepared(&store).await;
    assert!(!store.inside().blocks.contains(&"application"));
    let (first, _) = applied(submit(&desk, apply(&client, false)).await.expect("it is possible"));
    let (second, _) = applied(submit(&desk, apply(&client, false)).await.expect("it is possible"));
    assert_eq!(second.number, first.number + 1);
    assert_eq!(store.inside().blocks.iter().filter(|name| **name == "application").count(), 1);
}

#[tokio::test]
async fn a_repeated_application_is_answered_and_not_made_again() {
    let store = Memory::default();
    let (desk, client) = prepared(&store).await;
    let once = || caller(Some(("k", "a")));
    let first = desk.submit(apply(&client, true), once()).await.expect("it is possible");
    assert_eq!(desk.submit(apply(&client, true), once()).await.expect("a retry"), first);
    let other = desk.submit(apply(&client, true), caller(Some(("k", "b")))).await;
    assert_eq!(other.expect_err("other content"), AppError::IdempotencyKeyReused);
    let inside = store.inside();
    assert_eq!((inside.applications.len(), inside.loans.len()), (1, 1));
}

#[tokio::test]
async fn a_loan_id_that_is_taken_is_passed_over() {
    let store = Memory::default();
    let (desk, client) = prepared(&store).await;
    let (first, _) = applied(submit(&desk, apply(&client, false)).await.expect("it is possible"));
    let next = loan_id(first.number + 1);
    submit(&desk, loan_named(&client, &next)).await.expect("the id is free");
    let (application, loan) = applied(submit(&desk, apply(&client, true)).await.expect("it is possible"));
    let loan = loan.expect("a schedule was asked for");
    assert_ne!(loan.id, next);
    assert_eq!(loan.id, loan_id(application.number));
}

/// A loan that the marketplace makes by itself.
fn opened(client: &Client) -> Command {
    let Command::CreateLoan { holder, new } = loan_named(client, "") else { unreachable!("it makes a loan") };
    let new = Box::new(NewLoan { id: None, ..*new });
    Command::Market(Box::new(MarketCommand::Open { holder, new }))
}

fn id_of_loan(outcome: Outcome) -> String {
    let Done::Loan { loan, .. } = outcome.done else { panic!("a loan was made") };
    loan.id.clone()
}

#[tokio::test]
async fn a_loan_of_the_marketplace_and_applications_are_counted_together() {
    let store = Memory::default();
    let (desk, client) = prepared(&store).await;
    let once = || caller(Some(("k", "a")));
    let first = desk.submit(opened(&client), once()).await.expect("it is possible");
    assert_eq!(desk.submit(opened(&client), once()).await.expect("a retry"), first);
    let (application, _) = applied(submit(&desk, apply(&client, true)).await.expect("it is possible"));
    assert!(id_of_loan(first) < loan_id(application.number), "a retry draws a number, too, that nobody gets");
    submit(&desk, loan_named(&client, &loan_id(application.number + 1))).await.expect("the id is free");
    let second = id_of_loan(submit(&desk, opened(&client)).await.expect("another number is free"));
    assert_eq!(second, loan_id(application.number + 2));
    let inside = store.inside();
    assert_eq!((inside.applications.len(), inside.loans.len()), (1, 4));
}

#[tokio::test]
async fn a_loan_id_that_the_same_batch_takes_is_passed_over_too() {
    let store = Memory::default();
    let (desk, client) = prepared(&store).await;
    let (first, _) = applied(submit(&desk, apply(&client, false)).await.expect("it is possible"));
    let gate = Arc::new(tokio::sync::Semaphore::new(0));
    store.inside().gate = Some(Arc::clone(&gate));
    let open_gate = async {
        tokio::task::yield_now().await;
        gate.add_permits(1_000);
    };
    let (_, stranger, application, ()) = futures_util::future::join4(
        submit(&desk, new_client(None, "Bo")),
        submit(&desk, loan_named(&client, &loan_id(first.number + 1))),
        submit(&desk, apply(&client, true)),
        open_gate,
    )
    .await;
    stranger.expect("the id is free");
    let (application, loan) = applied(application.expect("another number is free"));
    assert_eq!(loan.expect("a schedule was asked for").id, loan_id(application.number));
}

#[tokio::test]
async fn a_rejection_closes_application_and_loan_together() {
    let store = Memory::default();
    let (desk, client) = prepared(&store).await;
    let (application, _) = applied(submit(&desk, apply(&client, true)).await.expect("it is possible"));
    let batches = store.inside().batches.len();
    let (rejected, loan) = applied(submit(&desk, reject(&application)).await.expect("it is new"));
    assert_eq!((rejected.stage, rejected.version), (Stage::Rejected, 2));
    let state = loan.expect("it has a loan").servicing.state;
    assert!(matches!(state, LoanState::Closed { closure: Closure::Rejected, .. }), "{state:?}");
    assert_eq!(store.inside().batches[batches..], [2], "one commit, one audit row each");

    let again = submit(&desk, reject(&application)).await.expect_err("it is rejected already");
    let expected = Refusal::WrongApplicationStage { command: "reject", stage: "rejected" };
    assert_eq!(again, AppError::Refused(expected));
}

#[tokio::test]
async fn an_application_without_a_loan_is_rejected_alone_and_one_whose_loan_is_withdrawn_is_cancelled() {
    let store = Memory::default();
    let (desk, client) = prepared(&store).await;
    let (without, _) = applied(submit(&desk, apply(&client, false)).await.expect("it is possible"));
    let (rejected, loan) = applied(submit(&desk, reject(&without)).await.expect("it is new"));
    assert_eq!((rejected.stage, loan), (Stage::Rejected, None));

    let (application, loan) = applied(submit(&desk, apply(&client, true)).await.expect("it is possible"));
    let address = Address { part: application.part, key: loan.expect("it was asked for").key };
    let withdraw = LoanCommand::Withdraw { notes: None };
    submit(&desk, Command::Loan { loan: address, command: withdraw }).await.expect("it is pending");
    assert_eq!(store.inside().applications[&application.key].stage, Stage::Cancelled);
    let again = submit(&desk, reject(&application)).await.expect_err("it is cancelled already");
    let expected = Refusal::WrongApplicationStage { command: "reject", stage: "cancelled" };
    assert_eq!(again, AppError::Refused(expected));
}

#[tokio::test]
async fn an_application_whose_loan_was_paid_out_stays() {
    let store = Memory::default();
    let (desk, client) = prepared(&store).await;
    let (application, loan) = applied(submit(&desk, apply(&client, true)).await.expect("it is possible"));
    let address = Address { part: application.part, key: loan.expect("it was asked for").key };
    for command in [LoanCommand::Approve { notes: None }, LoanCommand::Disburse(Disburse::default())] {
        submit(&desk, Command::Loan { loan: address, command }).await.expect("the life of a loan");
    }
    let refused = submit(&desk, reject(&application)).await.expect_err("the money is gone");
    let expected = Refusal::WrongApplicationStage { command: "reject", stage: "funded" };
    assert_eq!(refused, AppError::Refused(expected));
    assert_eq!(store.inside().applications[&application.key].stage, Stage::Funded, "by the lender");
}

#[tokio::test]
async fn nothing_of_a_refused_application_is_written() {
    let store = Memory::default();
    let (desk, client) = prepared(&store).await;
    let Command::Apply { borrower, mut new } = apply(&client, true) else { unreachable!("it applies") };
    new.term = Some(0);
    let refused = submit(&desk, Command::Apply { borrower, new: new.clone() }).await;
    assert!(matches!(refused, Err(AppError::Refused(Refusal::InvalidTerm { .. }))), "{refused:?}");
    let nobody = Address { part: Part::new(9), key: Key::entity(Part::new(9), 0, 9) };
    new.term = Some(5);
    let refused = submit(&desk, Command::Apply { borrower: nobody, new }).await;
    assert!(matches!(refused, Err(AppError::Refused(Refusal::UnknownHolder { .. }))), "{refused:?}");
    let nothing = Command::RejectApplication { application: nobody, loan: None };
    let refused = submit(&desk, nothing).await;
    assert_eq!(refused.expect_err("there is none"), AppError::ApplicationNotFound);
    assert!(store.inside().applications.is_empty() && store.inside().loans.is_empty());
}

#[tokio::test]
async fn whoever_applies_is_not_deleted_by_the_same_batch() {
    let store = Memory::default();
    let (desk, client) = prepared(&store).await;
    let gate = Arc::new(tokio::sync::Semaphore::new(0));
    store.inside().gate = Some(Arc::clone(&gate));
    let open_gate = async {
        // The other two wait behind the first save and make one batch.
        tokio::task::yield_now().await;
        gate.add_permits(1_000);
    };
    let address = Address { part: client.part, key: client.key };
    let (_, applied, deleted, ()) = futures_util::future::join4(
        submit(&desk, new_client(None, "Bo")),
        submit(&desk, apply(&client, false)),
        submit(&desk, Command::DeleteClient { client: address }),
        open_gate,
    )
    .await;
    applied.expect("complete");
    let tied = Refusal::from(PartyRefusal::ClientHasAccounts);
    assert_eq!(deleted.expect_err("an application ties"), AppError::Refused(tied));
}

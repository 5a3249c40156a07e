//! What the desk promises: a refusal touches nobody else, nothing is answered before its commit,
//! a retry gets the first answer, a panic stays with its command.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use loam_app::command::{Address, Caller, Command, Done, Idempotency, Kept, Outcome};
use loam_app::desk::Desk;
use loam_app::error::{AppError, StoreError};
use loam_app::ports::{Clock, Random};
use loam_book::actor::{Actor, Door};
use loam_book::ids::{Key, Part};
use loam_book::loan::command::{Disburse, LoanCommand, LoanFigures, NewLoan, Repay};
use loam_book::loan::refusal::Refusal;
use loam_book::loan::{Holder, HolderKind};
use loam_book::organization::TransactionDetails;
use loam_book::party::{Assignment, Client, NewClient, Profile};
use loam_book::product::Product;
use loam_book::record::Record;
use loam_book::stated::{StatedAmount, StatedPercent};

use crate::memory::Memory;

struct Standstill;

impl Clock for Standstill {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }
}

struct Counter(AtomicU64);

impl Random for Counter {
    fn draw(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
}

pub(crate) fn open(store: &Memory) -> Desk {
    let random = Arc::new(Counter(AtomicU64::new(1)));
    let (desk, _lanes) =
        Desk::open(vec![Box::new(store.clone())], Arc::new(Standstill), random).expect("threads start");
    desk
}

pub(crate) fn caller(idempotency: Option<(&str, &str)>) -> Caller {
    let actor = Actor {
        user_key: Key::entity(Part::new(0), 0, 1),
        username: "tom".into(),
        is_administrator: true,
        permissions: vec![],
        only_own_clients: false,
        role: None,
        bounds: loam_book::rights::Bounds::default(),
    };
    let idempotency = idempotency.map(|(key, content)| Idempotency {
        key: key.into(),
        content: content.into(),
        kept: Kept::Whole,
    });
    Caller { actor: Arc::new(actor), door: Door::Native, request_id: "r".into(), idempotency }
}

pub(crate) async fn submit(desk: &Desk, command: Command) -> Result<Outcome, AppError> {
    desk.submit(command, caller(None)).await
}

pub(crate) fn new_client(id: Option<&str>, first_name: &str) -> Command {
    let new = NewClient {
        id: id.map(str::to_owned),
        state: None,
        profile: Profile { first_name: first_name.into(), last_name: "Lima".into(), ..Profile::default() },
        role: None,
        assignment: Assignment::default(),
        addresses: vec![],
        documents: vec![],
        custom_values: Vec::new(),
    };
    Command::CreateClient { part: Part::new(3), new: Box::new(new) }
}

pub(crate) fn client_of(outcome: Outcome) -> Client {
    let Done::Client { client } = outcome.done else { panic!("a client was asked for") };
    *client
}

pub(crate) async fn active_loan(desk: &Desk, product: Product) -> Address {
    let client = client_of(submit(desk, new_client(None, "Ana")).await.expect("complete"));
    let holder = Address { part: client.part, key: client.key };
    let key = product.key;
    submit(desk, Command::CreateRecord(Box::new(Record::Product(Box::new(product)))))
        .await
        .expect("a new product");
    let new = NewLoan {
        id: None,
        holder: Holder { kind: HolderKind::Client, key: client.key },
        product: key,
        name: None,
        notes: None,
        assignment: Assignment::default(),
        figures: LoanFigures {
            amount: Some(StatedAmount("950".into())),
            interest_rate: Some(StatedPercent("2.5".into())),
            ..LoanFigures::default()
        },
    };
    let outcome =
        submit(desk, Command::CreateLoan { holder, new: Box::new(new) }).await.expect("within the product");
    let Done::Loan { loan, .. } = outcome.done else { panic!("a loan was asked for") };
    let address = Address { part: loan.part, key: loan.key };
    for command in [LoanCommand::Approve { notes: None }, LoanCommand::Disburse(Disburse::default())] {
        submit(desk, Command::Loan { loan: address, command }).await.expect("the life of a loan");
    }
    address
}

pub(crate) fn repay(loan: Address, amount: &str) -> Command {
    let details = TransactionDetails::default();
    let repay = Repay { amount: StatedAmount(amount.into()), custom: Vec::new(), value_date: None, details };
    Command::Loan { loan, command: LoanCommand::Repay(repay) }
}

pub(crate) fn a_product() -> Product {
    serde_json::from_str(include_str!("product.json")).expect("the product is complete")
}

#[tokio::test]
async fn what_is_handed_in_is_decided_in_that_order_and_answered_in_brief_to_a_retry() {
    let store = Memory::default();
    let desk = open(&store);
    let loan = active_loan(&desk, a_product()).await;
    let mut of_many = caller(Some(("k", "c")));
    of_many.idempotency.as_mut().expect("it was given").kept = Kept::Brief;
    let first = desk.hand_in(repay(loan, "1"), of_many.clone()).await.expect("the desk is open");
    let others = ["2", "3", "4"].map(|amount| desk.hand_in(repay(loan, amount), caller(None)));
    let mut numbers = Vec::new();
    let Done::Loan { transactions, .. } = first.answer().await.expect("a repayment").done else { panic!() };
    numbers.extend(transactions.last().map(|row| row.id));
    for other in others {
        let answer = other.await.expect("the desk is open").answer().await.expect("a repayment");
        let Done::Loan { transactions, .. } = answer.done else { panic!("a repayment gives a loan") };
        numbers.extend(transactions.last().map(|row| row.id));
    }
    assert!(numbers.is_sorted(), "{numbers:?}");
    let again = desk.submit(repay(loan, "1"), of_many).await.expect("it was taken before");
    let Done::LoanMoved { loan: brief, transactions } = again.done else { panic!("kept in brief") };
    assert_eq!((brief.key, transactions.last().map(|row| row.id)), (loan.key, numbers.first().copied()));
}

#[tokio::test]
async fn what_waits_while_a_commit_runs_is_one_batch() {
    let store = Memory::default();
    let desk = open(&store);
    let gate = Arc::new(tokio::sync::Semaphore::new(0));
    store.inside().gate = Some(Arc::clone(&gate));
    let names: Vec<String> = (0..20).map(|n| format!("Ana{n}")).collect();
    let all = futures_util::future::join_all(names.iter().map(|name| submit(&desk, new_client(None, name))));
    let open_gate = async {
        // The queue fills while the first save waits at the gate.
        tokio::task::yield_now().await;
        gate.add_permits(1_000);
    };
    let (answers, ()) = futures_util::future::join(all, open_gate).await;
    assert!(answers.iter().all(Result::is_ok));
    let batches = store.inside().batches.clone();
    assert_eq!(batches.iter().sum::<usize>(), 20);
    assert!(batches.len() < 20, "every command had a commit of its own: {batches:?}");
}

type Waiting<'a> = Pin<Box<dyn Future<Output = Result<Outcome, AppError>> + 'a>>;

#[tokio::test]
async fn what_has_time_goes_behind_what_callers_wait_for_and_never_stands_still() {
    let store = Memory::default();
    let desk = open(&store);
    let gate = Arc::new(tokio::sync::Semaphore::new(0));
    store.inside().gate = Some(Arc::clone(&gate));
    let with_time = |_| Box::pin(desk.submit_behind(new_client(None, "Time"), caller(None))) as Waiting<'_>;
    let waited_for = |_| Box::pin(submit(&desk, new_client(None, "Ana"))) as Waiting<'_>;
    let mut behind: Vec<Waiting<'_>> = (0..300).map(with_time).collect();
    let mut waited_for: Vec<Waiting<'_>> = (0..300).map(waited_for).collect();
    // All are handed in while the first save waits at the gate; who never yields may not send for ever.
    for command in behind.iter_mut().chain(&mut waited_for) {
        tokio::task::yield_now().await;
        assert!(futures_util::poll!(command).is_pending());
    }
    gate.add_permits(10_000);
    let (behind, waited_for) =
        (futures_util::future::join_all(behind).await, futures_util::future::join_all(waited_for).await);
    // Keys are drawn when a command is decided, and grow.
    let keys = |answers: Vec<Result<Outcome, AppError>>| -> Vec<Key> {
        answers.into_iter().map(|answer| client_of(answer.expect("complete")).key).collect()
    };
    let (behind, waited_for) = (keys(behind), keys(waited_for));
    let last_waited_for = waited_for.iter().max().expect("three hundred");
    let before = behind.iter().filter(|key| *key < last_waited_for).count();
    assert!(
        (1..=200).contains(&before),
        "{before} of what has time came before the last that was waited for"
    );
}

#[tokio::test]
async fn a_refusal_touches_nobody_else() {
    let store = Memory::default();
    let desk = open(&store);
    let loan = active_loan(&desk, a_product()).await;
    let (good, bad, also_good) = futures_util::future::join3(
        submit(&desk, repay(loan, "10")),
        submit(&desk, repay(loan, "99999")),
        submit(&desk, repay(loan, "20")),
    )
    .await;
    assert!(good.is_ok() && also_good.is_ok());
    assert!(matches!(bad, Err(AppError::Refused(Refusal::ExcessRepayment { .. }))), "{bad:?}");
    assert_eq!(store.inside().loans[&loan.key].servicing.paid.total().minor(), 30_00);
}

#[tokio::test]
async fn a_taken_id_refuses_its_command_and_the_rest_of_the_batch_is_decided_again() {
    let store = Memory::default();
    let desk = open(&store);
    submit(&desk, new_client(Some("67"), "Ana")).await.expect("the id is free");
    let (taken, free, twice) = futures_util::future::join3(
        submit(&desk, new_client(Some("67"), "Bo")),
        submit(&desk, new_client(Some("68"), "Cy")),
        submit(&desk, new_client(Some("68"), "Di")),
    )
    .await;
    assert!(
        matches!(taken, Err(AppError::Refused(Refusal::IdInUse { ref value, .. })) if value == "67"),
        "{taken:?}"
    );
    assert!(free.is_ok(), "{free:?}");
    assert!(matches!(twice, Err(AppError::Refused(Refusal::IdInUse { .. }))), "{twice:?}");
    assert_eq!(store.inside().clients.len(), 2);
}

#[tokio::test]
async fn a_retry_is_answered_though_a_stranger_asks_for_its_id_in_the_same_batch() {
    let store = Memory::default();
    let desk = open(&store);
    let again = || caller(Some(("k", "a")));
    let first = desk.submit(new_client(Some("67"), "Ana"), again()).await.expect("the id is free");
    let gate = Arc::new(tokio::sync::Semaphore::new(0));
    store.inside().gate = Some(Arc::clone(&gate));
    let open_gate = async {
        // All three wait behind the first save and make one batch.
        tokio::task::yield_now().await;
        gate.add_permits(1_000);
    };
    let (_, retry, stranger, ()) = futures_util::future::join4(
        submit(&desk, new_client(None, "Bo")),
        desk.submit(new_client(Some("67"), "Ana"), again()),
        submit(&desk, new_client(Some("67"), "Cy")),
        open_gate,
    )
    .await;
    assert_eq!(retry.expect("it was done before"), first);
    assert!(matches!(stranger, Err(AppError::Refused(Refusal::IdInUse { .. }))), "{stranger:?}");
}

#[tokio::test]
async fn a_conflict_is_decided_again_and_an_outage_is_told_to_the_caller() {
    let store = Memory::default();
    let desk = open(&store);
    store.inside().faults.extend([StoreError::VersionConflict, StoreError::TryAgain("40001".into())]);
    submit(&desk, new_client(None, "Ana")).await.expect("the third round goes through");
    let outage = StoreError::Database("the disk is full".into());
    store.inside().faults.extend(std::iter::repeat_n(outage.clone(), 4));
    let refused = submit(&desk, new_client(None, "Bo")).await;
    assert_eq!(refused.expect_err("nothing could be written"), AppError::Store(outage));
    assert_eq!(store.inside().clients.len(), 1, "nothing half-written");
    submit(&desk, new_client(None, "Cy")).await.expect("the lane goes on");
}

#[tokio::test]
async fn the_same_key_and_content_gets_the_first_answer_and_other_content_is_refused() {
    let store = Memory::default();
    let desk = open(&store);
    let loan = active_loan(&desk, a_product()).await;
    let first = desk.submit(repay(loan, "10"), caller(Some(("k", "a")))).await.expect("it is owed");
    let again = desk.submit(repay(loan, "10"), caller(Some(("k", "a")))).await.expect("a retry");
    assert_eq!(first, again);
    let other = desk.submit(repay(loan, "11"), caller(Some(("k", "b")))).await;
    assert_eq!(other.expect_err("other content"), AppError::IdempotencyKeyReused);
    assert_eq!(store.inside().loans[&loan.key].servicing.paid.total().minor(), 10_00);

    let (one, two) = futures_util::future::join(
        desk.submit(repay(loan, "5"), caller(Some(("same batch", "c")))),
        desk.submit(repay(loan, "5"), caller(Some(("same batch", "c")))),
    )
    .await;
    assert_eq!(one.expect("it is owed"), two.expect("a retry"));
    assert_eq!(store.inside().loans[&loan.key].servicing.paid.total().minor(), 15_00);
}

#[tokio::test]
async fn a_refusal_is_not_kept_for_retries() {
    let store = Memory::default();
    let desk = open(&store);
    let loan = active_loan(&desk, a_product()).await;
    let refused = desk.submit(repay(loan, "99999"), caller(Some(("k", "a")))).await;
    assert!(refused.is_err());
    assert!(store.inside().answers.is_empty());
}

#[tokio::test]
async fn a_broken_account_is_set_aside_and_the_others_go_on() {
    let store = Memory::default();
    let desk = open(&store);
    let broken = active_loan(&desk, a_product()).await;
    let mut product = a_product();
    product.key = Key::entity(Part::new(0), 0, 8);
    product.id = "OTHER".into();
    let sound = active_loan(&desk, product).await;
    {
        let mut inside = store.inside();
        let loan = inside.loans.get_mut(&broken.key).expect("it is stored");
        // An installment out of order: the book asserts that it never meets one.
        loan.servicing.installments.swap(0, 1);
    }
    let (panicked, fine) =
        futures_util::future::join(submit(&desk, repay(broken, "10")), submit(&desk, repay(sound, "10")))
            .await;
    assert!(matches!(panicked, Err(AppError::Broken(_))), "{panicked:?}");
    assert!(fine.is_ok(), "{fine:?}");
    assert_eq!(store.inside().quarantined.len(), 1);
    let refused = submit(&desk, repay(broken, "10")).await;
    assert_eq!(refused.expect_err("it is set aside"), AppError::Quarantined);
}

#[tokio::test]
async fn an_unknown_account_is_not_found() {
    let desk = open(&Memory::default());
    let nowhere = Address { part: Part::new(1), key: Key::entity(Part::new(1), 0, 9) };
    let answer = submit(&desk, repay(nowhere, "10")).await;
    assert_eq!(answer.expect_err("there is no such loan"), AppError::AccountNotFound);
}

//! What a preview promises: the answer that the command would get, and nothing written.

use loam_app::command::Done;
use loam_app::error::{AppError, StoreError};
use loam_book::loan::command::{LoanCommand, Repay, ReversalKind, Reverse};
use loam_book::loan::refusal::Refusal;
use loam_book::organization::TransactionDetails;
use loam_book::stated::StatedAmount;

use crate::desk::{a_product, active_loan, caller, open, repay, submit};
use crate::memory::Memory;

fn repayment(amount: &str) -> LoanCommand {
    let details = TransactionDetails::default();
    LoanCommand::Repay(Repay {
        amount: StatedAmount(amount.into()),
        custom: Vec::new(),
        value_date: None,
        details,
    })
}

#[tokio::test]
async fn a_preview_shows_what_the_command_then_does_and_writes_nothing() {
    let store = Memory::default();
    let desk = open(&store);
    let loan = active_loan(&desk, a_product()).await;
    let before = store.fingerprint();
    let preview = desk.preview(loan, repayment("100"), caller(None)).await.expect("it could be repaid");
    assert_eq!(store.fingerprint(), before, "nothing was written");
    assert_eq!(*preview.before, store.inside().loans[&loan.key]);

    let Ok(Done::Loan { loan: after, transactions }) =
        submit(&desk, repay(loan, "100")).await.map(|outcome| outcome.done)
    else {
        panic!("it is repaid")
    };
    assert_eq!(preview.after, *after);
    let kinds = |rows: &[loam_book::loan::transaction::LoanTransaction]| {
        rows.iter().map(|row| (row.kind, row.amount, row.value_date)).collect::<Vec<_>>()
    };
    assert_eq!(kinds(&preview.transactions), kinds(&transactions));
    assert_ne!(store.fingerprint(), before);
}

#[tokio::test]
async fn a_preview_that_needs_the_log_is_given_it() {
    let store = Memory::default();
    let desk = open(&store);
    let loan = active_loan(&desk, a_product()).await;
    let outcome = submit(&desk, repay(loan, "100")).await.expect("it is repaid");
    let Done::Loan { transactions, .. } = outcome.done else { panic!("a loan was asked for") };
    let original = transactions.last().expect("a repayment is served").id;
    let before = store.fingerprint();
    let reverse = Reverse { kind: ReversalKind::Repayment, original, account_no: None, notes: None };
    let preview =
        desk.preview(loan, LoanCommand::Reverse(reverse), caller(None)).await.expect("the last one");
    assert!(preview.transactions.iter().any(|row| row.reverses == Some(original)));
    assert!(preview.after.servicing.paid.is_zero());
    assert_eq!(store.fingerprint(), before, "nothing was written");
}

#[tokio::test]
async fn a_preview_is_refused_as_the_command_would_be() {
    let store = Memory::default();
    let desk = open(&store);
    let loan = active_loan(&desk, a_product()).await;
    let before = store.fingerprint();
    for command in [repayment("99999"), repayment("-1"), LoanCommand::Approve { notes: None }] {
        let previewed = desk.preview(loan, command.clone(), caller(None)).await.expect_err("it is refused");
        let given = submit(&desk, loam_app::command::Command::Loan { loan, command });
        assert_eq!(previewed, given.await.expect_err("it is refused"));
    }
    assert!(matches!(
        desk.preview(loan, repayment("99999"), caller(None)).await,
        Err(AppError::Refused(Refusal::ExcessRepayment { .. }))
    ));
    let nowhere = loam_app::command::Address { key: loam_book::ids::Key::entity(loan.part, 0, 77), ..loan };
    let unknown = desk.preview(nowhere, repayment("1"), caller(None)).await;
    assert_eq!(unknown.expect_err("no such loan"), AppError::AccountNotFound);
    assert_eq!(store.fingerprint(), before);
}

#[tokio::test]
async fn a_preview_stands_behind_what_was_handed_in_before_it() {
    let store = Memory::default();
    let desk = open(&store);
    let loan = active_loan(&desk, a_product()).await;
    store.inside().faults.push_back(StoreError::VersionConflict);
    let (first, preview, last) = futures_util::future::join3(
        submit(&desk, repay(loan, "10")),
        desk.preview(loan, repayment("5"), caller(None)),
        submit(&desk, repay(loan, "20")),
    )
    .await;
    assert!(first.is_ok() && last.is_ok());
    let preview = preview.expect("it could be repaid");
    assert_eq!(preview.before.servicing.paid.total().minor(), 10_00);
    assert_eq!(preview.after.servicing.paid.total().minor(), 15_00);
    assert_eq!(store.inside().loans[&loan.key].servicing.paid.total().minor(), 30_00);
}

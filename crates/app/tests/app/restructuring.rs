//! A restructuring at the desk: both loans are written in one transaction, or neither.

use loam_app::command::{Address, Command, Done};
use loam_app::error::{AppError, StoreError};
use loam_book::loan::command::{LoanFigures, NewLoan};
use loam_book::loan::refusal::{IdKind, Refusal};
use loam_book::loan::restructuring::{Restructure, RestructureDetails, RestructureKind};
use loam_book::loan::{Closure, Loan, LoanState};
use loam_book::party::Assignment;
use loam_book::stated::{StatedAmount, StatedPercent};

use crate::desk::{a_product, active_loan, open, submit};
use crate::memory::Memory;

fn stored(store: &Memory, loan: Address) -> Loan {
    store.inside().loans[&loan.key].clone()
}

fn refinance(old: &Loan, id: &str) -> Command {
    let figures = LoanFigures {
        interest_rate: Some(StatedPercent("2.5".into())),
        amount: Some(StatedAmount("1000".into())),
        ..LoanFigures::default()
    };
    let new = NewLoan {
        id: Some(id.to_owned()),
        holder: old.holder,
        product: a_product().key,
        name: None,
        notes: None,
        assignment: Assignment::default(),
        figures,
    };
    let top_up = Some(StatedAmount("50".into()));
    let details = Some(RestructureDetails { top_up, ..RestructureDetails::default() });
    let restructure = Restructure { kind: RestructureKind::Refinance, new, details, notes: None };
    let at = |key| Address { part: old.part, key };
    Command::Restructure { loan: at(old.key), holder: at(old.holder.key), restructure: Box::new(restructure) }
}

#[tokio::test]
async fn the_old_loan_is_closed_and_the_new_one_opened_in_one_transaction() {
    let store = Memory::default();
    let desk = open(&store);
    let address = active_loan(&desk, a_product()).await;
    let old = stored(&store, address);
    let batches = store.inside().batches.len();
    let outcome = submit(&desk, refinance(&old, "NEW1")).await.expect("950 are owed, 50 lent on top");
    let Done::Loan { loan: new, .. } = outcome.done else { panic!("a loan was asked for") };
    assert_eq!((new.id.as_str(), new.servicing.outstanding.principal.minor()), ("NEW1", 1_000_00));
    assert_ne!((new.key, new.account_no), (old.key, old.account_no));
    let old = stored(&store, address);
    assert!(matches!(old.state(), LoanState::Closed { closure: Closure::Refinanced, .. }));
    assert_eq!(old.successor().map(|successor| successor.loan), Some(new.key));
    assert_eq!(store.inside().batches.len(), batches + 1);
    let again = submit(&desk, refinance(&old, "NEW2")).await;
    assert!(matches!(again, Err(AppError::Refused(Refusal::Restructure(_)))), "{again:?}");
}

#[tokio::test]
async fn an_id_that_is_taken_or_a_store_that_fails_leaves_the_old_loan_as_it_was() {
    let store = Memory::default();
    let desk = open(&store);
    let address = active_loan(&desk, a_product()).await;
    let old = stored(&store, address);
    let taken = submit(&desk, refinance(&old, &old.id)).await;
    let in_use = Refusal::IdInUse { kind: IdKind::Loan, value: old.id.clone() };
    assert_eq!(taken.unwrap_err(), AppError::Refused(in_use));
    assert_eq!(stored(&store, address), old);
    store.inside().faults.push_back(StoreError::OutcomeUnknown("the line broke".into()));
    submit(&desk, refinance(&old, "NEW1")).await.expect_err("it is not known what became of it");
    assert_eq!(stored(&store, address), old);
    assert_eq!(store.inside().loans.len(), 1);
}

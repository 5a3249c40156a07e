//! Each check and the auditor are shown to fail by a seeded fault: a check that cannot fail is
//! no check.

use jiff::civil::{Date, date};
use loam_book::checks::Finding;
use loam_book::journal::GlAccount;
use loam_book::loan::event::Event;
use loam_book::loan::event::charge::DisbursedFee;
use loam_book::loan::log::begun;
use loam_book::loan::transaction::TransactionKind;
use loam_book::product::ProductType;
use loam_book::product::charges::{FeeCalculation, FeeTrigger, ProductFee};
use loam_calc::money::Amount;

use crate::auditor::Auditor;
use crate::lives::an_eventful_life;
use crate::lives::life::Life;
use crate::lives::properties::PROPERTIES;
use crate::support::{TestBook, cents, sample_loan};

fn a_life() -> TestBook {
    let mut book = sample_loan();
    book.move_to(date(2012, 8, 10));
    book.repay("100").expect("due");
    book.repay_on("50", Some(date(2012, 7, 30))).expect("corrected in bulk");
    assert_eq!(book.findings(), [], "without a fault everything holds");
    book
}

fn assert_found(book: &TestBook, check: &str) {
    let findings = book.findings();
    assert!(findings.iter().any(|finding| finding.check == check), "\"{check}\" is not among {findings:?}");
}

#[test]
fn a_missing_entry_is_found() {
    let mut book = a_life();
    book.entries.remove(3);
    assert_found(&book, "the log is numbered without gaps");
}

/// Nothing is paid out that was not approved: what follows a gap may be what cannot happen.
#[test]
fn a_log_without_one_of_its_entries_is_not_folded() {
    let whole = a_life();
    for missing in 1..whole.entries.len() - 1 {
        let mut book = whole.clone();
        book.entries.remove(missing);
        let (number, next) = (missing + 1, missing + 2);
        let sentence = format!("entry {number} is missing; {next} follows");
        assert_eq!(book.findings(), [Finding { check: "the log is numbered without gaps", sentence }]);
    }
}

#[test]
fn a_log_without_its_creation_is_found_and_not_folded() {
    let mut book = a_life();
    for (entry, event) in book.entries.clone().iter().zip(["created", "approved", "disbursed"]) {
        assert_eq!(entry.step.event.name(), event);
    }
    for first in ["approved", "disbursed"] {
        book.entries.remove(0);
        let sentence = format!("the log begins with {first}, not with the creation");
        assert_eq!(book.findings(), [Finding { check: "a log begins with the creation", sentence }]);
    }
    book.entries.clear();
    assert_eq!(begun(&book.entries), Ok(()), "an empty log is another finding");
    assert_found(&book, "an account has a log");
}

#[test]
fn a_changed_balance_is_found() {
    let mut book = a_life();
    book.loan.as_mut().expect("a loan").servicing.outstanding.principal += cents(1);
    assert_found(&book, "the stored account equals the fold over its log");
}

#[test]
fn a_missing_row_is_found() {
    let mut book = a_life();
    book.loan = None;
    assert_found(&book, "the stored account equals the fold over its log");
}

#[test]
fn a_changed_refold_is_found() {
    let mut book = a_life();
    for entry in &mut book.entries {
        if let Event::Refolded { refolded } = &mut entry.step.event {
            refolded.result.outstanding.interest += cents(1);
        }
    }
    assert_found(&book, "refolds end where their steps lead");
}

#[test]
fn a_missing_transfer_is_found() {
    let mut book = a_life();
    book.transfers.pop();
    assert_found(&book, "balances equal the transfers");
}

#[test]
fn a_transfer_on_another_day_is_found() {
    let mut book = a_life();
    book.transfers[0].value_date = date(2012, 6, 29);
    assert_found(&book, "the transfers of each day equal the postings that count");
}

#[test]
fn a_changed_installment_is_found() {
    let mut book = sample_loan();
    book.repay("100").expect("prepayments are accepted");
    for entry in &mut book.entries {
        if let Event::Disbursed { installments, .. } = &mut entry.step.event {
            installments[0].expected.principal += cents(1);
        }
    }
    assert_found(&book, "installments add up to balances");
}

#[test]
fn a_changed_transaction_is_found() {
    let mut book = a_life();
    book.transactions[0].amount += cents(1);
    assert_found(&book, "transactions equal what the log serves");
    let mut book = a_life();
    book.transactions.pop();
    assert_found(&book, "transactions equal what the log serves");
}

#[test]
fn the_auditor_sees_a_changed_amount_and_a_turned_transfer() {
    let book = a_life();
    let mut changed = book.transfers.clone();
    changed[0].amount += cents(1);
    assert_ne!(Auditor::read(&changed, Date::MAX, Date::MAX).outstanding(), book.outstanding());
    let mut turned = book.transfers.clone();
    let first = &mut turned[0];
    std::mem::swap(&mut first.debit, &mut first.credit);
    assert_ne!(Auditor::read(&turned, Date::MAX, Date::MAX).outstanding(), book.outstanding());
}

#[test]
fn every_gl_account_is_found_by_its_name() {
    for &account in GlAccount::ALL {
        assert_eq!(GlAccount::from_name(account.name()), Some(account));
    }
    assert_eq!(GlAccount::from_name("petty_cash"), None);
    assert_ne!(cents(1), Amount::ZERO);
}

#[test]
fn a_capitalized_fee_that_was_not_agreed_is_found() {
    let mut book = a_life();
    for entry in &mut book.entries {
        if let Event::Disbursed { capitalized_fee, .. } = &mut entry.step.event {
            *capitalized_fee = cents(1);
        }
    }
    assert_found(&book, "what was lent and kept is what was agreed");
    assert_found(&book, "the transfers of each day equal the postings that count");
}

type Fault = fn(&mut Life);

/// For each property of lives something that breaks it.
const SEEDED: &[(&str, Fault)] = &[
    ("the fold equals the materialization", |life| {
        life.book.loan.as_mut().expect("a loan").terms.arrears_tolerance_days += 1;
    }),
    ("incremental equals re-fold", |life| {
        life.book.loan.as_mut().expect("a loan").servicing.last_interest_applied_on = None;
    }),
    ("principal repaid, given up and outstanding is what was lent and added", |life| {
        life.book.loan.as_mut().expect("a loan").servicing.paid.principal += cents(1);
    }),
    ("the principal of all rows is what was repaid and is outstanding", |life| {
        life.book.loan.as_mut().expect("a loan").servicing.installments[4].expected.principal += cents(1);
    }),
    ("paying what is quoted closes the loan", |life| {
        life.book.loan.as_mut().expect("a loan").servicing.outstanding.principal += cents(1);
        life.book.loan.as_mut().expect("a loan").servicing.installments[4].paid.fees += cents(1);
    }),
    ("no balance is negative", |life| {
        let row = &mut life.book.loan.as_mut().expect("a loan").servicing.installments[0];
        row.paid.principal = row.expected.principal + cents(1);
    }),
    ("debits equal credits", |life| {
        life.book.transfers.pop();
    }),
    ("what was charged is earned, deferred or owed in taxes", |life| {
        life.book.transactions.retain(|row| row.kind != TransactionKind::Fee);
    }),
    ("taxes payable are the taxes in what was charged", |life| {
        life.book.transfers[0].credit = GlAccount::TaxesPayable;
    }),
    ("nothing is left between loans", |life| {
        life.book.transfers[0].credit = GlAccount::Restructuring;
    }),
    ("by another method the same money moves", |life| {
        for entry in &mut life.book.entries {
            if let Event::Repaid { parts, amount, .. } = &mut entry.step.event {
                parts[0].part.principal += cents(1);
                *amount += cents(1);
            }
        }
    }),
    ("no more is paid out than the loan amount", |life| {
        life.book.loan.as_mut().expect("a loan").terms.amount = cents(1);
    }),
    ("no fee that is a share of the loan amount is charged twice by disbursements", |life| {
        let share = ProductFee {
            calculation: FeeCalculation::LoanAmountPercentage,
            ..crate::fees::fee(1, FeeTrigger::Disbursement)
        };
        let taken = DisbursedFee {
            fee: share.key,
            amount: cents(1),
            is_capitalized: false,
            tax: Amount::ZERO,
            deferral: None,
        };
        life.book.loan.as_mut().expect("a loan").terms.charges.fees.push(share);
        for entry in &mut life.book.entries {
            if let Event::Disbursed { fees, .. } = &mut entry.step.event {
                fees.extend([taken, taken]);
            }
        }
    }),
    ("no more is outstanding of a credit than its limit", |life| {
        let loan = life.book.loan.as_mut().expect("a loan");
        loan.terms.product_type = ProductType::RevolvingCredit;
        loan.terms.amount = cents(1);
    }),
    ("as of today is the current row", |life| {
        let tomorrow = life.book.business_date.tomorrow().expect("a near date");
        life.book.entries.last_mut().expect("a log").stamp.booking_date = tomorrow;
    }),
    ("the book remembers how every day ended", |life| {
        life.evenings.last_mut().expect("days went by").1.outstanding.principal += cents(1);
    }),
    ("nothing is left of what was taken back", |life| {
        life.restored.last_mut().expect("something was done in vain").1.paid.interest += cents(1);
    }),
    ("the day that is over brings nothing more", |life| {
        life.book.loan.as_mut().expect("a loan").servicing.late_since = None;
    }),
    ("every figure is explained and multiplies out", |life| {
        for entry in &mut life.book.entries {
            if let Event::Disbursed { installments, .. } = &mut entry.step.event {
                installments[0].expected.principal += cents(100_00);
            }
        }
    }),
    ("the checks find nothing", |life| {
        life.book.transfers[0].value_date = date(2012, 6, 29);
    }),
];

#[test]
fn every_property_of_lives_fails_by_a_seeded_fault() {
    for (name, property) in PROPERTIES {
        let faults: Vec<_> = SEEDED.iter().filter(|(of, _)| of == name).collect();
        assert!(!faults.is_empty(), "nothing shows that \"{name}\" can fail");
        for (_, fault) in faults {
            let mut life = an_eventful_life();
            assert_eq!(property(&life), None, "without a fault everything holds");
            fault(&mut life);
            assert!(property(&life).is_some(), "\"{name}\" holds in spite of its fault");
        }
    }
}

#[test]
fn deferred_income_that_was_recognized_elsewhere_is_found() {
    let fee = loam_book::product::charges::ProductFee {
        amortization: loam_book::product::charges::FeeAmortization::StraightLine,
        ..crate::fees::fee(1, loam_book::product::charges::FeeTrigger::Disbursement)
    };
    let mut book = TestBook::active_loan(crate::fees::with_fees(vec![fee]), "950", date(2012, 6, 28));
    book.move_to(date(2012, 8, 1));
    assert_eq!(book.findings(), [], "without a fault everything holds");
    book.transfers.retain(|transfer| transfer.debit != GlAccount::DeferredFeeIncome);
    assert_found(&book, "deferred income is what is not earned yet");
}

//! What a report leaves behind, and what a link does not.

use jiff::civil::date;
use loam_app::command::{Address, Command, Done};
use loam_app::desk::Desk;
use loam_app::error::AppError;
use loam_book::loan::refusal::Refusal;
use loam_book::reporting::loan::ReportedLoan;
use loam_book::reporting::repayment_data::{
    ApplicationStatus, LoanRepaymentStatus, RepaymentLoan, TenureInterval,
};
use loam_book::reporting::subject::{Scheme, SubjectName};
use loam_book::reporting::{Report, ReportCommand};
use loam_calc::currency::Currency;
use loam_calc::money::Amount;

use crate::desk::{open, submit};
use crate::memory::Memory;

fn told(id: &str) -> Report {
    Report::RepaymentLoan(Box::new(RepaymentLoan {
        loan_reference_id: id.to_owned(),
        application_date: date(2024, 1, 1),
        date_loan_was_granted: None,
        application_status: ApplicationStatus::Approved,
        amount: Amount::from_minor(100_00),
        currency: Currency::USD,
        tenure_value: 1,
        tenure_interval: TenureInterval::Months,
        total_installments: 1,
        installment_repayments: vec![],
        loan_repayment_status: LoanRepaymentStatus::NotSettled,
        date_last_installment_is_due: date(2024, 2, 1),
        date_loan_is_settled: None,
    }))
}

async fn report(desk: &Desk, report: Report) -> Result<Option<ReportedLoan>, AppError> {
    let subject = SubjectName {
        scheme: Scheme::RepaymentClient,
        organization: "lender".to_owned(),
        id: "s1".to_owned(),
        reference: None,
    };
    let address = subject.address();
    let outcome = submit(desk, Command::Report(Box::new(ReportCommand { subject, address, report }))).await?;
    let Done::Report { loan, .. } = outcome.done else { panic!("a report was asked for") };
    Ok(loan.map(|loan| *loan))
}

fn link(id: &str, to: Address) -> Report {
    Report::LinkLoan { loan_id: id.to_owned(), to: Some(to) }
}

#[tokio::test]
async fn a_link_is_audited_and_is_no_report() {
    let store = Memory::default();
    let desk = open(&store);
    report(&desk, Report::Subject).await.expect("a new subject");
    let first = report(&desk, told("L-1")).await.expect("the subject is known").expect("told");
    let second = report(&desk, told("L-2")).await.expect("the subject is known").expect("told");
    let seqs = || {
        let inside = store.inside();
        (inside.reports.iter().map(|(seq, _)| *seq).collect::<Vec<_>>(), inside.outbox.clone())
    };
    assert_eq!(seqs(), (vec![1, 1], vec![1, 1]));

    report(&desk, link("L-1", second.address())).await.expect("another loan");
    assert_eq!(seqs(), (vec![1, 1], vec![1, 1]));
    assert_eq!(store.inside().batches.last(), Some(&1));
    let stored = store.inside().reported_loans[&first.key].clone();
    assert_eq!((stored.same_as, stored.version, stored.reports()), (Some(second.address()), 2, 1));

    let circle = report(&desk, link("L-2", first.address())).await;
    let expected = Refusal::LinkedFurther { value: "L-1".to_owned() };
    assert!(matches!(circle, Err(AppError::Refused(refusal)) if refusal == expected));

    let again = report(&desk, told("L-1")).await.expect("the subject is known").expect("told");
    assert_eq!((again.version, again.reports(), again.same_as), (3, 2, Some(second.address())));
    assert_eq!(seqs(), (vec![1, 1, 3], vec![1, 1, 3]));
}

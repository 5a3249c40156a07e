//! A patched loanAccount as an edit (contract §2.5).

use loam_book::loan::command::{LoanEdit, LoanFigures};

use super::super::error::DoorError;
use super::super::fields::{Change, Fields, invalid};
use super::super::return_codes::ReturnCode;
use super::new_loan::{figures, first_repayment};

/// What a PATCH changes. Null is refused where the contract says so, takes the expected disbursement date and the
/// notes away, and is "not given" elsewhere.
pub(crate) fn loan_edit(account: &Fields<'_>, outer: &Fields<'_>) -> Result<LoanEdit, DoorError> {
    // They have operations of their own.
    refuse(outer, ["customInformation", "customFieldValues"])?;
    refuse(account, ["tranches", "guarantees", "funds", "customInformation", "customFieldValues"])?;
    refuse_null(account)?;
    let details = account.object("disbursementDetails")?;
    // Of how a loan is to be paid out only the dates may change.
    details.as_ref().map_or(Ok(()), |details| refuse(details, ["fees", "transactionDetails"]))?;
    Ok(LoanEdit {
        figures: LoanFigures {
            expected_disbursement_on: expected_disbursement(account, details.as_ref())?,
            first_due_date: first_repayment(account, details.as_ref())?.map(Some),
            ..figures(account)?
        },
        name: account.owned("loanName")?,
        notes: account.changed_text("notes")?,
    })
}

/// Figures of which the contract says that they do not accept null, whatever the product is.
const NOT_NULL: [&str; 6] = [
    "loanAmount",
    "repaymentInstallments",
    "repaymentPeriodCount",
    "repaymentPeriodUnit",
    "principalRepaymentInterval",
    "arrearsTolerancePeriod",
];

fn refuse_null(account: &Fields<'_>) -> Result<(), DoorError> {
    match NOT_NULL.into_iter().find(|name| account.is_null(name)) {
        Some(name) => Err(invalid(name)),
        None => Ok(()),
    }
}

fn refuse<const N: usize>(fields: &Fields<'_>, names: [&'static str; N]) -> Result<(), DoorError> {
    match names.into_iter().find(|name| fields.has(name)) {
        Some(name) => Err(DoorError::at(ReturnCode::ParameterNotAllowed, name)),
        None => Ok(()),
    }
}

fn expected_disbursement(
    account: &Fields<'_>,
    details: Option<&Fields<'_>>,
) -> Result<Change<jiff::civil::Date>, DoorError> {
    let inside =
        details.map(|details| details.changed_date("expectedDisbursementDate")).transpose()?.flatten();
    if inside.is_some() {
        return Ok(inside);
    }
    account.changed_date("expectedDisbursementDate")
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use loam_book::stated::StatedAmount;

    fn edit(text: &str) -> Result<LoanEdit, DoorError> {
        loan_edit(&Fields::of_json(text.as_bytes()).unwrap(), &Fields::default())
    }

    #[test]
    fn the_sample_of_the_contract_changes_amount_and_period() {
        let edit = edit(r#"{"loanAmount":"1000","repaymentPeriodCount":"10"}"#).unwrap();
        assert_eq!(edit.figures.amount, Some(StatedAmount("1000".to_owned())));
        assert_eq!(edit.figures.period_count, Some(10));
        assert_eq!(edit.figures.installments, None);
        assert_eq!((edit.name, edit.notes), (None, None));
    }

    #[test]
    fn only_the_expected_disbursement_date_takes_null() {
        let edit = edit(r#"{"expectedDisbursementDate":null,"firstRepaymentDate":null,"interestRate":null}"#)
            .unwrap();
        assert_eq!(edit.figures.expected_disbursement_on, Some(None));
        assert_eq!(edit.figures.first_due_date, None);
        assert_eq!(edit.figures.interest_rate, None);
    }

    #[test]
    fn null_is_refused_where_the_contract_does_not_accept_it() {
        for name in NOT_NULL {
            let refused = edit(&format!(r#"{{"{name}":null}}"#)).unwrap_err();
            assert_eq!(refused.code(), ReturnCode::InvalidParameters, "{name}");
        }
        assert!(edit(r#"{"loanAmount":""}"#).is_ok());
    }

    #[test]
    fn dates_may_stand_inside_the_disbursement_details() {
        let text = r#"{"disbursementDetails":{"expectedDisbursementDate":"2016-01-08","firstRepaymentDate":"2016-02-08T00:00:00+0000"}}"#;
        let edit = edit(text).unwrap();
        assert_eq!(edit.figures.expected_disbursement_on, Some(Some(date(2016, 1, 8))));
        assert_eq!(edit.figures.first_due_date, Some(Some(date(2016, 2, 8))));
    }

    #[test]
    fn zeros_that_clients_send_by_default_are_not_a_request() {
        assert!(edit(r#"{"periodicPayment":0,"interestSpread":"0","penaltyRate":0.0}"#).is_ok());
        let refused = |text| edit(text).unwrap_err().code();
        assert_eq!(refused(r#"{"tranches":[{"amount":1}]}"#), ReturnCode::ParameterNotAllowed);
        let edit = edit(r#"{"principalPaymentSettings":{"amount":"400"}}"#).unwrap();
        assert_eq!(edit.figures.principal_payment.unwrap().amount, Some(StatedAmount("400".to_owned())));
    }
}

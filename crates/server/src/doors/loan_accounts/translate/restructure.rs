//! `POST /loans/{id}/action`: one loan in the place of another (contract §2.7).

use loam_book::catalog::Catalog;
use loam_book::loan::Holder;
use loam_book::loan::restructuring::{Restructure, RestructureDetails, RestructureKind};
use loam_book::stated::StatedAmount;

use super::super::error::DoorError;
use super::super::fields::{Fields, invalid};
use super::super::return_codes::ReturnCode;
use super::new_loan::new_loan;

/// Reads what is asked for; the new loan is that of the old one's holder.
pub(crate) fn restructure(
    fields: &Fields<'_>,
    holder: Holder,
    catalog: &Catalog,
) -> Result<Restructure, DoorError> {
    let missing = || DoorError::at(ReturnCode::MissingRequiredParameter, "action");
    let action = fields.text("action")?.ok_or_else(missing)?;
    let kinds = [("REFINANCE", RestructureKind::Refinance), ("RESCHEDULE", RestructureKind::Reschedule)];
    let kind = kinds.into_iter().find(|(name, _)| action.eq_ignore_ascii_case(name));
    let (_, kind) = kind.ok_or_else(|| invalid("action"))?;
    let no_account = || DoorError::at(ReturnCode::MissingEntityJson, "loanAccount");
    let account = fields.object("loanAccount")?.ok_or_else(no_account)?;
    Ok(Restructure {
        kind,
        new: new_loan(&account, fields, holder, catalog)?,
        details: fields.object("restructureDetails")?.map(|details| read_details(&details)).transpose()?,
        notes: fields.owned("notes")?,
    })
}

fn read_details(details: &Fields<'_>) -> Result<RestructureDetails, DoorError> {
    let amount = |name| Ok::<_, DoorError>(details.owned(name)?.map(StatedAmount));
    Ok(RestructureDetails {
        top_up: amount("topUpAmount")?,
        principal_write_off: amount("principalWriteOff")?,
        interest_write_off: amount("interestWriteOff")?,
        fees_write_off: amount("feesWriteOff")?,
        penalty_write_off: amount("penaltyWriteOff")?,
    })
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    fn read(text: &str) -> Result<Restructure, DoorError> {
        let loan = samples::ohnp076();
        restructure(&Fields::of_json(text.as_bytes()).unwrap(), loan.holder, &samples::catalog())
    }

    /// The members of the sample in the contract.
    #[test]
    fn the_sample_of_the_contract_is_a_refinancing() {
        let asked = read(
            r#"{"action":"refinance","loanAccount":{"productTypeKey":"AGRL","loanAmount":"578.08"},
                "restructureDetails":{"topUpAmount":"50","interestWriteOff":"10","feesWriteOff":"10",
                "penaltyWriteOff":"20"},"customInformation":[]}"#,
        )
        .unwrap();
        let amount = |text: &str| Some(StatedAmount(text.to_owned()));
        assert_eq!(asked.kind, RestructureKind::Refinance);
        assert_eq!(asked.new.holder.key, samples::ohnp076().holder.key);
        assert_eq!(asked.new.figures.amount, amount("578.08"));
        let details = asked.details.unwrap();
        assert_eq!((details.top_up, details.penalty_write_off), (amount("50"), amount("20")));
        assert_eq!(details.principal_write_off, None);
    }

    #[test]
    fn what_is_missing_is_named() {
        let refused = |text: &str| read(text).unwrap_err().code();
        assert_eq!(refused(r#"{"loanAccount":{}}"#), ReturnCode::MissingRequiredParameter);
        assert_eq!(refused(r#"{"action":"RESCHEDULE"}"#), ReturnCode::MissingEntityJson);
        assert_eq!(refused(r#"{"action":"SELL","loanAccount":{}}"#), ReturnCode::InvalidParameters);
        let plain = read(r#"{"action":"RESCHEDULE","loanAccount":{"productTypeKey":"AGRL"}}"#).unwrap();
        assert_eq!((plain.kind, plain.details), (RestructureKind::Reschedule, None));
    }
}

//! A patched schedule (contract §3.6).

use loam_book::ids::{Key, KeyKind, Part};
use loam_book::loan::command::LoanCommand;
use loam_book::loan::rescheduling::StatedRow;
use loam_book::stated::StatedAmount;

use super::super::error::DoorError;
use super::super::fields::Fields;
use super::super::return_codes::ReturnCode;

/// Which schedule is edited: an account by its key and the number that its installments carry.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Edited {
    pub(crate) part: Part,
    pub(crate) account_no: i64,
    pub(crate) key: Key,
}

/// `{"repayments":[…]}`: a row with a key is edited, one without is added.
pub(crate) fn schedule_edit(fields: &Fields<'_>, edited: Edited) -> Result<LoanCommand, DoorError> {
    if !fields.has("repayments") {
        return Err(DoorError::at(ReturnCode::MissingEntityJson, "repayments"));
    }
    let rows = fields.objects("repayments")?;
    let rows = rows.iter().map(|row| stated_row(row, edited)).collect::<Result<_, DoorError>>()?;
    Ok(LoanCommand::EditSchedule { rows })
}

fn stated_row(row: &Fields<'_>, edited: Edited) -> Result<StatedRow, DoorError> {
    if row.text("parentAccountKey")?.is_some_and(|parent| parent != edited.key.to_string()) {
        return Err(DoorError::at(ReturnCode::InconsistentIdentifierWithJson, "parentAccountKey"));
    }
    let amount = |name| Ok::<_, DoorError>(row.owned(name)?.map(StatedAmount));
    let key = row.text("encodedKey")?;
    Ok(StatedRow {
        number: key.map(|key| installment_number(&key, edited)).transpose()?,
        due_date: row.date("dueDate")?,
        principal: amount("principalDue")?,
        interest: amount("interestDue")?,
        fees: amount("feesDue")?,
        penalties: amount("penaltyDue")?,
        is_payment_holiday: row.flag("isPaymentHoliday")?,
    })
}

/// The number of the installment that a key names, which must be one of this account's.
pub(crate) fn installment_number(key: &str, edited: Edited) -> Result<u32, DoorError> {
    let unknown = || DoorError::at(ReturnCode::InvalidRepaymentId, "encodedKey");
    let key: Key = key.parse().map_err(|_| unknown())?;
    match key.kind() {
        Some(KeyKind::Installment { account_no, number })
            if account_no == edited.account_no && key.part() == Some(edited.part) =>
        {
            Ok(number)
        }
        Some(
            KeyKind::Installment { .. }
            | KeyKind::Entity
            | KeyKind::Transaction { .. }
            | KeyKind::Tranche { .. }
            | KeyKind::Named,
        )
        | None => Err(unknown()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn edited() -> Edited {
        Edited { part: Part::new(3), account_no: 7, key: Key::entity(Part::new(3), 1, 2) }
    }

    fn read(text: &str) -> Result<Vec<StatedRow>, DoorError> {
        let command = schedule_edit(&Fields::of_json(text.as_bytes()).unwrap(), edited())?;
        let LoanCommand::EditSchedule { rows } = command else { unreachable!("{command:?}") };
        Ok(rows)
    }

    #[test]
    fn a_row_with_a_key_is_edited_and_one_without_is_added() {
        let key = Key::installment(Part::new(3), 7, 2);
        let rows = read(&format!(
            r#"{{"repayments":[{{"encodedKey":"{key}","parentAccountKey":"{}","dueDate":"2026-05-01",
                "principalDue":"10.5","interestDue":3,"isPaymentHoliday":false}},{{"dueDate":"2026-06-01",
                "feesDue":null,"isPaymentHoliday":true}}]}}"#,
            edited().key
        ))
        .unwrap();
        assert_eq!((rows[0].number, rows[0].due_date), (Some(2), Some(date(2026, 5, 1))));
        assert_eq!(rows[0].principal, Some(StatedAmount("10.5".to_owned())));
        assert_eq!(rows[0].interest, Some(StatedAmount("3".to_owned())));
        assert_eq!((rows[1].number, &rows[1].fees, rows[1].is_payment_holiday), (None, &None, true));
    }

    #[test]
    fn rows_of_other_accounts_are_unknown() {
        let of = |key: Key| read(&format!(r#"{{"repayments":[{{"encodedKey":"{key}"}}]}}"#));
        for key in [
            Key::installment(Part::new(3), 8, 2),
            Key::installment(Part::new(4), 7, 2),
            Key::transaction(Part::new(3), 7, 2),
        ] {
            assert_eq!(of(key).unwrap_err().code(), ReturnCode::InvalidRepaymentId);
        }
        let other = Key::entity(Part::new(3), 1, 3);
        let text = format!(r#"{{"repayments":[{{"parentAccountKey":"{other}"}}]}}"#);
        assert_eq!(read(&text).unwrap_err().code(), ReturnCode::InconsistentIdentifierWithJson);
        assert_eq!(read("{}").unwrap_err().code(), ReturnCode::MissingEntityJson);
    }
}

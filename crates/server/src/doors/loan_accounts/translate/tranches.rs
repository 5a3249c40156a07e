//! Posted tranches (contract §2.6).

use loam_book::loan::command::TrancheFigure;
use loam_book::stated::StatedAmount;

use super::super::error::DoorError;
use super::super::fields::Fields;
use super::super::return_codes::ReturnCode;

/// The list that is given is the whole one: a tranche with a key stays, one without is new.
pub(crate) fn tranches(fields: &Fields<'_>) -> Result<Option<Vec<TrancheFigure>>, DoorError> {
    if !fields.names("tranches") {
        return Ok(None);
    }
    let listed = fields.objects("tranches")?;
    listed.iter().map(tranche).collect::<Result<Vec<_>, _>>().map(Some)
}

fn tranche(tranche: &Fields<'_>) -> Result<TrancheFigure, DoorError> {
    let unknown = |_| DoorError::at(ReturnCode::InvalidTrancheKey, "encodedKey");
    let missing = || DoorError::at(ReturnCode::TrancheAmountShouldBeStrictPositive, "amount");
    Ok(TrancheFigure {
        key: tranche.text("encodedKey")?.map(|key| key.parse().map_err(unknown)).transpose()?,
        amount: StatedAmount(tranche.owned("amount")?.ok_or_else(missing)?),
        expected_on: tranche.date("expectedDisbursementDate")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn read(text: &str) -> Result<Option<Vec<TrancheFigure>>, DoorError> {
        tranches(&Fields::of_json(text.as_bytes()).unwrap())
    }

    #[test]
    fn an_empty_list_deletes_all_and_none_changes_nothing() {
        assert_eq!(read(r#"{"tranches":[]}"#), Ok(Some(Vec::new())));
        assert_eq!(read("{}"), Ok(None));
        assert_eq!(read(r#"{"tranches":null}"#), Ok(None));
    }

    #[test]
    fn a_tranche_has_a_key_or_is_new() {
        let text = r#"{"tranches":[{"encodedKey":"00310e00000000007000000000003e9a","amount":40},
            {"amount":"60.5","expectedDisbursementDate":"2026-05-01T00:00:00+0000"}]}"#;
        let read = read(text).unwrap().unwrap();
        assert!(read[0].key.is_some() && read[1].key.is_none());
        assert_eq!(read[1].amount, StatedAmount("60.5".to_owned()));
        assert_eq!(read[1].expected_on, Some(date(2026, 5, 1)));
    }

    #[test]
    fn what_is_no_tranche_is_refused() {
        let code = |text: &str| read(text).unwrap_err().code();
        assert_eq!(code(r#"{"tranches":[{"encodedKey":"x","amount":1}]}"#), ReturnCode::InvalidTrancheKey);
        assert_eq!(code(r#"{"tranches":[{}]}"#), ReturnCode::TrancheAmountShouldBeStrictPositive);
        assert_eq!(code(r#"{"tranches":{}}"#), ReturnCode::InvalidParameters);
    }
}

//! Fees and penalties: posted ones, and how transactions and installments show them (§3.1, §3.3, §4.3).

use loam_book::ids::{Key, Name, Part};
use loam_book::loan::Loan;
use loam_book::loan::command::StatedFee;
use loam_book::loan::transaction::LoanTransaction;
use loam_book::stated::StatedAmount;

use super::super::error::DoorError;
use super::super::fields::Fields;
use super::super::return_codes::ReturnCode;
use super::super::wire::transaction as wire;
use super::super::wire::values::{EncodedKey, Money};
use super::product_rules;

/// `fees:[{encodedKey, amount?}]`; `None` where none are named.
pub(super) fn stated_fees(fields: &Fields<'_>) -> Result<Option<Vec<StatedFee>>, DoorError> {
    if !fields.has("fees") {
        return Ok(None);
    }
    let read = |fee: &Fields<'_>| {
        // Older clients name the fee itself, and its key inside.
        let inner = fee.object("fee")?;
        let key = match fee.text("encodedKey")? {
            Some(key) => Some(key.into_owned()),
            None => inner.as_ref().map(|inner| inner.owned("encodedKey")).transpose()?.flatten(),
        };
        let missing = || DoorError::at(ReturnCode::MissingFeeKey, "fees");
        let unknown = |_| DoorError::at(ReturnCode::InvalidFeeKey, "fees");
        Ok(StatedFee {
            fee: key.ok_or_else(missing)?.parse::<Key>().map_err(unknown)?,
            amount: fee.owned("amount")?.map(StatedAmount),
        })
    };
    fields.objects("fees")?.iter().map(read).collect::<Result<Vec<_>, DoorError>>().map(Some)
}

/// The fees of the product in a transaction.
pub(super) fn fee_amounts<'a>(transaction: &LoanTransaction, loan: &'a Loan) -> Vec<wire::FeeAmount<'a>> {
    let currency = loan.terms.currency;
    let own = transaction.key(loan).to_string();
    let shown = |part: &loam_book::loan::event::charge::TransactionFee| {
        let fee = loan.terms.charges.fees.iter().find(|fee| fee.key == part.fee);
        let name = Name::of(&["fee amount", &own, &part.fee.to_string()]);
        wire::FeeAmount {
            encoded_key: EncodedKey(Key::named(Part::new(0), &name)),
            transaction_id: transaction.id,
            amount: Money(part.amount, currency),
            tax_amount: Money(part.tax, currency),
            fee: fee.map(|fee| product_rules::fee(fee, currency)),
        }
    };
    transaction.charges.fees.iter().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Option<Vec<StatedFee>>, DoorError> {
        stated_fees(&Fields::of_json(text.as_bytes()).unwrap())
    }

    #[test]
    fn fees_are_named_by_their_keys() {
        const KEY: &str = "00010a00000000000000000000000abc";
        let fees = read(&format!(
            r#"{{"fees":[{{"encodedKey":"{KEY}","amount":5}},{{"fee":{{"encodedKey":"{KEY}"}}}}]}}"#
        ));
        let fees = fees.unwrap().unwrap();
        assert_eq!(fees[0].fee.to_string(), KEY);
        assert_eq!((&fees[0].amount, &fees[1].amount), (&Some(StatedAmount("5".to_owned())), &None));
        assert_eq!(fees[1].fee, fees[0].fee);
        assert_eq!(read(r#"{"fees":[]}"#), Ok(None));
        assert_eq!(read(r#"{"fees":[{"amount":5}]}"#).unwrap_err().code(), ReturnCode::MissingFeeKey);
        assert_eq!(read(r#"{"fees":[{"encodedKey":"x"}]}"#).unwrap_err().code(), ReturnCode::InvalidFeeKey);
    }
}

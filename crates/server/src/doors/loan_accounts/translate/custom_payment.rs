//! `customPaymentAmounts`: what a repayment says itself that it pays (§3.1, §3.3).

use loam_book::loan::Loan;
use loam_book::loan::custom_payment::{PaidPart, StatedPart};
use loam_book::loan::transaction::LoanTransaction;
use loam_book::stated::StatedAmount;

use super::super::error::DoorError;
use super::super::fields::Fields;
use super::super::return_codes::ReturnCode;
use super::super::wire::transaction as wire;
use super::super::wire::values::Money;
use crate::product_names::{PAID_KINDS, paid_kind};

/// The parts that are named; none where the list is left out or empty. The tax in each is the book's
/// to say: what a caller says of it is not read.
pub(super) fn stated_parts(fields: &Fields<'_>) -> Result<Vec<StatedPart>, DoorError> {
    if !fields.has("customPaymentAmounts") {
        return Ok(Vec::new());
    }
    let read = |part: &Fields<'_>| {
        let name = part.text("customPaymentAmountType")?;
        let is_it = |name: &str| PAID_KINDS.iter().find(|kind| paid_kind(**kind).eq_ignore_ascii_case(name));
        let invalid = |code, source| DoorError::at(code, source);
        let kind = name.as_deref().and_then(is_it).copied();
        let amount = part.owned("amount").map_err(|_| invalid(ReturnCode::InvalidAmount, "amount"))?;
        Ok(StatedPart {
            kind: kind.ok_or_else(|| invalid(ReturnCode::InvalidParameters, "customPaymentAmountType"))?,
            amount: StatedAmount(amount.ok_or_else(|| invalid(ReturnCode::InvalidAmount, "amount"))?),
        })
    };
    fields.objects("customPaymentAmounts")?.iter().map(read).collect()
}

/// The parts of a repayment that said what it pays.
pub(super) fn amounts(transaction: &LoanTransaction, loan: &Loan) -> Vec<wire::CustomPaymentAmount> {
    let money = |amount| Money(amount, loan.terms.currency);
    let shown = |part: &PaidPart| wire::CustomPaymentAmount {
        custom_payment_amount_type: paid_kind(part.kind),
        amount: money(part.amount),
        tax_on_amount: money(part.tax),
    };
    transaction.charges.custom.iter().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use loam_book::loan::custom_payment::{FeeKind, PaidKind};

    use super::*;

    fn read(text: &str) -> Result<Vec<StatedPart>, DoorError> {
        stated_parts(&Fields::of_json(text.as_bytes()).unwrap())
    }

    #[test]
    fn each_part_has_a_type_and_an_amount() {
        let text = r#"{"customPaymentAmounts":[{"customPaymentAmountType":"PRINCIPAL","amount":5.5,
            "taxOnAmount":1},{"customPaymentAmountType":"LATE_REPAYMENT_FEE","amount":"2"}]}"#;
        let stated = |kind, amount: &str| StatedPart { kind, amount: StatedAmount(amount.to_owned()) };
        let parts = [stated(PaidKind::Principal, "5.5"), stated(PaidKind::Fee(FeeKind::LateRepayment), "2")];
        assert_eq!(read(text).unwrap(), parts);
        for nothing in ["{}", r#"{"customPaymentAmounts":[]}"#, r#"{"customPaymentAmounts":null}"#] {
            assert_eq!(read(nothing), Ok(vec![]));
        }
        for (part, code) in [
            (r#"{"amount":5}"#, ReturnCode::InvalidParameters),
            (r#"{"customPaymentAmountType":"TIP","amount":5}"#, ReturnCode::InvalidParameters),
            (r#"{"customPaymentAmountType":"PENALTY"}"#, ReturnCode::InvalidAmount),
        ] {
            let text = format!(r#"{{"customPaymentAmounts":[{part}]}}"#);
            assert_eq!(read(&text).unwrap_err().code(), code, "{part}");
        }
    }
}

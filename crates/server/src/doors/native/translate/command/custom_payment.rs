//! What a repayment says itself that it pays.

use loam_book::loan::custom_payment::{PaidKind, StatedPart};
use loam_book::stated::StatedAmount;

use super::super::super::error::DoorError;
use super::super::super::members::{Members, Names};
use super::{Given, Result};
use crate::product_names::{PAID_KINDS, paid_kind};

const KINDS: Names<'_, PaidKind> = Names { values: PAID_KINDS, name_of: paid_kind };

/// The parts that are named; none where the list is left out.
pub(super) fn stated_parts(given: &Given<'_>) -> Result<Vec<StatedPart>> {
    if !given.members.has("customPaymentAmounts") {
        return Ok(Vec::new());
    }
    let read = |part: &Members| -> Result<StatedPart> {
        let missing = |name: &str| DoorError::missing(&part.path(name));
        let kind = part.choice("customPaymentAmountType", KINDS)?;
        Ok(StatedPart {
            kind: kind.ok_or_else(|| missing("customPaymentAmountType"))?,
            amount: StatedAmount(part.stated("amount")?.ok_or_else(|| missing("amount"))?),
        })
    };
    given.members.objects("customPaymentAmounts")?.iter().map(read).collect()
}

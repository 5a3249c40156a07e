//! Commands on the schedule of a loan.

use loam_book::loan::command::LoanCommand;
use loam_book::loan::rescheduling::{ReAge, StatedRow};
use loam_book::stated::StatedAmount;
use loam_calc::calendar::Period;

use super::super::super::error::DoorError;
use super::super::super::members::Members;
use super::super::names;
use super::{Given, Result};

/// A row with the number of an installment is edited, one without is added.
pub(super) fn edit_schedule(given: &Given<'_>) -> Result<LoanCommand> {
    if !given.members.has("repayments") {
        return Err(DoorError::missing("repayments"));
    }
    let rows = given.members.objects("repayments")?;
    Ok(LoanCommand::EditSchedule { rows: rows.iter().map(row).collect::<Result<_>>()? })
}

fn row(row: &Members) -> Result<StatedRow> {
    let amount = |name| Ok::<_, DoorError>(row.stated(name)?.map(StatedAmount));
    Ok(StatedRow {
        number: row.count("index")?,
        due_date: row.date("dueDate")?,
        principal: amount("principalDue")?,
        interest: amount("interestDue")?,
        fees: amount("feesDue")?,
        penalties: amount("penaltyDue")?,
        is_payment_holiday: row.flag("isPaymentHoliday")?.unwrap_or(false),
    })
}

pub(super) fn delete_installment(given: &Given<'_>) -> Result<LoanCommand> {
    let number = given.members.count("installment")?;
    Ok(LoanCommand::DeleteInstallment { number: number.ok_or_else(|| DoorError::missing("installment"))? })
}

/// A period has a count and a unit, or neither is given.
pub(super) fn re_age(given: &Given<'_>) -> Result<LoanCommand> {
    let members = given.members;
    let missing = |name| DoorError::missing(name);
    let count = members.count("repaymentPeriodCount")?;
    let unit = members.choice("repaymentPeriodUnit", names::PERIOD_UNIT)?;
    let period = match (count, unit) {
        (None, None) => None,
        (Some(count), Some(unit)) => Some(Period { count, unit }),
        (None, Some(_)) => return Err(missing("repaymentPeriodCount")),
        (Some(_), None) => return Err(missing("repaymentPeriodUnit")),
    };
    let first_due_date = members.date("firstRepaymentDate")?;
    let installments = members.count("repaymentInstallments")?;
    Ok(LoanCommand::ReAge(ReAge {
        first_due_date: first_due_date.ok_or_else(|| missing("firstRepaymentDate"))?,
        installments: installments.ok_or_else(|| missing("repaymentInstallments"))?,
        period,
        notes: given.notes()?,
    }))
}

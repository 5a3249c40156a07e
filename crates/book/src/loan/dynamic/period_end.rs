//! An installment falls due: its interest is counted, and from then on its row is a fact.

use jiff::civil::Date;
use loam_calc::money::Amount;

use crate::loan::Loan;
use crate::loan::course::PrincipalFrom;
use crate::loan::dynamic::{Running, ScheduleCause, Upcoming};
use crate::loan::event::Event;

/// The due date of the first row whose time is not over, of a dynamic loan.
pub fn next_period_end(loan: &Loan) -> Option<Date> {
    if !loan.terms.is_dynamic() {
        return None;
    }
    loan.servicing.installments.get(loan.closed()).map(|row| row.due_date)
}

/// What that day brings. There is such a row.
pub(crate) fn period_end(loan: &Loan) -> Event {
    let index = loan.closed();
    let due_date = loan.servicing.installments[index].due_date;
    let outlook = Upcoming::of(loan, due_date).outlook();
    let row = &loan.servicing.installments[index];
    let asks = outlook.changed.iter().find(|changed| changed.number == row.number).unwrap_or(row);
    let overdue: Amount = loan.unpaid_principal_of_closed() + asks.unpaid().principal;
    let outstanding = loan.servicing.outstanding.principal;
    let accrues_late = loan.terms.interest_rules.accrues_late_interest;
    let principal = if accrues_late { outstanding } else { outstanding - overdue };
    let running = Running {
        closed: row.number,
        carried: outlook.carried,
        principal: vec![PrincipalFrom { from: due_date, principal }],
    };
    Event::ScheduleChanged { cause: ScheduleCause::DueDate, installments: outlook.changed, running }
}

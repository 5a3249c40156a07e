//! An installment falls due: its interest is counted, and from then on its row is a fact.

use jiff::civil::Date;
use loam_calc::calendar::Calendar;
use loam_calc::money::Amount;

use crate::loan::Loan;
use crate::loan::course::PrincipalFrom;
use crate::loan::dynamic::late::{late_interest, overdue_from};
use crate::loan::dynamic::{Running, ScheduleCause, Upcoming};
use crate::loan::event::Event;
use crate::loan::revolving::bill;

/// The due date of the first row whose time is not over, of a dynamic loan.
pub fn next_period_end(loan: &Loan) -> Option<Date> {
    if !loan.terms.is_dynamic() {
        return None;
    }
    loan.servicing.installments.get(loan.closed()).map(|row| row.due_date)
}

/// What that day brings. There is such a row.
pub(crate) fn period_end(loan: &Loan, calendar: &Calendar) -> Event {
    if loan.terms.is_revolving() {
        return bill(loan, calendar);
    }
    let index = loan.closed();
    let due_date = loan.servicing.installments[index].due_date;
    let mut outlook = Upcoming::of(loan, due_date).outlook();
    let row = &loan.servicing.installments[index];
    let asks = outlook.changed.iter().find(|changed| changed.number == row.number).unwrap_or(row);
    let overdue: Amount = loan.unpaid_principal_of_closed() + asks.unpaid().principal;
    let interest = loan.closed_rows().iter().map(|row| row.unpaid().interest).sum::<Amount>();
    let interest = interest + asks.unpaid().interest;
    let outstanding = loan.servicing.outstanding.principal;
    let is_last = index + 1 == loan.servicing.installments.len();
    let principal = if is_last { outstanding } else { loan.bearing_of(outstanding, overdue, interest) };
    if loan.terms.capitalizes_interest() {
        // The row asks for none of it; it waits to be applied.
        outlook.carried = Upcoming::of(loan, due_date).accrued();
    }
    outlook.changed.extend(late_interest(loan, due_date).map(|late| late.row));
    let running = Running {
        overdue: overdue_from(loan, due_date, overdue),
        closed: row.number,
        carried: outlook.carried,
        principal: vec![PrincipalFrom { from: due_date, principal }],
    };
    Event::ScheduleChanged { cause: ScheduleCause::DueDate, installments: outlook.changed, running }
}

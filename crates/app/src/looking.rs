//! Looking at a loan on any day, as known on any other. Reads only.

use jiff::Span;
use jiff::civil::Date;
use loam_book::ids::Address;
use loam_book::loan::annual_rates::{AnnualRates, annual_rates};
use loam_book::loan::as_of::View;
use loam_book::loan::commands::disbursement_fees::kept_if_disbursed;
use loam_book::loan::event::{Entry, Event};
use loam_book::loan::explain::{Explanation, explain};
use loam_book::loan::log::{begun, effective};
use loam_book::loan::outlook::Outlook;
use loam_book::loan::{Installment, Loan};
use loam_book::product::ProductType;
use loam_calc::calendar::Calendar;
use loam_calc::money::Amount;

use crate::error::StoreError;
use crate::reading::{Now, Reading, as_begun};

/// How far ahead a loan can be looked at.
pub const YEARS_AHEAD: i32 = 100;

/// A loan and the log that it was seen through.
#[derive(Debug, Clone)]
pub struct Seen {
    pub loan: Loan,
    /// Its schedule; of a loan that is not paid out yet, the one that it would have.
    pub schedule: Vec<Installment>,
    /// The whole log, what was not known then included.
    pub entries: Vec<Entry>,
    pub view: View,
    calendar: Calendar,
}

impl Seen {
    /// Why the figures of the loan are what they are.
    pub fn explained(&self) -> Vec<Explanation> {
        explain(&self.entries, self.view, &self.loan, &self.calendar)
    }

    /// What the loan costs in a year, by its schedule. `None` of a loan that is paid out in parts or
    /// drawn again: what it costs depends on days that are not agreed.
    pub fn annual_rates(&self) -> Option<AnnualRates> {
        let terms = &self.loan.terms;
        let is_at_once = match terms.product_type {
            ProductType::FixedTermLoan | ProductType::DynamicTermLoan | ProductType::InterestFreeLoan => true,
            ProductType::TranchedLoan | ProductType::RevolvingCredit => false,
        };
        if !is_at_once || terms.payment_rules.disburses_in_parts || self.schedule.is_empty() {
            return None;
        }
        let disbursed_on = self.loan.state().disbursed_on().or(terms.expected_disbursement_on);
        let begins_on = disbursed_on.unwrap_or(self.view.as_of);
        let is_paid_out = self.loan.state().disbursed_on().is_some();
        let kept = if is_paid_out { kept_at_disbursement(&self.entries) } else { kept_if_disbursed(terms) };
        Some(annual_rates(&self.loan, (begins_on, kept), &self.schedule))
    }
}

impl Now {
    /// The view of a loan: of today and with everything that is known, unless other days are named.
    pub fn view(&self, as_of: Option<Date>, known_on: Option<Date>) -> View {
        let today = self.state.business_date;
        View { as_of: as_of.unwrap_or(today), known_on: known_on.unwrap_or(Date::MAX) }
    }

    /// The last day on which a loan can be looked at.
    pub fn last_day_ahead(&self) -> Date {
        let span = Span::new().years(YEARS_AHEAD);
        self.state.business_date.checked_add(span).unwrap_or(Date::MAX)
    }
}

impl Reading {
    /// A loan through a view. `None` where there is no such loan, or was none by then.
    ///
    /// # Errors
    /// What the store answers.
    pub async fn seen(&self, address: Address, view: View, now: &Now) -> Result<Option<Seen>, StoreError> {
        let Some(row) = self.store().loan(address).await? else { return Ok(None) };
        let entries = self.store().history(row.part, row.account_no).await?;
        as_begun((row.part, row.account_no), begun(&entries))?;
        let calendar = now.catalog.calendar_of(row.assignment.branch);
        let outlook = Outlook { calendar, catalog: &now.catalog };
        let loan = outlook.view(&entries, view).filter(|loan| !loan.is_deleted());
        Ok(loan.map(|loan| {
            let schedule = outlook.schedule(&loan, view.as_of);
            Seen { loan, schedule, entries, view, calendar: calendar.clone() }
        }))
    }
}

/// Fees of the product that were kept from what was paid out.
fn kept_at_disbursement(entries: &[Entry]) -> Amount {
    let steps = effective(entries);
    let fees = steps.iter().filter_map(|one| {
        let Event::Disbursed { fees, .. } = &one.step.event else { return None };
        Some(fees.as_slice())
    });
    fees.flatten().filter(|fee| !fee.is_capitalized).map(|fee| fee.amount).sum()
}

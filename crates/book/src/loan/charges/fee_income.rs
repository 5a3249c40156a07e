//! Income of fees that are spread over the loan: it is recognized on the due dates that follow the
//! fee, and the rest when the loan comes to its end.

use jiff::civil::Date;
use loam_calc::charges::{IncomeProfile, IncomeRow, income_through};
use loam_calc::money::Amount;

use crate::loan::Loan;
use crate::loan::course::DeferredFee;
use crate::loan::draft::Draft;
use crate::loan::event::Event;
use crate::loan::event::charge::IncomePart;
use crate::product::charges::FeeAmortization;

/// The next due date on which income is recognized.
pub(super) fn next_on(loan: &Loan) -> Option<Date> {
    let open = loan.servicing.course.charges.deferred.iter().filter(|fee| is_open(fee));
    open.map(|fee| {
        let mut days = loan.servicing.installments.iter().map(|row| row.due_date);
        days.find(|day| *day > fee.recognized_through).unwrap_or(fee.recognized_through)
    })
    .min()
}

/// Recognizes what is earned by the day.
pub(super) fn derive(draft: &mut Draft<'_>, date: Date) {
    let earned = |fee: &DeferredFee| earned_by(&draft.loan, fee, date) - fee.recognized;
    let parts = parts(&draft.loan, |fee| earned(fee).minor().max(0));
    draft.derive(date, Event::FeeIncomeRecognized { parts });
}

/// Recognizes the rest, because nothing more is to come.
pub(crate) fn settle(draft: &mut Draft<'_>, date: Date) {
    let parts = parts(&draft.loan, |fee| (fee.amount - fee.recognized).minor());
    if !parts.is_empty() {
        draft.derive(date, Event::FeeIncomeRecognized { parts });
    }
}

fn is_open(fee: &DeferredFee) -> bool {
    fee.recognized != fee.amount
}

fn parts(loan: &Loan, minor: impl Fn(&DeferredFee) -> i64) -> Vec<IncomePart> {
    let open = (0..).zip(&loan.servicing.course.charges.deferred).filter(|(_, fee)| is_open(fee));
    open.map(|(position, fee)| IncomePart { position, amount: Amount::from_minor(minor(fee)) }).collect()
}

fn earned_by(loan: &Loan, fee: &DeferredFee, date: Date) -> Amount {
    let after = loan.servicing.installments.iter().filter(|row| row.due_date > fee.charged_on);
    let through = after.clone().filter(|row| row.due_date <= date).count();
    let rows: Vec<IncomeRow> = after
        .map(|row| IncomeRow { principal: row.expected.principal, interest: row.expected.interest })
        .collect();
    let profile = match fee.profile {
        FeeAmortization::None => return fee.amount,
        FeeAmortization::StraightLine => IncomeProfile::StraightLine,
        FeeAmortization::SumOfYearsDigits => IncomeProfile::SumOfYearsDigits,
        FeeAmortization::EffectiveInterestRate => IncomeProfile::EffectiveInterestRate,
    };
    income_through(profile, fee.amount, &rows, through, loan.terms.rounding)
}

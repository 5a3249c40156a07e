//! Loan accounts with everything that hangs on them, as far as the caller may see it.

use jiff::civil::Date;
use loam_book::custom_field::value::CustomValues;
use loam_book::loan::Loan;

use super::asked::Asked;
use super::error::DoorError;
use super::settlement::Settling;
use super::translate::loan::{loan_account, with_settlement};
use super::wire::loan::{LoanAccount, LoanAccountEnvelope};

/// What hangs on some loans.
pub(super) struct InFull<'a> {
    asked: &'a Asked,
    kept: Vec<CustomValues>,
    settling: Settling,
}

impl<'a> InFull<'a> {
    /// Reads what hangs on these loans.
    pub(super) async fn of(asked: &'a Asked, loans: &[&Loan]) -> Result<InFull<'a>, DoorError> {
        let kept = asked.values_of_loans(loans).await?;
        let settling = Settling::of(asked, loans).await?;
        Ok(InFull { asked, kept, settling })
    }

    /// One of them, with all of it.
    pub(super) fn account<'b>(&'b self, loan: &'b Loan, business_date: Date) -> LoanAccount<'b> {
        let account = loan_account(loan, business_date, true);
        let account = with_settlement(account, (self.settling.accounts(loan), business_date));
        self.asked.shown(&self.kept).fill(account, loan)
    }

    /// The same in the envelope in which a posted loan comes back.
    pub(super) fn envelope<'b>(&'b self, loan: &'b Loan, business_date: Date) -> LoanAccountEnvelope<'b> {
        LoanAccountEnvelope {
            loan_account: self.account(loan, business_date),
            custom_information: self.asked.shown(&self.kept).of(loan.key),
        }
    }
}

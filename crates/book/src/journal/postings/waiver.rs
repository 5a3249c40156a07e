//! A claim of the protection: what is waived of a loan is an expense, as far as it was a balance; its tax is not
//! payable any more.

use loam_calc::money::Amount;

use crate::journal::GlAccount;
use crate::journal::postings::Movement;
use crate::loan::protection::WaivedPart;

pub(super) fn waived(parts: &[WaivedPart], tax: Amount) -> Vec<Movement> {
    let principal = parts.iter().map(|part| part.part.principal).sum();
    let interest: Amount = parts.iter().map(|part| part.applied).sum();
    let given_up = |debit, credit, amount| Movement { debit, credit, amount };
    vec![
        given_up(GlAccount::WaiverExpense, GlAccount::LoanPortfolio, principal),
        given_up(GlAccount::WaiverExpense, GlAccount::InterestReceivable, interest - tax),
        given_up(GlAccount::TaxesPayable, GlAccount::InterestReceivable, tax),
    ]
}

//! Sells parts of an investor's fund, or of the lender's own part, to other investors.
//!
//! Checks, in this order: permission, state, what the loan allows, each part as it stands in the list.

use crate::loan::commands::require_unlocked;
use crate::loan::draft::Draft;
use crate::loan::refusal::{MarketRefusal, Refusal, SecurityRefusal};
use crate::loan::securities::MAX_FUNDS;
use crate::loan::trades::{self, NewTrade};
use crate::loan::{Loan, LoanState};

/// Sells the parts, one after the other.
pub(super) fn trade(draft: &mut Draft<'_>, parts: &[NewTrade]) -> Result<(), Refusal> {
    let loan = &draft.loan;
    let LoanState::Active { .. } = loan.state() else {
        return Err(Refusal::WrongState { command: "sell", state: loan.state().name() });
    };
    require_unlocked(loan, draft.context)?;
    trades::check_waived(loan)?;
    if parts.iter().any(|part| part.from.is_none()) {
        check_lender(loan)?;
    }
    let count = loan.servicing.course.funds.len() + parts.len();
    if count > MAX_FUNDS {
        return Err(Refusal::Security(SecurityRefusal::TooMany { count, max: MAX_FUNDS }));
    }
    for part in parts {
        trades::trade(draft, draft.context.business_date, part)?;
    }
    Ok(())
}

/// Refuses to sell the lender's part of a loan that cannot be shared among investors, or of which more may be lent.
fn check_lender(loan: &Loan) -> Result<(), Refusal> {
    if loan.servicing.course.funds.iter().any(|fund| !fund.is_paid_in) {
        return Err(MarketRefusal::FundsByHand.into());
    }
    if let Some(what) = loan.terms.contradicts_investors() {
        return Err(MarketRefusal::NotForInvestors { what }.into());
    }
    if loan.servicing.course.has_tranches_left() {
        return Err(MarketRefusal::NotForInvestors { what: "tranches that are still to be paid out" }.into());
    }
    let (terms, servicing) = (&loan.terms, &loan.servicing);
    if servicing.paid.principal + servicing.outstanding.principal
        != terms.amount + servicing.course.capitalized_fees
    {
        return Err(MarketRefusal::NotForInvestors { what: "principal that has grown" }.into());
    }
    Ok(())
}

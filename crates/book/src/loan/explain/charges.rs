//! Fees and penalties.

use loam_calc::exact::Exact;

use crate::loan::event::{Event, Step};
use crate::loan::explain::{Explanation, Figure, Sources, Working};

/// The fees and penalties that a step brings.
pub(super) fn of_step(step: &Step, sources: &Sources<'_>, found: &mut Vec<Explanation>) {
    let value_date = step.value_date;
    if let Event::Disbursed { posted, capitalized_fee, .. } = &step.event
        && capitalized_fee.is_positive()
    {
        found.push(Explanation {
            figure: Figure::CapitalizedFee { value_date },
            amount: Exact::from_amount(*capitalized_fee),
            working: Working::Stated(*capitalized_fee),
            counting: None,
            entries: sources.of_transaction(posted.transaction_id),
        });
    }
    if let Event::FeeCharged { posted, amount, number, .. } = &step.event {
        let transaction_id = posted.transaction_id;
        found.push(Explanation {
            figure: Figure::Fee { transaction_id, number: *number, value_date },
            amount: Exact::from_amount(*amount),
            working: Working::Stated(*amount),
            counting: None,
            entries: sources.of_transaction(transaction_id),
        });
    }
}

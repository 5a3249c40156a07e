//! Fees and penalties.

use loam_calc::exact::Exact;
use loam_calc::money::Amount;

use crate::loan::event::{Event, Posted, Step};
use crate::loan::explain::{Explainer, Explanation, Figure, Working};

impl Explainer<'_> {
    /// The fees and penalties that a step brings or gives up.
    pub(super) fn explain_charges(&mut self, step: &Step) {
        let value_date = step.value_date;
        if let Event::Disbursed { posted, capitalized_fee, .. } = &step.event
            && capitalized_fee.is_positive()
        {
            self.stated(Figure::CapitalizedFee { value_date }, *capitalized_fee, posted);
        }
        if let Event::FeeCharged { posted, amount, number, .. } = &step.event {
            let (transaction_id, number) = (posted.transaction_id, *number);
            self.stated(Figure::Fee { transaction_id, number, value_date }, *amount, posted);
        }
        if let Event::ChargeReduced { posted, amount, .. } = &step.event {
            let transaction_id = posted.transaction_id;
            self.stated(Figure::ChargeGivenUp { transaction_id, value_date }, amount.total(), posted);
        }
    }

    /// A figure that somebody named.
    fn stated(&mut self, figure: Figure, amount: Amount, posted: &Posted) {
        let entries = self.of_transaction(posted.transaction_id);
        let working = Working::Stated(amount);
        let amount = Exact::from_amount(amount);
        self.found.push(Explanation { figure, amount, working, counting: None, entries });
    }
}

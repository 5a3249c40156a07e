//! A loan in brief: what a line about it says. Not its terms, its schedule or its holder.

use jiff::civil::Date;
use loam_calc::allocation::Components;
use loam_calc::currency::Currency;
use serde::{Deserialize, Serialize};

use super::{Loan, LoanState};
use crate::ids::{Key, Part};

/// Which loan it is, where it stands and what is open on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BriefLoan {
    pub key: Key,
    pub part: Part,
    pub account_no: i64,
    pub id: String,
    pub currency: Currency,
    pub state: LoanState,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrears_since: Option<Date>,
    pub outstanding: Components,
}

impl From<&Loan> for BriefLoan {
    fn from(loan: &Loan) -> BriefLoan {
        BriefLoan {
            key: loan.key,
            part: loan.part,
            account_no: loan.account_no,
            id: loan.id.clone(),
            currency: loan.terms.currency,
            state: loan.servicing.state.clone(),
            arrears_since: loan.servicing.arrears_since,
            outstanding: loan.servicing.outstanding,
        }
    }
}

//! What indicators count and add up: the whole text of each question, for both databases.

use jiff::civil::Date;
use loam_app::indicators::Counted;
use loam_app::views::LoanStatus;
use loam_book::ids::Key;

use super::Asking;
use crate::cells::Cell;
use crate::filters::Conditions;

const ACTIVE: [LoanStatus; 2] = [LoanStatus::Active, LoanStatus::ActiveInArrears];

/// How many there are. Where no branch is named, an index has all that is asked for.
pub(crate) fn count_of<'a>(counted: Counted, within: &[Key], mark: char) -> Asking<'a> {
    let mut conditions = Conditions::new(mark);
    conditions.add_any("branch_key", within.iter().copied().map(Cell::key).collect());
    let (what, table) = match counted {
        Counted::Clients => ("count(*)", "client"),
        Counted::Groups => ("count(*)", "client_group"),
        Counted::ClientsWithActiveLoans => {
            conditions.add_fact("holder_kind = 'client'");
            conditions.add_any("status", ACTIVE.map(|status| Cell::text(status.name())).into());
            ("count(distinct holder_key)", "loan_account")
        }
        Counted::Loans(statuses) => {
            conditions.add_any("status", statuses.iter().map(|status| Cell::text(status.name())).collect());
            ("count(*)", "loan_account")
        }
        Counted::Savings(statuses) => {
            conditions.add_any("status", statuses.iter().copied().map(Cell::text).collect());
            ("count(*)", "savings_account")
        }
    };
    let (conditions, row) = conditions.finish();
    (format!("select {what} from {table}{conditions}"), row)
}

/// Principal of loans in arrears, for each product. The index of those in arrears leads.
pub(crate) fn principal_at_risk<'a>(since: Date, within: &[Key], mark: char) -> Asking<'a> {
    let mut conditions = Conditions::new(mark);
    conditions.add_if("in_arrears_from <= {}", Some(Cell::date(since)));
    conditions.add_any("(status || '')", ACTIVE.map(|status| Cell::text(status.name())).into());
    conditions.add_any("(branch_key || '')", within.iter().copied().map(Cell::key).collect());
    let (conditions, row) = conditions.finish();
    let sql = format!(
        "select product_key, cast(sum(principal_outstanding_minor) as bigint) from loan_account{conditions}
          group by (product_key || ''), product_key"
    );
    (sql, row)
}

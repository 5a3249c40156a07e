//! Which accounts keep a rule of accounting: the whole text of the question, for both databases.

use loam_app::views::LoanStatus;
use loam_book::ids::Key;
use loam_book::journal::GlAccount;
use loam_book::journal::rules::AccountingRule;
use loam_book::loan::refusal::IdKind;
use loam_book::savings::SavingsClosure;

use super::Asking;
use crate::cells::Cell;
use crate::filters::Conditions;

/// Loans that are not over.
const OPEN: [LoanStatus; 5] = [
    LoanStatus::PartialApplication,
    LoanStatus::PendingApproval,
    LoanStatus::Approved,
    LoanStatus::Active,
    LoanStatus::ActiveInArrears,
];

/// How deposit accounts end.
const OVER: [SavingsClosure; 4] =
    [SavingsClosure::Closed, SavingsClosure::Withdrawn, SavingsClosure::Rejected, SavingsClosure::Deleted];

/// The id of an account that is not over and books one of these on a GL account. Rules stand in the text of what an
/// account agreed to, and no index has them: the key comes first, which most texts do not have at all.
pub(crate) fn account_booking<'a>(kind: IdKind, on: Key, resources: &[GlAccount], mark: char) -> Asking<'a> {
    let mut conditions = Conditions::new(mark);
    let (table, agreed) = if kind == IdKind::Savings {
        let over = conditions.places(OVER.map(|closure| Cell::text(closure.name())));
        conditions.add_fact(&format!("status not in {over}"));
        ("savings_account", "body")
    } else {
        conditions.add_any("status", OPEN.map(|status| Cell::text(status.name())).into());
        ("loan_account", "terms")
    };
    conditions.add_if(&format!("{agreed} like {{}}"), Some(Cell::Text(Some(format!("%{on}%").into()))));
    let like = |resource: &GlAccount| {
        let rule = serde_json::to_string(&AccountingRule { resource: *resource, account: on });
        let rule = rule.expect("two names make a text");
        let place = conditions.place(Cell::Text(Some(format!("%{rule}%").into())));
        format!("{agreed} like {place}")
    };
    let rules: Vec<String> = resources.iter().map(like).collect();
    conditions.add_fact(&format!("({})", rules.join(" or ")));
    let (conditions, row) = conditions.finish();
    (format!("select id from {table}{conditions} order by part, account_no limit 1"), row)
}

//! Every operation of the contract (§2.1, §3, §5). The routes follow this table.

use self::values::VALUES;

mod values;

/// One operation of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operation {
    pub method: &'static str,
    /// `{}` stands for an id or a key.
    pub path: &'static str,
    pub summary: &'static str,
}

const fn served(method: &'static str, path: &'static str, summary: &'static str) -> Operation {
    Operation { method, path, summary }
}

/// What this version serves.
const SERVED: &[Operation] = &[
    served("GET", "/api/loans", "List loan accounts"),
    served("POST", "/api/loans", "Create a loan account"),
    served("POST", "/api/loans/search", "Search loan accounts"),
    served("GET", "/api/loans/{loan}", "Read a loan account"),
    served("PATCH", "/api/loans/{loan}", "Change the terms of a loan account"),
    served("DELETE", "/api/loans/{loan}", "Delete a loan account that was never paid out"),
    served("GET", "/api/loans/{loan}/transactions", "List the transactions of a loan account, newest first"),
    served(
        "POST",
        "/api/loans/{loan}/transactions",
        "Move a loan account: approve, disburse, repay, reverse, …",
    ),
    served("GET", "/api/loans/{loan}/repayments", "Read the schedule of a loan account"),
    served("POST", "/api/loans/{loan}/tranches", "Replace the tranches of a loan account"),
    served("POST", "/api/loans/{loan}/guarantees", "Replace the guarantees of a loan account"),
    served("POST", "/api/loans/{loan}/funds", "Replace the funds of a loan account"),
    served("POST", "/api/loans/{loan}/action", "Refinance or reschedule a loan account"),
    served("PATCH", "/api/loans/{loan}/repayments", "Edit the schedule of a loan account"),
    served("DELETE", "/api/loans/{loan}/repayments/{repayment}", "Delete an installment without principal"),
    served("GET", "/api/clients", "List clients"),
    served("POST", "/api/clients", "Create a client"),
    served("GET", "/api/clients/{client}", "Read a client"),
    served("PATCH", "/api/clients/{client}", "Change a client"),
    served("GET", "/api/clients/{client}/loans", "List the loan accounts of a client"),
    served("POST", "/api/clients/{client}/loans", "Create a basic loan account for a client"),
    served("GET", "/api/clients/{client}/loans/{loan}", "Read a loan account of a client"),
    served("GET", "/api/loanproducts", "List loan products"),
    served("GET", "/api/loanproducts/{product}", "Read a loan product"),
    served("GET", "/api/loanproducts/{product}/schedule", "Preview a schedule"),
    served("POST", "/api/indexratesources/{source}/indexrates", "Add a rate to an index"),
    served("GET", "/api/settings/general", "Read the general settings"),
    served("GET", "/api/branches", "List branches"),
    served("GET", "/api/branches/{branch}", "Read a branch"),
    served("GET", "/api/centres", "List centres"),
    served("GET", "/api/centres/{centre}", "Read a centre"),
    served("GET", "/api/users", "List users"),
    served("GET", "/api/users/{user}", "Read a user"),
    served("GET", "/api/currencies", "List currencies"),
    served("GET", "/api/currencies/{currency}", "Read a currency"),
    served("GET", "/api/transactionchannels", "List transaction channels"),
    served("GET", "/api/transactionchannels/{channel}", "Read a transaction channel"),
];

/// More of loans.
const LOANS: &[Operation] = &[
    served("POST", "/api/loans/{loan}", "Replace the custom field values of a loan account"),
    served("POST", "/api/loans/transactions/search", "Search loan transactions"),
    served("POST", "/api/loans/{loan}/settlementAccounts/{savings}", "Link a settlement account"),
    served("DELETE", "/api/loans/{loan}/settlementAccounts/{savings}", "Unlink a settlement account"),
    served("GET", "/api/repayments", "List installments of all accounts"),
    served("GET", "/api/loans/{loan}/templates/{template}", "Populate a document"),
    served("GET", "/api/loans/{loan}/transactions/{transaction}/templates/{template}", "Populate a document"),
    served("GET", "/api/groups/{group}/loans", "List the loan accounts of a group"),
    served("POST", "/api/groups/{group}/loans", "Create a loan account for a group"),
    served("GET", "/api/groups/{group}/loans/{loan}", "Read a loan account of a group"),
];

/// Clients, groups, the organization.
const PARTIES: &[Operation] = &[
    served("POST", "/api/clients/{client}", "Update a client"),
    served("DELETE", "/api/clients/{client}", "Delete a client"),
    served("POST", "/api/clients/search", "Search clients"),
    served("GET", "/api/clients/{client}/savings", "List the deposit accounts of a client"),
    served("GET", "/api/clients/{client}/linesofcredit", "List the lines of credit of a client"),
    served("GET", "/api/clienttypes", "List client types"),
    served("GET", "/api/groups", "List groups"),
    served("POST", "/api/groups", "Create a group"),
    served("GET", "/api/groups/{group}", "Read a group"),
    served("POST", "/api/groups/{group}", "Update a group"),
    served("PATCH", "/api/groups/{group}", "Change a group"),
    served("DELETE", "/api/groups/{group}", "Delete a group"),
    served("POST", "/api/groups/search", "Search groups"),
    served("GET", "/api/groups/{group}/savings", "List the deposit accounts of a group"),
    served("GET", "/api/groups/{group}/linesofcredit", "List the lines of credit of a group"),
    served("GET", "/api/grouprolenames", "List group roles"),
    served("GET", "/api/grouprolenames/{role}", "Read a group role"),
    served("GET", "/api/currencies/{currency}/rates", "List exchange rates"),
    served("POST", "/api/currencies/{currency}/rates", "Add an exchange rate"),
    served("POST", "/api/users", "Create a user"),
    served("PATCH", "/api/users/{user}", "Change a user"),
    served("GET", "/api/users/{user}/views", "List custom views"),
    served("GET", "/api/userroles", "List user roles"),
    served("GET", "/api/userroles/{role}", "Read a user role"),
    served("GET", "/api/settings/organization", "Read the organization"),
    served("GET", "/api/settings/labels", "Read labels"),
    served("GET", "/api/settings/iddocumenttemplates", "Read templates of identification documents"),
    served("GET", "/api/settings/branding/logo", "Read the logo"),
    served("GET", "/api/settings/branding/icon", "Read the icon"),
];

/// Deposits, credit lines, accounting and the rest.
const OTHERS: &[Operation] = &[
    served("GET", "/api/savings", "List deposit accounts"),
    served("POST", "/api/savings", "Create a deposit account"),
    served("POST", "/api/savings/search", "Search deposit accounts"),
    served("POST", "/api/savings/transactions/search", "Search deposit transactions"),
    served("GET", "/api/savings/{savings}", "Read a deposit account"),
    served("POST", "/api/savings/{savings}", "Update a deposit account"),
    served("PATCH", "/api/savings/{savings}", "Change a deposit account"),
    served("DELETE", "/api/savings/{savings}", "Delete a deposit account"),
    served("GET", "/api/savings/{savings}/transactions", "List deposit transactions"),
    served("POST", "/api/savings/{savings}/transactions", "Move a deposit account"),
    served("GET", "/api/savings/{savings}/funding", "List funded loans"),
    served("GET", "/api/savings/{savings}/funding/{loan}/repayments", "List installments of a funded loan"),
    served("GET", "/api/savingsproducts", "List deposit products"),
    served("GET", "/api/savingsproducts/{product}", "Read a deposit product"),
    served("GET", "/api/linesofcredit", "List lines of credit"),
    served("POST", "/api/linesofcredit", "Create a line of credit"),
    served("POST", "/api/linesofcredit/search", "Search lines of credit"),
    served("GET", "/api/linesofcredit/{line}", "Read a line of credit"),
    served("PATCH", "/api/linesofcredit/{line}", "Change a line of credit"),
    served("GET", "/api/linesofcredit/{line}/accounts", "List the accounts of a line of credit"),
    served("POST", "/api/linesofcredit/{line}/loans/{loan}", "Add a loan account"),
    served("DELETE", "/api/linesofcredit/{line}/loans/{loan}", "Remove a loan account"),
    served("POST", "/api/linesofcredit/{line}/savings/{savings}", "Add a deposit account"),
    served("DELETE", "/api/linesofcredit/{line}/savings/{savings}", "Remove a deposit account"),
    served("GET", "/api/tasks", "List tasks"),
    served("POST", "/api/tasks", "Create a task"),
    served("POST", "/api/tasks/{task}", "Update a task"),
    served("DELETE", "/api/tasks/{task}", "Delete a task"),
    served("POST", "/api/documents", "Upload a document"),
    served("GET", "/api/documents/{document}", "Read a document"),
    served("DELETE", "/api/documents/{document}", "Delete a document"),
    served("GET", "/api/images/{image}", "Read an image"),
    served("GET", "/api/activities", "List activities"),
    served("POST", "/api/notifications", "Send messages again"),
    served("POST", "/api/notifications/messages/search", "Search messages"),
    served("GET", "/api/indicators/{indicator}", "Read an indicator"),
    served("POST", "/api/database/backup", "Start a backup"),
    served("GET", "/api/database/backup/LATEST", "Read the latest backup"),
    served("GET", "/api/glaccounts", "List GL accounts"),
    served("GET", "/api/glaccounts/{account}", "Read a GL account"),
    served("GET", "/api/gljournalentries", "List journal entries"),
    served("POST", "/api/gljournalentries", "Enter into the journal"),
    served("POST", "/api/gljournalentries/search", "Search journal entries"),
    served("GET", "/api/customfieldsets", "List custom field sets with their fields"),
    served("GET", "/api/customfields/{field}", "Read a custom field"),
    served("GET", "/api/search", "Search everything"),
];

/// The operations of the contract.
pub fn operations() -> impl Iterator<Item = &'static Operation> {
    SERVED.iter().chain(papers::PAPERS).chain(LOANS).chain(PARTIES).chain(OTHERS).chain(VALUES)
}

mod papers;

/// What the contract knows about a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    /// The path is one of the contract's, the method is not.
    OtherMethod,
    /// No path of the contract.
    Nothing,
}

/// Looks a request up that no route took.
pub(super) fn look_up(path: &str) -> Known {
    let path = path.trim_end_matches('/');
    if operations().any(|operation| matches(operation.path, path)) {
        Known::OtherMethod
    } else {
        Known::Nothing
    }
}

/// Whether a path has the form of a pattern: `{…}` takes one segment that is not empty.
fn matches(pattern: &str, path: &str) -> bool {
    let mut segments = path.split('/');
    let all = pattern.split('/').all(|expected| {
        segments.next().is_some_and(|segment| {
            if expected.starts_with('{') { !segment.is_empty() } else { expected == segment }
        })
    });
    all && segments.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_path_with_another_method_is_told_from_an_unknown_path() {
        assert_eq!(look_up("/api/loans/ABC123"), Known::OtherMethod);
        assert_eq!(look_up("/api/branches"), Known::OtherMethod);
        assert_eq!(look_up("/api/nothing"), Known::Nothing);
        assert_eq!(look_up("/api/loans/A/b/c/d/e"), Known::Nothing);
        assert_eq!(look_up("/api"), Known::Nothing);
    }

    #[test]
    fn no_operation_stands_twice() {
        let mut all: Vec<(&str, &str)> = operations().map(|o| (o.method, o.path)).collect();
        all.sort_unstable();
        assert!(all.is_sorted_by(|left, right| left < right));
    }
}

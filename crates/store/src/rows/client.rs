//! `client` and `client_document`.

use std::collections::HashMap;

use loam_app::error::StoreError;
use loam_app::views::{ClientView, LoanStatus};
use loam_book::ids::{Address, Key};
use loam_book::party::{Client, ClientState, Ties};

use crate::cells::{Cell, Columns, Cursor, Row};

/// The name stored with a client's state.
pub(crate) fn client_state_name(state: ClientState) -> &'static str {
    match state {
        ClientState::PendingApproval => "pending_approval",
        ClientState::Inactive => "inactive",
        ClientState::Exited => "exited",
        ClientState::Blacklisted => "blacklisted",
        ClientState::Rejected => "rejected",
    }
}

pub(crate) fn client_row(client: &Client) -> Row<'_> {
    vec![
        Cell::part(client.part),
        Cell::key(client.key),
        Cell::text(&client.id),
        Cell::int(client.version),
        Cell::text(client_state_name(client.state)),
        Cell::text(&client.profile.first_name),
        Cell::text(&client.profile.last_name),
        Cell::maybe_date(client.profile.birth_date),
        Cell::maybe_key(client.assignment.branch),
        Cell::maybe_key(client.assignment.centre),
        Cell::maybe_key(client.assignment.user),
        Cell::instant(client.created_at),
        Cell::json(client),
    ]
}

/// One row for each identification document, so that a client is found by it.
pub(crate) fn document_rows(client: &Client) -> impl Iterator<Item = Row<'_>> {
    (1..).zip(&client.documents).map(|(n, document)| {
        vec![Cell::part(client.part), Cell::key(client.key), Cell::int(n), Cell::text(&document.document_id)]
    })
}

/// Reads the column `body`.
pub(crate) fn read_client(row: &impl Columns) -> Result<Client, StoreError> {
    Cursor::new("client", row).json()
}

/// Reads `holder_key, status` of a client's loan.
pub(crate) fn read_held(row: &impl Columns) -> Result<(Key, HeldStatus), StoreError> {
    let mut row = Cursor::new("loan_account", row);
    Ok((row.key()?, row.named(|name| Some(HeldStatus::of(name)))?))
}

/// What a loan's status says about its holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HeldStatus {
    Active,
    Repaid,
    Other,
}

impl HeldStatus {
    fn of(name: &str) -> HeldStatus {
        let is = |status: LoanStatus| status.name() == name;
        if is(LoanStatus::Active) || is(LoanStatus::ActiveInArrears) {
            HeldStatus::Active
        } else if is(LoanStatus::Closed) {
            HeldStatus::Repaid
        } else {
            HeldStatus::Other
        }
    }
}

/// A client with what the client's loans say.
pub(crate) fn client_view(client: Client, held: &[(Key, HeldStatus)]) -> ClientView {
    let own = || held.iter().filter(|(holder, _)| *holder == client.key).map(|(_, status)| *status);
    let has_active_loans = own().any(|status| status == HeldStatus::Active);
    let loan_cycle = repaid(client.key, held);
    let group_loan_cycle = client.groups.iter().map(|group| repaid(*group, held)).sum();
    ClientView { client, has_active_loans, loan_cycle, group_loan_cycle }
}

/// Where the groups of clients are kept; every group has a key that says so.
pub(crate) fn groups_of<'a>(clients: impl IntoIterator<Item = &'a Client>) -> Vec<Address> {
    let groups = clients.into_iter().flat_map(|client| &client.groups);
    groups.filter_map(|key| key.part().map(|part| Address { part, key: *key })).collect()
}

/// The holders of active loans among those of `held`.
pub(crate) fn with_active_loans(held: &[(Key, HeldStatus)]) -> Vec<Key> {
    held.iter().filter(|(_, status)| *status == HeldStatus::Active).map(|(holder, _)| *holder).collect()
}

/// Reads `client_key` and three flags: whether the client applied for a loan, guarantees one, and has a line of credit.
pub(crate) fn read_ties(row: &impl Columns) -> Result<(Key, Ties), StoreError> {
    let mut row = Cursor::new("client", row);
    Ok((
        row.key()?,
        Ties { has_accounts: row.flag()?, guarantees_loans: row.flag()?, has_lines_of_credit: row.flag()? },
    ))
}

/// What ties each client, by all rows that say so.
pub(crate) fn together(rows: Vec<(Key, Ties)>) -> HashMap<Key, Ties> {
    let mut all: HashMap<Key, Ties> = HashMap::new();
    for (client, row) in rows {
        let ties = all.entry(client).or_default();
        ties.has_accounts |= row.has_accounts;
        ties.guarantees_loans |= row.guarantees_loans;
        ties.has_lines_of_credit |= row.has_lines_of_credit;
    }
    all
}

/// How many loans a holder has repaid.
pub(crate) fn repaid(holder: Key, held: &[(Key, HeldStatus)]) -> i64 {
    let repaid = held.iter().filter(|(key, status)| *key == holder && *status == HeldStatus::Repaid).count();
    i64::try_from(repaid).expect("a holder has fewer than 2^63 loans")
}

-- The loan book. One text for both databases, in which these tokens are filled in:
--   {{bigint}}     the 64-bit integer: `integer` on SQLite, whose strict tables know no other name for it
--   {{strict}}     what stands behind a table: `strict` on SQLite
--   {{clustered}}  the same for a table whose rows lie in the order of its key: `strict, without rowid` on SQLite
-- Dates are days since 1970-01-01, instants are microseconds since 1970-01-01 UTC, money is in minor units, keys are
-- 32 hexadecimal digits, and `part` (0 to 4095) stands in every key of a distributed table.
-- The catalogue of tables is read from this text: comments stand on lines of their own and hold no semicolon.

-- The state of the book itself: one row.
-- kind: local
create table book_state (
    id {{bigint}} not null primary key check (id = 1),
    business_date {{bigint}} not null,
    currency text not null,
    time_zone text not null,
    catalog_version {{bigint}} not null,
    closed_through {{bigint}},
    created_at {{bigint}} not null
) {{strict}};

-- What people call things: human ids, and keys without Loam's mark (kind `…_key`), to key and part.
-- kind: registry
create table id_registry (
    scope text not null,
    kind text not null,
    id text not null,
    entity_key text not null,
    part {{bigint}} not null,
    primary key (scope, kind, id)
) {{clustered}};

-- The next number of each sequence. Lanes take them in blocks.
-- kind: local
create table id_block (
    name text not null primary key,
    next_value {{bigint}} not null
) {{strict}};

-- Products, branches, centres, users and channels.
-- kind: reference
create table record (
    kind text not null,
    record_key text not null,
    id text not null,
    version {{bigint}} not null,
    body text not null,
    primary key (kind, record_key),
    unique (kind, id)
) {{strict}};

-- `body` is the whole client, the other columns are what clients are looked up by.
-- kind: distributed
create table client (
    part {{bigint}} not null,
    client_key text not null,
    id text not null,
    version {{bigint}} not null,
    state text not null,
    first_name text not null,
    last_name text not null,
    birth_date {{bigint}},
    branch_key text,
    centre_key text,
    user_key text,
    created_at {{bigint}} not null,
    body text not null,
    primary key (part, client_key)
) {{strict}};

-- Lists show clients in the order in which they were entered, whatever they are filtered by.
create index client_by_entry on client (created_at, client_key);
create index client_by_name on client (last_name, first_name);

-- kind: distributed
create table client_document (
    part {{bigint}} not null,
    client_key text not null,
    n {{bigint}} not null,
    document_id text not null,
    primary key (part, client_key, n),
    foreign key (part, client_key) references client (part, client_key)
) {{clustered}};

create index client_document_by_id on client_document (document_id);

-- Balances are columns, and what is only ever read as a whole (`state`, `terms`) is JSON.
-- kind: distributed
create table loan_account (
    part {{bigint}} not null,
    account_no {{bigint}} not null,
    loan_key text not null,
    id text not null,
    version {{bigint}} not null,
    holder_kind text not null,
    holder_key text not null,
    product_key text not null,
    branch_key text,
    centre_key text,
    user_key text,
    status text not null,
    name text not null,
    notes text,
    state text not null,
    terms text not null,
    principal_outstanding_minor {{bigint}} not null check (principal_outstanding_minor >= 0),
    interest_outstanding_minor {{bigint}} not null check (interest_outstanding_minor >= 0),
    fees_outstanding_minor {{bigint}} not null check (fees_outstanding_minor >= 0),
    penalties_outstanding_minor {{bigint}} not null check (penalties_outstanding_minor >= 0),
    principal_paid_minor {{bigint}} not null,
    interest_paid_minor {{bigint}} not null,
    fees_paid_minor {{bigint}} not null,
    penalties_paid_minor {{bigint}} not null,
    late_since {{bigint}},
    arrears_since {{bigint}},
    last_set_to_arrears_on {{bigint}},
    last_interest_applied_on {{bigint}},
    last_locked_on {{bigint}},
    unlocked_on {{bigint}},
    latest_value_date {{bigint}},
    next_action_on {{bigint}},
    created_at {{bigint}} not null,
    last_modified_at {{bigint}} not null,
    approved_at {{bigint}},
    last_appraised_at {{bigint}},
    closed_at {{bigint}},
    primary key (part, account_no),
    unique (part, loan_key)
) {{strict}};

-- A client's loans.
create index loan_account_by_holder on loan_account (part, holder_key);
-- The sweep at the end of day: parts with work, then the accounts of a part in the order of their keys.
create index loan_account_by_action on loan_account (part, next_action_on, loan_key) where next_action_on is not null;
-- Lists show loans in the order in which they were opened. The columns before `created_at` change seldom or never.
create index loan_account_by_opening on loan_account (created_at, account_no);
create index loan_account_by_status on loan_account (status, created_at, account_no);
create index loan_account_by_branch on loan_account (branch_key, created_at, account_no) where branch_key is not null;
create index loan_account_by_centre on loan_account (centre_key, created_at, account_no) where centre_key is not null;
create index loan_account_by_user on loan_account (user_key, created_at, account_no) where user_key is not null;

-- kind: distributed
create table installment (
    part {{bigint}} not null,
    account_no {{bigint}} not null,
    number {{bigint}} not null,
    due_date {{bigint}} not null,
    principal_expected_minor {{bigint}} not null,
    interest_expected_minor {{bigint}} not null,
    fees_expected_minor {{bigint}} not null,
    penalties_expected_minor {{bigint}} not null,
    interest_applied_minor {{bigint}} not null,
    principal_paid_minor {{bigint}} not null,
    interest_paid_minor {{bigint}} not null,
    fees_paid_minor {{bigint}} not null,
    penalties_paid_minor {{bigint}} not null,
    is_grace {{bigint}} not null check (is_grace in (0, 1)),
    last_paid_on {{bigint}},
    repaid_on {{bigint}},
    primary key (part, account_no, number),
    foreign key (part, account_no) references loan_account (part, account_no)
) {{clustered}};

-- What falls due in a range of days, as far as it is not repaid.
create index installment_by_due_date on installment (due_date, part, account_no) where repaid_on is null;

-- The truth: what happened to each loan. It outlives a deleted loan, so nothing refers to the account.
-- kind: distributed
create table loan_log (
    part {{bigint}} not null,
    account_no {{bigint}} not null,
    seq {{bigint}} not null,
    event text not null,
    value_date {{bigint}} not null,
    booking_date {{bigint}} not null,
    recorded_at {{bigint}} not null,
    actor text not null,
    door text not null,
    request_id text not null,
    event_version {{bigint}} not null,
    rules_version {{bigint}} not null,
    step text not null,
    primary key (part, account_no, seq)
) {{strict}};

-- kind: distributed
create table loan_transaction (
    part {{bigint}} not null,
    account_no {{bigint}} not null,
    transaction_id {{bigint}} not null,
    kind text not null,
    seq {{bigint}} not null,
    value_date {{bigint}} not null,
    booking_date {{bigint}} not null,
    recorded_at {{bigint}} not null,
    actor text not null,
    door text not null,
    request_id text not null,
    event_version {{bigint}} not null,
    rules_version {{bigint}} not null,
    amount_minor {{bigint}} not null,
    principal_minor {{bigint}} not null,
    interest_minor {{bigint}} not null,
    fees_minor {{bigint}} not null,
    penalties_minor {{bigint}} not null,
    principal_balance_minor {{bigint}} not null,
    details text not null,
    installment {{bigint}},
    reverses {{bigint}},
    reversed_by {{bigint}},
    primary key (part, account_no, transaction_id)
) {{strict}};

-- The journal: one row is one transfer. `n` counts the transfers of one log entry.
-- kind: distributed
create table journal_transfer (
    part {{bigint}} not null,
    account_no {{bigint}} not null,
    seq {{bigint}} not null,
    n {{bigint}} not null,
    debit text not null,
    credit text not null,
    amount_minor {{bigint}} not null check (amount_minor > 0),
    currency text not null,
    value_date {{bigint}} not null,
    booking_date {{bigint}} not null,
    branch_key text,
    product_key text not null,
    primary key (part, account_no, seq, n),
    check (debit <> credit)
) {{strict}};

-- Changes to be told to consumers. `sent_at` is empty until one has taken them.
-- kind: distributed
create table outbox (
    recorded_at {{bigint}} not null,
    part {{bigint}} not null,
    account_no {{bigint}} not null,
    seq {{bigint}} not null,
    event text not null,
    sent_at {{bigint}},
    primary key (recorded_at, part, account_no, seq)
) {{strict}};

-- Who did what. Never read by account while serving, so its key grows with the table.
-- kind: distributed
create table audit (
    audit_id {{bigint}} not null,
    part {{bigint}} not null,
    recorded_at {{bigint}} not null,
    booking_date {{bigint}} not null,
    actor text not null,
    door text not null,
    request_id text not null,
    command text not null,
    entity text not null,
    was text,
    became text,
    primary key (audit_id, part)
) {{strict}};

-- Answers kept for retries.
-- kind: distributed
create table answer (
    part {{bigint}} not null,
    idem_key text not null,
    content text not null,
    recorded_at {{bigint}} not null,
    outcome text not null,
    primary key (part, idem_key)
) {{strict}};

-- Which worker sweeps a part, and until when.
-- kind: distributed
create table part_lease (
    part {{bigint}} not null primary key,
    worker text not null,
    lease_until {{bigint}} not null
) {{strict}};

-- Accounts that take no commands until somebody has looked at them.
-- kind: distributed
create table quarantine (
    part {{bigint}} not null,
    account_key text not null,
    reason text not null,
    quarantined_at {{bigint}} not null,
    primary key (part, account_key)
) {{strict}};

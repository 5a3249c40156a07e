-- Deposit accounts. `body` is the whole account, the other columns are what accounts are looked up by.
-- kind: distributed
create table savings_account (
    part {{bigint}} not null,
    account_no {{bigint}} not null,
    savings_key text not null,
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
    balance_minor {{bigint}} not null,
    created_at {{bigint}} not null,
    body text not null,
    primary key (part, account_no),
    unique (part, savings_key)
) {{strict}};

-- A client's deposit accounts.
create index savings_account_by_holder on savings_account (part, holder_key);
-- Lists show accounts in the order in which they were opened.
create index savings_account_by_opening on savings_account (created_at, account_no);

-- The truth: what happened to each deposit account. It outlives a deleted one.
-- kind: distributed
create table savings_log (
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
    body text not null,
    primary key (part, account_no, seq)
) {{strict}};

-- `body` is the whole transaction as it was served, `reversed_by` what came later.
-- kind: distributed
create table savings_transaction (
    part {{bigint}} not null,
    account_no {{bigint}} not null,
    transaction_id {{bigint}} not null,
    kind text not null,
    seq {{bigint}} not null,
    value_date {{bigint}} not null,
    booking_date {{bigint}} not null,
    recorded_at {{bigint}} not null,
    amount_minor {{bigint}} not null,
    balance_minor {{bigint}} not null,
    reversed_by {{bigint}},
    body text not null,
    primary key (part, account_no, transaction_id)
) {{strict}};

-- Loans that are paid from deposit accounts, with the day from which there may be something to pay.
-- kind: distributed
create table settlement (
    part {{bigint}} not null,
    account_no {{bigint}} not null,
    loan_key text not null,
    settles_on {{bigint}} not null,
    primary key (part, account_no)
) {{strict}};

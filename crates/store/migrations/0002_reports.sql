-- What others report, and what others are told. For the tokens in braces and the kinds see the first migration.

-- A person under the name that an outside organization gave. `body` is the whole subject, the other columns are what
-- subjects are looked up by. The key is made from the name.
-- kind: distributed
create table subject (
    part {{bigint}} not null,
    subject_key text not null,
    version {{bigint}} not null,
    scheme text not null,
    organization text not null,
    id text not null,
    reference text,
    client_key text,
    score {{bigint}},
    evolution text,
    loan_count {{bigint}} not null,
    created_at {{bigint}} not null,
    body text not null,
    primary key (part, subject_key)
) {{strict}};

-- Lists and counts of an organization, its own name for a subject, and the subjects that are one client.
create index subject_by_entry on subject (organization, scheme, created_at, subject_key);
create index subject_by_reference on subject (reference) where reference is not null;
create index subject_by_client on subject (client_key) where client_key is not null;

-- A loan that somebody reports, in the words of the feed. `same_as` is the key of the loan that it is linked to.
-- kind: distributed
create table reported_loan (
    part {{bigint}} not null,
    account_no {{bigint}} not null,
    loan_key text not null,
    version {{bigint}} not null,
    scheme text not null,
    organization text not null,
    id text not null,
    subject_key text not null,
    same_as text,
    status text not null,
    settled_on {{bigint}},
    last_due_on {{bigint}},
    created_at {{bigint}} not null,
    body text not null,
    primary key (part, account_no),
    unique (part, loan_key)
) {{strict}};

create index reported_loan_by_subject on reported_loan (part, subject_key);
-- Lists show loans in the order in which they were first reported.
create index reported_loan_by_entry on reported_loan (organization, scheme, created_at, account_no);
create index reported_loan_by_link on reported_loan (same_as) where same_as is not null;
create index reported_loan_by_settlement on reported_loan (organization, settled_on) where settled_on is not null;

-- Every report that was accepted, as it was said. No personal data.
-- kind: distributed
create table loan_report (
    part {{bigint}} not null,
    account_no {{bigint}} not null,
    seq {{bigint}} not null,
    recorded_at {{bigint}} not null,
    actor text not null,
    door text not null,
    request_id text not null,
    report text not null,
    told text not null,
    primary key (part, account_no, seq)
) {{strict}};

-- Applications for credit that were bought elsewhere, by number. People only as keyed hashes.
-- kind: distributed
create table lead (
    part {{bigint}} not null,
    organization text not null,
    lead_id {{bigint}} not null,
    account_id text,
    ssn_hash text,
    email_hash text,
    received_at {{bigint}} not null,
    purchased_at {{bigint}},
    underwritten_at {{bigint}},
    primary key (part, organization, lead_id)
) {{strict}};

create index lead_by_number on lead (organization, lead_id);
create index lead_by_receipt on lead (organization, received_at, lead_id);
create index lead_by_ssn on lead (ssn_hash) where ssn_hash is not null;
create index lead_by_email on lead (email_hash) where email_hash is not null;

-- An application for a loan in the marketplace. `body` is the whole application, the other columns are what it is
-- looked up by. The number is unique in the whole book.
-- kind: distributed
create table application (
    part {{bigint}} not null,
    number {{bigint}} not null,
    application_key text not null,
    version {{bigint}} not null,
    borrower_key text not null,
    borrower_account text not null,
    stage text not null,
    loan_account_no {{bigint}},
    created_at {{bigint}} not null,
    body text not null,
    primary key (part, number),
    unique (part, application_key)
) {{strict}};

create index application_by_borrower on application (part, borrower_key, number);
create index application_by_number on application (number);

-- Tokens of the token endpoint, by their hashes.
-- kind: local
create table access_token (
    token_hash text not null primary key,
    client_key text not null,
    issued_at {{bigint}} not null,
    expires_at {{bigint}} not null
) {{strict}};

create index access_token_by_expiry on access_token (expires_at);

-- What is to be told to whom: one row for each account and target. `claimed_until` is the lease of the worker that is
-- telling it. A row that was given up has `is_dead`, and one of which everything was told has no `next_attempt_at`.
-- The key begins with the target, because targets are listed and replayed as a whole.
-- kind: distributed
create table delivery (
    part {{bigint}} not null,
    target_key text not null,
    account_no {{bigint}} not null,
    account_key text not null,
    sent_seq {{bigint}} not null,
    wanted_seq {{bigint}} not null,
    attempts {{bigint}} not null,
    next_attempt_at {{bigint}},
    claimed_until {{bigint}},
    is_dead {{bigint}} not null check (is_dead in (0, 1)),
    last_error text,
    primary key (target_key, account_no, part)
) {{strict}};

-- Each listener has its own queue, so that one who is slow holds up nobody else.
create index delivery_by_attempt on delivery (target_key, next_attempt_at, account_no, part)
    where next_attempt_at is not null;
create index delivery_given_up on delivery (target_key, account_no, part) where is_dead = 1;

create index outbox_unsent on outbox (recorded_at, part, account_no, seq) where sent_at is null;

-- What a book is and stays: the fingerprint of the key that it was sealed with, and whether it is a book for tests.
-- kind: local
create table book_property (
    name text not null primary key,
    value text not null
) {{strict}};

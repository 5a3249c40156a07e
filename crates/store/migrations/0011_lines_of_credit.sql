-- How much clients and groups may owe together. For the tokens in braces and the kinds see the first migration.

-- `body` is the whole line with what each of its accounts takes of it, the other columns are what lines are looked up by.
-- A line is in the part of its holder, as the accounts on it are, and is written with them: its version is what keeps two
-- accounts from taking the same that is left.
-- kind: distributed
create table line_of_credit (
    part {{bigint}} not null,
    line_key text not null,
    id text not null,
    version {{bigint}} not null,
    holder_key text not null,
    status text not null,
    branch_key text,
    centre_key text,
    user_key text,
    created_at {{bigint}} not null,
    body text not null,
    primary key (part, line_key)
) {{strict}};

create index line_of_credit_by_entry on line_of_credit (created_at, line_key);
create index line_of_credit_by_holder on line_of_credit (part, holder_key);

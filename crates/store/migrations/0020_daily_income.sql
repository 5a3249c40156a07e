-- Daily interest income. For the tokens in braces and the kinds see the first migration.

-- What is posted of interest that has grown, by product, branch and currency. `body` is the whole account. Its transfers
-- carry its number, each posting with the version that it led to.
-- kind: distributed
create table income_account (
    part {{bigint}} not null,
    account_no {{bigint}} not null,
    version {{bigint}} not null,
    name text not null,
    body text not null,
    primary key (part, account_no),
    unique (part, name)
) {{strict}};

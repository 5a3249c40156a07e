-- Groups of clients that borrow as one. For the tokens in braces and the kinds see the first migration.

-- `body` is the whole group with its members, the other columns are what groups are looked up by.
-- kind: distributed
create table client_group (
    part {{bigint}} not null,
    group_key text not null,
    id text not null,
    version {{bigint}} not null,
    name text not null,
    branch_key text,
    centre_key text,
    user_key text,
    created_at {{bigint}} not null,
    body text not null,
    primary key (part, group_key)
) {{strict}};

-- Lists show groups in the order in which they were entered.
create index client_group_by_entry on client_group (created_at, group_key);

-- Searches do not regard the case of letters.
create index client_group_by_lower_id on client_group (lower(id{{bytewise}}));
create index client_group_by_lower_name on client_group (lower(name{{bytewise}}));

-- Parts whose loans are still to follow days off that were changed: all loans, or with a branch those of that branch.
-- Without a branch, an empty text. The version is that of the catalog with the change.
-- kind: distributed
create table calendar_work (
    part {{bigint}} not null,
    branch_key text not null,
    catalog_version {{bigint}} not null,
    primary key (part, branch_key)
) {{strict}};

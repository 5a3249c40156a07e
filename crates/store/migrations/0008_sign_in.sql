-- Failures to sign in, in a row, under one name or from one address. `subject` is a SHA-256 of either. Old rows mean
-- nothing and are forgotten when another failure is counted.
-- kind: local
create table sign_in_failure (
    subject text not null primary key,
    failures {{bigint}} not null,
    last_at {{bigint}} not null
) {{clustered}};

-- When each user last showed a password or a key that was looked at anew.
-- kind: local
create table sign_in (
    user_key text not null primary key,
    last_at {{bigint}} not null
) {{clustered}};

-- When each user last showed a password or a key that was looked at anew.
-- kind: local
create table sign_in (
    user_key text not null primary key,
    last_at {{bigint}} not null
) {{clustered}};

-- The day on which something is to come of a deposit account by itself: interest. Null: none, as for every account that
-- is in a book already.
alter table savings_account add column next_action_on {{bigint}};
create index savings_account_by_action on savings_account (part, account_no, next_action_on) where next_action_on is not null;

-- Who guarantees which loan, so that whoever does is found without the loans.
-- kind: distributed
create table guarantor (
    part {{bigint}} not null,
    account_no {{bigint}} not null,
    holder_key text not null,
    primary key (part, account_no, holder_key)
) {{clustered}};

create index guarantor_by_holder on guarantor (holder_key);
insert into guarantor (part, account_no, holder_key)
select distinct l.part, l.account_no, g.value -> 'kind' -> 'holder' ->> 'key'
  from loan_account as l, {{guarantees_of_l}}
 where l.course is not null and g.value -> 'kind' -> 'holder' ->> 'key' is not null;

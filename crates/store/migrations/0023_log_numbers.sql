-- Tables that grow with time. For the tokens in braces and the kinds see the first migration.
--
-- A repayment touches pages all over a large book, and each index that leads with the account is one more of them. So every
-- entry of a log has a number in the whole book, which grows with time, and what the entry brought is kept by that
-- number: only the log itself is looked up by account. Numbers have gaps and are unique with the part.

alter table loan_log add column log_no {{bigint}} not null default 0;
update loan_log set log_no = numbered.log_no
  from (select part, account_no, seq, row_number() over (order by recorded_at, part, account_no, seq) as log_no
          from loan_log) as numbered
 where numbered.part = loan_log.part and numbered.account_no = loan_log.account_no and numbered.seq = loan_log.seq;

alter table savings_log add column log_no {{bigint}} not null default 0;
update savings_log set log_no = numbered.log_no
  from (select part, account_no, seq,
               (select count(*) from loan_log)
                 + row_number() over (order by recorded_at, part, account_no, seq) as log_no
          from savings_log) as numbered
 where numbered.part = savings_log.part and numbered.account_no = savings_log.account_no
   and numbered.seq = savings_log.seq;

-- From here on nobody writes it who is not to.
alter table journal_transfer rename to journal_transfer_before;

-- What the book posts in the evening, by the accounts of growing interest and of provisions: only its numbers, since those
-- accounts tell the rest.
-- kind: distributed
create table evening_log (
    part {{bigint}} not null,
    account_no {{bigint}} not null,
    seq {{bigint}} not null,
    log_no {{bigint}} not null,
    primary key (part, account_no, seq)
) {{clustered}};

insert into evening_log (part, account_no, seq, log_no)
select part, account_no, seq,
       (select count(*) from loan_log) + (select count(*) from savings_log)
         + row_number() over (order by day, part, account_no, seq)
  from (select part, account_no, seq, min(booking_date) as day from journal_transfer_before as t
         where not exists (select 1 from loan_log as l
                            where l.part = t.part and l.account_no = t.account_no and l.seq = t.seq)
           and not exists (select 1 from savings_log as l
                            where l.part = t.part and l.account_no = t.account_no and l.seq = t.seq)
         group by part, account_no, seq) as posted;

insert into id_block (name, next_value)
select 'log', 1 + taken
  from (select (select count(*) from loan_log) + (select count(*) from savings_log)
                 + (select count(*) from evening_log) as taken) as numbers
 where taken > 0;

-- One row is one transfer. `n` counts the transfers of one log entry, `entry_no` numbers both sides in the whole book.
drop index journal_transfer_by_day;
-- kind: distributed
create table journal_transfer (
    log_no {{bigint}} not null,
    n {{bigint}} not null,
    part {{bigint}} not null,
    account_no {{bigint}} not null,
    seq {{bigint}} not null,
    debit text not null,
    credit text not null,
    amount_minor {{bigint}} not null check (amount_minor > 0),
    currency text not null,
    value_date {{bigint}} not null,
    booking_date {{bigint}} not null,
    branch_key text,
    product_key text not null,
    entry_no {{bigint}} not null,
    primary key (log_no, n, part),
    check (debit <> credit)
) {{clustered}};

insert into journal_transfer (log_no, n, part, account_no, seq, debit, credit, amount_minor, currency, value_date,
    booking_date, branch_key, product_key, entry_no)
select coalesce(l.log_no, s.log_no, e.log_no), t.n, t.part, t.account_no, t.seq, t.debit, t.credit, t.amount_minor,
       t.currency, t.value_date, t.booking_date, t.branch_key, t.product_key, t.entry_no
  from journal_transfer_before as t
  left join loan_log as l on l.part = t.part and l.account_no = t.account_no and l.seq = t.seq
  left join savings_log as s on s.part = t.part and s.account_no = t.account_no and s.seq = t.seq
  left join evening_log as e on e.part = t.part and e.account_no = t.account_no and e.seq = t.seq
 order by 1, 2;
drop table journal_transfer_before;
create index journal_transfer_by_day on journal_transfer (booking_date, entry_no);

-- What an entry of a loan's log shows as. One of a damaged book that no entry brought stays, for `check` to find.
alter table loan_transaction rename to loan_transaction_before;
drop index loan_transaction_by_id;
drop index loan_transaction_by_reversed_entry;
-- kind: distributed
create table loan_transaction (
    log_no {{bigint}} not null,
    transaction_id {{bigint}} not null,
    part {{bigint}} not null,
    account_no {{bigint}} not null,
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
    primary key (log_no, transaction_id, part)
) {{clustered}};

insert into loan_transaction (log_no, transaction_id, part, account_no, kind, seq, value_date, booking_date,
    recorded_at, actor, door, request_id, event_version, rules_version, amount_minor, principal_minor, interest_minor,
    fees_minor, penalties_minor, principal_balance_minor, details, installment, reverses, reversed_by)
select coalesce(l.log_no, -row_number() over (order by t.part, t.account_no, t.transaction_id)), t.transaction_id, t.part, t.account_no, t.kind, t.seq, t.value_date, t.booking_date,
       t.recorded_at, t.actor, t.door, t.request_id, t.event_version, t.rules_version, t.amount_minor,
       t.principal_minor, t.interest_minor, t.fees_minor, t.penalties_minor, t.principal_balance_minor, t.details,
       t.installment, t.reverses, t.reversed_by
  from loan_transaction_before as t
  left join loan_log as l on l.part = t.part and l.account_no = t.account_no and l.seq = t.seq
 order by 1, 2;
drop table loan_transaction_before;
create index loan_transaction_by_id on loan_transaction (transaction_id);

-- The day of each loan's next action, apart from the loan. Its key is the order in which the end of a day finds loans.
alter table loan_action rename to loan_action_before;
drop index loan_action_by_day;
-- kind: distributed
create table loan_action (
    part {{bigint}} not null,
    next_action_on {{bigint}} not null,
    loan_key text not null,
    account_no {{bigint}} not null,
    primary key (part, next_action_on, loan_key)
) {{clustered}};
insert into loan_action (part, next_action_on, loan_key, account_no)
select part, next_action_on, loan_key, account_no from loan_action_before order by 1, 2, 3;
drop table loan_action_before;

-- Changes to be told to consumers. `sent_at` is empty until one has taken them.
alter table outbox rename to outbox_before;
-- kind: distributed
create table outbox (
    recorded_at {{bigint}} not null,
    part {{bigint}} not null,
    account_no {{bigint}} not null,
    seq {{bigint}} not null,
    event text not null,
    sent_at {{bigint}},
    primary key (recorded_at, part, account_no, seq)
) {{clustered}};
insert into outbox (recorded_at, part, account_no, seq, event, sent_at)
select recorded_at, part, account_no, seq, event, sent_at from outbox_before order by 1, 2, 3, 4;
drop table outbox_before;

-- Who did what. Its key grows with the table.
alter table audit rename to audit_before;
drop index audit_by_time;
drop index audit_by_entity;
drop index audit_by_actor;
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
) {{clustered}};
insert into audit (audit_id, part, recorded_at, booking_date, actor, door, request_id, command, entity, was, became)
select audit_id, part, recorded_at, booking_date, actor, door, request_id, command, entity, was, became
  from audit_before order by 1, 2;
drop table audit_before;
create index audit_by_time on audit (recorded_at, audit_id);
create index audit_by_entity on audit (entity, recorded_at, audit_id);
create index audit_by_actor on audit (actor, recorded_at, audit_id);

{{numbers_are_given}}

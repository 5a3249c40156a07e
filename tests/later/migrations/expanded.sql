-- What a release may do beside the one before: a table, an index, columns that may be empty or have a default. They are in
-- the tables that repayments write and the end of a day goes through, the inner one first.
-- step: expand

alter table loan_transaction add column receipt text;
alter table savings_account add column reminded_on {{bigint}};
alter table loan_account add column reminders {{bigint}} not null default 0;
alter table client add column spoken_on {{bigint}};

-- kind: distributed
create table reminder (
    part {{bigint}} not null,
    account_no {{bigint}} not null,
    loan_key text not null,
    reminded_on {{bigint}},
    primary key (part, account_no)
) {{clustered}};
create index reminder_by_day on reminder (part, reminded_on, account_no);

insert into reminder (part, account_no, loan_key)
select part, account_no, loan_key from loan_account

-- By what the end of a day finds its loans. For the tokens in braces and the kinds see the first migration.

-- First, because it keeps programs that know nothing of the new table from writing meanwhile.
drop index loan_account_by_action;
alter table loan_account rename column next_action_on to acts_on;

-- The day of each loan's next action once more, apart from the loan. It changes with almost every day that does something, and an
-- index on `loan_account` made PostgreSQL write a new entry into every other index of that table each time.
-- kind: distributed
create table loan_action (
    part {{bigint}} not null,
    account_no {{bigint}} not null,
    loan_key text not null,
    next_action_on {{bigint}} not null,
    primary key (part, account_no)
) {{clustered}};
create index loan_action_by_day on loan_action (part, next_action_on, loan_key);

insert into loan_action (part, account_no, loan_key, next_action_on)
select part, account_no, loan_key, acts_on from loan_account where acts_on is not null;

{{leave_room}}

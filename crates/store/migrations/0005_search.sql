-- What loans are searched by, besides what has a column already. It repeats what the loan says, so nothing is read
-- from here, and a loan without an amount here is one that was written before these columns were there.
alter table loan_account add column amount_minor {{bigint}};
alter table loan_account add column approved_on {{bigint}};
alter table loan_account add column closed_on {{bigint}};
alter table loan_account add column expected_disbursement_on {{bigint}};
alter table loan_account add column disbursed_on {{bigint}};
alter table loan_account add column first_due_on {{bigint}};
alter table loan_account add column matures_on {{bigint}};
alter table loan_account add column in_arrears_from {{bigint}};
alter table loan_account add column late_from {{bigint}};
alter table loan_account add column sub_state text;
alter table loan_account add column fixed_days text;

-- Each index has its loans in the order in which a search gives them, so that a page costs the same in a book of any
-- size. Most loans are not late, and most are not closed.
create index loan_account_by_amount on loan_account (amount_minor, account_no);
create index loan_account_by_status_and_amount on loan_account (status, amount_minor, account_no);
create index loan_account_by_product on loan_account (product_key, created_at, account_no);
create index loan_account_by_arrears on loan_account (in_arrears_from, account_no) where in_arrears_from is not null;
create index loan_account_by_lateness on loan_account (late_from, account_no) where late_from is not null;
create index loan_account_by_closing on loan_account (closed_on, account_no) where closed_on is not null;
create index loan_account_by_maturity on loan_account (matures_on, account_no) where matures_on is not null;
create index loan_account_by_first_due_date on loan_account (first_due_on, account_no) where first_due_on is not null;
create index loan_account_by_disbursement on loan_account (disbursed_on, account_no) where disbursed_on is not null;
create index loan_account_by_fixed_days on loan_account (created_at, account_no) where fixed_days is not null;

-- Searches do not regard the case of letters.
create index loan_account_by_lower_id on loan_account (lower(id{{bytewise}}));
create index client_by_lower_id on client (lower(id{{bytewise}}));
create index client_by_lower_last_name on client (lower(last_name{{bytewise}}));
create index client_by_lower_name on client (lower((first_name || ' ' || last_name){{bytewise}}));

-- What falls due in a range of days and is repaid already, and the transactions of all accounts, the newest first.
create index installment_by_repaid_due_date on installment (due_date, part, account_no) where repaid_on is not null;
create index loan_transaction_by_id on loan_transaction (transaction_id);

-- Searches by id do not regard the case of letters, and most loans are not in arrears.
create index loan_account_by_lower_id on loan_account (lower(id{{bytewise}}));
create index loan_account_by_arrears on loan_account (created_at, account_no) where arrears_since is not null;

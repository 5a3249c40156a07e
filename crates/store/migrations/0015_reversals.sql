-- Which transactions were taken back: an entry of the journal names the entry that turns it.
create index loan_transaction_by_reversed_entry on loan_transaction (part, account_no, seq) where reversed_by is not null;
create index savings_transaction_by_reversed_entry on savings_transaction (part, account_no, seq) where reversed_by is not null;

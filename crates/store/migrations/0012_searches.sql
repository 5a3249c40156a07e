-- Owners by the value of a custom field, whatever its case, and those with the same value as they were entered: what
-- stands in a key after its part and mark begins with the time. This takes the place of the index by value alone.
drop index custom_value_by_content;
create index custom_value_by_value on custom_value (field_key, lower(comparable), substr(owner_key{{bytewise}}, 7));

-- Deposit accounts by their ids, whatever their case, and the transactions of all of them, the newest first.
create index savings_account_by_lower_id on savings_account (lower(id{{bytewise}}));
create index savings_transaction_by_id on savings_transaction (transaction_id);

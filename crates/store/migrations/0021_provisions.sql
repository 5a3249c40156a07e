-- Provisions: what is set aside for losses. For the tokens in braces and the kinds see the first migration.

-- What is set aside, by product, branch and currency. `body` is the whole account. Its transfers carry its number, each
-- posting with the version that it led to.
-- kind: distributed
create table provision_account (
    part {{bigint}} not null,
    account_no {{bigint}} not null,
    version {{bigint}} not null,
    name text not null,
    body text not null,
    primary key (part, account_no),
    unique (part, name)
) {{strict}};

-- A book that is not new gets the accounts of the chart that carry these, each under the first code that is free.
insert into record (kind, record_key, id, version, body)
    select 'ledger_account', '00010a0000000000000000000000001f', chart.code, book_state.catalog_version + 1,
           replace('{"kind":"ledger_account","record":{"key":"00010a0000000000000000000000001f","code":"CODE","name":"Loan loss allowance","ledger_type":"asset","usage":"detail","is_active":true,"allows_manual_entries":false,"description":null,"strips_zeros":false,"carries":"loan_loss_allowance","created_at":"1970-01-01T00:00:00Z","last_modified_at":"1970-01-01T00:00:00Z"}}',
                   'CODE', chart.code)
      from book_state, (select '1190' as code union all select '1190-1' union all select '1190-2') as chart
     where not exists (select 1 from record where kind = 'ledger_account'
                        and (id = chart.code or record_key = '00010a0000000000000000000000001f'))
     order by chart.code limit 1;
insert into record (kind, record_key, id, version, body)
    select 'ledger_account', '00010a00000000000000000000000020', chart.code, book_state.catalog_version + 1,
           replace('{"kind":"ledger_account","record":{"key":"00010a00000000000000000000000020","code":"CODE","name":"Provision expense","ledger_type":"expense","usage":"detail","is_active":true,"allows_manual_entries":true,"description":null,"strips_zeros":false,"carries":"provision_expense","created_at":"1970-01-01T00:00:00Z","last_modified_at":"1970-01-01T00:00:00Z"}}',
                   'CODE', chart.code)
      from book_state, (select '5500' as code union all select '5500-1' union all select '5500-2') as chart
     where not exists (select 1 from record where kind = 'ledger_account'
                        and (id = chart.code or record_key = '00010a00000000000000000000000020'))
     order by chart.code limit 1;
insert into record (kind, record_key, id, version, body)
    select 'ledger_account', '00010a00000000000000000000000021', chart.code, book_state.catalog_version + 1,
           replace('{"kind":"ledger_account","record":{"key":"00010a00000000000000000000000021","code":"CODE","name":"Investor interest payable","ledger_type":"liability","usage":"detail","is_active":true,"allows_manual_entries":true,"description":null,"strips_zeros":false,"carries":"investor_interest_payable","created_at":"1970-01-01T00:00:00Z","last_modified_at":"1970-01-01T00:00:00Z"}}',
                   'CODE', chart.code)
      from book_state, (select '2160' as code union all select '2160-1' union all select '2160-2') as chart
     where not exists (select 1 from record where kind = 'ledger_account'
                        and (id = chart.code or record_key = '00010a00000000000000000000000021'))
     order by chart.code limit 1;
update book_state set catalog_version = catalog_version + 1;

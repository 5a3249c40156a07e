-- Interest of deposits while it grows. For the tokens in braces and the kinds see the first migration.

-- What is posted of interest that has grown on deposit accounts, by product, branch and currency. `body` is the whole account.
-- Its transfers carry its number, each posting with the version that it led to.
-- kind: distributed
create table deposit_interest_account (
    part {{bigint}} not null,
    account_no {{bigint}} not null,
    version {{bigint}} not null,
    name text not null,
    body text not null,
    primary key (part, account_no),
    unique (part, name)
) {{strict}};

-- A book that is not new gets the account of the chart that carries it, under the first code that is free.
insert into record (kind, record_key, id, version, body)
    select 'ledger_account', '00010a00000000000000000000000022', chart.code, book_state.catalog_version + 1,
           replace('{"kind":"ledger_account","record":{"key":"00010a00000000000000000000000022","code":"CODE","name":"Interest payable","ledger_type":"liability","usage":"detail","is_active":true,"allows_manual_entries":false,"description":null,"strips_zeros":false,"carries":"interest_payable","created_at":"1970-01-01T00:00:00Z","last_modified_at":"1970-01-01T00:00:00Z"}}',
                   'CODE', chart.code)
      from book_state, (select '2110' as code union all select '2110-1' union all select '2110-2') as chart
     where not exists (select 1 from record where kind = 'ledger_account'
                        and (id = chart.code or record_key = '00010a00000000000000000000000022'))
     order by chart.code limit 1;
update book_state set catalog_version = catalog_version + 1;

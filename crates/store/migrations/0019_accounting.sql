-- Accounting: what branches owe each other, and interest that has grown.
-- For the tokens in braces and the kinds see the first migration.

-- A book that is not new gets the accounts of the chart that carry these, each under the first code that is free.
insert into record (kind, record_key, id, version, body)
    select 'ledger_account', '00010a0000000000000000000000001c', chart.code, book_state.catalog_version + 1,
           replace('{"kind":"ledger_account","record":{"key":"00010a0000000000000000000000001c","code":"CODE","name":"Between branches","ledger_type":"asset","usage":"detail","is_active":true,"allows_manual_entries":false,"description":null,"strips_zeros":false,"carries":"inter_branch","created_at":"1970-01-01T00:00:00Z","last_modified_at":"1970-01-01T00:00:00Z"}}',
                   'CODE', chart.code)
      from book_state, (select '1930' as code union all select '1930-1' union all select '1930-2') as chart
     where not exists (select 1 from record where kind = 'ledger_account'
                        and (id = chart.code or record_key = '00010a0000000000000000000000001c'))
     order by chart.code limit 1;
insert into record (kind, record_key, id, version, body)
    select 'ledger_account', '00010a0000000000000000000000001d', chart.code, book_state.catalog_version + 1,
           replace('{"kind":"ledger_account","record":{"key":"00010a0000000000000000000000001d","code":"CODE","name":"Accrued interest","ledger_type":"asset","usage":"detail","is_active":true,"allows_manual_entries":false,"description":null,"strips_zeros":false,"carries":"accrued_interest","created_at":"1970-01-01T00:00:00Z","last_modified_at":"1970-01-01T00:00:00Z"}}',
                   'CODE', chart.code)
      from book_state, (select '1240' as code union all select '1240-1' union all select '1240-2') as chart
     where not exists (select 1 from record where kind = 'ledger_account'
                        and (id = chart.code or record_key = '00010a0000000000000000000000001d'))
     order by chart.code limit 1;
insert into record (kind, record_key, id, version, body)
    select 'ledger_account', '00010a0000000000000000000000001e', chart.code, book_state.catalog_version + 1,
           replace('{"kind":"ledger_account","record":{"key":"00010a0000000000000000000000001e","code":"CODE","name":"Interest in suspense","ledger_type":"liability","usage":"detail","is_active":true,"allows_manual_entries":false,"description":null,"strips_zeros":false,"carries":"interest_suspense","created_at":"1970-01-01T00:00:00Z","last_modified_at":"1970-01-01T00:00:00Z"}}',
                   'CODE', chart.code)
      from book_state, (select '2310' as code union all select '2310-1' union all select '2310-2') as chart
     where not exists (select 1 from record where kind = 'ledger_account'
                        and (id = chart.code or record_key = '00010a0000000000000000000000001e'))
     order by chart.code limit 1;
update book_state set catalog_version = catalog_version + 1;

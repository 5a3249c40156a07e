-- A book that is not new gets the accounts of the chart that carry what is waived and what investors get of premiums,
-- each under the first code that is free.
insert into record (kind, record_key, id, version, body)
    select 'ledger_account', '00010a0000000000000000000000001a', chart.code, book_state.catalog_version + 1,
           replace('{"kind":"ledger_account","record":{"key":"00010a0000000000000000000000001a","code":"CODE","name":"Waiver expense","ledger_type":"expense","usage":"detail","is_active":true,"allows_manual_entries":true,"description":null,"strips_zeros":false,"carries":"waiver_expense","created_at":"1970-01-01T00:00:00Z","last_modified_at":"1970-01-01T00:00:00Z"}}',
                   'CODE', chart.code)
      from book_state, (select '5300' as code union all select '5300-1' union all select '5300-2') as chart
     where not exists (select 1 from record where kind = 'ledger_account'
                        and (id = chart.code or record_key = '00010a0000000000000000000000001a'))
     order by chart.code limit 1;
insert into record (kind, record_key, id, version, body)
    select 'ledger_account', '00010a0000000000000000000000001b', chart.code, book_state.catalog_version + 1,
           replace('{"kind":"ledger_account","record":{"key":"00010a0000000000000000000000001b","code":"CODE","name":"Protect fee expense","ledger_type":"expense","usage":"detail","is_active":true,"allows_manual_entries":true,"description":null,"strips_zeros":false,"carries":"protect_fee_expense","created_at":"1970-01-01T00:00:00Z","last_modified_at":"1970-01-01T00:00:00Z"}}',
                   'CODE', chart.code)
      from book_state, (select '5400' as code union all select '5400-1' union all select '5400-2') as chart
     where not exists (select 1 from record where kind = 'ledger_account'
                        and (id = chart.code or record_key = '00010a0000000000000000000000001b'))
     order by chart.code limit 1;
update book_state set catalog_version = catalog_version + 1;

-- Every entry of the journal has a number: that of a transfer's debit stands in the row, the credit's is the next one.
alter table journal_transfer add column entry_no {{bigint}} not null default 0;

-- A book that is not new: entries are numbered in the order of their booking dates.
update journal_transfer set entry_no = numbered.entry_no
  from (select part, account_no, seq, n,
               2 * row_number() over (order by booking_date, part, account_no, seq, n) - 1 as entry_no
          from journal_transfer) as numbered
 where numbered.part = journal_transfer.part and numbered.account_no = journal_transfer.account_no
   and numbered.seq = journal_transfer.seq and numbered.n = journal_transfer.n;
insert into id_block (name, next_value)
    select 'journal', 1 + max(entry_no) + 1 from journal_transfer having count(*) > 0
        on conflict (name) do nothing;

-- Lists of entries follow booking dates. New rows go to the end of it.
create index journal_transfer_by_day on journal_transfer (booking_date, entry_no);

-- What people entered into the journal by hand. `body` is the whole entry.
-- kind: distributed
create table manual_entry (
    part {{bigint}} not null,
    number {{bigint}} not null,
    entry_key text not null,
    recorded_at {{bigint}} not null,
    actor text not null,
    notes text,
    body text not null,
    primary key (part, number)
) {{clustered}};

-- Its lines. `account` is an account that the book posts to by itself, or the key of another one of the chart.
-- kind: distributed
create table manual_line (
    part {{bigint}} not null,
    number {{bigint}} not null,
    n {{bigint}} not null,
    side text not null check (side in ('debit', 'credit')),
    account text not null,
    account_key text not null,
    amount_minor {{bigint}} not null check (amount_minor > 0),
    currency text not null,
    booking_date {{bigint}} not null,
    branch_key text,
    entry_no {{bigint}} not null,
    primary key (part, number, n),
    foreign key (part, number) references manual_entry (part, number)
) {{strict}};

create index manual_line_by_day on manual_line (booking_date, entry_no);

-- What was booked on each account on each day: the sums of the journal, so that a balance counts days and not entries.
-- `branch_key` is empty for none. A day's sum is spread over some parts, so that lanes do not wait for each other.
-- kind: distributed
create table ledger_day (
    account text not null,
    booking_date {{bigint}} not null,
    branch_key text not null,
    currency text not null,
    part {{bigint}} not null,
    debits_minor {{bigint}} not null,
    credits_minor {{bigint}} not null,
    primary key (account, booking_date, branch_key, currency, part)
) {{clustered}};

insert into ledger_day (account, booking_date, branch_key, currency, part, debits_minor, credits_minor)
    select account, booking_date, branch_key, currency, 0,
           cast(sum(debit_minor) as bigint), cast(sum(credit_minor) as bigint)
      from (select debit as account, booking_date, coalesce(branch_key, '') as branch_key, currency,
                   amount_minor as debit_minor, 0 as credit_minor
              from journal_transfer
             union all
            select credit, booking_date, coalesce(branch_key, ''), currency, 0, amount_minor
              from journal_transfer) as side
     group by account, booking_date, branch_key, currency;

-- The chart of accounts of a book that is not new. A new book gets its chart when it is made.
insert into record (kind, record_key, id, version, body)
    select 'ledger_account', chart.record_key, chart.id, book_state.catalog_version + 1, chart.body
      from book_state, (
        select '00010a00000000000000000000000001' as record_key, '1000' as id,
               '{"kind":"ledger_account","record":{"key":"00010a00000000000000000000000001","code":"1000","name":"Assets","ledger_type":"asset","usage":"header","is_active":true,"allows_manual_entries":false,"description":null,"strips_zeros":true,"carries":null,"created_at":"1970-01-01T00:00:00Z","last_modified_at":"1970-01-01T00:00:00Z"}}' as body
         union all
        select '00010a00000000000000000000000002', '2000',
               '{"kind":"ledger_account","record":{"key":"00010a00000000000000000000000002","code":"2000","name":"Liabilities","ledger_type":"liability","usage":"header","is_active":true,"allows_manual_entries":false,"description":null,"strips_zeros":true,"carries":null,"created_at":"1970-01-01T00:00:00Z","last_modified_at":"1970-01-01T00:00:00Z"}}'
         union all
        select '00010a00000000000000000000000003', '3000',
               '{"kind":"ledger_account","record":{"key":"00010a00000000000000000000000003","code":"3000","name":"Equity","ledger_type":"equity","usage":"header","is_active":true,"allows_manual_entries":false,"description":null,"strips_zeros":true,"carries":null,"created_at":"1970-01-01T00:00:00Z","last_modified_at":"1970-01-01T00:00:00Z"}}'
         union all
        select '00010a00000000000000000000000004', '4000',
               '{"kind":"ledger_account","record":{"key":"00010a00000000000000000000000004","code":"4000","name":"Income","ledger_type":"income","usage":"header","is_active":true,"allows_manual_entries":false,"description":null,"strips_zeros":true,"carries":null,"created_at":"1970-01-01T00:00:00Z","last_modified_at":"1970-01-01T00:00:00Z"}}'
         union all
        select '00010a00000000000000000000000005', '5000',
               '{"kind":"ledger_account","record":{"key":"00010a00000000000000000000000005","code":"5000","name":"Expenses","ledger_type":"expense","usage":"header","is_active":true,"allows_manual_entries":false,"description":null,"strips_zeros":true,"carries":null,"created_at":"1970-01-01T00:00:00Z","last_modified_at":"1970-01-01T00:00:00Z"}}'
         union all
        select '00010a00000000000000000000000006', '1100',
               '{"kind":"ledger_account","record":{"key":"00010a00000000000000000000000006","code":"1100","name":"Loan portfolio","ledger_type":"asset","usage":"detail","is_active":true,"allows_manual_entries":false,"description":null,"strips_zeros":false,"carries":"loan_portfolio","created_at":"1970-01-01T00:00:00Z","last_modified_at":"1970-01-01T00:00:00Z"}}'
         union all
        select '00010a00000000000000000000000007', '1400',
               '{"kind":"ledger_account","record":{"key":"00010a00000000000000000000000007","code":"1400","name":"Fund source","ledger_type":"asset","usage":"detail","is_active":true,"allows_manual_entries":true,"description":null,"strips_zeros":false,"carries":"fund_source","created_at":"1970-01-01T00:00:00Z","last_modified_at":"1970-01-01T00:00:00Z"}}'
         union all
        select '00010a00000000000000000000000008', '1210',
               '{"kind":"ledger_account","record":{"key":"00010a00000000000000000000000008","code":"1210","name":"Interest receivable","ledger_type":"asset","usage":"detail","is_active":true,"allows_manual_entries":false,"description":null,"strips_zeros":false,"carries":"interest_receivable","created_at":"1970-01-01T00:00:00Z","last_modified_at":"1970-01-01T00:00:00Z"}}'
         union all
        select '00010a00000000000000000000000009', '4100',
               '{"kind":"ledger_account","record":{"key":"00010a00000000000000000000000009","code":"4100","name":"Interest income","ledger_type":"income","usage":"detail","is_active":true,"allows_manual_entries":true,"description":null,"strips_zeros":false,"carries":"interest_income","created_at":"1970-01-01T00:00:00Z","last_modified_at":"1970-01-01T00:00:00Z"}}'
         union all
        select '00010a0000000000000000000000000a', '1220',
               '{"kind":"ledger_account","record":{"key":"00010a0000000000000000000000000a","code":"1220","name":"Fees receivable","ledger_type":"asset","usage":"detail","is_active":true,"allows_manual_entries":false,"description":null,"strips_zeros":false,"carries":"fee_receivable","created_at":"1970-01-01T00:00:00Z","last_modified_at":"1970-01-01T00:00:00Z"}}'
         union all
        select '00010a0000000000000000000000000b', '4200',
               '{"kind":"ledger_account","record":{"key":"00010a0000000000000000000000000b","code":"4200","name":"Fee income","ledger_type":"income","usage":"detail","is_active":true,"allows_manual_entries":true,"description":null,"strips_zeros":false,"carries":"fee_income","created_at":"1970-01-01T00:00:00Z","last_modified_at":"1970-01-01T00:00:00Z"}}'
         union all
        select '00010a0000000000000000000000000c', '2300',
               '{"kind":"ledger_account","record":{"key":"00010a0000000000000000000000000c","code":"2300","name":"Deferred fee income","ledger_type":"liability","usage":"detail","is_active":true,"allows_manual_entries":false,"description":null,"strips_zeros":false,"carries":"deferred_fee_income","created_at":"1970-01-01T00:00:00Z","last_modified_at":"1970-01-01T00:00:00Z"}}'
         union all
        select '00010a0000000000000000000000000d', '1230',
               '{"kind":"ledger_account","record":{"key":"00010a0000000000000000000000000d","code":"1230","name":"Penalties receivable","ledger_type":"asset","usage":"detail","is_active":true,"allows_manual_entries":false,"description":null,"strips_zeros":false,"carries":"penalty_receivable","created_at":"1970-01-01T00:00:00Z","last_modified_at":"1970-01-01T00:00:00Z"}}'
         union all
        select '00010a0000000000000000000000000e', '4300',
               '{"kind":"ledger_account","record":{"key":"00010a0000000000000000000000000e","code":"4300","name":"Penalty income","ledger_type":"income","usage":"detail","is_active":true,"allows_manual_entries":true,"description":null,"strips_zeros":false,"carries":"penalty_income","created_at":"1970-01-01T00:00:00Z","last_modified_at":"1970-01-01T00:00:00Z"}}'
         union all
        select '00010a0000000000000000000000000f', '2400',
               '{"kind":"ledger_account","record":{"key":"00010a0000000000000000000000000f","code":"2400","name":"Taxes payable","ledger_type":"liability","usage":"detail","is_active":true,"allows_manual_entries":true,"description":null,"strips_zeros":false,"carries":"taxes_payable","created_at":"1970-01-01T00:00:00Z","last_modified_at":"1970-01-01T00:00:00Z"}}'
         union all
        select '00010a00000000000000000000000010', '5100',
               '{"kind":"ledger_account","record":{"key":"00010a00000000000000000000000010","code":"5100","name":"Write-off expense","ledger_type":"expense","usage":"detail","is_active":true,"allows_manual_entries":true,"description":null,"strips_zeros":false,"carries":"write_off_expense","created_at":"1970-01-01T00:00:00Z","last_modified_at":"1970-01-01T00:00:00Z"}}'
         union all
        select '00010a00000000000000000000000011', '2200',
               '{"kind":"ledger_account","record":{"key":"00010a00000000000000000000000011","code":"2200","name":"Overpayments","ledger_type":"liability","usage":"detail","is_active":true,"allows_manual_entries":false,"description":null,"strips_zeros":false,"carries":"overpayments","created_at":"1970-01-01T00:00:00Z","last_modified_at":"1970-01-01T00:00:00Z"}}'
         union all
        select '00010a00000000000000000000000012', '1920',
               '{"kind":"ledger_account","record":{"key":"00010a00000000000000000000000012","code":"1920","name":"Restructuring","ledger_type":"asset","usage":"detail","is_active":true,"allows_manual_entries":false,"description":null,"strips_zeros":false,"carries":"restructuring","created_at":"1970-01-01T00:00:00Z","last_modified_at":"1970-01-01T00:00:00Z"}}'
         union all
        select '00010a00000000000000000000000013', '4400',
               '{"kind":"ledger_account","record":{"key":"00010a00000000000000000000000013","code":"4400","name":"Recovery income","ledger_type":"income","usage":"detail","is_active":true,"allows_manual_entries":true,"description":null,"strips_zeros":false,"carries":"recovery_income","created_at":"1970-01-01T00:00:00Z","last_modified_at":"1970-01-01T00:00:00Z"}}'
         union all
        select '00010a00000000000000000000000014', '2100',
               '{"kind":"ledger_account","record":{"key":"00010a00000000000000000000000014","code":"2100","name":"Savings control","ledger_type":"liability","usage":"detail","is_active":true,"allows_manual_entries":false,"description":null,"strips_zeros":false,"carries":"savings_control","created_at":"1970-01-01T00:00:00Z","last_modified_at":"1970-01-01T00:00:00Z"}}'
         union all
        select '00010a00000000000000000000000015', '1410',
               '{"kind":"ledger_account","record":{"key":"00010a00000000000000000000000015","code":"1410","name":"Deposit reference","ledger_type":"asset","usage":"detail","is_active":true,"allows_manual_entries":true,"description":null,"strips_zeros":false,"carries":"deposit_reference","created_at":"1970-01-01T00:00:00Z","last_modified_at":"1970-01-01T00:00:00Z"}}'
         union all
        select '00010a00000000000000000000000016', '5200',
               '{"kind":"ledger_account","record":{"key":"00010a00000000000000000000000016","code":"5200","name":"Interest expense","ledger_type":"expense","usage":"detail","is_active":true,"allows_manual_entries":true,"description":null,"strips_zeros":false,"carries":"interest_expense","created_at":"1970-01-01T00:00:00Z","last_modified_at":"1970-01-01T00:00:00Z"}}'
         union all
        select '00010a00000000000000000000000017', '1300',
               '{"kind":"ledger_account","record":{"key":"00010a00000000000000000000000017","code":"1300","name":"Overdraft portfolio","ledger_type":"asset","usage":"detail","is_active":true,"allows_manual_entries":false,"description":null,"strips_zeros":false,"carries":"overdraft_portfolio","created_at":"1970-01-01T00:00:00Z","last_modified_at":"1970-01-01T00:00:00Z"}}'
         union all
        select '00010a00000000000000000000000018', '1910',
               '{"kind":"ledger_account","record":{"key":"00010a00000000000000000000000018","code":"1910","name":"Transfers between accounts","ledger_type":"asset","usage":"detail","is_active":true,"allows_manual_entries":false,"description":null,"strips_zeros":false,"carries":"account_transfers","created_at":"1970-01-01T00:00:00Z","last_modified_at":"1970-01-01T00:00:00Z"}}') as chart
     where true on conflict do nothing;
update book_state set catalog_version = catalog_version + 1;

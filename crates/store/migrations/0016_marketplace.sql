-- Investors of the marketplace. For the tokens in braces and the kinds see the first migration.

-- `body` is the whole booking, the other columns are what bookings are looked up by. A booking is in the part of its
-- application. Who wins follows from the application, so that no booking is written when another one comes.
-- kind: distributed
create table booking (
    part {{bigint}} not null,
    number {{bigint}} not null,
    booking_key text not null,
    version {{bigint}} not null,
    application_key text not null,
    account_part {{bigint}} not null,
    account_key text not null,
    state text not null,
    booked_on {{bigint}} not null,
    created_at {{bigint}} not null,
    body text not null,
    primary key (part, number)
) {{strict}};

create index booking_by_application on booking (part, application_key);
create index booking_by_account on booking (account_key, number);

-- What investors pay in and take out, announced and cleared, in the part of the deposit account.
-- kind: distributed
create table fund_transaction (
    part {{bigint}} not null,
    number {{bigint}} not null,
    transaction_key text not null,
    version {{bigint}} not null,
    account_key text not null,
    state text not null,
    created_at {{bigint}} not null,
    body text not null,
    primary key (part, number)
) {{strict}};

create index fund_transaction_by_key on fund_transaction (part, transaction_key);

-- What loans give investors, in the part of the loan: one investor in many loans holds up none of them. `credited_by` is
-- the transaction of the account that credited it. Without one the share waits, and balances that are read count it.
-- kind: distributed
create table investor_share (
    part {{bigint}} not null,
    account_no {{bigint}} not null,
    transaction_id {{bigint}} not null,
    seq {{bigint}} not null,
    fund_key text not null,
    account_part {{bigint}} not null,
    account_key text not null,
    currency text not null,
    cash_minor {{bigint}} not null,
    invested_minor {{bigint}} not null,
    what text not null,
    booked_on {{bigint}} not null,
    recorded_at {{bigint}} not null,
    credited_by {{bigint}},
    primary key (part, account_no, fund_key, transaction_id)
) {{strict}};

create index investor_share_by_account on investor_share (account_key, booked_on);
-- All that a balance counts, without a look at the rows.
create index investor_share_waiting on investor_share (account_key, cash_minor, invested_minor) where credited_by is null;

-- Which application a loan was made for, and which still wait for money.
create index application_by_loan on application (part, loan_account_no);
-- The last day of the funding window. Applications from before have none until they change.
alter table application add column expires_on {{bigint}};

create index application_by_stage on application (stage, expires_on);

-- The statement of an account.
create index savings_transaction_by_day on savings_transaction (part, account_no, value_date);

-- A book that is not new gets the account of the chart that carries investors' money, under the first code that is free.
insert into record (kind, record_key, id, version, body)
    select 'ledger_account', '00010a00000000000000000000000019', chart.code, book_state.catalog_version + 1,
           replace('{"kind":"ledger_account","record":{"key":"00010a00000000000000000000000019","code":"CODE","name":"Investor funds","ledger_type":"liability","usage":"detail","is_active":true,"allows_manual_entries":false,"description":null,"strips_zeros":false,"carries":"investor_funds","created_at":"1970-01-01T00:00:00Z","last_modified_at":"1970-01-01T00:00:00Z"}}',
                   'CODE', chart.code)
      from book_state, (select '2150' as code union all select '2150-1' union all select '2150-2') as chart
     where not exists (select 1 from record where kind = 'ledger_account'
                        and (id = chart.code or record_key = '00010a00000000000000000000000019'))
     order by chart.code limit 1;
update book_state set catalog_version = catalog_version + 1;

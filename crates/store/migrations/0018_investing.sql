-- Booking orders. For the tokens in braces and the kinds see the first migration.

-- `body` is the whole order. It is in the part of the investor's account and never changes.
-- kind: distributed
create table booking_order (
    part {{bigint}} not null,
    number {{bigint}} not null,
    order_key text not null,
    account_key text not null,
    ordered_on {{bigint}} not null,
    created_at {{bigint}} not null,
    body text not null,
    primary key (part, number)
) {{strict}};

create index booking_order_by_account on booking_order (part, account_key, created_at);

-- The course that a loan took besides its balances and installments, as a whole. Null: nothing of this happened to it,
-- which is so for every loan that is in a book already.
alter table loan_account add column course text;

-- The installments of a loan in its own row, packed. For the tokens in braces and the kinds see the first migration. One is new:
--   {{bytes}}  a string of bytes: `blob` on SQLite, `bytea` on PostgreSQL
-- step: expand
--
-- Reading twelve rows is a third of what a repayment costs PostgreSQL. The rows stay what is searched and checked. The column
-- begins with the version of the loan for which it holds, and where that is not the version of the row, the rows are read. So
-- loans of before need nothing, and a program that does not know the column may write a loan without it.

alter table loan_account add column packed_installments {{bytes}};

-- The audit's indexes, smaller. For the tokens in braces and the kinds see the first migration.
-- step: expand
--
-- An index that leads with what was acted on has a page for each loan that is paid, all over a large book: a third of what a
-- repayment wrote, and more where the index was new and its pages full. The log of the loan says already when something was done
-- with it, so a row that the log tells of is found by that instant, and only the others stay in the index. Rows of before stay in it, too.

alter table audit add column is_logged {{bigint}} not null default 0;
drop index audit_by_entity;
create index audit_by_entity on audit (entity, recorded_at, audit_id) where is_logged = 0;
drop index audit_by_time;
create index audit_by_time on audit (recorded_at, entity, audit_id);

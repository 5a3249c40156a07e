-- What is kept beside accounts and records. For the tokens in braces and the kinds see the first migration.

-- A comment, a document or a task. `body` is the whole of it, the other columns are what it is looked up by. It lives in
-- the part of what it is about, and `number` is unique in the whole book.
-- kind: distributed
create table paper (
    part {{bigint}} not null,
    paper_key text not null,
    number {{bigint}} not null,
    version {{bigint}} not null,
    kind text not null,
    subject_key text,
    author_key text not null,
    assignee_key text,
    task_status text,
    due_on {{bigint}},
    body text not null,
    primary key (part, paper_key)
) {{strict}};

create index paper_by_number on paper (number);
create index paper_by_subject on paper (subject_key, kind, number) where subject_key is not null;
-- Lists of tasks: all of a state, or of one user.
create index paper_by_task on paper (task_status, due_on, number) where task_status is not null;
create index paper_by_assignee on paper (assignee_key, task_status, due_on) where assignee_key is not null;

-- What stands in documents, in pieces of a size that can be copied many at once. Lists never read it.
-- kind: distributed
create table document_piece (
    part {{bigint}} not null,
    paper_key text not null,
    n {{bigint}} not null,
    piece text not null,
    primary key (part, paper_key, n)
) {{clustered}};

-- The trail is read as activities: of a time, of what was acted on, of who acted.
create index audit_by_time on audit (recorded_at, audit_id);
create index audit_by_entity on audit (entity, recorded_at, audit_id);
create index audit_by_actor on audit (actor, recorded_at, audit_id);

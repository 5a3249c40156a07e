alter table loan_account rename column version to revision

//! Lists and counts of what was reported and delivered: the whole text of each, for both databases.

use loam_app::views::{
    ApplicationFilter, GroupFilter, LeadFilter, LoanFilter, Page, ReportedLoanFilter, SavingsFilter,
    SubjectFilter, SubjectOrder,
};
use loam_book::ids::{Key, Part};
use loam_book::reporting::lead::Lead;

use crate::cells::{Cell, Row};
use crate::filters::{Conditions, loan_conditions};
use crate::rows::delivery::delivery_columns;
use crate::rows::lead::lead_columns;
use crate::rows::loan::loan_columns;

mod indicators;
mod lines_of_credit;
mod market;
mod papers;
mod rules;

pub(crate) use indicators::{count_of, principal_at_risk};
pub(crate) use lines_of_credit::line_list;
pub(crate) use market::{
    account_numbered, accounts_with_shares, application_of, applications_in_market, applications_of,
    booking_list, booking_numbered, bookings_of, credited, fund_transaction_keyed, fund_transaction_numbered,
    movements_since, open_applications, orders_before, shares_of_fund, shares_since, shares_waiting,
    uncommitted_of, waiting,
};
pub(crate) use papers::{activity_list, paper_list};
pub(crate) use rules::account_booking;

/// A question and its values.
pub(crate) type Asking<'a> = (String, Row<'a>);

/// Loans in the order in which they were opened.
pub(crate) fn loan_list<'a>(filter: &LoanFilter, page: Page, mark: char) -> Asking<'a> {
    let (conditions, row) = loan_conditions(filter, mark);
    let columns = loan_columns!();
    let sql = format!("select {columns} from loan_account{conditions} order by created_at, account_no");
    paged(sql, row, page, mark)
}

pub(crate) fn subject_list(filter: &SubjectFilter, page: Page, mark: char) -> Asking<'_> {
    // Those without a score stand last in either direction.
    let order = match filter.order {
        SubjectOrder::OldestFirst => "created_at, subject_key",
        SubjectOrder::NewestFirst => "created_at desc, subject_key",
        SubjectOrder::LowestScoreFirst => "score is null, score, subject_key",
        SubjectOrder::HighestScoreFirst => "score is null, score desc, subject_key",
    };
    let (conditions, row) = subject_conditions(filter, mark).finish();
    paged(format!("select body from subject{conditions} order by {order}"), row, page, mark)
}

pub(crate) fn subject_count(filter: &SubjectFilter, mark: char) -> Asking<'_> {
    let (conditions, row) = subject_conditions(filter, mark).finish();
    (format!("select count(*) from subject{conditions}"), row)
}

/// A sum is a number of any size in PostgreSQL, hence the casts.
pub(crate) fn subject_totals(filter: &SubjectFilter, mark: char) -> Asking<'_> {
    let (conditions, row) = subject_conditions(filter, mark).finish();
    let sql = format!(
        "select count(*), cast(coalesce(sum(loan_count), 0) as bigint), count(score),
                cast(coalesce(sum(score), 0) as bigint), coalesce(max(score), 0)
           from subject{conditions}"
    );
    (sql, row)
}

/// Days are those of UTC.
pub(crate) fn subjects_by_day(filter: &SubjectFilter, mark: char) -> Asking<'_> {
    let (conditions, row) = subject_conditions(filter, mark).finish();
    let sql = format!(
        "select created_at / 86400000000 as day, count(*), count(case when loan_count > 0 then 1 end)
           from subject{conditions} group by created_at / 86400000000 order by day"
    );
    (sql, row)
}

fn subject_conditions(filter: &SubjectFilter, mark: char) -> Conditions<'_> {
    let mut conditions = Conditions::new(mark);
    let is_narrow = filter.client.is_some() || filter.reference.is_some();
    conditions.add_if(of_organization(is_narrow), filter.organization.as_deref().map(Cell::text));
    conditions.add_if("scheme = {}", filter.scheme.map(|scheme| Cell::text(scheme.name())));
    conditions.add_if("id = {}", filter.id.as_deref().map(Cell::text));
    conditions.add_if("reference = {}", filter.reference.as_deref().map(Cell::text));
    conditions.add_if("client_key = {}", filter.client.map(|client| Cell::key(client.key)));
    conditions.add_if("created_at >= {}", filter.created_from.map(Cell::instant));
    conditions.add_if("created_at < {}", filter.created_before.map(Cell::instant));
    conditions.add_if("score >= {}", filter.score_from.map(Cell::int));
    conditions.add_if("score <= {}", filter.score_to.map(Cell::int));
    conditions.add_if("evolution = {}", filter.evolution.as_deref().map(Cell::text));
    conditions
}

pub(crate) fn reported_loan_list(filter: &ReportedLoanFilter, page: Page, mark: char) -> Asking<'_> {
    let (conditions, row) = reported_loan_conditions(filter, mark).finish();
    let sql = format!("select body from reported_loan{conditions} order by created_at, account_no");
    paged(sql, row, page, mark)
}

pub(crate) fn reported_loan_count(filter: &ReportedLoanFilter, mark: char) -> Asking<'_> {
    let (conditions, row) = reported_loan_conditions(filter, mark).finish();
    (format!("select count(*) from reported_loan{conditions}"), row)
}

pub(crate) fn settlements_by_day(filter: &ReportedLoanFilter, mark: char) -> Asking<'_> {
    let mut conditions = reported_loan_conditions(filter, mark);
    conditions.add_fact("settled_on is not null");
    conditions.add_fact("last_due_on is not null");
    let (conditions, row) = conditions.finish();
    let sql = format!(
        "select settled_on, settled_on - last_due_on as days_late, count(*) from reported_loan{conditions}
          group by settled_on, settled_on - last_due_on order by settled_on, days_late"
    );
    (sql, row)
}

fn reported_loan_conditions(filter: &ReportedLoanFilter, mark: char) -> Conditions<'_> {
    let mut conditions = Conditions::new(mark);
    let is_narrow = filter.subject.is_some() || filter.same_as.is_some();
    conditions.add_if(of_organization(is_narrow), filter.organization.as_deref().map(Cell::text));
    conditions.add_if("scheme = {}", filter.scheme.map(|scheme| Cell::text(scheme.name())));
    conditions.add_if("part = {}", filter.subject.map(|subject| Cell::part(subject.part)));
    conditions.add_if("subject_key = {}", filter.subject.map(|subject| Cell::key(subject.key)));
    if filter.only_linked {
        conditions.add_fact("same_as is not null");
    }
    conditions.add_if("same_as = {}", filter.same_as.map(|same| Cell::key(same.key)));
    conditions.add_if("settled_on >= {}", filter.settled_from.map(Cell::date));
    conditions.add_if("settled_on <= {}", filter.settled_to.map(Cell::date));
    conditions
}

/// A number is unique in the whole book; the part only says where to look first.
pub(crate) fn application_numbered<'a>(part: Option<Part>, number: i64, mark: char) -> Asking<'a> {
    of_application("body", (part, number), mark)
}

/// Part and key of the application with a number.
pub(crate) fn application_place<'a>(part: Option<Part>, number: i64, mark: char) -> Asking<'a> {
    of_application("part, application_key", (part, number), mark)
}

fn of_application<'a>(columns: &str, (part, number): (Option<Part>, i64), mark: char) -> Asking<'a> {
    let mut conditions = Conditions::new(mark);
    conditions.add_if("part = {}", part.map(Cell::part));
    conditions.add_if("number = {}", Some(Cell::int(number)));
    let (conditions, row) = conditions.finish();
    (format!("select {columns} from application{conditions}"), row)
}

pub(crate) fn application_list<'a>(filter: &ApplicationFilter, page: Page, mark: char) -> Asking<'a> {
    let mut conditions = Conditions::new(mark);
    conditions.add_if("part = {}", Some(Cell::part(filter.borrower.part)));
    conditions.add_if("borrower_key = {}", Some(Cell::key(filter.borrower.key)));
    let stages = filter.stages.iter().map(|stage| Cell::text(stage.name()));
    conditions.add_any("stage", stages.collect());
    let (conditions, row) = conditions.finish();
    paged(format!("select body from application{conditions} order by number"), row, page, mark)
}

pub(crate) fn savings_list<'a>(filter: &SavingsFilter, page: Page, mark: char) -> Asking<'a> {
    let mut conditions = Conditions::new(mark);
    conditions.add_if("part = {}", filter.holder.map(|holder| Cell::part(holder.part)));
    conditions.add_if("holder_key = {}", filter.holder.map(|holder| Cell::key(holder.key)));
    conditions.add_if("branch_key = {}", filter.branch.map(Cell::key));
    conditions.add_if("centre_key = {}", filter.centre.map(Cell::key));
    conditions.add_if("user_key = {}", filter.credit_officer.map(Cell::key));
    conditions.add_if("status = {}", filter.status.map(Cell::text));
    conditions.add_any("branch_key", filter.within.iter().copied().map(Cell::key).collect());
    let (conditions, row) = conditions.finish();
    let sql = format!("select body from savings_account{conditions} order by created_at, account_no");
    paged(sql, row, page, mark)
}

pub(crate) fn lead_list(filter: &LeadFilter, page: Page, mark: char) -> Asking<'_> {
    let mut conditions = Conditions::new(mark);
    if let (Some(organization), Some(lead_id)) = (&filter.organization, filter.lead_id) {
        conditions.add_if("part = {}", Some(Cell::part(Lead::part(organization, lead_id))));
    }
    let is_narrow = filter.lead_id.is_none() && (filter.ssn_hash.is_some() || filter.email_hash.is_some());
    conditions.add_if(of_organization(is_narrow), filter.organization.as_deref().map(Cell::text));
    conditions.add_if("lead_id = {}", filter.lead_id.map(Cell::int));
    conditions.add_if("lead_id > {}", filter.after.map(Cell::int));
    conditions.add_if("lead_id < {}", filter.before.map(Cell::int));
    conditions.add_if("received_at >= {}", filter.received_from.map(Cell::instant));
    conditions.add_if("received_at < {}", filter.received_before.map(Cell::instant));
    conditions.add_if("ssn_hash = {}", filter.ssn_hash.as_deref().map(Cell::text));
    conditions.add_if("email_hash = {}", filter.email_hash.as_deref().map(Cell::text));
    let (conditions, row) = conditions.finish();
    let columns = lead_columns!();
    let order = if filter.before.is_some() { "lead_id desc, organization" } else { "lead_id, organization" };
    paged(format!("select {columns} from lead{conditions} order by {order}"), row, page, mark)
}

pub(crate) fn group_list<'a>(filter: &GroupFilter, page: Page, mark: char) -> Asking<'a> {
    let mut conditions = Conditions::new(mark);
    conditions.add_if("branch_key = {}", filter.branch.map(Cell::key));
    conditions.add_any("branch_key", filter.within.iter().copied().map(Cell::key).collect());
    conditions.add_if("centre_key = {}", filter.centre.map(Cell::key));
    conditions.add_if("user_key = {}", filter.credit_officer.map(Cell::key));
    let (conditions, row) = conditions.finish();
    paged(
        format!("select body from client_group{conditions} order by created_at, group_key"),
        row,
        page,
        mark,
    )
}

pub(crate) fn delivery_list<'a>(target: Option<Key>, only_dead: bool, page: Page, mark: char) -> Asking<'a> {
    let mut conditions = Conditions::new(mark);
    conditions.add_if("target_key = {}", target.map(Cell::key));
    if only_dead {
        conditions.add_fact("is_dead = 1");
    }
    let (conditions, row) = conditions.finish();
    let columns = delivery_columns!();
    let sql = format!("select {columns} from delivery{conditions} order by account_no, part, target_key");
    paged(sql, row, page, mark)
}

/// Where the filter names one person or loan, rows are looked for by that. SQLite knows no statistics and would go
/// through all rows of the organization instead, so then the condition is written as one that no index serves.
fn of_organization(is_narrow: bool) -> &'static str {
    if is_narrow { "organization || '' = {}" } else { "organization = {}" }
}

pub(crate) fn paged(sql: String, mut row: Row<'_>, page: Page, mark: char) -> Asking<'_> {
    let (limit, offset) = (row.len() + 1, row.len() + 2);
    row.extend([Cell::int(page.limit), Cell::int(page.offset)]);
    (format!("{sql} limit {mark}{limit} offset {mark}{offset}"), row)
}

#[cfg(test)]
mod tests {
    use loam_app::command::Address;
    use loam_book::application::Stage;

    use super::*;

    #[test]
    fn a_page_comes_after_the_values_of_the_filter() {
        let filter = LeadFilter { organization: Some("lender".into()), ..LeadFilter::default() };
        let (text, values) = lead_list(&filter, Page { offset: 20, limit: 10 }, '$');
        assert!(
            text.ends_with("where organization = $1 order by lead_id, organization limit $2 offset $3"),
            "{text}"
        );
        assert_eq!(values, [Cell::text("lender"), Cell::int(10), Cell::int(20)]);
    }

    #[test]
    fn each_stage_has_a_place_of_its_own() {
        let (part, key) = (Part::new(5), Key::entity(Part::new(5), 0, 1));
        let stages = vec![Stage::New, Stage::InFunding];
        let filter = ApplicationFilter { borrower: Address { part, key }, stages };
        let (text, values) = application_list(&filter, Page { offset: 0, limit: 9 }, '$');
        assert!(text.contains("borrower_key = $2 and stage in ($3, $4) order by number limit $5"), "{text}");
        assert_eq!(values[2..4], [Cell::text("new"), Cell::text("in_funding")]);
        let all = ApplicationFilter { stages: vec![], ..filter };
        assert!(!application_list(&all, Page { offset: 0, limit: 9 }, '$').0.contains("stage"));
    }

    #[test]
    fn a_lead_that_is_named_wholly_is_looked_for_in_its_part() {
        let organization = Some("lender".to_owned());
        let filter = LeadFilter { organization, lead_id: Some(7), ..LeadFilter::default() };
        let (_, values) = lead_list(&filter, Page { offset: 0, limit: 1 }, '?');
        assert_eq!(values[0], Cell::part(Lead::part("lender", 7)));
    }

    #[test]
    fn what_lies_before_a_lead_comes_backwards() {
        let filter = LeadFilter { before: Some(7), ..LeadFilter::default() };
        let (text, values) = lead_list(&filter, Page { offset: 0, limit: 1 }, '?');
        assert!(text.contains("where lead_id < ?1 order by lead_id desc, organization limit ?2"), "{text}");
        assert_eq!(values[0], Cell::int(7));
    }
}

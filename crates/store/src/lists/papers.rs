//! Lists of papers and of activities.

use loam_app::views::{ActivityFilter, Page, PaperFilter, TaskFilter, Within};
use loam_book::paper::{PaperKind, TaskStatus};

use super::{Asking, paged};
use crate::cells::Cell;
use crate::filters::Conditions;
use crate::rows::answer::activity_columns;

pub(crate) fn paper_list<'a>(filter: &PaperFilter, page: Page, mark: char) -> Asking<'a> {
    let mut conditions = Conditions::new(mark);
    conditions.add_if("subject_key = {}", filter.subject.map(|subject| Cell::key(subject.key)));
    conditions.add_if("kind = {}", Some(Cell::text(filter.kind.name())));
    conditions.add_if("assignee_key = {}", filter.assignee.map(Cell::key));
    conditions.add_if("(author_key = {} or assignee_key = {})", filter.concerning.map(Cell::key));
    let (status, before) = match filter.tasks {
        None => (None, None),
        Some(TaskFilter::Open) => (Some(TaskStatus::Open), None),
        Some(TaskFilter::Completed) => (Some(TaskStatus::Completed), None),
        Some(TaskFilter::Overdue(before)) => (Some(TaskStatus::Open), Some(before)),
    };
    conditions.add_if("task_status = {}", status.map(|status| Cell::text(status.name())));
    conditions.add_if("due_on < {}", before.map(Cell::date));
    if let Some(within) = &filter.within {
        let seen = seen(&mut conditions, within, ("paper", "subject_key"));
        let users = conditions.places(within.users.iter().copied().map(Cell::key));
        let about_nothing =
            format!("subject_key is null and (author_key in {users} or assignee_key in {users})");
        conditions.add_fact(&format!("({about_nothing} or {seen})"));
    }
    let order = match filter.kind {
        PaperKind::Task => "due_on, number",
        PaperKind::Comment | PaperKind::Document => "number",
    };
    let (conditions, row) = conditions.finish();
    paged(format!("select body from paper{conditions} order by {order}"), row, page, mark)
}

pub(crate) fn activity_list<'a>(filter: &ActivityFilter, page: Page, mark: char) -> Asking<'a> {
    let mut conditions = Conditions::new(mark);
    conditions.add_if("actor = {}", filter.actor.map(Cell::key));
    let [from, before] = [filter.from, filter.before].map(|instant| conditions.place(Cell::instant(instant)));
    conditions.add_fact(&format!("recorded_at >= {from} and recorded_at < {before}"));
    if let Some(within) = &filter.within {
        let seen = seen(&mut conditions, within, ("audit", "entity"));
        conditions.add_fact(&format!("({seen})"));
    }
    let about = filter.about.as_ref().map(|about| {
        let keys = conditions.places(about.keys.iter().copied().map(Cell::key));
        (conditions.place(Cell::part(about.part)), keys)
    });
    let (conditions, row) = conditions.finish();
    let columns = activity_columns!();
    let sql = match about {
        None => format!("select {columns} from audit{conditions}"),
        // What the log of a loan tells of is found by the instants of the log, and the rest by what it is about.
        Some((part, keys)) => format!(
            "select {columns} from audit{conditions} and part = {part} and is_logged = 0 and entity in {keys}
             union all
             select {columns}
               from (select distinct log.recorded_at as done_at, loan.loan_key as done_with
                       from loan_account as loan
                       join loan_log as log on log.part = loan.part and log.account_no = loan.account_no
                      where loan.part = {part} and loan.loan_key in {keys}
                        and log.recorded_at >= {from} and log.recorded_at < {before}) as done
              cross join audit{conditions} and part = {part} and is_logged = 1
                and recorded_at = done_at and entity = done_with"
        ),
    };
    paged(format!("{sql} order by recorded_at desc, audit_id desc"), row, page, mark)
}

/// What belongs to branches and officers: the table and its key.
const ASSIGNED: [(&str, &str); 5] = [
    ("client", "client_key"),
    ("client_group", "group_key"),
    ("loan_account", "loan_key"),
    ("savings_account", "savings_key"),
    ("line_of_credit", "line_key"),
];

/// That the column names something that is seen. What is in the book no more is seen by nobody who is
/// bound: nothing says any more to whom it belonged.
fn seen(conditions: &mut Conditions<'_>, within: &Within, (table, column): (&str, &str)) -> String {
    let mut bounds = String::new();
    if !within.branches.is_empty() {
        let branches = conditions.places(within.branches.iter().copied().map(Cell::key));
        bounds.push_str(&format!(" and held.branch_key in {branches}"));
    }
    if let Some(officer) = within.officer {
        let officer = conditions.place(Cell::key(officer));
        bounds.push_str(&format!(" and held.user_key = {officer}"));
    }
    let records = conditions.places(within.records.iter().copied().map(Cell::key));
    let held = ASSIGNED.map(|(kind, key)| {
        format!(
            "exists (select 1 from {kind} as held
                      where held.part = {table}.part and held.{key} = {table}.{column}{bounds})"
        )
    });
    format!("{column} in {records} or {}", held.join(" or "))
}

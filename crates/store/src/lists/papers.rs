//! Lists of papers and of activities.

use loam_app::views::{ActivityFilter, Page, PaperFilter, TaskFilter};
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
    let order = match filter.kind {
        PaperKind::Task => "due_on, number",
        PaperKind::Comment | PaperKind::Document => "number",
    };
    let (conditions, row) = conditions.finish();
    paged(format!("select body from paper{conditions} order by {order}"), row, page, mark)
}

pub(crate) fn activity_list<'a>(filter: &ActivityFilter, page: Page, mark: char) -> Asking<'a> {
    let mut conditions = Conditions::new(mark);
    conditions.add_any("entity", filter.entities.iter().map(|key| Cell::key(*key)).collect());
    conditions.add_if("actor = {}", filter.actor.map(Cell::key));
    conditions.add_if("recorded_at >= {}", Some(Cell::instant(filter.from)));
    conditions.add_if("recorded_at < {}", Some(Cell::instant(filter.before)));
    let (conditions, row) = conditions.finish();
    let columns = activity_columns!();
    let sql = format!("select {columns} from audit{conditions} order by recorded_at desc, audit_id desc");
    paged(sql, row, page, mark)
}

//! Lists of papers.

use loam_app::views::{Page, PaperFilter, TaskFilter};
use loam_book::paper::{PaperKind, TaskStatus};

use super::{Asking, paged};
use crate::cells::Cell;
use crate::filters::Conditions;

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

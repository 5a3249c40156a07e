//! Tasks: what somebody is to do by a day.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::TEXT_MOST;
use crate::ids::Key;
use crate::loan::refusal::PaperRefusal;

/// The longest title, in characters.
pub const TITLE_MOST: usize = 255;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TaskStatus {
    Open,
    Completed,
}

impl TaskStatus {
    /// The name of the contract, which is also stored.
    pub fn name(self) -> &'static str {
        match self {
            TaskStatus::Open => "OPEN",
            TaskStatus::Completed => "COMPLETED",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    pub title: String,
    pub description: Option<String>,
    pub due_on: Date,
    /// Who is to do it.
    pub assignee: Key,
    pub status: TaskStatus,
    pub completed_on: Option<Date>,
}

/// A task to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTask {
    pub title: String,
    pub description: Option<String>,
    pub due_on: Date,
    pub assignee: Key,
}

/// What to change of a task; `None` leaves a field alone, `Some(None)` empties it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TaskEdit {
    pub title: Option<String>,
    pub description: Option<Option<String>>,
    pub due_on: Option<Date>,
    pub assignee: Option<Key>,
    pub status: Option<TaskStatus>,
    pub completed_on: Option<Date>,
}

impl Task {
    /// Open, and its day is over.
    pub fn is_overdue(&self, business_date: Date) -> bool {
        self.status == TaskStatus::Open && self.due_on < business_date
    }

    /// How many days are left; negative when its day is over.
    pub fn days_until_due(&self, business_date: Date) -> i64 {
        i64::from(business_date.until(self.due_on).expect("both dates are in range").get_days())
    }

    /// The task with the changes. A completed one may only be opened again.
    ///
    /// # Errors
    /// A title that is empty or too long, a day of completion that does not go with the state or
    /// lies in the future, and changes of a completed task.
    pub fn edited(&self, edit: &TaskEdit, business_date: Date) -> Result<Task, PaperRefusal> {
        let status = edit.status.unwrap_or(self.status);
        let stays_completed = self.status == TaskStatus::Completed && status == TaskStatus::Completed;
        let mut edited = self.clone();
        if let Some(title) = &edit.title {
            edited.title = checked_title(title)?;
        }
        if let Some(description) = &edit.description {
            edited.description = checked_description(description.as_deref())?;
        }
        edited.due_on = edit.due_on.unwrap_or(self.due_on);
        edited.assignee = edit.assignee.unwrap_or(self.assignee);
        if stays_completed && edited != *self {
            return Err(PaperRefusal::CompletedTask);
        }
        edited.status = status;
        edited.completed_on = match (status, edit.completed_on) {
            (TaskStatus::Open, None) => None,
            (TaskStatus::Completed, Some(day)) if day <= business_date => Some(day),
            (TaskStatus::Open | TaskStatus::Completed, Some(_)) => return Err(PaperRefusal::CompletionDate),
            (TaskStatus::Completed, None) => Some(self.completed_on.unwrap_or(business_date)),
        };
        Ok(edited)
    }
}

pub(super) fn create(new: &NewTask) -> Result<Task, PaperRefusal> {
    Ok(Task {
        title: checked_title(&new.title)?,
        description: checked_description(new.description.as_deref())?,
        due_on: new.due_on,
        assignee: new.assignee,
        status: TaskStatus::Open,
        completed_on: None,
    })
}

fn checked_title(title: &str) -> Result<String, PaperRefusal> {
    let title = title.trim();
    if title.is_empty() || title.chars().count() > TITLE_MOST {
        return Err(PaperRefusal::TitleLength { most: TITLE_MOST });
    }
    Ok(title.to_owned())
}

fn checked_description(description: Option<&str>) -> Result<Option<String>, PaperRefusal> {
    if description.is_some_and(|text| text.chars().count() > TEXT_MOST) {
        return Err(PaperRefusal::TextTooLong { most: TEXT_MOST });
    }
    Ok(description.map(str::to_owned))
}

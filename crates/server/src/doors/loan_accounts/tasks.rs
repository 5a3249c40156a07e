//! Tasks.

use jiff::civil::Date;
use loam_app::views::{PaperFilter, TaskFilter};
use loam_book::actor::Permission;
use loam_book::ids::{Key, Part};
use loam_book::paper::{
    NewPaper, NewTask, Paper, PaperCommand, PaperKind, PaperSubject, SubjectKind, TaskEdit, TaskStatus,
};

use super::asked::{Asked, At};
use super::error::DoorError;
use super::fields::{Fields, invalid};
use super::papers::{find, kind_named, require_view, subject, submit};
use super::reply::{self, Answer};
use super::return_codes::ReturnCode;
use super::translate::page::page;
use super::translate::papers::task;

/// `GET /api/tasks`: open ones, unless `status` says otherwise. Who may not see other users sees what
/// he or she made or is to do.
pub(super) async fn list(asked: Asked) -> Answer {
    let query = asked.query()?;
    let page = page(&query)?;
    let may_see_all = asked.actor().may(Permission::ViewUserDetails);
    let filter = PaperFilter {
        subject: holder(&asked, &query).await?.map(|holder| holder.address),
        assignee: query.text("username")?.map(|name| user(&asked, &name)).transpose()?,
        concerning: (!may_see_all).then_some(asked.actor().user_key),
        tasks: Some(status(&query, asked.business_date())?),
        within: asked.within(),
        ..PaperFilter::of_kind(PaperKind::Task)
    };
    let rows = asked.services.reading.store().papers(&filter, page).await?;
    let date = asked.business_date();
    reply::ok(&rows.iter().filter_map(|row| task(row, date)).collect::<Vec<_>>())
}

fn status(query: &Fields<'_>, business_date: Date) -> Result<TaskFilter, DoorError> {
    let named = query.text("status")?.map(|name| name.to_ascii_uppercase());
    match named.as_deref() {
        None | Some("OPEN") => Ok(TaskFilter::Open),
        Some("COMPLETED") => Ok(TaskFilter::Completed),
        Some("OVERDUE") => Ok(TaskFilter::Overdue(business_date)),
        Some(_) => Err(DoorError::at(ReturnCode::InvalidTaskStatus, "status")),
    }
}

fn user(asked: &Asked, name: &str) -> Result<Key, DoorError> {
    let found = asked.catalog().users.find(name).map(|user| user.key);
    found.ok_or_else(|| DoorError::at(ReturnCode::InvalidUserName, "username"))
}

/// The client or the group that a form or a query names.
async fn holder(asked: &Asked, fields: &Fields<'_>) -> Result<Option<PaperSubject>, DoorError> {
    if let Some(id) = fields.owned("clientid")? {
        return subject(asked, SubjectKind::Client, &id).await.map(Some);
    }
    match fields.owned("groupid")? {
        Some(id) => subject(asked, SubjectKind::Group, &id).await.map(Some),
        None => Ok(None),
    }
}

/// `POST /api/tasks`: JSON or form. A task that names itself is there already and is changed: clients
/// close their tasks so.
pub(super) async fn create(asked: Asked) -> Answer {
    let fields = asked.entity(asked.fields()?, "task")?;
    if let Some(key) = fields.owned("encodedKey")? {
        let found = find(&asked, PaperKind::Task, &key, ReturnCode::InvalidTaskId).await;
        return change(&found.map_err(DoorError::of_body)?, &fields, &asked).await;
    }
    let linked = match link(&asked, &fields).await? {
        Some(linked) => Some(linked),
        None => holder(&asked, &fields).await?,
    };
    if fields.text("status")?.is_some_and(|status| !status.eq_ignore_ascii_case("OPEN")) {
        return Err(DoorError::at(ReturnCode::InvalidTaskStatus, "status"));
    }
    let new = NewTask {
        title: fields.owned("title")?.unwrap_or_default(),
        description: fields.owned("description")?,
        due_on: fields.date("dueDate")?.ok_or_else(|| DoorError::at(ReturnCode::InvalidDate, "dueDate"))?,
        assignee: assignee(&asked, &fields)?.unwrap_or(asked.actor().user_key),
    };
    let part = linked.map_or(Part::new(0), |linked| linked.address.part);
    let new = NewPaper::Task(Box::new(new));
    let paper = submit(&asked, PaperCommand::Create { part, subject: linked, new }).await?;
    reply::created(&paper.number.to_string(), &task(&paper, asked.business_date()))
}

async fn link(asked: &Asked, fields: &Fields<'_>) -> Result<Option<PaperSubject>, DoorError> {
    let Some(key) = fields.owned("taskLinkKey")? else { return Ok(None) };
    let missing = || DoorError::at(ReturnCode::MissingRequiredParameter, "taskLinkType");
    let kind = fields.text("taskLinkType")?.ok_or_else(missing)?;
    let kind = kind_named(&kind).ok_or_else(|| invalid("taskLinkType"))?;
    subject(asked, kind, &key).await.map(Some).map_err(DoorError::of_body)
}

fn assignee(asked: &Asked, fields: &Fields<'_>) -> Result<Option<Key>, DoorError> {
    if let Some(name) = fields.text("username")? {
        return user(asked, &name).map(Some);
    }
    let Some(key) = fields.text("assignedUserKey")? else { return Ok(None) };
    let unknown = || DoorError::at(ReturnCode::InvalidUserId, "assignedUserKey");
    asked.catalog().users.find(&key).map(|user| Some(user.key)).ok_or_else(unknown)
}

/// `POST /api/tasks/{task}`: what is named changes. A task stays linked as it is.
pub(super) async fn edit(At(id): At<String>, asked: Asked) -> Answer {
    let paper = find(&asked, PaperKind::Task, &id, ReturnCode::InvalidTaskId).await?;
    change(&paper, &asked.entity(asked.fields()?, "task")?, &asked).await
}

async fn change(paper: &Paper, fields: &Fields<'_>, asked: &Asked) -> Answer {
    require_view(asked, paper).await?;
    refuse_other_link(paper, fields)?;
    let edit = TaskEdit {
        title: fields.owned("title")?,
        description: fields.changed_text("description")?,
        due_on: fields.date("dueDate")?,
        assignee: assignee(asked, fields)?,
        status: new_status(fields)?,
        completed_on: fields.date("completionDate")?,
    };
    let edit = Box::new(edit);
    let paper = submit(asked, PaperCommand::EditTask { task: paper.address(), edit }).await?;
    reply::posted(&task(&paper, asked.business_date()))
}

fn refuse_other_link(paper: &Paper, fields: &Fields<'_>) -> Result<(), DoorError> {
    let linked = paper.subject.map(|subject| subject.address.key.to_string());
    match fields.text("taskLinkKey")? {
        Some(key) if linked.as_deref() != Some(&*key) => {
            Err(DoorError::at(ReturnCode::InvalidTaskFieldChange, "taskLinkKey"))
        }
        _ => Ok(()),
    }
}

fn new_status(fields: &Fields<'_>) -> Result<Option<TaskStatus>, DoorError> {
    let named = fields.text("status")?.map(|name| name.to_ascii_uppercase());
    match named.as_deref() {
        None => Ok(None),
        Some("OPEN" | "OVERDUE") => Ok(Some(TaskStatus::Open)),
        Some("COMPLETED") => Ok(Some(TaskStatus::Completed)),
        Some(_) => Err(DoorError::at(ReturnCode::InvalidTaskStatus, "status")),
    }
}

/// `DELETE /api/tasks/{task}`.
pub(super) async fn delete(At(id): At<String>, asked: Asked) -> Answer {
    let paper = find(&asked, PaperKind::Task, &id, ReturnCode::InvalidTaskId).await?;
    require_view(&asked, &paper).await?;
    submit(&asked, PaperCommand::Delete { paper: paper.address(), kind: PaperKind::Task }).await?;
    reply::success()
}

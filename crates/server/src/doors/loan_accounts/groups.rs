//! Groups: list, read, create, change, delete; names of roles and types of clients.

use loam_app::command::{Address, Command, Done};
use loam_app::views::GroupView;
use loam_book::actor::Permission;
use loam_book::custom_field::value::{CustomEdit, StatedValue};
use loam_book::party::group::{Group, RoleOfMember};
use loam_book::party::kinds::RoleFor;

use super::asked::{Asked, At};
use super::error::DoorError;
use super::fields::{Fields, invalid};
use super::loans::refuse_custom_view;
use super::reply::{self, Answer};
use super::return_codes::ReturnCode;
use super::translate;
use super::translate::custom_field::Shown;
use super::translate::group::{People, client_role, expanded, group, group_role, posted};
use super::translate::page::{page, slice};
use super::wire::group::GroupExpanded;

/// `GET /api/groups/{group}`: flat, or everything with `fullDetails`.
pub(super) async fn show(At(id): At<String>, asked: Asked) -> Answer {
    let full_details = asked.query()?.flag("fullDetails")?;
    asked.require(Permission::ViewGroupDetails)?;
    let view = read(&asked, &id).await?;
    if !full_details {
        return reply::ok(&group(&view, asked.catalog()));
    }
    let kept = asked.kept_values(vec![address(&view)]).await?;
    reply::ok(&with_values(&view, asked.shown(&kept)))
}

/// The group of the path, if it is in the caller's care.
pub(super) async fn read(asked: &Asked, id: &str) -> Result<GroupView, DoorError> {
    let unknown = || DoorError::not_found(ReturnCode::InvalidGroupId);
    let address = asked.services.reading.find_group(id).await?.ok_or_else(unknown)?;
    let view = asked.services.reading.store().group(address).await?.ok_or_else(unknown)?;
    asked.require_reach(&view.group.assignment)?;
    Ok(view)
}

/// `GET /api/groups`.
pub(super) async fn list(asked: Asked) -> Answer {
    asked.require(Permission::ViewGroupDetails)?;
    let query = asked.query()?;
    refuse_custom_view(&query)?;
    let page = page(&query)?;
    let full_details = query.flag("fullDetails")?;
    let mut filter = translate::group::group_filter(&query, asked.catalog())?;
    asked.require_own_officer(filter.credit_officer)?;
    filter.within = asked.branches_of_list(filter.branch)?;
    let views = asked.services.reading.store().groups(&filter, page).await?;
    shown_list(&asked, &views, full_details).await
}

/// Groups as a list shows them.
pub(super) async fn shown_list(asked: &Asked, views: &[GroupView], full_details: bool) -> Answer {
    let catalog = asked.catalog();
    if full_details {
        let kept = asked.kept_values(views.iter().map(address).collect()).await?;
        let values = asked.shown(&kept);
        return reply::ok(&views.iter().map(|view| with_values(view, values)).collect::<Vec<_>>());
    }
    reply::ok(&views.iter().map(|view| group(view, catalog)).collect::<Vec<_>>())
}

/// `POST /api/groups`.
pub(super) async fn create(asked: Asked) -> Answer {
    let outer = asked.fields()?;
    let entity = entity(&outer)?;
    if entity.has("encodedKey") {
        return Err(DoorError::at(ReturnCode::ParameterNotAllowed, "encodedKey"));
    }
    let people = people(&asked, &outer).await?;
    let part = asked.part_for_new_holder();
    let new_key = || asked.services.desk.new_key(part);
    let mut new = translate::group::new_group(&entity, &outer, people, asked.catalog(), new_key)?;
    new.custom_values = asked.stated(&outer).await?.unwrap_or_default();
    let done = asked.submit(Command::CreateGroup { part, new: Box::new(new) }).await?.done;
    // No group has loans at once.
    let view = GroupView { group: of(done), loan_cycle: 0 };
    let kept = asked.kept_values(vec![address(&view)]).await?;
    reply::created(&view.group.id, &posted_with_values(&view, asked.shown(&kept)))
}

/// `POST /api/groups/{group}`: a change, answered with the group.
pub(super) async fn update(At(id): At<String>, asked: Asked) -> Answer {
    let view = change(&id, &asked, CustomEdit::Replace).await?;
    let kept = asked.kept_values(vec![address(&view)]).await?;
    reply::ok(&posted_with_values(&view, asked.shown(&kept)))
}

/// `PATCH /api/groups/{group}`.
pub(super) async fn edit(At(id): At<String>, asked: Asked) -> Answer {
    change(&id, &asked, CustomEdit::Put).await?;
    reply::success()
}

/// `values` says what a list of custom field values means.
async fn change(
    id: &str,
    asked: &Asked,
    values: impl Fn(Vec<StatedValue>) -> CustomEdit + Send,
) -> Result<GroupView, DoorError> {
    let outer = asked.fields()?;
    let entity = match entity(&outer) {
        Ok(entity) => entity,
        Err(_)
            if ["groupMembers", "groupRoles", "addresses", "customInformation"]
                .iter()
                .any(|name| outer.names(name)) =>
        {
            Fields::default()
        }
        Err(missing) => return Err(missing),
    };
    let view = read(asked, id).await?;
    asked.require_same_key(&entity, view.group.key)?;
    let people = people(asked, &outer).await?;
    let (address, members) = at(&view.group);
    let new_key = || asked.services.desk.new_key(address.part);
    let people = (people, &view.group);
    let mut edit = translate::group::group_edit(&entity, &outer, people, asked.catalog(), new_key)?;
    edit.custom_values = asked.stated(&outer).await?.map(values);
    let command = Command::EditGroup { group: address, members, edit: Box::new(edit) };
    let changed = of(asked.submit(command).await?.done);
    Ok(GroupView { group: changed, ..view })
}

/// `DELETE /api/groups/{group}`.
pub(super) async fn delete(At(id): At<String>, asked: Asked) -> Answer {
    let unknown = || DoorError::not_found(ReturnCode::InvalidGroupId);
    let group = asked.services.reading.find_group(&id).await?.ok_or_else(unknown)?;
    // A retry names by key what is gone already: the desk has kept the answer.
    let is_gone = asked.may_be_a_retry() && asked.services.reading.store().group(group).await?.is_none();
    let members = if is_gone { Vec::new() } else { at(&read(&asked, &id).await?.group).1 };
    asked.submit(Command::DeleteGroup { group, members }).await?;
    reply::success()
}

fn address(view: &GroupView) -> Address {
    Address { part: view.group.part, key: view.group.key }
}

/// Everything that hangs on a group.
fn with_values<'a>(view: &'a GroupView, values: Shown<'a>) -> GroupExpanded<'a> {
    GroupExpanded { custom_information: values.of(view.group.key), ..expanded(view, values.catalog) }
}

/// The same as a posted group is answered with.
fn posted_with_values<'a>(view: &'a GroupView, values: Shown<'a>) -> GroupExpanded<'a> {
    GroupExpanded { custom_information: values.of(view.group.key), ..posted(view, values.catalog) }
}

/// Where a group and its members are kept.
fn at(group: &Group) -> (Address, Vec<Address>) {
    let members = group.members.iter().map(|member| member.client).collect();
    (Address { part: group.part, key: group.key }, members)
}

fn of(done: Done) -> Group {
    let Done::Group { group } = done else { unreachable!("a command on a group leads to a group") };
    *group
}

/// The group in its envelope, under either name.
fn entity<'a>(outer: &Fields<'a>) -> Result<Fields<'a>, DoorError> {
    let named = match outer.object("group")? {
        Some(group) => Some(group),
        None => outer.object("theGroup")?,
    };
    named.ok_or_else(|| DoorError::at(ReturnCode::MissingEntityJson, "group"))
}

/// Members and roles beside a group; a list that is not given is none.
async fn people(asked: &Asked, outer: &Fields<'_>) -> Result<People, DoorError> {
    let mut people = People { members: None, roles: None };
    if outer.names("groupMembers") {
        let mut members = Vec::new();
        for row in outer.objects("groupMembers")? {
            members.push(client_of(asked, &row).await?);
        }
        people.members = Some(members);
    }
    if outer.names("groupRoles") {
        let mut roles = Vec::new();
        for row in outer.objects("groupRoles")? {
            let role = translate::group::role_named(&row, asked.catalog())?;
            roles.push(RoleOfMember { role, client: client_of(asked, &row).await?.key });
        }
        people.roles = Some(roles);
    }
    Ok(people)
}

async fn client_of(asked: &Asked, row: &Fields<'_>) -> Result<Address, DoorError> {
    let unknown = || DoorError::at(ReturnCode::InvalidClientKey, "clientKey");
    let named = row.text("clientKey")?.ok_or_else(unknown)?;
    asked.services.reading.find_client(&named).await?.ok_or_else(unknown)
}

/// `GET /api/grouprolenames`.
pub(super) async fn list_roles(asked: Asked) -> Answer {
    let rows = slice(asked.catalog().group_roles.iter(), page(&asked.query()?)?);
    reply::ok(&rows.map(|row| group_role(row)).collect::<Vec<_>>())
}

/// `GET /api/grouprolenames/{role}`.
pub(super) async fn show_role(At(id): At<String>, asked: Asked) -> Answer {
    let found = asked.catalog().group_roles.find(&id);
    let found = found.ok_or_else(|| DoorError::not_found(ReturnCode::InvalidGroupRoleNameKey))?;
    reply::ok(&group_role(found))
}

/// `GET /api/clienttypes`, narrowed by `for`: `CLIENTS` or `GROUPS`.
pub(super) async fn list_types(asked: Asked) -> Answer {
    let query = asked.query()?;
    let wanted = match query.text("for")?.as_deref().map(str::to_ascii_uppercase).as_deref() {
        None => None,
        Some("CLIENTS") => Some(RoleFor::Clients),
        Some("GROUPS") => Some(RoleFor::Groups),
        Some(_) => return Err(invalid("for")),
    };
    let rows = asked.catalog().client_roles.iter();
    let rows = rows.filter(|row| wanted.is_none_or(|wanted| row.role_for == wanted));
    reply::ok(&slice(rows, page(&query)?).map(|row| client_role(row)).collect::<Vec<_>>())
}

//! Groups: list, read, create, change, delete; names of roles and types of clients.

use loam_app::command::{Address, Command, Done};
use loam_app::views::GroupView;
use loam_book::actor::Permission;
use loam_book::party::group::{Group, RoleOfMember};
use loam_book::party::kinds::RoleFor;

use super::asked::{Asked, At};
use super::error::DoorError;
use super::fields::{Fields, invalid};
use super::loans::refuse_custom_view;
use super::reply::{self, Answer};
use super::return_codes::ReturnCode;
use super::translate;
use super::translate::group::{People, client_role, expanded, group, group_role, posted};
use super::translate::page::{page, slice};

/// `GET /api/groups/{group}`: flat, or everything with `fullDetails`.
pub(super) async fn show(At(id): At<String>, asked: Asked) -> Answer {
    let full_details = asked.query()?.flag("fullDetails")?;
    asked.require(Permission::ViewGroupDetails)?;
    let view = read(&asked, &id).await?;
    let catalog = asked.catalog();
    if full_details { reply::ok(&expanded(&view, catalog)) } else { reply::ok(&group(&view, catalog)) }
}

/// The group of the path, if it is in the caller's care.
pub(super) async fn read(asked: &Asked, id: &str) -> Result<GroupView, DoorError> {
    let unknown = || DoorError::not_found(ReturnCode::InvalidGroupId);
    let address = asked.services.reading.find_group(id).await?.ok_or_else(unknown)?;
    let view = asked.services.reading.store().group(address).await?.ok_or_else(unknown)?;
    asked.require_officer_of(view.group.assignment.user)?;
    Ok(view)
}

/// `GET /api/groups`.
pub(super) async fn list(asked: Asked) -> Answer {
    asked.require(Permission::ViewGroupDetails)?;
    let query = asked.query()?;
    refuse_custom_view(&query)?;
    let page = page(&query)?;
    let full_details = query.flag("fullDetails")?;
    let filter = translate::group::group_filter(&query, asked.catalog())?;
    asked.require_own_filter(filter.credit_officer)?;
    let views = asked.services.reading.store().groups(&filter, page).await?;
    let catalog = asked.catalog();
    if full_details {
        return reply::ok(&views.iter().map(|view| expanded(view, catalog)).collect::<Vec<_>>());
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
    refuse_unknown_custom_fields(&outer)?;
    let people = people(&asked, &outer).await?;
    let part = asked.part_for_new_holder();
    let new_key = || asked.services.desk.new_key(part);
    let new = translate::group::new_group(&entity, &outer, people, asked.catalog(), new_key)?;
    asked.require_new_officer(new.assignment.user)?;
    let done = asked.submit(Command::CreateGroup { part, new: Box::new(new) }).await?.done;
    // No group has loans at once.
    let view = GroupView { group: of(done), loan_cycle: 0 };
    reply::created(&view.group.id, &posted(&view, asked.catalog()))
}

/// `POST /api/groups/{group}`: a change, answered with the group.
pub(super) async fn update(At(id): At<String>, asked: Asked) -> Answer {
    let view = change(&id, &asked).await?;
    reply::ok(&posted(&view, asked.catalog()))
}

/// `PATCH /api/groups/{group}`.
pub(super) async fn edit(At(id): At<String>, asked: Asked) -> Answer {
    change(&id, &asked).await?;
    reply::success()
}

async fn change(id: &str, asked: &Asked) -> Result<GroupView, DoorError> {
    let outer = asked.fields()?;
    let entity = match entity(&outer) {
        Ok(entity) => entity,
        Err(_) if ["groupMembers", "groupRoles", "addresses"].iter().any(|name| outer.names(name)) => {
            Fields::default()
        }
        Err(missing) => return Err(missing),
    };
    refuse_unknown_custom_fields(&outer)?;
    let view = read(asked, id).await?;
    let people = people(asked, &outer).await?;
    let (address, members) = at(&view.group);
    let new_key = || asked.services.desk.new_key(address.part);
    let people = (people, &view.group);
    let edit = translate::group::group_edit(&entity, &outer, people, asked.catalog(), new_key)?;
    if let Some(officer) = edit.user {
        asked.require_new_officer(officer)?;
    }
    let command = Command::EditGroup { group: address, members, edit: Box::new(edit) };
    let changed = of(asked.submit(command).await?.done);
    Ok(GroupView { group: changed, ..view })
}

/// `DELETE /api/groups/{group}`.
pub(super) async fn delete(At(id): At<String>, asked: Asked) -> Answer {
    let (group, members) = at(&read(&asked, &id).await?.group);
    asked.submit(Command::DeleteGroup { group, members }).await?;
    reply::success()
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

/// Groups have no custom fields yet, so every one that is named is unknown.
fn refuse_unknown_custom_fields(outer: &Fields<'_>) -> Result<(), DoorError> {
    if !outer.has("customInformation") {
        return Ok(());
    }
    let Some(first) = outer.objects("customInformation")?.into_iter().next() else { return Ok(()) };
    let id = first.text_of(&["customFieldID", "customFieldKey"])?;
    let source = id.map_or_else(|| "customInformation".to_owned(), std::borrow::Cow::into_owned);
    Err(DoorError::at(ReturnCode::InvalidCustomFieldId, source))
}

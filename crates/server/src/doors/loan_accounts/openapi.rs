//! The OpenAPI description of this door, made from the table of operations and the wire structs.

use utoipa::openapi::path::{HttpMethod, OperationBuilder, PathItem};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{AnyOfBuilder, ArrayBuilder, ObjectBuilder, Schema, Type};
use utoipa::openapi::{
    Components, ContentBuilder, InfoBuilder, OpenApi, OpenApiBuilder, PathsBuilder, Ref, RefOr, Required,
    ResponseBuilder,
};
use utoipa::{PartialSchema, ToSchema};

use self::member::{is_flat, member};
use self::members::{
    ACTIVITY_FILTERS, BESIDE_CLIENT, BESIDE_GROUP, CLIENT, CLIENT_FILTERS, CONSTRAINT, CUSTOM_VALUE,
    DOCUMENT, EDITED_LOAN, EDITED_ROW, FUND, GROUP, GROUP_FILTERS, GUARANTEE, INDEX_RATE, LOAN_FILTERS,
    MOVEMENT, MOVEMENT_TYPES, NEW_LOAN, NEW_LOAN_FORM, PAGE, PREVIEW, RESTRUCTURE, TASK, TASK_FILTERS,
    TRANCHE, USER, USER_FILTERS,
};
use super::error::Status;
use super::operations::{Operation, operations};
use super::wire::activity::ActivityEntry;
use super::wire::client::{Client, ClientExpanded};
use super::wire::custom_field::{CustomField, CustomFieldSet, CustomFieldValue};
use super::wire::found::Found;
use super::wire::group::{ClientRole, Group, GroupExpanded, GroupRoleName};
use super::wire::ledger::{GlAccount, GlJournalEntry};
use super::wire::line_of_credit::{AccountsOfLine, LineOfCredit, LineOfCreditExpanded};
use super::wire::loan::{LoanAccount, LoanAccountEnvelope};
use super::wire::organization::{
    Branch, Centre, Currency, ExchangeRate, GeneralSettings, IdDocumentTemplate, IndexRate, Label,
    Organization, TransactionChannel,
};
use super::wire::papers::{Comment, Document, Task};
use super::wire::product::LoanProduct;
use super::wire::repayment::{Repayment, SchedulePreview};
use super::wire::savings::{SavingsAccount, SavingsAccountEnvelope, SavingsProduct, SavingsTransaction};
use super::wire::transaction::LoanTransaction;
use super::wire::user::{Role, User, UserEnvelope};

mod absent;
mod ledger;
mod lines_of_credit;
mod member;
mod members;
mod parameters;
mod savings;

/// What an operation takes and gives, besides its path.
struct Shape {
    query: &'static [&'static str],
    body: Option<Body>,
    gives: Gives,
}

/// A body and the members that it takes.
#[derive(Clone, Copy)]
enum Body {
    /// A form, or JSON.
    Flat(&'static [&'static str]),
    /// A form, or JSON, whose `type` is one of these.
    OfType(&'static [&'static str], &'static [&'static str]),
    /// JSON.
    Plain(&'static [&'static str]),
    /// JSON: an object in an envelope of this name.
    Wrapped(&'static str, &'static [&'static str]),
    /// A form, or JSON: an object in an envelope of this name.
    WrappedOrForm(&'static str, &'static [&'static str]),
    /// JSON: an object in an envelope of this name, and a text beside it.
    Beside(&'static str, &'static [&'static str], &'static str),
    /// JSON: the same, with custom field values beside it.
    WithValues(&'static str, &'static [&'static str]),
    /// JSON: the same, with lists of its own beside that.
    WithLists(&'static str, &'static [&'static str], &'static [(&'static str, &'static [&'static str])]),
    /// JSON: a list of objects in an envelope of this name.
    Listed(&'static str, &'static [&'static str]),
}

enum Gives {
    One(&'static str),
    Many(&'static str),
    /// One of several things.
    Either(&'static [&'static str]),
    /// One of several things, or a list of the first.
    EitherOrMany(&'static [&'static str]),
    /// A list of one of several things.
    ManyOfEither(&'static [&'static str]),
    /// Not JSON: a document.
    Document,
    /// Not JSON: a file.
    File,
    /// Not JSON: an archive.
    Zip,
    /// An object with a text for each name.
    Texts,
    /// One JSON text.
    Text,
    /// An object with a list for each type.
    ManyByType(&'static str),
}

/// The operations that this version serves.
pub fn openapi() -> OpenApi {
    let paths = operations().fold(PathsBuilder::new(), |paths, operation| {
        paths.path(operation.path, PathItem::new(method(operation.method), described(operation)))
    });
    let info = InfoBuilder::new().title("Loan accounts").version("1");
    OpenApiBuilder::new().info(info).paths(paths).components(Some(components())).build()
}

fn method(name: &str) -> HttpMethod {
    match name {
        "POST" => HttpMethod::Post,
        "PATCH" => HttpMethod::Patch,
        "DELETE" => HttpMethod::Delete,
        _ => HttpMethod::Get,
    }
}

fn described(operation: &Operation) -> OperationBuilder {
    let shape = shape(operation);
    let in_path =
        operation.path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'));
    let parameters =
        in_path.map(parameters::in_path).chain(shape.query.iter().map(|name| parameters::in_query(name)));
    let named = parameters.fold(OperationBuilder::new(), OperationBuilder::parameter);
    let media_type = match shape.gives {
        Gives::Document => "text/html",
        Gives::File => "application/octet-stream",
        Gives::Zip => "application/zip",
        Gives::One(_)
        | Gives::Many(_)
        | Gives::Either(_)
        | Gives::EitherOrMany(_)
        | Gives::ManyOfEither(_)
        | Gives::ManyByType(_)
        | Gives::Text
        | Gives::Texts => "application/json",
    };
    // A search is posted and makes nothing.
    let is_update = UPDATES.contains(&operation.path) || operation.path.ends_with("/search");
    let creates = operation.method == "POST" && !is_update;
    let status = if creates { "201" } else { "200" };
    named
        .tag("loan accounts")
        .summary(Some(operation.summary))
        .operation_id(Some(operation_id(operation)))
        .request_body(shape.body.map(body))
        .response(status, ResponseBuilder::new().description("Done").content(media_type, given(&shape.gives)))
        .response(
            "default",
            ResponseBuilder::new().description("A no").content("application/json", one("Status")),
        )
}

/// Flat, or with `fullDetails` everything that hangs on it.
const EITHER_CLIENT: &[&str] = &["Client", "ClientExpanded"];
const EITHER_GROUP: &[&str] = &["Group", "GroupExpanded"];

/// What is posted there changes what is there already, or makes nothing that has a place.
const UPDATES: [&str; 6] = [
    "/api/loans/{loan}",
    "/api/clients/{client}",
    "/api/groups/{group}",
    "/api/savings/{savings}",
    "/api/database/backup",
    "/api/notifications",
];

/// `GET /api/loans/{loan}` is `loan_accounts_get_loans_loan`.
fn operation_id(operation: &Operation) -> String {
    let path = operation.path.trim_start_matches("/api/").replace(['{', '}'], "").replace('/', "_");
    format!("loan_accounts_{}_{path}", operation.method.to_ascii_lowercase())
}

/// What a search finds.
fn searched(operation: &Operation) -> Option<Gives> {
    Some(match (operation.method, operation.path.trim_start_matches("/api/")) {
        ("POST", "loans/search") => Gives::Many("LoanAccount"),
        ("POST", "loans/transactions/search") => Gives::Many("LoanTransaction"),
        ("POST", "clients/search") => Gives::ManyOfEither(EITHER_CLIENT),
        ("POST", "groups/search") => Gives::ManyOfEither(EITHER_GROUP),
        ("POST", "savings/search") => Gives::Many("SavingsAccount"),
        ("POST", "savings/transactions/search") => Gives::Many("SavingsTransaction"),
        _ => return None,
    })
}

fn shape(operation: &Operation) -> Shape {
    if let Some(found) = searched(operation) {
        return Shape {
            query: &["fullDetails", "offset", "limit"],
            body: Some(Body::Listed("filterConstraints", CONSTRAINT)),
            gives: found,
        };
    }
    let reading = |query, gives| Shape { query, body: None, gives };
    let writing = |body, gives| Shape { query: &[], body: Some(body), gives };
    match (operation.method, operation.path.trim_start_matches("/api/")) {
        ("GET", "loans" | "clients/{client}/loans" | "groups/{group}/loans") => {
            reading(LOAN_FILTERS, Gives::Many("LoanAccount"))
        }
        ("GET", "loans/{loan}" | "clients/{client}/loans/{loan}" | "groups/{group}/loans/{loan}") => {
            reading(&["fullDetails"], Gives::One("LoanAccount"))
        }
        ("GET", "repayments") => reading(&["dueFrom", "dueTo", "offset", "limit"], Gives::Many("Repayment")),
        ("GET", "search") => reading(&["query", "type", "offset", "limit"], Gives::ManyByType("Found")),
        ("POST", "loans") => {
            writing(Body::WithValues("loanAccount", NEW_LOAN), Gives::One("LoanAccountEnvelope"))
        }
        ("POST", "clients/{client}/loans" | "groups/{group}/loans") => {
            writing(Body::Flat(NEW_LOAN_FORM), Gives::One("LoanAccountEnvelope"))
        }
        ("PATCH", "loans/{loan}") => writing(Body::Wrapped("loanAccount", EDITED_LOAN), Gives::One("Status")),
        ("GET", "loans/{loan}/transactions") => reading(&PAGE, Gives::Many("LoanTransaction")),
        ("POST", "loans/{loan}/transactions") => {
            let answers = &["LoanTransaction", "LoanAccount"];
            writing(Body::OfType(MOVEMENT, MOVEMENT_TYPES), Gives::EitherOrMany(answers))
        }
        ("GET", "loans/{loan}/repayments") => reading(&PAGE, Gives::Many("Repayment")),
        ("POST", "loans/{loan}/tranches") => {
            writing(Body::Listed("tranches", TRANCHE), Gives::One("LoanAccount"))
        }
        ("POST", "loans/{loan}/guarantees") => {
            writing(Body::Listed("guarantees", GUARANTEE), Gives::One("LoanAccount"))
        }
        ("POST", "loans/{loan}/funds") => writing(Body::Listed("funds", FUND), Gives::One("LoanAccount")),
        ("POST", "loans/{loan}/action") => writing(Body::Plain(RESTRUCTURE), Gives::One("LoanAccount")),
        ("PATCH", "loans/{loan}/repayments") => {
            writing(Body::Listed("repayments", EDITED_ROW), Gives::Many("Repayment"))
        }
        ("GET", "clients") => reading(CLIENT_FILTERS, Gives::ManyOfEither(EITHER_CLIENT)),
        ("GET", "clients/{client}") => reading(&["fullDetails"], Gives::Either(EITHER_CLIENT)),
        ("POST", "clients" | "clients/{client}") => {
            writing(Body::WithLists("client", CLIENT, BESIDE_CLIENT), Gives::One("ClientExpanded"))
        }
        ("PATCH", "clients/{client}") => writing(Body::WithValues("client", CLIENT), Gives::One("Status")),
        ("GET", "clienttypes") => reading(&["for", "offset", "limit"], Gives::Many("ClientRole")),
        ("GET", "groups") => reading(GROUP_FILTERS, Gives::ManyOfEither(EITHER_GROUP)),
        ("GET", "groups/{group}") => reading(&["fullDetails"], Gives::Either(EITHER_GROUP)),
        ("POST", "groups" | "groups/{group}") => {
            writing(Body::WithLists("group", GROUP, BESIDE_GROUP), Gives::One("GroupExpanded"))
        }
        ("PATCH", "groups/{group}") => {
            writing(Body::WithLists("group", GROUP, BESIDE_GROUP), Gives::One("Status"))
        }
        ("GET", "grouprolenames") => reading(&PAGE, Gives::Many("GroupRoleName")),
        ("GET", "grouprolenames/{role}") => reading(&[], Gives::One("GroupRoleName")),
        ("GET", "loanproducts") => reading(&PAGE, Gives::Many("LoanProduct")),
        ("GET", "loanproducts/{product}") => reading(&[], Gives::One("LoanProduct")),
        ("GET", "loanproducts/{product}/schedule") => reading(PREVIEW, Gives::One("SchedulePreview")),
        ("POST", "indexratesources/{source}/indexrates") => {
            writing(Body::Wrapped("indexRate", INDEX_RATE), Gives::One("IndexRate"))
        }
        _ => organization_shape(operation),
    }
}

/// Branches, centres, users, currencies and channels.
fn organization_shape(operation: &Operation) -> Shape {
    let reading = |query, gives| Shape { query, body: None, gives };
    let writing = |body, gives| Shape { query: &[], body: Some(body), gives };
    match (operation.method, operation.path.trim_start_matches("/api/")) {
        ("GET", "branches") => reading(&["fullDetails", "offset", "limit"], Gives::Many("Branch")),
        ("GET", "branches/{branch}") => reading(&["fullDetails"], Gives::One("Branch")),
        ("GET", "centres") => reading(&["branchId", "fullDetails", "offset", "limit"], Gives::Many("Centre")),
        ("GET", "centres/{centre}") => reading(&["fullDetails"], Gives::One("Centre")),
        ("GET", "users") => reading(USER_FILTERS, Gives::Many("User")),
        ("POST", "users") => writing(Body::WithValues("user", USER), Gives::One("UserEnvelope")),
        ("PATCH", "users/{user}") => writing(Body::WithValues("user", USER), Gives::One("Status")),
        ("GET", "users/{user}/views") => reading(&["for"], Gives::Many("Status")),
        ("GET", "userroles") => reading(&PAGE, Gives::Many("Role")),
        ("GET", "userroles/{role}") => reading(&[], Gives::One("Role")),
        ("GET", "users/{user}") => reading(&["fullDetails"], Gives::One("User")),
        ("GET", "currencies") => reading(&["includeForeign", "offset", "limit"], Gives::Many("Currency")),
        ("GET", "currencies/{currency}") => reading(&[], Gives::One("Currency")),
        ("GET", "transactionchannels") => reading(&PAGE, Gives::Many("TransactionChannel")),
        ("GET", "transactionchannels/{channel}") => reading(&[], Gives::One("TransactionChannel")),
        _ => other_shape(operation),
    }
}

/// Custom fields and their values, and settings.
fn other_shape(operation: &Operation) -> Shape {
    let reading = |query, gives| Shape { query, body: None, gives };
    let writing = |body, gives| Shape { query: &[], body: Some(body), gives };
    match (operation.method, operation.path.trim_start_matches("/api/")) {
        ("POST", "loans/{loan}") => {
            writing(Body::Listed("customInformation", CUSTOM_VALUE), Gives::One("LoanAccountEnvelope"))
        }
        ("GET", "customfieldsets") => reading(&["type", "offset", "limit"], Gives::Many("CustomFieldSet")),
        ("GET", "customfields/{field}") => reading(&[], Gives::One("CustomField")),
        ("GET", path) if path.contains("/custominformation") => reading(&[], Gives::Many("CustomFieldValue")),
        ("PATCH", path) if path.ends_with("/custominformation") => {
            writing(Body::Listed("customInformation", CUSTOM_VALUE), Gives::One("Status"))
        }
        ("PATCH", path) if path.contains("/custominformation/") => {
            writing(Body::Plain(&["value", "linkedEntityKeyValue"]), Gives::One("Status"))
        }
        ("GET", "settings/organization") => reading(&[], Gives::One("Organization")),
        ("GET", "settings/labels") => reading(&[], Gives::Many("Label")),
        ("GET", "settings/iddocumenttemplates") => reading(&PAGE, Gives::Many("IdDocumentTemplate")),
        ("GET", "settings/general") => reading(&[], Gives::One("GeneralSettings")),
        (method, path) => savings::shape(operation)
            .or_else(|| ledger::shape(operation))
            .or_else(|| lines_of_credit::shape(operation))
            .unwrap_or_else(|| paper_shape(method, path)),
    }
}

/// Comments, documents and tasks.
fn paper_shape(method: &str, path: &str) -> Shape {
    let last = path.rsplit('/').next().unwrap_or_default();
    let of_list = |gives| Shape { query: &PAGE, body: None, gives };
    let writing = |body, gives| Shape { query: &[], body: Some(body), gives };
    match (method, last) {
        ("GET", "comments") => of_list(Gives::Many("Comment")),
        ("POST", "comments") => writing(Body::Wrapped("comment", &["text"]), Gives::One("Comment")),
        ("GET", "documents") => of_list(Gives::Many("Document")),
        ("POST", "documents") => {
            writing(Body::Beside("document", DOCUMENT, "documentContent"), Gives::One("Document"))
        }
        ("GET", "{template}") => {
            Shape { query: &["startDate", "endDate"], body: None, gives: Gives::Document }
        }
        ("GET", "{document}") => Shape { query: &[], body: None, gives: Gives::File },
        ("GET", "{image}" | "{picture}") => Shape { query: &["size"], body: None, gives: Gives::Text },
        ("POST", "{picture}") => writing(Body::Flat(&["documentContent"]), Gives::One("Status")),
        ("GET", "rates") => of_list(Gives::Many("ExchangeRate")),
        ("POST", "rates") => {
            writing(Body::Flat(&["buyRate", "sellRate", "startDate"]), Gives::One("ExchangeRate"))
        }
        ("GET", "activities") => {
            Shape { query: ACTIVITY_FILTERS, body: None, gives: Gives::Many("ActivityEntry") }
        }
        ("GET", "tasks") => Shape { query: TASK_FILTERS, body: None, gives: Gives::Many("Task") },
        ("POST", "tasks" | "{task}") => writing(Body::WrappedOrForm("task", TASK), Gives::One("Task")),
        _ => Shape { query: &[], body: None, gives: Gives::One("Status") },
    }
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn one(schema: &str) -> utoipa::openapi::Content {
    ContentBuilder::new().schema(Some(Ref::from_schema_name(schema))).build()
}

fn given(gives: &Gives) -> utoipa::openapi::Content {
    match gives {
        Gives::One(schema) => one(schema),
        Gives::Texts => {
            let texts = ObjectBuilder::new().additional_properties(Some(Schema::Object(text().build())));
            ContentBuilder::new().schema(Some(texts)).build()
        }
        Gives::Document | Gives::File | Gives::Zip | Gives::Text => {
            ContentBuilder::new().schema(Some(text())).build()
        }
        Gives::Many(schema) => {
            let list = ArrayBuilder::new().items(Ref::from_schema_name(*schema));
            ContentBuilder::new().schema(Some(list)).build()
        }
        Gives::Either(schemas) => ContentBuilder::new().schema(Some(either(schemas))).build(),
        Gives::EitherOrMany(schemas) => {
            let list = ArrayBuilder::new().items(Ref::from_schema_name(schemas[0]));
            ContentBuilder::new().schema(Some(either(schemas).item(list))).build()
        }
        Gives::ManyOfEither(schemas) => {
            let list = ArrayBuilder::new().items(either(schemas));
            ContentBuilder::new().schema(Some(list)).build()
        }
        Gives::ManyByType(schema) => {
            let list = ArrayBuilder::new().items(Ref::from_schema_name(*schema)).build();
            let lists = ObjectBuilder::new().additional_properties(Some(Schema::Array(list)));
            ContentBuilder::new().schema(Some(lists)).build()
        }
    }
}

fn either(schemas: &[&str]) -> AnyOfBuilder {
    schemas.iter().fold(AnyOfBuilder::new(), |any, schema| any.item(Ref::from_schema_name(*schema)))
}

fn body(body: Body) -> utoipa::openapi::request_body::RequestBody {
    let members_of = |members: &[&str]| {
        let add = |object: ObjectBuilder, name: &&str| object.property(*name, member(name));
        members.iter().fold(ObjectBuilder::new(), add)
    };
    let object = |members: &[&str]| RefOr::T(Schema::Object(members_of(members).build()));
    let with_lists = |envelope: &str, inner: RefOr<Schema>, lists: &[(&str, &[&str])]| {
        let whole = ObjectBuilder::new().property(envelope, inner).required(envelope);
        let all = std::iter::once(&("customInformation", CUSTOM_VALUE)).chain(lists);
        let add = |whole: ObjectBuilder, (name, members): &(&str, &[&str])| {
            whole.property(*name, ArrayBuilder::new().items(object(members)))
        };
        RefOr::T(Schema::Object(all.fold(whole, add).build()))
    };
    let flat = |members: &[&'static str]| -> Vec<&str> {
        members.iter().copied().filter(|name| is_flat(name)).collect()
    };
    let content = |schema| ContentBuilder::new().schema(Some(schema)).build();
    let wrapped = |envelope: &str, inner: RefOr<Schema>| {
        RefOr::T(Schema::Object(ObjectBuilder::new().property(envelope, inner).required(envelope).build()))
    };
    let request = RequestBodyBuilder::new().required(Some(Required::True));
    let (form, json) = match body {
        Body::Flat(members) => (Some(object(&flat(members))), object(members)),
        Body::OfType(members, types) => {
            let kind = text().enum_values(Some(types.iter().copied())).build();
            let typed = |object: ObjectBuilder| {
                let object = object.property("type", kind.clone()).required("type");
                RefOr::T(Schema::Object(object.build()))
            };
            (Some(typed(members_of(&flat(members)))), typed(members_of(members)))
        }
        Body::Plain(members) => (None, object(members)),
        Body::Wrapped(envelope, members) => (None, wrapped(envelope, object(members))),
        Body::WrappedOrForm(envelope, members) => {
            (Some(object(&flat(members))), wrapped(envelope, object(members)))
        }
        Body::Beside(envelope, members, text_beside) => {
            let whole = ObjectBuilder::new().property(envelope, object(members)).required(envelope);
            let whole = whole.property(text_beside, text()).required(text_beside);
            (None, RefOr::T(Schema::Object(whole.build())))
        }
        Body::WithValues(envelope, members) => (None, with_lists(envelope, object(members), &[])),
        Body::WithLists(envelope, members, lists) => (None, with_lists(envelope, object(members), lists)),
        Body::Listed(envelope, members) => {
            let list = ArrayBuilder::new().items(object(members)).build();
            (None, wrapped(envelope, RefOr::T(Schema::Array(list))))
        }
    };
    let request = match form {
        Some(form) => request.content("application/x-www-form-urlencoded", content(form)),
        None => request,
    };
    request.content("application/json", content(json)).build()
}

fn components() -> Components {
    let mut schemas = Vec::new();
    add::<Status<'static>>(&mut schemas);
    add::<LoanAccount<'static>>(&mut schemas);
    add::<LoanAccountEnvelope<'static>>(&mut schemas);
    add::<LoanTransaction<'static>>(&mut schemas);
    add::<CustomField<'static>>(&mut schemas);
    add::<CustomFieldSet<'static>>(&mut schemas);
    add::<CustomFieldValue<'static>>(&mut schemas);
    add::<Repayment>(&mut schemas);
    add::<Found>(&mut schemas);
    add::<SchedulePreview>(&mut schemas);
    add::<Client<'static>>(&mut schemas);
    add::<ClientExpanded<'static>>(&mut schemas);
    add::<ClientRole<'static>>(&mut schemas);
    add::<Group<'static>>(&mut schemas);
    add::<GroupExpanded<'static>>(&mut schemas);
    add::<GroupRoleName<'static>>(&mut schemas);
    add::<Organization<'static>>(&mut schemas);
    add::<Label<'static>>(&mut schemas);
    add::<IdDocumentTemplate<'static>>(&mut schemas);
    add::<LoanProduct<'static>>(&mut schemas);
    add::<SavingsAccount<'static>>(&mut schemas);
    add::<SavingsAccountEnvelope<'static>>(&mut schemas);
    add::<SavingsTransaction<'static>>(&mut schemas);
    add::<SavingsProduct<'static>>(&mut schemas);
    add::<LineOfCredit<'static>>(&mut schemas);
    add::<LineOfCreditExpanded<'static>>(&mut schemas);
    add::<AccountsOfLine<'static>>(&mut schemas);
    add::<Branch<'static>>(&mut schemas);
    add::<GeneralSettings<'static>>(&mut schemas);
    add::<IndexRate<'static>>(&mut schemas);
    add::<Centre<'static>>(&mut schemas);
    add::<User<'static>>(&mut schemas);
    add::<UserEnvelope<'static>>(&mut schemas);
    add::<Role<'static>>(&mut schemas);
    add::<TransactionChannel<'static>>(&mut schemas);
    add::<Currency>(&mut schemas);
    add::<ExchangeRate>(&mut schemas);
    add::<ActivityEntry<'static>>(&mut schemas);
    add::<Comment<'static>>(&mut schemas);
    add::<Document<'static>>(&mut schemas);
    add::<Task<'static>>(&mut schemas);
    add::<GlAccount<'static>>(&mut schemas);
    add::<GlJournalEntry<'static>>(&mut schemas);
    let mut components = Components::new();
    components.schemas.extend(absent::without_nulls(schemas));
    components
}

/// A schema and those that it refers to.
fn add<T: ToSchema + PartialSchema>(schemas: &mut Vec<(String, RefOr<Schema>)>) {
    schemas.push((T::name().into_owned(), T::schema()));
    T::schemas(schemas);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_served_operation_is_described_and_every_reference_is_met() {
        let json = serde_json::to_value(openapi()).unwrap();
        for operation in operations() {
            let described = &json["paths"][operation.path][operation.method.to_ascii_lowercase()];
            assert_eq!(described["summary"], operation.summary, "{} {}", operation.method, operation.path);
        }
        let text = json.to_string();
        for reference in text.split("#/components/schemas/").skip(1) {
            let name = reference.split('"').next().unwrap();
            assert!(json["components"]["schemas"].get(name).is_some(), "{name}");
        }
    }
}

//! What each report may be asked. What the reference offers is what the door takes: both are made of the same lists.

use std::collections::BTreeMap;

use utoipa::openapi::path::{ParameterBuilder, ParameterIn};
use utoipa::openapi::{
    ArrayBuilder, ContentBuilder, KnownFormat, Object, ObjectBuilder, RefOr, Required, Response,
    ResponseBuilder, SchemaFormat, Type, path,
};
use utoipa::{IntoParams, IntoResponses};

use super::super::error::DoorError;
use super::super::query::Query;
use super::form::Form;

/// Parameters that go together: name, and what it says.
type Described = &'static [(&'static str, &'static str)];

/// A list of parameters with a type of its own, by which a report says that it has them.
macro_rules! parameters {
    ($($(#[$doc:meta])* $asked:ident = $described:expr;)*) => {$(
        $(#[$doc])*
        pub(super) struct $asked;

        impl IntoParams for $asked {
            fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<path::Parameter> {
                let described: Described = $described;
                described.iter().map(parameter).collect()
            }
        }
    )*};
}

parameters! {
    /// What happened in some days.
    Period = &[
        ("from", "The first day; left out: from the beginning"),
        ("to", "The last day, which may be to come; left out: the business date"),
    ];
    /// How things stood on a day.
    Day = &[("to", "The day to look at, which is not to come; left out: the business date")];
    /// How things stood on a day that is not `to`.
    AsOf = &[("asOf", "The day to look at, which is not to come; left out: the business date")];
    DueDays = &[
        ("from", "The first due date; left out: from the beginning"),
        ("to", "The last due date, which may be to come; left out: the day that is looked at"),
    ];
    By = &[("by", "The day that counts: `bookingDate` (left out) or `valueDate`")];
    Branch = &[("branch", "Only this branch, by id or key")];
    InBands = &[("bands", "Last days of bands of days past due, such as `30,60,90`; left out: `30,60,90,180`")];
    Account = &[("account", "The GL account, by code or key")];
    /// The forms that every report has.
    Tables = &[("format", "`json`, `csv` or `xlsx`; left out: by `Accept`, else `json`")];
    /// The same, and Parquet.
    Files = &[("format", "`json`, `csv`, `xlsx` or `parquet`; left out: by `Accept`, else `json`")];
}

fn parameter((name, description): &(&str, &str)) -> path::Parameter {
    // Without an account there is no statement of it.
    let required = if *name == "account" { Required::True } else { Required::False };
    ParameterBuilder::new()
        .name(*name)
        .parameter_in(ParameterIn::Query)
        .required(required)
        .description(Some(*description))
        .schema(Some(Object::with_type(Type::String)))
        .build()
}

/// The names of parameters that go together.
pub(super) fn names_of<P: IntoParams>() -> Vec<String> {
    P::into_params(|| None).into_iter().map(|parameter| parameter.name).collect()
}

/// The names of all parameters of a report.
macro_rules! names {
    ($($asked:ident),*) => {
        [$($crate::doors::native::reports::asked::names_of::<$asked>()),*].concat()
    };
}
pub(super) use names;

/// Refuses what a report does not have: whoever asks for it would take the answer for another one.
pub(super) fn refuse_others(query: &Query, report: &str, names: &[String]) -> Result<(), DoorError> {
    let unknown = query.names().find(|given| !names.iter().any(|name| name == given));
    unknown.map_or(Ok(()), |given| Err(DoorError::no_parameter(given, report, &names.join(", "))))
}

impl Tables {
    pub(super) const HAS_PARQUET: bool = false;
}

impl Files {
    pub(super) const HAS_PARQUET: bool = true;
}

impl IntoResponses for Tables {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        rows_in(&Form::offered(Tables::HAS_PARQUET))
    }
}

impl IntoResponses for Files {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        rows_in(&Form::offered(Files::HAS_PARQUET))
    }
}

fn rows_in(forms: &[Form]) -> BTreeMap<String, RefOr<Response>> {
    let mut response = ResponseBuilder::new().description("The rows");
    for form in forms {
        let content = ContentBuilder::new();
        let content = match form {
            Form::Json => content.schema(Some(ArrayBuilder::new().items(Object::with_type(Type::Object)))),
            Form::Csv => content.schema(Some(Object::with_type(Type::String))),
            Form::Xlsx | Form::Parquet => {
                let binary = SchemaFormat::KnownFormat(KnownFormat::Binary);
                content.schema(Some(ObjectBuilder::new().schema_type(Type::String).format(Some(binary))))
            }
        };
        response = response.content(form.media_type().split(';').next().unwrap_or_default(), content.build());
    }
    BTreeMap::from([("200".to_owned(), RefOr::T(response.build()))])
}

//! The forms in which a report goes out, and which of them a request asks for.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT;

use super::super::error::DoorError;
use super::super::query::Query;

/// In which form rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Json,
    Csv,
    Xlsx,
    Parquet,
}

const ALL: [Form; 4] = [Form::Json, Form::Csv, Form::Xlsx, Form::Parquet];

impl Form {
    /// What `format` calls it, which is also the end of a file's name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Form::Json => "json",
            Form::Csv => "csv",
            Form::Xlsx => "xlsx",
            Form::Parquet => "parquet",
        }
    }

    pub(super) fn media_type(self) -> &'static str {
        match self {
            Form::Json => "application/json",
            Form::Csv => "text/csv; charset=utf-8",
            Form::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Form::Parquet => "application/vnd.apache.parquet",
        }
    }

    /// The forms of a report.
    pub(super) fn offered(has_parquet: bool) -> Vec<Form> {
        ALL.into_iter().filter(|form| has_parquet || *form != Form::Parquet).collect()
    }

    /// The form that `format` names, else the first that the caller accepts, else JSON.
    ///
    /// # Errors
    /// A form that this report does not have.
    pub(super) fn asked(query: &Query, headers: &HeaderMap, has_parquet: bool) -> Result<Form, DoorError> {
        let offered = Form::offered(has_parquet);
        if let Some(named) = query.text("format") {
            let names = || offered.iter().map(|form| form.name()).collect::<Vec<_>>().join(", ");
            let found = offered.iter().find(|form| form.name() == named);
            return found.copied().ok_or_else(|| DoorError::not_supported("format", named, &names()));
        }
        let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let accepted = accept.split(',').map(|one| one.split(';').next().unwrap_or_default().trim());
        let form_of = |media: &str| {
            offered.iter().copied().find(|form| form.media_type().split(';').next() == Some(media))
        };
        Ok(accepted.into_iter().find_map(form_of).unwrap_or(Form::Json))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(accept: &str, has_parquet: bool) -> Form {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, accept.parse().expect("a header"));
        Form::asked(&Query::default(), &headers, has_parquet).expect("some form")
    }

    #[test]
    fn the_first_form_that_is_accepted_counts() {
        assert_eq!(asked("*/*", false), Form::Json);
        assert_eq!(asked("text/html, text/csv;q=0.5", false), Form::Csv);
        assert_eq!(asked("application/vnd.apache.parquet, text/csv", true), Form::Parquet);
        assert_eq!(asked("application/vnd.apache.parquet, text/csv", false), Form::Csv);
    }
}

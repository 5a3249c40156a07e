//! The optional conditions of lists, for both databases: `mark` is `?` on SQLite and `$` on PostgreSQL.

use loam_app::views::{ClientFilter, LoanFilter, LoanStatus, ShownClientState};

use crate::cells::{Cell, Row};
use crate::rows::client::client_state_name;

/// Collects conditions with the values they are about.
pub(crate) struct Conditions<'a> {
    mark: char,
    texts: Vec<String>,
    values: Row<'a>,
}

impl<'a> Conditions<'a> {
    pub(crate) fn new(mark: char) -> Conditions<'a> {
        Conditions { mark, texts: Vec::new(), values: Vec::new() }
    }

    /// Adds a condition; `{}` in it stands for the value.
    fn add(&mut self, condition: &str, value: Cell<'a>) {
        self.values.push(value);
        let placeholder = format!("{}{}", self.mark, self.values.len());
        self.texts.push(condition.replace("{}", &placeholder));
    }

    pub(crate) fn add_if(&mut self, condition: &str, value: Option<Cell<'a>>) {
        if let Some(value) = value {
            self.add(condition, value);
        }
    }

    /// Adds that the column holds one of the values; without values nothing is asked.
    pub(crate) fn add_any(&mut self, column: &str, values: Row<'a>) {
        if values.is_empty() {
            return;
        }
        let first = self.values.len() + 1;
        self.values.extend(values);
        let places: Vec<String> =
            (first..=self.values.len()).map(|place| format!("{}{place}", self.mark)).collect();
        self.texts.push(format!("{column} in ({})", places.join(", ")));
    }

    /// Keeps a value for a condition that is added later, and gives its place.
    pub(crate) fn place(&mut self, value: Cell<'a>) -> String {
        self.values.push(value);
        format!("{}{}", self.mark, self.values.len())
    }

    /// The same for several values, as a list; the empty list holds nothing.
    pub(crate) fn places(&mut self, values: impl IntoIterator<Item = Cell<'a>>) -> String {
        let places: Vec<String> = values.into_iter().map(|value| self.place(value)).collect();
        if places.is_empty() { "(null)".to_owned() } else { format!("({})", places.join(", ")) }
    }

    /// Adds a condition without a value, or one whose values have their places.
    pub(crate) fn add_fact(&mut self, condition: &str) {
        self.texts.push(condition.to_owned());
    }

    pub(crate) fn finish(self) -> (String, Row<'a>) {
        if self.texts.is_empty() {
            return (String::new(), self.values);
        }
        (format!(" where {}", self.texts.join(" and ")), self.values)
    }
}

/// The `where` of a list of loans.
pub(crate) fn loan_conditions<'a>(filter: &LoanFilter, mark: char) -> (String, Row<'a>) {
    let mut conditions = Conditions::new(mark);
    conditions.add_if("part = {}", filter.holder.map(|holder| Cell::part(holder.part)));
    conditions.add_if("holder_key = {}", filter.holder.map(|holder| Cell::key(holder.key)));
    conditions.add_if("branch_key = {}", filter.branch.map(Cell::key));
    conditions.add_any("branch_key", filter.within.iter().copied().map(Cell::key).collect());
    conditions.add_if("centre_key = {}", filter.centre.map(Cell::key));
    conditions.add_if("user_key = {}", filter.credit_officer.map(Cell::key));
    conditions.add_if("status = {}", filter.status.map(|status| Cell::text(status.name())));
    conditions.finish()
}

/// The `where` of a list of clients.
pub(crate) fn client_conditions(filter: &ClientFilter, mark: char) -> (String, Row<'_>) {
    let mut conditions = Conditions::new(mark);
    conditions.add_if("first_name = {}", filter.first_name.as_deref().map(Cell::text));
    conditions.add_if("last_name = {}", filter.last_name.as_deref().map(Cell::text));
    conditions.add_if("birth_date = {}", filter.birth_date.map(Cell::date));
    conditions.add_if("branch_key = {}", filter.branch.map(Cell::key));
    conditions.add_any("branch_key", filter.within.iter().copied().map(Cell::key).collect());
    conditions.add_if("centre_key = {}", filter.centre.map(Cell::key));
    conditions.add_if("user_key = {}", filter.credit_officer.map(Cell::key));
    let has_document = "exists (select 1 from client_document
                                 where client_document.part = client.part
                                   and client_document.client_key = client.client_key
                                   and client_document.document_id = {})";
    conditions.add_if(has_document, filter.id_document.as_deref().map(Cell::text));
    match filter.state {
        None => {}
        Some(ShownClientState::Active) => conditions.add_fact(&has_active_loan()),
        Some(ShownClientState::Stored(state)) => {
            conditions.add("state = {}", Cell::text(client_state_name(state)));
            conditions.add_fact(&format!("not {}", has_active_loan()));
        }
    }
    conditions.finish()
}

fn has_active_loan() -> String {
    let (active, in_arrears) = (LoanStatus::Active.name(), LoanStatus::ActiveInArrears.name());
    format!(
        "exists (select 1 from loan_account
                  where loan_account.part = client.part
                    and loan_account.holder_key = client.client_key
                    and loan_account.status in ('{active}', '{in_arrears}'))"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_numbered_in_the_order_of_their_conditions() {
        let filter = ClientFilter {
            last_name: Some("Lima".into()),
            id_document: Some("X1".into()),
            ..ClientFilter::default()
        };
        let (text, values) = client_conditions(&filter, '$');
        assert!(text.starts_with(" where last_name = $1 and exists ("), "{text}");
        assert!(text.ends_with("document_id = $2)"), "{text}");
        assert_eq!(values.len(), 2);
    }

    #[test]
    fn no_filter_is_no_condition() {
        assert_eq!(loan_conditions(&LoanFilter::default(), '?'), (String::new(), vec![]));
    }
}

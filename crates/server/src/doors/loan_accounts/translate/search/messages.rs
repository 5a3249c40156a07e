//! The selections of searches of messages. No message has any of them, as there is none.

use super::Kind;

/// The selection of a data item; see the one of loans.
pub(crate) fn select(item: Option<&str>, name: &str) -> Option<Option<((), Kind)>> {
    matches!(item, None | Some("NOTIFICATION_MESSAGE")).then(|| of_messages(name).map(|kind| ((), kind)))
}

fn of_messages(name: &str) -> Option<Kind> {
    Some(match name {
        "ENCODED_KEY"
        | "TEMPLATE_KEY"
        | "SENDER_KEY"
        | "RECIPIENT_CLIENT_KEY"
        | "RECIPIENT_GROUP_KEY"
        | "RECIPIENT_USER_KEY"
        | "LOAN_ACCOUNT_KEY"
        | "SAVINGS_ACCOUNT_KEY" => Kind::Key,
        "CREATION_DATE" | "SENT_DATE" | "SEND_DATE" => Kind::Instant,
        "STATE" => Kind::Choice(|name| is_state(name).then(Vec::new)),
        "TYPE" => Kind::Choice(|name| ["SMS", "EMAIL", "WEB_HOOK"].contains(&name).then(Vec::new)),
        "ID" | "EVENT" | "DESTINATION" | "SUBJECT" | "BODY" | "FAILURE_REASON" | "TEMPLATE_NAME" => {
            Kind::Text
        }
        _ => return None,
    })
}

fn is_state(name: &str) -> bool {
    ["SENT", "QUEUED", "QUEUED_FOR_STREAM", "WAITING", "FAILED"].contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_of_the_contract_are_known_and_no_others() {
        assert!(is_state("QUEUED_FOR_STREAM") && !is_state("LOST"));
        assert!(matches!(select(Some("NOTIFICATION_MESSAGE"), "STATE"), Some(Some(_))));
        assert!(matches!(select(None, "COLOUR"), Some(None)));
        assert!(select(Some("LOANS"), "STATE").is_none());
    }
}

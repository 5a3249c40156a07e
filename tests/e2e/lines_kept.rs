//! What is kept with lines of credit, and what is told of them: to whom, and where.

use loam_tests::http::{Answer, Caller};
use serde_json::{Value, json};

use crate::book::{Book, key, on_both, record, text};

const ALWAYS: &str = "from=1900-01-01&to=2999-12-31";
const SECRET: &str = "a long enough secret";

/// What somebody needs who asks for activities of any kind.
const EVERYTHING: [&str; 5] = [
    "VIEW_USER_DETAILS",
    "VIEW_CLIENT_DETAILS",
    "VIEW_GROUP_DETAILS",
    "VIEW_LOAN_ACCOUNT_DETAILS",
    "VIEW_SAVINGS_ACCOUNT_DETAILS",
];

/// Client "9" of branch "3".
fn elsewhere(book: &Book) -> String {
    record(&book.admin, "branches", &json!({"id": "3", "name": "Hill"}));
    let client =
        json!({"client": {"id": "9", "firstName": "Ben", "lastName": "Oja", "assignedBranchKey": "3"}});
    key(&book.admin.post("/api/clients", &client).expect(201).json()["client"])
}

/// A line of a client with a comment, a document and a task: the id of the document.
fn line(book: &Book, id: &str, client: &str) -> String {
    let new = json!({"lineOfCredit": {"id": id, "clientKey": client, "startDate": "2012-06-01",
        "expireDate": "2013-06-30", "amount": "1000"}});
    let line = key(&book.admin.post("/api/linesofcredit", &new).expect(201).json()["lineOfCredit"]);
    let comment = json!({"comment": {"text": format!("about {id}")}});
    book.admin.post(&format!("/api/linesofcredit/{id}/comments"), &comment).expect(201);
    let document = json!({"document": {"documentHolderKey": line, "documentHolderType": "LINE_OF_CREDIT",
        "name": "Note", "type": "txt"}, "documentContent": "aGVsbG8="});
    let document = book.admin.post("/api/documents", &document).expect(201).json()["id"].to_string();
    let task = json!({"task": {"title": format!("task {id}"), "dueDate": "2012-07-01",
        "taskLinkKey": line, "taskLinkType": "LINE_OF_CREDIT"}});
    book.admin.post("/api/tasks", &task).expect(201);
    document
}

fn denied(answer: &Answer) {
    answer.expect_refusal(403, 15, "INVALID_PERMISSIONS");
}

fn rows(caller: &Caller, path: &str) -> Vec<Value> {
    caller.get(path).expect(200).json().as_array().expect("a list").clone()
}

#[test]
fn what_is_kept_with_a_line_of_another_branch_is_shown_to_nobody_of_this_one() {
    on_both(|book| {
        let other = elsewhere(book);
        let at_hand = line(book, "HERE", &book.client);
        let away = line(book, "THERE", &other);
        let permissions = [&EVERYTHING[..], &["VIEW_LINE_OF_CREDIT_DETAILS"]].concat();
        let ida = json!({"username": "ida", "password": SECRET, "assignedBranchKey": "2",
            "permissions": permissions});
        record(&book.admin, "users", &ida);
        let ida = Caller::basic(&book.server.base, "ida", SECRET);
        for (kind, count) in [("comments", 1), ("documents", 1)] {
            assert_eq!(rows(&ida, &format!("/api/linesofcredit/HERE/{kind}")).len(), count, "{kind}");
            denied(&ida.get(&format!("/api/linesofcredit/THERE/{kind}")));
        }
        ida.get(&format!("/api/documents/{at_hand}")).expect(200);
        denied(&ida.get(&format!("/api/documents/{away}")));
        let titles = |caller: &Caller| -> Vec<String> {
            let mut titles: Vec<String> =
                rows(caller, "/api/tasks").iter().map(|task| text(&task["title"])).collect();
            titles.sort_unstable();
            titles
        };
        assert_eq!(titles(&ida), ["task HERE"]);
        assert_eq!(titles(&book.admin), ["task HERE", "task THERE"]);
        let trail = rows(&ida, &format!("/api/activities?{ALWAYS}"));
        let of_lines = |row: &&Value| text(&row["activity"]["notes"]) == "create line of credit";
        let seen: Vec<&Value> = trail.iter().filter(of_lines).collect();
        assert_eq!(seen.len(), 1, "{trail:?}");
        assert_eq!(seen[0]["activity"]["clientKey"], json!(book.client));
        assert_eq!(seen[0]["clientName"], "Ana Lima");
        assert!(!format!("{trail:?}").contains("THERE"), "{trail:?}");
        // What becomes of a client's lines is the client's too.
        let of_client = rows(&ida, &format!("/api/activities?{ALWAYS}&clientID=8"));
        assert!(of_client.iter().any(|row| of_lines(&row)), "{of_client:?}");
        assert!(format!("{of_client:?}").contains("about HERE"), "{of_client:?}");
        let pia = book.user_with("pia", &["VIEW_CLIENT_DETAILS"]);
        let without = rows(&pia, &format!("/api/activities?{ALWAYS}&clientID=8"));
        assert!(!without.iter().any(|row| of_lines(&row)), "{without:?}");
    });
}

#[test]
fn what_changed_of_lines_and_entries_is_told_to_who_may_see_these() {
    on_both(|book| {
        let user = |name: &str, more: &[&str]| book.user_with(name, &[&EVERYTHING[..], more].concat());
        let ann = user("ann", &[]);
        let joe = user("joe", &["VIEW_JOURNAL_ENTRIES"]);
        let liv = user("liv", &["VIEW_LINE_OF_CREDIT_DETAILS"]);
        line(book, "LINE", &book.client);
        let entry = "date=2012-06-28&notes=rent&debitAccount1=5100&debitAmount1=30&creditAccount1=1400&creditAmount1=30";
        book.admin.form("/api/gljournalentries", entry).expect(201);
        let changed = |caller: &Caller| -> Vec<(String, bool)> {
            let rows = rows(caller, &format!("/api/activities?{ALWAYS}&limit=4"));
            let changed = |row: &Value| row["activity"]["fieldChanges"] != json!([]);
            rows.iter().map(|row| (text(&row["activity"]["notes"]), changed(row))).collect()
        };
        let all = changed(&book.admin);
        let commands: Vec<&str> = all.iter().map(|(command, _)| command.as_str()).collect();
        assert_eq!(commands, ["enter journal", "create task", "create document", "create comment"]);
        assert!(all.iter().all(|(_, is_told)| *is_told), "{all:?}");
        let told = |caller: &Caller| -> Vec<bool> {
            changed(caller).into_iter().map(|(_, is_told)| is_told).collect()
        };
        assert_eq!(told(&ann), [false; 4]);
        assert_eq!(told(&joe), [true, false, false, false]);
        assert_eq!(told(&liv), [false, true, true, true]);
    });
}

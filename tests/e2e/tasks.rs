//! Tasks.

use serde_json::{Value, json};

use crate::book::{Book, on_both, text};
use crate::subset::assert_shows;

fn titles(book: &Book, query: &str) -> Vec<String> {
    book.list(&format!("/api/tasks?{query}")).iter().map(|task| text(&task["title"])).collect()
}

#[test]
fn a_task_is_made_by_json_and_by_form_changed_and_deleted() {
    on_both(|book| {
        let loan = book.apply("L");
        let body = json!({"task": {"title": "Call", "description": "soon", "dueDate": "2012-06-30",
            "assignedUserKey": book.officer, "taskLinkKey": loan["encodedKey"], "taskLinkType": "LOAN_ACCOUNT"}});
        let answer = book.admin.post("/api/tasks", &body).expect(201);
        let made = answer.json();
        assert_eq!(answer.header("location"), Some(&*made["id"].to_string()));
        assert_shows(
            &made,
            &json!({"title": "Call", "description": "soon", "dueDate": "2012-06-30T00:00:00+0000",
            "status": "OPEN", "assignedUserKey": book.officer, "taskLinkKey": loan["encodedKey"],
            "taskLinkType": "LOAN_ACCOUNT", "daysUntilDue": 2}),
        );
        let form = "title=Visit&username=creditofficer&description=d&duedate=2012-06-29&clientid=8";
        let visit = book.admin.form("/api/tasks", form).expect(201).json();
        assert_shows(
            &visit,
            &json!({"taskLinkKey": book.client, "taskLinkType": "CLIENT", "assignedUserKey": book.officer}),
        );
        assert_eq!(titles(book, ""), ["Visit", "Call"]);
        assert_eq!(titles(book, "clientId=8"), ["Visit"]);
        assert_eq!(titles(book, "username=admin"), [""; 0]);
        assert_eq!(titles(book, "username=creditofficer&limit=1&offset=1"), ["Call"]);

        let path = format!("/api/tasks/{}", text(&made["encodedKey"]));
        let edited = book
            .admin
            .post(&path, &json!({"task": {"title": "Write", "status": "COMPLETED"}}))
            .expect(201)
            .json();
        assert_shows(
            &edited,
            &json!({"title": "Write", "status": "COMPLETED", "completionDate": "2012-06-28T00:00:00+0000",
            "description": "soon", "daysUntilDue": null}),
        );
        assert_eq!(titles(book, "status=completed"), ["Write"]);
        let by_number = format!("/api/tasks/{}", made["id"]);
        book.admin.form(&by_number, "status=OPEN&description=").expect(201);
        assert_eq!(titles(book, "status=OPEN"), ["Visit", "Write"]);
        assert_eq!(book.admin.delete(&by_number).expect(200).json()["returnCode"], 0);
        book.admin.delete(&path).expect_refusal(404, 980, "INVALID_TASK_ID");
        assert_eq!(titles(book, ""), ["Visit"]);
    });
}

#[test]
fn a_task_that_names_itself_is_changed_and_not_made_again() {
    on_both(|book| {
        let made =
            book.admin.form("/api/tasks", "title=Call&dueDate=2012-07-01&clientid=8").expect(201).json();
        let done = json!({"task": {"encodedKey": made["encodedKey"], "title": "Call", "dueDate": "2012-07-01",
            "status": "COMPLETED", "completionDate": "2012-06-28", "taskLinkKey": book.client,
            "taskLinkType": "CLIENT"}});
        let closed = book.admin.post("/api/tasks?status=OPEN", &done).expect(201).json();
        assert_shows(&closed, &json!({"id": made["id"], "status": "COMPLETED"}));
        assert_eq!(titles(book, "status=COMPLETED"), ["Call"]);
        assert_eq!(titles(book, ""), [""; 0]);
        let unknown = json!({"task": {"encodedKey": book.client, "title": "Call", "dueDate": "2012-07-01"}});
        book.admin.post("/api/tasks", &unknown).expect_refusal(400, 980, "INVALID_TASK_ID");
    });
}

#[test]
fn a_task_is_overdue_by_the_business_date() {
    on_both(|book| {
        book.admin.form("/api/tasks", "title=Early&dueDate=2012-06-28").expect(201);
        book.admin.form("/api/tasks", "title=Late&dueDate=2012-07-28").expect(201);
        assert_eq!(titles(book, "status=OVERDUE"), [""; 0]);
        book.close_days("2012-06-29");
        assert_eq!(titles(book, "status=OVERDUE"), ["Early"]);
        assert_eq!(titles(book, "status=OPEN"), ["Early", "Late"]);
        assert_eq!(book.list("/api/tasks")[0]["daysUntilDue"], -1);
    });
}

#[test]
fn a_task_that_is_not_possible_is_refused() {
    on_both(|book| {
        let post = |path: &str, task: Value| book.admin.post(path, &json!({"task": task}));
        let due = |title: &str| json!({"title": title, "dueDate": "2012-07-01"});
        post("/api/tasks", due("")).expect_refusal(400, 984, "INVALID_TASK_TITLE_LENGTH");
        post("/api/tasks", due(&"t".repeat(256))).expect_refusal(400, 984, "INVALID_TASK_TITLE_LENGTH");
        post("/api/tasks", json!({"title": "t"})).expect_refusal(400, 102, "INVALID_DATE");
        let with = |name: &str, value: &str| crate::book::with(due("t"), &json!({name: value}));
        post("/api/tasks", with("username", "nobody")).expect_refusal(400, 700, "INVALID_USER_NAME");
        post("/api/tasks", with("assignedUserKey", "nobody")).expect_refusal(400, 701, "INVALID_USER_ID");
        post("/api/tasks", with("status", "DONE")).expect_refusal(400, 983, "INVALID_TASK_STATUS");
        post("/api/tasks", with("taskLinkKey", "L")).expect_refusal(400, 31, "MISSING_REQUIRED_PARAMETER");
        book.admin.post("/api/tasks", &due("t")).expect_refusal(400, 30, "MISSING_ENTITY_JSON");
        book.admin.get("/api/tasks?status=DONE").expect_refusal(400, 983, "INVALID_TASK_STATUS");
        assert_eq!(book.rows("paper"), 0);

        let made = post("/api/tasks", due("t")).expect(201).json();
        let path = format!("/api/tasks/{}", made["id"]);
        post(&path, json!({"status": "DONE"})).expect_refusal(400, 983, "INVALID_TASK_STATUS");
        post(&path, json!({"completionDate": "2012-06-28"})).expect_refusal(
            400,
            981,
            "INVALID_TASK_STATE_AND_COMPLETION_DATE",
        );
        post(&path, json!({"status": "COMPLETED", "completionDate": "2012-06-29"})).expect_refusal(
            400,
            981,
            "INVALID_TASK_STATE_AND_COMPLETION_DATE",
        );
        post(&path, json!({"taskLinkKey": book.client})).expect_refusal(
            400,
            982,
            "INVALID_TASK_FIELD_CHANGE",
        );
        post(&path, json!({"status": "COMPLETED", "completionDate": "2012-06-27"})).expect(201);
        post(&path, json!({"title": "other"})).expect_refusal(400, 982, "INVALID_TASK_FIELD_CHANGE");
        post("/api/tasks/none", json!({})).expect_refusal(404, 980, "INVALID_TASK_ID");
    });
}

#[test]
fn a_user_sees_and_changes_his_or_her_own_tasks() {
    on_both(|book| {
        let tom = book.user_with("tom", &[]);
        book.admin.form("/api/tasks", "title=His&dueDate=2012-07-01&username=tom").expect(201);
        let other = book.admin.form("/api/tasks", "title=Other&dueDate=2012-07-01").expect(201).json();
        tom.form("/api/tasks", "title=Own&dueDate=2012-07-02&username=creditofficer").expect(201);
        let seen = tom.get("/api/tasks").expect(200).json();
        let seen: Vec<&Value> = seen.as_array().unwrap().iter().map(|task| &task["title"]).collect();
        assert_eq!(seen, ["His", "Own"]);
        let path = format!("/api/tasks/{}", other["id"]);
        tom.form(&path, "title=Mine").expect_refusal(403, 15, "INVALID_PERMISSIONS");
        tom.delete(&path).expect_refusal(403, 15, "INVALID_PERMISSIONS");
        tom.form("/api/tasks", "title=T&dueDate=2012-07-02&clientid=8").expect_refusal(
            403,
            15,
            "INVALID_PERMISSIONS",
        );
    });
}

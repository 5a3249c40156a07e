//! Documents made from templates.

use serde_json::{Value, json};

use crate::book::{Book, on_both, record, text};

fn template(book: &Book, id: &str, text: &str) -> String {
    record(&book.admin, "document-templates", &json!({"id": id, "name": id, "text": text}))
}

#[test]
fn a_document_shows_the_loan_its_client_its_schedule_and_its_transactions() {
    on_both(|book| {
        book.lend("L");
        book.act("L", "type=REPAYMENT&amount=215.45");
        let key = template(
            book,
            "STATEMENT",
            "<h1>{{ holder.name }} ({{ client.id }})</h1>{{ loan.id }} {{ loan.loanAmount }} {{ loan.accountState }}\n\
             {% for row in schedule %}{{ row.number }} {{ row.dueDate }} {{ row.totalDue }}\n{% endfor %}\
             {% for row in transactions %}{{ row.entryDate }} {{ row.type }} {{ row.amount }}\n{% endfor %}",
        );
        let answer = book.admin.get(&format!("/api/loans/L/templates/{key}")).expect(200);
        assert!(
            answer.text.starts_with("<h1>Ana Lima (8)</h1>L 950.00 ACTIVE\n1 2012-07-28 "),
            "{}",
            answer.text
        );
        assert!(answer.text.contains("\n5 2012-11-28 "), "{}", answer.text);
        assert!(
            answer.text.ends_with("2012-06-28 DISBURSEMENT 950.00\n2012-06-28 INTEREST_APPLIED 25.45\n2012-06-28 REPAYMENT 215.45\n"),
            "{}",
            answer.text
        );
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert!(answer.header("content-security-policy").is_some_and(|policy| policy.contains("sandbox")));
        let templates = book.read("/api/loanproducts/AGRL")["templates"].clone();
        assert_eq!(
            (templates[0]["encodedKey"].as_str(), templates[0]["type"].as_str()),
            (Some(&*key), Some("LOAN_ACCOUNT"))
        );
    });
}

#[test]
fn transactions_are_shown_from_the_start_date_to_the_end_date() {
    on_both(|book| {
        book.lend("L");
        book.close_days("2012-07-28");
        book.act("L", "type=REPAYMENT&amount=1&date=2012-07-27");
        book.act("L", "type=REPAYMENT&amount=2&date=2012-07-28");
        template(book, "T", "{% for row in transactions %}{{ row.type }} {{ row.amount }};{% endfor %}");
        let shown =
            |query: &str| book.admin.get(&format!("/api/loans/L/templates/T?{query}")).expect(200).text;
        assert_eq!(
            shown("startDate=2012-07-27&endDate=2012-07-27"),
            "INTEREST_APPLIED 25.45;REPAYMENT 1.00;"
        );
        assert!(shown("startDate=2012-07-28").ends_with("REPAYMENT 2.00;"));
        assert_eq!(shown("endDate=2012-06-28"), "DISBURSEMENT 950.00;");
        assert_eq!(shown("startDate=2012-06-29&ENDDATE=2012-07-26T00:00:00"), "");
        let wrong = book.admin.get("/api/loans/L/templates/T?startDate=2012-07-28&endDate=2012-07-27");
        wrong.expect_refusal(400, 28, "START_DATE_AFTER_END_DATE");
        book.admin.get("/api/loans/L/templates/T?startDate=soon").expect_refusal(400, 102, "INVALID_DATE");
    });
}

#[test]
fn a_document_is_about_one_transaction() {
    on_both(|book| {
        book.lend("L");
        let paid = book.act("L", "type=REPAYMENT&amount=10&notes=one");
        let receipt = json!({"id": "RECEIPT", "name": "Receipt", "type": "TRANSACTION",
            "text": "{{ transaction.transactionId }}: {{ transaction.amount }} {{ transaction.notes }}"});
        record(&book.admin, "document-templates", &receipt);
        template(book, "OTHER", "{{ loan.id }}");
        let id = paid["transactionId"].as_i64().unwrap();
        for named in [id.to_string(), text(&paid["encodedKey"])] {
            let path = format!("/api/loans/L/transactions/{named}/templates/RECEIPT");
            assert_eq!(book.admin.get(&path).expect(200).text, format!("{id}: 10.00 one"));
        }
        let get = |path: &str| book.admin.get(path);
        get("/api/loans/L/transactions/0/templates/RECEIPT").expect_refusal(
            404,
            212,
            "INVALID_TRANSACTION_ID",
        );
        get(&format!("/api/loans/L/transactions/{id}/templates/OTHER")).expect_refusal(
            400,
            2201,
            "INVALID_TEMPLATE_TYPE",
        );
        get("/api/loans/L/templates/RECEIPT").expect_refusal(400, 2201, "INVALID_TEMPLATE_TYPE");
        get("/api/loans/L/templates/NONE").expect_refusal(404, 2200, "INVALID_TEMPLATE_ID");
        get("/api/loans/NONE/templates/OTHER").expect_refusal(404, 100, "INVALID_LOAN_ACCOUNT_ID");
    });
}

#[test]
fn what_people_wrote_is_text_in_a_document() {
    on_both(|book| {
        book.lend_with("L", &json!({"notes": "<script>alert(1)</script>{{ loan.id }}"}));
        template(book, "T", "<p title=\"{{ loan.notes }}\">{{ loan.notes }}</p>");
        let shown = book.admin.get("/api/loans/L/templates/T").expect(200).text;
        assert!(!shown.contains("<script") && shown.contains("&lt;script&gt;"), "{shown}");
        assert!(shown.contains("{{ loan.id }}"), "{shown}");
    });
}

#[test]
fn a_template_that_cannot_be_filled_in_is_refused_with_its_line() {
    on_both(|book| {
        let refused = |text: &str, line: &str| {
            let body = json!({"id": "T", "name": "T", "text": text});
            let answer = book.admin.post("/loam/v1/document-templates", &body).expect(400).json();
            assert_eq!(answer["error"]["code"], "invalid_template", "{answer}");
            assert_eq!(answer["error"]["field"], "text", "{answer}");
            assert!(
                answer["error"]["message"].as_str().is_some_and(|said| said.starts_with(line)),
                "{answer}"
            );
        };
        refused("{{ loan.id }}\n{{ loan.id", "line 2 of the template: ");
        refused("\n\n{{ loan.owner }}", "line 3 of the template: there is no placeholder \"loan.owner\"");
        refused("{% include '/etc/passwd' %}", "line 1 of the template: \"include\" is none of");
        refused("{{ 'x' * 1000000 }}", "line 1 of the template: \"*\" may not stand in a tag");
        assert_eq!(book.read("/loam/v1/document-templates"), json!([]));
        template(book, "T", "{{ loan.id }}");
        let changed = book.admin.patch("/loam/v1/document-templates/T", &json!({"text": "{{ loan.di }}"}));
        assert_eq!(changed.expect(400).json()["error"]["code"], "invalid_template");
        let changed =
            book.admin.patch("/loam/v1/document-templates/T", &json!({"text": "{{ loan.loanName }}"}));
        assert_eq!(changed.expect(200).json()["text"], "{{ loan.loanName }}");
    });
}

#[test]
fn a_template_is_for_its_products_and_for_callers_who_may_see_clients() {
    on_both(|book| {
        book.lend("L");
        let other = crate::book::with(crate::book::agriculture(), &json!({"id": "OTHER"}));
        record(&book.admin, "loan-products", &other);
        let own = json!({"id": "T", "name": "T", "text": "{{ loan.id }}", "loanProducts": ["OTHER"]});
        record(&book.admin, "document-templates", &own);
        book.admin.get("/api/loans/L/templates/T").expect_refusal(404, 2200, "INVALID_TEMPLATE_ID");
        assert_eq!(book.read("/api/loanproducts/AGRL")["templates"], json!([]));
        book.admin
            .patch("/loam/v1/document-templates/T", &json!({"loanProducts": ["OTHER", "AGRL"]}))
            .expect(200);
        assert_eq!(book.admin.get("/api/loans/L/templates/T").expect(200).text, "L");
        let viewer = book.user_with("viewer", &["VIEW_LOAN_ACCOUNT_DETAILS"]);
        viewer.get("/api/loans/L/templates/T").expect_refusal(403, 15, "INVALID_PERMISSIONS");
        let viewer = book.user_with("seer", &["VIEW_LOAN_ACCOUNT_DETAILS", "VIEW_CLIENT_DETAILS"]);
        viewer.get("/api/loans/L/templates/T").expect(200);
        let wrong: Value = json!({"id": "U", "name": "U", "text": "", "loanProducts": ["NONE"]});
        book.admin.post("/loam/v1/document-templates", &wrong).expect(400);
    });
}

//! Documents and pictures.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use loam_tests::database::Database;
use loam_tests::http::Answer;
use loam_tests::server::{Server, run};
use serde_json::{Value, json};

use crate::book::{Book, on_both, text};
use crate::subset::assert_shows;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n picture";

fn upload(book: &Book, name: &str, kind: &str, content: &[u8]) -> Answer {
    let document =
        json!({"documentHolderKey": "L", "documentHolderType": "LOAN_ACCOUNT", "name": name, "type": kind});
    let body = json!({"document": document, "documentContent": STANDARD.encode(content)});
    book.admin.post("/api/documents", &body)
}

#[test]
fn a_document_is_kept_listed_given_out_and_deleted() {
    on_both(|book| {
        let loan = book.apply("L");
        let answer = upload(book, "contract", "PDF", b"%PDF-1.7 words").expect(201);
        let kept = answer.json();
        let id = kept["id"].as_i64().unwrap();
        assert_eq!(answer.header("location"), Some(&*id.to_string()));
        let expected = json!({"name": "contract", "type": "PDF", "fileSize": 14, "originalFilename": "contract.pdf",
            "documentHolderKey": loan["encodedKey"], "documentHolderType": "LOAN_ACCOUNT"});
        assert_shows(&kept, &expected);
        assert_eq!(book.list("/api/loans/L/documents"), std::slice::from_ref(&kept));
        for named in [id.to_string(), text(&kept["encodedKey"])] {
            let file = book.admin.get(&format!("/api/documents/{named}")).expect(200);
            assert_eq!(file.text, "%PDF-1.7 words");
            assert_eq!(
                file.header("content-disposition"),
                Some("attachment; filename*=UTF-8''contract%2Epdf")
            );
            assert_eq!(file.header("content-type"), Some("application/octet-stream"));
        }
        book.admin.delete(&format!("/api/documents/{id}")).expect(200);
        book.admin.get(&format!("/api/documents/{id}")).expect_refusal(404, 970, "INVALID_DOCUMENT_ID");
        book.admin.delete(&format!("/api/documents/{id}")).expect_refusal(404, 970, "INVALID_DOCUMENT_ID");
        assert_eq!((book.rows("paper"), book.rows("document_piece")), (0, 0));
    });
}

#[test]
fn what_could_run_in_a_browser_does_not() {
    on_both(|book| {
        book.apply("L");
        for (name, content) in
            [("a.html", "<script>alert(1)</script>"), ("a.svg", "<svg onload=\"alert(1)\"/>")]
        {
            let kept = upload(book, name, "", content.as_bytes()).expect(201).json();
            let file = book.admin.get(&format!("/api/documents/{}", kept["id"])).expect(200);
            assert_eq!(file.text, content);
            assert!(file.header("content-disposition").is_some_and(|how| how.starts_with("attachment")));
            assert_eq!(file.header("x-content-type-options"), Some("nosniff"));
            assert_eq!(file.header("content-type"), Some("application/octet-stream"));
            assert!(file.header("content-security-policy").is_some_and(|policy| policy.contains("sandbox")));
            book.admin.get(&format!("/api/images/{}", text(&kept["encodedKey"]))).expect_refusal(
                400,
                979,
                "UNSUPPORTED_IMAGE_TYPE",
            );
        }
    });
}

#[test]
fn a_file_that_may_not_be_kept_is_refused() {
    on_both(|book| {
        book.apply("L");
        let refused = |name: &str, kind: &str, content: &[u8], expected: (u16, i64, &str)| {
            upload(book, name, kind, content).expect_refusal(expected.0, expected.1, expected.2);
        };
        refused("contract", "", b"x", (400, 971, "INVALID_FILE_EXTENSION"));
        refused("a.exe", "", b"x", (400, 972, "FILE_EXTENSION_NOT_ALLOWED"));
        refused("a.pdf", "", b"<html>", (400, 973, "INCONSISTENT_EXTENSION_WITH_FILE_CONTENT"));
        refused("../../a.txt", "", b"x", (400, 975, "INVALID_FILENAME"));
        refused(&format!("{}.txt", "n".repeat(252)), "", b"x", (400, 21, "MAX_FILENAME_LENGTH_EXCEEDED"));
        refused("a.txt", "", &vec![b'x'; 10_000_001], (413, 20, "MAX_FILE_SIZE_EXCEEDED"));
        let far_too_large = vec![b'x'; 12_000_000];
        refused("a.txt", "", &far_too_large, (413, 20, "MAX_FILE_SIZE_EXCEEDED"));
        let post = |body: Value| book.admin.post("/api/documents", &body);
        let of = |kind: &str, key: &str| json!({"documentHolderKey": key, "documentHolderType": kind, "name": "a.txt"});
        post(json!({"document": of("LOAN_ACCOUNT", "L"), "documentContent": "*"})).expect_refusal(
            400,
            4,
            "INVALID_PARAMETERS",
        );
        post(json!({"document": of("LOAN_ACCOUNT", "L")})).expect_refusal(
            400,
            31,
            "MISSING_REQUIRED_PARAMETER",
        );
        post(json!({"document": of("NOTHING", "L"), "documentContent": "eA=="})).expect_refusal(
            400,
            4,
            "INVALID_PARAMETERS",
        );
        post(json!({"document": of("LOAN_ACCOUNT", "M"), "documentContent": "eA=="})).expect_refusal(
            404,
            100,
            "INVALID_LOAN_ACCOUNT_ID",
        );
        post(json!({"documentContent": "eA=="})).expect_refusal(400, 30, "MISSING_ENTITY_JSON");
        assert_eq!((book.rows("paper"), book.rows("document_piece")), (0, 0));
        let largest = upload(book, "a.txt", "", &vec![b'x'; 10_000_000]).expect(201).json();
        assert_eq!(largest["fileSize"], 10_000_000);
        // Other bodies are as small as they were.
        let long = format!("{{\"comment\":{{\"text\":\"{}\"}}}}", "x".repeat(10_000_000));
        book.admin.send("POST", "/api/loans/L/comments", Some("application/json"), &long).expect_refusal(
            413,
            20,
            "MAX_FILE_SIZE_EXCEEDED",
        );
    });
}

#[test]
fn who_may_change_a_thing_may_keep_documents_with_it() {
    on_both(|book| {
        book.apply("L");
        let kept = upload(book, "a.txt", "", b"secret").expect(201).json();
        let path = format!("/api/documents/{}", kept["id"]);
        let viewer = book.user_with("viewer", &["VIEW_LOAN_ACCOUNT_DETAILS"]);
        viewer.get(&path).expect(200);
        viewer.delete(&path).expect_refusal(403, 15, "INVALID_PERMISSIONS");
        let document =
            json!({"documentHolderKey": "L", "documentHolderType": "loan_account", "name": "b.txt"});
        let body = json!({"document": document, "documentContent": "eA=="});
        viewer.post("/api/documents", &body).expect_refusal(403, 15, "INVALID_PERMISSIONS");
        let stranger = book.user_with("stranger", &["VIEW_CLIENT_DETAILS"]);
        stranger.get(&path).expect_refusal(403, 15, "INVALID_PERMISSIONS");
        let editor = book.user_with("editor", &["VIEW_LOAN_ACCOUNT_DETAILS", "EDIT_LOAN_ACCOUNT"]);
        editor.post("/api/documents", &body).expect(201);
        editor.delete(&path).expect(200);
    });
}

#[test]
fn a_client_has_a_picture_and_a_signature() {
    on_both(|book| {
        let path = "/api/clients/8/documents/PROFILE_PICTURE";
        book.admin.get(path).expect_refusal(404, 976, "NO_PROFILE_PICTURE_SET");
        book.admin.get("/api/clients/8/documents/SIGNATURE").expect_refusal(
            404,
            977,
            "NO_PROFILE_SIGNATURE_SET",
        );
        let picture = |bytes: &[u8]| json!({"documentContent": format!("data:image/png;base64,{}", STANDARD.encode(bytes))});
        book.admin.post(path, &picture(b"GIF89a first")).expect(201);
        assert_eq!(book.admin.post(path, &picture(PNG)).expect(201).json()["returnCode"], 0);
        let shown = format!("data:image/PNG;base64,{}", STANDARD.encode(PNG));
        for query in ["", "?fullDetails=true"] {
            let client = book.read(&format!("/api/clients/8{query}"));
            let client = if query.is_empty() { &client } else { &client["client"] };
            assert!(client.get("profileSignatureKey").is_none(), "{client}");
            let image = format!("/api/images/{}", text(&client["profilePictureKey"]));
            assert_eq!(book.read(&image), shown);
        }
        assert_eq!(book.read(&format!("{path}?size=TINY_THUMB")), shown);
        book.admin.get(&format!("{path}?size=HUGE")).expect_refusal(400, 4, "INVALID_PARAMETERS");
        let key = text(&book.list("/api/clients/8/documents")[0]["encodedKey"]);
        assert_eq!(book.read(&format!("/api/images/{key}?size=LARGE")), shown);
        book.admin.post(path, &picture(b"<svg/>")).expect_refusal(400, 979, "UNSUPPORTED_IMAGE_TYPE");
        assert_eq!(book.rows("paper"), 1);
        book.admin.delete(path).expect(200);
        book.admin.delete(path).expect_refusal(404, 976, "NO_PROFILE_PICTURE_SET");
        book.admin.post(path, &picture(PNG)).expect(201);
        let own = json!({"document": {"name": "passport.png"}, "documentContent": STANDARD.encode(PNG)});
        let kept = book.admin.post("/api/clients/8/documents", &own).expect(201).json();
        assert_shows(
            &kept,
            &json!({"documentHolderKey": book.client, "documentHolderType": "CLIENT", "type": "PNG"}),
        );
    });
}

#[test]
fn a_backup_has_the_documents() {
    on_both(|book| {
        book.apply("L");
        let kept = upload(book, "a.txt", "", &vec![b'y'; 300_000]).expect(201).json();
        let file = book.database.folder().join("backup.db");
        let output = run(&book.database, &["backup", file.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        let copy = Database::fresh(loam_tests::database::Kind::Sqlite);
        let output = run(&copy, &["restore", file.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        std::fs::copy(book.database.folder().join("loam.key"), copy.folder().join("loam.key")).unwrap();
        let server = Server::start(&copy, &[]);
        let given = server.admin().get(&format!("/api/documents/{}", kept["id"])).expect(200);
        assert_eq!(given.text.len(), 300_000);
    });
}

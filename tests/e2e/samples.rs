//! The samples of the contract's own Loans API page as they stand, keys replaced: each gets its
//! documented answer. Samples of what this version does not have get the refusal that says so.
//!
//! A folder of `fixtures/loan_accounts` is one scene, played in the order of its file names:
//! `NAME.json` or `NAME.form` is the body that is sent, `NAME.answer.json` says where to, and what of
//! the answer is expected: of `body` the members that it names, of a `document` every letter.
//! `headers` are sent besides; with a key among them no user name is. `keep` gives a member of the
//! answer a name for what comes later. `{{name}}` stands for a key of the book.

use std::path::{Path, PathBuf};

use loam_tests::database::{BOTH, Database};
use loam_tests::http::{Answer, Caller};
use loam_tests::server;
use serde_json::{Value, json};

use crate::book::{Book, agriculture, book, key, on_both, record, text, with};
use crate::custom_fields::field;
use crate::posted_loans::accompanied;
use crate::savings::{filled, savings_product};
use crate::subset::assert_shows;

pub(crate) type Keys = Vec<(&'static str, String)>;

/// Plays every file of a scene.
pub(crate) fn play(book: &Book, scene: &str, keys: &Keys) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/loan_accounts").join(scene);
    let files = std::fs::read_dir(&folder).expect("the scene is a folder");
    let mut names: Vec<PathBuf> = files.map(|file| file.expect("a file").path()).collect();
    names.retain(|path| path.to_string_lossy().ends_with(".answer.json"));
    names.sort();
    assert!(!names.is_empty(), "{} has no samples", folder.display());
    let mut keys: Vec<(String, String)> =
        keys.iter().map(|(name, key)| ((*name).to_owned(), key.clone())).collect();
    for answer in names {
        println!("{}", answer.display());
        play_one(book, &answer, &mut keys);
    }
}

fn play_one(book: &Book, file: &Path, keys: &mut Vec<(String, String)>) {
    let filled = |path: &Path| {
        let text = std::fs::read_to_string(path).expect("a fixture can be read");
        keys.iter().fold(text, |text, (name, key)| text.replace(&format!("{{{{{name}}}}}"), key))
    };
    let expected: Value = serde_json::from_str(&filled(file)).expect("an answer is JSON");
    let (method, path) = expected["request"].as_str().and_then(|r| r.split_once(' ')).expect("METHOD PATH");
    let stem = file.to_string_lossy().trim_end_matches(".answer.json").to_owned();
    let (json, form) = (PathBuf::from(format!("{stem}.json")), PathBuf::from(format!("{stem}.form")));
    let caller = caller(book, &expected["headers"]);
    let answer = if json.exists() {
        caller.send(method, path, Some("application/json; charset=UTF-8"), &filled(&json))
    } else if form.exists() {
        caller.form(path, filled(&form).trim_end())
    } else {
        caller.send(method, path, None, "")
    };
    assert_eq!(u64::from(answer.status), expected["status"], "{}", answer.text);
    if let Some(document) = expected["document"].as_str() {
        assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
        assert_eq!(answer.text, document);
    } else {
        assert_shows(&answer.json(), &expected["body"]);
    }
    if let Some(member) = expected["location"].as_str() {
        assert_location(&answer, member);
    }
    for (name, member) in expected["keep"].as_object().into_iter().flatten() {
        let value = &answer.json()[text(member)];
        keys.push((name.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned)));
    }
}

/// Who sends a sample: the administrator, or whoever the headers name.
fn caller(book: &Book, headers: &Value) -> Caller {
    let headers = headers.as_object().into_iter().flatten();
    let headers: Vec<(&String, String)> = headers.map(|(name, value)| (name, text(value))).collect();
    let has_key = headers.iter().any(|(name, _)| *name == "apikey");
    let sender = if has_key { Caller::anonymous(&book.server.base) } else { book.admin.clone() };
    headers.iter().fold(sender, |caller, (name, value)| caller.with_header(name, value))
}

/// Panics unless the `Location` header is the value of a member such as `loanAccount.id`.
fn assert_location(answer: &Answer, member: &str) {
    let body = answer.json();
    let id = member.split('.').fold(&body, |value, name| &value[name]);
    assert_eq!(answer.header("location"), id.as_str(), "{}", answer.text);
}

#[test]
fn loans_are_read_as_in_the_samples() {
    on_both(|book| {
        book.lend("OHNP076");
        for id in ["APPR001", "APPR002"] {
            book.apply(id);
            book.act(id, "type=APPROVAL");
        }
        let template = json!({"id": "402832b43809601c01380963a7b0033b", "name": "Statement",
            "text": "<h1>{{ loan.id }} of {{ holder.name }}</h1>\
                {% if startDate %}<p>from {{ startDate }} to {{ endDate }}</p>{% endif %}\
                {% for row in transactions %}<p>{{ row.entryDate }} {{ row.amount }}</p>{% endfor %}"});
        record(&book.admin, "document-templates", &template);
        play(book, "read", &vec![]);
    });
}

#[test]
fn loans_are_created_by_form_as_in_the_sample() {
    on_both(|book| {
        let client = json!({"client": {"id": "67", "firstName": "Bo", "lastName": "Berg"}});
        let client = key(&book.admin.post("/api/clients", &client).expect(201).json()["client"]);
        play(book, "create_by_form", &vec![("client67", client), ("product", book.product.clone())]);
    });
}

#[test]
fn loans_are_created_by_json_as_in_the_samples() {
    on_both(|book| {
        let declining = json!({"id": "AGRD", "interestCalculationMethod": "DECLINING_BALANCE",
            "interestApplicationMethod": "ON_DISBURSEMENT"});
        let declining = record(&book.admin, "loan-products", &with(agriculture(), &declining));
        let mut keys = vec![
            ("client", book.client.clone()),
            ("product", book.product.clone()),
            ("declining", declining),
        ];
        keys.extend(accompanied(book));
        play(book, "create_by_json", &keys);
    });
}

#[test]
fn loans_are_changed_as_in_the_samples() {
    on_both(|book| {
        book.apply("VSA2006");
        play(book, "change", &vec![]);
    });
}

#[test]
fn loans_are_deleted_as_in_the_samples() {
    on_both(|book| {
        book.apply("67");
        let other = key(&book.apply("68"));
        play(book, "delete", &vec![("loan", other)]);
    });
}

/// The usual product with other members.
fn offered(book: &Book, id: &str, changes: &Value) -> String {
    record(&book.admin, "loan-products", &with(with(agriculture(), &json!({"id": id})), changes))
}

#[test]
fn tranches_are_posted_as_in_the_samples() {
    on_both(|book| {
        let changes = json!({"loanProductType": "TRANCHED_LOAN", "maxNumberOfDisbursementTranches": 3,
            "interestCalculationMethod": "DECLINING_BALANCE", "forPureGroups": true});
        let product = offered(book, "TRANCHED", &changes);
        let group = key(&book.group("G1", &[])["group"]);
        book.apply_with("ABC123", &json!({"productTypeKey": product, "tranches": [{"amount": "950"}]}));
        play(book, "tranches", &vec![("group", group), ("product", product)]);
    });
}

#[test]
fn revolving_credits_are_created_as_in_the_samples() {
    on_both(|book| {
        let credit = |id: &str, settings: Value| {
            let changes = json!({"loanProductType": "REVOLVING_CREDIT", "interestCalculationMethod": "DECLINING_BALANCE",
                "scheduleDueDatesMethod": "FIXED_DAYS_OF_MONTH", "fixedDaysOfMonth": [8],
                "defaultRepaymentPeriodCount": null, "repaymentPeriodUnit": null,
                "principalPaymentSettings": settings});
            offered(book, id, &changes)
        };
        let percentage = credit(
            "PERCENT",
            json!({"principalPaymentMethod": "OUTSTANDING_PRINCIPAL_PERCENTAGE",
            "principalCeilingValue": "20", "principalFloorValue": "10", "includeInterestInFloorAmount": true,
            "defaultPercentage": "10"}),
        );
        let flat = credit("FLAT", json!({"principalPaymentMethod": "FLAT", "defaultAmount": "10"}));
        let keys = |product: String| vec![("client", book.client.clone()), ("product", product)];
        play(book, "revolving_percentage", &keys(percentage));
        book.admin.delete("/api/loans/Custom_ID").expect(200);
        play(book, "revolving_flat", &keys(flat));
    });
}

#[test]
fn samples_that_name_what_is_not_here_are_refused_and_change_nothing() {
    on_both(|book| {
        let loan = key(&book.lend("ABC123"));
        let keys = vec![("product", book.product.clone()), ("loan", loan)];
        let before = book.snapshot();
        play(book, "restructures", &keys);
        assert_eq!(book.snapshot(), before);
    });
}

#[test]
fn samples_of_searches_find_what_they_ask_for() {
    on_both(|book| {
        book.apply("PENDING");
        let tranched = json!({"id": "PARTS", "loanProductType": "TRANCHED_LOAN", "maxNumberOfDisbursementTranches": 2,
            "interestCalculationMethod": "DECLINING_BALANCE"});
        record(&book.admin, "loan-products", &with(agriculture(), &tranched));
        let tranches = json!([{"amount": "1600"}, {"amount": "100"}]);
        book.apply_with(
            "TRANCHED",
            &json!({"productTypeKey": "PARTS", "loanAmount": "1700", "tranches": tranches}),
        );
        book.lend("REPAID");
        book.act("REPAID", "type=REPAYMENT&amount=1079.77");
        play(book, "search", &vec![]);
    });
}

#[test]
fn settlement_accounts_are_set_and_removed_as_in_the_samples() {
    on_both(|book| {
        let savings = savings_product(book, &json!({}));
        filled(book, "ZEVS347", &savings, "35");
        let linked = json!({"id": "LINK", "accountLinkingEnabled": true});
        let linked = record(&book.admin, "loan-products", &with(agriculture(), &linked));
        book.apply_with("ABC123", &json!({"productTypeKey": linked}));
        play(book, "settlement", &vec![]);
    });
}

#[test]
fn samples_of_what_this_version_has_not_are_refused_and_change_nothing() {
    on_both(|book| {
        let loan = key(&book.apply("ABC123"));
        let keys = vec![("client", book.client.clone()), ("product", book.product.clone()), ("loan", loan)];
        let before = book.snapshot();
        play(book, "not_in_this_version", &keys);
        assert_eq!(book.snapshot(), before);
    });
}

/// The fields that the samples name, and those in whose place a channel's stand.
fn fields_of_the_samples(book: &Book) -> String {
    let nobody = json!({"isAccessibleByAllUsers": false, "roles": []});
    let unset = |id: &str, name: &str, of: &str, usage: &str| {
        record(&book.admin, "custom-field-sets", &json!({"id": id, "name": name, "type": of, "usage": usage}))
    };
    let loans = unset("loans", "Custom Fields", "LOAN_ACCOUNT_INFO", "SINGLE");
    let groups = unset("groups", "groupedcfs", "LOAN_ACCOUNT_INFO", "GROUPED");
    let channels = unset("channels", "Channels", "TRANSACTION_CHANNEL_INFO", "SINGLE");
    let guarantors = unset("guarantors", "Guarantors", "GUARANTOR_INFO", "SINGLE");
    let assets = unset("assets", "Assets", "ASSET_INFO", "SINGLE");
    let choice = json!({"dataType": "SELECTION", "customFieldSelectionOptions": [{"value": "None", "score": "0"},
        {"value": "One", "score": "1"}, {"value": "Ten", "score": "10"}]});
    let number = json!({"dataType": "NUMBER", "indexInList": 1});
    let closed = json!({"viewRights": nobody, "editRights": nobody, "indexInList": 3});
    field(book, &loans, "Special_Installements_Loan_Accou", &choice);
    field(
        book,
        &loans,
        "Special_Installements_Loan_Accounts",
        &with(choice.clone(), &json!({"indexInList": 2})),
    );
    field(book, &loans, "Family_Members_Loan_Accounts", &number);
    field(book, &loans, "family_members", &closed);
    field(book, &channels, "Special_Installements_Channels", &choice);
    field(book, &channels, "Family_Members_Channels", &number);
    field(book, &guarantors, "Employement_status", &json!({}));
    field(book, &guarantors, "Marital_status", &json!({}));
    field(book, &assets, "Type_Assets", &json!({}));
    field(book, &assets, "Bank_Account_Guarantors", &json!({"indexInList": 1}));
    for (index, id) in ["IBAN", "BIC", "BANK_ACCOUNT_TYPE"].into_iter().enumerate() {
        field(book, &groups, id, &json!({"indexInList": index}));
    }
    field(book, &loans, "a_date", &json!({"dataType": "DATE", "indexInList": 4}))
}

#[test]
fn custom_fields_are_filled_in_and_read_as_in_the_samples() {
    on_both(|book| {
        let date = fields_of_the_samples(book);
        let declining = json!({"id": "AGRD", "interestCalculationMethod": "DECLINING_BALANCE",
            "interestApplicationMethod": "ON_DISBURSEMENT"});
        let declining = record(&book.admin, "loan-products", &with(agriculture(), &declining));
        let mut keys = accompanied(book);
        let secured = |id: &str, guarantees: Value| {
            let changes = json!({"productTypeKey": "SECURED", "guarantees": guarantees});
            book.apply_with(id, &changes)
        };
        secured("ABC123", json!([]));
        let person = json!([{"guarantorType": "GUARANTOR", "guarantorKey": "9", "amount": "40"}]);
        let guaranteed = secured("GUARANTEED", person);
        let in_groups = json!({"customInformation": [{"customFieldID": "IBAN", "value": "first"},
            {"customFieldID": "IBAN", "value": "second"}]});
        book.apply("1111");
        book.admin.patch("/api/loans/1111/custominformation", &in_groups).expect(200);
        keys.extend([
            ("client", book.client.clone()),
            ("product", book.product.clone()),
            ("declining", declining),
            ("date", date),
            ("loan", key(&book.apply("Custom_ID"))),
            ("abc123", key(&book.apply("abc123"))),
            ("guarantee", key(&guaranteed["guarantees"][0])),
            ("guaranteed", key(&guaranteed)),
        ]);
        play(book, "custom_fields", &keys);
    });
}

/// A server whose clock stands still.
fn at(instant: &'static str) -> impl FnOnce(&Database) -> std::process::Command {
    move |database| {
        let mut command = server::command(database);
        command.env("LOAM_TEST_MODE", "1").env("LOAM_CLOCK", instant);
        command
    }
}

/// What the sample shows of account OHNP076, its times in UTC. Not compared: keys, which every book
/// draws for itself; custom fields and settlement accounts, which this version has not; the sample's
/// `disbursementDetails`, which belong to another loan (they begin four years after this one).
fn sample_account() -> Value {
    json!({
        "id": "OHNP076",
        "accountHolderType": "CLIENT",
        "creationDate": "2012-06-20T15:57:16+0000",
        "approvedDate": "2012-06-28T09:03:28+0000",
        "lastModifiedDate": "2012-06-28T09:52:33+0000",
        "disbursementDate": "2012-06-28T00:00:00+0000",
        "accountState": "ACTIVE",
        "loanName": "Agriculture Loan",
        "loanAmount": "950",
        "principalDue": "0",
        "principalPaid": "0",
        "principalBalance": "950",
        "interestDue": "0",
        "interestPaid": "0",
        "interestBalance": "0",
        "feesDue": "0",
        "feesPaid": "0",
        "penaltyDue": "0",
        "penaltyPaid": "0",
        "repaymentPeriodCount": 1,
        "repaymentPeriodUnit": "MONTHS",
        "repaymentInstallments": 5,
        "gracePeriod": 0,
        "gracePeriodType": "NONE",
        "interestRate": "2.5",
        "interestChargeFrequency": "EVERY_FOUR_WEEKS",
        "interestCalculationMethod": "FLAT",
        "notes": "some_notes",
        "principalRepaymentInterval": 1,
        "interestRateSource": "FIXED_INTEREST_RATE",
        "interestAdjustment": "0",
        "accruedInterest": "0",
        "arrearsTolerancePeriod": 0
    })
}

#[test]
fn the_sample_account_shows_every_member_of_the_sample() {
    for kind in BOTH {
        println!("on {kind:?}");
        let book = book(kind).restarted(at("2012-06-20T17:57:16+02:00"));
        book.apply_with("OHNP076", &json!({"notes": "some_notes"}));
        let book = book.restarted(at("2012-06-28T11:03:28+02:00"));
        book.act("OHNP076", "type=APPROVAL");
        let book = book.restarted(at("2012-06-28T11:52:33+02:00"));
        book.act("OHNP076", "type=DISBURSEMENT&date=2012-06-28");

        let shown = book.read("/api/loans/OHNP076?fullDetails=true");
        assert_shows(&shown, &sample_account());
        let keys = json!({"accountHolderKey": book.client, "productTypeKey": book.product,
            "assignedBranchKey": book.branch});
        assert_shows(&shown, &keys);
        let loan = text(&shown["encodedKey"]);
        assert!(
            loan.len() == 32 && loan.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)),
            "{loan}"
        );
        assert!(
            shown["lastAccountAppraisalDate"].as_str().is_some_and(|date| date.starts_with("2012-06-28T09:"))
        );
        assert_eq!(shown["disbursementDetails"]["disbursementDate"], "2012-06-28T00:00:00+0000");

        let interest: Vec<String> =
            book.repayments("OHNP076").iter().map(|row| text(&row["interestDue"])).collect();
        assert_eq!(interest[..2], ["25.45", "26.29"]);
        assert_eq!(
            book.read("/api/loans/OHNP076")["customFieldValues"],
            Value::Null,
            "only with full details"
        );
        book.assert_proven();
    }
}

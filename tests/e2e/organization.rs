//! Branches, centres, users, currencies, transaction channels and products as the loan accounts door
//! shows them: every member that has a source, by id and key, paged.

use serde_json::{Value, json};

use crate::book::{key, on_both, record};
use crate::subset::assert_shows;

#[test]
fn branches_and_centres_show_what_was_entered() {
    on_both(|book| {
        let branch = json!({"id": "N", "name": "North", "phoneNumber": "1", "emailAddress": "n@example.org",
            "notes": "cold", "address": {"line1": "Street 1", "city": "Town", "country": "NO"}});
        let branch_key = record(&book.admin, "branches", &branch);
        for id in ["N", &branch_key] {
            let shown = book.read(&format!("/api/branches/{id}?fullDetails=true"));
            assert_shows(&shown, &branch);
            assert_shows(&shown, &json!({"state": "ACTIVE", "encodedKey": branch_key}));
        }
        assert_shows(&book.read("/api/branches/N"), &json!({"address": null, "name": "North"}));
        let listed = book.list("/api/branches");
        assert_eq!(listed.len(), 2);
        assert_eq!(book.list("/api/branches?limit=1&offset=1"), listed[1..]);

        let centre = json!({"id": "NC", "name": "Pine", "notes": "n", "meetingDay": "TUESDAY",
            "address": {"line1": "Road 2"}});
        let entered = crate::book::with(centre.clone(), &json!({"assignedBranchKey": "N"}));
        let centre_key = record(&book.admin, "centres", &entered);
        let shown = book.read(&format!("/api/centres/{centre_key}?fullDetails=true"));
        assert_shows(&shown, &centre);
        assert_eq!(shown["assignedBranchKey"], branch_key);
        assert_eq!(book.list("/api/centres?branchId=N").len(), 1);
        assert_eq!(book.list("/api/centres").len(), 2);
        for list in ["branches", "centres"] {
            for row in book.list(&format!("/api/{list}")) {
                assert!(row["creationDate"].as_str().is_some_and(|date| date.ends_with("+0000")), "{row}");
            }
        }
    });
}

#[test]
fn users_are_shown_without_their_secrets() {
    on_both(|book| {
        let tom = json!({"username": "tom", "firstName": "Tom", "lastName": "Hale", "title": "Teller",
            "email": "tom@example.org", "homePhone": "1", "mobilePhone1": "2", "language": "ENGLISH", "notes": "n",
            "isTeller": true, "isCreditOfficer": false, "isAdministrator": false});
        let entered = json!({"password": "a long enough secret", "assignedBranchKey": "2",
            "permissions": ["ENTER_REPAYMENT", "DIBURSE_LOANS"]});
        let tom_key = record(&book.admin, "users", &crate::book::with(tom.clone(), &entered));
        for id in ["tom", &tom_key] {
            let shown = book.read(&format!("/api/users/{id}"));
            assert_shows(&shown, &tom);
            assert_shows(
                &shown,
                &json!({"userState": "ACTIVE", "assignedBranchKey": book.branch, "accessRights": ["APIS"],
                    "permissions": {"permissions": ["ENTER_REPAYMENT", "DIBURSE_LOANS"]}}),
            );
            assert!(shown["id"].is_i64(), "{shown}");
        }
        let everything = format!(
            "{}{}",
            book.admin.get("/api/users?fullDetails=true").text,
            book.admin.get("/loam/v1/users").text
        );
        for secret in ["a long enough secret", "argon2", "password", "apiKey"] {
            assert!(!everything.contains(secret), "{secret} is shown");
        }
        let names = |path: &str| -> Vec<Value> {
            book.list(path).iter().map(|user| user["username"].clone()).collect()
        };
        assert_eq!(names("/api/users").len(), 3);
        assert_eq!(names("/api/users?branchId=2&branchIdType=ASSIGNED").len(), 2);
        assert_eq!(names("/api/users?offset=2&limit=5").len(), 1);
        let managers = names("/api/users?branchId=2&branchIdType=MANAGE");
        assert_eq!(managers, [json!("admin")], "who works in all branches works in this one");
    });
}

#[test]
fn the_currency_and_the_channels_are_shown() {
    on_both(|book| {
        let dollar = json!({"code": "USD", "digitsAfterDecimal": 2, "isBaseCurrency": true, "symbol": "USD",
            "currencySymbolPosition": "BEFORE_NUMBER"});
        assert_shows(&book.read("/api/currencies"), &json!([dollar]));
        assert_shows(&book.read("/api/currencies/USD"), &dollar);
        assert_eq!(book.list("/api/currencies?includeForeign=true").len(), 1);
        let channels = book.list("/api/transactionchannels/?limit=50&offset=0");
        let expected = json!([
            {"id": "CASH", "name": "Cash", "activated": true, "loanConstraintsUsage": "UNCONSTRAINED_USAGE"},
            {"id": "RECEIPT", "name": "Receipt", "activated": true}
        ]);
        assert_shows(&Value::from(channels.clone()), &expected);
        assert_eq!(book.read(&format!("/api/transactionchannels/{}", key(&channels[1]))), channels[1]);
        assert_eq!(book.list("/api/transactionchannels?offset=1"), channels[1..]);
    });
}

#[test]
fn a_product_shows_its_settings_in_both_places() {
    on_both(|book| {
        let shown = book.read("/api/loanproducts/AGRL?fullDetails=true");
        let rate = json!({"minInterestRate": "0", "maxInterestRate": "15",
            "interestChargeFrequency": "EVERY_FOUR_WEEKS", "interestRateSource": "FIXED_INTEREST_RATE"});
        assert_shows(&shown, &rate);
        assert_shows(&shown["interestRateSettings"], &rate);
        assert_shows(
            &shown,
            &json!({"id": "AGRL", "productName": "Agriculture Loan", "loanProductType": "FIXED_TERM_LOAN",
                "activated": true, "forIndividuals": true, "forAllBranches": true, "minLoanAmount": "100",
                "maxLoanAmount": "50000", "defaultLoanAmount": null, "minNumInstallments": 1,
                "maxNumInstallments": 60, "defaultRepaymentPeriodCount": 1, "repaymentPeriodUnit": "MONTHS",
                "interestCalculationMethod": "FLAT", "interestApplicationMethod": "ON_REPAYMENT",
                "repaymentScheduleMethod": "FIXED", "scheduleDueDatesMethod": "INTERVAL",
                "paymentMethod": "HORIZONTAL", "allowArbitraryFees": true, "gracePeriodType": "NONE",
                "repaymentAllocationOrder": ["FEE", "PENALTY", "INTEREST", "PRINCIPAL"],
                "accountInitialState": "PENDING_APPROVAL", "arrearsSettings": {"maxTolerancePeriod": 30}}),
        );
        assert_eq!(book.list("/api/loanproducts").len(), 1);
        assert_eq!(book.list("/api/loanproducts?offset=1"), Vec::<Value>::new());
    });
}

use jiff::Timestamp;
use loam_book::catalog::Catalog;
use loam_book::ids::Part;
use loam_book::record::check_record;
use serde_json::{Value, json};

use super::super::organization::tests::branch;
use super::*;

const MINIMAL: &str = r#"{"id": "P", "productName": "Product"}"#;

/// Every member that this version reads, each with a value that is not its default.
fn everything() -> Value {
    json!({
        "id": "SME-12", "productName": "Small business", "productDescription": "twelve months",
        "loanProductType": "FIXED_TERM_LOAN", "activated": false, "forIndividuals": false, "forPureGroups": true,
        "forAllBranches": false, "availableProductBranches": [{"branchKey": "HQ"}], "currencyCode": "JOD",
        "minLoanAmount": "1.005", "defaultLoanAmount": 100, "maxLoanAmount": "99999.999",
        "idGeneratorType": "RANDOM_PATTERN", "idPattern": "L-$$##", "accountInitialState": "PARTIAL_APPLICATION",
        "interestCalculationMethod": "FLAT", "interestApplicationMethod": "ON_DISBURSEMENT",
        "daysInYear": "E30_360", "scheduleInterestDaysCountMethod": "USING_REPAYMENT_PERIODICITY",
        "interestRateSettings": {
            "minInterestRate": 0.5, "defaultInterestRate": "6.25", "maxInterestRate": "30",
            "interestChargeFrequency": "EVERY_X_DAYS", "interestChargeFrequencyCount": 10,
        },
        "scheduleDueDatesMethod": "FIXED_DAYS_OF_MONTH", "fixedDaysOfMonth": [1, "15"],
        "shortMonthHandlingMethod": "FIRST_DAY_OF_NEXT_MONTH",
        "minNumInstallments": 2, "defaultNumInstallments": 12, "maxNumInstallments": "24",
        "minGracePeriod": 1, "defaultGracePeriod": 2, "maxGracePeriod": 3, "gracePeriodType": "PAY_INTEREST_ONLY",
        "defaultPrincipalRepaymentInterval": 3, "minFirstRepaymentDueDateOffset": 4,
        "defaultFirstRepaymentDueDateOffset": 5, "maxFirstRepaymentDueDateOffset": 6,
        "repaymentReschedulingMethod": "EXTEND_SCHEDULE",
        "roundingRepaymentScheduleMethod": "ROUND_REMAINDER_INTO_FIRST_REPAYMENT",
        "repaymentCurrencyRounding": "ROUND_UP_TO_NEAREST_WHOLE_UNIT", "repaymentCurrencyRoundingUnit": "0.25",
        "repaymentElementsRoundingMethod": "PAYMENT_DUE", "roundingMethod": "HALF_EVEN",
        "repaymentAllocationOrder": ["PRINCIPAL", "INTEREST", "FEE", "PENALTY"],
        "prepaymentAcceptance": "NO_PREPAYMENTS", "allowArbitraryFees": true, "accountingMethod": "CASH",
        "arrearsSettings": {"minTolerancePeriod": 1, "defaultTolerancePeriod": 7, "maxTolerancePeriod": 30},
        "marketplace": {"capitalizedFeePercent": "2.5", "dailyAccrual": "END_OF_DAY"},
    })
}

fn catalog() -> Catalog {
    Catalog::new(1, vec![loam_book::record::Record::Branch(branch("HQ"))])
}

fn read(text: &str) -> Result<Product> {
    read_on(text, None)
}

fn read_on(text: &str, present: Option<&Product>) -> Result<Product> {
    let catalog = catalog();
    let base = Base {
        key: Key::entity(Part::new(0), 5, 6),
        other_key: Key::entity(Part::new(0), 5, 7),
        now: Timestamp::UNIX_EPOCH,
        catalog: &catalog,
        currency: Currency::EUR,
        actor: Key::entity(Part::new(0), 0, 0),
        present,
        password_hash: None,
    };
    let given = canonical(Members::of_json(text.as_bytes())?)?;
    let members = match present {
        None => given,
        Some(present) => Members::of_wire(&wire_of(present)).without(DERIVED).merged_with(given),
    };
    product_of(&members, &base)
}

fn with(member: &str, value: Value) -> String {
    let mut product: Value = serde_json::from_str(MINIMAL).unwrap();
    product[member] = value;
    product.to_string()
}

/// Wire, product, wire, product: the second product is the first, but for its version.
fn round_trip(text: &str) {
    let first = read(text).unwrap();
    let shown = serde_json::to_string(&wire_of(&first)).unwrap();
    assert_eq!(read(&shown).unwrap(), first, "{text}");
    let changed = read_on("{}", Some(&first)).unwrap();
    assert_eq!(Product { version: 1, ..changed }, first, "{text}");
    assert_eq!(check_record(&loam_book::record::Record::Product(Box::new(first))), Ok(()));
}

#[test]
fn every_member_goes_there_and_back() {
    round_trip(MINIMAL);
    round_trip(&everything().to_string());
}

#[test]
fn no_member_of_a_full_product_is_at_its_default() {
    let (full, minimal) = (read(&everything().to_string()).unwrap(), read(MINIMAL).unwrap());
    let (full, minimal) = (serde_json::to_value(&full).unwrap(), serde_json::to_value(&minimal).unwrap());
    let constant = ["key", "version", "product_type", "payment_method", "created_at", "last_modified_at"];
    for (name, value) in full.as_object().unwrap() {
        assert!(constant.contains(&name.as_str()) || *value != minimal[name], "{name} is at its default");
    }
}

#[test]
fn what_is_shown_is_what_was_sent() {
    let sent = everything();
    let shown = serde_json::to_value(wire_of(&read(&sent.to_string()).unwrap())).unwrap();
    let plain = |value: &Value| value.to_string().replace('"', "");
    for (name, value) in
        sent.as_object().unwrap().iter().filter(|(name, _)| *name != "availableProductBranches")
    {
        match value.as_object() {
            None => assert_eq!(plain(&shown[name]), plain(value), "{name}"),
            Some(inner) => inner.iter().for_each(|(member, value)| {
                assert_eq!(plain(&shown[name][member]), plain(value), "{name}.{member}");
            }),
        }
    }
}

#[test]
fn every_value_of_every_choice_goes_there_and_back() {
    fn check<T: Copy>(member: &str, names: Names<'_, T>) {
        for value in names.values {
            let name = (names.name_of)(*value);
            let text = with(member, json!(name));
            round_trip(&text);
            let shown = serde_json::to_value(wire_of(&read(&text).unwrap())).unwrap();
            assert_eq!(shown[member], name);
        }
    }
    check("loanProductType", names::PRODUCT_TYPE);
    check("accountInitialState", names::INITIAL_STATE);
    check("interestCalculationMethod", names::INTEREST_METHOD);
    check("interestApplicationMethod", names::INTEREST_APPLICATION);
    check("daysInYear", names::DAY_COUNT);
    check("scheduleInterestDaysCountMethod", names::DAYS_METHOD);
    check("repaymentPeriodUnit", names::PERIOD_UNIT);
    check("repaymentReschedulingMethod", names::NON_WORKING_DAYS);
    check("gracePeriodType", names::GRACE_PERIOD_TYPE);
    check("roundingRepaymentScheduleMethod", names::REMAINDER);
    check("roundingMethod", names::ROUNDING);
    check("prepaymentAcceptance", names::PREPAYMENT);
    check("accountingMethod", names::ACCOUNTING);
    for frequency in ["ANNUALIZED", "EVERY_MONTH", "EVERY_FOUR_WEEKS", "EVERY_WEEK", "EVERY_DAY"] {
        round_trip(&with("interestRateSettings", json!({"interestChargeFrequency": frequency})));
    }
    for rounding in ["NO_ROUNDING", "ROUND_TO_NEAREST_WHOLE_UNIT", "ROUND_UP_TO_NEAREST_WHOLE_UNIT"] {
        round_trip(&with("repaymentCurrencyRounding", json!(rounding)));
    }
    for accrual in ["START_OF_DAY", "END_OF_DAY"] {
        round_trip(&with("marketplace", json!({"dailyAccrual": accrual})));
    }
    round_trip(&with("idGeneratorType", json!("INCREMENTAL_NUMBER")));
    round_trip(&with("defaultRepaymentPeriodCount", json!(2)));
}

#[test]
fn flat_members_of_older_writers_are_read_too() {
    let product = read(&with("defaultInterestRate", json!(2.5))).unwrap();
    assert_eq!(product.interest_rate.default, Rate::parse_percent("2.5").ok());
    let product = read(&with("defaultTolerancePeriod", json!(3))).unwrap();
    assert_eq!(product.arrears_tolerance_days.default, Some(3));
    let changed = read_on(r#"{"defaultTolerancePeriod": 4}"#, Some(&product)).unwrap();
    assert_eq!(changed.arrears_tolerance_days.default, Some(4));
}

/// Products can be copied from one book to another through both doors.
#[test]
fn what_the_contract_shows_of_a_plain_product_is_taken() {
    let shown = json!({
        "encodedKey": "00010a1a1fe84cf481c9fc00552b06c8", "id": "P1", "creationDate": "2026-11-21T14:31:19+0000",
        "productName": "One", "forHybridGroups": false, "forAllBranches": true, "availableProductBranches": [],
        "interestType": "SIMPLE_INTEREST", "interestBalanceCalculationMethod": "PRINCIPAL_ONLY",
        "accrueLateInterest": false, "defaultInterestRate": "12.5", "interestChargeFrequency": "ANNUALIZED",
        "interestRateSource": "FIXED_INTEREST_RATE", "interestRateTerms": "FIXED",
        "accrueInterestAfterMaturity": false,
        "interestRateSettings": {
            "encodedKey": "00010a1a1fe84cf481c9fc00552b06c9", "defaultInterestRate": "12.5",
            "interestChargeFrequency": "ANNUALIZED", "interestRateSource": "FIXED_INTEREST_RATE",
            "interestRateTerms": "FIXED", "accrueInterestAfterMaturity": false,
        },
        "repaymentScheduleMethod": "FIXED", "repaymentElementsRoundingMethod": "NO_ROUNDING",
        "amortizationMethod": "STANDARD_PAYMENTS", "repaymentScheduleEditOptions": [], "paymentMethod": "HORIZONTAL",
        "allowCustomRepaymentAllocation": false, "futurePaymentsAcceptance": "NO_FUTURE_PAYMENTS",
        "loanPenaltyCalculationMethod": "NONE", "loanFees": [], "taxesOnInterestEnabled": false,
        "arrearsSettings": {
            "defaultTolerancePeriod": 0, "toleranceCalculationMethod": "ARREARS_TOLERANCE_PERIOD",
            "dateCalculationMethod": "DATE_OF_LAST_LATE_REPAYMENT", "nonWorkingDaysMethod": "INCLUDED",
        },
    });
    let product = read(&shown.to_string()).unwrap();
    assert_eq!(product.interest_rate.default, Rate::parse_percent("12.5").ok());
    assert_eq!(product.arrears_tolerance_days.default, Some(0));
}

#[test]
fn every_unsupported_value_is_refused_by_name() {
    let objects = unsupported::OF_OBJECTS.iter().flat_map(|(object, members)| {
        members.iter().map(|(name, without_effect)| (Some(*object), *name, *without_effect))
    });
    let own = unsupported::OF_PRODUCT.iter().map(|(name, without_effect)| (None, *name, *without_effect));
    for (object, name, without_effect) in own.chain(objects) {
        let text = |value: Value| match object {
            None => with(name, value),
            Some(object) => with(object, json!({ name: value })),
        };
        let path = object.map_or_else(|| name.to_owned(), |object| format!("{object}.{name}"));
        let error = read(&text(json!("SOMETHING_ELSE"))).unwrap_err();
        assert_eq!(error.parts(), (400, "not_supported", path.as_str()));
        assert!(error.message().contains("SOMETHING_ELSE"), "{}", error.message());
        assert!(read(&text(json!([{"a": 1}]))).is_err(), "{path}");
        for nothing in [json!(null), json!([]), json!({}), json!("")] {
            assert!(read(&text(nothing)).is_ok(), "{path}");
        }
        for value in without_effect {
            assert!(read(&text(json!(value))).is_ok(), "{path} {value}");
        }
    }
    assert!(read(&with("offsetPercentage", json!("0.00"))).is_ok());
    assert!(read(&with("accrueLateInterest", json!(false))).is_ok());
}

#[test]
fn values_of_the_contract_that_this_version_lacks_are_refused() {
    for (member, value) in [
        ("loanProductType", "DYNAMIC_TERM_LOAN"),
        ("loanProductType", "REVOLVING_CREDIT"),
        ("repaymentScheduleMethod", "DYNAMIC"),
        ("interestType", "CAPITALIZED_INTEREST"),
        ("paymentMethod", "VERTICAL"),
        ("amortizationMethod", "BALLOON_PAYMENTS"),
        ("amortizationMethod", "OPTIMIZED_PAYMENTS"),
        ("amortizationMethod", "PAYMENT_PLAN"),
        ("futurePaymentsAcceptance", "ACCEPT_OVERPAYMENTS"),
        ("gracePeriodType", "ROLL_UP_INTEREST"),
        ("loanPenaltyCalculationMethod", "OVERDUE_BALANCE"),
        ("repaymentElementsRoundingMethod", "ROUND_ALL"),
    ] {
        let error = read(&with(member, json!(value))).unwrap_err();
        assert_eq!(error.parts(), (400, "not_supported", member));
        assert!(error.message().contains(value), "{}", error.message());
    }
    let index = with("interestRateSettings", json!({"interestRateSource": "INDEX_INTEREST_RATE"}));
    assert_eq!(
        read(&index).unwrap_err().parts(),
        (400, "not_supported", "interestRateSettings.interestRateSource")
    );
}

#[test]
fn members_that_contradict_each_other_are_refused() {
    for (text, field) in [
        (r#""forAllBranches": false"#, "forAllBranches"),
        (r#""forAllBranches": true, "availableProductBranches": [{"branchKey": "HQ"}]"#, "forAllBranches"),
        (r#""idGeneratorType": "INCREMENTAL_NUMBER", "idPattern": "@"#, "idPattern"),
        (r#""fixedDaysOfMonth": [1]"#, "fixedDaysOfMonth"),
        (r#""shortMonthHandlingMethod": "FIRST_DAY_OF_NEXT_MONTH"#, "shortMonthHandlingMethod"),
        (
            r#""scheduleDueDatesMethod": "FIXED_DAYS_OF_MONTH", "repaymentPeriodUnit": "WEEKS"#,
            "repaymentPeriodUnit",
        ),
        (r#""repaymentCurrencyRoundingUnit": 5"#, "repaymentCurrencyRoundingUnit"),
        (r#""interestChargeFrequencyCount": 5"#, "interestRateSettings.interestChargeFrequencyCount"),
    ] {
        let quote = if text.matches('"').count() % 2 == 0 { "" } else { "\"" };
        let error = read(&format!(r#"{{"id": "P", "productName": "N", {text}{quote}}}"#)).unwrap_err();
        assert_eq!(error.parts(), (400, "contradicting_members", field), "{}", error.message());
    }
}

#[test]
fn what_is_missing_or_malformed_is_named() {
    for (text, code, field) in [
        (r#"{"productName": "N"}"#, "missing_member", "id"),
        (r#"{"id": "P"}"#, "missing_member", "productName"),
        (r#"{"id": "P", "productName": "N", "maxLoanAmount": "1.005"}"#, "invalid_member", "maxLoanAmount"),
        (r#"{"id": "P", "productName": "N", "maxLoanAmount": 1e3}"#, "invalid_member", "maxLoanAmount"),
        (r#"{"id": "P", "productName": "N", "currencyCode": "XYZ"}"#, "invalid_member", "currencyCode"),
        (
            r#"{"id": "P", "productName": "N", "minNumInstallments": 1.5}"#,
            "invalid_member",
            "minNumInstallments",
        ),
        (
            r#"{"id": "P", "productName": "N", "repaymentAllocationOrder": ["FEE"]}"#,
            "invalid_member",
            "repaymentAllocationOrder",
        ),
        (
            r#"{"id": "P", "productName": "N", "availableProductBranches": [{"branchKey": "X"}]}"#,
            "invalid_member",
            "branchKey",
        ),
        (
            r#"{"id": "P", "productName": "N", "scheduleDueDatesMethod": "FIXED_DAYS_OF_MONTH"}"#,
            "missing_member",
            "fixedDaysOfMonth",
        ),
    ] {
        assert_eq!(read(text).unwrap_err().parts(), (400, code, field));
    }
    let fee = with("marketplace", json!({"capitalizedFeePercent": "-1"}));
    assert_eq!(read(&fee).unwrap_err().parts().2, "marketplace.capitalizedFeePercent");
    let negative = with("defaultInterestRate", json!("-1"));
    assert_eq!(read(&negative).unwrap_err().parts().2, "interestRateSettings.defaultInterestRate");
}

#[test]
fn a_change_touches_only_what_it_names() {
    let present = read(&everything().to_string()).unwrap();
    let changed = read_on(r#"{"maxLoanAmount": 5000, "maxGracePeriod": null}"#, Some(&present)).unwrap();
    let mut expected = present.clone();
    expected.version = 2;
    expected.amount.max = Amount::parse("5000", present.currency).ok();
    expected.grace_period.max = None;
    assert_eq!(changed, expected);
    let everywhere = read_on(r#"{"availableProductBranches": []}"#, Some(&present)).unwrap();
    assert!(everywhere.branches.is_empty());
}

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
        "repaymentElementsRoundingMethod": "ROUND_ALL", "roundingMethod": "HALF_EVEN",
        "repaymentAllocationOrder": ["PRINCIPAL", "INTEREST", "FEE", "PENALTY"],
        "prepaymentAcceptance": "NO_PREPAYMENTS", "allowArbitraryFees": true, "accountingMethod": "CASH",
        "marketplace": {"capitalizedFeePercent": "2.5", "dailyAccrual": "END_OF_DAY",
            "protect": {"maximumInstallments": 3, "investorSharePercent": "12.5", "partOfDisbursal": false,
                "rebateAtWriteOff": true, "rebateAtRefinance": true, "rebateAtPayoff": true,
                "ignoreWaiverForRebate": true}},
    })
}

/// What a product may say besides, each with a value that is not its default. Nobody would want all
/// of it at once.
fn every_rule() -> Value {
    json!({
        "id": "ALL", "productName": "Everything", "loanProductType": "REVOLVING_CREDIT",
        "defaultRepaymentPeriodCount": 2, "repaymentPeriodUnit": "WEEKS",
        "repaymentScheduleMethod": "DYNAMIC", "maxNumberOfDisbursementTranches": 3,
        "accountLinkingEnabled": true, "linkableSavingsProductKey": SAVINGS,
        "settlementOptions": "PARTIAL_DUE_AMOUNTS",
        "interestType": "CAPITALIZED_INTEREST", "interestBalanceCalculationMethod": "PRINCIPAL_AND_INTEREST",
        "accrueLateInterest": true, "amortizationMethod": "BALLOON_PAYMENTS", "paymentMethod": "VERTICAL",
        "interestRateSettings": {
            "interestRateSource": "INDEX_INTEREST_RATE", "indexSourceKey": INDEX,
            "interestRateReviewUnit": "MONTHS", "interestRateReviewCount": 3,
            "interestRateFloorValue": "2", "interestRateCeilingValue": "9.5",
            "minInterestSpread": "0.5", "defaultInterestSpread": "1", "maxInterestSpread": "2",
            "interestRateTerms": "TIERED", "accrueInterestAfterMaturity": true,
        },
        "futurePaymentsAcceptance": "ACCEPT_OVERPAYMENTS",
        "prepaymentRecalculationMethod": "REDUCE_NUMBER_OF_INSTALLMENTS",
        "principalPaidInstallmentStatus": "ORIGINAL_TOTAL_EXPECTED_PAID",
        "applyInterestOnPrepaymentMethod": "MANUAL", "elementsRecalculationMethod": "FIXED_PRINCIPAL_EXPECTED",
        "latePaymentsRecalculationMethod": "INCREASE_LAST_INSTALLMENT", "allowCustomRepaymentAllocation": true,
        "redrawSettings": {"allowRedraw": true}, "evensInstallments": true, "disbursesInParts": true, "downPaymentPercent": "25",
        "repaymentAllocationOrderWhenDue": ["INTEREST", "PRINCIPAL", "FEE", "PENALTY"],
        "repaymentAllocationOrderAhead": ["PRINCIPAL", "INTEREST", "FEE", "PENALTY"],
        "paymentsAhead": "LAST_INSTALLMENT", "chargesOnPaidInstallments": true,
        "lateInterestToDueDate": true, "writeOffAfterDays": 60,
        "repaymentScheduleEditOptions": ["ADJUST_PAYMENT_DATES", "ADJUST_NUMBER_OF_INSTALLMENTS"],
        "loanPenaltyCalculationMethod": "OVERDUE_BALANCE_AND_INTEREST", "minPenaltyRate": "0.01",
        "defaultPenaltyRate": "0.05", "maxPenaltyRate": "1", "loanPenaltyGracePeriod": 5,
        "taxesOnInterestEnabled": true, "taxesOnFeesEnabled": true, "taxesOnPenaltyEnabled": true,
        "taxCalculationMethod": "EXCLUSIVE", "taxRate": "19",
        "arrearsSettings": {
            "minTolerancePeriod": 1, "defaultTolerancePeriod": 7, "maxTolerancePeriod": 30,
            "toleranceCalculationMethod": "MONTHLY_ARREARS_TOLERANCE_DAY", "monthlyToleranceDay": 10,
            "dateCalculationMethod": "DATE_ACCOUNT_FIRST_WENT_TO_ARREARS", "nonWorkingDaysMethod": "EXCLUDED",
            "toleranceFloorAmount": "5", "tolerancePercentageOfOutstandingPrincipal": "0.5",
        },
        "lockPeriodDays": 90, "dormancyPeriodDays": 30, "cappingMethod": "ORIGINAL_PRINCIPAL_PERCENTAGE",
        "cappingConstraintType": "HARD_CAP", "cappingPercentage": "100",
        "cappingApplyAccruedChargesBeforeLocking": true,
        "productSecuritySettings": {
            "isGuarantorsEnabled": true, "isCollateralEnabled": true, "isInvestorFundsEnabled": true,
            "requiredGuaranties": "50", "requiredInvestorFunds": "100", "lockFundsAtApproval": true,
            "funderInterestCommissionAllocationType": "FIXED_INTEREST_COMMISSIONS",
            "organizationInterestCommission": {"minValue": "1", "defaultValue": "2", "maxValue": "3"},
            "funderInterestCommission": {"minValue": "4", "defaultValue": "5", "maxValue": "6"},
        },
        "principalPaymentSettings": {
            "principalPaymentMethod": "OUTSTANDING_PRINCIPAL_PERCENTAGE", "minPercentage": "10",
            "defaultPercentage": "35", "maxPercentage": "90", "minAmount": "1", "defaultAmount": "2",
            "maxAmount": "3", "principalCeilingValue": "20", "principalFloorValue": "10",
            "includeInterestInFloorAmount": true, "includeFeesInFloorAmount": true,
        },
    })
}

const INDEX: &str = "00010a00000000000000000000000abc";
const SAVINGS: &str = "00010a00000000000000000000000ab8";

/// [`every_rule`] with its lists of objects.
fn every_rule_with_lists() -> Value {
    let mut product = every_rule();
    product["interestRateSettings"]["interestRateTiers"] =
        json!([{"endingBalance": "500", "interestRate": "7"}, {"interestRate": "5.5"}]);
    product["loanFees"] = json!([
        {"name": "Paper", "trigger": "DISBURSEMENT", "amount": "12.5", "active": false},
        {"name": "Late", "trigger": "LATE_REPAYMENT", "amountCalculationMethod": "LOAN_AMOUNT_PERCENTAGE",
         "percentageAmount": "1.5", "feeApplication": "OPTIONAL", "amortizationProfile": "STRAIGHT_LINE"},
    ]);
    product
}

fn savings_product() -> loam_book::savings::product::SavingsProduct {
    serde_json::from_value(json!({
        "key": SAVINGS, "id": "DAILY", "name": "Daily", "description": null, "account_type": "REGULAR_SAVINGS",
        "is_active": true, "for_individuals": true, "for_groups": false, "branches": [], "currency": "USD",
        "id_pattern": "Incremental", "allows_overdraft": false, "max_overdraft_limit": null,
        "max_withdrawal": null, "recommended_deposit": null, "minimum_opening_balance": null,
        "allows_arbitrary_fees": false, "created_at": Timestamp::UNIX_EPOCH,
        "last_modified_at": Timestamp::UNIX_EPOCH,
    }))
    .unwrap()
}

fn catalog() -> Catalog {
    let index = loam_book::index_rate::IndexRateSource {
        key: INDEX.parse().unwrap(),
        id: "PRIME".to_owned(),
        name: "Prime".to_owned(),
        kind: Default::default(),
        notes: None,
        rates: Vec::new(),
        created_at: Timestamp::UNIX_EPOCH,
        last_modified_at: Timestamp::UNIX_EPOCH,
    };
    let index = loam_book::record::Record::IndexRateSource(index);
    let savings = loam_book::record::Record::SavingsProduct(Box::new(savings_product()));
    Catalog::new(1, vec![loam_book::record::Record::Branch(branch("HQ")), index, savings])
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
}

#[test]
fn every_member_goes_there_and_back() {
    for text in [MINIMAL.to_owned(), everything().to_string()] {
        round_trip(&text);
        let record = loam_book::record::Record::Product(Box::new(read(&text).unwrap()));
        assert_eq!(check_record(&record), Ok(()));
    }
    round_trip(&every_rule_with_lists().to_string());
    let by_period = json!({"interestRateTerms": "TIERED_PERIOD",
        "interestRateTiers": [{"endingDay": 90, "interestRate": "7"}, {"interestRate": "5.5"}]});
    round_trip(&with("interestRateSettings", by_period));
}

#[test]
fn no_member_of_the_two_full_products_is_at_its_default() {
    fn check(path: &str, full: &[&Value], minimal: &Value) {
        const CONSTANT: [&str; 5] = [".key", ".version", ".created_at", ".last_modified_at", ".name"];
        match minimal.as_object() {
            Some(members) if !members.is_empty() => {
                for (name, value) in members {
                    let inner: Vec<&Value> = full.iter().map(|full| &full[name]).collect();
                    check(&format!("{path}.{name}"), &inner, value);
                }
            }
            _ => assert!(
                CONSTANT.contains(&path) || full.iter().any(|full| *full != minimal),
                "{path} is at its default"
            ),
        }
    }
    let products = [everything().to_string(), every_rule_with_lists().to_string(), MINIMAL.to_owned()];
    let [full, rules, minimal] = products.map(|text| serde_json::to_value(read(&text).unwrap()).unwrap());
    check("", &[&full, &rules], &minimal);
}

#[test]
fn fees_and_tiers_are_shown_as_they_were_sent() {
    let product = read(&every_rule_with_lists().to_string()).unwrap();
    let shown = serde_json::to_value(wire_of(&product)).unwrap();
    let fees = &shown["loanFees"];
    assert_eq!(fees[0]["name"], "Paper");
    assert_eq!((&fees[0]["amount"], &fees[0]["percentageAmount"]), (&json!("12.5"), &Value::Null));
    assert_eq!((&fees[0]["feeApplication"], &fees[0]["active"]), (&json!("REQUIRED"), &json!(false)));
    assert_eq!(fees[1]["amountCalculationMethod"], "LOAN_AMOUNT_PERCENTAGE");
    assert_eq!((&fees[1]["percentageAmount"], &fees[1]["amount"]), (&json!("1.5"), &Value::Null));
    assert_ne!(fees[0]["encodedKey"], fees[1]["encodedKey"]);
    assert_eq!(
        shown["interestRateSettings"]["interestRateTiers"],
        json!([{"index": 0, "endingBalance": "500", "interestRate": "7"}, {"index": 1, "interestRate": "5.5"}])
    );
}

#[test]
fn a_fee_keeps_its_key_as_long_as_it_is_named_by_it() {
    let product = read(&every_rule_with_lists().to_string()).unwrap();
    let key = product.charges.fees[1].key;
    let only = |key: &str| json!({"loanFees": [{"encodedKey": key, "name": "Renamed"}]}).to_string();
    let changed = read_on(&only(&key.to_string()), Some(&product)).unwrap();
    assert_eq!(changed.charges.fees.len(), 1);
    assert_eq!((changed.charges.fees[0].key, changed.charges.fees[0].name.as_str()), (key, "Renamed"));
    let error = read_on(&only(INDEX), Some(&product)).unwrap_err();
    assert_eq!(error.parts(), (400, "invalid_member", "loanFees[0].encodedKey"));
    // What another book called it is of no account here.
    let new = with("loanFees", json!([{"encodedKey": INDEX, "name": "Copied"}]));
    assert_ne!(read(&new).unwrap().charges.fees[0].key.to_string(), INDEX);
}

#[test]
fn what_is_shown_is_what_was_sent() {
    fn check(path: &str, shown: &Value, sent: &Value) {
        let plain = |value: &Value| value.to_string().replace('"', "");
        match sent.as_object() {
            None => assert_eq!(plain(shown), plain(sent), "{path}"),
            Some(members) => {
                for (name, sent) in members.iter().filter(|(name, _)| *name != "availableProductBranches") {
                    check(&format!("{path}.{name}"), &shown[name], sent);
                }
            }
        }
    }
    check(
        "",
        &serde_json::to_value(wire_of(&read(&everything().to_string()).unwrap())).unwrap(),
        &everything(),
    );
    let rules = read(&every_rule_with_lists().to_string()).unwrap();
    check("", &serde_json::to_value(wire_of(&rules)).unwrap(), &every_rule());
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
    check("loanProductType", PRODUCT_TYPE);
    check("amortizationMethod", Names { values: shared::AMORTIZATIONS, name_of: shared::amortization });
    check(
        "prepaymentRecalculationMethod",
        Names { values: shared::PREPAYMENT_RECALCULATIONS, name_of: shared::prepayment_recalculation },
    );
    check(
        "futurePaymentsAcceptance",
        Names { values: shared::FUTURE_PAYMENTS, name_of: shared::future_payments },
    );
    check(
        "loanPenaltyCalculationMethod",
        Names { values: shared::PENALTY_METHODS, name_of: shared::penalty_method },
    );
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
    for (name, without_effect) in unsupported::OF_PRODUCT {
        let error = read(&with(name, json!("SOMETHING_ELSE"))).unwrap_err();
        assert_eq!(error.parts(), (400, "not_supported", *name));
        assert!(error.message().contains("SOMETHING_ELSE"), "{}", error.message());
        assert!(read(&with(name, json!([{"a": 1}]))).is_err(), "{name}");
        for nothing in [json!(null), json!([]), json!({}), json!("")] {
            assert!(read(&with(name, nothing)).is_ok(), "{name}");
        }
        for value in *without_effect {
            assert!(read(&with(name, json!(value))).is_ok(), "{name} {value}");
        }
    }
    assert!(read(&with("offsetPercentage", json!("0.00"))).is_ok());
    assert!(read(&with("accrueLateInterest", json!(false))).is_ok());
}

#[test]
fn values_of_the_contract_that_this_version_lacks_are_refused() {
    for (member, value) in [("loanProductType", "OFFSET_LOAN"), ("gracePeriodType", "ROLL_UP_INTEREST")] {
        let error = read(&with(member, json!(value))).unwrap_err();
        assert_eq!(error.parts(), (400, "not_supported", member));
        assert!(error.message().contains(value), "{}", error.message());
    }
    let fee = with("loanFees", json!([{"name": "F", "trigger": "MONTHLY_FEE"}]));
    assert_eq!(read(&fee).unwrap_err().parts(), (400, "not_supported", "loanFees[0].trigger"));
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
        (r#""repaymentScheduleMethod": "DYNAMIC"#, "repaymentScheduleMethod"),
        (
            r#""loanProductType": "INTEREST_FREE_LOAN", "paymentMethod": "VERTICAL",
               "repaymentScheduleMethod": "FIXED"#,
            "repaymentScheduleMethod",
        ),
        (r#""repaymentElementsRoundingMethod": "ROUND_ALL"#, "repaymentElementsRoundingMethod"),
        (
            r#""interestRateSettings": {"interestRateFloorValue": 2}"#,
            "interestRateSettings.interestRateFloorValue",
        ),
        (
            r#""interestRateSettings": {"interestRateTiers": [{"interestRate": 2}]}"#,
            "interestRateSettings.interestRateTiers",
        ),
        (
            r#""interestRateSettings": {"interestRateTerms": "TIERED_PERIOD",
               "interestRateTiers": [{"interestRate": 2, "endingBalance": 5}]}"#,
            "interestRateSettings.interestRateTiers[0].endingBalance",
        ),
        (r#""loanFees": [{"name": "F", "percentageAmount": 2}]"#, "loanFees[0].percentageAmount"),
        (
            r#""arrearsSettings": {"toleranceCalculationMethod": "ARREARS_TOLERANCE_PERIOD", "monthlyToleranceDay": 3}"#,
            "arrearsSettings.monthlyToleranceDay",
        ),
        (r#""cappingPercentage": 5"#, "cappingPercentage"),
        (
            r#""productSecuritySettings": {"requiredInvestorFunds": 5}"#,
            "productSecuritySettings.requiredInvestorFunds",
        ),
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
        (
            r#"{"id": "P", "productName": "N", "interestRateSettings": {"interestRateSource": "INDEX_INTEREST_RATE"}}"#,
            "missing_member",
            "interestRateSettings.indexSourceKey",
        ),
        (
            r#"{"id": "P", "productName": "N", "interestRateSettings": {"interestRateTerms": "TIERED"}}"#,
            "missing_member",
            "interestRateSettings.interestRateTiers",
        ),
        (
            r#"{"id": "P", "productName": "N", "loanFees": [{"amount": 5}]}"#,
            "missing_member",
            "loanFees[0].name",
        ),
        (
            r#"{"id": "P", "productName": "N", "loanFees": [{"name": "F", "amount": "x"}]}"#,
            "invalid_member",
            "loanFees[0].amount",
        ),
        (
            r#"{"id": "P", "productName": "N", "cappingMethod": "ORIGINAL_PRINCIPAL_PERCENTAGE"}"#,
            "missing_member",
            "cappingConstraintType",
        ),
        (
            r#"{"id": "P", "productName": "N", "principalPaymentSettings": {"defaultAmount": 5}}"#,
            "missing_member",
            "principalPaymentSettings.principalPaymentMethod",
        ),
        (
            r#"{"id": "P", "productName": "N", "monthlyToleranceDay": 32}"#,
            "invalid_member",
            "arrearsSettings.monthlyToleranceDay",
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

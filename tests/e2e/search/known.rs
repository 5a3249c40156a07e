//! A book of loans of every kind, whose figures are known: they stand in a fixture, a line for each selection.

use loam_tests::server::command;
use serde_json::{Value, json};

use crate::book::{Book, agriculture, key, record, with};

/// The loans, in the order in which they are opened and in which the fixture has them.
pub(super) const LOANS: [&str; 13] = [
    "SMALL", "LATE", "PAID", "PENDING", "TRANCHED", "CREDIT", "FUNDED", "REDRAW", "TAXED", "LOCKED",
    "INDEXED", "OLD", "NEW",
];

/// Monday. The clock shows Wednesday, the first of the next month.
pub(super) const BUSINESS_DATE: &str = "2012-07-30";
const CLOCK: &str = "2012-08-01T00:30:00Z";

/// Opens the loans of [`LOANS`] in a book whose clock stands still.
pub(super) fn filled(book: Book) -> Book {
    let book = book.restarted(|database| {
        let mut command = command(database);
        command.env("LOAM_TEST_MODE", "1").env("LOAM_CLOCK", CLOCK);
        command
    });
    plain(&book);
    with_a_course(&book);
    let rated = json!({"interestRateSettings": {"interestChargeFrequency": "ANNUALIZED",
        "interestRateSource": "INDEX_INTEREST_RATE", "indexSourceKey": prime(&book), "interestRateReviewUnit": "MONTHS",
        "interestRateReviewCount": 6, "minInterestSpread": "1", "maxInterestSpread": "5"}});
    let rated = with(
        rated,
        &json!({"productName": "Prime Loan", "repaymentPeriodUnit": "WEEKS",
        "defaultRepaymentPeriodCount": 2, "gracePeriodType": "PAY_INTEREST_ONLY", "maxGracePeriod": 2,
        "scheduleInterestDaysCountMethod": "USING_ACTUAL_DAYS_COUNT", "prepaymentAcceptance": "NO_PREPAYMENTS",
        "arrearsSettings": {"monthlyToleranceDay": 15, "toleranceCalculationMethod": "MONTHLY_ARREARS_TOLERANCE_DAY"}}),
    );
    let indexed = json!({"productTypeKey": offered(&book, "INDEXED", &rated), "interestRate": null, "interestSpread": "2.5",
        "gracePeriod": 1, "principalRepaymentInterval": 2, "repaymentPeriodUnit": "WEEKS", "repaymentPeriodCount": 2});
    book.apply_with("INDEXED", &indexed);
    book.lend_with("OLD", &json!({"loanAmount": "500"}));
    book.close_days("2012-07-28");
    book.act("TAXED", "type=REPAYMENT&amount=215.45");
    let account =
        json!({"id": "NEW", "productTypeKey": book.product, "interestRate": "2", "repaymentInstallments": 4});
    let rescheduled = json!({"action": "RESCHEDULE", "loanAccount": account});
    book.admin.post("/api/loans/OLD/action", &rescheduled).expect(201);
    book.close_days(BUSINESS_DATE);
    book.act("LATE", "type=PENALTY_APPLIED&amount=5");
    book.act("LATE", "type=REPAYMENT&amount=36.69");
    book
}

fn plain(book: &Book) {
    book.lend_with("SMALL", &json!({"loanName": "Small loan"}));
    book.act("SMALL", "type=FEE&amount=10&repayment=1");
    book.act("SMALL", "type=REPAYMENT&amount=225.45");
    let penalties = json!({"loanPenaltyCalculationMethod": "OVERDUE_BALANCE", "defaultPenaltyRate": "0.1",
        "maxPenaltyRate": "1", "loanPenaltyGracePeriod": 3});
    let product = offered(book, "PENAL", &penalties);
    book.lend_with("LATE", &json!({"productTypeKey": product, "loanAmount": "1500", "penaltyRate": "0.5"}));
    book.act("LATE", "type=FEE&amount=34.69&repayment=1");
    book.lend_with("PAID", &json!({"loanAmount": "200", "repaymentInstallments": 1}));
    book.act("PAID", "type=REPAYMENT&amount=205.36");
    let later = json!({"expectedDisbursementDate": "2012-08-15", "firstRepaymentDate": "2012-09-20",
        "arrearsTolerancePeriod": 7});
    book.apply_with("PENDING", &later);
}

fn with_a_course(book: &Book) {
    let tranches = json!({"loanProductType": "TRANCHED_LOAN", "maxNumberOfDisbursementTranches": 3});
    let tranches = json!({"productTypeKey": record(&book.admin, "loan-products", &dynamic("TRANCHED", &tranches)),
        "loanAmount": "1000", "interestRate": "7", "repaymentInstallments": 6,
        "tranches": [{"amount": "700"}, {"amount": "300", "expectedDisbursementDate": "2012-09-02"}]});
    book.lend_with("TRANCHED", &tranches);
    let settings = json!({"principalPaymentMethod": "FLAT", "minAmount": "10", "defaultAmount": "100", "maxAmount": "500"});
    let credit = json!({"loanProductType": "REVOLVING_CREDIT", "interestCalculationMethod": "DECLINING_BALANCE",
        "interestRateSettings": {"interestChargeFrequency": "ANNUALIZED", "maxInterestRate": "50"},
        "principalPaymentSettings": settings});
    let credit = json!({"productTypeKey": offered(book, "CREDIT", &credit), "loanAmount": "1000", "interestRate": "36.5",
        "repaymentInstallments": null});
    book.apply_with("CREDIT", &credit);
    book.act("CREDIT", "type=APPROVAL");
    book.act("CREDIT", "type=DISBURSEMENT&amount=600");
    let funds = json!({"productSecuritySettings": {"isInvestorFundsEnabled": true,
        "funderInterestCommissionAllocationType": "FIXED_INTEREST_COMMISSIONS",
        "funderInterestCommission": {"minValue": "0", "maxValue": "10"}}});
    let funded = json!({"productTypeKey": offered(book, "FUNDED", &funds),
        "funds": [{"savingsAccountKey": "00010a000000000000000000000000a1", "amount": "475", "interestCommission": "2"}]});
    book.lend_with("FUNDED", &funded);
    let redraw =
        json!({"futurePaymentsAcceptance": "ACCEPT_OVERPAYMENTS", "redrawSettings": {"allowRedraw": true}});
    let redraw = json!({"productTypeKey": record(&book.admin, "loan-products", &dynamic("REDRAW", &redraw)),
        "loanAmount": "100", "interestRate": "7", "repaymentInstallments": 6});
    book.lend_with("REDRAW", &redraw);
    book.act("REDRAW", "type=REPAYMENT&amount=130");
    let taxes = json!({"taxesOnInterestEnabled": true, "taxesOnFeesEnabled": true,
        "taxCalculationMethod": "INCLUSIVE", "taxRate": "25"});
    book.lend_with("TAXED", &json!({"productTypeKey": offered(book, "TAXED", &taxes)}));
    let ben = json!({"client": {"id": "9", "firstName": "Ben", "lastName": "Oja"}});
    let ben = key(&book.admin.post("/api/clients", &ben).expect(201).json()["client"]);
    let locked = json!({"productTypeKey": offered(book, "LOCKED", &json!({"lockPeriodDays": 1})), "accountHolderKey": ben});
    book.lend_with("LOCKED", &locked);
}

fn offered(book: &Book, id: &str, changes: &Value) -> String {
    record(&book.admin, "loan-products", &with(with(agriculture(), &json!({"id": id})), changes))
}

/// 7 % a year by months of thirty days, in equal installments.
fn dynamic(id: &str, changes: &Value) -> Value {
    let product = json!({"id": id, "loanProductType": "DYNAMIC_TERM_LOAN",
        "interestCalculationMethod": "DECLINING_BALANCE_DISCOUNTED", "daysInYear": "E30_360",
        "scheduleInterestDaysCountMethod": "USING_REPAYMENT_PERIODICITY",
        "interestRateSettings": {"interestChargeFrequency": "ANNUALIZED", "maxInterestRate": "50"},
        "roundingRepaymentScheduleMethod": "ROUND_REMAINDER_INTO_LAST_REPAYMENT",
        "latePaymentsRecalculationMethod": "INCREASE_LAST_INSTALLMENT"});
    with(with(agriculture(), &product), changes)
}

fn prime(book: &Book) -> String {
    let rates = json!([{"startDate": "2012-01-01", "rate": "3"}]);
    record(&book.admin, "index-rate-sources", &json!({"id": "PRIME", "name": "Prime", "indexRates": rates}))
}

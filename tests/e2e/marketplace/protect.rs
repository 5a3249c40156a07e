//! Claims of a protection: what they waive, who bears it, how every contract shows it, and every no.

use serde_json::{Value, json};

use super::servicing::{LOANS, ORDERS, STATEMENT, cents, content_of};
use super::{Market, assert_failed, content, on_both};
use crate::book::text;
use crate::marketplace::investing::INVESTOR;

const CLAIMS: &str = "/services/apexrest/peer/v1/loanAccounts/protectClaims";

impl Market {
    /// A loan of 10,200 in ten installments that three investors paid for, protected so.
    fn protected(&self, protect: &Value) -> Value {
        let application = self.funded(protect);
        let loan = application["peer__Loan__c"].clone();
        self.disburse(&loan);
        loan
    }

    fn claims(&self, loan: &Value) -> Vec<Value> {
        let body = self.caller.get(&format!("{CLAIMS}/{}", text(loan))).expect(200).json();
        content_of(&body).clone()
    }

    fn claim(&self, loan: &Value, body: &Value) -> Value {
        self.act_on("protectClaims", loan, body)
    }

    #[track_caller]
    fn refuses_claim(&self, loan: &str, body: &Value, (status, code, message): (u16, &str, &str)) {
        let answer = self.caller.post(&format!("{CLAIMS}/{loan}"), body);
        assert_failed(&answer, status, code, message);
    }

    fn sets_protect(&self, protect: &Value) {
        let product = json!({"marketplace": {"protect": protect}});
        self.book.admin.patch("/loam/v1/loan-products/Default", &product).expect(200);
    }

    /// What investors have in the loan still, by their orders, in cents.
    fn outstanding(&self) -> i64 {
        let of = |investor: &str| {
            let orders = self.caller.get(&format!("{ORDERS}?investorId={investor}")).expect(200).json();
            cents(&content_of(&orders)[0]["loan__Outstanding_Principal__c"])
        };
        [INVESTOR, "001G000001INV02", "001G000001INV03"].map(of).iter().sum()
    }
}

#[test]
fn a_partial_claim_waives_installments_and_the_loan_stays_in_good_standing() {
    on_both(|market| {
        market.sets_protect(&json!({"maximumInstallments": 3}));
        let loan = market.protected(&json!({"protectType": "Partial"}));
        let (before, cash) = (market.outstanding(), market.cash());
        let schedule = |place: usize| {
            let body = market.caller.get(&format!("{LOANS}/amzSchedule/{}", text(&loan))).expect(200).json();
            content_of(&body)[place].clone()
        };
        let principal: i64 =
            [0, 1].map(|place| cents(&schedule(place)["loan__Due_Principal__c"])).iter().sum();
        market.book.close_days("2014-02-10");
        assert_eq!(market.read_loan("", &loan)["loan__Loan_Status__c"], "Active - Bad Standing");
        let claim = market.claim(&loan, &json!({"numberOfInstallments": 2, "notes": "out of work"}));
        assert_eq!(claim["peer__Claim_Type__c"], "Partial");
        assert_eq!(claim["peer__Claim_Date__c"], "2014-02-10");
        assert_eq!(claim["peer__Installments__c"], json!([1, 2]));
        assert_eq!(cents(&claim["peer__Waived_Amount__c"]), 2 * 1062_55);
        assert_eq!(cents(&claim["peer__Waived_Principal__c"]), principal);

        let seen = market.read_loan("", &loan);
        assert_eq!(seen["loan__Loan_Status__c"], "Active - Good Standing");
        let payment = &seen["loan__Loan_Payment_Transactions__r"][0];
        assert_eq!(payment["Id"], claim["Id"]);
        assert_eq!(
            [&payment["loan__Waived__c"], &payment["loan__Payment_Mode_Name__c"]],
            [&json!(true), &json!("Waived")]
        );
        assert_eq!((market.outstanding(), market.cash()), (before - principal, cash.clone()), "no return");
        for place in [0, 1] {
            assert_eq!(schedule(place)["loan__Is_Paid__c"], true);
        }
        assert_eq!(market.book.read("/api/loans/LAI-00000001")["accountState"], "ACTIVE");

        let body = json!({"claimId": claim["Id"]});
        let reversal = format!("{CLAIMS}/{}/reversal", text(&loan));
        let reversed = content(&market.caller.post(&reversal, &body));
        assert_eq!((&reversed["Id"], &reversed["peer__Reversed__c"]), (&claim["Id"], &json!(true)));
        assert_eq!((market.outstanding(), market.cash()), (before, cash));
        assert_eq!(market.read_loan("", &loan)["loan__Loan_Status__c"], "Active - Bad Standing");
        assert_failed(&market.caller.post(&reversal, &body), 500, "API_EXCEPTION", "was reversed already");
        let last = market.caller.post(&reversal, &json!({}));
        assert_failed(&last, 400, "PROTECT_CLAIM_NOT_FOUND", "Unable to find the Protect Claim");
        let again = market.claim(&loan, &json!({"endDate": "2014-02-28"}));
        assert_eq!(again["peer__Installments__c"], json!([1]));
        let all: Vec<Value> =
            market.claims(&loan).iter().map(|row| row["peer__Reversed__c"].clone()).collect();
        assert_eq!(all, [json!(true), json!(false)]);
    });
}

#[test]
fn a_full_claim_writes_the_loan_off_and_is_taken_back_like_a_write_off() {
    on_both(|market| {
        let loan = market.protected(&json!({"protectType": "Full"}));
        let cash = market.cash();
        let claim = market.claim(&loan, &json!({}));
        assert_eq!(claim["peer__Claim_Type__c"], "Full");
        assert_eq!(claim["peer__Waived_Principal__c"], 10200);
        assert_eq!(claim["peer__Installments__c"].as_array().map(Vec::len), Some(10));
        assert_eq!(market.read_loan("", &loan)["loan__Loan_Status__c"], "Closed- Written Off");
        assert_eq!(market.book.read("/api/loans/LAI-00000001")["accountState"], "CLOSED_WRITTEN_OFF");
        assert_eq!((market.outstanding(), market.cash()), (0, cash.clone()), "nothing comes back");
        let answer = market.caller.post(&format!("{CLAIMS}/{}/reversal", text(&loan)), &json!({}));
        assert_eq!(content(&answer)["peer__Reversed__c"], true);
        assert_eq!(market.read_loan("", &loan)["loan__Loan_Status__c"], "Active - Good Standing");
        assert_eq!((market.outstanding(), market.cash()), (10_200_00, cash));
        let partial = json!({"claimType": "Partial", "numberOfInstallments": 1});
        assert_eq!(market.claim(&loan, &partial)["peer__Claim_Type__c"], "Partial");
    });
}

#[test]
fn a_claim_is_refused_with_the_code_of_its_fault() {
    on_both(|market| {
        market.sets_protect(&json!({"maximumInstallments": 2}));
        let loan = market.protected(&json!({"protectType": "Partial", "protectWaiverType": "Interest Only"}));
        let id = text(&loan);
        let parse = "Unable to parse the Request parameters";
        for (body, expected) in [
            (json!({"numberOfInstallments": "two"}), (400, "INVALID_INPUT", parse)),
            (json!({"claimDate": "soon", "numberOfInstallments": 1}), (400, "INVALID_INPUT", parse)),
            (json!({"claimType": "Half"}), (500, "API_EXCEPTION", "claimType \"Half\"")),
            (json!({"claimType": "Full"}), (500, "API_EXCEPTION", "the protection is Partial")),
            (json!({}), (500, "API_EXCEPTION", "numberOfInstallments")),
            (json!({"numberOfInstallments": -1}), (500, "API_EXCEPTION", "numberOfInstallments")),
            (json!({"numberOfInstallments": 0}), (500, "API_EXCEPTION", "0 installments")),
            (json!({"numberOfInstallments": 11}), (500, "API_EXCEPTION", "10 have something left")),
            (json!({"numberOfInstallments": 3}), (500, "API_EXCEPTION", "more than the 2 of the product")),
            (
                json!({"startDate": "2014-03-01", "endDate": "2014-02-01"}),
                (500, "API_EXCEPTION", "is after the last one"),
            ),
            (json!({"endDate": "2014-01-31"}), (500, "API_EXCEPTION", "nothing is left to waive")),
            (
                json!({"numberOfInstallments": 1, "claimDate": "2014-01-04"}),
                (500, "API_EXCEPTION", "2014-01-04"),
            ),
            (
                json!({"numberOfInstallments": 1, "claimDate": "2014-01-02"}),
                (500, "API_EXCEPTION", "2014-01-02"),
            ),
        ] {
            market.refuses_claim(&id, &body, expected);
        }
        let lost = (400, "LOAN_ACCOUNT_NOT_FOUND", "Unable to find the Loan Account");
        market.refuses_claim("LAI-99999999", &json!({"numberOfInstallments": 1}), lost);
        let empty = market.caller.send("POST", &format!("{CLAIMS}/{id}"), None, "");
        assert_failed(&empty, 400, "INVALID_JSON_BODY_IN_POST_REQUEST", "");
        market.book.close_days("2014-02-03");
        market.act_on("payments", &loan, &json!({"amount": "1062.55"}));
        let paid = json!({"endDate": "2014-02-03"});
        market.refuses_claim(&id, &paid, (500, "API_EXCEPTION", "nothing is left to waive"));
        assert_eq!(market.claims(&loan), Vec::<Value>::new());
        assert_eq!(market.book.rows("loan_account"), 1);
        let stranger = market.caller.get(&format!("{CLAIMS}/LAI-99999999"));
        assert_failed(&stranger, 400, "LOAN_ACCOUNT_NOT_FOUND", "");
    });
}

#[test]
fn a_loan_without_a_protection_has_nothing_to_claim() {
    on_both(|market| {
        let application = market.apply(&json!({"protectFeePercent": 1}));
        let loan = &application["peer__Loan__c"];
        let waiting = (500, "API_EXCEPTION", "while the loan is pending approval");
        market.refuses_claim(&text(loan), &json!({"numberOfInstallments": 1}), waiting);
        market.disburse(loan);
        let none = (500, "API_EXCEPTION", "no protection");
        market.refuses_claim(&text(loan), &json!({"numberOfInstallments": 1}), none);
    });
}

/// Of the 10,200 a hundred are the protect fee: half of it is the investors', and the other half is not earned when
/// the loan is paid off on its first day.
#[test]
fn the_fee_is_shared_at_disbursement_and_what_was_not_earned_comes_as_a_rebate() {
    on_both(|market| {
        let marketplace = json!({"capitalizedFeePercent": 1,
            "protect": {"investorSharePercent": 50, "rebateAtPayoff": true}});
        let path = "/loam/v1/loan-products/Default";
        market.book.admin.patch(path, &json!({"marketplace": marketplace})).expect(200);
        let lines = || -> Vec<String> {
            let path = format!("{STATEMENT}/{INVESTOR}?startDate=2014-01-01&skipInvestmentBooking=true");
            let body = market.caller.get(&path).expect(200).json();
            let rows = body["response"].as_array().expect("a list").clone();
            rows.iter().map(|row| text(&row["txnObj"]["txnType"])).collect()
        };
        let all = || market.cash().iter().sum::<i64>();
        let loan = market.protected(&json!({"protectType": "Full", "protectFeePercent": 1}));
        assert_eq!(all(), 30_000_00 - 10_200_00 + 50_00);
        assert_eq!(lines(), ["Deposit", "Investment", "Protect Fee"]);
        let reversal = format!("{LOANS}/disbursement/reversal");
        let taken_back = market.caller.post(&reversal, &json!({"loanDisbursementTxnIds": [loan]}));
        assert_eq!(taken_back.status, 200, "{}", taken_back.text);
        assert_eq!(all(), 30_000_00);
        assert_eq!(lines()[3..], ["Investment Reversal", "Protect Fee Reversal"]);

        market.disburse(&loan);
        let before = all();
        let quote = market.read_loan("payoff/", &loan)["loan__Payoff_Amount__c"].clone();
        let payment = market.act_on("payments", &loan, &json!({"amount": quote}));
        assert_eq!(market.read_loan("", &loan)["loan__Loan_Status__c"], "Closed - Obligations met");
        assert_eq!(all() - before, cents(&quote) + 50_00, "all that was paid, and the rebate");
        assert_eq!(lines()[7..], ["Payment", "Rebate"]);

        let name = text(&market.read_loan("", &loan)["Name"]);
        let id = text(&payment["Name"]).trim_start_matches("LPT-").trim_start_matches('0').to_owned();
        let form = format!("type=REPAYMENT_ADJUSTMENT&originalTransactionId={id}");
        let answer = market.book.admin.form(&format!("/api/loans/{name}/transactions"), &form);
        assert_eq!(answer.status, 201, "{}", answer.text);
        assert_eq!(all(), before);
        assert_eq!(lines()[9..], ["Payment Reversal", "Rebate Reversal"]);
    });
}

impl Market {
    /// Halves a protect fee of 100 between the lender and the investors, and gives rebates as this says.
    fn rebates(&self, rebates: &Value) {
        let none = json!({"investorSharePercent": 50, "rebateAtPayoff": false, "rebateAtWriteOff": false,
            "rebateAtRefinance": false});
        let protect = crate::book::with(none, rebates);
        let marketplace = json!({"marketplace": {"capitalizedFeePercent": 1, "protect": protect}});
        self.book.admin.patch("/loam/v1/loan-products/Default", &marketplace).expect(200);
    }

    fn all_cash(&self) -> i64 {
        self.cash().iter().sum()
    }
}

/// On the first day nothing is earned of the lender's 50.
#[test]
fn a_write_off_and_a_refinancing_bring_the_rebate_where_the_product_says_so() {
    on_both(|market| {
        for id in [INVESTOR, "001G000001INV02", "001G000001INV03"] {
            market.investor(id, "0");
        }
        for (rebates, at_write_off, at_refinance) in [
            (json!({"rebateAtWriteOff": true}), 50_00, 0),
            (json!({"rebateAtRefinance": true}), 0, 50_00),
            (json!({"rebateAtPayoff": true}), 0, 0),
        ] {
            market.rebates(&rebates);
            let lend = || {
                let application = market.apply(&json!({"protectType": "Full", "protectFeePercent": 1}));
                for id in [INVESTOR, "001G000001INV02"] {
                    market.pays_in(id, "5100");
                    market.books(id, &application, &json!({"investmentAmount": 5100}));
                }
                market.disburse(&application["peer__Loan__c"]);
                application["peer__Loan__c"].clone()
            };
            let given_up = lend();
            let before = market.all_cash();
            market.claim(&given_up, &json!({}));
            assert_eq!(market.all_cash() - before, at_write_off, "{rebates}");
            let reversal = format!("{CLAIMS}/{}/reversal", text(&given_up));
            market.caller.post(&reversal, &json!({})).expect(200);
            assert_eq!(market.all_cash(), before, "{rebates}");

            let replaced = lend();
            let before = market.all_cash();
            let account = json!({"productTypeKey": market.book.product, "interestRate": "9",
                "repaymentInstallments": 4});
            let refinance = json!({"action": "REFINANCE", "loanAccount": account,
                "restructureDetails": {"topUpAmount": "250"}});
            let path = format!("/api/loans/{}/action", text(&market.read_loan("", &replaced)["Name"]));
            let answer = market.book.admin.post(&path, &refinance);
            assert_eq!(answer.status, 201, "{}", answer.text);
            assert_eq!(market.all_cash() - before, 10_200_00 + at_refinance, "{rebates}");
        }
    });
}

/// Two of ten installments are waived before they fall due.
#[test]
fn what_was_waived_is_earned_unless_the_product_ignores_waivers() {
    for (ignores, rebate) in [(false, 40_00), (true, 50_00)] {
        on_both(|market| {
            market.rebates(&json!({"rebateAtPayoff": true, "ignoreWaiverForRebate": ignores}));
            let loan = market.protected(&json!({"protectType": "Partial", "protectFeePercent": 1}));
            market.claim(&loan, &json!({"numberOfInstallments": 2}));
            let before = market.all_cash();
            let quote = market.read_loan("payoff/", &loan)["loan__Payoff_Amount__c"].clone();
            market.act_on("payments", &loan, &json!({"amount": quote}));
            assert_eq!(market.read_loan("", &loan)["loan__Loan_Status__c"], "Closed - Obligations met");
            assert_eq!(market.all_cash() - before, cents(&quote) + rebate, "{ignores}");
        });
    }
}

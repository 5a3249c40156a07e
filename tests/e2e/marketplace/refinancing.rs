//! Applications whose loans pay off other loans of the borrower, with and without investors on either side.

use loam_tests::database::{BOTH, Kind};
use loam_tests::http::{Answer, Caller};
use loam_tests::server::Server;
use serde_json::{Value, json};

use super::investing::INVESTOR;
use super::servicing::{LOANS, ORDERS, STATEMENT, cents, content_of};
use super::{APPLICATIONS, Market, assert_failed, content, default_product, market, on_both, serving};
use crate::book::{key, record, text, with};

const SECOND: &str = "001G000001INV02";
const THIRD: &str = "001G000001INV03";

impl Market {
    /// A loan of 10,200 that three investors paid for, and one of 1,020 of the lender alone, a month later and after
    /// a payment on the first.
    fn two_old_loans(&self) -> [Value; 2] {
        let invested = self.funded(&json!({}))["peer__Loan__c"].clone();
        self.disburse(&invested);
        let own = self.apply(&json!({"amount": 1000}))["peer__Loan__c"].clone();
        self.disburse(&own);
        self.book.close_days("2014-02-03");
        self.act_on("payments", &invested, &json!({"amount": "1062.55"}));
        [invested, own]
    }

    /// What pays a loan off, in cents.
    fn payoff(&self, loan: &Value) -> i64 {
        cents(&self.read_loan("payoff/", loan)["loan__Payoff_Amount__c"])
    }

    fn status(&self, loan: &Value) -> String {
        text(&self.read_loan("", loan)["loan__Loan_Status__c"])
    }

    /// The loan as the loan accounts door shows it.
    fn account(&self, loan: &Value) -> Value {
        self.book.read(&format!("/api/loans/{}", self.name_of(loan)))
    }

    /// The loans that the loan accounts door finds by a selection, by their ids.
    fn searched(&self, selection: &str, value: &str) -> Vec<String> {
        let constraint = json!({"filterSelection": selection, "filterElement": "EQUALS", "value": value});
        let body = json!({"filterConstraints": [constraint]});
        let found = self.book.admin.post("/api/loans/search", &body).expect(200).json();
        let mut ids: Vec<String> =
            found.as_array().expect("a list").iter().map(|loan| text(&loan["id"])).collect();
        ids.sort_unstable();
        ids
    }

    fn reverses(&self, loan: &Value) -> Value {
        let id = self.read_loan("", loan)["loan__Loan_Disbursal_Transaction__c"].clone();
        let ids = json!({"loanDisbursementTxnIds": [id]});
        content(&self.caller.post(&format!("{LOANS}/disbursement/reversal"), &ids))
    }
}

/// The sample as a refinancing of these loans, expected to be paid out on the business date.
fn refinancing(loans: Value, additional: Value) -> Value {
    json!({"amount": null, "disbursalDate": null, "expiryDate": "2014-06-23", "loansToBeRefinanced": loans,
        "additionalLoanAmount": additional})
}

/// The amount with the 2 percent of the product, half-up, in cents.
fn with_fee(amount: i64) -> i64 {
    amount + (amount * 2 + 50) / 100
}

fn amount_text(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

#[test]
fn a_new_loan_pays_two_old_ones_off_with_investors_on_both_sides_and_it_can_be_taken_back() {
    on_both(|market| {
        let [invested, own] = market.two_old_loans();
        let (first, second) = (market.payoff(&invested), market.payoff(&own));
        let loans = json!([market.name_of(&invested), text(&own)[..15]]);
        let application = market.apply(&refinancing(loans, json!(500)));
        let requested = with_fee(first + second + 500_00);
        assert_eq!(cents(&application["peer__Requested_Loan_Amount__c"]), requested);
        assert_eq!(
            market.status(&invested),
            "Active - Good Standing",
            "nothing happens before the disbursement"
        );
        market.books(SECOND, &application, &json!({"investmentAmount": 5000}));
        market.books(THIRD, &application, &json!({}));
        let new = &application["peer__Loan__c"];
        assert_eq!(market.read_loan("", new)["loan__Loan_Status__c"], "Approved");

        let before = market.cash();
        let paid_out = market.disburse(new);
        assert_eq!(paid_out["loan__Loan_Status__c"], "Active - Good Standing");
        for loan in [&invested, &own] {
            assert_eq!(market.status(loan), "Closed - Refinanced");
            let (old, account) = (market.account(loan), market.account(new));
            assert_eq!(
                (&old["accountState"], &old["accountSubState"]),
                (&json!("CLOSED"), &json!("REFINANCED"))
            );
            assert_eq!(old["rescheduledAccountKey"], account["encodedKey"]);
        }
        assert_eq!(market.account(new)["originalAccountKey"], market.account(&invested)["encodedKey"]);
        let replaced = [&invested, &own].map(|loan| market.name_of(loan));
        assert_eq!(market.searched("WAS_REFINANCED", "true"), replaced);
        assert_eq!(market.searched("WAS_REFINANCED", "false"), [market.name_of(new)]);
        assert_eq!(market.searched("REFINANCED_ACCOUNT_ID", &market.name_of(new)), replaced);
        assert!(market.searched("REFINANCED_ACCOUNT_ID", &replaced[0]).is_empty());
        let after = market.cash();
        let moved: i64 = after.iter().zip(&before).map(|(after, before)| after - before).sum();
        assert_eq!(
            moved,
            first - requested,
            "all of the payoff of their loan is theirs, and they pay for the new one"
        );
        assert!(before[1] - after[1] < 5_000_00, "one who paid for both got something back");

        let details = market.caller.get(&format!("{LOANS}/getInvestmentDetails/{}", text(new))).json();
        assert_eq!(details["response"][0]["noOfInvestors"], 2);
        let closed = market.caller.get(&format!("{ORDERS}?investorId={SECOND}&status=Closed")).json();
        assert_eq!(content_of(&closed)[0]["loan__Outstanding_Principal__c"], 0);
        let active = market.caller.get(&format!("{ORDERS}?investorId={SECOND}&status=Active")).json();
        assert_eq!(content_of(&active)[0]["loan__Share__c"], 5000);
        let statement =
            market.caller.get(&format!("{STATEMENT}/{INVESTOR}?startDate=2014-02-03")).expect(200).json();
        assert!(statement["response"].as_array().is_some_and(|rows| rows.len() >= 2), "{statement}");

        let back = market.reverses(new);
        assert_eq!(back["loan__Loan_Status__c"], "Approved");
        assert_eq!(market.cash(), before);
        assert_eq!((market.payoff(&invested), market.payoff(&own)), (first, second));
        assert_eq!(market.application(&application)["peer__Stage__c"], "Funded");
        market.disburse(new);
        assert_eq!(market.cash(), after);
        market.act_on("payments", new, &json!({"amount": "100"}));
        let reversal = market.caller.post(
            &format!("{LOANS}/disbursement/reversal"),
            &json!({"loanDisbursementTxnIds": [paid_out["loan__Loan_Disbursal_Transaction__c"]]}),
        );
        assert_eq!(reversal.status, 500, "somebody has paid since: {}", reversal.text);
        assert_eq!(market.status(&own), "Closed - Refinanced");
    });
}

#[test]
fn by_the_loan_accounts_door_it_is_paid_out_and_taken_back_the_same() {
    on_both(|market| {
        let own = market.apply(&json!({"amount": 1000}))["peer__Loan__c"].clone();
        market.disburse(&own);
        let payoff = market.payoff(&own);
        let loans = format!("{} , ", text(&own));
        let application = market.apply(&refinancing(json!(loans), json!("250.5")));
        let new = &application["peer__Loan__c"];
        let name = market.name_of(new);
        market.book.admin.form(&format!("/api/loans/{name}/transactions"), "type=APPROVAL").expect(201);
        market.book.admin.form(&format!("/api/loans/{name}/transactions"), "type=DISBURSEMENT").expect(201);
        assert_eq!(market.status(&own), "Closed - Refinanced", "by whichever door it is paid out");
        assert_eq!(cents(&market.read_loan("", new)["loan__Loan_Amount__c"]), with_fee(payoff + 250_50));

        let undo = market
            .book
            .admin
            .form(&format!("/api/loans/{name}/transactions"), "type=DISBURSMENT_ADJUSTMENT&notes=wrong");
        assert_eq!(undo.status, 201, "{}", undo.text);
        assert_eq!((market.status(&own), market.payoff(&own)), ("Active - Good Standing".to_owned(), payoff));
        let undone = market.account(&own);
        assert_eq!(
            (&undone["accountState"], &undone["rescheduledAccountKey"]),
            (&json!("ACTIVE"), &Value::Null)
        );
    });
}

fn row(message: &str) -> (u16, &str, &str) {
    (400, "INVALID_INPUT", message)
}

fn exception(message: &str) -> (u16, &str, &str) {
    (500, "API_EXCEPTION", message)
}

#[test]
fn what_cannot_be_refinanced_is_refused_in_the_order_of_the_table_and_leaves_nothing_behind() {
    on_both(|market| {
        let own = market.apply(&json!({"amount": 1000}))["peer__Loan__c"].clone();
        let pending = market.apply(&json!({"amount": 1000}))["peer__Loan__c"].clone();
        market.disburse(&own);
        let strangers = strangers_loan(market);
        let (name, not_paid_out) = (market.name_of(&own), market.name_of(&pending));
        let refuses =
            |loans: Value, additional: Value, changes: Value, (status, code, message): (u16, &str, &str)| {
                market.refuses(&with(refinancing(loans, additional), &changes), status, code, message);
            };
        let none = || json!({});
        let amount = row("Loan amount is not valid");
        refuses(json!(5), json!(500), none(), row("Unable to parse the Request parameters"));
        refuses(json!([&name]), json!("much"), none(), row("Unable to parse the Request parameters"));
        refuses(
            json!(["nothing"]),
            json!(500),
            json!({"purpose": "Yacht"}),
            row("Loan Purpose is not valid"),
        );
        refuses(json!([&name]), Value::Null, none(), amount);
        refuses(json!([&name]), json!(-1), json!({"term": 0}), amount);
        refuses(json!([&name]), json!("0.001"), none(), amount);
        refuses(json!([&name]), json!(1), json!({"amount": -5}), amount);
        refuses(json!(["nothing"]), json!(500), json!({"term": 0}), row("Term is not valid"));
        let about = "loansToBeRefinanced: ";
        for (loans, said) in [
            (json!([]), "additionalLoanAmount comes on top of loans".to_owned()),
            (json!(["a4y41000000LFb6"]), "there is no loan \"a4y41000000LFb6\"".to_owned()),
            (json!([&name, "LAI-99999999"]), "there is no loan \"LAI-99999999\"".to_owned()),
            (json!([&not_paid_out]), format!("loan {not_paid_out} is pending approval")),
            (json!([&strangers]), format!("loan {strangers} is not the borrower's")),
            (json!([&name, text(&own)]), format!("loan {name} is named twice")),
            (json!(vec!["x"; 21]), "an application refinances 20 loans at most".to_owned()),
        ] {
            refuses(loans, json!(500), none(), exception(&format!("{about}{said}")));
        }
        let payoff = market.payoff(&own);
        refuses(
            json!([&name]),
            json!(5),
            json!({"amount": 1000}),
            exception("amount is 1000.00, and paying off"),
        );
        refuses(json!([&name]), Value::Null, json!({"amount": 10}), exception("paying off takes"));
        refuses(json!([&name]), json!(2_000_000), none(), exception("amount: "));

        let both = json!({"amount": amount_text(payoff + 5_00)});
        let first = market.apply(&with(refinancing(json!([&name]), json!(5)), &both));
        let again = format!("{about}loan {name} is to be refinanced by {} already", text(&first["Name"]));
        refuses(json!([&name]), json!(0), none(), exception(&again));
        market.caller.post(&format!("{APPLICATIONS}/reject/{}", text(&first["Id"])), &json!({})).expect(200);
        assert_eq!(
            market.status(&own),
            "Active - Good Standing",
            "what is rejected leaves the old loan alone"
        );
        let second = with(refinancing(json!([&name]), Value::Null), &json!({"amount": amount_text(payoff)}));
        assert_eq!(cents(&market.apply(&second)["peer__Requested_Loan_Amount__c"]), with_fee(payoff));
    });
}

/// The name of a loan that is somebody else's.
fn strangers_loan(market: &Market) -> String {
    let client = json!({"client": {"id": "9", "firstName": "Eva", "lastName": "Roth"}});
    let client = key(&market.book.admin.post("/api/clients", &client).expect(201).json()["client"]);
    let loan = json!({"loanAccount": {"id": "OTHER1", "accountHolderKey": client, "accountHolderType": "CLIENT",
        "productTypeKey": market.book.product, "loanAmount": "500", "interestRate": "9",
        "repaymentInstallments": 5}});
    let answer = market.book.admin.post("/api/loans", &loan);
    assert_eq!(answer.status, 201, "{}", answer.text);
    "OTHER1".to_owned()
}

#[test]
fn a_loan_that_does_not_lend_enough_any_more_is_not_paid_out() {
    on_both(|market| {
        let fees = json!({"id": "Fees", "productName": "Fees", "allowArbitraryFees": true});
        record(&market.book.admin, "loan-products", &with(default_product(), &fees));
        let own = market.apply(&json!({"amount": 1000, "loanProductId": "Fees"}))["peer__Loan__c"].clone();
        market.disburse(&own);
        let payoff = market.payoff(&own);
        let application = market.apply(&refinancing(json!([market.name_of(&own)]), json!(0)));
        let new = &application["peer__Loan__c"];
        let fee = "type=FEE&amount=7.50&repayment=1";
        let charged =
            market.book.admin.form(&format!("/api/loans/{}/transactions", market.name_of(&own)), fee);
        assert_eq!(charged.status, 201, "{}", charged.text);
        let before = market.rows();
        let body = json!({"modeOfPayment": "ACH", "reference": "R"});
        let refused = market.caller.post(&format!("{LOANS}/disbursement/{}", text(new)), &body);
        let said = format!(
            "paying the other loans off takes {}, and the new one lends {} less its fees",
            amount_text(payoff + 7_50),
            amount_text(payoff)
        );
        assert_failed(&refused, 500, "API_EXCEPTION", &said);
        let day = with(body.clone(), &json!({"disbursementDate": "2014-01-02"}));
        let other_day = market.caller.post(&format!("{LOANS}/disbursement/{}", text(new)), &day);
        assert_failed(&other_day, 500, "API_EXCEPTION", "on the business date 2014-01-03, not on 2014-01-02");
        let approved = [0, 0, 1, 1];
        let after = market.rows().into_iter().zip(before).map(|(after, before)| after - before);
        assert_eq!(after.collect::<Vec<_>>(), approved, "it was approved, and nothing else");
        market.act_on("payments", &own, &json!({"amount": "7.50"}));
        market.disburse(new);
        let again = market.caller.post(&format!("{LOANS}/disbursement/{}", text(new)), &body);
        assert_failed(&again, 500, "API_EXCEPTION", "");
        assert_eq!(market.status(&own), "Closed - Refinanced");
    });
}

#[test]
fn an_application_that_ends_leaves_the_old_loan_to_the_next_one() {
    on_both(|market| {
        let own = market.apply(&json!({"amount": 1000}))["peer__Loan__c"].clone();
        market.disburse(&own);
        let asked = refinancing(json!([market.name_of(&own)]), json!(100));
        let withdrawn = market.apply(&asked);
        let path = format!("/api/loans/{}/transactions", market.name_of(&withdrawn["peer__Loan__c"]));
        market.book.admin.form(&path, "type=WITHDRAW").expect(201);
        assert_eq!(market.application(&withdrawn)["peer__Stage__c"], "Cancelled");
        let expired = market.apply(&with(asked.clone(), &json!({"expiryDate": "2014-01-04"})));
        market.book.close_days("2014-01-05");
        assert_eq!(market.application(&expired)["peer__Stage__c"], "Expired");
        assert_eq!(market.status(&own), "Active - Good Standing");

        let without_account = market.apply(&with(asked, &json!({"createSchedule": 0})));
        market.investor(INVESTOR, "10000");
        market.books(INVESTOR, &without_account, &json!({}));
        let made = content(&market.caller.post(LOANS, &json!({"loanApplication": without_account["Id"]})));
        let payoff = market.payoff(&own);
        market.act_on("disbursement", &made["Id"], &json!({"modeOfPayment": "ACH", "reference": "R"}));
        assert_eq!(market.status(&own), "Closed - Refinanced");
        assert_eq!(cents(&made["loan__Loan_Amount__c"]), with_fee(payoff + 100_00));
        let late = market.refused_while_closed(&own);
        assert_failed(&late, 500, "API_EXCEPTION", "loansToBeRefinanced");
    });
}

impl Market {
    fn refused_while_closed(&self, loan: &Value) -> Answer {
        let asked = with(super::sample(), &refinancing(json!([self.name_of(loan)]), json!(1)));
        self.post(&asked)
    }
}

/// Asks for one loan many times at once, over these callers; gives how many were taken.
fn asked_at_once(callers: &[Caller], loan: &str, count: usize) -> usize {
    let body = with(super::sample(), &refinancing(json!([loan]), json!(1)));
    std::thread::scope(|scope| {
        let ask = |n: usize| {
            let (caller, body) = (callers[n % callers.len()].clone(), body.clone());
            scope.spawn(move || caller.post(APPLICATIONS, &body))
        };
        let asked: Vec<_> = (0..count).map(ask).collect();
        let answers = asked.into_iter().map(|asked| asked.join().expect("a caller ends"));
        let refused = |answer: &Answer| assert_failed(answer, 500, "API_EXCEPTION", "is to be refinanced by");
        let taken = answers.filter(|answer| {
            answer.status == 200 || {
                refused(answer);
                false
            }
        });
        taken.count()
    })
}

/// Each server has lanes of its own: between them only the versions of rows decide.
#[test]
fn of_many_applications_at_once_one_refinances_a_loan() {
    for kind in BOTH {
        let market = market(kind);
        let own = market.apply(&json!({"amount": 1000}))["peer__Loan__c"].clone();
        market.disburse(&own);
        let second = (kind == Kind::Postgres).then(|| Server::spawn(serving(&market.book.database)));
        let mut callers = vec![market.caller.clone()];
        callers.extend(second.as_ref().map(|server| market.caller.clone().at(&server.base)));
        assert_eq!(asked_at_once(&callers, &market.name_of(&own), 6), 1, "{kind:?}");
        drop(second);
        market.book.assert_proven();
    }
}

#[test]
fn a_refinancing_over_the_loan_accounts_door_repays_the_investors() {
    on_both(|market| {
        let application = market.funded(&json!({}));
        let loan = &application["peer__Loan__c"];
        market.disburse(loan);
        market.book.close_days("2014-02-05");
        let (old, before) = (market.account(loan), market.cash());
        let account = json!({"id": "NEW", "productTypeKey": market.book.product, "interestRate": "9",
            "repaymentInstallments": 4});
        let path = format!("/api/loans/{}/action", market.name_of(loan));
        let reschedule = json!({"action": "RESCHEDULE", "loanAccount": account});
        let refused = market.book.admin.post(&path, &reschedule);
        assert_eq!(refused.status, 400, "{}", refused.text);
        let details = json!({"topUpAmount": "250"});
        let refinance = json!({"action": "REFINANCE", "loanAccount": account, "restructureDetails": details});
        let answer = market.book.admin.post(&path, &refinance);
        assert_eq!(answer.status, 201, "{}", answer.text);
        let got: i64 = market.cash().iter().zip(&before).map(|(after, before)| after - before).sum();
        assert_eq!(got, cents(&old["principalBalance"]) + cents(&old["interestBalance"]));
        assert!(got > 10_200_00, "some interest was owed");
        assert_eq!(market.status(loan), "Closed - Refinanced");
        let details = market.caller.get(&format!("{LOANS}/getInvestmentDetails/NEW")).json();
        assert_eq!(details["response"][0]["noOfInvestors"], 0, "the new one is the lender's");
        market.book.admin.form("/api/loans/NEW/transactions", "type=REPAYMENT&amount=100").expect(201);
        let after: i64 = market.cash().iter().zip(&before).map(|(after, before)| after - before).sum();
        assert_eq!(after, got);
    });
}

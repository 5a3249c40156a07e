"""What the steps of `python_client.py` work on, made with plain requests: the client has no calls for it."""

import datetime
import os
from decimal import ROUND_HALF_UP, Decimal

import requests

BASE = f"https://{os.environ['MAMBUPY_APIURL']}"
AUTH = (os.environ["MAMBUPY_APIUSER"], os.environ["MAMBUPY_APIPWD"])


def call(method, path, **arguments):
    """A plain request, which must be accepted."""
    answer = requests.request(method, BASE + path, auth=AUTH, timeout=30, **arguments)
    assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text}"
    return answer.json()


def native(path, body):
    return call("POST", f"/loam/v1/{path}", json=body)


def flat_interest(amount, start, end):
    """2.5 percent of `amount` every four weeks, from one day to another."""
    exact = Decimal(amount) * Decimal("0.025") * (end - start).days / 28
    return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)


class Book:
    def __init__(self):
        self.business_date = datetime.date.fromisoformat(call("GET", "/loam/v1/business-date")["businessDate"])
        self.branch = native("branches", {"id": "NORTH", "name": "North", "phoneNumber": "0555"})
        self.centre = native("centres", {"id": "MARKET", "name": "Market", "assignedBranchKey": "NORTH"})
        native("transaction-channels", {"id": "CASH", "name": "Cash", "fields": ["RECEPIT_NUMBER"]})
        self.role = native("roles", {"id": "CLERK", "name": "Clerk", "permissions": ["VIEW_LOAN_ACCOUNT_DETAILS"]})
        self.treasurer = native("group-roles", {"id": "TREASURER", "name": "Treasurer"})
        self.product = native(
            "loan-products",
            {
                "id": "AGRL",
                "productName": "Agriculture Loan",
                "loanProductType": "FIXED_TERM_LOAN",
                "interestCalculationMethod": "FLAT",
                "interestRateSettings": {"interestChargeFrequency": "EVERY_FOUR_WEEKS", "defaultInterestRate": "2.5"},
                "defaultRepaymentPeriodCount": 1,
                "repaymentPeriodUnit": "MONTHS",
                "arrearsSettings": {"defaultTolerancePeriod": 0},
                "forPureGroups": True,
                "productSecuritySettings": {"isInvestorFundsEnabled": True},
            },
        )
        native("savings-products", {"id": "DAILY", "name": "Daily Savings", "productType": "REGULAR_SAVINGS"})
        native("savings-products", {"id": "INVEST", "name": "Investors", "productType": "INVESTOR_ACCOUNT"})
        self.make_fields()

    def make_fields(self):
        for kind in ("LOAN_ACCOUNT", "CLIENT", "GROUP", "BRANCH", "USER"):
            native("custom-field-sets", {"id": kind, "name": f"{kind} facts", "type": f"{kind}_INFO"})
        herds = {"id": "HERDS", "name": "Herds", "type": "CLIENT_INFO", "usage": "GROUPED"}
        native("custom-field-sets", herds)
        for field, of, kind in [
            ("Purpose", "LOAN_ACCOUNT", "STRING"),
            ("Introduced_by", "LOAN_ACCOUNT", "CLIENT_LINK"),
            ("Insured", "LOAN_ACCOUNT", "CHECKBOX"),
            ("Nickname", "CLIENT", "STRING"),
            ("Cattle", "HERDS", "NUMBER"),
            ("Loom_count", "GROUP", "NUMBER"),
            ("Floor", "BRANCH", "NUMBER"),
            ("Badge", "USER", "STRING"),
        ]:
            native("custom-fields", {"id": field, "name": field, "customFieldSetKey": of, "dataType": kind})

    def new_loan(self, holder, kind="CLIENT", **members):
        loan = {
            "accountHolderKey": holder,
            "accountHolderType": kind,
            "productTypeKey": self.product["encodedKey"],
            "loanAmount": "950",
            "interestRate": "2.5",
            "repaymentInstallments": 5,
            "assignedBranchKey": self.branch["encodedKey"],
            "assignedCentreKey": self.centre["encodedKey"],
            **members,
        }
        values = [{"customFieldID": "Purpose", "value": "Seeds"}, {"customFieldID": "Insured", "value": "TRUE"}]
        body = {"loanAccount": loan, "customInformation": values}
        return call("POST", "/api/loans", json=body)["loanAccount"]

    def new_savings(self, product="DAILY", **members):
        account = {
            "accountHolderKey": self.client["encodedKey"],
            "accountHolderType": "CLIENT",
            "productTypeKey": call("GET", f"/api/savingsproducts/{product}")["encodedKey"],
            **members,
        }
        made = call("POST", "/api/savings", json={"savingsAccount": account})["savingsAccount"]
        call("POST", f"/api/savings/{made['id']}/transactions", json={"type": "APPROVAL"})
        return made

    @staticmethod
    def move(loan, kind, **members):
        return call("POST", f"/api/loans/{loan}/transactions", json={"type": kind, **members})

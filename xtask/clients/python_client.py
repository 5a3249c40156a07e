"""The loan accounts door as its published Python client meets it, unmodified and over TLS.

Every step is one that programs built on the client take. Each is tried, whatever came before; a step that fails
names itself, and at the end the script says how many passed.
"""

import datetime
import logging
from decimal import Decimal

from MambuPy.mambugeturl import getclientloansurl, getgrouploansurl
from MambuPy.mambuutil import MambuError
from MambuPy.rest.mambubranch import MambuBranch, MambuBranches
from MambuPy.rest.mambucentre import MambuCentre, MambuCentres
from MambuPy.rest.mambuclient import MambuClient, MambuClients
from MambuPy.rest.mambugroup import MambuGroup, MambuGroups
from MambuPy.rest.mambuloan import MambuLoan, MambuLoans
from MambuPy.rest.mambuproduct import AllMambuProducts, MambuProduct, MambuProducts
from MambuPy.rest.mamburepayment import MambuRepayments
from MambuPy.rest.mamburoles import MambuRole, MambuRoles
from MambuPy.rest.mambusaving import MambuSaving, MambuSavings
from MambuPy.rest.mambusavingfundingrepayment import MambuSavingFundingRepayments
from MambuPy.rest.mambusavingtransaction import MambuSavingTransactions
from MambuPy.rest.mambutask import MambuTask, MambuTasks
from MambuPy.rest.mambutransaction import MambuTransactions
from MambuPy.rest.mambutransactionchannel import MambuTransactionChannel, MambuTransactionChannels
from MambuPy.rest.mambuuser import MambuUser, MambuUsers

from python_book import Book, call, flat_interest

STEPS = []


def step(function):
    STEPS.append(function)
    return function


def same(found, expected):
    assert found == expected, f"{found!r} is not {expected!r}"


def refused(expected, attempt, *arguments, **named):
    """The client must raise its own error, with the name that the door gives."""
    try:
        attempt(*arguments, **named)
    except MambuError as error:
        same(str(error), expected)
    else:
        raise AssertionError(f"this should be {expected}")


def at(date):
    return datetime.datetime(date.year, date.month, date.day)


@step
def a_client_is_created_updated_and_read():
    client = MambuClient(connect=False)
    values = [{"customFieldID": "Nickname", "value": "Anita"}]
    values += [{"customFieldID": "Cattle", "value": count, "customFieldSetGroupIndex": at} for at, count in enumerate("34")]
    client.create(
        {
            "client": {"firstName": "Ana", "lastName": "Lima", "assignedBranchKey": BOOK.branch["encodedKey"]},
            "addresses": [{"line1": "1 Main Road", "city": "Northtown"}],
            "customInformation": values,
        }
    )
    same(client["lastName"], "Lima")
    read = MambuClient(entid=client["id"], fullDetails=True)
    same((read["name"], read["encodedKey"]), ("Ana Lima", client["encodedKey"]))
    same((read["Nickname"], read["Cattle_0"], read["Cattle_1"]), ("Anita", 3, 4))
    same(read["addresses"][0]["city"], "Northtown")
    read.update({"client": {"homePhone": "777"}, "customInformation": [{"customFieldID": "Nickname", "value": "An"}]})
    read.update(
        {
            "addresses": [{"line1": "2 Main Road", "city": "Northtown"}],
            "idDocuments": [{"documentType": "Passport", "documentId": "P1", "issuingAuthority": "North"}],
        }
    )
    again = MambuClient(entid=client["id"], fullDetails=True)
    same((again["homePhone"], again["Nickname"], again["Cattle_1"]), ("777", "An", 4))
    same([address["line1"] for address in again["addresses"]], ["2 Main Road"])
    same([(paper["documentType"], paper["documentId"]) for paper in again["idDocuments"]], [("Passport", "P1")])
    again.update_patch({"client": {"middleName": "Rosa"}})
    same(MambuClient(entid=client["encodedKey"])["middleName"], "Rosa")
    again.setBranch()
    same(again["assignedBranchName"], "North")
    assert isinstance(again["creationDate"], datetime.datetime), again["creationDate"]
    BOOK.client = again


@step
def clients_are_listed_in_pages():
    for number in range(3):
        MambuClient(connect=False).create({"client": {"firstName": f"C{number}", "lastName": "Many"}})
    same(len(MambuClients()), 4)
    same(len(MambuClients(limit=2, offset=0)), 2)
    same(len(MambuClients(limit=2, offset=3)), 1)
    same([client["firstName"] for client in MambuClients(firstName="C1", lastName="Many")], ["C1"])
    same(len(MambuClients(firstName="nobody", lastName="at all")), 0)
    same([client["lastName"] for client in MambuClients(branchId="NORTH")], ["Lima"])


@step
def a_loan_is_read_with_all_that_hangs_on_it():
    loan = BOOK.new_loan(BOOK.client["encodedKey"], notes="<div>for <b>spring</b></div>")
    BOOK.move(loan["id"], "APPROVAL")
    BOOK.move(loan["id"], "DISBURSEMENT", method="CASH", receiptNumber="R1")
    BOOK.loan = MambuLoan(entid=loan["id"], fullDetails=True)
    same((BOOK.loan["Purpose"], BOOK.loan["Insured"]), ("Seeds", "TRUE"))
    same((BOOK.loan["accountState"], BOOK.loan["loanAmount"], BOOK.loan["interestRate"]), ("ACTIVE", 950, 2.5))
    same((BOOK.loan["notes"], BOOK.loan["repaymentInstallments"]), ("for spring", 5))
    same(BOOK.loan.getDebt(), 950)
    same(BOOK.loan["disbursementDate"], at(BOOK.business_date))
    assert isinstance(BOOK.loan["creationDate"], datetime.datetime), BOOK.loan["creationDate"]
    assert loan["id"] in repr(BOOK.loan)


@step
def its_schedule_adds_up():
    BOOK.loan.setRepayments()
    rows = BOOK.loan["repayments"]
    same((len(rows), sum(row["principalDue"] for row in rows)), (5, 950))
    same([row["state"] for row in rows], ["PENDING"] * 5)
    start = BOOK.business_date
    for row in rows:
        due = row["dueDate"].date()
        same(Decimal(str(row["interestDue"])), flat_interest(950, start, due))
        assert row["dueDate"].strftime("%Y-%m-%d") in repr(row), repr(row)
        start = due
    same([row["encodedKey"] for row in MambuRepayments(entid=BOOK.loan["id"])], [row["encodedKey"] for row in rows])


@step
def a_repayment_is_among_its_transactions():
    BOOK.move(BOOK.loan["id"], "REPAYMENT", amount=100, method="CASH", notes="first")
    BOOK.loan.setTransactions()
    disbursed, *_, repaid = BOOK.loan["transactions"]
    same((disbursed["type"], disbursed["amount"]), ("DISBURSMENT", 950))
    same((repaid["type"], repaid["amount"], repaid["comment"]), ("REPAYMENT", 100, "first"))
    same(repaid["principalPaid"] + repaid["interestPaid"], 100)
    same(repaid["details"]["transactionChannel"]["id"], "CASH")
    numbers = [transaction["transactionId"] for transaction in MambuTransactions(entid=BOOK.loan["id"])]
    assert all(isinstance(number, int) for number in numbers), numbers
    same(numbers, sorted(numbers, reverse=True))
    assert str(repaid["transactionId"]) in repr(repaid), repr(repaid)
    BOOK.loan.connect(fullDetails=True)
    same(BOOK.loan["principalBalance"], 950 - repaid["principalPaid"])
    same(BOOK.loan.getDebt(), float(BOOK.loan["principalBalance"]))


@step
def a_loan_of_long_ago_is_late():
    loan = BOOK.new_loan(BOOK.client["encodedKey"], expectedDisbursementDate="2012-06-28")
    BOOK.move(loan["id"], "APPROVAL")
    BOOK.move(loan["id"], "DISBURSEMENT", date="2012-06-28")
    late = MambuLoan(entid=loan["id"], fullDetails=True)
    late.setRepayments()
    first, second, *_ = late["repayments"]
    same((first["dueDate"], first["interestDue"], first["state"]), (datetime.datetime(2012, 7, 28), 25.45, "LATE"))
    same((second["dueDate"], second["interestDue"]), (datetime.datetime(2012, 8, 28), 26.29))
    same([found["id"] for found in MambuLoans(accountState="ACTIVE_IN_ARREARS")], [loan["id"]])


@step
def its_surroundings_are_found_by_their_keys():
    BOOK.loan.setBranch()
    BOOK.loan.setCentre()
    BOOK.loan.setProduct()
    BOOK.loan.setHolder(getClients=True, fullDetails=True)
    same((BOOK.loan["assignedBranchName"], BOOK.loan["assignedCentreName"]), ("North", "Market"))
    same(BOOK.loan["product"]["productName"], "Agriculture Loan")
    same((BOOK.loan["holderType"], BOOK.loan["holder"]["lastName"]), ("Cliente", "Lima"))
    same(BOOK.loan["clients"]["Ana Rosa Lima"]["montoPago"], 190)
    del BOOK.loan.attrs["product"]
    BOOK.loan.setProduct(cache=True)
    same(BOOK.loan["product"]["id"], "AGRL")
    refused(f"Loan Account {BOOK.loan['id']} has no assigned user", BOOK.loan.setUser)


@step
def its_custom_fields_are_changed():
    friend = MambuClients(firstName="C1", lastName="Many").attrs[0]["encodedKey"]
    BOOK.loan.update(
        {
            "customInformation": [
                {"customFieldID": "Purpose", "value": "Tractor"},
                {"customFieldID": "Introduced_by", "linkedEntityKeyValue": friend},
            ]
        }
    )
    same(BOOK.loan["Purpose"], "Tractor")
    again = MambuLoan(entid=BOOK.loan["id"], fullDetails=True)
    same((again["Purpose"], again["Introduced_by"], again["Insured"]), ("Tractor", friend, "TRUE"))
    wrong = {"customInformation": [{"customFieldID": "Insured", "value": "perhaps"}]}
    refused("INCONSISTENT_VALUE_WITH_CUSTOM_FIELD_TYPE", MambuLoan(entid=BOOK.loan["id"]).update, wrong)
    unknown = {"customInformation": [{"customFieldID": "Nothing", "value": "1"}]}
    refused("INVALID_CUSTOM_FIELD_ID", MambuLoan(entid=BOOK.loan["id"]).update, unknown)


@step
def terms_of_an_application_are_changed():
    loan = BOOK.new_loan(BOOK.client["encodedKey"])
    application = MambuLoan(entid=loan["id"])
    application.update_patch({"loanAccount": {"loanAmount": "1000", "repaymentInstallments": 4}})
    again = MambuLoan(entid=loan["id"])
    same((again["loanAmount"], again["repaymentInstallments"]), (1000, 4))
    refused("INVALID_INSTALLMENTS", application.update_patch, {"loanAccount": {"repaymentInstallments": 0}})
    refused("LOAN_ACCOUNT_FIELD_NOT_EDITABLE", BOOK.loan.update_patch, {"loanAccount": {"loanAmount": "1"}})


@step
def a_document_is_attached_and_listed():
    document = {
        "documentHolderKey": BOOK.loan["encodedKey"],
        "documentHolderType": "LOAN_ACCOUNT",
        "name": "contract",
        "type": "txt",
    }
    same(BOOK.loan.upload_document({"document": document, "documentContent": "aGVsbG8="}), 1)
    documents = call("GET", f"/api/loans/{BOOK.loan['id']}/documents")
    same([(found["name"], found["type"], found["fileSize"]) for found in documents], [("contract", "TXT", 5)])
    nobody = {**document, "documentHolderKey": "0" * 32}
    body = {"document": nobody, "documentContent": "aGVsbG8="}
    refused("INVALID_LOAN_ACCOUNT_ID", MambuLoan(entid=BOOK.loan["id"]).upload_document, body)


@step
def its_activities_are_told():
    loan = MambuLoan(entid=BOOK.loan["id"])
    loan.setActivities()
    told = [activity["activity"] for activity in loan["activities"]]
    assert {"LOAN_ACCOUNT_APPROVE", "LOAN_ACCOUNT_DISBURSE"} <= {one["type"] for one in told}, told
    same({one["loanAccountKey"] for one in told}, {loan["encodedKey"]})
    assert all(isinstance(one["timestamp"], datetime.datetime) for one in told), told
    same({activity["userName"] for activity in loan["activities"]}, {"admin"})


@step
def loans_are_listed_by_state_client_and_page():
    same([loan["id"] for loan in MambuLoans(accountState="ACTIVE")], [BOOK.loan["id"]])
    same(len(MambuLoans(urlfunc=getclientloansurl, entid=BOOK.client["id"])), 3)
    same([loan["Purpose"] for loan in MambuLoans(accountState="ACTIVE", fullDetails=True)], ["Tractor"])
    same((len(MambuLoans()), len(MambuLoans(limit=1, offset=1)), len(MambuLoans(offset=3))), (3, 1, 0))
    same(len(MambuLoans(branchId="NORTH", centreId="MARKET")), 3)
    same(len(MambuLoans(creditOfficerUsername="admin")), 0)


@step
def a_group_is_created_and_holds_a_loan():
    group = MambuGroup(connect=False)
    member = BOOK.client["encodedKey"]
    body = {"groupName": "Weavers", "assignedBranchKey": BOOK.branch["encodedKey"]}
    values = [{"customFieldID": "Loom_count", "value": "6"}]
    group.create({"group": body, "groupMembers": [{"clientKey": member}], "customInformation": values})
    same(group["groupName"], "Weavers")
    read = MambuGroup(entid=group["id"], fullDetails=True)
    same((read["groupName"], read["Loom_count"]), ("Weavers", 6))
    other = MambuClients(firstName="C2", lastName="Many").attrs[0]
    read.addMembers([other["encodedKey"]])
    read.update({"groupRoles": [{"groupRoleNameKey": BOOK.treasurer["encodedKey"], "clientKey": member}]})
    read.update({"group": {"notes": "They weave."}, "customInformation": [{"customFieldID": "Loom_count", "value": "7"}]})
    read.update({"addresses": [{"line1": "3 Main Road", "city": "Northtown"}]})
    again = MambuGroup(entid=group["id"], fullDetails=True)
    same((again["notes"], again["Loom_count"], again["addresses"][0]["line1"]), ("They weave.", 7, "3 Main Road"))
    again.setClients(fullDetails=True)
    same([client["lastName"] for client in again["clients"]], ["Lima", "Many"])
    again.setBranch()
    same(again["branch"]["name"], "North")
    loan = BOOK.new_loan(again["encodedKey"], "GROUP")
    same([found["id"] for found in MambuLoans(urlfunc=getgrouploansurl, entid=group["id"])], [loan["id"]])
    held = MambuLoan(entid=loan["id"], fullDetails=True)
    held.setHolder(getClients=True, getRoles=True)
    same([(role["role"], role["client"]["lastName"]) for role in held["holder"]["roles"]], [("Treasurer", "Lima")])
    same(sorted(data["name"] for data in held["clients"].values()), ["Ana Rosa Lima", "C2 Many"])
    again.setActivities()
    assert len(again["activities"]) > 2, again["activities"]
    same([found["groupName"] for found in MambuGroups(branchId="NORTH")], ["Weavers"])
    client = MambuClient(entid=BOOK.client["id"], fullDetails=True)
    client.setGroups()
    same([found["groupName"] for found in client["groups"]], ["Weavers"])


@step
def products_are_listed_and_remembered():
    same([product["id"] for product in MambuProducts()], ["AGRL"])
    product = MambuProduct(entid=BOOK.product["encodedKey"])
    same((product["productName"], product["interestRateSettings"]["defaultInterestRate"]), ("Agriculture Loan", 2.5))
    same([product["id"] for product in AllMambuProducts()], ["AGRL"])


@step
def a_user_is_created_with_a_role():
    assert "Clerk" in [role["name"] for role in MambuRoles()]
    user = MambuUser(connect=False)
    body = {
        "username": "tom",
        "firstName": "Tom",
        "lastName": "Reed",
        "password": "correct horse battery",
        "email": "tom@example.org",
        "isCreditOfficer": True,
        "role": {"encodedKey": BOOK.role["encodedKey"]},
        "assignedBranchKey": BOOK.branch["encodedKey"],
    }
    user.create({"user": body, "customInformation": [{"customFieldID": "Badge", "value": "T-1"}]})
    same((user["username"], user["Badge"]), ("tom", "T-1"))
    read = MambuUser(entid="tom", fullDetails=True)
    same((read["name"], read["userState"], read["Badge"]), ("Tom Reed", "ACTIVE", "T-1"))
    assert "password" not in read.attrs, read.attrs
    read.setRoles()
    same(read["role"]["role"]["name"], "Clerk")
    same(MambuRole(entid=BOOK.role["encodedKey"])["name"], "Clerk")
    read.update({"customInformation": [{"customFieldID": "Badge", "value": "T-2"}]})
    read.update_patch({"user": {"title": "Clerk of the year"}})
    again = MambuUser(entid=str(read["id"]), fullDetails=True)
    same((again["title"], again["Badge"]), ("Clerk of the year", "T-2"))
    again.setBranch()
    same(again["branch"]["name"], "North")
    again.setGroups()
    same(len(again["groups"]), 0)
    same({user["username"] for user in MambuUsers()}, {"admin", "tom"})
    same([user["username"] for user in MambuUsers(branchId="NORTH")], ["tom"])
    refused("USERNAME_ALREADY_EXISTS", MambuUser(connect=False).create, {"user": {**body, "email": "t@example.org"}})
    refused("INVALID_PERMISSIONS", MambuClients, user="tom", pwd="correct horse battery")


@step
def a_loan_has_an_officer():
    officer = MambuUser(entid="tom")["encodedKey"]
    loan = MambuLoan(entid=BOOK.new_loan(BOOK.client["encodedKey"], assignedUserKey=officer)["id"])
    loan.setUser()
    same(loan["user"]["username"], "tom")
    same([found["id"] for found in MambuLoans(creditOfficerUsername="tom")], [loan["id"]])


@step
def branches_and_centres_are_listed():
    same([branch["id"] for branch in MambuBranches()], ["NORTH"])
    branch = MambuBranch(entid="NORTH", fullDetails=True)
    same((branch["name"], branch["phoneNumber"], branch["state"]), ("North", "0555", "ACTIVE"))
    branch.setUsers()
    same([user["username"] for user in branch["users"]], ["tom"])
    same([centre["id"] for centre in MambuCentres(branchId="NORTH")], ["MARKET"])
    centre = MambuCentre(entid=BOOK.centre["encodedKey"])
    centre.setBranch()
    same((centre["name"], centre["branch"]["name"]), ("Market", "North"))


@step
def channels_are_listed():
    assert "CASH" in [channel["id"] for channel in MambuTransactionChannels()]
    same(MambuTransactionChannel(entid="CASH")["name"], "Cash")


@step
def savings_are_read():
    account = BOOK.new_savings(assignedUserKey=MambuUser(entid="tom")["encodedKey"])["id"]
    for kind, amount in [("DEPOSIT", 40), ("WITHDRAWAL", 15)]:
        call("POST", f"/api/savings/{account}/transactions", json={"type": kind, "amount": amount})
    saving = MambuSaving(entid=account, fullDetails=True)
    same((saving["balance"], saving["accountState"]), (25, "ACTIVE"))
    saving.setUser()
    same(saving["user"]["username"], "tom")
    same([found["id"] for found in MambuSavings()], [account])
    moves = [(move["type"], move["amount"], move["balance"]) for move in MambuSavingTransactions(entid=account)]
    same(moves, [("WITHDRAWAL", -15, 25), ("DEPOSIT", 40, 40)])


@step
def the_repayments_of_a_funded_loan_are_read():
    investor = BOOK.new_savings("INVEST")
    call("POST", f"/api/savings/{investor['id']}/transactions", json={"type": "DEPOSIT", "amount": 950})
    funds = [{"guarantorKey": BOOK.client["encodedKey"], "savingsAccountKey": investor["encodedKey"], "amount": "950"}]
    loan = BOOK.new_loan(BOOK.client["encodedKey"], funds=funds)
    rows = MambuSavingFundingRepayments(entid=investor["id"], loan_id=loan["id"])
    same((len(rows), sum(row["principalDue"] for row in rows)), (5, 950))


@step
def a_task_is_created_listed_and_closed():
    task = MambuTask(connect=False)
    officer = MambuUser(entid="tom")["encodedKey"]
    body = {
        "title": "Call Ana",
        "description": "About the tractor",
        "dueDate": "2030-01-01",
        "assignedUserKey": officer,
        "taskLinkKey": BOOK.client["encodedKey"],
        "taskLinkType": "CLIENT",
    }
    task.create({"task": body})
    same((task["title"], task["dueDate"], task["status"]), ("Call Ana", datetime.datetime(2030, 1, 1), "OPEN"))
    (mine,) = MambuTasks(username="tom", status="OPEN")
    same((mine["encodedKey"], mine["taskLinkKey"]), (task["encodedKey"], BOOK.client["encodedKey"]))
    same([found["title"] for found in MambuTasks(clientId=BOOK.client["id"])], ["Call Ana"])
    mine.close()
    same((mine["status"], mine["id"]), ("COMPLETED", task["id"]))
    same(len(MambuTasks(username="tom", status="OPEN")), 0)
    (done,) = MambuTasks(username="tom", status="COMPLETED")
    same((done["encodedKey"], done["description"]), (task["encodedKey"], "About the tractor"))


@step
def errors_are_told_by_their_names():
    refused("INVALID_LOAN_ACCOUNT_ID", MambuLoan, entid="NOPE")
    refused("INVALID_CLIENT_ID", MambuClient, entid="NOPE")
    refused("INVALID_GROUP_ID", MambuGroup, entid="NOPE")
    refused("INVALID_BRANCH_ID", MambuBranch, entid="NOPE")
    refused("INVALID_CENTRE_ID", MambuCentre, entid="NOPE")
    refused("INVALID_USER_NAME", MambuUser, entid="NOPE")
    refused("INVALID_PRODUCT_ID", MambuProduct, entid="NOPE")
    refused("INVALID_SAVINGS_ACCOUNT_ID", MambuSaving, entid="NOPE")
    refused("INVALID_CREDENTIALS", MambuLoan, entid=BOOK.loan["id"], user="admin", pwd="wrong")
    refused("INVALID_BRANCH_ID", MambuLoans, branchId="NOPE")
    refused("MISSING_REQUIRED_PARAMETER", MambuClient(connect=False).create, {"client": {"firstName": "Nameless"}})
    refused("OUT_OF_BOUNDS_PAGINATION_OFFSET_VALUE", MambuLoans, offset=-1)


if __name__ == "__main__":
    logging.disable()  # The client writes every error that it raises.
    BOOK = Book()
    passed = 0
    for one in STEPS:
        try:
            one()
            passed += 1
        except Exception as error:  # A step may fail in any way.
            print(f"{one.__name__}: {type(error).__name__}: {error}"[:1000])
    print(f"{passed} of {len(STEPS)} steps of the Python client pass")
    raise SystemExit(0 if passed == len(STEPS) else 1)

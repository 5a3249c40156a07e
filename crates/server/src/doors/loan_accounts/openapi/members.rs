//! Which parameters and members an operation takes.

pub(super) const PAGE: [&str; 2] = ["offset", "limit"];
pub(super) const LOAN_FILTERS: &[&str] = &[
    "branchId",
    "centreId",
    "creditOfficerUsername",
    "accountState",
    "fixedDaysOfMonth",
    "fullDetails",
    "offset",
    "limit",
];
pub(super) const CLIENT_FILTERS: &[&str] = &[
    "firstName",
    "lastName",
    "idDocument",
    "birthDate",
    "branchId",
    "centreId",
    "creditOfficerUsername",
    "state",
    "fullDetails",
    "offset",
    "limit",
];
pub(super) const PREVIEW: &[&str] = &[
    "interestSpread",
    "loanAmount",
    "anticipatedDisbursement",
    "firstRepaymentDate",
    "interestRate",
    "repaymentInstallments",
    "gracePeriod",
    "repaymentPeriodUnit",
    "repaymentPeriodCount",
    "principalRepaymentInterval",
    "periodicPayment",
    "fixedDaysOfMonth",
];
pub(super) const CONSTRAINT: &[&str] =
    &["filterSelection", "filterElement", "value", "secondValue", "values", "dataItemType", "dataFieldType"];
pub(super) const NEW_LOAN: &[&str] = &[
    "principalPaymentSettings",
    "penaltyRate",
    "interestSpread",
    "periodicPayment",
    "paymentPlan",
    "tranches",
    "guarantees",
    "funds",
    "disbursementDetails",
    "id",
    "accountHolderKey",
    "accountHolderType",
    "lineOfCreditKey",
    "productTypeKey",
    "loanName",
    "loanAmount",
    "interestRate",
    "repaymentInstallments",
    "repaymentPeriodCount",
    "repaymentPeriodUnit",
    "gracePeriod",
    "principalRepaymentInterval",
    "arrearsTolerancePeriod",
    "fixedDaysOfMonth",
    "expectedDisbursementDate",
    "firstRepaymentDate",
    "assignedBranchKey",
    "assignedCentreKey",
    "assignedUserKey",
    "notes",
];
pub(super) const NEW_LOAN_FORM: &[&str] = &[
    "interestSpread",
    "productID",
    "loanAmount",
    "interestRate",
    "installments",
    "repaymentPeriodCount",
    "repaymentInterval",
    "gracePeriod",
    "firstRepaymentDate",
    "anticipatedDisbursementDate",
    "notes",
];
pub(super) const EDITED_LOAN: &[&str] = &[
    "principalPaymentSettings",
    "penaltyRate",
    "interestSpread",
    "periodicPayment",
    "paymentPlan",
    "loanAmount",
    "interestRate",
    "repaymentInstallments",
    "repaymentPeriodCount",
    "repaymentPeriodUnit",
    "expectedDisbursementDate",
    "firstRepaymentDate",
    "gracePeriod",
    "principalRepaymentInterval",
    "arrearsTolerancePeriod",
    "loanName",
    "notes",
];
pub(super) const MOVEMENT: &[&str] = &[
    "customInformation",
    "type",
    "amount",
    "date",
    "notes",
    "method",
    "identifier",
    "accountName",
    "receiptNumber",
    "bankNumber",
    "checkNumber",
    "bankAccountNumber",
    "bankRoutingNumber",
    "externalId",
    "originalTransactionId",
    "repayment",
    "fees",
    "customPaymentAmounts",
    "rate",
    "firstRepaymentDate",
    "currencyCode",
];
/// Each type that moves a loan account.
pub(super) const MOVEMENT_TYPES: &[&str] = &[
    "PENDING_APPROVAL",
    "APPROVAL",
    "UNDO_APPROVAL",
    "REJECT",
    "UNDO_REJECT",
    "WITHDRAW",
    "UNDO_WITHDRAWN",
    "CLOSE",
    "UNDO_CLOSE",
    "DISBURSEMENT",
    "DISBURSMENT",
    "DISBURSMENT_ADJUSTMENT",
    "UNDO_DISBURSEMENT",
    "REPAYMENT",
    "REPAYMENT_ADJUSTMENT",
    "PAYMENT_MADE",
    "PAYMENT_MADE_ADJUSTMENT",
    "FEE",
    "FEE_ADJUSTMENT",
    "PENALTY_APPLIED",
    "PENALTY_ADJUSTMENT",
    "INTEREST_APPLIED",
    "INTEREST_APPLIED_ADJUSTMENT",
    "INTEREST_RATE_CHANGED",
    "LOCK",
    "UNLOCK",
    "WRITE_OFF",
    "WRITE_OFF_ADJUSTMENT",
];
pub(super) const CLIENT: &[&str] = &[
    "id",
    "state",
    "firstName",
    "middleName",
    "lastName",
    "homePhone",
    "mobilePhone1",
    "mobilePhone2",
    "emailAddress",
    "birthDate",
    "gender",
    "preferredLanguage",
    "notes",
    "clientRoleId",
    "assignedBranchKey",
    "assignedCentreKey",
    "assignedUserKey",
];
pub(super) const GROUP_FILTERS: &[&str] =
    &["branchId", "centreId", "creditOfficerUsername", "fullDetails", "offset", "limit"];
pub(super) const GROUP: &[&str] = &[
    "id",
    "groupName",
    "notes",
    "emailAddress",
    "homePhone",
    "mobilePhone1",
    "preferredLanguage",
    "clientRoleId",
    "assignedBranchKey",
    "assignedCentreKey",
    "assignedUserKey",
];
/// Lists that stand beside a client or a group, each the new complete one.
type Lists = &'static [(&'static str, &'static [&'static str])];
pub(super) const BESIDE_CLIENT: Lists = &[("addresses", ADDRESS), ("idDocuments", ID_DOCUMENT)];
pub(super) const BESIDE_GROUP: Lists = &[
    ("addresses", ADDRESS),
    ("groupMembers", &["clientKey"]),
    ("groupRoles", &["encodedKey", "groupRoleNameKey", "clientKey"]),
];
const ADDRESS: &[&str] = &[
    "encodedKey",
    "addressType",
    "line1",
    "line2",
    "city",
    "region",
    "postcode",
    "country",
    "latitude",
    "longitude",
];
const ID_DOCUMENT: &[&str] = &[
    "encodedKey",
    "documentType",
    "documentId",
    "issuingAuthority",
    "validUntil",
    "identificationDocumentTemplateKey",
];
pub(super) const DOCUMENT: &[&str] =
    &["documentHolderKey", "documentHolderType", "name", "type", "description"];
pub(super) const ACTIVITY_FILTERS: &[&str] = &[
    "from",
    "to",
    "clientID",
    "groupID",
    "centreID",
    "branchID",
    "userID",
    "loanAccountID",
    "savingsAccountID",
    "loanProductID",
    "savingsProductID",
    "offset",
    "limit",
];
pub(super) const TASK: &[&str] = &[
    "title",
    "description",
    "dueDate",
    "username",
    "assignedUserKey",
    "clientid",
    "groupid",
    "taskLinkKey",
    "taskLinkType",
    "status",
    "completionDate",
];
pub(super) const TASK_FILTERS: &[&str] = &["username", "clientid", "groupid", "status", "offset", "limit"];
/// A row of an edited schedule.
pub(super) const EDITED_ROW: &[&str] = &[
    "encodedKey",
    "parentAccountKey",
    "dueDate",
    "principalDue",
    "interestDue",
    "feesDue",
    "penaltyDue",
    "isPaymentHoliday",
];

/// The first is `REFINANCE` or `RESCHEDULE`, the second a new loan; the third says what is given up of
/// the old one and what is lent on top.
pub(super) const RESTRUCTURE: &[&str] =
    &["action", "loanAccount", "restructureDetails", "customInformation", "notes"];

pub(super) const TRANCHE: &[&str] = &["encodedKey", "amount", "expectedDisbursementDate"];

pub(super) const INDEX_RATE: &[&str] = &["startDate", "rate", "notes"];

pub(super) const GUARANTEE: &[&str] = &[
    "encodedKey",
    "type",
    "guarantorType",
    "guarantorKey",
    "savingsAccountKey",
    "assetName",
    "amount",
    "customFieldValues",
];

pub(super) const FUND: &[&str] = &["encodedKey", "savingsAccountKey", "amount", "interestCommission"];

/// Of a line of credit. Client or group, and an id, only at its entry.
pub(super) const LINE: &[&str] = &[
    "id",
    "clientKey",
    "groupKey",
    "startDate",
    "expireDate",
    "amount",
    "exposureLimitType",
    "state",
    "notes",
];

pub(super) const LINE_FILTERS: &[&str] =
    &["branchId", "centreId", "creditOfficerUsername", "state", "fullDetails", "offset", "limit"];

pub(super) const NEW_SAVINGS: &[&str] = &[
    "lineOfCreditKey",
    "id",
    "accountHolderKey",
    "accountHolderType",
    "productTypeKey",
    "name",
    "notes",
    "currencyCode",
    "allowOverdraft",
    "overdraftLimit",
    "maxWidthdrawlAmount",
    "recommendedDepositAmount",
    "targetAmount",
    "interestRate",
    "overdraftInterestRate",
    "withholdingTaxSourceKey",
    "assignedBranchKey",
    "assignedCentreKey",
    "assignedUserKey",
];

pub(super) const EDITED_SAVINGS: &[&str] = &[
    "name",
    "notes",
    "allowOverdraft",
    "overdraftLimit",
    "maxWidthdrawlAmount",
    "recommendedDepositAmount",
    "targetAmount",
    "interestRate",
    "overdraftInterestRate",
    "withholdingTaxSourceKey",
];

pub(super) const SAVINGS_MOVEMENT: &[&str] = &[
    "type",
    "amount",
    "date",
    "notes",
    "method",
    "externalId",
    "currencyCode",
    "toSavingsAccount",
    "toLoanAccount",
    "originalTransactionId",
    "maturityDate",
    "customInformation",
];
/// Each type that moves a deposit account.
pub(super) const SAVINGS_MOVEMENT_TYPES: &[&str] = &[
    "APPROVAL",
    "UNDO_APPROVAL",
    "REJECT",
    "UNDO_REJECT",
    "WITHDRAW",
    "UNDO_WITHDRAWN",
    "CLOSE",
    "UNDO_CLOSE",
    "LOCK",
    "UNLOCK",
    "START_MATURITY",
    "UNDO_MATURITY",
    "INTEREST_APPLIED",
    "INTEREST_APPLIED_ADJUSTMENT",
    "DEPOSIT",
    "DEPOSIT_ADJUSTMENT",
    "WITHDRAWAL",
    "WITHDRAWAL_ADJUSTMENT",
    "FEE",
    "FEE_ADJUSTMENT",
    "TRANSFER",
    "TRANSFER_ADJUSTMENT",
];
pub(super) const CUSTOM_VALUE: &[&str] =
    &["customFieldID", "value", "linkedEntityKeyValue", "customFieldSetGroupIndex"];

pub(super) const USER_FILTERS: &[&str] = &["branchId", "branchIdType", "fullDetails", "offset", "limit"];

pub(super) const USER: &[&str] = &[
    "username",
    "password",
    "firstName",
    "lastName",
    "title",
    "email",
    "homePhone",
    "mobilePhone1",
    "language",
    "notes",
    "userState",
    "isAdministrator",
    "isTeller",
    "isCreditOfficer",
    "isSupport",
    "accessRights",
    "assignedBranchKey",
    "assignedCentreKey",
    "managedBranches",
    "transactionLimits",
    "role",
    "permissions",
];

//! Comments, documents and tasks.

use super::{Operation, served};

/// What this version serves of them.
pub(super) const PAPERS: &[Operation] = &[
    served("GET", "/api/clients/{client}/comments", "List the comments on a client"),
    served("POST", "/api/clients/{client}/comments", "Comment on a client"),
    served("GET", "/api/groups/{group}/comments", "List the comments on a group"),
    served("POST", "/api/groups/{group}/comments", "Comment on a group"),
    served("GET", "/api/groups/{group}/documents", "List the documents of a group"),
    served("GET", "/api/loans/{loan}/comments", "List the comments on a loan account"),
    served("POST", "/api/loans/{loan}/comments", "Comment on a loan account"),
    served("GET", "/api/loanproducts/{product}/comments", "List the comments on a loan product"),
    served("POST", "/api/loanproducts/{product}/comments", "Comment on a loan product"),
    served("GET", "/api/savings/{savings}/comments", "List the comments on a deposit account"),
    served("POST", "/api/savings/{savings}/comments", "Comment on a deposit account"),
    served("GET", "/api/savings/{savings}/documents", "List the documents of a deposit account"),
    served("GET", "/api/savingsproducts/{product}/comments", "List the comments on a deposit product"),
    served("POST", "/api/savingsproducts/{product}/comments", "Comment on a deposit product"),
    served("GET", "/api/savingsproducts/{product}/documents", "List the documents of a deposit product"),
    served("GET", "/api/branches/{branch}/comments", "List the comments on a branch"),
    served("POST", "/api/branches/{branch}/comments", "Comment on a branch"),
    served("GET", "/api/centres/{centre}/comments", "List the comments on a centre"),
    served("POST", "/api/centres/{centre}/comments", "Comment on a centre"),
    served("GET", "/api/users/{user}/comments", "List the comments on a user"),
    served("POST", "/api/users/{user}/comments", "Comment on a user"),
    served("GET", "/api/linesofcredit/{line}/comments", "List the comments on a line of credit"),
    served("POST", "/api/linesofcredit/{line}/comments", "Comment on a line of credit"),
    served("GET", "/api/linesofcredit/{line}/documents", "List the documents of a line of credit"),
    served("GET", "/api/clients/{client}/documents", "List the documents of a client"),
    served("POST", "/api/clients/{client}/documents", "Upload a document of a client"),
    served("GET", "/api/loans/{loan}/documents", "List the documents of a loan account"),
    served("GET", "/api/loanproducts/{product}/documents", "List the documents of a loan product"),
    served("GET", "/api/branches/{branch}/documents", "List the documents of a branch"),
    served("GET", "/api/centres/{centre}/documents", "List the documents of a centre"),
    served("GET", "/api/users/{user}/documents", "List the documents of a user"),
    served(
        "GET",
        "/api/clients/{client}/documents/{picture}",
        "Read the picture or the signature of a client",
    ),
    served(
        "POST",
        "/api/clients/{client}/documents/{picture}",
        "Set the picture or the signature of a client",
    ),
    served("DELETE", "/api/clients/{client}/documents/{picture}", "Take the picture or the signature away"),
];

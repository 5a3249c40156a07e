//! Custom field values, at a path of their own: the same for several entities.

use super::{Operation, served};

pub(super) const VALUES: &[Operation] = &[
    served("PATCH", "/api/groups/{group}/custominformation", "Change custom field values of a group"),
    served(
        "GET",
        "/api/groups/{group}/custominformation/{field}",
        "Read the values of a custom field of a group",
    ),
    served(
        "PATCH",
        "/api/groups/{group}/custominformation/{field}",
        "Change the value of a custom field of a group",
    ),
    served(
        "DELETE",
        "/api/groups/{group}/custominformation/{field}",
        "Delete the values of a custom field of a group",
    ),
    served(
        "GET",
        "/api/groups/{group}/custominformation/{field}/{index}",
        "Read the values of a custom field in a group of a group",
    ),
    served(
        "PATCH",
        "/api/groups/{group}/custominformation/{field}/{index}",
        "Change the value of a custom field in a group of a group",
    ),
    served(
        "DELETE",
        "/api/groups/{group}/custominformation/{field}/{index}",
        "Delete the values of a custom field in a group of a group",
    ),
    served("PATCH", "/api/linesofcredit/{line}/custominformation", "Change custom field values of a group"),
    served(
        "GET",
        "/api/linesofcredit/{line}/custominformation/{field}",
        "Read the values of a custom field of a line of credit",
    ),
    served(
        "PATCH",
        "/api/linesofcredit/{line}/custominformation/{field}",
        "Change the value of a custom field of a line of credit",
    ),
    served(
        "DELETE",
        "/api/linesofcredit/{line}/custominformation/{field}",
        "Delete the values of a custom field of a line of credit",
    ),
    served(
        "GET",
        "/api/linesofcredit/{line}/custominformation/{field}/{index}",
        "Read the values of a custom field in a group of a line of credit",
    ),
    served(
        "PATCH",
        "/api/linesofcredit/{line}/custominformation/{field}/{index}",
        "Change the value of a custom field in a group of a line of credit",
    ),
    served(
        "DELETE",
        "/api/linesofcredit/{line}/custominformation/{field}/{index}",
        "Delete the values of a custom field in a group of a line of credit",
    ),
    served("PATCH", "/api/loans/{loan}/custominformation", "Change custom field values of a loan account"),
    served(
        "GET",
        "/api/loans/{loan}/custominformation/{field}",
        "Read the values of a custom field of a loan account",
    ),
    served(
        "PATCH",
        "/api/loans/{loan}/custominformation/{field}",
        "Change the value of a custom field of a loan account",
    ),
    served(
        "DELETE",
        "/api/loans/{loan}/custominformation/{field}",
        "Delete the values of a custom field of a loan account",
    ),
    served(
        "GET",
        "/api/loans/{loan}/custominformation/{field}/{index}",
        "Read the values of a custom field in a group of a loan account",
    ),
    served(
        "PATCH",
        "/api/loans/{loan}/custominformation/{field}/{index}",
        "Change the value of a custom field in a group of a loan account",
    ),
    served(
        "DELETE",
        "/api/loans/{loan}/custominformation/{field}/{index}",
        "Delete the values of a custom field in a group of a loan account",
    ),
    served("PATCH", "/api/clients/{client}/custominformation", "Change custom field values of a client"),
    served(
        "GET",
        "/api/clients/{client}/custominformation/{field}",
        "Read the values of a custom field of a client",
    ),
    served(
        "PATCH",
        "/api/clients/{client}/custominformation/{field}",
        "Change the value of a custom field of a client",
    ),
    served(
        "DELETE",
        "/api/clients/{client}/custominformation/{field}",
        "Delete the values of a custom field of a client",
    ),
    served(
        "GET",
        "/api/clients/{client}/custominformation/{field}/{index}",
        "Read the values of a custom field in a group of a client",
    ),
    served(
        "PATCH",
        "/api/clients/{client}/custominformation/{field}/{index}",
        "Change the value of a custom field in a group of a client",
    ),
    served(
        "DELETE",
        "/api/clients/{client}/custominformation/{field}/{index}",
        "Delete the values of a custom field in a group of a client",
    ),
    served("PATCH", "/api/branches/{branch}/custominformation", "Change custom field values of a branch"),
    served(
        "GET",
        "/api/branches/{branch}/custominformation/{field}",
        "Read the values of a custom field of a branch",
    ),
    served(
        "PATCH",
        "/api/branches/{branch}/custominformation/{field}",
        "Change the value of a custom field of a branch",
    ),
    served(
        "DELETE",
        "/api/branches/{branch}/custominformation/{field}",
        "Delete the values of a custom field of a branch",
    ),
    served(
        "GET",
        "/api/branches/{branch}/custominformation/{field}/{index}",
        "Read the values of a custom field in a group of a branch",
    ),
    served(
        "PATCH",
        "/api/branches/{branch}/custominformation/{field}/{index}",
        "Change the value of a custom field in a group of a branch",
    ),
    served(
        "DELETE",
        "/api/branches/{branch}/custominformation/{field}/{index}",
        "Delete the values of a custom field in a group of a branch",
    ),
    served("PATCH", "/api/centres/{centre}/custominformation", "Change custom field values of a centre"),
    served(
        "GET",
        "/api/centres/{centre}/custominformation/{field}",
        "Read the values of a custom field of a centre",
    ),
    served(
        "PATCH",
        "/api/centres/{centre}/custominformation/{field}",
        "Change the value of a custom field of a centre",
    ),
    served(
        "DELETE",
        "/api/centres/{centre}/custominformation/{field}",
        "Delete the values of a custom field of a centre",
    ),
    served(
        "GET",
        "/api/centres/{centre}/custominformation/{field}/{index}",
        "Read the values of a custom field in a group of a centre",
    ),
    served(
        "PATCH",
        "/api/centres/{centre}/custominformation/{field}/{index}",
        "Change the value of a custom field in a group of a centre",
    ),
    served(
        "DELETE",
        "/api/centres/{centre}/custominformation/{field}/{index}",
        "Delete the values of a custom field in a group of a centre",
    ),
    served("PATCH", "/api/users/{user}/custominformation", "Change custom field values of a user"),
    served(
        "GET",
        "/api/users/{user}/custominformation/{field}",
        "Read the values of a custom field of a user",
    ),
    served(
        "PATCH",
        "/api/users/{user}/custominformation/{field}",
        "Change the value of a custom field of a user",
    ),
    served(
        "DELETE",
        "/api/users/{user}/custominformation/{field}",
        "Delete the values of a custom field of a user",
    ),
    served(
        "GET",
        "/api/users/{user}/custominformation/{field}/{index}",
        "Read the values of a custom field in a group of a user",
    ),
    served(
        "PATCH",
        "/api/users/{user}/custominformation/{field}/{index}",
        "Change the value of a custom field in a group of a user",
    ),
    served(
        "DELETE",
        "/api/users/{user}/custominformation/{field}/{index}",
        "Delete the values of a custom field in a group of a user",
    ),
    served(
        "GET",
        "/api/loans/{loan}/transactions/{transaction}/custominformation/{field}",
        "Read the values of a custom field of a transaction",
    ),
    served(
        "PATCH",
        "/api/loans/{loan}/transactions/{transaction}/custominformation/{field}",
        "Change the value of a custom field of a transaction",
    ),
    served(
        "DELETE",
        "/api/loans/{loan}/transactions/{transaction}/custominformation/{field}",
        "Delete the values of a custom field of a transaction",
    ),
    served(
        "PATCH",
        "/api/savings/{savings}/custominformation",
        "Change custom field values of a deposit account",
    ),
    served(
        "GET",
        "/api/savings/{savings}/custominformation/{field}",
        "Read the values of a custom field of a deposit account",
    ),
    served(
        "PATCH",
        "/api/savings/{savings}/custominformation/{field}",
        "Change the value of a custom field of a deposit account",
    ),
    served(
        "DELETE",
        "/api/savings/{savings}/custominformation/{field}",
        "Delete the values of a custom field of a deposit account",
    ),
    served(
        "GET",
        "/api/savings/{savings}/custominformation/{field}/{index}",
        "Read the values of a custom field in a group of a deposit account",
    ),
    served(
        "PATCH",
        "/api/savings/{savings}/custominformation/{field}/{index}",
        "Change the value of a custom field in a group of a deposit account",
    ),
    served(
        "DELETE",
        "/api/savings/{savings}/custominformation/{field}/{index}",
        "Delete the values of a custom field in a group of a deposit account",
    ),
    served(
        "GET",
        "/api/savings/{savings}/transactions/{transaction}/custominformation/{field}",
        "Read the values of a custom field of a transaction",
    ),
    served(
        "PATCH",
        "/api/savings/{savings}/transactions/{transaction}/custominformation/{field}",
        "Change the value of a custom field of a transaction",
    ),
    served(
        "DELETE",
        "/api/savings/{savings}/transactions/{transaction}/custominformation/{field}",
        "Delete the values of a custom field of a transaction",
    ),
];

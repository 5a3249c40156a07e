"""What schemathesis cannot know of the marketplace: a business refusal there is a 500 with a code of its own."""

import schemathesis

CODES = ("API_EXCEPTION", "UNKNOWN_EXCEPTION")


@schemathesis.check
def refusals_are_the_contracts_own(ctx, response, case):
    if response.status_code < 500:
        return
    body = response.json()
    own = response.status_code == 500 and isinstance(body, dict) and body.get("errorCode") in CODES
    assert own and "on our side" not in (body.get("errorMessage") or ""), f"a server error: {response.text[:300]}"

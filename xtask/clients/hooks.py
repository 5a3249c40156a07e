"""What schemathesis cannot know of the doors."""

import schemathesis
from hypothesis import strategies as st

# A business refusal of the marketplace is a 500 with a code of its own.
CODES = ("API_EXCEPTION", "UNKNOWN_EXCEPTION", "EXCEPTION_WHILE_PROCESSING", "PAYOFF_QUOTE_NOT_GENERATED")


@schemathesis.check
def refusals_are_the_contracts_own(ctx, response, case):
    if response.status_code < 500:
        return
    body = response.json()
    own = response.status_code == 500 and isinstance(body, dict) and body.get("errorCode") in CODES
    assert own and "on our side" not in (body.get("errorMessage") or ""), f"a server error: {response.text[:300]}"


@schemathesis.hook
def before_generate_path_parameters(ctx, strategy):
    """What the examples name is there. Three requests of four are about that: of a thing that is not there, the
    door says no more than that."""
    examples = {one.name: one.definition["example"] for one in ctx.operation.path_parameters if "example" in one.definition}
    there = strategy.map(lambda drawn: drawn | examples if isinstance(drawn, dict) else drawn)
    return st.one_of(there, there, there, strategy)

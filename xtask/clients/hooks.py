"""What schemathesis cannot know of the doors."""

import json
import os

import schemathesis
from hypothesis import strategies as st

# A business refusal of the marketplace is a 500 with a code of its own.
CODES = ("API_EXCEPTION", "UNKNOWN_EXCEPTION", "EXCEPTION_WHILE_PROCESSING", "PAYOFF_QUOTE_NOT_GENERATED")


# What is there and no example names: ids by the beginnings of paths, and values of parameters and members.
THERE = json.loads(os.environ.get("LOAM_THERE", "null")) or {"paths": {}, "members": {}}


@schemathesis.check
def refusals_are_the_contracts_own(ctx, response, case):
    if response.status_code < 500:
        return
    body = response.json()
    own = response.status_code == 500 and isinstance(body, dict) and body.get("errorCode") in CODES
    assert own and "on our side" not in (body.get("errorMessage") or ""), f"a server error: {response.text[:300]}"


def mostly(strategy, change):
    """Three requests of four are about what is there: of a thing that is not there, the door says no more than that."""
    there = strategy.map(lambda drawn: change(drawn) if isinstance(drawn, dict) else drawn)
    return st.one_of(there, there, there, strategy)


@schemathesis.hook
def before_generate_path_parameters(ctx, strategy):
    """What the examples name is there, and what was made for this."""
    names = {one.name: one.definition.get("example") for one in ctx.operation.path_parameters}
    examples = {name: example for name, example in names.items() if example is not None}
    begins = [begin for begin in THERE["paths"] if ctx.operation.path.replace("{version}", "v30.0").startswith(begin)]
    found = {name: THERE["paths"][max(begins, key=len)] for name in names.keys() - examples.keys()} if begins else {}
    return mostly(strategy, lambda drawn: drawn | found | examples)


def with_members(drawn):
    return drawn | {name: THERE["members"][name] for name in drawn.keys() & THERE["members"].keys()}


@schemathesis.hook
def before_generate_query(ctx, strategy):
    return mostly(strategy, with_members)


@schemathesis.hook
def before_generate_body(ctx, strategy):
    return mostly(strategy, with_members)

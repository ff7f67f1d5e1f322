"""What a programmer needs for a first call to a demo that runs: address, key, counter, a bill.

Told as lines for a shell. The key opens a synthetic network on this machine and nothing else.
"""

import shlex
from collections.abc import Iterator

from cashlane.home import Home
from cashlane.trial.city import agent_keys
from cashlane.trial.tour.clerk import some_bills
from cashlane.trial.tour.running import read_running

AGENT, OUTLET, TILL = "post", "post-0001", "1"


def sample(house: Home) -> Iterator[str] | None:
    """Lines that set API, KEY, OUTLET, TILL, and a printed CODE; None where no demo runs."""
    running = read_running(house)
    if running is None:
        return None
    ((row, code),) = some_bills(running, 1)
    values = {
        "API": running.api,
        "KEY": agent_keys(house, None)[AGENT],
        "OUTLET": OUTLET,
        "TILL": TILL,
        "CODE": code,
        "BILLER": row.biller,
        "ACCOUNT": row.bill.account,
    }
    return (f"export {name}={shlex.quote(value)}" for name, value in values.items())

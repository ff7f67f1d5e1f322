"""The demo as a stranger meets it: one command, four acts, a page, Ctrl-C, and all kept."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from playwright.async_api import Page

from cashlane.home import Home, home, settings
from cashlane.trial.station import free_port
from cashlane.trial.tour.running import Running, read_running
from cashlane.trial.tour.steps import STEPS
from tests.web.browser import axe

CLI = (sys.executable, "-m", "cashlane.cli")


class Demo:
    """A demo in a folder of its own."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.house: Home = home(settings(data))
        words = ["demo", "--data", str(data), "--bills", "2000", "--pace", "1"]
        self.process = subprocess.Popen(
            [*CLI, *words, "--port", str(free_port())], stderr=subprocess.PIPE, text=True
        )
        self.running = self._awaited()

    def _awaited(self) -> Running:
        for _ in range(600):
            running = read_running(self.house)
            if running is not None:
                return running
            assert self.process.poll() is None, self.process.stderr.read()
            time.sleep(0.1)
        raise AssertionError("the demo was not ready within a minute")

    def stop(self) -> str:
        """Ctrl-C; what it had said."""
        self.process.send_signal(signal.SIGINT)
        _, said = self.process.communicate(timeout=60)
        assert self.process.returncode == 0, said
        assert read_running(self.house) is None
        return said


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo that runs; what a test leaves of it is stopped."""
    demo = Demo(tmp_path_factory.mktemp("demo") / "data")
    yield demo
    if demo.process.poll() is None:
        demo.stop()


def tour(demo: Demo, step: str) -> subprocess.CompletedProcess[str]:
    """An act of the tour by its command."""
    env = os.environ | {"CASHLANE_DATA": str(demo.data), "COLUMNS": "200"}
    words = [*CLI, "tour", step]
    return subprocess.run(words, env=env, capture_output=True, text=True, timeout=200)


@pytest.mark.parametrize("step", [step.name for step in STEPS])
def test_each_act_does_what_it_promises(demo: Demo, step: str) -> None:
    done = tour(demo, step)
    assert done.returncode == 0, done.stdout + done.stderr
    said = {
        "pay": r"(PAID: receipt post-0001-\d{8}-\d{5}.*\n.*\n?.*){3}",
        "crash": r"is killed \(kill -9\)[\s\S]*the same answer, to the byte[\s\S]*PAID",
        "doubt": r"IN DOUBT; a slip is given[\s\S]*has become PAID[\s\S]*PAID: receipt",
        "stop": r"IN DOUBT, and it stays[\s\S]*by Bank B: PAID[\s\S]*all PAID, none twice",
        "verify": r"everything agrees, to the fen",
    }
    assert re.search(said[step], done.stdout), done.stdout


def test_an_act_that_does_not_exist_is_named_with_those_that_do(demo: Demo) -> None:
    done = tour(demo, "dance")
    assert done.returncode == 2
    assert "pay, crash, doubt, stop, verify" in done.stderr


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_tours_page_shows_an_act_as_it_goes(browsing, demo: Demo, language: str) -> None:
    async def scenario(page: Page) -> None:
        await page.goto(f"/?lang={language}")
        assert await axe(page) == []
        assert await page.locator("[data-code]").count() == 12
        await page.click("[data-step=pay]")
        await page.wait_for_selector("[data-step=pay].done", timeout=60_000)
        assert await page.locator(".lines .good").count() == 3
        assert await page.locator(".lines .bad").count() == 0
        assert await axe(page) == []

    browsing(demo.running.tour, scenario)


def test_an_act_is_not_begun_by_another_site(demo: Demo) -> None:
    plain = Request(f"{demo.running.tour}/steps/pay", data=b"{}", method="POST")
    with pytest.raises(HTTPError, match="404"):
        urlopen(plain)


def test_it_stops_cleanly_and_starts_again_with_all_it_had(demo: Demo) -> None:
    logins = (demo.data / "secrets" / "trial-logins.json").read_bytes()
    said = demo.stop()
    for person in json.loads(logins)["tills"]:
        assert person["cashier"]["word"] in said
    again = Demo(demo.data)
    try:
        assert (demo.data / "secrets" / "trial-logins.json").read_bytes() == logins
        done = tour(again, "verify")
        assert done.returncode == 0, done.stdout
        assert not done.stdout.startswith("0 payments")
    finally:
        again.stop()

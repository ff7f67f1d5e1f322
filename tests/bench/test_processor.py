"""Numbers of /proc: names with blanks and brackets, families, what cores did."""

import os

from bench.processor import TICK_US, Cores, Used, family, read_cores, read_used, words_of

STAT = "4242 (a (b) c) S 17 1 1 0 -1 4194560 900 0 0 0 150 50 7 3 20 0 1 0 12345 1 2 3"


def test_a_name_with_blanks_and_brackets_is_passed_over() -> None:
    assert read_used(STAT) == Used(17, 200 * TICK_US, 50 * TICK_US, 10 * TICK_US)


def test_cores_are_idle_or_busy() -> None:
    before = read_cores("cpu  100 10 50 1000 40 0 5 3 0 0\ncpu0 1 1\n")
    after = read_cores("cpu  160 10 60 1025 45 0 5 13 0 0\n")
    assert before == Cores(168 * TICK_US, 1040 * TICK_US)
    assert after.since(before) == Cores(80 * TICK_US, 30 * TICK_US)


def test_a_process_is_in_its_parents_family() -> None:
    assert os.getpid() in family(os.getppid())
    assert os.getppid() not in family(os.getpid())
    assert words_of(os.getpid())
    assert words_of(2**22 + 1) == []

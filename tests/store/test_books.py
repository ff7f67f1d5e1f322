"""Random lives over the real rules and the real database end as their stories say."""

from cashlane.home import Databases
from cashlane.store.connect import connect
from tests.store.books import STORIES, write_books


def test_every_story_ends_as_it_should(ways: Databases) -> None:
    counter = write_books(ways, lives=400, seed=7)
    with connect(ways.watch) as watch:
        states = dict(watch.execute("SELECT id, state FROM payments").fetchall())
    ends = {ident: STORIES[life.story][1] for ident, life in counter.lives.items() if not life.left}
    assert {ident: states[ident] for ident in ends} == ends
    assert {life.story for life in counter.lives.values()} == set(STORIES)
    assert len(states) >= 400

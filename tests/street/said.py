"""What is said about the post's line while a test lasts."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from uuid import uuid4

from cashlane.core.routing import NoticeKind, RouteNotice
from cashlane.store.connect import open_pool
from cashlane.store.routes import Routes
from cashlane.values.text import Text
from tests.street.running import Street

BEGAN = datetime(2022, 1, 1, tzinfo=UTC)
"""Before any day of the trial."""
POST, POST_LINE = 1, 3


@contextmanager
def post_line_shut(street: Street) -> Iterator[None]:
    """The post's only way is shut by its operator, and kept open again afterwards."""
    asyncio.run(_say_instead(street, "shut", POST))
    yield
    asyncio.run(_say_instead(street, "open", 0))


@asynccontextmanager
async def _ways(street: Street) -> AsyncIterator[Routes]:
    pool = await open_pool(street.house.databases().hub, size=1)
    try:
        yield Routes(pool)
    finally:
        await pool.close()


async def _say_instead(street: Street, kind: NoticeKind, agent: int) -> None:
    """What was said about the post's line holds no longer, and this does."""
    now = datetime.now(UTC)
    async with _ways(street) as routes:
        for said in (await routes.outlook(BEGAN)).notices:
            if said.route == POST_LINE:
                await routes.end_notice(said.id, ended_at=BEGAN, actor="test", recorded_at=now)
        word = RouteNotice(
            uuid4(), POST_LINE, 0, agent, kind, BEGAN, None, "technical",
            Text("专线检修", "the line is being mended"), "test", now,
        )  # fmt: skip
        await routes.add_notice(word)

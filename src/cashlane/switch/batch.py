"""Natural batching: what arrives while the last commit is under way leaves together after it.

No timer: an idle switch answers at once, a busy one fills its batches by itself.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

A = TypeVar("A")
R = TypeVar("R")


class Batcher(Generic[A, R]):
    """Gathers single asks into batches and hands each its own answer.

    `commit` answers a batch in its order. Where it raises, every ask of the batch learns it.
    """

    def __init__(self, commit: Callable[[Sequence[A]], Awaitable[Sequence[R]]], most: int) -> None:
        self._commit = commit
        self._most = most
        self._waiting: list[tuple[A, asyncio.Future[R]]] = []
        self._busy: asyncio.Task[None] | None = None

    def put(self, item: A) -> "asyncio.Future[R]":
        """Put an ask in the next batch; its answer comes later.

        A caller that goes away does not take its ask back: it may be under way already.
        """
        future: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._busy is None:
            self._busy = asyncio.create_task(self._drain())
        return future

    async def ask(self, item: A) -> R:
        """Put an ask in the next batch and wait for its answer."""
        return await self.put(item)

    async def ask_all(self, items: Sequence[A]) -> list[R | Exception]:
        """Put asks in the next batch, or the next ones, and wait for all their answers; an error
        is the answer of the ask that it belongs to."""
        futures = [self.put(item) for item in items]
        if futures:
            await asyncio.wait(futures)
        answers: list[R | Exception] = []
        for future in futures:
            error = future.exception()
            assert not isinstance(error, BaseException) or isinstance(error, Exception)
            answers.append(future.result() if error is None else error)
        return answers

    def __len__(self) -> int:
        """How many asks wait for the next batch."""
        return len(self._waiting)

    async def _drain(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
                await self._answer(batch)
        finally:
            self._busy = None

    async def _answer(self, batch: list[tuple[A, asyncio.Future[R]]]) -> None:
        try:
            answers = await self._commit([item for item, _ in batch])
        except Exception as error:  # every caller must learn it, whatever it is
            for _, future in batch:
                if not future.done():
                    future.set_exception(error)
                    future.exception()
            return
        assert len(answers) == len(batch), "an answer for each ask"
        for (_, future), answer in zip(batch, answers, strict=True):
            if not future.done():  # its caller has gone away
                future.set_result(answer)

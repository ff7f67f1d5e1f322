"""Payments left as files: one durable file a batch, each payment once, nothing invented."""

import asyncio

import msgspec

from cashlane.adapters.files import payment_file
from cashlane.adapters.routes.filedrop import FileDrop
from cashlane.core.ports import Confirmed, Declined, NotFound, Unknown

NAME = "island-gas_PAY_20260115_0001.txt"


def send(folder, deliveries):
    return asyncio.run(FileDrop(folder).send(deliveries))


def enquire(folder, deliveries):
    return asyncio.run(FileDrop(folder).enquire(deliveries))


def test_one_file_a_batch_to_the_golden_byte(tmp_path, golden, deliver):
    two = [deliver(1, "island-gas"), deliver(2, "island-gas", 9900)]
    assert send(tmp_path, two) == [Confirmed(f"{NAME}#2", 12650), Confirmed(f"{NAME}#3", 9900)]
    assert [path.name for path in (tmp_path / "in").iterdir()] == [NAME]
    assert (tmp_path / "in" / NAME).read_bytes() == golden("good.txt")


def test_sending_again_files_nothing_again(tmp_path, deliver):
    one, two = deliver(1, "island-gas"), deliver(2, "island-gas")
    send(tmp_path, [one, one])
    (tmp_path / "in" / NAME).replace(tmp_path / "archive" / NAME)
    assert send(tmp_path, [one, two]) == [
        Confirmed(f"{NAME}#2", 12650),
        Confirmed("island-gas_PAY_20260115_0002.txt#2", 12650),
    ]
    assert len(list((tmp_path / "in").iterdir())) == 1


def test_enquire_looks_into_files(tmp_path, deliver):
    one, two = deliver(1, "island-gas"), deliver(2, "island-gas")
    send(tmp_path, [one])
    other_amount = msgspec.structs.replace(one, amount=1)
    assert enquire(tmp_path, [one, two, other_amount]) == [
        Confirmed(f"{NAME}#2", 12650),
        NotFound(),
        Unknown("amount differs"),
    ]


def test_broken_and_empty_files_prove_nothing(tmp_path, golden, deliver):
    (tmp_path / "in").mkdir()
    for number, name in enumerate(("broken.txt", "empty.txt"), start=1):
        path = tmp_path / "in" / f"island-gas_PAY_20260115_{number:04d}.txt"
        path.write_bytes(golden(name))
    assert enquire(tmp_path, [deliver(1, "island-gas")]) == [NotFound()]
    assert payment_file.read_lines(golden("good.txt")) is not None
    assert payment_file.read_lines(golden("broken.txt")) is None


def test_a_file_not_yet_named_is_not_there(tmp_path, golden, deliver):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / f".{NAME}.1.part").write_bytes(golden("good.txt"))
    assert enquire(tmp_path, [deliver(1, "island-gas")]) == [NotFound()]


def test_a_text_that_would_break_the_lines_is_refused(tmp_path, deliver):
    nasty = msgspec.structs.replace(deliver(1, "island-gas"), bill_ref="B|1")
    assert send(tmp_path, [nasty]) == [Declined("unfit", not_posted=True)]


def test_a_folder_that_cannot_be_used_raises_nothing(tmp_path, deliver):
    (tmp_path / "in").write_text("in the way")
    (answer,) = send(tmp_path, [deliver(1, "island-gas")])
    assert isinstance(answer, Unknown)
    assert not answer.sent


def test_two_writers_never_share_a_name(tmp_path, deliver):
    first, second = FileDrop(tmp_path), FileDrop(tmp_path)

    async def both():
        return await asyncio.gather(
            first.send([deliver(1, "island-gas")]), second.send([deliver(2, "island-gas")])
        )

    answers = asyncio.run(both())
    assert {answer.reference[:-2] for (answer,) in answers} == {
        NAME,
        "island-gas_PAY_20260115_0002.txt",
    }

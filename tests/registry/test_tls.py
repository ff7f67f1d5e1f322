"""A sandbox behind https: its own authority is believed, and a certificate that cannot be is told
in a sentence before anything is sent."""

import asyncio
from pathlib import Path

import msgspec
import pytest

from cashlane.core.partner_sheet import PAYABLE_LEAST
from cashlane.registry.certify import Stranger
from cashlane.trial.partner_line import check_partner
from cashlane.trial.rehearsal import sample_sheet, standing_sandbox
from cashlane.values.text import LANGUAGES
from tests.conftest import Require
from tests.registry.certificates import EARLY, EXPIRED, GOOD, HOST, Authority, tls_door
from tests.registry.sandbox import USUAL, sheet_of
from tests.registry.test_partner_command import run

SAID = {
    "expired": "it has expired",
    "early": "it is not valid yet",
    "other host": "it was not made out for the host 127.0.0.1",
    "unknown authority": "nobody who is trusted vouches for it",
    "other authority": "nobody who is trusted vouches for it",
    "no tls": "it does not speak TLS",
}
SHOWN = {
    "expired": (EXPIRED, HOST),
    "early": (EARLY, HOST),
    "other host": (GOOD, "sandbox.example"),
    "unknown authority": (GOOD, HOST),
    "other authority": (GOOD, HOST),
}


@pytest.mark.parametrize("case", SAID)
@pytest.mark.parametrize("where", ["sandbox", "statement"])
def test_a_certificate_that_cannot_be_believed_is_told(
    tmp_path: Path, require: Require, case: str, where: str
) -> None:
    openssl = require("openssl")

    async def attempt() -> None:
        async with standing_sandbox(tmp_path / "box", "bank", bills=PAYABLE_LEAST + 1) as standing:
            own, other = (Authority(openssl, tmp_path / name) for name in ("own", "other"))
            trusted = other if case == "other authority" else own
            trust = USUAL() if case == "unknown authority" else USUAL(cafile=str(trusted.ca))
            address = standing.address.replace("http:", "https:")
            valid, host = SHOWN.get(case, (GOOD, HOST))
            async with tls_door(standing.address, own.server(valid=valid, host=host)) as door:
                led = address if case == "no tls" else door
                sheet = sheet_of(standing)
                changed = {"address": led} if where == "sandbox" else {"statement": f"{led}/books"}
                sheet = msgspec.structs.replace(sheet, **changed)
                found = await check_partner(
                    sheet, b"", trust=trust, owed=(), control=None, orders=()
                )
        assert isinstance(found, Stranger)
        assert SAID[case] in found.why.en
        assert ("statement" in found.why.en) == (where == "statement")
        assert all("{" not in found.why.say(language) for language in LANGUAGES)

    asyncio.run(attempt())


@pytest.mark.parametrize(
    ("address", "content", "said"),
    [
        ("https://127.0.0.1:9", None, "ca_file: holds no certificate"),
        ("https://127.0.0.1:9", "no certificate", "ca_file: holds no certificate"),
        ("http://127.0.0.1:9", "whatever", "ca_file: is for https"),
    ],
)
def test_a_file_without_a_certificate_is_a_mistake_of_the_sheet(
    tmp_path: Path, address: str, content: str | None, said: str
) -> None:
    sheet = tmp_path / "sheet.toml"
    text = sample_sheet("bank", address, bills=PAYABLE_LEAST)
    sheet.write_text(text.replace('zone = "', 'ca_file = "ca.pem"\nzone = "'), encoding="utf-8")
    if content is not None:
        (tmp_path / "ca.pem").write_text(content)
    told = run("check", address, "--sheet", sheet)
    assert told.exit_code == 2
    assert said in told.stderr

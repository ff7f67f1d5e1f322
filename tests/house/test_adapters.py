"""The adapter gate: golden samples of what the other side sends, well and badly."""

from tests.house import repository
from tests.house.adapter_lint import RULES, adapters, golden_findings
from tests.house.verdict import ROOT, hold


def test_every_adapter_has_its_golden_samples() -> None:
    names = [module.rsplit("/", 1)[1] for module in adapters(repository.source())]
    samples = {
        name: [path.name for path in (ROOT / "tests" / "adapters" / name / "golden").glob("*")]
        for name in names
    }
    assert {"aggregator", "bank", "filedrop", "desk", "bill_file"} <= set(names)
    hold(RULES, golden_findings(names, samples))


def test_an_adapter_without_a_sample_is_named() -> None:
    (found,) = golden_findings(["post", "bank"], {"bank": ["good.x", "broken.x", "empty.x"],
                                                  "post": ["answer_good.txt"]})  # fmt: skip
    assert (found.subject, found.said) == ("post", "no sample that is broken or empty")


def test_a_part_of_an_adapter_is_not_one() -> None:
    sources = {
        "adapters/routes/bank.py": "from cashlane.adapters.routes.bank_message import write",
        "adapters/routes/bank_message.py": "",
        "adapters/link.py": "",
    }
    assert adapters(sources) == ["adapters/routes/bank"]

"""Each adapter beside the samples it was tried on: good, broken and empty."""

import re
from collections.abc import Collection, Iterator, Mapping

from tests.house.verdict import Finding, Rule

FAMILIES = ("billers", "routes", "files", "messages")
KINDS = ("good", "broken", "empty")

RULES = {
    "golden": Rule(
        "the other side changes its messages without asking: a kept good, broken and empty answer"
        " is what shows on which side something moved",
        "keep the samples in tests/adapters/<name>/golden/ and read them in its test",
    ),
}


def adapters(sources: Mapping[str, str]) -> list[str]:
    """The adapters among modules (text by path below src/cashlane): those that no other of
    a family uses."""
    family = re.compile(rf"adapters/(?:{'|'.join(FAMILIES)})/(?!__init__)\w+\.py")
    modules = [path.removesuffix(".py") for path in sorted(sources) if family.fullmatch(path)]
    return [
        module
        for module in modules
        if not any(
            re.search(_imported(module), sources[f"{other}.py"])
            for other in modules
            if other != module
        )
    ]


def _imported(module: str) -> str:
    """How another module imports this one: by its name, or its folder's name and its own."""
    home, name = f"cashlane.{module.replace('/', '.')}".rsplit(".", 1)
    return rf"{re.escape(home)}\.{name} import|{re.escape(home)} import [^\n]*\b{name}\b"


def golden_findings(
    names: Collection[str], samples: Mapping[str, Collection[str]]
) -> Iterator[Finding]:
    """Adapters without a sample of each kind; `samples` are file names by adapter."""
    for name in names:
        missing = [
            kind for kind in KINDS if not any(kind in file for file in samples.get(name, ()))
        ]
        if missing:
            yield Finding("golden", name, f"no sample that is {' or '.join(missing)}")

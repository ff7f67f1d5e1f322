"""Makes the generated documents again: `./do figures`, or `python -m docs.generate`.

A test makes them too and compares: a page that is behind its source fails there.
"""

from pathlib import Path

from docs.making import limits, refusals, replay, speed, states, street

ROOT = Path(__file__).parents[1]


def made(root: Path) -> dict[str, str]:
    """Every generated document by its path in the checkout."""
    pages = {
        "docs/REFUSALS.md": refusals.page(root / "tests"),
        "docs/STATES.md": states.page(),
        "docs/LIMITS.md": limits.page(root / "src" / "cashlane"),
    }
    pages |= replay.pages() | speed.pages()
    pictures = states.pictures() | street.picture()
    return pages | {f"docs/pictures/{name}": text for name, text in pictures.items()}


def main() -> None:
    """Write what is not as it would be made now."""
    for path, text in made(ROOT).items():
        file = ROOT / path
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

"""Makes learn/replay.md in both languages: what a replay shows, its figures, all its facts.

The figures are those that the command beside them prints.
"""

from collections.abc import Iterator
from html import escape
from io import StringIO

from rich.console import Console

from cashlane.trial.replay.chart import HEIGHT, WIDTH, frame_of, steps_chart
from cashlane.trial.replay.crowd import Sample
from cashlane.trial.replay.figures import origin, value_in
from cashlane.trial.replay.page import CHART_STYLE, style
from cashlane.trial.replay.reading import read_story
from cashlane.trial.replay.replay import Replay, replay
from cashlane.trial.replay.saying import METHOD
from cashlane.trial.replay.story import KINDS
from cashlane.trial.replay.terminal import show_results
from cashlane.values.text import Language

STORY = "shanghai-2022"
SAMPLE = Sample(seed=7, ppm=50_000)
"""What the command looks at where nothing is said."""

_PAGES: dict[str, Language] = {"docs/learn/replay.md": "en", "docs/learn/replay.zh.md": "zh"}
_COLUMNS = 112

_HEAD = {
    "en": """\
# One winter, several worlds

[中文](replay.zh.md) · made by `./do figures`; not written by hand

{banner}

{told}

A replay needs no database and takes some seconds. The worlds have one way of being computed; what
they differ in are facts, and every fact says where it comes from: *reported*, *derived* from what
is reported, or *assumed*. What comes out is a result of these facts, not a finding about anybody.

![Outlets that take cash, day by day, in each world](../pictures/replay.svg)

```bash runnable
./do cashlane replay shanghai-2022
```

""",
    "zh": """\
# 一个冬天，几种经过

[English](replay.md) · 由 `./do figures` 生成，请勿手工修改

{banner}

{told}

回放不需要数据库，只用几秒。各种经过用同一套算法，差别只在事实；每条事实都注明来处：报道、由报道推得，
或假设。得出的是这些事实的结果，不是对任何人的结论。

![各种经过中逐日收现金的网点](../pictures/replay.zh.svg)

```bash runnable
./do cashlane replay shanghai-2022 --lang zh
```

""",
}

_OWN = """\
[sources.us]
zh = "我们自己"
en = "ourselves"

[worlds.E]
title = { zh = "只有告示", en = "Notices and nothing else" }
idea = { zh = "门口一张告示，别的都没有。", en = "A notice at each door, and no more." }

[worlds.E.facts.told_at_door_percent]
value = 60
kind = "assumed"
source = "us"
date = 2026-11-23
"""

_READ = {
    "en": """\

## How to read it
- **{a} and {b}** lose the same outlet-days. What they differ in is what people know: a notice, a
  page of what works now and a word at the door spare most of the trips in vain, and cost little.
- **{c}** halves the outlet-days and yet sends people home: the counters are open, the spare behind
  them is full. An outlet that is counted as open is not yet one that serves.
- **{d}** loses no day. It is paid for in every year in which nothing happens.
- The counters that help lose money on it: at the usual fee, a payment at a post counter costs more
  in wages than it earns.

## How it was computed
{method}

## Other facts
A value for all worlds, or for one of them; the page is one file with everything in it, in both
languages, for a screen, a phone and paper:

```bash runnable
./do cashlane replay shanghai-2022 --scale 0.002 --set quiet_offices=40 --set {c}.certify_days=40
./do cashlane replay shanghai-2022 --scale 0.002 --page replay.html --json > replay.json
```

A file of your own is laid over the story's, and may add worlds, as
[shanghai-2022.toml](../../src/cashlane/trial/replay/data/shanghai-2022.toml) does it. What is
wrong with it is told all at once:

```toml
{own}```

```bash not-run: tests/replay/test_facts.py takes the file above and replays with it
./do cashlane replay shanghai-2022 --facts mine.toml
```

## Every fact

""",
    "zh": """\

## 怎样读
- **{a} 与 {b}** 停收的网点天数一样。差别在于人们知道什么：预告、当下可缴信息页和门口一句话，
  省去了绝大部分白跑，花费不多。
- **{c}** 的停收天数减半，却仍让人白跑：网点开着，背后的备用通道却满了。
  算作“开着”的网点，未必办得了。
- **{d}** 一天不停。代价是什么都没发生的年份也要付钱。
- 伸手帮忙的网点是亏的：按平时的手续费，邮政柜台一笔缴费的人工高于所得。

## 怎样算
{method}

## 换一组事实
可以给全部经过设值，也可以只给一种；页面是一个文件，内容齐全，两种语言，屏幕、手机、纸上都能看：

```bash runnable
./do cashlane replay shanghai-2022 --scale 0.002 --set quiet_offices=40 --set {c}.certify_days=40
./do cashlane replay shanghai-2022 --scale 0.002 --page replay.html --json > replay.json
```

自己的事实文件叠在原有事实之上，还可以增加一种经过，写法见
[shanghai-2022.toml](../../src/cashlane/trial/replay/data/shanghai-2022.toml)。有不对之处会一次全部说出：

```toml
{own}```

```bash not-run: tests/replay/test_facts.py takes the file above and replays with it
./do cashlane replay shanghai-2022 --facts mine.toml --lang zh
```

## 全部事实

""",
}


def pages() -> dict[str, str]:
    """Both pages and their pictures, by path."""
    done = replay(read_story(STORY, None, ()), SAMPLE, lambda *_: None)
    pages = {path: _page(done, language) for path, language in _PAGES.items()}
    return pages | {_PICTURES[language]: _picture(done, language) for language in _PICTURES}


_PICTURES: dict[Language, str] = {
    "en": "docs/pictures/replay.svg",
    "zh": "docs/pictures/replay.zh.svg",
}
_HEAD_HIGH, _GAP = 40, 24
_ALONE = """
svg { font-family: 'Noto Sans SC','PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif; }
:root { --ink: #13222a; --quiet: #4d5d67; --card: #fffdf8; }
.title { font-size: 19px; font-weight: 700; fill: var(--tone); }
"""


def _picture(done: Replay, language: Language) -> str:
    """The worlds' pictures in two columns, as one file that needs nothing else."""
    frame = frame_of(done.outcomes, done.first_day, done.last_day)
    wide, high = WIDTH + _GAP, HEIGHT + _HEAD_HIGH
    rows = (len(done.outcomes) + 1) // 2
    size = f"{2 * wide} {rows * high}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" role="img">',
        f"<title>{escape(done.story.title.say(language))}</title>",
        f"<style>{_ALONE}{style(CHART_STYLE)}</style>",
        '<rect width="100%" height="100%" fill="#fffdf8"/>',
    ]
    for at, outcome in enumerate(done.outcomes):
        x, y = at % 2 * wide + _GAP // 2, at // 2 * high
        title = escape(f"{outcome.key}  {outcome.title.say(language)}")
        place = f'x="{x}" y="{y + _HEAD_HIGH}" width="{WIDTH}" height="{HEIGHT}"'
        drawn = steps_chart(outcome, frame, language).replace("<svg ", f"<svg {place} ", 1)
        named = f'<text class="title" x="{x + 10}" y="{y + 28}">{title}</text>'
        parts.append(f'<g class="tone-{at % 4}">{named}\n{drawn}</g>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _page(done: Replay, language: Language) -> str:
    keys = dict(zip("abcd", (outcome.key for outcome in done.outcomes), strict=True))
    method = "\n".join(f"- {line.say(language)}" for line in METHOD)
    story = {"banner": done.story.banner, "told": done.story.told}
    words = {name: text.say(language) for name, text in story.items()}
    head = _HEAD[language].format(**words)
    return (
        head
        + f"```text\n{_printed(done, language)}```\n"
        + _READ[language].format(method=method, own=_OWN, **keys)
        + "\n".join(_facts(done, language))
        + "\n"
    )


def _printed(done: Replay, language: Language) -> str:
    """What the command prints above its facts."""
    out = StringIO()
    show_results(done, Console(file=out, width=_COLUMNS, color_system=None), language)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def _facts(done: Replay, language: Language) -> Iterator[str]:
    story, units = done.story, done.story.units()
    names = ("name", "fact", "value", "kind", "source") if language == "en" else (
        "名称", "事实", "值", "类别", "来源")  # fmt: skip
    yield f"| {' | '.join(names)} |\n|---|---|---|---|---|"
    for kind, kind_name in KINDS.items():
        for fact in story.facts.values():
            if fact.kind == kind:
                unit = units[fact.name]
                own = [
                    f"{world.key}: {value_in(world.facts[fact.name].value, unit, language)}"
                    for world in story.worlds
                    if fact.name in world.facts
                ]
                values = ", ".join([value_in(fact.value, unit, language), *own])
                said = fact.says.say(language)
                cells = (f"`{fact.name}`", said, values, kind_name.say(language))
                yield f"| {' | '.join(cells)} | {origin(fact, language)} |"

"""The comparison of two results folders: for people, as Markdown, as JUnit XML and as JSON."""

import re
from collections.abc import Sequence
from typing import Literal
from xml.etree import ElementTree as Xml

from rich import box
from rich.console import Group
from rich.markup import escape as plain
from rich.table import Table

from bench.guards.markdown import escape
from bench.leaderboard.before_and_now.judging import WORDS, Judged, Outcome
from bench.leaderboard.wording import format as words
from bench.visible import plain_json, visible

Format = Literal["junit", "markdown", "json"]
HEAD = ("Task", "Entry", "BASE", "NEW", "Difference [95 % interval]", "Margin", "p", "Verdict")
_NOT_XML = re.compile("[\ufffe\uffff]")


def render(outcome: Outcome, format: Format) -> str:
    """Return a comparison as the text of a file; foreign names are escaped."""
    return {"junit": _junit, "markdown": _markdown, "json": _json}[format](outcome)


def summary(outcome: Outcome) -> str:
    """Return the outcome as a sentence."""
    all_, worse = len(outcome.judged), len(outcome.worse)
    compared = f"{all_:,} comparison{'s' if all_ != 1 else ''}"
    rest = f"; {len(outcome.apart):,} not comparable" if outcome.apart else ""
    if not worse:
        return f"Of {compared}, none is surely worse by more than its margin{rest}."
    verb = "is" if worse == 1 else "are"
    return f"Of {compared}, {worse:,} {verb} surely worse by more than the margin{rest}."


def terminal(outcome: Outcome) -> Group:
    """Return the comparison as printed."""
    table = Table(box=box.SIMPLE, padding=(0, 1, 0, 0), pad_edge=False)
    for i, name in enumerate(HEAD):
        wide = 11 if i in (1, len(HEAD) - 1) else None  # room for whole words
        side: Literal["left", "right"] = "right" if 1 < i < len(HEAD) - 1 else "left"
        table.add_column(plain(name), justify=side, overflow="fold", min_width=wide)
    for one in outcome.judged:
        table.add_row(*map(plain, _cells(one)), style="red" if one.verdict == "worse" else "")
    lines = [f"- not compared: {plain(line)}" for line in _apart(outcome)]
    return Group(table, *lines, plain(summary(outcome)))


def _cells(one: Judged) -> Sequence[str]:
    apart = f"{words.difference(one.difference)} {words.interval((one.low, one.high))}"
    scores = (words.score(one.base), words.score(one.new), apart, words.score(one.margin))
    return (one.task, _entry(one), *scores, _p(one), WORDS[one.verdict])


def _p(one: Judged) -> str:
    """Format the p that the verdict rests on."""
    p = one.p_worse if one.verdict == "worse" else one.p_differs
    return "< .001" if p < 0.001 else words.score(p)


def _entry(one: Judged) -> str:
    before, now = one.seeds
    return one.entry if before == now else f"{one.entry} (seeds: {before} in BASE, {now} in NEW)"


def _apart(outcome: Outcome) -> list[str]:
    return [
        f"{' on '.join(filter(None, (one.entry, one.task)))}: {one.why}" for one in outcome.apart
    ]


def _markdown(outcome: Outcome) -> str:
    rule = [":--", ":--", *["--:"] * 5, ":--"]
    body = [[escape(cell) for cell in _cells(one)] for one in outcome.judged]
    table = [f"| {' | '.join(line)} |" for line in ([escape(h) for h in HEAD], rule, *body)]
    parts = ["# NEW against BASE", escape(summary(outcome)), "\n".join(table)]
    if outcome.apart:
        parts += ["## Not compared", "\n".join(f"- {escape(line)}" for line in _apart(outcome))]
    return "\n\n".join(parts) + "\n"


def _junit(outcome: Outcome) -> str:
    counts = {
        "tests": str(len(outcome.judged) + len(outcome.apart)),
        "failures": str(len(outcome.worse)),
        "errors": "0",
        "skipped": str(len(outcome.apart)),
    }
    suites = Xml.Element("testsuites", counts)
    suite = Xml.SubElement(suites, "testsuite", {"name": "bench compare", **counts})
    for one in outcome.judged:
        case = _case(suite, one.task, _entry(one))
        cells = zip(HEAD[2:], _cells(one)[2:], strict=True)
        told = "; ".join(f"{name}: {cell}" for name, cell in cells)
        if one.verdict == "worse":
            Xml.SubElement(case, "failure", message=_text(WORDS["worse"])).text = _text(told)
        else:
            Xml.SubElement(case, "system-out").text = _text(told)
    for rest in outcome.apart:
        case = _case(suite, rest.task, rest.entry or "all entries")
        Xml.SubElement(case, "skipped", message=_text(rest.why))
    Xml.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + Xml.tostring(suites, "unicode") + "\n"


def _case(suite: Xml.Element, task: str, entry: str) -> Xml.Element:
    return Xml.SubElement(suite, "testcase", classname=_text(task), name=_text(entry))


def _text(text: str) -> str:
    """Return a text without the characters that XML cannot hold."""
    return _NOT_XML.sub(lambda found: f"\\u{ord(found[0]):04x}", visible(text))


def _json(outcome: Outcome) -> str:
    compared = [
        {
            **{name: value for name, value in vars(one).items() if name != "seeds"},
            "difference": one.difference,
            "seeds_base": one.seeds[0],
            "seeds_new": one.seeds[1],
        }
        for one in outcome.judged
    ]
    apart = [vars(one) for one in outcome.apart]
    found = {"worse": len(outcome.worse), "compared": compared, "not_compared": apart}
    return plain_json(found, indent=1) + "\n"

"""Sixty hostile texts in every field that reaches a page: they stay text, in every format."""

import csv
import io
import re
from pathlib import Path
from typing import Any

import pytest

from bench.leaderboard.board import Leaderboard
from bench.leaderboard.compute import compute
from bench.records import ClassScore, Confusion, Irregular, ScoreCurve
from bench.reports.html import page
from bench.reports.render import Format, render
from bench.scoring.readouts import MOST
from bench.visible import visible
from tests.support.fakes import fake_blocked, fake_greedy, fake_result, fake_scores

FORMATS: tuple[Format, ...] = ("html", "md", "csv", "json")
CALL = "alert(1)"
AWAY = "http://127.0.0.1:9/x"
HANDLERS = ("load", "error", "click", "mouseover", "focus", "toggle", "begin", "animationstart")
HOSTILE = (
    f"</script><script>{CALL}</script>",
    f"</SCRIPT ><script>{CALL}//",
    "<!--<script>",
    "<!-- -->",
    "-->",
    "<![CDATA[x]]>",
    "]]></style><style>*{display:none}",
    f"</textarea><script>{CALL}</script>",
    f"</title><script>{CALL}</script>",
    f"</template><script>{CALL}</script>",
    f"</dialog></main><script>{CALL}</script>",
    f"<script src={AWAY}></script>",
    f"<img src={AWAY} onerror={CALL}>",
    f"<img src=x onerror={CALL}>",
    f"<svg onload={CALL}>",
    f"<svg><script>{CALL}</script></svg>",
    f"<svg><a href=javascript:{CALL}><text>x</text></a></svg>",
    f"<svg><use href={AWAY}#x /></svg>",
    f"<svg><set attributeName=onmouseover to={CALL} /></svg>",
    f"<math><mtext></mtext><mglyph><style><img src=x onerror={CALL}>",
    f"<iframe src=javascript:{CALL}></iframe>",
    f"<iframe srcdoc='<script>{CALL}</script>'></iframe>",
    f"<object data={AWAY}></object>",
    f"<embed src={AWAY}>",
    f"<link rel=stylesheet href={AWAY}>",
    f"<meta http-equiv=refresh content='0;url={AWAY}'>",
    f"<base href={AWAY}>",
    f"<form action={AWAY}><button>x</button></form>",
    f"<video><source onerror={CALL}></video>",
    f"<body onload={CALL}>",
    *(f'" on{name}="{CALL}' for name in HANDLERS),
    *(f"' on{name}='{CALL}' x='" for name in HANDLERS[:4]),
    f"javascript:{CALL}",
    f"data:text/html,<script>{CALL}</script>",
    f"`-{CALL}-`",
    f"${{{CALL}}}",
    f"\\u003cscript\\u003e{CALL}",
    f"&lt;script&gt;{CALL}&lt;/script&gt;",
    f"\u2028{CALL}\u2029",
    "{{ 7*7 }}{% raw %}",
    "{# comment #}{{ config }}",
    "__proto__",
    "constructor",
    f'=HYPERLINK("{AWAY}")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\tx=cmd",
    f"[x](javascript:{CALL})",
    f"![x]({AWAY})",
    "| a | b |",
    "\\input{/etc/passwd}",
    "\x1b]0;pwned\x07\x1b[2J",
    "\0\x08\x9b31m\x7f",
    "ab\u202edcba\u2066\U000e0041",
    " \t=cmd|x",
)


def hostile() -> Leaderboard:
    """A board with every text in every field of words that a page shows."""
    results = []
    for i, bad in enumerate(HOSTILE):
        labels = (bad, "b")
        texts: dict[str, Any] = dict.fromkeys(("source", "licence", "citation", "suite"), bad)
        texts["readouts"] = {
            "greedy": fake_greedy(irregular=(Irregular(answer=bad, refused=False, count=1),))
        }
        texts["curves"] = (
            ScoreCurve(label=bad, rows=2, positives=1, roc=((0, 0), (1, 1)), pr=((0, 1), (1, 0))),
        ) * 2
        texts["per_class"] = {
            n: ClassScore(precision=1, recall=1, f1=1, support=1, predicted=1) for n in labels
        }
        texts["confusion"] = Confusion(rows=labels, columns=labels, cells=((0, 1, 1),))
        scores = fake_scores(bad, 0.5, labels=labels, **texts)
        words: dict[str, Any] = {"params": {bad: bad}, "variant": bad, "reduction": bad}
        results.append(fake_result(bad, bad, scores=scores, seed=i, **words))
        # A licence that is none of those known has answers cut: here they stand in full.
        whole = fake_scores("whole", 0.5, readouts=texts["readouts"])
        results.append(fake_result("b", "whole", scores=whole, seed=i, variant=f"v{i // MOST}"))
        results.append(fake_result(f"f{bad}", bad, status="failed", reason=bad))
        results.append(fake_blocked(f"s{bad}", bad, bad))
    return compute(results, [])


def test_there_are_sixty_of_them() -> None:
    assert len(set(HOSTILE)) == len(HOSTILE) >= 60


@pytest.mark.parametrize("format", FORMATS)
def test_no_report_holds_a_character_that_acts_or_hides(format: Format) -> None:
    text = render(hostile(), format)
    assert visible(text) == text


@pytest.mark.parametrize("few", [page.FEW, 0])
def test_on_the_page_they_do_nothing(
    browser: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(page, "FEW", 10 * len(HOSTILE) if few else 0)
    path = tmp_path / "page.html"
    path.write_text(render(hostile(), "html"), encoding="utf-8", newline="")
    seen = browser.new_context().new_page()
    dialogs: list[str] = []
    requests: list[str] = []
    errors: list[str] = []
    seen.on("dialog", lambda found: (dialogs.append(found.message), found.dismiss()))
    seen.on("request", lambda found: requests.append(found.url))
    seen.on("pageerror", lambda found: errors.append(str(found)))
    seen.on("console", lambda found: errors.append(found.text))
    seen.goto(path.as_uri())
    seen.wait_for_selector("html.scripted")
    # Every panel is written once: what a script makes must be as tame as what the file holds.
    seen.evaluate(
        "for (const a of document.querySelectorAll('.board td a')) openCell(a.hash.slice(1))"
    )
    for name in ("suite", "family"):
        seen.evaluate(f"for (const o of [...find('{name}').options]) change({{ {name}: o.value }})")
    assert (dialogs, errors) == ([], [])
    assert {url.partition("#")[0] for url in requests} == {path.as_uri()}
    foreign = "img, iframe, object, embed, link, base, video, math, form:not(#tools), body [onload]"
    assert seen.query_selector_all(foreign) == []
    assert len(seen.query_selector_all("script")) == 2


def test_on_the_page_they_are_read_as_they_are(browser: Any, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(render(hostile(), "html"), encoding="utf-8", newline="")
    seen = browser.new_context(java_script_enabled=False).new_page()
    seen.goto(path.as_uri())
    shown = seen.text_content("body")
    assert all(visible(bad) in shown for bad in HOSTILE)


def test_no_field_of_the_csv_begins_a_formula() -> None:
    rows = csv.reader(io.StringIO(render(hostile(), "csv")))
    numbers = [f for row in rows for f in row if f[:1] in ("=", "+", "@", "\t", "\r")]
    assert numbers == []


def test_markdown_has_no_live_html_and_no_live_link() -> None:
    text = render(hostile(), "md")
    tame = text.replace("<details>", "").replace("</details>", "")
    tame = tame.replace("<summary>", "").replace("</summary>", "")
    assert "<" not in tame.replace("\\<", "")
    # A line that begins an HTML block is no Markdown.
    live = "\n".join(line for line in text.splitlines() if not line.startswith("<details>"))
    assert not re.search(r"(?<!\\)\]\(", live)


def test_a_foreign_script_in_the_file_does_not_run(browser: Any, tmp_path: Path) -> None:
    path, dialogs = tmp_path / "page.html", list[str]()
    text = render(compute([fake_result()], []), "html")
    path.write_text(text.replace("</body>", "<script>alert(1)</script></body>"), encoding="utf-8")
    seen = browser.new_context().new_page()
    seen.on("dialog", lambda found: (dialogs.append(found.message), found.dismiss()))
    seen.goto(path.as_uri())
    assert dialogs == []

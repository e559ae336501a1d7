"""The page in Chromium: hostile names stay text, nothing is loaded, it reads without a script."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.board import Leaderboard
from bench.leaderboard import compute
from bench.records import Irregular
from bench.reports import page, render
from tests.fakes import fake_greedy, fake_result, fake_scores, fake_store

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chrome")
HOSTILE = (
    "</script><script>alert(1)</script>",
    "<img src=http://127.0.0.1:9/x onerror=alert(2)>",
    "javascript:alert(3)",
    "\u2028alert(4)\u2029",
    "{{ 7*7 }}{% raw %}${7*7}",
    '" onmouseover="alert(5)',
    "<!--<script>",
    "]]></style><style>*{display:none}",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
    with sync_api.sync_playwright() as play:
        found = play.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield found
        found.close()


def hostile() -> Leaderboard:
    results = []
    for i, bad in enumerate(HOSTILE):
        texts: dict[str, Any] = dict.fromkeys(("source", "licence", "citation", "suite"), bad)
        wrote = fake_greedy(irregular=(Irregular(answer=bad, refused=False, count=1),))
        texts["readouts"] = {"greedy": wrote}
        scores = fake_scores(bad, 0.5, labels=(bad, "b"), **texts)
        results.append(
            fake_result(
                bad, bad, scores=scores, params={bad: bad}, variant=bad, reduction=bad, seed=i
            )
        )
        results.append(fake_result(f"f{bad}", bad, status="failed", reason=bad))
        results.append(fake_result(f"s{bad}", bad, status="skipped", reason=bad))
    return compute(results, [])


class Seen:
    """What a page did when it was opened."""

    def __init__(self, browser: Any, path: Path, *, javascript: bool = True) -> None:
        context = browser.new_context(java_script_enabled=javascript)
        self.page = context.new_page()
        self.dialogs: list[str] = []
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.page.on("dialog", self._dismiss)
        self.page.on("request", lambda r: self.requests.append(r.url))
        self.page.on("console", lambda m: self.errors.append(m.text))
        self.page.on("pageerror", lambda e: self.errors.append(str(e)))
        self.page.goto(path.as_uri())

    def _dismiss(self, dialog: Any) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()


def written(found: Leaderboard, folder: Path) -> Path:
    path = folder / "leaderboard.html"
    path.write_text(render(found, "html"), encoding="utf-8", newline="")
    return path


@pytest.mark.parametrize("few", [page.FEW, 0])
def test_hostile_names_stay_text(
    browser: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(page, "FEW", few)
    path = written(hostile(), tmp_path)
    seen = Seen(browser, path)
    for link in seen.page.query_selector_all(".board td a"):
        link.click()
    assert (seen.dialogs, seen.errors) == ([], [])
    assert {url.partition("#")[0] for url in seen.requests} == {path.as_uri()}
    assert seen.page.query_selector_all("img, iframe, object, [onerror], [onmouseover]") == []
    assert len(seen.page.query_selector_all("script")) == (1 if few else 2)
    shown = seen.page.inner_text("body")
    assert all(bad.strip() in shown for bad in HOSTILE if "\u2028" not in bad)


def test_following_a_score_writes_what_lies_behind_it(
    browser: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "FEW", 0)
    seen = Seen(browser, written(compute(fake_store(), []), tmp_path))
    seen.page.click(".board td.best a")
    assert "Confusion matrix" in seen.page.inner_text("#behind-cell")
    assert "80" in seen.page.inner_text("#behind-cell table >> nth=-1")


def test_following_a_score_opens_its_details(browser: Any, tmp_path: Path) -> None:
    seen = Seen(browser, written(compute(fake_store(), []), tmp_path))
    seen.page.click(".board td.best a")
    seen.page.wait_for_selector("details[open] .behind")
    assert len(seen.page.query_selector_all("main details[open]")) == 1


def test_the_page_reads_without_javascript(browser: Any, tmp_path: Path) -> None:
    seen = Seen(browser, written(compute(fake_store(), []), tmp_path), javascript=False)
    shown = seen.page.inner_text("body")
    assert ".705" in shown
    assert "MemoryError: 4 GiB were asked for" in shown
    seen.page.click("main summary:has-text('lstm') >> nth=0")
    assert "Scores of each label" in seen.page.inner_text("main")


def test_a_foreign_script_in_the_file_does_not_run(browser: Any, tmp_path: Path) -> None:
    path = written(compute(fake_store(), []), tmp_path)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("</body>", "<script>alert(1)</script></body>"), encoding="utf-8")
    assert Seen(browser, path).dialogs == []


@pytest.mark.parametrize("width", [400, 1300])
def test_the_page_itself_never_scrolls_sideways(browser: Any, tmp_path: Path, width: int) -> None:
    seen = Seen(browser, written(compute(fake_store(tasks=12), []), tmp_path))
    seen.page.set_viewport_size({"width": width, "height": 900})
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width

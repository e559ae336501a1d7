"""The page in a browser: its size, first paint, and the time to sort and to open a panel.

Run: python perf/page.py PAGE.html [PAGE.html …], with Playwright and a Chromium or Chrome
installed. `perf/store.py FOLDER` makes a store of 12,500 results; `bench report --format html` its
page. Medians over five openings; a sort is timed from the click to the frame after it.
"""

import json
import shutil
import statistics
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

OPENINGS = 5
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"
TIMED = """async (selector) => {
  const before = performance.now();
  document.querySelector(selector).click();
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  return performance.now() - before;
}"""


def measured(browser: Any, page: Path) -> dict[str, float]:
    """Measure one opening; milliseconds."""
    seen = browser.new_page(viewport={"width": 1300, "height": 900})
    seen.goto(page.resolve().as_uri())
    seen.wait_for_selector("html.scripted")
    ready = seen.evaluate("performance.now()")
    found = {
        "first paint": seen.evaluate(PAINT),
        "ready": ready,
        "sort": seen.evaluate(TIMED, "th[data-task='0'] button.sort"),
        # The worst case: every row moves.
        "sort turned round": seen.evaluate(TIMED, "th[data-task='0'] button.sort"),
        "filter": seen.evaluate(TIMED, "button.hide"),
        "panel": seen.evaluate(TIMED, ".board td.done a"),
    }
    seen.close()
    return found


def main() -> None:
    """Print one JSON object per page."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "chrome"))))
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=FLAGS)
        for page in map(Path, sys.argv[1:]):
            runs = [measured(browser, page) for _ in range(OPENINGS)]
            medians = {n: round(statistics.median(r[n] for r in runs), 1) for n in runs[0]}
            size = round(page.stat().st_size / 1024)
            print(json.dumps({"page": page.name, "KiB": size, "milliseconds": medians}))
        browser.close()


if __name__ == "__main__":
    main()

"""Made-up comments in the published form of the Politosphere files."""

import json

from bench.tasks.politosphere import _comments as _politosphere


def made_up(count: int = 113, turn: int = 0, **changes: str) -> str:
    """Rows in the published form, all of them made up: harmless, seven labels, five authors of
    several comments. With a `turn` each row has another label."""
    rows = []
    for n in range(count):
        row = {
            "id": f"m{n}",
            "body_cleaned": f"a made-up comment number {n} about a hobby",
            "User label": _politosphere.LABELS[(n + turn) % 7],
            "author": f"author{n % 5 if n < 20 else n}",
            "subreddit": "madeup",
        }
        rows.append(json.dumps({**row, **changes} if n == 1 else row))
    return "\n".join(rows) + "\n"

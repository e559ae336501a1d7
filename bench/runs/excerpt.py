"""Shorten long texts to the part that a person reads."""


def excerpt(text: str, longest: int) -> str:
    """Return a text; if longer than `longest` characters, its beginning and end with its length in
    between."""
    if len(text) <= longest:
        return text
    end = longest // 4
    return f"{text[: longest - end]} … [cut: {len(text):,} characters in all] … {text[-end:]}"

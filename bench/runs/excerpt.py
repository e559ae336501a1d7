"""Long texts cut to what a person reads of them."""


def excerpt(text: str, longest: int) -> str:
    """Return a text, of one over `longest` characters beginning and end with its length between."""
    if len(text) <= longest:
        return text
    end = longest // 4
    return f"{text[: longest - end]} … [cut: {len(text):,} characters in all] … {text[-end:]}"

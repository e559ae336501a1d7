"""Scripts and likely languages of a task's texts."""

from collections import Counter
from collections.abc import Sequence

from bench.texts.scripts import note_on, scripts_in

LOOKED_AT, OF_EACH = 400, 500
"""Number of texts looked at, and of characters of each."""
CHUNKS, LEAST = 20, 40
"""Number of pieces whose language is guessed, and the fewest bytes of one in UTF-8."""
NAMED = 0.05
"""Smallest share of letters of a script that is named."""
LIKELY = 0.25
"""Smallest share of pieces of a language that is named."""
NAMES = {
    **{"ar": "Arabic", "bn": "Bengali", "bg": "Bulgarian", "ca": "Catalan", "zh": "Chinese"},
    **{"hr": "Croatian", "cs": "Czech", "da": "Danish", "nl": "Dutch", "en": "English"},
    **{"fi": "Finnish", "fr": "French", "de": "German", "el": "Greek", "gu": "Gujarati"},
    **{"he": "Hebrew", "hi": "Hindi", "hu": "Hungarian", "id": "Indonesian", "it": "Italian"},
    **{"ja": "Japanese", "kn": "Kannada", "km": "Khmer", "ko": "Korean", "lo": "Lao"},
    **{"ml": "Malayalam", "mr": "Marathi", "my": "Burmese", "ne": "Nepali", "no": "Norwegian"},
    **{"fa": "Persian", "pl": "Polish", "pt": "Portuguese", "pa": "Punjabi", "ro": "Romanian"},
    **{"ru": "Russian", "sr": "Serbian", "sk": "Slovak", "sl": "Slovenian", "es": "Spanish"},
    **{"sw": "Swahili", "sv": "Swedish", "ta": "Tamil", "te": "Telugu", "th": "Thai"},
    **{"tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu", "vi": "Vietnamese"},
}


def written_in(texts: Sequence[str]) -> str:
    """Return the scripts of the texts, the likely languages, and how words are found where there
    are no spaces, as in `Latin; likely Italian`."""
    beginnings = [text[:OF_EACH] for text in texts[:LOOKED_AT]]
    scripts = [name for name, share in scripts_in(beginnings).items() if share >= NAMED]
    if not scripts:
        return "no letters"
    found = _languages(beginnings)
    likely = [f"likely {' or '.join(found)}"] if found else []
    note = note_on(beginnings, characters=False)
    return "; ".join([", ".join(scripts), *likely]) + (f". {note}" if note else "")


def _languages(texts: Sequence[str]) -> list[str]:
    import py3langid  # half a second

    step = max(1, -(-len(texts) // CHUNKS))
    pieces = ["\n".join(texts[k : k + step]) for k in range(0, len(texts), step)]
    long = [piece for piece in pieces if len(piece.encode("utf-8", "replace")) >= LEAST]
    codes = Counter(py3langid.classify(piece)[0] for piece in long)
    return [NAMES.get(c, c) for c, count in codes.most_common(2) if count >= LIKELY * len(long)]

"""Made-up files in the official formats of EVALITA 2023: harmless sentences, no row of theirs."""

import json
from pathlib import Path

EMOTIONS = (
    "Anger",
    "Anticipation",
    "Disgust",
    "Fear",
    "Joy",
    "Love",
    "Neutral",
    "Sadness",
    "Surprise",
    "Trust",
)
TARGETS = ("Direction", "Topic")
WORDS = ("mare", "monte", "fiume", "lago")
CASE = "Esame {n}: glicemia 90 mg. Polso {n} regolare, pressione 120. Dimesso {n}."


def put(folder: Path, name: str, text: str) -> Path:
    """A file below FOLDER/evalita."""
    path = folder / "evalita" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")
    return path


def lines(*rows: tuple[object, ...], between: str = "\t") -> str:
    """A table."""
    return "".join(between.join(map(str, row)) + "\n" for row in rows)


def sentence(n: int) -> str:
    """A made-up text."""
    return f"Testo inventato numero {n} sul {WORDS[n % 4]}"


def emit(folder: Path, *, gold: bool = True) -> None:
    """Both subtasks, train and tests."""
    for part, names in (("A", EMOTIONS), ("B", TARGETS)):
        head = ("id", "text", *names)
        rows = [
            (f"x{n}", sentence(n), *(int(k == n % 7) for k in range(len(names)))) for n in range(40)
        ]
        put(folder, f"emit_train_{part}.csv", lines(head, *rows, between=","))
    head = ("id", "text", *EMOTIONS, *TARGETS) if gold else ("id", "text")
    for stem, start in (("emit_test", 100), ("emit_test_ood", 200)):
        rows = [
            (f"x{n}", sentence(n), *(int(k == n % 12) for k in range(12)))[: len(head)]
            for n in range(start, start + 24)
        ]
        put(folder, f"{stem}{'' if gold else '_nolabel'}.csv", lines(head, *rows, between=","))


def geolingit(folder: Path, *, gold: bool = True) -> None:
    """Both subtasks; the texts have quotation marks."""
    regions = ("Lazio", "Veneto", "Molise")
    for name, start in (("train", 0), ("dev", 40), ("test", 60)):
        ids = range(start, start + 20)
        a = [(n, f'"{sentence(n)}" disse', regions[n % 3]) for n in ids]
        b = [(n, text, 41 + n % 3, f"12.{n}") for n, text, _ in a]
        if name == "test" and not gold:
            put(folder, "test.tsv", lines(("id", "text"), *(row[:2] for row in a)))
            continue
        put(folder, f"{name}_a.tsv", lines(("id", "text", "region"), *a))
        put(folder, f"{name}_b.tsv", lines(("id", "text", "latitude", "longitude"), *b))


def hodi(folder: Path, *, gold: bool = True) -> None:
    """Both subtasks: what counts as hate here is the word `fiume`."""
    for split, start in (("train", 0), ("test", 40)):
        texts = [sentence(n) for n in range(start, start + 24)]
        bare = [(n, text) for n, text in enumerate(texts)]
        a = [(n, text, int("fiume" in text)) for n, text in bare]
        b = [
            (n, text, json.dumps(_letters(text, "fiume")) if "fiume" in text else "")
            for n, text in bare
        ]
        for part, column, rows in (("A", "homotransphobic", a), ("B", "rationales", b)):
            name = f"HODI_2023_{split}_subtask{part}"
            if split == "test" and not gold:
                put(folder, f"{name}.tsv", lines(("id", "text"), *bare))
            else:
                end = "_GOLD" if split == "test" else ""
                put(folder, f"{name}{end}.tsv", lines(("id", "text", column), *rows))


def _letters(text: str, word: str) -> list[int]:
    start = text.index(word)
    return list(range(start, start + len(word)))


def langlearn(folder: Path, *, gold: bool = True) -> None:
    """Both corpora; three essays a learner, of which train pairs the first with the others."""
    for corpus, train in (("CItA", "Training"), ("COWS-L2H", "Train")):
        _essays(folder, f"{corpus}/Essays_{corpus}.xml", range(60))
        pairs = [(n - n % 3, n, "1_1", f"1_{n % 3 + 1}") for n in range(60) if n % 3]
        head = ("Essay_1", "Essay_2", "Order_1", "Order_2")
        put(folder, f"{corpus}/{train}_{corpus}.tsv", lines(head, *pairs))
        _essays(folder, f"{corpus}/Essays_Test_{corpus}.xml", range(100, 120))
        tests = [(n, n + 1, "1_1", "1_2", n // 2 % 2) for n in range(100, 120, 2)]
        head = (*head, "Label") if gold else head
        put(
            folder, f"{corpus}/Test_{corpus}.tsv", lines(head, *(row[: len(head)] for row in tests))
        )


def _essays(folder: Path, name: str, ids: range) -> None:
    docs = "".join(f'<doc id="{n}">\nTema {sentence(n)}\n</doc>\n' for n in ids)
    put(folder, name, f"<corpus>{docs}</corpus>")


def multifake(folder: Path, *, gold: bool = True) -> None:
    """Train with an id that stands twice, and one whose rows differ."""
    head = ("ID", "Type", "Text", "Label")
    rows = [(n, "tweet", sentence(n), n % 4) for n in range(40)]
    odd = [(40, "article", sentence(40), 1), (40, "article", sentence(40), 2)]
    stem = "MULTI-Fake-Detective_Task1"
    put(folder, f"{stem}_Data.tsv", lines(head, *rows, rows[3], *odd))
    for name, start in (("Test", 50), ("Test_Additional", 80)):
        tests = [
            (n, "tweet", sentence(n), n % 4)[: 4 if gold else 3] for n in range(start, start + 12)
        ]
        put(folder, f"{stem}_{name}.tsv", lines(head[: 4 if gold else 3], *tests))


SIDES = (
    ("left", "left"),
    ("right", "right"),
    ("left", "moderate_left"),
    ("right", "moderate_right"),
)


def politicit(folder: Path, *, gold: bool = True) -> None:
    """Clusters of three tweets."""
    head = ("label", "gender", "ideology_binary", "ideology_multiclass", "tweet")
    for name, start in (
        ("politicIT_phase_2_train_public", 0),
        ("politicIT_test_set_with_labels", 90),
    ):
        rows = [
            (f"c{n // 3}", ("male", "female")[n // 3 % 2], *SIDES[n // 3 % 4], sentence(n))
            for n in range(start, start + 48)
        ]
        if start and not gold:
            bare = [(row[0], row[-1]) for row in rows]
            name = "politicIT_phase_2_test_codalab"
            put(folder, f"{name}.csv", lines(("label", "tweet"), *bare, between=","))
        else:
            put(folder, f"{name}.csv", lines(head, *rows, between=","))


def clinkart(folder: Path, *, gold: bool = True) -> None:
    """Cases of three sentences; in the last of train a relation runs across two of them."""
    put(
        folder, "training.txt", "\n".join(case(n) for n in range(20)) + "\n" + case(20, across=True)
    )
    put(folder, "test.txt", "\n".join(case(n, gold=gold) for n in range(30, 40)))


def case(n: int, *, across: bool = False, gold: bool = True) -> str:
    """A made-up case with its relations."""
    text = CASE.format(n=n)
    wanted = [("90 mg", "glicemia"), ("regolare", "Polso"), ("120", "pressione")]
    wanted += [("regolare", "glicemia")] * across
    rows = [(f"d{n}", "REL", _at(a, text), _at(b, text), a, b) for a, b in wanted]
    return f"d{n}|t|{text}\n" + lines(*(rows if gold else ()))


def _at(words: str, text: str) -> str:
    start = text.index(words)
    return f"{start}-{start + len(words)}"

"""Made-up data in nine forms, as people have it."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

GOOD = ("साफ़ कमरा", "अच्छा खाना", "तेज़ सेवा", "सुंदर दृश्य", "शांत जगह")
BAD = ("गंदा कमरा", "ठंडा खाना", "धीमी सेवा", "टूटी कुर्सी", "शोर वाली जगह")
PLACES = ("दिल्ली", "मुंबई", "जयपुर", "पुणे", "आगरा", "लखनऊ")
SPORT = ("球队赢得了比赛", "运动员打破纪录", "教练更换阵容", "联赛今天开幕", "球迷涌入球场")
MONEY = ("银行提高利率", "股市今天上涨", "公司公布利润", "央行发布报告", "投资者买入债券")
CITIES = ("北京", "上海", "广州", "成都", "武汉", "杭州")
FAULTS = {
    "late": "the parcel came late",
    "broken": "the lid was broken",
    "rude": "the driver was rude",
}
NAMES = ("Ann Lee", "Bob", "Carla Diaz", "Deniz", "Eve Stone")
TOWNS = ("Oslo", "New York", "Turin", "Pune")
MOODS = ("sono felice", "che gioia", "che tristezza", "sono triste")


def hindi(folder: Path) -> list[str]:
    """A CSV of a spreadsheet in Hindi: semicolons, a byte-order mark, headers in Hindi."""
    rows = [
        f"{place} में {said} मिला;{label}"
        for place in PLACES
        for label, texts in (("अच्छा", GOOD), ("बुरा", BAD))
        for said in texts
    ]
    (folder / "hindi.csv").write_text("\ufeffसमीक्षा;राय\n" + "\n".join(rows), encoding="utf-8")
    return ["hindi.csv"]


def chinese(folder: Path) -> list[str]:
    """JSON Lines in Chinese."""
    rows = [
        {"content": f"{city}：{said}。", "category": label, "nr": n}
        for n, city in enumerate(CITIES)
        for label, texts in (("体育", SPORT), ("财经", MONEY))
        for said in texts
    ]
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    (folder / "news.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return ["news.jsonl"]


def several(folder: Path) -> list[str]:
    """A TSV with several labels a cell."""
    rows = ["comment\tfaults"]
    for n in range(60):
        names = [name for k, name in enumerate(FAULTS) if n >> k & 1]
        said = " and ".join(FAULTS[name] for name in names) or "all was well"
        rows.append(f"order {n}: {said}\t{'|'.join(names)}")
    (folder / "orders.tsv").write_text("\n".join(rows) + "\n")
    return ["orders.tsv"]


def tagged(folder: Path) -> list[str]:
    """A CoNLL file."""
    lines = list[str]()
    for n in range(60):
        name, town = NAMES[n % 5], TOWNS[n % 4]
        first, *rest = name.split()
        lines += [f"{first} B-PER", *(f"{word} I-PER" for word in rest), "visited O", f"no{n} O"]
        first, *rest = town.split()
        lines += ["in O", f"{first} B-LOC", *(f"{word} I-LOC" for word in rest), ". O", ""]
    (folder / "names.conll").write_text("\n".join(lines) + "\n")
    return ["names.conll"]


def scale(folder: Path) -> list[str]:
    """Parquet with a number each."""
    import pyarrow as pa
    from pyarrow import parquet

    rows = {
        "sentence": [f"the film {n} was {'very ' * (n % 4)}good" for n in range(60)],
        "score": [1.5 + (n % 4) + n / 1000 for n in range(60)],
    }
    parquet.write_table(pa.table(rows), folder / "films.parquet")
    return ["films.parquet", "--regression", "--range", "0:5"]


def pairs(folder: Path) -> list[str]:
    """A CSV of two texts."""
    rows = ["premise,hypothesis,label"]
    for n in range(60):
        same = n % 2
        second = f"a dog {n} sleeps" if same else f"no animal {n} is here"
        rows.append(f"a dog number {n} sleeps,{second},{'follows' if same else 'contradicts'}")
    (folder / "pairs.csv").write_text("\n".join(rows) + "\n")
    return ["pairs.csv"]


def three_files(folder: Path) -> list[str]:
    """Train, validation and test, with ids that clash."""
    for name, size in (("train", 40), ("dev", 12), ("eval", 20)):
        rows = ["id,text,label"] + [
            f"{n},{name} text {n} {'yes please' if n % 2 else 'no thanks'},{['no', 'yes'][n % 2]}"
            for n in range(size)
        ]
        (folder / f"{name}.csv").write_text("\n".join(rows) + "\n")
    return ["--train", "train.csv", "--validation", "dev.csv", "--test", "eval.csv"]


def of_the_hub(folder: Path) -> list[str]:
    """A folder in the form of the Hub's data sets, with class numbers that have names."""
    card = (
        "---\nconfigs:\n- config_name: default\n  data_files:\n  - split: train\n"
        "    path: data/train.jsonl\n  - split: test\n    path: data/test.jsonl\n---\n# Weather\n"
    )
    (folder / "weather" / "data").mkdir(parents=True)
    (folder / "weather" / "README.md").write_text(card)
    for split, size in (("train", 40), ("test", 20)):
        rows = [
            {
                "text": f"{split} day {n}: {'rain and wind' if n % 3 else 'sun all day'}",
                "label": n % 3,
            }
            for n in range(size)
        ]
        text = "\n".join(map(json.dumps, rows))
        (folder / "weather" / "data" / f"{split}.jsonl").write_text(text + "\n")
    return ["weather"]


def extremita(folder: Path) -> list[str]:
    """A four-column text-to-text file of two tasks."""
    rows = [
        f"{n}\temotivita\toggi {n} {MOODS[n % 4]}\t{'gioia' if n % 4 < 2 else 'tristezza'}"
        for n in range(60)
    ]
    rows += [f"{n}\taltro\tfrase {n}\tsì" for n in range(5)]
    (folder / "dev.txt").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return ["dev.txt", "--only", "task=emotivita"]


FORMS: Mapping[str, Callable[[Path], list[str]]] = {
    "hindi": hindi,
    "chinese": chinese,
    "several": several,
    "tagged": tagged,
    "scale": scale,
    "pairs": pairs,
    "three": three_files,
    "hub": of_the_hub,
    "extremita": extremita,
}
"""The task's name -> what writes its data and returns the words behind `bench new task NAME`."""

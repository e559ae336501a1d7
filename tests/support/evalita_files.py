"""Made-up rows, harmless and nobody's, in the official formats of the EVALITA 2023 tasks."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.files import Files
from bench.registry import Registry, load_task
from bench.task import Task

WORDS = ["alfa", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"]


def task(name: str) -> Task:
    return load_task(Registry("tasks")[name])


def at_hand(name: str, folder: Path) -> Files:
    """The files that a task finds in a data folder."""
    return Files(name, "evalita", [folder])


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / "evalita" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def lines(header: str, rows: Sequence[str]) -> str:
    return "\n".join([header, *rows]) + "\n"


def acti(folder: Path, *, gold: bool = False) -> None:
    topics = ("Covid", "Qanon", "Russia", "Terra Piatta")
    a = [f'{n},"Frase inventata, {w}",{n % 2}' for n, w in enumerate(WORDS)]
    b = [f"{n},Frase finta {w},{topics[n % 4]},{n % 4}" for n, w in enumerate(WORDS)]
    test = [f"{n},Prova {w}" + (f",{n % 2}" if gold else "") for n, w in enumerate(WORDS[:4])]
    extra = ",conspiratorial" if gold else ""
    write(folder, "acti/subtaskA_train.csv", lines("Id,comment_text,conspiratorial", a))
    write(folder, "acti/subtaskB_train.csv", lines("Id,comment_text,topic,conspiracy", b))
    write(folder, "acti/subtaskA_test.csv", lines("Id,comment_text" + extra, test))
    write(folder, "acti/subtaskB_test.csv", lines("Id,comment_text", ["0,Prova", "1,Altra"]))


def discotex(folder: Path) -> None:
    header = "ID\tPROMPT\tTARGET\tCLASS"
    for corpus in ("ted", "wiki"):
        rows = [
            f'{corpus}{n // 2}#{n}\t"Una ""cosa"" {w}.\nDue."\tTre {w}.\t{n % 2}'
            for n, w in enumerate(WORDS)
        ]
        test = [f"task_1_{corpus}_{n}\tPrima {w}\tDopo {w}\t{n % 2}" for n, w in enumerate("xyz")]
        end = "set_release.tsv"
        write(folder, f"discotex/data/train/discotex_1_{corpus}_train_{end}", lines(header, rows))
        gold = f"discotex/data/test/gold/discotex_1_{corpus}_test_{end}"
        write(folder, gold, lines(header, test))
    rated = [f"doc{n // 2}#{n}#0\tPassaggio {w}.\t{1 + n / 3}" for n, w in enumerate(WORDS)]
    test = [f"task_2_test_{n}\tProva {n}.\t{n + 1.25}" for n in range(4)]
    path = "discotex/data/train/discotex_2_train_clean_release.tsv"
    write(folder, path, lines("ID\tTEXT\tSCORE", rated))
    path = "discotex/data/test/gold/discotex_2_test_set_release.tsv"
    write(folder, path, lines("ID\tTEXT\tSCORE", test))


def emotivita(folder: Path) -> None:
    train = [f'{n},"Oggi, {w}.",{1 + n / 4},3,{5 - n / 5}' for n, w in enumerate(WORDS)]
    test = [f"{90 + n},Domani {n}.,{n + 1.5},{n + 2},{4 - n}" for n in range(4)]
    header = "id,text,V,A,D"
    write(folder, "emotivita/Development set.csv", lines(header, train))
    write(folder, "emotivita/Test set - Gold labels.csv", lines(header, test))


def haspeede(folder: Path) -> None:
    train = [f"{n},Legge {w} [URL],{n % 2},training_politics" for n, w in enumerate(WORDS)]
    test = [
        f"{90 + n},test_{'politics' if n < 3 else 'religious'},{n % 2},Prova {n}" for n in range(7)
    ]
    header = "anonymized_tweet_id,anonymized_text,label,dataset"
    write(folder, "haspeede/development/training_textual.csv", lines(header, train))
    header = "anonymized_tweet_id,dataset,label,anonymized_text"
    write(folder, "haspeede/gold/test_textual_gold.csv", lines(header, test))


TAGGED = (
    "Ada B-PER|Rossi I-PER|visita O|Roma B-LOC|. O",
    "L' O|Ente B-ORG|Inventato I-ORG|tace O",
    "Nulla O|qui O",
)


def bio(*sentences: str) -> str:
    """Token, tab, tag; a blank line behind each sentence."""
    return "".join(f"{s.replace('|', chr(10)).replace(' ', chr(9))}\n\n" for s in sentences)


def nermud(folder: Path) -> None:
    for corpus in ("WN", "FIC", "ADG"):
        for split in ("train", "dev", "test"):
            write(folder, f"nermud/{corpus}_{split}.tsv", bio(*TAGGED))


def pair(name: str, **changed: object) -> Mapping[str, object]:
    first, second = f"La riva {name} è lunga .", f"Una riva {name} nuova ."
    places = {"start1": 3, "end1": 7, "start2": 4, "end2": 8}
    return {"id": name, "sentence1": first, "sentence2": second, **places, **changed}


def wicita(folder: Path) -> None:
    for kind, column in (("binary", "label"), ("ranking", "score")):
        golds = [0, 1, 1, 0] if kind == "binary" else [1.0, 3.5, 4.0, 2.25]
        names = ("train", "dev"), ("test", "test_eng")
        for name in (*names[0], *names[1]):
            rows = [pair(f"{name}{n}", **{column: gold}) for n, gold in enumerate(golds)]
            under = "gold_truth/" if name in names[1] else ""
            jsonl(folder, f"wicita/{under}{kind}/{name}.jsonl", *rows)


def jsonl(folder: Path, name: str, *rows: Mapping[str, object]) -> Path:
    return write(folder, name, "".join(json.dumps(row) + "\n" for row in rows))


def everything(folder: Path) -> Path:
    """A data folder with the files of all tasks."""
    for each in (acti, discotex, emotivita, haspeede, nermud, wicita):
        each(folder)
    return folder

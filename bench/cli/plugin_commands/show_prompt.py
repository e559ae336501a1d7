"""The output of `bench show TASK --prompt TEMPLATE`: the exact text that a language model gets."""

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.text import Text

from bench.data.prepare import PreparedTask
from bench.example import Example
from bench.models import weights
from bench.models.layout import Marks
from bench.models.prompt import answer_words, question
from bench.models.templates import template_of
from bench.models.tokens import Tokeniser
from bench.task import Task
from bench.visible import visible

SEEN = 64
"""Number of examples in which the shared prefix is searched."""


def show_prompt(
    prepared: PreparedTask, template: str, model: str | None, *, offline: bool
) -> Iterator[RenderableType]:
    """Show the first training example's prompt with its answer; with a model, as token ids too.

    Args:
        prepared: the task with its examples.
        template: name of the template.
        model: an alias, a folder or a Hub id; None: text only.
        offline: never use the network.

    Raises:
        UserError: no such template or model.
        Unavailable: the model is not locally available.
    """
    task, rows = prepared.task, prepared.loaded.train
    if model is None:
        yield from _text(task, rows[0], template)
    else:
        yield from _tokens(task, rows[:SEEN], template, _tokenizer(model, offline=offline))


def _text(task: Task, row: Example, template: str) -> Iterator[RenderableType]:
    layout = template_of(template)(question(task, row.input), (), Marks())
    answer = answer_words(task, row.target, row.text)
    yield _coloured(layout.before, answer, layout.after)
    yield (
        "\n[dim]the answer is [/dim][bold green]green[/bold green][dim]; <s> and </s> stand for "
        "the tokenizer's own special tokens[/dim]"
    )


def _coloured(before: str, answer: str, after: str) -> Text:
    return Text.assemble(
        visible(before), (visible(answer), "bold green"), (visible(after), "bold cyan")
    )


def _tokenizer(model: str, *, offline: bool) -> object:
    from transformers import AutoTokenizer

    model_files = weights(model, offline=offline)
    return AutoTokenizer.from_pretrained(
        model_files.folder, trust_remote_code=False, local_files_only=True
    )


def _tokens(
    task: Task, rows: Sequence[Example], template: str, tokenizer: object
) -> Iterator[RenderableType]:
    tokeniser = Tokeniser(tokenizer, template_of(template, tokenizer), longest=10_000)
    questions = [tokeniser.fitted(question(task, row.input)).asked for row in rows]
    prompts = [tokeniser.prompt(query) for query in questions]
    first = tokeniser.with_answer(questions[0], answer_words(task, rows[0].target, rows[0].text))
    shared = _in_common(prompts)
    parts = {
        "prefix": first.ids[:shared],
        "tail": first.ids[shared : first.start],
        "answer": first.ids[first.start : first.end],
        "end": first.ids[first.end :],
    }
    for name, ids in parts.items():
        decoded = tokeniser.tokenizer.decode(ids)
        yield Text.assemble((f"{name}, {len(ids)} tokens\n", "bold"), visible(decoded))
        yield Text(" ".join(map(str, ids)) + "\n", style="dim")
    yield f"[dim]the prefix is shared by the first {len(rows)} training examples[/dim]"


def _in_common(prompts: Sequence[Sequence[int]]) -> int:
    columns = zip(*prompts, strict=False)
    return next(
        (i for i, column in enumerate(columns) if len({*column}) > 1), min(map(len, prompts))
    )

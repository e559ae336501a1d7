"""A draft of a task: what it reads, what its answers are, and what was met on the way."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bench.drafting.guessed_answer import AnswerForm, answer_form, label_counts
from bench.drafting.guessed_columns import Guess, guess, refuse_unknown
from bench.drafting.language import likely_language
from bench.drafting.remarks import LISTED, of_repeated_texts, of_the_split, places_of
from bench.drafting.request import FLAGS, Request
from bench.errors import DataError, UserError
from bench.example import SPLITS, Example, Splits
from bench.files.columns import Columns, LabelList, OneLabel
from bench.files.columns.answers import Reader, number
from bench.files.columns.cells import Cells, cells_of
from bench.files.columns.columns import joined_sources
from bench.files.columns.examples import annotators_of, splits_of
from bench.files.reading import Material, read
from bench.outputs import FreeText, MultiLabel, Output, Regression, SingleLabel, Spans
from bench.outputs.look_alikes import look_alikes


@dataclass(frozen=True)
class Draft:
    """A task as it would be written.

    Args:
        request: what the user said.
        material: the sources' rows.
        columns: what the columns are.
        form: how answers are read.
        output: the answer space.
        language: the likely language's code.
        splits: the examples.
        counts: label -> number of examples.
        doubts: questions that are open, each with the options that answer it.
        notes: what the user may want to know.
        annotators: the names of those who gave answers.
        faults: rows that were repaired or dropped, by kind.
        left_out: the places of some rows without text or answer.
        guessed: whether a column was guessed.
    """

    request: Request
    material: Material
    columns: Columns
    form: AnswerForm
    output: Output
    language: str
    splits: Splits
    counts: Mapping[str, int]
    doubts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    annotators: tuple[str, ...] = ()
    faults: Mapping[str, int] = field(default_factory=dict)
    left_out: str = ""
    guessed: bool = False

    @property
    def unused(self) -> list[str]:
        """The columns that the task does not read."""
        read = {*self.columns.used, *self.form.reader.columns}
        return [name for name in self.material.columns if name not in read]

    @property
    def examples(self) -> list[Example]:
        """All examples, train first."""
        return [row for name in SPLITS for row in self.splits.get(name, ())]


def draft(request: Request) -> Draft:
    """Read the sources and draft a task.

    Raises:
        UserError: no such source or column, or one that cannot be used.
        DataError: a text or an answer is missing or odd, or, if strict, something was repaired.
        Unavailable: a data set of the Hub cannot be downloaded.
    """
    sources = {name: list(given) for name, given in request.sources.items()}
    material = joined_sources(
        sources[""] if [*sources] == [""] else sources,
        lambda source: read(source, strict=request.strict, offline=request.offline),
    )
    found, person, people = _columns(material, request)
    labels = found.labels or people[:1]
    _refuse_several_tasks(material, found, request)
    form = answer_form(material, labels, found.text, request)
    _refuse_idle(request, form)
    columns = Columns(
        text=found.text,
        answer=form.reader if found.labels else None,
        pair=found.pair,
        group=found.group,
        id=found.id,
        split=found.split,
        between=getattr(form.reader, "between", " ") if form.form == "spans" else " ",
        people=tuple(replace(form.reader, column=name) for name in people),  # type: ignore[type-var]
        person=person,
        only=request.only,
        drop_empty=request.drop_empty,
    )
    guessed = not request.text or not (request.labels or request.annotators)
    return _filled(request, material, columns, form, found.doubts, guessed=guessed)


def _refuse_idle(request: Request, form: AnswerForm) -> None:
    """Refuse an option that the kind of answer gives nothing to do."""
    kind = FLAGS[form.form].removeprefix("--")
    if request.between and not isinstance(form.reader, LabelList):
        raise UserError(
            f"--separator stands between several labels of a cell; here the answer is {kind} "
            "(--multi-label with one --label: several of a cell)"
        )
    if request.span and form.form != "number":
        raise UserError(
            f"--range is that of a number; here the answer is {kind} (--regression: a number)"
        )


def _columns(material: Material, request: Request) -> tuple[Guess, str, tuple[str, ...]]:
    """Return the columns, the one that names the person, and those of people's answers."""
    labels, people = _apart(material, request.labels), _apart(material, request.annotators)
    names = (request.text, request.pair, request.group, request.id, request.split)
    refuse_unknown(material, (*names, *labels, *people, *request.only))
    # One column beside the labels names who gave the row's answer.
    person = people[0] if len(people) == 1 else ""
    people = () if person else people
    given = Guess(request.text, request.pair, request.id, request.group, request.split, labels)
    found = guess(material, replace(given, labels=labels), rated=bool(people))
    # A guessed column is not one that has another part already.
    used = {person, *people, *request.only}

    def free(guessed: str, given: str) -> str:
        return guessed if given or guessed not in used else ""

    found = replace(
        found,
        pair=free(found.pair, request.pair),
        id=free(found.id, request.id),
        group=free(found.group, request.group),
        split=free(found.split, request.split),
    )
    return found, person, people


def _apart(material: Material, names: Sequence[str]) -> tuple[str, ...]:
    """Return the columns named; `a,b` stands for two where no column has that name."""
    apart = list[str]()
    for name in names:
        parts = [part.strip() for part in name.split(",")]
        several = name not in material.columns and all(p in material.columns for p in parts)
        apart += parts if several else [name]
    return tuple(dict.fromkeys(apart))


def _refuse_several_tasks(material: Material, found: Guess, request: Request) -> None:
    """Refuse a text-to-text file of several tasks, of which none was chosen."""
    if material.form != "text to text" or "task" in request.only:
        return
    tasks = sorted({*material.strings("task")})
    if len(tasks) > 1:
        names = ", ".join(tasks[:LISTED]) + (", …" if len(tasks) > LISTED else "")
        raise UserError(
            f"{material.source}: holds {len(tasks)} tasks ({names}); choose one, as in "
            f"--only task={tasks[0]}"
        )


def _filled(
    request: Request,
    material: Material,
    columns: Columns,
    form: AnswerForm,
    doubts: Sequence[str],
    *,
    guessed: bool,
) -> Draft:
    faults: Counter[str] = Counter()

    def count(kind: str, number: int) -> None:
        faults[kind] += number

    cells = cells_of(material, columns, count)
    columns, form, notes = _merged(request, columns, form, cells)
    if notes:
        cells = cells_of(material, columns, count)
    counts = label_counts(cells.answers) if form.form != "words" else Counter[str]()
    _refuse_one_label(material, columns, form, counts)
    said = [answer for row in cells.said for answer in row if answer is not None]
    # What only a minority of the annotators gave is a label, too.
    every = label_counts([*cells.answers, *said]) if counts else counts
    output = _output(request, form, cells, every)
    splits = splits_of(cells, count)
    if columns.person and counts:
        counts = label_counts([row.target for rows in splits.values() for row in rows])
    left_out = places_of(material, cells.left_out)
    if request.strict and faults:
        found = ", ".join(f"{number:,} {kind.replace('_', ' ')}" for kind, number in faults.items())
        where = f" ({left_out})" if left_out else ""
        raise DataError(f"{material.source}: {found}{where}; mend the file, or leave out --strict")
    open_ = (*doubts, *([form.doubt] if form.doubt else []))
    alike = look_alikes([*counts]) if form.form in ("single", "multi") else []
    made = Draft(
        request,
        material,
        columns,
        form,
        output,
        request.language or likely_language(cells.texts),
        splits,
        counts,
        open_,
        tuple(filter(None, (*material.notes, form.note, *notes, *alike))),
        annotators_of(cells) if columns.person else tuple(p.columns[0] for p in columns.people),
        faults,
        left_out,
        guessed,
    )
    _refuse_odd_answers(made, cells)
    of_split = of_the_split(request.name, output, splits)
    return replace(made, notes=(*made.notes, *of_repeated_texts(cells), *of_split))


def _merged(
    request: Request, columns: Columns, form: AnswerForm, cells: Cells
) -> tuple[Columns, AnswerForm, tuple[str, ...]]:
    """Merge labels with few examples into one, if that was asked for."""
    if not request.rare:
        return columns, form, ()
    if not isinstance(columns.answer, OneLabel):
        raise UserError("--rare merges the labels of a single-label task; this is another kind")
    counts = label_counts(cells.answers)
    known = tuple(
        sorted(n for n, c in counts.items() if c >= request.at_least or n == request.rare)
    )
    rare = len(counts) - len(known)
    if not rare:
        return columns, form, (f"no label has fewer than {request.at_least} examples",)
    reader = replace(columns.answer, known=known, other=request.rare)
    note = f"{rare} labels with fewer than {request.at_least} examples are '{request.rare}'"
    form = AnswerForm(form.form, reader, "", form.note)
    return replace(columns, answer=reader), form, (note,)


def _refuse_one_label(
    material: Material, columns: Columns, form: AnswerForm, counts: Mapping[str, int]
) -> None:
    names = ", ".join(_reader(columns, form).columns[:1])
    if form.form == "single" and len(counts) == 1:
        only = next(iter(counts))
        raise UserError(f"{material.source}: column '{names}' has only one label, {only!r}")
    if form.form in ("multi", "spans") and not counts:
        raise UserError(f"{material.source}: column '{names}' holds no label at all")


def _reader(columns: Columns, form: AnswerForm) -> Reader:
    return columns.answer or form.reader


def _output(request: Request, form: AnswerForm, cells: Cells, counts: Mapping[str, int]) -> Output:
    if form.form == "number":
        numbers = [answer for answer in cells.answers if isinstance(answer, float)]
        low, high = request.span or (min(numbers), max(numbers))
        if low == high:
            raise UserError(f"column '{form.reader.columns[0]}' holds one number only, {low:g}")
        return Regression(low, high)
    if form.form == "words":
        return FreeText()
    names = sorted(counts, key=_natural)
    if form.form == "multi":
        columns = getattr(form.reader, "columns", ())
        return MultiLabel(*(columns if len(columns) > 1 else names))
    return Spans(*names) if form.form == "spans" else SingleLabel(*names)


def _natural(label: str) -> tuple[float, str]:
    found = number(label)
    return (float("inf") if found is None else found, label)


def _refuse_odd_answers(made: Draft, cells: Cells) -> None:
    """Refuse an answer outside its answer space, as a span outside its text, by its place."""
    for row, answer, text in zip(cells.rows, cells.answers, cells.texts, strict=True):
        try:
            made.output.check(answer, text)
        except DataError as error:
            raise DataError(f"{made.material.where(row)}: {error}") from None

"""The starter suite on its real packages: what was counted by hand is what is read."""

from collections.abc import Mapping

import pytest

from bench.data.checks import check_task, near, remove_cross_leaks
from bench.data.load import load_task
from bench.data.loaded import Loaded
from bench.files import Files
from bench.outputs import SingleLabel
from bench.registry import Registry
from bench.registry import load_task as load_plugin
from bench.task import Task
from bench.tasks.starter import _vader

CUT_HERE = {
    "vader_tweets": 4196,
    "vader_amazon": 3610,
    "vader_movies": 10568,
    "vader_nyt": 4946,
    "vader_intensity": 4200,
    "bbc_news": 2225,
}
AS_PUBLISHED = {
    "reuters_r8": (5485, 2189),
    "reuters_r52": (6532, 2568),
    "newsgroups20": (11293, 7528),
}
LEAKS = {"reuters_r8": 4, "reuters_r52": 6, "newsgroups20": 7}
NAMES = [*CUT_HERE, *AS_PUBLISHED]


@pytest.fixture(scope="module")
def tasks() -> Mapping[str, Task]:
    registry = Registry("tasks")
    return {name: load_plugin(registry[name]) for name in NAMES}


@pytest.fixture(scope="module")
def suite(tasks: Mapping[str, Task]) -> Mapping[str, Loaded]:
    """All nine tasks, fetched from the package index when the cache lacks them."""
    return {name: load_task(task, Files(name, "starter")) for name, task in tasks.items()}


def test_the_suite_holds_these_nine_tasks() -> None:
    registry = Registry("tasks")
    found = [name for name, plugin in registry.plugins.items() if plugin.suite == "starter"]
    assert sorted(found) == sorted(NAMES)


@pytest.mark.parametrize("name", CUT_HERE)
def test_every_row_of_a_task_cut_here_is_read(suite: Mapping[str, Loaded], name: str) -> None:
    loaded = suite[name]
    assert len(loaded.train) + len(loaded.test) == CUT_HERE[name]


@pytest.mark.parametrize("name", CUT_HERE)
def test_a_fifth_is_for_testing(suite: Mapping[str, Loaded], name: str) -> None:
    assert len(suite[name].test) / CUT_HERE[name] == pytest.approx(0.2, abs=0.005)


@pytest.mark.parametrize("name", AS_PUBLISHED)
def test_published_splits_have_their_published_size(suite: Mapping[str, Loaded], name: str) -> None:
    assert (len(suite[name].train), len(suite[name].test)) == AS_PUBLISHED[name]


@pytest.mark.parametrize("name", CUT_HERE)
def test_no_group_and_no_near_duplicate_straddles_a_cut(
    suite: Mapping[str, Loaded], name: str
) -> None:
    found = check_task(suite[name])
    straddling = {near(r) for r in suite[name].train} & {near(r) for r in suite[name].test}
    assert found["group_straddles"] == found["normalised_leaks"] == 0 and straddling <= {b""}


@pytest.mark.parametrize("name", ["vader_nyt", "vader_amazon"])
def test_the_sentences_of_a_document_share_its_group(
    suite: Mapping[str, Loaded], name: str
) -> None:
    rows = (*suite[name].train, *suite[name].test)
    assert all(str(row.group).split("/")[1] == row.id.split("_")[0] for row in rows)


# The Amazon file's own description speaks of 309 reviews; its ids name 300.
@pytest.mark.parametrize(
    ("corpus", "sentences", "documents"),
    [("nytEditorialSnippets", 5190, 498), ("amazonReviewSnippets", 3708, 300)],
)
def test_a_corpus_has_its_documents(corpus: str, sentences: int, documents: int) -> None:
    rows = _vader.rated(Files("any", "starter"), corpus)
    assert len(rows) == sentences
    assert len({row.id.split("_")[0] for row in rows}) == documents


@pytest.mark.parametrize("name", AS_PUBLISHED)
def test_the_leaks_of_published_splits_are_counted(suite: Mapping[str, Loaded], name: str) -> None:
    assert check_task(suite[name])["exact_leaks"] == LEAKS[name]


def test_polarity_and_intensity_of_tweets_have_one_cut(suite: Mapping[str, Loaded]) -> None:
    polarity, intensity = suite["vader_tweets"], suite["vader_intensity"]
    for mine, whole in ((polarity.train, intensity.train), (polarity.test, intensity.test)):
        means = {row.id: row.target for row in whole}
        assert {row.id for row in mine} == {i for i, mean in means.items() if mean != 0}


def test_polarity_is_the_sign_of_the_intensity(suite: Mapping[str, Loaded]) -> None:
    means = {row.id: row.target for row in suite["vader_intensity"].test}
    for row in suite["vader_tweets"].test:
        mean = means[row.id]
        assert isinstance(mean, float)
        assert row.target == ("positive" if mean > 0 else "negative")


def test_the_tweet_tasks_take_no_row_from_each_other(suite: Mapping[str, Loaded]) -> None:
    both = {name: suite[name] for name in ("vader_tweets", "vader_intensity")}
    assert set(remove_cross_leaks(both).removed.values()) == {0}


FAULTS = {
    "vader_tweets": {"mean_rating_zero_left_out": 4},
    "vader_amazon": {"mean_rating_zero_left_out": 98},
    "vader_movies": {"mean_rating_zero_left_out": 37},
    "vader_nyt": {"mean_rating_zero_left_out": 244},
    "vader_intensity": {},
    "bbc_news": {"decoding": 1},
    "reuters_r8": {},
    "reuters_r52": {"rows_without_label_left_out": 1},
    "newsgroups20": {},
}


@pytest.mark.parametrize("name", NAMES)
def test_what_the_reader_left_out_or_repaired_is_counted(
    suite: Mapping[str, Loaded], name: str
) -> None:
    assert {kind: n for kind, n in suite[name].faults.items() if n} == FAULTS[name]


def test_the_exact_duplicates_of_bbc_are_counted(suite: Mapping[str, Loaded]) -> None:
    assert check_task(suite["bbc_news"])["duplicates"] == 98


@pytest.mark.parametrize("name", [n for n in NAMES if n != "vader_intensity"])
def test_every_declared_label_has_rows_to_learn_from(
    suite: Mapping[str, Loaded], tasks: Mapping[str, Task], name: str
) -> None:
    output = tasks[name].output
    assert isinstance(output, SingleLabel)
    assert {row.target for row in suite[name].train} == set(output.labels)


# The movies file has fewer people for some texts than the 20 that its description promises.
@pytest.mark.parametrize(
    ("name", "fewest"),
    [("vader_tweets", 20), ("vader_amazon", 20), ("vader_movies", 15), ("vader_nyt", 20)],
)
def test_each_persons_rating_is_kept(tasks: Mapping[str, Task], name: str, fewest: int) -> None:
    read = tasks[name].annotations
    assert read is not None
    ratings = read(Files(name, "starter"))
    assert min(len(people) for people in ratings.values()) == fewest
    said = {answer for people in ratings.values() for answer in people}
    assert said == {"negative", "positive", None}


def test_ratings_of_other_texts_are_left_out_and_counted(tasks: Mapping[str, Task]) -> None:
    read, files = tasks["vader_tweets"].annotations, Files("vader_tweets", "starter")
    assert read is not None
    assert len(read(files)) + files.faults["ratings_of_another_text"] == 4200
    assert files.faults["ratings_of_another_text"] == 199


def test_what_was_fetched_once_is_read_offline(suite: Mapping[str, Loaded]) -> None:
    task = load_plugin(Registry("tasks")["reuters_r8"])
    again = load_task(task, Files("reuters_r8", "starter", offline=True))
    assert again.test == suite["reuters_r8"].test

"""Seed variances by family, for boards that have one seed of a family and no history of it.

Source: the three-seed cells of `docs/leaderboard.html` (19 tasks, all labelled examples) and
`docs/sst2.html` (100 to 67,349 labelled examples), those with at least 100 test examples. A value
is the mean over the cells of the variance over seeds, in squared widths of the metric's scale. It
holds the part that the choice of test examples explains, too, which errs on the side of caution.
"""

from types import MappingProxyType

VARIANCES = MappingProxyType(
    {
        "bert": 0.0329**2,  # 21 cells
        "llama_zero_shot": 0.0300**2,  # 1 cell: drawn demonstrations
        "lstm": 0.0273**2,  # 21 cells
        # No cell: it ran once. Its score changes where another label is drawn most often, which
        # happens among labels that are nearly as frequent: .48 for .52 of the test moves it by .04,
        # and macro-F1 by .02.
        "majority": 0.01**2,
        "naive_bayes": 0.0136**2,  # 5 cells, where a limit draws the labelled examples
        "qlora": 0.0181**2,  # 24 cells
        "qlora_multi": 0.0181**2,  # its own 9 cells are large tasks: those of qlora
        "stratified_random": 0.0216**2,  # 15 cells
    }
)
"""Variance of one seed's score by baseline, before it is widened."""
WIDEST = max(VARIANCES.values())
"""Variance of a family that is not listed."""
WIDENING = 2.0
"""Factor by which a shipped variance is widened.

Predicting each cell from the family's others, with `DF` degrees of freedom, the 95 % interval of
the difference of two seeds holds in .92 of cases as it is and in .95 with this factor (.89 in cells
with at most 1,174 labelled examples, which vary more)."""
DF = 2
"""Degrees of freedom of a shipped variance: a family's variances differ among tasks by more than
chance (variance of their logarithms 2 to 5, beyond that of three seeds)."""
EXPECTED = 3.5
"""Variance over seeds to be expected, in units of the part that the choice of test examples
explains.

Source: the 14 three-seed cells of `bert`, `lstm` and `naive_bayes` in a quick run of the starter
suite (150 test examples): location 2.5 by Smyth's estimate, and no more spread about it than chance
makes. On this scale families differ less than one family does among its tasks. It is widened by
1.4: so two families with an SD over seeds of up to 1.65 standard errors are called different in at
most 8 % of pairs (`python -m perf.simulate seeds`)."""
EXPECTED_DF = 2.0
"""Degrees of freedom of that expectation: Smyth's estimate on the full-size shipped pages, which
tell the standard error alone; the quick run has more."""
OUTLYING = 3.0
"""How many times the expectation a variance may be before the expectation loses weight: the shipped
pages have a few cells whose seeds are far further apart."""

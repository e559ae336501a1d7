"""A language model with one adapter for all tasks of a run (QLoRA, multi-task)."""

from typing import ClassVar

from bench.baselines._llama.qlora import Qlora


class QloraMulti(Qlora):
    """One adapter for all tasks, each told by its prompt (as ExtremITA did: Hromei et al., EVALITA
    2023). It learns from exactly the rows of its single-task twins; the parameters are those of
    `qlora`, and steps hold rows of several tasks.

    Raises:
        UserError: a parameter outside of its bounds.
    """

    multi_task: ClassVar[bool] = True


BASELINE = QloraMulti

"""A language model with one LoRA adapter fine-tuned for all tasks of a run (multi-task QLoRA)."""

from typing import ClassVar

from bench.baselines._llama.qlora import Qlora


class QloraMulti(Qlora):
    """One LoRA adapter for all tasks, which its prompts distinguish.

    This follows ExtremITA (Hromei et al., EVALITA 2023). The adapter is trained on exactly the
    examples of the corresponding single-task fits, mixed within each optimiser step. The
    parameters are those of `qlora`.

    Raises:
        UserError: a parameter is outside its range.
    """

    multi_task: ClassVar[bool] = True
    single_task_twin: ClassVar[str] = "qlora"


BASELINE = QloraMulti

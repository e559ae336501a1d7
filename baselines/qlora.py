"""A language model with an adapter trained for one task (QLoRA)."""

from typing import ClassVar

from bench.baselines._llama.qlora import Qlora


class QloraSingle(Qlora):
    """One adapter a task, on a quantised model that stays as it is (Dettmers et al., 2023).

    Args:
        model: an alias (`smollm2-135m`), a local folder, or a Hub id, `@COMMIT` behind it where it
            is not to be the newest.
        template: how question and answer are laid out; `auto` is the model's own chat form, or
            Llama 2's where it has none.
        prompt: which of a task's other prompts is put; "" is its own. A task without it is skipped.
        max_input: tokens of a text; what is longer loses its end. Instruction and answer stay.
        precision: of the weights: 4-bit NormalFloat, 8 bits, or 16.
        resident: `quantized` saves memory; `dequantized` computes faster with the same values.
        engine: `packed` computes what prompts share once; `padded` is the plain way.
        memory: `low` trains in less of a GPU's memory and takes longer: weights stay quantised, and
            what the way back needs is computed again there.
        epochs: passes over the labelled rows.
        max_steps: optimiser steps, at most; 0: as many as the epochs have.
        batch_size: examples an optimiser step.
        learning_rate: its highest value.
        warmup: share of the steps in which it rises from zero.
        schedule: how it falls again.
        rank: of the adapter's matrices.
        alpha: what they are added with, divided by the rank.
        dropout: of what goes into them; on a GPU layers with one input lack the same of it.
        targets: the layers that have an adapter.
        patience: epochs without a better validation score after which to stop; 0: all epochs are
            run, and the validation rows are learnt from too.
        max_output: tokens of an answer that the model writes, at most; of a label, 12.
        draws: answers also drawn for each text, at `temperature`; they never rank.
        temperature: see `draws`.

    Raises:
        UserError: a value outside of these.
    """

    multi_task: ClassVar[bool] = False


BASELINE = QloraSingle

"""A language model with a LoRA adapter fine-tuned for one task (QLoRA)."""

from typing import ClassVar

from bench.baselines._llama.qlora import Qlora


class QloraSingle(Qlora):
    """One LoRA adapter per task, on a frozen, quantised model (Dettmers et al., 2023).

    Args:
        model: an alias (`smollm2-135m`), a local folder, or a Hub id, followed by `@COMMIT` to pin
            a revision other than the newest.
        template: layout of question and answer; `auto` is the model's own chat template, or
            Llama 2's if it has none.
        prompt: name of one of a task's alternative prompts; "" for its own. Tasks that lack it are
            skipped.
        max_input: maximum number of tokens of a text, which loses its end if it is longer.
            Instruction and answer are never truncated.
        precision: precision of the weights: 4-bit NormalFloat, 8 bits, or 16.
        resident: `quantized` saves memory; `dequantized` computes faster with the same values.
        engine: `packed` computes shared prefixes of prompts once; `padded` uses padded batches.
        memory: `low` trains with less GPU memory, but takes longer: weights stay quantised, and
            activations are recomputed in the backward pass.
        epochs: passes over the labelled examples.
        max_steps: maximum number of optimiser steps; 0 for all steps of the epochs.
        batch_size: examples per optimiser step.
        learning_rate: peak learning rate.
        warmup: fraction of the steps over which the learning rate rises from zero.
        schedule: learning rate schedule after the warmup.
        rank: rank of the adapter's matrices.
        alpha: scaling factor of the adapter's output, which is divided by the rank.
        dropout: dropout of the adapter's input; on a GPU, layers with the same input share a mask.
        targets: layers that get an adapter.
        patience: epochs without a better validation score before stopping; 0 runs all epochs, and
            trains on the validation examples, too.
        max_output: maximum number of generated tokens; at most 12 for labels and numbers.
        draws: answers to sample for each text, in addition; they do not affect the ranking.
        temperature: sampling temperature of `draws`.

    Raises:
        UserError: a parameter is outside its range.
    """

    multi_task: ClassVar[bool] = False


BASELINE = QloraSingle

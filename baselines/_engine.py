"""What a language model makes of answers: the probability of each of their tokens, and the token
that it would have chosen itself."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional
from transformers import DynamicCache

from bench.baselines._base_model import BaseModel
from bench.baselines._batches import within
from bench.baselines._blocks import SIZE
from bench.baselines._decoder import Decoder, fits
from bench.baselines._forest import Forest, cut, grow
from bench.baselines._generate import write_on
from bench.baselines._learner import Loss
from bench.baselines._memory import Budget
from bench.baselines._readings import Onward, Reading, Row, States
from bench.baselines._replay import Replays
from bench.baselines._sent import fetched, sent
from bench.baselines._tree_attention import is_flexible, tree_of

Form = Literal["packed", "padded"]
TOKENS_CPU, TOKENS_GPU = 2048, 16384
"""Tokens that go through the model at once."""
READING = 4
"""Times as many on a CPU where nothing is learnt, so that no states are kept for the way back."""
WINDOW = 4096
"""Rows among which those with like beginnings are looked for."""
READ, READ_GPU = 512, 4096
"""Positions that go through the output head at once: each gives a number a word of the
vocabulary."""


@dataclass
class Engine:
    """Reads rows with a model.

    Args:
        base: the model, with or without an adapter.
        form: `packed` computes what rows begin with in common once; `padded` each row by itself,
            filled up to the longest.
        budget: tokens that go through the model at once in training.
        large: packed rows take few, large steps (`_decoder`) where the model is made for it, or
            the library's own.
        low: these keep less in memory for the way back.
    """

    base: BaseModel
    form: Form = "packed"
    budget: Budget = field(
        default_factory=lambda: Budget(TOKENS_GPU if torch.cuda.is_available() else TOKENS_CPU)
    )
    large: bool = field(default_factory=torch.cuda.is_available)
    low: bool = False
    _decoder: Decoder | None = None
    _replays: Replays | None = None

    def __post_init__(self) -> None:
        if not self.base.packable:
            self.form = "padded"
        self.large = self.large and fits(self.base.network)

    def read(
        self,
        rows: Sequence[Row],
        *,
        onward: Onward | None = None,
        seen: Callable[[int], None] = lambda count: None,
    ) -> list[Reading]:
        """The readings of rows, in their order.

        Args:
            rows: what to read.
            onward: where the model's own answers are wanted, too.
            seen: told how many rows are done, now and then.
        """

        def work(tokens: int) -> list[Reading]:
            found: list[Any] = [None] * len(rows)
            open_ = Counter() if onward is None else Counter(onward.owners)
            done = 0
            self.base.network.eval()
            with torch.inference_mode(), self.base.computing():
                for part, states, scores in self._ahead(rows, tokens, keep=onward is not None):
                    for i, reading in zip(
                        part, _readings([rows[i] for i in part], scores()), strict=True
                    ):
                        found[i] = reading
                    if onward is not None and states.cache is not None:
                        self._go_on(rows, part, found, open_, (states, onward))
                    done += len(part)
                    seen(done)
            return found

        return self.budget.spend(work)

    def _ahead(
        self, rows: Sequence[Row], tokens: int, *, keep: bool
    ) -> Iterator[tuple[list[int], States, Callable[[], NDArray[np.float64]]]]:
        """The parts of rows, each with its states and scores. A GPU has begun with the next one
        before this one's scores are waited for, unless its cache is in the way."""
        before = None
        for part in self._stream(rows, self._reading * tokens):
            states = self.states([rows[i] for i in part], keep=keep)
            now = part, states, fetched(self._scored(states))
            if keep:
                yield now
            elif before is not None:
                yield before
            before = None if keep else now
        if before is not None:
            yield before

    @property
    def _reading(self) -> int:
        # A GPU is full as it is, and the keys and values of a large model would not fit.
        return READING if self.base.device.type == "cpu" else 1

    def _go_on(
        self,
        rows: Sequence[Row],
        part: Sequence[int],
        found: Sequence[Reading],
        open_: Counter[int],
        what: tuple[States, Onward],
    ) -> None:
        """Write on where all answers of a text are read and none is the model's own."""
        states, onward = what
        assert states.cache is not None
        places: dict[int, tuple[Row, NDArray[np.int64]]] = {}
        for i, where in zip(part, states.places, strict=True):
            owner, row = onward.owners[i], rows[i]
            open_[owner] -= 1
            places[owner] = row, where[: row.start]
            if found[i].follows(row):
                onward.followed.add(owner)
        ready = [o for o in places if not open_[o] and o not in onward.followed]
        prompts = [places[o][0].ids[: places[o][0].start] for o in ready]
        paths = [places[o][1] for o in ready]
        tokens = max(4, 2 * self._reading) * self.budget.tokens
        said = write_on(self.base, states.cache, prompts, paths, (onward.new_tokens, tokens))
        onward.said.update(zip(ready, said, strict=True))

    def _stream(self, rows: Sequence[Row], tokens: int) -> Iterator[list[int]]:
        """Parts of neighbours, so that the first is read before the last rows are looked at."""
        held: list[int] = []
        window = WINDOW if self.form == "packed" else len(rows)
        for at in range(0, len(rows), window):
            held += range(at, min(at + window, len(rows)))
            *whole, held = (
                [held[i] for i in part] for part in self.parts([rows[i] for i in held], tokens)
            )
            yield from whole
        if held:
            yield held

    def parts(self, rows: Sequence[Row], tokens: int) -> list[list[int]]:
        """Row numbers in parts that go through the model at once."""
        fed = [row.fed for row in rows]
        if self.form == "packed":
            return cut(fed, tokens=tokens)
        return [
            part.tolist() for part in within(list(map(len, fed)), range(len(fed)), tokens=tokens)
        ]

    def _scored(self, states: States) -> torch.Tensor:
        """Of each target its log-likelihood, and the most probable token, (2, targets)."""
        nodes, targets = sent(states.hidden.device, states.nodes, states.targets)
        found = torch.empty(2, len(targets), dtype=torch.float64, device=nodes.device)
        size = READ if self.base.device.type == "cpu" else READ_GPU
        for read in range(0, len(states.hidden), size):
            logits = self.head(states.hidden[read : read + size]).float()
            mine = np.flatnonzero((states.nodes >= read) & (states.nodes < read + size))
            (mine_,) = sent(nodes.device, mine)
            here = nodes[mine_] - read
            known = logits[here, targets[mine_]] - logits.logsumexp(dim=1)[here]
            found[0, mine_] = known.double()
            found[1, mine_] = logits.argmax(dim=1)[here].double()
        return found

    def learn(self, rows: Sequence[Row]) -> Loss:
        """The sum of the negative log-likelihoods of all answers' tokens, with its gradient."""
        real = sum(len(row.ids) - 1 for row in rows)
        if (replays := self._repeats()) is not None:
            forest = self._grown(rows)
            if replays.is_worth(len(forest.ids)):
                total = replays.total(forest, _places(forest, rows), _targets(rows))
                return Loss(total, real, len(forest.ids))
        states = self.states(rows)
        return Loss(self._loss(states), real, states.processed)

    def _repeats(self) -> Replays | None:
        """Recordings, on a GPU; 16-bit floats would have to be scaled beforehand."""
        if not self.large or self.form == "padded" or self.base.device.type != "cuda":
            return None
        decoder = self.decoder()
        # Nor can random numbers be thrown a second time in a recording.
        again = self.low and decoder.groups[0].dropout > 0
        if decoder.dtype == torch.float16 or decoder.adapter is None or again:
            return None
        if self._replays is None or self._replays.decoder is not decoder:
            self._replays = Replays(decoder, self.head)
        return self._replays

    def _loss(self, states: States) -> torch.Tensor:
        logits = self.head(states.hidden).float()
        targets, nodes = sent(logits.device, states.targets, states.nodes)
        return functional.cross_entropy(logits[nodes], targets, reduction="sum")

    def head(self, hidden: torch.Tensor) -> torch.Tensor:
        """Logits, (places, vocabulary); of what are logits already, themselves."""
        if hidden.shape[-1] != self.base.network.config.hidden_size:
            return hidden
        logits: torch.Tensor = self.base.network.get_output_embeddings()(hidden)
        return logits

    def states(self, rows: Sequence[Row], *, keep: bool = False) -> States:
        """The model's states where the rows' answers are read.

        Args:
            rows: what to read.
            keep: keep what is needed to write on behind them; of packed rows only.
        """
        return self._packed(rows, keep=keep) if self.form == "packed" else self._padded(rows)

    def _packed(self, rows: Sequence[Row], *, keep: bool) -> States:
        forest, device = self._grown(rows), self.base.device
        unique, nodes = np.unique(_places(forest, rows), return_inverse=True)
        ids, depth, read = sent(device, forest.ids, forest.depth, unique)
        tree = tree_of(forest, device, self.base.head_size)
        cache = DynamicCache(config=self.base.network.config) if keep else None
        if self.large:
            hidden = self.decoder()(ids, depth, tree, read, cache=cache)
        else:
            out = self.base.network.get_decoder()(
                input_ids=ids[None],
                position_ids=depth[None],
                # Any of four dimensions is taken as it is: the tree says all.
                attention_mask=torch.ones(1, 1, 1, 1, device=device),
                use_cache=keep,
                past_key_values=cache,
                tree=tree,
            )
            hidden = out.last_hidden_state[0, read]
        return States(hidden, nodes, _targets(rows), len(forest.ids), forest.places, cache)

    def _grown(self, rows: Sequence[Row]) -> Forest:
        forest = grow([row.fed for row in rows])
        if is_flexible(self.base.device, self.base.head_size):
            forest = forest.filled(_fill(len(forest.ids)))
        return forest

    def decoder(self) -> Decoder:
        """The blocks in large steps, with the adapter that is on."""
        if self._decoder is None or not self._decoder.is_of(self.base.network):
            self._decoder = Decoder(self.base.network, low=self.low)
        return self._decoder

    def _padded(self, rows: Sequence[Row]) -> States:
        device, longest = self.base.device, max(len(row.ids) for row in rows) - 1
        ids, mask = (np.zeros((len(rows), longest), np.int64) for _ in range(2))
        for i, row in enumerate(rows):
            ids[i, : len(row.ids) - 1], mask[i, : len(row.ids) - 1] = row.ids[:-1], 1
        given = {
            "input_ids": torch.from_numpy(ids).to(device),
            "attention_mask": torch.from_numpy(mask).to(device),
            "use_cache": False,
        }
        network = self.base.network
        if self.base.packable:
            out = network.get_decoder()(**given).last_hidden_state
        else:
            out = network(**given).logits
        owners = np.concatenate([np.full(len(r.ids) - r.start, i) for i, r in enumerate(rows)])
        places = np.concatenate([np.arange(r.start - 1, len(r.ids) - 1) for r in rows])
        hidden = out[torch.from_numpy(owners).to(device), torch.from_numpy(places).to(device)]
        return States(hidden, np.arange(len(places)), _targets(rows), ids.size)


def _fill(tokens: int) -> int:
    """Tokens that are missing to whole blocks; of many tokens, to fewer different lengths."""
    step = SIZE * max(1, 2 ** (tokens // (16 * SIZE)).bit_length() // 2)
    return -tokens % step


def _readings(rows: Sequence[Row], scores: NDArray[np.float64]) -> Iterator[Reading]:
    at = 0
    for row in rows:
        mine = slice(at, at + len(row.ids) - row.start)
        yield Reading(scores[0, mine], scores[1, mine].astype(np.int64))
        at = mine.stop


def _places(forest: Forest, rows: Sequence[Row]) -> NDArray[np.int64]:
    """Where each token of the answers is read."""
    pairs = zip(forest.places, rows, strict=True)
    return np.concatenate([where[row.start - 1 :] for where, row in pairs])


def _targets(rows: Sequence[Row]) -> NDArray[np.int64]:
    return np.concatenate([np.asarray(row.ids[row.start :], np.int64) for row in rows])

"""A fake engine that translates word by word: deterministic, instant, and honest about prefixes and forbidden words."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from pathlib import Path

from mt_publish.translation.engines import Hypothesis, Pending, Pieces
from mt_publish.translation.lexicon import Lexicon
from mt_publish.translation.models import Model
from mt_publish.translation.slips import WordList
from mt_publish.types import Lang, Matrix, Span

SPACE = "▁"


def diagonal(rows: int, columns: int) -> list[list[float]]:
    """Attention that takes word by word."""
    return [[float(row == column) for column in range(columns)] for row in range(rows)]


class WordTokenizer:
    """Pieces are words with a leading ▁; a word is what stands between spaces, final punctuation apart."""

    def encode(self, texts: list[str]) -> list[Pieces]:
        return [self.source_spans(text)[0] for text in texts]

    def encode_target(self, text: str) -> Pieces:
        return self.source_spans(text)[0]

    def decode(self, batch: list[Pieces]) -> list[str]:
        return [self.target_spans(pieces)[0] for pieces in batch]

    def knows(self, text: str) -> bool:
        return True

    def source_spans(self, text: str) -> tuple[Pieces, list[Span]]:
        pieces, spans, at = [], [], 0
        for word in text.split(" "):
            core = word.rstrip(".,;:!?")
            for part, glue in ((core, SPACE), (word[len(core) :], "")):
                if part:
                    start = text.index(part, at)
                    pieces.append(glue + part)
                    spans.append(Span(start, start + len(part)))
                    at = start + len(part)
        return pieces, spans

    def target_spans(self, pieces: Pieces) -> tuple[str, list[Span]]:
        text, spans = "", []
        for piece in pieces:
            if piece.startswith(SPACE) and text:
                text += " "
            start = len(text)
            text += piece.removeprefix(SPACE)
            spans.append(Span(start, len(text)))
        return text, spans


class FakeEngine:
    """Translates each word by a dictionary; unknown words are copied. Attention is one-hot in source order.

    Args:
        words: Source word to target word, without punctuation.
        alternatives: Source word to further target words, used for the n-best list.
    """

    name = "fake"

    def __init__(
        self, words: Mapping[str, str] | None = None, alternatives: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        self.words = dict(words or {})
        self.alternatives = dict(alternatives or {})
        self.tokenizer = WordTokenizer()
        self.model = Model("fake", Path(), {"max_position_embeddings": 512}, (), None, None)
        self.calls = 0

    def _word(self, piece: str, choice: int = 0, banned: Container[str] = ()) -> str:
        glue, word = (SPACE, piece[1:]) if piece.startswith(SPACE) else ("", piece)
        options = [glue + option for option in (self.words.get(word, word), *self.alternatives.get(word, ()))]
        options = [option for option in options if option not in banned] or [SPACE + "…"]
        return options[min(choice, len(options) - 1)]

    def translate(
        self,
        batch: Sequence[Pieces],
        target: Lang,
        *,
        beam: int = 2,
        n_best: int = 1,
        prefixes: Sequence[Pieces] | None = None,
        forbidden: Sequence[Pieces] = (),
        no_repeat: int = 0,
        attention: bool = False,
    ) -> list[list[Hypothesis]]:
        self.calls += 1
        out = []
        banned = {piece for seq in forbidden for piece in seq}
        for i, pieces in enumerate(batch):
            hyps = []
            for choice in range(n_best):
                words = [self._word(p, choice, banned) for p in pieces]
                if prefixes is not None:
                    words = list(prefixes[i]) + words[len(prefixes[i]) :]
                hyps.append(Hypothesis(words, -0.1 * (choice + 1), diagonal(len(words), len(pieces))))
            out.append(hyps)
        return out

    lexicon: Lexicon | None = None
    known: WordList | None = None

    def word_list(self, lang: Lang) -> WordList | None:
        return self.known

    def read(self, texts: list[str], target: Lang) -> list[Pieces]:
        return self.tokenizer.encode(texts)

    def score(self, batch: Sequence[Pieces], targets: Sequence[Pieces], target: Lang) -> list[float]:
        return [-0.5] * len(batch)

    def begin(self, batch: Sequence[Pieces], target: Lang, *, beam: int = 2, back: bool = False) -> Pending:
        return Pending(lambda: [hyps[0] for hyps in self.translate(batch, target, beam=beam, attention=True)])

    def align(self, batch: Sequence[Pieces], targets: Sequence[Pieces], target: Lang) -> list[Matrix]:
        return [diagonal(len(t), len(s)) for s, t in zip(batch, targets, strict=True)]

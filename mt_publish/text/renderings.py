"""Where the accepted forms of a name stand in a translation: the one reading that verification, scores and reports share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from mt_publish.text.comparison import Normalised, is_shouted, is_word_char, lower, normalise, plain, starts_sentence
from mt_publish.types import Entry, Lang, Span, TermMatch

COMMON: Final = frozenset({"term", "title", "nationality", "language"})
"""Types whose names are common words and inflect like them."""

_JOINED: Final = COMMON | {"place", "org", "event", "product"}
"""Types whose German name may be part of a closed compound (Friedensvertrag, Bundestagswahl, Irakkrieg). Never persons."""

_LONGEST_WORD: Final = 80
"""Letters on one side of a name in a German compound; a longer run of letters is no word. Keeps time linear."""


class TargetText:
    """A target text made ready for look-up of forms."""

    __slots__ = ("folded", "lang", "norm", "shouted", "text")

    def __init__(self, text: str, lang: Lang) -> None:
        self.norm: Normalised = normalise(text)
        self.text = self.norm.text
        self.folded = lower(self.text)
        self.lang = lang
        self.shouted = is_shouted(text)

    def find(self, form: str, *, any_case: bool, closed: bool) -> Iterator[tuple[int, int]]:
        """Ranges in which `form` stands as a word, in a hyphen compound, or, if `closed`, inside a German compound."""
        needle = lower(form)
        if needle not in self.folded:
            if not self.shouted or form.upper() not in self.text:
                return
            yield from self._ranges(form.upper(), self.text, form, any_case=True, closed=closed)
            return
        yield from self._ranges(needle, self.folded, form, any_case=any_case, closed=closed)

    def _ranges(self, needle: str, text: str, form: str, *, any_case: bool, closed: bool) -> Iterator[tuple[int, int]]:
        start = text.find(needle)
        while start >= 0:
            end = start + len(needle)
            whole = self._whole(start, end) and self._case(start, end, form, any_case=any_case)
            if whole or (closed and self._inside(start, end, form)):
                yield start, end
            start = text.find(needle, start + 1)

    def _whole(self, start: int, end: int) -> bool:
        text = self.text
        if start and is_word_char(text, start) and is_word_char(text, start - 1):
            return False
        if is_word_char(text, end) and is_word_char(text, end - 1):
            return False
        # "Danfried's" is an English genitive: wrong in German.
        return not (self.lang == "de" and text[end : end + 2] == "'s" and not is_word_char(text, end + 2))

    def _case(self, start: int, end: int, form: str, *, any_case: bool) -> bool:
        surface = self.text[start:end]
        if surface == form or any_case or form.islower():
            return True
        if self.shouted and surface.isupper():
            return True
        return surface[0].isupper() and surface[1:] == form[1:] and starts_sentence(self.text, start)

    def _inside(self, start: int, end: int, form: str) -> bool:
        """Whether the form is the first or last part of a longer German word with enough letters for the other part."""
        if self.lang != "de" or len(form) < 4 or not form.replace("-", "").isalnum() or form.isupper():
            return False
        text = self.text
        left, right = start, end
        while start - left <= _LONGEST_WORD and is_word_char(text, left - 1):
            left -= 1
        while right - end <= _LONGEST_WORD and is_word_char(text, right):
            right += 1
        if start - left > _LONGEST_WORD or right - end > _LONGEST_WORD:
            return False
        first = left == start and text[start:end] == form and right - end >= 3 and text[end:right].islower()
        last = right == end and start - left >= 3 and text[start:end] == form.lower()
        return first or last


def may_be_joined(match: TermMatch, lang: Lang) -> bool:
    """Whether a rendering may be part of a longer word."""
    return lang == "de" and match.entry.type in _JOINED


def fits_any_case(match: TermMatch, lang: Lang) -> bool:
    """Whether a rendering may be written in capitals or small otherwise than the glossary has it."""
    if match.caps:
        return True
    return match.entry.case == "any" and not (
        lang == "en" and match.target[:1].isupper() and proper_adjective(match.entry)
    )


def proper_adjective(entry: Entry) -> bool:
    """Whether English always writes the entry with a capital, whatever its case policy (French, Polish)."""
    return entry.type in ("nationality", "language")


def forms_of(term: TermMatch) -> tuple[str, ...]:
    """The accepted forms of a mention and its target, as they are compared, the longest first."""
    forms = {plain(form) for form in (term.target, *term.accepted) if form}
    return tuple(sorted(forms, key=lambda form: (-len(form), form)))


def places(text: TargetText, term: TermMatch) -> Iterator[Span]:
    """Where accepted forms of a mention stand in a translation: the longest first, words of their own before parts of compounds."""
    any_case = fits_any_case(term, text.lang)
    forms = forms_of(term)
    for closed in (False, True) if may_be_joined(term, text.lang) else (False,):
        for form in forms:
            for start, end in text.find(form, any_case=any_case, closed=closed):
                yield text.norm.span(start, end)


def find_renderings(terms: Sequence[TermMatch], text: TargetText) -> list[Span | None]:
    """For each mention, where an accepted rendering stands in a translation; None when there is none.

    No place serves two mentions. Longer forms are tried first, so that "Foreign Office" does not take the place of "Federal
    Foreign Office".

    Args:
        terms: The mentions of a segment.
        text: Its translation.
    """
    found: list[Span | None] = [None] * len(terms)
    taken: list[Span] = []
    for index in sorted(range(len(terms)), key=lambda i: -max(map(len, forms_of(terms[i])), default=0)):
        place = next((span for span in places(text, terms[index]) if not any(span.overlaps(t) for t in taken)), None)
        if place is not None:
            taken.append(place)
            found[index] = place
    return found

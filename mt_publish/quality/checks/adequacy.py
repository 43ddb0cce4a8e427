"""MTP4xx and MTP6xx: the whole sentence was translated, once, into the right language, and means no less.

Everything here sees only words and their number; none of it understands the sentence. Thresholds were set on the
references of newstest2021 (see benchmarks/checks.py) so that at most one clean sentence in a hundred is reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from math import ceil
from statistics import median

from mt_publish.quality.checks.reading import Case, Side, Word, inside, quote, wordset
from mt_publish.types import Finding, Lang, Severity, Span

_RUN = 4
"""So many words in a row equal to the source are left untranslated."""
_MOST = 0.85
"""A translation with such a share of words of the source is the source, in whatever order."""
_LONG = 40
"""A sentence of fewer characters may end or stretch as it likes."""

# Words that no sentence of the one language does without and that are no words of the other.
_FUNCTION: dict[Lang, frozenset[str]] = {
    "de": wordset(
        "der das und ist nicht ein eine einer eines einem einen mit für auf dem den des von zu im zum zur bei nach aus "
        "über auch sich sie er wir ich ihr es wird werden wurde wurden sind waren haben hatte hatten kann können soll "
        "muss müssen dass als wie aber oder wenn noch nur schon sehr durch vor bis um unter gegen ohne zwischen seit "
        "mehr dieser diese dieses diesem diesen sein seine seiner ihre ihrer ihrem ihren uns unser kein keine"
    ),
    "en": wordset(
        "the and of to is are were been being be have has had will would can could should not with for on at by from "
        "as it its this that these those he she they we you his her their our your but or if which who what when there "
        "than then into about after before over under between more most some any all no only also up out"
    ),
}


def check_empty(case: Case) -> Iterator[Finding]:
    """MTP401: something to translate, nothing translated."""
    if case.source.plain.strip() and not case.target.plain.strip():
        yield case.finding("MTP401", f"no translation for {quote(case.source.plain.strip())}")


# --- left in the source language --------------------------------------------------------------------------------------


def check_untranslated(case: Case) -> Iterator[Finding]:
    """MTP402: the source again, or a run of its words outside names and quotations."""
    source, target = case.source, case.target
    if not target.words:
        return
    if _folded(source) == _folded(target):
        severity = _copied(source)
        if severity is not None:
            yield case.finding(
                "MTP402",
                "the translation is the source, word for word",
                severity=severity,
                target=(0, len(target.text)),
            )
        return
    ours = {w.lower for w in source.words}
    if len(target.words) >= _RUN and sum(w.lower in ours for w in target.words) >= _MOST * len(target.words):
        severity = _copied(target)
        if severity is not None:
            yield case.finding(
                "MTP402",
                "nearly all words of the translation are words of the source",
                severity=severity,
                target=(0, len(target.text)),
            )
        return
    grams = {tuple(w.lower for w in source.words[i : i + _RUN]) for i in range(len(source.words) - _RUN + 1)}
    if not grams:
        return
    words = target.words
    titles = [quoted for quoted in target.quoted if _word_count(target, quoted) <= _TITLE_WORDS]
    start = end = -1
    for i in range(len(words) - _RUN + 2):
        equal = i <= len(words) - _RUN and tuple(w.lower for w in words[i : i + _RUN]) in grams
        if equal and start < 0:
            start, end = i, i + _RUN
        elif equal and i <= end:
            end = i + _RUN
        elif start >= 0 and (not equal and i >= end - _RUN + 1):
            yield from _run(case, words[start:end], titles)
            start = -1


def _run(case: Case, words: Sequence[Word], titles: Sequence[Span]) -> Iterator[Finding]:
    span = Span(words[0].span.start, words[-1].span.end)
    text = case.target.text[span.start : span.end]
    if not _is_prose([w for w in words if not inside(w.span, titles)], case.pair.source):
        return
    yield case.finding("MTP402", f"left in the source language: {quote(text)}", severity=Severity.WARNING, target=span)


_TITLE_WORDS = 7
"""A quotation of so few words may be a title, which stays in its language."""


def _word_count(side: Side, span: Span) -> int:
    """How many words of a side stand in a range, counted by its spaces."""
    return side.text.count(" ", span.start, span.end) + 1


def _folded(side: Side) -> tuple[str, ...]:
    return tuple(w.lower for w in side.words)


def _copied(side: Side) -> Severity | None:
    """How bad a copied segment is: None for names, titles and single words, which are the same everywhere."""
    words = side.words
    small = [w for w in words if w.text[0].islower() and w.text.isalpha()]
    functions = [w for w in words if w.lower in _FUNCTION["de"] | _FUNCTION["en"]]
    if len(words) < 3 or not (small or functions):
        return None
    if len(small) >= 2 or (functions and len(words) >= 5):
        return Severity.ERROR
    return Severity.WARNING if len(words) >= 4 or any(len(w.text) >= 5 for w in small) else None


def _is_prose(words: Sequence[Word], lang: Lang) -> bool:
    """Whether words of `lang` are a stretch of a sentence and not a name, a title or a list of them."""
    if _is_name(words):
        return False
    small = [w for w in words if w.text[0].islower() and w.text.isalpha()]
    own = _FUNCTION[lang]
    if lang == "en" and all(w.lower in own or w.lower in _TITLE for w in small) and len(words) - len(small) >= 2:
        return False  # a title: every other word has a capital letter
    return bool(small) and (len(small) >= 4 or any(w.lower in own for w in words))


def _is_name(words: Sequence[Word]) -> bool:
    """Whether the words are one name with particles: Friederike von Thadow, Anna van de Velde, Karl Theodor zu Erlau.

    "Samstag von Bayerns Verkehrsministerin Kerstin Schreyer" goes on for too long behind the particle.
    """
    start = next((i for i, w in enumerate(words) if w.text in _PARTICLE), 0)
    if not start:
        return False
    end = start + 1
    while end < len(words) and words[end].text in _FURTHER:
        end += 1
    # "zu" is a word like any other behind one noun; behind two it joins a first name to a surname.
    least = 2 if words[start].text in _PREPOSITION else 1
    if not (least <= start <= _FIRST_NAMES and 1 <= len(words) - end <= _SURNAMES):
        return False
    return all(w.text[0].isupper() for w in (*words[:start], *words[end:]))


_FIRST_NAMES, _SURNAMES = 4, 2
"""The most words before (titles and first names) and behind the particles of a name."""
_PARTICLE = wordset("von van de del della di da dos du la le al el bin ibn af av ten ter zu vom zum zur")
_FURTHER = _PARTICLE | wordset("der den dem des het und")
_PREPOSITION = wordset("zu vom zum zur")
_TITLE = wordset("a an in de la le du van von der and")


def check_language(case: Case) -> Iterator[Finding]:
    """MTP403: a target in the language of the source, or in a third one."""
    from mt_publish.text.language import detect_language, sentence_language

    source, target = case.source, case.target
    if len(target.words) < 3 or _folded(source) == _folded(target):
        return
    lang = sentence_language(target.prose)
    if lang == target.lang:
        return
    name = None
    if lang == source.lang or _is_foreign(case):
        name = _LANGUAGE[source.lang]
    elif lang is None:
        ours = {w.lower for w in source.words}
        copied = sum(w.lower in ours for w in target.words)
        # Names, titles and foreign words that the source has as well say nothing about the translation.
        if copied * 3 < len(target.words) and len(target.words) >= _WORDS_OF_A_LANGUAGE:
            found = detect_language(target.prose)
            if found.other:
                name = f"in another language ({found.other})"
            elif found.lang == source.lang and found.confidence >= _SURE:
                name = _LANGUAGE[source.lang]
    if name:
        yield case.finding(
            "MTP403",
            f"the translation is {name}, not {_LANGUAGE[target.lang]}: {quote(target.text)}",
            target=(0, len(target.text)),
        )


def _is_foreign(case: Case) -> bool:
    """Whether function words of the source language outnumber those of the target language by far."""
    words = [w.lower for w in case.target.words if not inside(w.span, case.target.quoted)]
    own = sum(w in _FUNCTION[case.pair.target] for w in words)
    foreign = sum(w in _FUNCTION[case.pair.source] for w in words)
    return foreign >= 2 and foreign > 3 * own


_WORDS_OF_A_LANGUAGE = 5
"""Words from which on the language model is asked; of fewer it knows too little."""
_SURE = 0.9
"""Confidence from which words without function words are taken for the source language."""
_LANGUAGE: dict[str, str] = {"de": "German", "en": "English"}


# --- too short, too long, cut off -------------------------------------------------------------------------------------

# From so many characters of the source on: the least and the most characters of the target for one of the source.
# About 99 in 100 references of newstest2021 lie between; longer sentences vary less.
_RATIO: dict[Lang, tuple[tuple[int, float, float], ...]] = {
    "de": ((150, 0.65, 1.25), (80, 0.62, 1.30), (40, 0.58, 1.45), (20, 0.45, 2.00)),
    "en": ((150, 0.83, 1.52), (80, 0.80, 1.62), (40, 0.72, 1.90), (20, 0.50, 2.50)),
}
"""By source language."""
_SHORT = 20
"""A source of fewer characters has no stable ratio: only this many times its length and more is too long."""


def check_length(case: Case) -> Iterator[Finding]:
    """MTP404: a translation far shorter or longer than others."""
    source, target = len(case.source.text), len(case.target.text)
    low, high = next(((a, b) for size, a, b in _RATIO[case.pair.source] if source >= size), (0.0, float(_SHORT)))
    if target < low * source:
        yield case.finding(
            "MTP404",
            f"too short: {target} characters for {source} in the source, at least {ceil(low * source)} are usual",
        )
    elif target > max(high * source, _LONG):
        yield case.finding(
            "MTP404",
            f"too long: {target} characters for {source} in the source, at most {int(high * source)} are usual",
        )


_TAIL = 200
"""Characters at the end that are looked at; closing marks that go on for longer mean nothing."""
_END = re.compile(r"([.!?…:;]+)[\s\"'“”„‘’‚»«›‹)\]*_\ufffc]*$")
_ENDS_IN_WORD = re.compile(r"[\w,–-][\s\"'“”„‘’‚»«›‹\ufffc]*$")


def check_truncated(case: Case) -> Iterator[Finding]:
    """MTP406: the engine ran out of length, or the end of a long sentence is missing."""
    source, target = case.source.text, case.target.text
    if case.translation.truncated:
        yield case.finding("MTP406", "the engine stopped at its length limit, so the end is missing")
    elif len(source) >= _LONG and _END.search(source[-_TAIL:]) and _ENDS_IN_WORD.search(target[-_TAIL:]):
        yield case.finding(
            "MTP406",
            f"the end may be missing: the source ends in {quote(source[-20:])}, the target in {quote(target[-20:])}",
            severity=Severity.WARNING,
            target=(max(0, len(target) - 20), len(target)),
        )


# --- again and again --------------------------------------------------------------------------------------------------

_NGRAM = 6


def check_repetition(case: Case) -> Iterator[Finding]:
    """MTP405: a word or phrase repeated in a row, or a long phrase repeated anywhere, more often than in the source."""
    source = [w.lower for w in case.source.words]
    words = case.target.words
    target = [w.lower for w in words]
    loop = _longest_loop(target)
    ours = _longest_loop(source)
    times, size, start = loop
    if times >= 3 and times > ours[0]:
        end = start + times * size
        phrase = case.target.text[words[start].span.start : words[start + size - 1].span.end]
        yield case.finding(
            "MTP405",
            f"{quote(phrase)} comes {times} times in a row",
            target=(words[start].span.start, words[end - 1].span.end),
            suggestion=phrase,
        )
        return
    # Twice in a row needs two words: MTP502 has the single word.
    if times == 2 and size >= 2 and ours[0] < 2:
        end = start + times * size
        phrase = case.target.text[words[start].span.start : words[start + size - 1].span.end]
        yield case.finding(
            "MTP405",
            f"{quote(phrase)} comes twice in a row",
            severity=Severity.WARNING,
            target=(words[start].span.start, words[end - 1].span.end),
            suggestion=phrase,
        )
        return
    again = _repeated(target)
    if again is not None and _repeated(source, _NGRAM - 2) is None:
        _, second = again
        phrase = case.target.text[words[second].span.start : words[second + _NGRAM - 1].span.end]
        yield case.finding(
            "MTP405",
            f"{quote(phrase)} comes twice in the translation and nothing does in the source",
            severity=Severity.WARNING,
            target=(words[second].span.start, words[second + _NGRAM - 1].span.end),
        )


def _longest_loop(words: Sequence[str]) -> tuple[int, int, int]:
    """The phrase of one to six words that is repeated most often in a row: (times, words in the phrase, first word)."""
    best = (1, 1, 0)
    for size in range(1, _NGRAM + 1):
        run = 0  # words in a row that equal the word `size` places before them
        for i in range(size, len(words)):
            run = run + 1 if words[i] == words[i - size] else 0
            times = run // size + 1
            if words[i].isdecimal():  # groups of three digits
                continue
            if run >= size and (times > best[0] or (times == best[0] == 2 and best[1] == 1)):
                best = (times, size, i - times * size + 1)
    return best


def _repeated(words: Sequence[str], size: int = _NGRAM) -> tuple[int, int] | None:
    """First words of the first two places, not overlapping, where the same `size` words stand; None without."""
    seen: dict[tuple[str, ...], int] = {}
    for i in range(len(words) - size + 1):
        first = seen.setdefault(tuple(words[i : i + size]), i)
        if i - first >= size:
            return first, i
    return None


# --- confidence -------------------------------------------------------------------------------------------------------


def check_confidence(case: Case) -> Iterator[Finding]:
    """MTP601: a machine translation with a score below the floor."""
    score, floor = case.translation.score, case.context.score_floor
    if score is None or floor is None or score >= floor:
        return
    yield case.finding("MTP601", f"the model was unsure: score {score:.2f}, usual is {floor:.2f} or more")


_SCORED = 20
"""Fewer scores of a document do not tell what is usual in it."""
_SPREADS = 2.5
"""Robust standard deviations below the median from which a score is far from the usual."""


def outlier_floor(scores: Sequence[float]) -> float | None:
    """The score below which a translation is far less sure than the others of its document.

    The median less 2.5 robust standard deviations (1.4826 times the median absolute deviation); None for fewer than 20
    scores. See docs/measurements.md for what such sentences are worth.

    Args:
        scores: Mean log-probabilities of a document's translations; NaN is not allowed.
    """
    if len(scores) < _SCORED:
        return None
    middle = median(scores)
    return middle - _SPREADS * 1.4826 * median(abs(score - middle) for score in scores)


def score_floor(scores: Sequence[float], percentile: float = 1.0) -> float | None:
    """The score that only `percentile` per cent of a calibration set fall below.

    Args:
        scores: Mean log-probabilities of translations that are known to be ordinary; NaN is not allowed.
        percentile: 0 to 100.

    Returns:
        The floor for `CheckContext.score_floor`, None when `scores` is too small to tell (fewer than 100 / percentile
        values, so that not even one would fall below).
    """
    if percentile <= 0 or len(scores) * percentile < 100:
        return None
    return sorted(scores)[min(len(scores) - 1, int(len(scores) * percentile / 100))]

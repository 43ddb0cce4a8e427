"""Segments to translations: plain decoding, guards, terms, markup, in that order.

`translate_segments` is the whole of it. It takes segments of any number of documents at once, so that batches are full and
sorted by length, and gives results back in order. Nothing here reads or writes files.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from mt_publish.translation import terms as ladder
from mt_publish.translation.alignment import align_words, fit_spans
from mt_publish.translation.engines import Engine, Hypothesis, Pending, Pieces
from mt_publish.translation.guards import has_letters, join_parts, loops, split_long
from mt_publish.translation.lexicon import source_with_spans
from mt_publish.translation.markup import transfer_marks
from mt_publish.translation.numerals import calendar_terms, numeral_terms
from mt_publish.translation.slips import Mended, mend
from mt_publish.translation.terms import Job, Links, TermRules
from mt_publish.types import Lang, MarkKind, Segment, Span, TermMatch, Translation, other

Quality = Literal["fast", "balanced", "best"]

BEAMS: dict[str, int] = {"fast": 1, "balanced": 2, "best": 5}
"""Beam of the first decoding. Sentences whose guards fail are decoded again with 4, those whose terms fail with 2 or 4."""

CHUNKS = (256, 768)
"""Segments decoded between two reports of progress: few at first, so that something is done soon and an interrupt loses little,
then enough to sort by length and to repair many sentences at once. The last size is used for all that follows."""


@dataclass(frozen=True, slots=True)
class _Draft:
    """A sentence on its way: text, score, what was done to it, what the engine looked at when its marks need that, and the words that
    were replaced.
    """

    text: str
    score: float | None
    truncated: bool = False
    repairs: tuple[str, ...] = ()
    links: Links | None = None
    mended: tuple[Mended, ...] = ()


class Ahead:
    """First decodings that were begun before the terms of their sentences were known.

    Args:
        pending: The hypotheses.
        places: The place of each text among them.
    """

    def __init__(self, pending: Pending, places: Mapping[str, int]) -> None:
        self.places = places
        self.cancel = pending.cancel
        self._results = functools.cache(pending.result)

    def joined(self, places: Sequence[int | None], pending: Pending) -> Pending:
        """Hypotheses of which those with a place are here and the rest is `pending`."""

        def result() -> list[Hypothesis]:
            rest = iter(pending.result())
            return [next(rest) if place is None else self._results()[place] for place in places]

        return Pending(result, pending.cancel)


def begin_ahead(sources: Sequence[str], engine: Engine, target: Lang, *, quality: Quality = "balanced") -> Ahead:
    """Begins to decode what `translate_segments` decodes first, while the caller reads glossaries and finds terms.

    Args:
        sources: Source texts of the segments, in order.
        engine: Decodes.
        target: Target language.
        quality: As for `translate_segments`.
    """
    texts = list(dict.fromkeys(text for text in sources[: CHUNKS[0]] if has_letters(text)))
    encoded = dict(zip(texts, engine.read(texts, target), strict=True))
    whole = {text: pieces for text, pieces in encoded.items() if len(pieces) <= engine.model.max_pieces}
    pending = _ask(engine, list(whole.values()), target, quality)
    return Ahead(pending, {text: place for place, text in enumerate(whole)})


def _ask(engine: Engine, batch: list[Pieces], target: Lang, quality: Quality) -> Pending:
    return engine.begin(batch, target, beam=BEAMS[quality], back=quality == "best") if batch else Pending(list)


def translate_segments(
    segments: Sequence[Segment],
    engine: Engine,
    target: Lang,
    *,
    rules: TermRules | None = None,
    quality: Quality = "balanced",
    polish: Callable[[str, str], str] | None = None,
    progress: Callable[[int], None] | None = None,
    ahead: Ahead | None = None,
) -> Iterator[Translation]:
    """Translates segments, in order, chunk by chunk.

    Equal sentences with equal terms are decoded once. Sentences without letters are copied, overlong ones are cut at safe
    points and joined again, loops and empty outputs are decoded anew, terms are verified and repaired, marks carried over.

    Args:
        segments: Sentences with their marks and term matches.
        engine: Decodes.
        target: Target language.
        rules: The glossary's knowledge; None switches terms off.
        quality: "fast" greedy, "balanced" beam 2, "best" beam 5 and, with a model of both directions, the hypothesis from which the
            source follows best (`mt_publish.translation.rerank`).
        polish: Called with source and target text of each decoded sentence, gives back the target text with typography put
            right; it must not change words.
        progress: Called with the number of segments finished since the last call.
        ahead: What `begin_ahead` began for the same engine, target and quality; to be given up by whoever began it.
    """
    known: dict[object, _Draft] = {}
    # While the terms of a chunk are put right, the next one is being decoded.
    begun: deque[tuple[Sequence[Segment], dict[object, Segment], _Begun]] = deque()
    asked: set[object] = set()
    chunks = _chunks(segments)
    try:
        while True:
            while len(begun) < 2 and (chunk := next(chunks, None)) is not None:
                fresh: dict[object, Segment] = {}
                for segment in chunk:
                    if (key := _key(segment)) not in asked:
                        asked.add(key)
                        fresh[key] = segment
                    elif key in fresh and segment.marks:  # what is kept for marks is kept for all of them
                        fresh[key] = segment
                work = _begin(list(fresh.values()), engine, target, rules, quality, ahead, polish)
                begun.append((chunk, fresh, work))
            if not begun:
                return
            chunk, fresh, work = begun.popleft()
            known.update(zip(fresh, _complete(work, engine, target, rules, polish), strict=True))
            finished = list(_finish(chunk, [known[_key(s)] for s in chunk], engine, target, rules))
            for key in fresh:
                if known[key].links is not None:  # a long document has no room for all of them
                    known[key] = replace(known[key], links=None)
            if progress is not None:  # before they are given out: nobody comes back here after the last one
                progress(len(chunk))
            yield from finished
    finally:
        for _, _, work in begun:
            work.pending.cancel()


def _chunks(segments: Sequence[Segment]) -> Iterator[Sequence[Segment]]:
    start = 0
    for size in itertools.chain(CHUNKS, itertools.repeat(CHUNKS[-1])):
        if start >= len(segments):
            return
        yield segments[start : start + size]
        start += size


def _key(segment: Segment) -> object:
    return segment.source, tuple((t.span, t.target, t.enforce) for t in segment.terms)


@dataclass(frozen=True, slots=True)
class _Begun:
    """Sentences whose first decoding is under way.

    Args:
        segments: The sentences.
        drafts: What needs no engine is here already, None for the rest.
        sources: Texts of the rest.
        pieces: Their pieces.
        parts: The parts that each is decoded in; itself alone when it is not too long.
        pending: The hypotheses of all parts.
    """

    segments: list[Segment]
    drafts: list[_Draft | None]
    sources: list[str]
    pieces: list[Pieces]
    parts: list[list[str]]
    pending: Pending


def _begin(
    segments: list[Segment],
    engine: Engine,
    target: Lang,
    rules: TermRules | None,
    quality: Quality,
    ahead: Ahead | None,
    polish: Callable[[str, str], str] | None,
) -> _Begun:
    """Begins to decode sentences; those longer than the model likes are cut and decoded in parts."""
    drafts: list[_Draft | None] = [_without_engine(segment, rules, target, polish) for segment in segments]
    sources = [segment.source for segment, draft in zip(segments, drafts, strict=True) if draft is None]
    pieces = engine.read(sources, target)
    limit = engine.model.max_pieces
    batch: list[Pieces] = []
    parts: list[list[str]] = []
    places: list[int | None] = []
    for source, own in zip(sources, pieces, strict=True):
        if len(own) <= limit:
            parts.append([source])
            places.append(ahead.places.get(source) if ahead is not None else None)
            if places[-1] is None:
                batch.append(own)
            continue
        split = [source[s.start : s.end] for s in split_long(source, parts=-(-len(own) // (limit * 3 // 4)))]
        batch += engine.read(split, target)
        parts.append(split)
        places += [None] * len(split)
    pending = _ask(engine, batch, target, quality)
    if ahead is not None:
        pending = ahead.joined(places, pending)
    return _Begun(segments, drafts, sources, pieces, parts, pending)


def _complete(
    begun: _Begun,
    engine: Engine,
    target: Lang,
    rules: TermRules | None,
    polish: Callable[[str, str], str] | None,
) -> list[_Draft]:
    drafts, sources, pieces = begun.drafts, begun.sources, begun.pieces
    todo = [i for i, draft in enumerate(drafts) if draft is None]
    terms: list[tuple[TermMatch, ...]] = []
    engine.word_list(target)  # read while the engine is still decoding
    if rules is not None:
        rules.prepare()
        terms = [_all_terms(begun.segments[i], target) for i in todo]
    texts, hyps = _whole(begun.pending.result(), begun.parts, engine, target)
    _guard(sources, pieces, texts, hyps, engine, target)
    jobs: list[Job] = []
    owners: list[int] = []
    for n, i in enumerate(todo):
        looked = functools.cache(functools.partial(_links, hyps[n], sources[n], engine, target))
        keep = functools.partial(_term_words, begun.segments[i])
        text, mended = mend(sources[n], texts[n], looked, engine, target, keep=keep)
        text = polish(sources[n], text) if polish else text
        text = ladder.undouble(text, sources[n], begun.segments[i].terms)
        links = looked() if begun.segments[i].marks else None
        drafts[i] = _Draft(text, hyps[n].score, hyps[n].truncated, (), links, mended)
        if rules is None:
            continue
        job = _job(sources[n], terms[n], pieces[n], text, hyps[n], engine, target, rules, truncated=hyps[n].truncated)
        if job is not None:
            jobs.append(job)
            owners.append(i)
    if jobs and rules is not None:
        for i, job, best in zip(owners, jobs, ladder.enforce(jobs, engine, target, rules), strict=True):
            if best.note == "plain":
                continue
            keep = functools.partial(_term_words, begun.segments[i])
            text, mended = mend(job.source, best.text, functools.partial(_own, best), engine, target, keep=keep)
            if text != best.text and not _as_good(ladder.judge(rules, text, job.source, job.matches), best):
                text, mended = best.text, ()
            text = polish(job.source, text) if polish else text
            links = best.links if begun.segments[i].marks else None
            before = drafts[i]
            if before is not None:  # of what was replaced there, some may still stand
                mended = (*(each for each in before.mended if each.new in text), *mended)
            drafts[i] = _Draft(text, best.score, best.truncated, (best.note,), links, mended)
    return [draft for draft in drafts if draft is not None]


def _links(hyp: Hypothesis, source: str, engine: Engine, target: Lang) -> Links | None:
    """What the engine looked at in a source that it was given as `Engine.read` cuts it."""
    return Links.of(hyp, source_with_spans(engine, source, target)[1])


def _as_good(verdict: ladder.Verdict, best: ladder.Candidate) -> bool:
    """Whether what was mended has all mentions right that the best candidate has."""
    return verdict.failing <= best.failing and verdict.foreign <= best.foreign and verdict.wished <= best.wished


def _own(candidate: ladder.Candidate) -> Links | None:
    return candidate.links


def _term_words(segment: Segment) -> set[str]:
    """The words of its terms in the target language, in lower case."""
    forms = itertools.chain.from_iterable((term.target, *term.accepted) for term in segment.terms)
    return {word for form in forms for word in re.findall(r"\w+", form.lower())}


def _all_terms(segment: Segment, target: Lang) -> tuple[TermMatch, ...]:
    """The glossary's terms of a sentence, its figures, weekdays and months."""
    terms = segment.terms + numeral_terms(segment.source, other(target), segment.terms)
    return terms + calendar_terms(segment.source, other(target), terms)


def _job(
    source: str,
    terms: tuple[TermMatch, ...],
    pieces: Pieces,
    text: str,
    hyp: Hypothesis | None,
    engine: Engine,
    target: Lang,
    rules: TermRules,
    *,
    truncated: bool,
) -> Job | None:
    """The work that the term ladder has with a translation; None when its terms and figures are right."""
    verdict = ladder.judge(rules, text, source, terms)
    if not verdict:
        return None
    _, spans = source_with_spans(engine, source, target)
    first = ladder.Candidate(
        text,
        hyp.score if hyp else None,
        verdict.failing,
        verdict.foreign,
        verdict.wished,
        "plain",
        links=Links.of(hyp, spans),
        truncated=truncated,
    )
    return Job(source, pieces, terms, first, [first], spans)


def mend_segments(
    segments: Sequence[Segment],
    translations: Sequence[Translation],
    engine: Engine,
    target: Lang,
    *,
    rules: TermRules,
    polish: Callable[[str, str], str] | None = None,
) -> tuple[Translation, ...]:
    """Translations with the terms of `segments` put right by the quick steps of the ladder; for the document pass.

    Args:
        segments: Sentences with the mentions that were found late.
        translations: Their translations so far.
        engine: Decodes and aligns.
        target: Target language.
        rules: The glossary's knowledge.
        polish: As for `translate_segments`.
    """
    mended: list[Translation] = []
    for chunk in _chunks(segments):
        mended += _mend(chunk, translations[len(mended) : len(mended) + len(chunk)], engine, target, rules, polish)
    return tuple(mended)


def _mend(
    segments: Sequence[Segment],
    translations: Sequence[Translation],
    engine: Engine,
    target: Lang,
    rules: TermRules,
    polish: Callable[[str, str], str] | None,
) -> Iterator[Translation]:
    pieces = engine.read([segment.source for segment in segments], target)
    drafts, jobs, owners = [], [], []
    for n, (segment, translation) in enumerate(zip(segments, translations, strict=True)):
        drafts.append(_Draft(translation.target, translation.score, translation.truncated, translation.repairs))
        terms = _all_terms(segment, target)
        job = _job(
            segment.source,
            terms,
            pieces[n],
            translation.target,
            None,
            engine,
            target,
            rules,
            truncated=translation.truncated,
        )
        # a figure that the whole ladder could not mend is not tried again
        if job is not None and (job.best.foreign or any(i < len(segment.terms) for i in job.best.failing)):
            jobs.append(job)
            owners.append(n)
    for n, job, best in zip(owners, jobs, ladder.enforce(jobs, engine, target, rules, quick=True), strict=True):
        if best.note != "plain":
            text = polish(job.source, best.text) if polish else best.text
            drafts[n] = _Draft(text, best.score, best.truncated, (*drafts[n].repairs, best.note))
    yield from _finish(segments, drafts, engine, target, rules)


def _localised_figures(source: str, target: Lang) -> str:
    """Text without letters with its decimals and thousands as the target language writes them: 1.234,5 is 1,234.5."""
    text = source
    for match in reversed(numeral_terms(source, other(target))):
        if not match.surface.isdigit():
            text = text[: match.span.start] + match.target + text[match.span.end :]
    return text


def _without_engine(
    segment: Segment, rules: TermRules | None, target: Lang, polish: Callable[[str, str], str] | None
) -> _Draft | None:
    """What needs no model: text without letters, and a segment that is one glossary name and nothing else."""
    if not has_letters(segment.source):
        return _Draft(_localised_figures(segment.source, target), None)
    if rules is not None and len(segment.terms) == 1 and segment.terms[0].enforce == "repair":
        match = segment.terms[0]
        rest = segment.source[: match.span.start] + segment.source[match.span.end :]
        if not any(c.isalnum() for c in rest) and not match.case:
            head, tail = segment.source[: match.span.start], segment.source[match.span.end :]
            text = head + (match.target.upper() if match.caps else match.target) + tail
            text = polish(segment.source, text) if polish else text
            return _Draft(text, None, False, (f"{match.target}: taken from the glossary",))
    return None


def _whole(
    results: Sequence[Hypothesis], parts: Sequence[Sequence[str]], engine: Engine, target: Lang
) -> tuple[list[str], list[Hypothesis]]:
    """Texts and hypotheses of sentences from those of their parts."""
    texts: list[str] = []
    decoded = engine.tokenizer.decode([h.pieces for h in results])
    out: list[Hypothesis] = []
    at = 0
    for sources in parts:
        mine = results[at : at + len(sources)]
        if len(sources) == 1:  # the usual case: its attention is kept
            texts.append(decoded[at])
            out.append(mine[0])
            at += 1
            continue
        texts.append(join_parts(decoded[at : at + len(sources)], sources, target))
        size = sum(len(h.pieces) + 1 for h in mine)
        score = sum(h.score * (len(h.pieces) + 1) for h in mine) / max(1, size)
        out.append(Hypothesis([p for h in mine for p in h.pieces], score, None, any(h.truncated for h in mine)))
        at += len(sources)
    return texts, out


def _guard(
    sources: list[str], pieces: list[Pieces], texts: list[str], hyps: list[Hypothesis], engine: Engine, target: Lang
) -> None:
    """Decodes loops, empty and cut-off outputs again with repetition forbidden, and keeps what is better."""
    bad = [n for n, text in enumerate(texts) if not text.strip() or hyps[n].truncated or loops(text, sources[n])]
    bad = [n for n in bad if len(pieces[n]) <= engine.model.max_pieces]
    if not bad:
        return
    again = engine.translate([pieces[n] for n in bad], target, beam=4, no_repeat=3)
    for n, found in zip(bad, again, strict=True):
        text = engine.tokenizer.decode([found[0].pieces])[0]
        if text.strip() and not found[0].truncated and not loops(text, sources[n]):
            texts[n], hyps[n] = text, found[0]


def _finish(
    chunk: Sequence[Segment], drafts: Sequence[_Draft], engine: Engine, target: Lang, rules: TermRules | None
) -> Iterator[Translation]:
    """Translations with marks, carried over by what the engine looked at; repeats of older sentences are aligned."""
    marked = [n for n, segment in enumerate(chunk) if segment.marks]
    known = {n: drafts[n].links for n in marked if not _trivial(chunk[n], drafts[n].text)}
    needs = [n for n, links in known.items() if links is None]
    if needs:
        sources = engine.tokenizer.encode([chunk[n].source for n in needs])
        targets = [engine.tokenizer.encode_target(drafts[n].text) for n in needs]
        for n, pieces, rows in zip(needs, targets, engine.align(sources, targets, target), strict=True):
            known[n] = Links(pieces, rows, engine.tokenizer.source_spans(chunk[n].source)[1])
    for n, (segment, draft) in enumerate(zip(chunk, drafts, strict=True)):
        marks = segment.marks
        links = known.get(n)
        if links is not None:
            shown, target_spans = engine.tokenizer.target_spans(links.pieces)
            target_spans = fit_spans(target_spans, shown, draft.text)
            anchors = _anchors(segment, draft.text, rules)
            alignment = align_words(
                segment.source, draft.text, links.spans, target_spans, links.attention, anchors=anchors
            )
            marks = transfer_marks(segment.source, segment.marks, draft.text, alignment)
        elif segment.marks and draft.text != segment.source:
            size = len(draft.text)
            marks = tuple(
                replace(m, span=Span(0, size) if m.kind is MarkKind.PAIR else _edge(m.span.start, segment.source, size))
                for m in segment.marks
            )
        copied = draft.score is None and not draft.repairs
        yield Translation(
            segment_id=segment.id,
            target=draft.text,
            marks=marks,
            origin="copy" if copied else "mt",
            engine="" if copied else engine.name,
            score=draft.score,
            repairs=(*draft.repairs, *map(str, draft.mended)),
            truncated=draft.truncated,
        )


def _trivial(segment: Segment, target: str) -> bool:
    """Whether marks need no alignment: nothing changed, or all of them stand at the edges of the sentence."""
    if target == segment.source:
        return True
    size = len(segment.source)
    return all(
        (m.span.start == 0 and m.span.end == size) if m.kind is MarkKind.PAIR else m.span.start in (0, size)
        for m in segment.marks
    )


def _edge(at: int, source: str, size: int) -> Span:
    place = 0 if at == 0 and source else size
    return Span(place, place)


def _anchors(segment: Segment, target: str, rules: TermRules | None) -> list[tuple[Span, Span]]:
    if rules is None or not segment.terms:
        return []
    return [(s.match.span, span) for s in rules.verify(target, segment.terms) if not s.problem for span in s.spans]

"""Make a translation say its terms as the glossary does: verify, repair, verify again.

Most names come out right when nobody touches the input, so a sentence is translated plainly first and only what fails is
repaired, cheapest first:

1. *string repair*, evident cases: a source form that was copied, a forbidden form, a distorted name get the right form.
2. *tell*: a model that was trained for it is told in the source which terms it missed, and decodes again, also where only a term of policy
   "check" is missed: what it then says counts when nothing else got worse.
3. *string repair* by alignment: the right form goes over the words that the mention is aligned to.
4. *prefix splice*: decode again with everything before the term and the right form itself as forced prefix, so that the rest
   of the sentence adapts; the model's score chooses among forms and places, and between this and step 3.
5. *n-best*: decode again with a wider beam and take a hypothesis that has the terms right. It finds one in a sixth of the
   cases and costs more than step 4, which finds one nearly always: so it comes after it.
6. *surrogate*: translate with a frequent name in place of a rare one, then put the right one back.
7. *negative*: decode again with the wrong rendering forbidden, then splice.
8. *parts*: a long sentence is cut at a safe place and its halves are decoded, so that no clause is dropped with its names.
9. what is still missing is written over the word it is aligned to best, sure or not, and the repair says so.
10. where all is right, terms of policy "check" are written over words that are half copied from the source.

Names that the source lacks are decoded away before that.

Each step is verified; a candidate that breaks a mention which was right is never taken. All failing sentences of a batch go
through a step together. How terms inflect and when a rendering counts as right is the glossary's business: it comes in as
`TermRules`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, Protocol

from mt_publish.translation.alignment import Alignment, align_words, fit_spans, is_word, words
from mt_publish.translation.guards import has_letters, join_parts, loops, split_long, unstutter
from mt_publish.translation.lexicon import source_with_spans
from mt_publish.types import Lang, Matrix, Span, TermMatch

if TYPE_CHECKING:
    from mt_publish.translation.engines import Engine, Hypothesis, Pieces


class Status(Protocol):
    """What became of one mention (see `mt_publish.glossary.verify.TermStatus`)."""

    @property
    def match(self) -> TermMatch: ...
    @property
    def spans(self) -> tuple[Span, ...]: ...
    @property
    def problem(self) -> Literal["", "missing", "source_left", "forbidden", "too_few"]: ...


class TermRules(Protocol):
    """The glossary's knowledge that repairing needs, for one language pair."""

    def prepare(self) -> None:
        """Builds what the first verdict would wait for; called while the engine decodes."""
        ...

    def verify(self, target: str, matches: Sequence[TermMatch]) -> Sequence[Status]:
        """The status of each mention, in the order of `matches`."""
        ...

    def foreign(self, target: str, source: str, matches: Sequence[TermMatch]) -> tuple[str, ...]:
        """Glossary names in `target` that nothing in `source` accounts for."""
        ...

    def realise(self, match: TermMatch, *, before: str, after: str, replaced: str) -> str:
        """The form to write between `before` and `after` in place of `replaced`."""
        ...

    def variants(self, match: TermMatch) -> tuple[str, ...]:
        """Candidate forms, best first."""
        ...

    def similarity(self, a: str, b: str) -> float:
        """Likeness of two words, 0 to 1."""
        ...

    def threshold(self, length: int) -> float:
        """Likeness from which a word counts as a distortion of a name of `length` characters."""
        ...

    def fix_articles(self, text: str, span: Span) -> str:
        """`text` with a/an before `span` agreeing with it."""
        ...


_COPIED = 5
"""Letters in a row that a translation shares with the source word and not with the right rendering: they are copied."""

_ALIKE = 0.5
"""Likeness from which a word may be a distortion of the name that it is aligned to."""

_LONG = 120
"""Characters from which a sentence is worth decoding in halves."""

SURROGATES: dict[str, tuple[str, ...]] = {
    "m": ("Martin", "Peter", "Thomas"),
    "f": ("Anna", "Maria", "Julia"),
    "": ("Martin", "Berlin"),
}
"""Frequent names by gender that every German–English model copies."""


@dataclass(frozen=True, slots=True)
class Links:
    """What the engine looked at while it wrote a text.

    Args:
        pieces: The target pieces.
        attention: (target pieces, source pieces).
        spans: Range of the source text that each source piece covers: the source may have been told its terms.
    """

    pieces: Pieces
    attention: Matrix
    spans: Sequence[Span]

    @classmethod
    def of(cls, hyp: Hypothesis | None, spans: Sequence[Span]) -> Links | None:
        """Those of a hypothesis; None when the engine was not asked for its attention."""
        return None if hyp is None or hyp.attention is None else cls(hyp.pieces, hyp.attention, spans)


@dataclass(slots=True)
class Candidate:
    """One way to say a sentence.

    Args:
        text: Target text.
        score: Mean log-probability a piece; None when not scored yet.
        failing: Indices of the mentions that must be repaired and are wrong here.
        foreign: Number of names that the source lacks.
        wished: Indices of the mentions that are only checked and are wrong here.
        note: How it came about.
        trusted: True when a repair replaced an evident distortion and needs no second opinion.
        links: What the engine looked at when it wrote the text, or the text that this one was made from.
        truncated: Whether that text was cut off at the length limit.
    """

    text: str
    score: float | None
    failing: frozenset[int]
    foreign: int = 0
    wished: frozenset[int] = frozenset()
    note: str = ""
    trusted: bool = False
    links: Links | None = None
    truncated: bool = False


@dataclass(slots=True)
class Job:
    """A sentence whose terms are being put right.

    Args:
        source: Source text.
        pieces: Its source pieces.
        matches: Its mentions.
        best: The best candidate so far.
        seen: All that was tried.
        spans: Range of `source` that each piece covers.
    """

    source: str
    pieces: Pieces
    matches: tuple[TermMatch, ...]
    best: Candidate
    seen: list[Candidate] = field(default_factory=list)
    spans: Sequence[Span] = ()

    @property
    def done(self) -> bool:
        return not self.best.failing


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong with the names and terms of a translation.

    Args:
        failing: Indices of the mentions that must be repaired.
        foreign: Number of names that the source lacks.
        wished: Indices of the mentions that are only checked and not said as the glossary does.
    """

    failing: frozenset[int]
    foreign: int
    wished: frozenset[int]

    def __bool__(self) -> bool:
        return bool(self.failing or self.foreign or self.wished)


def judge(rules: TermRules, text: str, source: str, matches: Sequence[TermMatch]) -> Verdict:
    """What `text` says wrong of the mentions in `source`."""
    failing, wished = set[int](), set[int]()
    for i, status in enumerate(rules.verify(text, matches)):
        # A source word left standing is wrong whatever the entry's policy; the other problems of a "check" entry are told.
        if (status.problem in ("missing", "forbidden") and status.match.enforce == "repair") or (
            status.problem == "source_left" and status.match.enforce != "off"
        ):
            failing.add(i)
        elif status.problem in ("missing", "forbidden") and status.match.enforce == "check":
            wished.add(i)
    return Verdict(frozenset(failing), len(rules.foreign(text, source, matches)), frozenset(wished))


def annotate(
    engine: Engine, source: str, matches: Sequence[TermMatch], target: Lang
) -> tuple[Pieces, list[Span]] | None:
    """Pieces of `source` that tell the model its terms, and the range of each; None when none of them is told.

    Terms that are only checked are told too: the model takes them up where they fit. Nothing is told when there are no
    terms, or when the sentence with them is too long to be decoded in one go.
    """
    told = [(match.span, match.target) for match in matches if match.enforce != "off" and has_letters(match.target)]
    if not told or "<term_" in source:
        return None
    pieces, spans = source_with_spans(engine, source, target, terms=told)
    return (pieces, spans) if len(pieces) <= engine.model.max_pieces else None


def enforce(
    jobs: Sequence[Job],
    engine: Engine,
    target: Lang,
    rules: TermRules,
    *,
    beam: int = 4,
    rounds: int = 4,
    quick: bool = False,
) -> list[Candidate]:
    """Runs the ladder on sentences whose terms failed.

    Args:
        jobs: Sentences with their first translation judged: mentions are failing, or names stand there that the source lacks.
        engine: Decodes again.
        target: Target language.
        rules: The glossary's knowledge.
        beam: Beam size of the decodings that choose freely; told and spliced sentences have 2.
        rounds: Most mentions repaired by splicing in one sentence.
        quick: Stop after step 3, before sentences are decoded again around their terms.

    Returns:
        The best candidate of each job, in order. Its failing mentions are a subset of those of the first translation.
    """
    ladder = _Ladder(engine, target, rules, beam)
    # An overlong sentence was decoded in parts; decoded whole it would lose clauses or not fit into the model.
    whole = [j for j in jobs if len(j.pieces) <= engine.model.max_pieces]
    ladder.banish([j for j in whole if j.best.foreign], rounds=2)
    ladder.string_repair([j for j in jobs if not j.done], sure_only=True)
    ladder.tell([j for j in whole if j.best.failing or j.best.wished])
    ladder.string_repair([j for j in jobs if not j.done])
    if quick:
        return [job.best for job in jobs]
    ladder.prefix_splice([j for j in whole if not j.done or j.best.note.startswith("aligned")], rounds)
    ladder.n_best([j for j in whole if not j.done])
    ladder.surrogate([j for j in whole if not j.done])
    ladder.negative([j for j in whole if not j.done], rounds)
    ladder.banish([j for j in whole if j.best.foreign], rounds=1)  # now told its terms, where the model can be told
    ladder.in_parts([j for j in whole if not j.done or j.best.foreign])
    ladder.string_repair([j for j in jobs if not j.done])
    ladder.replace_aligned([j for j in jobs if not j.done])
    ladder.mend_half_copies([j for j in whole if j.done])
    return [job.best for job in jobs]


@dataclass(slots=True)
class _Ladder:
    engine: Engine
    target: Lang
    rules: TermRules
    beam: int

    # --- helpers ---

    def _candidate(
        self,
        job: Job,
        text: str,
        score: float | None,
        note: str,
        *,
        trusted: bool = False,
        hyp: Hypothesis | None = None,
        base: Candidate | None = None,
    ) -> Candidate:
        """A candidate, judged; `hyp` when the engine wrote `text`, `base` when it was made from that one."""
        single = undouble(text, job.source, job.matches)
        verdict = judge(self.rules, single, job.source, job.matches)
        links = Links.of(hyp, job.spans) or (base.links if base else None)
        truncated = hyp.truncated if hyp else base is not None and base.truncated
        return Candidate(
            single, score, verdict.failing, verdict.foreign, verdict.wished, note, trusted, links, truncated
        )

    def _offer(self, job: Job, candidate: Candidate) -> None:
        """Takes `candidate` if it is better and breaks nothing."""
        job.seen.append(candidate)
        if not candidate.failing <= job.best.failing or loops(candidate.text, job.source):
            return
        fewer_wrong = len(candidate.failing) < len(job.best.failing) and candidate.foreign <= job.best.foreign
        as_right = candidate.failing == job.best.failing
        fewer_invented = as_right and candidate.foreign < job.best.foreign
        fewer_wishes = as_right and candidate.foreign <= job.best.foreign and candidate.wished < job.best.wished
        if fewer_wrong or fewer_invented or fewer_wishes:
            job.best = candidate

    def _alignments(self, items: Sequence[tuple[Job, Candidate]]) -> list[Alignment]:
        """Word alignments; attention that came with the text is used, the rest is computed in one batch."""
        tokenizer = self.engine.tokenizer
        known = [candidate.links for _, candidate in items]
        lacking = [n for n, links in enumerate(known) if links is None]
        targets = [tokenizer.encode_target(items[n][1].text) for n in lacking]
        attention = self.engine.align([items[n][0].pieces for n in lacking], targets, self.target)
        for n, pieces, weights in zip(lacking, targets, attention, strict=True):
            known[n] = items[n][1].links = Links(pieces, weights, items[n][0].spans)
        out = []
        for (job, candidate), links in zip(items, known, strict=True):
            if links is None:
                raise AssertionError("every item has links by now")
            shown, target_spans = tokenizer.target_spans(links.pieces)
            target_spans = fit_spans(target_spans, shown, candidate.text)
            out.append(align_words(job.source, candidate.text, links.spans, target_spans, links.attention))
        return out

    # --- step 2 ---

    def tell(self, jobs: Sequence[Job]) -> None:
        """Decodes again with the terms that it missed written into the source, when the model was trained for that."""
        if not self.engine.model.reads_annotations:
            return
        # Told what is right by itself it would only be disturbed, unless that is what it misses when it is told the rest.
        told = [job.best.failing | job.best.wished for job in jobs]
        for _ in range(2):
            attempts = self._told([(job, places) for job, places in zip(jobs, told, strict=True) if places])
            told = [
                places | missed if (missed := attempts.get(id(job), frozenset())) - places else frozenset()
                for job, places in zip(jobs, told, strict=True)
            ]

    def _told(self, plans: Sequence[tuple[Job, frozenset[int]]]) -> dict[int, frozenset[int]]:
        """Offers each job what the model says when it is told some mentions; gives what it misses then where that was not taken, by
        the job's identity.
        """
        found = [
            (job, annotate(self.engine, job.source, [job.matches[i] for i in sorted(places)], self.target))
            for job, places in plans
        ]
        annotated = [(job, told) for job, told in found if told is not None]
        if not annotated:
            return {}
        for job, (pieces, spans) in annotated:
            job.pieces, job.spans = pieces, spans
        # a wider beam costs more than it finds
        results = self.engine.translate([job.pieces for job, _ in annotated], self.target, beam=2, attention=True)
        tried: list[tuple[Job, Job]] = []
        for (job, _), hyps in zip(annotated, results, strict=True):
            text = self.engine.tokenizer.decode([hyps[0].pieces])[0]
            if not hyps[0].truncated:
                told = self._candidate(job, text, hyps[0].score, "told", trusted=True, hyp=hyps[0])
                tried.append((job, replace(job, best=told, seen=[])))
        # What was evident in the first translation ("Wladimir" for Vladimir) is wrong here again, for nobody told it.
        self.string_repair([attempt for _, attempt in tried], sure_only=True)
        refused = {}
        for job, attempt in tried:
            told = attempt.best
            self._offer(job, told if told.note == "told" else replace(told, note=f"told; {told.note}"))
            if job.seen[-1] is not job.best:
                refused[id(job)] = told.failing | told.wished
        return refused

    def n_best(self, jobs: Sequence[Job]) -> None:
        if not jobs:
            return
        results = self.engine.translate(
            [j.pieces for j in jobs], self.target, beam=self.beam, n_best=self.beam, attention=True
        )
        for job, hyps in zip(jobs, results, strict=True):
            texts = self.engine.tokenizer.decode([h.pieces for h in hyps])
            best_score = max(h.score for h in hyps)
            for text, hyp in zip(texts, hyps, strict=True):
                if hyp.score >= best_score - 0.3 and not hyp.truncated:
                    self._offer(job, self._candidate(job, text, hyp.score, "n-best", trusted=True, hyp=hyp))

    # --- step 2 ---

    def string_repair(self, jobs: Sequence[Job], *, sure_only: bool = False) -> None:
        """Writes the right forms over the wrong ones; with `sure_only` over evident ones (copies, distortions) alone."""
        jobs = [job for job in jobs if job.best.failing]
        if not jobs:
            return
        aligned = [job for job in jobs if self._needs_alignment(job, sure_only)]
        found = self._alignments([(j, j.best) for j in aligned])
        alignments = {id(job): alignment for job, alignment in zip(aligned, found, strict=True)}
        for job in jobs:
            repaired = self._repair_string(job, alignments.get(id(job)), sure_only)
            if repaired is not None:
                self._offer(job, repaired)

    def mend_half_copies(self, jobs: Sequence[Job]) -> None:
        """Writes terms that are only checked over words that are half copied ("securitygarantien" for security guarantees).

        One that is said in other words, or as another form of the same word, is left alone.
        """
        jobs = [job for job in jobs if any(self._half_copies(job.best.text, job.matches[i]) for i in job.best.wished)]
        if not jobs:
            return
        for job, alignment in zip(jobs, self._alignments([(j, j.best) for j in jobs]), strict=True):
            repaired = self._repair_string(job, alignment, sure_only=True, checked=True)
            if repaired is not None:
                self._offer(job, repaired)

    def _needs_alignment(self, job: Job, sure_only: bool) -> bool:
        """Whether a string repair has to know what stands for what: where nothing is evident, or only alike."""
        statuses = self.rules.verify(job.best.text, job.matches)
        for i in job.best.failing:
            match, evident = job.matches[i], statuses[i].problem in ("source_left", "forbidden") and statuses[i].spans
            if not evident and (not sure_only or self._alike(job.best.text, match)):
                return True
        return False

    def _alike(self, text: str, match: TermMatch) -> bool:
        """Whether some words of `text` are like a mention; without such `_find` is never sure."""
        return any(self._likeness(text[slice(*window)], match) >= _ALIKE for window, _ in _windows(text, match))

    def _likeness(self, window: str, match: TermMatch) -> float:
        return max(self.rules.similarity(window, match.target), self.rules.similarity(window, match.surface))

    def _repair_string(
        self, job: Job, alignment: Alignment | None, sure_only: bool, *, checked: bool = False
    ) -> Candidate | None:
        text = job.best.text
        edits: list[tuple[Span, str]] = []
        trusted, notes = True, []
        statuses = self.rules.verify(text, job.matches)
        claimed = [span for status in statuses if not status.problem for span in status.spans]
        for i in sorted(job.best.wished if checked else job.best.failing, key=lambda k: job.matches[k].span):
            match, status = job.matches[i], statuses[i]
            if status.problem in ("source_left", "forbidden") and status.spans and not checked:
                place, sure = next((s for s in status.spans if not any(s.overlaps(c) for c in claimed)), None), True
            elif alignment is None:
                continue
            elif checked:
                place, sure = self._half_copied(job, alignment, match, claimed), True
            else:
                place, sure = self._find(job, alignment, match, claimed)
            if place is None or (sure_only and not sure):
                continue
            place = _with_possessive(text, place)
            new = self.rules.realise(
                match, before=text[: place.start], after=text[place.end :], replaced=text[place.start : place.end]
            )
            notes.append(
                f"{match.target}: {'string repair' if sure else 'aligned repair'} of '{text[place.start : place.end]}'"
            )
            edits.append((place, new))
            claimed.append(place)
            trusted = trusted and sure
        if not edits:
            return None
        for place, new in sorted(edits, reverse=True):
            text = text[: place.start] + new + text[place.end :]
            text = _collapse(text, new, place.start)
            text = self.rules.fix_articles(text, Span(place.start, min(len(text), place.start + len(new))))
        if checked and job.best.note != "plain":
            notes.insert(0, job.best.note)
        kind = "" if trusted else "aligned "
        note = kind + "; ".join(notes)
        return self._candidate(job, text, None, note, trusted=trusted, base=job.best)

    def _half_copied(self, job: Job, alignment: Alignment, match: TermMatch, claimed: Sequence[Span]) -> Span | None:
        """Where a word that is half source, half translation stands for `match`, almost as its translation is written."""
        place, _ = self._find(job, alignment, match, claimed)
        if place is None:
            return None
        if not self._is_half_copy(job.best.text[place.start : place.end], match):
            return None
        mass = alignment.mass(match.span)
        share = [mass[k] for k, word in enumerate(alignment.target) if word.overlaps(place)]
        return place if sum(share) >= 0.5 * len(share) else None

    def _half_copies(self, text: str, match: TermMatch) -> bool:
        """Whether some words of `text` look like a half copy of a mention, wherever it is aligned."""
        return _copied_runs(text, match) and any(
            self._is_half_copy(text[slice(*window)], match) for window, _ in _windows(text, match)
        )

    def _is_half_copy(self, window: str, match: TermMatch) -> bool:
        like = self.rules.similarity(window, match.target)
        return like >= self.rules.threshold(len(match.target)) and _copied_runs(window, match)

    def _find(
        self, job: Job, alignment: Alignment, match: TermMatch, claimed: Sequence[Span]
    ) -> tuple[Span | None, bool]:
        """Where the wrong rendering of `match` stands, and whether likeness alone proves it."""
        text = job.best.text
        mass = alignment.mass(match.span)
        others = [alignment.mass(m.span) for m in job.matches if m is not match]
        centre = (match.span.start + match.span.end) / 2 / max(1, len(job.source))
        best: tuple[float, Span, bool] | None = None
        for span, at in _windows(text, match):
            if any(span.overlaps(c) for c in claimed):
                continue
            window = text[span.start : span.end]
            like = self._likeness(window, match)
            share = _mean(mass[at])
            if share < 0.5 and any(_mean(other[at]) > 0.5 for other in others):
                continue
            capital = window[:1].isupper() or not match.target[:1].isupper()
            sure = capital and (like >= self.rules.threshold(len(match.target)) or (share >= 0.5 and like >= _ALIKE))
            if sure and share < 0.1 and window.lower() in job.source.lower():
                sure = False  # another name that only looks alike
            near = 1 - abs((span.start + span.end) / 2 / max(1, len(text)) - centre)
            score = 0.5 * share + 0.4 * like + 0.1 * near + (0.3 if sure else 0)
            if (sure or (share >= 0.6 and score >= 0.5)) and (best is None or score > best[0]):
                best = (score, span, sure)
        return (best[1], best[2]) if best else (None, False)

    # --- step 3 ---

    def prefix_splice(self, jobs: Sequence[Job], rounds: int) -> None:
        """Splices the right form in, mention by mention from the left, each round for all sentences in one batch."""
        # An aligned repair is a guess: it competes with the spliced sentences on the model's own score.
        rivals = {id(job): job.best for job in jobs if job.best.note.startswith("aligned")}
        bases: dict[int, Candidate] = {}
        for job in jobs:
            first = job.seen[0]
            bases[id(job)] = first if id(job) in rivals and first.failing else job.best
        active = list(jobs)
        for _ in range(rounds):
            active = [job for job in active if bases[id(job)].failing]
            if not active:
                break
            plans = self._plan(active, bases)
            found: dict[int, list[Candidate]] = {}
            for options in (slice(0, 2), slice(2, None)):  # the likeliest two first: they are nearly always enough
                batch = [
                    (job, prefix, note)
                    for job, plan in zip(active, plans, strict=True)
                    if id(job) not in found
                    for prefix, note in plan[options]
                ]
                for job, candidate in self._splice(batch):
                    if _is_progress(candidate, bases[id(job)], job):
                        found.setdefault(id(job), []).append(candidate)
            still = []
            for job in active:
                better = found.get(id(job))
                if not better:
                    continue
                chosen = min(better, key=lambda c: (len(c.failing), c.foreign, -(c.score or -99)))
                bases[id(job)] = chosen
                still.append(job)
                if chosen.failing < job.best.failing:
                    self._offer(job, chosen)
                elif id(job) in rivals and not chosen.failing:
                    self._compare(job, rivals[id(job)], chosen)
            active = still

    def _splice(self, batch: Sequence[tuple[Job, Pieces, str]]) -> Iterator[tuple[Job, Candidate]]:
        """Sentences decoded on after a forced prefix, those that loop or never end left out."""
        results = self.engine.translate(
            [job.pieces for job, _, _ in batch],
            self.target,
            beam=2,  # several forms and places compete already: a wider beam costs more than it finds
            prefixes=[prefix for _, prefix, _ in batch],
            attention=True,
        )
        for (job, _, note), hyps in zip(batch, results, strict=True):
            text = self.engine.tokenizer.decode([hyps[0].pieces])[0]
            if not hyps[0].truncated and not loops(text, job.source):
                yield job, self._candidate(job, text, hyps[0].score, note, hyp=hyps[0])

    def _compare(self, job: Job, rival: Candidate, spliced: Candidate) -> None:
        """Lets the model's score choose between an aligned repair and a spliced sentence, both right."""
        if rival.failing:
            self._offer(job, spliced)
            return
        encode = self.engine.tokenizer.encode_target
        scores = self.engine.score([job.pieces] * 2, [encode(rival.text), encode(spliced.text)], self.target)
        if scores[1] > scores[0] and spliced.foreign <= rival.foreign:
            job.best = spliced

    def _plan(self, jobs: Sequence[Job], bases: dict[int, Candidate]) -> list[list[tuple[Pieces, str]]]:
        """For each job the forced prefixes to try for its leftmost failing mention."""
        tokenizer = self.engine.tokenizer
        texts = [bases[id(job)].text for job in jobs]
        alignments = self._alignments([(job, bases[id(job)]) for job in jobs])
        plans = []
        for job, text, alignment in zip(jobs, texts, alignments, strict=True):
            index = min(bases[id(job)].failing, key=lambda k: job.matches[k].span)
            match = job.matches[index]
            places = self._places(job, text, alignment, match)
            options: dict[str, tuple[int, str]] = {}
            for rank, at in enumerate(places):
                head = text[:at].rstrip()
                after = text[at:].lstrip()
                # no space after an opening bracket or quote, or a hyphen, that the word there leans on
                glued = not head or (len(head) == at < len(text) == at + len(after) and not head[-1].isalnum())
                gap = "" if glued else " "
                forms = [self.rules.realise(match, before=head + gap, after=" " + after, replaced="")]
                forms += self.rules.variants(match)
                for other, form in enumerate(list(dict.fromkeys(forms))[:3]):
                    start = form if head or not form[:1].islower() else form[0].upper() + form[1:]
                    options.setdefault(
                        head + gap + start, (rank + other, f"{match.target}: re-decoded after '{start}'")
                    )
            likely = sorted(options.items(), key=lambda option: option[1][0])[:4]
            plans.append([(tokenizer.encode_target(prefix), note) for prefix, (_, note) in likely])
        return plans

    def _places(self, job: Job, text: str, alignment: Alignment, match: TermMatch) -> list[int]:
        """Offsets of `text` where the mention may belong, likeliest first, at most three."""
        claimed = [s for status in self.rules.verify(text, job.matches) if not status.problem for s in status.spans]
        places: list[int] = []
        status = self.rules.verify(text, job.matches)[next(i for i, m in enumerate(job.matches) if m is match)]
        places += [span.start for span in status.spans if status.problem in ("source_left", "forbidden")]
        mass = alignment.mass(match.span)
        order = sorted(range(len(alignment.target)), key=lambda t: -mass[t])
        for t in order[:2]:
            span = alignment.target[t]
            if mass[t] >= 0.15 and not any(span.overlaps(c) for c in claimed):
                first = t
                while (
                    first > 0
                    and mass[first - 1] >= 0.4
                    and not any(alignment.target[first - 1].overlaps(c) for c in claimed)
                ):
                    first -= 1
                places.append(alignment.target[first].start)
        # the word after the image of the word before the mention
        before = [i for i, w in enumerate(alignment.source) if w.end <= match.span.start]
        if before:
            image = [alignment.target[t].end for t, s in enumerate(alignment.links) if s == before[-1]]
            if image:
                places.append(image[-1])
        else:
            places.append(0)
        if not places:
            places.append(len(text))
        inside = [p for p in places if not any(c.start < p < c.end for c in claimed)]
        return list(dict.fromkeys(inside))[:3]

    # --- steps 4 and 5 ---

    def surrogate(self, jobs: Sequence[Job]) -> None:
        """Translates with a frequent name in place of each failing name, then puts the right names there."""
        plans: list[tuple[Job, str, list[tuple[str, TermMatch]]]] = []
        for job in jobs:
            source, swaps = job.source, []
            names = [
                job.matches[i]
                for i in job.best.failing
                if job.matches[i].entry.type in ("person", "place", "org", "dnt")
                and any(c.isalpha() for c in job.matches[i].target)
            ]
            used: set[str] = set()
            for match in sorted(names, key=lambda m: m.span, reverse=True):
                pool = SURROGATES.get(match.entry.gender if match.entry.type == "person" else "", SURROGATES[""])
                name = next((n for n in pool if n not in source and n not in used), None)
                if name is None:
                    continue
                used.add(name)
                ending = ("s" if self.target == "en" else "'s") if match.case == "genitive" else ""
                source = source[: match.span.start] + name + ending + source[match.span.end :]
                swaps.append((name, match))
            if swaps:
                plans.append((job, source, swaps))
        if not plans:
            return
        encoded = self.engine.read([source for _, source, _ in plans], self.target)
        for (job, _, swaps), hyps in zip(
            plans, self.engine.translate(encoded, self.target, beam=self.beam), strict=True
        ):
            if hyps[0].truncated:
                continue
            text = self.engine.tokenizer.decode([hyps[0].pieces])[0]
            for name, match in swaps:
                found = list(re.finditer(rf"(?<!\w){name}(?:['’]?s)?(?!\w)", text))
                if len(found) != 1:  # lost, or said twice: then it would be left standing
                    break
                place = Span(*found[0].span())
                at = place.start
                new = self.rules.realise(
                    match, before=text[:at], after=text[place.end :], replaced=text[place.start : place.end]
                )
                text = text[:at] + new + text[place.end :]
            else:
                label = ", ".join(match.target for _, match in swaps)
                self._offer(job, self._candidate(job, text, None, f"{label}: translated under a frequent name"))

    def negative(self, jobs: Sequence[Job], rounds: int) -> None:
        """Forbids what stands in the place of a failing mention, decodes again, and splices once more."""
        changed: list[Job] = []
        for job in jobs:
            statuses = self.rules.verify(job.best.text, job.matches)
            wrong = [job.best.text[s.start : s.end] for i in job.best.failing for s in statuses[i].spans]
            if not wrong:
                continue
            forbidden = [p for word in wrong if (p := self.engine.tokenizer.encode_target(word))]
            hyp = self.engine.translate([job.pieces], self.target, beam=self.beam, forbidden=forbidden)[0][0]
            if hyp.truncated:
                continue
            text = self.engine.tokenizer.decode([hyp.pieces])[0]
            before = job.best
            self._offer(job, self._candidate(job, text, hyp.score, f"decoded without {', '.join(wrong)}"))
            if job.best is not before:
                changed.append(job)
        self.prefix_splice([job for job in changed if not job.done], rounds)

    def in_parts(self, jobs: Sequence[Job]) -> None:
        """Decodes the halves of long sentences, each told its own terms where the model can be told."""
        plans: list[tuple[Job, Sequence[Span]]] = []
        for job in jobs:
            halves = split_long(job.source, parts=2) if len(job.source) >= _LONG else ()
            if len(halves) == 2:
                plans.append((job, halves))
        if not plans:
            return
        batch = [self._encode_part(job, part) for job, cut in plans for part in cut]
        hyps = iter(self.engine.translate(batch, self.target, beam=self.beam))
        for job, cut in plans:
            best = [next(hyps)[0] for _ in cut]
            if not any(hyp.truncated for hyp in best):
                texts = self.engine.tokenizer.decode([hyp.pieces for hyp in best])
                text = join_parts(texts, [job.source[part.start : part.end] for part in cut], self.target)
                self._offer(job, self._candidate(job, text, None, "decoded in parts"))

    def _encode_part(self, job: Job, part: Span) -> Pieces:
        text = job.source[part.start : part.end]
        told = [
            (match.span.shift(-part.start), match.target)
            for match in job.matches
            if part.start <= match.span.start and match.span.end <= part.end and has_letters(match.target)
        ]
        if told and self.engine.model.reads_annotations and "<term_" not in text:
            return source_with_spans(self.engine, text, self.target, terms=told)[0]
        return self.engine.read([text], self.target)[0]

    def banish(self, jobs: Sequence[Job], rounds: int) -> None:
        """Decodes sentences that name somebody the source does not name again, with that name forbidden.

        What comes instead may name somebody else whom the source lacks: the next round forbids both.
        """
        for job in jobs:
            names = list(self.rules.foreign(job.best.text, job.source, job.matches))
            for _ in range(rounds):
                forbidden = [p for name in names for p in self._pieces_of(name)]
                if not forbidden or not job.best.foreign:
                    break
                hyps = self.engine.translate(
                    [job.pieces], self.target, beam=self.beam, n_best=self.beam, forbidden=forbidden
                )[0]
                texts = self.engine.tokenizer.decode([h.pieces for h in hyps])
                note = f"{', '.join(names)}: not in the source, decoded without"
                for text, hyp in zip(texts, hyps, strict=True):
                    if not hyp.truncated:
                        self._offer(job, self._candidate(job, text, hyp.score, note))
                known = len(names)
                for text in texts:
                    others = self.rules.foreign(text, job.source, job.matches)
                    names += [name for name in others if name not in names]
                if len(names) == known:
                    break

    def _pieces_of(self, name: str) -> list[Pieces]:
        """The pieces of a name at the start of a word, and after punctuation where that makes a difference."""
        whole = self.engine.tokenizer.encode_target(name)
        found = [whole] if whole else []
        if whole and whole[0] == "▁" and len(whole) > 1:
            found.append(whole[1:])
        return found

    def replace_aligned(self, jobs: Sequence[Job]) -> None:
        """The last resort: writes the right form over the words that the mention is aligned to, sure or not."""
        if not jobs:
            return
        for job, alignment in zip(jobs, self._alignments([(j, j.best) for j in jobs]), strict=True):
            text = job.best.text
            statuses = self.rules.verify(text, job.matches)
            claimed = [s for status in statuses if not status.problem for s in status.spans]
            edits: list[tuple[Span, str]] = []
            for i in sorted(job.best.failing, key=lambda k: job.matches[k].span):
                match = job.matches[i]
                mass = alignment.mass(match.span)
                free = [
                    t
                    for t, span in enumerate(alignment.target)
                    if is_word(text[slice(*span)]) and not any(span.overlaps(c) for c in claimed)
                ]
                at = max(free, key=lambda t: mass[t], default=None)
                if at is None or mass[at] < 0.2:
                    continue
                place = _with_possessive(text, alignment.target[at])
                replaced = text[place.start : place.end]
                edits.append(
                    (
                        place,
                        self.rules.realise(
                            match, before=text[: place.start], after=text[place.end :], replaced=replaced
                        ),
                    )
                )
                claimed.append(place)
            for place, new in sorted(edits, reverse=True):
                text = text[: place.start] + new + text[place.end :]
                text = _collapse(text, new, place.start)
            if edits:
                names = ", ".join(job.matches[i].target for i in sorted(job.best.failing))
                note = f"{names}: written over the aligned word, unsure"
                self._offer(job, self._candidate(job, text, None, note, base=job.best))


def _is_progress(candidate: Candidate, base: Candidate, job: Job) -> bool:
    """Whether a spliced candidate is a step forward: its leftmost wrong mention lies further right, or fewer are wrong."""
    if not 0.5 <= (len(candidate.text) + 1) / (len(base.text) + 1) <= 1.8:
        return False
    if len(candidate.failing) < len(base.failing):
        return True
    if not candidate.failing or not base.failing:
        return False
    leftmost = min(job.matches[i].span for i in candidate.failing)
    return leftmost > min(job.matches[i].span for i in base.failing) and len(candidate.failing) <= len(base.failing) + 2


def _windows(text: str, match: TermMatch) -> Iterator[tuple[Span, slice]]:
    """The runs of words of `text` that are at most one word longer than the right rendering, and which words they are."""
    tokens = words(text)
    most = max(1, len(words(match.target))) + 1
    for start, first in enumerate(tokens):
        if is_word(text[slice(*first)]):
            for end, last in enumerate(tokens[start : start + most], start + 1):
                if is_word(text[slice(*last)]):
                    yield Span(first.start, last.end), slice(start, end)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _copied_runs(text: str, match: TermMatch) -> bool:
    """Whether `text` has letters in a row of the source word that its right renderings lack."""
    text, source = text.casefold(), match.surface.casefold()
    right = "\n".join((match.target, *match.accepted)).casefold()
    runs = (source[i : i + _COPIED] for i in range(len(source) - _COPIED + 1))
    return any(run in text and run not in right for run in runs)


def _with_possessive(text: str, span: Span) -> Span:
    """`span` with a possessive ending that follows it."""
    rest = text[span.end : span.end + 2]
    if rest in ("'s", "’s") and not text[span.end + 2 : span.end + 3].isalnum():
        return Span(span.start, span.end + 2)
    return span


_GOES_ON = re.compile(r"[\w-]|[.,]\d")
"""What makes the characters before it part of a longer word or number."""
_WENT_BEFORE = re.compile(r"(?:[\w-]|\d[.,])$")


def _collapse(text: str, new: str, at: int) -> str:
    """`text` without a second copy of what was put in at `at`, and without doubled spaces around it."""
    end = at + len(new)
    copy = len(new) + 1
    for gap in (" ", "-"):
        # the copy must be a word of its own: "US US-led" and "5 5,000" say two things
        if text[end:].startswith(gap + new) and not _GOES_ON.match(text, end + copy):
            text = text[:end] + text[end + copy :]
        if text[:at].endswith(new + gap) and not _WENT_BEFORE.search(text[max(0, at - copy - 2) : at - copy]):
            text = text[: at - copy] + text[at:]
            at -= copy
            end = at + len(new)
    return text


_NAME = 4
"""Letters of a word that nobody says twice in a row; "us US officials" says two things."""


def _without_copy(first: str, match: re.Match[str]) -> str:
    """Nothing for a copy of a name's first word; "the bill Bill Clinton signed" says two things."""
    return match[0] if match[1].islower() and not first.islower() else ""


def undouble(text: str, source: str, matches: Sequence[TermMatch]) -> str:
    """`text` with a name that stands twice in a row ("NATO NATO", "NATO, NATO") standing once, and any word that stands
    thrice, unless the source has it so too.
    """
    text = unstutter(text, source)
    for match in matches:
        before, _, last = match.target.rpartition(" ")
        if before and f"{match.target} {last}" in text and not match.target.endswith(f"{last} {last}"):
            # "Secretary General General": the end of what was told, said once more
            text = re.sub(
                rf"(?<![\w-]){re.escape(match.target)} {re.escape(last)}(?!{_GOES_ON.pattern})", match.target, text
            )
        first = match.target.partition(" ")[0]
        if len(first) >= _NAME and f"{first} {match.target}".casefold() in text.casefold():
            # "Nato NATO Secretary General": its first word, copied before it
            copy = rf"(?<![\w-])((?i:{re.escape(first)})) (?={re.escape(match.target)}(?!{_GOES_ON.pattern}))"
            if f"{match.surface} {match.surface}" not in source:
                text = re.sub(copy, functools.partial(_without_copy, first), text)
        for gap in (" ", ", ") if has_letters(match.target) else (" ",):
            twice = f"{match.target}{gap}{match.target}"
            alike = [each.surface for each in matches if each.target == match.target]
            if twice in text and not any(f"{one}{gap}{two}" in source for one in alike for two in alike):
                # whole words only: "Russia Russian troops" and "21 100" repeat nothing
                parts = re.split(rf"(?<![\w-]){re.escape(twice)}(?!{_GOES_ON.pattern})", text)
                text = match.target.join(parts)
    return text

"""Carry inline marks from a source sentence to its translation by word alignment.

The idea is Bergamot's (``src/translator/html.cpp``: every target word takes the markup of the source word it is linked
to), restated over spans: each mark's image is one contiguous range of target words, so that nothing is duplicated, and
the tree of marks is kept: what was nested stays nested, what was apart stays apart, what covered the whole sentence covers
the whole sentence. No mark is ever lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from mt_publish.translation.alignment import Alignment, is_word
from mt_publish.types import Mark, MarkKind, Span


@dataclass(slots=True)
class _Node:
    """A PAIR mark in the tree of marks; `words` is its image as a half-open range of target word indices."""

    mark: Mark
    children: list[_Node] = field(default_factory=list)
    words: Span = field(default_factory=lambda: Span(0, 0))


def transfer_marks(source: str, marks: Sequence[Mark], target: str, alignment: Alignment) -> tuple[Mark, ...]:
    """The marks of `source` with spans in `target`, in the same order; the multiset of marks is unchanged.

    Args:
        source: Source sentence.
        marks: Its marks, outer before inner, VOIDs in order.
        target: Translation without markup.
        alignment: Word alignment of the two.
    """
    if not marks:
        return ()
    if not alignment.target:  # an empty translation still carries the marks
        return tuple(replace(m, span=Span(len(target), len(target))) for m in marks)
    pairs = [m for m in marks if m.kind is MarkKind.PAIR]
    placed: dict[int, Span] = {}
    root = _Node(Mark(-1, MarkKind.PAIR, Span(0, len(source)), ""))
    root.words = Span(0, len(alignment.target))
    by_position = {id(m): _Node(m) for m in pairs}
    for node in _tree(pairs, by_position):
        root.children.append(node)
    _place_children(root, source, target, alignment)
    _to_characters(root, Span(0, len(target)), alignment, placed)
    # VOIDs come last: they go between words, inside the images of the pairs they stand in
    floor = 0
    for m in marks:
        if m.kind is MarkKind.VOID:
            at = _void_place(m, marks, source, target, alignment, placed)
            at = max(at, floor) if floor and _same_neighbourhood(m, marks) else at
            placed[id(m)] = Span(at, at)
    return tuple(replace(m, span=placed[id(m)]) for m in marks)


def _tree(pairs: Sequence[Mark], nodes: dict[int, _Node]) -> list[_Node]:
    roots: list[_Node] = []
    stack: list[_Node] = []
    for mark in pairs:
        node = nodes[id(mark)]
        while stack and not _inside(mark.span, stack[-1].mark.span):
            stack.pop()
        (stack[-1].children if stack else roots).append(node)
        stack.append(node)
    return roots


def _inside(inner: Span, outer: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _place_children(parent: _Node, source: str, target: str, alignment: Alignment) -> None:
    """Gives each child a range of words within the parent's range, children apart from each other, then goes down."""
    if not parent.children:
        return
    space = parent.words
    if len(parent.children) == 1 and _covers(parent.children[0].mark.span, parent.mark.span, source):
        parent.children[0].words = space
    else:
        # the surest first, so that a weak neighbour gives way
        wishes = [(child, *_wish(child.mark.span, space, target, alignment)) for child in parent.children]
        placed: list[_Node] = []
        for child, wish, _ in sorted(wishes, key=lambda item: -item[2]):
            child.words = _free(wish, child, placed, space)
            placed.append(child)
    for child in parent.children:
        _place_children(child, source, target, alignment)


def _covers(inner: Span, outer: Span, source: str) -> bool:
    """Whether `inner` leaves no letter or digit of `outer` outside."""
    rest = source[outer.start : inner.start] + source[inner.end : outer.end]
    return not any(c.isalnum() for c in rest)


def _wish(span: Span, space: Span, target: str, alignment: Alignment) -> tuple[Span, float]:
    """The contiguous range of target words within `space` that `span` maps to best, and how sure that is."""
    mass = alignment.mass(span)
    linked = [
        t
        for t in alignment.targets_of(span)
        if space.start <= t < space.end and is_word(target[alignment.target[t].start : alignment.target[t].end])
    ]
    if not linked:
        inside = range(space.start, space.end)
        candidates = [t for t in inside if is_word(target[alignment.target[t].start : alignment.target[t].end])]
        best = max(candidates or inside, key=lambda t: mass[t], default=space.start)
        if not len(inside):
            return Span(space.start, space.start), 0.0
        if mass[best] <= 0.02:  # nothing to go by: the same relative place
            centre = (span.start + span.end) / 2 / max(1, alignment.source[-1].end if alignment.source else 1)
            best = min(space.end - 1, space.start + int(centre * (space.end - space.start)))
        return Span(best, best + 1), mass[best] * 0.5
    islands: list[list[int]] = [[linked[0]]]
    for t in linked[1:]:
        between = range(islands[-1][-1] + 1, t)
        # short words and words that lean on the span themselves do not split it
        if len(between) <= 2 and all(
            mass[b] > 0.15 or alignment.target[b].length <= 3 or alignment.confidence[b] < 0.4 for b in between
        ):
            islands[-1].append(t)
        else:
            islands.append([t])
    best_island = max(islands, key=lambda island: sum(mass[t] for t in island))
    weight = sum(mass[t] for t in best_island)
    return Span(best_island[0], best_island[-1] + 1), weight


def _free(wish: Span, child: _Node, placed: Sequence[_Node], space: Span) -> Span:
    """`wish` without what is taken: its largest free part, else the nearest free word, else a word of a large neighbour.

    Only where there are fewer words than marks it is empty, and then at the edge of a neighbour, never inside one.
    """
    free = [t for t in range(space.start, space.end) if not any(o.words.start <= t < o.words.end for o in placed)]
    mine = [t for t in free if wish.start <= t < wish.end]
    if mine:
        runs: list[Span] = []
        for t in mine:
            if runs and runs[-1].end == t:
                runs[-1] = Span(runs[-1].start, t + 1)
            else:
                runs.append(Span(t, t + 1))
        return max(runs, key=lambda run: run.length)
    if free:
        nearest = min(free, key=lambda t: min(abs(t - wish.start), abs(t - wish.end + 1)))
        return Span(nearest, nearest + 1)
    rich = max(placed, key=lambda o: o.words.length, default=None)
    if rich is None:
        return Span(space.start, space.start)
    start, end = rich.words
    if rich.words.length > 1:  # it gives up the word on the side where this mark stands in the source
        if child.mark.span.start >= rich.mark.span.end:
            rich.words = Span(start, end - 1)
            return Span(end - 1, end)
        rich.words = Span(start + 1, end)
        return Span(start, start + 1)
    return Span(end, end) if child.mark.span.start >= rich.mark.span.end else Span(start, start)


def _to_characters(parent: _Node, space: Span, alignment: Alignment, placed: dict[int, Span]) -> None:
    for child in parent.children:
        start, end = _characters(child.words, alignment)
        # an empty range of words lies between two words: keep it within the parent
        span = Span(min(max(start, space.start), space.end), max(min(end, space.end), space.start))
        placed[id(child.mark)] = span
        _to_characters(child, span, alignment, placed)


def _characters(words: Span, alignment: Alignment) -> Span:
    """The range of the target text that a range of target words covers."""
    if words.length == 0:
        at = alignment.target[words.start].start if words.start < len(alignment.target) else alignment.target[-1].end
        return Span(at, at)
    return Span(alignment.target[words.start].start, alignment.target[words.end - 1].end)


def _same_neighbourhood(mark: Mark, marks: Sequence[Mark]) -> bool:
    return sum(1 for m in marks if m.kind is MarkKind.VOID and m.span == mark.span) > 1


def _void_place(
    mark: Mark, marks: Sequence[Mark], source: str, target: str, alignment: Alignment, placed: dict[int, Span]
) -> int:
    """Where in the target a VOID goes: after the image of the word before it, else before the image of the one after."""
    at = mark.span.start
    outer = [m for m in marks if m.kind is MarkKind.PAIR and m.span.start < at < m.span.end]
    low = max((placed[id(m)].start for m in outer), default=0)
    high = min((placed[id(m)].end for m in outer), default=len(target))
    before = [i for i, w in enumerate(alignment.source) if w.end <= at]
    after = [i for i, w in enumerate(alignment.source) if w.start >= at]
    words_before = [i for i in before if is_word(_text(source, alignment.source[i]))]
    words_after = [i for i in after if is_word(_text(source, alignment.source[i]))]
    inside_word = next((i for i, w in enumerate(alignment.source) if w.start < at < w.end), None)
    if not words_before and inside_word is None:
        place = 0 if not before else _after_leading_punctuation(target, alignment, len(before))
    elif not words_after and inside_word is None:
        # at the end: before or after the final punctuation, as in the source
        place = len(target) if not after else _before_final_punctuation(target, alignment, len(after))
    else:
        place = _between(inside_word, words_before, words_after, target, alignment)
    for m in marks:  # never inside a pair that it stood outside of
        if m.kind is MarkKind.PAIR and m not in outer:
            start, end = placed[id(m)]
            if start < place < end:
                place = start if at <= m.span.start else end
    return max(low, min(place, high))


def _between(inside: int | None, before: Sequence[int], after: Sequence[int], target: str, alignment: Alignment) -> int:
    order = ([inside] if inside is not None else []) + [
        x for pair in zip(reversed(before), after, strict=False) for x in pair
    ]
    longer = list(reversed(before))[len(after) :] + list(after)[len(before) :]
    for index in order + longer:
        image = [t for t, s in enumerate(alignment.links) if s == index and is_word(_text(target, alignment.target[t]))]
        if image:
            if index in after:
                return alignment.target[image[0]].start
            return alignment.target[image[-1]].end
    return len(target)


def _text(text: str, span: Span) -> str:
    return text[span.start : span.end]


def _after_leading_punctuation(target: str, alignment: Alignment, count: int) -> int:
    place = 0
    for span in alignment.target[:count]:
        if is_word(_text(target, span)):
            break
        place = span.end
    return place


def _before_final_punctuation(target: str, alignment: Alignment, count: int) -> int:
    place = len(target)
    for span in reversed(alignment.target[-count:]):
        if is_word(_text(target, span)):
            break
        place = span.start
    return place

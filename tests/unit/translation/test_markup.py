from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mt_publish.translation.alignment import Alignment, words
from mt_publish.translation.markup import transfer_marks
from mt_publish.types import Mark, MarkKind, Span


def aligned(source: str, target: str, links: list[int]) -> Alignment:
    src, tgt = words(source), words(target)
    weights = np.zeros((len(tgt), len(src)), np.float32)
    for t, s in enumerate(links):
        weights[t, s] = 1
    return Alignment(src, tgt, weights, tuple(links), (1.0,) * len(links))


def pair(id: int, text: str, part: str, tag: str) -> Mark:
    at = text.index(part)
    return Mark(id, MarkKind.PAIR, Span(at, at + len(part)), f"<{tag}>", f"</{tag}>", tag)


def shown(target: str, mark: Mark) -> str:
    return target[mark.span.start : mark.span.end]


def test_a_mark_follows_its_word_when_the_order_changes() -> None:
    source, target = "Gestern kam Danfried an .", "Danfried arrived yesterday ."
    marks = (pair(0, source, "Gestern", "b"),)
    (moved,) = transfer_marks(source, marks, target, aligned(source, target, [2, 1, 0, 4]))
    assert shown(target, moved) == "yesterday"


def test_a_mark_round_the_whole_sentence_stays_round_it() -> None:
    source, target = "Das ist gut .", "That is good ."
    marks = (pair(0, source, "Das ist gut .", "b"), pair(1, source, "gut", "i"))
    outer, inner = transfer_marks(source, marks, target, aligned(source, target, [0, 1, 2, 3]))
    assert (shown(target, outer), shown(target, inner)) == (target, "good")


def test_neighbouring_marks_stay_apart() -> None:
    source, target = "rot grün", "a red-green"
    marks = (pair(0, source, "rot", "b"), pair(1, source, "grün", "i"))
    first, second = transfer_marks(source, marks, target, aligned(source, target, [0, 0, 1, 1]))
    assert not first.span.overlaps(second.span)


def test_a_mark_without_link_is_kept_near_its_place() -> None:
    source, target = "Es regnet heute", "Rain today"
    marks = (pair(0, source, "Es", "b"),)
    (kept,) = transfer_marks(source, marks, target, aligned(source, target, [1, 2]))
    assert kept.span.length > 0


def test_a_void_goes_after_the_image_of_the_word_before_it() -> None:
    source, target = "Gestern kam er an", "He arrived yesterday"
    void = Mark(0, MarkKind.VOID, Span(7, 7), " <br/>")
    (moved,) = transfer_marks(source, (void,), target, aligned(source, target, [2, 1, 0]))
    assert moved.span == Span(len(target), len(target))


def test_a_void_before_the_final_full_stop_stays_before_it() -> None:
    source, target = "Er geht .", "He goes ."
    void = Mark(0, MarkKind.VOID, Span(7, 7), "[^1]")
    (moved,) = transfer_marks(source, (void,), target, aligned(source, target, [0, 1, 2]))
    assert target[: moved.span.start].rstrip() == "He goes"


def test_an_empty_translation_keeps_every_mark() -> None:
    source = "Das ist gut"
    marks = (pair(0, source, "ist", "b"), Mark(1, MarkKind.VOID, Span(0, 0), "<img>"))
    assert len(transfer_marks(source, marks, "", aligned(source, "", []))) == 2


@st.composite
def cases(draw: st.DrawFn) -> tuple[str, tuple[Mark, ...], str, Alignment]:
    count, size = draw(st.integers(1, 7)), draw(st.integers(1, 7))
    source = " ".join(f"w{i}" for i in range(count))
    target = " ".join(f"v{i}" for i in range(size))
    links = draw(st.lists(st.integers(0, count - 1), min_size=size, max_size=size))
    src = words(source)
    marks: list[Mark] = []

    def nest(low: int, high: int, depth: int) -> None:
        at = low
        while at < high and depth < 4 and draw(st.booleans()):
            end = draw(st.integers(at + 1, high))
            marks.append(
                Mark(len(marks), MarkKind.PAIR, Span(src[at].start, src[end - 1].end), f"<t{len(marks)}>", "</t>")
            )
            nest(at, end, depth + 1)
            at = end

    nest(0, count, 0)
    for at in draw(st.lists(st.integers(0, len(source)), max_size=3)):
        marks.append(Mark(len(marks), MarkKind.VOID, Span(at, at), "<v>"))
    return source, tuple(marks), target, aligned(source, target, links)


@given(cases())
def test_the_tree_of_marks_is_kept(case: tuple[str, tuple[Mark, ...], str, Alignment]) -> None:
    source, marks, target, alignment = case
    moved = transfer_marks(source, marks, target, alignment)
    assert [m.id for m in moved] == [m.id for m in marks]
    assert all(0 <= m.span.start <= m.span.end <= len(target) for m in moved)
    pairs = [(a, b) for a, b in zip(marks, moved, strict=True) if a.kind is MarkKind.PAIR]
    for i, (a, new_a) in enumerate(pairs):
        for b, new_b in pairs[i + 1 :]:
            if a.span.start <= b.span.start and b.span.end <= a.span.end:  # b is inside a
                assert new_a.span.start <= new_b.span.start <= new_b.span.end <= new_a.span.end
            elif not a.span.overlaps(b.span):
                assert not new_a.span.overlaps(new_b.span)

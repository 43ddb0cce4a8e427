"""Marks: how spaces beside cut-out marks are kept, and how moved, crossing and nested marks are written."""

from __future__ import annotations

import pytest

from mt_publish.formats import read_document, render
from mt_publish.types import Block, Mark, MarkKind, Span


def pair(id: int, start: int, end: int, tag: str = "b", *, floating: bool = True) -> Mark:
    return Mark(id, MarkKind.PAIR, Span(start, end), f"<{tag}>", f"</{tag}>", tag, floating)


def void(id: int, at: int, literal: str, name: str = "code") -> Mark:
    return Mark(id, MarkKind.VOID, Span(at, at), literal, name=name)


def html(text: str, *marks: Mark, gaps: tuple[tuple[Span, str], ...] = ()) -> str:
    return render(Block("b1", Span(0, 0), text, marks, gaps=gaps, escape="html"))


def md(text: str, *marks: Mark, kind: str = "paragraph", gaps: tuple[tuple[Span, str], ...] = ()) -> str:
    return render(Block("b1", Span(0, 0), text, marks, kind=kind, gaps=gaps, escape="markdown"))


@pytest.mark.parametrize(
    ("source", "text", "literals"),
    [
        ("Run `x` now.", "Run now.", [(3, " `x`")]),
        ("Run `x`.", "Run.", [(3, " `x`")]),
        ("Run `x`", "Run", [(3, " `x`")]),
        ("`x` runs.", "runs.", [(0, "`x` ")]),
        ("Ends. `x` runs.", "Ends. runs.", [(6, "`x` ")]),
        ("Run `x` `y` now", "Run now", [(3, " `x`"), (3, " `y`")]),
        ("`x` `y` run", "run", [(0, "`x` "), (0, " `y` ")]),
        ("Use (`x` or y).", "Use (or y).", [(5, "`x` ")]),
        ("The `x`-flag", "The -flag", [(4, "`x` ")]),
        ("Use (`x`).", "Use ().", [(5, "`x` ")]),
        ("Size {n}px", "Size px", [(5, "{n}")]),
        ("Size:`x` ok", "Size: ok", [(5, "`x`")]),
        ("Wort[^1] und", "Wort und", [(4, "[^1]")]),
    ],
)
def test_one_of_two_spaces_goes_with_a_void_and_comes_back(source: str, text: str, literals: list[object]) -> None:
    (block,) = read_document(source.encode(), path="a.md").blocks
    assert block.text == text
    assert [(m.span.start, m.open) for m in block.marks] == literals
    assert render(block) == source


@pytest.mark.parametrize(
    ("text", "at", "written"),
    [
        ("Run now.", 0, "`x` Run now."),
        ("Run now.", 3, "Run `x` now."),
        ("Run now.", 4, "Run `x` now."),
        ("Run now.", 7, "Run now `x`."),
        ("Run now.", 8, "Run now. `x`"),
        ("Run (now)", 5, "Run (`x` now)"),
        ("„Run“ now", 1, "„`x` Run“ now"),
    ],
)
def test_a_void_that_stood_free_gets_the_spaces_its_new_place_needs(text: str, at: int, written: str) -> None:
    assert html(text, void(0, at, " `x`")) == written
    assert html(text, void(0, at, "`x` ")) == written


def test_a_glued_void_gets_no_space() -> None:
    assert html("Word, and", void(0, 4, "<sup>1</sup>", "sup")) == "Word<sup>1</sup>, and"


def test_a_url_never_touches_a_letter() -> None:
    assert html("the thing", void(0, 3, "http://a.b", "url")) == "the http://a.b thing"
    assert html("see -x", void(0, 4, "http://a.b", "url")) == "see http://a.b -x"


def test_marks_nest_by_extent_and_close_in_reverse() -> None:
    assert html("a b c", pair(0, 0, 5, "b"), pair(1, 2, 3, "i")) == "<b>a <i>b</i> c</b>"
    assert html("a b", pair(0, 0, 3, "b"), pair(1, 0, 3, "i")) == "<b><i>a b</i></b>"
    assert html("ab", pair(0, 0, 1, "b"), pair(1, 1, 2, "i")) == "<b>a</b><i>b</i>"


def test_crossing_marks_split_the_one_that_may_be_split() -> None:
    assert html("a b c", pair(0, 0, 3, "b"), pair(1, 2, 5, "i")) == "<b>a <i>b</i></b><i> c</i>"
    link = pair(1, 2, 5, "a", floating=False)
    assert html("a b c", pair(0, 0, 3, "b"), link) == "<b>a </b><a><b>b</b> c</a>"
    assert html("a b c", pair(0, 0, 3, "a", floating=False), pair(1, 2, 5, "b")) == "<a>a <b>b</b></a><b> c</b>"


def test_two_crossing_links_stay_well_formed_and_single() -> None:
    one, two = pair(0, 0, 3, "a", floating=False), pair(1, 2, 5, "q", floating=False)
    assert html("a b c", one, two) == "<a>a <q>b</q></a> c"


def test_a_mark_split_over_two_places_is_written_twice() -> None:
    assert html("gave it up", pair(0, 0, 4), pair(0, 8, 10)) == "<b>gave</b> it <b>up</b>"


def test_white_space_at_the_edges_of_a_mark_moves_out() -> None:
    assert html("a b c", pair(0, 1, 4)) == "a <b>b</b> c"


def test_spans_outside_of_the_text_are_clamped() -> None:
    assert html("ab", pair(0, 1, 99), void(1, 50, "<img>")) == "a<b>b</b><img>"


def test_a_pair_without_text_is_still_written() -> None:
    assert html("a b", pair(0, 1, 1)) == "a<b></b> b"


def test_a_void_at_the_edge_of_a_pair_is_outside_of_it() -> None:
    assert html("a b", pair(0, 0, 1), void(1, 1, "<img>")) == "<b>a</b><img> b"
    assert html("a b", pair(0, 2, 3), void(1, 2, "<img>")) == "a <img><b>b</b>"


def test_a_void_at_the_inner_edge_of_a_pair_is_read_as_part_of_it() -> None:
    (block,) = read_document(b"Lies **die `x`** und [`y` dort](u) hier.", path="a.md").blocks
    assert block.text == "Lies die und dort hier."
    assert [(m.open, m.close, m.floating) for m in block.marks] == [("**", " `x`**", False), ("[`y` ", "](u)", False)]


def test_gaps_are_written_as_they_were() -> None:
    assert md("One. Two three.", gaps=((Span(4, 5), "\n> "),)) == "One.\n> Two three."


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a * b", "a * b"),
        ("*a*", "\\*a\\*"),
        ("snake_case _x_", "snake_case \\_x\\_"),
        ("a `b`", "a \\`b\\`"),
        ("# no", "\\# no"),
        ("#no", "#no"),
        ("1. no", "1\\. no"),
        ("1.5 no", "1.5 no"),
        ("- no", "\\- no"),
        ("-5 no", "-5 no"),
        ("+ no", "\\+ no"),
        ("> no", "\\> no"),
        ("---", "\\---"),
        ("a < b <b> </b>", "a < b \\<b> \\</b>"),
        ("AT&T &amp; x", "AT&T \\&amp; x"),
        ("[sic] [a](b) [^1]", "[sic] [a\\](b) \\[^1]"),
        ("a\\*b C:\\x", "a\\\\\\*b C:\\x"),
        ("~~x~~ ~5", "\\~\\~x\\~\\~ ~5"),
        ("$5 and 6$", "$5 and 6$"),
        ("$x$", "\\$x\\$"),
        ("a | b", "a | b"),
    ],
)
def test_markdown_is_escaped_only_where_it_would_be_syntax(text: str, written: str) -> None:
    assert md(text) == written


def test_pipes_are_escaped_in_table_cells() -> None:
    assert md("a | b", kind="cell") == "a \\| b"


def test_a_line_break_makes_a_line_start() -> None:
    assert md("Now: 1. no", gaps=((Span(4, 5), "\n"),)) == "Now:\n1\\. no"


def test_an_exclamation_mark_before_a_link_makes_no_image() -> None:
    mark = Mark(0, MarkKind.PAIR, Span(3, 4), "[", "](u)", "a")
    assert md("Hi!x", mark) == "Hi\\![x](u)"


def test_emphasis_is_moved_to_where_it_counts_as_emphasis() -> None:
    star = Mark(0, MarkKind.PAIR, Span(0, 5), "**", "**", "strong", True)
    assert md("Word.next", star) == "**Word**.next"
    under = Mark(0, MarkKind.PAIR, Span(0, 3), "_", "_", "em", True)
    assert md("underline", under) == "_underline_"


def test_html_escapes_text_and_keeps_the_style_of_hard_spaces() -> None:
    block = Block("b1", Span(0, 0), "a < b & c > d\u00a0e", escape="html")
    assert render(block, source="x&nbsp;y") == "a &lt; b &amp; c &gt; d&nbsp;e"
    assert render(block, source="x\u00a0y") == "a &lt; b &amp; c &gt; d\u00a0e"


@pytest.mark.parametrize(
    ("before", "written"), [('"', "it's &quot;x&quot;"), ("'", 'it&#39;s "x"'), ("=", '"it&#39;s &quot;x&quot;"')]
)
def test_attributes_escape_their_own_quote(before: str, written: str) -> None:
    assert render(Block("b1", Span(0, 0), 'it\'s "x"', escape="html-attribute"), before=before) == written

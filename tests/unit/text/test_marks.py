"""Opening marks set apart from words, and closed up again."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from mt_publish.text.marks import close_marks_up, set_marks_apart


@pytest.mark.parametrize(
    ("text", "apart"),
    [
        ("Er hat „keine Macht“.", "Er hat „ keine Macht“."),
        ("He said (in town) 'not now' twice.", "He said ( in town) ' not now' twice."),
        ('Das („kein Haus“) "steht" hier.', 'Das ( „ kein Haus“) " steht" hier.'),
        ("”Hej” sade han.", "” Hej” sade han."),
    ],
)
def test_opening_marks_are_set_apart_and_closed_up(text: str, apart: str) -> None:
    assert set_marks_apart(text) == apart
    assert close_marks_up(apart) == text


def test_spaces_between_marks_are_lost() -> None:
    assert close_marks_up(set_marks_apart("[ [a")) == "[[a"


@pytest.mark.parametrize(
    "text", ["Rock 'n' Roll", "it's 5 o'clock", "Version (2.1)", "ein(e) Wort(e)", '"42"', "the 'net"]
)
def test_other_marks_stay_where_they_are(text: str) -> None:
    assert set_marks_apart(text) == text


@given(st.text(alphabet=list("abÄ1 .,-–") + list("„“”\"»«‚‘'()[]"), max_size=30))
@example("'(a)'")
@example("''a''")
def test_closing_up_undoes_setting_apart(text: str) -> None:
    assume(close_marks_up(text) == text)
    assume(
        not re.search(r"[„“”\"»«‚‘'(\[] +[„“”\"»«‚‘'(\[]", text)
    )  # marks with spaces between them are closed up, too
    assert close_marks_up(set_marks_apart(text)) == text

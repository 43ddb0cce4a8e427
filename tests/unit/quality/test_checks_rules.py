"""The table of rules: complete, explained, and selected by prefix."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mt_publish.errors import ConfigError
from mt_publish.quality import checks
from mt_publish.quality.checks import CHECKS
from mt_publish.quality.rules import GROUPS, RULES, check_prefixes, explain, is_selected


def test_every_code_of_the_checks_is_in_the_table_and_the_other_way_round() -> None:
    used: set[str] = set()
    for path in Path(str(checks.__file__)).parent.glob("*.py"):
        used |= set(re.findall(r'"(MTP\d{3})"', path.read_text(encoding="utf-8")))
    assert used == set(RULES)


def test_the_checks_declare_all_rules_but_those_of_the_outer_passes() -> None:
    declared = {code for _, codes in CHECKS for code in codes}
    assert set(RULES) - declared == {"MTP104", "MTP401"}


def test_codes_are_in_order_and_names_are_unique() -> None:
    assert list(RULES) == sorted(RULES)
    assert len({rule.name for rule in RULES.values()}) == len(RULES)


@pytest.mark.parametrize("code", RULES)
def test_a_rule_explains_itself(code: str) -> None:
    rule = RULES[code]
    assert rule.group == GROUPS[code[:4]]
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.name)
    for text in (rule.explanation, rule.example, rule.ignore_when):
        assert text == text.strip() != ""
    assert rule.explanation.endswith(".")
    assert rule.ignore_when.endswith(".")
    assert explain(code.lower()).startswith(f"{code} {rule.name} ({rule.severity}, {rule.group})\n")
    assert rule.example in rule.text


def test_an_unknown_rule_cannot_be_explained() -> None:
    with pytest.raises(ConfigError, match="MTP999"):
        explain("MTP999")


@pytest.mark.parametrize(
    ("select", "ignore", "expected"),
    [
        ((), (), True),
        (("MTP3",), (), True),
        (("MTP301",), (), True),
        (("MTP4",), (), False),
        ((), ("MTP3",), False),
        ((), ("MTP302",), True),
        (("MTP3",), ("MTP301",), False),
        (("MTP301",), ("MTP3",), True),
        (("MTP301",), ("MTP301",), False),
    ],
)
def test_the_longest_prefix_decides(select: tuple[str, ...], ignore: tuple[str, ...], expected: bool) -> None:
    assert is_selected("MTP301", select, ignore) is expected


@pytest.mark.parametrize("prefix", ["MTP", "MTP1", "MTP30", "MTP301", "MTP7"])
def test_codes_and_their_prefixes_are_accepted(prefix: str) -> None:
    check_prefixes((prefix,))


@pytest.mark.parametrize("prefix", ["", "M", "MTP9", "mtp301", "MTP3011", "numbers"])
def test_what_names_no_rule_is_refused(prefix: str) -> None:
    with pytest.raises(ConfigError, match="no rule has the code"):
        check_prefixes((prefix,))

"""The shipped glossary of countries, places, nationalities, languages: form, completeness, names that must be right."""

from __future__ import annotations

import csv
import importlib.util
from collections import defaultdict
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[3]
GLOSSARY = ROOT / "glossaries" / "countries.de-en.csv"
SCRIPT = ROOT / "scripts" / "make_countries_glossary.py"

HEADER = [
    "de",
    "en",
    "type",
    "gender",
    "de_aliases",
    "en_aliases",
    "de_forms",
    "en_forms",
    "de_article",
    "en_article",
    "case",
    "enforce",
    "de_forbidden",
    "en_forbidden",
    "note",
]

UN_MEMBERS = """
AF AL DZ AD AO AG AR AM AU AT AZ BS BH BD BB BY BE BZ BJ BT BO BA BW BR BN BG BF BI CV KH CM CA CF TD CL CN CO
KM CG CD CR CI HR CU CY CZ DK DJ DM DO EC EG SV GQ ER EE SZ ET FJ FI FR GA GM GE DE GH GR GD GT GN GW GY HT HN
HU IS IN ID IR IQ IE IL IT JM JP JO KZ KE KI KP KR KW KG LA LV LB LS LR LY LI LT LU MG MW MY MV ML MT MH MR MU
MX FM MD MC MN ME MA MZ MM NA NR NP NL NZ NI NE NG MK NO OM PK PW PA PG PY PE PH PL PT QA RO RU RW KN LC VC WS
SM ST SA SN RS SC SL SG SK SI SB SO ZA SS ES LK SD SR SE CH SY TJ TZ TH TL TG TO TT TN TR TM TV UG UA AE GB US
UY UZ VU VE VN YE ZM ZW
"""
OTHERS = ("TW", "XK", "PS", "VA", "HK", "GL")

CAPITAL_IS_COUNTRY = {"DJ", "LU", "MC", "SG", "SM", "VA"}


@cache
def rows() -> list[dict[str, str]]:
    """The rows of the committed file."""
    with GLOSSARY.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def parts(cell: str) -> list[str]:
    return [part for part in cell.split("|") if part]


def surfaces(row: dict[str, str], lang: str) -> set[str]:
    """Every spelling of the row in `lang`."""
    return {row[lang], *parts(row[f"{lang}_aliases"]), *parts(row[f"{lang}_forms"])}


def by_name(de: str) -> dict[str, str]:
    found = [row for row in rows() if row["de"] == de]
    assert len(found) == 1, f"{de}: {len(found)} rows"
    return found[0]


def holding(surface: str) -> dict[str, str]:
    """The one row that a German spelling belongs to; nationalities in case "any" hold it in small letters, too."""
    found = [
        row
        for row in rows()
        if surface in surfaces(row, "de")
        or (row["case"] == "any" and surface.casefold() in {name.casefold() for name in surfaces(row, "de")})
    ]
    assert len(found) == 1, f"{surface}: {[row['de'] for row in found]}"
    return found[0]


def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_countries_glossary", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def country_codes() -> set[str]:
    return {row["note"].split(":")[0] for row in rows() if row["type"] == "place"}


def test_script_writes_the_committed_file() -> None:
    pytest.importorskip("babel")
    assert script().build() == GLOSSARY.read_text(encoding="utf-8")


def test_every_line_has_fifteen_cells() -> None:
    with GLOSSARY.open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))
    assert lines[0] == HEADER
    assert {len(line) for line in lines} == {15}


def test_cells_hold_allowed_values_and_no_stray_space() -> None:
    for row in rows():
        assert row["de"], row
        assert row["en"], row
        assert row["type"] in {"place", "nationality", "language", "org", "event"}, row
        assert row["gender"] in {"m", "f", "n", "pl", ""}, row
        assert row["de_article"] in {"", "der", "die", "das"}, row
        assert row["en_article"] in {"", "the"}, row
        assert row["case"] in {"", "any", "sentence"}, row
        assert row["enforce"] in {"", "check", "off"}, row
        for cell in row.values():
            assert "  " not in cell, row
            assert cell == "" or all(part and part == part.strip() for part in cell.split("|")), row


def test_article_agrees_with_gender() -> None:
    articles = {"m": "der", "f": "die", "n": "das", "pl": "die"}
    assert [row["de"] for row in rows() if row["de_article"] and row["de_article"] != articles[row["gender"]]] == []


def test_no_german_name_stands_twice() -> None:
    names = [row["de"] for row in rows()]
    assert sorted({name for name in names if names.count(name) > 1}) == []


@pytest.mark.parametrize("lang", ["de", "en"])
def test_a_name_has_one_target(lang: str) -> None:
    other = "en" if lang == "de" else "de"
    targets = defaultdict(set)
    for row in rows():
        targets[row[lang]].add(row[other])
    assert {name: found for name, found in targets.items() if len(found) > 1} == {}


def test_no_german_spelling_has_two_targets() -> None:
    targets = defaultdict(set)
    for row in rows():
        for surface in surfaces(row, "de"):
            targets[surface].add(row["en"])
    assert {surface: found for surface, found in targets.items() if len(found) > 1} == {}


@pytest.mark.parametrize(("source", "target"), [("de", "en"), ("en", "de")])
def test_a_spelling_that_is_forced_belongs_to_one_row(source: str, target: str) -> None:
    owners = defaultdict(list)
    for row in rows():
        for surface in surfaces(row, source):
            owners[surface].append(row)
    clashes = [
        (surface, [row[target] for row in found])
        for surface, found in owners.items()
        if len({row[target] for row in found}) > 1 and any(not row["enforce"] for row in found)
    ]
    assert clashes == []


def test_no_row_forbids_a_name_that_it_accepts() -> None:
    for row in rows():
        for lang in ("de", "en"):
            assert not surfaces(row, lang) & set(parts(row[f"{lang}_forbidden"])), row["de"]


def test_forbidden_english_names_are_no_row_s_english_name() -> None:
    accepted = {surface for row in rows() for surface in surfaces(row, "en")}
    assert sorted(accepted & {name for row in rows() for name in parts(row["en_forbidden"])}) == []


def test_every_un_member_is_present() -> None:
    assert len(set(UN_MEMBERS.split())) == 193
    assert sorted(set(UN_MEMBERS.split()) - country_codes()) == []


@pytest.mark.parametrize("code", OTHERS)
def test_states_and_territories_outside_the_un_are_present(code: str) -> None:
    assert code in country_codes()


def test_every_un_member_has_a_capital() -> None:
    capitals = {row["note"].split(":")[0].split()[-1] for row in rows() if row["note"].startswith("capital ")}
    assert sorted(set(UN_MEMBERS.split()) - capitals - CAPITAL_IS_COUNTRY) == []


def test_every_un_member_has_a_nationality() -> None:
    nations = {code.split(":")[0] for row in rows() if row["type"] == "nationality" for code in row["note"].split("; ")}
    # Both Congos share their rows; English has no adjective for the Solomon Islands, and the people are hardly named.
    assert sorted(set(UN_MEMBERS.split()) - nations - {"CG", "SB"}) == []


def test_nationalities_and_languages_are_never_forced() -> None:
    assert {row["enforce"] for row in rows() if row["type"] in {"nationality", "language"}} == {"check"}


def test_at_least_150_names_differ_between_the_languages_besides_countries() -> None:
    kinds = ("city", "region", "water")
    assert sum(row["note"].startswith(kinds) and row["de"] != row["en"] for row in rows()) >= 150


@pytest.mark.parametrize(
    ("de", "en"),
    [
        ("Kiew", "Kyiv"),
        ("Peking", "Beijing"),
        ("Moskau", "Moscow"),
        ("Warschau", "Warsaw"),
        ("München", "Munich"),
        ("Köln", "Cologne"),
        ("Wien", "Vienna"),
        ("Genf", "Geneva"),
        ("Mailand", "Milan"),
        ("Venedig", "Venice"),
        ("Bayern", "Bavaria"),
        ("Nordsee", "North Sea"),
        ("Donau", "Danube"),
        ("Krim", "Crimea"),
        ("Naher Osten", "Middle East"),
        ("Türkei", "Turkey"),
        ("Tschechien", "Czech Republic"),
        ("Elfenbeinküste", "Ivory Coast"),
        ("Belarus", "Belarus"),
        ("Hongkong", "Hong Kong"),
        ("Eswatini", "Eswatini"),
        ("Myanmar", "Myanmar"),
        ("Niederlande", "Netherlands"),
        ("französisch", "French"),
        ("Franzose", "Frenchman"),
        ("Bengalisch", "Bengali"),
        ("Niger", "Niger"),
        ("Nigeria", "Nigeria"),
        ("Island", "Iceland"),
        ("Dominica", "Dominica"),
        ("Kongo", "Congo"),
    ],
)
def test_name(de: str, en: str) -> None:
    assert by_name(de)["en"] == en


@pytest.mark.parametrize(
    ("de", "pair"),
    [
        ("Vereinigte Staaten", ("USA", "US")),
        ("Vereinigte Staaten", ("Vereinigte Staaten von Amerika", "United States of America")),
        ("Großbritannien", ("Vereinigtes Königreich", "United Kingdom")),
        ("Myanmar", ("Birma", "Burma")),
        ("Eswatini", ("Swasiland", "Swaziland")),
        ("Elfenbeinküste", ("Côte d'Ivoire", "Côte d'Ivoire")),
    ],
)
def test_aliases_pair_up(de: str, pair: tuple[str, str]) -> None:
    row = by_name(de)
    assert pair in list(zip(parts(row["de_aliases"]), parts(row["en_aliases"]), strict=True))


@pytest.mark.parametrize(
    ("de", "article"),
    [
        ("Türkei", "die"),
        ("Schweiz", "die"),
        ("Ukraine", "die"),
        ("Iran", "der"),
        ("Irak", "der"),
        ("Vereinigte Staaten", "die"),
        ("Niederlande", "die"),
        ("Sudan", "der"),
        ("Jemen", "der"),
        ("Libanon", "der"),
        ("Slowakei", "die"),
        ("Kongo", "der"),
        ("Mongolei", "die"),
        ("Deutschland", ""),
        ("Frankreich", ""),
    ],
)
def test_german_article(de: str, article: str) -> None:
    assert by_name(de)["de_article"] == article


@pytest.mark.parametrize(
    ("de", "article"),
    [
        ("Niederlande", "the"),
        ("Vereinigte Staaten", "the"),
        ("Philippinen", "the"),
        ("Bahamas", "the"),
        ("Malediven", "the"),
        ("Gambia", "the"),
        ("Ukraine", ""),
        ("Sudan", ""),
        ("Libanon", ""),
    ],
)
def test_english_article(de: str, article: str) -> None:
    assert by_name(de)["en_article"] == article


@pytest.mark.parametrize(
    "de", ["Georgien", "Jordanien", "Tschad", "Guinea", "Niger", "Bath", "Nizza", "Island", "Republik Kongo"]
)
def test_homographs_are_checked_not_forced(de: str) -> None:
    assert by_name(de)["enforce"] == "check"


@pytest.mark.parametrize("de", ["Oder", "Seine", "Essen", "Halle", "Reading"])
def test_common_words_raise_no_findings(de: str) -> None:
    assert by_name(de)["enforce"] == "off"


@pytest.mark.parametrize("de", ["Kiew", "Türkei", "Frankreich", "Warschau", "Elfenbeinküste", "Nordsee"])
def test_plain_names_are_forced(de: str) -> None:
    assert by_name(de)["enforce"] == ""


@pytest.mark.parametrize(
    ("de", "forms"),
    [
        ("Vereinigte Staaten", {"Vereinigten Staaten", "Vereinigter Staaten"}),
        ("Niederlande", {"Niederlanden"}),
        ("Irak", {"Iraks"}),
        ("Schwarzes Meer", {"Schwarze Meer", "Schwarzen Meer", "Schwarzen Meeres"}),
        ("Naher Osten", {"Nahe Osten", "Nahen Osten", "Nahen Ostens"}),
        ("französisch", {"französische", "französischen", "französischem", "französischer", "französisches"}),
        ("Franzose", {"Franzosen"}),
        ("Französin", {"Französinnen"}),
        ("italienisch", {"Italiener", "Italieners", "Italienern", "Italienerin", "Italienerinnen"}),
        ("israelisch", {"Israeli", "Israelis", "Israelin", "Israelinnen"}),
        ("München", {"Münchner", "Münchener"}),
    ],
)
def test_irregular_forms_are_listed(de: str, forms: set[str]) -> None:
    assert forms <= set(parts(by_name(de)["de_forms"]))


@pytest.mark.parametrize(
    ("word", "en"),
    [
        ("Deutsch", "German"),
        ("Deutscher", "German"),
        ("Deutschen", "German"),
        ("deutsches", "German"),
        ("Französische", "French"),
        ("Polnisch", "Polish"),
        ("Japanerinnen", "Japanese"),
        ("Ungarin", "Hungarian"),
        ("Däninnen", "Dane"),
        ("Iren", "Irishman"),
        ("Hebräisch", "Hebrew"),
        ("Nigrer", "Nigerien"),
        ("Nigerianer", "Nigerian"),
        ("Weißrusse", "Belarusian"),
        ("Kroaten", "Croat"),
        ("Pole", "Polish"),
        ("Polin", "Polish"),
        ("Schwede", "Swedish"),
    ],
)
def test_word_for_people_or_language(word: str, en: str) -> None:
    assert holding(word)["en"] == en


@pytest.mark.parametrize(("people", "country"), [("Pole", "Polen"), ("Schwede", "Schweden"), ("Ungar", "Ungarn")])
def test_a_plural_that_is_a_country_stands_with_the_country(people: str, country: str) -> None:
    assert country not in surfaces(holding(people), "de")
    assert by_name(country)["enforce"] == ""


def test_english_forbids_the_german_and_the_russian_name_of_kyiv() -> None:
    assert {"Kiew", "Kiev"} <= set(parts(by_name("Kiew")["en_forbidden"]))


def test_people_come_before_the_places_whose_er_form_they_are() -> None:
    names = [row["de"] for row in rows()]
    assert names.index("italienisch") < names.index("Italien")
    assert names.index("Vereinigte Staaten") < names.index("amerikanisch")


def test_small_letters_do_not_make_another_word_a_nationality() -> None:
    assert {row["en"]: row["case"] for row in rows() if row["en"] in {"American", "Polish", "French", "English"}} == {
        "American": "",
        "Polish": "",
        "French": "",
        "English": "",
    }

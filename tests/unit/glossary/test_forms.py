"""Inflected forms."""

import pytest

from mt_publish.glossary import source_forms, surname, target_forms
from mt_publish.glossary.forms import decline_de, plural_en
from mt_publish.glossary.related import belongs
from mt_publish.types import Entry


def entry(de: str, en: str = "x", type: str = "person", **more: object) -> Entry:
    return Entry(de, en, type, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("item", "form", "role"),
    [
        (entry("Danfried"), "Danfried", ""),
        (entry("Danfried"), "Danfrieds", "genitive"),
        (entry("Strauß"), "Strauß'", "genitive"),
        (entry("Auswärtiges Amt", type="org", gender="n"), "Auswärtigen Amtes", "genitive"),
        (entry("Auswärtiges Amt", type="org", gender="n"), "Auswärtigem Amt", ""),
        (entry("Vereinte Nationen", type="org", gender="pl"), "Vereinten Nationen", ""),
        (entry("Deutsche Bahn AG", type="org", gender="f"), "Deutschen Bahn AG", ""),
        (entry("Deutsche Bank", "Deutsche Bank", type="org", gender="f"), "Deutschen Bank", ""),
        (entry("Süddeutsche Zeitung", "Süddeutsche Zeitung", type="org", gender="f"), "Süddeutschen Zeitung", ""),
        (entry("Die Grünen", type="org", gender="pl"), "den Grünen", ""),
        (
            entry("Bundesamt für Verfassungsschutz", type="org", gender="n"),
            "Bundesamtes für Verfassungsschutz",
            "genitive",
        ),
        (entry("Kiew", type="place"), "Kiewer", "demonym"),
        (entry("München", type="place"), "Münchner", "demonym"),
        (entry("Bremen", type="place"), "Bremer", "demonym"),
        (entry("Zürich", type="place"), "Zürcher", "demonym"),
        (entry("Hannover", type="place"), "Hannoveranern", "demonym"),
        (entry("Niederlande", type="place"), "Niederländer", "demonym"),
        (entry("französisch", type="nationality"), "französischer", ""),
        (entry("Vertrag", type="term", gender="m"), "Verträgen", "plural"),
        (entry("Vertrag", type="term", gender="m"), "Vertrags", "genitive"),
        (entry("Botschafterin", type="title", gender="f"), "Botschafterinnen", "plural"),
        (entry("Champions League", type="event"), "Champions-League", ""),
    ],
)
def test_german_source_forms(item: Entry, form: str, role: str) -> None:
    assert source_forms(item.de, "de", item).get(form) == role


@pytest.mark.parametrize(
    ("item", "form"),
    [
        (entry("Bank", type="term", gender="f"), "Banker"),
        (entry("Frankfurter Allgemeine Zeitung", type="org", gender="f"), "Frankfurten Allgemeinen Zeitung"),
        (entry("Danfried"), "Danfrieder"),
        (entry("Conservative Party", "Conservative Party", type="org", gender="f"), "Conservativen Party"),
        (entry("Ärzte ohne Grenzen", type="org", gender="pl"), "Ärztes ohne Grenzen"),
    ],
)
def test_german_forms_that_would_be_other_words_are_not_searched_for(item: Entry, form: str) -> None:
    assert form not in source_forms(item.de, "de", item)


@pytest.mark.parametrize(
    ("name", "type", "form", "role"),
    [
        ("Danfried", "person", "Danfried's", "genitive"),
        ("Danfried", "person", "Danfrieds", "plural"),
        ("Strauss", "person", "Strauss'", "genitive"),
        ("treaty", "term", "treaties", "plural"),
        ("stop", "term", "stopped", ""),
        ("climate change", "term", "climate-change", ""),
        ("The Times", "work", "the Times", ""),
        ("Secretary of State", "title", "Secretaries of State", "plural"),
        ("secretary of state", "title", "secretaries of state", "plural"),
    ],
)
def test_english_source_forms(name: str, type: str, form: str, role: str | None) -> None:
    assert source_forms(name, "en", entry("x", name, type)).get(form) == role


def test_listed_forms_are_added_to_the_canonical_name_only() -> None:
    item = Entry("Athen", "Athens", "place", de_aliases=("Athena",), de_forms=("Attika",))
    assert "Attika" in source_forms("Athen", "de", item)
    assert "Attika" not in source_forms("Athena", "de", item)


def test_a_listed_name_of_other_words_is_no_demonym() -> None:
    item = Entry("Großbritannien", "Britain", "place", de_forms=("Vereinigten Königreich",))
    assert source_forms("Großbritannien", "de", item)["Vereinigten Königreich"] == ""


def test_an_english_target_accepts_a_plural_name_only_for_a_plural() -> None:
    item = entry("Danfried", "Danfried")
    assert "Danfrieds" not in target_forms("Danfried", "en", item)
    assert target_forms("Danfried", "en", item, "plural")[0] == "Danfrieds"


def test_the_most_wanted_form_of_a_genitive_comes_first() -> None:
    assert target_forms("Danfried", "en", entry("Danfried", "Danfried"), "genitive")[0] == "Danfried's"
    assert target_forms("Danfried", "de", entry("Danfried", "Danfried"), "genitive")[0] == "Danfrieds"


def test_a_german_target_refuses_the_english_genitive() -> None:
    assert "Danfried's" not in target_forms("Danfried", "de", entry("Danfried"))


@pytest.mark.parametrize(
    ("name", "gender", "case", "determiner", "expected"),
    [
        ("Auswärtiges Amt", "n", "gen", "der", "Auswärtigen Amtes"),
        ("Auswärtiges Amt", "n", "dat", "none", "Auswärtigem Amt"),
        ("Auswärtiges Amt", "n", "nom", "ein", "Auswärtiges Amt"),
        ("Deutscher Bundestag", "m", "nom", "der", "Deutsche Bundestag"),
        ("Deutscher Bundestag", "m", "acc", "der", "Deutschen Bundestag"),
        ("Deutscher Bundestag", "m", "gen", "der", "Deutschen Bundestags"),
        ("Vereinte Nationen", "pl", "nom", "der", "Vereinten Nationen"),
        ("Vereinte Nationen", "pl", "nom", "none", "Vereinte Nationen"),
        ("Europäische Union", "f", "dat", "der", "Europäischen Union"),
        ("Europäische Union", "f", "nom", "der", "Europäische Union"),
        ("Weißes Haus", "n", "gen", "der", "Weißen Hauses"),
        ("Berliner Zeitung", "f", "dat", "der", "Berliner Zeitung"),
        ("Deutsche Bank", "f", "dat", "der", "Deutschen Bank"),
    ],
)
def test_organisations_decline(name: str, gender: str, case: str, determiner: str, expected: str) -> None:
    assert decline_de(name, entry(name, type="org", gender=gender), case, determiner) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("noun", "case", "expected"),
    [
        ("Präsident", "nom", "Präsident"),
        ("Präsident", "gen", "Präsidenten"),
        ("Staatspräsident", "dat", "Staatspräsidenten"),
        ("Kollege", "acc", "Kollegen"),
        ("Ratsherr", "dat", "Ratsherrn"),
        ("Name", "gen", "Namens"),
        ("Name", "dat", "Namen"),
        ("Stadtrat", "gen", "Stadtrats"),
        ("Minister", "gen", "Ministers"),
        ("See", "gen", "Sees"),
        ("Geist", "dat", "Geist"),
        ("Moment", "gen", "Moments"),
        ("Vize", "gen", "Vizes"),
        ("Quellcode", "dat", "Quellcode"),
    ],
)
def test_weak_masculine_nouns_take_en(noun: str, case: str, expected: str) -> None:
    found = entry(noun, type="term", gender="m")
    assert decline_de(noun, found, case, "der") == expected  # type: ignore[arg-type]
    assert expected in target_forms(noun, "de", found, "")


@pytest.mark.parametrize(("noun", "expected"), [("Frist", "Frist"), ("Präsident", "Präsidenten"), ("Lage", "Lage")])
def test_without_a_gender_only_persons_are_weak(noun: str, expected: str) -> None:
    assert decline_de(noun, entry(noun, type="term"), "dat", "der") == expected


@pytest.mark.parametrize(
    ("word", "plural"),
    [("treaty", "treaties"), ("policeman", "policemen"), ("church", "churches"), ("German", "Germans")],
)
def test_english_plurals(word: str, plural: str) -> None:
    assert plural_en(word) == plural


@pytest.mark.parametrize(
    ("name", "last"),
    [
        ("Karen Danfried", "Danfried"),
        ("Ursula von der Leyen", "von der Leyen"),
        ("Baschar al-Assad", "al-Assad"),
        ("Mohammed bin Salman", "bin Salman"),
        ("Martin Luther King Jr.", "King"),
        ("Danfried", ""),
    ],
)
def test_surnames_keep_their_particles(name: str, last: str) -> None:
    assert surname(name) == last


@pytest.mark.parametrize(
    ("place", "nationality", "expected"),
    [
        ("Türkei", "türkisch", True),
        ("Frankreich", "französisch", True),
        ("Polen", "polnisch", True),
        ("Finnland", "Finne", True),
        ("Griechenland", "griechisch", True),
        ("Vereinigte Staaten", "amerikanisch", True),
        ("Indien", "indonesisch", False),
        ("Slowenien", "slowakisch", False),
        ("Österreich", "australisch", False),
    ],
)
def test_places_know_their_adjectives(place: str, nationality: str, expected: bool) -> None:
    assert belongs(place, nationality) is expected

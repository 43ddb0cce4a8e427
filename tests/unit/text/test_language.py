"""Which language a text or sentence is in."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest

from mt_publish.text import detect_language, sentence_language
from mt_publish.types import Lang

GERMAN = "Der Minister hat am Dienstag gesagt, dass die Reform nicht vor dem Sommer kommt."
ENGLISH = "The minister said on Tuesday that the reform would not come before the summer."


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        (GERMAN, "de"),
        (ENGLISH, "en"),
        (GERMAN.upper(), "de"),
        (ENGLISH.upper(), "en"),
        ("Öffnungszeiten und Preise", "de"),
        (f"{GERMAN} Er nannte den Film „The Return of the King“ gelungen.", "de"),
    ],
)
def test_german_and_english_are_named(text: str, lang: Lang) -> None:
    found = detect_language(text)
    assert found.lang == lang
    assert found.other is None
    assert 0.8 <= found.confidence <= 1


@pytest.mark.parametrize("text", ["", "  \n", "123 + 4,5 %", "🙂 — …"])
def test_a_text_without_letters_has_no_language(text: str) -> None:
    found = detect_language(text)
    assert (found.lang, found.confidence, found.other) == (None, 0.0, None)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Le président français a annoncé mardi que la réforme serait reportée.", "fr"),
        ("De minister heeft gisteren gezegd dat het niet zo is.", "nl"),
        ("El presidente dijo que no habrá elecciones este año.", "es"),
        ("Prezydent powiedział, że nie będzie wyborów.", "pl"),
    ],
)
def test_a_third_language_is_named_as_other(text: str, code: str) -> None:
    found = detect_language(text)
    assert found.lang is None
    assert found.other == code


@pytest.mark.parametrize("text", ["Angela Merkel", "Ursula von der Leyen", "Paris"])
def test_names_alone_have_no_language(text: str) -> None:
    assert detect_language(text).lang is None
    assert sentence_language(text) is None


def test_a_text_half_in_each_language_has_none() -> None:
    assert detect_language(f"{GERMAN} {ENGLISH}").lang is None


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        (GERMAN, "de"),
        (ENGLISH, "en"),
        ("Der Hund bellt, aber er beißt nicht.", "de"),
        ("She wrote for Der Spiegel and for Die Zeit about Ursula von der Leyen.", "en"),
        ("Danfried sagte, „The Sound of Music“ sei sein Lieblingsfilm und werde es bleiben.", "de"),
    ],
)
def test_a_sentence_is_recognised_in_spite_of_foreign_names(text: str, lang: Lang) -> None:
    assert sentence_language(text) == lang


@pytest.mark.parametrize(
    "text", ["Der Spiegel", "Berlin, 3. Oktober", "We zijn er over een jaar.", "Bayern München - Real Madrid 2:1", ""]
)
def test_an_unclear_sentence_has_no_language(text: str) -> None:
    assert sentence_language(text) is None


def test_detection_works_without_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("network used")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert detect_language("Öffnungszeiten und Preise").lang == "de"


def test_an_article_is_told_without_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mt_publish.text.language._model_says", lambda text: pytest.fail("the model was asked"))
    text = "Die Nachricht kommt einen Tag, nachdem die NATO erklärt hat, sie sei bereit, einen Dialog aufzunehmen."
    assert detect_language(text).lang == "de"
    assert detect_language("The news comes one day after NATO said that it is ready for a dialogue.").lang == "en"


def test_importing_the_package_loads_no_model_and_no_rules() -> None:
    code = (
        "import sys, mt_publish.text; heavy = 'fasttext', 'mt_publish.text.lexicon', 'mt_publish.text.numerals'; "
        "print([name for name in heavy if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"

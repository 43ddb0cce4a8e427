"""MTP407: one side is negated, the other says yes.

Polarity is judged by words alone, so this is a warning for a person to look at. Words that say no in their own way
("refuse", "kaum") excuse the other side and never accuse their own. The lists were weighed on newstest2021: a word that
excused more deleted negations than rephrased ones is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from mt_publish.quality.checks.reading import Case, quote
from mt_publish.types import Finding, Lang

# "no." before a numeral, a Roman one or a file number is no negation: no. 5, case no. VIII ZR 417/24, no. T-12/24.
_NUMBER_AHEAD = r"(?![.-]?\s?\d|\.\s?(?-i:[VXLCDM]|[IVXLCDM]{2,}|[A-Z]{1,3}[\s-]?\d)(?![^\W\d]))"
# Patterns of words, separated by spaces.
_NEGATION: dict[Lang, str] = {
    "de": r"""
        nicht(?!\s(?:nur|bloß|allein|zuletzt)\b) nichts kein\w* nie niemals niemand\w* nirgend\w* weder keineswegs keinesfalls nein ohne
    """,
    "en": rf"""
        not(?!\s(?:only|just|least|to\smention)) \w+n['’]t cannot no(?!-(?!one\b)\w){_NUMBER_AHEAD} none never nobody nothing nowhere
        neither nor without
    """,
}
_SOFT: dict[Lang, str] = {
    "de": r"""
        \w+verbot\w* no-\w+ un(?!d\b|s\b|ser|ter|gefähr|ion|iv|ikat|iform|garn)\w{3,} \w+(?:los|frei|leer)(?:e[mnrs]?|igkeit)? nicht\w+
        miss\w+
        kaum wenig\w* selten\w* (?:an)?statt sondern außer nur erst bloß allein lediglich doch anders ander\w* weg vorbei
        schwer
        jenseits gegen sonst egal sowieso bevor schlecht\w* falsch\w* zweifel\w*
        lehn\w+ ab(?:ge)?lehn\w+ verweiger\w* weiger\w* geweigert vernein\w* bestr(?:ei|i)t\w* dementier\w* verhinder\w*
        verm(?:ei|ie)d\w* fehl\w* gefehlt mangel\w* scheiter\w* gescheitert verzicht\w* verb[ieo]+t\w* verpass\w*
        versäum\w* hinder\w* stopp\w* aufhör\w* entgeh\w* entging\w* entfällt entfallen ausbl\w+ ausgebl\w+
        aus(?:ge)?schl[ioö]\w+ abge?sag\w*
    """,
    "en": r"""
        no-\w+ un(?!der|til\b|ion|it|iver|iform|ique)\w{3,} \w+less(?:ly|ness)? non\w* mis\w{3,}
        in(?:abilit|accura|action|adequa|capab|capac|complete|consist|correct|defin|depend|effect|elig|evit|expens)\w*
        in(?:flex|formal|just|secur|signif|suffic|toler|valid|visib)\w* im(?:matur|mor|pati|perf|poss|prob)\w*
        ir(?:reg|rel|resp|rev)\w* il(?:leg|lit|log)\w*
        dis(?:agr|all|app|bel|conn|cont|cred|hon|lik|mis|ob|pleas|put|qual|reg|sat|trust)\w*
        few fewer less least little hardly barely rarely seldom scarcely instead rather except only until unless
        otherwise
        yet still anymore away against beyond apart too different\w* other another wrong bad\w* hard difficult\w* short
        empty zero nil void free absent absence unable before regardless doubt\w*
        refus\w+ den(?:y|ie\w+|ial) reject\w* fail\w* lack\w* avoid\w* prevent\w* stop\w* declin\w+ keep kept
        prohibit\w*
        forb\w+ ban\w* abstain\w* withh\w+ cancel\w*
    """,
}


@cache
def _pattern(lang: Lang, soft: bool) -> re.Pattern[str]:
    words = _NEGATION[lang].split() + (_SOFT[lang].split() if soft else [])
    return re.compile(rf"\b(?:{'|'.join(words)})\b", re.IGNORECASE)


def check_negation(case: Case) -> Iterator[Finding]:
    """MTP407: a negated side against a side in which nothing says no."""
    source, target = case.source, case.target
    here = _pattern(source.lang, False).search(source.prose)
    there = _pattern(target.lang, False).search(target.prose)
    if here and not there and not _pattern(target.lang, True).search(target.prose):
        yield case.finding(
            "MTP407",
            f"negation lost: {quote(here.group())} in the source, nothing like it in the translation",
            source=here.span(),
        )
    elif there and not here and not _pattern(source.lang, True).search(source.prose):
        yield case.finding(
            "MTP407",
            f"negation added: {quote(there.group())} in the translation, nothing like it in the source",
            target=there.span(),
        )

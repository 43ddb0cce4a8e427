"""Inflected forms of names and terms, German and English, by rule: what to look for and what to accept.

The rules over-generate: a form that no one writes costs nothing, because forms are only ever compared with text that is
there. What they must not do is produce another word (Bank → Banker), so matching uses a tighter set than acceptance.
"""

from __future__ import annotations

import re
from typing import Literal

from mt_publish.text.comparison import fold, plain, word_set
from mt_publish.text.renderings import COMMON
from mt_publish.types import Entry, Lang

Role = Literal["", "genitive", "plural", "demonym"]
Case = Literal["nom", "acc", "dat", "gen"]

_SIBILANTS = ("s", "ß", "x", "z", "ce")
_ADJECTIVE_ENDINGS = ("e", "en", "er", "es", "em")
# Stems that make a word in -er an adjective (Internationaler) and not an indeclinable place adjective (Berliner).
_ADJECTIVE_STEM = re.compile(
    r"(?:(?<=\w\w)(?:isch|lich|ig|al|ell|iv|är|ös|bar|sam|haft|iert|igt|ündet)|"
    r"deutsch|groß|hoh|weiß|rot|schwarz|grün|blau|alt|neu|ober|unter|oberst|höchst|erst|zweit|dritt|frei|nah|fern|mittler|"
    r"klein|lang|kurz|schön|jung|rund|recht|link|heilig|tot|still|kalt|warm|gelb|golden|silbern|allgemein|vereint|"
    r"einfach|letzt|eisern|viert|fünft|sechst|siebt|acht|geheim|einig|best)$",
    re.IGNORECASE,
)
_GERMAN_STEM = re.compile(
    r"(?:(?<=\w\w)(?:isch|lich)|deutsch|allgemein|groß|weiß|schwarz|grün|neu|frei|vereint|hoh|klein|rot)$",
    re.IGNORECASE,
)
"""What an adjective ends in, without its ending, that can be no English word."""
_PHRASE_END = word_set(
    """
    für der des dem den die das von vom zu zur zum in im am an auf gegen mit bei beim ohne über zwischen nach vor aus
    gegenüber gemäß unter wider fürs ins ans und oder & - – / e. e.V.
    """
)
_ARTICLES_DE = {"der": ("der", "den", "dem", "des"), "die": ("die", "der", "den"), "das": ("das", "dem", "des")}

# Place → demonyms that the rules miss. Stored without their endings (-s, -n, -in, -innen).
_DEMONYMS = {
    "Hannover": ("Hannoveraner",),
    "Zürich": ("Zürcher", "Züricher"),
    "Basel": ("Basler", "Baseler"),
    "Kassel": ("Kasseler", "Kasselaner"),
    "Weimar": ("Weimarer", "Weimaraner"),
    "Münster": ("Münsteraner",),
    "Salamanca": ("Salmantiner",),
    "Venedig": ("Venezianer", "Venediger"),
    "Florenz": ("Florentiner",),
    "Neapel": ("Neapolitaner", "Neapeler"),
    "Genua": ("Genueser", "Genuese"),
    "Mailand": ("Mailänder",),
    "Rom": ("Römer",),
    "Athen": ("Athener",),
    "Moskau": ("Moskauer",),
    "Kairo": ("Kairoer", "Kairener"),
    "Jena": ("Jenaer", "Jenenser"),
    "Halle": ("Hallenser", "Hallesche", "Haller"),
    "Bern": ("Berner",),
    "Polen": ("Pole", "Polin"),
    "Kroatien": ("Kroate",),
    "Verona": ("Veroneser",),
    "Bologna": ("Bologneser",),
    "Padua": ("Paduaner",),
    "Siena": ("Sieneser",),
    "Modena": ("Modeneser",),
    "Sevilla": ("Sevillaner",),
    "Kuba": ("Kubaner",),
    "Korea": ("Koreaner",),
    "Südkorea": ("Südkoreaner",),
    "Nordkorea": ("Nordkoreaner",),
    "Kanada": ("Kanadier",),
    "Amerika": ("Amerikaner",),
    "Afrika": ("Afrikaner",),
    "Marokko": ("Marokkaner",),
    "Mexiko": ("Mexikaner",),
    "Iran": ("Iraner",),
    "Irak": ("Iraker",),
    "Israel": ("Israeli", "Israelis"),
    "Ukraine": ("Ukrainer",),
    "Schweiz": ("Schweizer",),
    "Island": ("Isländer",),
    "Irland": ("Ire", "Irin"),
    "Estland": ("Este", "Estin"),
    "Lettland": ("Lette", "Lettin"),
    "Finnland": ("Finne", "Finnin"),
    "Holland": ("Holländer",),
    "Niederlande": ("Niederländer",),
    "Dresden": ("Dresdner", "Dresdener"),
    "Thüringen": ("Thüringer",),
    "Sachsen": ("Sachse", "Sächsin"),
    "Bayern": ("Bayer", "Bayerin"),
    "Hessen": ("Hesse", "Hessin"),
    "Brandenburg": ("Brandenburger", "Brandenburgerin"),
}


def irregular_demonyms(name: str) -> tuple[str, ...]:
    """German demonyms of a place that no rule gives; () for a regular one."""
    return _DEMONYMS.get(name, ())


# --- German ----------------------------------------------------------------------------------------------------------


def genitive_de(name: str) -> str:
    """The German genitive of a name without article: Danfrieds, Strauß'."""
    return name + "'" if name.lower().endswith(_SIBILANTS) else name + "s"


def umlaut(word: str) -> str:
    """`word` with its last a, o, u or au umlauted, as in many German plurals; the word itself when there is none."""
    for index in range(len(word) - 1, -1, -1):
        char = word[index]
        if char in "aouAOU":
            if char in "uU" and index and word[index - 1] in "aA":
                return word[: index - 1] + {"a": "ä", "A": "Ä"}[word[index - 1]] + word[index:]
            return word[:index] + {"a": "ä", "o": "ö", "u": "ü", "A": "Ä", "O": "Ö", "U": "Ü"}[char] + word[index + 1 :]
    return word


class _Phrase:
    """A German name taken apart: article, adjectives, head noun, rest (Die | Vereinten | Nationen | für …)."""

    __slots__ = ("adjectives", "article", "fixed", "head", "rest")

    def __init__(self, name: str, entry: Entry) -> None:
        words = name.split(" ")
        # A name that is the same in English (Conservative Party) does not take German adjective endings, unless its adjective
        # can be no English word (Deutsche Bank).
        foreign = name == entry.en or name in entry.en_aliases
        self.article = ""
        if len(words) > 1 and words[0].lower() in _ARTICLES_DE:
            self.article = words.pop(0)
        cut = next((i for i, word in enumerate(words) if i and word.lower() in _PHRASE_END), len(words))
        self.rest = words[cut:]
        words = words[:cut]
        self.head = words[-1]
        # Words before the first adjective keep their form (Berliner Hohe Schule: "Berliner").
        self.fixed: list[str] = []
        self.adjectives: list[str] = []
        for word in words[:-1]:
            if is_adjective(word) and (not foreign or _GERMAN_STEM.search(_stem(word))):
                self.adjectives.append(word)
            elif not self.adjectives:
                self.fixed.append(word)
            else:
                # A noun between adjective and head (Deutsche Bahn AG): the head is the noun; what follows stays.
                at = words.index(word)
                self.head = word
                self.rest = words[at + 1 :] + self.rest
                break

    def build(self, ending: str, head: str, article: str | None = None) -> str:
        """The phrase with every adjective in `ending` ("" for as listed) and `head` in place of the head noun."""
        adjectives = [_stem(word) + ending for word in self.adjectives] if ending else self.adjectives
        lead = [self.article if article is None else article] if self.article else []
        return " ".join([*lead, *self.fixed, *adjectives, head, *self.rest])

    def gender(self, entry: Entry) -> str:
        """Gender from the entry, its article, or the strong ending of the listed adjective; "" when unknown."""
        if entry.gender:
            return entry.gender
        if entry.de_article in ("der", "das"):
            return {"der": "m", "das": "n"}[entry.de_article]
        if self.adjectives and not self.article:
            return {"es": "n", "er": "m"}.get(self.adjectives[-1][-2:], "f")
        return "f" if entry.de_article == "die" else ""


def is_adjective(word: str) -> bool:
    """Whether a non-final word of a German name inflects as an adjective (Auswärtiges, Deutsche; not Berliner)."""
    if len(word) < 4 or not word.endswith(("e", "er", "es", "en")):
        return False
    return word.islower() or _ADJECTIVE_STEM.search(_stem(word)) is not None


def _stem(adjective: str) -> str:
    return adjective[:-2] if adjective.endswith(("en", "er", "es", "em")) else adjective[:-1]


def _noun_genitives(noun: str, gender: str, *, bare: bool) -> list[str]:
    """Genitive forms of a noun or of the head of a name; `bare` names take -s whatever their gender."""
    if gender == "pl" or (gender == "f" and not bare):
        return []
    forms = []
    if noun.endswith(_SIBILANTS):
        forms.append(noun + "'")
    else:
        forms.append(noun + "s")
    if (
        noun[-1:].isalpha()
        and not noun.isupper()
        and noun[-1] not in "aeiouyäöü"
        and not noun.endswith(("er", "el", "en"))
    ):
        forms.append(noun + ("ses" if noun.endswith("nis") else "es"))
    return forms


def _common_noun_forms(noun: str, gender: str, *, loose: bool) -> dict[str, Role]:
    """Declension of a common noun; `loose` adds endings that may make another word."""
    forms: dict[str, Role] = {}
    if gender == "f" and noun.endswith("in"):
        forms[noun + "nen"] = "plural"
    for form in _noun_genitives(noun, gender, bare=False):
        if not form.endswith("'"):
            forms[form] = "genitive"
    if gender == "m" and noun.lower().endswith(_MIXED):
        forms[noun + "ns"] = "genitive"
    if noun.endswith("e"):
        plural = ["n"]
    elif noun.endswith(("er", "el", "en", "chen", "lein")):
        plural = ["n", "s"] if not noun.endswith("en") else []
        if gender == "f":
            plural += ["n"]
    else:
        plural = ["e", "en", "s", "n"]
        if gender == "n" or loose:
            plural += ["er", "ern"]
        if noun.endswith("nis"):
            plural += ["se", "sen"]
        if noun.endswith("in"):
            plural += ["nen"]
    for ending in plural:
        forms.setdefault(noun + ending, "plural")
    changed = umlaut(noun)
    if changed != noun:
        for ending in ("", "n", "e", "en", "er", "ern"):
            if ending or noun.endswith(("er", "el", "en")):
                forms.setdefault(changed + ending, "plural")
    if stem := changed_stem(noun):
        forms.setdefault(stem + "en", "plural")
    # Nominalised adjectives: Abgeordnete, Grüne.
    if noun.endswith("e"):
        forms.setdefault(noun + "r", "")
        forms.setdefault(noun + "m", "")
    if loose and noun.endswith("er"):
        forms.setdefault(noun + "in", "")
        forms.setdefault(noun + "innen", "plural")
    return forms


def changed_stem(word: str) -> str:
    """The stem of a German common word in forms that do not begin as it does, "" where all do: Ministeri(en), Firm(en), sensibl(e)."""
    if word[:1].islower():
        return word[:-2] + word[-1] if word.endswith("el") or (word.endswith("er") and len(word) > 4) else ""
    if word.endswith("um") and len(word) > 4:
        return word[:-2]
    return word[:-1] if word.endswith(("a", "o")) else ""


def _lower_word_forms(word: str) -> dict[str, Role]:
    """Adjective endings and, for words in -en, weak verb forms of a German word written small."""
    forms: dict[str, Role] = {}
    if base := changed_stem(word):
        forms.update(dict.fromkeys((base + end for end in _ADJECTIVE_ENDINGS), ""))
    stem = word[:-1] if word.endswith("e") else word
    forms.update(dict.fromkeys((stem + end for end in _ADJECTIVE_ENDINGS), ""))
    forms.update(dict.fromkeys((stem + "er" + end for end in ("", *_ADJECTIVE_ENDINGS)), ""))
    if word.endswith("en") and len(word) > 4:
        verb = word[:-2]
        link = "e" if verb.endswith(("t", "d")) else ""
        for end in ("e", "st", "t", "te", "ten", "tet", "test"):
            forms[verb + (link if end[0] in "st" else "") + end] = ""
        forms["ge" + verb + link + "t"] = ""
        forms["ge" + verb + "en"] = ""
        forms[verb + link + "t"] = ""
        forms[word + "d"] = ""
    return forms


def _demonyms_de(name: str) -> list[str]:
    """Demonyms of a German place name, with the endings that they take."""
    head, _, last = name.rpartition(" ")
    lead = head + " " if head else ""
    bases = list(irregular_demonyms(name))
    if not bases and last[-1:].isalpha() and not last.isupper():
        if last.endswith("en") and len(last) > 4:
            bases = [lead + last[:-2] + "er", lead + last[:-2] + "ner", lead + last + "er"]
        elif last.endswith("e"):
            bases = [lead + last + "r"]
        elif last.endswith("land"):
            bases = [lead + last[:-4] + "länder"]
        elif last.endswith(("ien", "a", "o", "i", "u", "y")):
            bases = [lead + last + "er"] if not last.endswith("ien") else []
        else:
            bases = [lead + last + "er"]
            if last.endswith("el"):
                bases.append(lead + last[:-2] + "ler")
    out = []
    for base in bases:
        out.append(base)
        if base.endswith("er"):
            out += [base + "s", base + "n", base + "in", base + "innen"]
        elif base.endswith("e"):
            out += [base + "n"]
        elif base.endswith("in"):
            out += [base + "nen"]
    return out


def _german(name: str, entry: Entry, *, loose: bool) -> dict[str, Role]:
    forms: dict[str, Role] = {name: ""}
    if entry.type == "person":
        forms.setdefault(genitive_de(name), "genitive")
        if not name.endswith("s"):
            forms.setdefault(name + "s", "genitive")
            forms.setdefault(name + "'s", "genitive")
        else:
            forms.setdefault(name + "'s", "genitive")
        if name.lower().endswith(_SIBILANTS):
            forms.setdefault(name + "ens", "genitive")
        return forms
    words = name.split(" ")
    if entry.type in COMMON and name[:1].islower() and len(words) == 1:
        forms.update(_lower_word_forms(name))
        return forms
    phrase = _Phrase(name, entry)
    gender = phrase.gender(entry)
    bare = not (phrase.adjectives or phrase.article or entry.de_article) and entry.type not in COMMON
    heads: dict[str, Role] = {phrase.head: ""}
    if entry.type in COMMON:
        heads.update(_common_noun_forms(phrase.head, gender, loose=loose))
    elif phrase.head[-1:].isalnum():
        heads.update(dict.fromkeys(_noun_genitives(phrase.head, gender, bare=bare or gender == ""), "genitive"))
        if gender == "pl" and not phrase.head.endswith(("n", "s")) and not phrase.head.isupper():
            heads.setdefault(phrase.head + "n", "")
        if phrase.head.endswith("e") and not phrase.adjectives and not phrase.head.isupper():
            heads.setdefault(phrase.head + "n", "")
            if entry.type == "org":
                heads.setdefault(phrase.head + "r", "")
        # Bundestag, Gipfel: like common nouns; not acronyms and short names.
        if loose and entry.type in ("org", "event", "product") and len(phrase.head) > 5 and not phrase.adjectives:
            heads.update(
                {h: r for h, r in _common_noun_forms(phrase.head, gender, loose=False).items() if h not in heads}
            )
    articles: tuple[str | None, ...] = (None,)
    if phrase.article:
        lower = _ARTICLES_DE[phrase.article.lower()]
        articles = (phrase.article, *lower, *(word.capitalize() for word in lower))
    for article in articles:
        for head, role in heads.items():
            endings = ("", *_ADJECTIVE_ENDINGS) if phrase.adjectives else ("",)
            if phrase.adjectives and role == "genitive":
                endings = ("en",)
            for ending in endings:
                forms.setdefault(phrase.build(ending, head, article), role)
    if phrase.article and loose:
        without = _Phrase(" ".join(words[1:]), entry)
        for head, role in heads.items():
            for ending in ("", *_ADJECTIVE_ENDINGS) if without.adjectives else ("",):
                forms.setdefault(without.build(ending, head), role)
    if entry.type == "place" and not phrase.adjectives and not phrase.rest:
        for form in _demonyms_de(name):
            forms.setdefault(form, "demonym")
    return forms


def decline_de(name: str, entry: Entry, case: Case, determiner: Literal["none", "der", "ein"]) -> str:
    """`name` in a German case, as it stands after a determiner of the given kind.

    "none": nothing before it, strong endings; "der": a definite or similar determiner, weak; "ein": ein, kein, mein,
    mixed.
    Without adjective only the genitive changes, but for the weak masculine nouns. Unknown gender counts as neuter.
    """
    phrase = _Phrase(name, entry)
    if phrase.article:
        return name
    gender = phrase.gender(entry) or "n"
    head = phrase.head
    weak_head = _weak_case(head, case) if entry.type in COMMON and _may_be_weak(phrase.gender(entry), head) else None
    if weak_head is not None:
        head = weak_head
    elif case == "gen" and gender in ("m", "n") and head[-1:].isalpha() and not head.isupper():
        if determiner == "none" and not phrase.adjectives:
            head = genitive_de(head)
        elif head.endswith(("s", "ß", "x", "z")):
            head += "es" if entry.type in COMMON or phrase.adjectives else ""
        elif phrase.adjectives or entry.type in COMMON or entry.de_article:
            single = len(re.findall(r"[aeiouyäöü]+", head.lower())) == 1 and not head.endswith("e")
            head += "es" if single else "s"
    if case == "dat" and gender == "pl" and entry.type in COMMON and not head.endswith(("n", "s")):
        head += "n"
    if not phrase.adjectives:
        return phrase.build("", head)
    weak = "e" if (case == "nom" or (case == "acc" and gender in ("f", "n"))) and gender != "pl" else "en"
    strong = {
        "m": {"nom": "er", "acc": "en", "dat": "em", "gen": "en"},
        "n": {"nom": "es", "acc": "es", "dat": "em", "gen": "en"},
        "f": {"nom": "e", "acc": "e", "dat": "er", "gen": "er"},
        "pl": {"nom": "e", "acc": "e", "dat": "en", "gen": "er"},
    }[gender][case]
    if determiner == "none":
        ending = strong
    elif determiner == "der":
        ending = weak
    else:
        unmarked = (case == "nom" and gender in ("m", "n")) or (case == "acc" and gender == "n")
        ending = strong if unmarked else weak
    return phrase.build(ending, head)


def _weak_case(noun: str, case: Case) -> str | None:
    """A weak masculine German noun in a case (der Präsident, des Präsidenten; der Name, des Namens); None for other nouns."""
    lower = noun.lower()
    if not _WEAK.search(lower) or lower.endswith(_STRONG):
        return None
    if case == "nom":
        return noun
    if lower.endswith(_MIXED):
        return noun + ("ns" if case == "gen" else "n")
    return noun + ("n" if lower.endswith(("e", "herr", "nachbar")) else "en")


def _may_be_weak(gender: str, noun: str) -> bool:
    # without a gender most words in -e, -ist and -ant are feminine or neuter: Frist, Pendant
    return gender == "m" or (not gender and not re.search(r"(?:e|ist|ant)\Z", noun))


_WEAK = re.compile(
    r"(?:e|ant|ist|krat|soldat|kandidat|diplomat|automat|athlet|poet|prophet|planet|komet|mensch|herr|bär|held|prinz|graf|"
    r"nachbar|ökonom|astronom|philosoph|architekt|präsident|student|patient|assistent|agent|dirigent|konsument|abonnent|"
    r"referent|dozent|korrespondent|produzent|konkurrent|resident|absolvent|dissident|kontrahent|klient|rezensent)\Z"
)
"""What the weak masculine nouns end in (Duden grammar, n-declension)."""
_STRONG = (
    "geist",
    "mist",
    "zwist",
    "twist",
    "käse",
    "ee",
    "ice",
    "rme",
    "restaurant",
    "croissant",
    "vize",
    "code",
    "kode",
    "hype",
    "store",
    "style",
    "score",
    "cache",
)
"""What looks like one and is none: Geist, See, Service, Charme."""
_MIXED = ("name", "gedanke", "buchstabe", "glaube", "wille", "friede", "funke", "haufe")
"""Weak nouns with a genitive in -ens."""


def declines_de(name: str, entry: Entry) -> bool:
    """Whether a German name has adjectives that inflect (Auswärtiges Amt)."""
    return entry.type != "person" and bool(_Phrase(name, entry).adjectives)


def gender_of(name: str, entry: Entry) -> str:
    """Grammatical gender of a German name: "m", "f", "n", "pl" or "" when nothing tells."""
    return _Phrase(name, entry).gender(entry)


# --- English ---------------------------------------------------------------------------------------------------------


def possessive_en(name: str) -> str:
    """The English possessive in AP style: Danfried's, Strauß'."""
    if name.endswith("'s"):
        return name
    return name + ("'" if name.endswith(("s", "ß", "S")) else "'s")


def plural_en(word: str) -> str:
    """The regular English plural: treaties, churches, Danfrieds; men and people for man and person."""
    lower = word.lower()
    if lower.endswith(("man", "woman")) and not lower.endswith(("german", "human", "roman", "ottoman")):
        return word[:-2] + "en"
    if lower.endswith("person"):
        return word[:-6] + ("People" if word[-6].isupper() else "people")
    if lower.endswith("child"):
        return word + "ren"
    if lower.endswith("y") and lower[-2:-1] not in "aeiou" and not word[:1].isupper():
        return word[:-1] + "ies"
    if lower.endswith(("s", "x", "z", "ch", "sh")):
        return word + "es"
    return word + "s"


def _english_word(word: str, entry: Entry) -> dict[str, Role]:
    """Plural and, for terms, verb forms of a common English word."""
    forms: dict[str, Role] = {plural_en(word): "plural"}
    if word[:1].isupper() or len(word) < 3:
        return forms
    if word.endswith("y"):
        forms.setdefault(word[:-1] + "ies", "plural")
    if word.endswith("f"):
        forms.setdefault(word[:-1] + "ves", "plural")
    if word.endswith("fe"):
        forms.setdefault(word[:-2] + "ves", "plural")
    if entry.type != "term":
        return forms
    if word.endswith("e"):
        forms.update({word + "d": "", word[:-1] + "ing": ""})
    elif word.endswith("y") and word[-2] not in "aeiou":
        forms.update({word[:-1] + "ied": "", word + "ing": ""})
    else:
        forms.update({word + "ed": "", word + "ing": ""})
        if re.search(r"[^aeiou][aeiou][bdgklmnprt]$", word):
            forms.update({word + word[-1] + "ed": "", word + word[-1] + "ing": ""})
    return forms


def _english(name: str, entry: Entry, *, plural: bool) -> dict[str, Role]:
    forms: dict[str, Role] = {name: ""}
    head, _, last = name.rpartition(" ")
    lead = head + " " if head else ""
    if entry.type in COMMON:
        for form, role in _english_word(last, entry).items():
            forms.setdefault(lead + form, role)
        if head and entry.type in ("term", "title") and " of " in name:
            first, rest = name.split(" of ", 1)
            plural_first = plural_en(first[0].lower() + first[1:])
            forms.setdefault(first[0] + plural_first[1:] + " of " + rest, "plural")
        if " " in name and name.islower():
            forms.setdefault(name.replace(" ", "-"), "")
    elif plural:
        forms.setdefault(lead + plural_en(last), "plural")
        if last.endswith("y"):
            forms.setdefault(name + "s", "plural")
    for form, role in list(forms.items()):
        forms.setdefault(form + "'s", "genitive")
        if form.endswith(("s", "ß", "z", "x")):
            forms.setdefault(form + "'", "genitive" if role in ("", "genitive") else role)
    if name.startswith("The ") and len(name) > 5:
        for form, role in list(forms.items()):
            forms.setdefault("the" + form[3:], role)
    return forms


# --- both ------------------------------------------------------------------------------------------------------------


def _adjectives_of_place(name: str) -> list[str]:
    """German adjectives in -isch that the name of a place may give (kalifornisch), some of them no words."""
    if " " in name or len(name) < 4 or name.isupper():
        return []
    stems = dict.fromkeys((name, re.sub(r"(?:land|ien|en|ei|n|a|e|o|i)$", "", name)))
    bases = [re.sub("land$", "länd", stem.lower()) + "isch" for stem in stems if len(stem) >= 3]
    bases = [base.replace("europaisch", "europäisch") for base in bases]
    return [base + ending for base in bases for ending in ("", *_ADJECTIVE_ENDINGS)]


def source_forms(name: str, lang: Lang, entry: Entry) -> dict[str, Role]:
    """The forms under which `name` may stand in a source text, each with the grammatical role that it shows.

    Args:
        name: A name of the entry in `lang`, canonical or alias.
        lang: Language of the text.
        entry: Gives type, gender and listed forms (these belong to the canonical name only).

    Returns:
        Form → role; the first key is the name itself. Apostrophes are straight. A dnt entry inflects like a name.
    """
    name = plain(name)
    if lang == "de":
        forms = _german(name, entry, loose=False)
        if " " in name:
            # All parts of a compound are joined: Champions-League-Finale.
            forms.setdefault(name.replace(" ", "-"), "")
    else:
        forms = _english(name, entry, plural=entry.type in ("person", "place"))
    if name == plain(entry.name(lang)):
        for form in entry.forms(lang):
            forms.setdefault(plain(form), _role_of_listed(plain(form), name, lang, entry))
    return forms


def _role_of_listed(form: str, name: str, lang: Lang, entry: Entry) -> Role:
    """The role of a form that the glossary lists: only demonyms of places and English genitives show theirs."""
    if (
        entry.type == "place"
        and lang == "de"
        and " " not in form
        and fold(form)[:3] == fold(name)[:3]
        and not name.startswith(form)
    ):
        tail = form[len(name) :] if form.startswith(name) else form
        if re.search(r"(?:er|r|ers|ern|erin|erinnen|aner|aners)$", tail):
            return "demonym"
    if lang == "en" and form.endswith(("'s", "s'")):
        return "genitive"
    return ""


def target_forms(name: str, lang: Lang, entry: Entry, role: Role = "") -> tuple[str, ...]:
    """The forms of `name` that count as right in a target text, the most wanted first.

    English needs the role: "Danfrieds" is right for a family (plural) and a translation error for one person. German
    case depends on the sentence, so every inflected form counts.

    Args:
        name: A name of the entry in `lang`.
        lang: Language of the text.
        entry: Gives type, gender, listed forms.
        role: What the source form showed.
    """
    name = plain(name)
    if lang == "de":
        found = dict(_german(name, entry, loose=True))
        found = {form: r for form, r in found.items() if not form.endswith("'s") or form == name}
        if entry.type == "person" and name.lower().endswith(_SIBILANTS):
            found.pop(name + "s", None)
        if " " in name:
            found.setdefault(name.replace(" ", "-"), "")
        if entry.type == "place":
            found.update(dict.fromkeys(_adjectives_of_place(name), "demonym"))
    else:
        found = _english(name, entry, plural=role == "plural" or entry.type == "product")
        if " " in name and entry.type != "person":
            # Before a noun: a World-Cup winner.
            found.setdefault(name.replace(" ", "-"), "")
        if role == "demonym":
            for ending in ("er", "ers", "ian", "ians", "an", "ans", "ese", "ite", "ites"):
                found.setdefault(name + ending, "demonym")
            if name.endswith(("a", "e")):
                for ending in ("n", "ns", "r", "rs"):
                    found.setdefault(name + ending, "demonym")
    if name == plain(entry.name(lang)):
        for form in entry.forms(lang):
            found.setdefault(plain(form), "")
    first = name
    if role == "genitive" and lang == "en":
        # With an article "of the …" is the commoner form.
        first = name if entry.en_article or entry.type in COMMON else possessive_en(name)
    elif role == "genitive":
        first = next((f for f, r in found.items() if r == "genitive"), name)
    elif role == "plural" and (lang == "en" or entry.type == "person"):
        first = next((f for f, r in found.items() if r == "plural"), name + "s" if entry.type == "person" else name)
        if lang == "de" and not name.endswith("s"):
            first = name + "s"
    return tuple(dict.fromkeys((first, name, *found)))

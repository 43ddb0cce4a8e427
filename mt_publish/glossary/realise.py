"""The form of a term to write into a target sentence at a given place."""

from __future__ import annotations

import re
from typing import Literal

from mt_publish.glossary.forms import (
    Case,
    decline_de,
    declines_de,
    gender_of,
    genitive_de,
    plural_en,
    possessive_en,
    target_forms,
)
from mt_publish.glossary.similarity import similarity, threshold
from mt_publish.text.comparison import is_shouted, last_words, plain, starts_sentence, word_set
from mt_publish.text.renderings import COMMON
from mt_publish.types import LangPair, Span, TermMatch

Determiner = Literal["none", "der", "ein"]

_DEFINITE_EN = word_set(
    """
    the a an this that these those its his her their our your my no any some each every which whose another both
    """
)
_AFTER_NAME_EN = word_set(
    """
    is was are were has had have will would can could may might must shall should does did do be been and or but nor in
    on of to for from by at as with without about against after before during since until under over that which who
    whose where when while if because so than then said says say told announced called confirmed denied wants wanted
    made makes also again now today yesterday tomorrow not never already still only however
    """
)
_EIN = re.compile(r"(?:k?ein|mein|dein|sein|ihr|unser|euer)(e|en|em|er|es)?$")
_DER = re.compile(r"(?:dies|jen|jed|welch|manch|solch|all)(e|en|em|er|es)$")
_DER_FORMS = {"der": "er", "die": "e", "das": "es", "den": "en", "dem": "em", "des": "s"}
_FUSED = {
    "im": "em",
    "am": "em",
    "vom": "em",
    "zum": "em",
    "beim": "em",
    "zur": "er",
    "ins": "es",
    "ans": "es",
    "aufs": "es",
    "fürs": "es",
}
_DATIVE = word_set(
    """
    mit von bei aus nach zu seit gegenüber laut in an auf vor hinter unter über neben zwischen
    """
)
_ACCUSATIVE = frozenset(["für", "durch", "gegen", "ohne", "um"])
_GENITIVE = word_set(
    """
    wegen trotz während statt seitens innerhalb außerhalb zugunsten infolge angesichts
    """
)
_PREPOSITIONS_DE = _DATIVE | _ACCUSATIVE | _GENITIVE | frozenset(("bis", "ab", "per", "pro", "als", "wie"))


def realise(match: TermMatch, pair: LangPair, *, before: str, after: str, replaced: str) -> str:
    """The words to write in place of `replaced` so that the sentence reads right.

    Keeps a possessive that `replaced` had, gives German genitives and declines adjectives by the determiner before
    them, adds the article that the entry wants when none is there, and follows capitals at the start of a sentence and
    in headlines. `verify_terms` accepts the result.

    Args:
        match: The mention.
        pair: Language pair.
        before: Target text up to the place.
        after: Target text after the place.
        replaced: What stands there now, possessive ending included; "" when nothing does.
    """
    near = _nearest(match, pair, plain(replaced))
    if pair.target == "en":
        text = _english(match, _base(match, pair, near), near, before, after, replaced)
    else:
        text = _german(match, _base(match, pair, near), near, before, after, replaced)
    text = _without_overlap(text, before)
    text = _capitals(match, text, before, after, replaced)
    if "’" in before + replaced + after:
        text = text.replace("'", "’")
    return text


def _nearest(match: TermMatch, pair: LangPair, replaced: str) -> str:
    """The accepted form that `replaced` distorts, for it shows which one the model had in mind; "" when it is none."""
    if not replaced:
        return ""
    name = plain(match.target)
    # Demonyms made up by rule (Kyiver) are good enough to accept, not to write in English.
    made_up: set[str] = set()
    if match.case == "demonym" and pair.target == "en":
        plain_forms = set(target_forms(name, "en", match.entry))
        made_up = set(target_forms(name, "en", match.entry, "demonym")) - plain_forms
    if replaced == plain(match.surface):
        # The source word was copied: that it looks like some form says nothing.
        return ""
    best, best_score = name, similarity(name, replaced)
    for form in match.accepted:
        score = similarity(form, replaced)
        if form not in made_up and score >= threshold(len(form)):
            # A name and its endings before derived words: Indein is Indien, not Inderin.
            score -= 0 if form.startswith(name) else 0.08
            if score > best_score:
                best, best_score = form, score
    return best if best != name or best_score >= min(threshold(max(len(name), 4)), 0.5 if len(name) <= 5 else 1) else ""


def _base(match: TermMatch, pair: LangPair, near: str) -> str:
    """The name whose inflection `near` is: the target, another name of the entry, or `near` itself."""
    name = plain(match.target)
    if not near:
        return name
    names = [name, plain(match.entry.name(pair.target)), *map(plain, match.entry.aliases(pair.target))]
    for candidate in dict.fromkeys(names):
        if candidate in match.accepted and near in (
            candidate,
            *target_forms(candidate, pair.target, match.entry, match.case),
        ):
            return candidate
    return near.removesuffix("'s").removesuffix("'") if pair.target == "en" else near


def _without_overlap(text: str, before: str) -> str:
    """`text` without first words that already stand at the end of `before` (Muammar | Muammar Gaddafi)."""
    words = text.split(" ")
    for count in range(len(words) - 1, 0, -1):
        start = " ".join(words[:count])
        if before.endswith((" " + start + " ", "“" + start + " ")) or before == start + " ":
            return " ".join(words[count:])
    return text


def _capitals(match: TermMatch, text: str, before: str, after: str, replaced: str) -> str:
    if match.caps and (replaced.isupper() or is_shouted(before + after) or not (before + after).strip()):
        return text.upper()
    if not text or match.entry.type == "dnt":
        return text
    if before[-1:].isalpha():
        # Inside a closed compound (Südrumänien).
        return text[0].lower() + text[1:]
    # iPhone, dpa: a name that starts with a small letter keeps it.
    fixed = match.entry.type not in COMMON and plain(match.target)[:1].islower() and text == plain(match.target)
    if starts_sentence(before + "x", len(before)) and not fixed and not _closes_sentence_with_abbreviation(before):
        return text[0].upper() + text[1:]
    return text


def _closes_sentence_with_abbreviation(before: str) -> bool:
    """Whether the text ends in an abbreviation or a colon, after which a small letter may stand."""
    stripped = before.rstrip()
    return (
        stripped.endswith(":")
        or re.search(r"\b(?:Mr|Mrs|Ms|Dr|St|Prof|vs|bzw|ca|z\.B|u\.a|No|Nr|\w)\.$", stripped) is not None
    )


# --- English ---------------------------------------------------------------------------------------------------------


def _english(match: TermMatch, name: str, near: str, before: str, after: str, replaced: str) -> str:
    entry = match.entry
    if near and entry.type in COMMON:
        name = near
    elif entry.type in COMMON and match.case == "plural" and not replaced_is_singular(replaced, name):
        head, _, last = name.rpartition(" ")
        name = (head + " " if head else "") + plural_en(last)
    if entry.type == "title" and re.match(r" [A-ZÄÖÜ]", after) and name.islower():
        name = name[0].upper() + name[1:]
    if _possessive_wanted_en(match, name, before, after, replaced):
        old = plain(replaced)
        name = name + "'s" if old.endswith("s's") else possessive_en(name)
    if (
        entry.en_article == "the"
        and not match.compound
        and match.case != "demonym"
        and not name.lower().startswith("the ")
    ):
        if plain(replaced).lower().startswith("the "):
            name = replaced[:3] + " " + name
        elif not near and not _determined_en(before) and not _attributive(after):
            name = "the " + name
    return name


def replaced_is_singular(replaced: str, name: str) -> bool:
    """Whether the words that a plural term replaces are the singular of something (no final s)."""
    return bool(replaced) and not plain(replaced).removesuffix("'s").lower().endswith(
        ("s", "men", "people", "children")
    )


def _possessive_wanted_en(match: TermMatch, name: str, before: str, after: str, replaced: str) -> bool:
    follows = plain(after)
    if follows.startswith("'") or name.endswith("'s") or not any(c.isalpha() for c in name):
        return False
    old = plain(replaced)
    if old.endswith("'s") or (old.endswith("s'") and re.match(r" \w", follows)):
        return True
    if match.case != "genitive" or match.entry.type in COMMON:
        return False
    words = last_words(before, 2)
    if words and words[0].lower() in (
        "of",
        "by",
        "from",
        "with",
        "for",
        "to",
        "in",
        "at",
        "on",
        "as",
        "between",
        "and",
        "or",
    ):
        # "of Danfried": the model has chosen the other genitive.
        return False
    if words and words[0].lower() == "the" and len(words) > 1 and words[1].lower() in ("of", "by", "from", "for"):
        return False
    # Genitive without "of": it needs something to possess.
    return re.match(r" [^\W\d_]", follows) is not None and (
        (old.endswith("s") and similarity(old[:-1], name) >= similarity(old, name))
        or old == plain(match.surface)
        or not old
    )


def _determined_en(before: str) -> bool:
    words = [word.lower() for word in last_words(before, 2)]
    if not words:
        return False
    return (
        words[0] in _DEFINITE_EN
        or words[0].endswith(("'s", "’s", "s'", "s’"))
        or (len(words) > 1 and words[1] in _DEFINITE_EN and words[0] not in ("of", "in", "to", "and"))
    )


def _attributive(after: str) -> bool:
    """Whether the name seems to stand before a noun (NATO-led, White House nominee), which decides the article."""
    if after.startswith("-"):
        return True
    found = re.match(r"[ \u00a0](\w+)", after)
    return found is not None and found.group(1) not in _AFTER_NAME_EN


def fix_articles(text: str, span: Span) -> str:
    """`text` with a/an before the words at `span` made to agree with them, by spelling and the commonest exceptions."""
    head, word = text[: span.start], text[span.start : span.end]
    match = re.search(r"\b([Aa])(n?)( +[\"“‘(]*)$", head)
    if match is None or not word:
        return text
    lower = word.lower()
    vowel = lower[0] in "aeiou"
    if len(word) > 1 and word[:2].isupper() and word[:1].isalpha():
        # Read letter by letter (FBI, EU) unless it can be read as a word (NATO, NASA, UNESCO).
        readable = re.match(r"[BCDFGHJKLMNPQRSTVWXYZ][AEIOU]|[AEIO][BCDFGHJKLMNPQRSTVWXYZ]", word)
        vowel = vowel if readable or word[0] == "U" else word[0] in "AEFHILMNORSX"
        vowel = vowel and not (word[0] == "U" and (word[1:2] in ".KSNE" and not word.startswith("UNE")))
        vowel = vowel and not word.startswith("UNESCO")
    elif re.match(r"(?:uni(?!n|m)|eu|ukr|use|uru|uta|uga|one\b|once)", lower):
        vowel = False
    elif re.match(r"(?:hour|honest|honou?r|heir)", lower):
        vowel = True
    article = match.group(1) + ("n" if vowel else "")
    return head[: match.start()] + article + match.group(3) + text[span.start :]


# --- German ----------------------------------------------------------------------------------------------------------


def _german(match: TermMatch, name: str, near: str, before: str, after: str, replaced: str) -> str:
    entry = match.entry
    if after.startswith("-"):
        if declines_de(name, entry):
            # UN-Generalversammlung, not Vereinte-Nationen-…
            short = next((alias for alias in entry.de_aliases if alias.isupper() and alias in match.accepted), "")
            if short:
                return short
        # All words of a compound are joined: Premier-League-Duell.
        joined = (near or name).replace(" ", "-")
        return joined if joined in match.accepted and entry.type != "person" else near or name
    if match.compound:
        return near or name
    raw = last_words(before, 2)
    words = [word.lower() for word in raw]
    if entry.type in COMMON:
        return near if near and name[:1].islower() else _german_common(match, name, near, words)
    if match.case == "plural" and entry.type == "person":
        return name
    determiner, ending = _determiner(words[0] if words else "")
    declines = declines_de(name, entry)
    if near == name and near not in (plain(match.target), *map(plain, entry.de_aliases), plain(entry.de)):
        # The nationality in place of the country, or a form that the glossary lists.
        return near
    if declines or entry.de_article:
        if determiner != "none":
            return decline_de(name, entry, _case_after(ending, gender_of(name, entry), words[1:]), determiner)
        if len(words) > 1 and _determiner(words[1])[0] != "none" and raw[0][0].islower():
            # "des deutschen Auswärtigen Amtes": the determiner stands before another adjective.
            outer, ending = _determiner(words[1])
            return decline_de(name, entry, _case_after(ending, gender_of(name, entry), []), outer)
        if entry.de_article and not near and not _article_in(name):
            case = _case_of_preposition(words[0] if words else "", match, before, after)
            return _article(case, gender_of(name, entry)) + " " + decline_de(name, entry, case, "der")
    if near and near != name:
        # The model has chosen an inflection and the repair keeps it, but for a genitive where nothing can take one.
        is_genitive = near in (genitive_de(name), name + "s")
        owned = re.match(r"[ \u00a0][„“\"»›‚]?\w", after) is not None
        if not is_genitive or not (words and words[0] in _PREPOSITIONS_DE - _GENITIVE) or owned:
            return near
    if _genitive_wanted_de(match, name, words, determiner, after, replaced):
        genitive = decline_de(name, entry, "gen", "none") if declines else genitive_de(name)
        # Titles of works and phrases with a tail have no genitive of their own.
        return genitive if genitive in match.accepted else name
    return name


def _german_common(match: TermMatch, name: str, near: str, words: list[str]) -> str:
    determiner, ending = _determiner(words[0] if words else "")
    if near and near != name:
        return near
    if determiner == "none" or name[:1].islower():
        return name
    return decline_de(name, match.entry, _case_after(ending, gender_of(name, match.entry), words[1:]), determiner)


def _genitive_wanted_de(
    match: TermMatch, name: str, words: list[str], determiner: Determiner, after: str, replaced: str
) -> bool:
    if determiner != "none" or match.entry.type in COMMON or (words and words[0] in _PREPOSITIONS_DE - _GENITIVE):
        return False
    old = plain(replaced)
    if old.endswith(("'s", "s'")) or (old.endswith("'") and name.lower().endswith(("s", "ß", "x", "z", "ce"))):
        return True
    if old and old[-1] == "s" and not name.endswith("s"):
        return match.case == "genitive" or similarity(old[:-1], name) > max(0.6, similarity(old, name))
    if match.case != "genitive":
        return False
    # "Danfried's resignation" → "Danfrieds Rücktritt"; after "Rücktritt von" nothing is to be done.
    return re.match(r" [A-ZÄÖÜ]", after) is not None


def _determiner(word: str) -> tuple[Determiner, str]:
    """Kind and ending (er, e, es, en, em, s, "") of a German determiner; ("none", "") for any other word."""
    if word in _DER_FORMS:
        return "der", _DER_FORMS[word]
    if word in _FUSED:
        return "der", _FUSED[word]
    found = _DER.match(word)
    if found:
        return "der", found.group(1)
    found = _EIN.match(word)
    if found:
        # "eines" is a genitive, as "des" is.
        ending = found.group(1) or ""
        return "ein", "s" if ending == "es" else ending
    return "none", ""


def _case_after(ending: str, gender: str, earlier: list[str]) -> Case:
    """The case that a determiner with this ending shows before a noun of this gender."""
    if ending == "s":
        return "gen"
    if ending == "em":
        return "dat"
    if ending == "en":
        return "dat" if gender == "pl" else "acc"
    if ending == "er":
        if gender == "m":
            return "nom"
        if gender == "pl":
            return "gen"
        return "dat" if earlier and earlier[0] in _DATIVE else "gen"
    return "acc" if earlier and earlier[0] in _ACCUSATIVE else "nom"


def _article_in(name: str) -> bool:
    return name.split(" ")[0].lower() in ("der", "die", "das")


def _case_of_preposition(word: str, match: TermMatch, before: str, after: str) -> Case:
    if word in _DATIVE:
        return "dat"
    if word in _ACCUSATIVE:
        return "acc"
    if word in _GENITIVE:
        return "gen"
    # After a noun without preposition the only case that attaches a name is the genitive.
    if match.case == "genitive" and re.search(r"[A-ZÄÖÜ]\w+ $", before):
        return "gen"
    return "nom"


def _article(case: Case, gender: str) -> str:
    table = {
        "m": {"nom": "der", "acc": "den", "dat": "dem", "gen": "des"},
        "f": {"nom": "die", "acc": "die", "dat": "der", "gen": "der"},
        "n": {"nom": "das", "acc": "das", "dat": "dem", "gen": "des"},
        "pl": {"nom": "die", "acc": "die", "dat": "den", "gen": "der"},
    }
    return table[gender or "n"][case]


# --- candidates ------------------------------------------------------------------------------------------------------


def variants(match: TermMatch, pair: LangPair, *, limit: int = 6) -> tuple[str, ...]:
    """Up to `limit` different renderings for the model to choose from when it decodes again, best first.

    Articles are left to the words before: a German name comes declined, an English one plain and possessive.
    """
    name = plain(match.target)
    entry = match.entry
    found: list[str] = []
    if not any(c.isalpha() for c in name):
        found.append(name)  # figures have no possessive
    elif pair.target == "en":
        if match.case == "genitive" and entry.type not in COMMON and not entry.en_article:
            found += [possessive_en(name), name]
        elif match.case == "plural" and entry.type in COMMON:
            head, _, last = name.rpartition(" ")
            found += [(head + " " if head else "") + plural_en(last), name]
        else:
            found += [name]
        if entry.type not in COMMON and entry.type != "title":
            found.append(possessive_en(name))
    elif entry.type in COMMON or declines_de(name, entry) or entry.de_article:
        found.append(name)
        options: tuple[tuple[Case, Determiner], ...] = (
            ("nom", "der"),
            ("dat", "der"),
            ("gen", "der"),
            ("nom", "none"),
            ("dat", "none"),
            ("gen", "none"),
        )
        found += [decline_de(name, entry, case, determiner) for case, determiner in options]
    else:
        genitive = genitive_de(name)
        found += [genitive, name] if match.case == "genitive" else [name, genitive]
    accepted = set(match.accepted)
    found = [form for form in found if form in accepted or form == name or form == possessive_en(name)]
    if len(found) < limit:
        found += [form for form in match.accepted if form not in found and (pair.target == "de" or "'" not in form)]
    if match.caps:
        found = [form.upper() for form in found]
    return tuple(dict.fromkeys(found))[:limit]

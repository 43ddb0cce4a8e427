"""Writes glossaries/countries.de-en.csv: countries, places, nationalities and languages, German and English.

Countries and languages come from CLDR through babel (Unicode License; babel itself is BSD). CLDR names maps and menus,
so news usage is put right by hand in scripts/data/countries_corrections.csv; capitals, cities, regions and waters stand
in scripts/data/capitals.csv and nationalities in scripts/data/nationalities.csv, because CLDR has neither. To change a
name, change those files and run the script again; never edit the output.

Rows share the ISO code at the start of their note: FR for Frankreich, französisch, Franzose and Französin.

Usage:
    python scripts/make_countries_glossary.py [--check]
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "scripts" / "data"
OUTPUT = ROOT / "glossaries" / "countries.de-en.csv"

HEADER = (
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
)

OFFICIAL = frozenset({"official", "de_facto_official"})
"""CLDR's states of a language in a territory that make it a language of that state."""

BIG_LANGUAGES = """
af ak am ar as ast ay az ba be bem ber bg bho bn bo bs ca ce ceb co cs cv cy da de el en eo es et eu fa ff fi
fr fy ga gd gl gn gsw gu ha he hi hmn hr hsb ht hu hy id ig is it ja jv ka kk kl km kn ko kok ks ku ky la lb
ln lo lt lv mai mg mi mk ml mn mr ms mt my nds ne nl no ny oc om or pa pl ps pt qu rm rn ro ru rw sa sc sd se
si sk sl sn so sq sr st su sv sw szl ta te tg th ti tk tl tn tr ts tt ug uk ur uz vi wo xh yi yo yue za zu
"""
"""Languages with a million speakers or more, or often named in news (ISO 639), added to the official ones."""

ADJECTIVE_ENDINGS = ("e", "em", "en", "er", "es")

CLAIMED_GERMAN = frozenset({"Polen", "Schweden"})
"""Plurals of people that are the name of a country. The country's row is forced, so no other row may hold the word."""

COMMON_IN_SMALL_LETTERS = frozenset({"American", "English", "French", "Polish"})
"""English words of nations whose row holds another word in small letters (polish, french fries; us, from US)."""

CLAIMED_ENGLISH = frozenset({"New Zealand", "Liechtenstein", "Poles", "Swedes", "Hungarians"})
"""English words for people that stand in the row of the country."""

Row = dict[str, str]


def read(name: str) -> list[Row]:
    """The rows of a data file; every cell is a string."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def row(**cells: str) -> Row:
    """A glossary row with empty cells for what is not given."""
    return dict.fromkeys(HEADER, "") | cells


def corrected(base: Row, fix: Row | None) -> Row:
    """`base` with the cells that the correction fills in."""
    return base if fix is None else base | {key: fix[key] for key in HEADER if fix.get(key)}


def split(cell: str) -> list[str]:
    """The parts of a list cell."""
    return [part for part in cell.split("|") if part]


def join(*parts: str) -> str:
    """A list cell of the non-empty parts, each once, in order."""
    return "|".join(dict.fromkeys(part for part in parts if part))


def plain(name: str) -> str:
    """A CLDR name with the straight apostrophe, so that rows compare; the matcher folds apostrophes anyway."""
    return name.replace("’", "'").replace("ʼ", "'")


def countries(fixes: dict[str, Row]) -> Iterator[Row]:
    """A row for each country or territory of CLDR that has a two-letter code, less those that the corrections drop."""
    german, english = cldr_names("territories")
    for code in sorted(code for code in german if len(code) == 2 and code.isalpha() and code in english):
        fix = fixes.get(code)
        if fix and fix["action"] == "drop":
            continue
        note = f"{code}: {fix['note']}" if fix and fix["note"] else code
        base = row(de=plain(german[code]), en=plain(english[code]), type="place", gender="n")
        yield corrected(base, fix) | {"note": note}


def cldr_names(what: str) -> tuple[dict[str, str], dict[str, str]]:
    """The German and the English names in CLDR of "territories" or "languages", by code."""
    from babel import Locale

    german, english = (
        {str(code): str(name) for code, name in getattr(Locale(lang), what).items()} for lang in ("de", "en")
    )
    return german, english


def places() -> Iterator[Row]:
    """Capitals, cities, regions, waters, and names that hold a place but keep it (Tour de France).

    A capital that is its country (Luxemburg, Singapur) stands with the countries.
    """
    for place in read("capitals.csv"):
        label = f"{place['kind']} {place['code']}".strip()
        note = f"{label}: {place['note']}" if place["note"] else label
        kind = place["kind"] if place["kind"] in {"org", "event"} else "place"
        yield row(type=kind) | {key: place[key] for key in HEADER if key in place} | {"note": note}


def man_forms(noun: str) -> list[str]:
    """Inflected forms of a German noun for a man: Italiener → Italieners, Italienern; Franzose → Franzosen.

    A noun in -e is weak. A plural that is a country (Schweden, Polen) is left out: it stands with the country.
    """
    if noun.endswith("er"):
        return [noun + "s", noun + "n"]
    if noun.endswith("e"):
        return [] if noun + "n" in CLAIMED_GERMAN else [noun + "n"]
    return []


def woman(noun: str) -> str:
    """The German noun for a woman, from the one for a man: Italiener → Italienerin, Däne → Dänin."""
    return (noun.removesuffix("e") if noun.endswith("e") else noun) + "in"


def woman_forms(noun: str) -> list[str]:
    """The plural of a German noun for a woman: Italienerin → Italienerinnen."""
    return [noun + "nen"] if noun.endswith("in") else []


def english_plural(noun: str) -> str:
    """The English plural: Italians; the same word for -ese and Swiss."""
    return noun if noun.endswith(("ese", "ois", "iss")) else noun + "s"


def nationalities() -> Iterator[Row]:
    """Adjective, man and woman of each nationality. Nothing is forced: English says the same in too many ways."""
    for nation in read("nationalities.csv"):
        code = nation["code"].rstrip("1")
        note = f"{code}: {nation['note']}" if nation["note"] else code
        common = row(type="nationality", enforce="check", note=note)
        if nation["adj_de"]:
            yield common | adjective(nation)
        if nation["man_de"]:
            yield from (common | entry for entry in people(nation))


def adjective(nation: Row) -> Row:
    """The cells of the adjective: französisch ↔ French."""
    words = [nation["adj_de"], *split(nation["adj_de_aliases"])]
    return {
        "de": words[0],
        "en": nation["adj_en"],
        "de_aliases": join(*words[1:]),
        "de_forms": join(*(word + ending for word in words for ending in ADJECTIVE_ENDINGS)),
        "en_forms": join(*split(nation["adj_en_aliases"])),
        "case": "any",
    }


def people(nation: Row) -> Iterator[Row]:
    """The cells of the man and the woman: Franzose ↔ Frenchman, Französin ↔ Frenchwoman.

    English may use the adjective for both (a French citizen, the French), so it stands with the accepted forms.
    """
    adjectives = [nation["adj_en"], *split(nation["adj_en_aliases"])]
    man_de, man_en = nation["man_de"], nation["man_en"] or nation["adj_en"]
    adjectives += [english_plural(word) for word in adjectives if word != man_en and word.endswith(("an", "ene", "i"))]
    woman_de, woman_en = nation["woman_de"] or woman(man_de), nation["woman_en"] or man_en
    men_en = nation["plural_en"] or english_plural(man_en)
    if woman_en.endswith("woman"):
        women_en = woman_en.removesuffix("woman") + "women"
    else:
        women_en = men_en if woman_en == man_en else english_plural(woman_en)
    if man_de + "n" in CLAIMED_GERMAN:
        # In a row of their own, readers of the glossary would inflect Pole to Polen; as forms they stay as they are.
        adjectives, man_en, woman_en = [man_en], nation["adj_en"], nation["adj_en"]
    one_word = woman_de == man_de
    yield {
        "de": man_de,
        "en": man_en,
        "gender": "" if one_word else "m",
        "de_forms": join(*(split(nation["man_forms"]) or man_forms(man_de))),
        "en_forms": join(*(form for form in (men_en, *adjectives) if form not in CLAIMED_ENGLISH)),
    }
    if not one_word:
        yield {
            "de": woman_de,
            "en": woman_en,
            "gender": "f",
            "de_forms": join(*woman_forms(woman_de)),
            "en_forms": join(*(form for form in (women_en, *adjectives) if form not in CLAIMED_ENGLISH)),
        }


def languages(fixes: dict[str, Row]) -> Iterator[Row]:
    """A row for each official or widely spoken language; only checked: English has one word for it and the nation."""
    from babel.core import get_global

    german, english = cldr_names("languages")
    official = {
        code
        for spoken in get_global("territory_languages").values()
        for code, state in spoken.items()
        if state["official_status"] in OFFICIAL
    }
    for code in sorted(official | set(BIG_LANGUAGES.split())):
        if "_" in code or code not in german or code not in english:
            continue
        fix = fixes.get(f"language:{code}")
        if fix and fix["action"] == "drop":
            continue
        base = row(de=plain(german[code]), en=plain(english[code]), type="language", gender="n", enforce="check")
        entry = corrected(base, fix) | {"note": f"language {code}"}
        if entry["de"].endswith("sch") and " " not in entry["de"]:
            # Im Französischen, ins Französische, des Französischen.
            entry["de_forms"] = join(entry["de"] + "e", entry["de"] + "en", *split(entry["de_forms"]))
        yield entry


def merged(entries: Iterable[Row]) -> Iterator[Row]:
    """One row for each English word: the words that share it become forms of the first row, mostly the adjective's.

    English says Italian for italienisch, Italiener, Italienerin and Italienisch. In rows of their own they would
    contradict one another from English to German, where any of them may be right; in one row each is accepted.
    """
    rows: dict[str, Row] = {}
    for entry in entries:
        first = rows.setdefault(entry["en"], entry)
        if first is entry:
            continue
        for lang in ("de", "en"):
            names = [entry[lang], *split(entry[f"{lang}_aliases"]), *split(entry[f"{lang}_forms"])]
            first[f"{lang}_forms"] = join(*split(first[f"{lang}_forms"]), *names)
        first["gender"] = ""
        if entry["note"] not in first["note"]:
            first["note"] += f"; {entry['note']}"
    for first in rows.values():
        if first["en"] in COMMON_IN_SMALL_LETTERS:
            # Case "any" would find the common word, so that the capitals of names and of the language are listed.
            words = [first["de"], *split(first["de_aliases"]), *split(first["de_forms"])]
            first["de_forms"] = join(*split(first["de_forms"]), *(word[0].upper() + word[1:] for word in words))
            first["case"] = ""
        yield first


def clean(entry: Row) -> Row:
    """The row without forms that repeat a name of the same row, which would only lengthen the file."""
    out = dict(entry)

    def key(name: str) -> str:
        return name.casefold() if entry["case"] == "any" else name

    for lang in ("de", "en"):
        known = {key(name) for name in (entry[lang], *split(entry[f"{lang}_aliases"]))}
        forms: dict[str, str] = {}
        for form in split(entry[f"{lang}_forms"]):
            if key(form) not in known:
                forms.setdefault(key(form), form)
        out[f"{lang}_forms"] = join(*forms.values())
    return out


def build() -> str:
    """The text of the glossary file: nationalities, languages, countries and places, each in a fixed order."""
    fixes = {fix["key"]: fix for fix in read("countries_corrections.csv")}
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, HEADER, lineterminator="\n")
    writer.writeheader()
    # The first row that has a word wins. Italiener is the people before it is the -er form of Italien, so that
    # nationalities come before places; but US is the country before it is an adjective.
    states = list(countries(fixes))
    united_states = [entry for entry in states if entry["note"].startswith("US:")]
    words = merged([*nationalities(), *languages(fixes)])
    others = [entry for entry in states if entry not in united_states]
    for entries in (united_states, words, others, places()):
        writer.writerows(clean(entry) for entry in entries)
    return out.getvalue()


def main() -> int:
    """Write the file, or with --check only say whether it is up to date (exit status 1 if not)."""
    parser = argparse.ArgumentParser(
        description="Make glossaries/countries.de-en.csv from CLDR and the files in scripts/data."
    )
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when the file is out of date")
    text = build()
    if parser.parse_args().check:
        return int(not OUTPUT.is_file() or OUTPUT.read_text(encoding="utf-8") != text)
    OUTPUT.parent.mkdir(exist_ok=True)
    OUTPUT.write_text(text, encoding="utf-8", newline="")
    return 0


if __name__ == "__main__":
    sys.exit(main())

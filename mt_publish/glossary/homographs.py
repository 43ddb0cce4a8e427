"""Names that are also common words, and the words around a name that tell which of the two it is."""

from __future__ import annotations

import functools
import re

from mt_publish.text.comparison import WORD, last_words, word_set
from mt_publish.text.lexicon import NOUN_MARKERS
from mt_publish.types import Lang

# German nouns are capitalised everywhere, so a capital says nothing about these.
_NOUNS_DE = """
abend abendblatt acker adler amt anger anzeiger apfel arm bach bad bahn balken bank bart bauer baum berg bergen bild
bischof blume bock boden bogen brand brot bruder brunnen buch bund burg busch börse dachs decker dorf eiche eisen ende
engel erde ernst esche esel essen falke fall falter feld fels ferkel feuer fink fisch fischer fleck fleischer freie
freien freitag freund front frosch frost fuchs fürst gans gast geiger geist giebel glas glocke gott graf gruber grund
grüne grünen gärtner hahn halle hals hammer hase haupt haus hecht heide heil heim held herbst herz herzog hirsch hirt
hof holz horn hund igel jäger kaiser kalb kamm kant karte kater kessel kirche kirsch klee klinge koch kohl kopf korn
kraft kran kranz krebs kreis kreuz krieg krone krämer kugel kurier könig lage land lerche licht liebe liga lilie linde
linke linken loch luchs luft löffel löwe maas mai mann mark markt mauer maurer maus meer meister messer metzger mohn
mond montag morgen morgenpost moser müller münch münze mütze nachrichten nacht nagel nase nebel nord nuss oder ost
papst partei pfarrer pfau pfeffer pfeil pflug piraten post presse pulver quelle rabe rad rand rasch rast rat rauch
raum rebe regen reh reif reiher reis reiter rettich richter riese ring ritter rock rolle rose roth ruder rübe sack
sage salz sand sauer schach schade schatz schell schiff schild schlag schloss schmied schneider schnell schuh schuster
schäfer schütz schütze see seidel seife seil senf siegel siegen sommer sonne sonntag spange specht spiegel spiel spitz
sprung stahl stall stamm standard star stein stern stoff storch strand strauch strauß sturm süd tag tagblatt tageblatt
tann tanne taube teufel tor traub trost turm ufer ulme union vogel volk volkspartei wagen wald wand wasser weber
wechsel weg weide wein welt werder west wiese wind winkel winter wirt wolf wolke worm wurm wurst wähler zahn zange
zeit zelle zimmer zimmermann zorn zucker zweig
bäcker beck bürger förster kellner kern kind kramer lehrer maler pfeifer sänger schreiber schreiner töpfer wächter wagner
"""


# Other German words: capitalised only at the start of a sentence, or as names.
_WORDS_DE = """
alt arm bald barsch bergen bitter blank blau bloß braun breit bunt dick dünn dürr ehrlich eng ernst essen fein fest
fett fleißig frank frei fremd froh fromm fröhlich früh gelb gerne gesund gießen glatt gleich groß grün gut halten hart
heil heiter hell herb hoch hübsch jung kahl kalt kann keck klar klein klug kluge knapp krumm kurz kühl kühn lang
langer lau laut lauter leer leicht leise lieb links los lustig mager matt mehr mild mit mutig müde nah nett neu
niedrig nun nur ober offen oft rau recht reich reif rein roh rot rund sanft satt sauer scharf scheu schief schlau
schlecht schmal schnell schräg schwach schwarz schwer schön sein selten siegen soll sorge spitz spät stark starke
steif still stolz stumm süß tapfer teuer tief toll treu trocken um unruh unter voll vor wach wahr warm weich weiss
weit weiß wenig wild will wohl zart zäh über
"""


# English words that can open a sentence without an article: verbs, adjectives, plurals, what has no plural. A singular
# noun cannot (Baker said …), so that trades and the like are left out.
_WORDS_EN = """
alphabet amber angel apple art ash august autumn ball banks bar bark bass bath bay beach bean bear beck bell best bill
birch bird black blessing block bloom blue bob bolt bond boot booth bow bowl boys bread bridge bright brown buck bull
bunch bush butter call can case cash castle cave chance chase cherry chips chuck church clay clear close coal cook
cool cork corn cotton cox craft cross crow crown curry daisy dart dash dawn day deal dean dick dish dock drake early
east economist edge english ever express fair faith fawn fern field finch fish flood flowers focus forest fort fox
frank freed french frost gale gap garden gates gay gene gentry ginger glass globe gold golden good grace grant graves
gray green grey grove guardian guild gulf guy hail hall ham hand harm hart hawk hay hazel head heath heather hill hit
holiday holly hood hope horn house hull hunt independent iris ivy jack jay jewel jobs joy june keen key king lake lamb
lamp land lane law lens lily link little lock long lord lot love low lucky major march mark marsh match max may meta
miles mill mills mint mirror miss mobile moody moon moor morning mount nation neat news nice noble norm north observer
olive open oracle orange page palm park parks parrot pat peace peak pearl penny people perry pick pike place plum pole
poor pope post pound powers press price pride prose queen rain rap read reading red reed register rich richer ring
rivers road rob rock rose rough round royal ruby rush rust sage salt sand savage school sea seal self sharp shell
shine ship short sky slack small smart smith snow south spectator split spring square standard star steel stern still
stock stone storm street strong sue summer sun sunny swift target temple thorn tide times today town trade trip verse
violet visa wall ward waters way weeks well wells west white who will winter wise wolf wood woods word worth young
"""


_PHRASES = word_set(
    """
    die zeit|die welt|die linke|die grünen|die bahn|die post|die presse|die union|die wende|die mitte|die grüne|
    der standard|der spiegel|der stern|der bund|der freitag|der sonntag|das bild|das parlament|the times|the sun|
    the guardian|the mirror|the post|the economist|the independent|the observer|the globe|the nation|the hill|
    the people|the union|the street|neue zeit|neues land|freie wähler|the squad|the fed|the wall|the voice|the crown|
    the city
    """,
    "|",
)

_TITLES: dict[Lang, str] = {
    "de": """
    herr herrn frau dr prof präsident präsidentin minister ministerin kanzler kanzlerin bundeskanzler bundeskanzlerin
    botschafter botschafterin außenminister außenministerin innenminister innenministerin finanzminister
    finanzministerin senator senatorin abgeordnete abgeordneter abgeordneten richterin staatssekretär staatssekretärin
    general oberst könig königin prinz prinzessin papst kardinal lord lady sir chef chefin trainer trainerin sprecher
    sprecherin premier premierminister premierministerin bürgermeister bürgermeisterin ministerpräsident
    ministerpräsidentin bundespräsident bundespräsidentin autor autorin regisseur regisseurin schauspieler
    schauspielerin sänger sängerin kollege kollegin familie ehepaar kommissar kommissarin politiker politikerin anwalt
    anwältin vorsitzende vorsitzender vorsitzenden parteichef parteichefin fraktionschef fraktionschefin vizepräsident
    vizepräsidentin us-präsident
    """,
    "en": """
    mr mrs ms miss dr prof professor president minister chancellor ambassador senator sir lord lady dame king queen
    prince princess pope general colonel captain governor mayor judge justice secretary premier speaker congressman
    congresswoman representative rep sen gov lt sgt detective officer coach chairman chairwoman director author actor
    actress
    """,
}


@functools.cache
def _nouns() -> frozenset[str]:
    return word_set(_NOUNS_DE)


@functools.cache
def _words(lang: Lang) -> frozenset[str]:
    return word_set(_WORDS_EN) if lang == "en" else word_set(_NOUNS_DE) | word_set(_WORDS_DE)


def is_homograph(name: str, lang: Lang) -> bool:
    """Whether a name is also a common word or phrase of the language (Klein, Essen, May, Die Zeit)."""
    lower = name.lower()
    return lower in _words(lang) or lower in _PHRASES


def is_noun_homograph(name: str, lang: Lang) -> bool:
    """Whether a name is also a German noun, so that not even a capital inside a sentence sets it apart."""
    return lang == "de" and name.lower() in _nouns()


def follows_title(before: str, lang: Lang) -> bool:
    """Whether the text before a name ends with a title or form of address (Herr, Botschafterin, Mrs.)."""
    words = last_words(before.rstrip(" ."), 1)
    if not words:
        return False
    # The head of a hyphenated title decides (CDU-Politiker, Vize-Präsidentin): last_words cuts at hyphens.
    return words[0].lower() in _title_words(lang)


@functools.cache
def _title_words(lang: Lang) -> frozenset[str]:
    return word_set(_TITLES[lang])


def follows_determiner(before: str, lang: Lang) -> bool:
    """Whether the text before a name ends as before a German common noun: with an article, possessive or number, and maybe
    adjectives behind it (die Karlsruher Richter, ein erfahrener Richter, 20 Richter).
    """
    if lang != "de":
        return False
    for word in last_words(before, 3):
        if word.lower() in NOUN_MARKERS[lang] or (word.isdigit() and len(word) != 4):  # but 1998 is a year
            return True
        if not _ATTRIBUTE.fullmatch(word):
            return False
    return False


_ATTRIBUTE = re.compile(
    r"[a-zäöüß-]{3,}(?:er|es|em)|[a-zäöüß-]+(?:isch|lich|ig|los|bar|sam|haft)en?|(?:neu|alt|jung|groß|klein|früher|zuständig)en?|"
    r"(?:Karlsruh|Berlin|Münchn|Hamburg|Köln|Frankfurt|Stuttgart|Wien|Zürch|Dresdn|Leipzig|Brem|Düsseldorf|Dortmund|Nürnberg|"
    r"Straßburg|Luxemburg|Brüssel|London|Paris|Moskau|Kiel|Mainz|Potsdam|Erfurt|Magdeburg|Schwerin|Kass|Bonn|Aachen)e?r"
)
"""What may stand between a determiner and its noun: an adjective that looks like no verb (das sagte Richter), or a town as one."""


def is_title_case(text: str) -> bool:
    """Whether an English text is a headline that capitalises nearly every word, so that capitals tell nothing."""
    words = [word for word in WORD.findall(text) if len(word) > 3 and word[0].isalpha()]
    return len(words) >= 3 and sum(word[0].isupper() for word in words) >= 0.8 * len(words)

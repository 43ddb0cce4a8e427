"""Word lists behind sentence splitting: abbreviations by what may follow them, and words that begin sentences."""

from __future__ import annotations

from enum import Enum
from typing import Final

from mt_publish.types import Lang


class Abbreviation(Enum):
    """What the full stop after an abbreviation says about the end of the sentence."""

    NEVER = 0
    """More must follow (Dr., z. B., e.g.): never the end."""
    NUMBER = 1
    """An abbreviation only before a number (Nr. 5, p. 12), else a word like any other (No. / Art.)."""
    WEAK = 2
    """May be the end (U.S., Mio.); it is when the next word typically begins a sentence."""
    NAME = 4
    """The end of a name (Inc., Jr., Ave.): like WEAK, and also the end where the next word is followed by a verb."""
    UNIT = 5
    """A unit: an abbreviation behind a number, where it is the end when the next word is capitalised; else a word."""
    STRONG = 3
    """Often the end (usw., etc., p.m.); it is when the next word is capitalised."""


def _words(words: str) -> frozenset[str]:
    return frozenset(words.split())


def _table(**words: str) -> dict[str, Abbreviation]:
    return {word: Abbreviation[rule] for rule, listed in words.items() for word in listed.split()}


def _phrases(**phrases: str) -> dict[str, Abbreviation]:
    return {phrase.strip(): Abbreviation[rule] for rule, listed in phrases.items() for phrase in listed.split("|")}


ABBREVIATIONS: Final[dict[Lang, dict[str, Abbreviation]]] = {
    "de": _table(
        NEVER=(
            "ggü Ggü gez Gez Dr Drs Prof Mag Dipl Ing Fa Hr Hrn Fr Frl Mr Mrs Ms St Ste Hl hl Sr Sra Univ Priv Doz "
            "habil Lic lic med jur phil rer nat pol oec theol mult Pfr Msgr Mgr Geh Gebr Frhr Gf Kpt Kapt Ltn Oblt "
            "Hptm Maj Col Sgt Adm Präs Vors stv stellv Stv Stellv Min.-Präs Reg ehem Ehem vgl Vgl bzw Bzw ca Ca evtl "
            "Evtl ggf Ggf ggfs sog Sog inkl Inkl exkl Exkl zzgl Zzgl abzgl Abzgl einschl Einschl ausschl betr Betr "
            "bez Bez bezgl bzgl Bzgl gem Gem geb Geb gest Gest verh gesch verw Hrsg hrsg Hg hg lt Lt zw zwischenzeitl "
            "Kto Tel tel Telef Zi Zit zit Übers übers Bearb bearb Red Verf verf Anm s Siehe insb insbes Insb Insbes "
            "bes Bes max min mind Mind durchschn Durchschn allg Allg dt Dt engl Engl frz Frz franz ital Ital lat Lat "
            "griech russ Russ span port poln türk österr schweiz amerik brit europ jap chin niederl kath Kath ev Ev "
            "evang jüd wiss Wiss techn Techn staatl Staatl städt Städt öffentl Öffentl landw gewerbl ges Ges mtl "
            "jährl tägl wö urspr Urspr eigtl Eigtl entspr Entspr erw Erw versch Versch einz folg vorm Vorm nachm vorl "
            "vorauss voraussichtl Voraussichtl vermutl wahrsch ungef Ungef ers spez Spez Kfm kfm Ob südl nördl östl "
            "westl konst geg resp Resp Rep Sen Gov Rev Hon vs Vs vers Bhf.-Vorst zus Zus p.P i.Allg Bf Ph d"
        ),
        NUMBER=(
            "Nr Nrn nr No Max Abs Art Abb Tab Fig Kap Bd Bde Jg Rn Rdnr Rz Az Ziff Lfd lfd Zf pp Vol vol Lit lit "
            "Buchst Bl Sp Str.-Nr Par Anl HRB Hs Ps Mt Lk Joh Kor Röm Mos Anm Vers Kl BGBl RGBl Beschl Urt op Op"
        ),
        WEAK=(
            "Mio Mrd Bio Tsd Mill Md Gen Pl Kfz Std Stdn Min Sek sec Mon Wo Jan Jän Feb Febr Mär Mrz Apr Jun Jul Aug "
            "Sep Sept Okt Nov Dez Mo Di Mi Do Sa So jun sen sr Stk Stck Abk Abt Dept Kt Lkr Landkr Kr Einw Ew Pers Pf "
            "Fl Chr Temp km qm Wdh Forts Whg Gr Mass Calif Abf Ank Lfg Pkt Pkte Aufl Ausg Jgst Verl Ztg Zschr Zs "
            "Ausst Arb Beitr Ber Diss Inst Hosp Ind Abbr Ver Verb Vereinb Bev Bürgerm Wg Anz Anw Tl tl EL f ff"
        ),
        NAME="Co Cie Inc Ltd Corp Bros Str str Bhf Hbf Jh Jhd Jhdt Jhs Jahrh MwSt Mwst USt jr Jr",
        STRONG=("usw Usw etc Etc usf dgl u.ä u.Ä o.ä o.Ä ä Ä al"),
    ),
    "en": _table(
        NEVER=(
            "Mr Mrs Ms Mx Messrs Mmes Mlle Mme Dr Drs Prof Profs Assoc Asst Sen Sens Rep Reps Gov Govs Pres Rev Revd "
            "Hon Gen Col Lt Ltc Maj Capt Cpt Cmdr Cdr Adm Sgt Cpl Pvt Pfc Spc Brig Supt Insp Det Const Ald Atty Amb "
            "Fr Br Msgr Bp Abp Ven vs v cf Cf viz approx Approx Mt Mts Ft Pt Univ esp Esp incl Incl excl ca Ca ed Eds "
            "eds trans i.e e.g I.e E.g eg ie Sta Sto pron née Hr Hrn Dir Secy Treas Dep Cllr Rt Wm Chas Geo Thos Jas "
            "avg Avg adj misc attn Attn resp Suppl Civ Crim Ibid ibid"
        ),
        NUMBER=(
            "No Nos no nos Nr nr p pp Pg pg Vol Vols vol vols Fig Figs fig figs Ch ch chap Chap Sec Sect sec Eq Eqs "
            "eq Art para Para Pt pt Tab Ex ex Ref ref Refs Ser ser Bk bk Op op Apt apt Rm Ext ext Tel tel Ver ver c"
        ),
        WEAK=(
            "max temp govt dept qty orig yr yrs wk wks doz pkt pkts pt pts qt qts gal cont trad anon fl sp spp var "
            "subsp illus introd repr rev suppl conc soln tel ext Gdns Cres Pl Terr Est Bldg Fwy Jct Hosp Lib Dem Sci "
            "Soc Acad Phil Eng Rom Cor Matt St Dept Depts Assn Intl Natl Govt Jan Feb Mar Apr Jun Jul Aug Sep Sept "
            "Oct Nov Dec Mon Tue Tues Wed Thu Thur Thurs Fri Sat Sun Ala Ariz Ark Calif Colo Conn Del Fla Ga Ill Ind "
            "Kan Kans Ky La Md Mass Mich Minn Miss Mo Mont Neb Nebr Nev Okla Ore Pa Penn Tenn Tex Va Vt Wash Wis Wisc "
            "Wyo Ont Que U.S U.K U.N U.A.E U.S.A U.S.S.R E.U D.C L.A N.Y N.J N.H N.C S.C Id Pub Fed Cal App Supp Exec "
            "Man Stat Dist L.P N.D S.D N.M R.I W.Va B.C B.A M.A B.S M.S J.D A.D B.C.E C.E B.Sc M.Sc D.Phil Mfg Mgmt "
            "Tech Ctr Cir Div est R.I.P"
        ),
        NAME="Inc Ltd Corp Co Cos Bros plc Jr Sr jr sr Ave Blvd Rd Hwy Pkwy Ct Sq Ln Utd Ph.D M.D M.B.A Esq",
        UNIT="min mins hr hrs sec secs ft in lb lbs oz mi yd yds mph kg km cm mm sq mil bn tsp tbsp",
        STRONG="etc Etc a.m p.m A.M P.M al seq",
    ),
}
"""Abbreviations without their final stop. Case matters: "Sat." is a day, "sat." is not."""

FIXED_ABBREVIATIONS: Final[dict[Lang, dict[str, Abbreviation]]] = {
    "de": _phrases(
        NEVER=(
            "z B|Z B|d h|D h|h c|i d R|I d R|i S d|i S v|i e S|i w S|i V m|i H v|i Z m|u U|U U|m E|M E|m a W|M a W"
            "|v a|V a|u a m|a a O|a M|a d|a Rh|i Br|o g|O g|b Frankfurt|z Hd|z Hdn|z T|Z T|z Zt|Z Zt|z Z|Z Z|sog"
            "|S Kgl|i A|i V|ü d M|Dr med|Dr h c|Dr phil|Dr rer nat|p P|v l n r|f d|o B d A|r k|e h|n a|N N|u W"
        ),
        WEAK=(
            "u a|U a|a D|i R|a G|o J|o O|o D|b w|G m b H|ö L|w L|d Ä|d J|d R|m w d|S p A|i G|i L|k u k|d M|v H"
            "|n V|n E|i E|s o|s u"
        ),
        NAME="e V|e G|p a|v Chr|n Chr|v u Z|n u Z",
        STRONG="u s w|u s f|u dgl|u dgl m|u ä|u Ä|o ä|o Ä|u v m|u v a|u v a m|u a m|et al",
    ),
    "en": _phrases(
        NEVER="e g|i e|E g|I e|Lt Col|Lt Gen|Maj Gen|Brig Gen",
        WEAK="U S|U K|U N|D C|Ph D|M D|U S A|N Y",
        STRONG="a m|p m|et al|et seq",
    ),
}
"""Abbreviations of several parts, parts separated by a space; in text each part ends in a stop, spaces optional."""

STARTERS: Final[dict[Lang, frozenset[str]]] = {
    "de": _words(
        "Der Die Das Den Dem Des Ein Eine Einer Einen Einem Eines Er Sie Es Wir Ihr Ich Du Man Ihm Ihn Ihnen Uns Euch "
        "Mir Mich Dir Dich Und Oder Aber Doch Denn Dann Da Dabei Dadurch Dafür Dagegen Daher Dahinter Damals Damit "
        "Danach Daneben Daran Darauf Daraufhin Daraus Darin Darüber Darum Darunter Davon Davor Dazu Dazwischen "
        "Dennoch Derweil Derzeit Deshalb Deswegen Demnach Demzufolge Dementsprechend Demgegenüber Dessen Deren Dies "
        "Diese Dieser Dieses Diesem Diesen Diesmal Dort Dorthin Drei Zwei Vier Fünf In Im Ins An Am Ans Auf Aufs Aus "
        "Bei Beim Mit Nach Seit Von Vom Zu Zum Zur Für Fürs Gegen Ohne Um Durch Über Unter Vor Zwischen Während "
        "Währenddessen Wegen Trotz Trotzdem Anders Anfangs Angesichts Anhand Anlässlich Anschließend Anstatt Statt "
        "Stattdessen Außer Außerdem Außerhalb Innerhalb Entlang Gegenüber Hinter Neben Nebenbei Mithilfe Mittels Laut "
        "Gemäß Zufolge Dank Infolge Aufgrund Als Wenn Weil Ob Obwohl Obgleich Nachdem Bevor Bis Bisher Bislang Sobald "
        "Solange Sofern Falls Indem Insofern Sodass Wie Was Wer Wen Wem Wessen Wo Wobei Wodurch Wofür Woher Wohin "
        "Womit Woran Worauf Worin Worüber Warum Wann Wieso Weshalb Welche Welcher Welches Welchen Auch Noch Nur So "
        "Sogar Somit Sonst Sowohl Schon Jetzt Nun Heute Gestern Vorgestern Hier Hierbei Hierfür Hierzu Hinzu Jene "
        "Jener Jenes Jeder Jede Jedes Jedem Jeden Jedenfalls Jedoch Jemand Niemand Alle Alles Allein Allerdings "
        "Alternativ Andere Anderen Andererseits Einerseits Einige Einiges Einmal Einst Viele Vieles Viel Mehr Mehrere "
        "Manche Mancher Manchmal Wenige Weniger Beide Beides Kein Keine Keiner Keinen Keinesfalls Nicht Nichts Nie "
        "Niemals Etwas Sein Seine Seiner Seinen Seinem Seines Ihre Ihrer Ihren Ihrem Ihres Mein Meine Meiner Meinen "
        "Dein Deine Unser Unsere Unserer Unseren Zudem Zuletzt Zunächst Zuvor Zugleich Zusammen Zusätzlich Zwar "
        "Zumindest Zurzeit Ebenso Ebenfalls Eigentlich Endlich Entsprechend Erst Erstmals Ferner Folglich Freilich "
        "Früher Später Ganz Genau Genauso Gerade Gleichzeitig Gleichwohl Immer Immerhin Insbesondere Insgesamt "
        "Inzwischen Irgendwann Kaum Kürzlich Lediglich Leider Letztlich Meist Meistens Mittlerweile Möglicherweise "
        "Nachher Natürlich Offenbar Offensichtlich Oft Plötzlich Rund Etwa Knapp Sofort Solche Soweit Sowie Teils "
        "Teilweise Überhaupt Übrigens Unterdessen Vielleicht Vielmehr Vorher Weder Weiter Weitere Weiterhin "
        "Wenigstens Wieder Wirklich Wohl Womöglich Ist Sind War Waren Hat Haben Hatte Hatten Kann Können Könnte Muss "
        "Müssen Wird Werden Wurde Wurden Würde Soll Sollen Sollte Will Wollen Darf Dürfen Ja Nein Bitte Danke Bereits "
        "Besonders Dass Ebendies Neue Neuer Demselben Derselbe Dieselbe Hätte Wäre Gibt Geht Kommt Darüberhinaus Fest "
        "Klar Sicher Wichtig Selbst Sämtliche Soeben Sonstige Ungeachtet Zuerst Zusammenfassend Schließlich Schließt "
        "Siehe Seither Seitdem Seien Sei Vergangene Voraussichtlich Nachmittags Vormittags Abends Morgens Nachts "
        "Beispielsweise Tatsächlich Normalerweise Glücklicherweise Gewöhnlich"
    ),
    "en": _words(
        "The A An He She It They We You I This That These Those There Here His Her Its Their Our My Your In On At By "
        "For From With Without After Before During Since Until Till While When Whenever Where Wherever Why Who Whom "
        "Whose What Which How If Unless Although Though Because As So But And Or Nor Yet Then Than Thus Hence "
        "Therefore However Moreover Furthermore Meanwhile Nevertheless Nonetheless Otherwise Instead Indeed Also "
        "Additionally According Despite Besides Between Among Amid Across Along Above Below Under Over Through "
        "Throughout To Into Of Off Out Up Down About Against Around Behind Beyond Near Like Unlike Once Now Today "
        "Yesterday Tomorrow Later Earlier Recently Soon Still Already Again Even Ever Never Always Often Sometimes "
        "Usually Perhaps Maybe Probably Certainly Clearly Obviously Apparently Fortunately Unfortunately Finally "
        "Eventually Initially Originally Currently Previously Overall Many Most Much More Some Any Each Every Both "
        "Either Neither None No Not Nothing Nobody Someone Somebody Everyone Everybody Everything Anyone Anything "
        "Several Few Other Others Another Such All One Two Three Four Five Six Is Are Was Were Has Have Had Do Does "
        "Did Can Could Should Would Will May Might Must Let Please Yes Thanks Well Just Only Rather Quite Given "
        "Including Following Asked Speaking Having Being Don't It's He's She's They're We're I'm I've That's There's "
        "What's Let's You're Whether Within Toward Towards Upon Per Regardless Together"
    ),
}
"""Words that, capitalised after a doubtful stop, begin a sentence."""

DETERMINERS: Final = _words(
    "der die das den dem des Der Die Das Den Dem Des am Am zum Zum zur Zur beim Beim im Im vom Vom ab Ab seit Seit "
    "bis Bis ein eine einer einen einem eines ihr ihre ihrer ihren ihrem ihres sein seine seiner seinen seinem seines "
    "mein meine meinen meinem meiner dein deine unser unsere unseren unserem unserer euer eure dieser diese dieses "
    "diesem diesen jeder jede jedes jedem jeden dessen deren ins aufs ans fürs unterm überm Ihr Ihre Sein Seine Mein "
    "Meine kein Unser Unsere und sowie oder vor nach Mit mit"
)
"""German words after which "3." is an ordinal rather than a count at the end of a sentence."""

NOUN_MARKERS: Final[dict[Lang, frozenset[str]]] = {
    "de": _words(
        "der die das den dem des ein eine einen einem einer eines kein keine keinen keinem keiner keines mein meine "
        "meinen meinem meiner dein deine sein seine seinen seinem seiner seines ihr ihre ihren ihrem ihrer ihres "
        "unser unsere unseren unserem unserer unseres euer eure dieser diese dieses diesen diesem jener jene jenes "
        "jenen jenem jeder jede jedes jeden jedem mancher manche welcher welche welches vom zum zur beim am im ans "
        "ins aufs fürs viel viele wenig wenige alle allen aller mehrere zwei drei vier fünf beide beiden etwas nichts "
        "solche solchen"
    ),
    "en": _words(
        "the a an this these those my your his its our their every each some any no many several few two three "
        "four five both"
    ),
}
"""Lower-case articles and other determiners: the word after one is rather a noun than a name."""

NUMBERED_NOUNS: Final = _words(
    "Platz Rang Kapitel Seite Gruppe Nummer Jahr Jahre Minute Position Artikel Paragraf Paragraph Absatz Zimmer Raum "
    "Gleis Halle Abschnitt Punkt Etage Linie Klasse Stufe Größe Version Nr Hausnummer Tor Bus Teil Band Alter Typ "
    "Phase Level Startplatz Tabellenplatz Pos Ziffer Block Formel Studio Kanal Route Bundesstraße Autobahn Windows "
    "iPhone"
)
"""German nouns that take a cardinal behind them: after "Platz 3." the stop is the end."""

LETTERED_NOUNS: Final = _words(
    "gruppe plan vitamin klasse hepatitis block typ bereich zone kategorie punkt buchstabe note team kader group "
    "class type section grade option area category terminal appendix exhibit point letter hall building schedule"
)
"""Nouns, in lower case, that take a letter behind them: after "Plan B." the stop is the end, not part of an initial."""

ORDINAL_NOUNS: Final = _words(
    "Januar Jänner Februar Feber März April Mai Juni Juli August September Oktober November Dezember Jan Feb Febr Mär "
    "Mrz Apr Jun Jul Aug Sep Sept Okt Nov Dez Jahrhundert Jahrhunderts Jahrhunderte Jahrhunderten Jh Jhd Jhdt Jhs "
    "Jahrtausend Jahrtausends Bundesliga Liga Weltkrieg Weltkriegs Weltkrieges Mal Minute Runde Spieltag Spieltages "
    "Geburtstag Geburtstags Jahrestag Jahrestages Jubiläum Stock Stockwerk Obergeschoss Untergeschoss Etage OG UG "
    "Auflage Klasse Kreuzzug Armee Division Brigade FC FSV SC SV Teil Tag Tages Woche Monat Jahr Lebensjahr "
    "Lebensjahres Schuljahr Sitzung Kammer Senat Zivilsenat Strafsenat Bezirk Etappe Staffel Folge Ausgabe Satz "
    "Amtszeit Wahlperiode Legislaturperiode Halbzeit Hälfte Quartal Quartals Symphonie Sinfonie Internationale "
    "Parteitag Advent Welle Lesung Buch Kapitel Reich Reiches Reichs Republik Stelle Platz Platzes Rang Rennen Lauf "
    "Durchgang Versuch Anlauf Kind Tor Saisontor Saisontreffer Treffer Sieg Niederlage Spiel Länderspiel Saison Titel "
    "Meisterschaft Bataillon Regiment Semester Lektion Absatz Hochzeitstag Todestag Kongress Konferenz Festival "
    "Filmfestspiele Festspiele Berlinale Deutsche Olympischen Verfassungszusatz Zusatzartikel Gebot Ehefrau Dynastie "
    "Brief Strophe Akt Szene Grad Ordnung Person Ausbaustufe Bauabschnitt Änderung Änderungsgesetz Präsident "
    "Präsidenten Bundespräsident Bundeskanzler Kanzler US-Präsident Generation Mannschaft Damenmannschaft "
    "Herrenmannschaft Gang Stufe Schwangerschaftswoche Stunde Loch Impfung Dosis Quartier"
)
"""German nouns that an ordinal stands before: "im 19. Jahrhundert", "die 2. Bundesliga"."""

AFTER_CLOCK: Final = _words(
    "ET EST EDT PT PST PDT CT CST CDT MT GMT UTC CET CEST BST IST Eastern Pacific Central Mountain London Monday "
    "Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August September "
    "October November December Jan Feb Mar Apr Aug Sept Oct Nov Dec Montag Dienstag"
)
"""What goes on after "9 a.m." although it is capitalised."""

NO_VERBS: Final = _words(
    "and or of for in at on to the a an de van von del la with from by as who which that e.g i.e der des den dem das "
    "vom im am auf aus und oder für mit bei beim zu zum zur gegen nach seit vor über unter sowie bis geholt zurück"
)
"""Frequent lower-case words, both languages, that are not the verb of a subject before them."""

AFTER_NAME: Final = _words(
    "CEO CFO COO CTO Chairman Chairwoman Chief President Vice Executive Director Day Boulevard Avenue Street High "
    "School Elementary Hospital Holdings Group Partners Class Series Limited"
)
"""What follows a company or a person's "Jr." without being the subject of a new sentence."""

NUMBERED_HEADS: Final = _words(
    "Step Section Chapter Part Article Rule Question Option Tip Item Exercise Appendix Schritt Abschnitt Kapitel Teil "
    "Artikel Regel Frage Tipp Punkt Aufgabe Anlage Paragraf"
)
"""Words that with a number make a list marker at the beginning of a sentence: Step 2. Close the lid."""

AFTER_NOUN: Final = _words(
    "der des den dem die das von vom in im am an auf aus und oder für mit bei beim zu zum zur gegen nach seit vor "
    "über unter sowie bis geholt zurück"
)
"""What follows an ordinal's noun rather than the subject of a German sentence."""

OPENINGS: Final[dict[Lang, frozenset[str]]] = {
    "de": _words(
        "Grund Gründe Ursache Hintergrund Ziel Auslöser Anlass Schuld Experten Analysten Anleger Händler Kritiker "
        "Beobachter Ermittler Zeugen Anwohner Polizei Erste Zweite Dritte Vierter Fünfter Letzter Verletzt Betroffen "
        "Gesucht Geplant Unklar Offen Neu Zweiter Dritter Erster Sieger Gewinner Trainer Torschütze Gegner Kapitän "
        "Tabellenführer Besucher Fahrgäste Kunden Mieter Verbraucher Geben Drücken Öffnen Klicken Laden Starten "
        "Schalten Lösen Entfernen Setzen Wählen Stellen Legen Nehmen Lassen Rühren Backen Mischen Kochen Prüfen "
        "Warten Achten Beachten Melden Senden Schicken Schneiden Fügen Gießen Schreiben Eintritt Einlass Beginn "
        "Treffpunkt Anmeldung Anmeldungen Infos Informationen Karten Tickets Kinder Anfahrt Tipp Achtung Hinweis "
        "Vorsicht Zutaten Fragen Antworten Liebe Lieber Viel Herzliche Mehr"
    ),
    "en": _words(
        "Analysts Investors Experts Critics Officials Residents Firefighters Authorities Police Doctors Scientists "
        "Researchers Lawyers Prosecutors Workers Voters Shares Prices Sales Terms Profits Customers Traders "
        "Economists Neighbours Neighbors Witnesses Detectives Organisers Organizers Fans Passengers Nobody Press "
        "Click Open Close Turn Add Stir Mix Bake Cook Serve Remove Repeat Choose Select Enter Check Call Bring Wait "
        "Try"
    ),
}
"""Words that, capitalised after a doubtful stop, begin a sentence unless a determiner stands before the stop."""

AFTER_TIME_UNIT: Final = _words(
    "Vorsprung Rückstand Verspätung Pause Fahrt Fahrzeit Fußweg Gehzeit Laufzeit Dauer Zeit Wartezeit Spielzeit "
    "Ruhezeit Film Verlängerung Nachspielzeit Ruhe Arbeit Arbeitszeit Unterricht Schlaf Training Sport Aufenthalt "
    "Kochzeit Backzeit"
)
"""German nouns that a number of minutes, hours or seconds stands before: "20 Min. Fußweg"."""

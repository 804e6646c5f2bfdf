"""Words that lead on to what follows, in English and the common ones of five more languages, for parting sentences."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ARTICLES = _words("""
    a an the this these those my your his her its our their no every each some any another both such
    der die das dem den des ein eine einen einem einer eines mein dein sein ihr unser
    le la les l' un une du ce cette ces mon ma mes ton ta tes sa ses el los las una unos unas lo gli il o os um uma
""")
PREPOSITIONS = _words("""
    of to in on at by for from with without into onto over under above below between through across along around
    behind beside beneath beyond toward towards against among near past inside outside like upon
    auf aus bei mit nach von zu vor hinter neben zwischen durch ohne gegen um bis unter im am zum zur vom beim
    de à dans sur avec pour sans chez vers par entre en con por para sin sobre desde hasta
    di da nel sul per tra em com sem
""")
PARTICLES = _words("up down off out away back")
"""Prepositions here, parts of a verb there: "wakes up"."""
CONJUNCTIONS = _words("""
    and or but nor so yet while when where because that who whom whose which until till before after as if than since
    although though unless once then und oder aber weil dass wenn während als et ou mais qui que quand
    y pero porque cuando e ma perché quando mas
""")
LEADING_ON = _words("""
    is are was were be been being am has have had will would can could shall should may might must do does did not very
    too more most quite really i you he she it we they ist sind war hat haben wird nicht sehr est sont ont ne es está
    están fue
""")
"""An auxiliary, a pronoun, an adverb of degree."""
DESCRIBING = _words("""
    old new young small little big large great long short high low deep dark bright warm cold hot cool quiet loud soft
    hard red blue green yellow white black gray grey golden silver purple pink orange empty full lonely single last
    first next other same own good better best real true wild wide tall tiny huge heavy light early late fresh clean
    clear free slow fast quick rainy snowy misty foggy stormy sunny windy cloudy starry dusty rusty wooden paper stone
    glass neon two three four five six seven eight nine ten hundred thousand dozen several many few all
""")

"""Words that give away a solution where a problem should be, and words that name who goes on and with what money."""

import re

_TOOLS = (
    r"app|apps|aplicaci[oó]n(?:es)?|plataformas?|chat\s?bots?|blockchain|cadena de bloques|software|portal(?: web)?|"
    r"p[aá]gina web|web|sistema de|sistema inform[aá]tico|herramientas? (?:digital|inform[aá]tica)(?:es|s)?|"
    r"inteligencia artificial|ia|gemelos? digital(?:es)?|drones|dron|sensores|c[aá]maras|robots?|algoritmos?|metaverso|"
    r"realidad (?:virtual|aumentada)|platform|tool|artificial intelligence|ai|sensors|cameras|drones?|website"
)
_WANTS = (
    r"queremos|quiere|necesitamos|necesita|se busca|buscamos|busca|hace falta|desarrollar|desarrolle|crear|cree|"
    r"contratar|comprar|adquirir|implantar|implante|instalar|instale|dise[ñn]ar|desplegar|poner en marcha|"
    r"develop|build|buy|install|we need|we want"
)
TITLE = re.compile(rf"\b(?:{_TOOLS})\b", re.IGNORECASE)
TEXT = re.compile(rf"\b(?:{_WANTS})\b(?:\s+[\w«\"]+){{0,3}}?\s+[«\"]?(?:{_TOOLS})\b", re.IGNORECASE)
UNIT = re.compile(
    r"\b(?:[aá]rea|direcci[oó]n|subdirecci[oó]n|coordinaci[oó]n|distrito|junta|servicio|unidad|departamento|organismo|"
    r"agencia|gerencia|delegaci[oó]n|secretar[ií]a|consorcio|oficina|empresa municipal|emt|samur|polic[ií]a|bomberos|"
    r"madrid salud|concejal[ií]a|ayuntamiento|council|department|service|unit|office|district|authority|board)\b",
    re.IGNORECASE,
)
BUDGET = re.compile(
    r"\b(?:presupuest\w*|partida|cr[eé]dito|cap[ií]tulo|programa \d|contrato|financia\w*|fondos?|euros|"
    r"budget\w*|fund\w*)\b|€",
    re.IGNORECASE,
)


def solution_in_title(title: str) -> str:
    """Return the word of a title that names a solution, or nothing.

    >>> solution_in_title("Una app para avisar de cortes"), solution_in_title("Sabemos tarde de los cortes")
    ('app', '')
    """
    match = TITLE.search(title)
    return match.group() if match else ""


def solution_in_text(text: str) -> str:
    """Return the words of a text that ask for a tool, or nothing. What was tried may name tools.

    >>> solution_in_text("Hay que desarrollar una plataforma que avise.")
    'desarrollar una plataforma'
    >>> solution_in_text("La plataforma actual no avisa y se pierden tres horas.")
    ''
    """
    match = TEXT.search(text)
    return " ".join(match.group().split()) if match else ""

"""A small RDF graph written as JSON-LD and as RDF/XML. Pure.

A node has an address, types, and pairs of property and value; a value is a text in a language, a typed literal, the
address of something, or another node.
"""

from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, register_namespace, tostring

PREFIXES = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatap": "http://data.europa.eu/r5r/",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True)
class Text:
    """Words in a language."""

    words: str
    language: str


@dataclass(frozen=True)
class Literal:
    """A value of a type of XML Schema: `xsd:dateTime` and the like."""

    value: str
    kind: str


@dataclass(frozen=True)
class Link:
    """The address of something described elsewhere."""

    address: str


@dataclass
class Node:
    """Something described. `about` empty: it has no address of its own."""

    kind: str
    about: str = ""
    pairs: list[tuple[str, Any]] = field(default_factory=list)

    def add(self, name: str, *values: Any) -> "Node":
        """Say something of it; nothing where a value is empty."""
        self.pairs += [(name, value) for value in values if value not in (None, "", [])]
        return self


def json_ld(nodes: list[Node]) -> dict[str, Any]:
    """Return the nodes as JSON-LD, those inside others in their place."""
    return {"@context": PREFIXES, "@graph": [_as_object(node) for node in nodes]}


def _as_object(node: Node) -> dict[str, Any]:
    found: dict[str, Any] = {**({"@id": node.about} if node.about else {}), "@type": node.kind}
    for name, value in node.pairs:
        found.setdefault(name, []).append(_as_value(value))
    return found


def _as_value(value: Any) -> dict[str, Any]:
    if isinstance(value, Node):
        return _as_object(value)
    if isinstance(value, Link):
        return {"@id": value.address}
    if isinstance(value, Text):
        return {"@value": value.words, "@language": value.language}
    return {"@value": value.value, "@type": value.kind}


def rdf_xml(nodes: list[Node]) -> bytes:
    """Return the nodes as RDF/XML."""
    for prefix, address in PREFIXES.items():
        register_namespace(prefix, address)
    root = Element(_name("rdf:RDF"))
    for node in nodes:
        _write(root, node)
    indent(root)
    return tostring(root, encoding="utf-8", xml_declaration=True)


def _name(short: str) -> str:
    prefix, _colon, name = short.partition(":")
    return f"{{{PREFIXES[prefix]}}}{name}"


def _whole(short: str) -> str:
    prefix, _colon, name = short.partition(":")
    return PREFIXES[prefix] + name


def _write(parent: Element, node: Node) -> None:
    element = SubElement(parent, _name(node.kind))
    if node.about:
        element.set(_name("rdf:about"), node.about)
    for name, value in node.pairs:
        child = SubElement(element, _name(name))
        if isinstance(value, Node):
            _write(child, value)
        elif isinstance(value, Link):
            child.set(_name("rdf:resource"), value.address)
        elif isinstance(value, Text):
            child.set(XML_LANG, value.language)
            child.text = value.words
        else:
            child.set(_name("rdf:datatype"), _whole(value.kind))
            child.text = value.value

"""The grammar of conditions: words, forms, and the tree that a text becomes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NoReturn

from helpers.standard import BadInput, nearest

__all__ = [
    "COMPARED",
    "Compared",
    "Counted",
    "Given",
    "Joined",
    "Node",
    "Read",
    "Worked",
    "inputs_of",
    "is_element",
    "parse_condition",
    "parts_below",
    "parts_of",
]

# Levels of parentheses, not, minus and arithmetic. Below them are a comparison and what it reads.
DEEPEST = 50
LONGEST = 300  # characters of a condition that an error shows
COMPARED = ("<", "<=", ">", ">=", "==", "!=", "in", "not in")
WORDS = ("and", "or", "not", "in", "at_least", "on_record")
# What SQL, Python and spreadsheets write, and what is written here.
EQUIVALENTS = {
    "=": "==",
    "<>": "!=",
    "=<": "<=",
    "=>": ">=",
    "&&": "and",
    "&": "and",
    "||": "or",
    "|": "or",
    "!": "not",
}
UNSAID = {
    "between": "write a <= x and x <= b",
    "is": "on_record(x) asks whether x is known, and not on_record(x) whether it isn't",
    "null": "on_record(x) asks whether x is known, and not on_record(x) whether it isn't",
    "none": "on_record(x) asks whether x is known, and not on_record(x) whether it isn't",
    "like": "there are no patterns; list the words: x in ('a', 'b')",
    "case": "there are no cases; join conditions with and, or",
    "where": "leave it out; what follows it is the condition",
    "true": "an element of yes and no stands alone: chronically_absent",
    "false": "an element of yes and no stands alone: not chronically_absent",
}
UNREAD = {
    "%": "write a share as a number: 0.1 for 10%",
    ",": "a number has a point: 0.1",
    "‘’“”": "write straight quotes: 'Active'",
    "'\"": "the quote that closes it is missing",
    ")": "no '(' stands before it; leave it out",
}
_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?|\.\d+)(?![\w.])"
    r"|(?P<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)"
    r"""|(?P<text>'[^']*'|"[^"]*")"""
    r"|(?P<sign><=|>=|==|!=|<>|=<|=>|&&|\|\||[-+*/<>=()\[\],&|!])"
    r"|(?P<other>\S\S*))"
)


@dataclass(frozen=True)
class Read:
    """The value of an input: an element, ``last_year.``, ``indicator.`` or ``on_record()`` of one."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Given:
    """A number, a text, or a list of them."""

    value: float | str | tuple[float | str, ...]

    @property
    def values(self) -> tuple[float | str, ...]:
        """Its one value, or those of the list."""
        return self.value if isinstance(self.value, tuple) else (self.value,)

    def __str__(self) -> str:
        texts = [f"{one:.12g}" if isinstance(one, float) else repr(one) for one in self.values]
        return f"({', '.join(texts)})" if isinstance(self.value, tuple) else texts[0]


@dataclass(frozen=True)
class Worked:
    """A number worked out from two: ``a / b``."""

    how: str
    left: Node
    right: Node

    def __str__(self) -> str:
        right = f"({self.right})" if isinstance(self.right, Worked) else str(self.right)
        left = f"({self.left})" if isinstance(self.left, Worked) and self.how in "*/" else str(self.left)
        return f"{left} {self.how} {right}"


@dataclass(frozen=True)
class Compared:
    """A comparison."""

    how: str
    left: Node
    right: Node

    def __str__(self) -> str:
        return f"{self.left} {self.how} {self.right}"


@dataclass(frozen=True)
class Joined:
    """Conditions joined by ``and`` or ``or``, or one under ``not``."""

    how: str
    parts: tuple[Node, ...]

    def __str__(self) -> str:
        texts = [
            f"({part})" if isinstance(part, Joined) and part.how != "not" else str(part)
            for part in self.parts
        ]
        return f"not {texts[0]}" if self.how == "not" else f" {self.how} ".join(texts)


@dataclass(frozen=True)
class Counted:
    """At least so many of several conditions."""

    number: int
    parts: tuple[Node, ...]

    def __str__(self) -> str:
        return f"at_least({self.number}, {', '.join(map(str, self.parts))})"


Node = Read | Given | Worked | Compared | Joined | Counted


def parts_of(name: str) -> tuple[str, str]:
    """Split the name of an input into its kind and the element or indicator.

    >>> parts_of("on_record(guardians)"), parts_of("last_year.rate"), parts_of("rate")
    (('on_record', 'guardians'), ('last_year', 'rate'), ('', 'rate'))
    """
    if name.endswith(")"):
        kind, _, rest = name[:-1].partition("(")
        return kind, rest
    kind, dot, rest = name.partition(".")
    return (kind, rest) if dot else ("", name)


def is_element(name: str) -> bool:
    """Return whether an input is an element's value this year, which can be stale."""
    return parts_of(name)[0] == ""


def inputs_of(node: Node) -> Iterator[str]:
    """Name the inputs of a condition, in order."""
    if isinstance(node, Read):
        yield node.name
    for part in parts_below(node):
        yield from inputs_of(part)


def parts_below(node: Node) -> tuple[Node, ...]:
    """Return the parts of a node, in order."""
    match node:
        case Worked() | Compared():
            return node.left, node.right
        case Joined() | Counted():
            return node.parts
    return ()


def parse_condition(text: str) -> Node:
    """Parse a condition, or a value such as ``a / b``; `BadInput` points at the first wrong word."""
    return _Parser(text).whole()


@dataclass(frozen=True)
class _Token:
    kind: str
    word: str
    at: int


class _Parser:
    """A parser by precedence: or, and, not, comparison, sum, product."""

    def __init__(self, text: str) -> None:
        self.text = " ".join(text.split())
        self.tokens = [
            _Token(str(found.lastgroup), found[str(found.lastgroup)], found.start(str(found.lastgroup)))
            for found in _TOKEN.finditer(self.text)
        ]
        self.place = 0
        self.level = 0

    @property
    def token(self) -> _Token:
        return self.tokens[self.place] if self.place < len(self.tokens) else _Token("end", "", len(self.text))

    def fail(self, why: str, token: _Token | None = None) -> NoReturn:
        """Point at a word, and say why it can't stand there."""
        token = token or self.token
        where = "at its end" if token.kind == "end" else f"at {token.word!r}, character {token.at + 1}"
        text = self.text if len(self.text) <= LONGEST else f"{self.text[:LONGEST]}…"
        raise BadInput(f"{text!r}, {where}: {why}")

    def took(self, *words: str) -> str | None:
        """Take the next word if it is one of these."""
        token = self.token
        if token.kind in ("sign", "name") and token.word in words:
            self.place += 1
            return token.word
        return None

    def expect(self, word: str) -> None:
        if self.took(word) is None:
            self.fail(f"here {word!r} is missing")

    def whole(self) -> Node:
        if not self.tokens:
            self.fail("a condition is missing")
        node = self.either()
        if self.token.kind != "end":
            self.fail(self.strange(self.token))
        levels, parts = 0, [node]
        while parts := [part for one in parts for part in parts_below(one)]:
            levels += 1
        if levels > DEEPEST + 1:
            self.too_deep(self.tokens[0])
        return node

    def too_deep(self, token: _Token) -> NoReturn:
        self.fail(f"a condition is at most {DEEPEST} deep; write it as several", token)

    def inside(self, inner: Callable[[], Node]) -> Node:
        """Parse a part that is one level deeper."""
        self.level += 1
        if self.level > DEEPEST:
            self.too_deep(self.tokens[self.place - 1])
        node = inner()
        self.level -= 1
        return node

    def strange(self, token: _Token) -> str:
        """Say what to write in place of a word that can't stand here."""
        word = token.word.lower()
        if token.word in EQUIVALENTS:
            return f"write {EQUIVALENTS[token.word]!r}"
        if word in UNSAID:
            return UNSAID[word]
        for signs, advice in UNREAD.items():
            if token.word[0] in signs and token.kind != "text":
                return advice
        if token.kind == "name":
            if word in WORDS:
                called = self.place + 1 < len(self.tokens) and self.tokens[self.place + 1].word == "("
                if called and token.word != word:
                    return f"write a {word} b, with the conditions at both sides"
                return f"write {word!r}" if token.word != word else "a condition is missing before it"
            return f"here one of and, or, in, <, <=, >, >=, ==, != is missing.{nearest(word, WORDS)}"
        if token.word in COMPARED:
            return "a comparison has two sides; join two comparisons with and"
        return "this can't stand here; words stand in quotes, and conditions are joined with and, or"

    def either(self) -> Node:
        return self.joined("or", self.all)

    def all(self) -> Node:
        return self.joined("and", self.negated)

    def joined(self, how: str, inner: Callable[[], Node]) -> Node:
        parts = [inner()]
        while self.took(how):
            parts.append(inner())
        return parts[0] if len(parts) == 1 else Joined(how, tuple(parts))

    def negated(self) -> Node:
        return Joined("not", (self.inside(self.negated),)) if self.took("not") else self.comparison()

    def comparison(self) -> Node:
        left = self.sum()
        how = self.took("<", "<=", ">", ">=", "==", "!=", "in")
        if how is None and self.took("not"):
            self.expect("in")
            how = "not in"
        if how is None:
            return left
        right = self.list() if how.endswith("in") else self.sum()
        return Compared(how, left, right)

    def list(self) -> Given:
        close = {"(": ")", "[": "]"}.get(self.took("(", "[") or "")
        if close is None:
            self.fail("in asks for a list: ('09', '10')")
        values = []
        while not self.took(close):
            one = self.sum()
            if not isinstance(one, Given) or isinstance(one.value, tuple):
                self.fail("a list has numbers, or words in quotes", self.tokens[self.place - 1])
            values.append(one.value)
            if not self.took(","):
                self.expect(close)
                break
        if not values:
            self.fail("a list has one entry or more")
        return Given(tuple(values))

    def sum(self) -> Node:
        return self.worked(("+", "-"), self.product)

    def product(self) -> Node:
        return self.worked(("*", "/"), self.value)

    def worked(self, signs: tuple[str, ...], inner: Callable[[], Node]) -> Node:
        node = inner()
        while how := self.took(*signs):
            node = Worked(how, node, inner())
        return node

    def value(self) -> Node:
        token = self.token
        if self.took("-"):
            inner = self.inside(self.value)
            if not isinstance(inner, Given) or not isinstance(inner.value, float):
                self.fail("a minus stands before a number, or between two values", token)
            return Given(-inner.value)
        if self.took("("):
            node = self.inside(self.either)
            self.expect(")")
            return node
        if self.took("at_least"):
            return self.at_least()
        if self.took("on_record"):
            self.expect("(")
            asked = self.name("on_record asks for one element: on_record(guardians)")
            self.expect(")")
            return Read(f"on_record({asked})")
        if token.kind == "number":
            self.place += 1
            return Given(float(token.word))
        if token.kind == "text":
            self.place += 1
            return Given(token.word[1:-1])
        return Read(self.name(self.strange(token) if token.kind != "end" else "a value is missing"))

    def name(self, why: str) -> str:
        token = self.token
        if token.kind != "name" or token.word.lower() in (*WORDS, *UNSAID):
            self.fail(why)
        self.place += 1
        if self.token.word == "(":
            near = nearest(token.word.lower(), ("at_least", "on_record"))
            self.fail(f"nothing is called {token.word}(); there are at_least() and on_record().{near}", token)
        return token.word

    def at_least(self) -> Counted:
        begin = self.tokens[self.place - 1]
        self.expect("(")
        number = self.value()
        parts = []
        while self.took(","):
            parts.append(self.inside(self.either))
        self.expect(")")
        least = number.value if isinstance(number, Given) else None
        if not isinstance(least, float) or least != int(least) or not 1 <= least <= len(parts):
            self.fail(
                "at_least takes a whole number and as many conditions or more: at_least(2, a, b, c)", begin
            )
        return Counted(int(least), tuple(parts))

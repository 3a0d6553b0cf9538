"""Find what the pages of a run say against each other: two values, other nouns or bases, wrong sums."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from helpers.standard import definition, definitions
from tests.report.read_pages import PLACE, Number, Page

__all__ = ["contradictions", "unmeasured"]

# Words of a count, and of another: 38 *children*; 38 of 674 *children*.
NOUNS = {noun: name for name, one in definitions().items() for noun in one.counts}
# A phrase of fewer words can be said of two measures.
LEAST_WORDS = 4


def contradictions(pages: Iterable[Page]) -> list[str]:
    """List what pages contradict, a line each."""
    said = [one for page in pages for one in page.numbers]
    numbers = [one for one in said if _declared(one)]
    return [
        *(f"{one.page}: {one.text}{one.after} has no declared measure" for one in said if not _declared(one)),
        *_two_values(numbers),
        *_other_bases(numbers),
        *_other_nouns(numbers),
        *_one_phrase(numbers),
        *_sums(numbers),
        *_differences(numbers),
    ]


def _declared(one: Number) -> bool:
    return all(name in definitions() for name in one.measure.split("-"))


def _kind(one: Number) -> str:
    """Tell a share from a count: one measure has both."""
    return "share" if one.text.endswith("%") else "count"


def _two_values(numbers: Iterable[Number]) -> Iterator[str]:
    """One measure in one place has one value, as a number, a share or the text of a guard."""
    said: dict[tuple[str, str, str], dict[str, str]] = defaultdict(dict)
    for one in numbers:
        if "-" not in one.measure:
            said[one.measure, one.where, _kind(one)].setdefault(one.text.casefold(), one.page)
    for (measure, where, _), texts in said.items():
        if len({_unmasked(text, texts) for text in texts}) > 1:
            found = ", ".join(f"{text} ({page})" for text, page in texts.items())
            yield f"{measure}{f' in {where}' if where else ''} has two values: {found}"


def _unmasked(text: str, others: Iterable[str]) -> str:
    """Read a number rounded by a guard as the exact one, where another page may show that."""
    about = re.fullmatch(r"about ([\d,]+)", text)
    if about is None:
        return text
    tens = int(about[1].replace(",", ""))
    exact = (one for one in others if re.fullmatch(r"[\d,]+", one))
    return next((one for one in exact if abs(int(one.replace(",", "")) - tens) <= 5), text)


def _other_bases(numbers: list[Number]) -> Iterator[str]:
    """A measure in one place has one base, and the base is the value of the measure that is its base."""
    values = {(one.measure, one.where): one for one in numbers if _kind(one) == "count"}
    seen: dict[tuple[str, str], Number] = {}
    for one in numbers:
        if not one.base or "-" in one.measure:
            continue
        first = seen.setdefault((one.measure, one.where), one)
        if _unmasked(first.base, [one.base]) != _unmasked(one.base, [first.base]):
            yield f"{one.measure} is of {first.base} ({first.page}) and of {one.base} ({one.page})"
        above = definition(one.measure).base
        whole = values.get((above, one.where))
        bare = [text.replace(",", "") for text in (whole.text, one.base)] if above and whole else []
        if whole is not None and bare and _unmasked(bare[0], bare[1:]) != _unmasked(bare[1], bare[:1]):
            yield f"{one.page}: {one.text} of {one.base}, where {above} is {whole.text} ({whole.page})"


def _noun_after(text: str) -> str:
    """Return the longest declared noun that a text begins with."""
    words = re.split(r"[\s,.;:]+", text.strip())
    for many in range(min(len(words), 16), 0, -1):
        if " ".join(words[:many]) in NOUNS:
            return " ".join(words[:many])
    return ""


def _other_nouns(numbers: Iterable[Number]) -> Iterator[str]:
    """The noun after a number is that of its measure, or of its base: 38 of 674 children."""
    for one in numbers:
        of = re.match(r" of (?:the )?[\d,]+ (.*)", one.after)
        own = one.after if "-" not in one.measure else re.sub("^ (more|fewer) ", "", one.after)
        noun = _noun_after(of.group(1) if of else own)
        if not noun:
            continue
        measure = definition(one.measure.split("-")[0])
        if of and measure.base:
            measure = definition(measure.base)
        if noun not in {*measure.counts}:
            yield f"{one.page}: {one.text}{one.after}: {one.measure} counts {measure.counts[1]}"


def _one_phrase(numbers: Iterable[Number]) -> Iterator[str]:
    """One phrase with one base has one value, whatever measures say it."""
    said: dict[tuple[str, str, str], Number] = {}
    for one in numbers:
        phrase = re.sub(r"[\d,]+", "#", f"{one.before} #{one.after}".casefold())
        if len(re.findall("[a-z]{3,}", phrase)) < LEAST_WORDS or "-" in one.measure:
            continue
        first = said.setdefault((phrase, one.where, one.base), one)
        if first.measure != one.measure and first.text != one.text:
            yield (
                f"“{phrase}” is {first.text} ({first.measure}, {first.page}) and {one.text} "
                f"({one.measure}, {one.page})"
            )


def _values(numbers: Iterable[Number]) -> Mapping[tuple[str, str], float]:
    return {
        (one.measure, one.where): one.value
        for one in numbers
        if one.value is not None and _kind(one) == "count" and "-" not in one.measure
    }


def _sums(numbers: list[Number]) -> Iterator[str]:
    """Parts that a measure declares add up to it."""
    values = _values(numbers)
    for (name, where), whole in values.items():
        parts = [(part, where) for part in definition(name).parts] if name in definitions() else []
        if parts and all(part in values for part in parts) and sum(values[part] for part in parts) != whole:
            terms = " + ".join(f"{values[part]:g} {part[0]}" for part in parts)
            yield f"{terms} is not {whole:g} {name}{f' in {where}' if where else ''}"


def _differences(numbers: list[Number]) -> Iterator[str]:
    """A difference is that of two values which the pages say."""
    values = _values(numbers)
    for one in numbers:
        if "-" not in one.measure or one.value is None:
            continue
        before, after = one.measure.split("-")
        sides = [
            [value for (name, where), value in values.items() if name == side] for side in (before, after)
        ]
        if all(sides) and not any(abs(left - right) == one.value for left in sides[0] for right in sides[1]):
            yield f"{one.page}: {one.text}{one.after} is not the difference of {before} and {after}"


# Numbers that count nothing: days, years, grades, paragraphs of law, examples in quotes; where a value stands
# in a file, and the limits of a published definition.
NO_COUNT = re.compile(
    r"\S+\.(?:csv|jsonl?|zip|xlsx|xml|tsv|txt)\b\S*|\brows? \d+(?:, \d+)*(?:, … and \d+ more)?|"
    r"\b(?:flags|warns at) (?:[^;.]|\.\d)*|"
    r"“[^”]*”|\b\d{4}-\d\d-\d\d\b|\b(?:19|20)\d\d\b|"
    r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December) \d+\b|"
    r"\b(?:grades?|seed|version|step|level|month|line|cell|notebook) \d[\d.]*(?: (?:to|and) \d+)?|"
    r"\b\d+ (?:CFR|U\.S\.C\.)[^;,]*|\b95% intervals?|\b19 times in 20|\bof 100\b|\b1 to 4\b|fewer than 10\b|"
    r"\b100 means|\babove 2\b",
    re.IGNORECASE,
)


def unmeasured(pages: Iterable[Page]) -> list[str]:
    """List the sentences that the kit computes with a number that carries no measure."""
    return [
        f"{page.name}: {said}"
        for page in pages
        for said, bare in zip(page.sentences, page.bare, strict=True)
        if re.search(r"\d", NO_COUNT.sub("", bare.replace(PLACE, "")))
    ]

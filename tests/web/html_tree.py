"""HTML as a tree of elements to ask: enough for tests of pages, with the standard library's parser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset(
    {
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "source",
        "track",
        "wbr",
        "path",
        "rect",
    }
)


@dataclass
class Element:
    tag: str
    attributes: dict[str, str | None] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)

    def get(self, name: str) -> str:
        """An attribute's value; "" when it is absent or empty."""
        return self.attributes.get(name) or ""

    @property
    def text(self) -> str:
        """All text inside, white space joined."""
        return " ".join(" ".join(self._texts()).split())

    @property
    def elements(self) -> list[Element]:
        """The children that are elements."""
        return [child for child in self.children if isinstance(child, Element)]

    def walk(self) -> Iterator[Element]:
        """This and every element inside."""
        yield self
        for child in self.elements:
            yield from child.walk()

    def all(self, tag: str = "", **attributes: str) -> list[Element]:
        """Elements inside by tag and attributes (class_ means: has that class)."""
        wanted = attributes.pop("class_", "")
        return [
            each
            for each in self.walk()
            if (not tag or each.tag == tag)
            and (not wanted or wanted in each.get("class").split())
            and all(each.attributes.get(name) == value for name, value in attributes.items())
        ]

    def id(self, id: str) -> Element:
        """The one element with that id."""
        found = [each for each in self.walk() if each.get("id") == id]
        assert len(found) == 1, f"{len(found)} elements with id {id}"
        return found[0]

    def has_id(self, id: str) -> bool:
        return any(each.get("id") == id for each in self.walk())

    def _texts(self) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            elif child.tag not in ("script", "style"):
                yield from child._texts()


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("")
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].children.append(Element(tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def parse(html: str) -> Element:
    """The tree below a nameless root; an element closed by another's end tag, or never, is an AssertionError."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    assert len(builder.open) == 1, f"never closed: {[each.tag for each in builder.open[1:]]}"
    return builder.root

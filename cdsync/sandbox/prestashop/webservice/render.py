"""Entities, lists, schemas and errors as the webservice's XML. Only turns given data into text.

Source: recorded answers; classes/webservice/WebserviceOutputXML.php.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..core.schema import Association, Field, Resource
from ..core.shop import Shop
from ..core.store import Row
from . import computed

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<prestashop xmlns:xlink="http://www.w3.org/1999/xlink">\n'
FOOT = "</prestashop>\n"


class Rendering:
    """How one request wants its entities: which fields, which languages, with or without associations."""

    def __init__(
        self,
        shop: Shop,
        resource: Resource,
        fields: list[str] | None = None,
        language: str | None = None,
        extra: dict[str, dict[str, str]] | None = None,
    ) -> None:
        self.shop, self.resource, self.fields, self.language = shop, resource, fields, language
        self.extra = extra or {}  # product id -> computed price fields
        self.url = f"{shop.address}/api/"

    def shown(self) -> list[Field]:
        fields = self.resource.fields.values()
        return [one for one in fields if self.fields is None or one.name in self.fields]

    def associations(self) -> list[Association]:
        wanted = self.fields is None or "associations" in self.fields
        return list(self.resource.associations.values()) if wanted else []

    def computed(self, row: Row) -> dict[str, str]:
        """The price fields that were asked for, and named in `display` where there is one."""
        extra = self.extra.get(str(row.get("id")), {})
        return {name: text for name, text in extra.items() if self.fields is None or name in self.fields}

    def shows_id(self) -> bool:
        return self.fields is None or "id" in self.fields

    def value(self, field: Field, row: Row) -> str | dict[str, str]:
        if field.multilingual:
            texts = row.get(field.name) or {}
            shown = [self.language] if self.language is not None else self.shop.languages()
            return {one: texts.get(one, "") for one in shown}
        if field.computed:
            return computed.field_value(self.shop, self.resource.name, field.name, row)
        return str(row.get(field.name, ""))


def xml_document(inside: str) -> bytes:
    return (HEAD + inside + FOOT).encode()


def xml_entity(how: Rendering, row: Row) -> str:
    """One entity with its fields and associations."""
    lines = [f"<{how.resource.node}>"]
    if how.shows_id():
        lines.append(f"\t<id><![CDATA[{row.get('id', '')}]]></id>")
    lines += [_xml_field(how, field, row) for field in how.shown()]
    lines += [f"\t<{name}><![CDATA[{text}]]></{name}>" for name, text in how.computed(row).items()]
    associations = how.associations()
    if associations:
        lines.append("<associations>")
        for one in associations:
            lines += _xml_association(how, one, row)
        lines.append("</associations>")
    lines.append(f"</{how.resource.node}>")
    return "\n".join(lines) + "\n"


def _xml_field(how: Rendering, field: Field, row: Row) -> str:
    value = how.value(field, row)
    note = ' notFilterable="true"' if field.computed else ""
    if isinstance(value, dict):
        inside = "".join(
            f'<language id="{one}"{_language_link(how, row, field, one)}><![CDATA[{_cdata(text)}]]></language>'
            for one, text in value.items()
        )
        return f"\t<{field.name}>{inside}</{field.name}>"
    link = ""
    if field.link and not (field.name.startswith("id_") and value in ("", "0")):
        middle = f"{row.get('id', '')}/" if field.link == "images/products" else ""
        link = f' xlink:href="{how.url}{field.link}/{middle}{value}"'
    return f"\t<{field.name}{link}{note}><![CDATA[{_cdata(value)}]]></{field.name}>"


def _language_link(how: Rendering, row: Row, field: Field, language: str) -> str:
    return f' xlink:href="{how.url}languages/{language}"' if row.get(field.name) else ""


def _cdata(text: str) -> str:
    return text.replace("]]>", "]]]]><![CDATA[>")


def _xml_association(how: Rendering, one: Association, row: Row) -> list[str]:
    entries = computed.association(how.shop, how.resource.name, one.name, row)
    kind = f'api="{one.api}"' if one.api else 'virtualEntity="true"'
    opening = f'<{one.name} nodeType="{one.node}" {kind}'
    if not entries:
        return [f"{opening}/>"]
    lines = [f"{opening}>"]
    for entry in entries:
        link = ""
        if one.api and "id" in entry:
            link = f' xlink:href="{how.url}{_target(how, one, row)}/{entry["id"]}"'
        lines.append(f"\t<{one.node}{link}>")
        for name, target, _, _ in one.fields:
            if name in entry:
                href = f' xlink:href="{how.url}{target}/{entry[name]}"' if target else ""
                lines.append(f"\t<{name}{href}><![CDATA[{_cdata(entry[name])}]]></{name}>")
        lines.append(f"\t</{one.node}>")
    lines.append(f"</{one.name}>")
    return lines


def _target(how: Rendering, one: Association, row: Row) -> str:
    """Where an association's entries are found; pictures under their product."""
    if not one.api.startswith("images"):
        return one.api
    return f"images/products/{row.get('id_product', row.get('id'))}"


def xml_list(how: Rendering, rows: Iterable[Row], full: bool) -> str:
    """A list: entities when fields were asked for, else only ids with their addresses."""
    if full:
        inside = "".join(xml_entity(how, row) for row in rows)
    else:
        inside = "".join(
            f'<{how.resource.node} id="{row["id"]}" xlink:href="{how.url}{how.resource.name}/{row["id"]}"/>\n'
            for row in rows
        )
    return f"<{how.resource.name}>\n{inside}</{how.resource.name}>\n"


def xml_schema(how: Rendering, synopsis: bool) -> str:
    """The empty entity (blank) or the entity with its rules as attributes (synopsis)."""
    lines = [f"<{how.resource.node}>"]
    if not synopsis:
        lines.append("\t<id><![CDATA[]]></id>")
    for field in how.shown():
        if field.refused and not synopsis:
            continue
        rules = _rules(field) if synopsis else ""
        lines.append(f"\t<{field.name}{rules}>{_schema_value(how, field, synopsis)}</{field.name}>")
    if how.resource.associations:
        lines.append("<associations>")
        for one in how.resource.associations.values():
            kind = f' nodeType="{one.node}" ' + (f'api="{one.api}"' if one.api else 'virtualEntity="true"')
            lines.append(f"<{one.name}{kind if synopsis else ''}>\n\t<{one.node}>")
            for name, target, required, read_only in one.fields:
                href = f' xlink:href="{how.url}{target}/"' if target else ""
                rule = ' required="true"' if required else ' read_only="true" readOnly="true"' if read_only else ""
                lines.append(f"\t<{name}{href + rule if synopsis else ''}><![CDATA[]]></{name}>")
            lines.append(f"\t</{one.node}>\n</{one.name}>")
        lines.append("</associations>")
    return "\n".join([*lines, f"</{how.resource.node}>"]) + "\n"


def _schema_value(how: Rendering, field: Field, synopsis: bool) -> str:
    if not field.multilingual:
        return "<![CDATA[]]>"
    rule = ' format="isUnsignedId" ' if synopsis else ""
    return "".join(
        f'<language id="{one}" xlink:href="{how.url}languages/{one}"{rule}><![CDATA[]]></language>'
        if synopsis
        else f'<language id="{one}"><![CDATA[]]></language>'
        for one in how.shop.languages()
    )


def _rules(field: Field) -> str:
    parts = []
    if field.computed:
        parts.append('notFilterable="true"')
    if field.refused:
        parts.append('read_only="true"')
    if field.required:
        parts.append('required="true"')
    if field.size:
        parts.append(f'maxSize="{field.size}"')
    if field.rule:
        parts.append(f'format="{field.rule}"')
    if field.read_only:
        parts.append('readOnly="true"')
    return "".join(f" {part}" for part in parts)


def xml_errors(errors: list[tuple[int, str]]) -> str:
    """Messages go in as they are: one that holds "]]>" makes the document ill-formed, as PrestaShop's."""
    inside = "".join(
        f"<error>\n<code><![CDATA[{code}]]></code>\n<message><![CDATA[{message}]]></message>\n</error>\n"
        for code, message in errors
    )
    return f"<errors>\n{inside}</errors>\n"

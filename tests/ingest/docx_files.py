"""Word documents for tests: the smallest archives that Word would open, made from the XML of their body."""

from __future__ import annotations

import io
import zipfile

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_TYPES = """<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/word/document.xml"
 ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"""
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_RELS = f"""<?xml version="1.0"?><Relationships xmlns="{_PACKAGE}">
<Relationship Id="rId1" Type="{_RELATION}/officeDocument" Target="word/document.xml"/></Relationships>"""
_CORE = """<?xml version="1.0"?><cp:coreProperties
 xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">
<dc:title>Audits of model A</dc:title><dc:creator>Ann Smith</dc:creator>
<dcterms:created>2025-03-07T10:00:00Z</dcterms:created></cp:coreProperties>"""


def paragraph(text: str, style: str | None = None, more: str = "") -> str:
    """A paragraph; `more` is XML after its text."""
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f'<w:p>{properties}<w:r><w:t xml:space="preserve">{text}</w:t></w:r>{more}</w:p>'


def table(*rows: tuple[str, ...]) -> str:
    written = ("".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) for row in rows)
    return f"<w:tbl>{''.join(f'<w:tr>{cells}</w:tr>' for cells in written)}</w:tbl>"


FOOTNOTE_MARK = '<w:r><w:footnoteReference w:id="2"/></w:r>'


def make_docx(
    body: str, *, footnote: str | None = None, link: str | None = None, parts: dict[str, bytes] | None = None
) -> bytes:
    """An archive with this body; `footnote` is the text of note 2, `link` the target of relation rId9;
    `parts` are added or take the place of others."""
    relations = ""
    if footnote is not None:
        relations += f'<Relationship Id="rId5" Type="{_RELATION}/footnotes" Target="footnotes.xml"/>'
    if link is not None:
        relations += (
            f'<Relationship Id="rId9" Type="{_RELATION}/hyperlink" Target="{link}" TargetMode="External"/>'
        )
    written: dict[str, bytes] = {
        "[Content_Types].xml": _TYPES.encode(),
        "_rels/.rels": _RELS.encode(),
        "docProps/core.xml": _CORE.encode(),
        "word/document.xml": f'<?xml version="1.0"?><w:document {_W} {_R}><w:body>{body}</w:body></w:document>'.encode(),
        "word/_rels/document.xml.rels": (
            f'<?xml version="1.0"?><Relationships xmlns="{_PACKAGE}">{relations}</Relationships>'.encode()
        ),
        "word/styles.xml": (
            f'<?xml version="1.0"?><w:styles {_W}><w:style w:type="paragraph" w:styleId="Heading1">'
            '<w:name w:val="heading 1"/></w:style></w:styles>'.encode()
        ),
    }
    if footnote is not None:
        note = f'<w:footnote w:id="2">{paragraph(footnote)}</w:footnote>'
        written["word/footnotes.xml"] = (
            f'<?xml version="1.0"?><w:footnotes {_W}>{note}</w:footnotes>'.encode()
        )
    written |= parts or {}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in written.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return packed.getvalue()

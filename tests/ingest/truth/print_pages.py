"""Sets our texts for print and has Chromium print them: a report, a two-column paper, a narrow brief.

Long words carry soft hyphens and ranges may break behind their hyphen, as in justified type. The paper and the
brief are filled page by page, with the notes at the foot of the page that marks them, a running head and a
page number; the report leaves that to Chromium and has its notes at the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING, Any

from tests.ingest.truth.html_pages import set_parts, soften
from tests.ingest.truth.source import Line, Piece, Truth

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_TYPE = """
  body { margin: 0; hyphens: manual; text-align: justify; line-height: 1.25; font-variant-ligatures: common-ligatures }
  h1 { font-size: 1.7em; text-align: left; line-height: 1.1 } h2 { font-size: 1.25em; margin: .8em 0 .3em; text-align: left }
  h3 { font-size: 1.1em; margin: .7em 0 .3em; text-align: left } p { margin: 0 0 .5em } li { margin: 0 0 .2em }
  blockquote { margin: .4em 1.5em; } sup, sub { font-size: .65em; line-height: 0 }
  table { border-collapse: collapse; font-size: .85em; margin: .4em 0; text-align: left; width: 100% }
  th, td { padding: .1em .9em .1em 0; vertical-align: top } caption, figcaption { font-size: .9em; text-align: left }
  figure { margin: .6em 0 } .box { height: 3em; border: 1px solid #888 } .byline { text-align: left }
  .notes { font-size: .78em; } .notes p { margin: .2em 0 }
"""
_PAGES = """
  .sheet { position: relative; width: WIDTHpx; height: HEIGHTpx; page-break-after: always; overflow: hidden }
  .head { position: absolute; top: 26px; left: 60px; right: 60px; font-size: .8em; text-align: left }
  .foot { position: absolute; bottom: 22px; left: 0; right: 0; font-size: .8em; text-align: center }
  .area { position: absolute; top: 64px; bottom: 62px; left: 60px; right: 60px; display: flex; flex-direction: column }
  .flow { flex: 1 1 0; min-height: 0; columns: COLUMNS; column-gap: 26px; column-fill: auto }
  .notes { flex: none; border-top: 1px solid #000; padding-top: 3px } .notes:empty { display: none }
"""
# Fills sheet after sheet with the blocks of #source, splits a paragraph at a word where a page is full, and puts
# the notes under the page on which they are marked.
_FILL = """
([running]) => {
  const source = document.querySelector('#source'), notes = document.querySelector('#notes');
  let number = 0, flow, foot;
  const open = () => {
    number += 1;
    const sheet = document.createElement('div');
    sheet.className = 'sheet';
    sheet.innerHTML = '<div class=head></div><div class=area><div class=flow></div><div class=notes></div></div><div class=foot></div>';
    sheet.querySelector('.head').textContent = running;
    sheet.querySelector('.foot').textContent = String(number);
    document.body.append(sheet);
    flow = sheet.querySelector('.flow'); foot = sheet.querySelector('.notes');
    flow.style.paddingBottom = '16px';  // type is a little wider in print than on the screen
  };
  const lay = () => {
    foot.innerHTML = '';
    for (const mark of flow.querySelectorAll('[data-note]'))
      foot.append(notes.querySelector('#n' + mark.dataset.note).cloneNode(true));
  };
  const over = () => { lay(); return flow.scrollHeight > flow.clientHeight + 1 || flow.scrollWidth > flow.clientWidth + 1; };
  const places = block => {
    const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT), found = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode())
      for (let at = node.data.indexOf(' '); at >= 0; at = node.data.indexOf(' ', at + 1)) found.push([node, at]);
    return found;
  };
  const cut = (block, index) => {
    const whole = block.cloneNode(true), range = document.createRange(), [node, at] = places(whole)[index];
    range.selectNodeContents(whole); range.setEnd(node, at);
    const first = whole.cloneNode(false); first.append(range.extractContents());
    return [first, whole];
  };
  open();
  const blocks = [...source.children];
  while (blocks.length) {
    const block = blocks.shift();
    flow.append(block);
    if (!over()) continue;
    block.remove();
    let low = 0, high = block.tagName === 'P' ? places(block).length : 0;
    while (low < high) {
      const middle = (low + high) >> 1, [first] = cut(block, middle);
      flow.append(first);
      if (over()) high = middle; else low = middle + 1;
      first.remove();
    }
    if (low > 8) {
      const [first, rest] = cut(block, low - 1);
      flow.append(first); lay(); rest.style.textIndent = 0; blocks.unshift(rest);
    } else {
      const last = flow.lastElementChild;
      if (last && /^H/.test(last.tagName)) { last.remove(); blocks.unshift(last, block); } else blocks.unshift(block);
      lay();
    }
    open();
  }
  source.remove(); notes.remove();
  for (const one of document.querySelectorAll('.flow')) one.style.paddingBottom = '';
  return number;
}
"""


def _inline(piece: Piece) -> str:
    shown = escape(piece.text)
    if piece.kind in ("raised", "mark"):
        held = f' data-note="{shown}"' if piece.kind == "mark" else ""
        return f"<sup{held}>{shown.replace('-', '−')}</sup>"
    if piece.kind == "lowered":
        return f"<sub>{shown}</sub>"
    if piece.kind == "cite":
        return f"[{shown}]"
    if piece.kind == "link":
        return f'<a href="{escape(piece.target)}">{shown}</a>'
    shown = re.sub(r"[a-z]{8,}", lambda word: soften(word.group(), "&shy;"), shown)
    return re.sub(r"(?<=\d)([-–])(?=\d)", r"\1<wbr>", shown)


def _line(line: Line) -> str:
    return "".join(map(_inline, line))


def set_print(truth: Truth, *, family: str, size_px: float, sheet: tuple[int, int, int] | None) -> str:
    """A page to print. `sheet` is width, height (CSS pixels) and columns of pages that are filled by script."""
    body = set_parts(truth, _inline, caption="inside").replace(
        '<img src="f.png" alt="a chart">', '<div class="box"></div>'
    )
    notes = "".join(
        f'<p id="n{note.label}"><sup>{note.label}</sup> {_line(note.line)}</p>' for note in truth.notes
    )
    references = "".join(f"<p>[{ref.label}] {_line(ref.line)}</p>" for ref in truth.references)
    listed = f"<h2>References</h2>{references}" if references else ""
    style = _TYPE + f"body {{ font: {size_px}px '{family}' }}"
    top = f'<h1>{escape(truth.title)}</h1><p class="byline">{escape(", ".join(truth.authors))}</p>'
    if sheet is None:
        ending = f'<div class="notes">{notes}</div>' if notes else ""
        return f"<!doctype html><meta charset=utf-8><style>{style}</style>{top}{body}{listed}{ending}"
    width, height, columns = sheet
    pages = (
        _PAGES.replace("WIDTH", str(width)).replace("HEIGHT", str(height)).replace("COLUMNS", str(columns))
    )
    return (
        f"<!doctype html><meta charset=utf-8><style>{style}{pages}@page {{ margin: 0 }}</style>"
        f'<div id="notes" class="notes">{notes}</div><div id="source">{top}{body}{listed}</div>'
    )


STYLES: dict[str, dict[str, Any]] = {
    "report": {"family": "DejaVu Serif", "size_px": 14.5, "sheet": None},
    "paper": {"family": "DejaVu Serif", "size_px": 11.5, "sheet": (660, 800, 2)},
    "brief": {"family": "DejaVu Sans", "size_px": 12.5, "sheet": (520, 760, 1)},
}


def print_texts(
    texts: Iterable[Truth], browser: Browser | None = None, styles: Iterable[str] = tuple(STYLES)
) -> dict[tuple[str, str], bytes]:
    """The PDFs by (style, text's name). Starts a Chromium of its own where none is given."""
    if browser is not None:
        return _print(browser, texts, styles)
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import ARGUMENTS, find_chromium

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        try:
            return _print(launched, texts, styles)
        finally:
            launched.close()


def _print(browser: Browser, texts: Iterable[Truth], styles: Iterable[str]) -> dict[tuple[str, str], bytes]:
    printed = {}
    held = list(texts)
    page = browser.new_page()
    for style in styles:
        for truth in held:
            page.set_content(set_print(truth, **STYLES[style]))
            sheet = STYLES[style]["sheet"]
            if sheet is not None:
                page.evaluate(_FILL, [truth.running])
                options: dict[str, Any] = {"width": f"{sheet[0]}px", "height": f"{sheet[1]}px"}
            else:
                small = '<div style="font-size:8px;width:100%;padding:0 60px">{}</div>'
                options = {
                    "format": "A4",
                    "margin": {"top": "80px", "bottom": "80px", "left": "70px", "right": "70px"},
                    "display_header_footer": True,
                    "header_template": small.format(
                        f"{escape(truth.running)} | Invented Institute, {truth.published}"
                    ),
                    "footer_template": small.format(
                        'Page <span class="pageNumber"></span> of <span class="totalPages"></span>'
                    ),
                }
            printed[style, truth.name] = page.pdf(**options)
    page.close()
    return printed

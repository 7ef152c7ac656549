"""The command line: verbs, their options and their help. Every verb's work is in service.commands, imported
when it runs, so that `--help` answers at once."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from service.settings import Flags, read_settings
from service.terminal import (
    EXIT_DONE,
    EXIT_INTERRUPTED,
    EXIT_USAGE,
    EXIT_WRITE,
    Terminal,
    explain_os_error,
    put_error,
)
from service.verbs import add_group, add_verb, drop_stdout

_LABELS = ("supported", "contested", "unsourced", "not_checked")

_ABOUT = (
    "Where is this number from, and does the source really say it?\n\n"
    "Wherefrom reads an article about AI alignment, finds its checkable claims, links each to a primary source,"
    " and marks it supported, contested or unsourced, with the passage that decides.\n\n"
    "Start with [bold]wherefrom init[/bold], then [bold]wherefrom check ARTICLE[/bold]."
)
_CODES = (
    "Exit codes: 0 done, 1 claims named by --fail-on, 2 wrong usage, 3 an input could not be fetched or read,"
    " 4 the knowledge base or a source file is faulty, 5 nothing could be written, 70 a fault in Wherefrom,"
    " 130 interrupted. Several inputs end with the highest."
)

app = typer.Typer(
    help=_ABOUT, epilog=_CODES, rich_markup_mode="rich", no_args_is_help=True, pretty_exceptions_enable=False
)
sources_app = typer.Typer(
    help="Add, accept, fetch, refresh, list, show and check primary sources.", no_args_is_help=True
)
audit_app = typer.Typer(help="Check the log of verdicts.", no_args_is_help=True)
keys_app = typer.Typer(help="Make, list and end API keys.", no_args_is_help=True)
eval_app = typer.Typer(help="Measure how good the answers are.", no_args_is_help=True)

# ---------------------------------------------------------------------- before the verb


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib import metadata

        typer.echo(f"wherefrom {metadata.version('wherefrom')}")
        raise typer.Exit


def _start(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit."),
    ] = False,
) -> None:
    """Options may stand before the verb or after it."""


# ---------------------------------------------------------------------- verbs

Inputs = Annotated[
    list[str], typer.Argument(metavar="FILE|URL|-", help="Text, Markdown, HTML or PDF; - is stdin.")
]
AddressOption = Annotated[
    str | None,
    typer.Option("--url", metavar="URL", help="The address that a file has, or will have, on the web."),
]


@add_verb(app, "init")
def init(
    terminal: Terminal,
    empty: Annotated[
        bool, typer.Option("--empty", help="Without the registry and the examples that ship.")
    ] = False,
    fetch: Annotated[
        bool, typer.Option("--fetch", help="Then fetch the open texts of the registry's sources.")
    ] = False,
) -> None:
    """Make the knowledge base: the registry of sources and our example articles."""
    from service.commands import knowledge

    knowledge.init(terminal, empty=empty)
    if fetch:
        from service.commands import gathering

        gathering.fetch(terminal, (), everything=True, again=False, offline=False)


@add_verb(app, "check")
def check(
    terminal: Terminal,
    inputs: Inputs,
    url: AddressOption = None,
    explain: Annotated[
        int | None,
        typer.Option("--explain", metavar="N", min=1, help="Print the whole chain behind claim N."),
    ] = None,
    fail_on: Annotated[
        str | None,
        typer.Option("--fail-on", metavar="LABELS", help="End with 1 on these, e.g. contested,unsourced."),
    ] = None,
    sarif: Annotated[
        bool, typer.Option("--sarif", help="Print one SARIF 2.1.0 log, for code hosts and their checks.")
    ] = False,
    vale: Annotated[
        bool, typer.Option("--vale", help="Print Vale's JSON, for editors that show Vale's alerts.")
    ] = False,
    export: Annotated[
        Path | None,
        typer.Option(
            "--export",
            metavar="FILE",
            help="Write the report to a file: .html, .docx, .md, .json or .txt (corrections).",
        ),
    ] = None,
    policy: Annotated[
        Path | None,
        typer.Option("--policy", metavar="FILE", help="A newsroom's stricter rules, as YAML."),
    ] = None,
) -> None:
    """Check articles: each claim with its verdict, source and passage. Nothing is kept.

    With --json one report is one object; for several inputs it is one object a line, in their order.
    """
    if explain is not None and len(inputs) > 1:
        raise typer.BadParameter("it needs one input, not several", param_hint="--explain")
    _check_names(inputs, url)
    labels = frozenset(
        label.strip().replace("-", "_") for label in (fail_on or "").split(",") if label.strip()
    )
    unknown = sorted(labels - set(_LABELS))
    if unknown:
        raise typer.BadParameter(
            f"{', '.join(unknown)}; known are {', '.join(_LABELS)}", param_hint="--fail-on"
        )
    from service.commands import checking

    if sum((sarif, vale, explain is not None, export is not None)) > 1:
        raise typer.BadParameter("choose one of them", param_hint="--sarif, --vale, --explain, --export")
    if export is not None and len(inputs) > 1:
        raise typer.BadParameter("it needs one input, not several", param_hint="--export")
    shape = "sarif" if sarif else "vale" if vale else None
    wanted = checking.Wanted(explain=explain, fail_on=labels, shape=shape, export=export, policy=policy)
    checking.check(terminal, inputs, wanted, url=url)


@add_verb(app, "ingest")
def ingest(terminal: Terminal, inputs: Inputs, url: AddressOption = None) -> None:
    """Store articles with their claims and verdicts in the knowledge base."""
    _check_names(inputs, url)
    from service.commands import checking

    checking.ingest(terminal, inputs, url=url)


def _check_names(inputs: Sequence[str], url: str | None) -> None:
    if inputs.count("-") > 1:
        raise typer.BadParameter("standard input can be read once", param_hint="FILE|URL|-")
    if url is not None and len(inputs) > 1:
        raise typer.BadParameter("it needs one input, not several", param_hint="--url")


@add_verb(app, "search")
def search(
    terminal: Terminal,
    query: Annotated[list[str], typer.Argument(metavar="WORDS...", help="What to look for.")],
    limit: Annotated[
        int, typer.Option("--limit", "-n", min=1, max=200, help="At most so many of each kind.")
    ] = 10,
) -> None:
    """Find stored claims, and passages and findings of sources."""
    from service.commands import knowledge

    knowledge.search(terminal, " ".join(query), limit=limit)


@add_verb(app, "show")
def show(
    terminal: Terminal,
    name: Annotated[
        str, typer.Argument(metavar="ID", help="Of a claim (c-...), an article (a-...) or a source.")
    ],
) -> None:
    """Show a stored claim or article, or a source."""
    from service.commands import knowledge

    knowledge.show(terminal, name)


@add_verb(app, "explain")
def explain(
    terminal: Terminal,
    claim: Annotated[str, typer.Argument(metavar="CLAIM", help="The id of a stored claim (c-...).")],
) -> None:
    """Show the whole chain behind a stored claim's verdict. For an article that isn't stored: check --explain N."""
    from service.commands import knowledge

    knowledge.explain(terminal, claim)


OfflineOption = Annotated[bool, typer.Option("--offline", help="Ask and fetch nothing.")]
ByOption = Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who reviewed it.")]
TierOption = Annotated[
    str | None,
    typer.Option("--tier", metavar="TIER", help="primary or secondary: stating it is reviewing the source."),
]


@add_verb(sources_app, "add")
def sources_add(
    terminal: Terminal,
    text: Annotated[
        str,
        typer.Argument(
            metavar="URL|DOI|ARXIV|FILE|MANIFEST",
            help="An address, DOI or arXiv id, a file (PDF, JATS, DOCX, HTML, text), or a manifest of many.",
        ),
    ],
    meta: Annotated[
        Path | None,
        typer.Option("--meta", metavar="META.yml", help="What the source is, as in the registry."),
    ] = None,
    texts: Annotated[
        Path | None, typer.Option("--texts", metavar="DIR", help="The folder of the manifest's texts.")
    ] = None,
    source_id: Annotated[
        str | None, typer.Option("--id", metavar="ID", help="Its id; made of author, year and title without.")
    ] = None,
    tier: TierOption = None,
    by: ByOption = None,
    title: Annotated[str | None, typer.Option("--title", help="Its title, where nobody knows it.")] = None,
    authors: Annotated[
        list[str] | None, typer.Option("--author", metavar="NAME", help="An author; give it again for each.")
    ] = None,
    published: Annotated[
        str | None, typer.Option("--published", metavar="DATE", help="YYYY, YYYY-MM or YYYY-MM-DD.")
    ] = None,
    publisher: Annotated[str | None, typer.Option("--publisher", help="Who published it.")] = None,
    kind: Annotated[
        str | None, typer.Option("--kind", help="paper, report, post, system_card, article, press, law, ...")
    ] = None,
    url: AddressOption = None,
    offline: OfflineOption = False,
) -> None:
    """Add a source: asks who wrote it, fetches its open text, suggests findings, writes its file.

    With --meta its metadata are a file of yours; with --texts many come from a manifest. The same bytes again
    change nothing. Without --tier it decides nothing before `sources accept`.
    """
    from service.commands import gathering, registry

    if meta is not None or texts is not None:
        registry.add(terminal, text, meta=meta, texts=texts)
        return
    known = gathering.read_known(
        title=title,
        authors=authors or (),
        published=published,
        publisher=publisher,
        kind=kind,
        tier=tier,
        url=url,
    )
    gathering.add_found(terminal, text, known, source_id=source_id, by=by, offline=offline)


IdsArgument = Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="Ids of sources.")]


@add_verb(sources_app, "accept")
def sources_accept(
    terminal: Terminal,
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="Ids of sources that were found.")],
    by: ByOption = None,
    tier: TierOption = None,
) -> None:
    """Make found sources reviewed, with the findings that you wrote into their files."""
    from service.commands import gathering

    gathering.accept(terminal, ids, by=by, tier=tier)


@add_verb(sources_app, "fetch")
def sources_fetch(
    terminal: Terminal,
    ids: IdsArgument = None,
    everything: Annotated[bool, typer.Option("--all", help="Every source whose text isn't held.")] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Also where a text is held, or just failed.")
    ] = False,
    offline: OfflineOption = False,
) -> None:
    """Fetch the open texts of sources, politely. Interrupted, the same command goes on from there."""
    from service.commands import gathering

    gathering.fetch(terminal, ids or (), everything=everything, again=again, offline=offline)


@add_verb(sources_app, "refresh")
def sources_refresh(
    terminal: Terminal,
    ids: IdsArgument = None,
    everything: Annotated[bool, typer.Option("--all", help="Every source.")] = False,
) -> None:
    """Look for new versions, corrections, retractions and dead links. What was read stays as it is."""
    from service.commands import gathering

    gathering.refresh(terminal, ids or (), everything=everything)


@add_verb(sources_app, "list")
def sources_list(terminal: Terminal) -> None:
    """List the sources of the knowledge base."""
    from service.commands import registry

    registry.list_all(terminal)


@add_verb(sources_app, "show")
def sources_show(
    terminal: Terminal, source: Annotated[str, typer.Argument(metavar="ID", help="The id of a source.")]
) -> None:
    """Show one source: what it found, who contests it, its versions."""
    from service.commands import registry

    registry.show(terminal, source)


@add_verb(sources_app, "check")
def sources_check(
    terminal: Terminal,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[PATH]...", help="Files or folders; none: those that ship."),
    ] = None,
) -> None:
    """Read source files strictly and tell every fault at once."""
    from service.commands import registry

    registry.check(terminal, paths or [])


@add_verb(app, "build")
def build(
    terminal: Terminal,
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The folder that the site is written to.")],
    base_url: Annotated[
        str | None,
        typer.Option("--base-url", metavar="URL", help="Where the site will stand, for its own links."),
    ] = None,
) -> None:
    """Write the knowledge base as a static site."""
    from service.commands import publishing

    publishing.build(terminal, out, base_url=base_url)


@add_verb(app, "serve")
def serve(
    terminal: Terminal,
    host: Annotated[str, typer.Option("--host", help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="The port to listen on.")] = 8000,
    names: Annotated[
        list[str] | None,
        typer.Option(
            "--allow-host", metavar="NAME", help="A further host name to answer to; may be repeated."
        ),
    ] = None,
    origins: Annotated[
        list[str] | None,
        typer.Option(
            "--allow-origin",
            metavar="ORIGIN",
            help="A web origin whose pages may send texts, e.g. https://cms.example.",
        ),
    ] = None,
    require_key: Annotated[
        bool, typer.Option("--require-key", help="Ask programs from elsewhere for an API key.")
    ] = False,
    rate: Annotated[
        int,
        typer.Option(
            "--rate", min=1, max=1_000_000, help="Requests a minute for each key or address from elsewhere."
        ),
    ] = 120,
) -> None:
    """Serve the API, the pages and the editors' protocols. Reachable from this machine alone unless told otherwise."""
    from service.commands import publishing

    publishing.serve(
        terminal,
        publishing.Serving(
            host=host,
            port=port,
            names=tuple(names or ()),
            origins=tuple(origins or ()),
            require_key=require_key,
            rate=rate,
        ),
    )


@add_verb(app, "mcp")
def mcp(terminal: Terminal) -> None:
    """Speak the Model Context Protocol over stdin and stdout, for assistants; it only reads."""
    from service.commands import publishing

    publishing.serve_mcp(terminal)


@add_verb(keys_app, "create")
def keys_create(
    terminal: Terminal,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Whose key it is, for the list.")],
    scopes: Annotated[
        str, typer.Option("--scopes", metavar="SCOPES", help="read (look up), check (send texts), or both.")
    ] = "read,check",
) -> None:
    """Make an API key. It is shown once; its hash is kept."""
    from service.commands import keys

    keys.create(terminal, name, scopes)


@add_verb(keys_app, "list")
def keys_list(terminal: Terminal) -> None:
    """List the API keys, without their secrets."""
    from service.commands import keys

    keys.list_all(terminal)


@add_verb(keys_app, "revoke")
def keys_revoke(
    terminal: Terminal, key: Annotated[str, typer.Argument(metavar="ID", help="The key's id, as listed.")]
) -> None:
    """End an API key, in running servers too."""
    from service.commands import keys

    keys.revoke(terminal, key)


@add_verb(app, "reindex")
def reindex(terminal: Terminal) -> None:
    """Make the search indexes anew from the store."""
    from service.commands import keeping

    keeping.reindex(terminal)


@add_verb(app, "backup")
def backup(
    terminal: Terminal,
    target: Annotated[Path, typer.Argument(metavar="FILE", help="The file that the copy is written to.")],
) -> None:
    """Write a whole copy of the knowledge base to one file, while others read and write."""
    from service.commands import keeping

    keeping.backup(terminal, target)


@add_verb(app, "restore")
def restore(
    terminal: Terminal,
    origin: Annotated[Path, typer.Argument(metavar="FILE", help="A file that `backup` has written.")],
) -> None:
    """Make the knowledge base of a backup, in a folder that has none, and check it whole."""
    from service.commands import keeping

    keeping.restore(terminal, origin)


@add_verb(audit_app, "verify")
def audit_verify(
    terminal: Terminal,
    head: Annotated[
        str | None,
        typer.Option("--head", metavar="NUMBER:SHA256", help="A head published earlier, to be found in it."),
    ] = None,
) -> None:
    """Check that no verdict ever recorded was changed, taken out or put in."""
    from service.commands import keeping

    keeping.audit_verify(terminal, head)


@add_verb(app, "doctor")
def doctor(
    terminal: Terminal,
    deep: Annotated[bool, typer.Option("--deep", help="Also hash every stored text and byte again.")] = False,
) -> None:
    """Show versions, limits, disk, sandbox and indexes, and whether the knowledge base is sound."""
    from service.commands import keeping

    keeping.doctor(terminal, deep=deep)


@add_verb(eval_app, "corpus")
def eval_corpus(
    terminal: Terminal,
    data: Annotated[
        Path,
        typer.Option("--data", metavar="DIR", help="A folder with gold/, articles/, sources/ and seeds/."),
    ],
    cases: Annotated[bool, typer.Option("--cases", help="One line for each labelled case.")] = False,
) -> None:
    """Score claims, links and verdicts on a labelled corpus, each beside a floor."""
    from service.commands import evaluation

    evaluation.evaluate(terminal, data, cases=cases)


@add_verb(eval_app, "reading")
def eval_reading(
    terminal: Terminal,
    data: Annotated[
        Path,
        typer.Option("--data", metavar="DIR", help="A folder with the labelled sets, or one above them."),
    ],
    split: Annotated[
        str | None,
        typer.Option("--split", metavar="NAME", help="The split to score; without it all but train."),
    ] = None,
    sets: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="SET", help="Score this set only (may be given again)."),
    ] = None,
    peer: Annotated[
        str | None,
        typer.Option("--peer", metavar="READER", help="Put this reader beside ours: quantulum3."),
    ] = None,
    cases: Annotated[bool, typer.Option("--cases", help="One line for each row that isn't right.")] = False,
) -> None:
    """Score how numbers, claims and their worth are read on labelled sets."""
    from service.commands import evaluation
    from service.evaluation.protocol import EvaluationOptions

    chosen = tuple(sets) if sets else None
    options = EvaluationOptions(split=split, sets=chosen, peer=peer, cases=cases)
    evaluation.run_evaluation(terminal, "reading", data, options)


@add_verb(eval_app, "verdict")
def eval_verdict(
    terminal: Terminal,
    data: Annotated[
        Path,
        typer.Option("--data", metavar="DIR", help="A folder with the labelled sets, or one above them."),
    ],
    split: Annotated[
        str | None,
        typer.Option("--split", metavar="NAME", help="The split of public sets to score; without it dev."),
    ] = None,
    sets: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="SET",
            help="Score this set only (may be given again): claims, adversarial, scifact, vitaminc, scitab.",
        ),
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option("--against", metavar="FILE", help="Show the rows that flipped since this stored run."),
    ] = None,
    cases: Annotated[bool, typer.Option("--cases", help="One line for each row, right or wrong.")] = False,
) -> None:
    """Score verdicts: labelled claims beside simple floors, claims written to trip the judge, public pairs."""
    from service.commands import evaluation
    from service.evaluation.protocol import EvaluationOptions

    chosen = tuple(sets) if sets else None
    options = EvaluationOptions(split=split, sets=chosen, cases=cases, against=against)
    evaluation.run_evaluation(terminal, "verdict", data, options)


@add_verb(eval_app, "linking")
def eval_linking(
    terminal: Terminal,
    data: Annotated[
        Path,
        typer.Option("--data", metavar="DIR", help="A folder with the labelled sets, or one above them."),
    ],
    split: Annotated[
        str | None,
        typer.Option("--split", metavar="NAME", help="The split to score; without it dev, and all articles."),
    ] = None,
    sets: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="SET",
            help="Score this set only (may be given again): claims, check_covid, scifact, findings.",
        ),
    ] = None,
    cache: Annotated[
        Path | None,
        typer.Option("--cache", metavar="DIR", help="Keep the vectors of public abstracts in this folder."),
    ] = None,
    cases: Annotated[bool, typer.Option("--cases", help="One line for each row that isn't right.")] = False,
) -> None:
    """Score whether the right source is found, and the right passage in it."""
    from service.commands import evaluation
    from service.evaluation.protocol import EvaluationOptions

    chosen = tuple(sets) if sets else None
    options = EvaluationOptions(split=split, sets=chosen, cases=cases, cache=cache)
    evaluation.run_evaluation(terminal, "linking", data, options)


add_group(app, _start)
add_group(sources_app, lambda context: None)
add_group(keys_app, lambda context: None)
add_group(audit_app, lambda context: None)
add_group(eval_app, lambda context: None)
app.add_typer(sources_app, name="sources")
app.add_typer(keys_app, name="keys")
app.add_typer(audit_app, name="audit")
app.add_typer(eval_app, name="eval")

# ---------------------------------------------------------------------- running


def run(arguments: Sequence[str] | None = None) -> int:
    """Runs one command line and returns its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = app(given, prog_name="wherefrom", standalone_mode=False)
        sys.stdout.flush()
    except typer.TyperException as error:
        return _report_usage(error, given)
    except (typer.Abort, KeyboardInterrupt):
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        drop_stdout()
        return EXIT_DONE
    except SystemExit as error:  # Typer's own end where the reader of its help has gone
        if not isinstance(error.__context__, BrokenPipeError):
            raise
        return EXIT_DONE
    except OSError as error:
        drop_stdout()
        sys.stderr.write(f"error: {explain_os_error(error)}\n")
        return EXIT_WRITE
    return code if isinstance(code, int) else EXIT_DONE


def _report_usage(error: typer.TyperException, given: Sequence[str]) -> int:
    settings = read_settings(Flags(json="--json" in given), os.environ)
    message = error.format_message()
    if not message:  # no verb at all: the help was printed
        return EXIT_USAGE
    put_error(settings, "usage", f"{message} Try `wherefrom --help`.", EXIT_USAGE)
    return EXIT_USAGE


def main() -> None:
    sys.exit(run())

"""Not a test: the process that test_store_crash kills. Saves a fixed list of sources, articles and vectors
into the folder given and says on stdout what is done, as a command line tool would."""

from __future__ import annotations

import resource
import signal
import struct
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kb.errors import WherefromError
from kb.store import Store
from kb.types import Label
from tests.factories import (
    make_checked,
    make_claim,
    make_document,
    make_finding,
    make_passage,
    make_report,
    make_source,
)

START = datetime(2025, 3, 1, tzinfo=UTC)
COUNT = 8


def say(word: str) -> None:
    sys.stdout.write(word + "\n")
    sys.stdout.flush()


def save_all(home: Path) -> None:
    with Store.open(home, create=True) as store:
        say("open")
        for number in range(COUNT):
            moment = START + timedelta(minutes=number)
            save_pair(store, number, moment)
            store.save_vectors("m", [(f"p-{number}-{n}", struct.pack("<4f", n, 1, 2, 3)) for n in range(5)])
            say(f"vectors {number}")


def save_pair(store: Store, number: int, moment: datetime) -> None:
    source_id = f"source-{number}"
    source = make_source(source_id, findings=(make_finding(source_id),))
    text = f"In {number} of 9 runs the model lied. " * 400
    document = make_document(text, name=f"{source_id}.txt")
    passages = [make_passage(document, source_id, n * 100, n * 100 + 100) for n in range(40)]
    store.save_source(
        source, origin="registry", document=document, raw=text.encode(), passages=passages, added_at=moment
    )
    say(f"source {source_id}")
    article = make_document(f"The model lied in {number}% of runs. " * 30, name=f"article-{number}.txt")
    claims = [
        make_checked(
            make_claim(article.text, (n * 35, n * 35 + 34), (n * 35 + 18, n * 35 + 20), article_id=article.id, ordinal=n),
            label=list(Label)[n % 3],
        )
        for n in range(20)
    ]  # fmt: skip
    report = make_report(article, *claims, ground=f"{number:064}", sources=(source,))
    store.save_article(report, raw=article.text.encode(), saved_at=moment)
    say(f"article {article.id}")


def fill_disk(home: Path, limit: int) -> None:
    """Save ever more under a limit of file size, which answers as a full disk does."""
    with Store.open(home) as store:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        for number in range(1000):
            source = make_source(f"big-{number}")
            store.save_source(source, origin="user", raw=bytes([number % 251]) * 200_000, added_at=START)
            say(f"source {source.id}")


if __name__ == "__main__":
    try:
        if sys.argv[1] == "save":
            say("ready")
            save_all(Path(sys.argv[2]))
            say("done")
        else:
            fill_disk(Path(sys.argv[2]), int(sys.argv[3]))
    except WherefromError as error:
        say(f"{error.code}: {error}")
        sys.exit(5)

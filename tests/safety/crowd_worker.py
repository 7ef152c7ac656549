"""Not a test: one writer or reader of the crowd in test_concurrency. Says at its end, as one line of JSON, how
much it has done and what went wrong."""

from __future__ import annotations

import json
import select
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from kb.errors import WherefromError
from kb.store import Store
from tests.factories import make_document, make_passage, make_source

NOW = datetime(2025, 3, 1, tzinfo=UTC)


def write(home: Path, writer: int, saves: int, seconds: float) -> int:
    """At least `saves` sources, and more until so many seconds are over."""
    done = 0
    end = time.monotonic() + seconds
    with Store.open(home, lock_timeout_s=600) as store:
        while done < saves or time.monotonic() < end:
            name = f"s-{writer}-{done}"
            text = f"In {done} of 9 runs the model lied. " * 40
            document = make_document(text, name=f"{name}.txt")
            passages = [make_passage(document, name, n * 70, n * 70 + 70) for n in range(8)]
            store.save_source(
                make_source(name), origin="user", document=document, raw=text.encode(), passages=passages, added_at=NOW
            )  # fmt: skip
            done += 1
    return done


def read(home: Path) -> int:
    """Read until standard input is closed; a reader never sees half a source."""
    done = 0
    with Store.open(home, read_only=True) as store:
        while not select.select([sys.stdin], [], [], 0)[0]:
            for source in store.iter_sources():
                found = list(store.iter_passages(source.id))
                if len(found) != 8:
                    raise RuntimeError(f"{source.id} has {len(found)} of 8 passages")
                done += 1
                if done % 50 == 0:
                    break
            store.list_claims(limit=10)
            store.chain_head()
            done += 1
    return done


if __name__ == "__main__":
    count, fault = 0, None
    try:
        if sys.argv[1] == "write":
            count = write(Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5]))
        else:
            count = read(Path(sys.argv[2]))
    except (WherefromError, RuntimeError) as error:
        fault = str(error)
    sys.stdout.write(json.dumps({"done": count, "fault": fault}) + "\n")
    sys.exit(0 if fault is None else 1)

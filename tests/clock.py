"""Not a test: runs the fast tests under other clocks, by Debian's `faketime` (libfaketime), and says what it skips.

    python -m tests.clock [paths]

Ends with 0 where all passed, 1 where one failed, 3 where libfaketime isn't installed (nothing was run then).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

# Zone and moment (local time): the epoch's second day, behind the end of 32-bit seconds, within an hour that
# summer time leaves out (Berlin, 2026-03-29 02:00 to 03:00).
CLOCKS = (
    ("UTC", "1970-01-02 00:00:10"),
    ("Pacific/Apia", "2038-01-20 03:14:00"),
    ("Europe/Berlin", "2026-03-29 01:59:50"),
)
PATHS = ("tests/kb", "tests/safety/test_migrations.py")
LEFT_OUT = "soak or slow or browser or node or train or corpus or clients"


def main(paths: tuple[str, ...]) -> int:
    faketime = shutil.which("faketime")
    if faketime is None:
        sys.stderr.write("faketime: not installed; `apt install faketime` (libfaketime). Nothing was run.\n")
        return 3
    sys.stderr.write(
        f"left out: tests marked {LEFT_OUT}; waiting keeps to the real clock; tests of server and fetching, which wait on threads "
        "(under libfaketime some never wake)\n"
    )
    failed = []
    for zone, moment in CLOCKS:
        sys.stderr.write(f"== {moment} {zone}\n")
        command = [
            faketime, "-m", "-f", f"@{moment}", sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--timeout=120",
            "-m", f"not ({LEFT_OUT})", *(paths or PATHS),
        ]  # fmt: skip
        environment = {**os.environ, "TZ": zone, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        if subprocess.run(command, env=environment, check=False).returncode != 0:
            failed.append(f"{moment} {zone}")
    sys.stderr.write(f"failed at: {', '.join(failed)}\n" if failed else "all clocks passed\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(tuple(sys.argv[1:])))

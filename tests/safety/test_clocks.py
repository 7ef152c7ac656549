"""The zone and the language of a machine change nothing that is published or decided."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from service.workbench import EXAMPLES
from tests.safety.ledger import Counted
from tests.service import report_builders as build

ROOT = Path(__file__).resolve().parents[2]
# A zone without a summer time, one that has skipped a day, ones with halves and quarters of an hour.
ZONES = ("UTC", "Pacific/Apia", "America/St_Johns", "Asia/Kathmandu", "Europe/Berlin")
_BUILD = """
import hashlib, sys
from pathlib import Path
from ingest.read import read_file
from kb.store import Store
from service.schemas import dumps, report_to_json
from service.site import build_site
from service.workbench import Workbench
home, out, article = map(Path, sys.argv[1:])
with Store.open(home) as store:
    build_site(store, out, base_url="https://kb.example/", with_search=False)
for path in sorted(out.rglob("*")):
    if path.is_file():
        print(path.relative_to(out).as_posix(), hashlib.sha256(path.read_bytes()).hexdigest())
with Workbench.open(home) as workbench:
    print(hashlib.sha256(dumps(report_to_json(workbench.check(read_file(article))))).hexdigest())
"""


def test_the_zone_of_the_machine_changes_no_byte_of_site_or_report(tmp_path: Path, counted: Counted) -> None:
    build.fill_store(tmp_path / "home").close()
    shutil.copy(EXAMPLES / "draft-with-source.md", tmp_path / "draft.md")
    told = set()
    for number, zone in enumerate(ZONES):
        shutil.copytree(tmp_path / "home", tmp_path / f"home-{number}")
        arguments = [tmp_path / f"home-{number}", tmp_path / f"site-{number}", tmp_path / "draft.md"]
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "TZ": zone,
            "LC_ALL": "C" if number % 2 else "C.UTF-8",
        }
        ended = subprocess.run(
            [sys.executable, "-c", _BUILD, *map(str, arguments)],
            capture_output=True, text=True, check=True, cwd=tmp_path, env=environment,
        )  # fmt: skip
        told.add(ended.stdout)
    assert len(told) == 1
    assert len(told.pop().splitlines()) > 20
    counted("T2", "time zones, the same site and report to the byte", tried=len(ZONES))

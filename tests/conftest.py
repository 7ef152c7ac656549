"""Settings of all tests: Hypothesis without a deadline and, so that a run says the same twice, with the same
examples each time; WHEREFROM_EXPLORE=1 draws new ones (`make soak` does)."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

from tests.safety.ledger import counted

__all__ = ["counted"]

settings.register_profile("new", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("same", parent=settings.get_profile("new"), derandomize=True)
settings.load_profile("new" if os.environ.get("WHEREFROM_EXPLORE") else "same")

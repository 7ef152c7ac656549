"""The outside world: command line, API, site, settings; the only place with a clock."""

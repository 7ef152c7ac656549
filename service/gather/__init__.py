"""Bringing sources in from the net: who is asked about a work, which texts are fetched, with which manners,
and what of it becomes a source. All of the net goes through ingest.fetch."""

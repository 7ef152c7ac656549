"""The protocols of other people's tools, each spoken by a module of its own over the same checks and claims."""

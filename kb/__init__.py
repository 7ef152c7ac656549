"""Values, rules, stores and indexes: what Wherefrom knows and how it decides."""

"""Makes the models that Wherefrom ships (extra `train`); nothing here runs when articles are checked."""

"""The page of one order: what happened to it, in words, and the proof for support. Starts nothing."""

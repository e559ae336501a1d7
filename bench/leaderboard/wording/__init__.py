"""Sentences of a board: verdict, advice, caveats, and how names and numbers read."""

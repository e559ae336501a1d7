"""One run, done in this process: fitted, predicted, measured and recorded."""

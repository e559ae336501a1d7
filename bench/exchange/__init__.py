"""Data that enters and leaves: submitted predictions, official files, exports, calibrated
entries."""

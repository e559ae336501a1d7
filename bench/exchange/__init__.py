"""What enters and leaves: submitted predictions, official files, exports, calibrated rows."""

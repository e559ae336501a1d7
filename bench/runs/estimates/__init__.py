"""What a run will take: seconds, memory, download; from stored cells of this machine, else a
calibration of a few seconds kept per machine, else arithmetic."""

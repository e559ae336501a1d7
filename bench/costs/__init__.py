"""What entries cost: volumes, outlays, prices and needs; pure."""

"""The outside world on one machine: what DelAuto needs from others, run locally."""

"""Decisions without input or output: the same facts always give the same answer."""

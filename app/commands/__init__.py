"""The `delauto` command's parts: each parses, calls one function and prints."""

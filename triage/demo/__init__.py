"""`make demo`: the whole desk in the foreground, on real parts. It may import anything; nothing
imports it."""

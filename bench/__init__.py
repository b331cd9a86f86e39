"""What `make bench` measures: one JSON line a figure, on real parts."""

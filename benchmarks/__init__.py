"""Speed and size, each measured beside its floor or a peer in the same run. `python -m benchmarks [filter …]`."""

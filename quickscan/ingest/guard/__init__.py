"""What stands between a file from outside and this program: limits, a look inside first, and a process apart."""

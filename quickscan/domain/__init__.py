"""The pure core: facts in, scores and stories out. No screen, store, file, network or clock."""

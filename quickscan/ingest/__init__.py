"""Files in: one module a kind of source, each turning what a sender wrote into a frame that meets the contract."""

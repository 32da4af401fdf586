"""Asks public registers over the network: off unless somebody switches it on.

A service is a register with an address of its own. An answer is what a service said, with the day it said so: today, or
the day on which it was kept. A piece is what one service says about one pand, ready to be read into an Intake.
"""

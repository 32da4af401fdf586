"""The business case: what a plan costs, what it brings in, and whether it closes.

Start at `quickscan.domain.finance.case`: `run_case` for one plan with everything a screen shows, `run_many` for a frame.
The words: a *post* is one line of money of one kind; a *maatregel* a part of a plan that can be left out; a *scenario*
a set of maatregelen; *ncw* the net present value on the day of the investment (netto contante waarde).
"""

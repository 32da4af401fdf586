"""When the first tenant moves in: the eight steps as a network of uncertain durations, with a calendar.

`effects` reads what the answers add to or take off a step, `calendar` knows when nature can be counted and when nobody
builds, `network` draws and adds up, `plans` puts two plans of one building side by side, `story` says it in words.
Months are of 365.25 / 12 days. Source: method section 6.
"""

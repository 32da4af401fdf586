"""A programme over years: a target, projects with milestones per quarter, what slips and what can fill the gap."""

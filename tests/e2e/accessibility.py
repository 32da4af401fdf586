"""What axe-core finds on a page, without what Streamlit causes itself."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# What Streamlit causes itself and an author cannot avoid, with where; each stands in docs/toegankelijkheid.md.
STREAMLITS_OWN = (("list", "[data-testid=stSidebarNavItems]"), ("listitem", "[data-testid=stSidebarNavItems]"))


def serious_violations(page: Page) -> list[str]:
    """Return what axe-core calls serious or critical, with the element."""
    off = {rule: {"enabled": False} for rule, _ in STREAMLITS_OWN}
    found = _run_axe(page, None, {"rules": off})
    for place in {place for _, place in STREAMLITS_OWN}:  # those rules hold everywhere else
        rules = [rule for rule, there in STREAMLITS_OWN if there == place]
        found += _run_axe(page, {"exclude": [[place]]}, {"runOnly": {"type": "rule", "values": rules}})
    return found


def _run_axe(page: Page, context: dict[str, object] | None, options: dict[str, object]) -> list[str]:
    found = Axe().run(page, context=context, options={"resultTypes": ["violations"], **options}).response["violations"]
    return [
        f"{violation['id']}: {node['html'][:160]}"
        for violation in found
        if violation["impact"] in {"serious", "critical"}
        for node in violation["nodes"]
    ]

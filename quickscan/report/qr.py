"""A QR code: an address that a phone's camera can read."""

from __future__ import annotations

import segno


def make_qr(address: str) -> str:
    """Return the code as SVG, dark on white with the quiet edge that cameras need."""
    code = segno.make(address, error="m", micro=False)
    drawn: str = code.svg_inline(scale=8, border=3, dark="#0a1730", light="#ffffff", svgclass=None, lineclass=None)
    return drawn

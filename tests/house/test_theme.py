"""The theme: options that Streamlit knows, and enough contrast in light and dark, in the page and in the sidebar."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from streamlit import config

CONFIG = tomllib.loads((Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
NAMES = ("green", "blue", "yellow", "orange", "red", "violet", "gray")
TEXT, SHAPE = 4.5, 3.0  # WCAG 1.4.3 and 1.4.11
PLACES = [(mode, sidebar) for mode in ("light", "dark") for sidebar in (False, True)]


def _luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG, 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _colours(mode: str, *, sidebar: bool) -> dict[str, Any]:
    """Merge the sections in the order that Streamlit does."""
    theme = CONFIG["theme"]
    sections = [theme, theme[mode]]
    if sidebar:
        sections += [theme["sidebar"], theme[mode]["sidebar"]]
    return {key: value for section in sections for key, value in section.items() if not isinstance(value, dict)}


def _too_weak(pairs: list[tuple[str, str]], minimum: float) -> list[str]:
    return [f"{one} on {other}: {contrast(one, other):.2f}" for one, other in pairs if contrast(one, other) < minimum]


def test_black_on_white_is_twenty_one_to_one() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize(("mode", "sidebar"), PLACES)
def test_text_and_links_can_be_read(mode: str, *, sidebar: bool) -> None:
    colours = _colours(mode, sidebar=sidebar)
    grounds = [colours["backgroundColor"], colours["secondaryBackgroundColor"]]
    pairs = [(colours[key], ground) for key in ("textColor", "linkColor", "grayTextColor") for ground in grounds]
    pairs.append((colours["codeTextColor"], colours["codeBackgroundColor"]))
    pairs.append((colours["dataframeHeaderTextColor"], colours["dataframeHeaderBackgroundColor"]))
    assert _too_weak(pairs, TEXT) == []


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_accent_can_be_read_on_the_page_and_under_white_button_text(mode: str) -> None:
    colours = _colours(mode, sidebar=False)
    accent = colours["primaryColor"]
    assert _too_weak([(accent, colours["backgroundColor"]), ("#ffffff", accent)], TEXT) == []
    assert (
        _too_weak([(accent, colours["secondaryBackgroundColor"]), (colours["borderColor"], colours["backgroundColor"])], SHAPE)
        == []
    )


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_messages_and_badges_can_be_read(mode: str) -> None:
    colours = _colours(mode, sidebar=False)
    pairs = [(colours[f"{name}TextColor"], colours[f"{name}BackgroundColor"]) for name in NAMES]
    pairs += [(colours[f"{name}TextColor"], colours["backgroundColor"]) for name in NAMES]
    pairs += [(colours["textColor"], colours[f"{name}BackgroundColor"]) for name in NAMES]
    assert _too_weak(pairs, TEXT) == []
    assert _too_weak([(colours[f"{name}Color"], colours["backgroundColor"]) for name in NAMES], SHAPE) == []


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_chart_colours_stand_out_and_scales_have_ten_steps(mode: str) -> None:
    colours = _colours(mode, sidebar=False)
    assert _too_weak([(c, colours["backgroundColor"]) for c in colours["chartCategoricalColors"]], SHAPE) == []
    assert [len(colours[key]) for key in ("chartSequentialColors", "chartDivergingColors")] == [10, 10]
    steps = [_luminance(colour) for colour in colours["chartSequentialColors"]]
    assert steps == sorted(steps, reverse=mode == "light")


def test_streamlit_knows_every_option() -> None:
    def names(table: dict[str, Any], prefix: str) -> list[str]:
        deeper = [name for key, value in table.items() if isinstance(value, dict) for name in names(value, f"{prefix}{key}.")]
        return deeper + [prefix + key for key, value in table.items() if not isinstance(value, dict)]

    assert [name for name in names(CONFIG, "") if name not in config._config_options_template] == []


def test_nothing_is_sent_out_or_shown_that_should_stay_inside() -> None:
    assert CONFIG["browser"]["gatherUsageStats"] is False
    assert CONFIG["client"]["showErrorDetails"] == "none"
    assert CONFIG["client"]["showErrorLinks"] is False
    assert CONFIG["server"]["address"] == "127.0.0.1"
    assert CONFIG["server"]["enableStaticServing"] is False

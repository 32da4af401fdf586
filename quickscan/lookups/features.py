"""Reads what an OGC API Features service answers: features in RD New, checked before anybody relies on them."""

# mypy: disable-error-code="no-untyped-call"
# (shapely has no types)

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import shapely
from shapely.geometry.base import BaseGeometry

from quickscan.domain.errors import LookupFailedError
from quickscan.lookups.client import TELL
from quickscan.lookups.registers import Service

Feature = Mapping[str, Any]
Box = tuple[float, float, float, float]
RD_NEW = "http://www.opengis.net/def/crs/EPSG/0/28992"
JSON_IN_RD = {"f": "json", "crs": RD_NEW}


def surprise(service: Service) -> LookupFailedError:
    """Return the error for an answer that is JSON, but not of the form this service has."""
    return LookupFailedError(service.label, "het antwoord heeft een andere vorm dan afgesproken", TELL)


def write_box(box: Box) -> dict[str, str]:
    """Return the parameters that ask for what lies in a box in RD."""
    return {"bbox": ",".join(f"{edge:.2f}" for edge in box), "bbox-crs": RD_NEW}


def check_feature(service: Service, feature: Any) -> Feature:
    """Return the feature; raises LookupFailedError when it has no properties."""
    if not isinstance(feature, dict) or not isinstance(feature.get("properties"), dict):
        raise surprise(service)
    return feature


def read_features(service: Service, content: Any) -> list[Feature]:
    """Return the features of a collection; none for an unknown collection (404)."""
    if content is None:
        return []
    if not isinstance(content, dict) or not isinstance(content.get("features"), list):
        raise surprise(service)
    return [check_feature(service, feature) for feature in content["features"]]


def find_next_page(content: Any) -> dict[str, str]:
    """Return the parameters of the next page, empty when this is the last. Its address is not used: that is ours."""
    links = content.get("links") if isinstance(content, dict) else None
    for link in links if isinstance(links, list) else ():
        if isinstance(link, dict) and link.get("rel") == "next" and isinstance(link.get("href"), str):
            return dict(parse_qsl(urlsplit(link["href"]).query))
    return {}


def read_shape(service: Service, feature: Feature) -> BaseGeometry:
    """Return the shape of a feature, in the coordinates the service used."""
    found = shapely.from_geojson(json.dumps(feature.get("geometry")), on_invalid="ignore")
    if not isinstance(found, BaseGeometry) or found.is_empty:
        raise surprise(service)
    return found

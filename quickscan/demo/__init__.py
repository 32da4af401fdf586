"""A fictional post-war neighbourhood to try the quick scan with. Nothing in it exists."""

from quickscan.demo.answers import make_answers
from quickscan.demo.neighbourhood import Background, Neighbourhood, Street, make_neighbourhood
from quickscan.demo.portfolio import DemoPortfolio, make_demo

__all__ = ["Background", "DemoPortfolio", "Neighbourhood", "Street", "make_answers", "make_demo", "make_neighbourhood"]

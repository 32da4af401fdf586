"""Files in: one module a kind of source, each turning what a sender wrote into a frame that meets the contract."""

from quickscan.ingest.guard.drivers import limit_drivers

limit_drivers()  # before any module here can import pyogrio: GDAL looks once

"""Screening more buildings than fit in memory: batch by batch on this computer, or on the workers of a Dask cluster."""

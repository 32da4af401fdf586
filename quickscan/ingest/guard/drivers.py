"""Which formats GDAL may open here: GeoPackage and GeoJSON, and nothing else.

A driver is the part of GDAL that knows one format. GDAL chooses one by looking into the file, whatever the file is called,
and some drivers follow what a file tells them: a VRT or a GDALG names other files, or addresses on the internet, that are
then opened as well. Both can hide in a file that is called .geojson. So every other driver is left out before GDAL starts;
looking at the driver after opening would be too late.
"""

from __future__ import annotations

import os

ALLOWED_DRIVERS = frozenset({"GPKG", "GeoJSON"})
# What pyogrio's GDAL 3.12 has more; a test compares this with what is left, so that a newer GDAL cannot bring one in unseen.
_OTHER_DRIVERS = (
    "MEM,PCIDSK,PDS4,VICAR,PDF,MBTiles,EEDA,OGCAPI,GDALG,ESRI Shapefile,MapInfo File,LVBAG,S57,DGN,OGR_VRT,CSV,GML,GPX,"
    "LIBKML,KML,GeoJSONSeq,ESRIJSON,TopoJSON,OGR_GMT,SQLite,WAsP,OpenFileGDB,DXF,FlatGeobuf,GeoRSS,VFK,PGDUMP,OSM,GPSBabel,"
    "OGR_PDS,WFS,OAPIF,EDIGEO,Idrisi,ODS,XLSX,Elasticsearch,Carto,AmigoCloud,SXF,Selafin,JML,PLSCENES,CSW,VDV,MVT,NGW,MapML,"
    "GTFS,PMTiles,JSONFG,MiraMonVector,ADBC,AVCBin,AVCE00,AIVector,HTTP"
)
GDAL_SETTINGS = {
    "GDAL_SKIP": _OTHER_DRIVERS,
    # A view or a generated column may not call GDAL's own SQL functions, some of which open files.
    "OGR_SQLITE_PRAGMA": "trusted_schema=OFF,cell_size_check=ON",
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",  # nothing beside the file counts
    "CPL_VSIL_CURL_ALLOWED_FILENAME": "none",  # no address on the internet, should a driver ask for one
}


def limit_drivers() -> None:
    """Leave the other drivers out. GDAL looks once, when pyogrio is imported for the first time, so this goes before that."""
    os.environ.update(GDAL_SETTINGS)

"""A stand-in of ours for the package `sosw` of PyPI: as much of its shape as its workers need."""

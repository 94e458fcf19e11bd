"""The parametric bootstrap: new data from the fitted model, and a fit to each of them.

A replicate is never simulated row by row where its sufficient statistics can be drawn,
and replicates are fitted many at a time.
"""

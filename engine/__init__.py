"""Tarn's engine: linear mixed models, without a window.

The names exported here are its public face. Symbols, as in Bates et al. (2015): y the
response, X the fixed part's columns, beta their coefficients, Z the random part's
columns, b its effects, Lambda their relative covariance factor with free entries theta,
Sigma = Lambda Lambda', sigma the residual standard deviation, V = I + Z Sigma Z'.

Importing the engine limits BLAS to one thread: see `engine.threads`.
"""

from __future__ import annotations

from engine.data.reading import read_table
from engine.data.scan import scan_design
from engine.data.table import Table
from engine.errors import EngineError
from engine.fitted_model import FittedModel
from engine.model.formula import parse_formula
from engine.model.spec import ModelSpec
from engine.progress import Cancelled, Step
from engine.reporting.project import Project, open_project, save_project
from engine.threads import limit_blas
from engine.workflow import fit

__all__ = [
    "Cancelled",
    "EngineError",
    "FittedModel",
    "ModelSpec",
    "Project",
    "Step",
    "Table",
    "fit",
    "open_project",
    "parse_formula",
    "read_table",
    "save_project",
    "scan_design",
]

limit_blas()

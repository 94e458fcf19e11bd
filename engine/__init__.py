"""Tarn's engine: linear mixed models, without a window.

The names exported here are its public face. Symbols, as in Bates et al. (2015): y the
response, X the fixed part's columns, beta their coefficients, Z the random part's
columns, b its effects, Lambda their relative covariance factor with free entries theta,
Sigma = Lambda Lambda', sigma the residual standard deviation, V = I + Z Sigma Z'.

Importing the engine limits BLAS to one thread (see `engine.threads`) and is quick:
numpy, scipy and pandas are loaded when a name that needs them is first used, so that
the window can be there before them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from engine.errors import EngineError
from engine.progress import Cancelled, Step
from engine.threads import limit_blas

if TYPE_CHECKING:
    from engine.data.reading import read_table
    from engine.data.scan import scan_design
    from engine.data.table import Table
    from engine.fitted_model import FittedModel
    from engine.inference.anova import anova
    from engine.inference.bootstrap.run import bootstrap
    from engine.inference.bootstrap_test import bootstrap_test
    from engine.inference.contrasts import contrasts
    from engine.inference.likelihood_ratio import likelihood_ratio_test
    from engine.inference.marginal_means import marginal_means
    from engine.inference.profile import profile
    from engine.inference.restricted_lrt import restricted_lrt
    from engine.inference.slopes import marginal_slopes
    from engine.model.formula import parse_formula
    from engine.model.spec import ModelSpec
    from engine.reporting.project import Project, open_project, save_project
    from engine.workflow import fit
else:

    def __getattr__(name: str) -> Any:
        """Load a public name from where it lives; from then on it is simply there."""
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(_HOMES[name]), name)
        globals()[name] = value
        limit_blas()
        return value


__all__ = [
    "Cancelled",
    "EngineError",
    "FittedModel",
    "ModelSpec",
    "Project",
    "Step",
    "Table",
    "anova",
    "bootstrap",
    "bootstrap_test",
    "contrasts",
    "fit",
    "likelihood_ratio_test",
    "marginal_means",
    "marginal_slopes",
    "open_project",
    "parse_formula",
    "profile",
    "read_table",
    "restricted_lrt",
    "save_project",
    "scan_design",
]

_HOMES = {
    "FittedModel": "engine.fitted_model",
    "ModelSpec": "engine.model.spec",
    "Project": "engine.reporting.project",
    "Table": "engine.data.table",
    "anova": "engine.inference.anova",
    "bootstrap": "engine.inference.bootstrap.run",
    "bootstrap_test": "engine.inference.bootstrap_test",
    "contrasts": "engine.inference.contrasts",
    "fit": "engine.workflow",
    "likelihood_ratio_test": "engine.inference.likelihood_ratio",
    "marginal_means": "engine.inference.marginal_means",
    "marginal_slopes": "engine.inference.slopes",
    "open_project": "engine.reporting.project",
    "parse_formula": "engine.model.formula",
    "profile": "engine.inference.profile",
    "read_table": "engine.data.reading",
    "restricted_lrt": "engine.inference.restricted_lrt",
    "save_project": "engine.reporting.project",
    "scan_design": "engine.data.scan",
}


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


limit_blas()

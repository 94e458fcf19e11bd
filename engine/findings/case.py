"""What findings are looked for in: rows, design, model and, if there is one, fit."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from engine.errors import FormulaError
from engine.findings.codes import are_names
from engine.findings.zeros import can_be_centred, far_from_zero
from engine.model.columns import is_categorical, spec_columns, used_columns
from engine.model.language.names import quoted
from engine.model.language.rewriting import renamed_expression
from engine.model.spec import NoPooling
from engine.model.within import unseen_effects

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.data.design_facts import DesignScan
    from engine.data.prepared import Prepared
    from engine.fitted_model import FittedModel
    from engine.model.encoding import Encoder
    from engine.model.spec import ModelSpec, Term
    from engine.model.within import Unseen


@dataclass(frozen=True, eq=False)
class Case:
    """Everything that a search for findings reads; its parts are computed once.

    Attributes
    ----------
    prepared : Prepared
    scan : DesignScan
        Of the rows that are used.
    spec : ModelSpec
        All its columns are in the table.
    model : FittedModel or None
        The fit of `spec` to these rows.
    """

    prepared: Prepared
    scan: DesignScan
    spec: ModelSpec
    model: FittedModel | None = None

    @cached_property
    def written(self) -> ModelSpec:
        """The model with "not pooled" spelled out."""
        name = self.spec.grouping
        is_number = name is not None and not is_categorical(self.prepared.frame[name])
        return self.spec.written_out(is_number=is_number)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Every column that the model reads."""
        return spec_columns(self.written)

    @cached_property
    def raw(self) -> pd.DataFrame:
        """These columns of the rows that are not excluded."""
        own = self.prepared.frame[list(self.columns)]
        is_used = self.prepared.is_used
        return own if is_used.all() else own[is_used]

    @cached_property
    def frame(self) -> pd.DataFrame:
        """These columns of the rows that a fit uses."""
        if self.model is not None:
            return self.model.design.frame
        return self.raw.dropna()

    @cached_property
    def fixed(self) -> tuple[Term, ...]:
        """The fixed part as the user wrote it, but what means of groups set aside."""
        has_means = self.spec.no_pooling is NoPooling.MEANS
        return () if has_means and self.spec.grouping else self.spec.fixed

    @cached_property
    def covariates(self) -> tuple[str, ...]:
        """Columns of the fixed part."""
        return used_columns(self.fixed)

    @cached_property
    def main_effects(self) -> tuple[str, ...]:
        """Columns that stand in the fixed part by themselves."""
        return tuple(name for name in self.covariates if (quoted(name),) in self.fixed)

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        """Columns among the main effects that hold numbers."""
        return tuple(
            name
            for name in self.main_effects
            if pd.api.types.is_numeric_dtype(self.frame[name])
            and not pd.api.types.is_bool_dtype(self.frame[name])
        )

    @cached_property
    def constants(self) -> tuple[str, ...]:
        """Columns of the fixed part that have one value in all rows used."""
        columns = {name: self.frame[name] for name in self.covariates}
        return tuple(
            name
            for name, values in columns.items()
            if len(values) and bool((values == values.iloc[0]).all())
        )

    @cached_property
    def coded_names(self) -> tuple[str, ...]:
        """Columns among these whose numbers look like names of groups."""
        found = []
        for name in self.numbers:
            group = self.scan.grouping(name)
            if group is not None and name not in self.groupings:
                values = self.frame[name].to_numpy(dtype=np.float64)
                if len(values) and are_names(group, values):
                    found.append(name)
        return tuple(found)

    @cached_property
    def far(self) -> Mapping[str, float]:
        """Columns whose zero lies far outside the data, with their means in SDs.

        Only those that can be centred without making another model.
        """
        found = {}
        for name in self.numbers:
            if name in self.coded_names or not can_be_centred(self.spec, name):
                continue
            values = self.frame[name].to_numpy(dtype=np.float64)
            if (mean := far_from_zero(values)) is not None:
                found[name] = mean
        return found

    @cached_property
    def groupings(self) -> Mapping[str, tuple[str, ...]]:
        """Columns of each grouping that is partially pooled, by its name."""
        return {term.group_name: term.group for term in self.spec.random}

    @cached_property
    def unseen(self) -> tuple[Unseen, ...]:
        """Effects that no group shows, so that they cannot differ among the groups."""
        return unseen_effects(self.spec, self.frame)

    @cached_property
    def effect_columns(self) -> tuple[str, ...]:
        """Columns of the fixed part and of what varies."""
        varying = (term for own in self.spec.random for term in own.terms)
        return used_columns([*self.fixed, *varying])

    def source(self, column: str) -> str:
        """Name a column in the key of a finding, which renaming must not change.

        Parameters
        ----------
        column : str

        Returns
        -------
        str
            What it was before it was renamed or centred; its own name if that one is
            in the model too, so that they differ.
        """
        source = self.prepared.source(column)
        return column if source in self.effect_columns else source

    def group_key(self, columns: Iterable[str]) -> str:
        """Name a grouping in the key of a finding: `a` or `a:b`."""
        return ":".join(map(self.source, columns))

    def term_key(self, term: Term) -> str:
        """Name a term in the key of a finding: `x` also for what is now `x_c`."""
        factors = list(term)
        for column in used_columns([term]):
            own = self.source(column)
            if own != column:
                factors = [_renamed(factor, column, own) for factor in factors]
        return ":".join(factors)

    @cached_property
    def n_levels(self) -> dict[str, int]:
        """How many levels each grouping has, as far as that is known."""
        if self.model is not None:
            return self.model.n_levels
        known = {}
        for name, columns in self.groupings.items():
            if len(columns) == 1 and (group := self.scan.grouping(columns[0])):
                known[name] = group.n_levels
            elif len(columns) == 2 and (pair := self.scan.pair(*columns)):
                known[name] = pair.n_cells
        return known


def _renamed(factor: str, column: str, source: str) -> str:
    """A factor with a column called as in the file; as it is if it cannot have it."""
    try:
        return renamed_expression(factor, column, source)
    except FormulaError:
        return factor


def column_terms(encoder: Encoder, *, intercept: bool) -> list[Term]:
    """Find the term of each column of a model matrix.

    Parameters
    ----------
    encoder : Encoder
    intercept : bool
        Whether the first column is that of the baseline.

    Returns
    -------
    list of Term
        In the order of the columns; `()` for the baseline.
    """
    terms: list[Term] = [(), *encoder.terms] if intercept else [*encoder.terms]
    result: list[Term] = [()] * len(encoder.names)
    for term, columns in zip(terms, encoder.term_columns, strict=True):
        for column in columns:
            result[column] = term
    return result

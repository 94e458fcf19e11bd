"""What model is meant, as data: the value that the window edits and a formula says."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from engine.model.language.names import quoted

Term = tuple[str, ...]
"""A fixed or varying term: the expressions it multiplies, `("x",)` or `("x", "f")`.

Expressions are canonical texts as `engine.model.language` writes them: a column's name,
backquoted when it is no identifier, or an allowed function of columns.
"""

INTERCEPT = "Intercept"
"""The name of the constant column in every table of the engine."""


class Pooling(StrEnum):
    """How much the groups of the spec's grouping share."""

    COMPLETE = "complete"
    NONE = "none"
    PARTIAL = "partial"


class NoPooling(StrEnum):
    """What "not pooled" means: the four ways to let every group be its own.

    Attributes
    ----------
    MEANS
        One mean per group, no covariate.
    INTERCEPTS
        A baseline per group, common slopes.
    SLOPES
        A regression per group, one residual SD for all.
    SEPARATE
        A regression per group, each with its own residual SD.
    """

    MEANS = "means"
    INTERCEPTS = "intercepts"
    SLOPES = "slopes"
    SEPARATE = "separate"

    def words(self, group: str) -> str:
        """Say what every group has of its own: "a baseline for each lake".

        Parameters
        ----------
        group : str
            One of them, in words.
        """
        own = {
            "means": "mean",
            "intercepts": "baseline",
            "slopes": "regression",
            "separate": "separate regression",
        }
        return f"a {own[self.value]} for each {group}"


@dataclass(frozen=True, slots=True)
class RandomTerm:
    """One parenthesis of a mixed-model formula: what varies among which groups.

    Attributes
    ----------
    group : tuple of str
        Column names whose combinations are the groups; more than one for `a:b`.
    intercept : bool
        Whether the baseline varies.
    terms : tuple of Term
        Which effects vary.
    correlated : bool
        False for a double bar: baseline and effects vary independently.
    """

    group: tuple[str, ...]
    intercept: bool = True
    terms: tuple[Term, ...] = ()
    correlated: bool = True

    @property
    def group_name(self) -> str:
        """The grouping as tables name it: `a` or `a:b`."""
        return ":".join(self.group)

    def __str__(self) -> str:
        """Write the parenthesis as a formula has it: `(x | g)`."""
        bar = "|" if self.correlated else "||"
        group = ":".join(map(quoted, self.group))
        return f"({_sum(self.intercept, self.terms)} {bar} {group})"


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """A linear model, with or without groups that are partially pooled.

    Attributes
    ----------
    response : str
        Expression of what is explained.
    fixed : tuple of Term
        Terms of the fixed part in the user's order, without the intercept.
    intercept : bool
        Whether the fixed part has an intercept.
    random : tuple of RandomTerm
        What varies among groups.
    grouping : str or None
        The column that the three ways of pooling are about. It is kept when pooling is
        complete, so that one can switch back; a formula alone cannot say it.
    no_pooling : NoPooling or None
        Set when every level of `grouping` is to be its own: which way.
    offset : tuple of str
        Expressions whose sum is taken as known and subtracted from the response.
    """

    response: str
    fixed: tuple[Term, ...] = ()
    intercept: bool = True
    random: tuple[RandomTerm, ...] = ()
    grouping: str | None = None
    no_pooling: NoPooling | None = None
    offset: tuple[str, ...] = ()

    @property
    def pooling(self) -> Pooling:
        """How the groups of `grouping` (or of any random term) are pooled."""
        if self.no_pooling is not None:
            return Pooling.NONE
        return Pooling.PARTIAL if self.random else Pooling.COMPLETE

    def written_out(self, *, is_number: bool = False) -> ModelSpec:
        """Return the same model with "not pooled" spelled out in its fixed part.

        Parameters
        ----------
        is_number : bool
            Whether the grouping's column holds numbers, such as years: its levels
            must then be asked for, or it would be a covariate.
        """
        if self.no_pooling is None or self.grouping is None:
            return self
        name = quoted(self.grouping)
        group: Term = (f"C({name})" if is_number else name,)
        fixed: tuple[Term, ...]
        if self.no_pooling is NoPooling.MEANS:
            fixed = (group,)
        elif self.no_pooling is NoPooling.INTERCEPTS:
            fixed = (group, *self.fixed)
        else:
            fixed = (group, *(group + term for term in self.fixed))
        return replace(
            self, fixed=fixed, intercept=False, grouping=None, no_pooling=None
        )

    def __str__(self) -> str:
        """Write the model as an lme4 formula; "not pooled" is spelled out."""
        written = self.written_out()
        parts = [_sum(written.intercept, written.fixed)]
        parts += [f"offset({expression})" for expression in written.offset]
        parts += [str(term) for term in written.random]
        return f"{written.response} ~ {' + '.join(parts)}"


def _sum(intercept: bool, terms: tuple[Term, ...]) -> str:
    """Write terms with what has to be said of the intercept."""
    texts = [":".join(term) for term in terms]
    if not intercept:
        texts.insert(0, "0")
    return " + ".join(texts) or "1"

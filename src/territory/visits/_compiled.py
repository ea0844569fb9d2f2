"""How kernels are compiled: those that Python calls, and those that only other kernels call."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numba as nb
from numba.extending import register_jitable

_Function = TypeVar("_Function", bound=Callable[..., object])


def kernel(function: _Function) -> _Function:
    """
    A kernel that Python calls, too.

    Its way in from Python unpacks every array of the tables, which takes about as long to compile as a small kernel.
    """
    return cast(_Function, nb.njit(cache=True)(function))


def helper(function: _Function) -> _Function:
    """A kernel that only kernels call: compiled into them, and for everybody else the plain function that it is."""
    return register_jitable(no_cfunc_wrapper=True)(function)

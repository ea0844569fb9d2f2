"""
How kernels are compiled: those that Python calls, and those that only other kernels call.

Arrays are not counted as they are handed from kernel to kernel (`_nrt=False`): whoever calls from Python holds them,
and counting took two thirds of the time of a search. Such a kernel cannot make an array of its own; those that do are
marked by `making_kernel` and `making_helper`.

Kernels are compiled into each other, too (`forceinline`): a call hands over the hundred numbers that describe the
arrays of the tables, which took longer than trying an outlet at every place of a day.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba as nb
from numba.extending import register_jitable

_Function = TypeVar("_Function", bound=Callable[..., object])
_WITHIN: dict[str, Any] = {"_nrt": False, "forceinline": True}  # the first is an option that numba does not list


def kernel(function: _Function) -> _Function:
    """
    A kernel that Python calls, too.

    Its way in from Python unpacks every array of the tables, which takes about as long to compile as a small kernel.
    """
    return cast(_Function, nb.njit(cache=True, **_WITHIN)(function))


def helper(function: _Function) -> _Function:
    """A kernel that only kernels call: compiled into them, and for everybody else the plain function that it is."""
    return register_jitable(no_cfunc_wrapper=True, **_WITHIN)(function)


def making_kernel(function: _Function) -> _Function:
    """A kernel that makes arrays of its own."""
    return cast(_Function, nb.njit(cache=True)(function))


def making_helper(function: _Function) -> _Function:
    """A helper that makes arrays of its own, for kernels that do."""
    return register_jitable(no_cfunc_wrapper=True)(function)

"""How kernels are compiled: what Python calls, and what only other kernels call."""

from __future__ import annotations

import numba as nb
from numba.extending import register_jitable

# A way in from Python unpacks every array of the tables, which takes about as long to compile as a small kernel; a way
# in from C nobody uses. So only the kernels that Python calls often have the former. The others are compiled into
# their callers, once each, and are plain Python functions to everybody else: slow, with the same answers.
kernel = nb.njit(cache=True, no_cfunc_wrapper=True)
helper = register_jitable(no_cfunc_wrapper=True)

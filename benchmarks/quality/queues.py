"""What queueing theory says of waiting lines: the values a simulated one must come to.

Loads are in erlangs: arrivals per mean service time. References: Erlang (1917) for loss and delay, Pollaczek (1930) and
Khinchine (1932) for one server with any service law.
"""

from __future__ import annotations


def erlang_b(servers: int, load: float) -> float:
    """Share of arrivals that find all servers busy and leave, whatever the law of service."""
    blocked = 1.0
    for number in range(1, servers + 1):
        blocked = load * blocked / (number + load * blocked)
    return blocked


def erlang_c(servers: int, load: float) -> float:
    """Share of arrivals that wait, where all wait for their turn and service is exponential; `load` < servers."""
    busy = load / servers
    blocked = erlang_b(servers, load)
    return blocked / (1.0 - busy * (1.0 - blocked))


def mean_wait_mmc(servers: int, load: float) -> float:
    """Mean wait before service begins, in mean service times (M/M/c, first come, first served)."""
    return erlang_c(servers, load) / (servers - load)


def mean_wait_mg1(load: float, service_cv2: float) -> float:
    """
    The same for one server and any service law with that squared coefficient of variation (M/G/1).

    Notes
    -----
    Pollaczek and Khinchine: load x (1 + cv2) / (2 (1 - load)).
    """
    return load * (1.0 + service_cv2) / (2.0 * (1.0 - load))

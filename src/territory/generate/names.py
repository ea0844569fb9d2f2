"""Names that look real: towns, shops and people, Chinese and American."""

from __future__ import annotations

from territory.streams import Streams
from territory.units import IntArray

_TOWN_FIRST = "柳石青白龙双长大新东南安永清金临高平和兴云竹枫梅桃松李杨陈黄马沙河江湖泉塘桥岭"
_TOWN_LAST = "河桥溪湖店山岗坪泉林塘口沟集湾滩坝坡岭庙场营坊堰港洲墩畈冲寨"
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀兰霞平刚桂英华玉建国文红梅海燕志宏晓东春生慧琳鹏飞"
_SHOP_LUCK = (
    "兴隆",
    "福源",
    "好又多",
    "顺发",
    "鑫源",
    "万家",
    "惠民",
    "百姓",
    "利民",
    "益民",
    "天天",
    "永盛",
    "家乐",
    "吉祥",
)
_SHOP_KIND = {
    "grocery": ("副食店", "小卖部", "食杂店", "商店", "百货"),
    "convenience": ("便利店", "生活超市", "便民店"),
    "hospitality": ("饭店", "宾馆", "农家乐", "茶楼"),
    "tobacco_liquor": ("烟酒店", "名烟名酒", "烟酒商行"),
    "supermarket": ("超市", "购物中心", "购物广场"),
}
_CHAINS = {"convenience": ("邻里便利", "每日鲜便利", "好邻居"), "supermarket": ("家家福超市", "惠万家超市", "中天超市")}
_STREETS = ("东街", "西街", "南街", "北街", "中街", "新区", "河东", "河西", "站前", "学府")
_ENGLISH_FIRST = (
    "Alex", "Blake", "Casey", "Dana", "Drew", "Ellis", "Frankie", "Gray", "Harper", "Jamie", "Jordan", "Kelly", "Lee",
    "Logan", "Morgan", "Noel", "Parker", "Quinn", "Reese", "Riley", "Robin", "Sage", "Taylor", "Terry",
)  # fmt: skip
_ENGLISH_LAST = (
    "Adams", "Baker", "Carter", "Dixon", "Ellis", "Foster", "Grant", "Hansen", "Irwin", "Jensen", "Keller", "Larson",
    "Meyer", "Nelson", "Olson", "Peters", "Quinn", "Roberts", "Schmidt", "Thomas", "Unger", "Vogel", "Walker", "Young",
)  # fmt: skip


def town_names(num_towns: int, streams: Streams) -> list[str]:
    """Distinct names of townships; the first is the seat, 城关镇."""
    stems = [first + last for first in _TOWN_FIRST for last in _TOWN_LAST if first != last]
    order = streams.rng("town names").permutation(len(stems))
    drawn = [stems[position] for position in order.tolist()]
    more = [f"{drawn[k % len(drawn)]}{k // len(drawn) + 1}" for k in range(len(drawn), num_towns)]
    kinds = streams.rng("town kinds").random(num_towns)
    stems = (drawn + more)[: num_towns - 1]
    return [
        "城关镇",
        *(stem + ("镇" if kind < 0.75 else "乡") for stem, kind in zip(stems, kinds.tolist(), strict=False)),
    ]


def street_name(town: str, position: int) -> str:
    """The name of one street district of a town."""
    turn, place = divmod(position, len(_STREETS))
    return f"{town}{_STREETS[place]}{'' if turn == 0 else turn + 1}"


def outlet_names(segment: list[str], is_chain: list[bool], place: list[str], streams: Streams) -> list[str]:
    """Shop names such as 柳河王家副食店 or 家家福超市(柳河店), one per outlet."""
    rng = streams.rng("outlet names")
    digits = rng.integers(0, 2**31, size=(len(segment), 4)).tolist()
    names = []
    for kind, chain, where, (a, b, c, d) in zip(segment, is_chain, place, digits, strict=True):
        stem = where.removesuffix("镇").removesuffix("乡")
        if chain:
            brands = _CHAINS[kind]
            names.append(f"{brands[a % len(brands)]}({stem}{d % 90 + 1}店)")
            continue
        kinds = _SHOP_KIND[kind]
        owner = f"{_SURNAMES[b % len(_SURNAMES)]}家" if c % 2 else _SHOP_LUCK[b % len(_SHOP_LUCK)]
        names.append(f"{stem if d % 3 == 0 else ''}{owner}{kinds[a % len(kinds)]}")
    return names


def chinese_people(count: int, streams: Streams) -> list[str]:
    """Personal names; a name that comes up again gets another given character."""
    rng = streams.rng("people")
    names: dict[str, None] = {}
    while len(names) < count:
        surname, first, second = rng.integers(0, 2**31, size=3).tolist()
        given = _GIVEN[first % len(_GIVEN)] + (_GIVEN[second % len(_GIVEN)] if second % 5 else "")
        names.setdefault(_SURNAMES[surname % len(_SURNAMES)] + given)
    return list(names)


def english_people(count: int, streams: Streams) -> list[str]:
    """Made-up personal names, distinct up to 576 of them, then numbered."""
    pairs: IntArray = streams.rng("people").permutation(len(_ENGLISH_FIRST) * len(_ENGLISH_LAST))
    names = []
    for position in range(count):
        turn, place = divmod(position, len(pairs))
        first, last = divmod(int(pairs[place]), len(_ENGLISH_LAST))
        names.append(f"{_ENGLISH_FIRST[first]} {_ENGLISH_LAST[last]}" + (f" {turn + 1}" if turn else ""))
    return names


def windows_of(segment: list[str], streams: Streams) -> list[str]:
    """Opening windows: most 08:00-20:00, some with a lunch break, some closed one weekday, some late."""
    days = ("Mon", "Tue", "Wed", "Thu", "Fri")
    draws = streams.rng("windows").random((len(segment), 2))
    windows = []
    for kind, (draw, weekday) in zip(segment, draws.tolist(), strict=True):
        if kind == "hospitality":
            windows.append("Mon-Sun 10:00-21:00")
        elif draw < 0.55:
            windows.append("Mon-Sun 08:00-20:00")
        elif draw < 0.73:
            windows.append("Mon-Sun 07:30-21:00")
        elif draw < 0.83:
            windows.append("Mon-Sat 08:30-18:00")
        elif draw < 0.93:
            windows.append("Mon-Sun 08:00-12:00 13:30-19:00")
        else:
            closed = int(weekday * len(days))
            first = [f"{days[0]}-{days[closed - 1]}"] if closed > 1 else [days[0]] if closed else []
            rest = ["Tue", "Wed", "Thu", "Fri", "Sat"][closed]
            windows.append("; ".join(f"{part} 08:00-20:00" for part in [*first, f"{rest}-Sun"]))
    return windows

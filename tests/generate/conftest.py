"""Sources, regions and small stand-ins for the public data, with the same columns."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from territory.generate.region import Region, make_region
from territory.generate.settings import GeneratedSource

COUNTY = {
    "kind": "generated",
    "seed": 20,
    "num_reps": 12,
    "num_teams": 2,
    "target_load": 0.75,
    "center_lat": 30.9,
    "center_lon": 112.6,
    "width_km": 62.0,
    "height_km": 50.0,
    "num_outlets": 1800,
    "num_towns": 20,
    "num_areas": 105,
    "flow_decay_per_km": 0.10,
}
CITY = COUNTY | {
    "seed": 5,
    "num_reps": 40,
    "num_teams": 5,
    "pooled_teams": 1,
    "pooled_team_reps": 6,
    "num_outlets": 6600,
    "num_towns": 45,
    "num_areas": 410,
}


@pytest.fixture(scope="session", params=["county", "city"])
def source(request: pytest.FixtureRequest) -> GeneratedSource:
    return GeneratedSource.model_validate(COUNTY if request.param == "county" else CITY)


@pytest.fixture(scope="session")
def region(source: GeneratedSource) -> Region:
    return make_region(source)


@pytest.fixture(scope="session")
def real_data() -> Path:
    folder = os.environ.get("TERRITORY_DATA")
    if folder is None:
        pytest.skip("TERRITORY_DATA does not name the folder with the public data")
    return Path(folder)


def _grid(num_counties: int, stores_each: int) -> pd.DataFrame:
    """Stores in a row of counties, half a degree wide, each with three ZIP areas."""
    rng = np.random.default_rng(7)
    county = np.repeat(np.arange(num_counties), stores_each)
    part = np.arange(len(county)) % 3
    return pd.DataFrame(
        {
            "store_id": [f"{position + 1:05d}" for position in range(len(county))],
            "county": [f"County {c}" for c in county],
            "county_fips": [f"{19001 + 2 * c}" for c in county],
            "zip": [f"5{c:03d}{p}" for c, p in zip(county, part, strict=True)],
            "lat": np.round(41.5 + 0.15 * part + rng.normal(0, 0.02, len(county)), 6),
            "lon": np.round(-95.0 + 0.5 * county + rng.normal(0, 0.05, len(county)), 6),
        }
    )


@pytest.fixture
def iowa_data(tmp_path: Path) -> Path:
    """Six counties in a row; the first has far more stores. One store has no ZIP, one no order rhythm."""
    folder = tmp_path / "data" / "iowa"
    folder.mkdir(parents=True)
    stores = pd.concat([_grid(6, 12), _grid(1, 30).assign(store_id=[f"9{k:04d}" for k in range(30)])])
    stores = stores.reset_index(drop=True)
    rng = np.random.default_rng(3)
    stores["name"] = [f"SHOP {k}" for k in range(len(stores))]
    stores["city"] = stores["county"].str.upper()
    stores["segment"] = "supermarket"
    stores["months_active"] = 22
    stores["median_gap_days"] = rng.choice([7.0, 14.0, 28.0], len(stores))
    stores["dollars"] = np.round(np.exp(rng.normal(11.0, 1.1, len(stores))), 2)
    stores.loc[0, "zip"] = None
    stores.loc[1, "median_gap_days"] = None
    stores.to_csv(folder / "stores.csv", index=False)
    zips = sorted(stores["zip"].dropna().unique())
    for kind in ("short", "wide"):
        pairs = [
            (a, b, 95.65 * (1 + i + 2 * j)) for i, a in enumerate(zips) for j, b in enumerate(zips) if abs(i - j) < 5
        ]
        pairs.append(("99999", zips[0], 1.0))  # a home area without a store
        pd.DataFrame(pairs, columns=["home_zip", "store_zip", "liters"]).to_csv(
            folder / f"flows_zip_{kind}.csv", index=False
        )
    rows = [(f"{19001 + 2 * c}", f"{19003 + 2 * c}", "edge") for c in range(5)] + [("19001", "19011", "corner")]
    pd.DataFrame(rows, columns=["fips_a", "fips_b", "contact"]).to_csv(folder / "county_adjacency.csv", index=False)
    return tmp_path / "data"


@pytest.fixture
def pa_data(tmp_path: Path) -> Path:
    """Six counties in a row, the first with three reps' work, and outlets whose licence ran out."""
    folder = tmp_path / "data" / "pa_tobacco"
    folder.mkdir(parents=True)
    shops = pd.concat([_grid(6, 12), _grid(1, 36).assign(store_id=[f"9{k:04d}" for k in range(36)])])
    shops = shops.reset_index(drop=True)
    rng = np.random.default_rng(4)
    shops["segment"] = rng.choice(["fuel_convenience", "tobacco_vape", "bar_club", "not heard of"], len(shops))
    shops["chain"] = np.where(np.arange(len(shops)) % 4 == 0, "Chain", None)
    shops["lic2023"] = 1
    shops["lic2024"] = 1
    shops.loc[3, "lic2023"] = 0
    shops.loc[[4, 5], ["lic2023", "lic2024"]] = 0
    shops.to_csv(folder / "outlets.csv", index=False)
    rows = [(f"{19001 + 2 * c}", f"{19003 + 2 * c}") for c in range(5)]
    pd.DataFrame(rows, columns=["fips_a", "fips_b"]).to_csv(folder / "county_adjacency.csv", index=False)
    return tmp_path / "data"

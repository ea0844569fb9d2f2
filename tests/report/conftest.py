import pytest

from territory.report.data import ReportData
from tests.report.example import example_report


@pytest.fixture(scope="session")
def report() -> ReportData:
    return example_report()

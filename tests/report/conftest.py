import pytest
from tests.report.example import example_report

from territory.report.data import ReportData


@pytest.fixture(scope="session")
def report() -> ReportData:
    return example_report()

"""The one-page weekly sheet of an account manager (客户经理一张纸): what it says, not how it looks."""

from territory.sheet.content import Day, Goal, KeyTask, Link, SheetContent, Visit
from territory.sheet.week import week_sheet, week_sheets

__all__ = ["Day", "Goal", "KeyTask", "Link", "SheetContent", "Visit", "week_sheet", "week_sheets"]

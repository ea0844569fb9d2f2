"""From a sheet's content to a drawn page: one language, or both with Chinese first.

The form's geometry is the trade's (A4, 8 mm margins, `sheet_form.PANEL_BOXES`). Texts stand in the order of the
panels' numbers, so that what is read aloud or copied out of the file follows the working order.
"""

from __future__ import annotations

from territory.report.sheet_bottom import channel, links, tracking
from territory.report.sheet_canvas import Box, Canvas, Page
from territory.report.sheet_days import day_columns
from territory.report.sheet_form import HEIGHT, WIDTH, SheetLang, Tongue, panel
from territory.report.sheet_tasks import COLUMN_WIDTH, left_column
from territory.report.sheet_top import foot, goals, head, measures, strip
from territory.report.typesetting import Type
from territory.sheet.content import SheetContent

__all__ = ["SheetLang", "laid_out"]


def laid_out(content: SheetContent, lang: SheetLang, letters: Type) -> Page:
    """The page: every text cut to fit its slot."""
    canvas, tongue = Canvas(WIDTH, HEIGHT, letters), Tongue(lang)
    head(canvas, tongue, content)
    strip(canvas, tongue)
    goals(canvas, tongue, content)
    _work(canvas, tongue, content)
    tracking(canvas, tongue, content)
    measures(canvas, tongue)
    channel(canvas, tongue, content)
    links(canvas, tongue, content)
    foot(canvas, tongue)
    return canvas.page()


def _work(canvas: Canvas, tongue: Tongue, content: SheetContent) -> None:
    """Panel 2: tasks on the left, the visit plan on the right."""
    box = panel(canvas, tongue, 2)
    left_column(canvas, tongue, content, Box(box.x, box.y, COLUMN_WIDTH, box.h))
    canvas.down(box.x + COLUMN_WIDTH, box.y, box.h, strong=True)
    day_columns(canvas, tongue, content, Box(box.x + COLUMN_WIDTH, box.y, box.w - COLUMN_WIDTH, box.h))

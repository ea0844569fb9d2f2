"""LibreOffice Calc without a screen, driven by a macro: opens a workbook, fills in cells as a user would, saves it."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

SOFFICE = shutil.which("soffice")
_SECONDS = 60

_MODULE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1" script:language="StarBasic">
Function ReadLines(url As String)
  Dim files, reader, words As String
  files = CreateUnoService("com.sun.star.ucb.SimpleFileAccess")
  reader = CreateUnoService("com.sun.star.io.TextInputStream")
  reader.setEncoding("UTF-8")
  reader.setInputStream(files.openFileRead(url))
  words = reader.readString(Array(), False)
  reader.closeInput()
  ReadLines = Split(words, Chr(10))
End Function

Function Setting(title As String, content)
  Dim setting1 As New com.sun.star.beans.PropertyValue
  setting1.Name = title
  setting1.Value = content
  Setting = setting1
End Function

Sub Tell(url As String, words As String)
  Dim files, writer
  files = CreateUnoService("com.sun.star.ucb.SimpleFileAccess")
  writer = CreateUnoService("com.sun.star.io.TextOutputStream")
  writer.setEncoding("UTF-8")
  writer.setOutputStream(files.openFileWrite(url))
  writer.writeString(words)
  writer.closeOutput()
End Sub

Sub Fill(source As String, orders As String, saveas As String, answers As String)
  Dim document, parts, wish, cell, choices, view, dispatcher, told As String
  On Error Goto Failed
  document = StarDesktop.loadComponentFromURL(source, "_blank", 0, Array(Setting("Hidden", False)))
  told = ""
  For Each wish In ReadLines(orders)
    If Len(wish) &gt; 0 Then
      parts = Split(wish, Chr(9))
      cell = document.Sheets.getByName(parts(1)).getCellRangeByName(parts(2))
      Select Case parts(0)
        Case "type"
          cell.setString(Replace(parts(3), Chr(11), Chr(10)))
        Case "number"
          cell.setValue(CDbl(parts(3)))
        Case "choose"
          choices = document.Sheets.getByName(parts(1)).getCellRangeByName(cell.Validation.getFormula1())
          cell.setString(choices.getCellByPosition(0, CInt(parts(3))).getString())
        Case "key in"
          view = document.CurrentController
          view.setActiveSheet(document.Sheets.getByName(parts(1)))
          dispatcher = CreateUnoService("com.sun.star.frame.DispatchHelper")
          dispatcher.executeDispatch(view.Frame, ".uno:GoToCell", "", 0, Array(Setting("ToPoint", parts(2))))
          dispatcher.executeDispatch(view.Frame, ".uno:EnterString", "", 0, Array(Setting("StringName", parts(3))))
        Case "insert"
          document.Sheets.getByName(parts(1)).unprotect("")
          document.Sheets.getByName(parts(1)).Rows.insertByIndex(CInt(parts(3)), 1)
          document.Sheets.getByName(parts(1)).Columns.insertByIndex(2, 1)
      End Select
      told = told &amp; Replace(cell.getString(), Chr(10), Chr(11))
      told = told &amp; Chr(9) &amp; cell.Validation.Type &amp; Chr(10)
    End If
  Next
  document.storeToURL(saveas, Array(Setting("FilterName", "Calc MS Excel 2007 XML")))
  document.close(True)
  Tell(answers, told)
  Exit Sub
Failed:
  Tell(answers, "failed" &amp; Chr(9) &amp; Erl &amp; " " &amp; Error$ &amp; Chr(10))
  StarDesktop.terminate()
End Sub
</script:module>"""
_LIBRARY = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:library PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "library.dtd">
<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard" library:readonly="false"
 library:passwordprotected="false"><library:element library:name="Module1"/></library:library>"""


@dataclass(frozen=True)
class Order:
    """
    What to do with one cell.

    ``type`` a text, ``number``, ``choose`` the n-th entry of its drop-down, ``key in`` a text as from the keyboard,
    where it may be refused, ``insert`` a row at position n and a column (after taking the protection off).
    """

    what: str
    sheet: str
    cell: str
    value: str = ""


@dataclass(frozen=True)
class Answer:
    """What the cell shows afterwards, and the kind of its validation."""

    shown: str
    validation: str


class Calc:
    """One profile of LibreOffice in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.profile, self.folder = folder / "profile", folder
        folder.mkdir(parents=True, exist_ok=True)
        self._run("--terminate_after_init")  # makes the profile
        library = self.profile / "user" / "basic" / "Standard"
        library.mkdir(parents=True, exist_ok=True)
        (library / "Module1.xba").write_text(_MODULE, encoding="utf-8")
        (library / "script.xlb").write_text(_LIBRARY, encoding="utf-8")

    def fill(self, workbook: Path, orders: list[Order], target: Path) -> list[Answer]:
        """Carry out the orders in order and save as .xlsx; one answer each."""
        written = self.folder / "orders.txt"
        lines = ["\t".join((o.what, o.sheet, o.cell, o.value.replace("\n", "\v"))) for o in orders]
        written.write_text("\n".join(lines), encoding="utf-8")
        answers = self.folder / "answers.txt"
        answers.unlink(missing_ok=True)
        urls = ",".join(f'"{path.resolve().as_uri()}"' for path in (workbook, written, target, answers))
        self._run(f"macro:///Standard.Module1.Fill({urls})")
        told = answers.read_text(encoding="utf-8").split("\n")
        assert not told[0].startswith("failed"), told
        return [Answer(*line.replace("\v", "\n").split("\t")) for line in told if line]

    def pdf(self, workbook: Path, folder: Path) -> Path:
        """The workbook as it prints."""
        self._run("--convert-to", "pdf", "--outdir", str(folder), str(workbook))
        return folder / f"{workbook.stem}.pdf"

    def _run(self, *arguments: str) -> None:
        assert SOFFICE is not None
        home = f"-env:UserInstallation={self.profile.resolve().as_uri()}"
        subprocess.run(
            [SOFFICE, home, "--headless", "--norestore", *arguments],
            capture_output=True,
            timeout=_SECONDS,
            check=True,
        )

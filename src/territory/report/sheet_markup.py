"""Markup of the page to fill in: texts in switchable languages, and boxes that carry their field's key."""

from __future__ import annotations

import html

from territory.language import Text
from territory.sheet.form import Field, FieldKind, Form

_HINTED = (FieldKind.TEXT, FieldKind.NUMBER)


class Markup:
    """Writes the elements of one form; knows which fields have their box."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self._done: set[str] = set()

    def shown(self, text: Text) -> str:
        """The text in the form's language, as the page's script shows it."""
        lang = self.form.head.lang
        if lang == "both":
            return text.zh if text.zh == text.en else f"{text.zh} {text.en}"
        return text.zh if lang == "zh" else text.en

    def say(self, text: Text, *, tag: str = "span", attributes: str = "") -> str:
        """An element whose text follows the language switch."""
        return f"<{tag} {self.both(text)}{attributes}>{html.escape(self.shown(text))}</{tag}>"

    def both(self, text: Text, at: str = "") -> str:
        """Attributes that let an element's text, or its attribute `at`, follow the language switch."""
        en, zh = html.escape(text.en), html.escape(text.zh)
        where = f' data-at="{at}" {at}="{html.escape(self.shown(text))}"' if at else ""
        return f'data-en="{en}" data-zh="{zh}"{where}'

    def plain(self, text: str) -> str:
        """Data as text."""
        return html.escape(text)

    def box(self, key: str, *, rows: int = 1, show_label: bool = False, show_hint: bool = False) -> str:
        """
        The box of one field.

        Parameters
        ----------
        rows
            Lines of a text box.
        show_label
            Print the field's short label beside it; else it only has a label for screen readers.
        show_hint
            Show the short label inside the empty text or number box.
        """
        field = self.form.by_key[key]
        self._done.add(key)
        box = self._box(field, rows, field.short if show_hint and field.kind in _HINTED else None)
        if not show_label:
            return box
        return f"<label>{self.say(field.short)} {box}</label>"

    def _box(self, field: Field, rows: int, hint: Text | None) -> str:
        name = (
            f'data-key="{html.escape(field.key)}" data-kind="{field.kind.value}" {self.both(field.label, "aria-label")}'
        )
        if hint is not None:
            name += f' data-hint-en="{html.escape(hint.en)}" data-hint-zh="{html.escape(hint.zh)}"'
            name += f' placeholder="{html.escape(self.shown(hint))}"'
        if field.kind is FieldKind.TICK:
            return f'<input type="checkbox" {name}>'
        if field.kind is FieldKind.DATE:
            return f'<input type="date" {name}>'
        if field.kind is FieldKind.NUMBER:
            return f'<input type="text" inputmode="decimal" autocomplete="off" {name}>'
        if field.kind is FieldKind.CHOICE:
            options = "".join(
                self.say(choice.label, tag="option", attributes=f' value="{html.escape(choice.value)}"')
                for choice in field.choices
            )
            nothing = self.say(Text(f"– {field.short.en}", f"– {field.short.zh}"), tag="option", attributes=' value=""')
            return f"<select {name}>{nothing}{options}</select>"
        return f'<textarea rows="{rows}" {name}></textarea>'

    def check_complete(self) -> None:
        """
        Every field to fill in has its box.

        Raises
        ------
        ValueError
            When one has none: a bug.
        """
        wanted = {field.key for field in self.form.fields if field.kind is not FieldKind.FIXED}
        if wanted != self._done:
            raise ValueError(f"the page's boxes differ from the form: {sorted(wanted ^ self._done)}")

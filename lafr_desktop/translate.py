"""The program's language: its own translations and Qt's, installed when it starts."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from lafr_engine.resources import resources_dir

TRANSLATED: Final = ("en", "de")
"""Languages with a translation; English has one too, for its plurals."""


def translations_dir() -> Path:
    """The folder of the program's own compiled translations."""
    return resources_dir() / "translations"


def language_of(choice: str, system: QLocale | None = None) -> str:
    """Return the language to speak.

    Args:
        choice: ``system`` or a language's code.
        system: The system's locale; by default the one that Qt sees.
    """
    if choice in TRANSLATED:
        return choice
    for tag in (system or QLocale.system()).uiLanguages():
        code = tag.replace("_", "-").partition("-")[0]
        if code in TRANSLATED:
            return code
    return TRANSLATED[0]


class Translation:
    """Installs the translators of a language, and takes them away again.

    Args:
        app: The application.
        language: A code, as :func:`language_of` gives it.
    """

    def __init__(self, app: QCoreApplication, language: str) -> None:
        self._app = app
        self.language = language
        qt = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        places = [(f"qtbase_{language}", qt), (f"lafr_{language}", str(translations_dir()))]
        self._translators: list[QTranslator] = []
        for name, folder in places:
            translator = QTranslator()
            if translator.load(name, folder) and app.installTranslator(translator):
                self._translators.append(translator)
        system = QLocale.system()
        same = system.language() == QLocale(language).language()
        QLocale.setDefault(system if same else QLocale(language))

    def remove(self) -> None:
        """Speak English without plurals again."""
        for translator in self._translators:
            self._app.removeTranslator(translator)
        self._translators.clear()
        QLocale.setDefault(QLocale.system())

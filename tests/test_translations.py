"""Both languages are complete: all words of the pages have their Korean, and no page holds words outside the catalogue.

No database and no server. The words are collected anew with gettext's own tools, into a folder that is thrown away.
"""

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
ROOMS = (
    "accounts",
    "audit",
    "cases",
    "dashboards",
    "notices",
    "kcsc_portal",
    "keys",
    "mailroom",
    "platforms",
    "sandbox",
    "takedowns",
)
CATALOGUE = ROOT / "locale" / "ko" / "LC_MESSAGES" / "django.po"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))

HANGUL = re.compile(r"[가-힣]")
LETTERS = re.compile(r"[^\W\d_]")
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd%]|__\w+?__|\{\w*\}")

# Names that are the same in Korean.
NAMES = {"Message-ID"}
# Languages stand in their own words; the others are keys of the keyboard.
SAME_IN_BOTH = {
    *("한국어", "English"),
    *("Esc", "Ctrl", "P", "Space", "Enter", "j", "k", "a", "x", "s", "u", "g"),
    "make story",
}

GAP = "\x00"  # where a tag or a variable stood

# Where a plain string reaches a reader: it has to be wrapped. What programmers read of the API stays English.
SHOWN = {"label", "help_text", "empty_label", "verbose_name", "verbose_name_plural"}
SPOKEN = {"Refused", "ValidationError"}


@pytest.fixture(scope="module")
def catalogue() -> polib.POFile:
    return polib.pofile(str(CATALOGUE))


def key(entry: polib.POEntry) -> tuple[str, str, str]:
    return entry.msgctxt or "", entry.msgid, entry.msgid_plural or ""


def korean(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def test_every_string_is_in_the_catalogue_and_nothing_else(catalogue: polib.POFile, tmp_path: Path) -> None:
    if not shutil.which("xgettext"):
        assert "CI" not in os.environ, "gettext is not installed"
        pytest.skip("gettext is not installed (apt-get install gettext)")
    for folder in (*ROOMS, "templates"):
        ignored = shutil.ignore_patterns("__pycache__", "migrations")
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=ignored)
    (tmp_path / "locale").mkdir()
    command = [sys.executable, str(ROOT / "manage.py"), "makemessages", "-l", "ko", "--no-location"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    found = {key(entry) for entry in polib.pofile(str(tmp_path / "locale" / "ko" / "LC_MESSAGES" / "django.po"))}
    assert len(found) > 800
    held = {key(entry) for entry in catalogue}
    assert found - held == set(), "not translated yet: see “Words of the pages” in docs/OPERATIONS.md"
    assert held - found == set(), "no longer used: see “Words of the pages” in docs/OPERATIONS.md"


def test_every_entry_is_translated(catalogue: polib.POFile) -> None:
    unfinished = [entry.msgid for entry in catalogue if entry.fuzzy or entry.obsolete or not all(korean(entry))]
    assert unfinished == []
    assert all(len(korean(entry)) == 1 for entry in catalogue), "Korean has one form for every number"


def test_placeholders_survive(catalogue: polib.POFile) -> None:
    """A form may leave out its number in the singular ("A reply has come in"); Korean has the plural's."""
    wrong = []
    for entry in catalogue:
        wanted = sorted(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
        wrong += [(entry.msgid, text) for text in korean(entry) if sorted(PLACEHOLDER.findall(text)) != wanted]
    assert wrong == []


def test_korean_entries_are_korean(catalogue: polib.POFile) -> None:
    english = []
    for entry in catalogue:
        worded = LETTERS.search(PLACEHOLDER.sub("", entry.msgid)) and entry.msgid not in NAMES
        english += [entry.msgid for text in korean(entry) if worded and not HANGUL.search(text)]
    assert english == []


def test_no_particle_hangs_on_a_variable(catalogue: polib.POFile) -> None:
    """은/는, 이/가, 을/를, 와/과, (으)로 depend on the sound before them, which nobody knows of a variable."""
    particle = re.compile(
        r"(?:%\(\w+\)[a-z]|%[sd]|__\w+?__)[”’)]?(?:은|는|이|가|을|를|와|과|로|으로)(?=[\s.,:;)]|$)|[을은이와]\([를는가과]\)|\(으\)로"
    )
    assert [text for entry in catalogue for text in korean(entry) if particle.search(text)] == []


def test_the_compiled_catalogue_is_fresh(catalogue: polib.POFile) -> None:
    compiled = polib.mofile(str(CATALOGUE.with_suffix(".mo")))
    assert {key(entry): korean(entry) for entry in compiled} == {key(entry): korean(entry) for entry in catalogue}, (
        "see “Words of the pages” in docs/OPERATIONS.md"
    )


def bare_words(template: str) -> Iterator[str]:
    """Text and spoken attributes of a template that stand outside {% translate %} and {% blocktranslate %}."""
    for hidden in (
        r"{#.*?#}",
        r"{%\s*comment\b.*?{%\s*endcomment\s*%}",
        r"{%\s*blocktranslate\b.*?{%\s*endblocktranslate\s*%}",
        r"{%.*?%}",
        r"{{.*?}}",
        r"<!--.*?-->",
        r"<(script|style|code|pre)\b.*?</\1>",
    ):
        template = re.sub(hidden, GAP, template, flags=re.S)
    for said in re.findall(
        r'(?<![:\w-])(?:title|sub|label|yes|caption|aria-label|alt|placeholder)="([^"]*)"', template
    ):
        if LETTERS.search(said):
            yield said
    for text in re.split(rf"<[^<>]*>|{GAP}", template):
        if LETTERS.search(text):
            yield text.strip()


def test_the_rule_for_bare_words_sees_them() -> None:
    told = '<p title="Plain">Bare {{ name }}</p>{% translate "Kept" %}<c-x :title="variable" /><b>{# note #} 1</b>'
    assert list(bare_words(told)) == ["Plain", "Bare"]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT / "templates").as_posix())
def test_pages_hold_no_bare_words(path: Path) -> None:
    assert [words for words in bare_words(path.read_text()) if words not in SAME_IN_BOTH] == []


def plain_strings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """(line, text) of each label, help text and spoken error that is a plain string."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg in SHOWN:
            said: ast.expr = node.value
        elif isinstance(node, ast.Call) and node.args and getattr(node.func, "id", "") in SPOKEN:
            said = node.args[0]
        else:
            continue
        if isinstance(said, ast.JoinedStr):
            yield node.lineno if isinstance(node, ast.Call) else node.value.lineno, ast.unparse(said)
        elif isinstance(said, ast.Constant) and isinstance(said.value, str) and LETTERS.search(said.value):
            yield said.lineno, said.value


def test_forms_and_errors_hold_no_plain_strings() -> None:
    found = [
        (path.relative_to(ROOT).as_posix(), *plain)
        for room in ROOMS
        for path in sorted((ROOT / room).rglob("*.py"))
        if room != "sandbox" and "migrations" not in path.parts and path.name != "serializers.py"
        for plain in plain_strings(ast.parse(path.read_text()))
    ]
    assert found == []

"""The front-end assets: unchanged since they were vendored, complete, small, and silent towards the outside."""

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template
from django.test import RequestFactory

from cases.states import Standing

ROOT = Path(settings.BASE_DIR)
STATIC = ROOT / "static"
VENDOR = STATIC / "vendor"
COMPONENTS = sorted((ROOT / "templates/components").glob("*.html"))
PAGES = sorted((ROOT / "templates").rglob("*.html"))

# Compressed, fonts apart; a page of its own markup may add to it and still stay under 100 KB.
BUDGET = 75_000

COLLECT = """
import sys
import django
from django.conf import settings
from django.core.management import call_command
settings.STATIC_ROOT = sys.argv[1]
django.setup()
call_command("collectstatic", interactive=False, verbosity=0)
"""


def without_comments(text: str) -> str:
    return re.sub(r"/\*.*?\*/|\{#.*?#\}|<!--.*?-->", "", text, flags=re.DOTALL)


def refresh(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-B", folder / "refresh.py", *args], capture_output=True, text=True)


def test_vendored_files_are_what_was_vendored() -> None:
    answer = refresh(VENDOR, "--check")
    assert answer.returncode == 0, answer.stderr


@pytest.mark.parametrize("deed", ["change", "add", "remove"])
def test_a_changed_vendored_file_is_named(deed: str, tmp_path: Path) -> None:
    folder = tmp_path / "vendor"
    shutil.copytree(VENDOR, folder, ignore=shutil.ignore_patterns("woff2"))
    (folder / "pretendard-gov/woff2").mkdir()
    for line in (VENDOR / "SHA256SUMS").read_text().splitlines():
        if line.endswith(".woff2"):
            os.symlink(VENDOR / line.split("  ")[1], folder / line.split("  ")[1])
    assert refresh(folder, "--check").returncode == 0
    victim = folder / "krds/css/component/output.css"
    if deed == "change":
        victim.write_text(victim.read_text() + "a{color:red}")
    elif deed == "add":
        victim = folder / "krds/unknown.css"
        victim.write_text("a{color:red}")
    else:
        victim.unlink()
    answer = refresh(folder, "--check")
    assert answer.returncode == 1
    assert victim.relative_to(folder).as_posix() in answer.stderr


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The static files as production collects them: hashed names, compressed, listed in a manifest."""
    target = tmp_path_factory.mktemp("static")
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "kcsc_portal.settings",
        "SECRET_KEY": "only-for-this-run",
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-c", COLLECT, str(target)]
    answer = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    return target


@pytest.fixture(scope="module")
def manifest(collected: Path) -> dict[str, str]:
    paths: dict[str, str] = json.loads((collected / "staticfiles.json").read_text())["paths"]
    return paths


def test_production_collects_every_file(collected: Path, manifest: dict[str, str]) -> None:
    ours = {p.relative_to(STATIC).as_posix() for p in STATIC.rglob("*") if p.is_file()}
    kept_back = {name for name in ours if name.endswith((".py", ".pyc", "SHA256SUMS"))}
    assert ours - kept_back <= set(manifest)
    assert not list(collected.rglob("*.py"))
    assert not list(collected.rglob("SHA256SUMS*"))
    assert (collected / (manifest["portal/portal.css"] + ".gz")).is_file()


def test_styles_name_only_files_that_are_there(collected: Path, manifest: dict[str, str]) -> None:
    for name, hashed in manifest.items():
        if name.startswith(("portal/", "vendor/")) and name.endswith(".css"):
            css = (collected / hashed).read_text()
            for url in re.findall(r"url\([\"']?([^)\"']+)", css):
                assert ((collected / hashed).parent / url).resolve().is_file(), f"{name}: {url}"


def linked(template: str) -> list[str]:
    text = (ROOT / "templates" / template).read_text()
    return re.findall(r"""<(?:link|script)[^>]*\{% static '([^']+\.(?:css|js))' %\}""", text)


def test_a_page_starts_with_little(collected: Path, manifest: dict[str, str]) -> None:
    files = [*linked("base.html"), "django_htmx/htmx-2.min.js", "portal/icons.svg"]
    assert "portal/portal.css" in files
    weight = sum(len(gzip.compress((collected / manifest[name]).read_bytes())) for name in files)
    assert weight < BUDGET


OUTSIDE = re.compile(
    r"""(?:url\(\s*|@import\s+|\bsrc=|\bhref=|\baction=|fetch\()["']?\s*(?:https?:)?//""", re.IGNORECASE
)


def test_nothing_is_fetched_from_an_outside_host() -> None:
    looked_at = [*STATIC.rglob("*.css"), *STATIC.rglob("*.js"), *STATIC.rglob("*.svg"), *PAGES]
    assert len(looked_at) > 30
    for path in looked_at:
        found = OUTSIDE.search(without_comments(path.read_text()))
        assert not found, f"{path.relative_to(ROOT)}: {found and found.group()}"


INLINE = re.compile(
    r"""\sstyle=|<style|<script(?![^>]*\ssrc=)|\son[a-z]+=["']|javascript:|hx-on|hx-vals=["']js:|hx-vars""",
    re.IGNORECASE,
)


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.relative_to(ROOT / "templates").as_posix())
def test_no_page_needs_inline_code_or_style(path: Path) -> None:
    found = INLINE.search(without_comments(path.read_text()))
    assert not found, found and found.group()


@pytest.mark.parametrize("markup", ['<p style="x">', "<script>x", '<a onclick="x">', '<a href="javascript:x">'])
def test_inline_code_would_be_seen(markup: str) -> None:
    assert INLINE.search(markup)


def test_outside_hosts_would_be_seen() -> None:
    assert OUTSIDE.search("a{background:url(https://cdn.test/x.png)}")
    assert OUTSIDE.search('@import "//cdn.test/x.css"')
    assert OUTSIDE.search('<script src="http://cdn.test/x.js">')


def test_no_source_map_is_asked_for() -> None:
    for path in [*STATIC.rglob("*.css"), *STATIC.rglob("*.js")]:
        assert "sourceMappingURL" not in path.read_text(), path


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda p: p.stem)
def test_each_component_says_what_it_is_for(path: Path) -> None:
    first = path.read_text().splitlines()[0]
    assert re.fullmatch(r"\{# .{20,}\. #\}", first), first


def test_each_standing_has_a_shape_a_style_and_a_part_in_the_bar() -> None:
    symbols = re.findall(r'<symbol id="([^"]+)"', (STATIC / "portal/icons.svg").read_text())
    css = (STATIC / "portal/portal.css").read_text()
    assert len(symbols) == len(set(symbols))
    for standing in Standing:
        assert standing.value in symbols
        assert re.search(rf"\.standing-{standing.value}\b", css)
        assert re.search(rf"\.fill-{standing.value}\b", css)


def test_each_icon_that_a_page_names_exists() -> None:
    symbols = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "portal/icons.svg").read_text()))
    for path in PAGES:
        for name in re.findall(r'<c-icon name="([^"{]+)"', path.read_text()):
            assert name in symbols, f"{path.name}: {name}"


@pytest.mark.parametrize("name", ["404.html", "403.html", "403_csrf.html", "500.html"])
def test_error_pages_stand_without_a_person_or_a_database(name: str, rf: RequestFactory) -> None:
    request = None if name == "500.html" else rf.get("/somewhere/")
    html = get_template(name).render({}, request)
    assert "<h1>" in html
    assert html.count("<main") == 1

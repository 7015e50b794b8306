"""Refresh the front-end assets in this folder from their npm packages, or check that they are unchanged.

    python static/vendor/refresh.py           # fetch with `npm pack`, rebuild the folder, rewrite SHA256SUMS
    python static/vendor/refresh.py --check   # compare the folder with SHA256SUMS; needs neither npm nor network

Node is needed for the first form only. What is taken, and what is changed on the way, is told in NOTICE.
"""

import hashlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
SUMS = HERE / "SHA256SUMS"

# Package -> SHA-256 of its tarball. A new version means a new line here, looked at by a person.
KRDS = ("krds-uiux@1.1.0", "2958eee582fabe3a3319a1032880f0f838c79647a311497d0d2045686c35dba8")
PRETENDARD = ("pretendard-gov@1.3.9", "eed5dc88f4b699bf9543f5c3c77057370f3a541f85f46315b6f2485d2770716c")

# The KRDS classes that our pages use. A rule is kept when every class in its selector is listed here, or it has none.
CLASSES = frozenset(
    """
    active data disabled error focus is-error krds-btn krds-form-select krds-input krds-pagination krds-table-wrap
    link-dot medium next page-link page-links page-navi prev primary secondary small sr-only tbl tertiary text xsmall
    """.split()
)

# Left out: KRDS hides the browser's own boxes and draws others beside them; ours are the browser's, in our colour.
LEFT_OUT = frozenset({"input[type=radio]", "input[type=checkbox]"})

FONT_FACE = """@font-face{{font-family:"Pretendard GOV";font-style:normal;font-weight:45 920;font-display:swap;\
src:url(woff2/{file}) format("woff2");unicode-range:{ranges}}}
"""


class Stale(Exception):
    """A file differs from what is written down; the message names it."""


def unpack(package: tuple[str, str], into: Path) -> Path:
    """Fetch one npm tarball, verify it, unpack it; returns its `package` folder. Raises Stale on another checksum."""
    name, expected = package
    into.mkdir()
    packed = subprocess.run(["npm", "pack", "--silent", name], cwd=into, check=True, capture_output=True, text=True)
    tarball = into / packed.stdout.split()[-1]
    if (found := digest(tarball)) != expected:
        raise Stale(f"{name}: tarball is {found}, expected {expected}")
    with tarfile.open(tarball) as archive:
        archive.extractall(into, filter="data")
    return into / "package"


def digest(path: Path) -> str:
    """SHA-256 of a file, hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def rules(css: str) -> Iterator[tuple[str, str]]:
    """Top-level (prelude, body) pairs of a stylesheet without comments; statements such as @import are skipped."""
    start = position = 0
    while (opening := css.find("{", position)) >= 0:
        if 0 <= (semicolon := css.find(";", start)) < opening:
            start = position = semicolon + 1
            continue
        depth, end = 1, opening + 1
        while depth:
            depth += {"{": 1, "}": -1}.get(css[end], 0)
            end += 1
        yield css[start:opening].strip(), css[opening + 1 : end - 1].strip()
        start = position = end


def wanted(selector: str) -> bool:
    """Whether one selector speaks only of what our pages use (the light mode, the classes listed, no ids)."""
    return (
        set(re.findall(r"\.(-?[A-Za-z_][\w-]*)", selector)) <= CLASSES
        and "data-krds-mode" not in selector
        and "#" not in selector
        and selector not in LEFT_OUT
    )


def subset(css: str) -> str:
    """The rules of a stylesheet that our pages use, in their order, one a line."""
    kept = []
    for prelude, body in rules(css):
        if prelude.startswith("@media"):
            if inner := subset(body):
                kept.append(f"{prelude}{{\n{inner}}}\n")
        elif prelude.startswith("@"):
            kept.append(f"{prelude}{{{' '.join(body.split())}}}\n")
        elif selectors := [part for part in re.split(r",\s*(?![^(]*\))", prelude) if wanted(part)]:
            kept.append(f"{','.join(selectors)}{{{' '.join(body.split())}}}\n")
    return "".join(kept)


def plain(css: str) -> str:
    """A stylesheet without comments; a sourceMappingURL would make the manifest storage look for a map."""
    return re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)


def take_krds(package: Path, target: Path) -> None:
    """Tokens, the used rules, and the pictures that these rules name."""
    resources = package / "resources"
    styles = {
        "token/krds_tokens.css": plain((resources / "css/token/krds_tokens.css").read_text()),
        "component/output.css": subset(plain((resources / "css/component/output.css").read_text())),
    }
    for name, css in styles.items():
        path = target / "css" / name
        path.parent.mkdir(parents=True)
        path.write_text("\n".join(line.strip() for line in css.splitlines() if line.strip()) + "\n")
        for url in sorted(set(re.findall(r"url\([\"']?\.\./\.\./(img/[^)\"']+)", css))):
            (target / url).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(resources / url, target / url)
    shutil.copyfile(package / "README.md", target / "LICENCE-README.md")


def take_pretendard(package: Path, target: Path) -> None:
    """The variable font cut by character ranges (woff2 only), with a @font-face file of our own."""
    source = package / "dist/web/variable"
    (target / "woff2").mkdir(parents=True)
    faces = []
    css = (source / "pretendardvariable-gov-dynamic-subset.css").read_text()
    for file, ranges in re.findall(r"woff2-dynamic-subset/([\w.]+\.woff2).*?unicode-range: ([^;]+);", css, re.DOTALL):
        shutil.copyfile(source / "woff2-dynamic-subset" / file, target / "woff2" / file)
        faces.append(FONT_FACE.format(file=file, ranges=ranges.replace(", ", ",")))
    (target / "pretendard-gov.css").write_text("".join(faces))
    shutil.copyfile(package / "dist/LICENSE.txt", target / "LICENSE.txt")


def vendored() -> list[Path]:
    """Every file that SHA256SUMS answers for."""
    return sorted(p for folder in ("krds", "pretendard-gov") for p in (HERE / folder).rglob("*") if p.is_file())


def sums() -> str:
    """What SHA256SUMS must say, in the format of sha256sum(1)."""
    return "".join(f"{digest(path)}  {path.relative_to(HERE).as_posix()}\n" for path in vendored())


def check() -> None:
    """Raises Stale, naming the files, when the folder and SHA256SUMS differ."""
    differing = set(SUMS.read_text().splitlines()) ^ set(sums().splitlines())
    if differing:
        raise Stale("changed, missing or unknown: " + ", ".join(sorted({line.split("  ")[1] for line in differing})))


def refresh() -> None:
    """Rebuild both folders from their packages."""
    with tempfile.TemporaryDirectory() as scratch:
        krds = unpack(KRDS, Path(scratch) / "krds")
        pretendard = unpack(PRETENDARD, Path(scratch) / "pretendard")
        for folder in ("krds", "pretendard-gov"):
            shutil.rmtree(HERE / folder, ignore_errors=True)
        take_krds(krds, HERE / "krds")
        take_pretendard(pretendard, HERE / "pretendard-gov")
    SUMS.write_text(sums())


if __name__ == "__main__":
    try:
        check() if sys.argv[1:] == ["--check"] else refresh()
    except Stale as stale:
        sys.exit(str(stale))

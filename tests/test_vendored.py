"""Third-party browser files: exactly those that were looked at, and every icon that a page asks for."""

import hashlib
import json
import re
from pathlib import Path

WEB = Path(__file__).parent.parent / "src" / "exodrive" / "web"
VENDOR = WEB / "static" / "vendor"


def test_each_file_is_the_one_that_was_accepted() -> None:
    expected = json.loads((WEB / "vendored.json").read_text())
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in VENDOR.iterdir()}
    assert found == expected


def test_each_third_party_has_its_licence_beside_it() -> None:
    assert {path.name for path in VENDOR.glob("*-LICENSE.txt")} == {
        "geist-LICENSE.txt",
        "htmx-LICENSE.txt",
        "lucide-LICENSE.txt",
    }


def test_the_sprite_holds_every_icon_of_the_list_and_no_script() -> None:
    listed = {line.strip() for line in (WEB / "icons.txt").read_text().splitlines() if line.strip() and line[0] != "#"}
    sprite = (VENDOR / "icons.svg").read_text()
    assert set(re.findall(r'<symbol id="([a-z0-9-]+)"', sprite)) == listed
    assert not re.search(r"<script|\son\w+=|href=", sprite)


def test_no_file_names_the_address_of_a_package_index() -> None:
    root = WEB.parent.parent.parent
    files = [root / "package.json", root / "package-lock.json", *(root / "requirements").iterdir()]
    assert not [file.name for file in files if re.search(r"registry\.|pypi\.org|pythonhosted|--index-url", file.read_text())]

"""Files: kept for ever under an address of their contents, compressed where it helps, and nothing outside their folder."""

import gzip
import re

import httpx
import pytest

from exodrive.web.shell.static import FOLDER, Assets

assets = Assets()


@pytest.mark.parametrize("name", sorted(assets.files))
async def test_every_file_is_served_whole_under_its_own_type(http: httpx.AsyncClient, name: str) -> None:
    answer = await http.get(assets.url(name), headers={"accept-encoding": "identity"})
    assert answer.status_code == 200
    assert answer.content == (FOLDER / name).read_bytes()
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["vary"] == "accept-encoding"
    assert "content-encoding" not in answer.headers
    types = {
        "css": "text/css",
        "js": "text/javascript",
        "svg": "image/svg+xml",
        "woff2": "font/woff2",
        "avif": "image/avif",
        "webp": "image/webp",
        "json": "application/speculationrules+json",
    }
    kind = types.get(name.rpartition(".")[2], "text/plain")
    assert answer.headers["content-type"].partition(";")[0] == kind
    assert ("charset=utf-8" in answer.headers["content-type"]) is (kind.startswith("text/") or kind in ("image/svg+xml", types["json"]))


@pytest.mark.parametrize("name", [name for name in sorted(assets.files) if name.endswith((".css", ".js", ".svg"))])
async def test_text_is_sent_compressed_to_who_takes_it(stack: object, http: httpx.AsyncClient, name: str) -> None:
    request = http.build_request("GET", assets.url(name), headers={"accept-encoding": "gzip, br"})
    answer = await http.send(request, stream=True)
    raw = b"".join([piece async for piece in answer.aiter_raw()])
    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(raw) == (FOLDER / name).read_bytes()
    assert len(raw) < (FOLDER / name).stat().st_size
    assert int(answer.headers["content-length"]) == len(raw)


async def test_an_address_of_another_version_is_served_but_not_kept(http: httpx.AsyncClient) -> None:
    answer = await http.get("/static/0123456789/css/app.css")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")


@pytest.mark.parametrize(
    "path",
    [
        "css/none.css",
        "css",
        "css/",
        "../settings.py",
        "css/../../settings.py",
        "%2e%2e/settings.py",
        "..%2fsettings.py",
        "/etc/passwd",
        "//etc/passwd",
        "css/app.css%00.png",
        "css/app.css/",
        "CSS/APP.CSS",
        ".gitignore",
        "css\\app.css",
    ],
)
async def test_nothing_else_is_served(http: httpx.AsyncClient, path: str) -> None:
    answer = await http.get(f"/static/{assets.version}/{path}")
    assert answer.status_code == (200 if path == "css/app.css/" else 404)


async def test_pages_name_files_by_the_version_of_their_contents(http: httpx.AsyncClient) -> None:
    page = await http.get("/")
    assert set(re.findall(r"/static/(\w+)/", page.text)) == {assets.version}


async def test_another_content_gives_another_address(tmp_path: object) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path))
    (folder / "a.css").write_text("a{}")
    first = Assets(folder).url("a.css")
    (folder / "a.css").write_text("b{}")
    assert Assets(folder).url("a.css") != first
    with pytest.raises(KeyError, match="make vendor"):
        Assets(folder).url("b.css")


def test_a_picture_has_its_form_for_small_screens_where_there_is_one() -> None:
    assert assets.narrow("fleet/averno-v10-side", "avif") == assets.url("fleet/averno-v10-side-720.avif")
    assert assets.narrow("fleet/averno-v10-rear34", "webp") == assets.url("fleet/averno-v10-rear34-720.webp")
    assert assets.narrow("fleet/nobody-knows", "avif") == ""

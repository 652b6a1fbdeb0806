"""Errors as answers: problem details for programs, a calm page for people, and never a word too much."""

import httpx
import pytest

from tests.web.conftest import Client


@pytest.mark.parametrize(
    ("method", "path", "status", "kind"),
    [
        ("GET", "/api/nothing", 404, "not-found"),
        ("GET", "/api", 404, "not-found"),
        ("GET", "/api/bookings", 405, "method-not-allowed"),
        ("DELETE", "/availability", 405, "method-not-allowed"),
        ("POST", "/api/bookings", 415, "media-type"),
        ("GET", "/availability", 422, "bad-input"),
        ("POST", "/cron/daily-tasks", 404, "not-found"),
        ("PUT", "/healthz", 405, "method-not-allowed"),
    ],
)
async def test_a_program_gets_problem_details(http: httpx.AsyncClient, method: str, path: str, status: int, kind: str) -> None:
    answer = await http.request(method, path)
    body = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert set(body) - {"errors"} == {"type", "title", "status", "detail"}
    assert (body["type"], body["status"], body["title"]) == (f"/problems/{kind}", status, kind.replace("-", " "))
    assert body["detail"].endswith(".")
    for error in body.get("errors", []):
        assert set(error) == {"field", "message"}


@pytest.mark.parametrize(
    ("method", "path", "status", "said"),
    [
        ("GET", "/nothing", 404, "This road ends here"),
        ("GET", "/cars/no-such-car", 404, "This road ends here"),
        ("POST", "/cars", 405, "This address does not take such a request."),
        ("GET", "/admin/nothing", 404, "There is nothing here"),
        ("GET", "/policies/nothing", 404, "This road ends here"),
    ],
)
async def test_a_person_gets_a_page(http: httpx.AsyncClient, method: str, path: str, status: int, said: str) -> None:
    answer = await http.request(method, path, headers={"sec-fetch-site": "same-origin"})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert said in answer.text
    assert "<main" in answer.text


async def test_an_accept_header_does_not_change_who_is_spoken_to(client: Client) -> None:
    for accept in ("application/json", "text/html", "*/*", "image/png;q=0.1", "garbage"):
        http = client(headers={"accept": accept})
        assert (await http.get("/nothing")).headers["content-type"] == "text/html; charset=utf-8"
        assert (await http.get("/api/nothing")).headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path", ["/%", "/%ff", "//", "/cars//", "/.git/config", "/cars/%2e%2e", "/\u00e9", "/" + "x" * 6000, "/booking/", "/;a=b"]
)
async def test_an_odd_address_is_only_an_address_where_there_is_nothing(http: httpx.AsyncClient, path: str) -> None:
    answer = await http.get(path)
    assert answer.status_code in (200, 400, 404, 405, 414), path
    assert (answer.status_code == 200) is (path in ("//", "/cars//"))


async def test_a_method_nobody_knows_is_refused(http: httpx.AsyncClient) -> None:
    for method in ("TRACE", "PROPFIND", "MKCOL"):
        assert (await http.request(method, "/cars")).status_code == 405

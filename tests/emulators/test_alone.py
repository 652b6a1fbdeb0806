"""The stand-ins as another project takes them: a copied folder, and nothing of ours beside it."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from exodrive.operate import ports
from tests.emulators.running import ROOT

PACKAGE = ROOT / "src" / "exodrive_emulators"
# Python reads it before all else: the product can neither be found nor imported.
ALONE = """
    import importlib.abc, sys
    class Nobody(importlib.abc.MetaPathFinder):
        def find_spec(self, name, path=None, target=None):
            if name == "exodrive" or name.startswith(("exodrive.", "tests.")):
                raise ImportError(f"{name} does not belong to the stand-ins")
    sys.meta_path.insert(0, Nobody())
"""


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder with a copy of the stand-ins."""
    shutil.copytree(PACKAGE, tmp_path / PACKAGE.name, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "sitecustomize.py").write_text(textwrap.dedent(ALONE))
    return tmp_path


@contextmanager
def started(folder: Path, name: str) -> Iterator[httpx.Client]:
    """The command of the copied README, at a free port."""
    [command] = re.findall(
        r"```\n(python -m exodrive_emulators.+?)\n```", (folder / PACKAGE.name / name / "README.md").read_text(), re.DOTALL
    )
    words = shlex.split(command.replace("\\\n", " "))
    words[0], words[words.index("--port") + 1] = sys.executable, str(ports.any_free())
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(folder)}
    process = subprocess.Popen(words, cwd=folder, env=env, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        ready = process.stdout.readline()
        assert ready.startswith("ready http://")
        with httpx.Client(base_url=ready.split()[1], timeout=10) as http:
            yield http
    finally:
        process.terminate()
        process.wait(30)
        process.stdout.close()


def test_the_product_is_out_of_reach(elsewhere: Path):
    program = "import exodrive_emulators.paypal.app as app; print(app.__file__); import exodrive"
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(elsewhere)}
    ended = subprocess.run([sys.executable, "-c", program], cwd=elsewhere, env=env, capture_output=True, text=True, check=False)
    assert ended.stdout.startswith(str(elsewhere))
    assert "does not belong to the stand-ins" in ended.stderr


def test_paypal_runs_alone_as_its_readme_says(elsewhere: Path):
    with started(elsewhere, "paypal") as http:
        order = http.post("/desk/create/rental").headers["location"].partition("?")[0]
        token = http.post("/v1/oauth2/token", auth=("demo-client", "demo-secret"), data={"grant_type": "client_credentials"})
        headers = {"authorization": f"Bearer {token.json()['access_token']}", "content-type": "application/json"}
        refused = http.post(f"/v2/checkout{order}/capture", headers=headers)
        pages = ("/", "/holds", "/ledger", "/deliveries", "/clock", "/faults", order)
        for page in (*pages, f"/checkoutnow?token={order[-17:]}", "/static/style.css"):
            assert http.get(page).status_code == 200, page
        assert [it["url"] for it in http.get("/control/webhooks").json()] == ["http://127.0.0.1:8000/api/webhooks/paypal"]
        assert http.get("/control/root.pem").content == (elsewhere / "paypal" / "root.pem").read_bytes()
    assert (refused.status_code, refused.json()["details"][0]["issue"]) == (422, "ORDER_NOT_APPROVED")
    assert "Payer has not yet approved the Order" in refused.json()["details"][0]["description"]


def test_resend_runs_alone_as_its_readme_says(elsewhere: Path):
    mail = {"from": "a@example.com", "to": "b@example.com", "subject": "Alone", "html": "<p>Hello</p>"}
    with started(elsewhere, "resend") as http:
        sent = http.post("/emails", json=mail, headers={"authorization": "Bearer re_demo_key"}).json()["id"]
        assert "Alone" in http.get("/").text
        for page in (f"/mails/{sent}", f"/mails/{sent}/html", "/static/style.css", "/static/inbox.js"):
            assert http.get(page).status_code == 200, page
    assert (elsewhere / "mail" / "state.sqlite").exists()

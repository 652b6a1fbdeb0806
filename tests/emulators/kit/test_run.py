"""An emulator as a process: where it refuses, how it ends, what it remembers."""

import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import psutil
import pytest

from tests.emulators.merchant import Merchant, issue, money, order_body, unit
from tests.emulators.receiver import Receiver
from tests.emulators.running import ROOT, Running, until

BOTH = pytest.mark.parametrize("name", ["paypal", "resend"])


def refused(name: str, *options: str, **env: str) -> str:
    """What it says when it does not start."""
    command = [sys.executable, "-m", f"exodrive_emulators.{name}", *options]
    ended = subprocess.run(command, cwd=ROOT, env=os.environ | env, capture_output=True, text=True, timeout=20, check=False)
    assert ended.returncode != 0
    assert "ready" not in ended.stdout
    return ended.stderr


@BOTH
def test_it_refuses_to_run_in_production(name: str):
    assert "never run in production" in refused(name, EXODRIVE_ENV="production")


@BOTH
@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_it_listens_on_loopback_only(name: str, host: str):
    assert "loopback" in refused(name, "--host", host)


@BOTH
def test_a_taken_port_is_told(name: str):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert "Cannot listen" in refused(name, "--port", str(taken.getsockname()[1]))


@BOTH
def test_it_ends_at_once_and_in_peace_on_sigterm_even_with_open_connections(name: str):
    emulator = Running(name)
    emulator.http.get("/")
    with socket.create_connection(("127.0.0.1", emulator.port)):
        began = time.monotonic()
        assert emulator.stop() == 0
    assert time.monotonic() - began < 2


@pytest.mark.skipif(sys.platform != "linux", reason="parent-death signals are Linux's")
def test_it_ends_with_its_parent():
    program = f"""
        import subprocess, sys, time
        child = subprocess.Popen([sys.executable, "-m", "exodrive_emulators.resend"], cwd={str(ROOT)!r}, stdout=subprocess.PIPE)
        child.stdout.readline()
        print(child.pid, flush=True)
        time.sleep(60)
    """
    parent = subprocess.Popen([sys.executable, "-c", textwrap.dedent(program)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    child = int(parent.stdout.readline())
    assert psutil.pid_exists(child)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    until(lambda: not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE)


def test_paypal_remembers_everything_after_being_killed(tmp_path: Path):
    options = ("--client-id", "client", "--client-secret", "secret", "--state", str(tmp_path))
    emulator = Running("paypal", *options)
    merchant, body = Merchant(emulator), order_body(unit("80.00", invoice_id="EX-1"))
    emulator.advance(hours=1)
    order_id = merchant.create(body, PayPal_Request_Id="booking-1").json()["id"]
    merchant.approve(order_id)
    taken = merchant.capture(order_id, PayPal_Request_Id="capture-1").json()
    emulator.stop(signal.SIGKILL)
    merchant.paypal = Running("paypal", *options, port=emulator.port)
    again = merchant.capture(order_id, PayPal_Request_Id="capture-1")
    assert (again.status_code, again.json()) == (200, taken)
    assert merchant.create(body, PayPal_Request_Id="booking-1").json()["id"] == order_id
    assert merchant.create(body).json()["details"][0]["issue"] == "DUPLICATE_INVOICE_ID"
    assert merchant.paypal.control("ledger")["sums"]["USD"]["captured"] == "80.00"
    assert 3590 < merchant.paypal.control("clock")["shift"] < 3610
    merchant.paypal.reset()
    merchant.paypal.stop(signal.SIGKILL)
    merchant.paypal = Running("paypal", *options)
    assert merchant.paypal.control("orders") == []
    merchant.paypal.stop()


def test_a_declined_capture_of_a_hold_keeps_its_invoice_id_over_a_restart(tmp_path: Path):
    options = ("--client-id", "client", "--client-secret", "secret", "--state", str(tmp_path))
    emulator = Running("paypal", *options)
    merchant = Merchant(emulator)
    held = merchant.held()["id"]
    emulator.control(f"authorizations/{held}/funds", {"funds": "pending"})
    taken = merchant.act(held, "capture", {"amount": money("5.00"), "invoice_id": "EX-9"}).json()["id"]
    emulator.control(f"captures/{taken}/settle", {"act": "decline"})
    emulator.stop(signal.SIGKILL)
    merchant.paypal = Running("paypal", *options)
    answer = merchant.create(order_body(unit("5.00", invoice_id="EX-9")))
    merchant.paypal.stop()
    assert issue(answer) == (422, "DUPLICATE_INVOICE_ID")


def test_what_was_ordered_to_go_wrong_survives_being_killed(tmp_path: Path):
    options = ("--client-id", "client", "--client-secret", "secret", "--state", str(tmp_path))

    def killed() -> None:
        merchant.paypal.stop(signal.SIGKILL)
        merchant.paypal = Running("paypal", *options, port=merchant.paypal.port)

    with Receiver() as receiver:
        merchant = Merchant(Running("paypal", *options, "--webhook-url", receiver.url, "--webhook-id", "W1"))
        merchant.paypal.fault("status", "/orders$", times=2)
        tricks = [{"trick": "reorder"}, {"trick": "foreign_certificate"}, {"trick": "drop", "times": None}]
        merchant.paypal.control("webhook-rules", tricks)
        assert merchant.create().status_code == 503
        killed()
        assert [merchant.create().status_code for _ in range(2)] == [503, 201]
        order_id = merchant.paypal.control("orders")[0]["id"]
        merchant.approve(order_id)
        killed()
        merchant.capture(order_id)
        until(lambda: receiver.types() == ["PAYMENT.CAPTURE.COMPLETED", "CHECKOUT.ORDER.APPROVED"])
        killed()
        # Killed before it noted the second delivery, it delivers once more: only the first two are of interest.
        foreign, own = (merchant.paypal.http.get(got.headers["paypal-cert-url"]) for got in receiver.got[:2])
        assert foreign.content != own.content
        assert (foreign.status_code, own.status_code) == (200, 200)
        assert [it["trick"] for it in merchant.paypal.control("webhook-rules")] == ["drop"]
        merchant.paypal.stop()


def test_a_delivery_survives_the_death_of_paypal(tmp_path: Path):
    with Receiver() as receiver:
        options = ("--client-id", "client", "--client-secret", "secret", "--state", str(tmp_path))
        options += ("--webhook-url", receiver.url, "--webhook-id", "W1")
        emulator = Running("paypal", *options)
        merchant = Merchant(emulator)
        emulator.control("webhooks/W1", {"mode": "pause"}, "PATCH")
        merchant.approve(merchant.order()["id"])
        emulator.stop(signal.SIGKILL)
        emulator = Running("paypal", *options)
        until(lambda: receiver.got)
        emulator.stop()
    assert receiver.types() == ["CHECKOUT.ORDER.APPROVED"]


def test_resend_remembers_mails_and_keys_after_being_killed(tmp_path: Path):
    options = ("--api-key", "re_key", "--state", str(tmp_path))
    mail = {"from": "a@example.com", "to": "b@example.com", "subject": "s", "text": "t"}
    headers = {"Authorization": "Bearer re_key", "Idempotency-Key": "k"}
    emulator = Running("resend", *options)
    first = emulator.http.post("/emails", json=mail, headers=headers).json()
    emulator.stop(signal.SIGKILL)
    emulator = Running("resend", *options)
    assert emulator.http.post("/emails", json=mail, headers=headers).json() == first
    assert len(emulator.control("mails")) == 1
    emulator.stop()


@BOTH
def test_unknown_paths_and_methods_are_told_in_the_providers_shape(name: str):
    emulator = Running(name)
    path = {"paypal": "/v2/checkout/orders", "resend": "/emails"}[name]
    missing, wrong = emulator.http.get(f"{path}/a/b"), emulator.http.delete(path)
    head = emulator.http.head("/")
    emulator.stop()
    assert (missing.status_code, wrong.status_code) == (404, 405)
    assert missing.json()["name"].lower() in ("resource_not_found", "not_found")
    assert (head.status_code, head.content) == (200, b"")

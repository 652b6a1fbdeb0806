"""The page that shows the mails."""

from tests.emulators.resend.test_api import MAIL, send
from tests.emulators.running import Running


def test_the_inbox_lists_the_newest_first(resend: Running):
    assert "No mail yet" in resend.http.get("/").text
    for subject in ("First <letter>", "Second letter"):
        send(resend, MAIL | {"subject": subject})
    page = resend.http.get("/").text
    assert page.index("Second letter") < page.index("First &lt;letter&gt;")
    assert "renter@example.com" in page


def test_a_mail_shows_its_letter_in_a_sandbox_and_its_text(resend: Running):
    text = "Open https://shop.example/booking/abc?x=1&y=2. <b>Thanks</b>"
    sent = send(resend, MAIL | {"text": text}, "booking-confirmed/1").json()["id"]
    page = resend.http.get(f"/mails/{sent}").text
    assert f'src="/mails/{sent}/html"' in page
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page
    address = "https://shop.example/booking/abc?x=1&amp;y=2"
    assert f'<a href="{address}" target="_blank" rel="noopener noreferrer">{address}</a>. &lt;b&gt;' in page
    for told in ("booking-confirmed/1", "X-Entity-Ref-ID", "help@exodrive.example"):
        assert told in page


def test_the_letter_runs_nothing_and_opens_its_links_in_a_new_tab(resend: Running):
    for html, begins in (
        ("<!doctype html><html><head><title>x</title></head><p>y", '<!doctype html><html><head><base target="_blank">'),
        ("<!DOCTYPE html><p>y", '<!DOCTYPE html><base target="_blank">'),
        ("<p>y</p>", '<!doctype html><base target="_blank"><p>'),
    ):
        sent = send(resend, MAIL | {"html": html}).json()["id"]
        letter = resend.http.get(f"/mails/{sent}/html")
        assert letter.text.startswith(begins)
        policy = letter.headers["content-security-policy"]
        assert policy.startswith("sandbox allow-popups")
        assert "allow-scripts" not in policy
        assert "default-src 'none'" in policy


def test_a_mail_without_html_opens_its_text(resend: Running):
    sent = send(resend, {name: MAIL[name] for name in ("from", "to", "subject", "text")}).json()["id"]
    page = resend.http.get(f"/mails/{sent}").text
    assert "<iframe" not in page
    assert "<details open>" in page
    assert resend.http.get(f"/mails/{sent}/html").status_code == 404


def test_a_mail_that_is_not_there_is_told(resend: Running):
    assert resend.http.get("/mails/none").status_code == 404


def test_the_inbox_keeps_itself_fresh_without_reloading(resend: Running):
    assert "/static/inbox.js" in resend.http.get("/").text
    assert resend.http.get("/static/inbox.js").headers["content-type"].startswith("text/javascript")

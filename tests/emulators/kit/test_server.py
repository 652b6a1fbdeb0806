"""The little HTTP server under both emulators."""

import contextlib
import socket

import pytest

from tests.emulators.running import Running


def talk(resend: Running, text: bytes) -> bytes:
    """Raw bytes there, raw bytes back."""
    with socket.create_connection(("127.0.0.1", resend.port), timeout=5) as line:
        line.sendall(text)
        line.shutdown(socket.SHUT_WR)
        answer = b""
        while part := line.recv(65536):
            answer += part
        return answer


def test_two_requests_on_one_connection_are_answered_in_order(resend: Running):
    first, second = b"GET /control/clock HTTP/1.1\r\nHost: x\r\n\r\n", b"GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n"
    answer = talk(resend, first + second)
    assert answer.index(b"HTTP/1.1 200") < answer.index(b"HTTP/1.1 404")


@pytest.mark.parametrize("text", [b"nonsense\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n"])
def test_nonsense_ends_the_connection_and_nothing_else(resend: Running, text: bytes):
    with contextlib.suppress(ConnectionResetError):
        assert not talk(resend, text).startswith(b"HTTP/1.1 200")
    assert resend.http.get("/control/clock").status_code == 200


def test_a_body_in_chunks_is_put_together(resend: Running):
    head = b"POST /control/rate HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    answer = talk(resend, head + b'9\r\n{"per_sec\r\n8\r\nond": 7}\r\n0\r\n\r\n')
    assert b'{"per_second":7}' in answer


def test_a_caller_who_waits_to_be_asked_for_the_body_is_asked(resend: Running):
    head = b"POST /control/rate HTTP/1.1\r\nHost: x\r\nContent-Length: 16\r\nExpect: 100-continue\r\n\r\n"
    with socket.create_connection(("127.0.0.1", resend.port), timeout=5) as line:
        line.sendall(head)
        assert line.recv(65536).startswith(b"HTTP/1.1 100")
        line.sendall(b'{"per_second":3}')
        assert b'{"per_second":3}' in line.recv(65536)

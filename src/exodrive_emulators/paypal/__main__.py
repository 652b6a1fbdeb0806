"""python -m exodrive_emulators.paypal: see README.md beside this file."""

from exodrive_emulators.kit.run import options, run
from exodrive_emulators.paypal.app import build
from exodrive_emulators.paypal.control import Listener
from exodrive_emulators.paypal.world import Client


def main() -> None:
    """Read the command line and serve."""
    parser = options("paypal")
    parser.add_argument("--client-id", default="demo-client")
    parser.add_argument("--client-secret", default="demo-secret")
    parser.add_argument("--public-url", default="", help="how browsers reach it, when not by host and port")
    parser.add_argument("--webhook-url", default="", help="register this listener at the start")
    parser.add_argument("--webhook-id", default="", help="under this id")
    parser.add_argument("--followed", action="store_true", help="others follow its clock, and tell when they have")
    chosen = parser.parse_args()
    client = Client(chosen.client_id, chosen.client_secret)
    listener = Listener(chosen.webhook_url, chosen.webhook_id) if chosen.webhook_url else None
    run(
        chosen,
        lambda url: build(url=chosen.public_url or url, state=chosen.state, client=client, listener=listener, followed=chosen.followed),
    )


if __name__ == "__main__":
    main()

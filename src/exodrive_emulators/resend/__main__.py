"""python -m exodrive_emulators.resend: see README.md beside this file."""

from exodrive_emulators.kit.run import options, run
from exodrive_emulators.resend.app import build


def main() -> None:
    """Read the command line and serve."""
    parser = options("resend")
    parser.add_argument("--api-key", default="re_demo_key")
    parser.add_argument("--rate-limit", default=5, type=int, help="calls a second, 0 for no limit")
    chosen = parser.parse_args()
    run(chosen, lambda _: build(state=chosen.state, api_key=chosen.api_key, per_second=chosen.rate_limit))


if __name__ == "__main__":
    main()

"""What providers told us, each message kept once."""

"""What a rental costs: rules from our rows, an engine that replays to the same cent, and signed quotes."""

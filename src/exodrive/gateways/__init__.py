"""The outside, in our own words: each provider behind a small protocol. No call is made while a scope is open."""

"""Deposits: holds of a renter's money that stand behind a car that is out, and are given back after it returned."""

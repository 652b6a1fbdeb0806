"""Exodrive: a self-hosted booking system for companies that rent out exotic cars."""

__version__ = "0.1.0"

"""The desk: pages on which a person watches this PayPal and plays shop, payer and fate."""

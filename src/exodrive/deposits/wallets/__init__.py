"""Wallets that renters let PayPal keep, from which their booking's deposit is held without asking them again."""

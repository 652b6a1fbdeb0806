"""The people who rent, one row per e-mail address."""

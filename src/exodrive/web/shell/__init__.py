"""What every page and answer share: doors, errors, headers, cookies, forms, static files, health."""

"""HTTP in, one verb, HTML or JSON out; each door opens the database as one role."""

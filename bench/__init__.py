"""What it costs: figures that `make bench` prints. Each module here with a `measure` is one table."""

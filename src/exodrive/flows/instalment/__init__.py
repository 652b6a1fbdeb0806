"""The second part of a price: asked for by letters, paid by an order of its own, forgone by staff, dropped with its booking."""

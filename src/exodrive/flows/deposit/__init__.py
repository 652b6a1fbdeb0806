"""The story of a deposit: asked for, held, renewed, replaced, given back."""

"""The stories that cross slices: checkout and payment, cancelling, callbacks, tidying up."""

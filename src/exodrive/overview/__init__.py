"""Read-only joins for pages: what several slices know, in one look. Nothing here writes."""

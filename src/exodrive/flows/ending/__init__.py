"""How a paid booking ends before its rental: what goes back, by which rule, and how everybody is told."""

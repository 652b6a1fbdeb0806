"""How far each day's comparison has come."""

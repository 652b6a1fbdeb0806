"""The home page as staff keep it: its top, the car it leads with, and the parts below."""

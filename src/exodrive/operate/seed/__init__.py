"""The demo's company: eight invented cars, three places in one city, and three months of business."""

from exodrive.operate.seed.service import NOTE, seed_demo

__all__ = ["NOTE", "seed_demo"]

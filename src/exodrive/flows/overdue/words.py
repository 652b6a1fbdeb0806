"""What staff are told of a car that is not back and is needed."""

from exodrive.kit.words import _


def clash_subject(car: str, day: str) -> str:
    """Return the subject of the letter to staff."""
    return _("Not back and needed on %(day)s: %(car)s") % {"car": car, "day": day}


def clash_words(car: str, reference: str, name: str, due: str) -> str:
    """Return who has the car and should not."""
    told = {"car": car, "reference": reference, "name": name, "when": due}
    return _("The %(car)s is out on booking %(reference)s: %(name)s was to bring it back by %(when)s.") % told


def needed_words(reference: str, name: str, when: str) -> str:
    """Return who comes for the car next."""
    told = {"reference": reference, "name": name, "when": when}
    return _("It is sold on booking %(reference)s: %(name)s comes for it on %(when)s. Call both, and find another car if need be.") % told


def own_words(day: str) -> str:
    """Return what is said where we ourselves need the car."""
    return _("On %(day)s we have it out of the shop ourselves. Call the renter, or move that work.") % {"day": day}

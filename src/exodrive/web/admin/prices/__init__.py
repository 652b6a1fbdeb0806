"""Price rules by staff: the rules in force in plain sentences, a form for each kind with a preview, and the history."""

from exodrive.web.admin.prices import form, lists

HANDLERS = [*lists.HANDLERS, *form.HANDLERS]

"""Why a migration was not run, or did not succeed."""


class MigrationRefused(RuntimeError):
    """The files and the database do not fit together; nothing was changed."""


class MigrationFailed(RuntimeError):
    """A statement failed; its whole file was rolled back, the files before it stay applied."""

"""The problems that a command tells as a sentence: a person can solve them, a traceback would not help."""

from exodrive.kit.errors import Problem
from exodrive.kit.texts import WrongText
from exodrive.operate.binaries import ProgramsMissing
from exodrive.operate.demo import NotInProduction
from exodrive.operate.folder import FolderInUse
from exodrive.operate.health import NotHealthy
from exodrive.operate.jobs import NobodyAtWork, NotFailed
from exodrive.operate.migrate import MigrationFailed, MigrationRefused
from exodrive.operate.postgres import ServerFailed
from exodrive.operate.supervisor import GaveUp
from exodrive.operate.webhooks import PayPalSaidNo
from exodrive.settings import WrongSettings

PLAIN = (
    FolderInUse,
    GaveUp,
    MigrationFailed,
    MigrationRefused,
    NobodyAtWork,
    NotFailed,
    NotHealthy,
    NotInProduction,
    PayPalSaidNo,
    Problem,
    ProgramsMissing,
    ServerFailed,
    WrongSettings,
    WrongText,
)

"""The laws of the source that no linter knows. Each law names what breaks it, and where."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.laws.source import PRODUCT, attribute, calls, docstrings, dotted, modules, name_of, nodes, texts

TESTS = Path(__file__).parents[1]
MIGRATIONS = sorted((PRODUCT / "migrations").glob("*.sql"))

_SQL = re.compile(
    r"^\s*(select\s|insert\s+into\s|update\s+\S+\s+set\s|delete\s+from\s|with\s+\w+\s+as\s|(begin|commit|rollback)\s*;)", re.IGNORECASE
)
_ASKS = {"fetch", "fetchrow", "fetchval", "execute", "executemany", "copy_records_to_table", "cursor"}


def may_hold_sql(path: Path) -> bool:
    name = name_of(path)
    return path.name == "store.py" or name.startswith("overview/") or name == "kit/db.py"


def test_sql_lives_in_stores_and_overviews() -> None:
    broken = []
    for path, tree in modules():
        if may_hold_sql(path):
            continue
        said = docstrings(tree)
        broken += [f"{name_of(path)}:{line} {text.strip()[:60]!r}" for line, text in texts(tree) if _SQL.match(text) and text not in said]
        broken += [f"{name_of(path)}:{call.lineno} .{attribute(call)}(" for call in calls(tree) if attribute(call) in _ASKS]
    assert not broken, "SQL belongs into a store.py or overview/:\n" + "\n".join(broken)


def test_only_the_scope_and_the_migration_runner_commit() -> None:
    # Deploy-time programs work on connections of their own as owner or superuser: each migration file is one transaction there.
    allowed = ("kit/db.py", "operate/migrate/", "operate/roles/", "operate/clock/")
    ends = re.compile(r"\s*(begin|commit|rollback)\s*(;|$)", re.I)
    broken = []
    for path, tree in modules():
        if name_of(path).startswith(allowed):
            continue
        broken += [f"{name_of(path)}:{line} {text!r}" for line, text in texts(tree) if ends.match(text)]
        broken += [f"{name_of(path)}:{call.lineno} .transaction(" for call in calls(tree) if attribute(call) == "transaction"]
    assert not broken, "one commit, in kit/db.py:\n" + "\n".join(broken)


def test_no_query_selects_everything() -> None:
    broken = [
        f"{name_of(path)}:{line}" for path, tree in modules() for line, text in texts(tree) if re.search(r"select\s+(\w+\.)?\*", text, re.I)
    ]
    assert not broken, "name the columns, a migration must not change what a query means:\n" + "\n".join(broken)


def test_no_setting_outlives_its_transaction() -> None:
    broken = []
    for path, tree in modules():
        if name_of(path).startswith("operate/"):
            continue  # deploy-time connections of their own, closed afterwards
        for line, text in texts(tree):
            if re.match(r"\s*set\s+(?!local\b)\w+\s*(=|to)", text, re.I) or re.search(r"set_config\([^)]*,\s*false\)", text, re.I):
                broken.append(f"{name_of(path)}:{line} {text[:60]!r}")
    assert not broken, "session-level settings leak to the next borrower of a connection:\n" + "\n".join(broken)


def test_there_is_one_clock_in_python() -> None:
    forbidden = {
        "datetime.now",
        "datetime.utcnow",
        "datetime.today",
        "date.today",
        "time.time",
        "datetime.datetime.now",
        "datetime.date.today",
    }
    allowed = {
        "kit/clock.py": "it is the clock",
        "kit/ids.py": "the time inside an id is for ordering only (time_ns)",
        "kit/limits.py": "the limits library counts by the system clock",
        "kit/jobs.py": "the queue library counts by the system clock",
        "operate/": "files and processes live in real time",
    }
    broken = [
        f"{name_of(path)}:{call.lineno} {dotted(call.func)}"
        for path, tree in modules()
        for call in calls(tree)
        if dotted(call.func) in forbidden and not name_of(path).startswith(tuple(allowed))
    ]
    assert not broken, "ask exodrive.kit.clock:\n" + "\n".join(broken)


_DAY_OF_NOBODY = re.compile(r"clock\.now\(\)\.(date|weekday|day)\b")


def test_what_day_it_is_depends_on_where() -> None:
    """In the product it would be wrong for some hours of each day, and so would a test, for those hours only."""
    broken = [
        f"{path.relative_to(TESTS.parent)}:{number}"
        for path in [path for path, _tree in modules()] + sorted(TESTS.rglob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if _DAY_OF_NOBODY.search(line)
    ]
    assert not broken, "ask day_at(clock.now(), zone), or today() of the builders:\n" + "\n".join(broken)
    assert _DAY_OF_NOBODY.search("due = clock.now()" + ".date()"), "the law sees nothing"


def test_there_is_one_clock_in_sql() -> None:
    bare = re.compile(
        r"(?<![\w.])now\s*\(\)|current_timestamp|current_date|localtimestamp|clock_timestamp\s*\(|statement_timestamp|transaction_timestamp",
        re.I,
    )
    allowed = {"kit/db.py": "it reads how the clock function is defined", "operate/clock/store.py": "it defines the moved clock"}
    broken = []
    for path, tree in modules():
        if name_of(path) in allowed or not (may_hold_sql(path)):
            continue
        said = docstrings(tree)
        broken += [f"{name_of(path)}:{line}" for line, text in texts(tree) if bare.search(text) and text not in said]
    for path in MIGRATIONS:
        for number, line in enumerate(path.read_text().splitlines(), 1):
            is_the_clock = "function exodrive_private.now()" in line and "return clock_timestamp()" in line
            if bare.search(line.partition("--")[0]) and not is_the_clock:
                broken.append(f"{path.name}:{number} {line.strip()}")
    assert not broken, "ask exodrive_private.now():\n" + "\n".join(broken)


def test_only_door_makes_routers() -> None:
    makers = {"Router", "create_static_files_router", "Controller"}
    broken = [
        f"{name_of(path)}:{call.lineno}"
        for path, tree in modules()
        if name_of(path) != "web/shell/doors.py"
        for call in calls(tree)
        if dotted(call.func).rpartition(".")[2] in makers
    ]
    assert not broken, "make routers with web.shell.doors.door:\n" + "\n".join(broken)


def test_only_settings_reads_the_environment() -> None:
    allowed = ("settings/", "operate/", "__main__.py")
    broken = [
        f"{name_of(path)}:{node.lineno}"
        for path, tree in modules()
        if not name_of(path).startswith(allowed)
        for node in nodes(tree)
        if isinstance(node, ast.Attribute) and dotted(node) in ("os.environ", "os.getenv")
    ]
    assert not broken, "settings are read once, in settings/:\n" + "\n".join(broken)


def test_every_module_says_what_it_owns() -> None:
    silent = [name_of(path) for path, tree in modules() if not ast.get_docstring(tree) and path.read_text().strip()]
    assert not silent, "\n".join(silent)


def test_every_sentence_of_a_problem_goes_through_gettext() -> None:
    problems = {"Problem", "BadInput", "NotFound", "Forbidden", "Conflict", "TooMany", "Unavailable"}
    broken = []
    for path, tree in modules():
        for call in calls(tree):
            is_problem = dotted(call.func).rpartition(".")[2] in problems
            if is_problem and call.args and isinstance(call.args[0], ast.Constant | ast.JoinedStr):
                broken.append(f"{name_of(path)}:{call.lineno}")
    assert not broken, "renters read these: wrap them in _():\n" + "\n".join(broken)


@pytest.mark.parametrize("path", MIGRATIONS, ids=lambda path: path.stem)
def test_migrations_name_no_hosted_platform_schema(path: Path) -> None:
    text = "\n".join(line.partition("--")[0] for line in path.read_text().splitlines())
    found = re.findall(r"\b(auth|storage|extensions|realtime)\.", text)
    assert not found, "plain PostgreSQL has no such schema"


def test_every_sentence_in_the_code_goes_through_gettext() -> None:
    """People read what a page, a refusal or a letter says; descriptions of the API are for those who program against it."""
    sentence = re.compile(r"^[A-Z][a-z'’]*[ ,].*[a-z]{2}")
    allowed = ("operate/", "settings/", "__main__.py", "web/api/document.py")
    described = {"summary", "description"}
    broken = []
    for path, tree in modules():
        if name_of(path).startswith(allowed):
            continue
        said = docstrings(tree)
        asked = {id(part) for call in calls(tree) if dotted(call.func) in ("_", "ngettext") for part in nodes(call)}
        asked |= {id(part) for call in calls(tree) for word in call.keywords if word.arg in described for part in nodes(word)}
        asked |= {id(part) for note in _annotations(tree) for part in nodes(note)}
        for node in nodes(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in asked and node.value not in said:
                broken += [f"{name_of(path)}:{node.lineno} {node.value[:60]!r}"] if sentence.match(node.value) else []
    assert not broken, "wrap in _():\n" + "\n".join(broken)


def _annotations(tree: ast.AST) -> Iterator[ast.AST]:
    for node in nodes(tree):
        if (
            isinstance(node, ast.AnnAssign | ast.arg)
            and node.annotation
            and not any(isinstance(part, ast.Call) for part in ast.walk(node.annotation))
        ):
            yield node.annotation
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.returns:
            yield node.returns


def test_only_two_places_fill_templates() -> None:
    allowed = ("web/shell/pages.py", "mail/render.py")
    broken = [
        f"{name_of(path)}:{call.lineno}"
        for path, tree in modules()
        if name_of(path) not in allowed
        for call in calls(tree)
        if attribute(call) in ("get_template", "from_string", "render_async")
        or dotted(call.func).rpartition(".")[2] in ("Template", "Environment")
    ]
    assert not broken, "pages through web.shell.pages, letters through mail.render:\n" + "\n".join(broken)


def test_parametrized_values_are_the_same_for_every_worker() -> None:
    changing = {"uuid4", "new_id", "new_reference", "token_urlsafe", "token_hex", "now", "today", "random"}
    broken = [
        f"{path}:{inner.lineno} {dotted(inner.func)}"
        for path in sorted(Path(__file__).parents[1].rglob("test_*.py"))
        for call in calls(ast.parse(path.read_text()))
        if attribute(call) == "parametrize"
        for inner in calls(call)
        if inner is not call and dotted(inner.func).rpartition(".")[2] in changing
    ]
    assert not broken, "workers collect for themselves and must find the same names:\n" + "\n".join(broken)


def test_no_test_books_from_today_on() -> None:
    """The pick-up is in the morning: what is booked for today can be had until then only, and the tests run at any time of day."""
    allowed = {"test_order.py", "test_chosen.py"}  # they look at today itself
    tests = Path(__file__).parents[1]
    broken = [
        f"{path.relative_to(tests)}:{call.lineno}"
        for path in sorted(tests.rglob("*.py"))
        if path.name not in allowed
        for call in calls(ast.parse(path.read_text()))
        if dotted(call.func).rpartition(".")[2] == "days_ahead" and call.args[:1] and ast.unparse(call.args[0]) == "0"
    ]
    assert not broken, "book from tomorrow on, and let time pass (wait_for):\n" + "\n".join(broken)

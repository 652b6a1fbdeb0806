"""The data folder: its lock, its secrets, and where it goes when a servant account is kept out."""

import os
from pathlib import Path

import pytest

from exodrive.operate import folder as module
from exodrive.operate.account import Account, servant
from exodrive.operate.folder import FolderInUse, FolderLock, default_folder, secret_file, usable


def test_one_launcher_at_a_time(folder: Path) -> None:
    with FolderLock(folder), pytest.raises(FolderInUse, match=f"in use by process {os.getpid()}"):
        FolderLock(folder).__enter__()
    with FolderLock(folder):
        pass


def test_a_secret_is_made_once_and_for_its_owner_alone(folder: Path) -> None:
    before = os.umask(0)
    first = secret_file(folder / "secret")
    os.umask(before)
    assert len(first) >= 32
    assert secret_file(folder / "secret") == first
    assert (folder / "secret").stat().st_mode & 0o777 == 0o600


def test_the_default_is_under_the_xdg_data_dir(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert default_folder() == tmp_path / "exodrive"
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert default_folder() == tmp_path / ".local" / "share" / "exodrive"


@pytest.mark.skipif(servant() is None, reason="only root's servant account can be kept out of a folder")
def test_a_closed_folder_above_sends_the_data_elsewhere_and_stays_closed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SHARED_HOME", folder / "shared")
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    found = usable(closed / "data")
    assert found.parent == folder / "shared"
    assert usable(closed / "data") == found
    assert usable(closed / "other") != found
    assert closed.stat().st_mode & 0o777 == 0o700
    assert usable(folder / "open" / "data") == folder / "open" / "data"


def test_an_account_is_kept_out_by_any_folder_above(folder: Path) -> None:
    stranger = Account("stranger", uid=64_321, gid=64_321)
    (folder / "open" / "below").mkdir(parents=True)
    assert stranger.may_enter(folder / "open" / "below")
    (folder / "open").chmod(0o700)
    assert not stranger.may_enter(folder / "open" / "below")
    assert Account("owner", uid=os.getuid(), gid=os.getgid()).may_enter(folder / "open" / "below")

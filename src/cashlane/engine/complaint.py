"""The sentences in which the server's life can fail, each with its way out.
Kept together so that they can be read, translated and tested in one place.
"""

from pathlib import Path

from cashlane.engine.binaries import SETTING, Binaries
from cashlane.engine.trouble import EngineTroubleError
from cashlane.values.text import Text

TAIL_CHARS = 1500
LINES_MAX = 8
"""The last lines of the server's log that are shown: the cause stands among them."""


def other_major(cluster: Path, major: int, binaries: Binaries) -> EngineTroubleError:
    return EngineTroubleError(
        Text(
            zh=f"{cluster} 由 PostgreSQL {major} 建立，而现有程序是 {binaries.major}"
            f"（{binaries.folder}）。",
            en=f"{cluster} was made by PostgreSQL {major}, but the programs at hand are "
            f"{binaries.major} ({binaries.folder}).",
        ),
        Text(
            zh=f"请用 {SETTING} 指向 PostgreSQL {major} 的 bin 目录；若要升级，先用 {major} 导出"
            "（pg_dumpall），再导入新的数据目录。数据未被改动。",
            en=f"Set {SETTING} to the bin folder of PostgreSQL {major}; to upgrade, export with "
            f"{major} (pg_dumpall) and import into a new data folder. Nothing was changed.",
        ),
    )


def started_by_another(cluster: Path, pid: int) -> EngineTroubleError:
    return EngineTroubleError(
        Text(
            zh=f"{cluster} 上已有一个不是由本系统启动的 PostgreSQL 在运行（进程 {pid}）。",
            en=f"A PostgreSQL that Cashlane did not start already runs on {cluster} "
            f"(process {pid}).",
        ),
        Text(
            zh=f"请先停止它：pg_ctl stop -D {cluster}，然后重新启动。",
            en=f"Stop it first: pg_ctl stop -D {cluster}, then start again.",
        ),
    )


def initdb_failed(cluster: Path, output: str) -> EngineTroubleError:
    return EngineTroubleError(
        Text(
            zh=f"无法在 {cluster.parent} 建立数据库：\n{_tail(output)}\n",
            en=f"The database could not be made in {cluster.parent}:\n{_tail(output)}\n",
        ),
        Text(
            zh="请检查磁盘空间与目录权限，然后重试；未留下半成品。",
            en="Check free space and the folder's permissions, then try again; "
            "nothing is left half made.",
        ),
    )


def did_not_start(log: Path) -> EngineTroubleError:
    said = _last_words(log)
    return EngineTroubleError(
        Text(
            zh=f"数据库服务器没有启动：\n{_tail(said)}\n",
            en=f"The database server did not start:\n{_tail(said)}\n",
        ),
        Text(
            zh=f"请按上面的原因处理（完整日志在 {log}），然后重新启动。",
            en=f"Act on the reason above (the whole log is in {log}), then start again.",
        ),
    )


def slow_start(log: Path, within_s: float) -> EngineTroubleError:
    return EngineTroubleError(
        Text(
            zh=f"数据库服务器在 {within_s:.0f} 秒内未能就绪，可能仍在恢复。",
            en=f"The database server was not ready within {within_s:.0f} s; it may be recovering.",
        ),
        Text(
            zh=f"请查看 {log} 中的日志；若仍在恢复，请稍后再启动。",
            en=f"Look at the log in {log}; if it is recovering, start again a little later.",
        ),
    )


def did_not_stop(pid: int, log: Path) -> EngineTroubleError:
    return EngineTroubleError(
        Text(
            zh=f"数据库进程 {pid} 没有停止。",
            en=f"The database process {pid} did not stop.",
        ),
        Text(
            zh=f"请查看 {log} 中的日志与磁盘状态；必要时结束该进程，已提交的数据不会丢失。",
            en=f"Look at the log in {log} and at the disk; end the process if you must: "
            "committed data is kept.",
        ),
    )


def _last_words(log: Path) -> str:
    """The end of the newest files: the server changes from one to the other while starting."""
    files = sorted(log.glob("*.log"), key=lambda each: each.stat().st_mtime)[-2:]
    lines = [line for each in files for line in each.read_text(errors="replace").splitlines()]
    return "\n".join(lines[-LINES_MAX:])


def _tail(output: str) -> str:
    return output.strip()[-TAIL_CHARS:]

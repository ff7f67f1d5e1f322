"""What is wrong with the database, found from plain values and said with cause and remedy.
Pure functions: whoever asks reads the values, prints the findings, refuses to go on.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from cashlane.values.text import Text

ZONE = "UTC"
DURABILITY = ("fsync", "synchronous_commit", "full_page_writes")
SECRET_MODE = 0o600
HOLIDAYS_AHEAD = timedelta(days=31)
"""A month before a year begins its holidays have been announced, and people plan by them."""


class Severity(StrEnum):
    """REFUSE: do not start. WARN: start, and tell a person. NOTE: good to know."""

    REFUSE = "refuse"
    WARN = "warn"
    NOTE = "note"


@dataclass(frozen=True)
class Finding:
    """`where` names the setting, table, month or file that the finding is about."""

    code: str
    severity: Severity
    where: str
    cause: Text
    remedy: Text


def refusals(findings: Sequence[Finding]) -> list[Finding]:
    """Those that forbid a start."""
    return [each for each in findings if each.severity is Severity.REFUSE]


def check_durability(settings: Mapping[str, str]) -> list[Finding]:
    """A commit that a power cut can undo is money lost; `settings` as pg_settings shows them."""
    return [_weak(name, settings.get(name)) for name in DURABILITY if _is_weak(name, settings)]


def check_checksums(settings: Mapping[str, str]) -> list[Finding]:
    if settings.get("data_checksums") == "on":
        return []
    cause = Text(
        zh="数据页校验已关闭，磁盘损坏不会被发现。",
        en="Data checksums are off; damage on the disk would go unseen.",
    )
    remedy = Text(
        zh="停止服务器后运行 pg_checksums --enable，再启动。",
        en="Stop the server, run pg_checksums --enable, and start it again.",
    )
    return [Finding("CHECKSUMS_OFF", Severity.WARN, "data_checksums", cause, remedy)]


def check_zones(zones: Mapping[str, str]) -> list[Finding]:
    """`zones` by where they were read, e.g. server, session, log; each must be UTC."""
    return [_wrong_zone(where, zone) for where, zone in zones.items() if zone != ZONE]


def check_migrations(applied: Collection[str], expected: Sequence[str]) -> list[Finding]:
    """Both ways: one that is missing here, and one that only a newer program knows."""
    missing = [_missing_migration(each) for each in expected if each not in applied]
    known = frozenset(expected)
    return missing + [_unknown_migration(each) for each in sorted(applied) if each not in known]


def check_partitions(
    months: Mapping[str, Collection[date]], today: date, ahead: int
) -> list[Finding]:
    """`months` has each table's partitions by their first day; this month and `ahead` more.

    This month and the next must be there: a process started today may well see the next one.
    """
    return [
        _missing_partition(table, month, soon=index <= 1)
        for table in sorted(months)
        for index, month in enumerate(_months_from(today, ahead + 1))
        if month not in months[table]
    ]


def check_constraints(present: Collection[str], expected: Collection[str]) -> list[Finding]:
    """Names as table.constraint; a constraint dropped by hand no longer guards anything."""
    return [_missing_constraint(each) for each in sorted(set(expected) - set(present))]


def check_holidays(country: str, told_until: int | None, today: date) -> list[Finding]:
    """Hours that speak of public holidays need them told; `told_until` is the last year known, or
    None for a country whose days nobody announces so."""
    year = (today + HOLIDAYS_AHEAD).year
    if told_until is None or year <= told_until:
        return []
    cause = Text(
        zh=f"{year} 年的公共假日安排尚未录入（{country}），写明假日停业的网点可能显示为营业。",
        en=f"The public holidays of {year} are not told yet ({country}): doors that close on"
        " holidays may be shown as open.",
    )
    remedy = Text(
        zh="公布后请升级程序；在此之前，节前核对网点营业时间。",
        en="Upgrade once they are announced; until then look at opening hours before a feast.",
    )
    return [Finding("HOLIDAYS_UNTOLD", Severity.WARN, str(year), cause, remedy)]


def check_asserts(asserts_on: bool) -> list[Finding]:
    """`asserts_on` is __debug__ of the running program."""
    if asserts_on:
        return []
    cause = Text(
        zh="Python 以 -O 或 PYTHONOPTIMIZE 启动，断言已关闭，金额自检不起作用。",
        en="Python runs with -O or PYTHONOPTIMIZE: assertions are off and money is not checked.",
    )
    remedy = Text(
        zh="请去掉 -O，并取消环境变量 PYTHONOPTIMIZE，然后重新启动。",
        en="Start without -O and with PYTHONOPTIMIZE unset.",
    )
    return [Finding("ASSERTS_OFF", Severity.REFUSE, "python", cause, remedy)]


def check_major(folder_major: int | None, binaries_major: int) -> list[Finding]:
    """`folder_major` None means that no cluster has been made yet."""
    if folder_major in (None, binaries_major):
        return []
    cause = Text(
        zh=f"数据目录由 PostgreSQL {folder_major} 建立，现有程序是 {binaries_major}。",
        en=f"The data folder was made by PostgreSQL {folder_major}; the programs at hand are "
        f"{binaries_major}.",
    )
    remedy = Text(
        zh=f"请用 CASHLANE_PG_BIN 指向 PostgreSQL {folder_major}，或导出后导入新的数据目录。",
        en=f"Set CASHLANE_PG_BIN to PostgreSQL {folder_major}, or export and import into a new "
        "data folder.",
    )
    return [Finding("OTHER_MAJOR", Severity.REFUSE, "PG_VERSION", cause, remedy)]


def check_secrets(modes: Mapping[str, int]) -> list[Finding]:
    """`modes` are the permission bits of the files in secrets/."""
    return [_open_secret(name, mode) for name, mode in modes.items() if mode & ~SECRET_MODE]


def describe_identity(kind: str) -> list[Finding]:
    """Says how the server is run when we are root; `kind` as in identity.Identity."""
    words = _IDENTITIES.get(kind)
    if words is None:
        return []
    remedy = Text(zh="无需处理。", en="Nothing to do.")
    return [Finding("RUN_AS", Severity.NOTE, kind, words, remedy)]


_IDENTITIES = {
    "namespace": Text(
        zh="以 root 启动；数据库在用户命名空间中运行，文件仍归 root。",
        en="Started as root; the database runs in a user namespace, its files stay root's.",
    ),
    "account": Text(
        zh="以 root 启动且不能使用用户命名空间；数据库以系统账号在系统目录中运行。",
        en="Started as root without user namespaces; the database runs as a system account "
        "in a system folder.",
    ),
}


def _is_weak(name: str, settings: Mapping[str, str]) -> bool:
    # A setting that could not be read is not taken on trust.
    return settings.get(name, "off") in ("off", "false", "no", "0")


def _weak(name: str, value: str | None) -> Finding:
    shown = "?" if value is None else value
    cause = Text(
        zh=f"{name} = {shown}：断电会丢失已受理的缴费。",
        en=f"{name} = {shown}: a power cut would lose accepted payments.",
    )
    remedy = Text(
        zh=f"请在 operator.conf、postgresql.auto.conf 与各角色、数据库的设置中删除 {name}，"
        "然后重新启动数据库。",
        en=f"Remove {name} from operator.conf, postgresql.auto.conf and the settings of roles and "
        "databases, then restart the database.",
    )
    return Finding("NOT_DURABLE", Severity.REFUSE, name, cause, remedy)


def _wrong_zone(where: str, zone: str) -> Finding:
    cause = Text(
        zh=f"{where} 的时区是 {zone}，应为 {ZONE}：账务日会算错。",
        en=f"The zone of {where} is {zone}, not {ZONE}: business dates would come out wrong.",
    )
    remedy = Text(
        zh=f"请删除 {where} 中的 timezone 设置（或设为 {ZONE}），然后重新启动。",
        en=f"Remove the timezone setting of {where} (or set {ZONE}), then start again.",
    )
    return Finding("WRONG_ZONE", Severity.REFUSE, where, cause, remedy)


def _missing_migration(name: str) -> Finding:
    cause = Text(zh=f"迁移 {name} 尚未执行。", en=f"Migration {name} has not been applied.")
    remedy = Text(zh="请运行 cashlane migrate。", en="Run cashlane migrate.")
    return Finding("MIGRATION_MISSING", Severity.REFUSE, name, cause, remedy)


def _unknown_migration(name: str) -> Finding:
    cause = Text(
        zh=f"数据库中有本程序不认识的迁移 {name}，它来自更新的版本。",
        en=f"The database has migration {name}, which this program does not know: "
        "a newer one was here.",
    )
    remedy = Text(
        zh="请改用建立该迁移的版本，或更新的版本。",
        en="Run the version that made it, or a newer one.",
    )
    return Finding("MIGRATION_UNKNOWN", Severity.REFUSE, name, cause, remedy)


def _missing_partition(table: str, month: date, *, soon: bool) -> Finding:
    label = f"{month:%Y-%m}"
    cause = Text(
        zh=f"表 {table} 没有 {label} 的分区，该月的缴费无法写入。",
        en=f"Table {table} has no partition for {label}: payments of that month cannot be written.",
    )
    remedy = Text(
        zh="请运行 cashlane migrate，它会补建未来数月的分区。",
        en="Run cashlane migrate: it makes the partitions of the coming months.",
    )
    severity = Severity.REFUSE if soon else Severity.WARN
    return Finding("PARTITION_MISSING", severity, f"{table} {label}", cause, remedy)


def _missing_constraint(name: str) -> Finding:
    cause = Text(
        zh=f"约束 {name} 不存在，它保护的规则已失效。",
        en=f"Constraint {name} is missing: the rule that it guards no longer holds.",
    )
    remedy = Text(
        zh="请从备份核对该表，再运行 cashlane migrate 恢复约束。",
        en="Check the table against a backup, then run cashlane migrate to restore it.",
    )
    return Finding("CONSTRAINT_MISSING", Severity.REFUSE, name, cause, remedy)


def _open_secret(name: str, mode: int) -> Finding:
    cause = Text(
        zh=f"密钥文件 secrets/{name} 的权限是 {mode:04o}，其他人可以读取。",
        en=f"The secret secrets/{name} has mode {mode:04o}: others can get at it.",
    )
    remedy = Text(
        zh=f"请运行 chmod 600 secrets/{name}，并更换该密钥。",
        en=f"Run chmod 600 secrets/{name}, and replace the secret.",
    )
    return Finding("SECRET_OPEN", Severity.REFUSE, f"secrets/{name}", cause, remedy)


def _months_from(today: date, count: int) -> list[date]:
    first = today.year * 12 + today.month - 1
    return [date((first + n) // 12, (first + n) % 12 + 1, 1) for n in range(count)]

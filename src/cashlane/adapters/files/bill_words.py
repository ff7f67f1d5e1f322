"""What can be wrong with a bill file, and what the person who sent it should do.

Each finding in both languages; the places are filled with what stood in the file.
"""

from msgspec import Struct

from cashlane.values.text import Text


class Finding(Struct, frozen=True):
    """One kind of fault: what is wrong, and the way out."""

    what: Text
    remedy: Text


_SEND_AGAIN = Text("请更正后重新发送整个文件", "correct it and send the whole file again")
_MAKE_ANEW = Text("请从系统重新导出整个文件", "export the whole file anew from your system")

TOO_LARGE = Finding(
    Text("文件超过 {most} 字节", "the file is larger than {most} bytes"),
    Text("请分成几个文件发送", "send it as several files"),
)
TOO_LONG = Finding(
    Text("文件超过 {most} 行", "the file has more than {most} lines"),
    Text("请分成几个文件发送", "send it as several files"),
)
EMPTY = Finding(
    Text("文件没有首行和尾行", "the file has no header and trailer"),
    _MAKE_ANEW,
)
NOT_ENDED = Finding(
    Text(
        "最后一行没有换行符，文件可能不完整", "the last line is not ended; the file may be cut off"
    ),
    _MAKE_ANEW,
)
NOT_TEXT = Finding(
    Text("本行不是 {encoding} 编码", "this line is not {encoding} text"),
    Text("请以 {encoding} 编码重新导出", "export the file again in {encoding}"),
)
SHAPE = Finding(
    Text("本行应有 {wanted} 个字段，实有 {found} 个", "{wanted} fields wanted, {found} found"),
    _SEND_AGAIN,
)
NO_HEADER = Finding(Text("首行应以 H 开头", "the first line must begin with H"), _MAKE_ANEW)
NO_DETAIL = Finding(
    Text("明细行应以 D 开头，实为“{found}”", 'a bill line must begin with D, not "{found}"'),
    _SEND_AGAIN,
)
NO_TRAILER = Finding(Text("尾行应以 T 开头", "the last line must begin with T"), _MAKE_ANEW)
PARTNER = Finding(
    Text("文件属于“{found}”，不属于“{wanted}”", 'the file is of "{found}", not of "{wanted}"'),
    Text("请放入正确单位的文件夹", "put it into the folder of the right partner"),
)
DAY = Finding(
    Text("“{found}”不是 YYYYMMDD 日期", '"{found}" is not a date like YYYYMMDD'),
    _SEND_AGAIN,
)
SEQUENCE = Finding(
    Text("“{found}”不是文件序号", '"{found}" is not the number of a file'),
    _SEND_AGAIN,
)
AMOUNT = Finding(
    Text(
        "“{found}”不是以分为单位的金额（只能是数字 0-9，大于零）",
        '"{found}" is not an amount in fen (only the digits 0-9, above zero)',
    ),
    Text("请去掉小数点、空格和全角数字", "leave out points, blanks and full-width digits"),
)
NAME = Finding(
    Text(
        "字段 {field} 的“{found}”只能用字母、数字和连字符",
        'field {field}: "{found}" may hold only letters, digits and hyphens',
    ),
    _SEND_AGAIN,
)
TWICE = Finding(
    Text("账单 {ref} 在第 {first} 行已经出现", "bill {ref} stood in line {first} already"),
    Text("请只保留一行", "keep only one of the lines"),
)
COUNT = Finding(
    Text("声明 {found} 笔，实有 {counted} 笔", "{found} bills declared, {counted} counted"),
    _MAKE_ANEW,
)
SUM = Finding(
    Text("声明合计 {found} 分，实为 {counted} 分", "{found} fen declared, {counted} fen added up"),
    _MAKE_ANEW,
)

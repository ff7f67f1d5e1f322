"""Check digits: how each country notices a mistyped code.

Every rule takes ASCII digits without the check digit and gives the check digit as text.
"""

from collections.abc import Callable, Mapping

_RECURSIVE = (0, 9, 4, 6, 8, 2, 7, 1, 3, 5)


def mod10_31(digits: str) -> str:
    """Weights 3 and 1 from the right, filled up to the next ten.

    GS1 General Specifications (GLN, GTIN) and the Japanese payment slip. Notices every single
    wrong digit, since neither weight shares a factor with ten.
    """
    total = sum(int(digit) * (1 if at % 2 else 3) for at, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def luhn(digits: str) -> str:
    """Weights 2 and 1 from the right, digits of the products added (ISO/IEC 7812-1, annex B).

    Brazil's "módulo 10". Notices every single wrong digit.
    """
    total = 0
    for at, digit in enumerate(reversed(digits)):
        product = int(digit) * (1 if at % 2 else 2)
        total += product // 10 + product % 10
    return str(-total % 10)


def mod11_weights_2_to_9(digits: str) -> str:
    """Weights 2 to 9 from the right, over and over, against eleven; 10 and 11 are written 0.

    Brazil's "módulo 11" for collection documents. Because two remainders share the digit 0, a
    few single wrong digits pass; the 48-digit line checks each block besides.
    """
    total = sum(int(digit) * (2 + at % 8) for at, digit in enumerate(reversed(digits)))
    return str((11 - total % 11) % 11 % 10)


def iso7064_mod11_10(digits: str) -> str:
    """ISO/IEC 7064 MOD 11,10: one digit that notices every single wrong digit.

    It also notices almost all exchanged neighbours, the other thing that hands do.
    """
    product = 10
    for digit in digits:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return str((11 - product) % 10)


def mod10_recursive(digits: str) -> str:
    """Modulo 10, recursive: Swiss payment standards, QR reference. Notices every wrong digit."""
    carry = 0
    for digit in digits:
        carry = _RECURSIVE[(carry + int(digit)) % 10]
    return str((10 - carry) % 10)


def brazil_by_value_kind(digits: str) -> str:
    """Brazil chooses the rule by the third digit: 6 and 7 modulo 10, 8 and 9 modulo 11."""
    return brazil_block(digits, digits[2])


def brazil_block(digits: str, value_kind: str) -> str:
    """The check digit of one block of the 48-digit line, by the code's value kind."""
    return luhn(digits) if value_kind in "67" else mod11_weights_2_to_9(digits)


def crc16(text: str) -> str:
    """CRC-16/CCITT-FALSE as four capital hexadecimal digits (EMVCo QR Code, tag 63)."""
    crc = 0xFFFF
    for byte in text.encode("ascii"):
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return f"{crc:04X}"


CHECKS: Mapping[str, Callable[[str], str]] = {
    "mod10_31": mod10_31,
    "luhn": luhn,
    "iso7064_mod11_10": iso7064_mod11_10,
    "mod10_recursive": mod10_recursive,
    "brazil_by_value_kind": brazil_by_value_kind,
}

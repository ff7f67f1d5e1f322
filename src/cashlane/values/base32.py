"""Numbers in Crockford's base 32: letters that survive a telephone, since I, L, O and U are out.

Written small and fixed in length, so that the spellings sort like the numbers.
"""

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_VALUE = {letter: value for value, letter in enumerate(ALPHABET)}
_PAIRS = tuple(first + second for first in ALPHABET for second in ALPHABET)
"""Two letters at a time: every answer spells several ids."""


def write_base32(number: int, length: int) -> str:
    """Write a number in exactly so many letters; it must fit."""
    assert 0 <= number < 1 << (5 * length)
    pairs = [_PAIRS[number >> shift & 1023] for shift in range(10 * (length // 2 - 1), -1, -10)]
    if length % 2:
        pairs.insert(0, ALPHABET[number >> 10 * (length // 2)])
    return "".join(pairs)


def read_base32(text: str) -> int | None:
    """Read letters of the alphabet, small ones only; None for any other letter."""
    number = 0
    for letter in text:
        value = _VALUE.get(letter)
        if value is None:
            return None
        number = number << 5 | value
    return number

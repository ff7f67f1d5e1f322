"""QR codes as drawings inside a page: they print without waiting for a picture."""

import zxingcpp


def qr_svg(text: str) -> str:
    """A QR code of a text as an SVG element with its white margin, at error level M: a crumpled
    receipt is still read."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    drawn = str(code.to_svg())
    drawn = drawn[drawn.index("<svg") :]
    side = drawn.partition('width="')[2].partition('"')[0]
    return drawn.replace("<svg ", f'<svg viewBox="0 0 {side} {side}" ', 1)

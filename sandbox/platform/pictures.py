"""Neutral pictures for messages: soft colour and a few shapes, the same every time for the same message."""

from colorsys import hsv_to_rgb
from functools import lru_cache
from hashlib import sha256
from io import BytesIO

from PIL import Image, ImageDraw, ImageFilter

SIZE = (640, 360)


@lru_cache(maxsize=256)
def picture(room: str, number: int) -> bytes:
    """A PNG of 640 by 360 pixels."""
    dice = sha256(f"{room.lower()}/{number}".encode()).digest()
    image = Image.new("RGB", SIZE, _soft(dice[0], 200))
    for n in range(5):
        x, y, size, hue = dice[1 + 4 * n : 5 + 4 * n]
        _shape(ImageDraw.Draw(image), n + dice[31], x / 255 * SIZE[0], y / 255 * SIZE[1], 40 + size / 2, hue)
    out = BytesIO()
    image.filter(ImageFilter.GaussianBlur(3)).save(out, "PNG")
    return out.getvalue()


def _shape(draw: ImageDraw.ImageDraw, kind: int, x: float, y: float, size: float, hue: int) -> None:
    box = (x - size, y - size, x + size, y + size)
    colour = _soft(hue, 150)
    if kind % 3 == 0:
        draw.ellipse(box, fill=colour)
    elif kind % 3 == 1:
        draw.rectangle(box, fill=colour)
    else:
        draw.polygon([(x, y - size), (x + size, y + size), (x - size, y + size)], fill=colour)


def _soft(hue: int, value: int) -> tuple[int, int, int]:
    red, green, blue = hsv_to_rgb(hue / 255, 0.35, value / 255)
    return round(red * 255), round(green * 255), round(blue * 255)

"""The hash by which pixels are compared."""


def fnv(data: bytes) -> str:
    """64-bit FNV-1a as 16 hexadecimal digits."""
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return f"{value:016x}"

"""Points of the curve of Ed25519 in plain integers (RFC 8032, section 6), for cases that no library makes."""

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def add(a, b):
    (x1, y1), (x2, y2) = a, b
    product = D * x1 * x2 * y1 * y2
    return (
        (x1 * y2 + x2 * y1) * pow(1 + product, P - 2, P) % P,
        (y1 * y2 + x1 * x2) * pow(1 - product, P - 2, P) % P,
    )


def times(scalar, point):
    result = (0, 1)
    for bit in bin(scalar)[2:]:
        result = add(result, result)
        if bit == "1":
            result = add(result, point)
    return result


def x_of(y):
    """One of the two x of a y, or None."""
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    return x if (x * x - square) % P == 0 else None


def encode(point):
    x, y = point
    return (y | (x & 1) << 255).to_bytes(32, "little")


y = 4 * pow(5, P - 2, P) % P
BASE = (min(x_of(y), P - x_of(y), key=lambda x: x & 1), y)


def small_points():
    """The eight points of small order."""
    y = 2
    while True:
        x = x_of(y)
        if x is not None:
            point = times(L, (x, y))
            multiples = [times(k, point) for k in range(1, 9)]
            if len(set(multiples)) == 8:
                return multiples
        y += 1

"""Money in whole fen. Pure."""

from decimal import Decimal

# A hundred million yuan: more was mistyped.
MOST_FEN = 10_000_000_000
CENT = Decimal("0.01")


def to_fen(yuan: Decimal) -> int:
    """Yuan with at most two decimals as fen; ValueError for anything finer or no number at all."""
    if not yuan.is_finite():
        raise ValueError("no amount")
    fen = yuan * 100
    if fen != fen.to_integral_value() or abs(fen) > MOST_FEN:
        raise ValueError("no amount")
    return int(fen)


def to_yuan(fen: int) -> Decimal:
    """Fen as yuan with two decimals, exact."""
    return Decimal(fen).scaleb(-2).quantize(CENT)

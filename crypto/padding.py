"""Padmé: sizes that tell little (Nikitin et al., "Reducing Metadata Leakage", PETS 2019, algorithm 1)."""


def padme(length: int) -> int:
    """The smallest allowed size that holds *length* bytes: at most 12 % more, 3.2 % from 64 KiB on."""
    if length < 2:
        return length
    exponent = length.bit_length() - 1
    free = exponent - exponent.bit_length()
    mask = (1 << free) - 1
    return (length + mask) & ~mask

"""The deposit site. Imports crypto only; holds ciphertext only."""

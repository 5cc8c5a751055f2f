"""Order tables as real shops have them, in a registry of their own: no host project carries them."""

from __future__ import annotations

"""System checks for everything a developer can get wrong. Ids are never reused."""

from __future__ import annotations

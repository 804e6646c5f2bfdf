"""Tests that talk to the real vendors and cost real money, a few cents altogether (docs/providers.md)."""
